"""Positions side by side by what their claims say of the same pair of concepts."""

from __future__ import annotations

from collections.abc import Sequence

from sq_graph.graph import Graph
from sq_graph.model.attribution import attributions
from sq_graph.model.facts import facts, labels, text, texts, word
from sq_graph.table import Table

SILENT = "silent"
RECORD_COLUMNS = (
    "position",
    "claim",
    "subject",
    "relation",
    "object",
    "says",
    "hedge",
    "source",
    "iri",
)


def compare_positions(graph: Graph, positions: Sequence[str]) -> Table:
    """One row a matter, a column a position; a cell holds the claim with its hedge and source, or `silent`.

    A matter is the concepts that a claim relates; those on which several positions speak come first.
    """
    comprised = {iri: texts(one, "sq:comprises") for iri, one in facts(graph, positions).items()}
    claims = facts(graph, [claim for group in comprised.values() for claim in group])
    credits = attributions(graph, claims)
    ends = {
        iri
        for one in claims.values()
        for name in ("sq:subject", "sq:object")
        for iri in texts(one, name)
    }
    names = labels(graph, ends | set(positions))
    matters: dict[str, dict[str, list[str]]] = {}
    records = []
    for position, iri in [
        (one, iri) for one in positions for iri in comprised.get(one, ()) if iri in claims
    ]:
        one, credit = claims[iri], credits.get(iri)
        label, said = text(one, "rdfs:label"), text(one, "sq:summary")
        subject, target = (
            [names[end] for end in texts(one, name)] for name in ("sq:subject", "sq:object")
        )
        firmness, source = (credit.firmness, credit.source) if credit else ("", "")
        matter = " – ".join([*subject, *target]) if len(subject + target) > 1 else label
        cell = f"{said or label}{f' [{firmness}]' if firmness else ''}" + (
            f"\n{source}" if source else ""
        )
        matters.setdefault(matter, {}).setdefault(position, []).append(cell)
        related = (", ".join(subject), word(one, "sq:relation"), ", ".join(target))
        records.append((names[position], label, *related, said, firmness, source, iri))
    ordered = sorted(matters.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return Table(
        columns=("about", *(names[position] for position in positions)),
        rows=tuple(
            (matter, *("\n".join(said.get(one, ())) or SILENT for one in positions))
            for matter, said in ordered
        ),
        caption=" · ".join(names[position] for position in positions),
        notes=("What clashes, and on which reading: sq-graph clash.",),
        groups=tuple(
            "Several speak" if len(said) > 1 else "Only one speaks" for _, said in ordered
        ),
        records=Table(RECORD_COLUMNS, tuple(records)),
    )
