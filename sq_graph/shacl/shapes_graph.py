"""The triples of some shapes, to be walked by the names of SHACL."""

from collections.abc import Iterable, Iterator
from itertools import chain

from sq_graph.errors import nearest
from sq_graph.graph import EmbeddedGraph, Term, Triple
from sq_graph.graph.engine import parse, to_triple
from sq_graph.shacl.violation import in_english
from sq_graph.vocab import OWL, RDF, RDFS, SH

_SHAPES = {SH + "NodeShape", SH + "PropertyShape"}
_NOT_RUN = {
    "js": "sh:js is not run, because constraints in JavaScript are not",
    "rule": "sh:rule is not run, because a check adds no statements",
    "values": "sh:values is not computed, because a check adds no statements",
}
_SHAPES_AT = ("node", "not", "property", "qualifiedValueShape")
TARGETS = ("targetClass", "targetSubjectsOf", "targetObjectsOf", "targetNode")


class ShapesGraph:
    """The triples of some shapes as their files write them: `sh:uniqueLang "1"` is not `true`."""

    def __init__(self, graph: EmbeddedGraph) -> None:
        self._facts: dict[Term, dict[str, set[Term]]] = {}
        self._files, self._held_by = dict[Term, str](), dict[Term, Term]()
        self.triples: list[Triple] = []
        for iri, (text, _) in graph.texts().items():
            for node, predicate, value in map(to_triple, parse(text, "turtle", iri, iri)):
                name = predicate.value.removeprefix(SH)
                self._facts.setdefault(node, {}).setdefault(name, set()).add(value)
                self._files.setdefault(node, iri)
                self._held_by.setdefault(value, node)
                self.triples.append((node, predicate, value))
        parameters = chain(*(facts.get("parameter", ()) for facts in self._facts.values()))
        paths = chain(*(self.all(parameter, "path") for parameter in parameters))
        self._custom = {path.value.removeprefix(SH) for path in paths}
        kinds = Term("uri", RDFS + "Class")
        above = ((node, self.all(node, RDFS + "subClassOf")) for node in self._facts)
        self._classes = {node.value for node, found in above if kinds in found}
        self._classes |= {RDFS + "Class", OWL + "Class"}

    def nodes(self) -> list[Term]:
        """All that the files say something of."""
        return sorted(self._facts)

    def owner(self, node: Term) -> Term:
        """The named thing that a blank node belongs to, or the node itself."""
        seen = set[Term]()
        while node.kind == "bnode" and node not in seen and node in self._held_by:
            seen.add(node)
            node = self._held_by[node]
        return node

    def unread(self) -> Iterator[tuple[Term, str]]:
        """Each shape that says something which nothing reads, and what that is.

        >>> graph = EmbeddedGraph()
        >>> graph.add('''@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <x:> .
        ...   :Dated sh:targetClass :Work ; sh:property [ sh:path :year ; sh:minCuont 1 ] .
        ... ''', "https://example.org/s")
        >>> [(shape.value, text) for shape, text in ShapesGraph(graph).unread()]
        [('x:Dated', 'sh:minCuont is not a term of SHACL; perhaps sh:minCount is meant')]
        """
        from rdflib import SH as TERMS

        names = sorted(str(term).removeprefix(SH) for term in dir(TERMS))
        for node in self.nodes():
            said = self.names(node) - self.custom(node)
            for name in sorted(said):
                if name in _NOT_RUN:
                    yield self.owner(node), _NOT_RUN[name]
                if name in _SHAPES_AT:
                    for one in self.all(node, name):
                        if one not in self._facts:
                            what = f"sh:{name} names {one}, which no file of shapes describes"
                            yield self.owner(node), what
            values = (one.value for name in said for one in self.all(node, name))
            terms = {one.removeprefix(SH) for one in values if one.startswith(SH)} | said
            for name in sorted(one for one in terms if SH + one not in TERMS):
                near = nearest(name, names)
                perhaps = f"; perhaps sh:{near} is meant" if near else ""
                yield self.owner(node), f"sh:{name} is not a term of SHACL{perhaps}"

    def idle(self) -> list[Term]:
        """The shapes that have no target and belong to nothing."""
        used = {*self.targeted(), *self._held_by}
        typed = (node for node in self._facts if _SHAPES & self._kinds(node))
        return sorted(node for node in typed if node not in used and not self.is_off(node))

    def all(self, node: Term, name: str) -> list[Term]:
        """What a node has under a name."""
        return sorted(self._facts.get(node, {}).get(name, ()))

    def given(self, node: Term, names: Iterable[str]) -> list[tuple[str, Term]]:
        """What a node has under some names, each with its name."""
        return [(name, value) for name in names for value in self.all(node, name)]

    def one(self, node: Term, name: str) -> Term | None:
        """The first that a node has under a name, or None."""
        return next(iter(self.all(node, name)), None)

    def text(self, node: Term, name: str) -> str:
        """The same as text, empty if there is none."""
        return "".join(term.value for term in self.all(node, name)[:1])

    def message(self, node: Term) -> str:
        """The message of a shape: one in English, or in no language, before others."""
        return in_english(self.all(node, "message"))

    def members(self, node: Term) -> list[Term]:
        """The members of an RDF list; none for what is no list."""
        first, rest = self.one(node, RDF + "first"), self.one(node, RDF + "rest")
        return [first, *self.members(rest)] if first and rest else []

    def names(self, node: Term) -> set[str]:
        """The names of SHACL under which a node has something."""
        return {name for name in self._facts.get(node, {}) if ":" not in name}

    def custom(self, node: Term) -> set[str]:
        """The parameters of custom constraint components that a node uses."""
        return self._custom & self._facts.get(node, {}).keys()

    def is_off(self, node: Term) -> bool:
        """Whether a shape or constraint is deactivated."""
        return self.text(node, "deactivated") in ("true", "1")

    def is_class(self, node: Term) -> bool:
        """Whether a shape is a class as well, and so has its instances as targets."""
        kinds = self._kinds(node)
        return bool(kinds & _SHAPES and kinds & self._classes)

    def _kinds(self, node: Term) -> set[str]:
        return {kind.value for kind in self.all(node, RDF + "type")}

    def held(self, node: Term, name: str) -> list[Term]:
        """The properties or constraints of a shape that are not deactivated."""
        return [one for one in self.all(node, name) if not self.is_off(one)]

    def file_of(self, node: Term) -> str:
        """The named graph that holds a node."""
        return self._files.get(node, "")

    def prefixes(self, constraint: Term) -> dict[str, str]:
        """The prefixes that a SPARQL constraint declares, also through owl:imports."""
        found, seen, waiting = dict[str, str](), set[Term](), self.all(constraint, "prefixes")
        while waiting:
            one = waiting.pop()
            for declared in self.all(one, "declare"):
                found[self.text(declared, "prefix")] = self.text(declared, "namespace")
            seen.add(one)
            waiting += [other for other in self.all(one, OWL + "imports") if other not in seen]
        return found

    def targeted(self) -> list[Term]:
        """The shapes that have targets and are not deactivated."""
        return sorted(one for one in self._facts if self._has_target(one) and not self.is_off(one))

    def _has_target(self, node: Term) -> bool:
        return self.is_class(node) or any(name.startswith("target") for name in self.names(node))

    def targets(self, shape: Term) -> tuple[list[Term], ...]:
        """The classes, the properties of subjects, those of objects, and the nodes that are the
        targets of a shape.
        """
        kinds, *others = (self.all(shape, name) for name in TARGETS)
        return kinds + [shape] * self.is_class(shape), *others
