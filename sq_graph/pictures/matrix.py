"""A heat map of verdicts on pairs: a square a pair, darker the firmer the contradiction, its sign
drawn as a path.
"""

from collections.abc import Mapping, Sequence

from sq_graph.pictures.drawing import Drawing
from sq_graph.pictures.letters import width_of
from sq_graph.resources import data_beside

Signs = Mapping[str, str]
_CELL = 26.0
_SIGNS: Mapping[str, Sequence[str]] = data_beside(__file__, "matrix.json")
"""Sign → the colour of its square, and the path that draws it: a converter's font may lack ⊂, and a
path looks the same everywhere.
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
    described = "; ".join(f"{words}: {pairs.count(words)} pairs" for words in used)
    drawing = Drawing(width, title, described)
    for number, label in enumerate(labels):
        middle, shown = _CELL * (number + 0.5), str(number + 1)
        drawing.text(left - 34, top + middle + 4, label, 12.5, anchor="end")
        drawing.text(left - 12, top + middle + 4, shown, 11, "mute", anchor="middle")
        drawing.text(left + middle, top - 9, shown, 11, "mute", anchor="middle")
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
    fill, shape = _SIGNS[sign]
    drawing.rect(x, y, _CELL, _CELL, fill, "line", radius=0)
    ink = "onstrong" if sign == "X" else "ink"
    drawing.path(f"M{x + _CELL / 2:.1f} {y + _CELL / 2:.1f}{shape}", ink, 2)
    drawing.path(f"M{x:.1f} {y:.1f}h{_CELL}v{_CELL}h-{_CELL}z", "line", 0.5, title=title)
