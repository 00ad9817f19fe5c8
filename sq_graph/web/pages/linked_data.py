"""Every IRI of the graph resolves: it leads to a page for people, or to its statements for
programs.

An IRI leads on (303) to a document whose address ends in `.ttl`, `.nt`, `.rdf` or `.jsonld`, or to
the page of the thing; files outside the default view have no page and lead to their Turtle.
The version IRI of a file leads to the file as released. Things minted elsewhere are found as
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
    """Whether a path is that of an IRI of the map.

    >>> is_iri("/id/concept/trust"), is_iri("/core.ttl"), is_iri("/concepts")
    (True, True, False)
    """
    return path == "/resource" or bool(_IRI.match(path.removeprefix(f"/{VERSION}")))


@dataclass(frozen=True)
class Wanted:
    """What a request for an IRI wants: `iris` are the candidates.

    `document` is the form of the statements, None where the request is led on to another address:
    to the page (`redirect` empty) or to `redirect`.
    """

    iris: Sequence[str]
    document: Choice | None
    redirect: str = ""


def wanted(request: Request, path: str, bases: Sequence[str]) -> Wanted:
    """What a request for the IRI at a path wants; raises HTTPException where no form is
    accepted, and InputError for an IRI that is not whole.
    """
    path, ending = path.lstrip("/").removeprefix(f"{VERSION}/"), ""
    pairs = address_parameters(request)
    refuse_others(request, *(("iri", "format") if path == "resource" else ("format",)))
    accept = accepted(request, pairs)
    if path == "resource":
        iris = [terms.iri(one)[1:-1] for one in values(pairs, "iri")[:1]]
        document = choose(accept, (*TRIPLES, _HTML))
        return Wanted(iris, _found(document)) if document != _HTML else Wanted(iris, None)
    if path.rpartition(".")[2] in ENDINGS:
        path, _, ending = path.rpartition(".")
    iris = [base + path for base in bases]
    if ending:
        return Wanted(iris, choose(ENDINGS[ending], TRIPLES))
    choice = _found(choose(accept, _DOCUMENTS))
    if choice == _HTML and not _WITHOUT_PAGE.match(path):
        return Wanted(iris, None)
    found = next((name for name, media in ENDINGS.items() if media == choice.media_type), "ttl")
    return Wanted(iris, None, f"/{quote(path)}.{found}")


def known_iri(graph: Graph, iris: Iterable[str]) -> str | None:
    """The first of some IRIs that a graph has statements about or with, or as a named graph.

    >>> import sq_graph
    >>> of = "https://w3id.org/sq-graph/id/concept/"
    >>> known_iri(sq_graph.open().graph, [f"{of}nothing", f"{of}trust"])
    'https://w3id.org/sq-graph/id/concept/trust'
    """
    for iri in iris:
        with suppress(BadQuery):  # where a path has a character that no IRI may have
            name = graph_name(iri)
            if graph.ask(f"ASK {{ {_naming(iri)} UNION {{ GRAPH {name} {{ }} }} }}"):
                return iri
    return None


def statements_about(iri: str) -> str:
    """The query for all statements about an IRI or with it, in whatever graph."""
    return f"CONSTRUCT {{ <{iri}> ?p ?o . ?s ?q <{iri}> }} WHERE {{ {_naming(iri)} }}"


def _naming(iri: str) -> str:
    return f"""{{ <{iri}> ?p ?o }} UNION {{ GRAPH ?g {{ <{iri}> ?p ?o }} }}
        UNION {{ ?s ?q <{iri}> }} UNION {{ GRAPH ?h {{ ?s ?q <{iri}> }} }}"""


def _found(choice: Choice | None) -> Choice:
    if choice is None:
        raise HTTPException(406, f"There are {', '.join(one.media_type for one in _DOCUMENTS)}.")
    return choice
