"""Annotations that programs keep: Zotero's JSON, the highlights in a PDF, colours in notes."""

import html
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from colorsys import rgb_to_hls
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sq_graph.errors import BrokenFile, optional
from sq_graph.importers.dates import read_date
from sq_graph.importers.encodings import parse_json
from sq_graph.importers.quotations import Annotation

_MARKS = ("/Highlight", "/Underline", "/Text", "/Squiggly", "/FreeText")
_BROKEN_WORD = re.compile(r"(?<=\w)(?:-\n|\s?‐\n|\s?[\u00ad\x02\ufffe]\s?)(?=\w)")
"""The hyphen at the end of a line, as the reader of PDF gives it."""
_HEXADECIMAL = re.compile("#" + 3 * "([0-9a-fA-F]{2})")
_HUES = {"red": 18, "orange": 45, "yellow": 70, "green": 160, "turquoise": 190, "blue": 250}
_HUES |= {"purple": 285, "magenta": 340, "red again": 361}
"""Where on the circle of 360 degrees a colour ends."""

_MARKED = re.compile(r"<(?:span|mark)\b([^<>]*)>(?=(.{1,9000}?)</(?:span|mark)>)", re.DOTALL)
_BACKGROUND = re.compile(
    r'(?:background(?:-color)?|"color"|data-color)\s*[:=]\s*"?(#[0-9a-fA-F]{6})'
)

Item = Mapping[str, Any]


def json_annotations(content: str, where: str) -> list[Annotation]:
    """The annotations in a JSON export of Zotero; raises BrokenFile for invalid JSON."""
    every = list(_items(parse_json(content, where), {}))
    by_key = {str(one["key"]): one for one, _ in every if one.get("key")}
    marked = [pair for pair in every if {"annotationText", "annotationComment"} & pair[0].keys()]
    return _coloured([_from_zotero(one, work or _work_above(one, by_key)) for one, work in marked])


def _items(found: Any, work: Item) -> Iterator[tuple[Item, Item]]:
    """Each item in a value of JSON, with the work in which it is."""
    if isinstance(found, dict):
        work = found if found.get("creators") else work
        yield found, work
        found = list(found.values())
    for inner in found if isinstance(found, list) else ():
        yield from _items(inner, work)


def _work_above(one: Item, by_key: Mapping[str, Item]) -> Item:
    """The work that an item, or what it is attached to, names as its parent."""
    for _ in by_key:  # each once at most, since a file may go round in a circle
        if not (parent := by_key.get(str(one.get("parentItem")))):
            break
        one = parent.get("data", parent)
        if one.get("creators"):
            return one
    return {}


def _from_zotero(one: Item, work: Item) -> Annotation:
    people = [
        (str(name.get("lastName") or name.get("name") or ""), str(name.get("firstName") or ""))
        for name in work.get("creators") or ()
        if name.get("creatorType") in (None, "author")
    ]
    families = [family for family, _ in people]
    who = " and ".join(families) if len(families) < 3 else f"{families[0]} et al."
    date = read_date(str(work.get("date") or ""))
    tags = (tag.get("tag", "") if isinstance(tag, dict) else tag for tag in one.get("tags") or ())
    remarks = (one.get("annotationComment"), ", ".join(filter(None, map(str, tags))))
    return Annotation(
        who,
        str(date.year) if date.year is not None else date.note,
        str(one.get("annotationPageLabel") or ""),
        str(one.get("annotationText") or ""),
        "; ".join(map(str, filter(None, remarks))),
        "; ".join(", ".join(name).rstrip(", ") for name in people),
        str(work.get("title") or ""),
        _named(str(one.get("annotationColor"))),
    )


def text_colours(content: str, found: Sequence[Annotation]) -> list[Annotation]:
    """The annotations in a text of Markdown or HTML, with the colours in which its markup shows
    them.
    """
    colours = {}
    for attributes, words in _MARKED.findall(content):
        if background := _BACKGROUND.search(unquote(attributes)):
            colours[_words_in(html.unescape(re.sub("<[^<>]*>", "", words)))] = _named(background[1])
    return _coloured(
        [replace(one, colour=colours.get(_words_in(one.quotation), "")) for one in found]
    )


