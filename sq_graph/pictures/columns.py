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

_MARGIN, _BOX, _TOP, _GAP, _PAD, _GUTTER = 24.0, 236.0, 118.0, 24.0, 11.0, 190.0
_STEP = 106.0
"""From one box beneath the columns to the next."""
_MANNERS = {
    "asserted": ("", "stated outright"),
    "hedged": ("7 4", "hedged"),
    "undrawn": ("1.5 5", "match that nobody proposes"),
    "reading": ("9 3 2 3", "our interpretation"),
}
"""The manner of a line → its dashes, and the words of the key."""
_SPOTS = (0.5, 0.44, 0.56, 0.38, 0.62, 0.32, 0.68, 0.26, 0.74, 0.2, 0.8, 0.15, 0.85)
"""Where along a line its words may stand, the middle first."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A category: what it is called, what it is in a few words, its marks and page, and where its
    own page lies.
    """

    key: str
    label: str
    note: str = ""
    place: str = ""
    address: str = ""

    @property
    def lines(self) -> tuple[list[str], list[str]]:
        """The lines of its label and of its note."""
        inside = _BOX - 2 * _PAD
        return wrap(self.label, 13.5, inside, bold=True), wrap(self.note, 11.5, inside, most=3)

    @property
    def height(self) -> float:
        """How high it is drawn."""
        label, note = self.lines
        return 2 * _PAD + 17 * len(label) + 14.5 * len(note) + (14 if self.place else 0) - 5


@dataclass(frozen=True)
class TypologyColumn:
    """A typology: its boxes, in order from one end to the other where it is ordered (`ends` names
    these).
    """

    title: str
    subtitles: tuple[str, ...]
    boxes: tuple[Box, ...]
    ends: tuple[str, str] | None = None
    address: str = ""


@dataclass(frozen=True)
class Connector:
    """A correspondence between boxes, several on one side where they are taken together.

    `manner` is asserted, hedged, undrawn or reading; a `denied` line is struck; a `directed` one
    has an arrowhead.
    """

    starts: tuple[str, ...]
    ends: tuple[str, ...]
    relation: str
    detail: str
    manner: str = "asserted"
    denied: bool = False
    directed: bool = False
    description: str = ""

    @property
    def words(self) -> str:
        """What stands over it."""
        return f"denied: {self.relation}" if self.denied else self.relation

    @property
    def width(self) -> float:
        """How wide its words are."""
        return max(width_of(self.words, 12, True), width_of(self.detail, 11)) + 10

    @property
    def colour(self) -> str:
        """What nobody draws, or only we, is paler."""
        return (
            "accent" if self.denied else "mute" if self.manner in ("undrawn", "reading") else "ink"
        )


@dataclass
class _Place:
    """Where a box stands."""

    column: int
    y: float
    height: float

    @property
    def x(self) -> float:
        return _MARGIN + self.column * (_BOX + _GUTTER)

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
    """The picture as SVG; `foot` are boxes that lie beneath all columns, where several of them
    meet.

    >>> one = TypologyColumn("Steinert", ("unordered",), (Box("a", "overall"),))
    >>> two = TypologyColumn("Room", ("unordered",), (Box("b", "rupture"),))
    >>> line = Connector(("a",), ("b",), "close match", "p. 6")
    >>> "close match" in draw([one, two], [line], [], "Compared")
    True
    """
    beneath = {box.key for box in foot}
    columns = _sorted_for(columns, lines, beneath)
    width = max(2 * _MARGIN + len(columns) * (_BOX + _GUTTER) - _GUTTER, 620)
    described = "; ".join(line.description or f"{line.relation}, {line.detail}" for line in lines)
    sheet = _Drawing(Drawing(width, title, described), _placed(columns, lines, beneath), [], [])
    bottom = max((place.bottom for place in sheet.places.values()), default=_TOP)
    across = [line for line in lines if beneath.isdisjoint((*line.starts, *line.ends))]
    for line, (start, end) in zip(across, _ports(sheet.places, across), strict=True):
        sheet.line(line, start, end)
    feet = [(box, bottom + 62 + index * _STEP) for index, box in enumerate(foot)]
    for index, (box, y) in enumerate(feet):
        down = [line for line in lines if box.key in (*line.starts, *line.ends)]
        sheet.down(box, down, y, index * _BOX / 4)
    for box, y in feet:
        sheet.foot(box, y)
    for index, column in enumerate(columns):
        sheet.column(column, _MARGIN + index * (_BOX + _GUTTER))
    for (x, y), (_, line) in zip(_apart(sheet.pills), sheet.pills, strict=True):
        sheet.pill(x, y, line)
    bottom += 44 + (62 + _STEP * (len(foot) - 1) + 44 if foot else 0)
    return sheet.drawing.svg(_close(sheet.drawing, bottom, lines, notes))


