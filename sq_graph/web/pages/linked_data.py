"""Every IRI of the graph resolves: to a page for people, or to its statements for programs.

An IRI redirects (303) to a document whose address ends in `.ttl`, `.nt`, `.rdf` or `.jsonld`, or to
the page of the thing; files outside the default view have no page and redirect to their Turtle.
The version IRI of a file leads to the file as released. Things minted elsewhere are at
`/resource?iri=…`.
"""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request

from sq_graph.errors import BadQuery
from sq_graph.graph import Graph
from sq_graph.graph.engine import graph_name
from sq_graph.resources import VERSION
from sq_graph.turtle import terms
from sq_graph.web.negotiation import TRIPLES, Choice, choose
from sq_graph.web.sparql import accepted, address_parameters, refuse_others, values

ENDINGS = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
}
_HTML = Choice("text/html", "html")
_DOCUMENTS = (*(choice for choice in TRIPLES if choice.media_type in ENDINGS.values()), _HTML)
_IRI = re.compile(
    r"/(id|data|positions|alignments|imports)/.|/(core|phenomena|same-meaning|sq-graph)(\.\w+)?$"
)
_WITHOUT_PAGE = re.compile(r"(positions|alignments)/.|same-meaning$")


def is_iri(path: str) -> bool:
    """Whether a path belongs to an IRI of the map.

    >>> is_iri("/id/concept/trust"), is_iri("/core.ttl"), is_iri("/concepts")
    (True, True, False)
    """
    return path == "/resource" or bool(_IRI.match(path.removeprefix(f"/{VERSION}")))


@dataclass(frozen=True)
class Target:
    """The target of a request for an IRI: `iris` are the candidates.

    `document` is the form of the statements, None where the request is redirected: to the page of
    the thing (`redirect` empty) or to `redirect`.
    """

    iris: Sequence[str]
    document: Choice | None
    redirect: str = ""


def resolve(request: Request, path: str, bases: Sequence[str]) -> Target:
    """The target of a request for the IRI at a path; raises HTTPException where no form is
    accepted, and InputError for a relative IRI.
    """
    path, ending = path.lstrip("/").removeprefix(f"{VERSION}/"), ""
    pairs = address_parameters(request)
    refuse_others(request, *(("iri", "format") if path == "resource" else ("format",)))
    accept = accepted(request, pairs)
    if path == "resource":
        iris = [terms.iri(value)[1:-1] for value in values(pairs, "iri")[:1]]
        document = choose(accept, (*TRIPLES, _HTML))
        return Target(iris, _accepted(document)) if document != _HTML else Target(iris, None)
    if path.rpartition(".")[2] in ENDINGS:
        path, _, ending = path.rpartition(".")
    iris = [base + path for base in bases]
    if ending:
        return Target(iris, choose(ENDINGS[ending], TRIPLES))
    choice = _accepted(choose(accept, _DOCUMENTS))
    if choice == _HTML and not _WITHOUT_PAGE.match(path):
        return Target(iris, None)
    ending = next((name for name, media in ENDINGS.items() if media == choice.media_type), "ttl")
    return Target(iris, None, f"/{quote(path)}.{ending}")


def known_iri(graph: Graph, iris: Iterable[str]) -> str | None:
    """The first of some IRIs that occurs in the statements of a graph or names one of its graphs.

    >>> import sq_graph
    >>> base = "https://w3id.org/sq-graph/id/concept/"
    >>> known_iri(sq_graph.open().graph, [f"{base}nothing", f"{base}trust"])
    'https://w3id.org/sq-graph/id/concept/trust'
    """
    for iri in iris:
        with suppress(BadQuery):  # a path with a character that no IRI may have
            name = graph_name(iri)
            if graph.ask(f"ASK {{ {_pattern(iri)} UNION {{ GRAPH {name} {{ }} }} }}"):
                return iri
    return None


def statements_about(iri: str) -> str:
    """The query for all statements with an IRI as subject or object, in any graph."""
    return f"CONSTRUCT {{ <{iri}> ?p ?o . ?s ?q <{iri}> }} WHERE {{ {_pattern(iri)} }}"


def _pattern(iri: str) -> str:
    return f"""{{ <{iri}> ?p ?o }} UNION {{ GRAPH ?g {{ <{iri}> ?p ?o }} }}
        UNION {{ ?s ?q <{iri}> }} UNION {{ GRAPH ?h {{ ?s ?q <{iri}> }} }}"""


def _accepted(choice: Choice | None) -> Choice:
    if choice is None:
        raise HTTPException(406, f"Accept one of {', '.join(d.media_type for d in _DOCUMENTS)}.")
    return choice
