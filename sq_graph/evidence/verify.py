"""Looks up every phrase of the map in the available texts, and reports where each is found."""

import difflib
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import IntEnum
from operator import itemgetter
from typing import Self

from sq_graph.errors import InputError
from sq_graph.evidence.sources import Source
from sq_graph.evidence.text_matching import fold
from sq_graph.graph import Graph
from sq_graph.model.facts import plain_rows
from sq_graph.model.names import Names
from sq_graph.resources import text_beside
from sq_graph.table import Table, as_json
from sq_graph.vocab import shorten, with_slugs

QUERIES = tomllib.loads(text_beside(__file__, "queries.toml"))
_NEAR_LINES = 60  # lines around a page in which a miswritten phrase is looked for
_MIN_SIMILARITY = 0.75  # words on the page at least this similar count as a miswritten phrase


class PhraseOutcome(IntEnum):
    """The five outcomes of looking up a phrase; 2 to 4 must be corrected."""

    words: str

    EXACT = 1, "exact on the page"
    OTHER_PAGE = 2, "on another page"
    OTHER_SOURCE = 3, "in another source"
    NEAR = 4, "not in these words"
    NOT_HELD = 5, "source not held"

    def __new__(cls, number: int, words: str = "") -> Self:
        """An outcome with its words."""
        outcome = int.__new__(cls, number)
        outcome._value_, outcome.words = number, words
        return outcome


_Result = tuple[PhraseOutcome, str, tuple[int, int]]
"""The outcome, the details, and the first and last line of an exact match."""
_NO_LINES = (0, 0)


@dataclass(frozen=True)
class PassageLocation:
    """Where the map locates a passage: `digest` identifies the text whose lines are given, `extent`
    holds the pages of the work, and `section` the heading of the section.
    """

    work: str
    work_name: str = ""
    page: str = ""
    last_page: str = ""
    first_line: int = 0
    last_line: int = 0
    digest: str = ""
    extent: str = ""
    section: str = ""

    @property
    def label(self) -> str:
        """The work and the page, as cited."""
        pages = f" p. {self.page}" if self.page else ""
        if self.last_page:
            pages = f" pp. {self.page}–{self.last_page}"
        if self.section and not pages:
            pages = f", section “{self.section}”"
        return f"{self.work_name or self.work}{pages}"

    @property
    def pages(self) -> tuple[str, str]:
        """The first and the last page; without pages and lines, the section in place of the
        first.
        """
        return self.page or ("" if self.first_line else self.section), self.last_page

    def lines_in(self, source: Source) -> tuple[int, int] | None:
        """The first and last line in a source: those recorded for this very text, else those of
        its pages; None if unknown.
        """
        if self.first_line and self.digest == source.digest:
            return self.first_line, self.last_line
        return source.span(self.page, self.last_page)


@dataclass(frozen=True)
class Anchor:
    """Words to look up: the phrase of a passage, or a hedge marker, which may occur in any of its
    passages.
    """

    thing: str
    phrase: str
    places: tuple[PassageLocation, ...]
    is_marker: bool = False


@dataclass(frozen=True)
class PhraseFinding:
    """The result for one anchor: the outcome, the place that was compared, the details, and the
    first and last line of an exact match.
    """

    anchor: Anchor
    place: PassageLocation
    outcome: PhraseOutcome
    detail: str
    lines: tuple[int, int] = _NO_LINES

    def __str__(self) -> str:
        kind = f"hedge marker of {shorten(self.anchor.thing)}, " if self.anchor.is_marker else ""
        return f'{self.place.label}: "{self.anchor.phrase}": {kind}{self.detail}'


@dataclass(frozen=True)
class Doubt:
    """A reason to doubt a statement: its IRI, the name of the guard, the message and the remedy."""

    thing: str
    guard: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{shorten(self.thing)}: {self.message} ({self.guard}). {self.remedy}"


