"""Two axes with what stands in their four fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sq_graph.pictures.drawing import Drawing, wrap

Field = tuple[int, int]
"""A field: −1 left or 1 right, −1 above or 1 below."""
_WIDTH, _HEIGHT, _X, _Y = 300.0, 150.0, 380.0, 242.0
"""The size of a field, and where the axes cross."""


@dataclass(frozen=True)
class Entry:
    """What stands in a field, whence, and where its page lies."""

    label: str
    place: str
    address: str = ""


def draw(
    title: str, poles: Sequence[str], entries: Mapping[Field, Entry], notes: Sequence[str] = ()
) -> str:
    """The quadrant as SVG; `poles` are left, right, top, bottom.

    >>> "cohesion" in draw("Quadrant", ("left", "right", "top", "bottom"), {(1, -1): Entry("cohesion", "")})
    True
    """
    left, right, top, bottom = poles
    told = [
        f"{entry.label}: {top if y < 0 else bottom}, {left if x < 0 else right}"
        for (x, y), entry in entries.items()
    ]
    drawing = Drawing(760, title, "; ".join(told))
    for (x, y), entry in entries.items():
        across, down = _X + x * _WIDTH / 2, _Y + y * _HEIGHT / 2
        with drawing.link(entry.address):
            drawing.rect(
                across - _WIDTH / 2, down - _HEIGHT / 2, _WIDTH, _HEIGHT, "ramp1", radius=0
            )
            lines = wrap(entry.label, 17, _WIDTH - 60)
            for row, part in enumerate(lines):
                y_line = down - 10 * (len(lines) - 1) + row * 20
                drawing.text(across, y_line, part, 17, "accent", "middle", serif=True, bold=True)
            drawing.text(
                across, down + 10 * len(lines) + 14, entry.place, 12, "mute", "middle", italic=True
            )
    drawing.path(f"M{_X - _WIDTH} {_Y}h{2 * _WIDTH}M{_X} {_Y - _HEIGHT}v{2 * _HEIGHT}", "ink", 1.4)
    for tip in (
        f"M{_X - _WIDTH} {_Y}l9 -4.5v9z",
        f"M{_X + _WIDTH} {_Y}l-9 -4.5v9z",
        f"M{_X} {_Y - _HEIGHT}l-4.5 9h9z",
        f"M{_X} {_Y + _HEIGHT}l-4.5 -9h9z",
    ):
        drawing.path(tip, "ink", 1, fill="ink")
    drawing.text(_X, _Y - _HEIGHT - 12, top, 13, anchor="middle", bold=True)
    drawing.text(_X, _Y + _HEIGHT + 24, bottom, 13, anchor="middle", bold=True)
    drawing.text(_X - _WIDTH + 14, _Y - 9, left, 12.5, bold=True)
    drawing.text(_X + _WIDTH - 14, _Y - 9, right, 12.5, anchor="end", bold=True)
    return drawing.svg(drawing.notes(notes, _Y + _HEIGHT + 56))
