"""Typologies side by side: which category answers to which, who says so, how firmly, on which page.

A collective alignment stays one row; what holds of a union is never shown as holding of a member.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from sq_graph.graph import Graph
from sq_graph.model import WORDS
from sq_graph.model.attribution import Attribution, attributions
from sq_graph.model.entities import Category, Typology
from sq_graph.model.facts import (
    code,
    facts,
    grouped,
    iris,
    join_names,
    labels,
    linked,
    texts,
    values,
)
from sq_graph.table import Table
from sq_graph.vocab import expand

NONE_STATED = "none stated"
ONLY_TOGETHER = "only together"
_CREDIT: Mapping[str, Callable[[Attribution], str]] = {
    "hedge": attrgetter("hedge"),
    "hedge words": lambda credit: "; ".join(credit.markers),
    "holder": attrgetter("asserter"),
    "read in": lambda credit: join_names(credit.read_in, " and "),
    "page": attrgetter("page"),
    "distance": attrgetter("distance"),
    "basis": attrgetter("basis"),
}
RECORD_COLUMNS = ("subjects", "relation", "objects", "collective", *_CREDIT, "iri")
RELATIONS = WORDS["relations"]
"""Our words for a relation in tables and pictures, where the label alone would not tell."""
_PREFIX = {"sq:Alignment": "", "sq:DeniedAlignment": "denied: ", "sq:UndrawnAlignment": "undrawn: "}


@dataclass(frozen=True)
class Link:
    """One correspondence: each end as its members (several where a union), drawn, denied or
    undrawn.
    """

    iri: str
    kind: str
    subjects: tuple[str, ...]
    relation: str
    objects: tuple[str, ...]
    attribution: Attribution | None

    @property
    def ends(self) -> tuple[str, ...]:
        """Everything that it links."""
        return self.subjects + self.objects

    @property
    def collective(self) -> bool:
        """Whether an end is a union, taken together."""
        return len(self.subjects) > 1 or len(self.objects) > 1

    @property
    def is_reading(self) -> bool:
        """Whether we read it into what its holder says."""
        credit = self.attribution
        return credit is not None and credit.basis == "read" and not self.is_ours

    @property
    def is_ours(self) -> bool:
        """Whether it is an interpretation of the map's own authors, which no author is made to
        hold.
        """
        return self.attribution is not None and self.attribution.distance == "our interpretation"

    @property
    def is_undrawn(self) -> bool:
        """Whether nobody draws it, and we only warn of it."""
        return self.kind == "sq:UndrawnAlignment"

    def is_asked(self, undrawn: bool, readings: bool) -> bool:
        """Whether who asks for undrawn ones, or for what we read into a text, or not, sees it."""
        return undrawn if self.is_undrawn else readings or not self.is_reading

    @property
    def says(self) -> str:
        """Its relation in words, with what tells that nobody draws it."""
        return _PREFIX.get(self.kind, "") + RELATIONS.get(self.relation, self.relation)

    @property
    def ways(self) -> tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...]:
        """It read forwards and backwards: the near end, the arrow, the far end."""
        return (self.subjects, "→", self.objects), (self.objects, "←", self.subjects)

    def is_between(self, owner: Mapping[str, int]) -> bool:
        """Whether it runs between several typologies; `owner` gives the number of each category's.

        A union may have members in several of them.
        """
        return None not in (of := {owner.get(iri) for iri in self.ends}) and len(of) > 1


_Outward = tuple[Link, tuple[str, ...], str]
"""A link to a thing outside, its end within, and the arrow from there."""


def read_links(graph: Graph, undrawn: bool = False, readings: bool = False) -> tuple[Link, ...]:
    """Every correspondence of the graph, with what a category denotes among them.

    Undrawn ones (warnings) and those that we read into a text come only when asked for; a match
    that the authors of the map draw themselves is always there, and says whose it is.
    """
    kinds = {expand(kind): kind for kind in _PREFIX}
    query = f"SELECT DISTINCT ?link {{ VALUES ?kind {{ {values(kinds)} }} ?link a ?kind }}"
    known = facts(graph, iris(graph, query))
    ends = facts(graph, linked(known, "sq:subject", "sq:object"))
    unions = {iri: texts(one, "skos:member") for iri, one in ends.items()}
    denoting = "?s sq:denotes ?o . ?o sq:memberOf ?other . ?s sq:memberOf ?own"
    denoted = grouped(graph, f"SELECT DISTINCT ?s ?o {{ {denoting} }}")
    credits = attributions(graph, [*known, *denoted])
    found = [
        Link(s, "sq:denotes", (s,), "names this category", (o,), credits.get(s))
        for s, others in denoted.items()
        for o in others
    ]
    for iri, one in known.items():
        kind = next(kinds[name] for name in texts(one, "rdf:type") if name in kinds)
        subjects, objects = (
            tuple(member for end in texts(one, name) for member in unions.get(end) or (end,))
            for name in ("sq:subject", "sq:object")
        )
        found.append(Link(iri, kind, subjects, code(one, "sq:relation"), objects, credits.get(iri)))
    asked = [one for one in found if one.is_asked(undrawn, readings)]
    return tuple(sorted(asked, key=attrgetter("iri")))


def compare_typologies(
    graph: Graph, typologies: Sequence[Typology], undrawn: bool = False, readings: bool = False
) -> Table:
    """One row a category of the first typology in its order, then the others' unmatched ones, a
    column each.
    """
    owner = {
        iri: place
        for place, one in enumerate(typologies)
        for iri in (one.iri, *(category.iri for category in one.categories))
    }
    everything = [_in_order(link, list(owner)) for link in read_links(graph, True, True)]
    every = [link for link in everything if link.is_asked(undrawn, readings)]
    links, thirds = [link for link in every if link.is_between(owner)], common_thirds(every, owner)
    hidden = [link for link in everything if link not in every and link.is_between(owner)]
    shown = [*links, *(link for meeting in thirds.values() for link, *_ in meeting)]
    names = labels(graph, {*owner, *(iri for link in shown for iri in link.ends)})
    sheet = _Grid(typologies, links, names, attributions(graph, owner))
    ways = [(near, far) for link in links for near, _, far in link.ways]

    def group_of(iri: str, column: int) -> str | None:
        """The heading over a row; None where rows above show all that it would."""
        facing = {owner[one] for near, far in ways if iri in far for one in near}
        if not facing or min(facing) >= column:
            return f"Not matched above: {typologies[column].label}" if column else ""
        is_more = max(facing) > column
        return f"Matched with later ones too: {typologies[column].label}" if is_more else None

    rows: list[tuple[str, tuple[str, ...]]] = []
    for column, one in enumerate(typologies):
        is_said = any(one.iri in link.ends for link in links)
        if is_said and group_of(one.iri, column) is not None:
            rows.append(("The typologies as wholes", sheet.whole_row(one, column)))
    for column, one in enumerate(typologies):
        for category in one.categories:
            if (group := group_of(category.iri, column)) is not None:
                rows += [(group, row) for row in sheet.rows_of(category, column)]
    for target, meeting in thirds.items():
        group = f"Brought together under “{names[target]}”, not matched with each other"
        rows.append((group, sheet.meeting_row(meeting, owner)))
    return Table(
        columns=tuple(map(_heading, typologies)),
        rows=tuple(row for _, row in rows),
        caption=" · ".join(typology.label for typology in typologies),
        notes=_notes(typologies, links, hidden),
        groups=tuple(group for group, _ in rows),
        records=Table(RECORD_COLUMNS, tuple(_record(link, names) for link in shown)),
    )


@dataclass(frozen=True)
class _Grid:
    """Lays links out as cells."""

    typologies: Sequence[Typology]
    links: Sequence[Link]
    names: Mapping[str, str]
    credits: Mapping[str, Attribution]

    def rows_of(self, category: Category, column: int) -> list[tuple[str, ...]]:
        """The row of a category, and after the last member of a union, the row of that union."""
        every = {end for link in self.links for end in (link.subjects, link.objects)}
        unions = sorted(end for end in every if len(end) > 1 and end[-1] == category.iri)
        return [
            tuple(
                self._own_cell(category, end) if place == column else self._cell(end, typology)
                for place, typology in enumerate(self.typologies)
            )
            for end in ((category.iri,), *unions)
        ]

    def whole_row(self, typology: Typology, column: int) -> tuple[str, ...]:
        """The row of what is said of a typology itself, not of its categories."""
        return tuple(
            typology.label if place == column else self._cell((typology.iri,), other)
            for place, other in enumerate(self.typologies)
        )

    def meeting_row(self, meeting: Iterable[_Outward], owner: Mapping[str, int]) -> tuple[str, ...]:
        """A row for links that meet in one third concept, each under its own typology."""
        cells: list[list[str]] = [[] for _ in self.typologies]
        for link, near, arrow in meeting:
            cells[owner[near[0]]].append(f"{self._together(near)}\n{_claim(link, arrow)}")
        return tuple("\n".join(cell) or NONE_STATED for cell in cells)

    def _own_cell(self, category: Category, end: Sequence[str]) -> str:
        if len(end) > 1:
            return self._together(end)
        rank = f"{category.rank}. " if category.rank is not None else ""
        marks = ", ".join(category.marks).replace("-", " ")
        credit = self.credits.get(category.iri)
        place = f"\nin {credit.place}" if credit and credit.place else ""
        return f"{rank}{category.label}{f' [{marks}]' if marks else ''}{place}"

    def _cell(self, end: Sequence[str], typology: Typology) -> str:
        """What faces an end in a typology, or that it does so only in a union, or that nothing is
        stated.
        """
        there = {typology.iri, *(each.iri for each in typology.categories)}
        facing = [(link, *way) for link in self.links for way in link.ways if there & {*way[2]}]
        lines = [
            f"{self._together(far)}\n{_claim(link, arrow)}"
            for link, near, arrow, far in facing
            if near == end
        ]
        in_union = any(set(end) < set(near) for _, near, _, _ in facing)
        return "\n".join(lines) or (ONLY_TOGETHER if in_union else NONE_STATED)

    def _together(self, end: Iterable[str]) -> str:
        named = [self.names[iri] for iri in end]
        return " + ".join(named) + (", together" if len(named) > 1 else "")


def _claim(link: Link, arrow: str) -> str:
    """The relation, its hedge, and who says so where: the second part of a cell."""
    credit = link.attribution
    firmness = f", {credit.firmness}" if credit and credit.firmness else ""
    return f"{arrow} {link.says}{firmness}" + (f"\n{credit.source}" if credit else "")


def _in_order(link: Link, order: Sequence[str]) -> Link:
    """The link with the members of each end in the order of their typology."""
    places = {iri: place for place, iri in enumerate(order)}
    subjects, objects = (
        tuple(sorted(end, key=lambda iri: (places.get(iri, -1), iri)))
        for end in (link.subjects, link.objects)
    )
    return replace(link, subjects=subjects, objects=objects)


def common_thirds(links: Iterable[Link], owner: Mapping[str, int]) -> dict[str, list[_Outward]]:
    """Drawn links between categories of at least two of the typologies and one third concept, by
    that concept.
    """
    meeting: dict[str, list[_Outward]] = {}
    for link in links:
        for near, arrow, far in link.ways:
            is_outward = len(far) == 1 and far[0] not in owner and set(near) <= set(owner)
            if is_outward and link.kind == "sq:Alignment":
                meeting.setdefault(far[0], []).append((link, near, arrow))
    return {
        third: found
        for third, found in meeting.items()
        if len({owner[one] for _, near, _ in found for one in near}) > 1
    }


def _record(link: Link, names: Mapping[str, str]) -> tuple[str | bool, ...]:
    ends = [" + ".join(names[iri] for iri in end) for end in (link.subjects, link.objects)]
    credit = link.attribution
    said = (cell(credit) if credit else "" for cell in _CREDIT.values())
    return ends[0], link.says, ends[1], link.collective, *said, link.iri


def _heading(typology: Typology) -> str:
    order = ", ".join(part for part in ("ordered", typology.ordered_by) if part)
    return f"{typology.label} ({order if typology.ordered else 'unordered'})"


def credits_of(typologies: Iterable[Typology]) -> list[str]:
    """Where each typology was read, and its hedge unless it is asserted."""
    lines = []
    for one in typologies:
        if credit := one.attribution:
            hedge = "" if credit.hedge in ("", "asserted") else f"; {credit.firmness}"
            lines.append(f"{one.label}: {credit.source}{hedge}.")
    return lines


def _notes(
    typologies: Sequence[Typology], links: Iterable[Link], hidden: Sequence[Link]
) -> tuple[str, ...]:
    lines = credits_of(typologies)
    if any(link.is_reading or link.is_ours for link in links):
        lines.append("Our interpretations are not those of the authors.")
    arrows = "→ from the row to the column, ← the other way"
    lines.append(f"{arrows}; “{NONE_STATED}”: no work read draws or denies a match.")
    if undrawn := sum(link.is_undrawn for link in hidden):
        what = "match that nobody proposes" if undrawn == 1 else "matches that nobody proposes"
        lines.append(f"Not shown: {undrawn} {what} (option undrawn).")
    if readings := len(hidden) - undrawn:
        what = "interpretation" if readings == 1 else "interpretations"
        lines.append(f"Not shown: {readings} {what} of our own (option readings).")
    return tuple(lines)
