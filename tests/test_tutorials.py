"""The tutorials for the ontologist and for the developer run as they are written."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest
import rdflib
from typer.testing import CliRunner

from sq_graph.cli import app
from tests.conftest import ROOT


def blocks(name: str, language: str) -> list[str]:
    text = (ROOT / f"docs/{name}.md").read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


@pytest.mark.wide
def test_the_ontologists_tutorial_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    outputs = {}
    for line in "".join(blocks("tutorial-ontologist", "sh")).splitlines():
        words = shlex.split(line)
        if words[0] == "cd":
            monkeypatch.chdir(words[1])
            continue
        result = CliRunner().invoke(app, words[1:])
        assert result.exit_code == 0, (line, result.output, result.exception)
        outputs[words[1]] = result.output
    assert "Bernard" in outputs["clash"] and re.search(r"p\. \d", outputs["clash"])
    folder = tmp_path / "reading"
    assert len(rdflib.Graph().parse(folder / "shapes.ttl")) > 1000
    assert (rdflib.URIRef("https://w3id.org/sq-graph/core#Claim"), rdflib.RDF.type, None) in (
        rdflib.Graph().parse(folder / "map.owl", format="xml")
    )
    assert (folder / "mappings.sssom.tsv").read_text().startswith("#")


def test_the_developers_tutorial_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec("".join(blocks("tutorial-developer", "python")), {})
    lines = output.getvalue().splitlines()
    assert "cohesion" in lines[0] + lines[1] and re.fullmatch(r"\d+ \d+", lines[3])
    assert "2026" in lines[4] and "bernard-1999" in lines[5]
