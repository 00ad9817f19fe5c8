"""The web application: which path is answered by what."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator, Callable
from hmac import compare_digest
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sq_graph.errors import InputError, SqGraphError
from sq_graph.graph.layout import packaged, workspace
from sq_graph.resources import VERSION
from sq_graph.web import pages, protocol
from sq_graph.web.description import Description
from sq_graph.web.front import Answering, Front, as_reply
from sq_graph.web.job import Refusal
from sq_graph.web.linked_data import LinkedData
from sq_graph.web.negotiation import Choice, choose, quality
from sq_graph.web.nursery import Nursery
from sq_graph.web.reply import Reply
from sq_graph.web.request import Request, values
from sq_graph.web.settings import Settings
from sq_graph.web.store_protocol import GraphStore
from sq_graph.web.workers import Pool
from sq_graph.web.writing import Writing

_IRI = re.compile(
    r"/(id|data|positions)/.|/(core|phenomena|same-meaning|sq-graph|resource)(\.\w+)?$"
)


_ANSWERS = (
    Choice("text/html", "html"),
    Choice("application/json", "json"),
    Choice("application/sparql-results+json", "json"),
    Choice("text/csv", "csv"),
)


class Behind:
    """Leaves the answer to the pages."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


class Endpoint:
    """What the paths of one server share: its settings, its worker processes, its writer."""

    def __init__(self, settings: Settings, ready: Callable[[], None]) -> None:
        self.settings, self.ready, self.failure = settings, ready, ""
        self.layouts = (
            []
            if settings.store
            else [packaged(), *(workspace(folder) for folder in settings.folders)]
        )
        self.description = Description()
        self.memory = protocol.Memory()
        self.linked_data = LinkedData(self.layouts)
        base = self.layouts[-1].base if self.layouts else ""
        self.graph_store = GraphStore(
            base, self.linked_data.file_of, lambda: self.pool, self.permitted
        )
        self._pool: Pool | None = None
        self.writing: Writing | None = None

    @property
    def pool(self) -> Pool:
        """The worker processes."""
        if self._pool is None:
            raise Refusal(
                503, "The server is starting. Try again in a moment.", **{"retry-after": "1"}
            )
        return self._pool

    @contextlib.asynccontextmanager
    async def running(self, _: Any = None) -> AsyncIterator[None]:
        """Holds the processes up as long as the server runs."""
        async with contextlib.AsyncExitStack() as stack:
            try:
                await self._start(stack)
            except SqGraphError as error:
                self.failure = str(error)
                raise
            self.ready()
            yield

    async def _start(self, stack: contextlib.AsyncExitStack) -> None:
        copy, nursery = self.settings.store, Nursery()
        stack.callback(nursery.stop)
        if copy is None or self.settings.writable:
            self.writing = Writing(self.settings, nursery)
            stack.push_async_callback(self.writing.stop)
            copy = await self.writing.start()
        elif not copy.is_dir():
            raise InputError(
                f"there is no store at {copy}",
                remedy="Load one with sq-graph load --store DIR FILE…",
            )
        pool = Pool(self.settings, copy, nursery)
        stack.push_async_callback(pool.stop)
        await pool.start()
        self._pool = pool
        if self.writing:
            self.writing.pool = pool

    # ---- paths

    async def sparql(self, request: Request) -> Reply:
        """`/sparql`: a query or an update; without either, what the service is."""
        request.must_be("GET", "HEAD", "POST")
        is_writer = request.method == "POST" and self._has_token(request)
        pairs = await protocol.sent(
            request, self.settings.write_bytes if is_writer else self.settings.query_bytes
        )
        asked = protocol.operation(pairs)
        if asked is None and request.method != "POST" and not pairs:
            if quality("text/html", request.header("accept")) > quality(
                "text/turtle", request.header("accept")
            ):
                return Response(status_code=303, headers={"location": "/query", "vary": "Accept"})
            return self.description.service(request)
        if asked is None:
            raise Refusal(400, "The request holds no query. Send one as the parameter query.")
        if asked[0] == "query":
            request.scope.setdefault("state", {})["text"] = asked[1]
            return await protocol.query(request, pairs, asked[1], self.pool, self.memory)
        return await self._update(request, pairs, asked[1])

    async def update(self, request: Request) -> Reply:
        """`/update`: an update."""
        request.must_be("POST")
        self.permitted(request)
        pairs = await protocol.sent(request, self.settings.write_bytes)
        asked = protocol.operation(pairs)
        if asked is None or asked[0] != "update":
            raise Refusal(400, "The request holds no update. Send one as the parameter update.")
        return await self._update(request, pairs, asked[1])

    async def _update(self, request: Request, pairs: protocol.Pairs, text: str) -> Reply:
        request.must_be("POST")
        request.scope.setdefault("state", {})["text"] = text
        await self.permitted(request).do(
            do="update",
            text=text,
            base=request.url,
            using=values(pairs, "using-graph-uri"),
            using_named=values(pairs, "using-named-graph-uri"),
        )
        return Response(status_code=204)

    def permitted(self, request: Request) -> Writing:
        """Who writes, for a request that may; raises Refusal for others."""
        if self.writing is None or not self.settings.writable:
            raise Refusal(
                403, "Writing is off. Whoever runs this server can turn it on with a token."
            )
        if not self._has_token(request):
            sentence = "Writing needs the header Authorization: Bearer with the right token."
            raise Refusal(401, sentence, **{"www-authenticate": "Bearer"})
        return self.writing

    def _has_token(self, request: Request) -> bool:
        scheme, _, token = request.header("authorization").partition(" ")
        is_right = compare_digest(token.strip().encode(), self.settings.token.encode())
        return self.settings.writable and scheme.lower() == "bearer" and is_right

    async def void(self, request: Request) -> Reply:
        """`/.well-known/void`: the dataset with its counts."""
        request.must_be("GET", "HEAD")
        return await self.description.void(request, self.pool)

    async def health(self, request: Request) -> Reply:
        """`/health`: whether queries are answered."""
        request.must_be("GET", "HEAD")
        job = await self.pool.ask(do="query", text="ASK {}", rows="csv", triples="")
        ready = sum(worker.ready for worker in self.pool.workers)
        return JSONResponse(
            {
                "status": "ok" if job.ended else "busy",
                "version": VERSION,
                "workers": ready,
                "waiting": len(self.pool.quick) + len(self.pool.slow),
                "writable": self.settings.writable,
            }
        )

    async def thing(self, request: Request) -> Reply:
        """Any other path: the IRI of a thing or a file."""
        return await self.linked_data(request, self.pool)

    async def run(self, query: str) -> tuple[str, str]:
        """A query's answer as SPARQL JSON or N-Triples, or else the sentence that says why there is none."""
        try:
            job = await self.pool.ask(do="query", text=query, rows="json", triples="ntriples")
            return b"".join([part async for part in job.stream()]).decode(), ""
        except Refusal as refused:
            return "", refused.sentence


