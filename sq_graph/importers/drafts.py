"""Bibliographic records in the making, and how the formats name their kinds and fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sq_graph.errors import InputError
from sq_graph.importers.dates import read_date
from sq_graph.model.records import FIELDS, KINDS, Name, Record

CSL_KINDS = {kind.csl: kind.bibo for kind in KINDS} | {
    "article": "AcademicArticle",
    "article-magazine": "AcademicArticle",
    "article-newspaper": "AcademicArticle",
    "post-weblog": "Webpage",
    "post": "Webpage",
    "speech": "Article",
    "review": "AcademicArticle",
    "review-book": "AcademicArticle",
    "entry": "Chapter",
    "entry-dictionary": "Chapter",
    "entry-encyclopedia": "Chapter",
}
CSL_FIELDS = {f.csl: f.name for f in FIELDS if f.csl not in ("DOI", "URL", "issued", "keyword")}
RIS_KINDS = {kind.ris: kind.bibo for kind in KINDS} | {
    "CONF": "Article",
    "WEB": "Webpage",
    "BLOG": "Webpage",
    "EJOUR": "AcademicArticle",
    "NEWS": "AcademicArticle",
    "MGZN": "AcademicArticle",
    "ECHAP": "Chapter",
    "EBOOK": "Book",
    "ENCYC": "Chapter",
    "INPR": "AcademicArticle",
}
BIBTEX_KINDS = {kind.bibtex: kind.bibo for kind in KINDS} | {
    "inbook": "Chapter",
    "conference": "Article",
    "booklet": "Book",
    "mvbook": "Book",
    "thesis": "Thesis",
    "mastersthesis": "Thesis",
    "report": "Report",
    "manual": "Report",
    "electronic": "Webpage",
    "www": "Webpage",
    "mvcollection": "EditedBook",
    "abook": "Book",
    "suppbook": "Chapter",
    "dataset": "Document",
}
HANDLED = {
    "author",
    "editor",
    "translator",
    "year",
    "date",
    "month",
    "number",
    "doi",
    "url",
    "eprint",
    "eprinttype",
    "archiveprefix",
    "subtitle",
    "booksubtitle",
    "crossref",
    "ids",
    "day",
}
"""Fields of BibTeX that are read one by one."""
PUBLISHED = {field.bibtex: field.name for field in FIELDS if field.bibtex not in HANDLED} | {
    "langid": "dcterms:language",
    "issue": "bibo:issue",
    "journal": "sq:containerTitle",
    "eid": "bibo:number",
    "journaltitle": "sq:containerTitle",
    "maintitle": "dcterms:isPartOf",
    "school": "dcterms:publisher",
    "institution": "dcterms:publisher",
    "organization": "dcterms:publisher",
    "location": "sq:publisherPlace",
}
"""Fields of BibTeX that are one of ours."""
_WHY = dict.fromkeys(
    ("abstract", "annote", "annotation", "ab", "n2"),
    "a long text is not kept: the map holds summaries in one's own words",
) | dict.fromkeys(
    (
        "file",
        "owner",
        "timestamp",
        "groups",
        "date-added",
        "date-modified",
        "urldate",
        "bdsk-url-1",
        "__markedentry",
        "internal-note",
        "accessed",
        "system_id",
        "l1",
        "l2",
        "l4",
        "y2",
        "attachments",
        "accessdate",
    ),
    "it is the reference manager's own bookkeeping",
)
_HTML = re.compile(r"</?(?:i|b|em|sub|sup|span|p)>|&(?:amp|lt|gt|quot|nbsp|#\w+);")
_DOI = re.compile(r"10\.[0-9]{4,9}/[^\s{}]+")


@dataclass(frozen=True)
class Fault:
    """An entry that could not be read: its file and line, and why."""

    place: str
    why: str


Bibliography = tuple[list[Record], list[Fault]]
"""The records of a file, and what of it cannot be read."""


def record_of(
    title: str, authors: tuple[Name, ...], year: str, fields: Mapping[str, str]
) -> Record:
    """A record from fields by their BibTeX names, as a person writes them in a call or in a sheet.

    >>> record_of("Trust", (), "1995", {"journal": "Ends"}).one("sq:containerTitle")
    'Ends'
    """
    draft = Draft()
    draft.put("dcterms:title", title)
    for name, value in fields.items():
        if name in PUBLISHED or name == "number":
            draft.put(PUBLISHED.get(name, "bibo:issue"), value)
        elif name not in ("doi", "url", "key", "kind"):
            remedy = f"It has {', '.join(PUBLISHED)}, doi, url, key, kind"
            raise InputError(f"a work has no field {name!r}", remedy=remedy)
    draft.put_addresses(fields.get("doi", ""), fields.get("url", ""))
    if draft.lost:
        raise InputError(draft.lost[0][1], remedy="Write it as in 10.1000/182")
    guess = "article" if fields.get("journal") else "book" if fields.get("publisher") else "misc"
    kind = BIBTEX_KINDS.get((fields.get("kind") or guess).lower(), "Document")
    return draft.record(kind, year, [fields.get("key", "")], authors=authors)


class Draft:
    """A record in the making: its fields, and what of the entry is lost."""

    def __init__(self) -> None:
        self.fields: dict[str, list[str]] = {}
        self.lost: list[tuple[str, str]] = []
        self.doubts: list[str] = []

    def one(self, name: str) -> str:
        """The first value of a field, or ''."""
        return next(iter(self.fields.get(name, ())), "")

    def put(self, name: str, *values: object) -> None:
        """Adds values to a field; empty ones, and those that it has, are left out."""
        there = self.fields.get(name, [])
        tidy = (" ".join(str(value).split()) for value in values)
        if new := [value for value in dict.fromkeys(tidy) if value and value not in there]:
            self.fields[name] = [*there, *new]

    def put_addresses(self, doi: str, *urls: str) -> None:
        """Puts a DOI, bare or as an address, and addresses that are none, in their fields."""
        if found := _DOI.search(doi):
            self.put("bibo:doi", found[0].rstrip(".,;"))
            for further in _DOI.findall(doi)[1:]:
                self.lost.append(("doi", f"only the first DOI is kept (not {further!r})"))
        elif "://" in doi:
            self.put("bibo:uri", doi)
        elif doi.strip():
            self.lost.append(("doi", f"{doi!r} is no DOI"))
        for url in urls:
            at_doi = re.match(r"https?://(?:dx\.)?doi\.org/(10\.[0-9]{4,9}/\S+)\Z", url.strip())
            known = self.fields.setdefault("bibo:doi", [at_doi[1]])[0] if at_doi else ""
            if not at_doi or known.lower() != at_doi[1].lower():
                self.put("bibo:uri", url)

    def lose(self, names: Iterable[str]) -> None:
        """Notes fields that the map does not keep, and why."""
        self.lost += [
            (name, _WHY.get(name.lower(), "the map has no place for it")) for name in names
        ]

    def lose_because(self, name: str, why: str) -> None:
        """Notes a field that is not kept, for a reason of its own."""
        self.lost.append((name, why))

    def record(self, kind: str, written: str, keys: Iterable[str], **more: Any) -> Record:
        """The record, with the date as it is written: a year, or words in its place."""
        if _HTML.search(self.one("dcterms:title")):
            self.doubts.append("title: it holds codes of HTML")
        date = read_date(written)
        if date.rest:
            self.lose_because("date", f"{date.rest!r} has no place in a date")
        self.put("dcterms:issued", date.issued)
        return Record(
            kind,
            year=date.year,
            year_note=date.note,
            year_suffix=date.suffix,
            keys=tuple(dict.fromkeys(filter(None, keys))),
            fields={name: tuple(values) for name, values in self.fields.items() if values},
            lost=tuple(self.lost),
            doubts=tuple(self.doubts),
            **more,
        )
