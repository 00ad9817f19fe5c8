"""Spreadsheets of definitions, concepts, typologies, alignments, claims: all rows or none.

Cells are read as text. Each fault names its place and value, what was expected, and an example.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from sq_graph.errors import InputError, SqGraphError, UnknownName, nearest
from sq_graph.importers.attributing import locator_of
from sq_graph.importers.columns import CELLS, PLAIN_WORDS, SHEETS, Column, absent_properties
from sq_graph.importers.editing import Edit, ImportRows
from sq_graph.importers.encodings import INVISIBLE
from sq_graph.importers.graph_builder import NameTaken
from sq_graph.importers.people import names_of
from sq_graph.importers.sheet_files import Cells, OddCell, SheetContent, book_sheets, csv_sheets
from sq_graph.model.facts import code_of
from sq_graph.model.records import slugged
from sq_graph.vocab import slug_of

_ALSO_OF_WHOLE = ("page", "phrase", "hedge", "hedge_words")
"""What the first of several rows says of itself and of the whole that they make together."""
_ASIDE = ("authors", "year", "title")
"""What a row says that is not said of the thing that it makes."""


@dataclass(frozen=True)
class CellFault:
    """What is wrong with one cell.

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
        what = self.what.rstrip(".")
        said = f"{self.file}, sheet {self.sheet}, row {self.row}{column}: {what}"
        said += "" if what.endswith("?") else "."
        if self.expected:
            said += f" Expected: {self.expected[:1].lower()}{self.expected[1:]}"
            said += "" if self.example else "."
        return said + (f"; for example {self.example!r}." if self.example else "")


class SheetFaults(InputError):
    """Cells that cannot be read; `faults` holds each of them."""

    def __init__(self, faults: Iterable[CellFault]) -> None:
        faults = tuple(faults)
        rest = len(faults) - 1
        more = f" There {'is' if rest == 1 else 'are'} {rest} more." if rest else ""
        super().__init__("nothing was imported")
        self.args = (f"{faults[0]}{more} Nothing was imported.",)
        self.faults = faults


def import_sheets(
    edit: Edit, path: Path, progress: Callable[..., None], report: ImportRows
) -> None:
    """Puts all rows of a file into an edit, and adds to the report what of a workbook is not read;
    raises SheetFaults with every wrong cell.
    """
    is_book = path.suffix.lower() == ".xlsx"
    sheets = list(book_sheets(path, report) if is_book else csv_sheets(path))
    progress(sum(len(one.rows) for one in sheets))
    faults: list[CellFault] = []
    faulty = set[str]()
    for sheet in sheets:
        faults += _SheetReader(edit, path.name, sheet, progress, faulty, report).faults
    edit.origin, edit.kept_properties = "", frozenset()
    if faults:
        raise SheetFaults(_listed_once(faults))


def _listed_once(faults: Iterable[CellFault]) -> Iterator[CellFault]:
    """The faults, with the values that can be chosen only in the first that lists them."""
    seen = set[str]()
    for fault in faults:
        what, _, choices = fault.what.partition(" Choose among ")
        yield replace(fault, what=what) if choices in seen - {""} else fault
        seen.add(choices)


