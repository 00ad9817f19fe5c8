"""The concepts and typologies of a map as SKOS concept schemes."""

from __future__ import annotations

from sq_graph.export.rdf import serialised
from sq_graph.graph import Graph
from sq_graph.resources import text_beside


def to_skos(graph: Graph) -> str:
    """The concepts of a map as SKOS in Turtle, with definitions by their holders and mappings.

    >>> import sq_graph
    >>> "hasTopConcept" in to_skos(sq_graph.open().graph)
    True
    """
    return serialised(graph.construct(text_beside(__file__, "skos.rq")), "turtle")
