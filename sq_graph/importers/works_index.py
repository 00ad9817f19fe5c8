"""The works and agents that exist already, and how a new record joins them.

A record matches an existing work by its DOI, or by authors, year and title, or by its citation key.
It is merged only where nothing conflicts; if a field that distinguishes works conflicts, it becomes
a work of its own.
"""

from __future__ import annotations

import hashlib
import re
from collections import ChainMap
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sq_graph.errors import InputError
from sq_graph.importers.graph_builder import Properties, PropertyValue
from sq_graph.importers.known_works import (
    families,
    known_works,
    match_keys,
    title_key,
    title_of,
    year_key,
)
from sq_graph.model.facts import iris, truncate
from sq_graph.model.records import (
    EAST_ASIAN,
    FIELDS,
    NO_YEAR,
    SEVERAL,
    Name,
    Record,
    ascii_slug,
    fold_text,
    make_slug,
)
from sq_graph.vocab import SQ, slug_of

if TYPE_CHECKING:
    from sq_graph.importers.edit_session import EditSession

_DISTINGUISHING = {"sq:containerTitle", "bibo:volume", "bibo:pages", "bibo:doi", "dcterms:title"}
_DISTINGUISHING |= {"kind", "authors"}
"""Fields that distinguish works of the same authors, year and title."""


@dataclass(frozen=True)
class RecordOutcome:
    """What became of a record: a new work, an existing one as it was, completed, or different and
    left as it was, or a work set apart from a similar one.
    """

    iri: str
    became: Literal["new", "unchanged", "merged", "differs", "apart"]
    reason: str = ""
    year: int | None = None
    """The year that the work lacked, which changes its label."""
    similar: str = ""
    """The work from which it was set apart."""


