"""The first page, and the map of who defines what."""

from __future__ import annotations

from sq_graph.model.facts import joined, text, texts
from sq_graph.pictures import map as pictured
from sq_graph.pictures.typologies import short
from sq_graph.table import Table
from sq_graph.web.pages import typologies
from sq_graph.web.pages.about import held
from sq_graph.web.pages.desk import Desk
from sq_graph.web.pages.page import Page, Query, first, with_query

_COUNTED = {
    "definitions": ("sq:Definition", "/concepts"),
    "typologies": ("sq:Typology", "/typologies"),
    "positions": ("sq:Position", "/positions"),
    "disagreements": ("sq:Disagreement", "/disagreements"),
    "works": ("sq:Work", "/works"),
}
_MOST_OWN = 60
"""Things of a workspace that the first page lists of each kind."""
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
    page = typologies.compared(desk, typologies.shown_first(desk), {}, "/", desk.title)
    counts = [
        (name, len(desk.atlas.names.of_class(kind)), address)
        for name, (kind, address) in _COUNTED.items()
    ]
    most = desk.counted(_MOST_DEFINED)
    own = {
        kind: [iri for iri in desk.atlas.names.of_class(kind) if iri.startswith(desk.own_base)]
        for kind in ("sq:Concept", "sq:Work")
        if desk.own_base
    }
    subjects = joined([desk.label(iri) for iri in list(most)[:3]], " and ")
    about = (
        f"Who defines {subjects}: how, how firmly and on which page, "
        "and which views can be held together."
        if subjects
        else "Nothing is defined yet."
    )
    author = desk.atlas.layouts[-1].author if desk.own_base else ""
    return Page(
        "home.html",
        page.title,
        "/",
        "",
        about,
        {
            "counts": counts,
            "most": most,
            "own": {kind: sorted(them, key=desk.label)[:_MOST_OWN] for kind, them in own.items()},
            "author": author,
            "compared": joined([short(one.label) for one in page.content["these"]], " and "),
        },
        table=page.table,
        picture=page.picture,
        linked={
            "@type": "Dataset",
            "name": desk.title if desk.own_base else "sq-graph",
            "license": desk.atlas.layouts[-1].licence if desk.atlas.layouts else "",
        },
    )


def literature(desk: Desk, query: Query) -> Page:
    """Who defines what: the whole map, or one concept with all beneath it."""
    family = first(query, "concept")
    chosen = desk.atlas.find(family, "concept", "category") if family else ""
    definitions = desk.atlas.definitions()
    known = desk.facts(each.iri for each in definitions)
    ties, counts = [], dict[str, int]()
    for each in definitions:
        one, credit = known[each.iri], each.attribution
        concept = text(one, "sq:defines")
        top = desk.family(concept)
        counts[top] = counts.get(top, 0) + 1
        if chosen in ("", top):
            people = texts(one, "sq:heldBy") or texts(one, "sq:possiblyHeldBy")
            ties.append(
                pictured.Tie(
                    holder=joined([desk.label(one) for one in people], " and ") or credit.asserter,
                    holder_address=desk.address(people[0]) if len(people) == 1 else "",
                    concept=each.concept.label,
                    concept_address=desk.address(concept),
                    family=desk.label(top),
                    description=(
                        f"{each.label}: {each.summary} ({credit.source}; {credit.firmness})"
                    ),
                    address=desk.address(each.iri),
                    hedged=credit.hedge not in ("", "asserted"),
                )
            )
    title = f"Who defines {desk.label(chosen)}" if chosen else "Who defines what"
    rows = tuple((tie.holder, tie.concept, tie.family, tie.description) for tie in ties)
    note = (
        "Every definition with its source stands in the table beneath and on the page of its "
        "concept."
    )
    return Page(
        "map.html",
        title,
        with_query("/map", concept=family),
        "Map",
        "Holders, concepts and the definitions between them.",
        {
            "families": sorted(counts.items(), key=lambda pair: -pair[1]),
            "chosen": chosen,
            "elsewhere": held(desk, ties, [chosen]),
        },
        table=Table(("holder", "concept", "family", "definition"), rows, title),
        picture=pictured.draw(title, ties, [note]),
    )
