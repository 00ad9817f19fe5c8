"""A folder of literature: its bibliography, its PDFs, and the highlights of a reader in them.

Each PDF is matched to a work, and each highlight is looked up in the text of its PDF. A highlight
that is found becomes a passage and a row of a workbook, where the reader adds concept and summary.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sq_graph.errors import BrokenFile, InputError, MissingDependency, SqGraphError, optional
from sq_graph.evidence import Source, read_anchors, read_source, verify, write_records
from sq_graph.evidence.text_matching import fold
from sq_graph.importers.annotations import pdf_annotations
from sq_graph.importers.editing import Edit, ImportRows
from sq_graph.importers.encodings import read_text
from sq_graph.importers.reading_notes import NoteRow, note_row, read_notes
from sq_graph.importers.template import write_rows
from sq_graph.model.facts import iris, truncate
from sq_graph.model.names import Names
from sq_graph.model.records import Record, make_slug
from sq_graph.vocab import slug_of

_BIBLIOGRAPHIES = (".bib", ".ris", ".json")
_NOTES = (".md", ".html", ".htm", ".docx", ".json")
_DOI = re.compile(r"\b10\.[0-9]{4,9}/[^\s\"<>]+")
_YEAR = re.compile(r"(?<![0-9])((?:1[5-9]|20)[0-9]{2})(?![0-9])")
_PUNCTUATION = " .,;:…"
_PHRASE_LENGTH = 8  # words of a phrase by which a passage is found


@dataclass
class Folder:
    """The files of a folder by type, and the highlights that remain to be completed."""

    path: Path
    bibliographies: list[Path]
    notes: list[Path]
    pdfs: list[Path]
    report: ImportRows
    rows: list[NoteRow] = field(default_factory=list)
    rows_by_passage: dict[tuple[str, str, str], NoteRow] = field(default_factory=dict)
    """The rows by work, page and phrase."""
    sources: dict[str, Source] = field(default_factory=dict)
    """The text of each work with a matching PDF, by the IRI of the work."""

    @classmethod
    def of(cls, path: Path, report: ImportRows) -> Folder:
        """The folder as it is on disk, with the report to add to; raises InputError if it has no
        file that can be imported.
        """
        paths = (file for file in sorted(path.rglob("*")) if file.is_file())
        files = [file for file in paths if "/." not in f"/{file.relative_to(path).as_posix()}"]
        suffixes = {file: file.suffix.lower() for file in files}
        notes = {file for file in files if suffixes[file] in _NOTES and _has_annotations(file)}
        works = [file for file in files if suffixes[file] in _BIBLIOGRAPHIES]
        # a file of annotations may also describe their works
        works = [file for file in works if file not in notes or '"creators"' in read_text(file)]
        pdfs = [file for file in files if suffixes[file] == ".pdf"]
        if not (works or notes or pdfs):
            remedy = "Put a bibliography (.bib, .ris, .json), PDFs and exported notes into it"
            raise InputError(f"{path} has no file that can be imported", remedy=remedy)
        unused = Counter(suffixes[file] for file in {*files} - {*works, *pdfs} - notes)
        reason = (
            "from a folder, only bibliographies, PDFs and notes (.md, .html, .docx, .json) are read"
        )
        report += [
            ("not read", str(path), f"{count} × {kind or 'no ending'}", reason)
            for kind, count in sorted(unused.items())
        ]
        return cls(path, works, sorted(notes), pdfs, report)

    def import_into(self, edit: Edit, step: Callable[..., None]) -> Iterator[str]:
        """Matches the PDFs and states a passage for each highlight; yields the outcome of each."""
        with optional("the writer of workbooks", "import"):
            import openpyxl  # noqa: F401  # for the workbook: fail before anything is done
        step(len(self.pdfs))
        highlights: list[tuple[str, NoteRow, Path]] = []
        records = list(edit.works_index.records())
        for path in self.pdfs:
            try:
                work, rows = self._read_pdf(path, records)
            except MissingDependency:
                raise
            except SqGraphError as error:
                self._report("not imported", path, "", f"{error.what}. {error.remedy}")
                yield "PDF not imported"
                continue
            finally:
                step()
            yield "PDF read" if work else "PDF not matched"
            highlights += [(work, row, path) for row in rows]
        highlights += self._from_notes(edit)
        self._number_by_notes(highlights)
        used = iris(edit.graph, "SELECT DISTINCT ?passage { ?thing sq:reportedIn ?passage }")
        for work, row, path in highlights:
            yield f"highlight {self._state(edit, work, row, path, used)}"
        reason = "its pages are counted from 1, because neither the PDF nor its record numbers them"
        for work in {work for work, *_ in highlights if work in self.sources}:
            source = self.sources[work]
            if source.is_counted:
                self.report.append(("unclear", source.name, slug_of(work), reason))

    def finish(self, edit: Edit) -> list[str]:
        """Saves the passages found beside the statements, and writes the workbook; returns the
        next step.
        """
        base = edit.layout.base
        anchors = [anchor for anchor in read_anchors(edit.graph) if anchor.thing.startswith(base)]
        if anchors and self.sources:
            write_records(verify(anchors, list(self.sources.values())), edit.layout)
        if not self.rows:
            return []
        names = ("to-complete.xlsx", *(f"to-complete-{number}.xlsx" for number in range(2, 1000)))
        path = next(path for name in names if not (path := edit.layout.root / name).exists())
        write_rows(Names(edit.graph, edit.names.bases), path, self.rows)
        count = len(self.rows)
        waiting = "1 highlight waits" if count == 1 else f"{count} highlights wait"
        next_step = f"then run sq-graph import {path.name}."
        return [f"{waiting} in {path.name}: give each its concept and a summary, {next_step}"]

    def _report(self, outcome: str, path: Path, thing: str, reason: str) -> None:
        """Reports the outcome for a file, named by its path from the folder."""
        self.report.append((outcome, str(path.relative_to(self.path.parent)), thing, reason))

    def _read_pdf(self, path: Path, records: Sequence[Record]) -> tuple[str, list[NoteRow]]:
        """The work that a PDF is, or '', and the rows of its highlights."""
        source = read_source(path)
        works = _works_of(path.stem, source, records)
        if len(works) != 1:
            slugs = ", ".join(map(slug_of, works))
            reason = f"it matches several works ({slugs})" if slugs else "it matches no work"
            remedy = "name it after a work's citation key, or its author and year, or add the work"
            self._report("not matched", path, "", f"{reason}: {remedy}")
            return "", []
        (work,) = works
        extent = next((record.one("bibo:pages") for record in records if record.iri == work), "")
        numbered = self.sources[work] = replace(source, work=work).numbered(extent)
        rows = [note_row(annotation, {}, lambda *_: work) for annotation in pdf_annotations(path)]
        rows = [row | {"work": slug_of(work)} for row in rows]
        if numbered.pages != source.pages:
            offset = int(numbered.pages[0]) - 1
            rows = [row | {"page": str(int(row["page"]) + offset)} for row in rows]
        count = f"{len(rows)} highlight{'' if len(rows) == 1 else 's'}"
        self._report("read", path, slug_of(work), count)
        return work, rows

    def _from_notes(self, edit: Edit) -> Iterator[tuple[str, NoteRow, Path]]:
        """The rows of exported notes, each with the work that it cites."""
        for path in self.notes:
            try:
                notes = read_notes(path, lambda name, kinds: edit.find(name, *kinds))
            except BrokenFile as error:
                self._report("not imported", path, "", f"{error.what}. {error.remedy}")
                continue
            for text in notes.left_out:
                self._report("not matched", path, truncate(text, 60), "it cites no work")
            for row in notes.rows:
                try:
                    yield edit.find(row["work"], "work"), row, path
                except SqGraphError:
                    consequence = f"so the highlight on p. {row['page']} is left out"
                    reason = f"the bibliography has no such work, {consequence}"
                    self._report("not matched", path, row["work"], reason)

    def _number_by_notes(self, highlights: Iterable[tuple[str, NoteRow, Path]]) -> None:
        """Numbers pages that are merely counted as the reader's notes do, if these agree."""
        offsets: dict[str, set[int]] = {}
        for work, row, path in highlights:
            source = self.sources.get(work)
            if not source or not source.is_counted or path in self.pdfs:
                continue
            if row["page"].isdigit() and (match := _find_phrase(row, source)):
                offsets.setdefault(work, set()).add(int(row["page"]) - int(match[1]))
        for work, work_offsets in offsets.items():
            if len(work_offsets) == 1:
                self.sources[work] = self.sources[work].shifted(work_offsets.pop())

    def _state(self, edit: Edit, work: str, row: NoteRow, path: Path, used: Iterable[str]) -> str:
        """States the passage of a highlight; returns the outcome."""
        location = f"{slug_of(work)}, p. {row['page']}"
        if not row["phrase"]:
            self._report("skipped", path, location, f"a comment without words: {row['note']}")
            return "skipped"
        source, page, phrase = self.sources.get(work), row["page"], row["phrase"]
        lines = (0, 0)
        if source:
            match = _find_phrase(row, source)
            if not match:
                reason = f"“{phrase}” is not in the text of {source.name}"
                self._report("not imported", path, location, reason)
                return "not imported"
            phrase, page, lines = match
            if row["page"] and path not in self.pdfs and row["page"] not in page.split("–"):
                self._report("unclear", path, location, f"{source.name} has it on p. {page}")
        else:
            self._report("unclear", path, location, "its PDF is missing, so this was not checked")
        if earlier := self.rows_by_passage.get(key := (work, page, fold(phrase))):
            earlier["note"] = "; ".join(dict.fromkeys(filter(None, (earlier["note"], row["note"]))))
            return "given twice"
        digest, is_counted = (source.digest, source.is_counted) if source else ("", False)
        iri = edit.passage(work, page, phrase, digest=digest, lines=lines, is_counted=is_counted)
        self.rows_by_passage[key] = row | {"work": slug_of(work), "page": page, "phrase": phrase}
        if iri in used:
            return "already there"
        self.rows.append(self.rows_by_passage[key])
        return "to complete"