class WorksIndex:
    """The works and agents that an edit sees, its own among them."""

    def __init__(self, edit: EditSession) -> None:
        self.edit = edit
        self._known = known_works(edit.graph, edit.names)
        self._works = ChainMap[str, Record]({}, self._known.works)
        self._by_match_key: dict[str, dict[str, None]] = {}
        self._agents: dict[Name, str] = {}
        self._authors: dict[str, list[str]] = {}

    def records(self) -> Iterable[Record]:
        """The record of each work."""
        return [record for iri, record in self._works.items() if iri not in self.edit.removed]

    def record(self, work: str) -> Record:
        """The record of a work."""
        return self._works[work]

    def keys(self, work: str) -> tuple[str, ...]:
        """The citation keys of a work."""
        return self._works[work].keys

    def authors(self, work: str) -> list[str]:
        """The agents in a work's author line, in order."""
        if work not in self._authors:
            pattern = f"<{work}> sq:authorship ?it . ?it sq:author ?agent ; sq:rank ?rank"
            query = f"SELECT DISTINCT ?agent ?rank {{ {pattern} }} ORDER BY ?rank"
            self._authors[work] = iris(self.edit.graph, query)
        return self._authors[work]

    def agent(self, name: Name) -> str:
        """The agent of this name, added if it is new."""
        known_agent = self._agents.get(name) or self._known.agent(name)
        if known_agent and known_agent not in self.edit.removed:
            return known_agent
        slug = make_slug(f"{name.family} {name.given}") or "name-" + _digest(str(name))
        slug, file = slug[:100].strip("-"), self.edit.file("data/agents")
        iri = self.edit.mint("agent", slug)
        if iri in self.edit.made or (iri in self._known.agents and iri not in self.edit.removed):
            slug = f"{slug}-{_digest(f'{name.family}, {name.given}')}"
        parts = {"foaf:familyName": name.family, "foaf:givenName": name.given}
        kind, parts = ("sq:Organisation", {}) if name.organisation else ("sq:Person", parts)
        iri = self.edit.state(file, "agent", slug, str(name)[:160], parts, kind)
        self._agents[name] = iri
        return iri

    def add(self, record: Record, slug: str = "") -> RecordOutcome:
        """Adds a record to the edit, or finds its work; `slug` names a new work."""
        works = dict.fromkeys(iri for key in match_keys(record) for iri in self._matches(key))
        conflicts = {iri: _conflicts(record, self._works[iri]) for iri in works}
        merged = {iri: bool(conflicts[iri]) and self._is_merged(record, iri) for iri in works}
        ranks = {iri: (bool(conflicts[iri]) > merged[iri], len(conflicts[iri])) for iri in works}
        best = min(works, key=ranks.__getitem__, default="")
        reason = "; ".join(conflicts[best].values()) if best else "one of them has no year"
        if best and not conflicts[best]:
            return self._merge(record, self._works[best])
        if best and (merged[best] or not conflicts[best].keys() & _DISTINGUISHING):
            existing = self._works[best]
            self._merge(Record(keys=record.keys), existing)
            left_out = [*_new_values(record, existing), *_new_people(record, existing)]
            labels = ", ".join(sorted(_field_label(name, record) for name in left_out))
            reason = f"{reason}; the map keeps its own values"
            reason += f", and nothing is added ({labels})" if labels else ""
            return RecordOutcome(best, "differs", reason)
        similar = best or self._undated_match(record)
        work = self._add_work(record, slug)
        if not similar:
            return RecordOutcome(work, "new")
        reason = f"like {slug_of(similar)}, but {reason}"
        return RecordOutcome(work, "apart", reason, similar=similar)

    def _undated_match(self, record: Record) -> str:
        """A work of the same people and title, where either has no year, or ''."""
        works = self._matches(title_key(record)) if record.title else []
        return next((iri for iri in works if None in (record.year, self._works[iri].year)), "")

    def _is_merged(self, record: Record, work: str) -> bool:
        """Whether the work that this record made before was merged into another one, which then has
        the key of the record and the former slug among its keys.
        """
        keys = self._works[work].keys
        slugs = [key for key in keys if key.startswith(self._stem(record)) and key != slug_of(work)]
        return bool(slugs) and not {*record.keys}.isdisjoint({*keys}.difference(slugs))

    def _merge(self, record: Record, existing: Record) -> RecordOutcome:
        """Completes an existing work from a record, in the workspace's file of that work."""
        iri, fields = existing.iri, dict(existing.fields)
        added: dict[str, list[PropertyValue]] = {**_new_values(record, existing)}
        lines = _new_people(record, existing)
        if keys := self._free_keys(record, existing):
            added["sq:citationKey"] = list(keys)
        has_year = existing.year is not None or bool(existing.year_note)
        year = None if has_year or not iri.startswith(self.edit.layout.base) else record.year
        if not added and not lines and year is None:
            return RecordOutcome(iri, "unchanged")
        file, slug = self.edit.file_of(iri), slug_of(iri)
        authorships: dict[str, list[PropertyValue]] = {
            line: self._state_line(file, slug + _ENDINGS[line], role, people)
            for line, (role, people) in lines.items()
        }
        self.edit.statements.add(file, iri, {**added, **authorships})
        for name, values in added.items():
            fields[name] = (*fields.get(name, ()), *map(str, values))
        self._authors.pop(iri, None)
        merged = replace(
            existing,
            fields=fields,
            keys=(*existing.keys, *keys),
            year=existing.year if year is None else year,
            authors=record.authors if "sq:authorship" in lines else existing.authors,
            editors=record.editors if "sq:editorship" in lines else existing.editors,
            translators=existing.translators or record.translators,
        )
        self._remember(merged)
        labels = [_field_label(name, record) for name in (*added, *lines)]
        labels += ["year"] * (year is not None)
        return RecordOutcome(iri, "merged", f"added {', '.join(sorted(labels))}", year)

    def _add_work(self, record: Record, slug: str) -> str:
        edit, slug = self.edit, slug or self._unused("slug", self._stem(record).strip("-"), "-")
        work, file = edit.mint("work", slug), edit.file(f"data/works/{slug}")
        if work in self._works and work not in edit.removed:
            problem = f"another work already has the slug {slug!r}"
            raise InputError(problem, remedy="Give this one another slug")
        name = (authors_label(record) or record.title or "Untitled")[:120]
        when = (record.when or NO_YEAR) + record.year_suffix
        label, keys = self._unused("label", f"{name} {when}"), self._free_keys(record)
        people, role = (record.authors, "author") if record.authors else (record.editors, "editor")
        editors = record.editors if record.authors else ()
        title = "" if record.title or people else title_of(record) or f"Untitled ({slug})"
        status, stem = "known" if record.title else "unknown", f"{slug}-translator"
        properties: Properties = {
            "dcterms:title": title,
            "sq:citationKey": list(keys),
            "sq:etAl": record.et_al or "",
            "sq:year": "" if record.year is None else record.year,
            "sq:yearNote": record.year_note or NO_YEAR if record.year is None else "",
            "sq:yearSuffix": record.year_suffix,
            "sq:authorship": self._state_line(file, slug, role, people),
            "sq:translatorship": self._state_line(file, stem, "translator", record.translators),
            "sq:editorship": self._state_line(file, f"{slug}-editor", "editor", editors),
            "sq:bibliographicStatus": edit.code("bibliographicStatus", status),
            **{name: list(values) for name, values in record.fields.items()},
        }
        edit.state(file, "work", slug, label, properties, f"sq:Work bibo:{record.kind}")
        edit.name(work, *record.keys)
        self._authors[work] = [self.agent(name) for name in people]
        self._remember(replace(record, iri=work, label=label, keys=keys))
        return work

    def authorships(self, work: str, authors: Iterable[str]) -> list[PropertyValue]:
        """The new author line of a work, of names as `Family, Given`."""
        names, file = tuple(map(author_name, authors)), self.edit.file_of(work)
        self._remember(replace(self._works[work], authors=names))
        for authorship in self.edit.statements.values(work, f"<{SQ}authorship>"):
            self.edit.statements.remove(authorship[1:-1])
        self._authors[work] = [self.agent(name) for name in names]
        return self._state_line(file, slug_of(work), "author", names)

    def _state_line(
        self, file: Path, stem: str, role: str, people: Iterable[Name]
    ) -> list[PropertyValue]:
        """States the authorships of people in one line of a work, in order; returns them."""
        authorships: list[PropertyValue] = []
        for rank, name in enumerate(people, 1):
            parts: Properties = {"sq:author": ("iri", self.agent(name)), "sq:rank": rank}
            parts = {**parts, "sq:authorRole": self.edit.code("authorRole", role)}
            iri = self.edit.state(file, "authorship", f"{stem}-{rank}", "", parts)
            authorships.append(("iri", iri))
        return authorships

    def _remember(self, record: Record) -> None:
        self._works[record.iri] = record
        for key in match_keys(record, is_stored=True):
            self._by_match_key.setdefault(key, {})[record.iri] = None

    def _matches(self, key: str) -> list[str]:
        works = (*self._known.matches(key), *self._by_match_key.get(key, ()))
        return [work for work in works if work not in self.edit.removed]

    def _free_keys(self, record: Record, existing: Record | None = None) -> tuple[str, ...]:
        """The keys of a record that no work has yet; for a work without any, its key with a letter
        after it.
        """
        slug = slug_of(existing.iri) if existing else ""  # the key with which an export writes it
        others = [key for key in record.keys if key != slug]
        free = tuple(key for key in others if not self._matches(f"key {key}"))
        has_key = existing is not None and (bool(existing.keys) or slug in record.keys)
        if free or has_key or not record.keys:
            return free
        return (self._unused("key", record.keys[0]),)

    def _stem(self, record: Record) -> str:
        """The start of the slug of a work: its people and its year."""
        people = families(record)
        names = "-".join(map(ascii_slug, people if len(people) < 3 else people[:1])).strip("-")
        key = ascii_slug(record.keys[0]) if record.keys else ""
        when = make_slug(record.when)[:20].strip("-") or "undated"
        base = names or "-".join(ascii_slug(record.title).split("-")[:4]) or key
        base = base or f"work-{_digest(title_of(record))}"
        return f"{base}-{when}{record.year_suffix}"[:100]

    def relabel(self, work: str, label: str) -> str:
        """Gives a work another label, with a letter after it where another work has it."""
        label = self._unused("label", label, owner=work)
        self._remember(replace(self._works[work], label=label))
        return label

    def _unused(self, kind: str, name: str, separator: str = "", owner: str = "") -> str:
        """A name that no other work has yet: as it is, or with a letter after it."""
        letters = chain("bcdefghijklmnopqrstuvwxyz", (f"z{number}" for number in count(1)))
        names = chain([name], (f"{name}{separator}{letter}" for letter in letters))
        return next(name for name in names if {*self._matches(f"{kind} {name}")} <= {owner})


