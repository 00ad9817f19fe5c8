"""The commands that publish: serve, cite, recheck, push."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from sq_graph.cli.output import Form, Store, Workspace, open_atlas, progress, show, write

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
    timeout: Annotated[float, typer.Option(help="Seconds until a query is stopped.", min=0.1)] = 10,
    memory: Annotated[int, typer.Option(help="Megabytes that a query may need.", min=16)] = 512,
    workers: Annotated[int, typer.Option(help="Processes that answer queries; 0: by the machine.", min=0)] = 0,
    log_queries: Annotated[bool, typer.Option("--log-queries", help="Log the text of queries too.")] = False,
    workspace: Workspace = None,
    store: Store = None,
) -> None:
    """Serve the page and the SPARQL endpoint until stopped.

    Python: sq_graph.web.serve(settings).
    """
    from sq_graph.graph.layout import found_workspace
    from sq_graph.web import serve as run
    from sq_graph.web.settings import MEGABYTE, Settings

    folder = workspace or found_workspace()
    folders = (folder,) if folder else ()
    settings = Settings(host, port, folders, store, token, public_url, log_queries, timeout=timeout)
    run(replace(settings, memory=memory * MEGABYTE, workers=workers or settings.workers))


def push(
    endpoint: Annotated[str, typer.Option("--endpoint", help="The address where the engine takes updates.")],
    token: Annotated[str, typer.Option(envvar="SQ_GRAPH_TOKEN", help="What the engine asks of writers.")] = "",
    workspace: Workspace = None,
) -> None:
    """Send the map's files, or a workspace's alone, to another engine, each as its named graph: all or nothing.

    Python: sq_graph.export.push.push(layout, endpoint, token).
    """
    from sq_graph.atlas import own_layout
    from sq_graph.export.push import push as send

    with progress("Sending"):
        count = send(own_layout(workspace), endpoint, token)
    write(f"{count} graphs sent to {endpoint}\n")


COMMANDS = {"serve": serve, "cite": cite, "recheck": recheck, "push": push}
