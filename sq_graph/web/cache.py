"""Answers of the server that are given again while the map stays the same."""

from typing import NamedTuple

from starlette.responses import Response


class Kept(NamedTuple):
    """An answer that was given before."""

    response: Response
    headers: dict[str, str]
    rows: int | None


class Cache:
    """Small answers to what was asked last of the present state of the map."""

    most, largest = 1_000, 1 << 16

    def __init__(self) -> None:
        self.state, self.kept = -1, dict[object, Kept]()

    def get(self, key: object, state: int) -> Kept | None:
        """The answer to the same request, if the map is still the same."""
        if state != self.state:
            self.state, self.kept = state, {}
        return self.kept.get(key)

    def keep(self, key: object, state: int, answer: Kept) -> None:
        """Keeps an answer, unless it is large or the map has changed since."""
        if key is None or state != self.state or len(answer.response.body) > self.largest:
            return
        self.kept[key] = answer
        if len(self.kept) > self.most:
            del self.kept[next(iter(self.kept))]
