"""Pictures as PNG and PDF, with a font that comes with the converters, so that they look the same
everywhere. For signs that it lacks, a PNG takes a font of the machine, and a PDF is refused.
"""

import re
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

from sq_graph.errors import InputError, MissingDependency, optional

_CONVERTER = ("the picture converter", "pictures")
_SPACE = "{http://www.w3.org/2000/svg}"
_LACKING = re.compile(r"[\u0530-\u1dff\u2e80-\ufaff\U00010000-\U0010ffff]")
"""A sign of a script that is neither Latin nor Greek nor Cyrillic."""
_FACES = {"": "Regular", "B": "Bold", "I": "Italic", "BI": "BoldItalic"}


def png(svg: str) -> bytes:
    """Convert a picture to PNG, with two pixels for each of its own.

    Raises:
        MissingDependency: the converter or its font is not installed.

    >>> from sq_graph.pictures.drawing import Drawing
    >>> png(Drawing(100, "A title", "one title").svg(50))[1:4]
    b'PNG'
    """
    folder = _fonts()
    with optional(*_CONVERTER):
        import resvg_py
    is_enough = not _LACKING.search(svg)
    render = partial(resvg_py.svg_to_bytes, font_dirs=[str(folder)], skip_system_fonts=is_enough)
    return bytes(render(svg_string=svg, zoom=2))


def lacking(svg: str) -> list[str]:
    """The signs of a picture that the font of a PDF lacks, sorted.

    >>> lacking('<svg><desc>خ</desc><text x="1">trust, 信</text></svg>')
    ['信']
    """
    return sorted({*_LACKING.findall("".join(re.findall(r">([^<]+)</text>", svg)))})


def pdf(svg: str) -> bytes:
    """Convert a picture to a PDF of one page, its text as text and its font embedded.

    Parameters:
        svg: the picture, as `Drawing` writes it.

    Raises:
        MissingDependency: the converter or its font is not installed.
        InputError: the font lacks a sign of the picture.

    >>> from sq_graph.pictures.drawing import Drawing
    >>> pdf(Drawing(100, "A title", "one title").svg(50))[:5]
    b'%PDF-'
    """
    if signs := lacking(svg):
        what = f"the font of pictures lacks {', '.join(signs[:5])}"
        raise InputError(what, remedy="Write the picture as SVG or PNG")
    folder = _fonts()
    with optional(*_CONVERTER):
        from fpdf import FPDF
        from fpdf.svg import SVGObject
    root = ElementTree.fromstring(svg)
    title = root.findtext(f"{_SPACE}title", "")
    lines = list(_take_text(root, (0.0, 0.0)))
    size = (float(root.get("width", "0")), float(root.get("height", "0")))  # a pixel is a point
    page = FPDF(unit="pt", format=size)
    page.set_title(title)
    page.set_auto_page_break(False)
    page.set_margin(0)
    page.add_page()
    for style in sorted({_style(text) for _, _, text in lines}):
        page.add_font("Roboto", style, folder / f"Roboto-{_FACES[style]}.ttf")
    shapes = SVGObject(ElementTree.tostring(root, encoding="unicode"))
    shapes.draw_to_page(page)
    for x, y, text in lines:
        page.set_font("Roboto", _style(text), float(text.get("font-size", "13")))
        page.set_text_color(text.get("fill", "#000000"))
        width = page.get_string_width(text.text or "")
        left = {"middle": width / 2, "end": width}.get(text.get("text-anchor", ""), 0.0)
        page.text(x - left, y, text.text or "")
    return bytes(page.output())


def _style(text: ElementTree.Element) -> str:
    """Whether a line of text is bold (B), italic (I) or both."""
    return ("B" if text.get("font-weight") else "") + ("I" if text.get("font-style") else "")


def _take_text(
    parent: ElementTree.Element, shift: tuple[float, float]
) -> Iterator[tuple[float, float, ElementTree.Element]]:
    """Take the lines of text out of a picture, each with its place; links become plain groups."""
    for child in list(parent):
        kind = child.tag.removeprefix(_SPACE)
        if kind in ("title", "desc", "text"):
            parent.remove(child)
            if kind == "text":
                x, y = (float(child.get(axis, "0")) for axis in ("x", "y"))
                yield x + shift[0], y + shift[1], child
            continue
        if kind == "a":
            child.tag = f"{_SPACE}g"
            child.attrib.clear()
        moved = child.get("transform", "").removeprefix("translate(").rstrip(")").split(" ")
        x, y = map(float, moved) if len(moved) == 2 else (0.0, 0.0)
        yield from _take_text(child, (shift[0] + x, shift[1] + y))


def _fonts() -> Path:
    """The folder of the fonts."""
    found = find_spec("font_roboto")
    if found is None or not found.origin:
        raise MissingDependency("the font of pictures", "pictures")
    return Path(found.origin).parent / "files"
