"""Coded projects of QDA software (REFI-QDA .qdpx) as passages and draft definitions.

A sheet beside the project, `NAME.codes.csv`, says what each code means: a concept that the coded
segments define, or a value of an aspect. The first import writes that sheet to be filled in.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from sq_graph.errors import BrokenFile, InputError, SqGraphError
from sq_graph.importers.editing import Edit
from sq_graph.importers.encodings import decoded, text_of
from sq_graph.turtle import replace_file

_SPACE = "{urn:QDA-XML:project:1.0}"
_LARGEST = 300_000_000
"""Bytes that a project may unpack to."""
_COLUMNS = ("code", "concept", "aspect", "value")
_SELECTIONS = ("PlainTextSelection", "PDFSelection")

Report = list[tuple[str, str, str, str]]


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


def import_project(edit: Edit, path: Path, report: Report) -> list[str]:
    """Puts the coded segments of a project into an edit as draft definitions.

    Returns what became of each segment; the report names those that are not imported. Raises
    InputError where the sheet of codes is missing, after writing it, and BrokenFile for a file
    of another kind.
    """
    codes, segments = read_project(path)
    sheet = path.with_suffix(".codes.csv")
    if not sheet.is_file():
        _write_sheet(edit, sheet, codes)
        raise InputError(
            f"the meaning of the codes is not known yet; {sheet} lists them",
            remedy="Fill in a concept, or an aspect and a value, for each code, and import again",
        )
    meaning = _meanings(edit, sheet)
    became: list[str] = []
    made: set[tuple[str, int, int, str, str]] = set()
    for one in segments:
        place = f"{path.name}, {one.source}, page {one.page}"
        concepts = [meaning[code][0] for code in one.codes if meaning.get(code, ("",))[0]]
        if not concepts:
            why = _reason(one, segments, meaning, sheet.name)
            became.append("segment not imported" if why else "segment imported")
            report += [("not imported", place, ", ".join(one.codes), why)] if why else []
            continue
        values: dict[str, list[str]] = {}
        for inner in (other for other in segments if one.holds(other)):
            for code in inner.codes:
                _, aspect, value = meaning.get(code, ("", "", ""))
                if aspect and value not in values.setdefault(aspect, []):
                    values[aspect].append(value)
        for concept in concepts:
            key = (one.source, one.start, one.end, one.text, concept)
            if key in made:
                why = f"{one.coder} codes what another coder has coded: compare with agreement"
                report.append(("not imported", place, concept, why))
                became.append("segment not imported")
                continue
            made.add(key)
            edit.origin = place
            edit.definition(
                of=concept,
                in_=edit.find(one.source, "work"),
                page=one.page,
                phrase=" ".join(one.text.split()[:8]),
                summary=one.memo or "To be summarised in your own words.",
                aspects=values,
                note=f"Coded {', '.join(one.codes)} by {one.coder or 'an unnamed coder'}",
            )
            became.append("segment imported")
    edit.origin = ""
    return became


def _reason(
    one: Segment,
    segments: list[Segment],
    meaning: Mapping[str, tuple[str, str, str]],
    sheet: str,
) -> str:
    """Why a segment without a concept is not imported; empty if a segment around it takes it up."""
    if not all(code in meaning for code in one.codes):
        return f"{sheet} does not say what all its codes mean"
    for other in segments:
        if other.holds(one) and any(meaning.get(code, ("",))[0] for code in other.codes):
            return ""
    return "its codes are values of aspects, but no segment around it is coded with a concept"


def read_project(path: Path) -> tuple[list[str], list[Segment]]:
    """The codes and the coded segments of a project, in their order."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(one.file_size for one in archive.infolist()) > _LARGEST:
                raise BrokenFile("the project is too large", str(path), remedy="Split it")
            texts = {
                name.rpartition("/")[2]: decoded(archive.read(name))
                for name in archive.namelist()
                if name.endswith(".txt")
            }
            inside = next(name for name in archive.namelist() if name.endswith(".qde"))
            root = ElementTree.fromstring(archive.read(inside))
    except (zipfile.BadZipFile, StopIteration, ElementTree.ParseError, KeyError):
        what = "this is not a REFI-QDA project"
        raise BrokenFile(what, str(path), remedy="Export the project as REFI-QDA") from None
    codes = {one.get("guid", ""): one.get("name", "") for one in root.iter(f"{_SPACE}Code")}
    users = {one.get("guid", ""): one.get("name", "") for one in root.iter(f"{_SPACE}User")}
    sources = root.find(f"{_SPACE}Sources")
    found = [
        segment
        for source in (sources if sources is not None else ())
        for segment in _segments(source, texts, codes, users)
    ]
    return list(dict.fromkeys(codes.values())), found


def _segments(
    source: ElementTree.Element,
    texts: Mapping[str, str],
    codes: Mapping[str, str],
    users: Mapping[str, str],
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
    output = io.StringIO()
    rows = csv.writer(output, lineterminator="\n")
    rows.writerow(_COLUMNS)
    for code in codes:
        try:
            concept = edit.find(code, "concept", "category").rpartition("/")[2]
        except SqGraphError:
            concept = ""
        rows.writerow((code, concept, "", ""))
    replace_file(sheet, output.getvalue())


def _meanings(edit: Edit, sheet: Path) -> dict[str, tuple[str, str, str]]:
    """The concept, or the aspect and its value, of each code that has one."""
    found: dict[str, tuple[str, str, str]] = {}
    for number, row in enumerate(csv.DictReader(io.StringIO(text_of(sheet))), 2):
        code, concept, aspect, value = ((row.get(name) or "").strip() for name in _COLUMNS)
        try:
            if concept:
                found[code] = (edit.find(concept, "concept", "category"), "", "")
            elif aspect:
                found[code] = ("", edit.find(aspect, "aspect"), value)
        except SqGraphError as error:
            raise InputError(
                f"{sheet}, row {number}: {str(error).rstrip('.')}", remedy="Correct that row"
            ) from None
    return found
