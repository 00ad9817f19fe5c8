"""The options that commands share, and how a function becomes a command that opens a map."""

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
    LocalMap: TypeAlias = Atlas
    LocalFiles: TypeAlias = Files
else:
    Map, LocalMap, LocalFiles = "any map", "a map of files", "the files of such a map"

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


_MAPS: dict[object, tuple[Callable[..., object], dict[str, object]]] = {
    Map: (open_atlas, {"workspace": Workspace, "store": Store, "endpoint": Endpoint}),
    LocalMap: (open_atlas, {"workspace": Workspace}),
    LocalFiles: (open_files, {"workspace": Workspace}),
}
"""How each kind of map is opened, and the options that name it."""


def command(function: Callable[..., None]) -> Callable[..., None]:
    """A function as a command: positional parameters become arguments, keyword parameters options.

    Its docstring gives the help of the command and of each parameter. A parameter that is a map
    becomes the options that name the map.
    """
    summary, _, parameter_help = (inspect.getdoc(function) or "").partition("\n\nParameters:\n")
    helps = {name: " ".join(text.split()) for name, text in _PARAMETER.findall(parameter_help)}
    params = list(inspect.signature(function, eval_str=True).parameters.values())
    openers = {param.name: _MAPS[param.annotation] for param in params if param.annotation in _MAPS}
    kind = inspect.Parameter.KEYWORD_ONLY
    command_params = [_annotate(param, helps) for param in params if param.name not in openers] + [
        inspect.Parameter(option, kind, default=None, annotation=annotation)
        for _, options in openers.values()
        for option, annotation in options.items()
    ]

    def run(**values: Any) -> None:
        for name, (open_map, options) in openers.items():
            values[name] = open_map(**{option: values.pop(option) for option in options})
        function(**values)

    run.__signature__ = inspect.Signature(command_params)  # type: ignore[attr-defined]
    run.__annotations__ = {param.name: param.annotation for param in command_params}
    run.__doc__ = "\n\n".join(" ".join(part.split()) for part in summary.split("\n\n"))
    return run


def _annotate(parameter: inspect.Parameter, helps: dict[str, str]) -> inspect.Parameter:
    """A parameter of a command with its typer annotation."""
    annotation, is_option = parameter.annotation, parameter.kind is parameter.KEYWORD_ONLY
    if get_origin(annotation) is not Annotated:
        flag = "--" + parameter.name.rstrip("_").replace("_", "-")
        annotation = Annotated[annotation, typer.Option(flag) if is_option else typer.Argument()]
    details = copy(annotation.__metadata__[0])
    details.help = details.help or helps.get(parameter.name)  # python -OO has no docstrings
    annotation = Annotated[annotation.__origin__, details]
    return parameter.replace(annotation=annotation, kind=parameter.KEYWORD_ONLY)
