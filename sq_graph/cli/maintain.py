"""The commands that maintain a map: fmt, sync, diff, load."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sq_graph.cli.options import Files, Workspace
from sq_graph.cli.output import progress, write

Check = Annotated[
    bool, typer.Option("--check", help="Change nothing; exit 1 if something would change.")
]


def fmt(
    files: Files = None,
    check: Check = False,
    syntax: Annotated[
        str,
        typer.Option(
            "--syntax",
            "--from",
            help="Their syntax: turtle, rdfxml, jsonld, ntriples, nquads, trig; functional, "
            "manchester, owlxml.",
        ),
    ] = "turtle",
    workspace: Workspace = None,
) -> None:
    """Write Turtle files in their one canonical form.

    Python: atlas.fmt(files, check).
    """
    from sq_graph.atlas.files import Files, layouts_of

    changed = Files(layouts_of(workspace)).fmt(files or (), check, syntax)
    for path in changed:
        write(
            f"{path}: {'is not in canonical form; run sq-graph fmt' if check else 'written anew'}\n"
        )
    raise typer.Exit(1 if check and changed else 0)


def sync(check: Check = False, workspace: Workspace = None) -> None:
    """Derive what is derived: root imports, catalogs, reference pages, verdicts.

    Python: atlas.sync(check).
    """
    from sq_graph.atlas.files import Files, layouts_of

    stale = Files(layouts_of(workspace)).sync(check)
    for one in stale:
        write(f"{one}\n")
    raise typer.Exit(1 if check and stale else 0)


def diff(
    before: Annotated[Path, typer.Argument(help="A Turtle file or a folder of them.")],
    after: Annotated[Path, typer.Argument(help="The same at another time.")],
) -> None:
    """Tell in words what differs between two maps, in axioms and in statements.

    Python: sq_graph.diff(before, after).
    """
    from sq_graph.turtle import diff as difference

    found = difference(before, after)
    write(f"{found or 'No difference: the same axioms and the same statements.'}\n")
    raise typer.Exit(1 if found else 0)


def load(
    store: Annotated[
        Path, typer.Option("--store", help="The folder of the store; made if it does not exist.")
    ],
    files: Annotated[
        list[Path] | None, typer.Argument(help="RDF files; the map itself if none.")
    ] = None,
    workspace: Workspace = None,
) -> None:
    """Load RDF files, or the whole map, into a store on disk, for millions of statements.

    Python: atlas.load(store, files).
    """
    from sq_graph.atlas.files import Files, layouts_of

    own = Files(layouts_of(workspace))
    with progress("Loading", len(files or own.listed_files())) as advance:
        count = own.load(store, files or (), advance)
    write(f"{count} statements in {store}\n")


COMMANDS = {"load": load, "fmt": fmt, "sync": sync, "diff": diff}
