"""Text as one folded line: what a printer did to it is undone, and every place still knows its line."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_QUOTES = re.compile("[\"'`´‘’‚‛“”„‟«»‹›′″]+")
_DASHES = re.compile("[‐‑‒–—−]")
_HYPHEN_INSIDE = re.compile(r"(?<=\w)-(?=\w)")
_GAP = re.compile(r"\[\s*(?:…|\.\.\.)\s*\]")
_ADDRESS_LINE = re.compile(r"(?:mailto:|https?://|www\.)\S+|[^\s@]+@[^\s@]+\.[^\s@]+")
_FOOTNOTE_RULE = re.compile(r"\s{20,}|\s*[_—–-]{5,}\s*")
_FOOTNOTE = re.compile(r"\s*\d{1,3}\.?\s+\S")
_WIDEST_GAP = 1500
"""So many characters may be left out where a phrase has `[…]`."""
_EDGE = 2
"""So many lines at the top and the foot of a page may be a running head or footer."""


def fold(text: str) -> str:
    """The text with case, ligatures, quotation marks, hyphens inside words and white space evened out.

    >>> fold("the  “ﬁnal” SELF-realisation")
    "the 'final' selfrealisation"
    """
    return _HYPHEN_INSIDE.sub("", _even(text))


def _even(text: str) -> str:
    """Folded text that keeps its hyphens."""
    text = unicodedata.normalize("NFKC", text.replace("\u00ad", "")).casefold()
    return " ".join(_DASHES.sub("-", _QUOTES.sub("'", text)).split())


@dataclass(frozen=True)
class Stream:
    """Folded text of some lines: `starts` says at which place each of `numbers` begins.

    `joints` are the places in words where a hyphen stood: a line end may have put it there, so it is left out,
    yet half of such a word counts as a word.

    >>> stream = Stream.of([(1, "equal oppor-"), (2, "tunities for"), (4, "all")])
    >>> stream.text, stream.find("Opportunities for […] all")
    ('equal opportunities for all', ((1, 4),))
    """

    text: str
    starts: tuple[int, ...]
    numbers: tuple[int, ...]
    joints: frozenset[int]

    @classmethod
    def of(cls, lines: Iterable[tuple[int, str]]) -> Stream:
        """The stream of numbered lines; a word broken at the end of a line is put together."""
        text, starts, numbers, joints = "", [], [], set()
        for number, line in lines:
            even = _even(line)
            if not even:
                continue
            if text.endswith("-") and text[-2:-1].isalnum() and even[0].isalnum():
                text = text[:-1]
                joints.add(len(text))
            elif text:
                text += " "
            starts.append(len(text))
            numbers.append(number)
            for part in _HYPHEN_INSIDE.split(even):
                joints.add(len(text))
                text += part
        return cls(text, tuple(starts), tuple(numbers), frozenset(joints))

    def find(self, phrase: str, first: int = 1, last: int = 0) -> tuple[tuple[int, int], ...]:
        """Every place of a phrase in the lines `first` to `last` (0: the end), as its first and last line."""
        parts = [part for part in map(fold, _GAP.split(phrase)) if part]
        begin, end = self._reach(first, last)
        found = []
        while parts and (place := self._words(parts[0], begin, end)) >= 0:
            stop = place + len(parts[0])
            for part in parts[1:]:
                after = self._words(part, stop, min(end, stop + _WIDEST_GAP))
                stop = after + len(part)
                if after < 0:
                    break
            else:
                found.append((self._line(place), self._line(stop - 1)))
            begin = place + 1
        return tuple(found)

    def between(self, first: int, last: int) -> str:
        """The folded text from line `first` to line `last`."""
        return self.text[slice(*self._reach(first, last))].strip()

    def _words(self, part: str, begin: int, end: int) -> int:
        """The first place where the part stands as whole words, or -1."""
        while (place := self.text.find(part, begin, end)) >= 0:
            if self._parts_words(place) and self._parts_words(place + len(part)):
                return place
            begin = place + 1
        return -1

    def _parts_words(self, place: int) -> bool:
        around = self.text[max(place - 1, 0) : place + 1]
        return len(around) < 2 or not around.isalnum() or place in self.joints

    def _reach(self, first: int, last: int) -> tuple[int, int]:
        """Where the text of these lines begins and ends."""
        ends = (*self.starts, len(self.text))
        end = bisect_right(self.numbers, last) if last else -1
        return ends[bisect_left(self.numbers, first)], ends[end]

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
