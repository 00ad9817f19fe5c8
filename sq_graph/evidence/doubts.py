"""Guards: what in a statement's own words, or in the lines that it rests on, speaks against its
coding.

A doubt is a warning: the words are compared by rule, and a reader decides. Some guards need the
statement alone; the others need the text of the work, and are silent where it is not given.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from sq_graph.evidence.ends import (
    against_axiom,
    against_hierarchy,
    against_usual_ends,
    order_of_mention,
)
from sq_graph.evidence.folding import fold
from sq_graph.evidence.lexicon import (
    CONDITION,
    CRITICISM,
    DENIAL,
    MILD_HEDGE,
    OPEN_LIST,
    PAGE_CITED,
    PARTING,
    QUOTATION,
    STRONG_HEDGE,
    WEAK_HEDGE,
    numbers,
    sentences,
    stems,
)
from sq_graph.evidence.sources import Source
from sq_graph.evidence.statements import (
    Literature,
    Statement,
    is_any_statement,
    lines_of,
    read_literature,
)
from sq_graph.evidence.verify import Doubt
from sq_graph.graph import Graph
from sq_graph.vocab import shorten

_FAMILIAR = {
    "Claim": 0.23,
    "Definition": 0.25,
    "Alignment": 0.25,
    "DeniedAlignment": 0.25,
    "Category": 0.18,
}
"""The share of a statement's words, weighed by rarity, that its lines must have."""
_FAMILIAR_ELSE = 0.15
_SUMMARY = 0.15  # the same of a summary alone
_NEAR = 18  # so many lines before and after a passage may name whose view it reports
_BLOCK = 6  # lines from the colon to a block quotation, and from its end to its citation, at most
_RUN = 8  # so many words in a row may be those of the source
_TALK = ("Claim", "Definition", "Alignment", "DeniedAlignment")
_HEDGES = (STRONG_HEDGE, MILD_HEDGE, CONDITION)
_NAMING = ("subject", "object", "about", "component", "defines", "crosses", "memberOf", "denotes")


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

    def lines(self, first: int, last: int, around: int = 0) -> str:
        """The text of some lines, and of so many lines around them."""
        return " ".join(
            line.strip() for line in self.source.lines[max(first - 1 - around, 0) : last + around]
        )


@dataclass(frozen=True)
class _Reading:
    """A statement beside the text of its passages."""

    statement: Statement
    literature: Literature
    text: Text
    spans: tuple[tuple[int, int], ...]

    @cached_property
    def lines(self) -> str:
        return " ".join(self.text.lines(*span) for span in self.spans)

    @cached_property
    def stems(self) -> set[str]:
        said = self.statement
        words = said.all("label", "summary", "wording", "introducedWith")
        return {*stems(" ".join(words)), *self.literature.stems(said.all(*_NAMING))}

    @cached_property
    def sentence(self) -> str:
        """The sentence of its lines that has most of its words."""
        weigh = self.text.weight
        return max(
            sentences(self.lines),
            key=lambda one: weigh(self.stems & set(stems(one))),
            default="",
        )

    def is_block(self, span: tuple[int, int]) -> bool:
        """Whether lines look like a block quotation: after a colon, and with a page cited at the
        end.
        """
        first, last = span
        before = self.text.source.lines[max(first - 1 - _BLOCK, 0) : last]
        after_colon = any(line.rstrip().endswith(":") for line in before)
        return after_colon and bool(PAGE_CITED.search(self.text.lines(first, last + _BLOCK)))

    def is_by_others(self) -> bool:
        """Whether its holders are known and none of them wrote the work that was read."""
        holders = set(self.statement.all("heldBy"))
        authors = self.literature.authors.get(self.statement.places[0].work, frozenset())
        return bool(holders) and not holders & authors


def doubts(
    graph: Graph,
    sources: Sequence[Source] = (),
    *,
    dismissed: bool = False,
    only_read: bool = False,
    among: Collection[str] | None = None,
) -> tuple[Doubt, ...]:
    """Every doubt about the statements of a map; those that need a text, for the texts given.

    Parameters:
        sources: texts; one that is not known to be a work of the map is not used.
        dismissed: count doubts too that a reader has dismissed.
        only_read: look only at statements that rest on one of the texts.
        among: look only at these statements, by IRI; by default at all.

    >>> from sq_graph.graph import EmbeddedGraph
    >>> doubts(EmbeddedGraph())
    ()
    """
    if among is not None and not is_any_statement(graph, among):
        return ()
    literature = read_literature(graph)
    texts = {source.work: Text(source) for source in sources if source.work}
    found = []
    for statement in literature.statements:
        if among is not None and statement.thing not in among:
            continue
        reading = _reading(statement, literature, texts)
        if only_read and not reading:
            continue
        known = () if dismissed else statement.values.get("dismisses", ())
        said = {name: look(statement, literature) for name, look in _GUARDS.items()}
        if reading:
            said |= {name: look(reading) for name, look in _READERS.items()}
        found += [
            Doubt(statement.thing, name, message, _REMEDIES[name])
            for name, messages in said.items()
            if name not in known
            for message in messages
        ]
    return tuple(found)


