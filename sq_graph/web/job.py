"""One question to a worker process and its answer, as both come and go."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from sq_graph.errors import EngineError, FindingsError, InputError, SqGraphError, UnknownName
from sq_graph.web import frames

if TYPE_CHECKING:
    from sq_graph.web.process import Worker

HELD = 1 << 20
"""Bytes of an answer that are held before its first byte is sent; a larger one streams."""
_ALIKE = re.compile(r"\d+|\s+|\"[^\"]*\"|'[^']*'|[?$]\w+")


class Refusal(Exception):
    """A request that is answered with a status and a sentence instead of what it asked for."""

    def __init__(self, status: int, sentence: str, **headers: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.headers = status, sentence, headers


class ReadOnly(InputError):
    """A graph that may not be written to."""


_STATUS = {ReadOnly: 403, UnknownName: 404, InputError: 400, FindingsError: 422, EngineError: 503}


def refusal_of(error: SqGraphError) -> Refusal:
    """What went wrong, with its status; findings follow the sentence line by line.

    >>> refusal_of(InputError("the text is empty")).sentence
    'The text is empty.'
    """
    status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 500)
    sentence = "\n".join([str(error), *map(str, getattr(error, "findings", ()))])
    return Refusal(status, sentence[:1].upper() + sentence[1:])


class Job:
    """One question and its answer."""

    def __init__(self, content: dict[str, Any], deadline: float) -> None:
        self.content, self.deadline = content, deadline
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.worker: Worker | None = None
        self.head = frames.Head()
        self.parts: deque[bytes] = deque()
        self.size = 0
        self.begun = self.ended = False
        self.tries = 0
        self.refusal: Refusal | None = None
        self.more: asyncio.Event | None = None

    @property
    def key(self) -> int:
        """The same for texts that differ in names of variables, numbers and strings only, or late."""
        return hash(_ALIKE.sub("", self.content.get("text", "")[:2_000]))

    def take(self, kind: bytes, content: bytes) -> None:
        """Takes one frame of the answer."""
        if kind == b"A":
            self.head, data = frames.read_answer(content)
            self.parts.append(data)
            self.end(None)
        elif kind == b"D":
            self.parts.append(content)
            self.size += len(content)
            if self.size > HELD:
                self._let_go()
        elif kind == b"H":
            self.head, _ = frames.read_answer(content)
        elif kind == b"E":
            self.head, _ = frames.read_answer(content)
            self.end(None)
        else:
            self.end(Refusal(*frames.read_refused(content)))

    def restart(self) -> None:
        """Forgets what has come; the job will be done again, from its beginning."""
        self.tries, self.worker, self.size = self.tries + 1, None, 0
        self.parts.clear()

    def end(self, refusal: Refusal | None) -> None:
        """The answer is complete, or will never be."""
        if not self.ended:
            self.ended, self.refusal = True, refusal
            self._let_go()

    def _let_go(self) -> None:
        self.begun = True
        if self.more:
            self.more.set()
        if not self.ready.done():
            self.ready.set_result(None)

    async def stream(self) -> AsyncIterator[bytes]:
        """The parts of the answer; raises the refusal that cuts it off."""
        self.more = asyncio.Event()
        while True:
            while self.parts:
                part = self.parts.popleft()
                self.size -= len(part)
                if self.worker and self.size < HELD // 2:
                    self.worker.flow(True)
                yield part
            if self.ended:
                if self.refusal:
                    raise self.refusal
                return
            self.more.clear()
            await self.more.wait()
