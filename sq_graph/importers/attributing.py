"""Who holds a statement, on which page it was read, how firmly: what every contribution of an edit
carries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, TypedDict, cast

from sq_graph.errors import InputError, UnknownName
from sq_graph.importers.deleting import Deleting
from sq_graph.importers.field_values import FIELDS, OF
from sq_graph.importers.graph_builder import Properties, PropertyValue, StatedThing
from sq_graph.importers.works_index import author_name
from sq_graph.model.attribution import in_quotes, page_label
from sq_graph.model.codes import Basis, Hedge
from sq_graph.model.records import fold_text, make_slug
from sq_graph.model.ref import Nameable, as_list, text_list, text_of
from sq_graph.vocab import SQ, slug_of

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


def check_args(given: Iterable[str], known: type) -> None:
    """Raises UnknownName for a keyword that a `TypedDict` lacks: Python itself lets it pass.

    >>> check_args({"hegde": "hedged"}, AttributionArgs)
    Traceback (most recent call last):
    sq_graph.errors.UnknownName: there is no argument 'hegde'. Did you mean 'hedge'?
    """
    names = known.__annotations__
    for name in given:
        if name not in names:
            raise UnknownName("argument", name, names)


class Attributing(Deleting):
    """The passages, attributions and codings of an edit."""

    def attributed(self, work: str, page: str | int, given: AttributionArgs) -> Properties:
        """The attribution of what was read on a page of a work, as a draft.

        An interpretation of our own may rest on no page; `work` is '' then. Raises UnknownName for
        an argument that no contribution takes.
        """
        check_args(given, AttributionArgs)
        via, basis = given.get("via"), given.get("basis")
        markers = [" ".join(one.split()) for one in text_list(given.get("hedge_words", ()))]
        if not work and (basis != "read" or given.get("holder") or given.get("stated_in")):
            what = "the work in which this was read is missing"
            remedy = "the work and the page, or give basis read for an interpretation of your own"
            raise InputError(what, remedy=f"Name {remedy}")
        own, holders = self._holders(work, given)
        if not holders and basis != "read":
            remedy = "Give the holder of this statement"
            raise InputError(f"{self.label(own or work)} has no author", remedy=remedy)
        if holders and not own and set(holders) & set(self.works_index.authors(work)):
            own = work
        hedge = given.get("hedge") or ("hedged" if markers else "asserted")
        passage = self.passage(work, page, given.get("phrase", "")) if work else ""
        return {
            "dcterms:creator": "" if holders else self.layout.curator,
            "sq:heldBy": [("iri", one) for one in holders],
            "sq:statedIn": ("iri", own),
            "sq:via": ("iri", self.find(via, "work")) if via else "",
            "sq:reportedIn": ("iri", passage),
            "sq:citation": ("iri", self._citation(work, passage, own, holders, given)),
            "sq:basis": self.code("basis", basis or ("worded" if own == work else "reported")),
            "sq:hedge": self.code("hedge", hedge),
            "sq:hedgeMarker": markers,
            "sq:reviewStatus": self.code("reviewStatus", "draft"),
        }

    def _field(
        self, kind: str, field: str, value: object
    ) -> dict[str, PropertyValue | Sequence[PropertyValue]]:
        """The properties that a field of a kind of thing stands for, with their values."""
        known = FIELDS[field]
        match field:
            case "of":
                return {OF[kind]: self._links(value)}
            case "holder":
                holders = map(self._holder, as_list(cast(Nameables, value)))
                return {"sq:heldBy": [("iri", one) for one in holders]}
            case "hedge_words":
                return {"sq:hedgeMarker": list(text_list(cast(str, value)))}
            case "ordered_by":
                return {"sq:orderedBy": ("en", text_of(value)), "sq:ordered": bool(value)}
        name = known["property"]
        if code := known.get("code"):
            return {name: self.code(code, cast(str, value))}
        if known["value"] == "link":
            return {name: self._links(value, *known.get("kinds", ()))}
        text = text_of(value)
        return {name: ("en", text) if known["value"] == "text" else text}

    def _links(self, names: object, *kinds: str) -> list[PropertyValue]:
        """One thing or several as values."""
        return [("iri", self.find(one, *kinds)) for one in as_list(cast(Nameables, names))]

    def _citation(
        self, work: str, passage: str, own: str, holders: Sequence[str], given: AttributionArgs
    ) -> str:
        """The mention of the holder's own work, or of the holder, that bears the cited page, or
        ''.
        """
        page, cited = str(given.get("cited_page", "")).strip(), own or next(iter(holders), "")
        if not page:
            return ""
        if not passage or cited == work:
            remedy = "Give the cited work (stated in) or the holder of the view (holder)"
            raise InputError(f"a cited page {page!r} needs a work that is cited", remedy=remedy)
        place = Locator(*pages(page))
        slug = make_slug(f"{slug_of(work)}-{slug_of(cited)}-{place.slug}")
        label = f"{self.label(work)} citing {self.label(cited)}, {place.label}"
        properties: Properties = {
            "cito:hasCitingEntity": ("iri", work),
            "cito:hasCitedEntity": ("iri", cited),
            "sq:citedPage": "–".join(filter(None, (place.first, place.last))),
            "sq:reportedIn": ("iri", passage),
        }
        return self.state_part(self.file_of(work), "citation", slug, label, properties)

    def _holders(self, work: str, given: AttributionArgs) -> tuple[str, list[str]]:
        """The holder's own work, or '', and the holders; nobody holds our own interpretation."""
        named, via = given.get("holder", ()), given.get("via")
        if given.get("basis") == "read" and not named and not given.get("stated_in"):
            return "", []
        if stated_in := given.get("stated_in"):
            own = self.find(stated_in, "work")
        else:
            own = "" if named or via else work
        holders = [self._holder(one) for one in as_list(named)]
        return own, holders or self.works_index.authors(own or work)

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
        """A place of a work that was read, found by a phrase of at most eight words; returns its
        IRI.

        `digest` and `lines` say in which text it was found, where a program looked; `is_counted`
        that its page number is not printed. A passage that is there already keeps what it says of
        these.
        """
        place, phrase = locator_of(page), " ".join(phrase.split())
        words = [slug_of(work), place.slug, *make_slug(phrase).split("-")[:4]]
        file, slug = self.file_of(work), "-".join(filter(None, words))
        label = f"{self.label(work)}, {place.label}"
        label += f", {in_quotes(phrase)}" if phrase else ""
        basis = self.code("pageBasis", "inferred")
        known = {o for _, o in self.statements.about(file, self.mint("passage", slug))}
        if not is_counted and f"<{basis[1]}>" not in known:
            basis = self.code("pageBasis", "printed")
        properties: Properties = {
            "sq:inWork": ("iri", work),
            "sq:pageLabel": place.first,
            "sq:lastPageLabel": place.last,
            "sq:section": ("iri", self._section(work, place.section)) if place.section else "",
            "sq:paragraph": place.paragraph or "",
            "sq:phrase": phrase,
            "sq:pageBasis": basis if place.first else "",
        }
        passage = self.state_part(file, "passage", slug, label, properties)
        stated = self.statements.about(file, passage)
        if digest and not any("sourceDigest>" in p for p, _ in stated):
            first, last = lines
            found: Properties
            found = {"sq:sourceDigest": digest, "sq:firstLine": first, "sq:lastLine": last}
            self.statements.add(file, passage, found)
        return passage

    def _own_slug(
        self, work: str, place: str, summary: str, phrase: str, attributed: Properties
    ) -> str:
        """A definition's name of work and place, with the holder between where the work only
        reports it, unless another version named it without; in an import with the first words of
        its phrase, where another definition has that name.
        """
        plain, file = f"{slug_of(work)}-{place}", self.file_of(work)
        holders = [one for _, one in cast(list[tuple[str, str]], attributed["sq:heldBy"])]
        if holders and not set(holders) & set(self.works_index.authors(work)):
            there = self.statements.about(file, self.mint("definition", plain))
            if {o[1:-1] for p, o in there if p == f"<{SQ}heldBy>"} != set(holders):
                plain = "-".join([slug_of(work), *map(slug_of, holders[:2]), place])
        return self._free_slug(file, "definition", plain, summary, phrase, attributed)

    def _free_slug(
        self,
        file: Path,
        kind: str,
        plain: str,
        summary: str,
        phrase: str,
        attributed: Properties,
    ) -> str:
        """A name; in an import with the first words of a phrase, where a thing with another summary
        and passage has that name.
        """
        taken = self.mint(kind, plain)
        there = self.statements.about(file, taken)
        if self.on_conflict != "update" or not there:
            return plain
        given = {"sq:summary": ("en", summary), "sq:reportedIn": attributed["sq:reportedIn"]}
        new = StatedThing.of("", given).pairs - StatedThing.of("", {}).pairs
        words = make_slug(phrase).split("-")[:4]
        if new & there or not any(words):
            return plain
        longer = "-".join([plain, *words])
        self.namesakes[self.mint(kind, longer)] = taken
        return longer

    def _section(self, work: str, heading: str) -> str:
        """The section of a work with a heading, which is stated if the map lacks it."""
        slug = make_slug(f"{slug_of(work)}-{make_slug(heading)}")
        phrase = " ".join(heading.split()[:8])
        pattern = f"?it a sq:Section ; sq:inWork <{work}> ; sq:phrase ?heading"
        for row in self.graph.select(f"SELECT ?it ?heading {{ {pattern} }}"):
            if fold_text(row["heading"].value) == fold_text(phrase):
                return row["it"].value
        properties: Properties = {"sq:inWork": ("iri", work), "sq:phrase": phrase}
        return self.state(self.file_of(work), "section", slug, heading, properties)

    def _coding(self, work: str, thing: str, aspect: str, values: list[str], replace: bool) -> str:
        coded: Properties = {"sq:codedTerm": [("en", one) for one in values]}
        if len(values) == 1 and values[0].lower() in _COVERAGE:
            coded = {"sq:coverage": self.code("coverage", _COVERAGE[values[0].lower()])}
        elif self.allowed(aspect):
            coded = {"sq:codedValue": [("iri", self.allowed_value(aspect, one)) for one in values]}
        properties: Properties = {
            "sq:codes": ("iri", thing),
            "sq:aspect": ("iri", aspect),
            "sq:reviewStatus": self.code("reviewStatus", "draft"),
            **coded,
        }
        slug = f"{slug_of(thing)}-{slug_of(aspect)}"
        return self.state(self.file_of(work), "coding", slug, "", properties, replace=replace)

    def _codings(
        self, work: str, definition: str, aspects: Mapping[str, str | Sequence[str]], replace: bool
    ) -> list[str]:
        """Codes a definition by aspects; returns the codings."""
        if not isinstance(cast(object, aspects), Mapping):
            remedy = 'Write aspects={"process-or-outcome": "outcome"}'
            raise InputError("aspects are given without their values", remedy=remedy)
        coded = ((self.find(name, "aspect"), text_list(values)) for name, values in aspects.items())
        return [self._coding(work, definition, *one, replace) for one in coded]


