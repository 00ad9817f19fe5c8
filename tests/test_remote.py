"""The graph in another engine: the same answers as embedded, and one sentence for each failure."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from http.server import ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
import rdflib

import sq_graph
from sq_graph.atlas import Atlas
from sq_graph.errors import BadQuery, EngineError
from sq_graph.graph.remote import RemoteGraph, with_prefixes
from sq_graph.graph.terms import ResultSet, Term
from sq_graph.queries import Question
from tests.conftest import skip_or_fail
from tests.serving import (
    OXIGRAPH_PROGRAM,
    VIRTUOSO_STARTS,
    StubHandler,
    has_virtuoso,
    in_background,
    oxigraph_serving,
    serving,
    virtuoso_serving,
)

pytest.importorskip("SPARQLWrapper")
OXIGRAPH, VIRTUOSO = (
    pytest.param(name, marks=pytest.mark.wide) for name in ("oxigraph", "virtuoso")
)
XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.fixture(scope="module")
def embedded() -> Atlas:
    return sq_graph.open()


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RemoteGraph]:
    with serving(tmp_path_factory.mktemp("remote") / "log") as server:
        yield RemoteGraph(f"{server.url}/sparql")


@pytest.fixture(scope="module")
def oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RemoteGraph]:
    """`oxigraph serve` with every file as a named graph, whose default graph is the union of all."""
    if OXIGRAPH_PROGRAM is None:
        pytest.skip("oxigraph serve is not installed. Run pip install oxigraph.")
    with oxigraph_serving(tmp_path_factory.mktemp("oxigraph") / "store") as address:
        yield RemoteGraph(address)


@pytest.fixture(scope="module")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RemoteGraph]:
    """Virtuoso 7 with the packaged map, as `sq-graph push` puts it there."""
    if not has_virtuoso():
        skip_or_fail("Virtuoso is not installed: apt-get install virtuoso-opensource-7-bin")
    with virtuoso_serving(tmp_path_factory.mktemp("virtuoso")) as address:
        yield RemoteGraph(address)


@pytest.mark.parametrize("engine", ["ours", OXIGRAPH, VIRTUOSO])
def test_every_question_has_the_same_answer(
    engine: str, embedded: Atlas, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    graph: RemoteGraph = request.getfixturevalue(engine)
    assert graph.graphs() == embedded.graph.graphs()
    step = 3 if engine == "ours" else 1  # a union of files is slow there
    questions: Sequence[Question] = embedded.catalogue.questions()[::step]
    assert questions

    def differing(graph: RemoteGraph, questions: Sequence[Question]) -> Sequence[Question]:
        return [q for q in questions if graph.select(q.text) != embedded.graph.select(q.text)]

    questions = differing(graph, questions)
    for start in range(VIRTUOSO_STARTS - 1):
        if engine != "virtuoso" or not questions:
            break
        with virtuoso_serving(tmp_path / str(start)) as address:
            questions = differing(RemoteGraph(address), questions)
    assert [question.name for question in questions] == []


@pytest.mark.parametrize("engine", ["ours", OXIGRAPH, VIRTUOSO])
def test_the_cookbook_has_the_same_rows_everywhere(
    engine: str, embedded: Atlas, request: pytest.FixtureRequest
) -> None:
    text = (Path(__file__).parents[1] / "docs" / "cookbook.md").read_text(encoding="utf-8")
    recipes = re.findall(r"^## (.+?)$.*?```sparql\n(.*?)```", text, re.MULTILINE | re.DOTALL)
    assert len(recipes) >= 7
    graph: RemoteGraph = request.getfixturevalue(engine)
    for title, query in recipes:
        expected = embedded.graph.select(query)
        assert expected.rows, title
        assert graph.select(query).rows == expected.rows, title


@pytest.mark.parametrize("engine", ["ours", OXIGRAPH])
def test_every_method_answers_as_embedded(
    engine: str, embedded: Atlas, request: pytest.FixtureRequest
) -> None:
    graph: RemoteGraph = request.getfixturevalue(engine)
    concept = "https://w3id.org/sq-graph/id/concept/social-exclusion"
    construct = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ VALUES ?s {{ <{concept}> }} ?s ?p ?o }}"
    assert set(graph.construct(construct)) == set(embedded.graph.construct(construct))
    assert graph.ask(f"ASK {{ <{concept}> a sq:Concept }}")
    assert not graph.ask("ASK { ?s a sq:NoSuchClass }")
    rows = "SELECT ?w ?y { ?w a sq:Work ; sq:year ?y } ORDER BY ?y STR(?w) LIMIT 5"
    for form in ("json", "xml", "csv", "tsv"):
        assert graph.results(rows, form) == embedded.graph.results(rows, form)
    assert sorted(graph.results(construct, "ntriples").splitlines()) == sorted(
        embedded.graph.results(construct, "ntriples").splitlines()
    )
    in_graph = "SELECT ?p { GRAPH <https://w3id.org/sq-graph/core> { ?p a owl:ObjectProperty } } ORDER BY STR(?p)"
    assert graph.select(in_graph) == embedded.graph.select(in_graph)
    assert graph.digest() == embedded.digest


@pytest.mark.wide
def test_virtuoso_holds_the_map_and_hides_the_positions(
    virtuoso: RemoteGraph, embedded: Atlas
) -> None:
    assert virtuoso.is_virtuoso and virtuoso.digest() == embedded.digest
    position = "https://w3id.org/sq-graph/positions/bernard-1999"
    assert not virtuoso.ask(f"ASK {{ <{position}> a owl:Ontology }}")
    assert virtuoso.ask(f"ASK {{ GRAPH <{position}> {{ <{position}> a owl:Ontology }} }}")
    with pytest.raises(EngineError, match=r"Write the IRI of each graph"):
        virtuoso.select("SELECT ?g { GRAPH ?g { ?s ?p ?o } }")


def test_the_wrong_form_of_query_is_refused_as_by_the_embedded_engine(ours: RemoteGraph) -> None:
    for method, text in (
        (ours.select, "ASK {}"),
        (ours.ask, "SELECT * {}"),
        (ours.construct, "ASK {}"),
    ):
        with pytest.raises(BadQuery, match="this query returns no"):
            method(text)


def test_an_error_in_the_query_is_explained_in_one_sentence(ours: RemoteGraph) -> None:
    with pytest.raises(BadQuery, match="not valid SPARQL") as error:
        ours.select("SELECT * { ?s ?p ")
    assert "\n" not in str(error.value)


def test_words_of_a_comment_do_not_make_a_query_an_update(ours: RemoteGraph) -> None:
    assert (
        len(ours.select("#+ remedy: Add a value, or delete it\nSELECT ?s { ?s ?p ?o } LIMIT 1"))
        == 1
    )


def test_prefixes_are_declared_where_they_are_missing() -> None:
    assert with_prefixes("PREFIX work: <x:> ASK { work:a a sq:Work . ?sq:x a 'sh:x' }").startswith(
        "PREFIX sq: <"
    )
    assert with_prefixes("ASK { ?s ?p 'sq:Work' } # sq:x") == "ASK { ?s ?p 'sq:Work' } # sq:x"


@pytest.mark.parametrize(
    "text",
    [
        "ASK { ?from a sq:Claim }",
        "# taken from the map\nASK { ?x a sq:Claim }",
        "ASK { ?x a sq:Claim FILTER('from' != \"FROM <x:y>\") }",
        "ASK { ?x a sq:Claim FILTER(?x != <x:from>) }",
    ],
)
def test_the_word_from_changes_the_dataset_only_as_a_clause(text: str, stub: StubEngine) -> None:
    stub.respond(b'{"head": {}, "boolean": true}')
    graph = stub.graph
    graph.__dict__["_view"] = (("default-graph-uri", "x:named"),)
    assert graph.ask(text)
    assert b"default-graph-uri=x%3Anamed" in stub.requests[-1][2]
    assert graph.ask("ASK FROM<x:y> { ?s ?p ?o }")
    assert b"default-graph-uri" not in stub.requests[-1][2]


@pytest.mark.parametrize("value", ["1", "0"])
def test_the_yes_or_no_of_virtuoso_is_understood(value: str, stub: StubEngine) -> None:
    binding = {"__ASK_RETVAL": {"type": "typed-literal", "value": value}}
    answer = {"head": {"vars": ["__ASK_RETVAL"]}, "results": {"bindings": [binding]}}
    binding["__ASK_RETVAL"]["datatype"] = f"{XSD}integer"
    stub.respond(json.dumps(answer).encode())
    assert stub.graph.ask("ASK { }") is (value == "1")


# ---- an engine that misbehaves on request


class StubEngine(ThreadingHTTPServer):
    """An engine that answers as a test chooses, and records the requests it gets."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _StubEngineHandler)
        self.respond(b"")
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.delay = 0.0
        self.type = "application/sparql-results+json"

    @property
    def graph(self) -> RemoteGraph:
        graph = RemoteGraph(f"http://127.0.0.1:{self.server_port}/sparql", timeout=1)
        graph.__dict__["_view"] = ()  # the default graph does not matter here
        return graph

    def respond(
        self, body: bytes, status: int = 200, sent: int | None = None, has_length: bool = True
    ) -> None:
        """Sets the answer, of whose body only the bytes up to `sent` are sent."""
        self.response = (body, status, sent, has_length)


