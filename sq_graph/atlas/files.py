"""The files of a map: creating, formatting, synchronising, loading and sending them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sq_graph.graph.layout import Layout, current_workspace, packaged, workspace

if TYPE_CHECKING:
    from sq_graph.sync import Stale


class Files:
    """The files of the workspace opened last, or of the packaged map, and what to do with them."""

    def __init__(self, layouts: Sequence[Layout]) -> None:
        self.layouts = tuple(layouts)

    def new(self, kind: str, slug: str) -> Path:
        """Creates a file from the skeleton of a kind, with placeholders ‹…› to fill in; returns its
        path.

        Parameters:
            kind: work, agent, concept, definition, claim, typology, alignment, disagreement,
                example, model, open-question, position, aspect, or question and rule (SPARQL files)
                and shape.
            slug: its name, in lower-case letters, digits and hyphens.

        Raises UnknownName for another kind, and InputError for a bad slug, a file that exists, or
        no workspace.
        """
        from sq_graph.importers.workspace import write_skeleton

        return write_skeleton(self.layouts[-1], kind, slug)

    def fmt(
        self, files: Iterable[str | Path] = (), check: bool = False, syntax: str = "turtle"
    ) -> list[Path]:
        """Rewrites Turtle files in canonical form; returns those that were not in it.

        Parameters:
            files: files and folders; by default, all of the map.
            check: change nothing.
            syntax: the syntax of the files: turtle, rdfxml, jsonld, ntriples, nquads, trig,
                functional, manchester or owlxml.

        Raises BrokenFile for a file that cannot be read, before anything is written, and
        MissingDependency if the syntax of OWL files needs the reasoner.
        """
        from sq_graph.rdf_syntax import OWL_SYNTAXES
        from sq_graph.reason.conversion import to_rdfxml
        from sq_graph.turtle import format_files

        layout = self.layouts[-1]
        map_files = [file.path for file in layout.files()]
        among = {file.path for source in (packaged(), layout) for file in source.files()}
        paths = list(map(Path, files)) or [*map_files, *layout.shapes()]
        if syntax in OWL_SYNTAXES:
            return format_files(paths, check, "rdfxml", among, partial(to_rdfxml, syntax))
        return format_files(paths, check, syntax, among)

    def sync(self, check: bool = False) -> list[Stale]:
        """Updates the derived files (imports, catalogs, reference pages, verdicts); returns those
        that were out of date.

        With `check` nothing is written. Raises MissingDependency if the reasoner is needed and
        absent.
        """
        from sq_graph.sync import sync

        return sync(self.layouts[-1].root, check)

    def load(
        self,
        store: str | Path,
        files: Sequence[str | Path] = (),
        progress: Callable[[], None] = lambda: None,
    ) -> int:
        """Loads RDF files, or the map itself, into a store on disk; returns the number of
        statements in it.

        Parameters:
            store: the folder of the store; created if it does not exist.
            files: RDF files; by default, the listed files of the map. Files that were loaded before
                and have not changed are skipped.
            progress: called after each file.

        Raises BrokenFile for a file that cannot be read or parsed, with its line.
        """
        from sq_graph.graph import load_store

        sources = [(Path(path), Path(path).resolve().as_uri()) for path in files]
        return load_store(Path(store), sources or self.listed_files(), progress)

    def push(self, endpoint: str, token: str = "") -> int:
        """Sends the files of the workspace, or of the packaged map, to another engine, all or
        nothing.

        Parameters:
            endpoint: the address at which the engine accepts updates.
            token: the token that the engine requires.

        Returns the number of graphs sent; raises EngineError if the engine does not answer or
        refuses.
        """
        from sq_graph.export.push import push

        return push(self.layouts[-1], endpoint, token)

    def listed_files(self) -> list[tuple[Path, str]]:
        """The files in the default view, each with its IRI."""
        files = [file for layout in self.layouts for file in layout.files()]
        return [(file.path, file.iri) for file in files if file.listed]


def layouts_of(*folders: Path | None) -> list[Layout]:
    """The packaged map and the workspaces named, or else the one in the current folder."""
    paths = filter(None, (*folders, None if any(folders) else current_workspace()))
    return [packaged(), *map(workspace, paths)]
