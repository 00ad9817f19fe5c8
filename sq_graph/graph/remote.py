"""The graph in another engine, asked over HTTP: the same methods and the same answers as
embedded.
"""

import ast
import json
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cached_property
from http.client import HTTPException
from itertools import chain, pairwise
from typing import Any, TypeVar, cast
from urllib.error import HTTPError, URLError
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

import pyoxigraph as ox

from sq_graph.errors import BadQuery, EngineError, MissingDependency, SqGraphError
from sq_graph.graph import engine
from sq_graph.graph.default_view import in_default_view
from sq_graph.graph.digest import content_hash, lines
from sq_graph.graph.lookup import to_nodes
from sq_graph.graph.sparql_limits import keywords, tokens
from sq_graph.graph.terms import ResultSet, Term, Triple
from sq_graph.vocab import OWL, PREFIXES, XSD

_VIRTUOSO_TRUTH = "__ASK_RETVAL"
"""The column in which Virtuoso 7 gives the answer of an ASK query, as 1 or 0."""
_REMEDIES = {
    401: "Give user and password, or a token",
    403: "Ask whoever runs it",
    404: "Check its address",
}
VIEW = "view"
"""What the default view is called, below the base of a map, where an engine needs it as a graph."""
_VIRTUOSO_GRAPHS = (
    "http://www.openlinksw.com/schemas/virtrdf#",
    "http://www.w3.org/2002/07/owl#",
    "http://www.w3.org/ns/ldp#",
    "http://localhost:8890/",
    "http://localuriqaserver/",
    "urn:virtuoso:",
    "urn:rules.skos",
    "urn:activitystreams-owl:map",
    "urn:core:services:sparql",
)
"""How the IRIs of the graphs that Virtuoso brings along begin."""
_GRAPHS = "SELECT ?g { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
"""The graphs that hold something; Virtuoso takes minutes for the same with DISTINCT."""
_NO_DATASET = "requiring a dataset"
"""How rdflib refuses a query over `GRAPH` where it serves one graph alone."""
_Answer = TypeVar("_Answer")
_Row = TypeVar("_Row", bound=tuple[Term | None, ...])
_ANY = "*/*"
"""What an update accepts for an answer."""
_Dataset = Sequence[tuple[str, str]]


