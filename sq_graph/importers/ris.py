"""Reading RIS in its dialects: spacing, missing ends, dates and people under several tags."""

import re

from sq_graph.errors import BrokenFile
from sq_graph.importers.bibliography_fields import Bibliography, Fault, RecordFields
from sq_graph.importers.formats import FORMATS, kinds_in
from sq_graph.importers.people import ris_names
from sq_graph.model.records import PARTS, Name, Record

_LINE = re.compile(r"\s{0,8}(?P<tag>[A-Za-z][A-Za-z0-9])\s{0,4}-(?:\s(?P<value>.*))?$")
_TIGHT_LINE = re.compile(r"\s{0,8}(?P<tag>[A-Za-z][A-Za-z0-9])\s{0,4}-(?P<value>.*)$")
_START = re.compile(r"^\s{0,8}TY\s{0,4}-(?P<value>\s|$)?", re.IGNORECASE | re.MULTILINE)
_ROLES = {"author": ("A1", "AU"), "editor": ("A2", "ED"), "translator": ("A4", "TA")}
_TITLES = ("TI", "T1", "CT")
_DATES = ("PY", "Y1", "DA")
_KINDS, _FIELDS = kinds_in("ris"), FORMATS["ris"]["fields"]
_CONTAINERS = [tag for tag, field in _FIELDS.items() if field == "sq:containerTitle"]
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
    draft, code = RecordFields(), "".join(_take(tags, "TY")[:1]).upper()
    if dois := [value for value in tags.get("M3", ()) if value.startswith("10.")]:
        tags = {"DO": dois} | tags | {"M3": []}  # as the Web of Science writes it
    kind = draft.kind(_KINDS, code, f"{code or 'TY'} is not a known type")
    if code == "JFULL" and tags.keys().isdisjoint(("VL", "IS", "CP")):
        kind = "Periodical"
    if code == "CONF" and tags.keys().isdisjoint(("SP", *_ROLES["author"], *_CONTAINERS)):
        kind = "Proceedings"
    _put_fields(draft, kind, tags)
    starts, ends = _take(tags, "SP"), _take(tags, "EP")
    pages = _pages(next(iter(starts), ""), next(iter(ends), ""))
    draft.put("bibo:pages", pages, *starts[1:], *ends[1:], name="SP")
    draft.put("dcterms:subject", *_take(tags, "KW", separator=r"\s*;\s*"))
    draft.put("bibo:isbn", *_take(tags, "SN", separator=r"\s*;\s*"))
    dois, urls = _take(tags, "DO"), _take(tags, "UR", separator=r";(?:\s+|(?=\w+://))")
    urls += [re.sub(r"^(?:doi:)? *(?=10\.)", "https://doi.org/", doi) for doi in dois[1:]]
    draft.put_addresses(next(iter(dois), ""), *urls)
    draft.put_dates(*((tag, value) for tag in _DATES for value in _take(tags, tag)))
    people = {role: _people(draft, _take(tags, *names)) for role, names in _ROLES.items()}
    series = _take(tags, "A3")
    if series and (people["editor"] or kind == "Thesis"):
        role = "supervisors" if kind == "Thesis" else "series editors"
        draft.lose("A3", f"the map has no field for {role} ({'; '.join(series)})")
    elif series:
        people["editor"] = _people(draft, series)
    if code == "EDBOOK" and people["author"] and not people["editor"]:  # as EndNote writes them
        people |= {"author": [], "editor": people["author"]}
        draft.doubts.append("the authors of an EDBOOK are read as its editors")
    keys = _take(tags, "ID") or _take(tags, "LB")[:1]
    for tag in tags:
        draft.lose(tag)
    return draft.record(kind, keys, people, location)


def _put_fields(draft: RecordFields, kind: str, tags: Tags) -> None:
    """Puts the values of tags into the fields that they have in a work of this kind."""
    fields = dict(_FIELDS)
    if kind == "AcademicArticle":
        fields["IS"] = "bibo:issue"
        del fields["SE"]  # of an article it is often the first page
    if kind in ("Book", "EditedBook", "Proceedings") and not any(map(tags.get, _TITLES)):
        tags["TI"] = _take(tags, "BT") or _take(tags, "T2")
    for tag, field in fields.items():
        values = _take(tags, tag)
        if field == "sq:containerTitle" and kind not in PARTS:
            values = [value for value in values if value != draft.one("dcterms:title")]
        is_series = tag in _CONTAINERS and tag != "BT" and kind not in PARTS
        draft.put("dcterms:isPartOf" if is_series else field, *values, name=tag)


def _pages(first: str, last: str) -> str:
    """The range of pages from the first and the last, either of which may hold the whole range.

    >>> _pages("12", "34"), _pages("12-34", "34"), _pages("12", "12–34"), _pages("A-1", "A-9")
    ('12–34', '12-34', '12–34', 'A-1–A-9')
    """
    if last in ("", *re.split(r"\s*[-–—]+\s*", first)[-1:]):
        return first
    return last if first in ("", *re.split(r"\s*[-–—]+\s*", last)[:1]) else f"{first}–{last}"


def _people(draft: RecordFields, lines: list[str]) -> list[Name]:
    names, doubts = ris_names(lines)
    draft.doubts += doubts
    return list(dict.fromkeys(names))


def _take(tags: Tags, *names: str, separator: str = "") -> list[str]:
    """Removes tags and returns their values, each once; a separator divides those of one line."""
    values = [value for name in names for value in tags.pop(name, ())]
    if separator:
        values = [part for value in values for part in re.split(separator, value)]
    return list(dict.fromkeys(filter(None, values)))
