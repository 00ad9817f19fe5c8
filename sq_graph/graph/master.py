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
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from sq_graph.errors import BadQuery, BrokenFile, EngineError
from sq_graph.graph.embedded import EmbeddedGraph, broken_query, broken_turtle, formats, to_term
from sq_graph.graph.terms import Term, Triple
from sq_graph.vocab import PREFIXES

_NOTE = "under-way"


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
        import pyoxigraph as ox

        self.folder, self.copies = folder, copies
        copies.mkdir(parents=True, exist_ok=True)
        note = copies / _NOTE
        if note.exists():
            kept = copies / note.read_text(encoding="utf-8")
            if (kept / "CURRENT").is_file():
                _make_equal(folder, kept)
            note.unlink()
        try:
            self.store = ox.Store(str(folder))
        except OSError as error:
            raise EngineError(
                f"the store cannot be opened for writing ({error})",
                str(folder),
                remedy="Stop the other program that writes to it, or check the folder",
            ) from None
        self.copy = self._copied()

    def begin(self) -> None:
        """Notes the state to which `give_up` returns."""
        part = self.copies / f"{_NOTE}.part"
        with part.open("w", encoding="utf-8") as file:
            file.write(self.copy.name)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.copies / _NOTE)

    def keep(self) -> Path:
        """Makes all since `begin` last, and returns the copy that shows it."""
        self.store.flush()
        self.copy = self._copied()
        (self.copies / _NOTE).unlink(missing_ok=True)
        return self.copy

    def give_up(self) -> None:
        """Returns to the state at `begin`."""
        import pyoxigraph as ox

        del self.store
        gc.collect()  # an error on its way may still hold the store by its frames
        _make_equal(self.folder, self.copy)
        self.store = ox.Store(str(self.folder))
        (self.copies / _NOTE).unlink(missing_ok=True)

    def forget(self, but: Collection[str]) -> None:
        """Removes all copies that are not in use."""
        for old in self.copies.iterdir():
            if old.is_dir() and old != self.copy and str(old) not in but:
                shutil.rmtree(old, ignore_errors=True)

    # ---- changes

    def update(self, text: str, base: str | None = None) -> None:
        """Carries a SPARQL update out, all of it or nothing; raises BadQuery if it is not valid."""
        try:
            self.store.update(text, base_iri=base, prefixes=PREFIXES)
        except SyntaxError as error:
            raise broken_query(error, text) from None
        except (ValueError, RuntimeError, OSError) as error:
            raise BadQuery(f"the update could not be carried out: {error}", remedy="Check the update") from None

    def has(self, graph: str | None) -> bool:
        """Whether a named graph exists, or the default graph holds anything."""
        if graph is not None:
            return bool(self.store.contains_named_graph(_name(graph)))
        return next(iter(self.store.quads_for_pattern(None, None, None, _name(None))), None) is not None

    def add(self, graph: str | None, data: bytes, form: str, base: str) -> None:
        """Adds RDF in one of the triples' `embedded.FORMS` to a graph; raises BrokenFile with its line."""
        name = _name(graph)
        if graph is not None:
            self.store.add_graph(name)
        try:
            self.store.load(data, format=formats()[form], base_iri=base, to_graph=name)
        except SyntaxError as error:
            raise broken_turtle(error, "body") from None
        except ValueError as error:
            raise BrokenFile(f"the body cannot be read ({error})", remedy="Send valid RDF") from None

    def remove(self, graph: str | None) -> None:
        """Takes a named graph away, or empties the default graph."""
        if graph is None:
            self.store.clear_graph(_name(None))
        else:
            self.store.remove_graph(_name(graph))

    # ---- a map's files

    def fill(self, graph: EmbeddedGraph, listed: Collection[str]) -> None:
        """Holds the named graphs of a graph in memory, with the union of those listed as default graph."""
        lines: list[bytes] = []
        for iri in graph.graphs():
            said = (graph.store.dump(format=formats()["ntriples"], from_graph=_name(iri)) or b"").splitlines()
            lines += [line[:-1] + f"<{iri}> .".encode() for line in said]
            lines += said if iri in listed else []
        self.store.clear()
        self.store.bulk_load(b"\n".join(lines), format=formats()["nquads"])

    def replace(self, texts: Mapping[str, bytes | None], listed: Collection[str]) -> None:
        """Puts Turtle texts in place of named graphs (None: takes one away); the default graph follows."""
        import pyoxigraph as ox

        copy = ox.Store.read_only(str(self.copy))
        before = {iri: _quads(copy, iri) for iri in texts}
        for iri, text in texts.items():
            self.remove(iri)
            if text is not None:
                self.add(iri, text, "turtle", iri)
        after = {iri: _quads(self.store, iri) for iri in texts}
        for iri in (iri for iri in texts if iri in listed):
            for triple in before[iri] - after[iri]:
                holders = self.store.quads_for_pattern(triple.subject, triple.predicate, triple.object)
                if not any(getattr(quad.graph_name, "value", "") in listed for quad in holders):
                    self.store.remove(ox.Quad(triple.subject, triple.predicate, triple.object))
        come = (triple for iri in texts if iri in listed for triple in after[iri] - before[iri])
        self.store.extend(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in come)

    # ---- what has changed

    def graphs(self) -> set[str]:
        """The IRIs of the named graphs."""
        return {name.value for name in self.store.named_graphs()}

    def triples(self, graph: str) -> list[tuple[str, str, str]]:
        """The triples of a named graph, each term in the notation of N-Triples."""
        quads = self.store.quads_for_pattern(None, None, None, _name(graph))
        return [(str(quad.subject), str(quad.predicate), str(quad.object)) for quad in quads]

    def changed_graphs(self, among: Collection[str] | None = None) -> set[str]:
        """The named graphs, among some or all, that hold something else than in the newest copy."""
        import pyoxigraph as ox

        before = ox.Store.read_only(str(self.copy))
        names = among if among is not None else self.graphs() | {name.value for name in before.named_graphs()}
        return {name for name in names if _lines(before, [name], None) != _lines(self.store, [name], None)}

    def difference(
        self, graphs: Collection[str | None] | None = None, subjects: Collection[str] | None = None
    ) -> tuple[tuple[Triple, ...], tuple[Triple, ...]]:
        """The triples that were removed and added since the newest copy, in whatever graph.

        Looks only at some graphs (None is the default one) and some subjects, if they are given.
        """
        import pyoxigraph as ox

        before = _lines(ox.Store.read_only(str(self.copy)), graphs, subjects)
        after = _lines(self.store, graphs, subjects)
        quads = formats()["nquads"]
        removed, added = (
            tuple(
                (_term(quad.subject), _term(quad.predicate), _term(quad.object))
                for quad in ox.parse(b"\n".join(sorted(lines)), format=quads)
            )
            for lines in (before - after, after - before)
        )
        return removed, added

    def _copied(self) -> Path:
        copy = self.copies / secrets.token_hex(8)  # never a name that a reader may have open
        self.store.backup(str(copy))
        return copy


