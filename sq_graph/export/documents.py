"""Tables as documents: for Word in landscape, and as a workbook with a matrix, its values and the
references.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sq_graph.errors import InputError, optional
from sq_graph.export.bibliography import bibliography
from sq_graph.graph import Graph
from sq_graph.model.aspects import FIXED
from sq_graph.model.facts import iris, values
from sq_graph.table import Table
from sq_graph.vocab import Ref, expand

PAPER_SIZES = {"a4": (297, 210), "letter": (279, 216)}
"""The size of each paper in landscape, in millimetres."""
_MARGIN = 15
_ASPECTS_ON_PAPER = 4
_PAGE_CHARS = 190
_NOT_IN_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF], " ")
"""Control characters, which no document of Word or Excel may have."""
_MAX_WORD_CHARS = 20
"""Longer words, such as addresses, are broken."""
_MAX_LINK_CHARS = 100
_MAX_ROW_HEIGHT = 409
"""The height of a row, in points, beyond which Excel repairs a workbook."""
_WIDTHS = {"what it says": 60, "definition": 44, "reference": 110, "note": 110}
"""Widths, in characters, of workbook columns that hold sentences."""


def to_docx(graph: Graph, table: Table, has_aspects: bool = False, paper: str = "a4") -> bytes:
    """Writes a comparison as a Word document; one of definitions has a row for each, notes and
    references.

    Parameters:
        graph: the map.
        table: the comparison, of definitions as `definition_rows` gives it.
        has_aspects: whether its aspects were chosen; otherwise only the most informative are shown.
        paper: `a4` or `letter`, in landscape.

    Raises:
        InputError: another paper size.
        MissingDependency: the writer of Word documents, or that of references, is not installed.
    """
    if paper not in PAPER_SIZES:
        names = " or ".join(PAPER_SIZES)
        raise InputError(f"there is no paper {paper!r}", remedy=f"Use {names}")
    references = _references(graph, table) if is_of_definitions(table) else ()
    return docx(fit_paper(table, has_aspects), paper, references)


def is_of_definitions(table: Table) -> bool:
    """Whether a table has one definition per row, with the columns of `definition_rows`."""
    return table.columns[: len(FIXED)] == FIXED


def fit_paper(table: Table, has_aspects: bool = False) -> Table:
    """A comparison that fits a page: of definitions, a row for each, with the chosen aspects, or
    else the most informative ones.
    """
    if not is_of_definitions(table):
        return table
    if has_aspects:
        return condense(table)
    selection = most_informative(table)
    shown, total = (len(version.columns) - len(FIXED) for version in (selection, table))
    note = f"{shown} of {total} aspects are shown: those under which most definitions differ."
    notes = (*table.notes, note) if shown < total else table.notes
    return condense(replace(selection, notes=notes))


def condense(table: Table) -> Table:
    """Definitions as rows for a page: definition and source, summary, and aspects."""
    index = {name: number for number, name in enumerate(table.columns)}
    aspects = range(len(FIXED), len(table.columns))
    rows = []
    for row in table.rows:
        definition, source = row[index["definition"]], row[index["source"]]
        summary, firmness = row[index["what it says"]], row[index["how firmly"]]
        summary = f"{summary} [{firmness}]" if firmness not in ("", "asserted") else f"{summary}"
        label = f"{definition}\n({source})"
        cell = Ref(definition.iri, label) if isinstance(definition, Ref) else label
        rows.append((cell, summary, *(row[aspect] for aspect in aspects)))
    columns = ("definition", "what it says", *(table.columns[aspect] for aspect in aspects))
    return replace(table, columns=columns, rows=tuple(rows))


def to_xlsx(graph: Graph, table: Table, detailed: Table) -> bytes:
    """Writes a comparison as a workbook: the matrix, one value per row, and the references.

    Parameters:
        graph: the map.
        table: the comparison, of definitions as `definition_rows` gives it.
        detailed: the same comparison with a record for each value.

    Raises:
        MissingDependency: the writer of workbooks, or that of references, is not installed.
    """
    sheets = {"Comparison": table}
    if detailed.records:
        sheets["Values"] = detailed.records
    if is_of_definitions(table):
        references = tuple((reference,) for reference in _references(graph, table))
        sheets["References"] = Table(("reference",), references)
    notes = tuple((note,) for note in (table.caption, *table.notes))
    return workbook(sheets | {"Notes": Table(("note",), notes)})


def workbook(sheets: dict[str, Table]) -> bytes:
    """Writes tables as sheets of a workbook, every cell a text or a number, never a formula."""
    with optional("the writer for workbooks", "import"):
        import openpyxl
        from openpyxl.styles import Alignment, Font
        from openpyxl.utils import get_column_letter
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, grouped in sheets.items():
        sheet, table = book.create_sheet(name[:31]), grouped.with_group_column()
        sheet.freeze_panes = "B2"
        widths = _sheet_widths(table)
        for row, row_values in enumerate([table.columns, *table.rows], 1):
            line_counts = [
                sum(len(line) // width + 1 for line in str(value).split("\n"))
                for value, width in zip(row_values, widths, strict=True)
            ]
            sheet.row_dimensions[row].height = min(15 * max(line_counts), _MAX_ROW_HEIGHT)
            for column, value in enumerate(row_values, 1):
                is_text = isinstance(value, str | Ref)
                cell = sheet.cell(row, column, _xml_text(value) if is_text else value)
                if is_text:
                    cell.data_type = "s"
                cell.font = Font(bold=row == 1)
                if isinstance(value, Ref):
                    cell.hyperlink = value.iri
                    cell.font = Font(color="0563C1", underline="single")
                cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")
        for column, width in enumerate(widths, 1):
            sheet.column_dimensions[get_column_letter(column)].width = width + 2
        sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
        sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
        sheet.page_setup.fitToWidth = sum(widths) // _PAGE_CHARS + 1
        sheet.print_title_cols = "A:A"
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.print_title_rows = "1:1"
        if len(table.columns) > 1:
            sheet.auto_filter.ref = sheet.dimensions
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def _sheet_widths(table: Table) -> list[int]:
    """Column widths in characters; links get full width, since LibreOffice does not wrap them."""
    widths = []
    for index, column in enumerate(table.columns):
        cells = [row[index] for row in table.rows]
        longest = max((len(str(cell or "")) for cell in cells), default=0)
        links = [line for cell in cells if isinstance(cell, Ref) for line in str(cell).split("\n")]
        width = _WIDTHS.get(column, min(max(len(column), longest), 28))
        widths.append(max([width, *(min(len(line), _MAX_LINK_CHARS) for line in links)]))
    return widths


def docx(table: Table, paper: str = "a4", references: Sequence[str] = ()) -> bytes:
    """Writes a table as a Word document in landscape, with its header on each page, notes and
    references. What does not fit beside the first column follows in further tables.

    Parameters:
        table: the table; its caption becomes the title.
        paper: one of `PAPER_SIZES`.
        references: a paragraph each, under their own heading.

    Raises:
        MissingDependency: the writer of Word documents is not installed.
    """
    with optional("the writer of Word documents", "word"):
        from docx import Document
        from docx.enum.section import WD_ORIENT
        from docx.shared import Mm, Pt
    document, (width, height) = Document(), PAPER_SIZES[paper]
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(width), Mm(height)
    for side in ("left", "right", "top", "bottom"):
        setattr(section, f"{side}_margin", Mm(_MARGIN))
    document.styles["Normal"].font.size = Pt(9)
    title = document.core_properties.title = _xml_text(table.caption or "Comparison")
    document.add_heading(title[:1].upper() + title[1:], level=1)
    for part, lengths in _fitting_parts(table, width - 2 * _MARGIN):
        grid = document.add_table(rows=0, cols=len(part.columns), style="Table Grid")
        grid.autofit = False
        widths = [Mm(length) for length in lengths]
        for column, column_width in zip(grid.columns, widths, strict=True):
            column.width = column_width
        _add_row(grid, part.columns, widths, is_header=True)
        for heading, row in part.headed_rows():
            if heading:
                _add_heading(grid, heading, widths)
            _add_row(grid, row, widths)
        document.add_paragraph().paragraph_format.space_after = Pt(2)
    for index, note in enumerate(table.notes):
        layout = document.add_paragraph(_xml_text(note)).paragraph_format
        layout.space_before, layout.space_after = Pt(0 if index else 8), Pt(2)
    if references:
        document.add_heading("References", level=2)
    for reference in references:
        layout = document.add_paragraph(_xml_text(reference)).paragraph_format
        layout.left_indent, layout.first_line_indent = Mm(8), Mm(-8)
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


def _add_heading(grid: Any, heading: str, widths: Sequence[Any]) -> None:
    """Adds a row over all columns of a Word table, kept on the page of the next row."""
    cells = _add_row(grid, (heading, *[""] * (len(widths) - 1)), widths).cells
    first, *empty = cells[0].merge(cells[-1]).paragraphs
    first.runs[0].italic = True
    first.paragraph_format.keep_with_next = True
    for paragraph in empty:
        paragraph._p.getparent().remove(paragraph._p)


def _add_row(grid: Any, row: Sequence[Any], widths: Sequence[Any], is_header: bool = False) -> Any:
    """Adds a row to a Word table, kept on one page; a header row is repeated on each page."""
    from docx.oxml import OxmlElement
    from docx.shared import Pt

    table_row = grid.add_row()
    for name in ("w:tblHeader", "w:cantSplit") if is_header else ("w:cantSplit",):
        table_row._tr.get_or_add_trPr().append(OxmlElement(name))
    for cell, value, width in zip(table_row.cells, row, widths, strict=True):
        cell.width = width
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
        run = paragraph.add_run("" if value is None else _xml_text(value))
        if isinstance(value, Ref):
            _link(paragraph, run, value.iri)
        run.bold, run.font.size = is_header, Pt(8)
    return table_row


def _xml_text(value: Any) -> str:
    """A value as a text that a document can hold."""
    return str(value).translate(_NOT_IN_XML)


def _link(paragraph: Any, run: Any, address: str) -> None:
    """Turns a run of a Word document into a link."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    link = OxmlElement("w:hyperlink")
    target = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link.set(qn("r:id"), target)
    paragraph._p.append(link)
    link.append(run._r)