class _SheetReader:
    """Reads one sheet into an edit, and collects what is wrong with it.

    `faulty` has the names of things that rows with a fault would have made: a cell that names one
    of them is no fault of its own.
    """

    def __init__(
        self,
        edit: Edit,
        file: str,
        sheet: SheetContent,
        progress: Callable[..., None],
        faulty: set[str],
        report: ImportRows,
    ) -> None:
        self.edit, self.file, self.faulty, self.report = edit, file, faulty, report
        self.name, self.sheet = sheet.name, SHEETS[sheet.name]
        self.faults: list[CellFault] = []
        self._find = cache(edit.find)
        columns = self._columns(sheet)
        edit.kept_properties = absent_properties(self.name, [one.name for one in columns])
        for number, place, cell, why in sheet.loose if columns else ():
            self._fault(number, place, cell, why, "a name in the header, or quotation marks")
        all_there = not self.faults
        groups: dict[str, list[dict[str, Any]]] = {}
        concepts: dict[str, dict[str, Any]] = {}
        rows = _in_order(sheet.rows) if self.name == "concepts" else sheet.rows
        for number, cells in rows if columns else ():
            edit.origin = f"{file}, sheet {self.name}, row {number}"
            self._new_work(number, cells)
            before, self._waits = len(self.faults), False
            values: dict[str, Any] = {"row": number, "aspects": {}}
            for column in columns:
                is_aspect = column.kind.startswith("aspect:")
                held = values["aspects"] if is_aspect else values
                place = column.name if is_aspect else column.parameter
                held[place] = self._value(number, column, cells.get(column.name, ""))
            if len(self.faults) != before or self._waits or not all_there:
                self._set_aside(cells)
            elif self.sheet.rows:
                groups.setdefault(slugged(values["label"]), []).append(values)
            elif first := concepts.get(label := slugged(values.get("label", ""))):
                self._require_agreement([first, values])
            else:  # at once, so that a later row can name what it makes
                if self.name == "concepts":
                    concepts[label] = values
                self._make([values])
            progress()
        for group in groups.values():
            self._make(group)

    def _set_aside(self, cells: Cells) -> None:
        """Notes by which names another row may refer to what this one would have made."""
        labels = [one.name for one in self.sheet.columns if one.parameter == "label"]
        self.faulty.update(_slug(cells[name]) for name in ("name", *labels) if cells.get(name))

    def _fault(
        self, row: int, column: str, value: str, what: object, expected: str = "", example: str = ""
    ) -> None:
        place = self.file, self.name, row, column
        self.faults.append(CellFault(*place, value, str(what), expected, example))

    def _columns(self, sheet: SheetContent) -> list[Column]:
        """The columns in the header's order; faults for unknown, missing and double ones."""
        known = {column.name: column for column in self.sheet.columns}
        found: list[Column] = []
        if sheet.header_below or known.keys().isdisjoint(sheet.header):
            needed = ", ".join(column.name for column in known.values() if column.is_required)
            what = "no cell of this row names a column"
            if sheet.header_below:
                what = f"the header is in row {sheet.header_below}: delete the rows above it"
            self._fault(sheet.header_row, "", "", what, f"the names of columns: {needed}")
            return []
        for name in filter(None, sheet.header):
            column = known.get(name) or self._aspect(name)
            if column is None or column in found:
                why = "there twice" if column else "neither known nor an aspect of this map"
                near = nearest(name, list(known)) or "summary"
                what = f"the column {name!r} is {why}"
                self._fault(sheet.header_row, name, name, what, "a column of the template", near)
            else:
                found.append(column)
        for one in known.values():
            if one.is_required and one not in found:
                what = f"the column {one.name!r} is missing"
                self._fault(sheet.header_row, one.name, "", what, one.description, one.example)
        return found

    def _aspect(self, name: str) -> Column | None:
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

    def _new_work(self, row: int, cells: Cells) -> None:
        """Makes the work of a row that gives its title, where the map lacks it."""
        title, slug = cells.get("title", ""), cells.get("work", "")
        is_lost = isinstance(title, OddCell) or isinstance(slug, OddCell)
        if self.name != "definitions" or not title or not slug or is_lost:
            return
        with suppress(SqGraphError):
            self.edit.find(slug, "work")
            return
        authors = list(filter(None, map(str.strip, cells.get("authors", "").split(";"))))
        for one in authors:
            names, _, doubt = names_of(one) if "," in one else ([], False, "")
            if len(names) > 1 or "one person" in doubt:
                what, remedy = f"{one!r} is not one name", "names with semicolons between them"
                self._fault(row, "authors", one, what, remedy, "Chan, Joseph; Chan, Elaine")
                return
        try:
            made = self.edit.work(slug, title=title, authors=authors, year=cells.get("year", ""))
            self.edit.name(made, slug)  # the map may have it under another name
        except SqGraphError as error:
            self._fault(row, "work", slug, error, "a slug", "chan-2006")

    def _value(self, row: int, column: Column, cell: str) -> Any:
        """What a cell means, a list where it may hold several values; else a fault."""
        name, _, detail = column.kind.partition(":")
        kind = CELLS[name]
        try:
            if isinstance(cell, OddCell) and name not in cell.fits:
                raise InputError(cell.why)
            parts = cell.split(kind.separator) if kind.separator else [cell]
            parts = [part.strip() for part in parts if part.strip()]
            if column.is_required and not parts:
                raise InputError("this cell is empty")
            meant = [self._meant(name, detail, part) for part in parts]
        except SqGraphError as error:
            if isinstance(error, UnknownName) and _slug(error.name) in self.faulty:
                self._waits = True
                return ""
            new = kind.hint if isinstance(error, UnknownName) else ""
            holds = "; ".join(filter(None, (column.description, new)))
            self._fault(row, column.name, cell, str(error).rstrip("."), holds, column.example)
            return ""
        return meant if kind.separator else next(iter(meant), "")

    def _meant(self, name: str, detail: str, word: str) -> Any:
        """What one value means; raises SqGraphError where it means nothing."""
        if (kinds := CELLS[name].kinds) is not None:
            return self._find(word.translate(INVISIBLE), *kinds)
        small = word.lower()
        if name == "holders":
            return word if "," in word else self._find(word, "agent")
        if name == "aspect" and small not in ("silent", "n/a") and self.edit.allowed(detail):
            self.edit.allowed_value(detail, word)
        if name == "code":
            return code_of(self.edit.code(detail, PLAIN_WORDS.get(small, word))[1])
        if name == "choice":
            if small not in (choices := detail.split("|")):
                raise InputError(f"{word!r} is not one of {', '.join(choices)}")
            return small
        if name == "page":
            locator_of(word)
        if name in ("phrase", "words") and len(word.split()) > 8:
            raise InputError(f"{word!r} has more than eight words")
        if name == "yes" and small not in ("yes", "no"):
            raise InputError(f"{word!r} is neither yes nor no")
        return small == "yes" if name == "yes" else word

    def _make(self, group: Sequence[dict[str, Any]]) -> None:
        """Makes what a row says; the rows of one typology or position together."""
        first, parts = group[0], self.sheet.parts
        said = {name: value for name, value in first.items() if value and name not in _ASIDE}
        row, aspects = said.pop("row"), said.pop("aspects", {})
        if self.name == "definitions":
            said["aspects"] = {name: value for name, value in aspects.items() if value}
        if len(group) > 1:
            self._require_agreement(group)
        if self.sheet.rows:
            kept = {
                name: said[name] for name in said if name not in parts or name in _ALSO_OF_WHOLE
            }
            rows = [tuple(one.get(part, "") for part in parts) for one in group]
            said = {**kept, self.sheet.rows: rows}
        self.edit.origin = f"{self.file}, sheet {self.name}, row {row}"
        try:
            made = getattr(self.edit, self.sheet.method)(**said)
            self._report_blank(made, [name for name, value in aspects.items() if not value])
        except SqGraphError as error:
            has_name = any(one.name == "name" for one in self.sheet.columns)
            column = "name" if has_name and isinstance(error, NameTaken) else ""
            self._fault(row, column, "", error)
            self._set_aside({name: first.get(name, "") for name in ("name", "label")})

    def _report_blank(self, thing: str, aspects: Sequence[str]) -> None:
        """Reports what the map keeps of the coding of a definition although its cells are blank."""
        if not aspects or thing in self.edit.new:
            return
        slug, found = slug_of(thing), {name: self._aspect(name) for name in aspects}
        coded = {
            name: slug_of(one.kind)
            for name, one in found.items()
            if one and self.edit.is_taken(self.edit.mint("coding", f"{slug}-{slug_of(one.kind)}"))
        }
        if coded:
            why = f"cells are blank ({', '.join(coded)}), but what was coded there is kept"
            taken_away = " ".join(f"aspect.{one}=" for one in coded.values())
            why = f"{why}; to take it away: sq-graph update {slug} {taken_away}"
            self.report.append(("unclear", self.edit.origin, slug, why))

    def _require_agreement(self, group: Sequence[dict[str, Any]]) -> None:
        """A fault for each cell of a later row that says something else of the whole."""
        first = group[0]
        for row in group[1:]:
            for column in self.sheet.columns:
                value, is_part = row.get(column.parameter), column.parameter in self.sheet.parts
                if is_part or not value or value == first.get(column.parameter):
                    continue
                what = f"{first['label']!r} has another {column.name} in row {first['row']}"
                shown = "; ".join(value) if isinstance(value, list) else str(value)
                same = f"the same as in row {first['row']}, or a blank cell"
                self._fault(row["row"], column.name, shown, what, same)


def _in_order(rows: Sequence[tuple[int, Cells]]) -> list[tuple[int, Cells]]:
    """Rows of concepts, each after those that make what it names."""
    waiting, ordered = list(rows), list[tuple[int, Cells]]()
    while waiting:
        made = {_slug(cells.get("label", "")) for _, cells in waiting} - {""}
        later = [
            row
            for row in waiting
            if not made.isdisjoint(_slug(row[1].get(name, "")) for name in ("broader", "sense of"))
        ]
        if len(later) == len(waiting):  # they go round in a circle
            return ordered + waiting
        named = {number for number, _ in later}
        ordered += [row for row in waiting if row[0] not in named]
        waiting = later
    return ordered


def _slug(name: str) -> str:
    """A name as it is compared: `claim:Trust first` is `trust-first`."""
    return slugged(name.rpartition(":")[2])
