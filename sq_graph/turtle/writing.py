"""Writing Turtle in canonical form: a readable text that changes only where the graph does."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from sq_graph.resources import data_beside
from sq_graph.turtle.nodes import Nodes, label_blank_nodes
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
from sq_graph.vocab import BASE, KINDS, LOCAL_NAME, PREFIXES, XSD

WIDTH = 110
_STEP = "    "
_DATA = data_beside(__file__, "order.json")
_TITLES = _DATA["titles"]
_KINDS, _FIRST, _LAST = (iri_terms(" ".join(_DATA[name])) for name in ("kinds", "first", "last"))
_INDIVIDUALS, _AXIOMS = 6, 7
_RANKS = {p: rank for rank, p in enumerate(_FIRST, -len(_FIRST))}
_RANKS |= {p: rank for rank, p in enumerate(_LAST, 1)}
_VALUE_RANKS = dict.fromkeys(_KINDS, -1) | {_KINDS[_INDIVIDUALS]: 1}
_LABEL = re.compile(r"_:b[0-9a-z]+")
_MINTED = re.compile(r"<(.*/)id/([a-z]+)")
_DIGITS = re.compile("([0-9]+)")
_ENDINGS = ("/", "#")
"""How almost every namespace ends, so that it can be found from an IRI."""
_Pairs = Collection[tuple[str, str]]
_Prefixes = Mapping[str, str]
_NaturalKey = list[int | str]
_SHORT_FORM = re.compile(
    r"(?P<integer>[+-]?[0-9]+)|(?P<decimal>[+-]?[0-9]*\.[0-9]+)|(?P<boolean>true|false)"
    r"|(?P<double>[+-]?(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+)"
)


def serialise(triples: Iterable[TextTriple], prefixes: _Prefixes | None = None) -> str:
    """The canonical text of the triples; `prefixes` are used for namespaces that are not ours.

    >>> x = "<https://example.org/x>"
    >>> print(serialise([(x, TYPE, x), (x, x, '"ex"@en')], {"e": "https://example.org/"}), end="")
    @prefix e: <https://example.org/> .
    <BLANKLINE>
    e:x a e:x ;
        e:x "ex"@en .
    """
    nodes, labels = label_blank_nodes(normal_form(triples))
    return Writer(nodes, labels, prefixes_of(nodes, prefixes or {})).text()


class Block(NamedTuple):
    """The part of a file about one subject: its section, the key by which it is sorted, the text,
    and the declarations of the prefixes used.
    """

    section: int
    sort_key: _NaturalKey
    subject: str
    text: str
    declarations: frozenset[str]


def assemble(declarations: Iterable[str], sections: Sequence[int], texts: Sequence[str]) -> str:
    """A whole file: its prefixes, and the texts of its subjects in order, each section of them
    under its title.
    """
    parts = ["\n".join(sorted(declarations))] if declarations else []
    existing = sorted(set(sections))
    for section in existing:
        start, end = bisect_left(sections, section), bisect_right(sections, section)
        parts += [f"# {_TITLES[section]}"] if section and len(set(existing) - {0}) > 1 else []
        parts += texts[start:end]
    parts += texts[len(sections) :]
    return "\n\n".join(parts) + "\n" if texts else ""


class Writer:
    """Writes the statements of one file in canonical form."""

    def __init__(self, nodes: Nodes, labels: Mapping[str, str], prefixes: _Prefixes) -> None:
        self.triples_by_subject: Mapping[str, _Pairs] = nodes.triples_by_subject
        self.blank_references, self.labels = nodes.blank_references, labels
        lists = nodes.lists(labels).items()
        self.lists = {head: [item for _, item in cells] for head, cells in lists}
        self.prefixes = {space: p for space, p in prefixes.items() if space[-1:] in _ENDINGS}
        self.odd_prefixes = dict(prefixes.items() - self.prefixes.items())
        self._verbs: dict[frozenset[str], list[tuple[int, str, str]]] = {}
        self._value_keys: dict[str, tuple[int, bool, _NaturalKey]] = {}
        self.declarations: dict[str, str] = {}
        self.lines = {NIL: "()", **labels}
        self.pending = {self.line(node): node for node in labels}

    def text(self) -> str:
        """The whole file."""
        subjects = filter(self._is_top_level, self.triples_by_subject)
        ordered = sorted((*self._sort_key(subject), subject) for subject in subjects)
        sections, texts = list[int](), list[str]()
        for section, *_, subject in ordered:
            blocks = self._blocks(subject)
            sections += [section] * len(blocks)
            texts += blocks
        for label in sorted(self.pending):
            texts += self._blocks(self.pending.pop(label, ""))
        return assemble(set(self.declarations.values()), sections, texts)

    def block(self, subject: str) -> Block:
        """The block of a subject in a graph without blank nodes, whatever the other subjects."""
        section, key, _ = self._sort_key(subject)
        (text,) = self._blocks(subject)
        terms = {subject, *chain.from_iterable(self.triples_by_subject[subject])} - {TYPE}
        declarations = frozenset(filter(None, map(self.declarations.get, terms)))
        return Block(section, key, subject, text, declarations)

    # ---- order

    def _is_top_level(self, subject: str) -> bool:
        return not is_blank(subject) or subject not in self.blank_references

    def _sort_key(self, subject: str) -> tuple[int, _NaturalKey, str]:
        """The section of a subject, then its name; for an unnamed axiom, the name of the thing that
        it is about.
        """
        pairs = self.triples_by_subject[subject]
        if is_blank(subject):
            about = min((self.line(o) for p, o in pairs if p == SOURCE), default="~")
            return _AXIOMS, natural_key(about), self.line(subject)
        kinds = (_KINDS.index(o) for p, o in pairs if p == TYPE and o in _KINDS)
        return min(kinds, default=_INDIVIDUALS), natural_key(self.line(subject)), ""

    def _by_property(self, subject: str) -> list[tuple[str, list[str]]]:
        """The properties of a subject in order, as they are written, each with its values in
        order.
        """
        values_by_property = defaultdict[str, list[str]](list)
        for p, o in self.triples_by_subject.get(subject, ()):
            values_by_property[p].append(o)
        for values in values_by_property.values():
            if len(values) > 1:
                values.sort(key=self._value_key)
        properties = frozenset(values_by_property)
        if properties not in self._verbs:
            verbs = ((_RANKS.get(p, 0), "a" if p == TYPE else self.line(p), p) for p in properties)
            self._verbs[properties] = sorted(verbs)
        return [(verb, values_by_property[p]) for _, verb, p in self._verbs[properties]]

    def _value_key(self, value: str) -> tuple[int, bool, _NaturalKey]:
        """The sort key of a value of a property; cached for IRIs, since classes recur."""
        if value not in self._value_keys:
            key = _VALUE_RANKS.get(value, 0), is_blank(value), natural_key(self.line(value))
            if not is_iri(value):
                return key
            self._value_keys[value] = key
        return self._value_keys[value]

    # ---- layout

    def _blocks(self, subject: str) -> list[str]:
        """The text about a subject, followed by the texts about the labelled nodes that it is the
        first to mention.
        """
        if subject not in self.triples_by_subject:
            return []
        name = "[]" if is_blank(subject) and subject not in self.labels else self.line(subject)
        text = f"{name} {self._body(subject, _STEP)} ."
        texts = [text]
        for label in _LABEL.findall(text) if self.pending else ():
            texts += self._blocks(self.pending.pop(label, ""))
        return texts

    def _body(self, subject: str, indent: str) -> str:
        """The statements about a subject, one property per line."""
        lines, inner = [], indent + _STEP
        for verb, values in self._by_property(subject):
            if len(values) == 1:
                lines.append(f"{verb} {self._indented(values[0], indent, len(verb) + 1)}")
                continue
            text = f"{verb} {', '.join(map(self.line, values))}"
            if len(indent + text) + 2 > WIDTH or "\n" in text:
                items = f",\n{inner}".join(self._indented(value, inner) for value in values)
                text = f"{verb}\n{inner}{items}"
            lines.append(text)
        return f" ;\n{indent}".join(lines)

    def _indented(self, term: str, indent: str, used_width: int = 0) -> str:
        """A value on one line if it fits beside the `used_width`, else on several lines."""
        line = self.line(term)
        width = len(indent + line) + used_width + 2
        if not is_blank(term) or (width <= WIDTH and "\n" not in line):
            return line
        inner = indent + _STEP
        if term in self.lists:
            items = "".join(f"{inner}{self._indented(item, inner)}\n" for item in self.lists[term])
            return f"(\n{items}{indent})"
        return f"[\n{inner}{self._body(term, inner)}\n{indent}]" if line.startswith("[ ") else line

    # ---- terms

    def line(self, term: str) -> str:
        """A term on one line (apart from texts of several lines), with its brackets and lists."""
        if term not in self.lines:
            if term in self.lists:
                self.lines[term] = f"( {' '.join(map(self.line, self.lists[term]))} )"
            elif is_blank(term):
                pairs = self._by_property(term)
                parts = (f"{verb} {', '.join(map(self.line, values))}" for verb, values in pairs)
                self.lines[term] = f"[ {' ; '.join(parts)} ]" if pairs else "[]"
            else:
                self.lines[term] = self._iri(term[1:-1]) if is_iri(term) else self._literal(term)
        return self.lines[term]

    def _iri(self, address: str) -> str:
        """The short form, where a prefix leaves a local name that every reader accepts; else the
        IRI.
        """
        usual = address[: max(address.rfind("/"), address.rfind("#")) + 1]
        spaces = [(usual, prefix)] if (prefix := self.prefixes.get(usual)) is not None else []
        if self.odd_prefixes:
            spaces = sorted((*self.odd_prefixes.items(), *spaces), key=lambda pair: -len(pair[0]))
        for namespace, prefix in spaces:
            if address.startswith(namespace) and LOCAL_NAME.match(address, len(namespace)):
                self.declarations[f"<{address}>"] = f"@prefix {prefix}: <{namespace}> ."
                return f"{prefix}:{address[len(namespace) :]}"
        return f"<{address}>"

    def _literal(self, term: str) -> str:
        if "\\" not in term and "^^" not in term:
            return term
        text, datatype, language = literal_parts(term)
        match = _SHORT_FORM.fullmatch(text)
        if match and datatype == f"<{XSD}{match.lastgroup}>":
            return text
        suffix = f"@{language}" if language else f"^^{self.line(datatype)}" if datatype else ""
        if datatype in self.declarations:
            self.declarations[term] = self.declarations[datatype]
        if "\n" not in text:
            return term[: term.rindex('"') + 1] + suffix
        lines = "\n".join(literal(line)[1:-1].replace('\\"', '"') for line in text.split("\n"))
        return '"""' + re.sub(r'"(?="")|"\Z', r"\\\g<0>", lines) + '"""' + suffix


def natural_key(text: str) -> _NaturalKey:
    """A key that sorts `l43` before `l270`: each run of digits after its length."""
    pieces = enumerate(_DIGITS.split(text))
    return [part for index, piece in pieces for part in (len(piece) * (index % 2), piece)]


def minted_in(terms: Iterable[str]) -> set[tuple[str, str]]:
    """Base and kind of the minted things among some terms, for prefixes such as `my-work`."""
    names = (term.rpartition("/") for term in terms if is_iri(term))
    return {pair for space, _, name in names if name != ">" and (pair := _base_and_kind(space))}


@lru_cache(maxsize=10_000)
def _base_and_kind(namespace: str) -> tuple[str, str] | None:
    match = _MINTED.fullmatch(namespace)
    return (match[1], match[2]) if match and match[2] in KINDS else None


def prefixes_of(nodes: Nodes, declared: _Prefixes) -> dict[str, str]:
    """Namespace → prefix for a file with these nodes that has declared some prefixes."""
    values = (o for pairs in nodes.triples_by_subject.values() for _, o in pairs)
    return choose_prefixes(nodes.header, declared, minted_in({*nodes.triples_by_subject, *values}))


def choose_prefixes(header: str, declared: _Prefixes, minted: _Pairs) -> dict[str, str]:
    """Namespace → prefix for a file with a header, the longest first: our prefixes, those declared
    in the file, numbered where one is taken, and those of things minted under its base.
    """
    bases = (base for base, _ in minted if base != BASE and header[1:-1].startswith(base))
    file_base = max(bases, default=None)
    chosen = {f"{base}id/{kind}/": f"my-{kind}" for base, kind in minted if base == file_base}
    wanted = ({"": f"{header[1:-1]}#"} if header else {}) | dict(declared)
    for prefix, namespace in sorted(wanted.items(), key=lambda item: (not item[0], item)):
        free = prefix
        while free in PREFIXES or free in chosen.values():
            free += "2"
        chosen.setdefault(namespace, free)
    chosen |= {namespace: prefix for prefix, namespace in PREFIXES.items()}
    return dict(sorted(chosen.items(), key=lambda item: -len(item[0])))
