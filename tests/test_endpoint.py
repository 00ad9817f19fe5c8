"""The endpoint as its clients see it: forms, headers, real clients, linked data, and its description of itself."""

from __future__ import annotations

import contextlib
import csv
import gzip
import http.client
import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from html import unescape
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, unquote_to_bytes, urlencode, urlsplit
from urllib.request import Request, urlopen

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sq_graph
from sq_graph.graph.layout import packaged
from sq_graph.web.server import _Transport
from sq_graph.web.sparql import decoded_form
from tests.conftest import solutions
from tests.serving import (
    BEARER,
    TOKEN,
    Answer,
    Server,
    StubHandler,
    free_port,
    in_background,
    serving,
    wait_until,
)

ID = "https://w3id.org/sq-graph/id/"
CONCEPT = f"{ID}concept/social-exclusion"
OTHER_PORT = free_port()
"""The port of a page of another origin, whose requests the store allows."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The packaged map, read only."""
    with serving(
        tmp_path_factory.mktemp("endpoint") / "log", token="", result_bytes=3 * 2**20
    ) as running:
        yield running


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An empty store that may be written to."""
    folder = tmp_path_factory.mktemp("store")
    origins = ("https://example.org", f"http://127.0.0.1:{OTHER_PORT}")
    with serving(folder / "log", store=folder / "store", cors=origins) as running:
        yield running


def triples_of(answer: Answer) -> set[ox.Triple]:
    """The triples of an answer in a form of RDF."""
    media_type = ox.RdfFormat.from_media_type(answer.type)
    return {quad.triple for quad in ox.parse(answer.body, format=media_type)}


def count(server: Server, pattern: str, counted: str = "*") -> int:
    """How many solutions a pattern has."""
    return int(server.query(f"SELECT (COUNT({counted}) AS ?n) {{ {pattern} }}").text.split()[1])


# ---- forms and headers


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("text/csv", "text/csv"),
        ("text/tab-separated-values", "text/tab-separated-values"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/turtle, application/sparql-results+xml;q=0.1", "application/sparql-results+xml"),
        ("text/*;q=0.3, application/json;q=0.2", "text/csv"),
        ("application/json;q=0, */*;q=0.1", "application/sparql-results+json"),
    ],
)
def test_rows_come_in_the_preferred_form(server: Server, accept: str, media_type: str) -> None:
    answer = (
        server.query("SELECT (1 AS ?x) {}", accept)
        if accept
        else server.ask("GET", "/sparql?query=SELECT(1AS%3Fx)%7B%7D")
    )
    assert (answer.status, answer.type) == (200, media_type)
    assert answer.headers["vary"] == "Accept, Accept-Encoding"


@pytest.mark.parametrize(
    "media_type",
    [
        "text/turtle",
        "application/n-triples",
        "application/rdf+xml",
        "application/ld+json",
        "application/trig",
        "application/n-quads",
    ],
)
def test_triples_come_in_every_form(server: Server, media_type: str) -> None:
    answer = server.query(f"CONSTRUCT WHERE {{ <{CONCEPT}> ?p ?o }}", media_type)
    assert (answer.status, answer.type) == (200, media_type)
    assert len(triples_of(answer)) == count(server, f"<{CONCEPT}> ?p ?o")


def test_a_form_that_does_not_fit_is_refused(server: Server) -> None:
    for text, accept in (
        ("ASK {}", "image/png"),
        ("ASK {}", "text/turtle"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "text/csv"),
    ):
        answer = server.query(text, accept)
        assert (answer.status, answer.type) == (406, "text/plain")


def test_format_names_a_form_where_accept_does_not(server: Server) -> None:
    address = f"/sparql?query={quote('SELECT (1 AS ?x) {}')}&format="
    assert server.ask("GET", f"{address}csv").type == "text/csv"
    assert server.ask("GET", f"{address}csv", Accept="application/json").type == "application/json"
    for form, rows, triples in (
        ("json", "sparql-results+json", "ld+json"),
        ("xml", "sparql-results+xml", "rdf+xml"),
    ):
        assert server.ask("GET", f"{address}{form}").type == f"application/{rows}"
        for path in (
            f"/sparql?query={quote('CONSTRUCT {} {}')}",
            "/graphs?graph=https://w3id.org/sq-graph/core",
        ):
            assert server.ask("GET", f"{path}&format={form}").type == f"application/{triples}"


def test_an_unknown_graph_is_refused_where_no_graph_can_be_added(
    server: Server, store: Server
) -> None:
    """A store answers without rows: rdflib asks for a graph before it writes to it."""
    for name in ("default-graph-uri", "named-graph-uri"):
        parameters = {name: "http://e/nowhere"}
        assert store.query("ASK { ?s ?p ?o }", **parameters).text == "false"
        answer = server.query("ASK { ?s ?p ?o }", **parameters)
        assert answer.status == 400
        assert answer.text.startswith("<http://e/nowhere> is not a graph of this map")


def test_a_client_that_sends_too_much_and_closes_gets_the_refusal(server: Server) -> None:
    headers = {"Content-Type": "application/sparql-query"}  # urllib adds Connection: close
    request = Request(f"{server.url}/sparql", b" " * 30_000_000, headers)
    with pytest.raises(HTTPError, match="413"):
        urlopen(request, timeout=10)


def test_answers_may_be_zipped(server: Server) -> None:
    text = "SELECT ?s { ?s a sq:Work } ORDER BY ?s"
    body = f"query={quote(text)}"
    headers = {"Content_Type": "application/x-www-form-urlencoded", "Accept": "text/csv"}
    plain = server.ask("POST", "/sparql", body, **headers)
    zipped = server.ask("POST", "/sparql", body, Accept_Encoding="gzip", **headers)
    assert zipped.headers["content-encoding"] == "gzip"
    assert gzip.decompress(zipped.body) == plain.body
    assert (
        "content-encoding"
        not in server.ask("POST", "/sparql", body, Accept_Encoding="gzip;q=0", **headers).headers
    )


def test_head_has_the_headers_of_get(server: Server) -> None:
    for path in (
        "/sparql?query=ASK%7B%7D",
        "/sparql",
        "/health",
        "/.well-known/void",
        "/core.ttl",
        f"/graphs?graph={quote(ID[:-3])}core",
    ):
        full, head = server.ask("GET", path), server.ask("HEAD", path)
        assert (head.status, head.body) == (full.status, b"")
        assert {**head.headers, "date": ""} == {**full.headers, "date": ""}


def test_no_other_origin_may_read_unless_it_is_named(server: Server, store: Server) -> None:
    for path in ("/sparql?query=ASK%7B%7D", "/sparql?query=ASK", "/nothing/at/all", "/core.ttl"):
        answer = server.ask("GET", path, Origin="https://example.org")
        assert "access-control-allow-origin" not in answer.headers
        headers = store.ask("GET", path, Origin="https://example.org").headers
        assert headers["access-control-allow-origin"] == "https://example.org"
        assert (
            "access-control-allow-origin"
            not in store.ask("GET", path, Origin="https://elsewhere.org").headers
        )
    preflight = store.ask(
        "OPTIONS", "/sparql", Origin="https://example.org", Access_Control_Request_Method="POST"
    )
    assert preflight.status == 204
    assert "authorization" in preflight.headers["access-control-allow-headers"].lower()
    answer = store.ask("OPTIONS", "/sparql", Origin="https://elsewhere.org")
    assert not [name for name in answer.headers if name.startswith("access-control")]
    # a cache must not serve one origin what it fetched without an origin or for another
    for headers in ({}, {"Origin": "https://example.org"}, {"Origin": "https://elsewhere.org"}):
        raw = http.client.HTTPConnection(store.host)
        raw.request("GET", "/sparql?query=ASK%7B%7D", headers=headers)
        assert "Origin" in raw.getresponse().headers.get_all("vary", [])


def test_options_names_the_methods_of_an_address(server: Server, store: Server) -> None:
    methods = {
        "/sparql": "GET, HEAD, POST",
        "/update": "POST",
        "/graphs?default": "GET, HEAD, PUT, POST, DELETE",
        "/works": "GET, HEAD",
        "/static/style.css": "GET, HEAD",
    }
    for path, allow in methods.items():
        for instance in (server, store):
            answer = instance.ask("OPTIONS", path)
            assert (answer.status, answer.body) == (204, b""), path
            assert answer.headers["allow"] == allow, path


def test_preferences_may_be_sent_in_several_lines(server: Server) -> None:
    connection = http.client.HTTPConnection(server.host)

    def get(*headers: tuple[str, str]) -> http.client.HTTPResponse:
        connection.putrequest("GET", "/sparql?query=ASK%7B%7D", skip_accept_encoding=True)
        for pair in headers:
            connection.putheader(*pair)
        connection.endheaders()
        answer = connection.getresponse()
        answer.read()
        return answer

    xml = ("Accept", "application/sparql-results+xml")
    answer = get(("Accept", "application/sparql-results+json;q=0.1"), xml)
    assert answer.headers["content-type"] == xml[1]
    tag = answer.headers["etag"]
    assert get(xml, ("If-None-Match", '"other"'), ("If-None-Match", tag)).status == 304
    assert get(xml, ("If-None-Match", "*")).status == 304
    assert get(xml, ("If-None-Match", '"other"')).status == 200


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("POST", "/sparql", "application/sparql-query"),
        ("POST", "/update", "application/sparql-update"),
        ("PUT", "/graphs?graph=https://example.org/zipped", "text/turtle"),
    ],
)
def test_a_body_in_another_coding_is_refused_by_its_name(
    store: Server, method: str, path: str, kind: str
) -> None:
    body = gzip.compress(b"ASK {}")
    answer = store.ask(method, path, body, Content_Type=kind, Content_Encoding="gzip", **BEARER)
    assert answer.status == 415
    assert answer.headers["accept-encoding"] == "identity"
    assert answer.text == ("The content coding gzip is not supported. Send the body unencoded.\n")
    plain = store.ask(
        "POST",
        "/sparql",
        b"ASK {}",
        Content_Type="application/sparql-query",
        Content_Encoding="identity",
    )
    assert plain.status == 200


def test_large_answers_are_complete(server: Server) -> None:
    pattern = "?s rdfs:label|rdf:type|rdfs:comment|sq:summary ?o"
    answer = server.query(f"SELECT ?s ?o {{ {pattern} }}", "text/csv")
    assert int(answer.headers["content-length"]) == len(answer.body) > 2**20
    assert len(list(csv.reader(io.StringIO(answer.text)))) == count(server, pattern) + 1


@pytest.mark.parametrize(
    "accept", ["text/csv", "application/sparql-results+json", "application/sparql-results+xml"]
)
def test_an_answer_past_its_cap_is_refused(server: Server, accept: str) -> None:
    for text, media_type in (
        ("SELECT ?a ?b ?c ?d { ?a ?b ?c . ?d ?b ?e }", accept),
        ("CONSTRUCT { ?a ?b ?d } WHERE { ?a ?b ?c . ?d ?b ?e }", "application/n-triples"),
    ):
        answer = server.query(text, media_type)
        assert answer.status == 503
        assert "The answer is larger than 3145728 bytes" in answer.text


def test_a_head_is_sent_with_its_body_and_never_without_end() -> None:
    parts: list[bytes] = []
    actions = {"write": parts.append, "close": lambda: parts.append(b"closed")}
    protocol = SimpleNamespace(cycle=SimpleNamespace(response_complete=True, more_body=True))
    transport = _Transport(SimpleNamespace(**actions, is_closing=lambda: False), protocol)
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert parts.pop() == b"HTTP/1.1 100 Continue\r\n\r\n"
    transport.write(head)
    assert not parts
    transport.write(b"HTTP/1.1 is a protocol")
    assert parts == [head + b"HTTP/1.1 is a protocol"]
    transport.write(b"")
    transport.write(head)
    transport.close()
    assert parts[1:] == [head]
    protocol.cycle.more_body = False
    transport.close()
    assert parts[1:] == [head, b"closed"]


def test_a_graph_parameter_that_does_not_fit_the_operation_is_refused(store: Server) -> None:
    graph = "https://example.org/overlooked"
    insert = f"INSERT DATA {{ GRAPH <{graph}> {{ <http://e/a> a <http://e/Kept> }} }}"
    assert store.update(insert).status == 204
    for answer, name, verb in (
        (
            store.update("DELETE WHERE { ?s ?p ?o }", **{"default-graph-uri": graph}),
            "default-graph-uri",
            "update",
        ),
        (store.update("CLEAR ALL", **{"named-graph-uri": graph}), "named-graph-uri", "update"),
        (store.query("ASK {}", **{"using-graph-uri": graph}), "using-graph-uri", "query"),
        (
            store.query("ASK {}", **{"using-named-graph-uri": graph}),
            "using-named-graph-uri",
            "query",
        ),
    ):
        assert (answer.status, answer.text) == (
            400,
            f"{name} is not used with {verb}. Leave it out.\n",
        )
    ask = f"ASK {{ GRAPH <{graph}> {{ ?s a <http://e/Kept> }} }}"
    assert store.query(ask).text == "true"


def test_the_form_in_an_address_counts_in_a_browser(server: Server) -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    path = "/sparql?query=" + quote("SELECT ?s { BIND(1 AS ?s) }")
    assert server.ask("GET", f"{path}&format=csv", Accept=browser).text == "s\r\n1\r\n"
    assert server.ask("GET", f"{path}&format=csv", Accept="application/json").text.startswith("{")
    thing = server.ask("GET", "/id/concept/trust?format=nt", Accept=browser)
    assert (thing.status, thing.headers["location"]) == (303, "/id/concept/trust.nt")


def test_a_byte_order_mark_before_a_query_is_skipped(server: Server) -> None:
    body = b"\xef\xbb\xbfASK {}"
    answer = server.ask(
        "POST", "/sparql", body, Content_Type="application/sparql-query", Accept="text/csv"
    )
    assert (answer.status, answer.text) == (200, "true")


def test_where_there_are_no_forms_each_client_learns_so_in_its_own_format(server: Server) -> None:
    for path in ("/edit", "/edit/work?title=x"):
        page = server.ask("GET", path, Accept="text/html,*/*;q=0.8")
        assert (page.status, page.type) == (403, "text/html")
        assert "Forms are for a workspace: start sq-graph serve in its folder" in page.text
        assert "content-security-policy" in page.headers
        problem = server.ask("GET", path, Accept="application/json")
        assert (problem.status, problem.type) == (403, "application/problem+json")
        assert json.loads(problem.body)["detail"].startswith("Forms are for a workspace")
        plain = server.ask("GET", path)
        assert (plain.status, plain.type) == (403, "text/plain")


def test_a_small_answer_is_one_packet(server: Server) -> None:
    for method, end in (("GET", b"true"), ("HEAD", b"\r\n\r\n")):
        request = f"{method} /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: {server.host}\r\nAccept: text/csv\r\n\r\n"
        with server.connect() as client:
            for _ in range(5):
                client.sendall(request.encode())
                assert client.recv(1 << 16).endswith(end)


def test_a_client_may_wait_for_permission_to_send(server: Server) -> None:
    head = f"POST /sparql HTTP/1.1\r\nHost: {server.host}\r\nContent-Type: application/sparql-query\r\n"
    with server.connect() as client:
        client.sendall(f"{head}Content-Length: 6\r\nExpect: 100-continue\r\n\r\n".encode())
        assert client.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"ASK {}")
        assert client.recv(1000).startswith(b"HTTP/1.1 200")
        client.sendall(f"{head}Content-Length: 9999999\r\nExpect: 100-continue\r\n\r\n".encode())
        assert client.recv(1000).startswith(b"HTTP/1.1 413")


@pytest.mark.wide
def test_a_client_that_reads_slowly_is_cut_off_and_frees_its_worker(tmp_path: Path) -> None:
    text = "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 40000"
    # long enough for the answer to start on a busy machine; else it is refused, not cut off
    with serving(tmp_path / "log", token="", timeout=6, log_queries=True) as running:
        with running.connect() as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            request = f"GET /sparql?query={quote(text)} HTTP/1.1\r\nHost: {running.host}\r\n\r\n"
            slow.sendall(request.encode())
            wait_until(lambda: " cut off: " in running.log.read_text(), 30)
        assert running.query("ASK {}").text == "true"


def test_the_worker_of_a_client_that_leaves_is_freed(server: Server) -> None:
    text = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    old_count = server.log.read_text().count(" 499 ")
    for _ in range(25):  # more than the limit of slow queries
        with server.connect() as leaving:
            request = f"GET /sparql?query={quote(text)} HTTP/1.1\r\nHost: {server.host}\r\n\r\n"
            leaving.sendall(request.encode())
            time.sleep(0.05)
    wait_until(lambda: server.log.read_text().count(" 499 ") >= old_count + 5)
    answer = server.query(text.replace("?i }", "?i } LIMIT 1"))
    assert "busy" not in answer.text


@given(st.binary() | st.text("%=ab0F\n\r _+&4").map(str.encode))
def test_forms_are_decoded_as_the_standard_library_does(value: bytes) -> None:
    encoded = value.replace(b"&", b"")
    with contextlib.suppress(UnicodeDecodeError):
        expected = unquote_to_bytes(encoded.replace(b"+", b" ")).decode()
        assert decoded_form(b"query=" + encoded) == [("query", expected)]


# ---- processes


def ready_workers(server: Server) -> int:
    """The number of processes that are ready for queries."""
    answer = server.ask("GET", "/health")
    return int(json.loads(answer.body)["workers"]) if answer.status == 200 else 0


def test_a_process_that_dies_is_replaced(server: Server) -> None:
    wait_until(lambda: ready_workers(server) == 6)
    old = server.processes()
    for process in old[1:]:
        os.kill(process, signal.SIGKILL)
    wait_until(lambda: ready_workers(server) == 6 and not {*server.processes()} & {*old[1:]}, 15)
    assert server.query("ASK {}").text == "true"


def test_the_process_that_forks_the_others_is_replaced(server: Server) -> None:
    wait_until(lambda: ready_workers(server) == 6)
    old = server.processes()
    os.kill(old[0], signal.SIGKILL)
    wait_until(lambda: ready_workers(server) == 6 and not {*server.processes()} & {*old}, 15)
    assert server.query("ASK {}").text == "true"


def is_alive(process: int) -> bool:
    """Whether a process runs; a process that has ended may still be listed without a command."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes() != b""
    except OSError:
        return False


