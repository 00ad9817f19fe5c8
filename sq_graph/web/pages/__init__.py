"""The pages for readers: `render` returns the page at an address as bytes, in a worker of the
server; `page_at` returns it before it is rendered, for the export of a static site.
"""

import contextlib
import json
import re
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from sq_graph.errors import InputError, SqGraphError, UnknownName, refuse_unknown
from sq_graph.model.second_readings import checked_statements
from sq_graph.vocab import KINDS, expand, kind_of
from sq_graph.web.errors import problem
from sq_graph.web.pages import (
    about,
    agents,
    compare,
    concepts,
    disagreements,
    home,
    kinds,
    objects,
    positions,
    questions,
    search,
    sheet,
    sparql,
    typologies,
    works,
)
from sq_graph.web.pages.page import (
    DOWNLOADS,
    Page,
    Query,
    Route,
    Routes,
    capital,
    download,
    first,
    routed_page,
    to_html,
    with_query,
)
from sq_graph.web.pages.page_context import KIND_OF_FOLDER, PageContext, address_of

__all__ = ["ROUTES", "PageContext", "RenderedPage", "address_of", "page_at", "render"]
__all__ += ["render_error", "render_page", "warm_up"]

ROUTES: Routes = {
    "/": Route(home.home),
    "/search": Route(search.search, ("q", "kind", "work")),
    "/map": Route(home.literature_map, ("concept",), "Map"),
    "/about": Route(about.about_query, ("thing", "view")),
    "/compare": Route(compare.compare, compare.PARAMETERS, "Compare"),
    "/concepts": Route(concepts.concepts, (), "Concepts"),
    "/typologies": Route(typologies.typologies, ("compare", "undrawn", "readings"), "Typologies"),
    "/disagreements": Route(disagreements.disagreements, ("about",), "Disagreements"),
    "/positions": Route(positions.positions, ("senses", "asserted"), "Positions"),
    "/works": Route(works.works, (), "Works"),
    "/anomalies": Route(works.anomalies, (), "Works"),
    "/errata": Route(works.anomalies, (), "Works"),
    "/things": Route(kinds.kinds),
    "/questions": Route(questions.questions, (), "Questions"),
    "/ask": Route(questions.questions, (), "Questions"),
    "/query": Route(sparql.query_page, ("query",), "SPARQL"),
}
_PATTERN_ROUTES: Routes = {
    r"/about/((?:[a-z]+/)?[\w:.-]+)": Route(about.about, ("view",)),
    r"/(matrices|tables|categories|agents|things/[a-z]+)": Route(kinds.things_of_kind),
    r"/answers/([\w-]+)": Route(questions.saved_answer, (), "Questions"),
    r"/ask/([\w-]+)": Route(questions.ask, None, "Questions"),
    r"/clash/([\w-]+)/([\w-]+)": Route(positions.clash, ("senses", "asserted"), "Positions"),
}
_KIND_ROUTES: Routes = {
    "concept": Route(concepts.concept, sheet.PARAMETERS, "Concepts"),
    "category": Route(concepts.concept, sheet.PARAMETERS, "Concepts"),
    "typology": Route(typologies.typology, ("undrawn", "readings"), "Typologies"),
    "matrix": Route(typologies.matrix, (), "Typologies"),
    "table": Route(typologies.figures, (), "Typologies"),
    "work": Route(works.work, (), "Works"),
    "agent": Route(agents.agent, (), "Works"),
}


def page_at(context: PageContext, address: str, iri: str = "") -> Page:
    """The page at an address, or the page of the thing `iri`.

    Raises UnknownName where there is none, and InputError for a parameter that the page does not
    have.

    >>> import sq_graph
    >>> page_at(PageContext(sq_graph.open()), "/works/room-1999").title
    'Room 1999'
    """
    parts = urlsplit(address)
    path, query = parts.path.rstrip("/") or "/", parse_qs(parts.query)
    if not iri and (page := routed_page(ROUTES, _PATTERN_ROUTES, path, query, context)):
        return page
    if path == "/thing" and not iri:
        iri = context.atlas.find(first(query, "iri"))
        query = {name: values for name, values in query.items() if name != "iri"}
    iri = iri or _thing_at(context, path)
    kind = kind_of(iri)
    default = Route(about.thing, ("view",)) if kind or "#" in iri else Route(works.file)
    return _KIND_ROUTES.get(kind or "", default).show(path, query, context, iri)


