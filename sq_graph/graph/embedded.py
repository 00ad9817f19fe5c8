"""The graph in this process, in memory or on disk, over pyoxigraph."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sq_graph.errors import BadQuery, BrokenFile
from sq_graph.graph.terms import Solutions, Term, Triple
from sq_graph.vocab import PREFIXES

if TYPE_CHECKING:
    import pyoxigraph as ox

FORMS = ("json", "xml", "csv", "tsv", "turtle", "ntriples", "nquads", "trig", "rdfxml", "jsonld")
"""Forms of a serialised answer: the first four for rows, the others for triples."""

_NAMES_GRAPHS = re.compile(r"(?<![\w/#-])(?:GRAPH\s*[?$<A-Za-z:]|FROM\b)", re.IGNORECASE)
_QUERY_PLACE = re.compile(r"error at (\d+):(\d+):? ?(.*)", re.DOTALL)
_FILE_PLACE = re.compile(r"error (?:at|on) line (\d+)[^:]*: ?(.*)", re.DOTALL)


class EmbeddedGraph:
    """Named graphs in one store; the default graph is the union of those added with `listed=True`.

    >>> graph = EmbeddedGraph()
    >>> graph.add("<https://example.org/a> <https://example.org/says> 'hello' .", "https://example.org/file")
    >>> [str(row["o"]) for row in graph.select("SELECT ?o { ?s ?p ?o }")]
    ['hello']
    """

    def __init__(self, folder: Path | None = None, read_only: bool = False) -> None:
        import pyoxigraph as ox

        self._in_memory = folder is None
        self._waiting: dict[str, tuple[bytes, str]] = {}
        self._texts: dict[str, tuple[bytes, bool]] = {}
        if folder is None:
            self.store = ox.Store()
        elif read_only:
            self.store = ox.Store.read_only(str(folder))
        else:
            self.store = ox.Store(str(folder))

    def add(self, turtle: str | bytes, iri: str, listed: bool = True, where: str = "") -> None:
        """Adds a Turtle text as the named graph `iri`, and to the default graph if it is `listed`.

        In memory, a text enters its named graph only when a query names graphs, which halves the time to open a
        map. Raises BrokenFile with the line if the text is no Turtle.
        """
        content = turtle.encode() if isinstance(turtle, str) else turtle
        if listed:
            self._load(content, iri, where, named=False)
        if self._in_memory:
            if before := self.text(iri):  # two folders with one base: one graph holds both
                content = before + b"\n" + content
            self._waiting[iri] = content, where
            self._texts[iri] = content, listed
        else:
            self._load(content, iri, where, named=True)

    def add_serialised(self, content: bytes, form: str, iri: str, where: str = "") -> None:
        """Adds triples in any of the forms for triples to the default graph; named graphs are read as one."""
        import pyoxigraph as ox

        try:
            for quad in ox.parse(content, format=formats()[form], base_iri=iri):
                self.store.add(ox.Quad(*quad.triple))
        except SyntaxError as error:
            raise BrokenFile(
                f"this is no valid RDF ({_one_line(str(error))})", where, error.lineno, remedy="Mend the file"
            ) from None
        except (ValueError, OSError) as error:
            raise BrokenFile(f"this is no valid RDF ({_one_line(str(error))})", where, remedy="Mend the file") from None

    def text(self, iri: str) -> bytes | None:
        """The text from which a named graph in memory was read; None if there is no such graph."""
        return self._texts[iri][0] if iri in self._texts else None

    def texts(self, base: str) -> list[str]:
        """The IRIs of the graphs in memory that begin with a base."""
        return [iri for iri in self._texts if iri.startswith(base)]

    def keep_text(self, iri: str, content: bytes | None, listed: bool = True) -> None:
        """Puts a text in place of a named graph in memory; the default graph follows by `exchange` or `reload`."""
        import pyoxigraph as ox

        self._texts.pop(iri, None)
        if self._waiting.pop(iri, None) is None:
            self.store.remove_graph(ox.NamedNode(iri))
        if content is not None:
            self._texts[iri] = content, listed
            self._waiting[iri] = content, ""

    def exchange(self, come: Iterable[Any], gone: Iterable[Any]) -> None:
        """Takes triples of the engine out of the default graph and puts others in."""
        import pyoxigraph as ox

        for triple in gone:
            self.store.remove(ox.Quad(*triple))
        self.store.extend(ox.Quad(*triple) for triple in come)

    def reload(self) -> None:
        """Reads the default graph anew from its texts."""
        import pyoxigraph as ox

        self.store.clear_graph(ox.DefaultGraph())
        for iri, (content, listed) in self._texts.items():
            if listed:
                self._load(content, iri, "", named=False)

    def holds(self, triple: Any) -> bool:
        """Whether the default graph holds a triple of the engine."""
        import pyoxigraph as ox

        return ox.Quad(*triple) in self.store

    def files_with(self, triple: Any) -> set[str]:
        """The listed files in memory that say a triple of the engine."""
        self._name_graphs()
        listed = {iri for iri, (_, is_listed) in self._texts.items() if is_listed}
        saying = self.store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
        return {quad.graph_name.value for quad in saying if hasattr(quad.graph_name, "value")} & listed

    def graphs(self) -> tuple[str, ...]:
        """The IRIs of the named graphs, sorted."""
        self._name_graphs()
        return tuple(sorted(str(name.value) for name in self.store.named_graphs()))

    def digest(self) -> str:
        """The SHA-256 of the canonical triples of all files, sorted; of all quads, for a store on disk."""
        import pyoxigraph as ox

        from sq_graph.graph.digest import digest

        if not self._in_memory:
            return digest(self.store.dump(format=ox.RdfFormat.N_QUADS) or b"")
        dumped = self.store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()) or b""
        return digest(dumped, [(text, iri) for iri, (text, listed) in self._texts.items() if not listed])

    def select(self, query: str) -> Solutions:
        """The rows of a SELECT query; raises BadQuery for another form or a fault in it."""
        found = self._run(query)
        if not hasattr(found, "variables"):
            raise BadQuery("this query gives no rows", remedy="Write a SELECT query")
        columns = tuple(variable.value for variable in found.variables)
        return Solutions(columns, tuple(tuple(to_term(value) for value in row) for row in found))

    def ask(self, query: str) -> bool:
        """The answer of an ASK query; raises BadQuery for another form or a fault in it."""
        found = self._run(query)
        if hasattr(found, "variables") or not hasattr(found, "__bool__"):
            raise BadQuery("this query gives no yes or no", remedy="Write an ASK query")
        return bool(found)

    def construct(self, query: str) -> tuple[Triple, ...]:
        """The triples of a CONSTRUCT or DESCRIBE query; raises BadQuery for another form or a fault in it."""
        found = self._run(query)
        if hasattr(found, "variables") or hasattr(found, "__bool__"):
            raise BadQuery("this query gives no triples", remedy="Write a CONSTRUCT or DESCRIBE query")
        return tuple((_term(t.subject), _term(t.predicate), _term(t.object)) for t in found)

    def results(self, query: str, form: str) -> bytes:
        """The answer of any query, serialised in one of `FORMS`; raises BadQuery if the form does not fit."""
        import pyoxigraph as ox

        found = self._run(query)
        gives_rows = hasattr(found, "variables") or hasattr(found, "__bool__")
        if gives_rows != (form in FORMS[:4]):
            fitting = FORMS[:4] if gives_rows else FORMS[4:]
            raise BadQuery(
                f"the answer of this query cannot be written as {form}",
                remedy=f"Ask for {', '.join(fitting)}",
            )
        if gives_rows:
            return bytes(found.serialize(format=formats()[form]))
        return ox.serialize(found, format=formats()[form], prefixes=PREFIXES) or b""

    def _load(self, content: bytes, iri: str, where: str, named: bool) -> None:
        import pyoxigraph as ox

        place = ox.NamedNode(iri) if named else ox.DefaultGraph()
        try:
            self.store.load(content, format=ox.RdfFormat.TURTLE, base_iri=iri, to_graph=place)
        except SyntaxError as error:
            raise broken_turtle(error, where or iri) from None
        except UnicodeDecodeError:
            raise BrokenFile("the file is not UTF-8 text", where or iri, remedy="Save it as UTF-8") from None
        except ValueError as error:
            raise BrokenFile(str(error), where or iri, remedy="Mend the file") from None

    def _name_graphs(self) -> None:
        """Loads the named graphs of the texts that have waited."""
        while self._waiting:
            iri, (content, where) = self._waiting.popitem()
            self._load(content, iri, where, named=True)

    def _run(self, query: str) -> Any:
        if self._waiting and _NAMES_GRAPHS.search(query):
            self._name_graphs()
        try:
            return self.store.query(query, prefixes=PREFIXES)
        except SyntaxError as error:
            raise broken_query(error, query) from None
        except (ValueError, OSError, RuntimeError) as error:
            raise BadQuery(f"the query could not be answered: {error}", remedy="Check the query") from None


@cache
def formats() -> dict[str, Any]:
    """The engine's own format for each of `FORMS`."""
    import pyoxigraph as ox

    rows, triples = ox.QueryResultsFormat, ox.RdfFormat
    engine = (rows.JSON, rows.XML, rows.CSV, rows.TSV, triples.TURTLE, triples.N_TRIPLES, triples.N_QUADS,
              triples.TRIG, triples.RDF_XML, triples.JSON_LD)  # fmt: skip
    return dict(zip(FORMS, engine, strict=True))


