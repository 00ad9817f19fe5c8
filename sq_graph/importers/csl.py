"""Reading JSON: CSL-JSON, responses of Crossref, exports of Zotero and Better BibTeX."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from sq_graph.errors import BrokenFile
from sq_graph.importers.bibliography_fields import Bibliography, Fault, RecordFields, keywords_in
from sq_graph.importers.encodings import parse_json
from sq_graph.importers.formats import FORMATS, kinds_in
from sq_graph.importers.people import csl_names, doubt_about_person
from sq_graph.model.records import FIELDS, Name, Record

_KINDS = kinds_in("csl")
_FIELDS = {field.csl: field.name for field in FIELDS if field.csl not in ("DOI", "URL", "issued")}
_FIELDS |= FORMATS["csl"]["fields"]
_WORK_FIELDS = {"title", "container-title", "DOI", "issued", "author", "editor"}
_KNOWN = _FIELDS.keys() | _WORK_FIELDS | {"type", "id", "citation-key", "URL", "translator"}
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
    """Whether an item has what a work has, and not mostly the fields of another service."""
    if not isinstance(item, dict):
        return False
    csl = _as_csl(item)
    filled = {name for name, value in csl.items() if value not in _EMPTY_VALUES}
    if not filled & _WORK_FIELDS or not filled & {"type", "id", "author"}:
        return False
    return "itemType" in _zotero(item) or len(csl) <= 3 * len(csl.keys() & _KNOWN)


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
    title = ": ".join(titles[:1] + subtitles[:1])
    fields["title"] = list(filter(None, [title, *titles[1:], *subtitles[1:]]))
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
        person = {"family": creator.get("lastName"), "given": creator.get("firstName")}
        if creator.get("name") or creator.get("fieldMode") == 1:  # the field for organisations
            person = {"literal": creator.get("name") or creator.get("lastName")}
        if role in ("presenter", "director") or (role == "bookAuthor" and not has_author):
            role = "author"
        fields.setdefault(role, []).append(person)
    tags = _list_in(item, "tags")
    fields["keyword"] = [tag.get("tag") if isinstance(tag, dict) else tag for tag in tags]
    dates = map(item.get, ("date", *_ZOTERO["dates"]))
    fields["issued"] = str(next(filter(None, dates), ""))
    fields["id"] = str(item.get("citationKey") or item.get("citekey") or "")
    return fields


def _record(csl: Mapping[str, Any], location: str) -> Record:
    draft = RecordFields()
    item = {name: value for name, value in csl.items() if value not in _EMPTY_VALUES}
    if isinstance(extra := item.get("note"), str):  # of Zotero, with a field in each line
        item["note"] = re.sub(r"\s*\n\s*", "; ", extra.strip())
    in_extra = re.search(r"(?:^|; )Citation Key: *([^\s;]+)", str(item.get("note")))
    for name, field in _FIELDS.items():
        values = _take(draft, item, name)
        is_line = name == "keyword" and len(values) == 1
        draft.put(field, *(keywords_in(values[0]) if is_line else values), name=name)
    draft.put_addresses(" ".join(_take(draft, item, "DOI")), *_take(draft, item, "URL"))
    type_name = " ".join(_take(draft, item, "type"))
    kind = draft.kind(_KINDS, type_name, f"the type {type_name!r} is not known")
    people = {role: _people(draft, item, role) for role in ("author", "editor", "translator")}
    _put_date(draft, item)
    keys = (item.pop("citation-key", ""), in_extra and in_extra[1], item.pop("id", ""))
    for name in item:
        draft.lose(name)
    return draft.record(kind, [str(next(filter(None, keys), ""))], people, location)


def _take(draft: RecordFields, item: dict[str, Any], name: str) -> list[str]:
    """Removes a field of an item and returns its texts; another value is reported."""
    value = item.pop(name, None)
    texts = _texts(value)
    if value is not None and not texts:
        draft.lose(name, f"its value is not text ({str(value)[:60]})")
    return texts


def _people(draft: RecordFields, item: dict[str, Any], role: str) -> list[Name]:
    """Removes the people of one role and returns their names; what is not a name is reported."""
    people = item.pop(role, [])
    names = csl_names(people)
    draft.doubts += filter(None, map(doubt_about_person, names))
    if isinstance(people, list) and len(names) < sum(map(bool, people)):
        draft.lose(role, "some of its names are not texts, and are left out")
    return names


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


def _put_date(draft: RecordFields, item: dict[str, Any]) -> None:
    """Puts the date of an item, of which a season or a time cannot be part."""
    is_text = "issued" in item and not isinstance(item["issued"], dict)
    issued = {"raw": " ".join(_take(draft, item, "issued"))} if is_text else item.pop("issued", {})
    for name in sorted(issued.keys() - {"date-parts", "literal", "raw", "edtf", "circa"}):
        draft.lose("issued", f"{name} {issued[name]!r} cannot be part of a date")
    parts = issued.get("date-parts")
    parts = parts if isinstance(parts, list) else [parts]
    ends = parts if any(isinstance(end, list) for end in parts) else [parts]
    date = "/".join(dict.fromkeys(filter(None, map(_date_in, ends))))
    if date and str(issued.get("circa") or "false").lower() not in ("false", "0"):
        date = f"c. {date}"
    words = (issued.get("literal"), issued.get("raw"), issued.get("edtf"), item.pop("status", ""))
    draft.put_dates(("issued", date or str(next(filter(None, words), ""))))
    if draft.date.year is not None:
        draft.date = draft.date._replace(suffix=str(item.pop("year-suffix", draft.date.suffix)))


def _date_in(parts: Any) -> str:
    """The year, month and day of a date with zeros before them.

    >>> _date_in(["2004", 5]), _date_in([-380]), _date_in("n.d.")
    ('2004-05', '-0380', 'n.d.')
    """
    words = [word.strip() for word in _texts(parts)[:3] if word.strip()]
    date = "-".join(word.zfill(2) if word.isdigit() else word for word in words)
    return re.sub("^-?[0-9]{1,3}(?=-|$)", lambda year: year[0].zfill(4 + date[:1].count("-")), date)
