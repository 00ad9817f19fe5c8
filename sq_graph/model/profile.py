"""All that is known about one thing: its own statements, who holds it and where, and what speaks of it."""

from __future__ import annotations

from collections.abc import Sequence

from sq_graph.graph import Graph, Term
from sq_graph.model.attribution import attributions
from sq_graph.model.facts import facts, labels
from sq_graph.table import Table
from sq_graph.vocab import expand, shorten

_UNSHOWN = {"rdf:type", "rdfs:label"}


def profile(graph: Graph, thing: str) -> Table:
    """The statements of a thing in words, its source, and the things that speak of it.

    >>> import sq_graph
    >>> profile(sq_graph.open().graph, "https://w3id.org/sq-graph/id/work/room-1999").caption
    'Room 1999'
    """
    own = facts(graph, [thing]).get(thing, {})
    query = f"SELECT DISTINCT ?s ?p {{ ?s ?p <{thing}> FILTER(isIRI(?s)) }}"
    incoming = [(row["p"].value, row["s"].value) for row in graph.select(query)]
    iris = {term.value for terms in own.values() for term in terms if term.kind == "uri"}
    names = labels(graph, iris | {iri for pair in incoming for iri in pair} | {expand(name) for name in own} | {thing})
    kinds = ", ".join(
        names[term.value] for term in own.get("rdf:type", []) if not term.value.endswith("#NamedIndividual")
    )
    rows: list[tuple[str, str, str]] = [("", "is", kinds), ("", "IRI", thing)]
    credit = attributions(graph, [thing]).get(thing)
    if credit:
        rows += [("", "source", credit.source), ("", "how firmly", credit.firmness), ("", "review", credit.review)]
    for name in sorted(set(own) - _UNSHOWN, key=lambda name: names[expand(name)]):
        rows.append(("says", names[expand(name)], "\n".join(_values(own[name], names))))
    for predicate in sorted({predicate for predicate, _ in incoming}, key=lambda predicate: names[predicate]):
        subjects = sorted({f"{names[s]} ({shorten(s)})" for p, s in incoming if p == predicate})
        rows.append(("is spoken of", f"{names[predicate]} of", "\n".join(subjects)))
    shown = tuple(row[1:] for row in rows if row[2])
    records = Table(("group", "what", "value"), tuple(row for row in rows if row[2]))
    groups = tuple(row[0] for row in rows if row[2])
    return Table(("what", "value"), shown, caption=names[thing], groups=groups, records=records)


def _values(terms: Sequence[Term], names: dict[str, str]) -> list[str]:
    return [f"{names[t.value]} ({shorten(t.value)})" if t.kind == "uri" else t.value for t in terms]
