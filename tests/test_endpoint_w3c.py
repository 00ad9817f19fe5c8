"""The W3C's tests of SPARQL 1.1 Protocol, Graph Store Protocol and Service Description, against `--store`.

After https://github.com/w3c/rdf-tests, folders `protocol`, `http-rdf-update` and `service-description`; each case
has its name there. Where that suite allows several statuses, those that its text names are expected.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import pytest

from tests.serving import BEARER, Answer, Server, serving

DATA = "http://kasei.us/2009/09/sparql/data/data{}.rdf"
FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
EX = "http://example.org/"
FOAF = "http://xmlns.com/foaf/0.1/"
DOCUMENTS = " ".join(
    f"GRAPH <{DATA.format(n)}> {{ <{DATA.format(n)}> a foaf:Document }}" for n in (1, 2, 3)
)
PREFIXES = f"PREFIX dc: <http://purl.org/dc/terms/> PREFIX foaf: <{FOAF}>"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("w3c")
    with serving(folder / "log", store=folder / "store") as running:
        yield running


@pytest.fixture
def loaded(server: Server) -> Server:
    """The server with the suite's three documents, each a named graph that states its type."""
    assert (
        server.update(f"PREFIX foaf: <{FOAF}> DROP ALL ; INSERT DATA {{ {DOCUMENTS} }}").status
        == 204
    )
    return server


def parameters(**graphs: list[int]) -> str:
    """Graph parameters of an address, by the numbers of the suite's documents."""
    pairs = [
        (name.replace("_", "-"), number) for name, numbers in graphs.items() for number in numbers
    ]
    return "&".join(f"{name}={quote(DATA.format(number), safe='')}" for name, number in pairs)


def is_true(answer: Answer) -> bool:
    assert answer.status == 200, answer.text
    assert answer.type == "application/sparql-results+json"
    return bool(json.loads(answer.body)["boolean"])


BOTH = f"ASK {{ <{DATA.format(1)}> a ?type . <{DATA.format(2)}> a ?type . }}"
NAMED = f"ASK {{ GRAPH ?g1 {{ <{DATA.format(1)}> a ?type }} GRAPH ?g2 {{ <{DATA.format(2)}> a ?type }} }}"
FULL = f"ASK {{ <{DATA.format(3)}> a ?type {NAMED[6:]}"
OVERRULED = f"ASK FROM <{DATA.format(3)}> {NAMED[4:]}"
ZERO = parameters(default_graph_uri=[0])
ONE_TWO = [1, 2]


@pytest.mark.parametrize(
    ("method", "address", "body", "kind"),
    [
        pytest.param("POST", f"/sparql/?{ZERO}", "query=ASK%20%7B%7D", FORM, id="query_post_form"),
        pytest.param(
            "GET",
            f"/sparql/?query={quote(BOTH)}&{parameters(default_graph_uri=ONE_TWO)}",
            None,
            "",
            id="query_dataset_default_graphs_get",
        ),
        pytest.param(
            "POST",
            f"/sparql/?{parameters(default_graph_uri=ONE_TWO)}",
            BOTH,
            QUERY,
            id="query_dataset_default_graphs_post",
        ),
        pytest.param(
            "POST",
            f"/sparql/?{parameters(named_graph_uri=ONE_TWO)}",
            NAMED,
            QUERY,
            id="query_dataset_named_graphs_post",
        ),
        pytest.param(
            "GET",
            f"/sparql/?query={quote(NAMED)}&{parameters(named_graph_uri=ONE_TWO)}",
            None,
            "",
            id="query_dataset_named_graphs_get",
        ),
        pytest.param(
            "POST",
            f"/sparql/?{parameters(default_graph_uri=[3], named_graph_uri=ONE_TWO)}",
            FULL,
            QUERY,
            id="query_dataset_full",
        ),
        pytest.param(
            "POST",
            f"/sparql/?{parameters(named_graph_uri=ONE_TWO)}",
            OVERRULED,
            QUERY,
            id="query_multiple_dataset",
        ),
        pytest.param("GET", f"/sparql/?query=ASK%20%7B%7D&{ZERO}", None, "", id="query_get"),
        pytest.param("POST", "/sparql/", "ASK {}", QUERY, id="query_post_direct"),
    ],
)
def test_query(loaded: Server, method: str, address: str, body: str | None, kind: str) -> None:
    headers = {"Content_Type": kind} if kind else {}
    assert is_true(loaded.ask(method, address, body, **headers))


