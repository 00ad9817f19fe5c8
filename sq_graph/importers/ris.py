"""Reading RIS in its dialects: spaces, missing ends, dates and people under several tags."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sq_graph.importers.drafts import RIS_KINDS, Bibliography, Draft, Fault
from sq_graph.importers.people import ris_names
from sq_graph.model.records import Record

_LINE = re.compile(r"\s{0,8}(?P<tag>[A-Za-z][A-Za-z0-9])\s{0,4}-(?:\s(?P<value>.*))?$")
_START = re.compile(r"\s{0,8}TY\s{0,4}-", re.IGNORECASE)
_AUTHORS, _EDITORS, _TRANSLATORS = ("A1", "AU"), ("A2", "ED"), ("A4", "TA")
_TITLES = ("TI", "T1", "CT")
_CONTAINERS = ("T2", "JF", "JO", "JA", "J2", "BT", "J1")
_FIELDS = {
    "ST": "dcterms:alternative",
    "VL": "bibo:volume",
    "IS": "bibo:issue",
    "CP": "bibo:issue",
    "ET": "bibo:edition",
    "PB": "dcterms:publisher",
    "CY": "sq:publisherPlace",
    "PP": "sq:publisherPlace",
    "LA": "dcterms:language",
    "M3": "sq:genre",
}
_DATES = ("PY", "Y1", "DA")
_MANY = {"KW": "dcterms:subject", "N1": "skos:note", "UR": "bibo:uri", "SN": "bibo:isbn"}
_HANDLED = {"TY", "ER", "ID", "LB", "SP", "EP", "DO", "T3", "ST", *_TITLES, *_CONTAINERS}
_HANDLED |= {*_FIELDS, *_DATES, *_MANY, *_AUTHORS, *_EDITORS, *_TRANSLATORS, "A3"}

Tags = dict[str, list[str]]


def read_ris(content: str, where: str) -> Bibliography:
    """The records of a RIS file and its faults."""
    records: list[Record] = []
    faults: list[Fault] = []
    tags: Tags = {}
    start, last = 0, ""
    for number, line in enumerate(content.splitlines(), 1):
        found = _LINE.match(line)
        tag = found["tag"].upper() if found else ""
        if tag == "TY":
            _finish(tags, f"{where}:{start}", records, faults)
            tags, start = {}, number
        if not tags and tag != "TY":
            if line.strip() and tag != "ER":
                faults.append(
                    Fault(
                        f"{where}:{number}",
                        "this line belongs to no entry: an entry begins with TY  - ",
                    )
                )
            continue
        if tag == "ER":
            _finish(tags, f"{where}:{start}", records, faults)
            tags = {}
        elif found:
            last = tag
            tags.setdefault(tag, []).append(" ".join((found["value"] or "").split()))
        elif line.strip() and tags.get(last):
            tags[last][-1] = f"{tags[last][-1]} {' '.join(line.split())}".strip()
    _finish(tags, f"{where}:{start}", records, faults)
    if not records and not faults:
        faults.append(Fault(where, "there is no entry in this file: an entry begins with TY  - "))
    return records, faults


def _finish(tags: Tags, place: str, records: list[Record], faults: list[Fault]) -> None:
    if not tags:
        return
    if any(value for tag, values in tags.items() if tag != "TY" for value in values):
        records.append(_record(tags, place))
    else:
        faults.append(Fault(place, "the entry has no fields"))


def _record(tags: Tags, place: str) -> Record:
    draft, kind = Draft(), RIS_KINDS.get(_first(tags, ["TY"]).upper(), "Document")
    _put_first(draft, "dcterms:title", tags, _TITLES)
    if "dcterms:title" not in draft.fields and kind in ("Book", "EditedBook", "Proceedings"):
        _put_first(draft, "dcterms:title", tags, ("BT", "T2"))
    is_part = kind in ("AcademicArticle", "Chapter", "Article", "Webpage", "Document", "Issue")
    used = [tag for tag in _CONTAINERS if _first(tags, [tag]) != draft.one("dcterms:title")]
    _put_first(draft, "sq:containerTitle" if is_part else "dcterms:isPartOf", tags, used)
    _put_first(draft, "dcterms:isPartOf", tags, ("T3",))
    for tag, target in _FIELDS.items():
        _put_first(draft, target, tags, (tag,))
    if kind != "AcademicArticle" and "bibo:issue" in draft.fields:
        draft.fields["bibo:number"] = draft.fields.pop("bibo:issue")
    pages = [page for tag in ("SP", "EP") if (page := _first(tags, [tag]))]
    draft.put("bibo:pages", "-".join(dict.fromkeys(pages)))
    for keyword in tags.get("KW", ()):
        draft.put("dcterms:subject", *re.split(r"\s*;\s*", keyword))
    draft.put("skos:note", *tags.get("N1", ()))
    for number in tags.get("SN", ()):
        digits = re.sub(r"[^0-9Xx]", "", number.split("(")[0])
        draft.put("bibo:issn" if len(digits) == 8 else "bibo:isbn", number)
    draft.put_addresses(
        _first(tags, ["DO"]), *(url for line in tags.get("UR", ()) for url in line.split("; "))
    )
    draft.lose(tag for tag in tags if tag not in _HANDLED)
    authors, editors, translators = (
        tuple(dict.fromkeys(ris_names([name for tag in role for name in tags.get(tag, ())])))
        for role in (_AUTHORS, _EDITORS, _TRANSLATORS)
    )
    if series := tags.get("A3"):
        if editors:
            draft.lose_because(
                "A3", f"the map has no place for series editors ({'; '.join(series)})"
            )
        else:
            editors = tuple(ris_names(series))
    others = [name for name in authors if name.family.lower().strip(".") in ("et al", "others")]
    return draft.record(
        kind,
        _date(draft, tags),
        [_first(tags, ["ID"]) or _first(tags, ["LB"])],
        place=place,
        authors=tuple(name for name in authors if name not in others),
        editors=editors,
        translators=translators,
        et_al=bool(others),
    )


def _first(tags: Tags, names: Iterable[str]) -> str:
    return next((value for name in names for value in tags.get(name, ()) if value), "")


def _put_first(draft: Draft, target: str, tags: Tags, names: Iterable[str]) -> None:
    """Puts the first of several tags in a field, and reports those that say something else."""
    for name in names:
        for value in filter(None, tags.get(name, ())):
            if target not in draft.fields:
                draft.put(target, value)
            elif value not in draft.fields[target]:
                draft.lose_because(name, f"the record has {draft.one(target)!r} in its place")


def _date(draft: Draft, tags: Tags) -> str:
    """The fullest of the dates that agree; a date of another year is reported."""
    dates = [(tag, value) for tag in _DATES for value in tags.get(tag, ()) if value.strip("/ ")]
    if not dates:
        return ""
    year = re.search(r"[0-9]{4}", dates[0][1])
    same = [
        pair
        for pair in dates
        if not year or year[0] in pair[1] or re.fullmatch(r"[^0-9]*[0-9]{0,2}[^0-9]*", pair[1])
    ]
    for tag, value in dates:
        if (tag, value) not in same:
            draft.lose_because(tag, f"the record has the date {dates[0][1]!r}, not {value!r}")
    with_year = [value for _, value in same if not year or year[0] in value]
    fullest = max(with_year, key=lambda value: min(len(re.findall(r"[0-9]+", value)), 3))
    for _, value in same:
        if year and year[0] not in value:
            fullest = f"{value} {fullest}" if len(re.findall(r"[0-9]+", fullest)) == 1 else fullest
    return fullest
