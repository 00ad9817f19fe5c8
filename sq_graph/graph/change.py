"""New texts of files as a change of a graph in memory: what it adds and removes, made and taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sq_graph.graph.embedded import EmbeddedGraph, broken_turtle, to_term
from sq_graph.graph.terms import Term, Triple


class FileChange:
    """The change that new texts of some files make to the default view; None takes a file away.

    `added` and `removed` hold what the view really gains and loses: a triple that another file says too stays.
    Raises BrokenFile if a text is no Turtle.

    >>> graph = EmbeddedGraph()
    >>> graph.add("<https://example.org/a> <https://example.org/says> 'hello' .", "https://example.org/file")
    >>> change = FileChange(graph, {"https://example.org/file": (b"", True)})
    >>> change.apply()
    >>> len(change.removed), graph.ask("ASK { ?s ?p ?o }")
    (1, False)
    >>> change.undo()
    >>> graph.ask("ASK { ?s ?p ?o }")
    True
    """

    def __init__(self, graph: EmbeddedGraph, texts: Mapping[str, tuple[bytes | None, bool]]) -> None:
        self._graph = graph
        self._new = dict(texts)
        self._old = {iri: (graph.text(iri), listed) for iri, (_, listed) in texts.items()}
        before, after = _said(self._old), _said(self._new)
        gone, come = before - after, after - before
        self._removed = [triple for triple in gone if not self._held_elsewhere(triple)]
        self._added = [triple for triple in come if not graph.holds(triple)]
        self._renamed = any(term.kind == "bnode" for triple in before | after for term in _terms(triple))
        self.added: Sequence[Triple] = _Terms(self._added)
        self.removed: Sequence[Triple] = _Terms(self._removed)

    def apply(self) -> None:
        """Makes the change in the graph; the files are another's matter."""
        self._put(self._new, self._added, self._removed)

    def undo(self) -> None:
        """Takes it back."""
        self._put(self._old, self._removed, self._added)

    def _put(self, texts: Mapping[str, tuple[bytes | None, bool]], come: Iterable[Any], gone: Iterable[Any]) -> None:
        for iri, (content, listed) in texts.items():
            self._graph.keep_text(iri, content, listed)
        if self._renamed:  # blank nodes have other names at every reading
            self._graph.reload()
        else:
            self._graph.exchange(come, gone)

    def _held_elsewhere(self, triple: Any) -> bool:
        return bool(self._graph.files_with(triple) - set(self._new))


def _said(texts: Mapping[str, tuple[bytes | None, bool]]) -> set[Any]:
    import pyoxigraph as ox

    found: set[Any] = set()
    for iri, (content, listed) in texts.items():
        try:
            triples = {quad.triple for quad in ox.parse(content or b"", format=ox.RdfFormat.TURTLE, base_iri=iri)}
        except SyntaxError as error:
            raise broken_turtle(error, iri) from None
        found |= triples if listed else set()
    return found


class _Terms(Sequence[Triple]):
    """Triples of the engine, put into our terms only where somebody reads them."""

    def __init__(self, triples: Sequence[Any]) -> None:
        self._triples = triples

    def __len__(self) -> int:
        return len(self._triples)

    def __getitem__(self, place: Any) -> Any:
        found = self._triples[place]
        return [_terms(triple) for triple in found] if isinstance(place, slice) else _terms(found)


def _terms(triple: Any) -> Triple:
    subject, predicate, value = map(to_term, (triple.subject, triple.predicate, triple.object))
    empty = Term("literal", "")
    return subject or empty, predicate or empty, value or empty
