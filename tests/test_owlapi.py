"""Protégé's library accepts every file as it is: OWL 2 DL, nothing unread, the same after save and reload."""

from __future__ import annotations

import difflib
import json
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
from tests.test_reason import owlapi_jars

pytestmark = pytest.mark.wide
ONTOLOGY = resources.root() / "ontology"
FILES = sorted(ONTOLOGY.rglob("*.ttl"))
FAULTS = sorted((Path(__file__).parent / "witnesses" / "owlapi").glob("*.ttl"))
PROBLEMS = ("violations", "unparsed", "lost", "gained")


@pytest.fixture(scope="module")
def save_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("saved")


@pytest.fixture(scope="module")
def report(save_folder: Path) -> dict[str, Any]:
    """The report of the OWL API on all files, made once: a JVM takes seconds to start."""
    owlapi_jars()
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "tests.owlapi_roundtrip",
        "check",
        ONTOLOGY,
        save_folder,
        *FILES,
        *FAULTS,
    ]
    folder = Path(__file__).parent.parent
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert run.returncode == 0, run.stderr
    answer: dict[str, Any] = json.loads(run.stdout)
    return answer


def copy_saved(save_folder: Path, ontology: Path) -> dict[Path, Path]:
    """Copies the saved text of every file to another ontology folder; the files by their copies."""
    copies = {ontology / file.relative_to(ONTOLOGY): file for file in FILES}
    for number, copy in enumerate(copies):
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes((save_folder / f"{number}.ttl").read_bytes())
    return copies


def test_the_library_is_the_intended_one(report: dict[str, Any]) -> None:
    """HermiT.jar contains another OWL API; with it the tests would pass on the wrong library."""
    assert "owlapi-distribution-5" in report["jar"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ONTOLOGY).as_posix())
def test_file(file: Path, report: dict[str, Any]) -> None:
    result = report["files"][str(file)]
    assert result["iri"] == vocab.BASE + file.relative_to(ONTOLOGY).with_suffix("").as_posix()
    for problem in PROBLEMS:
        assert not result[problem], f"{problem}: {result[problem]}"


def test_fmt_undoes_a_save_of_every_file(
    report: dict[str, Any], save_folder: Path, tmp_path: Path
) -> None:
    """After an edit in Protégé and `fmt`, a file differs by that edit and nothing else."""
    copies = copy_saved(save_folder, tmp_path)
    assert len(turtle.format_files([tmp_path], among=copies)) > 100
    changed = [file for copy, file in copies.items() if copy.read_bytes() != file.read_bytes()]
    assert changed == []


def test_a_saved_map_is_checked_and_reasoned_about_without_fmt(
    report: dict[str, Any], save_folder: Path, tmp_path: Path
) -> None:
    copy_saved(save_folder, tmp_path / "ontology")
    for folder in ("shapes", "queries"):
        (tmp_path / folder).symlink_to(resources.root() / folder)
    layout = Layout(tmp_path)
    assert [str(finding) for finding in check([layout])] == []
    graph = EmbeddedGraph()
    load_files(graph, ((file.path, file.iri, file.listed) for file in layout.files()))
    original = read_positions([packaged()], sq_graph.open().graph)
    copy = read_positions([layout], graph)
    assert copy.positions.keys() == original.positions.keys()
    for slug in original.positions:
        assert copy.digest(slug) == original.digest(slug)


def test_an_edited_label_changes_at_most_three_lines(
    report: dict[str, Any], save_folder: Path, tmp_path: Path
) -> None:
    file = ONTOLOGY / "data" / "works" / "phillips-2008" / "definitions.ttl"
    text = (save_folder / f"{FILES.index(file)}.ttl").read_text(encoding="utf-8")
    label = re.findall('rdfs:label "([^"]+)"@en', text)[1]
    edited = tmp_path / "definitions.ttl"
    edited.write_text(text.replace(f'"{label}"@en', '"another label"@en', 1), encoding="utf-8")
    turtle.format_files([edited], among=FILES)
    old_text, new_text = file.read_text(encoding="utf-8"), edited.read_text(encoding="utf-8")
    changes = [
        line
        for line in difflib.unified_diff(old_text.splitlines(), new_text.splitlines(), n=0)
        if line[0] in "+-" and line[:3] not in ("+++", "---")
    ]
    assert 'rdfs:label "another label"@en' in new_text and 1 < len(changes) <= 3, changes


@pytest.mark.parametrize("syntax", ["functional", "owlxml", "rdfxml"])
def test_fmt_converts_what_the_library_saves_in_another_syntax(
    syntax: str, report: dict[str, Any], save_folder: Path, tmp_path: Path
) -> None:
    file = ONTOLOGY / "positions" / "bernard-1999.ttl"
    copy = tmp_path / file.name
    copy.write_bytes((save_folder / f"{file.stem}.{syntax}").read_bytes())
    with pytest.raises(BrokenFile, match=f"not Turtle. Run sq-graph fmt --from {syntax} "):
        turtle.read_file(copy)
    run = CliRunner().invoke(app, ["fmt", "--from", syntax, str(copy)])
    assert run.exit_code == 0, run.output
    assert turtle.diff(file, copy) == ""


@pytest.mark.parametrize("file", FAULTS, ids=lambda file: file.stem)
def test_a_fault_is_found(file: Path, report: dict[str, Any]) -> None:
    result = report["files"][str(file)]
    assert any(result[problem] for problem in PROBLEMS)
