"""A map as plain files for any web space, `sq-graph export site DIR`: all pages, all IRIs, all
links relative.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from html import escape, unescape
from pathlib import Path
from posixpath import relpath

from sq_graph.atlas import Atlas
from sq_graph.errors import InputError, MissingDependency
from sq_graph.model.facts import grouped
from sq_graph.vocab import BASE
from sq_graph.web.pages import PLAIN, at
from sq_graph.web.pages.page import DOWNLOADS, Page, moved, take, to_html
from sq_graph.web.pages.page_context import PageContext, about_address

Fetch = Callable[[str], str | bytes | None]
"""Gives what stands at an address: a page, whose links are followed, a file, or None where there is
nothing.
"""

_OVERVIEWS = frozenset(("/", "/search", *(path for path, view in PLAIN.items() if view.section)))
"""The pages of a workspace's site beside those of things."""
_LINK = re.compile(r'\b((?:href|src|action|data-terms|data-search)="|content="0;url=)(/[^"]*)"')
_FILES = {"": "index.html", "ttl": "index.ttl"} | {
    name: one.file for name, one in DOWNLOADS.items()
}


def export_site(
    atlas: Atlas,
    folder: str | Path,
    public_url: str = "",
    progress: Callable[[], None] | None = None,
) -> int:
    """Write the pages and IRIs of a map into a folder; return the number of files.

    For a workspace, its own things, what they refer to and the overviews are written; everything
    else is a link to the packaged map.

    Parameters:
        atlas: the map.
        folder: where the site is written; it may hold an earlier one.
        public_url: the address at which visitors will find it, for citations.
        progress: is called after each page.

    Raises InputError for a folder that has other files, or cannot be written.
    """
    folder, context = Path(folder), PageContext(atlas, public_url, is_static=True)
    every = frozenset(_things(context))
    kept = every & _touched(context) if context.own_base else every
    left_out = every - kept
    things = {address_in_site(iri): iri for iri in sorted(kept)}
    abouts = {about_address(iri) for iri in kept}

    def address_here(iri: str) -> str:
        return iri if iri.partition("#")[0] in left_out else address_in_site(iri)

    def elsewhere(address: str) -> str:
        path, query, _ = _parts(address)
        is_overview = path in _OVERVIEWS and not query
        is_here = not context.own_base or path in things or address in abouts or is_overview
        return "" if is_here else BASE + file_at(address).removesuffix("index.html")

    context.address = address_here
    authored = "SELECT ?place ?work { ?work sq:authorship|sq:editorship ?place }"
    works = grouped(context.graph, authored)  # a place in a list of authors has no page of its own

    @lru_cache(maxsize=64)  # the downloads of a page follow it
    def page_at(path: str, query: str) -> Page:
        return at(context, f"{path}?{query}", things.get(path, ""))

    def fetch(address: str) -> str | bytes:
        path, query, form = _parts(address)
        if form == "ttl":
            return _turtle(context, things[path])
        if of := works.get(things.get(path, "")):
            return moved(context.address(of[-1]))
        page = page_at(path, query)
        try:
            return take(page, form, context) if form else to_html(page, context)
        except MissingDependency as missing:
            return f"{missing}\n".encode()

    static = Path(__file__).parent.parent / "static"
    files = {f"static/{path.name}": path.read_bytes() for path in sorted(static.iterdir())}
    found = [
        [label, kind, file_at(context.address(iri)), words]
        for iri, kind, label, words in atlas.words.entries()
        if iri in kept
    ]
    index = json.dumps(found, ensure_ascii=False)  # a script, since a page on disk reads no JSON
    files["search-index.js"] = f"const searchIndex = {index};\n".encode()
    begin = ["/", *things, *(f"{path}?format=ttl" for path in things)]
    return write_site(folder, fetch, begin, files, progress, elsewhere)


def write_site(
    folder: Path,
    fetch: Fetch,
    begin: Iterable[str],
    files: Mapping[str, bytes],
    progress: Callable[[], None] | None = None,
    elsewhere: Callable[[str], str] = lambda _: "",
) -> int:
    """Writes everything that can be reached from `begin` into a folder, and `files` by path;
    returns their number.

    `elsewhere` gives the whole address of what another site holds, and '' for what belongs to this
    one. Raises InputError for a folder that holds something else, or where a page links to an
    address that has nothing.

    >>> from tempfile import TemporaryDirectory
    >>> pages = {"/": '<a href="/a?x=1">a</a>', "/a?x=1": '<a href="/#top">up</a>'}
    >>> with TemporaryDirectory() as made:
    ...     written = write_site(Path(made), pages.get, ["/"], {})
    ...     (Path(made) / "a" / "with-x-1" / "index.html").read_text()
    '<a href="../../index.html#top">up</a>'
    """
    before = _make_room(folder)
    for name, content in files.items():
        _keep(folder / name, content)
    waiting = list(begin)
    seen = set(waiting)
    while waiting:
        address = waiting.pop()
        found = fetch(address)
        if found is None:
            what = f"a page links to {address}, where there is nothing"
            raise InputError(what, remedy="Report it; it is a fault")
        place = file_at(address)
        if isinstance(found, str):
            html, linked = _relative(found, place, files, elsewhere)
            found = html.encode()
            waiting += [other for other in dict.fromkeys(linked) if other not in seen]
            seen.update(linked)
        _keep(folder / place, found)
        if progress:
            progress()
    now = {*files, *map(file_at, seen)}
    for gone in (folder / name for name in before - now):
        if gone.resolve().is_relative_to(folder.resolve()):
            gone.unlink(missing_ok=True)
    _keep(folder / _MARK, "\n".join([_MADE, *sorted(now)]).encode())
    return len(now)


