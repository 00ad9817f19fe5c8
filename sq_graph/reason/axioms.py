"""Axioms as tuples in OWL's functional syntax, read from Turtle: for reasoners, sentences and `check`.

`("SubClassOf", "e:A", ("ObjectSomeValuesFrom", "e:partOf", "e:B"))`; a name alone is an IRI.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sq_graph.turtle import Document, Triple
from sq_graph.vocab import OWL, RDF, RDFS, SKOS, SQ, slug_of

_TYPE, _FIRST, _REST, _NIL = (RDF + name for name in ("type", "first", "rest", "nil"))
BETWEEN = {
    RDFS + "subClassOf": "SubClassOf", OWL + "equivalentClass": "EquivalentClasses",
    OWL + "disjointWith": "DisjointClasses", RDFS + "subPropertyOf": "SubObjectPropertyOf",
    OWL + "equivalentProperty": "EquivalentObjectProperties", OWL + "inverseOf": "InverseObjectProperties",
    OWL + "sameAs": "SameIndividual", OWL + "differentFrom": "DifferentIndividuals",
    RDFS + "domain": "ObjectPropertyDomain", RDFS + "range": "ObjectPropertyRange",
}  # fmt: skip
_SIMPLE = ("Asymmetric", "Functional", "InverseFunctional", "Irreflexive")
OF_ROLES = {
    OWL + name + "Property": name + "ObjectProperty" for name in (*_SIMPLE, "Reflexive", "Symmetric", "Transitive")
}
_TOGETHER = {
    "AllDisjointClasses": ("DisjointClasses", "members"),
    "AllDifferent": ("DifferentIndividuals", "distinctMembers"),
}
_KINDS = ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty", "NamedIndividual", "Ontology", "Axiom")
LISTS = {"intersectionOf": "ObjectIntersectionOf", "unionOf": "ObjectUnionOf", "oneOf": "ObjectOneOf"}
VALUES = {
    "someValuesFrom": "ObjectSomeValuesFrom",
    "allValuesFrom": "ObjectAllValuesFrom",
    "hasValue": "ObjectHasValue",
}
COUNTS = {"minQualifiedCardinality": "ObjectMinCardinality", "maxQualifiedCardinality": "ObjectMaxCardinality",
           "qualifiedCardinality": "ObjectExactCardinality"}  # fmt: skip
_NOTES = {RDFS + "label", RDFS + "comment", RDFS + "seeAlso"} | {
    SKOS + name for name in ("definition", "scopeNote", "editorialNote", "note", "example")
} | {OWL + "annotated" + name for name in ("Source", "Property", "Target")}  # fmt: skip


@dataclass(frozen=True)
class Axiom:
    """One logical axiom: what it says, the file and line that say so, and what is noted on it."""

    says: tuple[Any, ...]
    source: str = ""
    line: int = field(default=0, compare=False)
    triples: tuple[Triple, ...] = field(default=(), compare=False, repr=False)
    claims: tuple[str, ...] = ()
    reading: str = ""
    senses: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The axiom in functional syntax, the same for the same axiom."""
        return written(self.says)

    @property
    def names(self) -> frozenset[str]:
        """Every class, role and thing that it names."""
        return frozenset(_names(self.says))


@dataclass(frozen=True)
class Reading:
    """A file's axioms, the triples that are no axiom known here, declared names by kind, labels, notes on its scope."""

    axioms: tuple[Axiom, ...]
    unread: tuple[tuple[Triple, int], ...]
    declared: Mapping[str, frozenset[str]]
    labels: Mapping[str, str]
    scope: tuple[str, ...]


def read_axioms(document: Document, source: str, known: Mapping[str, frozenset[str]] | None = None) -> Reading:
    """The axioms of a file; `known` says which names the files that it imports declare, by kind.

    >>> from sq_graph.turtle import read
    >>> text = "PREFIX o: <http://www.w3.org/2002/07/owl#> PREFIX e: <e:> e:A a o:Class ; o:disjointWith e:B ."
    >>> read_axioms(read(text), "e:").axioms[0].text
    'DisjointClasses(<e:A> <e:B>)'
    """
    return _Reader(document, source, known or {}).read()


