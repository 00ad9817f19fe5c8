"""Texts side by side under headings, for a screen of a given width."""

import re
from collections.abc import Callable, Sequence

_CONTROL_CHARS = dict.fromkeys(map(ord, "\a\b\v\f\r"))
_UNUSUAL_CHARS = re.compile(
    "[\u0300-\u036f\u1100-\u115f\u200b-\u200f\u2e80-\ua4cf\uac00-\uffdf\U00010000-\U0010ffff]"
)
"""Characters that may take no column of a screen, or two."""


def grid(headings: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """The lines of a table: the headings, a rule, and the rows with an empty line between them.

    The widest columns are narrowed until all fit; longer texts are wrapped.

    Parameters:
        headings: the headings of the columns.
        rows: the cells of each row, as many as there are columns.
        width: the width of the screen in characters.

    >>> print(*grid(("who", "when"), (("Room", "1999"), ("Silver", "1994")), 40), sep="\\n")
    <BLANKLINE>
     who      when
     ─────────────
     Room     1999
    <BLANKLINE>
     Silver   1994
    <BLANKLINE>
    """
    columns = list(zip(headings, *rows, strict=True))
    widths = [max(_width(line) for text in column for line in _lines(text)) for column in columns]
    gap, last = "   ", len(widths) - 1
    margins = [(index > 0) + (index < last) for index in range(len(widths))]
    with_margins = [size + margin for size, margin in zip(widths, margins, strict=True)]
    narrowed = _narrow(with_margins, width - 2 - last)
    widths = [size - margin for size, margin in zip(narrowed, margins, strict=True)]

    def render_row(texts: Sequence[str], is_head: bool = False) -> list[str]:
        cells = [wrap_lines(text, size) for text, size in zip(texts, widths, strict=True)]
        height = max(map(len, cells))
        for cell in cells:
            padding = [""] * (height - len(cell))
            cell[:] = [*padding, *cell] if is_head else [*cell, *padding]
        lines = (
            gap.join(
                text + " " * (size - _width(text)) for text, size in zip(row, widths, strict=True)
            )
            for row in zip(*cells, strict=True)
        )
        return [f" {line}".rstrip() for line in lines]

    output = ["", *render_row(headings, is_head=True)]
    output.append(" " + "─" * (sum(widths) + len(gap) * last))
    for row in rows:
        output += [*render_row(row), ""]
    return output if rows else [*output, ""]


def wrap_lines(text: str, width: int) -> list[str]:
    """The lines of a text wrapped to a width; only a word that is too wide itself is divided.

    >>> wrap_lines("an unforeseeable end", 8)
    ['an', 'unforese', 'eable', 'end']
    """
    lines = []
    for line in _lines(text):
        parts, used = [""], 0
        for word in re.findall(r"\s*\S+\s*", line):
            word_width = _width(word.rstrip())
            if used + word_width <= width:
                parts[-1] += word
                used += _width(word)
                continue
            word_parts = split_word(word, width, _width) if word_width > width else [word]
            parts = [*parts, *word_parts] if parts[-1] else word_parts
            used = _width(word_parts[-1])
        lines += [part.rstrip() for part in parts]
    return lines


def split_word(word: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """A word in pieces that each fit a width, by a measure of texts.

    >>> split_word("unabbreviated", 7, len)
    ['unabbre', 'viated']
    """
    parts = [""]
    for char in word:
        if parts[-1] and measure(parts[-1] + char) > width:
            parts.append("")
        parts[-1] += char
    return parts


def _narrow(widths: Sequence[int], available: int) -> list[int]:
    """The widths with the widest reduced to the next, step by step, until all fit."""
    narrowed = list(widths)
    while (excess := sum(narrowed) - available) > 0:
        widest = max(narrowed)
        step = widest - max((size for size in narrowed if size != widest), default=0)
        indices = [index for index, size in enumerate(narrowed) if size == widest]
        for remaining, index in zip(range(len(indices), 0, -1), indices, strict=True):
            cut = min(step, round(excess / remaining))
            narrowed[index] -= cut
            excess -= cut
    return narrowed


def _lines(text: str) -> list[str]:
    return text.translate(_CONTROL_CHARS).expandtabs().split("\n")


def _width(text: str) -> int:
    """The number of columns that a text takes on a screen."""
    if not _UNUSUAL_CHARS.search(text):
        return len(text)
    from unicodedata import category, east_asian_width

    return sum(
        0 if category(char) in ("Mn", "Me", "Cf") else 2 if east_asian_width(char) in "WF" else 1
        for char in text
    )
