"""Figures as bars on one scale, grouped by subject; derived figures differ from printed ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from sq_graph.pictures.drawing import Drawing
from sq_graph.pictures.letters import width_of, wrap
from sq_graph.table import cell_text

_ROW, _BAR, _LABEL_WIDTH = 24.0, 420.0, 300.0


@dataclass(frozen=True)
class Bar:
    """A figure: its subject, its year, its value, and the bounds of a derived value."""

    subject: str
    year: str
    value: float
    low: float | None = None
    high: float | None = None
    is_derived: bool = False

    @property
    def label(self) -> str:
        """The text beside the bar."""
        if self.low is None or not self.high:
            return cell_text(self.value)
        return f"{cell_text(self.value)} ({cell_text(self.low)}–{cell_text(self.high)})"


def draw(title: str, unit: str, bars: Sequence[Bar], notes: Sequence[str] = ()) -> str:
    """Draws figures as SVG.

    Parameters:
        title: the title of the picture.
        unit: the unit of the figures, in words.
        bars: the figures, grouped by subject.
        notes: sentences beneath the picture.

    >>> "South Asia" in draw("Remittances", "billion dollars", [Bar("South Asia", "2002", 24)])
    True
    """
    subjects = [bar.subject for bar in bars]
    left = 36 + min(max(width_of(subject, 12.5) for subject in subjects), _LABEL_WIDTH)
    start = left + 14 + max(width_of(bar.year, 11.5) for bar in bars)
    maximum = max([abs(bar.high or bar.value) for bar in bars] or [1]) or 1
    description = "; ".join(f"{bar.subject} {bar.year}: {bar.label}" for bar in bars)
    drawing = Drawing(start + _BAR + 130, title, description)
    drawing.text(24, 55, unit, 12.5, "mute", italic=True)
    y = 74.0
    for index, bar in enumerate(bars):
        if index == 0 or subjects[index - 1] != bar.subject:
            y += 8
            lines = wrap(bar.subject, 12.5, _LABEL_WIDTH)
            drawing.lines(left - 12, y + 14, lines, 15, 12.5, anchor="end")
        drawing.text(left, y + 14, bar.year, 11.5, "mute")
        _draw_bar(drawing, bar, start, y, _BAR / maximum)
        y += _ROW
        if index + 1 == len(bars) or subjects[index + 1] != bar.subject:
            y = max(y, y - _ROW * subjects.count(bar.subject) + 15 * len(lines))
    drawing.path(f"M{start:.1f} 74V{y + 2:.1f}", "ink", 1)
    y += 26
    if any(bar.is_derived for bar in bars):
        drawing.rect(24, y - 12, 22, 14, "ramp4", "line", radius=0)
        drawing.text(54, y, "as printed", 12)
        drawing.rect(140, y - 12, 22, 14, "paper", "accent", radius=0)
        drawing.text(170, y, "worked out here, with the bounds that rounding leaves", 12)
        y += 26
    return drawing.svg(drawing.notes(notes, y))


def _draw_bar(drawing: Drawing, bar: Bar, x: float, y: float, scale: float) -> None:
    length = abs(bar.value) * scale
    fill, stroke = ("paper", "accent") if bar.is_derived else ("ramp4", "line")
    drawing.rect(x, y + 3, length, _ROW - 8, fill, stroke, radius=0)
    end = length
    if bar.low is not None and bar.high is not None:
        low, high = bar.low * scale, bar.high * scale
        middle = y + 3 + (_ROW - 8) / 2
        ends = "".join(f"M{x + bound:.1f} {middle - 4:.1f}v8" for bound in (low, high))
        drawing.path(f"M{x + low:.1f} {middle:.1f}H{x + high:.1f}{ends}", "accent", 1.6)
        end = max(end, high)
    drawing.text(x + end + 7, y + 15, bar.label, 12)
