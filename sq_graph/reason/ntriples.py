"""Axioms as N-Triples with the declarations they need: owlready2 takes a name for what it is declared as."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from sq_graph.reason.axioms import BETWEEN, COUNTS, LISTS, OF_ROLES, VALUES
from sq_graph.vocab import OWL, RDF, XSD

_PREDICATE = {kind: f"<{name}>" for name, kind in (*BETWEEN.items(), *OF_ROLES.items())}
_LOCAL = {kind: f"<{OWL}{name}>" for table in (COUNTS, LISTS, VALUES) for name, kind in table.items()}
_TYPE, _FIRST, _REST, _NIL = (f"<{RDF}{name}>" for name in ("type", "first", "rest", "nil"))
_CLASS, _ROLE, _THING = (f"<{OWL}{name}>" for name in ("Class", "ObjectProperty", "NamedIndividual"))


def ntriples(axioms: Sequence[tuple[Any, ...]]) -> str:
    """The text of some axioms, each a tuple in functional syntax.

    >>> print(ntriples([("SubClassOf", "e:A", "e:B")]).splitlines()[-1])
    <e:A> <http://www.w3.org/2000/01/rdf-schema#subClassOf> <e:B> .
    """
    writer = _Writer()
    for kind, *parts in axioms:
        writer.axiom(kind, *parts)
    return "".join(f"{' '.join(triple)} .\n" for triple in writer.triples)


class _Writer:
    def __init__(self) -> None:
        self.triples: dict[tuple[str, str, str], None] = {}
        self.numbers = count()

    def axiom(self, kind: str, *parts: Any) -> None:
        if kind == "ClassAssertion":
            self.say(self.node(parts[1], _THING), _TYPE, self.node(parts[0]))
        elif kind == "ObjectPropertyAssertion":
            self.say(self.node(parts[1], _THING), self.node(parts[0], _ROLE), self.node(parts[2], _THING))
        elif kind.endswith("ObjectProperty"):
            self.say(self.node(parts[0], _ROLE), _TYPE, _PREDICATE[kind])
        elif len(parts) == 2:
            things = kind.endswith(("Individual", "Individuals"))
            first = _ROLE if "Propert" in kind else _THING if things else _CLASS
            last = first if not kind.endswith(("Domain", "Range")) else _CLASS
            self.say(self.node(parts[0], first), _PREDICATE[kind], self.node(parts[1], last))
        else:
            name, members = {"DisjointClasses": ("AllDisjointClasses", "members")}.get(
                kind, ("AllDifferent", "distinctMembers")
            )
            whole = f"_:a{next(self.numbers)}"
            self.say(whole, _TYPE, f"<{OWL}{name}>")
            self.say(whole, f"<{OWL}{members}>", self.list(parts, _CLASS if members == "members" else _THING))

    def node(self, part: Any, kind: str = _CLASS) -> str:
        if isinstance(part, str):
            self.say(f"<{part}>", _TYPE, kind)
            return f"<{part}>"
        head, *rest = part
        node = f"_:n{next(self.numbers)}"
        if head == "ObjectInverseOf":
            self.say(node, f"<{OWL}inverseOf>", self.node(rest[0], _ROLE))
        elif head == "ObjectComplementOf" or head in LISTS.values():
            self.say(node, _TYPE, _CLASS)
            members = (
                self.node(rest[0])
                if head == "ObjectComplementOf"
                else self.list(rest, _THING if head == "ObjectOneOf" else _CLASS)
            )
            self.say(node, _LOCAL.get(head, f"<{OWL}complementOf>"), members)
        else:
            self.say(node, _TYPE, f"<{OWL}Restriction>")
            if head in COUNTS.values():
                self.say(node, _LOCAL[head], f'"{rest.pop(0)}"^^<{XSD}nonNegativeInteger>')
            target = self.node(rest[1], _THING if head == "ObjectHasValue" else _CLASS)
            self.say(node, f"<{OWL}onProperty>", self.node(rest[0], _ROLE))
            self.say(node, f"<{OWL}onClass>" if head in COUNTS.values() else _LOCAL[head], target)
        return node

    def list(self, parts: Sequence[Any], kind: str) -> str:
        rest = _NIL
        for part in reversed(parts):
            node = f"_:l{next(self.numbers)}"
            self.say(node, _FIRST, self.node(part, kind))
            self.say(node, _REST, rest)
            rest = node
        return rest

    def say(self, *triple: str) -> None:
        s, p, o = triple
        self.triples[s, p, o] = None
