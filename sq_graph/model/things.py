"""The kinds of thing that the API hands out, as frozen dataclasses, and how they are read from a graph."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sq_graph.graph import Graph
from sq_graph.model.attribution import Attribution, attributions
from sq_graph.model.facts import Facts, coded, facts, labels, text, texts, values


@dataclass(frozen=True)
class Work:
    """A publication, read or only cited: `label` as one cites it, `title` where a record is known."""

    iri: str
    label: str
    title: str
    year: int | None
    authors: tuple[str, ...]


@dataclass(frozen=True)
class Definition:
    """What somebody says a concept is, in our own words, with its attribution.

    `sense` is the concept it defines when that is a sense or a narrower concept of the one asked for.
    """

    iri: str
    label: str
    concept: str
    sense: str
    form: str
    summary: str
    year: int | None
    attribution: Attribution


@dataclass(frozen=True)
class Concept:
    """A construct with its definitions, those of its senses and narrower concepts among them, in order of year."""

    iri: str
    label: str
    alternatives: tuple[str, ...]
    senses: tuple[str, ...]
    narrower: tuple[str, ...]
    definitions: tuple[Definition, ...]


@dataclass(frozen=True)
class Category:
    """A place in one typology: its rank if the typology is ordered, and what marks it."""

    iri: str
    label: str
    rank: int | None
    summary: str
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Typology:
    """An author's division of a concept, its categories in order of rank, else of label."""

    iri: str
    label: str
    divides: str
    ordered: bool
    ordered_by: str
    categories: tuple[Category, ...]
    attribution: Attribution | None


def read_works(graph: Graph, iris: Iterable[str]) -> tuple[Work, ...]:
    """The works of these IRIs, by year and label; one without a year comes last."""
    known = facts(graph, iris)
    places = facts(graph, [iri for one in known.values() for iri in texts(one, "sq:authorship")])
    names = labels(graph, [text(place, "sq:author") for place in places.values()])
    found = []
    for iri, one in known.items():
        line = sorted((places[place] for place in texts(one, "sq:authorship") if place in places), key=_rank)
        authors = tuple(names[text(place, "sq:author")] for place in line)
        found.append(Work(iri, text(one, "rdfs:label"), text(one, "dcterms:title"), _year(one), authors))
    return tuple(sorted(found, key=lambda work: (work.year or 9999, work.label)))


def read_definitions(graph: Graph, iris: Sequence[str], concept: str = "") -> tuple[Definition, ...]:
    """The definitions of these IRIs in order of year; `concept` is the one asked for, whose senses are labelled."""
    known = facts(graph, iris)
    credits = attributions(graph, known)
    defined = {iri: text(one, "sq:defines") for iri, one in known.items()}
    names = labels(graph, defined.values())
    years = _years(graph, known)
    found = [
        Definition(
            iri=iri,
            label=text(one, "rdfs:label"),
            concept=names[defined[iri]],
            sense="" if defined[iri] == concept else names[defined[iri]],
            form=coded(text(one, "sq:form")),
            summary=text(one, "sq:summary"),
            year=years.get(iri),
            attribution=credits[iri],
        )
        for iri, one in known.items()
        if iri in credits
    ]
    return tuple(sorted(found, key=lambda d: (d.year or 9999, d.attribution.asserter, d.label)))


def definitions_beneath(graph: Graph, concept: str) -> list[str]:
    """The definitions of a concept, of its senses, and of the narrower concepts beneath it."""
    query = f"""SELECT DISTINCT ?definition {{
      {{ ?beneath (sq:senseOf|skos:broader)* <{concept}> }}
      ?definition sq:defines ?beneath . ?definition a sq:Definition }}"""
    return sorted(row["definition"].value for row in graph.select(query))


def read_concept(graph: Graph, iri: str) -> Concept:
    """The concept of this IRI with all its definitions."""
    one = facts(graph, [iri]).get(iri, {})
    senses, narrower = (_labelled_subjects(graph, name, iri) for name in ("sq:senseOf", "skos:broader"))
    label = text(one, "rdfs:label", labels(graph, [iri])[iri])
    found = read_definitions(graph, definitions_beneath(graph, iri), iri)
    return Concept(iri, label, texts(one, "skos:altLabel"), senses, narrower, found)


def read_typology(graph: Graph, iri: str) -> Typology:
    """The typology of this IRI with its categories."""
    one = facts(graph, [iri]).get(iri, {})
    query = f"SELECT DISTINCT ?category {{ ?category sq:memberOf <{iri}> }}"
    members = facts(graph, [row["category"].value for row in graph.select(query)])
    categories = [
        Category(
            iri=member,
            label=text(each, "rdfs:label"),
            rank=_number(text(each, "sq:rank")),
            summary=text(each, "sq:summary"),
            marks=tuple(coded(mark) for mark in texts(each, "sq:mark")),
        )
        for member, each in members.items()
    ]
    divided = labels(graph, texts(one, "sq:divides"))
    return Typology(
        iri=iri,
        label=text(one, "rdfs:label"),
        divides=", ".join(divided.values()),
        ordered=text(one, "sq:ordered") == "true",
        ordered_by=text(one, "sq:orderedBy"),
        categories=tuple(sorted(categories, key=lambda c: (c.rank is None, c.rank or 0, c.label))),
        attribution=attributions(graph, [iri]).get(iri),
    )


def _years(graph: Graph, definitions: dict[str, dict[str, list]]) -> dict[str, int]:  # type: ignore[type-arg]
    """The year of each definition: that of the holder's work, else of the work between, else of the work read."""
    query = f"""SELECT ?definition (MIN(?stated) AS ?first) (MIN(?between) AS ?second) (MIN(?read) AS ?third) {{
      VALUES ?definition {{ {values(definitions)} }}
      OPTIONAL {{ ?definition sq:statedIn/sq:year ?stated }}
      OPTIONAL {{ ?definition sq:via/sq:year ?between }}
      OPTIONAL {{ ?definition sq:reportedIn/sq:inWork/sq:year ?read }} }} GROUP BY ?definition"""
    found = {}
    for row in graph.select(query):
        year = next((row[name] for name in ("first", "second", "third") if name in row), None)
        if "definition" in row and year is not None:
            found[row["definition"].value] = int(year.value)
    return found


def _labelled_subjects(graph: Graph, name: str, thing: str) -> tuple[str, ...]:
    query = f"SELECT DISTINCT ?s {{ ?s {name} <{thing}> }}"
    return tuple(sorted(labels(graph, [row["s"].value for row in graph.select(query)]).values()))


def _rank(place: Facts) -> int:
    return _number(text(place, "sq:rank")) or 0


def _year(one: Facts) -> int | None:
    return _number(text(one, "sq:year"))


def _number(written: str) -> int | None:
    return int(written) if written.lstrip("-").isdigit() else None
