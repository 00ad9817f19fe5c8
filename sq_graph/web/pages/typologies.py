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
from sq_graph.pictures import observations
from sq_graph.pictures.typologies import picture
from sq_graph.table import Table
from sq_graph.web.pages.page import Page, Query, credit_columns, first, with_query
from sq_graph.web.pages.page_context import PageContext

_SHOWN_FIRST = 3
"""Typologies that are shown side by side where none is chosen."""


def shown_first(context: PageContext) -> list[str]:
    """The typologies of one concept that most is said to relate, those of the workspace before
    others.
    """
    weights = _related(context)
    if not weights:
        return context.of("SELECT ?s { ?s a sq:Typology }")[:_SHOWN_FIRST]
    heaviest: frozenset[str] = max(weights, key=lambda pair: (weights[pair], sorted(pair)))
    chosen = sorted(heaviest)
    every = {iri for pair in weights for iri in pair}
    while len(chosen) < _SHOWN_FIRST:
        gain = {
            other: sum(weights[frozenset((one, other))] for one in chosen)
            for other in every.difference(chosen)
        }
        best = max(gain, key=lambda iri: (gain[iri], iri), default="")
        if not best or not gain[best]:
            break
        chosen.append(best)
    return chosen


def _related(context: PageContext) -> Counter[frozenset[str]]:
    """How much is said to relate two typologies of one concept, by pair; a pair with one of the
    workspace counts a hundred times.
    """
    placed = context.graph.select("SELECT ?c ?t ?x { ?c sq:memberOf ?t . ?t sq:divides ?x }")
    owner = {row["c"].value: (row["t"].value, row["x"].value) for row in placed}
    meeting: dict[str, set[str]] = {}
    for link in read_links(context.graph):
        ends = {iri for iri in link.ends if iri in owner}
        for key in (link.iri, *link.objects):
            meeting.setdefault(key, set()).update(ends)
    weights: Counter[frozenset[str]] = Counter()
    for ends in meeting.values():
        for (one, concept), (other, same) in combinations(sorted({owner[iri] for iri in ends}), 2):
            if concept == same and one != other:
                is_own = bool(context.own_base) and any(
                    typology.startswith(context.own_base) for typology in (one, other)
                )
                weights[frozenset((one, other))] += 100 if is_own else 1
    return weights


def typologies(context: PageContext, query: Query) -> Page:
    """Typologies side by side, those named by `compare`, and the list of all."""
    named = [
        context.atlas.find(name, "typology") for name in dict.fromkeys(query.get("compare", []))
    ]
    chosen = named[:5] or shown_first(context)
    groups: dict[str, list[Typology]] = {}
    for one in context.atlas.typologies():
        groups.setdefault("; ".join(map(str, one.divides)) or "not said", []).append(one)
    more = {
        "groups": sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0])),
        "total": sum(map(len, groups.values())),
        "chosen": chosen,
        "others": context.of("SELECT ?s { ?s a sq:Matrix }")
        + context.of("SELECT ?s { ?s a qb:DataSet }"),
    }
    page = compared(context, chosen, query, "/typologies", "Typologies")
    return replace(page, template="typologies.html", content={**page.content, **more})


def typology(context: PageContext, iri: str, query: Query) -> Page:
    """One typology beside all that somebody sets it against."""
    return replace(
        compared(context, [iri], query, context.address(iri), context.label(iri)), iri=iri
    )


def compared(
    context: PageContext, iris: Sequence[str], query: Query, path: str, title: str
) -> Page:
    """Some typologies as a picture and as a table."""
    shown = {name: "1" if first(query, name) else "" for name in ("undrawn", "readings")}
    given: dict[str, str | list[str]] = {"compare": query.get("compare", []), **shown}
    undrawn, readings = map(bool, shown.values())
    these = [read_typology(context.graph, iri) for iri in iris]
    toggle = {
        name: with_query(path, **(given | {name: "" if on else "1"})) for name, on in shown.items()
    }
    table = _categories(context, these[0]) if len(these) == 1 else None
    if len(these) > 1:
        table = compare_typologies(context.graph, these, undrawn, readings)
    names = " · ".join(one.label for one in these)
    terms = [
        {"@type": "DefinedTerm", "name": each.label, "description": each.summary}
        for one in these
        for each in one.categories
    ]
    about = f"{names}: categories, and which answers to which, each with its page."
    drawn = picture(context.graph, these, context.address, undrawn, readings) if these else ""
    content = {"these": these, "shown": shown, "toggle": toggle}
    content["linked"] = {"@type": "DefinedTermSet", "hasDefinedTerm": terms}
    address = with_query(path, **given)
    return Page("typology.html", title, address, about, content, table, drawn)


def _categories(context: PageContext, one: Typology) -> Table:
    credits = context.credits(each.iri for each in one.categories)
    rows = tuple(
        (
            *(each.rank, each.label, ", ".join(each.marks).replace("-", " "), each.summary),
            *credit_columns(credits.get(each.iri)),
        )
        for each in one.categories
    )
    heads = ("rank", "category", "marks", "summary", "source", "how firmly", "review")
    return Table(heads, rows, one.label)


