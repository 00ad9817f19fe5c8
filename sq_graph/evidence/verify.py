"""Looks every phrase of the map up in the texts at hand, and says of each where it stands."""

from __future__ import annotations

import difflib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from sq_graph.errors import InputError
from sq_graph.evidence.folding import fold
from sq_graph.evidence.sources import Source
from sq_graph.graph import Graph, Term
from sq_graph.table import Table
from sq_graph.vocab import shorten

_ALIKE = 0.75
"""From this likeness on, words on the page count as the phrase miswritten."""

_PLACES = """SELECT DISTINCT ?passage ?phrase ?work ?name ?page ?last ?first ?end ?digest ?pages {
  ?passage sq:inWork ?work ; sq:phrase ?phrase .
  OPTIONAL { ?work rdfs:label ?name } OPTIONAL { ?work bibo:pages ?pages }
  OPTIONAL { ?passage sq:pageLabel ?page } OPTIONAL { ?passage sq:lastPageLabel ?last }
  OPTIONAL { ?passage sq:firstLine ?first } OPTIONAL { ?passage sq:lastLine ?end }
  OPTIONAL { ?passage sq:sourceDigest ?digest } } ORDER BY STR(?work) ?first ?end STR(?passage)"""
_MARKERS = """SELECT DISTINCT ?thing ?marker ?passage {
  ?thing sq:hedgeMarker ?marker ; sq:reportedIn ?passage } ORDER BY STR(?thing) STR(?marker) STR(?passage)"""


class Outcome(IntEnum):
    """The five things that can be said of a phrase; 2 to 4 are findings.

    >>> Outcome.OTHER_PAGE.words, Outcome.NOT_HELD.is_finding
    ('on another page', False)
    """

    EXACT = 1
    OTHER_PAGE = 2
    OTHER_SOURCE = 3
    NEAR = 4
    NOT_HELD = 5

    @property
    def words(self) -> str:
        """The outcome in words."""
        return ("exact on the page", "on another page", "in another held source", "near match",
                "source not held")[self - 1]  # fmt: skip

    @property
    def is_finding(self) -> bool:
        """Whether something must be mended."""
        return self in (Outcome.OTHER_PAGE, Outcome.OTHER_SOURCE, Outcome.NEAR)


@dataclass(frozen=True)
class Place:
    """Where a passage is said to stand; `digest` tells whose lines are meant, `extent` the work's pages."""

    work: str
    work_name: str = ""
    page: str = ""
    last_page: str = ""
    first_line: int = 0
    last_line: int = 0
    digest: str = ""
    extent: str = ""

    @property
    def label(self) -> str:
        """The work and the page, as cited."""
        pages = f"pp. {self.page}–{self.last_page}" if self.last_page else f"p. {self.page}"
        return f"{self.work_name or self.work} {pages}" if self.page else self.work_name or self.work


@dataclass(frozen=True)
class Anchor:
    """Words to be looked up: a passage's phrase, or a hedge marker, which may stand in any of its passages."""

    thing: str
    phrase: str
    places: tuple[Place, ...]
    is_marker: bool = False


@dataclass(frozen=True)
class Finding:
    """What was found of one anchor: the outcome, the place it was looked up for, and what there is to say."""

    anchor: Anchor
    place: Place
    outcome: Outcome
    detail: str

    def __str__(self) -> str:
        kind = f"hedge marker of {shorten(self.anchor.thing)}, " if self.anchor.is_marker else ""
        return f'{self.place.label}: "{self.anchor.phrase}": {kind}{self.detail}'


