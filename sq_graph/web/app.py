"""The web application: the paths of the server and what answers them."""

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
from sq_graph.web.cache import Cache, CachedAnswer
from sq_graph.web.errors import HEADERS, refusal, sentence_of, token_needed
from sq_graph.web.middleware import Middleware, has_token
from sq_graph.web.negotiation import quality
from sq_graph.web.pages.forms.editing import Editing
from sq_graph.web.pages.paths import Pages
from sq_graph.web.pool import Pool, Reply
from sq_graph.web.settings import Settings
from sq_graph.web.sparql import Parameters

STATIC = Path(__file__).parent / "static"
POLL_INTERVAL = 1.0
"""Seconds between two checks of the files of the map."""
METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE")
"""The methods of requests, in the order in which a refusal lists the possible ones."""
_ROBOTS = "User-agent: *\nDisallow: /sparql\nDisallow: /query\nDisallow: /*format=\n"
_WRITING_IS_OFF = "Writing is off. The operator of this server can turn it on with a token."
_NO_CONDITIONS = "Conditional writes are not supported: nothing was written. Send no If- headers."
_NO_UPDATES = (
    "A map of text files does not change over SPARQL. Change it with atlas.edit() in Python, with "
    "sq-graph import, with the forms of the page or with an editor such as Protégé. SPARQL updates "
    "are for a store: sq-graph serve --store DIR."
)


