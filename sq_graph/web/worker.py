"""A process that answers queries on a frozen state of the graph, so that a bad query takes nothing else down.

Started by `workers.py` through `nursery.py`. It reads jobs from its standard input and
writes answers to its standard output (see `frames.py`), never uses more memory than it may, and ends with the
process that started it.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import sys
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sq_graph.errors import SqGraphError
from sq_graph.graph.guard import Limits
from sq_graph.graph.snapshot import Snapshot
from sq_graph.web import frames
from sq_graph.web.frames import send
from sq_graph.web.job import Refusal, refusal_of

_AT_ONCE = 1 << 16
_WORTH_ZIPPING = 1024


class Outlet:
    """Sends an answer as it grows: in one frame if it is small, zipped if the client can unzip."""

    def __init__(self, gives_rows: bool, most: int, zipped: bool) -> None:
        self.gives_rows, self.most, self.zipped = gives_rows, most, zipped
        self.waiting: list[bytes] = []
        self.size = self.total = 0
        self.packer: Any = None
        self.begun = False

    def write(self, data: bytes) -> int:
        self.total += len(data)
        if self.total > self.most:
            raise Refusal(
                503, f"The answer is larger than {self.most} bytes. Add a LIMIT, or ask for less."
            )
        self.waiting.append(data)
        self.size += len(data)
        if self.size >= _AT_ONCE:
            if not self.begun:
                self._begin(self.zipped)
                send(1, frames.answer(b"H", self._head(0)))
            send(1, frames.frame(b"D", self._packed(last=False)))
        return len(data)

    def flush(self) -> None:
        """Nothing to do: what waits is sent when it is enough, or at the end."""

    def finish(self, rows: int) -> None:
        """Sends what is left and says that the answer is complete."""
        if self.begun:
            send(
                1,
                frames.frame(b"D", self._packed(last=True)) + frames.answer(b"E", self._head(rows)),
            )
            return
        self._begin(self.zipped and self.size > _WORTH_ZIPPING)
        send(1, frames.answer(b"A", self._head(rows), self._packed(last=True)))

    def _begin(self, zipped: bool) -> None:
        self.begun = True
        if zipped:
            self.packer = zlib.compressobj(4, zlib.DEFLATED, 31)

    def _head(self, rows: int) -> frames.Head:
        return frames.Head(rows, self.gives_rows, self.packer is not None)

    def _packed(self, last: bool) -> bytes:
        data = b"".join(self.waiting)
        self.waiting.clear()
        self.size = 0
        if not self.packer:
            return data
        packed: bytes = self.packer.compress(data)
        return packed + self.packer.flush() if last else packed


class Reader:
    """Answers from the snapshot that each job names, and keeps the last one open."""

    def __init__(self, limits: Limits, most: int) -> None:
        self.limits, self.most = limits, most
        self.folder = ""
        self.snapshot: Snapshot | None = None

    def open(self, folder: str) -> Snapshot:
        """The snapshot in a folder."""
        if self.snapshot is None or folder != self.folder:
            self.snapshot = None  # closes the old one before the new one is opened
            self.snapshot, self.folder = Snapshot(Path(folder), self.limits), folder
        return self.snapshot

    def run(self, job: dict[str, Any]) -> None:
        """Does one job: opens a snapshot, sends a graph, or answers a query."""
        snapshot = self.open(job["snapshot"])
        if job["do"] == "open":
            send(1, frames.answer(b"A", frames.Head()))
            return
        if job["do"] == "graph":
            answer = snapshot.graph(job["graph"])
            if answer is None:
                raise Refusal(404, "There is no graph of this name.")
        else:
            answer = snapshot.answer(
                job["text"], job.get("default", ()), job.get("named", ()), job.get("base")
            )
        form = job["rows" if answer.gives_rows else "triples"]
        if not form:
            kind = "rows" if answer.gives_rows else "triples"
            raise Refusal(
                406,
                f"The answer consists of {kind}, which cannot be written in any form you accept.",
            )
        outlet = Outlet(answer.gives_rows, self.most, job.get("zipped", False))
        outlet.finish(answer.serialise(form, outlet))


def main(settings: dict[str, Any]) -> None:
    """Runs until the standard input closes."""
    end_with_parent()
    reader = Reader(Limits(**settings["limits"]), settings["result_bytes"])
    reader.open(settings["snapshot"])
    cap_memory(settings["memory"])
    serve(reader.run)


def serve(run: Callable[[dict[str, Any]], None]) -> None:
    """Says that this process is ready, then does job after job."""
    send(1, frames.frame(b"R"))
    for content in frames.incoming(0):
        try:
            run(frames.read_job(content))
        except (Refusal, SqGraphError) as error:
            refusal = error if isinstance(error, Refusal) else refusal_of(error)
            send(1, frames.refused(refusal.status, refusal.sentence))
        except MemoryError:
            os._exit(1)  # the server says what that means
        except Exception as error:  # the process goes on to its next job, whatever the engine says
            send(1, frames.refused(500, f"The engine failed: {error}."))


def end_with_parent() -> None:
    """Lets this process end when the one that started it does, however that ends; ignores Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = os.getppid()
    if hasattr(
        os, "sched_setscheduler"
    ):  # not to interrupt the server whenever it hands over a job
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            importlib.import_module("ctypes").CDLL(None).prctl(1, signal.SIGKILL)
    else:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    if os.getppid() != parent:
        os._exit(1)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def cap_memory(more: int) -> None:
    """Allows this process `more` bytes than it has now; without effect where the system knows no such limit."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        resource = importlib.import_module("resource")
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + more
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
