"""Guards that need the text of the work: a statement against the lines on which it rests."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from sq_graph.evidence import lexicon
from sq_graph.evidence.lexicon import numbers, sentences, stems
from sq_graph.evidence.sources import Source
from sq_graph.evidence.statement_guards import TALK
from sq_graph.evidence.statements import Guards, Literature, ReadStatement, guard
from sq_graph.evidence.text_matching import fold
from sq_graph.vocab import shorten

GUARDS: Guards = {}
_FAMILIAR = {"Claim": 0.23, "Category": 0.18} | dict.fromkeys(TALK[1:], 0.25)
"""The share of a statement's words, weighed by rarity, that its lines must have."""
_FAMILIAR_ELSE = 0.15
_SUMMARY = 0.15  # the same of a summary alone
_NEAR = 18  # so many lines before and after a passage may name whose view it reports
_BLOCK = 6  # lines from the colon to a block quotation, and from its end to its citation, at most
_RUN = 8  # so many words in a row may be those of the source
_NAMING = ("subject", "object", "about", "component", "defines", "crosses", "memberOf", "denotes")
_BROADLY = ("largely", "at least", "in some", "in principle", "would be", "could be")


@dataclass(frozen=True)
class Text:
    """A text with the weight of each stem: rare words count more."""

    source: Source

    @cached_property
    def _windows(self) -> tuple[int, Counter[str]]:
        lines = self.source.lines
        windows = [set(stems(" ".join(lines[n : n + 4]))) for n in range(0, len(lines), 4)]
        return len(windows), Counter(stem for window in windows for stem in window)

    @cached_property
    def runs(self) -> frozenset[str]:
        """Every run of words that is too long to be copied."""
        return frozenset(_runs(self.source.whole.text))

    def weight(self, found: Iterable[str]) -> float:
        """The sum of the weights of some stems; stems that the text never has weigh nothing."""
        size, known = self._windows
        return sum(math.log((size + 1) / (known[one] + 1)) for one in found if one in known)

    def share(self, own: set[str], lines: str) -> float:
        """The share by weight of some stems that lines have; all of it where they weigh nothing."""
        whole = self.weight(own)
        return self.weight(own & set(stems(lines))) / whole if whole else 1

    def lines(self, first: int, last: int, around: int = 0) -> str:
        """The text of some lines, and of so many lines around them."""
        lines = self.source.lines[max(first - 1 - around, 0) : last + around]
        return " ".join(map(str.strip, lines))


@dataclass(frozen=True)
class StatementInText:
    """A statement beside the text of its passages."""

    said: ReadStatement
    literature: Literature
    text: Text
    spans: tuple[tuple[int, int], ...]

    @cached_property
    def lines(self) -> str:
        """The text of all its passages."""
        return " ".join(self.text.lines(*span) for span in self.spans)

    @cached_property
    def stems(self) -> set[str]:
        """The stems of its words, and of the names of what it is about."""
        words = self.said.all("label", "summary", "wording", "introducedWith")
        return {*stems(" ".join(words)), *self.literature.stems(self.said.all(*_NAMING))}

    @cached_property
    def sentence(self) -> str:
        """The sentence of its lines that has most of its words."""
        weigh = self.text.weight
        found = sentences(self.lines)
        return max(found, key=lambda one: weigh(self.stems & set(stems(one))), default="")

    def is_block(self, span: tuple[int, int]) -> bool:
        """Whether lines look like a block quotation: after a colon, and with a page cited at the
        end.
        """
        first, last = span
        before = self.text.source.lines[max(first - 1 - _BLOCK, 0) : last]
        after_colon = any(line.rstrip().endswith(":") for line in before)
        after = self.text.lines(first, last + _BLOCK)
        return after_colon and bool(lexicon.PAGE_CITED.search(after))

    def is_by_others(self) -> bool:
        """Whether its holders are known and none of them wrote the work that was read."""
        holders, authors = set(self.said.all("heldBy")), self.literature.authors
        return bool(holders) and holders.isdisjoint(authors.get(self.said.places[0].work, ()))


@guard(GUARDS, "Check that the passage is the right one")
def unlike_lines(reading: StatementInText) -> Iterator[str]:
    """Doubts where the lines have hardly any of the statement's words."""
    if reading.said.kind in ("Citation", "Observation"):
        return
    text = reading.text
    best = max(text.share(reading.stems, text.lines(*span)) for span in reading.spans)
    if best < _FAMILIAR.get(reading.said.kind, _FAMILIAR_ELSE):
        yield f"its lines contain hardly any of its words ({best:.0%} by weight)"


