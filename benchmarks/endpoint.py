"""The endpoint beside its neighbours: throughput of small queries, a bystander under attack, and
kill -9.

`make bench-endpoint` runs all of it and writes `benchmarks/endpoint.md`. The same statements are
served by sq-graph, by `oxigraph serve` and by rdflib-endpoint, in one run, their answers are
compared first, and each takes its turn several times: figures of one run can be compared with each
other, not with those of another machine. Exits 1 where a promise is not kept.
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
def started(command: Sequence[str], port: int) -> Iterator[None]:
    """Runs a program until the block ends; returns when it listens."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0, 120)
            yield
        finally:
            process.kill()


@contextlib.contextmanager
def engines(place: Path) -> Iterator[list[Engine]]:
    """sq-graph, oxigraph and rdflib-endpoint over the packaged map."""
    graph = EmbeddedGraph()
    load_files(graph, ((file.path, file.iri, file.listed) for file in packaged().files()))
    triples = place / "map.nt"
    triples.write_bytes(graph.results("CONSTRUCT WHERE { ?s ?p ?o }", "ntriples"))
    program = str(Path(sys.executable).parent / "oxigraph")
    oxigraph, rdflib = free_port(), free_port()
    subprocess.run(
        [program, "load", "--location", str(place / "oxigraph"), "--file", str(triples)],
        check=True,
        capture_output=True,
    )
    serve = [
        program,
        "serve-read-only",
        "--location",
        str(place / "oxigraph"),
        "--bind",
        f"127.0.0.1:{oxigraph}",
    ]
    with contextlib.ExitStack() as stack:
        ours = stack.enter_context(serving(place / "log", token=""))
        stack.enter_context(started(serve, oxigraph))
        stack.enter_context(
            started([sys.executable, "-c", RDFLIB, str(triples), str(rdflib)], rdflib)
        )
        yield [
            Engine("sq-graph", int(ours.url.rpartition(":")[2]), "/sparql"),
            Engine("oxigraph serve", oxigraph, "/query"),
            Engine("rdflib-endpoint", rdflib, "/"),
        ]


def questions() -> list[str]:
    """Small queries, each for another thing: who is it, and of what kind."""
    graph = EmbeddedGraph()
    load_files(graph, ((file.path, file.iri, file.listed) for file in packaged().files()))
    things = graph.select(
        "SELECT DISTINCT ?s { ?s a sq:Work ; rdfs:label ?l } ORDER BY STR(?s) LIMIT 100"
    )
    label = "http://www.w3.org/2000/01/rdf-schema#label"
    return [f"SELECT ?label {{ <{row['s'].value}> <{label}> ?label }}" for row in things]


def asked(engine: Engine, query: str) -> list[tuple[tuple[str, str], ...]]:
    """The rows of one answer, in an order of their own."""
    url = f"http://127.0.0.1:{engine.port}{engine.path}?query={quote(query)}"
    with urlopen(Request(url, headers={"Accept": JSON}), timeout=60) as response:
        bindings = json.load(response)["results"]["bindings"]
    return sorted(
        tuple(sorted((name, value["value"]) for name, value in row.items())) for row in bindings
    )


def load(
    engine: Engine, queries: Sequence[str], seconds: float, new: bool = False
) -> tuple[float, float]:
    """Answers a second over some connections at once, and the 99th percentile of waiting in
    milliseconds.

    With `new` each query has a comment of its own, so that no server can remember its answer.
    """
    head = f"Host: 127.0.0.1:{engine.port}\r\nAccept: {JSON}\r\n\r\n"
    requests = [
        f"GET {engine.path}?query={quote(query)}{'%23@@' * new} HTTP/1.1\r\n{head}".encode()
        for query in queries
    ]
    sockets: dict[int, socket.socket] = {}
    came: dict[int, bytes] = {}
    sent: dict[int, float] = {}
    waited: list[float] = []
    count = itertools.count()
    poll = select.epoll()

    def next_request() -> bytes:
        number = next(count)
        return requests[number % len(requests)].replace(b"@@", b"%d" % number)

    for _ in range(CONNECTIONS):
        made = socket.create_connection(("127.0.0.1", engine.port))
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sockets[made.fileno()] = made
        came[made.fileno()] = b""
        poll.register(made.fileno(), select.EPOLLIN)
    now = begun = time.perf_counter()
    for place, made in sockets.items():
        made.sendall(next_request())
        sent[place] = now
    while now - begun < seconds:
        for place, _ in poll.poll(1):
            answer = came[place] + sockets[place].recv(1 << 16)
            if not is_whole(answer):
                came[place] = answer
                continue
            now = time.perf_counter()
            waited.append(now - sent[place])
            came[place], sent[place] = b"", now
            sockets[place].send(next_request())
    for made in sockets.values():
        made.close()
    return len(waited) / (now - begun), percentile(waited, 99)


def is_whole(answer: bytes) -> bool:
    """Whether an HTTP answer has come to its end; raises AssertionError for a refusal."""
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found:
        return False
    assert answer.startswith(b"HTTP/1.1 200"), answer[:300]
    length = re.search(rb"(?i)content-length: (\d+)", head)
    return len(body) >= int(length[1]) if length else body.endswith(b"0\r\n\r\n")


