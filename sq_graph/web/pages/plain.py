"""The pages as plain files: `sq-graph export site DIR`."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from sq_graph.atlas import Atlas
from sq_graph.errors import MissingPart
from sq_graph.export.site import Sheet, write_site
from sq_graph.vocab import BASE
from sq_graph.web.pages import at
from sq_graph.web.pages.desk import Desk
from sq_graph.web.pages.home import index
from sq_graph.web.pages.page import Page, render, take


def address_in_site(iri: str) -> str:
    """The path of a thing in a site of files: that of its IRI, with the host of those that are minted elsewhere.

    >>> address_in_site("https://w3id.org/sq-graph/id/work/room-1999")
    '/id/work/room-1999'
    >>> address_in_site("https://example.org/review/id/work/chan-2006")
    '/example.org/review/id/work/chan-2006'
    """
    return "/" + (iri[len(BASE) :] if iri.startswith(BASE) else iri.partition("://")[2])


def export_site(atlas: Atlas, folder: Path, public_url: str = "", progress: Callable[[], None] | None = None) -> int:
    """Writes all pages and all IRIs of a map into a folder; returns the number of files.

    Raises InputError for a folder that holds something else.
    """
    desk = Desk(atlas, public_url, is_static=True)
    desk.address = address_in_site
    things = {address_in_site(iri): iri for iri in _things(desk)}

    @lru_cache(maxsize=64)  # the downloads of a page follow it
    def page_at(address: str, iri: str) -> Page:
        return at(desk, address, iri)

    def fetch(address: str) -> Sheet | None:
        path, _, query = address.partition("?")
        iri = things.get(path)
        if query == "format=ttl" and iri:
            return Sheet(_turtle(desk, iri), is_page=False)
        form = next((pair[7:] for pair in query.split("&") if pair.startswith("format=")), "")
        asked = "&".join(pair for pair in query.split("&") if pair and not pair.startswith("format="))
        page = page_at(f"{path}?{asked}", iri or "")
        if not form:
            return Sheet(render(page, desk).encode())
        try:
            return Sheet(take(page, form, desk), is_page=False)
        except MissingPart as missing:
            return Sheet(f"{missing}\n".encode(), is_page=False)

    static = Path(__file__).parent.parent / "static"
    files = {f"static/{path.name}": path.read_bytes() for path in sorted(static.iterdir())}
    files["search-index.json"] = json.dumps(
        [[one.label, one.kind, _target(desk.address(one.iri)), one.words] for one in index(desk)], ensure_ascii=False
    ).encode()
    return write_site(folder, fetch, ["/", *things, *(f"{path}?format=ttl" for path in things)], files, progress)


def _things(desk: Desk) -> list[str]:
    """Every thing that our map, or one over it, has minted, and every file; parts of a file stand on its page."""
    bases = tuple({layout.base for layout in desk.atlas.layouts}) or (BASE,)
    query = "SELECT DISTINCT ?s { ?s a ?kind FILTER(isIRI(?s)) }"
    named = {row["s"].value for row in desk.graph.select(query)} | set(desk.graph.graphs())
    return sorted(iri for iri in named if iri.startswith(bases) and "#" not in iri)


def _turtle(desk: Desk, iri: str) -> bytes:
    """The file of a graph's IRI as it is written; else what is said of a thing and what speaks of it."""
    for layout in desk.atlas.layouts:
        file = layout.path_of(iri)
        if file and file.is_file():
            return file.read_bytes()
    return desk.graph.results(
        f"CONSTRUCT {{ <{iri}> ?p ?o . ?s ?q <{iri}> }} WHERE {{ {{ <{iri}> ?p ?o }} UNION {{ ?s ?q <{iri}> }} }}",
        "turtle",
    )


def _target(address: str) -> str:
    return address.strip("/") + "/index.html"
