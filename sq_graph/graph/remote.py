"""The graph in another engine, queried over HTTP: the methods and answers of an embedded graph."""

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
from sq_graph.graph.sparql_limits import Token, keywords, tokens
from sq_graph.graph.terms import ResultSet, Term, Triple
from sq_graph.vocab import OWL, PREFIXES, XSD

_VIRTUOSO_BOOLEAN = "__ASK_RETVAL"
"""The column in which Virtuoso 7 gives the answer of an ASK query, as 1 or 0."""
_REMEDIES = {
    401: "Give user and password, or a token",
    403: "Ask whoever runs it",
    404: "Check its address",
}
VIEW = "view"
"""The name of the default view, below the base of a map, where an engine needs it as a graph."""
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
"""How the IRIs of Virtuoso's own graphs begin."""
_GRAPHS = "SELECT ?g { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
"""The graphs that are not empty; with DISTINCT, Virtuoso takes minutes."""
_ANY_STATEMENT = "ASK { ?s ?p ?o }"
_NO_DATASET = "requiring a dataset"
"""Part of rdflib's error for a query over `GRAPH` where it serves only one graph."""
_Answer = TypeVar("_Answer")
_Row = TypeVar("_Row", bound=tuple[Term | None, ...])
_ANY_TYPE = "*/*"
"""The media types that an update accepts for its answer."""
_Dataset = Sequence[tuple[str, str]]


