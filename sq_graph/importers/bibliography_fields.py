"""Bibliographic records under construction, from any format."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sq_graph.errors import InputError
from sq_graph.importers.dates import Date, read_date
from sq_graph.importers.formats import FORMATS, kinds_in
from sq_graph.model.records import FIELDS, IN_NOTE, SEVERAL, Name, Record, without_html

_KINDS = kinds_in("bibtex")
HANDLED = frozenset(FORMATS["bibtex"]["handled"])
"""Fields of BibTeX that are read one by one."""
PUBLISHED = {field.bibtex: field.name for field in FIELDS if field.bibtex not in HANDLED}
PUBLISHED |= FORMATS["bibtex"]["fields"]
"""Fields of BibTeX with the corresponding fields of ours."""
_REASONS = {name: reason for reason, names in FORMATS["not-kept"].items() for name in names}
_OTHERS = ("others", "et al")
_DOI = re.compile(r"10\.[0-9]{4,9}/[^\s{}]+")
_IN_NOTES = {
    "bibo:doi": re.compile(
        r"(?:^|; ?)DOI: ?(?:\w+://[\w.]+/)?(10\.[0-9]{4,9}/[^\s;]*[^\s;.,])[.,]*", re.IGNORECASE
    ),
    "bibo:uri": re.compile(rf"(?:^|; ){IN_NOTE['bibo:uri']}: (\S+?)(?=; |$)"),
    "dcterms:identifier": re.compile(rf"(?:^|; ){IN_NOTE['dcterms:identifier']}: (.+?)(?=; |$)"),
}
"""The texts of a note that belong into another field."""
_PAGES = re.compile(r"(?:pp?\.|pages?\s|[SСс]\.|стр\.)\s*(?=[0-9])")
_PUNCTUATED = ("dcterms:title", "dcterms:publisher", "sq:publisherPlace")
"""Fields that catalogues end with the punctuation before the next one: `Glencoe, Ill. :`."""
_COPIED = ("bibo:uri", "bibo:doi", "dcterms:identifier")
"""Fields that are copied character by character."""


@dataclass(frozen=True)
class Fault:
    """Something that could not be read: its file and line, the reason, the kind and the number."""

    location: str
    reason: str
    kind: str = "entry"
    count: int = 1


Bibliography = tuple[list[Record], list[Fault]]
"""The records of a file, and its parts that cannot be read."""


def record_of(title: str, authors: Iterable[Name], year: str, fields: Mapping[str, str]) -> Record:
    """A record from fields by their BibTeX names, as given in a call or a sheet.

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
    for name, reason in draft.lost:
        remedy = "Write it as in 10.1000/182" if name == "doi" else "Give one of the two"
        raise InputError(reason, remedy=remedy)
    guess = "article" if fields.get("journal") else "book" if fields.get("publisher") else "misc"
    type_name = (fields.get("kind") or guess).strip()
    kind = _KINDS.get(type_name.lower(), type_name)
    if kind not in _KINDS.values():
        remedy = "Use a type of BibTeX, such as article, book, incollection or techreport"
        raise InputError(f"{type_name!r} is not a kind of work", remedy=remedy)
    draft.put_dates(("date", year))
    return draft.record(kind, [fields.get("key", "")], {"author": authors})


