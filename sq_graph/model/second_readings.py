"""Second readings: records that somebody checked a statement, bound to its content by a digest."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from sq_graph.graph import Graph
from sq_graph.model import KINDS_OF
from sq_graph.model.facts import Facts, facts, grouped, values
from sq_graph.vocab import OWL, kind_of, slug_of

STATEMENTS: Sequence[str] = KINDS_OF["checked"]
"""The kinds of thing that a second reader checks; a coding is checked with its definition."""

_EXCLUDED = frozenset({"sq:reviewStatus", "sq:dismisses", "skos:editorialNote"})
"""The properties of the state of a statement, which are not part of its content."""

_BY_MACHINE = {"sq:firstLine", "sq:lastLine", "sq:sourceDigest", "sq:pageBasis", "rdfs:label"}
"""The properties of a passage that are computed."""

_EMBEDDED_KINDS = frozenset({"passage", "union", "ingredient"})
"""Kinds of thing that exist only within a statement and belong to its content."""

_PART_PROPERTIES = ("sq:codes", "sq:memberOf")
"""Links from a part to the statement that it belongs to."""

_BATCH_SIZE = 10_000
"""The number of statements read at once; the content of all of them may not fit into memory."""


@dataclass(frozen=True)
class SecondReading:
    """A record of which statement was read, its content then (by digest), when, and by whom."""

    iri: str
    statement: str
    digest: str
    date: str
    reader: str = ""
    note: str = ""


@dataclass(frozen=True)
class StatementSource:
    """The functions that look up statements: the facts of things, and the parts of wholes."""

    facts: Callable[[Iterable[str]], Mapping[str, Facts]]
    parts: Callable[[Iterable[str]], Mapping[str, Sequence[str]]]


def second_readings(graph: Graph, statements: Iterable[str] = ()) -> tuple[SecondReading, ...]:
    """The records of second readings of these statements, or of all, in the order of their IRIs.

    Parameters:
        graph: the map.
        statements: IRIs; if there are none, all records are returned.

    >>> import sq_graph
    >>> rupture = "https://w3id.org/sq-graph/id/definition/room-1999-rupture"
    >>> [record.date for record in second_readings(sq_graph.open().graph, [rupture])]
    ['2026-11-28']
    """
    statement_iris = list(statements)
    condition = f"VALUES ?s {{ {values(statement_iris)} }} " if statement_iris else ""
    query = f"""SELECT DISTINCT ?r ?s ?digest ?date ?reader ?note {{ {condition}
      ?r sq:checks ?s ; sq:contentDigest ?digest ; sq:readOn ?date .
      OPTIONAL {{ ?r sq:readBy ?reader }} OPTIONAL {{ ?r skos:note ?note }} }} ORDER BY STR(?r)"""
    rows = ([term.value if term else "" for term in row] for row in graph.select(query).rows)
    return tuple(SecondReading(*row) for row in rows)


def checked_statements(graph: Graph, statements: Iterable[str] = ()) -> frozenset[str]:
    """The statements whose current content a second reader checked.

    >>> import sq_graph
    >>> len(checked_statements(sq_graph.open(packaged_only=True).graph)) > 800
    True
    """
    cache = graph.cache("checked statements")
    verdicts: dict[str, bool] = {} if cache is None else cache
    statement_iris = list(statements) or [record.statement for record in second_readings(graph)]
    unchecked, source = iter([i for i in statement_iris if i not in verdicts]), source_of(graph)
    while batch := list(islice(unchecked, _BATCH_SIZE)):
        digests: dict[str, set[str]] = defaultdict(set)
        for record in second_readings(graph, batch):
            digests[record.statement].add(record.digest)
        current = content_digests(source, digests)
        verdicts |= {iri: current.get(iri) in digests[iri] for iri in batch}
    return frozenset(iri for iri in statement_iris if verdicts[iri])


def changed_since_reading(graph: Graph, among: Collection[str] | None = None) -> tuple[str, ...]:
    """The statements, all or those `among` some, whose content has changed since a second reader
    checked it, sorted.
    """
    checked = {record.statement for record in second_readings(graph)}
    if among is not None:
        checked &= set(among)
    return tuple(sorted(checked - checked_statements(graph, checked))) if checked else ()


def source_of(graph: Graph) -> StatementSource:
    """A graph as a source of statements."""

    def parts(wholes: Iterable[str]) -> Mapping[str, Sequence[str]]:
        pattern = f"VALUES ?whole {{ {values(wholes)} }} ?part {'|'.join(_PART_PROPERTIES)} ?whole"
        return grouped(graph, f"SELECT DISTINCT ?whole ?part {{ {pattern} }}")

    return StatementSource(lambda things: facts(graph, things), parts)


def content_digests(source: StatementSource, statements: Iterable[str]) -> dict[str, str]:
    """The digest of the content of each statement, with its passages, codings and categories.

    It does not depend on the order of a file, the syntax, the engine or the line numbers that
    `verify` writes; it changes with every word, code or page of the statement.
    """
    statement_iris = list(dict.fromkeys(statements))
    parts = source.parts(statement_iris)
    entries = dict(source.facts([*statement_iris, *chain(*parts.values())]))
    embedded = {
        term.value
        for entry in entries.values()
        for term in chain(*entry.values())
        if term.kind == "uri" and kind_of(term.value) in _EMBEDDED_KINDS
    }
    entries |= source.facts(embedded - set(entries))
    digests = {}
    for statement in statement_iris:
        contents = [_content(entries.get(statement, {}), entries)]
        part_entries = (entries.get(part, {}) for part in parts.get(statement, ()))
        contents += sorted(_content(entry, entries) for entry in part_entries)
        digests[statement] = f"sha256:{hashlib.sha256(json.dumps(contents).encode()).hexdigest()}"
    return digests


def _content(entry: Facts, entries: Mapping[str, Facts]) -> list[tuple[str, str]]:
    """The content of one thing, sorted; a passage, union or ingredient is given by its content."""
    pairs: list[tuple[str, str]] = []
    for name, terms in entry.items():
        if name in _EXCLUDED or name in _PART_PROPERTIES:
            continue
        for term in terms:
            if term.kind == "uri" and kind_of(term.value) in _EMBEDDED_KINDS:
                inner = entries.get(term.value, {})
                inner = {key: inner[key] for key in inner if key not in _BY_MACHINE}
                pairs.append((name, json.dumps(_content(inner, {}))))
            elif term.value != f"{OWL}NamedIndividual":
                pairs.append((name, f"{term.value}@{term.language.lower()}"))
    return sorted(pairs)


def works_read(graph: Graph, statements: Iterable[str]) -> dict[str, str]:
    """The work in which each statement was read, the first by IRI."""
    query = f"""SELECT DISTINCT ?s ?work {{ VALUES ?s {{ {values(statements)} }}
      ?s sq:cellOf?/sq:reportedIn/sq:inWork ?work }} ORDER BY STR(?s) STR(?work)"""
    return {statement: works[0] for statement, works in grouped(graph, query).items()}


def home_of_reading(work: str) -> str:
    """The file of the second readings of a work, without `ontology/` and `.ttl`.

    >>> home_of_reading("https://w3id.org/sq-graph/id/work/room-1999"), home_of_reading("")
    ('data/works/room-1999/readings', 'data/readings')
    """
    return f"data/works/{slug_of(work)}/readings" if work else "data/readings"


def slug_of_reading(statement: str) -> str:
    """The slug of the second reading of a statement.

    >>> slug_of_reading("https://w3id.org/sq-graph/id/claim/bernard-1999-containment")
    'claim-bernard-1999-containment'
    """
    return f"{kind_of(statement)}-{slug_of(statement)}"