class _StubEngineHandler(StubHandler):
    server: StubEngine
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.requests.append((self.path, headers, body))
        time.sleep(self.server.delay)
        answer, status, sent, has_length = self.server.response
        self.send_response(status)
        self.send_header("Content-Type", self.server.type)
        self.send_header("Connection", "close")
        if has_length:
            self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer[:sent])
        self.close_connection = True


@pytest.fixture
def stub() -> Iterator[StubEngine]:
    with in_background(StubEngine()) as server:
        yield server


def rows(*bindings: Mapping[str, object]) -> bytes:
    return json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": list(bindings)}}).encode()


def test_literals_come_in_the_form_of_the_embedded_engine(stub: StubEngine) -> None:
    """What Virtuoso and rdflib send: `01`, `en-US`, `typed-literal`."""
    typed = {"type": "typed-literal", "value": "01", "datatype": f"{XSD}integer"}
    tagged = {"type": "literal", "value": "x", "xml:lang": "en-US"}
    plain = {"type": "literal", "value": "y", "datatype": f"{XSD}string"}
    uri = {"type": "uri", "value": "u:v"}
    stub.respond(rows({"x": typed}, {"x": tagged}, {"x": plain}, {"x": uri}, {}))
    expected = (
        Term("literal", "1", datatype=f"{XSD}integer"),
        Term("literal", "x", language="en-us"),
        Term("literal", "y", datatype=f"{XSD}string"),
        Term("uri", "u:v"),
        None,
    )
    assert stub.graph.select("SELECT ?x { }") == ResultSet(
        ("x",), tuple((term,) for term in expected)
    )


