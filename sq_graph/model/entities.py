"""Concepts, definitions and typologies as frozen dataclasses, and reading them from a graph."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain
from operator import attrgetter

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
    plain_rows,
    refs,
    text,
    texts,
    values,
)
from sq_graph.model.listing import CREDIT_COLUMNS, Listing, credit_cells
from sq_graph.table import Cell, Table, Tabular
from sq_graph.vocab import Labelled, Ref


@dataclass(frozen=True, repr=False)
class Definition(Labelled, Tabular):
    """What somebody says a concept is, in our own words, with its attribution.

    `sense` is the concept it defines, if that is a sense or a narrower concept of the one asked
    for. `year` is that of the holder's own work, None if none is named; `reported_year` is the
    earliest year in which another work reports it, None if the holder's own work was read.
    `concerns` says how it concerns a concept asked for that it does not define.

    >>> import sq_graph
    >>> atlas = sq_graph.open()
    >>> definition = atlas.definition("room-1999-rupture")
    >>> definition.concept.label, definition.year, definition.reported_year
    ('catastrophic rupture (Room)', 1999, 2008)
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
        content = (self.label, self.concept.label, self.concept.iri, self.form, self.summary)
        years = (self.year, self.reported_year)
        return *content, *years, *credit_cells(self.attribution), self.iri

    def table(self) -> Table:
        """The table of this record alone."""
        return Definitions((self,)).table()


@dataclass(frozen=True, repr=False)
class Concept(Labelled, Tabular):
    """A construct with its definitions, including those of its senses and narrower concepts, in
    order of year.

    >>> import sq_graph
    >>> atlas = sq_graph.open()
    >>> trust = atlas.concept("trust")
    >>> len(trust.definitions), trust.senses[0].label
    (6, 'generalised trust')
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
        listed_names = ("; ".join(map(str, refs)) for refs in names)
        return self.label, *listed_names, len(self.definitions), self.iri

    def table(self) -> Table:
        """Its definitions as a table."""
        return replace(self.definitions.table(), caption=self.label)


@dataclass(frozen=True, repr=False)
class Category(Labelled):
    """A category of a typology, with its rank if the typology is ordered, and its marks."""

    iri: str
    label: str
    rank: int | None
    summary: str
    marks: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class Typology(Labelled, Tabular):
    """An author's division of a concept, its categories in order of rank, else as listed.

    >>> import sq_graph
    >>> atlas = sq_graph.open()
    >>> typology = atlas.typology("wessels-miedema-exclusion")
    >>> [category.label for category in typology.categories if "special-case" in category.marks]
    ['severe exclusion']
    """

    iri: str
    label: str
    divides: tuple[Ref, ...]
    ordered: bool
    ordered_by: str
    categories: tuple[Category, ...]
    attribution: Attribution | None

    def cells(self) -> tuple[Cell, ...]:
        """Its values under the columns of its listing."""
        categories = "; ".join(category.label for category in self.categories)
        content = (self.label, "; ".join(map(str, self.divides)), self.ordered_by, categories)
        return *content, *credit_cells(self.attribution), self.iri

    def table(self) -> Table:
        """The table of this record alone."""
        return Typologies((self,)).table()


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
    """The definitions of these IRIs in order of year, labelled with the senses of `concept`, the
    concept asked for.
    """
    entries = facts(graph, definitions)
    names, years = refs(graph, linked(entries, "sq:defines")), _years(graph, entries)
    records = []
    for iri, credit in attributions(graph, entries).items():
        definition = entries[iri]
        defined = names.get(text(definition, "sq:defines"), Ref("", ""))
        year, reported_year = years.get(iri, (None, None))
        records.append(
            Definition(
                iri,
                label=text(definition, "rdfs:label"),
                concept=defined,
                sense=None if defined.iri == concept else defined,
                form=code(definition, "sq:form"),
                summary=text(definition, "sq:summary"),
                year=year,
                attribution=credit,
                reported_year=None if credit.distance == "read" else reported_year,
            )
        )

    def sort_key(item: Definition) -> tuple[int, str, str]:
        return item.year or item.reported_year or 9999, item.attribution.asserter, item.label

    return Definitions(sorted(records, key=sort_key))


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
    >>> definitions = definitions_elsewhere(atlas.graph, atlas.find("social-cohesion", "concept"))
    >>> sorted({definition.concerns for definition in definitions})
    ['another sense of cohesion', 'names it as a component']
    """
    by_sense = f"""SELECT DISTINCT ?d ?word {{ <{concept}> sq:senseOf+ ?top .
      FILTER NOT EXISTS {{ ?direct sq:defines ?top }}
      ?other (sq:senseOf|skos:broader)* ?top . ?d sq:defines ?other ; a sq:Definition .
      ?top rdfs:label ?word }}"""
    by_component = f"""SELECT DISTINCT ?d {{ ?beneath (sq:senseOf|skos:broader)* <{concept}> .
      ?d sq:component ?beneath ; a sq:Definition }}"""
    concerns = {d: f"another sense of {word}" for d, word in plain_rows(graph, by_sense)}
    concerns |= dict.fromkeys(iris(graph, by_component), "names it as a component")
    for iri in definitions_beneath(graph, concept):
        concerns.pop(iri, None)
    definitions = read_definitions(graph, concerns, concept)
    return Definitions(replace(d, concerns=concerns[d.iri]) for d in definitions)


