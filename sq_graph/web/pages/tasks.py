"""What a worker of the server does for pages and forms, each task as the server sends it."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from sq_graph.errors import SqGraphError
from sq_graph.export.void import to_void
from sq_graph.web import pages
from sq_graph.web.pages import Desk, RenderedPage, forms
from sq_graph.web.pages.forms.sent import Sent

_ROOT_LINK = re.compile(rb'\b((?:href|src|action|data-terms|data-search)=")/(?!/)')


def rendered(desk: Desk, task: Mapping[str, Any]) -> RenderedPage:
    """The page, download or form that a task asks for; for what was saved, where to go on.

    Parameters:
        desk: the map as pages read it.
        task: its `kind` (page, picture, form, edit, keep or void), and the `address`, or the
            `fields` that were sent.

    >>> import sq_graph
    >>> task = {"kind": "page", "address": "/works/room-1999", "form": "csv", "notice": ""}
    >>> rendered(Desk(sq_graph.open()), task).media
    'text/csv; charset=utf-8'
    """
    desk.notice, desk.session = task.get("notice", ""), task.get("session", "")
    page = _rendered(desk, task)
    prefix = urlsplit(desk.public_url).path.encode()
    if not (prefix and page.media.startswith("text/html")):
        return page
    return page._replace(body=_ROOT_LINK.sub(rb"\g<1>" + prefix + b"/", page.body))


def _rendered(desk: Desk, task: Mapping[str, Any]) -> RenderedPage:
    if task["kind"] == "keep":
        return RenderedPage(200, "text/plain", b"", place=pages.keep(desk, task["fields"]))
    if task["kind"] == "void":
        text = to_void(desk.graph, task["endpoint"])
        return RenderedPage(200, "text/turtle", text.encode())
    if task["kind"] in ("page", "picture"):
        return pages.render(desk, task["address"], task["form"])
    try:
        sent = _sent(desk, task)
    except SqGraphError as error:
        return pages.refused(desk, error, task["address"])
    if sent.page:
        return pages.html(desk, sent.page)
    return RenderedPage(200, "text/plain", b"", place=sent.place)


def _sent(desk: Desk, task: Mapping[str, Any]) -> Sent:
    if task["kind"] == "form":
        return Sent(forms.shown_page(desk, task["address"]))
    return forms.sent(desk, task["address"], task["fields"], task["refusal"])
