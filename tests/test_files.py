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


def contents(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): path.read_text() for path in sorted(root.rglob("*.ttl"))
    }


def test_a_change_is_applied_in_full(tmp_path: Path) -> None:
    (tmp_path / "old.ttl").write_text("old")
    with Transaction(tmp_path) as change:
        change.write("x/y/new.ttl", "caf\u00e9\r\n")
        change.write(tmp_path / "same.ttl", b"bytes")
        change.delete("old.ttl")
        change.delete("never-was.ttl")
    assert (tmp_path / "x" / "y" / "new.ttl").read_bytes() == "caf\u00e9\r\n".encode()
    assert sorted(contents(tmp_path)) == ["same.ttl", "x/y/new.ttl"]
    assert sorted(path.name for path in (tmp_path / transaction.FOLDER).iterdir()) == [
        ".gitignore",
        "lock",
    ]


def test_an_exception_leaves_the_files_unchanged(tmp_path: Path) -> None:
    (tmp_path / "old.ttl").write_text("old")
    with pytest.raises(ZeroDivisionError), Transaction(tmp_path) as change:
        change.write("old.ttl", "new")
        change.delete("old.ttl")
        raise ZeroDivisionError
    assert contents(tmp_path) == {"old.ttl": "old"}


@pytest.mark.parametrize(
    "path", ["../out.ttl", "/etc/hosts", "a/../../out.ttl", ".", ".sq-graph/journal.json"]
)
def test_no_path_leads_out_of_the_folder(tmp_path: Path, path: str) -> None:
    with Transaction(tmp_path) as change, pytest.raises(BrokenFile, match="outside"):
        change.write(path, "x")


@pytest.mark.parametrize("path", ["folder", "a.ttl/b.ttl"])
def test_a_refused_write_is_reported_and_changes_nothing(tmp_path: Path, path: str) -> None:
    (tmp_path / "a.ttl").write_text("old")
    (tmp_path / "folder").mkdir()
    with (
        pytest.raises(BrokenFile, match="cannot be changed") as error,
        Transaction(tmp_path) as change,
    ):
        change.write("a.ttl", "new")
        change.write(path, "a text in place of a folder, or below a file")
    assert str(tmp_path) in str(error.value)
    recover(tmp_path)
    assert contents(tmp_path) == {"a.ttl": "old"}
    with Transaction(tmp_path) as change:
        change.write("a.ttl", "the folder still works")


@pytest.mark.skipif(transaction.locks is None, reason="this system has no file locks")
def test_a_second_program_waits_and_then_fails_with_a_message(tmp_path: Path) -> None:
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
    assert contents(tmp_path) == {"a.ttl": "a"}


