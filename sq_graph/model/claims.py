"""Positions side by side by what their claims say of the same pair of concepts."""

from __future__ import annotations

from collections.abc import Sequence

from sq_graph.graph import Graph
from sq_graph.model.attribution import Attribution, attributions
from sq_graph.model.facts import Facts, coded, facts, labels, text, texts
from sq_graph.table import Table

SILENT = "silent"
RECORD_COLUMNS = ("position", "claim", "subject", "relation", "object", "says", "hedge", "source", "iri")


def compare_positions(graph: Graph, positions: Sequence[str]) -> Table:
    """One row a matter, a column a position; a cell holds the claim with its hedge and source, or `silent`.

    A matter is the concepts that a claim relates; those on which several positions speak come first.
    """
    comprised = {iri: texts(one, "sq:comprises") for iri, one in facts(graph, positions).items()}
    claims = facts(graph, [claim for group in comprised.values() for claim in group])
    credits = attributions(graph, claims)
    ends = {iri for one in claims.values() for name in ("sq:subject", "sq:object") for iri in texts(one, name)}
    names = labels(graph, ends | set(positions))
    subjects = sorted(
        {_matter(claims[claim], names) for group in comprised.values() for claim in group if claim in claims}
    )
    rows = []
    for matter in subjects:
        cells = []
        for position in positions:
            said = [c for c in comprised.get(position, ()) if c in claims and _matter(claims[c], names) == matter]
            cells.append("\n".join(_cell(claims[claim], credits.get(claim)) for claim in said) or SILENT)
        rows.append((matter, *cells))
    rows.sort(key=lambda row: row.count(SILENT))
    several = [len(positions) - row.count(SILENT) > 1 for row in rows]
    records = Table(
        RECORD_COLUMNS,
        tuple(
            _record(names[position], claim, claims[claim], credits.get(claim), names)
            for position in positions
            for claim in comprised.get(position, ())
            if claim in claims
        ),
    )
    caption = " · ".join(names[position] for position in positions)
    note = "What clashes, and on which reading: sq-graph clash."
    groups = tuple("Several speak" if both else "Only one speaks" for both in several)
    return Table(("about", *(names[p] for p in positions)), tuple(rows), caption, (note,), groups, records)


def _matter(one: Facts, names: dict[str, str]) -> str:
    """The two concepts that a claim relates, or its own label where it does not relate two."""
    ends = [names[iri] for name in ("sq:subject", "sq:object") for iri in texts(one, name)]
    return " – ".join(ends) if len(ends) > 1 else text(one, "rdfs:label")


def _cell(one: Facts, credit: Attribution | None) -> str:
    said = text(one, "sq:summary") or text(one, "rdfs:label")
    firmness = f" [{credit.firmness}]" if credit and credit.firmness else ""
    return f"{said}{firmness}" + (f"\n{credit.source}" if credit else "")


def _record(position: str, iri: str, one: Facts, credit: Attribution | None, names: dict[str, str]) -> tuple[str, ...]:
    subject, target = (", ".join(names[end] for end in texts(one, name)) for name in ("sq:subject", "sq:object"))
    relation = coded(text(one, "sq:relation")) if one.get("sq:relation") else ""
    firmness, source = (credit.firmness, credit.source) if credit else ("", "")
    return (
        position,
        text(one, "rdfs:label"),
        subject,
        relation,
        target,
        text(one, "sq:summary"),
        firmness,
        source,
        iri,
    )
