"""One state of a graph, from which untrusted queries are answered within limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, count, islice
from typing import Any, cast

import pyoxigraph as ox

from sq_graph.errors import BadQuery
from sq_graph.graph import engine
from sq_graph.graph.sparql_limits import Limits, check_limits
from sq_graph.graph.updates import datasets
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

    def __init__(self, store: ox.Store, limits: Limits = _LIMITS, is_union: bool = False) -> None:
        self.store, self.limits, self.is_union = store, limits, is_union

    def answer(
        self, text: str, default: _GraphNames = (), named: _GraphNames = (), base: str | None = None
    ) -> SnapshotAnswer:
        """The answer, not yet evaluated to its end; raises BadQuery for what is not valid or not
        allowed.

        The graphs are those that the request names as its dataset; none named means the snapshot's
        default graph.
        """
        check_limits(text, self.limits)
        chosen: dict[str, Any] = {"base_iri": base}
        if default or named:
            chosen["default_graph"] = [engine.graph_name(iri) for iri in default]
            chosen["named_graphs"] = [engine.graph_name(iri) for iri in named]
        else:
            self._refuse_strange_graphs(text)
            chosen["use_default_graph_as_union"] = self.is_union
        try:
            found = engine.run_query(text, lambda query: self._evaluated(query, chosen))
        except engine.QUERY_FAULTS as error:
            raise engine.bad_query(error, text) from None
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
        name = engine.graph_name(iri)
        if iri is not None and not self.store.contains_named_graph(name):
            return None
        place = None if iri is None and self.is_union else name
        quads = self.store.quads_for_pattern(None, None, None, place)
        return SnapshotAnswer((quad.triple for quad in quads), False)

    def _refuse_strange_graphs(self, text: str) -> None:
        for iri in datasets(text):
            if ":" in iri and not self.store.contains_named_graph(engine.graph_name(iri)):
                said = "is not a graph of this endpoint, and nothing is fetched from the web"
                remedy = "Leave FROM out, or name one of its graphs"
                raise BadQuery(f"FROM <{iri}> {said}", remedy=remedy)


@dataclass(frozen=True)
class SnapshotAnswer:
    """Rows (or a yes or no), or triples, on their way out of the engine."""

    found: Any
    gives_rows: bool

    def serialise(self, form: str, most: int) -> tuple[bytes, int]:
        """The answer in one of `embedded.FORMS`, and how many rows or triples it has.

        Raises BadQuery when the evaluation itself fails, for example on a value that is too large,
        and MemoryError with a sentence when the answer has more than `most` bytes.
        """
        body = _Body(most)
        try:
            if self.gives_rows:
                self.found.serialize(cast(Any, body), engine.ROWS[form])
                is_one = not isinstance(self.found, ox.QuerySolutions)
                return bytes(body), 1 if is_one else _number_of_rows(body, form)
            few, number = list(islice(self.found, engine.FEW)), count()
            triples = (triple for triple, _ in zip(chain(few, self.found), number, strict=False))
            prefixes = engine.used_by(few)
            ox.serialize(triples, cast(Any, body), engine.TRIPLES[form], prefixes=prefixes)
            return bytes(body), next(number)
        except engine.QUERY_FAULTS as error:
            raise engine.bad_query(error, "") from None


class _Body(bytearray):
    """An answer as it comes from the engine."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def write(self, data: bytes) -> int:
        """Takes in a part; raises MemoryError where that is too much."""
        if len(self) + len(data) > self.most:
            sentence = f"The answer is larger than {self.most} bytes. Add a LIMIT, or ask for less."
            raise MemoryError(sentence)
        self += data
        return len(data)

    def flush(self) -> None:
        """Does nothing: the answer is complete when the query has ended."""


def _number_of_rows(body: bytearray, form: str) -> int:
    """How many rows an answer has (in JSON, those that bind something)."""
    if form == "json":
        return body.count(b'}},{"') + (b'"bindings":[{"' in body)
    if form == "xml":
        return body.count(b"</result>")
    outside = body.split(b'"')[::2] if form == "csv" else [body]  # a text may have several lines
    return sum(part.count(b"\n") for part in outside) - 1  # the first line is the header