@pytest.mark.parametrize("moves", [0, 1, 2])
def test_an_interrupted_journal_is_completed(
    tmp_path: Path, moves: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program stops after `moves` of its moves; the next one to open the folder makes the others."""
    (tmp_path / "c.ttl").write_text("old")
    with monkeypatch.context() as patch:
        patch.setattr(transaction, "_finish", lambda root: None)
        with Transaction(tmp_path) as change:
            change.write("a.ttl", "new")
            change.write("b.ttl", "new")
            change.delete("c.ttl")
    for number, name in list(enumerate(("a.ttl", "b.ttl")))[:moves]:
        (tmp_path / transaction.FOLDER / f"{number}.new").replace(tmp_path / name)
    assert "c.ttl" in contents(tmp_path)
    recover(tmp_path)
    assert contents(tmp_path) == {"a.ttl": "new", "b.ttl": "new"}
    assert not list((tmp_path / transaction.FOLDER).glob("*.new"))


def kill_rounds(root: Path, rounds: int, seed: int) -> int:
    """Starts and kills a writing program repeatedly; returns how many changes it acknowledged."""
    rng, acknowledged = random.Random(seed), 0
    for _ in range(rounds):
        command = [sys.executable, "-c", WRITER, str(root), str(acknowledged)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            first_line = writer.stdout.readline()
            time.sleep(rng.uniform(0, 0.02))
            writer.send_signal(signal.SIGKILL)
            acknowledged = int((first_line + writer.stdout.read()).split()[-1])
        recover(root)
        texts = contents(root)
        odd_text = texts.pop("odd.ttl", None)
        numbers = {int(text.split()[0]) for text in texts.values()}
        assert len(numbers) == 1, "a change is only half applied"
        number = numbers.pop()
        assert acknowledged <= number <= acknowledged + 1, "an acknowledged change is lost"
        assert set(texts.values()) == {f"{number}\n" * 400}
        assert odd_text == ("odd" if number % 2 else None)
        acknowledged = number
    return acknowledged


@pytest.mark.skipif(sys.platform == "win32", reason="needs kill -9")
def test_kill_at_random_moments_leaves_old_or_new(tmp_path: Path) -> None:
    assert kill_rounds(tmp_path, ROUNDS, seed=6) >= ROUNDS


def test_the_digest_of_a_store_is_computed_once_for_each_state(tmp_path: Path) -> None:
    source, store_path = tmp_path / "a.nt", tmp_path / "store"
    source.write_text("<x:a> <x:b> <x:c> .\n")
    load_store(store_path, [(source, "x:one")])
    first_digest = EmbeddedGraph(store_path, read_only=True).digest()
    digest_file = store_path / DIGEST_FILE
    record = json.loads(digest_file.read_text()) | {"blank": "another"}
    digest_file.write_text(json.dumps(record))
    stored_digest = EmbeddedGraph(store_path, read_only=True).digest()
    assert stored_digest == ContentHash(int(record["total"], 16), "another").digest
    assert stored_digest != first_digest
    source.write_text("<x:a> <x:b> <x:d> .\n")
    load_store(store_path, [(source, "x:two")])
    new_digest = EmbeddedGraph(store_path, read_only=True).digest()
    assert new_digest not in (first_digest, stored_digest)


def test_a_store_of_graphs_that_share_nothing_has_the_same_digest_as_a_stream() -> None:
    text = "".join(
        f'<x:a> <x:b{number}> "_:{number}\\n é" . [] <x:c> {number} .\n' for number in range(5000)
    )
    store = ox.Store()
    for name, data in (("x:one", text), ("x:two", text.replace("x:a", "x:d").replace(":c", ":e"))):
        store.load(data, format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(name))
    assert content_of_store(store, is_distinct=True) == content_of_store(store)
    store.remove(next(store.quads_for_pattern(None, None, None, ox.NamedNode("x:one"))))
    assert content_of_store(store, is_distinct=True) == content_of_store(store)
    store.remove_graph(ox.NamedNode("x:two"))
    ntriples = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode("x:one"))
    assert content_of_store(store) == content_hash(ntriples or b"")


_ODD_LITERALS = (
    '"01"^^xsd:integer, "+5"^^xsd:integer, "1.50"^^xsd:decimal, 1e3, "1"^^xsd:boolean, "a"@en-GB, '
    '"P1Y12M"^^xsd:duration, "2001-01-01T00:00:00.000Z"^^xsd:dateTime, "1"^^<x:own>, "\\"^^<"'
)
_PREFIX = "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".ttl", f"{_PREFIX}<x:a> <x:b> {_ODD_LITERALS} . [] <x:c> 01, [ <x:d> +5 ] ."),
        (
            ".ttl",
            f"{_PREFIX}<x:a> <x:b> {_ODD_LITERALS}, 1 . <x:a> <x:b> 1, 1.5 .",
        ),  # repeated, stored once
        (".nt", "<x:a> <x:b> _:b .\n<x:a> <x:b> _:b .\n_:b <x:c> _:c .\n"),
        (".trig", f"{_PREFIX}<x:g> {{ <x:a> <x:b> {_ODD_LITERALS} }} <x:h> {{ <x:a> <x:c> 01 }}"),
        (".trig", "<x:g> { <x:a> <x:b> 01 } <x:h> { <x:a> <x:b> 1 }"),
    ],
)
def test_the_digest_of_a_loaded_file_is_that_of_its_store(
    tmp_path: Path, suffix: str, text: str
) -> None:
    source, store_path = tmp_path / f"a{suffix}", tmp_path / "store"
    source.write_text(text)
    load_store(store_path, [(source, "x:one")])
    assert read_content(store_path) == content_of_store(ox.Store.read_only(str(store_path)))


def test_loading_writes_the_digest_of_the_closed_store(tmp_path: Path) -> None:
    source, store_path = tmp_path / "a.nt", tmp_path / "store"
    source.write_text("".join(f"<x:a> <x:b> <x:{number}> .\n" for number in range(20_000)))
    for _ in range(2):
        load_store(store_path, [(source, "x:one")])
        stored_content = read_content(store_path)
        assert stored_content == content_of_store(EmbeddedGraph(store_path, read_only=True).store)


def test_the_digest_of_a_store_follows_each_change(tmp_path: Path) -> None:
    """It is written at the commit, and equals that of a new store of the same statements."""
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
    digests = {content_of_store(store.store)}
    for change in changes:
        store.begin()
        store.update(change)
        copy = store.commit(*store.difference())
        assert read_content(copy) == content_of_store(store.store)
        # if the engine has compacted its files meanwhile, the digest of the folder is computed anew
        assert read_content(store.folder) in (read_content(copy), None)
        digests.add(content_of_store(store.store))
    assert len(digests) == len(changes)  # moving statements to another graph changes nothing
    store.begin()
    store.update("INSERT DATA { GRAPH <x:one> { <x:a> <x:d> [ <x:e> 1 ] } }")
    assert read_content(store.commit(*store.difference())) is None  # computed when asked for


# ---- loading


def statement_counts(store_path: Path) -> tuple[int, int]:
    """How many statements a store holds, and how many its default view shows."""
    graph = EmbeddedGraph(store_path, read_only=True)
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
    assert statement_counts(tmp_path / "store") == (4, 4)
    assert EmbeddedGraph(tmp_path / "store", read_only=True).digest() == memory.digest()


def test_statement_of_two_files_counts_once(tmp_path: Path) -> None:
    first, second, store_path = tmp_path / "one.nt", tmp_path / "two.nt", tmp_path / "store"
    first.write_text("<x:a> <x:b> <x:c> .\n<x:a> <x:b> <x:d> .\n")
    second.write_text("<x:a> <x:b> <x:c> .\n<x:a> <x:b> <x:e> .\n")
    assert load_store(store_path, [(first, "x:one"), (second, "x:two")]) == 3
    assert statement_counts(store_path)[1] == 3
    second.write_text("<x:a> <x:b> <x:f> .\n")
    assert load_store(store_path, [(first, "x:one"), (second, "x:two")]) == 3
    ask = "ASK { <x:a> <x:b> <x:c> , <x:d> , <x:f> FILTER NOT EXISTS { <x:a> <x:b> <x:e> } }"
    assert EmbeddedGraph(store_path, read_only=True).ask(ask)


def test_only_changed_files_are_loaded_again(tmp_path: Path) -> None:
    first, second, store_path = tmp_path / "one.nt", tmp_path / "two.nt", tmp_path / "store"
    first.write_text("<x:a> <x:b> <x:c> .\n")
    second.write_text("<x:a> <x:b> <x:d> .\n")
    files = [(first, "x:one"), (second, "x:two")]
    load_store(store_path, files)
    store = ox.Store(str(store_path))
    store.update(
        "INSERT DATA { GRAPH <x:one> { <x:own> <x:b> 1 } GRAPH <x:two> { <x:own> <x:b> 2 } }"
    )
    del store
    second.write_text("<x:a> <x:b> <x:e> .\n")
    assert load_store(store_path, files) == 3
    graph = EmbeddedGraph(store_path, read_only=True)
    assert graph.ask("ASK { <x:own> <x:b> 1 . <x:a> <x:b> <x:e> }"), "the first is not loaded again"
    assert not graph.ask("ASK { <x:a> <x:b> <x:d> }") and not graph.ask("ASK { <x:own> <x:b> 2 }")
    del graph
    second.write_text("<x:a> <x:b> .\n")
    with pytest.raises(BrokenFile, match=r"two\.nt:1"):
        load_store(store_path, files)
    assert EmbeddedGraph(store_path, read_only=True).ask("ASK { <x:a> <x:b> <x:e> }")


LOADING = """
import sys
from pathlib import Path
from sq_graph.graph import load_store
load_store(Path(sys.argv[1]), [(Path(name), f"x:{n}") for n, name in enumerate(sys.argv[2:])])
"""


@pytest.mark.parametrize("holds_other", [False, True])
@pytest.mark.wide
def test_killed_load_is_refused_and_starts_again(tmp_path: Path, holds_other: bool) -> None:
    store_path, small, large = tmp_path / "store", tmp_path / "small.nt", tmp_path / "large.nt"
    small.write_text("<x:a> <x:b> <x:c> .\n")
    large.write_text("".join(f"<x:s{n}> <x:p{n % 9}> <x:o{n % 999}> .\n" for n in range(300_000)))
    if holds_other:
        load_store(store_path, [(small, "x:small")])
    process = subprocess.Popen([sys.executable, "-c", LOADING, str(store_path), str(large)])
    record = store_path / RECORD_FILE
    while not (record.exists() and b'"x:0"' in record.read_bytes()):
        assert process.poll() is None, "the load ended before it could be killed"
    process.kill()
    process.wait()
    with pytest.raises(EngineError, match=r"interrupted at <x:0>.*load again"):
        EmbeddedGraph(store_path, read_only=True)
    assert load_store(store_path, [(large, "x:0")]) == 300_000 + holds_other
    assert statement_counts(store_path) == (300_000 + holds_other, 300_000 + holds_other)


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
    assert statement_counts(store.copy) == statement_counts(store.folder) == (2, 2)


@pytest.mark.parametrize("is_acknowledged", [True, False])
def test_small_change_is_kept_once_acknowledged_and_otherwise_reverted(
    tmp_path: Path, is_acknowledged: bool
) -> None:
    """A killed program leaves its store and the record of the change, but no copy of the previous state."""
    (tmp_path / "a.nt").write_text("<x:a> <x:b> <x:c> .\n<x:a> <x:b> _:n .\n")
    load_store(tmp_path / "store", [(tmp_path / "a.nt", "x:one")])
    store = TransactionalStore(tmp_path / "store", tmp_path / "copies")
    write_content(store.copy, content_of_store(store.store))
    expected = set(store.store)
    update = (
        "DELETE DATA { GRAPH <x:one> { <x:a> <x:b> <x:c> } } ;"
        "INSERT DATA { GRAPH <x:one> { <x:a> <x:b> <x:d> . <x:e> <x:f> 01 } }"
    )
    change = store.small_change(update, None, ["x:one"], ["x:a", "x:e"])
    store.begin(change)
    change.apply(store.store)
    assert len(store.store) == 3
    if is_acknowledged:
        expected, new_content = set(store.store), content_of_store(store.store)
        store.commit_small(change)
        assert store.is_ahead
        assert len(EmbeddedGraph(next((tmp_path / "copies").iterdir()), read_only=True).store) == 2
        assert read_content(store.copy) == new_content
    del store
    reopened = TransactionalStore(tmp_path / "store", tmp_path / "copies")
    assert set(reopened.store) == expected
    assert set(EmbeddedGraph(reopened.copy, read_only=True).store) == expected
