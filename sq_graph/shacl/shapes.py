"""Validation of a graph by shapes: of all of it, or only of what a change affects.

Compiled rules replace pySHACL because tests find both reports equal: on every witness, on the whole
map and on the W3C suites. A shape that is not compiled is left to pySHACL, and a notice names it.
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
from sq_graph.shacl.incremental import Affected, DependencyIndex
from sq_graph.shacl.pyshacl_engine import ShapeFailure, pyshacl_report
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
    """A notice about one shape: that it is at fault, is slow because it is left to pySHACL, has an
    unread part, or is idle because it checks nothing.
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
    >>> [(each.focus.value, each.message) for each in Shapes(shapes, data).violations(data)]
    [('https://example.org/bob', 'It has no name; name it.')]
    """

    def __init__(self, shapes: EmbeddedGraph | ShapesGraph, data: Graph) -> None:
        subclasses: dict[str, list[str]] = {}
        for superclass, subclass in _class_pairs(data):
            subclasses.setdefault(superclass, []).append(subclass)
        self.shapes = shapes if isinstance(shapes, ShapesGraph) else ShapesGraph(shapes)
        self._compiler = Compiler(self.shapes, subclasses)
        self._rules_by_shape, self.uncompiled = self._compiler.compile()
        self.rules = tuple(chain(*self._rules_by_shape.values()))

    @classmethod
    def cached(cls, shapes: EmbeddedGraph, data: Graph) -> Shapes:
        """The rules of some files of shapes, compiled once per process for the same texts and the
        same classes.
        """
        key = frozenset(shapes.texts().items()), frozenset(_class_pairs(data))
        if key not in _cache:
            if len(_cache) >= _MAX_CACHED:
                _cache.clear()
            _cache[key] = cls(shapes, data)
        return _cache[key]

    @cached_property
    def dependencies(self) -> DependencyIndex:
        """The constraints by what they depend on, to validate only what a change affects."""
        return DependencyIndex(self.shapes, self._rules_by_shape, self._compiler.subclasses_of)

    def for_data(self, data: Graph) -> Shapes:
        """The same shapes, for data with other classes."""
        return Shapes(self.shapes, data)  # shapes without names keep their labels

    def notices(self) -> tuple[Notice, ...]:
        """The shapes that are left to pySHACL, those that cannot be used, and those without use."""
        kinds: tuple[NoticeKind, NoticeKind] = ("slow", "fault")
        left = (self._notice(u.shape, u.reason, kinds[u.broken]) for u in self.uncompiled)
        unread = (self._notice(shape, text, "unread") for shape, text in self.shapes.unread_terms())
        no_target = "it has no target, and no other shape refers to it"
        idle = (self._notice(shape, no_target, "idle") for shape in self.shapes.idle_shapes())
        return (*left, *dict.fromkeys(unread), *idle)

    def by_pyshacl(self, graph: Graph) -> tuple[tuple[Violation, ...], tuple[Notice, ...]]:
        """The violations in a graph of the shapes that are not compiled, and notices of shapes that
        fail.
        """
        usable = [uncompiled.shape for uncompiled in self.uncompiled if not uncompiled.broken]
        data = graph.construct(_ALL) if usable else ()
        violations, failures = list[Violation](), list[Notice]()
        for shape in usable:
            try:
                violations += map(self._authored, pyshacl_report(data, self.shapes.triples, shape))
            except ShapeFailure as error:
                failures.append(self._notice(shape, f"it cannot be used: {error.what}", "fault"))
        return tuple(violations), tuple(failures)

    def _authored(self, violation: Violation) -> Violation:
        """A violation without the message that pySHACL makes where a shape of SHACL Core has
        none.
        """
        is_core = not (":" in violation.component or violation.component.startswith("SPARQL"))
        has_message = violation.source and self.shapes.message(violation.source)
        return replace(violation, message="") if is_core and not has_message else violation

    def _notice(self, shape: Term, text: str, kind: NoticeKind) -> Notice:
        return Notice(shape, self.shapes.file_of(shape), text.rstrip("."), kind)

    def violations(self, graph: Graph, progress: Progress = lambda: None) -> tuple[Violation, ...]:
        """All violations in a graph, in a steady order; `progress` is called after each rule."""
        violations: set[Violation] = set()
        for rule in self.rules:
            violations.update(rule.violations(graph))
            progress()
        return in_order(violations)


_MAX_CACHED = 8
_cache: dict[Hashable, Shapes] = {}


def _class_pairs(data: Graph) -> list[tuple[str, str]]:
    """Each class of some data with each of its subclasses."""
    return [(row["above"].value, row["below"].value) for row in data.select(_CLASSES)]


# ---- changes


class Change(Protocol):
    """A change of a graph that can be applied and reverted, with the triples that it really adds
    and removes.
    """

    @property
    def added(self) -> Collection[NodeTriple]:
        """The triples that it adds."""

    @property
    def removed(self) -> Collection[NodeTriple]:
        """The triples that it removes."""

    def apply(self) -> None:
        """Applies the change."""

    def revert(self) -> None:
        """Reverts the change."""


def new_violations(
    graph: EmbeddedGraph, change: Change, shapes: Shapes, progress: Progress = lambda: None
) -> tuple[Violation, ...]:
    """The violations that a change brings. It stays applied unless one is of severity Violation.

    Parameters:
        graph: the graph before the change.
        change: the change; if validating it fails, it is reverted.
        shapes: the shapes, for the classes of the graph.
        progress: called after each rule that has to run over the whole graph: where a change moves
            classes, or where thousands of things refer to what it changes.
    """
    old_lookup, affected = graph.lookup(), Affected()
    moves_classes = any(p == _SUBCLASS for _, p, _ in chain(change.removed, change.added))
    new_things = _new_things(old_lookup, change.added, shapes.dependencies.target_nodes)
    if not moves_classes:
        shapes.dependencies.trace(old_lookup, change.removed, affected)
    change.apply()
    try:
        new_shapes = shapes.for_data(graph) if moves_classes else shapes
        if moves_classes:
            violations = set(new_shapes.violations(graph, progress))
        else:
            lookup = graph.lookup()
            affected.new_things, lookup.preloaded = new_things, new_things
            shapes.dependencies.trace(lookup, change.added, affected)
            violations = _violations(graph, shapes, lookup, affected, progress)
        violations.update(new_shapes.by_pyshacl(graph)[0])
    except BaseException:
        change.revert()
        raise
    new = [violation for violation in violations if to_node(violation.focus) in new_things]
    if at_old_things := violations.difference(new):
        change.revert()
        if moves_classes:
            old = set(shapes.violations(graph, progress))
        else:
            suspect = affected.restricted_to(at_old_things)
            old = _violations(graph, shapes, old_lookup, suspect, progress)
        old.update(shapes.by_pyshacl(graph)[0])
        new += _without(at_old_things, old)
    is_refused = any(violation.level == "Violation" for violation in new)
    if is_refused and not at_old_things:
        change.revert()
    elif at_old_things and not is_refused:
        change.apply()
    return in_order(new)


def _new_things(
    lookup: Lookup, added: Iterable[NodeTriple], target_nodes: Collection[Node]
) -> dict[Node, list[NodeTriple]]:
    """The things that neither the graph nor a shape mentions, with their statements: all violations
    of these are new.
    """
    statements: dict[Node, list[NodeTriple]] = {}
    for subject, triples in groupby(added, itemgetter(0)):
        is_old = subject in target_nodes or not isinstance(subject, Iri)
        if subject in statements or not (is_old or lookup.mentions(subject)):
            statements.setdefault(subject, []).extend(triples)
    return statements


def _violations(
    graph: EmbeddedGraph, shapes: Shapes, lookup: Lookup, affected: Affected, progress: Progress
) -> set[Violation]:
    violations, queries = shapes.dependencies.violations_at(lookup, affected)
    for group, nodes in queries.items():
        if any(node.kind == "bnode" for node in nodes):  # which cannot be named in a query
            affected.everywhere.add(group)
            continue
        for rule in group.rules:
            violations.update(rule.violations(graph, sorted(nodes)))
    for rule in chain(*(group.rules for group in affected.everywhere)):
        violations.update(rule.violations(graph))
        progress()
    return violations


def _without(violations: Iterable[Violation], old: Iterable[Violation]) -> list[Violation]:
    """The violations that are new; those at blank nodes are counted, since their labels change."""
    remaining, new = Counter(map(_without_labels, old)), []
    for violation in violations:
        remaining[_without_labels(violation)] -= 1
        if remaining[_without_labels(violation)] < 0:
            new.append(violation)
    return new


def _without_labels(violation: Violation) -> Violation:
    unlabelled = Term("bnode", "")
    if violation.focus.kind == "bnode":
        violation = replace(violation, focus=unlabelled)
    if violation.value and violation.value.kind == "bnode":
        violation = replace(violation, value=unlabelled)
    return violation
