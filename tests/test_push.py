"""Sending a map's files to another engine: as named graphs, all or none; a failure is one sentence."""

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
COUNTS = """SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } FILTER(STRSTARTS(STR(?g), "https://example.org/")) }
  GROUP BY ?g ORDER BY ?g"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A store that holds the packaged map, open to writers."""
    folder = tmp_path_factory.mktemp("push")
    load_store(
        folder / "store", [(file.path, file.iri) for file in packaged().files() if file.listed]
    )
    with serving(folder / "log", store=folder / "store") as server:
        yield server


def push(endpoint: str, folder: Path, token: str = TOKEN) -> tuple[int, str, str]:
    process = run("push", "--endpoint", endpoint, "--workspace", str(folder), SQ_GRAPH_TOKEN=token)
    return process.returncode, process.stdout, process.stderr


def test_each_file_takes_the_place_of_its_named_graph(store: Server, tmp_path: Path) -> None:
    folder = shutil.copytree(MINI, tmp_path / "own")
    graph = EmbeddedGraph()
    load_files(graph, ((file.path, file.iri, file.listed) for file in workspace(folder).files()))
    expected = (0, f"{len(graph.graphs())} graphs sent to {store.url}/update\n", "")
    for _ in range(2):
        assert push(f"{store.url}/update", folder) == expected
        assert store.query(COUNTS).body == graph.results(COUNTS, "csv")
    work = folder / "ontology" / "data" / "works" / "a-2003.ttl"
    turtle = work.read_text()
    work.write_text(turtle.replace("sq:year ", "sq:note "))
    code, _, errors = push(f"{store.url}/update", folder)
    assert code == 2
    assert "422" in errors
    assert "work:a-2003" in errors or "work/a-2003" in errors
    work.write_text(turtle + "[")
    code, _, errors = push(f"{store.url}/update", folder)
    assert code == 2
    assert f"a-2003.ttl:{len(turtle.splitlines()) + 1}: " in errors
    assert store.query(COUNTS).body == graph.results(COUNTS, "csv")


def test_a_workspace_without_files_sends_nothing(store: Server, tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "own", "https://example.org/own/")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        code, output, _ = push(f"{store.url}/update", folder)
    assert (code, output) == (0, f"0 graphs sent to {store.url}/update\n")


@pytest.mark.parametrize(
    ("address", "token", "message"),
    [
        ("/update", "", "401"),
        ("/update", "another", "Give user and password, or a token."),
        ("/", TOKEN, "405"),
        ("http://127.0.0.1:9/update", TOKEN, "cannot be reached"),
        ("file:///etc/passwd", TOKEN, "is not the address of an endpoint"),
    ],
)
def test_a_failure_is_reported_in_one_sentence(
    store: Server, address: str, token: str, message: str
) -> None:
    code, output, errors = push(
        store.url + address if address.startswith("/") else address, MINI, token
    )
    assert (code, output, len(errors.splitlines())) == (2, "", 1)
    assert message in errors
