"""The reference pages: what stands in them between `<!-- derived: … -->` and `<!-- end -->` follows
from the files.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sq_graph.graph.embedded import EmbeddedGraph, load_files
from sq_graph.graph.layout import Layout
from sq_graph.queries import Catalogue, Question, prologue, shown_default
from sq_graph.resources import file_text
from sq_graph.turtle import read_file, written
from sq_graph.turtle.nodes import Nodes
from sq_graph.turtle.terms import LABEL, ONTOLOGY, TYPE, is_iri, named, parts
from sq_graph.vocab import BASE, PREFIXES, SQ, expand, shorten

_MARK = re.compile(
    r"(?P<head>(?:```sparql\n(?P<query>(?:(?!```).)*)```\n\n)?<!-- derived: "
    r"(?P<kind>\w+)(?P<given>.*?)-->\n)"
    r".*?(?P<foot><!-- end -->)",
    re.DOTALL,
)
_CLASS, _OBJECT, _DATA, _FUNCTIONAL, _UNION = named(
    "owl:Class owl:ObjectProperty owl:DatatypeProperty owl:FunctionalProperty owl:unionOf"
)
_SUBCLASS, _SUBPROPERTY, _DOMAIN, _RANGE = named(
    "rdfs:subClassOf rdfs:subPropertyOf rdfs:domain rdfs:range"
)
_DEFINITION, _SCOPE, _EXAMPLE, _VALUE = named(
    "skos:definition skos:scopeNote skos:example sq:Value"
)
_MESSAGE, *_ABOUT = named("sh:message rdfs:comment dcterms:description")
_TARGETS = named("sh:targetClass sh:targetSubjectsOf sh:targetObjectsOf sh:targetNode")
_COMPONENTS = named("sh:property sh:sparql")
_USED = f"""SELECT DISTINCT ?class ?property ?value WHERE {{
  ?thing a ?class ; ?property ?object
  OPTIONAL {{ ?object a ?value FILTER(STRSTARTS(STR(?value), "{SQ}")) }} }}"""
_TYPES = dict(
    zip(
        named("xsd:string xsd:integer xsd:decimal xsd:boolean"),
        ("text", "whole number", "number", "true or false"),
        strict=True,
    )
)
_MOST_ROWS = 12


def pages(layout: Layout) -> dict[Path, str]:
    """The pages under `docs/` of a checkout with their derived parts; the words around these are
    kept.
    """
    if layout.base != BASE:
        return {}
    texts = {path: file_text(path) for path in (layout.root / "docs").rglob("*.md")}
    texts = {path: text for path, text in texts.items() if _MARK.search(text)}
    reference = _Reference(layout) if texts else None

    def filled(found: re.Match[str]) -> str:
        text = getattr(reference, found["kind"])(found["query"] or found["given"].strip())
        return f"{found['head']}\n{text}\n\n{found['foot']}"

    return {path: _MARK.sub(filled, text) for path, text in texts.items()}


class _Reference:
    """What the marks of a page ask for, one method a kind; each is given the words in the mark, or
    the query above.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout, self.graph = layout, EmbeddedGraph()
        load_files(self.graph, ((file.path, file.iri, file.listed) for file in layout.files()))
        files = [layout.ontology / "core.ttl", *sorted((layout.ontology / "imports").glob("*.ttl"))]
        nodes = Nodes(triple for file in files for triple in read_file(file).triples)
        self.said, self.lists = nodes.said, nodes.lists()
        self.kinds = self._of(_CLASS)
        self.parents = {
            kind: [o for o in self._all(kind, _SUBCLASS) if o.startswith(f"<{SQ}")]
            for kind in self.kinds
        }
        self.codes = [kind for kind in self.kinds if _VALUE in self._above(kind)]
        roots = [kind for kind in self.kinds if not self.parents[kind] and kind not in self.codes]
        self.order = [place for root in roots for place in self._below(root)]
        self.bearers: dict[str, set[str]] = defaultdict(set)
        self.reached: dict[str, set[str]] = defaultdict(set)
        for row in self.graph.select(_USED):
            bearer, p = row["class"].n3(), row["property"].n3()
            if bearer in self.parents and bearer not in self.codes:
                self.bearers[p].add(bearer)
                self.reached[p] |= {row["value"].n3()} if "value" in row else set()
        self.homes: dict[str, list[str]] = defaultdict(list)
        for p in sorted(
            {*self._of(_OBJECT), *self._of(_DATA), *self.bearers} - {TYPE, LABEL, *_ABOUT}
        ):
            homes = self._homes(p)
            for home in homes if len(homes) < 4 else [""]:
                self.homes[home].append(p)

    # ---- what the vocabulary says

    def _all(self, term: str, *properties: str) -> list[str]:
        return sorted(o for p, o in self.said.get(term, ()) if p in properties)

    def _text(self, term: str, *properties: str) -> str:
        return _text(self.said.get(term, ()), *properties)

    def _of(self, kind: str) -> list[str]:
        return sorted(
            s
            for s, values in self.said.items()
            if s.startswith(f"<{SQ}") and (TYPE, kind) in values
        )

    def _ends(self, p: str, which: str) -> list[str]:
        """The classes of a domain or range, those of a union one by one."""
        unions = (
            self.lists[head] for end in self._all(p, which) for head in self._all(end, _UNION)
        )
        return [
            *filter(is_iri, self._all(p, which)),
            *(item for union in unions for _, item in union),
        ]

    def _above(self, kind: str) -> list[str]:
        """A class and all above it, nearest first."""
        found = [kind]
        for one in found:
            found += [parent for parent in self.parents.get(one, ()) if parent not in found]
        return found

    def _below(self, kind: str, depth: int = 0) -> Iterator[tuple[int, str]]:
        """A class and all beneath it, each with its depth."""
        yield depth, kind
        for child in self.kinds:
            if kind in self.parents[child]:
                yield from self._below(child, depth + 1)

    def _homes(self, p: str) -> list[str]:
        """The classes under which a property is described: its domain, else what those that bear it
        share.
        """
        families: dict[str, list[set[str]]] = defaultdict(list)
        for kind in self.bearers[p]:
            families[self._above(kind)[-1]].append(set(self._above(kind)))
        shared = (set.intersection(*kinds) for kinds in families.values())
        nearest = sorted(max(common, key=lambda kind: len(self._above(kind))) for common in shared)
        return self._ends(p, _DOMAIN) or nearest

    def _meaning(self, term: str) -> str:
        name = self._text(term, _DEFINITION) or self._text(term, LABEL) or _short(term)
        above = "`, `".join(_short(parent) for parent in self._all(term, _SUBPROPERTY))
        said = [
            name,
            self._text(term, _SCOPE),
            self._example(term),
            f"Implies `{above}`." if above else "",
        ]
        return " ".join(filter(None, said))

    def _example(self, term: str) -> str:
        example = self._text(term, _EXAMPLE)
        return f"*For example:* {example}" if example else ""

    def _range(self, p: str) -> str:
        ends = self._ends(p, _RANGE)
        if p in self._of(_OBJECT) or self.reached[p]:
            widest = sorted(
                kind for kind in self.reached[p] if not self.reached[p] & {*self._above(kind)[1:]}
            )
            shown = " or ".join(map(_link, ends)) or f"in this map: {', '.join(map(_link, widest))}"
        else:
            shown = _TYPES.get(ends[0], _short(ends[0])) if ends else "text"
        return shown + " (one at most)" * ((TYPE, _FUNCTIONAL) in self.said.get(p, ()))

    # ---- what the marks ask for

    def prefixes(self, _: str) -> str:
        return "\n".join(
            ["```", *(f"PREFIX {prefix}: <{iri}>" for prefix, iri in PREFIXES.items()), "```"]
        )

    def tree(self, _: str) -> str:
        said = (
            (depth, f"- {_link(kind)}: {self._text(kind, _DEFINITION)}")
            for depth, kind in self.order
        )
        return "\n".join("  " * depth + line for depth, line in said)

    def classes(self, _: str) -> str:
        said = []
        for kind in dict.fromkeys(kind for _, kind in self.order):
            above = " and ".join(
                _link(parent) for parent in self._all(kind, _SUBCLASS) if is_iri(parent)
            )
            said += [
                f"### {_short(kind)}",
                self._text(kind, _DEFINITION) + (f"\nA kind of {above}." if above else ""),
            ]
            rows = [[f"`{_short(p)}`", self._range(p), self._meaning(p)] for p in self.homes[kind]]
            said += [
                self._text(kind, _SCOPE),
                self._example(kind),
                _table(("property", "value", "meaning"), rows),
            ]
        return "\n\n".join(filter(None, said))

    def shared(self, _: str) -> str:
        columns = ("property", "stands on", "value", "meaning")
        homes = ((p, ", ".join(map(_link, self._homes(p)))) for p in self.homes[""])
        return _table(
            columns,
            [[f"`{_short(p)}`", home, self._range(p), self._meaning(p)] for p, home in homes],
        )

    def values(self, _: str) -> str:
        said = []
        for kind in self.codes:
            users = ", ".join(
                f"`{_short(p)}`" for p in self._of(_OBJECT) if kind in self._ends(p, _RANGE)
            )
            used = f" The value of {users}." if users else ""
            rows = [
                [f"`{_short(value)}`", self._text(value, LABEL), self._meaning(value)]
                for value in self._of(kind)
            ]
            said += [f"### {_short(kind)}", self._text(kind, _DEFINITION) + used]
            said += [_table(("value", "label", "meaning"), rows)]
        return "\n\n".join(filter(None, said))

    def answer(self, query: str, most: int = _MOST_ROWS) -> str:
        answer = self.graph.select(prologue() + query)
        rows = [[str(term) if term else "" for term in row] for row in answer.rows]
        more = f"\n\n*… and {len(rows) - most} more.*" if len(rows) > most else ""
        return _table(answer.columns, rows[:most]) + more

    def whole(self, query: str) -> str:
        return self.answer(query, 10**6)

    def turtle(self, names: str) -> str:
        things = " ".join(f"<{expand(name)}>" for name in names.split())
        found = self.graph.construct(
            f"CONSTRUCT {{ ?s ?p ?o }} {{ VALUES ?s {{ {things} }} ?s ?p ?o }}"
        )
        body = written((s.n3(), p.n3(), o.n3()) for s, p, o in found).partition("\n\n")[2]
        return f"```turtle\n{body}```"

    def questions(self, _: str) -> str:
        """A section for each question of the catalogue, by group."""
        groups: dict[str, list[str]] = {}
        for question in Catalogue(self.layout.queries()).questions(quality=True):
            file = question.path.relative_to(self.layout.root).as_posix()
            said = [
                f"### {question.title}",
                f"{question.question} ([{question.name}](../../{file}))",
            ]
            said += (
                [f"*Remedy:* {question.remedy}"] if question.expect == "none" else _call(question)
            )
            groups.setdefault(question.group, [f"## {question.group.capitalize()}"]).extend(said)
        return "\n\n".join(line for lines in groups.values() for line in lines)

    def rules(self, _: str) -> str:
        """A section for each file of shapes that has rules."""
        said = []
        for path in self.layout.shapes():
            shapes, rows = Nodes(read_file(path).triples).said, set()
            for values in shapes.values():
                on = ", ".join(sorted(f"`{_short(o)}`" for p, o in values if p in _TARGETS))
                for rule in (
                    [values, *(shapes.get(o, []) for p, o in values if p in _COMPONENTS)]
                    if on
                    else ()
                ):
                    rows.add((on, _text(rule, LABEL), _text(rule, _MESSAGE)))
            header = next((values for values in shapes.values() if (TYPE, ONTOLOGY) in values), [])
            title = _text(header, LABEL).removeprefix("Shapes: ") or path.stem
            table = _table(("on", "rule", "says"), sorted(row for row in rows if row[2]))
            said += (
                [f"## {title[:1].upper()}{title[1:]}", _text(header, *_ABOUT), table]
                if table
                else []
            )
        return "\n\n".join(said)


