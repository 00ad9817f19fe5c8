"""Reading bibliographies: BibTeX and BibLaTeX, RIS, CSL-JSON, with the dirt of real ones.

A broken entry becomes a fault with its line, and the rest is read. What the map has no place for is not dropped
silently: each record says which fields it loses and why.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from sq_graph.errors import BrokenFile, MissingPart
from sq_graph.importers.drafts import BIBTEX_KINDS, HANDLED, PUBLISHED, Draft, dated
from sq_graph.importers.library import name_of
from sq_graph.model.records import FIELDS, KINDS, Name, Record
from sq_graph.resources import file_bytes

_CSL_KINDS = {kind.csl: kind.bibo for kind in KINDS} | {
    "article": "AcademicArticle",
    "article-magazine": "AcademicArticle",
    "article-newspaper": "AcademicArticle",
    "post-weblog": "Webpage",
    "speech": "Article",
    "review": "AcademicArticle",
    "entry-encyclopedia": "Chapter",
}
_RIS_KINDS = {kind.ris: kind.bibo for kind in KINDS} | {
    "CONF": "Article",
    "WEB": "Webpage",
    "BLOG": "Webpage",
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_RIS_FIELDS = {
    "title": "dcterms:title",
    "primary_title": "dcterms:title",
    "short_title": "dcterms:alternative",
    "journal_name": "sq:containerTitle",
    "secondary_title": "sq:containerTitle",
    "tertiary_title": "dcterms:isPartOf",
    "alternate_title3": "sq:containerTitle",
    "volume": "bibo:volume",
    "number": "bibo:issue",
    "edition": "bibo:edition",
    "publisher": "dcterms:publisher",
    "place_published": "sq:publisherPlace",
    "language": "dcterms:language",
    "type_of_work": "sq:genre",
}
_RIS_HANDLED = {
    "type_of_reference",
    "authors",
    "first_authors",
    "secondary_authors",
    "start_page",
    "end_page",
    "keywords",
    "notes",
    "issn",
    "urls",
    "url",
    "doi",
    "date",
    "publication_year",
    "year",
    "id",
    "label",
    "translated_author",
    "subsidiary_authors",
}
_RIS_ENTRY = re.compile(
    r"^TY  -.*?(?=^ER  -|^TY  -|\Z)|^(?!ER  -)[^\n]*\S[^\n]*$", re.MULTILINE | re.DOTALL
)
"""An entry from TY to its end, or to where the next begins; else a line that belongs to none."""
_CSL_FIELDS = {f.csl: f.name for f in FIELDS if f.csl not in ("DOI", "URL", "issued", "keyword")}
_CSL_HANDLED = {
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


@dataclass(frozen=True)
class Fault:
    """An entry that could not be read: its file and line, and why."""

    place: str
    why: str


Bibliography = tuple[list[Record], list[Fault]]


def read_bibliography(path: Path) -> Bibliography:
    """The records of a bibliography and its faults; raises BrokenFile if the file as a whole cannot be read.

    A file that is not in UTF-8 is taken to be in the Western encoding of older programs. Raises MissingPart without
    the parser for its format.
    """
    content = file_bytes(path)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    return {".bib": _read_bibtex, ".ris": _read_ris, ".json": _read_csl}[path.suffix.lower()](
        text, str(path)
    )


# ---- BibTeX


def _read_bibtex(content: str, where: str) -> Bibliography:
    try:
        from bibtexparser.entrypoint import parse_string
        from bibtexparser.middlewares import (
            RemoveEnclosingMiddleware,
            ResolveStringReferencesMiddleware,
        )
    except ImportError:
        raise MissingPart("the reader for BibTeX", "import") from None
    logging.getLogger("bibtexparser").addHandler(
        logging.NullHandler()
    )  # its warnings are faults of the report
    try:
        stack = [ResolveStringReferencesMiddleware(), RemoveEnclosingMiddleware()]
        library = parse_string(content, parse_stack=stack)
    except Exception as error:  # whatever a parser trips over, the scholar gets a sentence
        raise BrokenFile(
            f"this is no BibTeX ({_short(error)})", where, remedy="Export it anew"
        ) from None
    entries: list[tuple[Any, str]] = [(entry, "") for entry in library.entries]
    faults: list[Fault] = []
    for block in library.failed_blocks:
        kept = getattr(block, "ignore_error_block", None)
        if hasattr(kept, "fields"):
            entries.append((kept, _short(block.error)))
        else:
            faults.append(_fault(f"{where}:{(block.start_line or 0) + 1}", _short(block.error)))
    by_key = {
        entry.key: {f.key.lower(): str(f.value) for f in entry.fields} for entry, _ in entries
    }
    texts = {name.lower(): str(one.value) for name, one in library.strings_dict.items()}
    records = []
    for entry, odd in sorted(entries, key=lambda pair: pair[0].start_line or 0):
        place = f"{where}:{(entry.start_line or 0) + 1}"
        try:
            records.append(_from_bibtex(entry, by_key, texts, place, odd))
        except (ValueError, KeyError, IndexError, RecursionError) as error:
            faults.append(
                _fault(place, f"the entry {entry.key!r} cannot be read ({_short(error)})")
            )
    return records, faults


def _from_bibtex(
    entry: Any,
    by_key: Mapping[str, Mapping[str, str]],
    texts: Mapping[str, str],
    place: str,
    odd: str,
) -> Record:
    draft, raw = Draft(), dict[str, str]()
    for one in entry.fields:  # the first of a repeated field counts
        name, value = one.key.lower(), str(one.value)
        if name in raw:
            draft.lost.append((name, f"it stands there twice, and the first is kept ({odd})"))
        raw.setdefault(name, _joined(value, texts) if one.enclosing == "no-enclosing" else value)
    parent = by_key.get(raw["crossref"], {}) if raw.get("crossref") else {}
    raw = {
        "booktitle" if name == "title" else name: parent[name]
        for name in parent
        if name != "crossref"
    } | raw
    people = {role: _people(raw.pop(role, "")) for role in ("author", "editor", "translator")}
    said = {name: _plain(value) for name, value in raw.items()}
    kind = entry.entry_type.lower()
    bibo, fields = BIBTEX_KINDS.get(kind, "Document"), draft.fields
    for name, value in said.items():
        target = PUBLISHED.get(name)
        if not target:
            draft.lose([name] if value and name not in HANDLED else [])
        elif target not in fields or target == "skos:note":
            draft.put(target, *(re.split(r"\s*[;,]\s*", value) if name == "keywords" else [value]))
        elif value not in fields[target]:
            draft.lost.append((name, f"the record has {fields[target][0]!r} in its place"))
    if said.get("subtitle") and "dcterms:title" in fields:
        fields["dcterms:title"] = [f"{fields['dcterms:title'][0]}: {said['subtitle']}"]
    is_issue = bibo == "AcademicArticle" and "bibo:issue" not in fields
    draft.put("bibo:issue" if is_issue else "bibo:number", said.get("number", ""))
    if kind == "mastersthesis":
        fields.setdefault("sq:genre", ["master's thesis"])
    source = said.get("eprinttype") or said.get("archiveprefix")
    if said.get("eprint"):
        draft.put("dcterms:identifier", f"{source}:{said['eprint']}" if source else said["eprint"])
    draft.put_addresses(said.get("doi", ""), said.get("url", ""))
    written, day, month = (
        said.get("year") or said.get("date", ""),
        said.get("date", ""),
        said.get("month", ""),
    )
    number = _MONTHS.index(month.lower()[:3]) + 1 if month.lower()[:3] in _MONTHS else month
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?", day):
        draft.put("dcterms:issued", day)
    elif (
        (year := dated(written)[0]) is not None and str(number).isdigit() and 1 <= int(number) <= 12
    ):
        draft.put("dcterms:issued", f"{year:04}-{int(number):02}")
    elif month:
        draft.lost.append(("month", f"{month!r} is no month that could be read"))
    keys = [entry.key.strip(), *re.split(r"\s*,\s*", said.get("ids", ""))]
    authors, editors, translators = (tuple(people[role][0]) for role in people)
    return draft.record(
        bibo,
        written,
        keys,
        authors=authors,
        editors=editors,
        translators=translators,
        et_al=people["author"][1],
        place=place,
    )


def _joined(value: str, texts: Mapping[str, str]) -> str:
    """A value made of several by `#`, of texts and of names that stand for texts."""
    if "#" not in value:
        return value
    parts = re.findall(r'\{((?:[^{}]|\{[^{}]*\})*)\}|"([^"]*)"|([^\s#{}"]+)', value)
    return "".join(
        braced or quoted or texts.get(name.lower(), name) for braced, quoted, name in parts
    )


def _people(written: str) -> tuple[list[Name], bool]:
    """The names of an author line, and whether it is cut short by `and others`."""
    from bibtexparser.middlewares.names import (
        parse_single_name_into_parts,
        split_multiple_persons_names,
    )

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
    simple = re.sub(
        r"\\([&%$#_])", r"\1", value.replace("---", "—").replace("--", "–").replace("~", " ")
    )
    if "\\" in simple:  # only then the decoder, which is thorough and slow
        simple = _decoder()._transform_python_value_string(value)[0].replace("ˆ", "^")
    return " ".join(re.sub(r"[{}]", "", simple).split())


# ---- RIS


def _read_ris(content: str, where: str) -> Bibliography:
    try:
        import rispy
    except ImportError:
        raise MissingPart("the reader for RIS", "import") from None
    records, faults = [], []
    lines, line, begin = "\n".join(content.splitlines()), 1, 0
    for block in _RIS_ENTRY.finditer(lines):
        line, begin = line + lines.count("\n", begin, block.start()), block.start()
        place = f"{where}:{line}"
        text = block[0].removesuffix("\n")
        try:
            read = rispy.loads(f"{text}\nER  - " if text.startswith("TY  -") else text)
            records += [_from_ris(one, place) for one in read]
            if not read:
                faults.append(_fault(place, "the entry is empty or has no TY line"))
        except Exception as error:  # rispy raises its own and others
            faults.append(_fault(place, f"the entry cannot be read ({_short(error)})"))
    return records, faults


def _from_ris(one: Mapping[str, Any], place: str) -> Record:
    kind, draft = _RIS_KINDS.get(str(one.get("type_of_reference", "")), "Document"), Draft()
    for name, target in _RIS_FIELDS.items():
        if target not in draft.fields:
            draft.put(target, one.get(name, ""))
    if kind != "AcademicArticle" and "bibo:issue" in draft.fields:
        draft.fields["bibo:number"] = draft.fields.pop("bibo:issue")
    pages = [str(one[name]) for name in ("start_page", "end_page") if one.get(name)]
    draft.put("bibo:pages", "-".join(dict.fromkeys(pages)))
    draft.put("dcterms:subject", *one.get("keywords", ()))
    draft.put("skos:note", *one.get("notes", ()))
    number = str(one.get("issn", ""))
    draft.put("bibo:issn" if len(re.sub(r"\W", "", number)) == 8 else "bibo:isbn", number)
    draft.put_addresses(str(one.get("doi", "")), *map(str, one.get("urls") or [one.get("url", "")]))
    date = str(one.get("date") or one.get("publication_year") or one.get("year", ""))
    parts = [part for part in date.strip("/ ").split("/") if part]
    draft.put(
        "dcterms:issued", "-".join(parts[:3]) if len(parts) > 1 and parts[0].isdigit() else ""
    )
    draft.lose(name for name in one if name not in _RIS_FIELDS and name not in _RIS_HANDLED)
    written = str(one.get("year") or one.get("publication_year") or (parts or [""])[0]).strip("/ ")
    authors = one.get("authors") or one.get("first_authors") or ()
    return draft.record(
        kind,
        written,
        [str(one.get("id") or one.get("label") or "")],
        place=place,
        authors=tuple(name_of(str(name)) for name in authors),
        editors=tuple(name_of(str(name)) for name in one.get("secondary_authors") or ()),
    )


# ---- CSL-JSON


def _read_csl(content: str, where: str) -> Bibliography:
    try:
        items = json.loads(content)
    except (json.JSONDecodeError, RecursionError) as error:
        line, what = getattr(error, "lineno", None), f"this is no JSON ({_short(error)})"
        raise BrokenFile(what, where, line, remedy="Export it anew") from None
    items = items.get("items", [items]) if isinstance(items, dict) else items
    if not isinstance(items, list):
        raise BrokenFile(
            "this is no list of CSL-JSON items", where, remedy="Export the library as CSL JSON"
        )
    records, faults = [], []
    for number, item in enumerate(items, 1):
        place = f"{where}, item {number}"
        try:
            records.append(_from_csl(item, place))
        except (TypeError, ValueError, KeyError, AttributeError, IndexError):
            faults.append(_fault(place, "this is no CSL-JSON item"))
    return records, faults


def _from_csl(item: Mapping[str, Any], place: str) -> Record:
    draft = Draft()
    for name, target in _CSL_FIELDS.items():
        value = item.get(name, "")
        draft.put(
            target,
            *(value if isinstance(value, list) else [re.sub(r"</?[a-z]+[^>]*>", "", str(value))]),
        )
    draft.put("dcterms:subject", *re.split(r"\s*[;,]\s*", str(item.get("keyword", ""))))
    draft.put_addresses(str(item.get("DOI", "")), str(item.get("URL", "")))
    issued = item.get("issued") or {}
    parts = [str(part) for part in (issued.get("date-parts") or [[]])[0] if part not in (None, "")]
    written = (
        parts[0]
        if parts
        else str(issued.get("literal") or issued.get("raw") or item.get("status") or "")
    )
    if len(parts) > 1:
        draft.put(
            "dcterms:issued", "-".join([parts[0].zfill(4), *(part.zfill(2) for part in parts[1:])])
        )
    draft.lose(name for name in item if name not in _CSL_FIELDS and name not in _CSL_HANDLED)
    people = {
        role: tuple(map(csl_name, item.get(role) or ()))
        for role in ("author", "editor", "translator")
    }
    authors = tuple(
        name for name in people["author"] if name.family.lower() not in ("others", "et al.")
    )
    return draft.record(
        _CSL_KINDS.get(str(item.get("type", "")), "Document"),
        written.zfill(4) if written.isdigit() else written,
        [str(item.get("citation-key") or item.get("id") or "")],
        place=place,
        authors=authors,
        editors=people["editor"],
        translators=people["translator"],
        et_al=len(authors) < len(people["author"]),
    )


def csl_name(one: Mapping[str, Any]) -> Name:
    """A name of CSL-JSON: a literal is an organisation, a particle belongs to the family name."""
    if one.get("literal"):
        return Name(str(one["literal"]), organisation=True)
    particle = str(one.get("non-dropping-particle") or one.get("dropping-particle") or "")
    family, given = f"{particle} {one.get('family', '')}".strip(), str(one.get("given", ""))
    return Name(family or given, given if family else "")


def _fault(place: str, why: str) -> Fault:
    return Fault(place, f"{why}; mend it and import again")


def _short(error: object) -> str:
    return " ".join(str(error).split())[:160].rstrip(".") or type(error).__name__
