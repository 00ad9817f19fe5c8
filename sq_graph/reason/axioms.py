"""Axioms as tuples in OWL's functional syntax, read from Turtle: for reasoners, sentences and
`check`.

`("SubClassOf", "e:A", ("ObjectSomeValuesFrom", "e:partOf", "e:B"))`; a name alone is an IRI.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sq_graph.resources import data_beside
from sq_graph.turtle import Document, TextTriple, normal_form
from sq_graph.turtle.terms import literal_parts
from sq_graph.vocab import OWL, RDF, RDFS, SKOS, SQ, expand, slug_of

_TYPE, _FIRST, _REST, _NIL = (RDF + name for name in ("type", "first", "rest", "nil"))
_OWL = data_beside(__file__, "owl.json")
"""RDF terms → their equivalents in functional syntax."""
_BINARY, _CHARACTERISTICS, _LISTS, _VALUES, _CARDINALITIES = (
    {expand(term): kind for term, kind in _OWL[name].items()}
    for name in ("binary", "characteristics", "lists", "values", "cardinalities")
)
_EXPRESSIONS = {**_LISTS, **_VALUES, **_CARDINALITIES, OWL + "complementOf": "ObjectComplementOf"}
_N_ARY = {expand(term): (kind, expand(members)) for term, (kind, members) in _OWL["n-ary"].items()}
_SIMPLE_ROLES = _OWL["simple"]
"""Axiom or expression → the index in it of a role that must be simple (not transitive)."""
_TERMS = ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty", "NamedIndividual")
_KINDS = {OWL + name: name for name in (*_TERMS, "Ontology", "Axiom")}
_ANNOTATED = [OWL + "annotated" + name for name in ("Source", "Property", "Target")]
_MAX_DEPTH = 100
"""The limit on the nesting of expressions."""
_WORD_END = re.compile("(?<=[a-z])(?=[A-Z])")
"""The end of a word in a camel-case name."""
_ANNOTATIONS = frozenset(map(expand, _OWL["annotations"]))

Expression = Any
"""The IRI of a class, role or thing, a number, or a tuple: a kind of expression and its parts."""
AxiomExpression = tuple[Expression, ...]
"""An axiom as such a tuple; an empty one where there is none."""


@dataclass(frozen=True)
class Axiom:
    """One logical axiom: its expression, the file and line that state it, and its annotations."""

    expression: AxiomExpression
    source: str = ""
    line: int = field(default=0, compare=False)
    claims: tuple[str, ...] = ()
    reading: str = ""
    senses: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The axiom in functional syntax, the same for the same axiom."""
        return functional_syntax(self.expression)

    @property
    def names(self) -> frozenset[str]:
        """Every class, role and thing that it names."""
        return frozenset(part for part in _subexpressions(self.expression) if isinstance(part, str))


@dataclass(frozen=True)
class FileAxioms:
    """The content of a file: its axioms, the triples that could not be read as axioms, the declared
    names by kind, labels, and scope notes.
    """

    axioms: tuple[Axiom, ...]
    unread: tuple[tuple[TextTriple, int], ...]
    declared: Mapping[str, frozenset[str]]
    labels: Mapping[str, str]
    scope: tuple[str, ...]


def read_axioms(
    document: Document, source: str, imported: Mapping[str, frozenset[str]] | None = None
) -> FileAxioms:
    """The axioms of a file; `imported` holds the names that its imports declare, by kind.

    >>> from sq_graph.turtle import parse
    >>> text = "PREFIX o: <http://www.w3.org/2002/07/owl#> PREFIX e: <e:> "
    >>> text += "e:A a o:Class ; o:disjointWith e:B ."
    >>> read_axioms(parse(text), "e:").axioms[0].text
    'DisjointClasses(<e:A> <e:B>)'
    """
    return _AxiomReader(document, source, imported or {}).read()


def functional_syntax(part: Expression) -> str:
    """A tuple in functional syntax."""
    if isinstance(part, tuple):
        return f"{part[0]}({' '.join(map(functional_syntax, part[1:]))})"
    return f"<{part}>" if isinstance(part, str) else str(part)


