"""Rival definitions side by side by fixed, coded aspects, with silence shown: aspects as rows, or
definitions as rows, as in a spreadsheet.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from sq_graph.errors import UnknownName
from sq_graph.graph import Graph
from sq_graph.model.attribution import DISTANCES, Attribution, attributions
from sq_graph.model.entities import Definition
from sq_graph.model.facts import (
    code,
    facts,
    grouped,
    iris,
    join_names,
    labels,
    linked,
    number,
    text,
    texts,
    values,
)
from sq_graph.model.listing import Listing
from sq_graph.table import Cell, Table
from sq_graph.vocab import Ref, shorten, slug_of

NOT_CODED = "not coded"
_Cells = Mapping[str, Callable[[Definition], Cell]]
"""Columns, each with what a definition has there."""
_WHOSE: _Cells = {
    "definition": attrgetter("label"),
    "concept": attrgetter("concept.label"),
    "relation to the concept": lambda one: one.concerns or "defines it",
    "holder": attrgetter("attribution.asserter"),
    "year": attrgetter("year"),
    "reported year": attrgetter("reported_year"),
    "read in": lambda one: join_names(one.attribution.read_in, " and "),
    "page": attrgetter("attribution.page"),
}
_HOW: _Cells = {
    "distance": attrgetter("attribution.distance"),
    "hedge": attrgetter("attribution.hedge"),
    "hedge words": lambda one: "; ".join(one.attribution.markers),
    "review": attrgetter("attribution.review"),
    "iri": attrgetter("iri"),
}
RECORD_COLUMNS = (*_WHOSE, "aspect", "value", "coder's note", *_HOW)
_FIXED: _Cells = {
    "definition": lambda one: Ref(one.iri, one.label),
    "concept": lambda one: (
        f"{one.sense or one.concept}" + (f" ({one.concerns})" if one.concerns else "")
    ),
    "holder": _WHOSE["holder"],
    "year": _WHOSE["year"],
    "what it says": attrgetter("summary"),
    "how firmly": attrgetter("attribution.firmness"),
    "read in": _WHOSE["read in"],
    "page": attrgetter("attribution.pages"),
    "how read": lambda one: DISTANCES[one.attribution.distance],
    "source": attrgetter("attribution.source"),
    "review": _HOW["review"],
    "name": lambda one: shorten(one.iri),
}
FIXED = tuple(_FIXED)
"""The columns of definitions as rows, before those of the aspects."""
UNSAID = frozenset(("silent", "not applicable", NOT_CODED))
"""What stands in a cell where the passage says nothing of the aspect."""
_AGREE, _DIFFER, _ONE, _NONE = "They agree", "They differ", "Only one speaks", "None speaks"
_ORDER = (_AGREE, _DIFFER, _ONE, _NONE, "Coded for only one", "Not coded")


@dataclass(frozen=True)
class Aspect:
    """A dimension of comparison: its question and, if it is closed, the values that it allows."""

    iri: str
    label: str
    asks: str
    allows: tuple[str, ...]
    rank: int

    @property
    def is_closed(self) -> bool:
        """Whether it allows only listed values."""
        return bool(self.allows)

    def cells(self) -> tuple[Cell, ...]:
        """Its values under the columns of its listing."""
        return self.label, self.asks, "; ".join(self.allows), self.rank, self.iri


class Aspects(Listing[Aspect]):
    """Aspects in their order."""

    title = "Aspects of comparison"
    columns = ("aspect", "asks", "values", "rank", "iri")


def read_aspects(graph: Graph, definitions: Iterable[str] = ()) -> tuple[Aspect, ...]:
    """The aspects that apply to the concepts of these definitions, or all aspects, in their
    order.
    """
    query = "SELECT DISTINCT ?aspect { ?aspect a sq:Aspect }"
    if chosen := values(definitions):
        query = f"""SELECT DISTINCT ?aspect {{ VALUES ?definition {{ {chosen} }}
          ?definition sq:defines ?concept . ?concept skos:inScheme|sq:memberOf ?scheme .
          {{ ?aspect sq:appliesTo ?scheme }}
          UNION {{ ?coding sq:codes ?definition ; sq:aspect ?aspect }} }}"""
    known = facts(graph, iris(graph, query))
    names = labels(graph, linked(known, "sq:allows"))
    found = [
        Aspect(
            iri,
            label=text(one, "rdfs:label"),
            asks=text(one, "sq:asks"),
            allows=tuple(names[value] for value in texts(one, "sq:allows")),
            rank=99 if (rank := number(one, "sq:rank")) is None else rank,
        )
        for iri, one in known.items()
    ]
    return tuple(sorted(found, key=lambda aspect: (aspect.rank, aspect.label)))


@dataclass(frozen=True)
class Coding:
    """What a definition says under an aspect: values or terms, or its coverage, and what the coders
    noted.
    """

    values: tuple[str, ...] = (NOT_CODED,)
    notes: tuple[str, ...] = ()

    @property
    def is_coded(self) -> bool:
        """Whether anybody has coded it."""
        return self.values != (NOT_CODED,)

    @property
    def speaks(self) -> bool:
        """Whether the passage says something of the aspect."""
        return not set(self.values) <= UNSAID

    def __str__(self) -> str:
        return "; ".join(self.values)


UNCODED = Coding()


def read_codings(graph: Graph, definitions: Iterable[str]) -> dict[tuple[str, str], Coding]:
    """The coding of each definition under each aspect, by (definition, aspect)."""
    query = (
        f"SELECT DISTINCT ?coding {{ VALUES ?d {{ {values(definitions)} }} ?coding sq:codes ?d }}"
    )
    known = facts(graph, iris(graph, query))
    names = labels(graph, linked(known, "sq:codedValue"))
    found = {}
    for one in known.values():
        stated = tuple(sorted(names[value] for value in texts(one, "sq:codedValue")))
        stated = stated or texts(one, "sq:codedTerm")
        coverage = code(one, "sq:coverage").replace("-", " ") or NOT_CODED
        notes = texts(one, "skos:note") + texts(one, "skos:editorialNote")
        found[text(one, "sq:codes"), text(one, "sq:aspect")] = Coding(stated or (coverage,), notes)
    return found


@dataclass(frozen=True)
class AspectRow:
    """One aspect with the coding of each definition, and how the definitions stand to each
    other.
    """

    aspect: Aspect
    codings: tuple[Coding, ...]
    group: str
    place: int


def compare_rows(
    graph: Graph,
    definitions: Sequence[Definition],
    aspects: Sequence[str] = (),
    differing: bool = False,
) -> list[AspectRow]:
    """The codings of definitions aspect by aspect, grouped by how the definitions stand to each
    other.

    Parameters:
        graph: the map.
        definitions: what is compared; those that only concern the concept come last, and do not
            count where the others agree.
        aspects: labels or slugs of the aspects to compare by; all that apply, if none is named.
        differing: whether aspects under which the definitions do not differ are left out.

    Raises:
        UnknownName: an aspect that does not apply to any of the definitions.
    """
    chosen = [definition.iri for definition in definitions]
    codings, known = read_codings(graph, chosen), read_aspects(graph, chosen)
    by_name = {name: one for one in known for name in (slug_of(one.iri), one.label)}
    for name in aspects:
        if name not in by_name:
            raise UnknownName("aspect", name, by_name, remedy=f"Use {', '.join(by_name)}")
    rows = []
    own = sum(not definition.concerns for definition in definitions) or len(definitions)
    for aspect in [by_name[name] for name in aspects] or known:
        cells = tuple(codings.get((iri, aspect.iri), UNCODED) for iri in chosen)
        place, group = _group(cells[:own], definitions[:own])
        rows.append(AspectRow(aspect, cells, group, place))
    if differing:
        rows = [row for row in rows if row.group.startswith(_DIFFER)]
    return rows if aspects else sorted(rows, key=lambda row: (row.place, row.group))


def compare_definitions(
    graph: Graph,
    definitions: Sequence[Definition],
    caption: str = "",
    aspects: Sequence[str] = (),
    differing: bool = False,
) -> Table:
    """Rows are aspects, columns definitions, grouped by where the definitions agree and where they
    differ.

    A cell is a value, `silent`, `not applicable` or `not coded`, never blank. Agreement is claimed
    only of definitions that are put equally firmly: a heading names the hedges. A number in
    brackets leads to a coder's note; what the map records as an anomaly or a disagreement stands
    beside the definition.

    Parameters:
        graph: the map.
        definitions: the columns.
        caption: the title.
        aspects: labels or slugs of aspects; all that apply, if none is named.
        differing: whether aspects under which the definitions do not differ are left out.

    Raises UnknownName for an aspect that does not apply to any of the definitions.

    >>> import sq_graph
    >>> table = sq_graph.open().compare("room-1999-rupture", "phillips-2008-absolute-exclusion")
    >>> table.columns[1]
    'Room 1999 on catastrophic rupture (Room), as reported by Phillips 2008 (p. 6); hedged ...'
    """
    rows = compare_rows(graph, definitions, aspects, differing)
    footnotes: list[str] = []
    lines = [("", ("what it says", *(one.summary for one in definitions)))]
    if remarks := _remarks(graph, [one.iri for one in definitions]):
        noted = ("\n".join(remarks.get(one.iri, ["nothing"])) for one in definitions)
        lines.append(("", ("noted in the map", *noted)))
    lines += [(row.group, (row.aspect.label, *_shown(row, definitions, footnotes))) for row in rows]
    notes = notes_of(definitions, rows)
    return Table(
        columns=("aspect", *map(_heading, definitions)),
        rows=tuple(cells for _, cells in lines),
        caption=caption,
        notes=(*notes, *footnotes),
        groups=tuple(group for group, _ in lines),
        records=Table(RECORD_COLUMNS, tuple(_records(definitions, rows))),
        compact=_summary(caption, definitions, rows, notes),
    )


def _records(
    definitions: Sequence[Definition], rows: Sequence[AspectRow]
) -> Iterator[tuple[Cell, ...]]:
    """One value a row, with all that tells whose it is and where it was read."""
    for place, one in enumerate(definitions):
        whose, how = ([cell(one) for cell in cells.values()] for cells in (_WHOSE, _HOW))
        for row in rows:
            coding = row.codings[place]
            for value in coding.values:
                yield *whose, row.aspect.label, value, " ".join(coding.notes), *how


def _heading(one: Definition) -> str:
    """Whose definition it is, of which sense, and where it was read, as the head of a column."""
    credit, sense = one.attribution, f" on {one.sense}" if one.sense else ""
    hedged = "" if credit.firmness in ("", "asserted") else f"; {credit.firmness}"
    concerns = f" [{one.concerns}]" if one.concerns else ""
    return f"{credit.cited(sense)}{hedged}{concerns}"


def _shown(row: AspectRow, definitions: Sequence[Definition], footnotes: list[str]) -> list[str]:
    """The cells of a row; each coder's note is added to the footnotes."""
    cells = []
    for coding, definition in zip(row.codings, definitions, strict=True):
        marks = ""
        for note in coding.notes:
            number = len(footnotes) + 1
            footnotes.append(f"[{number}] {definition.label}, {row.aspect.label}: {note}")
            marks += f" [{number}]"
        cells.append(f"{coding}{marks}")
    return cells


