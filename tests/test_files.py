"""Several files change together or not at all, whatever happens in between."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from sq_graph.errors import BrokenFile, EngineError
from sq_graph.graph import EmbeddedGraph, load_store, transaction
from sq_graph.graph.digest import (
    DIGEST_FILE,
    ContentHash,
    content_hash,
    content_of_store,
    read_content,
    write_content,
)
from sq_graph.graph.loading import RECORD_FILE
from sq_graph.graph.transaction import Transaction, recover
from sq_graph.graph.transactional_store import TransactionalStore

ROUNDS = 25  # benchmarks/endpoint.py runs a hundred

WRITER = """
import sys
from pathlib import Path
from sq_graph.graph.transaction import Transaction
root, number = Path(sys.argv[1]), int(sys.argv[2])
while True:
    number += 1
    with Transaction(root) as change:
        for name in ("a.ttl", "deep/er/b.ttl", "c.ttl"):
            change.write(name, f"{number}\\n" * 400)
        change.write("odd.ttl", "odd") if number % 2 else change.delete("odd.ttl")
    print(number, flush=True)
"""


def state(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): path.read_text() for path in sorted(root.rglob("*.ttl"))
    }


def test_a_change_is_kept_whole(tmp_path: Path) -> None:
    (tmp_path / "old.ttl").write_text("old")
    with Transaction(tmp_path) as change:
        change.write("x/y/new.ttl", "caf\u00e9\r\n")
        change.write(tmp_path / "same.ttl", b"bytes")
        change.delete("old.ttl")
        change.delete("never-was.ttl")
    assert (tmp_path / "x" / "y" / "new.ttl").read_bytes() == "caf\u00e9\r\n".encode()
    assert sorted(state(tmp_path)) == ["same.ttl", "x/y/new.ttl"]
    assert sorted(path.name for path in (tmp_path / transaction.FOLDER).iterdir()) == [
        ".gitignore",
        "lock",
    ]


def test_an_exception_leaves_all_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "old.ttl").write_text("old")
    with pytest.raises(ZeroDivisionError), Transaction(tmp_path) as change:
        change.write("old.ttl", "new")
        change.delete("old.ttl")
        raise ZeroDivisionError
    assert state(tmp_path) == {"old.ttl": "old"}


@pytest.mark.parametrize(
    "path", ["../out.ttl", "/etc/hosts", "a/../../out.ttl", ".", ".sq-graph/journal.json"]
)
def test_no_path_leads_out_of_the_folder(tmp_path: Path, path: str) -> None:
    with Transaction(tmp_path) as change, pytest.raises(BrokenFile, match="outside"):
        change.write(path, "x")


@pytest.mark.parametrize("path", ["folder", "a.ttl/b.ttl"])
def test_a_disk_that_refuses_is_one_sentence_and_no_change(tmp_path: Path, path: str) -> None:
    (tmp_path / "a.ttl").write_text("old")
    (tmp_path / "folder").mkdir()
    with (
        pytest.raises(BrokenFile, match="cannot be changed") as caught,
        Transaction(tmp_path) as change,
    ):
        change.write("a.ttl", "new")
        change.write(path, "a text where a folder stands, or below a file")
    assert str(tmp_path) in str(caught.value)
    recover(tmp_path)
    assert state(tmp_path) == {"a.ttl": "old"}
    with Transaction(tmp_path) as change:
        change.write("a.ttl", "the folder still works")


@pytest.mark.skipif(transaction.locks is None, reason="this system has no file locks")
def test_a_second_program_waits_and_then_says_so(tmp_path: Path) -> None:
    with (
        Transaction(tmp_path),
        pytest.raises(EngineError, match="another program"),
        Transaction(tmp_path, 0.05),
    ):
        pass


def test_without_file_locks_a_sentence_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transaction, "locks", None)
    with pytest.warns(UserWarning, match="no file locks"), Transaction(tmp_path) as change:
        change.write("a.ttl", "a")
    assert state(tmp_path) == {"a.ttl": "a"}


@pytest.mark.parametrize("moved", [0, 1, 2])
def test_a_journal_is_carried_out_to_its_end(
    tmp_path: Path, moved: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program stops after `moved` of its moves; the next one to open the folder makes the others."""
    (tmp_path / "c.ttl").write_text("old")
    with monkeypatch.context() as patch:
        patch.setattr(transaction, "_finish", lambda root: None)
        with Transaction(tmp_path) as change:
            change.write("a.ttl", "new")
            change.write("b.ttl", "new")
            change.delete("c.ttl")
    for number, name in list(enumerate(("a.ttl", "b.ttl")))[:moved]:
        (tmp_path / transaction.FOLDER / f"{number}.new").replace(tmp_path / name)
    assert "c.ttl" in state(tmp_path)
    recover(tmp_path)
    assert state(tmp_path) == {"a.ttl": "new", "b.ttl": "new"}
    assert not list((tmp_path / transaction.FOLDER).glob("*.new"))


