"""The home page, and the map of who defines what."""

from collections import Counter
from dataclasses import replace

from sq_graph.model.entities import Definition, definitions_beneath
from sq_graph.model.facts import Facts, join_names, text, texts
from sq_graph.pictures.map import DefinitionLine, draw
from sq_graph.pictures.typologies import heading_of
from sq_graph.table import Table
from sq_graph.web.pages import typologies
from sq_graph.web.pages.page import Page, Query, first, first_rows, with_query
from sq_graph.web.pages.page_context import PageContext

_MOST_DEFINED = """SELECT ?s (COUNT(DISTINCT ?d) AS ?n) {
  ?d sq:defines/(sq:senseOf|skos:broader)* ?s . ?s a sq:Concept
  FILTER EXISTS { ?own sq:defines ?s }
  FILTER NOT EXISTS { ?s sq:memberOf ?t }
  FILTER NOT EXISTS { ?s skos:inScheme <https://w3id.org/sq-graph/id/scheme/groupings> }
} GROUP BY ?s ORDER BY DESC(?n) STR(?s) LIMIT 6"""

_MAX_LINES = 400
"""The number of definitions in one picture; among more, no line can be followed."""


def home(context: PageContext, _: Query) -> Page:
    """The subject of the map in one sentence, one picture, and links into it; the things of the
    workspace first.
    """
    iris = typologies.default_typologies(context)
    page = typologies.comparison(context, iris, {}, "/", context.title)
    most_defined, of_class = context.counts(_MOST_DEFINED), context.atlas.names.of_class
    own_things = {
        name: sorted(filter(context.is_own, of_class(kind)), key=context.label)
        for name, kind in {"Concepts": "sq:Concept", "Works": "sq:Work"}.items()
        if context.own_base
    }
    description = "Nothing is defined yet."
    if most_defined:
        subjects = join_names([context.label(iri) for iri in list(most_defined)[:3]], " and ")
        description = (
            f"How authors define {subjects}, on which page and how firmly, "
            "and which views can be held together."
        )
    content = {
        "most_defined": most_defined,
        "own_things": own_things,
        "compared": join_names([heading_of(t)[0] for t in page.content["typologies"]], " and "),
    }
    return replace(page, template="home.html", description=description, content=content)


def literature_map(context: PageContext, query: Query) -> Page:
    """Who defines what: the whole map, or one concept with all concepts below it."""
    name = first(query, "concept")
    chosen = context.atlas.find(name, "concept", "category") if name else ""
    definitions = context.atlas.definitions()
    all_facts = context.facts(definition.iri for definition in definitions)
    families = {iri: context.family(text(facts, "sq:defines")) for iri, facts in all_facts.items()}
    tops = dict.fromkeys((*families.values(), *filter(None, [chosen])))
    beneath = {top: definitions_beneath(context.graph, top) for top in tops}
    lines = [
        _line(context, definition, all_facts[definition.iri])
        for definition in definitions
        if not chosen or definition.iri in beneath[chosen]
    ]
    title = f"Who defines {context.label(chosen)}" if chosen else "Who defines what"
    rows = tuple((line.holder, line.concept, line.family, line.description) for line in lines)
    note = "Every definition with its source is on the page of its concept."
    table = Table(("holder", "concept", "family", "definition"), rows, title)
    content = {
        "families": Counter({top: len(beneath[top]) for top in families.values()}).most_common(),
        "chosen": chosen,
        "table": first_rows(table, _MAX_LINES),
    }
    description = "Holders, concepts and the definitions between them."
    svg = draw(title, lines, [note]) if len(lines) <= _MAX_LINES else ""
    address = with_query("/map", concept=name)
    return Page("map.html", title, address, description, content, table, svg)


def _line(context: PageContext, definition: Definition, facts: Facts) -> DefinitionLine:
    """The line of a definition in the picture."""
    credit, summary = definition.attribution, definition.summary
    holders = texts(facts, "sq:heldBy") or texts(facts, "sq:possiblyHeldBy")
    return DefinitionLine(
        holder=join_names([context.label(iri) for iri in holders], " and ") or credit.asserter,
        holder_address=context.address(holders[0]) if len(holders) == 1 else "",
        concept=definition.concept.label,
        concept_address=context.address(text(facts, "sq:defines")),
        family=context.label(context.family(text(facts, "sq:defines"))),
        description=f"{definition.label}: {summary} ({credit.source}; {credit.firmness})",
        address=context.address(definition.iri),
        hedged=credit.hedge not in ("", "asserted"),
    )
