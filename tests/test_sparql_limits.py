"""The limits of queries: what reaches the engine, what is refused and in which words."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import pyoxigraph as ox
import pytest

from sq_graph import resources
from sq_graph.errors import BadQuery
from sq_graph.graph.sparql_limits import Limits, check_limits, tokens
from sq_graph.graph.updates import dataset_iris
from tests.conftest import solutions
from tests.serving import StubHandler, in_background

EMPTY = b'{"head":{"vars":["s"]},"results":{"bindings":[]}}'


class Listener(ThreadingHTTPServer):
    """A server on this machine that records the requests it gets."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Recorder)
        self.url = f"http://127.0.0.1:{self.server_port}/"
        self.hits: list[str] = []


class _Recorder(StubHandler):
    server: Listener

    def do_GET(self) -> None:
        self.server.hits.append(self.path)
        self.reply(EMPTY, "application/sparql-results+json")

    do_POST = do_GET


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    with in_background(Listener()) as server:
        yield server


@pytest.fixture
def store() -> ox.Store:
    graph = ox.Store()
    graph.update('INSERT DATA { <http://a> <http://p> 1, true, "x" }')
    return graph


def refusal(text: str, limits: Limits | None = None, update: bool = False) -> str:
    with pytest.raises(BadQuery) as error:
        check_limits(text, limits or Limits(), update)
    return str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT * { " + "?s ?p ?o . " * 10_000 + "}", "longer than 100000 characters"),
        ("SELECT * " + "{" * 20_000 + "}" * 20_000, "nests more than 150"),
        ("SELECT * { FILTER(" + "(" * 20_000 + "1" + ")" * 20_000 + ") }", "nests more than 150"),
        ("SELECT * { FILTER(" + "!" * 50_000 + "?x) }", "nests more than 150"),
        ("SELECT * { ?s ?p " + "[ ?p " * 200 + "?o" + "]" * 200 + " }", "nests more than 150"),
        (
            "SELECT * { " + ".".join(f"?s <p{n}> ?o{n}" for n in range(200)) + " }",
            "more than 64 patterns",
        ),
        (
            "SELECT * { ?s ?p " + ",".join(f"?o{n}" for n in range(200)) + " }",
            "more than 64 patterns",
        ),
        ("SELECT * { ?s ?p (" + " ".join(["?o"] * 200) + ") }", "more than 64 patterns"),
        ("SELECT * { ?s " + "/".join(["<p>"] * 200) + " ?o }", "more than 64 patterns"),
        ("SELECT * { " + " UNION ".join(["{?s ?p ?o}"] * 200) + " }", "more than 64 patterns"),
        (
            "SELECT * { ?s ?p ?o FILTER(" + "||".join(["?o=1"] * 2_000) + ") }",
            "more than 1000 operators",
        ),
    ],
)
def test_a_query_that_is_too_large_is_refused_with_its_limit(text: str, message: str) -> None:
    assert message in refusal(text)


def test_data_templates_and_long_lists_are_not_too_wide() -> None:
    rows = " ".join(f"({n} <x{n}>)" for n in range(2_000))
    check_limits(f"SELECT * {{ VALUES (?a ?b) {{ {rows} }} ?a ?p ?b }}")
    check_limits("SELECT * { ?s ?p ?o FILTER(?o IN (" + ",".join(map(str, range(2_000))) + ")) }")
    triples = " . ".join(f"<s{n}> <p> {n}" for n in range(2_000))
    check_limits(f"INSERT DATA {{ GRAPH <g> {{ {triples} }} }}", update=True)
    check_limits(f"CONSTRUCT {{ {triples} }} WHERE {{ ?s ?p ?o }}")
    assert "patterns" in refusal(f"CONSTRUCT WHERE {{ {triples} }}")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <U> { ?s ?p ?o } }",
        "SELECT * { sErViCe SILENT <U> { ?s ?p ?o } }",
        "SELECT * { ?s ?p trueSERVICE<U>{ ?s ?p ?o } }",
        "SELECT * { ?s ?p 1SERVICE<U>{ ?s ?p ?o } }",
        "PREFIX : <U> SELECT * { SERVICE:x { ?s ?p ?o } }",
        "PREFIX x: <U> SELECT * { SERVICEx:x { ?s ?p ?o } }",
        "SELECT * { SERVICESILENT<U>{ ?s ?p ?o } }",
        "SELECT * { ?s ?p ?o # comment\rSERVICE <U> { ?s ?p ?o }\n }",
        "PREFIX e: <U> SELECT * { ?s ?p ?o . BIND(1 AS ?e) ?s ?p e:.SERVICE<U>{ ?s ?p ?o } }",
        'SELECT * { ?s ?p ?o FILTER(true||?o<?o#>"""\n) SERVICE <U> { ?s ?p ?o } #"""\n }',
        "PREFIX e: <U> SELECT * { ?s ?p ?o FILTER(true||?o<(1>0) || ?o<e:c#>'''\n1) SERVICE <U> {} #'''\n }",
        "SELECT * { ?s ?p ?o FILTER(true||?o<'>''') SERVICE <U> { } FILTER(''>'''') }",
        "LOAD <U>",
        "LOADSILENT<U>INTO GRAPH<g>",
        "CLEAR DEFAULT;load<U>",
        "INSERT { ?s ?p 2 } WHERE { ?s ?p ?o . SERVICE SILENT <U> { ?s ?p ?o } }",
    ],
)
def test_whatever_could_make_the_engine_fetch_is_refused(text: str, listener: Listener) -> None:
    text = text.replace("<U>", f"<{listener.url}>")
    update = not text.upper().lstrip().startswith(("SELECT", "PREFIX"))
    assert "from the web" in refusal(text, update=update) or "two ways" in refusal(
        text, update=update
    )


