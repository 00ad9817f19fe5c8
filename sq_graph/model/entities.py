"""Concepts, definitions and typologies, as frozen dataclasses, and how they are read from a
graph.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sq_graph.graph import Graph
from sq_graph.model.attribution import Attribution, attributions
from sq_graph.model.facts import (
    code,
    code_of,
    facts,
    grouped,
    iris,
    labels,
    linked,
    number,
    refs,
    text,
    texts,
    values,
)
from sq_graph.model.listing import CREDIT_COLUMNS, Listing, credit_cells
from sq_graph.table import Cell
from sq_graph.vocab import Ref


@dataclass(frozen=True)
class Definition:
    """What somebody says a concept is, in our own words, with its attribution.

    `sense` is the concept it defines, if that is a sense or a narrower concept of the one asked
    for. `year` is that of the holder's own work, None if none is named; `reported_year` is the
    earliest year in which another work reports it, None if the holder's own work was read.
    `concerns` says how it concerns a concept asked for that it does not define.
    """

    iri: str
    label: str
    concept: Ref
    sense: Ref | None
    form: str
    summary: str
    year: int | None
    attribution: Attribution
    reported_year: int | None = None
    concerns: str = ""

    def cells(self) -> tuple[Cell, ...]:
        """Its values under the columns of its listing."""
        said = (self.label, self.concept.label, self.concept.iri, self.form, self.summary)
        years = (self.year, self.reported_year)
        return *said, *years, *credit_cells(self.attribution), self.iri

    def _repr_html_(self) -> str:
        return Definitions((self,)).table().to_html()


@dataclass(frozen=True)
class Concept:
    """A construct with its definitions, including those of its senses and narrower concepts, in
    order of year.
    """

    iri: str
    label: str
    alternatives: tuple[str, ...]
    senses: tuple[Ref, ...]
    narrower: tuple[Ref, ...]
    definitions: Definitions

    def cells(self) -> tuple[Cell, ...]:
        """Its values under the columns of its listing."""
        names = (self.alternatives, self.senses, self.narrower)
        several = ("; ".join(map(str, each)) for each in names)
        return self.label, *several, len(self.definitions), self.iri

    def _repr_html_(self) -> str:
        return replace(self.definitions.table(), caption=self.label).to_html()


@dataclass(frozen=True)
class Category:
    """A category of a typology, with its rank if the typology is ordered, and its marks."""

    iri: str
    label: str
    rank: int | None
    summary: str
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Typology:
    """An author's division of a concept, its categories in order of rank, else as listed."""

    iri: str
    label: str
    divides: tuple[Ref, ...]
    ordered: bool
    ordered_by: str
    categories: tuple[Category, ...]
    attribution: Attribution | None

    def cells(self) -> tuple[Cell, ...]:
        """Its values under the columns of its listing."""
        names = "; ".join(one.label for one in self.categories)
        said = (self.label, "; ".join(map(str, self.divides)), self.ordered_by, names)
        return *said, *credit_cells(self.attribution), self.iri

    def _repr_html_(self) -> str:
        return Typologies((self,)).table().to_html()


class Definitions(Listing[Definition]):
    """Definitions in order of year."""

    title = "Definitions"
    columns = (
        "definition",
        "concept",
        "concept iri",
        "form",
        "summary",
        "year",
        "reported year",
        *CREDIT_COLUMNS,
        "iri",
    )


class Concepts(Listing[Concept]):
    """Concepts by label."""

    title = "Concepts"
    columns = ("concept", "other names", "senses", "narrower", "definitions", "iri")


class Typologies(Listing[Typology]):
    """Typologies by label."""

    title = "Typologies"
    columns = ("typology", "divides", "ordered by", "categories", *CREDIT_COLUMNS, "iri")


def read_definitions(graph: Graph, definitions: Iterable[str], concept: str = "") -> Definitions:
    """The definitions of these IRIs in order of year; `concept` is the one asked for, whose senses
    are labelled.
    """
    known = facts(graph, definitions)
    names, years = refs(graph, linked(known, "sq:defines")), _years(graph, known)
    found = []
    for iri, credit in attributions(graph, known).items():
        one = known[iri]
        of = names.get(text(one, "sq:defines"), Ref("", ""))
        year, reported = years.get(iri, (None, None))
        found.append(
            Definition(
                iri,
                label=text(one, "rdfs:label"),
                concept=of,
                sense=None if of.iri == concept else of,
                form=code(one, "sq:form"),
                summary=text(one, "sq:summary"),
                year=year,
                attribution=credit,
                reported_year=None if credit.distance == "read" else reported,
            )
        )

    def when(one: Definition) -> tuple[int, str, str]:
        return one.year or one.reported_year or 9999, one.attribution.asserter, one.label

    return Definitions(sorted(found, key=when))


def definitions_beneath(graph: Graph, concept: str) -> list[str]:
    """The definitions of a concept, of its senses, and of the narrower concepts beneath it."""
    query = f"""SELECT DISTINCT ?definition {{
      {{ ?beneath (sq:senseOf|skos:broader)* <{concept}> }}
      ?definition sq:defines ?beneath . ?definition a sq:Definition }}"""
    return sorted(iris(graph, query))


