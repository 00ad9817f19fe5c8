"""Shared by several tests: the packaged map, opened once, the available sources, and parts that may be missing."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

import pyoxigraph as ox
import pytest

import sq_graph
from sq_graph import resources
from sq_graph.atlas import Atlas
from sq_graph.atlas import atlas as maps
from sq_graph.graph import EmbeddedGraph
from sq_graph.graph.layout import Layout
from sq_graph.model.attribution import Attribution
from tests.workspaces import light_root

ROOT = Path(__file__).parent.parent
PACKAGED = resources.root()
SHELL = "/usr/bin/chromium-headless-shell"  # the same engine without a window: three times lighter
CHROMIUM = os.environ.get("CHROMIUM", SHELL if Path(SHELL).is_file() else "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]

SLOWEST = (
    "test_forms_in_browser.py",
    "test_reason.py",
    "test_pages.py",
    "test_browser.py",
    "test_importers.py",
    "test_edit_methods.py",
    "test_endpoint.py",
    "test_check.py",
    "test_positions.py",
    "test_site.py",
    "test_pictures.py",
    "test_shapes.py",
    "test_hostile.py",
    "test_queries.py",
    "test_exchange.py",
    "test_endpoint_store.py",
    "test_ontology.py",
    "test_sync.py",
    "test_remote.py",
    "test_evidence.py",
    "test_shacl.py",
    "test_endpoint_workspace.py",
    "test_owlapi.py",
)
"""The slowest files, started first, so that no process waits for them at the end.

Files that wait for browsers and servers alternate with those that compute, so that no core idles.
"""


def pytest_configure() -> None:
    """Collects garbage less often: maps that stay open would be traversed again and again."""
    gc.set_threshold(1_000_000, 10, 10)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the slowest files first."""
    ranks = {name: rank for rank, name in enumerate(SLOWEST)}
    items.sort(key=lambda item: ranks.get(item.path.name, len(ranks)))


@pytest.fixture(scope="session", autouse=True)
def isolated_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keeps loaded maps in a cache that only the tests use."""
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def atlas() -> Atlas:
    """The packaged map."""
    return sq_graph.open()


@pytest.fixture(scope="module")
def loaded_once(atlas: Atlas) -> Iterator[None]:
    """Lets a module of tests that change no graph reuse the packaged map of the session; a map with
    a workspace is loaded anew.
    """
    graph, load = atlas.graph, maps.load_map

    def load_map(layouts: Sequence[Layout], *progress: Any) -> EmbeddedGraph:
        is_packaged = list(layouts) == [Layout(PACKAGED)]
        return graph if is_packaged else load(layouts, *progress)  # type: ignore[return-value]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(maps, "load_map", load_map)
        yield


@pytest.fixture(scope="session")
def light_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packaged content without what was read in Phillips 2008."""
    return light_root(tmp_path_factory.mktemp("light") / "map")


@pytest.fixture(scope="module")
def light_content(light_folder: Path) -> Iterator[None]:
    """Replaces the packaged content by the lighter one in a module of tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resources, "root", lambda: light_folder)
        yield


@pytest.fixture
def full_content(light_content: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Restores all of the packaged content for a test of such a module."""
    monkeypatch.setattr(resources, "root", lambda: PACKAGED)


@pytest.fixture(scope="session")
def paper() -> Path:
    """The text of the paper that was read."""
    return source_path("source/phillips-2008.txt")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, driven by Playwright."""
    if not Path(CHROMIUM).is_file():
        skip_or_fail(
            "Chromium is not at hand: apt-get install chromium, or set CHROMIUM to its path"
        )
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        skip_or_fail("Playwright is not installed: pip install 'sq-graph[dev]'")
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


def source_path(name: str) -> Path:
    """A file or folder of the sources; the test is skipped where it is not available, and fails where
    the sources are named or required.
    """
    sources = os.environ.get("SQ_GRAPH_SOURCES")
    path = Path(sources or ROOT.parent / "shared") / name
    if not path.exists():
        message = f"{path} is not at hand: set SQ_GRAPH_SOURCES to the folder that holds {name}"
        if sources:
            pytest.fail(message)
        skip_or_fail(message)
    return path


def solutions(store: ox.Store, text: str, **options: Any) -> list[ox.QuerySolution]:
    """The rows of a SELECT as the engine itself returns them."""
    results = store.query(text, **options)
    assert isinstance(results, ox.QuerySolutions)
    return list(results)


def attribution_of(statement: Any) -> Attribution:
    """To whom a statement is attributed; the test fails where nobody is named."""
    assert isinstance(statement.attribution, Attribution)
    return statement.attribution


def skip_or_fail(reason: str) -> NoReturn:
    """Skips the test because something is missing, or fails it where everything is required."""
    if os.environ.get("SQ_GRAPH_REQUIRE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
