"""Figures as bars on one scale, grouped by what they are figures of; what was worked out differs
from what is printed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sq_graph.pictures.drawing import Drawing
from sq_graph.pictures.letters import width_of, wrap

_ROW, _BAR, _MOST = 24.0, 420.0, 300.0


@dataclass(frozen=True)
class Bar:
    """One figure: what it is a figure of, when, its value, and the bounds of a value that was
    worked out.
    """

    of: str
    when: str
    value: float
    low: float | None = None
    high: float | None = None
    is_derived: bool = False

    @property
    def words(self) -> str:
        """The value as it is written beside the bar."""
        bounds = f" ({self.low:g}–{self.high:g})" if self.low is not None and self.high else ""
        return f"{self.value:g}{bounds}"


def draw(title: str, unit: str, bars: Sequence[Bar], notes: Sequence[str] = ()) -> str:
    """Draw figures as SVG.

    Parameters:
        title: what is written over the picture.
        unit: what the figures are counted in, in words.
        bars: the figures, those of one thing one after another.
        notes: sentences beneath it.

    >>> "South Asia" in draw("Remittances", "billion dollars", [Bar("South Asia", "2002", 24)])
    True
    """
    names = [bar.of for bar in bars]
    left = 36 + min(max(width_of(name, 12.5) for name in names), _MOST)
    years = 14 + max(width_of(bar.when, 11.5) for bar in bars)
    start, most = left + years, max([abs(bar.high or bar.value) for bar in bars] or [1]) or 1
    described = "; ".join(f"{bar.of} {bar.when}: {bar.words}" for bar in bars)
    drawing = Drawing(start + _BAR + 130, title, described)
    drawing.text(24, 55, unit, 12.5, "mute", italic=True)
    y = 74.0
    for place, bar in enumerate(bars):
        if place == 0 or names[place - 1] != bar.of:
            y += 8
            lines = wrap(bar.of, 12.5, _MOST)
            drawing.lines(left - 12, y + 14, lines, 15, 12.5, anchor="end")
        drawing.text(left, y + 14, bar.when, 11.5, "mute")
        _bar(drawing, bar, start, y, _BAR / most)
        y += _ROW
        if place + 1 == len(bars) or names[place + 1] != bar.of:
            y = max(y, y - _ROW * names.count(bar.of) + 15 * len(lines))
    drawing.path(f"M{start:.1f} 74V{y + 2:.1f}", "ink", 1)
    y += 26
    if any(bar.is_derived for bar in bars):
        drawing.rect(24, y - 12, 22, 14, "ramp4", "line", radius=0)
        drawing.text(54, y, "as printed", 12)
        drawing.rect(140, y - 12, 22, 14, "paper", "accent", radius=0)
        drawing.text(170, y, "worked out here, with the bounds that rounding leaves", 12)
        y += 26
    return drawing.svg(drawing.notes(notes, y))


def _bar(drawing: Drawing, bar: Bar, x: float, y: float, scale: float) -> None:
    length = abs(bar.value) * scale
    fill, line = ("paper", "accent") if bar.is_derived else ("ramp4", "line")
    drawing.rect(x, y + 3, length, _ROW - 8, fill, line, radius=0)
    end = length
    if bar.low is not None and bar.high is not None:
        low, high = bar.low * scale, bar.high * scale
        middle = y + 3 + (_ROW - 8) / 2
        ends = "".join(f"M{x + at:.1f} {middle - 4:.1f}v8" for at in (low, high))
        drawing.path(f"M{x + low:.1f} {middle:.1f}H{x + high:.1f}{ends}", "accent", 1.6)
        end = max(end, high)
    drawing.text(x + end + 7, y + 15, bar.words, 12)
