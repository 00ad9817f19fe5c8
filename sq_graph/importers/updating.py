"""Changing what an edit finds: fields of a statement, merging of two records."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Unpack, cast

from sq_graph.errors import InputError, UnknownName
from sq_graph.importers.attributing import Nameables, locator_of
from sq_graph.importers.bibliography_fields import PUBLISHED, record_of
from sq_graph.importers.contributions import WorkFields, category_of, place_in_list
from sq_graph.importers.field_values import FIELDS, WORK_FIELDS
from sq_graph.importers.graph_builder import Properties, PropertyValue
from sq_graph.importers.merge import merge_into
from sq_graph.importers.positions import Positions
from sq_graph.importers.works_index import author_name, authors_label
from sq_graph.model.codes import Basis, Evidence, Form, Ground, Hedge, QuestionStatus, Relation
from sq_graph.model.facts import truncate
from sq_graph.model.records import Record, make_slug
from sq_graph.model.ref import Nameable, text_list, text_of
from sq_graph.turtle.terms import LABEL, iri_terms, literal_parts
from sq_graph.vocab import expand, kind_of, slug_of


class Changes(WorkFields, total=False):
    """What `update` can change; an empty text or list takes the value away."""

    label: str
    summary: str
    title: str
    authors: str | Sequence[str]
    year: int
    page: str | int
    phrase: str
    holder: Nameables
    stated_in: Nameable
    via: Nameable
    hedge: Hedge
    hedge_words: str | Sequence[str]
    basis: Basis
    form: Form
    of: Nameable
    about: Nameables
    subject: Nameable
    relation: Relation
    object: Nameable
    denied: bool
    evidence: Evidence
    ground: Ground
    parties: Nameables
    status: QuestionStatus
    answered_by: Nameables
    place: Nameable
    ordered_by: str
    categories: Sequence[str | tuple[str, str]]
    aspects: Mapping[str, str | Sequence[str]]


_STATUS, _ASPECT, _ORDERED, _CODES = iri_terms("sq:reviewStatus sq:aspect sq:ordered sq:codes")
_READ_IN, _IN_WORK, _PHRASE = iri_terms("sq:reportedIn sq:inWork sq:phrase")
_FIRST_PAGE, _LAST_PAGE = iri_terms("sq:pageLabel sq:lastPageLabel")
_STATED_IN, _HELD_BY, _DEFINES = iri_terms("sq:statedIn sq:heldBy sq:defines")
_NAMED_AFTER = ("definition", "passage", "citation", "alignment", "report")
"""The kinds of things whose labels are made of those of other things."""
_SECTION, _PARAGRAPH = iri_terms("sq:section sq:paragraph")
_RELATION, _DENIED, _SUMMARY = iri_terms("sq:relation sq:deniedRelation sq:summary")
_YEAR, _YEAR_NOTE = iri_terms("sq:year sq:yearNote")


_RECORD = {one for one in WorkFields.__annotations__ if "property" not in FIELDS.get(one, {})}
"""The fields that only the record of a work has."""


class Updating(Positions):
    """Changing single fields, and merging."""

    def update(self, thing: Nameable, **changes: Unpack[Changes]) -> str:
        """Changes fields of a thing of the workspace, and leaves the others; returns its IRI.

        A statement that somebody had checked becomes a draft again. Raises UnknownName for an
        unknown field, and InputError for a field that the thing does not have.
        """
        target = self._find_own(thing)
        file, kind = self._stating_file(target), kind_of(target) or "thing"
        for field in changes:
            self._require_field(kind, field)
        properties: dict[str, PropertyValue | Sequence[PropertyValue]] = {}
        if kind == "work" and changes.keys() & {"year", "authors"}:
            properties |= self._work_label(target, changes)
        for field, value in cast(Mapping[str, object], changes).items():
            properties |= self._changed_field(target, kind, field, value)
        about = self.statements.about(file, target)
        if kind == "claim" and changes.keys() & {"relation", "denied"}:
            properties |= self._related(dict(about), changes)
        if changes.keys() & {"page", "phrase"}:
            properties["sq:reportedIn"] = ("iri", self._moved_passage(target, changes))
        if any(p == _STATUS for p, _ in about):
            properties["sq:reviewStatus"] = self.code("reviewStatus", "draft")
        text = _literals(about)
        summary = text.get(_SUMMARY, "")
        is_label = bool(summary) and text.get(LABEL) == truncate(summary)
        if "summary" in changes and "label" not in changes and is_label:
            properties["rdfs:label"] = ("en", truncate(changes["summary"]))
        named = changes.keys() & {"of", "holder", "stated_in", "page"} and kind == "definition"
        made = self._made_label(target) if named else ("", "")
        if properties:
            self.statements.change(file, target, properties)
        if named and self.label(target).startswith(made[0]):
            label = self._free_label("definition", slug_of(target), *self._made_label(target))
            properties["rdfs:label"] = ("en", label)
            self.statements.change(file, target, {"rdfs:label": ("en", label)})
        if given := cast(tuple[str, str], properties.get("rdfs:label", ())):
            self._relabel(target, given[1])
        for aspect, values in changes.get("aspects", {}).items():
            self._reopen(target)
            self._recode(target, self.find(aspect, "aspect"), text_list(values))
        if "categories" in changes:
            self._recategorise(file, target, changes["categories"])
        self.outcomes[target] = "changed"
        return target

    def _made_label(self, definition: str) -> tuple[str, str]:
        """The label that a definition has by its holder and concept, and what tells it apart."""
        own, held, concept, read = (
            [one[1:-1] for one in self.statements.values(definition, name)]
            for name in (_STATED_IN, _HELD_BY, _DEFINES, _READ_IN)
        )
        place = locator_of(self._page_of(read[0])).label
        work = self._work_read(definition)
        return self.definition_label(concept[0], work, "".join(own[:1]), held, place)

    def _relabel(self, thing: str, label: str) -> None:
        """Notes the new label of a thing, and changes the labels that are made of the old one."""
        old, self._labels[thing] = self.label(thing), label
        self.name(thing, label)
        if old == label:
            return
        whole = re.compile(rf"(?<!\w){re.escape(old)}(?!\w)")
        for file, subject, _ in self.statements.references(thing):
            if kind_of(iri := subject[1:-1]) in _NAMED_AFTER:
                new = whole.sub(lambda _: label, self.label(iri))
                self.statements.change(file, iri, {"rdfs:label": ("en", new)})
                self._relabel(iri, new)

    def _recode(self, definition: str, aspect: str, values: list[str]) -> None:
        """Codes a definition anew under one aspect; without values it is not coded any more."""
        if values:
            self._coding(self._work_read(definition), definition, aspect, values, replace=True)
            return
        for coding in self._parts_of(definition, "sq:codes"):
            if f"<{aspect}>" in self.statements.values(coding, _ASPECT):
                self.delete(coding)

    def _recategorise(self, file: Path, typology: str, listed: Sequence[object]) -> None:
        """Gives a typology these categories in this order; one whose label it has stays the same
        thing.
        """
        ordered = dict(self.statements.about(file, typology)).get(_ORDERED, "")
        there = {self.label(one): one for one in self._parts_of(typology, "sq:memberOf")}
        kept = []
        for rank, (label, summary, *_) in enumerate(map(category_of, listed), 1):
            place = place_in_list(rank, ordered.startswith('"true"'))
            properties: Properties = {**place, "sq:summary": ("en", summary)}
            if label in there:
                self.statements.change(self._stating_file(there[label]), there[label], properties)
                kept.append(there[label])
                continue
            slug, whole = f"{slug_of(typology)}-{make_slug(label)}", ("iri", typology)
            properties = {"sq:memberOf": whole, **properties}
            kept.append(self.state(file, "category", slug, label, properties))
        self._settle_parts(typology, "sq:memberOf", kept)

    def _reopen(self, definition: str) -> None:
        """Makes drafts of the codings of a definition that a second reader has checked."""
        draft = {"sq:reviewStatus": self.code("reviewStatus", "draft")}
        for file, subject, p in self.statements.references(definition):
            if p == _CODES:
                self.statements.change(file, subject[1:-1], draft)

    def merge(self, old: Nameable, *, into: Nameable) -> tuple[tuple[str, str], ...]:
        """Merges two works or two agents: the second keeps its statements, and everything that
        refers to the first refers to it instead.

        Returns what was not kept of the first, as pairs of property and value. Raises InputError if
        the two are of different kinds, or the first is not in the workspace.
        """
        keep, gone = self.find(into, "work", "agent"), self.find(old, "work", "agent")
        if keep == gone or kind_of(keep) != kind_of(gone):
            how = "one already" if keep == gone else "of different kinds"
            what = f"{self.label(gone)} and {self.label(keep)} are {how}"
            raise InputError(what, remedy="Name two works or two agents")
        self._find_own(gone)
        lost = merge_into(self, keep, gone)
        self.removed.add(gone)
        return tuple(lost)

    def _require_field(self, kind: str, field: str) -> None:
        known = Changes.__annotations__
        if field not in known:
            raise UnknownName("field", field, known, choices=known)
        only = ("work",) if field in _RECORD else FIELDS.get(field, {}).get("only", (kind,))
        if kind not in only:
            raise InputError(f"a {kind} has no {field.replace('_', ' ')}")

    def _changed_field(
        self, target: str, kind: str, field: str, value: object
    ) -> dict[str, PropertyValue | Sequence[PropertyValue]]:
        """The properties that a field stands for, with their new values."""
        if field in ("page", "phrase", "aspects", "categories", "denied"):
            return {}
        if field in _RECORD:
            return _published(field, text_of(value))
        if field == "authors":
            names = text_list(cast(str, value))
            return {"sq:authorship": self.works_index.authorships(target, names)}
        if field == "year":
            if isinstance(value, bool) or not isinstance(value, int):
                raise InputError(f"{value!r} is not a year", remedy="Give a whole number")
            return {"sq:year": value, "sq:yearNote": ""}
        if "code" in FIELDS[field] and not value:
            return {FIELDS[field]["property"]: ""}
        return self._field(kind, field, value)

    def _work_label(self, work: str, changes: Changes) -> Properties:
        """The label of a work with another year or other authors, where it was made of those that
        it has.
        """
        about = _literals(self.statements.about(self._stating_file(work), work))
        old = Record(year=int(about[_YEAR])).when if _YEAR in about else about.get(_YEAR_NOTE, "")
        stem, found, letter = about.get(LABEL, "").rpartition(f" {old}")
        if not found or not old or len(letter) > 2:
            return {}
        if "authors" in changes and stem == authors_label(self.works_index.record(work)):
            names = tuple(map(author_name, text_list(changes["authors"])))
            stem = authors_label(Record(authors=names)) or stem
        year = changes.get("year")
        when = Record(year=year).when if isinstance(year, int) else old
        return {"rdfs:label": ("en", self.works_index.relabel(work, f"{stem} {when}"))}

    def _related(self, about: Mapping[str, str], changes: Changes) -> Properties:
        """The relation of a claim under the property that states or denies it."""
        now = about.get(_RELATION) or about.get(_DENIED, "")
        relation: PropertyValue = "" if "relation" in changes else ("iri", now[1:-1])
        if given := changes.get("relation"):
            relation = self.code("relation", given)
        names = ("sq:deniedRelation", "sq:relation")
        states, other = names if changes.get("denied", _DENIED in about) else names[::-1]
        return {states: relation, other: ""}

    def _moved_passage(self, thing: str, changes: Changes) -> str:
        """The passage on another page, or with another phrase, of the work in which a statement was
        read.
        """
        read = self.statements.values(thing, _READ_IN)
        if len(read) != 1:
            what = f"{slug_of(thing)} rests on {len(read)} passages"
            raise InputError(what, remedy="Replace the statement with replace=True")
        page = changes.get("page", self._page_of(read[0][1:-1]))
        phrase = changes.get("phrase", _literals(self._about(read[0][1:-1])).get(_PHRASE, ""))
        return self.passage(self._work_read(thing), page, phrase)

    def _about(self, passage: str) -> Iterable[tuple[str, str]]:
        ((_, _, where), *_) = self.statements.statements_of(passage)
        return where

    def _page_of(self, passage: str) -> str:
        """Where a passage is, as an edit takes it: `290–291`, or `Introduction, para. 2`."""
        where = self._about(passage)
        old = _literals(where)
        first, last = old.get(_FIRST_PAGE, ""), old.get(_LAST_PAGE, "")
        if not first:
            return f"{self.label(dict(where)[_SECTION][1:-1])}, para. {old[_PARAGRAPH]}"
        return f"{first}–{last}" if last else first

    def _work_read(self, thing: str) -> str:
        """The work in which a statement of the workspace was read."""
        for passage in self.statements.values(thing, _READ_IN):
            if found := self.statements.values(passage[1:-1], _IN_WORK):
                return min(found)[1:-1]
        raise InputError(f"{slug_of(thing)} has no passage in which it was read")


def _literals(about: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The texts that are said of a thing, by property."""
    return {p: literal_parts(o)[0] for p, o in about if o.startswith('"')}


def _published(field: str, value: str) -> dict[str, PropertyValue | Sequence[PropertyValue]]:
    """The property of a work that a field of its record stands for, with its new values."""
    if field == "key":
        return {"sq:citationKey": value}
    record = record_of("", (), "", {field: value})
    if field == "kind":
        types = ("owl:NamedIndividual", "sq:Work", f"bibo:{record.kind}")
        return {"rdf:type": [("iri", expand(one)) for one in types]}
    name = WORK_FIELDS.get(field) or PUBLISHED[field]
    return {name: list(record.fields.get(name, ()))}
