"""The first page, the search, and the map of who defines what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from sq_graph.model.facts import text, texts
from sq_graph.pictures import map as pictured
from sq_graph.table import Table
from sq_graph.vocab import kind_of
from sq_graph.web.pages import typologies
from sq_graph.web.pages.desk import Desk
from sq_graph.web.pages.page import Page, Query, first, with_query

_SOUGHT = ("concept", "category", "typology", "matrix", "table", "definition", "position", "model", "work", "agent",
           "claim", "disagreement", "example", "question", "anomaly")  # fmt: skip
MOST_FOUND = 100


@dataclass(frozen=True)
class Find:
    """One thing that a search can find."""

    iri: str
    kind: str
    label: str
    words: str


def home(desk: Desk, _: Query) -> Page:
    """One sentence, one picture, and the ways in."""
    chosen = [desk.atlas.find(name, "typology") for name in typologies.FIRST if typologies.is_known(desk, name)]
    page = typologies.compared(desk, chosen, {}, "/", "A map of a contested literature")
    counts = [
        (name, len(desk.atlas.names.of_class(kind)), address)
        for name, kind, address in (
            ("definitions", "sq:Definition", "/concepts"), ("typologies", "sq:Typology", "/typologies"),
            ("positions", "sq:Position", "/positions"),
            ("disagreements", "sq:Disagreement", "/search?kind=disagreement"), ("works", "sq:Work", "/works"),
        )
    ]  # fmt: skip
    concepts = desk.graph.select(
        "SELECT ?s (COUNT(DISTINCT ?d) AS ?n) { ?d sq:defines/(sq:senseOf|skos:broader)* ?s . ?s a sq:Concept "
        "FILTER NOT EXISTS { ?s sq:memberOf ?t } } GROUP BY ?s ORDER BY DESC(?n) STR(?s) LIMIT 6"
    )
    most = [(row["s"].value, int(row["n"].value)) for row in concepts if "s" in row]
    return Page(
        "home.html", page.title, "/", "", "Who defines social cohesion, inclusion and exclusion how, on which page, "
        "how firmly, and which views can be held together.", {"counts": counts, "most": most},
        picture=page.picture,
        linked={"@type": "Dataset", "name": "sq-graph", "license": "https://creativecommons.org/licenses/by/4.0/"},
    )  # fmt: skip


def search(desk: Desk, query: Query) -> Page:
    """Things whose label or summary holds all words, those whose label begins with them first."""
    asked, kind = first(query, "q"), first(query, "kind")
    words = asked.lower().split()
    found = [one for one in index(desk) if kind in ("", one.kind) and all(word in one.words for word in words)]
    if not words and not kind:
        found = []
    found.sort(key=lambda one: (not one.label.lower().startswith(asked.lower()), _SOUGHT.index(one.kind),
                                asked.lower() not in one.label.lower(), one.label.lower()))  # fmt: skip
    return Page("search.html", "Search", with_query("/search", q=asked, kind=kind), "", "Search the map.",
                {"asked": asked, "kind": kind, "found": found[:MOST_FOUND], "count": len(found), "kinds": _SOUGHT},
                lasting=False)  # fmt: skip


@lru_cache(maxsize=2)
def index(desk: Desk) -> list[Find]:
    """Everything that can be found, with the words by which it is."""
    known = desk.facts(iri for iri in desk.labels if kind_of(iri) in _SOUGHT)
    return [
        Find(iri, kind_of(iri) or "", desk.label(iri), " ".join(
            [*texts(one, "rdfs:label"), *texts(one, "skos:altLabel"), *texts(one, "skos:hiddenLabel"),
             *texts(one, "dcterms:title"), text(one, "sq:summary")]).lower())
        for iri, one in known.items()
    ]  # fmt: skip


def literature(desk: Desk, query: Query) -> Page:
    """Who defines what: the whole map, or one concept with all beneath it."""
    family = first(query, "concept")
    definitions = desk.atlas.definitions()
    defined = {d.iri: text(one, "sq:defines") for d in definitions for one in [desk.facts([d.iri])[d.iri]]}
    tops = _families(desk, set(defined.values()))
    ties = []
    for each in definitions:
        credit, concept = each.attribution, defined[each.iri]
        if family and tops[concept] != desk.atlas.find(family, "concept", "category"):
            continue
        told = f"{each.label}: {each.summary} ({credit.source}; {credit.firmness})"
        holders = desk.facts([each.iri])[each.iri]
        people = texts(holders, "sq:heldBy") or texts(holders, "sq:possiblyHeldBy")
        name = " and ".join(desk.label(iri) for iri in people) or credit.asserter
        address = desk.address(people[0]) if len(people) == 1 else ""
        ties.append(pictured.Tie(name, address, each.concept, desk.address(concept), desk.label(tops[concept]), told,
                                 desk.address(each.iri), credit.hedge not in ("", "asserted")))  # fmt: skip
    title = (
        f"Who defines {desk.label(desk.atlas.find(family, 'concept', 'category'))}" if family else "Who defines what"
    )
    rows = tuple((tie.holder, tie.concept, tie.family, tie.told) for tie in ties)
    counts: dict[str, int] = {}
    for top in (tops[concept] for concept in defined.values()):
        counts[top] = counts.get(top, 0) + 1
    return Page(
        "map.html", title, with_query("/map", concept=family), "Map", "Holders, concepts and the definitions between "
        "them.", {"families": sorted(counts.items(), key=lambda pair: -pair[1]), "family": family, "ties": ties},
        table=Table(("holder", "concept", "family", "definition"), rows, title),
        picture=pictured.draw(title, ties, ["Every definition with its source stands in the table beneath and on the "
                                            "page of its concept."]),
    )  # fmt: skip


def _families(desk: Desk, concepts: set[str]) -> Mapping[str, str]:
    """Of each concept, the topmost one above it."""
    above = {row["s"].value: row["o"].value for row in desk.graph.select(
        "SELECT ?s (MIN(?up) AS ?o) { ?s sq:senseOf|skos:broader ?up } GROUP BY ?s") if "o" in row}  # fmt: skip

    def top(iri: str) -> str:
        seen = {iri}
        while iri in above and above[iri] not in seen:
            iri = above[iri]
            seen.add(iri)
        return iri

    return {concept: top(concept) for concept in concepts}
