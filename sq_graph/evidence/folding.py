"""Text as one folded line: what a printer did to it is undone, and every place still knows its line."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_QUOTES = re.compile("[\"'`´‘’‚‛“”„‟«»‹›′″]+")
_DASHES = re.compile("[‐‑‒–—−]")
_HYPHEN_AT_END = re.compile(r"\w-\Z")
_HYPHEN_INSIDE = re.compile(r"(?<=\w)-(?=\w)")
_GAP = re.compile(r"\[\s*(?:…|\.\.\.)\s*\]")
_ADDRESS_LINE = re.compile(r"(?:mailto:|https?://|www\.)\S+|[^\s@]+@[^\s@]+\.[^\s@]+")
_FOOTNOTE_RULE = re.compile(r"\s{20,}|\s*[_—–-]{5,}\s*")
_FOOTNOTE = re.compile(r"\s*\d{1,3}\.?\s+\S")
_EDGE = 2
"""So many lines at the top and the foot of a page may be a running head or footer."""


def fold(text: str) -> str:
    """The text with case, ligatures, quotation marks, hyphens inside words and white space evened out.

    >>> fold("the  “ﬁnal” SELF-realisation")
    "the 'final' selfrealisation"
    """
    text = unicodedata.normalize("NFKC", text.replace("\u00ad", "")).casefold()
    text = _DASHES.sub("-", _QUOTES.sub("'", text))
    return " ".join(_HYPHEN_INSIDE.sub("", text).split())


def pattern(phrase: str) -> re.Pattern[str]:
    """A pattern for whole words of folded text; `[…]` in the phrase stands for words left out.

    >>> bool(pattern("access […] structures").search(fold("Access to relevant Structures.")))
    True
    """
    parts = [part for part in map(fold, _GAP.split(phrase)) if part]
    return re.compile(".{1,1500}?".join(map(_whole_words, parts)) or "(?!)")


def _whole_words(part: str) -> str:
    before = r"(?<!\w)" if part[0].isalnum() else ""
    after = r"(?!\w)" if part[-1].isalnum() else ""
    return before + re.escape(part) + after


@dataclass(frozen=True)
class Stream:
    """Folded text of some lines, where `starts` says at which place each of `numbers` begins.

    >>> stream = Stream.of([(1, "equal oppor-"), (2, "tunities for"), (4, "all")])
    >>> stream.text, stream.find(pattern("opportunities for all"))
    ('equal opportunities for all', ((1, 4),))
    """

    text: str
    starts: tuple[int, ...]
    numbers: tuple[int, ...]

    @classmethod
    def of(cls, lines: Iterable[tuple[int, str]]) -> Stream:
        """The stream of numbered lines; a word broken at the end of a line is put together."""
        pieces: list[str] = []
        starts, numbers, length = [], [], 0
        for number, line in lines:
            folded = fold(line)
            if not folded:
                continue
            if pieces and _HYPHEN_AT_END.search(pieces[-1]) and folded[0].isalnum():
                pieces[-1] = pieces[-1][:-1]
                length -= 1
            elif pieces:
                pieces[-1] += " "
                length += 1
            starts.append(length)
            numbers.append(number)
            pieces.append(folded)
            length += len(folded)
        return cls("".join(pieces), tuple(starts), tuple(numbers))

    def find(self, wanted: re.Pattern[str]) -> tuple[tuple[int, int], ...]:
        """Every place where the pattern stands, as its first and last line."""
        return tuple((self._line(m.start()), self._line(m.end() - 1)) for m in wanted.finditer(self.text))

    def between(self, first: int, last: int) -> str:
        """The folded text from line `first` to line `last`."""
        inside = [at for at, number in enumerate(self.numbers) if first <= number <= last]
        if not inside:
            return ""
        end = self.starts[inside[-1] + 1] if inside[-1] + 1 < len(self.starts) else len(self.text)
        return self.text[self.starts[inside[0]] : end].strip()

    def _line(self, place: int) -> int:
        return self.numbers[bisect_right(self.starts, place) - 1]


def furniture(lines: Sequence[str], pages: Sequence[str]) -> frozenset[int]:
    """The numbers of the lines that belong to the page and not to the text.

    These are addresses that stand alone, page numbers, running heads and footers, and the footnotes under a
    rule. `pages` holds the page of each line; without pages only addresses can be told.

    >>> sorted(furniture(["one", "Journal 7", "two", "Journal 8"], ["7", "7", "8", "8"]))
    [2, 4]
    """
    found = {number for number, line in enumerate(lines, 1) if _ADDRESS_LINE.fullmatch(line.strip())}
    if not pages:
        return frozenset(found)
    by_page: dict[str, list[int]] = {}
    for number, page in enumerate(pages, 1):
        by_page.setdefault(page, []).append(number)
    heads: dict[str, list[int]] = {}
    for numbers in by_page.values():
        found.update(_footnotes(lines, numbers))
        filled = [number for number in numbers if lines[number - 1].strip()]
        for number in {*filled[:_EDGE], *filled[-_EDGE:]}:
            heads.setdefault(re.sub(r"\d+", "#", fold(lines[number - 1])), []).append(number)
    for shape, numbers in heads.items():
        times = len(Counter(pages[number - 1] for number in numbers))
        if shape == "#" or times >= 3 or (times == 2 and "#" in shape):
            found.update(numbers)
    return frozenset(found)


def _footnotes(lines: Sequence[str], numbers: Sequence[int]) -> Sequence[int]:
    """The lines of one page from the rule above its footnotes downwards."""
    for at, number in enumerate(numbers):
        below = next((lines[n - 1] for n in numbers[at + 1 :] if lines[n - 1].strip()), "")
        if _FOOTNOTE_RULE.fullmatch(lines[number - 1]) and _FOOTNOTE.match(below):
            return numbers[at:]
    return ()
