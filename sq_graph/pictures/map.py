"""Who defines what: holders on the left, concepts on the right, a line for each definition; the
same each time.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from sq_graph.pictures.drawing import Drawing
from sq_graph.pictures.letters import width_of

_ROW, _LEFT, _RIGHT = 21.0, 250.0, 560.0


@dataclass(frozen=True)
class Tie:
    """One definition: who holds it, of what concept, in which family of concepts, and how
    firmly.
    """

    holder: str
    holder_address: str
    concept: str
    concept_address: str
    family: str
    description: str
    address: str
    hedged: bool


def draw(title: str, ties: Sequence[Tie], notes: Sequence[str] = ()) -> str:
    """The map as SVG; families and the concepts in them from the most defined on, holders near what
    they define.

    Parameters:
        title: what is written over it.
        ties: the definitions.
        notes: sentences beneath it.

    >>> tie = Tie("Room", "", "rupture", "", "social exclusion", "Room on rupture", "", False)
    >>> "rupture" in draw("Who defines what", [tie])
    True
    """
    drawing = Drawing(900, title, "; ".join(tie.description for tie in ties))
    drawing.text(_LEFT, 66, "Who", 13, "mute", anchor="end", italic=True)
    drawing.text(_RIGHT, 66, "defines what", 13, "mute", italic=True)
    height: dict[str, float] = {}
    y = 72.0
    for family in _by_count([tie.family for tie in ties]):
        y += 30
        drawing.text(_RIGHT, y, family, 15, "accent", bold=True)
        for concept in _by_count([tie.concept for tie in ties if tie.family == family]):
            y += _ROW
            height[concept] = y
    near = defaultdict[str, list[float]](list)
    for tie in ties:
        near[tie.holder].append(height[tie.concept])
    holders = sorted(near, key=lambda holder: (fmean(near[holder]), holder))
    step = max((y - 102) / max(len(holders), 1), _ROW)
    places = {holder: 102 + step * (index + 0.5) for index, holder in enumerate(holders)}
    for tie in ties:
        a, b = places[tie.holder] - 4, height[tie.concept] - 4
        curve = f"C{_LEFT + 150:.0f} {a:.1f} {_RIGHT - 150:.0f} {b:.1f} {_RIGHT - 10:.0f} {b:.1f}"
        with drawing.link(tie.address, tie.description):
            dash = "6 4" if tie.hedged else ""
            shape = f"M{_LEFT + 10:.0f} {a:.1f}{curve}"
            drawing.path(shape, "mute", 1.2, dash, title=tie.description)
    for tie in {tie.holder: tie for tie in ties}.values():
        size = 13 if width_of(tie.holder, 13) < _LEFT - 20 else 11
        with drawing.link(tie.holder_address):
            y_of = places[tie.holder]
            drawing.text(_LEFT, y_of, tie.holder, size, anchor="end", fit=_LEFT - 16)
        drawing.circle(_LEFT + 8, places[tie.holder] - 4, 3, "ink")
    for tie in {tie.concept: tie for tie in ties}.values():
        with drawing.link(tie.concept_address):
            drawing.text(_RIGHT + 2, height[tie.concept], tie.concept, 13, fit=330)
        drawing.circle(_RIGHT - 8, height[tie.concept] - 4, 3, "accent")
    y = max(y, 102 + step * len(holders)) + 34
    drawing.path(f"M24 {y:.0f}h36", "mute", 1.2)
    drawing.text(68, y + 4, "a definition, stated outright", 12)
    drawing.path(f"M250 {y:.0f}h36", "mute", 1.2, "6 4")
    drawing.text(294, y + 4, "hedged or distanced", 12)
    return drawing.svg(drawing.notes(notes, y + 26))


def _by_count(names: Sequence[str]) -> list[str]:
    """Each name once, the most frequent first, then by the alphabet."""
    return sorted(set(names), key=lambda name: (-names.count(name), name.lower()))
