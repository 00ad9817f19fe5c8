"""Two axes with what stands in their four fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sq_graph.pictures.drawing import Drawing, wrap

Field = tuple[int, int]
"""A field: −1 left or 1 right, −1 above or 1 below."""


@dataclass(frozen=True)
class Entry:
    """What stands in a field, whence, and where its page lies."""

    label: str
    place: str
    address: str = ""


def draw(title: str, poles: Sequence[str], entries: Mapping[Field, Entry], notes: Sequence[str] = ()) -> str:
    """The quadrant as SVG; `poles` are left, right, top, bottom.

    >>> "cohesion" in draw("Quadrant", ("left", "right", "top", "bottom"), {(1, -1): Entry("cohesion", "")})
    True
    """
    width, across, half, high = 760.0, 380.0, 300.0, 150.0
    middle = 92 + high
    left, right, top, bottom = poles
    fields = "; ".join(f"{entry.label}: {top if y < 0 else bottom}, {left if x < 0 else right}"
                       for (x, y), entry in entries.items())  # fmt: skip
    drawing = Drawing(width, title, fields)
    drawing.text(24, 34, title, 19, serif=True, bold=True)
    for (x, y), entry in entries.items():
        corner = across + (x < 0) * -half, middle + (y < 0) * -high
        with drawing.link(entry.address):
            drawing.rect(*corner, half, high, "ramp1", radius=0)
            heart = corner[0] + half / 2, corner[1] + high / 2
            lines = wrap(entry.label, 17, half - 60)
            for row, part in enumerate(lines):
                y_line = heart[1] - 10 * (len(lines) - 1) + row * 20
                drawing.text(heart[0], y_line, part, 17, "accent", "middle", serif=True, bold=True)
            drawing.text(heart[0], heart[1] + 10 * len(lines) + 14, entry.place, 12, "mute", "middle", italic=True)
    drawing.path(
        f"M{across - half:.0f} {middle:.0f}h{2 * half:.0f}M{across:.0f} {middle - high:.0f}v{2 * high:.0f}", "ink", 1.4
    )
    for tip_x, tip_y, tip in ((across - half, middle, "l9 -4.5v9z"), (across + half, middle, "l-9 -4.5v9z"),
                      (across, middle - high, "l-4.5 9h9z"), (across, middle + high, "l-4.5 -9h9z")):  # fmt: skip
        drawing.path(f"M{tip_x:.0f} {tip_y:.0f}{tip}", "ink", 1, fill="ink")
    drawing.text(across, middle - high - 12, top, 13, anchor="middle", bold=True)
    drawing.text(across, middle + high + 24, bottom, 13, anchor="middle", bold=True)
    for label, place, anchor in ((left, across - half + 14, "start"), (right, across + half - 14, "end")):
        drawing.text(place, middle - 9, label, 12.5, anchor=anchor, bold=True)
    return drawing.svg(drawing.notes(notes, middle + high + 56))
