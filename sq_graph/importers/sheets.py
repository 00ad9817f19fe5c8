"""Spreadsheets of definitions, concepts, typologies, alignments and claims: all rows come in, or none.

Cells are read as text. Each fault names its file, sheet, row, column and value, what was expected, and an example.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from sq_graph.errors import BrokenFile, InputError, MissingPart, SqGraphError, nearest
from sq_graph.importers.editing import Edit, pages

EXPLANATIONS, LISTS = "explanations", "lists"
_LARGEST = 300_000_000
"""Bytes that a workbook may unpack to: more is no literature."""


class Column(NamedTuple):
    """One column of a sheet: what its cells are, whether they must be filled, what they hold, an example."""

    name: str
    kind: str
    needed: bool
    holds: str
    example: str


_WORK = (
    Column("work", "work", True, "The work that was read: slug, label, citation key or DOI", "silver-2007"),
    Column("page", "page", True, "The page where it stands, or a range", "290–291"),
)
_CREDIT = (
    Column(
        "phrase",
        "phrase",
        False,
        "Up to eight words as they stand there, by which the place is found",
        "a state of affairs",
    ),
    Column("holder", "holders", False, "Who holds it, where not the work's authors; several with ;", "Silver, Hilary"),
    Column(
        "stated in", "work", False, "The holder's own work, where the work that was read only reports it", "room-1999"
    ),
    Column("hedge", "code:hedge", False, "How firmly it is put; asserted if blank", "hedged"),
    Column(
        "hedge words", "words", False, "The words that hedge, as they stand there; several with ;", "may be; largely"
    ),
    Column(
        "name", "slug", False, "A slug of one's own; made from work, concept and page if blank", "silver-2007-exclusion"
    ),
)
SHEETS: dict[str, tuple[Column, ...]] = {
    "concepts": (
        Column("label", "text", True, "The concept in one sense", "community resilience"),
        Column("scheme", "scheme", False, "The field it belongs to; constructs if blank", "constructs"),
        Column("broader", "concept", False, "A concept under which you arrange it", "social-cohesion"),
        Column("sense of", "concept", False, "The word of which it is one author's sense", "social-exclusion"),
        Column("note", "text", False, "Anything else", "Used in two fields"),
    ),
    "definitions": (
        *_WORK,
        Column("concept", "concept", True, "The concept defined: slug or label", "social-exclusion"),
        Column(
            "summary", "text", True, "What it is said to be, in your own words", "A process that keeps people apart."
        ),
        Column("form", "code:form", False, "How the definition is given; paraphrased if blank", "quoted"),
        *_CREDIT,
        Column("note", "text", False, "Anything else", "Repeated in the conclusion"),
        Column(
            "authors", "text", False, "Of a work that the map lacks: Family, Given; several with ;", "Silver, Hilary"
        ),
        Column("year", "text", False, "Of a work that the map lacks", "2007"),
        Column("title", "text", False, "Of a work that the map lacks", "The process of social exclusion"),
    ),
    "typologies": (
        Column("typology", "text", True, "What the division is called; one row a category", "forms of exclusion"),
        *_WORK,
        Column("divides", "concept", True, "The concept divided", "social-exclusion"),
        Column("category", "text", True, "One member, in the author's word", "partial exclusion"),
        Column("summary", "text", False, "What the member is, in your own words", "Some ties are cut."),
        Column(
            "ordered by",
            "text",
            False,
            "From what to what the order runs; blank if the author orders nothing",
            "mild to severe",
        ),
        *_CREDIT,
    ),
    "alignments": (
        *_WORK,
        Column(
            "subject", "things", True, "What is set beside something; several taken together with +", "normal + severe"
        ),
        Column("relation", "code:relation", True, "How they are said to stand", "close"),
        Column("object", "thing", True, "What it is set beside", "room-rupture"),
        Column("denied", "yes", False, "yes where the work says that it does not hold", "yes"),
        Column("summary", "text", False, "What is said, in your own words", "The two come to the same."),
        *_CREDIT,
    ),
    "claims": (
        *_WORK,
        Column(
            "summary", "text", True, "What is claimed, in your own words", "Trust is needed before anybody invests."
        ),
        Column("about", "topics", False, "What it is about; several with ;", "trust"),
        Column("subject", "thing", False, "With relation and object: the first term", "trust"),
        Column("relation", "code:relation", False, "How the two are said to stand", "condition-of"),
        Column("object", "thing", False, "The second term", "social-capital"),
        *_CREDIT,
    ),
}
"""The sheets in the order in which they are read, each with its columns; definitions have one more for each aspect."""


@dataclass(frozen=True)
class CellFault:
    """What is wrong with one cell.

    >>> print(CellFault("d.xlsx", "definitions", 3, "page", "5 f", "'5 f' is no page", "the page", "290–291"))
    d.xlsx, sheet definitions, row 3, column page: '5 f' is no page. Expected: the page; for example '290–291'.
    """

    file: str
    sheet: str
    row: int
    column: str
    value: str
    what: str
    expected: str
    example: str

    def __str__(self) -> str:
        place = f"{self.file}, sheet {self.sheet}, row {self.row}" + (f", column {self.column}" if self.column else "")
        tail = f" Expected: {self.expected[:1].lower()}{self.expected[1:]}" if self.expected else ""
        example = f"; for example {self.example!r}." if self.example else "." if tail else ""
        what = self.what.rstrip(".")
        return f"{place}: {what}{'' if what.endswith('?') else '.'}{tail}{example}"


class SheetFaults(InputError):
    """Cells that cannot be read; `faults` holds each of them."""

    def __init__(self, faults: Sequence[CellFault]) -> None:
        more = f" There are {len(faults) - 1} more faults." if len(faults) > 1 else ""
        super().__init__("nothing was imported")
        self.args = (f"{faults[0]}{more} Nothing was imported.",)
        self.faults = tuple(faults)


class _Oddity(NamedTuple):
    """A cell whose text is lost: a formula, a date, an error of the spreadsheet."""

    shown: str
    what: str


Row = tuple[int, dict[str, "str | _Oddity"]]


def import_sheets(edit: Edit, path: Path, progress: Callable[[], None] = lambda: None) -> None:
    """Puts all rows of a workbook or CSV file into an edit; raises SheetFaults with every cell that is wrong."""
    faults: list[CellFault] = []
    for sheet, header, rows in _sheets(path):
        columns = _columns(edit, path.name, sheet, header, faults)
        made: dict[str, list[tuple[int, dict[str, Any]]]] = {}
        for number, cells in rows:
            said = {column.name: cells[column.name] for column in columns if cells.get(column.name)}
            values: dict[str, Any] = {}
            before = len(faults)
            _new_work(edit, path.name, sheet, number, said, faults)
            for column in columns:
                value = said.get(column.name, "")
                try:
                    values[column.name] = _checked(edit, column, value)
                except SqGraphError as error:
                    shown = value.shown if isinstance(value, _Oddity) else value
                    what = str(error).rstrip(".") if value else "this cell is empty"
                    faults.append(
                        CellFault(path.name, sheet, number, column.name, shown, what, column.holds, column.example)
                    )
            if len(faults) == before:
                key = str(values["typology"]) if sheet == "typologies" else str(number)
                made.setdefault(key, []).append((number, values))
            progress()
        for group in made.values():
            _make(edit, path.name, sheet, group, faults)
    if faults:
        raise SheetFaults(faults)


def _columns(edit: Edit, file: str, sheet: str, header: Sequence[str], faults: list[CellFault]) -> list[Column]:
    """The columns of a sheet in its header's order, aspects among them; faults for unknown, missing and double ones."""
    known = {column.name: column for column in SHEETS[sheet]}
    found: list[Column] = []
    for name in filter(None, header):
        column = known.get(name)
        if column is None and sheet == "definitions":
            column = _aspect_column(edit, name)
        if column is None or column in found:
            near = nearest(name, list(known))
            what = f"the column {name!r} is " + ("there twice" if column else "neither known nor an aspect of this map")
            faults.append(CellFault(file, sheet, 1, name, name, what, "a column of the template", near or "summary"))
        else:
            found.append(column)
    for column in known.values():
        if column.needed and column not in found:
            what = f"the column {column.name!r} is missing"
            faults.append(CellFault(file, sheet, 1, column.name, "", what, column.holds, column.example))
    return found


