"""The works and agents that are there already, and how a new record joins them.

A record is a work that is there if it has its DOI, or its authors, year and title, or its citation key. It is
merged only where nothing conflicts; where what tells works apart conflicts, it becomes a work of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from sq_graph.errors import InputError
from sq_graph.model.facts import facts, text
from sq_graph.model.records import FIELDS, NO_YEAR, SEVERAL, Name, Record, folded, read_records, slugged
from sq_graph.vocab import BASE, slug_of

if TYPE_CHECKING:
    from sq_graph.importers.editing import Edit, Value

_TELLING = ("sq:containerTitle", "bibo:volume", "bibo:pages", "bibo:doi", "dcterms:title")
"""Fields by which works of the same authors, year and title are told apart."""


@dataclass(frozen=True)
class Outcome:
    """What became of a record: a new work, one that is there, one merged, one there that differs, one set apart."""

    iri: str
    became: Literal["new", "there", "merged", "differs", "apart"]
    why: str = ""


class Library:
    """The works and agents that an edit sees, its own among them."""

    def __init__(self, edit: Edit) -> None:
        self.edit = edit
        self._authors: dict[str, list[str]] = {}

    @cached_property
    def _works(self) -> dict[str, Record]:
        return {one.iri: one for one in read_records(self.edit.graph, self.edit.names.of_class("sq:Work"))}

    @cached_property
    def _index(self) -> dict[str, list[str]]:
        index: dict[str, list[str]] = {}
        for one in self._works.values():
            for sign in _signs(one):
                index.setdefault(sign, []).append(one.iri)
        return index

    @cached_property
    def _slugs(self) -> set[str]:
        """The slugs of all works: a user's own work never takes one of the packaged map, nor of another workspace."""
        return {slug_of(one) for one in self._works}

    @cached_property
    def _labels(self) -> set[str]:
        return {one.label for one in self._works.values()}

    @cached_property
    def _agents(self) -> dict[Name, str]:
        known = facts(self.edit.graph, self.edit.names.of_class("sq:Agent"))
        found: dict[Name, str] = {}
        for iri, one in sorted(known.items(), key=lambda item: (item[0].startswith(BASE), item[0])):
            is_person = any(term.value.endswith("#Person") for term in one.get("rdf:type", ()))
            family, given = text(one, "foaf:familyName"), text(one, "foaf:givenName")
            name = (
                Name(family, given)
                if is_person and family
                else Name(text(one, "rdfs:label"), organisation=not is_person)
            )
            if given or not is_person or not iri.startswith(BASE):  # a packaged person is known by the whole name only
                found[name] = iri
        return found

    @cached_property
    def _agent_slugs(self) -> set[str]:
        return {slug_of(one) for one in self._agents.values() if one.startswith(self.edit.layout.base)}

    def authors(self, work: str) -> list[str]:
        """The agents in a work's author line, in order."""
        if work not in self._authors:
            pattern = f"<{work}> sq:authorship ?place . ?place sq:author ?who ; sq:rank ?rank"
            query = f"SELECT DISTINCT ?who ?rank {{ {pattern} }}"
            rows = sorted(self.edit.graph.select(query), key=lambda row: int(row["rank"].value))
            self._authors[work] = [row["who"].value for row in rows]
        return self._authors[work]

    def agent(self, name: Name) -> str:
        """The agent of this name, made if it is new."""
        if name not in self._agents:
            slug = slugged(f"{name.family} {name.given}") or "name-" + _digest(str(name))
            slug = slug[:100].strip("-")
            if slug in self._agent_slugs:
                slug = f"{slug}-{_digest(f'{name.family}, {name.given}')}"
            self._agent_slugs.add(slug)
            thing = self._agents[name] = self.edit.mint("agent", slug)
            named: dict[str, list[Value]] = {"rdfs:label": [("en", str(name)[:160])]}
            if not name.organisation:
                named |= {"foaf:familyName": [name.family], "foaf:givenName": [name.given] if name.given else []}
            self.edit.say(
                self.edit.file("data/agents"), thing, "sq:Organisation" if name.organisation else "sq:Person", named
            )
        return self._agents[name]

    def add(self, record: Record, slug: str = "") -> Outcome:
        """Puts a record into the edit, or finds it there; `slug` names a new work."""
        candidates = list(dict.fromkeys(iri for sign in _signs(record) for iri in self._index.get(sign, ())))
        conflicts = {iri: _conflicts(record, self._works[iri]) for iri in candidates}
        best = min(candidates, key=lambda iri: (len(conflicts[iri]), candidates.index(iri)), default="")
        if best and not conflicts[best]:
            return self._merge(record, self._works[best])
        if best and not set(conflicts[best]) & {*_TELLING, "kind", "authors"}:
            self._merge(Record(keys=record.keys), self._works[best])
            return Outcome(best, "differs", f"{'; '.join(conflicts[best].values())}; what the map says is kept")
        made = self._make(record, slug)
        if best:
            return Outcome(made, "apart", f"like {slug_of(best)}, but {'; '.join(conflicts[best].values())}")
        return Outcome(made, "new")

    def _merge(self, record: Record, there: Record) -> Outcome:
        """Adds what a record knows more of a work that is there, in the workspace's file of that work."""
        more: dict[str, list[Value]] = {}
        for field in FIELDS:
            known = {folded(value) for value in there.fields.get(field.name, ())}
            new = [value for value in record.fields.get(field.name, ()) if folded(value) not in known]
            if new and (field.name in SEVERAL or not known):
                more[field.name] = list(new)
        if keys := self._free_keys(record, there):
            more["sq:citationKey"] = list(keys)
        if record.year is not None and there.year is None and not there.year_note:
            more["sq:year"] = [record.year]
        if not more:
            return Outcome(there.iri, "there")
        self.edit.say(self.edit.file_of(there.iri), there.iri, "", more)
        fields = dict(there.fields) | {
            name: (*there.fields.get(name, ()), *(str(value) for value in values)) for name, values in more.items()
        }
        self._know(replace(there, fields=fields, keys=(*there.keys, *keys)))
        return Outcome(there.iri, "merged", f"added {', '.join(name.partition(':')[2] for name in sorted(more))}")

    def _make(self, record: Record, slug: str) -> str:
        if slug and self.edit.mint("work", slug) in self._works:
            raise InputError(f"there is another work {slug!r} already", remedy="Give this one another slug")
        slug = slug or self._slug(record)
        thing, file = self.edit.mint("work", slug), self.edit.file(f"data/works/{slug}")
        label = self._label(record)
        signed = [(name, "author") for name in record.authors] or [(name, "editor") for name in record.editors]
        lines = {"authorship": signed, "translatorship": [(name, "translator") for name in record.translators]}
        if record.authors:
            lines["editorship"] = [(name, "editor") for name in record.editors]
        said: dict[str, list[Value]] = {
            "rdfs:label": [("en", label)], "sq:citationKey": list(self._free_keys(record)),
            "sq:etAl": [True] if record.et_al else [], "sq:year": [record.year] if record.year is not None else [],
            "sq:yearNote": [] if record.year is not None else [record.year_note or NO_YEAR],
            "sq:yearSuffix": [record.year_suffix] if record.year_suffix else [],
            "sq:bibliographicStatus": [self.edit.code("bibliographicStatus", "known" if record.title else "unknown")],
        }  # fmt: skip
        if not record.title and not signed:
            said["dcterms:title"] = [f"Untitled ({record.place.rpartition('/')[2] or slug})"]
        for line, people in lines.items():
            said[f"sq:{line}"] = []
            for rank, (name, role) in enumerate(people, 1):
                place = self.edit.mint(
                    "authorship", f"{slug}-{rank}" if line == "authorship" else f"{slug}-{role}-{rank}"
                )
                said[f"sq:{line}"].append(("iri", place))
                self.edit.say(file, place, "sq:Authorship", {
                    "sq:author": [("iri", self.agent(name))], "sq:rank": [rank],
                    "sq:authorRole": [self.edit.code("authorRole", role)],
                })  # fmt: skip
        said |= {name: list(values) for name, values in record.fields.items()}
        self.edit.say(file, thing, "sq:Work", said, more=f"bibo:{record.kind}")
        self.edit.name(thing, *record.keys)
        self._authors[thing] = [self.agent(name) for name, _ in signed]
        self._know(replace(record, iri=thing, label=label, keys=self._free_keys(record)))
        return thing

    def _know(self, record: Record) -> None:
        self._works[record.iri] = record
        self._slugs.add(slug_of(record.iri))
        self._labels.add(record.label)
        for sign in _signs(record):
            known = self._index.setdefault(sign, [])
            known += [record.iri] if record.iri not in known else []

    def _free_keys(self, record: Record, there: Record | None = None) -> tuple[str, ...]:
        """The keys of a record that name no work yet; for a work without any, its key with a letter after it."""
        slug = slug_of(there.iri) if there else ""  # as which a work without key was exported
        free = tuple(key for key in record.keys if f"key {key}" not in self._index and key != slug)
        if free or not record.keys or (there is not None and (there.keys or slug in record.keys)):
            return free
        letters = (f"{record.keys[0]}{letter}" for letter in _letters())
        return (next(key for key in letters if f"key {key}" not in self._index),)

    def _slug(self, record: Record) -> str:
        people = [name.family for name in record.authors or record.editors]
        shown = people if len(people) < 3 else people[:1]
        who = "-".join(slugged(family) for family in shown).strip("-")
        key = slugged(record.keys[0]) if record.keys else ""
        when = str(record.year) if record.year is not None else slugged(record.year_note)[:20].strip("-") or "undated"
        own = who or "-".join(slugged(record.title).split("-")[:4]) or key
        slug = f"{own or 'work-' + _digest(record.title + record.place)}-{when}{record.year_suffix}"[:100].strip("-")
        if slug not in self._slugs:
            return slug
        return next(longer for letter in _letters() if (longer := f"{slug}-{letter}") not in self._slugs)

    def _label(self, record: Record) -> str:
        people = [name.family for name in record.authors or record.editors]
        who = f"{people[0]} et al." if len(people) > 2 or (record.et_al and people) else " and ".join(people)
        when = str(record.year) if record.year is not None else record.year_note or NO_YEAR
        label = f"{who or record.title or 'Untitled'}"[:120] + f" {when}{record.year_suffix}"
        if label not in self._labels:
            return label
        return next(longer for letter in _letters() if (longer := f"{label}{letter}") not in self._labels)


