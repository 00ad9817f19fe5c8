"""Tables: columns, rows, a caption and notes, as text for a screen, CSV, JSON, Markdown, LaTeX or
HTML.
"""

from __future__ import annotations

import html
import io
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

from sq_graph.errors import InputError, optional
from sq_graph.grid import grid, wrap_lines
from sq_graph.vocab import Ref

if TYPE_CHECKING:
    import pandas
    import polars

Cell = str | int | float | bool | Ref | None
Line = TypeVar("Line")
FORMS = ("table", "csv", "json", "md", "tex", "html")
"""The forms in which every table can be written."""

LATEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
LATEX |= {char: f"\\{char}" for char in "&%$#_{}"}
"""The special characters of LaTeX, each with its escape."""
FORMULA_SIGNS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
"""The characters with which a formula may begin, also in full width."""
_SYMBOLS = {"→": "to", "←": "gets", "≈": "approx", "⊂": "subset", "∩": "cap", "≠": "ne", "≥": "ge"}
_LATEX = str.maketrans(
    LATEX | {char: rf"$\{name}$" for char, name in _SYMBOLS.items()} | {"\n": r"\newline "}
)


class Tabular(ABC):
    """What can be shown as a table: as text, as HTML in a notebook, as a data frame."""

    @abstractmethod
    def table(self) -> Table:
        """The table that shows it."""

    def __str__(self) -> str:
        return self.table().to_text()

    def __repr__(self) -> str:
        table = self.table()
        title = table.caption or ", ".join(table.columns)
        return f"<{type(self).__name__}: {title}, {len(table)} × {len(table.columns)}>"

    def _repr_html_(self) -> str:
        return self.table().to_html()

    def to_pandas(self) -> pandas.DataFrame:
        """A pandas DataFrame, one statement per row; raises MissingDependency without pandas."""
        return self.table().to_pandas()

    def to_polars(self) -> polars.DataFrame:
        """A polars DataFrame, one statement per row; raises MissingDependency without
        polars.
        """
        return self.table().to_polars()


