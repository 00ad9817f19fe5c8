"""Writing to a workspace through the endpoint: files change, whole or not at all, and in the words of the writer."""

from __future__ import annotations

import random
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import TOKEN, Server, serving, until

BASE = "https://example.org/review/"
NOTES = f"{BASE}data/notes"
SQ = "https://w3id.org/sq-graph/core#"
XSD = "http://www.w3.org/2001/XMLSchema#"


def workspace(folder: Path) -> Path:
    (folder / "ontology" / "data").mkdir(parents=True)
    (folder / "workspace.toml").write_text(f'base = "{BASE}"\n')
    return folder


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    place = tmp_path_factory.mktemp("workspace")
    root = workspace(place / "review")
    with serving(place / "log", folders=(root,)) as server:
        yield server, root


@pytest.fixture
def notes(served: tuple[Server, Path]) -> tuple[Server, Path]:
    """The server, and a file that holds nothing yet."""
    server, root = served
    (root / "ontology" / "data" / "notes.ttl").write_text("")  # one test leaves it broken
    for file in (root / "ontology" / "data").glob("*.ttl"):
        assert server.graph("DELETE", f"{BASE}data/{file.stem}").status == 200
    return server, root / "ontology" / "data" / "notes.ttl"


def test_literals_come_back_byte_for_byte(notes: tuple[Server, Path]) -> None:
    server, file = notes
    values = [
        "01",
        "1.50",
        '"x"@en-US',
        '"01"',
        f'"1"^^<{XSD}boolean>',
        "-0.10",
        "1.0E+02",
        '"caf\u00e9"@FR-ca',
    ]
    said = f"<{BASE}id/x> <{BASE}p> {', '.join(values)}"
    assert server.update(f"INSERT DATA {{ GRAPH <{NOTES}> {{ {said} }} }}").status == 204
    text = file.read_text()
    for value in values:
        assert value.replace(f"<{XSD}boolean>", "xsd:boolean") in text, value
    assert server.graph("GET", NOTES).body == file.read_bytes()
    assert server.query(
        f"SELECT ?o {{ <{BASE}id/x> ?p ?o FILTER(?o = 1 && ISNUMERIC(?o)) }}"
    ).text.split() == [
        "o",
        "1",
    ]


def test_put_and_post_keep_the_writers_words_too(notes: tuple[Server, Path]) -> None:
    server, file = notes
    first = '@prefix e: <http://e/> . e:a e:b 01, "x"@en-US ; e:c [ e:d 1.0 ] . <> e:b <f> .'
    second = '<http://e/a> <http://e/b> "y"@de-CH ; <http://e/c> [ <http://e/d> 2.0 ] .'
    assert (
        server.graph("PUT", NOTES, first).status,
        server.graph("POST", NOTES, second).status,
    ) == (201, 200)
    text = file.read_text()
    for words in (
        "01",
        '"x"@en-US',
        '"y"@de-CH',
        "[ e:d 1.0 ]",
        "[ e:d 2.0 ]",
        f"<{NOTES}> e:b",
        f"<{BASE}data/f>",
    ):
        assert words in text
    assert (
        server.update(
            f"INSERT DATA {{ GRAPH <{NOTES}> {{ <http://e/n> <http://e/m> +5 }} }}"
        ).status
        == 204
    )
    assert "e:n e:m +5" in file.read_text()
    assert "[ e:d 1.0 ]" in file.read_text(), (
        "what an update does not touch stays as it was written"
    )


def test_an_update_that_moves_statements_keeps_their_words(notes: tuple[Server, Path]) -> None:
    server, file = notes
    server.graph(
        "PUT", NOTES, '<http://e/a> <http://e/b> 01, "x"@en-US . <http://e/z> <http://e/b> 1.50 .'
    )
    move = f"DELETE {{ GRAPH <{NOTES}> {{ ?s ?p ?o }} }} INSERT {{ GRAPH <{BASE}data/moved> {{ ?s ?p ?o }} }}"
    assert (
        server.update(
            f"{move} WHERE {{ GRAPH <{NOTES}> {{ ?s ?p ?o . FILTER(?s = <http://e/a>) }} }}"
        ).status
        == 204
    )
    assert file.read_text() == "<http://e/z> <http://e/b> 1.50 .\n"
    assert (file.parent / "moved.ttl").read_text() == '<http://e/a> <http://e/b> 01, "x"@en-US .\n'
    server.update(f"DELETE DATA {{ GRAPH <{BASE}data/moved> {{ <http://e/a> <http://e/b> 1 }} }}")
    assert (file.parent / "moved.ttl").read_text() == '<http://e/a> <http://e/b> "x"@en-US .\n'
    assert server.update(f"DROP GRAPH <{BASE}data/moved>").status == 204
    assert not (file.parent / "moved.ttl").exists()


