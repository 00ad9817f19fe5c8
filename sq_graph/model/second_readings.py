"""Second readings: records that somebody checked a statement, bound to its content by a digest."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from sq_graph.graph import Graph
from sq_graph.model import KINDS_OF
from sq_graph.model.facts import Facts, facts, grouped, values
from sq_graph.vocab import OWL, kind_of, slug_of

STATEMENTS: Sequence[str] = KINDS_OF["checked"]
"""The kinds of thing that a second reader checks; a coding is checked with its definition."""

_UNREAD = frozenset({"sq:reviewStatus", "sq:dismisses", "skos:editorialNote"})
"""What is said about the state of a statement, and is no part of its content."""

_BY_MACHINE = {"sq:firstLine", "sq:lastLine", "sq:sourceDigest", "sq:pageBasis", "rdfs:label"}
"""What is written or counted by machine about a passage."""

_WITHIN = frozenset({"passage", "union", "ingredient"})
"""Kinds of thing that have no life of their own: what they say belongs to the statement."""

_PARTS = ("sq:codes", "sq:memberOf")
"""Links from a part to the statement that it belongs to."""

_AT_ONCE = 10_000
"""Statements that are read at once: what all of them say may be more than the memory holds."""


@dataclass(frozen=True)
class SecondReading:
    """A record: which statement was read, what it said then (by digest), when, and by whom if
    named.
    """

    iri: str
    statement: str
    digest: str
    date: str
    reader: str = ""
    note: str = ""


@dataclass(frozen=True)
class StatementSource:
    """Where statements are looked up: the facts of things, and the parts of each of some wholes."""

    facts: Callable[[Iterable[str]], Mapping[str, Facts]]
    parts: Callable[[Iterable[str]], Mapping[str, Sequence[str]]]


def second_readings(graph: Graph, statements: Iterable[str] = ()) -> tuple[SecondReading, ...]:
    """The records of second readings, of some statements or all, in the order of their IRIs.

    Parameters:
        graph: the map.
        statements: IRIs; without any, all records are returned.

    >>> import sq_graph
    >>> rupture = "https://w3id.org/sq-graph/id/definition/room-1999-rupture"
    >>> [record.date for record in second_readings(sq_graph.open().graph, [rupture])]
    ['2026-11-28']
    """
    wanted = list(statements)
    portion = f"VALUES ?s {{ {values(wanted)} }} " if wanted else ""
    query = f"""SELECT DISTINCT ?r ?s ?digest ?date ?reader ?note {{ {portion}
      ?r sq:checks ?s ; sq:contentDigest ?digest ; sq:readOn ?date .
      OPTIONAL {{ ?r sq:readBy ?reader }} OPTIONAL {{ ?r skos:note ?note }} }} ORDER BY STR(?r)"""
    rows = ([term.value if term else "" for term in row] for row in graph.select(query).rows)
    return tuple(SecondReading(*row) for row in rows)


def checked_statements(graph: Graph, statements: Iterable[str] = ()) -> frozenset[str]:
    """The statements that a second reader checked as they are now.

    >>> import sq_graph
    >>> len(checked_statements(sq_graph.open(packaged_only=True).graph)) > 800
    True
    """
    kept = graph.cache("checked statements")
    verdicts: dict[str, bool] = {} if kept is None else kept
    wanted = list(statements) or [record.statement for record in second_readings(graph)]
    unknown, source = iter([thing for thing in wanted if thing not in verdicts]), source_of(graph)
    while some := list(islice(unknown, _AT_ONCE)):
        known: dict[str, set[str]] = defaultdict(set)
        for record in second_readings(graph, some):
            known[record.statement].add(record.digest)
        now = content_digests(source, known)
        verdicts |= {thing: now.get(thing) in known[thing] for thing in some}
    return frozenset(thing for thing in wanted if verdicts[thing])


def changed_since_reading(graph: Graph, among: Collection[str] | None = None) -> tuple[str, ...]:
    """The statements, all or only those `among` some things, that a second reader checked and that
    say something else now, sorted.
    """
    read = {record.statement for record in second_readings(graph)}
    if among is not None:
        read &= set(among)
    return tuple(sorted(read - checked_statements(graph, read))) if read else ()


def source_of(graph: Graph) -> StatementSource:
    """A graph as the place where statements are looked up."""

    def parts(wholes: Iterable[str]) -> Mapping[str, Sequence[str]]:
        portion = f"VALUES ?whole {{ {values(wholes)} }} ?part {'|'.join(_PARTS)} ?whole"
        return grouped(graph, f"SELECT DISTINCT ?whole ?part {{ {portion} }}")

    return StatementSource(lambda things: facts(graph, things), parts)


def content_digests(source: StatementSource, statements: Iterable[str]) -> dict[str, str]:
    """The digest of what each statement says, with its passages, its codings and its categories.

    It stays the same in every file order, syntax and engine, and where `verify` writes lines; it
    changes with every word, code or page of the statement.
    """
    wanted = list(dict.fromkeys(statements))
    parts = source.parts(wanted)
    known = dict(source.facts([*wanted, *(part for found in parts.values() for part in found)]))
    within = {
        term.value
        for one in known.values()
        for terms in one.values()
        for term in terms
        if term.kind == "uri" and kind_of(term.value) in _WITHIN
    }
    known |= source.facts(within - set(known))
    digests = {}
    for thing in wanted:
        said = [_content(known.get(thing, {}), known)]
        said += sorted(_content(known.get(part, {}), known) for part in parts.get(thing, ()))
        digests[thing] = f"sha256:{hashlib.sha256(json.dumps(said).encode()).hexdigest()}"
    return digests


def _content(own: Facts, known: Mapping[str, Facts]) -> list[tuple[str, str]]:
    """What one thing says, sorted; a passage, union or ingredient is named by what it says."""
    said: list[tuple[str, str]] = []
    for name, terms in own.items():
        if name in _UNREAD or name in _PARTS:
            continue
        for term in terms:
            if term.kind == "uri" and kind_of(term.value) in _WITHIN:
                inner = known.get(term.value, {})
                inner = {key: inner[key] for key in inner if key not in _BY_MACHINE}
                said.append((name, json.dumps(_content(inner, {}))))
            elif term.value != f"{OWL}NamedIndividual":
                said.append((name, f"{term.value}@{term.language.lower()}"))
    return sorted(said)


def works_read(graph: Graph, statements: Iterable[str]) -> dict[str, str]:
    """The work in which each statement was read; the first by IRI where there are several."""
    query = f"""SELECT DISTINCT ?s ?work {{ VALUES ?s {{ {values(statements)} }}
      ?s sq:cellOf?/sq:reportedIn/sq:inWork ?work }} ORDER BY STR(?s) STR(?work)"""
    return {statement: works[0] for statement, works in grouped(graph, query).items()}


def home_of_reading(work: str) -> str:
    """The file of the records that belong to a work, without `ontology/` and `.ttl`.

    >>> home_of_reading("https://w3id.org/sq-graph/id/work/room-1999"), home_of_reading("")
    ('data/works/room-1999/readings', 'data/readings')
    """
    return f"data/works/{slug_of(work)}/readings" if work else "data/readings"


def slug_of_reading(statement: str) -> str:
    """The slug of the record of a statement.

    >>> slug_of_reading("https://w3id.org/sq-graph/id/claim/bernard-1999-containment")
    'claim-bernard-1999-containment'
    """
    return f"{kind_of(statement)}-{slug_of(statement)}"
