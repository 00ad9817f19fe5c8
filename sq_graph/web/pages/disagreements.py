"""Disagreements: all of them, or those about one thing, each with its parties side by side."""

from collections import Counter

from sq_graph.model.disagreements import read_disagreements
from sq_graph.table import Table
from sq_graph.web.pages.page import Page, Query, first, with_query
from sq_graph.web.pages.page_context import PageContext


def disagreements(context: PageContext, query: Query) -> Page:
    """The disagreements with their parties, narrowed to one matter if one is chosen."""
    named = first(query, "about")
    chosen = context.atlas.find(named) if named else ""
    every = read_disagreements(context.graph)
    shown = [one for one in every if chosen in ("", *one.about)]
    matters = Counter(thing for one in every for thing in one.about)
    rows = tuple(
        (
            *(one.label, ", ".join(map(context.label, one.about)), ", ".join(one.ground)),
            *(party.side, party.says or party.label, party.credit.source if party.credit else ""),
        )
        for one in shown
        for party in one.parties
    )
    heads = ("disagreement", "about", "ground", "side", "says", "source")
    title = f"Disagreements about {context.label(chosen)}" if chosen else "Disagreements"
    address, table = with_query("/disagreements", about=named), Table(heads, rows, title)
    about = f"{len(shown)} disagreements, each with the statements on its sides."
    content = {"shown": shown, "chosen": chosen, "matters": context.ranked(matters)}
    return Page("disagreements.html", title, address, about, content, table if rows else None)