class RemoteGraph:
    """A SPARQL 1.1 endpoint; `timeout` is in seconds, for one query with its whole answer.

    A name and password (also as `https://name:password@host/…`) are sent as basic authentication, a
    `token` as a bearer's. What the engine's default graph shows is found out once, and where that
    is another view than ours, the files in view are named with every query. Raises EngineError for
    an engine that does not answer or breaks off.

    >>> RemoteGraph("https://ann:secret@example.org/sparql").endpoint
    'https://example.org/sparql'
    """

    def __init__(self, endpoint: str, timeout: float = 60, token: str = "") -> None:
        parts = _split_address(endpoint)
        self.endpoint = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        self.timeout = timeout
        self.token = token
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")

    def select(self, query: str) -> ResultSet:
        """The rows of a SELECT query; raises BadQuery for another form or a fault in it."""
        found = self._answer(query, engine.rows)
        return ResultSet(found.columns, _kept(found.rows))

    def ask(self, query: str) -> bool:
        """The answer of an ASK query; raises BadQuery for another form or a fault in it."""
        return self._says(query)

    def construct(self, query: str) -> tuple[Triple, ...]:
        """The triples of a CONSTRUCT or DESCRIBE query; raises BadQuery for another form or a fault
        in it.
        """
        return _kept(tuple(map(engine.to_triple, self._triples(query))))

    def results(self, query: str, form: str) -> bytes:
        """The answer of any query, serialised in one of `embedded.FORMS`; raises BadQuery if the
        form does not fit.
        """
        if form in engine.ROWS:
            rows = engine.ROWS[form]
            return self._answer(query, lambda answer: answer.serialize(format=rows) or b"")
        return engine.serialise(self._triples(query), form)

    def update(self, text: str) -> None:
        """Has a SPARQL update carried out; raises BadQuery for a fault in it."""
        self._fetch(text, _ANY, ())

    def graphs(self) -> tuple[str, ...]:
        """The IRIs of the named graphs, sorted."""
        return self._names

    def cache(self, name: str) -> None:
        """Nothing is kept: others may change what the engine holds."""

    def digest(self) -> str:
        """The digest of the map as the engine holds it: the same as that of the files."""
        views = ["?s ?p ?o", *(f"GRAPH <{name}> {{ ?s ?p ?o }}" for name in self._unlisted)]
        queries = (f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {view} }}" for view in views)
        found = chain.from_iterable(map(self.construct, queries))
        return content_hash(b"\n".join(lines(to_nodes(found)))).digest

    # ---- what the engine shows by default

    @cached_property
    def _unlisted(self) -> tuple[str, ...]:
        """The graphs outside the default view: the base of their map is not known here."""
        parts = ((name, name.split("/")) for name in self._names)
        paths = ((name, (some[-1], "/".join(some[-2:]))) for name, some in parts)
        return tuple(name for name, ends in paths if not all(map(in_default_view, ends)))

    @cached_property
    def _names(self) -> tuple[str, ...]:
        try:
            names = {row["g"].value for row in self._answer(_GRAPHS, engine.rows, ())}
        except (BadQuery, EngineError) as error:
            if _NO_DATASET not in str(error):
                raise
            return ()
        if self.is_virtuoso:
            names -= {name for name in names if name.startswith(_VIRTUOSO_GRAPHS)}
            names -= set(self._views(names))
        return tuple(sorted(names))

    @cached_property
    def is_virtuoso(self) -> bool:
        """Whether the engine gives the answer of ASK as a row, as Virtuoso 7 does."""
        try:
            return self._answer("ASK { ?s ?p ?o }", lambda a: isinstance(a, ox.QuerySolutions), ())
        except (BadQuery, EngineError):  # an address of updates alone answers no query
            return False

    def _views(self, names: Iterable[str]) -> list[str]:
        """The graphs that `push` made of default views."""
        return sorted(name for name in names if name.endswith(f"/{VIEW}"))

    @cached_property
    def _view(self) -> _Dataset:
        """The graphs to name with each query: none if the engine's default graph is the view of a
        map.
        """
        if self.is_virtuoso:
            names = [row["g"].value for row in self._answer(_GRAPHS, engine.rows, ())]
            return [("default-graph-uri", name) for name in self._views(names)]
        seen = " UNION ".join(f"{{ <{name}> a <{OWL}Ontology> }}" for name in self._unlisted)
        leaks = bool(seen) and self._says(f"ASK {{ {seen} }}", ())
        empty = bool(self._names) and not self._says("ASK { ?s ?p ?o }", ())
        if not leaks and not empty:
            return ()
        listed = [("default-graph-uri", name) for name in self._names if name not in self._unlisted]
        return (*listed, *(("named-graph-uri", name) for name in self._names))

    def _view_for(self, query: str) -> _Dataset:
        """The graphs to name with one query: for Virtuoso, only those that the query mentions."""
        words = list(tokens(query))
        after_graph = [after for word, after in pairwise(words) if word.text.upper() == "GRAPH"]
        if not after_graph or not self.is_virtuoso:
            return self._view
        if not all(word.text.startswith("<") for word in after_graph):
            what = "this engine does not take a query over GRAPH with a variable or a short name"
            remedy = "Write the IRI of each graph as GRAPH <…>"
            raise EngineError(what, self.endpoint, remedy=remedy)
        named = sorted({word.text.strip("<>") for word in after_graph})
        return [*self._view, *(("named-graph-uri", name) for name in named)]

    # ---- one request

    def _says(self, query: str, view: _Dataset | None = None) -> bool:
        return self._answer(query, _truth, view)

    def _answer(
        self, query: str, read: Callable[[Any], _Answer], view: _Dataset | None = None
    ) -> _Answer:
        """The answer of a SELECT or ASK query, read to its end."""
        body = self._fetch(query, "application/sparql-results+json", view)
        try:
            return read(ox.parse_query_results(body, format=engine.ROWS["json"]))
        except SqGraphError:
            raise
        except (SyntaxError, ValueError, OSError):
            raise self._broken(body) from None

    def _triples(self, query: str) -> list[ox.Triple]:
        body = self._fetch(query, "application/n-triples")
        if body.lstrip().startswith((b"{", b"<?xml")):
            raise engine.no_triples()
        try:
            return [quad.triple for quad in ox.parse(body, format=engine.TRIPLES["turtle"])]
        except (SyntaxError, ValueError):
            raise self._broken(body) from None

    def _fetch(self, query: str, accept: str, view: _Dataset | None = None) -> bytes:
        """The answer's whole body; the graphs of the view are named with a query that names none
        itself.
        """
        if view is None:
            view = () if "FROM" in keywords(query) else self._view_for(query)
        wrapper = self._wrapper(accept)
        for name, value in view:
            wrapper.addParameter(name, value)
        wrapper.setQuery(with_prefixes(query))
        # SPARQLWrapper guesses from the text, and takes "add" in a comment for an update
        wrapper.queryType = "INSERT" if accept == _ANY else "SELECT"
        try:
            with wrapper.query().response as response:
                return self._read(response)
        except HTTPError as error:
            raise self._refused(error.code, error.read()) from None
        except (TimeoutError, URLError) as error:
            reason = getattr(error, "reason", error)
            if isinstance(reason, TimeoutError):
                what, remedy = f"took longer than {self.timeout:g} seconds", "Ask for less at once"
            else:
                what, remedy = f"cannot be reached ({reason})", "Check its address"
            raise EngineError(f"the endpoint {what}", self.endpoint, remedy=remedy) from None
        except (HTTPException, ConnectionError):
            raise self._broken(b"") from None
        except Exception as error:  # the client's own, in place of some refusals, which it quotes
            refusal = error.__context__
            if not isinstance(refusal, HTTPError):
                raise
            said = str(error).partition("Response:\n")[2]
            raise self._refused(refusal.code, ast.literal_eval(said) if said else b"") from None

    def _wrapper(self, accept: str) -> Any:
        try:
            from SPARQLWrapper import BASIC, POST, URLENCODED, SPARQLWrapper
        except ImportError:
            raise MissingDependency("the client for other endpoints", "remote") from None
        wrapper = SPARQLWrapper(self.endpoint, agent="sq-graph")
        wrapper.setMethod(POST)
        wrapper.setRequestMethod(URLENCODED)
        wrapper.setOnlyConneg(True)
        wrapper.setTimeout(max(1, round(self.timeout)))
        wrapper.addCustomHttpHeader("Accept", accept)
        if self.user:
            wrapper.setHTTPAuth(BASIC)
            wrapper.setCredentials(self.user, self.password)
        if self.token:
            wrapper.addCustomHttpHeader("Authorization", f"Bearer {self.token}")
        return wrapper

    def _read(self, response: Any) -> bytes:
        """The whole body, within the time; a body without a known end must not break off unseen."""
        end = time.monotonic() + self.timeout
        body, headers = bytearray(), response.headers
        while part := response.read(1 << 16):
            body += part
            if time.monotonic() > end:
                raise TimeoutError
        is_chunked = "chunked" in headers.get("transfer-encoding", "")
        is_bounded = is_chunked or "content-length" in headers
        if not is_bounded and body and not body.rstrip().endswith((b".", b"}")):
            raise self._broken(bytes(body))
        return bytes(body)

    def _broken(self, body: bytes) -> EngineError:
        end = body[-80:].decode(errors="replace").strip()
        said = f"the answer broke off, or is none that was asked for (its last words: {end!r})"
        return EngineError(said, self.endpoint, remedy="Ask for less at once, or check the address")

    def _refused(self, status: int, body: bytes) -> BadQuery | EngineError:
        text = body.decode(errors="replace")
        with suppress(ValueError, AttributeError):  # a problem as JSON, under one of two names
            found = json.loads(text)
            text = str(found.get("detail") or found.get("message") or text)
        said = " ".join(text.split())[:300].rstrip(".")
        if status == 406:
            return engine.no_triples()
        if status == 400:
            what = said or "the endpoint does not understand the query"
            return BadQuery(what, remedy="Correct the query")
        what = f"the endpoint refused ({status}{': ' if said else ''}{said})"
        return EngineError(what, self.endpoint, remedy=_REMEDIES.get(status, ""))


