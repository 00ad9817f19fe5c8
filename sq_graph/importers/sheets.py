"""Spreadsheets of definitions, concepts, typologies, alignments, claims: all rows or none.

Cells are read as text. Each fault names its place and value, what was expected, and an example.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from sq_graph.errors import InputError, SqGraphError, UnknownName, nearest
from sq_graph.importers.attributing import locator_of
from sq_graph.importers.columns import CELLS, PLAIN_WORDS, SHEETS, Column, absent_properties
from sq_graph.importers.editing import Edit, ImportRows
from sq_graph.importers.encodings import INVISIBLE
from sq_graph.importers.graph_builder import NameTaken
from sq_graph.importers.people import bibtex_names
from sq_graph.importers.sheet_files import Cells, OddCell, SheetContent, book_sheets, csv_sheets
from sq_graph.importers.works_index import author_name
from sq_graph.model.facts import code_of
from sq_graph.model.records import make_slug
from sq_graph.vocab import slug_of

_SHARED_FIELDS = ("page", "phrase", "hedge", "hedge_words")
"""Fields that the first of several rows gives for itself and for what they make together."""
_WORK_FIELDS = ("authors", "year", "title")
"""Fields of the work that a row names, not of what the row makes."""


@dataclass(frozen=True)
class CellFault:
    """A fault in one cell.

    >>> print(CellFault("d.xlsx", "claims", 3, "page", "5 f", "not a page", "a page", "290"))
    d.xlsx, sheet claims, row 3, column page: not a page. Expected: a page; for example '290'.
    """

    file: str
    sheet: str
    row: int
    column: str
    value: str
    what: str
    expected: str = ""
    example: str = ""

    def __str__(self) -> str:
        column = f", column {self.column}" if self.column else ""
        problem = self.what.rstrip(".")
        message = f"{self.file}, sheet {self.sheet}, row {self.row}{column}: {problem}"
        message += "" if problem.endswith("?") else "."
        if self.expected:
            message += f" Expected: {self.expected[:1].lower()}{self.expected[1:]}"
            message += "" if self.example else "."
        return message + (f"; for example {self.example!r}." if self.example else "")


class SheetFaults(InputError):
    """Cells that cannot be read; `faults` holds each of them."""

    def __init__(self, faults: Iterable[CellFault]) -> None:
        super().__init__("nothing was imported")
        self.faults = tuple(faults)
        count = len(self.faults) - 1
        more = f" There {'is' if count == 1 else 'are'} {count} more." if count else ""
        self.args = (f"{self.faults[0]}{more} Nothing was imported.",)


def import_sheets(
    edit: Edit, path: Path, progress: Callable[..., None], report: ImportRows
) -> None:
    """Adds all rows of a file to an edit, and reports the parts of a workbook that are not read;
    raises SheetFaults with every wrong cell.
    """
    sheets = list(book_sheets(path, report) if path.suffix.lower() == ".xlsx" else csv_sheets(path))
    progress(sum(len(sheet.rows) for sheet in sheets))
    faults: list[CellFault] = []
    faulty_names = set[str]()
    for sheet in sheets:
        faults += _SheetReader(edit, path.name, sheet, progress, faulty_names, report).faults
    edit.origin, edit.kept_properties = "", frozenset()
    if faults:
        raise SheetFaults(_without_repeated_choices(faults))


def _without_repeated_choices(faults: Iterable[CellFault]) -> Iterator[CellFault]:
    """The faults; of several with the same list of choices, the first alone has the list."""
    seen_choices = set[str]()
    for fault in faults:
        problem, _, choices = fault.what.partition(" Choose among ")
        yield replace(fault, what=problem) if choices in seen_choices - {""} else fault
        seen_choices.add(choices)


class _SheetReader:
    """Reads one sheet into an edit, and collects its faults.

    `faulty_names` has the names of things that rows with a fault would have made: a cell that names
    one of them is not a fault of its own.
    """

    def __init__(
        self,
        edit: Edit,
        file: str,
        sheet: SheetContent,
        progress: Callable[..., None],
        faulty_names: set[str],
        report: ImportRows,
    ) -> None:
        self.edit, self.file, self.faulty_names, self.report = edit, file, faulty_names, report
        self.name, self.sheet = sheet.name, SHEETS[sheet.name]
        self.faults: list[CellFault] = []
        self._find = cache(edit.find)
        columns = self._match_columns(sheet)
        edit.kept_properties = absent_properties(self.name, [column.name for column in columns])
        for row, position, cell, problem in sheet.stray_cells if columns else ():
            self._reject(row, position, cell, problem, "a name in the header, or quotation marks")
        is_header_valid = not self.faults
        groups: dict[str, list[dict[str, Any]]] = {}
        concepts: dict[str, dict[str, Any]] = {}
        rows = _in_dependency_order(sheet.rows) if self.name == "concepts" else sheet.rows
        for row, cells in rows if columns else ():
            edit.origin = f"{file}, sheet {self.name}, row {row}"
            self._add_missing_work(row, cells)
            fault_count, self._is_blocked = len(self.faults), False
            values: dict[str, Any] = {"row": row, "aspects": {}}
            for column in columns:
                is_aspect = column.kind.startswith("aspect:")
                fields = values["aspects"] if is_aspect else values
                key = column.name if is_aspect else column.parameter
                fields[key] = self._parse_cell(row, column, cells.get(column.name, ""))
            if len(self.faults) != fault_count or self._is_blocked or not is_header_valid:
                self._skip(cells)
            elif self.sheet.rows:
                groups.setdefault(make_slug(values["label"]), []).append(values)
            elif first := concepts.get(slug := make_slug(values.get("label", ""))):
                self._require_agreement([first, values])
            else:  # at once, so that a later row can name what it makes
                if self.name == "concepts":
                    concepts[slug] = values
                self._add([values])
            progress()
        for group in groups.values():
            self._add(group)

    def _skip(self, cells: Cells) -> None:
        """Notes the names by which other rows may refer to what a skipped row would have made."""
        labels = [column.name for column in self.sheet.columns if column.parameter == "label"]
        self.faulty_names.update(_slug(cells[key]) for key in ("name", *labels) if cells.get(key))

    def _reject(
        self, row: int, column: str, value: str, what: object, expected: str = "", example: str = ""
    ) -> None:
        location = self.file, self.name, row, column
        self.faults.append(CellFault(*location, value, str(what), expected, example))

    def _match_columns(self, sheet: SheetContent) -> list[Column]:
        """The columns in the header's order; faults for unknown, missing and duplicate ones."""
        columns_by_name = {column.name: column for column in self.sheet.columns}
        row, columns = sheet.header_row, list[Column]()
        if sheet.lower_header_row or columns_by_name.keys().isdisjoint(sheet.header):
            needed = ", ".join(column.name for column in self.sheet.columns if column.is_required)
            problem = "no cell of this row names a column"
            if sheet.lower_header_row:
                problem = f"the header is in row {sheet.lower_header_row}: delete the rows above it"
            self._reject(row, "", "", problem, f"the names of columns: {needed}")
            return []
        unknown, problems = list[str](), list[str]()
        for name in filter(None, sheet.header):
            column = columns_by_name.get(name) or self._aspect_column(name)
            if column is None:
                hint = nearest(name, list(columns_by_name))
                unknown.append(f"{name!r} (perhaps {hint})" if hint else repr(name))
            elif column in columns:
                problems.append(f"the column {name!r} is given twice")
            else:
                columns.append(column)
        missing = [repr(c.name) for c in self.sheet.columns if c.is_required and c not in columns]
        for names, problem in ((unknown, "neither columns nor aspects"), (missing, "missing")):
            problems += [f"{problem}: {', '.join(names)}"] if names else []
        if problems:
            self._reject(row, "", "", "; ".join(problems), "those of sq-graph template FILE")
        return columns

    def _aspect_column(self, name: str) -> Column | None:
        """The column of an aspect, which only definitions have."""
        if self.name != "definitions":
            return None
        try:
            aspect = self.edit.find(name, "aspect")
        except SqGraphError:
            return None
        allowed = self.edit.allowed(aspect)
        open_to = "Terms with ; between them, or silent, or n/a"
        holds = "One of " + ", ".join([*allowed, "silent", "n/a"]) if allowed else open_to
        return Column(name, f"aspect:{aspect}", holds, next(iter(allowed), "trust; shared values"))

    def _add_missing_work(self, row: int, cells: Cells) -> None:
        """Adds the work of a row that gives its title, where the map lacks it."""
        title, slug = cells.get("title", ""), cells.get("work", "")
        has_odd_cell = isinstance(title, OddCell) or isinstance(slug, OddCell)
        if self.name != "definitions" or not title or not slug or has_odd_cell:
            return
        with suppress(SqGraphError):
            self.edit.find(slug, "work")
            return
        authors = list(filter(None, map(str.strip, cells.get("authors", "").split(";"))))
        column, example = "authors", "Chan, Joseph; Chan, Elaine"
        try:
            for author in authors:
                names, _, doubt = bibtex_names(author)
                if "," in author and (len(names) > 1 or "one person" in doubt):
                    raise InputError(f"{author!r} is not one name")
                if author_name(author).organisation and not any(n.organisation for n in names):
                    message = f"{author!r} is taken for an organisation; a person is Family, Given"
                    self.report.append(("unclear", self.edit.origin, slug, message))
            column, example = "work", "chan-2006"
            work = self.edit.work(slug, title=title, authors=authors, year=cells.get("year", ""))
            self.edit.name(work, slug)  # the map may have it under another name
        except SqGraphError as error:
            expected = "a slug" if column == "work" else "names with semicolons between them"
            self._reject(row, column, cells.get(column, ""), error, expected, example)
            self.faulty_names.add(_slug(slug))

    def _parse_cell(self, row: int, column: Column, cell: str) -> Any:
        """The value of a cell, a list where it may hold several; '' and a fault for a wrong one."""
        kind, _, options = column.kind.partition(":")
        separator = CELLS[kind].separator
        try:
            if isinstance(cell, OddCell) and kind not in cell.fits:
                raise InputError(cell.problem)
            parts = cell.split(separator) if separator else [cell]
            parts = [part.strip() for part in parts if part.strip()]
            if column.is_required and not parts:
                raise InputError("this cell is empty")
            values = [self._parse_value(kind, options, part) for part in parts]
        except SqGraphError as error:
            if isinstance(error, UnknownName) and _slug(error.name) in self.faulty_names:
                self._is_blocked = True
                return ""
            hint = CELLS[kind].hint if isinstance(error, UnknownName) else ""
            expected = "; ".join(filter(None, (column.description, hint)))
            self._reject(row, column.name, cell, str(error).rstrip("."), expected, column.example)
            return ""
        return values if separator else next(iter(values), "")

    def _parse_value(self, kind: str, options: str, value: str) -> Any:
        """The value that a text stands for; raises SqGraphError for an invalid text."""
        if (kinds := CELLS[kind].kinds) is not None:
            return self._find(value.translate(INVISIBLE), *kinds)
        lowered = value.lower()
        if kind == "holders":
            return value if "," in value else self._find(value, "agent")
        if kind == "aspect" and lowered not in ("silent", "n/a") and self.edit.allowed(options):
            self.edit.allowed_value(options, value)
        if kind == "code":
            return code_of(self.edit.code(options, PLAIN_WORDS.get(lowered, value))[1])
        if kind == "choice":
            if lowered not in (choices := options.split("|")):
                raise InputError(f"{value!r} is not one of {', '.join(choices)}")
            return lowered
        if kind == "page":
            locator_of(value)
        if kind in ("phrase", "words") and len(value.split()) > 8:
            raise InputError(f"{value!r} has more than eight words")
        if kind == "yes" and lowered not in ("yes", "no"):
            raise InputError(f"{value!r} is neither yes nor no")
        return lowered == "yes" if kind == "yes" else value

    def _add(self, group: Sequence[dict[str, Any]]) -> None:
        """Adds what a row describes; the rows of one typology or position together."""
        first, parts = group[0], self.sheet.parts
        fields = {key: value for key, value in first.items() if value and key not in _WORK_FIELDS}
        row, aspects = fields.pop("row"), fields.pop("aspects", {})
        if self.name == "definitions":
            fields["aspects"] = {name: value for name, value in aspects.items() if value}
        self._require_agreement(group)
        if self.sheet.rows:
            rows = [tuple(values.get(part, "") for part in parts) for values in group]
            for part in {*parts}.difference(_SHARED_FIELDS):
                fields.pop(part, None)
            fields[self.sheet.rows] = rows
        self.edit.origin = f"{self.file}, sheet {self.name}, row {row}"
        try:
            thing = getattr(self.edit, self.sheet.method)(**fields)
            self._report_kept_codings(thing, [name for name, value in aspects.items() if not value])
        except SqGraphError as error:
            has_name = any(column.name == "name" for column in self.sheet.columns)
            name = "name" if has_name and isinstance(error, NameTaken) else ""
            self._reject(row, name, "", error.what if "=True" in error.remedy else error)
            self._skip({key: first.get(key, "") for key in ("name", "label")})

    def _report_kept_codings(self, definition: str, aspects: Sequence[str]) -> None:
        """Reports the codings of a definition that the map keeps although their cells are blank."""
        if not aspects or definition in self.edit.new_things:
            return
        slug, columns = slug_of(definition), filter(None, map(self._aspect_column, aspects))
        names = {slug_of(column.kind): column.name for column in columns}
        for aspect in list(names):
            if not self.edit.is_taken(self.edit.mint("coding", f"{slug}-{aspect}")):
                del names[aspect]
        if names:
            fields = " ".join(f"aspect.{aspect}=" for aspect in names)
            message = f"cells are blank ({', '.join(names.values())}), but what was coded there is "
            message += f"kept; to remove it: sq-graph update {slug} {fields}"
            self.report.append(("unclear", self.edit.origin, slug, message))

    def _require_agreement(self, group: Sequence[dict[str, Any]]) -> None:
        """Reports each cell of a later row that contradicts the first row, the parts aside."""
        first = group[0]
        for values in group[1:]:
            for column in self.sheet.columns:
                value, is_part = values.get(column.parameter), column.parameter in self.sheet.parts
                if is_part or not value or value == first.get(column.parameter):
                    continue
                problem = f"{first['label']!r} has a different {column.name} in row {first['row']}"
                text = "; ".join(value) if isinstance(value, list) else str(value)
                expected = f"the same as in row {first['row']}, or a blank cell"
                self._reject(values["row"], column.name, text, problem, expected)


def _in_dependency_order(rows: Sequence[tuple[int, Cells]]) -> list[tuple[int, Cells]]:
    """Rows of concepts, each after the rows of the concepts that it names."""
    number_of = {_slug(cells.get("label", "")): number for number, cells in rows}
    cells_of, sorter = dict(rows), TopologicalSorter[int]()
    for number, cells in rows:
        names = (_slug(cells.get(column, "")) for column in ("broader", "sense of"))
        sorter.add(number, *(number_of[name] for name in names if name in number_of.keys() - {""}))
    with suppress(CycleError):
        return [(number, cells_of[number]) for number in sorter.static_order()]
    return list(rows)


def _slug(name: str) -> str:
    """A name in the form used for comparison: `claim:Trust first` is `trust-first`."""
    return make_slug(name.rpartition(":")[2])