def test_the_processes_end_with_the_server(tmp_path: Path) -> None:
    with serving(tmp_path / "log") as running:
        wait_until(lambda: len(running.processes()) >= 10)
        processes = running.processes()
        os.kill(running.process.pid, signal.SIGKILL)
        wait_until(lambda: not any(map(is_alive, processes)))


def test_health_says_what_runs(server: Server, store: Server) -> None:
    health = json.loads(server.ask("GET", "/health").body)
    assert (health["status"], health["version"], health["writable"]) == (
        "ok",
        sq_graph.__version__,
        False,
    )
    assert json.loads(store.ask("GET", "/health").body)["writable"] is True


def test_the_log_has_one_line_per_request(server: Server) -> None:
    count = len(server.log.read_text().splitlines())
    server.query("SELECT * { VALUES ?x { 1 2 'a\"\\n' } }")
    server.query("SELECT * { VALUES ?x { 1 2 'a\"\\n' } }", "application/json")
    server.query("CONSTRUCT { ?x a ?x } WHERE { VALUES ?x { <x:a> <x:b> } }", "*/*")
    server.query("SELECT")
    wait_until(lambda: len(server.log.read_text().splitlines()) == count + 4)
    lines = server.log.read_text().splitlines()[count:]
    for line, status, rows in zip(
        lines, (200, 200, 200, 400), (" 3 rows", " 3 rows", " 2 rows", ""), strict=True
    ):
        assert re.fullmatch(
            rf"\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\+\d{{4}} 127\.0\.0\.1 {status} [\d.]+ ms{rows} \d+ bytes POST /sparql",
            line,
        )