def _truth(answer: Any) -> bool:
    if not isinstance(answer, ox.QuerySolutions):
        return engine.truth(answer)
    found = engine.rows(answer)
    if found.columns != (_VIRTUOSO_TRUTH,):
        raise BadQuery("this query gives no yes or no", remedy="Write an ASK query")
    return any(str(row[0]) in ("1", "true") for row in found.rows)  # no row at all is a no


def with_prefixes(query: str) -> str:
    """The query with a declaration of each of our prefixes that it uses without one.

    >>> with_prefixes("ASK { work:x a sq:Work }").count("PREFIX")
    2
    """
    words = list(tokens(query))
    after_prefix = (after for word, after in pairwise(words) if word.text.upper() == "PREFIX")
    declared = {word.text.rstrip(":") for word in after_prefix}
    used = {word.text.partition(":")[0] for word in words if word.kind == "name"}
    wanted = sorted(prefix for prefix in used - declared if prefix in PREFIXES)
    return "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}> " for prefix in wanted) + query


def _kept(rows: Sequence[_Row]) -> tuple[_Row, ...]:
    """The rows with each literal in the form in which the embedded engine would keep it."""
    literals = {term for row in rows for term in row if term and term.kind == "literal"}
    doubtful = [one for one in literals if one.language or one.datatype not in ("", f"{XSD}string")]
    canonical = engine.canonical([term.n3() for term in doubtful])
    forms = dict(zip(doubtful, map(engine.to_term, canonical), strict=True))
    kept = (tuple(term and forms.get(term, _blank(term)) for term in row) for row in rows)
    return tuple(cast(_Row, row) for row in kept)


def _blank(term: Term) -> Term:
    """The blank node for which an IRI stands in an engine to which a map was pushed."""
    if term.kind != "uri" or engine.GENID not in term.value:
        return term
    return Term("bnode", "".join(char for char in term.value if char.isalnum()))


def _split_address(endpoint: str) -> SplitResult:
    """The parts of an endpoint's address; raises EngineError for any other text."""
    with suppress(ValueError):  # a port that is no number, or half an IPv6 address
        parts = urlsplit(endpoint)
        is_web = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        if is_web and not any(map(str.isspace, endpoint)):
            return parts
    what = f"{endpoint!r} is not the address of an endpoint"
    raise EngineError(what, remedy="Write http://host/sparql")
