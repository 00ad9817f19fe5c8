"""The endpoint compared with others: throughput of small queries, a bystander during an attack, and
kill -9.

`make bench-endpoint` runs all of it and writes `benchmarks/endpoint.md`. In one run, sq-graph,
`oxigraph serve` and rdflib-endpoint serve the same statements; their answers are compared first,
and each takes its turn several times. Compare the figures of one run with each other, not with
those of another machine. Exits 1 where a promise is not kept.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import platform
import re
import select
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote
from urllib.request import Request, urlopen

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from sq_graph.graph import EmbeddedGraph  # noqa: E402
from sq_graph.graph.embedded import load_files  # noqa: E402
from sq_graph.graph.layout import packaged  # noqa: E402
from tests import test_endpoint_store, test_files  # noqa: E402
from tests.hostile.test_hostile import HOSTILE, MEMORY  # noqa: E402
from tests.serving import Server, free_port, serving, wait_until  # noqa: E402

CONNECTIONS = 8
JSON = "application/sparql-results+json"
RDFLIB = """
import sys, rdflib, uvicorn
from rdflib_endpoint import SparqlEndpoint
graph = rdflib.Graph()
graph.parse(sys.argv[1], format="nt")
uvicorn.run(SparqlEndpoint(graph=graph), port=int(sys.argv[2]), log_level="error", access_log=False)
"""


@dataclass(frozen=True)
class Engine:
    """One server in the comparison."""

    name: str
    port: int
    path: str


@contextlib.contextmanager
def running(command: Sequence[str], port: int) -> Iterator[None]:
    """Runs a program until the block ends; returns when it accepts connections."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0, 120)
            yield
        finally:
            process.kill()


@contextlib.contextmanager
def serving_engines(folder: Path) -> Iterator[list[Engine]]:
    """Serves the packaged map by sq-graph, oxigraph and rdflib-endpoint until the block ends."""
    triples_file, location = str(folder / "map.nt"), str(folder / "oxigraph")
    triples = packaged_graph().results("CONSTRUCT WHERE { ?s ?p ?o }", "ntriples")
    Path(triples_file).write_bytes(triples)
    program = str(Path(sys.executable).parent / "oxigraph")
    oxigraph_port, rdflib_port = free_port(), free_port()
    load_command = [program, "load", "--location", location, "--file", triples_file]
    subprocess.run(load_command, check=True, capture_output=True)
    address = f"127.0.0.1:{oxigraph_port}"
    oxigraph = [program, "serve-read-only", "--location", location, "--bind", address]
    rdflib = [sys.executable, "-c", RDFLIB, triples_file, str(rdflib_port)]
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(serving(folder / "log", token=""))
        stack.enter_context(running(oxigraph, oxigraph_port))
        stack.enter_context(running(rdflib, rdflib_port))
        yield [
            Engine("sq-graph", int(server.url.rpartition(":")[2]), "/sparql"),
            Engine("oxigraph serve", oxigraph_port, "/query"),
            Engine("rdflib-endpoint", rdflib_port, "/"),
        ]


def packaged_graph() -> EmbeddedGraph:
    """The packaged map in memory."""
    graph = EmbeddedGraph()
    load_files(graph, packaged().files())
    return graph


def small_queries() -> list[str]:
    """Small queries for the label of a work, each for another work."""
    works = packaged_graph().select(
        "SELECT DISTINCT ?s { ?s a sq:Work ; rdfs:label ?l } ORDER BY STR(?s) LIMIT 100"
    )
    label = "http://www.w3.org/2000/01/rdf-schema#label"
    return [f"SELECT ?label {{ <{row['s'].value}> <{label}> ?label }}" for row in works]


def ask(engine: Engine, query: str) -> list[tuple[tuple[str, str], ...]]:
    """The rows of one answer, sorted."""
    url = f"http://127.0.0.1:{engine.port}{engine.path}?query={quote(query)}"
    with urlopen(Request(url, headers={"Accept": JSON}), timeout=60) as response:
        bindings = json.load(response)["results"]["bindings"]
    return sorted(
        tuple(sorted((name, value["value"]) for name, value in row.items())) for row in bindings
    )


