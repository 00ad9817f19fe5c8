"""A light check without Java: it follows axioms from named things outwards, inventing what must exist, and stops.

It leaves out covering, unions on the right and numbers, and invents to a bounded depth: a contradiction that it
finds is one, and what it does not find may still be there.
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
        self.above: dict[Any, set[Any]] = defaultdict(set)
        self.types: dict[str, set[Any]] = defaultdict(set)
        self.roles: dict[str, set[str]] = defaultdict(set)
        self.rank: dict[str, int] = defaultdict(int)
        self.links = {(a[1], a[2], a[3]) for a in axioms if a[0] == "ObjectPropertyAssertion"}
        self.transitive = {a[1] for a in axioms if a[0] == "TransitiveObjectProperty"}
        self.apart = [a[1:] for a in axioms if a[0] == "DisjointClasses"]
        for kind, first, *rest in axioms:
            if kind == "SubClassOf":
                self.above[first].add(rest[0])
            elif kind == "EquivalentClasses":
                for one in (first, *rest):
                    self.above[one] |= {first, *rest} - {one}
            elif kind == "SubObjectPropertyOf":
                self.roles[first].add(rest[0])
            elif kind == "ClassAssertion":
                self.types[rest[0]].add(first)
        self.wholes = [one for one in self.above if isinstance(one, tuple)]

    def run(self) -> bool:
        size = -1
        while size != (size := sum(map(len, self.types.values())) + len(self.links)):
            for thing in list(self.types):
                for one in list(self.types[thing]):
                    self._unfold(thing, one)
                self.types[thing] |= {whole for whole in self.wholes if self._is(thing, whole)}
            self._close()
            if any(self._broken(thing) for thing in list(self.types)):
                return False
        return True

    def _unfold(self, thing: str, one: Any) -> None:
        self.types[thing] |= self.above.get(one, set())
        if isinstance(one, str):
            return
        kind, first, *rest = one
        inner = first if kind == "ObjectComplementOf" and isinstance(first, tuple) else ("",)
        if kind == "ObjectIntersectionOf":
            self.types[thing] |= {first, *rest}
        elif (
            kind == "ObjectSomeValuesFrom"
            and self.rank[thing] < DEPTH
            and not self._has(thing, *one[1:])
        ):
            other = f"{thing}/{len(self.rank)}"
            self.types[other].add(rest[0])
            self.rank[other] = self.rank[thing] + 1
            self.links.add(
                (first[1], other, thing) if isinstance(first, tuple) else (first, thing, other)
            )
        elif kind == "ObjectAllValuesFrom" or inner[0] == "ObjectSomeValuesFrom":
            role, filler = (
                (first, rest[0]) if rest else (inner[1], ("ObjectComplementOf", inner[2]))
            )
            for other in self._reached(thing, role):
                self.types[other].add(filler)
        elif inner[0] == "ObjectComplementOf":
            self.types[thing].add(inner[1])

    def _is(self, thing: str, one: Any) -> bool:
        if one in self.types[thing] or isinstance(one, str):
            return one in self.types[thing]
        if one[0] in ("ObjectIntersectionOf", "ObjectUnionOf"):
            return (all if one[0] == "ObjectIntersectionOf" else any)(
                self._is(thing, part) for part in one[1:]
            )
        return one[0] == "ObjectSomeValuesFrom" and self._has(thing, *one[1:])

    def _has(self, thing: str, role: Any, filler: Any) -> bool:
        return any(self._is(other, filler) for other in self._reached(thing, role))

    def _reached(self, thing: str, role: Any) -> set[str]:
        if isinstance(role, tuple):
            return {s for r, s, o in self.links if r == role[1] and o == thing}
        return {o for r, s, o in self.links if r == role and s == thing}

    def _close(self) -> None:
        size = 0
        while size != (size := len(self.links)):
            self.links |= {(high, s, o) for r, s, o in self.links for high in self.roles.get(r, ())}
            self.links |= {
                (r, s, far)
                for r, s, o in self.links
                if r in self.transitive
                for far in self._reached(o, r)
            }

    def _broken(self, thing: str) -> bool:
        own = self.types[thing]
        denied = [
            one[1] for one in own if isinstance(one, tuple) and one[0] == "ObjectComplementOf"
        ]
        split = any(sum(part in own for part in parts) > 1 for parts in self.apart)
        return split or OWL + "Nothing" in own or any(self._is(thing, one) for one in denied)