def _aspect_column(edit: Edit, name: str) -> Column | None:
    try:
        aspect = edit.find(name, "aspect")
    except SqGraphError:
        return None
    allowed = edit.allowed(aspect)
    return Column(name, f"aspect:{aspect}", False, "One of " + ", ".join([*allowed, "silent", "n/a"]) if allowed else
                  "Terms with ; between them, or silent, or n/a",
                  next(iter(allowed), "trust; shared values"))  # fmt: skip


def _new_work(
    edit: Edit, file: str, sheet: str, row: int, said: Mapping[str, str | _Oddity], faults: list[CellFault]
) -> None:
    """Makes the work of a row that gives its title, where the map lacks it."""
    title, slug = said.get("title"), said.get("work")
    if sheet != "definitions" or not isinstance(title, str) or not isinstance(slug, str):
        return
    try:
        edit.find(slug, "work")
    except SqGraphError:
        authors = [one.strip() for one in str(said.get("authors", "")).split(";") if one.strip()]
        try:
            edit.work(slug, title=title, authors=authors, year=str(said.get("year", "")))
        except SqGraphError as error:
            faults.append(CellFault(file, sheet, row, "work", slug, str(error), "a slug", "silver-2007"))


def _checked(edit: Edit, column: Column, value: str | _Oddity) -> Any:
    """What a cell means; raises SqGraphError where it means nothing."""
    if isinstance(value, _Oddity):
        raise InputError(value.what)
    if not value:
        if column.needed:
            raise InputError("this cell is empty")
        return ""
    kind, _, detail = column.kind.partition(":")
    several = [part.strip() for part in value.split("+" if kind == "things" else ";") if part.strip()]
    if kind == "aspect":
        for part in several:
            if part.lower() not in ("silent", "n/a") and edit.allowed(detail):
                edit.allowed_value(detail, part)
        return several
    if kind == "code":
        return edit.code(detail, value) and value
    if kind == "page":
        return pages(value) and value
    if kind in ("phrase", "words"):
        for part in several if kind == "words" else [value]:
            if len(part.split()) > 8:
                raise InputError(f"{part!r} has more than eight words")
        return several if kind == "words" else value
    if kind == "yes":
        if value.lower() not in ("yes", "no"):
            raise InputError(f"{value!r} is neither yes nor no")
        return value.lower() == "yes"
    if kind == "holders":
        return [part if "," in part else edit.find(part, "agent") for part in several]
    if kind in ("things", "topics"):
        return [edit.find(part) for part in several]
    if kind == "thing":
        return edit.find(value)
    if kind in ("work", "scheme"):
        return edit.find(value, kind)
    if kind == "concept":
        return edit.find(value, "concept", "category")
    return value


