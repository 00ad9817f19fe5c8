"""Tables for people: a Word document in landscape, and a workbook with a matrix, its values and the
references.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sq_graph.errors import InputError, optional
from sq_graph.export.bibliography import bibliography
from sq_graph.graph import Graph
from sq_graph.model.aspects import FIXED
from sq_graph.model.facts import iris, values
from sq_graph.table import Table
from sq_graph.vocab import Ref, expand

PAPERS = {"a4": (297, 210), "letter": (279, 216)}
"""Sizes of paper in landscape, in millimetres."""
_MARGIN = 15
_ASPECTS_ON_PAPER = 4
_LETTERS_ON_A_PAGE = 190
_LONGEST_LINK = 100
_WIDTHS = {"what it says": 60, "definition": 44, "reference": 110, "note": 110}
"""Widths of columns of a workbook that hold sentences, in letters."""


def word(graph: Graph, table: Table, has_aspects: bool = False, paper: str = "a4") -> bytes:
    """Write a comparison as a Word document; of definitions, one row each, with notes and
    references.

    Parameters:
        graph: the map.
        table: the comparison, of definitions as `definition_rows` gives it.
        has_aspects: whether its aspects were chosen; else only those that tell most are shown.
        paper: `a4` or `letter`, in landscape.

    Raises:
        InputError: another size of paper.
        MissingDependency: the writer of Word documents, or that of references, is not installed.
    """
    if paper not in PAPERS:
        known = " or ".join(PAPERS)
        raise InputError(f"there is no paper {paper!r}", remedy=f"Use {known}")
    references = _references(graph, table) if is_of_definitions(table) else ()
    return docx(on_paper(table, has_aspects), paper, references)


def is_of_definitions(table: Table) -> bool:
    """Whether a table has one definition per row, with the columns of `definition_rows`."""
    return table.columns[: len(FIXED)] == FIXED


def on_paper(table: Table, has_aspects: bool = False) -> Table:
    """A comparison as it fits a page: of definitions, one row each, with the aspects that were
    chosen, or else those that tell most.
    """
    if not is_of_definitions(table):
        return table
    if has_aspects:
        return paper_rows(table)
    shown = most_telling(table)
    kept, all_ = (len(each.columns) - len(FIXED) for each in (shown, table))
    note = f"{kept} of {all_} aspects are shown: those under which most definitions differ."
    notes = (*table.notes, note) if kept < all_ else table.notes
    return paper_rows(replace(shown, notes=notes))


def paper_rows(table: Table) -> Table:
    """Definitions as rows for a page of paper: who, when and where in one column, what it says,
    and the aspects.
    """
    place = {name: number for number, name in enumerate(table.columns)}
    aspects = range(len(FIXED), len(table.columns))
    lines = []
    for row in table.rows:
        definition, source = row[place["definition"]], row[place["source"]]
        said, firmly = row[place["what it says"]], row[place["how firmly"]]
        said = f"{said} [{firmly}]" if firmly not in ("", "asserted") else f"{said}"
        shown = f"{definition}\n({source})"
        whose = Ref(definition.iri, shown) if isinstance(definition, Ref) else shown
        lines.append((whose, said, *(row[each] for each in aspects)))
    heads = ("definition", "what it says", *(table.columns[each] for each in aspects))
    return replace(table, columns=heads, rows=tuple(lines))


def xlsx(graph: Graph, table: Table, detailed: Table) -> bytes:
    """Write a comparison as a workbook: the matrix, one value per row, and the references.

    Parameters:
        graph: the map.
        table: the comparison, of definitions as `definition_rows` gives it.
        detailed: the same with records of one value each.

    Raises:
        MissingDependency: the writer of workbooks, or that of references, is not installed.
    """
    sheets = {"Comparison": table}
    if detailed.records:
        sheets["Values"] = detailed.records
    if is_of_definitions(table):
        lines = tuple((line,) for line in _references(graph, table))
        sheets["References"] = Table(("reference",), lines)
    notes = tuple((note,) for note in (table.caption, *table.notes))
    return workbook(sheets | {"Notes": Table(("note",), notes)})


def workbook(sheets: dict[str, Table]) -> bytes:
    """Write tables as sheets of a workbook, every cell a text or a number, never a formula."""
    with optional("the writer for workbooks", "import"):
        import openpyxl
        from openpyxl.styles import Alignment, Font
        from openpyxl.utils import get_column_letter
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, table in sheets.items():
        sheet = book.create_sheet(name[:31])
        sheet.freeze_panes = "B2"
        widths = _sheet_widths(table)
        for row, cells in enumerate([table.columns, *table.rows], 1):
            lines = [
                sum(len(part) // width + 1 for part in str(value).split("\n"))
                for value, width in zip(cells, widths, strict=True)
            ]
            sheet.row_dimensions[row].height = 15 * max(lines)
            for column, value in enumerate(cells, 1):
                cell = sheet.cell(row, column, str(value) if isinstance(value, Ref) else value)
                if isinstance(value, str | Ref):
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
        sheet.page_setup.fitToWidth = sum(widths) // _LETTERS_ON_A_PAGE + 1
        sheet.print_title_cols = "A:A"
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.print_title_rows = "1:1"
        if len(table.columns) > 1:
            sheet.auto_filter.ref = sheet.dimensions
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def _sheet_widths(table: Table) -> list[int]:
    """Widths of columns in letters; links get all that they need, as LibreOffice does not wrap
    them.
    """
    widths = []
    for place, head in enumerate(table.columns):
        cells = [row[place] for row in table.rows]
        longest = max((len(str(cell or "")) for cell in cells), default=0)
        linked = [part for cell in cells if isinstance(cell, Ref) for part in str(cell).split("\n")]
        wanted = _WIDTHS.get(head, min(max(len(head), longest), 28))
        widths.append(max([wanted, *(min(len(part), _LONGEST_LINK) for part in linked)]))
    return widths


def docx(table: Table, paper: str = "a4", references: Sequence[str] = ()) -> bytes:
    """Write a table as a Word document in landscape, its head repeated on each page, with notes and
    references.

    Parameters:
        table: the table; its caption becomes the title.
        paper: one of `PAPERS`.
        references: a paragraph each, under a heading of their own.

    Raises:
        MissingDependency: the writer of Word documents is not installed.
    """
    with optional("the writer of Word documents", "word"):
        from docx import Document
        from docx.enum.section import WD_ORIENT
        from docx.shared import Mm, Pt
    document, (width, height) = Document(), PAPERS[paper]
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(width), Mm(height)
    for side in ("left", "right", "top", "bottom"):
        setattr(section, f"{side}_margin", Mm(_MARGIN))
    document.styles["Normal"].font.size = Pt(9)
    document.core_properties.title = table.caption
    title = table.caption or "Comparison"
    document.add_heading(title[:1].upper() + title[1:], level=1)
    grid = document.add_table(rows=0, cols=len(table.columns), style="Table Grid")
    grid.autofit = False
    widths = [Mm(part) for part in _column_widths(table, width - 2 * _MARGIN)]
    for column, part in zip(grid.columns, widths, strict=True):
        column.width = part
    _add_row(grid, table.columns, widths, is_head=True)
    for heading, row in table.headed_rows():
        if heading:
            _add_heading(grid, heading, widths)
        _add_row(grid, row, widths)
    for place, note in enumerate(table.notes):
        line = document.add_paragraph(note).paragraph_format
        line.space_before, line.space_after = Pt(0 if place else 8), Pt(2)
    if references:
        document.add_heading("References", level=2)
    for line in references:
        entry = document.add_paragraph(line).paragraph_format
        entry.left_indent, entry.first_line_indent = Mm(8), Mm(-8)
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


def _add_heading(grid: Any, heading: str, widths: Sequence[Any]) -> None:
    """A row of a Word table over all columns, kept on the page of the row below."""
    cells = _add_row(grid, (heading, *[""] * (len(widths) - 1)), widths).cells
    first, *left_over = cells[0].merge(cells[-1]).paragraphs
    first.runs[0].italic = True
    first.paragraph_format.keep_with_next = True
    for paragraph in left_over:
        paragraph._p.getparent().remove(paragraph._p)


def _add_row(grid: Any, row: Sequence[Any], widths: Sequence[Any], is_head: bool = False) -> Any:
    """A row of a Word table, which is not divided between pages; a head is repeated on each."""
    from docx.oxml import OxmlElement
    from docx.shared import Pt

    line = grid.add_row()
    for name in ("w:tblHeader", "w:cantSplit") if is_head else ("w:cantSplit",):
        line._tr.get_or_add_trPr().append(OxmlElement(name))
    for cell, value, width in zip(line.cells, row, widths, strict=True):
        cell.width = width
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
        run = paragraph.add_run("" if value is None else str(value))
        if isinstance(value, Ref):
            _link(paragraph, run, value.iri)
        run.bold, run.font.size = is_head, Pt(8)
    return line


def _link(paragraph: Any, run: Any, address: str) -> None:
    """Make a run of a Word document a link."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    link = OxmlElement("w:hyperlink")
    target = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link.set(qn("r:id"), target)
    paragraph._p.append(link)
    link.append(run._r)


