"""The page for readers: every path of it, written once a map and kept until the map changes.

`routes` gives the routes that `web.app` puts behind the endpoint; `at` gives a page by its address, without a server,
which is how a site of plain files is made.
"""

from __future__ import annotations

import gzip
import os
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from sq_graph.errors import InputError, SqGraphError, UnknownName
from sq_graph.vocab import KINDS as ALL_KINDS
from sq_graph.vocab import kind_of
from sq_graph.web.pages import concepts, home, positions, questions, sparql, typologies, works
from sq_graph.web.pages.desk import KINDS, Desk, Room, address_of
from sq_graph.web.pages.page import FORMS, Page, Query, first, render, take

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from sq_graph.atlas import Atlas
    from sq_graph.web.settings import Settings

__all__ = ["HEADERS", "Desk", "Room", "address_of", "answers_folder", "at", "routes"]

HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
"""What every page is sent with: nothing may come from, or go to, another host."""

_PLAIN: Mapping[str, Callable[[Desk, Query], Page]] = {
    "/": home.home, "/search": home.search, "/map": home.literature, "/concepts": concepts.tree,
    "/typologies": typologies.typologies, "/positions": positions.positions, "/works": works.works,
    "/errata": works.errata, "/questions": questions.questions, "/query": sparql.form,
}  # fmt: skip
_OF_THINGS: Mapping[str, Callable[[Desk, str, Query], Page]] = {
    "concept": concepts.concept, "category": concepts.concept, "typology": typologies.typology,
    "matrix": typologies.matrix, "table": typologies.figures, "work": works.work, "agent": works.agent,
}  # fmt: skip
_KEPT = 300
"""Written pages that are kept in memory."""


def at(desk: Desk, address: str, iri: str = "") -> Page:
    """The page at an address, or of the thing that stands there; raises UnknownName where there is none.

    >>> import sq_graph
    >>> at(Desk(sq_graph.open()), "/works/room-1999").title
    'Room 1999'
    """
    parts = urlsplit(address)
    path, query = parts.path.rstrip("/") or "/", parse_qs(parts.query)
    if iri:
        return _thing(desk, iri, query)
    if path in _PLAIN:
        return _PLAIN[path](desk, query)
    if path == "/thing":
        return _thing(desk, desk.atlas.find(first(query, "iri")), query)
    if found := re.fullmatch(r"/ask/([\w-]+)", path):
        return questions.ask(desk, found[1], query)
    if found := re.fullmatch(r"/answers/([\w-]+)", path):
        return questions.kept(desk, found[1], query)
    if found := re.fullmatch(r"/clash/([\w-]+)/([\w-]+)", path):
        return positions.clash(desk, found[1], found[2], query)
    if found := re.fullmatch(r"/(?:things/([a-z]+)|([a-z]+))/([\w.-]+)", path):
        kind = found[1] or KINDS.get(found[2], "")
        if kind in ALL_KINDS:
            return _thing(desk, desk.atlas.find(f"{kind}:{found[3]}", kind), query)
    raise UnknownName("page", path, list(_PLAIN), remedy="Look for it with the search")


def _thing(desk: Desk, iri: str, query: Query) -> Page:
    kind = kind_of(iri)
    if kind is None and "#" not in iri:
        return works.file(desk, iri, query)
    return _OF_THINGS.get(kind or "", works.thing)(desk, iri, query)


