"""Who defines what: holders on the left, concepts on the right, a line for each definition."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from sq_graph.pictures.drawing import Drawing
from sq_graph.pictures.letters import width_of

_ROW, _LEFT, _RIGHT = 21.0, 250.0, 560.0


@dataclass(frozen=True)
class DefinitionLine:
    """A definition: its holder, its concept and the family of that, and whether it is hedged."""

    holder: str
    holder_address: str
    concept: str
    concept_address: str
    family: str
    description: str
    address: str
    hedged: bool


def draw(title: str, lines: Sequence[DefinitionLine], notes: Sequence[str] = ()) -> str:
    """The map as SVG; families and their concepts from the most defined on, holders near what they
    define.

    Parameters:
        title: the title of the picture.
        lines: the definitions.
        notes: sentences beneath the picture.

    >>> line = DefinitionLine("Room", "", "rupture", "", "exclusion", "Room on rupture", "", False)
    >>> "rupture" in draw("Who defines what", [line])
    True
    """
    drawing = Drawing(900, title, "; ".join(line.description for line in lines))
    drawing.text(_LEFT, 66, "Who", 13, "mute", anchor="end", italic=True)
    drawing.text(_RIGHT, 66, "defines what", 13, "mute", italic=True)
    concept_y: dict[str, float] = {}
    y = 72.0
    for family in _by_count([line.family for line in lines]):
        y += 30
        drawing.text(_RIGHT, y, family, 15, "accent", bold=True)
        for concept in _by_count([line.concept for line in lines if line.family == family]):
            y += _ROW
            concept_y[concept] = y
    heights = defaultdict[str, list[float]](list)
    for line in lines:
        heights[line.holder].append(concept_y[line.concept])
    holders = sorted(heights, key=lambda holder: (fmean(heights[holder]), holder))
    step = max((y - 102) / max(len(holders), 1), _ROW)
    holder_y = {holder: 102 + step * (index + 0.5) for index, holder in enumerate(holders)}
    for line in lines:
        y1, y2 = holder_y[line.holder] - 4, concept_y[line.concept] - 4
        end = f"{_RIGHT - 150:.0f} {y2:.1f} {_RIGHT - 10:.0f} {y2:.1f}"
        with drawing.link(line.address, line.description):
            dash = "6 4" if line.hedged else ""
            shape = f"M{_LEFT + 10:.0f} {y1:.1f}C{_LEFT + 150:.0f} {y1:.1f} {end}"
            drawing.path(shape, "mute", 1.2, dash, title=line.description)
    for line in {line.holder: line for line in lines}.values():
        size = 13 if width_of(line.holder, 13) < _LEFT - 20 else 11
        baseline = holder_y[line.holder]
        with drawing.link(line.holder_address):
            drawing.text(_LEFT, baseline, line.holder, size, anchor="end", fit=_LEFT - 16)
        drawing.circle(_LEFT + 8, baseline - 4, 3, "ink")
    for line in {line.concept: line for line in lines}.values():
        baseline = concept_y[line.concept]
        with drawing.link(line.concept_address):
            drawing.text(_RIGHT + 2, baseline, line.concept, 13, fit=330)
        drawing.circle(_RIGHT - 8, baseline - 4, 3, "accent")
    y = max(y, 102 + step * len(holders)) + 34
    drawing.path(f"M24 {y:.0f}h36", "mute", 1.2)
    drawing.text(68, y + 4, "a definition, stated outright", 12)
    drawing.path(f"M250 {y:.0f}h36", "mute", 1.2, "6 4")
    drawing.text(294, y + 4, "hedged or distanced", 12)
    return drawing.svg(drawing.notes(notes, y + 26))


def _by_count(names: Sequence[str]) -> list[str]:
    """Each name once, the most frequent first, then in alphabetical order."""
    return sorted(set(names), key=lambda name: (-names.count(name), name.lower()))
