"""All that is known about one thing: its own statements, who holds it and where, and what speaks of it."""

from __future__ import annotations

from sq_graph.graph import Graph
from sq_graph.model.attribution import attributions
from sq_graph.model.facts import facts, labels
from sq_graph.table import Table
from sq_graph.vocab import expand, shorten


def profile(graph: Graph, thing: str) -> Table:
    """The statements of a thing in words, its source, and the things that speak of it.

    >>> import sq_graph
    >>> profile(sq_graph.open().graph, "https://w3id.org/sq-graph/id/work/room-1999").caption
    'Room 1999'
    """
    own = facts(graph, [thing]).get(thing, {})
    spoken: dict[str, set[str]] = {}
    for row in graph.select(f"SELECT DISTINCT ?s ?p {{ ?s ?p <{thing}> FILTER(isIRI(?s)) }}"):
        spoken.setdefault(row["p"].value, set()).add(row["s"].value)
    named = {term.value for terms in own.values() for term in terms if term.kind == "uri"}
    names = labels(graph, named.union({thing}, map(expand, own), spoken, *spoken.values()))

    def shown(iri: str) -> str:
        return f"{names[iri]} ({shorten(iri)})"

    kinds = [
        names[term.value]
        for term in own.pop("rdf:type", ())
        if not term.value.endswith("#NamedIndividual")
    ]
    own.pop("rdfs:label", None)
    rows = [("", "is", ", ".join(kinds)), ("", "IRI", thing)]
    if credit := attributions(graph, [thing]).get(thing):
        rows += [
            ("", "source", credit.source),
            ("", "how firmly", credit.firmness),
            ("", "review", credit.review),
        ]
    for name, terms in sorted(own.items(), key=lambda pair: names[expand(pair[0])]):
        said = [shown(term.value) if term.kind == "uri" else term.value for term in terms]
        rows.append(("says", names[expand(name)], "\n".join(said)))
    for name, subjects in sorted(spoken.items(), key=lambda pair: names[pair[0]]):
        rows.append(("is spoken of", f"{names[name]} of", "\n".join(sorted(map(shown, subjects)))))
    known = [row for row in rows if row[2]]
    groups, records = (
        tuple(row[0] for row in known),
        Table(("group", "what", "value"), tuple(known)),
    )
    return Table(
        ("what", "value"),
        tuple(row[1:] for row in known),
        names[thing],
        groups=groups,
        records=records,
    )
