"""The writer process, seen from the server: one write after the other, each within its time."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sq_graph.errors import EngineError
from sq_graph.web.job import Job, Refusal
from sq_graph.web.nursery import Nursery
from sq_graph.web.process import Worker
from sq_graph.web.settings import Settings
from sq_graph.web.workers import Pool

GLANCE = 2.0
"""Seconds between two looks at whether somebody else has changed the files."""


class Writing:
    """Lets the writer process work, and the readers see what it has done."""

    def __init__(self, settings: Settings, nursery: Nursery) -> None:
        self.settings, self.nursery = settings, nursery
        self.pool: Pool | None = None
        self.worker: Worker | None = None
        self.turn = asyncio.Lock()
        self.copy = Path()
        self.watching: asyncio.Task[None] | None = None
        folder = settings.store
        self.place = (
            folder.parent / f".{folder.name}-copies"
            if folder
            else Path(tempfile.mkdtemp(prefix="sq-graph-"))
        )

    async def start(self) -> Path:
        """Starts the process and returns the first copy for the readers; raises EngineError if it cannot start."""
        await self._process()
        self.watching = asyncio.create_task(self._watch()) if self.settings.folders else None
        return self.copy

    async def stop(self) -> None:
        """Ends the process; nothing that was acknowledged is lost."""
        if self.watching:
            self.watching.cancel()
        if self.worker:
            self.worker.kill()
        if not self.settings.store:
            shutil.rmtree(self.place, ignore_errors=True)

    async def do(self, **content: Any) -> bool:
        """Has one thing written; raises Refusal if it was not, and then nothing has changed."""
        async with self.turn:
            worker = await self._process()
            in_use = sorted(self.pool.in_use()) if self.pool else []
            job = Job({**content, "in_use": in_use}, 0)
            worker.line_up(job)
            worker.send()
            try:
                async with asyncio.timeout(self.settings.write_timeout):
                    await asyncio.shield(job.ready)
            except TimeoutError:
                worker.kill()
                seconds = self.settings.write_timeout
                raise Refusal(
                    503, f"The change took longer than {seconds:g} seconds and was not made."
                ) from None
            if job.refusal:
                raise job.refusal
            return self._see(json.loads(b"".join(job.parts)))

    def _see(self, told: dict[str, Any]) -> bool:
        """Lets the readers see the newest copy."""
        copy, self.copy = self.copy, Path(told["copy"])
        if self.pool and copy != self.copy:
            self.pool.renew(self.copy)
        return bool(told["done"])

    async def _process(self) -> Worker:
        if self.worker and not self.worker.gone:
            return self.worker
        worker = self.worker = Worker(self)
        settings = {
            "store": str(self.settings.store or ""),
            "folders": [str(folder) for folder in self.settings.folders],
            "place": str(self.place),
            "limits": asdict(self.settings.limits),
            "memory": 4 * self.settings.memory,
            "update_length": self.settings.update_length,
        }
        await self.nursery.start(worker, "sq_graph.web.writer", settings)
        job = Job({"do": "look", "in_use": sorted(self.pool.in_use()) if self.pool else []}, 0)
        worker.line_up(job)
        worker.send()
        await job.ready
        if job.refusal:
            raise EngineError(job.refusal.sentence)
        self._see(json.loads(b"".join(job.parts)))
        return worker

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(GLANCE)
            try:
                await self.do(do="look")
            except (Refusal, EngineError):
                continue  # a file that is broken just now; the readers keep the last state that was whole

    def freed(self, worker: Worker) -> None:
        """The process has done a job."""

    def lost(self, worker: Worker) -> None:
        """The process is gone; the next write starts another."""
        for job in worker.jobs:
            job.end(
                Refusal(
                    503, "The change could not be made: its process broke off. Nothing was changed."
                )
            )