def test_the_text_of_queries_is_logged_only_if_asked(tmp_path: Path) -> None:
    with serving(tmp_path / "log", log_queries=True) as running:
        running.query("ASK {\n ?s ?p 'secret'\n}", "*/*")
        wait_until(lambda: "POST /sparql ASK { ?s ?p 'secret' }\n" in running.log.read_text())


def start_error(settings: str) -> str:
    """The last line that a server with these settings prints as it fails to start."""
    code = f"from pathlib import Path\nfrom sq_graph.web import *\nserve(Settings({settings}))"
    command = [sys.executable, "-c", code]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    return process.stderr.splitlines()[-1]


def test_it_says_where_it_is_and_who_can_reach_it(tmp_path: Path) -> None:
    with serving(tmp_path / "log", host="0.0.0.0") as running:
        assert "Other machines can reach this server" in running.log.read_text()
        port = int(running.url.rpartition(":")[2])
        assert f"the address 127.0.0.1, port {port} cannot be used" in start_error(f"port={port}")


def test_a_store_learns_the_classes_that_are_put_into_it(tmp_path: Path) -> None:
    """Only the vocabulary, which is written later, says which things are agents."""
    with serving(tmp_path / "log", store=tmp_path / "store") as empty:
        assert empty.update("INSERT DATA { <x:a> <x:b> 1 }").status == 204
        for name in ("core", "data/agents", "data/works/bains-2005"):
            text = (packaged().ontology / f"{name}.ttl").read_text(encoding="utf-8")
            answer = empty.graph("PUT", packaged().base + name, text)
            assert answer.status == 201, answer.text