def definitions_elsewhere(graph: Graph, concept: str) -> Definitions:
    """The definitions that concern a concept without defining it: those of another sense of a word
    that nobody defines as such, and those that name the concept as a component.

    >>> import sq_graph
    >>> atlas = sq_graph.open()
    >>> found = definitions_elsewhere(atlas.graph, atlas.find("social-cohesion", "concept"))
    >>> {one.concerns for one in found} == {"another sense of cohesion", "names it as a component"}
    True
    """
    senses = f"""SELECT DISTINCT ?d ?word {{ <{concept}> sq:senseOf+ ?top .
      FILTER NOT EXISTS {{ ?own sq:defines ?top }}
      ?other (sq:senseOf|skos:broader)* ?top . ?d sq:defines ?other ; a sq:Definition .
      ?top rdfs:label ?word }}"""
    naming = f"""SELECT DISTINCT ?d {{ ?beneath (sq:senseOf|skos:broader)* <{concept}> .
      ?d sq:component ?beneath ; a sq:Definition }}"""
    concerns = {
        row["d"].value: f"another sense of {row['word'].value}" for row in graph.select(senses)
    }
    concerns |= dict.fromkeys(iris(graph, naming), "names it as a component")
    for own in definitions_beneath(graph, concept):
        concerns.pop(own, None)
    found = read_definitions(graph, concerns, concept)
    return Definitions(replace(one, concerns=concerns[one.iri]) for one in found)


def read_concepts(graph: Graph, concepts: Iterable[str]) -> Concepts:
    """The concepts of these IRIs by label, each with all its definitions."""
    wanted = list(concepts)
    known, names = facts(graph, wanted, ("skos:altLabel",)), labels(graph, wanted)

    def under(path: str, tops: Iterable[str]) -> dict[str, list[str]]:
        portion = f"VALUES ?top {{ {values(tops)} }} ?under {path} ?top"
        return grouped(graph, f"SELECT DISTINCT ?top ?under {{ {portion} }}")

    families = under("(sq:senseOf|skos:broader)*", wanted)
    several = [under(name, wanted) for name in ("sq:senseOf", "skos:broader")]
    beneath = refs(graph, {iri for each in several for found in each.values() for iri in found})
    members = {iri for family in families.values() for iri in family}
    defining = under("sq:defines", members)
    every = read_definitions(graph, {iri for found in defining.values() for iri in found})

    def concept_of(iri: str) -> Concept:
        family = {iri, *families.get(iri, ())}
        own = (
            replace(one, sense=None if one.concept.iri == iri else one.concept)
            for one in every
            if one.concept.iri in family
        )
        senses, narrower = (
            tuple(sorted(beneath[one] for one in each.get(iri, ()))) for each in several
        )
        alternatives = texts(known.get(iri, {}), "skos:altLabel")
        return Concept(iri, names[iri], alternatives, senses, narrower, Definitions(own))

    return Concepts(sorted(map(concept_of, wanted), key=lambda one: (one.label, one.iri)))


def read_typology(graph: Graph, typology: str) -> Typology:
    """The typology of this IRI with its categories, by rank or else as listed or in the text."""
    one = facts(graph, [typology]).get(typology, {})
    query = f"""SELECT ?category (MIN(COALESCE(?listed, ?line)) AS ?place) {{
      ?category sq:memberOf <{typology}>
      OPTIONAL {{ ?category sq:listPosition ?listed }}
      OPTIONAL {{ ?category sq:reportedIn/sq:firstLine ?line }} }} GROUP BY ?category"""
    places = {
        row["category"].value: int(row["place"].value) if "place" in row else 0
        for row in graph.select(query)
    }
    categories = [
        Category(
            iri,
            label=text(each, "rdfs:label"),
            rank=number(each, "sq:rank"),
            summary=text(each, "sq:summary"),
            marks=tuple(map(code_of, texts(each, "sq:mark"))),
        )
        for iri, each in facts(graph, places).items()
    ]
    return Typology(
        iri=typology,
        label=text(one, "rdfs:label"),
        divides=tuple(refs(graph, texts(one, "sq:divides")).values()),
        ordered=text(one, "sq:ordered") == "true",
        ordered_by=text(one, "sq:orderedBy"),
        categories=tuple(
            sorted(categories, key=lambda c: (c.rank is None, c.rank or 0, places[c.iri], c.label))
        ),
        attribution=attributions(graph, [typology]).get(typology),
    )


def _years(graph: Graph, things: Iterable[str]) -> dict[str, tuple[int | None, int | None]]:
    """The year of the holder's own work, and the first year in which another work reports the
    statement.
    """
    query = f"""SELECT
      ?thing (MIN(?stated) AS ?own) (MIN(?between) AS ?via) (MIN(?read) AS ?last) {{
      VALUES ?thing {{ {values(things)} }}
      OPTIONAL {{ ?thing sq:statedIn/sq:year ?stated }}
      OPTIONAL {{ ?thing sq:via/sq:year ?between }}
      OPTIONAL {{ ?thing sq:reportedIn/sq:inWork/sq:year ?read }} }} GROUP BY ?thing"""
    found = {}
    for row in graph.select(query):
        own, via, last = (int(row[k].value) if k in row else None for k in ("own", "via", "last"))
        found[row["thing"].value] = own, via or last
    return found
