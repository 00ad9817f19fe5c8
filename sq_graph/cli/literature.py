"""The commands for your literature: check and verify, and those that bring it in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sq_graph.cli.output import Form, Workspace, open_atlas, progress, screen_width, show, write
from sq_graph.table import stack


def check(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Turtle files; all of the map or workspace if none.")
    ] = None,
    form: Form = "table",
    workspace: Workspace = None,
) -> None:
    """Check shapes, quality questions, positions and consistency; each finding names file, line and remedy.

    Python: atlas.check().
    """
    with progress("Checking") as advance:
        found = open_atlas(workspace).check(files or (), advance)
    if form == "table":
        write("".join(f"{finding}\n" for finding in found) or "No findings.\n")
    else:
        from sq_graph.check import findings_table

        show(findings_table(found), form)
    raise typer.Exit(1 if any(finding.severity != "Info" for finding in found) else 0)


def verify(
    sources: Annotated[list[Path], typer.Argument(help="Texts (.txt, .md, .pdf) of the works that were read.")],
    work: Annotated[str, typer.Option("--work", help="Which work the text is, where no digest tells.")] = "",
    pages: Annotated[Path | None, typer.Option("--pages", help="A table of the text's pages (tsv).")] = None,
    form: Form = "table",
    workspace: Workspace = None,
) -> None:
    """Look every passage up in the source: on its page, elsewhere, in another work, nearly, or not held.

    Python: atlas.verify(*sources).
    """
    report = open_atlas(workspace).verify(*sources, work=work, pages=pages)
    if form == "json":
        write(report.to_json())
    elif form == "table":
        write("\n".join(report.lines()) + "\n")
    else:
        show(report.table(), form)
    raise typer.Exit(report.exit_status)


def agreement(
    first: Annotated[Path, typer.Argument(help="A coding of definitions (.yaml or .csv).")],
    second: Annotated[Path, typer.Argument(help="Another coding of the same definitions.")],
    form: Form = "table",
    workspace: Workspace = None,
) -> None:
    """Compare two codings aspect by aspect: Krippendorff's alpha, mean overlap, and every difference.

    Python: atlas.agreement(first, second).
    """
    found = open_atlas(workspace).agreement(first, second)
    write(stack([found.figures, found.differences], form, screen_width()))


COMMANDS = {"check": check, "verify": verify, "agreement": agreement}