@dataclass(frozen=True, repr=False)
class Table(Tabular):
    """Rows under named columns.

    `records` is the same content with one statement per row, for CSV and JSON; the shown form may
    merge several statements into a cell. `groups` names the heading of each row. `compact` is the
    same content arranged for a screen on which the columns do not fit.

    >>> table = Table(("concept", "year"), (("trust", 1995),), caption="Concepts")
    >>> print(table.to_csv(), end="")
    concept,year
    trust,1995
    >>> table[0], [concept for concept, _ in table]
    (('trust', 1995), ['trust'])
    >>> table
    <Table: Concepts, 1 × 2>
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    notes: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    records: Table | None = field(default=None, repr=False)
    compact: Table | None = field(default=None, repr=False)

    def table(self) -> Table:
        """The table itself."""
        return self

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[tuple[Cell, ...]]:
        return iter(self.rows)

    def __getitem__(self, index: int) -> tuple[Cell, ...]:
        return self.rows[index]

    def differing(self, silence: str = "") -> Table:
        """The rows in which at least two cells after the first differ.

        >>> Table(("about", "a", "b"), (("x", "1", "1"), ("y", "1", "2"))).differing().rows
        (('y', '1', '2'),)
        """
        silent = {"", None, silence}
        indices = [i for i, row in enumerate(self.rows) if len(set(row[1:]) - silent) > 1]
        groups = tuple(self.groups[i] for i in indices) if self.groups else ()
        return replace(self, rows=tuple(self.rows[i] for i in indices), groups=groups)

    def picked(self, places: Iterable[int]) -> Table:
        """Only the columns at these positions.

        >>> Table(("about", "a", "b"), (("x", "1", "2"),)).picked((0, 2)).rows
        (('x', '2'),)
        """
        indices = list(places)
        rows = tuple(tuple(row[i] for i in indices) for row in self.rows)
        return replace(self, columns=tuple(self.columns[i] for i in indices), rows=rows)

    def with_group_column(self) -> Table:
        """The headings of groups as the last column, for a sheet whose rows can be sorted.

        >>> Table(("who",), (("Room",),), groups=("They agree",)).with_group_column().rows
        (('Room', 'They agree'),)
        """
        if not self.groups:
            return self
        rows = tuple((*row, group) for row, group in zip(self.rows, self.groups, strict=True))
        return replace(self, columns=(*self.columns, "group"), rows=rows, groups=())

    def headed_rows(self) -> Iterator[tuple[str, tuple[Cell, ...]]]:
        """Each row with the heading of its group, which is empty unless a new group begins.

        >>> table = Table(("who",), (("Room",), ("Silver",)), groups=("They agree", "They agree"))
        >>> list(table.headed_rows())
        [('They agree', ('Room',)), ('', ('Silver',))]
        """
        previous = ""
        for group, row in zip(self.groups or ("",) * len(self.rows), self.rows, strict=True):
            yield ("" if group == previous else group), row
            previous = group

    def to_dicts(self) -> list[dict[str, Cell]]:
        """The rows as dicts by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def to_csv(self, excel: bool = False) -> str:
        """The table as CSV, one statement per row, with a header; no cell can act as a formula.

        With `excel` it begins with a byte order mark, so that Excel recognises UTF-8.
        """
        import csv

        source = self.records or self
        output = io.StringIO()
        writer = csv.writer(output, lineterminator="\n")
        writer.writerow(source.columns)
        writer.writerows([harmless(cell) for cell in row] for row in source.rows)
        return ("\ufeff" if excel else "") + output.getvalue()

    def to_json(self) -> str:
        """The table as JSON: a list of objects by column, one statement each."""
        return as_json((self.records or self).to_dicts())

    def to_md(self) -> str:
        """The table in Markdown, with its caption above and its notes below."""
        empty = "  |" * (len(self.columns) - 1)
        lines = [f"**{_md(self.caption)}**", ""] if self.caption else []
        lines += [_md_row(self.columns), "|" + " --- |" * len(self.columns)]
        lines += self._lines(lambda group: f"| **{_md(group)}** |{empty}", _md_row)
        lines += [line for note in self.notes for line in ("", f"*{_md(note)}*")]
        return "\n".join(lines) + "\n"

    def to_tex(self) -> str:
        """The table in LaTeX, escaped (uses `tabularx`, `booktabs`, and `hyperref` for links)."""
        width = len(self.columns)
        lines = [r"\begin{table}", r"\centering"]
        lines += [r"\begin{tabularx}{\linewidth}{" + "X" * width + "}", r"\toprule"]
        lines += [_tex_row(self.columns), r"\midrule"]
        lines += self._lines(
            lambda group: rf"\multicolumn{{{width}}}{{l}}{{\textit{{{_tex(group)}}}}} \\", _tex_row
        )
        lines += [r"\bottomrule", r"\end{tabularx}"]
        lines += [rf"\caption{{{_tex(self.caption)}}}"] if self.caption else []
        lines += [rf"\par\smallskip\footnotesize {_tex(note)}" for note in self.notes]
        return "\n".join([*lines, r"\end{table}"]) + "\n"

    def to_html(self) -> str:
        """The table as an HTML element, escaped, with a caption and notes."""
        head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in self.columns)
        span = f'<tr><th scope="rowgroup" colspan="{len(self.columns)}">'
        body = self._lines(
            lambda group: f"{span}{html.escape(group)}</th></tr>",
            lambda row: "<tr>" + "".join(f"<td>{_html(cell)}</td>" for cell in row) + "</tr>",
        )
        caption = f"<caption>{html.escape(self.caption)}</caption>" if self.caption else ""
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes)
        rows = f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody>"
        return f"<table>{caption}{rows}</table>{notes}\n"

    def to_text(self, width: int = 100, colour: bool = False) -> str:
        """The table for a screen of `width` columns; if it does not fit, one block per row.

        >>> print(Table(("concept",), (), "Concepts", ("There is none.",)).to_text(), end="")
        Concepts
        There is none.
        """
        if width >= 18 * len(self.columns):
            return self._grid(width, colour)
        return self.compact.to_text(width, colour) if self.compact else self._blocks(width)

    def render(self, form: str, width: int = 100, colour: bool = False) -> str:
        """The table in one of `FORMS`; raises InputError for another form."""
        if form not in FORMS:
            remedy = f"Ask for one of {', '.join(FORMS)}"
            raise InputError(f"a table cannot be written as {form!r}", remedy=remedy)
        if form == "table":
            return self.to_text(width, colour)
        return str(getattr(self, f"to_{form}")())

    def to_pandas(self) -> pandas.DataFrame:
        """The table as a DataFrame, one statement per row; raises MissingDependency without
        pandas.
        """
        frame: pandas.DataFrame = self._frame("pandas", "columns")
        return frame

    def to_polars(self) -> polars.DataFrame:
        """The table as a polars DataFrame, one statement per row; raises MissingDependency without
        polars.
        """
        options = {"orient": "row", "infer_schema_length": None}
        frame: polars.DataFrame = self._frame("polars", "schema", **options)
        return frame

    def _frame(self, library: str, heading: str, **options: Any) -> Any:
        """The rows as a frame, with IRIs in place of references, so that frames can be joined by
        them; `heading` is the library's option for the names of columns.
        """
        source = self.records or self
        rows = [[cell.iri if isinstance(cell, Ref) else cell for cell in row] for row in source]
        with optional(library, "notebook"):
            frames = import_module(library)
        return frames.DataFrame(rows, **{heading: list(source.columns)}, **options)

    def _lines(
        self, heading: Callable[[str], Line], line: Callable[[Sequence[Cell]], Line]
    ) -> list[Line]:
        """Each row as a line, preceded by the heading of its group where a new group begins."""
        lines: list[Line] = []
        for group, row in self.headed_rows():
            lines += [heading(group)] if group else []
            lines.append(line(row))
        return lines

    def _grid(self, width: int, colour: bool) -> str:
        def styled(code: int, lines: Sequence[str]) -> list[str]:
            return [f"\x1b[{code}m{line}\x1b[0m" for line in lines] if colour else [*lines]

        caption = styled(1, wrap_lines(self.caption, width)) if self.caption else []
        empty = [""] * (len(self.columns) - 1)
        rows = self._lines(lambda group: [group, *empty], lambda row: [*map(cell_text, row)])
        has_grid = bool(self.rows or not self.notes)  # headings without rows give way to a note
        notes = [line for note in self.notes for line in styled(2, wrap_lines(note, width))]
        body = grid(self.columns, rows, width) if has_grid else []
        return "\n".join([*caption, *body, *notes]) + "\n"

    def _blocks(self, width: int) -> str:
        from textwrap import fill as wrap

        def block(row: Sequence[Cell]) -> str:
            texts = (
                f"{name}: {cell_text(cell)}" for name, cell in zip(self.columns, row, strict=True)
            )
            lines = (
                wrap(text, width, subsequent_indent="  ", break_on_hyphens=False) for text in texts
            )
            return "".join(f"{line}\n" for line in lines)

        lines = [self.caption, ""] if self.caption else []
        lines += self._lines(lambda group: f"{group}\n", block)
        return "\n".join([*lines, *(wrap(note, width) for note in self.notes)]) + "\n"


