"""What a client sends: its parameters, its headers, its body within bounds of size and time."""

from __future__ import annotations

import asyncio
import re
import time
from binascii import a2b_qp
from collections.abc import Awaitable, Callable, Sequence
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import unquote_to_bytes

from sq_graph.web.job import Refusal
from sq_graph.web.settings import Settings

Scope = dict[str, Any]
_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")
_CHARSET = re.compile(r"charset\s*=\s*\"?([\w-]+)", re.IGNORECASE)


class Request:
    """One HTTP request."""

    def __init__(self, scope: Any, receive: Any, settings: Settings) -> None:
        self.scope, self.receive, self.settings = scope, receive, settings
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.complete = False
        self.headers: dict[bytes, bytes] = dict(scope["headers"])

    def header(self, name: str) -> str:
        """A header's value, empty if it was not sent."""
        return self.headers.get(name.encode(), b"").decode("latin-1")

    @property
    def content_type(self) -> str:
        """The media type of the body, without parameters; empty if none is named."""
        return self.header("content-type").partition(";")[0].strip().lower()

    @property
    def origin(self) -> str:
        """Scheme and host as the client sees them."""
        public = self.settings.public_url.rstrip("/")
        return (
            public or f"{self.scope.get('scheme', 'http')}://{self.header('host') or 'localhost'}"
        )

    @cached_property
    def url(self) -> str:
        """The address that was asked for, without its parameters."""
        return self.origin + self.path

    def parameters(self) -> list[tuple[str, str]]:
        """The parameters of the address, in their order."""
        return list(_decoded_address(self.scope["query_string"]))

    def wants_gzip(self) -> bool:
        """Whether the client can unzip."""
        return bool(_GZIP.search(self.header("accept-encoding")))

    def bounded(self, most: int = 0) -> Callable[[], Awaitable[Any]]:
        """The stream of the body; raises Refusal if it is larger than `most` bytes or comes too slowly."""
        most = most or self.settings.query_bytes
        announced = self.header("content-length")
        end = time.monotonic() + self.settings.patience
        size = 0

        async def receive() -> Any:
            nonlocal size
            if announced.isdigit() and int(announced) > most:
                raise _too_large(most)
            try:
                async with asyncio.timeout(
                    None if self.complete else max(0.0, end - time.monotonic())
                ):
                    message = await self.receive()
            except TimeoutError:
                seconds = f"{self.settings.patience:g} seconds"
                raise Refusal(
                    408, f"The request did not come within {seconds}.", connection="close"
                ) from None
            size += len(message.get("body", b""))
            self.complete = not message.get("more_body", False)
            if size > most:
                raise _too_large(most)
            return message

        return receive

    async def body(self, most: int) -> bytes:
        """The body; raises Refusal if it is larger than `most` bytes or comes too slowly."""
        receive, parts = self.bounded(most), []
        while not self.complete:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Refusal(400, "The connection ended before the whole request had come.")
            parts.append(message.get("body", b""))
        return b"".join(parts)

    async def text(self, most: int) -> str:
        """The body as text; raises Refusal if it is not UTF-8."""
        charset = _CHARSET.search(self.header("content-type"))
        if charset and charset[1].lower() not in ("utf-8", "utf8", "us-ascii"):
            raise Refusal(415, f"The charset {charset[1]} is not understood here. Send UTF-8.")
        body = await self.body(most)
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            raise Refusal(400, "The body is not UTF-8. Send UTF-8.") from None

    def must_be(self, *methods: str) -> None:
        """Raises Refusal for any other method."""
        if self.method not in methods:
            allowed = ", ".join(methods)
            raise Refusal(405, f"{self.method} is not possible here. Use {allowed}.", allow=allowed)


def decoded_form(form: bytes) -> list[tuple[str, str]]:
    """The pairs of a URL-encoded form; raises Refusal if they are not UTF-8, or too many.

    >>> decoded_form(b"query=ASK+%7B%7D&default-graph-uri=")
    [('query', 'ASK {}'), ('default-graph-uri', '')]
    """
    pairs = [pair.replace(b"+", b" ").partition(b"=") for pair in form.split(b"&", 1_000) if pair]
    if len(pairs) > 1_000:
        raise Refusal(400, "The request has more than 1000 parameters.")
    try:
        return [(_unquoted(name).decode(), _unquoted(value).decode()) for name, _, value in pairs]
    except UnicodeDecodeError:
        raise Refusal(400, "The parameters are not percent-encoded UTF-8. Send UTF-8.") from None


def _unquoted(text: bytes) -> bytes:
    """Percent-encoded bytes decoded; by way of quoted-printable, ten times faster than what is made for it.

    A long query would hold up all others meanwhile.
    """
    escapes = text.count(b"%")
    if b"\n" not in text and b"\r" not in text:
        decoded = a2b_qp(text.replace(b"=", b"=3D").replace(b"%", b"="))
        if len(decoded) == len(text) - 2 * escapes:  # else some escape is broken
            return decoded
    return unquote_to_bytes(text)


@lru_cache(maxsize=256)
def _decoded_address(query: bytes) -> tuple[tuple[str, str], ...]:
    return tuple(decoded_form(query))


def values(pairs: Sequence[tuple[str, str]], name: str) -> list[str]:
    """All values of one parameter."""
    return [value for key, value in pairs if key == name]


def _too_large(most: int) -> Refusal:
    return Refusal(413, f"The body is larger than {most} bytes.")