def load(
    engine: Engine, queries: Sequence[str], seconds: float, new: bool = False
) -> tuple[float, float]:
    """Answers per second over several connections, and the 99th percentile of the waiting time in
    milliseconds.

    With `new` each query has a comment of its own, so that no server can cache its answer.
    """
    head = f"Host: 127.0.0.1:{engine.port}\r\nAccept: {JSON}\r\n\r\n"
    requests = [
        f"GET {engine.path}?query={quote(query)}{'%23@@' * new} HTTP/1.1\r\n{head}".encode()
        for query in queries
    ]
    sockets: dict[int, socket.socket] = {}
    received: dict[int, bytes] = {}
    sent_at: dict[int, float] = {}
    waits: list[float] = []
    counter = itertools.count()
    poll = select.epoll()

    def next_request() -> bytes:
        number = next(counter)
        return requests[number % len(requests)].replace(b"@@", b"%d" % number)

    for _ in range(CONNECTIONS):
        connection = socket.create_connection(("127.0.0.1", engine.port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sockets[connection.fileno()] = connection
        received[connection.fileno()] = b""
        poll.register(connection.fileno(), select.EPOLLIN)
    now = start = time.perf_counter()
    for number, connection in sockets.items():
        connection.sendall(next_request())
        sent_at[number] = now
    while now - start < seconds:
        for number, _ in poll.poll(1):
            answer = received[number] + sockets[number].recv(1 << 16)
            if not is_complete(answer):
                received[number] = answer
                continue
            now = time.perf_counter()
            waits.append(now - sent_at[number])
            received[number], sent_at[number] = b"", now
            sockets[number].send(next_request())
    for connection in sockets.values():
        connection.close()
    return len(waits) / (now - start), percentile(waits, 99)


def is_complete(answer: bytes) -> bool:
    """Whether all of an HTTP answer has arrived; raises AssertionError for a refusal."""
    head, separator, body = answer.partition(b"\r\n\r\n")
    if not separator:
        return False
    assert answer.startswith(b"HTTP/1.1 200"), answer[:300]
    length = re.search(rb"(?i)content-length: (\d+)", head)
    return len(body) >= int(length[1]) if length else body.endswith(b"0\r\n\r\n")


def percentile(seconds: Sequence[float], percent: int) -> float:
    """A percentile of some times, in milliseconds."""
    ordered = sorted(seconds)
    return 1000 * ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def throughput(seconds: float, rounds: int) -> Iterator[str]:
    """Compares answers, then lets each engine take its turn."""
    queries = small_queries()
    with tempfile.TemporaryDirectory() as folder, serving_engines(Path(folder)) as engines:
        for query in queries:
            first, *others = (ask(engine, query) for engine in engines)
            assert first, f"no answer to {query}"
            assert all(other == first for other in others), f"other answers to {query}"
        yield f"{len(queries)} small queries have the same answers in all three.\n"
        names = [*(engine.name for engine in engines), "sq-graph, each query new"]
        rates: dict[str, list[float]] = {name: [] for name in names}
        waits: dict[str, list[float]] = {name: [] for name in names}
        for engine in engines:
            load(engine, queries, 1)
        for _ in range(rounds):
            for name, engine, new in [
                *((engine.name, engine, False) for engine in engines),
                (names[-1], engines[0], True),
            ]:
                rate, wait = load(engine, queries, seconds, new)
                rates[name].append(rate)
                waits[name].append(wait)
    yield (
        "| small SELECT, 8 connections | answers a second | 99 of 100 within, ms | sq-graph "
        "in ratio |"
    )
    yield "|---|---|---|---|"
    ratio = {
        name: statistics.median(a / b for a, b in zip(rates["sq-graph"], theirs, strict=True))
        for name, theirs in rates.items()
    }
    for name in names:
        rate, wait = statistics.median(rates[name]), statistics.median(waits[name])
        yield f"| {name} | {rate:.0f} | {wait:.1f} | {ratio[name]:.2f} |"
    yield (
        "\nsq-graph remembers small answers until something is written; the last row shows it "
        "without that."
    )
    promise(ratio["rdflib-endpoint"] >= 3, "at least 3 times rdflib-endpoint")
    promise(ratio["oxigraph serve"] >= 0.25, "at least a quarter of oxigraph serve")


def bystander(seconds: float) -> Iterator[str]:
    """The waiting time for small answers, when nothing else runs and under attack."""
    queries = small_queries()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        settings = {
            "token": "",
            "timeout": 2.0,
            "memory": MEMORY,
            "workers": 4,
            "result_bytes": 8 << 20,
        }
        server = stack.enter_context(serving(Path(folder) / "log", **settings))
        engine = Engine("sq-graph", int(server.url.rpartition(":")[2]), "/sparql")
        quiet = measure_waits(engine, queries, seconds)
        attack = [sys.executable, __file__, "--attack", server.url, "--seconds", str(seconds + 2)]
        with subprocess.Popen(attack, stdout=subprocess.PIPE, text=True) as attacker:
            time.sleep(1.5)
            loud = measure_waits(engine, queries, seconds)
            times = json.loads(attacker.communicate()[0])
    ratio = percentile(loud, 99) / percentile(quiet, 99)
    yield "\n| a bystander's small queries | median, ms | 99 of 100 within, ms |\n|---|---|---|"
    for name, waits in (("alone", quiet), (f"beside {len(HOSTILE)} attackers", loud)):
        yield f"| {name} | {percentile(waits, 50):.1f} | {percentile(waits, 99):.1f} |"
    yield (
        f"\nRatio {ratio:.1f}. {len(times)} hostile requests, the longest {max(times):.2f} s "
        "with a deadline of 2 s."
    )
    promise(ratio <= 5, "a bystander's p99 within 5 times its idle value")
    promise(
        max(times) <= 2.5, "every request answered or refused within its deadline and half a second"
    )


def attack(url: str, seconds: float) -> list[float]:
    """Sends each hostile query repeatedly by a client of its own; the seconds of all requests."""
    server, times = Server(url), []
    deadline = time.monotonic() + seconds

    def send_repeatedly(text: str) -> None:
        while time.monotonic() < deadline:
            start = time.perf_counter()
            with contextlib.suppress(OSError, HTTPException):
                server.query(text, "*/*")
            times.append(time.perf_counter() - start)

    attackers = [
        threading.Thread(target=send_repeatedly, args=(text,)) for text in HOSTILE.values()
    ]
    for attacker in attackers:
        attacker.start()
    for attacker in attackers:
        attacker.join()
    return times


def measure_waits(engine: Engine, queries: Sequence[str], seconds: float) -> list[float]:
    """The waiting times of one client that sends twenty queries per second."""
    waits: list[float] = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        start = time.perf_counter()
        ask(engine, queries[len(waits) % len(queries)])
        waits.append(time.perf_counter() - start)
        time.sleep(0.05)
    return waits


def kills(rounds: int) -> Iterator[str]:
    """kill -9 at random moments: of a program that changes files, and of a server on a store."""
    yield (
        "\n| kill -9 at random moments | rounds | acknowledged writes | lost | half there "
        "|\n|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "files").mkdir()
        count = test_files.kill_rounds(root / "files", rounds, seed=1)
        yield f"| several files at once | {rounds} | {count} | 0 | 0 |"
        count = test_endpoint_store.kill_rounds(root, rounds, 3, store=root / "store")
        yield f"| serve --store | {rounds} | {count} | 0 | 0 |"


BROKEN: list[str] = []


def promise(is_kept: bool, text: str) -> None:
    if not is_kept:
        BROKEN.append(text)


def environment() -> str:
    """The machine and the versions of the programs."""
    names = [
        "pyoxigraph",
        "oxigraph",
        "rdflib-endpoint",
        "rdflib",
        "starlette",
        "uvicorn",
        "sq-graph",
    ]
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    return (
        f"{platform.system()} {platform.release()}, {platform.machine()}, {os.cpu_count()} "
        "cores, load "
        f"{os.getloadavg()[0]:.1f} before; Python {platform.python_version()}, {versions}."
    )


def main() -> int:
    """Runs the chosen parts and writes the figures to a file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=4, help="of each turn")
    parser.add_argument("--turns", type=int, default=5, help="of each engine")
    parser.add_argument("--kills", type=int, default=100, help="rounds of kill -9")
    parser.add_argument("--attack", help=argparse.SUPPRESS)
    parser.add_argument("--only", choices=("throughput", "bystander", "kills"))
    options = parser.parse_args()
    if options.attack:
        print(json.dumps(attack(options.attack, options.seconds)))
        return 0
    parts: dict[str, Callable[[], Iterator[str]]] = {
        "throughput": lambda: throughput(options.seconds, options.turns),
        "bystander": lambda: bystander(3 * options.seconds),
        "kills": lambda: kills(options.kills),
    }
    lines = ["# The endpoint beside its neighbours", "", environment(), ""]
    print("\n".join(lines))
    for name, part in parts.items():
        if options.only in (None, name):
            for line in part():
                print(line, flush=True)
                lines.append(line)
    verdict = f"Not kept: {'; '.join(BROKEN)}." if BROKEN else "All promises are kept."
    print(f"\n{verdict}")
    if options.only is None:
        (Path(__file__).parent / "endpoint.md").write_text(
            "\n".join([*lines, "", verdict, ""]), encoding="utf-8"
        )
    return 1 if BROKEN else 0


if __name__ == "__main__":
    sys.exit(main())
