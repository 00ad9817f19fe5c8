"""The settings of a server: where it listens, what it serves, who may write, and every limit."""

import os
from contextlib import suppress
from dataclasses import dataclass, field
from hmac import compare_digest
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from urllib.parse import urlsplit

from sq_graph.errors import InputError
from sq_graph.graph.sparql_limits import MEGABYTE, MEMORY, RESULT_BYTES, TIMEOUT, Limits


def as_address(host: str) -> IPv4Address | IPv6Address | None:
    """The IP address that a host is given as, which no domain name can be made to point to."""
    with suppress(ValueError):
        return ip_address(host)
    return None


@dataclass(frozen=True)
class Settings:
    """The settings of one server; the defaults are safe on the open net.

    Raises InputError for a `public_url` or an origin that is not an address.

    >>> Settings(host="0.0.0.0").is_local
    False
    >>> Settings(public_url="https://example.org/map/").prefix
    '/map'
    """

    host: str = "127.0.0.1"
    port: int = 8890
    folders: tuple[Path, ...] = ()
    """Workspaces over the packaged map."""
    store: Path | None = None
    """A store on disk that is served instead of the map, and is its own master copy."""
    token: str = field(default="", repr=False)
    """What writers send as `Authorization: Bearer …`; empty: nobody writes."""
    public_url: str = ""
    """The address that visitors see, where it differs from the request's (behind a proxy)."""
    cors: tuple[str, ...] = ()
    """The origins whose pages may read answers, such as `https://example.org`, or `*`."""
    log_queries: bool = False
    """Whether the log line of a request contains the query's text."""

    limits: Limits = field(default_factory=Limits)
    """How long, deep and wide a query may be."""
    update_length: int = 4_000_000
    """Characters of an update; larger changes are sent as a graph."""
    timeout: float = TIMEOUT
    """Seconds from a request to its answer or refusal."""
    write_timeout: float = 30.0
    """Seconds until a write is stopped."""
    request_timeout: float = 10.0
    """Seconds that a client may take to send its request, to send nothing, or to read nothing."""
    workers: int = max(6, (os.cpu_count() or 1) + 2)
    """Processes that wait for queries, besides those that are busy with slow ones."""
    memory: int = MEMORY
    """Bytes that one task may add to its process."""
    result_bytes: int = RESULT_BYTES
    """Bytes of one answer."""
    write_bytes: int = 32 * MEGABYTE
    """Bytes of the body of one write."""

    def __post_init__(self) -> None:
        for address in (self.public_url, *self.cors):
            parts = urlsplit(address)
            is_address = parts.scheme in ("http", "https") and parts.hostname and not parts.query
            if address not in ("", "*") and not is_address:
                remedy = "Write it as https://example.org or https://example.org/map"
                raise InputError(f"{address!r} is not the address of a site", remedy=remedy)

    def is_token(self, sent: str) -> bool:
        """Whether a text is the token for writing."""
        return bool(self.token) and compare_digest(sent.strip().encode(), self.token.encode())

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the server."""
        address = as_address(self.host)
        return address.is_loopback if address else self.host == "localhost"

    @property
    def prefix(self) -> str:
        """The path of the public address, under which visitors find the pages."""
        return urlsplit(self.public_url).path.rstrip("/")

    @property
    def writable(self) -> bool:
        """Whether SPARQL updates are accepted: by a store, from those who know its token."""
        return bool(self.token and self.store)

    @property
    def editable(self) -> bool:
        """Whether the page has forms: over a workspace, on this machine alone or with a token."""
        is_private = self.is_local and not self.public_url
        return bool(self.folders) and not self.store and (is_private or bool(self.token))

    @property
    def query_bytes(self) -> int:
        """Bytes of a query's body: each of its characters may take up to twelve,
        percent-encoded.
        """
        return 12 * self.limits.length