def _has_annotations(path: Path) -> bool:
    """Whether a file holds annotations, rather than a bibliography in JSON."""
    is_json = path.suffix.lower() == ".json"
    return not is_json or bool(re.search('"annotation(Text|Comment)"', read_text(path)))


def _works_of(stem: str, source: Source, records: Sequence[Record]) -> list[str]:
    """The works that a PDF may contain: by DOI or citation key in its name, by its own DOI, by
    author and year.
    """
    dois = ((record.one("bibo:doi").lower(), record.iri) for record in records)
    by_doi = {doi: iri for doi, iri in dois if doi}
    keys = ((key, record.iri) for record in records for key in (*record.keys, slug_of(record.iri)))
    by_key = {key.lower(): iri for key, iri in keys}
    name = stem.lower()
    for spelling in (name.replace("_", "/", 1), name.replace("%2f", "/"), name):
        if work := by_doi.get(spelling) or by_key.get(spelling):
            return [work]
    first_page = source.lines[: source.pages.count(source.pages[0])]
    printed = (doi.rstrip(".,;)").lower() for line in first_page for doi in _DOI.findall(line))
    if len(works := {by_doi[doi] for doi in printed if doi in by_doi}) == 1:
        return list(works)
    return works_of_name(stem, records)


def works_of_name(stem: str, records: Sequence[Record]) -> list[str]:
    """The works whose first author and year are in a file's name; of several, those with the most
    title words in it.

    >>> from sq_graph.model.records import Name
    >>> chan = Record(authors=(Name("Chan", "Joseph"),), year=2006, iri="work:chan")
    >>> names = "Chan et al. - 2006 - Reconsidering", "Chan 2007"
    >>> tuple(works_of_name(name, [chan]) for name in names)
    (['work:chan'], [])
    """
    words, years = set(make_slug(stem).split("-")), {int(year) for year in _YEAR.findall(stem)}
    shared_words = {
        record.iri: len(words & set(make_slug(record.title).split("-")))
        for record in records
        if record.year in years
        and (authors := record.authors or record.editors)
        and set(make_slug(authors[0].family).split("-")) <= words
    }
    best = max(shared_words.values(), default=0)
    return [iri for iri, count in shared_words.items() if count == best]


def _find_phrase(row: NoteRow, source: Source) -> tuple[str, str, tuple[int, int]] | None:
    """The first words of a highlight that occur in a text, with their page and lines."""
    words = (row.get("quotation") or row["phrase"]).split()
    for start in range(0, max(len(words) - _PHRASE_LENGTH // 2, 1), _PHRASE_LENGTH // 2):
        phrase = " ".join(words[start : start + _PHRASE_LENGTH]).strip(_PUNCTUATION)
        if matches := source.find(phrase):
            pages = [_page_range(source, match) for match in matches]
            best = pages.index(row["page"]) if row["page"] in pages else 0
            return phrase, pages[best], matches[best]
    return None


def _page_range(source: Source, lines: tuple[int, int]) -> str:
    first, last = (source.pages[line - 1] for line in lines)
    return first if first == last else f"{first}–{last}"
