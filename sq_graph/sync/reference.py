"""The reference pages: the ontology from its own annotations, the questions and the rules from their files."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sq_graph.graph.embedded import EmbeddedGraph, load_files
from sq_graph.graph.layout import Layout
from sq_graph.queries import Catalogue, Question, prologue, shown_default
from sq_graph.turtle import Triple, read_file, written
from sq_graph.turtle.nodes import Nodes
from sq_graph.turtle.terms import FIRST, LABEL, NIL, REST, TYPE, is_blank, is_iri, parts
from sq_graph.vocab import BASE, DCTERMS, OWL, PREFIXES, RDFS, SH, SKOS, SQ, expand, shorten

_DERIVED = "*Written by `sq-graph sync` from `{source}`; edit those files.*"
_CLASS, _OBJECT, _DATA = (f"<{OWL}{name}>" for name in ("Class", "ObjectProperty", "DatatypeProperty"))
_SUBCLASS, _SUBPROPERTY, _DOMAIN, _RANGE = (
    f"<{RDFS}{name}>" for name in ("subClassOf", "subPropertyOf", "domain", "range")
)
_DEFINITION, _SCOPE, _EXAMPLE = (f"<{SKOS}{name}>" for name in ("definition", "scopeNote", "example"))
_VALUE = f"<{SQ}Value>"
_COMMON = {TYPE, LABEL, f"<{RDFS}comment>"}


def ontology_page(layout: Layout) -> dict[Path, str]:
    """`docs/reference/ontology.md`, in a checkout of the package."""
    if not _has_docs(layout):
        return {}
    graph = EmbeddedGraph()
    load_files(graph, ((file.path, file.iri, file.listed) for file in layout.files()))
    template = Path(__file__).with_name("ontology.md").read_text(encoding="utf-8")
    page = re.sub(r"```(\w+)\n(.*?)```", lambda found: _filled(found[1], found[2], graph), template, flags=re.DOTALL)
    vocabulary = _Vocabulary(layout, graph)
    sections = {
        "prefixes": "\n".join(f"PREFIX {prefix}: <{namespace}>" for prefix, namespace in PREFIXES.items()),
        "tree": vocabulary.tree(),
        "classes": vocabulary.classes(),
        "shared": vocabulary.shared(),
        "values": vocabulary.values(),
    }
    for name, text in sections.items():
        page = page.replace("{{" + name + "}}", text)
    return {layout.root / "docs" / "reference" / "ontology.md": page}


def questions_page(layout: Layout) -> dict[Path, str]:
    """`docs/reference/questions.md`, in a checkout of the package."""
    if not _has_docs(layout):
        return {}
    questions = Catalogue(layout.queries()).questions(quality=True)
    lines = ["# The questions", "", _DERIVED.format(source="queries/"), "", _QUESTIONS]
    group = ""
    for question in questions:
        if question.group != group:
            group = question.group
            lines += ["", f"## {group.capitalize()}"]
        lines += ["", *_question(question, layout.root)]
    return {layout.root / "docs" / "reference" / "questions.md": "\n".join(lines) + "\n"}


def shapes_page(layout: Layout) -> dict[Path, str]:
    """`docs/reference/shapes.md`, in a checkout of the package."""
    if not _has_docs(layout):
        return {}
    lines = ["# The rules that the data keeps", "", _DERIVED.format(source="shapes/"), "", _SHAPES]
    for path in layout.shapes():
        rules = _rules(path)
        if rules:
            lines += ["", *rules]
    return {layout.root / "docs" / "reference" / "shapes.md": "\n".join(lines) + "\n"}


def _has_docs(layout: Layout) -> bool:
    return layout.base == BASE and (layout.root / "docs").is_dir()


# ---- the ontology


class _Vocabulary:
    """The terms of `core.ttl` and of the imports, and which kinds of thing bear which property in this map."""

    def __init__(self, layout: Layout, graph: EmbeddedGraph) -> None:
        imports = sorted((layout.ontology / "imports").glob("*.ttl"))
        triples: set[Triple] = set()
        for path in (layout.ontology / "core.ttl", *imports):
            triples |= set(read_file(path).triples)
        self.graph = graph
        self.said = Nodes(triples).said
        self.parents = {s: [o for o in self._all(s, _SUBCLASS) if o.startswith(f"<{SQ}")] for s in self.of(_CLASS)}
        self.bearers: dict[str, set[str]] = defaultdict(set)
        self.reached: dict[str, set[str]] = defaultdict(set)
        for row in graph.select(_USED):
            bearer, p = row["class"].n3(), row["property"].n3()
            if bearer in self.parents and not self._is_value(bearer):
                self.bearers[p].add(bearer)
                self.reached[p] |= {row["value"].n3()} if "value" in row else set()
        self.homes: dict[str, list[str]] = defaultdict(list)
        for p in sorted({*self.of(_OBJECT), *self.of(_DATA), *self.bearers} - _COMMON):
            homes = self._homes(p)
            for home in homes if len(homes) < 4 else [""]:
                self.homes[home].append(p)

    # ---- what the annotations say

    def _all(self, term: str, p: str) -> list[str]:
        return sorted(o for q, o in self.said.get(term, ()) if q == p)

    def _text(self, term: str, p: str) -> str:
        return " ".join(parts(o)[0] for o in self._all(term, p))

    def of(self, kind: str) -> list[str]:
        """The terms of our own vocabulary of one kind, sorted."""
        return sorted(s for s, values in self.said.items() if s.startswith(f"<{SQ}") and (TYPE, kind) in values)

    def _ends(self, p: str, which: str) -> list[str]:
        """The classes of a domain or range, those of a union one by one."""
        ends = []
        for end in self._all(p, which):
            union = self._all(end, f"<{OWL}unionOf>") if is_blank(end) else []
            ends += self._items(union[0]) if union else [end] * (not is_blank(end))
        return ends

    def _items(self, cell: str) -> list[str]:
        found = []
        while cell != NIL:
            found += self._all(cell, FIRST)
            cell = self._all(cell, REST)[0]
        return found

    def _above(self, kind: str) -> list[str]:
        """A class and all above it, nearest first."""
        found = [kind]
        for one in found:
            found += [parent for parent in self.parents.get(one, ()) if parent not in found]
        return found

    def _is_value(self, kind: str) -> bool:
        return _VALUE in self._above(kind)

    def _widest(self, kinds: Iterable[str]) -> list[str]:
        """The classes without those that stand under another of them."""
        given = set(kinds)
        return sorted(kind for kind in given if not given & set(self._above(kind)[1:]))

    def _homes(self, p: str) -> list[str]:
        """The classes under which a property is described: its domain, else what those that bear it share."""
        families: dict[str, list[set[str]]] = defaultdict(list)
        for kind in self.bearers[p]:
            families[self._above(kind)[-1]].append(set(self._above(kind)))
        shared = (set.intersection(*kinds) for kinds in families.values())
        nearest = sorted(max(common, key=lambda kind: len(self._above(kind))) for common in shared)
        return self._ends(p, _DOMAIN) or nearest

    # ---- what is written

    def tree(self) -> str:
        """All classes but those of values, nested."""

        def branch(kind: str, depth: int) -> Iterator[str]:
            yield f"{'  ' * depth}- {_link(kind)}: {self._text(kind, _DEFINITION)}"
            for child in self._children(kind):
                yield from branch(child, depth + 1)

        return "\n".join(line for root in self._roots() for line in branch(root, 0))

    def _roots(self) -> list[str]:
        return [kind for kind in self.of(_CLASS) if not self.parents[kind] and not self._is_value(kind)]

    def _children(self, kind: str) -> list[str]:
        return [child for child in self.of(_CLASS) if kind in self.parents[child]]

    def classes(self) -> str:
        """A section for each class, in the order of the tree."""
        order = dict.fromkeys(kind for root in self._roots() for kind in self._below(root))
        return "\n\n".join(self._class(kind) for kind in order)

    def _below(self, kind: str) -> Iterator[str]:
        yield kind
        for child in self._children(kind):
            yield from self._below(child)

    def _class(self, kind: str) -> str:
        above = [_link(parent) for parent in self._all(kind, _SUBCLASS) if is_iri(parent)]
        lines = [f"### {_short(kind)}", "", self._text(kind, _DEFINITION)]
        lines += [f"A kind of {' and '.join(above)}."] if above else []
        lines += ["", self._text(kind, _SCOPE)] if self._text(kind, _SCOPE) else []
        lines += ["", f"*For example:* {self._text(kind, _EXAMPLE)}"] if self._text(kind, _EXAMPLE) else []
        if self.homes[kind]:
            rows = ([f"`{_short(p)}`", self._value(p), self._meaning(p)] for p in self.homes[kind])
            lines += ["", _table(("property", "value", "meaning"), rows)]
        return "\n".join(lines)

    def shared(self) -> str:
        """The properties that belong to no one kind of thing."""
        rows = (
            [f"`{_short(p)}`", ", ".join(map(_link, self._homes(p))), self._value(p), self._meaning(p)]
            for p in self.homes[""]
        )
        return _table(("property", "stands on", "value", "meaning"), rows)

    def _meaning(self, term: str) -> str:
        example = self._text(term, _EXAMPLE)
        above = [_short(parent) for parent in self._all(term, _SUBPROPERTY)]
        said = [
            self._text(term, _DEFINITION) or self._text(term, LABEL) or _short(term),
            self._text(term, _SCOPE),
            f"*For example:* {example}" if example else "",
            f"Implies `{'`, `'.join(above)}`." if above else "",
        ]
        return " ".join(filter(None, said))

    def _value(self, p: str) -> str:
        ends, reached = self._ends(p, _RANGE), self._widest(self.reached[p])
        if p in self.of(_OBJECT) or reached:
            shown = " or ".join(map(_link, ends)) or f"in this map: {', '.join(map(_link, reached))}"
        else:
            shown = _TYPES.get(ends[0], _short(ends[0])) if ends else "text"
        return shown + " (one at most)" * ((TYPE, f"<{OWL}FunctionalProperty>") in self.said.get(p, ()))

    def values(self) -> str:
        """Each class of values with its values."""
        lines = []
        for kind in filter(self._is_value, self.of(_CLASS)):
            users = [f"`{_short(p)}`" for p in self.of(_OBJECT) if kind in self._ends(p, _RANGE)]
            used = f" The value of {', '.join(users)}." if users else ""
            lines += [f"### {_short(kind)}", "", f"{self._text(kind, _DEFINITION)}{used}", ""]
            rows = [[f"`{_short(value)}`", self._text(value, LABEL), self._meaning(value)] for value in self.of(kind)]
            lines += [_table(("value", "label", "meaning"), rows), ""] if rows else []
        return "\n".join(lines).rstrip()


_USED = f"""SELECT DISTINCT ?class ?property ?value WHERE {{
  ?thing a ?class ; ?property ?object OPTIONAL {{ ?object a ?value FILTER(STRSTARTS(STR(?value), "{SQ}")) }} }}"""
_TYPES = {
    "<http://www.w3.org/2001/XMLSchema#string>": "text",
    "<http://www.w3.org/2001/XMLSchema#integer>": "whole number",
    "<http://www.w3.org/2001/XMLSchema#decimal>": "number",
    "<http://www.w3.org/2001/XMLSchema#boolean>": "true or false",
}
_MOST_ROWS = 12


def _filled(kind: str, text: str, graph: EmbeddedGraph) -> str:
    """A block of the template: a query with its answer, an answer alone, or things written out."""
    if kind == "turtle":
        things = " ".join(f"<{expand(name)}>" for name in text.split())
        found = graph.construct(f"CONSTRUCT {{ ?s ?p ?o }} {{ VALUES ?s {{ {things} }} ?s ?p ?o }}")
        _, _, body = written((s.n3(), p.n3(), o.n3()) for s, p, o in found).partition("\n\n")
        return f"```turtle\n{body}```"
    answer = graph.select(prologue() + text)
    rows = [[str(term) if term else "" for term in row] for row in answer.rows]
    if kind == "answer":
        return _table(answer.columns, rows)
    more = f"\n\n*… and {len(rows) - _MOST_ROWS} more.*" if len(rows) > _MOST_ROWS else ""
    return f"```sparql\n{text}```\n\n{_table(answer.columns, rows[:_MOST_ROWS])}{more}"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _short(term: str) -> str:
    return shorten(term[1:-1])


def _link(kind: str) -> str:
    """A class as a link to its section, where it has one."""
    short = _short(kind)
    return f"[`{short}`](#{short.replace(':', '').lower()})" if kind.startswith(f"<{SQ}") else f"`{short}`"


# ---- questions and rules

_QUESTIONS = """Each is a file in `queries/` that runs unchanged in any SPARQL tool. `sq-graph ask NAME` asks it,
`sq_graph.open().ask("NAME")` does the same in Python; parameters stand below with their defaults. The questions
under *quality* are checks: they must have no answer, and `sq-graph check` asks them."""
_SHAPES = """Each rule is a SHACL shape with a name; `sq-graph check` says which thing breaks which rule, in the words
that stand here. Completeness is judged here and not by the ontology: in OWL what is missing is merely unknown."""
_TARGETS = tuple(f"<{SH}{name}>" for name in ("targetClass", "targetSubjectsOf", "targetObjectsOf", "targetNode"))
_COMPONENTS = (f"<{SH}property>", f"<{SH}sparql>")
_MESSAGE = f"<{SH}message>"


def _question(question: Question, root: Path) -> list[str]:
    file = question.path.relative_to(root).as_posix()
    lines = [f"### {question.title}", "", f"{question.question} ([{question.name}](../../{file}))", ""]
    if question.expect == "none":
        return [*lines, f"*Remedy:* {question.remedy}"]
    defaults = {f"--{p.name.replace('_', '-')}": shown_default(p) for p in question.parameters}
    given = "".join(f" {option} {value}" for option, value in defaults.items() if value != "UNDEF")
    lines += ["```sh", f"sq-graph ask {question.name}{given}", "```", ""]
    free = [f"`{option}`" for option, value in defaults.items() if value == "UNDEF"]
    lines += [f"Narrowed, if wished, by {' and '.join(free)}.", ""] if free else []
    return [*lines, _table(("column", "holds"), ([f"`{name}`", holds] for name, holds in question.columns.items()))]


def _rules(path: Path) -> list[str]:
    """The section for one file of shapes; nothing for a file without rules."""
    said = Nodes(read_file(path).triples).said

    def text(node: str, p: str) -> str:
        return " ".join(parts(o)[0] for q, o in said.get(node, ()) if q == p)

    rows = set()
    for shape, values in said.items():
        on = ", ".join(sorted(f"`{_short(o)}`" for p, o in values if p in _TARGETS))
        for node in [shape, *(o for p, o in values if p in _COMPONENTS)] if on else ():
            if text(node, _MESSAGE):
                rows.add((on, text(node, LABEL), text(node, _MESSAGE)))
    header = next((s for s, values in said.items() if (TYPE, f"<{OWL}Ontology>") in values), "")
    title = text(header, LABEL).removeprefix("Shapes: ") or path.stem
    about = text(header, f"<{RDFS}comment>") or text(header, f"<{DCTERMS}description>")
    table = _table(("on", "rule", "says"), sorted(rows))
    return [f"## {title[:1].upper()}{title[1:]}", "", about, "", table] if rows else []
