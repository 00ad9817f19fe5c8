"""Disagreements: what is at issue, on what ground, and which statements stand on which side."""

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
    """A matter on which statements disagree: `about` are the things at issue, `ground` what it is
    about at bottom.
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
    >>> found = read_disagreements(atlas.graph, atlas.find("usa"))
    >>> [(one.label, len(one.parties)) for one in found]
    [('how is the USA described?', 3)]
    """
    about = f"; sq:about <{thing}>" if thing else ""
    query = f"SELECT DISTINCT ?s {{ ?s a sq:Disagreement {about} }}"
    known = facts(graph, iris(graph, query))
    parties = read_parties(graph, {iri: texts(one, "sq:party") for iri, one in known.items()})
    credits = attributions(graph, known)
    found = [
        Disagreement(
            iri,
            text(one, "rdfs:label"),
            text(one, "sq:summary"),
            texts(one, "sq:about"),
            tuple(map(code_of, texts(one, "sq:ground"))),
            parties.get(iri, ()),
            credits.get(iri),
        )
        for iri, one in known.items()
    ]
    return tuple(sorted(found, key=lambda one: (one.label.lower(), one.iri)))


def read_parties(
    graph: Graph, parties: Mapping[str, Sequence[str]]
) -> dict[str, tuple[Party, ...]]:
    """The parties of each disagreement, those of one side together."""
    every = {iri for listed in parties.values() for iri in listed}
    known = facts(graph, every, ("sq:summary", *_AGAINST, *_WITH))
    says = {iri: text(one, "sq:summary") for iri, one in known.items()}
    names, credits = labels(graph, every), attributions(graph, every)
    found = {}
    for disagreement, listed in parties.items():
        sides = sides_of({iri: known.get(iri, {}) for iri in listed})
        read = [
            Party(iri, names[iri], says.get(iri, ""), sides.get(iri, ""), credits.get(iri))
            for iri in listed
        ]
        found[disagreement] = tuple(sorted(read, key=lambda one: (one.side or "~", one.label)))
    return found


def sides_of(parties: Mapping[str, Facts]) -> dict[str, str]:
    """The side, `A` or `B`, of each party, as far as the parties say whom they support or oppose.

    Parties of which nothing is said, and all where the relations contradict each other, are left
    out.
    """
    edges: _Edges = {}
    for iri, one in parties.items():
        for names, is_same in ((_AGAINST, False), (_WITH, True)):
            for other in (end for name in names for end in texts(one, name) if end in parties):
                edges.setdefault(iri, []).append((other, is_same))
                edges.setdefault(other, []).append((iri, is_same))
    largest: dict[str, bool] = {}
    for begin in sorted(edges):
        sides = _divided(edges, begin)
        if not sides:
            return {}
        if len(set(sides.values())) == 2 and len(sides) > len(largest):
            largest = sides
    return {iri: "A" if side else "B" for iri, side in largest.items()}


_Edges = dict[str, list[tuple[str, bool]]]
"""Party → the parties that it is related to, each with whether both are on one side."""


def _divided(edges: _Edges, begin: str) -> dict[str, bool]:
    """All parties that are linked with one, each with whether it is on the side of that one; none
    where their relations contradict each other.
    """
    sides, waiting = {begin: True}, [begin]
    while waiting:
        here = waiting.pop()
        for other, is_same in edges[here]:
            side = sides[here] == is_same
            if other not in sides:
                sides[other] = side
                waiting.append(other)
            elif sides[other] != side:
                return {}
    return sides
