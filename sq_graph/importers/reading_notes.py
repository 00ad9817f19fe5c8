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
    details: dict[tuple[str, str], NoteRow] = {}
    left_out, ending = 0, path.suffix.lower()
    if ending == ".pdf":
        annotations = pdf_annotations(path)
    elif ending == ".json":
        annotations = json_annotations(read_text(path), str(path))
    elif ending in (".docx", ".doc", ".odt", ".rtf"):
        problem, remedy = "notes of a word processor are not read", "Save them as a web page (.html)"
        raise BrokenFile(problem, str(path), remedy=remedy)
    else:
        content = marked_up = read_text(path)
        is_export = "zotero" in content or "data-citation" in content
        if ending in (".html", ".htm"):
            details, content = _cited_works(content), "".join(_TextExtractor(content).parts)
        annotations, left_out = parse_annotations(content, is_export)
        annotations = text_colours(marked_up, annotations)
    if not annotations:
        remedy = "Export the notes with quotations and citations, as Markdown, HTML or JSON"
        problem = "these notes have no annotation with a citation"
        raise BrokenFile(problem, str(path), remedy=remedy)
    return Notes([note_row(annotation, details, find) for annotation in annotations], left_out)


def note_row(annotation: Annotation, details: dict[tuple[str, str], NoteRow], find: Find) -> NoteRow:
    """An annotation by column, with all its words under `quotation`, which is no column and is not
    kept.
    """
    author = make_slug(re.split(r"\s+(?:et al|and|&|und|et|y)\b", annotation.who)[0])
    phrase = " ".join(annotation.quotation.split()[:8]).strip(" .,;:…")
    row = {"page": annotation.page, "phrase": phrase, "note": annotation.comment, "quotation": annotation.quotation}
    row |= {"year": annotation.year, "authors": annotation.authors, "title": annotation.title}
    row |= details.get((author, annotation.year), {})
    citation = f"{annotation.who.replace('&', 'and').rstrip('.')} {annotation.year}".strip()
    for name in filter(None, (citation.replace("et al ", "et al. "), annotation.title)):
        with suppress(SqGraphError):
            work = slug_of(find(name, ["work"]))
            return row | {"work": work, "year": "", "title": "", "authors": ""}
    return row | {"work": "-".join(filter(None, (author, make_slug(annotation.year))))}


def _cited_works(content: str) -> dict[tuple[str, str], NoteRow]:
    """What an HTML export says of the works it cites, by first author and year."""
    details: dict[tuple[str, str], NoteRow] = {}
    for packed_items in re.findall(r'data-citation-items="([^"]*)"', content):
        with suppress(ValueError, KeyError, IndexError, TypeError, AttributeError):
            for item in (x["itemData"] for x in json.loads(unquote(packed_items))):
                people = csl_names(item.get("author") or [])
                year = str(item["issued"]["date-parts"][0][0])
                authors = "; ".join(f"{x.family}, {x.given}".rstrip(", ") for x in people)
                title = str(item.get("title") or "")
                if people:
                    details[make_slug(people[0].family), year] = {"authors": authors, "title": title}
    return details


class _TextExtractor(HTMLParser):
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
