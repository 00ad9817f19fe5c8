"""The first page, and the map of who defines what."""

from collections import Counter
from dataclasses import replace

from sq_graph.model.entities import Definition
from sq_graph.model.facts import Facts, join_names, text, texts
from sq_graph.pictures import map as pictured
from sq_graph.pictures.typologies import holders_of
from sq_graph.table import Table
from sq_graph.web.pages import typologies
from sq_graph.web.pages.page import Page, Query, begin, first, with_query
from sq_graph.web.pages.page_context import PageContext

_MOST_DEFINED = """SELECT ?s (COUNT(DISTINCT ?d) AS ?n) {
  ?d sq:defines/(sq:senseOf|skos:broader)* ?s . ?s a sq:Concept
  FILTER EXISTS { ?own sq:defines ?s }
  FILTER NOT EXISTS { ?s sq:memberOf ?t }
  FILTER NOT EXISTS { ?s skos:inScheme <https://w3id.org/sq-graph/id/scheme/groupings> }
} GROUP BY ?s ORDER BY DESC(?n) STR(?s) LIMIT 6"""

_MOST_DRAWN = 400
"""Definitions that one picture shows: among more, no line can be followed."""


def home(context: PageContext, _: Query) -> Page:
    """What the map is about in one sentence, one picture, and the ways in; the workspace's own
    things first.
    """
    shown = typologies.compared(context, typologies.shown_first(context), {}, "/", context.title)
    most, of_class = context.counted(_MOST_DEFINED), context.atlas.names.of_class
    own = {
        name: sorted(
            (iri for iri in of_class(kind) if iri.startswith(context.own_base)), key=context.label
        )
        for name, kind in {"Concepts": "sq:Concept", "Works": "sq:Work"}.items()
        if context.own_base
    }
    about = "Nothing is defined yet."
    if most:
        subjects = join_names([context.label(iri) for iri in list(most)[:3]], " and ")
        about = (
            f"How authors define {subjects}, on which page and how firmly, "
            "and which views can be held together."
        )
    content = {
        "most": most,
        "own": own,
        "compared": join_names([holders_of(one.label) for one in shown.content["these"]], " and "),
    }
    return replace(shown, template="home.html", about=about, content=content)


def literature(context: PageContext, query: Query) -> Page:
    """Who defines what: the whole map, or one concept with all beneath it."""
    family = first(query, "concept")
    chosen = context.atlas.find(family, "concept", "category") if family else ""
    definitions = context.atlas.definitions()
    known = context.facts(each.iri for each in definitions)
    tops = {each.iri: context.family(text(known[each.iri], "sq:defines")) for each in definitions}
    ties = [
        _tie(context, each, known[each.iri], tops[each.iri])
        for each in definitions
        if chosen in ("", tops[each.iri])
    ]
    title = f"Who defines {context.label(chosen)}" if chosen else "Who defines what"
    rows = tuple((tie.holder, tie.concept, tie.family, tie.description) for tie in ties)
    note = "Every definition with its source is in the table below and on the page of its concept."
    table = Table(("holder", "concept", "family", "definition"), rows, title)
    content = {
        "families": Counter(tops.values()).most_common(),
        "chosen": chosen,
        "shown": begin(table, _MOST_DRAWN),
    }
    about = "Holders, concepts and the definitions between them."
    drawn = pictured.draw(title, ties, [note]) if len(ties) <= _MOST_DRAWN else ""
    address = with_query("/map", concept=family)
    return Page("map.html", title, address, about, content, table, drawn)


def _tie(context: PageContext, each: Definition, one: Facts, top: str) -> pictured.DefinitionLine:
    """The line of a definition in the picture."""
    credit, people = each.attribution, texts(one, "sq:heldBy") or texts(one, "sq:possiblyHeldBy")
    return pictured.DefinitionLine(
        holder=join_names([context.label(one) for one in people], " and ") or credit.asserter,
        holder_address=context.address(people[0]) if len(people) == 1 else "",
        concept=each.concept.label,
        concept_address=context.address(text(one, "sq:defines")),
        family=context.label(top),
        description=f"{each.label}: {each.summary} ({credit.source}; {credit.firmness})",
        address=context.address(each.iri),
        hedged=credit.hedge not in ("", "asserted"),
    )
