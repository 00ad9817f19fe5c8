"""A table of definitions whose rows and columns are chosen, filtered and sorted by its address."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sq_graph.errors import InputError
from sq_graph.model.aspects import FIXED, UNSAID, definition_rows
from sq_graph.model.entities import Definition
from sq_graph.table import Cell, Table
from sq_graph.vocab import shorten
from sq_graph.web.pages.page import Query, first, with_query
from sq_graph.web.pages.page_context import PageContext

_FACETS = {
    "work": ("Read in", "read in"),
    "holder": ("Holder", "holder"),
    "distance": ("How read", "how read"),
    "firmness": ("How firmly", "how firmly"),
}
"""Parameter → its label, and the column by whose values it chooses rows."""
_STATES = ("value", "own", "differing", "transposed", "sort", "filter")
PARAMETERS = ("column", "row", *_FACETS, *_STATES)
"""The state of a table in its address."""
_OFFERED = ("holder", "year", "concept", "how read", "how firmly", "read in", "page", "review")
_DEFAULT = ("year", "concept", "how firmly")
_TELLING = 5
"""Aspects that are shown where no columns are chosen: those under which most definitions say
something.
"""


@dataclass(frozen=True)
class SheetRow:
    """One row: the definition, and its cells by column."""

    definition: Definition
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class DefinitionTable:
    """A table of definitions as it is looked at; `state` are the parameters of its address."""

    base: str
    state: Mapping[str, list[str]]
    lines: tuple[SheetRow, ...]
    columns: tuple[str, ...]
    offered: tuple[str, ...]
    every: tuple[SheetRow, ...]
    facets: Mapping[str, tuple[str, Mapping[str, int]]]
    values: Mapping[str, Mapping[str, int]]
    table: Table
    has_own: bool

    def at(self, **changed: str | list[str]) -> str:
        """The address of the same table with some parameters changed."""
        return with_query(self.base, **{**self.state, **changed})

    def chosen(self, name: str) -> str:
        """The value of a parameter, or ''."""
        return next(iter(self.state.get(name, [])), "")

    def sort_address(self, column: str) -> str:
        """The address of the table sorted by a column, the other way round if it is so already."""
        key = key_of(column)
        return self.at(sort=f"-{key}" if self.chosen("sort") == key else key)

    def sorted_by(self, column: str) -> str:
        """`ascending` or `descending` if it is sorted by this column, else ''."""
        key = key_of(column)
        return {key: "ascending", f"-{key}": "descending"}.get(self.chosen("sort"), "")


def key_of(column: str) -> str:
    """The name of a column in an address.

    >>> key_of("how firmly")
    'how-firmly'
    """
    return column.replace(" ", "-")


def read_sheet(
    context: PageContext, definitions: Sequence[Definition], query: Query, base: str, caption: str
) -> DefinitionTable:
    """The table of some definitions in the state that a query names.

    Parameters:
        context: the map.
        definitions: the rows.
        query: the parameters of the page; of others than `PARAMETERS` nothing is read.
        base: the address of the page without them.
        caption: the title.

    Raises:
        InputError: a column that the table does not have.
    """
    state = {name: query[name] for name in PARAMETERS if query.get(name)}
    whole = definition_rows(context.graph, definitions, caption)
    every = tuple(map(SheetRow, definitions, whole.to_dicts()))
    aspects = whole.columns[len(FIXED) :]
    offered = (*_OFFERED, *aspects)
    lines = [line for line in every if _is_chosen(context, line, query, aspects)]
    columns = _columns(lines, aspects, offered, query)
    if "differing" in state and len(lines) > 1:
        columns = tuple(c for c in columns if len({line.cells[c] for line in lines}) > 1)
    sort = first(query, "sort")
    if column := {key_of(one): one for one in offered}.get(sort.removeprefix("-"), ""):

        def cell(line: SheetRow) -> str:
            return str(line.cells[column] or "~").lower()

        lines.sort(key=cell, reverse=sort.startswith("-"))
    counted = [(name, label, _counts(every, one)) for name, (label, one) in _FACETS.items()]
    return DefinitionTable(
        base,
        state,
        tuple(lines),
        columns,
        offered,
        every,
        facets={name: (label, counts) for name, label, counts in counted if len(counts) > 1},
        values={aspect: _values(every, aspect) for aspect in aspects},
        table=_table(whole, lines, columns, bool(first(query, "transposed"))),
        has_own=bool(context.own_base),
    )


def _is_chosen(context: PageContext, line: SheetRow, query: Query, aspects: Sequence[str]) -> bool:
    """Whether a row passes all that is asked of it."""
    rows = query.get("row", [])
    if rows and shorten(line.definition.iri) not in rows:
        return False
    wanted = {column: first(query, name) for name, (_, column) in _FACETS.items()}
    if any(value and _facet(line, column) != value for column, value in wanted.items()):
        return False
    value = first(query, "value")
    aspect, _, said = value.partition(":")
    column = next((one for one in aspects if key_of(one) == aspect), "")
    if value and said not in str(line.cells.get(column, "")).split("; "):
        return False
    if first(query, "own") and not line.definition.iri.startswith(context.own_base or " "):
        return False
    text = " ".join(str(cell) for cell in line.cells.values()).lower()
    return all(word in text for word in first(query, "filter").lower().split())


def _columns(
    lines: Sequence[SheetRow], aspects: Sequence[str], offered: Sequence[str], query: Query
) -> tuple[str, ...]:
    """The columns that are chosen, else those that tell most."""
    if named := query.get("column", []):
        by_key = {key_of(column): column for column in offered}
        if wrong := [name for name in named if name not in (*by_key, "all")]:
            remedy = f"It has {', '.join(by_key)}"
            raise InputError(f"the table has no column {wrong[0]!r}", remedy=remedy)
        return tuple(c for c in offered if "all" in named or key_of(c) in named)
    coded = {aspect: sum(line.cells[aspect] not in UNSAID for line in lines) for aspect in aspects}
    best = sorted(aspects, key=lambda aspect: -coded[aspect])[:_TELLING]
    return (*_DEFAULT, *(aspect for aspect in aspects if aspect in best))


def _counts(lines: Sequence[SheetRow], column: str) -> dict[str, int]:
    """The values of a column, each with the number of its rows, the most frequent first."""
    counts = Counter(_facet(line, column) for line in lines)
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _facet(line: SheetRow, column: str) -> str:
    """A value to choose rows by: that of a column, a hedge without its words."""
    value = str(line.cells[column])
    return value.partition(" (")[0] if column == "how firmly" else value


def _values(lines: Sequence[SheetRow], column: str) -> dict[str, int]:
    """The single values under a column, each with the number of definitions that have it; silence
    last.
    """
    counts = Counter(value for line in lines for value in _parts(line, column))
    return dict(sorted(counts.items(), key=lambda pair: (pair[0] in UNSAID, pair[0])))


def _parts(line: SheetRow, column: str) -> list[str]:
    """The single values in a cell."""
    return _facet(line, column).split("; ")


def _table(
    whole: Table, lines: Sequence[SheetRow], columns: Sequence[str], transposed: bool
) -> Table:
    """What is shown, as it is downloaded: the name of each statement and its page are always among
    it.
    """
    kept = list(dict.fromkeys(("definition", "what it says", *columns, "read in", "page", "name")))
    if not transposed:
        rows = tuple(tuple(line.cells[column] for column in kept) for line in lines)
        return Table(tuple(kept), rows, whole.caption, whole.notes)
    heads = ("column", *(str(line.cells["definition"]) for line in lines))
    turned = tuple((column, *(line.cells[column] for line in lines)) for column in kept[1:])
    return Table(heads, turned, whole.caption, whole.notes)


def crossed(sheet: DefinitionTable, down: str, across: str) -> dict[str, list[list[SheetRow]]]:
    """The rows of two columns crossed: value under `down` → for each value under `across`, who has
    both.
    """

    lines, others = sheet.lines, _values(sheet.lines, across)
    return {
        one: [
            [line for line in lines if one in _parts(line, down) and other in _parts(line, across)]
            for other in others
        ]
        for one in _values(lines, down)
    }


def crossed_table(sheet: DefinitionTable, down: str, across: str) -> Table:
    """Two columns crossed, as a table to take away."""
    rows = tuple(
        (value, *("\n".join(line.definition.label for line in lines) or "none" for lines in cells))
        for value, cells in crossed(sheet, down, across).items()
    )
    return Table((down, *_values(sheet.lines, across)), rows, f"{down}, crossed with {across}")
