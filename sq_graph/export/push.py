"""Sending the files of a map to another engine, each as its named graph, in one SPARQL update."""

from collections.abc import Iterable, Iterator

from sq_graph.graph.engine import skolemise
from sq_graph.graph.layout import Layout
from sq_graph.graph.remote import VIEW, RemoteGraph
from sq_graph.resources import file_bytes

_PORTION = 1000
"""Triples in one INSERT DATA: Virtuoso compiles each as one statement, and refuses long ones."""

_LARGEST = 4_000_000
"""Characters in one update to Virtuoso."""


def push(layout: Layout, endpoint: str, token: str = "") -> int:
    """Put each file of a layout in place of its named graph in another engine.

    One update holds everything, so that rules which the engine checks are checked on the whole.
    Blank nodes are sent as IRIs. Virtuoso takes at most ten megabytes at once, so a large map is
    sent in several updates; and because no request can name the graphs of the default view one by
    one, that view becomes a graph of its own as well.

    Parameters:
        layout: the map or workspace.
        endpoint: the address of SPARQL updates.
        token: what the engine asks of writers.

    Returns:
        How many files were sent.

    Raises:
        BrokenFile: a file cannot be read; nothing is sent.
        EngineError: the engine does not answer, or refuses.
    """
    remote = RemoteGraph(endpoint, timeout=300, token=token)
    if not (files := list(layout.files())):
        return 0
    texts = [skolemise(file_bytes(file.path), file.iri, str(file.path)) for file in files]
    steps = [
        step for file, lines in zip(files, texts, strict=True) for step in _put(file.iri, lines)
    ]
    if not remote.is_virtuoso:
        remote.update(" ;\n".join(steps))
        return len(files)
    view = layout.base + VIEW
    steps.append(f"DROP SILENT GRAPH <{view}>")
    steps += [f"ADD <{file.iri}> TO <{view}>" for file in files if file.listed]
    for request in _requests(steps):
        remote.update(request)
    return len(files)


def _requests(steps: Iterable[str]) -> Iterator[str]:
    """The steps in as few updates as Virtuoso takes."""
    waiting: list[str] = []
    size = 0
    for step in steps:
        if waiting and size + len(step) > _LARGEST:
            yield " ;\n".join(waiting)
            waiting, size = [], 0
        waiting.append(step)
        size += len(step)
    yield " ;\n".join(waiting)


def _put(graph: str, lines: Iterable[str]) -> Iterator[str]:
    """The updates that put triples in the place of a graph."""
    kept = list(lines)
    yield f"DROP SILENT GRAPH <{graph}>"
    for start in range(0, len(kept), _PORTION):
        portion = "\n".join(kept[start : start + _PORTION])
        yield f"INSERT DATA {{ GRAPH <{graph}> {{\n{portion}\n}} }}"
