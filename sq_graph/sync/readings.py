"""Records of second readings for statements that are marked as second-read but have none."""

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

    A record that no longer matches its statement is kept: `check` reports that statement.
    """
    graph = EmbeddedGraph()
    load_files(graph, ((file.path, file.iri, file.listed) for file in layout.files()))
    recorded = {record.statement for record in records.second_readings(graph)}
    missing = [iri for iri in iris(graph, _MARKED) if iri not in recorded]
    digests = records.content_digests(records.source_of(graph), missing)
    works, today = records.works_read(graph, missing), datetime.now(UTC).date().isoformat()
    new_triples: dict[Path, list[TextTriple]] = defaultdict(list)
    for statement in missing:
        path = layout.ontology / f"{records.home_of_reading(works.get(statement, ''))}.ttl"
        record = f"<{layout.base}id/reading/{records.slug_of_reading(statement)}>"
        values = [(TYPE, _INDIVIDUAL), (TYPE, _KIND), (_CHECKS, f"<{statement}>")]
        values += [(_DIGEST, literal(digests[statement])), (_DATE, literal(today))]
        new_triples[path] += [(record, *pair) for pair in values]
    return {path: _extend(layout, path, triples) for path, triples in new_triples.items()}


def _extend(layout: Layout, path: Path, triples: list[TextTriple]) -> str:
    """The text of a file with further records; a new file gets a header."""
    document, ontology = read_file(path) if path.is_file() else Document(), layout.iri_of(path)
    title = ontology.removeprefix(layout.base)
    header = ontology_header(ontology, title, layout.licence, f"{BASE}core")
    content = {*document.triples, *triples} | (set() if document.triples else header)
    return serialise(content, document.prefixes)