@pytest.mark.parametrize(
    ("text", "types"),
    [
        pytest.param(
            "SELECT (1 AS ?value) {}",
            ("application/sparql-results+json",),
            id="query_content_type_select",
        ),
        pytest.param("ASK {}", ("application/sparql-results+json",), id="query_content_type_ask"),
        pytest.param(
            "DESCRIBE <http://example.org/>", ("text/turtle",), id="query_content_type_describe"
        ),
        pytest.param(
            "CONSTRUCT { <s> <p> 1 } WHERE {}", ("text/turtle",), id="query_content_type_construct"
        ),
    ],
)
def test_content_type(server: Server, text: str, types: tuple[str, ...]) -> None:
    answer = server.ask("POST", f"/sparql/?{ZERO}", text, Content_Type=QUERY)
    assert answer.status == 200
    assert answer.type in types


def run_update(
    server: Server,
    using: str,
    where: str,
    name: str,
    template: str = "?s a dc:BibliographicResource",
) -> str:
    """Runs an update of the suite and returns the graph that it has written."""
    graph = f"http://example.org/protocol-update-dataset-{name}test/"
    text = f"""{PREFIXES} DROP ALL ; INSERT DATA {{ {DOCUMENTS} }} ;
        INSERT {{ GRAPH <{graph}> {{ {template} }} }} WHERE {{ {where} }}"""
    answer = server.ask("POST", f"/sparql/?{using}", text, Content_Type=UPDATE, **BEARER)
    assert answer.status in (200, 204), answer.text
    return graph


def resources(server: Server, graph: str) -> set[str]:
    answer = server.query(
        f"SELECT ?s {{ GRAPH <{graph}> {{ ?s a <http://purl.org/dc/terms/BibliographicResource> }} }}"
    )
    return set(answer.text.split()[1:])


@pytest.mark.parametrize(
    ("using", "where", "numbers"),
    [
        pytest.param(
            {"using_graph_uri": [1]}, "?s a foaf:Document", [1], id="update_dataset_default_graph"
        ),
        pytest.param(
            {"using_graph_uri": [1, 2]},
            "?s a foaf:Document",
            [1, 2],
            id="update_dataset_default_graphs",
        ),
        pytest.param(
            {"using_named_graph_uri": [1, 2]},
            "GRAPH ?g { ?s a foaf:Document }",
            [1, 2],
            id="update_dataset_named_graphs",
        ),
    ],
)
def test_update_dataset(
    server: Server, using: dict[str, list[int]], where: str, numbers: list[int]
) -> None:
    graph = run_update(server, parameters(**using), where, "graphs-")
    assert resources(server, graph) == {DATA.format(number) for number in numbers}


def test_update_dataset_full(server: Server) -> None:
    where = '{ GRAPH ?g { ?s a foaf:Document } BIND(?g AS ?in) } UNION { ?s a foaf:Document . BIND("default" AS ?in) }'
    using = parameters(using_graph_uri=[1], using_named_graph_uri=[2])
    graph = run_update(server, using, where, "full-", "?s <http://example.org/in> ?in")
    answer = server.query(
        f"SELECT ?s ?in {{ GRAPH <{graph}> {{ ?s <http://example.org/in> ?in }} }} ORDER BY ?s"
    )
    assert answer.text.split()[1:] == [
        f"{DATA.format(1)},default",
        f"{DATA.format(2)},{DATA.format(2)}",
    ]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        pytest.param("update=CLEAR+ALL", FORM, id="update_post_form"),
        pytest.param("CLEAR ALL", UPDATE, id="update_post_direct"),
    ],
)
def test_update(server: Server, body: str, kind: str) -> None:
    assert server.ask("POST", "/sparql/", body, Content_Type=kind, **BEARER).status in (200, 204)


