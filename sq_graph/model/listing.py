"""Records of one kind in their order: a tuple that can be shown as a table or taken as a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, Protocol, TypeVar

from sq_graph.model.attribution import Attribution
from sq_graph.model.facts import joined
from sq_graph.table import Cell, Table

if TYPE_CHECKING:
    import pandas
    import polars


class Row(Protocol):
    """A record that can be a row of a table."""

    def cells(self) -> tuple[Cell, ...]:
        """Its values under the columns of its listing."""


T = TypeVar("T", bound=Row)

CREDIT_COLUMNS = (
    "holder",
    "holder iri",
    "stated in",
    "read in",
    "read in iri",
    "page",
    "distance",
    "hedge",
    "hedge words",
    "basis",
    "review",
)
"""The columns in which a table says whose a statement is and where it was read."""


class Listing(tuple[T, ...], Generic[T]):
    """Records in their order; each is a row of the table, where several values have ; between
    them.
    """

    title: ClassVar[str] = ""
    columns: ClassVar[tuple[str, ...]] = ()

    def table(self) -> Table:
        """The records as a table."""
        return Table(self.columns, tuple(one.cells() for one in self), self.title)

    def to_pandas(self) -> pandas.DataFrame:
        """The records as a DataFrame; raises MissingPart without pandas."""
        return self.table().to_pandas()

    def to_polars(self) -> polars.DataFrame:
        """The records as a polars DataFrame; raises MissingPart without polars."""
        return self.table().to_polars()

    def _repr_html_(self) -> str:
        return self.table().to_html()


def credit_cells(credit: Attribution | None) -> tuple[Cell, ...]:
    """The cells under `CREDIT_COLUMNS`."""
    if credit is None:
        return ("",) * len(CREDIT_COLUMNS)
    holders = credit.holders or credit.possible_holders
    return (
        joined(credit.holders, "; ") or credit.asserter,
        "; ".join(one.iri for one in holders),
        joined(credit.stated_in, "; "),
        joined(credit.read_in, "; "),
        "; ".join(one.iri for one in credit.read_in),
        credit.page,
        credit.distance,
        credit.hedge,
        "; ".join(credit.markers),
        credit.basis,
        credit.review,
    )
