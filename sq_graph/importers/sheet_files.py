"""Reading spreadsheets: the rows of a CSV file or workbook as texts, with the cells in doubt."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

from sq_graph.errors import BrokenFile, InputError, SqGraphError, nearest, optional
from sq_graph.importers.columns import EXAMPLE_MARK, SHEETS, UNREAD
from sq_graph.importers.editing import ImportRows
from sq_graph.importers.encodings import INVISIBLE, open_archive, read_text
from sq_graph.model.facts import truncate
from sq_graph.table import FORMULA_SIGNS


class OddCell(str):
    """A cell whose text is lost: a formula, a date, an error; `problem` says which, and `fits` the
    kinds of cell for which it will do all the same.
    """

    problem = ""
    fits: Sequence[str] = ()


_AS_TEXT = "format the cell as text and type it again"
_HEADER_ROWS = 20
"""The number of filled rows in which the header is looked for."""
_MERGED = "(merged)"
_ERROR = re.compile(r"#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!)")
"""What a spreadsheet shows in place of a value that it cannot calculate."""


def _odd_cell(text: str, problem: str, fits: Sequence[str] = ()) -> OddCell:
    cell = OddCell(text)
    cell.problem, cell.fits = problem, fits
    return cell


Cells = Mapping[str, str]
StrayCell = tuple[int, str, str, str]
"""A cell outside the named columns: its row, its column, its text, and the problem."""


class SheetContent(NamedTuple):
    """A sheet's name, its header with its row number, the filled rows with theirs, cells without a
    column, and the number of a lower row with more column names than the header, or 0.
    """

    name: str
    header: list[str]
    header_row: int
    rows: list[tuple[int, Cells]]
    stray_cells: list[StrayCell]
    lower_header_row: int


def csv_sheets(path: Path) -> Iterator[SheetContent]:
    """The one sheet of a CSV file, recognised by its columns; in doubt, by its file name, else
    as definitions.
    """
    lines = [[_csv_cell(cell) for cell in line] for line in csv_rows(path)]
    headers = [set(_normalised(line)) for line in islice(filter(any, lines), _HEADER_ROWS)]
    stem = path.stem.lower().replace("-", " ")

    def rank(name: str) -> tuple[int, bool, bool, bool]:
        names, needed = _column_names(name)
        matches = ((len(names & header), needed <= header) for header in headers)
        return *max(matches, default=(0, False)), name == stem, name == "definitions"

    yield _sheet_content(max(SHEETS, key=rank), lines)


def _csv_cell(cell: str) -> str:
    """A cell of a CSV file on one line; an error that a spreadsheet left there is an odd cell."""
    text = " ".join(cell.split())
    is_error = _ERROR.fullmatch(text)
    return _odd_cell(text, f"the spreadsheet left an error here ({text})") if is_error else text


def csv_rows(path: Path) -> list[list[str]]:
    """The rows of a CSV file by the separator that its first line names or uses most, without the
    apostrophes that keep cells from being formulas.
    """
    content = read_text(path)
    first_line, _, remainder = content.partition("\n")
    match = re.fullmatch(r'"?sep=(.|\\t)"?', first_line.strip("\r\n "), re.IGNORECASE)
    lines: list[list[str]] = [[]] if match else []
    separator = match[1] if match else max(",;\t|", key=re.sub(r'"[^"]*"', "", first_line).count)
    text = io.StringIO(remainder if match else content, newline="")
    reader = csv.reader(text, delimiter=separator.replace("\\t", "\t"), strict=True)
    try:
        lines += reader
    except csv.Error as error:
        is_quoted = any(word in str(error) for word in ("quot", "end of data", "expected after"))
        problem = "a quotation mark is not closed, or closed too early" if is_quoted else error
        remedy = "Write a quotation mark within quotation marks twice, or save it again as CSV"
        raise BrokenFile(f"row {len(lines) + 1}: {problem}", str(path), remedy=remedy) from None
    escaped = tuple(f"'{sign}" for sign in FORMULA_SIGNS)
    return [[cell[1:] if cell.startswith(escaped) else cell for cell in line] for line in lines]


def book_sheets(path: Path, report: ImportRows) -> Iterator[SheetContent]:
    """The known sheets of a workbook, in the order in which they build on each other."""
    with optional("the reader for workbooks", "import"):
        import openpyxl
    try:
        open_archive(path, "workbook").close()
        book = openpyxl.load_workbook(path, data_only=False)
        sheets = {sheet.title.strip(): _unmerge(sheet) for sheet in book.worksheets}
        lines = {name: [list(map(_cell_text, row)) for row in sheets[name]] for name in sheets}
    except SqGraphError:
        raise
    except Exception:  # a damaged workbook fails in many ways, none of them the scholar's fault
        problem = "this is not a workbook, or it is damaged"
        raise BrokenFile(problem, str(path), remedy="Save it again as .xlsx") from None
    names = {name.lower(): name for name in lines}
    for lowered, name in names.items():
        suggestion = nearest(name, list(SHEETS)) if lowered not in (*SHEETS, *UNREAD) else ""
        if suggestion:
            problem = f"{path}: the sheet {name!r} is not known"
            raise InputError(problem, remedy=f"Rename it to {suggestion}, or remove it")
    if names.keys().isdisjoint(SHEETS):
        problem = f"{path} has no sheet called {', '.join(SHEETS)}"
        raise InputError(problem, remedy="Begin with sq-graph template FILE")
    for lowered, name in names.items():
        if lowered in SHEETS:
            report += _ignored_parts(path, sheets[name])
        elif lowered not in UNREAD and (filled := sum(map(any, lines[name]))):
            rows = "1 filled row was" if filled == 1 else f"{filled} filled rows were"
            message = f"the template has no sheet with this name; {rows} not read"
            report.append(("not imported", f"{path}, sheet {name}", "", message))
    for name in SHEETS:
        if name in names and any(map(any, lines[names[name]])):
            yield _sheet_content(name, lines[names[name]])


def _ignored_parts(path: Path, sheet: Any) -> ImportRows:
    """Report rows for comments and links in a sheet, which are not read, and for hidden and
    struck-through cells, which are.
    """
    where, remedy = f"{path}, sheet {sheet.title}", "write it into a cell to keep it"
    filled = [cell for cell in chain.from_iterable(sheet) if cell.value is not None or cell.comment]
    rows = [
        ("not imported", f"{where}, cell {cell.coordinate}", "", f"the {kind} {text!r}: {remedy}")
        for cell in filled
        for kind, text in _annotations(cell)
    ]
    dimensions = chain(sheet.row_dimensions.items(), sheet.column_dimensions.items())
    hidden = ", ".join(str(name) for name, dimension in dimensions if dimension.hidden)
    struck = ", ".join(cell.coordinate for cell in filled if cell.has_style and cell.font.strike)
    for parts, cells in (("hidden rows and columns", hidden), ("struck-through cells", struck)):
        if cells:
            rows.append(("unclear", where, "", f"{parts} are imported too ({truncate(cells, 60)})"))
    return rows


def _annotations(cell: Any) -> Iterator[tuple[str, str]]:
    """The comment and the link of a cell, where its own text does not have them."""
    if cell.comment:
        yield "comment", truncate(" ".join(cell.comment.text.split()), 60)
    if cell.hyperlink and (link := cell.hyperlink.target) and link not in str(cell.value):
        yield "link", truncate(link, 60)


def _unmerge(sheet: Any) -> Any:
    """Splits merged cells; each gets their value where they are in one column."""
    for merged in list(sheet.merged_cells.ranges):
        value = merged.start_cell.value
        sheet.unmerge_cells(merged.coord)
        for row, column in merged.cells if value is not None else ():
            sheet.cell(row, column).value = value if merged.min_col == merged.max_col else _MERGED
    return sheet


def _sheet_content(name: str, lines: Sequence[Sequence[str]]) -> SheetContent:
    """The content of the sheet with this name."""
    start = next((index for index, line in enumerate(lines) if any(line)), len(lines))
    header, *others = map(_normalised, lines[start : start + _HEADER_ROWS] or [()])
    names, needed = _column_names(name)
    most = max(1, len(names.intersection(header)) if needed.difference(header) else len(names))
    lower = (row for row, other in enumerate(others, start + 2) if len(names & {*other}) > most)
    rows: list[tuple[int, Cells]] = []
    stray_cells: list[StrayCell] = []
    for number, line in enumerate(lines[start + 1 :], start + 2):
        cells = dict(zip(header, line, strict=False))
        marked = next(filter(None, line), ""), cells.get(SHEETS[name].columns[0].name, "")
        if not any(line) or any(cell.lower().startswith(EXAMPLE_MARK) for cell in marked):
            continue
        rows.append((number, cells))
        for column, cell in enumerate(line, 1):
            if cell and column > len(header):
                problem = f"row {number} has more cells than the header"
                stray_cells.append((number, str(column), cell, problem))
            elif cell and not header[column - 1]:
                stray_cells.append((number, str(column), cell, f"column {column} has no name"))
    return SheetContent(name, header, start + 1, rows, stray_cells, next(lower, 0))


def _column_names(sheet: str) -> tuple[set[str], set[str]]:
    """The names of a sheet's columns, and of those that are required."""
    columns = SHEETS[sheet].columns
    required = {column.name for column in columns if column.is_required}
    return {column.name for column in columns}, required


