"""Reading JSON: CSL-JSON, responses of Crossref, exports of Zotero and Better BibTeX."""

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
_EMPTY_VALUES: tuple[object, ...] = (None, "", [], {})
_NOT_WORKS: Mapping[str, str] = _ZOTERO["not-works"]


def read_json(content: str, file: str) -> Bibliography:
    """The records of a JSON file and its faults; raises BrokenFile for other JSON."""
    records: list[Record] = []
    faults: list[Fault] = []
    items = _items(parse_json(content, file), file)
    for kind, count in Counter(kind for item in items for kind in _other_kinds(item)).items():
        reason = f"{kind}s ({count}) are not works. {_NOT_WORKS[kind]}"
        faults.append(Fault(file, reason, kind, count))
    for number, item in enumerate(items, 1):
        if str(_zotero(item).get("itemType")) in _NOT_WORKS:
            continue
        location = f"{file}, item {number}"
        if _is_work(item):
            records.append(_record(_as_csl(item), location))
        else:
            is_bare = isinstance(item, dict) and "type" in item
            missing = "has only a type" if is_bare else "has no type and title"
            faults.append(Fault(location, f"this is not a CSL-JSON item: it {missing}"))
    return records, faults


def _items(content: Any, file: str) -> list[Any]:
    """The list of works in a JSON file, without any wrapping."""
    if isinstance(content, dict) and isinstance(content.get("message"), dict):
        content = content["message"]
    for name in ("items", "references"):
        if isinstance(content, dict) and isinstance(content.get(name), list):
            content = content[name]
    items = [content] if isinstance(content, dict) else content
    if isinstance(items, list) and (not items or any(map(_is_work, items))):
        return items
    problem = "this JSON has no list of works: it is not CSL-JSON, and not from Crossref or Zotero"
    raise BrokenFile(problem, file, remedy="Export the library as CSL JSON")


def _zotero(item: Any) -> Mapping[str, Any]:
    """The description of an item in Zotero, whose web service wraps it in `data`."""
    inner = item.get("data") if isinstance(item, dict) else None
    return inner if isinstance(inner, dict) else item if isinstance(item, dict) else {}


def _other_kinds(item: Any) -> Iterator[str]:
    """The kind of each note, attachment and annotation that an item is or contains."""
    fields = _zotero(item)
    if (kind := str(fields.get("itemType"))) in _NOT_WORKS:
        yield kind
    for kind in _NOT_WORKS:
        for child in _list_in(fields, f"{kind}s"):
            yield from _other_kinds({**_zotero(child), "itemType": kind})


def _is_work(item: Any) -> bool:
    if not isinstance(item, dict):
        return False
    item = _zotero(item)
    work_fields = {"title", "DOI", "author", "issued", "creators", "editor", "container-title"}
    if not item.keys() & work_fields or not item.keys() & {"type", "itemType", "id", "author"}:
        return False
    if "itemType" not in item and all(item.get(name) in _EMPTY_VALUES for name in work_fields):
        return False
    names = _as_csl(item).keys()
    unknown = names - _FIELDS.keys() - _HANDLED  # most of the fields of other services
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
    """A response of Crossref as CSL-JSON: lists of one text become texts."""
    unused = re.compile("|".join(_CROSSREF["unused"]))
    used = {name: value for name, value in item.items() if not unused.fullmatch(name)}
    fields = {_CROSSREF["fields"].get(name, name): value for name, value in used.items()}
    titles, subtitles = (_texts(fields.pop(name, None)) for name in ("title", "subtitle"))
    fields["title"] = [": ".join(titles[:1] + subtitles[:1]), *titles[1:], *subtitles[1:]]
    kind = str(item.get("type", ""))
    return {"id": "", **fields, "type": _CROSSREF["kinds"].get(kind, kind)}


