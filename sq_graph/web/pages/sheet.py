"""A table of definitions; its address chooses, filters and sorts the rows and columns."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sq_graph.errors import InputError
from sq_graph.model.aspects import FIXED, UNSAID, definition_rows
from sq_graph.model.attribution import credit_text
from sq_graph.model.entities import Definition
from sq_graph.model.search import fold
from sq_graph.table import Cell, Table
from sq_graph.turtle.writing import natural_key
from sq_graph.vocab import shorten
from sq_graph.web.pages.page import Query, first, with_query
from sq_graph.web.pages.page_context import PageContext, hyphenated

_FACETS = {"work": "read in", "holder": "holder", "distance": "how read", "firmness": "how firmly"}
"""Parameter → the column by whose values it filters rows."""
_OPTIONS = ("value", "own", "differing", "transposed", "sort", "filter")
PARAMETERS = ("column", "row", *_FACETS, *_OPTIONS)
"""The parameters of a table in its address."""
_COLUMNS = ("holder", "year", "concept", "how read", "how firmly", "read in", "page", "review")
_DEFAULT_COLUMNS = ("year", "concept", "how firmly")
_DEFAULT_ASPECTS = 5
"""The number of aspects in the table where no columns are chosen: those with most coded
definitions.
"""


@dataclass(frozen=True)
class Row:
    """A definition with its cells by column."""

    definition: Definition
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class DefinitionTable:
    """A table of definitions; `state` holds the parameters of its address."""

    base: str
    state: Mapping[str, list[str]]
    rows: tuple[Row, ...]
    columns: tuple[str, ...]
    all_columns: tuple[str, ...]
    all_rows: tuple[Row, ...]
    facets: Mapping[str, tuple[str, Mapping[str, int]]]
    values: Mapping[str, Mapping[str, int]]
    table: Table

    def address(self, **changes: str | list[str]) -> str:
        """The address of the same table with some parameters changed."""
        return with_query(self.base, **{**self.state, **changes})

    def parameter(self, name: str) -> str:
        """The value of a parameter, or ''."""
        return next(iter(self.state.get(name, [])), "")

    def sort_address(self, column: str) -> str:
        """The address of the table sorted by a column, in reverse if it is sorted by it already."""
        key = hyphenated(column)
        return self.address(sort=f"-{key}" if self.parameter("sort") == key else key)

    def sorted_by(self, column: str) -> str:
        """`ascending` or `descending` if it is sorted by a column, else ''."""
        key = hyphenated(column)
        return {key: "ascending", f"-{key}": "descending"}.get(self.parameter("sort"), "")


def read_definition_table(
    context: PageContext, definitions: Sequence[Definition], query: Query, base: str, caption: str
) -> DefinitionTable:
    """The table of some definitions, as the parameters of a query choose it.

    Parameters:
        context: the map.
        definitions: the rows.
        query: the parameters of the page; those not in `PARAMETERS` are ignored.
        base: the address of the page without these parameters.
        caption: the title.

    Raises:
        InputError: a column that the table does not have.
    """
    state = {name: query[name] for name in PARAMETERS if query.get(name)}
    source = definition_rows(context.graph, definitions, caption)
    all_rows = tuple(map(Row, definitions, source.to_dicts()))
    aspects = source.columns[len(FIXED) :]
    all_columns = (*_COLUMNS, *aspects)
    rows = [row for row in all_rows if _is_chosen(context, row, query, aspects)]
    columns = _chosen_columns(rows, aspects, all_columns, query)
    if "differing" in state and len(rows) > 1:
        columns = tuple(c for c in columns if len({row.cells[c] for row in rows}) > 1)
    if sort := first(query, "sort"):
        column = _column(sort.removeprefix("-"), all_columns)
        rows.sort(key=lambda r: natural_key(fold(str(r.cells[column]))), reverse=sort[0] == "-")
        rows.sort(key=lambda row: not row.cells[column])  # empty cells last, either way
    facets = {name: (column, _counts(all_rows, column)) for name, column in _FACETS.items()}
    return DefinitionTable(
        base,
        state,
        tuple(rows),
        columns,
        all_columns,
        all_rows,
        facets={name: facet for name, facet in facets.items() if len(facet[1]) > 1},
        values={aspect: _values(all_rows, aspect) for aspect in aspects},
        table=_table(source, rows, columns, bool(first(query, "transposed"))),
    )


def _is_chosen(context: PageContext, row: Row, query: Query, aspects: Sequence[str]) -> bool:
    """Whether a row passes all filters of a query."""
    names = query.get("row", [])
    if names and shorten(row.definition.iri) not in names:
        return False
    filters = {column: first(query, name) for name, column in _FACETS.items()}
    if any(value and _facet(row, column) != value for column, value in filters.items()):
        return False
    key, _, value = first(query, "value").partition(":")
    column = next((aspect for aspect in aspects if hyphenated(aspect) == key), "")
    if (key or value) and value not in str(row.cells.get(column, "")).split("; "):
        return False
    if first(query, "own") and not context.is_own(row.definition.iri):
        return False
    text = fold(" ".join(str(cell) for cell in row.cells.values()))
    return all(word in text for word in fold(first(query, "filter")).split())


def _chosen_columns(
    rows: Sequence[Row], aspects: Sequence[str], all_columns: Sequence[str], query: Query
) -> tuple[str, ...]:
    """The columns that a query names, else the default columns and the aspects coded most often."""
    if keys := query.get("column", []):
        chosen = [_column(key, all_columns) for key in keys if key != "all"]
        return tuple(c for c in all_columns if "all" in keys or c in chosen)
    counts = {aspect: sum(row.cells[aspect] not in UNSAID for row in rows) for aspect in aspects}
    best = sorted(aspects, key=lambda aspect: -counts[aspect])[:_DEFAULT_ASPECTS]
    return (*_DEFAULT_COLUMNS, *(aspect for aspect in aspects if aspect in best))


def _column(key: str, columns: Sequence[str]) -> str:
    """The column that an address names; raises InputError where there is none."""
    by_key = {hyphenated(column): column for column in columns}
    if key in by_key:
        return by_key[key]
    raise InputError(f"the table has no column {key!r}", remedy=f"It has {', '.join(by_key)}")


def _counts(rows: Sequence[Row], column: str) -> dict[str, int]:
    """The values of a column, each with the number of its rows, the most frequent first."""
    counts = Counter(_facet(row, column) for row in rows)
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _facet(row: Row, column: str) -> str:
    """The value of a column by which rows are filtered; a hedge without its wording."""
    value = str(row.cells[column])
    return value.partition(" (")[0] if column == "how firmly" else value


def _values(rows: Sequence[Row], column: str) -> dict[str, int]:
    """The single values of a column, each with the number of definitions that have it; `silent` and
    the like last.
    """
    counts = Counter(value for row in rows for value in _values_of(row, column))
    return dict(sorted(counts.items(), key=lambda pair: (pair[0] in UNSAID, pair[0])))


def _values_of(row: Row, column: str) -> list[str]:
    """The single values in a cell."""
    return _facet(row, column).split("; ")


def _table(
    source: Table, rows: Sequence[Row], columns: Sequence[str], is_transposed: bool
) -> Table:
    """The table as it is downloaded, always with the name and the page of each statement."""
    fixed = ("how firmly", "read in", "page", "name")
    names = list(dict.fromkeys(("definition", "what it says", *columns, *fixed)))
    if not is_transposed:
        cells = tuple(tuple(row.cells[column] for column in names) for row in rows)
        return Table(tuple(names), cells, source.caption, source.notes)
    headings = ("column", *(str(row.cells["definition"]) for row in rows))
    cells = tuple((column, *(row.cells[column] for row in rows)) for column in names[1:])
    return Table(headings, cells, source.caption, source.notes)


def cross_tabulate(sheet: DefinitionTable, down: str, across: str) -> dict[str, list[list[Row]]]:
    """Two columns cross-tabulated: each value of `down` → for each value of `across`, the rows that
    have both.
    """
    rows, others = sheet.rows, _values(sheet.rows, across)
    return {
        value: [
            [r for r in rows if value in _values_of(r, down) and other in _values_of(r, across)]
            for other in others
        ]
        for value in _values(rows, down)
    }


def _cited(row: Row) -> str:
    """A definition with its source and its hedge."""
    return f"{row.definition.label} ({credit_text(row.definition.attribution)})"


def cross_table(sheet: DefinitionTable, down: str, across: str) -> Table:
    """Two columns cross-tabulated, as a table to download."""
    cells = tuple(
        (value, *("\n".join(map(_cited, rows)) or "none" for rows in groups))
        for value, groups in cross_tabulate(sheet, down, across).items()
    )
    return Table((down, *_values(sheet.rows, across)), cells, f"{down}, crossed with {across}")
