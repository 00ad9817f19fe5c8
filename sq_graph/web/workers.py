"""The worker processes of one server: who answers which query, how long, and what happens to those that run away.

Every query begins as a quick one. One that takes longer than a moment is moved aside: its process goes on with it,
on all processor cores but one, and other processes take over what waited behind it; after a while it gets only
what nobody else wants of the processor. Half of the processes are never given to slow queries; where the other half
is busy, slow ones wait, each no longer than its time. A process that passes its time or its memory is killed and
replaced. Texts that did so once are slow from the start.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections import OrderedDict, deque
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sq_graph.errors import EngineError
from sq_graph.web.job import Job, Refusal
from sq_graph.web.nursery import Nursery
from sq_graph.web.process import Worker
from sq_graph.web.settings import Settings

MOMENT = 0.03
"""Seconds of the processor after which a query counts as slow."""
LONG = 0.25
"""Seconds of the clock after which it does in any case."""
STUCK = 0.005
"""Seconds after which nothing more is lined up behind a query."""
DEPTH = 4
"""Jobs that one process may have lined up."""
TICK = 0.01
TRIES = 5
"""Times that a job begins again when its process was gone before it did anything."""
WAITING = 2_000
"""Jobs that may wait; further ones are refused at once."""
REMEMBERED = 1_000
"""Texts remembered as slow."""
PAUSE = 0.1
"""Seconds before a refusal is told, so that who sends the same again and again does not keep others waiting."""
_SIGNS = (
    (re.compile(r"([?$]\w+\s+){3}"), 2),  # patterns without anything known
    (re.compile(r"\)\s*[*+]"), 2),
    (re.compile(r"[*+]\)[*+]"), 1),
    (re.compile(r"\bCONCAT\b", re.IGNORECASE), 8),
    (re.compile(r"\b(OPTIONAL|VALUES|EXISTS)\b", re.IGNORECASE), 8),
)
"""What a slow query often has, and how many of it."""
_LOOKED_AT = 2_000
"""Characters of a query that are looked through for them: all queries wait meanwhile."""


class Pool:
    """The worker processes on one snapshot; `renew` puts a newer one in its place at any moment."""

    def __init__(self, settings: Settings, snapshot: Path, nursery: Nursery) -> None:
        self.settings, self.snapshot, self.nursery = settings, snapshot, nursery
        self.workers: list[Worker] = []
        self.quick: deque[Job] = deque()
        self.slow: deque[Job] = deque()
        self.heavy: OrderedDict[int, None] = OrderedDict()
        self.places = max(1, settings.workers // 2)  # of slow queries at once
        self.lanes = max(1, (os.cpu_count() or 2) - 1)  # quick processes that work side by side
        self.stillborn = 0
        self.tasks: set[asyncio.Task[None]] = set()
        self.handing_out = self.stopping = False

    async def start(self) -> None:
        """Starts the processes; returns when the first is ready."""
        self.loop = asyncio.get_running_loop()
        self._spawn(max(3, self.settings.workers))
        self._in_background(self._watch())
        while not any(worker.ready for worker in self.workers):
            if self.stillborn > 10:
                raise RuntimeError("the worker processes do not start")
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        """Ends all processes."""
        self.stopping = True
        for task in list(self.tasks):
            task.cancel()
        for worker in list(self.workers):
            worker.kill()

    async def ask(self, **content: Any) -> Job:
        """A job's answer, complete or begun; raises Refusal where there is none."""
        job = Job(
            {"snapshot": str(self.snapshot), **content}, self.loop.time() + self.settings.timeout
        )
        if len(self.quick) + len(self.slow) >= WAITING:
            raise _busy()
        is_heavy = looks_slow(content.get("text", "")) or (self.heavy and job.key in self.heavy)
        (self.slow if is_heavy else self.quick).append(job)
        self._soon()
        await job.ready
        if job.refusal:
            await asyncio.sleep(PAUSE)
            raise job.refusal
        return job

    def renew(self, snapshot: Path) -> None:
        """Answers from a newer snapshot from now on."""
        self.snapshot = snapshot
        for worker in self.workers:
            if worker.ready and not worker.jobs:
                worker.line_up(
                    Job({"snapshot": str(snapshot), "do": "open"}, self.loop.time() + 60)
                )
                worker.send()

    def in_use(self) -> set[str]:
        """The snapshots that some query still reads."""
        read = {job.content["snapshot"] for worker in self.workers for job in worker.jobs}
        return (
            read
            | {job.content["snapshot"] for job in (*self.quick, *self.slow)}
            | {str(self.snapshot)}
        )

    # ---- who does what

    def _soon(self) -> None:
        """Hands the waiting jobs out at the end of this round of the loop, all at once."""
        if not self.handing_out:
            self.handing_out = True
            self.loop.call_soon(self._hand_out)

    def _hand_out(self) -> None:
        self.handing_out = False
        if not self.quick and not self.slow:
            return
        now = self.loop.time()
        free = [
            one
            for one in self.workers
            if one.ready and not one.slow and not one.is_stuck(now, STUCK)
        ]
        given: dict[Worker, None] = {}
        while self.quick and (
            among := [one for one in free if len(one.jobs) < DEPTH][: self.lanes]
        ):
            worker = min(among, key=lambda one: len(one.jobs))
            worker.line_up(self.quick.popleft())
            given[worker] = None
        idle = [worker for worker in free if not worker.jobs]
        while self.slow and len(idle) > 1 and self._slow_ones() < self.places:
            worker = idle.pop()
            worker.slow_down(True)
            worker.line_up(self.slow.popleft())
            given[worker] = None
        for worker in given:
            worker.send()

    def _slow_ones(self) -> int:
        return sum(worker.slow for worker in self.workers)

    def freed(self, worker: Worker) -> None:
        """A process has done a job."""
        self.stillborn = 0
        if worker.worn and not worker.jobs:
            worker.kill()
        elif worker.slow:
            worker.slow_down(False)
        if self.quick or self.slow:
            self._soon()

    def lost(self, worker: Worker) -> None:
        """A process is gone: what it did is refused, what waited behind goes elsewhere, another takes its place."""
        self.workers.remove(worker)
        self.stillborn += not worker.ready
        self._take_back(worker)
        if worker.jobs and (job := worker.jobs[0]).worker is worker:
            if (
                self.loop.time() - worker.begun < MOMENT and job.tries < TRIES
            ):  # no doing of its own
                job.restart()
                self.quick.append(job)
                self._soon()
            else:
                self._remember(job)
                job.end(
                    Refusal(
                        503,
                        "The query needed more memory than it may have here. Ask for less at once.",
                    )
                )
        if not self.stopping:
            self._spawn(1)

    def _take_back(self, worker: Worker) -> None:
        """Gives what waits behind a process's first job to others."""
        waiting = [job for job in list(worker.jobs)[1:] if job.worker is worker]
        for job in waiting:
            job.worker = None
        if waiting:
            self.quick.extendleft(reversed(waiting))
            self._soon()

    def _remember(self, job: Job) -> None:
        self.heavy[job.key] = None
        if len(self.heavy) > REMEMBERED:
            self.heavy.popitem(last=False)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            now = self.loop.time()
            for worker in list(self.workers):
                if worker.jobs:
                    self._look_after(worker, worker.jobs[0], now)
            for queue in (self.quick, self.slow):
                if queue and now > queue[0].deadline:
                    queue.popleft().end(_busy())

    def _look_after(self, worker: Worker, job: Job, now: float) -> None:
        age = now - worker.begun
        effort = (
            0.0
            if worker.slow or age < 2 * STUCK
            else age
            if job.begun or age > LONG
            else worker.effort(age)
        )
        if age > 2 * STUCK:
            self._take_back(worker)
        if job.worker is not worker:  # its answer is no longer wanted
            if effort > MOMENT:
                worker.kill()
        elif now > job.deadline:
            self._stop(worker, job, _too_long(self.settings.timeout))
        elif worker.slow and age > LONG:
            worker.wear()
        elif effort < MOMENT:
            return
        elif self._slow_ones() < self.places:
            worker.slow_down(True)
            self._soon()
        elif all(one.slow or not one.ready or one is worker for one in self.workers):
            return  # the last process for quick queries; when another is ready, this one may go
        elif job.begun or job.tries:
            self._stop(worker, job, _busy())
        else:  # no place for another slow one: it begins again when there is
            self._remember(job)
            job.restart()
            self.slow.append(job)
            worker.kill()

    def _stop(self, worker: Worker, job: Job, refusal: Refusal) -> None:
        self._remember(job)
        job.worker = None
        job.end(refusal)
        worker.kill()

    # ---- processes

    def _spawn(self, number: int) -> None:
        for _ in range(number):
            self._in_background(self._start_process())

    async def _start_process(self) -> None:
        if self.stillborn:
            await asyncio.sleep(min(2.0, 0.05 * 2**self.stillborn))
        settings = {
            "snapshot": str(self.snapshot),
            "limits": asdict(self.settings.limits),
            "memory": self.settings.memory,
            "result_bytes": self.settings.result_bytes,
        }
        worker = Worker(self)
        self.workers.append(worker)
        try:
            await self.nursery.start(worker, "sq_graph.web.worker", settings)
        except (EngineError, OSError):
            worker.kill()  # another is tried, a little later

    def _in_background(self, work: Any) -> None:
        task = self.loop.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)


def looks_slow(text: str) -> bool:
    """Whether a query had better begin among the slow ones, where it runs at once if there is a place.

    >>> looks_slow("SELECT ?l { <https://example.org/a> ?p ?o . ?o ?q ?l }")
    False
    >>> looks_slow("SELECT * { ?a ?b ?c . ?d ?e ?f }")
    True
    """
    return any(len(sign.findall(text, 0, _LOOKED_AT)) >= many for sign, many in _SIGNS)


def _busy() -> Refusal:
    return Refusal(
        503, "The server is busy with long queries. Try again in a moment.", **{"retry-after": "5"}
    )


def _too_long(seconds: float) -> Refusal:
    return Refusal(
        503,
        f"The query took longer than {seconds:g} seconds and was stopped. Ask for less at once.",
    )
