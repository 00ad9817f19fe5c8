"""The commands that maintain a map: fmt, sync, diff, load."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sq_graph.cli.options import LocalFiles, TurtleFiles
from sq_graph.cli.output import progress, write, write_lines
from sq_graph.resources import display_path


def fmt(
    map_files: LocalFiles,
    files: TurtleFiles = None,
    *,
    check: bool = False,
    syntax: Annotated[str, typer.Option("--syntax", "--from")] = "turtle",
) -> None:
    """Rewrite Turtle files in canonical form.

    Python: atlas.fmt(files, check).

    Parameters:
        check: Change nothing; exit 1 if something would change.
        syntax: The syntax of the files: turtle, rdfxml, jsonld, ntriples, nquads, trig; functional,
            manchester, owlxml.
    """
    changed = map_files.fmt(files or (), check, syntax)
    message = "is not in canonical form; run sq-graph fmt" if check else "was rewritten"
    write_lines(f"{display_path(path)}: {message}" for path in changed)
    raise typer.Exit(1 if check and changed else 0)


def sync(map_files: LocalFiles, *, check: bool = False) -> None:
    """Write the derived files: root imports, catalogs, reference pages, verdicts.

    Python: atlas.sync(check).

    Parameters:
        check: Change nothing; exit 1 if something would change.
    """
    stale = map_files.sync(check)
    write_lines(map(str, stale))
    raise typer.Exit(1 if check and stale else 0)


def diff(before: Path, after: Path) -> None:
    """Describe the differences between two maps, in axioms and in statements.

    Python: sq_graph.diff(before, after).

    Parameters:
        before: A Turtle file or a folder of them.
        after: Another version of it.
    """
    from sq_graph.turtle import diff as compare

    differences = compare(before, after)
    write(f"{differences or 'No difference: the same axioms and the same statements.'}\n")
    raise typer.Exit(1 if differences else 0)


def load(map_files: LocalFiles, files: list[Path] | None = None, *, store: Path) -> None:
    """Load RDF files, or the whole map, into a store on disk, for millions of statements.

    Python: atlas.load(store, files).

    Parameters:
        files: RDF files; by default, the files of the map.
        store: The folder of the store, created if it does not exist.
    """
    with progress("Loading", len(files or map_files.listed_files())) as advance:
        count = map_files.load(store, files or (), advance)
    write(f"{count} statements in {store}\n")