class RemoteGraph:
    """A SPARQL 1.1 endpoint; `timeout` is in seconds, for one query with its whole answer.

    A name and password (also as `https://name:password@host/…`) are sent as basic authentication, a
    `token` as a bearer token. What the engine's default graph shows is found out once; where that
    differs from our default view, every query names the graphs of the view. Raises EngineError for
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
        answer = self._answer(query, engine.rows)
        return ResultSet(answer.columns, _normalise(answer.rows))

    def ask(self, query: str) -> bool:
        """The answer of an ASK query; raises BadQuery for another form or a fault in it."""
        return self._answer(query, _boolean)

    def construct(self, query: str) -> tuple[Triple, ...]:
        """The triples of a CONSTRUCT or DESCRIBE query; raises BadQuery for another form or a fault
        in it.
        """
        return _normalise(tuple(map(engine.to_triple, self._triples(query))))

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
        self._fetch(text, _ANY_TYPE, ())

    def graphs(self) -> tuple[str, ...]:
        """The IRIs of the named graphs, sorted."""
        return self._names

    def cache(self, name: str) -> None:
        """None: others may change the data of the engine unnoticed."""

    def digest(self) -> str:
        """The digest of the map in the engine, which equals that of its files."""
        views = ["?s ?p ?o", *(f"GRAPH <{name}> {{ ?s ?p ?o }}" for name in self._unlisted)]
        queries = (f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {view} }}" for view in views)
        triples = chain.from_iterable(map(self.construct, queries))
        return content_hash(b"\n".join(lines(to_nodes(triples)))).digest

    # ---- the engine's default graph

    @cached_property
    def _unlisted(self) -> tuple[str, ...]:
        """The graphs outside the default view, judged by the ends of their IRIs: the base of their
        map is not known here.
        """
        split = ((name, name.split("/")) for name in self._names)
        endings = ((name, (parts[-1], "/".join(parts[-2:]))) for name, parts in split)
        return tuple(name for name, paths in endings if not all(map(in_default_view, paths)))

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
            return self._answer(_ANY_STATEMENT, lambda a: isinstance(a, ox.QuerySolutions), ())
        except (BadQuery, EngineError):  # an address of updates alone answers no query
            return False

    def _views(self, names: Iterable[str]) -> list[str]:
        """The graphs in which `push` stored default views."""
        return sorted(name for name in names if name.endswith(f"/{VIEW}"))

    @cached_property
    def _view(self) -> _Dataset:
        """The graphs to name with each query: none if the engine's default graph is the default
        view of a map.
        """
        if self.is_virtuoso:
            names = [row["g"].value for row in self._answer(_GRAPHS, engine.rows, ())]
            return [("default-graph-uri", name) for name in self._views(names)]
        headers = " UNION ".join(f"{{ <{name}> a <{OWL}Ontology> }}" for name in self._unlisted)
        shows_unlisted = bool(headers) and self._answer(f"ASK {{ {headers} }}", _boolean, ())
        if not shows_unlisted and (not self._names or self._answer(_ANY_STATEMENT, _boolean, ())):
            return ()
        listed = [("default-graph-uri", name) for name in self._names if name not in self._unlisted]
        return (*listed, *(("named-graph-uri", name) for name in self._names))

    def _view_for(self, query: str) -> _Dataset:
        """The graphs to name with one query: for Virtuoso, only those that the query mentions."""
        names = [name.text for name in _tokens_after("GRAPH", query)]
        if not names or not self.is_virtuoso:
            return self._view
        if not all(name.startswith("<") for name in names):
            message = "this engine does not take a query over GRAPH with a variable or a short name"
            remedy = "Write the IRI of each graph as GRAPH <…>"
            raise EngineError(message, self.endpoint, remedy=remedy)
        iris = sorted({name.strip("<>") for name in names})
        return [*self._view, *(("named-graph-uri", iri) for iri in iris)]

    # ---- one request

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
            raise self._broken_off(body) from None

    def _triples(self, query: str) -> list[ox.Triple]:
        body = self._fetch(query, "application/n-triples")
        if body.lstrip().startswith((b"{", b"<?xml")):
            raise engine.no_triples()
        try:
            return [quad.triple for quad in ox.parse(body, format=engine.TRIPLES["turtle"])]
        except (SyntaxError, ValueError):
            raise self._broken_off(body) from None

    def _fetch(self, query: str, accept: str, view: _Dataset | None = None) -> bytes:
        """The whole body of the answer; a query without a dataset is sent with the graphs of the
        view.
        """
        if view is None:
            view = () if "FROM" in keywords(query) else self._view_for(query)
        wrapper = self._wrapper(accept)
        for name, value in view:
            wrapper.addParameter(name, value)
        wrapper.setQuery(with_prefixes(query))
        # SPARQLWrapper guesses from the text, and takes "add" in a comment for an update
        wrapper.queryType = "INSERT" if accept == _ANY_TYPE else "SELECT"
        try:
            with wrapper.query().response as response:
                return self._read(response)
        except HTTPError as error:
            raise self._refusal(error.code, error.read()) from None
        except (TimeoutError, URLError) as error:
            reason = getattr(error, "reason", error)
            if isinstance(reason, TimeoutError):
                fault, remedy = f"took longer than {self.timeout:g} seconds", "Ask for less at once"
            else:
                fault, remedy = f"cannot be reached ({reason})", "Check its address"
            raise EngineError(f"the endpoint {fault}", self.endpoint, remedy=remedy) from None
        except (HTTPException, ConnectionError):
            raise self._broken_off(b"") from None
        except Exception as error:  # the client quotes some refusals in errors of its own
            refusal = error.__context__
            if not isinstance(refusal, HTTPError):
                raise
            body = str(error).partition("Response:\n")[2]
            raise self._refusal(refusal.code, ast.literal_eval(body) if body else b"") from None

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
        """The whole body, within the timeout; one without a known length must not break off
        unnoticed.
        """
        deadline = time.monotonic() + self.timeout
        body, headers = bytearray(), response.headers
        while part := response.read(1 << 16):
            body += part
            if time.monotonic() > deadline:
                raise TimeoutError
        is_chunked = "chunked" in headers.get("transfer-encoding", "")
        has_length = is_chunked or "content-length" in headers
        if not has_length and body and not body.rstrip().endswith((b".", b"}")):
            raise self._broken_off(bytes(body))
        return bytes(body)

    def _broken_off(self, body: bytes) -> EngineError:
        end = body[-80:].decode(errors="replace").strip()
        message = f"the answer is incomplete or not in the requested form (it ends with {end!r})"
        remedy = "Ask for less at once, or check the address"
        return EngineError(message, self.endpoint, remedy=remedy)

    def _refusal(self, status: int, body: bytes) -> BadQuery | EngineError:
        text = body.decode(errors="replace")
        with suppress(ValueError, AttributeError):  # the reason in JSON, under one of two keys
            problem = json.loads(text)
            text = str(problem.get("detail") or problem.get("message") or text)
        reason = " ".join(text.split())[:300].rstrip(".")
        if status == 406:
            return engine.no_triples()
        if status == 400:
            message = reason or "the endpoint does not understand the query"
            return BadQuery(message, remedy="" if ". " in reason else "Correct the query")
        message = f"the endpoint refused ({status}{': ' if reason else ''}{reason})"
        return EngineError(message, self.endpoint, remedy=_REMEDIES.get(status, ""))


def _boolean(answer: Any) -> bool:
    if not isinstance(answer, ox.QuerySolutions):
        return engine.boolean(answer)
    results = engine.rows(answer)
    if results.columns != (_VIRTUOSO_BOOLEAN,):
        raise BadQuery("this query returns no yes or no", remedy="Write an ASK query")
    return any(str(row[0]) in ("1", "true") for row in results.rows)  # without a row, it is a no


def _tokens_after(keyword: str, query: str) -> list[Token]:
    return [after for token, after in pairwise(tokens(query)) if token.text.upper() == keyword]


def with_prefixes(query: str) -> str:
    """The query with a declaration of each of our prefixes that it uses without one.

    >>> with_prefixes("ASK { work:x a sq:Work }").count("PREFIX")
    2
    """
    declared = {name.text.rstrip(":") for name in _tokens_after("PREFIX", query)}
    used = {token.text.partition(":")[0] for token in tokens(query) if token.kind == "name"}
    missing = sorted(prefix for prefix in used - declared if prefix in PREFIXES)
    return "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}> " for prefix in missing) + query


def _normalise(rows: Sequence[_Row]) -> tuple[_Row, ...]:
    """The rows with each literal in the form in which the embedded engine would keep it."""
    literals = {term for row in rows for term in row if term and term.kind == "literal"}
    typed = [t for t in literals if t.language or t.datatype not in ("", f"{XSD}string")]
    stored = engine.stored_terms([term.n3() for term in typed])
    forms = dict(zip(typed, map(engine.to_term, stored), strict=True))
    new_rows = (tuple(term and forms.get(term, _deskolemise(term)) for term in row) for row in rows)
    return tuple(cast(_Row, row) for row in new_rows)


def _deskolemise(term: Term) -> Term:
    """The blank node for which an IRI stands in an engine to which a map was pushed."""
    if term.kind != "uri" or engine.GENID not in term.value:
        return term
    return Term("bnode", "".join(char for char in term.value if char.isalnum()))


def _split_address(endpoint: str) -> SplitResult:
    """The parts of an endpoint's address; raises EngineError for any other text."""
    with suppress(ValueError):  # a port that is not a number, or half an IPv6 address
        parts = urlsplit(endpoint)
        is_web = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        if is_web and not any(map(str.isspace, endpoint)):
            return parts
    message = f"{endpoint!r} is not the address of an endpoint"
    raise EngineError(message, remedy="Write http://host/sparql")
