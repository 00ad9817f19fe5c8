"""The triples of some shapes, read by the names of SHACL."""

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
_SHAPE_PARAMETERS = ("node", "not", "property", "qualifiedValueShape")
TARGETS = ("targetClass", "targetSubjectsOf", "targetObjectsOf", "targetNode")


class ShapesGraph:
    """The triples of some shapes as their files write them: `sh:uniqueLang "1"` is not `true`."""

    def __init__(self, graph: EmbeddedGraph) -> None:
        self._properties: dict[Term, dict[str, set[Term]]] = {}
        self._files, self._parents = dict[Term, str](), dict[Term, Term]()
        self.triples: list[Triple] = []
        for iri, (text, _) in graph.texts().items():
            for node, predicate, value in map(to_triple, parse(text, "turtle", iri, iri)):
                name = predicate.value.removeprefix(SH)
                self._properties.setdefault(node, {}).setdefault(name, set()).add(value)
                self._files.setdefault(node, iri)
                self._parents.setdefault(value, node)
                self.triples.append((node, predicate, value))
        parameters = chain(*(self.values(node, "parameter") for node in self._properties))
        paths = chain(*(self.values(parameter, "path") for parameter in parameters))
        self._custom = {path.value.removeprefix(SH) for path in paths}
        rdfs_class = Term("uri", RDFS + "Class")
        superclasses = ((node, self.values(node, RDFS + "subClassOf")) for node in self._properties)
        self._metaclasses = {node.value for node, above in superclasses if rdfs_class in above}
        self._metaclasses |= {RDFS + "Class", OWL + "Class"}

    def owner(self, node: Term) -> Term:
        """The named node that a blank node belongs to, or the node itself."""
        seen = set[Term]()
        while node.kind == "bnode" and node not in seen and node in self._parents:
            seen.add(node)
            node = self._parents[node]
        return node

    def unread_terms(self) -> Iterator[tuple[Term, str]]:
        """Each shape with a part that nothing reads, and the reason.

        >>> graph = EmbeddedGraph()
        >>> graph.add('''@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <x:> .
        ...   :Dated sh:targetClass :Work ; sh:property [ sh:path :year ; sh:minCuont 1 ] .
        ... ''', "https://example.org/s")
        >>> [(shape.value, text) for shape, text in ShapesGraph(graph).unread_terms()]
        [('x:Dated', 'sh:minCuont is not a term of SHACL; perhaps sh:minCount is meant')]
        """
        from rdflib import SH as TERMS

        known = sorted(str(term).removeprefix(SH) for term in dir(TERMS))
        for node in sorted(self._properties):
            names = self.names(node) - self.custom_parameters(node)
            for name in sorted(names):
                if name in _NOT_RUN:
                    yield self.owner(node), _NOT_RUN[name]
                for shape in self.values(node, name) if name in _SHAPE_PARAMETERS else ():
                    if shape not in self._properties:
                        reason = "which no file of shapes describes"
                        yield self.owner(node), f"sh:{name} names {shape}, {reason}"
            values = (value.value for name in names for value in self.values(node, name))
            terms = {iri.removeprefix(SH) for iri in values if iri.startswith(SH)} | names
            for name in sorted(term for term in terms if SH + term not in TERMS):
                guess = nearest(name, known)
                hint = f"; perhaps sh:{guess} is meant" if guess else ""
                yield self.owner(node), f"sh:{name} is not a term of SHACL{hint}"

    def idle_shapes(self) -> list[Term]:
        """The shapes that have no target and that nothing refers to."""
        used = {*self.targeted(), *self._parents}
        shapes = (node for node in self._properties if _SHAPES & self._types(node))
        return sorted(s for s in shapes if s not in used and not self.is_deactivated(s))

    def values(self, node: Term, name: str) -> list[Term]:
        """The values of a property of a node."""
        return sorted(self._properties.get(node, {}).get(name, ()))

    def arguments(self, node: Term, names: Iterable[str]) -> list[tuple[str, Term]]:
        """The values of several parameters of a node, each with the name of its parameter."""
        return [(name, value) for name in names for value in self.values(node, name)]

    def value(self, node: Term, name: str) -> Term | None:
        """The first value of a property of a node, or None."""
        return next(iter(self.values(node, name)), None)

    def text(self, node: Term, name: str) -> str:
        """The first value as text, empty if there is none."""
        return "".join(term.value for term in self.values(node, name)[:1])

    def message(self, node: Term) -> str:
        """The message of a shape: one in English, or in no language, before others."""
        return in_english(self.values(node, "message"))

    def members(self, node: Term) -> list[Term]:
        """The members of an RDF list; none for any other node."""
        first, rest = self.value(node, RDF + "first"), self.value(node, RDF + "rest")
        return [first, *self.members(rest)] if first and rest else []

    def names(self, node: Term) -> set[str]:
        """The names of SHACL among the properties of a node."""
        return {name for name in self._properties.get(node, {}) if ":" not in name}

    def custom_parameters(self, node: Term) -> set[str]:
        """The parameters of custom constraint components that a node uses."""
        return self._custom & self._properties.get(node, {}).keys()

    def is_deactivated(self, node: Term) -> bool:
        """Whether a shape or constraint is deactivated."""
        return self.text(node, "deactivated") in ("true", "1")

    def is_class(self, node: Term) -> bool:
        """Whether a shape is a class as well, and so has its instances as targets."""
        types = self._types(node)
        return bool(types & _SHAPES and types & self._metaclasses)

    def _types(self, node: Term) -> set[str]:
        return {value.value for value in self.values(node, RDF + "type")}

    def active(self, node: Term, name: str) -> list[Term]:
        """The properties or constraints of a shape that are not deactivated."""
        return [value for value in self.values(node, name) if not self.is_deactivated(value)]

    def file_of(self, node: Term) -> str:
        """The named graph that describes a node."""
        return self._files.get(node, "")

    def prefixes(self, constraint: Term) -> dict[str, str]:
        """The prefixes that a SPARQL constraint declares, also through owl:imports."""
        prefixes, seen, pending = dict[str, str](), set[Term](), self.values(constraint, "prefixes")
        while pending:
            ontology = pending.pop()
            for declaration in self.values(ontology, "declare"):
                prefixes[self.text(declaration, "prefix")] = self.text(declaration, "namespace")
            seen.add(ontology)
            pending += [iri for iri in self.values(ontology, OWL + "imports") if iri not in seen]
        return prefixes

    def targeted(self) -> list[Term]:
        """The shapes that have targets and are not deactivated."""
        nodes = filter(self._has_target, self._properties)
        return sorted(node for node in nodes if not self.is_deactivated(node))

    def _has_target(self, node: Term) -> bool:
        return self.is_class(node) or any(name.startswith("target") for name in self.names(node))

    def targets(self, shape: Term) -> tuple[list[Term], ...]:
        """The targets of a shape: classes, properties of subjects, those of objects, and nodes."""
        classes, *others = (self.values(shape, name) for name in TARGETS)
        return classes + [shape] * self.is_class(shape), *others