def kill_rounds(root: Path, rounds: int, seed: int) -> int:
    """Lets a program write and be killed, again and again; returns how many changes it acknowledged."""
    dice, acknowledged = random.Random(seed), 0
    for _ in range(rounds):
        command = [sys.executable, "-c", WRITER, str(root), str(acknowledged)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            first = writer.stdout.readline()
            time.sleep(dice.uniform(0, 0.02))
            writer.send_signal(signal.SIGKILL)
            acknowledged = int((first + writer.stdout.read()).split()[-1])
        recover(root)
        found = state(root)
        numbers = {int(text.split()[0]) for name, text in found.items() if name != "odd.ttl"}
        assert len(numbers) == 1, "a change is half there"
        number = numbers.pop()
        assert acknowledged <= number <= acknowledged + 1, "an acknowledged change is lost"
        assert all(text == f"{number}\n" * 400 for name, text in found.items() if name != "odd.ttl")
        assert ("odd.ttl" in found) == bool(number % 2)
        acknowledged = number
    return acknowledged


@pytest.mark.skipif(sys.platform == "win32", reason="needs kill -9")
def test_kill_at_random_moments_leaves_old_or_new(tmp_path: Path) -> None:
    assert kill_rounds(tmp_path, ROUNDS, seed=6) >= ROUNDS


def test_the_digest_of_a_store_is_computed_once_for_each_state(tmp_path: Path) -> None:
    source, place = tmp_path / "a.nt", tmp_path / "store"
    source.write_text("<x:a> <x:b> <x:c> .\n")
    load_store(place, [(source, "x:one")])
    first = EmbeddedGraph(place, read_only=True).digest()
    kept = place / DIGEST_FILE
    about = json.loads(kept.read_text()) | {"blank": "another"}
    kept.write_text(json.dumps(about))
    other = EmbeddedGraph(place, read_only=True).digest()
    assert other == ContentHash(int(about["total"], 16), "another").digest != first
    source.write_text("<x:a> <x:b> <x:d> .\n")
    load_store(place, [(source, "x:two")])
    second = EmbeddedGraph(place, read_only=True).digest()
    assert second not in (first, other)


def test_a_store_of_graphs_that_share_nothing_has_the_same_digest_as_a_stream() -> None:
    text = "".join(
        f'<x:a> <x:b{number}> "_:{number}\\n é" . [] <x:c> {number} .\n' for number in range(5000)
    )
    store = ox.Store()
    for name, part in (("x:one", text), ("x:two", text.replace("x:a", "x:d").replace(":c", ":e"))):
        store.load(part, format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(name))
    assert content_of_store(store, is_distinct=True) == content_of_store(store)
    store.remove(next(store.quads_for_pattern(None, None, None, ox.NamedNode("x:one"))))
    assert content_of_store(store, is_distinct=True) == content_of_store(store)
    store.remove_graph(ox.NamedNode("x:two"))
    dumped = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode("x:one"))
    assert content_of_store(store) == content_hash(dumped or b"")


_ODD = (
    '"01"^^xsd:integer, "+5"^^xsd:integer, "1.50"^^xsd:decimal, 1e3, "1"^^xsd:boolean, "a"@en-GB, '
    '"P1Y12M"^^xsd:duration, "2001-01-01T00:00:00.000Z"^^xsd:dateTime, "1"^^<x:own>, "\\"^^<"'
)
_PREFIX = "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".ttl", f"{_PREFIX}<x:a> <x:b> {_ODD} . [] <x:c> 01, [ <x:d> +5 ] ."),
        (".ttl", f"{_PREFIX}<x:a> <x:b> {_ODD}, 1 . <x:a> <x:b> 1, 1.5 ."),  # twice, once kept
        (".nt", "<x:a> <x:b> _:b .\n<x:a> <x:b> _:b .\n_:b <x:c> _:c .\n"),
        (".trig", f"{_PREFIX}<x:g> {{ <x:a> <x:b> {_ODD} }} <x:h> {{ <x:a> <x:c> 01 }}"),
        (".trig", "<x:g> { <x:a> <x:b> 01 } <x:h> { <x:a> <x:b> 1 }"),
    ],
)
def test_the_digest_of_a_loaded_file_is_that_of_its_store(
    tmp_path: Path, suffix: str, text: str
) -> None:
    source, place = tmp_path / f"a{suffix}", tmp_path / "store"
    source.write_text(text)
    load_store(place, [(source, "x:one")])
    assert read_content(place) == content_of_store(ox.Store.read_only(str(place)))


