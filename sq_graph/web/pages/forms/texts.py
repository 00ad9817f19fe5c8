"""The text of the page that was read, where the workspace has it."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from sq_graph.errors import SqGraphError
from sq_graph.evidence.sources import Source, read_source
from sq_graph.evidence.verify import Anchor, PassageLocation, verify
from sq_graph.importers.attributing import locator_of
from sq_graph.model.facts import text
from sq_graph.vocab import slug_of
from sq_graph.web.pages.page_context import PageContext

FOLDERS = ("source", "sources", "texts")
"""Folders of a workspace in which the texts of works are looked for, as `SLUG.txt`, `.md` or
`.pdf`.
"""
_AROUND = 60
"""Lines that are shown of a text without pages."""


class PageText(NamedTuple):
    """Some lines of a text: what it is called, which lines, and where the page before and after
    begin.
    """

    name: str
    place: str
    lines: tuple[str, ...]


def page_text(context: PageContext, work: str, page: str) -> PageText | None:
    """The lines of a page of a work; None where no text of the work is at hand, or it has no such
    page.
    """
    source = _source(context, work)
    if source is None:
        return None
    try:
        span = source.span(*locator_of(page)[:2]) if page else None
    except SqGraphError:
        return None
    if source.pages and not span:
        return None
    begin, end = span or (1, min(_AROUND, len(source.lines)))
    place = source.label(begin, end) if source.pages else f"lines {begin}–{end}"
    return PageText(source.name, place, source.lines[begin - 1 : end])


def doubt_of_phrase(context: PageContext, work: str, page: str, phrase: str) -> str:
    """What `verify` says of a phrase that is not on the page that a form shows; '' where it is
    there, or the form shows no text.
    """
    if (
        not phrase
        or page_text(context, work, page) is None
        or not (source := _source(context, work))
    ):
        return ""
    first, last = locator_of(page)[:2] if page else ("", "")
    place = PassageLocation(source.work, context.label(source.work), first, last)
    rest = verify([Anchor("", phrase, (place,))], [source]).rest
    return rest[0].detail if rest else ""


def _source(context: PageContext, work: str) -> Source | None:
    """The text of a work with its pages as `verify` counts them; None where none is at hand."""
    try:
        iri = context.atlas.find(work, "work")
        path = _file_of(context.atlas.layouts[-1].root, slug_of(iri))
        source = _read(path, path.stat().st_mtime_ns) if path else None
    except SqGraphError:
        return None
    if source is None:
        return None
    return replace(source, work=iri).numbered(text(context.one(iri), "bibo:pages"))


def _file_of(root: Path, slug: str) -> Path | None:
    names = (
        f"{folder}/{within}{slug}{ending}"
        for folder in FOLDERS
        for ending in (".txt", ".md", ".pdf")
        for within in ("", f"{slug}/")
    )
    return next((root / name for name in names if (root / name).is_file()), None)


@lru_cache(maxsize=8)
def _read(path: Path, _: int) -> Source:
    return read_source(path)
