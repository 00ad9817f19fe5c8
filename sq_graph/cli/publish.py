"""The commands that publish: cite, recheck, and those that serve and export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sq_graph.cli.output import Form, Workspace, open_atlas, show, write

Saved = Annotated[Path, typer.Argument(help="An answer saved with ask … -f json.")]


def cite(
    answer: Saved,
    form: Annotated[str, typer.Option("--form", "-f", help="text, bibtex or csl-json.")] = "text",
    workspace: Workspace = None,
) -> None:
    """Cite a saved answer, with the version and digest of the map that gave it.

    Python: answer.cite(form).
    """
    text = open_atlas(workspace).saved(answer).cite(form)
    write(text if text.endswith("\n") else text + "\n")


def recheck(answer: Saved, form: Form = "table", workspace: Workspace = None) -> None:
    """Ask a saved answer's question again: which rows are still true, changed, gone or new, and why.

    Python: atlas.recheck(answer).
    """
    atlas = open_atlas(workspace)
    found = atlas.recheck(atlas.saved(answer))
    show(found.table(), form)
    raise typer.Exit(0 if found.holds else 1)


COMMANDS = {"cite": cite, "recheck": recheck}