def test_update_base_uri(server: Server) -> None:
    graph = "http://example.org/protocol-base-test/"
    text = f"CLEAR GRAPH <{graph}> ; INSERT DATA {{ GRAPH <{graph}> {{ <{EX}s> <{EX}p> <test> }} }}"
    assert server.ask("POST", "/sparql/", text, Content_Type=UPDATE, **BEARER).status in (200, 204)
    answer = server.query(f"SELECT ?o WHERE {{ GRAPH <{graph}> {{ <{EX}s> <{EX}p> ?o }} }}")
    assert answer.text.split()[1:] == [f"{server.url}/sparql/test"]


@pytest.mark.parametrize(
    ("method", "address", "body", "kind", "status"),
    [
        pytest.param(
            "PUT", f"/sparql/?query=ASK%20%7B%7D&{ZERO}", None, FORM, 405, id="bad_query_method"
        ),
        pytest.param(
            "GET",
            "/sparql/?query=ASK%20%7B%7D&query=SELECT%20%2A%20%7B%7D",
            None,
            "",
            400,
            id="bad_multiple_queries",
        ),
        pytest.param(
            "POST", "/sparql/", b"ASK {}", "text/plain", 415, id="bad_query_wrong_media_type"
        ),
        pytest.param(
            "POST", "/sparql/", b"query=ASK%20%7B%7D", "", 400, id="bad_query_missing_form_type"
        ),
        pytest.param("POST", "/sparql/", b"ASK {}", "", 400, id="bad_query_missing_direct_type"),
        pytest.param(
            "POST",
            "/sparql/",
            "ASK {}".encode("utf-16"),
            f"{QUERY}; charset=UTF-16",
            415,
            id="bad_query_non_utf8",
        ),
        pytest.param("GET", "/sparql/?query=ASK%20%7B", None, "", 400, id="bad_query_syntax"),
        pytest.param("GET", "/sparql/?update=CLEAR%20ALL", None, "", 405, id="bad_update_get"),
        pytest.param(
            "POST",
            "/sparql/",
            b"update=CLEAR%20NAMED&update=CLEAR%20DEFAULT",
            FORM,
            400,
            id="bad_multiple_updates",
        ),
        pytest.param(
            "POST", "/sparql/", b"CLEAR NAMED", "text/plain", 415, id="bad_update_wrong_media_type"
        ),
        pytest.param(
            "POST", "/sparql/", b"update=CLEAR%20NAMED", "", 400, id="bad_update_missing_form_type"
        ),
        pytest.param(
            "POST",
            "/sparql/",
            "CLEAR NAMED".encode("utf-16"),
            f"{UPDATE}; charset=UTF-16",
            415,
            id="bad_update_non_utf8",
        ),
        pytest.param("POST", "/sparql/", b"update=CLEAR%20XYZ", FORM, 400, id="bad_update_syntax"),
        pytest.param(
            "POST",
            "/sparql/?using-named-graph-uri=http%3A%2F%2Fexample%2Fpeople",
            b"PREFIX foaf: <http://xmlns.com/foaf/0.1/> WITH <http://example/addresses> "
            b"DELETE { ?p foaf:givenName 'Bill' } INSERT { ?p foaf:givenName 'William' } "
            b"WHERE { ?p foaf:givenName 'Bill' }",
            UPDATE,
            400,
            id="bad_update_dataset_conflict",
        ),
    ],
)
def test_bad(
    server: Server, method: str, address: str, body: bytes | None, kind: str, status: int
) -> None:
    headers = {"Content_Type": kind} if kind else {}
    answer = server.ask(method, address, body, **headers, **BEARER)
    assert answer.status == status, answer.text
    assert answer.type == "text/plain"
    assert answer.text.strip().endswith("."), "a refusal is a sentence"


