"""Typologies: columns side by side, matrices as grids, the quadrant, and tables of figures as charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sq_graph.model.comparison import compare_typologies
from sq_graph.model.facts import coded, text, texts
from sq_graph.model.things import Typology, read_typology
from sq_graph.pictures import chart, quadrant
from sq_graph.pictures.typologies import picture
from sq_graph.table import Table
from sq_graph.web.pages.desk import Desk
from sq_graph.web.pages.page import Page, Query, first, with_query

FIRST = ("steinert-exclusion", "wessels-miedema-exclusion", "room-exclusion")
"""The comparison that is shown where none is chosen."""


def typologies(desk: Desk, query: Query) -> Page:
    """Typologies side by side, those named by `compare`, and the list of all."""
    named = query.get("compare") or [name for name in FIRST if is_known(desk, name)]
    chosen = [desk.atlas.find(name, "typology") for name in dict.fromkeys(named)][:5]
    page = compared(desk, chosen, query, with_query("/typologies", compare=query.get("compare", [])), "Typologies")
    every = desk.atlas.typologies()
    groups: dict[str, list[Typology]] = {}
    for one in every:
        groups.setdefault(one.divides or "not said", []).append(one)
    order = sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    matrices = desk.of("SELECT ?s { ?s a sq:Matrix }")
    tables = desk.of("SELECT ?s { ?s a qb:DataSet }")
    return _with(page, "typologies.html", {"groups": order, "chosen": chosen, "matrices": matrices, "tables": tables})


def typology(desk: Desk, iri: str, query: Query) -> Page:
    """One typology beside all that somebody sets it against."""
    page = compared(desk, [iri], query, desk.address(iri), desk.label(iri))
    return _with(page, "typology.html", {})


def compared(desk: Desk, iris: Sequence[str], query: Query, base: str, title: str) -> Page:
    """Some typologies as a picture and as a table."""
    shown = {name: first(query, name) for name in ("undrawn", "readings")}
    these = [read_typology(desk.graph, iri) for iri in iris]
    drawn = picture(desk.graph, these, desk.address, bool(shown["undrawn"]), bool(shown["readings"])) if these else ""
    table = _table(desk, these, bool(shown["undrawn"]), bool(shown["readings"]))
    return Page(
        "typology.html", title, _joined(base, shown), "Typologies",
        f"{' · '.join(one.label for one in these)}: categories, and which answers to which, each with its page.",
        {"these": these, "shown": shown, "base": base, "toggle": _toggles(base, shown),
         "credits": desk.credits([each.iri for one in these for each in one.categories]),
         "notes": {one.iri: text(desk.facts([one.iri]).get(one.iri, {}), "sq:summary") for one in these}},
        table=table, picture=drawn,
        linked={"@type": "DefinedTermSet", "hasDefinedTerm": [
            {"@type": "DefinedTerm", "name": each.label, "description": each.summary}
            for one in these for each in one.categories]},
    )  # fmt: skip


def _table(desk: Desk, these: Sequence[Typology], undrawn: bool, readings: bool) -> Table | None:
    if len(these) > 1:
        return compare_typologies(desk.graph, these, undrawn, readings)
    if not these:
        return None
    credits = desk.credits([each.iri for each in these[0].categories])
    rows = tuple(
        (each.rank, each.label, ", ".join(each.marks), each.summary, credit.source if credit else "",
         credit.firmness if credit else "", credit.review if credit else "")
        for each in these[0].categories for credit in [credits.get(each.iri)]
    )  # fmt: skip
    return Table(("rank", "category", "marks", "summary", "source", "how firmly", "review"), rows, these[0].label)


def matrix(desk: Desk, iri: str, _: Query) -> Page:
    """Typologies crossed: a grid whose cells say silent where the source is."""
    one = desk.facts([iri])[iri]
    axes = sorted((read_typology(desk.graph, axis) for axis in texts(one, "sq:axis")), key=lambda a: (a.ordered, a.iri))
    cells = desk.facts(desk.of(f"SELECT ?s {{ ?s sq:cellOf <{iri}> }}"))
    credits = desk.credits([*cells, iri])
    layers, across, down = (axes[2:], axes[0], axes[1]) if len(axes) > 2 else ([], axes[0], axes[1])
    placed: dict[frozenset[str], list[str]] = {}
    for cell, each in cells.items():
        placed.setdefault(frozenset(texts(each, "sq:crosses")), []).append(cell)
    sheets = [(layer.label, layer.iri) for layer in layers[0].categories] if layers else [("", "")]
    grids = [(head, _grid(placed, across, down, layer)) for head, layer in sheets]
    rows = tuple(
        (", ".join(desk.label(c) for c in texts(each, "sq:crosses")), coded(text(each, "sq:coverage")),
         text(each, "sq:summary") or "silent", ", ".join(desk.label(i) for i in texts(each, "sq:item")),
         credits[cell].source if cell in credits else "", credits[cell].firmness if cell in credits else "")
        for cell, each in cells.items()
    )  # fmt: skip
    label = desk.label(iri)
    table = Table(("crosses", "coverage", "summary", "items", "source", "how firmly"), rows, label)
    return Page(
        "matrix.html", label, desk.address(iri), "Typologies", text(one, "sq:summary"),
        {"iri": iri, "one": one, "grids": grids, "across": across, "down": down, "cells": cells, "credits": credits},
        table=table, picture=_quadrant(desk, iri, axes, cells),
    )  # fmt: skip


def _grid(placed: Mapping[frozenset[str], list[str]], across: Typology, down: Typology, layer: str) -> list[Any]:
    """The rows of one grid, each the category that heads it and the cells under every column.

    Where cells leave the kind that heads the rows open, they make a last row of their own.
    """
    rows: list[Any] = []
    base = {layer} if layer else set()
    for head in (*down.categories, None):
        keys = [frozenset(base | {each.iri} | ({head.iri} if head else set())) for each in across.categories]
        if head or any(key in placed for key in keys):
            rows.append((head, [placed.get(key, []) for key in keys]))
    return rows


def _quadrant(desk: Desk, iri: str, axes: Sequence[Typology], cells: Mapping[str, Any]) -> str:
    """The picture of two axes with two poles each; empty for other matrices."""
    poles = {place: each for axis in axes for each in axis.categories
             for place in ("left", "right", "upper", "lower") if each.summary.lower().startswith(place)}  # fmt: skip
    if len(poles) != 4 or len(axes) != 2:
        return ""
    entries, credits = {}, desk.credits([*cells, iri])
    for cell, each in cells.items():
        crossed = set(texts(each, "sq:crosses"))
        field = (-1 if poles["left"].iri in crossed else 1, -1 if poles["upper"].iri in crossed else 1)
        item = next(iter(texts(each, "sq:item")), cell)
        place = f"{credits[cell].pages}, curator’s reading" if cell in credits else ""
        entries[field] = quadrant.Entry(desk.label(item), place, desk.address(item))
    note = text(desk.facts([iri])[iri], "skos:editorialNote")
    names = [poles[place].label for place in ("left", "right", "upper", "lower")]
    return quadrant.draw(desk.label(iri), names, entries, [f"{credits[iri].source}.", note])


def figures(desk: Desk, iri: str, _: Query) -> Page:
    """A table of figures as a chart, printed values beside those worked out."""
    known = desk.facts(desk.of(f"SELECT ?s {{ ?s qb:dataSet <{iri}> }}"))
    one = desk.facts([iri])[iri]
    credits = desk.credits([*known, iri])
    rows = tuple(
        (desk.label(text(each, "sq:area")) if each.get("sq:area") else text(each, "rdfs:label"),
         text(each, "sq:year"), coded(text(each, "sq:figureStatus")), float(text(each, "sq:value", "nan")),
         text(each, "sq:lowerBound"), text(each, "sq:upperBound"), text(each, "sq:unit") or text(one, "sq:unit"),
         credits[obs].source if obs in credits else "worked out from the printed figures")
        for obs, each in known.items()
    )  # fmt: skip
    rows = tuple(sorted(rows, key=lambda row: (str(row[0]), str(row[1]), row[2] != "printed")))
    label = desk.label(iri)
    table = Table(("of", "year", "status", "value", "at least", "at most", "unit", "source"), rows, label)
    shown = _by_year(rows, label) or table
    siblings = [other for other in desk.of("SELECT ?s { ?s a qb:DataSet }") if other != iri]
    return Page(
        "figures.html", label, desk.address(iri), "Typologies", text(one, "sq:summary"),
        {"iri": iri, "one": one, "table": shown, "siblings": siblings, "credit": credits.get(iri)},
        table=table, picture=_chart(label, text(one, "sq:unit"), rows, credits[iri].source if iri in credits else ""),
    )  # fmt: skip


def _by_year(rows: Sequence[tuple[Any, ...]], label: str) -> Table | None:
    """The figures with a column a year, what was worked out beneath what is printed; None without years."""
    years = sorted({row[1] for row in rows if row[1]})
    if len(years) < 2:
        return None
    lines = []
    for name in dict.fromkeys(row[0] for row in rows):
        cells = []
        for year in years:
            here = [row for row in rows if row[0] == name and row[1] == year]
            cells.append("\n".join(_told(row) for row in here))
        lines.append((name, *cells))
    return Table(("of", *years), tuple(lines), label)


def _told(row: tuple[Any, ...]) -> str:
    bounds = f" ({row[4]}–{row[5]})" if row[4] and row[5] else ""
    return f"{row[3]:g}" if row[2] == "printed" else f"worked out: {row[3]:g}{bounds}"


def _chart(label: str, unit: str, rows: Sequence[tuple[Any, ...]], source: str) -> str:
    """The chart of figures over at least two years; empty for others."""
    if len({row[1] for row in rows if row[1]}) < 2 or any(not row[1] for row in rows):
        return ""
    totals = {row[0] for row in rows if row[2] == "derived"}
    groups: dict[bool, list[chart.Series]] = {False: [], True: []}
    for name in dict.fromkeys(row[0] for row in rows):
        own = [row for row in rows if row[0] == name]
        printed = {int(row[1]): row[3] for row in own if row[2] == "printed"}
        derived = {int(row[1]): (row[3], float(row[4] or row[3]), float(row[5] or row[3]))
                   for row in own if row[2] == "derived"}  # fmt: skip
        groups[name in totals].append(chart.Series(name, printed, derived))
    panels = [(head, groups[is_total]) for is_total, head in ((False, "Each"), (True, "In total")) if groups[is_total]]
    return chart.draw(label, unit, panels, [f"{source}."])


def _toggles(base: str, shown: Mapping[str, str]) -> dict[str, str]:
    """For each switch, the address at which it is the other way."""
    return {name: _joined(base, {**shown, name: "" if shown[name] else "1"}) for name in shown}


def _joined(base: str, shown: Mapping[str, str]) -> str:
    written = "&".join(f"{name}=1" for name, on in shown.items() if on)
    return f"{base}{'&' if '?' in base else '?'}{written}" if written else base


def _with(page: Page, template: str, more: Mapping[str, Any]) -> Page:
    return replace(page, template=template, content={**page.content, **more})


def is_known(desk: Desk, name: str) -> bool:
    """Whether the packaged map, or one over it, has a typology of this slug."""
    iri = f"https://w3id.org/sq-graph/id/typology/{name}"
    return desk.atlas.names.exist([iri])[iri]
