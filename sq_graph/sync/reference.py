"""The reference pages: what stands in them between `<!-- derived: … -->` and `<!-- end -->` follows
from the files, as `reference.jinja` writes it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from sq_graph.graph.embedded import EmbeddedGraph, load_files
from sq_graph.graph.layout import Layout
from sq_graph.queries import Catalogue, Question, prologue, shown_default
from sq_graph.resources import file_text
from sq_graph.turtle import read_file, serialise
from sq_graph.turtle.nodes import Nodes
from sq_graph.turtle.terms import LABEL, ONTOLOGY, TYPE, iri_terms, is_iri, literal_parts
from sq_graph.vocab import BASE, PREFIXES, SQ, expand, shorten

_MARK = re.compile(
    r"(?P<head>(?:```sparql\n(?P<query>(?:(?!```).)*)```\n\n)?<!-- derived: "
    r"(?P<kind>\w+)(?P<given>.*?)-->\n)"
    r".*?(?P<foot><!-- end -->)",
    re.DOTALL,
)
_CLASS, _OBJECT, _DATA = iri_terms("owl:Class owl:ObjectProperty owl:DatatypeProperty")
_FUNCTIONAL, _VALUE = iri_terms("owl:FunctionalProperty sq:Value")
_ABOUT = "rdfs:comment dcterms:description"
_TARGETS = iri_terms("sh:targetClass sh:targetSubjectsOf sh:targetObjectsOf sh:targetNode")
_COMPONENTS = iri_terms("sh:property sh:sparql")
_USED = f"""SELECT DISTINCT ?class ?property ?value WHERE {{
  ?thing a ?class ; ?property ?object
  OPTIONAL {{ ?object a ?value FILTER(STRSTARTS(STR(?value), "{SQ}")) }} }}"""


def pages(layout: Layout) -> dict[Path, str]:
    """The pages under `docs/` of a checkout with their derived parts; the words around these are
    kept.
    """
    if layout.base != BASE:
        return {}
    texts = {path: file_text(path) for path in (layout.root / "docs").rglob("*.md")}
    texts = {path: text for path, text in texts.items() if _MARK.search(text)}
    if not texts:
        return {}
    from jinja2 import Environment

    environment = Environment(trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"short": _short, "link": _link}
    environment.tests["iri"] = is_iri
    template = environment.from_string(file_text(Path(__file__).with_suffix(".jinja")))
    macros = template.make_module({"it": _Reference(layout), "namespaces": PREFIXES})

    def filled(found: re.Match[str]) -> str:
        text = getattr(macros, found["kind"])(found["query"] or found["given"].strip())
        evened = re.sub(r"\n{3,}", "\n\n", text.strip())
        return f"{found['head']}\n{evened}\n\n{found['foot']}"

    return {path: _MARK.sub(filled, text) for path, text in texts.items()}


class _Reference:
    """What the template asks of the map: its vocabulary, questions and rules."""

    def __init__(self, layout: Layout) -> None:
        self.layout, self.graph = layout, EmbeddedGraph()
        self.catalogue = Catalogue(layout.queries())
        load_files(self.graph, ((file.path, file.iri, file.listed) for file in layout.files()))
        files = [layout.ontology / "core.ttl", *sorted((layout.ontology / "imports").glob("*.ttl"))]
        nodes = Nodes(triple for file in files for triple in read_file(file).triples)
        self.triples_by_subject, self.lists = nodes.triples_by_subject, nodes.lists()
        kinds = self.of(_CLASS)
        above = {kind: self.all(kind, "rdfs:subClassOf") for kind in kinds}
        self.parents = {kind: [o for o in above[kind] if o.startswith(f"<{SQ}")] for kind in kinds}
        self.codes = [kind for kind in kinds if _VALUE in self._above(kind)]
        roots = [kind for kind in kinds if not self.parents[kind] and kind not in self.codes]
        self.order = [place for root in roots for place in self._below(root)]
        self.bearers: dict[str, set[str]] = defaultdict(set)
        self.reached: dict[str, set[str]] = defaultdict(set)
        for row in self.graph.select(_USED):
            bearer, p = row["class"].n3(), row["property"].n3()
            if bearer in self.parents and bearer not in self.codes:
                self.bearers[p].add(bearer)
                self.reached[p] |= {row["value"].n3()} if "value" in row else set()
        self.objects = self.of(_OBJECT)
        self.homes: dict[str, list[str]] = defaultdict(list)
        properties = {*self.objects, *self.of(_DATA), *self.bearers}
        for p in sorted(properties - {TYPE, LABEL, *iri_terms(_ABOUT)}):
            homes = self.homes_of(p)
            for home in homes if len(homes) < 4 else [""]:
                self.homes[home].append(p)

    # ---- what the vocabulary says

    def all(self, term: str, name: str) -> list[str]:
        """The values of a property."""
        return sorted(o for p, o in self.triples_by_subject.get(term, ()) if p in iri_terms(name))

    def text(self, term: str, name: str) -> str:
        """The texts of a property as one."""
        return _text(self.triples_by_subject.get(term, ()), name)

    def of(self, kind: str) -> list[str]:
        """The terms of ours that are of a kind."""
        ours = (
            (s, values) for s, values in self.triples_by_subject.items() if s.startswith(f"<{SQ}")
        )
        return sorted(s for s, values in ours if (TYPE, kind) in values)

    def ends(self, p: str, which: str) -> list[str]:
        """The classes of a domain or range, those of a union one by one."""
        found = self.all(p, which)
        unions = (self.lists[head] for end in found for head in self.all(end, "owl:unionOf"))
        return [*filter(is_iri, found), *(item for union in unions for _, item in union)]

    def widest(self, p: str) -> list[str]:
        """The widest classes of what a property leads to in this map."""
        found = self.reached[p]
        return sorted(kind for kind in found if not found & {*self._above(kind)[1:]})

    def users(self, kind: str) -> list[str]:
        """The properties whose range is a class."""
        return [p for p in self.objects if kind in self.ends(p, "rdfs:range")]

    def is_functional(self, p: str) -> bool:
        """Whether a property has one value at most."""
        return (TYPE, _FUNCTIONAL) in self.triples_by_subject.get(p, ())

    def homes_of(self, p: str) -> list[str]:
        """The classes under which a property is described: its domain, else what those that bear it
        share.
        """
        families: dict[str, list[set[str]]] = defaultdict(list)
        for kind in self.bearers[p]:
            families[self._above(kind)[-1]].append(set(self._above(kind)))
        shared = (set.intersection(*kinds) for kinds in families.values())
        nearest = sorted(max(common, key=lambda kind: len(self._above(kind))) for common in shared)
        return self.ends(p, "rdfs:domain") or nearest

    def _above(self, kind: str) -> list[str]:
        """A class and all above it, nearest first."""
        found = [kind]
        for one in found:
            found += [parent for parent in self.parents.get(one, ()) if parent not in found]
        return found

    def _below(self, kind: str, depth: int = 0) -> Iterator[tuple[int, str]]:
        """A class and all beneath it, each with its depth."""
        yield depth, kind
        for child, parents in self.parents.items():
            if kind in parents:
                yield from self._below(child, depth + 1)

    # ---- questions, answers and rules

    def rows(self, query: str) -> tuple[tuple[str, ...], list[list[str]]]:
        """The columns and rows of an answer."""
        answer = self.graph.select(prologue() + query)
        return answer.columns, [[str(term) if term else "" for term in row] for row in answer.rows]

    def turtle(self, names: str) -> str:
        """What the map says of some things, in Turtle without its prefixes."""
        things = " ".join(f"<{expand(name)}>" for name in names.split())
        query = f"CONSTRUCT {{ ?s ?p ?o }} {{ VALUES ?s {{ {things} }} ?s ?p ?o }}"
        found = self.graph.construct(query)
        return serialise((s.n3(), p.n3(), o.n3()) for s, p, o in found).partition("\n\n")[2]

    def defaults(self, question: Question) -> list[tuple[str, str]]:
        """The options of a question with their defaults."""
        asked = question.parameters
        return [(f"--{one.name.replace('_', '-')}", shown_default(one)) for one in asked]

    def rules(self) -> Iterator[tuple[str, str, list[tuple[str, str, str]]]]:
        """Each file of shapes: its title, what it says of itself, and its rules."""
        for path in self.layout.shapes():
            shapes, rows = Nodes(read_file(path).triples).triples_by_subject, set()
            for values in shapes.values():
                on = ", ".join(sorted(f"`{_short(o)}`" for p, o in values if p in _TARGETS))
                parts_of = [shapes.get(o, []) for p, o in values if p in _COMPONENTS]
                for rule in [values, *parts_of] if on else []:
                    if says := _text(rule, "sh:message"):
                        rows.add((on, _text(rule, "rdfs:label"), says))
            header = next((values for values in shapes.values() if (TYPE, ONTOLOGY) in values), [])
            title = _text(header, "rdfs:label").removeprefix("Shapes: ") or path.stem
            yield title, _text(header, _ABOUT), sorted(rows)


def _text(values: Iterable[tuple[str, str]], names: str) -> str:
    return " ".join(literal_parts(o)[0] for p, o in sorted(values) if p in iri_terms(names))


def _short(term: str) -> str:
    return shorten(term[1:-1])


def _link(kind: str) -> str:
    """A class as a link to its section, where it has one."""
    short, place = f"`{_short(kind)}`", _short(kind).replace(":", "").lower()
    return f"[{short}](#{place})" if kind.startswith(f"<{SQ}") else short