def _make(
    edit: Edit, file: str, sheet: str, group: Sequence[tuple[int, dict[str, Any]]], faults: list[CellFault]
) -> None:
    """Makes what a row says; the rows of one typology together."""
    number, row = group[0]
    named = ("phrase", "holder", "stated in", "hedge", "hedge words", "name")
    credit = {name.replace(" ", "_"): row[name] for name in named
              if row.get(name)}  # fmt: skip
    place = {} if sheet == "concepts" else {"in_": row["work"], "page": row["page"]}
    before = set(edit.made)
    try:
        if sheet == "concepts":
            own = {
                name.replace(" ", "_"): row[name] for name in ("scheme", "broader", "sense of", "note") if row.get(name)
            }
            edit.concept(row["label"], **own)
        elif sheet == "definitions":
            aspects = {name: value for name, value in row.items() if isinstance(value, list) and name not in
                       ("holder", "hedge words")}  # fmt: skip
            edit.definition(of=row["concept"], summary=row["summary"], form=row.get("form") or "paraphrased",
                            aspects=aspects, note=row.get("note", ""), **place, **credit)  # fmt: skip
        elif sheet == "typologies":
            members = [(each["category"], each.get("summary", "")) for _, each in group]
            edit.typology(row["typology"], divides=row["divides"], categories=members,
                          ordered_by=row.get("ordered by", ""), **place, **credit)  # fmt: skip
        elif sheet == "alignments":
            edit.alignment(subject=row["subject"], relation=row["relation"], object=row["object"],
                           denied=bool(row.get("denied")), summary=row.get("summary", ""),
                           **place, **credit)  # fmt: skip
        else:
            edit.claim(summary=row["summary"], about=row.get("about") or (), subject=row.get("subject", ""),
                       relation=row.get("relation", ""), object=row.get("object", ""), **place, **credit)  # fmt: skip
    except SqGraphError as error:
        faults.append(CellFault(file, sheet, number, "", "", str(error), "", ""))
    edit.origins |= dict.fromkeys(set(edit.made) - before, f"{file}, sheet {sheet}, row {number}")


