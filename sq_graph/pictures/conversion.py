"""Pictures as PNG and PDF, in a font that is installed with the converters, so that they look the
same everywhere. For characters that it lacks, a PNG uses a system font, and a PDF is refused.
"""

import re
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

from sq_graph.errors import InputError, MissingDependency, optional

_CONVERTER = ("the picture converter", "pictures")
_NAMESPACE = "{http://www.w3.org/2000/svg}"
_UNSUPPORTED = re.compile(r"[\u0530-\u1dff\u2e80-\ufaff\U00010000-\U0010ffff]")
"""A character of a script other than Latin, Greek and Cyrillic."""
_FACES = {"": "Regular", "B": "Bold", "I": "Italic", "BI": "BoldItalic"}


def png(svg: str) -> bytes:
    """Converts a picture to PNG at twice its size in pixels.

    Raises:
        MissingDependency: the converter or its font is not installed.

    >>> from sq_graph.pictures.drawing import Drawing
    >>> png(Drawing(100, "A title", "one title").svg(50))[1:4]
    b'PNG'
    """
    folder = _fonts()
    with optional(*_CONVERTER):
        import resvg_py
    is_supported = not _UNSUPPORTED.search(svg)
    render = partial(resvg_py.svg_to_bytes, font_dirs=[str(folder)], skip_system_fonts=is_supported)
    return bytes(render(svg_string=svg, zoom=2))


def unsupported(svg: str) -> list[str]:
    """The characters of a picture that the font of a PDF lacks, sorted.

    >>> unsupported('<svg><desc>خ</desc><text x="1">trust, 信</text></svg>')
    ['信']
    """
    return sorted({*_UNSUPPORTED.findall("".join(re.findall(r">([^<]+)</text>", svg)))})


def pdf(svg: str) -> bytes:
    """Converts a picture to a PDF of one page, with text as text and the font embedded.

    Parameters:
        svg: the picture, as `Drawing` writes it.

    Raises:
        MissingDependency: the converter or its font is not installed.
        InputError: the font lacks a character of the picture.

    >>> from sq_graph.pictures.drawing import Drawing
    >>> pdf(Drawing(100, "A title", "one title").svg(50))[:5]
    b'%PDF-'
    """
    if chars := unsupported(svg):
        problem = f"the font of pictures lacks {', '.join(chars[:5])}"
        raise InputError(problem, remedy="Write the picture as SVG or PNG")
    folder = _fonts()
    with optional(*_CONVERTER):
        from fpdf import FPDF
        from fpdf.svg import SVGObject
    root = ElementTree.fromstring(svg)
    title = root.findtext(f"{_NAMESPACE}title", "")
    lines = list(_take_text(root, (0.0, 0.0)))
    size = (float(root.get("width", "0")), float(root.get("height", "0")))  # a pixel is a point
    page = FPDF(unit="pt", format=size)
    page.set_title(title)
    page.set_auto_page_break(False)
    page.set_margin(0)
    page.add_page()
    for style in sorted({_style(text) for _, _, text in lines}):
        page.add_font("Roboto", style, folder / f"Roboto-{_FACES[style]}.ttf")
    SVGObject(ElementTree.tostring(root, encoding="unicode")).draw_to_page(page)
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
    """Removes the lines of text from a picture and yields each with its position; turns links into
    groups.
    """
    for child in list(parent):
        tag = child.tag.removeprefix(_NAMESPACE)
        if tag in ("title", "desc", "text"):
            parent.remove(child)
            if tag == "text":
                x, y = (float(child.get(axis, "0")) for axis in ("x", "y"))
                yield x + shift[0], y + shift[1], child
            continue
        if tag == "a":
            child.tag = f"{_NAMESPACE}g"
            child.attrib.clear()
        shifts = child.get("transform", "").removeprefix("translate(").rstrip(")").split(" ")
        x, y = map(float, shifts) if len(shifts) == 2 else (0.0, 0.0)
        yield from _take_text(child, (shift[0] + x, shift[1] + y))


def _fonts() -> Path:
    """The folder of the fonts."""
    spec = find_spec("font_roboto")
    if spec is None or not spec.origin:
        raise MissingDependency("the font of pictures", "pictures")
    return Path(spec.origin).parent / "files"
