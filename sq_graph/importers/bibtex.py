"""Reading BibTeX and BibLaTeX: each entry becomes a record or a fault with its reason."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sq_graph.errors import BrokenFile
from sq_graph.importers.bibtex_syntax import BibtexFile, BrokenEntry, Entry, month_of
from sq_graph.importers.drafts import BIBTEX_KINDS, HANDLED, PUBLISHED, Bibliography, Draft, Fault
from sq_graph.importers.latex import decoded, unknown_commands, verbatim
from sq_graph.importers.people import names_of
from sq_graph.model.records import Record

_VERBATIM = {"url", "doi", "eprint", "file", "ids", "crossref", "xdata", "urn"}
_NUMBERS = {"isbn", "issn", "pmid", "lccn"}
_DATES = {"date", "year", "origdate", "eventdate", "urldate"}
_ROLES = ("author", "editor", "translator")
_INHERITED = {"title": "booktitle", "subtitle": "booksubtitle"}
_NOT_INHERITED = {"crossref", "ids", "doi", "url", "pages", "shorttitle"}


def read_bibtex(content: str, where: str) -> Bibliography:
    """The records of a BibTeX file and its faults."""
    read = list(BibtexFile(content))
    faults = [Fault(f"{where}:{one.line}", one.why) for one in read if isinstance(one, BrokenEntry)]
    entries = [one for one in read if isinstance(one, Entry)]
    by_key: dict[str, dict[str, str]] = {}
    for entry in entries:
        by_key.setdefault(entry.key.lower(), dict(reversed(entry.fields)))
    records = []
    for entry in entries:
        place = f"{where}:{entry.line}"
        if entry.kind == "xdata" or (entry.kind == "set" and entry.fields):
            faults.append(Fault(place, f"@{entry.kind} describes no work of its own"))
        elif not any(value.strip() for _, value in entry.fields):
            faults.append(Fault(place, f"the entry {entry.key or 'without a key'!r} has no fields"))
        else:
            records.append(_record(entry, by_key, place))
    if not read and content.strip():
        remedy = "Give a BibTeX file, whose entries begin with @article{key,"
        raise BrokenFile("this is not BibTeX: there is no entry in it", where, remedy=remedy)
    return records, faults


def _record(entry: Entry, by_key: Mapping[str, Mapping[str, str]], place: str) -> Record:
    draft = Draft()
    draft.doubts += entry.doubts
    raw = _raw_fields(entry, draft)
    crossref = raw.get("crossref", "").strip().lower()
    parent = by_key.get(crossref, {}) if crossref else {}
    if crossref and not parent:
        draft.lose_because("crossref", f"there is no entry {raw['crossref']!r} in this file")
    inherited = {
        _INHERITED.get(name, name): value
        for name, value in parent.items()
        if name not in _NOT_INHERITED
    }
    raw = inherited | raw
    draft.doubts += [
        f"{name}: the command {one} is not known and is left out"
        for name, value in raw.items()
        if name in PUBLISHED or name in _ROLES
        for one in dict.fromkeys(unknown_commands(value))
        if name not in _VERBATIM
    ]
    people = {role: names_of(raw.pop(role, "")) for role in _ROLES}
    for role, (_, _, doubt) in people.items():
        draft.doubts += [f"{role}: {doubt}"] if doubt else []
    values = {name: _text(name, value) for name, value in raw.items()}
    if entry.kind not in BIBTEX_KINDS:
        draft.doubts.append(f"@{entry.kind} is not a known type; it is kept as a document")
    kind = BIBTEX_KINDS.get(entry.kind, "Document")
    _put_fields(draft, values, kind)
    if entry.kind == "mastersthesis":
        draft.fields.setdefault("sq:genre", ["master's thesis"])
    source = values.get("eprinttype") or values.get("archiveprefix")
    if number := values.get("eprint"):
        draft.put("dcterms:identifier", f"{source}:{number}" if source else number)
    draft.put_addresses(values.get("doi", ""), values.get("url", ""))
    written = _written_date(draft, values)
    return draft.record(
        kind,
        written,
        [entry.key, *re.split(r"\s*,\s*", values.get("ids", ""))],
        authors=tuple(people["author"][0]),
        editors=tuple(people["editor"][0]),
        translators=tuple(people["translator"][0]),
        et_al=people["author"][1],
        place=place,
    )


def _text(name: str, value: str) -> str:
    """The text of a field; addresses and identifiers are copied character by character."""
    if name in _NUMBERS:
        return decoded(re.sub(r"(?<=[0-9])--(?=[0-9{])", "-", value))
    if name in _DATES:  # `1990~` is about 1990, not a year before a space
        value = re.sub(r"(?<=[0-9X])~(?=\s*(?:/|\Z))", r"\\textasciitilde{}", value)
    is_address = name in _VERBATIM or (name == "howpublished" and "://" in value)
    return verbatim(value) if is_address else decoded(value)


def _raw_fields(entry: Entry, draft: Draft) -> dict[str, str]:
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
            why = f"it is given twice, and the first is kept (not {value[:60]!r})"
            draft.lose_because(name, why)
    return raw


def _put_fields(draft: Draft, values: Mapping[str, str], kind: str) -> None:
    fields = draft.fields
    for name, value in values.items():
        target = PUBLISHED.get(name)
        if not value or name in HANDLED:
            continue
        if not target:
            draft.lose([name])
        elif name == "keywords":
            draft.put(target, *re.split(r"\s*;\s*" if ";" in value else r"\s*,\s*", value))
        elif target not in fields or target == "skos:note":
            draft.put(target, value)
        elif value not in fields[target]:
            draft.lose_because(name, f"the record has {fields[target][0]!r} in its place")
    for title, subtitle in (("dcterms:title", "subtitle"), ("sq:containerTitle", "booksubtitle")):
        if values.get(subtitle) and title in fields:
            fields[title] = [f"{fields[title][0]}: {values[subtitle]}"]
    is_issue = kind == "AcademicArticle" and "bibo:issue" not in fields
    draft.put("bibo:issue" if is_issue else "bibo:number", values.get("number", ""))


def _written_date(draft: Draft, values: Mapping[str, str]) -> str:
    """The date in one form: the fuller one of several, with the month beside the year."""
    year, date, month = (values.get(name, "") for name in ("year", "date", "month"))
    if not year:
        return date or (month if re.search(r"[0-9]{4}", month) else "")
    if date.startswith(year):
        return date
    number = month_of(month)
    if number and re.fullmatch(r"[0-9]{4}[a-z]", year):  # the letter is no part of the date
        draft.put("dcterms:issued", f"{year[:4]}-{number:02}")
        return year
    if number and re.fullmatch(r"[0-9]{4}", year):
        day = re.search(r"\b([0-9]{1,2})\b", re.sub(r"^[0-9]{1,2}$", "", month))
        day_text = day[1] if day else values.get("day", "")
        return f"{year}-{number:02}" + (f"-{int(day_text):02}" if day_text.isdigit() else "")
    if month:
        draft.lose_because("month", f"{month!r} is not one month")
    return year
