"""The commands that maintain a map: fmt, sync, diff, load."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sq_graph.cli.output import Files, Workspace, progress, write

Check = Annotated[
    bool, typer.Option("--check", help="Change nothing; exit 1 if something would change.")
]


def fmt(
    files: Files = None,
    check: Check = False,
    form: Annotated[
        str,
        typer.Option(
            "--from",
            help="Their syntax: turtle, rdfxml, jsonld, ntriples, nquads, trig; functional, manchester, owlxml.",
        ),
    ] = "turtle",
    workspace: Workspace = None,
) -> None:
    """Write Turtle files in their one canonical form.

    Python: sq_graph.turtle.format_files(paths).
    """
    from functools import partial

    from sq_graph.atlas import own_layout
    from sq_graph.graph.layout import packaged
    from sq_graph.rdf_syntax import OWL_SYNTAXES
    from sq_graph.reason.conversion import to_rdfxml
    from sq_graph.turtle import format_files

    layout = own_layout(workspace)
    own = [file.path for file in layout.files()]
    among = {file.path for one in (packaged(), layout) for file in one.files()}
    chosen = files or [*own, *layout.shapes()]
    if form in OWL_SYNTAXES:
        changed = format_files(chosen, check, "rdfxml", among, partial(to_rdfxml, form))
    else:
        changed = format_files(chosen, check, form, among)
    for path in changed:
        write(
            f"{path}: {'is not in canonical form; run sq-graph fmt' if check else 'written anew'}\n"
        )
    raise typer.Exit(1 if check and changed else 0)


def sync(check: Check = False, workspace: Workspace = None) -> None:
    """Derive what is derived: root imports, catalogs, reference pages, verdicts.

    Python: sq_graph.sync.sync(folder).
    """
    from sq_graph.atlas import own_layout
    from sq_graph.sync import sync as derive

    stale = derive(own_layout(workspace).root, check=check)
    for one in stale:
        write(f"{one}\n")
    raise typer.Exit(1 if check and stale else 0)


def diff(
    before: Annotated[Path, typer.Argument(help="A Turtle file or a folder of them.")],
    after: Annotated[Path, typer.Argument(help="The same at another time.")],
) -> None:
    """Tell in words what differs between two maps, in axioms and in statements.

    Python: sq_graph.turtle.diff(before, after).
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

    Python: sq_graph.graph.load_store(folder, files).
    """
    from sq_graph.atlas import files_of
    from sq_graph.graph import load_store

    chosen = [(path, path.resolve().as_uri()) for path in files or ()] or files_of(workspace)
    with progress("Loading", len(chosen)) as advance:
        count = load_store(store, chosen, advance)
    write(f"{count} statements in {store}\n")


COMMANDS = {"load": load, "fmt": fmt, "sync": sync, "diff": diff}
