"""Reading bibliographies: BibTeX and BibLaTeX, RIS, CSL-JSON, with the dirt of real ones.

A broken entry becomes a fault with its line, and the rest is read. What the map has no place for is not dropped
silently: each record says which fields it loses and why.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from sq_graph.errors import BrokenFile, InputError, MissingPart
from sq_graph.model.records import FIELDS, KINDS, Name, Record

SUFFIXES = (".bib", ".ris", ".json")
_BIBTEX_KINDS = {kind.bibtex: kind.bibo for kind in KINDS} | {
    "inbook": "Chapter", "conference": "Article", "booklet": "Book", "mvbook": "Book", "thesis": "Thesis",
    "mastersthesis": "Thesis", "report": "Report", "manual": "Report", "electronic": "Webpage", "www": "Webpage",
    "mvcollection": "EditedBook", "abook": "Book", "suppbook": "Chapter", "dataset": "Document",
}  # fmt: skip
_CSL_KINDS = {kind.csl: kind.bibo for kind in KINDS} | {
    "article": "AcademicArticle", "article-magazine": "AcademicArticle", "article-newspaper": "AcademicArticle",
    "post-weblog": "Webpage", "speech": "Article", "review": "AcademicArticle", "entry-encyclopedia": "Chapter",
}  # fmt: skip
_RIS_KINDS = {kind.ris: kind.bibo for kind in KINDS} | {"CONF": "Article", "WEB": "Webpage", "BLOG": "Webpage"}
_PUBLISHED = {
    "title": "dcterms:title", "shorttitle": "dcterms:alternative", "series": "dcterms:isPartOf",
    "volume": "bibo:volume", "pages": "bibo:pages", "edition": "bibo:edition", "isbn": "bibo:isbn",
    "issn": "bibo:issn", "language": "dcterms:language", "langid": "dcterms:language", "type": "sq:genre",
    "note": "skos:note", "howpublished": "dcterms:description", "keywords": "dcterms:subject", "issue": "bibo:issue",
    "journal": "sq:containerTitle", "journaltitle": "sq:containerTitle", "booktitle": "sq:containerTitle",
    "maintitle": "dcterms:isPartOf", "publisher": "dcterms:publisher", "school": "dcterms:publisher",
    "institution": "dcterms:publisher", "organization": "dcterms:publisher", "address": "sq:publisherPlace",
    "location": "sq:publisherPlace", "eid": "bibo:number",
}  # fmt: skip
_HANDLED = {"author", "editor", "translator", "year", "date", "month", "number", "doi", "url", "eprint", "eprinttype",
            "archiveprefix", "subtitle", "crossref", "ids"}  # fmt: skip
_LONG = "a long text is not kept: the map holds summaries in one's own words"
_BOOKKEEPING = "it is the reference manager's own bookkeeping"
_WHY = {name: _LONG for name in ("abstract", "annote", "annotation")} | {  # noqa: C420 - reads like the line below
    name: _BOOKKEEPING
    for name in ("file", "owner", "timestamp", "groups", "date-added", "date-modified", "urldate", "bdsk-url-1",
                 "__markedentry", "internal-note", "accessed", "id", "system_id")
}  # fmt: skip
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DOI = re.compile(r"10\.[0-9]{4,9}/[^\s{}]+")
_YEAR = re.compile(r"[\[(]?(-?[0-9]{4})([a-rt-z]?)[\])]?\Z")  # 1950s is a decade


@dataclass(frozen=True)
class Fault:
    """An entry that could not be read: its file and line, and why."""

    place: str
    why: str


Bibliography = tuple[list[Record], list[Fault]]


def read_bibliography(path: Path, progress: Callable[[], None] = lambda: None) -> Bibliography:
    """The records of a bibliography and its faults; raises BrokenFile if the file as a whole cannot be read.

    `progress` is called after each entry. Raises MissingPart without the parser for its format.
    """
    content = _decoded(path)
    reader = {".bib": _read_bibtex, ".ris": _read_ris, ".json": _read_csl}[path.suffix.lower()]
    return reader(content, str(path), progress)


def _read_bibtex(content: str, where: str, progress: Callable[[], None]) -> Bibliography:
    try:
        from bibtexparser.entrypoint import parse_string
        from bibtexparser.middlewares import RemoveEnclosingMiddleware, ResolveStringReferencesMiddleware
    except ImportError:
        raise MissingPart("the reader for BibTeX", "import") from None
    logging.getLogger("bibtexparser").addHandler(logging.NullHandler())  # its warnings are faults of the report
    try:
        stack = [ResolveStringReferencesMiddleware(), RemoveEnclosingMiddleware()]
        library = parse_string(content, parse_stack=stack)
    except Exception as error:  # whatever a parser trips over, the scholar gets a sentence
        raise BrokenFile(f"this is no BibTeX ({_short(error)})", where, remedy="Export it anew") from None
    entries, faults = [(entry, "") for entry in library.entries], []
    for block in library.failed_blocks:
        kept = getattr(block, "ignore_error_block", None)
        if kept is not None and hasattr(kept, "fields"):
            entries.append((kept, _short(block.error)))
        else:
            faults.append(
                Fault(f"{where}:{(block.start_line or 0) + 1}", f"{_short(block.error)}; mend it and import again")
            )
    by_key = {entry.key: {f.key.lower(): str(f.value) for f in entry.fields} for entry, _ in entries}
    texts = {name.lower(): str(one.value) for name, one in library.strings_dict.items()}
    records = []
    for entry, odd in sorted(entries, key=lambda pair: pair[0].start_line or 0):
        place = f"{where}:{(entry.start_line or 0) + 1}"
        try:
            records.append(_from_bibtex(entry, by_key, texts, place, odd))
        except (ValueError, KeyError, IndexError, RecursionError) as error:
            faults.append(
                Fault(place, f"the entry {entry.key!r} cannot be read ({_short(error)}); mend it and import again")
            )
        progress()
    return records, faults


def _from_bibtex(
    entry: Any, by_key: Mapping[str, Mapping[str, str]], texts: Mapping[str, str], place: str, odd: str
) -> Record:
    kind = entry.entry_type.lower()
    raw: dict[str, str] = {}
    repeated = []
    for one in entry.fields:  # the first of a repeated field counts
        name = one.key.lower()
        repeated += [name] if name in raw else []
        raw.setdefault(name, _joined(str(one.value), texts) if one.enclosing == "no-enclosing" else str(one.value))
    if raw.get("crossref") and (parent := by_key.get(raw["crossref"])):
        inherited = {
            "booktitle" if name == "title" else name: value for name, value in parent.items() if name != "crossref"
        }
        raw = inherited | raw
    said = {name: _plain(value) for name, value in raw.items() if name not in ("author", "editor", "translator")}
    people = {name: _people(raw.get(name, "")) for name in ("author", "editor", "translator")}
    bibo = _BIBTEX_KINDS.get(kind, "Document")
    fields: dict[str, list[str]] = {}
    lost = [(name, f"it stands there twice, and the first is kept ({odd})") for name in repeated]
    for name, value in said.items():
        if target := _PUBLISHED.get(name):
            if target in fields and target != "skos:note":
                if value not in fields[target]:
                    lost.append((name, f"the record has {fields[target][0]!r} in its place"))
            else:
                _put(fields, target, *(re.split(r"\s*[;,]\s*", value) if name == "keywords" else [value]))
        elif name not in _HANDLED and value:
            lost.append((name, _WHY.get(name, "the map has no place for it")))
    if said.get("subtitle") and "dcterms:title" in fields:
        fields["dcterms:title"] = [f"{fields['dcterms:title'][0]}: {said['subtitle']}"]
    as_issue = bibo == "AcademicArticle" and "bibo:issue" not in fields
    _put(fields, "bibo:issue" if as_issue else "bibo:number", said.get("number", ""))
    if kind == "mastersthesis":
        fields.setdefault("sq:genre", ["master's thesis"])
    if said.get("eprint"):
        source = said.get("eprinttype") or said.get("archiveprefix")
        _put(fields, "dcterms:identifier", f"{source}:{said['eprint']}" if source else said["eprint"])
    lost += _place_doi(fields, said.get("doi", ""), said.get("url", ""))
    year, note, suffix, issued = dated(said.get("year") or said.get("date", ""), said.get("month", ""))
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?", said.get("date", "")):
        issued = said["date"]
    _put(fields, "dcterms:issued", issued)
    if said.get("month") and not issued:
        lost.append(("month", f"{said['month']!r} is no month that could be read"))
    keys = [entry.key.strip(), *re.split(r"\s*,\s*", said.get("ids", ""))]
    authors, editors, translators = (tuple(n for n in people[p][0]) for p in ("author", "editor", "translator"))
    return Record(
        kind=bibo, authors=authors, editors=editors, translators=translators, et_al=people["author"][1], year=year,
        year_note=note, year_suffix=suffix, keys=tuple(key for key in keys if key), lost=tuple(lost), place=place,
        fields={name: tuple(values) for name, values in fields.items()},
    )  # fmt: skip


def _joined(value: str, texts: Mapping[str, str]) -> str:
    """A value made of several by `#`, of texts and of names that stand for texts."""
    if "#" not in value:
        return value
    parts = re.findall(r'\{((?:[^{}]|\{[^{}]*\})*)\}|"([^"]*)"|([^\s#{}"]+)', value)
    return "".join(braced or quoted or texts.get(name.lower(), name) for braced, quoted, name in parts)


def _people(written: str) -> tuple[list[Name], bool]:
    """The names of an author line, and whether it is cut short by `and others`."""
    from bibtexparser.middlewares.names import parse_single_name_into_parts, split_multiple_persons_names

    names, cut = [], False
    for one in split_multiple_persons_names(" ".join(written.split())) if written.strip() else ():
        one = re.sub(r"^(and\s+)+|[\s,;]+$", "", one.strip())
        if one.lower() in ("others", "et al", "et al."):
            cut = True
        elif re.fullmatch(r"\{.*\}", one) and not re.search(r"\}.*\{", one):
            names.append(Name(_plain(one), organisation=True))
        elif one:
            parts = parse_single_name_into_parts(one, strict=False)
            given = _plain(" ".join([*parts.first, *parts.jr]))
            family = _plain(" ".join([*parts.von, *parts.last]))
            names += [Name(family or given, given if family else "")] if family or given else []
    return names, cut


@cache
def _decoder() -> Any:
    from bibtexparser.middlewares import LatexDecodingMiddleware

    return LatexDecodingMiddleware(keep_braced_groups=True)


@lru_cache(maxsize=4096)
def _plain(value: str) -> str:
    """A BibTeX value as people read it: LaTeX letters decoded, braces gone, white space single."""
    simple = re.sub(r"\\([&%$#_])", r"\1", value.replace("---", "—").replace("--", "–").replace("~", " "))
    if "\\" in simple:  # only then the decoder, which is thorough and slow
        simple = _decoder()._transform_python_value_string(value)[0].replace("ˆ", "^")
    return " ".join(re.sub(r"[{}]", "", simple).split())


def _read_ris(content: str, where: str, progress: Callable[[], None]) -> Bibliography:
    try:
        import rispy
    except ImportError:
        raise MissingPart("the reader for RIS", "import") from None
    records, faults = [], []
    for line, block in _ris_blocks(content):
        place = f"{where}:{line}"
        try:
            read = rispy.loads(block)
            records += [_from_ris(one, place) for one in read]
            if not read:
                faults.append(Fault(place, "the entry is empty or has no TY line; mend it and import again"))
        except Exception as error:  # rispy raises its own and others
            faults.append(Fault(place, f"the entry cannot be read ({_short(error)}); mend it and import again"))
        progress()
    return records, faults


def _ris_blocks(content: str) -> Iterable[tuple[int, str]]:
    """Each entry from TY to ER with the line where it begins; one that never ends ends where the next begins."""
    lines: list[str] = []
    first = 1
    for number, line in enumerate(content.splitlines(), 1):
        if line.startswith("TY  -"):
            if lines:
                yield first, "\n".join([*lines, "ER  - "])
            lines, first = [line], number
        elif line.startswith("ER  -") and lines:
            yield first, "\n".join([*lines, "ER  - "])
            lines = []
        elif lines:
            lines.append(line)
        elif line.strip():
            yield number, line
    if lines:
        yield first, "\n".join([*lines, "ER  - "])


_RIS_FIELDS = {
    "title": "dcterms:title", "primary_title": "dcterms:title", "short_title": "dcterms:alternative",
    "journal_name": "sq:containerTitle", "secondary_title": "sq:containerTitle", "tertiary_title": "dcterms:isPartOf",
    "alternate_title3": "sq:containerTitle", "volume": "bibo:volume", "number": "bibo:issue", "edition": "bibo:edition",
    "publisher": "dcterms:publisher", "place_published": "sq:publisherPlace", "language": "dcterms:language",
    "type_of_work": "sq:genre",
}  # fmt: skip


def _from_ris(one: Mapping[str, Any], place: str) -> Record:
    kind = _RIS_KINDS.get(str(one.get("type_of_reference", "")), "Document")
    fields: dict[str, list[str]] = {}
    for name, target in _RIS_FIELDS.items():
        if target not in fields:
            _put(fields, target, str(one.get(name, "")))
    if kind not in ("AcademicArticle",) and "bibo:issue" in fields:
        fields["bibo:number"] = fields.pop("bibo:issue")
    pages = [str(one[name]) for name in ("start_page", "end_page") if one.get(name)]
    _put(fields, "bibo:pages", "-".join(dict.fromkeys(pages)))
    _put(fields, "dcterms:subject", *(str(word) for word in one.get("keywords", ())))
    _put(fields, "skos:note", *(str(word) for word in one.get("notes", ())))
    number = str(one.get("issn", ""))
    _put(fields, "bibo:issn" if len(re.sub(r"\W", "", number)) == 8 else "bibo:isbn", number)
    urls = one.get("urls") or [one.get("url", "")]
    lost = _place_doi(fields, str(one.get("doi", "")), *(str(url) for url in urls))
    date = str(one.get("date") or one.get("publication_year") or one.get("year", "")).strip("/ ")
    parts = [part for part in date.split("/") if part]
    year, note, suffix, issued = dated(
        str(one.get("year") or one.get("publication_year") or (parts or [""])[0]).strip("/ ")
    )
    _put(fields, "dcterms:issued", "-".join(parts[:3]) if len(parts) > 1 and parts[0].isdigit() else issued)
    taken = {*_RIS_FIELDS, "type_of_reference", "authors", "first_authors", "secondary_authors", "start_page",
             "end_page", "keywords", "notes", "issn", "urls", "url", "doi", "date", "publication_year", "year", "id",
             "label", "translated_author", "subsidiary_authors"}  # fmt: skip
    lost += [(name, _WHY.get(name, "the map has no place for it")) for name in one if name not in taken]
    return Record(
        kind=kind, year=year, year_note=note, year_suffix=suffix, lost=tuple(lost), place=place,
        authors=tuple(map(_comma_name, one.get("authors") or one.get("first_authors") or ())),
        editors=tuple(map(_comma_name, one.get("secondary_authors") or ())),
        keys=tuple(str(one[name]) for name in ("id", "label") if one.get(name))[:1],
        fields={name: tuple(values) for name, values in fields.items()},
    )  # fmt: skip


def _comma_name(written: Any) -> Name:
    """`Chan, Joseph` as a person; a name without a comma as an organisation if it has several words."""
    family, comma, given = (part.strip() for part in str(written).partition(","))
    return Name(family, given, organisation=not comma and " " in family)


def _read_csl(content: str, where: str, progress: Callable[[], None]) -> Bibliography:
    try:
        items = json.loads(content)
    except (json.JSONDecodeError, RecursionError) as error:
        raise BrokenFile(
            f"this is no JSON ({_short(error)})", where, getattr(error, "lineno", None), remedy="Export it anew"
        ) from None
    items = items.get("items", [items]) if isinstance(items, dict) else items
    if not isinstance(items, list):
        raise BrokenFile("this is no list of CSL-JSON items", where, remedy="Export the library as CSL JSON")
    records, faults = [], []
    for number, item in enumerate(items, 1):
        place = f"{where}, item {number}"
        try:
            records.append(_from_csl(item, place))
        except (TypeError, ValueError, KeyError, AttributeError, IndexError):
            faults.append(Fault(place, "this is no CSL-JSON item; mend it and import again"))
        progress()
    return records, faults


def _from_csl(item: Mapping[str, Any], place: str) -> Record:
    kind = _CSL_KINDS.get(str(item.get("type", "")), "Document")
    fields: dict[str, list[str]] = {}
    named = {field.csl: field.name for field in FIELDS if field.csl not in ("DOI", "URL", "issued", "keyword")}
    for name, target in named.items():
        value = item.get(name, "")
        _put(
            fields,
            target,
            *(map(str, value) if isinstance(value, list) else [re.sub(r"</?[a-z]+[^>]*>", "", str(value))]),
        )
    _put(fields, "dcterms:subject", *re.split(r"\s*[;,]\s*", str(item.get("keyword", ""))))
    lost = _place_doi(fields, str(item.get("DOI", "")), str(item.get("URL", "")))
    issued = item.get("issued") or {}
    parts = [str(part) for part in (issued.get("date-parts") or [[]])[0] if part not in (None, "")]
    written = parts[0] if parts else str(issued.get("literal") or issued.get("raw") or item.get("status") or "")
    year, note, suffix, _ = dated(written.zfill(4) if written.isdigit() else written)
    _put(
        fields,
        "dcterms:issued",
        "-".join([parts[0].zfill(4), *(p.zfill(2) for p in parts[1:])]) if len(parts) > 1 else "",
    )
    people = {role: [csl_name(one) for one in item.get(role) or ()] for role in ("author", "editor", "translator")}
    known = {
        *named,
        "type",
        "id",
        "citation-key",
        "DOI",
        "URL",
        "keyword",
        "issued",
        "author",
        "editor",
        "translator",
        "status",
    }
    lost += [(name, _WHY.get(name.lower(), "the map has no place for it")) for name in item if name not in known]
    key = str(item.get("citation-key") or item.get("id") or "")
    authors = tuple(name for name in people["author"] if name.family.lower() not in ("others", "et al."))
    return Record(
        kind=kind, authors=authors, editors=tuple(people["editor"]), translators=tuple(people["translator"]),
        et_al=len(authors) < len(people["author"]), year=year, year_note=note, year_suffix=suffix,
        keys=(key,) if key else (), lost=tuple(lost), place=place,
        fields={name: tuple(values) for name, values in fields.items()},
    )  # fmt: skip


def csl_name(one: Mapping[str, Any]) -> Name:
    """A name of CSL-JSON: a literal is an organisation, a particle belongs to the family name."""
    if one.get("literal"):
        return Name(str(one["literal"]), organisation=True)
    particle = str(one.get("non-dropping-particle") or one.get("dropping-particle") or "")
    family, given = f"{particle} {one.get('family', '')}".strip(), str(one.get("given", ""))
    return Name(family or given, given if family else "")


def record_of(title: str, authors: tuple[Name, ...], year: str, fields: Mapping[str, str]) -> Record:
    """A record from fields by their BibTeX names, as a person writes them in a call or in a sheet.

    >>> record_of("Trust", (), "1995", {"journal": "Ends"}).one("sq:containerTitle")
    'Ends'
    """
    said: dict[str, list[str]] = {}
    _put(said, "dcterms:title", title)
    for name, value in fields.items():
        if name in _PUBLISHED:
            _put(said, _PUBLISHED[name], value)
        elif name == "number":
            _put(said, "bibo:issue", value)
        elif name not in ("doi", "url", "key", "kind"):
            raise InputError(
                f"a work has no field {name!r}", remedy=f"It has {', '.join(_PUBLISHED)}, doi, url, key, kind"
            )
    if lost := _place_doi(said, fields.get("doi", ""), fields.get("url", "")):
        raise InputError(lost[0][1], remedy="Write it as in 10.1000/182")
    kind = fields.get("kind", "").lower() or (
        "article" if fields.get("journal") else "book" if fields.get("publisher") else "misc"
    )
    number, note, suffix, _ = dated(year)
    keys = (fields["key"],) if fields.get("key") else ()
    return Record(_BIBTEX_KINDS.get(kind, "Document"), authors, year=number, year_note=note, year_suffix=suffix,
                  keys=keys, fields={name: tuple(values) for name, values in said.items()})  # fmt: skip


def dated(written: str, month: str = "") -> tuple[int | None, str, str, str]:
    """A year as (year, note in its place, letter after it, month of issue): one of the first two is given.

    >>> dated("2008a"), dated("forthcoming"), dated("1999/2000"), dated("2001", "feb")
    ((2008, '', 'a', ''), (None, 'forthcoming', '', ''), (None, '1999/2000', '', ''), (2001, '', '', '2001-02'))
    """
    written = " ".join(written.split())
    found = _YEAR.match(written) or re.match(r"(-?[0-9]{4})()-[0-9]{2}(?:-[0-9]{2})?\Z", written)
    if not found or int(found[1]) > 2100:
        return None, written, "", ""
    number = (
        _MONTHS.index(month.lower()[:3]) + 1 if month.lower()[:3] in _MONTHS else int(month) if month.isdigit() else 0
    )
    issued = f"{found[1]}-{number:02}" if 1 <= number <= 12 else ""
    return int(found[1]), "", found[2], issued


def _place_doi(fields: dict[str, list[str]], doi: str, *urls: str) -> list[tuple[str, str]]:
    """Puts a DOI, bare or as an address, and addresses that are none, in their fields."""
    lost = []
    found = _DOI.search(doi)
    if found:
        _put(fields, "bibo:doi", found[0].rstrip(".,;"))
    elif "://" in doi:
        _put(fields, "bibo:uri", doi)
    elif doi.strip():
        lost.append(("doi", f"{doi!r} is no DOI"))
    for url in urls:
        at_doi = re.match(r"https?://(?:dx\.)?doi\.org/(10\.[0-9]{4,9}/\S+)\Z", url.strip())
        if at_doi and fields.setdefault("bibo:doi", [at_doi[1]])[0].lower() == at_doi[1].lower():
            continue
        _put(fields, "bibo:uri", url)
    return lost


def _put(fields: dict[str, list[str]], name: str, *values: str) -> None:
    tidy = [" ".join(value.split()) for value in values]
    there = fields.get(name, [])
    if new := [value for value in dict.fromkeys(tidy) if value and value not in there]:
        fields[name] = [*there, *new]


def _decoded(path: Path) -> str:
    """The text of a file in UTF-8, else in the Western encoding of older programs."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BrokenFile(f"the file cannot be read ({error.strerror})", str(path), remedy="Check its path") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _short(error: object) -> str:
    return " ".join(str(error).split())[:160].rstrip(".") or type(error).__name__
