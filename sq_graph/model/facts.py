"""Reading statements of things from a graph: one query for many things, assembled in Python."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sq_graph.graph import EmbeddedGraph, Graph, Term
from sq_graph.vocab import SQ, Ref, expand, shorten, slug_of

Facts = Mapping[str, Sequence[Term]]
"""The statements of one thing: property in short form → its terms, sorted."""

_PORTION = 400
_KEPT_AT_MOST = 20_000
"""Things whose statements are kept in memory; more would be a whole large map."""


def facts(
    graph: Graph, things: Iterable[str], names: Sequence[str] = ()
) -> dict[str, dict[str, list[Term]]]:
    """The statements of each thing, by property in short form, in the order of the things; a thing
    without statements is left out.

    `names` restricts them to these properties.

    >>> import sq_graph
    >>> room = "https://w3id.org/sq-graph/id/work/room-1999"
    >>> [str(label) for label in facts(sq_graph.open().graph, [room])[room]["rdfs:label"]]
    ['Room 1999']
    """
    cached = graph.live_cache("facts") if isinstance(graph, EmbeddedGraph) else None
    wanted = list(dict.fromkeys(things))
    if cached is None:
        read = _read(graph, wanted, names)
        return {thing: read[thing] for thing in wanted if thing in read}
    kept, changed = cached
    for thing in changed:
        kept.pop(thing, None)
    if missing := [thing for thing in wanted if thing not in kept]:
        if len(kept) > _KEPT_AT_MOST:
            kept.clear()
            missing = wanted
        kept |= {thing: {} for thing in missing} | _read(graph, missing)
    found = {
        thing: {name: one for name, one in kept[thing].items() if not names or name in names}
        for thing in wanted
    }
    return {thing: one for thing, one in found.items() if one}


def _read(
    graph: Graph, things: Iterable[str], names: Sequence[str] = ()
) -> dict[str, dict[str, list[Term]]]:
    found: dict[str, dict[str, list[Term]]] = {}
    for thing, predicate, value in _statements(graph, things, names):
        found.setdefault(thing, {}).setdefault(shorten(predicate), []).append(value)
    for statements in found.values():
        for terms in statements.values():
            terms.sort(key=lambda term: (term.value, term.language))
    return found


def _statements(
    graph: Graph, things: Iterable[str], names: Sequence[str]
) -> Iterator[tuple[str, str, Term]]:
    """The statements of things: looked up in a store of our own, asked for in one of others."""
    if isinstance(graph, EmbeddedGraph):
        yield from graph.statements_of(dict.fromkeys(things), set(map(expand, names)))
        return
    chosen = f" FILTER(?p IN ({', '.join(names)}))" if names else ""
    wanted = list(dict.fromkeys(things))
    for start in range(0, len(wanted), _PORTION):
        portion = values(wanted[start : start + _PORTION])
        query = f"SELECT DISTINCT * {{ VALUES ?s {{ {portion} }} ?s ?p ?o{chosen} }}"
        for row in graph.select(query):
            yield row["s"].value, row["p"].value, row["o"]


def labels(graph: Graph, things: Iterable[str]) -> dict[str, str]:
    """The label of each thing, the English one first; the last part of its IRI where it has
    none.
    """
    wanted = list(dict.fromkeys(things))
    found: dict[str, tuple[bool, str]] = {}
    for thing, _, label in _statements(graph, wanted, ("rdfs:label",)):
        offer = (not label.language.startswith("en"), label.value)
        found[thing] = min(offer, found.get(thing, offer))
    return {thing: found[thing][1] if thing in found else code_of(thing) for thing in wanted}


def refs(graph: Graph, things: Iterable[str]) -> dict[str, Ref]:
    """A reference to each thing, with its label."""
    return {iri: Ref(iri, label) for iri, label in labels(graph, things).items()}


def iris(graph: Graph, query: str) -> list[str]:
    """The things in the first column of a SELECT query."""
    return [row[0].value for row in graph.select(query).rows if row[0]]


def grouped(graph: Graph, query: str) -> dict[str, list[str]]:
    """For each thing in the first column of a SELECT query, what stands beside it in the second."""
    found: dict[str, list[str]] = {}
    for first, second in graph.select(query).rows:
        if first and second:
            found.setdefault(first.value, []).append(second.value)
    return found


def plain_rows(graph: Graph, query: str) -> Iterator[tuple[str, ...]]:
    """The rows of a SELECT query as plain texts, without what is unbound."""
    return (tuple(term.value for term in row if term) for row in graph.select(query).rows)


def code_of(iri: str) -> str:
    """The plain word of a coded value's IRI, else the last part of the IRI.

    >>> code_of(SQ + "hedge-hedged"), code_of(SQ + "reviewStatus-second-read")
    ('hedged', 'second-read')
    """
    slug = slug_of(iri)
    return slug.partition("-")[2] if iri.startswith(SQ) and "-" in slug else slug


def texts(statements: Facts, name: str) -> tuple[str, ...]:
    """The values of one property as plain texts."""
    return tuple(term.value for term in statements.get(name, ()))


def linked(known: Mapping[str, Facts], *names: str) -> list[str]:
    """What the properties of several things lead to, each once."""
    ends = (iri for one in known.values() for name in names for iri in texts(one, name))
    return list(dict.fromkeys(ends))


def text(statements: Facts, name: str, default: str = "") -> str:
    """The first value of one property as plain text, or the default.

    >>> text({"sq:year": [Term("literal", "1999")]}, "sq:year"), text({}, "sq:year", "n.d.")
    ('1999', 'n.d.')
    """
    return next(iter(texts(statements, name)), default)


def code(statements: Facts, name: str) -> str:
    """The plain word of the first coded value of one property, or ''."""
    return code_of(text(statements, name))


def number(statements: Facts, name: str) -> int | None:
    """The first value of one property as a whole number; None where there is none.

    >>> number({"sq:year": [Term("literal", "1999")]}, "sq:year"), number({}, "sq:year")
    (1999, None)
    """
    written = text(statements, name)
    return int(written) if written.removeprefix("-").isdigit() else None


def values(things: Iterable[str]) -> str:
    """IRIs as SPARQL writes them, for a VALUES row; what is not an IRI is left out.

    >>> values(["https://example.org/a", "not an IRI"])
    '<https://example.org/a>'
    """
    return " ".join(
        f"<{thing}>" for thing in things if thing and not set(thing) & set('<>"{}|^`\\ \n')
    )


def join_names(names: Sequence[str | Ref], last: str) -> str:
    """Names in one phrase, the last of them after a word of its own.

    >>> join_names(["Room", "Silver", "Steinert"], " or ")
    'Room, Silver or Steinert'
    """
    shown = [str(name) for name in names]
    return last.join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def in_words(name: str) -> str:
    """The name of a class or property in words.

    >>> in_words("senseOf"), in_words("DeniedAlignment")
    ('sense of', 'denied alignment')
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.rpartition(":")[2]).lower()


def shortened(text: str, most: int = 120) -> str:
    """A text of at most so many characters, with an ellipsis where it was cut.

    >>> shortened("Trust comes first.", 12)
    'Trust com…'
    """
    return text if len(text) <= most else f"{text[: most - 3]}…"
