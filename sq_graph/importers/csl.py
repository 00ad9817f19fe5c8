"""Reading JSON: CSL-JSON, answers of Crossref, exports of Zotero and Better BibTeX."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from typing import Any

from sq_graph.errors import BrokenFile
from sq_graph.importers.dates import read_date
from sq_graph.importers.drafts import CSL_FIELDS, CSL_KINDS, Bibliography, Draft, Fault
from sq_graph.importers.people import csl_names
from sq_graph.model.records import Record

_HANDLED = {"type", "id", "citation-key", "DOI", "URL", "keyword", "issued", "status"}
_HANDLED |= {"author", "editor", "translator", "year-suffix"}
_SEVERAL = ("bibo:isbn", "bibo:issn", "skos:note")
_MARKUP = re.compile(
    r"<(i|b|em|strong|sup|sub|sc|span|p|jats:\w+|mml:\w+)(?:\s[^<>]*)?>(.*?)</\1>", re.DOTALL
)
_CROSSREF_KINDS = {
    "journal-article": "article-journal",
    "book-chapter": "chapter",
    "book-section": "chapter",
    "proceedings-article": "paper-conference",
    "posted-content": "article",
    "dissertation": "thesis",
    "monograph": "book",
    "edited-book": "collection",
    "reference-book": "book",
    "reference-entry": "chapter",
    "report": "report",
}
_CROSSREF_FIELDS = {"ISBN": "ISBN", "ISSN": "ISSN", "short-title": "title-short"}
_CROSSREF_FIELDS |= {
    "short-container-title": "container-title-short",
    "publisher-location": "publisher-place",
}
_CROSSREF_UNUSED = re.compile(
    r"indexed|reference.*|content-domain|created|source|is-referenced.*|prefix|member|deposited|"
    r"score|resource"
    r"|link|license|relation|alternative-id|published.*|journal-issue|update-policy|assertion|"
    r"subject|funder|issn-type|isbn-type|aliases|archive|accepted"
)
_ZOTERO_FIELDS = {
    "title": "title",
    "shortTitle": "title-short",
    "publicationTitle": "container-title",
    "bookTitle": "container-title",
    "proceedingsTitle": "container-title",
    "encyclopediaTitle": "container-title",
    "dictionaryTitle": "container-title",
    "blogTitle": "container-title",
    "websiteTitle": "container-title",
    "series": "collection-title",
    "seriesTitle": "collection-title",
    "volume": "volume",
    "issue": "issue",
    "number": "number",
    "seriesNumber": "number",
    "reportNumber": "number",
    "pages": "page",
    "edition": "edition",
    "publisher": "publisher",
    "university": "publisher",
    "institution": "publisher",
    "place": "publisher-place",
    "thesisType": "genre",
    "reportType": "genre",
    "DOI": "DOI",
    "url": "URL",
    "ISBN": "ISBN",
    "ISSN": "ISSN",
    "language": "language",
    "extra": "note",
}
_ZOTERO_KINDS = {
    "journalArticle": "article-journal",
    "magazineArticle": "article-magazine",
    "newspaperArticle": "article-newspaper",
    "bookSection": "chapter",
    "encyclopediaArticle": "entry-encyclopedia",
    "dictionaryEntry": "entry-encyclopedia",
    "conferencePaper": "paper-conference",
    "blogPost": "post-weblog",
    "presentation": "speech",
    "preprint": "article",
}
_ZOTERO_UNUSED = {"itemType", "creators", "tags", "date", "citationKey", "key", "itemID", "itemKey"}
_ZOTERO_UNUSED |= {
    "version",
    "collections",
    "relations",
    "dateAdded",
    "dateModified",
    "uri",
    "select",
    "libraryID",
}


def read_json(content: str, where: str) -> Bibliography:
    """The records of a JSON file and its faults; raises BrokenFile for other JSON."""
    try:
        found = json.loads(content)
    except (json.JSONDecodeError, RecursionError) as error:
        line, what = (
            getattr(error, "lineno", None),
            f"invalid JSON ({getattr(error, 'msg', 'nested too deep')})",
        )
        raise BrokenFile(what, where, line, remedy="Export it again") from None
    records: list[Record] = []
    faults: list[Fault] = []
    for number, item in enumerate(_items(found, where), 1):
        place = f"{where}, item {number}"
        if _is_work(item):
            records.append(_record(_as_csl(item), place))
        else:
            is_bare = isinstance(item, dict) and "type" in item
            lacks = "says nothing but its type" if is_bare else "lacks type and title"
            faults.append(Fault(place, f"this is not a CSL-JSON item: it {lacks}"))
    return records, faults


def _items(found: Any, where: str) -> list[Any]:
    """The list of works in a JSON file, whatever is wrapped around it."""
    if isinstance(found, dict) and isinstance(found.get("message"), dict):
        message = found["message"]
        found = message["items"] if isinstance(message.get("items"), list) else message
    if isinstance(found, dict) and isinstance(found.get("items"), list):
        found = found["items"]
    if isinstance(found, dict) and isinstance(found.get("references"), list):
        found = found["references"]
    items = [found] if isinstance(found, dict) else found
    if not isinstance(items, list) or (items and not any(map(_is_work, items))):
        what = "this JSON holds no list of works: it is neither CSL-JSON, nor of Crossref or Zotero"
        raise BrokenFile(what, where, remedy="Export the library as CSL JSON")
    return [
        one
        for one in items
        if not (
            isinstance(one, dict) and one.get("itemType") in ("attachment", "note", "annotation")
        )
    ]


def _is_work(item: Any) -> bool:
    if not isinstance(item, dict):
        return False
    item = item.get("data", item) if isinstance(item.get("data"), dict) else item
    known = {"title", "DOI", "author", "issued", "creators", "editor", "container-title"}
    return bool(item.keys() & known) and bool(item.keys() & {"type", "itemType", "id", "author"})


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
    made: dict[str, Any] = {}
    for name, value in item.items():
        if _CROSSREF_UNUSED.fullmatch(name):
            continue
        made[name] = html.unescape(value) if isinstance(value, str) else value
        if isinstance(value, list):
            made[name] = [html.unescape(one) if isinstance(one, str) else one for one in value]
    titles, subtitles = (_texts(made.pop(name, None)) for name in ("title", "subtitle"))
    made["title"] = [": ".join(titles[:1] + subtitles[:1]), *titles[1:], *subtitles[1:]]
    kind = str(item.get("type", ""))
    return {"id": "", **made, "type": _CROSSREF_KINDS.get(kind, kind)}


def _from_zotero(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """An item of Zotero's or Better BibTeX's own JSON as CSL-JSON."""
    made: dict[str, Any] = {"type": _ZOTERO_KINDS.get(str(item["itemType"]), str(item["itemType"]))}
    for name, value in item.items():
        if target := _ZOTERO_FIELDS.get(name):
            made.setdefault(target, value)
        elif name not in _ZOTERO_UNUSED and value not in (None, "", [], {}):
            made[name] = value
    creators = item.get("creators")
    for one in creators if isinstance(creators, list) else ():
        if not isinstance(one, dict):
            continue
        role = str(one.get("creatorType") or "author")
        whole = one.get("name")
        parts = {"family": one.get("lastName"), "given": one.get("firstName")}
        if role in ("presenter", "director") or (role == "bookAuthor" and "author" not in made):
            role = "author"
        made.setdefault(role, []).append({"literal": whole} if whole else parts)
    tags = item.get("tags")
    made["keyword"] = [
        tag.get("tag") if isinstance(tag, dict) else tag
        for tag in (tags if isinstance(tags, list) else ())
    ]
    made["issued"] = {"raw": str(item.get("date") or "")}
    made["id"] = str(item.get("citationKey") or item.get("citekey") or "")
    return made


def _record(item: Mapping[str, Any], place: str) -> Record:
    draft = Draft()
    item = {name: value for name, value in item.items() if value not in (None, "", [], {})}
    for name, value in item.items():
        if (name in CSL_FIELDS or name in ("DOI", "URL", "keyword")) and not _texts(value):
            draft.lose_because(name, f"its value is not a text ({str(value)[:60]})")
    for name, target in CSL_FIELDS.items():
        draft.put(target, *map(_without_markup, _texts(item.get(name))))
        if len(draft.fields.get(target, ())) > 1 and target not in _SEVERAL:
            draft.lose_because(
                name, f"only the first of its values is kept ({draft.fields[target][1]!r} is not)"
            )
            del draft.fields[target][1:]
    words: list[str] = _texts(item.get("keyword"))
    if len(words) == 1:
        words = re.split(r"\s*;\s*" if ";" in words[0] else r"\s*,\s*", words[0])
    draft.put("dcterms:subject", *words)
    draft.put_addresses(" ".join(_texts(item.get("DOI"))), *_texts(item.get("URL")))
    kind = " ".join(_texts(item.get("type")))
    if kind not in CSL_KINDS:
        draft.doubts.append(f"the type {kind!r} is not known; it is kept as a document")
    draft.lose(name for name in item if name not in CSL_FIELDS and name not in _HANDLED)
    people = {role: csl_names(item.get(role) or []) for role in ("author", "editor", "translator")}
    for role, names in people.items():
        listed = item[role] if isinstance(item.get(role), list) else []
        if len(names) < sum(1 for one in listed if one and one != {"literal": ""}):
            draft.lose_because(role, "some of its names are not texts, and are left out")
    authors = tuple(
        name for name in people["author"] if name.family.lower() not in ("others", "et al.")
    )
    return draft.record(
        CSL_KINDS.get(kind, "Document"),
        _written_date(draft, item),
        [str(item.get("citation-key") or item.get("id") or "")],
        place=place,
        authors=authors,
        editors=tuple(people["editor"]),
        translators=tuple(people["translator"]),
        et_al=len(authors) < len(people["author"]),
    )


def _texts(value: Any) -> list[str]:
    """The texts and numbers in a value; what is neither holds no text.

    >>> _texts(["a", None, 5, {"b": 1}, True])
    ['a', '5']
    """
    listed = value if isinstance(value, list) else [value]
    whole = [int(one) if isinstance(one, float) and one.is_integer() else one for one in listed]
    return [str(one) for one in whole if isinstance(one, str | int) and not isinstance(one, bool)]


def _without_markup(text: str) -> str:
    """A text without the tags that CSL allows in it; a sign < that opens none stays."""
    plain = _MARKUP.sub(r"\2", text)
    return plain if plain == text else _without_markup(plain)


def _written_date(draft: Draft, item: Mapping[str, Any]) -> str:
    """The date of an item in one form; ranges of years stay as words, seasons are reported."""
    issued = item.get("issued") or {}
    if not isinstance(issued, dict):
        return " ".join(_texts(issued))
    written = issued.get("date-parts")
    parts = written if isinstance(written, list) else [] if written is None else [written]
    if parts and not isinstance(parts[0], list):
        parts = [parts]
    ends: list[list[int]] = []
    for end in parts:
        written_parts = [word.strip() for word in _texts(end) if word.strip()]
        numbers = [int(word) for word in written_parts if re.fullmatch(r"-?[0-9]+", word)]
        if len(numbers) < len(written_parts):
            return "-".join(written_parts)
        ends += [numbers] if numbers else []
    unread = issued.keys() - {"date-parts", "literal", "raw", "edtf", "circa", "season"}
    if unread:
        draft.lose_because(
            "issued", f"{', '.join(sorted(map(str, unread)))} has no place in a date"
        )
    if issued.get("season"):
        draft.lose_because("issued", f"the season {issued['season']!r} has no place in a date")
    if not ends:
        words = (
            issued.get("literal") or issued.get("raw") or issued.get("edtf") or item.get("status")
        )
        return str(words or "")
    if ends[0][0] < 0:
        return f"{ends[0][0]:05}"
    if len(ends) > 1 and ends[0][0] != ends[1][0]:
        return f"{ends[0][0]}/{ends[1][0]}"
    if len(ends) > 1 and ends[0] != ends[1]:
        draft.lose_because("issued", "the end of the date's range is not kept")
    if str(issued.get("circa") or "false").lower() not in ("false", "0"):
        return f"c. {ends[0][0]}"
    year, *rest = ends[0]
    whole = "-".join([f"{year:04}", *(f"{part:02}" for part in rest[:2])])
    suffix = str(item.get("year-suffix") or "")
    if suffix and rest:  # the letter is no part of the date
        draft.put("dcterms:issued", read_date(whole).issued)
        return f"{year:04}{suffix}"
    return whole + suffix
