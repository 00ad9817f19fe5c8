"""The digest of a map: the SHA-256 of its files' canonical triples, sorted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from sq_graph.graph.layout import MapFile


def digest(files: Iterable[MapFile]) -> str:
    """The digest of these files; the same triples give the same digest, however they are written.

    >>> from sq_graph.graph.layout import packaged
    >>> len(digest(packaged().files()))
    64
    """
    lines: list[str] = []
    for file in files:
        lines += canonical_lines(file.path.read_bytes(), file.iri)
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def canonical_lines(turtle: bytes, iri: str) -> list[str]:
    """The triples of a Turtle text, one line each, blank nodes named by their content."""
    import pyoxigraph as ox

    triples = list(ox.parse(turtle, format=ox.RdfFormat.TURTLE, base_iri=iri))
    if any(isinstance(t.subject, ox.BlankNode) or isinstance(t.object, ox.BlankNode) for t in triples):
        dataset = ox.Dataset(triples)
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        return [str(quad) for quad in dataset]
    return [str(triple) for triple in triples]
