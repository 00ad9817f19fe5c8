"""A store on disk as its one writer sees it, with a frozen copy after every change for all who read.

A change begins by noting which copy shows the state before it, and ends with a new copy. If it is given up, or its
process is stopped on the way, the store is made equal to the noted copy again: a change is there whole or not at
all, and what was acknowledged stays. Copies cost little, since the engine's data files never change and are linked.
"""

from __future__ import annotations

import contextlib
import gc
import os
import secrets
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

import pyoxigraph as ox

from sq_graph.graph.change import Exchange
from sq_graph.graph.embedded import EmbeddedGraph
from sq_graph.graph.engine import (
    TRIPLES,
    file_faults,
    graph_name,
    open_store,
    parsed,
    query_faults,
    to_triple,
)
from sq_graph.graph.terms import Triple
from sq_graph.resources import write_durably
from sq_graph.vocab import PREFIXES


class Master:
    """The store in `folder`, with its frozen copies in `copies`; `copy` is the newest of them.

    Raises EngineError if another process writes to the store.

    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp())
    >>> master = Master(place / "store", place / "copies")
    >>> master.begin()
    >>> master.update("INSERT DATA { <https://example.org/a> a <https://example.org/B> }")
    >>> master.keep() == master.copy, master.difference()
    (True, ((), ()))
    """

    def __init__(self, folder: Path, copies: Path) -> None:
        self.folder, self.copies, self._note = folder, copies, copies / "under-way"
        copies.mkdir(parents=True, exist_ok=True)
        if self._note.exists():
            kept = copies / self._note.read_text(encoding="utf-8")
            if (kept / "CURRENT").is_file():
                _make_equal(folder, kept)
            self._note.unlink()
        self.store = open_store(folder)
        self.copy = self._copied()

    def begin(self) -> None:
        """Notes the state to which `give_up` returns."""
        part = self.copies / "under-way.part"
        write_durably(part, self.copy.name.encode())
        part.replace(self._note)

    def keep(self) -> Path:
        """Makes all since `begin` last, and returns the copy that shows it."""
        self.store.flush()
        self.copy = self._copied()
        self._note.unlink(missing_ok=True)
        return self.copy

    def give_up(self) -> None:
        """Returns to the state at `begin`."""
        del self.store
        gc.collect()  # an error on its way may still hold the store by its frames
        _make_equal(self.folder, self.copy)
        self.store = open_store(self.folder)
        self._note.unlink(missing_ok=True)

    def forget(self, but: Collection[str]) -> None:
        """Removes all copies that are not in use."""
        for old in self.copies.iterdir():
            if old.is_dir() and old != self.copy and str(old) not in but:
                shutil.rmtree(old, ignore_errors=True)

    # ---- changes

    def update(self, text: str, base: str | None = None) -> None:
        """Carries a SPARQL update out, all of it or nothing; raises BadQuery if it is not valid."""
        with query_faults(text, "update", "carried out"):
            self.store.update(text, base_iri=base, prefixes=PREFIXES)

    def has(self, graph: str | None) -> bool:
        """Whether a named graph exists, or the default graph holds anything."""
        if graph is not None:
            return self.store.contains_named_graph(graph_name(graph))
        return (
            next(self.store.quads_for_pattern(None, None, None, ox.DefaultGraph()), None)
            is not None
        )

    def add(self, graph: str | None, data: bytes, form: str, base: str) -> None:
        """Adds RDF in one of the forms of triples to a graph; raises BrokenFile with its line."""
        name = graph_name(graph)
        if graph is not None:
            self.store.add_graph(name)
        with file_faults("body", form):
            self.store.load(data, format=TRIPLES[form], base_iri=base, to_graph=name)

    def remove(self, graph: str | None) -> None:
        """Takes a named graph away, or empties the default graph."""
        self.store.remove_graph(graph_name(graph))

    def fill(self, graph: EmbeddedGraph) -> None:
        """Holds what a graph in memory holds."""
        graph.join()
        self.store.clear()
        self.store.bulk_load(
            graph.store.dump(format=ox.RdfFormat.N_QUADS), format=ox.RdfFormat.N_QUADS
        )

    def replace(self, texts: Mapping[str, bytes | None], listed: Collection[str]) -> None:
        """Puts Turtle texts in place of named graphs (None: takes one away); the default graph follows."""
        Exchange(self.store, texts, listed, old=self._before()).make()

    # ---- what has changed

    def graphs(self) -> set[str]:
        """The IRIs of the named graphs."""
        return {name.value for name in self.store.named_graphs()}

    def triples(self, graph: str) -> list[tuple[str, str, str]]:
        """The triples of a named graph, each term in the notation of N-Triples."""
        quads = self.store.quads_for_pattern(None, None, None, graph_name(graph))
        return [(str(quad.subject), str(quad.predicate), str(quad.object)) for quad in quads]

    def changed_graphs(self, among: Collection[str] | None = None) -> set[str]:
        """The named graphs, among some or all, that hold something else than in the newest copy."""
        before = self._before()
        names = (
            among
            if among is not None
            else self.graphs() | {name.value for name in before.named_graphs()}
        )
        return {
            name
            for name in names
            if _lines(before, [name], None) != _lines(self.store, [name], None)
        }

    def difference(
        self, graphs: Collection[str | None] | None = None, subjects: Collection[str] | None = None
    ) -> tuple[tuple[Triple, ...], tuple[Triple, ...]]:
        """The triples that were removed and added since the newest copy, in whatever graph.

        Looks only at some graphs (None is the default one) and some subjects, if they are given.
        """
        before, after = (_lines(store, graphs, subjects) for store in (self._before(), self.store))
        removed, added = (
            tuple(map(to_triple, parsed(b"\n".join(sorted(lines)), "nquads", "x:", "")))
            for lines in (before - after, after - before)
        )
        return removed, added

    def _before(self) -> ox.Store:
        return open_store(self.copy, read_only=True)

    def _copied(self) -> Path:
        copy = self.copies / secrets.token_hex(8)  # never a name that a reader may have open
        self.store.backup(str(copy))
        return copy


def _lines(
    store: ox.Store, graphs: Collection[str | None] | None, subjects: Collection[str] | None
) -> set[bytes]:
    names = [None] if graphs is None else [graph_name(graph) for graph in graphs]
    if subjects is not None:
        nodes = [ox.NamedNode(subject) for subject in subjects]
        quads = (
            quad
            for node in nodes
            for name in names
            for quad in store.quads_for_pattern(node, None, None, name)
        )
        return {f"{quad} .".encode() for quad in quads}
    dumps = (
        store.dump(format=TRIPLES["ntriples" if name else "nquads"], from_graph=name) or b""
        for name in names
    )
    return {line for dump in dumps for line in dump.splitlines()}


def _make_equal(folder: Path, copy: Path) -> None:
    """Makes a closed store equal to a copy of it; may be done again if it was stopped on the way."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if old.is_file():
            old.unlink()
    for file in copy.iterdir():
        if file.suffix == ".sst":  # never changes, so one file may have two names
            with contextlib.suppress(OSError):
                os.link(file, folder / file.name)
                continue
        write_durably(folder / file.name, file.read_bytes())