def _group(cells: Sequence[Coding], definitions: Sequence[Definition]) -> tuple[int, str]:
    """How definitions stand to each other under an aspect: the place of its heading, and the
    heading.
    """
    coded = [cell for cell in cells if cell.is_coded]
    spoken = [cell for cell in coded if cell.speaks]
    if not coded:
        name = "Not coded"
    elif len(coded) == 1 < len(cells):
        name = "Coded for only one"
    elif len(spoken) < 2:
        name = _ONE if spoken else _NONE
    else:
        name = _AGREE if len({frozenset(cell.values) for cell in spoken}) == 1 else _DIFFER
    place = _ORDER.index(name)
    if name in (_AGREE, _DIFFER, _ONE, _NONE) and len(coded) < len(cells):
        name += ", as far as coded"
    if place > 0:
        return place, name
    credits = [one.attribution for cell, one in zip(cells, definitions, strict=True) if cell.speaks]
    return place, name + _hedges(credits)


def _hedges(credits: Sequence[Attribution]) -> str:
    """Who of those who agree hedges, and in which words."""
    named = []
    for credit in credits:
        if credit.hedge not in ("", "asserted"):
            verb = "hedges" if credit.hedge == "hedged" else f"is {credit.hedge}"
            quoted = ", ".join(f"“{marker}”" for marker in credit.markers)
            named.append(f"{credit.asserter} {verb}" + (f": {quoted}" if quoted else ""))
    return f", but {'; '.join(dict.fromkeys(named))}" if named else ""


