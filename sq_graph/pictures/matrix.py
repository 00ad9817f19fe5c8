"""A heat map of verdicts on pairs: a square for each pair, darker for a firmer contradiction."""

from collections.abc import Mapping, Sequence

from sq_graph.pictures.drawing import Drawing
from sq_graph.pictures.letters import width_of
from sq_graph.resources import data_beside

Symbols = Mapping[str, str]
_CELL = 26.0
_SQUARES: Mapping[str, Sequence[str]] = data_beside(__file__, "matrix.json")
"""Symbol → the colour of its square, and its path: the font of a converter may lack ⊂, and a path
looks the same everywhere.
"""


def draw(
    title: str,
    labels: Sequence[str],
    verdicts: Mapping[tuple[int, int], str],
    symbols: Symbols,
    notes: Sequence[str] = (),
) -> str:
    """The heat map as SVG.

    `verdicts` holds the verdict on each pair of numbers (row, column), `symbols` the symbol of each
    verdict, in the order of the legend.

    >>> picture = draw("Pairs", ("A", "B"), {(0, 1): "contradict"}, {"contradict": "X"})
    >>> "A and B: contradict" in picture and "contradict: 1 pairs" in picture
    True
    """
    left = 40 + max(width_of(f"{label}  88", 12.5) for label in labels)
    top, size = 92.0, _CELL * len(labels)
    used = [verdict for verdict in symbols if verdict in verdicts.values()]
    width = max(left + size + 24, 60 + max(width_of(verdict, 12.5) for verdict in used), 620)
    pairs = [verdict for (row, column), verdict in verdicts.items() if row < column]
    description = "; ".join(f"{verdict}: {pairs.count(verdict)} pairs" for verdict in used)
    drawing = Drawing(width, title, description)
    for index, label in enumerate(labels):
        middle, number = _CELL * (index + 0.5), str(index + 1)
        drawing.text(left - 34, top + middle + 4, label, 12.5, anchor="end")
        drawing.text(left - 12, top + middle + 4, number, 11, "mute", anchor="middle")
        drawing.text(left + middle, top - 9, number, 11, "mute", anchor="middle")
    for (row, column), verdict in sorted(verdicts.items()):
        tooltip = f"{labels[row]} and {labels[column]}: {verdict}"
        _draw_square(drawing, left + _CELL * column, top + _CELL * row, symbols[verdict], tooltip)
    y = top + size + 30
    for verdict in used:
        _draw_square(drawing, 24, y - 18, symbols[verdict], verdict)
        drawing.text(60, y, verdict, 12.5)
        y += _CELL + 4
    return drawing.svg(drawing.notes(notes, y + 6))


def _draw_square(drawing: Drawing, x: float, y: float, symbol: str, title: str) -> None:
    fill, shape = _SQUARES[symbol]
    drawing.rect(x, y, _CELL, _CELL, fill, "line", radius=0)
    ink = "onstrong" if symbol == "X" else "ink"
    drawing.path(f"M{x + _CELL / 2:.1f} {y + _CELL / 2:.1f}{shape}", ink, 2)
    drawing.path(f"M{x:.1f} {y:.1f}h{_CELL}v{_CELL}h-{_CELL}z", "line", 0.5, title=title)