def create_app(settings: Settings, ready: Callable[[], None] = lambda: None) -> Front:
    """The ASGI application for these settings; its processes start with it, and then `ready` is called.

    The pages for people join by `sq_graph.web.pages.routes(settings, run)`.
    """
    endpoint = Endpoint(settings, ready)
    paths: dict[str, Answering] = {
        "/sparql": endpoint.sparql,
        "/update": endpoint.update,
        "/graphs": endpoint.graph_store,
        "/health": endpoint.health,
        "/.well-known/void": endpoint.void,
    }

    def direct(path: str) -> Answering | None:
        if path.startswith("/graphs/"):
            return endpoint.graph_store
        if path.startswith("/ask/"):
            return ask
        found: Answering | None = paths.get(path) or paths.get(path.rstrip("/"))
        return found or (endpoint.thing if _IRI.match(path) else None)

    async def ask(request: Request) -> Reply:
        """`/ask/…`: a page, or what the client likes better."""
        choice = (
            None
            if values(request.parameters(), "format")
            else choose(request.header("accept"), _ANSWERS)
        )
        if choice and choice.form != "html":
            request.scope["query_string"] += f"&format={choice.form}".encode()
        return Behind(app)

    async def other(request: Any) -> Any:
        return await endpoint.thing(Request(request.scope, request.receive, settings))

    handlers: Any = dict.fromkeys((HTTPException, Refusal, SqGraphError), _handled)
    routes = [
        *pages.routes(settings, endpoint.run),
        Route("/{path:path}", other, methods=["GET", "HEAD"]),
    ]
    app = Starlette(routes=routes, lifespan=endpoint.running, exception_handlers=handlers)
    return Front(endpoint, direct, app)


async def _handled(_: Any, error: Exception) -> Response:
    return as_reply(error)