@dataclass(frozen=True)
class Report:
    """Every finding, and the texts in which the phrases were looked up."""

    findings: tuple[Finding, ...]
    sources: tuple[Source, ...]

    @property
    def counts(self) -> dict[Outcome, int]:
        """How many phrases have each outcome."""
        found = Counter(finding.outcome for finding in self.findings)
        return {outcome: found[outcome] for outcome in Outcome}

    @property
    def rest(self) -> tuple[Finding, ...]:
        """All that is not exact on its page."""
        return tuple(finding for finding in self.findings if finding.outcome is not Outcome.EXACT)

    @property
    def exit_status(self) -> int:
        """1 if a phrase has outcome 2, 3 or 4, else 0."""
        return int(any(finding.outcome.is_finding for finding in self.findings))

    def lines(self) -> tuple[str, ...]:
        """The rest, one line each, and then the counts."""
        counts = (f"{outcome.value} {outcome.words}: {number}" for outcome, number in self.counts.items())
        return (*map(str, self.rest), *counts)

    def table(self) -> Table:
        """The rest as a table, with the counts as notes."""
        rows = tuple((f.outcome.words, f.place.label, f.anchor.phrase, f.detail) for f in self.rest)
        notes = tuple(f"{outcome.words}: {number}" for outcome, number in self.counts.items())
        return Table(("outcome", "place", "phrase", "what was found"), rows, "Phrases looked up", notes)

    def to_json(self) -> str:
        """Counts, sources and the rest as JSON."""
        body = {
            "checked": len(self.findings),
            "counts": {outcome.words: number for outcome, number in self.counts.items()},
            "sources": [{"file": s.name, "work": s.work, "digest": s.digest} for s in self.sources],
            "rest": [
                {"outcome": f.outcome.value, "words": f.outcome.words, "thing": f.anchor.thing,
                 "hedge_marker": f.anchor.is_marker, "work": f.place.work, "page": f.place.page,
                 "phrase": f.anchor.phrase, "detail": f.detail}
                for f in self.rest
            ],
        }  # fmt: skip
        return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def read_anchors(graph: Graph) -> tuple[Anchor, ...]:
    """The phrase of every passage in a graph, and every hedge marker with the passages in which it may stand."""
    places: dict[str, Place] = {}
    anchors: list[Anchor] = []
    for row in graph.select(_PLACES):
        passage = row["passage"].value
        if passage not in places:
            places[passage] = _place(row)
        anchors.append(Anchor(passage, row["phrase"].value, (places[passage],)))
    markers: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for row in graph.select(_MARKERS):
        if row["passage"].value in places:
            markers[row["thing"].value, row["marker"].value].append(places[row["passage"].value])
    anchors += [Anchor(thing, words, tuple(found), True) for (thing, words), found in markers.items()]
    return tuple(anchors)


def verify(anchors: Iterable[Anchor], sources: Sequence[Source]) -> Report:
    """Looks each anchor up in the sources; raises InputError if no source is known to be any of the works.

    >>> text = Source("a.txt", "sha256:0", ("Trust is a lubricant.", "Hope is not."), ("4", "5"), "work:a")
    >>> said = Anchor("passage:a", "hope is not", (Place("work:a", "A 1999", page="4"),))
    >>> print(*verify([said], [text]).rest)
    A 1999 p. 4: "hope is not": stands on p. 5
    """
    wanted = tuple(anchors)
    held = _matched(sources, wanted)
    if not any(source.work for source in held):
        names = ", ".join(source.name for source in sources)
        what = f"no passage of the map was read in {names}" if names else "no source was given"
        raise InputError(what, remedy="Give a source, and say with --work which work it is")
    found = []
    for anchor in wanted:
        each = [Finding(anchor, place, *_looked_up(anchor, place, held)) for place in anchor.places]
        found.append(min(each, key=lambda finding: finding.outcome))
    return Report(tuple(found), held)


def _matched(sources: Sequence[Source], anchors: Sequence[Anchor]) -> tuple[Source, ...]:
    """The sources, each with the work that most passages with its digest name."""
    works: dict[str, Counter[str]] = defaultdict(Counter)
    for anchor in anchors:
        for place in anchor.places:
            works[place.digest][place.work] += 1
    known = {digest: count.most_common(1)[0][0] for digest, count in works.items() if digest}
    return tuple(replace(source, work=known.get(source.digest, source.work)) for source in sources)


def _looked_up(anchor: Anchor, place: Place, held: Sequence[Source]) -> tuple[Outcome, str]:
    """The outcome of one place: its own work first, exactly and then nearly, then every other source."""
    own = [source for source in held if source.work == place.work]
    exact = [found for source in own if (found := _exact(anchor.phrase, place, source))]
    if exact:
        return min(exact)
    likeness, near = max((_near(anchor.phrase, place, source) for source in own), default=(0.0, ""))
    if likeness >= _ALIKE:
        return Outcome.NEAR, near
    for source in held:
        hits = source.find(anchor.phrase) if source.work != place.work else ()
        if hits:
            return Outcome.OTHER_SOURCE, f"misattributed: stands in {source.name}, {source.label(*hits[0])}"
    if outside := _outside(place):
        return Outcome.OTHER_PAGE, outside
    return (Outcome.NEAR, f"stands nowhere in the source; {near}") if near else (Outcome.NOT_HELD, "not held")


