"""The content of `show` and of the page of a thing: its own statements, its source, and the
statements that directly concern it.
"""

from collections.abc import Callable

from sq_graph.graph import Graph, Term
from sq_graph.model.about import about
from sq_graph.model.attribution import attributions
from sq_graph.model.facts import Facts, facts, labels
from sq_graph.model.works import read_works
from sq_graph.table import Table
from sq_graph.vocab import expand, kind_of, shorten

_HIDDEN = ("rdf:type", "rdfs:label", "sq:authorship", "sq:editorship", "sq:translatorship")


def own_statements(entry: Facts, label: Callable[[str], str]) -> list[tuple[str, list[Term]]]:
    """The statements of a thing by the label of each property, except those shown elsewhere."""
    rows = [
        (label(expand(name)), list(terms)) for name, terms in entry.items() if name not in _HIDDEN
    ]
    return sorted(rows, key=lambda pair: pair[0].lower())


def show(graph: Graph, thing: str) -> Table:
    """The statements of a thing in words, its source, and the statements that concern it, by view.

    >>> import sq_graph
    >>> show(sq_graph.open().graph, "https://w3id.org/sq-graph/id/work/room-1999").caption
    'Room 1999'
    """
    entry = facts(graph, [thing]).get(thing, {})
    values = {term.value for terms in entry.values() for term in terms if term.kind == "uri"}
    names = labels(graph, values.union({thing}, map(expand, entry)))

    def term_text(term: Term) -> str:
        if term.kind != "uri":
            return term.value
        return f"{names[term.value]} ({shorten(term.value)})"

    kinds = [names[term.value] for term in entry.get("rdf:type", ()) if "owl#" not in term.value]
    rows = [("", "is", ", ".join(kinds)), ("", "IRI", thing)]
    if kind_of(thing) == "work":
        rows.append(("", "authors", ", ".join(map(str, read_works(graph, [thing])[0].authors))))
    if credit := attributions(graph, [thing]).get(thing):
        fields = {"source": credit.source, "how firmly": credit.firmness, "review": credit.review}
        rows += [("", name, value) for name, value in fields.items()]
    rows += [
        ("own statements", name, "\n".join(map(term_text, terms)))
        for name, terms in own_statements(entry, names.__getitem__)
    ]
    for view, mentions in about(graph, thing, beneath=False).views.items():
        heading = f"{view} ({len(mentions)})"
        rows += [(heading, m.label, m.says or shorten(m.iri)) for m in mentions]
    filled = [row for row in rows if row[2]]
    return Table(
        ("what", "value"),
        tuple(row[1:] for row in filled),
        names[thing],
        groups=tuple(row[0].capitalize() for row in filled),
        records=Table(("group", "what", "value"), tuple(filled)),
    )
