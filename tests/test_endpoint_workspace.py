"""Serving a workspace of text files: private, read only over SPARQL, consistent while files change."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import BEARER, Server, serving, wait_until

BASE = "https://example.org/review/"
NOTES = f"{BASE}data/notes"
PUBLIC = "https://map.example.org/deep/map"


def workspace(folder: Path) -> Path:
    (folder / "ontology" / "data").mkdir(parents=True)
    (folder / "workspace.toml").write_text(f'base = "{BASE}"\n')
    return folder


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an empty workspace."""
    return workspace(tmp_path_factory.mktemp("workspace") / "review")


@pytest.fixture(scope="module")
def server(root: Path) -> Iterator[Server]:
    """A server of that workspace."""
    with serving(root.parent / "log", folders=(root,)) as running:
        yield running


@pytest.fixture(scope="module")
def deep(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose visitors see it under a path of another host."""
    folder = tmp_path_factory.mktemp("deep")
    with serving(folder / "log", public_url=PUBLIC, token="", workers=2) as server:
        yield server


# ---- read only over SPARQL


@pytest.mark.parametrize(
    ("method", "path", "kind", "body"),
    [
        ("POST", "/update", "application/sparql-update", f"DROP GRAPH <{NOTES}>"),
        ("POST", "/sparql", "application/sparql-update", "INSERT DATA { <x:a> <x:b> 1 }"),
        ("PUT", f"/graphs?graph={NOTES}", "text/turtle", "<x:a> <x:b> 1 ."),
        ("POST", "/graphs/data/notes", "text/turtle", "<x:a> <x:b> 1 ."),
        ("DELETE", f"/graphs?graph={NOTES}", "text/turtle", None),
    ],
)
def test_text_files_do_not_change_over_sparql(
    server: Server, root: Path, method: str, path: str, kind: str, body: str | None
) -> None:
    contents = {file: file.read_bytes() for file in root.rglob("*") if file.is_file()}
    headers = {**BEARER, "Content_Type": kind}
    answer = server.ask(method, path, body, **headers)
    assert answer.status == 403
    for alternative in ("atlas.edit()", "import", "forms", "Protégé", "serve --store"):
        assert alternative in answer.text
    assert {file: file.read_bytes() for file in root.rglob("*") if file.is_file()} == contents
    assert json.loads(server.ask("GET", "/health").body)["writable"] is False


# ---- one loaded state


def test_a_broken_file_leaves_pages_and_endpoint_on_the_last_complete_state(
    server: Server, root: Path
) -> None:
    file = root / "ontology" / "data" / "notes.ttl"
    file.write_text('<x:hand> <x:says> "first" .')
    query = "ASK { <x:hand> <x:says> ?word }"
    wait_until(lambda: server.query(query).text.strip() == "true", 20)
    page = server.ask("GET", "/works")
    assert (page.status, "latest changes cannot be read" in page.text) == (200, False)
    file.write_text('<x:hand> <x:says> "first" .\n<x:hand> <x:says> ')  # half saved
    wait_until(lambda: json.loads(server.ask("GET", "/health").body)["broken"], 20)
    broken = json.loads(server.ask("GET", "/health").body)["broken"]
    assert broken.startswith("ontology/data/notes.ttl:2: ")
    page = server.ask("GET", "/works")
    assert (page.status, "latest changes cannot be read" in page.text) == (200, True)
    assert server.query(query).text.strip() == "true"
    for answer in (page, server.ask("GET", "/health"), server.ask("GET", "/concepts")):
        assert str(root.parent) not in answer.text
    file.write_text('<x:hand> <x:says> "second" .')
    wait_until(
        lambda: server.query('ASK { <x:hand> <x:says> "second" }').text.strip() == "true", 20
    )
    assert json.loads(server.ask("GET", "/health").body)["broken"] is None
    assert "latest changes cannot be read" not in server.ask("GET", "/works").text


def test_a_map_that_is_broken_at_the_start_is_not_served(tmp_path: Path) -> None:
    root = workspace(tmp_path / "review")
    (root / "ontology" / "data" / "notes.ttl").write_text("<x:a> <x:b> ")
    with (
        pytest.raises(AssertionError, match=r": ontology/data/notes\.ttl:1: "),
        serving(tmp_path / "log", folders=(root,)),
    ):
        raise RuntimeError("it is served")


# ---- private by default


@pytest.mark.parametrize(
    ("hosts", "status"),
    [
        (["localhost"], 200),
        (["127.0.0.1:1"], 200),
        (["[::1]:80"], 200),
        (["evil.example"], 421),
        (["localhost@evil.example"], 400),
        (["localhost", "evil.example"], 400),
        (["[::1"], 400),
        (["localhost:1> a <x"], 400),
        ([], 400),
    ],
)
def test_only_requests_for_this_server_are_answered(
    server: Server, hosts: list[str], status: int
) -> None:
    lines = "".join(f"Host: {host}\r\n" for host in hosts)
    answer = raw(server, f"GET /works HTTP/1.1\r\n{lines}Connection: close\r\n\r\n")
    assert answer.split()[1] == str(status).encode()


def test_a_public_address_is_a_name_of_the_server(deep: Server) -> None:
    for host, status in (("map.example.org", 200), ("localhost", 200), ("other.example", 421)):
        assert deep.ask("GET", "/health", Host=host).status == status


# ---- under a path


def test_links_and_redirects_of_a_deep_address_lead_back_to_it(deep: Server) -> None:
    for prefix in ("/deep/map", ""):  # a proxy may pass the path on, or take it away
        page = deep.ask("GET", f"{prefix}/concepts")
        assert page.status == 200
        links = re.findall(r'(?:href|src|action|data-terms|data-suggestions)="(/[^"]*)"', page.text)
        assert len(links) > 50
        assert {link[:10] for link in links} == {"/deep/map/"}
        style = next(link for link in links if link.endswith(".css"))
        assert deep.ask("GET", style).type == "text/css"
    thing = deep.ask("GET", "/deep/map/id/concept/trust", Accept="text/html")
    assert thing.headers["location"] == "/deep/map/concepts/trust"
    assert deep.ask("GET", thing.headers["location"]).status == 200
    turtle = deep.ask("GET", "/deep/map/id/concept/trust", Accept="text/turtle")
    assert deep.ask("GET", turtle.headers["location"]).type == "text/turtle"
    assert f"<{PUBLIC}/sparql>" in deep.ask("GET", "/deep/map/sparql").text
    slash = deep.ask("GET", "/deep/map/concepts/?sort=label")
    assert (slash.status, slash.headers["location"]) == (308, "/deep/map/concepts?sort=label")


def test_a_public_address_must_be_the_address_of_a_site() -> None:
    from sq_graph.errors import InputError
    from sq_graph.web import Settings

    for url in ("example.org/map", "ftp://example.org", "https://example.org/?map"):
        with pytest.raises(InputError, match="not the address of a site"):
            Settings(public_url=url)


# ---- details of HTTP


@pytest.mark.parametrize(
    "path", ["/concepts/social-exclusion/", "/id/concept/social-exclusion/", "/core/", "/works/"]
)
def test_a_slash_at_the_end_leads_to_the_page_without(server: Server, path: str) -> None:
    answer = server.ask("GET", path)
    assert (answer.status, answer.headers["location"]) == (308, path.rstrip("/"))


def test_slashes_at_the_start_never_lead_to_another_host(server: Server) -> None:
    answer = server.ask("GET", "//evil.example/")
    assert answer.headers["location"] == "/evil.example"


def test_a_missing_page_is_a_page_for_browsers_and_a_sentence_for_programs(server: Server) -> None:
    for path in ("/nothing", "/id/concept/nothing", "/concepts/nothing", "/resource?iri=x:y"):
        page = server.ask("GET", path, Accept="text/html,*/*;q=0.8")
        assert (page.status, page.type) == (404, "text/html")
        assert "<h1>Page not found</h1>" in page.text
        plain = server.ask("GET", path, Accept="*/*")
        assert (plain.status, plain.type) == (404, "text/plain")
    assert server.ask("GET", "/id/concept/%00", Accept="text/turtle").status == 404


def test_a_thing_from_elsewhere_has_a_page_for_browsers(server: Server) -> None:
    path = "/resource?iri=http://www.w3.org/2004/02/skos/core%23broader"
    answer = server.ask("GET", path, Accept="text/html")
    assert answer.status == 303
    assert server.ask("GET", answer.headers["location"]).type == "text/html"


@pytest.mark.parametrize("path", ["/core.ttl", "/sparql?query=ASK%7B%7D", "/works"])
def test_an_answer_is_not_sent_twice(server: Server, path: str) -> None:
    first = server.ask("GET", path)
    second = server.ask("GET", path, If_None_Match=first.headers["etag"])
    assert (first.status, second.status, second.body) == (200, 304, b"")


def test_robots_and_icon(server: Server) -> None:
    assert "Disallow: /sparql" in server.ask("GET", "/robots.txt").text
    assert server.ask("GET", "/favicon.ico").type == "image/svg+xml"


# ---- pages


@pytest.mark.parametrize(
    "path",
    [
        "/map?zz=1",
        "/ask/claims-about?concept=x",
        "/works/room-1999?colour=red",
        "/search?Q=a",
        "/sparql?query=ASK%7B%7D&foramt=csv",
        "/graphs?graph=x:a&x=1",
        "/health?x=1",
        "/.well-known/void?x=1",
        "/id/concept/trust?x=1",
        "/core.ttl?x=1",
        "/resource?iri=x:a&x=1",
        "/openapi.json?x=1",
        "/search/begun.json?q=a&x=1",
    ],
)
def test_a_parameter_that_a_page_does_not_have_is_refused(server: Server, path: str) -> None:
    answer = server.ask("GET", path)
    assert answer.status == 400
    assert "has no parameter" in answer.text


def test_a_flood_of_pictures_delays_nobody(tmp_path: Path) -> None:
    """45 clients each request a picture and leave; others are served, and workers stay few."""
    concepts = ("social-exclusion", "social-cohesion", "trust", "social-inclusion", "community")
    with serving(tmp_path / "log", token="", timeout=5.0) as server:
        connections = []
        for number in range(45):
            path = f"/map?format=png&concept={concepts[number % 5]}"
            request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
            connections.append(server.connect())
            connections[-1].sendall(request)
        slowest = 0.0
        for path in ("/static/style.css", "/works", "/health", "/sparql?query=ASK%7B%7D"):
            start = time.monotonic()
            assert server.ask("GET", path).status == 200
            slowest = max(slowest, time.monotonic() - start)
        for connection in connections:
            connection.close()
        assert slowest < 4, "other requests waited for the pictures"
        assert len(server.processes()) < 40
        wait_until(lambda: server.log.read_text().count(" 499 ") >= 20)


def raw(server: Server, request: str) -> bytes:
    """The bytes of the answer to a request."""
    with server.connect() as connection:
        connection.sendall(request.encode())
        return b"".join(iter(lambda: connection.recv(1 << 16), b""))
