"""Typologies side by side: which categories correspond, who says so, how firmly, on which page.

A collective alignment stays one row; what holds of a union is never shown as holding of a member.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from sq_graph.graph import Graph
from sq_graph.model import WORDS
from sq_graph.model.attribution import Attribution, attributions, credit_text
from sq_graph.model.entities import Category, Typology
from sq_graph.model.facts import code, facts, grouped, iris, labels, linked, texts
from sq_graph.model.listing import CREDIT
from sq_graph.table import Cell, Table
from sq_graph.vocab import expand

NONE_STATED = "none stated"
ONLY_TOGETHER = "only together"
_CREDIT_COLUMNS = ("hedge", "hedge words", "holder", "read in", "page", "distance", "basis")
_CREDIT: Mapping[str, Callable[[Attribution], Cell]] = {
    **{name: CREDIT[name] for name in _CREDIT_COLUMNS},
    "holder": attrgetter("asserter"),
    "read in": attrgetter("read_works"),
}
RECORD_COLUMNS = ("subjects", "relation", "objects", "collective", *_CREDIT_COLUMNS, "iri")
_RELATIONS = WORDS["relations"]
"""Our words for a relation in tables and pictures, where the label alone is not clear."""
_PREFIX = {"sq:Alignment": "", "sq:DeniedAlignment": "denied: ", "sq:UndrawnAlignment": "undrawn: "}


@dataclass(frozen=True)
class Link:
    """A correspondence, drawn, denied or undrawn; each end is a tuple of things, several for a
    union.
    """

    iri: str
    kind: str
    subjects: tuple[str, ...]
    relation: str
    objects: tuple[str, ...]
    attribution: Attribution | None

    @property
    def ends(self) -> tuple[str, ...]:
        """All things that it links."""
        return self.subjects + self.objects

    @property
    def collective(self) -> bool:
        """Whether an end is a union."""
        return len(self.subjects) > 1 or len(self.objects) > 1

    @property
    def is_reading(self) -> bool:
        """Whether it is our interpretation of what its holder says."""
        credit = self.attribution
        return credit is not None and credit.basis == "read" and not self.is_ours

    @property
    def is_ours(self) -> bool:
        """Whether it is an interpretation of the map's own authors, attributed to nobody else."""
        return self.attribution is not None and self.attribution.distance == "our interpretation"

    @property
    def is_undrawn(self) -> bool:
        """Whether nobody draws it, and it is only a warning."""
        return self.kind == "sq:UndrawnAlignment"

    def is_included(self, with_undrawn: bool, with_readings: bool) -> bool:
        """Whether it is shown with or without undrawn links, and with or without our readings."""
        return with_undrawn if self.is_undrawn else with_readings or not self.is_reading

    @property
    def words(self) -> str:
        """Its relation in words."""
        return _RELATIONS.get(self.relation, self.relation.replace("-", " "))

    @property
    def says(self) -> str:
        """Its relation in words, marked if it is denied or undrawn."""
        return _PREFIX.get(self.kind, "") + self.words

    @property
    def directions(self) -> tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...]:
        """Forwards and backwards: the near end, the arrow and the far end."""
        return (self.subjects, "→", self.objects), (self.objects, "←", self.subjects)

    def is_between(self, owner: Mapping[str, int]) -> bool:
        """Whether it links several typologies; `owner` maps each category to its typology's number.

        A union may have members in several of them.
        """
        return None not in (of := {owner.get(iri) for iri in self.ends}) and len(of) > 1


_Outward = tuple[Link, tuple[str, ...], str]
"""A link to a thing outside the typologies, its end within them, and the arrow from there."""


def read_links(graph: Graph, undrawn: bool = False, readings: bool = False) -> tuple[Link, ...]:
    """Every correspondence of the graph, including what a category denotes.

    Undrawn ones (warnings) and our interpretations of a text are left out by default; a match that
    the authors of the map draw themselves is always included, and attributed to them.
    """
    kinds = {expand(kind): kind for kind in _PREFIX}
    query = f"SELECT DISTINCT ?link {{ VALUES ?kind {{ {' '.join(_PREFIX)} }} ?link a ?kind }}"
    entries = facts(graph, iris(graph, query))
    ends = facts(graph, linked(entries, "sq:subject", "sq:object"))
    unions = {iri: texts(entry, "skos:member") for iri, entry in ends.items()}
    pattern = "?s sq:denotes ?o . ?o sq:memberOf ?other . ?s sq:memberOf ?typology"
    denoted = grouped(graph, f"SELECT DISTINCT ?s ?o {{ {pattern} }}")
    credits = attributions(graph, [*entries, *denoted])
    links = [
        Link(s, "sq:denotes", (s,), "names this category", (o,), credits.get(s))
        for s, others in denoted.items()
        for o in others
    ]
    for iri, alignment in entries.items():
        kind = next(kinds[name] for name in texts(alignment, "rdf:type") if name in kinds)
        subjects, objects = (
            tuple(member for end in texts(alignment, name) for member in unions.get(end) or (end,))
            for name in ("sq:subject", "sq:object")
        )
        relation = code(alignment, "sq:relation")
        links.append(Link(iri, kind, subjects, relation, objects, credits.get(iri)))
    included = [link for link in links if link.is_included(undrawn, readings)]
    return tuple(sorted(included, key=attrgetter("iri")))


