"""The options that commands share, the map that they name, and how a function becomes a command."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, get_origin

import typer

if TYPE_CHECKING:
    from sq_graph.atlas import Atlas
    from sq_graph.atlas.files import Files

    Map: TypeAlias = Atlas
    Own: TypeAlias = Atlas
    OwnFiles: TypeAlias = Files
else:
    Map, Own, OwnFiles = "any map", "the packaged map or a workspace", "the files of one of these"

_FORMS = "Output format: table, csv, json, md, tex"
OutputFormat = Annotated[str, typer.Option("--form", "-f", help=f"{_FORMS} or html.")]
PictureFormat = Annotated[
    str, typer.Option("--form", "-f", help=f"{_FORMS}, html, svg, png or pdf.")
]
Workspace = Annotated[
    Path | None,
    typer.Option("--workspace", help="A folder of your own, read over the packaged map."),
]
Store = Annotated[
    Path | None, typer.Option("--store", help="A store on disk, instead of the files.")
]
Endpoint = Annotated[
    str | None,
    typer.Option("--endpoint", help="The address of a SPARQL engine, instead of the files."),
]
TurtleFiles = Annotated[
    list[Path] | None, typer.Argument(help="Turtle files; by default, all of the map or workspace.")
]
NamedThings = Annotated[list[str], typer.Argument(help="Slugs, labels or IRIs of things.")]
_PARAMETER = re.compile(r"^    (\w+): (.+(?:\n {5,}.+)*)", re.MULTILINE)


def open_atlas(
    workspace: Path | None = None, store: Path | None = None, endpoint: str | None = None
) -> Atlas:
    """The map that the common options name."""
    from sq_graph.atlas import open as open_map

    folders = [workspace] if workspace else []
    atlas = open_map(*folders, store=store, endpoint=endpoint)
    sys.stderr.write("".join(f"{notice}\n" for notice in atlas.notices))
    return atlas


def open_files(workspace: Path | None = None) -> Files:
    """The files of the map that the common option names."""
    from sq_graph.atlas.files import Files, layouts_of

    return Files(layouts_of(workspace))


_OPENED: dict[object, tuple[Callable[..., object], dict[str, object]]] = {
    Map: (open_atlas, {"workspace": Workspace, "store": Store, "endpoint": Endpoint}),
    Own: (open_atlas, {"workspace": Workspace}),
    OwnFiles: (open_files, {"workspace": Workspace}),
}
"""How each kind of map is opened, and the options that name it."""


def command(function: Callable[..., None]) -> Callable[..., None]:
    """A function as a command: what it takes by place are arguments, what by keyword are options.

    Its docstring gives the help of the command and of each parameter. In place of a map come the
    options that name it.
    """
    text, _, described = (inspect.getdoc(function) or "").partition("\n\nParameters:\n")
    helps = {name: " ".join(said.split()) for name, said in _PARAMETER.findall(described)}
    taken = list(inspect.signature(function, eval_str=True).parameters.values())
    opened = {one.name: _OPENED[one.annotation] for one in taken if one.annotation in _OPENED}
    kind = inspect.Parameter.KEYWORD_ONLY
    declared = [_declared(one, helps) for one in taken if one.name not in opened] + [
        inspect.Parameter(option, kind, default=None, annotation=annotation)
        for _, options in opened.values()
        for option, annotation in options.items()
    ]

    def run(**given: Any) -> None:
        for name, (open_map, options) in opened.items():
            given[name] = open_map(**{option: given.pop(option) for option in options})
        function(**given)

    run.__signature__ = inspect.Signature(declared)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in declared}
    run.__doc__ = "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))
    return run


def _declared(parameter: inspect.Parameter, helps: dict[str, str]) -> inspect.Parameter:
    """A parameter of a command with what typer must know of it."""
    annotation, is_option = parameter.annotation, parameter.kind is parameter.KEYWORD_ONLY
    if get_origin(annotation) is not Annotated:
        flag = "--" + parameter.name.rstrip("_").replace("_", "-")
        annotation = Annotated[annotation, typer.Option(flag) if is_option else typer.Argument()]
    about = copy(annotation.__metadata__[0])
    about.help = about.help or helps.get(parameter.name)  # python -OO has no docstrings
    annotation = Annotated[annotation.__origin__, about]
    return parameter.replace(annotation=annotation, kind=parameter.KEYWORD_ONLY)
