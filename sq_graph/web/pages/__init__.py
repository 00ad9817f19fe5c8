"""The page for readers: every path of it, written once a map and kept until the map changes.

`routes` gives the routes that `web.app` puts behind the endpoint; `at` gives a page by its address, without a server,
which is how a site of plain files is made.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

from sq_graph.errors import InputError, SqGraphError, UnknownName
from sq_graph.vocab import KINDS as ALL_KINDS
from sq_graph.vocab import expand, kind_of
from sq_graph.web.pages import (
    about,
    concepts,
    home,
    positions,
    questions,
    search,
    sparql,
    typologies,
    works,
)
from sq_graph.web.pages.desk import KINDS, Desk, Room, address_of
from sq_graph.web.pages.page import FORMS, Page, View, first, render, take, with_query

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from sq_graph.web.settings import Settings

__all__ = ["HEADERS", "Desk", "Room", "address_of", "answers_folder", "at", "routes"]

HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
"""What every page is sent with: nothing may come from, or go to, another host."""

_PLAIN: Mapping[str, View] = {
    "/": View(home.home),
    "/search": View(search.search, ("q", "kind", "work")),
    "/map": View(home.literature, ("concept",)),
    "/about": View(about.asked, ("thing",)),
    "/concepts": View(concepts.tree),
    "/typologies": View(typologies.typologies, ("compare", "undrawn", "readings")),
    "/positions": View(positions.positions, ("senses", "asserted")),
    "/works": View(works.works),
    "/errata": View(works.errata),
    "/questions": View(questions.questions),
    "/query": View(sparql.form, ("query",)),
}
_NAMED: Mapping[str, View] = {
    r"/about/((?:[a-z]+/)?[\w:.-]+)": View(about.about),
    r"/ask/([\w-]+)": View(questions.ask, None),
    r"/answers/([\w-]+)": View(questions.kept),
    r"/clash/([\w-]+)/([\w-]+)": View(positions.clash, ("senses", "asserted")),
}
_OF_THINGS: Mapping[str | None, View] = {
    "concept": View(concepts.concept, ("sort", "filter")),
    "category": View(concepts.concept, ("sort", "filter")),
    "typology": View(typologies.typology, ("undrawn", "readings")),
    "matrix": View(typologies.matrix),
    "table": View(typologies.figures),
    "work": View(works.work),
    "agent": View(works.agent),
}
_KEPT = 300
"""Written pages that are kept in memory."""


def at(desk: Desk, address: str, iri: str = "") -> Page:
    """The page at an address, or of the thing that stands there.

    Raises UnknownName where there is none, and InputError for a parameter that the page does not have.

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
    other = View(about.thing if kind or "#" in iri else works.file)
    return _OF_THINGS.get(kind, other).show(path, query, desk, iri)


def _thing_at(desk: Desk, path: str) -> str:
    found = re.fullmatch(r"/(?:things/([a-z]+)|([a-z]+))/([\w.-]+)", path)
    kind = (found[1] or KINDS.get(found[2])) if found else ""
    if not found or kind not in ALL_KINDS:
        raise UnknownName("page", path, _PLAIN, remedy="Look for it with the search")
    return desk.atlas.find(f"{kind}:{found[3]}", kind)


class Sent(NamedTuple):
    """A page, or one of its downloads, as it is sent; the body is gzipped."""

    status: int
    media: str
    body: bytes


def write(page: Page, desk: Desk, form: str = "") -> Sent:
    """A page as HTML, or in the form of a download."""
    if not form:
        return Sent(
            page.status,
            "text/html; charset=utf-8",
            gzip.compress(render(page, desk).encode(), 6, mtime=0),
        )
    body, media = take(page, form, desk), FORMS[form][1]
    return Sent(
        200, media if form == "png" else f"{media}; charset=utf-8", gzip.compress(body, 6, mtime=0)
    )


