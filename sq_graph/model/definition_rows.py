"""Definitions as rows and aspects as columns: the form of a spreadsheet, and of a table on
paper.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter

from sq_graph.graph import Graph
from sq_graph.model.aspects import compare_rows, notes_of
from sq_graph.model.attribution import DISTANCES
from sq_graph.model.facts import joined
from sq_graph.model.things import Definition
from sq_graph.table import Cell, Table
from sq_graph.vocab import Ref, shorten

_CELLS: Mapping[str, Callable[[Definition], Cell]] = {
    "definition": lambda one: Ref(one.iri, one.label),
    "concept": lambda one: (
        f"{one.sense or one.concept}" + (f" ({one.concerns})" if one.concerns else "")
    ),
    "holder": attrgetter("attribution.asserter"),
    "year": attrgetter("year"),
    "what it says": attrgetter("summary"),
    "how firmly": attrgetter("attribution.firmness"),
    "read in": lambda one: joined(one.attribution.read_in, " and "),
    "page": attrgetter("attribution.pages"),
    "how read": lambda one: DISTANCES[one.attribution.distance],
    "source": attrgetter("attribution.source"),
    "review": attrgetter("attribution.review"),
    "name": lambda one: shorten(one.iri),
}
FIXED = tuple(_CELLS)
"""The columns before those of the aspects."""


def definition_rows(
    graph: Graph,
    definitions: Sequence[Definition],
    caption: str = "",
    aspects: Sequence[str] = (),
    differing: bool = False,
) -> Table:
    """One row per definition: who says what where, and its value under each aspect.

    Parameters:
        graph: the map.
        definitions: the rows.
        caption: the title.
        aspects: labels or slugs of aspects; all that apply, if none is named.
        differing: whether aspects under which the definitions do not differ are left out.

    >>> import sq_graph
    >>> atlas = sq_graph.open()
    >>> found = atlas.definitions("social-inclusion")
    >>> definition_rows(atlas.graph, found, aspects=["degree"]).columns[-1]
    'degree'
    """
    rows = compare_rows(graph, definitions, aspects, differing)
    shown = [row for row in rows if any(coding.is_coded for coding in row.codings)]
    lines = tuple(
        (*(cell(one) for cell in _CELLS.values()), *(str(row.codings[place]) for row in shown))
        for place, one in enumerate(definitions)
    )
    heads = (*FIXED, *(row.aspect.label for row in shown))
    groups = tuple(
        f"Not of this concept: {one.concerns}" if one.concerns else "" for one in definitions
    )
    notes = notes_of(definitions, shown)
    return Table(heads, lines, caption, notes, groups if any(groups) else ())


def paper_rows(table: Table) -> Table:
    """The same for a page of paper: who, when and where in one column, what it says, and the
    aspects.
    """
    place = {name: number for number, name in enumerate(table.columns)}
    aspects = range(len(FIXED), len(table.columns))
    lines = []
    for row in table.rows:
        definition, source = row[place["definition"]], row[place["source"]]
        said, firmly = row[place["what it says"]], row[place["how firmly"]]
        said = f"{said} [{firmly}]" if firmly not in ("", "asserted") else f"{said}"
        shown = f"{definition}\n({source})"
        whose = Ref(definition.iri, shown) if isinstance(definition, Ref) else shown
        lines.append((whose, said, *(row[each] for each in aspects)))
    heads = ("definition", "what it says", *(table.columns[each] for each in aspects))
    return replace(table, columns=heads, rows=tuple(lines))
