"""The web application: which path is answered by what."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from starlette.applications import Starlette

from sq_graph.web import protocol
from sq_graph.web.front import Front
from sq_graph.web.job import Refusal
from sq_graph.web.reply import Reply
from sq_graph.web.request import Request
from sq_graph.web.settings import Settings
from sq_graph.web.workers import Pool


class Endpoint:
    """What the paths of one server share: its settings, its worker processes, its writer."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.pool: Any = None

    async def sparql(self, request: Request) -> Reply:
        """`/sparql`: a query, or an update."""
        request.must_be("GET", "HEAD", "POST")
        pairs = await protocol.sent(request, self.settings.query_bytes)
        asked = protocol.operation(pairs)
        if asked is None:
            raise Refusal(400, "The request holds no query. Send one as the parameter query.")
        return await protocol.query(request, pairs, asked[1], self.pool)


def create_app(settings: Settings) -> Any:
    """The ASGI application for these settings; its workers start with it."""
    endpoint = Endpoint(settings)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        endpoint.pool = Pool(settings, settings.store or Path())
        await endpoint.pool.start()
        yield
        await endpoint.pool.stop()

    behind = Starlette(routes=[], lifespan=lifespan)
    return Front(settings, {"/sparql": endpoint.sparql}, behind)