def compare_typologies(
    graph: Graph, typologies: Sequence[Typology], undrawn: bool = False, readings: bool = False
) -> Table:
    """One column per typology; one row per category of the first in its order, then the unmatched
    categories of the others.
    """
    owner = {
        iri: column
        for column, typology in enumerate(typologies)
        for iri in (typology.iri, *(category.iri for category in typology.categories))
    }
    all_links = [_ordered(link, list(owner)) for link in read_links(graph, True, True)]
    included = [link for link in all_links if link.is_included(undrawn, readings)]
    between = [link for link in all_links if link.is_between(owner)]
    links = [link for link in between if link in included]
    thirds, all_thirds = (common_thirds(each, owner) for each in (included, all_links))
    shown_links = [*links, *(link for outward in thirds.values() for link, *_ in outward)]
    outward_links = (link for outward in all_thirds.values() for link, *_ in outward)
    hidden = [link for link in dict.fromkeys((*between, *outward_links)) if link not in included]
    names = labels(graph, {*owner, *(iri for link in shown_links for iri in link.ends)})
    grid = _Grid(typologies, links, names, attributions(graph, owner))
    pairs = [(near, far) for link in links for near, _, far in link.directions]

    def group_of(iri: str, column: int) -> str | None:
        """The heading over a row; None where the rows above already show all its links."""
        facing = {owner[end] for near, far in pairs if iri in far for end in near}
        if not facing or min(facing) >= column:
            return f"Not matched above: {typologies[column].label}" if column else ""
        is_more = max(facing) > column
        return f"Also matched with later ones: {typologies[column].label}" if is_more else None

    rows: list[tuple[str, tuple[str, ...]]] = []
    for column, typology in enumerate(typologies):
        is_linked = any(typology.iri in link.ends for link in links)
        if is_linked and group_of(typology.iri, column) is not None:
            row = grid.row((typology.iri,), column, typology.label)
            rows.append(("The typologies as wholes", row))
    for column, typology in enumerate(typologies):
        for category in typology.categories:
            if (group := group_of(category.iri, column)) is not None:
                rows += [(group, row) for row in grid.rows_of(category, column)]
    for target, outward in thirds.items():
        group = f"Brought together under “{names[target]}”{unmatched(outward, links)}"
        rows.append((group, grid.third_row(outward, owner)))
    return Table(
        columns=tuple(map(_heading, typologies)),
        rows=tuple(row for _, row in rows),
        caption=" · ".join(typology.label for typology in typologies),
        notes=_notes(typologies, links, hidden),
        groups=tuple(group for group, _ in rows),
        records=Table(RECORD_COLUMNS, tuple(_record(link, names) for link in shown_links)),
    )


@dataclass(frozen=True)
class _Grid:
    """The links arranged in cells."""

    typologies: Sequence[Typology]
    links: Sequence[Link]
    names: Mapping[str, str]
    credits: Mapping[str, Attribution]

    def rows_of(self, category: Category, column: int) -> list[tuple[str, ...]]:
        """The row of a category, and after the last member of a union, the row of that union."""
        ends = {end for link in self.links for end in (link.subjects, link.objects)}
        unions = sorted(end for end in ends if len(end) > 1 and end[-1] == category.iri)
        near_ends = ((category.iri,), *unions)
        return [self.row(end, column, self._own_cell(category, end)) for end in near_ends]

    def row(self, end: Sequence[str], column: int, own_cell: str) -> tuple[str, ...]:
        """The row of the links of an end, with a cell of its own in its column."""
        cells = [self._cell(end, typology) for typology in self.typologies]
        return (*cells[:column], own_cell, *cells[column + 1 :])

    def third_row(self, outward: Iterable[_Outward], owner: Mapping[str, int]) -> tuple[str, ...]:
        """A row for links that meet in one third concept, each under its own typology."""
        cells: list[list[str]] = [[] for _ in self.typologies]
        for link, near, arrow in outward:
            cells[owner[near[0]]].append(f"{self._end_label(near)}\n{_link_text(link, arrow)}")
        return tuple("\n".join(cell) or NONE_STATED for cell in cells)

    def _own_cell(self, category: Category, end: Sequence[str]) -> str:
        if len(end) > 1:
            return self._end_label(end)
        rank = f"{category.rank}. " if category.rank is not None else ""
        marks = ", ".join(category.marks).replace("-", " ")
        credit = self.credits.get(category.iri)
        place = f"\nin {credit.place}" if credit and credit.place else ""
        return f"{rank}{category.label}{f' [{marks}]' if marks else ''}{place}"

    def _cell(self, end: Sequence[str], typology: Typology) -> str:
        """The matches of an end in a typology, else whether only a union with it has any."""
        members = {typology.iri, *(category.iri for category in typology.categories)}
        facing = [(link, *d) for link in self.links for d in link.directions if members & {*d[2]}]
        lines = [
            f"{self._end_label(far)}\n{_link_text(link, arrow)}"
            for link, near, arrow, far in facing
            if near == end
        ]
        in_union = any(set(end) < set(near) for _, near, _, _ in facing)
        return "\n".join(lines) or (ONLY_TOGETHER if in_union else NONE_STATED)

    def _end_label(self, end: Iterable[str]) -> str:
        names = [self.names[iri] for iri in end]
        return " + ".join(names) + (", together" if len(names) > 1 else "")