def _remarks(graph: Graph, definitions: Sequence[str]) -> dict[str, list[str]]:
    """What the map records about each definition: the anomalies and disagreements that concern
    it.
    """
    query = f"""SELECT DISTINCT ?definition ?remark {{
      VALUES ?definition {{ {values(definitions)} }}
      ?remark sq:affects|sq:party ?definition }} ORDER BY STR(?definition) STR(?remark)"""
    remarks = grouped(graph, query)
    known = facts(graph, {remark for each in remarks.values() for remark in each})
    credits = attributions(graph, known)

    def shown(remark: str) -> str:
        said = [text(known[remark], name) for name in ("rdfs:label", "sq:summary")]
        source = f" ({credits[remark].source})" if remark in credits else ""
        return f"{': '.join(filter(None, said)).rstrip('.')}{source}."

    return {definition: [*map(shown, each)] for definition, each in remarks.items()}


def notes_of(definitions: Sequence[Definition], rows: Sequence[AspectRow]) -> tuple[str, ...]:
    """What a reader of the cells must know: what silence means, and how many definitions are
    drafts.
    """
    notes = []
    cells = [cell for row in rows for cell in row.codings]
    if not all(cell.speaks for cell in cells):
        notes.append("silent: the passage does not mention it.")
    if not all(cell.is_coded for cell in cells):
        notes.append("not coded: nobody has read the passage for that aspect yet.")
    if drafts := sum(definition.attribution.review == "draft" for definition in definitions):
        notes.append(f"{drafts} of {len(definitions)} definitions await a second reader.")
    return tuple(notes)


