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
from sq_graph.evidence.statement_guards import ASSERTIONS
from sq_graph.evidence.statements import Guards, Literature, ReadStatement, guard
from sq_graph.evidence.text_matching import fold
from sq_graph.vocab import shorten

GUARDS: Guards = {}
_MIN_SHARES = {"Claim": 0.23, "Category": 0.18} | dict.fromkeys(ASSERTIONS[1:], 0.25)
"""The share of a statement's words, weighted by rarity, that its lines must have."""
_DEFAULT_SHARE = 0.15
_MIN_SUMMARY_SHARE = 0.15  # the same for a summary alone
_LINES_AROUND = 18  # lines before and after a passage that may name the holder of a reported view
_BLOCK_LINES = 6  # at most, from the colon to a block quotation, and from its end to its citation
_MAX_RUN = 8  # words in a row that a text of ours may take from the source
_TOPICS = ("subject", "object", "about", "component", "defines", "crosses", "memberOf", "denotes")
_VAGUE_HEDGES = ("largely", "at least", "in some", "in principle", "would be", "could be")


@dataclass(frozen=True)
class Text:
    """A text with the weight of each stem: rare words count more."""

    source: Source

    @cached_property
    def _windows(self) -> tuple[int, Counter[str]]:
        lines = self.source.lines
        windows = [set(stems(" ".join(lines[n : n + 4]))) for n in range(0, len(lines), 4)]
        return len(windows), Counter(word for window in windows for word in window)

    @cached_property
    def runs(self) -> frozenset[str]:
        """Every run of words that is too long to copy."""
        return frozenset(_runs(self.source.full_text.text))

    def weight(self, words: Iterable[str]) -> float:
        """The summed weights of stems; those that are not in the text weigh nothing."""
        window_count, counts = self._windows
        present = (word for word in words if word in counts)
        return sum(math.log((window_count + 1) / (counts[word] + 1)) for word in present)

    def share(self, words: set[str], lines: str) -> float:
        """The share of stems, by weight, that some lines have; 1 if the stems weigh nothing."""
        total = self.weight(words)
        return self.weight(words & set(stems(lines))) / total if total else 1

    def lines(self, first: int, last: int, around: int = 0) -> str:
        """The text of some lines, with a number of lines around them."""
        lines = self.source.lines[max(first - 1 - around, 0) : last + around]
        return " ".join(map(str.strip, lines))


@dataclass(frozen=True)
class StatementInText:
    """A statement beside the text of its passages."""

    statement: ReadStatement
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
        words = self.statement.all("label", "summary", "wording", "introducedWith")
        return {*stems(" ".join(words)), *self.literature.stems(self.statement.all(*_TOPICS))}

    @cached_property
    def sentence(self) -> str:
        """The sentence of its lines that shares most words with it, by weight."""
        weight, candidates = self.text.weight, sentences(self.lines)
        return max(candidates, key=lambda text: weight(self.stems & set(stems(text))), default="")

    def is_block(self, span: tuple[int, int]) -> bool:
        """Whether lines look like a block quotation: after a colon, and with a page cited at the
        end.
        """
        first, last = span
        above = self.text.source.lines[max(first - 1 - _BLOCK_LINES, 0) : last]
        has_colon = any(line.rstrip().endswith(":") for line in above)
        below = self.text.lines(first, last + _BLOCK_LINES)
        return has_colon and bool(lexicon.PAGE_CITED.search(below))

    def is_by_others(self) -> bool:
        """Whether its holders are known and none of them wrote the work that was read."""
        holders, work = set(self.statement.all("heldBy")), self.statement.locations[0].work
        return bool(holders) and holders.isdisjoint(self.literature.authors.get(work, ()))


@guard(GUARDS, "Check that the passage is the right one")
def unlike_lines(reading: StatementInText) -> Iterator[str]:
    """Doubts a statement whose lines have hardly any of its words."""
    if reading.statement.kind in ("Citation", "Observation"):
        return
    text = reading.text
    best = max(text.share(reading.stems, text.lines(*span)) for span in reading.spans)
    if best < _MIN_SHARES.get(reading.statement.kind, _DEFAULT_SHARE):
        yield f"its lines contain hardly any of its words ({best:.0%} by weight)"


@guard(GUARDS, "Check that the summary is the right one")
def summary_unlike_lines(reading: StatementInText) -> Iterator[str]:
    """Doubts a claim or definition whose lines have hardly any word of its summary."""
    if reading.statement.kind not in ("Claim", "Definition"):
        return
    summary = set(stems(" ".join(reading.statement.all("summary"))))
    if reading.text.share(summary, reading.lines) < _MIN_SUMMARY_SHARE:
        yield "its lines contain hardly any word of its summary"