def authors_label(record: Record) -> str:
    """The people of a record in the form used in labels."""
    people = families(record)
    is_cut = len(people) > 2 or (record.et_al and people)
    return f"{people[0]} et al." if is_cut else " and ".join(people)


def author_name(text: str) -> Name:
    """`Chan, Joseph` as a person; several words without a comma as an organisation.

    >>> author_name("Chan, Joseph"), author_name("World Bank").organisation
    (Name(family='Chan', given='Joseph', organisation=False), True)
    """
    if not isinstance(text, str) or not text.strip():
        remedy = "Write Family, Given, or the whole name of an organisation"
        raise InputError(f"{text!r} is not the name of an author", remedy=remedy)
    if EAST_ASIAN.fullmatch(re.sub(" ", "", text, count=1)):
        text = text.replace(" ", ", ")
    family, comma, given = (part.strip() for part in text.partition(","))
    if re.search(r";|,.*(?: and | & )|(?: and | & ).*,", given):
        raise InputError(f"{text!r} names several authors", remedy="Give a list of authors")
    return Name(family, given, organisation=not comma and " " in family)


def _new_values(record: Record, existing: Record) -> dict[str, list[PropertyValue]]:
    """The values of a record that an existing work lacks and can take."""
    new_values: dict[str, list[PropertyValue]] = {}
    for field in FIELDS:
        old = existing.fields.get(field.name, ())
        joined = ["".join(old)] if old else []  # the form in which an export writes several
        known = set(map(fold_text, (*old, *joined)))
        offered = record.fields.get(field.name, ())
        values: list[PropertyValue] = [value for value in offered if fold_text(value) not in known]
        if values and (field.name in SEVERAL or not known):
            new_values[field.name] = values
    return new_values


