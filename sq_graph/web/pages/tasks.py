"""What a worker of the server does for pages and forms, each task as the server sends it."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from sq_graph.errors import InputError, SqGraphError
from sq_graph.export.void import to_void
from sq_graph.web import pages
from sq_graph.web.pages import RenderedPage, Site, forms
from sq_graph.web.pages.page import Page

_ROOT_LINK = re.compile(rb'\b((?:href|src|action|data-terms|data-search)=")/(?!/)')


def rendered(site: Site, task: Mapping[str, Any]) -> RenderedPage:
    """The page, download or form that a task asks for; for what was saved, where to go on.

    Parameters:
        site: the map as pages read it.
        task: its `kind` (page, picture, form, edit, keep or void), and the `address`, or the
            `fields` that were sent.

    >>> import sq_graph
    >>> task = {"kind": "page", "address": "/works/room-1999", "form": "csv", "notice": ""}
    >>> rendered(Site(sq_graph.open()), task).media
    'text/csv; charset=utf-8'
    """
    site.notice, site.session = task.get("notice", ""), task.get("session", "")
    page = _rendered(site, task)
    prefix = urlsplit(site.public_url).path.encode()
    if not (prefix and page.media.startswith("text/html")):
        return page
    return page._replace(body=_ROOT_LINK.sub(rb"\g<1>" + prefix + b"/", page.body))


def _rendered(site: Site, task: Mapping[str, Any]) -> RenderedPage:
    if task["kind"] == "keep":
        return RenderedPage(200, "text/plain", b"", place=pages.keep(site, task["fields"]))
    if task["kind"] == "void":
        text = to_void(site.graph, task["endpoint"])
        return RenderedPage(200, "text/turtle", text.encode())
    if task["kind"] in ("page", "picture"):
        return pages.render(site, task["address"], task["form"])
    try:
        if task["kind"] == "form":
            if sentence := task.get("refusal"):
                raise InputError(sentence.rstrip("."))
            found: Page | str = forms.shown_page(site, task["address"])
        else:
            found = forms.submit(site, task["address"], task["fields"], task["refusal"])
    except SqGraphError as error:
        return pages.refused(site, error, task["address"])
    if isinstance(found, Page):
        return pages.html(site, found)
    return RenderedPage(200, "text/plain", b"", place=found)
