"""Answers of the server that are given again while the map stays the same."""

from collections import OrderedDict
from typing import NamedTuple


class Kept(NamedTuple):
    """An answer that was given before."""

    status: int
    headers: dict[str, str]
    body: bytes
    rows: int | None


class Cache:
    """Small answers to what was asked last of the present state of the map."""

    most, largest = 1_000, 1 << 16

    def __init__(self) -> None:
        self.state = -1
        self.kept: OrderedDict[object, Kept] = OrderedDict()

    def get(self, key: object, state: int) -> Kept | None:
        """The answer to the same request, if the map is still the same."""
        if state != self.state:
            self.kept.clear()
            self.state = state
        if key in self.kept:
            self.kept.move_to_end(key)
        return self.kept.get(key)

    def keep(self, key: object, state: int, answer: Kept) -> None:
        """Keeps an answer, unless it is large or the map has changed since."""
        if key is None or state != self.state or len(answer.body) > self.largest:
            return
        self.kept[key] = answer
        if len(self.kept) > self.most:
            self.kept.popitem(last=False)
