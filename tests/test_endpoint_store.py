"""Writing to a store over SPARQL: validated, whole or not at all, and never lost."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import pytest

from sq_graph.graph import load_store
from sq_graph.graph.digest import read_content
from sq_graph.graph.transactional_store import TransactionalStore
from sq_graph.importers.workspace import make_workspace
from tests.serving import BEARER, TOKEN, serving, wait_until

BASE = "https://example.org/review/"
SQ = "https://w3id.org/sq-graph/core#"
HEADERS = {**BEARER, "Content_Type": "text/turtle"}


def kill_rounds(folder: Path, rounds: int, seed: int, **settings: object) -> int:
    """Kills a server again and again while it takes writes; returns how many writes it acknowledged.

    Each write puts the same number into three graphs. After a restart all three hold the same number, and
    no acknowledged number is lost.
    """
    rng, last = random.Random(seed), 0
    for _ in range(rounds):
        with serving(folder / "log", **settings) as server:
            rows = server.query(
                "SELECT ?g ?n { GRAPH ?g { <http://e/counter> <http://e/n> ?n } }"
            ).text.split()[1:]
            numbers = {int(row.rpartition(",")[2]) for row in rows}
            assert len(numbers) <= 1, "a write is incomplete"
            assert len(rows) in (0, 3), "a write is incomplete"
            number = numbers.pop() if numbers else 0
            assert last <= number <= last + 1, "an acknowledged write is lost"
            last = number
            deadline = time.monotonic() + rng.uniform(0, 0.5)
            while time.monotonic() < deadline:
                new = "".join(
                    f"GRAPH <{BASE}data/g{n}> {{ <http://e/counter> <http://e/n> {last + 1} }} "
                    for n in range(3)
                )
                old = new.replace(f" {last + 1} ", " ?n ")
                where = old.replace("GRAPH", "OPTIONAL { GRAPH").replace("?n }", "?n } }")
                update = f"DELETE {{ {old} }} INSERT {{ {new} }} WHERE {{ {where} }}"
                if rng.random() < 0.7:  # the store makes no copy for a change of listed triples
                    update = f"DELETE DATA {{ {old.replace('?n', str(last))} }} ; INSERT DATA {{ {new} }}"
                try:
                    status = server.update(update).status
                except (OSError, ValueError):
                    break
                assert status == 204
                last += 1
            server.process.send_signal(signal.SIGKILL)
            server.process.wait()
    return last


def test_kill_at_random_moments_loses_nothing_of_a_store(tmp_path: Path) -> None:
    assert kill_rounds(tmp_path, 3, seed=2, store=tmp_path / "store") >= 3


def test_a_write_that_breaks_the_shapes_is_refused_with_its_findings(tmp_path: Path) -> None:
    bad = f"<{BASE}id/work/x> a <{SQ}Work> ."
    with serving(tmp_path / "log", store=tmp_path / "store") as server:
        assert server.update("INSERT DATA { GRAPH <x:g> { <x:a> <x:b> 1 } }").status == 204
        for answer in (
            server.graph("PUT", "x:g", bad),
            server.update(f"DROP ALL ; INSERT DATA {{ GRAPH <x:h> {{ {bad} }} }}"),
        ):
            assert answer.status == 422
            assert f"{BASE}id/work/x" in answer.text
            assert "label" in answer.text
        assert server.query("SELECT ?g { GRAPH ?g { ?s ?p ?o } }").text.split() == ["g", "x:g"]
        answer = server.graph("PUT", "x:g", entity_bomb(), Content_Type="application/rdf+xml")
        assert answer.status == 400
        assert "more than 16,000,000 bytes" in answer.text
        assert server.graph("PUT", "x:h", "<x:c> <x:d> 2 .").status == 201
        assert server.query("SELECT ?g { GRAPH ?g { ?s ?p 1 } }").text.split() == ["g", "x:g"]


def entity_bomb() -> str:
    """RDF/XML of a few lines, in which one text grows to 40 MB when it is parsed."""
    entities = f'<!ENTITY e0 "{"a" * 40}">' + "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 7)
    )
    return f"""<?xml version="1.0"?><!DOCTYPE r [{entities}]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="x:">