class Shelf:
    """Pages as they are sent, written once and kept as long as the map stays the same."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], Sent] = {}
        self._desk: Desk | None = None

    def sent(self, address: str, form: str) -> Sent:
        """A page, or one of its downloads."""
        with self._lock:
            desk = self.room.desk()
            if desk is not self._desk:
                self._desk, self._kept = desk, {}
            if sent := self._kept.pop((address, form), None):
                self._kept[address, form] = sent
                return sent
            page = at(desk, address)
            sent = write(page, desk, form)
            if page.lasting and sent.status == 200:
                self._kept[address, form] = sent
            if len(self._kept) > _KEPT:
                del self._kept[next(iter(self._kept))]
            return sent

    def message(self, error: SqGraphError, address: str) -> Sent:
        """A refusal as a page."""
        status = (
            404 if isinstance(error, UnknownName) else 400 if isinstance(error, InputError) else 501
        )
        title = "There is no such page" if status == 404 else "That could not be answered"
        desk, sentence = self.room.desk(), str(error)
        named = [expand(name) for name in re.findall(r"\b[a-z]+:[\w.-]+", sentence)]
        words = (
            re.split(r"[/#:]", error.name)[-1].replace("-", " ")
            if isinstance(error, UnknownName)
            else ""
        )
        content = {
            "sentence": sentence,
            "named": [iri for iri in named if kind_of(iri)],
            "search": with_query("/search", q=words),
            "words": words,
        }
        return write(Page("message.html", title, address, content=content, status=status), desk)


def answers_folder(settings: Settings) -> Path | None:
    """Where answers are kept: `SQ_GRAPH_ANSWERS`, else in the workspace, else, on one's own machine, at home."""
    if named := os.environ.get("SQ_GRAPH_ANSWERS"):
        return Path(named)
    if settings.folders:
        return settings.folders[-1] / "answers"
    home_folder = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return home_folder / "sq-graph" / "answers" if settings.is_local else None


def routes(settings: Settings, run: sparql.Run) -> list[BaseRoute]:
    """The routes of all pages; `run` answers a stranger's query in the endpoint's workers."""
    from sq_graph.atlas import open as open_map

    room = Room(
        lambda: open_map(*settings.folders, store=settings.store),
        settings.public_url,
        answers_folder(settings),
    )
    return _routes(room, run)


def _routes(room: Room, run: sparql.Run) -> list[BaseRoute]:
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import RedirectResponse
    from starlette.responses import Response as Reply
    from starlette.routing import Mount, Route
    from starlette.staticfiles import StaticFiles

    shelf = Shelf(room)

    async def page(request: Request) -> Response:
        path, form = request.url.path, request.query_params.get("format", "")
        query = urlencode(
            [pair for pair in request.query_params.multi_items() if pair[0] != "format"]
        )
        try:
            if path == "/query" and (given := parse_qs(query)):
                _PLAIN[path].check(path, given)
                desk = await run_in_threadpool(room.desk)
                asked = await sparql.asked(desk, given, run)
                sent = await run_in_threadpool(
                    write, asked, desk, form if asked.status == 200 else ""
                )
            else:
                sent = await run_in_threadpool(
                    shelf.sent, f"{path}?{query}" if query else path, form
                )
        except SqGraphError as error:
            sent = await run_in_threadpool(shelf.message, error, path)
        return _reply(request, sent)

    async def keep(request: Request) -> Response:
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return Reply("Answers are kept from this page only.\n", 403, HEADERS)
        given = parse_qs((await request.body())[:20_000].decode("utf-8", "replace"))
        try:
            desk = await run_in_threadpool(room.desk)
            address = await run_in_threadpool(
                questions.keep, desk, {name: first(given, name) for name in given}
            )
        except SqGraphError as error:
            return _reply(request, await run_in_threadpool(shelf.message, error, "/answers"))
        return RedirectResponse(address, 303, HEADERS)

    async def terms(_: Request) -> Response:
        return Reply(
            sparql.terms(await run_in_threadpool(room.desk)), 200, HEADERS, "application/json"
        )

    async def begun(request: Request) -> Response:
        desk = await run_in_threadpool(room.desk)
        labels = desk.atlas.words.begun(request.query_params.get("q", ""))
        return Reply(json.dumps(labels), 200, HEADERS, "application/json")

    paths = [*_PLAIN, "/thing", "/things/{kind}/{slug}", "/clash/{a}/{b}", "/about/{kind}/{slug}"]
    paths += [f"/{folder}/{{slug}}" for folder in (*KINDS, "about", "ask", "answers")]
    return [
        Mount("/static", StaticFiles(directory=Path(__file__).parent.parent / "static")),
        Route("/query/terms.json", terms),
        Route("/search/begun.json", begun),
        Route("/answers", keep, methods=["POST"]),
        *(Route(path, page) for path in paths),
    ]


def _reply(request: Request, sent: Sent) -> Response:
    """A page as the client takes it: gzipped where it can, and only if it does not have it already."""
    from starlette.responses import Response as Reply

    tag = f'"{hashlib.sha256(sent.body).hexdigest()[:20]}"'
    headers = HEADERS | {"etag": tag, "cache-control": "no-cache", "vary": "accept-encoding"}
    if sent.status == 200 and request.headers.get("if-none-match") == tag:
        return Reply(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Reply(sent.body, sent.status, headers | {"content-encoding": "gzip"}, sent.media)
    return Reply(gzip.decompress(sent.body), sent.status, headers, sent.media)
