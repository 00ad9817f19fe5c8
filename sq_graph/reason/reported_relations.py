"""Relations between positions that the literature itself reports: that they disagree, agree, or
are brought together.
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


@dataclass(frozen=True)
class ReportedRelation:
    """One relation reported of a pair, and the IRI of the statement that reports it; with
    `by_reading` it is our interpretation.
    """

    kind: str
    statement: str
    by_reading: bool = False


SideRelation = tuple[set[str], set[str], ReportedRelation]
"""Positions on two sides, and a relation reported of each pair of them."""


def reported_relations(
    graph: Graph, position_set: PositionSet
) -> dict[Pair, tuple[ReportedRelation, ...]]:
    """The relations that a graph reports, by pair of positions in the order of their slugs."""
    reports = _Reports(graph, position_set)
    reported = chain(
        reports.between_claims(),
        reports.between_parties(),
        reports.by_shared_claims(),
        reports.between_terms(),
    )
    relations: dict[Pair, dict[ReportedRelation, None]] = defaultdict(dict)
    for side, other_side, relation in reported:
        for first, second in product(side - other_side, other_side - side):
            relations[min(first, second), max(first, second)][relation] = None
    return {pair: tuple(relations[pair]) for pair in sorted(relations)}


class _Reports:
    """The statements of a graph that may relate positions.

    `links` are pairs of things by the property between them, `parties` those of each disagreement,
    `holders` the agents that hold a thing; `positions_of` gives the slugs of the positions that
    comprise a claim, or that an IRI names.
    """

    def __init__(self, graph: Graph, position_set: PositionSet) -> None:
        self.graph = graph
        self.links = {
            name: {(a, b) for a, b in plain_rows(graph, f"SELECT ?a ?b {{ ?a sq:{name} ?b }}")}
            for name in (*_RELATIONS, *_LINKS)
        }
        self.parties = defaultdict[str, list[str]](list)
        for disagreement, party in sorted(self.links["party"] | self.links["opposingParty"]):
            self.parties[disagreement].append(party)
        self.holders = defaultdict[str, set[str]](set)
        for thing, agent in self.links["heldBy"]:
            self.holders[thing].add(agent)
        self.positions_of = defaultdict[str, set[str]](set)
        for iri, module in self.links["module"]:
            self.positions_of[iri] |= {position_set.owner(module)} - {""}
        for slug, position in position_set.positions.items():
            for claim in position.comprised:
                self.positions_of[claim].add(slug)

    def between_claims(self) -> Iterator[SideRelation]:
        """Claims oppose, support, echo or resolve a claim of another position."""
        for name, kind in _RELATIONS.items():
            for claim, target in sorted(self.links[name]):
                relation = ReportedRelation(kind, claim, name == "readAsOpposing")
                for party in self.parties.get(target, [target]):
                    yield self.positions_of[claim], self.positions_of[party], relation

    def between_parties(self) -> Iterator[SideRelation]:
        """The parties of a disagreement oppose each other if they are positions; other parties do
        unless they are on one side or have a holder in common.
        """
        bases = self.links["basis"]
        readings = {statement for statement, basis in bases if basis.endswith("#basis-read")}
        for disagreement, parties in self.parties.items():
            relation = ReportedRelation(DISAGREE, disagreement, disagreement in readings)
            for first, second in self._opposed(disagreement, parties):
                yield self.positions_of[first], self.positions_of[second], relation

    def by_shared_claims(self) -> Iterator[SideRelation]:
        """A claim that two positions share brings them together."""
        for claim, slugs in sorted(self.positions_of.items()):
            for first, second in combinations(slugs, 2):
                yield {first}, {second}, ReportedRelation(TOGETHER, claim)

    def between_terms(self) -> Iterator[SideRelation]:
        """Claims and alignments that relate terms of two positions bring them together."""
        rows = grouped(self.graph, _ENDS_OF_STATEMENTS)
        ends_of = {statement: set(ends) for statement, ends in rows.items()}
        positions_of_term = self._positions_of_terms(ends_of)
        for statement, ends in sorted(ends_of.items()):
            sides = [*(positions_of_term[end] for end in ends), self.positions_of[statement]]
            for side, other_side in combinations(sides, 2):
                yield side, other_side, ReportedRelation(TOGETHER, statement)

    def _positions_of_terms(self, ends_of: Mapping[str, set[str]]) -> defaultdict[str, set[str]]:
        """Category, typology or definition → the positions of its holder whose claims are about it.

        `ends_of` gives the subject and object of each statement.
        """
        typology_of = dict(self.links["memberOf"])
        terms = defaultdict[str, set[str]](set)
        for statement, ends in ends_of.items():
            for end in ends:
                holders = self.holders[end] | self.holders[typology_of.get(end, "")]
                if holders & self.holders[statement]:
                    terms[end] |= self.positions_of.get(statement, set())
        for category, typology in typology_of.items():
            terms[category] |= terms[typology]
        return terms

    def _opposed(self, disagreement: str, parties: Sequence[str]) -> list[Pair]:
        """The pairs of parties of a disagreement that oppose each other."""
        opposing = {b for a, b in self.links["opposingParty"] if a == disagreement}
        pairs = combinations(parties, 2)
        if opposing:
            return [(a, b) for a, b in pairs if (a in opposing) != (b in opposing)]
        sides, positions = self._sides(parties), {iri for iri, _ in self.links["module"]}
        return [
            (a, b)
            for a, b in pairs
            if {a, b} <= positions
            or (sides[a] != sides[b] and not self.holders[a] & self.holders[b])
        ]

    def _sides(self, parties: Iterable[str]) -> dict[str, str]:
        """Party → the first party on its side.

        Two parties are on one side where one supports the other, both oppose the same, or one
        position comprises both.
        """
        sides, positions = {party: party for party in parties}, self.positions_of
        opposed = {a: {target for b, target in self.links["opposes"] if b == a} for a in sides}
        for a, b in combinations(sides, 2):
            supports = {(a, b), (b, a)} & self.links["supports"]
            if supports or opposed[a] & opposed[b] or positions[a] & positions[b]:
                old, new = sides[b], sides[a]
                sides = {party: new if first == old else first for party, first in sides.items()}
        return sides
