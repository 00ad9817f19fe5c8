"""Terms, rows and the interface that every graph keeps, without any engine behind them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol

from sq_graph.vocab import XSD, Ref, shorten

Progress = Callable[[], None]
"""What is called after each part of a long task."""
TermKind = Literal["uri", "literal", "bnode"]
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r"})


class Term(NamedTuple):
    """An RDF term: an IRI, a literal or a blank node, named as in the W3C's JSON results.

    A tuple, since an answer may hold hundreds of thousands of them.

    >>> str(Term("uri", "https://w3id.org/sq-graph/id/work/room-1999"))
    'work:room-1999'
    >>> Term("literal", "1999", datatype=XSD + "integer").python()
    1999
    """

    kind: TermKind
    value: str
    language: str = ""
    datatype: str = ""

    def __str__(self) -> str:
        return shorten(self.value) if self.kind == "uri" else self.value

    def python(self) -> str | int | float | bool:
        """The term as a plain Python value: numbers and booleans by datatype, all else as text."""
        try:
            if self.datatype == XSD + "integer":
                return int(self.value)
            if self.datatype in (XSD + "decimal", XSD + "double", XSD + "float"):
                return float(self.value)
        except ValueError:
            return self.value
        if self.datatype == XSD + "boolean":
            return self.value in ("true", "1")
        return self.value

    def cell(self) -> str | int | float | bool | Ref:
        """The term as a value of a table: as `python`, an IRI as a reference shown in short
        form.
        """
        return Ref(self.value, shorten(self.value)) if self.kind == "uri" else self.python()

    def n3(self) -> str:
        """The term as SPARQL and N-Triples write it.

        >>> Term("literal", 'a "b"', language="en").n3()
        '"a \\\\"b\\\\""@en'
        """
        if self.kind == "uri":
            return f"<{self.value}>"
        if self.kind == "bnode":
            return f"_:{self.value}"
        text = f'"{self.value.translate(_ESCAPES)}"'
        if self.language:
            return f"{text}@{self.language}"
        return text if self.datatype in ("", XSD + "string") else f"{text}^^<{self.datatype}>"


Triple = tuple[Term, Term, Term]


@dataclass(frozen=True)
class ResultSet:
    """The rows that a SELECT query answers: `columns` by name, `rows` as tuples with None where
    unbound.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]

    def __iter__(self) -> Iterator[dict[str, Term]]:
        """Each row as a dict of its bound columns."""
        for row in self.rows:
            cells = zip(self.columns, row, strict=True)
            yield {name: term for name, term in cells if term is not None}

    def __len__(self) -> int:
        return len(self.rows)


class Graph(Protocol):
    """What every graph can do, wherever it lives."""

    def select(self, query: str) -> ResultSet:
        """The rows of a SELECT query."""

    def ask(self, query: str) -> bool:
        """The answer of an ASK query."""

    def construct(self, query: str) -> tuple[Triple, ...]:
        """The triples of a CONSTRUCT or DESCRIBE query."""

    def results(self, query: str, form: str) -> bytes:
        """The answer of any query, serialised (see `embedded.FORMS` for the forms)."""

    def graphs(self) -> Sequence[str]:
        """The IRIs of the named graphs, sorted."""

    def digest(self) -> str:
        """The digest of the graph; empty where an engine cannot tell it."""

    def cache(self, name: str) -> dict[str, Any] | None:
        """What was worked out of the graph as it is now; None where others may change it unseen."""