<rdf:Description rdf:about="x:a"><x:b>&e6;</x:b></rdf:Description></rdf:RDF>"""


def test_a_store_that_is_loaded_again_is_never_shown_in_two_states(tmp_path: Path) -> None:
    """Once, processes that had opened it before kept the old state, beside new ones with the new."""
    file, count = tmp_path / "a.ttl", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o } # "
    file.write_text("<x:a> <x:b> <x:c> .", encoding="utf-8")
    load_store(tmp_path / "store", [(file, "x:g")])
    with serving(tmp_path / "log", store=tmp_path / "store", token="") as server:
        assert server.query(count).text == "n\r\n1\r\n"
        file.write_text("<x:a> <x:b> <x:c>, <x:d> .", encoding="utf-8")
        load_store(tmp_path / "store", [(file, "x:g")])
        wait_until(lambda: server.query(count).text == "n\r\n2\r\n")
        assert {server.query(f"{count}{n}").text for n in range(20)} == {"n\r\n2\r\n"}


@pytest.mark.parametrize("token", ["", "wrong", TOKEN + "x"])
def test_nobody_writes_without_the_token(tmp_path: Path, token: str) -> None:
    with serving(tmp_path / "log", store=tmp_path / "store", workers=1) as server:
        answer = server.update("INSERT DATA { <x:a> <x:b> 1 }", token)
        assert (answer.status, answer.headers["www-authenticate"]) == (
            401,
            'Bearer realm="sq-graph"',
        )
        assert server.graph("PUT", "x:g", "", Authorization=f"Bearer {token}").status == 401
        assert server.query("ASK { ?s ?p ?o }").text.strip() == "false"


def test_a_folder_without_a_store_is_not_served(tmp_path: Path) -> None:
    message = f"There is no store at {tmp_path}"
    with (
        pytest.raises(AssertionError, match=message),
        serving(tmp_path / "log", store=tmp_path, token=""),
    ):
        raise RuntimeError("it is served")


def test_copies_that_a_killed_server_left_are_removed(tmp_path: Path) -> None:
    def copies() -> set[str]:
        return {path.name for path in (tmp_path / ".store-copies").iterdir() if path.is_dir()}

    names = set()
    for number in range(3):
        with serving(tmp_path / "log", store=tmp_path / "store") as server:
            assert server.update(f"INSERT DATA {{ <x:a> <x:b> {number} }}").status == 204
            assert server.query("ASK { ?s ?p ?o }").text.strip() == "true"
            wait_until(lambda: len(copies()) <= 2)
            names |= copies()
            server.process.send_signal(signal.SIGKILL)
            server.process.wait()
    assert len(names) > 3


def test_a_full_disk_is_reported_and_loses_nothing(tmp_path: Path) -> None:
    disk = tmp_path / "small"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root can mount a small disk")
    try:
        with serving(tmp_path / "log", store=disk / "store") as server:
            assert server.update("INSERT DATA { <x:kept> <x:b> 1 }").status == 204
            blocks = [b"x" * 2**20] * 64
            with contextlib.suppress(OSError), (disk / "filler").open("wb") as filler:
                for block in blocks:
                    filler.write(block)
                    filler.flush()
            triples = " ".join(f'<x:lost> <x:b> "{number:0>4000}" .' for number in range(500))
            answer = server.update(f"INSERT DATA {{ {triples} }}")
            assert (answer.status, "disk of the server is full" in answer.text) == (507, True)
            (disk / "filler").unlink()
            assert server.update("INSERT DATA { <x:after> <x:b> 1 }").status == 204
            rows = server.query("SELECT DISTINCT ?s { ?s <x:b> ?o } ORDER BY ?s").text.split()
            assert rows == ["s", "x:after", "x:kept"]
    finally:
        subprocess.run(["umount", str(disk)], check=False)


def test_a_write_that_takes_too_long_stops_no_other(tmp_path: Path) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    numbers = " ".join(f"<http://e/{n}> <http://e/next> {n} ." for n in range(400))
    with serving(tmp_path / "log", store=tmp_path / "store", write_timeout=3) as server:
        assert server.update(f"INSERT DATA {{ {numbers} }}").status == 204
        answer = server.update(f"INSERT {{ <http://e/a> <http://e/b> ?n }} WHERE {{ {count} }}")
        assert (answer.status, "was stopped" in answer.text) == (503, True)
        assert server.update("INSERT DATA { <http://e/a> <http://e/b> 1 }").status == 204
        assert server.query("SELECT ?n { <http://e/a> ?b ?n }").text.split() == ["n", "1"]


def test_an_update_that_could_find_nothing_in_a_union_of_graphs_is_refused(tmp_path: Path) -> None:
    """Queries see the union; an update that names no graph would do nothing and report success."""
    triple, graph = '<http://e/a> <http://e/p> "old"', "https://example.org/g"
    (tmp_path / "a.ttl").write_text(f"{triple} .", encoding="utf-8")
    load_store(tmp_path / "store", [(tmp_path / "a.ttl", graph)])
    with serving(tmp_path / "log", store=tmp_path / "store") as server:
        assert server.query("SELECT ?o { <http://e/a> ?p ?o }").text == "o\r\nold\r\n"
        change = 'DELETE { ?s ?p "old" } INSERT { ?s ?p "new" } WHERE { ?s ?p "old" }'
        for text in (
            change,
            f"DELETE DATA {{ {triple} }}",
            "DELETE WHERE { ?s ?p ?o }",
            f"INSERT DATA {{ GRAPH <{graph}> {{ <http://e/b> <http://e/p> 1 }} }} ; {change}",
            f"INSERT {{ GRAPH <{graph}> {{ ?s <http://e/q> 1 }} }} WHERE {{ ?s ?p ?o }}",
        ):
            answer = server.update(text)
            assert (answer.status, answer.text) == (
                400,
                "update: the update queries the default graph, but this store has only "
                "named graphs. Name them: GRAPH ?g { … } around the pattern, or WITH <graph> before it.\n",
            ), text
        assert server.query("SELECT ?o { ?s ?p ?o }").text == "o\r\nold\r\n"
        assert server.update(f"WITH <{graph}> {change}").status == 204
        assert server.query("SELECT ?o { ?s ?p ?o }").text == "o\r\nnew\r\n"
        values = f"GRAPH <{graph}> {{ ?s <http://e/q> 1 }}"
        for text in (
            f"INSERT {{ {values} }} WHERE {{ VALUES ?s {{ <http://e/b> }} }}",
            f"DELETE {{ {values} }} INSERT {{ {values} }} WHERE {{ {values} }}",
            "INSERT DATA { <http://e/own> <http://e/p> 1 }",
            "DELETE WHERE { <http://e/own> ?p ?o }",  # now the default graph holds something
        ):
            assert server.update(text).status == 204, text
        rows = server.query("SELECT ?s ?o { ?s ?p ?o } ORDER BY ?s").text
        assert rows == "s,o\r\nhttp://e/a,new\r\nhttp://e/b,1\r\n"
        wrong = server.update("INSERT DATA { <http://e/a> }").text
        assert wrong.startswith(
            "update:1: this is not valid SPARQL: something unexpected at column"
        )


@pytest.mark.parametrize("iri", ["http://e/ns#", "http://e/q?", "http://e/plain"])
def test_an_iri_that_ends_in_a_delimiter_is_deleted_as_it_was_inserted(
    tmp_path: Path, iri: str
) -> None:
    """`urljoin` drops an empty fragment, with which the names of graphs of ontologies often end."""
    prefix, graphs = f"PREFIX e: <{iri}> ", "SELECT ?g { GRAPH ?g { ?s ?p ?o } }"
    with serving(tmp_path / "log", store=tmp_path / "store") as server:
        for triple in (f"<{iri}> <http://e/p> 1 .", "e:a e:p 1 ."):
            data = f"DATA {{ {triple} GRAPH <{iri}> {{ {triple} }} }}"
            assert server.update(f"{prefix}INSERT {data}").status == 204
            assert server.query(graphs).text == f"g\r\n{iri}\r\n"
            assert server.update(f"{prefix}DELETE {data}").status == 204
            assert (
                server.query("ASK { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }").text == "false"
            )
        path = f"/graphs?graph={quote(iri, safe='')}"
        assert server.ask("PUT", path, "<> <p> 1 .", **HEADERS).status in (201, 204)
        assert server.query(graphs).text == f"g\r\n{iri}\r\n"
        assert server.ask("DELETE", path, **HEADERS).status == 200
        assert server.query(graphs).text == "g\r\n"


def test_a_write_on_a_condition_or_without_a_name_is_refused(tmp_path: Path) -> None:
    """A client that sends a condition relies on it; an empty name would mean the server itself."""
    path, triple = "/graphs?graph=http://e/g", "<http://e/a> <http://e/p> {} ."
    with serving(tmp_path / "log", store=tmp_path / "store") as server:
        assert server.ask("PUT", path, triple.format(1), **HEADERS).status == 201
        for condition in ({"If_Match": '"other"'}, {"If_None_Match": "*"}):
            for method in ("PUT", "POST", "DELETE"):
                answer = server.ask(method, path, triple.format(2), **HEADERS, **condition)
                assert (answer.status, "nothing was written" in answer.text) == (412, True)
        for method in ("GET", "PUT", "POST", "DELETE"):
            answer = server.ask(method, "/graphs?graph=", triple.format(3), **HEADERS)
            assert (answer.status, answer.text) == (
                400,
                "Name one graph: graph=IRI once, or default.\n",
            )
        assert server.query("SELECT ?o { GRAPH ?g { ?s ?p ?o } }").text == "o\r\n1\r\n"


def test_a_file_is_read_as_programs_send_it(tmp_path: Path) -> None:
    """With a byte order mark, or from curl, which does not know the type of `.nt`."""
    triple, part = "<http://e/a> <http://e/p> {} .", "application/octet-stream"
    form = f'--x\r\nContent-Disposition: form-data; name="a"; filename="a.nt"\r\nContent-Type: {part}\r\n\r\n'
    form += f"{triple.format(2)}\r\n--x--\r\n".replace(" 2 ", ' "2" ')
    with serving(tmp_path / "log", store=tmp_path / "store") as server:
        assert server.graph("PUT", "http://e/g", f"\ufeff{triple.format(1)}").status == 201
        kind = "multipart/form-data; boundary=x"
        assert server.graph("POST", "http://e/g", form, Content_Type=kind).status == 200
        rows = server.query("SELECT ?o { GRAPH ?g { ?s ?p ?o } } ORDER BY STR(?o)").text
        assert rows == "o\r\n1\r\n2\r\n"


def test_a_store_is_judged_by_the_shapes_of_a_workspace_too(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "own", "https://example.org/own/")
    (folder / "shapes" / "own.ttl").write_text(
        """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <http://e/> .
