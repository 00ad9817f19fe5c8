"""The workbook template: a sheet per kind of thing, lists, an example row, explanations."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from sq_graph.errors import InputError, optional
from sq_graph.graph import Graph
from sq_graph.importers.columns import EXAMPLE, EXAMPLE_MARK, PLAIN_WORDS, SHEETS, UNREAD, Column
from sq_graph.importers.encodings import csv_text
from sq_graph.importers.reading_notes import read_notes
from sq_graph.model.aspects import Aspect, read_aspects
from sq_graph.model.facts import code_of, facts, text, truncate
from sq_graph.model.names import Names
from sq_graph.table import Table, harmless
from sq_graph.turtle import replace_file
from sq_graph.vocab import slug_of

_EXPLANATIONS, _LISTS = UNREAD
_EXPLAINED = ["sheet", "column", "must be filled", "what it holds", "values"]
_EXPLAINED += ["rule", "borderline case", "example"]
_TERMS = "terms with ; between them"
_VALIDATED_ROWS = 500
"""The number of rows whose cells offer a list of choices."""


def write_template(names: Names, path: Path, notes: Path | None = None) -> Table:
    """Writes an empty workbook (.xlsx) or sheet of definitions (.csv) with the aspects of a map.

    The first row of each sheet is marked as an example and never imported; with `notes`, the
    definitions begin with the annotations of a reading instead.
    Raises InputError for another kind of file, and for a file that exists already.
    """
    if path.exists():
        remedy = "Choose another name, or move that file away"
        raise InputError(f"{path} already exists", remedy=remedy)
    if path.suffix.lower() not in (".xlsx", ".csv"):
        problem = f"a template cannot be written as {path.name!r}"
        raise InputError(problem, remedy="End its name in .xlsx or .csv")
    reading = read_notes(notes, names.find) if notes else None
    rows = reading.rows if reading else [EXAMPLE | {"work": EXAMPLE_MARK + EXAMPLE["work"]}]
    columns = write_rows(names, path, rows)
    start = f"{len(rows)} annotations" if notes else "an example row"
    left_out = reading.left_out if reading else []
    if left_out:
        start += f" ({len(left_out)} more cite no work and are left out)"
    note = f"Its sheet of definitions begins with {start}. Fill it in, then: sq-graph import {path}"
    row = (str(path), len(columns), len(rows))
    notes_left_out = (f"Left out: {truncate(text, 80)}" for text in left_out)
    return Table(("file", "columns", "rows"), (row,), "Template", (note, *notes_left_out))


def write_rows(names: Names, path: Path, rows: Sequence[Mapping[str, str]]) -> list[Column]:
    """Writes a workbook (.xlsx) or sheet (.csv) whose definitions begin with these rows; returns
    its columns.
    """
    aspects = read_aspects(names.graph)
    columns = _definition_columns(aspects)
    header = [column.name for column in columns]
    cells = [header, *([row.get(name, "") for name in header] for row in rows)]
    if path.suffix.lower() == ".csv":
        replace_file(path, csv_text(list(map(harmless, row)) for row in cells))
    else:
        replace_file(path, _workbook(names, aspects, columns, cells))
    return columns


def _definition_columns(aspects: Sequence[Aspect]) -> list[Column]:
    """The columns of definitions: the required ones and the phrase, the aspects, the others."""
    columns = SHEETS["definitions"].columns
    first = [column for column in columns if column.is_required or column.name == "phrase"]
    middle = [
        Column(each.label.lower(), f"aspect:{each.iri}", each.asks, (*each.allows, _TERMS)[0])
        for each in aspects
    ]
    return [*first, *middle, *(column for column in columns if column not in first)]


def _workbook(
    names: Names, aspects: Sequence[Aspect], columns: Sequence[Column], rows: Sequence[list[str]]
) -> bytes:
    with optional("the writer for workbooks", "import"):
        import openpyxl
        from openpyxl.styles import Alignment, Font
        from openpyxl.utils import get_column_letter
        from openpyxl.worksheet.datavalidation import DataValidation
    book = openpyxl.Workbook()
    book.remove(book.active)
    wrapped = Alignment(wrap_text=True, vertical="top")
    lists = {kind: values for kind, values in _lists(names, aspects).items() if values}
    sheets = {"definitions": columns}
    sheets |= {name: SHEETS[name].columns for name in SHEETS if name != "definitions"}
    for name, sheet_columns in sheets.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        example = [column.example for column in sheet_columns]
        example[0] = EXAMPLE_MARK + example[0]
        header = [column.name for column in sheet_columns]
        _write_cells(sheet, rows if name == "definitions" else [header, example])
        if str(sheet.cell(2, 1).value).startswith(EXAMPLE_MARK):
            for cell in sheet[2]:
                cell.font = Font(italic=True, color="808080")
        for number, column in enumerate(sheet_columns, 1):
            letter = get_column_letter(number)
            is_bold = column.is_required
            sheet.cell(1, number).font = Font(bold=is_bold, italic=not is_bold)
            style = sheet.column_dimensions[letter]  # applies to every cell typed below
            style.width = 50 if column.name == "summary" else 18
            style.number_format, style.alignment = "@", wrapped
            if column.kind in lists:
                list_letter = get_column_letter(list(lists).index(column.kind) + 1)
                source = f"={_LISTS}!${list_letter}$2:${list_letter}${len(lists[column.kind]) + 1}"
                rule = DataValidation("list", source, allow_blank=True, errorStyle="warning")
                rule.error, rule.prompt = "This is not in the list.", f"{column.description}."[:250]
                sheet.add_data_validation(rule)
                rule.add(f"{letter}2:{letter}{_VALIDATED_ROWS + 1}")
    sheet = book.create_sheet(_EXPLANATIONS)
    _write_cells(sheet, [_EXPLAINED, *_explanations(names.graph, aspects, sheets)])
    for letter, width in zip("ABCDEFGH", (14, 20, 10, 50, 50, 50, 50, 30), strict=True):
        sheet.column_dimensions[letter].width = width
        sheet[f"{letter}1"].font = Font(bold=True)
    for cells in sheet.iter_rows(min_row=2):
        for cell in cells:
            cell.alignment = wrapped
    sheet = book.create_sheet(_LISTS)
    sheet.sheet_state = "hidden"
    _write_cells(sheet, zip_longest(*([kind, *values] for kind, values in lists.items())))
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def _write_cells(sheet: Any, rows: Iterable[Iterable[str | None]]) -> None:
    """Writes rows into a sheet from its first cell on, every cell as text."""
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            if value is not None:
                cell = sheet.cell(number, column, value)
                cell.data_type, cell.number_format = "s", "@"


def _lists(names: Names, aspects: Sequence[Aspect]) -> dict[str, list[str]]:
    """The lists of choices, by kind of cell."""
    works, concepts, schemes = map(names.of_class, ("sq:Work", "sq:Concept", "skos:ConceptScheme"))
    kinds = sorted({column.kind for sheet in SHEETS.values() for column in sheet.columns})
    codes = [kind for kind in kinds if kind.startswith("code:") and kind != "code:basis"]
    values = {kind: names.of_class(f"sq:{kind[5].upper()}{kind[6:]}") for kind in codes}
    closed = [aspect for aspect in aspects if aspect.is_closed]
    return {
        "work": sorted(map(slug_of, works)),
        "yes": ["yes", "no"],
        "code:basis": list(PLAIN_WORDS),
        **{kind: kind[7:].split("|") for kind in kinds if kind.startswith("choice:")},
        "concept": sorted(map(slug_of, concepts)),
        "scheme": sorted(slug_of(scheme) for scheme in schemes if "/scheme/" in scheme),
        **{kind: list(map(code_of, sorted(values[kind], key=slug_of))) for kind in codes},
        **{f"aspect:{aspect.iri}": [*aspect.allows, "silent", "n/a"] for aspect in closed},
    }


def _explanations(
    graph: Graph, aspects: Sequence[Aspect], sheets: Mapping[str, Sequence[Column]]
) -> Iterator[Sequence[str]]:
    rules = facts(graph, [each.iri for each in aspects])
    choices = {each.iri: "; ".join([*each.allows, "silent", "n/a"]) for each in aspects}
    for name in SHEETS:
        for column in sheets[name]:
            aspect = column.kind.partition(":")[2]
            rule, required = rules.get(aspect, {}), "yes" if column.is_required else ""
            values = (column.description, choices.get(aspect, ""))
            coding = (text(rule, "sq:codingRule"), text(rule, "sq:borderlineCase"))
            yield name, column.name, required, *values, *coding, column.example