def _words_in(quotation: str) -> str:
    return " ".join(re.findall(r"\w+", quotation))


def _named(colour: str) -> str:
    """The plain name of a colour written as `#ffd400`; none for one written otherwise."""
    shade = _HEXADECIMAL.fullmatch(colour)
    return _colour([int(part, 16) / 255 for part in shade.groups()]) if shade else ""


def pdf_annotations(path: Path) -> list[Annotation]:
    """The highlights and comments of a PDF; the file's name names the work.

    Raises BrokenFile for a file that cannot be read, and MissingDependency where a reader for PDF
    is absent.
    """
    with optional("the reader for PDF", "pdf"):
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError
        from pypdfium2 import PdfDocument, PdfiumError
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it warns of fonts, page by page
    try:
        reader, drawn = PdfReader(path), PdfDocument(path)
        labels = reader.page_labels
        found = []
        for number, page in enumerate(reader.pages):
            marks = [one.get_object() for one in page.get("/Annots") or ()]
            for mark in (one for one in marks if one.get("/Subtype") in _MARKS):
                words, remark = _marked(drawn[number], mark), str(mark.get("/Contents") or "")
                colour = _colour([float(part) for part in mark.get("/C") or ()])
                one = Annotation(path.stem, "", labels[number], words, remark, colour=colour)
                found.append(one)
        return _coloured(found)
    except (PyPdfError, PdfiumError, OSError, ValueError, KeyError) as error:
        what = f"this PDF cannot be read ({error})"
        raise BrokenFile(what, str(path), remedy="Save it again as PDF") from None


def _coloured(found: list[Annotation]) -> list[Annotation]:
    """The annotations, with the colour before the comment where a reader marked in several."""
    if len({one.colour for one in found if one.quotation}) < 2:
        return found
    remarks = ("; ".join(filter(None, (one.colour, one.comment))) for one in found)
    return [replace(one, comment=remark) for one, remark in zip(found, remarks, strict=True)]


def _colour(parts: Sequence[float]) -> str:
    """The plain name of a colour given by its red, green and blue; none for one given otherwise.

    >>> _colour((1, 0.83, 0)), _colour((0.18, 0.66, 0.9)), _colour((0.67, 0.67, 0.67))
    ('yellow', 'blue', 'grey')
    """
    if len(parts) != 3:
        return ""
    hue, _, saturation = rgb_to_hls(*parts)
    name = next(name for name, end in _HUES.items() if hue * 360 < end).removesuffix(" again")
    return name if saturation > 0.15 else "grey"


def _marked(page: Any, mark: Any) -> str:
    """The words in the rectangles of a mark, which may begin in the middle of a line; some programs
    draw one for each word or letter.
    """
    quads, boxes = [float(number) for number in mark.get("/QuadPoints") or ()], list[_Box]()
    for quad in (quads[start : start + 8] for start in range(0, len(quads), 8)):
        left, right, bottom, top = min(quad[::2]), max(quad[::2]), min(quad[1::2]), max(quad[1::2])
        if boxes and _is_beside(boxes[-1], (left, right, bottom, top)):
            before = boxes.pop()
            left, right = min(left, before[0]), max(right, before[1])
            bottom, top = min(bottom, before[2]), max(top, before[3])
        boxes.append((left, right, bottom, top))
    text, lines = page.get_textpage(), list[str]()
    for left, right, bottom, top in boxes:
        inset = (top - bottom) / 4  # a rectangle may reach into the lines above and below
        lines += text.get_text_bounded(left, bottom + inset, right, top - inset).splitlines()
    return " ".join(_BROKEN_WORD.sub("", "\n".join(map(str.strip, lines))).split())


_Box = tuple[float, float, float, float]
"""Left, right, bottom, top."""


def _is_beside(one: _Box, other: _Box) -> bool:
    """Whether two rectangles are parts of one line."""
    heights = one[3] - one[2], other[3] - other[2]  # those of letters, where a hyphen is low
    shared = min(one[3], other[3]) - max(one[2], other[2])
    apart = max(one[0], other[0]) - min(one[1], other[1])
    return shared > min(heights) / 2 and apart < max(heights)