def test_the_engine_really_fetches_so_that_the_guard_is_needed(
    listener: Listener, store: ox.Store
) -> None:
    old_count = len(listener.hits)
    solutions(store, f"SELECT * {{ ?s ?p trueSERVICE<{listener.url}>{{ ?s ?p ?o }} }}")
    assert len(listener.hits) > old_count


@pytest.mark.parametrize(
    "text",
    [
        "PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> SELECT * { ?s a sd:Service }",
        'SELECT * { ?service ?p "LOAD and SERVICE" } # SERVICE <x>',
        "SELECT * { ?s ?p ?o FILTER(?s = <https://example.org/service#a>) }",
        "SELECT * { ?s ?p 'it''s service' }",
        'SELECT * { ?s ?p "caf\\u00e9" }',
    ],
)
def test_the_word_service_alone_is_accepted(text: str) -> None:
    check_limits(text)
    check_limits(text, update=True)


FRAGMENTS = (
    "SERVICE",
    "service",
    "SILENT",
    "<U>",
    "e:x",
    ":x",
    "e:",
    "?x",
    "{",
    "}",
    "(",
    ")",
    "{}",
    '"""',
    "'''",
    "'",
    '"',
    "#",
    "\n",
    "\r",
    " ",
    "<",
    ">",
    "<e:c#>",
    "<'>",
    "<(1>",
    "?a<?b",
    "true",
    "1",
    "1.5",
    "a",
    "e:a.",
    "_:b.",
    "@en",
    ".",
    ";",
    ",",
    "FILTER(",
    "BIND(",
    "AS ?z)",
    "OPTIONAL",
    "UNION",
    "!",
    "&&",
    "=",
    "-",
    "\\",
    "%",
    "[",
    "]",
    "<<",
    ">>",
    "\\u0053",
    "\\u0022",
    "\\u000a",
    "e:\\,",
    "1e5",
    "·",
    "é",
    "‿",
)
FRAMES = (
    "SELECT * { ?s ?p ?o %s SERVICE %s <U> { ?s ?p ?o } %s }",
    "SELECT * { ?s ?p ?o FILTER(?o%s) %s SERVICE <U> {?s ?p ?o} %s }",
    "SELECT * { ?s ?p e:a%sSERVICE%s<U>{}%s }",
    "SELECT * { VALUES (?v ?w) { (<z> %s) } FILTER(?v%s) SERVICE <U> {} %s}",
    "SELECT * { ?s ?p %s SERVICE <U> {} #%s\n%s}",
)


def test_no_mixture_of_words_slips_a_request_past_the_guard(
    listener: Listener, store: ox.Store
) -> None:
    """Random texts: each that makes the engine fetch from the listener is refused by the guard."""
    rng = random.Random(20080)
    refused = 0
    for _ in range(6_000):
        parts = tuple(
            "".join(rng.choices(FRAGMENTS, k=rng.choice((0, 0, 1, 1, 2, 3)))) for _ in range(3)
        )
        text = "PREFIX e: <Ue> PREFIX : <U> " + rng.choice(FRAMES) % parts
        text = text.replace("U>", f"{listener.url}>").replace("Ue", f"{listener.url}e")
        old_count = len(listener.hits)
        with contextlib.suppress(SyntaxError, ValueError, OSError, RuntimeError):
            solutions(store, text)
        if len(listener.hits) > old_count:
            refusal(text)
            refused += 1
    assert refused > 50, "the mixtures no longer reach the listener, so this test proves nothing"


def test_every_question_of_the_catalogue_passes() -> None:
    for path in sorted((resources.root() / "queries").rglob("*.rq")):
        check_limits(path.read_text(encoding="utf-8"))


def test_graphs_in_from_are_read_with_their_prefixes() -> None:
    text = "PREFIX g: <http://g/> SELECT * FROM g:a FROM NAMED <http://g/b> { ?from ?p 'FROM <c>' }"
    assert dataset_iris(text) == ("http://g/a", "http://g/b")


def test_tokens_lose_only_spaces_and_comments() -> None:
    text = 'SELECT(COUNT(*)AS?n){?s a ex:b\\,c;<p>"""a"b"""@en,1.5e3.#x\n}'
    assert "".join(token.text for token in tokens(text)) == text.replace("#x\n", "").replace(
        " ", ""
    )
