"""New texts of files as a change of the graph that holds them: what comes and what goes, made and
taken back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property

import pyoxigraph as ox

from sq_graph.graph.embedded import EmbeddedGraph, Texts
from sq_graph.graph.engine import file_faults
from sq_graph.graph.lookup import NodeTriple

_Quads = set[ox.Quad]
"""Statements, each as one of the default graph."""

Patches = Mapping[str, tuple[bytes, bytes]]
"""For a named graph, the N-Triples of the things that change in its file, as they were and as they
are now.

They hold no blank node, and all that the file says of each of these things.
"""


class FileChange:
    """The change that new texts of some files make to a graph in memory; the files are another's
    matter.

    With `patches`, only the things that change are read, however long a file is.

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

    def __init__(self, graph: EmbeddedGraph, texts: Texts, patches: Patches | None = None) -> None:
        graph.join()
        self._graph, self._new, store = graph, texts, graph.store
        self._old: Texts = {iri: (graph.text(iri), graph.is_listed(iri)) for iri in texts}
        self._late = set[str]()
        self._gone, self._come = dict[str, _Quads](), dict[str, _Quads]()
        for iri, (text, _) in texts.items():
            if iri in (patches or {}) and text is not None:
                old, new = (_quads_of(part, iri) for part in (patches or {})[iri])
                # A new graph without blank nodes can wait until a query names it.
                self._late |= set() if graph.text(iri) else {iri}
            else:
                old, new = _quads(store, iri), _quads_of(text or b"", iri)
            self._gone[iri], self._come[iri] = old - new, new - old
        gone, come = (
            set[ox.Quad]().union(*(quads for iri, quads in one.items() if self._is_listed(iri)))
            for one in (self._gone, self._come)
        )
        self._added = [quad for quad in come - gone if quad not in store]
        self._removed = [quad for quad in gone - come if not self._stays(quad)]

    @cached_property
    def added(self) -> Collection[NodeTriple]:
        """What the default view gains: what another graph says already is not among it."""
        return _Triples(self._added)

    @cached_property
    def removed(self) -> Collection[NodeTriple]:
        """What it loses: what another graph goes on saying is not among it."""
        return _Triples(self._removed)

    def apply(self) -> None:
        """Makes the change in the graph."""
        self._put(self._new, self._gone, self._come, self._removed, self._added)

    def undo(self) -> None:
        """Takes it back."""
        self._put(self._old, self._come, self._gone, self._added, self._removed)

    def _put(
        self,
        texts: Texts,
        gone: Mapping[str, _Quads],
        come: Mapping[str, _Quads],
        removed: Iterable[ox.Quad],
        added: Iterable[ox.Quad],
    ) -> None:
        store = self._graph.store
        self._graph.keep(texts, self._late)
        for iri, (text, _) in texts.items():
            name = ox.NamedNode(iri)
            if text is None:
                store.remove_graph(name)
            elif iri not in self._late:
                store.add_graph(name)
                for quad in gone[iri]:
                    store.remove(_within(quad, name))
                store.extend(_within(quad, name) for quad in come[iri])
        for quad in removed:
            store.remove(quad)
        store.extend(added)
        self._graph.note_changed(self._things)

    @cached_property
    def _things(self) -> set[str]:
        """The things of which the default view says something else."""
        changed = (quad.subject for quad in (*self._added, *self._removed))
        return {subject.value for subject in changed if isinstance(subject, ox.NamedNode)}

    def _is_listed(self, iri: str) -> bool:
        return self._graph.is_listed(iri, self._new.get(iri, (None, False))[1])

    def _stays(self, quad: ox.Quad) -> bool:
        """Whether a graph of the default view goes on saying what some other one does not say any
        more.
        """
        found = self._graph.store.quads_for_pattern(quad.subject, quad.predicate, quad.object)
        names = (getattr(one.graph_name, "value", None) for one in found)
        return any(
            self._is_listed(name) and quad not in self._gone.get(name, ())
            for name in names
            if name is not None
        )


class _Triples(Collection[NodeTriple]):
    """Statements as triples, taken apart only while they are looked at: a change may hold millions."""

    def __init__(self, quads: Collection[ox.Quad]) -> None:
        self._quads = quads

    def __len__(self) -> int:
        return len(self._quads)

    def __iter__(self) -> Iterator[NodeTriple]:
        for subject, predicate, value, _ in self._quads:
            yield subject, predicate, value

    def __contains__(self, triple: object) -> bool:
        return any(triple == one for one in self)


def _within(quad: ox.Quad, graph: ox.NamedNode) -> ox.Quad:
    return ox.Quad(quad.subject, quad.predicate, quad.object, graph)


def _quads(store: ox.Store, graph: str) -> _Quads:
    found = store.quads_for_pattern(None, None, None, ox.NamedNode(graph))
    return {ox.Quad(*quad.triple) for quad in found}


def _quads_of(text: bytes, iri: str) -> _Quads:
    """What a Turtle text says, each literal in the form in which a store keeps it: only one with a
    datatype can have another form there, a number in Turtle too.
    """
    with file_faults(iri):
        found = set(
            ox.parse(text, format=ox.RdfFormat.TURTLE, base_iri=iri, rename_blank_nodes=True)
        )
    typed = [
        quad
        for quad in found
        if isinstance(quad.object, ox.Literal) and quad.object.datatype not in _AS_IT_IS
    ]
    store = ox.Store()
    store.extend(typed)
    return found.difference(typed).union(store)


_AS_IT_IS = frozenset(ox.Literal("", language=language).datatype for language in (None, "en"))
