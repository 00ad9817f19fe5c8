"""One worker process, seen from the server."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import deque
from pathlib import Path
from typing import Any, Protocol, cast

from sq_graph.web import frames
from sq_graph.web.job import HELD, Job


class Owner(Protocol):
    """Who is told of what happens to a process."""

    def freed(self, worker: Worker) -> None: ...

    def lost(self, worker: Worker) -> None: ...


class Worker(asyncio.SubprocessProtocol):
    """A process with the jobs lined up for it, the first of which it is doing."""

    def __init__(self, owner: Owner) -> None:
        self.owner = owner
        self.frames = frames.Frames()
        self.jobs: deque[Job] = deque()
        self.unsent: list[bytes] = []
        self.slow = self.worn = self.gone = self.ready = False
        self.flowing = True
        self.begun = self.worked = 0.0
        self.complaint = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.process = cast(asyncio.SubprocessTransport, transport)
        self.inlet: Any = self.process.get_pipe_transport(0)
        self.outlet: Any = self.process.get_pipe_transport(1)
        self.now = asyncio.get_running_loop().time

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
            self.inlet.write(b"".join(self.unsent))
        self.unsent.clear()

    def is_stuck(self, now: float, seconds: float) -> bool:
        """Whether its first job has been running for that long."""
        return bool(self.jobs) and now - self.begun > seconds

    def effort(self, age: float) -> float:
        """The seconds that its first job has taken of the processor; where that is not known, of the clock.

        A small query on a busy machine waits long, but works little.
        """
        total = _processor_time(self.process.get_pid() or 0)
        if total is None:
            return age
        if not self.worked:
            self.worked = total
        return total - self.worked

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        for kind, content in self.frames.feed(data):
            if kind == b"R":
                self.ready = True
                self.owner.freed(self)
            elif kind == b"X" and not self.jobs:
                _, self.complaint = frames.read_refused(content)
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
            self.outlet.resume_reading()
        else:
            self.outlet.pause_reading()

    def kill(self) -> None:
        """Ends the process at once."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process_exited()

    def process_exited(self) -> None:
        if not self.gone:
            self.gone = True
            self.owner.lost(self)

    def pin(self, slow: bool) -> None:
        """Keeps a slow process off one of the processor's cores, where the system can."""
        self.slow = slow
        if hasattr(os, "sched_setaffinity"):
            with contextlib.suppress(OSError):
                cores = sorted(os.sched_getaffinity(0))
                os.sched_setaffinity(self.process.get_pid() or 0, cores[:-1] if slow and len(cores) > 1 else cores)

    def wear(self) -> None:
        """Leaves it only what nobody else wants of the processor; it cannot come back from there."""
        if hasattr(os, "SCHED_IDLE") and not self.worn:
            with contextlib.suppress(OSError):
                os.sched_setscheduler(self.process.get_pid() or 0, os.SCHED_IDLE, os.sched_param(0))
                self.worn = True


def _processor_time(process: int) -> float | None:
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError, ValueError, AttributeError):
        return None


async def start_process(protocol: asyncio.SubprocessProtocol, *command: str) -> None:
    """Starts a process that speaks in frames with `protocol`; its complaints are heard with SQ_GRAPH_DEBUG."""
    noise = None if os.environ.get("SQ_GRAPH_DEBUG") else asyncio.subprocess.DEVNULL
    environment = {**os.environ, "MALLOC_ARENA_MAX": "2"}
    await asyncio.get_running_loop().subprocess_exec(lambda: protocol, *command, stderr=noise, env=environment)
