"""A folder for a paper: the workbook of definitions, a table for Word, the bibliography."""

from collections.abc import Sequence
from pathlib import Path

from sq_graph.errors import InputError, MissingDependency
from sq_graph.export import Map
from sq_graph.export.bibliography import bibliography
from sq_graph.export.documents import condense, docx, most_informative, source_works, workbook
from sq_graph.graph.transaction import Transaction
from sq_graph.model.aspects import compare_definitions, definition_rows
from sq_graph.model.entities import definitions_beneath, read_definitions
from sq_graph.model.facts import iris


def write_review(atlas: Map, folder: Path, concepts: Sequence[str] = ()) -> list[Path]:
    """Writes definitions.xlsx, definitions.csv, table.docx (else table.md) and references.bib;
    returns their paths.

    Parameters:
        atlas: the map.
        folder: the folder for the files; it may hold those of an earlier export.
        concepts: the concepts whose definitions, and those of their senses, are written; by default
            all.

    Raises:
        InputError: the folder contains other files, or there is no definition to write.
        UnknownName: a concept that the map does not hold.
    """
    suffixes = (".xlsx", ".csv", ".docx", ".md", ".bib")
    if any(path.suffix not in suffixes for path in folder.glob("[!.]*")):
        raise InputError(f"{folder} contains other files", remedy="Name a new folder")
    graph = atlas.graph
    concept_iris = (atlas.find(name, "concept", "category") for name in concepts)
    chosen = [iri for concept in concept_iris for iri in definitions_beneath(graph, concept)]
    if not concepts:
        chosen = sorted(iris(graph, "SELECT DISTINCT ?d { ?d a sq:Definition }"))
    definitions = read_definitions(graph, dict.fromkeys(chosen))
    if not definitions:
        remedy = "Import some, or name other concepts"
        raise InputError("the map has no definition for this review", remedy=remedy)
    comparison = compare_definitions(graph, definitions, "Definitions compared")
    records = comparison.records or comparison
    matrix = definition_rows(graph, definitions, "Definitions compared")
    files: dict[str, str | bytes] = {
        "definitions.csv": records.to_csv(),
        "definitions.xlsx": workbook({"Comparison": matrix, "Values": records}),
        "references.bib": bibliography(graph, "bib", source_works(graph, chosen)),
    }
    table = condense(most_informative(matrix))
    try:
        files["table.docx"] = docx(table)
    except MissingDependency:
        files["table.md"] = table.to_md()
    folder.mkdir(parents=True, exist_ok=True)
    with Transaction(folder) as transaction:
        for name, content in files.items():
            transaction.write(name, content)
    return sorted(folder / name for name in files)
