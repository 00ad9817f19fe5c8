"""Everything by kind: the kinds of thing that the map holds, and all things of one kind."""

from sq_graph.errors import UnknownName
from sq_graph.model.facts import text
from sq_graph.table import Table
from sq_graph.vocab import KINDS, kind_of
from sq_graph.web.pages.page import Page, Query, credit_columns
from sq_graph.web.pages.page_context import PageContext, folder_of, plural

_MAX_THINGS = 400
"""The number of things on one page; a map may have thousands of one kind."""
_OVERVIEWS = {"concept": "/concepts", "typology": "/typologies", "work": "/works"}
"""The kinds that have an overview of their own, with its address."""
_ALL_THINGS = """SELECT DISTINCT ?s { ?s a ?kind FILTER(isIRI(?s))
  MINUS { VALUES ?part { qb:ComponentSpecification qb:DataStructureDefinition } ?s a ?part } }"""
"""All things except the parts of tables that only programs read."""


def kinds(context: PageContext, _: Query) -> Page:
    """The kinds of thing, each with its number of things."""
    title, things = "Everything by kind", _things_by_kind(context)
    rows = tuple((plural(kind), len(iris)) for kind, iris in things.items())
    table = Table(("kind", "things"), rows, title)
    content = {"addresses": list(map(_address, things)), "things": None}
    description = "The kinds of thing that the map holds."
    return Page("kinds.html", title, "/things", description, content, table)


def things_of_kind(context: PageContext, folder: str, _: Query) -> Page:
    """All things of a kind, by label; `folder` is the folder of their addresses.

    Raises:
        UnknownName: there is no such kind.
    """
    kind = next((kind for kind in KINDS if folder_of(kind) == folder), None)
    if kind is None or kind in _OVERVIEWS:
        raise UnknownName("page", f"/{folder}", map(_address, KINDS))
    things = context.facts(_things_by_kind(context).get(kind, ()))
    credits = context.credits(things)
    rows = tuple(
        (context.label(iri), text(facts, "sq:summary"), *credit_columns(credits.get(iri)))
        for iri, facts in things.items()
    )
    title, limit = plural(kind).capitalize(), len(things) if context.is_static else _MAX_THINGS
    table = Table((kind, "says", "source", "how firmly", "review"), rows, title)
    description = f"All {plural(kind)} of the map."
    content = {"things": list(things), "limit": limit}
    return Page("kinds.html", title, f"/{folder}", description, content, table)


def _things_by_kind(context: PageContext) -> dict[str, list[str]]:
    """The things of each kind in the map, by label."""
    things: dict[str, list[str]] = {}
    for iri in context.iris(_ALL_THINGS):
        if kind := kind_of(iri):
            things.setdefault(kind, []).append(iri)
    return dict(sorted(things.items()))


def _address(kind: str) -> str:
    return _OVERVIEWS.get(kind) or f"/{folder_of(kind)}"
