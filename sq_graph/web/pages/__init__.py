"""The pages for readers: `render` gives the page at an address as bytes, in a worker of the server.

`at` gives a page before it is rendered, which is how a site of plain files is made.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from sq_graph.errors import InputError, SqGraphError, UnknownName
from sq_graph.model.second_readings import checked_statements
from sq_graph.vocab import KINDS as ALL_KINDS
from sq_graph.vocab import expand, kind_of
from sq_graph.web.errors import problem
from sq_graph.web.negotiation import refuse_unknown
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
from sq_graph.web.pages.desk import KINDS, Desk, address_of
from sq_graph.web.pages.page import (
    BINARY,
    FORMS,
    Page,
    View,
    first,
    take,
    with_query,
)
from sq_graph.web.pages.page import render as to_html
from sq_graph.web.pages.questions import keep

__all__ = [
    "Desk",
    "RenderedPage",
    "address_of",
    "at",
    "html",
    "keep",
    "refused",
    "render",
    "warm_up",
]

_PLAIN: Mapping[str, View] = {
    "/": View(home.home),
    "/search": View(search.search, ("q", "kind", "work")),
    "/map": View(home.literature, ("concept",)),
    "/about": View(about.asked, ("thing", "view")),
    "/compare": View(compare.compare, compare.PARAMETERS),
    "/concepts": View(concepts.tree),
    "/typologies": View(typologies.typologies, ("compare", "undrawn", "readings")),
    "/disagreements": View(disagreements.disagreements, ("about",)),
    "/positions": View(positions.positions, ("senses", "asserted")),
    "/works": View(works.works),
    "/anomalies": View(works.anomalies),
    "/errata": View(works.anomalies),
    "/things": View(kinds.kinds),
    "/questions": View(questions.questions),
    "/ask": View(questions.questions),
    "/query": View(sparql.form, ("query",)),
}
_NAMED: Mapping[str, View] = {
    r"/about/((?:[a-z]+/)?[\w:.-]+)": View(about.about, ("view",)),
    r"/(matrices|tables|categories|agents|things/[a-z]+)": View(kinds.things),
    r"/ask/([\w-]+)": View(questions.ask, None),
    r"/answers/([\w-]+)": View(questions.kept),
    r"/clash/([\w-]+)/([\w-]+)": View(positions.clash, ("senses", "asserted")),
}
_OF_THINGS: Mapping[str | None, View] = {
    "concept": View(concepts.concept, sheet.PARAMETERS),
    "category": View(concepts.concept, sheet.PARAMETERS),
    "typology": View(typologies.typology, ("undrawn", "readings")),
    "matrix": View(typologies.matrix),
    "table": View(typologies.figures),
    "work": View(works.work),
    "agent": View(agents.agent),
}


def at(desk: Desk, address: str, iri: str = "") -> Page:
    """The page at an address, or of the thing that stands there.

    Raises UnknownName where there is none, and InputError for a parameter that the page does not
    have.

    >>> import sq_graph
    >>> at(Desk(sq_graph.open()), "/works/room-1999").title
    'Room 1999'
    """
    parts = urlsplit(address)
    path, query = parts.path.rstrip("/") or "/", parse_qs(parts.query)
    if path in _PLAIN and not iri:
        return _PLAIN[path].show(path, query, desk)
    for pattern, view in _NAMED.items():
        if (found := re.fullmatch(pattern, path)) and not iri:
            return view.show(path, query, desk, *found.groups())
    if path == "/thing" and not iri:
        iri = desk.atlas.find(first(query, "iri"))
        query = {name: given for name, given in query.items() if name != "iri"}
    iri = iri or _thing_at(desk, path)
    kind = kind_of(iri)
    other = View(about.thing, ("view",)) if kind or "#" in iri else View(works.file)
    return _OF_THINGS.get(kind, other).show(path, query, desk, iri)


def _thing_at(desk: Desk, path: str) -> str:
    found = re.fullmatch(r"/(?:things/([a-z]+)|([a-z]+))/([\w.-]+)", path)
    kind = (found[1] or KINDS.get(found[2])) if found else ""
    if not found or kind not in ALL_KINDS:
        raise UnknownName("page", path, _PLAIN, remedy="Look for it with the search")
    return desk.atlas.find(f"{kind}:{found[3]}", kind)


class RenderedPage(NamedTuple):
    """A page, or one of its downloads, as it is sent; `lasting` if it stays the same with the map,
    `place` where a client goes on instead.
    """

    status: int
    media: str
    body: bytes
    lasting: bool = True
    place: str = ""


def render(desk: Desk, address: str, form: str = "") -> RenderedPage:
    """The page at an address as HTML, or in the form of a download; a fault is a page as well.

    >>> import sq_graph
    >>> desk = Desk(sq_graph.open())
    >>> render(desk, "/works/room-1999").media
    'text/html; charset=utf-8'
    >>> render(desk, "/works/room-1999?colour=red").status
    400
    """
    if form == "object":
        return _as_object(desk, address)
    try:
        if data := _data(desk, address):
            return RenderedPage(200, "application/json", data.encode())
        page = at(desk, address)
        if not form or page.status != 200:
            return html(desk, page)
        body, media = take(page, form, desk), FORMS[form][1]
        media = media if form in BINARY else f"{media}; charset=utf-8"
        return RenderedPage(200, media, body, page.lasting)
    except SqGraphError as error:
        return refused(desk, error, address)


def _data(desk: Desk, address: str) -> str:
    """What stands at an address as JSON for everybody; empty where a page stands."""
    parts = urlsplit(address)
    query = parse_qs(parts.query)
    if parts.path not in ("/query/terms.json", "/search/begun.json", "/openapi.json"):
        return ""
    takes = ("q",) if parts.path == "/search/begun.json" else ()
    refuse_unknown(f"the address {parts.path}", query, takes)
    if takes:
        return json.dumps(desk.atlas.words.begun(first(query, "q")))
    if parts.path == "/openapi.json":
        return objects.openapi(desk, _PLAIN, _OF_THINGS)
    return sparql.terms(desk)


def _as_object(desk: Desk, address: str) -> RenderedPage:
    """The page at an address as a JSON object, or a problem."""
    parts = urlsplit(address)
    query = parse_qs(parts.query)
    own = {name: values for name, values in query.items() if name not in objects.PARTS}
    try:
        if data := _data(desk, address):
            return RenderedPage(200, "application/json", data.encode())
        page = at(desk, with_query(parts.path, **own))
        if page.status == 200:
            text = objects.to_object(page, parts.path, query)
            return RenderedPage(200, "application/json", text.encode(), page.lasting)
    except SqGraphError as error:
        page = _message(error, parts.path)
    text = problem(page.status, page.content["sentence"])
    return RenderedPage(page.status, "application/problem+json", text.encode())


def refused(desk: Desk, error: SqGraphError, address: str) -> RenderedPage:
    """A page that says why the one at an address cannot be shown."""
    return html(desk, _message(error, urlsplit(address).path))


def html(desk: Desk, page: Page) -> RenderedPage:
    """A page as HTML."""
    body = to_html(page, desk).encode()
    return RenderedPage(page.status, "text/html; charset=utf-8", body, page.lasting)


def _message(error: SqGraphError, path: str) -> Page:
    """A refusal as a page."""
    status = 501
    if isinstance(error, InputError):
        status = 404 if isinstance(error, UnknownName) else 400
    title = "There is no such page" if status == 404 else "That could not be answered"
    sentence, words = str(error), ""
    if isinstance(error, UnknownName):
        words = re.split(r"[/#:]", error.name)[-1].replace("-", " ")
    named = [expand(name) for name in re.findall(r"\b[a-z]+:[\w.-]+", sentence)]
    if isinstance(error, UnknownName) and error.kind in ALL_KINDS:
        named += [expand(f"{error.kind}:{slug}") for slug in error.suggestions]
    content = {
        "sentence": sentence[:1].upper() + sentence[1:],
        "named": [iri for iri in named if kind_of(iri)],
        "search": with_query("/search", q=words),
        "words": words,
    }
    return Page("message.html", title, path, content=content, status=status)


def warm_up(desk: Desk) -> None:
    """Works out what many pages need, so that all workers share it."""
    atlas = desk.atlas
    atlas.digest, atlas.words, desk.labels, desk.located  # noqa: B018 - kept where it is computed
    atlas.catalogue.questions()
    checked_statements(atlas.graph)
    with contextlib.suppress(SqGraphError):  # the page of positions says what is wrong
        html(desk, at(desk, "/positions"))
