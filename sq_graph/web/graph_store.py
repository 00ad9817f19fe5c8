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
_FORMS = {one.media_type: one.form for one in TRIPLES if one.form not in ("trig", "nquads")}


def graph_of(request: Request, address: str, base: str) -> tuple[str | None, bool]:
    """The graph that a request means (None: the default graph), and whether its name is new.

    Parameters:
        address: that of the request as visitors see it, which names the graph where no parameter
            does.
        base: the base IRI of the files below `/graphs`; empty for a store.
    """
    path = request.scope["path"]
    origin, rest = address.removesuffix(path), path.removeprefix(PATH).strip("/")
    pairs = address_parameters(request)
    named, default = values(pairs, "graph"), values(pairs, "default")
    if len(named) + len(default) > 1 or named == [""]:
        raise HTTPException(400, "Name one graph: graph=IRI once, or default.")
    if default:
        return None, False
    if named:
        return absolute(f"{origin}/", named[0]), False
    if rest:
        return (base + rest if base else address), False
    if request.method == "POST" and not base:
        return f"{origin}{PATH}/{uuid.uuid4()}", True
    raise HTTPException(400, "Name a graph: graph=IRI, or default.")


async def bodies_of(request: Request) -> Bodies:
    """The RDF in the body of a request, each part with its form."""
    body = await request.body()
    if media_type(request) == "multipart/form-data":
        return parts_of(request.headers["content-type"], body)
    return [(_form(media_type(request), request.headers.get("content-type", "")), body)]


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
    found: Bodies = []
    for part in message.walk():
        if part.is_multipart():
            continue
        ending = str(part.get_filename() or "").rpartition(".")[2]
        named = str(part.get("content-type", ""))
        kind = named.partition(";")[0].strip().lower() or SHORT.get(ending, "")
        content = part.get_payload(decode=True)
        found.append((_form(kind, named), content if isinstance(content, bytes) else b""))
    return found


def _form(kind: str, header: str) -> str:
    refuse_other_charsets(header)
    form = _FORMS.get(kind or "text/turtle")
    if form is None:
        listed = ", ".join(_FORMS)
        raise HTTPException(415, f"The type {kind} is not understood here. Send one of {listed}.")
    return form
