"""Answers of the server that are given again while the map stays the same."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple


class Kept(NamedTuple):
    """An answer that was given before."""

    status: int
    headers: dict[str, str]
    body: bytes
    rows: int | None


class Cache:
    """Small answers to what was asked of the present state of the map."""

    most, largest = 32 << 20, 1 << 16

    def __init__(self) -> None:
        self.state = -1
        self.kept: OrderedDict[object, Kept] = OrderedDict()
        self.size = 0

    def get(self, key: object, state: int) -> Kept | None:
        """The answer to the same request, if the map is still the same."""
        if state != self.state:
            self.kept.clear()
            self.state, self.size = state, 0
        if key is None or key not in self.kept:
            return None
        self.kept.move_to_end(key)
        return self.kept[key]

    def keep(self, key: object, state: int, answer: Kept) -> None:
        """Keeps an answer, unless it is large or the map has changed since."""
        if key is None or state != self.state or len(answer.body) > self.largest:
            return
        self.kept[key] = answer
        self.size += len(answer.body) + 500
        while self.size > self.most:
            self.size -= len(self.kept.popitem(last=False)[1].body) + 500
