"""The search: hits with a snippet, holder and page, filters by kind and work, and other
spellings.
"""

import re

from sq_graph.model.search import MARKS, SEARCHED_KINDS, Hit
from sq_graph.web.pages.page import Page, Query, first, with_query
from sq_graph.web.pages.page_context import PageContext

MOST_FOUND = 100
"""Hits that a page shows."""


def search(context: PageContext, query: Query) -> Page:
    """Things that have all the words, among a kind or from a work if these are chosen."""
    asked, kind, work = (first(query, name) for name in ("q", "kind", "work"))
    found = context.atlas.search(asked, kind, work, MOST_FOUND)
    content = {"asked": asked, "kind": kind, "work": work, "found": found, "sought": SEARCHED_KINDS}
    content |= {"pieces": _pieces}
    address = with_query("/search", q=asked, kind=kind, work=work)
    table = found.table() if found.hits else None
    about = "Search the map."
    return Page("search.html", "Search", address, about, content, table, lasting=False)


def _pieces(hit: Hit) -> list[tuple[str, bool]]:
    """A snippet in pieces, each with whether its words were looked for."""
    parts = re.split(f"[{''.join(MARKS)}]", hit.snippet)
    return [(part, place % 2 == 1) for place, part in enumerate(parts) if part]
