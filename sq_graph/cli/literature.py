"""The commands for your literature: a workspace, what is brought into it, and whether it holds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sq_graph.cli.options import Files, Form, Map, Own, Workspace
from sq_graph.cli.output import progress, screen_width, show, write
from sq_graph.errors import FindingsError, InputError
from sq_graph.table import stack


def init(
    folder: Annotated[Path, typer.Argument(help="The folder to make.")],
    base: Annotated[
        str, typer.Option("--base", help="The IRI under which your things are named, ending in /.")
    ] = "",
    curator: Annotated[
        str, typer.Option("--curator", help="Your name, for the interpretations that are yours.")
    ] = "",
) -> None:
    """Make a workspace: a map of your own, read over the packaged one.

    Python: sq_graph.init(folder, base, curator).
    """
    from sq_graph.importers.workspace import make_workspace

    made = make_workspace(folder, base, curator)
    write(f"{made} is ready. Go there, and import a bibliography: sq-graph import library.bib\n")


def new(
    kind: Annotated[
        str,
        typer.Argument(
            help="work, typology, position, question, rule, aspect, shape, agent, concept, "
            "definition, claim, alignment, disagreement, example, model or open-question."
        ),
    ],
    slug: Annotated[str, typer.Argument(help="Its name: small letters, digits and hyphens.")],
    workspace: Workspace = None,
) -> None:
    """Lay a new file with its skeleton; its gaps are marked ‹…›, and sq-graph check names those
    left open.

    Python: atlas.new(kind, slug).
    """
    from sq_graph.atlas.files import Files, layouts_of
    from sq_graph.resources import shown

    path = Files(layouts_of(workspace)).new(kind, slug)
    write(f"Created {shown(path)}. Fill in the ‹…› placeholders, then run sq-graph check.\n")


def import_(
    atlas: Own,
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Files (.bib .ris .json .xlsx .csv .sssom.tsv .qdpx .ttl or other RDF), or a "
            "folder of PDFs."
        ),
    ],
    mapping: Annotated[
        Path | None,
        typer.Option(
            "--mapping", "--map", help="A CONSTRUCT query that maps RDF to the vocabulary."
        ),
    ] = None,
    form: Form = "table",
) -> None:
    """Bring literature in; of a spreadsheet all rows or none, with every fault by sheet, row and
    column.

    Of a folder, the bibliography comes in, each PDF is matched to its work, and each highlight
    becomes a passage and a row of a workbook to complete.

    Python: atlas.import_(*files).
    """
    from sq_graph.importers.sheets import SheetFaults

    try:
        with progress("Importing") as advance:
            table = atlas.import_(*files, mapping=mapping, progress=advance)
    except (SheetFaults, FindingsError) as error:
        listed = error.faults if isinstance(error, SheetFaults) else error.findings
        sys.stderr.write("".join(f"{one}\n" for one in listed))
        raise InputError(
            "nothing was imported", remedy="Correct what is listed above, and import again"
        ) from None
    if len(table) or form != "table":
        show(table, form)
    else:
        write("".join(f"{note}\n" for note in table.notes))


def merge(
    atlas: Own,
    kept: Annotated[str, typer.Argument(help="The work or agent that stays.")],
    merged: Annotated[str, typer.Argument(help="The one that becomes part of it.")],
    form: Form = "table",
) -> None:
    """Merge two records of one work, or two agents who are one; the first keeps what it says.

    Python: atlas.merge(kept, merged).
    """
    table = atlas.merge(kept, merged)
    if len(table) or form != "table":
        show(table, form)
    else:
        write("".join(f"{note}\n" for note in table.notes))


def template(
    atlas: Own,
    file: Annotated[Path, typer.Argument(help="The workbook (.xlsx) or sheet (.csv) to write.")],
    notes: Annotated[
        Path | None,
        typer.Option("--notes", help="Reading notes (.md .html .json .pdf) as first rows."),
    ] = None,
    form: Form = "table",
) -> None:
    """Write a workbook to fill in: lists to choose from, an example row, a page of explanations.

    Python: atlas.template(file, notes).
    """
    table = atlas.template(file, notes)
    if form == "table":
        write("".join(f"{note}\n" for note in table.notes))
    else:
        show(table, form)


CheckForm = Annotated[
    str,
    typer.Option(
        "--form",
        "--format",
        "-f",
        help="How to write it: table, csv, json, md, tex, html, sarif, or ttl (a SHACL report).",
    ),
]


def check(
    atlas: Map,
    files: Files = None,
    form: CheckForm = "table",
) -> None:
    """Check shapes, quality questions, positions and consistency; each finding names file, line and
    remedy.

    A store or an endpoint is checked where it is, by shapes and quality questions.

    Python: atlas.check().
    """
    with progress("Checking") as advance:
        found = atlas.check(files or (), advance)
    from sq_graph.check import findings_sarif, findings_table, findings_text, findings_turtle

    if form == "table":
        write(f"{findings_text(found)}\n")
    elif form == "sarif":
        write(findings_sarif(found))
    elif form == "ttl":
        write(findings_turtle(found))
    else:
        show(findings_table(found), form)
    raise typer.Exit(1 if any(finding.severity == "Violation" for finding in found) else 0)


def verify(
    atlas: Own,
    sources: Annotated[
        list[Path], typer.Argument(help="Texts (.txt, .md, .pdf) of the works that were read.")
    ],
    work: Annotated[
        str, typer.Option("--work", help="Which work the text is, where no digest tells.")
    ] = "",
    pages: Annotated[
        Path | None, typer.Option("--pages", help="A table of the text's pages (tsv).")
    ] = None,
    first_page: Annotated[
        int | None, typer.Option("--first-page", help="The printed number of a PDF's first page.")
    ] = None,
    keep: Annotated[
        bool, typer.Option("--write", help="Keep what was found beside the statements.")
    ] = False,
    form: Form = "table",
) -> None:
    """Look up every passage of a work in its text: on its page, elsewhere, nearly, or nowhere.

    Python: atlas.verify(*sources).
    """
    report = atlas.verify(*sources, work=work, pages=pages, first_page=first_page, write=keep)
    if form == "json":
        write(report.to_json())
    elif form == "table":
        write("\n".join(report.lines()) + "\n")
    else:
        show(report.table(), form)
    raise typer.Exit(report.exit_status)


def agreement(
    atlas: Own,
    first: Annotated[Path, typer.Argument(help="A coding of definitions (.yaml or .csv).")],
    second: Annotated[Path, typer.Argument(help="Another coding of the same definitions.")],
    form: Form = "table",
) -> None:
    """Compare two codings aspect by aspect: Krippendorff's alpha, mean overlap, and every
    difference.

    Python: atlas.agreement(first, second).
    """
    found = atlas.agreement(first, second)
    write(stack([found.figures, found.differences], form, screen_width()))


def add(
    atlas: Own,
    kind: Annotated[
        str, typer.Argument(help="What is added: definition, claim, work, second-reading …")
    ],
    fields: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FIELD=VALUE…",
            help="Its fields; a field with several values is written several times.",
        ),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in the place of another with its name.")
    ] = False,
) -> None:
    """Add one thing to the workspace: its fields are those of the form and of the method of an
    edit.

    Python: atlas.add(kind, **fields), or the method of that kind in atlas.edit().
    """
    write(f"{atlas.add(kind, replace=replace, **_by_field(fields or []))}\n")


def delete(
    atlas: Own,
    thing: Annotated[str, typer.Argument(help="What is deleted: slug, label or IRI.")],
    cascade: Annotated[
        bool, typer.Option("--cascade", help="Delete everything that cannot do without it, too.")
    ] = False,
) -> None:
    """Delete a thing of the workspace with its parts; what refers to it is named first.

    Python: edit.delete(thing, cascade=…).
    """
    with atlas.edit() as edit:
        gone = edit.delete(thing, cascade=cascade)
    write("".join(f"deleted {one}\n" for one in gone))


def rename(
    atlas: Own,
    thing: Annotated[str, typer.Argument(help="What gets another slug.")],
    slug: Annotated[str, typer.Argument(help="Its new slug.")],
) -> None:
    """Give a thing of the workspace another slug, and with it another IRI, wherever it is named.

    Python: edit.rename(thing, slug).
    """
    with atlas.edit() as edit:
        made = edit.rename(thing, slug)
    write(f"{made}\n")


def update(
    atlas: Own,
    thing: Annotated[str, typer.Argument(help="What is changed.")],
    changes: Annotated[
        list[str], typer.Argument(metavar="FIELD=VALUE…", help="Such as hedge=asserted or page=12.")
    ],
) -> None:
    """Change single fields of a thing of the workspace, and leave the others.

    Python: edit.update(thing, **changes).
    """
    from sq_graph.importers.filled_in import update as update_texts

    with atlas.edit() as edit:
        made = update_texts(edit, thing, _by_field(changes))
    write(f"{made}\n")


def _by_field(written: list[str]) -> dict[str, list[str]]:
    """What is written as FIELD=VALUE, by field; a field may be written several times."""
    given: dict[str, list[str]] = {}
    for one in written:
        field, sign, value = one.partition("=")
        if not sign:
            raise InputError(f"{one!r} gives no value to a field", remedy="Write FIELD=VALUE")
        given.setdefault(field.strip(), []).append(value.strip())
    return given


COMMANDS = {
    "init": init,
    "new": new,
    "import": import_,
    "add": add,
    "merge": merge,
    "update": update,
    "rename": rename,
    "delete": delete,
    "template": template,
    "check": check,
    "verify": verify,
    "agreement": agreement,
}