def _thing_at(context: PageContext, path: str) -> str:
    match = re.fullmatch(r"/(?:things/([a-z]+)|([a-z]+))/([\w.-]+)", path)
    kind = (match[1] or KIND_OF_FOLDER.get(match[2])) if match else ""
    if not match or kind not in KINDS:
        raise UnknownName("page", path, ROUTES, remedy="Search the map for it")
    return context.atlas.find(f"{kind}:{match[3]}", kind)


class RenderedPage(NamedTuple):
    """A page, or one of its downloads, as it is sent; `is_cacheable` if it stays the same as long
    as the map does, `location` for a redirect instead.
    """

    status: int
    media: str
    body: bytes
    is_cacheable: bool = True
    location: str = ""


def render(context: PageContext, address: str, form: str = "") -> RenderedPage:
    """The page at an address as HTML, or in the form of a download; an error is a page as well.

    >>> import sq_graph
    >>> context = PageContext(sq_graph.open())
    >>> render(context, "/works/room-1999").media
    'text/html; charset=utf-8'
    >>> render(context, "/works/room-1999?colour=red").status
    400
    """
    parts = urlsplit(address)
    path, query = parts.path, parse_qs(parts.query)
    page_query = {name: values for name, values in query.items() if name not in objects.SLICING}
    try:
        if data := _json_at(context, path, query):
            return RenderedPage(200, "application/json", data.encode())
        page = page_at(context, with_query(path, **page_query) if form == "object" else address)
        if form == "object" and page.status == 200:
            body = objects.to_object(page, path, query).encode()
            return RenderedPage(200, "application/json", body, page.is_cacheable)
        if form and page.status == 200:
            body = download(page, form, context)
            return RenderedPage(200, DOWNLOADS[form].media, body, page.is_cacheable)
    except SqGraphError as error:
        page = _message_page(context, error, path)
    if form != "object":
        return render_page(context, page)
    body = problem(page.status, page.content["message"]).encode()
    return RenderedPage(page.status, "application/problem+json", body)


def _json_at(context: PageContext, path: str, query: Query) -> str:
    """The JSON document at an address; empty where there is a page."""
    if path not in ("/query/terms.json", "/search/begun.json", "/openapi.json"):
        return ""
    parameters = ("q",) if path == "/search/begun.json" else ()
    refuse_unknown(f"the address {path}", query, parameters)
    if parameters:
        return json.dumps(context.atlas.words.completions(first(query, "q")))
    if path == "/openapi.json":
        return objects.openapi(context, ROUTES, _KIND_ROUTES)
    return sparql.terms(context)


def render_error(context: PageContext, error: SqGraphError, address: str) -> RenderedPage:
    """A page that says why the page at an address cannot be shown."""
    return render_page(context, _message_page(context, error, urlsplit(address).path))


def render_page(context: PageContext, page: Page) -> RenderedPage:
    """A page as HTML."""
    body = to_html(page, context).encode()
    return RenderedPage(page.status, "text/html; charset=utf-8", body, page.is_cacheable)


def _message_page(context: PageContext, error: SqGraphError, path: str) -> Page:
    """An error as a page; the paths of files are relative to the folder of their map."""
    is_unknown = isinstance(error, UnknownName)
    status = 404 if is_unknown else 400 if isinstance(error, InputError) else 501
    title = "Page not found" if is_unknown else "This request cannot be answered"
    message, words = capital(str(error)), ""
    for layout in context.atlas.layouts:
        message = message.replace(f"{layout.root}/", "")
    things = [expand(name) for name in re.findall(r"\b[a-z]+:[\w.-]+", message)]
    if isinstance(error, UnknownName):
        words = re.split(r"[/#:]", error.name)[-1].replace("-", " ")
        suggestions = error.suggestions if error.kind in KINDS else ()
        things += [expand(f"{error.kind}:{slug}") for slug in suggestions]
    content = {"message": message, "things": list(filter(kind_of, things)), "words": words}
    return Page("message.html", title, path, content=content, status=status)


def warm_up(context: PageContext) -> None:
    """Computes what many pages need, so that all workers share it."""
    atlas = context.atlas
    atlas.digest, atlas.words, context.labels, context.located_passages  # noqa: B018 - cached properties
    atlas.catalogue.questions()
    checked_statements(atlas.graph)
    with contextlib.suppress(SqGraphError):  # the page of positions says what is wrong
        render_page(context, page_at(context, "/positions"))
