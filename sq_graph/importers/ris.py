"""Reading RIS in its dialects: spacing, missing ends, dates and people under several tags."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from sq_graph.errors import BrokenFile
from sq_graph.importers.bibliography_fields import Bibliography, Fault, RecordFields
from sq_graph.importers.dates import read_date
from sq_graph.importers.formats import FORMATS, kinds_in
from sq_graph.importers.people import ris_names
from sq_graph.model.records import PARTS, Name, Record

_LINE = re.compile(r"\s{0,8}(?P<tag>[A-Za-z][A-Za-z0-9])\s{0,4}-(?:\s(?P<value>.*))?$")
_TIGHT_LINE = re.compile(r"\s{0,8}(?P<tag>[A-Za-z][A-Za-z0-9])\s{0,4}-(?P<value>.*)$")
_START = re.compile(r"^\s{0,8}TY\s{0,4}-(?P<value>\s|$)?", re.IGNORECASE | re.MULTILINE)
_ROLES = {"author": ("A1", "AU"), "editor": ("A2", "ED"), "translator": ("A4", "TA")}
_TITLES = ("TI", "T1", "CT")
_CONTAINERS = ("T2", "JF", "JO", "JA", "J2", "BT", "J1")
_KINDS, _FIELDS = kinds_in("ris"), FORMATS["ris"]["fields"]
_DATES = ("PY", "Y1", "DA")
_SINGLE = ("SP", "EP", "DO", "LB")
_HANDLED = {"TY", "ER", "ID", "IS", "SE", "T3", "A3", "KW", "N1", "UR", "SN", "AN", *_SINGLE}
_HANDLED |= {*_TITLES, *_CONTAINERS, *_FIELDS, *_DATES, *chain(*_ROLES.values())}
_NO_YEAR = re.compile(r"[^0-9]*[0-9]{0,2}[^0-9]*")
_OUTSIDE = "the lines from here on are outside any entry; an entry begins with TY  - "

Tags = dict[str, list[str]]


def read_ris(content: str, where: str) -> Bibliography:
    """The records of a RIS file and its faults; raises BrokenFile for a file that is not RIS."""
    start = _START.search(content)
    if start is None:
        remedy = "Give a RIS file, whose entries begin with TY  - "
        raise BrokenFile("this is not RIS: there is no entry in it", where, remedy=remedy)
    pattern = _LINE if start["value"] is not None else _TIGHT_LINE
    is_upper = "TY" in start[0]
    entries: list[tuple[int, Tags]] = []
    faults: list[tuple[int, str]] = []
    tags: Tags = {}
    last_tag, is_outside = "", False
    for number, line in enumerate(content.splitlines(), 1):
        match = pattern.match(line)
        match = match if match and (not is_upper or match["tag"].isupper()) else None
        tag = match["tag"].upper() if match else "ER" if line.strip() == "ER" else ""
        if tag == "TY":
            tags = {}
            entries.append((number, tags))
        if not tags and tag != "TY":
            is_stray = bool(match) and tag != "ER"  # else it is the head of a database
            faults += [(number, _OUTSIDE)] if is_stray and not is_outside else []
            is_outside = is_stray
        elif tag == "ER":
            tags = {}
        elif match:
            last_tag = tag
            tags.setdefault(tag, []).append(" ".join((match["value"] or "").split()))
        elif line.strip() and tags.get(last_tag):
            tags[last_tag][-1] = f"{tags[last_tag][-1]} {' '.join(line.split())}".strip()
    records = []
    for number, entry in entries:
        if any(any(values) for tag, values in entry.items() if tag != "TY"):
            records.append(_record(entry, f"{where}:{number}"))
        else:
            faults.append((number, "the entry has no fields"))
    return records, [Fault(f"{where}:{number}", problem) for number, problem in sorted(faults)]


def _record(tags: Tags, location: str) -> Record:
    draft, code = RecordFields(), _first(tags, "TY").upper()
    dois = [value for value in tags.get("M3", ()) if value.startswith("10.")]  # from Web of Science
    tags = tags | ({"DO": tags.get("DO", dois), "M3": []} if dois else {})
    kind = draft.kind(_KINDS, code, f"{code or 'TY'} is not a known type")
    if code == "JFULL" and tags.keys().isdisjoint(("VL", "IS", "CP")):
        kind = "Periodical"
    if code == "CONF" and tags.keys().isdisjoint(("SP", *_ROLES["author"], *_CONTAINERS[:-1])):
        kind = "Proceedings"
    _put_first(draft, "dcterms:title", tags, *_TITLES)
    if "dcterms:title" not in draft.fields and kind in ("Book", "EditedBook", "Proceedings"):
        _put_first(draft, "dcterms:title", tags, "BT", "T2")
    _put_publication(draft, kind, tags)
    draft.put("bibo:pages", _pages(_first(tags, "SP"), _first(tags, "EP")))
    draft.put("dcterms:subject", *_split_values(tags, "KW", r"\s*;\s*"))
    draft.put("skos:note", *tags.get("N1", ()))
    draft.put("dcterms:identifier", *tags.get("AN", ()))
    for isbn in _split_values(tags, "SN", r"\s*;\s*"):
        draft.put("bibo:isbn", isbn)
    draft.put_addresses(_first(tags, "DO"), *_split_values(tags, "UR", r";(?:\s+|(?=\w+://))"))
    for tag in tags:
        if tag not in _HANDLED:
            draft.lose(tag)
    for tag in _SINGLE:
        for extra in dict.fromkeys(tags.get(tag, ())[1:]):
            is_same = tag == "DO" and extra.lower().endswith(draft.one("bibo:doi").lower())
            if extra and extra != tags[tag][0] and not is_same:
                draft.lose(tag, f"it is given twice, and the first is kept (not {extra!r})")
    people = {role: _people(draft, tags, *names) for role, names in _ROLES.items()}
    series = tags.get("A3", [])
    if series and people["editor"]:
        draft.lose("A3", f"the map has no field for series editors ({'; '.join(series)})")
    elif series:
        people["editor"] = _people(draft, tags, "A3")
    if code == "EDBOOK" and people["author"] and not people["editor"]:  # as EndNote writes them
        people |= {"author": [], "editor": people["author"]}
        draft.doubts.append("the authors of an EDBOOK are read as its editors")
    keys = tags.get("ID") or tags.get("LB", [])[:1]
    record = draft.record(kind, _date(draft, tags), keys, people, location)
    dates = (read_date(value) for tag in _DATES for value in tags.get(tag, ()))
    suffixes = (date.suffix for date in dates if date.suffix and date.year == record.year)
    return replace(record, year_suffix=next(suffixes, ""))


def _put_publication(draft: RecordFields, kind: str, tags: Tags) -> None:
    """Puts the publication that contains a work into the fields of a record."""
    if kind in PARTS:
        _put_first(draft, "sq:containerTitle", tags, *_CONTAINERS)
    else:  # it may give its own title once more
        used = [tag for tag in _CONTAINERS if _first(tags, tag) != draft.one("dcterms:title")]
        _put_first(draft, "sq:containerTitle", tags, *{"BT"}.intersection(used))
        _put_first(draft, "dcterms:isPartOf", tags, *(tag for tag in used if tag != "BT"))
    is_article = kind == "AcademicArticle"
    _put_first(draft, "dcterms:isPartOf", tags, "T3")
    _put_first(draft, "bibo:issue" if is_article else "bibo:number", tags, "IS")
    for tag, field in _FIELDS.items():
        _put_first(draft, field, tags, tag)
    if not is_article:
        _put_first(draft, "bibo:chapter", tags, "SE")
    elif "SE" in tags:  # of an article it is often the first page
        draft.lose("SE")


def _pages(first: str, last: str) -> str:
    """The range of pages from the first and the last, either of which may hold the whole range.

    >>> _pages("12", "34"), _pages("12-34", "34"), _pages("12", "12–34"), _pages("A-1", "A-9")
    ('12–34', '12-34', '12–34', 'A-1–A-9')
    """
    if last in ("", *re.split(r"\s*[-–—]+\s*", first)[-1:]):
        return first
    return last if first in ("", *re.split(r"\s*[-–—]+\s*", last)[:1]) else f"{first}–{last}"


def _people(draft: RecordFields, tags: Tags, *role_tags: str) -> list[Name]:
    names, doubts = ris_names([name for tag in role_tags for name in tags.get(tag, ())])
    draft.doubts += doubts
    return list(dict.fromkeys(names))


def _first(tags: Tags, tag: str) -> str:
    return next(filter(None, tags.get(tag, ())), "")


def _split_values(tags: Tags, tag: str, separator: str) -> Iterator[str]:
    """The values of a tag, with several in one line separated."""
    return (part for line in tags.get(tag, ()) for part in re.split(separator, line))


def _put_first(draft: RecordFields, field: str, tags: Tags, *names: str) -> None:
    """Puts the first value of several tags into a field, and reports values that differ from it."""
    for name in names:
        for value in filter(None, tags.get(name, ())):
            draft.put_one(name, field, value)


def _date(draft: RecordFields, tags: Tags) -> str:
    """The most precise of the dates that agree; a date of another year is reported."""
    dates = [(tag, value) for tag in _DATES for value in tags.get(tag, ()) if value.strip("/ ")]
    if not dates:
        return ""
    year = re.search(r"[0-9]{4}", dates[0][1])
    dated = [value for _, value in dates if not year or year[0] in value]
    fullest = max(dated, key=lambda value: min(len(re.findall(r"[0-9]+", value)), 3))
    for tag, value in dates:
        if value in dated:
            continue
        if not _NO_YEAR.fullmatch(value):
            draft.lose(tag, f"the record has the date {dates[0][1]!r}, not {value!r}")
        elif len(re.findall(r"[0-9]+", fullest)) == 1:
            fullest = f"{value} {fullest}"
    return fullest
