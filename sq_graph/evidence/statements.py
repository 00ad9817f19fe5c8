"""The statements of a map as the guards read them: what is said, by whom, in which lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sq_graph.evidence.lexicon import stems
from sq_graph.evidence.sources import Source
from sq_graph.evidence.verify import Place, read_places
from sq_graph.graph import Graph

_KINDS = (
    "sq:Claim sq:Definition sq:Alignment sq:DeniedAlignment sq:Typology sq:Category sq:Cell "
    "sq:Model "
    "sq:Case sq:Stereotype sq:Citation sq:Observation"
)
_FACTS = f"""SELECT DISTINCT ?thing ?kind ?property ?value {{ VALUES ?kind {{ {_KINDS} }}
  ?thing a ?kind ; sq:reportedIn ?passage ; ?property ?value . FILTER(?property != rdf:type) }}
  ORDER BY STR(?thing) STR(?property) STR(?value)"""
_STATEMENTS = f"""SELECT ?thing {{ VALUES ?kind {{ {_KINDS} }}
  ?thing a ?kind ; sq:reportedIn ?passage }}"""
_LABELS = """SELECT ?thing ?label { ?thing rdfs:label|skos:altLabel|skos:hiddenLabel ?label }
  ORDER BY STR(?thing) STR(?label)"""
_AUTHORS = "SELECT DISTINCT ?work ?author { ?work sq:authorship/sq:author ?author }"
_RELATIONS = """SELECT DISTINCT ?relation ?property ?value { ?relation a sq:Relation .
  { ?relation ?property ?value } UNION { ?value ?property ?relation .
    VALUES ?property { sq:inverseRelation sq:oppositeRelation } } }"""
_AGENTS = """SELECT DISTINCT ?agent { VALUES ?kind { sq:Person sq:Organisation } ?agent a ?kind }"""

_WIDER = """SELECT DISTINCT ?thing ?wider {
  ?thing sq:senseOf|skos:broader|sq:memberOf|sq:memberOf/sq:divides ?wider }"""
_AXIOMS = """SELECT DISTINCT ?claim ?source ?property ?target { GRAPH ?module {
  ?axiom sq:claim ?claim ; owl:annotatedSource ?one ; owl:annotatedTarget ?class .
  ?class owl:someValuesFrom ?two ; owl:onProperty ?property . FILTER(isIRI(?property))
  ?one rdfs:label ?source . ?two rdfs:label ?target } } ORDER BY STR(?claim) ?source ?target"""


@dataclass(frozen=True)
class Statement:
    """One statement: its values by the local name of the property, and the places that it rests
    on.
    """

    thing: str
    kind: str
    values: Mapping[str, Sequence[str]]
    places: tuple[Place, ...]

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

    statements: tuple[Statement, ...]
    labels: Mapping[str, Sequence[str]]
    authors: Mapping[str, frozenset[str]]
    relations: Mapping[str, Mapping[str, Sequence[str]]]
    agents: frozenset[str]
    axioms: Mapping[str, Sequence[tuple[str, str, str]]]
    wider: Mapping[str, frozenset[str]]
    ends: Mapping[tuple[str, str], Sequence[int]]

    def wider_than(self, thing: str) -> set[str]:
        """Everything above a thing in the arrangement of concepts, senses and categories."""
        found: set[str] = set()
        todo = [thing]
        while todo:
            above = self.wider.get(todo.pop(), frozenset()) - found
            found |= above
            todo += above
        return found

    def names(self, things: Sequence[str]) -> str:
        """All names of some things."""
        return " ".join(label for thing in things for label in self.labels.get(thing, ()))

    def stems(self, things: Sequence[str]) -> set[str]:
        """The stems of all names of some things."""
        return set(stems(self.names(things)))


def is_any_statement(graph: Graph, things: Collection[str]) -> bool:
    """Whether any of some things is a statement that rests on a passage.

    >>> from sq_graph.graph import EmbeddedGraph
    >>> is_any_statement(EmbeddedGraph(), ["https://example.org/thing"])
    False
    """
    rows = graph.select(_STATEMENTS)
    return any(row["thing"].value in things for row in rows)


def read_literature(graph: Graph) -> Literature:
    """The statements of a graph, for the guards.

    >>> from sq_graph.graph import EmbeddedGraph
    >>> read_literature(EmbeddedGraph()).statements
    ()
    """
    places = {passage: place for passage, (_, place) in read_places(graph).items()}
    kinds: dict[str, str] = {}
    facts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in graph.select(_FACTS):
        thing = row["thing"].value
        kinds.setdefault(thing, _local(row["kind"].value))
        values = facts[thing][_local(row["property"].value)]
        if row["value"].value not in values:
            values.append(row["value"].value)
    labels: dict[str, list[str]] = defaultdict(list)
    for row in graph.select(_LABELS):
        labels[row["thing"].value].append(row["label"].value)
    authors: dict[str, set[str]] = defaultdict(set)
    for row in graph.select(_AUTHORS):
        authors[row["work"].value].add(row["author"].value)
    relations: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in graph.select(_RELATIONS):
        relations[row["relation"].value][_local(row["property"].value)].append(row["value"].value)
    for relation in list(relations):
        for denied in relations[relation].get("denies", ()):
            relations[denied]["deniedBy"].append(relation)
    axioms: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for row in graph.select(_AXIOMS):
        ends = row["source"].value, row["target"].value
        axioms[row["claim"].value].append((_local(row["property"].value), *ends))
    wider: dict[str, set[str]] = defaultdict(set)
    for row in graph.select(_WIDER):
        wider[row["thing"].value].add(row["wider"].value)
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for known in facts.values():
        relation = _local(next(iter(known.get("relation", ())), ""))
        for at, end in enumerate(("subject", "object")):
            for thing in known.get(end, ()):
                counts[relation, thing][at] += 1
    return Literature(
        tuple(
            Statement(thing, kinds[thing], values, _places(values, places))
            for thing, values in facts.items()
        ),
        labels,
        {work: frozenset(known) for work, known in authors.items()},
        relations,
        frozenset(row["agent"].value for row in graph.select(_AGENTS)),
        axioms,
        {thing: frozenset(above) for thing, above in wider.items()},
        counts,
    )


def lines_of(place: Place, source: Source) -> tuple[int, int] | None:
    """The first and last line of a place in a text: its own lines, else its pages; None if
    unknown.
    """
    if place.digest == source.digest and place.first_line:
        return place.first_line, place.last_line
    return source.span(place.page, place.last_page) if source.pages and place.page else None


def _places(values: Mapping[str, Sequence[str]], places: Mapping[str, Place]) -> tuple[Place, ...]:
    return tuple(places[one] for one in values.get("reportedIn", ()) if one in places)


def _local(iri: str) -> str:
    return iri.rpartition("#")[2].rpartition("/")[2] if "://" in iri else iri
