"""Writing Turtle in its one canonical form: a text that people read, and that changes only where the graph does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sq_graph.turtle.axioms import SOURCE, normal_form
from sq_graph.turtle.nodes import by_subject, by_value, labels, lists
from sq_graph.turtle.terms import (
    IMPORTS,
    LABEL,
    NIL,
    ONTOLOGY,
    TYPE,
    Triple,
    is_blank,
    is_iri,
    literal,
    parts,
)  # fmt: skip
from sq_graph.vocab import DCTERMS, OWL, PREFIXES, RDFS, SH, SKOS, SQ, XSD

WIDTH = 110
_STEP = "    "
_SECTIONS = (
    ("", (ONTOLOGY,)),
    ("Annotation properties", (f"<{OWL}AnnotationProperty>",)),
    ("Datatypes", (f"<{RDFS}Datatype>",)),
    ("Object properties", (f"<{OWL}ObjectProperty>",)),
    ("Data properties", (f"<{OWL}DatatypeProperty>",)),
    ("Classes", (f"<{OWL}Class>",)),
    ("Individuals", ()),
    ("Axioms", ()),
)
_AXIOMS, _INDIVIDUALS = len(_SECTIONS) - 1, len(_SECTIONS) - 2
_FIRST = [TYPE, LABEL] + [
    f"<{namespace}{name}>"
    for namespace, names in (
        (SKOS, ("prefLabel", "altLabel", "hiddenLabel")),
        (DCTERMS, ("title",)),
        (SKOS, ("definition",)),
        (RDFS, ("comment",)),
        (SKOS, ("scopeNote", "example", "note")),
        (RDFS, ("subClassOf", "subPropertyOf", "domain", "range")),
        (OWL, ("annotatedSource", "annotatedProperty", "annotatedTarget", "onProperty")),
        (SH, ("targetClass", "path")),
    )
    for name in names
]
_LAST = [
    f"<{SQ}{name}>"
    for name in (
        "heldBy", "possiblyHeldBy", "attributionCertainty", "statedIn", "via", "reportedIn", "citation",
        "basis", "hedge", "hedgeMarker", "stance", "tier", "reviewStatus",
    )
] + [f"<{SH}{name}>" for name in ("message", "prefixes", "select")] + [IMPORTS]  # fmt: skip
_KINDS = {kind: -1 for _, kinds in _SECTIONS for kind in kinds} | {f"<{OWL}NamedIndividual>": 1}
_ORDER = {p: place - len(_FIRST) for place, p in enumerate(_FIRST)} | {p: n + 1 for n, p in enumerate(_LAST)}
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?\Z")
_SHORT_FORMS = {
    f"<{XSD}{kind}>": re.compile(form)
    for kind, form in (
        ("integer", r"[+-]?[0-9]+\Z"),
        ("decimal", r"[+-]?[0-9]*\.[0-9]+\Z"),
        ("double", r"[+-]?(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+\Z"),
        ("boolean", r"(?:true|false)\Z"),
    )
}


def written(triples: Iterable[Triple], prefixes: Mapping[str, str] | None = None) -> str:
    """The canonical text of the triples; `prefixes` are used for namespaces that are none of ours.

    >>> x = "<https://example.org/x>"
    >>> print(written([(x, TYPE, x), (x, LABEL, '"ex"@en')], {"e": "https://example.org/"}), end="")
    @prefix e: <https://example.org/> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    <BLANKLINE>
    e:x a e:x ;
        rdfs:label "ex"@en .
    """
    return _Writer(normal_form(triples), prefixes or {}).text()


class _Writer:
    def __init__(self, triples: set[Triple], prefixes: Mapping[str, str]) -> None:
        self.said = by_subject(triples)
        self.used = by_value(triples)
        self.labels = labels(triples)
        self.chains = lists(self.said, self.used)
        for head in [head for head in self.chains if head in self.labels]:
            rest = self.chains.pop(head)[1:]
            self.chains |= {rest[0][0]: rest} if rest else {}
        header = next((s for s, p, o in sorted(triples) if p == TYPE and o == ONTOLOGY), "")
        own = {"": f"{header[1:-1]}#"} | dict(prefixes) if header else prefixes
        self.prefixes = _named(own)
        self.spoken: set[str] = set()
        self.terms: dict[str, str] = {NIL: "()"}
        self.lines: dict[str, str] = {}

    def text(self) -> str:
        tops = [s for s in self.said if not is_blank(s) or s not in self.used]
        placed = sorted((self._place(subject), subject) for subject in tops)
        headed = len({section for (section, *_), _ in placed} - {0}) > 1
        blocks, current, done = [], 0, set[str]()
        for (section, *_), subject in placed:
            if headed and section != current:
                blocks.append(f"# {_SECTIONS[section][0]}")
            current = section
            blocks += self._blocks(subject, done)
        for node in sorted(set(self.labels) - done, key=lambda node: self.labels[node]):
            blocks += self._blocks(node, done)
        head = ["\n".join(sorted(self.spoken))] if self.spoken else []
        return "\n\n".join(head + blocks) + "\n" if blocks else ""

    # ---- order

    def _place(self, subject: str) -> tuple[int, list[tuple[int, str]], str]:
        """Where a subject stands: section, then name; unnamed axioms by the thing they are about."""
        if is_blank(subject):
            about = min((self._line(o) for p, o in self.said[subject] if p == SOURCE), default="~")
            return _AXIOMS, _natural(about), self._line(subject)
        types = {o for p, o in self.said[subject] if p == TYPE}
        section = (n for n, (_, kinds) in enumerate(_SECTIONS) if types.intersection(kinds))
        return next(section, _INDIVIDUALS), _natural(self._term(subject)), subject

    def _by_property(self, subject: str) -> list[tuple[str, Sequence[str]]]:
        """The properties of a subject in order, each with its values in order."""
        values: dict[str, list[str]] = {}
        for p, o in self.said.get(subject, ()):
            values.setdefault(p, []).append(o)
        ordered = sorted(values, key=lambda p: (_ORDER.get(p, 0), self._verb(p), p))
        return [(p, self._sorted(values[p])) for p in ordered]

    def _sorted(self, values: Sequence[str]) -> Sequence[str]:
        if len(values) < 2:
            return values
        return sorted(values, key=lambda o: (_KINDS.get(o, 0), is_blank(o), _natural(self._line(o))))

    def _items(self, head: str) -> Iterator[str]:
        return (item for _, item in self.chains[head])

    # ---- layout

    def _blocks(self, subject: str, done: set[str]) -> list[str]:
        """The text about a subject, and after it that about each labelled node which it is the first to mention."""
        if subject in done or subject not in self.said:
            return []
        done.add(subject)
        name = "[]" if is_blank(subject) and subject not in self.labels else self._term(subject)
        blocks = [f"{name} {self._body(subject, _STEP)} ."]
        for node in self._mentioned(subject):
            blocks += self._blocks(node, done)
        return blocks

    def _mentioned(self, subject: str) -> Iterator[str]:
        for _, values in self._by_property(subject):
            for value in values:
                for node in self._items(value) if value in self.chains else (value,):
                    if node in self.labels:
                        yield node
                    elif is_blank(node):
                        yield from self._mentioned(node)

    def _body(self, subject: str, indent: str) -> str:
        """What is said of a subject, one property a line."""
        said = []
        for p, values in self._by_property(subject):
            name, flat = self._verb(p), ", ".join(map(self._line, values))
            if len(indent) + len(name) + len(flat) + 3 <= WIDTH and "\n" not in flat:
                said.append(f"{name} {flat}")
            elif len(values) == 1:
                said.append(f"{name} {self._laid(values[0], indent)}")
            else:
                inner = indent + _STEP
                laid = (self._fitted(value, inner) for value in values)
                said.append(f"{name}\n{inner}" + f",\n{inner}".join(laid))
        return f" ;\n{indent}".join(said)

    def _fitted(self, term: str, indent: str) -> str:
        """A value on one line if there is room, else over several."""
        line = self._line(term)
        return line if len(indent) + len(line) + 2 <= WIDTH else self._laid(term, indent)

    def _laid(self, term: str, indent: str) -> str:
        """A value over as many lines as it needs."""
        inner = indent + _STEP
        if term in self.chains:
            items = (self._fitted(item, inner) for item in self._items(term))
            return "(\n" + "".join(f"{inner}{item}\n" for item in items) + f"{indent})"
        if is_blank(term) and term not in self.labels and self.said.get(term):
            return f"[\n{inner}{self._body(term, inner)}\n{indent}]"
        return self._line(term)

    def _line(self, term: str) -> str:
        """A term on one line (apart from texts that have several), brackets and lists written out."""
        if not is_blank(term) or term in self.labels:
            return self._term(term)
        if term not in self.lines:
            self.lines[term] = self._written_out(term)
        return self.lines[term]

    def _written_out(self, node: str) -> str:
        if node in self.chains:
            return f"( {' '.join(map(self._line, self._items(node)))} )"
        said = (f"{self._verb(p)} {', '.join(map(self._line, values))}" for p, values in self._by_property(node))
        return f"[ {' ; '.join(said)} ]" if node in self.said else "[]"

    # ---- terms

    def _verb(self, term: str) -> str:
        return "a" if term == TYPE else self._term(term)

    def _term(self, term: str) -> str:
        """An IRI, a literal or a label as Turtle writes it."""
        if is_blank(term):
            return self.labels[term]
        if term not in self.terms:
            self.terms[term] = self._iri(term) if is_iri(term) else self._literal(term)
        return self.terms[term]

    def _iri(self, term: str) -> str:
        """The short form, where a prefix leaves a local name that every reader accepts; else the IRI."""
        address = term[1:-1]
        for namespace, prefix in self.prefixes.items():
            if address.startswith(namespace) and _LOCAL.match(address, len(namespace)):
                self.spoken.add(f"@prefix {prefix}: <{namespace}> .")
                return f"{prefix}:{address[len(namespace) :]}"
        return term

    def _literal(self, term: str) -> str:
        text, datatype, language = parts(term)
        if datatype in _SHORT_FORMS and _SHORT_FORMS[datatype].match(text):
            return text
        tail = f"@{language}" if language else f"^^{self._term(datatype)}" if datatype else ""
        return (_long(text) if "\n" in text else term[: term.rindex('"') + 1]) + tail


def _long(text: str) -> str:
    """A text of several lines between triple quotes."""
    lines = "\n".join(literal(line)[1:-1].replace('\\"', '"') for line in text.split("\n"))
    return '"""' + re.sub(r'"(?="")|"\Z', r"\\\g<0>", lines) + '"""'


def _natural(text: str) -> list[tuple[int, str]]:
    """A key that sorts `l43` before `l270`.

    >>> sorted(["l270", "l43"], key=_natural)
    ['l43', 'l270']
    """
    pieces = re.split("([0-9]+)", text)
    return [(len(piece) * (place % 2), piece) for place, piece in enumerate(pieces)]


def _named(own: Mapping[str, str]) -> dict[str, str]:
    """Namespace → prefix, longest first: ours, and a file's own, numbered where it is one of ours already."""
    named: dict[str, str] = {}
    for prefix in sorted(own, key=lambda prefix: (not prefix, prefix)):
        chosen, number = prefix, 1
        while chosen in PREFIXES or chosen in named.values():
            number += 1
            chosen = f"{prefix}{number}"
        if own[prefix] not in named:
            named[own[prefix]] = chosen
    named |= {namespace: prefix for prefix, namespace in PREFIXES.items()}
    return dict(sorted(named.items(), key=lambda item: -len(item[0])))
