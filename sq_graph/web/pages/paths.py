"""The pages over HTTP: the form of a page that a client gets, and the redirects of IRIs."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sq_graph.errors import InputError
from sq_graph.export.void import to_service_description
from sq_graph.graph.engine import convert
from sq_graph.web import sparql
from sq_graph.web.errors import HEADERS
from sq_graph.web.negotiation import Choice, choose, quality
from sq_graph.web.pages.linked_data import is_iri, resolve

if TYPE_CHECKING:
    from sq_graph.web.app import Application

_ANSWER_CHOICES = (
    Choice("text/html", "html"),
    Choice("application/json", "object"),
    Choice("application/sparql-results+json", "json"),
    Choice("text/csv", "csv"),
)
_PAGE_CHOICES = _ANSWER_CHOICES[:2]


class Pages:
    """The paths of pages and things of one server."""

    def __init__(self, app: Application) -> None:
        self.app = app

    async def show(self, request: Request) -> Response:
        """Every path without a route of its own: the IRI of a thing, or a page."""
        path = request.scope["path"]
        if path != "/" and path.endswith("/"):
            query = request.url.query
            return self._redirect(f"/{path.strip('/')}{'?' + query if query else ''}", 308)
        if is_iri(path):
            return await self._iri(request)
        pairs = sparql.address_parameters(request)
        form = next((value for name, value in pairs if name == "format"), "")
        if not form:
            choices = _ANSWER_CHOICES if path.startswith("/ask/") else _PAGE_CHOICES
            choice = choose(request.headers.get("accept", ""), choices)
            form = choice.form if choice and choice.form != "html" else ""
        query = urlencode([pair for pair in pairs if pair[0] != "format"])
        response = await self.page(request, path, query, form)
        if response.status_code != 404 or query:
            return response
        try:  # perhaps it is the IRI of a file, or of a thing with a path of its own
            return await self._iri(request)
        except (HTTPException, InputError):
            if form == "object" or "text/html" in request.headers.get("accept", ""):
                return response
            raise

    async def page(self, request: Request, path: str, query: str = "", form: str = "") -> Response:
        """The page at a path, in one of its forms."""
        task = {
            "kind": "picture" if form == "png" else "page",
            "address": f"{path}?{query}" if query else path,
            "form": form,
            "notice": self.app.pool.failure,
        }
        try:
            return await self.app.answer(request, task, kind="page")
        except HTTPException as error:
            if path != "/query" or form or error.status_code != 503:
                raise
            # the page with the query and the reason why it is not answered
            task |= {"unanswered": error.detail}
            response = await self.app.answer(request, task, kind="page")
            response.status_code = error.status_code
            response.headers.update(error.headers or {})
            return response

    def service(self, request: Request, url: str) -> Response:
        """`/sparql` without a query: the form for one, or the description of the service."""
        accept, settings = request.headers.get("accept", ""), self.app.settings
        if quality("text/html", accept) > quality("text/turtle", accept):
            return self._redirect("/query", 303)
        endpoint = f"{self.app.origin(request)}/sparql"
        text = to_service_description(endpoint, url, bool(settings.store), settings.writable)
        return _document(request, text)

    async def void(self, request: Request) -> Response:
        """`/.well-known/void`: the dataset with its counts."""
        sparql.refuse_others(request, "format")
        task = {"kind": "void", "endpoint": f"{self.app.origin(request)}/sparql"}
        reply = await self.app.run(task, request)
        return _document(request, reply.body().decode())

    async def _iri(self, request: Request) -> Response:
        """The path of an IRI: its statements, or a redirect to them or to its page."""
        target = resolve(request, request.scope["path"], self.app.bases)
        form = sparql.form_of(target.document)
        task = {"kind": "resource", "iris": target.iris, "triples": form, "rows": None}
        if form:
            return await self.app.answer(request, task)
        reply = await self.app.run(task, request)
        return self._redirect(target.redirect or reply.head["page"], 303)

    def _redirect(self, path: str, status: int) -> Response:
        return RedirectResponse(self.app.settings.prefix + path, status, {"vary": "Accept"})


def _document(request: Request, turtle: str) -> Response:
    """A Turtle document in the form that the client prefers."""
    choice, body = sparql.chosen_triples(request), turtle.encode()
    if choice.form != "turtle":
        body = convert(body, "turtle", choice.form)
    return Response(body, 200, HEADERS["every"] | {"content-type": choice.header})
