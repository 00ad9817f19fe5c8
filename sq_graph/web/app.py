"""The web application: which path is answered by what."""

import asyncio
import contextlib
import hashlib
import random
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route, Router
from starlette.staticfiles import StaticFiles

from sq_graph.errors import InputError
from sq_graph.graph.digest import state_of
from sq_graph.graph.layout import packaged, workspace
from sq_graph.resources import VERSION
from sq_graph.table import as_json
from sq_graph.vocab import BASE
from sq_graph.web import graph_store, sparql
from sq_graph.web.cache import Cache, Kept
from sq_graph.web.errors import HEADERS, refusal, sentence_of, token_needed
from sq_graph.web.middleware import Middleware, has_token
from sq_graph.web.negotiation import quality
from sq_graph.web.pages.forms.editing import Editing
from sq_graph.web.pages.paths import Pages
from sq_graph.web.pool import Pool, Reply
from sq_graph.web.settings import Settings
from sq_graph.web.sparql import Parameters

STATIC = Path(__file__).parent / "static"
LOOK = 1.0
"""Seconds between two looks at the files of the map."""
METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE")
"""The methods of requests, in the order in which a refusal lists those that are possible."""
_ROBOTS = "User-agent: *\nDisallow: /sparql\nDisallow: /query\nDisallow: /*format=\n"
_WRITING_IS_OFF = "Writing is off. The operator of this server can turn it on with a token."
_NO_CONDITIONS = "Conditions of a write are not compared here, so nothing was written. Send none."
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
        self.is_ahead = settings.writable
        """Whether the store says something else than the copy that readers see."""
        self.pages, self.editing = Pages(self), Editing(self)

    @contextlib.asynccontextmanager
    async def running(self, _: Any = None) -> AsyncIterator[None]:
        """Keeps the processes running as long as the server runs."""
        stamps = self._stamps()
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(self.pool.stop)
            try:
                await self._start()
            except HTTPException as error:
                self.failure = error.detail
                raise
            if not self.settings.writable:  # else nobody but this server changes the store
                watching = asyncio.create_task(self._watch(stamps))
                stack.callback(watching.cancel)
            self.ready()
            yield

    async def _start(self) -> None:
        store = self.settings.store
        if store and not (store / "CURRENT").is_file() and not self.settings.writable:
            remedy = "Load one with sq-graph load --store DIR FILE…."
            raise HTTPException(400, f"There is no store at {store}. {remedy}")
        await self.pool.start()
        if self.pool.failure:
            raise HTTPException(400, self.pool.failure)
        await self._catch_up()

    def _stamps(self) -> list[Any]:
        if self.settings.store:
            return state_of(self.settings.store)
        return [layout.stamps("ontology", "queries", "shapes") for layout in self.layouts]

    async def _watch(self, loaded: list[Any]) -> None:
        """Loads the map or store again when its files have changed, and then have stayed the same a
        moment.
        """
        before = loaded
        while True:
            await asyncio.sleep(LOOK)
            now = await asyncio.to_thread(self._stamps)
            if now == before and now != loaded:
                loaded = now
                await self.pool.load()
            before = now

    # ---- answers

    def origin(self, request: Request) -> str:
        """The address of this server as its visitors see it."""
        if public := self.settings.public_url:
            return public.rstrip("/")
        return f"{request.scope['scheme']}://{request.headers.get('host', 'localhost')}"

    async def answer(
        self, request: Request, task: dict[str, Any], is_stable: bool = True, kind: str = "every"
    ) -> Response:
        """The answer to a task, perhaps one that was given before."""
        encodings = request.headers.get("accept-encoding", "")
        task["gzip"] = "gzip" in encodings and quality("gzip", encodings) > 0
        await self._catch_up()
        state = self.pool.state
        key = tuple(map(str, task.values())) if is_stable else None
        if kept := self.cache.get(key, state):
            return _respond(request, kept)
        reply = await self.run(task, request)
        found = HEADERS[kind] | {"content-type": reply.media}
        if reply.head.get("gzip"):
            found["content-encoding"] = "gzip"
        if not reply.is_complete:
            found["content-length"] = str(reply.size)
            request.scope["state"]["rows"] = reply.head.get("rows", 0)
            return StreamingResponse(reply.stream(), reply.status, found)
        if reply.status == 200:
            digest = hashlib.blake2b(reply.body(), digest_size=12).hexdigest()
            found["etag"] = f'"{digest}"'
        response = Response(reply.body(), reply.status, found)
        answer = Kept(response, found, reply.head.get("rows"))
        if reply.status == 200 and reply.head.get("lasting", True):
            self.cache.keep(key, state, answer)
        return _respond(request, answer)

    async def run(self, task: dict[str, Any], request: Request) -> Reply:
        """The reply to a task; raises HTTPException where there is none."""
        await self._catch_up()
        end = asyncio.get_running_loop().time() + self.settings.timeout
        try:
            return await self.pool.run(task, request.receive)
        except HTTPException as refused:
            # not at once, and not to all at once: a flood would ask again in the same moment
            if "retry-after" in (refused.headers or {}) or self.pool.is_strained:
                left = end - asyncio.get_running_loop().time()
                await asyncio.sleep(min(random.uniform(0.2, 0.8), max(0.0, left)))
            raise

    async def refused(self, request: Request, error: Exception) -> Response:
        """What went wrong: a sentence, or for a browser that finds nothing a page."""
        if isinstance(error, InputError):
            error = HTTPException(400, sentence_of(error))
        if not isinstance(error, HTTPException):
            traceback.print_exception(error)
            error = HTTPException(500, "Something went wrong in the server. Its log says what.")
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["Allow"] = ", ".join(one for one in METHODS if one in headers["Allow"])
            if request.method == "OPTIONS":
                return Response(status_code=204, headers=headers)
            error.detail = f"{request.method} is not possible here. Use {headers['Allow']}."
        accept = request.headers.get("accept", "*/*")
        if error.status_code == 404 and "text/html" in accept and request.method == "GET":
            with contextlib.suppress(HTTPException):
                return await self.pages.page(request, request.scope["path"])
        sentence, prefix = sentence_of(error), self.settings.prefix
        return refusal(accept, error.status_code, sentence, headers, prefix)

    # ---- SPARQL

    async def sparql(self, request: Request) -> Response:
        """`/sparql`: a query or an update; without either, the description of the service."""
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
        return self.pages.service(request, url)

    async def update(self, request: Request) -> Response:
        """`/update`: an update."""
        self._permit_update(request)
        pairs = await sparql.parameters_of(request)
        if (asked := sparql.operation(pairs)) and asked[0] == "update":
            return await self._update(request, pairs, asked[1])
        raise HTTPException(400, "The request has no update. Send one as parameter update.")

    async def _update(self, request: Request, pairs: Parameters, text: str) -> Response:
        self._permit_update(request)
        request.scope["state"]["text"] = text
        using = sparql.values(pairs, "using-graph-uri")
        named = sparql.values(pairs, "using-named-graph-uri")
        base = self.origin(request) + request.scope["path"]
        task = {"do": "update", "base": base, "using": using, "using_named": named}
        await self._write(task, text.encode())
        return Response(status_code=204)

    async def graphs(self, request: Request) -> Response:
        """`/graphs`: whole graphs by GET, PUT, POST and DELETE."""
        is_read = request.method in ("GET", "HEAD")
        if not is_read:
            self._permit(request)
            if "if-match" in request.headers or "if-none-match" in request.headers:
                raise HTTPException(412, _NO_CONDITIONS)
        sparql.refuse_others(request, "graph", "default", "format")
        base = "" if self.settings.store else self.layouts[-1].base
        address = self.origin(request) + request.scope["path"]
        graph, is_new = graph_store.graph_of(request, address, base)
        if is_read:
            form = sparql.form_of(sparql.chosen_triples(request))
            return await self.answer(request, {"kind": "graph", "graph": graph, "triples": form})
        if request.method == "DELETE":
            if await self._write({"do": "delete", "graph": graph}):
                return PlainTextResponse("The graph was removed.\n")
            raise HTTPException(404, "There is no graph of this name.")
        bodies = await graph_store.bodies_of(request)
        do, parts = request.method.lower(), [(form, len(body)) for form, body in bodies]
        task = {"do": do, "graph": graph, "base": graph or address, "parts": parts}
        content = b"".join(body for _, body in bodies)
        if await self._write(task, content):
            place = {"location": graph} if graph and is_new else None
            return PlainTextResponse("The graph is new.\n", 201, place)
        if request.method == "PUT" or not content.strip():
            return Response(status_code=204)
        return PlainTextResponse("The statements were added.\n")

    def _permit_update(self, request: Request) -> None:
        """Raises HTTPException unless an update is sent as it has to be, by who may write."""
        if request.method != "POST":
            raise HTTPException(405, headers={"Allow": "POST"})
        self._permit(request)

    def _permit(self, request: Request) -> None:
        """Raises HTTPException for who may not write here."""
        if not self.settings.store:
            raise HTTPException(403, _NO_UPDATES)
        if not self.settings.writable:
            raise HTTPException(403, _WRITING_IS_OFF)
        if not has_token(request, self.settings):
            raise token_needed("Writing")

    async def _write(self, task: dict[str, Any], body: bytes = b"") -> bool:
        """Has one change made; raises HTTPException if it was not, and then nothing has changed."""
        async with self.writing:
            if task["do"] == "open" and not self.is_ahead:  # another reader had it made meanwhile
                return False
            content = {"kind": "write", **task, "in_use": self.pool.in_use()}
            head = (await self.pool.run(content, body=body)).head
            self.is_ahead = not head["place"]
            if head["place"]:
                self.pool.show(head["place"])
            return bool(head["done"])

    async def _catch_up(self) -> None:
        """Lets readers see what was written since the last of them read."""
        if self.is_ahead:
            await self._write({"do": "open"})

    # ---- other paths

    async def health(self, request: Request) -> Response:
        """`/health`: whether queries are answered, and which file is broken, if any."""
        sparql.refuse_others(request)
        task = {"kind": "query", "text": "ASK {}", "rows": ("csv", ""), "triples": None}
        status, lane = "busy", self.pool.lanes["query"]
        with contextlib.suppress(HTTPException):
            await self.pool.run(task, request.receive)
            status = "ok"
        found = {
            "status": status,
            "version": VERSION,
            "broken": self.pool.failure or None,
            "workers": sum(bool(one.pid) and not one.is_slow for one in lane.workers),
            "waiting": sum(len(one.waiting) for one in self.pool.lanes.values()),
            "writable": self.settings.writable,
        }
        return Response(as_json(found), media_type="application/json")