def _reading(
    statement: Statement, literature: Literature, texts: dict[str, Text]
) -> _Reading | None:
    """A statement with its lines, if the text of the work that was read is given."""
    for place in statement.places:
        if text := texts.get(place.work):
            own = (lines_of(one, text.source) for one in statement.places if one.work == place.work)
            if spans := tuple(span for span in own if span):
                return _Reading(statement, literature, text, spans)
    return None


def _hedge_without_words(said: Statement, _: Literature) -> Iterator[str]:
    hedge = said.one("hedge").removeprefix("hedge-")
    if hedge in ("", "asserted", "question", "disclaimed") or said.kind not in _TALK:
        return
    if not WEAK_HEDGE.search(said.wording):
        yield f"it is {hedge}, but its label and summary are put without a hedge"


def _hedge_in_words(said: Statement, _: Literature) -> Iterator[str]:
    hedge = next(filter(None, (one.search(said.wording) for one in _HEDGES)), None)
    if hedge and said.one("hedge") == "hedge-asserted" and said.kind in _TALK:
        yield f"it counts as asserted, but is put with a hedge (“{hedge.group()}”)"


def _relation_against_words(said: Statement, literature: Literature) -> Iterator[str]:
    relation = literature.relations.get(next(iter(said.values.get("relation", ())), ""), {})
    if not relation or said.kind not in _TALK:
        return
    name, words = relation["label"][0], fold(said.wording)
    whole = " ".join(said.all("label", "wording"))
    if said.kind == "DeniedAlignment" or "denies" in relation:
        if not DENIAL.search(said.wording + whole) and not PARTING.search(said.wording + whole):
            yield f"it denies a relation or is “{name}”, but its words set nothing apart"
    elif "deniedBy" in relation and (DENIAL.search(whole) or PARTING.search(whole)):
        yield f"its words hold a denial, but the relation is plainly “{name}”"
    if any(fold(one) in words for one in relation.get("signal", ())):
        return
    for iri in (*relation.get("inverseRelation", ()), *relation.get("oppositeRelation", ())):
        other = literature.relations[iri]
        if theirs := next((one for one in other.get("signal", ()) if fold(one) in words), ""):
            yield f"the relation is “{name}”, but “{theirs}” announces “{other['label'][0]}”"


def _logic_against_words(said: Statement, _: Literature) -> Iterator[str]:
    logic, summary = said.one("logic"), " ".join(said.all("summary"))
    if logic == "logic-all-of" and OPEN_LIST.search(summary):
        yield "all of its parts are required, but its summary says “or” or “any”"
    if logic == "logic-any-of" and not OPEN_LIST.search(summary):
        yield "any of its parts will do, but its summary does not say so"


def _coverage_against_words(said: Statement, _: Literature) -> Iterator[str]:
    if said.one("coverage") == "coverage-partly" and not DENIAL.search(said.wording):
        yield "it is filled in part only, but its summary does not say what is missing"


def _unlike_lines(reading: _Reading) -> Iterator[str]:
    if reading.statement.kind in ("Citation", "Observation"):
        return
    whole = reading.text.weight(reading.stems)
    best = max(
        reading.text.weight(reading.stems & set(stems(reading.text.lines(*span))))
        for span in reading.spans
    )
    if whole and best / whole < _FAMILIAR.get(reading.statement.kind, _FAMILIAR_ELSE):
        yield f"its lines have hardly any of its words ({best / whole:.0%} by weight)"


def _summary_unlike_lines(reading: _Reading) -> Iterator[str]:
    if reading.statement.kind not in ("Claim", "Definition"):
        return
    own = set(stems(" ".join(reading.statement.all("summary"))))
    whole = reading.text.weight(own)
    if whole and reading.text.weight(own & set(stems(reading.lines))) / whole < _SUMMARY:
        yield "its lines have hardly any word of its summary"


def _holder_not_near(reading: _Reading) -> Iterator[str]:
    holders = [one for one in reading.statement.all("heldBy") if one in reading.literature.agents]
    if not holders or not reading.is_by_others():
        return
    around = {
        one
        for span in reading.spans
        for one in fold(reading.text.lines(*span, around=_NEAR)).replace("'", " ").split()
    }
    for holder in holders:
        names = [
            name
            for name in fold(reading.literature.names([holder])).replace("'", " ").split()
            if len(name) > 2
        ]
        if any(word.strip(".,;:()[]").startswith(name) for name in names for word in around):
            return
    name = reading.literature.labels.get(holders[0], [shorten(holders[0])])[0]
    yield f"neither its lines nor those around them name {name}"


