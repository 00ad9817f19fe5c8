"""Shapes run over a graph: all of it, or only what a change can reach.

Compiled rules stand in for pySHACL because tests find both reports equal: on every witness, on the
whole map and on the W3C suites. A shape that is not compiled is left to pySHACL, and a notice
names it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from sq_graph.graph import EmbeddedGraph, Graph, Term
from sq_graph.shacl.compiler import Compiler
from sq_graph.shacl.pyshacl_engine import ShapeFailure, pyshacl_report
from sq_graph.shacl.reach import Reach
from sq_graph.shacl.shapes_graph import ShapesGraph
from sq_graph.shacl.violation import Violation, in_order

_ALL = "CONSTRUCT WHERE { ?s ?p ?o }"
_CLASSES = "SELECT DISTINCT ?below ?above { ?below rdfs:subClassOf+ ?above FILTER (ISIRI(?above)) }"


NoticeKind = Literal["fault", "slow", "unread", "idle"]


@dataclass(frozen=True)
class Notice:
    """What to know of one shape itself: where it is, and whether it is at fault, is left to
    pySHACL, which is slow, says what nothing reads, or checks nothing.
    """

    shape: Term
    file: str
    text: str
    kind: NoticeKind


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
        for above, one in _classes(data):
            below.setdefault(above, []).append(one)
        self.shapes = ShapesGraph(shapes)
        self._graph, self._compiler = shapes, Compiler(self.shapes, below)
        self._rules_of, self.uncompiled = self._compiler.compile()
        self.rules = tuple(rule for own in self._rules_of.values() for rule in own)

    @classmethod
    def shared(cls, shapes: EmbeddedGraph, data: Graph) -> Shapes:
        """The rules of some files of shapes: compiled once in a process for the same texts and the
        same classes.
        """
        key = frozenset(shapes.texts().items()), frozenset(_classes(data))
        if key not in _compiled:
            if len(_compiled) >= _KEPT_AT_MOST:
                _compiled.clear()
            _compiled[key] = cls(shapes, data)
        return _compiled[key]

    @cached_property
    def reach(self) -> Reach:
        """What the rules depend on, to look only at what a change reaches."""
        return Reach(self.shapes, self._rules_of, self._compiler.beneath)

    def over(self, data: Graph) -> Shapes:
        """The same shapes, for data with other classes."""
        return Shapes(self._graph, data)

    def notices(self) -> tuple[Notice, ...]:
        """The shapes that are left to pySHACL, those that cannot be used, and those without use."""
        kinds: tuple[NoticeKind, NoticeKind] = ("slow", "fault")
        left = (self._notice(one.shape, one.reason, kinds[one.broken]) for one in self.uncompiled)
        missed = (self._notice(shape, text, "unread") for shape, text in self.shapes.unread())
        no_target = "it has no target, and no other shape refers to it"
        idle = (self._notice(shape, no_target, "idle") for shape in self.shapes.idle())
        return (*left, *dict.fromkeys(missed), *idle)

    def by_pyshacl(self, graph: Graph) -> tuple[tuple[Violation, ...], tuple[Notice, ...]]:
        """What the shapes that are not compiled find in a graph, and those that fail."""
        left = [one for one in self.uncompiled if not one.broken]
        data = graph.construct(_ALL) if left else ()
        found, failed = list[Violation](), list[Notice]()
        for one in left:
            try:
                found += pyshacl_report(data, self.shapes.triples, one.shape)
            except ShapeFailure as error:
                failed.append(self._notice(one.shape, f"it cannot be used: {error.what}", "fault"))
        return tuple(found), tuple(failed)

    def _notice(self, shape: Term, text: str, kind: NoticeKind) -> Notice:
        return Notice(shape, self.shapes.file_of(shape), text.rstrip("."), kind)

    def violations(
        self, graph: Graph, progress: Callable[[], None] = lambda: None
    ) -> tuple[Violation, ...]:
        """All violations in a graph, in a steady order; `progress` is called after each rule."""
        found: set[Violation] = set()
        for rule in self.rules:
            found.update(rule.violations(graph))
            progress()
        return in_order(found)


_KEPT_AT_MOST = 8
_compiled: dict[Hashable, Shapes] = {}


def _classes(data: Graph) -> list[tuple[str, str]]:
    """Each class of some data with each of those below it."""
    return [(row["above"].value, row["below"].value) for row in data.select(_CLASSES)]
