"""A change of a few statements of a store on disk, known before it is made, and so taken back
without a copy of the store.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from sq_graph.graph import engine
from sq_graph.graph.lookup import NodeTriple


@dataclass(frozen=True)
class SmallChange:
    """The statements that a store loses and gains, those of each subject together.

    >>> store = ox.Store()
    >>> change = SmallChange.of("INSERT DATA { <x:a> <x:b> <x:c> }", None, store)
    >>> change.apply(store)
    >>> SmallChange.read(change.text()).opposite().apply(store)
    >>> len(store)
    0
    """

    deleted: tuple[ox.Quad, ...]
    inserted: tuple[ox.Quad, ...]

    @classmethod
    def of(cls, update: str, base: str | None, stated: Iterable[ox.Quad]) -> SmallChange:
        """What an update that names its statements does where `stated` is all that is stated of
        their subjects.

        Raises BadQuery if it is not valid.
        """
        trial = ox.Store()
        trial.extend(stated)
        before = set(trial)
        engine.update(trial, update, base)
        after = set(trial)
        return cls(_sorted(before - after), _sorted(after - before))

    @classmethod
    def read(cls, text: str) -> SmallChange:
        """A change that was written down."""
        parts = (ox.parse(part.encode(), engine.TRIPLES["nquads"]) for part in json.loads(text))
        return cls(*map(tuple, parts))

    def text(self) -> str:
        """The change as JSON, to be read again."""
        parts = (self.deleted, self.inserted)
        return json.dumps([engine.serialised(one, "nquads").decode() for one in parts])

    @property
    def removed(self) -> list[NodeTriple]:
        """The triples of the statements that are deleted."""
        return [(quad.subject, quad.predicate, quad.object) for quad in self.deleted]

    @property
    def added(self) -> list[NodeTriple]:
        """The triples of those that are inserted."""
        return [(quad.subject, quad.predicate, quad.object) for quad in self.inserted]

    def apply(self, store: ox.Store) -> None:
        """Makes the change; made twice, it is the same."""
        for quad in self.deleted:
            store.remove(quad)
        store.extend(self.inserted)

    def opposite(self) -> SmallChange:
        """The change that takes this one back."""
        return SmallChange(self.inserted, self.deleted)


def _sorted(quads: Iterable[ox.Quad]) -> tuple[ox.Quad, ...]:
    return tuple(sorted(quads, key=str))
