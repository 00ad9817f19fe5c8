"""Writing Turtle in its one canonical form: a text that people read, and that changes only where
the graph does.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from sq_graph.resources import data_beside
from sq_graph.turtle.nodes import Nodes, labelled
from sq_graph.turtle.owl_normalise import SOURCE, normal_form
from sq_graph.turtle.terms import (
    NIL,
    TYPE,
    TextTriple,
    iri_terms,
    is_blank,
    is_iri,
    literal,
    literal_parts,
)
from sq_graph.vocab import BASE, KINDS, PREFIXES, XSD

WIDTH = 110
_STEP = "    "
_DATA = data_beside(__file__, "order.json")
_TITLES = _DATA["titles"]
_KINDS, _FIRST, _LAST = (iri_terms(" ".join(_DATA[name])) for name in ("kinds", "first", "last"))
_INDIVIDUALS, _AXIOMS = 6, 7
_ORDER = {p: place for place, p in enumerate(_FIRST, -len(_FIRST))}
_ORDER |= {p: place for place, p in enumerate(_LAST, 1)}
_OF_VALUES = dict.fromkeys(_KINDS, -1) | {_KINDS[_INDIVIDUALS]: 1}
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?\Z")
_LABEL = re.compile(r"_:b[0-9a-z]+")
_THINGS = re.compile(r"<(.*/)id/([a-z]+)")
_DIGITS = re.compile("([0-9]+)")
_ENDS = ("/", "#")
"""How almost every namespace ends, so that a local name tells where it begins."""
_Name = list[int | str]
_Minted = Iterable[tuple[str, str]]
_SHORT_FORM = re.compile(
    r"(?P<integer>[+-]?[0-9]+)|(?P<decimal>[+-]?[0-9]*\.[0-9]+)|(?P<boolean>true|false)"
    r"|(?P<double>[+-]?(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+)"
)


def serialise(triples: Iterable[TextTriple], prefixes: Mapping[str, str] | None = None) -> str:
    """The canonical text of the triples; `prefixes` are used for namespaces that are none of ours.

    >>> x = "<https://example.org/x>"
    >>> print(serialise([(x, TYPE, x), (x, x, '"ex"@en')], {"e": "https://example.org/"}), end="")
    @prefix e: <https://example.org/> .
    <BLANKLINE>
    e:x a e:x ;
        e:x "ex"@en .
    """
    nodes, labels = labelled(normal_form(triples))
    return Writer(nodes, labels, prefixes_of(nodes, prefixes or {})).text()


class Block(NamedTuple):
    """What a file says of one subject: its section, the name by which it is sorted, the text, and
    the prefixes used.
    """

    section: int
    name: _Name
    subject: str
    text: str
    spoken: frozenset[str]


def assembled(spoken: Iterable[str], sections: Sequence[int], texts: Sequence[str]) -> str:
    """A whole file: its prefixes, and the texts of its subjects in order, each section of them
    under its title.
    """
    parts = ["\n".join(sorted(spoken))] if spoken else []
    found = sorted(set(sections))
    for section in found:
        begin, end = bisect_left(sections, section), bisect_right(sections, section)
        parts += [f"# {_TITLES[section]}"] if section and len(set(found) - {0}) > 1 else []
        parts += texts[begin:end]
    parts += texts[len(sections) :]
    return "\n\n".join(parts) + "\n" if texts else ""


class Writer:
    """Writes the statements of one file in canonical form."""

    def __init__(self, nodes: Nodes, labels: Mapping[str, str], chosen: Mapping[str, str]) -> None:
        self.triples_by_subject: Mapping[str, Collection[tuple[str, str]]] = (
            nodes.triples_by_subject
        )
        self.blank_references, self.labels = nodes.blank_references, labels
        lists = nodes.lists(labels).items()
        self.lists = {head: [item for _, item in cells] for head, cells in lists}
        self.prefixes = {space: prefix for space, prefix in chosen.items() if space[-1:] in _ENDS}
        self.others = {space: one for space, one in chosen.items() if space[-1:] not in _ENDS}
        self._verbs: dict[frozenset[str], list[tuple[int, str, str]]] = {}
        self._places: dict[str, tuple[int, bool, _Name]] = {}
        self.spoken: dict[str, str] = {}
        self.lines = {NIL: "()", **labels}
        self.waiting = {self.line(node): node for node in labels}

    def text(self) -> str:
        """The whole file."""
        tops = [
            s for s in self.triples_by_subject if not is_blank(s) or s not in self.blank_references
        ]
        placed = sorted((*self._place(subject), subject) for subject in tops)
        sections, texts = list[int](), list[str]()
        for section, *_, subject in placed:
            blocks = self._blocks(subject)
            sections += [section] * len(blocks)
            texts += blocks
        for label in sorted(self.waiting):
            texts += self._blocks(self.waiting.pop(label, ""))
        return assembled(set(self.spoken.values()), sections, texts)

    def block(self, subject: str) -> Block:
        """A subject of a graph without blank nodes, as it is written wherever it stands."""
        section, name, _ = self._place(subject)
        (text,) = self._blocks(subject)
        used = {subject, *chain.from_iterable(self.triples_by_subject[subject])} - {TYPE}
        spoken = frozenset(filter(None, map(self.spoken.get, used)))
        return Block(section, name, subject, text, spoken)

    # ---- order

    def _place(self, subject: str) -> tuple[int, _Name, str]:
        """Where a subject stands: section, then name; unnamed axioms by the thing they are
        about.
        """
        if is_blank(subject):
            about = min(
                (self.line(o) for p, o in self.triples_by_subject[subject] if p == SOURCE),
                default="~",
            )
            return _AXIOMS, _natural(about), self.line(subject)
        kinds = (
            _KINDS.index(o)
            for p, o in self.triples_by_subject[subject]
            if p == TYPE and o in _KINDS
        )
        return min(kinds, default=_INDIVIDUALS), _natural(self.line(subject)), ""

    def _by_property(self, subject: str) -> list[tuple[str, list[str]]]:
        """The properties of a subject in order, as they are written, each with its values in
        order.
        """
        values = defaultdict[str, list[str]](list)
        for p, o in self.triples_by_subject.get(subject, ()):
            values[p].append(o)
        for several in values.values():
            if len(several) > 1:
                several.sort(key=self._place_of_value)
        properties = frozenset(values)
        if properties not in self._verbs:
            verbs = ((_ORDER.get(p, 0), "a" if p == TYPE else self.line(p), p) for p in values)
            self._verbs[properties] = sorted(verbs)
        return [(verb, values[p]) for _, verb, p in self._verbs[properties]]

    def _place_of_value(self, value: str) -> tuple[int, bool, _Name]:
        """Where a value stands among others of its property; that of a class is asked for often."""
        if value not in self._places:
            place = _OF_VALUES.get(value, 0), is_blank(value), _natural(self.line(value))
            if not is_iri(value):
                return place
            self._places[value] = place
        return self._places[value]

    # ---- layout

    def _blocks(self, subject: str) -> list[str]:
        """The text about a subject, and after it that about each labelled node which it is the
        first to mention.
        """
        if subject not in self.triples_by_subject:
            return []
        name = "[]" if is_blank(subject) and subject not in self.labels else self.line(subject)
        text = f"{name} {self._body(subject, _STEP)} ."
        texts = [text]
        for label in _LABEL.findall(text) if self.waiting else ():
            texts += self._blocks(self.waiting.pop(label, ""))
        return texts

    def _body(self, subject: str, indent: str) -> str:
        """What is said of a subject, one property a line."""
        said, inner = [], indent + _STEP
        for verb, values in self._by_property(subject):
            if len(values) == 1:
                said.append(f"{verb} {self._indented(values[0], indent, len(verb) + 1)}")
                continue
            text = f"{verb} {', '.join(map(self.line, values))}"
            if len(indent + text) + 2 > WIDTH or "\n" in text:
                listed = f",\n{inner}".join(self._indented(value, inner) for value in values)
                text = f"{verb}\n{inner}{listed}"
            said.append(text)
        return f" ;\n{indent}".join(said)

    def _indented(self, term: str, indent: str, taken: int = 0) -> str:
        """A value on one line if there is room beside what has been `taken`, else over as many as
        it needs.
        """
        line = self.line(term)
        if not is_blank(term) or (len(indent + line) + taken + 2 <= WIDTH and "\n" not in line):
            return line
        inner = indent + _STEP
        if term in self.lists:
            items = "".join(f"{inner}{self._indented(item, inner)}\n" for item in self.lists[term])
            return f"(\n{items}{indent})"
        return f"[\n{inner}{self._body(term, inner)}\n{indent}]" if line.startswith("[ ") else line

    # ---- terms

    def line(self, term: str) -> str:
        """A term on one line (apart from texts that have several), brackets and lists written
        out.
        """
        if term not in self.lines:
            if term in self.lists:
                self.lines[term] = f"( {' '.join(map(self.line, self.lists[term]))} )"
            elif is_blank(term):
                about = self._by_property(term)
                said = (f"{verb} {', '.join(map(self.line, values))}" for verb, values in about)
                self.lines[term] = (
                    f"[ {' ; '.join(said)} ]" if term in self.triples_by_subject else "[]"
                )
            else:
                self.lines[term] = self._iri(term[1:-1]) if is_iri(term) else self._literal(term)
        return self.lines[term]

    def _iri(self, address: str) -> str:
        """The short form, where a prefix leaves a local name that every reader accepts; else the
        IRI.
        """
        near = address[: max(address.rfind("/"), address.rfind("#")) + 1]
        spaces = [(near, prefix)] if (prefix := self.prefixes.get(near)) is not None else []
        if self.others:
            spaces = sorted((*self.others.items(), *spaces), key=lambda space: -len(space[0]))
        for namespace, prefix in spaces:
            if address.startswith(namespace) and _LOCAL.match(address, len(namespace)):
                self.spoken[f"<{address}>"] = f"@prefix {prefix}: <{namespace}> ."
                return f"{prefix}:{address[len(namespace) :]}"
        return f"<{address}>"

    def _literal(self, term: str) -> str:
        if "\\" not in term and "^^" not in term:
            return term
        text, datatype, language = literal_parts(term)
        short = _SHORT_FORM.fullmatch(text)
        if short and datatype == f"<{XSD}{short.lastgroup}>":
            return text
        tail = f"@{language}" if language else f"^^{self.line(datatype)}" if datatype else ""
        if datatype in self.spoken:
            self.spoken[term] = self.spoken[datatype]
        if "\n" not in text:
            return term[: term.rindex('"') + 1] + tail
        lines = "\n".join(literal(line)[1:-1].replace('\\"', '"') for line in text.split("\n"))
        return '"""' + re.sub(r'"(?="")|"\Z', r"\\\g<0>", lines) + '"""' + tail


def _natural(text: str) -> _Name:
    """A key that sorts `l43` before `l270`: each run of digits after its length."""
    pieces = enumerate(_DIGITS.split(text))
    return [part for place, piece in pieces for part in (len(piece) * (place % 2), piece)]


def minted_in(terms: Iterable[str]) -> set[tuple[str, str]]:
    """Base and kind of the things among some terms: what prefixes such as `my-work` are for."""
    names = (term.rpartition("/") for term in terms if is_iri(term))
    return {one for space, _, name in names if name != ">" and (one := _minted_at(space))}


@lru_cache(maxsize=10_000)
def _minted_at(space: str) -> tuple[str, str] | None:
    found = _THINGS.fullmatch(space)
    return (found[1], found[2]) if found and found[2] in KINDS else None


def prefixes_of(nodes: Nodes, declared: Mapping[str, str]) -> dict[str, str]:
    """Namespace → prefix for a file with these nodes, whose own prefixes are `declared`."""
    values = (o for pairs in nodes.triples_by_subject.values() for _, o in pairs)
    return chosen_prefixes(nodes.header, declared, minted_in({*nodes.triples_by_subject, *values}))


def chosen_prefixes(header: str, prefixes: Mapping[str, str], minted: _Minted) -> dict[str, str]:
    """Namespace → prefix for a file with a header, the longest first: ours, its own, numbered
    where one is taken, and those of things minted under its base.
    """
    declared = ({"": f"{header[1:-1]}#"} if header else {}) | dict(prefixes)
    things = list(minted)
    bases = (base for base, _ in things if base != BASE and header[1:-1].startswith(base))
    own = max(bases, default=None)
    chosen = {f"{base}id/{kind}/": f"my-{kind}" for base, kind in things if base == own}
    for prefix, namespace in sorted(declared.items(), key=lambda item: (not item[0], item)):
        free = prefix
        while free in PREFIXES or free in chosen.values():
            free += "2"
        chosen.setdefault(namespace, free)
    chosen |= {namespace: prefix for prefix, namespace in PREFIXES.items()}
    return dict(sorted(chosen.items(), key=lambda item: -len(item[0])))
