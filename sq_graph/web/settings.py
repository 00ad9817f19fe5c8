"""How the endpoint is set: where it listens, what it serves, who may write, and every limit."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from sq_graph.graph.guard import Limits

MEGABYTE = 2**20


@dataclass(frozen=True)
class Settings:
    """The settings of one server; the defaults are safe on the open net.

    >>> Settings(host="0.0.0.0").is_local
    False
    """

    host: str = "127.0.0.1"
    port: int = 8890
    folders: tuple[Path, ...] = ()
    """Workspaces over the packaged map; the last one takes the writes."""
    store: Path | None = None
    """A store on disk that is served instead of the map, and is its own master copy."""
    token: str = field(default="", repr=False)
    """What a writer must show as `Authorization: Bearer …`; empty: nobody writes."""
    public_url: str = ""
    """The address that outsiders see, where it is another than the request's (behind a proxy)."""
    log_queries: bool = False
    """Whether the log line of a request holds the query's text."""

    limits: Limits = field(default_factory=Limits)
    """How long, deep and wide a query may be."""
    update_length: int = 4_000_000
    """Characters of an update; more is sent as a graph."""
    timeout: float = 10.0
    """Seconds until a query is stopped."""
    write_timeout: float = 30.0
    """Seconds until a write is stopped."""
    workers: int = max(6, (os.cpu_count() or 1) + 2)
    """Processes that answer queries; half of them are always kept for quick ones."""
    memory: int = 512 * MEGABYTE
    """Bytes that one query may need (POSIX only)."""
    result_bytes: int = 64 * MEGABYTE
    """Bytes of one answer."""
    write_bytes: int = 32 * MEGABYTE
    """Bytes of one write's body."""
    patience: float = 10.0
    """Seconds that a client may take to send its request, or to send nothing."""

    @property
    def is_local(self) -> bool:
        """Whether only this machine reaches the server."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def writable(self) -> bool:
        """Whether anybody may write."""
        return bool(self.token)

    @property
    def query_bytes(self) -> int:
        """Bytes of a query's body: each of its characters may take up to twelve, percent-encoded."""
        return 12 * self.limits.length
