"""The form in which the engine keeps a literal: `1` for `01`, `en-us` for `en-US`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sq_graph.graph.embedded import to_term
from sq_graph.graph.terms import Term


def canonical(terms: Sequence[str]) -> list[str]:
    """The engine's form of each of some terms, in the notation of N-Triples.

    >>> canonical(['"x"@en-US', '"01"^^<http://www.w3.org/2001/XMLSchema#integer>'])
    ['"x"@en-us', '"1"^^<http://www.w3.org/2001/XMLSchema#integer>']
    """
    return [str(kept) for kept in _kept(terms)]


def canonical_terms(terms: Sequence[Term]) -> list[Term]:
    """The engine's form of each of some terms."""
    return [to_term(kept) or term for term, kept in zip(terms, _kept([term.n3() for term in terms]), strict=True)]


def _kept(terms: Sequence[str]) -> list[Any]:
    import pyoxigraph as ox

    lines = (f"<x:s> <x:p> {term} <x:{place}> .\n" for place, term in enumerate(terms))
    store = ox.Store()
    store.load("".join(lines).encode(), format=ox.RdfFormat.N_QUADS)
    kept = {quad.graph_name.value: quad.object for quad in store}
    return [kept[f"x:{place}"] for place in range(len(terms))]
