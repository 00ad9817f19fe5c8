"""Shapes run over a graph: all of it, or only what a change can reach.

Compiled rules stand in for pySHACL because tests find both reports equal: on every witness, on the
whole map and on the W3C suites. A shape that is not compiled is left to pySHACL, and a notice
names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from sq_graph.graph import EmbeddedGraph, Graph, Term, Triple
from sq_graph.shacl.compiler import Compiler, Rule, Uncompiled
from sq_graph.shacl.dependencies import Touch
from sq_graph.shacl.pyshacl_engine import ShapeFailure, pyshacl_report
from sq_graph.shacl.shapes_graph import ShapesGraph
from sq_graph.shacl.violation import Violation, in_order

_ALL = "CONSTRUCT WHERE { ?s ?p ?o }"
_CLASSES = "SELECT DISTINCT ?below ?above { ?below rdfs:subClassOf+ ?above FILTER (ISIRI(?above)) }"


@dataclass(frozen=True)
class Notice:
    """What to know of one shape itself: where it is, and whether it is at fault or merely slow."""

    shape: Term
    file: str
    text: str
    is_fault: bool


class Shapes:
    """The rules of some shapes, for data with the classes of `data`.

    >>> from sq_graph.graph import EmbeddedGraph
    >>> shapes, data = EmbeddedGraph(), EmbeddedGraph()
    >>> shapes.add('''@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <https://example.org/> .
    ...   :Person a sh:NodeShape ; sh:targetClass :P ; sh:property :Name .
    ...   :Name sh:path :name ; sh:minCount 1 ; sh:message "It has no name; name it." .''', "https://example.org/s")
    >>> data.add("@prefix : <https://example.org/> . :ann a :P ; :name 'Ann' . :bob a :P .", "https://example.org/d")
    >>> [(found.focus.value, found.message) for found in Shapes(shapes, data).violations(data)]
    [('https://example.org/bob', 'It has no name; name it.')]
    """

    def __init__(self, shapes: EmbeddedGraph, data: Graph) -> None:
        below: dict[str, list[str]] = {}
        for row in data.select(_CLASSES):
            below.setdefault(row["above"].value, []).append(row["below"].value)
        self.shapes = ShapesGraph(shapes)
        self.rules, self.uncompiled = Compiler(self.shapes, below).compile()

    def notices(self) -> tuple[Notice, ...]:
        """The shapes that are left to pySHACL, and those that cannot be used."""
        return tuple(self._notice(one, one.reason, one.broken) for one in self.uncompiled)

    def by_pyshacl(self, graph: Graph) -> tuple[tuple[Violation, ...], tuple[Notice, ...]]:
        """What the shapes that are not compiled find in a graph, and those that fail."""
        left = [one for one in self.uncompiled if not one.broken]
        if not left:
            return (), ()
        data = graph.construct(_ALL)
        found, failed = list[Violation](), list[Notice]()
        for one in left:
            try:
                found += pyshacl_report(data, self.shapes.triples, one.shape)
            except ShapeFailure as error:
                failed.append(self._notice(one, f"it cannot be used: {error.what}", True))
        return tuple(found), tuple(failed)

    def _notice(self, one: Uncompiled, text: str, is_fault: bool) -> Notice:
        return Notice(one.shape, self.shapes.file_of(one.shape), text, is_fault)

    def violations(
        self, graph: Graph, progress: Callable[[], None] = lambda: None
    ) -> tuple[Violation, ...]:
        """All violations in a graph, in a steady order; `progress` is called after each rule."""
        found: set[Violation] = set()
        for rule in self.rules:
            found.update(_violations(rule, graph))
            progress()
        return in_order(found)

    def reached(self, graph: Graph, changed: Sequence[Triple]) -> dict[Rule, set[Term]]:
        """The things that changed triples can reach in a graph, for each rule that they bear on.

        Ask before a change for what it removes, and after it for what it adds.
        """
        by_predicate: dict[str, list[Triple]] = {}
        for triple in changed:
            for name in (triple[1].value, ""):
                by_predicate.setdefault(name, []).append(triple)
        linked = cache(lambda touch: _linked(graph, touch, by_predicate[touch.predicate]))
        reached: dict[Rule, set[Term]] = {}
        for rule in self.rules:
            touches = [touch for touch in rule.touches if touch.predicate in by_predicate]
            if any(touch.link is None for touch in touches):
                reached[rule] = _nodes(graph, f"SELECT DISTINCT ?this {{ {rule.target} }}")
            else:
                reached[rule] = set().union(*map(linked, touches))
        return {rule: nodes for rule, nodes in reached.items() if nodes}

    def violations_at(self, graph: Graph, reached: Mapping[Rule, Iterable[Term]]) -> set[Violation]:
        """The violations of some rules at those of some things that are their targets."""
        found: set[Violation] = set()
        for rule, nodes in reached.items():
            among = " ".join(sorted(node.n3() for node in nodes))
            targets = _nodes(
                graph, f"SELECT DISTINCT ?this {{ VALUES ?this {{ {among} }} {rule.target} }}"
            )
            if targets:
                found.update(_violations(rule, graph, sorted(targets)))
        return found


def _violations(
    rule: Rule, graph: Graph, focus: Iterable[Term] | None = None
) -> Iterator[Violation]:
    for row in graph.select(rule.query(focus)):
        message = rule.message
        for name, term in row.items():
            message = message.replace(f"{{?{name}}}", str(term)).replace(f"{{${name}}}", str(term))
        value = row.get("value", row["this"] if rule.prologue else None)
        yield Violation(
            row["this"],
            rule.shape,
            rule.component,
            value,
            rule.severity,
            message,
            rule.owner,
            rule.path,
        )


def _linked(graph: Graph, touch: Touch, triples: Iterable[Triple]) -> set[Term]:
    """The things that changed triples reach through one touch."""
    names = [name for name in (touch.subject, touch.object) if name.startswith("?")]
    called = [{touch.subject: subject, touch.object: value} for subject, _, value in triples]
    rows = [
        [one[name] for name in names]
        for one in called
        if all(
            name == term.n3() or (name.startswith("?") and term.kind != "bnode")
            for name, term in one.items()
        )
    ]
    if not touch.link:
        return {row[names.index("?this")] for row in rows}
    values = " ".join(f"({' '.join(term.n3() for term in row)})" for row in rows)
    return _nodes(
        graph, f"SELECT DISTINCT ?this {{ VALUES ({' '.join(names)}) {{ {values} }} {touch.link} }}"
    )


def _nodes(graph: Graph, query: str) -> set[Term]:
    return {row["this"] for row in graph.select(query) if row["this"].kind == "uri"}
