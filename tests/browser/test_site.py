"""The site of plain files: no dead link, every IRI resolves, opened from a file server, a sub-path and a disk."""

from __future__ import annotations

import functools
import http.server
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from sq_graph.atlas import Atlas
from sq_graph.errors import InputError
from sq_graph.graph import EmbeddedGraph
from sq_graph.graph.embedded import load_files
from sq_graph.graph.layout import Layout, workspace
from sq_graph.vocab import kind_of
from sq_graph.web.pages.page import Page
from sq_graph.web.pages.static_site import address_in_site, export_site, file_at, write_site
from tests.browser.conftest import FindViolations, Visit
from tests.serving import in_background

MINI = Path(__file__).parents[1] / "mini"
ROOM = "https://w3id.org/sq-graph/id/work/room-1999"


OWN_WORK = """@prefix work: <https://example.org/mine/id/work/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix sq: <https://w3id.org/sq-graph/core#> .
work:new-2020 a sq:Work, owl:NamedIndividual ; rdfs:label "New 2020"@en ; dcterms:title "A new work"@en ;
    sq:year 2020 ; sq:about <https://example.org/mini/id/concept/draught> .
"""
"""A work of a workspace that extends the tiny world, about one of its concepts."""


def open_map(*layouts: Layout) -> Atlas:
    """A map of these layouts alone."""
    graph = EmbeddedGraph()
    for layout in layouts:
        load_files(graph, ((file.path, file.iri, file.listed) for file in layout.files()))
    return Atlas(graph, layouts)


@pytest.fixture(scope="module")
def mini() -> Atlas:
    """The tiny world by itself."""
    return open_map(workspace(MINI))


@pytest.fixture(scope="module")
def site(mini: Atlas, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root folder of a server, with the site of the tiny world two folders below it."""
    root = tmp_path_factory.mktemp("web")
    export_site(mini, root / "people" / "map")
    return root


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """The address of a file server with the site."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None: ...

    handler = functools.partial(Quiet, directory=str(site))
    with in_background(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)) as server:
        yield f"http://127.0.0.1:{server.server_port}"


def links(html: str) -> list[str]:
    return [
        unescape(link)
        for link in re.findall(r'\b(?:href|src|action|data-search|data-terms)="([^"]*)"', html)
    ]


@pytest.mark.wide
def test_no_link_is_dead_and_all_are_relative(site: Path) -> None:
    pages = sorted((site / "people" / "map").rglob("*.html"))
    assert len(pages) > 150
    for page in pages:
        html = page.read_text(encoding="utf-8")
        for link in links(html):
            parts = urlsplit(link)
            is_relative = not parts.scheme and not parts.netloc and not link.startswith("/")
            assert is_relative, f"{page}: {link}"
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            assert target.is_file(), f"{page}: {link}"
            if parts.fragment and target.suffix == ".html":
                assert f'id="{parts.fragment}"' in target.read_text(encoding="utf-8"), (
                    f"{page}: {link}"
                )


def test_the_site_of_a_workspace_holds_the_things_it_refers_to_and_links_to_others(
    tmp_path: Path,
) -> None:
    folder, site = tmp_path / "own", tmp_path / "site"
    (folder / "ontology" / "data" / "works").mkdir(parents=True)
    (folder / "workspace.toml").write_text(
        'base = "https://example.org/mine/"\ntitle = "Mine"\nauthor = "A. Student"\n'
    )
    (folder / "ontology" / "data" / "works" / "new-2020.ttl").write_text(OWN_WORK)
    steps: list[None] = []
    count = export_site(
        open_map(workspace(MINI), workspace(folder)), site, progress=lambda: steps.append(None)
    )
    pages = sorted(site.rglob("*.html"))
    assert count < 250 and len(steps) >= len(pages)
    home = (site / "index.html").read_text(encoding="utf-8")
    assert "<h1>Mine</h1>" in home and "A. Student" in home
    new = (site / "example.org/mine/id/work/new-2020/index.html").read_text(encoding="utf-8")
    assert "A new work" in new
    assert (site / "example.org/mini/id/concept/draught" / "index.html").is_file()
    links_out = set()
    for page in pages:
        for link in links(page.read_text(encoding="utf-8")):
            parts = urlsplit(link)
            if parts.scheme:
                links_out.add(link)
            elif parts.path:
                assert (page.parent / unquote(parts.path)).resolve().is_file(), f"{page}: {link}"
    assert any(link.startswith("https://example.org/mini/id/definition/") for link in links_out)


@pytest.mark.wide
def test_every_iri_is_a_folder_with_html_and_turtle(mini: Atlas, site: Path) -> None:
    query = "SELECT DISTINCT ?s { ?s a owl:NamedIndividual }"
    things = [row["s"].value for row in mini.graph.select(query)]
    assert len(things) > 80
    for iri in [*things, *mini.graph.graphs()]:
        folder = site / "people" / "map" / address_in_site(iri).strip("/")
        html = (folder / "index.html").read_text(encoding="utf-8")
        if kind_of(iri) == "authorship":  # only a position in a list of authors
            [link] = links(html)
            assert f'url={link}"' in html and (folder / link).is_file(), iri
            assert kind_of((folder / link).resolve().parent.as_posix()) == "work"
        turtle = (folder / "index.ttl").read_text(encoding="utf-8")
        graph = EmbeddedGraph()
        graph.add(turtle.encode(), iri)
        assert graph.ask(f"ASK {{ <{iri}> ?p ?o }}"), iri


