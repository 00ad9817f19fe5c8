"""New texts of files as a change of the graph that holds them: what comes and what goes, made and taken back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property

import pyoxigraph as ox

from sq_graph.graph.embedded import EmbeddedGraph, Texts
from sq_graph.graph.engine import file_faults, to_triple
from sq_graph.graph.terms import Triple

_Said = dict[str, set[ox.Triple] | None]


class Exchange:
    """Turtle texts in place of named graphs of a store (None: of none), whose default graph holds what `listed` do.

    `added` and `removed` are what the default graph really gains and loses: what another graph says too stays.
    Raises BrokenFile.
    """

    def __init__(
        self,
        store: ox.Store,
        texts: Mapping[str, bytes | None],
        listed: Collection[str],
    ) -> None:
        there = {name.value for name in store.named_graphs()}
        self._store = store
        self._old: _Said = {iri: _triples(store, iri) if iri in there else None for iri in texts}
        self._new: _Said = {
            iri: None if text is None else _said(text, iri) for iri, text in texts.items()
        }
        before, after = (
            set().union(*(triples or () for iri, triples in said.items() if iri in listed))
            for said in (self._old, self._new)
        )
        others = set(listed) - texts.keys()
        self.added = [triple for triple in after - before if ox.Quad(*triple) not in store]
        self.removed = [triple for triple in before - after if not _is_said(store, triple, others)]

    def make(self) -> None:
        """Makes the change."""
        self._put(self._new, self.added, self.removed)

    def take_back(self) -> None:
        """Takes it back."""
        self._put(self._old, self.removed, self.added)

    def _put(self, said: _Said, come: Iterable[ox.Triple], gone: Iterable[ox.Triple]) -> None:
        for iri, triples in said.items():
            name = ox.NamedNode(iri)
            self._store.remove_graph(name)
            if triples is not None:
                self._store.add_graph(name)
                self._store.extend(
                    ox.Quad(triple.subject, triple.predicate, triple.object, name)
                    for triple in triples
                )
        for triple in gone:
            self._store.remove(ox.Quad(*triple))
        self._store.extend(ox.Quad(*triple) for triple in come)


class FileChange:
    """The change that new texts of some files make to a graph in memory; the files are another's matter.

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

    def __init__(self, graph: EmbeddedGraph, texts: Texts) -> None:
        graph.join()
        kept = graph.texts()
        listed = {iri for iri, (_, is_listed) in {**texts, **kept}.items() if is_listed}
        self._graph, self._new = graph, texts
        self._old: Texts = {iri: kept.get(iri, (None, True)) for iri in texts}
        self._exchange = Exchange(
            graph.store, {iri: text for iri, (text, _) in texts.items()}, listed
        )

    @cached_property
    def added(self) -> tuple[Triple, ...]:
        """What the default view gains."""
        return tuple(map(to_triple, self._exchange.added))

    @cached_property
    def removed(self) -> tuple[Triple, ...]:
        """What it loses."""
        return tuple(map(to_triple, self._exchange.removed))

    def apply(self) -> None:
        """Makes the change in the graph."""
        self._graph.keep(self._new)
        self._exchange.make()

    def undo(self) -> None:
        """Takes it back."""
        self._graph.keep(self._old)
        self._exchange.take_back()


def _triples(store: ox.Store, graph: str) -> set[ox.Triple]:
    return {quad.triple for quad in store.quads_for_pattern(None, None, None, ox.NamedNode(graph))}


def _said(text: bytes, iri: str) -> set[ox.Triple]:
    """What a Turtle text says, each literal in the form in which a store keeps it."""
    store = ox.Store()
    with file_faults(iri):
        store.load(text, format=ox.RdfFormat.TURTLE, base_iri=iri)
    return {quad.triple for quad in store}


def _is_said(store: ox.Store, triple: ox.Triple, graphs: Collection[str]) -> bool:
    """Whether some of the graphs say a triple."""
    quads = store.quads_for_pattern(triple.subject, triple.predicate, triple.object)
    return any(getattr(quad.graph_name, "value", None) in graphs for quad in quads)
