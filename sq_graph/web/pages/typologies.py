"""Typologies: columns side by side, matrices as grids, and tables of figures as bars."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations, product
from typing import NamedTuple

from sq_graph.model.comparison import compare_typologies, read_links
from sq_graph.model.entities import Category, Typology, read_typology
from sq_graph.model.facts import Facts, code, text, texts
from sq_graph.pictures import observations as chart
from sq_graph.pictures.typologies import picture
from sq_graph.table import Table, cell_text
from sq_graph.web.pages.page import Page, Query, credit_columns, first, with_query
from sq_graph.web.pages.page_context import PageContext

_DEFAULT_NUMBER = 3
"""The number of typologies side by side where none is chosen."""


def default_typologies(context: PageContext) -> list[str]:
    """The typologies of one concept with most links between them, those of the workspace before
    others.
    """
    weights = _link_weights(context)
    if not weights:
        return context.iris("SELECT ?s { ?s a sq:Typology }")[:_DEFAULT_NUMBER]
    heaviest: frozenset[str] = max(weights, key=lambda pair: (weights[pair], sorted(pair)))
    chosen = sorted(heaviest)
    linked = {iri for pair in weights for iri in pair}
    while len(chosen) < _DEFAULT_NUMBER:
        gain = {
            other: sum(weights[frozenset((iri, other))] for iri in chosen)
            for other in linked.difference(chosen)
        }
        best = max(gain, key=lambda iri: (gain[iri], iri), default="")
        if not best or not gain[best]:
            break
        chosen.append(best)
    return chosen


def _link_weights(context: PageContext) -> Counter[frozenset[str]]:
    """The number of links between two typologies of one concept, by pair; a link to a typology of
    the workspace counts a hundred times.
    """
    rows = context.graph.select("SELECT ?c ?t ?x { ?c sq:memberOf ?t . ?t sq:divides ?x }")
    owners = {row["c"].value: (row["t"].value, row["x"].value) for row in rows}
    linked_categories: dict[str, set[str]] = {}
    for link in read_links(context.graph):
        ends = {iri for iri in link.ends if iri in owners}
        for key in (link.iri, *link.objects):
            linked_categories.setdefault(key, set()).update(ends)
    weights: Counter[frozenset[str]] = Counter()
    for categories in linked_categories.values():
        for left, right in combinations(sorted({owners[iri] for iri in categories}), 2):
            pair = frozenset((left[0], right[0]))
            if left[1] == right[1] and len(pair) == 2:
                weights[pair] += 100 if any(map(context.is_own, pair)) else 1
    return weights


def typologies(context: PageContext, query: Query) -> Page:
    """Typologies side by side, those named by `compare`, and the list of all."""
    names = dict.fromkeys(query.get("compare", []))
    iris = [context.atlas.find(name, "typology") for name in names]
    chosen = iris[:5] or default_typologies(context)
    groups: dict[str, list[Typology]] = {}
    for typology in context.atlas.typologies():
        divided = "; ".join(map(str, typology.divides)) or "not stated"
        groups.setdefault(divided, []).append(typology)
    content = {
        "groups": sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0])),
        "total": sum(map(len, groups.values())),
        "chosen": chosen,
        "others": context.iris("SELECT ?s { ?s a sq:Matrix }")
        + context.iris("SELECT ?s { ?s a qb:DataSet }"),
    }
    page = comparison(context, chosen, query, "/typologies", "Typologies")
    return replace(page, template="typologies.html", content={**page.content, **content})


def typology(context: PageContext, iri: str, query: Query) -> Page:
    """One typology, beside everything that is aligned with it."""
    page = comparison(context, [iri], query, context.address(iri), context.label(iri))
    return replace(page, iri=iri)


def comparison(
    context: PageContext, iris: Sequence[str], query: Query, path: str, title: str
) -> Page:
    """Some typologies as a picture and as a table."""
    options = {name: "1" if first(query, name) else "" for name in ("undrawn", "readings")}
    parameters: dict[str, str | list[str]] = {"compare": query.get("compare", []), **options}
    undrawn, readings = map(bool, options.values())
    typologies = [read_typology(context.graph, iri) for iri in iris]
    toggles = {
        name: with_query(path, **(parameters | {name: "" if value else "1"}))
        for name, value in options.items()
    }
    table = _categories(context, typologies[0]) if len(typologies) == 1 else None
    if len(typologies) > 1:
        table = compare_typologies(context.graph, typologies, undrawn, readings)
    names = " · ".join(typology.label for typology in typologies)
    terms = [
        {"@type": "DefinedTerm", "name": category.label, "description": category.summary}
        for typology in typologies
        for category in typology.categories
    ]
    description = f"{names}: their categories, and which corresponds to which, each with its page."
    svg = ""
    if typologies:
        svg = picture(context.graph, typologies, context.address, undrawn, readings)
    content = {"typologies": typologies, "options": options, "toggles": toggles}
    content["json_ld"] = {"@type": "DefinedTermSet", "hasDefinedTerm": terms}
    address = with_query(path, **parameters)
    return Page("typology.html", title, address, description, content, table, svg)


def _categories(context: PageContext, typology: Typology) -> Table:
    credits = context.credits(category.iri for category in typology.categories)
    rows = tuple(
        (
            *(c.rank, c.label, ", ".join(c.marks).replace("-", " "), c.summary),
            *credit_columns(credits.get(c.iri)),
        )
        for c in typology.categories
    )
    columns = ("rank", "category", "marks", "summary", "source", "how firmly", "review")
    return Table(columns, rows, typology.label)


def matrix(context: PageContext, iri: str, _: Query) -> Page:
    """Two or more typologies crossed: a grid whose cells say `silent` where the source does not."""
    facts, label = context.facts_of(iri), context.label(iri)
    axes = [read_typology(context.graph, axis) for axis in texts(facts, "sq:axis")]
    across, down, *layers = sorted(axes, key=lambda axis: (axis.ordered, axis.iri))
    cells = context.facts(context.iris(f"SELECT ?s {{ ?s sq:cellOf <{iri}> }}"))
    credits = context.credits([*cells, iri])
    cell_iris: dict[frozenset[str], list[str]] = {}
    for cell_iri, cell in cells.items():
        cell_iris.setdefault(frozenset(texts(cell, "sq:crosses")), []).append(cell_iri)
    grids = [
        (", ".join(c.label for c in layer), _grid(cell_iris, across, down, {c.iri for c in layer}))
        for layer in product(*(axis.categories for axis in layers))
    ]

    def labels(facts: Facts, name: str) -> str:
        return ", ".join(map(context.label, texts(facts, name)))

    rows = tuple(
        (
            labels(cell, "sq:crosses"),
            code(cell, "sq:coverage"),
            text(cell, "sq:summary") or "silent" * (code(cell, "sq:coverage") == "silent"),
            labels(cell, "sq:item"),
            *credit_columns(credits.get(cell_iri))[:2],
        )
        for cell_iri, cell in cells.items()
    )
    columns = ("crosses", "coverage", "summary", "items", "source", "how firmly")
    content = {"facts": facts, "grids": grids, "across": across, "cells": cells, "credits": credits}
    description, table = text(facts, "sq:summary"), Table(columns, rows, label)
    return Page("matrix.html", label, context.address(iri), description, content, table, iri=iri)


GridRow = tuple[Category | None, list[list[str]]]
"""The category that heads a row, and the cells of the matrix under each column."""


def _grid(
    cells: Mapping[frozenset[str], list[str]], across: Typology, down: Typology, layer: set[str]
) -> list[GridRow]:
    """The rows of the grid of one layer, each with the category that heads it and the cells under
    each column.

    Cells that leave the category of the row open make a last row of their own.
    """
    rows: list[GridRow] = []
    for heading in (*down.categories, None):
        categories = layer | ({heading.iri} if heading else set())
        keys = [frozenset(categories | {column.iri}) for column in across.categories]
        if heading or any(key in cells for key in keys):
            rows.append((heading, [cells.get(key, []) for key in keys]))
    return rows


class Figure(NamedTuple):
    """One figure of a table; `low` and `high` are the bounds of a derived value."""

    of: str
    year: str
    status: str
    value: float
    low: str
    high: str
    unit: str
    source: str

    @property
    def words(self) -> str:
        """The value, marked as worked out where it was not printed."""
        if self.status == "printed":
            return cell_text(self.value)
        bounds = f" ({self.low}–{self.high})" if self.low and self.high else ""
        return f"worked out: {cell_text(self.value)}{bounds}"

    @property
    def bar(self) -> chart.Bar:
        """The bar of the figure in a picture."""
        low, high = (float(bound) if bound else None for bound in (self.low, self.high))
        return chart.Bar(self.of, self.year, self.value, low, high, self.status == "derived")


def figures(context: PageContext, iri: str, _: Query) -> Page:
    """A table of figures as a chart, printed values beside derived ones."""
    facts, label = context.facts_of(iri), context.label(iri)
    observations = context.facts(context.iris(f"SELECT ?s {{ ?s qb:dataSet <{iri}> }}"))
    credits = context.credits([*observations, iri])
    unit, source = text(facts, "sq:unit"), credit_columns(credits.get(iri))[0]

    def figure(iri: str, facts: Facts) -> Figure:
        area = text(facts, "sq:area")
        return Figure(
            context.label(area) if area else text(facts, "rdfs:label"),
            text(facts, "sq:year"),
            code(facts, "sq:figureStatus"),
            float(text(facts, "sq:value", "nan")),
            text(facts, "sq:lowerBound"),
            text(facts, "sq:upperBound"),
            text(facts, "sq:unit") or unit,
            credit_columns(credits.get(iri))[0] or "worked out from the printed figures",
        )

    rows = [figure(iri, facts) for iri, facts in observations.items()]
    rows.sort(key=lambda row: (row.of, row.year, row.status != "printed"))
    columns = ("of", "year", "status", "value", "at least", "at most", "unit", "source")
    table = Table(columns, tuple(rows), label)
    years = sorted({row.year for row in rows if row.year})
    content = {
        "table": _by_year(rows, years, label) if len(years) > 1 else table,
        "siblings": context.iris(f"SELECT ?s {{ ?s a qb:DataSet FILTER(?s != <{iri}>) }}"),
    }
    bars = [row.bar for row in rows if not math.isnan(row.value)]
    svg = chart.draw(label, unit, bars, [f"{source}."]) if bars else ""
    address, description = context.address(iri), text(facts, "sq:summary")
    return Page("figures.html", label, address, description, content, table, svg, iri=iri)


def _by_year(rows: Sequence[Figure], years: Sequence[str], label: str) -> Table:
    """The figures with one column per year, derived values below printed ones."""
    cells: dict[str, dict[str, list[str]]] = {}
    for row in rows:
        cells.setdefault(row.of, {}).setdefault(row.year, []).append(row.words)
    by_year = tuple(
        (of, *("\n".join(values.get(year, ())) for year in years)) for of, values in cells.items()
    )
    return Table(("of", *years), by_year, label)
