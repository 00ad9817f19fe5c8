"""Text as one folded line: what a printer did to it is undone, and every place still knows its
line.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

_QUOTES = re.compile("[\"'`´‘’‚‛“”„‟«»‹›′″]+")
_DASHES = re.compile("[‐‑‒–—−]")
_HYPHEN_INSIDE = re.compile(r"(?<=\w)-(?=\w)")
_GAP = re.compile(r"\[\s*(?:…|\.\.\.)\s*\]")
_ADDRESS_LINE = re.compile(r"(?:mailto:|https?://|www\.)\S+|[^\s@]+@[^\s@]+\.[^\s@]+")
_FOOTNOTE_RULE = re.compile(r"\s{20,}|\s*[_—–-]{5,}\s*")
_FOOTNOTE = re.compile(r"\s*\d{1,3}\.?\s+\S")
_WORD_END = r"(?:\b|(?<=\W))"
# so much may be left out where a phrase has […]
_LEFT_OUT = rf"{_WORD_END}.{{0,1500}}?(?:\b|(?=\W))"
_EDGE = 2  # so many lines at the top and the foot of a page may be a running head or footer


def fold(text: str) -> str:
    """The text with case, ligatures, quotation marks, white space and hyphens inside words evened
    out.

    >>> fold("the  “ﬁnal” SELF-realisation")
    "the 'final' selfrealisation"
    """
    return _HYPHEN_INSIDE.sub("", _even(text))


def _even(text: str) -> str:
    text = unicodedata.normalize("NFKC", text.replace("\u00ad", "")).casefold()
    return " ".join(_DASHES.sub("-", _QUOTES.sub("'", text)).split())


@dataclass(frozen=True)
class FoldedText:
    """Folded text of some lines: `starts` says at which place each of `numbers` begins.

    `joints` are the places in words where a hyphen stood: a line end may have put it there, so it
    is left out, yet half of such a word counts as a word.

    >>> stream = FoldedText.of([(1, "equal oppor-"), (2, "tunities for"), (4, "all")])
    >>> stream.text, stream.find("Opportunities for […] all")
    ('equal opportunities for all', ((1, 4),))
    """

    text: str
    starts: tuple[int, ...]
    numbers: tuple[int, ...]
    joints: frozenset[int]

    @classmethod
    def of(cls, lines: Iterable[tuple[int, str]]) -> FoldedText:
        """The stream of numbered lines; a word broken at the end of a line is put together."""
        text, starts, numbers, joints = "", [], [], set()
        for number, line in ((number, _even(line)) for number, line in lines):
            if not line:
                continue
            is_broken = text.endswith("-") and text[-2:-1].isalnum() and line[0].isalnum()
            text = text[:-1] if is_broken else f"{text} ".lstrip()
            starts.append(len(text))
            numbers.append(number)
            for part in _HYPHEN_INSIDE.split(line):
                joints.add(len(text))
                text += part
        return cls(text, tuple(starts), tuple(numbers), frozenset(joints))

    def find(self, phrase: str, first: int = 1, last: int = 0) -> tuple[tuple[int, int], ...]:
        """Every place of a phrase in the lines `first` to `last` (0: the end), as its first and
        last line.
        """
        parts = [re.escape(part) for part in map(fold, _GAP.split(phrase)) if part]
        ending = _WORD_END if len(parts) > 1 else ""
        words = re.compile(_LEFT_OUT.join(parts) + ending, re.DOTALL)
        (place, end), found = self._reach(first, last), []
        while parts and (hit := words.search(self.text, place, end)):
            place = hit.start() + 1
            if not any(self._is_inside_word(edge) for edge in hit.span()):
                found.append((self._line(hit.start()), self._line(hit.end() - 1)))
        return tuple(found)

    def _is_inside_word(self, place: int) -> bool:
        around = self.text[max(place - 1, 0) : place + 1]
        return len(around) == 2 and around.isalnum() and place not in self.joints

    def between(self, first: int, last: int) -> str:
        """The folded text from line `first` to line `last`."""
        return self.text[slice(*self._reach(first, last))].strip()

    def _reach(self, first: int, last: int) -> tuple[int, int]:
        ends, after = (*self.starts, len(self.text)), bisect_right(self.numbers, last)
        return ends[bisect_left(self.numbers, first)], ends[after if last else -1]

    def _line(self, place: int) -> int:
        return self.numbers[bisect_right(self.starts, place) - 1]


def running_heads(lines: Sequence[str], pages: Sequence[str]) -> set[int]:
    """The numbers of the lines that belong to the page and not to the text.

    These are addresses that stand alone, page numbers, running heads and footers, and the footnotes
    under a rule. `pages` holds the page of each line; without it, only addresses are found.

    >>> sorted(running_heads(["one", "Journal 7", "two", "Journal 8"], ["7", "7", "8", "8"]))
    [2, 4]
    """
    found = {n for n, line in enumerate(lines, 1) if _ADDRESS_LINE.fullmatch(line.strip())}
    by_page: dict[str, list[int]] = defaultdict(list)
    for number, page in enumerate(pages, 1):
        if lines[number - 1].strip() or _FOOTNOTE_RULE.fullmatch(lines[number - 1]):
            by_page[page].append(number)
    heads: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for page, numbers in by_page.items():
        found.update(_footnotes(lines, numbers))
        filled = [number for number in numbers if lines[number - 1].strip()]
        for number in {*filled[:_EDGE], *filled[-_EDGE:]}:
            heads[re.sub(r"\d+", "#", fold(lines[number - 1]))][page].append(number)
    for shape, places in heads.items():
        if shape == "#" or len(places) >= 3 or (len(places) == 2 and "#" in shape):
            found.update(*places.values())
    return found


def _footnotes(lines: Sequence[str], numbers: Sequence[int]) -> Sequence[int]:
    """Those of the numbers of a page's lines that belong to its footnotes, with the rule above
    them.
    """
    for place, (rule, below) in enumerate(pairwise(numbers)):
        if _FOOTNOTE_RULE.fullmatch(lines[rule - 1]) and _FOOTNOTE.match(lines[below - 1]):
            return numbers[place:]
    return ()