:S sh:targetClass :A ; sh:property [ sh:path :p ; sh:minCount 1 ; sh:message "No p; add one." ] ."""
    )
    with serving(tmp_path / "log", store=tmp_path / "store", folders=(folder,)) as server:
        answer = server.graph("PUT", "http://e/g", "<http://e/x> a <http://e/A> .")
        assert (answer.status, "http://e/x: No p. Add one." in answer.text) == (422, True)
        assert server.graph("PUT", "http://e/g", "<http://e/x> a <http://e/B> .").status == 201


def test_the_first_copy_of_a_store_knows_its_digest(tmp_path: Path) -> None:
    """Otherwise every page of a large store calculates it, for longer than a page may take."""
    (tmp_path / "a.nt").write_text("<http://e/a> <http://e/p> <http://e/b> .")
    load_store(tmp_path / "store", [(tmp_path / "a.nt", "http://e/g")])
    content = read_content(tmp_path / "store")
    store = TransactionalStore(tmp_path / "store", tmp_path / "copies")
    assert content == read_content(store.copy) is not None
    store.begin()  # and is killed
    store.update("DROP ALL")
    del store
    again = TransactionalStore(tmp_path / "store", tmp_path / "copies")
    assert read_content(again.copy) == content


def test_what_was_written_stays_in_view_when_a_file_shares_a_statement(tmp_path: Path) -> None:
    """The default view is then stored apart, which left out all graphs that no file had filled."""
    files = [(tmp_path / f"{name}.ttl", f"http://e/{name}") for name in "ab"]
    for path, _ in files:
        path.write_text(f"<http://e/s> <http://e/p> 1 . <http://e/{path.stem}> a <http://e/A> .")
    load_store(tmp_path / "store", files[:1])
    store = TransactionalStore(tmp_path / "store", tmp_path / "copies")
    store.begin()
    store.update("INSERT DATA { GRAPH <http://e/own> { <http://e/own> a <http://e/A> } }")
    store.commit()
    del store
    assert load_store(tmp_path / "store", files) == 4


def test_nothing_is_written_beside_the_graph_that_a_request_names(tmp_path: Path) -> None:
    """JSON-LD may name further graphs, to which unvalidated statements would be written."""
    json_ld = '{"@id": "http://e/other", "@graph": [{"@id": "http://e/a", "http://e/p": "new"}]}'
    with serving(tmp_path / "log", store=tmp_path / "store") as server:
        for method, graph in (("PUT", "http://e/g"), ("POST", "http://e/other")):
            answer = server.graph(method, graph, json_ld, Content_Type="application/ld+json")
            assert (answer.status, "Named graphs are not allowed" in answer.text) == (400, True)
        assert server.query("ASK { GRAPH ?g { ?s ?p ?o } }").text == "false"
        plain = json_ld.replace('"@id": "http://e/other", ', "")
        answer = server.graph("PUT", "http://e/g", plain, Content_Type="application/ld+json")
        assert answer.status == 201
        for verb in ("COPY", "MOVE"):
            answer = server.update(f"{verb} <http://e/typo> TO <http://e/g>")
            assert (answer.status, answer.text) == (
                400,
                "update: there is no graph <http://e/typo>, so nothing was copied or cleared. "
                "Correct its name, or add SILENT.\n",
            )
        assert server.query("SELECT ?o { GRAPH <http://e/g> { ?s ?p ?o } }").text == "o\r\nnew\r\n"
        assert server.update("COPY SILENT <http://e/typo> TO <http://e/g>").status == 204
        assert server.query("ASK { GRAPH <http://e/g> { ?s ?p ?o } }").text == "false"


def test_a_default_graph_that_shows_others_is_not_emptied_as_a_whole(tmp_path: Path) -> None:
    """It would report success and still show what the named graphs hold, or lose a graph."""
    graph, default = "https://example.org/g", "/graphs?default"
    (tmp_path / "a.ttl").write_text('<http://e/a> <http://e/p> "old" .', encoding="utf-8")
    load_store(tmp_path / "store", [(tmp_path / "a.ttl", graph)])
    with serving(tmp_path / "log", store=tmp_path / "store") as server:
        answer = server.ask("POST", default, '<http://e/own> <http://e/p> "own" .', **HEADERS)
        assert answer.status == 200
        rows = server.query("SELECT ?s ?o { ?s ?p ?o } ORDER BY ?s").text
        assert rows == "s,o\r\nhttp://e/a,old\r\nhttp://e/own,own\r\n"
        answers = [
            *map(
                server.update,
                (
                    "DROP DEFAULT",
                    "CLEAR SILENT DEFAULT",
                    f"COPY DEFAULT TO <{graph}>",
                    f"MOVE <{graph}> TO DEFAULT",
                    f"INSERT DATA {{ <http://e/c> <http://e/p> 1 }} ; ADD DEFAULT TO <{graph}>",
                ),
            ),
            server.ask("DELETE", default, **HEADERS),
            server.ask("PUT", default, '<http://e/own> <http://e/p> "new" .', **HEADERS),
        ]
        for answer in answers:
            assert (answer.status, answer.text) == (
                400,
                "The default graph of this store is the union of its named graphs. Clear, replace or "
                "copy these by name; DROP ALL clears all of them.\n",
            )
        assert server.query("SELECT ?s ?o { ?s ?p ?o } ORDER BY ?s").text == rows
        update = f"ADD <{graph}> TO <x:h> ; INSERT DATA {{ GRAPH <{graph}> {{ <x:a> <x:b> 1 }} }}"
        answer = server.update(update)  # counted twice, though both graphs were written to
        message = 'Another graph has the statement <http://e/a> <http://e/p> "old" already.'
        assert (answer.status, answer.text.startswith(message)) == (400, True)
        assert server.update(f"DROP GRAPH <{graph}>").status == 204
        assert (
            server.ask("PUT", default, '<http://e/own> <http://e/p> "new" .', **HEADERS).status
            == 204
        )
        assert server.query("SELECT ?o { ?s ?p ?o }").text == "o\r\nnew\r\n"
        assert server.update("DROP DEFAULT").status == 204
        assert server.query("ASK { ?s ?p ?o }").text == "false"
