"""New texts of files as a change of the graph that holds them: what comes and what goes, made and
taken back.
"""

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
_subject = itemgetter(0)

Statements = Mapping[str, Collection[tuple[str, str]]]
"""What is said of things, each as pairs of property and value, in the notation of N-Triples."""

Patches = Mapping[str, tuple[Statements, Statements]]
"""For a named graph, what its file says of the things that change, before and after.

That is all that the file says of each of these things, and no blank node is among it.
"""


class GraphDiff:
    """The change that new texts of some files make to a graph in memory; the files are another's
    matter.

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
        self._gone, self._come = dict[str, set[NodeTriple]](), dict[str, _TripleList]()
        patched = {iri: said for iri, said in (patches or {}).items() if texts[iri][0] is not None}
        for iri, said in patched.items():
            self._note(iri, *map(_triples_in, said))
        if patched.keys() != texts.keys() or any(self._gone.values()):
            # What is only added asks neither for blank nodes nor for other graphs.
            graph.materialise_union()
        for iri in texts.keys() - patched.keys():
            text = texts[iri][0]
            self._note(iri, _triples(store, iri), _triples_of(text, iri) if text else [])
        # A graph that waits, or a new one without blank nodes, can wait until a query names it.
        self._late = {iri for iri in patched if not graph.text(iri)}
        gone, come = self._listed(self._gone), self._listed(self._come)
        by_subject, view = groupby(_without(come, gone), _subject), graph.lookup()
        each = (own if not view.is_subject(s) else self._unstated(own) for s, own in by_subject)
        self.added = list(chain.from_iterable(each))
        """What the default view gains: what another graph says already is not among it."""
        self.removed = [triple for triple in _without(gone, come) if not self._stays(triple)]
        """What it loses: what another graph goes on saying is not among it."""

    def apply(self) -> None:
        """Makes the change in the graph."""
        self._put(self._new, (self._gone, self._come), (self.removed, self.added))

    def revert(self) -> None:
        """Takes it back."""
        self._put(self._old, (self._come, self._gone), (self.added, self.removed))

    def _put(
        self,
        texts: Texts,
        in_files: tuple[_Files, _Files],
        in_view: tuple[_TripleList, _TripleList],
    ) -> None:
        store, (gone, come), (removed, added) = self._graph.store, in_files, in_view
        late = {iri for iri in texts if self._graph.is_waiting(iri, iri in self._late)}
        self._graph.set_texts(texts, late)
        for iri, (text, _) in texts.items():
            name = ox.NamedNode(iri)
            if text is None:
                store.remove_graph(name)
            elif iri not in late:
                store.add_graph(name)
                for triple in gone[iri]:
                    store.remove(ox.Quad(*triple, name))
                store.extend(ox.Quad(*triple, name) for triple in come[iri])
        for triple in removed:
            store.remove(ox.Quad(*triple))
        store.extend(ox.Quad(*triple) for triple in added)
        self._graph.note_changed(self._things)

    @cached_property
    def _things(self) -> set[str]:
        """The things of which the default view says something else."""
        changed = groupby(chain(self.added, self.removed), _subject)
        return {subject.value for subject, _ in changed if isinstance(subject, ox.NamedNode)}

    def _note(self, iri: str, old: _TripleList, new: _TripleList) -> None:
        self._gone[iri], self._come[iri] = set(_without(old, new)), _without(new, old)

    def _unstated(self, triples: Iterable[NodeTriple]) -> Iterator[NodeTriple]:
        return (triple for triple in triples if ox.Quad(*triple) not in self._graph.store)

    def _listed(self, files: _Files) -> _TripleList:
        return list(chain(*(said for iri, said in files.items() if self._is_listed(iri))))

    def _is_listed(self, iri: str) -> bool:
        return self._graph.in_default_view(iri, self._new.get(iri, (None, False))[1])

    def _stays(self, triple: NodeTriple) -> bool:
        """Whether a graph of the default view goes on saying what some other one does not say any
        more.
        """
        holders = (quad.graph_name for quad in self._graph.store.quads_for_pattern(*triple))
        names = (one.value for one in holders if isinstance(one, ox.NamedNode))
        return any(self._is_listed(n) and triple not in self._gone.get(n, ()) for n in names)


def _triples_in(said: Statements) -> _TripleList:
    """Statements in the engine's own terms; a term that comes again is one object, which saves most
    of the memory that a large change needs.
    """
    things = ((cast(Subject, parse_term(thing)), pairs) for thing, pairs in said.items())
    return [(s, cast(Iri, parse_term(p)), parse_term(o)) for s, pairs in things for p, o in pairs]


def _without(some: _TripleList, others: _TripleList) -> _TripleList:
    there = set(others) if some else set()
    return [one for one in some if one not in there] if there else some


def _triples(store: ox.Store, graph: str | None = None) -> _TripleList:
    where = ox.NamedNode(graph) if graph else None
    return node_triples(store.quads_for_pattern(None, None, None, where))


def _triples_of(text: bytes, iri: str) -> _TripleList:
    """What a Turtle text says, each literal in the form in which a store keeps it."""
    store = ox.Store()
    with file_faults(iri):
        store.load(text, format=ox.RdfFormat.TURTLE, base_iri=iri)
    return _triples(store)
