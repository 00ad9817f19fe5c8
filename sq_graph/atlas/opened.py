"""An open map: its graph, its files and names, and changes that other programs made to them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Self

from sq_graph.atlas.files import Files
from sq_graph.errors import InputError
from sq_graph.graph import EmbeddedGraph, Graph
from sq_graph.graph.layout import Layout
from sq_graph.model.facts import labels
from sq_graph.model.names import Names
from sq_graph.model.ref import Nameable, name_of
from sq_graph.resources import VERSION
from sq_graph.table import Table
from sq_graph.vocab import BASE, BriefRepr


class OpenMap(Files, BriefRepr):
    """The graph, the files and the names of a map."""

    def __init__(self, graph: Graph, layouts: Sequence[Layout] = ()) -> None:
        super().__init__(layouts)
        self._graph: Graph | None = graph
        self.names = Names(graph, tuple(layout.base for layout in reversed(self.layouts)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __str__(self) -> str:
        workspaces = [str(layout.root) for layout in self.layouts if layout.base != BASE]
        return " with ".join([getattr(self._graph, "endpoint", "the packaged map"), *workspaces])

    def _repr_html_(self) -> str:
        kinds = ("Concept", "Definition", "Typology", "Claim", "Alignment", "Position", "Work")
        rows = tuple((kind.lower(), len(self.names.of_class(f"sq:{kind}"))) for kind in kinds)
        return Table(("kind", "number"), rows, str(self)).to_html()

    @property
    def graph(self) -> Graph:
        """The graph that answers; raises InputError after `close`."""
        if self._graph is None:
            raise InputError("this map is closed", remedy="Open it again with sq_graph.open()")
        return self._graph

    def close(self) -> None:
        """Releases the graph and its memory; any later request raises InputError.

        >>> import sq_graph
        >>> atlas = sq_graph.open(packaged_only=True)
        >>> atlas.close()
        >>> atlas.work("room-1999")
        Traceback (most recent call last):
        sq_graph.errors.InputError: this map is closed. Open it again with sq_graph.open().
        """
        self._graph = None
        self._forget()

    def refresh(self) -> bool:
        """Reads changes that other programs made to the files; returns whether the map changed.

        Questions and shapes are read again as well. A store on disk, or another engine, is always
        up to date.
        """
        from sq_graph.importers.edit_session import read_changes

        graph, changed = self.graph, False
        if isinstance(graph, EmbeddedGraph) and graph.texts():
            changed = sum(read_changes(graph, layout) for layout in self.layouts) > 0
        self._forget()
        return changed

    @property
    def version(self) -> str:
        """The version of sq-graph."""
        return VERSION

    @cached_property
    def digest(self) -> str:
        """The digest of the map: of its files' triples, or as reported by a remote engine."""
        return self.graph.digest()

    def _forget(self, *names: str) -> None:
        """Drops values computed from the files: those named, or all."""
        for name in names or ("digest", "catalogue", "words", "_shapes"):
            self.__dict__.pop(name, None)

    @cached_property
    def _shapes(self) -> Any:
        from sq_graph.check import shapes_of

        return shapes_of(self.layouts, self.graph)

    def find(self, name: Nameable, *kinds: str) -> str:
        """The IRI of a thing by slug, short form, IRI, label, reference or record; if kinds are
        named, only among these.

        Raises UnknownName with the nearest, or InputError if several things have that name.

        >>> import sq_graph
        >>> sq_graph.open().find("room-1999", "work")
        'https://w3id.org/sq-graph/id/work/room-1999'
        """
        return self.names.find(name_of(name, " or ".join(kinds) or "thing"), kinds)

    def label(self, thing: Nameable) -> str:
        """The label of a thing.

        >>> import sq_graph
        >>> atlas = sq_graph.open()
        >>> atlas.label("work:room-1999")
        'Room 1999'
        """
        iri = self.find(thing)
        return labels(self.graph, [iri])[iri]