def test_a_store_has_one_writer(tmp_path: Path) -> None:
    with serving(tmp_path / "log", store=tmp_path / "store"):
        settings = f"port=0, token='x', store=Path({str(tmp_path / 'store')!r})"
        assert "the store cannot be opened for writing" in start_error(settings)


def test_text_files_are_not_written_to_over_sparql(server: Server) -> None:
    for answer in (
        server.update("CLEAR ALL"),
        server.graph("PUT", "x:y", ""),
        server.graph("DELETE", "x:y"),
    ):
        assert answer.status == 403
        assert "atlas.edit()" in answer.text


# ---- real clients


def test_sparqlwrapper(store: Server) -> None:
    wrapper = pytest.importorskip("SPARQLWrapper")
    client = wrapper.SPARQLWrapper(f"{store.url}/sparql", f"{store.url}/update")
    client.setMethod(wrapper.POST)
    client.addCustomHttpHeader("Authorization", f"Bearer {TOKEN}")
    client.setQuery('INSERT DATA { <x:a> <x:b> "c"@en }')
    client.query()
    client.setMethod(wrapper.GET)
    for form in (wrapper.JSON, wrapper.XML):
        client.setReturnFormat(form)
        client.setQuery("SELECT ?o { <x:a> ?p ?o }")
        assert "c" in str(
            client.queryAndConvert() if form == wrapper.JSON else client.queryAndConvert().toxml()
        )
    client.setReturnFormat(wrapper.JSON)
    client.setQuery("ASK { <x:a> ?p ?o }")
    assert client.queryAndConvert() == {"head": {}, "boolean": True}
    for text in ("CONSTRUCT WHERE { <x:a> ?p ?o }", "DESCRIBE <x:a>"):
        for form in (wrapper.TURTLE, wrapper.RDFXML, wrapper.N3, wrapper.JSONLD):
            client.setReturnFormat(form)
            client.setQuery(text)
            assert b"x:a" in client.query().response.read()


