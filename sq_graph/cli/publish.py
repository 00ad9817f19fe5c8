"""The commands that publish: cite, recheck, and those that serve and export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sq_graph.cli.output import Form, Store, Workspace, open_atlas, show, write

Saved = Annotated[Path, typer.Argument(help="An answer saved with ask … -f json.")]


def cite(
    answer: Saved,
    form: Annotated[str, typer.Option("--form", "-f", help="text, bibtex or csl-json.")] = "text",
    workspace: Workspace = None,
) -> None:
    """Cite a saved answer, with the version and digest of the map that gave it.

    Python: answer.cite(form).
    """
    text = open_atlas(workspace).saved(answer).cite(form)
    write(text if text.endswith("\n") else text + "\n")


def recheck(answer: Saved, form: Form = "table", workspace: Workspace = None) -> None:
    """Ask a saved answer's question again: which rows are still true, changed, gone or new, and why.

    Python: atlas.recheck(answer).
    """
    atlas = open_atlas(workspace)
    found = atlas.recheck(atlas.saved(answer))
    show(found.table(), form)
    raise typer.Exit(0 if found.holds else 1)


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65535)] = 8890,
    token: Annotated[
        str, typer.Option(envvar="SQ_GRAPH_TOKEN", help="What writers must show; none: nobody writes.")
    ] = "",
    public_url: Annotated[str, typer.Option("--public-url", help="The address that outsiders see.")] = "",
    workspace: Workspace = None,
    store: Store = None,
) -> None:
    """Serve the page and the SPARQL endpoint until stopped.

    Python: sq_graph.web.serve(settings).
    """
    from sq_graph.graph.layout import found_workspace
    from sq_graph.web import serve as run
    from sq_graph.web.settings import Settings

    folder = workspace or found_workspace()
    folders = (folder,) if folder else ()
    run(Settings(host=host, port=port, folders=folders, store=store, token=token, public_url=public_url))


COMMANDS = {"serve": serve, "cite": cite, "recheck": recheck}
