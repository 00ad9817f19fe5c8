"""The one process that writes: to a store, or to a workspace's files. See `worker.py` for those that read.

Started by `writing.py` through `nursery.py`. Killing it is safe at any moment: what it has acknowledged stays, and of
what it was doing nothing stays.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from sq_graph.errors import SqGraphError
from sq_graph.graph.guard import Limits, guard
from sq_graph.graph.updates import forgiving, with_dataset
from sq_graph.web import frames
from sq_graph.web.map_writer import MapWriter
from sq_graph.web.store_writer import StoreWriter
from sq_graph.web.worker import cap_memory, end_with_parent, serve


class Writer(Protocol):
    """Who can be written to."""

    @property
    def copy(self) -> Path: ...

    def update(self, text: str, base: str) -> bool: ...

    def put(
        self, graph: str | None, bodies: list[tuple[str, bytes]], base: str, replace: bool
    ) -> bool: ...

    def delete(self, graph: str | None) -> bool: ...

    def look(self) -> bool: ...

    def forget(self, in_use: list[str]) -> None: ...


class Desk:
    """Takes the jobs in, one after the other, and says what became of each."""

    def __init__(self, writer: Writer, limits: Limits) -> None:
        self.writer, self.limits = writer, limits

    def run(self, job: dict[str, Any]) -> None:
        """Does one job; answers whether it made or found something, and the newest copy."""
        done = self._do(job)
        content = json.dumps({"done": done, "copy": str(self.writer.copy)}).encode()
        frames.send(1, frames.answer(b"A", frames.Head(), content))

    def _do(self, job: dict[str, Any]) -> bool:
        self.writer.forget(job["in_use"])
        if job["do"] == "update":
            text = job["text"]
            guard(text, self.limits, update=True)
            if job["using"] or job["using_named"]:
                text = with_dataset(text, job["using"], job["using_named"])
            return self.writer.update(forgiving(text), job["base"])
        if job["do"] in ("put", "post"):
            return self.writer.put(
                job["graph"], job["bodies"], job["base"], replace=job["do"] == "put"
            )
        if job["do"] == "delete":
            return self.writer.delete(job["graph"])
        return self.writer.look()


def main(settings: dict[str, Any]) -> None:
    """Opens what is to be written to, says so, and runs until the standard input closes."""
    end_with_parent()
    place = Path(settings["place"])
    try:
        writer: Writer = (
            StoreWriter(Path(settings["store"]), place)
            if settings["store"]
            else MapWriter([Path(folder) for folder in settings["folders"]], place)
        )
    except SqGraphError as error:
        frames.send(1, frames.refused(500, str(error)))
        return
    cap_memory(settings["memory"])
    serve(Desk(writer, replace(Limits(**settings["limits"]), length=settings["update_length"])).run)
