"""One worker process, seen from the server."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections import deque
from pathlib import Path
from typing import Any, Protocol

from sq_graph.web import frames
from sq_graph.web.job import HELD, Job


class Owner(Protocol):
    """Who is told of what happens to a process."""

    def freed(self, worker: Worker) -> None: ...

    def lost(self, worker: Worker) -> None: ...


class Worker(asyncio.Protocol):
    """A process with the jobs lined up for it, the first of which it is doing."""

    def __init__(self, owner: Owner) -> None:
        self.owner = owner
        self.frames = frames.Frames()
        self.jobs: deque[Job] = deque()
        self.unsent: list[bytes] = []
        self.slow = self.worn = self.gone = self.ready = False
        self.flowing = True
        self.begun = self.worked = 0.0
        self.process = 0
        self.line: Any = None

    def connection_made(self, transport: Any) -> None:
        self.line, self.now = transport, asyncio.get_running_loop().time
        if self.gone:
            transport.abort()
        self.confine(True)  # until it is ready

    def line_up(self, job: Job) -> None:
        """Puts a job last in line; `send` hands it over."""
        if not self.jobs:
            self.begun, self.worked = self.now(), 0.0
        job.worker = self
        self.jobs.append(job)
        self.unsent.append(frames.job(job.content))

    def send(self) -> None:
        """Hands over all that was lined up, in one go."""
        if self.unsent and not self.gone:
            self.line.write(b"".join(self.unsent))
        self.unsent.clear()

    def is_stuck(self, now: float, seconds: float) -> bool:
        """Whether its first job has been running for that long."""
        return bool(self.jobs) and now - self.begun > seconds

    def effort(self, age: float) -> float:
        """The seconds that its first job has taken of the processor; where that is not known, of the clock.

        A small query on a busy machine waits long, but works little.
        """
        total = _processor_time(self.process)
        if total is None:
            return age
        if not self.worked:
            self.worked = total
        return total - self.worked

    def data_received(self, data: bytes) -> None:
        for kind, content in self.frames.feed(data):
            if kind == b"R":
                self.ready = True
                self.confine(False)
                self.owner.freed(self)
            elif self.jobs:
                self._take(self.jobs[0], kind, content)

    def _take(self, job: Job, kind: bytes, content: bytes) -> None:
        wanted = job.worker is self
        if wanted:
            job.take(kind, content)
        if kind in b"AEX":
            self.jobs.popleft()
            self.begun, self.worked = self.now(), 0.0
            if wanted:
                job.worker = None
            self.flow(True)
            self.owner.freed(self)
        elif wanted and job.size > 2 * HELD:
            self.flow(False)

    def flow(self, on: bool) -> None:
        """Lets the process send on, or holds it while the client is slower than it."""
        if on == self.flowing or self.gone:
            return
        self.flowing = on
        if on:
            self.line.resume_reading()
        else:
            self.line.pause_reading()

    def kill(self) -> None:
        """Ends the process at once."""
        if self.process and not self.gone:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process, signal.SIGKILL)
        self.connection_lost(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.gone:
            self.gone = True
            if self.line:
                self.line.close()
            self.owner.lost(self)

    def slow_down(self, slow: bool) -> None:
        """Counts it as slow, and keeps it off one of the processor's cores."""
        self.slow = slow
        self.confine(slow)

    def confine(self, on: bool) -> None:
        """Keeps it off one of the processor's cores, where the system can."""
        if hasattr(os, "sched_setaffinity"):
            with contextlib.suppress(OSError):
                cores = sorted(os.sched_getaffinity(0))
                os.sched_setaffinity(self.process, cores[:-1] if on and len(cores) > 1 else cores)

    def wear(self) -> None:
        """Leaves it only what nobody else wants of the processor; it cannot come back from there."""
        if hasattr(os, "SCHED_IDLE") and not self.worn:
            with contextlib.suppress(OSError):
                os.sched_setscheduler(self.process, os.SCHED_IDLE, os.sched_param(0))
                self.worn = True


def _processor_time(process: int) -> float | None:
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError, ValueError, AttributeError):
        return None
