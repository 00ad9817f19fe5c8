"""Typologies side by side: which category answers to which, who says so, how firmly, on which page.

A collective alignment stays one row; what holds of a union is never shown as holding of a member.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sq_graph.graph import Graph
from sq_graph.model.attribution import Attribution, attributions
from sq_graph.model.facts import Facts, coded, facts, labels, text, texts
from sq_graph.model.things import Category, Typology
from sq_graph.table import Table

NONE_STATED = "none stated"
ONLY_TOGETHER = "only together"
RECORD_COLUMNS = (
    "subjects", "relation", "objects", "collective", "hedge", "marker", "asserter", "page", "distance", "basis",
)  # fmt: skip
_PREFIX = {"sq:Alignment": "", "sq:DeniedAlignment": "denied: ", "sq:UndrawnAlignment": "undrawn: "}


@dataclass(frozen=True)
class Link:
    """One correspondence: each end as its members (several where a union), drawn, denied or undrawn."""

    iri: str
    kind: str
    subjects: tuple[str, ...]
    relation: str
    objects: tuple[str, ...]
    attribution: Attribution | None

    @property
    def collective(self) -> bool:
        """Whether an end is a union, taken together."""
        return len(self.subjects) > 1 or len(self.objects) > 1

    @property
    def is_reading(self) -> bool:
        """Whether only a curator draws it."""
        return self.attribution is not None and self.attribution.basis == "read"

    def other_end(self, end: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
        """The arrow and the members of the end that faces `end`; None if it does not touch `end`."""
        if set(self.subjects) == set(end):
            return "→", self.objects
        if set(self.objects) == set(end):
            return "←", self.subjects
        return None


def read_links(graph: Graph, undrawn: bool = False, readings: bool = False) -> tuple[Link, ...]:
    """Every correspondence of the graph, with what a category denotes among them.

    Undrawn ones (a curator's warnings) and those that only a curator draws come only when asked for.
    """
    kinds = [kind for kind in _PREFIX if undrawn or kind != "sq:UndrawnAlignment"]
    query = f"SELECT DISTINCT ?link {{ VALUES ?kind {{ {' '.join(kinds)} }} ?link a ?kind }}"
    known = facts(graph, [row["link"].value for row in graph.select(query)])
    ends = [iri for one in known.values() for name in ("sq:subject", "sq:object") for iri in texts(one, name)]
    unions = {iri: texts(one, "skos:member") for iri, one in facts(graph, ends).items() if "skos:member" in one}
    credits = attributions(graph, known)
    found = [
        Link(
            iri=iri,
            kind=next(kind for kind in kinds if any(str(term) == kind for term in one["rdf:type"])),
            subjects=_members(one, "sq:subject", unions),
            relation=coded(text(one, "sq:relation")),
            objects=_members(one, "sq:object", unions),
            attribution=credits.get(iri),
        )
        for iri, one in known.items()
    ]
    found += _denoted(graph)
    asked = [link for link in found if readings or not link.is_reading or link.kind == "sq:UndrawnAlignment"]
    return tuple(sorted(asked, key=lambda link: link.iri))


def compare_typologies(
    graph: Graph, typologies: Sequence[Typology], undrawn: bool = False, readings: bool = False
) -> Table:
    """One row a category of the first typology in its order, then the others' unmatched ones, a column each."""
    owner = {category.iri: index for index, one in enumerate(typologies) for category in one.categories}
    every = [_in_order(link, list(owner)) for link in read_links(graph, undrawn, readings)]
    links, third = [link for link in every if _within(link, owner)], _common_thirds(every, owner)
    names = labels(graph, {iri for link in [*links, *third] for iri in (*link.subjects, *link.objects)} | set(owner))
    sheet = _Sheet(typologies, links, names, attributions(graph, owner))
    rows = [row for category in typologies[0].categories for row in sheet.rows_of(category, 0)]
    groups = [""] * len(rows)
    for index, typology in enumerate(typologies[1:], start=1):
        for category in typology.categories:
            if sheet.is_placed(category.iri):
                continue
            more = sheet.rows_of(category, index)
            rows += more
            groups += [f"Not matched above: {typology.label}"] * len(more)
    for target, meeting in _by_target(third).items():
        rows.append(sheet.meeting_row(meeting, owner))
        groups.append(f"Brought together under “{names[target]}”, not matched with each other")
    return Table(
        columns=tuple(_heading(typology) for typology in typologies),
        rows=tuple(rows),
        caption=" · ".join(typology.label for typology in typologies),
        notes=_notes(typologies, links),
        groups=tuple(groups),
        records=_records([*links, *third], names),
    )


@dataclass(frozen=True)
class _Sheet:
    """Lays links out as cells."""

    typologies: Sequence[Typology]
    links: Sequence[Link]
    names: Mapping[str, str]
    credits: Mapping[str, Attribution]

    def rows_of(self, category: Category, column: int) -> list[tuple[str, ...]]:
        """The row of a category, and after the last member of a union, the row of that union."""
        rows = [self._row([category.iri], column)]
        for union in self._unions(column):
            in_order = [each.iri for each in self.typologies[column].categories if each.iri in union]
            if in_order[-1] == category.iri:
                rows.append(self._row(in_order, column))
        return rows

    def is_placed(self, category: str) -> bool:
        """Whether a category stands in a cell of the first typology's rows, alone or in a union."""
        first = {each.iri for each in self.typologies[0].categories}
        return any(
            (category in link.objects and first & set(link.subjects))
            or (category in link.subjects and first & set(link.objects))
            for link in self.links
        )

    def meeting_row(self, meeting: Sequence[Link], owner: Mapping[str, int]) -> tuple[str, ...]:
        """A row for links that meet in one third concept, each under its own typology."""
        cells: list[list[str]] = [[] for _ in self.typologies]
        for link in meeting:
            cells[owner[link.subjects[0]]].append(f"{self._joined(link.subjects)}\n{_claim(link, '→')}")
        return tuple("\n".join(cell) or NONE_STATED for cell in cells)

    def _unions(self, column: int) -> list[frozenset[str]]:
        here = {each.iri for each in self.typologies[column].categories}
        ends = [frozenset(end) for link in self.links for end in (link.subjects, link.objects) if len(end) > 1]
        return sorted({end for end in ends if end <= here}, key=sorted)

    def _row(self, end: Sequence[str], column: int) -> tuple[str, ...]:
        cells = []
        for index, typology in enumerate(self.typologies):
            cells.append(self._own_cell(end, column) if index == column else self._cell(end, typology))
        return tuple(cells)

    def _own_cell(self, end: Sequence[str], column: int) -> str:
        if len(end) > 1:
            return f"{self._joined(end)}, together"
        category = next(each for each in self.typologies[column].categories if each.iri == end[0])
        rank = f"{category.rank}. " if category.rank is not None else ""
        marks = f" [{', '.join(mark.replace('-', ' ') for mark in category.marks)}]" if category.marks else ""
        credit = self.credits.get(category.iri)
        return f"{rank}{category.label}{marks}" + (f"\n{credit.pages}" if credit and credit.passages else "")

    def _cell(self, end: Sequence[str], typology: Typology) -> str:
        there = {each.iri for each in typology.categories}
        lines = []
        for link in self.links:
            facing = link.other_end(end)
            if facing and set(facing[1]) <= there:
                together = ", together" if len(facing[1]) > 1 else ""
                lines.append(f"{self._joined(facing[1])}{together}\n{_claim(link, facing[0])}")
        if lines:
            return "\n".join(lines)
        return ONLY_TOGETHER if self._in_union_with(end, there) else NONE_STATED

    def _in_union_with(self, end: Sequence[str], there: set[str]) -> bool:
        """Whether `end` is a member of a union that is aligned with something in `there`."""
        return any(
            (set(end) < set(link.subjects) and set(link.objects) <= there)
            or (set(end) < set(link.objects) and set(link.subjects) <= there)
            for link in self.links
        )

    def _joined(self, end: Iterable[str]) -> str:
        return " + ".join(self.names[iri] for iri in end)


def _claim(link: Link, arrow: str) -> str:
    """The relation, its hedge, and who says so where: the second part of a cell."""
    credit = link.attribution
    relation = f"{arrow} {_PREFIX.get(link.kind, '')}{link.relation}"
    if credit is None:
        return relation
    firmness = f", {credit.firmness}" if credit.firmness else ""
    return f"{relation}{firmness}\n{credit.source}"


def _in_order(link: Link, order: Sequence[str]) -> Link:
    """The link with the members of each end in the order of their typology."""
    places = {iri: place for place, iri in enumerate(order)}
    subjects, objects = (
        tuple(sorted(end, key=lambda iri: (places.get(iri, -1), iri))) for end in (link.subjects, link.objects)
    )
    return replace(link, subjects=subjects, objects=objects)


def _members(one: Facts, name: str, unions: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(member for iri in texts(one, name) for member in unions.get(iri, (iri,)))


def _denoted(graph: Graph) -> list[Link]:
    """What a category of one typology denotes in another, as links of their own kind."""
    query = "SELECT DISTINCT ?s ?o { ?s sq:denotes ?o . ?o sq:memberOf ?other . ?s sq:memberOf ?own }"
    pairs = [(row["s"].value, row["o"].value) for row in graph.select(query)]
    credits = attributions(graph, [subject for subject, _ in pairs])
    return [Link(s, "sq:denotes", (s,), "names this category", (o,), credits.get(s)) for s, o in pairs]


def _within(link: Link, owner: Mapping[str, int]) -> bool:
    """Whether the link runs between categories of two different typologies of the comparison."""
    ends = [{owner.get(iri) for iri in end} for end in (link.subjects, link.objects)]
    return all(len(end) == 1 and None not in end for end in ends) and ends[0] != ends[1]


def _common_thirds(links: Iterable[Link], owner: Mapping[str, int]) -> list[Link]:
    """Drawn links from categories of at least two of the typologies to one and the same third concept."""
    outward = [
        link
        for link in links
        if link.kind == "sq:Alignment" and len(link.objects) == 1 and link.objects[0] not in owner
        and all(iri in owner for iri in link.subjects)
    ]  # fmt: skip
    meeting = _by_target(outward)
    return [
        link for links_of in meeting.values() if len({owner[x.subjects[0]] for x in links_of}) > 1 for link in links_of
    ]


def _by_target(links: Iterable[Link]) -> dict[str, list[Link]]:
    found: dict[str, list[Link]] = {}
    for link in links:
        found.setdefault(link.objects[0], []).append(link)
    return found


def _records(links: Iterable[Link], names: Mapping[str, str]) -> Table:
    rows = []
    for link in links:
        credit = link.attribution
        rows.append(
            (
                " + ".join(names[iri] for iri in link.subjects),
                _PREFIX.get(link.kind, "") + link.relation,
                " + ".join(names[iri] for iri in link.objects),
                link.collective,
                credit.hedge if credit else "",
                "; ".join(credit.markers) if credit else "",
                credit.asserter if credit else "",
                credit.pages.removeprefix("p. ") if credit else "",
                credit.distance if credit else "",
                credit.basis if credit else "",
            )
        )
    return Table(RECORD_COLUMNS, tuple(rows))


def _heading(typology: Typology) -> str:
    order = f"ordered, {typology.ordered_by}" if typology.ordered_by else "ordered"
    return f"{typology.label} ({order if typology.ordered else 'unordered'})"


def _notes(typologies: Sequence[Typology], links: Iterable[Link]) -> tuple[str, ...]:
    lines = []
    for typology in typologies:
        if typology.attribution:
            reading = " A curator's reading." if typology.attribution.basis == "read" else ""
            lines.append(f"{typology.label}: {typology.attribution.source}.{reading}")
    if any(link.is_reading for link in links):
        lines.append("Readings are a curator's, not the authors'.")
    lines.append("→ from the row to the column, ← the other way; “none stated”: no work read draws or denies a match.")
    return tuple(lines)