@dataclass(frozen=True)
class _Drawing:
    """A picture being drawn; `pills` are the words of lines, drawn last, over everything, each with
    the spots where they may be; `lanes` the heights, in their column, at which lines pass it.
    """

    drawing: Drawing
    places: Mapping[str, _Place]
    pills: list[tuple[list[Point], Connector]]
    lanes: list[tuple[int, float]]

    def column(self, column: TypologyColumn, x: float) -> None:
        """A column; ranked boxes are shaded from mild to severe, with an arrow between
        neighbours.
        """
        with self.drawing.link(column.address):
            self.drawing.text(x, 64, column.title, 14, bold=True, fit=_BOX + 120)
        for row, part in enumerate(column.subtitles[:2]):
            self.drawing.text(x, 80 + row * 15, part, 12, "mute", italic=True, fit=_BOX)
        self.drawing.path(f"M{x:.1f} 103h{_BOX:.0f}", "ink", 1.2)
        steps = max(len(column.boxes) - 1, 1)
        for order, box in enumerate(column.boxes):
            fill = f"ramp{1 + round(4 * order / steps)}" if column.ends else "box"
            self.box(box, fill, "onstrong" if fill == "ramp5" else "ink")
        if not column.ends or not column.boxes:
            return
        places = [self.places[box.key] for box in column.boxes]
        middle = x + _BOX / 2
        for here, there in pairwise(places):
            shaft = f"M{middle:.1f} {here.bottom + 3:.1f}V{there.y - 8:.1f}"
            self.drawing.path(shaft, "mute", 1)
            head = f"M{middle - 4:.1f} {there.y - 9:.1f}h8l-4 6z"
            self.drawing.path(head, "mute", 1, fill="mute")
        for end, y in zip(column.ends, (places[0].y - 5, places[-1].bottom + 14), strict=True):
            self.drawing.text(x, y, end, 11, "mute", italic=True)

    def box(self, box: Box, fill: str, ink: str) -> None:
        """A box with its words."""
        place = self.places[box.key]
        label, note = box.lines
        with self.drawing.link(box.address):
            self.drawing.rect(place.x, place.y, _BOX, place.height, fill, "line")
            left, right, y = place.x + _PAD, place.x + _BOX - _PAD, place.y + _PAD + 11
            y = self.drawing.lines(left, y, label, 17, 13.5, colour=ink, bold=True)
            y = self.drawing.lines(left, y - 1, note, 14.5, 11.5, colour=ink)
            if box.place:
                room = _BOX - 2 * _PAD
                self.drawing.text(right, y, box.place, 11, ink, anchor="end", italic=True, fit=room)

    def line(self, line: Connector, start: float, end: float) -> None:
        """One correspondence, from a height to a height, with a comb on a side that is taken
        together.
        """
        column, target = self.places[line.starts[0]].column, self.places[line.ends[0]].column
        side = 1 if column < target else -1
        x1, y1 = self._end(line.starts, side, start, line)
        x2, y2 = self._end(line.ends, -side, end, line)
        curves, at = [], (x1, y1)
        for between in range(column + side, target, side):  # behind it, through its nearest gap
            lane = self._lane(between, (y1 + y2) / 2)
            x = _MARGIN + between * (_BOX + _GUTTER) + (0 if side > 0 else _BOX)
            curves.append(_curve(at, (x, lane)))
            at = (x + side * _BOX, lane)
        curves.append(_curve(at, (x2, y2)))
        shape = "L".join(_shape(curve) for curve in curves).replace("LM", "L")
        self._stroke(line, shape)
        if line.directed:
            tip = f"M{x2 - side * 9:.1f} {y2 - 4.5:.1f}l{side * 9} 4.5l{-side * 9} 4.5z"
            self.drawing.path(tip, line.colour, 1, fill=line.colour)
        if line.manner == "undrawn":  # the key and the table say what it warns of
            return
        room = line.width / 2 + 2
        inside = []
        for curve in curves:
            low, high = sorted((curve[0][0], curve[3][0]))
            spots = [_point(curve, share) for share in _SPOTS]
            inside += [spot for spot in spots if low + room < spot[0] < high - room] or spots[:1]
        self.pills.append((inside, line))

    def _stroke(self, line: Connector, shape: str) -> None:
        dash = _MANNERS[line.manner][0]
        self.drawing.path(shape, line.colour, 1.7, dash, title=line.description)

    def _lane(self, column: int, y: float) -> float:
        """The height nearest to `y` at which a line can pass a column without meeting a box."""
        inside = [place for place in self.places.values() if place.column == column]
        inside.sort(key=attrgetter("y"))
        gaps = [(one.bottom + two.y) / 2 for one, two in pairwise(inside)]
        lane = min([*gaps, inside[-1].bottom + 20], key=lambda gap: abs(gap - y))
        self.lanes.append((column, lane))
        before = self.lanes.count((column, lane)) - 1  # each beside those that pass there already
        return lane + 5 * (-before // 2 if before % 2 else before // 2)

    def _end(self, keys: Sequence[str], side: int, y: float, line: Connector) -> Point:
        """Where a line leaves a box; where it leaves several together, a comb joins them first."""
        x = self.places[keys[0]].x + (_BOX if side > 0 else 0)
        if len(keys) == 1:
            return x, y
        middles = sorted(self.places[key].middle for key in keys)
        teeth = "".join(f"M{x:.1f} {middle:.1f}h{side * 14}" for middle in middles)
        x += side * 14
        self.drawing.path(f"M{x:.1f} {middles[0]:.1f}V{middles[-1]:.1f}{teeth}", line.colour, 2.2)
        return x, (middles[0] + middles[-1]) / 2

    def down(self, box: Box, lines: Sequence[Connector], y: float, aside: float) -> None:
        """The lines that come down to a box beneath the columns, so far to the right."""
        for line in lines:
            is_up = box.key in line.starts
            start = self.places[(line.ends if is_up else line.starts)[0]]
            column = [one for one in self.places.values() if one.column == start.column]
            is_last = all(place.y <= start.y for place in column)
            x = start.x + (_BOX / 2 if is_last else _BOX + 10) + aside
            begin = f"{start.x + _BOX:.1f} {start.middle:.1f}H{x:.1f}"
            if is_last:
                begin = f"{x:.1f} {start.bottom:.1f}"
            self._stroke(line, f"M{begin}V{y:.1f}")
            head = f"M{x - 4.5:.1f} {y - 8:.1f}h9l-4.5 8z"
            if is_up:
                head = f"M{start.x + _BOX + 9:.1f} {start.middle - 4.5:.1f}v9l-9 -4.5z"
            if is_up and is_last:
                head = f"M{x - 4.5:.1f} {start.bottom + 8:.1f}h9l-4.5 -8z"
            self.drawing.path(head, line.colour, 1, fill=line.colour)
            self.pills.append(([(x if is_last else x + 62, y - 32)], line))

    def foot(self, box: Box, y: float) -> None:
        """A box beneath the columns."""
        width = self.drawing.width - 2 * _MARGIN
        with self.drawing.link(box.address):
            self.drawing.rect(_MARGIN, y, width, 44, "shade", "line")
            middle = _MARGIN + width / 2
            self.drawing.text(middle, y + 19, box.label, 13.5, anchor="middle", bold=True)
            note = wrap(box.note, 11.5, width - 20, most=1)
            self.drawing.lines(middle, y + 35, note, 0, 11.5, colour="mute", anchor="middle")

    def pill(self, x: float, y: float, line: Connector) -> None:
        """What a line says, on a patch of paper over it."""
        self.drawing.rect(x - line.width / 2, y - 16, line.width, 32, "paper", radius=4)
        self.drawing.text(x, y - 2.5, line.words, 12, line.colour, anchor="middle", bold=True)
        self.drawing.text(x, y + 11, line.detail, 11, "mute", anchor="middle")
        if line.denied:
            parts = (line.words, "denied: ", line.relation)
            words, before, length = (width_of(part, 12, True) for part in parts)
            left = x - words / 2 + before
            self.drawing.path(f"M{left:.1f} {y - 6.5:.1f}h{length:.1f}", "accent", 1.6)


def _apart(pills: Sequence[tuple[list[Point], Connector]]) -> list[Point]:
    """For the words of each line a spot where they cover those of other lines least."""
    chosen = [spots[0] for spots, _ in pills]

    def covered(spot: Point, own: int) -> float:
        return sum(
            max((pills[own][1].width + line.width) / 2 - abs(spot[0] - x), 0)
            * max(34 - abs(spot[1] - y), 0)
            for other, ((x, y), (_, line)) in enumerate(zip(chosen, pills, strict=True))
            if other != own
        )

    for own, (spots, _) in list(enumerate(pills)) * 3:  # a later choice may free an earlier one
        chosen[own] = min(spots, key=lambda spot: covered(spot, own))
    return chosen


def _curve(start: Point, end: Point) -> tuple[Point, Point, Point, Point]:
    bend = (end[0] - start[0]) * 0.45
    return start, (start[0] + bend, start[1]), (end[0] - bend, end[1]), end


def _shape(curve: Sequence[Point]) -> str:
    start, *rest = (f"{x:.1f} {y:.1f}" for x, y in curve)
    return f"M{start}C{' '.join(rest)}"


def _point(curve: Sequence[Point], share: float) -> Point:
    rest = 1 - share
    weights = (rest**3, 3 * rest * rest * share, 3 * rest * share * share, share**3)
    x, y = (sum(map(mul, weights, axis)) for axis in zip(*curve, strict=True))
    return x, y


def _facing(key: str, lines: Sequence[Connector]) -> list[str]:
    """The boxes at the other end of the lines of a box."""
    there = [other for line in lines if key in line.starts for other in line.ends]
    return there + [other for line in lines if key in line.ends for other in line.starts]


def _sorted_for(
    columns: Sequence[TypologyColumn], lines: Sequence[Connector], foot: Collection[str]
) -> list[TypologyColumn]:
    """Columns without an order of their own in the order in which they meet the ordered ones, to
    cross less.
    """
    ordered = [enumerate(column.boxes) for column in columns if column.ends]
    ranks = {box.key: order for boxes in ordered for order, box in boxes} | dict.fromkeys(foot, 99)

    def weight(box: Box) -> float:
        facing = [ranks[key] for key in _facing(box.key, lines) if key in ranks]
        return fmean(facing) if facing else -1

    return [
        one if one.ends else replace(one, boxes=tuple(sorted(one.boxes, key=weight)))
        for one in columns
    ]


def _placed(
    columns: Sequence[TypologyColumn], lines: Sequence[Connector], foot: Collection[str]
) -> dict[str, _Place]:
    """Every box in its column: the ranked or tallest column packed, the others beside what they are
    set against.
    """
    high = {box.key: _height(box, columns, lines) for column in columns for box in column.boxes}
    heights = [sum(high[box.key] for box in column.boxes) for column in columns]
    gaps = [_GAP * (len(one.boxes) - 1) for one in columns]
    packed = max(map(add, heights, gaps))
    tall = max(packed, 40 * len(lines) / max(len(columns) - 1, 1))
    anchor = max(range(len(columns)), key=lambda i: (columns[i].ends is not None, heights[i]))
    places: dict[str, _Place] = {}
    for index in sorted(range(len(columns)), key=lambda i: i != anchor):
        boxes = columns[index].boxes
        spare = (tall - heights[index]) / max(len(boxes) - 1, 1) if index == anchor else _GAP
        y = _TOP + 8
        for box in boxes:
            facing = _facing(box.key, lines)
            middles = [places[key].middle for key in facing if key in places]
            if not middles and any(key in foot for key in facing):
                middles = [math.inf]  # as low as it can be
            if middles and index != anchor:
                y = max(y, sum(middles) / len(middles) - high[box.key] / 2)
            places[box.key] = _Place(index, y, high[box.key])
            y += high[box.key] + spare
        limit = _TOP + 8 + tall
        for place in (places[box.key] for box in reversed(boxes)):
            place.y = min(place.y, limit - place.height)
            limit = place.y - _GAP
    return places


def _height(box: Box, columns: Sequence[TypologyColumn], lines: Sequence[Connector]) -> float:
    """How high a box is drawn, so that the words of the lines on one side of it keep apart."""
    order = {each.key: place for place, column in enumerate(columns) for each in column.boxes}
    facing = [order[key] for key in _facing(box.key, lines) if key in order]
    right = sum(place > order[box.key] for place in facing)
    crowd = max(right, len(facing) - right)
    return max(box.height, 34 * (crowd + 1) if crowd > 2 else 0)


def _ports(places: Mapping[str, _Place], lines: Sequence[Connector]) -> list[list[float]]:
    """For each line, the heights at which it leaves and arrives, so that lines of one side keep
    apart.
    """
    sides: dict[tuple[str, bool], list[tuple[float, int, int]]] = {}
    for number, line in enumerate(lines):
        for end, (own, other) in enumerate(((line.starts, line.ends), (line.ends, line.starts))):
            place, facing = places[own[0]], places[other[0]]
            side = sides.setdefault((own[0], place.column < facing.column), [])
            side.append((facing.middle, number, end))
    ports = [[0.0, 0.0] for _ in lines]
    for (key, _), meeting in sides.items():
        for order, (_, number, end) in enumerate(sorted(meeting), 1):
            ports[number][end] = places[key].y + places[key].height * order / (len(meeting) + 1)
    return ports


def _close(drawing: Drawing, y: float, lines: Sequence[Connector], notes: Sequence[str]) -> float:
    """The key to the lines and the sources; returns the height of the picture."""
    if not lines:
        return drawing.notes(notes, y)
    drawing.path(f"M{_MARGIN} {y - 18:.1f}H{drawing.width - _MARGIN:.1f}", "line", 1)
    plain = {line.manner: line.colour for line in lines if not line.denied}
    key = [(plain[one], *_MANNERS[one]) for one in _MANNERS if one in plain]
    if any(line.denied for line in lines):
        key.append(("accent", "", "denied by somebody"))
    x = _MARGIN
    for colour, dash, words in key:
        drawing.path(f"M{x:.1f} {y:.1f}h36", colour, 1.7, dash)
        drawing.text(x + 43, y + 4, words, 12)
        x += 69 + width_of(words, 12)
    if any(len(line.starts) > 1 or len(line.ends) > 1 for line in lines):
        drawing.path(f"M{x:.1f} {y - 6:.1f}h8v12h-8m8 -6h10", "ink", 2)
        drawing.text(x + 26, y + 4, "only together", 12)
    return drawing.notes(notes, y + 26)
