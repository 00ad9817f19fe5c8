"""A comparison of definitions for the CSV import of the Open Research Knowledge Graph (ORKG)."""

from collections.abc import Callable, Mapping

from sq_graph.errors import InputError
from sq_graph.export.documents import is_of_definitions
from sq_graph.graph import Graph
from sq_graph.model.attribution import attributions
from sq_graph.model.records import Record, read_records
from sq_graph.table import Cell, Table
from sq_graph.vocab import expand

_PAPER: Mapping[str, Callable[[Record], Cell]] = {
    "paper:title": lambda work: work.title or f"{work.label} (title not recorded)",
    "paper:authors": lambda work: "; ".join(
        [*map(str, work.authors or work.editors), *(["et al."] if work.et_al else [])]
    ),
    "paper:publication_month": lambda work: _month(work.one("dcterms:issued")),
    "paper:publication_year": lambda work: work.year,
    "paper:published_in": lambda work: (
        work.one("sq:containerTitle") or work.one("dcterms:publisher")
    ),
    "paper:doi": lambda work: work.one("bibo:doi"),
    "paper:url": lambda work: work.one("bibo:uri"),
}
"""The columns that the importer of ORKG reads as the record of the paper."""


def to_orkg(graph: Graph, table: Table) -> Table:
    """Definitions as rows of ORKG's CSV: the paper, the concept as its research problem, the rest.

    The paper is the work that states the definition, the earliest if several do (`stated in` names
    them all); if none is named, it is the work that was read.

    Parameters:
        graph: the map.
        table: one definition per row, as `definition_rows` gives them.

    Raises:
        InputError: the table has no definitions.

    >>> import sq_graph
    >>> atlas = sq_graph.open()
    >>> table = to_orkg(atlas.graph, atlas.compare("social-inclusion", transposed=True))
    >>> dict(zip(table.columns, table.rows[0]))["paper:title"]
    'The Social Quality of Europe'
    """
    if not is_of_definitions(table):
        remedy = "Name a concept or its definitions: sq-graph export orkg social-exclusion"
        raise InputError("ORKG takes definitions, but what you named has none", remedy=remedy)
    index = {column: number for number, column in enumerate(table.columns)}
    columns = [column for column in table.columns if column not in ("concept", "year")]
    definitions = [expand(str(row[index["name"]])) for row in table.rows]
    credits = attributions(graph, definitions)
    works = {iri: credit.stated_in or credit.read_in for iri, credit in credits.items()}
    every_work = {work.iri for group in works.values() for work in group}
    records = {record.iri: record for record in read_records(graph, every_work)}
    rows = []
    for definition, row in zip(definitions, table.rows, strict=True):
        papers = sorted((records[work.iri] for work in works[definition]), key=_by_year)
        fields = [definition if column == "name" else row[index[column]] for column in columns]
        names = "; ".join(paper.label for paper in papers) if credits[definition].stated_in else ""
        cells = (cell(papers[0]) for cell in _PAPER.values())
        rows.append((*cells, str(row[index["concept"]]), *fields, names))
    return Table((*_PAPER, "contribution:research_problem", *columns, "stated in"), tuple(rows))


def _by_year(record: Record) -> tuple[int, str]:
    return (9999 if record.year is None else record.year, record.label)


def _month(issued: str) -> int | None:
    parts = issued.split("-")
    return int(parts[1]) if len(parts) > 1 else None
