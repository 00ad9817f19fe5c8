"""Every IRI of the graph resolves: it leads to a page for people, or to its statements for programs.

An IRI leads on (303) to a document whose address ends in `.ttl`, `.nt`, `.rdf` or `.jsonld`, or to the page of
the thing. Things minted elsewhere are found as `/resource?iri=…`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from sq_graph.graph.layout import Layout
from sq_graph.vocab import BASE
from sq_graph.web.job import Refusal
from sq_graph.web.negotiation import TRIPLES, Choice, choose
from sq_graph.web.protocol import accepted
from sq_graph.web.reply import Reply, answer
from sq_graph.web.request import Request, values
from sq_graph.web.workers import Pool

ENDINGS = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
}
_HTML = Choice("text/html", "html")
_DOCUMENTS = (*(choice for choice in TRIPLES if choice.media_type in ENDINGS.values()), _HTML)
_UNSAFE = frozenset('<>"{}|\\^` \n\r\t')


class LinkedData:
    """Documents about things and files, found by the path of their IRIs."""

    def __init__(self, layouts: Sequence[Layout]) -> None:
        self.layouts = list(layouts)
        self.bases = list(dict.fromkeys([BASE, *(layout.base for layout in layouts)]))

    async def __call__(self, request: Request, pool: Pool) -> Reply:
        """The document, or the way to it; raises Refusal with 404 where the graph says nothing of the IRI."""
        request.must_be("GET", "HEAD")
        path, ending = request.path.lstrip("/"), ""
        asked = values(request.parameters(), "iri")
        if path != "resource" and path.rpartition(".")[2] in ENDINGS:
            path, _, ending = path.rpartition(".")
        iri = await self._known(
            asked[:1] if path == "resource" else [base + path for base in self.bases], pool
        )
        if path == "resource" or ending:
            return await self._document(request, iri, ending, pool)
        choice = choose(accepted(request, request.parameters()), _DOCUMENTS)
        if choice is None:
            raise Refusal(
                406, f"There are {', '.join(choice.media_type for choice in _DOCUMENTS)}."
            )
        place = page_of(iri) if choice == _HTML else f"/{quote(path)}.{_ending(choice)}"
        return RedirectResponse(place, 303, {"vary": "Accept"})

    async def _document(self, request: Request, iri: str, ending: str, pool: Pool) -> Reply:
        accept = ENDINGS[ending] if ending else accepted(request, request.parameters())
        choice = choose(accept, TRIPLES)
        if choice is None:
            raise Refusal(406, f"There are {', '.join(ENDINGS.values())}.")
        file = self.file_of(iri)
        if file and choice.form == "turtle":  # as it is written
            return Response(file.read_bytes(), headers={"content-type": choice.header})
        how = {"triples": choice.form, "rows": "", "zipped": request.wants_gzip()}
        if file or await _is_graph(iri, pool):
            return await answer(await pool.ask(do="graph", graph=iri, **how), choice, request.scope)
        said = f"{{ <{iri}> ?p ?o }} UNION {{ GRAPH ?g {{ <{iri}> ?p ?o }} }}"
        of_it = f"{{ ?s ?q <{iri}> }} UNION {{ GRAPH ?h {{ ?s ?q <{iri}> }} }}"
        text = f"CONSTRUCT {{ <{iri}> ?p ?o . ?s ?q <{iri}> }} WHERE {{ {said} UNION {of_it} }}"
        return await answer(await pool.ask(do="query", text=text, **how), choice, request.scope)

    async def _known(self, iris: Sequence[str], pool: Pool) -> str:
        for iri in iris:
            if not _UNSAFE & set(iri) and await _is_known(iri, pool):
                return iri
        raise Refusal(404, "The graph says nothing of this IRI.")

    def file_of(self, iri: str) -> Path | None:
        """The file of a named graph, if it is one of the map's."""
        paths = (layout.path_of(iri) for layout in self.layouts)
        return next((path for path in paths if path and path.is_file()), None)


def page_of(iri: str) -> str:
    """The address of the page that shows a thing to people."""
    from sq_graph.web.pages.desk import address_of

    return address_of(iri)


async def _is_known(iri: str, pool: Pool) -> bool:
    return await _is_graph(iri, pool) or await _is_true(
        f"ASK {{ {{ <{iri}> ?p ?o }} UNION {{ GRAPH ?g {{ <{iri}> ?p ?o }} }} UNION {{ ?s ?p <{iri}> }} }}",
        pool,
    )


async def _is_graph(iri: str, pool: Pool) -> bool:
    return await _is_true(f"ASK {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}", pool)


async def _is_true(text: str, pool: Pool) -> bool:
    job = await pool.ask(do="query", text=text, rows="csv", triples="")
    return b"".join(job.parts).strip() == b"true"


def _ending(choice: Choice) -> str:
    return next(ending for ending, media_type in ENDINGS.items() if media_type == choice.media_type)
