"""Everything about one thing on one page, view by view; also the page of a thing whose kind has no
page of its own.
"""

from dataclasses import replace

from sq_graph.errors import UnknownName
from sq_graph.model.about import VIEWS, About, View
from sq_graph.model.disagreements import read_parties
from sq_graph.model.facts import text, texts
from sq_graph.vocab import kind_of, shorten
from sq_graph.web.pages.page import Page, Query, first, with_query
from sq_graph.web.pages.page_context import PageContext, about_address, hyphenated

_KINDS_BY_PARAMETER = {"concept": ("concept", "category"), "holder": ("agent",)}
"""The kinds of thing that a parameter of a question accepts, if not the kind of the same name."""

_MAX_STATEMENTS, _MAX_OF_ONE_VIEW = 150, 600
"""How many statements of each view a page shows, and how many the page of a single view shows."""


def about_query(context: PageContext, query: Query) -> Page:
    """Everything about the thing that a form names."""
    name = first(query, "thing")
    if name:
        return _page(context, context.atlas.find(name), with_query("/about", thing=name), query)
    return Page("about.html", "Everything about …", "/about", content={"about": None})


def about(context: PageContext, name: str, query: Query) -> Page:
    """Everything about the thing with a slug, or with a kind and a slug."""
    kind, slash, slug = name.rpartition("/")
    iri = context.atlas.find(f"{kind}:{slug}", kind) if slash else context.atlas.find(slug)
    return _page(context, iri, about_address(iri), query)


def thing(context: PageContext, iri: str, query: Query) -> Page:
    """A thing that has no page of its own kind: its statements, and everything about it."""
    return _page(context, iri, context.address(iri), query)


def _page(context: PageContext, iri: str, address: str, query: Query) -> Page:
    about, facts, label = context.atlas.about(iri), context.facts_of(iri), context.label(iri)
    view_anchor, limit = first(query, "view"), _MAX_STATEMENTS
    if view_anchor:
        about, limit = _only_view(about, view_anchor), _MAX_OF_ONE_VIEW
    if context.is_static:
        limit = max(about.counts.values(), default=0)
    content = {
        "about": about,
        "kinds": [context.label(kind) for kind in texts(facts, "rdf:type") if "owl#" not in kind],
        "summary": text(facts, "sq:summary"),
        "questions": {
            view.name: _question(context, view, iri)
            for view in VIEWS
            if view.name in about.views and not context.is_static
        },
        "limit": limit,
        "has_others": any(entry.of for entries in about.views.values() for entry in entries),
        "parties": read_parties(context.graph, {iri: texts(facts, "sq:party")})[iri],
        "is_part": bool(view_anchor),
    }
    summary = about.summary() or "its own statements"
    address = with_query(address, view=view_anchor)
    description = f"Everything that the map holds about {label}: {summary}."
    table = about.table() if about.views else context.atlas.show(iri)
    return Page("about.html", label, address, description, content, table, iri=iri)


def _only_view(about: About, view_anchor: str) -> About:
    """The statements of a single view, named by its anchor."""
    views = {hyphenated(name): name for name in about.views}
    if view_anchor not in views:
        raise UnknownName(f"view of {about.label}", view_anchor, views)
    name = views[view_anchor]
    return replace(about, views={name: about.views[name]})


def _question(context: PageContext, view: View, iri: str) -> str:
    """The address of the question that asks for a view; empty where none accepts this thing."""
    kinds = _KINDS_BY_PARAMETER.get(view.parameter, (view.parameter,))
    is_accepted = view.parameter == "thing" or kind_of(iri) in kinds
    if not is_accepted or view.question not in context.atlas.catalogue.names():
        return ""
    return with_query(f"/ask/{view.question}", **{view.parameter: shorten(iri)})
