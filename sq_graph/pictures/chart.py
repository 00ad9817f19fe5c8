"""Figures over years as lines, what a source prints beside what can be worked out from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sq_graph.pictures.drawing import Drawing

_PANEL = 520.0


@dataclass(frozen=True)
class Series:
    """One line: year → printed value, and year → value worked out with its least and most."""

    label: str
    printed: dict[int, float]
    derived: dict[int, tuple[float, float, float]]


def draw(
    title: str, unit: str, panels: Sequence[tuple[str, Sequence[Series]]], notes: Sequence[str] = ()
) -> str:
    """Panels of lines side by side, each on its own scale from nought, as SVG.

    >>> one = Series("South Asia", {2002: 24, 2004: 31}, {})
    >>> "South Asia" in draw("Remittances", "billion dollars", [("Regions", [one])])
    True
    """
    width = 24 + _PANEL * len(panels)
    told = "; ".join(
        f"{one.label}: "
        + ", ".join(f"{year} {value:g}" for year, value in sorted(one.printed.items()))
        for _, group in panels
        for one in group
    )
    drawing = Drawing(width, title, told)
    drawing.text(24, 55, unit, 12.5, "mute", italic=True)
    for index, (heading, group) in enumerate(panels):
        _panel(drawing, 24 + index * _PANEL, heading, group)
    drawing.circle(30, 458, 4, "ink")
    drawing.text(42, 462, "as printed", 12)
    drawing.path("M130 449v18M125 449h10M125 467h10M124 458h12", "accent", 1.6)
    drawing.text(
        144, 462, "sum of the regions worked out here, with the bounds that rounding leaves", 12
    )
    return drawing.svg(drawing.notes(notes, 490))


def _panel(drawing: Drawing, left: float, heading: str, group: Sequence[Series]) -> None:
    years = sorted({year for one in group for year in (*one.printed, *one.derived)})
    most = max(
        [
            *(v for one in group for v in one.printed.values()),
            *(bound[2] for one in group for bound in one.derived.values()),
        ],
        default=1,
    )
    span = max(years[-1] - years[0], 1)
    x = {year: left + 34 + 236 * (year - years[0]) / span for year in years}
    step = next(size for size in (5, 10, 20, 50, 100, 200, 1e9) if most / size <= 6)

    def y(value: float) -> float:
        return 410 - 300 * value / most

    drawing.text(left, 88, heading, 14, bold=True)
    for mark in range(int(most // step) + 1):
        drawing.path(f"M{left + 28:.1f} {y(mark * step):.1f}h248", "line", 0.5)
        drawing.text(left + 22, y(mark * step) + 4, f"{mark * step:g}", 11, "mute", "end")
    for year in years:
        drawing.text(x[year], 430, str(year), 11.5, "mute", "middle")
    lowest = 424.0
    for one in sorted(group, key=lambda one: one.printed.get(years[-1], 0)):
        points = [(x[year], y(value)) for year, value in sorted(one.printed.items())]
        if points:
            drawing.path("M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in points), "mute", 1.3)
        for year, (value, low, high) in one.derived.items():
            across = x[year] + 8
            bounds = (
                f"M{across:.1f} {y(low):.1f}V{y(high):.1f}m-4 0h8M{across - 4:.1f} {y(low):.1f}h8"
            )
            told = f"worked out: {value:g} ({low:g}–{high:g})"
            drawing.path(f"{bounds}M{across - 6:.1f} {y(value):.1f}h12", "accent", 1.6, title=told)
        for a, b in points:
            drawing.circle(a, b, 3.4, "ink", "paper")
        if not points:
            continue
        lowest = min(points[-1][1] + 4, lowest - 15)
        value = one.printed[max(one.printed)]
        drawing.text(points[-1][0] + 22, lowest, f"{one.label} {value:g}", 12)
