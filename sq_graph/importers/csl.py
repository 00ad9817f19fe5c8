"""Reading JSON: CSL-JSON, answers of Crossref, exports of Zotero and Better BibTeX."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from sq_graph.errors import BrokenFile
from sq_graph.importers.bibliography_fields import Bibliography, Fault, RecordFields, keywords_in
from sq_graph.importers.dates import read_date
from sq_graph.importers.encodings import parse_json
from sq_graph.importers.formats import FORMATS, kinds_in
from sq_graph.importers.people import csl_names, doubt_about_person
from sq_graph.model.records import FIELDS, Record

_KINDS = kinds_in("csl")
_FIELDS = {f.csl: f.name for f in FIELDS if f.csl not in ("DOI", "URL", "issued", "keyword")}
_HANDLED = {"type", "id", "citation-key", "DOI", "URL", "keyword", "issued", "status"}
_HANDLED |= {"author", "editor", "translator", "year-suffix"}
_SEVERAL = ("bibo:isbn", "bibo:issn", "skos:note")
_CROSSREF, _ZOTERO = FORMATS["crossref"], FORMATS["zotero"]
_EMPTY: tuple[object, ...] = (None, "", [], {})
_ASIDE = {
    "attachment": "Import the PDFs as a folder to read their highlights",
    "note": "Copy what you need into the column note of a sheet",
    "annotation": "sq-graph template FILE.xlsx --notes FILE.json puts them into a workbook",
}
"""What Zotero keeps beside works, and how the map gets what it holds."""


def read_json(content: str, where: str) -> Bibliography:
    """The records of a JSON file and its faults; raises BrokenFile for other JSON."""
    records: list[Record] = []
    faults: list[Fault] = []
    items = _items(parse_json(content, where), where)
    aside = Counter(kind for one in items for kind in _aside(one))
    for kind, number in aside.items():
        faults.append(
            Fault(where, f"{kind}s ({number}) are not works. {_ASIDE[kind]}", kind, number)
        )
    for number, item in enumerate(items, 1):
        if str(_zotero(item).get("itemType")) in _ASIDE:
            continue
        place = f"{where}, item {number}"
        if _is_work(item):
            records.append(_record(_as_csl(item), place))
        else:
            is_bare = isinstance(item, dict) and "type" in item
            lacks = "has only a type" if is_bare else "has no type and title"
            faults.append(Fault(place, f"this is not a CSL-JSON item: it {lacks}"))
    return records, faults


def _items(found: Any, where: str) -> list[Any]:
    """The list of works in a JSON file, whatever is wrapped around it."""
    if isinstance(found, dict) and isinstance(found.get("message"), dict):
        found = found["message"]
    for name in ("items", "references"):
        if isinstance(found, dict) and isinstance(found.get(name), list):
            found = found[name]
    items = [found] if isinstance(found, dict) else found
    if not isinstance(items, list) or (items and not any(map(_is_work, items))):
        what = "this JSON has no list of works: it is not CSL-JSON, and not from Crossref or Zotero"
        raise BrokenFile(what, where, remedy="Export the library as CSL JSON")
    return items


def _zotero(item: Any) -> Mapping[str, Any]:
    """An item as Zotero describes it; its web service wraps that in `data`."""
    inner = item.get("data") if isinstance(item, dict) else None
    return inner if isinstance(inner, dict) else item if isinstance(item, dict) else {}


def _aside(item: Any) -> Iterator[str]:
    """The kind of each note, attachment and annotation that an item is or holds."""
    said = _zotero(item)
    if (kind := str(said.get("itemType"))) in _ASIDE:
        yield kind
    for kind in _ASIDE:
        for part in _listed(said, f"{kind}s"):
            yield from _aside({**_zotero(part), "itemType": kind})


def _is_work(item: Any) -> bool:
    if not isinstance(item, dict):
        return False
    item = _zotero(item)
    known = {"title", "DOI", "author", "issued", "creators", "editor", "container-title"}
    if not item.keys() & known or not item.keys() & {"type", "itemType", "id", "author"}:
        return False
    if "itemType" not in item and all(item.get(name) in _EMPTY for name in known):
        return False
    names = _as_csl(item).keys()
    unknown = names - _FIELDS.keys() - _HANDLED  # most of what other services say
    return "itemType" in item or len(unknown) <= 2 * len(names - unknown)


def _as_csl(item: Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(item.get("data"), dict):
        item = item["data"] | {"csl": None}
    if "itemType" in item:
        return _from_zotero(item)
    if isinstance(item.get("title"), list) or isinstance(item.get("container-title"), list):
        return _from_crossref(item)
    return item


def _from_crossref(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """An answer of Crossref as CSL-JSON: lists of one text become texts."""
    unused = re.compile("|".join(_CROSSREF["unused"]))
    kept = {name: value for name, value in item.items() if not unused.fullmatch(name)}
    made = {_CROSSREF["fields"].get(name, name): value for name, value in kept.items()}
    titles, subtitles = (_texts(made.pop(name, None)) for name in ("title", "subtitle"))
    made["title"] = [": ".join(titles[:1] + subtitles[:1]), *titles[1:], *subtitles[1:]]
    kind = str(item.get("type", ""))
    return {"id": "", **made, "type": _CROSSREF["kinds"].get(kind, kind)}


def _from_zotero(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """An item of Zotero's or Better BibTeX's own JSON as CSL-JSON."""
    kind = str(item["itemType"])
    made: dict[str, Any] = {"type": _ZOTERO["kinds"].get(kind, kind)}
    for name, value in item.items():
        if name in _ZOTERO["fields"]:
            made.setdefault(_ZOTERO["fields"][name], value)
        elif name not in _ZOTERO["unused"] and value not in _EMPTY:
            made[name] = value
    creators = [one for one in _listed(item, "creators") if isinstance(one, dict)]
    has_author = any(one.get("creatorType") == "author" for one in creators)
    for one in creators:
        role = str(one.get("creatorType") or "author")
        parts = {"family": one.get("lastName"), "given": one.get("firstName")}
        if role in ("presenter", "director") or (role == "bookAuthor" and not has_author):
            role = "author"
        made.setdefault(role, []).append({"literal": one["name"]} if one.get("name") else parts)
    tags = _listed(item, "tags")
    made["keyword"] = [tag.get("tag") if isinstance(tag, dict) else tag for tag in tags]
    dates = map(item.get, ("date", *_ZOTERO["dates"]))
    made["issued"] = {"raw": str(next(filter(None, dates), ""))}
    made["id"] = str(item.get("citationKey") or item.get("citekey") or "")
    return made


def _record(item: Mapping[str, Any], place: str) -> Record:
    draft = RecordFields()
    item = {name: value for name, value in item.items() if value not in _EMPTY}
    if "number" not in item and "collection-number" in item:
        item["number"] = item.pop("collection-number")
    if isinstance(extra := item.get("note"), str):  # of Zotero, with a field in each line
        item["note"] = re.sub(r"\s*\n\s*", "; ", extra.strip())
    for name, value in item.items():
        if (name in _FIELDS or name in ("DOI", "URL", "keyword")) and not _texts(value):
            draft.lose(name, f"its value is not a text ({str(value)[:60]})")
    for name, target in _FIELDS.items():
        draft.put(target, *_texts(item.get(name)))
        if len(held := draft.fields.get(target, [])) > 1 and target not in _SEVERAL:
            draft.lose(name, f"only the first of its values is kept ({held[1]!r} is not)")
            del held[1:]
    words = _texts(item.get("keyword"))
    draft.put("dcterms:subject", *(keywords_in(words[0]) if len(words) == 1 else words))
    draft.put_addresses(" ".join(_texts(item.get("DOI"))), *_texts(item.get("URL")))
    named = " ".join(_texts(item.get("type")))
    kind = draft.kind(_KINDS, named, f"the type {named!r} is not known")
    for name in item:
        if name not in _FIELDS and name not in _HANDLED:
            draft.lose(name)
    people = {role: csl_names(item.get(role) or []) for role in ("author", "editor", "translator")}
    for role, names in people.items():
        draft.doubts += filter(None, map(doubt_about_person, names))
        if len(names) < sum(1 for one in _listed(item, role) if one and one != {"literal": ""}):
            draft.lose(role, "some of its names are not texts, and are left out")
    in_extra = re.search(r"(?:^|; )Citation Key: *([^\s;]+)", str(item.get("note")))
    keys = (item.get("citation-key"), in_extra and in_extra[1], item.get("id"))
    written, key = _written_date(draft, item), str(next(filter(None, keys), ""))
    return draft.record(kind, written, [key], people, place)


def _listed(item: Mapping[str, Any], name: str) -> list[Any]:
    """The list that an item holds under a name; empty where it holds something else."""
    return item[name] if isinstance(item.get(name), list) else []


def _texts(value: Any) -> list[str]:
    """The texts and numbers in a value; what is neither holds no text.

    >>> _texts(["a", None, 5, {"b": 1}, True])
    ['a', '5']
    """
    listed = value if isinstance(value, list) else [value]
    whole = [int(one) if isinstance(one, float) and one.is_integer() else one for one in listed]
    return [str(one) for one in whole if isinstance(one, str | int) and not isinstance(one, bool)]


def _written_date(draft: RecordFields, item: Mapping[str, Any]) -> str:
    """The date of an item in one form; ranges of years stay as words, seasons are reported."""
    issued = item.get("issued") or {}
    if not isinstance(issued, dict):
        if not _texts(issued):
            draft.lose("issued", f"it is not a date ({str(issued)[:60]})")
        return " ".join(_texts(issued))
    written = issued.get("date-parts")
    parts = written if isinstance(written, list) else [written]
    ends: list[list[int]] = []
    for end in parts if isinstance(next(iter(parts), None), list) else [parts]:
        words = [word.strip() for word in _texts(end) if word.strip()]
        if not all(re.fullmatch(r"-?[0-9]+", word) for word in words):
            return "-".join(words)
        ends += [list(map(int, words))] if words else []
    unread = issued.keys() - {"date-parts", "literal", "raw", "edtf", "circa", "season"}
    if unread:
        draft.lose("issued", f"{', '.join(sorted(map(str, unread)))} cannot be part of a date")
    if issued.get("season"):
        draft.lose("issued", f"the season {issued['season']!r} cannot be part of a date")
    if not ends:
        named = (issued.get("literal"), issued.get("raw"), issued.get("edtf"), item.get("status"))
        return str(next(filter(None, named), ""))
    if ends[0][0] < 0:
        return f"{ends[0][0]:05}"
    if len(ends) > 1 and ends[0][0] != ends[1][0]:
        if any(len(end) > 1 for end in ends):
            draft.lose("issued", "the months and days of a range of years are not kept")
        return f"{ends[0][0]}/{ends[1][0]}"
    if len(ends) > 1 and ends[0] != ends[1]:
        draft.lose("issued", "the end of the date's range is not kept")
    if str(issued.get("circa") or "false").lower() not in ("false", "0"):
        return f"c. {ends[0][0]}"
    year, *rest = ends[0]
    whole = "-".join([f"{year:04}", *(f"{part:02}" for part in rest[:2])])
    suffix = str(item.get("year-suffix") or "")
    if suffix and rest:  # the letter is no part of the date
        draft.put("dcterms:issued", read_date(whole).issued)
        return f"{year:04}{suffix}"
    return whole + suffix
