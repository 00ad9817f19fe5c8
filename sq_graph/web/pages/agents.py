"""The page of a person or an organisation that holds something."""

from sq_graph.model.works import read_works
from sq_graph.web.pages.page import Page, Query
from sq_graph.web.pages.page_context import PageContext
from sq_graph.web.pages.works import sayings, sayings_table


def agent(context: PageContext, iri: str, _: Query) -> Page:
    """Somebody who holds something: their works, and what they are reported to hold."""
    label = context.label(iri)
    said = sayings(context, f"{{ ?s sq:heldBy <{iri}> }} UNION {{ ?s sq:possiblyHeldBy <{iri}> }}")
    own = context.of(f"SELECT DISTINCT ?s {{ ?s sq:authorship/sq:author <{iri}> }}")
    about = f"What {label} is reported to hold, with pages and hedges."
    content = {"said": said, "written": read_works(context.graph, own)}
    table = sayings_table(said, "what is held", label)
    return Page("agent.html", label, context.address(iri), about, content, table, iri=iri)