def _call(question: Question) -> list[str]:
    """How a question is asked, and what its columns hold."""
    defaults = {f"--{p.name.replace('_', '-')}": shown_default(p) for p in question.parameters}
    given = "".join(f" {option} {value}" for option, value in defaults.items() if value != "UNDEF")
    free = " and ".join(f"`{option}`" for option, value in defaults.items() if value == "UNDEF")
    said = [
        f"```sh\nsq-graph ask {question.name}{given}\n```",
        f"Narrowed, if wished, by {free}." if free else "",
    ]
    columns = _table(
        ("column", "holds"), [[f"`{name}`", holds] for name, holds in question.columns.items()]
    )
    return [*filter(None, said), columns]


def _text(values: Iterable[tuple[str, str]], *properties: str) -> str:
    return " ".join(parts(o)[0] for p, o in sorted(values) if p in properties)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown; '' without rows."""
    lines = [
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |"
        for row in rows
    ]
    return "\n".join(
        ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns), *lines] if lines else []
    )


def _short(term: str) -> str:
    return shorten(term[1:-1])


def _link(kind: str) -> str:
    """A class as a link to its section, where it has one."""
    short = _short(kind)
    return (
        f"[`{short}`](#{short.replace(':', '').lower()})"
        if kind.startswith(f"<{SQ}")
        else f"`{short}`"
    )
