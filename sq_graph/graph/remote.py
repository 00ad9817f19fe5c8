"""The graph in another engine, asked over HTTP: the same methods and the same answers as embedded."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from http.client import HTTPException
from itertools import pairwise
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit, urlunsplit

from sq_graph.errors import BadQuery, EngineError, MissingPart
from sq_graph.graph.embedded import FORMS, formats, to_term
from sq_graph.graph.guard import tokens
from sq_graph.graph.terms import Solutions, Term, Triple
from sq_graph.vocab import OWL, PREFIXES

ROWS = "application/sparql-results+json"
TRIPLES = "application/n-triples"
_UNLISTED = re.compile(r"/positions/[^/]+\Z|/same-meaning\Z")
_NAMES_GRAPHS = re.compile(r"\bFROM\b", re.IGNORECASE)


class RemoteGraph:
    """A SPARQL 1.1 endpoint; `timeout` is in seconds, for one query with its whole answer.

    A name and password (also as `https://name:password@host/…`) are sent as basic authentication, a `token` as a
    bearer's. What the engine's default graph shows is found out once, and where that is another view than ours, the
    files in view are named with every query. Raises EngineError for an engine that does not answer or breaks off.

    >>> RemoteGraph("https://ann:secret@example.org/sparql").endpoint
    'https://example.org/sparql'
    """

    def __init__(self, endpoint: str, timeout: float = 60, user: str = "", password: str = "", token: str = "") -> None:
        parts = urlsplit(endpoint)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise EngineError(f"{endpoint!r} is no address of an endpoint", remedy="Write http://host/sparql")
        self.endpoint = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        self.timeout = timeout
        self.user = user or unquote(parts.username or "")
        self.password = password or unquote(parts.password or "")
        self.token = token

    def select(self, query: str) -> Solutions:
        """The rows of a SELECT query; raises BadQuery for another form or a fault in it."""
        columns, rows = self._rows(query)
        if columns is None:
            raise BadQuery("this query gives no rows", remedy="Write a SELECT query")
        found = [tuple(to_term(value) for value in row) for row in rows]
        kept = _canonical(term for row in found for term in row if term)
        return Solutions(columns, tuple(tuple(kept.get(term, term) if term else None for term in row) for row in found))

    def ask(self, query: str) -> bool:
        """The answer of an ASK query; raises BadQuery for another form or a fault in it."""
        columns, found = self._rows(query)
        if columns is not None:
            raise BadQuery("this query gives no yes or no", remedy="Write an ASK query")
        return bool(found)

    def construct(self, query: str) -> tuple[Triple, ...]:
        """The triples of a CONSTRUCT or DESCRIBE query; raises BadQuery for another form or a fault in it."""
        found = [tuple(to_term(value) for value in triple) for triple in self._triples(query)]
        kept = _canonical(term for triple in found for term in triple if term)
        return tuple(tuple(kept.get(term, term) for term in triple if term) for triple in found)  # type: ignore[misc]

    def results(self, query: str, form: str) -> bytes:
        """The answer of any query, serialised in one of `embedded.FORMS`; raises BadQuery if the form does not fit."""
        import pyoxigraph as ox

        if form in FORMS[:4]:
            body = self._fetch(query, ROWS, self._named_with(query))
            self._parsed(body)
            return ox.parse_query_results(body, format=formats()["json"]).serialize(format=formats()[form]) or b""
        return ox.serialize(self._triples(query), format=formats()[form], prefixes=PREFIXES) or b""

    def update(self, text: str) -> None:
        """Has a SPARQL update carried out; raises BadQuery for a fault in it."""
        self._fetch(text, "*/*", ())

    def graphs(self) -> tuple[str, ...]:
        """The IRIs of the named graphs, sorted."""
        return self._names

    def digest(self) -> str:
        """The digest of the map as the engine holds it: the same as that of the files."""
        from sq_graph.graph.digest import digest

        unlisted = [name for name in self._names if _UNLISTED.search(name)]
        views = ["?s ?p ?o", *(f"GRAPH <{name}> {{ ?s ?p ?o }}" for name in unlisted)]
        lines = [
            " ".join(term.n3() for term in triple) + " ."
            for view in views
            for triple in self.construct(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {view} }}")
        ]
        return digest("\n".join(lines).encode())

    # ---- what the engine shows by default

    @cached_property
    def _names(self) -> tuple[str, ...]:
        _, found = self._parsed(self._fetch("SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }", ROWS, ()))
        return tuple(sorted(row["g"].value for row in found))

    @cached_property
    def _view(self) -> tuple[tuple[str, str], ...]:
        """The graphs to name with each query: none if the engine's default graph is the view of a map."""
        hidden = [name for name in self._names if _UNLISTED.search(name)]
        seen = " UNION ".join(f"{{ <{name}> a <{OWL}Ontology> }}" for name in hidden)
        leaks = bool(hidden) and bool(self._parsed(self._fetch(f"ASK {{ {seen} }}", ROWS, ()))[1])
        empty = bool(self._names) and not self._parsed(self._fetch("ASK { ?s ?p ?o }", ROWS, ()))[1]
        if not leaks and not empty:
            return ()
        listed = [("default-graph-uri", name) for name in self._names if name not in hidden]
        return (*listed, *(("named-graph-uri", name) for name in self._names))

    # ---- one request

    def _named_with(self, query: str) -> Sequence[tuple[str, str]]:
        """The graphs to name with a query: none where it names them itself."""
        return () if _NAMES_GRAPHS.search(query) else self._view

    def _rows(self, query: str) -> tuple[tuple[str, ...] | None, Any]:
        return self._parsed(self._fetch(query, ROWS, self._named_with(query)))

    def _parsed(self, body: bytes) -> tuple[tuple[str, ...] | None, Any]:
        """Columns and rows of an answer, or None and its yes or no."""
        import pyoxigraph as ox

        try:
            found = ox.parse_query_results(body, format=formats()["json"])
            if not isinstance(found, ox.QuerySolutions):
                return None, bool(found)
            return tuple(variable.value for variable in found.variables), list(found)
        except (SyntaxError, ValueError, OSError):
            raise self._broken(body) from None

    def _triples(self, query: str) -> Iterator[Any]:
        import pyoxigraph as ox

        body = self._fetch(query, TRIPLES, self._named_with(query))
        if body.lstrip().startswith((b"{", b"<?xml")):
            raise BadQuery("this query gives no triples", remedy="Write a CONSTRUCT or DESCRIBE query")
        try:
            return iter([quad.triple for quad in ox.parse(body, format=formats()["turtle"])])
        except (SyntaxError, ValueError):
            raise self._broken(body) from None

    def _broken(self, body: bytes) -> EngineError:
        end = body[-80:].decode(errors="replace").strip()
        return EngineError(
            f"the answer broke off, or is none that was asked for (its last words: {end!r})",
            self.endpoint,
            remedy="Ask for less at once, or check the address",
        )

    def _fetch(self, query: str, accept: str, graphs: Sequence[tuple[str, str]]) -> bytes:
        wrapper = self._wrapper(accept)
        for name, value in graphs:
            wrapper.addParameter(name, value)
        wrapper.setQuery(with_prefixes(query))
        try:
            return self._read(wrapper.query().response)
        except HTTPError as error:
            raise self._refused(error.code, error.read()) from None
        except TimeoutError:
            raise self._late() from None
        except URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise self._late() from None
            raise EngineError(
                f"the endpoint cannot be reached ({error.reason})", self.endpoint, remedy="Check its address"
            ) from None
        except (HTTPException, ConnectionError):
            raise self._broken(b"") from None
        except Exception as error:
            codes = {"QueryBadFormed": 400, "Unauthorized": 401, "EndPointNotFound": 404, "URITooLong": 414,
                     "EndPointInternalError": 500}  # fmt: skip
            if type(error).__name__ not in codes:
                raise
            told = error.args[0].partition("Response:\n")[2] if error.args else ""
            raise self._refused(codes[type(error).__name__], told.encode()) from None

    def _read(self, response: Any) -> bytes:
        """The whole body, within the time; a body without a known end must not break off unseen."""
        end = time.monotonic() + self.timeout
        parts = []
        with response:
            while part := response.read(1 << 16):
                parts.append(part)
                if time.monotonic() > end:
                    raise TimeoutError
        body = b"".join(parts)
        is_bounded = "content-length" in response.headers or "chunked" in response.headers.get("transfer-encoding", "")
        if not is_bounded and body and not body.rstrip().endswith((b".", b"}")):
            raise self._broken(body)
        return body

    def _wrapper(self, accept: str) -> Any:
        try:
            from SPARQLWrapper import BASIC, POST, URLENCODED, SPARQLWrapper
        except ImportError:
            raise MissingPart("the client for other endpoints", "remote") from None
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

    def _late(self) -> EngineError:
        return EngineError(
            f"the endpoint took longer than {self.timeout:g} seconds", self.endpoint, remedy="Ask for less at once"
        )

    def _refused(self, status: int, body: bytes) -> BadQuery | EngineError:
        said = " ".join(body.decode(errors="replace").split())[:300].rstrip(".")
        if status == 406:
            return BadQuery("this query gives no triples", remedy="Write a CONSTRUCT or DESCRIBE query")
        if status == 400:
            return BadQuery(said or "the endpoint does not understand the query", remedy="Mend the query")
        remedies = {401: "Give user and password, or a token", 403: "Ask whoever runs it", 404: "Check its address"}
        what = f"the endpoint refused ({status}{': ' if said else ''}{said})"
        return EngineError(what, self.endpoint, remedy=remedies.get(status, ""))


def with_prefixes(query: str) -> str:
    """The query with a declaration of each of our prefixes that it uses without one.

    >>> with_prefixes("ASK { work:x a sq:Work }").count("PREFIX")
    2
    """
    words = list(tokens(query))
    declared = {after.text.rstrip(":") for word, after in pairwise(words) if word.text.upper() == "PREFIX"}
    used = {word.text.partition(":")[0] for word in words if word.kind == "name"}
    wanted = sorted(prefix for prefix in used - declared if prefix in PREFIXES)
    return "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}> " for prefix in wanted) + query


def _canonical(terms: Iterable[Term]) -> dict[Term, Term]:
    """The literals that the embedded engine would keep in another form, with that form."""
    from sq_graph.graph.exact import canonical_terms

    plain = f"{PREFIXES['xsd']}string"
    doubtful = sorted({
        term for term in terms if term.kind == "literal" and (term.language or term.datatype not in ("", plain))
    })  # fmt: skip
    kept = canonical_terms(doubtful)
    return {term: form for term, form in zip(doubtful, kept, strict=True) if term != form}
