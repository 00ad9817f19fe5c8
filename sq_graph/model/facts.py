"""Reading statements of things from a graph: one query for many things, assembled in Python."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sq_graph.graph import EmbeddedGraph, Graph, Term
from sq_graph.vocab import SQ, Ref, expand, shorten, slug_of

Facts = Mapping[str, Sequence[Term]]
"""The statements of one thing: property in short form → its terms, sorted."""

_BATCH_SIZE = 400
_MAX_CACHED = 20_000
"""The number of things whose statements are cached, so that a large map is never cached in full."""


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
    cache = graph.live_cache("facts") if isinstance(graph, EmbeddedGraph) else None
    unique_things = list(dict.fromkeys(things))
    if cache is None:
        by_thing = _read(graph, unique_things, names)
        return {thing: by_thing[thing] for thing in unique_things if thing in by_thing}
    cached, changed = cache
    for thing in changed:
        cached.pop(thing, None)
    if missing := [thing for thing in unique_things if thing not in cached]:
        if len(cached) > _MAX_CACHED:
            cached.clear()
            missing = unique_things
        cached |= {thing: {} for thing in missing} | _read(graph, missing)
    selected = {
        thing: {name: terms for name, terms in cached[thing].items() if not names or name in names}
        for thing in unique_things
    }
    return {thing: statements for thing, statements in selected.items() if statements}


def _read(
    graph: Graph, things: Iterable[str], names: Sequence[str] = ()
) -> dict[str, dict[str, list[Term]]]:
    by_thing: dict[str, dict[str, list[Term]]] = {}
    for thing, predicate, value in _statements(graph, things, names):
        by_thing.setdefault(thing, {}).setdefault(shorten(predicate), []).append(value)
    for statements in by_thing.values():
        for terms in statements.values():
            terms.sort(key=lambda term: (term.value, term.language))
    return by_thing


def _statements(
    graph: Graph, things: Iterable[str], names: Sequence[str]
) -> Iterator[tuple[str, str, Term]]:
    """The statements of things: looked up in an embedded graph, queried in any other."""
    if isinstance(graph, EmbeddedGraph):
        yield from graph.statements_of(dict.fromkeys(things), set(map(expand, names)))
        return
    condition = f" FILTER(?p IN ({', '.join(names)}))" if names else ""
    unique_things = list(dict.fromkeys(things))
    for start in range(0, len(unique_things), _BATCH_SIZE):
        batch = values(unique_things[start : start + _BATCH_SIZE])
        query = f"SELECT DISTINCT * {{ VALUES ?s {{ {batch} }} ?s ?p ?o{condition} }}"
        for row in graph.select(query):
            yield row["s"].value, row["p"].value, row["o"]


def labels(graph: Graph, things: Iterable[str]) -> dict[str, str]:
    """The label of each thing, the English one first; the last part of its IRI where it has
    none.
    """
    unique_things = list(dict.fromkeys(things))
    stated = _statements(graph, unique_things, ("rdfs:label",))
    best = preferred_labels((thing, label) for thing, _, label in stated)
    return {thing: best[thing] if thing in best else code_of(thing) for thing in unique_things}


def preferred_labels(stated: Iterable[tuple[str, Term]]) -> dict[str, str]:
    """The best of the labels stated of each thing: an English one before others.

    >>> stated = [("x:a", Term("literal", "Wort", "de")), ("x:a", Term("literal", "word", "en"))]
    >>> preferred_labels(stated)
    {'x:a': 'word'}
    """
    best: dict[str, tuple[bool, str]] = {}
    for thing, label in stated:
        candidate = (not label.language.startswith("en"), label.value)
        best[thing] = min(candidate, best.get(thing, candidate))
    return {thing: label for thing, (_, label) in best.items()}


def refs(graph: Graph, things: Iterable[str]) -> dict[str, Ref]:
    """A reference to each thing, with its label."""
    return {iri: Ref(iri, label) for iri, label in labels(graph, things).items()}


def iris(graph: Graph, query: str) -> list[str]:
    """The things in the first column of a SELECT query."""
    return [row[0].value for row in graph.select(query).rows if row[0]]


def grouped(graph: Graph, query: str) -> dict[str, list[str]]:
    """For each thing in the first column of a SELECT query, its values in the second."""
    groups: dict[str, list[str]] = {}
    for first, second in graph.select(query).rows:
        if first and second:
            groups.setdefault(first.value, []).append(second.value)
    return groups


def plain_rows(graph: Graph, query: str) -> Iterator[tuple[str, ...]]:
    """The rows of a SELECT query as plain texts, without unbound variables."""
    return (tuple(term.value for term in row if term) for row in graph.select(query).rows)


def code_of(iri: str) -> str:
    """The code in the IRI of a coded value, else the last part of the IRI.

    >>> code_of(SQ + "hedge-hedged"), code_of(SQ + "reviewStatus-second-read")
    ('hedged', 'second-read')
    """
    slug = slug_of(iri)
    return slug.partition("-")[2] if iri.startswith(SQ) and "-" in slug else slug


def texts(statements: Facts, name: str) -> tuple[str, ...]:
    """The values of one property as plain texts."""
    return tuple(term.value for term in statements.get(name, ()))


def linked(entries: Mapping[str, Facts], *names: str) -> list[str]:
    """The values of some properties of several things, each once."""
    targets = (iri for entry in entries.values() for name in names for iri in texts(entry, name))
    return list(dict.fromkeys(targets))


def text(statements: Facts, name: str, default: str = "") -> str:
    """The first value of one property as plain text, or the default.

    >>> text({"sq:year": [Term("literal", "1999")]}, "sq:year"), text({}, "sq:year", "n.d.")
    ('1999', 'n.d.')
    """
    return next(iter(texts(statements, name)), default)


def code(statements: Facts, name: str) -> str:
    """The code of the first value of one property, or ''."""
    return code_of(text(statements, name))


def number(statements: Facts, name: str) -> int | None:
    """The first value of one property as a whole number; None where there is none.

    >>> number({"sq:year": [Term("literal", "1999")]}, "sq:year"), number({}, "sq:year")
    (1999, None)
    """
    value = text(statements, name)
    return int(value) if value.removeprefix("-").isdigit() else None


def values(things: Iterable[str]) -> str:
    """IRIs in SPARQL syntax, for a VALUES clause; anything but an IRI is left out.

    >>> values(["https://example.org/a", "not an IRI"])
    '<https://example.org/a>'
    """
    return " ".join(
        f"<{thing}>" for thing in things if thing and not set(thing) & set('<>"{}|^`\\ \n')
    )


def join_names(names: Sequence[str | Ref], last: str) -> str:
    """Names in one phrase, the last of them after `last` instead of a comma.

    >>> join_names(["Room", "Silver", "Steinert"], " or ")
    'Room, Silver or Steinert'
    """
    parts = [str(name) for name in names]
    return last.join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def in_words(name: str) -> str:
    """The name of a class or property in words.

    >>> in_words("senseOf"), in_words("DeniedAlignment")
    ('sense of', 'denied alignment')
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.rpartition(":")[2]).lower()


def position_of(category: Facts) -> int:
    """The position of a category in its typology; 0 if it has none."""
    return number(category, "sq:rank") or number(category, "sq:listPosition") or 0


def truncate(text: str, limit: int = 120) -> str:
    """A text of at most `limit` characters, with an ellipsis where it was cut.

    >>> truncate("Trust comes first.", 12)
    'Trust com…'
    """
    return text if len(text) <= limit else f"{text[: limit - 3]}…"