class Shelf:
    """Pages as they are sent, written once and kept as long as the map stays the same."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], tuple[int, str, bytes]] = OrderedDict()
        self._desk: Desk | None = None

    def sent(self, address: str, form: str) -> tuple[int, str, bytes]:
        """Status, media type and gzipped body of a page, or of one of its downloads."""
        with self._lock:
            desk = self.room.desk()
            if desk is not self._desk:
                self._kept.clear()
                self._desk = desk
            if (address, form) in self._kept:
                self._kept.move_to_end((address, form))
                return self._kept[address, form]
            page, written = self._written(desk, address, form)
            if page.lasting and page.status == 200:
                self._kept[address, form] = written
                if len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
            return written

    def _written(self, desk: Desk, address: str, form: str) -> tuple[Page, tuple[int, str, bytes]]:
        page = at(desk, address)
        if not form:
            return page, (page.status, "text/html; charset=utf-8", _zipped(render(page, desk).encode()))
        body = take(page, form, desk)
        media = FORMS[form][0]
        return page, (200, f"{media}; charset=utf-8" if media != "image/png" else media, _zipped(body))

    def message(self, error: SqGraphError, address: str) -> tuple[int, str, bytes]:
        """A refusal as a page."""
        status = 404 if isinstance(error, UnknownName) else 400 if isinstance(error, InputError) else 501
        title = "There is no such page" if status == 404 else "That could not be answered"
        page = Page("message.html", title, address, content={"sentence": str(error)}, status=status)
        return status, "text/html; charset=utf-8", _zipped(render(page, self.room.desk()).encode())


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

    def source() -> Atlas:
        return open_map(*settings.folders, store=settings.store)

    return _routes(Room(source, settings.public_url, answers_folder(settings)), run)


def _routes(room: Room, run: sparql.Run) -> list[BaseRoute]:
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import RedirectResponse
    from starlette.responses import Response as Reply
    from starlette.routing import Mount, Route
    from starlette.staticfiles import StaticFiles

    shelf = Shelf(room)

    async def page(request: Request) -> Response:
        pairs = [(name, value) for name, value in request.query_params.multi_items() if name != "format"]
        form = request.query_params.get("format", "")
        address = _address(request.url.path, pairs)
        try:
            if request.url.path == "/query" and any(value for _, value in pairs):
                return _reply(request, *await _queried(shelf, pairs, run))
            return _reply(request, *await run_in_threadpool(shelf.sent, address, form))
        except SqGraphError as error:
            return _reply(request, *await run_in_threadpool(shelf.message, error, request.url.path))

    async def keep(request: Request) -> Response:
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return Reply("Answers are kept from this page only.\n", 403, HEADERS)
        given = parse_qs((await request.body())[:20_000].decode("utf-8", "replace"))
        try:
            desk = await run_in_threadpool(room.desk)
            form = {name: values[0] for name, values in given.items()}
            address = await run_in_threadpool(questions.keep, desk, form)
        except SqGraphError as error:
            return _reply(request, *await run_in_threadpool(shelf.message, error, "/answers"))
        return RedirectResponse(address, 303, HEADERS)

    async def terms(request: Request) -> Response:
        desk = await run_in_threadpool(room.desk)
        return Reply(sparql.terms(desk), 200, HEADERS, "application/json")

    static = StaticFiles(directory=Path(__file__).parent.parent / "static")
    folders = "|".join([*KINDS, "ask", "answers"])
    paths = [*_PLAIN, "/thing", "/things/{kind}/{slug}", "/clash/{a}/{b}"]
    return [
        Mount("/static", static),
        Route("/query/terms.json", terms),
        Route("/answers", keep, methods=["POST"]),
        *(Route(path, page) for path in paths),
        *(Route(f"/{folder}/{{slug}}", page) for folder in folders.split("|")),
    ]


async def _queried(shelf: Shelf, pairs: list[tuple[str, str]], run: sparql.Run) -> tuple[int, str, bytes]:
    from starlette.concurrency import run_in_threadpool

    desk = await run_in_threadpool(shelf.room.desk)
    query: dict[str, list[str]] = {}
    for name, value in pairs:
        query.setdefault(name, []).append(value)
    page = await sparql.asked(desk, query, run)
    body = await run_in_threadpool(render, page, desk)
    return page.status, "text/html; charset=utf-8", _zipped(body.encode())


def _address(path: str, pairs: list[tuple[str, str]]) -> str:
    from urllib.parse import urlencode

    return f"{path}?{urlencode(pairs)}" if pairs else path


def _reply(request: Request, status: int, media: str, body: bytes) -> Response:
    """A page as the client takes it: gzipped where it can, and only if it does not have it already."""
    import hashlib

    from starlette.responses import Response as Reply

    tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    headers = HEADERS | {"etag": tag, "cache-control": "no-cache", "vary": "accept-encoding"}
    if status == 200 and request.headers.get("if-none-match") == tag:
        return Reply(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Reply(body, status, headers | {"content-encoding": "gzip"}, media)
    return Reply(gzip.decompress(body), status, headers, media)


def _zipped(body: bytes) -> bytes:
    return gzip.compress(body, 6, mtime=0)