class RecordFields:
    """A record under construction: its fields, its date, and what is lost or unclear."""

    def __init__(self) -> None:
        self.fields: dict[str, list[str]] = {}
        self.date = Date()
        self.lost: list[tuple[str, str]] = []
        self.doubts: list[str] = []

    def one(self, field: str) -> str:
        """The first value of a field, or ''."""
        return next(iter(self.fields.get(field, ())), "")

    def put(self, field: str, *values: object, name: str = "") -> None:
        """Adds values to a field, except empty ones and those that it has already.

        A field of one value keeps the first; the others are reported under `name`, which is what
        the format calls the field.
        """
        for value in (value for text in values for value in _clean(field, str(text))):
            is_issn = field == "bibo:isbn" and len(re.sub(r"[^0-9Xx]", "", value)) == 8
            target = "bibo:issn" if is_issn else field  # Mendeley and RIS have one field for both
            existing = self.fields.get(target, [])
            if not existing or target in SEVERAL:
                self.fields[target] = list(dict.fromkeys([*existing, value]))
            elif value != existing[0]:
                name = name or target.partition(":")[2]
                self.lose(name, f"the record has {existing[0]!r}, not {value!r}")

    def put_addresses(self, doi: str, *urls: str) -> None:
        """Puts a DOI, bare or as an address, and other addresses in their fields."""
        doi = re.sub("%2F", "/", doi, flags=re.IGNORECASE)
        if match := _DOI.search(doi):
            self.put("bibo:doi", match[0].rstrip(".,;"))
            if remaining := doi[match.end() :].strip(" .,;{}"):
                self.lose("doi", f"only the first DOI is kept (not {remaining!r})")
        elif "://" in doi:
            self.put("bibo:uri", doi)
        elif doi.strip():
            self.lose("doi", f"{doi!r} is not a DOI")
        for url in urls:  # EndNote's link to the Web of Science
            self.put("dcterms:identifier", *re.findall(r"<Go to \w+>://(\S+)", url))
        urls = tuple(re.sub(r"<Go to \w+>://\S+", "", url) for url in urls)
        separate = (part for url in urls for part in re.split(r"[;,]?\s+(?=\w+://)", url))
        for url in (part.strip(" <>") for part in separate):
            doi_match = re.match(r"https?://(?:dx\.)?doi\.org/(10\.[0-9]{4,9}/\S+)\Z", url)
            known_doi = self.fields.setdefault("bibo:doi", [doi_match[1]])[0] if doi_match else ""
            if not doi_match or known_doi.lower() != doi_match[1].lower():
                self.put("bibo:uri", url)

    def put_dates(self, *dates: tuple[str, str]) -> None:
        """Reads the dates of a record, each with the name of its field.

        The first with a year counts, completed from those that agree with it; one without a year,
        such as a month, is read with that year. Others are reported.
        """
        written = [(name, text) for name, text in dates if read_date(text) != Date()]
        for name, text in sorted(written, key=lambda date: read_date(date[1]).year is None):
            has_year = re.search("[0-9]{4}", text) or not self.date.year
            year = "" if has_year else f"{' ' if text[-1].isalpha() else '.'}{self.date.year:04}"
            date, known = read_date(text + year), self.date
            shorter, longer = sorted((date.issued, known.issued), key=len)
            if known in (date, Date()):
                self.date = date
            elif date.year == known.year is not None and longer.startswith(shorter):
                self.date = known._replace(suffix=known.suffix or date.suffix, issued=longer)
            else:
                kept = known.note or known.issued or str(known.year)
                self.lose(name, f"the record has the date {kept!r}, not {text!r}")
            if date.extra:
                self.lose(name, f"{date.extra!r} cannot be part of a date")

    def kind(self, kinds: Mapping[str, str], name: str, doubt: str) -> str:
        """The class of BIBO for a type; for an unknown type a document, with a doubt."""
        if name not in kinds:
            self.doubts.append(f"{doubt}; it is kept as a document")
        return kinds.get(name, "Document")

    def lose(self, name: str, reason: str = "") -> None:
        """Records a field that the map does not keep, and the reason."""
        reason = reason or _REASONS.get(name.lower(), "the map has no field for it")
        self.lost.append((name, reason))

    def _read_notes(self) -> None:
        """Moves the DOI for which Zotero has no field, and what an export wrote under our labels,
        from notes to their fields.
        """
        for field, pattern in _IN_NOTES.items():
            if field in SEVERAL or field not in self.fields:
                notes = self.fields.pop("skos:note", [])
                self.put(field, *(value for note in notes for value in pattern.findall(note)))
                self.put("skos:note", *(pattern.sub("", note).removeprefix("; ") for note in notes))

    def record(
        self,
        kind: str,
        keys: Iterable[str],
        people: Mapping[str, Iterable[Name]],
        location: str = "",
    ) -> Record:
        """The record; `people` are authors, editors and translators by role."""
        self._read_notes()
        self.put("dcterms:issued", self.date.issued)
        all_names = {role: tuple(names) for role, names in people.items()}
        named = {role: tuple(filter(_is_named, names)) for role, names in all_names.items()}
        for role in named.keys() - {"author"}:
            if named[role] != all_names[role]:
                self.doubts.append(f"{role}: those who are not named (“et al.”) are left out")
        return Record(
            kind,
            named.get("author", ()),
            named.get("editor", ()),
            named.get("translator", ()),
            et_al=named.get("author") != all_names.get("author"),
            year=self.date.year,
            year_note=self.date.note,
            year_suffix=self.date.suffix,
            keys=tuple(dict.fromkeys(filter(None, keys))),
            fields={name: tuple(values) for name, values in self.fields.items() if values},
            lost=tuple(self.lost),
            doubts=tuple(self.doubts),
            place=location,
        )


def _clean(field: str, text: str) -> list[str]:
    """The values in a text of a field, without what other programs write around them."""
    text = " ".join((text if field in _COPIED else without_html(text)).split())
    if field in ("bibo:isbn", "bibo:issn"):
        return list(filter(None, _numbers_in(text)))
    if field == "bibo:pages":
        text = _PAGES.sub("", text)
    if field in _PUNCTUATED:
        text = re.sub(r" [:;/]$|(?<=[a-z.]{2}),$", "", text)
    return [text] if text else []


def _is_named(name: Name) -> bool:
    return name.family.lower().strip(".") not in _OTHERS


def _numbers_in(text: str) -> list[str]:
    """The ISBNs or ISSNs in a text; the text itself where it is not a list of them.

    >>> _numbers_in("9780190000001 9780190000002"), _numbers_in("978 0 19 000000 1")
    (['9780190000001', '9780190000002'], ['978 0 19 000000 1'])
    """
    text = re.sub(r"\s*\(IS[BS]N\)", "", text)  # as Scopus writes it
    for separator in (r"\s*[,;]\s*", r"[\s,;]+"):
        parts = re.split(separator, text)
        if all(re.fullmatch(r"(?:[0-9Xx][ -]*){8,13}", part) for part in parts):
            return parts
    return [text]


def keywords_in(line: str) -> list[str]:
    """The keywords of a line, between semicolons if there are any, else between commas.

    >>> keywords_in("trust, care; help")
    ['trust, care', 'help']
    """
    return re.split(r"\s*;\s*" if ";" in line else r"\s*,\s*", line)
