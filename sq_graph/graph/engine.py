"""The engine behind every graph, pyoxigraph: its formats, its terms as ours, and its errors as
sentences.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from sq_graph.errors import BadQuery, BrokenFile, EngineError, SqGraphError
from sq_graph.graph.sparql_limits import by_first_mention, star_offset, tokens
from sq_graph.graph.terms import ResultSet, Term, Triple
from sq_graph.graph.updates import MANAGEMENT
from sq_graph.rdf_syntax import FORMATS, not_turtle
from sq_graph.vocab import PREFIXES

_ROWS = ("json", "xml", "csv", "tsv")
ROWS = {name: getattr(ox.QueryResultsFormat, name.upper()) for name in _ROWS}
"""The forms of an answer in rows, each with the engine's name for it."""
TRIPLES = FORMATS
"""The forms of triples."""
QUERY_FAULTS = (SyntaxError, ValueError, OSError, RuntimeError)
_UPDATES = MANAGEMENT | {"INSERT", "DELETE", "LOAD", "WITH"}
"""The words with which an update begins."""
_QUERY_ERROR = re.compile(r"error at (\d+):(\d+):? ?(.*)", re.DOTALL)
_FILE_ERROR = re.compile(r"error (?:at|on) line (\d+)[^:]*: ?(.*)", re.DOTALL)

GENID = "/.well-known/genid/"
"""The path, below the IRI of a graph, of the IRIs that stand for its blank nodes."""


def open_store(folder: Path, read_only: bool = False) -> ox.Store:
    """The store in a folder; raises EngineError if it cannot be opened, or for writing while
    another process writes.
    """
    try:
        return ox.Store.read_only(str(folder)) if read_only else ox.Store(str(folder))
    except OSError as error:
        message = f"the store cannot be opened{'' if read_only else ' for writing'} ({error})"
        remedy = "Check its path, and that no other program writes to it"
        raise EngineError(message, str(folder), remedy=remedy) from None


GraphName = ox.NamedNode | ox.DefaultGraph


def graph_name(iri: str | None) -> GraphName:
    """The engine's name of a graph, for None that of the default graph; raises BadQuery if `iri` is
    not absolute.
    """
    if iri is None:
        return ox.DefaultGraph()
    try:
        return ox.NamedNode(iri)
    except ValueError:
        message = f"{iri[:100]!r} is not a complete IRI"
        remedy = "Name the graph by an IRI with its scheme, such as https://example.org/graph"
        raise BadQuery(message, remedy=remedy) from None


def refuse_unknown(store: ox.Store, names: Iterable[str]) -> None:
    """Raises BadQuery for the first graph that a query names as its dataset and a store lacks."""
    for iri in names:
        if ":" in iri and not store.contains_named_graph(graph_name(iri)):
            message = f"<{iri}> is not a graph of this map, and nothing is fetched from the web"
            remedy = "Name one of its graphs in the dataset of the query, or leave that out"
            raise BadQuery(message, remedy=remedy)


# ---- texts


def parse(content: bytes, form: str, base: str, where: str) -> list[ox.Quad]:
    """The statements of a text in one of the forms of triples; raises BrokenFile with its line."""
    with file_faults(where, form):
        return list(ox.parse(content, format=TRIPLES[form], base_iri=base))


def convert(content: bytes, form: str, new_form: str) -> bytes:
    """Rewrites a text from one of the forms of triples in another; raises BrokenFile with its line.

    >>> text = b"<https://example.org/a> a <https://example.org/B> ."
    >>> convert(text, "turtle", "nquads").count(b"<")
    3
    """
    with file_faults("body", form):
        triples = list(ox.parse(content, format=TRIPLES[form], without_named_graphs=True))
        return serialise(triples, new_form)


_CONTROLS = bytes({*range(32)} - {*b"\t\n\r"})
_WITHOUT_CONTROLS = bytes.maketrans(_CONTROLS, b" " * len(_CONTROLS))


