"""Sending a map's files to another engine: they arrive as named graphs, all or none, and a failure is one sentence."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from sq_graph.graph import EmbeddedGraph, load_store
from sq_graph.graph.embedded import load_files
from sq_graph.graph.layout import packaged, workspace
from sq_graph.importers.workspace import make_workspace
from tests.serving import TOKEN, Server, serving
from tests.test_cli import ROOT, run

pytest.importorskip("SPARQLWrapper")
MINI = ROOT / "tests" / "mini"
OWN = """SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } FILTER(STRSTARTS(STR(?g), "https://example.org/")) }
  GROUP BY ?g ORDER BY ?g"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A store that holds the packaged map, open to writers."""
    place = tmp_path_factory.mktemp("push")
    load_store(
        place / "store", [(file.path, file.iri) for file in packaged().files() if file.listed]
    )
    with serving(place / "log", store=place / "store") as server:
        yield server


def push(endpoint: str, folder: Path, token: str = TOKEN) -> tuple[int, str, str]:
    done = run("push", "--endpoint", endpoint, "--workspace", str(folder), SQ_GRAPH_TOKEN=token)
    return done.returncode, done.stdout, done.stderr


def test_each_file_takes_the_place_of_its_named_graph(store: Server, tmp_path: Path) -> None:
    own = shutil.copytree(MINI, tmp_path / "own")
    graph = EmbeddedGraph()
    load_files(graph, ((file.path, file.iri, file.listed) for file in workspace(own).files()))
    sent = (0, f"{len(graph.graphs())} graphs sent to {store.url}/update\n", "")
    for _ in range(2):
        assert push(f"{store.url}/update", own) == sent
        assert store.query(OWN).body == graph.results(OWN, "csv")
    broken = own / "ontology" / "data" / "works" / "a-2003.ttl"
    whole = broken.read_text()
    broken.write_text(whole.replace("sq:year ", "sq:note "))
    code, _, said = push(f"{store.url}/update", own)
    assert code == 2
    assert "422" in said
    assert "work:a-2003" in said or "work/a-2003" in said
    broken.write_text(whole + "[")
    code, _, said = push(f"{store.url}/update", own)
    assert code == 2
    assert f"a-2003.ttl:{len(whole.splitlines()) + 1}: " in said
    assert store.query(OWN).body == graph.results(OWN, "csv")


def test_a_workspace_without_files_sends_nothing(store: Server, tmp_path: Path) -> None:
    own = make_workspace(tmp_path / "own", "https://example.org/own/")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        code, said, _ = push(f"{store.url}/update", own)
    assert (code, said) == (0, f"0 graphs sent to {store.url}/update\n")


@pytest.mark.parametrize(
    ("address", "token", "said"),
    [
        ("/update", "", "401"),
        ("/update", "another", "Give user and password, or a token."),
        ("/", TOKEN, "405"),
        ("http://127.0.0.1:9/update", TOKEN, "cannot be reached"),
        ("file:///etc/passwd", TOKEN, "is not the address of an endpoint"),
    ],
)
def test_what_goes_wrong_is_one_sentence(
    store: Server, address: str, token: str, said: str
) -> None:
    code, printed, errors = push(
        store.url + address if address.startswith("/") else address, MINI, token
    )
    assert (code, printed, len(errors.splitlines())) == (2, "", 1)
    assert said in errors