def test_what_is_written_is_seen_at_once_and_with_the_rest(notes: tuple[Server, Path]) -> None:
    server, _ = notes
    for number in range(5):
        server.update(f"INSERT DATA {{ GRAPH <{NOTES}> {{ <{BASE}id/n> <{BASE}p> {number} }} }}")
        found = server.query(
            f"SELECT (COUNT(*) AS ?n) {{ <{BASE}id/n> <{BASE}p> ?o . <{SQ}Work> a ?class }}"
        )
        assert found.text.split() == ["n", str(number + 1)]


@pytest.mark.parametrize(
    ("update", "status", "words"),
    [
        (
            f"INSERT DATA {{ <{BASE}id/x> <{BASE}p> 1 }}",
            403,
            "default graph of a map is not writable",
        ),
        ("DROP ALL", 403, "default graph of a map is not writable"),
        (
            f"INSERT DATA {{ GRAPH <{SQ[:-1]}> {{ <{BASE}id/x> <{BASE}p> 1 }} }}",
            403,
            "no file of a workspace",
        ),
        (
            f"INSERT DATA {{ GRAPH <{BASE}../../etc/passwd> {{ <{BASE}id/x> <{BASE}p> 1 }} }}",
            403,
            "no file of a workspace",
        ),
        (
            "DELETE { GRAPH ?g { ?s a ?o } } WHERE { GRAPH ?g { ?s a ?o } }",
            403,
            "no file of a workspace",
        ),
        (f"LOAD <http://127.0.0.1:9/> INTO GRAPH <{NOTES}>", 400, "LOAD is not allowed here"),
        (f"INSERT DATA {{ GRAPH <{NOTES}> {{ <{BASE}id/x> <{BASE}p> }} }}", 400, "no valid SPARQL"),
    ],
)
def test_what_may_not_be_written_is_refused_and_changes_nothing(
    notes: tuple[Server, Path], update: str, status: int, words: str
) -> None:
    server, file = notes
    server.graph("PUT", NOTES, "<http://e/a> <http://e/b> 01 .")
    before = {path: path.read_bytes() for path in file.parent.rglob("*.ttl")}
    answer = server.update(update)
    assert (answer.status, words in answer.text) == (status, True), answer.text
    assert {path: path.read_bytes() for path in file.parent.rglob("*.ttl")} == before
    assert server.query("SELECT ?o { <http://e/a> <http://e/b> ?o }").text.split() == ["o", "1"]


def test_a_write_that_breaks_the_shapes_is_refused_with_its_findings(
    notes: tuple[Server, Path],
) -> None:
    server, file = notes
    bad = f"<{BASE}id/work/x> a <{SQ}Work> ."
    for answer in (
        server.graph("PUT", NOTES, bad),
        server.update(f"INSERT DATA {{ GRAPH <{NOTES}> {{ {bad} }} }}"),
    ):
        assert answer.status == 422
        assert f"{BASE}id/work/x" in answer.text
        assert "label" in answer.text
    assert not file.exists()
    assert server.query(f"ASK {{ <{BASE}id/work/x> ?p ?o }}").text.strip() == "false"


def test_one_change_of_several_files_is_one_change(notes: tuple[Server, Path]) -> None:
    server, file = notes
    bad = f"GRAPH <{BASE}data/other> {{ <{BASE}id/work/x> a <{SQ}Work> }}"
    assert (
        server.update(
            f"INSERT DATA {{ GRAPH <{NOTES}> {{ <http://e/a> <http://e/b> 1 }} {bad} }}"
        ).status
        == 422
    )
    assert not list(file.parent.glob("*.ttl"))


