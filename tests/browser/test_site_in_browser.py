"""The site of plain files in real Chromium, from a file server and from a sub-path."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sq_graph.graph.layout import workspace
from sq_graph.web.pages.plain import export_site
from tests.test_site import MINI, opened


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A plain file server with the site of the tiny world two folders below its root."""
    site = tmp_path_factory.mktemp("web")
    export_site(opened(workspace(MINI)), site / "people" / "map")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None: ...

    served = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(site))
    )
    threading.Thread(target=served.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{served.server_port}"
    served.shutdown()


def test_search_and_pages_work_from_a_sub_path(
    visit: Callable[..., Any], violations: Callable[[Any], list[str]], server: str
) -> None:
    page = visit("/people/map/index.html", base=server)
    page.get_by_label("Search the map", exact=True).fill("a 2003")
    page.keyboard.press("Enter")
    page.locator("#found a").first.click()
    assert "2003" in page.locator("h1").inner_text()
    page.get_by_role("link", name="Typologies", exact=True).click()
    assert page.locator("h1").inner_text() == "Typologies"
    assert violations(page) == []


def test_the_site_is_whole_without_javascript(visit: Callable[..., Any], server: str) -> None:
    page = visit("/people/map/concepts/index.html", base=server, java_script_enabled=False)
    page.locator(".tree a").first.click()
    assert page.locator("main h1").count() == 1
