"""Coded projects of QDA software (REFI-QDA .qdpx) as passages and draft definitions.

A sheet beside the project, `NAME.codes.csv`, says what each code means: a concept that the coded
segments define, a value of an aspect, or both. The first import writes that sheet to be filled in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, count
from pathlib import Path
from typing import NamedTuple

from sq_graph.errors import InputError, SqGraphError
from sq_graph.importers.attributing import locator_of
from sq_graph.importers.editing import Edit, ImportRows
from sq_graph.importers.encodings import csv_text
from sq_graph.importers.field_values import field_values
from sq_graph.importers.qda_project import Segment, read_project
from sq_graph.importers.sheet_files import csv_rows
from sq_graph.model.facts import plain_rows
from sq_graph.model.records import make_slug
from sq_graph.turtle import replace_file
from sq_graph.vocab import slug_of

_COLUMNS = ("code", "concept", "aspect", "value")
_COUNTED = "its pages are counted from 1, because the project holds no text of it with this passage"
_DEFINED = """SELECT ?work ?words ?concept ?it {
  ?it sq:defines ?concept ; sq:reportedIn ?passage . ?passage sq:inWork ?work .
  OPTIONAL { ?passage sq:phrase ?phrase } OPTIONAL { ?passage sq:pageLabel ?page }
  BIND(COALESCE(?phrase, ?page) AS ?words) FILTER(BOUND(?words)) }"""


class Meaning(NamedTuple):
    """What a code means: a concept, a value of an aspect, or both."""

    concept: str = ""
    aspect: str = ""
    value: str = ""


@dataclass(frozen=True)
class CodedSegment:
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


def import_project(
    edit: Edit, path: Path, report: ImportRows
) -> tuple[list[str], list[CodedSegment]]:
    """Puts the coded segments of a project into an edit as draft definitions. What several people
    coded becomes one definition, with the values of the first of them; what the map defines by the
    same words already stays as it is.

    Returns what became of each segment, and how each coder codes the definitions; the report
    names those that are not imported. Raises InputError where the sheet of codes is missing, after
    writing it, and BrokenFile for a file of another kind.
    """
    project = read_project(path)
    sheet = path.with_suffix(".codes.csv")
    if not sheet.is_file():
        _write_sheet(edit, sheet, project.codes)
        what = f"the meaning of the codes is not known yet; {sheet} lists them"
        remedy = "Fill in a concept, or an aspect and a value, for each code, and import again"
        raise InputError(what, remedy=remedy)
    meaning = _meanings(edit, sheet)
    there = {(work, words, of): it for work, words, of, it in plain_rows(edit.graph, _DEFINED)}
    old = set(there.values())
    taken = set(map(slug_of, old))
    codings = list[CodedSegment]()
    became: list[str] = []
    values_alone: list[Segment] = []
    problems = Counter[tuple[str, str, str, str]]()
    for one in project.segments:
        edit.origin = f"{path.name}, {one.source}{one.page and f', page {one.page}'}"
        concepts = _concepts(one, meaning)
        try:
            if why := one.lost or _reason(one, concepts, project.segments, meaning, sheet.name):
                raise InputError(why)
            if not concepts:
                values_alone.append(one)
                continue
            work, state = edit.find(one.source, "work"), "imported"
            values = _values(one, project.segments, meaning)
            for concept in concepts:
                shared = (
                    known.definition for known in codings if known.is_shared_with(one, concept)
                )
                thing = next(shared, "") or there.get((work, one.phrase or one.page, concept), "")
                state = "already there" if thing in old else "imported"
                is_first = all(thing != known.definition for known in codings)
                if thing in old and is_first and (why := _differing(edit, thing, one, values)):
                    problems["unclear", edit.origin, slug_of(thing), why] += 1
                if not thing:
                    thing = _define(edit, work, one, concept, values, taken)
                    if not one.digest:
                        problems["unclear", f"{path.name}, {one.source}", "", _COUNTED] += 1
                codings.append(CodedSegment(one, concept, thing, values))
            became.append(f"segment {state}")
        except SqGraphError as error:
            problems["not imported", edit.origin, ", ".join(one.codes), str(error).rstrip(".")] += 1
            became.append("segment not imported")
    edit.origin = ""
    for one in values_alone:
        is_new = any(known.definition not in old for known in codings if known.segment.holds(one))
        became.append(f"segment {'imported' if is_new else 'already there'}")
    beside = (f"{what}: {many}" for what, many in project.beside.items())
    problems.update(
        ("not imported", path.name, one, "the map has no field for it") for one in beside
    )
    for row, many in problems.items():
        report.append((*row[:3], f"{row[3]} ({many} times)" if many > 1 else row[3]))
    return became, codings


def _concepts(one: Segment, meaning: Mapping[str, Meaning]) -> list[str]:
    """The concepts with which a segment is coded."""
    known = (meaning.get(code, Meaning()).concept for code in one.codes)
    return [concept for concept in known if concept]


def _values(
    one: Segment, segments: Sequence[Segment], meaning: Mapping[str, Meaning]
) -> dict[str, list[str]]:
    """The values, by aspect, with which a segment and those within it are coded."""
    values: dict[str, list[str]] = {}
    for code in (code for inner in segments if one.holds(inner) for code in inner.codes):
        _, aspect, value = meaning.get(code, Meaning())
        if aspect and value not in values.setdefault(aspect, []):
            values[aspect].append(value)
    return values


def _differing(edit: Edit, thing: str, one: Segment, values: Mapping[str, list[str]]) -> str:
    """What a project says otherwise of a definition that is there, which stays as it is."""
    there = field_values(edit.graph, thing)
    given = {"summary": [one.memo]} if one.memo else {}
    given |= {f"aspect.{slug_of(aspect)}": words for aspect, words in values.items()}
    shown = [
        f"{field}={word!r}"
        for field, words in given.items()
        for word in words
        if word.lower() not in map(str.lower, there.get(field, ()))
    ]
    if not shown:
        return ""
    remedy = f"to take it over: sq-graph update {slug_of(thing)} {' '.join(shown)}"
    return f"the project has another memo or value than the map, which stays; {remedy}"


def _define(
    edit: Edit,
    work: str,
    one: Segment,
    concept: str,
    values: Mapping[str, list[str]],
    taken: set[str],
) -> str:
    """The definition that a segment gives; a second one of a page is named by its words, too."""
    name = "-".join([slug_of(work), slug_of(concept), locator_of(one.page).slug])
    longer = "-".join([name, *make_slug(one.phrase).split("-")[:4]])
    names = chain((name, longer), (f"{longer}-{number}" for number in count(2)))
    slug = next(free for free in names if free not in taken)
    if digest := one.digest:
        edit.passage(work, one.page, one.phrase, digest=digest, lines=one.lines, is_counted=True)
    thing = edit.definition(
        of=concept,
        in_=work,
        page=one.page,
        phrase=one.phrase,
        summary=one.memo or "To be summarised in your own words.",
        aspects=values,
        name=slug,
        note=f"Coded {', '.join(one.codes)} by {one.coder or 'an unnamed coder'}",
    )
    taken.add(slug)
    return thing


def write_codings(path: Path, codings: Sequence[CodedSegment]) -> list[str]:
    """Writes a file of codings for each coder beside a project that several people coded; returns
    how to compare those who coded the same.
    """
    coders = dict.fromkeys(one.segment.coder for one in codings)
    if len(coders) < 2:
        return []
    files: dict[str, set[str]] = {}
    for number, coder in enumerate(coders, 1):
        own = {one.definition: one for one in codings if one.segment.coder == coder}
        aspects = sorted({aspect for one in own.values() for aspect in one.values})
        rows = [["definition", *map(slug_of, aspects)]]
        for thing, one in own.items():
            cells = ("; ".join(one.values.get(aspect, ())) for aspect in aspects)
            rows.append([slug_of(thing), *cells])
        file = path.with_suffix(f".{number}-{make_slug(coder) or 'coder'}.csv")
        replace_file(file, csv_text(rows))
        files[str(file)] = set(own)
    pairs = [pair for pair in combinations(files, 2) if files[pair[0]] & files[pair[1]]]
    return [f"Compare coders: sq-graph agreement {first} {second}." for first, second in pairs]


def _reason(
    one: Segment,
    concepts: Sequence[str],
    segments: Sequence[Segment],
    meaning: Mapping[str, Meaning],
    sheet: str,
) -> str:
    """Why a segment is not imported; empty if it has a concept, or one around it takes it up."""
    if concepts:
        return ""
    if not all(code in meaning for code in one.codes):
        return f"{sheet} does not say what all its codes mean"
    if any(other.holds(one) and _concepts(other, meaning) for other in segments):
        return ""
    return "its codes are values of aspects, but no segment around it is coded with a concept"


def _write_sheet(edit: Edit, sheet: Path, codes: Mapping[str, str]) -> None:
    """Writes the sheet of codes, with their descriptions and the concepts that have their names."""
    rows = [(*_COLUMNS, "description")]
    for code, description in codes.items():
        try:
            concept = slug_of(edit.find(code, "concept", "category"))
        except SqGraphError:
            concept = ""
        rows.append((code, concept, "", "", description))
    replace_file(sheet, csv_text(rows))


def _meanings(edit: Edit, sheet: Path) -> dict[str, Meaning]:
    """The concept, the aspect and its value, of each code that has one."""
    found: dict[str, Meaning] = {}
    rows = csv_rows(sheet)
    head = next(filter(None, rows), [])
    for number, cells in enumerate(rows, 1):
        if cells == head:
            continue
        row = {name.strip(): cell.strip() for name, cell in zip(head, cells, strict=False)}
        code, concept, aspect, value = (row.get(name, "") for name in _COLUMNS)
        try:
            if bool(aspect) != bool(value):
                raise InputError("an aspect needs a value, and a value an aspect")
            of = edit.find(concept, "concept", "category") if concept else ""
            about = edit.find(aspect, "aspect") if aspect else ""
            if about and edit.allowed(about) and value not in ("silent", "n/a"):
                edit.allowed_value(about, value)
            if of or about:
                found[code] = Meaning(of, about, value)
        except SqGraphError as error:
            what = f"{sheet}, row {number}: {str(error).rstrip('.')}"
            raise InputError(what, remedy="Correct that row") from None
    return found
