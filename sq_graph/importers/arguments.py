"""What an edit can add about an argument: disagreements, support, examples, questions, models,
positions, sections.
"""

from __future__ import annotations

from typing import Literal, Unpack

from sq_graph.errors import InputError
from sq_graph.importers.attributing import AttributionArgs, Names, pages
from sq_graph.importers.contributions import Contributions
from sq_graph.importers.graph_builder import Properties
from sq_graph.model.codes import Ground, QuestionStatus
from sq_graph.model.records import slugged
from sq_graph.model.ref import Nameable, several
from sq_graph.vocab import slug_of

Support = Literal["supports", "opposes"]
"""How one statement bears on another."""


class Arguments(Contributions):
    """The argument of a work that was read."""

    def disagreement(
        self,
        label: str,
        *,
        parties: Names,
        about: Names,
        ground: Ground,
        in_: Nameable = "",
        page: str | int = "",
        summary: str = "",
        name: str = "",
        replace: bool = False,
        **attribution: Unpack[AttributionArgs],
    ) -> str:
        """Two or more statements that are set against each other, by the work read or by ourselves.

        Parameters:
            label: the question in dispute.
            parties: the statements that disagree: claims, definitions, alignments …
            about: what they disagree about.
            ground: at bottom, about a definition, the scope, a cause, a value or a measure.
            in_: the work that was read, page: where; both may be left out where only we set them
                against each other.
            attribution: `basis="read"` where only we set them against each other (the default
                without a holder).

        Raises InputError for fewer than two parties.
        """
        sides = [self.find(one) for one in several(parties)]
        if len(set(sides)) < 2:
            raise InputError(
                "a disagreement has at least two parties", remedy="Name the statements that differ"
            )
        if "holder" not in attribution and "stated_in" not in attribution:
            attribution["basis"] = attribution.get("basis", "read")
        return self._argued(
            "disagreement",
            name or label,
            label,
            in_,
            page,
            {
                "sq:party": [("iri", one) for one in sides],
                "sq:about": [("iri", self.find(one)) for one in several(about)],
                "sq:ground": self.code("ground", ground),
                "sq:summary": ("en", summary),
            },
            attribution=attribution,
            replace=replace,
        )

    def argument(
        self, statement: Nameable, *, bears: Support, on: Names, ours: bool = False
    ) -> str:
        """One statement of the workspace supports or opposes others.

        One that somebody has checked is a draft again. `ours` marks what no text says, only we: it
        is shown as our interpretation.
        """
        thing = self._own(statement)
        names = {
            ("supports", False): "sq:supports",
            ("opposes", False): "sq:opposes",
            ("supports", True): "sq:readAsSupporting",
            ("opposes", True): "sq:readAsOpposing",
        }
        if (bears, ours) not in names:
            raise InputError(
                f"a statement cannot {bears!r} another", remedy="Choose among supports, opposes"
            )
        targets = [("iri", self.find(one)) for one in several(on)]
        if not targets:
            raise InputError("no statement is named that it bears on", remedy="Name one or several")
        home = self._home_of(thing)
        before = self.statements.about(home, thing)
        self.statements.add(home, thing, {names[bears, ours]: targets})
        if self.statements.about(home, thing) != before:
            draft = {"sq:reviewStatus": self.code("reviewStatus", "draft")}
            self.statements.change(home, thing, draft)
        self.made.setdefault(thing, "changed")
        return thing

    def example(
        self,
        label: str,
        *,
        of: Names,
        in_: Nameable,
        page: str | int,
        kind: Literal["case", "stereotype"] = "case",
        place: Nameable = "",
        summary: str = "",
        name: str = "",
        replace: bool = False,
        **attribution: Unpack[AttributionArgs],
    ) -> str:
        """Something offered to illustrate a concept or a statement: a real case, or a stereotype
        marked as one.
        """
        if kind not in ("case", "stereotype"):
            raise InputError(
                f"an example is not a {kind!r}", remedy="Choose among case, stereotype"
            )
        return self._argued(
            "example",
            name or label,
            label,
            in_,
            page,
            {
                "sq:exemplifies": [("iri", self.find(one)) for one in several(of)],
                "sq:place": self._link(place, "concept"),
                "sq:summary": ("en", summary),
            },
            attribution=attribution,
            replace=replace,
            classes=f"sq:{kind.capitalize()}",
        )

    def question(
        self,
        label: str,
        *,
        in_: Nameable,
        page: str | int,
        about: Names = (),
        status: QuestionStatus = "open",
        answered_by: Names = (),
        name: str = "",
        replace: bool = False,
        **attribution: Unpack[AttributionArgs],
    ) -> str:
        """A question that an author puts, with what answers it; not a question file of the
        catalogue.
        """
        return self._argued(
            "question",
            name or label,
            label,
            in_,
            page,
            {
                "sq:about": [("iri", self.find(one)) for one in several(about)],
                "sq:questionStatus": self.code("questionStatus", status),
                "sq:answeredBy": [("iri", self.find(one)) for one in several(answered_by)],
            },
            attribution=attribution,
            replace=replace,
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
        """A theory under the name that the literature gives it; positions are dated readings of
        it.
        """
        properties: Properties = {"sq:summary": ("en", summary)}
        slug = name or label
        return self._argued(
            "model", slug, label, in_, page, properties, attribution=attribution, replace=replace
        )

    def section(self, heading: str, *, in_: Nameable, page: str | int, name: str = "") -> str:
        """A headed part of a work that was read; `page` is that of the heading, or the range of the
        part.
        """
        work, (first, last) = self.find(in_, "work"), pages(page)
        return self.state(
            self.file_of(work),
            "section",
            slugged(name or f"{slug_of(work)}-{heading}"),
            f"{self.label(work)}, {heading}",
            {
                "sq:inWork": ("iri", work),
                "sq:pageLabel": first,
                "sq:lastPageLabel": last,
                "sq:phrase": " ".join(heading.split()[:8]),
                "sq:pageBasis": self.code("pageBasis", "printed"),
            },
        )

    def _argued(
        self,
        kind: str,
        name: str,
        label: str,
        in_: Nameable,
        page: str | int,
        properties: Properties,
        *,
        attribution: AttributionArgs,
        replace: bool,
        classes: str = "",
    ) -> str:
        """States a contribution in the file of the work that was read, or of our
        interpretations.
        """
        work = self.find(in_, "work") if in_ else ""
        return self.state(
            self.file_of(work),
            kind,
            slugged(name),
            label,
            {**properties, **self.attributed(work, page, attribution)},
            classes,
            replace=replace,
        )
