"""The works and agents that are there already, and how a new record joins them.

A record is a work that is there if it has its DOI, or its authors, year and title, or its citation
key. It is merged only where nothing conflicts; where what tells works apart conflicts, it becomes a
work of its own.
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
from sq_graph.importers.known_works import all_signs, dated, families, known_works, signs, untitled
from sq_graph.model.facts import iris, shortened
from sq_graph.model.records import (
    EAST_ASIAN,
    FIELDS,
    NO_YEAR,
    SEVERAL,
    Name,
    Record,
    folded,
    slugged,
    spelt,
)
from sq_graph.vocab import slug_of

if TYPE_CHECKING:
    from sq_graph.importers.edit_session import EditSession

_TELLING = {"sq:containerTitle", "bibo:volume", "bibo:pages", "bibo:doi", "dcterms:title"}
_TELLING |= {"kind", "authors"}
"""What tells works of the same authors, year and title apart."""


@dataclass(frozen=True)
class RecordOutcome:
    """What became of a record: a new work, one that is there, one merged, one there that differs,
    one set apart.
    """

    iri: str
    became: Literal["new", "unchanged", "merged", "differs", "apart"]
    why: str = ""
    year: int | None = None
    """The year that the work lacked, which changes its label."""


class WorksIndex:
    """The works and agents that an edit sees, its own among them."""

    def __init__(self, edit: EditSession) -> None:
        self.edit = edit
        self._known = known_works(edit.graph, edit.names)
        self._works = ChainMap[str, Record]({}, self._known.works)
        self._index: dict[str, dict[str, None]] = {}
        self._agents: dict[Name, str] = {}
        self._authors: dict[str, list[str]] = {}

    def records(self) -> Iterable[Record]:
        """The record of each work."""
        return [one for iri, one in self._works.items() if iri not in self.edit.removed]

    def record(self, work: str) -> Record:
        """The record of a work."""
        return self._works[work]

    def keys(self, work: str) -> tuple[str, ...]:
        """The citation keys of a work."""
        return self._works[work].keys

    def authors(self, work: str) -> list[str]:
        """The agents in a work's author line, in order."""
        if work not in self._authors:
            pattern = f"<{work}> sq:authorship ?place . ?place sq:author ?who ; sq:rank ?rank"
            query = f"SELECT DISTINCT ?who ?rank {{ {pattern} }} ORDER BY ?rank"
            self._authors[work] = iris(self.edit.graph, query)
        return self._authors[work]

    def agent(self, name: Name) -> str:
        """The agent of this name, made if it is new."""
        found = self._agents.get(name) or self._known.agent(name)
        if found and found not in self.edit.removed:
            return found
        slug = slugged(f"{name.family} {name.given}") or "name-" + _digest(str(name))
        slug, file = slug[:100].strip("-"), self.edit.file("data/agents")
        taken = self.edit.mint("agent", slug)
        is_known = taken in self._known.agents and taken not in self.edit.removed
        if is_known or taken in self.edit.outcomes:
            slug = f"{slug}-{_digest(f'{name.family}, {name.given}')}"
        kind, parts = "sq:Person", {"foaf:familyName": name.family, "foaf:givenName": name.given}
        if name.organisation:
            kind, parts = "sq:Organisation", {}
        made = self.edit.state(file, "agent", slug, str(name)[:160], parts, kind)
        self._agents[name] = made
        return made

    def add(self, record: Record, slug: str = "") -> RecordOutcome:
        """Puts a record into the edit, or finds it there; `slug` names a new work."""
        found = dict.fromkeys(iri for sign in signs(record) for iri in self._with_sign(sign))
        conflicts = {iri: _conflicts(record, self._works[iri]) for iri in found}
        merged = {iri: bool(conflicts[iri]) and self._is_merged(record, iri) for iri in found}
        ranks = {iri: (bool(conflicts[iri]) > merged[iri], len(conflicts[iri])) for iri in found}
        best = min(found, key=ranks.__getitem__, default="")
        if not best:
            return RecordOutcome(self._make(record, slug), "new")
        why = "; ".join(conflicts[best].values())
        if not why:
            return self._merge(record, self._works[best])
        if merged[best] or not conflicts[best].keys() & _TELLING:
            there = self._works[best]
            self._merge(Record(keys=record.keys), there)
            left = [
                _name_of(name, record) for name in (*_new_in(record, there), *_lines(record, there))
            ]
            also = f", and nothing is added ({', '.join(sorted(left))})" if left else ""
            return RecordOutcome(best, "differs", f"{why}; what the map says is kept{also}")
        return RecordOutcome(self._make(record, slug), "apart", f"like {slug_of(best)}, but {why}")

    def _is_merged(self, record: Record, work: str) -> bool:
        """Whether somebody merged the work that a record made before into another, whose further
        keys are then the key of the record and the slug that it had.
        """
        keys = self._works[work].keys
        slugs = [key for key in keys if key.startswith(self._stem(record)) and key != slug_of(work)]
        return bool(slugs) and not {*record.keys}.isdisjoint({*keys}.difference(slugs))

    def _merge(self, record: Record, there: Record) -> RecordOutcome:
        """Adds what a record knows more of a work that is there, in the workspace's file of that
        work.
        """
        more: dict[str, list[PropertyValue]] = {**_new_in(record, there)}
        lines = _lines(record, there)
        if keys := self._free_keys(record, there):
            more["sq:citationKey"] = list(keys)
        has_year = there.year is not None or bool(there.year_note)
        year = None if has_year or not there.iri.startswith(self.edit.layout.base) else record.year
        if not more and not lines and year is None:
            return RecordOutcome(there.iri, "unchanged")
        file, fields = self.edit.file_of(there.iri), dict(there.fields)
        places: dict[str, list[PropertyValue]] = {
            line: self._places(file, f"{slug_of(there.iri)}{_AFTER[line]}", role, people)
            for line, (role, people) in lines.items()
        }
        self.edit.statements.add(file, there.iri, {**more, **places})
        for name, values in more.items():
            fields[name] = (*fields.get(name, ()), *map(str, values))
        self._authors.pop(there.iri, None)
        known = replace(
            there,
            fields=fields,
            keys=(*there.keys, *keys),
            year=there.year if year is None else year,
            authors=record.authors if "sq:authorship" in lines else there.authors,
            editors=record.editors if "sq:editorship" in lines else there.editors,
            translators=there.translators or record.translators,
        )
        self._know(known)
        names = [_name_of(name, record) for name in (*more, *lines)]
        added = ", ".join(sorted(names + ["year"] * (year is not None)))
        return RecordOutcome(there.iri, "merged", f"added {added}", year)

    def _make(self, record: Record, slug: str) -> str:
        edit, slug = self.edit, slug or self._slug(record)
        thing, file = edit.mint("work", slug), edit.file(f"data/works/{slug}")
        if thing in self._works and thing not in edit.removed:
            what = f"there is another work {slug!r} already"
            raise InputError(what, remedy="Give this one another slug")
        label, keys = self._label(record), self._free_keys(record)
        signed, role = (record.authors, "author") if record.authors else (record.editors, "editor")
        editors = record.editors if record.authors else ()
        title = "" if record.title or signed else untitled(record) or f"Untitled ({slug})"
        status, named = "known" if record.title else "unknown", f"{slug}-translator"
        properties: Properties = {
            "dcterms:title": title,
            "sq:citationKey": list(keys),
            "sq:etAl": record.et_al or "",
            "sq:year": "" if record.year is None else record.year,
            "sq:yearNote": record.year_note or NO_YEAR if record.year is None else "",
            "sq:yearSuffix": record.year_suffix,
            "sq:authorship": self._places(file, slug, role, signed),
            "sq:translatorship": self._places(file, named, "translator", record.translators),
            "sq:editorship": self._places(file, f"{slug}-editor", "editor", editors),
            "sq:bibliographicStatus": edit.code("bibliographicStatus", status),
            **{name: list(values) for name, values in record.fields.items()},
        }
        edit.state(file, "work", slug, label, properties, f"sq:Work bibo:{record.kind}")
        edit.name(thing, *record.keys)
        self._authors[thing] = [self.agent(name) for name in signed]
        self._know(replace(record, iri=thing, label=label, keys=keys))
        return thing

    def authorships(self, work: str, authors: Iterable[str]) -> list[PropertyValue]:
        """The author line of a work, put in place of the one that it has; each as `Family,
        Given`.
        """
        names, file = tuple(map(author_name, authors)), self.edit.file_of(work)
        self._know(replace(self._works[work], authors=names))
        return self._places(file, slug_of(work), "author", names, replace=True)

    def _places(
        self, file: Path, stem: str, role: str, people: Iterable[Name], replace: bool = False
    ) -> list[PropertyValue]:
        """The places of people in one line of a work, in order."""
        places: list[PropertyValue] = []
        for rank, name in enumerate(people, 1):
            author, code = self.agent(name), self.edit.code("authorRole", role)
            one: Properties = {"sq:author": ("iri", author), "sq:rank": rank, "sq:authorRole": code}
            made = self.edit.state(file, "authorship", f"{stem}-{rank}", "", one, replace=replace)
            places.append(("iri", made))
        return places

    def _know(self, record: Record) -> None:
        self._works[record.iri] = record
        for sign in all_signs(record):
            self._index.setdefault(sign, {})[record.iri] = None

    def _with_sign(self, sign: str) -> list[str]:
        found = (*self._known.with_sign(sign), *self._index.get(sign, ()))
        return [iri for iri in found if iri not in self.edit.removed]

    def _free_keys(self, record: Record, there: Record | None = None) -> tuple[str, ...]:
        """The keys of a record that name no work yet; for a work without any, its key with a letter
        after it.
        """
        slug = slug_of(there.iri) if there else ""  # as which a work without key was exported
        others = [key for key in record.keys if key != slug]
        free = tuple(key for key in others if not self._with_sign(f"key {key}"))
        if free or not record.keys or (there is not None and (there.keys or slug in record.keys)):
            return free
        return (self._unused("key", record.keys[0]),)

    def _slug(self, record: Record) -> str:
        return self._unused("slug", self._stem(record).strip("-"), "-")

    def _stem(self, record: Record) -> str:
        """What the slug of a work begins with: its people and its year."""
        people = families(record)
        who = "-".join(map(spelt, people if len(people) < 3 else people[:1])).strip("-")
        key = spelt(record.keys[0]) if record.keys else ""
        when = slugged(record.when)[:20].strip("-") or "undated"
        own = who or "-".join(spelt(record.title).split("-")[:4]) or key
        own = own or f"work-{_digest(record.title + record.place)}"
        return f"{own}-{when}{record.year_suffix}"[:100]

    def _label(self, record: Record) -> str:
        who = who_of(record)
        when = (record.when or NO_YEAR) + record.year_suffix
        return self._unused("label", f"{(who or record.title or 'Untitled')[:120]} {when}")

    def relabelled(self, work: str, name: str) -> str:
        """The label of a work under another name: as it is, or with a letter after it."""
        label = self._unused("label", name, own=work)
        self._know(replace(self._works[work], label=label))
        return label

    def _unused(self, what: str, name: str, joint: str = "", own: str = "") -> str:
        """A name that no other work has yet: as it is, or with a letter after it."""
        letters = chain("bcdefghijklmnopqrstuvwxyz", (f"z{number}" for number in count(1)))
        names = chain([name], (f"{name}{joint}{letter}" for letter in letters))
        return next(one for one in names if {*self._with_sign(f"{what} {one}")} <= {own})


