"""Everything about one thing on one page, view by view, and the page of any thing that has none of
its own kind.
"""

from dataclasses import replace

from sq_graph.errors import UnknownName
from sq_graph.model.about import VIEWS, About, View
from sq_graph.model.disagreements import read_parties
from sq_graph.model.facts import text, texts
from sq_graph.vocab import kind_of, shorten
from sq_graph.web.pages.page import Page, Query, first, with_query
from sq_graph.web.pages.page_context import PageContext, about_address, anchor

_TAKEN_BY = {"concept": ("concept", "category"), "holder": ("agent",)}
"""The kinds of thing that a parameter of a question takes, where its name is not that of the kind.
"""

_MOST, _MOST_OF_ONE = 150, 600
"""As many statements of each view as a page shows, and as the page of one view does."""


def asked(context: PageContext, query: Query) -> Page:
    """Everything about the thing that a form names."""
    name = first(query, "thing")
    if name:
        return _page(context, context.atlas.find(name), with_query("/about", thing=name), query)
    return Page("about.html", "Everything about …", "/about", content={"found": None})


def about(context: PageContext, name: str, query: Query) -> Page:
    """Everything about the thing of a slug, or of a kind and a slug."""
    kind, slash, slug = name.rpartition("/")
    iri = context.atlas.find(f"{kind}:{slug}", kind) if slash else context.atlas.find(slug)
    return _page(context, iri, about_address(iri), query)


def thing(context: PageContext, iri: str, query: Query) -> Page:
    """A thing that has no page of its own kind: its statements, and everything about it."""
    return _page(context, iri, context.address(iri), query)


def _page(context: PageContext, iri: str, address: str, query: Query) -> Page:
    found, one, label = context.atlas.about(iri), context.one(iri), context.label(iri)
    wanted, most = first(query, "view"), _MOST
    if wanted:
        found, most = _one_view(found, wanted), _MOST_OF_ONE
    if context.is_static:
        most = max(found.counts.values(), default=0)
    content = {
        "found": found,
        "kinds": [context.label(each) for each in texts(one, "rdf:type") if "owl#" not in each],
        "summary": text(one, "sq:summary"),
        "questions": {
            view.name: _question(context, view, iri)
            for view in VIEWS
            if view.name in found.views and not context.is_static
        },
        "most": most,
        "has_others": any(one.of for them in found.views.values() for one in them),
        "parties": read_parties(context.graph, {iri: texts(one, "sq:party")})[iri],
        "is_part": bool(wanted),
    }
    says = found.summary() or "its own statements"
    return Page(
        "about.html",
        label,
        with_query(address, view=wanted),
        f"Everything that the map holds about {label}: {says}.",
        content,
        found.table() if found.views else context.atlas.show(iri),
        iri=iri,
    )


def _one_view(found: About, wanted: str) -> About:
    """What one view holds, named by its place on the page."""
    views = {anchor(name): name for name in found.views}
    if wanted not in views:
        raise UnknownName(f"view of {found.label}", wanted, views)
    name = views[wanted]
    return replace(found, views={name: found.views[name]})


def _question(context: PageContext, view: View, iri: str) -> str:
    """The address of the question that asks for a view; empty where none takes this thing."""
    kinds = _TAKEN_BY.get(view.parameter, (view.parameter,))
    fits = view.parameter == "thing" or kind_of(iri) in kinds
    if not fits or view.question not in context.atlas.catalogue.names():
        return ""
    return with_query(f"/ask/{view.question}", **{view.parameter: shorten(iri)})
