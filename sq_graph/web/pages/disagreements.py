"""Disagreements: all of them, or those about one thing, each with its parties side by side."""

from collections import Counter

from sq_graph.model.attribution import credit_text
from sq_graph.model.disagreements import read_disagreements
from sq_graph.table import Table
from sq_graph.web.pages.page import Page, Query, credit_columns, first, with_query
from sq_graph.web.pages.page_context import PageContext


def disagreements(context: PageContext, query: Query) -> Page:
    """The disagreements with their parties, all of them or those about a chosen topic."""
    name = first(query, "about")
    chosen = context.atlas.find(name) if name else ""
    everything = read_disagreements(context.graph)
    disagreements = [entry for entry in everything if chosen in ("", *entry.about)]
    topics = Counter(thing for entry in everything for thing in entry.about)
    rows = tuple(
        (
            *(entry.label, ", ".join(map(context.label, entry.about)), ", ".join(entry.ground)),
            *(party.side, party.says or party.label, *credit_columns(party.credit)[:2]),
            credit_text(entry.credit),
        )
        for entry in disagreements
        for party in entry.parties
    )
    columns = ("disagreement", "about", "ground", "side", "says", "source", "how firmly")
    title = f"Disagreements about {context.label(chosen)}" if chosen else "Disagreements"
    table = Table((*columns, "set against each other by"), rows, title)
    description = f"{len(disagreements)} disagreements, each with the statements on its sides."
    content = {"disagreements": disagreements, "chosen": chosen, "topics": context.ranked(topics)}
    address = with_query("/disagreements", about=name)
    return Page("disagreements.html", title, address, description, content, table if rows else None)
