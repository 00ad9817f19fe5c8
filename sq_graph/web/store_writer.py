"""Writing to a store that is its own master copy: any graph, any update."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from sq_graph.check import Shapes, shapes_of, validate_change
from sq_graph.errors import FindingsError
from sq_graph.graph import EmbeddedGraph, Triple
from sq_graph.graph.layout import packaged
from sq_graph.graph.master import Master
from sq_graph.graph.updates import targets
from sq_graph.vocab import PREFIXES, RDFS

_SUBCLASS = f"{RDFS}subClassOf"


class StoreWriter:
    """The one writer of a store on disk."""

    def __init__(self, folder: Path, copies: Path) -> None:
        self.master = Master(folder, copies)
        self._shapes: Shapes | None = None

    @property
    def copy(self) -> Path:
        """The newest frozen copy, for those who read."""
        return self.master.copy

    def update(self, text: str, base: str) -> bool:
        """Carries an update out; raises BadQuery if it is not valid, FindingsError if it breaks a rule."""
        where = targets(text, base)
        graphs = None if where.anywhere else [*where.graphs, *([None] if where.default else [])]
        return self._change(lambda: self.master.update(text, base), graphs, where.subjects)

    def put(
        self, graph: str | None, bodies: Sequence[tuple[str, bytes]], base: str, replace: bool
    ) -> bool:
        """Puts RDF into a graph, in place of what is there or beside it; True if the graph is new."""
        existed = self.master.has(graph)

        def write() -> None:
            if replace and existed:
                self.master.remove(graph)
            for form, body in bodies:
                self.master.add(graph, body, form, base)

        self._change(write, [graph], None)
        return not existed

    def delete(self, graph: str | None) -> bool:
        """Takes a graph away; False if there is none."""
        if not self.master.has(graph):
            return graph is None
        return self._change(lambda: self.master.remove(graph), [graph], None)

    def look(self) -> bool:
        """Whether somebody else has changed the store; nobody else can."""
        return False

    def forget(self, in_use: Collection[str]) -> None:
        """Removes the copies that nobody reads any more."""
        self.master.forget(in_use)

    def _change(
        self, write: Any, graphs: Collection[str | None] | None, subjects: Collection[str] | None
    ) -> bool:
        self.master.begin()
        try:
            write()
            self._check(*self.master.difference(graphs, subjects))
        except BaseException:
            self.master.give_up()
            raise
        self.master.keep()
        return True

    def _check(self, removed: Sequence[Triple], added: Sequence[Triple]) -> None:
        """Raises FindingsError if the shapes find fault with what has been changed."""
        view = _View(self.master.copy, self.master.store)
        moves_classes = any(predicate.value == _SUBCLASS for _, predicate, _ in (*removed, *added))
        try:
            shapes = view.shapes() if moves_classes or self._shapes is None else self._shapes
            self._shapes = None if moves_classes else shapes
            findings = validate_change(view, _Done(view, removed, added), shapes)
        finally:
            view.close()
        if any(finding.severity == "Violation" for finding in findings):
            raise FindingsError(
                "nothing was changed, since the change breaks rules of the map", findings
            )


class _View(EmbeddedGraph):
    """All graphs of a store together, as they were before a change and as they are after it."""

    def __init__(self, before: Path, after: Any) -> None:
        super().__init__(before, read_only=True)
        self.before, self.after = self.store, after

    def shapes(self) -> Shapes:
        """The shapes over the classes that there are after the change."""
        self.store = self.after
        try:
            return shapes_of([packaged()], self)
        finally:
            self.store = self.before

    def close(self) -> None:
        """Lets go of both stores."""
        self.store = self.before = self.after = None  # type: ignore[assignment]

    def _run(self, query: str) -> Any:
        return self.store.query(query, prefixes=PREFIXES, use_default_graph_as_union=True)


class _Done:
    """A change that has been made in the store already, seen as one that is still to be made."""

    def __init__(self, view: _View, removed: Sequence[Triple], added: Sequence[Triple]) -> None:
        self.view, self.removed, self.added = view, removed, added

    def apply(self) -> None:
        self.view.store = self.view.after

    def undo(self) -> None:
        self.view.store = self.view.before
