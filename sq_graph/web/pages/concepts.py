"""Concepts: the tree, and a concept's rival definitions side by side by the aspects of its
field.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sq_graph.model.disagreements import read_disagreements
from sq_graph.model.entities import definitions_beneath, read_definitions
from sq_graph.model.facts import grouped, text
from sq_graph.table import Table
from sq_graph.web.pages.page import Page, Query
from sq_graph.web.pages.page_context import PageContext
from sq_graph.web.pages.sheet import read_sheet

_AROUND = {"senses": "sq:senseOf", "narrower": "skos:broader", "divided": "sq:divides"}


@dataclass(frozen=True)
class Branch:
    """A concept in the tree, with how many definitions it has with all beneath it."""

    label: str
    iri: str
    count: int
    beneath: list[Branch]


def tree(context: PageContext, _: Query) -> Page:
    """All concepts under the schemes of the map, with those that are defined first."""
    broader = "SELECT DISTINCT ?{} ?{} {{ ?s skos:broader|sq:senseOf ?o }}"
    parents = grouped(context.graph, broader.format("s", "o"))
    children = grouped(context.graph, broader.format("o", "s"))
    counts = context.counted(
        "SELECT ?c (COUNT(DISTINCT ?d) AS ?n) { ?d sq:defines ?c } GROUP BY ?c"
    )

    def branches(iris: Iterable[str], above: tuple[str, ...] = ()) -> list[Branch]:
        found = []
        for iri in iris:
            line = (*above, iri)
            beneath = branches([one for one in children.get(iri, ()) if one not in line], line)
            count = counts.get(iri, 0) + sum(one.count for one in beneath)
            found.append(Branch(context.label(iri), iri, count, beneath))
        return sorted(found, key=lambda one: (-one.count, one.label.lower()))

    groups = []
    for scheme in context.of(
        "SELECT DISTINCT ?s { ?c skos:inScheme ?s . ?s a skos:ConceptScheme }"
    ):
        members = context.of(f"SELECT DISTINCT ?s {{ ?s skos:inScheme <{scheme}> }}")
        tops = branches(iri for iri in members if not set(parents.get(iri, ())) - {iri})
        groups.append((context.label(scheme), text(context.one(scheme), "skos:scopeNote"), tops))
    groups.sort(key=lambda group: -sum(one.count for one in group[2]))
    total = sum(counts.values())
    about = f"The concepts of the map, with {total} definitions in all."
    rows = tuple((scheme, *row) for scheme, _, tops in groups for row in _flat(tops))
    table = Table(("scheme", "under", "concept", "definitions"), rows, "Concepts")
    return Page("concepts.html", "Concepts", "/concepts", about, {"groups": groups}, table)


def _flat(branches: Iterable[Branch], above: str = "") -> Iterator[tuple[str, str, int]]:
    for one in branches:
        yield above, one.label, one.count
        yield from _flat(one.beneath, one.label)


def concept(context: PageContext, iri: str, query: Query) -> Page:
    """One concept: who defines it and how, what surrounds it, and what is in dispute."""
    label = context.label(iri)
    definitions = read_definitions(context.graph, definitions_beneath(context.graph, iri), iri)
    sheet = read_sheet(context, definitions, query, context.address(iri), label)
    around = {
        name: context.of(f"SELECT ?s {{ ?s {link} <{iri}> }}") for name, link in _AROUND.items()
    }
    disputes = read_disagreements(context.graph, iri)
    content = {"one": context.one(iri), "sheet": sheet, "disagreements": disputes, **around}
    about = f"{len(definitions)} definitions of {label}, side by side, each with its page."
    table = sheet.table if definitions else None
    return Page("concept.html", label, sheet.at(), about, content, table, iri=iri)
