"""What the literature itself says of two positions: that they disagree, agree, or that one resolves the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from sq_graph.graph import Graph
from sq_graph.reason.positions import World

DISAGREE, AGREE, RESOLVES, SILENT = "disagree", "agree", "one resolves the other", "silent"
_SAYS = {
    "opposes": DISAGREE,
    "supports": AGREE,
    "echoes": AGREE,
    "resolves": RESOLVES,
    "readAsOpposing": DISAGREE,
}

Pair = tuple[str, str]


@dataclass(frozen=True)
class Saying:
    """One thing said of a pair, and the claim or disagreement (its IRI) that says it; some only a curator says."""

    says: str
    by: str
    by_reading: bool = False


def sayings(graph: Graph, world: World) -> dict[Pair, tuple[Saying, ...]]:
    """What the graph holds about pairs of positions, each pair in the order of its slugs.

    Claims that oppose, support, echo or resolve another position's; and disagreements, whose parties are set against
    each other unless they stand on one side (one supports the other, both oppose the same, one position comprises
    both) or have a holder in common. A disagreement that only a curator draws counts where it names the positions.
    """
    links: dict[str, set[Pair]] = {}
    for name in (*_SAYS, "module", "heldBy", "party", "basis"):
        rows = graph.select(f"SELECT ?a ?b {{ ?a sq:{name} ?b }}")
        links[name] = {(row["a"].value, row["b"].value) for row in rows}
    of = defaultdict[str, set[str]](set)
    for iri, module in links["module"]:
        of[iri] |= {world.owner(module)} - {""}
    named = {iri for iri in of if of[iri]}
    for slug, position in world.positions.items():
        for claim in position.comprised:
            of[claim].add(slug)
    parties = defaultdict[str, list[str]](list)
    for disagreement, party in sorted(links["party"]):
        parties[disagreement].append(party)
    found: dict[Pair, dict[Saying, None]] = defaultdict(dict)

    def note(one: str, other: str, saying: Saying) -> None:
        for pair in ((a, b) for a in of[one] - of[other] for b in of[other] - of[one]):
            found[min(pair), max(pair)][saying] = None

    for name, says in _SAYS.items():
        for one, other in sorted(links[name]):
            for target in parties.get(other, [other]):
                note(one, target, Saying(says, one, name == "readAsOpposing"))
    for disagreement, members in parties.items():
        drawn = any(
            one == disagreement and basis.endswith("#basis-read") for one, basis in links["basis"]
        )
        side = _sides(members, links, of)
        for one, other in combinations(members, 2):
            holders = [
                {agent for thing, agent in links["heldBy"] if thing == party}
                for party in (one, other)
            ]
            apart = not drawn and side[one] != side[other] and not holders[0] & holders[1]
            if apart or {one, other} <= named:
                note(one, other, Saying(DISAGREE, disagreement, drawn))
    return {pair: tuple(found[pair]) for pair in sorted(found)}


def _sides(
    members: Iterable[str], links: dict[str, set[Pair]], of: dict[str, set[str]]
) -> dict[str, str]:
    """Party → the first of those on its side."""
    side = {member: member for member in members}
    opposed = {
        member: {target for one, target in links["opposes"] if one == member} for member in side
    }
    for one, other in combinations(side, 2):
        supports = {(one, other), (other, one)} & links["supports"]
        if supports or opposed[one] & opposed[other] or of[one] & of[other]:
            old, new = side[other], side[one]
            side = {member: new if head == old else head for member, head in side.items()}
    return side
