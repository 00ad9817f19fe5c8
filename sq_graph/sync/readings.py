"""Records of second readings for statements that a file marks as second-read without one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sq_graph.graph.embedded import EmbeddedGraph, load_files
from sq_graph.graph.layout import Layout
from sq_graph.model.facts import iris
from sq_graph.model.second_readings import (
    content_digests,
    home_of_reading,
    second_readings,
    slug_of_reading,
    source_of,
    works_read,
)
from sq_graph.turtle import Document, read_file, written
from sq_graph.turtle.terms import IMPORTS, LABEL, ONTOLOGY, TYPE, Triple, literal, named
from sq_graph.vocab import BASE, DCTERMS

_MARKED = """SELECT DISTINCT ?s { ?s sq:reviewStatus sq:reviewStatus-second-read .
  FILTER NOT EXISTS { ?s sq:codes ?definition } } ORDER BY STR(?s)"""
_KIND, _INDIVIDUAL, _CHECKS, _DIGEST, _DATE = named(
    "sq:SecondReading owl:NamedIndividual sq:checks sq:contentDigest sq:readOn"
)


def readings(layout: Layout) -> dict[Path, str]:
    """The files of second readings, with a record added for each marked statement that has none.

    A record that no longer fits its statement is kept: `check` names that statement.
    """
    graph = EmbeddedGraph()
    load_files(graph, ((one.path, one.iri, one.listed) for one in layout.files()))
    recorded = {record.statement for record in second_readings(graph)}
    marked = [one for one in iris(graph, _MARKED) if one not in recorded]
    digests = content_digests(source_of(graph), marked)
    works, today = works_read(graph, marked), datetime.now(UTC).date().isoformat()
    added: dict[Path, list[Triple]] = defaultdict(list)
    for statement in marked:
        path = layout.ontology / f"{home_of_reading(works.get(statement, ''))}.ttl"
        record = f"<{layout.base}id/reading/{slug_of_reading(statement)}>"
        added[path] += [
            (record, TYPE, _INDIVIDUAL),
            (record, TYPE, _KIND),
            (record, _CHECKS, f"<{statement}>"),
            (record, _DIGEST, literal(digests[statement])),
            (record, _DATE, literal(today)),
        ]
    return {path: _with(layout, path, triples) for path, triples in added.items()}


def _with(layout: Layout, path: Path, triples: list[Triple]) -> str:
    """The text of a file with further records; a new file gets a header."""
    document = read_file(path) if path.is_file() else Document()
    header = () if document.triples else _header(layout, path)
    return written({*document.triples, *header, *triples}, document.prefixes)


def _header(layout: Layout, path: Path) -> Iterator[Triple]:
    subject = f"<{layout.iri_of(path)}>"
    title = path.relative_to(layout.ontology).with_suffix("").as_posix()
    yield subject, TYPE, ONTOLOGY
    yield subject, LABEL, literal(title, language="en")
    yield subject, f"<{DCTERMS}license>", f"<{layout.licence}>"
    yield subject, IMPORTS, f"<{BASE}core>"
