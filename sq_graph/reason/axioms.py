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
"""Terms of RDF → what they are in functional syntax."""
_BETWEEN, _OF_ROLES, _LISTS, _VALUES, _COUNTS = (
    {expand(term): kind for term, kind in _OWL[name].items()}
    for name in ("between", "roles", "lists", "values", "counts")
)
_EXPRESSIONS = {**_LISTS, **_VALUES, **_COUNTS, OWL + "complementOf": "ObjectComplementOf"}
_TOGETHER = {expand(one): (kind, expand(of)) for one, (kind, of) in _OWL["together"].items()}
_SIMPLE = _OWL["simple"]
"""Axiom or expression → the place in it of a role that may not pass on from thing to thing."""
_TERMS = ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty", "NamedIndividual")
_KINDS = {OWL + name: name for name in (*_TERMS, "Ontology", "Axiom")}
_ENDS = [OWL + "annotated" + name for name in ("Source", "Property", "Target")]
_DEEPEST = 100
"""How deep expressions may be nested."""
_WORD_END = re.compile("(?<=[a-z])(?=[A-Z])")
"""Where a word of a name that is written together ends."""
_NOTES = frozenset(map(expand, _OWL["notes"]))

Expression = Any
"""A class, role or thing by its IRI, a count, or a tuple: its kind in the syntax, and its parts."""
Says = tuple[Expression, ...]
"""An axiom as such a tuple; an empty one where there is none."""


