"""Protégé's library takes every file as it is: OWL 2 DL, nothing unread, the same after save and reload."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sq_graph import resources, turtle, vocab
from tests import owlapi_roundtrip

ONTOLOGY = resources.root() / "ontology"
FILES = sorted(ONTOLOGY.rglob("*.ttl"))
FAULTS = sorted((Path(__file__).parent / "witnesses" / "owlapi").glob("*.ttl"))
KINDS = ("AnnotationProperty", "Class", "DatatypeProperty", "NamedIndividual", "ObjectProperty")
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
    command = [
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


@pytest.mark.parametrize(
    "number", range(len(FILES)), ids=lambda n: FILES[n].relative_to(ONTOLOGY).as_posix()
)
def test_the_canonical_form_undoes_a_save(number: int, report: dict[str, Any], saved: Path) -> None:
    """Whoever edits a file in Protégé and runs `fmt` has changed what they changed and nothing else.

    Declarations apart that a save adds for what other files own: `fmt` cannot know that they are not meant.
    """
    text, after = FILES[number].read_bytes(), turtle.read((saved / f"{number}.ttl").read_bytes())
    own = set(turtle.read(text).triples)
    declares = {f"<{vocab.OWL}{kind}>" for kind in KINDS}
    kept = [t for t in after.triples if t in own or t[0].startswith("_:") or t[2] not in declares]
    assert turtle.written(kept, after.prefixes) == turtle.format_text(text)


@pytest.mark.parametrize("file", FAULTS, ids=lambda f: f.stem)
def test_a_fault_is_found(file: Path, report: dict[str, Any]) -> None:
    said = report["files"][str(file)]
    assert any(said[problem] for problem in ("violations", "unparsed", "lost", "gained"))