def _new_people(record: Record, existing: Record) -> dict[str, tuple[str, tuple[Name, ...]]]:
    """The people of a record, by line and role, in lines that an existing work lacks."""
    lines = {}
    if record.authors and not families(existing):
        lines["sq:authorship"] = ("author", record.authors)
    if record.editors and existing.authors and not existing.editors:
        lines["sq:editorship"] = ("editor", record.editors)
    if record.translators and not existing.translators:
        lines["sq:translatorship"] = ("translator", record.translators)
    return lines


def _conflicts(record: Record, existing: Record) -> dict[str, str]:
    """The differences between a record and an existing work, in words, by field."""
    conflicts = {}
    for field in FIELDS:
        new, old = record.one(field.name), existing.one(field.name)
        if new and old and field.name not in SEVERAL and fold_text(new) != fold_text(old):
            name = _field_label(field.name, record)
            conflicts[field.name] = f"{name} is {truncate(new, 60)!r}, not {truncate(old, 60)!r}"
    if "Document" not in (record.kind, existing.kind) and record.kind != existing.kind:
        conflicts["kind"] = f"the kind is {record.kind}, not {existing.kind}"
    new_names, old_names = ([*map(fold_text, families(each))] for each in (record, existing))
    cut = min(len(new_names), len(old_names)) if record.et_al or existing.et_al else None
    if new_names and old_names and new_names[:cut] != old_names[:cut]:
        conflicts["authors"] = "the authors differ"
    lines = {"translators": (record.translators, existing.translators)}
    if record.authors and existing.authors:
        lines["editors"] = (record.editors, existing.editors)
    for line, pair in lines.items():
        new_names, old_names = ([fold_text(name.family) for name in names] for names in pair)
        if new_names and old_names and new_names != old_names:
            conflicts[line] = f"the {line} differ"
    years = [year_key(each) for each in (record, existing)]
    if years[0] != years[1] and "" not in years:
        new_year, old_year = (each.year or each.year_note for each in (record, existing))
        conflicts["year"] = f"year is {new_year}, not {old_year}"
    return conflicts


def _field_label(field: str, record: Record) -> str:
    """The name of a field of a record in messages."""
    if field == "sq:containerTitle" and record.kind == "AcademicArticle":
        return "journal"
    return _FIELD_LABELS.get(field, field.partition(":")[2])


_FIELD_LABELS = {field.name: field.bibtex for field in FIELDS} | {"sq:citationKey": "citation key"}
_FIELD_LABELS |= {"sq:authorship": "authors", "sq:editorship": "editors"}
_FIELD_LABELS |= {"sq:translatorship": "translators"}
_ENDINGS = {"sq:authorship": "", "sq:editorship": "-editor", "sq:translatorship": "-translator"}
"""The endings of the slugs of authorships, by line."""


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