def to_term(value: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None) -> Term | None:
    """The engine's term as one of ours; None stays None."""
    return None if value is None else _term(value)


def _term(value: Any) -> Term:
    import pyoxigraph as ox

    if isinstance(value, ox.NamedNode):
        return Term("uri", value.value)
    if isinstance(value, ox.BlankNode):
        return Term("bnode", value.value)
    if isinstance(value, ox.Literal):
        language = value.language or ""
        return Term("literal", value.value, language, "" if language else value.datatype.value)
    return Term("literal", str(value))


def broken_turtle(error: SyntaxError, where: str) -> BrokenFile:
    """The parser's complaint as one sentence with file and line."""
    found = _FILE_PLACE.search(str(error))
    line = error.lineno or (int(found[1]) if found else None)
    what = found[2] if found else str(error)
    return BrokenFile(f"this is no valid Turtle ({_one_line(what)})", where, line, remedy="Mend that line")


def broken_query(error: SyntaxError, query: str) -> BadQuery:
    """The parser's complaint about a query as one sentence with line, column and the words that stand there."""
    found = _QUERY_PLACE.search(str(error))
    if not found:
        return BadQuery(f"this is no valid SPARQL ({_one_line(str(error))})", remedy="Mend the query")
    line, column = int(found[1]), int(found[2])
    lines = query.splitlines() or [""]
    there = lines[line - 1][column - 1 :].strip()[:40] if line <= len(lines) else ""
    cause = "a prefix that is not declared" if "Prefix not found" in found[3] else "something unexpected"
    place = f"before {there!r}" if there else "at its end"
    return BadQuery(f"this is no valid SPARQL: {cause} at column {column}, {place}", "query", line, "Mend it there")


