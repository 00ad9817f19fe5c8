"""How wide text is drawn: the advance widths of Roboto, and lines that fit a width."""

import unicodedata
from collections.abc import Mapping
from functools import lru_cache, partial

from sq_graph.grid import pieces
from sq_graph.resources import data_beside

_TABLE = data_beside(__file__, "letters.json")
_WIDTHS: Mapping[bool, Mapping[str, int]] = {
    is_bold: dict(zip(map(chr, range(32, 127)), _TABLE[name], strict=True)) | _TABLE["signs"]
    for is_bold, name in ((False, "regular"), (True, "bold"))
}
"""The widths of letters in thousandths of the size, regular and bold."""
_WIDEST, _SQUARE = 898, 1000


def width_of(text: str, size: float, bold: bool = False) -> float:
    """The width of a text in pixels; of signs that the table lacks, an upper bound.

    Parameters:
        text: one line.
        size: the size of the font in pixels.
        bold: whether it is set in bold.

    >>> round(width_of("mild", 10), 1), width_of("Tönnies", 10) == width_of("Tonnies", 10)
    (19.3, True)
    """
    return sum(_thousandths(text, bold)) * size / 1000


def is_measured(text: str) -> bool:
    """Whether the table has every sign of a text.

    >>> is_measured("Tönnies"), is_measured("Сорокин")
    (True, False)
    """
    return not {_WIDEST, _SQUARE} & {*_thousandths(text, False)}


@lru_cache(maxsize=20_000)
def _thousandths(text: str, bold: bool) -> tuple[int, ...]:
    table = _WIDTHS[bold]
    bare = (unicodedata.normalize("NFD", sign)[0] for sign in text)
    signs = (sign for sign in bare if not unicodedata.combining(sign))
    return tuple(
        table.get(sign, _SQUARE if unicodedata.east_asian_width(sign) in "WF" else _WIDEST)
        for sign in signs
    )


def wrap(text: str, size: float, width: float, bold: bool = False, most: int = 0) -> list[str]:
    """The lines of a text that fit a width; a word that is too long is divided.

    Parameters:
        text: the text.
        size: the size of the font in pixels.
        width: how wide a line may be, in pixels.
        bold: whether the text is set in bold.
        most: how many lines there may be; what lies beyond becomes an ellipsis. 0: any number.

    >>> wrap("partly of their own will", 10, 60)
    ['partly of their', 'own will']
    >>> wrap("unabbreviated", 10, 40)
    ['unabbre', 'viated']
    """
    measure = partial(width_of, size=size, bold=bold)
    lines: list[str] = []
    for word in (part for whole in text.split() for part in pieces(whole, width, measure)):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and measure(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    if most and len(lines) > most:
        last = lines[most - 1]
        while last and measure(last + " …") > width:
            last = last.rpartition(" ")[0]
        lines = [*lines[: most - 1], last.rstrip(",;:") + " …"]
    return lines
