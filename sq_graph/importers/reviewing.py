"""Second readings, and reports beside their originals, in an edit.

A statement is checked as it is at that moment of the edit.
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

_WHOLE = frozenset(iri_terms("sq:codes sq:memberOf"))
_STATUS, _CHECKS, _DIGEST = iri_terms("sq:reviewStatus sq:checks sq:contentDigest")


class Reviewing(Updating):
    """What a reader of statements adds to them."""

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
        """Compares a report with the first-hand statement that it reports, and says how faithful it
        is.

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
        passed_on, first_hand = self.find(report, *STATEMENTS), self.find(original, *STATEMENTS)
        codes = [fidelity] if isinstance(fidelity, str) else list(fidelity)
        if not codes:
            remedy = "Write undecided where it is open"
            raise InputError("the fidelity of the report is missing", remedy=remedy)
        slug = name or f"{slug_of(passed_on)}-of-{slug_of(first_hand)}"
        label = f"{self.label(passed_on)}, compared with {self.label(first_hand)}"[:160]
        properties: Properties = {
            "sq:report": ("iri", passed_on),
            "sq:original": ("iri", first_hand),
            "sq:fidelity": [self.code("fidelity", one) for one in codes],
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
        thing = self._statement(statement)
        is_own = thing.startswith(self.layout.base)
        source = self._source if is_own else second_readings.source_of(self.graph)
        if is_own:
            self._mark_second_read(thing)
        file = self.file(second_readings.home_of_reading(self._work_of(thing)))
        slug = second_readings.slug_of_reading(thing)
        properties: Properties = {
            "sq:checks": ("iri", thing),
            "sq:contentDigest": content_digests(source, [thing])[thing],
            "sq:readOn": _day(date),
            "sq:readBy": " ".join(by.split()),
            "skos:note": ("en", note),
        }
        return self.state(file, "reading", slug, "", properties, "sq:SecondReading", replace=True)

    def rename(self, thing: Nameable, slug: str) -> str:  # noqa: D102 - its docstring is inherited
        old = self._find_own(thing)
        checked = self._checked_near(old)
        new = super().rename(old, slug)
        self._bind_anew(checked)
        return new

    def merge(  # noqa: D102 - its docstring is inherited
        self, old: Nameable, *, into: Nameable
    ) -> tuple[tuple[str, str], ...]:
        checked = self._checked_near(self.find(old, "work", "agent"))
        lost = super().merge(old, into=into)
        self._bind_anew(checked)
        return lost

    def _checked_near(self, thing: str) -> list[str]:
        """The statements that name a thing, themselves or in a part, and say what they said when
        they were checked: another name for the thing does not change what they say.
        """
        names, near = [thing], {thing}
        for _ in range(2):  # the statement itself, or its passage, union or coding
            subjects = {s[1:-1] for one in names for _, s, _ in self.statements.references(one)}
            names = sorted(subjects - near)
            near |= subjects
        for one in sorted(near):
            near |= {o[1:-1] for p in _WHOLE for o in self.statements.values(one, p)}
        read = {one: digests for one in sorted(near) if (digests := self._digests_read(one))}
        now = content_digests(self._source, read)
        return [one for one in read if now[one] in read[one].values()]

    def _digests_read(self, statement: str) -> dict[tuple[Path, str], str]:
        """The digests of the records of second readings of a statement, each by file and record."""
        return {
            (file, reading[1:-1]): literal_parts(o)[0]
            for file, reading, link in self.statements.references(statement)
            for p, o in self.statements.about(file, reading[1:-1])
            if (link, p) == (_CHECKS, _DIGEST)
        }

    def _bind_anew(self, statements: Iterable[str]) -> None:
        """Binds the records of statements to what these say under their new names."""
        wanted = [self.renamed.get(one, one) for one in statements]
        now = content_digests(self._source, wanted)
        for one in wanted:
            for file, reading in self._digests_read(one):
                self.statements.change(file, reading, {"sq:contentDigest": now[one]})

    def _statement(self, name: Nameable) -> str:
        """The statement that is read; for a coding, the definition that it codes."""
        thing = self.find(name, *STATEMENTS)
        if kind_of(thing) != "coding":
            return thing
        coded = self._facts([thing]) or facts(self.graph, [thing])
        return text(coded[thing], "sq:codes")

    def _mark_second_read(self, thing: str) -> None:
        """Sets the status of a statement of the workspace and of its codings."""
        status = {"sq:reviewStatus": self.code("reviewStatus", "second-read")}
        for one in (thing, *self._parts([thing]).get(thing, ())):
            for file, _, pairs in self.statements.statements_of(one):
                if any(p == _STATUS for p, _ in pairs):
                    self.statements.change(file, one, status)
                    self.outcomes.setdefault(one, "changed")

    def _work_of(self, thing: str) -> str:
        """The work in which a statement was read, or ''."""
        with suppress(InputError):
            return self._work_read(thing)
        return second_readings.works_read(self.graph, [thing]).get(thing, "")

    @property
    def _source(self) -> StatementSource:
        return StatementSource(self._facts, self._parts)

    def _facts(self, things: Iterable[str]) -> Mapping[str, Facts]:
        """What the files of the workspace say of things now, with the changes of this edit."""
        found: dict[str, dict[str, list[Term]]] = {}
        for thing in things:
            for _, _, pairs in self.statements.statements_of(thing):
                own = found.setdefault(thing, defaultdict(list))
                for p, o in sorted(pairs):
                    own[shorten(p[1:-1])].append(_term(o))
        return found

    def _parts(self, wholes: Iterable[str]) -> Mapping[str, Sequence[str]]:
        """The codings and categories that the files of the workspace give to each statement."""
        refs = {whole: self.statements.references(whole) for whole in wholes}
        return {one: sorted({s[1:-1] for _, s, p in of if p in _WHOLE}) for one, of in refs.items()}


def _term(written: str) -> Term:
    if is_iri(written):
        return Term("uri", written[1:-1])
    value, _, language = literal_parts(written)
    return Term("literal", value, language)


def _day(given: str | dt.date) -> str:
    """A day as `2026-11-28`; raises InputError for another form, and for a day that there is
    not.
    """
    plain = str(given) or dt.datetime.now(dt.UTC).date().isoformat()
    with suppress(ValueError):
        if dt.date.fromisoformat(plain).isoformat() == plain:
            return plain
    raise InputError(f"{given!r} is not a date", remedy="Write it as 2026-11-28")