@pytest.mark.parametrize("has_length", [True, False])
@pytest.mark.parametrize("sent", [1, 40, 90, -1])
def test_an_answer_that_breaks_off_is_never_taken_for_a_short_one(
    stub: StubEngine, sent: int, has_length: bool
) -> None:
    solutions = [{"x": {"type": "uri", "value": iri}} for iri in ("u:v", "u:w")]
    stub.respond(rows(*solutions), sent=sent, has_length=has_length)
    with pytest.raises(EngineError, match="is incomplete"):
        stub.graph.select("SELECT ?x { }")
    stub.type = "application/n-triples"
    triples = b"<u:a> <u:b> <u:c> .\n<u:a> <u:b> <u:d> .\n"
    stub.respond(triples, sent=min(sent, 30) if sent > 0 else -3, has_length=has_length)
    with pytest.raises(EngineError, match="is incomplete"):
        stub.graph.construct("CONSTRUCT WHERE { ?s ?p ?o }")


def test_an_error_in_mid_stream_is_reported(stub: StubEngine) -> None:
    solution = {"x": {"type": "uri", "value": "u:v"}}
    stub.respond(rows(solution)[:-3] + b"Error 500: out of memory")
    with pytest.raises(EngineError, match="out of memory"):
        stub.graph.select("SELECT ?x { }")


