"""The pages for readers: `render` gives the page at an address as bytes, in a worker of the server.

`at` gives a page before it is rendered, which is how a site of plain files is made.
"""

import contextlib
import json
import re
from collections.abc import Mapping
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
    capital,
    first,
    shown_at,
    take,
    to_html,
    with_query,
)
from sq_graph.web.pages.page_context import KIND_OF_FOLDER, PageContext, address_of
from sq_graph.web.pages.questions import keep

__all__ = ["PLAIN", "PageContext", "RenderedPage", "address_of", "at"]
__all__ += ["html", "keep", "refused", "render", "warm_up"]

PLAIN: Mapping[str, Route] = {
    "/": Route(home.home),
    "/search": Route(search.search, ("q", "kind", "work")),
    "/map": Route(home.literature, ("concept",), "Map"),
    "/about": Route(about.asked, ("thing", "view")),
    "/compare": Route(compare.compare, compare.PARAMETERS, "Compare"),
    "/concepts": Route(concepts.tree, (), "Concepts"),
    "/typologies": Route(typologies.typologies, ("compare", "undrawn", "readings"), "Typologies"),
    "/disagreements": Route(disagreements.disagreements, ("about",), "Disagreements"),
    "/positions": Route(positions.positions, ("senses", "asserted"), "Positions"),
    "/works": Route(works.works, (), "Works"),
    "/anomalies": Route(works.anomalies, (), "Works"),
    "/errata": Route(works.anomalies, (), "Works"),
    "/things": Route(kinds.kinds),
    "/questions": Route(questions.questions, (), "Questions"),
    "/ask": Route(questions.questions, (), "Questions"),
    "/query": Route(sparql.form, ("query",), "SPARQL"),
}
_NAMED: Mapping[str, Route] = {
    r"/about/((?:[a-z]+/)?[\w:.-]+)": Route(about.about, ("view",)),
    r"/(matrices|tables|categories|agents|things/[a-z]+)": Route(kinds.things),
    r"/ask/([\w-]+)": Route(questions.ask, None, "Questions"),
    r"/answers/([\w-]+)": Route(questions.kept, (), "Questions"),
    r"/clash/([\w-]+)/([\w-]+)": Route(positions.clash, ("senses", "asserted"), "Positions"),
}
_OF_THINGS: Mapping[str, Route] = {
    "concept": Route(concepts.concept, sheet.PARAMETERS, "Concepts"),
    "category": Route(concepts.concept, sheet.PARAMETERS, "Concepts"),
    "typology": Route(typologies.typology, ("undrawn", "readings"), "Typologies"),
    "matrix": Route(typologies.matrix, (), "Typologies"),
    "table": Route(typologies.figures, (), "Typologies"),
    "work": Route(works.work, (), "Works"),
    "agent": Route(agents.agent, (), "Works"),
}


def at(context: PageContext, address: str, iri: str = "") -> Page:
    """The page at an address, or of the thing that stands there.

    Raises UnknownName where there is none, and InputError for a parameter that the page does not
    have.

    >>> import sq_graph
    >>> at(PageContext(sq_graph.open()), "/works/room-1999").title
    'Room 1999'
    """
    parts = urlsplit(address)
    path, query = parts.path.rstrip("/") or "/", parse_qs(parts.query)
    if not iri and (page := shown_at(PLAIN, _NAMED, path, query, context)):
        return page
    if path == "/thing" and not iri:
        iri = context.atlas.find(first(query, "iri"))
        query = {name: given for name, given in query.items() if name != "iri"}
    iri = iri or _thing_at(context, path)
    kind = kind_of(iri)
    other = Route(about.thing, ("view",)) if kind or "#" in iri else Route(works.file)
    return _OF_THINGS.get(kind or "", other).show(path, query, context, iri)


def _thing_at(context: PageContext, path: str) -> str:
    found = re.fullmatch(r"/(?:things/([a-z]+)|([a-z]+))/([\w.-]+)", path)
    kind = (found[1] or KIND_OF_FOLDER.get(found[2])) if found else ""
    if not found or kind not in KINDS:
        raise UnknownName("page", path, PLAIN, remedy="Search the map for it")
    return context.atlas.find(f"{kind}:{found[3]}", kind)