def test_loading_keeps_the_digest_of_the_closed_store(tmp_path: Path) -> None:
    source, place = tmp_path / "a.nt", tmp_path / "store"
    source.write_text("".join(f"<x:a> <x:b> <x:{number}> .\n" for number in range(20_000)))
    for _ in range(2):
        load_store(place, [(source, "x:one")])
        kept = read_content(place)
        assert kept == content_of_store(EmbeddedGraph(place, read_only=True).store)


def test_the_digest_of_a_store_follows_each_change(tmp_path: Path) -> None:
    """It is written down at the commit, and is what a new store of the same statements has."""
    source = tmp_path / "a.ttl"
    source.write_text('<x:a> <x:b> <x:c>, "é\\n"@en, 01 ; <x:d> [ <x:e> <x:f> ] .')
    load_store(tmp_path / "store", [(source, "x:one")])
    store = TransactionalStore(tmp_path / "store", tmp_path / "copies")
    write_content(store.copy, content_of_store(store.store))
    changes = (
        'INSERT DATA { GRAPH <x:two> { <x:a> <x:b> 1.50, "tab\\t" . <x:g> a <x:H> } }',
        "DELETE DATA { GRAPH <x:one> { <x:a> <x:b> 01 } }",
        "DELETE { GRAPH <x:two> { ?s ?p ?o } } INSERT { GRAPH <x:one> { ?s ?p ?o } }"
        " WHERE { GRAPH <x:two> { ?s ?p ?o } }",
    )
    seen = {content_of_store(store.store)}
    for change in changes:
        store.begin()
        store.update(change)
        copy = store.commit(*store.difference())
        assert read_content(copy) == content_of_store(store.store)
        # the engine may meanwhile put its files in order, and the folder's is computed anew
        assert read_content(store.folder) in (read_content(copy), None)
        seen.add(content_of_store(store.store))
    assert len(seen) == len(changes)  # moving statements to another graph changes nothing
    store.begin()
    store.update("INSERT DATA { GRAPH <x:one> { <x:a> <x:d> [ <x:e> 1 ] } }")
    assert read_content(store.commit(*store.difference())) is None  # computed when asked for


# ---- loading


