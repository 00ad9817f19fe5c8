"""The SPARQL 1.1 Graph Store Protocol: whole graphs by GET, PUT, POST and DELETE."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from email import message_from_bytes
from email.policy import HTTP
from pathlib import Path
from urllib.parse import urljoin

from starlette.responses import Response

from sq_graph.web.job import Refusal
from sq_graph.web.negotiation import SHORT, TRIPLES, choose
from sq_graph.web.protocol import accepted
from sq_graph.web.reply import EXPOSED, Reply, answer
from sq_graph.web.request import Request, values
from sq_graph.web.workers import Pool
from sq_graph.web.writing import Writing

PATH = "/graphs"
Bodies = list[tuple[str, bytes]]
_FORMS = {
    choice.media_type: choice.form for choice in TRIPLES if choice.form not in ("trig", "nquads")
}


class GraphStore:
    """Graphs by name: `?graph=IRI`, `?default`, or the address itself below `/graphs`."""

    def __init__(
        self,
        base: str,
        file_of: Callable[[str], Path | None],
        pool: Callable[[], Pool],
        permitted: Callable[[Request], Writing],
    ) -> None:
        self.base, self.file_of, self.pool, self.permitted = base, file_of, pool, permitted

    async def __call__(self, request: Request) -> Reply:
        request.must_be("GET", "HEAD", "PUT", "POST", "DELETE")
        graph, is_new = self._graph(request)
        if request.method in ("GET", "HEAD"):
            return await read(request, graph, self.file_of(graph or ""), self.pool())
        writing = self.permitted(request)
        if request.method == "DELETE":
            if not await writing.do(do="delete", graph=graph):
                raise Refusal(404, "There is no graph of this name.")
            return Response("The graph is gone.\n", media_type="text/plain")
        bodies = await self._bodies(request)
        created = await writing.do(
            do=request.method.lower(), graph=graph, bodies=bodies, base=graph or request.url
        )
        if created:
            place = EXPOSED | {"location": graph} if graph and is_new else None
            return Response("The graph is new.\n", 201, place, "text/plain")
        if request.method == "PUT" or not any(body.strip() for _, body in bodies):
            return Response(status_code=204)
        return Response("The statements were added.\n", media_type="text/plain")

    def _graph(self, request: Request) -> tuple[str | None, bool]:
        """The graph that is meant (None: the default graph), and whether its name is made up now."""
        pairs = request.parameters()
        named, default = values(pairs, "graph"), values(pairs, "default")
        if len(named) + len(default) > 1:
            raise Refusal(400, "Name one graph: graph=IRI once, or default.")
        if default:
            return None, False
        if named:
            return urljoin(f"{request.origin}/", named[0]), False
        rest = request.path.removeprefix(PATH).strip("/")
        if rest:
            return (self.base + rest if self.base else request.url), False
        if request.method == "POST" and not self.base:
            return f"{request.origin}{PATH}/{uuid.uuid4()}", True
        raise Refusal(400, "Name a graph: graph=IRI, or default.")

    async def _bodies(self, request: Request) -> Bodies:
        body = await request.body(request.settings.write_bytes)
        if request.content_type == "multipart/form-data":
            return parts(request.header("content-type"), body)
        return [(_form(request.content_type, request.header("content-type")), body)]


async def read(request: Request, graph: str | None, file: Path | None, pool: Pool) -> Reply:
    """A graph in the form that the client likes best; a file in Turtle as it is written."""
    choice = choose(accepted(request, request.parameters()), TRIPLES)
    if choice is None:
        raise Refusal(
            406, f"None of the forms you accept can be written. There are {', '.join(_FORMS)}."
        )
    if file and choice.form == "turtle":
        return Response(
            file.read_bytes(), headers={"content-type": choice.header, "vary": "Accept"}
        )
    job = await pool.ask(
        do="graph", graph=graph, triples=choice.form, rows="", zipped=request.wants_gzip()
    )
    return await answer(job, choice, request.scope)


def parts(content_type: str, body: bytes) -> Bodies:
    r"""The bodies within a multipart body, each with its form.

    >>> parts("multipart/form-data; boundary=x", b"--x\r\nContent-Type: text/turtle\r\n\r\n<a> <b> 1 .\r\n--x--\r\n")
    [('turtle', b'<a> <b> 1 .')]
    """
    message = message_from_bytes(
        f"Content-Type: {content_type}\r\n\r\n".encode() + body, policy=HTTP
    )
    if not message.is_multipart():
        raise Refusal(400, "The body has no parts, or its Content-Type names no boundary.")
    found: Bodies = []
    for part in message.walk():
        if part.is_multipart():
            continue
        name = str(part.get_filename() or "")
        named = str(part.get("content-type", ""))
        media_type = named.partition(";")[0].strip().lower() or SHORT.get(
            name.rpartition(".")[2], ""
        )
        content = part.get_payload(decode=True)
        found.append((_form(media_type, named), content if isinstance(content, bytes) else b""))
    return found


def _form(media_type: str, header: str) -> str:
    if "charset=" in header.lower() and not any(
        name in header.lower() for name in ("utf-8", "utf8", "us-ascii")
    ):
        raise Refusal(415, "Only UTF-8 is understood here.")
    form = _FORMS.get(media_type or "text/turtle")
    if form is None:
        raise Refusal(
            415, f"The type {media_type} is not understood here. Send one of {', '.join(_FORMS)}."
        )
    return form
