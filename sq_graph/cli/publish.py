"""The commands that publish: export, serve, cite, recheck, push."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sq_graph.cli.options import LocalFiles, LocalMap, Map, OutputFormat, Store, Workspace
from sq_graph.cli.output import progress, show, write
from sq_graph.errors import InputError
from sq_graph.export import FORMS
from sq_graph.graph.sparql_limits import MEGABYTE
from sq_graph.web.settings import Settings

_Token = Annotated[str, typer.Option(envvar="SQ_GRAPH_TOKEN")]


def cite(
    atlas: LocalMap,
    answer: Path,
    *,
    form: Annotated[str, typer.Option("--form", "-f")] = "text",
    address: str = "",
) -> None:
    """Cite a saved answer, with the version and digest of the map that gave it.

    Python: answer.cite(form).

    Parameters:
        answer: An answer saved with ask … -f json.
        form: text, apa, chicago, bibtex or csl-json.
        address: The web address of the answer, to be cited.
    """
    write(_with_newline(atlas.saved(answer).cite(form, address)))


def recheck(atlas: LocalMap, answer: Path, *, form: OutputFormat = "table") -> None:
    """Ask a saved answer's question again: which rows are still true, changed, gone or new, and
    why.

    Python: atlas.recheck(answer).

    Parameters:
        answer: An answer saved with ask … -f json.
    """
    result = atlas.recheck(answer)
    show(result.table(), form)
    raise typer.Exit(0 if result.holds else 1)


def export(
    atlas: Map,
    form: Annotated[
        str, typer.Argument(metavar="FORMAT", help=f"{', '.join(FORMS)}, review, or site.")
    ],
    names: list[str] | None = None,
    *,
    output: Annotated[Path | None, typer.Option("--output", "-o")] = None,
    aspect: list[str] | None = None,
    paper: str = "a4",
    excel: bool = False,
) -> None:
    """Write the map, a comparison or a bibliography in another form, or a folder of them.

    Python: atlas.export(form, *names); sq_graph.export_site(atlas, folder).

    Parameters:
        names: The things to compare, or the works; for review and site, the folder.
        output: Write to this file instead of the screen.
        aspect: Compare by this aspect; may be given several times.
        paper: Paper size of a docx: a4 or letter.
        excel: Mark CSV as UTF-8 for Excel.
    """
    if form == "site":
        from sq_graph.web.pages.static_site import export_site

        if not names:
            remedy = "Name a folder: sq-graph export site DIR"
            raise InputError("the folder of the site is missing", remedy=remedy)
        with progress("Writing the site") as advance:
            count = export_site(atlas, Path(names[0]), progress=advance)
        advice = "Open index.html, or upload the folder to any web server."
        write(f"{names[0]} holds {count} files. {advice}\n")
        return
    content = atlas.export(form, *(names or ()), aspects=aspect or (), paper=paper, excel=excel)
    if output is not None:
        from sq_graph.turtle import replace_file

        replace_file(output, content)
    elif isinstance(content, bytes):
        raise InputError(f"{form} cannot be shown on a screen", remedy="Name a file with --output")
    else:
        write(_with_newline(content))


def _with_newline(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"


def serve(
    *,
    host: str = Settings.host,
    port: Annotated[int, typer.Option(min=0, max=65535)] = Settings.port,
    token: _Token = "",
    public_url: str = Settings.public_url,
    cors: list[str] | None = None,
    timeout: Annotated[float, typer.Option(min=0.1)] = Settings.timeout,
    memory: Annotated[int, typer.Option(min=16)] = Settings.memory // MEGABYTE,
    workers: Annotated[int, typer.Option(min=1)] = Settings.workers,
    log_queries: bool = Settings.log_queries,
    workspace: Workspace = None,
    store: Store = None,
) -> None:
    """Serve the pages and the SPARQL endpoint until stopped.

    Python: sq_graph.serve(host=…, port=…, workspace=…).

    Parameters:
        host: Address to listen on.
        port: Port to listen on.
        token: The token that writers must send; without one, only forms on this computer can write.
        public_url: The address that visitors see, its path included.
        cors: An origin whose pages may read answers; * for any.
        timeout: Time limit of a query or page, in seconds.
        memory: Memory limit of a query or page, in megabytes.
        workers: Number of worker processes.
        log_queries: Also log the text of queries.
    """
    options = locals() | {"cors": cors or ()}
    from sq_graph.web import serve as run

    run(**options)


def push(files: LocalFiles, *, endpoint: str, token: _Token = "") -> None:
    """Send the map's files, or a workspace's alone, to another engine, each as its named graph: all
    or nothing.

    Python: atlas.push(endpoint, token).

    Parameters:
        endpoint: The address at which the engine accepts updates.
        token: The token that the engine requires.
    """
    with progress("Sending"):
        count = files.push(endpoint, token)
    write(f"{count} graphs sent to {endpoint}\n")


def mcp(atlas: LocalMap, *, write_: bool = False) -> None:
    """Answer an assistant over the Model Context Protocol on standard input and output.

    Python: sq_graph.mcp.server(atlas, write).run().

    Parameters:
        write_: Let the assistant add drafts to the workspace.
    """
    from sq_graph.mcp import server

    server(atlas, write_).run()
