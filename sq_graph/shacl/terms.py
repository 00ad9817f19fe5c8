"""The terms of SHACL: what a shape may say, so that a slip is named and not passed over."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sq_graph.errors import nearest
from sq_graph.graph import Term
from sq_graph.shacl.shapes_graph import ShapesGraph

NO_TARGET = "it has no target, and no other shape refers to it"
_TERMS = frozenset(
    re.findall(
        r"\w+",
        """
    alternativePath and annotationProperty annotationValue annotationVarName ask class closed
    condition conforms construct datatype deactivated declare defaultValue description detail
    disjoint entailment equals expression flags focusNode group hasValue ignoredProperties in
    inversePath labelTemplate languageIn lessThan lessThanOrEquals maxCount maxExclusive
    maxInclusive maxLength message minCount minExclusive minInclusive minLength name namespace
    node nodeKind nodeValidator not object oneOrMorePath optional or order parameter path pattern
    predicate prefix prefixes property propertyValidator qualifiedMaxCount qualifiedMinCount
    qualifiedValueShape qualifiedValueShapesDisjoint result resultAnnotation resultMessage
    resultPath resultSeverity returnType select severity shapesGraph shapesGraphWellFormed
    sourceConstraint sourceConstraintComponent sourceShape sparql subject suggestedShapesGraph
    target targetClass targetNode targetObjectsOf targetSubjectsOf uniqueLang update validator
    value xone zeroOrMorePath zeroOrOnePath
    """,
    )
)
"""The properties of SHACL and of its advanced features that are read here or by pySHACL."""
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
    for node in shapes.nodes():
        for name in sorted(shapes.names(node) - _TERMS - shapes.custom(node)):
            if name in _NOT_RUN:
                yield shapes.owner(node), _NOT_RUN[name]
            elif not name.startswith("js"):  # what belongs to sh:js
                yield shapes.owner(node), _unknown(name)


def _unknown(name: str) -> str:
    near = nearest(name, sorted(_TERMS))
    return f"sh:{name} is no term of SHACL" + (f"; perhaps sh:{near} is meant" if near else "")
