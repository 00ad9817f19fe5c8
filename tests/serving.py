"""A server of our own in a process of its own, for the tests of the endpoint."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import Request, urlopen

from sq_graph.export.push import push
from sq_graph.graph.layout import packaged

TOKEN = "open-sesame"
OXIGRAPH_PROGRAM = shutil.which("oxigraph", path=str(Path(sys.executable).parent))
_VIRTUOSO_INI = """[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = temporary.db
TransactionFile = temporary.trx
[Parameters]
ServerPort = {sql}
NumberOfBuffers = 40000
MaxDirtyBuffers = 30000
[HTTPServer]
ServerPort = {http}
ServerThreads = 4
[SPARQL]
ResultSetMaxRows = 1000000
"""
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


@contextlib.contextmanager
def oxigraph_serving(place: Path) -> Iterator[str]:
    """`oxigraph serve` with every file as a named graph, whose default graph is the union of all;
    yields the address of its queries.
    """
    assert OXIGRAPH_PROGRAM
    bind = f"127.0.0.1:{free_port()}"
    options = ["--location", str(place), "--bind", bind, "--union-default-graph"]
    with _listening([OXIGRAPH_PROGRAM, "serve", *options], int(bind.rpartition(":")[2])):
        for file in packaged().files():
            address = f"http://{bind}/store?graph={quote(file.iri, safe='')}"
            headers = {"Content-Type": "text/turtle"}
            urlopen(Request(address, file.path.read_bytes(), headers, method="PUT")).close()
        yield f"http://{bind}/query"


STARTS = 3
"""How often Virtuoso is started until it gives equal rows: after some starts it leaves rows out,
without an error, and gives them after others (see docs/scale.md). An unequal answer of ours stays
unequal.
"""


def has_virtuoso() -> bool:
    """Whether Virtuoso 7 and its client are installed."""
    return bool(shutil.which("virtuoso-t") and shutil.which("isql-vt"))


@contextlib.contextmanager
def virtuoso_serving(place: Path) -> Iterator[str]:
    """Virtuoso with the packaged map, as `sq-graph push` puts it there; yields its address."""
    place.mkdir(exist_ok=True)
    sql, port = free_port(), free_port()
    (place / "virtuoso.ini").write_text(_VIRTUOSO_INI.format(sql=sql, http=port))
    with _listening(["virtuoso-t", "-f", "-c", "virtuoso.ini"], port, place):
        grant = 'EXEC=GRANT SPARQL_UPDATE TO "SPARQL";'
        isql = ["isql-vt", str(sql), "dba", "dba", grant]
        subprocess.run(isql, check=True, capture_output=True)
        endpoint = f"http://127.0.0.1:{port}/sparql"
        assert push(packaged(), endpoint) == len(list(packaged().files()))
        yield endpoint


@contextlib.contextmanager
def _listening(command: list[str], port: int, place: Path | None = None) -> Iterator[None]:
    """Runs a program until the block ends; enters it when the program listens."""
    with subprocess.Popen(command, cwd=place, stderr=subprocess.DEVNULL) as process:
        try:
            until(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0, 60)
            yield
        finally:
            process.kill()


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def until(condition: Any, seconds: float = 20) -> None:
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