class _AxiomReader:
    """Reads the triples of one file, IRIs without their brackets; the triples of axioms become
    `used`.
    """

    def __init__(
        self, document: Document, source: str, imported: Mapping[str, frozenset[str]]
    ) -> None:
        self.lines = {
            (_plain(s), _plain(p), _plain(o)): line for (s, p, o), line in _normalised(document)
        }
        self.source, self.consumed, self.used = source, set[TextTriple](), set[TextTriple]()
        self.properties: dict[str, dict[str, list[str]]] = {}
        declared: dict[str, set[str]] = {kind: set() for kind in _KINDS.values()}
        for s, p, o in self.lines:
            self.properties.setdefault(s, {}).setdefault(p, []).append(o)
            if p == _TYPE and o in _KINDS:
                declared[_KINDS[o]].add(s)
        self.declared = {kind: frozenset(names) for kind, names in declared.items()}
        self.roles, annotations = (
            self.declared[kind] | imported.get(kind, frozenset())
            for kind in ("ObjectProperty", "AnnotationProperty")
        )
        self.annotations = _ANNOTATIONS | annotations

    def read(self) -> FileAxioms:
        by_axiom = self._annotations_by_axiom()
        axioms = tuple(axiom for triple in self.lines for axiom in self._axioms(triple, by_axiom))
        unread = tuple(item for item in self.lines.items() if not self._is_read(*item[0]))
        labelled = ((s, values.get(RDFS + "label")) for s, values in self.properties.items())
        labels = {s: _text(label[0]) for s, label in labelled if label}
        headers = (self.properties[iri] for iri in self.declared["Ontology"])
        scope = tuple(_text(note) for head in headers for note in head.get(SKOS + "scopeNote", ()))
        return FileAxioms(axioms, unread, self.declared, labels, scope)

    def _annotations_by_axiom(self) -> dict[AxiomExpression, Mapping[str, list[str]]]:
        """The annotations of each axiom, by its expression.

        Some tools write the annotated expression a second time, under a blank node of its own.
        """
        by_axiom: dict[AxiomExpression, Mapping[str, list[str]]] = {}
        for node in sorted(self.declared["Axiom"]):
            annotations = self.properties[node]
            s, p, o = (annotations.get(end, [""])[0] for end in _ANNOTATED)
            if expression := self._read_triple((s, p, o)):
                by_axiom[expression] = annotations
        return by_axiom

    def _axioms(
        self, triple: TextTriple, by_axiom: Mapping[AxiomExpression, Mapping[str, list[str]]]
    ) -> Iterator[Axiom]:
        if expression := self._read_triple(triple):
            annotations = by_axiom.get(expression, {})
            claims, readings, senses = (
                sorted(annotations.get(SQ + name, ())) for name in ("claim", "reading", "senses")
            )
            reading = "".join(slug_of(iri).removeprefix("basis-") for iri in readings[:1])
            codes = tuple(slug_of(iri).removeprefix("senses-") for iri in senses)
            yield Axiom(expression, self.source, self.lines[triple], tuple(claims), reading, codes)

    def _read_triple(self, triple: TextTriple) -> AxiomExpression:
        """The axiom that a triple states, or nothing; the triples of the axiom count as used."""
        self.consumed = {triple}
        try:
            expression = self._expression(*triple)
        except (KeyError, IndexError, ValueError, RecursionError):
            return ()
        if expression:
            self.used |= self.consumed
        return expression

    def _expression(self, s: str, p: str, o: str) -> AxiomExpression:
        kind = _BINARY.get(p, "")
        if p == _TYPE and o in _N_ARY:
            name, members = _N_ARY[o]
            self._consume(s, members)
            return (name, *map(self._class, self._list(self.properties[s][members][0])))
        if s.startswith("_:") and kind not in ("SubClassOf", "EquivalentClasses"):
            return ()
        if p == _TYPE and o in _CHARACTERISTICS:
            return (_CHARACTERISTICS[o], s)
        if p == _TYPE:
            return () if o in _KINDS else ("ClassAssertion", self._class(o), s)
        if kind and "Propert" not in kind:
            return (kind, self._class(s), self._class(o))
        if s in self.roles and kind:
            is_class = kind.endswith(("Domain", "Range"))
            return (kind, s, self._class(o) if is_class else self._role(o))
        is_link = p in self.roles and not o.startswith('"')
        return ("ObjectPropertyAssertion", p, s, o) if is_link else ()

    def _class(self, node: str, depth: int = 0) -> Expression:
        if not node.startswith("_:"):
            return node
        if depth >= _MAX_DEPTH:
            raise ValueError("an expression that is nested too deep")
        properties, nested = self.properties[node], partial(self._class, depth=depth + 1)
        self._consume(node, *properties)
        name = next((name for name in _EXPRESSIONS if name in properties), "")
        kind, value = _EXPRESSIONS[name], properties[name][0]
        if name in _LISTS:
            return (kind, *map(nested, self._list(value)))
        if name == OWL + "complementOf":
            return (kind, nested(value))
        role = self._role(properties[OWL + "onProperty"][0])
        if name in _VALUES:
            return (kind, role, nested(value))
        return (kind, int(literal_parts(value)[0]), role, nested(properties[OWL + "onClass"][0]))

    def _role(self, node: str) -> Expression:
        if not node.startswith("_:"):
            return node
        self._consume(node, *self.properties[node])
        return ("ObjectInverseOf", self.properties[node][OWL + "inverseOf"][0])

    def _list(self, node: str) -> Iterator[str]:
        for _ in self.properties:
            if node == _NIL:
                return
            self._consume(node, *self.properties[node])
            yield self.properties[node][_FIRST][0]
            node = self.properties[node][_REST][0]
        raise ValueError("a list without an end")

    def _consume(self, node: str, *predicates: str) -> None:
        self.consumed |= {(node, p, o) for p in predicates for o in self.properties[node][p]}

    def _is_read(self, s: str, p: str, o: str) -> bool:
        """Whether a triple belongs to an axiom, or means nothing to a reasoner: a declaration, an
        annotation, or the file's header.
        """
        if (s, p, o) in self.used or s in self.declared["Ontology"] or p in self.annotations:
            return True
        return p.startswith(SQ) or (p == _TYPE and o in _KINDS)