class _Endpoint:
    """A function that answers requests, as an ASGI application; Starlette would wrap it thrice."""

    def __init__(self, function: Callable[[Request], Awaitable[Response]]) -> None:
        self.function = function

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answers one request."""
        response = await self.function(Request(scope, receive))
        await response(scope, receive, send)


def create_app(own: Application) -> Middleware:
    """The ASGI application, whose processes start with it."""

    def route(paths: str, endpoint: Any, methods: str = "GET HEAD") -> list[Route]:
        app = endpoint if isinstance(endpoint, Response) else _Endpoint(endpoint)
        return [Route(path, app, methods=methods.split()) for path in paths.split()]

    routes = [
        *route("/sparql /sparql/", own.sparql, "GET HEAD POST"),
        # by whatever method, since GET would find a page
        *route("/update /update/", own.update, "OPTIONS PATCH " + " ".join(METHODS)),
        *route("/graphs /graphs/{rest:path}", own.graphs, " ".join(METHODS)),
        *route("/health", own.health),
        *route("/.well-known/void", own.pages.void),
        *route("/answers", own.pages.keep, "POST"),
        *route("/edit", own.editing.form),
        *route("/edit/{rest:path}", own.editing.visit, "GET HEAD POST"),
        *route("/robots.txt", PlainTextResponse(_ROBOTS)),
        *route("/favicon.ico", FileResponse(STATIC / "icon.svg")),
        Mount("/static", StaticFiles(directory=STATIC)),
        *route("/{path:path}", own.pages.show),
    ]
    return Middleware(Router(routes, lifespan=own.running), own.settings, own.refused)


def _respond(request: Request, answer: Kept) -> Response:
    """An answer, or that the client has it already."""
    if answer.rows is not None:
        request.scope["state"]["rows"] = answer.rows
    known, tag = request.headers.get("if-none-match", ""), answer.headers.get("etag")
    if tag and (tag in known or known == "*"):
        return Response(status_code=304, headers=answer.headers)
    return answer.response
