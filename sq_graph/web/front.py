"""The outermost layer: preflights, headers that every answer has, refusals as sentences, one log line a request."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import Response

from sq_graph.errors import SqGraphError
from sq_graph.web.job import Refusal, refusal_of
from sq_graph.web.reply import CORS, PREFLIGHT, Reply, refusal
from sq_graph.web.request import Request
from sq_graph.web.settings import Settings

LOG = logging.getLogger("sq_graph.web")
_SENTENCES = {
    404: "There is nothing at this address.",
    405: "This is not possible at this address.",
}
Answering = Callable[[Request], Awaitable[Reply]]


class Served(Protocol):
    """What the front has to know of the endpoint."""

    settings: Settings
    failure: str


class Front:
    """Serves the paths that `direct` knows itself, all others by the app behind it."""

    def __init__(
        self, endpoint: Served, direct: Callable[[str], Answering | None], behind: Any
    ) -> None:
        self.endpoint, self.settings, self.direct, self.behind = (
            endpoint,
            endpoint.settings,
            direct,
            behind,
        )

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.behind(scope, receive, send)
            return
        begun = time.perf_counter()
        status = size = 0

        async def told(message: Any) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], CORS]
            else:
                size += len(message.get("body", b""))
            await send(message)

        try:
            await self._answer(scope, receive, told)
        except Exception as error:
            if not status:
                await as_reply(error)(scope, receive, told)
        finally:
            if LOG.isEnabledFor(logging.INFO):
                LOG.info(
                    "%s", _line(scope, self.settings, status, size, time.perf_counter() - begun)
                )

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] == "OPTIONS":
            await Response(status_code=204, headers=PREFLIGHT)(scope, receive, send)
            return
        answering = self.direct(scope["path"])
        request = Request(scope, receive, self.settings)
        if answering is None:
            await self.behind(scope, request.bounded(), send)
            return
        response = await answering(request)
        await response(scope, receive, send)


def as_reply(error: Exception) -> Response:
    """What went wrong, as a status and a sentence."""
    if isinstance(error, Refusal):
        return refusal(error)
    if isinstance(error, SqGraphError):
        return refusal(refusal_of(error))
    if isinstance(error, HTTPException):
        sentence = _SENTENCES.get(error.status_code, f"{error.detail}.")
        return refusal(Refusal(error.status_code, sentence, **dict(error.headers or {})))
    LOG.error("%s: %s", type(error).__name__, error, exc_info=LOG.isEnabledFor(logging.DEBUG))
    return refusal(Refusal(500, "Something went wrong in the server. Its log says what."))


def _line(scope: Any, settings: Settings, status: int, size: int, seconds: float) -> str:
    state = scope.get("state", {})
    rows = f" {state['rows']} rows" if "rows" in state else ""
    cut = f" cut off: {state['cut']}" if "cut" in state else ""
    asked = quote(scope["path"], safe="/:")
    if settings.log_queries and "text" in state:
        asked += f" {' '.join(state['text'].split())[:1_000]}"
    now = time.strftime("%Y-%m-%dT%H:%M:%S%z")
    return (
        f"{now} {status} {seconds * 1000:.1f} ms{rows} {size} bytes {scope['method']} {asked}{cut}"
    )
