"""The difference of two maps, or of two files, in words: what is said of each thing that was not, or no longer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sq_graph.turtle.axioms import AXIOM, PROPERTY, SOURCE, TARGET, normal_form
from sq_graph.turtle.nodes import Statements, by_subject, by_value, structures
from sq_graph.turtle.terms import FIRST, IMPORTS, LABEL, NIL, REST, TYPE, Triple, is_blank, is_iri, parts
from sq_graph.vocab import OWL, RDFS, shorten

_WORDS = {
    TYPE: "is a",
    f"<{RDFS}subClassOf>": "is a kind of",
    f"<{RDFS}subPropertyOf>": "implies",
    f"<{RDFS}domain>": "is said only of",
    f"<{RDFS}range>": "has as value only",
    f"<{OWL}disjointWith>": "is never",
    f"<{OWL}equivalentClass>": "is the same as",
    f"<{OWL}members>": "none of these is another",
    f"<{OWL}sameAs>": "is the same thing as",
}
_JOINED = {f"<{OWL}{name}>": word for name, word in (("unionOf", " or "), ("intersectionOf", " and "))}
_QUANTIFIED = {
    f"<{OWL}{name}>": word
    for name, word in (
        ("someValuesFrom", "some"), ("allValuesFrom", "only"), ("hasValue", "value"), ("hasSelf", "self"),
        ("minQualifiedCardinality", "at least"), ("maxQualifiedCardinality", "at most"),
        ("qualifiedCardinality", "exactly"), ("minCardinality", "at least"), ("maxCardinality", "at most"),
        ("cardinality", "exactly"),
    )
}  # fmt: skip
Sign = Literal["+", "-"]
Kind = Literal["added", "removed", "changed"]
Key = tuple[bool, str, str]
_HEADER = frozenset({IMPORTS, f"<{OWL}versionInfo>", f"<{OWL}versionIRI>", f"<{OWL}deprecated>"})
_AXIOMATIC = frozenset(_WORDS) - {TYPE}


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

    def counts(self) -> dict[str, int]:
        """How many axioms and statements were added (+) and removed (-), by 'axioms +' and so on."""
        lines = Counter((line.axiom, line.sign) for change in self.changes for line in change.lines)
        kinds = ((True, "axioms"), (False, "statements"))
        return {f"{name} {sign}": lines[axiom, sign] for axiom, name in kinds for sign in ("+", "-")}

    def text(self) -> str:
        """The difference in words: a summary, then a paragraph for each thing.

        >>> print(Difference(()).text())
        No difference: the same axioms and the same statements.
        """
        if not self.changes:
            return "No difference: the same axioms and the same statements."
        counts = self.counts()
        axioms = f"axioms: {counts['axioms +']} added, {counts['axioms -']} removed"
        statements = f"statements: {counts['statements +']} added, {counts['statements -']} removed"
        paragraphs = [f"{axioms[0].upper()}{axioms[1:]}; {statements}."]
        for change in self.changes:
            name = f"{change.label} ({shorten(change.thing)})" if change.thing else change.label
            lines = [f"  {line.sign} {'axiom: ' * line.axiom}{line.words}" for line in change.lines]
            paragraphs.append("\n".join([f"{change.kind}: {name}", *lines]))
        return "\n\n".join(paragraphs)


def diff(before: Path, after: Path) -> Difference:
    """How `after` differs from `before`; each is a Turtle file or a folder of them.

    Order, names of blank nodes and what OWL leaves to the writer make no difference. Raises BrokenFile.
    """
    return compared(_gathered(before), _gathered(after))


def compared(before: set[Triple], after: set[Triple]) -> Difference:
    """How one set of triples differs from another.

    >>> a, label = "<https://example.org/a>", LABEL
    >>> print(compared({(a, label, '"trust"')}, {(a, label, '"faith"')}).text())
    Axioms: 0 added, 0 removed; statements: 1 added, 1 removed.
    <BLANKLINE>
    changed: faith (https://example.org/a)
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
            label = names.get(thing) or shorten(thing[1:-1]) or "axioms about several things"
            lines.sort(key=lambda line: (not line.axiom, line.words.partition(":")[0], line.sign == "+", line.words))
            changes.append(Change(thing[1:-1], label, kind, tuple(lines)))
    return Difference(tuple(changes))


class _Map:
    """What one map says: for each thing (a term, or '' for unnamed axioms) its statements by content."""

    def __init__(self, triples: set[Triple]) -> None:
        self.by_subject: Statements = by_subject(triples)
        self.labels = {s: parts(o)[0] for s, p, o in triples if p == LABEL}
        used = by_value(triples)
        digests = structures(self.by_subject, used)
        self.said: dict[str, dict[Key, str]] = defaultdict(dict)
        for s, values in self.by_subject.items():
            if is_blank(s):
                if s not in used:
                    about = dict(values).get(SOURCE, "") if (TYPE, AXIOM) in values else ""
                    self.said[about if is_iri(about or " ") else ""][True, "", digests.get(s, "")] = s
                continue
            for p, o in values:
                self.said[s][_is_axiom(p, o), p, digests.get(o, "" if is_blank(o) else o)] = o

    def only(self, sign: Sign, thing: str, other: Container[Key], names: Mapping[str, str]) -> Iterator[Line]:
        """What is said of the thing here and not there."""
        for key, value in self.said.get(thing, {}).items():
            if key not in other:
                yield Line(sign, key[0], self.words(key[1], value, names))

    def words(self, p: str, value: str, names: Mapping[str, str]) -> str:
        """One statement about a thing in words."""
        if p:
            return f"{_WORDS.get(p) or self._named(p, names)}: {self._value(value, names)}"
        said = dict(self.by_subject[value])
        if {SOURCE, PROPERTY, TARGET} <= set(said):
            notes = [
                f"{self._named(q, names)} {self._value(o, names)}"
                for q, o in sorted(self.by_subject[value])
                if q not in (SOURCE, PROPERTY, TARGET, TYPE)
            ]
            return f"{self.words(said[PROPERTY], said[TARGET], names)} [{', '.join(notes)}]"
        return self._value(value, names)

    def _named(self, term: str, names: Mapping[str, str]) -> str:
        short = shorten(term[1:-1])
        return names.get(term) or (short.partition(":")[2] if "//" not in short else short)

    def _value(self, term: str, names: Mapping[str, str], depth: int = 0) -> str:
        if term.startswith('"'):
            return parts(term)[0]
        if is_iri(term):
            return names.get(term) or shorten(term[1:-1])
        said = {p: o for p, o in self.by_subject.get(term, ()) if p != TYPE}
        if depth > 9:
            return "…"

        def value(part: str) -> str:
            return self._value(part, names, depth + 1)

        for p, word in _JOINED.items():
            if p in said:
                return f"({word.join(sorted(map(value, self._items(said[p]))))})"
        if f"<{OWL}complementOf>" in said:
            return f"not {value(said[f'<{OWL}complementOf>'])}"
        if f"<{OWL}onProperty>" in said:
            amount = [f"{word} {value(said[p])}" for p, word in _QUANTIFIED.items() if p in said]
            amount += [value(said[p]) for p in (f"<{OWL}onClass>", f"<{OWL}onDataRange>") if p in said]
            return " ".join([value(said[f"<{OWL}onProperty>"]), *amount])
        return "; ".join(
            f"{_WORDS.get(p) or self._named(p, names)}: "
            + (", ".join(sorted(map(value, self._items(o)))) if self._items(o) else value(o))
            for p, o in sorted(said.items())
        )

    def _items(self, head: str) -> list[str]:
        items, cells = [], set[str]()
        while head != NIL and head not in cells and is_blank(head):
            cells.add(head)
            values = dict(self.by_subject.get(head, ()))
            if FIRST not in values:
                break
            items.append(values[FIRST])
            head = values.get(REST, NIL)
        return items


def _is_axiom(p: str, o: str) -> bool:
    if p == TYPE:
        return o.startswith(f"<{OWL}") and o != f"<{OWL}NamedIndividual>"
    return p in _AXIOMATIC or (p.startswith(f"<{OWL}") and p not in _HEADER)


def _gathered(path: Path) -> set[Triple]:
    from sq_graph.turtle import read_file, turtle_files

    found: set[Triple] = set()
    for number, file in enumerate(turtle_files([path])):
        own = {
            term: f"_:f{number}{term[2:]}" for triple in read_file(file).triples for term in triple if is_blank(term)
        }
        found |= {(own.get(s, s), p, own.get(o, o)) for s, p, o in normal_form(read_file(file).triples)}
    return found