def test_a_file_is_copied_unchanged(site: Path) -> None:
    source = MINI / "ontology" / "data" / "concepts.ttl"
    copy = site / "people" / "map" / "example.org" / "mini" / "data" / "concepts" / "index.ttl"
    assert copy.read_bytes() == source.read_bytes()


def test_downloads_and_citations_are_beside_their_page(site: Path) -> None:
    folder = site / "people" / "map" / "works"
    assert {path.name for path in folder.iterdir()} >= {
        "index.html",
        "data.csv",
        "data.json",
        "data.md",
        "data.tex",
        "citation.txt",
        "citation.bib",
        "citation.json",
    }
    assert (folder / "data.csv").read_text(encoding="utf-8").startswith("work,year,title")


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(InputError, match="do not belong to a site"):
        write_site(tmp_path, lambda _: "", ["/"], {})
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_site_is_written_over_a_site(tmp_path: Path) -> None:
    for text in ("old", "new"):
        write_site(tmp_path, lambda _, text=text: text, ["/"], {"static/x.css": b"x"})  # type: ignore[misc]
    assert (tmp_path / "index.html").read_bytes() == b"new"


def test_what_is_no_longer_part_of_a_site_is_removed_from_it(tmp_path: Path) -> None:
    write_site(tmp_path, {"/": '<a href="/gone">x</a>', "/gone": "gone"}.get, ["/"], {})
    (tmp_path / "CNAME").write_text("mine")
    assert (tmp_path / "gone" / "index.html").read_text() == "gone"
    write_site(tmp_path, {"/": "new"}.get, ["/"], {})
    assert not (tmp_path / "gone" / "index.html").exists()
    assert (tmp_path / "CNAME").read_text() == "mine"


def test_a_picture_with_characters_that_the_pdf_lacks_is_offered_as_svg_and_png() -> None:
    picture = "<svg><text>{}</text></svg>"
    assert Page("", "", "/", picture=picture.format("trust")).downloads == ("svg", "png", "pdf")
    assert Page("", "", "/", picture=picture.format("أنواع")).downloads == ("svg", "png")


def test_a_dead_link_stops_the_export_with_its_address(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="/gone"):
        write_site(tmp_path, {"/": '<a href="/gone">x</a>'}.get, ["/"], {})


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/", "index.html"),
        ("/?format=svg", "picture.svg"),
        ("/id/work/room-1999?format=ttl", "id/work/room-1999/index.ttl"),
        ("/typologies?compare=a&undrawn=1", "typologies/with-compare-a-undrawn-1/index.html"),
        ("/map?concept=trust&format=png", "map/with-concept-trust/picture.png"),
    ],
)
def test_each_address_has_its_file(address: str, path: str) -> None:
    assert file_at(address) == path


def test_the_address_of_a_packaged_thing_is_the_path_of_its_iri() -> None:
    assert urljoin("https://w3id.org/sq-graph/", address_in_site(ROOM).strip("/")) == ROOM


def test_search_and_pages_work_from_a_sub_path(
    visit: Visit, violations: FindViolations, address: str
) -> None:
    page = visit("/people/map/index.html", base=address)
    page.get_by_label("Search the map", exact=True).fill("a 2003")
    page.keyboard.press("Enter")
    page.locator("#hits a").first.click()
    assert "2003" in page.locator("h1").inner_text()
    for words in ('"a 2003"', "«a 2003»", "a-2003", "A 200"):
        page.get_by_label("Search the map", exact=True).fill(words)
        page.keyboard.press("Enter")
        page.locator("#hits a", has_text="2003").first.wait_for()
    page.get_by_role("link", name="Typologies", exact=True).click()
    assert page.locator("h1").inner_text() == "Typologies"
    assert violations(page) == []


def test_the_site_is_searched_from_disk(browser: Any, site: Path) -> None:
    page = browser.new_page()
    page.goto((site / "people" / "map" / "index.html").as_uri())
    page.get_by_label("Search the map", exact=True).fill("a 2003")
    page.keyboard.press("Enter")
    page.locator("#hits a", has_text="2003").first.click()
    assert "2003" in page.locator("h1").inner_text()
    page.goto((site / "people" / "map" / "search" / "index.html").as_uri() + "?kind=definition")
    page.locator("#hits li").first.wait_for()
    assert page.locator("#hits .credit:not(:empty)").count() == page.locator("#hits li").count()
    page.close()


def test_the_site_is_complete_without_javascript(visit: Visit, address: str) -> None:
    page = visit("/people/map/concepts/index.html", base=address, java_script_enabled=False)
    page.locator(".tree a").first.click()
    assert page.locator("main h1").count() == 1
