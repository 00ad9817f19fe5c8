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
    "paper:title": lambda one: one.title or f"{one.label} (title not recorded)",
    "paper:authors": lambda one: "; ".join(
        [*map(str, one.authors or one.editors), *(["et al."] if one.et_al else [])]
    ),
    "paper:publication_month": lambda one: _month(one.one("dcterms:issued")),
    "paper:publication_year": lambda one: one.year,
    "paper:published_in": lambda one: one.one("sq:containerTitle") or one.one("dcterms:publisher"),
    "paper:doi": lambda one: one.one("bibo:doi"),
    "paper:url": lambda one: one.one("bibo:uri"),
}
"""The columns that the importer of ORKG reads as the record of the paper."""


def to_orkg(graph: Graph, table: Table) -> Table:
    """Definitions as rows of ORKG's CSV: the paper, the concept as its research problem, the rest.

    The paper is the work that states the definition, the earliest where several do (`stated in`
    names them all); where none is named, it is the work that was read.

    Parameters:
        graph: the map.
        table: one definition a row, as `definition_rows` gives them.

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
        raise InputError("ORKG takes definitions, and what is named has none", remedy=remedy)
    place = {head: number for number, head in enumerate(table.columns)}
    kept = [head for head in table.columns if head not in ("concept", "year")]
    things = [expand(str(row[place["name"]])) for row in table.rows]
    known = attributions(graph, things)
    papers = {
        thing: [work.iri for work in known[thing].stated_in or known[thing].read_in]
        for thing in things
    }
    every = read_records(graph, {iri for each in papers.values() for iri in each})
    records = {one.iri: one for one in every}
    rows = []
    for thing, row in zip(things, table.rows, strict=True):
        stated = sorted((records[iri] for iri in papers[thing]), key=_by_year)
        fields = [thing if head == "name" else row[place[head]] for head in kept]
        names = "; ".join(one.label for one in stated) if known[thing].stated_in else ""
        paper = (cell(stated[0]) for cell in _PAPER.values())
        rows.append((*paper, str(row[place["concept"]]), *fields, names))
    return Table((*_PAPER, "contribution:research_problem", *kept, "stated in"), tuple(rows))


def _by_year(record: Record) -> tuple[int, str]:
    return (9999 if record.year is None else record.year, record.label)


def _month(issued: str) -> int | None:
    parts = issued.split("-")
    return int(parts[1]) if len(parts) > 1 else None
