"""Who holds a contribution, in which work, how firmly, and on which page that was read."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Literal

from sq_graph.graph import Graph, Term
from sq_graph.model import WORDS
from sq_graph.model.facts import Facts, code, facts, join_names, linked, number, refs, text, texts
from sq_graph.model.second_readings import checked_statements
from sq_graph.vocab import BASE, SQ, BriefRepr, Ref

Distance = Literal["read", "reported", "relayed", "our interpretation"]
DISTANCES = WORDS["distances"]
"""Each distance in words for readers."""
_CHAIN = ("sq:heldBy", "sq:possiblyHeldBy", "sq:statedIn", "sq:via")
_PROPERTIES = (
    *_CHAIN,
    "sq:reportedIn",
    "sq:basis",
    "sq:hedge",
    "sq:hedgeMarker",
    "sq:reviewStatus",
    "sq:figureStatus",
    "dcterms:creator",
)
"""The properties from which an attribution is built."""
EDITORS = "the editors of sq-graph"
"""The authors of the interpretations in the packaged map."""
_PART_OF = ("sq:memberOf", "sq:cellOf", "sq:codes", "sq:dataSet", "qb:dataSet")


def in_quotes(phrase: str) -> str:
    """A phrase in quotation marks; one that already has them is left as it is.

    >>> in_quotes("state of affairs"), in_quotes('"glue"')
    ('“state of affairs”', '"glue"')
    """
    has_own = len(phrase) > 1 and phrase[0] in "\"“‘„«'" and phrase[-1] in "\"”’“»'"
    return phrase if has_own else f"“{phrase}”"


def page_label(first: str, last: str = "") -> str:
    """Pages as they are cited; the line, for a text without pages.

    >>> page_label("6"), page_label("6", "7"), page_label("l.12")
    ('p. 6', 'pp. 6–7', 'line 12')
    >>> page_label("xiv"), page_label("unpaged")
    ('p. xiv', 'unpaged')
    """
    if first.startswith("l.") and not last:
        return f"line {first[2:]}"
    if first.isalpha() and len(first) > 3 and set(first) - set("ivxlcdm"):
        return first
    return f"pp. {first}–{last}" if last else f"p. {first}"


@dataclass(frozen=True)
class Passage:
    """A passage of a work that was read: its location, and a phrase by which it is found."""

    iri: str
    work: Ref
    page: str
    last_page: str
    page_basis: str
    first_line: int
    last_line: int
    phrase: str
    section: str = ""
    paragraph: int | None = None

    @property
    def pages(self) -> str:
        """The place as cited: `p. 6`, `pp. 6–7`, or without pages `section “Remarks”, para. 2`."""
        if self.page:
            return page_label(self.page, self.last_page)
        if not self.section:
            return "no page"
        place = f"section “{self.section}”"
        return place if self.paragraph is None else f"{place}, para. {self.paragraph}"


@dataclass(frozen=True, repr=False)
class Attribution(BriefRepr):
    """Who holds a contribution and on what this rests; the names are references in the order of
    their labels.
    """

    thing: str
    holders: tuple[Ref, ...]
    possible_holders: tuple[Ref, ...]
    stated_in: tuple[Ref, ...]
    via: tuple[Ref, ...]
    passages: tuple[Passage, ...]
    basis: str
    hedge: str
    markers: tuple[str, ...]
    review: str
    curator: str = ""

    def __str__(self) -> str:
        return self.source

    @property
    def distance(self) -> Distance:
        """How far the statement is from what was read."""
        if self.via:
            return "relayed"
        if self.basis == "read" and not self.holders and not self.possible_holders:
            return "our interpretation"
        return "read" if set(self.read_in) & set(self.stated_in) else "reported"

    @property
    def asserter(self) -> str:
        """Who holds it, by works where these are named: `Room 1999`; possible holders are joined
        by `or`.
        """
        possible = join_names(self.possible_holders, " or ")
        if self.holders:
            certain = join_names(self.stated_in or self.holders, " and ")
            return f"{certain} (perhaps {possible})" if possible else certain
        if possible:
            return possible
        return self.interpretation if self.basis == "read" or not self.passages else "nobody named"

    @property
    def interpretation(self) -> str:
        """Whose interpretation it is where nobody holds it: `our interpretation (Jana Novak)`."""
        return f"our interpretation ({self.curator})" if self.curator else "our interpretation"

    @property
    def pages(self) -> str:
        """The pages read: `p. 6`, or several with commas."""
        return ", ".join(dict.fromkeys(passage.pages for passage in self.passages))

    @property
    def page(self) -> str:
        """The pages read, for a table column: `6`, `6–7`; with their works where several were
        read.
        """
        if len(self.read_in) > 1:
            return self.place
        pages = (p.pages.removeprefix("p. ").removeprefix("pp. ") for p in self.passages)
        return ", ".join(dict.fromkeys(pages))

    @property
    def read_in(self) -> tuple[Ref, ...]:
        """The works that were read for it, in the order of its passages."""
        return tuple(dict.fromkeys(passage.work for passage in self.passages))

    @property
    def read_works(self) -> str:
        """The works that were read for it, in words."""
        return join_names(self.read_in, " and ")

    @property
    def place(self) -> str:
        """Each work that was read, with its own pages: `Phillips 2008, p. 6`; '' without a
        passage.
        """
        return join_names([f"{work}, {self._pages_in(work)}" for work in self.read_in], "; ")

    def cited(self, subject: str = "") -> str:
        """Who says it (and of what, if named), and the work that was read, with its pages in
        brackets.

        As in `Room 1999, as reported by Phillips 2008 (p. 6)`, or `Phillips 2008 on rupture (p.
        6)`.
        """
        places = [f"{work} ({self._pages_in(work)})" for work in self.read_in]
        read = join_names(places, " and ") or "no passage"
        if self.distance == "read" and self.read_in == self.stated_in and len(self.read_in) == 1:
            return f"{self.asserter}{subject} ({self._pages_in(self.read_in[0])})"
        if self.distance == "read" or self.asserter == "nobody named":
            return f"{self.asserter}{subject}, in {read}"
        return self._credited(read, subject)

    @property
    def firmness(self) -> str:
        """The hedge with its words: `hedged (“appear to be similar”)`."""
        quoted = ", ".join(f"“{marker}”" for marker in self.markers)
        return f"{self.hedge} ({quoted})" if self.hedge and quoted else self.hedge

    @cached_property
    def source(self) -> str:
        """The whole chain in words: `Room 1999, as reported by Phillips 2008, p. 6`."""
        return self._credited(self.place or "no passage")

    def _credited(self, place: str, subject: str = "") -> str:
        if self.distance == "our interpretation":
            return self.interpretation + (f" of {place}{subject}" if self.passages else subject)
        reading = f"; {self.interpretation}" if self.basis == "read" else ""
        if self.distance == "read" or self.asserter == "nobody named":
            possible = join_names(self.possible_holders, " or ")
            return f"{place}{reading}" + (f" (perhaps {possible})" if possible else "")
        via = f" through {join_names(self.via, ' and ')}" if self.via else ""
        return f"{self.asserter}{subject}{via}, as reported by {place}{reading}"

    def _pages_in(self, work: Ref) -> str:
        pages = (passage.pages for passage in self.passages if passage.work == work)
        return ", ".join(dict.fromkeys(pages))


def credit_text(credit: Attribution | None) -> str:
    """The source of a statement, with its firmness unless it is asserted."""
    if credit is None:
        return ""
    return credit.source + (f"; {credit.firmness}" if credit.hedge not in ("", "asserted") else "")


def attributions(graph: Graph, things: Iterable[str]) -> dict[str, Attribution]:
    """The attribution of each thing that has one; members, cells and codings without one take that
    of the whole to which they belong.

    >>> import sq_graph
    >>> rupture = "https://w3id.org/sq-graph/id/definition/room-1999-rupture"
    >>> attributions(sq_graph.open().graph, [rupture])[rupture].source
    'Room 1999, as reported by Phillips 2008, p. 6'
    """
    unique_things = list(dict.fromkeys(things))
    entries = facts(graph, unique_things, (*_PROPERTIES, *_PART_OF))
    wholes = {iri: text(entry, p) for iri, entry in entries.items() for p in _PART_OF if p in entry}
    entries |= facts(graph, set(wholes.values()) - set(entries), _PROPERTIES)
    attributed = {
        thing: entry
        for thing in unique_things
        if (entry := _completed(entries.get(thing, {}), entries.get(wholes.get(thing, ""), {})))
        and (entry.get("sq:reportedIn") or code(entry, "sq:basis") == "read")
    }
    statement_of = {thing: wholes.get(thing, thing) for thing in attributed}
    statements = set(statement_of.values())  # an empty set would select every reading of the map
    checked = checked_statements(graph, statements) if statements else frozenset()
    passages = _passages(graph, linked(attributed, "sq:reportedIn"))
    names = refs(graph, linked(attributed, *_CHAIN))
    credits = {}
    for thing, entry in attributed.items():
        holders, possible, stated_in, via = (
            tuple(sorted(names[iri] for iri in texts(entry, name))) for name in _CHAIN
        )
        read_passages = [passages[iri] for iri in texts(entry, "sq:reportedIn") if iri in passages]
        read_passages.sort(key=attrgetter("work.label", "first_line", "last_line"))
        credits[thing] = Attribution(
            thing,
            holders,
            possible,
            stated_in,
            via,
            passages=tuple(read_passages),
            basis=code(entry, "sq:basis"),
            hedge=code(entry, "sq:hedge"),
            markers=texts(entry, "sq:hedgeMarker"),
            review=_review(code(entry, "sq:reviewStatus"), statement_of[thing] in checked),
            curator=text(entry, "dcterms:creator") or (EDITORS if thing.startswith(BASE) else ""),
        )
    return credits


def _completed(part: Facts, whole: Facts) -> Facts:
    """The statements of a part about its attribution; where it names no holder and no basis, they
    are completed from its whole.

    A derived figure is our interpretation, whoever holds the table that it belongs to.
    """
    if any(name in part for name in ("sq:heldBy", "sq:possiblyHeldBy", "sq:basis")):
        return part
    if code(part, "sq:figureStatus") == "derived":
        basis, places = [Term("uri", SQ + "basis-read")], whole.get("sq:reportedIn", ())
        whole = {"sq:basis": basis, "sq:reportedIn": places}
    return {**whole, **part}


def _review(status: str, is_checked: bool) -> str:
    """The review status of a statement: second-read while a second reading matches its content."""
    if status not in ("draft", "second-read"):
        return status
    return "second-read" if is_checked else "draft"


def _passages(graph: Graph, iris: Iterable[str]) -> dict[str, Passage]:
    entries = facts(graph, iris)
    works = refs(graph, linked(entries, "sq:inWork"))
    unpaged = (entry for entry in entries.values() if "sq:pageLabel" not in entry)
    sections = refs(graph, filter(None, [text(entry, "sq:section") for entry in unpaged]))
    return {
        iri: Passage(
            iri,
            works.get(text(passage, "sq:inWork"), Ref("", "unknown work")),
            text(passage, "sq:pageLabel"),
            text(passage, "sq:lastPageLabel"),
            code(passage, "sq:pageBasis"),
            number(passage, "sq:firstLine") or 0,
            number(passage, "sq:lastLine") or 0,
            text(passage, "sq:phrase"),
            str(sections.get(text(passage, "sq:section"), "")),
            number(passage, "sq:paragraph"),
        )
        for iri, passage in entries.items()
    }
