"""A store on disk with one writer, and a frozen copy of each state for its readers.

A change begins with a note of the copy that holds the old state, and ends with a new copy. If it is
rolled back, or its process is killed, the store is restored from that copy: a change happens
completely or not at all, and an acknowledged change is durable. Copies are cheap, since they are
hard links to the engine's data files, which never change.

A small change, whose statements are known, notes these instead of a copy. The copy is then made
only when a reader needs it.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import secrets
import shutil
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from sq_graph.errors import BrokenFile
from sq_graph.graph import engine
from sq_graph.graph.digest import ContentHash, has_no_blank, lines, read_content, write_content
from sq_graph.graph.loading import RECORD_FILE, default_is_union
from sq_graph.graph.lookup import NodeTriple, node_triples
from sq_graph.resources import write_durably

GraphNames = Collection[str | None]
NodeTriples = Collection[NodeTriple]
MAX_STATEMENT = 16_000_000
"""How many bytes a statement may have: the engine reads no line of more than 16 MiB."""


@dataclass(frozen=True)
class SmallChange:
    """The statements that a store loses and gains, grouped by subject.

    >>> store = ox.Store()
    >>> change = SmallChange.of("INSERT DATA { <x:a> <x:b> <x:c> }", None, store)
    >>> change.apply(store)
    >>> SmallChange.read(change.text()).inverse().apply(store)
    >>> len(store)
    0
    """

    deleted: tuple[ox.Quad, ...]
    inserted: tuple[ox.Quad, ...]

    @classmethod
    def of(cls, update: str, base: str | None, stated: Iterable[ox.Quad]) -> SmallChange:
        """The change by an update that names its statements, where `stated` are all statements
        about their subjects.

        Raises BadQuery if the update is not valid.
        """
        trial = ox.Store()
        trial.extend(stated)
        old = set(trial)
        engine.update(trial, update, base)
        new = set(trial)
        return cls(*(tuple(sorted(quads, key=str)) for quads in (old - new, new - old)))

    @classmethod
    def read(cls, text: str) -> SmallChange:
        """The change that `text` wrote as JSON."""
        parts = (ox.parse(part.encode(), engine.TRIPLES["nquads"]) for part in json.loads(text))
        return cls(*map(tuple, parts))

    def text(self) -> str:
        """The change as JSON, which `read` reads."""
        parts = (self.deleted, self.inserted)
        return json.dumps([engine.serialise(quads, "nquads").decode() for quads in parts])

    @property
    def removed(self) -> list[NodeTriple]:
        """The triples of the deleted statements."""
        return node_triples(self.deleted)

    @property
    def added(self) -> list[NodeTriple]:
        """The triples of the inserted statements."""
        return node_triples(self.inserted)

    def apply(self, store: ox.Store) -> None:
        """Makes the change; doing so twice has no further effect."""
        for quad in self.deleted:
            store.remove(quad)
        store.extend(self.inserted)

    def inverse(self) -> SmallChange:
        """The change that takes this one back."""
        return SmallChange(self.inserted, self.deleted)


class TransactionalStore:
    """The store in `folder`, with its frozen copies in `copies`; `copy` is the newest of them.

    Raises EngineError if another process writes to the store.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> store = TransactionalStore(folder / "store", folder / "copies")
    >>> store.begin()
    >>> store.update("INSERT DATA { <https://example.org/a> a <https://example.org/B> }")
    >>> store.commit() == store.copy, store.difference()
    (True, ([], []))
    """

    def __init__(self, folder: Path, copies: Path) -> None:
        self.folder, self.copies, self._note = folder, copies, copies / "under-way"
        note = self._note.read_text(encoding="utf-8") if self._note.exists() else ""
        small_change = SmallChange.read(note) if note.startswith("[") else None
        source = folder
        if note and not small_change and (copies / note / "CURRENT").is_file():
            source = copies / note
            _restore(folder, source)
        # read before the store is opened, which changes its files
        self._content = None if small_change else read_content(source)
        self.store = engine.open_store(folder)
        copies.mkdir(parents=True, exist_ok=True)
        if small_change:
            small_change.inverse().apply(self.store)
        self._make_copy()
        self._note.unlink(missing_ok=True)
        self.is_ahead = False
        """Whether the store differs from its newest copy."""
        self._small_change: SmallChange | None = None

    @property
    def copy(self) -> Path:
        """A copy of the current state of the store; made if there is none."""
        if self.is_ahead:
            self._make_copy()
            self.is_ahead = False
        return self._copy

    @property
    def is_union(self) -> bool:
        """Whether the default view of the store is the union of its graphs."""
        return default_is_union(self.folder)

    @property
    def has_union(self) -> bool:
        """Whether its default view consists of named graphs."""
        return self.is_union and next(self.store.named_graphs(), None) is not None

    def begin(self, small_change: SmallChange | None = None) -> None:
        """Notes the state to which `rollback` returns, or a small change that it takes back."""
        draft = self.copies / "under-way.part"
        note = small_change.text() if small_change else self.copy.name
        write_durably(draft, note.encode())
        draft.replace(self._note)
        self._small_change = small_change

    def commit(self, removed: NodeTriples = (), added: NodeTriples = ()) -> Path:
        """Makes all changes since `begin` durable, and returns a copy of the new state.

        If the removed and added statements are given, the digest of the store is updated by them.
        """
        self._content = self._content_after(removed, added)
        self._make_copy()
        self._note.unlink(missing_ok=True)
        return self._copy

    def commit_small(self, change: SmallChange) -> None:
        """Makes a small change durable, without a copy."""
        self._content, self.is_ahead = self._content_after(change.removed, change.added), True
        for log in self.folder.glob("*.log"):  # where the engine writes first
            with log.open("rb") as file:
                os.fsync(file.fileno())
        self._write_content()
        self._note.unlink(missing_ok=True)

    def rollback(self) -> None:
        """Returns to the state at `begin`."""
        if self._small_change:
            self._small_change.inverse().apply(self.store)
            self._note.unlink(missing_ok=True)
            return
        del self.store
        gc.collect()  # a traceback may still refer to the store, which would keep it locked
        _restore(self.folder, self._copy)
        self.store = engine.open_store(self.folder)
        self._note.unlink(missing_ok=True)

    def prune(self, in_use: Collection[str]) -> None:
        """Removes all copies but the newest and those in use."""
        for old in self.copies.iterdir():
            if old.is_dir() and old != self._copy and str(old) not in in_use:
                shutil.rmtree(old, ignore_errors=True)

    def update(self, text: str, base: str | None = None) -> None:
        """Carries out a SPARQL update; raises BadQuery if it is not valid."""
        engine.update(self.store, text, base)

    def small_change(
        self, text: str, base: str | None, graphs: GraphNames, subjects: Collection[str]
    ) -> SmallChange:
        """The change by an update that names all its statements; raises BadQuery if it is not
        valid.
        """
        stated = _quads(self.store, map(engine.graph_name, graphs), subjects)
        return SmallChange.of(text, base, stated)

    def has(self, graph: str | None) -> bool:
        """Whether a named graph exists, or (None) the default graph holds anything."""
        name = engine.graph_name(graph)
        if graph is not None:
            return self.store.contains_named_graph(name)
        return next(self.store.quads_for_pattern(None, None, None, name), None) is not None

    def add(self, graph: str | None, data: bytes, form: str, base: str) -> None:
        """Adds RDF in one of the forms of triples to a graph; raises BrokenFile with the line."""
        name = engine.graph_name(graph)
        if graph is not None:
            self.store.add_graph(name)
        syntax = engine.TRIPLES[form]
        with engine.file_faults("body", form):
            if form == "jsonld":  # it may name other graphs, and `load` would write to these
                list(ox.parse(data, syntax, base_iri=base, without_named_graphs=True))
            self.store.load(data, format=syntax, base_iri=base, to_graph=name)

    def remove(self, graph: str | None) -> None:
        """Removes a named graph, or empties the default graph (None)."""
        self.store.remove_graph(engine.graph_name(graph))

    def difference(
        self, graphs: GraphNames | None = None, subjects: Collection[str] | None = None
    ) -> tuple[NodeTriples, NodeTriples]:
        """The triples that were removed and added since the newest copy, whatever their graphs.

        Raises BrokenFile for a new statement that is too long for the engine to read.

        Parameters:
            graphs: the graphs to compare (None among them is the default graph); None for all.
            subjects: the IRIs of the subjects to compare; None for all.
        """
        stores = engine.open_store(self.copy, read_only=True), self.store
        old, new = (_lines(store, graphs, subjects) for store in stores)
        if any(len(line) > MAX_STATEMENT for line in new - old):
            message = f"a statement has more than {MAX_STATEMENT:,} bytes"
            raise BrokenFile(message, "body", remedy="Shorten its text")
        texts = (b"\n".join(sorted(lines)) for lines in (old - new, new - old))
        removed, added = (engine.parse(text, "nquads", "x:", "") for text in texts)
        return node_triples(removed), node_triples(added)

    def repeated(self, triples: NodeTriples) -> NodeTriple | None:
        """The first of some triples that is in several graphs, where the default view of the store
        is their union: an engine counts such a triple twice.
        """
        if not self.is_union:
            return None
        for triple in triples:
            if len(list(islice(self.store.quads_for_pattern(*triple), 2))) > 1:
                return triple
        return None

    def _content_after(self, *changes: NodeTriples) -> ContentHash | None:
        """The hashes of the store after a change, where they follow from the old ones: every
        statement is stored once, and none that changed has a blank node.
        """
        old = self._content if self.is_ahead else read_content(self._copy)
        if not (old and any(changes) and self.is_union):
            return None
        if not all(has_no_blank(*triple) for triples in changes for triple in triples):
            return None
        return old.changed(*map(lines, changes))

    def _write_content(self, *copies: Path) -> None:
        for folder in (self.folder, *copies):
            if self._content:
                write_content(folder, self._content)

    def _make_copy(self) -> None:
        copy = self.copies / secrets.token_hex(8)  # a name that no reader can have open
        self.store.backup(str(copy))
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile(self.folder / RECORD_FILE, copy / RECORD_FILE)
        self._copy = copy
        self._write_content(copy)


def _lines(
    store: ox.Store, graphs: GraphNames | None, subjects: Collection[str] | None
) -> set[bytes]:
    names = [None] if graphs is None else [engine.graph_name(graph) for graph in graphs]
    if subjects is not None:
        return {f"{quad} .".encode() for quad in _quads(store, names, subjects)}
    all_lines = set[bytes]()
    for name in names:  # a line names its graph: what another graph states may be new in this one
        ending = f" {name} .".encode() if isinstance(name, ox.NamedNode) else b" ."
        form = engine.TRIPLES["nquads" if name is None else "ntriples"]
        dump = store.dump(None, form, from_graph=name) or b""
        all_lines.update(line.removesuffix(b" .") + ending for line in dump.splitlines())
    return all_lines


def _quads(
    store: ox.Store, names: Iterable[engine.GraphName | None], subjects: Collection[str]
) -> Iterator[ox.Quad]:
    for name in names:
        for subject in subjects:
            yield from store.quads_for_pattern(ox.NamedNode(subject), None, None, name)


def _restore(folder: Path, copy: Path) -> None:
    """Makes a closed store equal to a copy of it; can be repeated if it was interrupted."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if old.is_file():
            old.unlink()
    for file in copy.iterdir():
        if file.suffix == ".sst":  # never changes, so a hard link is enough
            with contextlib.suppress(OSError):
                os.link(file, folder / file.name)
                continue
        write_durably(folder / file.name, file.read_bytes())
