"""The workbook to fill in: one sheet a kind of thing, lists to choose from, an example row, a page of explanations."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sq_graph.errors import InputError, MissingPart
from sq_graph.graph import Graph
from sq_graph.importers.notes import read_notes
from sq_graph.importers.sheets import EXPLANATIONS, LISTS, SHEETS, Column
from sq_graph.model.aspects import Aspect, read_aspects
from sq_graph.model.facts import coded, facts, text
from sq_graph.table import Table, harmless
from sq_graph.turtle import replace_file
from sq_graph.vocab import slug_of

EXAMPLE = {
    "work": "silver-2007", "page": "abstract", "concept": "social-exclusion", "form": "characterised",
    "summary": "A process more than its end: at any time people stand somewhere on a scale of many dimensions, moving "
               "towards inclusion or towards rupture.",
    "phrase": "people are situated on a multidimensional continuum", "note": "Example row: take it out, or keep it.",
    "authors": "Silver, Hilary", "year": "2007", "kind of thing": "process", "process or outcome": "process",
    "degree": "continuum", "bearer": "individual",
    "title": "The process of social exclusion: the dynamics of an evolving concept",
}  # fmt: skip
_ROWS = 500
"""Rows that are formatted as text and have lists."""


def write_template(graph: Graph, path: Path, notes: Path | None = None) -> Table:
    """Writes an empty workbook (.xlsx) or sheet of definitions (.csv) with the aspects of a map.

    The first row is an example that can be imported; with `notes` the annotations of a reading stand there instead.
    Raises InputError for another kind of file, and where one of that name is there already.
    """
    if path.exists():
        raise InputError(f"{path} is there already", remedy="Choose another name, or move that file away")
    if path.suffix.lower() not in (".xlsx", ".csv"):
        raise InputError(f"a template cannot be written as {path.name!r}", remedy="End its name in .xlsx or .csv")
    aspects = read_aspects(graph)
    rows = read_notes(notes, graph) if notes else [EXAMPLE]
    columns = _with_aspects(aspects)
    content = _csv(columns, rows) if path.suffix.lower() == ".csv" else _book(graph, aspects, columns, rows)
    replace_file(path, content)
    what = f"{len(rows)} annotations" if notes else "an example row"
    return Table(("file", "columns", "rows"), ((str(path), len(columns), len(rows)),), "Template",
                 (f"Its sheet of definitions begins with {what}. Fill it in, then: sq-graph import {path}",)
                 )  # fmt: skip


def _with_aspects(aspects: Sequence[Aspect]) -> list[Column]:
    """The columns of definitions, those of the aspects after the summary."""
    own = [Column(one.label.lower(), f"aspect:{one.iri}", False, one.asks,
                  one.allows[0] if one.allows else "terms with ; between them") for one in aspects]  # fmt: skip
    before = [column for column in SHEETS["definitions"] if column.needed]
    return [*before, *own, *(column for column in SHEETS["definitions"] if not column.needed)]


def _csv(columns: Sequence[Column], rows: Sequence[dict[str, str]]) -> str:
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow([column.name for column in columns])
    writer.writerows([harmless(row.get(column.name, "")) for column in columns] for row in rows)
    return output.getvalue()


def _book(graph: Graph, aspects: Sequence[Aspect], columns: Sequence[Column], rows: Sequence[dict[str, str]]) -> bytes:
    try:
        import openpyxl
        from openpyxl.styles import Alignment, Font
        from openpyxl.utils import get_column_letter
        from openpyxl.worksheet.datavalidation import DataValidation
    except ImportError:
        raise MissingPart("the writer for workbooks", "import") from None
    book = openpyxl.Workbook()
    book.remove(book.active)
    lists = {name: values for name, values in _lists(graph, aspects).items() if values}
    for name in ("definitions", *(name for name in SHEETS if name != "definitions")):
        sheet = book.create_sheet(name)
        own = list(columns) if name == "definitions" else list(SHEETS[name])
        sheet.append([column.name for column in own])
        sheet.freeze_panes = "A2"
        for number, column in enumerate(own, 1):
            letter = get_column_letter(number)
            sheet.cell(1, number).font = Font(bold=column.needed, italic=not column.needed)
            sheet.column_dimensions[letter].width = 50 if column.name == "summary" else 18
            for row in range(2, _ROWS + 2):
                cell = sheet.cell(row, number)
                cell.number_format, cell.alignment = "@", Alignment(wrap_text=True, vertical="top")
            if column.kind in lists:
                place = get_column_letter(list(lists).index(column.kind) + 1)
                rule = DataValidation("list", f"={LISTS}!${place}$2:${place}${len(lists[column.kind]) + 1}",
                                      allow_blank=True, errorStyle="warning")  # fmt: skip
                rule.error, rule.prompt = "This is not in the list.", f"{column.holds}."[:250]
                sheet.add_data_validation(rule)
                rule.add(f"{letter}2:{letter}{_ROWS + 1}")
        for number, said in enumerate(rows if name == "definitions" else (), 2):
            for place_of, column in enumerate(own, 1):
                cell = sheet.cell(number, place_of, said.get(column.name, ""))
                cell.number_format, cell.data_type = "@", "s"
    _explain(book.create_sheet(EXPLANATIONS), graph, aspects, columns)
    sheet = book.create_sheet(LISTS)
    sheet.sheet_state = "hidden"
    for number, (name, values) in enumerate(lists.items(), 1):
        for row, value in enumerate([name, *values], 1):
            sheet.cell(row, number, value).data_type = "s"
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def _lists(graph: Graph, aspects: Sequence[Aspect]) -> dict[str, list[str]]:
    """What can be chosen, by kind of cell."""

    def slugs(kind: str) -> list[str]:
        query = f"SELECT DISTINCT ?thing {{ ?class rdfs:subClassOf* {kind} . ?thing a ?class FILTER(isIRI(?thing)) }}"
        return sorted({row["thing"].value for row in graph.select(query)}, key=slug_of)

    found = {"work": [slug_of(one) for one in slugs("sq:Work")], "yes": ["yes", "no"],
             "concept": [slug_of(one) for one in slugs("sq:Concept")],
             "scheme": [slug_of(one) for one in slugs("skos:ConceptScheme") if "/scheme/" in one]}  # fmt: skip
    found |= {
        f"code:{name}": [coded(one) for one in slugs(f"sq:{name.capitalize()}")]
        for name in ("form", "hedge", "relation")
    }
    return found | {f"aspect:{one.iri}": [*one.allows, "silent", "n/a"] for one in aspects if one.is_closed}


def _explain(sheet: Any, graph: Graph, aspects: Sequence[Aspect], columns: Sequence[Column]) -> None:
    from openpyxl.styles import Alignment, Font

    known = facts(graph, [one.iri for one in aspects])
    rules = {f"aspect:{one.iri}": known[one.iri] for one in aspects}
    allowed = {f"aspect:{one.iri}": one.allows for one in aspects}
    sheet.append(("sheet", "column", "must be filled", "what it holds", "values", "rule", "borderline case", "example"))
    for name in SHEETS:
        for column in columns if name == "definitions" else SHEETS[name]:
            said = rules.get(column.kind, {})
            values = "; ".join([*allowed[column.kind], "silent", "n/a"]) if column.kind in allowed else ""
            sheet.append((name, column.name, "yes" if column.needed else "", column.holds, values,
                          text(said, "sq:codingRule"), text(said, "sq:borderlineCase"), column.example))  # fmt: skip
    for number, width in enumerate((14, 20, 10, 50, 50, 50, 50, 30)):
        sheet.column_dimensions["ABCDEFGH"[number]].width = width
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment, cell.data_type = Alignment(wrap_text=True, vertical="top"), "s"
