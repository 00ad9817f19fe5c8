"""Errors as HTTP answers: the status of each kind of error, and one sentence as the body."""

from collections.abc import Mapping
from html import escape
from http.client import responses
from string import Template

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from sq_graph import errors
from sq_graph.resources import data_beside, text_beside
from sq_graph.table import as_json
from sq_graph.web.negotiation import REFUSALS, choose

HEADERS: dict[str, dict[str, str]] = data_beside(__file__, "headers.json")
"""The headers of every answer, of a page, of a form, and of answers that other sites may read; no
part of a page comes from another host, or goes to one.
"""
_PAGE = Template(text_beside(__file__, "refusal.html"))
"""The page that a browser shows if no worker can make one."""
STATUS: dict[type[Exception], int] = {
    errors.FindingsError: 422,
    errors.UnknownName: 404,
    errors.InputError: 400,
    errors.MissingDependency: 501,
    errors.EngineError: 503,
}
"""The status of each kind of error; the first that matches counts."""


def status_of(error: Exception) -> int:
    """The HTTP status of an error.

    >>> full = OSError(28, "No space left on device")
    >>> status_of(errors.InputError("the text is empty")), status_of(full)
    (400, 507)
    """
    if errors.is_disk_full(error):
        return 507
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


def sentence_of(error: Exception) -> str:
    """The message of an error in one sentence; findings follow it line by line.

    >>> sentence_of(errors.InputError("the text is empty"))
    'The text is empty.'
    """
    if isinstance(error, HTTPException):
        has_detail = error.detail != "Not Found"  # the default of Starlette
        return error.detail if has_detail else "There is nothing at this address."
    if errors.is_disk_full(error):
        return "The disk of the server is full, so nothing was changed. Free some space and retry."
    if not isinstance(error, errors.SqGraphError | MemoryError):
        return f"The engine failed: {error}."
    sentence = "\n".join([str(error), *map(str, getattr(error, "findings", ()))])
    return sentence if getattr(error, "where", "") else sentence[:1].upper() + sentence[1:]


def refusal(
    accept: str, status: int, sentence: str, headers: Mapping[str, str], prefix: str = ""
) -> Response:
    """The response to an error, as the client prefers it: a sentence; a problem (RFC 9457) for
    programs that ask for JSON; for a browser a page that links to the home page below `prefix`.
    """
    all_headers = HEADERS["every"] | dict(headers)
    choice = choose(accept, REFUSALS)
    if not choice or not choice.form:
        return PlainTextResponse(f"{sentence}\n", status, all_headers)
    if choice.form == "html":
        title = responses.get(status, "Error").capitalize()
        page = _PAGE.substitute(title=title, prefix=prefix, sentence=escape(sentence))
        return HTMLResponse(page, status, HEADERS["page"] | all_headers)
    return Response(problem(status, sentence), status, all_headers, "application/problem+json")


def problem(status: int, sentence: str) -> str:
    """An error as JSON (RFC 9457)."""
    title = responses.get(status, "Error")
    return as_json({"type": "about:blank", "title": title, "status": status, "detail": sentence})


def busy(sentence: str = "The server is busy with long tasks.") -> HTTPException:
    """A temporary refusal, with the seconds after which to try again."""
    return HTTPException(503, f"{sentence} Try again in a moment.", {"retry-after": "5"})


def token_needed(action: str) -> HTTPException:
    """The refusal of an action for which a token is needed."""
    sentence = f"{action} needs the header Authorization: Bearer with the right token."
    return HTTPException(401, sentence, {"www-authenticate": 'Bearer realm="sq-graph"'})
