"""A small SVG writer: shapes and measured text in named colours, each as a literal attribute and as a class.

The attribute makes a picture complete by itself, on paper and in a converter; the class lets a page's
style sheet recolour it for the dark.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape

from sq_graph.errors import MissingPart

LIGHT = {
    "paper": "#fdfcf9",
    "ink": "#211d19",
    "mute": "#625b52",
    "line": "#8f8679",
    "box": "#ffffff",
    "accent": "#8a2e14",
    "shade": "#f3efe7",
    "onstrong": "#ffffff",
    "ramp1": "#fbf3e9",
    "ramp2": "#f7dfc6",
    "ramp3": "#efc199",
    "ramp4": "#de9464",
    "ramp5": "#963a19",
}
"""The colours on paper, by name; from `ramp1` (mild) to `ramp5` (severe) they darken in grey print too."""

DARK = {
    "paper": "#171512",
    "ink": "#ece7df",
    "mute": "#b5aca0",
    "line": "#857b6f",
    "box": "#211e1a",
    "accent": "#f2a67f",
    "shade": "#262220",
    "onstrong": "#ffffff",
    "ramp1": "#29231d",
    "ramp2": "#402e20",
    "ramp3": "#5a3a25",
    "ramp4": "#774427",
    "ramp5": "#9a4a26",
}
"""The same colours on a dark ground; `static/style.css` repeats them, and a test says so if it does not."""

_FONT = "'Liberation Sans', 'Helvetica Neue', Helvetica, Arial, sans-serif"
_SERIF = "Charter, 'Palatino Linotype', Palatino, Georgia, 'Liberation Serif', serif"
_WIDTHS = (
    278,
    278,
    355,
    556,
    556,
    889,
    667,
    191,
    333,
    333,
    389,
    584,
    278,
    333,
    278,
    278,
    *[556] * 10,
    278,
    278,
    584,
    584,
    584,
    556,
    1015,
    667,
    667,
    722,
    722,
    667,
    611,
    778,
    722,
    278,
    500,
    667,
    556,
    833,
    722,
    778,
    667,
    778,
    722,
    667,
    611,
    722,
    667,
    944,
    667,
    667,
    611,
    278,
    278,
    278,
    469,
    556,
    333,
    556,
    556,
    500,
    556,
    556,
    278,
    556,
    556,
    222,
    222,
    500,
    222,
    833,
    556,
    556,
    556,
    556,
    333,
    500,
    278,
    556,
    500,
    722,
    500,
    500,
    500,
    334,
    260,
    334,
    584,
)
"""Advance widths of Helvetica in thousandths of the size, for the characters from space to tilde."""


def width_of(text: str, size: float, bold: bool = False) -> float:
    """About how wide a text is drawn; a little generous, so that it never runs out of its box.

    >>> width_of("mild", 10) < width_of("severe", 10)
    True
    """
    units = sum(_WIDTHS[ord(sign) - 32] if " " <= sign <= "~" else 560 for sign in text)
    return units * size / 1000 * (1.12 if bold else 1.05)


def wrap(text: str, size: float, width: float, bold: bool = False, most: int = 0) -> list[str]:
    """The lines of a text that fit a width; with `most`, what lies beyond that many lines becomes an ellipsis.

    >>> wrap("partly of their own will", 10, 60)
    ['partly of', 'their own', 'will']
    """
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size, bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    if most and len(lines) > most:
        last = lines[most - 1]
        while last and width_of(last + " …", size, bold) > width:
            last = last.rpartition(" ")[0]
        lines = [*lines[: most - 1], last.rstrip(",;:") + " …"]
    return lines


class Drawing:
    """Collects the elements of one picture.

    >>> drawing = Drawing(100, "A box", "one box")
    >>> drawing.rect(0, 0, 10, 10, "box")
    >>> 'fill="#ffffff"' in drawing.svg(20)
    True
    """

    def __init__(self, width: float, title: str, description: str) -> None:
        self.width, self.title, self.description = width, title, description
        self._parts: list[str] = []
        self.text(24, 34, title, 19, serif=True, bold=True)

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str,
        stroke: str = "",
        radius: float = 3,
    ) -> None:
        """A rectangle in named colours."""
        place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{radius}"'
        self._parts.append(f"<rect {place}{_paint(fill, stroke)}/>")

    def path(
        self,
        shape: str,
        stroke: str = "ink",
        thick: float = 1.5,
        dash: str = "",
        fill: str = "",
        title: str = "",
    ) -> None:
        """A path; `title` is what a pointer over it shows."""
        told = f"<title>{escape(title)}</title>" if title else ""
        self._parts.append(f'<path d="{shape}"{_paint(fill, stroke, thick, dash)}>{told}</path>')

    def circle(self, x: float, y: float, radius: float, fill: str, stroke: str = "") -> None:
        """A circle in named colours."""
        self._parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}"{_paint(fill, stroke, 1.5)}/>'
        )

    def text(
        self,
        x: float,
        y: float,
        content: str,
        size: float = 13,
        colour: str = "ink",
        anchor: str = "start",
        bold: bool = False,
        italic: bool = False,
        serif: bool = False,
    ) -> None:
        """One line of text; `anchor` is start, middle or end."""
        style = (' font-weight="700"' if bold else "") + (' font-style="italic"' if italic else "")
        style += f' font-family="{_SERIF}"' if serif else ""
        style += f' text-anchor="{anchor}"' if anchor != "start" else ""
        place = f'x="{x:.1f}" y="{y:.1f}" font-size="{size}"'
        self._parts.append(f"<text {place}{style}{_paint(colour)}>{escape(content)}</text>")

    @contextmanager
    def link(self, address: str, label: str = "") -> Iterator[None]:
        """What is drawn meanwhile leads to an address; without one, nothing changes."""
        named = f' aria-label="{escape(label)}"' if label else ""
        self._parts.append(f'<a href="{escape(address)}"{named}>' if address else "<g>")
        yield
        self._parts.append("</a>" if address else "</g>")

    def notes(self, notes: Sequence[str], y: float) -> float:
        """Notes in small print from a height on; returns the height at which the picture may end."""
        for note in notes:
            for part in wrap(note, 11.5, self.width - 48):
                self.text(24, y, part, 11.5, "mute")
                y += 15.5
        return y + 6

    def svg(self, height: float) -> str:
        """The whole picture as one SVG element on its paper."""
        size = f'width="{self.width:.0f}" height="{height:.0f}"'
        title, description = escape(self.title), escape(self.description)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:.0f} {height:.0f}" {size} '
            f'class="picture" role="group" aria-label="{title}" font-family="{_FONT}"><title>{title}</title>'
            f"<desc>{description}</desc><rect {size}{_paint('paper')}/>{''.join(self._parts)}</svg>"
        )


def png(svg: str, zoom: int = 2) -> bytes:
    """The picture as PNG; raises MissingPart without the converter."""
    try:
        import resvg_py
    except ImportError:
        raise MissingPart("the picture converter", "pictures") from None
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=zoom, font_family="Liberation Sans"))


def _paint(fill: str = "", stroke: str = "", thick: float = 1, dash: str = "") -> str:
    """Fill and stroke as literal attributes, and as the classes by which a style sheet finds them."""
    classes = " ".join(f"{kind}-{name}" for kind, name in (("f", fill), ("s", stroke)) if name)
    outline = f' stroke="{LIGHT[stroke]}" stroke-width="{thick}"' if stroke else ""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f' class="{classes}" fill="{LIGHT.get(fill, "none")}"{outline}{dashes}'