class Application:
    """The state that the paths of one server share: settings, worker processes, cached answers.

    `on_ready` is called when the processes have started; `failure` says why they have not.
    """

    def __init__(self, settings: Settings, on_ready: Callable[[], None]) -> None:
        self.settings, self.on_ready, self.failure = settings, on_ready, ""
        self.layouts = [packaged(), *map(workspace, settings.folders)]
        self.bases = list(dict.fromkeys([BASE, *(layout.base for layout in self.layouts)]))
        self.pool = Pool(settings)
        self.cache = Cache()
        self.write_lock = asyncio.Lock()
        self.is_ahead = settings.writable
        """Whether the store has changes that the copy of readers does not have."""
        self.pages, self.editing = Pages(self), Editing(self)

    @contextlib.asynccontextmanager
    async def lifespan(self, _: Any = None) -> AsyncIterator[None]:
        """Keeps the processes running as long as the server runs."""
        stamps = self._stamps()
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(self.pool.stop)
            try:
                await self._start()
            except HTTPException as error:
                self.failure = error.detail
                raise
            if not self.settings.writable:  # otherwise only this server changes the store
                watcher = asyncio.create_task(self._watch(stamps))
                stack.callback(watcher.cancel)
            self.on_ready()
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
        """Loads the map or store again when its files have changed, once they stay the same."""
        previous = loaded
        while True:
            await asyncio.sleep(POLL_INTERVAL)
            current = await asyncio.to_thread(self._stamps)
            if current == previous and current != loaded:
                loaded = current
                await self.pool.load()
            previous = current

    # ---- answers

    def origin(self, request: Request) -> str:
        """The address of this server as its visitors see it."""
        if public := self.settings.public_url:
            return public.rstrip("/")
        return f"{request.scope['scheme']}://{request.headers.get('host', 'localhost')}"

    async def answer(
        self, request: Request, task: dict[str, Any], is_stable: bool = True, kind: str = "every"
    ) -> Response:
        """The answer to a task, cached if possible."""
        encodings = request.headers.get("accept-encoding", "")
        task["gzip"] = "gzip" in encodings and quality("gzip", encodings) > 0
        await self._catch_up()
        state = self.pool.state
        key = tuple(map(str, task.values())) if is_stable else None
        if cached := self.cache.get(key, state):
            return _respond(request, cached)
        reply = await self.run(task, request)
        headers = HEADERS[kind] | {"content-type": reply.media}
        if reply.head.get("gzip"):
            headers["content-encoding"] = "gzip"
        if not reply.is_complete:
            headers["content-length"] = str(reply.size)
            request.scope["state"]["rows"] = reply.head.get("rows", 0)
            return StreamingResponse(reply.stream(), reply.status, headers)
        if reply.status == 200:
            digest = hashlib.blake2b(reply.body(), digest_size=12).hexdigest()
            headers["etag"] = f'"{digest}"'
        response = Response(reply.body(), reply.status, headers)
        answer = CachedAnswer(response, headers, reply.head.get("rows"))
        if reply.status == 200 and reply.head.get("lasting", True):
            self.cache.add(key, state, answer)
        return _respond(request, answer)

    async def run(self, task: dict[str, Any], request: Request) -> Reply:
        """The reply to a task; raises HTTPException if there is none."""
        await self._catch_up()
        deadline = asyncio.get_running_loop().time() + self.settings.timeout
        try:
            return await self.pool.run(task, request.receive)
        except HTTPException as refusal:
            # after a random delay, since otherwise a flood of clients would retry at the same time
            if "retry-after" in (refusal.headers or {}) or self.pool.has_slow_tasks:
                remaining = deadline - asyncio.get_running_loop().time()
                await asyncio.sleep(min(random.uniform(0.2, 0.8), max(0.0, remaining)))
            raise

    async def error_response(self, request: Request, error: Exception) -> Response:
        """The response to an error: a sentence, or a page for a browser if nothing was found."""
        if isinstance(error, InputError):
            error = HTTPException(400, sentence_of(error))
        if not isinstance(error, HTTPException):
            traceback.print_exception(error)
            error = HTTPException(500, "Something went wrong in the server. Its log says what.")
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["Allow"] = ", ".join(method for method in METHODS if method in headers["Allow"])
            if request.method == "OPTIONS":
                return Response(status_code=204, headers=headers)
            error.detail = f"{request.method} is not allowed here. Use {headers['Allow']}."
        accept = request.headers.get("accept", "*/*")
        if error.status_code == 404 and "text/html" in accept and request.method == "GET":
            with contextlib.suppress(HTTPException):
                return await self.pages.page(request, request.scope["path"])
        return refusal(accept, error.status_code, sentence_of(error), headers, self.settings.prefix)

    # ---- SPARQL

    async def sparql(self, request: Request) -> Response:
        """`/sparql`: a query or an update; without either, the description of the service."""
        pairs = await sparql.parameters_of(request)
        kind, text = sparql.operation(pairs) or ("", "")
        url = self.origin(request) + request.scope["path"]
        if kind == "query":
            request.scope["state"]["text"] = text
            task = sparql.query_task(request, pairs, text, url)
            return await self.answer(request, task, sparql.is_stable(text))
        if kind == "update":
            return await self._update(request, pairs, text)
        if request.method == "POST" or pairs:
            raise HTTPException(400, "The request has no query. Send one as the parameter query.")
        return self.pages.service(request, url)

    async def update(self, request: Request) -> Response:
        """`/update`: an update."""
        self._permit_update(request)
        pairs = await sparql.parameters_of(request)
        kind, text = sparql.operation(pairs) or ("", "")
        if kind == "update":
            return await self._update(request, pairs, text)
        raise HTTPException(400, "The request has no update. Send one as parameter update.")

    async def _update(self, request: Request, pairs: Parameters, text: str) -> Response:
        self._permit_update(request)
        request.scope["state"]["text"] = text
        using = sparql.values(pairs, "using-graph-uri")
        using_named = sparql.values(pairs, "using-named-graph-uri")
        base = self.origin(request) + request.scope["path"]
        task = {"do": "update", "base": base, "using": using, "using_named": using_named}
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
        operation, parts = request.method.lower(), [(form, len(body)) for form, body in bodies]
        task = {"do": operation, "graph": graph, "base": graph or address, "parts": parts}
        content = b"".join(body for _, body in bodies)
        if await self._write(task, content):
            headers = {"location": graph} if graph and is_new else None
            return PlainTextResponse("The graph is new.\n", 201, headers)
        if request.method == "PUT" or not content.strip():
            return Response(status_code=204)
        return PlainTextResponse("The statements were added.\n")

    def _permit_update(self, request: Request) -> None:
        """Raises HTTPException unless an update is sent by POST, by somebody who may write."""
        if request.method != "POST":
            raise HTTPException(405, headers={"Allow": "POST"})
        self._permit(request)

    def _permit(self, request: Request) -> None:
        """Raises HTTPException unless the client may write here."""
        if not self.settings.store:
            raise HTTPException(403, _NO_UPDATES)
        if not self.settings.writable:
            raise HTTPException(403, _WRITING_IS_OFF)
        if not has_token(request, self.settings):
            raise token_needed("Writing")

    async def _write(self, task: dict[str, Any], body: bytes = b"") -> bool:
        """Makes one change; returns whether it created, removed or found something.

        Raises HTTPException if it was not made; nothing has changed then.
        """
        async with self.write_lock:
            if task["do"] == "open" and not self.is_ahead:  # another request did it meanwhile
                return False
            message = {"kind": "write", **task, "in_use": self.pool.copies_in_use()}
            result = (await self.pool.run(message, body=body)).head
            self.is_ahead = not result["copy"]
            if result["copy"]:
                self.pool.show(result["copy"])
            return bool(result["done"])

    async def _catch_up(self) -> None:
        """Lets readers see what was written since the last read."""
        if self.is_ahead:
            await self._write({"do": "open"})

    # ---- other paths

    async def health(self, request: Request) -> Response:
        """`/health`: whether queries are answered, and which file is broken, if one is."""
        sparql.refuse_others(request)
        task = {"kind": "query", "text": "ASK {}", "rows": ("csv", ""), "triples": None}
        status, lanes = "busy", self.pool.lanes
        with contextlib.suppress(HTTPException):
            await self.pool.run(task, request.receive)
            status = "ok"
        report = {
            "status": status,
            "version": VERSION,
            "broken": self.pool.failure or None,
            "workers": sum(bool(item.pid) and not item.is_slow for item in lanes["query"].workers),
            "waiting": sum(len(lane.waiting) for lane in lanes.values()),
            "writable": self.settings.writable,
        }
        return Response(as_json(report), media_type="application/json")


