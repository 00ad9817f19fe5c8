"""One state of a graph, which answers untrusted queries within limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, count, islice
from typing import Any, cast

import pyoxigraph as ox

from sq_graph.graph import engine
from sq_graph.graph.sparql_limits import Limits, check_limits
from sq_graph.graph.updates import dataset_iris
from sq_graph.vocab import PREFIXES

_LIMITS = Limits()
_GraphNames = Sequence[str]


class Snapshot:
    """A graph that does not change, with the limits of the queries that it answers.

    >>> from sq_graph.graph.embedded import EmbeddedGraph
    >>> graph = EmbeddedGraph()
    >>> graph.add("<https://example.org/a> a <https://example.org/B> .", "https://example.org/g")
    >>> Snapshot(graph.store).answer("ASK { ?s ?p ?o }").gives_rows
    True
    """

    def __init__(
        self, store: ox.Store, limits: Limits = _LIMITS, is_union: bool = False, grows: bool = False
    ) -> None:
        self.store, self.limits, self.is_union, self.grows = store, limits, is_union, grows

    def answer(
        self, text: str, default: _GraphNames = (), named: _GraphNames = (), base: str | None = None
    ) -> SnapshotAnswer:
        """The answer, not yet evaluated to its end; raises BadQuery for an invalid query, or one
        that is not allowed.

        The graphs are those that the request names as its dataset, or without any the snapshot's
        default graph.
        """
        check_limits(text, self.limits)
        options: dict[str, Any] = {"base_iri": base}
        if default or named:
            # in a graph that grows, a client may ask for a graph that it is about to write
            engine.refuse_unknown(self.store, () if self.grows else (*default, *named))
            options["default_graph"] = [engine.graph_name(iri) for iri in default]
            options["named_graphs"] = [engine.graph_name(iri) for iri in named]
        else:
            engine.refuse_unknown(self.store, dataset_iris(text))
            options["use_default_graph_as_union"] = self.is_union
        try:
            answer = engine.run_query(text, lambda query: self._query(query, options))
        except engine.QUERY_FAULTS as error:
            raise engine.bad_query(error, text) from None
        return SnapshotAnswer(answer, not isinstance(answer, ox.QueryTriples))

    def _query(self, text: str, options: dict[str, Any]) -> Any:
        try:
            return self.store.query(text, **options)
        except SyntaxError:  # may lack our prefixes, which cost more than a query
            return self.store.query(text, prefixes=PREFIXES, **options)

    def graph(self, iri: str | None) -> SnapshotAnswer | None:
        """The triples of a named graph, or of the default view; None if there is no graph of that
        name.
        """
        name = engine.graph_name(iri)
        if iri is not None and not self.store.contains_named_graph(name):
            return None
        graph = None if iri is None and self.is_union else name
        quads = self.store.quads_for_pattern(None, None, None, graph)
        return SnapshotAnswer((quad.triple for quad in quads), False)


@dataclass(frozen=True)
class SnapshotAnswer:
    """Rows (or a yes or no), or triples, as the engine gives them."""

    results: Any
    gives_rows: bool

    def serialise(self, form: str, max_bytes: int) -> tuple[bytes, int]:
        """The answer in one of `embedded.FORMS`, and how many rows or triples it has.

        Raises BadQuery when the evaluation itself fails, for example on a value that is too large,
        and MemoryError with a sentence when the answer has more than `max_bytes`.
        """
        body, results = _Body(max_bytes), self.results
        try:
            if self.gives_rows:
                results.serialize(cast(Any, body), engine.ROWS[form])
                is_boolean = not isinstance(results, ox.QuerySolutions)
                return bytes(body), 1 if is_boolean else _count_rows(body, form)
            first, counter = list(islice(results, engine.MAX_SEARCHED)), count()
            triples = (triple for triple, _ in zip(chain(first, results), counter, strict=False))
            prefixes = engine.prefixes_for(first)
            ox.serialize(triples, cast(Any, body), engine.TRIPLES[form], prefixes=prefixes)
            return bytes(body), next(counter)
        except engine.QUERY_FAULTS as error:
            raise engine.bad_query(error, "") from None


class _Body(bytearray):
    """The text of an answer as the engine writes it."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__()
        self.max_bytes = max_bytes

    def write(self, data: bytes) -> int:
        """Appends a part; raises MemoryError where the text grows too long."""
        if len(self) + len(data) > self.max_bytes:
            limit = f"{self.max_bytes} bytes"
            raise MemoryError(f"The answer is larger than {limit}. Add a LIMIT, or ask for less.")
        self += data
        return len(data)

    def flush(self) -> None:
        """Does nothing: the answer is complete when the query has ended."""


def _count_rows(body: bytearray, form: str) -> int:
    """How many rows an answer has (in JSON, those that bind a variable)."""
    if form == "json":
        return body.count(b'}},{"') + (b'"bindings":[{"' in body)
    if form == "xml":
        return body.count(b"</result>")
    unquoted = body.split(b'"')[::2] if form == "csv" else [body]  # a text may have several lines
    return sum(part.count(b"\n") for part in unquoted) - 1  # the first line is the header