def _hedge_in_lines(reading: _Reading) -> Iterator[str]:
    said = reading.statement
    if said.one("hedge") != "hedge-asserted" or said.kind not in (*_TALK, "Model"):
        return
    printed = STRONG_HEDGE.search(reading.sentence) or MILD_HEDGE.search(reading.sentence)
    if printed and fold(printed.group()) not in _TAKEN_BROADLY:
        yield f"it counts as asserted, but its lines hedge (“{printed.group()}”)"


_TAKEN_BROADLY = frozenset(
    ("largely", "at least", "in some", "in principle", "would be", "could be")
)


def _figure_not_in_lines(reading: _Reading) -> Iterator[str]:
    said = reading.statement
    if said.kind != "Observation" or said.one("figureStatus") != "figureStatus-printed":
        return
    if not said.one("value"):
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


def _page_not_in_lines(reading: _Reading) -> Iterator[str]:
    said = reading.statement
    for page in said.all("citedPage") if said.kind == "Citation" else ():
        if not all(part in fold(reading.lines) for part in fold(page).replace("-", " ").split()):
            yield f"its lines do not have the cited page {page}"


def _worded_without_quotation(reading: _Reading) -> Iterator[str]:
    said = reading.statement
    if said.one("basis") != "basis-worded" or not reading.is_by_others():
        return
    if not QUOTATION.search(reading.sentence) and not any(map(reading.is_block, reading.spans)):
        yield "it counts as put in the holder's own words, but its lines quote nothing"


def _stance_without_words(reading: _Reading) -> Iterator[str]:
    stance = reading.statement.one("stance").removeprefix("stance-")
    if stance in ("rejects", "questions") and not CRITICISM.search(reading.lines):
        yield f"the work {stance} it, but its lines have no word of criticism"


def _copied(reading: _Reading) -> Iterator[str]:
    said = reading.statement
    for text in said.all("label", "summary", "note", "editorialNote"):
        run = next((run for run in _runs(text) if run in reading.text.runs), "")
        if run:
            yield f"it copies more than {_RUN} words in a row from the source: “{run}”"


def _runs(text: str) -> list[str]:
    """Every run of words in a text that is too long to be copied."""
    words = re.findall(r"\w+", fold(text))
    return [" ".join(words[at : at + _RUN + 1]) for at in range(len(words) - _RUN)]


_GUARDS: dict[str, Callable[[Statement, Literature], Iterator[str]]] = {
    "hedge-without-words": _hedge_without_words,
    "hedge-in-words": _hedge_in_words,
    "order-of-mention": order_of_mention,
    "ends-against-axiom": against_axiom,
    "ends-against-hierarchy": against_hierarchy,
    "ends-against-usual": against_usual_ends,
    "relation-against-words": _relation_against_words,
    "logic-against-words": _logic_against_words,
    "coverage-against-words": _coverage_against_words,
}
_READERS: dict[str, Callable[[_Reading], Iterator[str]]] = {
    "unlike-lines": _unlike_lines,
    "summary-unlike-lines": _summary_unlike_lines,
    "holder-not-near": _holder_not_near,
    "hedge-in-lines": _hedge_in_lines,
    "figure-not-in-lines": _figure_not_in_lines,
    "page-not-in-lines": _page_not_in_lines,
    "worded-without-quotation": _worded_without_quotation,
    "stance-without-words": _stance_without_words,
    "copied-words": _copied,
}
_REMEDIES = {
    "hedge-without-words": "Put the hedge into its words, or correct sq:hedge",
    "hedge-in-words": "Add the hedge to the coding, or put it without one",
    "order-of-mention": "Read the lines again: which of the two acts on the other?",
    "ends-against-axiom": "Correct the claim or the axiom",
    "ends-against-hierarchy": "Correct the ends of the claim, or skos:broader",
    "ends-against-usual": "Read the lines again: which of the two acts on the other?",
    "relation-against-words": "Correct sq:relation or the words",
    "logic-against-words": "Correct sq:logic or the summary",
    "coverage-against-words": "Set sq:coverage to answered, or say what is missing",
    "unlike-lines": "Check that the passage is the right one",
    "summary-unlike-lines": "Check that the summary is the right one",
    "holder-not-near": "Check sq:heldBy and the passage",
    "hedge-in-lines": "Add the hedge, or read whose it is",
    "figure-not-in-lines": "Correct sq:value",
    "page-not-in-lines": "Correct sq:citedPage",
    "worded-without-quotation": "Set sq:basis to reported",
    "stance-without-words": "Correct sq:stance",
    "copied-words": "Say it in words of your own",
}
GUARDS = tuple(_REMEDIES)
"""The names of all guards, as a statement may dismiss them."""
