"""The text of the page that was read, if the workspace has it."""

from dataclasses import replace
from functools import lru_cache
from itertools import product
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
"""The folders of a workspace for the texts of works, as `SLUG.txt`, `.md` or `.pdf`."""
_MAX_LINES = 60
"""The number of lines that a form shows of a text without pages."""


class PageText(NamedTuple):
    """Some lines of a text: its name, their page or range, and the lines."""

    name: str
    range_label: str
    lines: tuple[str, ...]


def page_text(context: PageContext, work: str, page: str) -> PageText | None:
    """The lines of a page of a work; None if the workspace has no text of the work, or the text no
    such page.
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
    start, end = span or (1, min(_MAX_LINES, len(source.lines)))
    range_label = source.label(start, end) if source.pages else f"lines {start}–{end}"
    return PageText(source.name, range_label, source.lines[start - 1 : end])


def phrase_problem(context: PageContext, work: str, page: str, phrase: str) -> str:
    """The result of `verify` for a phrase that is not on the page that a form shows; '' if it is
    there, or the form shows no text.
    """
    source = _source(context, work) if phrase and page_text(context, work, page) else None
    if source is None:
        return ""
    first, last = locator_of(page)[:2] if page else ("", "")
    location = PassageLocation(source.work, context.label(source.work), first, last)
    unverified = verify([Anchor("", phrase, (location,))], [source]).rest
    return unverified[0].detail if unverified else ""


def _source(context: PageContext, work: str) -> Source | None:
    """The text of a work with its pages as `verify` counts them; None if there is none."""
    try:
        iri = context.atlas.find(work, "work")
        path = _text_path(context.atlas.layouts[-1].root, slug_of(iri))
        source = _read(path, path.stat().st_mtime_ns) if path else None
    except SqGraphError:
        return None
    return source and replace(source, work=iri).numbered(text(context.facts_of(iri), "bibo:pages"))


def _text_path(root: Path, slug: str) -> Path | None:
    parts = product(FOLDERS, (".txt", ".md", ".pdf"), ("", f"{slug}/"))
    paths = (root / folder / f"{subfolder}{slug}{suffix}" for folder, suffix, subfolder in parts)
    return next(filter(Path.is_file, paths), None)


@lru_cache(maxsize=8)
def _read(path: Path, _: int) -> Source:
    return read_source(path)
