"""Everything by kind: the kinds of thing that the map holds, and all things of one kind."""

from sq_graph.errors import UnknownName
from sq_graph.model.facts import text
from sq_graph.table import Table
from sq_graph.vocab import KINDS, kind_of
from sq_graph.web.pages.page import Page, Query, credit_columns
from sq_graph.web.pages.page_context import PageContext, folder_of, plural

_MOST = 400
"""As many things as a page shows; a map may hold thousands of one kind."""
_OWN = {"concept": "/concepts", "typology": "/typologies", "work": "/works"}
"""The kinds that have an overview of their own, and where."""
_NAMED = """SELECT DISTINCT ?s { ?s a ?kind FILTER(isIRI(?s))
  MINUS { VALUES ?part { qb:ComponentSpecification qb:DataStructureDefinition } ?s a ?part } }"""
"""All things but the parts of tables that only programs read."""


def kinds(context: PageContext, _: Query) -> Page:
    """The kinds of thing, with how many there are of each."""
    title, counted = "Everything by kind", _by_kind(context)
    rows = tuple((plural(kind), len(listed)) for kind, listed in counted.items())
    table = Table(("kind", "things"), rows, title)
    content = {"addresses": list(map(_address, counted)), "listed": None}
    about = "The kinds of thing that the map holds."
    return Page("kinds.html", title, "/things", about, content, table)


def things(context: PageContext, folder: str, _: Query) -> Page:
    """All things of a kind, by label; `folder` is that of their addresses.

    Raises:
        UnknownName: there is no such kind.
    """
    kind = next((kind for kind in KINDS if folder_of(kind) == folder), None)
    if kind is None or kind in _OWN:
        raise UnknownName("page", f"/{folder}", map(_address, KINDS))
    known = context.facts(_by_kind(context).get(kind, ()))
    credits = context.credits(known)
    rows = tuple(
        (context.label(iri), text(one, "sq:summary"), *credit_columns(credits.get(iri)))
        for iri, one in known.items()
    )
    title, most = plural(kind).capitalize(), len(known) if context.is_static else _MOST
    table = Table((kind, "says", "source", "how firmly", "review"), rows, title)
    about, content = f"All {plural(kind)} of the map.", {"listed": list(known), "most": most}
    return Page("kinds.html", title, f"/{folder}", about, content, table)


def _by_kind(context: PageContext) -> dict[str, list[str]]:
    """The things of each kind that the map holds, by label."""
    found: dict[str, list[str]] = {}
    for iri in context.of(_NAMED):
        if kind := kind_of(iri):
            found.setdefault(kind, []).append(iri)
    return dict(sorted(found.items()))


def _address(kind: str) -> str:
    return _OWN.get(kind) or f"/{folder_of(kind)}"
