"""What an edit can add of the tables of a work: matrices with their cells, and figures."""

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
        typologies = list(dict.fromkeys(self.find(one, "typology") for one in as_list(axes)))
        if len(typologies) < 2:
            what = "a matrix crosses two or more typologies"
            raise InputError(what, remedy="Name each of them in axes")
        crossed = [("iri", one) for one in typologies]
        properties: Properties = {"sq:axis": crossed, "sq:summary": ("en", summary)}
        matrix = self._contribute(
            "matrix", name, label, in_, page, properties, attribution=attribution, replace=replace
        )
        if self.outcomes[matrix] == "new":
            for places in product(*map(self._categories, typologies)):
                self._put_cell(matrix, places, self._coverage("silent"))
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
        """What an author says where categories of a matrix meet.

        Parameters:
            matrix: the matrix, of this workspace.
            crosses: one category of each axis.
            in_: the work that was read; leave it out, with the page, for a cell on which the work
                is silent.
            items: the concepts that the cell lists.
            role: what the items are, such as `cause` or `sign`.
            coverage: how far the source fills the cell.
        """
        whole = self._find_own(self.find(matrix, "matrix"))
        places = [self.find(one, "category") for one in as_list(crosses)]
        if len(places) < 2:
            what = "two or more categories meet in a cell"
            raise InputError(what, remedy="Name one of each axis in crosses")
        work = self.find(in_, "work") if in_ else ""
        is_silent = coverage == "silent"
        if is_silent and any(attribution.values()):
            what = "a silent cell has no holder, hedge or phrase"
            remedy = "Leave them out, or say how far the source fills it in coverage"
            raise InputError(what, remedy=remedy)
        properties: Properties = {
            **self._coverage(coverage),
            "sq:summary": ("en", summary),
            "sq:item": [("iri", self.find(one, "concept")) for one in as_list(items)],
            "sq:itemRole": self.code("itemRole", role) if role else "",
        }
        if not is_silent:
            properties = {**properties, **self.attribution_of(work, page, attribution)}
        return self._put_cell(whole, places, properties, replace)

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
            what = f"what the figure {label!r} measures is missing"
            raise InputError(what, remedy="Name measured, or area")
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
        slug = make_slug(name or f"{slug_of(work)}-{make_slug(label)}")
        file = self.file_of(work)
        return self.state(file, "observation", slug, label, properties, replace=replace)

    def _table(self, work: str, heading: str, page: str | int, phrase: str) -> str:
        """The table of a work under a heading; a new one rests on the passage of its first
        figure.
        """
        slug = make_slug(f"{slug_of(work)}-{make_slug(heading or 'running text')}")
        thing = self.mint("table", slug)
        if thing in self.outcomes or self.names.exist([thing])[thing]:
            return thing
        label = heading or f"figures in the running text of {self.label(work)}"
        whose = self.attribution_of(work, page, {"phrase": phrase})
        attribution = {**whose, "sq:hedge": ""}  # numbers have no hedge
        return self.state(self.file_of(work), "table", slug, label, attribution, "qb:DataSet")

    def _put_cell(
        self, matrix: str, places: Sequence[str], properties: Properties, replace: bool = False
    ) -> str:
        """States a cell; one that is silent is filled."""
        label, home = self._cell_label(matrix, places), self._stating_file(matrix)
        slug = make_slug(f"{slug_of(matrix)}-{make_slug(label)}")
        thing = self.mint("cell", slug)
        if _SILENT in self.statements.about(home, thing):
            self.statements.change(home, thing, properties)
            self.outcomes[thing] = "changed"
            return thing
        crossed = [("iri", one) for one in places]
        whole: Properties = {"sq:cellOf": ("iri", matrix), "sq:crosses": crossed, **properties}
        return self.state(home, "cell", slug, label, whole, replace=replace)

    def _coverage(self, coverage: Coverage) -> Properties:
        status = self.code("reviewStatus", "draft")
        return {"sq:coverage": self.code("coverage", coverage), "sq:reviewStatus": status}

    def _cell_label(self, matrix: str, places: Sequence[str]) -> str:
        """The labels of the categories that meet, in the order of the axes."""
        stated = self.statements.about(self._stating_file(matrix), matrix)
        axes = [self._categories(o[1:-1]) for p, o in sorted(stated) if p == _AXIS]
        ordered = sorted(places, key=lambda one: ([one not in each for each in axes], one))
        return ", ".join(map(self.label, ordered))

    def _categories(self, typology: str) -> list[str]:
        """The categories of a typology of the map or of this edit."""
        own = [s for s in self._parts_of(typology, "sq:memberOf") if s not in self.removed]
        there = iris(self.graph, f"SELECT ?c {{ ?c sq:memberOf <{typology}> }} ORDER BY STR(?c)")
        return [one for one in dict.fromkeys([*there, *own]) if one not in self.removed]


def _number(given: str | int | float | Decimal) -> Decimal:
    """A number as it is printed."""
    try:
        number = Decimal(str(given).strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if isinstance(given, bool) or not number.is_finite():
        raise InputError(f"{given!r} is not a number", remedy="Write it as 12.5")
    return number


_AXIS, *_SILENT_PAIR = iri_terms("sq:axis sq:coverage sq:coverage-silent")
_SILENT = tuple(_SILENT_PAIR)
