"""The graph: a store of named graphs with one interface, embedded (memory or disk) or remote."""

from sq_graph.graph.embedded import EmbeddedGraph
from sq_graph.graph.loading import load_store
from sq_graph.graph.terms import Graph, Progress, ResultSet, Term, Triple

__all__ = ["EmbeddedGraph", "Graph", "Progress", "ResultSet", "Term", "Triple", "load_store"]
