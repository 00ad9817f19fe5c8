"""The commands of `sq-graph`, panel by panel, each loaded on demand."""

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
_PANEL_AND_MODULE = {name: module for module, names in _PANELS.items() for name in names.split()}


class Commands(TyperGroup):
    """The commands, each loaded on demand, so that a question does not wait for the others."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of all commands, panel by panel."""
        return list(_PANEL_AND_MODULE)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the arguments name; raises UnknownName with the nearest."""
        if args[0] not in _PANEL_AND_MODULE and not args[0].startswith("-"):
            raise UnknownName("command", args[0], _PANEL_AND_MODULE)
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command with a name, or None."""
        if cmd_name not in _PANEL_AND_MODULE:
            return None
        panel, module_name = _PANEL_AND_MODULE[cmd_name]
        module = vars(import_module(f"sq_graph.cli.{module_name}"))
        function = module.get(f"{cmd_name}_") or module[cmd_name]  # as `import_`, which is a word
        if isinstance(function, typer.Typer):
            group = typer.main.get_group(function)
            group.name, group.rich_help_panel = cmd_name, panel
            return group
        wrapper = typer.Typer(add_completion=False, rich_markup_mode=app.rich_markup_mode)
        wrapper.command(cmd_name, rich_help_panel=panel)(command(function))
        return typer.main.get_command(wrapper)


app = typer.Typer(
    name="sq-graph",
    cls=Commands,
    rich_markup_mode=None if os.environ.get("_SQ_GRAPH_COMPLETE") else "rich",
    pretty_exceptions_enable=False,
)


def _on_version(is_requested: bool) -> None:
    if is_requested:
        print(f"sq-graph {VERSION}")
        raise typer.Exit


_Version = Annotated[
    bool, typer.Option("--version", help="Print the version.", callback=_on_version, is_eager=True)
]


@app.callback()
def _introduce(version: _Version = False) -> None:
    """A map of a contested literature: who defines what, how and on which page, and what can be
    held together.
    """
