"""Tables: columns, rows, a caption and notes, shown on a screen or written as CSV, JSON, Markdown, LaTeX, HTML."""

from __future__ import annotations

import csv
import html
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sq_graph.errors import InputError

if TYPE_CHECKING:
    import pandas

Cell = str | int | float | bool | None
FORMS = ("table", "csv", "json", "md", "tex", "html")
"""The forms in which every table can be written."""

_LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "→": r"$\rightarrow$", "≈": r"$\approx$",
    "⊂": r"$\subset$", "∩": r"$\cap$", "≠": r"$\neq$",
}  # fmt: skip


@dataclass(frozen=True)
class Table:
    """Rows under named columns.

    `records` is the same content with one statement a row, for CSV and JSON, where the shown form merges
    several statements into a cell. `groups` names, for each row, the heading under which it stands.
    `compact` is the same content laid out for a screen on which the columns do not fit.

    >>> table = Table(("concept", "year"), (("trust", 1995),), caption="Concepts")
    >>> print(table.to_csv(), end="")
    concept,year
    trust,1995
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    notes: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    records: Table | None = field(default=None, repr=False)
    compact: Table | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.rows)

    def to_dicts(self) -> list[dict[str, Cell]]:
        """The rows as dicts by column.

        >>> Table(("a",), ((1,),)).to_dicts()
        [{'a': 1}]
        """
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def to_csv(self) -> str:
        """The table as CSV, one statement a row, with a header.

        A cell that a spreadsheet would take for a formula is preceded by an apostrophe.
        """
        source = self.records or self
        output = io.StringIO()
        writer = csv.writer(output, lineterminator="\n")
        writer.writerow(source.columns)
        writer.writerows([harmless(cell) for cell in row] for row in source.rows)
        return output.getvalue()

    def to_json(self) -> str:
        """The table as JSON: a list of objects by column, one statement each."""
        return json.dumps((self.records or self).to_dicts(), ensure_ascii=False, indent=2) + "\n"

    def to_md(self) -> str:
        """The table in Markdown, with its caption above and its notes below."""
        lines = [f"**{self.caption}**", ""] if self.caption else []
        lines += ["| " + " | ".join(map(_md, self.columns)) + " |", "|" + " --- |" * len(self.columns)]
        for heading, row in self._grouped():
            if heading:
                lines.append("| " + " | ".join([f"**{_md(heading)}**"] + [""] * (len(self.columns) - 1)) + " |")
            lines.append("| " + " | ".join(map(_md, row)) + " |")
        lines += [line for note in self.notes for line in ("", f"*{_md(note)}*")]
        return "\n".join(lines) + "\n"

    def to_tex(self) -> str:
        """The table in LaTeX (`tabularx`, `booktabs`), escaped."""
        width = len(self.columns)
        lines = [
            r"\begin{table}",
            r"\centering",
            r"\begin{tabularx}{\linewidth}{" + "X" * width + "}",
            r"\toprule",
        ]
        lines += [" & ".join(map(_tex, self.columns)) + r" \\", r"\midrule"]
        for heading, row in self._grouped():
            if heading:
                lines.append(rf"\multicolumn{{{width}}}{{l}}{{\textit{{{_tex(heading)}}}}} \\")
            lines.append(" & ".join(map(_tex, row)) + r" \\")
        lines += [r"\bottomrule", r"\end{tabularx}"]
        lines += [rf"\caption{{{_tex(self.caption)}}}"] if self.caption else []
        lines += [rf"\par\smallskip\footnotesize {_tex(note)}" for note in self.notes]
        return "\n".join([*lines, r"\end{table}"]) + "\n"

    def to_html(self) -> str:
        """The table as an HTML element, escaped, with a caption and notes."""
        head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in self.columns)
        body = []
        for heading, row in self._grouped():
            if heading:
                body.append(f'<tr><th scope="rowgroup" colspan="{len(self.columns)}">{html.escape(heading)}</th></tr>')
            body.append("<tr>" + "".join(f"<td>{html.escape(_text(cell))}</td>" for cell in row) + "</tr>")
        caption = f"<caption>{html.escape(self.caption)}</caption>" if self.caption else ""
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes)
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>{notes}\n"

    def to_text(self, width: int = 100, colour: bool = False) -> str:
        """The table for a screen of `width` columns; where it cannot fit, one block a row."""
        if width < 14 * len(self.columns):
            return self.compact.to_text(width, colour) if self.compact else self._blocks(width)
        return self._grid(width, colour)

    def render(self, form: str, width: int = 100, colour: bool = False) -> str:
        """The table in one of `FORMS`; raises InputError for another form."""
        if form not in FORMS:
            raise InputError(f"a table cannot be written as {form!r}", remedy=f"Ask for one of {', '.join(FORMS)}")
        if form == "table":
            return self.to_text(width, colour)
        written: str = getattr(self, f"to_{form}")()
        return written

    def to_pandas(self) -> pandas.DataFrame:
        """The table as a DataFrame, one statement a row; raises MissingPart without pandas."""
        from sq_graph.errors import MissingPart

        try:
            import pandas
        except ImportError:
            raise MissingPart("pandas", "notebook") from None
        source = self.records or self
        return pandas.DataFrame(list(source.rows), columns=list(source.columns))

    def _repr_html_(self) -> str:
        return self.to_html()

    def _grouped(self) -> list[tuple[str, tuple[Cell, ...]]]:
        """Each row with the heading that opens a new group before it, or ''."""
        groups = self.groups or ("",) * len(self.rows)
        before = ("", *groups)
        return [("" if now == last else now, row) for now, last, row in zip(groups, before, self.rows, strict=False)]

    def _grid(self, width: int, colour: bool) -> str:
        from rich import box
        from rich.console import Console
        from rich.table import Table as Grid
        from rich.text import Text

        grid = Grid(box=box.SIMPLE_HEAD, show_lines=True, pad_edge=False)
        for name in self.columns:
            grid.add_column(Text(name), overflow="fold", vertical="top")
        for heading, row in self._grouped():
            if heading:
                grid.add_row(Text(heading, style="bold italic"))
            grid.add_row(*(Text(_text(cell)) for cell in row))
        output = io.StringIO()
        console = Console(
            file=output,
            width=width,
            markup=False,
            highlight=False,
            emoji=False,
            force_terminal=colour,
            no_color=not colour,
        )
        if self.caption:
            console.print(Text(self.caption, style="bold"))
        console.print(grid)
        for note in self.notes:
            console.print(Text(note, style="dim"))
        return "\n".join(line.rstrip() for line in output.getvalue().splitlines()) + "\n"

    def _blocks(self, width: int) -> str:
        import textwrap

        lines = [self.caption, ""] if self.caption else []
        for heading, row in self._grouped():
            lines += [heading, ""] if heading else []
            for name, cell in zip(self.columns, row, strict=True):
                text = f"{name}: {_text(cell)}"
                lines += textwrap.wrap(text, width, subsequent_indent="  ", break_on_hyphens=False) or [text]
            lines.append("")
        return "\n".join([*lines, *(line for note in self.notes for line in textwrap.wrap(note, width))]) + "\n"


def stack(tables: Sequence[Table], form: str, width: int = 100, colour: bool = False) -> str:
    """Several tables one after another in one form.

    >>> print(stack([Table(("a",), ((1,),)), Table(("b",), ((2,),))], "csv"), end="")
    a
    1
    <BLANKLINE>
    b
    2
    """
    if form == "json":
        return json.dumps([(t.records or t).to_dicts() for t in tables], ensure_ascii=False, indent=2) + "\n"
    return "\n".join(table.render(form, width, colour) for table in tables)


def _text(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return "" if cell is None else f"{cell:g}" if isinstance(cell, float) else str(cell)


def harmless(cell: Any) -> Any:
    """A cell as it is safe in a spreadsheet: what would be taken for a formula is preceded by an apostrophe."""
    return "'" + cell if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _md(cell: Cell) -> str:
    text = html.escape(_text(cell), quote=False)
    for sign in "\\|*_`[]":
        text = text.replace(sign, "\\" + sign)
    return text.replace("\n", "<br>")


def _tex(cell: Cell) -> str:
    return "".join(_LATEX.get(sign, sign) for sign in _text(cell)).replace("\n", r"\newline ")
