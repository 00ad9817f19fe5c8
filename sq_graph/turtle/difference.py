"""The difference of two maps, or of two files, in words: what is said of each thing that was not, or no longer."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sq_graph.turtle.axioms import PROPERTY, SOURCE, TARGET, normal_form
from sq_graph.turtle.nodes import by_subject, by_value, structures
from sq_graph.turtle.terms import FIRST, IMPORTS, LABEL, NIL, REST, TYPE, Triple, is_blank, is_iri, parts
from sq_graph.vocab import OWL, RDFS, shorten, slug_of

Sign = Literal["+", "-"]
Kind = Literal["added", "removed", "changed"]
Key = tuple[bool, str, str]
_RDFS_AXIOMS = {
    f"<{RDFS}subClassOf>": "is a kind of",
    f"<{RDFS}subPropertyOf>": "implies",
    f"<{RDFS}domain>": "is said only of",
    f"<{RDFS}range>": "has as value only",
}
_WORDS = _RDFS_AXIOMS | {
    TYPE: "is a",
    f"<{OWL}disjointWith>": "is never",
    f"<{OWL}equivalentClass>": "is the same as",
    f"<{OWL}members>": "none of these is another",
    f"<{OWL}sameAs>": "is the same thing as",
    f"<{OWL}complementOf>": "not",
    f"<{OWL}oneOf>": "one of",
}
_HEADER = frozenset({IMPORTS, f"<{OWL}versionInfo>", f"<{OWL}versionIRI>", f"<{OWL}deprecated>"})
_INDIVIDUAL, _ON = f"<{OWL}NamedIndividual>", f"<{OWL}onProperty>"
_JOINED = {f"<{OWL}unionOf>": " or ", f"<{OWL}intersectionOf>": " and "}
_AMOUNTS = (
    ("someValuesFrom", "some"), ("allValuesFrom", "only"), ("hasValue", "value"), ("hasSelf", "self"),
    ("minQualifiedCardinality", "at least"), ("maxQualifiedCardinality", "at most"),
    ("qualifiedCardinality", "exactly"), ("minCardinality", "at least"), ("maxCardinality", "at most"),
    ("cardinality", "exactly"), ("onClass", ""), ("onDataRange", ""),
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One statement that only one of the two maps makes, in words; `axiom` if a reasoner heeds it."""

    sign: Sign
    axiom: bool
    words: str


@dataclass(frozen=True)
class Change:
    """One thing of which the two maps say different things; `thing` is its IRI, or '' for unnamed axioms."""

    thing: str
    label: str
    kind: Kind
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Difference:
    """All changes from one map to another, by thing. It is true if there is any."""

    changes: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.changes)

    def count(self, sign: Sign, axiom: bool) -> int:
        """How many axioms, or other statements, were added (+) or removed (-)."""
        return Counter((line.sign, line.axiom) for change in self.changes for line in change.lines)[sign, axiom]

    def text(self) -> str:
        """The difference in words: a summary, then a paragraph for each thing.

        >>> print(Difference(()).text())
        No difference: the same axioms and the same statements.
        """
        if not self.changes:
            return "No difference: the same axioms and the same statements."
        axioms = f"Axioms: {self.count('+', True)} added, {self.count('-', True)} removed"
        paragraphs = [f"{axioms}; other statements: {self.count('+', False)} added, {self.count('-', False)} removed."]
        for change in self.changes:
            short = shorten(change.thing)
            name = change.label if change.label in (short, "") or not short else f"{change.label} ({short})"
            lines = [f"  {line.sign} {'axiom: ' * line.axiom}{line.words}" for line in change.lines]
            paragraphs.append("\n".join([f"{change.kind}: {name or short}", *lines]))
        return "\n\n".join(paragraphs)


def diff(before: Path, after: Path) -> Difference:
    """How `after` differs from `before`; each is a Turtle file or a folder of them.

    Order, names of blank nodes, and what OWL leaves to the writer, make no difference. Raises BrokenFile.
    """
    return compared(_gathered(before), _gathered(after))


def compared(before: set[Triple], after: set[Triple]) -> Difference:
    """How one set of triples differs from another.

    >>> trust, label = "<https://w3id.org/sq-graph/id/concept/trust>", LABEL
    >>> print(compared({(trust, label, '"trust"')}, {(trust, label, '"faith"')}).text())
    Axioms: 0 added, 0 removed; other statements: 1 added, 1 removed.
    <BLANKLINE>
    changed: faith (concept:trust)
      - label: trust
      + label: faith
    """
    old, new = _Map(before), _Map(after)
    names = old.labels | new.labels
    changes = []
    for thing in sorted({*old.said, *new.said}):
        gone, come = old.said.get(thing, {}), new.said.get(thing, {})
        lines = [*old.only("-", thing, come, names), *new.only("+", thing, gone, names)]
        if lines:
            kind: Kind = "added" if not gone else "removed" if not come else "changed"
            lines.sort(key=lambda line: (not line.axiom, line.words.rpartition(": ")[0], line.sign == "+", line.words))
            label = names.get(thing, "") if thing else "axioms about several things"
            changes.append(Change(thing[1:-1], label, kind, tuple(lines)))
    return Difference(tuple(changes))


