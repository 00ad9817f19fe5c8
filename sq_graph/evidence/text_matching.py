"""Text folded into one line for matching: typesetting is undone, each offset maps to its line."""

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
_LONG_DASH = re.compile(r"(?<![0-9])—(?![0-9])")  # set with spaces or without
_HYPHEN_INSIDE = re.compile(r"(?<=\w)- ?(?=\w)")  # before a space: suspended, as in short- and
_NOTE_MARK = r"(?:\d{1,2}|[*†‡])?"  # of a footnote, as in 'trust1 binds'
_MARKED = re.compile(r"(?<=[^\W\d])(?!\w)|(?<=[^\W\d][.,;:!?'])(?!\S)")  # where it may be
_ELLIPSIS = re.compile(r"\[\s*(?:…|\.\.\.)\s*\]|…|\.\.\.")
_CHANGED_LETTER = re.compile(r"\[(\w)\](?=\w)")  # '[T]rust', at the start of a quotation
_ADDRESS_LINE = re.compile(r"(?:mailto:|https?://|www\.)\S+|[^\s@]+@[^\s@]+\.[^\s@]+")
_FOOTNOTE_RULE = re.compile(r"\s{20,}|\s*[_—–-]{5,}\s*")
_FOOTNOTE = re.compile(r"\s*\d{1,3}\.?\s+\S")
_WORD_END = r"(?:\b|(?<=\W))"
# what … in a phrase may stand for
_OMISSION = rf"{_WORD_END}.{{0,1500}}?(?:\b|(?=\W))"
_EDGE_LINES = 2  # lines at the top and the foot of a page that may be a running head or footer


def fold(text: str) -> str:
    """The text with case, ligatures, quotation marks, white space and hyphens in words normalised.

    >>> fold("the  “ﬁnal” SELF-realisation")
    "the 'final' selfrealisation"
    """
    return _HYPHEN_INSIDE.sub("", _normalise(text))


def _normalise(text: str) -> str:
    text = unicodedata.normalize("NFKC", text.replace("\u00ad", "")).casefold()
    text = _QUOTES.sub("'", _LONG_DASH.sub(" - ", text))
    return " ".join(_DASHES.sub("-", text).split())


@dataclass(frozen=True)
class FoldedText:
    """The folded text of some lines: `starts` are the offsets at which the lines `numbers` start.

    `joints` are the offsets in words from which a hyphen was removed: it may be due to the line
    end, so it is left out, yet either half of such a word counts as a word.

    >>> folded = FoldedText.of([(1, "equal oppor-"), (2, "tunities for"), (4, "all")])
    >>> folded.text, folded.find("Opportunities for […] all")
    ('equal opportunities for all', ((1, 4),))
    """

    text: str
    starts: tuple[int, ...]
    numbers: tuple[int, ...]
    joints: frozenset[int]

    @classmethod
    def of(cls, lines: Iterable[tuple[int, str]]) -> FoldedText:
        """Folds numbered lines; a word broken at the end of a line is joined."""
        text, starts, numbers, joints = "", [], [], set()
        for number, line in ((number, _normalise(line)) for number, line in lines):
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
        """The first and last line of every occurrence of a phrase in the lines `first` to `last`
        (0: the end).
        """
        quoted = map(fold, _ELLIPSIS.split(_CHANGED_LETTER.sub(r"\1", phrase)))
        texts = [_MARKED.split(part) for part in quoted if part]
        parts = [_NOTE_MARK.join(map(re.escape, words)) for words in texts]
        ending = _WORD_END if len(parts) > 1 else ""
        pattern = re.compile(_OMISSION.join(parts) + ending, re.DOTALL)
        (start, end), spans = self._offsets(first, last), []
        while parts and (match := pattern.search(self.text, start, end)):
            start = match.start() + 1
            if not any(self._is_inside_word(edge) for edge in match.span()):
                spans.append((self._line(match.start()), self._line(match.end() - 1)))
        return tuple(spans)

    def _is_inside_word(self, offset: int) -> bool:
        neighbours = self.text[max(offset - 1, 0) : offset + 1]
        return len(neighbours) == 2 and neighbours.isalnum() and offset not in self.joints

    def between(self, first: int, last: int) -> str:
        """The folded text from line `first` to line `last`."""
        return self.text[slice(*self._offsets(first, last))].strip()

    def _offsets(self, first: int, last: int) -> tuple[int, int]:
        offsets, end = (*self.starts, len(self.text)), bisect_right(self.numbers, last)
        return offsets[bisect_left(self.numbers, first)], offsets[end if last else -1]

    def _line(self, offset: int) -> int:
        return self.numbers[bisect_right(self.starts, offset) - 1]


def running_heads(lines: Sequence[str], pages: Sequence[str]) -> set[int]:
    """The numbers of the lines that belong to the page and not to the text.

    These are addresses on lines of their own, page numbers, running heads and footers, and the
    footnotes under a rule. `pages` holds the page of each line; without it, only addresses are
    found.

    >>> sorted(running_heads(["one", "Journal 7", "two", "Journal 8"], ["7", "7", "8", "8"]))
    [2, 4]
    """
    page_lines = {n for n, line in enumerate(lines, 1) if _ADDRESS_LINE.fullmatch(line.strip())}
    by_page: dict[str, list[int]] = defaultdict(list)
    for number, page in enumerate(pages, 1):
        if lines[number - 1].strip() or _FOOTNOTE_RULE.fullmatch(lines[number - 1]):
            by_page[page].append(number)
    candidates: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for page, numbers in by_page.items():
        page_lines.update(_footnotes(lines, numbers))
        nonblank = [number for number in numbers if lines[number - 1].strip()]
        for number in {*nonblank[:_EDGE_LINES], *nonblank[-_EDGE_LINES:]}:
            candidates[re.sub(r"\d+", "#", fold(lines[number - 1]))][page].append(number)
    for shape, numbers_by_page in candidates.items():
        count = len(numbers_by_page)
        if shape == "#" or count >= 3 or (count == 2 and "#" in shape):
            page_lines.update(*numbers_by_page.values())
    return page_lines


def _footnotes(lines: Sequence[str], numbers: Sequence[int]) -> Sequence[int]:
    """The line numbers of a page's footnotes, with the rule above them."""
    for index, (rule, next_line) in enumerate(pairwise(numbers)):
        if _FOOTNOTE_RULE.fullmatch(lines[rule - 1]) and _FOOTNOTE.match(lines[next_line - 1]):
            return numbers[index:]
    return ()