def test_rdflib_stores(store: Server) -> None:
    import rdflib
    from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore

    name = rdflib.URIRef("x:graph")
    writer = rdflib.Graph(
        SPARQLUpdateStore(f"{store.url}/sparql", f"{store.url}/update", headers=BEARER), name
    )
    triple = (rdflib.URIRef("x:r"), rdflib.URIRef("x:p"), rdflib.Literal("1"))
    writer.add(triple)
    writer.commit()
    reader = rdflib.Graph(SPARQLStore(f"{store.url}/sparql"), name)
    assert triple in reader
    assert reader.query("SELECT ?o { <x:r> ?p ?o }").bindings == [{rdflib.Variable("o"): triple[2]}]
    assert bool(reader.query("ASK { <x:r> ?p ?o }"))
    assert len(reader.query("CONSTRUCT WHERE { <x:r> ?p ?o }").graph or ()) == 1
    writer.remove(triple)
    writer.commit()
    assert triple not in reader


@pytest.mark.skipif(
    shutil.which("curl") is None, reason="curl is not installed. Run apt-get install curl."
)
def test_curl(server: Server) -> None:
    def curl(*arguments: str) -> str:
        return subprocess.run(
            ["curl", "-s", *arguments], capture_output=True, text=True, check=True
        ).stdout

    query = "query=SELECT * { ?s ?p ?o } LIMIT 3"
    rows = curl(
        "-H", "Accept: text/csv", "--data-urlencode", query, f"{server.url}/sparql"
    ).splitlines()
    assert (rows[0], len(rows)) == ("s,p,o", 4)
    turtle = curl("-L", "-H", "Accept: text/turtle", f"{server.url}/id/concept/social-exclusion")
    assert any(
        quad.subject.value == CONCEPT for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE)
    )
    assert "x" in curl("-L", "--compressed", f"{server.url}/core.ttl")


