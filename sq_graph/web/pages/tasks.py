"""The tasks of a worker of the server that concern pages and forms."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from sq_graph.errors import InputError, SqGraphError
from sq_graph.export.void import to_void
from sq_graph.web import pages
from sq_graph.web.pages import PageContext, RenderedPage, forms
from sq_graph.web.pages.page import Page

_ROOT_LINK = re.compile(rb'\b((?:href|src|action|data-terms|data-search|data-suggestions)=")/(?!/)')


def render_task(context: PageContext, task: Mapping[str, Any]) -> RenderedPage:
    """The page, download or form that a task asks for; after a save, a redirect.

    Parameters:
        context: the page context.
        task: its `kind` (page, picture, form, edit or void), and the `address`, or the
            `fields` that were sent.

    >>> import sq_graph
    >>> task = {"kind": "page", "address": "/works/room-1999", "form": "csv", "notice": ""}
    >>> render_task(PageContext(sq_graph.open()), task).media
    'text/csv; charset=utf-8'
    """
    context.notice, context.session = task.get("notice", ""), task.get("session", "")
    page = _render(context, task)
    prefix = urlsplit(context.public_url).path.encode()
    if not (prefix and page.media.startswith("text/html")):
        return page
    return page._replace(body=_ROOT_LINK.sub(rb"\g<1>" + prefix + b"/", page.body))


def _render(context: PageContext, task: Mapping[str, Any]) -> RenderedPage:
    if task["kind"] == "void":
        text = to_void(context.graph, task["endpoint"])
        return RenderedPage(200, "text/turtle", text.encode())
    if task["kind"] in ("page", "picture"):
        return pages.render(context, task["address"], task["form"])
    try:
        if task["kind"] == "form":
            if refusal := task.get("refusal"):
                raise InputError(refusal.rstrip("."))
            page: Page | str = forms.form_at(context, task["address"])
        else:
            page = forms.submit(context, task["address"], task["fields"], task["refusal"])
    except SqGraphError as error:
        return pages.render_error(context, error, task["address"])
    if isinstance(page, Page):
        return pages.render_page(context, page)
    return RenderedPage(200, "text/plain", b"", location=page)
