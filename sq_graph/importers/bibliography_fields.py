"""Bibliographic records in the making, whatever format they are read from."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sq_graph.errors import InputError
from sq_graph.importers.dates import read_date
from sq_graph.importers.formats import FORMATS, kinds_in
from sq_graph.model.records import FIELDS, IN_NOTE, Name, Record, without_html

_KINDS = kinds_in("bibtex")
HANDLED = frozenset(FORMATS["bibtex"]["handled"])
"""Fields of BibTeX that are read one by one."""
PUBLISHED = {field.bibtex: field.name for field in FIELDS if field.bibtex not in HANDLED}
PUBLISHED |= FORMATS["bibtex"]["fields"]
"""Fields of BibTeX that are one of ours."""
_WHY = {name: why for why, names in FORMATS["not-kept"].items() for name in names}
_OTHERS = ("others", "et al")
_DOI = re.compile(r"10\.[0-9]{4,9}/[^\s{}]+")
_DOI_IN_NOTE = re.compile(
    r"(?:^|; ?)DOI: ?(?:\w+://[\w.]+/)?(10\.[0-9]{4,9}/[^\s;]+)", re.IGNORECASE
)
_PAGES = re.compile(r"(?:pp?\.|pages?\s|[SСс]\.|стр\.)\s*(?=[0-9])")
_PUNCTUATED = ("dcterms:title", "dcterms:publisher", "sq:publisherPlace")
"""Fields after which catalogues write the sign before the next one: `Glencoe, Ill. :`."""
_COPIED = ("bibo:uri", "bibo:doi", "dcterms:identifier")
"""Fields that are copied character by character."""


@dataclass(frozen=True)
class Fault:
    """What could not be read: its file and line, why, and how many of which kind it is."""

    place: str
    why: str
    kind: str = "entry"
    number: int = 1


Bibliography = tuple[list[Record], list[Fault]]
"""The records of a file, and what of it cannot be read."""


def record_of(title: str, authors: Iterable[Name], year: str, fields: Mapping[str, str]) -> Record:
    """A record from fields by their BibTeX names, as a person writes them in a call or in a sheet.

    >>> record_of("Trust", (), "1995", {"journal": "Ends"}).one("sq:containerTitle")
    'Ends'
    """
    draft = RecordFields()
    draft.put("dcterms:title", title)
    for name, value in fields.items():
        if name in PUBLISHED or name == "number":
            values = keywords_in(value) if name == "keywords" else [value]
            draft.put(PUBLISHED.get(name, "bibo:issue"), *values)
    draft.put_addresses(fields.get("doi", ""), fields.get("url", ""))
    if draft.lost:
        raise InputError(draft.lost[0][1], remedy="Write it as in 10.1000/182")
    guess = "article" if fields.get("journal") else "book" if fields.get("publisher") else "misc"
    wanted = (fields.get("kind") or guess).strip()
    kind = _KINDS.get(wanted.lower(), wanted)
    if kind not in _KINDS.values():
        remedy = "Use a type of BibTeX, such as article, book, incollection or techreport"
        raise InputError(f"{wanted!r} is not a kind of work", remedy=remedy)
    return draft.record(kind, year, [fields.get("key", "")], {"author": authors})


class RecordFields:
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
        whole = map(str, values) if name in _COPIED else map(without_html, map(str, values))
        tidy = [" ".join(value.split()) for value in whole]
        if name in ("bibo:isbn", "bibo:issn"):
            tidy = [number for value in tidy for number in _numbers_in(value)]
        if name == "bibo:isbn":  # Mendeley and RIS have one field for both
            short = [one for one in tidy if len(re.sub(r"[^0-9Xx]", "", one)) == 8]
            self.put("bibo:issn", *short)
            tidy = [one for one in tidy if one not in short]
        if name == "bibo:pages":
            tidy = [_PAGES.sub("", value) for value in tidy]
        if name in _PUNCTUATED:
            tidy = [re.sub(r" [:;/]$|(?<=[a-z.]{2}),$", "", value) for value in tidy]
        if new := [value for value in dict.fromkeys(tidy) if value and value not in there]:
            self.fields[name] = [*there, *new]

    def put_addresses(self, doi: str, *urls: str) -> None:
        """Puts a DOI, bare or as an address, and addresses that are none, in their fields."""
        doi = re.sub("%2F", "/", doi, flags=re.IGNORECASE)
        if found := _DOI.search(doi):
            self.put("bibo:doi", found[0].rstrip(".,;"))
            if rest := doi[found.end() :].strip(" .,;{}"):
                self.lose("doi", f"only the first DOI is kept (not {rest!r})")
        elif "://" in doi:
            self.put("bibo:uri", doi)
        elif doi.strip():
            self.lose("doi", f"{doi!r} is not a DOI")
        for url in urls:  # EndNote's link to the Web of Science
            self.put("dcterms:identifier", *re.findall(r"<Go to \w+>://(\S+)", url))
        urls = tuple(re.sub(r"<Go to \w+>://\S+", "", url) for url in urls)
        separate = (one for url in urls for one in re.split(r"[;,]?\s+(?=\w+://)", url))
        for url in (one.strip(" <>") for one in separate):
            at_doi = re.match(r"https?://(?:dx\.)?doi\.org/(10\.[0-9]{4,9}/\S+)\Z", url)
            known = self.fields.setdefault("bibo:doi", [at_doi[1]])[0] if at_doi else ""
            if not at_doi or known.lower() != at_doi[1].lower():
                self.put("bibo:uri", url)

    def put_one(self, name: str, target: str, value: str) -> None:
        """Puts what a format has as `name` in a field, or reports it where another value is
        there.
        """
        if target not in self.fields:
            self.put(target, value)
        elif value not in self.fields[target]:
            self.lose(name, f"the record has {self.one(target)!r} instead")

    def kind(self, kinds: Mapping[str, str], name: str, doubt: str) -> str:
        """The class of BIBO for a type; for one that is not known a document, with a doubt."""
        if name not in kinds:
            self.doubts.append(f"{doubt}; it is kept as a document")
        return kinds.get(name, "Document")

    def lose(self, name: str, why: str = "") -> None:
        """Notes a field that the map does not keep, and why."""
        self.lost.append((name, why or _WHY.get(name.lower(), "the map has no field for it")))

    def _read_notes(self) -> None:
        """Moves addresses and identifiers that a note holds under our labels to their fields, and
        the DOI for which Zotero has no field.
        """
        notes = self.fields.pop("skos:note", [])
        if "bibo:doi" not in self.fields and (found := _DOI_IN_NOTE.search("; ".join(notes))):
            self.put("bibo:doi", found[1].rstrip(".,"))
            notes = [_DOI_IN_NOTE.sub("", note).removeprefix("; ") for note in notes]
        self.put("skos:note", *notes)
        for target, label in IN_NOTE.items():
            held = r"\S+?" if label == "URL" else ".+?"
            form = re.compile(rf"(?:^|; ){label}: ({held})(?=; |$)")
            notes = self.fields.pop("skos:note", [])
            self.put(target, *(found for note in notes for found in form.findall(note)))
            self.put("skos:note", *(form.sub("", note).removeprefix("; ") for note in notes))

    def record(
        self,
        kind: str,
        written: str,
        keys: Iterable[str],
        people: Mapping[str, Iterable[Name]],
        place: str = "",
    ) -> Record:
        """The record, with the date as it is written: a year, or words in its place; `people` are
        its authors, editors and translators by role.
        """
        self._read_notes()
        date = read_date(written)
        if date.rest:
            self.lose("date", f"{date.rest!r} cannot be part of a date")
        self.put("dcterms:issued", date.issued)
        lines = {role: tuple(names) for role, names in people.items()}
        named = {role: tuple(filter(_is_named, names)) for role, names in lines.items()}
        for role in named.keys() - {"author"}:
            if named[role] != lines[role]:
                self.doubts.append(f"{role}: those who are not named (“et al.”) are left out")
        return Record(
            kind,
            named.get("author", ()),
            named.get("editor", ()),
            named.get("translator", ()),
            et_al=named.get("author") != lines.get("author"),
            year=date.year,
            year_note=date.note,
            year_suffix=date.suffix,
            keys=tuple(dict.fromkeys(filter(None, keys))),
            fields={name: tuple(values) for name, values in self.fields.items() if values},
            lost=tuple(self.lost),
            doubts=tuple(self.doubts),
            place=place,
        )


def _is_named(one: Name) -> bool:
    return one.family.lower().strip(".") not in _OTHERS


def _numbers_in(written: str) -> list[str]:
    """The ISBNs or ISSNs in a text; the text itself where it is not a list of them.

    >>> _numbers_in("9780190000001 9780190000002"), _numbers_in("978 0 19 000000 1")
    (['9780190000001', '9780190000002'], ['978 0 19 000000 1'])
    """
    written = re.sub(r"\s*\(IS[BS]N\)", "", written)  # as Scopus writes it
    for between in (r"\s*[,;]\s*", r"[\s,;]+"):
        parts = re.split(between, written)
        if all(re.fullmatch(r"(?:[0-9Xx][ -]*){8,13}", part) for part in parts):
            return parts
    return [written]


def keywords_in(line: str) -> list[str]:
    """The keywords of a line, between semicolons if there are any, else between commas.

    >>> keywords_in("trust, care; help")
    ['trust, care', 'help']
    """
    return re.split(r"\s*;\s*" if ";" in line else r"\s*,\s*", line)