def _link_text(link: Link, arrow: str) -> str:
    """The relation, its hedge and its source: the second part of a cell."""
    credit = link.attribution
    firmness = f", {credit.firmness}" if credit and credit.firmness else ""
    return f"{arrow} {link.says}{firmness}" + (f"\n{credit.source}" if credit else "")


def _ordered(link: Link, order: Sequence[str]) -> Link:
    """The link with the members of each end in the order of their typology."""
    positions = {iri: position for position, iri in enumerate(order)}
    subjects, objects = (
        tuple(sorted(end, key=lambda iri: (positions.get(iri, -1), iri)))
        for end in (link.subjects, link.objects)
    )
    return replace(link, subjects=subjects, objects=objects)


def common_thirds(links: Iterable[Link], owner: Mapping[str, int]) -> dict[str, list[_Outward]]:
    """The drawn links from categories of at least two typologies to one third concept, by that
    concept.
    """
    by_third: dict[str, list[_Outward]] = {}
    for link in links:
        for near, arrow, far in link.directions:
            is_outward = len(far) == 1 and far[0] not in owner and set(near) <= set(owner)
            if is_outward and link.kind == "sq:Alignment":
                by_third.setdefault(far[0], []).append((link, near, arrow))
    return {
        third: outward
        for third, outward in by_third.items()
        if len({owner[iri] for _, near, _ in outward for iri in near}) > 1
    }


def unmatched(outward: Iterable[_Outward], links: Iterable[Link]) -> str:
    """What to add to the heading of links to a third concept, unless their near ends are also
    matched with each other.
    """
    ends = {iri for _, near, _ in outward for iri in near}
    is_matched = any(link.kind == "sq:Alignment" and ends.issuperset(link.ends) for link in links)
    return "" if is_matched else ", not matched with each other"


def _record(link: Link, names: Mapping[str, str]) -> tuple[Cell, ...]:
    ends = [" + ".join(names[iri] for iri in end) for end in (link.subjects, link.objects)]
    credit = link.attribution
    cells = (cell(credit) if credit else "" for cell in _CREDIT.values())
    return ends[0], link.says, ends[1], link.collective, *cells, link.iri


def _heading(typology: Typology) -> str:
    order = ", ".join(part for part in ("ordered", typology.ordered_by) if part)
    return f"{typology.label} ({order if typology.ordered else 'unordered'})"


def credits_of(typologies: Iterable[Typology]) -> list[str]:
    """The source of each typology, and its hedge unless it is asserted."""
    credited = [typology for typology in typologies if typology.attribution]
    return [f"{typology.label}: {credit_text(typology.attribution)}." for typology in credited]


def _notes(
    typologies: Sequence[Typology], links: Iterable[Link], hidden: Sequence[Link]
) -> tuple[str, ...]:
    lines = credits_of(typologies)
    if any(link.is_reading or link.is_ours for link in links):
        lines.append("Our interpretations are not those of the authors.")
    arrows = "→ from the row to the column, ← the other way"
    lines.append(f"{arrows}; “{NONE_STATED}”: no work read draws or denies a match.")
    if undrawn := sum(link.is_undrawn for link in hidden):
        noun = "match that nobody proposes" if undrawn == 1 else "matches that nobody proposes"
        lines.append(f"Not shown: {undrawn} {noun} (option undrawn).")
    if readings := len(hidden) - undrawn:
        noun = "interpretation" if readings == 1 else "interpretations"
        lines.append(f"Not shown: {readings} {noun} of our own (option readings).")
    return tuple(lines)
