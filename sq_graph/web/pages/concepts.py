"""Concepts: the tree, and the rival definitions of a concept side by side, by aspect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sq_graph.model.disagreements import read_disagreements
from sq_graph.model.entities import definitions_beneath, read_definitions
from sq_graph.model.facts import grouped, text
from sq_graph.table import Table
from sq_graph.web.pages.page import Page, Query
from sq_graph.web.pages.page_context import PageContext
from sq_graph.web.pages.sheet import read_definition_table

_RELATED = {"senses": "sq:senseOf", "narrower": "skos:broader", "divided": "sq:divides"}


@dataclass(frozen=True)
class Branch:
    """A concept in the tree, with the number of definitions of it and of all concepts below it."""

    label: str
    iri: str
    count: int
    children: list[Branch]


def concepts(context: PageContext, _: Query) -> Page:
    """All concepts under the schemes of the map, those with most definitions first."""
    broader = "SELECT DISTINCT ?{} ?{} {{ ?s skos:broader|sq:senseOf ?o }}"
    parents = grouped(context.graph, broader.format("s", "o"))
    children = grouped(context.graph, broader.format("o", "s"))
    counts = context.counts("SELECT ?c (COUNT(DISTINCT ?d) AS ?n) { ?d sq:defines ?c } GROUP BY ?c")

    def make_branches(iris: Iterable[str], ancestors: tuple[str, ...] = ()) -> list[Branch]:
        branches = []
        for iri in iris:
            path = (*ancestors, iri)
            below = make_branches([c for c in children.get(iri, ()) if c not in path], path)
            count = counts.get(iri, 0) + sum(branch.count for branch in below)
            branches.append(Branch(context.label(iri), iri, count, below))
        return sorted(branches, key=lambda branch: (-branch.count, branch.label.lower()))

    groups = []
    schemes = "SELECT DISTINCT ?s { ?c skos:inScheme ?s . ?s a skos:ConceptScheme }"
    for scheme in context.iris(schemes):
        members = context.iris(f"SELECT DISTINCT ?s {{ ?s skos:inScheme <{scheme}> }}")
        tops = make_branches(iri for iri in members if not set(parents.get(iri, ())) - {iri})
        note = text(context.facts_of(scheme), "skos:scopeNote")
        groups.append((context.label(scheme), note, tops))
    groups.sort(key=lambda group: -sum(branch.count for branch in group[2]))
    description = f"The concepts of the map, with {sum(counts.values())} definitions in all."
    rows = tuple((scheme, *row) for scheme, _, tops in groups for row in _flat(tops))
    table = Table(("scheme", "under", "concept", "definitions"), rows, "Concepts")
    return Page("concepts.html", "Concepts", "/concepts", description, {"groups": groups}, table)


def _flat(branches: Iterable[Branch], parent: str = "") -> Iterator[tuple[str, str, int]]:
    for branch in branches:
        yield parent, branch.label, branch.count
        yield from _flat(branch.children, branch.label)


def concept(context: PageContext, iri: str, query: Query) -> Page:
    """One concept: its definitions, its related concepts and typologies, and its disagreements."""
    label = context.label(iri)
    definitions = read_definitions(context.graph, definitions_beneath(context.graph, iri), iri)
    sheet = read_definition_table(context, definitions, query, context.address(iri), label)
    related = {
        name: context.iris(f"SELECT ?s {{ ?s {link} <{iri}> }}") for name, link in _RELATED.items()
    }
    content: dict[str, Any] = {"facts": context.facts_of(iri), "sheet": sheet, **related}
    content["disagreements"] = read_disagreements(context.graph, iri)
    description = f"{len(definitions)} definitions of {label}, side by side, each with its page."
    table = sheet.table if definitions else None
    return Page("concept.html", label, sheet.address(), description, content, table, iri=iri)