class _Endpoint:
    """A function that answers requests, as an ASGI application without Starlette's three layers."""

    def __init__(self, function: Callable[[Request], Awaitable[Response]]) -> None:
        self.function = function

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answers one request."""
        response = await self.function(Request(scope, receive))
        await response(scope, receive, send)


def create_app(app: Application) -> Middleware:
    """The ASGI application, whose processes start with it."""

    def route(paths: str, endpoint: Any, methods: str = "GET HEAD") -> list[Route]:
        handler = endpoint if isinstance(endpoint, Response) else _Endpoint(endpoint)
        return [Route(path, handler, methods=methods.split()) for path in paths.split()]

    routes = [
        *route("/sparql /sparql/", app.sparql, "GET HEAD POST"),
        # by whatever method, since GET would find a page
        *route("/update /update/", app.update, "OPTIONS PATCH " + " ".join(METHODS)),
        *route("/graphs /graphs/{rest:path}", app.graphs, " ".join(METHODS)),
        *route("/health", app.health),
        *route("/.well-known/void", app.pages.void),
        *route("/edit", app.editing.form),
        *route("/edit/{rest:path}", app.editing.visit, "GET HEAD POST"),
        *route("/robots.txt", PlainTextResponse(_ROBOTS)),
        *route("/favicon.ico", FileResponse(STATIC / "icon.svg")),
        Mount("/static", StaticFiles(directory=STATIC)),
        *route("/{path:path}", app.pages.show),
    ]
    return Middleware(Router(routes, lifespan=app.lifespan), app.settings, app.error_response)


def _respond(request: Request, answer: CachedAnswer) -> Response:
    """An answer, or 304 if the client has it already."""
    if answer.rows is not None:
        request.scope["state"]["rows"] = answer.rows
    sent_tags, tag = request.headers.get("if-none-match", ""), answer.headers.get("etag")
    if tag and (tag in sent_tags or sent_tags == "*"):
        return Response(status_code=304, headers=answer.headers)
    return answer.response
