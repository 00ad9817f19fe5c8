"""What a client asks for: which of the forms on offer it likes best."""

import re
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from sq_graph.resources import data_beside

_NUMBER = re.compile(r"\d+\.?\d*|\.\d+")


class Choice(NamedTuple):
    """A media type and what stands for it in the table it was chosen from."""

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
SHORT |= {ending: SHORT[form] for ending, form in _TYPES["endings"].items()} | {"html": "text/html"}
"""What `format=` and file endings call the media types."""


@lru_cache(maxsize=256)
def _ranges(accept: str) -> tuple[tuple[str, float], ...]:
    """The media ranges of an `Accept` header, each with its quality."""
    found = []
    for part in accept.lower().split(","):
        media, *parameters = ("".join(piece.split()) for piece in part.split(";"))
        named = [value[2:] for value in parameters if value.startswith("q=")] or ["1"]
        liked = min(float(named[-1]), 1.0) if _NUMBER.fullmatch(named[-1]) else 0.0
        if media:
            found.append((media, liked))
    return tuple(found)


def quality(media_type: str, accept: str) -> float:
    """How much a client likes a media type, 0 to 1: what its most specific fitting range says.

    >>> quality("text/csv", "text/*;q=0.5, text/csv;q=0.1, */*")
    0.1
    """
    major = media_type.partition("/")[0] + "/*"
    rank = {media_type: 3, major: 2, "*/*": 1}
    fitting = [(rank[media], liked) for media, liked in _ranges(accept) if media in rank]
    return max(fitting, key=itemgetter(0), default=(0, 0.0))[1]


@lru_cache(maxsize=512)
def choose(accept: str, offered: tuple[Choice, ...]) -> Choice | None:
    """The form that a client likes best, the first offered among equals; None if it likes none.

    >>> choose("text/csv;q=0.5, application/json;q=0.9", ROWS)
    Choice(media_type='application/json', form='json')
    >>> choose("image/png", ROWS) is None
    True
    """
    if not accept.strip():
        return offered[0]
    liked = {choice: quality(choice.media_type, accept) for choice in offered}
    best = max(offered, key=lambda choice: liked[choice])
    return best if liked[best] > 0 else None