def written(part: Any) -> str:
    """A tuple in functional syntax."""
    if isinstance(part, tuple):
        return f"{part[0]}({' '.join(map(written, part[1:]))})"
    return f"<{part}>" if isinstance(part, str) else str(part)


class _Reader:
    def __init__(self, document: Document, source: str, known: Mapping[str, frozenset[str]]) -> None:
        self.lines, self.source, self.used = document.triples, source, dict[Triple, None]()
        self.of: dict[str, dict[str, list[str]]] = {}
        own: dict[str, set[str]] = {kind: set() for kind in _KINDS}
        for s, p, o in document.triples:
            self.of.setdefault(_plain(s), {}).setdefault(_plain(p), []).append(_plain(o))
            if _plain(p) == _TYPE and o.startswith(f"<{OWL}") and (kind := slug_of(_plain(o))) in own:
                own[kind].add(_plain(s))
        self.own = {kind: frozenset(names) for kind, names in own.items()}
        self.roles = self.own["ObjectProperty"] | known.get("ObjectProperty", frozenset())
        self.noting = _NOTES | self.own["AnnotationProperty"] | known.get("AnnotationProperty", frozenset())

    def read(self) -> Reading:
        noted = {tuple(said.get(OWL + "annotated" + name, [""])[0] for name in ("Source", "Property", "Target")): said
                 for said in (self.of[node] for node in self.own["Axiom"])}  # fmt: skip
        axioms = [axiom for triple in self.lines for axiom in self._axiom(triple, noted)]
        said = {triple for axiom in axioms for triple in axiom.triples}
        unread = tuple(
            (t, line) for t, line in self.lines.items() if t not in said and not self._silent(*map(_plain, t))
        )
        labels = {s: _text(found[RDFS + "label"][0]) for s, found in self.of.items() if RDFS + "label" in found}
        scope = [_text(note) for s in self.own["Ontology"] for note in self.of[s].get(SKOS + "scopeNote", ())]
        return Reading(tuple(axioms), unread, self.own, labels, tuple(scope))

    def _axiom(self, triple: Triple, noted: Mapping[tuple[str, ...], Mapping[str, list[str]]]) -> Iterator[Axiom]:
        self.used = {triple: None}
        s, p, o = map(_plain, triple)
        try:
            says = self._meaning(s, p, o)
        except (KeyError, IndexError, ValueError, RecursionError):
            return
        note = noted.get((s, p, o), {})
        claims, readings, senses = (sorted(note.get(SQ + name, ())) for name in ("claim", "reading", "senses"))
        reading = slug_of(readings[0]).removeprefix("basis-") if readings else ""
        if says:
            meant = tuple(slug_of(value).removeprefix("senses-") for value in senses)
            yield Axiom(says, self.source, self.lines[triple], tuple(self.used), tuple(claims), reading, meant)

    def _meaning(self, s: str, p: str, o: str) -> tuple[Any, ...]:
        if p == _TYPE and slug_of(o) in _TOGETHER:
            name, members = _TOGETHER[slug_of(o)]
            self._take(s, OWL + members)
            return (name, *map(self._class, self._list(self.of[s][OWL + members][0])))
        kind = BETWEEN.get(p, "")
        if s.startswith("_:") and kind not in ("SubClassOf", "EquivalentClasses"):
            return ()
        if p == _TYPE:
            if o in OF_ROLES:
                return (OF_ROLES[o], s)
            return () if o.startswith(OWL) and slug_of(o) in _KINDS else ("ClassAssertion", self._class(o), s)
        if "Property" in kind or "Properties" in kind:
            return (
                (kind, s, self._class(o) if kind.endswith(("Domain", "Range")) else self._role(o))
                if s in self.roles
                else ()
            )
        if kind:
            return (kind, self._class(s), self._class(o))
        return ("ObjectPropertyAssertion", p, s, o) if p in self.roles and not o.startswith('"') else ()

    def _class(self, node: str) -> Any:
        if not node.startswith("_:"):
            return node
        said = self.of[node]
        self._take(node, *said)
        for name, kind in LISTS.items():
            if members := said.get(OWL + name):
                return (kind, *map(self._class, self._list(members[0])))
        if other := said.get(OWL + "complementOf"):
            return ("ObjectComplementOf", self._class(other[0]))
        role = self._role(said[OWL + "onProperty"][0])
        for name, kind in VALUES.items():
            if target := said.get(OWL + name):
                return (kind, role, self._class(target[0]))
        name = next(name for name in COUNTS if OWL + name in said)
        return (COUNTS[name], int(_text(said[OWL + name][0])), role, self._class(said[OWL + "onClass"][0]))

    def _role(self, node: str) -> Any:
        if not node.startswith("_:"):
            return node
        self._take(node, *self.of[node])
        return ("ObjectInverseOf", self.of[node][OWL + "inverseOf"][0])

    def _list(self, node: str) -> Iterator[str]:
        while node != _NIL:
            self._take(node, *self.of[node])
            yield self.of[node][_FIRST][0]
            node = self.of[node][_REST][0]

    def _take(self, node: str, *predicates: str) -> None:
        for p in predicates:
            self.used |= {t: None for o in self.of[node][p] for t in [(_bracketed(node), f"<{p}>", _bracketed(o))]}

    def _silent(self, s: str, p: str, o: str) -> bool:
        """Whether a triple says nothing that a reasoner should hear: a declaration, a note, the file's header."""
        declares = p == _TYPE and o.startswith(OWL) and slug_of(o) in _KINDS
        return declares or s in self.own["Ontology"] or p in self.noting or p.startswith(SQ)


