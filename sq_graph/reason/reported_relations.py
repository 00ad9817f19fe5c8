"""What the literature itself says of two positions: that they disagree, agree, or where it brings
them together.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, product

from sq_graph.graph import Graph
from sq_graph.model.facts import grouped, plain_rows
from sq_graph.reason.positions import PositionSet

DISAGREE, AGREE, RESOLVES = "disagree", "agree", "one resolves the other"
TOGETHER, SILENT = "brings them together", "silent"
_RELATIONS = {
    "opposes": DISAGREE,
    "supports": AGREE,
    "echoes": AGREE,
    "resolves": RESOLVES,
    "readAsOpposing": DISAGREE,
}
_LINKS = ("module", "heldBy", "party", "opposingParty", "basis", "memberOf")
_ENDS_OF_STATEMENTS = """SELECT ?statement ?end {
  VALUES ?kind { sq:Claim sq:Alignment } ?statement a ?kind ; sq:basis ?basis .
  VALUES ?role { sq:subject sq:object } ?statement ?role ?end FILTER(?basis != sq:basis-read) }"""

Pair = tuple[str, str]
Links = Mapping[str, set[Pair]]


@dataclass(frozen=True)
class ReportedRelation:
    """One relation reported of a pair, and the statement (its IRI) that reports it; some are our
    interpretation.
    """

    relation: str
    by: str
    by_reading: bool = False


Reported = tuple[set[str], set[str], ReportedRelation]
"""Positions on two sides, and what is reported of each pair of them."""


def reported_relations(
    graph: Graph, known: PositionSet
) -> dict[Pair, tuple[ReportedRelation, ...]]:
    """What a graph reports about pairs of positions, each pair in the order of its slugs."""
    links = {
        name: {(a, b) for a, b in plain_rows(graph, f"SELECT ?a ?b {{ ?a sq:{name} ?b }}")}
        for name in (*_RELATIONS, *_LINKS)
    }
    positions_of = _positions_of(links, known)
    parties = defaultdict[str, list[str]](list)
    for disagreement, party in sorted(links["party"] | links["opposingParty"]):
        parties[disagreement].append(party)
    reported = chain(
        _between_claims(links, parties, positions_of),
        _between_parties(links, parties, positions_of),
        _by_shared_claims(positions_of),
        _between_terms(graph, links, positions_of),
    )
    found: dict[Pair, dict[ReportedRelation, None]] = defaultdict(dict)
    for ones, others, relation in reported:
        for one, other in product(ones - others, others - ones):
            found[min(one, other), max(one, other)][relation] = None
    return {pair: tuple(found[pair]) for pair in sorted(found)}


def _positions_of(links: Links, known: PositionSet) -> defaultdict[str, set[str]]:
    """Claim, or position by its IRI → the slugs of the positions that comprise it."""
    positions_of = defaultdict[str, set[str]](set)
    for iri, module in links["module"]:
        positions_of[iri] |= {known.owner(module)} - {""}
    for slug, position in known.positions.items():
        for claim in position.comprised:
            positions_of[claim].add(slug)
    return positions_of


def _between_claims(
    links: Links, parties: Mapping[str, Sequence[str]], positions_of: Mapping[str, set[str]]
) -> Iterator[Reported]:
    """Claims oppose, support, echo or resolve a claim of another position, or a disagreement."""
    for name, relation in _RELATIONS.items():
        for claim, other in sorted(links[name]):
            reported = ReportedRelation(relation, claim, name == "readAsOpposing")
            for target in parties.get(other, [other]):
                yield positions_of[claim], positions_of[target], reported


def _between_parties(
    links: Links, parties: Mapping[str, Sequence[str]], positions_of: Mapping[str, set[str]]
) -> Iterator[Reported]:
    """The parties of a disagreement are set against each other if they are positions, else unless
    they are on one side or have a holder in common.
    """
    readings = {one for one, basis in links["basis"] if basis.endswith("#basis-read")}
    for disagreement, members in parties.items():
        reported = ReportedRelation(DISAGREE, disagreement, disagreement in readings)
        for one, other in _opposed(disagreement, members, links, positions_of):
            yield positions_of[one], positions_of[other], reported


def _by_shared_claims(positions_of: Mapping[str, set[str]]) -> Iterator[Reported]:
    """A claim that two positions share brings them together."""
    for claim, slugs in sorted(positions_of.items()):
        for one, other in combinations(slugs, 2):
            yield {one}, {other}, ReportedRelation(TOGETHER, claim)


def _between_terms(
    graph: Graph, links: Links, positions_of: Mapping[str, set[str]]
) -> Iterator[Reported]:
    """Claims and alignments that relate terms of two positions bring them together."""
    ends = {one: set(named) for one, named in grouped(graph, _ENDS_OF_STATEMENTS).items()}
    terms = _terms(ends, links, positions_of)
    for statement in sorted(ends):
        owners = [*(terms[end] for end in ends[statement]), positions_of[statement]]
        for ones, others in combinations(owners, 2):
            yield ones, others, ReportedRelation(TOGETHER, statement)


def _terms(
    ends: Mapping[str, set[str]], links: Links, positions_of: Mapping[str, set[str]]
) -> defaultdict[str, set[str]]:
    """Category, typology or definition → the positions of its holder whose claims are about it."""
    typology_of = dict(links["memberOf"])
    holders = defaultdict[str, set[str]](set)
    for held, agent in links["heldBy"]:
        holders[held].add(agent)
    terms = defaultdict[str, set[str]](set)
    for statement, named in ends.items():
        for end in named:
            if (holders[end] | holders[typology_of.get(end, "")]) & holders[statement]:
                terms[end] |= positions_of.get(statement, set())
    for category, typology in typology_of.items():
        terms[category] |= terms[typology]
    return terms


def _opposed(
    disagreement: str, members: Sequence[str], links: Links, positions_of: Mapping[str, set[str]]
) -> list[Pair]:
    """The parties of a disagreement that are set against each other, in pairs."""
    opposing = {party for one, party in links["opposingParty"] if one == disagreement}
    pairs = combinations(members, 2)
    if opposing:
        return [(one, other) for one, other in pairs if (one in opposing) != (other in opposing)]
    side, named = _sides(members, links, positions_of), {iri for iri, _ in links["module"]}
    holders = {one: {agent for thing, agent in links["heldBy"] if thing == one} for one in members}
    return [
        (one, other)
        for one, other in pairs
        if {one, other} <= named or (side[one] != side[other] and not holders[one] & holders[other])
    ]


def _sides(
    members: Iterable[str], links: Links, positions_of: Mapping[str, set[str]]
) -> dict[str, str]:
    """Party → the first of those on its side.

    Two are on one side where one supports the other, both oppose the same, or one position
    comprises both.
    """
    side = {member: member for member in members}
    opposed = {one: {target for by, target in links["opposes"] if by == one} for one in side}
    for one, other in combinations(side, 2):
        supports = {(one, other), (other, one)} & links["supports"]
        if supports or opposed[one] & opposed[other] or positions_of[one] & positions_of[other]:
            old, new = side[other], side[one]
            side = {member: new if head == old else head for member, head in side.items()}
    return side
