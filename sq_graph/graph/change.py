"""New texts of files as a change of the graph that holds them: what comes and what goes, made and
taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property

import pyoxigraph as ox

from sq_graph.graph.embedded import EmbeddedGraph, Texts
from sq_graph.graph.engine import file_faults
from sq_graph.graph.lookup import NodeTriple

_Triples = set[ox.Triple]

Patches = Mapping[str, tuple[bytes, bytes]]
"""For a named graph, the N-Triples of the things that change in its file, as they were and as they
are now.

They hold no blank node, and all that the file says of each of these things.
"""


class Exchange:
    """Turtle texts in place of named graphs of a store (None: of none), whose default graph holds
    what those do that `is_listed`.

    `added` and `removed` are what the default graph really gains and loses: what another graph says
    too stays. Raises BrokenFile.
    """

    def __init__(
        self,
        store: ox.Store,
        texts: Mapping[str, bytes | None],
        is_listed: Callable[[str], bool],
        patches: Patches,
    ) -> None:
        self._store, self._is_listed = store, is_listed
        self._there = {iri for iri in texts if store.contains_named_graph(ox.NamedNode(iri))}
        self._after = {iri for iri, text in texts.items() if text is not None}
        self._gone: dict[str, _Triples] = {}
        self._come: dict[str, _Triples] = {}
        for iri, text in texts.items():
            if iri in patches and text is not None:
                old, new = (_triples_of(part, iri) for part in patches[iri])
            else:
                old = _triples(store, iri)
                new = _triples_of(text, iri) if text is not None else set()
            self._gone[iri], self._come[iri] = old - new, new - old
        gone, come = (
            set[ox.Triple]().union(*(triples for iri, triples in one.items() if is_listed(iri)))
            for one in (self._gone, self._come)
        )
        self.added = [triple for triple in come - gone if ox.Quad(*triple) not in store]
        self.removed = [triple for triple in gone - come if not self._stays(triple)]

    def make(self) -> None:
        """Makes the change."""
        self._put(self._gone, self._come, self._after, self.added, self.removed)

    def take_back(self) -> None:
        """Takes it back."""
        self._put(self._come, self._gone, self._there, self.removed, self.added)

    def _put(
        self,
        gone: Mapping[str, _Triples],
        come: Mapping[str, _Triples],
        there: Collection[str],
        added: Iterable[ox.Triple],
        removed: Iterable[ox.Triple],
    ) -> None:
        for iri in gone:
            name = ox.NamedNode(iri)
            if iri not in there:
                self._store.remove_graph(name)
                continue
            self._store.add_graph(name)
            for triple in gone[iri]:
                self._store.remove(_quad(triple, name))
            self._store.extend(_quad(triple, name) for triple in come[iri])
        for triple in removed:
            self._store.remove(ox.Quad(*triple))
        self._store.extend(ox.Quad(*triple) for triple in added)

    def _stays(self, triple: ox.Triple) -> bool:
        """Whether a graph of the default view goes on saying what some other one does not say any
        more.
        """
        quads = self._store.quads_for_pattern(triple.subject, triple.predicate, triple.object)
        names = (getattr(quad.graph_name, "value", None) for quad in quads)
        return any(
            self._is_listed(name) and triple not in self._gone.get(name, ())
            for name in names
            if name is not None
        )


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
        self._graph, self._new = graph, texts
        self._old: Texts = {iri: (graph.text(iri), graph.is_listed(iri)) for iri in texts}
        self._exchange = Exchange(
            graph.store,
            {iri: text for iri, (text, _) in texts.items()},
            lambda iri: graph.is_listed(iri, texts.get(iri, (None, False))[1]),
            patches or {},
        )

    @cached_property
    def added(self) -> tuple[NodeTriple, ...]:
        """What the default view gains."""
        return tuple(map(_parts, self._exchange.added))

    @cached_property
    def removed(self) -> tuple[NodeTriple, ...]:
        """What it loses."""
        return tuple(map(_parts, self._exchange.removed))

    def apply(self) -> None:
        """Makes the change in the graph."""
        self._graph.keep(self._new)
        self._exchange.make()
        self._graph.note_changed(self._things)

    def undo(self) -> None:
        """Takes it back."""
        self._graph.keep(self._old)
        self._exchange.take_back()
        self._graph.note_changed(self._things)

    @cached_property
    def _things(self) -> set[str]:
        """The things of which the default view says something else."""
        changed = (*self._exchange.added, *self._exchange.removed)
        return {one.subject.value for one in changed if isinstance(one.subject, ox.NamedNode)}


def _parts(triple: ox.Triple) -> NodeTriple:
    return triple.subject, triple.predicate, triple.object


def _quad(triple: ox.Triple, graph: ox.NamedNode) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object, graph)


def _triples(store: ox.Store, graph: str) -> _Triples:
    return {quad.triple for quad in store.quads_for_pattern(None, None, None, ox.NamedNode(graph))}


def _triples_of(text: bytes, iri: str) -> _Triples:
    """What a Turtle text says, each literal in the form in which a store keeps it."""
    store = ox.Store()
    with file_faults(iri):
        store.load(text, format=ox.RdfFormat.TURTLE, base_iri=iri)
    return {quad.triple for quad in store}
