"""What spreadsheets hold: the rows of a CSV file or workbook as texts, with what is odd in them."""

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
from sq_graph.model.facts import shortened


class OddCell(str):
    """A cell whose text is lost: a formula, a date, an error; `why` says which, `fits` for which
    kinds of cell it will do all the same.
    """

    why = ""
    fits: Sequence[str] = ()


_AS_TEXT = "format the cell as text and type it again"
_SOUGHT = 20
"""Filled rows among which the header is sought."""
_MERGED = "(merged)"
_ERROR = re.compile(r"#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!)")
"""What a spreadsheet shows in place of a value that it cannot work out."""


def _odd(shown: str, why: str, fits: Sequence[str] = ()) -> OddCell:
    cell = OddCell(shown)
    cell.why, cell.fits = why, fits
    return cell


Cells = Mapping[str, str]
Loose = tuple[int, str, str, str]
"""A cell that no column holds: its row, its column, its text, and what is wrong."""


class SheetContent(NamedTuple):
    """A sheet's name, its header with the number of its row, its filled rows with theirs, cells
    without a column, and the row further down that has more names of columns than the header.
    """

    name: str
    header: list[str]
    header_row: int
    rows: list[tuple[int, Cells]]
    loose: list[Loose]
    header_below: int


def csv_sheets(path: Path) -> Iterator[SheetContent]:
    """The one sheet of a CSV file, known by its columns; in doubt, the one that the file is named
    after, else definitions.
    """
    lines = [[_tidy(cell) for cell in line] for line in csv_rows(path)]
    heads = list(map(_header, islice(filter(any, lines), _SOUGHT)))
    stem = path.stem.lower().replace("-", " ")

    def fit(name: str) -> tuple[int, bool, bool]:
        known, needed = _column_names(name)
        most = max((len(known & {*head}) for head in heads if needed <= {*head}), default=0)
        return most, name == stem, name == "definitions"

    yield _content(max(SHEETS, key=fit), lines)


def _tidy(cell: str) -> str:
    """A cell of a CSV file on one line; an error that a spreadsheet left there is odd."""
    shown = " ".join(cell.split())
    is_error = _ERROR.fullmatch(shown)
    return _odd(shown, f"the spreadsheet left an error here ({shown})") if is_error else shown


def csv_rows(path: Path) -> list[list[str]]:
    """The rows of a CSV file by the separator that its first line names or uses most, without the
    apostrophe before what would be a formula.
    """
    content = read_text(path)
    first, _, rest = content.partition("\n")
    named = re.fullmatch(r'"?sep=(.|\\t)"?', first.strip("\r\n "), re.IGNORECASE)
    lines: list[list[str]] = [[]] if named else []
    sign = named[1] if named else max(",;\t|", key=re.sub(r'"[^"]*"', "", first).count)
    text = io.StringIO(rest if named else content, newline="")
    reader = csv.reader(text, delimiter=sign.replace("\\t", "\t"), strict=True)
    try:
        lines += reader
    except csv.Error as error:
        is_quoted = any(one in str(error) for one in ("quot", "end of data", "expected after"))
        why = "a quotation mark is not closed, or closed too early" if is_quoted else error
        remedy = "Write a quotation mark within quotation marks twice, or save it again as CSV"
        raise BrokenFile(f"row {len(lines) + 1}: {why}", str(path), remedy=remedy) from None
    escaped = ("'=", "'+", "'-", "'@")
    return [[cell[1:] if cell.startswith(escaped) else cell for cell in line] for line in lines]


def book_sheets(path: Path, report: ImportRows) -> Iterator[SheetContent]:
    """Each sheet of a workbook that is known, in the order in which they build on each other."""
    with optional("the reader for workbooks", "import"):
        import openpyxl
    try:
        open_archive(path, "workbook").close()
        book = openpyxl.load_workbook(path, data_only=False)
        sheets = {one.title.strip(): _whole(one) for one in book.worksheets}
        lines = {name: [list(map(_shown, row)) for row in one] for name, one in sheets.items()}
    except SqGraphError:
        raise
    except Exception:  # a damaged workbook fails in many ways, none of them the scholar's fault
        what = "this is not a workbook, or it is damaged"
        raise BrokenFile(what, str(path), remedy="Save it again as .xlsx") from None
    found = {name.lower(): name for name in lines}
    for small, name in found.items():
        near = nearest(name, list(SHEETS)) if small not in (*SHEETS, *UNREAD) else ""
        if near:
            what = f"{path}: the sheet {name!r} is not known"
            raise InputError(what, remedy=f"Call it {near}, or take it out")
    if found.keys().isdisjoint(SHEETS):
        what = f"{path} has no sheet called {', '.join(SHEETS)}"
        raise InputError(what, remedy="Begin with sq-graph template FILE")
    for small, name in found.items():
        if small in SHEETS:
            report += _unread(path, sheets[name])
        elif small not in UNREAD and (filled := sum(map(any, lines[name]))):
            rows = "1 filled row was" if filled == 1 else f"{filled} filled rows were"
            why = f"the template has no sheet with this name; {rows} not read"
            report.append(("not imported", f"{path}, sheet {name}", "", why))
    for name in SHEETS:
        if name in found and any(map(any, lines[found[name]])):
            yield _content(name, lines[found[name]])