def _signs(record: Record) -> list[str]:
    """What a work may be recognised by."""
    signs = [f"doi {record.one('bibo:doi').lower()}"] if record.one("bibo:doi") else []
    if record.title:
        families = "+".join(folded(name.family) for name in record.authors or record.editors)
        signs.append(
            f"work {'' if record.et_al else families} {record.year or folded(record.year_note)} {folded(record.title)}"
        )
    return [*signs, *(f"key {key}" for key in record.keys)]


def _conflicts(record: Record, there: Record) -> dict[str, str]:
    """What a record and a work say differently, by field, in words."""
    found = {}
    for field in FIELDS:
        new, old = record.one(field.name), there.one(field.name)
        if new and old and field.name not in SEVERAL and folded(new) != folded(old):
            found[field.name] = f"{field.bibtex} is {_shown(new)}, not {_shown(old)}"
    if "Document" not in (record.kind, there.kind) and record.kind != there.kind:
        found["kind"] = f"it is of another kind ({record.kind}, not {there.kind})"
    ours, theirs = (_families(one.authors or one.editors) for one in (record, there))
    cut = min(len(ours), len(theirs)) if record.et_al or there.et_al else None
    if ours and theirs and ours[:cut] != theirs[:cut]:
        found["authors"] = "the authors are others"
    years = [(one.year, folded(one.year_note)) for one in (record, there)]
    if years[0] != years[1] and (None, "") not in years:
        found["year"] = f"year is {record.year or record.year_note}, not {there.year or there.year_note}"
    return found


def _families(names: Sequence[Name]) -> list[str]:
    return [folded(name.family) for name in names]


def _shown(value: str) -> str:
    return repr(value if len(value) <= 60 else f"{value[:57]}…")


def _letters() -> Iterable[str]:
    yield from "bcdefghijklmnopqrstuvwxyz"
    yield from (f"z{number}" for number in range(1, 100_000))


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:8]