@dataclass(frozen=True)
class VerifyReport:
    """Every finding, the texts in which the phrases were looked up, and doubts about statements."""

    findings: tuple[PhraseFinding, ...]
    sources: tuple[Source, ...]
    doubts: tuple[Doubt, ...] = ()

    @property
    def counts(self) -> dict[PhraseOutcome, int]:
        """How many phrases have each outcome."""
        counter = Counter(finding.outcome for finding in self.findings)
        return {outcome: counter[outcome] for outcome in PhraseOutcome}

    @property
    def rest(self) -> tuple[PhraseFinding, ...]:
        """The findings that are not exact on their page."""
        return tuple(finding for finding in self.findings if finding.outcome != PhraseOutcome.EXACT)

    @property
    def wrong(self) -> tuple[PhraseFinding, ...]:
        """The findings with outcome 2, 3 or 4."""
        return tuple(finding for finding in self.rest if finding.outcome != PhraseOutcome.NOT_HELD)

    @property
    def exit_status(self) -> int:
        """1 if a phrase has outcome 2, 3 or 4, else 0."""
        return int(bool(self.wrong))

    def lines(self) -> tuple[str, ...]:
        """A line for each wrong phrase and each doubt, then the counts, and the works that were not
        checked.
        """
        warnings = (f"Warning: {doubt}" for doubt in self.doubts)
        return tuple(map(with_slugs, (*map(str, self.wrong), *warnings, *self._summary())))

    def _summary(self) -> tuple[str, ...]:
        counts = tuple(f"{key.words.capitalize()}: {count}" for key, count in self.counts.items())
        not_held = (finding for finding in self.rest if finding.outcome is PhraseOutcome.NOT_HELD)
        unchecked = Counter(finding.place.work_name or finding.place.work for finding in not_held)
        if not unchecked:
            return counts
        names = ", ".join(f"{name} ({count})" for name, count in sorted(unchecked.items()))
        return (*counts, f"Not checked, because no text of the work was given: {names}.")

    def table(self) -> Table:
        """The wrong phrases and the doubts as a table, with the counts as notes."""
        rows = []
        for finding in self.wrong:
            anchor, label = finding.anchor, finding.place.label
            cells = shorten(anchor.thing), label, anchor.phrase, finding.detail
            rows.append((finding.outcome.words, *cells))
        for doubt in self.doubts:
            advice = f"{doubt.message}. {doubt.remedy}"
            rows.append(("warning", shorten(doubt.thing), doubt.guard, "", advice))
        columns = ("outcome", "thing", "place", "phrase", "what was found")
        return Table(columns, tuple(rows), "Phrases looked up", self._summary())

    def to_json(self) -> str:
        """The counts, the sources and the table as JSON."""
        counts = {outcome.words: count for outcome, count in self.counts.items()}
        sources = [{"file": s.name, "work": s.work, "digest": s.digest} for s in self.sources]
        checked, rest = len(self.findings), self.table().to_dicts()
        return as_json({"checked": checked, "counts": counts, "sources": sources, "rest": rest})


def read_passages(graph: Graph) -> dict[str, tuple[str, PassageLocation]]:
    """The phrase and the location of every passage in a graph."""
    passages: dict[str, tuple[str, PassageLocation]] = {}
    for row in graph.select(QUERIES["passages"]):
        fields = {name: term.value for name, term in row.items()}
        passage, phrase = fields.pop("passage"), fields.pop("phrase")
        first = fields.pop("first", "")
        lines = [int(n) if n.isdigit() else 0 for n in (first, fields.pop("last", first))]
        location = PassageLocation(**fields, first_line=lines[0], last_line=lines[1])
        passages.setdefault(passage, (phrase, location))
    return passages


def read_anchors(graph: Graph) -> tuple[Anchor, ...]:
    """The phrase of every passage in a graph, and every hedge marker with the passages in which it
    may occur.
    """
    passages = read_passages(graph)
    markers: dict[tuple[str, str], list[PassageLocation]] = defaultdict(list)
    for thing, marker, passage in plain_rows(graph, QUERIES["markers"]):
        if passage in passages:
            markers[thing, marker].append(passages[passage][1])
    return (
        *(Anchor(passage, phrase, (location,)) for passage, (phrase, location) in passages.items()),
        *(Anchor(*key, tuple(locations), True) for key, locations in markers.items()),
    )


def verify(anchors: Iterable[Anchor], sources: Sequence[Source]) -> VerifyReport:
    """Looks up each anchor in the sources; raises InputError if no source is known to be any of the
    works.

    A source is taken for the work of most passages with its digest, else for the work given with
    it.

    >>> lines = ("Trust is a lubricant.", "Hope is not.")
    >>> text = Source("a.txt", "sha256:0", lines, ("4", "5"), "work:a")
    >>> location = PassageLocation("work:a", "A 1999", page="4")
    >>> print(*verify([Anchor("passage:a", "hope is not", (location,))], [text]).rest)
    A 1999 p. 4: "hope is not": is on p. 5
    """
    anchors = tuple(anchors)
    sources = _assign_works((place for anchor in anchors for place in anchor.places), sources)
    if not any(source.work for source in sources):
        names = ", ".join(source.name for source in sources)
        problem = f"no passage of the map was read in {names}" if names else "no source was given"
        raise InputError(problem, remedy="Give a source, and say with --work which work it is")
    findings = []
    for anchor in anchors:
        results = ((place, *_look_up(anchor.phrase, place, sources)) for place in anchor.places)
        findings.append(PhraseFinding(anchor, *min(results, key=itemgetter(1))))
    return VerifyReport(tuple(findings), sources)


def assign_works(
    graph: Graph, sources: Sequence[Source], bases: Sequence[str]
) -> tuple[Source, ...]:
    """Each source with the work of most passages with its digest, else with the work given with it,
    else with the one that its file is named after; the first base is preferred.

    Pages that are merely counted get the printed numbers from the record of the work, if it has as
    many pages.
    """
    places, names = [place for _, place in read_passages(graph).values()], Names(graph, bases)
    digests, named = {place.digest for place in places}, list(sources)
    for index, source in enumerate(sources):
        with suppress(InputError):
            if not source.work and source.digest not in digests:
                work = names.find(source.name.rpartition(".")[0], ["work"])
                named[index] = replace(source, work=work)
    return _assign_works(places, named)


