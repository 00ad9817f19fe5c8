"""Methods of an edit that change what exists: fields of a thing, and merging of two records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Unpack, cast

from sq_graph.errors import InputError, UnknownName
from sq_graph.importers.attributing import AttributionArgs, Nameables, locator_of
from sq_graph.importers.bibliography_fields import PUBLISHED, record_of
from sq_graph.importers.contributions import WorkFields, category_rows, place_in_list
from sq_graph.importers.field_values import FIELDS, WORK_FIELDS
from sq_graph.importers.graph_builder import Properties, PropertyValue
from sq_graph.importers.merge import merge_into
from sq_graph.importers.positions import Positions
from sq_graph.importers.works_index import author_name, authors_label
from sq_graph.model.codes import Evidence, Form, Ground, QuestionStatus, Relation
from sq_graph.model.facts import truncate
from sq_graph.model.records import Record
from sq_graph.model.ref import Nameable, text_list, text_of
from sq_graph.turtle.terms import LABEL, iri_terms, literal_parts
from sq_graph.vocab import expand, kind_of, slug_of


class Changes(WorkFields, AttributionArgs, total=False):
    """The fields that `update` can change; an empty text or list removes the value."""

    label: str
    summary: str
    title: str
    authors: str | Sequence[str]
    year: int
    page: str | int
    form: Form
    of: Nameable
    about: Nameables
    subject: Nameable
    relation: Relation
    object: Nameable
    broader: Nameable
    sense_of: Nameable
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
_STATED_IN, _HELD_BY, _DEFINES = iri_terms("sq:statedIn sq:heldBy sq:defines")
_SECTION, _PARAGRAPH, _YEAR, _YEAR_NOTE = iri_terms("sq:section sq:paragraph sq:year sq:yearNote")
_RELATION, _DENIED, _SUMMARY = iri_terms("sq:relation sq:deniedRelation sq:summary")
_SUBJECT, _OBJECT = iri_terms("sq:subject sq:object")
_FIRST_PAGE, _LAST_PAGE = iri_terms("sq:pageLabel sq:lastPageLabel")


_RECORD = {name for name in WorkFields.__annotations__ if "property" not in FIELDS.get(name, {})}
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
        if str(changes.get("year", "")).isdigit():
            changes["year"] = int(changes["year"])
        if kind == "work" and changes.keys() & {"year", "authors"}:
            properties |= self._work_label(target, changes)
        for field, value in cast(Mapping[str, object], changes).items():
            properties |= self._field_properties(target, kind, field, value)
        pairs = self.statements.about(file, target)
        if kind == "claim" and changes.keys() & {"relation", "denied"}:
            properties |= self._relation_properties(dict(pairs), changes)
        if changes.keys() & {"page", "phrase"}:
            properties["sq:reportedIn"] = ("iri", self._moved_passage(target, changes))
        if any(p == _STATUS for p, _ in pairs):
            properties["sq:reviewStatus"] = self.code("reviewStatus", "draft")
        texts = _literals(pairs)
        summary = texts.get(_SUMMARY, "").rstrip(".")
        is_label = bool(summary) and texts.get(LABEL, "").rstrip(".") == truncate(summary)
        if "summary" in changes and "label" not in changes and is_label:
            properties["rdfs:label"] = ("en", truncate(changes["summary"].rstrip(".")))
        named_in_label = {"of", "holder", "stated_in", "page", "subject", "object"}
        is_derived = kind in ("definition", "alignment") and changes.keys() & named_in_label
        old_label = self._derived_label(target)[0] if is_derived else ""
        if properties:
            self.statements.change(file, target, properties)
        if "cited_page" in changes:
            citation = self._new_citation(target, changes["cited_page"])
            self.statements.change(file, target, {"sq:citation": ("iri", citation)})
        if is_derived and self.label(target).startswith(old_label):
            label = self._free_label(kind, slug_of(target), *self._derived_label(target))
            properties["rdfs:label"] = ("en", label)
            self.statements.change(file, target, {"rdfs:label": ("en", label)})
        if new_label := cast(tuple[str, str], properties.get("rdfs:label", ())):
            self._relabel(target, new_label[1])
        for aspect, values in changes.get("aspects", {}).items():
            self._reopen_codings(target)
            self._recode(target, self.find(aspect, "aspect"), text_list(values))
        if "categories" in changes:
            self._replace_categories(file, target, changes["categories"])
        self.made[target] = "changed"
        return target

    def _new_citation(self, statement: str, cited_page: str) -> str:
        """The citation with another page cited, or '' without one."""
        own_works, holders, passages = self._links_of(statement, _STATED_IN, _HELD_BY, _READ_IN)
        work, own_work = self._work_read(statement), "".join(own_works[:1])
        return self._citation(work, passages[0], own_work, holders, {"cited_page": cited_page})

    def _links_of(self, thing: str, *names: str) -> list[list[str]]:
        """The things to which a thing is linked by each of some properties."""
        return [[term[1:-1] for term in self.statements.values(thing, name)] for name in names]

    def _derived_label(self, thing: str) -> tuple[str, str]:
        """The label of an alignment from its ends, or of a definition from its holder and concept;
        and what distinguishes it.
        """
        subjects, objects = self._links_of(thing, _SUBJECT, _OBJECT)
        if objects:
            ending = " (denied)" if self.label(thing).endswith(" (denied)") else ""
            return f"{self.label(subjects[0])} ~ {self.label(objects[0])}{ending}", slug_of(thing)
        links = _STATED_IN, _HELD_BY, _DEFINES, _READ_IN
        stated_in, holders, concepts, passages = self._links_of(thing, *links)
        page, work = locator_of(self._page_of(passages[0])).label, self._work_read(thing)
        return self.definition_label(concepts[0], work, "".join(stated_in[:1]), holders, page)

    def _recode(self, definition: str, aspect: str, values: list[str]) -> None:
        """Replaces the coding of a definition under one aspect; removes it without values."""
        if values:
            self._coding(self._work_read(definition), definition, aspect, values, replace=True)
            return
        for coding in self._parts_of(definition, "sq:codes"):
            if f"<{aspect}>" in self.statements.values(coding, _ASPECT):
                self.delete(coding)

    def _replace_categories(self, file: Path, typology: str, categories: Sequence[object]) -> None:
        """Gives a typology these categories in this order; those with the same label stay."""
        ordered = dict(self.statements.about(file, typology)).get(_ORDERED, "")
        rows = category_rows(categories)
        members = self._members(typology, rows)
        for rank, (category, row) in enumerate(zip(members, rows, strict=True), 1):
            position = place_in_list(rank, ordered.startswith('"true"'))
            properties: Properties = {**position, "sq:summary": ("en", row.summary)}
            if self.is_taken(category):
                properties = {"rdfs:label": ("en", row.label), **properties}
                self.statements.change(self._stating_file(category), category, properties)
            else:
                properties = {"sq:memberOf": ("iri", typology), **properties}
                self.state(file, "category", slug_of(category), row.label, properties)
        self._settle_parts(typology, "sq:memberOf", members)

    def _reopen_codings(self, definition: str) -> None:
        """Makes the codings of a definition drafts again."""
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
        target, source = self.find(into, "work", "agent"), self.find(old, "work", "agent")
        if target == source or kind_of(target) != kind_of(source):
            reason = "one already" if target == source else "of different kinds"
            problem = f"{self.label(source)} and {self.label(target)} are {reason}"
            raise InputError(problem, remedy="Name two works or two agents")
        self._find_own(source)
        self._relabel(source, self.label(target))
        lost = merge_into(self, target, source)
        self.removed.add(source)
        return tuple(lost)

    def _require_field(self, kind: str, field: str) -> None:
        fields = Changes.__annotations__
        if field not in fields:
            raise UnknownName("field", field, fields, choices=fields)
        kinds = ("work",) if field in _RECORD else FIELDS.get(field, {}).get("only", (kind,))
        if kind not in kinds:
            raise InputError(f"a {kind} has no {field.replace('_', ' ')}")

    def _field_properties(self, target: str, kind: str, field: str, value: object) -> Properties:
        """The properties of a field, with their new values."""
        if field in ("page", "phrase", "cited_page", "aspects", "categories", "denied"):
            return {}
        if field in _RECORD:
            return _record_properties(field, text_of(value))
        if field == "authors":
            return self._new_authors(target, text_list(cast(str, value)))
        if field == "year":
            if isinstance(value, bool) or not isinstance(value, int):
                raise InputError(f"{value!r} is not a year", remedy="Give a whole number")
            return {"sq:year": value, "sq:yearNote": ""}
        if "code" in FIELDS[field] and not value:
            return {FIELDS[field]["property"]: ""}
        return self._properties(kind, field, value)

    def _new_authors(self, work: str, names: Iterable[str]) -> Properties:
        """The new author line of a work, whose authors hold what the old ones state in it."""
        old_holders = {f"<{author}>" for author in self.works_index.authors(work)}
        authorships = self.works_index.authorships(work, names)
        holders: Properties = {
            "sq:heldBy": [("iri", iri) for iri in self.works_index.authors(work)]
        }
        for file, subject, p in self.statements.references(work):
            old = self.statements.values(subject[1:-1], _HELD_BY) if p == _STATED_IN else ()
            if old and {*old} == old_holders:
                self.statements.change(file, subject[1:-1], holders)
        return {"sq:authorship": authorships}

    def _work_label(self, work: str, changes: Changes) -> Properties:
        """The label of a work with a new year or new authors, where the old one contains these."""
        texts = _literals(self.statements.about(self._stating_file(work), work))
        old = Record(year=int(texts[_YEAR])).when if _YEAR in texts else texts.get(_YEAR_NOTE, "")
        stem, separator, letter = texts.get(LABEL, "").rpartition(f" {old}")
        if not separator or not old or len(letter) > 2:
            return {}
        if "authors" in changes and stem == authors_label(self.works_index.record(work)):
            names = tuple(map(author_name, text_list(changes["authors"])))
            stem = authors_label(Record(authors=names)) or stem
        year = changes.get("year")
        when = Record(year=year).when if isinstance(year, int) else old
        return {"rdfs:label": ("en", self.works_index.relabel(work, f"{stem} {when}"))}

    def _relation_properties(self, values: Mapping[str, str], changes: Changes) -> Properties:
        """The relation of a claim under the property that states it or the one that denies it."""
        current = values.get(_RELATION) or values.get(_DENIED, "")
        relation: PropertyValue = "" if "relation" in changes else ("iri", current[1:-1])
        if name := changes.get("relation"):
            relation = self.code("relation", name)
        names = ("sq:deniedRelation", "sq:relation")
        stating, other = names if changes.get("denied", _DENIED in values) else names[::-1]
        return {stating: relation, other: ""}

    def _moved_passage(self, statement: str, changes: Changes) -> str:
        """The passage on another page, or with another phrase, of the work in which a statement was
        read.
        """
        passages = self.statements.values(statement, _READ_IN)
        if len(passages) != 1:
            problem = f"{slug_of(statement)} rests on {len(passages)} passages"
            raise InputError(problem, remedy="Replace the statement with replace=True")
        passage = passages[0][1:-1]
        page = changes.get("page", self._page_of(passage))
        phrase = changes.get("phrase", _literals(self._passage_pairs(passage)).get(_PHRASE, ""))
        return self.passage(self._work_read(statement), page, phrase)

    def _passage_pairs(self, passage: str) -> Iterable[tuple[str, str]]:
        return next(iter(self.statements.statements_of(passage).values()))

    def _page_of(self, passage: str) -> str:
        """The page of a passage as methods take it: `290–291`, or `Introduction, para. 2`."""
        pairs = self._passage_pairs(passage)
        texts = _literals(pairs)
        first, last = texts.get(_FIRST_PAGE, ""), texts.get(_LAST_PAGE, "")
        if not first:
            return f"{self.label(dict(pairs)[_SECTION][1:-1])}, para. {texts[_PARAGRAPH]}"
        return f"{first}–{last}" if last else first

    def _work_read(self, statement: str) -> str:
        """The work in which a statement of the workspace was read."""
        for passage in self.statements.values(statement, _READ_IN):
            if works := self.statements.values(passage[1:-1], _IN_WORK):
                return min(works)[1:-1]
        raise InputError(f"{slug_of(statement)} has no passage in which it was read")


def _literals(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The texts among pairs of property and value, by property."""
    return {p: literal_parts(o)[0] for p, o in pairs if o.startswith('"')}


def _record_properties(field: str, value: str) -> Properties:
    """The property of a work for a field of its record, with the new values."""
    if field == "key":
        return {"sq:citationKey": value}
    record = record_of("", (), "", {field: value})
    if field == "kind":
        types = ("owl:NamedIndividual", "sq:Work", f"bibo:{record.kind}")
        return {"rdf:type": [("iri", expand(type_name)) for type_name in types]}
    name = WORK_FIELDS.get(field) or PUBLISHED[field]
    return {name: list(record.fields.get(name, ()))}
