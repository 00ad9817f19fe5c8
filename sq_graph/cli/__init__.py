"""The command line: `sq-graph`, a face without logic of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

import typer

from sq_graph.cli import literature, maintain, own, positions, publish, reading
from sq_graph.cli.asking import Questions, list_questions
from sq_graph.cli.output import fail
from sq_graph.errors import SqGraphError

ASK, LITERATURE, PUBLISH, MAINTAIN = "Ask", "Your literature", "Publish", "Maintain"

app = typer.Typer(
    name="sq-graph",
    help="A map of a contested literature: who defines what how, on which page, and what can be held together.",
    no_args_is_help=True,
    rich_markup_mode=None if os.environ.get("_SQ_GRAPH_COMPLETE") else "rich",
    pretty_exceptions_enable=False,
)
_questions = typer.Typer(cls=Questions, invoke_without_command=True, add_completion=False)
_questions.callback()(list_questions)
app.add_typer(_questions, name="ask", rich_help_panel=ASK)
_PANELS: dict[str, Mapping[str, Any]] = {
    ASK: {**reading.COMMANDS, **positions.COMMANDS},
    LITERATURE: {**own.COMMANDS, **literature.COMMANDS},
    PUBLISH: publish.COMMANDS,
    MAINTAIN: maintain.COMMANDS,
}
for panel, commands in _PANELS.items():
    for name, function in commands.items():
        app.command(name, rich_help_panel=PUBLISH if name == "export" else panel)(function)


def main() -> None:
    """Runs the command line: exit 0 fine, 1 findings, 2 bad input with one sentence on standard error."""
    sys.exit(run())


def run() -> int:
    """The exit code of the command in `sys.argv`; `SQ_GRAPH_DEBUG=1` lets a traceback through."""
    debug = os.environ.get("SQ_GRAPH_DEBUG") == "1"
    try:
        return _code(app(standalone_mode=False))
    except SqGraphError as error:
        if debug:
            raise
        return fail(str(error))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - the reader has gone; nothing more to say
        return 0
    except Exception as error:
        if debug:
            raise
        if type(error).__name__ in ("Abort", "Exit"):
            return int(getattr(error, "exit_code", 130))
        if hasattr(error, "format_message"):
            return fail(f"{error.format_message().rstrip('.')}. Run sq-graph --help to see how.")
        what = f"{type(error).__name__}: {error}"
        return fail(f"something failed that should not have ({what}). Set SQ_GRAPH_DEBUG=1 to see where.")


def _code(result: object) -> int:
    return result if isinstance(result, int) and not isinstance(result, bool) else 0