def test_positions_are_written_but_stay_out_of_the_default_view(notes: tuple[Server, Path]) -> None:
    server, _ = notes
    position = f"{BASE}positions/mine"
    assert server.graph("PUT", position, "<http://e/thesis> <http://e/b> 1 .").status == 201
    assert server.query("ASK { <http://e/thesis> ?p ?o }").text.strip() == "false"
    assert (
        server.query(f"ASK {{ GRAPH <{position}> {{ <http://e/thesis> ?p ?o }} }}").text.strip()
        == "true"
    )
    assert server.graph("DELETE", position).status == 200


def test_what_others_change_in_the_files_is_seen_and_kept(notes: tuple[Server, Path]) -> None:
    server, file = notes
    file.write_text("<http://e/hand> <http://e/b> 007 .")
    assert (
        server.update(f"INSERT DATA {{ GRAPH <{NOTES}> {{ <http://e/a> <http://e/b> 1 }} }}").status
        == 204
    )
    assert "<http://e/hand> <http://e/b> 007 ." in file.read_text()
    file.write_text("<http://e/again> <http://e/b> 007 .")
    until(lambda: server.query("ASK { <http://e/again> ?p ?o }").text.strip() == "true", 8)
    file.write_text("<http://e/again> <http://e/b> ")  # somebody is in the middle of a sentence
    time.sleep(2.5)
    assert server.query("ASK { <http://e/again> ?p ?o }").text.strip() == "true"
    answer = server.update(
        f"INSERT DATA {{ GRAPH <{BASE}data/more> {{ <http://e/a> <http://e/b> 1 }} }}"
    )
    assert answer.status == 400
    assert "data/notes" in answer.text


@pytest.mark.parametrize("token", ["", "wrong", TOKEN + "x"])
def test_nobody_writes_without_the_token(notes: tuple[Server, Path], token: str) -> None:
    server, file = notes
    answer = server.update(
        f"INSERT DATA {{ GRAPH <{NOTES}> {{ <http://e/a> <http://e/b> 1 }} }}", token
    )
    assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert server.graph("PUT", NOTES, "", Authorization=f"Bearer {token}").status == 401
    assert not file.exists()


def kill_rounds(folder: Path, rounds: int, seed: int, **settings: object) -> int:
    """Lets a server take writes and be killed, again and again; returns how many writes it acknowledged.

    Each write puts the same number into three graphs. After a restart all three hold the same one, and no
    acknowledged number is lost.
    """
    dice, last = random.Random(seed), 0
    for _ in range(rounds):
        with serving(folder / "log", **settings) as server:
            shown = server.query(
                "SELECT ?g ?n { GRAPH ?g { <http://e/counter> <http://e/n> ?n } }"
            ).text.split()[1:]
            numbers = {int(line.rpartition(",")[2]) for line in shown}
            assert len(numbers) <= 1, "a write is half there"
            assert len(shown) in (0, 3), "a write is half there"
            found = numbers.pop() if numbers else 0
            assert last <= found <= last + 1, "an acknowledged write is lost"
            last = found
            end = time.monotonic() + dice.uniform(0, 0.5)
            while time.monotonic() < end:
                put = "".join(
                    f"GRAPH <{BASE}data/g{n}> {{ <http://e/counter> <http://e/n> {last + 1} }} "
                    for n in range(3)
                )
                gone = put.replace(f" {last + 1} ", " ?n ")
                where = gone.replace("GRAPH", "OPTIONAL { GRAPH").replace("?n }", "?n } }")
                try:
                    status = server.update(
                        f"DELETE {{ {gone} }} INSERT {{ {put} }} WHERE {{ {where} }}"
                    ).status
                except (OSError, ValueError):
                    break
                assert status == 204
                last += 1
            server.process.send_signal(signal.SIGKILL)
            server.process.wait()
    return last


def test_kill_at_random_moments_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    root = workspace(tmp_path / "review")
    last = kill_rounds(tmp_path, 3, seed=1, folders=(root,))
    assert last >= 3
    files = [path.read_text() for path in sorted((root / "ontology" / "data").glob("g?.ttl"))]
    assert {int(re.findall(r"(\d+) \.", text)[0]) for text in files} <= {last, last + 1}


def test_kill_at_random_moments_loses_nothing_of_a_store(tmp_path: Path) -> None:
    assert kill_rounds(tmp_path, 3, seed=2, store=tmp_path / "store") >= 3