def _column_widths(table: Table, width: int) -> list[float]:
    """Widths in millimetres: wide columns for what is long, none too narrow for a word."""
    lengths = []
    for place, head in enumerate(table.columns):
        cells = [str(row[place] or "") for row in table.rows] or [""]
        longest_word = max(
            (len(word) for cell in (head, *cells) for word in cell.split()), default=1
        )
        mean = sum(map(len, cells)) / len(cells)
        lengths.append(max(longest_word * 1.6, min(mean, 140) ** 0.75, 8))
    return [width * length / sum(lengths) for length in lengths]


def most_telling(table: Table) -> Table:
    """The table with the aspects alone under which most definitions say something, and differ."""
    unsaid = {"silent", "not applicable", "not coded", ""}
    counts = {}
    for place in range(len(FIXED), len(table.columns)):
        said = [str(row[place]) for row in table.rows if row[place] not in unsaid]
        counts[place] = (len(set(said)) > 1, len(said))
    best = sorted(sorted(counts, key=lambda place: counts[place])[-_ASPECTS_ON_PAPER:])
    return table.picked([*range(len(FIXED)), *best])


def works_behind(graph: Graph, definitions: Iterable[str]) -> list[str]:
    """The works in which definitions are stated or were read."""
    query = f"""SELECT DISTINCT ?work {{ VALUES ?d {{ {values(definitions)} }}
      ?d sq:statedIn|sq:via|(sq:reportedIn/sq:inWork) ?work }}"""
    return sorted(iris(graph, query))


def _references(graph: Graph, table: Table) -> list[str]:
    """The works behind the definitions of a table, in APA style."""
    chosen = [expand(str(row[FIXED.index("name")])) for row in table.rows]
    written = bibliography(graph, "apa", works_behind(graph, chosen))
    return [line for line in written.splitlines() if line]