def test_an_engine_that_is_late_or_away_is_reported_in_one_sentence(stub: StubEngine) -> None:
    stub.delay = 1.5
    with pytest.raises(EngineError, match="longer than 1 seconds"):
        stub.graph.select("SELECT ?x { }")
    with pytest.raises(EngineError, match="cannot be reached"):
        RemoteGraph("http://127.0.0.1:9/sparql").select("SELECT ?x { }")
    malformed = ("http://[::1", "http://h:x/", "http://h:99999/", "http://a b/")
    for address in ("ftp://example.org/", "example.org", "", *malformed):
        with pytest.raises(EngineError, match="not the address of an endpoint"):
            RemoteGraph(address)


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "a typo"),
        (401, "token"),
        (403, "Ask"),
        (404, "address"),
        (414, "414"),
        (500, "500"),
        (503, "503"),
    ],
)
def test_a_refusal_is_passed_on(stub: StubEngine, status: int, message: str) -> None:
    stub.respond(b"There is a typo.", status)
    with pytest.raises(BadQuery if status == 400 else EngineError, match=message):
        stub.graph.select("SELECT ?x { }")


@pytest.mark.parametrize("name", ["detail", "message"])
def test_a_refusal_in_json_is_read(stub: StubEngine, name: str) -> None:
    stub.respond(json.dumps({name: "There is a typo."}).encode(), 400)
    with pytest.raises(BadQuery, match=r"^[Tt]here is a typo\. Correct the query\.$"):
        stub.graph.select("SELECT ?x { }")


class _OneGraph(StubHandler):
    """Answers as rdflib-endpoint does over one rdflib Graph."""

    graph = rdflib.Graph().parse(data="<http://e/a> <http://e/p> 1 .", format="turtle")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        (query,) = parse_qs(body)["query"]
        try:
            status, answer = 200, self.graph.query(query).serialize(format="json") or b""
        except Exception as error:
            status, answer = 422, json.dumps({"message": f"Error: {error}"}).encode()
        self.reply(answer, "application/json", status)


def test_an_engine_of_one_graph_without_names_is_asked_as_it_is() -> None:
    with in_background(ThreadingHTTPServer(("127.0.0.1", 0), _OneGraph)) as server:
        graph = RemoteGraph(f"http://127.0.0.1:{server.server_port}/")
        assert [row["o"].value for row in graph.select("SELECT ?o { ?s ?p ?o }")] == ["1"]
        assert graph.graphs() == ()
        with pytest.raises(EngineError, match="requiring a dataset"):
            graph.select("SELECT ?g { GRAPH ?g { ?s ?p ?o } }")


def test_a_query_is_sent_as_a_form_with_its_headers(stub: StubEngine) -> None:
    stub.respond(rows())
    graph = stub.graph
    graph.token = "abc"
    graph.select("SELECT ?x { ?x a sq:Work }")
    path, headers, body = stub.requests[-1]
    assert (path, headers["content-type"]) == ("/sparql", "application/x-www-form-urlencoded")
    assert headers["accept"] == "application/sparql-results+json"
    assert headers["authorization"] == "Bearer abc"
    assert body.startswith(b"query=PREFIX+sq")
    with_password = RemoteGraph(f"http://ann:se%3Acret@127.0.0.1:{stub.server_port}/sparql")
    with_password.__dict__["_view"] = ()
    with_password.select("SELECT ?x { }")
    assert (
        stub.requests[-1][1]["authorization"]
        == "Basic " + base64.b64encode(b"ann:se:cret").decode()
    )