def who_of(record: Record) -> str:
    """The people of a record as a label names them."""
    people = families(record)
    is_cut = len(people) > 2 or (record.et_al and people)
    return f"{people[0]} et al." if is_cut else " and ".join(people)


def author_name(written: str) -> Name:
    """`Chan, Joseph` as a person; a name without a comma as an organisation if it has several
    words.

    >>> author_name("Chan, Joseph"), author_name("World Bank").organisation
    (Name(family='Chan', given='Joseph', organisation=False), True)
    """
    if not isinstance(written, str) or not written.strip():
        remedy = "Write Family, Given, or the whole name of an organisation"
        raise InputError(f"{written!r} is not the name of an author", remedy=remedy)
    if EAST_ASIAN.fullmatch(re.sub(" ", "", written, count=1)):
        written = written.replace(" ", ", ")
    family, comma, given = (part.strip() for part in written.partition(","))
    if re.search(r";|,.*(?: and | & )|(?: and | & ).*,", given):
        raise InputError(f"{written!r} names several authors", remedy="Give a list of authors")
    return Name(family, given, organisation=not comma and " " in family)


def _new_in(record: Record, there: Record) -> dict[str, list[PropertyValue]]:
    """The values of a record for which the work that is there has room."""
    more: dict[str, list[PropertyValue]] = {}
    for field in FIELDS:
        there_are = there.fields.get(field.name, ())
        joined = ["".join(there_are)] if there_are else []  # as an export writes several
        known = set(map(folded, (*there_are, *joined)))
        given = record.fields.get(field.name, ())
        new: list[PropertyValue] = [value for value in given if folded(value) not in known]
        if new and (field.name in SEVERAL or not known):
            more[field.name] = new
    return more


