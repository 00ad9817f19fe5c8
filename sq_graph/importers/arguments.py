"""The parts of an argument that an edit can add: disagreements, support, examples, questions,
models, sections.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Literal, Unpack

from sq_graph.errors import InputError
from sq_graph.importers.attributing import AttributionArgs, Nameables, locator_of
from sq_graph.importers.contributions import Contributions
from sq_graph.importers.field_values import FIELDS, SETTINGS
from sq_graph.importers.graph_builder import Properties
from sq_graph.model.codes import Ground, QuestionStatus
from sq_graph.model.records import make_slug
from sq_graph.model.ref import Nameable, as_list
from sq_graph.model.second_readings import STATEMENTS
from sq_graph.vocab import slug_of

Support = Literal["supports", "opposes"]
"""How one statement bears on another."""


class Arguments(Contributions):
    """The argument of a work that was read."""

    def disagreement(
        self,
        label: str,
        *,
        parties: Nameables,
        about: Nameables,
        ground: Ground,
        in_: Nameable = "",
        page: str | int = "",
        summary: str = "",
        name: str = "",
        replace: bool = False,
        **attribution: Unpack[AttributionArgs],
    ) -> str:
        """Two or more statements that the work read, or our interpretation, sets against each
        other.

        Parameters:
            label: the question in dispute.
            parties: the statements that disagree, such as claims, definitions or alignments.
            about: what they disagree about.
            ground: what kind of disagreement it is: about a definition, the scope, a cause, a value
                or a measure.
            in_: the work that was read; leave it out, with the page, if the disagreement is our
                own interpretation.
            attribution: `basis="read"` if the disagreement is our own interpretation (the default
                without a holder).

        Raises InputError for fewer than two parties.
        """
        sides = [self.find(party, *FIELDS["parties"]["kinds"]) for party in as_list(parties)]
        if len(set(sides)) < 2:
            remedy = "Name the statements that differ"
            raise InputError("a disagreement has at least two parties", remedy=remedy)
        if "holder" not in attribution and "stated_in" not in attribution:
            attribution["basis"] = attribution.get("basis", "read")
        fields = {"parties": sides, "about": about, "ground": ground, "summary": summary}
        return self._contribute(
            "disagreement", name, label, in_, page, fields, attribution=attribution, replace=replace
        )

    def argument(
        self, statement: Nameable, *, bears: Support, on: Nameables, ours: bool = False
    ) -> str:
        """One statement of the workspace supports or opposes others.

        If somebody had checked the statement, it becomes a draft again. `ours` marks what no text
        says: it is shown as our interpretation.
        """
        thing = self._find_own(self.find(statement, *STATEMENTS))
        properties: Mapping[str, Sequence[str]] = SETTINGS["bears"]
        if bears not in properties:
            remedy = "Choose among supports, opposes"
            raise InputError(f"a statement cannot {bears!r} another", remedy=remedy)
        targets = self._links(on, *STATEMENTS)
        if not targets:
            problem = "the statement on which it bears is missing"
            raise InputError(problem, remedy="Name one or several")
        file = self._stating_file(thing)
        previous = self.statements.about(file, thing)
        self.statements.add(file, thing, {properties[bears][ours]: targets})
        if self.statements.about(file, thing) != previous:
            draft = {"sq:reviewStatus": self.code("reviewStatus", "draft")}
            self.statements.change(file, thing, draft)
        self.made.setdefault(thing, "changed")
        return thing

    def example(
        self,
        label: str,
        *,
        of: Nameables,
        in_: Nameable,
        page: str | int,
        kind: Literal["case", "stereotype"] = "case",
        place: Nameable = "",
        summary: str = "",
        name: str = "",
        replace: bool = False,
        **attribution: Unpack[AttributionArgs],
    ) -> str:
        """An illustration of a concept or a statement: a real case, or a stereotype that is marked
        as one.
        """
        if kind not in ("case", "stereotype"):
            remedy = "Choose among case, stereotype"
            raise InputError(f"an example is not a {kind!r}", remedy=remedy)
        fields = {"of": of, "place": place, "summary": summary}
        state = partial(self._contribute, attribution=attribution, replace=replace)
        return state("example", name, label, in_, page, fields, classes=f"sq:{kind.capitalize()}")

    def question(
        self,
        label: str,
        *,
        in_: Nameable,
        page: str | int,
        about: Nameables = (),
        status: QuestionStatus = "open",
        answered_by: Nameables = (),
        name: str = "",
        replace: bool = False,
        **attribution: Unpack[AttributionArgs],
    ) -> str:
        """A question that an author raises, with the statements that answer it; not a question of
        the catalogue.
        """
        fields = {"about": about, "status": status, "answered_by": answered_by}
        return self._contribute(
            "question", name, label, in_, page, fields, attribution=attribution, replace=replace
        )

    def model(
        self,
        label: str,
        *,
        in_: Nameable,
        page: str | int,
        summary: str,
        name: str = "",
        replace: bool = False,
        **attribution: Unpack[AttributionArgs],
    ) -> str:
        """A theory, under the name that the literature gives it; a position is a dated reading of a
        model.
        """
        fields = {"summary": summary}
        return self._contribute(
            "model", name, label, in_, page, fields, attribution=attribution, replace=replace
        )

    def section(self, heading: str, *, in_: Nameable, page: str | int, name: str = "") -> str:
        """A part of a work with a heading; `page` is the page of the heading, or the range of the
        section.
        """
        work, (first, last) = self.find(in_, "work"), locator_of(page)[:2]
        slug = make_slug(name or f"{slug_of(work)}-{make_slug(heading)}")
        properties: Properties = {
            "sq:inWork": ("iri", work),
            "sq:pageLabel": first,
            "sq:lastPageLabel": last,
            "sq:phrase": " ".join(heading.split()[:8]),
            "sq:pageBasis": self.code("pageBasis", "printed"),
        }
        label = f"{self.label(work)}, {heading}"
        return self.state(self.file_of(work), "section", slug, label, properties)

    def _contribute(
        self,
        kind: str,
        name: str,
        label: str,
        in_: Nameable,
        page: str | int,
        fields: Mapping[str, object],
        *,
        attribution: AttributionArgs,
        replace: bool,
        classes: str = "",
    ) -> str:
        """States a contribution, given by fields or by properties in short form, in the file of
        the work that was read, or of our interpretations.
        """
        work, properties = self.find(in_, "work") if in_ else "", dict[str, Any]()
        for field, value in fields.items():
            properties |= {field: value} if ":" in field else self._properties(kind, field, value)
        properties |= self.attribution_of(work, page, attribution)
        file, slug = self.file_of(work), make_slug(name or label)
        return self.state(file, kind, slug, label, properties, classes, replace=replace)
