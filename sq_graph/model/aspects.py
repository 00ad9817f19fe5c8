"""Rival definitions side by side by coded aspects, with silence shown: aspects as rows, or
definitions as rows, as in a spreadsheet.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter

from sq_graph.errors import UnknownName
from sq_graph.graph import Graph
from sq_graph.model.attribution import DISTANCES, Attribution, attributions
from sq_graph.model.entities import Definition
from sq_graph.model.facts import code, facts, grouped, iris, labels, linked, text, texts, values
from sq_graph.model.listing import Listing
from sq_graph.table import Cell, Table
from sq_graph.vocab import Labelled, Ref, shorten, slug_of

NOT_CODED = "not coded"
_Cells = Mapping[str, Callable[[Definition], Cell]]
"""Columns, each with the function that gives the cell of a definition."""
_ATTRIBUTION: _Cells = {
    "definition": attrgetter("label"),
    "concept": attrgetter("concept.label"),
    "relation to the concept": lambda d: d.concerns or "defines it",
    "holder": attrgetter("attribution.asserter"),
    "year": attrgetter("year"),
    "reported year": attrgetter("reported_year"),
    "read in": attrgetter("attribution.read_works"),
    "page": attrgetter("attribution.page"),
}
_STATUS: _Cells = {
    "distance": attrgetter("attribution.distance"),
    "hedge": attrgetter("attribution.hedge"),
    "hedge words": lambda d: "; ".join(d.attribution.markers),
    "review": attrgetter("attribution.review"),
    "iri": attrgetter("iri"),
}
RECORD_COLUMNS = (*_ATTRIBUTION, "aspect", "value", "coder's note", *_STATUS)
_FIXED: _Cells = {
    "definition": lambda d: Ref(d.iri, d.label),
    "concept": lambda d: f"{d.sense or d.concept}" + (f" ({d.concerns})" if d.concerns else ""),
    "holder": _ATTRIBUTION["holder"],
    "year": _ATTRIBUTION["year"],
    "what it says": attrgetter("summary"),
    "how firmly": attrgetter("attribution.firmness"),
    "read in": _ATTRIBUTION["read in"],
    "page": attrgetter("attribution.pages"),
    "how read": lambda d: DISTANCES[d.attribution.distance],
    "source": attrgetter("attribution.source"),
    "review": _STATUS["review"],
    "name": lambda d: shorten(d.iri),
}
FIXED = tuple(_FIXED)
"""The columns of definitions as rows, before those of the aspects."""
UNSAID = frozenset(("silent", "not applicable", NOT_CODED))
"""The values of a cell where the passage says nothing about the aspect."""
_AGREE, _DIFFER = "They agree", "They differ"
_ONE, _NONE = "Only one mentions it", "None mentions it"
_GROUP_ORDER = (_AGREE, _DIFFER, _ONE, _NONE, "Coded for only one", "Not coded")


@dataclass(frozen=True, repr=False)
class Aspect(Labelled):
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
    if definition_iris := values(definitions):
        query = f"""SELECT DISTINCT ?aspect {{ VALUES ?definition {{ {definition_iris} }}
          ?definition sq:defines ?concept . ?concept skos:inScheme|sq:memberOf ?scheme .
          {{ ?aspect sq:appliesTo ?scheme }}
          UNION {{ ?coding sq:codes ?definition ; sq:aspect ?aspect }} }}"""
    entries = facts(graph, iris(graph, query))
    names = labels(graph, linked(entries, "sq:allows"))
    records = [
        Aspect(
            iri,
            label=text(aspect, "rdfs:label"),
            asks=text(aspect, "sq:asks"),
            allows=tuple(names[value] for value in texts(aspect, "sq:allows")),
            rank=int(text(aspect, "sq:rank") or 99),
        )
        for iri, aspect in entries.items()
    ]
    return tuple(sorted(records, key=lambda aspect: (aspect.rank, aspect.label)))


@dataclass(frozen=True)
class Coding:
    """The coding of a definition under an aspect: values or terms, or its coverage, and the coders'
    notes.
    """

    values: tuple[str, ...] = (NOT_CODED,)
    notes: tuple[str, ...] = ()

    @property
    def is_coded(self) -> bool:
        """Whether anybody has coded it."""
        return self.values != (NOT_CODED,)

    @property
    def speaks(self) -> bool:
        """Whether the passage says something about the aspect."""
        return not set(self.values) <= UNSAID

    def __str__(self) -> str:
        return "; ".join(self.values)


UNCODED = Coding()


def read_codings(graph: Graph, definitions: Iterable[str]) -> dict[tuple[str, str], Coding]:
    """The coding of each definition under each aspect, by (definition, aspect)."""
    pattern = f"VALUES ?d {{ {values(definitions)} }} ?coding sq:codes ?d"
    entries = facts(graph, iris(graph, f"SELECT DISTINCT ?coding {{ {pattern} }}"))
    names = labels(graph, linked(entries, "sq:codedValue"))
    codings = {}
    for coding in entries.values():
        coded = tuple(sorted(names[value] for value in texts(coding, "sq:codedValue")))
        coded = coded or texts(coding, "sq:codedTerm")
        coverage = code(coding, "sq:coverage").replace("-", " ") or NOT_CODED
        notes = texts(coding, "skos:note") + texts(coding, "skos:editorialNote")
        key = text(coding, "sq:codes"), text(coding, "sq:aspect")
        codings[key] = Coding(coded or (coverage,), notes)
    return codings


@dataclass(frozen=True)
class AspectRow:
    """One aspect with the coding of each definition, and whether the definitions agree."""

    aspect: Aspect
    codings: tuple[Coding, ...]
    group: str
    group_rank: int


def compare_rows(
    graph: Graph,
    definitions: Sequence[Definition],
    aspects: Sequence[str] = (),
    differing: bool = False,
) -> list[AspectRow]:
    """The codings of definitions aspect by aspect, grouped by agreement.

    Parameters:
        graph: the map.
        definitions: the definitions to compare; those that only concern the concept come last, and
            do not count for agreement.
        aspects: labels or slugs of the aspects to compare by; all that apply, if none is named.
        differing: whether aspects under which the definitions do not differ are left out.

    Raises:
        UnknownName: an aspect that does not apply to any of the definitions.
    """
    definition_iris = [definition.iri for definition in definitions]
    codings, applicable = read_codings(graph, definition_iris), read_aspects(graph, definition_iris)
    by_name = {name: a for a in applicable for name in (slug_of(a.iri), a.label)}
    for name in aspects:
        if name not in by_name:
            raise UnknownName("aspect", name, by_name, remedy=f"Use {', '.join(by_name)}")
    rows = []
    count = sum(not definition.concerns for definition in definitions) or len(definitions)
    for aspect in [by_name[name] for name in aspects] or applicable:
        cells = tuple(codings.get((iri, aspect.iri), UNCODED) for iri in definition_iris)
        rank, group = _group(cells[:count], definitions[:count])
        rows.append(AspectRow(aspect, cells, group, rank))
    if differing:
        rows = [row for row in rows if row.group.startswith(_DIFFER)]
    return rows if aspects else sorted(rows, key=lambda row: (row.group_rank, row.group))


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
    only for definitions that are put equally firmly: a heading names the hedges. A number in
    brackets refers to a coder's note; the row `noted in the map` has the anomalies and
    disagreements that the map records.

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
    lines = [("", ("what it says", *(definition.summary for definition in definitions)))]
    if remarks := _remarks(graph, [definition.iri for definition in definitions]):
        cells = ("\n".join(remarks.get(d.iri, ["nothing"])) for d in definitions)
        lines.append(("", ("noted in the map", *cells)))
    lines += [(r.group, (r.aspect.label, *_row_cells(r, definitions, footnotes))) for r in rows]
    notes = cell_notes(definitions, rows)
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
    """One value per row, with its definition and where it was read."""
    for index, definition in enumerate(definitions):
        source = [cell(definition) for cell in _ATTRIBUTION.values()]
        status = [cell(definition) for cell in _STATUS.values()]
        for row in rows:
            coding = row.codings[index]
            for value in coding.values:
                yield *source, row.aspect.label, value, " ".join(coding.notes), *status


def _heading(definition: Definition) -> str:
    """The heading of a column: who defines, which sense, and where it was read."""
    credit, sense = definition.attribution, f" on {definition.sense}" if definition.sense else ""
    hedge = "" if credit.firmness in ("", "asserted") else f"; {credit.firmness}"
    concerns = f" [{definition.concerns}]" if definition.concerns else ""
    return f"{credit.cited(sense)}{hedge}{concerns}"


def _row_cells(
    row: AspectRow, definitions: Sequence[Definition], footnotes: list[str]
) -> list[str]:
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
    """The group of an aspect by the agreement of the definitions: its rank and its heading."""
    coded = [cell for cell in cells if cell.is_coded]
    speaking = [cell for cell in coded if cell.speaks]
    if not coded:
        name = "Not coded"
    elif len(coded) == 1 < len(cells):
        name = "Coded for only one"
    elif len(speaking) < 2:
        name = _ONE if speaking else _NONE
    else:
        name = _AGREE if len({frozenset(cell.values) for cell in speaking}) == 1 else _DIFFER
    rank = _GROUP_ORDER.index(name)
    if name in (_AGREE, _DIFFER, _ONE, _NONE) and len(coded) < len(cells):
        name += ", as far as coded"
    if rank > 0:
        return rank, name
    pairs = zip(cells, definitions, strict=True)
    credits = [definition.attribution for cell, definition in pairs if cell.speaks]
    return rank, name + _hedges(credits)


def _hedges(credits: Sequence[Attribution]) -> str:
    """Which of those who agree hedge, and in which words."""
    phrases = []
    for credit in credits:
        if credit.hedge not in ("", "asserted"):
            verb = "hedges" if credit.hedge == "hedged" else f"is {credit.hedge}"
            quoted = ", ".join(f"“{marker}”" for marker in credit.markers)
            phrases.append(f"{credit.asserter} {verb}" + (f": {quoted}" if quoted else ""))
    return f", but {'; '.join(dict.fromkeys(phrases))}" if phrases else ""


def _remarks(graph: Graph, definitions: Sequence[str]) -> dict[str, list[str]]:
    """The anomalies and disagreements that the map records about each definition."""
    query = f"""SELECT DISTINCT ?definition ?remark {{
      VALUES ?definition {{ {values(definitions)} }}
      ?remark sq:affects|sq:party ?definition }} ORDER BY STR(?definition) STR(?remark)"""
    remarks = grouped(graph, query)
    entries = facts(graph, chain(*remarks.values()))
    credits = attributions(graph, entries)

    def remark_text(remark: str) -> str:
        parts = [text(entries[remark], name) for name in ("rdfs:label", "sq:summary")]
        source = f" ({credits[remark].source})" if remark in credits else ""
        return f"{': '.join(filter(None, parts)).rstrip('.')}{source}."

    return {definition: [*map(remark_text, group)] for definition, group in remarks.items()}


def cell_notes(definitions: Sequence[Definition], rows: Sequence[AspectRow]) -> tuple[str, ...]:
    """Notes on how to read the cells: what silence means, and how many definitions are drafts."""
    notes = []
    cells = [cell for row in rows for cell in row.codings]
    if not all(cell.speaks for cell in cells):
        notes.append("silent: the passage does not mention it.")
    if not all(cell.is_coded for cell in cells):
        notes.append("not coded: nobody has read the passage for that aspect yet.")
    if drafts := sum(definition.attribution.review == "draft" for definition in definitions):
        verb = "awaits" if drafts == 1 else "await"
        notes.append(f"{drafts} of {len(definitions)} definitions {verb} a second reader.")
    return tuple(notes)


def _summary(
    caption: str, definitions: Sequence[Definition], rows: Sequence[AspectRow], notes: Sequence[str]
) -> Table:
    """Each aspect with its values, and how many and who give each, so that many definitions fit a
    screen.
    """
    lines = []
    counted = [definition for definition in definitions if not definition.concerns] or definitions
    for row in rows:
        asserters: dict[str, list[str]] = {}
        for coding, definition in zip(row.codings, counted, strict=False):
            for value in coding.values:
                asserters.setdefault(value, []).append(definition.attribution.asserter)
        ordered = sorted(asserters, key=lambda v: (v in UNSAID, -len(asserters[v]), v))
        value_lines = [
            f"{value}: {len(asserters[value])}"
            + ("" if value in UNSAID else f" ({_first_few(asserters[value], 3, ', ')})")
            for value in ordered
        ]
        lines.append((row.aspect.label, _first_few(value_lines, 5, "\n")))
    more = f"{len(counted)} definitions. Each by itself: --all; for a spreadsheet: -f csv."
    groups = [row.group for row in rows]
    for definition in definitions[len(counted) :]:
        lines.append((str(definition.sense), definition.attribution.cited()))
        groups.append(f"Not counted above: {definition.concerns}")
    return Table(("aspect", "values"), tuple(lines), caption, (*notes, more), tuple(groups))


def _first_few(names: Sequence[str], limit: int, separator: str) -> str:
    """The first names, and how many more there are."""
    unique = list(dict.fromkeys(names))
    more = len(unique) - limit
    return separator.join([*unique[:limit], *([f"{more} more"] if more > 0 else [])])


def definition_rows(
    graph: Graph,
    definitions: Sequence[Definition],
    caption: str = "",
    aspects: Sequence[str] = (),
    differing: bool = False,
) -> Table:
    """One row per definition: who says what and where, and its value under each aspect.

    Parameters:
        graph: the map.
        definitions: the rows.
        caption: the title.
        aspects: labels or slugs of aspects; all that apply, if none is named.
        differing: whether aspects under which the definitions do not differ are left out.

    >>> import sq_graph
    >>> atlas = sq_graph.open()
    >>> definitions = atlas.definitions("social-inclusion")
    >>> definition_rows(atlas.graph, definitions, aspects=["degree"]).columns[-1]
    'degree'
    """
    rows = compare_rows(graph, definitions, aspects, differing)
    coded = [row for row in rows if any(coding.is_coded for coding in row.codings)]
    lines = tuple(
        (*(cell(d) for cell in _FIXED.values()), *(str(row.codings[index]) for row in coded))
        for index, d in enumerate(definitions)
    )
    headings = (*FIXED, *(row.aspect.label for row in coded))
    groups = tuple(d.concerns and f"Not of this concept: {d.concerns}" for d in definitions)
    notes = cell_notes(definitions, coded)
    return Table(headings, lines, caption, notes, groups if any(groups) else ())
