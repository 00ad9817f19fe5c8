"""The form in which the engine keeps a literal: `1` for `01`, `en-us` for `en-US`."""

from __future__ import annotations

from collections.abc import Sequence


def canonical(terms: Sequence[str]) -> list[str]:
    """The engine's form of each of some terms, in the notation of N-Triples.

    >>> canonical(['"x"@en-US', '"01"^^<http://www.w3.org/2001/XMLSchema#integer>'])
    ['"x"@en-us', '"1"^^<http://www.w3.org/2001/XMLSchema#integer>']
    """
    import pyoxigraph as ox

    lines = (f"<x:s> <x:p> {term} <x:{place}> .\n" for place, term in enumerate(terms))
    store = ox.Store()
    store.load("".join(lines).encode(), format=ox.RdfFormat.N_QUADS)
    kept = {quad.graph_name.value: str(quad.object) for quad in store}
    return [kept[f"x:{place}"] for place in range(len(terms))]
