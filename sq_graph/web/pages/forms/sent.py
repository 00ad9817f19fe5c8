"""What a form sends, and what is answered to it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sq_graph.web.pages.page import Page

Pairs = Sequence[tuple[str, str]]
"""Names and values as they were sent."""


class Sent(NamedTuple):
    """The answer to a form: a page, or the address to go on to."""

    page: Page | None = None
    place: str = ""


def form_page(
    template: str, title: str, address: str, content: Mapping[str, Any], status: int = 200
) -> Page:
    """A page below `/edit`, which nobody keeps."""
    return Page(template, title, address, content=content, status=status, lasting=False)
