"""The HTTP server under the application: its address, its time limits for clients, its start."""

import asyncio
import contextlib
import socket
import sys
from typing import Any

import uvicorn
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from sq_graph.errors import EngineError, InputError
from sq_graph.web.app import Application, create_app
from sq_graph.web.settings import Settings

MAX_HEAD_SIZE = 1 << 17
"""Bytes of a request before its body, including the address."""
MIN_READ = 1 << 16
"""Bytes of an answer that a client has to read within the time for a request."""


class _Transport:
    """A transport that sends the head of an answer along with the first part of its body, which
    takes one packet less, and stays open while a client still sends the body of its request.
    """

    def __init__(self, transport: Any, protocol: Any) -> None:
        self.transport, self.protocol, self.head = transport, protocol, b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.transport, name)

    def write(self, data: bytes = b"") -> None:
        """Sends the data after a head that was kept, or keeps the data if it is a head."""
        if not self.head and data.startswith(b"HTTP/1.1 ") and data[9:10] != b"1":
            self.head = data
            return
        data, self.head = self.head + data, b""
        if data and not self.transport.is_closing():
            self.transport.write(data)

    def close(self) -> None:
        """Ends the connection when everything is sent; but after a refusal that came before the
        whole body, the client or the timeout ends it, or else the client would not see the refusal.
        """
        self.write()
        cycle = self.protocol.cycle
        if not (cycle and cycle.response_complete and cycle.more_body):
            self.transport.close()


class ImpatientProtocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """A connection that ends when its client keeps it waiting for a request, sends one whose head
    never ends, or does not read the answer.

    The rest of a body that was refused is still read, so that the client gets to the refusal.
    """

    timeout = 10.0
    """Seconds that a client may keep it waiting."""
    head_size: int | None = 0 if hasattr(AutoHTTPProtocol, "on_message_begin") else None
    """Bytes of a head so far; None between heads, and for h11, which counts by itself."""

    def connection_made(self, transport: Any) -> None:
        """Waits for the first request."""
        super().connection_made(_Transport(transport, self))
        self.unread, self.waiting_since = 0, self.loop.time()
        self.timer = self.loop.call_later(self.timeout, self._check_timeout)

    def data_received(self, data: bytes) -> None:
        """Counts the bytes of a head, and closes the connection where there are too many."""
        if self.head_size is not None:
            self.head_size += len(data)
            if self.head_size > MAX_HEAD_SIZE + (1 << 16):  # which the last read may add
                self.transport.close()
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        """Starts counting a head."""
        self.head_size = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Stops counting, since the head is complete."""
        self.head_size = None
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Waits for the next request."""
        self.transport.write()
        super().on_response_complete()
        self.waiting_since = self.loop.time()

    def pause_writing(self) -> None:
        """Waits for the client to read."""
        super().pause_writing()
        self.unread, self.waiting_since = self.transport.get_write_buffer_size(), self.loop.time()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stops waiting."""
        self.timer.cancel()
        super().connection_lost(exc)

    def _check_timeout(self) -> None:
        """Ends the connection if the client has kept it waiting."""
        now, unread = self.loop.time(), self.transport.get_write_buffer_size()
        is_idle = self.cycle is None or self.cycle.response_complete
        if self.unread - unread >= MIN_READ or not (is_idle or self.flow.write_paused):
            self.waiting_since = now
        self.unread = unread
        if (remaining := self.waiting_since + self.timeout - now) > 0:
            self.timer = self.loop.call_later(remaining, self._check_timeout)
            return
        if unread or not is_idle:
            self.scope["state"]["cut"] = "The client did not read the answer."
        self.transport.abort()


class _Server(uvicorn.Server):
    """A server that answers the tasks that are running when it has to stop."""

    def __init__(self, config: uvicorn.Config, application: Application) -> None:
        super().__init__(config)
        self.application = application

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Lets tasks run for a moment, then refuses them, and ends."""
        asyncio.get_running_loop().call_later(_GRACE_PERIOD, self.application.pool.refuse_all)
        await super().shutdown(sockets)


_GRACE_PERIOD = 1.0
"""Seconds that tasks have to finish when the server has to stop."""


def run(settings: Settings) -> None:
    """Serves until stopped; raises InputError or EngineError if it cannot start."""
    listener = _open_socket(settings)
    port = listener.getsockname()[1]
    application = Application(settings, lambda: _print_address(settings, port))
    ImpatientProtocol.timeout = settings.request_timeout
    config = uvicorn.Config(
        create_app(application),
        http=ImpatientProtocol,
        ws="none",
        log_config=None,
        log_level="critical",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=max(5, int(settings.request_timeout)),
        timeout_graceful_shutdown=3,
        h11_max_incomplete_event_size=MAX_HEAD_SIZE,
    )
    server = _Server(config, application)
    with contextlib.suppress(SystemExit):  # raised when the start fails; the error follows
        server.run(sockets=[listener])
    if not server.started:
        raise EngineError(application.failure or "the server could not start")


def _open_socket(settings: Settings) -> socket.socket:
    try:
        addresses = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
        family, *_, address = addresses[0]
        is_ipv6 = family == socket.AF_INET6
        return socket.create_server(address, family=family, backlog=2048, dualstack_ipv6=is_ipv6)
    except (OSError, OverflowError) as error:
        problem = f"the address {settings.host}, port {settings.port} cannot be used ({error})"
        raise InputError(problem, remedy="Choose another --port") from None


_OPEN_TO_ALL = "Other machines can reach this server; all of them may read what it serves."
_IN_THE_CLEAR = "The token for writing travels in the clear; put a server with HTTPS in front."


def _print_address(settings: Settings, port: int) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    if not settings.is_local:
        print(_OPEN_TO_ALL, file=sys.stderr)
        if settings.writable:
            print(_IN_THE_CLEAR, file=sys.stderr)
    print(f"http://{host}:{port}/ (SPARQL at /sparql; Ctrl-C stops)", flush=True)
