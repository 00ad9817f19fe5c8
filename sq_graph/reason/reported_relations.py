"""What the literature itself says of two positions: that they disagree, agree, or where it brings
them together.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

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


def reported_relations(
    graph: Graph, known: PositionSet
) -> dict[Pair, tuple[ReportedRelation, ...]]:
    """What a graph reports about pairs of positions, each pair in the order of its slugs.

    Claims may oppose, support, echo or resolve a claim of another position. The parties of a
    disagreement are set against each other if they are positions, else unless they are on one side
    or have a holder in common. A claim that two positions share brings them together; so do claims
    and alignments that relate their terms to each other.
    """
    links = {
        name: {(a, b) for a, b in plain_rows(graph, f"SELECT ?a ?b {{ ?a sq:{name} ?b }}")}
        for name in (*_RELATIONS, *_LINKS)
    }
    positions_of = defaultdict[str, set[str]](set)
    for iri, module in links["module"]:
        positions_of[iri] |= {known.owner(module)} - {""}
    for slug, position in known.positions.items():
        for claim in position.comprised:
            positions_of[claim].add(slug)
    found: dict[Pair, dict[ReportedRelation, None]] = defaultdict(dict)

    def note(ones: set[str], others: set[str], relation: ReportedRelation) -> None:
        for one in ones - others:
            for other in others - ones:
                found[min(one, other), max(one, other)][relation] = None

    parties = defaultdict[str, list[str]](list)
    for disagreement, party in sorted(links["party"] | links["opposingParty"]):
        parties[disagreement].append(party)
    for name, relation in _RELATIONS.items():
        for one, other in sorted(links[name]):
            for target in parties.get(other, [other]):
                reported = ReportedRelation(relation, one, name == "readAsOpposing")
                note(positions_of[one], positions_of[target], reported)
    readings = {one for one, basis in links["basis"] if basis.endswith("#basis-read")}
    for disagreement, members in parties.items():
        reported = ReportedRelation(DISAGREE, disagreement, disagreement in readings)
        for one, other in _opposed(disagreement, members, links, positions_of):
            note(positions_of[one], positions_of[other], reported)
    for claim, slugs in sorted(positions_of.items()):
        for one, other in combinations(sorted(slugs), 2):
            found[one, other][ReportedRelation(TOGETHER, claim)] = None
    ends = {one: set(named) for one, named in grouped(graph, _ENDS_OF_STATEMENTS).items()}
    terms = _terms(ends, links, positions_of)
    for statement in sorted(ends):
        owners = [*(terms[end] for end in ends[statement]), positions_of[statement]]
        for ones, others in combinations(owners, 2):
            note(ones, others, ReportedRelation(TOGETHER, statement))
    return {pair: tuple(found[pair]) for pair in sorted(found)}


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