@guard(GUARDS, "Check that the summary is the right one")
def summary_unlike_lines(reading: StatementInText) -> Iterator[str]:
    """Doubts where the lines have hardly any word of the summary."""
    own = set(stems(" ".join(reading.said.all("summary"))))
    is_summed_up = reading.said.kind in ("Claim", "Definition")
    if is_summed_up and reading.text.share(own, reading.lines) < _SUMMARY:
        yield "its lines contain hardly any word of its summary"


@guard(GUARDS, "Check sq:heldBy and the passage")
def holder_not_near(reading: StatementInText) -> Iterator[str]:
    """Doubts where a view is another's, but no line around names whose."""
    holders = [one for one in reading.said.all("heldBy") if one in reading.literature.agents]
    if not holders or not reading.is_by_others():
        return
    near = (reading.text.lines(*span, around=_NEAR) for span in reading.spans)
    around = {word.strip(".,;:()[]") for lines in near for word in _words(lines)}
    names = tuple(name for name in _words(reading.literature.names(holders)) if len(name) > 2)
    if not any(word.startswith(names) for word in around):
        name = reading.literature.labels.get(holders[0], [shorten(holders[0])])[0]
        yield f"neither its lines nor those around them name {name}"


def _words(text: str) -> list[str]:
    return fold(text).replace("'", " ").split()


@guard(GUARDS, "Add the hedge, or read whose it is")
def hedge_in_lines(reading: StatementInText) -> Iterator[str]:
    """Doubts where a statement counts as asserted, but its lines hedge."""
    if reading.said.one("hedge") != "hedge-asserted" or reading.said.kind not in (*TALK, "Model"):
        return
    hedges = (lexicon.STRONG_HEDGE, lexicon.MILD_HEDGE)
    printed = next(filter(None, (one.search(reading.sentence) for one in hedges)), None)
    if printed and fold(printed.group()) not in _BROADLY:
        yield f"it is coded as asserted, but its lines hedge (“{printed.group()}”)"


@guard(GUARDS, "Correct sq:value")
def figure_not_in_lines(reading: StatementInText) -> Iterator[str]:
    """Doubts where a figure counts as printed, but the lines do not have it."""
    said = reading.said
    is_printed = said.one("figureStatus") == "figureStatus-printed" and said.one("value")
    if said.kind != "Observation" or not is_printed:
        return
    value = float(said.one("value"))
    rows = [
        line
        for area in said.all("area")
        for name in reading.literature.labels.get(area, ())
        for first, last in reading.spans
        for line in reading.text.source.lines[first - 1 : last]
        if fold(line).startswith(fold(name)) and line.rstrip(" %")[-1:].isdigit()
    ]
    if value not in numbers(" ".join(rows) if rows else reading.lines):
        yield f"its lines do not have the figure {value:g}"


@guard(GUARDS, "Correct sq:citedPage")
def page_not_in_lines(reading: StatementInText) -> Iterator[str]:
    """Doubts where the lines do not have a page that is said to be cited there."""
    for page in reading.said.all("citedPage") if reading.said.kind == "Citation" else ():
        if not all(part in fold(reading.lines) for part in fold(page).replace("-", " ").split()):
            yield f"its lines do not have the cited page {page}"


@guard(GUARDS, "Set sq:basis to reported")
def worded_without_quotation(reading: StatementInText) -> Iterator[str]:
    """Doubts where a view counts as put in its holder's words, but the lines quote nothing."""
    if reading.said.one("basis") != "basis-worded" or not reading.is_by_others():
        return
    quoted = lexicon.QUOTATION.search(reading.sentence)
    if not quoted and not any(map(reading.is_block, reading.spans)):
        yield "it is coded as the holder's own words, but its lines contain no quotation"


@guard(GUARDS, "Correct sq:stance")
def stance_without_words(reading: StatementInText) -> Iterator[str]:
    """Doubts where a work is said to criticise, but its lines have no word of criticism."""
    stance = reading.said.one("stance").removeprefix("stance-")
    if stance in ("rejects", "questions") and not lexicon.CRITICISM.search(reading.lines):
        yield f"the work {stance} it, but its lines have no word of criticism"


@guard(GUARDS, "Say it in your own words")
def copied_words(reading: StatementInText) -> Iterator[str]:
    """Doubts where a text of ours copies a run of words from the source."""
    texts = reading.said.all("label", "summary", "note", "editorialNote")
    copied = (next((run for run in _runs(text) if run in reading.text.runs), "") for text in texts)
    for run in filter(None, dict.fromkeys(copied)):
        yield f"it copies more than {_RUN} words in a row from the source: “{run}”"


def _runs(text: str) -> list[str]:
    """Every run of words in a text that is too long to be copied."""
    words = re.findall(r"\w+", fold(text))
    return [" ".join(words[at : at + _RUN + 1]) for at in range(len(words) - _RUN)]
