"""Writing to a workspace through the endpoint: a named graph is a file, and the files are the master copy.

What an update does is found out by the engine, told in the exact words of file and update, tried against the
shapes, and then written: all files or none. The default graph shows all files at once and is not writable.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import cast

from sq_graph.check import Change, guard, shapes_of
from sq_graph.errors import InputError
from sq_graph.graph import EmbeddedGraph
from sq_graph.graph.change import FileChange
from sq_graph.graph.embedded import load_files
from sq_graph.graph.files import Transaction, recover
from sq_graph.graph.layout import Layout, MapFile, packaged, workspace
from sq_graph.graph.master import Master, as_ntriples
from sq_graph.graph.updates import targets
from sq_graph.turtle import Triple, read, written
from sq_graph.web.exact import forms_in, forms_of, told
from sq_graph.web.store_writer import refuse

Texts = dict[str, bytes | None]
"""A graph's IRI → the new text of its file, or None where it goes."""


class ReadOnly(InputError):
    """A graph that is no file of the workspace."""


class MapWriter:
    """The packaged map with workspaces over it, the last of which takes the writes."""

    def __init__(self, folders: Sequence[Path], place: Path) -> None:
        self.layouts = [packaged(), *(workspace(folder) for folder in folders)]
        self.writable: Layout | None = self.layouts[-1] if folders else None
        self.master = Master(place / "store", place / "copies")
        self.seen: dict[Path, tuple[int, int]] = {}
        self._load()

    @property
    def copy(self) -> Path:
        """The newest frozen copy, for those who read."""
        return self.master.copy

    def update(self, text: str, base: str) -> bool:
        """Carries an update out on files; raises BadQuery, ReadOnly or FindingsError and then changes nothing."""
        where = targets(text, base)
        if where.default:
            raise ReadOnly(
                "the default graph of a map is not writable, since it shows all files at once",
                remedy="Name the file that shall change: GRAPH <…> { … }",
            )
        for iri in where.graphs:
            self._path(iri)

        def texts() -> Texts:
            before = set(self.graph.graphs())
            self.master.update(text, base)
            after = set(self.master.graphs())
            touched = {*self.master.changed_graphs(None if where.anywhere else where.graphs), *(before ^ after)}
            said = {} if where.subjects else forms_of(read(kept).triples for kept in self._own_texts())
            said |= forms_in(text)
            return {iri: self._told(iri, said) if iri in after else None for iri in touched}

        return self._change(texts)

    def put(self, graph: str | None, bodies: Sequence[tuple[str, bytes]], base: str, replace: bool) -> bool:
        """Puts RDF into a file, in place of what is there or beside it; True if the file is new."""
        iri = self._named(graph)
        old = self.graph.text(iri)

        def texts() -> Texts:
            kept = read(old) if old and not replace else read("")
            triples, prefixes = set(kept.triples), dict(kept.prefixes)
            for number, (form, body) in enumerate(bodies):
                document = read(_turtle(body, form, iri), "body")
                triples |= {_apart(triple, number) for triple in document.triples}
                prefixes |= document.prefixes
            return {iri: written(triples, prefixes).encode()}

        self._change(texts)
        return old is None

    def delete(self, graph: str | None) -> bool:
        """Takes a file away; False if there is none."""
        iri = self._named(graph)
        return self.graph.text(iri) is not None and self._change(lambda: {iri: None})

    def look(self) -> bool:
        """Whether somebody else has changed the workspace's files; if so, they are read again."""
        if self._signature() == self.seen:
            return False
        self._load()
        return True

    def forget(self, in_use: Collection[str]) -> None:
        """Removes the copies that nobody reads any more."""
        self.master.forget(in_use)

    # ---- one change

    def _change(self, texts: Callable[[], Texts]) -> bool:
        """Finds out the new texts, tries them against the shapes, writes them; or leaves all as it was."""
        assert self.writable is not None
        change: FileChange | None = None
        try:
            with Transaction(self.writable.root) as files:
                if self._signature() != self.seen:
                    self._load()  # somebody else has changed the files
                self.master.begin()
                new = texts()
                paths = {iri: self._path(iri) for iri in new}
                tried = FileChange(self.graph, {iri: (new[iri], self._is_listed(iri)) for iri in new})
                refuse(guard(self.graph, cast(Change, tried), self.shapes))
                change = tried
                for iri, path in paths.items():
                    text = new[iri]
                    files.delete(path) if text is None else files.write(path, text)
                self.master.replace(new, {iri for iri in new if self._is_listed(iri)} | self._listed())
        except BaseException:
            if change:
                change.undo()
            self.master.give_up()
            raise
        self.seen = self._signature()
        self.master.keep()
        return True

    def _told(self, iri: str, said: Mapping[str, str]) -> bytes:
        """The text of a file after an update, with every literal as it was written."""
        old = read(self.graph.text(iri) or b"")
        prefixes = dict(old.prefixes)
        return written(set(told(old.triples, self.master.triples(iri), said)), prefixes).encode()

    # ---- files and graphs

    def _load(self) -> None:
        """Reads all files, and shows them to the readers."""
        for layout in self.layouts[1:]:
            recover(layout.root)
        seen = self._signature()
        graph = EmbeddedGraph()
        load_files(graph, ((file.path, file.iri, file.listed) for file in self._files()))
        self.shapes = shapes_of(self.layouts, graph)
        self.graph, self.seen = graph, seen
        self.master.fill(graph, self._listed())
        self.master.keep()

    def _files(self) -> Iterable[MapFile]:
        return (file for layout in self.layouts for file in layout.files())

    def _listed(self) -> set[str]:
        return {file.iri for file in self._files() if file.listed}

    def _signature(self) -> dict[Path, tuple[int, int]]:
        found = {file.path: file.path.stat() for layout in self.layouts[1:] for file in layout.files()}
        return {path: (stat.st_mtime_ns, stat.st_size) for path, stat in found.items()}

    def _own_texts(self) -> Iterable[bytes]:
        """The texts of the workspace that takes the writes."""
        files = self.writable.files() if self.writable else ()
        return (text for file in files if (text := self.graph.text(file.iri)) is not None)

    def _named(self, graph: str | None) -> str:
        if graph is None:
            raise ReadOnly(
                "the default graph of a map is not writable, since it shows all files at once",
                remedy="Name a file of the workspace as the graph",
            )
        self._path(graph)
        return graph

    def _path(self, iri: str) -> Path:
        """The file of a graph; raises ReadOnly if it is none of the workspace's."""
        path = self.writable.path_of(iri) if self.writable else None
        if path is None:
            base = f"Its files are named {self.writable.base}…" if self.writable else "Serve a workspace to write"
            raise ReadOnly(f"<{iri}> is no file of a workspace that may be written", remedy=base)
        return path

    def _is_listed(self, iri: str) -> bool:
        return self.writable is not None and self.writable.is_listed(self._path(iri))


def _turtle(body: bytes, form: str, base: str) -> bytes:
    """A body as Turtle whose relative IRIs are read against the graph's."""
    text = body if form in ("turtle", "ntriples") else as_ntriples(body, form, base)
    return f"@base <{base}> . ".encode() + text.removeprefix(codecs.BOM_UTF8)


def _apart(triple: Triple, number: int) -> Triple:
    """Keeps the blank nodes of one body apart from those of the file and of other bodies."""
    subject, predicate, value = (f"{term}b{number}" if term.startswith("_:") else term for term in triple)
    return subject, predicate, value
