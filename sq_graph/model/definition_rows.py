"""Definitions as rows and aspects as columns: the form of a spreadsheet, and of a table on
paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sq_graph.graph import Graph
from sq_graph.model.aspects import compare_rows, notes_of
from sq_graph.model.attribution import DISTANCES
from sq_graph.model.facts import joined
from sq_graph.model.things import Definition
from sq_graph.table import Table
from sq_graph.vocab import Ref, shorten

FIXED = (
    "definition",
    "concept",
    "holder",
    "year",
    "what it says",
    "how firmly",
    "read in",
    "page",
    "how read",
    "source",
    "review",
    "name",
)
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
    lines = []
    for place, one in enumerate(definitions):
        credit = one.attribution
        fixed = (
            Ref(one.iri, one.label),
            f"{one.sense or one.concept}" + (f" ({one.concerns})" if one.concerns else ""),
            credit.asserter,
            one.year,
            one.summary,
            credit.firmness,
            joined(credit.read_in, " and "),
            credit.pages,
            DISTANCES[credit.distance],
            credit.source,
            credit.review,
            shorten(one.iri),
        )
        lines.append((*fixed, *(str(row.codings[place]) for row in shown)))
    heads = (*FIXED, *(row.aspect.label for row in shown))
    concern = [one.concerns for one in definitions]
    groups = tuple(map(_heading, concern)) if any(concern) else ()
    return Table(heads, tuple(lines), caption, notes_of(definitions, shown), groups)


def _heading(concerns: str) -> str:
    return f"Not of this concept: {concerns}" if concerns else ""


def paper_rows(table: Table) -> Table:
    """The same for a page of paper: who, when and where in one column, what it says, and the
    aspects.
    """
    place = {name: number for number, name in enumerate(table.columns)}
    aspects = range(len(FIXED), len(table.columns))
    lines = []
    for row in table.rows:
        definition, source = row[place["definition"]], row[place["source"]]
        firmly = row[place["how firmly"]]
        said = f"{row[place['what it says']]}" + (
            f" [{firmly}]" if firmly not in ("", "asserted") else ""
        )
        shown = f"{definition}\n({source})"
        whose = Ref(definition.iri, shown) if isinstance(definition, Ref) else shown
        lines.append((whose, said, *(row[each] for each in aspects)))
    heads = ("definition", "what it says", *(table.columns[each] for each in aspects))
    return replace(table, columns=heads, rows=tuple(lines))
