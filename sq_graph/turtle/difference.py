"""The difference of two maps, or of two files, in words: what is said of each thing that was not, or no longer."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sq_graph.turtle.axioms import PROPERTY, SOURCE, TARGET, normal_form
from sq_graph.turtle.nodes import by_subject, by_value, structures
from sq_graph.turtle.terms import FIRST, IMPORTS, LABEL, NIL, REST, TYPE, Triple, is_blank, is_iri, parts
from sq_graph.vocab import OWL, RDFS, shorten, slug_of

Sign = Literal["+", "-"]
Key = tuple[bool, str, str]
_OF_RDFS = ("subClassOf", "is a kind of"), ("subPropertyOf", "implies"), ("domain", "stands on"), ("range", "leads to")
_OF_OWL = (
    ("disjointWith", "is never"), ("equivalentClass", "is the same as"), ("members", "none of these is another:"),
    ("complementOf", "not"), ("onProperty", ""), ("someValuesFrom", "some"), ("allValuesFrom", "only"),
)  # fmt: skip
_AXIOMS = {f"<{RDFS}{name}>": words for name, words in _OF_RDFS}
_WORDS = {TYPE: "is a"} | _AXIOMS | {f"<{OWL}{name}>": words for name, words in _OF_OWL}
_JOINED = {f"<{OWL}unionOf>": " or ", f"<{OWL}intersectionOf>": " and "}
_NO_AXIOMS = {IMPORTS, f"<{OWL}versionInfo>", f"<{OWL}NamedIndividual>"}


@dataclass(frozen=True)
class Change:
    """One thing of which two maps say different things: `thing` is its IRI, or '' for unnamed axioms.

    `lines` are the statements that only one of the maps makes: + or -, whether a reasoner heeds it, its words.
    """

    thing: str
    label: str
    kind: Literal["added", "removed", "changed"]
    lines: tuple[tuple[Sign, bool, str], ...]

    def text(self) -> str:
        """The change as a paragraph."""
        short = shorten(self.thing)
        name = f"{self.label} ({short})" if self.label and short else self.label or short
        return "\n".join(
            [f"{self.kind}: {name}", *(f"  {sign} {'axiom: ' * axiom}{words}" for sign, axiom, words in self.lines)]
        )


@dataclass(frozen=True)
class Difference:
    """All changes from one map to another, by thing. It is true if there is any."""

    changes: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.changes)

    def count(self, sign: Sign, axiom: bool) -> int:
        """How many axioms, or other statements, were added (+) or removed (-)."""
        return sum(line[:2] == (sign, axiom) for change in self.changes for line in change.lines)

    def text(self) -> str:
        """The difference in words: a summary, then a paragraph for each thing.

        >>> print(Difference(()).text())
        No difference: the same axioms and the same statements.
        """
        if not self.changes:
            return "No difference: the same axioms and the same statements."
        axioms = f"Axioms: {self.count('+', True)} added, {self.count('-', True)} removed"
        others = f"other statements: {self.count('+', False)} added, {self.count('-', False)} removed."
        return "\n\n".join([f"{axioms}; {others}", *(change.text() for change in self.changes)])


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
    names = {s: parts(o)[0] for triples in (before, after) for s, p, o in triples if p == LABEL}
    old, new = _Map(before, names), _Map(after, names)
    changes = []
    for thing in sorted({*old.said, *new.said}):
        gone, come = old.said.get(thing, {}), new.said.get(thing, {})
        lines: list[tuple[Sign, bool, str]] = [("-", key[0], old.words(key, gone[key])) for key in {*gone} - {*come}]
        lines += [("+", key[0], new.words(key, come[key])) for key in {*come} - {*gone}]
        lines.sort(key=lambda line: (not line[1], line[2].rpartition(": ")[0], line[0] == "+", line[2]))
        label = names.get(thing, "") if thing else "axioms about several things"
        if lines:
            changes.append(
                Change(thing[1:-1], label, "added" if not gone else "removed" if not come else "changed", tuple(lines))
            )
    return Difference(tuple(changes))


class _Map:
    """What one map says: of each thing (a term, or '' for unnamed axioms) its statements by content."""

    def __init__(self, triples: set[Triple], names: Mapping[str, str]) -> None:
        self.names = names
        self.by_subject, used = by_subject(triples), by_value(triples)
        digests = structures(self.by_subject, used)
        self.said: dict[str, dict[Key, str]] = defaultdict(dict)
        for s, values in self.by_subject.items():
            if is_iri(s):
                self.said[s] |= {(_is_axiom(p, o), p, digests.get(o, o if o[0] != "_" else "")): o for p, o in values}
            elif s not in used:
                about = dict(values).get(SOURCE, "")
                self.said[about if about.startswith("<") else ""][True, "", digests.get(s, "")] = s

    def words(self, key: Key, value: str) -> str:
        """One statement in words."""
        said = dict(self.by_subject.get(value, ()))
        if key[1] or not {SOURCE, PROPERTY, TARGET} <= set(said):
            return f"{self._verb(key[1])}: {self._value(value)}" if key[1] else self._value(value)
        notes = sorted(
            f"{self._verb(p)}: {self._value(o)}"
            for p, o in self.by_subject[value]
            if p not in (SOURCE, PROPERTY, TARGET, TYPE)
        )
        return f"{self._verb(said[PROPERTY])}: {self._value(said[TARGET])} [{'; '.join(notes)}]"

    def _verb(self, p: str) -> str:
        return _WORDS.get(p, self._value(p))

    def _value(self, term: str, depth: int = 0) -> str:
        """A value in words: labels, short forms, or names spelt out; class expressions as in Manchester syntax."""
        if not is_blank(term):
            short = shorten(term[1:-1])
            spelt = re.sub("(?<=[a-z])([A-Z])", lambda found: f" {found[1].lower()}", slug_of(short.split(":")[-1]))
            thing = short if "/id/" in term and "://" not in short else spelt or short
            return self.names.get(term, thing) if is_iri(term) else parts(term)[0]
        said = [(p, o) for p, o in self.by_subject.get(term, ()) if p != TYPE]
        if depth > 9:
            return "…"
        if FIRST in dict(said):
            return ", ".join(self._value(item, depth + 1) for item in self._items(term))
        for p, word in _JOINED.items():
            if p in dict(said):
                return f"({word.join(sorted(self._value(item, depth + 1) for item in self._items(dict(said)[p])))})"
        said.sort(key=lambda pair: (_WORDS.get(pair[0]) != "", pair))
        return " ".join(f"{self._verb(p)} {self._value(o, depth + 1)}".strip() for p, o in said)

    def _items(self, cell: str) -> Iterator[str]:
        seen = {NIL}
        while cell not in seen:
            seen.add(cell)
            values = dict(self.by_subject.get(cell, ()))
            yield values.get(FIRST, NIL)
            cell = values.get(REST, NIL)


def _is_axiom(p: str, o: str) -> bool:
    word = o if p == TYPE else p
    return p in _AXIOMS or (word.startswith(f"<{OWL}") and word not in _NO_AXIOMS)


def _gathered(path: Path) -> set[Triple]:
    from sq_graph.turtle import read_file, turtle_files

    found: set[Triple] = set()
    for number, file in enumerate(turtle_files([path])):
        triples = normal_form(read_file(file).triples)
        own = {term: f"_:f{number}{term[2:]}" for triple in triples for term in triple if is_blank(term)}
        found |= {(own.get(s, s), p, own.get(o, o)) for s, p, o in triples}
    return found