def pages(given: str | int) -> tuple[str, str]:
    """The first and the last page of a range, the last one empty where there is only one.

    >>> pages("290–291"), pages("pp. xi"), pages("S. 5-5"), pages(7)
    (('290', '291'), ('xi', ''), ('5', ''), ('7', ''))
    >>> pages("p.10"), pages("290-1")
    (('10', ''), ('290', '291'))
    """
    if not isinstance(given, str | int) or isinstance(given, bool):
        raise InputError(f"{given!r} is not a page", remedy=_PAGE)
    plain = _BEFORE_PAGES.sub("", str(given).strip())
    first, _, last = (part.strip() for part in re.sub(r"\s*[-‐-―−]+\s*", "–", plain).partition("–"))
    if first.isdecimal() and last.isdecimal() and len(last) < len(first):
        last = first[: -len(last)] + last  # `290–1`
    is_backward = first.isdecimal() and last.isdecimal() and int(last) < int(first)
    if not first or is_backward or any(map(_NO_PAGE.search, (first, last))):
        raise InputError(f"{given!r} is not a page", remedy=_PAGE)
    return first, "" if last == first else last


_BEFORE_PAGES = re.compile(r"(?:pages?|Seiten?|(?:pp?|S)\.?)\s+(?=\S)|(?:pp?|S)\.(?=[0-9])")
_NO_PAGE = re.compile(r"[\s,;'’]|^[0-9]+\s?ff?\.?$")
"""What several pages, an open range or a stray mark of a spreadsheet have in them."""
_PAGE = "Write one page or a range, such as 290 or 290–291, or a section: Introduction, para. 2"


