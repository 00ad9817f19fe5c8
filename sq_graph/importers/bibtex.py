"""Reading BibTeX and BibLaTeX: each entry becomes a record, or a fault with its reason."""

import re
from collections.abc import Mapping

from sq_graph.errors import BrokenFile
from sq_graph.importers.bibliography_fields import (
    HANDLED,
    PUBLISHED,
    Bibliography,
    Fault,
    RecordFields,
    keywords_in,
)
from sq_graph.importers.bibtex_syntax import BibtexFile, Entry
from sq_graph.importers.formats import FORMATS, kinds_in
from sq_graph.importers.latex import decode_latex, unknown_commands, verbatim
from sq_graph.importers.people import bibtex_names
from sq_graph.model.records import Name, Record

_KINDS = kinds_in("bibtex")
_TYPES: Mapping[str, str] = FORMATS["bibtex"]["types"]
_SUBTITLES: Mapping[str, str] = FORMATS["bibtex"]["subtitles"]
_VERBATIM = {"url", "doi", "eprint", "file", "ids", "crossref", "xdata", "urn"}
_NUMBERS = {"isbn", "issn", "pmid", "lccn"}
_DATES = {"date", "year", "origdate", "eventdate", "urldate"}
_ROLES = ("author", "editor", "translator")
_NOT_INHERITED = {"crossref", "ids", "doi", "url", "pages", "shorttitle"}
_CONTAINERS = {"book", "collection", "proceedings", "reference", "mvbook", "mvcollection"}
_POINTER = re.compile(r"xdata\s*=\s*(?P<key>.+)-(?P<field>[a-z]+)(?:-[0-9]+)?")
"""A reference to one field of an `@xdata` in place of a value."""

Entries = Mapping[str, Entry]
"""The entries of a file by key, in lower case."""


def read_bibtex(content: str, file: str) -> Bibliography:
    """The records of a BibTeX file and its faults."""
    parsed = list(BibtexFile(content))
    faults = [Fault(f"{file}:{entry.line}", entry.problem) for entry in parsed if entry.problem]
    entries = [entry for entry in parsed if not entry.problem]
    ids = ((entry, dict(entry.fields).get("ids", "")) for entry in entries)
    by_key = {key: entry for entry, keys in ids for key in _keys_in(keys.lower())}
    by_key |= {entry.key.lower(): entry for entry in reversed(entries)}
    xdata = (dict(entry.fields).get("xdata", "") for entry in entries)
    used_keys = {key for keys in xdata for key in _keys_in(keys.lower())}
    pointers = (_POINTER.fullmatch(value) for entry in entries for _, value in entry.fields)
    used_keys |= {pointer["key"].lower() for pointer in pointers if pointer}
    records = []
    for entry in entries:
        location = f"{file}:{entry.line}"
        if entry.kind == "xdata" and entry.key.lower() in used_keys:
            continue
        if entry.kind == "xdata":
            faults.append(Fault(location, f"no entry uses the @xdata {entry.key!r}"))
        elif entry.kind == "set" and entry.fields:
            faults.append(Fault(location, "an @set lists other entries and is not a work"))
        elif not any(value.strip() for _, value in entry.fields):
            key = entry.key or "without a key"
            faults.append(Fault(location, f"the entry {key!r} has no fields"))
        else:
            records.append(_record(entry, by_key, location))
    if content.strip() and not any(entry.kind for entry in parsed):
        remedy = "Give a BibTeX file, whose entries begin with @article{key,"
        raise BrokenFile("this is not BibTeX: there is no entry in it", file, remedy=remedy)
    return records, faults


def _record(entry: Entry, by_key: Entries, location: str) -> Record:
    draft = RecordFields()
    draft.doubts += entry.doubts
    raw = _complete(entry, by_key, draft, (entry.key,))
    draft.doubts += [
        f"{name}: the command {command} is not known and is left out"
        for name, value in raw.items()
        if (name in PUBLISHED or name in _ROLES) and name not in _VERBATIM
        for command in dict.fromkeys(unknown_commands(value))
    ]
    people = {role: bibtex_names(raw.pop(role, "")) for role in _ROLES}
    draft.doubts += [f"{role}: {doubt}" for role, (_, _, doubt) in people.items() if doubt]
    values = {name: _text(name, value) for name, value in raw.items()}
    kind = draft.kind(_KINDS, entry.kind, f"@{entry.kind} is not a known type")
    _put_fields(draft, values, kind)
    if entry.kind == "mastersthesis":
        draft.fields.setdefault("sq:genre", ["master's thesis"])
    if (genre := draft.one("sq:genre")) in _TYPES:
        draft.fields["sq:genre"] = [_TYPES[genre]]
    number = values.get("eprint", "")
    source = values.get("eprinttype") or values.get("archiveprefix")
    address = number if "://" in number else ""
    if number and not address:
        draft.put("dcterms:identifier", f"{source}:{number}" if source else number)
    draft.put_addresses(values.get("doi", ""), values.get("url", ""), address)
    _put_dates(draft, values)
    keys = [entry.key, *re.split(r"\s*,\s*", values.get("ids", ""))]
    et_al = [Name("et al")]
    names = {role: role_names + et_al * is_cut for role, (role_names, is_cut, _) in people.items()}
    return draft.record(kind, keys, names, location)


