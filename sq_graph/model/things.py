"""The kinds of thing that the API hands out, as frozen dataclasses, and how they are read from a graph."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sq_graph.graph import Graph
from sq_graph.model.attribution import Attribution, attributions
from sq_graph.model.facts import (
    Facts,
    coded,
    facts,
    iris,
    labels,
    number,
    text,
    texts,
    values,
    word,
)


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
    `year` is that of the holder's own work, None where none is named; `reported_year` is the earliest year in
    which another work reports it, None where the holder's own work was read.
    """

    iri: str
    label: str
    concept: str
    sense: str
    form: str
    summary: str
    year: int | None
    attribution: Attribution
    reported_year: int | None = None


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


def read_works(graph: Graph, works: Iterable[str]) -> tuple[Work, ...]:
    """The works of these IRIs, by year and label; one without a year comes last."""
    known = facts(graph, works)
    places = facts(graph, [iri for one in known.values() for iri in texts(one, "sq:authorship")])
    names = labels(graph, [text(place, "sq:author") for place in places.values()])

    def ranked(place: Facts) -> int:
        return number(place, "sq:rank") or 0

    def authors(one: Facts) -> tuple[str, ...]:
        signed = sorted(
            (places[iri] for iri in texts(one, "sq:authorship") if iri in places), key=ranked
        )
        return tuple(names[text(place, "sq:author")] for place in signed)

    found = [
        Work(
            iri,
            text(one, "rdfs:label"),
            text(one, "dcterms:title"),
            number(one, "sq:year"),
            authors(one),
        )
        for iri, one in known.items()
    ]
    return tuple(sorted(found, key=lambda work: (work.year or 9999, work.label)))


def read_definitions(
    graph: Graph, definitions: Iterable[str], concept: str = ""
) -> tuple[Definition, ...]:
    """The definitions of these IRIs in order of year; `concept` is the one asked for, whose senses are labelled."""
    known = facts(graph, definitions)
    credits = attributions(graph, known)
    names = labels(graph, [text(one, "sq:defines") for one in known.values()])
    years = _years(graph, known)
    found = []
    for iri, one in known.items():
        if iri not in credits:
            continue
        of, (year, reported) = text(one, "sq:defines"), years.get(iri, (None, None))
        found.append(
            Definition(
                iri,
                label=text(one, "rdfs:label"),
                concept=names[of],
                sense="" if of == concept else names[of],
                form=word(one, "sq:form"),
                summary=text(one, "sq:summary"),
                year=year,
                attribution=credits[iri],
                reported_year=None if credits[iri].distance == "read" else reported,
            )
        )

    def when(one: Definition) -> tuple[int, str, str]:
        return one.year or one.reported_year or 9999, one.attribution.asserter, one.label

    return tuple(sorted(found, key=when))


def definitions_beneath(graph: Graph, concept: str) -> list[str]:
    """The definitions of a concept, of its senses, and of the narrower concepts beneath it."""
    query = f"""SELECT DISTINCT ?definition {{
      {{ ?beneath (sq:senseOf|skos:broader)* <{concept}> }}
      ?definition sq:defines ?beneath . ?definition a sq:Definition }}"""
    return sorted(iris(graph, query))


def read_concept(graph: Graph, concept: str) -> Concept:
    """The concept of this IRI with all its definitions."""
    senses, narrower = (
        tuple(
            sorted(
                labels(
                    graph, iris(graph, f"SELECT DISTINCT ?s {{ ?s {name} <{concept}> }}")
                ).values()
            )
        )
        for name in ("sq:senseOf", "skos:broader")
    )
    alternatives = texts(facts(graph, [concept]).get(concept, {}), "skos:altLabel")
    found = read_definitions(graph, definitions_beneath(graph, concept), concept)
    return Concept(
        concept, labels(graph, [concept])[concept], alternatives, senses, narrower, found
    )


def read_typology(graph: Graph, typology: str) -> Typology:
    """The typology of this IRI with its categories."""
    one = facts(graph, [typology]).get(typology, {})
    members = facts(
        graph, iris(graph, f"SELECT DISTINCT ?category {{ ?category sq:memberOf <{typology}> }}")
    )
    categories = [
        Category(
            iri,
            text(each, "rdfs:label"),
            number(each, "sq:rank"),
            text(each, "sq:summary"),
            tuple(map(coded, texts(each, "sq:mark"))),
        )
        for iri, each in members.items()
    ]
    return Typology(
        iri=typology,
        label=text(one, "rdfs:label"),
        divides=", ".join(labels(graph, texts(one, "sq:divides")).values()),
        ordered=text(one, "sq:ordered") == "true",
        ordered_by=text(one, "sq:orderedBy"),
        categories=tuple(sorted(categories, key=lambda c: (c.rank is None, c.rank or 0, c.label))),
        attribution=attributions(graph, [typology]).get(typology),
    )


def _years(graph: Graph, things: Iterable[str]) -> dict[str, tuple[int | None, int | None]]:
    """The year of the holder's own work, and the first year in which another work reports the statement."""
    query = f"""SELECT ?thing (MIN(?stated) AS ?own) (MIN(?between) AS ?via) (MIN(?read) AS ?last) {{
      VALUES ?thing {{ {values(things)} }}
      OPTIONAL {{ ?thing sq:statedIn/sq:year ?stated }}
      OPTIONAL {{ ?thing sq:via/sq:year ?between }}
      OPTIONAL {{ ?thing sq:reportedIn/sq:inWork/sq:year ?read }} }} GROUP BY ?thing"""
    found = {}
    for row in graph.select(query):
        own, via, last = (int(row[k].value) if k in row else None for k in ("own", "via", "last"))
        found[row["thing"].value] = own, via or last
    return found
