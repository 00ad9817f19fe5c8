"""One state of a graph, from which untrusted queries are answered within limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, count, islice
from typing import Any, cast

import pyoxigraph as ox

from sq_graph.errors import BadQuery
from sq_graph.graph.engine import (
    FEW,
    QUERY_FAULTS,
    ROWS,
    TRIPLES,
    bad_query,
    graph_name,
    used_by,
    with_columns,
)
from sq_graph.graph.guard import Limits, guard, star_of
from sq_graph.graph.updates import datasets
from sq_graph.vocab import PREFIXES

_BETWEEN_ROWS = {"json": b'}},{"', "xml": b"</result>", "tsv": b"\n"}


class Snapshot:
    """A graph that does not change, with the limits of the queries that it answers.

    >>> from sq_graph.graph.embedded import EmbeddedGraph
    >>> graph = EmbeddedGraph()
    >>> graph.add("<https://example.org/a> a <https://example.org/B> .", "https://example.org/g")
    >>> Snapshot(graph.store).answer("ASK { ?s ?p ?o }").gives_rows
    True
    """

    def __init__(
        self, store: ox.Store, limits: Limits | None = None, is_union: bool = False
    ) -> None:
        self.store, self.is_union = store, is_union
        self.limits = limits or Limits()

    def answer(
        self,
        text: str,
        default: Sequence[str] = (),
        named: Sequence[str] = (),
        base: str | None = None,
    ) -> SnapshotAnswer:
        """The answer, not yet evaluated to its end; raises BadQuery for what is not valid or not
        allowed.

        The graphs are those that the request names as its dataset; none named means the snapshot's
        default graph.
        """
        guard(text, self.limits)
        chosen: dict[str, Any] = {"base_iri": base}
        if default or named:
            chosen["default_graph"] = [graph_name(iri) for iri in default]
            chosen["named_graphs"] = [graph_name(iri) for iri in named]
        else:
            self._refuse_strange_graphs(text)
            chosen["use_default_graph_as_union"] = self.is_union
        try:
            found = self._evaluated(text, chosen)
            if isinstance(found, ox.QuerySolutions) and (star := star_of(text)) is not None:
                found = self._evaluated(with_columns(text, star, found), chosen)
        except QUERY_FAULTS as error:
            raise bad_query(error, text) from None
        return SnapshotAnswer(found, not isinstance(found, ox.QueryTriples))

    def _evaluated(self, text: str, chosen: dict[str, Any]) -> Any:
        try:
            return self.store.query(text, **chosen)
        except SyntaxError:  # perhaps for want of one of our prefixes, which cost more than a query
            return self.store.query(text, prefixes=PREFIXES, **chosen)

    def graph(self, iri: str | None) -> SnapshotAnswer | None:
        """The triples of a named graph, or of the default view; None if there is no graph of that
        name.
        """
        name = graph_name(iri)
        if iri is not None and not self.store.contains_named_graph(name):
            return None
        place = None if iri is None and self.is_union else name
        quads = self.store.quads_for_pattern(None, None, None, place)
        return SnapshotAnswer((quad.triple for quad in quads), False)

    def _refuse_strange_graphs(self, text: str) -> None:
        for iri in datasets(text):
            if ":" in iri and not self.store.contains_named_graph(graph_name(iri)):
                said = (
                    f"FROM <{iri}> names no graph of this endpoint, and nothing is fetched "
                    "from the net"
                )
                raise BadQuery(said, remedy="Leave FROM out, or name one of its graphs")


@dataclass(frozen=True)
class SnapshotAnswer:
    """Rows (or a yes or no), or triples, on their way out of the engine."""

    found: Any
    gives_rows: bool

    def serialised(self, form: str, most: int) -> tuple[bytes, int]:
        """The answer in one of `embedded.FORMS`, and how many rows or triples it has.

        Raises BadQuery when the evaluation itself fails, for example on a value that is too large,
        and MemoryError with a sentence when the answer has more than `most` bytes.
        """
        body = _Body(form if self.gives_rows else "", most)
        try:
            if self.gives_rows:
                self.found.serialize(cast(Any, body), ROWS[form])
                return bytes(body), body.rows if isinstance(self.found, ox.QuerySolutions) else 1
            few, number = list(islice(self.found, FEW)), count()
            triples = (triple for triple, _ in zip(chain(few, self.found), number, strict=False))
            ox.serialize(triples, cast(Any, body), TRIPLES[form], prefixes=used_by(few))
            return bytes(body), next(number)
        except QUERY_FAULTS as error:
            raise bad_query(error, "") from None


class _Body(bytearray):
    """An answer as it comes from the engine, with the number of its rows (in JSON, those that bind
    something).
    """

    def __init__(self, form: str, most: int) -> None:
        super().__init__()
        self.most, self.counts, self.mark = most, bool(form), _BETWEEN_ROWS.get(form, b"")
        self.rows = -1 if form in ("csv", "tsv") else 0  # their first line is the header
        self._tail, self._quoted = b"", 0

    def write(self, data: bytes) -> int:
        """Takes in a part; raises MemoryError where that is too much."""
        if len(self) + len(data) > self.most:
            sentence = f"The answer is larger than {self.most} bytes. Add a LIMIT, or ask for less."
            raise MemoryError(sentence)
        self += data
        if self.counts:
            self._count(data)
        return len(data)

    def flush(self) -> None:
        """Does nothing: the answer is complete when the query has ended."""

    def _count(self, data: bytes) -> None:
        if not self.mark:
            parts = data.split(b'"')
            self.rows += sum(part.count(b"\n") for part in parts[self._quoted :: 2])
            self._quoted ^= (len(parts) - 1) & 1
            return
        seen = self._tail + data
        first = b'"bindings":[{"' in data  # the first row has none before it
        self.rows += seen.count(self.mark) + first
        self._tail = seen[len(seen) - len(self.mark) + 1 :]
