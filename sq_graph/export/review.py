"""A folder for a paper: the workbook of definitions, a table for Word, the bibliography, a script."""

from __future__ import annotations

import io
from collections.abc import Container, Sequence
from pathlib import Path

from sq_graph.errors import InputError, MissingPart
from sq_graph.export import Map, docx
from sq_graph.export.bibliography import bibliography
from sq_graph.graph import Graph
from sq_graph.graph.files import Transaction
from sq_graph.model.aspects import compare_definitions
from sq_graph.model.facts import iris
from sq_graph.model.things import definitions_beneath, read_definitions
from sq_graph.table import Table

_SCRIPT = """data <- read.csv("definitions.csv", encoding = "UTF-8")
str(data)
table(data$holder, data$aspect)
closed <- subset(data, value != "not coded")
print(sort(table(closed$value), decreasing = TRUE))
"""


def write_review(atlas: Map, folder: Path, concepts: Sequence[str] = ()) -> list[Path]:
    """Writes definitions.xlsx, definitions.csv, table.docx (table.md without pandoc), references.bib and read.R.

    The definitions are those of the concepts named, or all. Raises InputError if the folder holds other files.
    """
    own = (".xlsx", ".csv", ".docx", ".md", ".bib", ".R")
    if any(path.suffix not in own for path in folder.glob("[!.]*")):
        raise InputError(f"{folder} holds other files", remedy="Name a new folder")
    graph = atlas.graph
    named = [
        one
        for name in concepts
        for one in definitions_beneath(graph, atlas.find(name, "concept", "category"))
    ]
    chosen = named if concepts else sorted(iris(graph, "SELECT DISTINCT ?d { ?d a sq:Definition }"))
    definitions = read_definitions(graph, dict.fromkeys(chosen))
    if not definitions:
        raise InputError(
            "the map holds no definition for this review",
            remedy="Import some, or name other concepts",
        )
    compared = compare_definitions(graph, definitions, "Definitions compared")
    records = compared.records or compared
    summaries = tuple(
        (one.label, one.year, one.attribution.source, one.summary) for one in definitions
    )
    listed = Table(("definition", "year", "source", "what it says"), summaries, "Definitions")
    wide = listed if len(definitions) > 6 else compared  # a page of paper holds no more columns
    files: dict[str, str | bytes] = {
        "definitions.csv": records.to_csv(),
        "read.R": _SCRIPT,
        "definitions.xlsx": workbook([records, listed]),
        "references.bib": bibliography(graph, "bib", _works(graph, set(chosen))),
    }
    try:
        files["table.docx"] = docx(wide)
    except MissingPart:
        files["table.md"] = wide.to_md()
    folder.mkdir(parents=True, exist_ok=True)
    with Transaction(folder) as change:
        for name, content in files.items():
            change.write(name, content)
    return sorted(folder / name for name in files)


def workbook(tables: Sequence[Table]) -> bytes:
    """Tables as sheets of a workbook, every cell a text or a number, never a formula."""
    try:
        import openpyxl
    except ImportError:
        raise MissingPart("the writer for workbooks", "import") from None
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, table in enumerate(tables, 1):
        sheet = book.create_sheet((table.caption or f"sheet {number}")[:31])
        sheet.freeze_panes = "A2"
        for row, cells in enumerate([table.columns, *table.rows], 1):
            for column, value in enumerate(cells, 1):
                cell = sheet.cell(row, column, value)
                if isinstance(value, str):
                    cell.data_type = "s"
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def _works(graph: Graph, definitions: Container[str]) -> list[str]:
    """The works in which definitions stand or were read."""
    query = "SELECT ?d ?work { ?d a sq:Definition ; sq:statedIn|sq:via|(sq:reportedIn/sq:inWork) ?work }"
    return sorted(
        {row["work"].value for row in graph.select(query) if row["d"].value in definitions}
    )
