"""Protégé's library takes every file as it is: OWL 2 DL, nothing unread, the same after save and reload."""

from __future__ import annotations

import difflib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import sq_graph
from sq_graph import resources, turtle, vocab
from sq_graph.check import check
from sq_graph.cli import app
from sq_graph.errors import BrokenFile
from sq_graph.graph import EmbeddedGraph
from sq_graph.graph.embedded import load_files
from sq_graph.graph.layout import Layout, packaged
from sq_graph.reason.positions import read_positions
from tests import owlapi_roundtrip

pytestmark = pytest.mark.wide
ONTOLOGY = resources.root() / "ontology"
FILES = sorted(ONTOLOGY.rglob("*.ttl"))
FAULTS = sorted((Path(__file__).parent / "witnesses" / "owlapi").glob("*.ttl"))
REMEDY = "the jars of the OWL API are not here; run: python -m tests.owlapi_roundtrip fetch"


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("saved")


@pytest.fixture(scope="module")
def report(saved: Path) -> dict[str, Any]:
    """What the OWL API says of all files, asked once: a JVM takes seconds to start."""
    if not owlapi_roundtrip.jars():
        stop = pytest.fail if os.environ.get("SQ_GRAPH_REQUIRE_ALL") == "1" else pytest.skip
        stop(REMEDY)
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "tests.owlapi_roundtrip",
        "check",
        ONTOLOGY,
        saved,
        *FILES,
        *FAULTS,
    ]
    folder = Path(__file__).parent.parent
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert run.returncode == 0, run.stderr
    answer: dict[str, Any] = json.loads(run.stdout)
    return answer


def test_the_library_is_the_one_meant(report: dict[str, Any]) -> None:
    """HermiT.jar holds an OWL API of its own; with it the tests would pass on the wrong library."""
    assert "owlapi-distribution-5" in report["jar"]


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.relative_to(ONTOLOGY).as_posix())
def test_file(file: Path, report: dict[str, Any]) -> None:
    said = report["files"][str(file)]
    assert said["iri"] == vocab.BASE + file.relative_to(ONTOLOGY).with_suffix("").as_posix()
    for problem in ("violations", "unparsed", "lost", "gained"):
        assert not said[problem], f"{problem}: {said[problem]}"


def test_fmt_undoes_a_save_of_every_file(
    report: dict[str, Any], saved: Path, tmp_path: Path
) -> None:
    """Whoever edits a file in Protégé and runs `fmt` has changed what they changed and nothing else."""
    copies = {tmp_path / f.relative_to(ONTOLOGY): f for f in FILES}
    for number, copy in enumerate(copies):
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes((saved / f"{number}.ttl").read_bytes())
    assert len(turtle.format_files([tmp_path], among=copies)) > 100
    assert [f for copy, f in copies.items() if copy.read_bytes() != f.read_bytes()] == []


def test_a_saved_map_is_checked_and_reasoned_about_without_fmt(
    report: dict[str, Any], saved: Path, tmp_path: Path
) -> None:
    for number, file in enumerate(FILES):
        copy = tmp_path / "ontology" / file.relative_to(ONTOLOGY)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes((saved / f"{number}.ttl").read_bytes())
    for folder in ("shapes", "queries"):
        (tmp_path / folder).symlink_to(resources.root() / folder)
    layout = Layout(tmp_path)
    assert [str(finding) for finding in check([layout])] == []
    loaded = EmbeddedGraph()
    load_files(loaded, ((file.path, file.iri, file.listed) for file in layout.files()))
    original = read_positions([packaged()], sq_graph.open().graph)
    assert read_positions([layout], loaded).positions.keys() == original.positions.keys()
    for slug in original.positions:
        assert read_positions([layout], loaded).digest(slug) == original.digest(slug)


def test_one_label_edited_is_three_lines_of_difference(
    report: dict[str, Any], saved: Path, tmp_path: Path
) -> None:
    file = ONTOLOGY / "data" / "works" / "phillips-2008" / "definitions.ttl"
    text = (saved / f"{FILES.index(file)}.ttl").read_text(encoding="utf-8")
    label = re.findall('rdfs:label "([^"]+)"@en', text)[1]
    edited = tmp_path / "definitions.ttl"
    edited.write_text(text.replace(f'"{label}"@en', '"another label"@en', 1), encoding="utf-8")
    turtle.format_files([edited], among=FILES)
    before, after = file.read_text(encoding="utf-8"), edited.read_text(encoding="utf-8")
    changes = [
        line
        for line in difflib.unified_diff(before.splitlines(), after.splitlines(), n=0)
        if line[0] in "+-" and line[:3] not in ("+++", "---")
    ]
    assert 'rdfs:label "another label"@en' in after and 1 < len(changes) <= 3, changes


@pytest.mark.parametrize("syntax", ["functional", "owlxml", "rdfxml"])
def test_fmt_converts_what_the_library_saves_in_another_syntax(
    syntax: str, report: dict[str, Any], saved: Path, tmp_path: Path
) -> None:
    file = ONTOLOGY / "positions" / "bernard-1999.ttl"
    copy = tmp_path / file.name
    copy.write_bytes((saved / f"{file.stem}.{syntax}").read_bytes())
    with pytest.raises(BrokenFile, match=f"not Turtle. Run sq-graph fmt --from {syntax} "):
        turtle.read_file(copy)
    run = CliRunner().invoke(app, ["fmt", "--from", syntax, str(copy)])
    assert run.exit_code == 0, run.output
    assert turtle.diff(file, copy) == ""


@pytest.mark.parametrize("file", FAULTS, ids=lambda f: f.stem)
def test_a_fault_is_found(file: Path, report: dict[str, Any]) -> None:
    said = report["files"][str(file)]
    assert any(said[problem] for problem in ("violations", "unparsed", "lost", "gained"))
