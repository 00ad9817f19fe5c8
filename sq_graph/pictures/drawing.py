"""A small SVG writer: shapes and measured text in named colours, as literal attributes and as
classes.

The attributes make a picture complete by itself, on paper and in a converter; the classes let a
page's style sheet recolour it for a dark background.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape
from typing import Any

from sq_graph.pictures.letters import is_measured, width_of, wrap
from sq_graph.resources import data_beside

_PALETTE = data_beside(__file__, "palette.json")
LIGHT: Mapping[str, str] = _PALETTE["light"]
"""The colours on paper, by name; from `ramp1` (mild) to `ramp5` (severe) they darken even in grey
print.
"""
DARK: Mapping[str, str] = _PALETTE["dark"]
"""The colours on a dark background; `static/style.css` repeats them, and a test compares them."""
_FONT = "Roboto, 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif"


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

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str,
        stroke: str = "",
        *,
        radius: float = 3,
    ) -> None:
        """Draws a rectangle in named colours."""
        shape = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{radius}"'
        self._parts.append(f"<rect {shape}{_paint(fill, stroke)}/>")

    def path(
        self,
        shape: str,
        stroke: str = "ink",
        thick: float = 1.5,
        dash: str = "",
        fill: str = "",
        title: str = "",
    ) -> None:
        """Draws a path; `title` is its tooltip."""
        tooltip = f"<title>{escape(title)}</title>" if title else ""
        self._parts.append(f'<path d="{shape}"{_paint(fill, stroke, thick, dash)}>{tooltip}</path>')

    def circle(self, x: float, y: float, radius: float, fill: str) -> None:
        """Draws a circle in a named colour."""
        self._parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}"{_paint(fill)}/>')

    def text(
        self,
        x: float,
        y: float,
        content: str,
        size: float = 13,
        colour: str = "ink",
        *,
        anchor: str = "start",
        bold: bool = False,
        italic: bool = False,
        fit: float = 0,
    ) -> None:
        """Draws a line of text, in every font as wide as measured, if it was; `anchor` is start,
        middle or end, `fit` a width to which it is cut.
        """
        if fit:
            content = next(iter(wrap(content, size, fit, bold, max_lines=1)), "")
        style = (' font-weight="700"' if bold else "") + (' font-style="italic"' if italic else "")
        style += f' text-anchor="{anchor}"' if anchor != "start" else ""
        width = f'textLength="{width_of(content, size, bold):.1f}" lengthAdjust="spacingAndGlyphs"'
        has_width = content.strip() and is_measured(content)
        layout = f'x="{x:.1f}" y="{y:.1f}" font-size="{size}" {width if has_width else ""}'
        self._parts.append(f"<text {layout}{style}{_paint(colour)}>{escape(content)}</text>")

    def lines(
        self, x: float, y: float, parts: Iterable[str], step: float, size: float, **style: Any
    ) -> float:
        """Draws lines of text downwards from a height, `step` apart; returns the height of the
        next.
        """
        for part in parts:
            self.text(x, y, part, size, **style)
            y += step
        return y

    @contextmanager
    def link(self, address: str, label: str = "") -> Iterator[None]:
        """Links everything drawn in the block to an address, if there is one."""
        attribute = f' aria-label="{escape(label)}"' if label else ""
        self._parts.append(f'<a href="{escape(address)}"{attribute}>' if address else "<g>")
        yield
        self._parts.append("</a>" if address else "</g>")

    def notes(self, notes: Sequence[str], y: float) -> float:
        """Draws notes in small print from a height on; returns the height of the picture."""
        for note in notes:
            y = self.lines(24, y, wrap(note, 11.5, self.width - 48), 15.5, 11.5, colour="mute")
        return y + 6

    def svg(self, height: float) -> str:
        """The picture as one SVG element, under its title."""
        lines = wrap(self.title, 19, self.width - 48, bold=True)
        shift, heading = 23 * (len(lines) - 1), Drawing(self.width, "", "")
        heading.lines(24, 34, lines, 23, 19, bold=True)
        size = f'width="{self.width:.0f}" height="{height + shift:.0f}"'
        title, description = escape(self.title), escape(self.description)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" '
            f'viewBox="0 0 {self.width:.0f} {height + shift:.0f}" {size} class="picture" '
            f'role="group" aria-label="{title}" font-family="{_FONT}"><title>{title}</title>'
            f"<desc>{description}</desc><rect {size}{_paint('paper')}/>{''.join(heading._parts)}"
            f'<g transform="translate(0 {shift})">{"".join(self._parts)}</g></svg>'
        )


def _paint(fill: str = "", stroke: str = "", thick: float = 1, dash: str = "") -> str:
    """Fill and stroke as literal attributes, and as classes for a style sheet."""
    classes = " ".join(f"{kind}-{name}" for kind, name in (("f", fill), ("s", stroke)) if name)
    outline = f' stroke="{LIGHT[stroke]}" stroke-width="{thick}"' if stroke else ""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f' class="{classes}" fill="{LIGHT.get(fill, "none")}"{outline}{dashes}'
