"""Who holds a statement, on which page it was read, and how firmly it is stated: the attribution of
every contribution of an edit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypedDict, cast

from sq_graph.errors import InputError, UnknownName
from sq_graph.importers.deleting import Deleting
from sq_graph.importers.field_values import FIELDS, OF_PROPERTY
from sq_graph.importers.graph_builder import Properties, PropertyValue, StatedThing
from sq_graph.importers.works_index import author_name
from sq_graph.model.attribution import in_quotes, page_label
from sq_graph.model.codes import Basis, Hedge
from sq_graph.model.records import fold_text, make_slug
from sq_graph.model.ref import Nameable, as_list, text_list, text_of
from sq_graph.turtle.terms import iri_terms, literal_parts
from sq_graph.vocab import SQ, kind_of, slug_of

_FORMER, _SUMMARY = iri_terms("skos:hiddenLabel sq:summary")
_COVERAGE = {"silent": "silent", "n/a": "not-applicable", "not applicable": "not-applicable"}

Nameables = Nameable | Iterable[Nameable]
"""One thing or several."""


class AttributionArgs(TypedDict, total=False):
    """Who holds a statement, and how firmly; by default the authors of its work, without a
    hedge.

    - holder: who holds it, if not the authors of the work read (or of the holder's own work);
      `Family, Given` makes a person.
    - stated_in: the holder's own work, which the work that was read reports.
    - via: the work between the holder and the work that was read.
    - phrase: up to eight words of the page, by which the passage can be found.
    - cited_page: the page of the reported work, as the work that was read cites it.
    - hedge, hedge_words: how firmly it is stated, and the words of the page that show this.
    - basis: `worded`, `reported`, or `read` for your own interpretation; without a holder, it
      belongs to the curator named in `workspace.toml`.
    """

    holder: Nameables
    stated_in: Nameable
    via: Nameable
    phrase: str
    cited_page: str
    hedge: Hedge
    hedge_words: str | Sequence[str]
    basis: Basis


def check_args(names: Iterable[str], typed_dict: type) -> None:
    """Raises UnknownName for a keyword that a `TypedDict` lacks: Python itself lets it pass.

    >>> check_args({"hegde": "hedged"}, AttributionArgs)
    Traceback (most recent call last):
    sq_graph.errors.UnknownName: there is no argument 'hegde'. Did you mean 'hedge'?
    """
    known_names = typed_dict.__annotations__
    for name in names:
        if name not in known_names:
            raise UnknownName("argument", name, known_names)


class Attributing(Deleting):
    """The passages, attributions and codings of an edit."""

    def attribution_of(self, work: str, page: str | int, args: AttributionArgs) -> Properties:
        """The attribution of a statement that was read on a page of a work, as a draft.

        An interpretation of our own needs no page; `work` is '' then. Raises UnknownName for an
        argument that no contribution takes.
        """
        check_args(args, AttributionArgs)
        via_name, basis = args.get("via"), args.get("basis")
        markers = [" ".join(marker.split()) for marker in text_list(args.get("hedge_words", ()))]
        if not work and (basis != "read" or args.get("holder") or args.get("stated_in")):
            problem = "the work in which this was read is missing"
            remedy = "the work and the page, or give basis read for an interpretation of your own"
            raise InputError(problem, remedy=f"Name {remedy}")
        own_work, holders = self._holders(work, args)
        if not holders and basis != "read":
            remedy = "Give the holder of this statement"
            raise InputError(f"{self.label(own_work or work)} has no author", remedy=remedy)
        if holders and not own_work and set(holders) & set(self.works_index.authors(work)):
            own_work = work
        hedge = args.get("hedge") or ("hedged" if markers else "asserted")
        passage = self.passage(work, page, args.get("phrase", "")) if work else ""
        return {
            "dcterms:creator": "" if holders else self.layout.curator,
            "sq:heldBy": [("iri", holder) for holder in holders],
            "sq:statedIn": ("iri", own_work),
            "sq:via": ("iri", self.find(via_name, "work")) if via_name else "",
            "sq:reportedIn": ("iri", passage),
            "sq:citation": ("iri", self._citation(work, passage, own_work, holders, args)),
            "sq:basis": self.code("basis", basis or ("worded" if own_work == work else "reported")),
            "sq:hedge": self.code("hedge", hedge),
            "sq:hedgeMarker": markers,
            "sq:reviewStatus": self.code("reviewStatus", "draft"),
        }

    def _properties(
        self, kind: str, field: str, value: object
    ) -> dict[str, PropertyValue | Sequence[PropertyValue]]:
        """The properties behind a field of a kind of thing, with their values."""
        spec = FIELDS[field]
        match field:
            case "of":
                return {OF_PROPERTY[kind]: self._links(value)}
            case "holder":
                holders = map(self._holder, as_list(cast(Nameables, value)))
                return {"sq:heldBy": [("iri", holder) for holder in holders]}
            case "hedge_words":
                return {"sq:hedgeMarker": list(text_list(cast(str, value)))}
            case "ordered_by":
                return {"sq:orderedBy": ("en", text_of(value)), "sq:ordered": bool(value)}
        name = spec["property"]
        if code := spec.get("code"):
            return {name: self.code(code, cast(str, value))}
        if spec["value"] == "link":
            return {name: self._links(value, *spec.get("kinds", ()))}
        text = text_of(value)
        return {name: ("en", text) if spec["value"] == "text" else text}

    def _links(self, names: object, *kinds: str) -> list[PropertyValue]:
        """One thing or several as values."""
        return [("iri", self.find(name, *kinds)) for name in as_list(cast(Nameables, names))]

    def _citation(
        self, work: str, passage: str, own_work: str, holders: Sequence[str], args: AttributionArgs
    ) -> str:
        """The citation of the holder's own work, or of the holder, with the cited page, or ''."""
        cited = own_work or next(iter(holders), "")
        page = str(args.get("cited_page", "")).strip()
        if not page:
            return ""
        if not passage or cited == work:
            remedy = "Give the cited work (stated in) or the holder of the view (holder)"
            raise InputError(f"a cited page {page!r} requires a cited work", remedy=remedy)
        locator = Locator(*pages(page))
        slug = make_slug(f"{slug_of(work)}-{slug_of(cited)}-{locator.slug}")
        label = f"{self.label(work)} citing {self.label(cited)}, {locator.label}"
        properties: Properties = {
            "cito:hasCitingEntity": ("iri", work),
            "cito:hasCitedEntity": ("iri", cited),
            "sq:citedPage": "–".join(filter(None, (locator.first, locator.last))),
            "sq:reportedIn": ("iri", passage),
        }
        return self.state_part(self.file_of(work), "citation", slug, label, properties)

    def _holders(self, work: str, args: AttributionArgs) -> tuple[str, list[str]]:
        """The holder's own work, or '', and the holders; nobody holds our own interpretation."""
        names, via = args.get("holder", ()), args.get("via")
        if args.get("basis") == "read" and not names and not args.get("stated_in"):
            return "", []
        if stated_in := args.get("stated_in"):
            own_work = self.find(stated_in, "work")
        else:
            own_work = "" if names or via else work
        holders = [self._holder(name) for name in as_list(names)]
        return own_work, holders or self.works_index.authors(own_work or work)

    def _holder(self, name: Nameable) -> str:
        try:
            return self.find(name, "agent")
        except UnknownName:
            if isinstance(name, str) and "," in name:
                return self.works_index.agent(author_name(name))
            raise

    def passage(
        self,
        work: str,
        page: str | int,
        phrase: str,
        *,
        digest: str = "",
        lines: tuple[int, int] = (0, 0),
        is_counted: bool = False,
    ) -> str:
        """A passage of a work that was read, found by a phrase of at most eight words; returns its
        IRI.

        `digest` and `lines` say in which text and lines a program found it, `is_counted` that its
        page number is not printed. An existing passage keeps its own values of these.
        """
        locator, phrase = locator_of(page), " ".join(phrase.split())
        slug_parts = [slug_of(work), locator.slug, *make_slug(phrase).split("-")[:4]]
        file, slug = self.file_of(work), "-".join(filter(None, slug_parts))
        label = f"{self.label(work)}, {locator.label}"
        label += f", {in_quotes(phrase)}" if phrase else ""
        basis = self.code("pageBasis", "inferred")
        old_values = {o for _, o in self.statements.about(file, self.mint("passage", slug))}
        if not is_counted and f"<{basis[1]}>" not in old_values:
            basis = self.code("pageBasis", "printed")
        properties: Properties = {
            "sq:inWork": ("iri", work),
            "sq:pageLabel": locator.first,
            "sq:lastPageLabel": locator.last,
            "sq:section": ("iri", self._section(work, locator.section)) if locator.section else "",
            "sq:paragraph": locator.paragraph or "",
            "sq:phrase": phrase,
            "sq:pageBasis": basis if locator.first else "",
        }
        passage = self.state_part(file, "passage", slug, label, properties)
        pairs = self.statements.about(file, passage)
        if digest and not any("sourceDigest>" in p for p, _ in pairs):
            first, last = lines
            location: Properties
            location = {"sq:sourceDigest": digest, "sq:firstLine": first, "sq:lastLine": last}
            self.statements.add(file, passage, location)
        return passage

    def _default_slug(self, work: str, suffix: str, phrase: str, values: Mapping[str, Any]) -> str:
        """The slug of a definition, made of work and place, with the holder in between if the work
        only reports it and no earlier version was named without; `_free_slug` keeps it distinct.
        """
        slug, file = f"{slug_of(work)}-{suffix}", self.file_of(work)
        holders = [holder for _, holder in values["sq:heldBy"]]
        if holders and not set(holders) & set(self.works_index.authors(work)):
            existing = self.statements.about(file, self.mint("definition", slug))
            if {o[1:-1] for p, o in existing if p == f"<{SQ}heldBy>"} != set(holders):
                slug = "-".join([slug_of(work), *map(slug_of, holders[:2]), suffix])
        return self._free_slug(file, "definition", slug, phrase, values)

    def _free_slug(self, file: Path, kind: str, slug: str, phrase: str, values: Properties) -> str:
        """A slug; in an import followed by the first words of a phrase, if a thing with another
        summary and passage has that slug.
        """
        slug = self._kept_slug(file, kind, slug)
        namesake = self.mint(kind, slug)
        existing = self.statements.about(file, namesake)
        if self.on_conflict != "update":
            return slug
        identifying = {name: values[name] for name in ("sq:summary", "sq:reportedIn")}
        new_pairs = StatedThing.of("", identifying).pairs - StatedThing.of("", {}).pairs
        if not existing:
            summary = {pair for pair in new_pairs if pair[1].startswith('"')}
            same = (iri for iri in self.statements.having(file, summary) if kind_of(iri) == kind)
            self.namesakes[namesake] = next(same, namesake)
            return slug
        first_words = make_slug(phrase).split("-")[:4]
        if new_pairs & existing or not any(first_words):
            return slug
        longer_slug = "-".join([slug, *first_words])
        self.namesakes[self.mint(kind, longer_slug)] = namesake
        return longer_slug

    def _kept_slug(self, file: Path, kind: str, slug: str) -> str:
        """A slug that was made of a work's; in an import the one made before the work was renamed,
        if a thing in its file still has that.
        """
        work, stem = self.statements.about(file, self.mint("work", file.stem)), file.stem
        slugs = [slug]
        if self.on_conflict == "update":
            names = (literal_parts(o)[0] for p, o in work if p == _FORMER)
            slugs += [name + slug.removeprefix(stem) for name in names]
        kept = (each for each in slugs if self.statements.about(file, self.mint(kind, each)))
        return next(kept, slug)

    def _summaries(self, things: Iterable[str]) -> list[str]:
        terms = (term for thing in things for term in self.statements.values(thing, _SUMMARY))
        return list(dict.fromkeys(literal_parts(term)[0] for term in terms))

    def _section(self, work: str, heading: str) -> str:
        """The section of a work with a heading, stated if the map lacks it."""
        slug = make_slug(f"{slug_of(work)}-{make_slug(heading)}")
        phrase = " ".join(heading.split()[:8])
        pattern = f"?section a sq:Section ; sq:inWork <{work}> ; sq:phrase ?heading"
        for row in self.graph.select(f"SELECT ?section ?heading {{ {pattern} }}"):
            if fold_text(row["heading"].value) == fold_text(phrase):
                return row["section"].value
        properties: Properties = {"sq:inWork": ("iri", work), "sq:phrase": phrase}
        return self.state(self.file_of(work), "section", slug, heading, properties)

    def _coding(
        self, work: str, definition: str, aspect: str, values: list[str], replace: bool
    ) -> str:
        coded: Properties = {"sq:codedTerm": [("en", value) for value in values]}
        if len(values) == 1 and values[0].lower() in _COVERAGE:
            coded = {"sq:coverage": self.code("coverage", _COVERAGE[values[0].lower()])}
        elif self.allowed(aspect):
            codes = [self.allowed_value(aspect, value) for value in values]
            coded = {"sq:codedValue": [("iri", code) for code in codes]}
        properties: Properties = {
            "sq:codes": ("iri", definition),
            "sq:aspect": ("iri", aspect),
            "sq:reviewStatus": self.code("reviewStatus", "draft"),
            **coded,
        }
        slug = f"{slug_of(definition)}-{slug_of(aspect)}"
        return self.state(self.file_of(work), "coding", slug, "", properties, replace=replace)

    def _codings(
        self, work: str, definition: str, aspects: Mapping[str, str | Sequence[str]], replace: bool
    ) -> list[str]:
        """Codes a definition by aspects; returns the codings."""
        if not isinstance(cast(object, aspects), Mapping):
            remedy = 'Write aspects={"process-or-outcome": "outcome"}'
            raise InputError("aspects are given without their values", remedy=remedy)
        return [
            self._coding(work, definition, self.find(name, "aspect"), text_list(values), replace)
            for name, values in aspects.items()
        ]


def pages(page: str) -> tuple[str, str]:
    """The first and the last page of a range, the last one empty where there is only one.

    >>> pages("290–291"), pages("pp. xi"), pages("S. 5-5"), pages("7")
    (('290', '291'), ('xi', ''), ('5', ''), ('7', ''))
    >>> pages("p.10"), pages("290-1")
    (('10', ''), ('290', '291'))
    """
    text = _PAGE_PREFIX.sub("", page.strip())
    first, dash, last = re.sub(r"\s*[-‐-―−]+\s*", "–", text).partition("–")
    if first.isdecimal() and last.isdecimal() and len(last) < len(first):
        last = first[: -len(last)] + last  # `290–1`
    is_backward = first.isdecimal() and last.isdecimal() and int(last) < int(first)
    if is_backward or any(map(_NOT_A_PAGE.search, (first, last if dash else first))):
        raise InputError(f"{page!r} is not a page", remedy=_HINT)
    return first, "" if last == first else last


_PAGE_PREFIX = re.compile(r"(?:pages?|Seiten?|(?:pp?|S)\.?)\s+(?=\S)|(?:pp?|S)\.(?=[0-9])")
_NOT_A_PAGE = re.compile(r"[\s,;'’]|^[0-9]+\s?ff?\.?$|^$")
"""Characters of several pages, of an open range, or a stray mark of a spreadsheet; or none."""
_HINT = "Write one page or a range, such as 290 or 290–291, or a section: Introduction, para. 2"


_SECTION = re.compile(
    r"(?:sections?|sect?\.|§)?\s*(?P<section>.+?)[,;]?\s+(?:paragraphs?|paras?\.?|"
    r"¶)\s*(?P<number>[0-9]+)",
    re.IGNORECASE,
)


class Locator(NamedTuple):
    """A place in a work: pages, or a section and its paragraph if there are no pages."""

    first: str = ""
    last: str = ""
    section: str = ""
    paragraph: int = 0

    @property
    def slug(self) -> str:
        """The locator as part of a slug: `p290`, `p290-291`, `pxi`, `abstract`.

        >>> Locator("290", "291").slug, Locator("abstract").slug
        ('p290-291', 'abstract')
        """
        if self.section:
            return f"{make_slug(self.section)[:60].strip('-')}-{self.paragraph}"
        slug = "-".join(make_slug(page) for page in (self.first, self.last) if page)
        return f"p{slug}" if re.match(r"[0-9]|[ivxlc]+(-|\Z)", slug) else slug

    @property
    def label(self) -> str:
        """The locator as a reader sees it."""
        if self.section:
            return f"section ‘{self.section}’, para. {self.paragraph}"
        return page_label(self.first, self.last)


def locator_of(page: str | int) -> Locator:
    """The locator of a page, a range, or a section with its paragraph.

    >>> locator_of("p. 5").label, locator_of("Introduction, para. 2").label
    ('p. 5', 'section ‘Introduction’, para. 2')
    """
    if not isinstance(page, str | int) or isinstance(page, bool):
        raise InputError(f"{page!r} is not a page", remedy=_HINT)
    return _parse_locator(str(page))


@lru_cache(maxsize=1_000)
def _parse_locator(text: str) -> Locator:
    if match := _SECTION.fullmatch(" ".join(text.split())):
        return Locator(section=match["section"], paragraph=int(match["number"]))
    return Locator(*pages(text))
