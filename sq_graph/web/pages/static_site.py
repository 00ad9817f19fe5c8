"""A map as a static site for any web space, `sq-graph export site DIR`: all pages and IRIs, with
relative links.
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
from sq_graph.model.attribution import credit_text
from sq_graph.model.facts import grouped
from sq_graph.vocab import BASE
from sq_graph.web.pages import ROUTES, page_at
from sq_graph.web.pages.page import DOWNLOADS, Page, download, redirect_page, to_html
from sq_graph.web.pages.page_context import PageContext, about_address

Fetch = Callable[[str], str | bytes | None]
"""Returns the content at an address: a page, whose links are followed, a file, or None where there
is nothing.
"""

_OVERVIEWS = frozenset(("/", "/search", *(path for path, route in ROUTES.items() if route.section)))
"""The pages in the site of a workspace, beside those of things."""
_LINK = re.compile(r'\b((?:href|src|action|data-terms|data-search)="|content="0;url=)(/[^"]*)"')
_FILES = {"": "index.html", "ttl": "index.ttl"} | {
    form: entry.file for form, entry in DOWNLOADS.items()
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
    all_iris = frozenset(_all_iris(context))
    iris = all_iris & _workspace_iris(context) if context.own_base else all_iris
    iri_by_path = {address_in_site(iri): iri for iri in sorted(iris)}
    about_addresses = {about_address(iri) for iri in iris}

    left_out = all_iris - iris

    def address_of_iri(iri: str) -> str:
        return iri if iri.partition("#")[0] in left_out else address_in_site(iri)

    def elsewhere(address: str) -> str:
        path, query, _ = _split(address)
        is_overview = path in _OVERVIEWS and not query
        if not context.own_base or path in iri_by_path or address in about_addresses or is_overview:
            return ""
        return BASE + file_at(address).removesuffix("index.html")

    context.address = address_of_iri
    authorships = "SELECT ?authorship ?work { ?work sq:authorship|sq:editorship ?authorship }"
    works = grouped(context.graph, authorships)  # an authorship has no page of its own

    @lru_cache(maxsize=64)  # the downloads of a page follow it
    def cached_page(path: str, query: str) -> Page:
        return page_at(context, f"{path}?{query}", iri_by_path.get(path, ""))

    def fetch(address: str) -> str | bytes:
        path, query, form = _split(address)
        if form == "ttl":
            return _turtle(context, iri_by_path[path])
        if work_iris := works.get(iri_by_path.get(path, "")):
            return redirect_page(address_of_iri(work_iris[-1]))
        page = cached_page(path, query)
        try:
            return download(page, form, context) if form else to_html(page, context)
        except MissingDependency as error:
            return f"{error}\n".encode()

    static = Path(__file__).parent.parent / "static"
    files = {f"static/{path.name}": path.read_bytes() for path in sorted(static.iterdir())}
    credits = context.credits(iris)
    entries = [
        [label, kind, file_at(address_of_iri(iri)), words, credit_text(credits.get(iri))]
        for iri, kind, label, words in atlas.words.entries()
        if iri in iris
    ]
    index = json.dumps(entries, ensure_ascii=False)  # a script, since a page on disk reads no JSON
    files["search-index.js"] = f"const searchIndex = {index};\n".encode()
    starts = ["/", *iri_by_path, *(f"{path}?format=ttl" for path in iri_by_path)]
    return write_site(folder, fetch, starts, files, progress, elsewhere)


def write_site(
    folder: Path,
    fetch: Fetch,
    starts: Iterable[str],
    files: Mapping[str, bytes],
    progress: Callable[[], None] | None = None,
    elsewhere: Callable[[str], str] = lambda _: "",
) -> int:
    """Writes everything that can be reached from `starts` into a folder, and `files` by path;
    returns the number of files.

    `elsewhere` returns the full address of a page of another site, and '' for a page of this one.
    Raises InputError for a folder with other files, or where a page links to an address without
    content.

    >>> from tempfile import TemporaryDirectory
    >>> pages = {"/": '<a href="/a?x=1">a</a>', "/a?x=1": '<a href="/#top">up</a>'}
    >>> with TemporaryDirectory() as folder:
    ...     number = write_site(Path(folder), pages.get, ["/"], {})
    ...     (Path(folder) / "a" / "with-x-1" / "index.html").read_text()
    '<a href="../../index.html#top">up</a>'
    """
    old_names = _prepare(folder)
    for name, data in files.items():
        _write(folder / name, data)
    pending = list(starts)
    seen = set(pending)
    while pending:
        address = pending.pop()
        content = fetch(address)
        if content is None:
            problem = f"a page links to {address}, which does not exist"
            raise InputError(problem, remedy="Please report this bug")
        name = file_at(address)
        if isinstance(content, str):
            html, links = _make_relative(content, name, files, elsewhere)
            content = html.encode()
            pending += [link for link in dict.fromkeys(links) if link not in seen]
            seen.update(links)
        _write(folder / name, content)
        if progress:
            progress()
    names = {*files, *map(file_at, seen)}
    for path in (folder / name for name in old_names - names):
        if path.resolve().is_relative_to(folder.resolve()):
            path.unlink(missing_ok=True)
    _write(folder / _MANIFEST, "\n".join([_NOTICE, *sorted(names)]).encode())
    return len(names)


def address_in_site(iri: str) -> str:
    """The path of a thing in a static site: the path of its IRI, after the host for things minted
    elsewhere.

    >>> address_in_site("https://w3id.org/sq-graph/id/work/room-1999")
    '/id/work/room-1999'
    >>> address_in_site("https://example.org/review/id/work/chan-2006")
    '/example.org/review/id/work/chan-2006'
    """
    return "/" + (iri[len(BASE) :] if iri.startswith(BASE) else iri.partition("://")[2])


def file_at(address: str) -> str:
    """The file with the content of an address.

    >>> file_at("/works/room-1999"), file_at("/works?format=csv"), file_at("/map?concept=trust")
    ('works/room-1999/index.html', 'works/data.csv', 'map/with-concept-trust/index.html')
    """
    path, query, form = _split(address)
    subfolder = re.sub(r"[^A-Za-z0-9_.~-]+", "-", query).strip("-")[:120]
    subfolder = f"with-{subfolder}" if query and form != "ttl" else ""
    return "/".join(part for part in (path.strip("/"), subfolder, _FILES[form]) if part)


def _split(address: str) -> tuple[str, str, str]:
    """The path of an address, its parameters without `format`, and the value of `format`."""
    path, _, query = address.partition("?")
    pairs = [pair for pair in query.split("&") if pair]
    forms = [pair for pair in pairs if pair.startswith("format=")]
    remaining = "&".join(pair for pair in pairs if pair not in forms)
    return path, remaining, forms[0].removeprefix("format=") if forms else ""


def _make_relative(
    html: str, name: str, files: Mapping[str, bytes], elsewhere: Callable[[str], str]
) -> tuple[str, list[str]]:
    """The HTML of a file with relative links, and the addresses that it links to."""
    links: list[str] = []

    def relative_link(match: re.Match[str]) -> str:
        address, hash_sign, fragment = unescape(match[2]).partition("#")
        path, mark, query = address.partition("?")
        if path.strip("/") in files:
            target = path.strip("/")
        elif path == "/search":  # answered in the browser, from the index
            target = f"search/index.html{mark}{query}"
            links.append("/search")
        elif url := elsewhere(address):
            return f'{match[1]}{escape(url + hash_sign + fragment)}"'
        else:
            address = address if path == "/" else address.rstrip("/")
            target = file_at(address)
            links.append(address)
        relative = relpath(target, name.rpartition("/")[0] or ".")
        return f'{match[1]}{escape(relative + hash_sign + fragment)}"'

    return _LINK.sub(relative_link, html), links


def _all_iris(context: PageContext) -> list[str]:
    """Every thing minted under the base of the map or of its workspaces, and every file; the parts
    of a file are on its page.
    """
    bases = tuple({layout.base for layout in context.atlas.layouts}) or (BASE,)
    iris = {
        *context.iris("SELECT DISTINCT ?s { ?s a ?kind FILTER(isIRI(?s)) }"),
        *context.graph.graphs(),
    }
    return sorted(iri for iri in iris if iri.startswith(bases) and "#" not in iri)


def _workspace_iris(context: PageContext) -> set[str]:
    """The things and files of a workspace, and the things that its statements refer to."""
    query = f"""SELECT DISTINCT ?s ?o {{ GRAPH ?g {{ ?s ?p ?o }}
      FILTER(STRSTARTS(STR(?g), "{context.own_base}")) }}"""
    ends = {end.value for row in context.graph.select(query).rows for end in row if end}
    return ends | {graph for graph in context.graph.graphs() if graph.startswith(context.own_base)}


def _turtle(context: PageContext, iri: str) -> bytes:
    """The file of a graph as it is written; for a thing, the statements about it or with it."""
    for layout in context.atlas.layouts:
        file = layout.path_of(iri)
        if file and file.is_file():
            return file.read_bytes()
    about, mentions = f"<{iri}> ?p ?o", f"?s ?q <{iri}>"
    query = f"CONSTRUCT {{ {about} . {mentions} }} WHERE {{ {{ {about} }} UNION {{ {mentions} }} }}"
    return context.graph.results(query, "turtle")


_MANIFEST = ".sq-graph-site"
"""The file that lists the files of a site."""
_NOTICE = "Written by sq-graph export site, which removes files that no longer belong to the site."


def _prepare(folder: Path) -> set[str]:
    """Creates the folder, unless it has a site already; returns the names of the files of that
    site.
    """
    manifest = folder / _MANIFEST
    if folder.is_dir() and any(folder.iterdir()) and not manifest.is_file():
        problem = f"{folder} contains files that do not belong to a site"
        raise InputError(problem, remedy="Name a new or an empty folder")
    try:
        lines = manifest.read_text(encoding="utf-8").splitlines() if manifest.is_file() else []
        names = set(lines[1:])
        _write(manifest, "\n".join([_NOTICE, *sorted(names)]).encode())
        _write(folder / ".nojekyll", b"")
        return names
    except OSError as error:
        problem = f"{folder} cannot be written ({error.strerror})"
        raise InputError(problem, remedy="Check its path and permissions") from None


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