def _one_line(text: str) -> str:
    return " ".join(text.split()).rstrip(".")[:200]


def load_files(
    graph: EmbeddedGraph,
    files: Iterable[tuple[Path, str, bool]],
    progress: Callable[[], None] | None = None,
) -> None:
    """Adds files to a graph, each as (path, graph IRI, listed); raises BrokenFile for one that cannot be read."""
    for path, iri, listed in files:
        try:
            text = path.read_bytes()
        except OSError as error:
            raise BrokenFile(
                f"the file cannot be read ({error.strerror})", str(path), remedy="Check its path and rights"
            ) from None
        graph.add(text, iri, listed, where=str(path))
        if progress:
            progress()


def load_store(folder: Path, files: Iterable[tuple[Path, str]], progress: Callable[[], None] | None = None) -> int:
    """Loads RDF files, each with the IRI of its named graph, into the store in `folder`; how many statements it has.

    The default graph is their union. Raises BrokenFile for a file that cannot be read or parsed, with its line.
    """
    import pyoxigraph as ox

    store = open_store(folder)
    for path, iri in files:
        for place in (ox.NamedNode(iri), ox.DefaultGraph()):
            try:
                store.bulk_load(path=str(path), base_iri=iri, to_graph=place)
            except SyntaxError as error:
                raise broken_turtle(error, str(path)) from None
            except (OSError, ValueError) as error:
                raise BrokenFile(f"the file cannot be loaded ({error})", str(path), remedy="Check it") from None
        if progress:
            progress()
    store.flush()
    return sum(1 for _ in store.quads_for_pattern(None, None, None, ox.DefaultGraph()))


def open_store(folder: Path) -> ox.Store:
    """The store in a folder, for writing; raises BrokenFile if it cannot be opened, or another process writes to it."""
    import pyoxigraph as ox

    try:
        return ox.Store(str(folder))
    except OSError as error:
        raise BrokenFile(
            f"the store cannot be opened ({error})",
            str(folder),
            remedy="Check its path, and that no other writes to it",
        ) from None