# ---- Graph Store Protocol: one sequence, as the suite has it

HEADER = (
    "@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix v: <http://www.w3.org/2006/vcard/ns#> .\n"
)
TURTLE = "text/turtle; charset=utf-8"
ALICE = HEADER + '[] a foaf:Person; foaf:businessCard [ a v:VCard; v:given-name "Alice" ] .'
BOUNDARY = "a6fe4cd636164618814be9f8d3d1a0de"


def card(server: Server, name: str) -> str:
    person = f"{server.url}/graphs/person/1"
    return HEADER + f'<{person}> a foaf:Person; foaf:businessCard [ a v:VCard; v:fn "{name}" ].'


def put(
    server: Server, address: str, turtle: str | None, method: str = "PUT", kind: str = TURTLE
) -> int:
    return server.ask(method, address, turtle, Content_Type=kind, **BEARER).status


def assert_holds(server: Server, address: str, turtle: str) -> None:
    """Asserts that a graph is sent as Turtle and holds these statements."""
    answer = server.ask("GET", address, Accept="text/turtle")
    assert (answer.status, answer.headers["content-type"]) == (200, TURTLE)
    assert int(answer.headers["content-length"]) == len(answer.body)
    graphs = [
        ox.Dataset(ox.parse(text, format=ox.RdfFormat.TURTLE)) for text in (answer.body, turtle)
    ]
    for graph in graphs:
        graph.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert graphs[0] == graphs[1]


def test_graph_store_protocol(server: Server) -> None:
    server.update("DROP ALL")
    first, second = "/graphs/person/1.ttl", "/graphs/person/2.ttl"
    person = f"{server.url}/graphs/person/1"
    # put__initial_state, get_of_put__initial_state
    assert put(server, first, card(server, "John Doe")) == 201
    for name in (quote(server.url + first, safe=""), quote(first)):  # the suite has both
        assert_holds(server, f"/graphs?graph={name}", card(server, "John Doe"))
    # head_on_an_existing_graph, head_on_a_nonexisting_graph
    answer = server.ask("HEAD", first, Accept="text/turtle")
    assert (answer.status, answer.headers["content-type"], answer.body) == (200, TURTLE, b"")
    assert int(answer.headers["content-length"]) > 0
    assert server.ask("HEAD", "/graphs/person/4.ttl").status == 404
    # put__graph_already_in_store, get_of_put__graph_already_in_store
    assert put(server, first, card(server, "Jane Doe")) == 204
    assert_holds(server, first, card(server, "Jane Doe"))
    # put__default_graph, get_of_put__default_graph
    assert put(server, "/graphs?default", ALICE) == 201
    assert_holds(server, "/graphs?default", ALICE)
    # put__mismatched_payload: Turtle declared as RDF/XML, and invalid Turtle
    assert put(server, first, card(server, "Jim Doe"), kind="application/rdf+xml") == 400
    assert put(server, first, "@prefix fo") == 400
    assert_holds(server, first, card(server, "Jane Doe"))
    # put__empty_graph, get_of_put__empty_graph, put__replace_empty_graph, get_of_replacement_for_empty_graph
    assert put(server, second, "") == 201
    assert_holds(server, second, "")
    assert put(server, second, ALICE) == 204
    assert_holds(server, second, ALICE)
    # delete__existing_graph, get_of_delete__existing_graph, delete__nonexistent_graph
    assert put(server, second, None, "DELETE") == 200
    assert server.ask("GET", second).status == 404
    assert put(server, second, None, "DELETE") == 404
    # post__existing_graph, get_of_post__existing_graph
    assert put(server, first, HEADER + f'<{person}> foaf:name "Jane Doe" .', "POST") == 200
    expected = card(server, "Jane Doe") + f'<{person}> foaf:name "Jane Doe" .'
    assert_holds(server, first, expected)
    # post__multipart_formdata, get_of_post__multipart_formdata; the suite has both kinds of line ends
    for end, given, family in (("\n", "Jane", "Doe"), ("\r\n", "Janet", "Dow")):
        parts = [
            ("lastName.ttl", f'foaf:familyName "{family}" .'),
            ("firstName.ttl", f'foaf:givenName "{given}" .'),
        ]
        body = "".join(
            f'--{BOUNDARY}{end}Content-Disposition: form-data; name="{name}"; filename="{name}"{end}'
            f"Content-Type: {TURTLE}{end}{end}{HEADER}<{person}> {statement}{end}{end}"
            for name, statement in parts
        )
        body += f"--{BOUNDARY}--{end}"
        assert put(server, first, body, "POST", f"multipart/form-data; boundary={BOUNDARY}") == 200
        expected += f'<{person}> foaf:givenName "{given}"; foaf:familyName "{family}" .'
        assert_holds(server, first, expected)
    # post__create__new_graph, get_of_post__create__new_graph
    created = server.ask("POST", "/graphs", ALICE, Content_Type=TURTLE, **BEARER)
    assert created.status == 201
    assert created.headers["location"].startswith(f"{server.url}/graphs/")
    path = created.headers["location"].removeprefix(server.url)
    assert_holds(server, path, ALICE)
    # post__empty_graph_to_existing_graph, get_of_post__after_noop
    assert put(server, path, "", "POST") == 204
    assert_holds(server, path, ALICE)


