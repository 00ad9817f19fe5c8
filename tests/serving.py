"""Servers in processes of their own, for the tests and benchmarks of the endpoint."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import Request, urlopen

from sq_graph.export.push import push
from sq_graph.graph.layout import packaged

TOKEN = "open-sesame"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
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


_Running = TypeVar("_Running", bound=ThreadingHTTPServer)


@dataclass(frozen=True)
class Answer:
    """The response to a request."""

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
        """Sends a request; header names have _ for -."""
        connection = http.client.HTTPConnection(self.host, timeout=30)
        try:
            fields = {name.replace("_", "-"): value for name, value in headers.items()}
            content = body.encode() if isinstance(body, str) else body
            connection.request(method, path, content, fields)
            response = connection.getresponse()
            fields = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, fields, response.read())
        finally:
            connection.close()

    def query(self, text: str, accept: str = "text/csv", **parameters: str) -> Answer:
        """Sends a query as a POST form."""
        form = urlencode({"query": text, **parameters})
        return self.ask(
            "POST", "/sparql", form, Content_Type="application/x-www-form-urlencoded", Accept=accept
        )

    def update(self, text: str, token: str = TOKEN, **parameters: str) -> Answer:
        """Sends an update by direct POST."""
        path = "/update" + (f"?{urlencode(parameters)}" if parameters else "")
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        return self.ask("POST", path, text, Content_Type="application/sparql-update", **bearer)

    def graph(self, method: str, graph: str, turtle: str | None = None, **headers: str) -> Answer:
        """Sends a request for a named graph."""
        headers = {**BEARER, "Content_Type": "text/turtle", **headers}
        return self.ask(method, f"/graphs?{urlencode({'graph': graph})}", turtle, **headers)

    def connect(self) -> socket.socket:
        """Opens a bare connection."""
        host, port = self.host.split(":")
        return socket.create_connection((host, int(port)), timeout=10)

    def processes(self) -> list[int]:
        """The ids of the processes that descend from the server's first one."""
        descendants, parents = [], [self.process.pid]
        while parents:
            listing = subprocess.run(
                ["pgrep", "-P", ",".join(map(str, parents))],
                capture_output=True,
                text=True,
                check=False,
            )
            parents = [int(word) for word in listing.stdout.split()]
            descendants += parents
        return descendants


@contextlib.contextmanager
def serving(log: Path, **settings: Any) -> Iterator[Server]:
    """Runs a server with these settings until the block ends; its log goes to a file."""
    settings.setdefault("token", TOKEN)
    code = ", ".join(f"{name}={_python_code(value)}" for name, value in settings.items())
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-c", _SERVE, f"dict({code}, port=0)"],
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
def oxigraph_serving(folder: Path) -> Iterator[str]:
    """`oxigraph serve` with every file as a named graph, whose default graph is the union of all;
    yields the address of its queries.
    """
    assert OXIGRAPH_PROGRAM
    bind = f"127.0.0.1:{free_port()}"
    options = ["--location", str(folder), "--bind", bind, "--union-default-graph"]
    with _listening([OXIGRAPH_PROGRAM, "serve", *options], int(bind.rpartition(":")[2])):
        for file in packaged().files():
            address = f"http://{bind}/store?graph={quote(file.iri, safe='')}"
            headers = {"Content-Type": "text/turtle"}
            urlopen(Request(address, file.path.read_bytes(), headers, method="PUT")).close()
        yield f"http://{bind}/query"


VIRTUOSO_STARTS = 3
"""How often Virtuoso is started until it gives equal rows: after some starts it leaves rows out
without an error, and returns them after others (see docs/scale.md). A wrong answer of sq-graph stays
wrong.
"""


def has_virtuoso() -> bool:
    """Whether Virtuoso 7 and its client are installed."""
    return bool(shutil.which("virtuoso-t") and shutil.which("isql-vt"))


@contextlib.contextmanager
def virtuoso_serving(folder: Path) -> Iterator[str]:
    """Virtuoso with the packaged map, as `sq-graph push` puts it there; yields its address."""
    folder.mkdir(exist_ok=True)
    sql, port = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(_VIRTUOSO_INI.format(sql=sql, http=port))
    with _listening(["virtuoso-t", "-f", "-c", "virtuoso.ini"], port, folder):
        grant = 'EXEC=GRANT SPARQL_UPDATE TO "SPARQL";'
        isql = ["isql-vt", str(sql), "dba", "dba", grant]
        subprocess.run(isql, check=True, capture_output=True)
        endpoint = f"http://127.0.0.1:{port}/sparql"
        assert push(packaged(), endpoint) == len(list(packaged().files()))
        yield endpoint


@contextlib.contextmanager
def _listening(command: list[str], port: int, folder: Path | None = None) -> Iterator[None]:
    """Runs a program until the block ends; the block starts when the program listens."""
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0, 60)
            yield
        finally:
            process.kill()


class StubHandler(BaseHTTPRequestHandler):
    """Answers requests as a test chooses, without a log."""

    def reply(self, body: bytes, media_type: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Logs nothing."""


@contextlib.contextmanager
def in_background(server: _Running) -> Iterator[_Running]:
    """Runs a server in a thread until the block ends."""
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def free_port() -> int:
    """A port of this machine on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Any, seconds: float = 20) -> None:
    """Waits until a condition is met."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "timed out"
        time.sleep(0.01)


def _python_code(value: Any) -> str:
    if isinstance(value, Path):
        return f"Path({str(value)!r})"
    if isinstance(value, tuple):
        return "(" + ", ".join(_python_code(item) for item in value) + ",)"
    return repr(value)
