"""HTTP for programs: pages as JSON objects in parts, problems, and an OpenAPI document that the server keeps to."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.serving import Server, serving

JSON = {"accept": "application/json"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("server") / "log") as running:
        yield running


@pytest.fixture(scope="module")
def spec(server: Server) -> dict[str, Any]:
    answer = server.ask("GET", "/openapi.json")
    assert (answer.status, answer.type) == (200, "application/json")
    document: dict[str, Any] = json.loads(answer.body)
    return document


def validator(spec: dict[str, Any], name: str) -> Draft202012Validator:
    ref = {"$ref": f"#/components/schemas/{name}", "components": spec["components"]}
    return Draft202012Validator(ref)


def get(server: Server, path: str, **headers: str) -> tuple[int, str, Any]:
    answer = server.ask("GET", path, **JSON, **headers)
    return answer.status, answer.type, json.loads(answer.body) if answer.body else None


def test_the_document_lists_every_page_and_question(spec: dict[str, Any]) -> None:
    import sq_graph
    from sq_graph.web import pages

    questions = {f"/ask/{name}" for name in sq_graph.open(packaged_only=True).catalogue.names()}
    assert (
        questions | pages.ROUTES.keys() | {"/concepts/{slug}", "/works/{slug}"}
        <= spec["paths"].keys()
    )
    parameters = spec["paths"]["/ask/rival-definitions"]["get"]["parameters"]
    assert {"concept", "limit", "offset"} <= {parameter["name"] for parameter in parameters}


def test_a_page_is_taken_part_by_part(server: Server) -> None:
    _, media_type, page = get(server, "/works")
    assert (
        media_type == "application/json"
        and page["total"] == len(page["rows"]) > 50
        and page["next"] is None
    )
    rows: list[Any] = []
    address = "/works?limit=30"
    while address:
        part = get(server, address)[2]
        assert len(part["rows"]) <= 30 and part["total"] == page["total"]
        rows, address = rows + part["rows"], part["next"]
    assert rows == page["rows"]
    _, _, answer = get(server, "/ask/rival-definitions?concept=trust&limit=2&offset=1")
    assert len(answer["rows"]) == len(answer["passages"]) == 2 and answer["offset"] == 1
    assert "concept=trust" in answer["next"]


def test_a_whole_answer_can_be_saved_and_rechecked(server: Server, tmp_path: Path) -> None:
    import sq_graph

    atlas = sq_graph.open(packaged_only=True)
    path = tmp_path / "answer.json"
    path.write_bytes(server.ask("GET", "/ask/rival-definitions?concept=trust", **JSON).body)
    assert atlas.saved(path) == atlas.ask("rival-definitions", concept="trust")


@pytest.mark.parametrize(
    ("path", "status", "detail"),
    [
        ("/ask/nope", 404, "nope"),
        ("/ask/rival-definitions?concept=trsut", 404, "trsut"),
        ("/ask/rival-definitions?concpt=trust", 400, "has no parameter 'concpt'"),
        ("/works?limit=many", 400, "'many' is not a limit"),
        ("/works?colour=red", 400, "has no parameter 'colour'"),
        ("/nothing/here", 404, "nothing"),
        ("/sparql?query=SELECT", 400, ""),
    ],
)
def test_a_refusal_is_a_problem(server: Server, path: str, status: int, detail: str) -> None:
    actual, media_type, problem = get(server, path)
    assert (actual, media_type, problem["status"]) == (status, "application/problem+json", status)
    assert detail in problem["detail"] and problem["title"]
    assert server.ask("GET", path, accept="text/plain").type != "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"),
    [
        ("GET", "/health", None, {"host": "evil.example"}, 421),
        ("GET", "/health", None, {"host": "user@localhost"}, 400),
        ("PUT", "/works", b"x", {}, 405),
        ("GET", "/update", None, {}, 405),
        ("PATCH", "/update/", b"x", {}, 405),
        ("POST", "/sparql", b"x" * 4_000_000, {"content-type": "application/sparql-query"}, 413),
        ("POST", "/update", b"x", {"content-type": "application/sparql-update"}, 403),
        ("GET", "/sparql?query=ASK{}", None, {"accept": "application/json, image/gif;q=0.1"}, 200),
    ],
)
def test_the_outermost_layer_also_refuses_with_problems(
    server: Server, method: str, path: str, body: bytes | None, headers: dict[str, str], status: int
) -> None:
    answer = server.ask(method, path, body, **{**JSON, **headers})
    assert answer.status == status, answer.body
    if status != 200:
        assert answer.type == "application/problem+json"
        assert json.loads(answer.body)["status"] == status
        plain = server.ask(method, path, body, **{**headers, "accept": "text/plain"})
        assert (plain.status, plain.type) == (status, "text/plain")


def test_a_stopped_server_refuses_what_still_runs_and_ends(tmp_path: Path) -> None:
    """The client of a long query is asked to come again; it would get 500 if the process just stopped."""
    text = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?i) }"
    with serving(tmp_path / "log", timeout=60) as server, ThreadPoolExecutor() as threads:
        query = f"/sparql?{urlencode({'query': text})}"
        future = threads.submit(server.ask, "GET", query, **JSON)
        time.sleep(1)
        assert not future.done()
        start = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        answer = future.result(20)
        assert server.process.wait(20) is not None
        assert time.monotonic() - start < 10
    assert (answer.status, answer.type) == (503, "application/problem+json")
    assert answer.headers["retry-after"] == "5"
    assert "being stopped" in json.loads(answer.body)["detail"]


def test_a_page_as_json_has_a_tag_and_varies(server: Server) -> None:
    answer = server.ask("GET", "/concepts", **JSON)
    assert "Accept" in answer.headers["vary"]
    second = server.ask("GET", "/concepts", **JSON, **{"if-none-match": answer.headers["etag"]})
    assert second.status == 304
    assert server.ask("GET", "/concepts", accept="text/html").type == "text/html"
    assert server.ask("GET", "/sparql?query=ASK{}", **JSON).headers["etag"]


SLUGS = ("trust", "social-cohesion", "room-1999", "steinert-exclusion", "room")
VALUES = st.one_of(
    st.sampled_from((*SLUGS, "", "1", "concept:trust", "9" * 30)), st.text(max_size=20)
)


@settings(
    deadline=None,
    max_examples=120,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_the_server_keeps_to_its_document(server: Server, spec: dict[str, Any], data: Any) -> None:
    """Requests every page of the document with any values, and compares the answers with it."""
    from urllib.parse import quote, urlencode

    path = data.draw(st.sampled_from(sorted(spec["paths"])))
    operation = spec["paths"][path]["get"]
    query, address = {}, path
    for parameter in operation["parameters"]:
        if parameter["in"] == "path":
            slug = data.draw(st.sampled_from(SLUGS) | st.text(min_size=1, max_size=12))
            address = address.replace(f"{{{parameter['name']}}}", quote(slug, safe=""))
        elif data.draw(st.booleans()):
            number = st.integers(0, 10**9).map(str)
            is_number = parameter["schema"]["type"] == "integer"
            query[parameter["name"]] = data.draw(number if is_number else VALUES)
    answer = server.ask("GET", f"{address}?{urlencode(query)}", **JSON)
    if answer.status in (303, 308):  # another address answers
        return
    assert answer.status < 500, answer.text
    key = "200" if answer.status == 200 else "4XX"
    ((media_type, schema),) = operation["responses"][key]["content"].items()
    assert answer.type == media_type
    name = schema["schema"]["$ref"].rpartition("/")[2]
    validator(spec, name).validate(json.loads(answer.body))


def test_an_answer_without_rows_is_an_answer(server: Server) -> None:
    path = "/ask/figures?area=trust"
    assert get(server, path)[2]["question"] == "figures"
    assert json.loads(server.ask("GET", f"{path}&format=json").body)["rows"] == []
