"""A map as plain files for any web space: every page, every IRI a folder with HTML and Turtle, all links relative.

The pages come from outside, by their addresses; this module follows their links, gives each a place, and writes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path, PurePosixPath
from posixpath import relpath

from sq_graph.errors import InputError

_LINK = re.compile(r'\b(href|src|action|data-terms|data-search)="(/[^"]*)"')
_SAFE = re.compile(r"[^A-Za-z0-9_.~-]+")


@dataclass(frozen=True)
class Sheet:
    """One address: its HTML, or the content of a file of another kind, whose links are left alone."""

    content: bytes
    is_page: bool = True


Fetch = Callable[[str], Sheet | None]
"""Gives what stands at an address; None where nothing does."""


def write_site(
    folder: Path, fetch: Fetch, begin: Iterable[str], files: Mapping[str, bytes],
    progress: Callable[[], None] | None = None,
) -> int:  # fmt: skip
    """Writes everything that can be reached from `begin` into a folder, and `files` by path; returns their number.

    Raises InputError for a folder that holds something else, or where a page links to an address that has nothing.

    >>> from tempfile import TemporaryDirectory
    >>> pages = {"/": Sheet(b'<a href="/a?x=1">a</a>'), "/a?x=1": Sheet(b'<a href="/#top">up</a>')}
    >>> with TemporaryDirectory() as made:
    ...     written = write_site(Path(made), pages.get, ["/"], {})
    ...     (Path(made) / "a" / "with-x-1" / "index.html").read_text()
    '<a href="../../index.html#top">up</a>'
    """
    _make_room(folder)
    waiting, seen = list(begin), set(begin)
    for path, content in files.items():
        _keep(folder / path, content)
    while waiting:
        address = waiting.pop()
        sheet = fetch(address)
        if sheet is None:
            raise InputError(f"a page links to {address}, where there is nothing", remedy="Report it; it is a fault")
        place = place_of(address)
        content = sheet.content
        if sheet.is_page:
            html, linked = _relative(content.decode(), place, files)
            content = html.encode()
            waiting += [other for other in dict.fromkeys(linked) if other not in seen]
            seen.update(linked)
        _keep(folder / place, content)
        if progress:
            progress()
    return len(seen) + len(files)


def place_of(address: str) -> str:
    """The file at which an address is kept.

    >>> place_of("/works/room-1999"), place_of("/works?format=csv"), place_of("/map?concept=trust")
    ('works/room-1999/index.html', 'works/data.csv', 'map/with-concept-trust/index.html')
    """
    path, _, query = address.partition("?")
    pairs = [pair for pair in query.split("&") if pair]
    form = next((pair[7:] for pair in pairs if pair.startswith("format=")), "")
    others = [pair for pair in pairs if not pair.startswith("format=")]
    if form == "ttl" or not others:
        place = PurePosixPath(path.strip("/"))
    else:
        place = PurePosixPath(path.strip("/")) / f"with-{_SAFE.sub('-', '-'.join(others)).strip('-')[:120]}"
    return str(place / _NAMES.get(form, "index.html"))


_NAMES = {
    "csv": "data.csv", "json": "data.json", "md": "data.md", "tex": "data.tex", "svg": "picture.svg",
    "png": "picture.png", "text": "citation.txt", "bibtex": "citation.bib", "csl-json": "citation.json",
    "ttl": "index.ttl",
}  # fmt: skip


def _relative(html: str, place: str, files: Mapping[str, bytes]) -> tuple[str, list[str]]:
    """The HTML with relative links, and the addresses that it links to."""
    linked: list[str] = []
    here = str(PurePosixPath(place).parent)

    def turned(found: re.Match[str]) -> str:
        whole = unescape(found[2])
        address, hash_sign, part = whole.partition("#")
        path, _, query = address.partition("?")
        address = address if path == "/" else address.rstrip("/")
        if path.strip("/") in files:
            target = path.strip("/")
        elif path == "/search":  # answered in the browser, from the index
            target = "search/index.html" + (f"?{query}" if query else "")
            linked.append("/search")
        else:
            target = place_of(address)
            linked.append(address)
        return f'{found[1]}="{escape(relpath(target, here) + hash_sign + part)}"'

    return _LINK.sub(turned, html), linked


def _make_room(folder: Path) -> None:
    if folder.is_dir() and any(folder.iterdir()) and not (folder / ".sq-graph-site").is_file():
        raise InputError(f"{folder} holds something else than a site", remedy="Name a new or an empty folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".sq-graph-site").write_text("Made by sq-graph export site; may be written over.\n")
        (folder / ".nojekyll").write_text("")
    except OSError as error:
        raise InputError(
            f"{folder} cannot be written ({error.strerror})", remedy="Check its place and rights"
        ) from None


def _keep(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