def outside_owl(
    reading: Reading, neutral: Mapping[str, frozenset[str]], background: Iterable[Axiom]
) -> Iterator[tuple[int, str]]:
    """What puts a file outside OWL 2 DL, or outside what is reasoned about here, as (line, words)."""
    for (s, p, o), line in reading.unread:
        what = " ".join("…" if t.startswith("_:") else slug_of(_plain(t)) for t in (s, p, o))
        yield line, f"“{what}” is no axiom of OWL 2 DL that can be reasoned about here"
    none = frozenset[str]()
    kinds = {kind: reading.declared.get(kind, none) | neutral.get(kind, none) for kind in _KINDS[:-2]}
    passed_on = _passed_on([*reading.axioms, *background])
    for axiom in reading.axioms:
        for name in sorted(axiom.names):
            found = [kind for kind, names in kinds.items() if name in names]
            if not found and not name.startswith(OWL):
                yield axiom.line, f"“{slug_of(name)}” is used but declared nowhere"
            if len(set(found) - {"NamedIndividual"}) > 1:
                yield axiom.line, f"“{slug_of(name)}” is declared as {' and as '.join(found)}"
        for role in sorted(set(_simple_roles(axiom.says)) & passed_on):
            yield (
                axiom.line,
                f"“{slug_of(role)}” passes on from thing to thing, so it may not be counted or be {axiom.says[0]}",
            )


def _passed_on(axioms: list[Axiom]) -> set[Any]:
    """The roles that are transitive or stand above one that is."""
    found = {axiom.says[1] for axiom in axioms if axiom.says[0] == "TransitiveObjectProperty"}
    above = [axiom.says[1:] for axiom in axioms if axiom.says[0] == "SubObjectPropertyOf"]
    while more := {high for low, high in above if low in found} - found:
        found |= more
    return found


def _simple_roles(part: tuple[Any, ...]) -> Iterator[str]:
    if part[0] in [name + "ObjectProperty" for name in _SIMPLE]:
        yield part[1]
    elif part[0] in COUNTS.values():
        yield from _names(part[2])
    for inner in part[1:]:
        if isinstance(inner, tuple):
            yield from _simple_roles(inner)


def _names(part: Any) -> Iterator[str]:
    if isinstance(part, tuple):
        for inner in part[1:]:
            yield from _names(inner)
    elif isinstance(part, str):
        yield part


def _plain(term: str) -> str:
    return term[1:-1] if term.startswith("<") else term


def _bracketed(term: str) -> str:
    return term if term.startswith(("_:", '"')) else f"<{term}>"


def _text(literal: str) -> str:
    return literal.split('"')[1] if '\\"' not in literal else literal[1 : literal.rindex('"')].replace('\\"', '"')
