"""The cache of answers, which is valid while the map stays the same."""

from typing import NamedTuple

from starlette.responses import Response


class CachedAnswer(NamedTuple):
    """A cached response, its headers, and its number of rows for the log."""

    response: Response
    headers: dict[str, str]
    rows: int | None


class Cache:
    """Small answers to the latest requests for the present state of the map."""

    max_answers, max_size = 1_000, 1 << 16

    def __init__(self) -> None:
        self.state, self.answers = -1, dict[object, CachedAnswer]()

    def get(self, key: object, state: int) -> CachedAnswer | None:
        """The answer to the same request, if the map has not changed since."""
        if state != self.state:
            self.state, self.answers = state, {}
        return self.answers.get(key)

    def add(self, key: object, state: int, answer: CachedAnswer) -> None:
        """Stores an answer, unless it is large or the map has changed since."""
        if key is None or state != self.state or len(answer.response.body) > self.max_size:
            return
        self.answers[key] = answer
        if len(self.answers) > self.max_answers:
            del self.answers[next(iter(self.answers))]
