"""Sending the files of a map to another engine, each as its named graph, in one SPARQL update."""

from __future__ import annotations

from sq_graph.graph.engine import rewritten
from sq_graph.graph.layout import Layout, MapFile
from sq_graph.graph.remote import RemoteGraph
from sq_graph.resources import file_bytes


def push(layout: Layout, endpoint: str, token: str = "") -> int:
    """Puts each file of a layout in place of its named graph in another engine; how many there are.

    One update says it all, so that rules which the engine checks are checked on the whole. Raises BrokenFile for a
    file that cannot be read, before anything is sent, and EngineError for an engine that does not answer, or refuses.
    """
    replacements = [_replacement(file) for file in layout.files()]
    RemoteGraph(endpoint, timeout=300, token=token).update(" ;\n".join(replacements))
    return len(replacements)


def _replacement(file: MapFile) -> str:
    """The update that puts the triples of a file in the place of another engine's graph of its name."""
    text = rewritten(file_bytes(file.path), "turtle", "turtle", file.iri, str(file.path)).decode()
    said = "\n".join(line for line in text.split("\n") if not line.startswith("@prefix "))
    return f"DROP SILENT GRAPH <{file.iri}> ;\nINSERT DATA {{ GRAPH <{file.iri}> {{\n{said}}} }}"