@dataclass(frozen=True)
class Axiom:
    """One logical axiom: what it says, the file and line that say so, and what is noted on it."""

    says: Says
    source: str = ""
    line: int = field(default=0, compare=False)
    claims: tuple[str, ...] = ()
    reading: str = ""
    senses: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The axiom in functional syntax, the same for the same axiom."""
        return functional_syntax(self.says)

    @property
    def names(self) -> frozenset[str]:
        """Every class, role and thing that it names."""
        return frozenset(part for part in _inside(self.says) if isinstance(part, str))


@dataclass(frozen=True)
class FileAxioms:
    """A file's axioms, the triples that are no axiom known here, declared names by kind, labels,
    notes on its scope.
    """

    axioms: tuple[Axiom, ...]
    unread: tuple[tuple[TextTriple, int], ...]
    declared: Mapping[str, frozenset[str]]
    labels: Mapping[str, str]
    scope: tuple[str, ...]


def read_axioms(
    document: Document, source: str, known: Mapping[str, frozenset[str]] | None = None
) -> FileAxioms:
    """The axioms of a file; `known` says which names the files that it imports declare, by kind.

    >>> from sq_graph.turtle import parse
    >>> text = "PREFIX o: <http://www.w3.org/2002/07/owl#> PREFIX e: <e:> "
    >>> text += "e:A a o:Class ; o:disjointWith e:B ."
    >>> read_axioms(parse(text), "e:").axioms[0].text
    'DisjointClasses(<e:A> <e:B>)'
    """
    return _AxiomReader(document, source, known or {}).read()


def functional_syntax(part: Expression) -> str:
    """A tuple in functional syntax."""
    if isinstance(part, tuple):
        return f"{part[0]}({' '.join(map(functional_syntax, part[1:]))})"
    return f"<{part}>" if isinstance(part, str) else str(part)


class _AxiomReader:
    """Reads the triples of one file, IRIs without their brackets; what axioms consist of is
    `used`.
    """

    def __init__(
        self, document: Document, source: str, known: Mapping[str, frozenset[str]]
    ) -> None:
        self.lines = {
            (_plain(s), _plain(p), _plain(o)): line for (s, p, o), line in _normalised(document)
        }
        self.source, self.taken, self.used = source, set[TextTriple](), set[TextTriple]()
        self.of: dict[str, dict[str, list[str]]] = {}
        own: dict[str, set[str]] = {kind: set() for kind in _KINDS.values()}
        for s, p, o in self.lines:
            self.of.setdefault(s, {}).setdefault(p, []).append(o)
            if p == _TYPE and o in _KINDS:
                own[_KINDS[o]].add(s)
        self.own = {kind: frozenset(names) for kind, names in own.items()}
        self.roles, noting = (
            self.own[kind] | known.get(kind, frozenset())
            for kind in ("ObjectProperty", "AnnotationProperty")
        )
        self.noting = _NOTES | noting

    def read(self) -> FileAxioms:
        notes = self._notes()
        axioms = tuple(axiom for triple in self.lines for axiom in self._axiom(triple, notes))
        left = ((triple, line) for triple, line in self.lines.items() if triple not in self.used)
        unread = tuple((triple, line) for triple, line in left if not self._silent(*triple))
        named = ((s, said.get(RDFS + "label")) for s, said in self.of.items())
        labels = {s: _text(label[0]) for s, label in named if label}
        headers = (self.of[one].get(SKOS + "scopeNote", ()) for one in self.own["Ontology"])
        scope = tuple(_text(note) for notes in headers for note in notes)
        return FileAxioms(axioms, unread, self.own, labels, scope)

    def _notes(self) -> dict[Says, Mapping[str, list[str]]]:
        """What is noted on each axiom, by what the axiom says.

        Some tools write the annotated expression a second time, under a blank node of its own.
        """
        notes: dict[Says, Mapping[str, list[str]]] = {}
        for node in sorted(self.own["Axiom"]):
            noted = self.of[node]
            s, p, o = (noted.get(end, [""])[0] for end in _ENDS)
            if says := self._read_triple((s, p, o)):
                notes[says] = noted
        return notes

    def _axiom(
        self, triple: TextTriple, notes: Mapping[Says, Mapping[str, list[str]]]
    ) -> Iterator[Axiom]:
        if says := self._read_triple(triple):
            note = notes.get(says, {})
            claims, readings, senses = (
                sorted(note.get(SQ + name, ())) for name in ("claim", "reading", "senses")
            )
            reading = "".join(slug_of(one).removeprefix("basis-") for one in readings[:1])
            meant = tuple(slug_of(one).removeprefix("senses-") for one in senses)
            yield Axiom(says, self.source, self.lines[triple], tuple(claims), reading, meant)

    def _read_triple(self, triple: TextTriple) -> Says:
        """What a triple says as an axiom; nothing if it is none. What the axiom consists of counts
        as used.
        """
        self.taken = {triple}
        try:
            says = self._meaning(*triple)
        except (KeyError, IndexError, ValueError, RecursionError):
            return ()
        if says:
            self.used |= self.taken
        return says

    def _meaning(self, s: str, p: str, o: str) -> Says:
        kind = _BETWEEN.get(p, "")
        if p == _TYPE and o in _TOGETHER:
            name, members = _TOGETHER[o]
            self._take(s, members)
            return (name, *map(self._class, self._list(self.of[s][members][0])))
        if s.startswith("_:") and kind not in ("SubClassOf", "EquivalentClasses"):
            return ()
        if p == _TYPE and o in _OF_ROLES:
            return (_OF_ROLES[o], s)
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
        if depth >= _DEEPEST:
            raise ValueError("an expression that is nested too deep")
        said, inner = self.of[node], partial(self._class, depth=depth + 1)
        self._take(node, *said)
        name = next((name for name in _EXPRESSIONS if name in said), "")
        kind, value = _EXPRESSIONS[name], said[name][0]
        if name in _LISTS:
            return (kind, *map(inner, self._list(value)))
        if name == OWL + "complementOf":
            return (kind, inner(value))
        role = self._role(said[OWL + "onProperty"][0])
        if name in _VALUES:
            return (kind, role, inner(value))
        return (kind, int(literal_parts(value)[0]), role, inner(said[OWL + "onClass"][0]))

    def _role(self, node: str) -> Expression:
        if not node.startswith("_:"):
            return node
        self._take(node, *self.of[node])
        return ("ObjectInverseOf", self.of[node][OWL + "inverseOf"][0])

    def _list(self, node: str) -> Iterator[str]:
        for _ in self.of:
            if node == _NIL:
                return
            self._take(node, *self.of[node])
            yield self.of[node][_FIRST][0]
            node = self.of[node][_REST][0]
        raise ValueError("a list without an end")

    def _take(self, node: str, *predicates: str) -> None:
        self.taken |= {(node, p, o) for p in predicates for o in self.of[node][p]}

    def _silent(self, s: str, p: str, o: str) -> bool:
        """Whether a triple says nothing that a reasoner should hear: a declaration, a note, the
        file's header.
        """
        declares = p == _TYPE and o in _KINDS
        return declares or s in self.own["Ontology"] or p in self.noting or p.startswith(SQ)


def _normalised(document: Document) -> Iterator[tuple[TextTriple, int]]:
    """The triples in the form that `fmt` would write, so that a file means the same before and
    after; their lines.
    """
    lines = document.triples
    subjects = {s: line for (s, _, _), line in reversed(lines.items())}
    found = (
        (lines.get(one) or subjects.get(one[0]) or subjects.get(one[2], 0), one)
        for one in normal_form(lines)
    )
    for line, triple in sorted(found):
        yield triple, line


def outside_owl(
    reading: FileAxioms, neutral: Mapping[str, frozenset[str]], background: Iterable[Axiom]
) -> Iterator[tuple[int, str]]:
    """What puts a file outside OWL 2 DL, or outside what is reasoned about here, as (line, words).

    Parameters:
        reading: the content of the file.
        neutral: the names that the background declares, by kind.
        background: the axioms of the background, which may say that a role is transitive.
    """
    for triple, line in reading.unread:
        what = " ".join(map(_word, triple))
        yield line, f"“{what}” is not an OWL 2 DL axiom that can be reasoned about here"
    none = frozenset[str]()
    kinds = {kind: reading.declared.get(kind, none) | neutral.get(kind, none) for kind in _TERMS}
    axioms = [axiom.says for axiom in (*reading.axioms, *background)]
    links = {says[1:] for says in axioms if says[0] == "SubObjectPropertyOf"}
    transitive = (says[1] for says in axioms if says[0] == "TransitiveObjectProperty")
    passed_on = upwards(transitive, links)
    for axiom in reading.axioms:
        for name in sorted(axiom.names):
            found = [kind for kind, names in kinds.items() if name in names]
            if not found and not name.startswith(OWL):
                yield axiom.line, f"“{slug_of(name)}” is used but not declared"
            if len(set(found) - {"NamedIndividual"}) > 1:
                yield axiom.line, f"“{slug_of(name)}” is declared as {' and as '.join(found)}"
        inside = [part for part in _inside(axiom.says) if isinstance(part, tuple)]
        counted = [part[_SIMPLE[part[0]]] for part in inside if part[0] in _SIMPLE]
        bound = {role for part in counted for role in _inside(part)}
        for role in sorted(bound & passed_on):
            what = f"“{slug_of(role)}” passes on from thing to thing, so it may not be"
            kind = axiom.says[0].removesuffix("ObjectProperty") if axiom.says[0] in _SIMPLE else ""
            yield axiom.line, f"{what} {_WORD_END.sub(' ', kind).lower() or 'counted'}"


def upwards(names: Iterable[str], links: Collection[tuple[str, str]]) -> set[str]:
    """Some names with all above them, by links from a name to one above it."""
    found = set(names)
    while more := {high for low, high in links if low in found} - found:
        found |= more
    return found


def _inside(part: Expression) -> Iterator[Expression]:
    """An axiom or expression with all that stands in it."""
    yield part
    for inner in part[1:] if isinstance(part, tuple) else ():
        yield from _inside(inner)


def _plain(term: str) -> str:
    return term[1:-1] if term.startswith("<") else term


def _word(term: str) -> str:
    """A term of a triple in a message."""
    return "…" if term.startswith("_:") else _text(term) if term[0] == '"' else slug_of(term)


def _text(term: str) -> str:
    return literal_parts(term)[0] if term.startswith('"') else term