def matrix(context: PageContext, iri: str, _: Query) -> Page:
    """Typologies crossed: a grid whose cells say silent where the source is."""
    one, label = context.one(iri), context.label(iri)
    axes = [read_typology(context.graph, axis) for axis in texts(one, "sq:axis")]
    across, down, *layers = sorted(axes, key=lambda axis: (axis.ordered, axis.iri))
    cells = context.facts(context.of(f"SELECT ?s {{ ?s sq:cellOf <{iri}> }}"))
    credits = context.credits([*cells, iri])
    placed: dict[frozenset[str], list[str]] = {}
    for cell, each in cells.items():
        placed.setdefault(frozenset(texts(each, "sq:crosses")), []).append(cell)
    grids = [
        (", ".join(each.label for each in base), _grid(placed, across, down, {b.iri for b in base}))
        for base in product(*(layer.categories for layer in layers))
    ]

    def names(each: Facts, name: str) -> str:
        return ", ".join(map(context.label, texts(each, name)))

    rows = tuple(
        (
            names(each, "sq:crosses"),
            code(each, "sq:coverage"),
            text(each, "sq:summary") or "silent" * (code(each, "sq:coverage") == "silent"),
            names(each, "sq:item"),
            *credit_columns(credits.get(cell))[:2],
        )
        for cell, each in cells.items()
    )
    heads = ("crosses", "coverage", "summary", "items", "source", "how firmly")
    content = {"one": one, "grids": grids, "across": across, "cells": cells, "credits": credits}
    about, table = text(one, "sq:summary"), Table(heads, rows, label)
    return Page("matrix.html", label, context.address(iri), about, content, table, iri=iri)


GridRow = tuple[Category | None, list[list[str]]]
"""The category that heads a row, and the cells of the matrix under each column."""


def _grid(
    placed: Mapping[frozenset[str], list[str]], across: Typology, down: Typology, base: set[str]
) -> list[GridRow]:
    """The rows of one grid, each the category that heads it and the cells under every column.

    Where cells leave the kind that heads the rows open, they make a last row of their own.
    """
    rows: list[GridRow] = []
    for head in (*down.categories, None):
        own = base | ({head.iri} if head else set())
        keys = [frozenset(own | {each.iri}) for each in across.categories]
        if head or any(key in placed for key in keys):
            rows.append((head, [placed.get(key, []) for key in keys]))
    return rows


class Figure(NamedTuple):
    """One figure of a table; `low` and `high` bound what was worked out."""

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
        """The value, and where it was not printed, that it was worked out."""
        if self.status == "printed":
            return f"{self.value:g}"
        bounds = f" ({self.low}–{self.high})" if self.low and self.high else ""
        return f"worked out: {self.value:g}{bounds}"

    @property
    def bar(self) -> observations.Bar:
        """The figure in a picture."""
        low, high = (float(bound) if bound else None for bound in (self.low, self.high))
        return observations.Bar(self.of, self.year, self.value, low, high, self.status == "derived")


def figures(context: PageContext, iri: str, _: Query) -> Page:
    """A table of figures as a chart, printed values beside those worked out."""
    one, label = context.one(iri), context.label(iri)
    known = context.facts(context.of(f"SELECT ?s {{ ?s qb:dataSet <{iri}> }}"))
    credits = context.credits([*known, iri])
    unit, source = text(one, "sq:unit"), credit_columns(credits.get(iri))[0]

    def figure(name: str, each: Facts) -> Figure:
        area = text(each, "sq:area")
        return Figure(
            context.label(area) if area else text(each, "rdfs:label"),
            text(each, "sq:year"),
            code(each, "sq:figureStatus"),
            float(text(each, "sq:value", "nan")),
            text(each, "sq:lowerBound"),
            text(each, "sq:upperBound"),
            text(each, "sq:unit") or unit,
            credit_columns(credits.get(name))[0] or "worked out from the printed figures",
        )

    rows = [figure(name, each) for name, each in known.items()]
    rows.sort(key=lambda row: (row.of, row.year, row.status != "printed"))
    heads = ("of", "year", "status", "value", "at least", "at most", "unit", "source")
    table = Table(heads, tuple(rows), label)
    years = sorted({row.year for row in rows if row.year})
    others = context.of("SELECT ?s { ?s a qb:DataSet }")
    content = {
        "table": _by_year(rows, years, label) if len(years) > 1 else table,
        "siblings": [other for other in others if other != iri],
    }
    bars = [row.bar for row in rows if not math.isnan(row.value)]
    drawn = observations.draw(label, unit, bars, [f"{source}."]) if bars else ""
    about = text(one, "sq:summary")
    return Page("figures.html", label, context.address(iri), about, content, table, drawn, iri=iri)


def _by_year(rows: Sequence[Figure], years: Sequence[str], label: str) -> Table:
    """The figures with a column a year, what was worked out beneath what is printed."""
    cells: dict[str, dict[str, list[str]]] = {}
    for row in rows:
        cells.setdefault(row.of, {}).setdefault(row.year, []).append(row.words)
    lines = tuple(
        (of, *("\n".join(values.get(year, ())) for year in years)) for of, values in cells.items()
    )
    return Table(("of", *years), lines, label)
