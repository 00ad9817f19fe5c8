"""A light check without Java: it follows axioms from named individuals and creates those that must exist.

It leaves out covering, unions on the right and numbers, and creates individuals to a bounded depth: a contradiction
that it finds is one, but it may overlook others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sq_graph.reason.axioms import Axiom
from sq_graph.vocab import OWL

DEPTH = 4


def consistent(axioms: Iterable[Axiom]) -> bool:
    """False where a contradiction is found; True where none is found, which proves nothing.

    >>> witness = Axiom(("ClassAssertion", ("ObjectIntersectionOf", "A", ("ObjectComplementOf", "B")), "a"))
    >>> consistent([witness]), consistent([witness, Axiom(("SubClassOf", "A", "B"))])
    (True, False)
    """
    return _Chase([axiom.expression for axiom in axioms]).run()


class _Chase:
    def __init__(self, axioms: list[tuple[Any, ...]]) -> None:
        self.superclasses: dict[Any, set[Any]] = defaultdict(set)
        self.types: dict[str, set[Any]] = defaultdict(set)
        self.superroles: dict[str, set[str]] = defaultdict(set)
        self.depths: dict[str, int] = defaultdict(int)
        self.links = {(a[1], a[2], a[3]) for a in axioms if a[0] == "ObjectPropertyAssertion"}
        self.transitive = {a[1] for a in axioms if a[0] == "TransitiveObjectProperty"}
        self.disjoint_classes = [a[1:] for a in axioms if a[0] == "DisjointClasses"]
        for kind, first, *rest in axioms:
            if kind == "SubClassOf":
                self.superclasses[first].add(rest[0])
            elif kind == "EquivalentClasses":
                for expression in (first, *rest):
                    self.superclasses[expression] |= {first, *rest} - {expression}
            elif kind == "SubObjectPropertyOf":
                self.superroles[first].add(rest[0])
            elif kind == "ClassAssertion":
                self.types[rest[0]].add(first)
        self.complex_classes = [c for c in self.superclasses if isinstance(c, tuple)]

    def run(self) -> bool:
        size = -1
        while size != (size := sum(map(len, self.types.values())) + len(self.links)):
            for node in list(self.types):
                types = self.types[node]
                for expression in list(types):
                    self._unfold(node, expression)
                types |= {c for c in self.complex_classes if self._is_instance(node, c)}
            self._close_links()
            if any(self._is_contradictory(node) for node in list(self.types)):
                return False
        return True

    def _unfold(self, node: str, expression: Any) -> None:
        self.types[node] |= self.superclasses.get(expression, set())
        if isinstance(expression, str):
            return
        kind, first, *rest = expression
        inner = first if kind == "ObjectComplementOf" and isinstance(first, tuple) else ("",)
        if kind == "ObjectIntersectionOf":
            self.types[node] |= {first, *rest}
        elif (
            kind == "ObjectSomeValuesFrom"
            and self.depths[node] < DEPTH
            and not self._has_filler(node, *expression[1:])
        ):
            other = f"{node}/{len(self.depths)}"
            self.types[other].add(rest[0])
            self.depths[other] = self.depths[node] + 1
            is_inverse = isinstance(first, tuple)
            self.links.add((first[1], other, node) if is_inverse else (first, node, other))
        elif kind == "ObjectAllValuesFrom" or inner[0] == "ObjectSomeValuesFrom":
            role, filler = (
                (first, rest[0]) if rest else (inner[1], ("ObjectComplementOf", inner[2]))
            )
            for other in self._neighbours(node, role):
                self.types[other].add(filler)
        elif inner[0] == "ObjectComplementOf":
            self.types[node].add(inner[1])

    def _is_instance(self, node: str, expression: Any) -> bool:
        if expression in self.types[node] or isinstance(expression, str):
            return expression in self.types[node]
        if expression[0] in ("ObjectIntersectionOf", "ObjectUnionOf"):
            quantifier = all if expression[0] == "ObjectIntersectionOf" else any
            return quantifier(self._is_instance(node, part) for part in expression[1:])
        return expression[0] == "ObjectSomeValuesFrom" and self._has_filler(node, *expression[1:])

    def _has_filler(self, node: str, role: Any, filler: Any) -> bool:
        return any(self._is_instance(other, filler) for other in self._neighbours(node, role))

    def _neighbours(self, node: str, role: Any) -> set[str]:
        if isinstance(role, tuple):
            return {s for r, s, o in self.links if r == role[1] and o == node}
        return {o for r, s, o in self.links if r == role and s == node}

    def _close_links(self) -> None:
        size = 0
        while size != (size := len(self.links)):
            self.links |= {(p, s, o) for r, s, o in self.links for p in self.superroles.get(r, ())}
            transitive = [link for link in self.links if link[0] in self.transitive]
            self.links |= {(r, s, far) for r, s, o in transitive for far in self._neighbours(o, r)}

    def _is_contradictory(self, node: str) -> bool:
        types = self.types[node]
        denied = [c[1] for c in types if isinstance(c, tuple) and c[0] == "ObjectComplementOf"]
        is_denied = any(self._is_instance(node, c) for c in denied)
        overlaps = any(sum(part in types for part in parts) > 1 for parts in self.disjoint_classes)
        return overlaps or OWL + "Nothing" in types or is_denied