def stack(tables: Sequence[Table], form: str, width: int = 100) -> str:
    """Several tables in one form, one after another; in JSON, a list of their lists.

    Parameters:
        tables: the tables.
        form: one of `FORMS`.
        width: the width of the screen in characters.

    >>> stack([Table(("a",), ((1,),)), Table(("b",), ((2,),))], "csv").splitlines()
    ['a', '1', '', 'b', '2']
    """
    if form == "json":
        return as_json([(table.records or table).to_dicts() for table in tables])
    return "\n".join(table.render(form, width) for table in tables)


def as_json(value: Any) -> str:
    """A value as indented JSON."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n"


def harmless(cell: Any) -> Any:
    """A cell made safe for a spreadsheet: a text that would act as a formula gets an apostrophe
    before it.
    """
    value = str(cell) if isinstance(cell, Ref) else cell
    is_formula = isinstance(value, str) and value[:1] in (*FORMULA_SIGNS,)
    return f"'{value}" if is_formula else value


def cell_text(cell: Cell) -> str:
    """A cell as it is shown: numbers without a fraction of zero, large ones with all their digits.

    >>> cell_text(True), cell_text(81.0), cell_text(2 / 3), cell_text(12_345_678.0)
    ('yes', '81', '0.666667', '12345678')
    """
    if isinstance(cell, bool | None):
        return "" if cell is None else "yes" if cell else "no"
    return f"{cell:.{15 if abs(cell) >= 100_000 else 6}g}" if isinstance(cell, float) else str(cell)


def _html(cell: Cell) -> str:
    content = html.escape(cell_text(cell))
    return f'<a href="{html.escape(cell.iri)}">{content}</a>' if isinstance(cell, Ref) else content


def _md(cell: Cell) -> str:
    escaped = re.sub(r"([\\|*_`\[\]])", r"\\\1", html.escape(cell_text(cell), quote=False))
    content = escaped.replace("\n", "<br>")
    return f"[{content}](<{cell.iri}>)" if isinstance(cell, Ref) else content


def _md_row(cells: Sequence[Cell]) -> str:
    return f"| {' | '.join(map(_md, cells))} |"


def _tex(cell: Cell) -> str:
    # LaTeX reads a bracket or star after the end of a row as its argument
    content = re.sub(r"\A(?=[\[*])", "{}", cell_text(cell).translate(_LATEX))
    if not isinstance(cell, Ref):
        return content
    address = cell.iri.replace("%", r"\%").replace("#", r"\#")
    return rf"\href{{{address}}}{{{content}}}"


def _tex_row(cells: Sequence[Cell]) -> str:
    return rf"{' & '.join(map(_tex, cells))} \\"
