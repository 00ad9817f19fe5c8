"""The SPARQL 1.1 Graph Store Protocol: which graph a request means, and the RDF in its body."""

import uuid
from email import message_from_bytes
from email.policy import HTTP

from starlette.exceptions import HTTPException
from starlette.requests import Request

from sq_graph.graph.sparql_limits import absolute
from sq_graph.web.negotiation import SHORT, TRIPLES
from sq_graph.web.sparql import address_parameters, media_type, refuse_other_charsets, values

PATH = "/graphs"
Bodies = list[tuple[str, bytes]]
_FORMS = {item.media_type: item.form for item in TRIPLES if item.form not in ("trig", "nquads")}


def graph_of(request: Request, address: str, base: str) -> tuple[str | None, bool]:
    """The graph that a request means (None: the default graph), and whether its name is new.

    Parameters:
        address: the address of the request as visitors see it, which names the graph if no
            parameter does.
        base: the base IRI of the files below `/graphs`; empty for a store.
    """
    path = request.scope["path"]
    origin, subpath = address.removesuffix(path), path.removeprefix(PATH).strip("/")
    pairs = address_parameters(request)
    names, defaults = values(pairs, "graph"), values(pairs, "default")
    if len(names) + len(defaults) > 1 or names == [""]:
        raise HTTPException(400, "Name one graph: graph=IRI once, or default.")
    if defaults:
        return None, False
    if names:
        return absolute(f"{origin}/", names[0]), False
    if subpath:
        return (base + subpath if base else address), False
    if request.method == "POST" and not base:
        return f"{origin}{PATH}/{uuid.uuid4()}", True
    raise HTTPException(400, "Name a graph: graph=IRI, or default.")


async def bodies_of(request: Request) -> Bodies:
    """The RDF in the body of a request, each part with its form."""
    body = await request.body()
    if media_type(request) == "multipart/form-data":
        return parts_of(request.headers["content-type"], body)
    return [(_form_of(media_type(request), request.headers.get("content-type", "")), body)]


def parts_of(content_type: str, body: bytes) -> Bodies:
    r"""The parts of a multipart body, each with its form.

    >>> body = b"--x\r\nContent-Type: text/turtle\r\n\r\n<a> <b> 1 .\r\n--x--\r\n"
    >>> parts_of("multipart/form-data; boundary=x", body)
    [('turtle', b'<a> <b> 1 .')]
    """
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = message_from_bytes(head + body, policy=HTTP)
    if not message.is_multipart():
        raise HTTPException(400, "The body has no parts, or its Content-Type names no boundary.")
    parts: Bodies = []
    for part in message.iter_parts():
        extension = str(part.get_filename() or "").rpartition(".")[2]
        header = str(part.get("content-type", ""))
        media = header.partition(";")[0].strip().lower()
        if media in ("", "application/octet-stream"):  # as curl sends a file that it does not know
            media = SHORT.get(extension, media)
        content = part.get_payload(decode=True)
        parts.append((_form_of(media, header), content if isinstance(content, bytes) else b""))
    return parts


def _form_of(media: str, header: str) -> str:
    refuse_other_charsets(header)
    form = _FORMS.get(media or "text/turtle")
    if form is None:
        types = ", ".join(_FORMS)
        raise HTTPException(415, f"The type {media} is not supported. Send one of {types}.")
    return form
