"""The reference pages: `reference.jinja` derives the parts between `<!-- derived: … -->` and
`<!-- end -->` from the files.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from sq_graph.graph.embedded import EmbeddedGraph, load_files
from sq_graph.graph.layout import Layout
from sq_graph.queries import Catalogue, Question, prologue, short_default
from sq_graph.resources import file_text
from sq_graph.turtle import read_file, serialise
from sq_graph.turtle.nodes import Nodes
from sq_graph.turtle.terms import LABEL, ONTOLOGY, TYPE, iri_terms, is_iri, literal_parts
from sq_graph.vocab import BASE, PREFIXES, SQ, expand, shorten

_DERIVED = re.compile(
    r"(?P<head>(?:```sparql\n(?P<query>(?:(?!```).)*)```\n\n)?<!-- derived: "
    r"(?P<macro>\w+)(?P<argument>.*?)-->\n)"
    r".*?(?P<foot><!-- end -->)",
    re.DOTALL,
)
_CLASS, _OBJECT, _DATA = iri_terms("owl:Class owl:ObjectProperty owl:DatatypeProperty")
_FUNCTIONAL, _VALUE = iri_terms("owl:FunctionalProperty sq:Value")
_ABOUT = "rdfs:comment dcterms:description"
_TARGETS = iri_terms("sh:targetClass sh:targetSubjectsOf sh:targetObjectsOf sh:targetNode")
_PARTS = iri_terms("sh:property sh:sparql")
_USES = f"""SELECT DISTINCT ?class ?property ?value WHERE {{
  ?thing a ?class ; ?property ?object
  OPTIONAL {{ ?object a ?value FILTER(STRSTARTS(STR(?value), "{SQ}")) }} }}"""


def pages(layout: Layout) -> dict[Path, str]:
    """The pages under `docs/` of a checkout with their derived parts; other text is kept."""
    if layout.base != BASE:
        return {}
    texts = {path: file_text(path) for path in (layout.root / "docs").rglob("*.md")}
    texts = {path: text for path, text in texts.items() if _DERIVED.search(text)}
    if not texts:
        return {}
    from jinja2 import Environment

    environment = Environment(trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"short": _short, "link": _link}
    environment.tests["iri"] = is_iri
    template = environment.from_string(file_text(Path(__file__).with_suffix(".jinja")))
    macros = template.make_module({"reference": _Reference(layout), "namespaces": PREFIXES})

    def render(match: re.Match[str]) -> str:
        text = getattr(macros, match["macro"])(match["query"] or match["argument"].strip())
        body = re.sub(r"\n{3,}", "\n\n", text.strip())
        return f"{match['head']}\n{body}\n\n{match['foot']}"

    return {path: _DERIVED.sub(render, text) for path, text in texts.items()}


class _Reference:
    """The vocabulary, questions and rules of a map, for the template."""

    def __init__(self, layout: Layout) -> None:
        self.layout, self.graph = layout, EmbeddedGraph()
        self.catalogue = Catalogue(layout.queries())
        load_files(self.graph, ((file.path, file.iri, file.listed) for file in layout.files()))
        files = [layout.ontology / "core.ttl", *sorted((layout.ontology / "imports").glob("*.ttl"))]
        nodes = Nodes(triple for file in files for triple in read_file(file).triples)
        self.triples_by_subject, self.lists = nodes.triples_by_subject, nodes.lists()
        kinds = self.of(_CLASS)
        supers = {kind: self.all(kind, "rdfs:subClassOf") for kind in kinds}
        self.parents = {kind: [o for o in supers[kind] if o.startswith(f"<{SQ}")] for kind in kinds}
        self.codes = [kind for kind in kinds if _VALUE in self._ancestors(kind)]
        roots = [kind for kind in kinds if not self.parents[kind] and kind not in self.codes]
        self.tree = [entry for root in roots for entry in self._subtree(root)]
        self.subject_kinds: dict[str, set[str]] = defaultdict(set)
        self.object_kinds: dict[str, set[str]] = defaultdict(set)
        for row in self.graph.select(_USES):
            kind, p = row["class"].n3(), row["property"].n3()
            if kind in self.parents and kind not in self.codes:
                self.subject_kinds[p].add(kind)
                self.object_kinds[p] |= {row["value"].n3()} if "value" in row else set()
        self.object_properties = self.of(_OBJECT)
        self.properties_of: dict[str, list[str]] = defaultdict(list)
        properties = {*self.object_properties, *self.of(_DATA), *self.subject_kinds}
        for p in sorted(properties - {TYPE, LABEL, *iri_terms(_ABOUT)}):
            kinds = self.kinds_with(p)
            for kind in kinds if len(kinds) < 4 else [""]:
                self.properties_of[kind].append(p)

    # ---- the vocabulary

    def all(self, term: str, name: str) -> list[str]:
        """The values of a property."""
        return sorted(o for p, o in self.triples_by_subject.get(term, ()) if p in iri_terms(name))

    def text(self, term: str, name: str) -> str:
        """The texts of a property, joined."""
        return _text(self.triples_by_subject.get(term, ()), name)

    def of(self, kind: str) -> list[str]:
        """Our own terms of a kind."""
        terms = (s for s, values in self.triples_by_subject.items() if (TYPE, kind) in values)
        return sorted(term for term in terms if term.startswith(f"<{SQ}"))

    def ends(self, p: str, name: str) -> list[str]:
        """The classes of a domain or range, those of a union one by one."""
        values = self.all(p, name)
        unions = (self.lists[head] for value in values for head in self.all(value, "owl:unionOf"))
        return [*filter(is_iri, values), *(item for union in unions for _, item in union)]

    def widest(self, p: str) -> list[str]:
        """The widest classes of the values of a property in this map."""
        kinds = self.object_kinds[p]
        return sorted(kind for kind in kinds if not kinds & {*self._ancestors(kind)[1:]})

    def users(self, kind: str) -> list[str]:
        """The properties whose range is a class."""
        return [p for p in self.object_properties if kind in self.ends(p, "rdfs:range")]

    def is_functional(self, p: str) -> bool:
        """Whether a property has at most one value."""
        return (TYPE, _FUNCTIONAL) in self.triples_by_subject.get(p, ())

    def kinds_with(self, p: str) -> list[str]:
        """The classes under which a property is described: its domain, else the nearest common
        ancestors of the classes that use it.
        """
        families: dict[str, list[set[str]]] = defaultdict(list)
        for kind in self.subject_kinds[p]:
            families[self._ancestors(kind)[-1]].append(set(self._ancestors(kind)))
        shared = (set.intersection(*family) for family in families.values())
        nearest = (max(kinds, key=lambda kind: len(self._ancestors(kind))) for kinds in shared)
        return self.ends(p, "rdfs:domain") or sorted(nearest)

    def _ancestors(self, kind: str) -> list[str]:
        """A class and its superclasses, nearest first."""
        ancestors = [kind]
        for child in ancestors:
            ancestors += [o for o in self.parents.get(child, ()) if o not in ancestors]
        return ancestors

    def _subtree(self, kind: str, depth: int = 0) -> Iterator[tuple[int, str]]:
        """A class and its subclasses, each with its depth."""
        yield depth, kind
        for child, parents in self.parents.items():
            if kind in parents:
                yield from self._subtree(child, depth + 1)

    # ---- questions, answers and rules

    def rows(self, query: str) -> tuple[tuple[str, ...], list[list[str]]]:
        """The columns and rows of an answer."""
        answer = self.graph.select(prologue() + query)
        return answer.columns, [[str(term) if term else "" for term in row] for row in answer.rows]

    def turtle(self, names: str) -> str:
        """The triples of some things, in Turtle without prefixes."""
        things = " ".join(f"<{expand(name)}>" for name in names.split())
        query = f"CONSTRUCT {{ ?s ?p ?o }} {{ VALUES ?s {{ {things} }} ?s ?p ?o }}"
        triples = self.graph.construct(query)
        return serialise((s.n3(), p.n3(), o.n3()) for s, p, o in triples).partition("\n\n")[2]

    def defaults(self, question: Question) -> list[tuple[str, str]]:
        """The options of a question with their defaults."""
        names = (parameter.name.replace("_", "-") for parameter in question.parameters)
        defaults = map(short_default, question.parameters)
        return [(f"--{name}", default) for name, default in zip(names, defaults, strict=True)]

    def rules(self) -> Iterator[tuple[str, str, list[tuple[str, str, str]]]]:
        """Each file of shapes: its title, its description and its rules."""
        for path in self.layout.shapes():
            shapes, rows = Nodes(read_file(path).triples).triples_by_subject, set()
            for values in shapes.values():
                targets = ", ".join(sorted(f"`{_short(o)}`" for p, o in values if p in _TARGETS))
                parts = [shapes.get(o, []) for p, o in values if p in _PARTS]
                for rule in [values, *parts] if targets else []:
                    if message := _text(rule, "sh:message"):
                        rows.add((targets, _text(rule, "rdfs:label"), message))
            header = next((values for values in shapes.values() if (TYPE, ONTOLOGY) in values), [])
            title = _text(header, "rdfs:label").removeprefix("Shapes: ") or path.stem
            yield title, _text(header, _ABOUT), sorted(rows)


def _text(values: Iterable[tuple[str, str]], names: str) -> str:
    return " ".join(literal_parts(o)[0] for p, o in sorted(values) if p in iri_terms(names))


def _short(term: str) -> str:
    return shorten(term[1:-1])


def _link(kind: str) -> str:
    """A class as a link to its section, if it has one."""
    label, anchor = f"`{_short(kind)}`", _short(kind).replace(":", "").lower()
    return f"[{label}](#{anchor})" if kind.startswith(f"<{SQ}") else label