class OtherPage(StubHandler):
    """A page of another origin that sends requests as YASGUI does."""

    def do_GET(self) -> None:
        self.reply(b"<title>elsewhere</title>", "text/html")


def test_a_page_of_another_origin(store: Server, browser: Any) -> None:
    script = """async ([url, token]) => {
      const form = {'Content-Type': 'application/x-www-form-urlencoded', 'Accept': 'application/sparql-results+json'};
      const written = await fetch(url + '/update', {method: 'POST', body: 'INSERT DATA { <x:web> <x:p> 1 }',
        headers: {'Content-Type': 'application/sparql-update', 'Authorization': 'Bearer ' + token}});
      const read = await fetch(url + '/sparql', {method: 'POST', headers: form,
        body: new URLSearchParams({query: 'SELECT ?o { <x:web> ?p ?o }'})});
      return [written.status, (await read.json()).results.bindings.length];
    }"""
    with (
        in_background(ThreadingHTTPServer(("127.0.0.1", OTHER_PORT), OtherPage)),
        browser.new_page() as page,
    ):
        page.goto(f"http://127.0.0.1:{OTHER_PORT}/")
        assert page.evaluate(script, [store.url, TOKEN]) == [204, 1]


# ---- linked data


def follow(server: Server, path: str, accept: str) -> Any:
    """The answer to which a 303 leads."""
    first = server.ask("GET", path, Accept=accept)
    assert first.status == 303, first.text
    return server.ask("GET", first.headers["location"], Accept=accept)


