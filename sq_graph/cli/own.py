"""The commands for a map of one's own: init, new, import, template, export."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sq_graph.cli.output import Endpoint, Form, Store, Workspace, open_atlas, progress, show, write
from sq_graph.errors import FindingsError, InputError


def init(
    folder: Annotated[Path, typer.Argument(help="The folder to make.")],
    base: Annotated[str, typer.Option("--base", help="The IRI under which your things are named, ending in /.")] = "",
) -> None:
    """Make a workspace: a map of your own, read over the packaged one.

    Python: sq_graph.importers.workspace.make_workspace(folder, base).
    """
    from sq_graph.importers.workspace import make_workspace

    made = make_workspace(folder, base)
    write(f"{made} is ready. Go there, and import a bibliography: sq-graph import library.bib\n")


def new(
    kind: Annotated[str, typer.Argument(help="work, typology, position, question, rule or aspect.")],
    slug: Annotated[str, typer.Argument(help="Its name: small letters, digits and hyphens.")],
    workspace: Workspace = None,
) -> None:
    """Lay a new file with its skeleton; its gaps are marked ‹…›, and sq-graph check names those left open.

    Python: sq_graph.importers.workspace.lay_skeleton(layout, kind, slug).
    """
    from sq_graph.atlas import own_layout
    from sq_graph.importers.workspace import lay_skeleton

    path = lay_skeleton(own_layout(workspace), kind, slug)
    write(f"{path} is laid. Fill its gaps ‹…›, then run sq-graph check.\n")


def import_(
    files: Annotated[list[Path], typer.Argument(help=".bib .ris .json (CSL) .xlsx .csv .sssom.tsv .ttl or other RDF.")],
    mapping: Annotated[
        Path | None, typer.Option("--map", help="A CONSTRUCT query that maps RDF to the vocabulary.")
    ] = None,
    form: Form = "table",
    workspace: Workspace = None,
) -> None:
    """Bring literature in; of a spreadsheet all rows or none, with every fault by sheet, row and column.

    Python: atlas.import_(*files).
    """
    from sq_graph.importers.sheets import SheetFaults

    atlas = open_atlas(workspace)
    try:
        with progress("Importing") as advance:
            table = atlas.import_(*files, mapping=mapping, progress=advance)
    except (SheetFaults, FindingsError) as error:
        listed = error.faults if isinstance(error, SheetFaults) else error.findings
        sys.stderr.write("".join(f"{one}\n" for one in listed))
        raise InputError("nothing was imported", remedy="Mend what is listed above, and import again") from None
    if len(table) or form != "table":
        show(table, form)
    else:
        write("".join(f"{note}\n" for note in table.notes))


def template(
    file: Annotated[Path, typer.Argument(help="The workbook (.xlsx) or sheet (.csv) to write.")],
    notes: Annotated[Path | None, typer.Option("--notes", help="Reading notes (.md, .html) as its first rows.")] = None,
    form: Form = "table",
    workspace: Workspace = None,
) -> None:
    """Write a workbook to fill in: lists to choose from, an example row, a page of explanations.

    Python: atlas.template(path).
    """
    table = open_atlas(workspace).template(file, notes)
    if form == "table":
        write("".join(f"{note}\n" for note in table.notes))
    else:
        show(table, form)


def export(
    what: Annotated[str, typer.Argument(metavar="FORMAT", help="A format, or review, or site.")],
    names: Annotated[
        list[str] | None, typer.Argument(help="What to compare, or which works; for review and site, the folder.")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file, in place of the screen.")] = None,
    workspace: Workspace = None,
    store: Store = None,
    endpoint: Endpoint = None,
) -> None:
    """Write the map, a comparison or a bibliography in another form; review DIR and site DIR.

    Python: atlas.export(format, *names).
    """
    atlas = open_atlas(workspace, store, endpoint)
    if what == "review":
        from sq_graph.export.review import write_review

        if not names:
            raise InputError("it is not said where", remedy="Name a folder: sq-graph export review DIR [CONCEPT…]")
        folder, *concepts = names
        write("".join(f"{path}\n" for path in write_review(atlas, Path(folder), concepts)))
        return
    if what == "site":
        from sq_graph.web.pages.plain import export_site

        if not names:
            raise InputError("it is not said where", remedy="Name a folder: sq-graph export site DIR")
        with progress("Writing the site") as advance:
            count = export_site(atlas, Path(names[0]), progress=advance)
        write(f"{names[0]} holds {count} files. Open index.html, or put the folder on any web space.\n")
        return
    content = atlas.export(what, *(names or ()))
    if output is not None:
        from sq_graph.turtle import replace_file

        replace_file(output, content)
    elif isinstance(content, bytes):
        raise InputError(f"{what} cannot be shown on a screen", remedy="Name a file with --output")
    else:
        write(content if content.endswith("\n") else f"{content}\n")


COMMANDS = {"init": init, "new": new, "import": import_, "template": template, "export": export}
