"""Reading notes (Markdown, HTML, JSON, or the highlights of a PDF) as rows of the template.

Each annotation gives its work, its page and a locating phrase; the reader's own comment becomes
the note. The quotation itself is not kept, and the coding is left open.
"""

import json
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

from sq_graph.errors import BrokenFile, SqGraphError
from sq_graph.importers.annotations import json_annotations, pdf_annotations, text_colours
from sq_graph.importers.encodings import read_text
from sq_graph.importers.people import csl_names
from sq_graph.importers.quotations import Annotation, parse_annotations
from sq_graph.model.records import make_slug
from sq_graph.vocab import slug_of

NoteRow = dict[str, str]
Find = Callable[[str, Sequence[str]], str]
"""Finds the IRI of a thing by its name, among some kinds; raises SqGraphError where there is none.
"""


@dataclass(frozen=True)
class Notes:
    """The rows, by column of the sheet of definitions, and how many annotations name no work."""

    rows: list[NoteRow]
    left_out: int


def read_notes(path: Path, find: Find) -> Notes:
    """The annotations of a file; raises BrokenFile if it holds none."""
    described: dict[tuple[str, str], NoteRow] = {}
    left_out, ending = 0, path.suffix.lower()
    if ending == ".pdf":
        found = pdf_annotations(path)
    elif ending == ".json":
        found = json_annotations(read_text(path), str(path))
    elif ending in (".docx", ".doc", ".odt", ".rtf"):
        what, remedy = "notes of a word processor are not read", "Save them as a web page (.html)"
        raise BrokenFile(what, str(path), remedy=remedy)
    else:
        content = marked = read_text(path)
        is_export = "zotero" in content or "data-citation" in content
        if ending in (".html", ".htm"):
            described, content = _described(content), "".join(_Text(content).parts)
        found, left_out = parse_annotations(content, is_export)
        found = text_colours(marked, found)
    if not found:
        remedy = "Export the notes with quotations and citations, as Markdown, HTML or JSON"
        what = "these notes have no annotation with a citation"
        raise BrokenFile(what, str(path), remedy=remedy)
    return Notes([note_row(one, described, find) for one in found], left_out)


def note_row(one: Annotation, described: dict[tuple[str, str], NoteRow], find: Find) -> NoteRow:
    """An annotation by column, with all its words under `quotation`, which is no column and is not
    kept.
    """
    first = make_slug(re.split(r"\s+(?:et al|and|&|und|et|y)\b", one.who)[0])
    phrase = " ".join(one.quotation.split()[:8]).strip(" .,;:…")
    row = {"page": one.page, "phrase": phrase, "note": one.comment, "quotation": one.quotation}
    row |= {"year": one.year, "authors": one.authors, "title": one.title}
    row |= described.get((first, one.year), {})
    called = f"{one.who.replace('&', 'and').rstrip('.')} {one.year}".strip()
    for name in filter(None, (called.replace("et al ", "et al. "), one.title)):
        with suppress(SqGraphError):
            work = slug_of(find(name, ["work"]))
            return row | {"work": work, "year": "", "title": "", "authors": ""}
    return row | {"work": "-".join(filter(None, (first, make_slug(one.year))))}


def _described(content: str) -> dict[tuple[str, str], NoteRow]:
    """What an HTML export says of the works it cites, by first author and year."""
    found: dict[tuple[str, str], NoteRow] = {}
    for packed in re.findall(r'data-citation-items="([^"]*)"', content):
        with suppress(ValueError, KeyError, IndexError, TypeError, AttributeError):
            for item in (one["itemData"] for one in json.loads(unquote(packed))):
                people = csl_names(item.get("author") or [])
                year = str(item["issued"]["date-parts"][0][0])
                authors = "; ".join(f"{one.family}, {one.given}".rstrip(", ") for one in people)
                title = str(item.get("title") or "")
                if people:
                    found[make_slug(people[0].family), year] = {"authors": authors, "title": title}
    return found


class _Text(HTMLParser):
    """The text of an HTML page, with an empty line after each block."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.feed(content)

    def handle_endtag(self, tag: str) -> None:
        self.parts.append("\n\n" if tag in ("p", "li", "div", "h1", "h2", "blockquote") else "")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_comment(self, data: str) -> None:
        """What a word processor saves of a reader's comment."""
        self.parts.append("" if data.startswith("[") else f" {data.strip()} ")