def percentile(values: Sequence[float], hundredth: int) -> float:
    ordered = sorted(values)
    return 1000 * ordered[min(len(ordered) - 1, len(ordered) * hundredth // 100)]


def throughput(seconds: float, rounds: int) -> Iterator[str]:
    """Compares answers, then lets each engine take its turn."""
    queries = questions()
    with tempfile.TemporaryDirectory() as folder, engines(Path(folder)) as compared:
        for query in queries:
            first, *others = (asked(engine, query) for engine in compared)
            assert first, f"no answer to {query}"
            assert all(other == first for other in others), f"other answers to {query}"
        yield f"{len(queries)} small queries have the same answers in all three.\n"
        names = [*(engine.name for engine in compared), "sq-graph, each query new"]
        rates: dict[str, list[float]] = {name: [] for name in names}
        waits: dict[str, list[float]] = {name: [] for name in names}
        for engine in compared:
            load(engine, queries, 1)
        for _ in range(rounds):
            for name, engine, new in [
                *((one.name, one, False) for one in compared),
                (names[-1], compared[0], True),
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
        name: statistics.median(a / b for a, b in zip(rates["sq-graph"], found, strict=True))
        for name, found in rates.items()
    }
    for name, found in rates.items():
        yield (
            f"| {name} | {statistics.median(found):.0f} | "
            f"{statistics.median(waits[name]):.1f} | {ratio[name]:.2f} |"
        )
    yield (
        "\nsq-graph remembers small answers until something is written; the last row shows it "
        "without that."
    )
    promise(ratio["rdflib-endpoint"] >= 3, "at least 3 times rdflib-endpoint")
    promise(ratio["oxigraph serve"] >= 0.25, "at least a quarter of oxigraph serve")


def bystander(seconds: float) -> Iterator[str]:
    """Waiting for small answers, while nothing else runs and while everything hostile does."""
    queries = questions()
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
        quiet = waiting(engine, queries, seconds)
        attack = [sys.executable, __file__, "--attack", server.url, "--seconds", str(seconds + 2)]
        with subprocess.Popen(attack, stdout=subprocess.PIPE, text=True) as attacker:
            time.sleep(1.5)
            loud = waiting(engine, queries, seconds)
            late = json.loads(attacker.communicate()[0])
    ratio = percentile(loud, 99) / percentile(quiet, 99)
    yield "\n| a bystander's small queries | median, ms | 99 of 100 within, ms |\n|---|---|---|"
    for name, found in (("alone", quiet), (f"beside {len(HOSTILE)} attackers", loud)):
        yield f"| {name} | {percentile(found, 50):.1f} | {percentile(found, 99):.1f} |"
    yield (
        f"\nRatio {ratio:.1f}. {len(late)} hostile requests, the longest {max(late):.2f} s "
        "with a deadline of 2 s."
    )
    promise(ratio <= 5, "a bystander's p99 within 5 times its idle value")
    promise(
        max(late) <= 2.5, "every request answered or refused within its deadline and half a second"
    )


def attack(url: str, seconds: float) -> list[float]:
    """Sends every hostile query again and again, each by a client of its own; how long each
    took.
    """
    server, late = Server(url), []
    end = time.monotonic() + seconds

    def again(text: str) -> None:
        while time.monotonic() < end:
            begun = time.perf_counter()
            with contextlib.suppress(OSError, HTTPException):
                server.query(text, "*/*")
            late.append(time.perf_counter() - begun)

    attackers = [threading.Thread(target=again, args=(text,)) for text in HOSTILE.values()]
    for attacker in attackers:
        attacker.start()
    for attacker in attackers:
        attacker.join()
    return late


def waiting(engine: Engine, queries: Sequence[str], seconds: float) -> list[float]:
    """How long one client waits for each answer, asking twenty times a second."""
    found: list[float] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        begun = time.perf_counter()
        asked(engine, queries[len(found) % len(queries)])
        found.append(time.perf_counter() - begun)
        time.sleep(0.05)
    return found


def kills(rounds: int) -> Iterator[str]:
    """kill -9 at random moments: of a program that changes files, of a server on a workspace, of
    one on a store.
    """
    yield (
        "\n| kill -9 at random moments | rounds | acknowledged writes | lost | half there "
        "|\n|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "files").mkdir()
        count = test_files.kill_rounds(place / "files", rounds, seed=1)
        yield f"| several files at once | {rounds} | {count} | 0 | 0 |"
        count = test_endpoint_store.kill_rounds(place, rounds, 3, store=place / "store")
        yield f"| serve --store | {rounds} | {count} | 0 | 0 |"


BROKEN: list[str] = []


def promise(kept: bool, words: str) -> None:
    if not kept:
        BROKEN.append(words)


def machine() -> str:
    """Where this was measured, and with what."""
    names = (
        "pyoxigraph",
        "oxigraph",
        "rdflib-endpoint",
        "rdflib",
        "starlette",
        "uvicorn",
        "sq-graph",
    )
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    return (
        f"{platform.system()} {platform.release()}, {platform.machine()}, {os.cpu_count()} "
        "cores, load "
        f"{os.getloadavg()[0]:.1f} before; Python {platform.python_version()}, {versions}."
    )


def main() -> int:
    """Runs what is asked for and writes the figures down."""
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
    lines = ["# The endpoint beside its neighbours", "", machine(), ""]
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