@pytest.mark.parametrize(
    "media_type",
    ["text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"],
)
def test_a_thing_leads_to_its_statements(server: Server, media_type: str) -> None:
    answer = follow(server, "/id/concept/social-exclusion", media_type)
    assert (answer.status, answer.type) == (200, media_type)
    is_subject = {triple.subject == ox.NamedNode(CONCEPT) for triple in triples_of(answer)}
    assert is_subject == {True, False}, "statements about it, and others that refer to it"


def test_a_thing_leads_people_to_its_page(server: Server) -> None:
    answer = follow(
        server, "/id/concept/social-exclusion", "text/html,application/xhtml+xml,*/*;q=0.8"
    )
    assert (answer.status, answer.type) == (200, "text/html")
    assert "social exclusion" in answer.text.lower()


def test_every_file_resolves_to_its_own_text(server: Server) -> None:
    base = packaged().base
    for file in packaged().files():
        answer = follow(server, "/" + file.iri.removeprefix(base), "text/turtle")
        assert answer.body == file.path.read_bytes()


def test_every_kind_of_iri_resolves(server: Server) -> None:
    rows = server.query(
        "SELECT DISTINCT ?s { ?s ?p ?o FILTER(STRSTARTS(STR(?s), 'https://w3id.org/sq-graph/')) }"
    ).text
    by_kind: dict[str, str] = {}
    for iri in rows.split()[1:]:
        path = urlsplit(iri).path.removeprefix("/sq-graph")
        by_kind.setdefault("/".join(path.split("/")[:3]), path)
    assert len(by_kind) > 20
    for path in by_kind.values():
        assert follow(server, path, "application/n-triples").status == 200, path


def redirect(path: str, accept: str) -> tuple[int, str]:
    """The number of the first rule of the redirect folder that applies, as in Apache, and its target."""
    rules = Path(__file__).parent.parent / "docs" / "w3id" / ".htaccess"
    is_met = True
    number = 0
    for line in rules.read_text(encoding="utf-8").splitlines():
        directive, _, arguments = line.partition(" ")
        if directive == "RewriteCond":
            subject, pattern = arguments.split()
            assert subject == "%{HTTP_ACCEPT}"
            is_met = re.search(pattern, accept) is not None
        if directive == "RewriteRule":
            number += 1
            pattern, target, flags = arguments.split()
            assert flags == "[R=303,L]"
            if is_met and (match := re.search(pattern, path)):
                return number, match.expand(target.replace("$", "\\"))
            is_met = True
    raise AssertionError(f"no rule answers {path}")


def test_every_rule_of_the_redirect_folder_leads_to_what_the_server_has(server: Server) -> None:
    base = packaged().base
    files = {file.iri.removeprefix(base).split("/")[0]: file.iri for file in packaged().files()}
    versions = [f"{base}{sq_graph.__version__}/{iri.removeprefix(base)}" for iri in files.values()]
    rules = set()
    for iri in (*files.values(), *versions, CONCEPT, f"{ID}work/phillips-2008", f"{base}core"):
        for accept in ("text/turtle", "text/html"):
            rule, target = redirect(iri.removeprefix(base), accept)
            rules.add(rule)
            path, turtle = target.removeprefix("https://example.org/sq-graph"), "/index.ttl"
            assert path.endswith(turtle) == (accept == "text/turtle"), f"{iri} as {accept}: {path}"
            answer = follow(server, path.removesuffix(turtle), accept)
            has_page = not re.search("/(positions|alignments|same-meaning)(/|$)", path)
            media_type = accept if has_page else "text/turtle"
            assert (answer.status, answer.type) == (200, media_type), f"{iri} as {accept}: {path}"
    assert rules == set(range(1, max(rules) + 1)), "each rule answers some IRI"
    assert redirect("core", "text/html")[0] == max(rules), "the last rule takes what is left"
    released = follow(server, f"/{sq_graph.__version__}/core", "text/turtle")
    assert released.body == (packaged().ontology / "core.ttl").read_bytes()


def test_things_minted_elsewhere_are_found_by_their_iri(server: Server) -> None:
    iri = quote("http://www.w3.org/2004/02/skos/core#broader", safe="")
    answer = server.ask("GET", f"/resource?iri={iri}", Accept="text/turtle")
    assert (answer.status, "skos:broader" in answer.text) == (200, True)


