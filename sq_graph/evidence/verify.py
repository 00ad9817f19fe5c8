"""Looks every phrase of the map up in the texts at hand, and says of each where it stands."""

import difflib
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from operator import itemgetter
from typing import Self

from sq_graph.errors import InputError
from sq_graph.evidence.sources import Source
from sq_graph.evidence.text_matching import fold
from sq_graph.graph import Graph
from sq_graph.model.facts import plain_rows
from sq_graph.resources import text_beside
from sq_graph.table import Table, as_json
from sq_graph.vocab import shorten

QUERIES = tomllib.loads(text_beside(__file__, "queries.toml"))
_ALIKE = 0.75  # from this likeness on, words on the page count as the phrase miswritten


class PhraseOutcome(IntEnum):
    """The five things that can be said of a phrase; 2 to 4 must be corrected."""

    words: str

    EXACT = 1, "exact on the page"
    OTHER_PAGE = 2, "on another page"
    OTHER_SOURCE = 3, "in another held source"
    NEAR = 4, "near match"
    NOT_HELD = 5, "source not held"

    def __new__(cls, number: int, words: str = "") -> Self:
        """An outcome with its words."""
        outcome = int.__new__(cls, number)
        outcome._value_, outcome.words = number, words
        return outcome


@dataclass(frozen=True)
class PassageLocation:
    """Where a passage is said to stand; `digest` tells whose lines are meant, `extent` the work's
    pages, and `section` is the heading of the section.
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
        """The first and the last page; for the first, the section if there are no pages or
        lines.
        """
        return self.page or ("" if self.first_line else self.section), self.last_page

    def lines_in(self, source: Source) -> tuple[int, int] | None:
        """Its first and last line in a text: its own, where it names this text, else those of its
        pages; None if unknown.
        """
        if self.first_line and self.digest == source.digest:
            return self.first_line, self.last_line
        return source.span(self.page, self.last_page)


@dataclass(frozen=True)
class Anchor:
    """Words to be looked up: a passage's phrase, or a hedge marker, which may stand in any of its
    passages.
    """

    thing: str
    phrase: str
    places: tuple[PassageLocation, ...]
    is_marker: bool = False


@dataclass(frozen=True)
class PhraseFinding:
    """What was found of one anchor: the outcome, the place it was looked up for, and what there is
    to say.
    """

    anchor: Anchor
    place: PassageLocation
    outcome: PhraseOutcome
    detail: str

    def __str__(self) -> str:
        kind = f"hedge marker of {shorten(self.anchor.thing)}, " if self.anchor.is_marker else ""
        return f'{self.place.label}: "{self.anchor.phrase}": {kind}{self.detail}'


@dataclass(frozen=True)
class Doubt:
    """What speaks against a statement: the thing, the guard's name, what was noticed, what to
    do.
    """

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
        found = Counter(finding.outcome for finding in self.findings)
        return {outcome: found[outcome] for outcome in PhraseOutcome}

    @property
    def rest(self) -> tuple[PhraseFinding, ...]:
        """All that is not exact on its page."""
        return tuple(
            finding for finding in self.findings if finding.outcome is not PhraseOutcome.EXACT
        )

    @property
    def wrong(self) -> tuple[PhraseFinding, ...]:
        """All that has outcome 2, 3 or 4."""
        return tuple(
            finding for finding in self.rest if finding.outcome is not PhraseOutcome.NOT_HELD
        )

    @property
    def exit_status(self) -> int:
        """1 if a phrase has outcome 2, 3 or 4, else 0."""
        return int(bool(self.wrong))

    def lines(self) -> tuple[str, ...]:
        """What is not exact, one line each; then the counts, and the works that were not
        checked.
        """
        doubted = (f"Warning: {one}" for one in self.doubts)
        return (*map(str, self.wrong), *doubted, *self._summary())

    def _summary(self) -> tuple[str, ...]:
        counts = tuple(f"{one.value} {one.words}: {n}" for one, n in self.counts.items())
        places = (one.place for one in self.rest if one.outcome is PhraseOutcome.NOT_HELD)
        other = Counter(place.work_name or place.work for place in places)
        if not other:
            return counts
        named = ", ".join(f"{name} ({n})" for name, n in sorted(other.items()))
        return (*counts, f"Not checked, because no text of the work was given: {named}.")

    def table(self) -> Table:
        """The rest as a table, with the counts as notes."""
        rows = []
        for one in self.wrong:
            where = one.place.label, one.anchor.phrase, one.detail
            rows.append((one.outcome.words, shorten(one.anchor.thing), *where))
        for doubt in self.doubts:
            what = doubt.guard, "", f"{doubt.message}. {doubt.remedy}"
            rows.append(("warning", shorten(doubt.thing), *what))
        columns = ("outcome", "thing", "place", "phrase", "what was found")
        return Table(columns, tuple(rows), "Phrases looked up", self._summary())

    def to_json(self) -> str:
        """Counts, sources and the rest as JSON."""
        counts = {outcome.words: number for outcome, number in self.counts.items()}
        sources = [{"file": s.name, "work": s.work, "digest": s.digest} for s in self.sources]
        rest = self.table().to_dicts()
        checked = len(self.findings)
        return as_json({"checked": checked, "counts": counts, "sources": sources, "rest": rest})


def read_places(graph: Graph) -> dict[str, tuple[str, PassageLocation]]:
    """The phrase and the place of every passage in a graph."""
    places: dict[str, tuple[str, PassageLocation]] = {}
    for row in graph.select(QUERIES["places"]):
        found = {name: term.value for name, term in row.items()}
        passage, phrase, first = found.pop("passage"), found.pop("phrase"), found.pop("first", "")
        lines = [int(n) if n.isdigit() else 0 for n in (first, found.pop("last", first))]
        place = PassageLocation(**found, first_line=lines[0], last_line=lines[1])
        places.setdefault(passage, (phrase, place))
    return places


def read_anchors(graph: Graph) -> tuple[Anchor, ...]:
    """The phrase of every passage in a graph, and every hedge marker with the passages in which it
    may stand.
    """
    known = read_places(graph)
    markers: dict[tuple[str, str], list[PassageLocation]] = defaultdict(list)
    for thing, words, passage in plain_rows(graph, QUERIES["markers"]):
        if passage in known:
            markers[thing, words].append(known[passage][1])
    return (
        *(Anchor(passage, phrase, (place,)) for passage, (phrase, place) in known.items()),
        *(Anchor(thing, words, tuple(found), True) for (thing, words), found in markers.items()),
    )


def verify(anchors: Iterable[Anchor], sources: Sequence[Source]) -> VerifyReport:
    """Looks each anchor up in the sources; raises InputError if no source is known to be any of the
    works.

    A source is the work that most passages with its digest name, else the work given with it.

    >>> lines = ("Trust is a lubricant.", "Hope is not.")
    >>> text = Source("a.txt", "sha256:0", lines, ("4", "5"), "work:a")
    >>> said = Anchor("passage:a", "hope is not", (PassageLocation("work:a", "A 1999", page="4"),))
    >>> print(*verify([said], [text]).rest)
    A 1999 p. 4: "hope is not": is on p. 5
    """
    wanted = tuple(anchors)
    held = _of_works((place for anchor in wanted for place in anchor.places), sources)
    if not any(source.work for source in held):
        names = ", ".join(source.name for source in sources)
        what = f"no passage of the map was read in {names}" if names else "no source was given"
        raise InputError(what, remedy="Give a source, and say with --work which work it is")
    found = []
    for anchor in wanted:
        looked_up = ((place, *_looked_up(anchor.phrase, place, held)) for place in anchor.places)
        found.append(PhraseFinding(anchor, *min(looked_up, key=itemgetter(1))))
    return VerifyReport(tuple(found), held)


def of_works(graph: Graph, sources: Sequence[Source]) -> tuple[Source, ...]:
    """Each source with the work that most passages with its digest name, else the work given with
    it.

    Pages that are merely counted get the numbers that the work's record gives them, where it has as
    many.
    """
    return _of_works((place for _, place in read_places(graph).values()), sources)


def _of_works(places: Iterable[PassageLocation], sources: Sequence[Source]) -> tuple[Source, ...]:
    works: dict[str, Counter[str]] = defaultdict(Counter)
    extents: dict[str, str] = {}
    headings: dict[str, set[str]] = defaultdict(set)
    for place in places:
        works[place.digest][place.work] += 1
        extents[place.work] = place.extent
        headings[place.work].add(place.section)
    known = {digest: count.most_common(1)[0][0] for digest, count in works.items() if digest}
    named = [replace(source, work=known.get(source.digest, source.work)) for source in sources]
    return tuple(
        replace(source, headings=frozenset(headings[source.work] - {""})).numbered(
            extents.get(source.work, "")
        )
        for source in named
    )


def _looked_up(
    phrase: str, place: PassageLocation, held: Sequence[Source]
) -> tuple[PhraseOutcome, str]:
    """The outcome of one place: its own work first, exactly and then nearly, then the other
    sources.

    A place whose work is not at hand is not looked up elsewhere, unless its digest names a source.
    """
    own = [source for source in held if source.work == place.work]
    if not own and place.digest not in {source.digest for source in held}:
        return PhraseOutcome.NOT_HELD, "not held"
    for look in (_exact, _near):
        if found := [said for source in own if (said := look(phrase, place, source))]:
            return min(found)
    for source in held:
        if source not in own and (hits := source.find(phrase)):
            where = f"{source.name}, {source.label(*hits[0])}"
            return PhraseOutcome.OTHER_SOURCE, f"misattributed: found in {where}"
    first, _, last = place.extent.replace("–", "-").partition("-")
    known = first.isdigit() and last.isdigit() and place.page.isdigit()
    if known and not int(first) <= int(place.page) <= int(last):
        return PhraseOutcome.OTHER_PAGE, f"the work has pages {place.extent} only"
    return PhraseOutcome.NEAR, "is not in the source, not even approximately"


def _exact(phrase: str, place: PassageLocation, source: Source) -> tuple[PhraseOutcome, str] | None:
    """What can be said if the very words stand somewhere in the work; None if they do not."""
    is_numbered = place.digest == source.digest and place.first_line > 0
    inside = source.find(phrase, place.first_line, place.last_line) if is_numbered else ()
    hits = inside or source.find(phrase)
    is_paged = source.pages and place.page
    span = source.span(place.page, place.last_page) if is_paged else (1, len(source.lines))
    on_page = [hit for hit in hits if span and span[0] <= hit[0] <= span[1]]
    if place.section and not (is_paged or is_numbered):
        on_page = [hit for hit in on_page if source.is_in_section(hit[0], place.section)]
    if on_page and (inside or not is_numbered):
        return PhraseOutcome.EXACT, source.label(*on_page[0])
    if on_page:
        lines = f"not in lines {place.first_line}–{place.last_line}, but on line {on_page[0][0]}"
        return PhraseOutcome.NEAR, f"is on the page, {lines}"
    where = dict.fromkeys(source.label(*hit) for hit in hits)
    if where and place.section and not is_paged:
        return PhraseOutcome.OTHER_PAGE, f"is not in this section, but on {', '.join(where)}"
    return (PhraseOutcome.OTHER_PAGE, f"is on {', '.join(where)}") if where else None


def _near(phrase: str, place: PassageLocation, source: Source) -> tuple[PhraseOutcome, str] | None:
    """The words at the place that are most like the phrase, with the difference; None if none are
    like it.
    """
    span = place.lines_in(source)
    wanted, words = fold(phrase), source.whole.between(*span or (1, len(source.lines))).split()
    size = len(wanted.split())
    sizes = (size, size - 1, size + 1)
    windows = [" ".join(words[at : at + n]) for n in sizes for at in range(len(words) - n + 1)]
    for found in difflib.get_close_matches(wanted, windows, 1, _ALIKE):
        where = source.label(*span) if span and source.pages else "the source"
        ours, theirs = wanted.split(), found.split()
        codes = difflib.SequenceMatcher(a=ours, b=theirs, autojunk=False).get_opcodes()
        shown = "; ".join(
            f"{' '.join(ours[a:b]) or 'nothing'} → {' '.join(theirs[c:d]) or 'nothing'}"
            for kind, a, b, c, d in codes
            if kind != "equal"
        )
        return PhraseOutcome.NEAR, f'{where} has "{found}" ({shown})'
    return None