def _fitting_parts(table: Table, width: int) -> Iterator[tuple[Table, list[float]]]:
    """The table in parts that fit a page, each with its first column and its column widths, in
    millimetres: wide for long texts, none too narrow for a word.
    """
    lengths = []
    for index, column in enumerate(table.columns):
        cells = [str(row[index] or "") for row in table.rows] or [""]
        words = (word for cell in (column, *cells) for word in cell.split())
        longest_word = min(max(map(len, words), default=1), _MAX_WORD_CHARS)
        mean = sum(map(len, cells)) / len(cells)
        lengths.append(max(longest_word * 1.8 + 4, min(mean, 140) ** 0.75))
    parts = [[0]]
    for index in range(1, len(lengths)):
        if len(parts[-1]) > 1 and sum(lengths[i] for i in (*parts[-1], index)) > width:
            parts.append([0])
        parts[-1].append(index)
    for part in parts:
        total = sum(lengths[index] for index in part)
        yield table.picked(part), [width * lengths[index] / total for index in part]


def most_informative(table: Table) -> Table:
    """The table with only the aspects under which most definitions say something, and differ."""
    empty = {"silent", "not applicable", "not coded", ""}
    scores = {}
    for index in range(len(FIXED), len(table.columns)):
        codes = [str(row[index]) for row in table.rows if row[index] not in empty]
        scores[index] = (len(set(codes)) > 1, len(codes))
    best = sorted(sorted(scores, key=lambda index: scores[index])[-_ASPECTS_ON_PAPER:])
    return table.picked([*range(len(FIXED)), *best])


def source_works(graph: Graph, definitions: Iterable[str]) -> list[str]:
    """The works in which definitions are stated or were read."""
    query = f"""SELECT DISTINCT ?work {{ VALUES ?d {{ {values(definitions)} }}
      ?d sq:statedIn|sq:via|(sq:reportedIn/sq:inWork) ?work }}"""
    return sorted(iris(graph, query))


def _references(graph: Graph, table: Table) -> list[str]:
    """The works behind the definitions of a table, in APA style."""
    definitions = [expand(str(row[FIXED.index("name")])) for row in table.rows]
    references = bibliography(graph, "apa", source_works(graph, definitions))
    return [line for line in references.splitlines() if line]
