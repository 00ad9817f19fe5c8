"""The commands for your literature: making, filling, editing and checking a workspace."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sq_graph.cli.options import LocalFiles, LocalMap, Map, OutputFormat, TurtleFiles
from sq_graph.cli.output import progress, screen_width, show, write, write_lines
from sq_graph.errors import FindingsError, InputError
from sq_graph.graph.layout import WORKSPACE_FILE
from sq_graph.table import Table, stack

Fields = typer.Argument(metavar="FIELD=VALUE…")


def init(folder: Path, *, base: str = "", curator: str = "") -> None:
    """Make a workspace: a map of your own, read over the packaged one.

    Python: sq_graph.init(folder, base, curator).

    Parameters:
        folder: The folder to create.
        base: The IRI under which your things are named, ending in /.
        curator: Your name, shown with your own interpretations.
    """
    from sq_graph.importers.workspace import make_workspace

    done = "Updated" if (folder / WORKSPACE_FILE).is_file() else "Created"
    path = make_workspace(folder, base, curator)
    write(f"{done} {path}. Go there, and import a bibliography: sq-graph import library.bib\n")


def new(files: LocalFiles, kind: str, slug: str) -> None:
    """Create a file from a skeleton; fill in its ‹…› placeholders, and sq-graph check lists those
    that are left.

    Python: atlas.new(kind, slug).

    Parameters:
        kind: work, typology, position, question, rule, aspect, shape, agent, concept, definition,
            claim, alignment, disagreement, example, model or open-question.
        slug: Its name, in lower-case letters, digits and hyphens.
    """
    from sq_graph.resources import display_path, file_text

    path = files.new(kind, slug)
    gaps = (
        "placeholders and replace the GAP-… names" if "GAP-" in file_text(path) else "placeholders"
    )
    write(f"Created {display_path(path)}. Fill in the ‹…› {gaps}, then run sq-graph check.\n")


def import_(
    atlas: LocalMap,
    files: list[Path],
    *,
    mapping: Annotated[Path | None, typer.Option("--mapping", "--map")] = None,
    form: OutputFormat = "table",
) -> None:
    """Import literature; a spreadsheet is imported whole or not at all, and each error names its
    sheet, row and column.

    From a folder, the bibliography is imported, each PDF is matched to its work, and each highlight
    becomes a passage and a row of a workbook to complete.

    Python: atlas.import_(*files).

    Parameters:
        files: Files (.bib .ris .json .xlsx .csv .sssom.tsv .qdpx .ttl or other RDF), or a folder of
            PDFs.
        mapping: A CONSTRUCT query that maps RDF to the vocabulary.
    """
    from sq_graph.importers.sheets import SheetFaults

    try:
        with progress("Importing") as advance:
            table = atlas.import_(*files, mapping=mapping, progress=advance)
    except (SheetFaults, FindingsError) as error:
        problems = error.faults if isinstance(error, SheetFaults) else error.findings
        sys.stderr.write("".join(f"{problem}\n" for problem in problems))
        remedy = "Correct what is listed above, and import again"
        raise InputError("nothing was imported", remedy=remedy) from None
    _show_outcome(table, form, has_rows=len(table) > 0)


def merge(atlas: LocalMap, kept: str, merged: str, *, form: OutputFormat = "table") -> None:
    """Merge two records of the same work, or of the same agent; the first is kept.

    Python: atlas.merge(kept, merged).

    Parameters:
        kept: The work or agent that remains.
        merged: The one that is merged into it.
    """
    table = atlas.merge(kept, merged)
    _show_outcome(table, form, has_rows=len(table) > 0)


def template(
    atlas: LocalMap, file: Path, *, notes: Path | None = None, form: OutputFormat = "table"
) -> None:
    """Write a workbook to fill in, with lists of choices, example rows and explanations.

    Python: atlas.template(file, notes).

    Parameters:
        file: The workbook (.xlsx) or sheet (.csv) to write.
        notes: Reading notes (.md .html .docx .json .pdf) as first rows.
    """
    _show_outcome(atlas.template(file, notes), form, has_rows=False)


def _show_outcome(table: Table, form: str, has_rows: bool) -> None:
    """Shows an outcome as a table; on a screen, if it has no rows, its notes alone."""
    if has_rows or form != "table":
        show(table, form)
    else:
        write_lines(table.notes)


def check(
    atlas: Map,
    files: TurtleFiles = None,
    *,
    form: Annotated[str, typer.Option("--form", "--format", "-f")] = "table",
) -> None:
    """Check shapes, quality questions, positions and consistency; each finding names file, line and
    remedy.

    A store or an endpoint is checked where it is, by shapes and quality questions.

    Python: atlas.check().

    Parameters:
        form: Output format: table, csv, json, md, tex, html, sarif, or ttl (a SHACL report).
    """
    with progress("Checking") as advance:
        findings = atlas.check(files or (), advance)
    from sq_graph.check import findings_sarif, findings_table, findings_text, findings_turtle

    writers = {"table": findings_text, "sarif": findings_sarif, "ttl": findings_turtle}
    if form in writers:
        write_lines([writers[form](findings).rstrip()])
    else:
        show(findings_table(findings), form)
    raise typer.Exit(1 if any(finding.severity == "Violation" for finding in findings) else 0)


def verify(
    atlas: LocalMap,
    sources: list[Path],
    *,
    work: str = "",
    pages: Path | None = None,
    first_page: int | None = None,
    write_: bool = False,
    form: OutputFormat = "table",
) -> None:
    """Look up every passage of a work in its text: on its page, elsewhere, nearly, or nowhere.

    Python: atlas.verify(*sources).

    Parameters:
        sources: Texts (.txt, .md, .pdf) of the works that were read.
        work: The work that the text belongs to, if no digest identifies it.
        pages: A table of the text's pages (tsv).
        first_page: The printed number of a PDF's first page.
        write_: Save the results beside the statements.
    """
    report = atlas.verify(*sources, work=work, pages=pages, first_page=first_page, write=write_)
    if form == "json":
        write(report.to_json())
    elif form == "table":
        write_lines(report.lines())
    else:
        show(report.table(), form)
    raise typer.Exit(report.exit_status)


def agreement(atlas: LocalMap, first: Path, second: Path, *, form: OutputFormat = "table") -> None:
    """Compare two codings aspect by aspect: Krippendorff's alpha, mean overlap, and every
    difference.

    Python: atlas.agreement(first, second).

    Parameters:
        first: A coding of definitions (.yaml or .csv).
        second: Another coding of the same definitions.
    """
    result = atlas.agreement(first, second)
    write(stack([result.figures, result.differences], form, screen_width()))


def add(
    atlas: LocalMap,
    kind: str,
    fields: Annotated[list[str] | None, Fields] = None,
    *,
    replace: bool = False,
) -> None:
    """Add one thing to the workspace, with the fields of its form and of the edit method of the
    same name.

    Python: atlas.add(kind, **fields), or the method of that kind in atlas.edit().

    Parameters:
        kind: The kind of thing, such as definition, claim, work or second-reading.
        fields: Its fields; repeat a field to give it several values.
        replace: Replace the thing that has the same name.
    """
    write_lines([atlas.add(kind, replace=replace, **_values_by_field(fields or []))])


def delete(atlas: LocalMap, thing: str, *, cascade: bool = False) -> None:
    """Delete a thing of the workspace and its parts, unless something else refers to it.

    Python: edit.delete(thing, cascade=…).

    Parameters:
        thing: The slug, label or IRI of the thing.
        cascade: Also delete what refers to it and cannot do without it.
    """
    with atlas.edit() as edit:
        deleted = edit.delete(thing, cascade=cascade)
    write_lines(f"deleted {iri}" for iri in deleted)


def rename(atlas: LocalMap, thing: str, slug: str) -> None:
    """Give a thing of the workspace another slug, and so another IRI, everywhere it is used.

    Python: edit.rename(thing, slug).

    Parameters:
        thing: The slug, label or IRI of the thing.
        slug: Its new slug.
    """
    with atlas.edit() as edit:
        iri = edit.rename(thing, slug)
    write_lines([iri])


def update(atlas: LocalMap, thing: str, changes: Annotated[list[str], Fields]) -> None:
    """Change some fields of a thing of the workspace, and leave the others.

    Python: edit.update(thing, **changes).

    Parameters:
        thing: The slug, label or IRI of the thing.
        changes: The new values, such as hedge=asserted or page=12.
    """
    from sq_graph.importers.form_input import update as update_texts

    with atlas.edit() as edit:
        iri = update_texts(edit, thing, _values_by_field(changes))
    write_lines([iri])


def _values_by_field(pairs: list[str]) -> dict[str, list[str]]:
    """The values of pairs FIELD=VALUE by field; a field may occur several times."""
    values: dict[str, list[str]] = {}
    for pair in pairs:
        field, equals, value = pair.partition("=")
        if not equals:
            raise InputError(f"{pair!r} gives no value to a field", remedy="Write FIELD=VALUE")
        values.setdefault(field.strip(), []).append(value.strip())
    return values