@guard(GUARDS, "Check sq:heldBy and the passage")
def holder_not_near(reading: StatementInText) -> Iterator[str]:
    """Doubts a reported view if no line nearby names its holder."""
    agents = reading.literature.agents
    holders = [holder for holder in reading.statement.all("heldBy") if holder in agents]
    if not holders or not reading.is_by_others():
        return
    nearby = (reading.text.lines(*span, around=_LINES_AROUND) for span in reading.spans)
    words = {word.strip(".,;:()[]") for lines in nearby for word in _words(lines)}
    names = tuple(name for name in _words(reading.literature.names(holders)) if len(name) > 2)
    if not any(word.startswith(names) for word in words):
        name = reading.literature.labels.get(holders[0], [shorten(holders[0])])[0]
        yield f"neither its lines nor those around them name {name}"


def _words(text: str) -> list[str]:
    return fold(text).replace("'", " ").split()


@guard(GUARDS, "Add the hedge, or check whose it is")
def hedge_in_lines(reading: StatementInText) -> Iterator[str]:
    """Doubts a statement that is coded as asserted, but whose lines hedge."""
    statement, patterns = reading.statement, (lexicon.STRONG_HEDGE, lexicon.MILD_HEDGE)
    if statement.first("hedge") != "hedge-asserted" or statement.kind not in (*ASSERTIONS, "Model"):
        return
    hedge = next(filter(None, (pattern.search(reading.sentence) for pattern in patterns)), None)
    if hedge and fold(hedge.group()) not in _VAGUE_HEDGES:
        yield f"it is coded as asserted, but its lines hedge (“{hedge.group()}”)"


@guard(GUARDS, "Correct sq:value")
def figure_not_in_lines(reading: StatementInText) -> Iterator[str]:
    """Doubts a figure that is coded as printed, but not in the lines."""
    statement = reading.statement
    figure, status = statement.first("value"), statement.first("figureStatus")
    if statement.kind != "Observation" or not figure or status != "figureStatus-printed":
        return
    value = float(figure)
    rows = [
        line
        for area in statement.all("area")
        for name in reading.literature.labels.get(area, ())
        for first, last in reading.spans
        for line in reading.text.source.lines[first - 1 : last]
        if fold(line).startswith(fold(name)) and line.rstrip(" %")[-1:].isdigit()
    ]
    if value not in numbers(" ".join(rows) if rows else reading.lines):
        yield f"its lines do not contain the figure {value:g}"


@guard(GUARDS, "Correct sq:citedPage")
def page_not_in_lines(reading: StatementInText) -> Iterator[str]:
    """Doubts a cited page that is not in the lines."""
    for page in reading.statement.all("citedPage") if reading.statement.kind == "Citation" else ():
        if not all(part in fold(reading.lines) for part in fold(page).replace("-", " ").split()):
            yield f"its lines do not contain the cited page {page}"


@guard(GUARDS, "Set sq:basis to reported")
def worded_without_quotation(reading: StatementInText) -> Iterator[str]:
    """Doubts a view that is coded as its holder's own words, but whose lines quote nothing."""
    if reading.statement.first("basis") != "basis-worded" or not reading.is_by_others():
        return
    quotation = lexicon.QUOTATION.search(reading.sentence)
    if not quotation and not any(map(reading.is_block, reading.spans)):
        yield "it is coded as the holder's own words, but its lines contain no quotation"


@guard(GUARDS, "Correct sq:stance")
def stance_without_words(reading: StatementInText) -> Iterator[str]:
    """Doubts a criticism whose lines have no word of criticism."""
    stance = reading.statement.first("stance").removeprefix("stance-")
    if stance in ("rejects", "questions") and not lexicon.CRITICISM.search(reading.lines):
        yield f"the work {stance} it, but its lines contain no word of criticism"


@guard(GUARDS, "Put it in your own words")
def copied_words(reading: StatementInText) -> Iterator[str]:
    """Doubts a text of ours that copies a run of words from the source."""
    texts = reading.statement.all("label", "summary", "note", "editorialNote")
    copied = (next((run for run in _runs(text) if run in reading.text.runs), "") for text in texts)
    for run in filter(None, dict.fromkeys(copied)):
        yield f"it copies more than {_MAX_RUN} words in a row from the source: “{run}”"


def _runs(text: str) -> list[str]:
    """Every run of words in a text that is too long to copy."""
    words = re.findall(r"\w+", fold(text))
    return [" ".join(words[i : i + _MAX_RUN + 1]) for i in range(len(words) - _MAX_RUN)]
