"""Coded projects of QDA software (REFI-QDA .qdpx) as passages and draft definitions.

A sheet beside the project, `NAME.codes.csv`, says what each code means: a concept that the coded
segments define, or a value of an aspect. The first import writes that sheet to be filled in.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from sq_graph.errors import BrokenFile, InputError, SqGraphError
from sq_graph.importers.editing import Edit, Report
from sq_graph.importers.encodings import csv_text, decoded, opened_archive, text_of
from sq_graph.model.records import slugged
from sq_graph.turtle import replace_file
from sq_graph.vocab import slug_of

_SPACE = "{urn:QDA-XML:project:1.0}"
_COLUMNS = ("code", "concept", "aspect", "value")
_SELECTIONS = ("PlainTextSelection", "PDFSelection")


@dataclass(frozen=True)
class Segment:
    """A stretch of a source with its codes; positions are signs of the text, or -1 in a PDF."""

    source: str
    start: int
    end: int
    page: str
    text: str
    coder: str
    codes: tuple[str, ...]
    memo: str = ""

    def holds(self, other: Segment) -> bool:
        """Whether another segment of the same coder lies within this one."""
        where = (self.source, self.coder) == (other.source, other.coder)
        if self.start < 0 or other.start < 0:
            return where and (self.page, self.text) == (other.page, other.text)
        return where and self.start <= other.start and other.end <= self.end


class Meaning(NamedTuple):
    """What a code means: a concept, or a value of an aspect."""

    concept: str = ""
    aspect: str = ""
    value: str = ""


@dataclass(frozen=True)
class Coding:
    """How one coder codes a definition: the segment that gives it, and values by aspect."""

    segment: Segment
    concept: str
    definition: str
    values: Mapping[str, list[str]]

    def is_shared_with(self, other: Segment, concept: str) -> bool:
        """Whether a segment is the same definition: it has the concept, and the same coder coded
        the same words, or another coder some of them.
        """
        own = self.segment
        if (self.concept, own.source) != (concept, other.source):
            return False
        if own.start < 0 or other.start < 0 or own.coder == other.coder:
            place = own.start, own.end, own.page, own.text
            return place == (other.start, other.end, other.page, other.text)
        return own.start < other.end and other.start < own.end


def import_project(edit: Edit, path: Path, report: Report) -> tuple[list[str], list[Coding]]:
    """Puts the coded segments of a project into an edit as draft definitions. What several people
    coded becomes one definition, with the values of the first of them.

    Returns what became of each segment, and how each coder codes the definitions; the report
    names those that are not imported. Raises InputError where the sheet of codes is missing, after
    writing it, and BrokenFile for a file of another kind.
    """
    codes, segments = read_project(path)
    sheet = path.with_suffix(".codes.csv")
    if not sheet.is_file():
        _write_sheet(edit, sheet, codes)
        what = f"the meaning of the codes is not known yet; {sheet} lists them"
        remedy = "Fill in a concept, or an aspect and a value, for each code, and import again"
        raise InputError(what, remedy=remedy)
    meaning = _meanings(edit, sheet)
    codings = list[Coding]()
    became: list[str] = []
    for one in segments:
        place = f"{path.name}, {one.source}, page {one.page}"
        concepts = _concepts(one, meaning)
        if not concepts:
            why = _reason(one, segments, meaning, sheet.name)
            became.append("segment not imported" if why else "segment imported")
            report += [("not imported", place, ", ".join(one.codes), why)] if why else []
            continue
        values: dict[str, list[str]] = {}
        for code in (code for inner in segments if one.holds(inner) for code in inner.codes):
            _, aspect, value = meaning.get(code, Meaning())
            if aspect and value not in values.setdefault(aspect, []):
                values[aspect].append(value)
        edit.origin = place
        for concept in concepts:
            there = [coding for coding in codings if coding.is_shared_with(one, concept)]
            thing = there[0].definition if there else _define(edit, one, concept, values)
            codings.append(Coding(one, concept, thing, values))
            became.append("segment imported")
    edit.origin = ""
    return became, codings


def _concepts(one: Segment, meaning: Mapping[str, Meaning]) -> list[str]:
    """The concepts with which a segment is coded."""
    known = (meaning.get(code, Meaning()).concept for code in one.codes)
    return [concept for concept in known if concept]


def _define(edit: Edit, one: Segment, concept: str, values: Mapping[str, list[str]]) -> str:
    return edit.definition(
        of=concept,
        in_=edit.find(one.source, "work"),
        page=one.page,
        phrase=" ".join(one.text.split()[:8]),
        summary=one.memo or "To be summarised in your own words.",
        aspects=values,
        note=f"Coded {', '.join(one.codes)} by {one.coder or 'an unnamed coder'}",
    )


def write_codings(path: Path, codings: Sequence[Coding]) -> list[str]:
    """Writes a file of codings for each coder beside a project that several people coded; returns
    how to compare them.
    """
    coders = dict.fromkeys(one.segment.coder for one in codings)
    if len(coders) < 2:
        return []
    files = []
    for number, coder in enumerate(coders, 1):
        own = {one.definition: one for one in codings if one.segment.coder == coder}
        aspects = sorted({aspect for one in own.values() for aspect in one.values})
        rows = [["definition", *map(slug_of, aspects)]]
        for thing, one in own.items():
            cells = ("; ".join(one.values.get(aspect, ())) for aspect in aspects)
            rows.append([slug_of(thing), *cells])
        file = path.with_suffix(f".{number}-{slugged(coder) or 'coder'}.csv")
        replace_file(file, csv_text(rows))
        files.append(str(file))
    pairs = combinations(files, 2)
    return [f"Compare coders: sq-graph agreement {first} {second}." for first, second in pairs]


def _reason(one: Segment, segments: list[Segment], meaning: dict[str, Meaning], sheet: str) -> str:
    """Why a segment without a concept is not imported; empty if a segment around it takes it up."""
    if not all(code in meaning for code in one.codes):
        return f"{sheet} does not say what all its codes mean"
    if any(other.holds(one) and _concepts(other, meaning) for other in segments):
        return ""
    return "its codes are values of aspects, but no segment around it is coded with a concept"


def read_project(path: Path) -> tuple[list[str], list[Segment]]:
    """The codes and the coded segments of a project, in their order."""
    try:
        with opened_archive(path, "project") as archive:
            names = archive.namelist()
            plain = (name for name in names if name.endswith(".txt"))
            texts = {name.rpartition("/")[2]: decoded(archive.read(name)) for name in plain}
            inside = next(name for name in names if name.endswith(".qde"))
            root = ElementTree.fromstring(archive.read(inside))
    except (zipfile.BadZipFile, StopIteration, ElementTree.ParseError, KeyError):
        what = "this is not a REFI-QDA project"
        raise BrokenFile(what, str(path), remedy="Export the project as REFI-QDA") from None
    codes = {one.get("guid", ""): one.get("name", "") for one in root.iter(f"{_SPACE}Code")}
    users = {one.get("guid", ""): one.get("name", "") for one in root.iter(f"{_SPACE}User")}
    sources = root.iterfind(f"{_SPACE}Sources/*")
    found = [one for source in sources for one in _segments(source, texts, codes, users)]
    codable = (one for one in root.iter(f"{_SPACE}Code") if one.get("isCodable") != "false")
    return list(dict.fromkeys(one.get("name", "") for one in codable)), found


def _segments(
    source: ElementTree.Element, texts: dict[str, str], codes: dict[str, str], users: dict[str, str]
) -> Iterator[Segment]:
    name = source.get("name", "")
    stem = name.rpartition(".")[0] if name[-5:].count(".") else name
    for holder in (source, *source.iter(f"{_SPACE}Representation")):
        content = holder.findtext(f"{_SPACE}PlainTextContent") or ""
        content = content or texts.get(holder.get("plainTextPath", "").rpartition("/")[2], "")
        for one in holder:
            if one.tag.removeprefix(_SPACE) not in _SELECTIONS:
                continue
            start, end = int(one.get("startPosition", -1)), int(one.get("endPosition", -1))
            text = content[start:end] if start >= 0 else one.get("name", "")
            line = content.count("\n", 0, start) + 1 if start >= 0 else 0
            page = f"l.{line}" if line else str(int(one.get("page", 0)) + 1)
            by_coder: dict[str, list[str]] = {}
            for coding in one.iter(f"{_SPACE}Coding"):
                coder = coding.get("creatingUser") or one.get("creatingUser", "")
                for reference in coding.iter(f"{_SPACE}CodeRef"):
                    code = codes.get(reference.get("targetGUID", ""), "")
                    by_coder.setdefault(users.get(coder or "", coder or ""), []).append(code)
            memo = " ".join((one.findtext(f"{_SPACE}Description") or "").split())
            for coder, named in by_coder.items():
                yield Segment(stem, start, end, page, text, coder, tuple(named), memo)


def _write_sheet(edit: Edit, sheet: Path, codes: list[str]) -> None:
    """Writes the sheet of codes, with the concepts that have the name of a code."""
    rows = [_COLUMNS]
    for code in codes:
        try:
            concept = slug_of(edit.find(code, "concept", "category"))
        except SqGraphError:
            concept = ""
        rows.append((code, concept, "", ""))
    replace_file(sheet, csv_text(rows))


def _meanings(edit: Edit, sheet: Path) -> dict[str, Meaning]:
    """The concept, or the aspect and its value, of each code that has one."""
    found: dict[str, Meaning] = {}
    for number, row in enumerate(csv.DictReader(io.StringIO(text_of(sheet))), 2):
        code, concept, aspect, value = ((row.get(name) or "").strip() for name in _COLUMNS)
        try:
            if concept:
                found[code] = Meaning(edit.find(concept, "concept", "category"))
            elif aspect:
                found[code] = Meaning("", edit.find(aspect, "aspect"), value)
        except SqGraphError as error:
            what = f"{sheet}, row {number}: {str(error).rstrip('.')}"
            raise InputError(what, remedy="Correct that row") from None
    return found
