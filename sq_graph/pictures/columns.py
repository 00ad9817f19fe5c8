"""Typologies as columns of boxes, ranked ones from mild to severe, with the alignments between
them.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import add, attrgetter, mul
from statistics import fmean

from sq_graph.pictures.drawing import Drawing
from sq_graph.pictures.letters import width_of, wrap

_MARGIN, _BOX_WIDTH, _TOP, _GAP, _PAD, _GUTTER = 24.0, 236.0, 118.0, 24.0, 11.0, 190.0
_INNER_WIDTH = _BOX_WIDTH - 2 * _PAD
_FOOT_STEP = 106.0
"""From one box beneath the columns to the next."""
_STYLES = {
    "asserted": ("", "stated outright"),
    "hedged": ("7 4", "hedged"),
    "undrawn": ("1.5 5", "match that nobody proposes"),
    "reading": ("9 3 2 3", "our interpretation"),
}
"""The style of a line → its dashes, and its words in the key."""
_SPOTS = (0.5, 0.44, 0.56, 0.38, 0.62, 0.32, 0.68, 0.26, 0.74, 0.2, 0.8, 0.15, 0.85)
"""The places along a line for its caption, the middle first."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A category: its label and a note, its marks and page in the source, and the address of its
    page.
    """

    key: str
    label: str
    note: str = ""
    source: str = ""
    address: str = ""

    @property
    def lines(self) -> tuple[list[str], list[str]]:
        """The lines of its label and of its note."""
        label = wrap(self.label, 13.5, _INNER_WIDTH, bold=True)
        return label, wrap(self.note, 11.5, _INNER_WIDTH, max_lines=3)

    @property
    def height(self) -> float:
        """The height at which it is drawn."""
        label, note = self.lines
        return 2 * _PAD + 17 * len(label) + 14.5 * len(note) + (14 if self.source else 0) - 5


@dataclass(frozen=True)
class TypologyColumn:
    """A typology: its boxes, ordered if `ends` names the two ends of the order."""

    title: str
    subtitles: tuple[str, ...]
    boxes: tuple[Box, ...]
    ends: tuple[str, str] | None = None
    address: str = ""


@dataclass(frozen=True)
class Connector:
    """A line for a relation between boxes; several boxes on one side are taken together.

    `style` is asserted, hedged, undrawn or reading; a `denied` line is struck through; a `directed`
    one has an arrowhead.
    """

    starts: tuple[str, ...]
    ends: tuple[str, ...]
    relation: str
    detail: str
    style: str = "asserted"
    denied: bool = False
    directed: bool = False
    description: str = ""

    @property
    def caption(self) -> str:
        """The words over the line."""
        return f"denied: {self.relation}" if self.denied else self.relation

    @property
    def width(self) -> float:
        """The width of its words."""
        return max(width_of(self.caption, 12, True), width_of(self.detail, 11)) + 10

    @property
    def colour(self) -> str:
        """Paler for what nobody proposes, and for our interpretations."""
        if self.denied:
            return "accent"
        return "mute" if self.style in ("undrawn", "reading") else "ink"


@dataclass
class _Position:
    """The position of a box."""

    column: int
    y: float
    height: float

    @property
    def x(self) -> float:
        return _MARGIN + self.column * (_BOX_WIDTH + _GUTTER)

    @property
    def middle(self) -> float:
        return self.y + self.height / 2

    @property
    def bottom(self) -> float:
        return self.y + self.height


def draw(
    columns: Sequence[TypologyColumn],
    lines: Sequence[Connector],
    foot: Sequence[Box],
    title: str,
    notes: Sequence[str] = (),
) -> str:
    """The picture as SVG; `foot` are boxes beneath all columns, to which several of them relate.

    >>> left = TypologyColumn("Steinert", ("unordered",), (Box("a", "overall"),))
    >>> right = TypologyColumn("Room", ("unordered",), (Box("b", "rupture"),))
    >>> line = Connector(("a",), ("b",), "close match", "p. 6")
    >>> "close match" in draw([left, right], [line], [], "Compared")
    True
    """
    foot_keys = {box.key for box in foot}
    columns = _sort_boxes(columns, lines, foot_keys)
    width = max(2 * _MARGIN + len(columns) * (_BOX_WIDTH + _GUTTER) - _GUTTER, 620)
    description = "; ".join(line.description or f"{line.relation}, {line.detail}" for line in lines)
    positions = _position_boxes(columns, lines, foot_keys)
    sheet = _Sheet(Drawing(width, title, description), positions, [], [])
    bottom = max((position.bottom for position in positions.values()), default=_TOP)
    column_lines = [line for line in lines if foot_keys.isdisjoint((*line.starts, *line.ends))]
    for line, (start, end) in zip(column_lines, _ports(positions, column_lines), strict=True):
        sheet.draw_line(line, start, end)
    foot_rows = [(box, bottom + 62 + index * _FOOT_STEP) for index, box in enumerate(foot)]
    for index, (box, y) in enumerate(foot_rows):
        foot_lines = [line for line in lines if box.key in (*line.starts, *line.ends)]
        sheet.draw_foot_lines(box, foot_lines, y, index * _BOX_WIDTH / 2 / len(foot))
    spots = _choose_spots(sheet.captions)
    ends = (x + line.width / 2 for (x, _), (_, line) in zip(spots, sheet.captions, strict=True))
    sheet.drawing.width = max(width, *ends, 0)
    for box, y in foot_rows:
        sheet.draw_foot_box(box, y)
    for index, column in enumerate(columns):
        sheet.draw_column(column, _MARGIN + index * (_BOX_WIDTH + _GUTTER))
    for (x, y), (_, line) in zip(spots, sheet.captions, strict=True):
        sheet.draw_caption(x, y, line)
    bottom += 44 + (62 + _FOOT_STEP * (len(foot) - 1) + 44 if foot else 0)
    return sheet.drawing.svg(_add_key(sheet.drawing, bottom, lines, notes))


@dataclass(frozen=True)
class _Sheet:
    """A picture being drawn: `captions` are drawn last, over everything, each at one of its spots;
    `lanes` are the heights, by column, at which lines pass a column.
    """

    drawing: Drawing
    positions: Mapping[str, _Position]
    captions: list[tuple[list[Point], Connector]]
    lanes: list[tuple[int, float]]

    def draw_column(self, column: TypologyColumn, x: float) -> None:
        """Draws a column; ranked boxes are shaded from mild to severe, with arrows between them."""
        fit = min(_BOX_WIDTH + 120, self.drawing.width - x - _MARGIN)
        with self.drawing.link(column.address):
            self.drawing.text(x, 64, column.title, 14, bold=True, fit=fit)
        for row, subtitle in enumerate(column.subtitles[:2]):
            self.drawing.text(x, 80 + row * 15, subtitle, 12, "mute", italic=True, fit=fit)
        self.drawing.path(f"M{x:.1f} 103h{_BOX_WIDTH:.0f}", "ink", 1.2)
        steps = max(len(column.boxes) - 1, 1)
        for rank, box in enumerate(column.boxes):
            fill = f"ramp{1 + round(4 * rank / steps)}" if column.ends else "box"
            self.draw_box(box, fill, "onstrong" if fill == "ramp5" else "ink")
        if not column.ends or not column.boxes:
            return
        positions = [self.positions[box.key] for box in column.boxes]
        middle = x + _BOX_WIDTH / 2
        for upper, lower in pairwise(positions):
            shaft = f"M{middle:.1f} {upper.bottom + 3:.1f}V{lower.y - 8:.1f}"
            self.drawing.path(shaft, "mute", 1)
            head = f"M{middle - 4:.1f} {lower.y - 9:.1f}h8l-4 6z"
            self.drawing.path(head, "mute", 1, fill="mute")
        heights = (positions[0].y - 5, positions[-1].bottom + 14)
        for end, y in zip(column.ends, heights, strict=True):
            self.drawing.text(x, y, end, 11, "mute", italic=True, fit=fit)

    def draw_box(self, box: Box, fill: str, ink: str) -> None:
        """Draws a box with its words."""
        position = self.positions[box.key]
        label, note = box.lines
        with self.drawing.link(box.address):
            self.drawing.rect(position.x, position.y, _BOX_WIDTH, position.height, fill, "line")
            left, y = position.x + _PAD, position.y + _PAD + 11
            y = self.drawing.lines(left, y, label, 17, 13.5, colour=ink, bold=True)
            y = self.drawing.lines(left, y - 1, note, 14.5, 11.5, colour=ink)
            if box.source:
                right, fit = left + _INNER_WIDTH, _INNER_WIDTH
                self.drawing.text(right, y, box.source, 11, ink, anchor="end", italic=True, fit=fit)

    def draw_line(self, line: Connector, start: float, end: float) -> None:
        """Draws a line between columns, from a height to a height, with a comb on a side that is
        taken together.
        """
        column, target = self.positions[line.starts[0]].column, self.positions[line.ends[0]].column
        side = 1 if column < target else -1
        x1, y1 = self._draw_end(line.starts, side, start, line)
        x2, y2 = self._draw_end(line.ends, -side, end, line)
        curves, point = [], (x1, y1)
        for passed in range(column + side, target, side):  # behind it, through its nearest gap
            lane = self._lane(passed, (y1 + y2) / 2)
            x = _MARGIN + passed * (_BOX_WIDTH + _GUTTER) + (0 if side > 0 else _BOX_WIDTH)
            curves.append(_curve(point, (x, lane)))
            point = (x + side * _BOX_WIDTH, lane)
        curves.append(_curve(point, (x2, y2)))
        shape = "L".join(map(_curve_path, curves)).replace("LM", "L")
        self._stroke(line, shape)
        if line.directed:
            tip = f"M{x2 - side * 9:.1f} {y2 - 4.5:.1f}l{side * 9} 4.5l{-side * 9} 4.5z"
            self.drawing.path(tip, line.colour, 1, fill=line.colour)
        if line.style == "undrawn":  # the key and the table explain it
            return
        gap = line.width / 2 + 2
        spots = []
        for curve in curves:
            low, high = sorted((curve[0][0], curve[3][0]))
            points = [_point_on(curve, t) for t in _SPOTS]
            spots += [point for point in points if low + gap < point[0] < high - gap] or points[:1]
        self.captions.append((spots, line))

    def _stroke(self, line: Connector, shape: str) -> None:
        dash = _STYLES[line.style][0]
        self.drawing.path(shape, line.colour, 1.7, dash, title=line.description)

    def _lane(self, column: int, y: float) -> float:
        """The height nearest to `y` at which a line can pass a column without meeting a box."""
        boxes = [position for position in self.positions.values() if position.column == column]
        boxes.sort(key=attrgetter("y"))
        gaps = [(upper.bottom + lower.y) / 2 for upper, lower in pairwise(boxes)]
        lane = min([*gaps, boxes[-1].bottom + 20], key=lambda gap: abs(gap - y))
        count = self.lanes.count((column, lane))  # of lines that pass there already
        self.lanes.append((column, lane))
        return lane + 5 * (-count // 2 if count % 2 else count // 2)

    def _draw_end(self, keys: Sequence[str], side: int, y: float, line: Connector) -> Point:
        """The point at which a line leaves a box, or the comb that joins several boxes."""
        x = self.positions[keys[0]].x + (_BOX_WIDTH if side > 0 else 0)
        if len(keys) == 1:
            return x, y
        middles = sorted(self.positions[key].middle for key in keys)
        teeth = "".join(f"M{x:.1f} {middle:.1f}h{side * 14}" for middle in middles)
        x += side * 14
        self.drawing.path(f"M{x:.1f} {middles[0]:.1f}V{middles[-1]:.1f}{teeth}", line.colour, 2.2)
        return x, (middles[0] + middles[-1]) / 2

    def draw_foot_lines(self, box: Box, lines: Sequence[Connector], y: float, shift: float) -> None:
        """Draws the lines down to a box beneath the columns, shifted to the right."""
        for number, line in enumerate(lines):
            is_up = box.key in line.starts
            ends = (line.starts, line.ends)
            same = [other for other in lines[:number] if (other.starts, other.ends) == ends]
            start = self.positions[(line.ends if is_up else line.starts)[0]]
            column = (other for other in self.positions.values() if other.column == start.column)
            is_last = all(other.y <= start.y for other in column)
            x = start.x + (_BOX_WIDTH / 2 if is_last else _BOX_WIDTH + 10) + shift + 9 * len(same)
            side = f"{start.x + _BOX_WIDTH:.1f} {start.middle:.1f}H{x:.1f}"
            origin = f"{x:.1f} {start.bottom:.1f}" if is_last else side
            self._stroke(line, f"M{origin}V{y:.1f}")
            head = f"M{x - 4.5:.1f} {y - 8:.1f}h9l-4.5 8z"
            if is_up:
                head = f"M{start.x + _BOX_WIDTH + 9:.1f} {start.middle - 4.5:.1f}v9l-9 -4.5z"
            if is_up and is_last:
                head = f"M{x - 4.5:.1f} {start.bottom + 8:.1f}h9l-4.5 -8z"
            self.drawing.path(head, line.colour, 1, fill=line.colour)
            self.captions.append(([(x + len(same) * line.width, y - 32)], line))

    def draw_foot_box(self, box: Box, y: float) -> None:
        """Draws a box beneath the columns."""
        width = self.drawing.width - 2 * _MARGIN
        with self.drawing.link(box.address):
            self.drawing.rect(_MARGIN, y, width, 44, "shade", "line")
            middle = _MARGIN + width / 2
            self.drawing.text(middle, y + 19, box.label, 13.5, anchor="middle", bold=True)
            note = wrap(box.note, 11.5, width - 20, max_lines=1)
            self.drawing.lines(middle, y + 35, note, 0, 11.5, colour="mute", anchor="middle")

    def draw_caption(self, x: float, y: float, line: Connector) -> None:
        """Draws the words of a line, on a patch of paper over it."""
        self.drawing.rect(x - line.width / 2, y - 16, line.width, 32, "paper", radius=4)
        self.drawing.text(x, y - 2.5, line.caption, 12, line.colour, anchor="middle", bold=True)
        self.drawing.text(x, y + 11, line.detail, 11, "mute", anchor="middle")
        if line.denied:
            parts = (line.caption, "denied: ", line.relation)
            width, offset, length = (width_of(part, 12, True) for part in parts)
            left = x - width / 2 + offset
            self.drawing.path(f"M{left:.1f} {y - 6.5:.1f}h{length:.1f}", "accent", 1.6)


def _choose_spots(captions: Sequence[tuple[list[Point], Connector]]) -> list[Point]:
    """For each caption the spot where it covers the others least."""
    chosen = [spots[0] for spots, _ in captions]

    def overlap(spot: Point, index: int) -> float:
        return sum(
            max((captions[index][1].width + line.width) / 2 - abs(spot[0] - x), 0)
            * max(34 - abs(spot[1] - y), 0)
            for other, ((x, y), (_, line)) in enumerate(zip(chosen, captions, strict=True))
            if other != index
        )

    # repeated, because a later choice may free an earlier one
    for index, (spots, _) in list(enumerate(captions)) * 3:
        chosen[index] = min(spots, key=lambda spot: overlap(spot, index))
    return chosen


def _curve(start: Point, end: Point) -> tuple[Point, Point, Point, Point]:
    bend = (end[0] - start[0]) * 0.45
    return start, (start[0] + bend, start[1]), (end[0] - bend, end[1]), end


def _curve_path(curve: Sequence[Point]) -> str:
    start, *others = (f"{x:.1f} {y:.1f}" for x, y in curve)
    return f"M{start}C{' '.join(others)}"


def _point_on(curve: Sequence[Point], t: float) -> Point:
    u = 1 - t
    weights = (u**3, 3 * u * u * t, 3 * u * t * t, t**3)
    x, y = (sum(map(mul, weights, axis)) for axis in zip(*curve, strict=True))
    return x, y


def _linked_to(key: str, lines: Sequence[Connector]) -> list[str]:
    """The boxes at the other ends of the lines of a box."""
    ends = [end for line in lines if key in line.starts for end in line.ends]
    return ends + [start for line in lines if key in line.ends for start in line.starts]


def _sort_boxes(
    columns: Sequence[TypologyColumn], lines: Sequence[Connector], foot: Collection[str]
) -> list[TypologyColumn]:
    """The columns, with the boxes of unordered ones in the order of the boxes that they relate to,
    so that fewer lines cross.
    """
    ordered = [enumerate(column.boxes) for column in columns if column.ends]
    ranks = {box.key: rank for boxes in ordered for rank, box in boxes} | dict.fromkeys(foot, 99)

    def weight(box: Box) -> float:
        linked = [ranks[key] for key in _linked_to(box.key, lines) if key in ranks]
        return fmean(linked) if linked else -1

    return [
        column if column.ends else replace(column, boxes=tuple(sorted(column.boxes, key=weight)))
        for column in columns
    ]


def _position_boxes(
    columns: Sequence[TypologyColumn], lines: Sequence[Connector], foot: Collection[str]
) -> dict[str, _Position]:
    """The positions of boxes: the ranked or tallest column fills its height, the boxes of others
    are beside those that they relate to.
    """
    heights = {box.key: _height(box, columns, lines) for column in columns for box in column.boxes}
    totals = [sum(heights[box.key] for box in column.boxes) for column in columns]
    gaps = [_GAP * (len(column.boxes) - 1) for column in columns]
    height = max(*map(add, totals, gaps), 40 * len(lines) / max(len(columns) - 1, 1))
    anchor = max(range(len(columns)), key=lambda i: (columns[i].ends is not None, totals[i]))
    positions: dict[str, _Position] = {}
    for index in sorted(range(len(columns)), key=lambda i: i != anchor):
        boxes = columns[index].boxes
        gap = (height - totals[index]) / max(len(boxes) - 1, 1) if index == anchor else _GAP
        y = _TOP + 8
        for box in boxes:
            linked = _linked_to(box.key, lines)
            middles = [positions[key].middle for key in linked if key in positions]
            if not middles and any(key in foot for key in linked):
                middles = [math.inf]  # as low as it can be
            if middles and index != anchor:
                y = max(y, sum(middles) / len(middles) - heights[box.key] / 2)
            positions[box.key] = _Position(index, y, heights[box.key])
            y += heights[box.key] + gap
        limit = _TOP + 8 + height
        for position in (positions[box.key] for box in reversed(boxes)):
            position.y = min(position.y, limit - position.height)
            limit = position.y - _GAP
    return positions


def _height(box: Box, columns: Sequence[TypologyColumn], lines: Sequence[Connector]) -> float:
    """The height of a box, so that the captions of the lines on one side of it keep apart."""
    column_of = {other.key: i for i, column in enumerate(columns) for other in column.boxes}
    linked = [column_of[key] for key in _linked_to(box.key, lines) if key in column_of]
    right = sum(index > column_of[box.key] for index in linked)
    count = max(right, len(linked) - right)
    return max(box.height, 34 * (count + 1) if count > 2 else 0)


def _ports(positions: Mapping[str, _Position], lines: Sequence[Connector]) -> list[list[float]]:
    """The heights at which each line leaves and arrives, so that the lines of one side keep
    apart.
    """
    sides: dict[tuple[str, bool], list[tuple[float, int, int]]] = {}
    for number, line in enumerate(lines):
        for end, (near, far) in enumerate(((line.starts, line.ends), (line.ends, line.starts))):
            position, target = positions[near[0]], positions[far[0]]
            side = sides.setdefault((near[0], position.column < target.column), [])
            side.append((target.middle, number, end))
    ports = [[0.0, 0.0] for _ in lines]
    for (key, _), side in sides.items():
        for order, (_, number, end) in enumerate(sorted(side), 1):
            ports[number][end] = positions[key].y + positions[key].height * order / (len(side) + 1)
    return ports


def _add_key(drawing: Drawing, y: float, lines: Sequence[Connector], notes: Sequence[str]) -> float:
    """Draws the key to the lines and the notes; returns the height of the picture."""
    if not lines:
        return drawing.notes(notes, y)
    drawing.path(f"M{_MARGIN} {y - 18:.1f}H{drawing.width - _MARGIN:.1f}", "line", 1)
    colours = {line.style: line.colour for line in lines if not line.denied}
    entries = [(colours[style], *_STYLES[style]) for style in _STYLES if style in colours]
    if any(line.denied for line in lines):
        entries.append(("accent", "", "denied by somebody"))
    x = _MARGIN
    for colour, dash, label in entries:
        drawing.path(f"M{x:.1f} {y:.1f}h36", colour, 1.7, dash)
        drawing.text(x + 43, y + 4, label, 12)
        x += 69 + width_of(label, 12)
    if any(len(line.starts) > 1 or len(line.ends) > 1 for line in lines):
        drawing.path(f"M{x:.1f} {y - 6:.1f}h8v12h-8m8 -6h10", "ink", 2)
        drawing.text(x + 26, y + 4, "only together", 12)
    return drawing.notes(notes, y + 26)
