"""What all commands share: options, opening the map, writing to the screen."""

from __future__ import annotations

import inspect
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from sq_graph.errors import InputError
from sq_graph.table import Table

if TYPE_CHECKING:
    from sq_graph.atlas import Atlas

    Map: TypeAlias = Atlas
    Own: TypeAlias = Atlas
else:
    Map, Own = "any map", "the packaged map or a workspace"

Form = Annotated[
    str, typer.Option("--form", "-f", help="How to write it: table, csv, json, md, tex or html.")
]
Workspace = Annotated[
    Path | None,
    typer.Option("--workspace", help="A folder of your own, read over the packaged map."),
]
Store = Annotated[
    Path | None, typer.Option("--store", help="A store on disk, in place of the files.")
]
Endpoint = Annotated[
    str | None,
    typer.Option("--endpoint", help="The address of a SPARQL engine, in place of the files."),
]
Files = Annotated[
    list[Path] | None, typer.Argument(help="Turtle files; all of the map or workspace if none.")
]
Names = Annotated[list[str], typer.Argument(help="Slugs, labels or IRIs of things.")]


def open_atlas(
    workspace: Path | None = None, store: Path | None = None, endpoint: str | None = None
) -> Atlas:
    """The map that the common options name."""
    from sq_graph.atlas import open as open_map

    folders = [workspace] if workspace else []
    atlas = open_map(*folders, store=store, endpoint=endpoint)
    sys.stderr.write("".join(f"{notice}\n" for notice in atlas.notices))
    return atlas


def expanded(function: Callable[..., None]) -> Callable[..., None]:
    """A function as a command: for its `atlas` come options that name a map, all of them for a
    `Map`, not for `Own`.
    """
    signature = inspect.signature(function, eval_str=True)
    atlas = signature.parameters.get("atlas")
    if atlas is None:
        return function
    named = {"workspace": Workspace} | (
        {"store": Store, "endpoint": Endpoint} if atlas.annotation == Map else {}
    )

    def run(**given: Any) -> None:
        opened = open_atlas(**{name: given.pop(name) for name in named})
        function(atlas=opened, **given)

    kind = inspect.Parameter.KEYWORD_ONLY
    own = [one.replace(kind=kind) for one in signature.parameters.values() if one is not atlas]
    options = [
        inspect.Parameter(name, kind, default=None, annotation=one) for name, one in named.items()
    ]
    run.__signature__ = inspect.Signature([*own, *options])  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in (*own, *options)}
    run.__doc__ = function.__doc__
    return run


def show(table: Table, form: str) -> None:
    """Writes a table to standard output in the form asked for; raises InputError for a form that
    there is not.
    """
    write(table.render(form, screen_width(), sys.stdout.isatty() and "NO_COLOR" not in os.environ))


def write(text: str) -> None:
    """Writes a text to standard output as UTF-8, whatever the locale."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()


def write_picture(svg: str, form: str) -> None:
    """Writes a picture to standard output as svg, png or pdf; raises InputError for bytes on a
    terminal.
    """
    if form == "svg":
        write(svg + "\n")
        return
    if sys.stdout.isatty():
        raise InputError(
            f"a {form.upper()} is no text for a terminal",
            remedy=f"Send it to a file with > picture.{form}",
        )
    from sq_graph.pictures import conversion

    sys.stdout.buffer.write(conversion.png(svg) if form == "png" else conversion.pdf(svg))


def screen_width() -> int:
    """The columns of the terminal; 120 where the output goes elsewhere."""
    return (
        shutil.get_terminal_size((120, 40)).columns
        if sys.stdout.isatty() or "COLUMNS" in os.environ
        else 120
    )


@contextmanager
def progress(title: str, total: int | None = None) -> Iterator[Callable[..., None]]:
    """A progress bar on standard error, for a terminal only; yields the function that advances it.

    Called with a number, that function says how many steps more are to come.
    """
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)

        def advance(coming: int | None = None) -> None:
            if coming is not None:
                bar.update(task, total=(bar.tasks[task].total or 0) + coming)
            else:
                bar.advance(task)

        yield advance


def fail(message: str) -> int:
    """Writes one sentence to standard error and gives the exit code for bad input."""
    sys.stderr.write(" ".join(message.split()) + "\n")
    return 2