_SECTION = re.compile(
    r"(?:sections?|sect?\.|§)?\s*(?P<section>.+?)[,;]?\s+(?:paragraphs?|paras?\.?|"
    r"¶)\s*(?P<number>[0-9]+)",
    re.IGNORECASE,
)


class Locator(NamedTuple):
    """Where something stands in a work: pages, or a section and its paragraph where there are
    none.
    """

    first: str = ""
    last: str = ""
    section: str = ""
    paragraph: int = 0

    @property
    def slug(self) -> str:
        """The place as part of a slug."""
        if self.section:
            return f"{make_slug(self.section)[:60].strip('-')}-{self.paragraph}"
        return page_slug(self.first, self.last)

    @property
    def label(self) -> str:
        """The place as a reader sees it."""
        if self.section:
            return f"section ‘{self.section}’, para. {self.paragraph}"
        return page_label(self.first, self.last)


@lru_cache(maxsize=1_000, typed=True)
def locator_of(given: str | int) -> Locator:
    """The place that a page, a range, or a section with its paragraph names.

    >>> locator_of("p. 5").label, locator_of("Introduction, para. 2").label
    ('p. 5', 'section ‘Introduction’, para. 2')
    """
    found = _SECTION.fullmatch(" ".join(str(given).split()))
    if found:
        return Locator(section=found["section"], paragraph=int(found["number"]))
    return Locator(*pages(given))


def page_slug(first: str, last: str) -> str:
    """Pages as part of a slug: `p290`, `p290-291`, `pxi`, `abstract`.

    >>> page_slug("290", "291"), page_slug("abstract", "")
    ('p290-291', 'abstract')
    """
    plain = "-".join(make_slug(page) for page in (first, last) if page)
    return f"p{plain}" if re.match(r"[0-9]|[ivxlc]+(-|\Z)", plain) else plain
