"""The command line: `sq-graph`, a face without logic of its own."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from sq_graph.cli.output import expanded, fail
from sq_graph.errors import SqGraphError
from sq_graph.resources import VERSION

_PANELS = (
    ("Ask", "asking", ("ask",)),
    ("Ask", "reading", ("about", "search", "compare", "show", "sparql", "positions", "clash")),
    (
        "Your literature",
        "literature",
        (
            "init",
            "new",
            "import",
            "add",
            "merge",
            "update",
            "rename",
            "delete",
            "template",
            "check",
            "verify",
            "agreement",
        ),
    ),
    ("Your literature", "reviewing", ("review",)),
    ("Publish", "publish", ("export", "serve", "cite", "recheck", "push", "mcp")),
    ("Maintain", "maintain", ("load", "fmt", "sync", "diff")),
)
_PLACES = {name: (panel, module) for panel, module, names in _PANELS for name in names}
"""The panel of each command, and the module that holds it."""


class Commands(TyperGroup):
    """The commands, each loaded when it is named: a question is answered before the others have
    been read.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of all commands, panel by panel."""
        return list(_PLACES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of a name; None where there is none."""
        if cmd_name not in _PLACES:
            return None
        panel, module = _PLACES[cmd_name]
        function = import_module(f"sq_graph.cli.{module}").COMMANDS[cmd_name]
        if isinstance(function, typer.Typer):
            group = typer.main.get_group(function)
            group.name, group.rich_help_panel = cmd_name, panel
            return group
        one = typer.Typer(add_completion=False, rich_markup_mode=app.rich_markup_mode)
        one.command(cmd_name, rich_help_panel=panel)(expanded(function))
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


@app.callback()
def _introduce(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_say_version, is_eager=True),
    ] = False,
) -> None:
    """A map of a contested literature: who defines what how, on which page, and what can be held
    together.
    """


def main() -> None:
    """Runs the command line: exit 0 fine, 1 findings, 2 bad input with one sentence on standard
    error.
    """
    sys.exit(run())


def run() -> int:
    """The exit code of the command in `sys.argv`; `SQ_GRAPH_DEBUG=1` lets a traceback through."""
    debug = os.environ.get("SQ_GRAPH_DEBUG") == "1"
    try:
        found = app(sys.argv[1:] or ["--help"], standalone_mode=False)
        return found if type(found) is int else 0
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - the reader has gone; nothing more to say
        return 0
    except Exception as error:
        if debug:
            raise
        if isinstance(error, SqGraphError):
            return fail(str(error))
        if type(error).__name__ in ("Abort", "Exit"):
            return int(getattr(error, "exit_code", 130))
        if hasattr(error, "format_message"):
            return fail(f"{error.format_message().rstrip('.')}. Run sq-graph --help to see how.")
        what = f"{type(error).__name__}: {error}"
        return fail(
            f"something failed that should not have ({what}). Set SQ_GRAPH_DEBUG=1 to see where."
        )
