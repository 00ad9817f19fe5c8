"""Records of second readings for statements that a file marks as second-read without one."""

from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

from sq_graph.graph.embedded import EmbeddedGraph, load_files
from sq_graph.graph.layout import Layout
from sq_graph.model import second_readings as records
from sq_graph.model.facts import iris
from sq_graph.turtle import Document, read_file, serialise
from sq_graph.turtle.terms import TYPE, TextTriple, iri_terms, literal, ontology_header
from sq_graph.vocab import BASE

_MARKED = """SELECT DISTINCT ?s { ?s sq:reviewStatus sq:reviewStatus-second-read .
  FILTER NOT EXISTS { ?s sq:codes ?definition } } ORDER BY STR(?s)"""
_KIND, _INDIVIDUAL = iri_terms("sq:SecondReading owl:NamedIndividual")
_CHECKS, _DIGEST, _DATE = iri_terms("sq:checks sq:contentDigest sq:readOn")


def readings(layout: Layout) -> dict[Path, str]:
    """The files of second readings, with a record added for each marked statement that has none.

    A record that no longer fits its statement is kept: `check` names that statement.
    """
    graph = EmbeddedGraph()
    load_files(graph, ((one.path, one.iri, one.listed) for one in layout.files()))
    recorded = {record.statement for record in records.second_readings(graph)}
    marked = [one for one in iris(graph, _MARKED) if one not in recorded]
    digests = records.content_digests(records.source_of(graph), marked)
    works, today = records.works_read(graph, marked), datetime.now(UTC).date().isoformat()
    added: dict[Path, list[TextTriple]] = defaultdict(list)
    for statement in marked:
        path = layout.ontology / f"{records.home_of_reading(works.get(statement, ''))}.ttl"
        record = f"<{layout.base}id/reading/{records.slug_of_reading(statement)}>"
        said = [(TYPE, _INDIVIDUAL), (TYPE, _KIND), (_CHECKS, f"<{statement}>")]
        said += [(_DIGEST, literal(digests[statement])), (_DATE, literal(today))]
        added[path] += [(record, *pair) for pair in said]
    return {path: _with(layout, path, triples) for path, triples in added.items()}


def _with(layout: Layout, path: Path, triples: list[TextTriple]) -> str:
    """The text of a file with further records; a new file gets a header."""
    document, ontology = read_file(path) if path.is_file() else Document(), layout.iri_of(path)
    title = ontology.removeprefix(layout.base)
    header = ontology_header(ontology, title, layout.licence, f"{BASE}core")
    said = {*document.triples, *triples} | (set() if document.triples else header)
    return serialise(said, document.prefixes)
