"""Methods of an edit for second readings, and for reports compared with their originals.

A second reading checks a statement as it is at that moment of the edit.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from sq_graph.errors import InputError
from sq_graph.graph import Term
from sq_graph.importers.graph_builder import Properties
from sq_graph.importers.updating import Updating
from sq_graph.model import second_readings
from sq_graph.model.codes import Fidelity
from sq_graph.model.facts import Facts, facts, text
from sq_graph.model.records import make_slug
from sq_graph.model.ref import Nameable
from sq_graph.model.second_readings import STATEMENTS, StatementSource, content_digests
from sq_graph.turtle.terms import iri_terms, is_iri, literal_parts
from sq_graph.vocab import kind_of, shorten, slug_of

_PARTS = frozenset(iri_terms("sq:codes sq:memberOf"))
_STATUS, _CHECKS, _DIGEST = iri_terms("sq:reviewStatus sq:checks sq:contentDigest")


class Reviewing(Updating):
    """Second readings of statements, and comparisons of reports with originals."""

    def report_of(
        self,
        report: Nameable,
        original: Nameable,
        fidelity: Fidelity | Sequence[Fidelity],
        *,
        note: str = "",
        name: str = "",
        replace: bool = False,
    ) -> str:
        """Records how faithful a report is to the first-hand statement that it reports.

        The comparison is our own interpretation, by the curator named in `workspace.toml`.
        Both statements keep their passages, so that each is cited with its own work and page.

        Parameters:
            report: a statement of the holder, read in another work.
            original: the statement in the holder's own work.
            fidelity: one or several values, such as `["narrowed", "hedge-dropped"]`; `undecided`
                if the texts leave it open.
            note: what differs.

        Raises InputError where no fidelity is given, and FindingsError, at the end of the edit,
        where the original is not first-hand.
        """
        report_iri, original_iri = self.find(report, *STATEMENTS), self.find(original, *STATEMENTS)
        codes = [fidelity] if isinstance(fidelity, str) else list(fidelity)
        if not codes:
            remedy = "Write undecided if the texts leave it open"
            raise InputError("the fidelity of the report is missing", remedy=remedy)
        slug = name or f"{slug_of(report_iri)}-of-{slug_of(original_iri)}"
        label = f"{self.label(report_iri)}, compared with {self.label(original_iri)}"[:160]
        properties: Properties = {
            "sq:report": ("iri", report_iri),
            "sq:original": ("iri", original_iri),
            "sq:fidelity": [self.code("fidelity", code) for code in codes],
            "sq:summary": ("en", note),
            **self.attribution_of("", "", {"basis": "read"}),
        }
        file, kind = self.file_of(""), "sq:ReportLink"
        return self.state(file, "report", make_slug(slug), label, properties, kind, replace=replace)

    def second_reading(
        self, statement: Nameable, *, by: str = "", date: str | dt.date = "", note: str = ""
    ) -> str:
        """Records that somebody who did not encode a statement read it against its passage and
        agreed.

        The record is bound to the present content of the statement, including its codings or
        categories. If any of this changes, the statement becomes a draft again. A later reading
        replaces an earlier one.

        Parameters:
            statement: a claim, definition, alignment or other statement, of this workspace or of
                the packaged map.
            by: the reader's name (optional).
            date: the day, such as `2026-11-28`; by default today.
            note: a remark of the reader.

        Raises UnknownName for a thing that is not a statement, and InputError for an invalid date.
        """
        target = self._find_statement(statement)
        is_own = target.startswith(self.layout.base)
        source = self._source if is_own else second_readings.source_of(self.graph)
        if is_own:
            self._mark_second_read(target)
        file = self.file(second_readings.home_of_reading(self._work_of(target)))
        slug = second_readings.slug_of_reading(target)
        properties: Properties = {
            "sq:checks": ("iri", target),
            "sq:contentDigest": content_digests(source, [target])[target],
            "sq:readOn": _day(date),
            "sq:readBy": " ".join(by.split()),
            "skos:note": ("en", note),
        }
        return self.state(file, "reading", slug, "", properties, "sq:SecondReading", replace=True)

    def rename(self, thing: Nameable, slug: str) -> str:  # noqa: D102 - its docstring is inherited
        old = self._find_own(thing)
        statements = self._checked_near(old)
        new = super().rename(old, slug)
        self._rebind(statements)
        return new

    def merge(  # noqa: D102 - its docstring is inherited
        self, old: Nameable, *, into: Nameable
    ) -> tuple[tuple[str, str], ...]:
        statements = self._checked_near(self.find(old, "work", "agent"))
        lost = super().merge(old, into=into)
        self._rebind(statements)
        return lost

    def _checked_near(self, thing: str) -> list[str]:
        """The statements that refer to a thing, themselves or in a part, and are as they were when
        they were checked: a new name for the thing does not change their content.
        """
        pending, near = [thing], {thing}
        for _ in range(2):  # the statement itself, or its passage, union or coding
            subjects = {s[1:-1] for iri in pending for _, s, _ in self.statements.references(iri)}
            pending = sorted(subjects - near)
            near |= subjects
        for iri in sorted(near):
            near |= {o[1:-1] for p in _PARTS for o in self.statements.values(iri, p)}
        recorded = {iri: self._recorded_digests(iri) for iri in sorted(near)}
        current = content_digests(self._source, [iri for iri in recorded if recorded[iri]])
        return [iri for iri in current if current[iri] in recorded[iri].values()]

    def _recorded_digests(self, statement: str) -> dict[tuple[Path, str], str]:
        """The digests in the second readings of a statement, by file and reading."""
        return {
            (file, reading[1:-1]): literal_parts(o)[0]
            for file, reading, link in self.statements.references(statement)
            for p, o in self.statements.about(file, reading[1:-1])
            if (link, p) == (_CHECKS, _DIGEST)
        }

    def _rebind(self, statements: Iterable[str]) -> None:
        """Binds second readings to the content of their statements under the new names."""
        renamed = [self.renamed.get(statement, statement) for statement in statements]
        current = content_digests(self._source, renamed)
        for statement in renamed:
            for file, reading in self._recorded_digests(statement):
                self.statements.change(file, reading, {"sq:contentDigest": current[statement]})

    def _find_statement(self, name: Nameable) -> str:
        """The statement with a name; for a coding, the definition that it codes."""
        statement = self.find(name, *STATEMENTS)
        if kind_of(statement) != "coding":
            return statement
        coding = self._facts([statement]) or facts(self.graph, [statement])
        return text(coding[statement], "sq:codes")

    def _mark_second_read(self, statement: str) -> None:
        """Sets the status of a statement of the workspace and of its codings."""
        status = {"sq:reviewStatus": self.code("reviewStatus", "second-read")}
        for iri in (statement, *self._parts([statement]).get(statement, ())):
            for file, pairs in self.statements.statements_of(iri).items():
                if any(p == _STATUS for p, _ in pairs):
                    self.statements.change(file, iri, status)
                    self.made.setdefault(iri, "changed")

    def _work_of(self, statement: str) -> str:
        """The work in which a statement was read, or ''."""
        with suppress(InputError):
            return self._work_read(statement)
        return second_readings.works_read(self.graph, [statement]).get(statement, "")

    @property
    def _source(self) -> StatementSource:
        return StatementSource(self._facts, self._parts)

    def _facts(self, things: Iterable[str]) -> Mapping[str, Facts]:
        """The statements about things in the files of the workspace as this edit changes them."""
        facts_by_thing: dict[str, dict[str, list[Term]]] = {}
        for thing in things:
            for pairs in self.statements.statements_of(thing).values():
                values = facts_by_thing.setdefault(thing, defaultdict(list))
                for p, o in sorted(pairs):
                    values[shorten(p[1:-1])].append(_parse_term(o))
        return facts_by_thing

    def _parts(self, statements: Iterable[str]) -> Mapping[str, Sequence[str]]:
        """The codings and categories that the files of the workspace give to each statement."""
        links = {iri: self.statements.references(iri) for iri in statements}
        return {iri: sorted({s[1:-1] for _, s, p in links[iri] if p in _PARTS}) for iri in links}


def _parse_term(term: str) -> Term:
    if is_iri(term):
        return Term("uri", term[1:-1])
    value, _, language = literal_parts(term)
    return Term("literal", value, language)


def _day(date: str | dt.date) -> str:
    """A day as `2026-11-28`; raises InputError for another form, and for a day outside the
    calendar.
    """
    day = str(date) or dt.datetime.now(dt.UTC).date().isoformat()
    with suppress(ValueError):
        if dt.date.fromisoformat(day).isoformat() == day:
            return day
    raise InputError(f"{date!r} is not a date", remedy="Write it as 2026-11-28")
