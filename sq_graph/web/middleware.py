"""The outermost layer: the Host header, limits of bodies, CORS, and the log."""

import asyncio
import contextlib
import re
import socket
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from sq_graph.web.errors import HEADERS, sentence_of
from sq_graph.web.settings import Settings, as_address

RawHeaders = list[tuple[bytes, bytes]]
ErrorHandler = Callable[[Request, Exception], Awaitable[Response]]
_HOST = re.compile(r"([\w.-]+|\[[\w.:%]+\])(?::\d*)?", re.ASCII)
_LISTS = (b"accept", b"accept-encoding", b"if-none-match")
"""Headers of several values, which a client may send in several lines."""


class Middleware:
    """Checks and logs each request to the application, and limits its body.

    `error_response` makes a response of an exception that the application raises.
    """

    def __init__(self, app: Any, settings: Settings, error_response: ErrorHandler) -> None:
        self.app, self.settings, self.error_response = app, settings, error_response
        self.hosts = _hosts(settings)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Handles one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope["app"] = self.app  # so that Starlette raises its refusals
        scope["headers"] = _join_lists(scope["headers"])
        scope.setdefault("state", {})
        started = time.perf_counter()
        request = Request(scope, receive)
        cors = self._cors(request)
        status = size = 0

        async def send_counted(message: Any) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *cors]
            size += len(message.get("body", b""))
            await send(message)

        try:
            self._admit(request)
            await self.app(scope, self._limit_body(request, receive), send_counted)
        except Exception as error:
            if status:  # too late for a status: the connection ends before the answer does
                scope["state"]["cut"] = sentence_of(error)
            else:
                response = await self.error_response(request, error)
                await response(scope, receive, send_counted)
        finally:
            entry = _log_line(scope, self.settings, status, size, time.perf_counter() - started)
            with contextlib.suppress(OSError, ValueError):  # a full disk, or a log that was closed
                sys.stderr.write(f"{entry}\n")

    def _admit(self, request: Request) -> None:
        """Raises HTTPException for a request that is not for this server, or whose body is encoded;
        removes the public prefix from its path.
        """
        self._check_host(request)
        coding = "" if request.method == "GET" else request.headers.get("content-encoding", "")
        if coding.strip().lower() not in ("", "identity"):
            text = f"The content coding {coding[:40]} is not supported. Send the body unencoded."
            raise HTTPException(415, text, {"accept-encoding": "identity"})
        if prefix := self.settings.prefix:  # a proxy may pass the public path on, or remove it
            path = request.scope["path"]
            if path == prefix or path.startswith(f"{prefix}/"):
                request.scope["path"] = path.removeprefix(prefix) or "/"

    def _check_host(self, request: Request) -> None:
        """Raises HTTPException for a request that is not for this server, by its Host header."""
        hosts = request.headers.getlist("host")
        if not hosts and request.scope.get("http_version") == "1.0":
            return
        match = _HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
        if not match:
            message = "The request needs exactly one Host header, such as localhost:8890."
            raise HTTPException(400, message)
        name = match[1].strip("[]").lower()
        if name not in self.hosts and not ("*" in self.hosts and as_address(name)):
            remedy = "Its operator can name it with --public-url."
            raise HTTPException(421, f"This server is not the host {name[:80]!r}. {remedy}")

    def _cors(self, request: Request) -> RawHeaders:
        allowed, origin = self.settings.cors, request.headers.get("origin", "")
        if not allowed or request.scope["path"].startswith("/edit"):  # no other site reads a form
            return []
        headers = {} if "*" in allowed else {"vary": "Origin"}
        if not headers or origin in allowed:
            headers["access-control-allow-origin"] = origin if headers else "*"
            headers |= HEADERS["preflight" if request.method == "OPTIONS" else "shared"]
        return [(name.encode(), value.encode()) for name, value in headers.items()]

    def _limit_body(self, request: Request, receive: Any) -> Any:
        """The channel of a request; raises HTTPException if the body is too large or too slow."""
        deadline = time.monotonic() + self.settings.request_timeout
        size, is_complete = 0, False

        async def receive_limited() -> Any:
            nonlocal size, is_complete
            may_write = has_token(request, self.settings)
            limit = max(self.settings.query_bytes, may_write * self.settings.write_bytes)
            announced = request.headers.get("content-length", "")
            if announced.isdigit() and int(announced) > limit:
                raise _too_large(limit)
            try:
                remaining = None if is_complete else max(0, deadline - time.monotonic())
                async with asyncio.timeout(remaining):
                    message = await receive()
            except TimeoutError:
                seconds = self.settings.request_timeout
                sentence = f"The request took longer than {seconds:g} seconds."
                raise HTTPException(408, sentence, {"connection": "close"}) from None
            size += len(message.get("body", b""))
            is_complete = not message.get("more_body", False)
            if size > limit:
                raise _too_large(limit)
            return message

        return receive_limited


def _too_large(limit: int) -> HTTPException:
    return HTTPException(413, f"The body is larger than {limit} bytes.")


def _join_lists(headers: RawHeaders) -> RawHeaders:
    """The headers of a request, with repeated headers of lists joined into one (RFC 9110, 5.3).

    >>> _join_lists([(b"accept", b"text/csv"), (b"host", b"x"), (b"accept", b"*/*")])
    [(b'host', b'x'), (b'accept', b'text/csv, */*')]
    """
    names = [name for name, _ in headers]
    for list_name in [name for name in _LISTS if names.count(name) > 1]:
        joined = b", ".join(value for name, value in headers if name == list_name)
        headers = [*(pair for pair in headers if pair[0] != list_name), (list_name, joined)]
    return headers


def has_token(request: Request, settings: Settings) -> bool:
    """Whether a request has the token for writing."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return settings.is_token(token) and scheme.lower() == "bearer"


def _hosts(settings: Settings) -> set[str]:
    """The names by which requests may call this server; `*` for every address without a name."""
    names = {settings.host.lower(), "localhost", "127.0.0.1", "::1"}
    names.add(urlsplit(settings.public_url).hostname or "localhost")
    if settings.host in ("0.0.0.0", "::", ""):
        names |= {"*", socket.gethostname().lower()}
    return names


def _log_line(scope: Any, settings: Settings, status: int, size: int, seconds: float) -> str:
    state = scope["state"]
    rows = f" {state['rows']} rows" if "rows" in state else ""
    cut = f" cut off: {state['cut']}" if "cut" in state else ""
    path = quote(scope["path"], safe="/:")
    if settings.log_queries and "text" in state:
        path += f" {' '.join(state['text'].split())[:1_000]}"
    client = (scope.get("client") or ("-",))[0]
    stats = f"{status} {seconds * 1000:.1f} ms{rows} {size} bytes"
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S%z')} {client} {stats} {scope['method']} {path}{cut}"