def as_ntriples(body: bytes, form: str, base: str) -> bytes:
    """RDF in any of the triples' forms as N-Triples; raises BrokenFile if it cannot be read.

    The engine reads RDF/XML and JSON-LD with language tags in lower case.
    """
    import pyoxigraph as ox

    try:
        triples = list(ox.parse(body, format=formats()[form], base_iri=base, without_named_graphs=True))
        return ox.serialize(triples, format=formats()["ntriples"]) or b""
    except SyntaxError as error:
        raise broken_turtle(error, "body") from None
    except ValueError as error:
        raise BrokenFile(f"the body cannot be read ({error})", remedy="Send valid RDF") from None


def _quads(store: Any, graph: str) -> set[Any]:
    return {quad.triple for quad in store.quads_for_pattern(None, None, None, _name(graph))}


def _lines(store: Any, graphs: Collection[str | None] | None, subjects: Collection[str] | None) -> set[bytes]:
    import pyoxigraph as ox

    if subjects is not None:
        names: Sequence[Any] = [None] if graphs is None else [_name(graph) for graph in graphs]
        found = (
            quad
            for subject in subjects
            for name in names
            for quad in store.quads_for_pattern(ox.NamedNode(subject), None, None, name)
        )
        return {f"{quad} .".encode() for quad in found}
    if graphs is None:
        return set(store.dump(format=formats()["nquads"]).splitlines())
    dumped = (store.dump(format=formats()["ntriples"], from_graph=_name(graph)) for graph in graphs)
    return {line for dump in dumped for line in dump.splitlines()}


def _term(value: Any) -> Term:
    return to_term(value) or Term("literal", "")


def _name(graph: str | None) -> Any:
    import pyoxigraph as ox

    if graph is None:
        return ox.DefaultGraph()
    try:
        return ox.NamedNode(graph)
    except ValueError:
        raise BadQuery(f"{graph[:100]!r} is no absolute IRI", remedy="Name the graph by its whole IRI") from None


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
        with (folder / file.name).open("wb") as target:
            target.write(file.read_bytes())
            target.flush()
            os.fsync(target.fileno())
