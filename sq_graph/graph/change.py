"""New texts of files as a change of the graph that holds them, to apply and revert."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain, groupby
from operator import itemgetter
from typing import cast

import pyoxigraph as ox

from sq_graph.graph.embedded import EmbeddedGraph, Texts
from sq_graph.graph.engine import file_faults
from sq_graph.graph.lookup import Iri, NodeTriple, Subject, node_triples, parse_term

_TripleList = list[NodeTriple]
"""Triples of a file, those of each subject together."""
_Files = Mapping[str, Iterable[NodeTriple]]
_get_subject = itemgetter(0)

Statements = Mapping[str, Collection[tuple[str, str]]]
"""The statements about things, for each as pairs of property and value, in N-Triples notation."""

Patches = Mapping[str, tuple[Statements, Statements]]
"""For a named graph, the old and new statements of its file about the things that change.

They are all the statements of the file about these things, and none has a blank node.
"""


class GraphDiff:
    """The change that new texts of files make to a graph in memory; the files stay as they are.

    With `patches`, only the things that change are read, however long a file is.

    >>> graph = EmbeddedGraph()
    >>> graph.add("<https://example.org/a> <https://example.org/says> 'hello' .", "https://example.org/file")
    >>> change = GraphDiff(graph, {"https://example.org/file": (b"", True)})
    >>> change.apply()
    >>> len(change.removed), graph.ask("ASK { ?s ?p ?o }")
    (1, False)
    >>> change.revert()
    >>> graph.ask("ASK { ?s ?p ?o }")
    True
    """

    def __init__(self, graph: EmbeddedGraph, texts: Texts, patches: Patches | None = None) -> None:
        self._graph, self._new, store = graph, texts, graph.store
        self._old: Texts = {iri: (graph.text(iri), graph.in_default_view(iri)) for iri in texts}
        self._deleted, self._inserted = dict[str, set[NodeTriple]](), dict[str, _TripleList]()
        patched = {iri: pair for iri, pair in (patches or {}).items() if texts[iri][0] is not None}
        for iri, old_and_new in patched.items():
            self._compare(iri, *map(_engine_triples, old_and_new))
        if patched.keys() != texts.keys() or any(self._deleted.values()):
            # A mere addition needs neither blank nodes nor other graphs.
            graph.materialise_union()
        for iri in texts.keys() - patched.keys():
            text = texts[iri][0]
            self._compare(iri, _triples(store, iri), _parse(text, iri) if text else [])
        # A pending graph, or a new one without blank nodes, need not be loaded before a query.
        self._can_wait = {iri for iri in patched if not graph.text(iri)}
        deleted, inserted = self._listed(self._deleted), self._listed(self._inserted)
        by_subject, view = groupby(_without(inserted, deleted), _get_subject), graph.lookup()
        groups = (new if not view.is_subject(s) else self._unstated(new) for s, new in by_subject)
        self.added = list(chain.from_iterable(groups))
        """The statements that the default view gains: none that another graph already makes."""
        self.removed = [triple for triple in _without(deleted, inserted) if not self._stays(triple)]
        """The statements that it loses: none that another graph still makes."""

    def apply(self) -> None:
        """Makes the change in the graph."""
        self._replace(self._new, (self._deleted, self._inserted), (self.removed, self.added))

    def revert(self) -> None:
        """Takes the change back."""
        self._replace(self._old, (self._inserted, self._deleted), (self.added, self.removed))

    def _replace(
        self,
        texts: Texts,
        in_files: tuple[_Files, _Files],
        in_view: tuple[_TripleList, _TripleList],
    ) -> None:
        store, (deleted, inserted), (removed, added) = self._graph.store, in_files, in_view
        pending = {iri for iri in texts if self._graph.is_pending(iri, iri in self._can_wait)}
        self._graph.set_texts(texts, pending)
        for iri, (text, _) in texts.items():
            name = ox.NamedNode(iri)
            if text is None:
                store.remove_graph(name)
            elif iri not in pending:
                store.add_graph(name)
                for triple in deleted[iri]:
                    store.remove(ox.Quad(*triple, name))
                store.extend(ox.Quad(*triple, name) for triple in inserted[iri])
        for triple in removed:
            store.remove(ox.Quad(*triple))
        store.extend(ox.Quad(*triple) for triple in added)
        self._graph.note_changed(self._changed_things)

    @cached_property
    def _changed_things(self) -> set[str]:
        """The things whose statements change in the default view."""
        changes = groupby(chain(self.added, self.removed), _get_subject)
        return {subject.value for subject, _ in changes if isinstance(subject, ox.NamedNode)}

    def _compare(self, iri: str, old: _TripleList, new: _TripleList) -> None:
        self._deleted[iri], self._inserted[iri] = set(_without(old, new)), _without(new, old)

    def _unstated(self, triples: Iterable[NodeTriple]) -> Iterator[NodeTriple]:
        return (triple for triple in triples if ox.Quad(*triple) not in self._graph.store)

    def _listed(self, files: _Files) -> _TripleList:
        return list(chain(*(triples for iri, triples in files.items() if self._is_listed(iri))))

    def _is_listed(self, iri: str) -> bool:
        return self._graph.in_default_view(iri, self._new.get(iri, (None, False))[1])

    def _stays(self, triple: NodeTriple) -> bool:
        """Whether another graph of the default view still states a triple that one has lost."""
        graphs = (quad.graph_name for quad in self._graph.store.quads_for_pattern(*triple))
        iris = (graph.value for graph in graphs if isinstance(graph, ox.NamedNode))
        return any(self._is_listed(i) and triple not in self._deleted.get(i, ()) for i in iris)


def _engine_triples(statements: Statements) -> _TripleList:
    """Statements in the engine's own terms; a repeated term is one object, which saves most of the
    memory that a large change needs.
    """
    things = ((cast(Subject, parse_term(s)), pairs) for s, pairs in statements.items())
    return [(s, cast(Iri, parse_term(p)), parse_term(o)) for s, pairs in things for p, o in pairs]


def _without(triples: _TripleList, others: _TripleList) -> _TripleList:
    excluded = set(others) if triples else set()
    return [triple for triple in triples if triple not in excluded] if excluded else triples


def _triples(store: ox.Store, graph: str | None = None) -> _TripleList:
    name = ox.NamedNode(graph) if graph else None
    return node_triples(store.quads_for_pattern(None, None, None, name))


def _parse(text: bytes, iri: str) -> _TripleList:
    """The triples of a Turtle text, each literal in the form in which a store keeps it."""
    store = ox.Store()
    with file_faults(iri):
        store.load(text, format=ox.RdfFormat.TURTLE, base_iri=iri)
    return _triples(store)
