"""Methods of an edit for the tables of a work: matrices with their cells, and figures."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from itertools import product
from typing import Unpack

from sq_graph.errors import InputError
from sq_graph.importers.arguments import Arguments
from sq_graph.importers.attributing import AttributionArgs, Nameables
from sq_graph.importers.graph_builder import Properties
from sq_graph.model.codes import Coverage, ItemRole
from sq_graph.model.facts import iris
from sq_graph.model.records import make_slug
from sq_graph.model.ref import Nameable, as_list
from sq_graph.turtle.terms import iri_terms
from sq_graph.vocab import slug_of


class Tables(Arguments):
    """Crossed typologies and numbers."""

    def matrix(
        self,
        label: str,
        *,
        axes: Nameables,
        in_: Nameable,
        page: str | int,
        summary: str = "",
        name: str = "",
        replace: bool = False,
        **attribution: Unpack[AttributionArgs],
    ) -> str:
        """A cross-classification of two or more typologies; every cell is silent until it is
        filled in.

        Raises InputError for fewer than two axes.
        """
        typologies = list(dict.fromkeys(self.find(axis, "typology") for axis in as_list(axes)))
        if len(typologies) < 2:
            problem = "a matrix crosses two or more typologies"
            raise InputError(problem, remedy="Name each of them in axes")
        links = [("iri", typology) for typology in typologies]
        properties: Properties = {"sq:axis": links, "sq:summary": ("en", summary)}
        matrix = self._contribute(
            "matrix", name, label, in_, page, properties, attribution=attribution, replace=replace
        )
        if self.made[matrix] == "new":
            for categories in product(*map(self._categories, typologies)):
                self._state_cell(matrix, categories, self._draft_coverage("silent"))
        return matrix

    def cell(
        self,
        matrix: Nameable,
        *,
        crosses: Nameables,
        in_: Nameable = "",
        page: str | int = "",
        summary: str = "",
        items: Nameables = (),
        role: ItemRole | None = None,
        coverage: Coverage = "answered",
        replace: bool = False,
        **attribution: Unpack[AttributionArgs],
    ) -> str:
        """A cell of a matrix: what an author says where its categories meet.

        Parameters:
            matrix: the matrix, of this workspace.
            crosses: one category of each axis.
            in_: the work that was read; leave it out, with the page, for a cell on which the work
                is silent.
            items: the concepts that the cell lists.
            role: what the items are, such as `cause` or `sign`.
            coverage: how far the source fills the cell.
        """
        target = self._find_own(self.find(matrix, "matrix"))
        categories = [self.find(category, "category") for category in as_list(crosses)]
        if len(categories) < 2:
            problem = "two or more categories meet in a cell"
            raise InputError(problem, remedy="Name one of each axis in crosses")
        work = self.find(in_, "work") if in_ else ""
        is_silent = coverage == "silent"
        if is_silent and any(attribution.values()):
            problem = "a silent cell has no holder, hedge or phrase"
            remedy = "Leave them out, or give in coverage how far the source fills the cell"
            raise InputError(problem, remedy=remedy)
        properties: Properties = {
            **self._draft_coverage(coverage),
            "sq:summary": ("en", summary),
            "sq:item": self._links(items, "concept"),
            "sq:itemRole": self.code("itemRole", role) if role else "",
        }
        if not is_silent:
            properties = {**properties, **self.attribution_of(work, page, attribution)}
        return self._state_cell(target, categories, properties, replace)

    def figure(
        self,
        label: str,
        *,
        value: str | int | float | Decimal,
        in_: Nameable,
        page: str | int,
        measured: Nameable = "",
        area: Nameable = "",
        year: int | None = None,
        unit: str = "",
        table: str = "",
        phrase: str = "",
        name: str = "",
        replace: bool = False,
    ) -> str:
        """A number that a work gives.

        Parameters:
            label: what the number is, such as `poverty rate, Asia, 2002`.
            value: the number, such as 12.5.
            measured: the concept that is counted; give this, or an area, or both.
            area: the place that the number concerns.
            unit: for example `per cent`.
            table: the heading of the table that has the number; leave empty for running text.

        Raises InputError for a value that is not a number, or if neither `measured` nor `area` is
        given.
        """
        work = self.find(in_, "work")
        if not measured and not area:
            problem = f"what the figure {label!r} measures is missing"
            raise InputError(problem, remedy="Name measured, or area")
        properties: Properties = {
            "sq:value": _number(value),
            "qb:dataSet": ("iri", self._table(work, table, page, phrase)),
            "sq:measured": self._link(measured, "concept"),
            "sq:area": self._link(area, "concept"),
            "sq:year": "" if year is None else year,
            "sq:unit": ("en", unit),
            "sq:figureStatus": self.code("figureStatus", "printed"),
            "sq:reportedIn": ("iri", self.passage(work, page, phrase)),
        }
        slug, file = make_slug(name or f"{slug_of(work)}-{make_slug(label)}"), self.file_of(work)
        return self.state(file, "observation", slug, label, properties, replace=replace)

    def _table(self, work: str, heading: str, page: str | int, phrase: str) -> str:
        """The table of a work under a heading; a new one has the passage of its first figure."""
        slug = make_slug(f"{slug_of(work)}-{make_slug(heading or 'running text')}")
        table = self.mint("table", slug)
        if table in self.made or self.names.exist([table])[table]:
            return table
        label = heading or f"figures in the running text of {self.label(work)}"
        properties = self.attribution_of(work, page, {"phrase": phrase})
        properties = {**properties, "sq:hedge": ""}  # numbers have no hedge
        return self.state(self.file_of(work), "table", slug, label, properties, "qb:DataSet")

    def _state_cell(
        self, matrix: str, categories: Sequence[str], properties: Properties, replace: bool = False
    ) -> str:
        """States a cell, or fills a silent one."""
        label, home = self._cell_label(matrix, categories), self._stating_file(matrix)
        slug = make_slug(f"{slug_of(matrix)}-{make_slug(label)}")
        cell = self.mint("cell", slug)
        if _SILENT in self.statements.about(home, cell):
            self.statements.change(home, cell, properties)
            self.made[cell] = "changed"
            return cell
        links = [("iri", category) for category in categories]
        properties = {"sq:cellOf": ("iri", matrix), "sq:crosses": links, **properties}
        return self.state(home, "cell", slug, label, properties, replace=replace)

    def _draft_coverage(self, coverage: Coverage) -> Properties:
        status = self.code("reviewStatus", "draft")
        return {"sq:coverage": self.code("coverage", coverage), "sq:reviewStatus": status}

    def _cell_label(self, matrix: str, categories: Sequence[str]) -> str:
        """The labels of the categories that meet, in the order of the axes."""
        pairs = self.statements.about(self._stating_file(matrix), matrix)
        axes = [self._categories(o[1:-1]) for p, o in sorted(pairs) if p == _AXIS]
        ordered = sorted(categories, key=lambda iri: ([iri not in axis for axis in axes], iri))
        return ", ".join(map(self.label, ordered))

    def _categories(self, typology: str) -> list[str]:
        """The categories of a typology of the map or of this edit."""
        existing = iris(self.graph, f"SELECT ?c {{ ?c sq:memberOf <{typology}> }} ORDER BY STR(?c)")
        categories = dict.fromkeys([*existing, *self._parts_of(typology, "sq:memberOf")])
        return [category for category in categories if category not in self.removed]


def _number(value: str | int | float | Decimal) -> Decimal:
    """A number with the digits that are printed."""
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if isinstance(value, bool) or not number.is_finite():
        raise InputError(f"{value!r} is not a number", remedy="Write it as 12.5")
    return number


_AXIS, *_SILENT_PAIR = iri_terms("sq:axis sq:coverage sq:coverage-silent")
_SILENT = tuple(_SILENT_PAIR)