def _lines(record: Record, there: Record) -> dict[str, tuple[str, tuple[Name, ...]]]:
    """The people of a record, by line and role, of whom the work that is there names none."""
    found = {}
    if record.authors and not families(there):
        found["sq:authorship"] = ("author", record.authors)
    if record.editors and there.authors and not there.editors:
        found["sq:editorship"] = ("editor", record.editors)
    if record.translators and not there.translators:
        found["sq:translatorship"] = ("translator", record.translators)
    return found


def _conflicts(record: Record, there: Record) -> dict[str, str]:
    """What a record and a work say differently, by field, in words."""
    found = {}
    for field in FIELDS:
        new, old = record.one(field.name), there.one(field.name)
        if new and old and field.name not in SEVERAL and folded(new) != folded(old):
            name = _name_of(field.name, record)
            found[field.name] = f"{name} is {shortened(new, 60)!r}, not {shortened(old, 60)!r}"
    if "Document" not in (record.kind, there.kind) and record.kind != there.kind:
        found["kind"] = f"the kind is {record.kind}, not {there.kind}"
    ours, theirs = ([folded(family) for family in families(one)] for one in (record, there))
    cut = min(len(ours), len(theirs)) if record.et_al or there.et_al else None
    if ours and theirs and ours[:cut] != theirs[:cut]:
        found["authors"] = "the authors differ"
    lines = {"translators": (record.translators, there.translators)}
    if record.authors and there.authors:
        lines["editors"] = (record.editors, there.editors)
    for line, both in lines.items():
        new_names, old_names = ([folded(name.family) for name in names] for names in both)
        if new_names and old_names and new_names != old_names:
            found[line] = f"the {line} differ"
    years = [dated(one) for one in (record, there)]
    if years[0] != years[1] and "" not in years:
        when, then = (one.year or one.year_note for one in (record, there))
        found["year"] = f"year is {when}, not {then}"
    return found


def _name_of(field: str, record: Record) -> str:
    """What a message calls a field of a record."""
    if field == "sq:containerTitle" and record.kind == "AcademicArticle":
        return "journal"
    return _CALLED.get(field, field.partition(":")[2])


_CALLED = {field.name: field.bibtex for field in FIELDS} | {"sq:citationKey": "citation key"}
_CALLED |= {"sq:authorship": "authors", "sq:editorship": "editors"}
_CALLED |= {"sq:translatorship": "translators"}
_AFTER = {"sq:authorship": "", "sq:editorship": "-editor", "sq:translatorship": "-translator"}
"""What the names of the places of people end in, by line."""


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:8]
