"""Reading statements of things from a graph: one query for many things, assembled in Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sq_graph.graph import Graph, Term
from sq_graph.vocab import RDFS, SQ, slug_of

Facts = Mapping[str, Sequence[Term]]
"""The statements of one thing: property in short form → its terms, sorted."""

_CHUNK = 400


def facts(graph: Graph, things: Iterable[str]) -> dict[str, dict[str, list[Term]]]:
    """All statements of each thing, by property in short form; a thing without statements is left out.

    >>> import sq_graph
    >>> room = "https://w3id.org/sq-graph/id/work/room-1999"
    >>> [str(label) for label in facts(sq_graph.open().graph, [room])[room]["rdfs:label"]]
    ['Room 1999']
    """
    from sq_graph.vocab import shorten

    found: dict[str, dict[str, list[Term]]] = {}
    for chunk in _chunks(things):
        query = f"SELECT DISTINCT ?s ?p ?o {{ VALUES ?s {{ {values(chunk)} }} ?s ?p ?o }}"
        for row in graph.select(query):
            found.setdefault(row["s"].value, {}).setdefault(shorten(row["p"].value), []).append(row["o"])
    for statements in found.values():
        for terms in statements.values():
            terms.sort(key=lambda term: (term.value, term.language))
    return found


def labels(graph: Graph, things: Iterable[str]) -> dict[str, str]:
    """The label of each thing, the English one first; the last part of its IRI where it has none."""
    wanted = list(dict.fromkeys(things))
    found: dict[str, tuple[bool, str]] = {}
    for chunk in _chunks(wanted):
        query = f"SELECT ?s ?label {{ VALUES ?s {{ {values(chunk)} }} ?s <{RDFS}label> ?label }}"
        for row in graph.select(query):
            offer = (not row["label"].language.startswith("en"), row["label"].value)
            found[row["s"].value] = min(offer, found.get(row["s"].value, offer))
    return {thing: found[thing][1] if thing in found else coded(thing) for thing in wanted}


def coded(iri: str) -> str:
    """The plain word of a coded value's IRI, else the last part of the IRI.

    >>> coded(SQ + "hedge-hedged"), coded(SQ + "reviewStatus-second-read")
    ('hedged', 'second-read')
    """
    slug = slug_of(iri)
    return slug.partition("-")[2] if iri.startswith(SQ) and "-" in slug else slug


def texts(statements: Facts, name: str) -> tuple[str, ...]:
    """The values of one property as plain texts.

    >>> texts({"sq:phrase": [Term("literal", "as a whole")]}, "sq:phrase")
    ('as a whole',)
    """
    return tuple(term.value for term in statements.get(name, ()))


def text(statements: Facts, name: str, default: str = "") -> str:
    """The first value of one property as plain text, or the default."""
    return next(iter(texts(statements, name)), default)


def values(things: Iterable[str]) -> str:
    """IRIs as SPARQL writes them, for a VALUES row."""
    return " ".join(f"<{thing}>" for thing in things)


def _chunks(things: Iterable[str]) -> Iterable[list[str]]:
    wanted = [thing for thing in dict.fromkeys(things) if not set(thing) & set('<>"{}|^`\\ \n')]
    return (wanted[start : start + _CHUNK] for start in range(0, len(wanted), _CHUNK))