@pytest.mark.parametrize(
    "path",
    [
        "/id/concept/no-such-thing",
        "/data/no/such/file",
        "/resource?iri=x:y",
        "/resource",
        "/thing?iri=https%3A%2F%2Fexample.org%2Fid%2Fwork%2Fgone",
        "/id/concept/social-exclusion.exe",
        "/id/concept/100%25",
        "/id/concept/%5Btrust%5D",
        "/%C0%AE",
    ],
)
def test_what_the_graph_does_not_know_is_not_found(server: Server, path: str) -> None:
    assert server.ask("GET", path, Accept="text/turtle").status == 404


@pytest.mark.parametrize("media_type", ["text/turtle", "text/html"])
@pytest.mark.parametrize("iri", ["trust", "/id/concept/trust", "", ">%20{", "x:%3E%20%7B"])
def test_an_incomplete_iri_is_refused_in_a_sentence(
    server: Server, iri: str, media_type: str
) -> None:
    answer = server.ask("GET", f"/resource?iri={iri}", Accept=media_type)
    assert answer.status == 400 and "SPARQL" not in answer.text
    markup, sentence = answer.text.split("The IRI")
    assert markup.endswith('<p class="lead">' if media_type == "text/html" else "")
    assert sentence.count("\n") == 1


# ---- its description of itself


def test_void_counts_what_is_there(server: Server) -> None:
    for media_type in ("text/turtle", "application/ld+json"):
        answer = server.ask("GET", "/.well-known/void", Accept=media_type)
        assert (answer.status, answer.type) == (200, media_type)
    void = ox.Store()
    void.load(server.ask("GET", "/.well-known/void").body, format=ox.RdfFormat.TURTLE)
    query = "PREFIX void: <http://rdfs.org/ns/void#> SELECT ?n { ?d a void:Dataset ; void:%s ?n }"
    for name, counted in (
        ("triples", "*"),
        ("distinctSubjects", "DISTINCT ?s"),
        ("properties", "DISTINCT ?p"),
    ):
        (row,) = solutions(void, query % name)
        assert int(row["n"].value) == count(server, "?s ?p ?o", counted)
    classes = "PREFIX void: <http://rdfs.org/ns/void#> SELECT ?c ?n { ?p void:class ?c ; void:entities ?n }"
    counts = {row["c"].value: int(row["n"].value) for row in solutions(void, classes)}
    assert counts["https://w3id.org/sq-graph/core#Work"] == count(server, "?w a sq:Work")


def test_questions_answer_in_json_and_csv(server: Server) -> None:
    name = sq_graph.open().catalogue.questions()[0].name
    answer = server.ask("GET", f"/ask/{name}", Accept="application/json")
    assert (answer.status, answer.type) == (200, "application/json")
    assert {"question", "parameters", "columns", "rows", "passages", "graph", "citation"} <= set(
        json.loads(answer.body)
    )
    for answer in (
        server.ask("GET", f"/ask/{name}", Accept="text/csv"),
        server.ask("GET", f"/ask/{name}?format=csv"),
    ):
        assert (answer.status, answer.type) == (200, "text/csv")
    assert server.ask("GET", f"/ask/{name}", Accept="text/html").type == "text/html"


def test_a_browser_gets_a_refusal_as_a_page(server: Server) -> None:
    answer = server.ask("POST", "/works", "", Accept="text/html,*/*;q=0.8")
    assert (answer.status, answer.type) == (405, "text/html")
    for text in ("<h1>Method not allowed", "POST is not allowed here.", 'href="/"'):
        assert text in answer.text
    assert server.ask("POST", "/works", "").type == "text/plain"
    page = server.ask("GET", "/id/work/nobody-1999", Accept="text/html")
    assert page.status == 404 and "There is no page &#39;/id/work/nobody-1999&#39;" in page.text


def test_the_page_of_sparql_keeps_a_query_that_takes_too_long(tmp_path: Path) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    with serving(tmp_path / "log", token="", timeout=2) as running:
        page = running.ask("GET", f"/query?{urlencode({'query': query})}", Accept="text/html")
    assert page.status == 503 and "</textarea>" in page.text
    assert unescape(page.text).count(query) == 1 and 'role="alert">This took longer' in page.text


def test_an_update_is_recognised_where_queries_are_expected(server: Server) -> None:
    for text in ("INSERT DATA { <a:b> <a:c> 1 }", "PREFIX x: <a:> # INSERT\nWITH <x:y> DELETE { }"):
        answer = server.query(text)
        assert answer.status == 400 and "this is an update (" in answer.text.lower(), answer.text
    assert "not valid SPARQL" in server.query("SELECT ?insert { INSERT }").text
    page = server.ask("GET", "/query?query=CLEAR+ALL", Accept="text/html")
    assert page.status == 400 and 'role="alert">This is an update (CLEAR)' in page.text
