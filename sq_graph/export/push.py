"""Sends the files of a map to another engine, each as a named graph, in one SPARQL update."""

from collections.abc import Iterator

from sq_graph.graph.engine import skolemise
from sq_graph.graph.layout import Layout, MapFile
from sq_graph.graph.loading import batches
from sq_graph.graph.remote import VIEW, RemoteGraph
from sq_graph.resources import file_bytes

_BATCH_SIZE = 1000
"""Triples in one INSERT DATA: Virtuoso compiles each as one statement, and refuses long ones."""

_MAX_LENGTH = 4_000_000
"""Characters in one update to Virtuoso."""


def push(layout: Layout, endpoint: str, token: str = "") -> int:
    """Replaces the named graph of each file of a layout in another engine.

    One update holds everything, so that the engine checks its rules on the whole map. Blank nodes
    are sent as IRIs. Virtuoso takes at most ten megabytes at once, so a large map is sent in
    several updates; and because no request can name the graphs of the default view one by one, that
    view becomes a graph of its own as well.

    Parameters:
        layout: the map or workspace.
        endpoint: the address of SPARQL updates.
        token: the token that the engine requires of writers.

    Returns:
        The number of files that were sent.

    Raises:
        BrokenFile: a file cannot be read; nothing is sent.
        EngineError: the engine does not answer, or refuses.
    """
    remote = RemoteGraph(endpoint, timeout=300, token=token)
    if not (files := list(layout.files())):
        return 0
    steps = [step for file in files for step in _steps(file)]
    if not remote.is_virtuoso:
        remote.update(" ;\n".join(steps))
        return len(files)
    view = layout.base + VIEW
    steps.append(f"DROP SILENT GRAPH <{view}>")
    steps += [f"ADD <{file.iri}> TO <{view}>" for file in files if file.listed]
    for batch in batches(steps, len, _MAX_LENGTH):
        remote.update(" ;\n".join(batch))
    return len(files)


def _steps(file: MapFile) -> Iterator[str]:
    """The steps that replace the graph of a file."""
    triples = list(skolemise(file_bytes(file.path), file.iri, str(file.path)))
    yield f"DROP SILENT GRAPH <{file.iri}>"
    for start in range(0, len(triples), _BATCH_SIZE):
        batch = "\n".join(triples[start : start + _BATCH_SIZE])
        yield f"INSERT DATA {{ GRAPH <{file.iri}> {{\n{batch}\n}} }}"
