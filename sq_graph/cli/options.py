"""The options that commands share, and the map that they name."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

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
