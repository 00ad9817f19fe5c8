"""The web application: which path is answered by what."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from sq_graph.errors import EngineError, InputError
from sq_graph.graph.engine import rewritten
from sq_graph.graph.layout import packaged, workspace
from sq_graph.resources import VERSION
from sq_graph.vocab import BASE
from sq_graph.web import graph_store, linked_data, sparql
from sq_graph.web.cache import Cache, Kept
from sq_graph.web.errors import HEADERS, refusal, sentence_of
from sq_graph.web.forms.access import is_own_form
from sq_graph.web.forms.editing import Editing
from sq_graph.web.middleware import Middleware, has_token
from sq_graph.web.negotiation import TRIPLES, Choice, choose, quality, refuse_unknown
from sq_graph.web.pool import Pool, Reply
from sq_graph.web.settings import Settings
from sq_graph.web.sparql import Pairs

STATIC = Path(__file__).parent / "static"
LOOK = 1.0
"""Seconds between two looks at the files of the map."""
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH")
PAGE_HEADERS = HEADERS | {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
}
"""What every page is sent with: nothing may come from, or go to, another host."""
_ANSWERS = (
    Choice("text/html", "html"),
    Choice("application/json", "object"),
    Choice("application/sparql-results+json", "json"),
    Choice("text/csv", "csv"),
)
_PAGES = _ANSWERS[:2]
_ROBOTS = "User-agent: *\nDisallow: /sparql\nDisallow: /query\nDisallow: /*format=\n"
_NO_UPDATES = (
    "A map of text files does not change over SPARQL. Change it with atlas.edit() in Python, with "
    "sq-graph import, with the forms of the page or with an editor such as Protégé. SPARQL updates "
    "are for a store: sq-graph serve --store DIR."
)


class Application:
    """What the paths of one server share: its settings, its worker processes, its kept answers.

    `ready` is called when the processes have started; `failure` says why they have not.
    """

    def __init__(self, settings: Settings, ready: Callable[[], None]) -> None:
        self.settings, self.ready, self.failure = settings, ready, ""
        folders = () if settings.store else settings.folders
        self.layouts = [packaged(), *(workspace(folder) for folder in folders)]
        self.bases = list(dict.fromkeys([BASE, *(layout.base for layout in self.layouts)]))
        self.pool = Pool(settings)
        self.cache = Cache()
        self.writing = asyncio.Lock()
        self.is_ahead = False
        self.editing = Editing(self)

    @contextlib.asynccontextmanager
    async def running(self, _: Any = None) -> AsyncIterator[None]:
        """Keeps the processes running as long as the server runs."""
        stamp = self.stamp()
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(self.pool.stop)
            try:
                await self._start()
            except HTTPException as error:
                self.failure = error.detail
                raise EngineError(error.detail) from None
            if not self.settings.store:
                watching = asyncio.create_task(self._watch(stamp))
                stack.callback(watching.cancel)
            self.ready()
            yield

    async def _start(self) -> None:
        store = self.settings.store
        if store and not store.is_dir() and not self.settings.writable:
            raise HTTPException(
                400, f"There is no store at {store}. Load one with sq-graph load --store DIR FILE…."
            )
        await self.pool.start()
        if self.pool.failure:
            raise HTTPException(400, self.pool.failure)
        if self.settings.writable:
            await self._write({"do": "open"})

    def stamp(self) -> dict[str, tuple[int, int]]:
        """Every file of the map with its time of change and its size."""
        found = {}
        for layout in self.layouts:
            files = (file.path for file in layout.files())
            for path in (*files, *layout.queries(), *layout.shapes()):
                with contextlib.suppress(OSError):
                    about = path.stat()
                    found[str(path)] = about.st_mtime_ns, about.st_size
        return found

    async def _watch(self, loaded: dict[str, tuple[int, int]]) -> None:
        """Loads the map again when its files have changed, and then have stayed the same a
        moment.
        """
        before = loaded
        while True:
            await asyncio.sleep(LOOK)
            now = await asyncio.to_thread(self.stamp)
            if now == before and now != loaded:
                loaded = now
                await self.pool.load()
            before = now

    # ---- answers

    def origin(self, request: Request) -> str:
        """The address of this server as its visitors see it."""
        host = request.headers.get("host", "localhost")
        return self.settings.public_url.rstrip("/") or f"{request.url.scheme}://{host}"

    async def answer(
        self,
        request: Request,
        task: dict[str, Any],
        is_stable: bool = True,
        headers: dict[str, str] = HEADERS,
    ) -> Response:
        """The answer to a task, perhaps one that was given before."""
        task["gzip"] = _takes_gzip(request)
        await self._catch_up()
        state = self.pool.state
        key = tuple(map(str, task.values())) if is_stable else None
        if kept := self.cache.get(key, state):
            return _respond(request, kept)
        reply = await self.run(task, request)
        found = headers | ({"content-type": reply.media})
        if reply.head.get("gzip"):
            found["content-encoding"] = "gzip"
        if not reply.is_complete:
            found["content-length"] = str(reply.size)
            request.scope["state"]["rows"] = reply.head.get("rows", 0)
            return StreamingResponse(reply.stream(), reply.status, found)
        if reply.status >= 400 and reply.media == "text/plain":
            raise HTTPException(reply.status, reply.body().decode())
        if reply.status == 200:
            digest = hashlib.blake2b(reply.body(), digest_size=12).hexdigest()
            found["etag"] = f'"{digest}"'
        answer = Kept(reply.status, found, reply.body(), reply.head.get("rows"))
        if reply.status == 200 and reply.head.get("lasting", True):
            self.cache.keep(key, state, answer)
        return _respond(request, answer)

    async def run(self, task: dict[str, Any], request: Request) -> Reply:
        """The reply to a task; raises HTTPException where there is none."""
        await self._catch_up()
        try:
            return await self.pool.run(task, request.receive)
        except HTTPException as refused:
            if "retry-after" in (refused.headers or {}):  # not at once, and not to all at once
                await asyncio.sleep(random.uniform(0.2, 0.8))
            raise

    async def refused(self, request: Request, error: Exception) -> Response:
        """What went wrong: a sentence, or for a browser that finds nothing a page."""
        if isinstance(error, InputError):
            error = HTTPException(400, sentence_of(error))
        assert isinstance(error, HTTPException)
        is_page = "text/html" in request.headers.get("accept", "")
        if error.status_code == 404 and is_page and request.method == "GET":
            with contextlib.suppress(HTTPException):
                return await self._page(request, "/nothing", "", "")
        sentence = error.detail if error.detail.endswith((".", ")")) else sentence_of(error)
        accept = request.headers.get("accept", "*/*")
        return refusal(accept, error.status_code, sentence, error.headers)

    # ---- SPARQL

    async def sparql(self, request: Request) -> Response:
        """`/sparql`: a query or an update; without either, the description of the service."""
        _require(request, "GET", "HEAD", "POST")
        pairs = await sparql.parameters_of(request)
        asked = sparql.operation(pairs)
        url = self.origin(request) + request.scope["path"]
        if asked and asked[0] == "query":
            request.scope["state"]["text"] = asked[1]
            task = sparql.query_task(request, pairs, asked[1], url)
            return await self.answer(request, task, sparql.is_stable(asked[1]))
        if asked:
            return await self._update(request, pairs, asked[1])
        if request.method == "POST" or pairs:
            raise HTTPException(400, "The request has no query. Send one as the parameter query.")
        accept = request.headers.get("accept", "")
        if quality("text/html", accept) > quality("text/turtle", accept):
            return self._redirect("/query", 303)
        text = sparql.service_description(self.settings, f"{self.origin(request)}/sparql", url)
        return _document(request, text)

    async def update(self, request: Request) -> Response:
        """`/update`: an update."""
        _require(request, "POST")
        self._permit(request)
        pairs = await sparql.parameters_of(request)
        asked = sparql.operation(pairs)
        if asked is None or asked[0] != "update":
            raise HTTPException(400, "The request has no update. Send one as parameter update.")
        return await self._update(request, pairs, asked[1])

    async def _update(self, request: Request, pairs: Pairs, text: str) -> Response:
        _require(request, "POST")
        self._permit(request)
        request.scope["state"]["text"] = text
        using = sparql.values(pairs, "using-graph-uri")
        named = sparql.values(pairs, "using-named-graph-uri")
        base = self.origin(request) + request.scope["path"]
        task = {"do": "update", "base": base, "using": using, "using_named": named}
        await self._write(task, text.encode())
        return Response(status_code=204)

    async def graphs(self, request: Request) -> Response:
        """`/graphs`: whole graphs by GET, PUT, POST and DELETE."""
        _require(request, "GET", "HEAD", "PUT", "POST", "DELETE")
        base = "" if self.settings.store else self.layouts[-1].base
        if request.method not in ("GET", "HEAD"):
            self._permit(request)
        path, origin = request.scope["path"], self.origin(request)
        _refuse_others(request, "graph", "default", "format")
        graph, is_new = graph_store.graph_of(request, path, origin, base)
        if request.method in ("GET", "HEAD"):
            form = sparql.form_of(_triples(request))
            return await self.answer(request, {"kind": "graph", "graph": graph, "triples": form})
        if request.method == "DELETE":
            if not await self._write({"do": "delete", "graph": graph}):
                raise HTTPException(404, "There is no graph of this name.")
            return PlainTextResponse("The graph was removed.\n")
        bodies = await graph_store.bodies_of(request)
        task = {
            "do": request.method.lower(),
            "graph": graph,
            "base": graph or origin + path,
            "parts": [(form, len(body)) for form, body in bodies],
        }
        content = b"".join(body for _, body in bodies)
        if await self._write(task, content):
            place = {"location": graph} if graph and is_new else None
            return PlainTextResponse("The graph is new.\n", 201, place)
        if request.method == "PUT" or not content.strip():
            return Response(status_code=204)
        return PlainTextResponse("The statements were added.\n")

    def _permit(self, request: Request) -> None:
        """Raises HTTPException for who may not write here."""
        if not self.settings.store:
            raise HTTPException(403, _NO_UPDATES)
        if not self.settings.writable:
            sentence = "Writing is off. The operator of this server can turn it on with a token."
            raise HTTPException(403, sentence)
        if not has_token(request, self.settings):
            raise _token_needed("Writing")

    async def _write(self, task: dict[str, Any], body: bytes = b"") -> bool:
        """Has one change made; raises HTTPException if it was not, and then nothing has changed."""
        async with self.writing:
            return await self._written(task, body)

    async def _written(self, task: dict[str, Any], body: bytes = b"") -> bool:
        content = {"kind": "write", **task, "in_use": self.pool.in_use()}
        reply = await self.pool.run(content, body=body)
        if reply.status >= 400:
            raise HTTPException(reply.status, reply.body().decode())
        place = reply.head["place"]
        self.is_ahead = not place
        if place:
            self.pool.show(place)
        return bool(reply.head["done"])

    async def _catch_up(self) -> None:
        """Lets readers see what was written since the last of them read."""
        if self.is_ahead:
            async with self.writing:
                if self.is_ahead:
                    await self._written({"do": "open"})

    # ---- other paths

    async def void(self, request: Request) -> Response:
        """`/.well-known/void`: the dataset with its counts."""
        _refuse_others(request, "format")
        origin = self.origin(request)
        reply = await self.run({"kind": "void", "endpoint": f"{origin}/sparql"}, request)
        return _document(request, reply.body().decode())

    async def health(self, request: Request) -> Response:
        """`/health`: whether queries are answered, and which file is broken, if any."""
        _refuse_others(request)
        task = {"kind": "query", "text": "ASK {}", "rows": ("csv", ""), "triples": None}
        try:
            is_well = (await self.pool.run(task, request.receive)).status == 200
        except HTTPException:
            is_well = False
        lane = self.pool.lanes["query"]
        return JSONResponse(
            {
                "status": "ok" if is_well else "busy",
                "version": VERSION,
                "broken": self.pool.failure or None,
                "workers": sum(bool(one.pid) and not one.is_slow for one in lane.workers),
                "waiting": sum(len(one.waiting) for one in self.pool.lanes.values()),
                "writable": self.settings.writable,
            }
        )

    async def iri(self, request: Request) -> Response:
        """The path of an IRI: its statements, or the way to them or to its page."""
        wanted = linked_data.wanted(request, request.scope["path"], self.bases)
        form = sparql.form_of(wanted.document)
        task = {"kind": "resource", "iris": wanted.iris, "triples": form, "rows": None}
        if form:
            return await self.answer(request, task)
        reply = await self.run(task, request)
        if reply.status >= 400:
            raise HTTPException(reply.status, reply.body().decode())
        return self._redirect(wanted.redirect or reply.head["page"], 303)

    async def keep(self, request: Request) -> Response:
        """`POST /answers`: keeps an answer, for the forms of this server and for who has the
        token.
        """
        if not is_own_form(request, self.origin(request)) and not has_token(request, self.settings):
            raise _token_needed("Keeping an answer")
        fields = dict(sparql.decoded_form((await request.body())[:20_000]))
        reply = await self.run({"kind": "keep", "fields": fields}, request)
        if reply.status >= 400:
            raise HTTPException(reply.status, reply.body().decode())
        return self._redirect(reply.head["page"], 303)

    async def other(self, request: Request) -> Response:
        """Every other path: the IRI of a thing, or a page."""
        _require(request, "GET", "HEAD")
        path = request.scope["path"]
        if path != "/" and path.endswith("/"):
            query = request.url.query
            return self._redirect(f"/{path.strip('/')}{'?' + query if query else ''}", 308)
        if linked_data.is_iri(path):
            return await self.iri(request)
        pairs = sparql.address_parameters(request)
        form = next((value for name, value in pairs if name == "format"), "")
        if not form:
            offered = _ANSWERS if path.startswith("/ask/") else _PAGES
            choice = choose(request.headers.get("accept", ""), offered)
            form = choice.form if choice and choice.form != "html" else ""
        query = urlencode([pair for pair in pairs if pair[0] != "format"])
        answer = await self._page(request, path, query, form)
        if answer.status_code != 404:
            return answer
        try:  # perhaps it is the IRI of a file, or of a thing with a path of its own
            return await self.iri(request)
        except (HTTPException, InputError):
            if form == "object" or "text/html" in request.headers.get("accept", ""):
                return answer
            raise

    async def _page(self, request: Request, path: str, query: str, form: str) -> Response:
        task = {
            "kind": "picture" if form == "png" else "page",
            "address": f"{path}?{query}" if query else path,
            "form": form,
            "notice": self.pool.failure,
        }
        return await self.answer(request, task, headers=PAGE_HEADERS)

    def _redirect(self, place: str, status: int) -> Response:
        return RedirectResponse(self.settings.prefix + place, status, {"vary": "Accept"})


def create_app(own: Application) -> Middleware:
    """The ASGI application, whose processes start with it."""
    routes = [
        *(Route(path, own.sparql, methods=METHODS) for path in ("/sparql", "/sparql/")),
        *(Route(path, own.update, methods=METHODS) for path in ("/update", "/update/")),
        Route("/graphs", own.graphs, methods=METHODS),
        Route("/graphs/{rest:path}", own.graphs, methods=METHODS),
        Route("/health", own.health),
        Route("/.well-known/void", own.void),
        Route("/answers", own.keep, methods=["POST"]),
        Route("/edit/sign-in", own.editing.sign_in, methods=["POST"]),
        *(Route(path, own.editing.form) for path in ("/edit", "/edit/{rest:path}")),
        *(Route(path, own.editing.save, methods=["POST"]) for path in ("/edit/{rest:path}",)),
        Route("/robots.txt", lambda _: PlainTextResponse(_ROBOTS)),
        Route("/favicon.ico", lambda _: FileResponse(STATIC / "icon.svg")),
        Mount("/static", StaticFiles(directory=STATIC)),
        Route("/{path:path}", own.other, methods=METHODS),
    ]
    handlers: Any = {HTTPException: own.refused, InputError: own.refused}
    app = Starlette(routes=routes, lifespan=own.running, exception_handlers=handlers)
    return Middleware(app, own.settings)


def _require(request: Request, *methods: str) -> None:
    """Raises HTTPException for any other method."""
    if request.method not in methods:
        allowed = ", ".join(methods)
        sentence = f"{request.method} is not possible here. Use {allowed}."
        raise HTTPException(405, sentence, {"allow": allowed})


def _refuse_others(request: Request, *known: str) -> None:
    """Raises InputError for a parameter of the address that is not among those known."""
    sent = dict(sparql.address_parameters(request))
    refuse_unknown(f"the address {request.scope['path']}", sent, known)


def _token_needed(what: str) -> HTTPException:
    sentence = f"{what} needs the header Authorization: Bearer with the right token."
    return HTTPException(401, sentence, {"www-authenticate": "Bearer"})


def _takes_gzip(request: Request) -> bool:
    accept = request.headers.get("accept-encoding", "")
    return "gzip" in accept and quality("gzip", accept) > 0


def _triples(request: Request) -> Choice:
    """The form of triples that a client likes best; raises HTTPException if there is none."""
    choice = choose(sparql.accepted(request, sparql.address_parameters(request)), TRIPLES)
    if choice is None:
        listed = ", ".join(dict.fromkeys(one.media_type for one in TRIPLES))
        raise HTTPException(
            406, f"None of the forms you accept can be written. There are {listed}."
        )
    return choice


def _document(request: Request, turtle: str) -> Response:
    """A Turtle text of our own in the form that the client likes best."""
    choice, body = _triples(request), turtle.encode()
    if choice.form != "turtle":
        body = rewritten(body, "turtle", choice.form)
    return Response(body, 200, HEADERS | {"content-type": choice.header})


def _respond(request: Request, answer: Kept) -> Response:
    """An answer, or that the client has it already."""
    if answer.rows is not None:
        request.scope["state"]["rows"] = answer.rows
    tag = answer.headers.get("etag")
    if tag and tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=answer.headers)
    return Response(answer.body, answer.status, answer.headers)
