"""The reference pages: the ontology from its own annotations, the questions and the rules from their files."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from sq_graph.graph.embedded import EmbeddedGraph, load_files
from sq_graph.graph.layout import Layout
from sq_graph.queries import Catalogue, Question, prologue, shown_default
from sq_graph.turtle import Triple, read_file, written
from sq_graph.turtle.nodes import by_subject
from sq_graph.turtle.terms import FIRST, LABEL, NIL, REST, TYPE, is_blank, is_iri, parts
from sq_graph.vocab import BASE, DCTERMS, OWL, PREFIXES, RDFS, SH, SKOS, SQ, expand, shorten

_DERIVED = "*Written by `sq-graph sync` from `{source}`; edit those files.*"
_KIND_CLASSES = ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty", "NamedIndividual")
_CLASS, _OBJECT, _DATA, _NOTE, _INDIVIDUAL = (f"<{OWL}{name}>" for name in _KIND_CLASSES)
_SUBCLASS, _SUBPROPERTY, _DOMAIN, _RANGE = (
    f"<{RDFS}{name}>" for name in ("subClassOf", "subPropertyOf", "domain", "range")
)
_DEFINITION, _SCOPE, _EXAMPLE = (f"<{SKOS}{name}>" for name in ("definition", "scopeNote", "example"))
_VALUE = f"<{SQ}Value>"
_FILES = (
    ("core.ttl", "the vocabulary described on this page"),
    ("phenomena.ttl", "phenomena and roles, without any thesis, that position modules speak of"),
    ("same-meaning.ttl", "identities between authors' terms, taken in only when asked for"),
    ("positions/<slug>.ttl", "one theoretical position as axioms, each pointing to its claim"),
    ("imports/<vocabulary>.ttl", "terms of other vocabularies that are used here"),
    ("data/agents.ttl", "who holds something"),
    ("data/concepts.ttl", "concepts, their schemes, and unions of concepts"),
    ("data/aspects/<slug>.ttl", "one aspect of comparison, with its values and coding rule"),
    ("data/works/<slug>.ttl", "the record of one work, read or only cited"),
    ("data/works/<slug>/…", "what was found in a work that was read: passages, definitions, typologies, claims …"),
)


def ontology_page(layout: Layout) -> dict[Path, str]:
    """`docs/reference/ontology.md`, in a checkout of the package."""
    if not _has_docs(layout):
        return {}
    graph = EmbeddedGraph()
    load_files(graph, ((file.path, file.iri, file.listed) for file in layout.files()))
    template = Path(__file__).with_name("ontology.md").read_text(encoding="utf-8")
    page = re.sub(r"```sparql\n(.*?)```", lambda found: _answered(found, graph), template, flags=re.DOTALL)
    page = re.sub(r"```turtle\n(.*?)```", lambda found: _written_out(found, graph), page, flags=re.DOTALL)
    vocabulary = _Vocabulary(layout, graph)
    sections = {
        "prefixes": "\n".join(f"PREFIX {prefix}: <{namespace}>" for prefix, namespace in PREFIXES.items()),
        "files": "\n".join(f"| `ontology/{name}` | {holds} |" for name, holds in _FILES),
        "tree": vocabulary.tree(),
        "classes": vocabulary.classes(),
        "shared": vocabulary.shared(),
        "values": vocabulary.values(),
        "annotations": vocabulary.table(vocabulary.of(_NOTE), ("property", "meaning")),
        "reused": vocabulary.reused(),
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
        self.said = by_subject(triples)
        self.parents = {s: [o for o in self._all(s, _SUBCLASS) if o.startswith(f"<{SQ}")] for s in self.of(_CLASS)}
        self.bearers: dict[str, set[str]] = defaultdict(set)
        self.reached: dict[str, set[str]] = defaultdict(set)
        for row in graph.select(_USED):
            bearer, p = row["class"].n3(), row["property"].n3()
            if bearer in self.parents and not self._is_value(bearer):
                self.bearers[p].add(bearer)
                self.reached[p] |= {row["value"].n3()} if "value" in row else set()
        self.homes: dict[str, list[str]] = defaultdict(list)
        self.homeless = []
        for p in sorted({*self.of(_OBJECT), *self.of(_DATA), *self.bearers} - {TYPE, LABEL}):
            homes = self._homes(p)
            self.homeless += [p] * (not homes)
            for home in homes:
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
        declared = self._ends(p, _DOMAIN)
        if declared:
            return declared
        families: dict[str, list[str]] = defaultdict(list)
        for kind in self.bearers[p]:
            families[self._above(kind)[-1]].append(kind)
        if len(families) > 3:
            return []
        shared = [set.intersection(*(set(self._above(kind)) for kind in kinds)) for kinds in families.values()]
        return sorted(max(common, key=lambda kind: len(self._above(kind))) for common in shared)

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
            lines += ["", self.table(self.homes[kind], ("property", "value", "meaning"))]
        return "\n".join(lines)

    def shared(self) -> str:
        """The properties that belong to no one kind of thing."""
        return self.table([TYPE, LABEL, *self.homeless], ("property", "stands on", "value", "meaning"))

    def table(self, terms: Sequence[str], columns: tuple[str, ...]) -> str:
        """One row a term."""
        cells: dict[str, Callable[[str], str]] = {
            "property": lambda p: f"`{_short(p)}`",
            "meaning": self._meaning,
            "value": self._value,
            "stands on": lambda p: ", ".join(map(_link, self._widest(self.bearers[p]))) or "anything",
        }
        return _table(columns, ([cells[column](term) for column in columns] for term in terms))

    def _meaning(self, term: str) -> str:
        known = {
            TYPE: "What kind of thing it is. Written `a`.",
            LABEL: "The name by which it is shown, in English.",
            f"<{RDFS}comment>": "A remark of the curators.",
        }
        example = self._text(term, _EXAMPLE)
        above = [_short(parent) for parent in self._all(term, _SUBPROPERTY)]
        said = [
            known.get(term) or self._text(term, _DEFINITION) or self._text(term, LABEL) or _short(term),
            self._text(term, _SCOPE),
            f"*For example:* {example}" if example else "",
            f"Implies `{'`, `'.join(above)}`." if above else "",
        ]
        return " ".join(filter(None, said))

    def _value(self, p: str) -> str:
        ends = self._ends(p, _RANGE)
        if p in self.of(_OBJECT) or self.reached[p]:
            shown = " or ".join(map(_link, ends))
            if not shown and self.reached[p]:
                shown = f"in this map: {', '.join(map(_link, self._widest(self.reached[p])))}"
        else:
            shown = _TYPES.get(ends[0], _short(ends[0])) if ends else "text" * (p != TYPE)
        once = (TYPE, f"<{OWL}FunctionalProperty>") in self.said.get(p, ())
        return f"{shown or 'a thing'}{' (one at most)' if once else ''}"

    def values(self) -> str:
        """Each class of values with its values; those of the aspects come from the files of the aspects."""
        lines = []
        for kind in self.of(_CLASS):
            if not self._is_value(kind):
                continue
            users = [p for p in self.of(_OBJECT) if kind in self._ends(p, _RANGE)]
            lines += [f"### {_short(kind)}", "", self._text(kind, _DEFINITION)]
            lines += [f"The value of {', '.join(f'`{_short(p)}`' for p in users)}."] if users else []
            values = self.of(kind)
            rows = ([f"`{_short(value)}`", self._text(value, LABEL), self._meaning(value)] for value in values)
            lines += ["", _table(("value", "label", "meaning"), rows), ""] if values else [""]
        aspects: dict[tuple[str, str], list[str]] = defaultdict(list)
        for row in self.graph.select(_ASPECTS):
            aspects[f"`{row['aspect']}`", str(row["asks"])] += [str(row["value"])] if "value" in row else []
        coded = _table(
            ("aspect", "asks", "values"),
            ([*aspect, " · ".join(words) or "terms of one's own"] for aspect, words in aspects.items()),
        )
        return "\n".join([*lines, "### Aspects of comparison", "", coded])

    def reused(self) -> str:
        """The terms of each other vocabulary."""
        found: dict[str, list[str]] = defaultdict(list)
        for term in sorted(self.said):
            if is_iri(term) and ":" in _short(term) and not term.startswith((f"<{SQ}", f"<{BASE}")):
                found[_short(term).partition(":")[0]].append(f"`{_short(term)}`")
        rows = ([f"`{prefix}:`", f"<{PREFIXES[prefix]}>", ", ".join(terms)] for prefix, terms in found.items())
        return _table(("prefix", "vocabulary", "terms used here"), (row for row in rows))


_USED = f"""SELECT DISTINCT ?class ?property ?value WHERE {{
  ?thing a ?class ; ?property ?object OPTIONAL {{ ?object a ?value FILTER(STRSTARTS(STR(?value), "{SQ}")) }} }}"""
_ASPECTS = f"""PREFIX sq: <{SQ}> PREFIX rdfs: <{RDFS}> SELECT ?aspect ?asks ?value WHERE {{
  ?aspect a sq:Aspect ; sq:asks ?asks OPTIONAL {{ ?aspect sq:allows/rdfs:label ?value }} }} ORDER BY ?aspect ?value"""
_TYPES = {
    "<http://www.w3.org/2001/XMLSchema#string>": "text",
    "<http://www.w3.org/2001/XMLSchema#integer>": "whole number",
    "<http://www.w3.org/2001/XMLSchema#decimal>": "number",
    "<http://www.w3.org/2001/XMLSchema#boolean>": "true or false",
}
_MOST_ROWS = 12


def _answered(block: re.Match[str], graph: EmbeddedGraph) -> str:
    """A query of the template, and below it what it answers."""
    answer = graph.select(prologue() + block[1])
    rows = [[str(term) if term else "" for term in row] for row in answer.rows]
    more = f"\n\n*… and {len(rows) - _MOST_ROWS} more.*" if len(rows) > _MOST_ROWS else ""
    return f"{block[0]}\n\n{_table(answer.columns, rows[:_MOST_ROWS])}{more}"


def _written_out(block: re.Match[str], graph: EmbeddedGraph) -> str:
    """The things that the template names, as the files have them but for the prefixes."""
    things = [f"<{expand(name)}>" for name in block[1].split()]
    found = graph.construct(f"CONSTRUCT {{ ?s ?p ?o }} {{ VALUES ?s {{ {' '.join(things)} }} ?s ?p ?o }}")
    text = written((s.n3(), p.n3(), o.n3()) for s, p, o in found)
    return f"```turtle\n{text.partition(chr(10) * 2)[2]}```"


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
    said = by_subject(read_file(path).triples)

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
