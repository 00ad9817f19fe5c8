"""The commands for your literature: check and verify, and those that bring it in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sq_graph.cli.output import Form, Workspace, open_atlas, progress, show


def check(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Turtle files; all of the map or workspace if none.")
    ] = None,
    form: Form = "table",
    workspace: Workspace = None,
) -> None:
    """Check shapes, quality questions and consistency; each finding names its file, line and remedy.

    Python: atlas.check().
    """
    atlas = open_atlas(workspace)
    with progress("Checking") as advance:
        table = atlas.check(files or (), advance)
    show(table, form)
    raise typer.Exit(1 if len(table) else 0)


COMMANDS = {"check": check}
