"""Shapes run over a graph: all of it, or only what a change can reach.

pySHACL is the reference engine (`reference`). The rules compiled to SPARQL are used in its place because a test
finds both reports equal on every witness and on the whole map.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from sq_graph.check.rules import Compiler, Rule, ShapesGraph
from sq_graph.check.tracing import Touch
from sq_graph.graph import EmbeddedGraph, Graph, Term, Triple
from sq_graph.vocab import SH

_REPORTED = """SELECT DISTINCT * { ?report sh:result ?result .
  ?result sh:focusNode ?focus ; sh:sourceShape ?shape ; sh:sourceConstraintComponent ?component ;
    sh:resultSeverity ?severity .
  OPTIONAL { ?result sh:sourceConstraint ?constraint } OPTIONAL { ?result sh:value ?value }
  OPTIONAL { ?result sh:resultMessage ?message } }"""
_CLASSES = "SELECT DISTINCT ?below ?above { ?below rdfs:subClassOf+ ?above FILTER (ISIRI(?above)) }"


@dataclass(frozen=True)
class Violation:
    """One thing that breaks one constraint of a shape: `value` is the value at fault, where there is one."""

    focus: Term
    shape: str
    component: str
    value: Term | None
    severity: str = field(compare=False)
    message: str = field(compare=False)


class Shapes:
    """The rules of some shapes, for data with the classes of `data`; raises NotCompiled for what is beyond them.

    >>> from sq_graph.graph import EmbeddedGraph
    >>> shapes, data = EmbeddedGraph(), EmbeddedGraph()
    >>> shapes.add('''@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <https://example.org/> .
    ...   :Person a sh:NodeShape ; sh:targetClass :P ; sh:property :Name .
    ...   :Name sh:path :name ; sh:minCount 1 ; sh:message "It has no name; name it." .''', "https://example.org/s")
    >>> data.add("@prefix : <https://example.org/> . :ann a :P ; :name 'Ann' . :bob a :P .", "https://example.org/d")
    >>> [(found.focus.value, found.message) for found in Shapes(shapes, data).violations(data)]
    [('https://example.org/bob', 'It has no name; name it.')]
    """

    def __init__(self, shapes: Graph, data: Graph) -> None:
        below: dict[str, list[str]] = {}
        for row in data.select(_CLASSES):
            below.setdefault(row["above"].value, []).append(row["below"].value)
        self.rules = tuple(Compiler(ShapesGraph(shapes), below).rules())

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


def in_order(found: Iterable[Violation]) -> tuple[Violation, ...]:
    """Violations by thing, shape and constraint."""
    return tuple(
        sorted(found, key=lambda one: (one.focus, one.shape, one.component, str(one.value)))
    )


def reference(data: Iterable[Path], shapes: Iterable[Path]) -> tuple[Violation, ...]:
    """What pySHACL reports of Turtle files: slow, and the measure of all else."""
    import pyshacl
    import rdflib

    graph = rdflib.Graph()
    for path in data:
        graph.parse(path, format="turtle")
    rules = "\n".join(path.read_text(encoding="utf-8") for path in shapes)
    _, report, _ = pyshacl.validate(
        graph, shacl_graph=rules, shacl_graph_format="turtle", inplace=True
    )
    told = EmbeddedGraph()
    told.add(report.serialize(format="nt"), "https://example.org/report")
    return in_order(
        Violation(
            row["focus"],
            row.get("constraint", row["shape"]).value,
            row["component"].value.removeprefix(SH),
            row.get("value"),
            row["severity"].value.removeprefix(SH),
            row["message"].value if "message" in row else "",
        )
        for row in told.select(_REPORTED)
    )


def _violations(
    rule: Rule, graph: Graph, focus: Iterable[Term] | None = None
) -> Iterator[Violation]:
    for row in graph.select(rule.query(focus)):
        message = rule.message
        for name, term in row.items():
            message = message.replace(f"{{?{name}}}", str(term)).replace(f"{{${name}}}", str(term))
        value = row.get("value", row["this"] if rule.prologue else None)
        yield Violation(row["this"], rule.shape, rule.component, value, rule.severity, message)


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
