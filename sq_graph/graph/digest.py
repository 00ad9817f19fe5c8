"""The digest of a map: a sum over the hashes of its statements, so that it follows a change.

A statement without blank nodes adds its own hash, whatever else there is; those with blank nodes
are named by content and hashed together.
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

_Canonical = tuple[set[bytes], str]
KEPT = "sq-graph-digest.json"
"""The file in a store's folder that holds its digest."""
_MODULUS = 1 << 512
_CANONICAL = re.compile(
    rb'"(?:(?:0|-?[1-9][0-9]{0,17})"\^\^<http://www\.w3\.org/2001/XMLSchema#integer'
    rb'|(?:true|false)"\^\^<http://www\.w3\.org/2001/XMLSchema#boolean)> \.$'
)
"""The end of a line whose value a store keeps as it is written."""
_TYPED_AT_ONCE = 20_000
"""How many lines with typed values are normalised together."""


@dataclass(frozen=True)
class ContentHash:
    """What a digest is made of.

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
        """The same after statements without blank nodes, as lines of N-Triples, are gone and new.

        >>> old, new = b"<http://a> <http://b> <http://c> .", b"<http://a> <http://b> <http://d> ."
        >>> content_hash(old).changed([old], [new]) == content_hash(new)
        True
        """
        return ContentHash((self.total - _sum(removed) + _sum(added)) % _MODULUS, self.blank)


def content_hash(dumped: bytes, texts: Iterable[tuple[bytes, str]] = ()) -> ContentHash:
    """The hashes of statements in N-Triples, and of Turtle texts with their IRIs.

    The same statements give the same hashes, however they are written.

    >>> one = content_hash(b'<http://a> <http://b> _:x .\\n<http://a> <http://b> "c" .\\n')
    >>> texts = [(b"<http://a> <http://b> [] .", "http://f")]
    >>> one == content_hash(b'<http://a> <http://b> "c" .', texts)
    True
    """
    every = set(dumped.split(b"\n")) - {b""}
    suspect = {line for line in every if b"_:" in line}
    others, blank = _canonical(suspect, texts)
    return ContentHash(_sum((every - suspect) | others), blank)


def _canonical(suspect: Iterable[bytes], texts: Iterable[tuple[bytes, str]]) -> _Canonical:
    """The statements of lines and texts that name no blank node, and the hash of the others."""
    parse = partial(ox.parse, format=ox.RdfFormat.TURTLE, rename_blank_nodes=True)
    parsed = (parse(text, base_iri=iri) for text, iri in texts)
    dataset = ox.Dataset(chain(ox.parse(b"\n".join(suspect), format=ox.RdfFormat.N_QUADS), *parsed))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    named, others = list[NodeTriple](), list[NodeTriple]()
    for quad in dataset:
        triple = quad.subject, quad.predicate, quad.object
        (others if has_no_blank(*triple) else named).append(triple)
    return lines(others), hashlib.sha256(b"\n".join(sorted(lines(named)))).hexdigest()


def lines(triples: Iterable[NodeTriple]) -> set[bytes]:
    """Statements as the engine writes them in N-Triples, without the line ends."""
    written = ox.serialize((ox.Triple(*one) for one in triples), format=ox.RdfFormat.N_TRIPLES)
    return set((written or b"").split(b"\n")) - {b""}


def content_of_store(store: ox.Store, is_distinct: bool = False) -> ContentHash:
    """The hashes of all that a store states, in whatever graph.

    Where no two graphs share a statement (`is_distinct`), it is read as a stream, in little memory.
    """
    every, find = (ox.DefaultGraph(), *store.named_graphs()), store.quads_for_pattern
    names = [name for name in every if next(find(None, None, None, name), None)]
    if is_distinct or len(names) == 1:
        sink = _Sink()
        for name in names:
            store.dump(cast("IO[bytes]", sink), format=ox.RdfFormat.N_TRIPLES, from_graph=name)
        return sink.content()
    dumped = (store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=name) for name in names)
    return content_hash(b"".join(one or b"" for one in dumped))


def content_of_stream(quads: Iterable[ox.Quad] | Iterable[ox.Triple]) -> tuple[ContentHash, int]:
    """The hashes of statements as a store would keep them, in whatever graph, and their number.

    They are read as a stream, in little memory; no two of them may be the same.

    >>> import pyoxigraph as ox
    >>> text = b'<http://a> <http://b> 01 , "c" .'
    >>> found, number = content_of_stream(ox.parse(text, format=ox.RdfFormat.TURTLE))
    >>> store = ox.Store()
    >>> store.load(text, format=ox.RdfFormat.TURTLE)
    >>> (found == content_of_store(store)), number
    (True, 2)
    """
    sink = _Sink(normalises=True)
    ox.serialize(quads, cast("IO[bytes]", sink), format=ox.RdfFormat.N_TRIPLES)
    sink.flush()
    return sink.content(), sink.number


class _Sink:
    """Adds up the hashes of the lines that are written to it, and keeps those that may name a blank
    node. If it `normalises`, typed values are written first as a store would keep them: 01 as 1.
    """

    def __init__(self, normalises: bool = False) -> None:
        self.total, self.number, self.suspect = 0, 0, list[bytes]()
        self._rest, self._typed, self._normalises = b"", list[bytes](), normalises

    def write(self, data: bytes) -> int:
        *whole, self._rest = (self._rest + data).split(b"\n")
        self.number += len(whole)
        if self._normalises:
            typed = {line for line in whole if b'"^^<' in line and not _CANONICAL.search(line)}
            self._typed += typed
            whole = [line for line in whole if line not in typed] if typed else whole
            if len(self._typed) > _TYPED_AT_ONCE:
                self.flush()
        self._add(whole)
        return len(data)

    def _add(self, whole: list[bytes]) -> None:
        self.suspect += [line for line in whole if b"_:" in line]
        self.total += _sum(line for line in whole if b"_:" not in line)

    def flush(self) -> None:
        """Adds the lines with typed values that wait; each other line was added when whole."""
        if not self._typed:
            return
        store = ox.Store()
        store.extend(ox.parse(b"\n".join(self._typed), format=ox.RdfFormat.N_TRIPLES))
        self._typed = []
        kept = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()) or b""
        self._add(kept.split(b"\n")[:-1])

    def content(self) -> ContentHash:
        """The hashes of all lines."""
        others, blank = _canonical(self.suspect, ())
        return ContentHash((self.total + _sum(others)) % _MODULUS, blank)


def has_no_blank(*nodes: object) -> bool:
    """Whether nodes of the engine are IRIs and literals alone."""
    return all(isinstance(node, ox.NamedNode | ox.Literal) for node in nodes)


def kept_content(folder: Path, compute: Callable[[], ContentHash]) -> ContentHash:
    """The hashes of a store on disk, computed once for each state of the store and kept in its
    folder.

    A write changes the size or time of the store's files, so that kept hashes no longer count.
    """
    found = read_kept(folder)
    if found is None:
        state, found = state_of(folder), compute()
        if state_of(folder) == state:
            keep(folder, found)
    return found


def read_kept(folder: Path) -> ContentHash | None:
    """The hashes that were kept for the present state of a store on disk."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        kept = json.loads((folder / KEPT).read_bytes())
        if kept["state"] == state_of(folder):
            return ContentHash(int(kept["total"], 16), kept["blank"])
    return None


def keep(folder: Path, content: ContentHash) -> None:
    """Writes down the hashes of a store on disk as it is now."""
    kept = {"state": state_of(folder), "total": f"{content.total:x}", "blank": content.blank}
    with contextlib.suppress(OSError):
        draft = folder / f"{KEPT}.{os.getpid()}"
        draft.write_text(json.dumps(kept), encoding="utf-8")
        draft.replace(folder / KEPT)


def _sum(lines: Iterable[bytes]) -> int:
    """The sum of the hashes of lines: large enough that nobody finds two sets with one sum."""
    from_bytes, blake = int.from_bytes, hashlib.blake2b
    return sum(from_bytes(blake(line).digest(), "big") for line in lines) % _MODULUS


def state_of(folder: Path) -> list[list[str | int]]:
    """The files that hold the statements of a store, each with its size and time of change; none
    where there is no store.
    """
    found: list[list[str | int]] = []
    for path in sorted(folder.iterdir() if folder.is_dir() else ()):
        if path.suffix in (".sst", ".log", ".blob") or path.name.startswith("MANIFEST-"):
            with contextlib.suppress(FileNotFoundError):  # the engine tidies up meanwhile
                about = path.stat()
                found.append([path.name, about.st_size, about.st_mtime_ns])
    return found
