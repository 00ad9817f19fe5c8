"""The commands of `sq-graph`, panel by panel, each loaded when it is named."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from sq_graph.cli.options import command
from sq_graph.errors import UnknownName
from sq_graph.resources import VERSION

_PANELS = {
    ("Ask", "asking"): "ask",
    ("Ask", "reading"): "about search compare show sparql positions clash",
    ("Your literature", "literature"): (
        "init new import add merge update rename delete template check verify agreement"
    ),
    ("Your literature", "reviewing"): "review",
    ("Publish", "publish"): "export serve cite recheck push mcp",
    ("Maintain", "maintain"): "load fmt sync diff",
}
"""The names of the commands by their panel and the module that holds them."""
_PLACES = {name: place for place, names in _PANELS.items() for name in names.split()}


class Commands(TyperGroup):
    """The commands, each loaded when it is named: a question is answered before the others have
    been read.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of all commands, panel by panel."""
        return list(_PLACES)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the arguments name; raises UnknownName with the nearest."""
        if args[0] not in _PLACES and not args[0].startswith("-"):
            raise UnknownName("command", args[0], _PLACES)
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of a name; None where there is none."""
        if cmd_name not in _PLACES:
            return None
        panel, place = _PLACES[cmd_name]
        module = vars(import_module(f"sq_graph.cli.{place}"))
        function = module.get(f"{cmd_name}_") or module[cmd_name]  # as `import_`, which is a word
        if isinstance(function, typer.Typer):
            group = typer.main.get_group(function)
            group.name, group.rich_help_panel = cmd_name, panel
            return group
        one = typer.Typer(add_completion=False, rich_markup_mode=app.rich_markup_mode)
        one.command(cmd_name, rich_help_panel=panel)(command(function))
        return typer.main.get_command(one)


app = typer.Typer(
    name="sq-graph",
    cls=Commands,
    rich_markup_mode=None if os.environ.get("_SQ_GRAPH_COMPLETE") else "rich",
    pretty_exceptions_enable=False,
)


def _say_version(is_asked: bool) -> None:
    if is_asked:
        print(f"sq-graph {VERSION}")
        raise typer.Exit


_Version = Annotated[
    bool, typer.Option("--version", help="Print the version.", callback=_say_version, is_eager=True)
]


@app.callback()
def _introduce(version: _Version = False) -> None:
    """A map of a contested literature: who defines what, how and on which page, and what can be
    held together.
    """
