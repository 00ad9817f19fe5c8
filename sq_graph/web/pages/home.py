"""The first page, and the map of who defines what."""

from collections import Counter
from dataclasses import replace

from sq_graph.model.entities import Definition
from sq_graph.model.facts import Facts, join_names, text, texts
from sq_graph.pictures import map as pictured
from sq_graph.pictures.typologies import short
from sq_graph.table import Table
from sq_graph.web.pages import typologies
from sq_graph.web.pages.desk import Desk
from sq_graph.web.pages.page import Page, Query, first, with_query

_MOST_DEFINED = """SELECT ?s (COUNT(DISTINCT ?d) AS ?n) {
  ?d sq:defines/(sq:senseOf|skos:broader)* ?s . ?s a sq:Concept
  FILTER EXISTS { ?own sq:defines ?s }
  FILTER NOT EXISTS { ?s sq:memberOf ?t }
  FILTER NOT EXISTS { ?s skos:inScheme <https://w3id.org/sq-graph/id/scheme/groupings> }
} GROUP BY ?s ORDER BY DESC(?n) STR(?s) LIMIT 6"""


def home(desk: Desk, _: Query) -> Page:
    """What the map is about in one sentence, one picture, and the ways in; the workspace's own
    things first.
    """
    shown = typologies.compared(desk, typologies.shown_first(desk), {}, "/", desk.title)
    most, of_class = desk.counted(_MOST_DEFINED), desk.atlas.names.of_class
    own = {
        name: sorted(
            (iri for iri in of_class(kind) if iri.startswith(desk.own_base)), key=desk.label
        )
        for name, kind in {"Concepts": "sq:Concept", "Works": "sq:Work"}.items()
        if desk.own_base
    }
    about = "Nothing is defined yet."
    if most:
        subjects = join_names([desk.label(iri) for iri in list(most)[:3]], " and ")
        about = (
            f"Who defines {subjects}: how, how firmly and on which page, "
            "and which views can be held together."
        )
    content = {
        "most": most,
        "own": own,
        "compared": join_names([short(one.label) for one in shown.content["these"]], " and "),
    }
    return replace(shown, template="home.html", about=about, content=content)


def literature(desk: Desk, query: Query) -> Page:
    """Who defines what: the whole map, or one concept with all beneath it."""
    family = first(query, "concept")
    chosen = desk.atlas.find(family, "concept", "category") if family else ""
    definitions = desk.atlas.definitions()
    known = desk.facts(each.iri for each in definitions)
    tops = {each.iri: desk.family(text(known[each.iri], "sq:defines")) for each in definitions}
    ties = [
        _tie(desk, each, known[each.iri], tops[each.iri])
        for each in definitions
        if chosen in ("", tops[each.iri])
    ]
    title = f"Who defines {desk.label(chosen)}" if chosen else "Who defines what"
    rows = tuple((tie.holder, tie.concept, tie.family, tie.description) for tie in ties)
    note = (
        "Every definition with its source stands in the table beneath and on the page of its "
        "concept."
    )
    content = {"families": Counter(tops.values()).most_common(), "chosen": chosen}
    about = "Holders, concepts and the definitions between them."
    table = Table(("holder", "concept", "family", "definition"), rows, title)
    drawn, address = pictured.draw(title, ties, [note]), with_query("/map", concept=family)
    return Page("map.html", title, address, about, content, table, drawn)


def _tie(desk: Desk, each: Definition, one: Facts, top: str) -> pictured.Tie:
    """The line of a definition in the picture."""
    credit, people = each.attribution, texts(one, "sq:heldBy") or texts(one, "sq:possiblyHeldBy")
    return pictured.Tie(
        holder=join_names([desk.label(one) for one in people], " and ") or credit.asserter,
        holder_address=desk.address(people[0]) if len(people) == 1 else "",
        concept=each.concept.label,
        concept_address=desk.address(text(one, "sq:defines")),
        family=desk.label(top),
        description=f"{each.label}: {each.summary} ({credit.source}; {credit.firmness})",
        address=desk.address(each.iri),
        hedged=credit.hedge not in ("", "asserted"),
    )