def serialise(triples: Iterable[Any], form: str, prefixes: dict[str, str] = PREFIXES) -> bytes:
    """Statements as a text in one of the forms of triples; in RDF/XML, which cannot hold control
    characters, spaces stand for them.
    """
    text = ox.serialize(triples, format=TRIPLES[form], prefixes=prefixes) or b""
    return text.translate(_WITHOUT_CONTROLS) if form == "rdfxml" else text


def skolemise(content: bytes, base: str, where: str = "") -> list[str]:
    """A Turtle text as lines of N-Triples in which every blank node is an IRI under `base`.

    Engines treat blank nodes in an update differently, but all accept IRIs. The labels follow the
    order of the text, so that a file always gives the same lines.

    >>> min(skolemise(b"<a:b> <a:c> [ <a:d> 1 ] .", "https://example.org/file"))
    '<a:b> <a:c> <https://example.org/file/.well-known/genid/0> .'
    """
    with file_faults(where or base, content=content):
        triples = [quad.triple for quad in ox.parse(content, TRIPLES["turtle"], base_iri=base)]
    labels: dict[str, str] = {}

    def without_blank(term: object) -> str:
        if not isinstance(term, ox.BlankNode):
            return str(term)
        number = labels.setdefault(term.value, str(len(labels)))
        return f"<{base}{GENID}{number}>"

    return [f"{without_blank(s)} {p} {without_blank(o)} ." for s, p, o in triples]


@contextmanager
def file_faults(where: str, form: str = "turtle", content: bytes = b"") -> Iterator[None]:
    """Raises the engine's error about a text as a BrokenFile: one sentence with file and line.

    For a Turtle file whose `content` is in another syntax, it names that syntax.
    """
    try:
        yield
    except SyntaxError as error:
        if form == "turtle" and (other := not_turtle(content, where)):
            raise other from None
        match = _FILE_ERROR.search(error.msg)
        line = error.lineno or (int(match[1]) if match else None)
        reason = _one_line(match[2] if match else error.msg)
        if "LoadDocumentCallback" in reason:
            reason = "its @context is a web address, and nothing is loaded from the web"
        message = f"invalid {'Turtle' if form == 'turtle' else 'RDF'} ({reason})"
        remedy = f"Fix {'that line' if line else 'the file'}"
        raise BrokenFile(message, where, line, remedy) from None
    except SqGraphError:
        raise
    except (ValueError, OSError) as error:
        message = f"this cannot be loaded ({_one_line(error)})"
        raise BrokenFile(message, where, remedy="Check it") from None


@contextmanager
def query_faults(text: str, kind: str = "query", done: str = "answered") -> Iterator[None]:
    """Raises the engine's error about a query as a BadQuery, with line, column and the text found
    there.
    """
    try:
        yield
    except QUERY_FAULTS as error:
        raise bad_query(error, text, kind, done) from None


def bad_query(error: Exception, text: str, kind: str = "query", done: str = "answered") -> BadQuery:
    """The engine's error about a query as a BadQuery, where a context manager would be too slow."""
    if not isinstance(error, SyntaxError):
        return BadQuery(f"the {kind} could not be {done}: {error}", remedy=f"Check the {kind}")
    if not (match := _QUERY_ERROR.search(str(error))):
        message = f"this is not valid SPARQL ({_one_line(error)})"
        return BadQuery(message, remedy=f"Correct the {kind}")
    words = (token.text.upper() for token in tokens(text) if token.kind == "word")
    verb = next((word for word in words if word not in ("PREFIX", "BASE")), "")
    if kind == "query" and verb in _UPDATES:
        message = f"this is an update ({verb}), but only queries are answered here"
        return BadQuery(message, remedy="Ask with SELECT, ASK, CONSTRUCT or DESCRIBE")
    line, column = int(match[1]), int(match[2])
    lines = text.splitlines() or [""]
    excerpt = lines[line - 1][column - 1 :].strip()[:40] if line <= len(lines) else ""
    is_prefix = "Prefix not found" in match[3]
    cause = "a prefix that is not declared" if is_prefix else "something unexpected"
    location = f"at column {column}, {f'before {excerpt!r}' if excerpt else 'at its end'}"
    message = f"this is not valid SPARQL: {cause} {location}"
    return BadQuery(message, kind, line, "Correct it there")


