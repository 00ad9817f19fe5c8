"""The names that a field of a form offers."""

from __future__ import annotations

from collections.abc import Sequence

from sq_graph.vocab import kind_of
from sq_graph.web.pages.desk import Desk

_MOST = 3_000


def suggestions(desk: Desk, kinds: Sequence[str]) -> list[str]:
    """The labels of all things of some kinds, in the order of the alphabet."""
    labels = {label for iri, label in desk.labels.items() if kind_of(iri) in kinds}
    return sorted(labels, key=str.lower)[:_MOST]
