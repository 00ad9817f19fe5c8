"""A folder for a paper: the workbook of definitions, a table for Word, the bibliography, a script."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from sq_graph.errors import InputError, MissingPart
from sq_graph.export import docx
from sq_graph.export.bibliography import bibliography
from sq_graph.graph import Graph
from sq_graph.graph.files import Transaction
from sq_graph.model.aspects import compare_definitions
from sq_graph.model.things import definitions_beneath, read_definitions
from sq_graph.table import Table

_SCRIPT = """data <- read.csv("definitions.csv", encoding = "UTF-8")
str(data)
table(data$holder, data$aspect)
closed <- subset(data, value != "not coded")
print(sort(table(closed$value), decreasing = TRUE))
"""


class Reviewed(Protocol):
    """What a review needs of a map."""

    graph: Graph

    def find(self, name: str, *kinds: str) -> str:
        """The IRI of a thing."""
        ...


def write_review(atlas: Reviewed, folder: Path, concepts: Sequence[str] = ()) -> list[Path]:
    """Writes definitions.xlsx, definitions.csv, table.docx (table.md without pandoc), references.bib and read.R.

    The definitions are those of the concepts named, or all. Raises InputError if the folder holds other files.
    """
    if folder.exists() and any(
        path.suffix not in (".xlsx", ".csv", ".docx", ".md", ".bib", ".R") for path in folder.glob("[!.]*")
    ):
        raise InputError(f"{folder} holds other files", remedy="Name a new folder")
    query = "SELECT DISTINCT ?d { ?d a sq:Definition }"
    chosen = [
        one for name in concepts for one in definitions_beneath(atlas.graph, atlas.find(name, "concept", "category"))
    ]
    iris = list(dict.fromkeys(chosen)) if concepts else sorted(row["d"].value for row in atlas.graph.select(query))
    definitions = read_definitions(atlas.graph, iris)
    if not definitions:
        raise InputError("the map holds no definition for this review", remedy="Import some, or name other concepts")
    compared = compare_definitions(atlas.graph, definitions, "Definitions compared")
    records = compared.records or compared
    listed = Table(("definition", "year", "source", "what it says"),
                   tuple((d.label, d.year, d.attribution.source, d.summary) for d in definitions),
                   "Definitions")  # fmt: skip
    wide = listed if len(definitions) > 6 else compared  # a page of paper holds no more columns
    works = _works(atlas.graph, iris)
    files: dict[str, str | bytes] = {
        "definitions.csv": records.to_csv(), "read.R": _SCRIPT,
        "references.bib": bibliography(atlas.graph, "bib", works),
    }  # fmt: skip
    try:
        files["table.docx"] = docx(wide)
    except MissingPart:
        files["table.md"] = wide.to_md()
    files["definitions.xlsx"] = workbook([records, listed])
    folder.mkdir(parents=True, exist_ok=True)
    with Transaction(folder) as change:
        for name, content in files.items():
            change.write(name, content)
    return sorted(folder / name for name in files)


def workbook(tables: Sequence[Table]) -> bytes:
    """Tables as sheets of a workbook, every cell a text or a number, never a formula."""
    import io

    try:
        import openpyxl
    except ImportError:
        raise MissingPart("the writer for workbooks", "import") from None
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, table in enumerate(tables, 1):
        sheet = book.create_sheet((table.caption or f"sheet {number}")[:31])
        for row, cells in enumerate([table.columns, *table.rows], 1):
            for column, value in enumerate(cells, 1):
                cell = sheet.cell(row, column)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"
        sheet.freeze_panes = "A2"
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def _works(graph: Graph, definitions: Sequence[str]) -> list[str]:
    rows = graph.select(
        "SELECT DISTINCT ?d ?work { ?d sq:statedIn|sq:via|(sq:reportedIn/sq:inWork) ?work . ?d a sq:Definition }"
    )
    wanted = set(definitions)
    return sorted({row["work"].value for row in rows if row["d"].value in wanted})
