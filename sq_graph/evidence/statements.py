"""The statements of a map as the guards read them: what is said, by whom, in which lines."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from sq_graph.evidence.lexicon import stems
from sq_graph.evidence.verify import QUERIES, PassageLocation, read_places
from sq_graph.graph import Graph
from sq_graph.model.facts import facts, grouped, iris, plain_rows, texts
from sq_graph.vocab import expand, slug_of

_Look = TypeVar("_Look", bound=Callable[..., Iterator[str]])


class Guard(NamedTuple):
    """What yields the doubts about a statement, and what to do about them."""

    look: Callable[..., Iterator[str]]
    remedy: str


Guards = dict[str, Guard]
"""Guards by their names, as a statement may dismiss them."""
_KINDS = f"""SELECT DISTINCT ?thing ?kind {{ {QUERIES["statement"]} }}
  ORDER BY STR(?thing) STR(?kind)"""


@dataclass(frozen=True)
class ReadStatement:
    """One statement: its values by the local name of the property, and the places that it rests
    on.
    """

    thing: str
    kind: str
    values: Mapping[str, Sequence[str]]
    places: tuple[PassageLocation, ...]

    def all(self, *names: str) -> list[str]:
        """The values of some properties."""
        return [value for name in names for value in self.values.get(name, ())]

    def one(self, name: str) -> str:
        """The first value of a property, in short if it is an IRI; empty if there is none."""
        return _local(next(iter(self.values.get(name, ())), ""))

    @property
    def wording(self) -> str:
        """Its label and its summary."""
        return " ".join(self.all("label", "summary"))


@dataclass(frozen=True)
class Literature:
    """The statements of a map, the names of things, the authors of works, what relations mean,
    axioms, what is arranged above what, and how often a thing is each end of a relation.
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
        """Everything above a thing in the arrangement of concepts, senses and categories."""
        found: set[str] = set()
        todo = [thing]
        while todo:
            above = {*self.wider.get(todo.pop(), ())} - found
            found |= above
            todo += above
        return found

    def names(self, things: Sequence[str]) -> str:
        """All names of some things."""
        return " ".join(label for thing in things for label in self.labels.get(thing, ()))

    def stems(self, things: Sequence[str]) -> set[str]:
        """The stems of all names of some things."""
        return set(stems(self.names(things)))

    def relation_of(self, said: ReadStatement) -> Mapping[str, Sequence[str]]:
        """What is known of the relation that a statement uses; nothing if it uses none."""
        return self.relations.get(next(iter(said.all("relation")), ""), {})


def guard(guards: Guards, remedy: str) -> Callable[[_Look], _Look]:
    """Enter a function among the guards under its name; `remedy` is what to do where it doubts."""

    def enter(look: _Look) -> _Look:
        guards[look.__name__.replace("_", "-")] = Guard(look, remedy)
        return look

    return enter


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
    places = {passage: place for passage, (_, place) in read_places(graph).items()}
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
    for thing, known in facts(graph, kinds).items():
        values = {slug_of(expand(name)): texts(known, name) for name in known}
        own = tuple(places[one] for one in values.get("reportedIn", ()) if one in places)
        said = ReadStatement(thing, slug_of(kinds[thing][0]), values, own)
        statements.append(said)
        for at, end in enumerate(("subject", "object")):
            for one in said.all(end):
                counts[said.one("relation"), one][at] += 1
    names = (QUERIES[name] for name in ("labels", "authors", "wider"))
    labels, authors, wider = (grouped(graph, query) for query in names)
    agents, every = frozenset(iris(graph, QUERIES["agents"])), tuple(statements)
    return Literature(every, labels, authors, relations, agents, axioms, wider, counts)


def _local(iri: str) -> str:
    return iri.rpartition("#")[2].rpartition("/")[2] if "://" in iri else iri
