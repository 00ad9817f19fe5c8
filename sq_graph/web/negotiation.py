"""Content negotiation: which of the forms on offer a client prefers."""

import re
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from sq_graph.resources import data_beside

_NUMBER = re.compile(r"\d+\.?\d*|\.\d+")


class Choice(NamedTuple):
    """A media type and the form that it stands for."""

    media_type: str
    form: str

    @property
    def header(self) -> str:
        """The value of `Content-Type`."""
        is_text = self.media_type.startswith("text/")
        return f"{self.media_type}; charset=utf-8" if is_text else self.media_type


_TYPES = data_beside(__file__, "media_types.json")
ROWS = tuple(Choice(*pair) for pair in _TYPES["rows"].items())
"""The forms of an answer of rows, the preferred first."""
TRIPLES = tuple(Choice(*pair) for pair in _TYPES["triples"].items())
"""The forms of an answer of triples, the preferred first."""
REFUSALS = tuple(Choice(*pair) for pair in _TYPES["refusals"].items())
"""The forms of a refusal, the preferred first."""
SHORT = {choice.form: choice.media_type for choice in reversed((*ROWS, *TRIPLES))}
SHORT |= {ending: SHORT[form] for ending, form in _TYPES["endings"].items()} | _TYPES["short"]
"""The media types by their names in `format=` and by file extension."""


@lru_cache(maxsize=256)
def _ranges(accept: str) -> tuple[tuple[str, float], ...]:
    """The media ranges of an `Accept` header, each with its quality."""
    ranges = []
    for part in accept.lower().split(","):
        media, *parameters = ("".join(piece.split()) for piece in part.split(";"))
        weights = [value[2:] for value in parameters if value.startswith("q=")] or ["1"]
        weight = min(float(weights[-1]), 1.0) if _NUMBER.fullmatch(weights[-1]) else 0.0
        if media:
            ranges.append((media, weight))
    return tuple(ranges)


def quality(media_type: str, accept: str) -> float:
    """How much a client prefers a media type, 0 to 1: the quality of the most specific range.

    >>> quality("text/csv", "text/*;q=0.5, text/csv;q=0.1, */*")
    0.1
    """
    major = media_type.partition("/")[0] + "/*"
    rank = {media_type: 3, major: 2, "*/*": 1}
    matches = [(rank[media], weight) for media, weight in _ranges(accept) if media in rank]
    return max(matches, key=itemgetter(0), default=(0, 0.0))[1]


@lru_cache(maxsize=512)
def choose(accept: str, offered: tuple[Choice, ...]) -> Choice | None:
    """The form that a client prefers, the first offered among equals; None if it accepts none.

    >>> choose("text/csv;q=0.5, application/json;q=0.9", ROWS)
    Choice(media_type='application/json', form='json')
    >>> choose("image/png", ROWS) is None
    True
    """
    if not accept.strip():
        return offered[0]
    qualities = {choice: quality(choice.media_type, accept) for choice in offered}
    best = max(offered, key=lambda choice: qualities[choice])
    return best if qualities[best] > 0 else None
