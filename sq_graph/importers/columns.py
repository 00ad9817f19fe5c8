"""The sheets of the workbook: the method of an edit that each calls, and its columns.

Both are in columns.toml; a further sheet or column is one more entry there.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import takewhile
from typing import Any, NamedTuple

from sq_graph.check import Finding
from sq_graph.importers.field_values import FIELD_OF
from sq_graph.resources import text_beside
from sq_graph.turtle.terms import TYPE
from sq_graph.vocab import expand, shorten

EXPLANATIONS, LISTS = UNREAD = "explanations", "lists"
"""The sheets that are not read."""


class Column(NamedTuple):
    """One column: the kind and the content of its cells, an example, and whether they must be
    filled.
    """

    name: str
    kind: str
    description: str
    example: str = ""
    is_required: bool = False
    argument: str = ""

    @property
    def parameter(self) -> str:
        """The parameter of the method that takes the cell."""
        return self.argument or self.name.replace(" ", "_")


class Sheet(NamedTuple):
    """One sheet: the method of an edit that its rows call, and the columns.

    If the rows of one label make one thing, `rows` is the argument that takes them, and `parts`
    are the arguments that each row gives.
    """

    method: str
    columns: tuple[Column, ...]
    rows: str = ""
    parts: Sequence[str] = ()


class CellKind(NamedTuple):
    """A kind of cell: the kinds of thing that it names, if any, the separator of several values,
    and how to add a thing that the map lacks.
    """

    kinds: Sequence[str] | None = None
    separator: str = ""
    hint: str = ""


PLAIN_WORDS = {"their words": "worded", "reported": "reported", "our interpretation": "read"}
"""The words in cells for the codes of the basis."""
EXAMPLE_MARK = "example: "
"""The start of the first cell of an example row, which is not imported."""


def _columns(specs: Iterable[Mapping[str, Any]]) -> tuple[Column, ...]:
    """The columns in order, including those of the groups that are included."""
    columns, groups = dict[str, Column](), _FILE["groups"]
    for spec in specs:
        included = _columns(groups[spec["include"]]) if "include" in spec else [Column(**spec)]
        columns |= {column.name: column for column in included}
    return tuple(columns.values())


_FILE = tomllib.loads(text_beside(__file__, "columns.toml"))
EXAMPLE: dict[str, str] = _FILE["example"]
"""The example row of definitions."""
CELLS: Mapping[str, CellKind] = defaultdict(
    CellKind, {name: CellKind(**kind) for name, kind in _FILE["kinds"].items()}
)
"""The kinds of cell other than plain text."""
_SHEETS = _FILE["sheets"].items()
SHEETS = {name: Sheet(**spec | {"columns": _columns(spec["columns"])}) for name, spec in _SHEETS}
"""The sheets in the order in which they are read."""
_NAMES = {name: {c.parameter: c.name for c in sheet.columns} for name, sheet in SHEETS.items()}


_DERIVED = {"title", "authors", "year", "ordered_by", "relation", "page", "in_"}
"""Parameters that a row without such a column gives all the same, or gives for another thing."""
_INTERDEPENDENT = ({"hedge", "hedge_words"}, {"holder", "stated_in", "cited_page", "via", "basis"})
"""Fields that may follow from one another."""
_FURTHER_PROPERTIES = {"holder": ["dcterms:creator", "sq:citation"], "denied": [TYPE[1:-1]]}


def absent_properties(sheet: str, header: Collection[str]) -> frozenset[str]:
    """The properties, as terms, for which a sheet with some columns has no column."""
    columns = (column for column in SHEETS[sheet].columns if column.name not in header)
    absent = {column.parameter for column in columns} - _DERIVED
    for fields in _INTERDEPENDENT:
        absent -= set() if fields <= absent else fields
    names = [p for p, field in FIELD_OF.items() if field in absent]
    names += [p for field in absent for p in _FURTHER_PROPERTIES.get(field, ())]
    if sheet == "alignments" and "denied" in absent:
        names.append("rdfs:label")  # it says that the relation is denied
    return frozenset(f"<{expand(name)}>" for name in names if name)


def at_row(finding: Finding, row: str) -> Finding:
    """A finding about the statement of a row of a sheet, in the words of its columns.

    >>> finding = Finding("", None, "x:a", "No words are given", "Add sq:hedgeMarker", "shape")
    >>> print(at_row(finding, "a.csv, sheet claims, row 2"))
    a.csv, sheet claims, row 2: No words are given. Add hedge words.
    """

    violation = finding.violation
    path = violation.path.value if violation and violation.path else ""
    sheet = row.rpartition(", row ")[0].rpartition("sheet ")[2]
    column, remedy = _in_columns(sheet, path, finding.remedy)
    location = f"{row}, column {column}" if column else row
    # not with `replace`, which is much slower: a large sheet has three findings per row
    unchanged = finding.rule, finding.severity, finding.violation
    return Finding(location, None, "", _readable(finding.message), remedy, *unchanged)


@lru_cache(maxsize=1_000)
def _in_columns(sheet: str, path: str, remedy: str) -> tuple[str, str]:
    """The column of a sheet that holds a property, or '', and a remedy in the words of columns."""
    names = _NAMES.get(sheet, _NAMES["definitions"])
    columns = {term: names[field] for term, field in FIELD_OF.items() if field in names}
    return columns.get(shorten(path), ""), _in_words(remedy, columns)


def _in_words(remedy: str, names: Mapping[str, str]) -> str:
    """A remedy with names in place of the terms of the vocabulary, up to the first without a name.

    >>> _in_words("add sq:heldBy, or sq:via for each", {"sq:heldBy": "holder"})
    'add holder'
    """
    parts = re.split(", (?=or |and )", _TERM.sub(lambda term: names.get(term[0], term[0]), remedy))
    return ", ".join(takewhile(lambda part: not _TERM.search(part), parts))


def _readable(message: str) -> str:
    """A message with short names in place of the IRIs of things."""
    return _IRI.sub(r"\1:\2", message)


def of_field(finding: Finding) -> Finding:
    """A finding about a statement of an edit, in the names of its fields.

    >>> finding = Finding("", None, "x:a", "No words are given", "Add sq:hedgeMarker", "shape")
    >>> print(of_field(finding))
    x:a: No words are given. Add hedge_words.
    """
    remedy = _in_words(finding.remedy, FIELD_OF)
    return replace(finding, message=_readable(finding.message), remedy=remedy)


_IRI = re.compile(r"https?://[^\s,()]+/id/([a-z]+)/([\w-]+)")
_TERM = re.compile(r"\b[a-z]+:\w+")
