"""Looking up statements by thing and property: for a few things, far faster than a query."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice, zip_longest
from typing import cast

import pyoxigraph as ox

from sq_graph.graph.terms import Term, Triple
from sq_graph.vocab import XSD

Iri = ox.NamedNode
Blank = ox.BlankNode
Literal = ox.Literal
Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Subject = ox.NamedNode | ox.BlankNode | ox.Triple
NodeTriple = tuple[Subject, ox.NamedNode, Node]
"""A statement in the engine's own terms."""


class TooMany(Exception):
    """The lookup would read more statements than it may."""


class Lookup:
    """The statements of one graph of a store, or of all its graphs together (`graph=None`).

    It keeps what it has read, so it serves one state of the store. Where `allowance` is set,
    reading more statements than that raises TooMany; each read lowers it.

    >>> store = ox.Store()
    >>> a, p = Iri("https://example.org/a"), Iri("https://example.org/p")
    >>> store.add(ox.Quad(a, p, Literal("x")))
    >>> [value.value for value in Lookup(store, ox.DefaultGraph()).objects(a, p)]
    ['x']
    """

    def __init__(self, store: ox.Store, graph: ox.DefaultGraph | None) -> None:
        self.store, self.graph = store, graph
        self.allowance: int | None = None
        self.preloaded: Mapping[Node, Collection[NodeTriple]] = {}
        """All statements about some things, where they are known and need not be read."""
        self._properties: dict[Node, dict[ox.NamedNode, dict[Node, None]]] = {}
        self._objects: dict[tuple[Node, ox.NamedNode], dict[Node, None]] = {}
        self._subjects: dict[tuple[ox.NamedNode, Node], dict[Node, None]] = {}
        self._referenced: dict[Node, bool] = {}

    def forget(self) -> None:
        """Clears what was read, before many things that are looked up fill the memory."""
        for cache in (self._properties, self._objects, self._subjects, self._referenced):
            cache.clear()

    def properties(self, node: Node) -> Mapping[ox.NamedNode, Collection[Node]]:
        """All properties of a thing with their values, read at once."""
        properties = self._properties.get(node)
        if properties is None:
            properties = self._properties[node] = {}
            if node in self.preloaded:
                for _, predicate, value in self.preloaded[node]:
                    properties.setdefault(predicate, {})[value] = None
            elif isinstance(node, (ox.NamedNode, ox.BlankNode)):
                for quad in self.store.quads_for_pattern(node, None, None, self.graph):
                    properties.setdefault(quad.predicate, {})[quad.object] = None
        return properties

    def objects(self, node: Node, predicate: ox.NamedNode) -> Collection[Node]:
        """The different values of a property of a thing."""
        if (properties := self._properties.get(node)) is not None:
            return self._charge(properties.get(predicate, {}))
        objects = self._objects.get((node, predicate))
        if objects is None:
            if not isinstance(node, (ox.NamedNode, ox.BlankNode)):
                return ()
            quads = self._limit(self.store.quads_for_pattern(node, predicate, None, self.graph))
            objects = self._objects[node, predicate] = dict.fromkeys(quad.object for quad in quads)
        return self._charge(objects)

    def subjects(self, predicate: ox.NamedNode, node: Node) -> Collection[Node]:
        """The different things that have a value under a property."""
        key = predicate, node
        subjects = self._subjects.get(key)
        if subjects is None and not self.is_referenced(node):
            return ()
        if subjects is None:
            quads = self._limit(self.store.quads_for_pattern(None, predicate, node, self.graph))
            subjects = self._subjects[key] = dict.fromkeys(quad.subject for quad in quads)
        return self._charge(subjects)

    def is_object(self, predicate: ox.NamedNode | None, node: Node) -> bool:
        """Whether anything has the value under the property, or under any."""
        quads = self.store.quads_for_pattern(None, predicate, node, self.graph)
        return next(quads, None) is not None

    def is_subject(self, node: Subject) -> bool:
        """Whether anything is stated of a thing."""
        quads = self.store.quads_for_pattern(node, None, None, self.graph)
        return next(quads, None) is not None

    def mentions(self, node: Iri) -> bool:
        """Whether anything is stated of a thing, or names it as a value."""
        return self.is_subject(node) or self.is_object(None, node)

    def is_referenced(self, node: Node) -> bool:
        """Whether anything has it as a value, which is rare for the things that a change adds."""
        if node not in self._referenced:
            self._referenced[node] = self.is_object(None, node)
        return self._referenced[node]

    def rarest(self, pairs: list[tuple[ox.NamedNode, Node]]) -> int:
        """The index of the pair of property and value that the fewest things have; little is read
        of the others.
        """
        matches = (self.store.quads_for_pattern(None, p, o, self.graph) for p, o in pairs)
        for row in zip_longest(*matches):
            if None in row:
                return row.index(None)
        return 0

    def _limit(self, quads: Iterator[ox.Quad]) -> Iterator[ox.Quad]:
        return quads if self.allowance is None else islice(quads, self.allowance + 1)

    def _charge(self, nodes: dict[Node, None]) -> dict[Node, None]:
        if self.allowance is not None:
            if len(nodes) > self.allowance:
                self._objects.clear()  # the last entry may be incomplete
                self._subjects.clear()
                raise TooMany
            self.allowance -= len(nodes)
        return nodes


def to_node(term: Term) -> Node:
    """The engine's own form of a term.

    >>> to_node(Term("literal", "1", datatype=XSD + "integer")) == Literal(1)
    True
    """
    if term.kind == "uri":
        return ox.NamedNode(term.value)
    if term.kind == "bnode":
        return ox.BlankNode(term.value)
    if term.language:
        return ox.Literal(term.value, language=term.language)
    return ox.Literal(term.value, datatype=ox.NamedNode(term.datatype or XSD + "string"))


def node_triples(quads: Iterable[ox.Quad]) -> list[NodeTriple]:
    """The statements of quads, without their graphs."""
    return [(subject, predicate, value) for subject, predicate, value, _ in quads]


def to_nodes(triples: Iterable[Triple]) -> list[NodeTriple]:
    """The engine's own form of triples."""
    return [(cast(Subject, to_node(s)), Iri(p.value), to_node(o)) for s, p, o in triples]


@lru_cache(maxsize=10_000)
def parse_term(text: str) -> Node:
    """A term in Turtle notation, as a store keeps it: `1` for `01`.

    >>> str(parse_term('"01"^^<http://www.w3.org/2001/XMLSchema#integer>'))
    '"1"^^<http://www.w3.org/2001/XMLSchema#integer>'
    """
    if text[0] == "<" and "\\" not in text:
        return ox.NamedNode(text[1:-1])
    if match := _PLAIN.fullmatch(text):
        return ox.Literal(match[1], language=match[2])
    store = ox.Store()
    store.load(f"<x:s> <x:p> {text} .".encode(), format=ox.RdfFormat.TURTLE)
    [quad] = store
    node: Node = quad.object
    return node


_PLAIN = re.compile(r'"([^"\\\n\r]*)"(?:@([A-Za-z0-9-]+))?')
"""A literal without escapes or datatype, which a store keeps as it is written."""


@lru_cache(maxsize=100_000)
def is_true(expression: str) -> bool:
    """Whether an expression without variables is true to the engine; an error counts as false.

    >>> is_true("2 > 1"), is_true("<https://example.org/a> > 1")
    (True, False)
    """
    return bool(_EMPTY.query(f"ASK {{ FILTER ({expression}) }}"))


_EMPTY = ox.Store()