def _exact(phrase: str, place: Place, source: Source) -> tuple[Outcome, str] | None:
    """What can be said if the very words stand somewhere in the work; None if they do not."""
    numbered = place.digest == source.digest and place.first_line > 0
    inside = source.find(phrase, place.first_line, place.last_line) if numbered else source.find(phrase)
    for hit in inside:
        if _is_on_page(hit, place, source):
            return Outcome.EXACT, source.label(*hit)
    hits = inside or source.find(phrase)
    on_page = [hit for hit in hits if _is_on_page(hit, place, source)]
    if on_page:
        lines = f"not in lines {place.first_line}–{place.last_line}, but on line {on_page[0][0]}"
        return Outcome.NEAR, f"stands on the page, {lines}"
    where = dict.fromkeys(source.label(*hit) for hit in hits)
    return (Outcome.OTHER_PAGE, f"stands on {', '.join(where)}") if hits else None


def _is_on_page(hit: tuple[int, int], place: Place, source: Source) -> bool:
    """Whether words begin on the page named, or on one up to the last; true where no pages are known."""
    if not source.pages or not place.page:
        return True
    span = source.span(place.page, place.last_page)
    return span is not None and span[0] <= hit[0] <= span[1]


def _outside(place: Place) -> str:
    """What to say of a page that its work does not have, where the extent of the work is known; else ''."""
    first, _, last = place.extent.replace("–", "-").partition("-")
    if not (first.isdigit() and last.isdigit() and place.page.isdigit()):
        return ""
    if int(first) <= int(place.page) <= int(last):
        return ""
    return f"the work has pages {place.extent} only"


def _near(phrase: str, place: Place, source: Source) -> tuple[float, str]:
    """The words at the place that are most like the phrase: how like they are, and the difference shown."""
    span = source.span(place.page, place.last_page)
    if place.digest == source.digest and place.first_line:
        span = (place.first_line, place.last_line)
    text = source.whole.between(*span or (1, len(source.lines)))
    wanted, words = fold(phrase), text.split()
    size = len(wanted.split())
    matcher = difflib.SequenceMatcher(b=wanted, autojunk=False)
    best, found = 0.0, ""
    for window in _windows(words, size):
        matcher.set_seq1(window)
        if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best and matcher.ratio() > best:
            best, found = matcher.ratio(), window
    where = source.label(*span) if span and source.pages else "the source"
    return best, f'{where} has "{found}" ({_difference(wanted, found)})' if found else f"{where} has no text"


def _windows(words: Sequence[str], size: int) -> Iterator[str]:
    for length in (size, size - 1, size + 1):
        for start in range(max(1, len(words) - length + 1) if length > 0 else 0):
            yield " ".join(words[start : start + length])


def _difference(wanted: str, found: str) -> str:
    """The words that differ, as `wanted → found`.

    >>> _difference("a complete and reversible loss", "a complete and irreversible loss")
    'reversible → irreversible'
    """
    ours, theirs = wanted.split(), found.split()
    parts = []
    for kind, a, b, c, d in difflib.SequenceMatcher(a=ours, b=theirs, autojunk=False).get_opcodes():
        if kind != "equal":
            parts.append(f"{' '.join(ours[a:b]) or 'nothing'} → {' '.join(theirs[c:d]) or 'nothing'}")
    return "; ".join(parts) or "the same words"


def _place(row: dict[str, Term]) -> Place:
    said = {name: term.value for name, term in row.items()}
    return Place(
        work=said["work"],
        work_name=said.get("name", ""),
        page=said.get("page", ""),
        last_page=said.get("last", ""),
        first_line=_number(said.get("first", "")),
        last_line=_number(said.get("end", said.get("first", ""))),
        digest=said.get("digest", ""),
        extent=said.get("pages", ""),
    )


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0
