"""The statements of a map for the guards: their words, their holders and the lines they rest on."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from sq_graph.evidence.lexicon import stems
from sq_graph.evidence.verify import QUERIES, PassageLocation, read_passages
from sq_graph.graph import Graph
from sq_graph.model.facts import facts, grouped, iris, plain_rows, texts
from sq_graph.vocab import expand, slug_of

_Check = TypeVar("_Check", bound=Callable[..., Iterator[str]])


class Guard(NamedTuple):
    """A function that yields the doubts about a statement, and the remedy for them."""

    check: Callable[..., Iterator[str]]
    remedy: str


Guards = dict[str, Guard]
"""Guards by their names, as a statement may dismiss them."""
_KINDS = f"""SELECT DISTINCT ?thing ?kind {{ {QUERIES["statement"]} }}
  ORDER BY STR(?thing) STR(?kind)"""


@dataclass(frozen=True)
class ReadStatement:
    """One statement: its values by the local name of the property, and the passages that it rests
    on.
    """

    iri: str
    kind: str
    values: Mapping[str, Sequence[str]]
    locations: tuple[PassageLocation, ...]

    def all(self, *names: str) -> list[str]:
        """The values of some properties."""
        return [value for name in names for value in self.values.get(name, ())]

    def first(self, name: str) -> str:
        """The first value of a property, the local name of an IRI; empty if there is none."""
        return _local(next(iter(self.values.get(name, ())), ""))

    @property
    def own_words(self) -> str:
        """Its label and its summary."""
        return " ".join(self.all("label", "summary"))


@dataclass(frozen=True)
class Literature:
    """The statements of a map, the labels of things, the authors of works, the properties of
    relations, axioms, the hierarchy of concepts, and how often a thing is each end of a relation.
    """

    statements: tuple[ReadStatement, ...]
    labels: Mapping[str, Sequence[str]]
    authors: Mapping[str, Sequence[str]]
    relations: Mapping[str, Mapping[str, Sequence[str]]]
    agents: frozenset[str]
    axioms: Mapping[str, Sequence[tuple[str, str, str]]]
    wider: Mapping[str, Sequence[str]]
    ends: Mapping[tuple[str, str], Sequence[int]]

    def wider_than(self, thing: str) -> set[str]:
        """Everything above a thing in the hierarchy of concepts, senses and categories."""
        ancestors: set[str] = set()
        pending = [thing]
        while pending:
            parents = {*self.wider.get(pending.pop(), ())} - ancestors
            ancestors |= parents
            pending += parents
        return ancestors

    def names(self, things: Sequence[str]) -> str:
        """All labels of some things."""
        return " ".join(label for thing in things for label in self.labels.get(thing, ()))

    def stems(self, things: Sequence[str]) -> set[str]:
        """The stems of all labels of some things."""
        return set(stems(self.names(things)))

    def relation_of(self, statement: ReadStatement) -> Mapping[str, Sequence[str]]:
        """The properties of the relation that a statement uses; none if it uses none."""
        return self.relations.get(next(iter(statement.all("relation")), ""), {})


def guard(guards: Guards, remedy: str) -> Callable[[_Check], _Check]:
    """Registers a function among the guards under its name, with the remedy for its doubts."""

    def register(check: _Check) -> _Check:
        guards[check.__name__.replace("_", "-")] = Guard(check, remedy)
        return check

    return register


def is_any_statement(graph: Graph, things: Collection[str]) -> bool:
    """Whether any of some things is a statement that rests on a passage.

    >>> from sq_graph.graph import EmbeddedGraph
    >>> is_any_statement(EmbeddedGraph(), ["https://example.org/thing"])
    False
    """
    query = f"SELECT ?thing {{ {QUERIES['statement']} }}"
    return any(thing in things for thing in iris(graph, query))


def read_literature(graph: Graph) -> Literature:
    """The statements of a graph, for the guards.

    >>> from sq_graph.graph import EmbeddedGraph
    >>> read_literature(EmbeddedGraph()).statements
    ()
    """
    locations = {passage: location for passage, (_, location) in read_passages(graph).items()}
    kinds = grouped(graph, _KINDS)
    relations = defaultdict[str, defaultdict[str, list[str]]](lambda: defaultdict(list))
    for relation, property_, value in plain_rows(graph, QUERIES["relations"]):
        relations[relation][_local(property_)].append(value)
    for relation in list(relations):
        for denied in relations[relation].get("denies", ()):
            relations[denied]["deniedBy"].append(relation)
    axioms = defaultdict[str, list[tuple[str, str, str]]](list)
    for claim, source, property_, target in plain_rows(graph, QUERIES["axioms"]):
        axioms[claim].append((_local(property_), source, target))
    counts = defaultdict[tuple[str, str], list[int]](lambda: [0, 0])
    statements = []
    for iri, properties in facts(graph, kinds).items():
        values = {slug_of(expand(name)): texts(properties, name) for name in properties}
        read_in = (locations[key] for key in values.get("reportedIn", ()) if key in locations)
        statement = ReadStatement(iri, slug_of(kinds[iri][0]), values, tuple(read_in))
        statements.append(statement)
        for index, end in enumerate(("subject", "object")):
            for thing in statement.all(end):
                counts[statement.first("relation"), thing][index] += 1
    names = ("labels", "authors", "wider")
    labels, authors, wider = (grouped(graph, QUERIES[name]) for name in names)
    agents = frozenset(iris(graph, QUERIES["agents"]))
    return Literature(tuple(statements), labels, authors, relations, agents, axioms, wider, counts)


def _local(iri: str) -> str:
    return iri.rpartition("#")[2].rpartition("/")[2] if "://" in iri else iri
