"""The commands that publish: export, serve, cite, recheck, push."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sq_graph.cli.options import Form, Map, Own, Store, Workspace
from sq_graph.cli.output import progress, show, write
from sq_graph.errors import InputError
from sq_graph.export import FORMS
from sq_graph.web.settings import MEGABYTE, Settings

Saved = Annotated[Path, typer.Argument(help="An answer saved with ask … -f json.")]


def cite(
    atlas: Own,
    answer: Saved,
    form: Annotated[
        str, typer.Option("--form", "-f", help="text, apa, chicago, bibtex or csl-json.")
    ] = "text",
    address: Annotated[str, typer.Option("--address", help="Where the answer can be read.")] = "",
) -> None:
    """Cite a saved answer, with the version and digest of the map that gave it.

    Python: answer.cite(form).
    """
    text = atlas.saved(answer).cite(form, address)
    write(text if text.endswith("\n") else text + "\n")


def recheck(atlas: Own, answer: Saved, form: Form = "table") -> None:
    """Ask a saved answer's question again: which rows are still true, changed, gone or new, and
    why.

    Python: atlas.recheck(answer).
    """
    found = atlas.recheck(answer)
    show(found.table(), form)
    raise typer.Exit(0 if found.holds else 1)


def export(
    atlas: Map,
    form: Annotated[
        str, typer.Argument(metavar="FORMAT", help=f"{', '.join(FORMS)}, review, or site.")
    ],
    names: Annotated[
        list[str] | None,
        typer.Argument(help="What to compare, or which works; for review and site, the folder."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file, in place of the screen.")
    ] = None,
    aspect: Annotated[
        list[str] | None,
        typer.Option("--aspect", help="Compare by this aspect; may be given several times."),
    ] = None,
    paper: Annotated[str, typer.Option("--paper", help="Of a docx: a4 or letter.")] = "a4",
    excel: Annotated[
        bool, typer.Option("--excel", help="Begin CSV with the mark by which Excel knows UTF-8.")
    ] = False,
) -> None:
    """Write the map, a comparison or a bibliography in another form; review DIR and site DIR.

    Python: atlas.export(form, *names); sq_graph.export_site(atlas, folder).
    """
    if form == "site":
        from sq_graph.web.pages.plain import export_site

        if not names:
            raise InputError(
                "it is not said where", remedy="Name a folder: sq-graph export site DIR"
            )
        with progress("Writing the site") as advance:
            count = export_site(atlas, Path(names[0]), progress=advance)
        write(
            f"{names[0]} holds {count} files. Open index.html, or put the folder on any web "
            "space.\n"
        )
        return
    content = atlas.export(form, *(names or ()), aspects=aspect or (), paper=paper, excel=excel)
    if output is not None:
        from sq_graph.turtle import replace_file

        replace_file(output, content)
    elif isinstance(content, bytes):
        raise InputError(f"{form} cannot be shown on a screen", remedy="Name a file with --output")
    else:
        write(content if content.endswith("\n") else f"{content}\n")


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = Settings.host,
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65535)] = Settings.port,
    token: Annotated[
        str,
        typer.Option(envvar="SQ_GRAPH_TOKEN", help="What writers send; none: nobody writes."),
    ] = "",
    public_url: Annotated[
        str,
        typer.Option("--public-url", help="The address that visitors see, its path included."),
    ] = Settings.public_url,
    cors: Annotated[
        list[str] | None,
        typer.Option("--cors", help="An origin whose pages may read answers; * for all."),
    ] = None,
    timeout: Annotated[
        float, typer.Option(help="Seconds until a query or a page is stopped.", min=0.1)
    ] = Settings.timeout,
    memory: Annotated[
        int, typer.Option(help="Megabytes that a query or a page may use.", min=16)
    ] = Settings.memory // MEGABYTE,
    workers: Annotated[
        int, typer.Option(help="Processes that wait for queries.", min=1)
    ] = Settings.workers,
    log_queries: Annotated[
        bool, typer.Option("--log-queries", help="Log the text of queries too.")
    ] = Settings.log_queries,
    workspace: Workspace = None,
    store: Store = None,
) -> None:
    """Serve the page and the SPARQL endpoint until stopped.

    Python: sq_graph.serve(host=…, port=…, workspace=…).
    """
    from sq_graph.web import serve as run

    run(
        host=host,
        port=port,
        token=token,
        public_url=public_url,
        cors=cors or (),
        timeout=timeout,
        memory=memory,
        workers=workers,
        log_queries=log_queries,
        workspace=workspace,
        store=store,
    )


def push(
    endpoint: Annotated[
        str, typer.Option("--endpoint", help="The address where the engine takes updates.")
    ],
    token: Annotated[
        str, typer.Option(envvar="SQ_GRAPH_TOKEN", help="What the engine asks of writers.")
    ] = "",
    workspace: Workspace = None,
) -> None:
    """Send the map's files, or a workspace's alone, to another engine, each as its named graph: all
    or nothing.

    Python: atlas.push(endpoint, token).
    """
    from sq_graph.atlas.files import Files, layouts_of

    with progress("Sending"):
        count = Files(layouts_of(workspace)).push(endpoint, token)
    write(f"{count} graphs sent to {endpoint}\n")


def mcp(
    atlas: Own,
    write_drafts: Annotated[
        bool, typer.Option("--write", help="Let the assistant add drafts to the workspace.")
    ] = False,
) -> None:
    """Answer an assistant over the Model Context Protocol on standard input and output.

    Python: sq_graph.mcp.server(atlas, write).run().
    """
    from sq_graph.mcp import server

    server(atlas, write_drafts).run()


COMMANDS = {
    "export": export,
    "serve": serve,
    "cite": cite,
    "recheck": recheck,
    "push": push,
    "mcp": mcp,
}