def read_concepts(graph: Graph, concepts: Iterable[str]) -> Concepts:
    """The concepts of these IRIs by label, each with all its definitions."""
    concept_iris = list(concepts)
    entries = facts(graph, concept_iris, ("skos:altLabel",))
    names = labels(graph, concept_iris)

    def under(path: str, tops: Iterable[str]) -> dict[str, list[str]]:
        pattern = f"VALUES ?top {{ {values(tops)} }} ?under {path} ?top"
        return grouped(graph, f"SELECT DISTINCT ?top ?under {{ {pattern} }}")

    families = under("(sq:senseOf|skos:broader)*", concept_iris)
    groups = [under(name, concept_iris) for name in ("sq:senseOf", "skos:broader")]
    children = refs(graph, {iri for group in groups for branch in group.values() for iri in branch})
    definition_iris = under("sq:defines", set(chain(*families.values())))
    all_definitions = read_definitions(graph, set(chain(*definition_iris.values())))

    def concept_of(iri: str) -> Concept:
        family = {iri, *families.get(iri, ())}
        definitions = (
            replace(definition, sense=None if definition.concept.iri == iri else definition.concept)
            for definition in all_definitions
            if definition.concept.iri in family
        )
        senses, narrower = (
            tuple(sorted(children[child] for child in group.get(iri, ()))) for group in groups
        )
        alternatives = texts(entries.get(iri, {}), "skos:altLabel")
        return Concept(iri, names[iri], alternatives, senses, narrower, Definitions(definitions))

    return Concepts(sorted(map(concept_of, concept_iris), key=attrgetter("label", "iri")))


def read_typology(graph: Graph, typology: str) -> Typology:
    """The typology of this IRI with its categories, by rank or else as listed or in the text."""
    entry = facts(graph, [typology]).get(typology, {})
    query = f"""SELECT ?category (MIN(COALESCE(?listed, ?line)) AS ?position) {{
      ?category sq:memberOf <{typology}>
      OPTIONAL {{ ?category sq:listPosition ?listed }}
      OPTIONAL {{ ?category sq:reportedIn/sq:firstLine ?line }} }} GROUP BY ?category"""
    positions = {
        row["category"].value: int(row["position"].value) if "position" in row else 0
        for row in graph.select(query)
    }
    categories = [
        Category(
            iri,
            label=text(category, "rdfs:label"),
            rank=number(category, "sq:rank"),
            summary=text(category, "sq:summary"),
            marks=tuple(map(code_of, texts(category, "sq:mark"))),
        )
        for iri, category in facts(graph, positions).items()
    ]
    categories.sort(key=lambda c: (c.rank is None, c.rank or 0, positions[c.iri], c.label))
    return Typology(
        iri=typology,
        label=text(entry, "rdfs:label"),
        divides=tuple(refs(graph, texts(entry, "sq:divides")).values()),
        ordered=text(entry, "sq:ordered") == "true",
        ordered_by=text(entry, "sq:orderedBy"),
        categories=tuple(categories),
        attribution=attributions(graph, [typology]).get(typology),
    )


def _years(graph: Graph, things: Iterable[str]) -> dict[str, tuple[int | None, int | None]]:
    """The year of the holder's own work, and the first year in which another work reports the
    statement.
    """
    query = f"""SELECT
      ?thing (MIN(?stated) AS ?direct) (MIN(?between) AS ?via) (MIN(?read) AS ?reported) {{
      VALUES ?thing {{ {values(things)} }}
      OPTIONAL {{ ?thing sq:statedIn/sq:year ?stated }}
      OPTIONAL {{ ?thing sq:via/sq:year ?between }}
      OPTIONAL {{ ?thing sq:reportedIn/sq:inWork/sq:year ?read }} }} GROUP BY ?thing"""
    years, names = {}, ("direct", "via", "reported")
    for row in graph.select(query):
        direct, via, reported = (int(row[k].value) if k in row else None for k in names)
        years[row["thing"].value] = direct, via or reported
    return years