def _normalised(document: Document) -> Iterator[tuple[TextTriple, int]]:
    """The triples in the form that `fmt` would write, so that a file means the same before and
    after, each with its line.
    """
    lines = document.triples
    subjects = {s: line for (s, _, _), line in reversed(lines.items())}
    numbered = (
        (lines.get(triple) or subjects.get(triple[0]) or subjects.get(triple[2], 0), triple)
        for triple in normal_form(lines)
    )
    for line, triple in sorted(numbered):
        yield triple, line


def outside_owl(
    content: FileAxioms, neutral: Mapping[str, frozenset[str]], background: Iterable[Axiom]
) -> Iterator[tuple[int, str]]:
    """The parts of a file outside OWL 2 DL, or beyond this reasoner, as (line, problem).

    Parameters:
        content: the content of the file.
        neutral: the names that the background declares, by kind.
        background: the axioms of the background, which may say that a role is transitive.
    """
    for triple, line in content.unread:
        text = " ".join(map(_shorten, triple))
        yield line, f"“{text}” is not an OWL 2 DL axiom that can be reasoned about here"
    nothing = frozenset[str]()
    names_by_kind = {k: content.declared.get(k, nothing) | neutral.get(k, nothing) for k in _TERMS}
    expressions = [axiom.expression for axiom in (*content.axioms, *background)]
    links = {tuple(roles) for kind, *roles in expressions if kind == "SubObjectPropertyOf"}
    transitive = (role for kind, role, *_ in expressions if kind == "TransitiveObjectProperty")
    non_simple = upwards(transitive, links)
    for axiom in content.axioms:
        for name in sorted(axiom.names):
            kinds = [kind for kind, names in names_by_kind.items() if name in names]
            if not kinds and not name.startswith(OWL):
                yield axiom.line, f"“{slug_of(name)}” is used but not declared"
            if len(set(kinds) - {"NamedIndividual"}) > 1:
                yield axiom.line, f"“{slug_of(name)}” is declared as {' and as '.join(kinds)}"
        nested = [part for part in _subexpressions(axiom.expression) if isinstance(part, tuple)]
        restricted = [part[_SIMPLE_ROLES[part[0]]] for part in nested if part[0] in _SIMPLE_ROLES]
        simple_roles = {role for part in restricted for role in _subexpressions(part)}
        for role in sorted(simple_roles & non_simple):
            problem = f"“{slug_of(role)}” is or contains a transitive role, so it may not be"
            kind = axiom.expression[0]
            name = kind.removesuffix("ObjectProperty") if kind in _SIMPLE_ROLES else "counted"
            yield axiom.line, f"{problem} {_WORD_END.sub(' ', name).lower()}"


def upwards(names: Iterable[str], links: Collection[tuple[str, str]]) -> set[str]:
    """Some names and all names above them, given links from a name to one above it."""
    closure = set(names)
    while added := {upper for lower, upper in links if lower in closure} - closure:
        closure |= added
    return closure


def _subexpressions(part: Expression) -> Iterator[Expression]:
    """An axiom or expression, and everything inside it."""
    yield part
    for child in part[1:] if isinstance(part, tuple) else ():
        yield from _subexpressions(child)


def _plain(term: str) -> str:
    return term[1:-1] if term.startswith("<") else term


def _shorten(term: str) -> str:
    """A term of a triple in a message."""
    return "…" if term.startswith("_:") else _text(term) if term[0] == '"' else slug_of(term)


def _text(term: str) -> str:
    return literal_parts(term)[0] if term.startswith('"') else term
