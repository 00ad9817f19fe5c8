"""The digest of a map: the SHA-256 of its files' canonical triples, sorted."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

_LITERAL = re.compile(
    rb'"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*\'\'\''
    rb'|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|<[^<>"\n]*>|#[^\n]*',
    re.DOTALL,
)


def digest(lines: Iterable[str]) -> str:
    """The digest of triples, each as a line of N-Triples with blank nodes named by their content.

    >>> digest(["<a> <b> <c>", "<a> <b> <d>"]) == digest(["<a> <b> <d>", "<a> <b> <c>", "<a> <b> <c>"])
    True
    """
    return hashlib.sha256("\n".join(sorted(set(lines))).encode()).hexdigest()


def has_blank_nodes(turtle: bytes) -> bool:
    """Whether a Turtle text writes a blank node outside its literals, IRIs and comments.

    >>> has_blank_nodes(b'<a> <b> "[c]" .'), has_blank_nodes(b"<a> <b> [ <c> <d> ] .")
    (False, True)
    """
    if not any(sign in turtle for sign in (b"[", b"(", b"_:")):
        return False
    plain = _LITERAL.sub(b"", turtle)
    return any(sign in plain for sign in (b"[", b"(", b"_:"))


def canonical_lines(turtle: bytes, iri: str) -> list[str]:
    """The triples of a Turtle text, one line each, blank nodes named by their content.

    >>> canonical_lines(b"<https://example.org/a> a [] .", "https://example.org/")
    ['<https://example.org/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> _:c14n0']
    """
    import pyoxigraph as ox

    dataset = ox.Dataset(ox.parse(turtle, format=ox.RdfFormat.TURTLE, base_iri=iri))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return [str(quad) for quad in dataset]
