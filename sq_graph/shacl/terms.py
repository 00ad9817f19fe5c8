"""The terms of SHACL: what a shape may say, so that a slip is named and not passed over."""

from __future__ import annotations

from collections.abc import Iterator

from sq_graph.errors import nearest
from sq_graph.graph import Term
from sq_graph.shacl.shapes_graph import ShapesGraph
from sq_graph.vocab import SH

NO_TARGET = "it has no target, and no other shape refers to it"
_NOT_RUN = {
    "js": "sh:js is not run, because constraints in JavaScript are not",
    "rule": "sh:rule is not run, because a check adds no statements",
    "values": "sh:values is not computed, because a check adds no statements",
}


def unread(shapes: ShapesGraph) -> Iterator[tuple[Term, str]]:
    """Each shape that says something which nothing reads, and what that is.

    >>> from sq_graph.graph import EmbeddedGraph
    >>> graph = EmbeddedGraph()
    >>> graph.add('''@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <https://example.org/> .
    ...   :Dated sh:targetClass :Work ; sh:property [ sh:path :year ; sh:minCuont 1 ] .''', "https://example.org/s")
    >>> [(shape.value, text) for shape, text in unread(ShapesGraph(graph))]
    [('https://example.org/Dated', 'sh:minCuont is no term of SHACL; perhaps sh:minCount is meant')]
    """
    from rdflib import SH as TERMS

    names = sorted(str(term).removeprefix(SH) for term in dir(TERMS))
    for node in shapes.nodes():
        for name in sorted(shapes.names(node) - shapes.custom(node)):
            if name in _NOT_RUN:
                yield shapes.owner(node), _NOT_RUN[name]
            elif SH + name not in TERMS:
                near = nearest(name, names)
                perhaps = f"; perhaps sh:{near} is meant" if near else ""
                yield shapes.owner(node), f"sh:{name} is no term of SHACL{perhaps}"
