"""Texts side by side under headings, for a screen of some width."""

import re
from collections.abc import Callable, Sequence

_CONTROL = dict.fromkeys(map(ord, "\a\b\v\f\r"))
_UNUSUAL = re.compile(
    "[\u0300-\u036f\u1100-\u115f\u200b-\u200f\u2e80-\ua4cf\uac00-\uffdf\U00010000-\U0010ffff]"
)
"""Characters that may take no column of a screen, or two."""


def grid(heads: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """The lines of a table: the headings, a rule, and the rows with an empty line between them.

    The widest columns are narrowed until all fit; longer texts are wrapped.

    Parameters:
        heads: the headings of the columns.
        rows: the cells of each row, as many as there are columns.
        width: how many columns of a screen there are, each for one letter.

    >>> print(*grid(("who", "when"), (("Room", "1999"), ("Silver", "1994")), 40), sep="\\n")
    <BLANKLINE>
     who      when
     ─────────────
     Room     1999
    <BLANKLINE>
     Silver   1994
    <BLANKLINE>
    """
    columns = list(zip(heads, *rows, strict=True))
    widths = [max(_cells(line) for text in each for line in _lines(text)) for each in columns]
    gap, last = "   ", len(widths) - 1
    margins = [(place > 0) + (place < last) for place in range(len(widths))]
    with_margins = [wide + margin for wide, margin in zip(widths, margins, strict=True)]
    narrowed = _narrowed(with_margins, width - 2 - last)
    widths = [wide - margin for wide, margin in zip(narrowed, margins, strict=True)]

    def laid_out(texts: Sequence[str], is_head: bool = False) -> list[str]:
        cells = [wrapped(text, wide) for text, wide in zip(texts, widths, strict=True)]
        height = max(map(len, cells))
        for each in cells:
            lacking = [""] * (height - len(each))
            each[:] = [*lacking, *each] if is_head else [*each, *lacking]
        lines = (
            gap.join(
                text + " " * (wide - _cells(text)) for text, wide in zip(row, widths, strict=True)
            )
            for row in zip(*cells, strict=True)
        )
        return [f" {line}".rstrip() for line in lines]

    found = ["", *laid_out(heads, is_head=True)]
    found.append(" " + "─" * (sum(widths) + len(gap) * last))
    for row in rows:
        found += [*laid_out(row), ""]
    return found if rows else [*found, ""]


def wrapped(text: str, width: int) -> list[str]:
    """The lines of a text in which none is wider; only a word that is too wide itself is divided.

    >>> wrapped("an unforeseeable end", 8)
    ['an', 'unforese', 'eable', 'end']
    """
    found = []
    for line in _lines(text):
        parts, used = [""], 0
        for word in re.findall(r"\s*\S+\s*", line):
            wide = _cells(word.rstrip())
            if used + wide <= width:
                parts[-1] += word
                used += _cells(word)
                continue
            whole = pieces(word, width, _cells) if wide > width else [word]
            parts = [*parts, *whole] if parts[-1] else whole
            used = _cells(whole[-1])
        found += [part.rstrip() for part in parts]
    return found


def pieces(word: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """A word in pieces as wide as there is room, by a measure of texts.

    >>> pieces("unabbreviated", 7, len)
    ['unabbre', 'viated']
    """
    found = [""]
    for letter in word:
        if found[-1] and measure(found[-1] + letter) > width:
            found.append("")
        found[-1] += letter
    return found


def _narrowed(widths: Sequence[int], available: int) -> list[int]:
    """The widths with the widest made as narrow as the next ones, until all fit."""
    found = list(widths)
    while (excess := sum(found) - available) > 0:
        widest = max(found)
        step = widest - max((wide for wide in found if wide != widest), default=0)
        places = [place for place, wide in enumerate(found) if wide == widest]
        for left, place in zip(range(len(places), 0, -1), places, strict=True):
            cut = min(step, round(excess / left))
            found[place] -= cut
            excess -= cut
    return found


def _lines(text: str) -> list[str]:
    return text.translate(_CONTROL).expandtabs().split("\n")


def _cells(text: str) -> int:
    """How many columns of a screen a text takes."""
    if not _UNUSUAL.search(text):
        return len(text)
    from unicodedata import category, east_asian_width

    return sum(
        0 if category(one) in ("Mn", "Me", "Cf") else 2 if east_asian_width(one) in "WF" else 1
        for one in text
    )
