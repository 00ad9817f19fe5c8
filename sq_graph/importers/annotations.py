"""Annotations from other programs: Zotero's JSON, the highlights in a PDF, colours in notes."""

import html
import logging
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from colorsys import rgb_to_hls
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sq_graph.errors import BrokenFile, optional
from sq_graph.evidence.sources import printed_lines
from sq_graph.importers.dates import read_date
from sq_graph.importers.encodings import parse_json
from sq_graph.importers.quotations import Annotation

_MARK_TYPES = ("/Highlight", "/Underline", "/Text", "/Squiggly", "/FreeText")
_NO_REMARKS = ("/Popup", "/Link", "/Widget")
_HYPHEN = r"(?<=\w)[-‐\u00ad]\n+(?=\w)(?!(?:and|or|und|oder|et|ou)\b)"
"""The hyphen at the end of a line, unless it is suspended, as in `short- and long-term`."""
_BROKEN_WORD = re.compile(rf"(?<!\b[Ss]elf){_HYPHEN}(?![A-ZÀ-Þ0-9])")
_HEXADECIMAL = re.compile("#" + 3 * "([0-9a-fA-F]{2})")
_HUES = {"red": 18, "orange": 45, "yellow": 70, "green": 160, "turquoise": 190, "blue": 250}
_HUES |= {"purple": 285, "magenta": 340, "red again": 361}
"""The upper end of each colour on the colour wheel, in degrees."""

_MARKED_UP = re.compile(r"<(?:span|mark)\b([^<>]*)>(?=(.{1,9000}?)</(?:span|mark)>)", re.DOTALL)
_COLOUR = re.compile(r'(?:background(?:-color)?|"color"|data-color)\s*[:=]\s*"?(#[0-9a-fA-F]{6})')

Item = Mapping[str, Any]


def json_annotations(content: str, file: str) -> list[Annotation]:
    """The annotations in a JSON export of Zotero; raises BrokenFile for invalid JSON."""
    items = list(_items(parse_json(content, file), {}))
    by_key = {str(item["key"]): item for item, _ in items if item.get("key")}
    marked = [pair for pair in items if {"annotationText", "annotationComment"} & pair[0].keys()]
    annotations = [_from_zotero(item, work or _work_above(item, by_key)) for item, work in marked]
    return _with_colours(annotations)


def _items(value: Any, work: Item) -> Iterator[tuple[Item, Item]]:
    """Each item in a JSON value, with the work that contains it."""
    if isinstance(value, dict):
        work = value if value.get("creators") else work
        yield value, work
        value = list(value.values())
    for child in value if isinstance(value, list) else ():
        yield from _items(child, work)


def _work_above(item: Item, by_key: Mapping[str, Item]) -> Item:
    """The work that an item, or the item it is attached to, names as its parent."""
    for _ in by_key:  # each at most once, since a file may be circular
        if not (parent := by_key.get(str(item.get("parentItem")))):
            break
        item = parent.get("data", parent)
        if item.get("creators"):
            return item
    return {}


def _from_zotero(item: Item, work: Item) -> Annotation:
    creators = [
        (str(name.get("lastName") or name.get("name") or ""), str(name.get("firstName") or ""))
        for name in work.get("creators") or ()
        if name.get("creatorType") in (None, "author")
    ]
    families = [family for family, _ in creators]
    authors = " and ".join(families) if len(families) < 3 else f"{families[0]} et al."
    date = read_date(str(work.get("date") or ""))
    tags = (tag.get("tag", "") if isinstance(tag, dict) else tag for tag in item.get("tags") or ())
    remarks = (item.get("annotationComment"), ", ".join(filter(None, map(str, tags))))
    return Annotation(
        authors,
        str(date.year) if date.year is not None else date.note,
        str(item.get("annotationPageLabel") or ""),
        str(item.get("annotationText") or ""),
        "; ".join(map(str, filter(None, remarks))),
        "; ".join(", ".join(name).rstrip(", ") for name in creators),
        str(work.get("title") or ""),
        _hex_colour_name(str(item.get("annotationColor"))),
    )


def text_colours(content: str, annotations: Sequence[Annotation]) -> list[Annotation]:
    """The annotations in a text of Markdown or HTML, with the colours in its markup."""
    colours = {}
    for attributes, marked in _MARKED_UP.findall(content):
        if background := _COLOUR.search(unquote(attributes)):
            words = _word_text(html.unescape(re.sub("<[^<>]*>", "", marked)))
            colours[words] = _hex_colour_name(background[1])
    names = (colours.get(_word_text(annotation.quotation), "") for annotation in annotations)
    pairs = zip(annotations, names, strict=True)
    return _with_colours([replace(annotation, colour=name) for annotation, name in pairs])


def _word_text(text: str) -> str:
    return " ".join(re.findall(r"\w+", text))


def _hex_colour_name(colour: str) -> str:
    """The plain name of a colour such as `#ffd400`, or '' for another notation."""
    match = _HEXADECIMAL.fullmatch(colour)
    return _colour_name([int(part, 16) / 255 for part in match.groups()]) if match else ""


