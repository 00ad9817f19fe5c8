"""The contributions that an edit can add to a workspace: works, agents, concepts, definitions,
typologies, alignments, claims.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from typing import NamedTuple, TypedDict, Unpack, cast

from sq_graph.errors import InputError, UnknownName
from sq_graph.importers.attributing import (
    Attributing,
    AttributionArgs,
    Nameables,
    check_args,
    locator_of,
)
from sq_graph.importers.bibliography_fields import record_of
from sq_graph.importers.formats import FORMATS
from sq_graph.importers.graph_builder import Properties
from sq_graph.importers.known_works import UNDATED
from sq_graph.importers.works_index import author_name
from sq_graph.model.codes import Evidence, Form, Relation
from sq_graph.model.facts import join_names, truncate
from sq_graph.model.records import Name, fold_text, make_slug
from sq_graph.model.ref import Nameable, as_list, text_of
from sq_graph.vocab import slug_of


class WorkFields(TypedDict, total=False):
    """The fields of a work by their BibTeX names; `kind` is an entry type, `key` the citation
    key.
    """

    key: str
    kind: str
    doi: str
    url: str
    journal: str
    booktitle: str
    shorttitle: str
    series: str
    volume: str
    number: str
    issue: str
    chapter: str
    pages: str
    edition: str
    publisher: str
    address: str
    location: str
    school: str
    institution: str
    organization: str
    howpublished: str
    isbn: str
    issn: str
    language: str
    keywords: str
    note: str


class AlignmentArgs(AttributionArgs, total=False):
    """The further arguments of an alignment, which a mapping set gives.

    confidence: from 0 to 1. justification: a term of `semapv`. mapped_on: the day. tool: the
    program.
    """

    confidence: Decimal | float | str
    justification: str
    mapped_on: str
    tool: str


class CategoryRow(NamedTuple):
    """A category of a typology: its label, what it is in your own words, and where it was read, if
    elsewhere than the typology.
    """

    label: str
    summary: str = ""
    page: str = ""
    phrase: str = ""


class Contributions(Attributing):
    """The works of an edit and the statements read in them."""

    def work(
        self,
        slug: str = "",
        *,
        title: str = "",
        authors: str | Name | Iterable[str | Name] = (),
        year: int | str | None = None,
        **fields: Unpack[WorkFields],
    ) -> str:
        """A work, with its authors and its bibliographic record.

        Authors are named as `Family, Given`, fields by BibTeX name (doi, journal, publisher …).
        A work of the same DOI, or the same authors, year and title, is taken to be it. Raises
        InputError for a slug that another work has.
        """
        check_args(fields, WorkFields)
        authors = [authors] if isinstance(authors, str | Name) else authors
        year_text = "" if year is None else str(year)
        is_wrong = not re.search(r"[0-9]", year_text) and fold_text(year_text) not in _YEAR_WORDS
        remedy = "Write a year such as 2006, or forthcoming, in press, n.d."
        if year_text.strip() and (is_wrong or re.fullmatch(r"\s*[0-9]{5,}\s*", year_text)):
            raise InputError(f"{year!r} is not a year", remedy=remedy)
        names = [name if isinstance(name, Name) else author_name(name) for name in authors]
        record = record_of(text_of(title), names, year_text, cast(dict[str, str], fields))
        if record.lost:
            raise InputError(f"{record.lost[0][0]}: {record.lost[0][1]}", remedy=remedy)
        return self.works_index.add(record, slug).iri

    def agent(self, name: str, *, organisation: bool = False) -> str:
        """A person (`Family, Given`) or an organisation."""
        person = author_name(name)
        return self.works_index.agent(Name(name, organisation=True) if organisation else person)

    def concept(
        self,
        label: str,
        *,
        scheme: str = "constructs",
        broader: Nameable = "",
        sense_of: Nameable = "",
        note: str = "",
        replace: bool = False,
    ) -> str:
        """A concept of your own, in one sense; a concept of the map that has this name is used
        instead.
        """
        slug, file = make_slug(label), self.file("data/concepts")
        if not replace:
            own_iri = f"{self.layout.base}id/concept/{slug}"
            with suppress(UnknownName):
                concept = self.find(label, "concept", "category")
                if concept != own_iri or own_iri in self.made or self.on_conflict == "refuse":
                    return concept
        properties: Properties = {
            "skos:inScheme": self._link(scheme, "scheme"),
            "skos:note": ("en", note),
            "skos:broader": self._link(broader, "concept", "category"),
            "sq:senseOf": self._link(sense_of, "concept"),
        }
        return self.state(file, "concept", slug, label, properties, replace=replace)

    def definition(
        self,
        *,
        of: Nameable,
        in_: Nameable,
        page: str | int,
        summary: str,
        form: Form = "paraphrased",
        aspects: Mapping[str, str | Sequence[str]] | None = None,
        name: str = "",
        note: str = "",
        replace: bool = False,
        **attribution: Unpack[AttributionArgs],
    ) -> str:
        """What somebody says a concept is, as read on a page of a work and coded by aspect (values,
        terms, or `silent`).

        Giving the same definition again changes nothing, but adds codings for aspects that had
        none. A different definition under the same name is refused; with `replace` it replaces the
        old one, whose codings are deleted unless they are given again. Without `name`, one is made
        of the work, the holder if the work only reports it, the concept and the page.
        """
        concept, work = self.find(of, "concept", "category"), self.find(in_, "work")
        if form == "quoted" and not attribution.get("basis"):
            attribution["basis"] = "worded"  # it has the holder's words, whoever reports it
        attributes = self.attribution_of(work, page, attribution)
        locator, file = locator_of(page), self.file_of(work)
        suffix, phrase = f"{slug_of(concept)}-{locator.slug}", attribution.get("phrase", "")
        properties: Properties = {
            "sq:defines": ("iri", concept),
            "sq:form": self.code("form", form),
            "sq:summary": ("en", summary),
            "skos:note": ("en", note),
            **attributes,
        }
        slug = make_slug(name) or self._default_slug(work, suffix, phrase, properties)
        own_work = cast(tuple[str, str], attributes["sq:statedIn"])[1]
        holders = [iri for _, iri in cast(list[tuple[str, str]], attributes["sq:heldBy"])]
        label_parts = self.definition_label(concept, work, own_work, holders, locator.label)
        label = self._free_label("definition", slug, *label_parts)
        thing = self.state(file, "definition", slug, label, properties, replace=replace)
        codings = self._codings(work, thing, aspects or {}, replace)
        self._settle_parts(thing, "sq:codes", codings, replace)
        return thing

    def definition_label(
        self, concept: str, work: str, own_work: str, holders: Sequence[str], page: str
    ) -> tuple[str, str]:
        """The label of a definition, which names its holder and not the work that reports it, and
        the detail that distinguishes it from another definition of that label.
        """
        names = [self.label(holder) for holder in ([own_work] if own_work else holders)]
        whose = f"{join_names(names, ' and ')} on" if any(names) else "our interpretation of"
        label = f"{whose} {self.label(concept)}"
        return label, page if own_work == work else f"in {self.label(work)}, {page}"

    def typology(
        self,
        label: str,
        *,
        divides: Nameable,
        in_: Nameable,
        page: str | int,
        categories: Sequence[CategoryRow | str | tuple[str, str]],
        ordered_by: str = "",
        name: str = "",
        replace: bool = False,
        **attribution: Unpack[AttributionArgs],
    ) -> str:
        """An author's division of a concept into categories.

        A category is a label, a label with its summary, or a `CategoryRow`. The categories are
        ordered if `ordered_by` is given. Categories that an existing typology lacks are refused;
        with `replace`, those that are left out are deleted, unless something refers to them.
        """
        work = self.find(in_, "work")
        file, slug = self.file_of(work), f"{slug_of(work)}-{make_slug(label)}"
        slug = make_slug(name) or self._kept_slug(file, "typology", slug)
        rows = category_rows(categories)
        properties = {
            "sq:divides": self._link(divides, "concept", "category"),
            "sq:ordered": bool(ordered_by),
            "sq:orderedBy": ("en", ordered_by),
            **self.attribution_of(work, page, attribution),
        }
        passages = list(self._passages(work, str(page), attribution.get("phrase", ""), rows))
        has_several = len(set(passages)) > 1
        if has_several:
            properties["sq:reportedIn"] = [("iri", passage) for passage in dict.fromkeys(passages)]
        thing = self.state(file, "typology", slug, label, properties, replace=replace)
        replaces = replace or self.on_conflict != "refuse"
        members = self._members(thing, rows)
        if not replaces and self.made[thing] == "unchanged":
            self._require_same_categories(thing, members)
        for rank, (member, row, passage) in enumerate(zip(members, rows, passages, strict=True), 1):
            membership: Properties = {
                "sq:memberOf": ("iri", thing),
                **place_in_list(rank, bool(ordered_by)),
                "sq:summary": ("en", row.summary),
                "sq:reportedIn": ("iri", passage) if has_several else "",
            }
            self.state(file, "category", slug_of(member), row.label, membership, replace=replace)
        self._settle_parts(thing, "sq:memberOf", members, replaces)
        return thing

    def _members(self, typology: str, rows: Sequence[CategoryRow]) -> list[str]:
        """The category of each row: the one of the typology with its label; of the others, the
        one with its summary, which gets the new label; or else a new one.
        """
        slugs = [make_slug(row.label) for row in rows]
        members = [self.mint("category", f"{slug_of(typology)}-{slug}") for slug in slugs]
        if typology not in self.new_things and not all(map(self.is_taken, members)):
            existing = self._parts_of(typology, "sq:memberOf")
            parts = {make_slug(self.label(iri)): iri for iri in existing}
            others = [parts[slug] for slug in parts.keys() - slugs]
            for number, (slug, row) in enumerate(zip(slugs, rows, strict=True)):
                same = (iri for iri in others if row.summary in self._summaries([iri]))
                if slug not in parts and (part := next(same, "")):
                    self._relabel(part, row.label)
                    parts[slug] = part
                members[number] = parts.get(slug, members[number])
        if len({*members}) < len(members):
            raise InputError(f"two categories of {slug_of(typology)} have the same label")
        return members

    def _passages(
        self, work: str, page: str, phrase: str, rows: Iterable[CategoryRow]
    ) -> Iterator[str]:
        """The passage of each row; one without a phrase rests on the last passage of its page."""
        by_page = {page: self.passage(work, page, phrase)}
        for row in rows:
            row_page = str(row.page or page)
            if row.phrase or row_page not in by_page:
                by_page[row_page] = self.passage(work, row_page, row.phrase)
            yield by_page[row_page]

    def alignment(
        self,
        *,
        subject: Nameables,
        relation: Relation,
        object: Nameable,
        in_: Nameable = "",
        page: str | int = "",
        summary: str = "",
        denied: bool = False,
        name: str = "",
        replace: bool = False,
        **attribution: Unpack[AlignmentArgs],
    ) -> str:
        """A relation that somebody asserts, or denies, between categories, concepts or typologies;
        several subjects are matched only together, never one by one.

        With `basis="read"` and without a holder it is our own interpretation: no author asserts it,
        and no work is needed.
        """
        work, target = self.find(in_, "work") if in_ else "", self.find(object, *_ALIGNABLE)
        parts = [self.find(part, *_ALIGNABLE) for part in as_list(subject)]
        file = self.file_of(work)
        if not parts:
            raise InputError("an alignment has no subject", remedy="Name one thing or several")
        slugs = [slug_of(work) or "ours", *map(slug_of, parts), relation, slug_of(target)]
        slug = make_slug(name) or self._kept_slug(file, "alignment", make_slug("-".join(slugs)))
        source = parts[0]
        if len(parts) > 1:
            label = " and ".join(self.label(part) for part in parts) + ", taken together"
            members: Properties = {"skos:member": [("iri", part) for part in parts]}
            union_slug = make_slug("-".join(sorted(map(slug_of, parts))))
            source = self.state_part(file, "union", union_slug, label[:160], members)
        label = f"{self.label(source)} ~ {self.label(target)}{' (denied)' if denied else ''}"
        properties: Properties = {
            "sq:subject": ("iri", source),
            "sq:relation": self.code("relation", relation),
            "sq:object": ("iri", target),
            "sq:summary": ("en", summary),
            "sq:mappingConfidence": confidence_of(attribution.pop("confidence", "")),
            "sq:mappingJustification": ("iri", attribution.pop("justification", "")),
            "sq:mappedOn": attribution.pop("mapped_on", ""),
            "sq:mappingTool": attribution.pop("tool", ""),
            **self.attribution_of(work, page, attribution),
        }
        kind = "sq:DeniedAlignment" if denied else ""
        label = self._free_label("alignment", slug, label, self.label(work) if work else slug)
        return self.state(file, "alignment", slug, label, properties, kind, replace=replace)

    def claim(
        self,
        *,
        summary: str,
        in_: Nameable = "",
        page: str | int = "",
        about: Nameables = (),
        subject: Nameable = "",
        relation: Relation | None = None,
        object: Nameable = "",
        denied: bool = False,
        evidence: Evidence | None = None,
        name: str = "",
        replace: bool = False,
        **attribution: Unpack[AttributionArgs],
    ) -> str:
        """A statement in an argument, with what it is about, or with subject, relation and object.

        With `denied`, the claim says that the relation does not hold, and all three are required.
        `evidence` is the kind of evidence that the text gives for the claim.

        Without a `name`, one is made of the work, the page and the first words; if another claim
        has that name, a number is added. With `basis="read"` and without a holder it is our own
        interpretation, and needs no work.
        """
        work = self.find(in_, "work") if in_ else ""
        first_words = "-".join(make_slug(summary).split("-")[:6])
        prefix = f"{slug_of(work)}-{locator_of(page).slug}" if work else "ours"
        label = truncate(summary.rstrip("."))
        if denied and not (subject and relation and object):
            remedy = "Give all three, or state the denial in the summary alone"
            raise InputError("a denied claim has no subject, relation or object", remedy=remedy)
        code = self.code("relation", relation) if relation else ""
        phrase, file = attribution.get("phrase", ""), self.file_of(work)
        attributes = self.attribution_of(work, page, attribution)
        properties: Properties = {
            "sq:summary": ("en", summary),
            "sq:about": [self._link(topic) for topic in as_list(about)],
            "sq:subject": self._link(subject),
            "sq:object": self._link(object),
            "sq:relation": "" if denied else code,
            "sq:deniedRelation": code if denied else "",
            "sq:restsOn": self.code("evidence", evidence) if evidence else "",
            **attributes,
        }
        default_slug = make_slug(f"{prefix}-{first_words}")
        slug = make_slug(name) or self._free_slug(file, "claim", default_slug, phrase, properties)
        if not name and not replace and self.on_conflict == "refuse":
            return self.state_part(file, "claim", slug, label, properties)
        return self.state(file, "claim", slug, label, properties, replace=replace)

    def _require_same_categories(self, typology: str, members: Sequence[str]) -> None:
        """Raises InputError if an existing typology has other categories."""
        if {*self._parts_of(typology, "sq:memberOf")} != {*members}:
            problem = f"{slug_of(typology)} already has other categories"
            remedy = "Give the new one a name of its own, or replace the old one with replace=True"
            raise InputError(problem, remedy=remedy)


_YEAR_WORDS = {*UNDATED, *FORMATS["dates"]["pending"]}
_ALIGNABLE = ["concept", "category", "union", "typology", "definition", "claim"]
_ALIGNABLE += ["model", "position", "cell"]
"""The kinds of thing that can be aligned."""


def confidence_of(value: Decimal | float | str) -> Decimal | str:
    """A confidence as a number, '' for none; raises InputError unless it is a number from 0 to 1.

    >>> confidence_of("0.80"), confidence_of(0.5), confidence_of("")
    (Decimal('0.80'), Decimal('0.5'), '')
    """
    if value == "":
        return ""
    with suppress(InvalidOperation):
        if 0 <= (number := Decimal(str(value))) <= 1:
            return number
    remedy = "Give a number such as 0.8, or none"
    raise InputError(f"the confidence {str(value)!r} is not a number from 0 to 1", remedy=remedy)


def place_in_list(position: int, ordered: bool) -> Properties:
    """The rank of a category, or its position in the list if the author gives no order."""
    return {"sq:rank": position if ordered else "", "sq:listPosition": "" if ordered else position}


def category_rows(categories: Iterable[object]) -> list[CategoryRow]:
    """The categories of a typology; raises InputError for a text, or for a dictionary, whose
    summaries would be lost.
    """
    if isinstance(categories, str | Mapping):
        remedy = 'Write categories=[("moral", "What binds by rules.")]'
        raise InputError("categories are given, but not as a list", remedy=remedy)
    return list(map(_category_of, categories))


def _category_of(value: object) -> CategoryRow:
    """A category from a label, or from a label with its summary, page and phrase.

    >>> _category_of(("moral", "What binds by rules.")).summary
    'What binds by rules.'
    """
    if isinstance(value, str):
        return CategoryRow(value)
    if isinstance(value, tuple | list) and len(value) in (2, 4):
        return CategoryRow(*map(text_of, value))
    remedy = "Give a label, or a label and a summary"
    raise InputError(f"{value!r} is not a category", remedy=remedy)