def test_patch_is_refused_in_a_sentence(server: Server) -> None:
    answer = server.ask("PATCH", "/graphs?default", "x", **BEARER)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, PUT, POST, DELETE")
    assert "PATCH" in answer.text


# ---- Service Description

SD = "http://www.w3.org/ns/sparql-service-description#"


@pytest.mark.parametrize(
    "accept", ["", "*/*", "text/turtle", "application/rdf+xml", "application/ld+json"]
)
def test_service_description(server: Server, accept: str) -> None:
    """returns-rdf, has-endpoint-triple, conforms-to-schema (every term of the namespace used is one of its own)."""
    answer = server.ask("GET", "/sparql", **({"Accept": accept} if accept else {}))
    assert answer.status == 200
    triples = list(ox.parse(answer.body, format=ox.RdfFormat.from_media_type(answer.type)))
    assert triples
    endpoints = [triple for triple in triples if triple.predicate.value == f"{SD}endpoint"]
    assert [triple.object.value for triple in endpoints] == [f"{server.url}/sparql"]
    types = {(t.subject, t.object.value) for t in triples if t.predicate.value.endswith("#type")}
    assert (endpoints[0].subject, f"{SD}Service") in types
    terms = {
        "endpoint",
        "supportedLanguage",
        "resultFormat",
        "inputFormat",
        "feature",
        "defaultDataset",
        "defaultGraph",
    }
    used = {
        triple.predicate.value.removeprefix(SD)
        for triple in triples
        if triple.predicate.value.startswith(SD)
    }
    assert used <= terms
    languages = {t.object.value for t in triples if t.predicate.value == f"{SD}supportedLanguage"}
    assert languages == {f"{SD}SPARQL11Query", f"{SD}SPARQL11Update"}


def test_the_suite_is_complete() -> None:
    """34 cases of the Protocol, by their names; those of the Graph Store Protocol are one sequence."""
    text = Path(__file__).read_text(encoding="utf-8")
    protocol = {part.split('"')[0] for part in text.split('id="')[1:] if part[0] in "qub"}
    assert len(protocol | {"update_dataset_full", "update_base_uri"}) == 34