def pdf_annotations(path: Path) -> list[Annotation]:
    """The highlights and comments of a PDF; the name of the file identifies the work.

    Raises BrokenFile for a file that cannot be read, and MissingDependency without a PDF reader.
    """
    with optional("the reader for PDF", "pdf"):
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError
        from pypdfium2 import PdfDocument, PdfiumError
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it warns about fonts on every page
    try:
        reader, rendered = PdfReader(path), PdfDocument(path)
        labels = reader.page_labels
        annotations = []
        marks = [(n, mark) for n, page in enumerate(reader.pages) for mark in _marks(page)]
        comments = _comments([mark for _, mark in marks])
        for number, mark in marks:
            comment = comments.get(id(mark), "")
            if comment or (str(mark.get("/Subtype")) in _MARK_TYPES and "/IRT" not in mark):
                words = _marked_text(rendered[number], mark)
                colour = _colour_name([float(part) for part in mark.get("/C") or ()])
                fields = (path.stem, "", labels[number], words, comment)
                annotations.append(Annotation(*fields, colour=colour))
        return _with_colours(annotations)
    except (PyPdfError, PdfiumError, OSError, ValueError, KeyError) as error:
        problem = f"this PDF cannot be read ({error})"
        raise BrokenFile(problem, str(path), remedy="Save it again as PDF") from None


def _marks(page: Any) -> list[Any]:
    """The marks of a reader on a page, with the replies to them."""
    marks = (mark.get_object() for mark in page.get("/Annots") or ())
    return [mark for mark in marks if str(mark.get("/Subtype")) not in _NO_REMARKS]


def _comments(marks: Sequence[Any]) -> dict[int, str]:
    """The comment of each mark by its identity, followed by the replies to it; each names its
    writer if there are several.
    """
    comments = defaultdict[int, list[str]](list)
    has_several = len({str(mark["/T"]) for mark in marks if "/T" in mark}) > 1
    for mark in marks:
        writer = f"{mark['/T']}: " if has_several and "/T" in mark else ""
        text, thread = str(mark.get("/Contents") or "").strip(), mark
        for _ in range(50):  # replies to replies; a file may be circular
            thread = thread.get("/IRT", thread).get_object()
        if text and "/State" not in mark:
            comments[id(thread)].append(f"{writer}{text}")
    return {thread: "; ".join(texts) for thread, texts in comments.items()}


def _with_colours(annotations: list[Annotation]) -> list[Annotation]:
    """The annotations, with the colour before the comment if the reader used several colours."""
    if len({annotation.colour for annotation in annotations if annotation.quotation}) < 2:
        return annotations
    return [
        replace(each, comment="; ".join(filter(None, (each.colour, each.comment))))
        for each in annotations
    ]


def _colour_name(rgb: Sequence[float]) -> str:
    """The plain name of a colour given by its red, green and blue, or '' without these three.

    >>> [_colour_name(rgb) for rgb in ((1, 0.83, 0), (0.18, 0.66, 0.9), (0.67, 0.67, 0.67))]
    ['yellow', 'blue', 'grey']
    """
    if len(rgb) != 3:
        return ""
    hue, _, saturation = rgb_to_hls(*rgb)
    name = next(name for name, end in _HUES.items() if hue * 360 < end).removesuffix(" again")
    return name if saturation > 0.15 else "grey"


def _marked_text(page: Any, mark: Any) -> str:
    """The words in the rectangles of a mark, which may start in the middle of a line; some programs
    draw a rectangle for each word or letter.
    """
    quads, boxes = [float(number) for number in mark.get("/QuadPoints") or ()], list[_Box]()
    for quad in (quads[start : start + 8] for start in range(0, len(quads), 8)):
        left, right, bottom, top = min(quad[::2]), max(quad[::2]), min(quad[1::2]), max(quad[1::2])
        if boxes and _is_same_line(boxes[-1], (left, right, bottom, top)):
            previous = boxes.pop()
            left, right = min(left, previous[0]), max(right, previous[1])
            bottom, top = min(bottom, previous[2]), max(top, previous[3])
        boxes.append((left, right, bottom, top))
    text, lines = page.get_textpage(), list[str]()
    for left, right, bottom, top in boxes:
        inset = (top - bottom) / 4  # a rectangle may reach into the lines above and below
        lines += printed_lines(text.get_text_bounded(left, bottom + inset, right, top - inset))
    words = _BROKEN_WORD.sub("", "\n".join(map(str.strip, lines)))
    return " ".join(re.sub(_HYPHEN, "-", words).split())


_Box = tuple[float, float, float, float]
"""Left, right, bottom, top."""


def _is_same_line(first: _Box, second: _Box) -> bool:
    """Whether two rectangles are parts of one line."""
    heights = first[3] - first[2], second[3] - second[2]  # of letters; a hyphen is low
    overlap = min(first[3], second[3]) - max(first[2], second[2])
    gap = max(first[0], second[0]) - min(first[1], second[1])
    return overlap > min(heights) / 2 and gap < max(heights)
