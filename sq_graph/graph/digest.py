"""The digest of a map: a sum over the hashes of its statements, so that a change can update it.

A statement without blank nodes adds its own hash, independently of all others; those with blank
nodes are canonicalised and hashed together.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox

from sq_graph.graph.lookup import NodeTriple

DIGEST_FILE = "sq-graph-digest.json"
"""The file in a store's folder that holds its digest."""
_MODULUS = 1 << 512
_Texts = Iterable[tuple[bytes, str]]
_CANONICAL = re.compile(
    rb'"(?:(?:0|-?[1-9][0-9]{0,17})"\^\^<http://www\.w3\.org/2001/XMLSchema#integer'
    rb'|(?:true|false)"\^\^<http://www\.w3\.org/2001/XMLSchema#boolean)> \.$'
)
"""The end of a line whose value a store keeps as it is written."""
_TYPED_AT_ONCE = 20_000
"""How many lines with typed values are normalised together."""


@dataclass(frozen=True)
class ContentHash:
    """The parts of a digest.

    `total` is the sum of the hashes of the statements without blank nodes, `blank` the hash of the
    others.
    """

    total: int
    blank: str

    @property
    def digest(self) -> str:
        """The digest of all statements, in hexadecimal."""
        return hashlib.sha256(f"{self.total:0128x}{self.blank}".encode()).hexdigest()

    def changed(self, removed: Iterable[bytes], added: Iterable[bytes]) -> ContentHash:
        """The hash after statements without blank nodes, as lines of N-Triples, were removed and
        added.

        >>> old, new = b"<http://a> <http://b> <http://c> .", b"<http://a> <http://b> <http://d> ."
        >>> content_hash(old).changed([old], [new]) == content_hash(new)
        True
        """
        return ContentHash((self.total - _sum(removed) + _sum(added)) % _MODULUS, self.blank)


def content_hash(dump: bytes, texts: _Texts = ()) -> ContentHash:
    """The hashes of statements in N-Triples, and of Turtle texts with their IRIs.

    The same statements give the same hashes, however they are written.

    >>> content = content_hash(b'<http://a> <http://b> _:x .\\n<http://a> <http://b> "c" .\\n')
    >>> texts = [(b"<http://a> <http://b> [] .", "http://f")]
    >>> content == content_hash(b'<http://a> <http://b> "c" .', texts)
    True
    """
    all_lines = set(dump.split(b"\n")) - {b""}
    candidates = {line for line in all_lines if b"_:" in line}
    without_blank, blank = _canonical(candidates, texts)
    return ContentHash(_sum((all_lines - candidates) | without_blank), blank)


def _canonical(candidates: Iterable[bytes], texts: _Texts) -> tuple[set[bytes], str]:
    """The statements of lines and texts without blank nodes, and the hash of the others."""
    parse = partial(ox.parse, format=ox.RdfFormat.TURTLE, rename_blank_nodes=True)
    parsed = (parse(text, base_iri=iri) for text, iri in texts)
    quads = ox.parse(b"\n".join(candidates), format=ox.RdfFormat.N_QUADS)
    dataset = ox.Dataset(chain(quads, *parsed))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    with_blank, without_blank = list[NodeTriple](), list[NodeTriple]()
    for quad in dataset:
        triple = quad.subject, quad.predicate, quad.object
        (without_blank if has_no_blank(*triple) else with_blank).append(triple)
    blank = hashlib.sha256(b"\n".join(sorted(lines(with_blank)))).hexdigest()
    return lines(without_blank), blank


def lines(triples: Iterable[NodeTriple]) -> set[bytes]:
    """Statements as the engine writes them in N-Triples, without the line ends."""
    text = ox.serialize((ox.Triple(*triple) for triple in triples), format=ox.RdfFormat.N_TRIPLES)
    return set((text or b"").split(b"\n")) - {b""}


def content_of_store(store: ox.Store, is_distinct: bool = False) -> ContentHash:
    """The hashes of all statements of a store, whatever their graphs.

    Where no two graphs share a statement (`is_distinct`), it is read as a stream, in little memory.
    """
    graphs, find = (ox.DefaultGraph(), *store.named_graphs()), store.quads_for_pattern
    names = [name for name in graphs if next(find(None, None, None, name), None)]
    if is_distinct or len(names) == 1:
        sink = _Sink()
        for name in names:
            store.dump(cast("IO[bytes]", sink), format=ox.RdfFormat.N_TRIPLES, from_graph=name)
        return sink.content()
    dumps = (store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=name) for name in names)
    return content_hash(b"".join(dump or b"" for dump in dumps))


