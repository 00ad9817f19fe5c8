"""Reading notes (Markdown, HTML, Word, JSON, or the highlights of a PDF) as rows of the template.

Each row has the work and the page of an annotation, and a locating phrase; the reader's comment
becomes the note. The quotation itself is not kept, and the coding is left open.
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
from sq_graph.importers.quotations import REMARK, Annotation, parse_annotations
from sq_graph.importers.word import word_page
from sq_graph.model.records import make_slug
from sq_graph.vocab import slug_of

NoteRow = dict[str, str]
Find = Callable[[str, Sequence[str]], str]
"""Finds the IRI of a thing by its name, among some kinds; raises SqGraphError where there is none.
"""


@dataclass(frozen=True)
class Notes:
    """Rows by column of the sheet of definitions, and the annotations that cite no work."""

    rows: list[NoteRow]
    left_out: list[str]


def read_notes(path: Path, find: Find) -> Notes:
    """The annotations of a file; raises BrokenFile if it holds none."""
    works: dict[tuple[str, str], NoteRow] = {}
    left_out, ending = list[str](), path.suffix.lower()
    if ending == ".pdf":
        annotations = pdf_annotations(path)
    elif ending == ".json":
        annotations = json_annotations(read_text(path), str(path))
    elif ending in (".doc", ".odt", ".rtf"):
        problem = "notes of this word processor are not read"
        raise BrokenFile(problem, str(path), remedy="Save them as .docx")
    else:
        content = source = word_page(path) if ending == ".docx" else read_text(path)
        is_export = "zotero" in content or "data-citation" in content
        if ending in (".html", ".htm", ".docx"):
            works, content = _cited_works(content), "".join(_PageText(content).parts)
        annotations, left_out = parse_annotations(content, is_export)
        annotations = text_colours(source, annotations)
    if not annotations:
        remedy = "Export the notes with quotations and citations, as Markdown, HTML or JSON"
        raise BrokenFile("these notes have no annotation with a citation", str(path), remedy=remedy)
    return Notes([note_row(note, works, find) for note in annotations], left_out)


def note_row(note: Annotation, works: dict[tuple[str, str], NoteRow], find: Find) -> NoteRow:
    """An annotation by column, with its full text under `quotation`, which is not a column and not
    kept.
    """
    author = make_slug(re.split(r"\s+(?:et al|and|&|und|et|y)\b", note.who)[0])
    phrase = " ".join(note.quotation.split()[:8]).strip(" .,;:…")
    row = {"page": note.page, "phrase": phrase, "note": note.comment, "quotation": note.quotation}
    row |= {"year": note.year, "authors": note.authors, "title": note.title}
    row |= works.get((author, note.year), {})
    citation = f"{note.who.replace('&', 'and').rstrip('.')} {note.year}".strip()
    for name in filter(None, (citation.replace("et al ", "et al. "), note.title)):
        with suppress(SqGraphError):
            work = slug_of(find(name, ["work"]))
            return row | {"work": work, "year": "", "title": "", "authors": ""}
    return row | {"work": "-".join(filter(None, (author, make_slug(note.year))))}


def _cited_works(content: str) -> dict[tuple[str, str], NoteRow]:
    """The authors and titles of the works that an HTML export cites, by first author and year."""
    works: dict[tuple[str, str], NoteRow] = {}
    for encoded in re.findall(r'data-citation-items="([^"]*)"', content):
        with suppress(ValueError, KeyError, IndexError, TypeError, AttributeError):
            for item in (citation["itemData"] for citation in json.loads(unquote(encoded))):
                names = csl_names(item.get("author") or [])
                year = str(item["issued"]["date-parts"][0][0])
                authors = "; ".join(f"{name.family}, {name.given}".rstrip(", ") for name in names)
                title = str(item.get("title") or "")
                if names:
                    works[make_slug(names[0].family), year] = {"authors": authors, "title": title}
    return works


class _PageText(HTMLParser):
    """The text of an HTML page without deleted words, with an empty line after each block, and
    the comments of readers, which a word processor saves, at its end.
    """

    def __init__(self, content: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._remarks: list[str] = []
        self._skipped = ""
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("style", "script", "del", "s", "strike") or ("class", "msocomanchor") in attrs:
            self._skipped = tag
        self.parts.append("\n\n> " if tag == "blockquote" else "")

    def handle_endtag(self, tag: str) -> None:
        self._skipped = "" if tag == self._skipped else self._skipped
        if tag in ("p", "li", "div", "h1", "h2", "blockquote"):
            self.parts += [*self._remarks, "\n\n"]
            self._remarks.clear()

    def handle_data(self, data: str) -> None:
        self.parts.append("" if self._skipped else data.replace("\n", " "))

    def handle_comment(self, data: str) -> None:
        """Keeps the comments of readers."""
        self._remarks.append("" if data.startswith("[if") else f" {REMARK}{data.strip()}")
