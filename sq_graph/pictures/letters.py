"""The width of text in Roboto, and text wrapped to a width."""

import unicodedata
from collections.abc import Mapping
from functools import lru_cache, partial

from sq_graph.grid import split_word
from sq_graph.resources import data_beside

_TABLE = data_beside(__file__, "letters.json")
_WIDTHS: Mapping[bool, Mapping[str, int]] = {
    is_bold: dict(zip(map(chr, range(32, 127)), _TABLE[name], strict=True)) | _TABLE["symbols"]
    for is_bold, name in ((False, "regular"), (True, "bold"))
}
"""The widths of letters in thousandths of the font size, regular and bold."""
_WIDEST, _SQUARE = 898, 1000


def width_of(text: str, size: float, bold: bool = False) -> float:
    """The width of a text in pixels; an upper bound for characters that the table lacks.

    Parameters:
        text: one line.
        size: the size of the font in pixels.
        bold: whether it is set in bold.

    >>> round(width_of("mild", 10), 1), width_of("Tönnies", 10) == width_of("Tonnies", 10)
    (19.3, True)
    """
    return sum(_thousandths(text, bold)) * size / 1000


def is_measured(text: str) -> bool:
    """Whether the table has every character of a text.

    >>> is_measured("Tönnies"), is_measured("Сорокин")
    (True, False)
    """
    return not {_WIDEST, _SQUARE} & {*_thousandths(text, False)}


@lru_cache(maxsize=20_000)
def _thousandths(text: str, bold: bool) -> tuple[int, ...]:
    table = _WIDTHS[bold]
    bases = (unicodedata.normalize("NFD", char)[0] for char in text)
    chars = (char for char in bases if not unicodedata.combining(char))
    return tuple(
        table.get(char, _SQUARE if unicodedata.east_asian_width(char) in "WF" else _WIDEST)
        for char in chars
    )


def wrap(text: str, size: float, width: float, bold: bool = False, max_lines: int = 0) -> list[str]:
    """The lines of a text wrapped to a width; a word that is too long is divided.

    Parameters:
        text: the text.
        size: the size of the font in pixels.
        width: the maximum width of a line in pixels.
        bold: whether the text is set in bold.
        max_lines: the maximum number of lines; the rest becomes an ellipsis. 0: any number.

    >>> wrap("partly of their own will", 10, 60)
    ['partly of their', 'own will']
    >>> wrap("unabbreviated", 10, 40)
    ['unabbre', 'viated']
    """
    measure = partial(width_of, size=size, bold=bold)
    lines: list[str] = []
    for part in (part for word in text.split() for part in split_word(word, width, measure)):
        candidate = f"{lines[-1]} {part}" if lines else part
        if lines and measure(candidate) <= width:
            lines[-1] = candidate
        else:
            lines.append(part)
    if max_lines and len(lines) > max_lines:
        last = lines[max_lines - 1]
        while last and measure(last + " …") > width:
            last = last.rpartition(" ")[0]
        lines = [*lines[: max_lines - 1], last.rstrip(",;:") + " …"]
    return lines
