"""A server of our own in a process of its own, for the tests of the endpoint."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

TOKEN = "open-sesame"
_SERVE = """
import sys
from pathlib import Path
from sq_graph.web import Settings, serve
serve(Settings(**eval(sys.argv[1])))
"""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]


class Server:
    """A running server; `url` is its address."""

    process: subprocess.Popen[str]
    log: Path

    def __init__(self, url: str) -> None:
        self.url, self.host = url, urlsplit(url).netloc

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | str | None = None,
        **headers: str,
    ) -> Answer:
        """Sends one request; header names are given with _ for -."""
        connection = http.client.HTTPConnection(self.host, timeout=30)
        try:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body.encode() if isinstance(body, str) else body, sent)
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read())
        finally:
            connection.close()

    def query(self, text: str, accept: str = "text/csv", **parameters: str) -> Answer:
        """A query by POST form."""
        form = urlencode({"query": text, **parameters})
        return self.ask(
            "POST", "/sparql", form, Content_Type="application/x-www-form-urlencoded", Accept=accept
        )

    def update(self, text: str, token: str = TOKEN, **parameters: str) -> Answer:
        """An update by direct POST."""
        path = "/update" + (f"?{urlencode(parameters)}" if parameters else "")
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        return self.ask("POST", path, text, Content_Type="application/sparql-update", **bearer)

    def graph(self, method: str, graph: str, turtle: str | None = None, **headers: str) -> Answer:
        """A graph by its name."""
        sent = {"Authorization": f"Bearer {TOKEN}", "Content_Type": "text/turtle", **headers}
        return self.ask(method, f"/graphs?{urlencode({'graph': graph})}", turtle, **sent)

    def processes(self) -> list[int]:
        """The server's own processes below the first."""
        found, parents = [], [self.process.pid]
        while parents:
            listed = subprocess.run(
                ["pgrep", "-P", ",".join(map(str, parents))],
                capture_output=True,
                text=True,
                check=False,
            )
            parents = [int(word) for word in listed.stdout.split()]
            found += parents
        return found


@contextlib.contextmanager
def serving(log: Path, **settings: Any) -> Iterator[Server]:
    """Runs a server with these settings until the block ends; its log goes to a file."""
    settings.setdefault("token", TOKEN)
    written = (
        "dict("
        + ", ".join(f"{name}={_written(value)}" for name, value in settings.items())
        + ", port=0)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-c", _SERVE, written],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=environment,
        )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("http://"), f"the server did not start: {log.read_text()}"
        server = Server(line.split()[0].rstrip("/"))
        server.process, server.log = process, log
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def until(condition: Any, seconds: float = 5) -> None:
    """Waits for a condition."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def _written(value: Any) -> str:
    if isinstance(value, Path):
        return f"Path({str(value)!r})"
    if isinstance(value, tuple):
        return "(" + ", ".join(_written(one) for one in value) + ",)"
    return repr(value)
