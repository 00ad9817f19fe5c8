"""A change of a graph, validated where it can reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from itertools import chain, groupby
from operator import itemgetter
from typing import Protocol

from sq_graph.graph import EmbeddedGraph, Term
from sq_graph.graph.lookup import Iri, Lookup, Node, NodeTriple, to_node
from sq_graph.shacl.reach import Reach, Reached
from sq_graph.shacl.shapes import Shapes
from sq_graph.shacl.violation import Violation, in_order
from sq_graph.vocab import RDFS

Progress = Callable[[], None]


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

    def undo(self) -> None:
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
    new_things = _unknown(before, change.added)
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
            reached.fresh, lookup.whole = new_things, new_things
            shapes.reach.reached(lookup, change.added, reached)
            after = _violations(graph, shapes.reach, lookup, reached, progress)
        after.update(now.by_pyshacl(graph)[0])
    except BaseException:
        change.undo()
        raise
    new = [one for one in after if to_node(one.focus) in new_things]
    if old_things := after.difference(new):
        change.undo()
        if moves_classes:
            old = set(shapes.violations(graph, progress))
        else:
            old = _violations(graph, shapes.reach, before, reached.faulty(old_things), progress)
        old.update(shapes.by_pyshacl(graph)[0])
        new += _without(old_things, old)
    is_refused = any(violation.severity == "Violation" for violation in new)
    if is_refused and not old_things:
        change.undo()
    elif old_things and not is_refused:
        change.apply()
    return in_order(new)


def _unknown(lookup: Lookup, added: Iterable[NodeTriple]) -> dict[Node, list[NodeTriple]]:
    """What is stated of the things of which a graph knows nothing, so that whatever is wrong with
    them is new.
    """
    found: dict[Node, list[NodeTriple]] = {}
    for subject, triples in groupby(added, itemgetter(0)):
        if subject in found or (isinstance(subject, Iri) and not lookup.knows(subject)):
            found.setdefault(subject, []).extend(triples)
    return found


def _violations(
    graph: EmbeddedGraph, reach: Reach, lookup: Lookup, reached: Reached, progress: Progress
) -> set[Violation]:
    found, asked = reach.violations_at(lookup, reached)
    for group, nodes in asked.items():
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


_SUBCLASS = Iri(f"{RDFS}subClassOf")
