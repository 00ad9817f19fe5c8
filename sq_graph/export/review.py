"""A folder for a paper: the workbook of definitions, a table for Word, the bibliography."""

from collections.abc import Sequence
from pathlib import Path

from sq_graph.errors import InputError, MissingDependency
from sq_graph.export import Map
from sq_graph.export.bibliography import bibliography
from sq_graph.export.documents import docx, most_telling, paper_rows, workbook, works_behind
from sq_graph.graph.transaction import Transaction
from sq_graph.model.aspects import compare_definitions, definition_rows
from sq_graph.model.entities import definitions_beneath, read_definitions
from sq_graph.model.facts import iris


def write_review(atlas: Map, folder: Path, concepts: Sequence[str] = ()) -> list[Path]:
    """Write definitions.xlsx, definitions.csv, table.docx (else table.md) and references.bib;
    return their paths.

    Parameters:
        atlas: the map.
        folder: where they are written; it may hold those of an earlier export.
        concepts: whose definitions are written, with those of their senses; by default all.

    Raises:
        InputError: the folder holds other files, or there is no definition to write.
        UnknownName: a concept that the map does not hold.
    """
    own = (".xlsx", ".csv", ".docx", ".md", ".bib")
    if any(path.suffix not in own for path in folder.glob("[!.]*")):
        raise InputError(f"{folder} holds other files", remedy="Name a new folder")
    graph = atlas.graph
    named = [atlas.find(name, "concept", "category") for name in concepts]
    chosen = [one for concept in named for one in definitions_beneath(graph, concept)]
    if not concepts:
        chosen = sorted(iris(graph, "SELECT DISTINCT ?d { ?d a sq:Definition }"))
    definitions = read_definitions(graph, dict.fromkeys(chosen))
    if not definitions:
        remedy = "Import some, or name other concepts"
        raise InputError("the map has no definition of this review", remedy=remedy)
    compared = compare_definitions(graph, definitions, "Definitions compared")
    records = compared.records or compared
    matrix = definition_rows(graph, definitions, "Definitions compared")
    files: dict[str, str | bytes] = {
        "definitions.csv": records.to_csv(),
        "definitions.xlsx": workbook({"Comparison": matrix, "Values": records}),
        "references.bib": bibliography(graph, "bib", works_behind(graph, chosen)),
    }
    on_paper = paper_rows(most_telling(matrix))
    try:
        files["table.docx"] = docx(on_paper)
    except MissingDependency:
        files["table.md"] = on_paper.to_md()
    folder.mkdir(parents=True, exist_ok=True)
    with Transaction(folder) as change:
        for name, content in files.items():
            change.write(name, content)
    return sorted(folder / name for name in files)