def _normalised(line: Sequence[str]) -> list[str]:
    """The names in a header, in the form used for comparison."""
    return [cell.translate(INVISIBLE).strip().lower() for cell in line]


def _cell_text(cell: Any) -> str:
    """A cell of a workbook as text; an odd cell where its text is lost."""
    value, text = cell.value, str(getattr(cell.value, "text", cell.value))
    if value is None:
        return ""
    problem = ""
    if cell.data_type == "f":
        problem = "this is a formula, and formulas are not calculated: paste its value"
    elif _ERROR.fullmatch(text.strip()):
        problem = f"the spreadsheet shows an error here ({value})"
    elif cell.is_date:
        problem = f"the spreadsheet turned this into a date ({text[:10]}): {_AS_TEXT}"
    elif text == _MERGED:
        problem = "this cell is merged with one of another column: unmerge them"
    if problem:
        return _odd_cell(text, problem)
    if isinstance(value, bool):
        problem = f"the spreadsheet turned this into {str(value).upper()}: {_AS_TEXT}"
        return _odd_cell("yes" if value else "no", problem, ["yes"])
    if isinstance(value, int | float) and cell.number_format.endswith("%"):
        return f"{value * 100:g}%"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return f"{value:.0f}"
        problem = f"the spreadsheet turned this into {value!r}: {_AS_TEXT}"
        return _odd_cell(repr(value), problem, ["text"])
    return " ".join(text.split())
