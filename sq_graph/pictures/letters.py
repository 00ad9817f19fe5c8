"""How wide text is drawn: the advance widths of Roboto, and lines that fit a width."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_REGULAR = """
248 258 320 616 562 732 622 175 342 348 431 567 197 276 264 413 562 562 562 562 562 562
562 562 562 562 242 211 508 549 523 473 898 652 623 651 656 568 553 681 713 272 552 627 539 873 713
688 631 688 616 594 597 648 637 887 627 601 599 265 411 265 418 451 309 544 562 523 564 530 348 562
551 243 239 507 243 877 552 570 562 568 339 516 327 551 484 751 496 473 496 338 244 338 680"""
_BOLD = """
249 272 321 596 574 738 656 162 351 353 454 546 245 388 291 374 574 574 574 574 574 574
574 574 574 574 282 262 509 572 517 498 895 673 638 655 650 562 548 681 707 292 559 635 542 876 707
690 646 690 638 615 619 658 654 875 636 619 606 278 422 278 438 447 331 536 563 522 564 541 358 571
560 265 260 534 265 866 560 565 563 565 365 515 338 560 506 735 509 502 509 331 253 331 649"""
_SIGNS = dict(zip("–—…“”‘’·", (656, 781, 740, 406, 409, 234, 229, 301), strict=True))
_WIDEST = 898


def _table(widths: str) -> dict[str, int]:
    return dict(zip(map(chr, range(32, 127)), map(int, widths.split()), strict=True)) | _SIGNS


_WIDTHS = {False: _table(_REGULAR), True: _table(_BOLD)}
"""The widths of letters in thousandths of the size, regular and bold."""


def width_of(text: str, size: float, bold: bool = False) -> float:
    """The width of a text in pixels; of signs that the table lacks, an upper bound.

    >>> round(width_of("mild", 10), 1), width_of("Tönnies", 10) == width_of("Tonnies", 10)
    (19.3, True)
    """
    return _thousandths(text, bold) * size / 1000


@lru_cache(maxsize=20_000)
def _thousandths(text: str, bold: bool) -> int:
    table = _WIDTHS[bold]
    plain = unicodedata.normalize("NFD", text)
    return sum(table.get(sign, _WIDEST) for sign in plain if not unicodedata.combining(sign))


def wrap(text: str, size: float, width: float, bold: bool = False, most: int = 0) -> list[str]:
    """The lines of a text that fit a width; a word that is too long is divided.

    With `most`, what lies beyond that many lines becomes an ellipsis.

    >>> wrap("partly of their own will", 10, 60)
    ['partly of their', 'own will']
    >>> wrap("unabbreviated", 10, 40)
    ['unabbre', 'viated']
    """
    lines: list[str] = []
    for word in (part for whole in text.split() for part in _parts(whole, size, width, bold)):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size, bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    if most and len(lines) > most:
        last = lines[most - 1]
        while last and width_of(last + " …", size, bold) > width:
            last = last.rpartition(" ")[0]
        lines = [*lines[: most - 1], last.rstrip(",;:") + " …"]
    return lines


def _parts(word: str, size: float, width: float, bold: bool) -> list[str]:
    """A word, in pieces where it is wider than a line."""
    parts = [""]
    for sign in word:
        if parts[-1] and width_of(parts[-1] + sign, size, bold) > width:
            parts.append("")
        parts[-1] += sign
    return parts