class RenderedPage(NamedTuple):
    """A page, or one of its downloads, as it is sent; `lasting` if it stays the same with the map,
    `place` where a client goes on instead.
    """

    status: int
    media: str
    body: bytes
    lasting: bool = True
    place: str = ""


def render(context: PageContext, address: str, form: str = "") -> RenderedPage:
    """The page at an address as HTML, or in the form of a download; a fault is a page as well.

    >>> import sq_graph
    >>> context = PageContext(sq_graph.open())
    >>> render(context, "/works/room-1999").media
    'text/html; charset=utf-8'
    >>> render(context, "/works/room-1999?colour=red").status
    400
    """
    parts = urlsplit(address)
    path, query = parts.path, parse_qs(parts.query)
    own = {name: values for name, values in query.items() if name not in objects.PARTS}
    try:
        if data := _data(context, path, query):
            return RenderedPage(200, "application/json", data.encode())
        page = at(context, with_query(path, **own) if form == "object" else address)
        if form == "object" and page.status == 200:
            body = objects.to_object(page, path, query).encode()
            return RenderedPage(200, "application/json", body, page.lasting)
        if form and page.status == 200:
            body = take(page, form, context)
            return RenderedPage(200, DOWNLOADS[form].media, body, page.lasting)
    except SqGraphError as error:
        page = _message(context, error, path)
    if form != "object":
        return html(context, page)
    body = problem(page.status, page.content["sentence"]).encode()
    return RenderedPage(page.status, "application/problem+json", body)


def _data(context: PageContext, path: str, query: Query) -> str:
    """What stands at an address as JSON for everybody; empty where a page stands."""
    if path not in ("/query/terms.json", "/search/begun.json", "/openapi.json"):
        return ""
    takes = ("q",) if path == "/search/begun.json" else ()
    refuse_unknown(f"the address {path}", query, takes)
    if takes:
        return json.dumps(context.atlas.words.completions(first(query, "q")))
    if path == "/openapi.json":
        return objects.openapi(context, PLAIN, _OF_THINGS)
    return sparql.terms(context)


def refused(context: PageContext, error: SqGraphError, address: str) -> RenderedPage:
    """A page that says why the one at an address cannot be shown."""
    return html(context, _message(context, error, urlsplit(address).path))


def html(context: PageContext, page: Page) -> RenderedPage:
    """A page as HTML."""
    body = to_html(page, context).encode()
    return RenderedPage(page.status, "text/html; charset=utf-8", body, page.lasting)


def _message(context: PageContext, error: SqGraphError, path: str) -> Page:
    """A refusal as a page; the paths of files are relative to the folder of their map."""
    is_unknown = isinstance(error, UnknownName)
    status = 404 if is_unknown else 400 if isinstance(error, InputError) else 501
    title = "Page not found" if is_unknown else "This request cannot be answered"
    sentence, words = capital(str(error)), ""
    for layout in context.atlas.layouts:
        sentence = sentence.replace(f"{layout.root}/", "")
    named = [expand(name) for name in re.findall(r"\b[a-z]+:[\w.-]+", sentence)]
    if isinstance(error, UnknownName):
        words = re.split(r"[/#:]", error.name)[-1].replace("-", " ")
        known = error.suggestions if error.kind in KINDS else ()
        named += [expand(f"{error.kind}:{slug}") for slug in known]
    content = {
        "sentence": sentence,
        "named": [iri for iri in named if kind_of(iri)],
        "words": words,
    }
    return Page("message.html", title, path, content=content, status=status)


def warm_up(context: PageContext) -> None:
    """Works out what many pages need, so that all workers share it."""
    atlas = context.atlas
    atlas.digest, atlas.words, context.labels, context.located  # noqa: B018 - kept where it is computed
    atlas.catalogue.questions()
    checked_statements(atlas.graph)
    with contextlib.suppress(SqGraphError):  # the page of positions says what is wrong
        html(context, at(context, "/positions"))
