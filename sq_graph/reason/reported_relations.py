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
    reports = _Reports(graph, known)
    reported = chain(
        reports.between_claims(),
        reports.between_parties(),
        reports.by_shared_claims(),
        reports.between_terms(),
    )
    found: dict[Pair, dict[ReportedRelation, None]] = defaultdict(dict)
    for ones, others, relation in reported:
        for one, other in product(ones - others, others - ones):
            found[min(one, other), max(one, other)][relation] = None
    return {pair: tuple(found[pair]) for pair in sorted(found)}


class _Reports:
    """What a graph says that may relate positions.

    `links` are pairs of things by the property between them, `parties` those of each disagreement;
    `positions_of` gives the slugs of the positions that comprise a claim, or that an IRI names.
    """

    def __init__(self, graph: Graph, known: PositionSet) -> None:
        self.graph = graph
        self.links = {
            name: {(a, b) for a, b in plain_rows(graph, f"SELECT ?a ?b {{ ?a sq:{name} ?b }}")}
            for name in (*_RELATIONS, *_LINKS)
        }
        self.parties = defaultdict[str, list[str]](list)
        for disagreement, party in sorted(self.links["party"] | self.links["opposingParty"]):
            self.parties[disagreement].append(party)
        self.positions_of = defaultdict[str, set[str]](set)
        for iri, module in self.links["module"]:
            self.positions_of[iri] |= {known.owner(module)} - {""}
        for slug, position in known.positions.items():
            for claim in position.comprised:
                self.positions_of[claim].add(slug)

    def between_claims(self) -> Iterator[Reported]:
        """Claims oppose, support, echo or resolve a claim of another position."""
        for name, relation in _RELATIONS.items():
            for claim, other in sorted(self.links[name]):
                reported = ReportedRelation(relation, claim, name == "readAsOpposing")
                for target in self.parties.get(other, [other]):
                    yield self.positions_of[claim], self.positions_of[target], reported

    def between_parties(self) -> Iterator[Reported]:
        """The parties of a disagreement are set against each other if they are positions, else
        unless they are on one side or have a holder in common.
        """
        bases = self.links["basis"]
        readings = {one for one, basis in bases if basis.endswith("#basis-read")}
        for disagreement, members in self.parties.items():
            reported = ReportedRelation(DISAGREE, disagreement, disagreement in readings)
            for one, other in self._opposed(disagreement, members):
                yield self.positions_of[one], self.positions_of[other], reported

    def by_shared_claims(self) -> Iterator[Reported]:
        """A claim that two positions share brings them together."""
        for claim, slugs in sorted(self.positions_of.items()):
            for one, other in combinations(slugs, 2):
                yield {one}, {other}, ReportedRelation(TOGETHER, claim)

    def between_terms(self) -> Iterator[Reported]:
        """Claims and alignments that relate terms of two positions bring them together."""
        rows = grouped(self.graph, _ENDS_OF_STATEMENTS)
        ends = {statement: set(named) for statement, named in rows.items()}
        terms = self._terms(ends)
        for statement in sorted(ends):
            owners = [*(terms[end] for end in ends[statement]), self.positions_of[statement]]
            for ones, others in combinations(owners, 2):
                yield ones, others, ReportedRelation(TOGETHER, statement)

    def _terms(self, ends: Mapping[str, set[str]]) -> defaultdict[str, set[str]]:
        """Category, typology or definition → the positions of its holder whose claims are about it,
        by the ends of each statement.
        """
        typology_of = dict(self.links["memberOf"])
        holders = defaultdict[str, set[str]](set)
        for held, agent in self.links["heldBy"]:
            holders[held].add(agent)
        terms = defaultdict[str, set[str]](set)
        for statement, named in ends.items():
            for end in named:
                if (holders[end] | holders[typology_of.get(end, "")]) & holders[statement]:
                    terms[end] |= self.positions_of.get(statement, set())
        for category, typology in typology_of.items():
            terms[category] |= terms[typology]
        return terms

    def _opposed(self, disagreement: str, members: Sequence[str]) -> list[Pair]:
        """The parties of a disagreement that are set against each other, in pairs."""
        opposing = {party for one, party in self.links["opposingParty"] if one == disagreement}
        pairs = combinations(members, 2)
        if opposing:
            return [(one, two) for one, two in pairs if (one in opposing) != (two in opposing)]
        side, named = self._sides(members), {iri for iri, _ in self.links["module"]}
        held = self.links["heldBy"]
        holders = {one: {agent for thing, agent in held if thing == one} for one in members}
        return [
            (one, two)
            for one, two in pairs
            if {one, two} <= named or (side[one] != side[two] and not holders[one] & holders[two])
        ]

    def _sides(self, members: Iterable[str]) -> dict[str, str]:
        """Party → the first of those on its side.

        Two are on one side where one supports the other, both oppose the same, or one position
        comprises both.
        """
        side, opposes, known = (
            {one: one for one in members},
            self.links["opposes"],
            self.positions_of,
        )
        opposed = {one: {target for by, target in opposes if by == one} for one in side}
        for one, two in combinations(side, 2):
            supports = {(one, two), (two, one)} & self.links["supports"]
            if supports or opposed[one] & opposed[two] or known[one] & known[two]:
                old, new = side[two], side[one]
                side = {member: new if head == old else head for member, head in side.items()}
        return side
