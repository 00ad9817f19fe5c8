"""The page of a person or an organisation that holds something."""

from sq_graph.model.works import read_works
from sq_graph.web.pages.page import Page, Query
from sq_graph.web.pages.page_context import PageContext
from sq_graph.web.pages.works import contributions, contributions_table


def agent(context: PageContext, iri: str, _: Query) -> Page:
    """A person or an organisation: their works, and the statements that they hold."""
    label = context.label(iri)
    pattern = f"{{ ?s sq:heldBy <{iri}> }} UNION {{ ?s sq:possiblyHeldBy <{iri}> }}"
    statements = contributions(context, pattern)
    works = context.iris(f"SELECT DISTINCT ?s {{ ?s sq:authorship/sq:author <{iri}> }}")
    description = f"What {label} is reported to hold, with pages and hedges."
    content = {"statements": statements, "works": read_works(context.graph, works)}
    table = contributions_table(statements, "what is held", label)
    return Page("agent.html", label, context.address(iri), description, content, table, iri=iri)
