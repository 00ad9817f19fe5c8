"""Shapes run over a graph: all of it, or only what a change can reach.

Compiled rules stand in for pySHACL because tests find both reports equal: on every witness, on the
whole map and on the W3C suites. A shape that is not compiled is left to pySHACL, and a notice
names it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, groupby
from operator import itemgetter
from typing import Literal, Protocol

from sq_graph.graph import EmbeddedGraph, Graph, Progress, Term
from sq_graph.graph.lookup import Iri, Lookup, Node, NodeTriple, to_node
from sq_graph.shacl.pyshacl_engine import ShapeFailure, pyshacl_report
from sq_graph.shacl.reach import Reach, Reached
from sq_graph.shacl.shacl_compiler import Compiler
from sq_graph.shacl.shapes_graph import ShapesGraph
from sq_graph.shacl.violation import Violation, in_order
from sq_graph.vocab import RDFS

_SUBCLASS = Iri(f"{RDFS}subClassOf")
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

    def __init__(self, shapes: EmbeddedGraph | ShapesGraph, data: Graph) -> None:
        below: dict[str, list[str]] = {}
        for above, one in _classes(data):
            below.setdefault(above, []).append(one)
        self.shapes = shapes if isinstance(shapes, ShapesGraph) else ShapesGraph(shapes)
        self._compiler = Compiler(self.shapes, below)
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
        return Shapes(self.shapes, data)  # shapes without names keep their labels

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

    def violations(self, graph: Graph, progress: Progress = lambda: None) -> tuple[Violation, ...]:
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


# ---- changes


class Change(Protocol):
    """A change of a graph that can be applied and undone, with the triples that it really adds and
    removes."""

    @property
    def added(self) -> Collection[NodeTriple]:
        """The triples that it adds."""

    @property
    def removed(self) -> Collection[NodeTriple]:
        """The triples that it removes."""

    def apply(self) -> None:
        """Makes the change."""

    def revert(self) -> None:
        """Takes it back."""


def new_violations(
    graph: EmbeddedGraph, change: Change, shapes: Shapes, progress: Progress = lambda: None
) -> tuple[Violation, ...]:
    """The violations that a change would bring. It stays applied unless one is of severity
    Violation.

    Parameters:
        graph: the graph as it is before the change.
        change: the change; if judging it fails, it is undone.
        shapes: the shapes, for the classes of the graph.
        progress: called after each rule that has to be run over the whole graph: where a change
            moves classes, or where thousands of things refer to what it changes.
    """
    before, reached = graph.lookup(), Reached()
    moves_classes = any(p == _SUBCLASS for _, p, _ in chain(change.removed, change.added))
    new_things = _unknown(before, change.added, shapes.reach.named)
    if not moves_classes:
        shapes.reach.reached(before, change.removed, reached)
    change.apply()
    try:
        now = shapes
        if moves_classes:
            now = shapes.over(graph)
            after = set(now.violations(graph, progress))
        else:
            lookup = graph.lookup()
            reached.fresh, lookup.preloaded = new_things, new_things
            shapes.reach.reached(lookup, change.added, reached)
            after = _violations(graph, shapes.reach, lookup, reached, progress)
        after.update(now.by_pyshacl(graph)[0])
    except BaseException:
        change.revert()
        raise
    new = [one for one in after if to_node(one.focus) in new_things]
    if old_things := after.difference(new):
        change.revert()
        if moves_classes:
            old = set(shapes.violations(graph, progress))
        else:
            old = _violations(graph, shapes.reach, before, reached.faulty(old_things), progress)
        old.update(shapes.by_pyshacl(graph)[0])
        new += _without(old_things, old)
    is_refused = any(violation.severity == "Violation" for violation in new)
    if is_refused and not old_things:
        change.revert()
    elif old_things and not is_refused:
        change.apply()
    return in_order(new)


def _unknown(
    lookup: Lookup, added: Iterable[NodeTriple], named: Collection[Node]
) -> dict[Node, list[NodeTriple]]:
    """What is stated of the things of which neither a graph nor a shape knows anything, so that
    whatever is wrong with them is new.
    """
    found: dict[Node, list[NodeTriple]] = {}
    for subject, triples in groupby(added, itemgetter(0)):
        is_old = subject in named or not isinstance(subject, Iri)
        if subject in found or not (is_old or lookup.mentions(subject)):
            found.setdefault(subject, []).extend(triples)
    return found


def _violations(
    graph: EmbeddedGraph, reach: Reach, lookup: Lookup, reached: Reached, progress: Progress
) -> set[Violation]:
    found, asked = reach.violations_at(lookup, reached)
    for group, nodes in asked.items():
        if any(node.kind == "bnode" for node in nodes):  # which cannot be named in a query
            reached.everywhere.add(group)
            continue
        for rule in group.rules:
            found.update(rule.violations(graph, sorted(nodes)))
    for rule in chain(*(group.rules for group in reached.everywhere)):
        found.update(rule.violations(graph))
        progress()
    return found


def _without(after: Iterable[Violation], old: Iterable[Violation]) -> list[Violation]:
    """The violations that are new; those at blank nodes are counted, since their labels change."""
    left, found = Counter(map(_nameless, old)), []
    for one in after:
        left[_nameless(one)] -= 1
        if left[_nameless(one)] < 0:
            found.append(one)
    return found


def _nameless(violation: Violation) -> Violation:
    nameless = Term("bnode", "")
    if violation.focus.kind == "bnode":
        violation = replace(violation, focus=nameless)
    if violation.value and violation.value.kind == "bnode":
        violation = replace(violation, value=nameless)
    return violation