def _complete(
    entry: Entry, by_key: Entries, draft: RecordFields, seen: tuple[str, ...]
) -> dict[str, str]:
    """The fields of an entry, with those that it takes from an `@xdata` or its crossref."""
    raw = _raw_fields(entry, draft)
    for name, value in raw.items():
        pointer = _POINTER.fullmatch(value)
        if pointer and (target := by_key.get(pointer["key"].lower())):
            raw[name] = dict(target.fields).get(pointer["field"], value)
    for name in ("xdata", "crossref"):
        for key in _keys_in(raw.pop(name, "")):
            parent = by_key.get(key.lower())
            if not parent:
                draft.lose(name, f"there is no entry {key!r} in this file")
            elif parent.key not in seen and name == "xdata":
                raw = _complete(parent, by_key, draft, (*seen, parent.key)) | raw
            elif parent.key not in seen:  # its own lost fields are reported separately
                inherited = _complete(parent, by_key, RecordFields(), (*seen, parent.key))
                raw = _inherited(inherited, entry.kind) | raw
    return raw


def _inherited(parent: Mapping[str, str], kind: str) -> dict[str, str]:
    """The fields that an entry inherits from its crossref, with their new names."""
    prefix = "main" if kind in _CONTAINERS else "journal" if kind == "article" else "book"
    renamed = {"title": f"{prefix}title", "subtitle": f"{prefix}subtitle"}
    fields = {name: value for name, value in parent.items() if name not in _NOT_INHERITED}
    return {renamed.get(name, name): value for name, value in fields.items()}


def _keys_in(value: str) -> list[str]:
    """The keys in a field."""
    return [key.strip() for key in value.split(",") if key.strip()]


def _text(name: str, value: str) -> str:
    """The text of a field; addresses and identifiers are copied character by character."""
    if name in _NUMBERS:
        return decode_latex(re.sub(r"(?<=[0-9])--(?=[0-9{])", "-", value))
    if name in _DATES:  # `1990~` means about 1990, not a year before a space
        value = re.sub(r"(?<=[0-9X])~(?=\s*(?:/|\Z))", r"\\textasciitilde{}", value)
    return verbatim(value) if name in _VERBATIM else decode_latex(value)


def _raw_fields(entry: Entry, draft: RecordFields) -> dict[str, str]:
    """The fields as written; people and keywords given twice are joined, others not."""
    raw: dict[str, str] = {}
    for name, value in entry.fields:
        if name not in raw or not raw[name].strip():
            raw[name] = value
        elif value.strip() in ("", raw[name].strip()):
            continue
        elif name in (*_ROLES, "keywords", "note"):
            raw[name] += (" and " if name in _ROLES else "; ") + value
            draft.doubts.append(f"{name} is given twice; both are kept")
        else:
            draft.lose(name, f"it is given twice, and the first is kept (not {value[:60]!r})")
    return raw


def _put_fields(draft: RecordFields, values: Mapping[str, str], kind: str) -> None:
    fields = draft.fields
    for name, value in values.items():
        target = PUBLISHED.get(name)
        if not value or name in HANDLED:
            continue
        if target:
            draft.put(target, *(keywords_in(value) if name == "keywords" else [value]), name=name)
        else:
            draft.lose(name)
    for subtitle, title in _SUBTITLES.items():
        if values.get(subtitle) and title in fields:
            fields[title] = [f"{fields[title][0]}: {values[subtitle]}"]
    is_issue = kind == "AcademicArticle" and "bibo:issue" not in fields
    draft.put("bibo:issue" if is_issue else "bibo:number", values.get("number", ""), name="number")


def _put_dates(draft: RecordFields, values: Mapping[str, str]) -> None:
    """Puts the date of an entry, whose month and day may have fields of their own."""
    year, date, month, day = (values.get(name, "") for name in ("year", "date", "month", "day"))
    draft.put_dates(("year", year), ("date", date))
    has_year = draft.date.year or re.search("[0-9]{4}", month)
    if month and has_year:
        separator = "." if month.isdigit() else " "
        draft.put_dates(("month", f"{day}{separator}{month}" if day else month))
    elif month or day:
        draft.lose("month" if month else "day", f"{month or day!r} is not a date by itself")
