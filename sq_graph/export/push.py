"""Sending the files of a map to another engine, each as its named graph, in one SPARQL update."""

from __future__ import annotations

from sq_graph.graph import EmbeddedGraph
from sq_graph.graph.embedded import load_files
from sq_graph.graph.layout import Layout
from sq_graph.graph.remote import RemoteGraph
from sq_graph.vocab import PREFIXES


def push(layout: Layout, endpoint: str, token: str = "") -> int:
    """Puts each file of a layout in place of its named graph in another engine; how many there are.

    One update says it all, so that rules which the engine checks are checked on the whole. Raises BrokenFile for a
    file that cannot be read, before anything is sent, and EngineError for an engine that does not answer, or refuses.
    """
    graph = EmbeddedGraph()
    load_files(graph, ((file.path, file.iri, file.listed) for file in layout.files()))
    names = graph.graphs()
    RemoteGraph(endpoint, timeout=300, token=token).update(" ;\n".join(_replacement(graph, name) for name in names))
    return len(names)


def _replacement(graph: EmbeddedGraph, name: str) -> str:
    """The update that puts the triples of a graph in the place of another engine's graph of that name."""
    import pyoxigraph as ox

    triples = [quad.triple for quad in ox.parse(graph.text(name), format=ox.RdfFormat.TURTLE, base_iri=name)]
    written = (ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=PREFIXES) or b"").decode()
    said = "\n".join(line for line in written.split("\n") if not line.startswith("@prefix "))
    return f"DROP SILENT GRAPH <{name}> ;\nINSERT DATA {{ GRAPH <{name}> {{\n{said}}} }}"
