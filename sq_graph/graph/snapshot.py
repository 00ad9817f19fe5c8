"""One frozen state of a graph on disk, from which strangers' queries are answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, Protocol, cast

from sq_graph.errors import BadQuery
from sq_graph.graph.embedded import broken_query, formats
from sq_graph.graph.guard import Limits, datasets, guard
from sq_graph.vocab import PREFIXES


@dataclass(frozen=True)
class Question:
    """A query with the dataset that its request names; none named means the snapshot's own default graph."""

    text: str
    default_graphs: Sequence[str] = ()
    named_graphs: Sequence[str] = ()
    base: str | None = None


class Sink(Protocol):
    """Takes the bytes of an answer as they come; may raise to stop the evaluation."""

    def write(self, data: bytes) -> int: ...

    def flush(self) -> None: ...


class Snapshot:
    """A graph on disk, open for reading only: it shows what was there when it was opened.

    >>> import tempfile
    >>> from sq_graph.graph.embedded import EmbeddedGraph
    >>> folder = Path(tempfile.mkdtemp()) / "store"
    >>> EmbeddedGraph(folder).add("<https://example.org/a> a <https://example.org/B> .", "https://example.org/g")
    >>> answer = Snapshot(folder).answer(Question("ASK { ?s ?p ?o }"))
    >>> answer.gives_rows
    True
    """

    def __init__(self, folder: Path, limits: Limits | None = None) -> None:
        import pyoxigraph as ox

        self.store = ox.Store.read_only(str(folder))
        self.limits = limits or Limits()

    def answer(self, question: Question) -> SnapshotAnswer:
        """The answer, not yet evaluated to its end; raises BadQuery for what is not valid or not allowed."""
        import pyoxigraph as ox

        guard(question.text, self.limits)
        chosen: dict[str, Any] = {"base_iri": question.base}
        if question.default_graphs or question.named_graphs:
            chosen["default_graph"] = [_node(iri) for iri in question.default_graphs]
            chosen["named_graphs"] = [_node(iri) for iri in question.named_graphs]
        else:
            self._refuse_strange_graphs(question.text)
        try:
            found = self.store.query(question.text, **chosen)
        except SyntaxError:  # perhaps for the want of one of our prefixes, which cost more than a small query
            found = self._with_our_prefixes(question.text, chosen)
        except ValueError as error:
            raise BadQuery(f"the query could not be read: {error}", remedy="Check the query") from None
        return SnapshotAnswer(found, not isinstance(found, ox.QueryTriples))

    def graph(self, iri: str | None) -> SnapshotAnswer | None:
        """The triples of a named graph, or of the default graph; None if there is no graph of that name."""
        import pyoxigraph as ox

        name = ox.DefaultGraph() if iri is None else _node(iri)
        if iri is not None and not self.store.contains_named_graph(name):
            return None
        return SnapshotAnswer((quad.triple for quad in self.store.quads_for_pattern(None, None, None, name)), False)

    def _with_our_prefixes(self, text: str, chosen: dict[str, Any]) -> Any:
        try:
            return self.store.query(text, prefixes=PREFIXES, **chosen)
        except SyntaxError as error:
            raise broken_query(error, text) from None

    def _refuse_strange_graphs(self, text: str) -> None:
        for iri in datasets(text):
            if ":" in iri and not self.store.contains_named_graph(_node(iri)):
                raise BadQuery(
                    f"FROM <{iri}> names no graph of this endpoint, and nothing is fetched from the net",
                    remedy="Leave FROM out, or name one of its graphs",
                )


@dataclass(frozen=True)
class SnapshotAnswer:
    """Rows (or a yes or no), or triples, on their way out of the engine."""

    found: Any
    gives_rows: bool

    def serialise(self, form: str, sink: Sink) -> int:
        """Writes the answer in one of `embedded.FORMS` and returns how many rows or triples it had.

        Raises BadQuery when the evaluation itself fails, for example on a value that is too large.
        """
        import pyoxigraph as ox

        try:
            if self.gives_rows:
                counted = _CountingSink(sink, form)
                self.found.serialize(cast(Any, counted), formats()[form])
                return counted.rows if hasattr(self.found, "variables") else 1
            triples = _Counted(self.found)
            ox.serialize(triples, cast(Any, sink), formats()[form], prefixes=triples.prefixes())
            return triples.count
        except (ValueError, RuntimeError) as error:
            raise BadQuery(f"the query could not be answered: {error}", remedy="Check the query") from None


def rewritten(turtle: bytes, form: str) -> bytes:
    """A Turtle text of ours in another of the triples' forms.

    >>> rewritten(b"<https://example.org/a> a <https://example.org/B> .", "nquads").count(b"<")
    3
    """
    import pyoxigraph as ox

    triples = list(ox.parse(turtle, format=formats()["turtle"]))
    return ox.serialize(triples, format=formats()[form], prefixes=PREFIXES) or b""


class _Counted:
    """Counts triples as they pass through."""

    def __init__(self, triples: Iterable[Any]) -> None:
        self.triples, self.count = iter(triples), 0

    def __iter__(self) -> Iterator[Any]:
        for triple in self.triples:
            self.count += 1
            yield triple

    def prefixes(self) -> dict[str, str]:
        """Our prefixes; only those in use, if there are not too many triples to find out."""
        few = list(islice(self.triples, 1_000))
        self.triples = chain(few, self.triples)
        if len(few) == 1_000:
            return PREFIXES
        text = "\n".join(map(str, few))
        return {prefix: space for prefix, space in PREFIXES.items() if f"<{space}" in text}


_BETWEEN_ROWS = {"json": b'}},{"', "xml": b"</result>", "tsv": b"\n"}


class _CountingSink:
    """Counts the rows of a serialised answer as it passes through (in JSON, those that bind something)."""

    def __init__(self, sink: Sink, form: str) -> None:
        self.sink, self.mark = sink, _BETWEEN_ROWS.get(form, b"")
        self.rows = -1 if form in ("csv", "tsv") else 0  # their first line is the header
        self._quoted = 0
        self._tail = b""

    def write(self, data: bytes) -> int:
        if not self.mark:
            parts = data.split(b'"')
            self.rows += sum(part.count(b"\n") for part in parts[self._quoted :: 2])
            self._quoted ^= (len(parts) - 1) & 1
        else:
            seen = self._tail + data
            self.rows += seen.count(self.mark)
            self._tail = seen[1 - len(self.mark) :] if len(self.mark) > 1 else b""
            if b'"bindings":[{"' in data:
                self.rows += 1  # the first row has none before it
        return self.sink.write(data)

    def flush(self) -> None:
        self.sink.flush()


def _node(iri: str) -> Any:
    import pyoxigraph as ox

    try:
        return ox.NamedNode(iri)
    except ValueError:
        raise BadQuery(f"{iri[:100]!r} is no absolute IRI", remedy="Name the graph by its whole IRI") from None