def _from_zotero(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """An item of Zotero's or Better BibTeX's own JSON as CSL-JSON."""
    kind = str(item["itemType"])
    fields: dict[str, Any] = {"type": _ZOTERO["kinds"].get(kind, kind)}
    for name, value in item.items():
        if name in _ZOTERO["fields"]:
            fields.setdefault(_ZOTERO["fields"][name], value)
        elif name not in _ZOTERO["unused"] and value not in _EMPTY_VALUES:
            fields[name] = value
    creators = [creator for creator in _list_in(item, "creators") if isinstance(creator, dict)]
    has_author = any(creator.get("creatorType") == "author" for creator in creators)
    for creator in creators:
        role = str(creator.get("creatorType") or "author")
        parts = {"family": creator.get("lastName"), "given": creator.get("firstName")}
        person = {"literal": creator["name"]} if creator.get("name") else parts
        if role in ("presenter", "director") or (role == "bookAuthor" and not has_author):
            role = "author"
        fields.setdefault(role, []).append(person)
    tags = _list_in(item, "tags")
    fields["keyword"] = [tag.get("tag") if isinstance(tag, dict) else tag for tag in tags]
    dates = map(item.get, ("date", *_ZOTERO["dates"]))
    fields["issued"] = {"raw": str(next(filter(None, dates), ""))}
    fields["id"] = str(item.get("citationKey") or item.get("citekey") or "")
    return fields


def _record(item: Mapping[str, Any], location: str) -> Record:
    draft = RecordFields()
    item = {name: value for name, value in item.items() if value not in _EMPTY_VALUES}
    if "number" not in item and "collection-number" in item:
        item["number"] = item.pop("collection-number")
    if isinstance(extra := item.get("note"), str):  # of Zotero, with a field in each line
        item["note"] = re.sub(r"\s*\n\s*", "; ", extra.strip())
    for name, value in item.items():
        if (name in _FIELDS or name in ("DOI", "URL", "keyword")) and not _texts(value):
            draft.lose(name, f"its value is not text ({str(value)[:60]})")
    for name, target in _FIELDS.items():
        draft.put(target, *_texts(item.get(name)))
        if len(values := draft.fields.get(target, [])) > 1 and target not in _SEVERAL:
            draft.lose(name, f"only the first of its values is kept ({values[1]!r} is not)")
            del values[1:]
    keywords = _texts(item.get("keyword"))
    draft.put("dcterms:subject", *(keywords_in(keywords[0]) if len(keywords) == 1 else keywords))
    draft.put_addresses(" ".join(_texts(item.get("DOI"))), *_texts(item.get("URL")))
    type_name = " ".join(_texts(item.get("type")))
    kind = draft.kind(_KINDS, type_name, f"the type {type_name!r} is not known")
    for name in item:
        if name not in _FIELDS and name not in _HANDLED:
            draft.lose(name)
    people = {role: csl_names(item.get(role) or []) for role in ("author", "editor", "translator")}
    for role, names in people.items():
        draft.doubts += filter(None, map(doubt_about_person, names))
        if len(names) < sum(1 for one in _list_in(item, role) if one and one != {"literal": ""}):
            draft.lose(role, "some of its names are not texts, and are left out")
    in_extra = re.search(r"(?:^|; )Citation Key: *([^\s;]+)", str(item.get("note")))
    keys = (item.get("citation-key"), in_extra and in_extra[1], item.get("id"))
    date_text, key = _date_text(draft, item), str(next(filter(None, keys), ""))
    return draft.record(kind, date_text, [key], people, location)


def _list_in(item: Mapping[str, Any], name: str) -> list[Any]:
    """The list that an item has under a name; empty if it has something else."""
    return item[name] if isinstance(item.get(name), list) else []


def _texts(value: Any) -> list[str]:
    """The texts and numbers in a value; other values are ignored.

    >>> _texts(["a", None, 5, {"b": 1}, True])
    ['a', '5']
    """
    parts = value if isinstance(value, list) else [value]
    parts = [int(part) if isinstance(part, float) and part.is_integer() else part for part in parts]
    return [str(part) for part in parts if type(part) in (str, int)]


def _date_text(draft: RecordFields, item: Mapping[str, Any]) -> str:
    """The date of an item in one form; ranges of years are kept as text, seasons reported."""
    issued = item.get("issued") or {}
    if not isinstance(issued, dict):
        if not _texts(issued):
            draft.lose("issued", f"it is not a date ({str(issued)[:60]})")
        return " ".join(_texts(issued))
    date_parts = issued.get("date-parts")
    parts = date_parts if isinstance(date_parts, list) else [date_parts]
    ends: list[list[int]] = []
    for end in parts if isinstance(next(iter(parts), None), list) else [parts]:
        words = [word.strip() for word in _texts(end) if word.strip()]
        if not all(re.fullmatch(r"-?[0-9]+", word) for word in words):
            return "-".join(words)
        ends += [list(map(int, words))] if words else []
    ignored = issued.keys() - {"date-parts", "literal", "raw", "edtf", "circa", "season"}
    if ignored:
        draft.lose("issued", f"{', '.join(sorted(map(str, ignored)))} cannot be part of a date")
    if issued.get("season"):
        draft.lose("issued", f"the season {issued['season']!r} cannot be part of a date")
    if not ends:
        texts = (issued.get("literal"), issued.get("raw"), issued.get("edtf"), item.get("status"))
        return str(next(filter(None, texts), ""))
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
    year, *month_and_day = ends[0]
    date = "-".join([f"{year:04}", *(f"{part:02}" for part in month_and_day[:2])])
    suffix = str(item.get("year-suffix") or "")
    if suffix and month_and_day:  # the letter is not part of the date
        draft.put("dcterms:issued", read_date(date).issued)
        return f"{year:04}{suffix}"
    return date + suffix
