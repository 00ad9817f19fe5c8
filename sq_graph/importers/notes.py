"""Reading notes exported from a reference manager's reader (Markdown or HTML) as rows of the template.

Each annotation gives its work, its page and a locating phrase; the reader's own comment becomes the note. The
quotation itself is not kept, and the coding is left open.
"""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

from sq_graph.errors import BrokenFile, SqGraphError
from sq_graph.importers.people import csl_names
from sq_graph.model.names import Names
from sq_graph.model.records import Name, slugged
from sq_graph.resources import file_text
from sq_graph.vocab import slug_of

_ANNOTATION = re.compile(
    r"[“\"«„](?P<quote>[^”\"»]+)[”\"»]\s*\(\[?(?P<who>[^()\[\]]*?),?\s+(?P<year>-?[0-9]{4}[a-z]?|n\.d\.|forthcoming)"
    r"(?:,\s*(?:pp?|S|f)\.?\s*(?P<page>[^\s()\[\],]+))?\]?(?:\([^()]*\))?\)(?:\s*\(\[[^\]]*\]\([^()]*\)\))?(?P<comment>[^“«„]*)"
)


def read_notes(path: Path, names: Names) -> list[dict[str, str]]:
    """The rows, by column of the sheet of definitions; raises BrokenFile if the file holds no annotation."""
    content = file_text(path)
    known: dict[tuple[str, str], dict[str, str]] = {}
    if path.suffix.lower() in (".html", ".htm"):
        known, content = _described(content), "".join(_Text(content).parts)
    rows = [
        _row(found, known, names)
        for part in re.split(r"\n\s*\n", content)
        for found in _ANNOTATION.finditer(" ".join(part.split()))
    ]
    if not rows:
        remedy = "Export the notes with quotations and citations, as Markdown or HTML"
        raise BrokenFile(
            "there is no annotation with its citation in these notes", str(path), remedy=remedy
        )
    return rows


def _row(
    found: re.Match[str], known: dict[tuple[str, str], dict[str, str]], names: Names
) -> dict[str, str]:
    who, year = found["who"].strip(" ,"), found["year"]
    phrase = " ".join(found["quote"].split()[:8]).strip(" .,;:…")
    first = slugged(re.split(r"\s+(?:et al|and|&|und)\b", who)[0])
    row = {
        "page": found["page"] or "",
        "phrase": phrase,
        "note": " ".join(found["comment"].split()),
        "year": year,
    }
    row |= known.get((first, year), {})
    called = f"{who.replace('&', 'and').rstrip('.')} {year}".replace("et al ", "et al. ")
    try:
        return row | {
            "work": slug_of(names.find(called, ["work"])),
            "year": "",
            "title": "",
            "authors": "",
        }
    except SqGraphError:
        return row | {"work": f"{first}-{year}"}


def _described(content: str) -> dict[tuple[str, str], dict[str, str]]:
    """What an HTML export says of the works it cites, by first author and year."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for packed in re.findall(r'data-citation-items="([^"]*)"', content):
        try:
            for item in (one["itemData"] for one in json.loads(unquote(packed))):
                people: list[Name] = csl_names(item.get("author") or [])
                year = str(item["issued"]["date-parts"][0][0])
                if people:
                    authors = "; ".join(
                        f"{name.family}, {name.given}".rstrip(", ") for name in people
                    )
                    found[slugged(people[0].family), year] = {
                        "authors": authors,
                        "title": str(item.get("title", "")),
                    }
        except (ValueError, KeyError, IndexError, TypeError, AttributeError):
            continue
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
