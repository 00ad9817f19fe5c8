"""Who holds a contribution, in which work, how firmly, and on which page that was read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from sq_graph.graph import Graph, Term
from sq_graph.model.facts import Facts, coded, facts, labels, text, texts
from sq_graph.vocab import SQ

Distance = Literal["read", "reported", "relayed", "curator's reading"]
_OWNER = ("sq:memberOf", "sq:cellOf", "sq:codes", "sq:dataSet", "qb:dataSet")
_ATTRIBUTION = (
    "sq:heldBy", "sq:possiblyHeldBy", "sq:attributionCertainty", "sq:statedIn", "sq:via", "sq:reportedIn",
    "sq:citation", "sq:basis", "sq:hedge", "sq:hedgeMarker", "sq:stance", "sq:reviewStatus",
)  # fmt: skip


@dataclass(frozen=True)
class Passage:
    """One stretch of a work that was read: where it stands, and a phrase by which it is found."""

    iri: str
    work: str
    page: str
    last_page: str
    page_basis: str
    first_line: int
    last_line: int
    phrase: str

    @property
    def pages(self) -> str:
        """The page or pages as cited: `p. 6` or `pp. 6–7`.

        >>> Passage("", "Phillips 2008", "6", "7", "inferred", 270, 310, "").pages
        'pp. 6–7'
        """
        return f"pp. {self.page}–{self.last_page}" if self.last_page else f"p. {self.page}"


@dataclass(frozen=True)
class Attribution:
    """Whose a contribution is and on what it rests; every name is a label, in the order of labels.

    `cited` holds the pages of the holder's own work as the passage names them.
    """

    thing: str
    holders: tuple[str, ...]
    possible_holders: tuple[str, ...]
    certainty: str
    stated_in: tuple[str, ...]
    via: tuple[str, ...]
    passages: tuple[Passage, ...]
    cited: tuple[str, ...]
    basis: str
    hedge: str
    markers: tuple[str, ...]
    stance: str
    review: str

    @property
    def distance(self) -> Distance:
        """How far the statement is from what was read."""
        if self.via:
            return "relayed"
        if self.basis == "read" and not self.holders and not self.possible_holders:
            return "curator's reading"
        read = {passage.work for passage in self.passages}
        return "read" if self.stated_in and read & set(self.stated_in) else "reported"

    @property
    def asserter(self) -> str:
        """Who holds it, with the works where they are named: `Room 1999`; open holders joined by `or`."""
        perhaps = _joined(self.possible_holders, " or ")
        if self.holders:
            certain = _joined(_with_work(self.holders, self.stated_in), " and ")
            return f"{certain} (perhaps {perhaps})" if perhaps else certain
        if perhaps:
            return perhaps
        return "curator" if self.basis == "read" or not self.passages else "nobody named"

    @property
    def pages(self) -> str:
        """The pages read: `p. 6`, or several with commas."""
        return ", ".join(dict.fromkeys(passage.pages for passage in self.passages))

    @property
    def firmness(self) -> str:
        """The hedge with its words: `hedged ("appear to be similar")`."""
        if not self.hedge:
            return ""
        quoted = ", ".join(f"“{marker}”" for marker in self.markers)
        return f"{self.hedge} ({quoted})" if quoted else self.hedge

    @property
    def source(self) -> str:
        """The whole chain in words: `Room 1999, as reported by Phillips 2008, p. 6`."""
        read = _joined(tuple(dict.fromkeys(passage.work for passage in self.passages)), " and ")
        place = f"{read}, {self.pages}" if read else "no passage"
        if self.distance == "curator's reading":
            return f"curator's reading of {place}"
        reading = " (curator's reading)" if self.basis == "read" else ""
        if self.distance == "read" or self.asserter == "nobody named":
            perhaps = f" (perhaps {_joined(self.possible_holders, ' or ')})" if self.possible_holders else ""
            return f"{place}{reading}{perhaps}"
        via = f" through {_joined(self.via, ' and ')}" if self.via else ""
        return f"{self.asserter}{via}, as reported by {place}{reading}"


def attributions(graph: Graph, things: Iterable[str]) -> dict[str, Attribution]:
    """The attribution of each thing that has one; members, cells and codings without their own take their whole's.

    >>> import sq_graph
    >>> rupture = "https://w3id.org/sq-graph/id/definition/room-1999-rupture"
    >>> attributions(sq_graph.open().graph, [rupture])[rupture].source
    'Room 1999, as reported by Phillips 2008, p. 6'
    """
    wanted = list(dict.fromkeys(things))
    known = facts(graph, wanted)
    owners = {thing: text(known[thing], name) for thing in known for name in _OWNER if name in known[thing]}
    known |= facts(graph, set(owners.values()) - set(known))
    borne = {thing: one for thing in wanted if (one := _borne(thing, known, owners)) and one.get("sq:reportedIn")}
    passages = _passages(graph, [iri for one in borne.values() for iri in texts(one, "sq:reportedIn")])
    citations = facts(graph, [iri for one in borne.values() for iri in texts(one, "sq:citation")])
    named = ("sq:heldBy", "sq:possiblyHeldBy", "sq:statedIn", "sq:via")
    names = labels(graph, [iri for one in borne.values() for name in named for iri in texts(one, name)])
    found = {}
    for thing, one in borne.items():
        people = {name: tuple(sorted(names[iri] for iri in texts(one, name))) for name in named}
        pages = sorted((p for iri in texts(one, "sq:reportedIn") if (p := passages.get(iri))), key=_place)
        found[thing] = Attribution(
            thing=thing,
            holders=people["sq:heldBy"],
            possible_holders=people["sq:possiblyHeldBy"],
            certainty=_value(text(one, "sq:attributionCertainty")),
            stated_in=people["sq:statedIn"],
            via=people["sq:via"],
            passages=tuple(pages),
            cited=tuple(
                page for iri in texts(one, "sq:citation") for page in texts(citations.get(iri, {}), "sq:citedPage")
            ),
            basis=_value(text(one, "sq:basis")),
            hedge=_value(text(one, "sq:hedge")),
            markers=texts(one, "sq:hedgeMarker"),
            stance=_value(text(one, "sq:stance")),
            review=_value(text(one, "sq:reviewStatus")),
        )
    return found


def _borne(thing: str, known: Mapping[str, Facts], owners: Mapping[str, str]) -> Facts:
    """What a thing says of its attribution; where it names no holder and no basis, its whole says the rest.

    A figure that was worked out here is the curator's, whoever holds the table in which it stands.
    """
    own = known.get(thing, {})
    if any(name in own for name in ("sq:heldBy", "sq:possiblyHeldBy", "sq:basis")):
        return own
    whole = known.get(owners.get(thing, ""), {})
    if text(own, "sq:figureStatus") == SQ + "figureStatus-derived":
        read: Facts = {"sq:basis": [Term("uri", SQ + "basis-read")], "sq:reportedIn": whole.get("sq:reportedIn", ())}
        return dict(read) | dict(own)
    return {name: terms for name, terms in whole.items() if name in _ATTRIBUTION} | dict(own)


def _passages(graph: Graph, iris: Iterable[str]) -> dict[str, Passage]:
    known = facts(graph, iris)
    works = labels(graph, [text(one, "sq:inWork") for one in known.values() if one.get("sq:inWork")])
    return {
        iri: Passage(
            iri=iri,
            work=works.get(text(one, "sq:inWork"), "unknown work"),
            page=text(one, "sq:pageLabel"),
            last_page=text(one, "sq:lastPageLabel"),
            page_basis=_value(text(one, "sq:pageBasis")),
            first_line=_number(text(one, "sq:firstLine")),
            last_line=_number(text(one, "sq:lastLine")),
            phrase=text(one, "sq:phrase"),
        )
        for iri, one in known.items()
    }


def _with_work(holders: tuple[str, ...], works: tuple[str, ...]) -> tuple[str, ...]:
    """The works alone where they name their authors already, else the holders."""
    return works if works else holders


def _joined(names: tuple[str, ...], last: str) -> str:
    return last.join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _value(iri: str) -> str:
    return coded(iri) if iri else ""


def _number(written: str) -> int:
    return int(written) if written.isdigit() else 0


def _place(passage: Passage) -> tuple[str, int, int]:
    return passage.work, passage.first_line, passage.last_line