def content_of_stream(quads: Iterable[ox.Quad] | Iterable[ox.Triple]) -> tuple[ContentHash, int]:
    """The hashes of statements as a store would keep them, whatever their graphs, and their number.

    They are read as a stream, in little memory, and must be distinct.

    >>> import pyoxigraph as ox
    >>> text = b'<http://a> <http://b> 01 , "c" .'
    >>> content, number = content_of_stream(ox.parse(text, format=ox.RdfFormat.TURTLE))
    >>> store = ox.Store()
    >>> store.load(text, format=ox.RdfFormat.TURTLE)
    >>> (content == content_of_store(store)), number
    (True, 2)
    """
    sink = _Sink(normalise=True)
    ox.serialize(quads, cast("IO[bytes]", sink), format=ox.RdfFormat.N_TRIPLES)
    sink.flush()
    return sink.content(), sink.number


class _Sink:
    """Adds up the hashes of the lines that are written to it, and keeps those that may name a blank
    node. With `normalise`, typed values count as a store would keep them: 01 as 1.
    """

    def __init__(self, normalise: bool = False) -> None:
        self.total, self.number, self.candidates = 0, 0, list[bytes]()
        self._unfinished, self._typed, self._normalise = b"", list[bytes](), normalise

    def write(self, data: bytes) -> int:
        *lines, self._unfinished = (self._unfinished + data).split(b"\n")
        self.number += len(lines)
        if self._normalise:
            typed = {line for line in lines if b'"^^<' in line and not _CANONICAL.search(line)}
            self._typed += typed
            lines = [line for line in lines if line not in typed] if typed else lines
            if len(self._typed) > _TYPED_AT_ONCE:
                self.flush()
        self._add(lines)
        return len(data)

    def _add(self, lines: list[bytes]) -> None:
        self.candidates += [line for line in lines if b"_:" in line]
        self.total += _sum(line for line in lines if b"_:" not in line)

    def flush(self) -> None:
        """Adds the pending lines with typed values; all other lines are added at once."""
        if not self._typed:
            return
        store = ox.Store()
        store.extend(ox.parse(b"\n".join(self._typed), format=ox.RdfFormat.N_TRIPLES))
        self._typed = []
        dump = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()) or b""
        self._add(dump.split(b"\n")[:-1])

    def content(self) -> ContentHash:
        """The hashes of all lines."""
        without_blank, blank = _canonical(self.candidates, ())
        return ContentHash((self.total + _sum(without_blank)) % _MODULUS, blank)


def has_no_blank(*nodes: object) -> bool:
    """Whether all these nodes are IRIs or literals."""
    return all(isinstance(node, ox.NamedNode | ox.Literal) for node in nodes)


def cached_content(folder: Path, compute: Callable[[], ContentHash]) -> ContentHash:
    """The hashes of a store on disk, computed once for each state of the store and kept in its
    folder.

    A write changes the size or time of the store's files, which invalidates the hashes.
    """
    if (content := read_content(folder)) is None:
        state, content = state_of(folder), compute()
        if state_of(folder) == state:
            write_content(folder, content)
    return content


def read_content(folder: Path) -> ContentHash | None:
    """The hashes kept for the current state of a store on disk."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        record = json.loads((folder / DIGEST_FILE).read_bytes())
        if record["state"] == state_of(folder):
            return ContentHash(int(record["total"], 16), record["blank"])
    return None


def write_content(folder: Path, content: ContentHash) -> None:
    """Keeps the hashes for the current state of a store on disk."""
    record = {"state": state_of(folder), "total": f"{content.total:x}", "blank": content.blank}
    with contextlib.suppress(OSError):
        draft = folder / f"{DIGEST_FILE}.{os.getpid()}"
        draft.write_text(json.dumps(record), encoding="utf-8")
        draft.replace(folder / DIGEST_FILE)


def _sum(lines: Iterable[bytes]) -> int:
    """The sum of the hashes of lines, so large that nobody finds two sets with the same sum."""
    from_bytes, blake = int.from_bytes, hashlib.blake2b
    return sum(from_bytes(blake(line).digest(), "big") for line in lines) % _MODULUS


def state_of(folder: Path) -> list[list[str | int]]:
    """The files that hold the statements of a store, each with its size and time of change; none
    where there is no store.
    """
    state: list[list[str | int]] = []
    for path in sorted(folder.iterdir() if folder.is_dir() else ()):
        if path.suffix in (".sst", ".log", ".blob") or path.name.startswith("MANIFEST-"):
            with contextlib.suppress(FileNotFoundError):  # the engine tidies up meanwhile
                stat = path.stat()
                state.append([path.name, stat.st_size, stat.st_mtime_ns])
    return state
