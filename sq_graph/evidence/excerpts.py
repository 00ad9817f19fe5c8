"""The lines of a text in which a passage stands, for a reader who compares a statement with
them.
"""

from __future__ import annotations

from collections.abc import Sequence

from sq_graph.evidence.sources import Source
from sq_graph.model.attribution import Passage

_AROUND = 1  # lines shown before and after a phrase
_MOST = 12  # lines shown of a long passage


def excerpt(passage: Passage, sources: Sequence[Source]) -> tuple[str, ...]:
    """The lines of a passage, each with its number, from the text of its work; none where no text
    is at hand.

    >>> from sq_graph.vocab import Ref
    >>> text = Source("a.txt", "sha256:0", ("One.", "Trust comes first.", "Two."), (), "work:a")
    >>> where = Passage("p:1", Ref("work:a", "A"), "1", "", "printed", 0, 0, "trust comes first")
    >>> excerpt(where, [text])
    ('1  One.', '2  Trust comes first.', '3  Two.')
    """
    for source in (one for one in sources if one.work == passage.work.iri):
        inside = source.find(passage.phrase, passage.first_line, passage.last_line)
        if hits := inside or source.find(passage.phrase):
            first, last = hits[0][0] - _AROUND, hits[0][1] + _AROUND
            return _lines(source, min(first, passage.first_line or first), last)
        if passage.first_line:
            return _lines(source, passage.first_line, passage.last_line or passage.first_line)
    return ()


def _lines(source: Source, first: int, last: int) -> tuple[str, ...]:
    numbers = range(max(first, 1), min(last, len(source.lines)) + 1)
    lines = tuple(f"{n}  {source.lines[n - 1].rstrip()}" for n in numbers)
    return lines if len(lines) <= _MOST else (*lines[:_MOST], f"… to line {last}")
