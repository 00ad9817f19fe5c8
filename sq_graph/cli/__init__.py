"""The command line `sq-graph`: a thin layer over the Python API."""

from __future__ import annotations

import os
import re
import sys
from typing import Any

from sq_graph.cli.output import fail
from sq_graph.errors import SqGraphError


def __getattr__(name: str) -> Any:
    if name != "app":
        raise AttributeError(f"module 'sq_graph.cli' has no attribute {name!r}")
    from sq_graph.cli.commands import app

    return app


def main() -> None:
    """Runs the command line. Exit codes: 0 success, 1 findings, 2 bad input, with one sentence on
    standard error.
    """
    sys.exit(run())


def run() -> int:
    """The exit code of the command in `sys.argv`; `SQ_GRAPH_DEBUG=1` lets a traceback through."""
    debug = os.environ.get("SQ_GRAPH_DEBUG") == "1"
    from sq_graph.cli.direct import answer_directly

    try:
        if answer_directly(sys.argv[1:]):
            return 0
        from sq_graph.cli.commands import app

        exit_code = app(sys.argv[1:] or ["--help"], standalone_mode=False)
        return exit_code if type(exit_code) is int else 0
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - the reader has gone; nothing more to say
        return 0
    except Exception as error:
        if debug:
            raise
        if isinstance(error, SqGraphError):
            return fail(re.sub(r"\b(replace|cascade)=True", r"--\1", str(error)))
        if type(error).__name__ in ("Abort", "Exit"):
            return int(getattr(error, "exit_code", 130))
        if hasattr(error, "format_message"):
            command = getattr(getattr(error, "ctx", None), "command_path", "sq-graph")
            return fail(f"{error.format_message().rstrip('.')}. Run {command} --help to see how.")
        if isinstance(error, OSError):
            problem = f"a file cannot be read or written ({error})"
            return fail(f"{problem}. Check the free space and the permissions.")
        problem = f"an internal error occurred ({type(error).__name__}: {error})"
        return fail(f"{problem}. Set SQ_GRAPH_DEBUG=1 to see where.")
