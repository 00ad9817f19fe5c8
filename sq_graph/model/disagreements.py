"""Disagreements: what is at issue, on what ground, and which statements are on which side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sq_graph.graph import Graph
from sq_graph.model.attribution import Attribution, attributions
from sq_graph.model.facts import Facts, code_of, facts, iris, labels, text, texts

_AGAINST = ("sq:opposes", "sq:readAsOpposing", "sq:contrastsWith")
_WITH = ("sq:supports", "sq:readAsSupporting", "sq:echoes", "sq:restates", "sq:strengthens")


@dataclass(frozen=True)
class Party:
    """One party of a disagreement; parties that oppose each other have different sides, where that
    is known.
    """

    iri: str
    label: str
    says: str
    side: str
    credit: Attribution | None


@dataclass(frozen=True)
class Disagreement:
    """A matter on which statements disagree: `about` holds the things at issue, `ground` the
    underlying reasons.
    """

    iri: str
    label: str
    summary: str
    about: tuple[str, ...]
    ground: tuple[str, ...]
    parties: tuple[Party, ...]
    credit: Attribution | None


def read_disagreements(graph: Graph, thing: str = "") -> tuple[Disagreement, ...]:
    """The disagreements of the map, or those about one thing, by label.

    >>> import sq_graph
    >>> atlas = sq_graph.open()
    >>> disagreements = read_disagreements(atlas.graph, atlas.find("usa"))
    >>> [(disagreement.label, len(disagreement.parties)) for disagreement in disagreements]
    [('how is the USA described?', 3)]
    """
    about = f"; sq:about <{thing}>" if thing else ""
    query = f"SELECT DISTINCT ?s {{ ?s a sq:Disagreement {about} }}"
    entries = facts(graph, iris(graph, query))
    parties = read_parties(graph, {iri: texts(entry, "sq:party") for iri, entry in entries.items()})
    credits = attributions(graph, entries)
    records = [
        Disagreement(
            iri,
            text(disagreement, "rdfs:label"),
            text(disagreement, "sq:summary"),
            texts(disagreement, "sq:about"),
            tuple(map(code_of, texts(disagreement, "sq:ground"))),
            parties.get(iri, ()),
            credits.get(iri),
        )
        for iri, disagreement in entries.items()
    ]
    return tuple(sorted(records, key=lambda record: (record.label.lower(), record.iri)))


def read_parties(
    graph: Graph, parties: Mapping[str, Sequence[str]]
) -> dict[str, tuple[Party, ...]]:
    """The parties of each disagreement, those of one side together."""
    party_iris = {iri for members in parties.values() for iri in members}
    entries = facts(graph, party_iris, ("sq:summary", *_AGAINST, *_WITH))
    says = {iri: text(party, "sq:summary") for iri, party in entries.items()}
    names, credits = labels(graph, party_iris), attributions(graph, party_iris)
    result = {}
    for disagreement, members in parties.items():
        sides = sides_of({iri: entries.get(iri, {}) for iri in members})
        records = [
            Party(iri, names[iri], says.get(iri, ""), sides.get(iri, ""), credits.get(iri))
            for iri in members
        ]
        result[disagreement] = tuple(sorted(records, key=lambda p: (p.side or "~", p.label)))
    return result


def sides_of(parties: Mapping[str, Facts]) -> dict[str, str]:
    """The side, `A` or `B`, of each party, as far as the parties say whom they support or oppose.

    Parties without such a relation are left out, and all of them where the relations contradict
    each other.
    """
    edges: _Edges = {}
    for iri, party in parties.items():
        for names, is_same in ((_AGAINST, False), (_WITH, True)):
            for other in (end for name in names for end in texts(party, name) if end in parties):
                edges.setdefault(iri, []).append((other, is_same))
                edges.setdefault(other, []).append((iri, is_same))
    largest: dict[str, bool] = {}
    for start in sorted(edges):
        sides = _split_sides(edges, start)
        if not sides:
            return {}
        if len(set(sides.values())) == 2 and len(sides) > len(largest):
            largest = sides
    return {iri: "A" if side else "B" for iri, side in largest.items()}


_Edges = dict[str, list[tuple[str, bool]]]
"""Party → the parties that it is related to, each with whether both are on one side."""


def _split_sides(edges: _Edges, start: str) -> dict[str, bool]:
    """All parties that are linked with `start`, each with whether it is on the same side; none
    where their relations contradict each other.
    """
    sides, pending = {start: True}, [start]
    while pending:
        current = pending.pop()
        for other, is_same in edges[current]:
            side = sides[current] == is_same
            if other not in sides:
                sides[other] = side
                pending.append(other)
            elif sides[other] != side:
                return {}
    return sides