def _assign_works(
    locations: Iterable[PassageLocation], sources: Sequence[Source]
) -> tuple[Source, ...]:
    works: dict[str, Counter[str]] = defaultdict(Counter)
    extents: dict[str, str] = {}
    headings: dict[str, set[str]] = defaultdict(set)
    for location in locations:
        works[location.digest][location.work] += 1
        extents[location.work] = location.extent
        headings[location.work].add(location.section)
    assigned = []
    for source in sources:
        read_in = works[source.digest] if source.digest else None
        work = read_in.most_common(1)[0][0] if read_in else source.work
        identified = replace(source, work=work, headings=frozenset(headings[work] - {""}))
        assigned.append(identified.numbered(extents.get(work, "")))
    return tuple(assigned)


def _look_up(phrase: str, location: PassageLocation, sources: Sequence[Source]) -> _Result:
    """Looks up a phrase in its own work, exactly and then approximately, then in other sources.

    If no source is its work, it is not looked up elsewhere, unless its digest is that of a source.
    """
    in_work = [source for source in sources if source.work == location.work]
    if not in_work and location.digest not in {source.digest for source in sources}:
        return PhraseOutcome.NOT_HELD, "not held", _NO_LINES
    for match in (_match_exactly, _match_nearly):
        if results := [result for source in in_work if (result := match(phrase, location, source))]:
            return min(results)
    for source in sources:
        if source not in in_work and (hits := source.find(phrase)):
            label = f"{source.name}, {source.label(*hits[0])}"
            return PhraseOutcome.OTHER_SOURCE, f"misattributed: found in {label}", _NO_LINES
    first, _, last = location.extent.replace("–", "-").partition("-")
    is_checkable = first.isdigit() and last.isdigit() and location.page.isdigit()
    if is_checkable and not int(first) <= int(location.page) <= int(last):
        return PhraseOutcome.OTHER_PAGE, f"the work has only pages {location.extent}", _NO_LINES
    return PhraseOutcome.NEAR, "is not in the source, nor similar words at its place", _NO_LINES


def _match_exactly(phrase: str, location: PassageLocation, source: Source) -> _Result | None:
    """The result if the exact words occur anywhere in the source; None if they do not."""
    is_numbered = location.digest == source.digest and location.first_line > 0
    line_hits = source.find(phrase, location.first_line, location.last_line) if is_numbered else ()
    hits = line_hits or source.find(phrase)
    is_paged = source.pages and location.page
    span = source.span(location.page, location.last_page) if is_paged else (1, len(source.lines))
    page_hits = [hit for hit in hits if span and span[0] <= hit[0] <= span[1]]
    if location.section and not (is_paged or is_numbered):
        page_hits = [hit for hit in page_hits if source.is_in_section(hit[0], location.section)]
    if page_hits and (line_hits or not is_numbered):
        return PhraseOutcome.EXACT, source.label(*page_hits[0]), page_hits[0]
    if page_hits:
        lines = f"{location.first_line}–{location.last_line}, but on line {page_hits[0][0]}"
        return PhraseOutcome.NEAR, f"is on the page, but not in lines {lines}", _NO_LINES
    labels = dict.fromkeys(source.label(*hit) for hit in hits)
    if not labels:
        return None
    prefix = "is not in this section, but on" if location.section and not is_paged else "is on"
    return PhraseOutcome.OTHER_PAGE, f"{prefix} {', '.join(labels)}", _NO_LINES


def _match_nearly(phrase: str, location: PassageLocation, source: Source) -> _Result | None:
    """The most similar words at or near the location, with the differences; None if there are none.

    A passage may continue on the next page, and its page may be wrong by one.
    """
    first, last = location.lines_in(source) or (1, len(source.lines))
    span = max(first - _NEAR_LINES, 1), last + _NEAR_LINES
    texts = [text.between(*span).split() for text in (source.body, source.full_text)]
    ours = fold(phrase).split()
    cuts = [(words, len(ours) + extra) for words in texts for extra in (0, -1, 1)]
    windows = [" ".join(words[i : i + n]) for words, n in cuts for i in range(len(words) - n + 1)]
    for match in difflib.get_close_matches(" ".join(ours), windows, 1, _MIN_SIMILARITY):
        hits = source.find(match)
        label = source.label(*hits[0]) if hits and source.pages else "the source"
        theirs = match.split()
        opcodes = difflib.SequenceMatcher(a=ours, b=theirs, autojunk=False).get_opcodes()
        differences = "; ".join(
            f"{' '.join(ours[a:b]) or 'nothing'} → {' '.join(theirs[c:d]) or 'nothing'}"
            for tag, a, b, c, d in opcodes
            if tag != "equal"
        )
        return PhraseOutcome.NEAR, f'{label} has "{match}" ({differences})', _NO_LINES
    return None
