"""The digest of a map: the SHA-256 of its canonical triples, sorted."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path

KEPT = "sq-graph-digest.json"
"""The file in a store's folder that holds its digest."""


def digest(dumped: bytes, texts: Iterable[tuple[bytes, str]] = ()) -> str:
    """The digest of triples in N-Triples, and of Turtle texts with their IRIs; blank nodes are
    named by content.

    The same triples give the same digest, however they are written.

    >>> one = digest(b'<http://a> <http://b> _:x .\\n<http://a> <http://b> "c" .\\n')
    >>> one == digest(b'<http://a> <http://b> "c" .\\n', [(b"<http://a> <http://b> [] .", "http://f")])
    True
    """
    import pyoxigraph as ox

    blank = _blank_lines(dumped)
    plain = set(dumped.split(b"\n")).difference(blank, (b"",))
    parsed = (
        ox.parse(text, format=ox.RdfFormat.TURTLE, base_iri=iri, rename_blank_nodes=True)
        for text, iri in texts
    )
    dataset = ox.Dataset(chain(ox.parse(b"\n".join(blank), format=ox.RdfFormat.N_QUADS), *parsed))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    plain.update(f"{quad} .".encode() for quad in dataset)
    return hashlib.sha256(b"\n".join(sorted(plain))).hexdigest()


def kept_digest(folder: Path, compute: Callable[[], str]) -> str:
    """The digest of a store on disk, computed once for each state of the store and kept in its
    folder.

    A write changes the size or time of the store's files, so that a kept digest no longer counts.
    """
    kept, state = folder / KEPT, _state(folder)
    with contextlib.suppress(OSError, ValueError):
        found = json.loads(kept.read_bytes())
        if found["state"] == state:
            return str(found["digest"])
    value = compute()
    if _state(folder) == state:
        with contextlib.suppress(OSError):
            draft = kept.with_name(f"{KEPT}.{os.getpid()}")
            draft.write_text(json.dumps({"state": state, "digest": value}), encoding="utf-8")
            draft.replace(kept)
    return value


def _state(folder: Path) -> list[list[str | int]]:
    """The files that hold the statements of a store, each with its size and time of change."""
    found: list[list[str | int]] = []
    for path in sorted(folder.iterdir()):
        if path.suffix in (".sst", ".log", ".blob") or path.name.startswith("MANIFEST-"):
            about = path.stat()
            found.append([path.name, about.st_size, about.st_mtime_ns])
    return found


def _blank_lines(dumped: bytes) -> list[bytes]:
    """The lines that may name a blank node; one search of the whole is faster than one of each
    line.
    """
    found = []
    at = dumped.find(b"_:")
    while at >= 0:
        end = (dumped.find(b"\n", at) + 1 or len(dumped) + 1) - 1
        found.append(dumped[dumped.rfind(b"\n", 0, at) + 1 : end])
        at = dumped.find(b"_:", end)
    return found
