"""Ordered records of one kind: a tuple that can be shown as a table or read as a data frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import ClassVar, Generic, Protocol, TypeVar

from sq_graph.model.attribution import Attribution
from sq_graph.model.facts import join_names
from sq_graph.table import Cell, Table, Tabular
from sq_graph.vocab import Ref


class TableRow(Protocol):
    """A record that can be a row of a table."""

    def cells(self) -> tuple[Cell, ...]:
        """Its values under the columns of its listing."""


T = TypeVar("T", bound=TableRow)

CREDIT: Mapping[str, Callable[[Attribution], Cell]] = {
    "holder": lambda credit: join_names(credit.holders, "; ") or credit.asserter,
    "holder iri": lambda credit: _iris(credit.holders or credit.possible_holders),
    "stated in": lambda credit: join_names(credit.stated_in, "; "),
    "read in": lambda credit: join_names(credit.read_in, "; "),
    "read in iri": lambda credit: _iris(credit.read_in),
    "page": attrgetter("page"),
    "distance": attrgetter("distance"),
    "hedge": attrgetter("hedge"),
    "hedge words": lambda credit: "; ".join(credit.markers),
    "basis": attrgetter("basis"),
    "review": attrgetter("review"),
}
"""The columns of a table that say whose a statement is, each with its cell."""
CREDIT_COLUMNS = tuple(CREDIT)
"""The columns of a table that say whose a statement is and where it was read."""


class Listing(tuple[T, ...], Tabular, Generic[T]):
    """Ordered records; each is a row of the table, in which several values are separated by `;`."""

    title: ClassVar[str] = ""
    columns: ClassVar[tuple[str, ...]] = ()

    def table(self) -> Table:
        """The records as a table."""
        return Table(self.columns, tuple(record.cells() for record in self), self.title)


def credit_cells(credit: Attribution | None) -> tuple[Cell, ...]:
    """The cells under `CREDIT_COLUMNS`."""
    return tuple(cell(credit) if credit else "" for cell in CREDIT.values())


def _iris(refs: Sequence[Ref]) -> str:
    return "; ".join(ref.iri for ref in refs)
