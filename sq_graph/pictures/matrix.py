"""A heat map of verdicts on pairs: a square a pair, darker the firmer the contradiction, its sign
drawn as a path.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sq_graph.pictures.drawing import Drawing
from sq_graph.pictures.letters import width_of

Signs = Mapping[str, str]
_CELL = 26.0
_FILLS = {
    "X": "ramp5",
    "x": "ramp4",
    "h": "ramp3",
    "t": "ramp2",
    "f": "ramp1",
    "o": "ramp1",
    "⊂": "shade",
    "·": "box",
    "?": "box",
    "-": "paper",
}


_SHAPES = {
    "X": "m-5 -5l10 10m0 -10l-10 10",
    "x": "m-5 -5l10 10m0 -10l-10 10m-3 4h16",
    "h": "m-5 5l10 -10",
    "t": "m-5 5l3 -3m4 -4l3 -3",
    "f": "m-5 -5l10 10m0 -10l-4 4m-2 2l-4 4",
    "o": "m-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0",
    "⊂": "m5 -5h-5a5 5 0 0 0 0 10h5",
    "·": "m-1 0h2",
    "?": "m-4 0h2m4 0h2",
    "-": "",
}
"""Sign → the path that draws it: a converter's font may lack ⊂, and a path looks the same
everywhere.
"""


def draw(
    title: str,
    labels: Sequence[str],
    verdicts: Mapping[tuple[int, int], str],
    signs: Signs,
    notes: Sequence[str] = (),
) -> str:
    """The heat map as SVG.

    `verdicts` holds the words for each pair of numbers (row, column), `signs` the sign for those
    words, in the order of the legend.

    >>> picture = draw("Pairs", ("A", "B"), {(0, 1): "contradict"}, {"contradict": "X"})
    >>> "A and B: contradict" in picture and "contradict: 1 pairs" in picture
    True
    """
    left = 40 + max(width_of(f"{label}  88", 12.5) for label in labels)
    top, size = 92.0, _CELL * len(labels)
    used = [verdict for verdict in signs if verdict in verdicts.values()]
    width = max(left + size + 24, 60 + max(width_of(verdict, 12.5) for verdict in used), 620)
    pairs = [words for (row, column), words in verdicts.items() if row < column]
    drawing = Drawing(
        width, title, "; ".join(f"{words}: {pairs.count(words)} pairs" for words in used)
    )
    for number, label in enumerate(labels):
        middle = top + _CELL * (number + 0.5)
        drawing.text(left - 34, middle + 4, label, 12.5, anchor="end")
        drawing.text(left - 12, middle + 4, str(number + 1), 11, "mute", anchor="middle")
        drawing.text(
            left + _CELL * (number + 0.5), top - 9, str(number + 1), 11, "mute", anchor="middle"
        )
    for (row, column), words in sorted(verdicts.items()):
        pair = f"{labels[row]} and {labels[column]}: {words}"
        _square(drawing, left + _CELL * column, top + _CELL * row, signs[words], pair)
    y = top + size + 30
    for words in used:
        _square(drawing, 24, y - 18, signs[words], words)
        drawing.text(60, y, words, 12.5)
        y += _CELL + 4
    return drawing.svg(drawing.notes(notes, y + 6))


def _square(drawing: Drawing, x: float, y: float, sign: str, title: str) -> None:
    drawing.rect(x, y, _CELL, _CELL, _FILLS[sign], "line", radius=0)
    ink = "onstrong" if sign == "X" else "ink"
    drawing.path(f"M{x + _CELL / 2:.1f} {y + _CELL / 2:.1f}{_SHAPES[sign]}", ink, 2)
    drawing.path(f"M{x:.1f} {y:.1f}h{_CELL}v{_CELL}h-{_CELL}z", "line", 0.5, title=title)
