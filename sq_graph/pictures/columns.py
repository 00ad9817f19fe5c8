"""Typologies as columns of boxes, ranked ones from mild to severe, with the correspondences that somebody draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from sq_graph.pictures.drawing import Drawing, width_of, wrap

_MARGIN, _BOX, _TOP, _GAP, _PAD, _GUTTER = 24.0, 236.0, 118.0, 24.0, 11.0, 190.0
_DASHES = {"asserted": "", "hedged": "7 4", "undrawn": "1.5 5", "reading": "9 3 2 3"}
_SPOTS = (0.5, 0.44, 0.56, 0.38, 0.62, 0.32, 0.68, 0.26, 0.74, 0.2, 0.8, 0.15, 0.85)
"""Where along a line its words may stand, the middle first."""


@dataclass(frozen=True)
class Box:
    """A category: what it is called, what it is in a few words, its marks and page, and where its own page lies."""

    key: str
    label: str
    note: str = ""
    place: str = ""
    address: str = ""


@dataclass(frozen=True)
class Column:
    """A typology: its boxes, in order from one end to the other where it is ordered (`ends` names these)."""

    title: str
    subtitles: tuple[str, ...]
    boxes: tuple[Box, ...]
    ends: tuple[str, str] | None = None
    address: str = ""


@dataclass(frozen=True)
class Line:
    """A correspondence between boxes, several on one side where they are taken together.

    `manner` is asserted, hedged, undrawn or reading; a `denied` line is struck; `target` is drawn as an arrowhead
    where the relation runs one way.
    """

    starts: tuple[str, ...]
    ends: tuple[str, ...]
    relation: str
    detail: str
    manner: str = "asserted"
    denied: bool = False
    directed: bool = False
    told: str = ""


@dataclass
class _Place:
    """Where a box stands."""

    column: int
    x: float
    y: float
    height: float

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def draw(
    columns: Sequence[Column], lines: Sequence[Line], foot: Sequence[Box], title: str, notes: Sequence[str] = ()
) -> str:
    """The picture as SVG; `foot` are boxes that lie beneath all columns, where several of them meet.

    >>> one = Column("Steinert", ("unordered",), (Box("a", "overall"),))
    >>> two = Column("Room", ("unordered",), (Box("b", "rupture"),))
    >>> "much alike" in draw([one, two], [Line(("a",), ("b",), "much alike", "p. 6")], [], "Compared")
    True
    """
    step = _BOX + _GUTTER
    width = max(2 * _MARGIN + len(columns) * step - _GUTTER, 620)
    columns = _sorted_for(columns, lines, {box.key for box in foot})
    described = "; ".join(line.told or f"{line.relation}, {line.detail}" for line in lines)
    sheet = _Sheet(Drawing(width, title, described), _placed(columns, lines, {box.key for box in foot}), columns, [])
    bottom = max((place.y + place.height for place in sheet.places.values()), default=_TOP)
    sheet.heads()
    for index, box in enumerate(foot):
        sheet.places[box.key] = _Place(-1, _MARGIN, bottom + 62 + index * 76, 44)
    ports = _ports(sheet.places, lines)
    for number, line in enumerate(lines):
        if not set(line.ends) & {box.key for box in foot}:
            sheet.line(line, ports[number])
    for box in foot:
        sheet.foot(box, [line for line in lines if box.key in line.ends], width - 2 * _MARGIN)
        bottom = sheet.places[box.key].y + 44
    sheet.boxes()
    for pill in sheet.pills:
        sheet.pill(*pill)
    return sheet.drawing.svg(_close(sheet.drawing, bottom + 44, lines, notes))


@dataclass
class _Sheet:
    """A picture being drawn."""

    drawing: Drawing
    places: dict[str, _Place]
    columns: Sequence[Column]
    pills: list[tuple[float, float, Line]]

    def heads(self) -> None:
        """The title of the picture and of each column."""
        self.drawing.text(_MARGIN, 34, self.drawing.title, 19, serif=True, bold=True)
        for index, column in enumerate(self.columns):
            x = _MARGIN + index * (_BOX + _GUTTER)
            with self.drawing.link(column.address):
                self.drawing.text(x, 64, wrap(column.title, 14, _BOX + 120, bold=True, most=1)[0], 14, bold=True)
            for row, part in enumerate(column.subtitles[:2]):
                self.drawing.text(x, 80 + row * 15, wrap(part, 12, _BOX, most=1)[0], 12, "mute", italic=True)
            self.drawing.path(f"M{x:.1f} 103h{_BOX:.0f}", "ink", 1.2)

    def boxes(self) -> None:
        """Every box with its words; ranked ones shaded from mild to severe, with an arrow between neighbours."""
        for column in self.columns:
            count = len(column.boxes)
            for order, box in enumerate(column.boxes):
                strong = 1 + round(4 * order / max(count - 1, 1)) if column.ends else 0
                self._box(box, f"ramp{strong}" if strong else "box", "onstrong" if strong == 5 else "ink")
                if column.ends and order + 1 < count:
                    here, there = self.places[box.key], self.places[column.boxes[order + 1].key]
                    x = here.x + _BOX / 2
                    self.drawing.path(f"M{x:.1f} {here.y + here.height + 3:.1f}V{there.y - 8:.1f}", "mute", 1)
                    self.drawing.path(f"M{x - 4:.1f} {there.y - 9:.1f}h8l-4 6z", "mute", 1, fill="mute")
            if column.ends and column.boxes:
                first, last = self.places[column.boxes[0].key], self.places[column.boxes[-1].key]
                self.drawing.text(first.x, first.y - 5, column.ends[0], 11, "mute", italic=True)
                self.drawing.text(last.x, last.y + last.height + 14, column.ends[1], 11, "mute", italic=True)

    def _box(self, box: Box, fill: str, ink: str) -> None:
        place = self.places[box.key]
        with self.drawing.link(box.address):
            self.drawing.rect(place.x, place.y, _BOX, place.height, fill, "line")
            y = place.y + _PAD + 11
            for part in wrap(box.label, 13.5, _BOX - 2 * _PAD, bold=True):
                self.drawing.text(place.x + _PAD, y, part, 13.5, ink, bold=True)
                y += 17
            for part in wrap(box.note, 11.5, _BOX - 2 * _PAD, most=3):
                self.drawing.text(place.x + _PAD, y - 1, part, 11.5, ink)
                y += 14.5
            if box.place:
                self.drawing.text(place.x + _BOX - _PAD, y - 1, box.place, 11, ink, "end", italic=True)

    def line(self, line: Line, ports: Mapping[str, float]) -> None:
        """One correspondence, with a comb on a side that is taken together."""
        start, end = self.places[line.starts[0]], self.places[line.ends[0]]
        right = start.column < end.column
        x1, y1 = self._end(line.starts, right, ports["start"], line)
        x2, y2 = self._end(line.ends, not right, ports["end"], line)
        side = 1 if right else -1
        if abs(start.column - end.column) > 1:
            # behind a column in between, through the nearest gap between its boxes
            lane, near = self._lane(start.column + side, (y1 + y2) / 2), x1 + side * _GUTTER
            first = _curve(x1, y1, near, lane)
            rest = _curve(x2 - side * _GUTTER, lane, x2, y2)
            shape = f"{_shape(first)}L{rest[0][0]:.1f} {lane:.1f}{_shape(rest).replace('M', 'L')}"
        else:
            first = _curve(x1, y1, x2, y2)
            shape = _shape(first)
        self.drawing.path(shape, _colour(line), 1.7, _DASHES[line.manner], title=line.told)
        if line.directed:
            self.drawing.path(f"M{x2 - side * 9:.1f} {y2 - 4.5:.1f}l{side * 9} 4.5l{-side * 9} 4.5z", _colour(line), 1,
                              fill=_colour(line))  # fmt: skip
        if line.manner == "undrawn":  # the key and the table say what it warns of
            return
        half = _wide(line) / 2
        low, high = sorted((first[0][0], first[3][0]))
        spots = [_point(first, share) for share in _SPOTS]
        inside = [spot for spot in spots if low + half + 2 < spot[0] < high - half - 2] or spots[:1]
        x, y = min(inside, key=lambda spot: sum(_overlap(spot, half, *pill) for pill in self.pills))
        self.pills.append((x, y, line))

    def _lane(self, column: int, y: float) -> float:
        """The height nearest to `y` at which a line can pass a column without meeting a box."""
        inside = sorted((p for p in self.places.values() if p.column == column), key=lambda place: place.y)
        gaps = [(one.y + one.height + two.y) / 2 for one, two in pairwise(inside)]
        return min([*gaps, inside[-1].y + inside[-1].height + 20], key=lambda gap: abs(gap - y))

    def _end(self, keys: Sequence[str], right: bool, y: float, line: Line) -> tuple[float, float]:
        """Where a line leaves a box; where it leaves several together, a comb joins them first."""
        places = [self.places[key] for key in keys]
        x = places[0].x + (_BOX if right else 0)
        if len(keys) == 1:
            return x, y
        side = 14 if right else -14
        middles = sorted(place.middle for place in places)
        self.drawing.path(
            f"M{x + side:.1f} {middles[0]:.1f}V{middles[-1]:.1f}"
            + "".join(f"M{x:.1f} {middle:.1f}h{side}" for middle in middles),
            _colour(line), 2.2,
        )  # fmt: skip
        return x + side, (middles[0] + middles[-1]) / 2

    def foot(self, box: Box, lines: Sequence[Line], width: float) -> None:
        """A box beneath the columns, and the lines that come down to it."""
        place = self.places[box.key]
        for line in lines:
            start = self.places[line.starts[0]]
            beneath = [other for other in self.places.values() if other.column == start.column and other.y > start.y]
            x = start.x + _BOX / 2 if not beneath else start.x + _BOX + 10
            y = start.y + start.height if not beneath else start.middle
            way = f"M{x:.1f} {y:.1f}" if not beneath else f"M{start.x + _BOX:.1f} {y:.1f}H{x:.1f}"
            self.drawing.path(f"{way}V{place.y:.1f}", _colour(line), 1.7, _DASHES[line.manner], title=line.told)
            self.drawing.path(f"M{x - 4.5:.1f} {place.y - 8:.1f}h9l-4.5 8z", _colour(line), 1, fill=_colour(line))
            self.pills.append((x + 62 if beneath else x, place.y - 32, line))
        with self.drawing.link(box.address):
            self.drawing.rect(place.x, place.y, width, 44, "shade", "line")
            self.drawing.text(place.x + width / 2, place.y + 19, box.label, 13.5, anchor="middle", bold=True)
            self.drawing.text(place.x + width / 2, place.y + 35, wrap(box.note, 11.5, width - 20, most=1)[0] if box.note
                              else "", 11.5, "mute", "middle")  # fmt: skip

    def pill(self, x: float, y: float, line: Line) -> None:
        """What a line says, on a patch of paper over it."""
        told, wide = f"denied: {line.relation}" if line.denied else line.relation, _wide(line)
        self.drawing.rect(x - wide / 2, y - 16, wide, 32, "paper", radius=4)
        self.drawing.text(x, y - 2.5, told, 12, _colour(line), "middle", bold=True)
        self.drawing.text(x, y + 11, line.detail, 11, "mute", "middle")
        if line.denied:
            half = width_of(line.relation, 12, True) / 2
            shift = width_of("denied: ", 12, True) / 2
            self.drawing.path(f"M{x + shift - half:.1f} {y - 6.5:.1f}h{2 * half:.1f}", "accent", 1.6)


def _wide(line: Line) -> float:
    told = f"denied: {line.relation}" if line.denied else line.relation
    return max(width_of(told, 12, True), width_of(line.detail, 11)) + 10


def _overlap(spot: tuple[float, float], half: float, x: float, y: float, other: Line) -> float:
    """By how much words at a spot would cover the words of another line."""
    across = half + _wide(other) / 2 - abs(spot[0] - x)
    return max(across, 0) * max(34 - abs(spot[1] - y), 0)


def _curve(x1: float, y1: float, x2: float, y2: float) -> tuple[tuple[float, float], ...]:
    bend = (x2 - x1) * 0.45
    return (x1, y1), (x1 + bend, y1), (x2 - bend, y2), (x2, y2)


def _shape(curve: Sequence[tuple[float, float]]) -> str:
    return "M{:.1f} {:.1f}C{:.1f} {:.1f} {:.1f} {:.1f} {:.1f} {:.1f}".format(*(n for point in curve for n in point))


def _colour(line: Line) -> str:
    return "accent" if line.denied else "mute" if line.manner in ("undrawn", "reading") else "ink"


def _point(curve: Sequence[tuple[float, float]], share: float) -> tuple[float, float]:
    rest = 1 - share
    weights = (rest**3, 3 * rest * rest * share, 3 * rest * share * share, share**3)
    return (
        sum(weight * point[0] for weight, point in zip(weights, curve, strict=True)),
        sum(weight * point[1] for weight, point in zip(weights, curve, strict=True)),
    )


def _height(box: Box) -> float:
    label = len(wrap(box.label, 13.5, _BOX - 2 * _PAD, bold=True)) * 17
    note = len(wrap(box.note, 11.5, _BOX - 2 * _PAD, most=3)) * 14.5
    return 2 * _PAD + label + note + (14 if box.place else 0) - 5


def _facing(key: str, lines: Sequence[Line]) -> list[str]:
    """The boxes at the other end of the lines of a box."""
    ends = [(line.starts, line.ends) for line in lines] + [(line.ends, line.starts) for line in lines]
    return [other for own, others in ends if key in own for other in others]


def _sorted_for(columns: Sequence[Column], lines: Sequence[Line], foot: set[str]) -> list[Column]:
    """Columns without an order of their own in the order in which they meet the ordered ones, to cross less."""
    ranks = {box.key: float(order) for column in columns if column.ends for order, box in enumerate(column.boxes)}
    ranks |= dict.fromkeys(foot, 99.0)

    def weight(box: Box) -> float:
        facing = [ranks[key] for key in _facing(box.key, lines) if key in ranks]
        return sum(facing) / len(facing) if facing else -1.0

    return [one if one.ends else replace(one, boxes=tuple(sorted(one.boxes, key=weight))) for one in columns]


def _placed(columns: Sequence[Column], lines: Sequence[Line], foot: set[str]) -> dict[str, _Place]:
    """Every box in its column: the ranked or tallest column packed, the others beside what they are set against."""
    heights = [[_height(box) for box in column.boxes] for column in columns]
    tall = max(max(sum(high) + _GAP * (len(high) - 1) for high in heights), 40 * len(lines) / max(len(columns) - 1, 1))
    anchor = max(range(len(columns)), key=lambda i: (columns[i].ends is not None, sum(heights[i])))
    places: dict[str, _Place] = {}
    for index in sorted(range(len(columns)), key=lambda i: i != anchor):
        boxes, high = columns[index].boxes, heights[index]
        spare = (tall - sum(high)) / max(len(high) - 1, 1) if index == anchor else _GAP
        tops, y = [], _TOP + 8
        for box, height in zip(boxes, high, strict=True):
            facing = _facing(box.key, lines)
            middles = [places[key].middle for key in facing if key in places] or [9e9] * bool(foot & set(facing))
            if middles and index != anchor:
                y = max(y, sum(middles) / len(middles) - height / 2)
            tops.append(y)
            y += height + spare
        limit = _TOP + 8 + tall
        for order in reversed(range(len(boxes))):
            tops[order] = min(tops[order], limit - high[order])
            limit = tops[order] - _GAP
        for order, box in enumerate(boxes):
            x = _MARGIN + index * (_BOX + _GUTTER)
            places[box.key] = _Place(index, x, tops[order], high[order])
    return places


def _ports(places: Mapping[str, _Place], lines: Sequence[Line]) -> list[dict[str, float]]:
    """For each line, the heights at which it leaves and arrives, so that lines of one side keep apart."""
    sides: dict[tuple[str, bool], list[tuple[float, int, str]]] = {}
    for number, line in enumerate(lines):
        for name, own, other in (("start", line.starts, line.ends), ("end", line.ends, line.starts)):
            facing = places[other[0]]
            sides.setdefault((own[0], places[own[0]].column < facing.column), []).append((facing.middle, number, name))
    ports: list[dict[str, float]] = [{} for _ in lines]
    for (key, _), meeting in sides.items():
        place = places[key]
        for order, (_, number, name) in enumerate(sorted(meeting)):
            ports[number][name] = place.y + place.height * (order + 1) / (len(meeting) + 1)
    return ports


def _close(drawing: Drawing, y: float, lines: Sequence[Line], notes: Sequence[str]) -> float:
    """The key to the lines and the sources; returns the height of the picture."""
    words = {"asserted": "said outright", "hedged": "hedged", "undrawn": "tempting, drawn by nobody",
             "reading": "a curator’s reading"}  # fmt: skip
    used = [manner for manner in _DASHES if any(line.manner == manner and not line.denied for line in lines)]
    x = _MARGIN
    if lines:
        drawing.path(f"M{_MARGIN} {y - 18:.1f}H{drawing.width - _MARGIN:.1f}", "line", 1)
    for manner in used:
        drawing.path(f"M{x:.1f} {y:.1f}h36", _colour(Line((), (), "", "", manner)), 1.7, _DASHES[manner])
        drawing.text(x + 43, y + 4, words[manner], 12)
        x += 43 + width_of(words[manner], 12) + 26
    if any(line.denied for line in lines):
        drawing.path(f"M{x:.1f} {y:.1f}h36", "accent", 1.7)
        drawing.text(x + 43, y + 4, "denied by somebody", 12)
        x += 43 + width_of("denied by somebody", 12) + 26
    if any(len(line.starts) > 1 or len(line.ends) > 1 for line in lines):
        drawing.path(f"M{x:.1f} {y - 6:.1f}h8v12h-8m8 -6h10", "ink", 2)
        drawing.text(x + 26, y + 4, "only together", 12)
    return drawing.notes(notes, y + (26 if lines else 0))
