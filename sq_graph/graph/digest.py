"""The digest of a map: the SHA-256 of its canonical triples, sorted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from itertools import chain


def digest(dumped: bytes, texts: Iterable[tuple[bytes, str]] = ()) -> str:
    """The digest of triples in N-Triples, and of Turtle texts with their IRIs; blank nodes are named by content.

    The same triples give the same digest, however they are written.

    >>> one = digest(b'<http://a> <http://b> _:x .\\n<http://a> <http://b> "c" .\\n')
    >>> one == digest(b'<http://a> <http://b> "c" .\\n', [(b"<http://a> <http://b> [] .", "http://f")])
    True
    """
    import pyoxigraph as ox

    lines = dumped.split(b"\n")
    plain = [line for line in lines if b"_:" not in line and line]
    blank = b"\n".join(line for line in lines if b"_:" in line)
    parsed = (ox.parse(text, format=ox.RdfFormat.TURTLE, base_iri=iri, rename_blank_nodes=True) for text, iri in texts)
    dataset = ox.Dataset(chain(ox.parse(blank, format=ox.RdfFormat.N_QUADS), *parsed))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    plain += [f"{quad} .".encode() for quad in dataset]
    return hashlib.sha256(b"\n".join(sorted(set(plain)))).hexdigest()
