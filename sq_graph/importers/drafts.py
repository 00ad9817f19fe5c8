"""Bibliographic records in the making, from fields by the names that BibTeX and BibLaTeX give them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sq_graph.errors import InputError
from sq_graph.model.records import FIELDS, KINDS, Name, Record

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
    "crossref",
    "ids",
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
    ("abstract", "annote", "annotation"),
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
        "id",
        "system_id",
    ),
    "it is the reference manager's own bookkeeping",
)
_DOI = re.compile(r"10\.[0-9]{4,9}/[^\s{}]+")
_YEAR = re.compile(
    r"[\[(]?(-?[0-9]{4})([a-rt-z]?)[\])]?\Z|(-?[0-9]{4})-[0-9]{2}(?:-[0-9]{2})?\Z"
)  # 1950s is a decade


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

    def record(self, kind: str, written: str, keys: Iterable[str], **more: Any) -> Record:
        """The record, with its year as it is written: a number and perhaps a letter, else words in its place."""
        year, note, suffix = dated(written)
        fields = {name: tuple(values) for name, values in self.fields.items()}
        return Record(
            kind,
            year=year,
            year_note=note,
            year_suffix=suffix,
            keys=tuple(filter(None, keys)),
            fields=fields,
            lost=tuple(self.lost),
            **more,
        )


def dated(written: str) -> tuple[int | None, str, str]:
    """A year as (year, words in its place, letter after it): one of the first two is given.

    >>> dated("2008a"), dated("forthcoming"), dated("1999/2000"), dated("2001-05-03")
    ((2008, '', 'a'), (None, 'forthcoming', ''), (None, '1999/2000', ''), (2001, '', ''))
    """
    written = " ".join(written.split())
    found = _YEAR.match(written)
    year = int(found[1] or found[3]) if found else 9999
    return (year, "", found[2] or "") if found and year <= 2100 else (None, written, "")
