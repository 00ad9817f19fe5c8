"""The SPARQL 1.1 Protocol: the parameters of a request, and the form of its answer."""

import re
from binascii import a2b_qp
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

from starlette.exceptions import HTTPException
from starlette.requests import Request

from sq_graph.errors import refuse_unknown
from sq_graph.web.negotiation import ROWS, SHORT, TRIPLES, Choice, choose

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
Parameters = list[tuple[str, str]]
_CHARSET = re.compile(r"charset\s*=\s*\"?([\w-]+)", re.IGNORECASE)
_CHANGING = re.compile(r"\b(NOW|RAND|UUID|STRUUID|BNODE)\b")
_CHANGING_PARTS = ("NOW", "RAND", "UUID", "BNODE")  # looked for first, which is six times faster
_GRAPHS = ("default-graph-uri", "named-graph-uri", "using-graph-uri", "using-named-graph-uri")
PARAMETERS = ("query", "update", *_GRAPHS, "format")
"""The parameters of the endpoint."""
IGNORED = ("output", "results")
"""Parameters by which SPARQLWrapper always sends the form of an answer once more."""


async def parameters_of(request: Request) -> Parameters:
    """All parameters of a request, those of its body included.

    Raises InputError for a parameter that the endpoint does not have, and HTTPException for a body
    of another type or encoding.
    """
    pairs = address_parameters(request)
    if request.method == "POST":
        pairs += await _body_parameters(request)
    refuse_others(request, *PARAMETERS, pairs=[pair for pair in pairs if pair[0] not in IGNORED])
    return pairs


def refuse_others(request: Request, *allowed: str, pairs: Parameters | None = None) -> None:
    """Raises InputError for an unknown parameter of the address, or of `pairs` if given."""
    parameters = dict(address_parameters(request) if pairs is None else pairs)
    refuse_unknown(f"the address {request.scope['path']}", parameters, allowed)


async def _body_parameters(request: Request) -> Parameters:
    kind = media_type(request)
    if kind not in (FORM, QUERY, UPDATE):
        subject = f"The type {kind} is" if kind else "A body without Content-Type is"
        sentence = f"{subject} not supported. Send {FORM}, {QUERY} or {UPDATE}."
        raise HTTPException(415 if kind else 400, sentence)
    refuse_other_charsets(request.headers.get("content-type", ""))
    body = await request.body()
    if kind == FORM:
        return decoded_form(body)
    try:
        return [("query" if kind == QUERY else "update", body.decode("utf-8-sig"))]
    except UnicodeDecodeError:
        raise HTTPException(400, "The body is not UTF-8. Send UTF-8.") from None


def refuse_other_charsets(header: str) -> None:
    """Raises HTTPException for a `Content-Type` that names another charset than UTF-8."""
    charset = _CHARSET.search(header)
    if charset and charset[1].lower() not in ("utf-8", "utf8", "us-ascii"):
        raise HTTPException(415, f"The charset {charset[1]} is not supported. Send UTF-8.")


def operation(pairs: Parameters) -> tuple[str, str] | None:
    """The operation of a request, `query` or `update`, and its text; None if neither is sent.

    >>> operation([("query", "ASK {}"), ("default-graph-uri", "https://example.org/")])
    ('query', 'ASK {}')
    """
    operations = [(name, value) for name, value in pairs if name in ("query", "update")]
    if len(operations) > 1:
        raise HTTPException(400, "The request has more than one query or update. Send one.")
    excluded = _GRAPHS[2:] if operations and operations[0][0] == "query" else _GRAPHS[:2]
    for name, _ in pairs if operations else ():
        if name in excluded:
            raise HTTPException(400, f"{name} is not used with {operations[0][0]}. Leave it out.")
    return operations[0] if operations else None


def query_task(request: Request, pairs: Parameters, text: str, base: str) -> dict[str, Any]:
    """A query as a task of the pool; raises HTTPException if no form of an answer is accepted."""
    accept = accepted(request, pairs)
    rows, triples = choose(accept, ROWS), choose(accept, TRIPLES)
    if rows is None and triples is None:
        refuse_forms((*ROWS, *TRIPLES))
    return {
        "kind": "query",
        "text": text,
        "default": values(pairs, "default-graph-uri"),
        "named": values(pairs, "named-graph-uri"),
        "base": base,
        "rows": form_of(rows),
        "triples": form_of(triples),
    }


def refuse_forms(offered: Iterable[Choice]) -> NoReturn:
    """Raises HTTPException, since a client accepts none of the forms on offer."""
    types = ", ".join(dict.fromkeys(choice.media_type for choice in offered))
    raise HTTPException(406, f"No type that you accept is available. Accept one of {types}.")


def chosen_triples(request: Request) -> Choice:
    """The form of triples that a client prefers; raises HTTPException if there is none."""
    return choose(accepted(request, address_parameters(request)), TRIPLES) or refuse_forms(TRIPLES)


def form_of(choice: Choice | None) -> tuple[str, str] | None:
    """The form of an answer and its `Content-Type`, as fields of a task."""
    return choice and (choice.form, choice.header)


def is_stable(text: str) -> bool:
    """Whether a query has the same answer until the graph changes."""
    upper = text.upper()
    return not (any(name in upper for name in _CHANGING_PARTS) and _CHANGING.search(upper))


def accepted(request: Request, pairs: Parameters) -> str:
    """The `Accept` header; or the value of `format=` if that header is open or a browser's."""
    accept = request.headers.get("accept", "")
    formats = values(pairs, "format")
    if formats and (accept in ("", "*/*") or "text/html" in accept):
        return SHORT.get(formats[0].lower(), formats[0])
    return accept


def media_type(request: Request) -> str:
    """The media type of the body, without parameters; empty if none is named."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def values(pairs: Sequence[tuple[str, str]], name: str) -> list[str]:
    """All values of one parameter."""
    return [value for key, value in pairs if key == name]


def address_parameters(request: Request) -> Parameters:
    """The parameters of the address, in their order."""
    return list(_decoded_address(request.scope["query_string"]))


def decoded_form(form: bytes) -> Parameters:
    """The pairs of a URL-encoded form; raises HTTPException if they are not UTF-8, or too many.

    >>> decoded_form(b"query=ASK+%7B%7D&default-graph-uri=")
    [('query', 'ASK {}'), ('default-graph-uri', '')]
    """
    pairs = [pair.replace(b"+", b" ").partition(b"=") for pair in form.split(b"&", 1_000) if pair]
    if len(pairs) > 1_000:
        raise HTTPException(400, "The request has more than 1000 parameters.")
    try:
        return [(_unquoted(name).decode(), _unquoted(value).decode()) for name, _, value in pairs]
    except UnicodeDecodeError:
        sentence = "The parameters are not percent-encoded UTF-8. Send UTF-8."
        raise HTTPException(400, sentence) from None


@lru_cache(maxsize=256)
def _decoded_address(query: bytes) -> tuple[tuple[str, str], ...]:
    return tuple(decoded_form(query))


def _unquoted(text: bytes) -> bytes:
    """Decodes percent-encoded bytes by way of quoted-printable, ten times faster than `unquote`.

    A long query would otherwise delay all others.
    """
    escapes = text.count(b"%")
    if b"\n" not in text and b"\r" not in text:
        decoded = a2b_qp(text.replace(b"=", b"=3D").replace(b"%", b"="))
        if len(decoded) == len(text) - 2 * escapes:  # else some escape is broken
            return decoded
    return unquote_to_bytes(text)