def address_in_site(iri: str) -> str:
    """The path of a thing in a site of files: that of its IRI, with the host of those that are
    minted elsewhere.

    >>> address_in_site("https://w3id.org/sq-graph/id/work/room-1999")
    '/id/work/room-1999'
    >>> address_in_site("https://example.org/review/id/work/chan-2006")
    '/example.org/review/id/work/chan-2006'
    """
    return "/" + (iri[len(BASE) :] if iri.startswith(BASE) else iri.partition("://")[2])


def file_at(address: str) -> str:
    """The file at which an address is kept.

    >>> file_at("/works/room-1999"), file_at("/works?format=csv"), file_at("/map?concept=trust")
    ('works/room-1999/index.html', 'works/data.csv', 'map/with-concept-trust/index.html')
    """
    path, query, form = _parts(address)
    within = re.sub(r"[^A-Za-z0-9_.~-]+", "-", query).strip("-")[:120]
    within = f"with-{within}" if query and form != "ttl" else ""
    return "/".join(part for part in (path.strip("/"), within, _FILES[form]) if part)


def _parts(address: str) -> tuple[str, str, str]:
    """The path of an address, its parameters, and its form, which is one of them."""
    path, _, query = address.partition("?")
    pairs = [pair for pair in query.split("&") if pair]
    forms = [pair for pair in pairs if pair.startswith("format=")]
    rest = "&".join(pair for pair in pairs if pair not in forms)
    return path, rest, forms[0].removeprefix("format=") if forms else ""


def _relative(
    html: str, place: str, files: Mapping[str, bytes], elsewhere: Callable[[str], str]
) -> tuple[str, list[str]]:
    """The HTML with relative links, and the addresses that it links to."""
    linked: list[str] = []

    def turned(found: re.Match[str]) -> str:
        address, hash_sign, part = unescape(found[2]).partition("#")
        path, mark, query = address.partition("?")
        if path.strip("/") in files:
            target = path.strip("/")
        elif path == "/search":  # answered in the browser, from the index
            target = f"search/index.html{mark}{query}"
            linked.append("/search")
        elif other := elsewhere(address):
            return f'{found[1]}{escape(other + hash_sign + part)}"'
        else:
            address = address if path == "/" else address.rstrip("/")
            target = file_at(address)
            linked.append(address)
        here = relpath(target, place.rpartition("/")[0] or ".")
        return f'{found[1]}{escape(here + hash_sign + part)}"'

    return _LINK.sub(turned, html), linked


def _things(context: PageContext) -> list[str]:
    """Every thing that our map, or one over it, has minted, and every file; parts of a file stand
    on its page.
    """
    bases = tuple({layout.base for layout in context.atlas.layouts}) or (BASE,)
    named = {
        *context.of("SELECT DISTINCT ?s { ?s a ?kind FILTER(isIRI(?s)) }"),
        *context.graph.graphs(),
    }
    return sorted(iri for iri in named if iri.startswith(bases) and "#" not in iri)


def _touched(context: PageContext) -> set[str]:
    """The things and files of a workspace, and the things that its statements refer to."""
    query = f"""SELECT DISTINCT ?s ?o {{ GRAPH ?g {{ ?s ?p ?o }}
      FILTER(STRSTARTS(STR(?g), "{context.own_base}")) }}"""
    ends = {end.value for row in context.graph.select(query).rows for end in row if end}
    return ends | {graph for graph in context.graph.graphs() if graph.startswith(context.own_base)}


def _turtle(context: PageContext, iri: str) -> bytes:
    """The file of a graph's IRI as it is written; else what is said of a thing and what speaks of
    it.
    """
    for layout in context.atlas.layouts:
        file = layout.path_of(iri)
        if file and file.is_file():
            return file.read_bytes()
    ends = f"<{iri}> ?p ?o", f"?s ?q <{iri}>"
    query = f"CONSTRUCT {{ {' . '.join(ends)} }} WHERE {{ {{ {ends[0]} }} UNION {{ {ends[1]} }} }}"
    return context.graph.results(query, "turtle")


_MARK = ".sq-graph-site"
"""The file that lists those of a site."""
_MADE = "Made by sq-graph export site, which removes these files when they are part of it no more."


def _make_room(folder: Path) -> set[str]:
    """Makes the folder, or finds a site in it; returns the files of that."""
    mark = folder / _MARK
    if folder.is_dir() and any(folder.iterdir()) and not mark.is_file():
        what = f"{folder} holds something else than a site"
        raise InputError(what, remedy="Name a new or an empty folder")
    try:
        before = {*mark.read_text(encoding="utf-8").splitlines()[1:]} if mark.is_file() else set()
        _keep(mark, "\n".join([_MADE, *sorted(before)]).encode())
        _keep(folder / ".nojekyll", b"")
        return before
    except OSError as error:
        why = f"{folder} cannot be written ({error.strerror})"
        raise InputError(why, remedy="Check its place and rights") from None


def _keep(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
