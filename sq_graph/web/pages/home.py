"""The first page, and the map of who defines what."""

from collections import Counter
from dataclasses import replace

from sq_graph.model.entities import Definition
from sq_graph.model.facts import Facts, join_names, text, texts
from sq_graph.pictures import map as pictured
from sq_graph.pictures.typologies import short
from sq_graph.table import Table
from sq_graph.web.pages import typologies
from sq_graph.web.pages.page import Page, Query, first, with_query
from sq_graph.web.pages.site import Site

_MOST_DEFINED = """SELECT ?s (COUNT(DISTINCT ?d) AS ?n) {
  ?d sq:defines/(sq:senseOf|skos:broader)* ?s . ?s a sq:Concept
  FILTER EXISTS { ?own sq:defines ?s }
  FILTER NOT EXISTS { ?s sq:memberOf ?t }
  FILTER NOT EXISTS { ?s skos:inScheme <https://w3id.org/sq-graph/id/scheme/groupings> }
} GROUP BY ?s ORDER BY DESC(?n) STR(?s) LIMIT 6"""


def home(site: Site, _: Query) -> Page:
    """What the map is about in one sentence, one picture, and the ways in; the workspace's own
    things first.
    """
    shown = typologies.compared(site, typologies.shown_first(site), {}, "/", site.title)
    most, of_class = site.counted(_MOST_DEFINED), site.atlas.names.of_class
    own = {
        name: sorted(
            (iri for iri in of_class(kind) if iri.startswith(site.own_base)), key=site.label
        )
        for name, kind in {"Concepts": "sq:Concept", "Works": "sq:Work"}.items()
        if site.own_base
    }
    about = "Nothing is defined yet."
    if most:
        subjects = join_names([site.label(iri) for iri in list(most)[:3]], " and ")
        about = (
            f"How authors define {subjects}, on which page and how firmly, "
            "and which views can be held together."
        )
    content = {
        "most": most,
        "own": own,
        "compared": join_names([short(one.label) for one in shown.content["these"]], " and "),
    }
    return replace(shown, template="home.html", about=about, content=content)


def literature(site: Site, query: Query) -> Page:
    """Who defines what: the whole map, or one concept with all beneath it."""
    family = first(query, "concept")
    chosen = site.atlas.find(family, "concept", "category") if family else ""
    definitions = site.atlas.definitions()
    known = site.facts(each.iri for each in definitions)
    tops = {each.iri: site.family(text(known[each.iri], "sq:defines")) for each in definitions}
    ties = [
        _tie(site, each, known[each.iri], tops[each.iri])
        for each in definitions
        if chosen in ("", tops[each.iri])
    ]
    title = f"Who defines {site.label(chosen)}" if chosen else "Who defines what"
    rows = tuple((tie.holder, tie.concept, tie.family, tie.description) for tie in ties)
    note = "Every definition with its source is in the table below and on the page of its concept."
    content = {"families": Counter(tops.values()).most_common(), "chosen": chosen}
    about = "Holders, concepts and the definitions between them."
    table = Table(("holder", "concept", "family", "definition"), rows, title)
    drawn, address = pictured.draw(title, ties, [note]), with_query("/map", concept=family)
    return Page("map.html", title, address, about, content, table, drawn)


def _tie(site: Site, each: Definition, one: Facts, top: str) -> pictured.Tie:
    """The line of a definition in the picture."""
    credit, people = each.attribution, texts(one, "sq:heldBy") or texts(one, "sq:possiblyHeldBy")
    return pictured.Tie(
        holder=join_names([site.label(one) for one in people], " and ") or credit.asserter,
        holder_address=site.address(people[0]) if len(people) == 1 else "",
        concept=each.concept.label,
        concept_address=site.address(text(one, "sq:defines")),
        family=site.label(top),
        description=f"{each.label}: {each.summary} ({credit.source}; {credit.firmness})",
        address=site.address(each.iri),
        hedged=credit.hedge not in ("", "asserted"),
    )