class _Map:
    """What one map says: of each thing (a term, or '' for unnamed axioms) its statements by content."""

    def __init__(self, triples: set[Triple]) -> None:
        self.by_subject, used = by_subject(triples), by_value(triples)
        self.labels = {s: parts(o)[0] for s, p, o in triples if p == LABEL}
        digests = structures(self.by_subject, used)
        self.said: dict[str, dict[Key, str]] = defaultdict(dict)
        for s, values in self.by_subject.items():
            if is_iri(s):
                for p, o in values:
                    self.said[s][_is_axiom(p, o), p, digests.get(o, "" if is_blank(o) else o)] = o
            elif s not in used:
                about = dict(values).get(SOURCE, "")
                self.said[about if about.startswith("<") else ""][True, "", digests.get(s, "")] = s

    def only(self, sign: Sign, thing: str, other: Container[Key], names: Mapping[str, str]) -> Iterator[Line]:
        """What is said of the thing here and not there."""
        for key, value in self.said.get(thing, {}).items():
            if key not in other:
                yield Line(sign, key[0], self._statement(key[1], value, names))

    def _statement(self, p: str, value: str, names: Mapping[str, str]) -> str:
        if p:
            return f"{_WORDS.get(p) or _name(p, names)}: {self._words(value, names)}"
        said = dict(self.by_subject[value])
        if not {SOURCE, PROPERTY, TARGET} <= set(said):
            return self._words(value, names)
        notes = sorted(
            f"{_name(q, names)}: {self._words(o, names)}"
            for q, o in self.by_subject[value]
            if q not in (SOURCE, PROPERTY, TARGET, TYPE)
        )
        return f"{self._statement(said[PROPERTY], said[TARGET], names)} [{'; '.join(notes)}]"

    def _words(self, term: str, names: Mapping[str, str], depth: int = 0) -> str:
        """A value in words; class expressions as in Manchester syntax."""
        if not is_blank(term):
            return _name(term, names) if is_iri(term) else parts(term)[0]
        if depth > 9:
            return "…"
        said = {p: o for p, o in self.by_subject.get(term, ()) if p != TYPE}

        def inner(part: str) -> str:
            return self._words(part, names, depth + 1)

        if FIRST in said:
            return ", ".join(map(inner, self._items(term)))
        for p, word in _JOINED.items():
            if p in said:
                return f"({word.join(sorted(map(inner, self._items(said[p]))))})"
        if _ON in said:
            amounts = ((word, said[f"<{OWL}{name}>"]) for name, word in _AMOUNTS if f"<{OWL}{name}>" in said)
            return " ".join([inner(said[_ON]), *(f"{word} {inner(value)}".strip() for word, value in amounts)])
        return "; ".join(f"{_WORDS.get(p) or _name(p, names)} {inner(o)}" for p, o in sorted(said.items()))

    def _items(self, cell: str) -> list[str]:
        items: dict[str, str] = {}
        while cell != NIL and cell not in items:
            values = dict(self.by_subject.get(cell, ()))
            items[cell] = values.get(FIRST, NIL)
            cell = values.get(REST, NIL)
        return list(items.values())


def _name(term: str, names: Mapping[str, str]) -> str:
    """The label of a thing, else its short form; of a property without label, its name as words."""
    short = shorten(term[1:-1])
    slug = slug_of(term[1:-1]) or short
    fallback = re.sub("(?<=[a-z])([A-Z])", lambda found: f" {found[1].lower()}", slug)
    return names.get(term) or (short if "://" not in short and "/id/" in term else fallback)


def _is_axiom(p: str, o: str) -> bool:
    if p == TYPE:
        return o.startswith(f"<{OWL}") and o != _INDIVIDUAL
    return p in _RDFS_AXIOMS or (p.startswith(f"<{OWL}") and p not in _HEADER)


def _gathered(path: Path) -> set[Triple]:
    from sq_graph.turtle import read_file, turtle_files

    found: set[Triple] = set()
    for number, file in enumerate(turtle_files([path])):
        triples = normal_form(read_file(file).triples)
        own = {term: f"_:f{number}{term[2:]}" for triple in triples for term in triple if is_blank(term)}
        found |= {(own.get(s, s), p, own.get(o, o)) for s, p, o in triples}
    return found