def _unread(path: Path, sheet: Any) -> ImportRows:
    """What the report says of comments in a sheet, which are not read, and hidden rows, which
    are.
    """
    place, kept = f"{path}, sheet {sheet.title}", "write it into a cell to keep it"
    filled = [cell for cell in chain.from_iterable(sheet) if cell.value is not None or cell.comment]
    found = [
        ("not imported", f"{place}, cell {cell.coordinate}", "", f"the {what} {text!r}: {kept}")
        for cell in filled
        for what, text in _beside(cell)
    ]
    shapes = chain(sheet.row_dimensions.items(), sheet.column_dimensions.items())
    hidden = ", ".join(str(name) for name, shape in shapes if shape.hidden)
    struck = ", ".join(cell.coordinate for cell in filled if cell.has_style and cell.font.strike)
    for what, cells in (("hidden rows and columns", hidden), ("struck-through cells", struck)):
        if cells:
            why = f"{what} are imported too ({shortened(cells, 60)})"
            found.append(("unclear", place, "", why))
    return found


def _beside(cell: Any) -> Iterator[tuple[str, str]]:
    """The comment and the link of a cell, where its own text does not have them."""
    if cell.comment:
        yield "comment", shortened(" ".join(cell.comment.text.split()), 60)
    if cell.hyperlink and (link := cell.hyperlink.target) and link not in str(cell.value):
        yield "link", shortened(link, 60)


def _whole(sheet: Any) -> Any:
    """A sheet whose merged cells each have the value of all, where they are of one column."""
    for merged in list(sheet.merged_cells.ranges):
        value = merged.start_cell.value
        sheet.unmerge_cells(merged.coord)
        for row, column in merged.cells if value is not None else ():
            is_one = merged.min_col == merged.max_col
            sheet.cell(row, column).value = value if is_one else _MERGED
    return sheet


def _content(name: str, lines: Sequence[Sequence[str]]) -> SheetContent:
    """The content of a sheet with this name."""
    start = next((place for place, line in enumerate(lines) if any(line)), len(lines))
    header, *others = map(_header, lines[start : start + _SOUGHT] or [()])
    known, needed = _column_names(name)
    most = len(known.intersection(header)) if needed.difference(header) else len(known)
    lower = (n for n, one in enumerate(others, start + 2) if len(known & {*one}) > max(most, 1))
    rows: list[tuple[int, Cells]] = []
    loose: list[Loose] = []
    for number, line in enumerate(lines[start + 1 :], start + 2):
        if not any(line) or next(filter(None, line)).lower().startswith(EXAMPLE_MARK):
            continue
        rows.append((number, dict(zip(header, line, strict=False))))
        for place, cell in enumerate(line, 1):
            if cell and place > len(header):
                why = f"row {number} has more cells than the header"
                loose.append((number, str(place), cell, why))
            elif cell and not header[place - 1]:
                loose.append((number, str(place), cell, f"column {place} has no name"))
    return SheetContent(name, header, start + 1, rows, loose, next(lower, 0))


def _column_names(sheet: str) -> tuple[set[str], set[str]]:
    """The names of a sheet's columns, and of those that must be filled."""
    columns = SHEETS[sheet].columns
    return {one.name for one in columns}, {one.name for one in columns if one.is_required}


def _header(line: Sequence[str]) -> list[str]:
    """The names in a header, as they are compared."""
    return [cell.translate(INVISIBLE).strip().lower() for cell in line]


def _shown(cell: Any) -> str:
    """A cell of a workbook as text; what is not there as text any more is said to be odd."""
    value, shown = cell.value, str(getattr(cell.value, "text", cell.value))
    if value is None:
        return ""
    why = ""
    if cell.data_type == "f":
        why = "this is a formula, and formulas are not calculated: paste its value"
    elif _ERROR.fullmatch(shown.strip()):
        why = f"the spreadsheet shows an error here ({value})"
    elif cell.is_date:
        why = f"the spreadsheet made a date of this ({shown[:10]}): {_AS_TEXT}"
    elif shown == _MERGED:
        why = "this cell is merged with one of another column: split them"
    if why:
        return _odd(shown, why)
    if isinstance(value, bool):
        why = f"the spreadsheet made {str(value).upper()} of this: {_AS_TEXT}"
        return _odd("yes" if value else "no", why, ["yes"])
    if isinstance(value, int | float) and cell.number_format.endswith("%"):
        return f"{value * 100:g}%"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return f"{value:.0f}"
        return _odd(repr(value), f"the spreadsheet made {value!r} of this: {_AS_TEXT}", ["text"])
    return " ".join(shown.split())
