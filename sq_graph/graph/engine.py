"""The engine behind every graph, pyoxigraph: its forms, its terms as ours, and its complaints as
sentences.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from sq_graph.errors import BadQuery, BrokenFile, EngineError, SqGraphError
from sq_graph.graph.sparql_limits import in_order, star_of, tokens
from sq_graph.graph.terms import ResultSet, Term, Triple
from sq_graph.rdf_syntax import FORMATS, not_turtle
from sq_graph.vocab import PREFIXES

_ROWS = ("json", "xml", "csv", "tsv")
ROWS = {name: getattr(ox.QueryResultsFormat, name.upper()) for name in _ROWS}
"""The forms of an answer in rows, with the engine's own name of each."""
TRIPLES = FORMATS
"""The forms of triples."""
QUERY_FAULTS = (SyntaxError, ValueError, OSError, RuntimeError)
_UPDATES = frozenset(
    ["INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"]
)
"""The words with which an update begins."""
_QUERY_PLACE = re.compile(r"error at (\d+):(\d+):? ?(.*)", re.DOTALL)
_FILE_PLACE = re.compile(r"error (?:at|on) line (\d+)[^:]*: ?(.*)", re.DOTALL)

GENID = "/.well-known/genid/"
"""Where the IRIs that stand for blank nodes begin, below the IRI of their graph."""


def open_store(folder: Path, read_only: bool = False) -> ox.Store:
    """The store in a folder; raises EngineError if it cannot be opened, or for writing while
    another process writes.
    """
    try:
        return ox.Store.read_only(str(folder)) if read_only else ox.Store(str(folder))
    except OSError as error:
        said = f"the store cannot be opened{'' if read_only else ' for writing'} ({error})"
        remedy = "Check its path, and that no other program writes to it"
        raise EngineError(said, str(folder), remedy=remedy) from None


GraphName = ox.NamedNode | ox.DefaultGraph


def graph_name(iri: str | None) -> GraphName:
    """The engine's name of a graph, None being the default one; raises BadQuery for what is no
    absolute IRI.
    """
    if iri is None:
        return ox.DefaultGraph()
    try:
        return ox.NamedNode(iri)
    except ValueError:
        what = f"{iri[:100]!r} is not a whole IRI"
        raise BadQuery(
            what,
            remedy="Name the graph by an IRI with its scheme, such as https://example.org/graph",
        ) from None


# ---- texts


def parse(content: bytes, form: str, base: str, where: str) -> list[ox.Quad]:
    """The statements of a text in one of the forms of triples; raises BrokenFile with its line."""
    with file_faults(where, form):
        return list(ox.parse(content, format=TRIPLES[form], base_iri=base))


def convert(content: bytes, form: str, new: str) -> bytes:
    """A text in one of the forms of triples in another; raises BrokenFile with its line.

    >>> text = b"<https://example.org/a> a <https://example.org/B> ."
    >>> convert(text, "turtle", "nquads").count(b"<")
    3
    """
    with file_faults("body", form):
        triples = list(ox.parse(content, format=TRIPLES[form], without_named_graphs=True))
        return serialise(triples, new)


def serialise(triples: Iterable[Any], form: str, prefixes: dict[str, str] = PREFIXES) -> bytes:
    """Statements as a text in one of the forms of triples."""
    return ox.serialize(triples, format=TRIPLES[form], prefixes=prefixes) or b""


def skolemise(content: bytes, base: str, where: str = "") -> list[str]:
    """A Turtle text as lines of N-Triples in which every blank node is an IRI under `base`.

    Engines differ in what they take for a blank node in an update; an IRI is taken by all. The
    labels follow the order of the text, so that a file always gives the same lines.

    >>> min(skolemise(b"<a:b> <a:c> [ <a:d> 1 ] .", "https://example.org/file"))
    '<a:b> <a:c> <https://example.org/file/.well-known/genid/0> .'
    """
    with file_faults(where or base, content=content):
        triples = [quad.triple for quad in ox.parse(content, TRIPLES["turtle"], base_iri=base)]
    labels: dict[str, str] = {}

    def written(term: object) -> str:
        if not isinstance(term, ox.BlankNode):
            return str(term)
        number = labels.setdefault(term.value, str(len(labels)))
        return f"<{base}{GENID}{number}>"

    return [f"{written(s)} {p} {written(o)} ." for s, p, o in triples]


@contextmanager
def file_faults(where: str, form: str = "turtle", content: bytes = b"") -> Iterator[None]:
    """Raises the engine's complaint about a text as a BrokenFile: one sentence with file and line.

    A Turtle file whose `content` is in another syntax is named as such.
    """
    try:
        yield
    except SyntaxError as error:
        if form == "turtle" and (other := not_turtle(content, where)):
            raise other from None
        found = _FILE_PLACE.search(error.msg)
        line = error.lineno or (int(found[1]) if found else None)
        what = _one_line(found[2] if found else error.msg)
        if "LoadDocumentCallback" in what:
            what = "its @context is a web address, and nothing is loaded from the web"
        said = f"invalid {'Turtle' if form == 'turtle' else 'RDF'} ({what})"
        raise BrokenFile(said, where, line, f"Fix {'that line' if line else 'the file'}") from None
    except SqGraphError:
        raise
    except (ValueError, OSError) as error:
        what = f"this cannot be loaded ({_one_line(error)})"
        raise BrokenFile(what, where, remedy="Check it") from None


