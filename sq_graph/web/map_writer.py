"""Writing to a workspace through the endpoint: `atlas.edit()` by another door. A named graph is a file.

What an update does is found out by the engine and told in the exact words of file and update; the edit then tries it
against the shapes and writes all files or none. The default graph shows all files at once and is not writable.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from sq_graph.atlas import Atlas
from sq_graph.graph import EmbeddedGraph
from sq_graph.graph.embedded import load_files
from sq_graph.graph.engine import rewritten
from sq_graph.graph.files import recover
from sq_graph.graph.layout import packaged, workspace
from sq_graph.graph.master import Master
from sq_graph.graph.updates import targets
from sq_graph.turtle import Triple, read, written
from sq_graph.web.exact import forms_in, forms_of, told
from sq_graph.web.job import ReadOnly

Texts = dict[str, bytes | None]
"""A graph's IRI → the new text of its file, or None where it goes."""


class MapWriter:
    """The packaged map with workspaces over it, the last of which takes the writes."""

    def __init__(self, folders: Sequence[Path], place: Path) -> None:
        self.layouts = [packaged(), *(workspace(folder) for folder in folders)]
        self.layout = self.layouts[-1] if folders else None
        for layout in self.layouts[1:]:
            recover(layout.root)
        self.graph = EmbeddedGraph()
        self.seen = self._signature()
        files = (file for layout in self.layouts for file in layout.files())
        load_files(self.graph, ((file.path, file.iri, file.listed) for file in files))
        self.atlas = Atlas(self.graph, self.layouts)
        self.master = Master(place / "store", place / "copies")
        self.master.fill(self.graph)
        self.master.keep()

    @property
    def copy(self) -> Path:
        """The newest frozen copy, for those who read."""
        return self.master.copy

    def update(self, text: str, base: str) -> bool:
        """Carries an update out on files; raises BadQuery, ReadOnly or FindingsError and then changes nothing."""
        where = targets(text, base)
        if where.default:
            raise _not_the_default()
        for iri in where.graphs:
            self._path(iri)

        def texts() -> Texts:
            before = self.master.graphs()
            self.master.update(text, base)
            after = self.master.graphs()
            touched = self.master.changed_graphs(None if where.anywhere else where.graphs) | (
                before ^ after
            )
            said = (
                {}
                if where.subjects
                else forms_of(self._said(iri) for iri in self.graph.texts(self._base()))
            )
            said |= forms_in(text)
            return {iri: self._told(iri, said) if iri in after else None for iri in touched}

        return self._change(texts)

    def put(
        self, graph: str | None, bodies: Sequence[tuple[str, bytes]], base: str, replace: bool
    ) -> bool:
        """Puts RDF into a file, in place of what is there or beside it; True if the file is new."""
        iri = self._named(graph)
        is_new = True

        def texts() -> Texts:
            nonlocal is_new
            old = self.graph.text(iri)
            is_new = old is None
            kept = read(b"" if replace else old or b"")
            triples, prefixes = set(kept.triples), dict(kept.prefixes)
            for number, (form, body) in enumerate(bodies):
                document = read(_turtle(body, form, iri), "body")
                triples |= {_apart(triple, number) for triple in document.triples}
                prefixes |= document.prefixes
            return {iri: written(triples, prefixes).encode()}

        self._change(texts)
        return is_new

    def delete(self, graph: str | None) -> bool:
        """Takes a file away; False if there is none."""
        iri = self._named(graph)
        existed = False

        def texts() -> Texts:
            nonlocal existed
            existed = self.graph.text(iri) is not None
            return {iri: None} if existed else {}

        self._change(texts)
        return existed

    def look(self) -> bool:
        """Whether somebody else has changed the workspace's files; if so, their changes are read."""
        return self._signature() != self.seen and self._change(dict)

    def forget(self, in_use: Collection[str]) -> None:
        """Removes the copies that nobody reads any more."""
        self.master.forget(in_use)

    # ---- one change

    def _change(self, texts: Callable[[], Texts]) -> bool:
        """Finds out the new texts and keeps them by an edit; or leaves all as it was."""
        try:
            with self.atlas.edit() as edit:
                self.master.begin()
                self._catch_up()
                new = texts()
                for iri, text in new.items():
                    self._path(iri)
                    edit.put(iri, text)
                self.master.replace(new, self._listed(new))
        except BaseException:
            self.master.give_up()
            raise
        self.seen = self._signature()
        self.master.keep()
        return True

    def _catch_up(self) -> None:
        """Lets the readers' store follow what others wrote, which the edit has read on its way in."""
        now = self._signature()
        changed = {path for path in {*now, *self.seen} if now.get(path) != self.seen.get(path)}
        if changed and self.layout:
            iris = [self.layout.iri_of(path) for path in changed]
            self.master.replace({iri: self.graph.text(iri) for iri in iris}, self._listed(iris))
            self.master.keep()
            self.master.begin()
            self.seen = now

    def _told(self, iri: str, said: dict[str, str]) -> bytes:
        """The text of a file after an update, with every literal as it was written."""
        old = read(self.graph.text(iri) or b"")
        return written(
            set(told(old.triples, self.master.triples(iri), said)), old.prefixes
        ).encode()

    def _said(self, iri: str) -> Collection[Triple]:
        return read(self.graph.text(iri) or b"").triples

    # ---- files and graphs

    def _base(self) -> str:
        return self.layout.base if self.layout else ""

    def _listed(self, more: Collection[str] = ()) -> set[str]:
        """The files in the default view, new ones among `more` included."""
        known = {file.iri for layout in self.layouts for file in layout.files() if file.listed}
        return known | {
            iri for iri in more if self.layout and self.layout.is_listed(self._path(iri))
        }

    def _signature(self) -> dict[Path, tuple[int, int]]:
        found = {file.path: file.path.stat() for file in self.layout.files()} if self.layout else {}
        return {path: (stat.st_mtime_ns, stat.st_size) for path, stat in found.items()}

    def _named(self, graph: str | None) -> str:
        if graph is None:
            raise _not_the_default()
        self._path(graph)
        return graph

    def _path(self, iri: str) -> Path:
        """The file of a graph; raises ReadOnly if it is none of the workspace's."""
        path = self.layout.path_of(iri) if self.layout else None
        if path is None:
            base = (
                f"Its files are named {self._base()}…"
                if self.layout
                else "Serve a workspace to write"
            )
            raise ReadOnly(f"<{iri}> is no file of a workspace that may be written", remedy=base)
        return path


def _not_the_default() -> ReadOnly:
    return ReadOnly(
        "the default graph of a map is not writable, since it shows all files at once",
        remedy="Name the file that shall change: GRAPH <…> { … }, or graph=…",
    )


def _turtle(body: bytes, form: str, base: str) -> bytes:
    """A body as Turtle whose relative IRIs are read against the graph's."""
    text = body if form in ("turtle", "ntriples") else rewritten(body, form, "ntriples", base)
    return f"@base <{base}> . ".encode() + text.removeprefix(codecs.BOM_UTF8)


def _apart(triple: Triple, number: int) -> Triple:
    """Keeps the blank nodes of one body apart from those of the file and of other bodies."""
    subject, predicate, value = (
        f"{term}b{number}" if term.startswith("_:") else term for term in triple
    )
    return subject, predicate, value
