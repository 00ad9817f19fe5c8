"""What `show` and the page of a thing list: its own statements, who holds it and where, and what
directly concerns it.
"""

from collections.abc import Callable

from sq_graph.graph import Graph, Term
from sq_graph.model.about import about
from sq_graph.model.attribution import attributions
from sq_graph.model.facts import Facts, facts, labels
from sq_graph.model.works import read_works
from sq_graph.table import Table
from sq_graph.vocab import expand, kind_of, shorten

_UNSHOWN = ("rdf:type", "rdfs:label", "sq:authorship", "sq:editorship", "sq:translatorship")


def own_statements(known: Facts, label: Callable[[str], str]) -> list[tuple[str, list[Term]]]:
    """The statements of a thing under the name of each property, what is shown otherwise left
    out.
    """
    shown = [
        (label(expand(name)), list(one)) for name, one in known.items() if name not in _UNSHOWN
    ]
    return sorted(shown, key=lambda pair: pair[0].lower())


def show(graph: Graph, thing: str) -> Table:
    """The statements of a thing in words, its source, and the statements that concern it, by view.

    >>> import sq_graph
    >>> show(sq_graph.open().graph, "https://w3id.org/sq-graph/id/work/room-1999").caption
    'Room 1999'
    """
    own = facts(graph, [thing]).get(thing, {})
    named = {term.value for terms in own.values() for term in terms if term.kind == "uri"}
    names = labels(graph, named.union({thing}, map(expand, own)))

    def shown(term: Term) -> str:
        if term.kind != "uri":
            return term.value
        return f"{names[term.value]} ({shorten(term.value)})"

    kinds = [names[term.value] for term in own.get("rdf:type", ()) if "owl#" not in term.value]
    rows = [("", "is", ", ".join(kinds)), ("", "IRI", thing)]
    if kind_of(thing) == "work":
        rows.append(("", "authors", ", ".join(map(str, read_works(graph, [thing])[0].authors))))
    if credit := attributions(graph, [thing]).get(thing):
        rows += [
            ("", "source", credit.source),
            ("", "how firmly", credit.firmness),
            ("", "review", credit.review),
        ]
    rows += [
        ("own statements", name, "\n".join(map(shown, terms)))
        for name, terms in own_statements(own, names.__getitem__)
    ]
    for view, listed in about(graph, thing, beneath=False).views.items():
        heading = f"{view} ({len(listed)})"
        rows += [(heading, one.label, one.says or shorten(one.iri)) for one in listed]
    known = [row for row in rows if row[2]]
    return Table(
        ("what", "value"),
        tuple(row[1:] for row in known),
        names[thing],
        groups=tuple(row[0].capitalize() for row in known),
        records=Table(("group", "what", "value"), tuple(known)),
    )