@contextmanager
def query_faults(text: str, kind: str = "query", done: str = "answered") -> Iterator[None]:
    """Tells the engine's complaint as a BadQuery, with line, column and the words that stand
    there.
    """
    try:
        yield
    except QUERY_FAULTS as error:
        raise bad_query(error, text, kind, done) from None


def bad_query(error: Exception, text: str, kind: str = "query", done: str = "answered") -> BadQuery:
    """The engine's complaint about a query; to be raised where a context manager would be too
    slow.
    """
    if not isinstance(error, SyntaxError):
        return BadQuery(f"the {kind} could not be {done}: {error}", remedy=f"Check the {kind}")
    found = _QUERY_PLACE.search(str(error))
    if not found:
        return BadQuery(
            f"this is not valid SPARQL ({_one_line(error)})", remedy=f"Correct the {kind}"
        )
    words = (one.text.upper() for one in tokens(text) if one.kind == "word")
    begin = next((word for word in words if word not in ("PREFIX", "BASE")), "")
    if kind == "query" and begin in _UPDATES:
        what = f"this is an update ({begin}), and only queries are answered here"
        return BadQuery(what, remedy="Ask with SELECT, ASK, CONSTRUCT or DESCRIBE")
    line, column = int(found[1]), int(found[2])
    lines = text.splitlines() or [""]
    there = lines[line - 1][column - 1 :].strip()[:40] if line <= len(lines) else ""
    is_prefix = "Prefix not found" in found[3]
    cause = "a prefix that is not declared" if is_prefix else "something unexpected"
    place = f"at column {column}, {f'before {there!r}' if there else 'at its end'}"
    said = f"this is not valid SPARQL: {cause} {place}"
    return BadQuery(said, kind, line, "Correct it there")


def _one_line(said: object) -> str:
    return " ".join(str(said).split()).rstrip(".")[:200]


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


def to_triple(found: ox.Triple | ox.Quad) -> Triple:
    """The engine's triple as one of ours."""
    return to_term(found.subject), to_term(found.predicate), to_term(found.object)


def no_triples() -> BadQuery:
    """The error for a query that does not give triples."""
    return BadQuery("this query gives no triples", remedy="Write a CONSTRUCT or DESCRIBE query")


def rows(found: Any) -> ResultSet:
    """The rows of an answer; raises BadQuery for one of another form."""
    if not isinstance(found, ox.QuerySolutions):
        raise BadQuery("this query gives no rows", remedy="Write a SELECT query")
    columns = tuple(variable.value for variable in found.variables)
    term_of = _Terms({None: None}).__getitem__
    return ResultSet(columns, tuple(tuple(map(term_of, row)) for row in found))


class _Terms(dict[Any, Term | None]):
    """The terms of an answer by those of the engine: most come in several rows."""

    def __missing__(self, value: Any) -> Term:
        term = self[value] = to_term(value)
        return term


def run_query(query: str, run: Callable[[str], Any]) -> Any:
    """What the engine answers; the columns of `SELECT *`, which it sorts by name, in the order of
    first mention.
    """
    found, star = run(query), star_of(query)
    if not isinstance(found, ox.QuerySolutions) or star is None:
        return found
    names = in_order(query, [variable.value for variable in found.variables])
    columns = " ".join(f"?{name}" for name in names) or "*"
    return run(f"{query[:star]}{columns} {query[star + 1 :]}")


def truth(found: Any) -> bool:
    """The yes or no of an answer; raises BadQuery for one of another form."""
    if not isinstance(found, ox.QueryBoolean):
        raise BadQuery("this query gives no yes or no", remedy="Write an ASK query")
    return bool(found)


def canonical(terms: Sequence[str]) -> list[Any]:
    """Some terms, in the notation of N-Triples, as the engine keeps them: `1` for `01`, `en-us` for
    `en-US`.

    >>> [str(term) for term in canonical(['"x"@en-US', '"01"^^<http://www.w3.org/2001/XMLSchema#integer>'])]
    ['"x"@en-us', '"1"^^<http://www.w3.org/2001/XMLSchema#integer>']
    """
    lines = (f"<x:s> <x:p> {term} <x:{place}> .\n" for place, term in enumerate(terms))
    store = ox.Store()
    store.load("".join(lines).encode(), format=ox.RdfFormat.N_QUADS)
    kept = {quad.graph_name.value: quad.object for quad in store}
    return [kept[f"x:{place}"] for place in range(len(terms))]


FEW = 1_000
"""Triples of which it is worth finding out which prefixes they use."""


def used_by(triples: Sequence[Any]) -> dict[str, str]:
    """Our prefixes; only those in use, if there are not too many triples to find out."""
    if len(triples) >= FEW:
        return PREFIXES
    text = "\n".join(map(str, triples))
    return {prefix: space for prefix, space in PREFIXES.items() if f"<{space}" in text}
