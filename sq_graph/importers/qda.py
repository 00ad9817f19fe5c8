"""Coded projects of QDA software (REFI-QDA .qdpx) as passages and draft definitions.

A sheet next to the project, `NAME.codes.csv`, gives the meaning of each code: a concept that the
coded segments define, a value of an aspect, or both. The first import writes this sheet as a form.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, combinations, count
from pathlib import Path
from typing import NamedTuple

from sq_graph.errors import InputError, SqGraphError, UnknownName
from sq_graph.importers.attributing import locator_of
from sq_graph.importers.editing import Edit, ImportRows
from sq_graph.importers.encodings import csv_text
from sq_graph.importers.field_values import field_values
from sq_graph.importers.folder import works_of_name
from sq_graph.importers.qda_project import Project, Segment, read_project
from sq_graph.importers.sheet_files import csv_rows
from sq_graph.model.facts import plain_rows
from sq_graph.model.records import make_slug
from sq_graph.turtle import replace_file
from sq_graph.vocab import slug_of

AspectValues = Mapping[str, list[str]]
_COLUMNS = ("code", "concept", "aspect", "value")
_UNNAMED = "an unnamed coder"
_COUNTED = "its pages are counted from 1, because the project has no text of it with this passage"
_GONE = "no segment that was imported gives it any more; if it was deleted: sq-graph delete"
_DEFINITIONS = """SELECT ?work ?words ?concept ?it ?origin {
  OPTIONAL { ?it skos:note ?note FILTER(STRSTARTS(?note, "Coded ")) }
  BIND(COALESCE(?note, "") AS ?origin)
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
    values: AspectValues

    def is_shared_with(self, other: Segment, concept: str) -> bool:
        """Whether a segment gives the same definition: it has the concept, and the same coder coded
        the same words, or another coder some of them.
        """
        this = self.segment
        if (self.concept, this.source) != (concept, other.source):
            return False
        if this.start < 0 or other.start < 0 or this.coder == other.coder:
            location = this.start, this.end, this.page, this.text
            return location == (other.start, other.end, other.page, other.text)
        return this.start < other.end and other.start < this.end


def import_project(
    edit: Edit, path: Path, report: ImportRows
) -> tuple[list[str], list[CodedSegment]]:
    """Adds the coded segments of a project to an edit as draft definitions. What several people
    coded becomes one definition, with the values of the first of them; a definition that the map
    has already in the same words stays as it is.

    Returns the outcome for each segment, and how each coder codes the definitions; the report has
    the segments that are not imported. Raises InputError where the sheet of codes is missing, after
    writing it, and BrokenFile for a file of another kind.
    """
    project = read_project(path)
    sheet = path.with_suffix(".codes.csv")
    if not sheet.is_file():
        raise _write_sheet(edit, sheet, project.codes)
    meanings = _read_meanings(edit, sheet)
    rows = list(plain_rows(edit.graph, _DEFINITIONS))
    definitions = {tuple(key): iri for *key, iri, _ in rows}
    existing = set(definitions.values())
    slugs = set(map(slug_of, existing))
    codings = list[CodedSegment]()
    outcomes: list[str] = []
    value_segments: list[Segment] = []
    problems = Counter[tuple[str, str, str, str]]()
    for segment in project.segments:
        edit.origin = f"{path.name}, {segment.source}{segment.page and f', page {segment.page}'}"
        concepts = _concepts(segment, meanings)
        try:
            if problem := segment.problem or _problem(segment, project, meanings, sheet.name):
                raise InputError(problem)
            if not concepts:
                value_segments.append(segment)
                continue
            work, outcome = _find_work(edit, segment.source), "imported"
            values = _values(segment, project.segments, meanings)
            for concept in concepts:
                shared = [each for each in codings if each.is_shared_with(segment, concept)]
                key = work, segment.phrase or segment.page, concept
                definition = shared[0].definition if shared else definitions.get(key, "")
                is_old = definition in existing
                outcome = "already there" if is_old else "imported"
                is_first = all(definition != each.definition for each in codings)
                if is_old and is_first and (text := _difference(edit, definition, segment, values)):
                    problems["unclear", edit.origin, slug_of(definition), text] += 1
                if not definition:
                    definition = _define(edit, work, segment, concept, values, slugs)
                    if not segment.digest:
                        problems["unclear", f"{path.name}, {segment.source}", "", _COUNTED] += 1
                codings.append(CodedSegment(segment, concept, definition, values))
            outcomes.append(f"segment {outcome}")
        except SqGraphError as error:
            codes, problem = ", ".join(segment.codes), str(error).rstrip(".")
            problems["not imported", edit.origin, codes, problem] += 1
            outcomes.append("segment not imported")
    outcomes += [_value_outcome(segment, codings, existing) for segment in value_segments]
    given = {coding.definition for coding in codings}
    for slug in _without_segment(edit, project, [row for row in rows if row[3] not in given]):
        problems["unclear", path.name, slug, f"{_GONE} {slug}"] += 1
    for kind, number in project.unsupported.items():
        problems["not imported", path.name, f"{kind}: {number}", "the map has no field for it"] += 1
    edit.origin = ""
    for row, number in problems.items():
        report.append((*row[:3], f"{row[3]} ({number} times)" if number > 1 else row[3]))
    return outcomes, codings


def _find_work(edit: Edit, source: str) -> str:
    """The work of a source, by its name, else by the author and year in it."""
    try:
        return edit.find(source, "work")
    except UnknownName as error:
        works = works_of_name(source, list(edit.works_index.records()))
        if len(works) != 1:
            remedy = "Name the source after its citation key, or after its author and year"
            raise InputError(error.what, remedy=remedy) from None
        return works[0]


def _value_outcome(segment: Segment, codings: Iterable[CodedSegment], existing: set[str]) -> str:
    """The outcome for a segment of values: that of the definitions around it."""
    around = {each.definition for each in codings if each.segment.encloses(segment)}
    outcome = "imported" if around - existing else "already there" if around else "not imported"
    return f"segment {outcome}"


def _without_segment(
    edit: Edit, project: Project, rows: Iterable[tuple[str, ...]]
) -> Iterator[str]:
    """The definitions among rows that a coder of a project once gave to one of its sources."""
    works = set[str]()
    for source in project.sources:
        with suppress(SqGraphError):
            works.add(_find_work(edit, source))
    coders = tuple(f" by {segment.coder or _UNNAMED}" for segment in project.segments)
    for work, _, _, definition, origin in rows:
        if work in works and origin.endswith(coders):
            yield slug_of(definition)


def _concepts(segment: Segment, meanings: Mapping[str, Meaning]) -> list[str]:
    """The concepts with which a segment is coded."""
    concepts = (meanings.get(code, Meaning()).concept for code in segment.codes)
    return [concept for concept in concepts if concept]


def _values(
    segment: Segment, segments: Sequence[Segment], meanings: Mapping[str, Meaning]
) -> dict[str, list[str]]:
    """The values, by aspect, with which a segment and those within it are coded."""
    values: dict[str, list[str]] = {}
    for code in (code for inner in segments if segment.encloses(inner) for code in inner.codes):
        _, aspect, value = meanings.get(code, Meaning())
        if aspect and value not in values.setdefault(aspect, []):
            values[aspect].append(value)
    return values


def _difference(edit: Edit, definition: str, segment: Segment, values: AspectValues) -> str:
    """How a project differs from an existing definition, which stays as it is; '' if not at all."""
    existing = field_values(edit.graph, definition)
    new_values = {"summary": [segment.memo]} if segment.memo else {}
    new_values |= {f"aspect.{slug_of(aspect)}": texts for aspect, texts in values.items()}
    assignments = [
        f"{field}={text!r}"
        for field, texts in new_values.items()
        for text in texts
        if text.lower() not in map(str.lower, existing.get(field, ()))
    ]
    if not assignments:
        return ""
    remedy = f"to use the project's: sq-graph update {slug_of(definition)} {' '.join(assignments)}"
    return f"the project has a different memo or value, but the map was not changed; {remedy}"


def _define(
    edit: Edit, work: str, segment: Segment, concept: str, values: AspectValues, slugs: set[str]
) -> str:
    """Adds the definition of a segment; the name of a second one of a page contains its words."""
    name = "-".join([slug_of(work), slug_of(concept), locator_of(segment.page).slug])
    longer = "-".join([name, *make_slug(segment.phrase).split("-")[:4]])
    names = chain((name, longer), (f"{longer}-{number}" for number in count(2)))
    slug = next(each for each in names if each not in slugs)
    page, phrase, lines = segment.page, segment.phrase, segment.lines
    if digest := segment.digest:
        edit.passage(work, page, phrase, digest=digest, lines=lines, is_counted=True)
    definition = edit.definition(
        of=concept,
        in_=work,
        page=page,
        phrase=phrase,
        summary=segment.memo or "To be summarised in your own words.",
        aspects=values,
        name=slug,
        note=f"Coded {', '.join(segment.codes)} by {segment.coder or _UNNAMED}",
    )
    slugs.add(slug)
    return definition


def write_codings(path: Path, codings: Sequence[CodedSegment]) -> list[str]:
    """Writes a file of codings for each coder next to a project that several people coded; returns
    the commands that compare two coders of the same definitions.
    """
    coders = dict.fromkeys(coding.segment.coder for coding in codings)
    if len(coders) < 2:
        return []
    files: dict[str, set[str]] = {}
    for number, coder in enumerate(coders, 1):
        coded = {each.definition: each for each in codings if each.segment.coder == coder}
        aspects = sorted({aspect for coding in coded.values() for aspect in coding.values})
        rows = [["definition", *map(slug_of, aspects)]]
        for definition, coding in coded.items():
            cells = ("; ".join(coding.values.get(aspect, ())) for aspect in aspects)
            rows.append([slug_of(definition), *cells])
        file = path.with_suffix(f".{number}-{make_slug(coder) or 'coder'}.csv")
        replace_file(file, csv_text(rows))
        files[str(file)] = set(coded)
    pairs = [pair for pair in combinations(files, 2) if files[pair[0]] & files[pair[1]]]
    return [f"Compare coders: sq-graph agreement {first} {second}." for first, second in pairs]


def _problem(
    segment: Segment, project: Project, meanings: Mapping[str, Meaning], sheet: str
) -> str:
    """Why a segment is not imported; '' if it has a concept, or a segment around it has one."""
    if _concepts(segment, meanings):
        return ""
    if not all(code in meanings for code in segment.codes):
        return f"{sheet} does not give the meaning of all codes"
    if any(each.encloses(segment) and _concepts(each, meanings) for each in project.segments):
        return ""
    return "its codes are values of aspects, but no segment around it is coded with a concept"


def _write_sheet(edit: Edit, sheet: Path, codes: Mapping[str, str]) -> InputError:
    """Writes the sheet of codes, with their descriptions and the concepts that have their names;
    returns the request to complete it.
    """
    rows = [(*_COLUMNS, "description")]
    for code, description in codes.items():
        concept = ""
        with suppress(SqGraphError):
            concept = slug_of(edit.find(code, "concept", "category"))
        rows.append((code, concept, "", "", description))
    replace_file(sheet, csv_text(rows))
    problem = f"the meaning of the codes is not known yet; {sheet} lists them"
    remedy = "Fill in a concept, or an aspect and a value, for each code, and import again"
    return InputError(problem, remedy=remedy)


def _read_meanings(edit: Edit, sheet: Path) -> dict[str, Meaning]:
    """The concept, the aspect and its value, of each code that has one."""
    meanings: dict[str, Meaning] = {}
    rows = csv_rows(sheet)
    header = next(filter(None, rows), [])
    for number, cells in enumerate(rows, 1):
        if cells == header:
            continue
        row = {name.strip(): cell.strip() for name, cell in zip(header, cells, strict=False)}
        code, concept, aspect, value = (row.get(name, "") for name in _COLUMNS)
        try:
            if bool(aspect) != bool(value):
                raise InputError("an aspect and a value must be given together")
            concept_iri = edit.find(concept, "concept", "category") if concept else ""
            aspect_iri = edit.find(aspect, "aspect") if aspect else ""
            if aspect_iri and edit.allowed(aspect_iri) and value not in ("silent", "n/a"):
                edit.allowed_value(aspect_iri, value)
            if concept_iri or aspect_iri:
                meanings[code] = Meaning(concept_iri, aspect_iri, value)
        except SqGraphError as error:
            problem = f"{sheet}, row {number}: {str(error).rstrip('.')}"
            raise InputError(problem, remedy="Correct that row") from None
    return meanings
