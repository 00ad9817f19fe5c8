"""Writing to a store that is the master copy of its data: SPARQL updates and whole graphs, each
validated first.
"""

from __future__ import annotations

import traceback
from codecs import BOM_UTF8
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as ox

from sq_graph.check import Change, Shapes, shapes_of, validate_change
from sq_graph.errors import BadQuery, FindingsError, InputError
from sq_graph.graph import EmbeddedGraph, updates
from sq_graph.graph.engine import open_store
from sq_graph.graph.layout import Layout
from sq_graph.graph.sparql_limits import Limits, check_limits
from sq_graph.graph.transactional_store import NodeTriples, SmallChange, TransactionalStore
from sq_graph.vocab import RDFS

_NAMED_ONLY = "the update queries the default graph, but this store has only named graphs"
_SUBCLASS = f"{RDFS}subClassOf"
_MAX_SMALL = 100_000
"""Characters of an update up to which its statements are first tried in memory."""


def copies_of(store: Path) -> Path:
    """The folder of the frozen copies of a store, beside it."""
    return store.parent / f".{store.name}-copies"


class StoreWriter:
    """The one writer of a store on disk. Killing its process is safe at any moment."""

    def __init__(self, path: Path, settings: Mapping[str, Any], layouts: Sequence[Layout]) -> None:
        self.limits = replace(Limits(**settings["limits"]), length=settings["update_length"])
        self.store = TransactionalStore(path, copies_of(path))
        self.layouts, self.is_open = layouts, True
        self._shapes: Shapes | None = None

    @property
    def copy(self) -> Path | None:
        """The newest frozen copy, for the readers; None if the task `open` must first make it."""
        return None if self.store.is_ahead else self.store.copy

    def do(self, task: Mapping[str, Any], body: bytes) -> bool:
        """Carries out one task, completely or not at all; whether it created, removed or found
        something.

        Raises BadQuery for an invalid update, BrokenFile for invalid RDF, and FindingsError for a
        change that breaks a rule.
        """
        self.store.prune(task["in_use"])
        if task["do"] == "update":
            return self._update(body.decode(), task)
        if task["do"] == "delete":
            return self._delete(task["graph"])
        if task["do"] == "open":
            return bool(self.store.copy)
        return self._put(task, body)

    def _update(self, text: str, task: Mapping[str, Any]) -> bool:
        check_limits(text, self.limits, update=True)
        if task["using"] or task["using_named"]:
            text = updates.with_dataset(text, task["using"], task["using_named"])
        if self.store.is_union and not self.store.has(None) and updates.matches_default_graph(text):
            remedy = "Name them: GRAPH ?g { … } around the pattern, or WITH <graph> before it"
            raise BadQuery(_NAMED_ONLY, "update", remedy=remedy)
        if updates.manages_default_graph(text):
            self._refuse_union()
        text, base = updates.with_silent_clear(text), task["base"]
        if (source := updates.copy_source(text, base)) and not self.store.has(source):
            message = f"there is no graph <{source}>, so nothing was copied or cleared"
            raise BadQuery(message, "update", remedy="Correct its name, or add SILENT")
        graphs, subjects = updates.update_targets(text, base)
        if graphs is not None and subjects is not None and len(text) <= _MAX_SMALL:
            return self._change_small(self.store.small_change(text, base, graphs, subjects))
        return self._change(partial(self.store.update, text, base), graphs, subjects)

    def _refuse_union(self) -> None:
        """Raises InputError where the default graph is the union of others."""
        if self.store.has_union:
            message = "the default graph of this store is the union of its named graphs"
            remedy = "Clear, replace or copy these by name; DROP ALL clears all of them"
            raise InputError(message, remedy=remedy)

    def _put(self, task: Mapping[str, Any], body: bytes) -> bool:
        graph = task["graph"]
        existed = self.store.has(graph) or (graph is None and self.store.has_union)
        if graph is None and task["do"] == "put":
            self._refuse_union()

        def change() -> None:
            if task["do"] == "put" and existed:
                self.store.remove(graph)
            parts = BytesIO(body)
            for form, size in task["parts"]:
                part = parts.read(size).removeprefix(BOM_UTF8)
                self.store.add(graph, part, form, task["base"])

        self._change(change, [graph], None)
        return not existed

    def _delete(self, graph: str | None) -> bool:
        if graph is None:
            self._refuse_union()
        if not self.store.has(graph):
            return graph is None
        return self._change(partial(self.store.remove, graph), [graph], None)

    def _change(
        self,
        change: Callable[[], None],
        graphs: Collection[str | None] | None,
        subjects: Collection[str] | None,
    ) -> bool:
        with self._transaction():
            change()
            removed, added = self.store.difference(graphs, subjects)
            self._refuse_repeated(added)
            view = _View(open_store(self.store.copy, read_only=True), self.store.store)
            store_change = _StoreChange(removed, added, view.show_new, view.show_old)
            self._validate(store_change, view)
        self.store.commit(removed, added)
        self.is_open = True
        return True

    def _change_small(self, change: SmallChange) -> bool:
        if not (change.deleted or change.inserted):
            return True
        with self._transaction(change):
            store = self.store.store
            apply, revert = partial(change.apply, store), partial(change.inverse().apply, store)
            store_change = _StoreChange(change.removed, change.added, apply, revert)
            self._validate(store_change, _View(store))
            self._refuse_repeated(change.added)
        self.store.commit_small(change)
        self.is_open = True
        return True

    @contextmanager
    def _transaction(self, small_change: SmallChange | None = None) -> Iterator[None]:
        """Begins a change; takes it back if the block fails."""
        self.is_open = False
        self.store.begin(small_change)
        try:
            yield
        except BaseException as error:
            traceback.clear_frames(error.__traceback__)  # they may keep the store locked
            self.store.rollback()
            self.is_open = True
            raise

    def _refuse_repeated(self, added: NodeTriples) -> None:
        if triple := self.store.repeated(added):
            message = f"another graph has the statement {' '.join(map(str, triple))} already"
            remedy = "Leave it out: this store keeps each statement only once"
            raise BadQuery(message, remedy=remedy)

    def _validate(self, change: Change, view: _View) -> None:
        """Raises FindingsError if a change violates a shape."""
        shapes = self._shapes or shapes_of(self.layouts, view)
        moves_classes = any(p.value == _SUBCLASS for _, p, _ in (*change.removed, *change.added))
        self._shapes = None if moves_classes else shapes
        try:
            findings = validate_change(view, change, shapes)
        finally:
            view.close()
        if any(finding.severity == "Violation" for finding in findings):
            message = "nothing was changed, because the change violates rules of the map"
            raise FindingsError(message, findings)


class _View(EmbeddedGraph):
    """All graphs of a store together, before or after a change."""

    def __init__(self, old: ox.Store, new: ox.Store | None = None) -> None:
        super().__init__()
        self.store = self.old = old
        self.new = new or old
        self.is_union, self._in_memory = True, False

    def show_new(self) -> None:
        """Shows the store after the change."""
        self.store = self.new

    def show_old(self) -> None:
        """Shows the store before the change."""
        self.store = self.old

    def close(self) -> None:
        """Drops the references to both stores."""
        self.store = self.old = self.new = None  # type: ignore[assignment]


class _StoreChange(NamedTuple):
    """A change of a store, in the form that `check` expects."""

    removed: NodeTriples
    added: NodeTriples
    apply: Callable[[], None]
    revert: Callable[[], None]
