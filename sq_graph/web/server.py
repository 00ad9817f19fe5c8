"""The HTTP server under the application: its address, its time limits for clients, its log."""

import asyncio
import contextlib
import logging
import socket
import sys
from typing import Any

import uvicorn
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from sq_graph.errors import EngineError, InputError
from sq_graph.web.app import Application, create_app
from sq_graph.web.settings import Settings

MOST_HEADERS = 1 << 17
"""Bytes of a request before its body, the address included."""


class IdleTimeoutProtocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """A connection that ends when its client keeps it waiting for a request, or sends one whose
    head never ends.

    The rest of a body that was refused is still read, so that the client gets to the refusal.
    """

    idle_timeout = 10.0
    head: int | None = 0 if hasattr(AutoHTTPProtocol, "on_message_begin") else None
    """Bytes of a head so far; None between heads, and for h11, which counts by itself."""

    def connection_made(self, transport: Any) -> None:
        """Waits for the first request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Counts the bytes of a head, and closes the connection where there are too many."""
        if self.head is not None:
            self.head += len(data)
            if self.head > MOST_HEADERS + (1 << 16):  # what one read may bring besides
                self.transport.close()
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        """Begins to count a head."""
        self.head = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is whole: nothing is waited for any more."""
        self.head = None
        self.waiting.cancel()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Waits for the next request."""
        super().on_response_complete()
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Waits no longer."""
        self.waiting.cancel()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self.waiting = asyncio.get_running_loop().call_later(self.idle_timeout, self._give_up)

    def _give_up(self) -> None:
        if (self.cycle is None or self.cycle.response_complete) and not self.transport.is_closing():
            self.transport.close()


class _Server(uvicorn.Server):
    """A server that answers the tasks which still run when it has to stop."""

    def __init__(self, config: uvicorn.Config, application: Application) -> None:
        super().__init__(config)
        self.application = application

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Lets tasks go on for a moment, then refuses them, and ends."""
        asyncio.get_running_loop().call_later(_GRACE, self.application.pool.refuse_all)
        await super().shutdown(sockets)


_GRACE = 1.0
"""Seconds that tasks have to their end when the server has to stop."""


def run(settings: Settings) -> None:
    """Serves until it is stopped; raises InputError or EngineError if it cannot begin."""
    listening = _socket(settings)
    _log()
    port = listening.getsockname()[1]
    application = Application(settings, lambda: _greet(settings, port))
    IdleTimeoutProtocol.idle_timeout = settings.request_timeout
    config = uvicorn.Config(
        create_app(application),
        http=IdleTimeoutProtocol,
        ws="none",
        log_config=None,
        log_level=logging.CRITICAL,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=max(5, int(settings.request_timeout)),
        timeout_graceful_shutdown=3,
        h11_max_incomplete_event_size=MOST_HEADERS,
    )
    server = _Server(config, application)
    with contextlib.suppress(SystemExit):  # raised when the start fails; the sentence follows
        server.run(sockets=[listening])
    if not server.started:
        raise EngineError(application.failure or "the server could not start")


def _socket(settings: Settings) -> socket.socket:
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM
        )[0]
        listening = socket.socket(family, kind, proto)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except (OSError, OverflowError) as error:
        raise InputError(
            f"the address {settings.host}, port {settings.port} cannot be used ({error})",
            remedy="Choose another --port",
        ) from None
    listening.listen(2048)
    return listening


_OPEN_TO_ALL = "Other machines can reach this server; all of them may read what it serves."
_IN_THE_CLEAR = "The token for writing travels in the clear; put a server with HTTPS in front."


def _greet(settings: Settings, port: int) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    if not settings.is_local:
        print(_OPEN_TO_ALL, file=sys.stderr)
        if settings.writable:
            print(_IN_THE_CLEAR, file=sys.stderr)
    print(f"http://{host}:{port}/ (SPARQL at /sparql; Ctrl-C stops)", flush=True)


def _log() -> None:
    log = logging.getLogger("sq_graph.web")
    if not log.handlers:
        log.addHandler(logging.StreamHandler())
        log.setLevel(logging.INFO)
        log.propagate = False
