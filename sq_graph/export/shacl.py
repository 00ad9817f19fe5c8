"""The rules and questions of the package for other tools: a file of shapes and a catalogue."""

from sq_graph.export.rdf import serialise
from sq_graph.graph import EmbeddedGraph, Term
from sq_graph.graph.embedded import load_files
from sq_graph.graph.layout import packaged
from sq_graph.queries import Catalogue, Question
from sq_graph.resources import VERSION, text_beside
from sq_graph.vocab import BASE, OWL, RDFS, SH


def to_shapes() -> str:
    """All shapes of the package as one Turtle file for any SHACL engine.

    >>> "sh:NodeShape" in to_shapes()
    True
    """
    graph = EmbeddedGraph()
    load_files(graph, ((path, f"{BASE}shapes/{path.stem}", True) for path in packaged().shapes()))
    query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o FILTER(?p != <{OWL}imports>) }}"
    head = text_beside(__file__, "shapes-head.ttl").replace("${version}", VERSION)
    return head + serialise(graph.construct(query), "turtle")


def to_questions() -> str:
    """The catalogue of questions as `sh:SPARQLSelectExecutable`s in Turtle.

    >>> "sh:SPARQLSelectExecutable" in to_questions()
    True
    """
    head = f"@prefix sh: <{SH}> .\n@prefix rdfs: <{RDFS}> .\n"
    catalogue = Catalogue(packaged().queries())
    return head + "".join(_executable(question) for question in catalogue.questions())


def _executable(question: Question) -> str:
    parameters = "".join(
        f"    sh:parameter [ sh:path <{BASE}question-parameter/{parameter.name}> ;"
        f" sh:name {_text(parameter.label)} ;"
        f" sh:description {_text(f'{parameter.kind}, e.g. {parameter.default}')} ] ;\n"
        for parameter in question.parameters
    )
    return (
        f"\n<{BASE}questions/{question.name}> a sh:SPARQLSelectExecutable ;\n"
        f"    rdfs:label {_text(question.title)} ;\n    rdfs:comment {_text(question.question)} ;\n"
        f"{parameters}    sh:select {Term('literal', question.text).n3()} .\n"
    )


def _text(value: str) -> str:
    return Term("literal", value, language="en").n3()