def _sheets(path: Path) -> Iterator[tuple[str, list[str], Iterable[Row]]]:
    """Each sheet that is known, with its header and its filled rows, in the order in which they build on each other."""
    if path.suffix.lower() == ".csv":
        header, rows = _rows(_csv_lines(path))
        fitting = [name for name, columns in SHEETS.items() if all(c.name in header for c in columns if c.needed)]
        yield (fitting or ["definitions"])[0] if "definitions" not in fitting else "definitions", header, rows
        return
    try:
        import openpyxl
    except ImportError:
        raise MissingPart("the reader for workbooks", "import") from None
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(one.file_size for one in archive.infolist()) > _LARGEST:
                raise BrokenFile("the workbook is too large", str(path), remedy="Split it")
        book = openpyxl.load_workbook(path, data_only=False)
        lines = {name: [[_shown(cell) for cell in row] for row in book[name].iter_rows()] for name in book.sheetnames
                 if hasattr(book[name], "iter_rows")}  # fmt: skip
    except SqGraphError:
        raise
    except Exception as error:  # a damaged workbook fails in many ways, none of them the scholar's fault
        what = f"this is no workbook that can be read ({type(error).__name__})"
        raise BrokenFile(what, str(path), remedy="Save it again as .xlsx") from None
    for name in lines:
        if name.lower() not in (*SHEETS, EXPLANATIONS, LISTS) and (near := nearest(name, list(SHEETS))):
            raise InputError(f"{path}: the sheet {name!r} is not known", remedy=f"Call it {near}, or take it out")
    found = {name.lower(): name for name in lines if name.lower() in SHEETS}
    if not found:
        raise InputError(
            f"{path} holds no sheet called {', '.join(SHEETS)}", remedy="Begin with sq-graph template FILE"
        )
    for name in SHEETS:
        if name in found:
            header, rows = _rows(lines[found[name]])
            yield name, header, rows


def _rows(lines: Iterable[Sequence[str | _Oddity]]) -> tuple[list[str], list[Row]]:
    header: list[str] = []
    rows: list[Row] = []
    for number, line in enumerate(lines, 1):
        if number == 1:
            header = [str(cell.shown if isinstance(cell, _Oddity) else cell).strip().lower() for cell in line]
        elif any(line):
            rows.append((number, dict(zip(header, line, strict=False))))
    return header, rows


def _shown(cell: Any) -> str | _Oddity:
    """A cell of a workbook as text; what is not there as text any more is said to be odd."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return _Oddity(
            str(getattr(value, "text", value)),
            "this is a formula, and formulas are not worked out here: paste its value",
        )
    if cell.data_type == "e":
        return _Oddity(str(value), f"the spreadsheet shows an error here ({value})")
    if cell.is_date:
        return _Oddity(
            str(value), f"the spreadsheet made a date of this ({str(value)[:10]}): format the cell as text, type again"
        )
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else repr(value)
    return " ".join(str(value).split())


def _csv_lines(path: Path) -> list[list[str | _Oddity]]:
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BrokenFile("the file is not UTF-8 text", str(path), remedy="Save it as CSV UTF-8") from None
    first = content.partition("\n")[0]
    sign = max(",;\t", key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(content, newline=""), delimiter=sign))
    except csv.Error as error:
        raise BrokenFile(f"this is no CSV ({error})", str(path), remedy="Save it again as CSV UTF-8") from None
    escaped = ("'=", "'+", "'-", "'@")
    return [[" ".join((cell[1:] if cell.startswith(escaped) else cell).split()) for cell in line] for line in lines]