def _one_line(message: object) -> str:
    return " ".join(str(message).split()).rstrip(".")[:200]


def update(store: ox.Store, text: str, base: str | None) -> None:
    """Carries out a SPARQL update in a store; raises BadQuery if it is not valid."""
    with query_faults(text, "update", "carried out"):
        store.update(text, base_iri=base, prefixes=PREFIXES)


# ---- terms and answers


def to_term(value: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Term:
    """The engine's term as one of ours."""
    if isinstance(value, ox.NamedNode):
        return Term("uri", value.value)
    if isinstance(value, ox.BlankNode):
        return Term("bnode", value.value)
    if isinstance(value, ox.Literal):
        language = value.language or ""
        return Term("literal", value.value, language, "" if language else value.datatype.value)
    return Term("literal", str(value))


def to_triple(triple: ox.Triple | ox.Quad) -> Triple:
    """The engine's triple as one of ours."""
    return to_term(triple.subject), to_term(triple.predicate), to_term(triple.object)


def no_triples() -> BadQuery:
    """The error for a query that does not give triples."""
    return BadQuery("this query returns no triples", remedy="Write a CONSTRUCT or DESCRIBE query")


def rows(answer: Any) -> ResultSet:
    """The rows of an answer; raises BadQuery for one of another form."""
    if not isinstance(answer, ox.QuerySolutions):
        raise BadQuery("this query returns no rows", remedy="Write a SELECT query")
    columns = tuple(variable.value for variable in answer.variables)
    term_of = _Terms({None: None}).__getitem__
    return ResultSet(columns, tuple(tuple(map(term_of, row)) for row in answer))


class _Terms(dict[Any, Term | None]):
    """Our terms by those of the engine: most occur in several rows of an answer."""

    def __missing__(self, value: Any) -> Term:
        term = self[value] = to_term(value)
        return term


def run_query(query: str, run: Callable[[str], Any]) -> Any:
    """The engine's answer; the columns of `SELECT *`, which it sorts by name, in the order of first
    mention.
    """
    answer, star = run(query), star_offset(query)
    if not isinstance(answer, ox.QuerySolutions) or star is None:
        return answer
    names = by_first_mention(query, [variable.value for variable in answer.variables])
    columns = " ".join(f"?{name}" for name in names) or "*"
    return run(f"{query[:star]}{columns} {query[star + 1 :]}")


def boolean(answer: Any) -> bool:
    """The yes or no of an answer; raises BadQuery for one of another form."""
    if not isinstance(answer, ox.QueryBoolean):
        raise BadQuery("this query returns no yes or no", remedy="Write an ASK query")
    return bool(answer)


def stored_terms(terms: Sequence[str]) -> list[Any]:
    """Terms in N-Triples notation, as the engine stores them: `1` for `01`, `en-us` for `en-US`.

    >>> [str(term) for term in stored_terms(['"x"@en-US', '"01"^^<http://www.w3.org/2001/XMLSchema#integer>'])]
    ['"x"@en-us', '"1"^^<http://www.w3.org/2001/XMLSchema#integer>']
    """
    lines = (f"<x:s> <x:p> {term} <x:{number}> .\n" for number, term in enumerate(terms))
    store = ox.Store()
    store.load("".join(lines).encode(), format=ox.RdfFormat.N_QUADS)
    objects = {quad.graph_name.value: quad.object for quad in store}
    return [objects[f"x:{number}"] for number in range(len(terms))]


MAX_SEARCHED = 1_000
"""Triples up to which it is worth finding out which prefixes they use."""


def prefixes_for(triples: Sequence[Any]) -> dict[str, str]:
    """Our prefixes: those that the triples use, or all where there are too many to search."""
    if len(triples) >= MAX_SEARCHED:
        return PREFIXES
    text = "\n".join(map(str, triples))
    return {prefix: namespace for prefix, namespace in PREFIXES.items() if f"<{namespace}" in text}