def triples_in(place: Path) -> tuple[int, int]:
    """How many statements a store holds, and how many its default view shows."""
    graph = EmbeddedGraph(place, read_only=True)
    [row] = graph.select("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    return len(graph.store), int(row["n"].value)


def test_each_statement_is_stored_once_and_the_digest_is_that_of_the_files(tmp_path: Path) -> None:
    files, memory = list[tuple[Path, str]](), EmbeddedGraph()
    for name, text in (
        ("a", "<x:a> <x:b> [ <x:c> 01 ] ."),
        ("b", "<x:a> <x:b> [] . <x:d> <x:e> 2 ."),
    ):
        files.append((tmp_path / f"{name}.ttl", f"x:{name}"))
        files[-1][0].write_text(text)
        memory.add(text, f"x:{name}")
    assert load_store(tmp_path / "store", files) == 4
    assert triples_in(tmp_path / "store") == (4, 4)
    assert EmbeddedGraph(tmp_path / "store", read_only=True).digest() == memory.digest()


def test_statement_of_two_files_counts_once(tmp_path: Path) -> None:
    one, two, place = tmp_path / "one.nt", tmp_path / "two.nt", tmp_path / "store"
    one.write_text("<x:a> <x:b> <x:c> .\n<x:a> <x:b> <x:d> .\n")
    two.write_text("<x:a> <x:b> <x:c> .\n<x:a> <x:b> <x:e> .\n")
    assert load_store(place, [(one, "x:one"), (two, "x:two")]) == 3
    assert triples_in(place)[1] == 3
    two.write_text("<x:a> <x:b> <x:f> .\n")
    assert load_store(place, [(one, "x:one"), (two, "x:two")]) == 3
    ask = "ASK { <x:a> <x:b> <x:c> , <x:d> , <x:f> FILTER NOT EXISTS { <x:a> <x:b> <x:e> } }"
    assert EmbeddedGraph(place, read_only=True).ask(ask)


def test_only_changed_files_are_loaded_again(tmp_path: Path) -> None:
    one, two, place = tmp_path / "one.nt", tmp_path / "two.nt", tmp_path / "store"
    one.write_text("<x:a> <x:b> <x:c> .\n")
    two.write_text("<x:a> <x:b> <x:d> .\n")
    files = [(one, "x:one"), (two, "x:two")]
    load_store(place, files)
    store = ox.Store(str(place))
    store.update(
        "INSERT DATA { GRAPH <x:one> { <x:own> <x:b> 1 } GRAPH <x:two> { <x:own> <x:b> 2 } }"
    )
    del store
    two.write_text("<x:a> <x:b> <x:e> .\n")
    assert load_store(place, files) == 3
    graph = EmbeddedGraph(place, read_only=True)
    assert graph.ask("ASK { <x:own> <x:b> 1 . <x:a> <x:b> <x:e> }"), "the first was left alone"
    assert not graph.ask("ASK { <x:a> <x:b> <x:d> }") and not graph.ask("ASK { <x:own> <x:b> 2 }")
    del graph
    two.write_text("<x:a> <x:b> .\n")
    with pytest.raises(BrokenFile, match=r"two\.nt:1"):
        load_store(place, files)
    assert EmbeddedGraph(place, read_only=True).ask("ASK { <x:a> <x:b> <x:e> }")


LOADING = """
import sys
from pathlib import Path
from sq_graph.graph import load_store
load_store(Path(sys.argv[1]), [(Path(name), f"x:{n}") for n, name in enumerate(sys.argv[2:])])
"""


@pytest.mark.parametrize("holds_other", [False, True])
@pytest.mark.wide
def test_killed_load_is_refused_and_begins_anew(tmp_path: Path, holds_other: bool) -> None:
    place, small, large = tmp_path / "store", tmp_path / "small.nt", tmp_path / "large.nt"
    small.write_text("<x:a> <x:b> <x:c> .\n")
    large.write_text("".join(f"<x:s{n}> <x:p{n % 9}> <x:o{n % 999}> .\n" for n in range(300_000)))
    if holds_other:
        load_store(place, [(small, "x:small")])
    process = subprocess.Popen([sys.executable, "-c", LOADING, str(place), str(large)])
    record = place / RECORD_FILE
    while not (record.exists() and b'"x:0"' in record.read_bytes()):
        assert process.poll() is None, "the load ended before it could be killed"
    process.kill()
    process.wait()
    with pytest.raises(EngineError, match=r"interrupted at <x:0>.*load again"):
        EmbeddedGraph(place, read_only=True)
    assert load_store(place, [(large, "x:0")]) == 300_000 + holds_other
    assert triples_in(place) == (300_000 + holds_other, 300_000 + holds_other)


def test_update_that_repeats_a_statement_of_a_union_is_found_and_copies_stay_unions(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.nt").write_text("<x:a> <x:b> <x:c> .\n")
    load_store(tmp_path / "store", [(tmp_path / "a.nt", "x:one")])
    store = TransactionalStore(tmp_path / "store", tmp_path / "copies")
    store.begin()
    store.update("INSERT DATA { GRAPH <x:two> { <x:a> <x:b> <x:c> , <x:d> } }")
    _, added = store.difference()
    assert [str(term) for term in store.repeated(added) or ()] == ["<x:a>", "<x:b>", "<x:c>"]
    store.rollback()
    store.begin()
    store.update("INSERT DATA { GRAPH <x:two> { <x:a> <x:b> <x:d> } }")
    assert store.repeated(store.difference()[1]) is None
    store.commit()
    assert triples_in(store.copy) == triples_in(store.folder) == (2, 2)


@pytest.mark.parametrize("is_acknowledged", [True, False])
def test_small_change_stays_once_acknowledged_and_is_taken_back_before(
    tmp_path: Path, is_acknowledged: bool
) -> None:
    """What a killed program leaves: its store and the note of the change, no copy of the state before."""
    (tmp_path / "a.nt").write_text("<x:a> <x:b> <x:c> .\n<x:a> <x:b> _:n .\n")
    load_store(tmp_path / "store", [(tmp_path / "a.nt", "x:one")])
    store = TransactionalStore(tmp_path / "store", tmp_path / "copies")
    write_content(store.copy, content_of_store(store.store))
    before = set(store.store)
    update = (
        "DELETE DATA { GRAPH <x:one> { <x:a> <x:b> <x:c> } } ;"
        "INSERT DATA { GRAPH <x:one> { <x:a> <x:b> <x:d> . <x:e> <x:f> 01 } }"
    )
    change = store.small_change(update, None, ["x:one"], ["x:a", "x:e"])
    store.begin(change)
    change.apply(store.store)
    assert len(store.store) == 3
    expected = before
    if is_acknowledged:
        expected, made = set(store.store), content_of_store(store.store)
        store.commit_small(change)
        assert store.is_ahead
        assert len(EmbeddedGraph(next((tmp_path / "copies").iterdir()), read_only=True).store) == 2
        assert read_content(store.copy) == made
    del store
    again = TransactionalStore(tmp_path / "store", tmp_path / "copies")
    assert set(again.store) == set(EmbeddedGraph(again.copy, read_only=True).store) == expected
