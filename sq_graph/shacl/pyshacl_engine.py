"""pySHACL, the reference engine: for a whole report, and for the shapes that are not compiled."""

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
    data: Iterable[Triple], shapes: Sequence[Triple], only: Term | None = None
) -> tuple[Violation, ...]:
    """What pySHACL reports of some triples, by all shapes or by `only` one of them.

    Raises ShapeFailure for shapes that pySHACL refuses.
    """
    import pyshacl
    from pyshacl.errors import ShapeRecursionWarning, ValidationFailure

    shapes_graph = _rdflib(_without_targets(shapes, only) if only else shapes)
    shapes_graph.parse(data=f"<{OWL}Class> <{RDFS}subClassOf> <{RDFS}Class> .", format="nt")
    is_advanced = any(p.value in _ADVANCED for _, p, _ in shapes)
    with warnings.catch_warnings(), redirect_stderr(io.StringIO()):  # it says there what it raises
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", ShapeRecursionWarning)
        try:
            _, report, _ = pyshacl.validate(
                _rdflib(data), shacl_graph=shapes_graph, inplace=True, advanced=is_advanced
            )
        except Exception as error:  # what a constraint in SPARQL says reaches rdflib as it is
            raise ShapeFailure(_first_line(error) or type(error).__name__) from error
    if isinstance(report, ValidationFailure):
        raise ShapeFailure(_first_line(report))
    return violations_of(report)


def _first_line(failure: Any) -> str:
    return str(getattr(failure, "message", "") or failure).strip().partition("\n")[0]


def _without_targets(shapes: Iterable[Triple], kept: Term) -> Iterator[Triple]:
    """The triples of shapes of which only one has targets of its own or as a class."""
    own = {f"{SH}target{name}" for name in ("", "Class", "Node", "SubjectsOf", "ObjectsOf")}
    for triple in shapes:
        subject, predicate, value = triple
        is_class = value.value in (RDFS + "Class", OWL + "Class")
        if subject == kept or not (predicate.value in own or is_class):
            yield triple


def violations_of(report: Any) -> tuple[Violation, ...]:
    """What a validation report says, given as an rdflib graph; any engine may have written it.

    >>> import rdflib
    >>> violations_of(rdflib.Graph())
    ()
    """
    from rdflib import SH as TERMS

    results = map(report.predicate_objects, report.objects(None, TERMS.result))
    said = list[dict[str, list[Term]]]()
    for result in results:
        said.append({})
        for p, value in result:
            said[-1].setdefault(p.removeprefix(SH), []).append(_term(value))
    return in_order(map(_violation, said))


def _violation(result: Mapping[str, list[Term]]) -> Violation:
    said = {name: values[0] for name, values in result.items()}
    shape = said.get("sourceConstraint", said["sourceShape"])
    names = ("sourceConstraintComponent", "resultSeverity")
    component, severity = (said[name].value.removeprefix(SH) for name in names)
    message = in_english(result.get("resultMessage", ()))
    about = shape.value, component, said.get("value"), severity, message
    return Violation(said["focusNode"], *about, said["sourceShape"], said.get("resultPath"))


def _rdflib(triples: Iterable[Triple]) -> Any:
    """Triples as an rdflib graph, each literal in its own lexical form."""
    from rdflib import BNode, Graph, Literal, URIRef

    def node(term: Term) -> Any:
        if term.kind == "uri":
            return URIRef(term.value)
        if term.kind == "bnode":
            return BNode(term.value)
        kind = None if term.datatype in ("", XSD + "string") else URIRef(term.datatype)
        return Literal(term.value, term.language or None, kind, normalize=False)

    graph = Graph(bind_namespaces="core")
    for subject, predicate, value in triples:
        graph.add((node(subject), node(predicate), node(value)))
    return graph


def _term(node: Any) -> Term:
    from rdflib import BNode, URIRef

    if isinstance(node, URIRef):
        return Term("uri", str(node))
    if isinstance(node, BNode):
        return Term("bnode", str(node))
    kind = "" if node.language else str(node.datatype or XSD + "string")
    return Term("literal", str(node), node.language or "", kind)