def _summary(
    caption: str, definitions: Sequence[Definition], rows: Sequence[AspectRow], notes: Sequence[str]
) -> Table:
    """Each aspect with its values, how many give each and who, so that many definitions fit a
    screen.
    """
    lines = []
    own = [one for one in definitions if not one.concerns] or definitions
    for row in rows:
        given: dict[str, list[str]] = {}
        for coding, definition in zip(row.codings, own, strict=False):
            for value in coding.values:
                given.setdefault(value, []).append(definition.attribution.asserter)
        ordered = sorted(given, key=lambda value: (value in UNSAID, -len(given[value]), value))
        said = [
            f"{value}: {len(given[value])}"
            + ("" if value in UNSAID else f" ({_some(given[value], 3, ', ')})")
            for value in ordered
        ]
        lines.append((row.aspect.label, _some(said, 5, "\n")))
    more = f"{len(own)} definitions. Each by itself: --all; for a spreadsheet: -f csv."
    groups = [row.group for row in rows]
    for one in definitions[len(own) :]:
        lines.append((str(one.sense), one.attribution.cited()))
        groups.append(f"Not counted above: {one.concerns}")
    return Table(("aspect", "values"), tuple(lines), caption, (*notes, more), tuple(groups))


def _some(names: Sequence[str], most: int, between: str) -> str:
    """The first of some names, and how many more there are."""
    shown = list(dict.fromkeys(names))
    more = len(shown) - most
    return between.join([*shown[:most], *([f"{more} more"] if more > 0 else [])])


def definition_rows(
    graph: Graph,
    definitions: Sequence[Definition],
    caption: str = "",
    aspects: Sequence[str] = (),
    differing: bool = False,
) -> Table:
    """One row per definition: who says what where, and its value under each aspect.

    Parameters:
        graph: the map.
        definitions: the rows.
        caption: the title.
        aspects: labels or slugs of aspects; all that apply, if none is named.
        differing: whether aspects under which the definitions do not differ are left out.

    >>> import sq_graph
    >>> atlas = sq_graph.open()
    >>> found = atlas.definitions("social-inclusion")
    >>> definition_rows(atlas.graph, found, aspects=["degree"]).columns[-1]
    'degree'
    """
    rows = compare_rows(graph, definitions, aspects, differing)
    shown = [row for row in rows if any(coding.is_coded for coding in row.codings)]
    lines = tuple(
        (*(cell(one) for cell in _FIXED.values()), *(str(row.codings[place]) for row in shown))
        for place, one in enumerate(definitions)
    )
    heads = (*FIXED, *(row.aspect.label for row in shown))
    groups = tuple(
        f"Not of this concept: {one.concerns}" if one.concerns else "" for one in definitions
    )
    notes = notes_of(definitions, shown)
    return Table(heads, lines, caption, notes, groups if any(groups) else ())
