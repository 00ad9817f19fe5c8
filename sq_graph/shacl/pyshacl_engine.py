"""pySHACL, the reference engine: for a full report, and for the shapes that are not compiled."""

import io
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import redirect_stderr
from typing import Any

from sq_graph.errors import InputError
from sq_graph.graph import Term, Triple
from sq_graph.shacl.violation import Violation, in_english, in_order
from sq_graph.vocab import OWL, RDFS, SH, XSD

_ADVANCED = {SH + "target", SH + "expression"}
"""Parts of SHACL's advanced features that are constraints or find targets; rules are not run."""


class ShapeFailure(InputError):
    """pySHACL cannot use a shape."""


def pyshacl_report(
    data: Iterable[Triple], shapes: Sequence[Triple], shape: Term | None = None
) -> tuple[Violation, ...]:
    """The violations that pySHACL reports in some triples, by all shapes or by one of them.

    Raises ShapeFailure for shapes that pySHACL refuses.
    """
    import pyshacl
    from pyshacl.errors import ShapeRecursionWarning, ValidationFailure

    shapes_graph = _to_rdflib(_without_targets(shapes, shape) if shape else shapes)
    shapes_graph.parse(data=f"<{OWL}Class> <{RDFS}subClassOf> <{RDFS}Class> .", format="nt")
    is_advanced = any(p.value in _ADVANCED for _, p, _ in shapes)
    with warnings.catch_warnings(), redirect_stderr(io.StringIO()):  # errors are also printed there
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", ShapeRecursionWarning)
        try:
            _, report, _ = pyshacl.validate(
                _to_rdflib(data), shacl_graph=shapes_graph, inplace=True, advanced=is_advanced
            )
        except Exception as error:  # rdflib runs SPARQL constraints unchecked
            raise ShapeFailure(_first_line(error) or type(error).__name__) from error
    if isinstance(report, ValidationFailure):
        raise ShapeFailure(_first_line(report))
    return violations_of(report)


def _first_line(failure: Any) -> str:
    return str(getattr(failure, "message", "") or failure).strip().partition("\n")[0]


def _without_targets(shapes: Iterable[Triple], kept_shape: Term) -> Iterator[Triple]:
    """The triples of shapes without the targets of all shapes but one."""
    predicates = {f"{SH}target{name}" for name in ("", "Class", "Node", "SubjectsOf", "ObjectsOf")}
    for triple in shapes:
        subject, predicate, value = triple
        is_class = value.value in (RDFS + "Class", OWL + "Class")
        if subject == kept_shape or not (predicate.value in predicates or is_class):
            yield triple


def violations_of(report: Any) -> tuple[Violation, ...]:
    """The violations in a validation report of any engine, given as an rdflib graph.

    >>> import rdflib
    >>> violations_of(rdflib.Graph())
    ()
    """
    from rdflib import SH as TERMS

    results = map(report.predicate_objects, report.objects(None, TERMS.result))
    properties = list[dict[str, list[Term]]]()
    for result in results:
        properties.append({})
        for p, value in result:
            properties[-1].setdefault(p.removeprefix(SH), []).append(_to_term(value))
    return in_order(map(_violation, properties))


def _violation(result: Mapping[str, list[Term]]) -> Violation:
    first = {name: values[0] for name, values in result.items()}
    shape = first.get("sourceConstraint", first["sourceShape"])
    names = ("sourceConstraintComponent", "resultSeverity")
    component, severity = (first[name].value.removeprefix(SH) for name in names)
    message = in_english(result.get("resultMessage", ()))
    fields = shape.value, component, first.get("value"), severity, message
    return Violation(first["focusNode"], *fields, first["sourceShape"], first.get("resultPath"))


def _to_rdflib(triples: Iterable[Triple]) -> Any:
    """Triples as an rdflib graph; literals keep their lexical forms."""
    from rdflib import BNode, Graph, Literal, URIRef

    def node(term: Term) -> Any:
        if term.kind == "uri":
            return URIRef(term.value)
        if term.kind == "bnode":
            return BNode(term.value)
        datatype = None if term.datatype in ("", XSD + "string") else URIRef(term.datatype)
        return Literal(term.value, term.language or None, datatype, normalize=False)

    graph = Graph(bind_namespaces="core")
    for subject, predicate, value in triples:
        graph.add((node(subject), node(predicate), node(value)))
    return graph


def _to_term(node: Any) -> Term:
    from rdflib import BNode, URIRef

    if isinstance(node, URIRef):
        return Term("uri", str(node))
    if isinstance(node, BNode):
        return Term("bnode", str(node))
    datatype = "" if node.language else str(node.datatype or XSD + "string")
    return Term("literal", str(node), node.language or "", datatype)
