"""What a worker of the server does for pages and forms, each task as the server sends it."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from sq_graph.errors import InputError, SqGraphError
from sq_graph.export.void import to_void
from sq_graph.web import pages
from sq_graph.web.pages import PageContext, RenderedPage, forms
from sq_graph.web.pages.page import Page

_ROOT_LINK = re.compile(rb'\b((?:href|src|action|data-terms|data-search)=")/(?!/)')


def rendered(context: PageContext, task: Mapping[str, Any]) -> RenderedPage:
    """The page, download or form that a task asks for; for what was saved, where to go on.

    Parameters:
        context: the map as pages read it.
        task: its `kind` (page, picture, form, edit, keep or void), and the `address`, or the
            `fields` that were sent.

    >>> import sq_graph
    >>> task = {"kind": "page", "address": "/works/room-1999", "form": "csv", "notice": ""}
    >>> rendered(PageContext(sq_graph.open()), task).media
    'text/csv; charset=utf-8'
    """
    context.notice, context.session = task.get("notice", ""), task.get("session", "")
    page = _rendered(context, task)
    prefix = urlsplit(context.public_url).path.encode()
    if not (prefix and page.media.startswith("text/html")):
        return page
    return page._replace(body=_ROOT_LINK.sub(rb"\g<1>" + prefix + b"/", page.body))


def _rendered(context: PageContext, task: Mapping[str, Any]) -> RenderedPage:
    if task["kind"] == "keep":
        return RenderedPage(200, "text/plain", b"", place=pages.keep(context, task["fields"]))
    if task["kind"] == "void":
        text = to_void(context.graph, task["endpoint"])
        return RenderedPage(200, "text/turtle", text.encode())
    if task["kind"] in ("page", "picture"):
        return pages.render(context, task["address"], task["form"])
    try:
        if task["kind"] == "form":
            if sentence := task.get("refusal"):
                raise InputError(sentence.rstrip("."))
            found: Page | str = forms.shown_page(context, task["address"])
        else:
            found = forms.submit(context, task["address"], task["fields"], task["refusal"])
    except SqGraphError as error:
        return pages.refused(context, error, task["address"])
    if isinstance(found, Page):
        return pages.html(context, found)
    return RenderedPage(200, "text/plain", b"", place=found)
