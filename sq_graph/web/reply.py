"""What the server sends: answers of workers, whole or as they come, and refusals in one sentence."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Protocol

from starlette.responses import Response

from sq_graph.web.job import Job, Refusal
from sq_graph.web.negotiation import Choice

Headers = tuple[tuple[bytes, bytes], ...]
CORS = (b"access-control-allow-origin", b"*")
PREFLIGHT = {
    "access-control-allow-methods": "GET, HEAD, POST, PUT, DELETE, OPTIONS",
    "access-control-allow-headers": "Accept, Authorization, Content-Type",
    "access-control-max-age": "86400",
}
EXPOSED = {"access-control-expose-headers": "Location"}


def refusal(refused: Refusal) -> Response:
    """A sentence with its status."""
    return Response(f"{refused.sentence}\n", refused.status, refused.headers, "text/plain")


async def answer(job: Job, choice: Choice, scope: Any) -> Whole | Streamed:
    """A worker's answer: whole if it is complete, else as it comes."""
    headers = _headers(choice, job.head.zipped)
    if job.ended:
        return Whole(b"".join(job.parts), headers, job.head.rows)
    if scope.get("http_version") == "1.0":
        # HTTP/1.0 cannot tell an answer that was cut off from one that is complete, so it is sent whole
        return Whole(b"".join([part async for part in job.stream()]), headers, job.head.rows)
    return Streamed(job, headers)


class Reply(Protocol):
    """Anything that answers as an ASGI application."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...


class Whole:
    """An answer that is complete."""

    def __init__(self, body: bytes, headers: Headers, rows: int) -> None:
        self.body, self.rows = body, rows
        self.headers = (*headers, (b"content-length", b"%d" % len(body)))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        scope.setdefault("state", {})["rows"] = self.rows
        await send({"type": "http.response.start", "status": 200, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


class Streamed:
    """An answer that is sent while it is made; if it fails on the way, the connection ends without its end."""

    def __init__(self, job: Job, headers: Headers) -> None:
        self.job, self.headers = job, headers

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [*self.headers]})
        try:
            async for part in self.job.stream():
                await send({"type": "http.response.body", "body": part, "more_body": True})
        except Refusal as refused:
            scope.setdefault("state", {})["cut"] = refused.sentence
            return
        scope.setdefault("state", {})["rows"] = self.job.head.rows
        await send({"type": "http.response.body", "body": b""})


@lru_cache(maxsize=64)
def _headers(choice: Choice, zipped: bool) -> Headers:
    headers = [(b"content-type", choice.header.encode()), (b"vary", b"Accept, Accept-Encoding")]
    headers.append((b"x-content-type-options", b"nosniff"))
    return (*headers, (b"content-encoding", b"gzip")) if zipped else tuple(headers)
