"""The search: hits with a snippet and source, filters by kind and work, and suggested spellings."""

import re

from sq_graph.model.search import MARKS, SEARCHED_KINDS, Hit
from sq_graph.web.pages.page import Page, Query, first, with_query
from sq_graph.web.pages.page_context import PageContext

_MAX_HITS = 100
"""The number of hits that a page shows."""


def search(context: PageContext, query: Query) -> Page:
    """The things that contain all the words, of a kind or from a work if these are chosen."""
    words, kind, work = (first(query, name) for name in ("q", "kind", "work"))
    results = context.atlas.search(words, kind, work, _MAX_HITS)
    content = {"search_words": words, "kind": kind, "work": work, "results": results}
    content |= {"kinds": SEARCHED_KINDS, "segments": _segments}
    address = with_query("/search", q=words, kind=kind, work=work)
    table = results.table() if results.hits else None
    description = "Search the map."
    return Page("search.html", "Search", address, description, content, table, is_cacheable=False)


def _segments(hit: Hit) -> list[tuple[str, bool]]:
    """A snippet in segments, each with whether it matches the words of the search."""
    parts = re.split(f"[{''.join(MARKS)}]", hit.snippet)
    return [(part, index % 2 == 1) for index, part in enumerate(parts) if part]
