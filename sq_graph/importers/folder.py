"""A folder of a literature: its bibliography, its PDFs, and what a reader highlighted in them.

Each PDF is matched to a work, each highlight is looked up in the text of its PDF, and what is found
becomes a passage and a row of a workbook, in which the reader adds concept and summary.
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
from sq_graph.model.facts import iris
from sq_graph.model.names import Names
from sq_graph.model.records import Record, make_slug
from sq_graph.vocab import slug_of

_BIBLIOGRAPHIES = (".bib", ".ris", ".json")
_NOTES = (".md", ".html", ".htm", ".json")
_DOI = re.compile(r"\b10\.[0-9]{4,9}/[^\s\"<>]+")
_YEAR = re.compile(r"(?<![0-9])((?:1[5-9]|20)[0-9]{2})(?![0-9])")
_SIGNS = " .,;:…"
_WORDS = 8  # of a phrase by which a passage is found


@dataclass
class Folder:
    """The files of a folder by what they are, and the highlights that are left to complete."""

    path: Path
    bibliographies: list[Path]
    notes: list[Path]
    pdfs: list[Path]
    report: ImportRows
    rows: list[NoteRow] = field(default_factory=list)
    seen: dict[tuple[str, str, str], NoteRow] = field(default_factory=dict)
    """The rows by work, page and phrase."""
    sources: dict[str, Source] = field(default_factory=dict)
    """The text of each work of which a PDF was matched, by the work's IRI."""

    @classmethod
    def of(cls, path: Path, report: ImportRows) -> Folder:
        """The folder as it is on disk, with a report to which it adds; raises InputError where it
        has no file that can be imported.
        """
        every = (one for one in sorted(path.rglob("*")) if one.is_file())
        files = [one for one in every if "/." not in f"/{one.relative_to(path).as_posix()}"]
        noted = {one for one in files if one.suffix.lower() in _NOTES and _is_notes(one)}
        works = [
            one
            for one in files
            if one.suffix.lower() in _BIBLIOGRAPHIES and (one not in noted or _has_works(one))
        ]
        pdfs = [one for one in files if one.suffix.lower() == ".pdf"]
        if not (works or noted or pdfs):
            remedy = "Put a bibliography (.bib, .ris, .json), PDFs and exported notes into it"
            raise InputError(f"{path} has no file that can be imported", remedy=remedy)
        left = Counter(one.suffix.lower() for one in {*files} - {*works, *pdfs} - noted)
        why = "of a folder, only bibliographies, PDFs and notes (.md, .html, .json) are read"
        report += [
            ("not read", str(path), f"{many} × {kind or 'no ending'}", why)
            for kind, many in sorted(left.items())
        ]
        return cls(path, works, sorted(noted), pdfs, report)

    def take(self, edit: Edit, step: Callable[..., None]) -> Iterator[str]:
        """Matches the PDFs and states a passage for each highlight; yields what became of each."""
        with optional("the writer of workbooks", "import"):
            import openpyxl  # noqa: F401  # the workbook needs it, and nothing may be half done
        step(len(self.pdfs))
        highlights: list[tuple[str, NoteRow, Path]] = []
        records = list(edit.works_index.records())
        for path in self.pdfs:
            try:
                work, marked = self._read_pdf(path, records)
            except MissingDependency:
                raise
            except SqGraphError as error:
                self._note("not imported", path, "", f"{error.what}. {error.remedy}")
                yield "PDF not imported"
                continue
            finally:
                step()
            yield "PDF read" if work else "PDF set apart"
            highlights += [(work, row, path) for row in marked]
        highlights += self._from_notes(edit)
        self._number_by_notes(highlights)
        used = iris(edit.graph, "SELECT DISTINCT ?passage { ?thing sq:reportedIn ?passage }")
        for work, row, path in highlights:
            yield f"highlight {self._state(edit, work, row, path, used)}"
        why = "its pages are counted from 1, because neither the PDF nor its record numbers them"
        for work in {one for one, *_ in highlights if one in self.sources}:
            source = self.sources[work]
            if source.is_counted:
                self.report.append(("unclear", source.name, slug_of(work), why))

    def finish(self, edit: Edit) -> list[str]:
        """Keeps what was found beside the statements, and writes the workbook; returns what to do
        next.
        """
        own = [one for one in read_anchors(edit.graph) if one.thing.startswith(edit.layout.base)]
        if own and self.sources:
            write_records(verify(own, list(self.sources.values())), edit.layout)
        if not self.rows:
            return []
        names = ("to-complete.xlsx", *(f"to-complete-{number}.xlsx" for number in range(2, 1000)))
        path = next(one for name in names if not (one := edit.layout.root / name).exists())
        write_rows(Names(edit.graph, edit.names.bases), path, self.rows)
        many = "1 highlight waits" if len(self.rows) == 1 else f"{len(self.rows)} highlights wait"
        then = f"then run sq-graph import {path.name}."
        return [f"{many} in {path.name}: give each its concept and a summary, {then}"]

    def _note(self, what: str, path: Path, thing: str, why: str) -> None:
        """Adds to the report what became of a file, named from the folder on."""
        self.report.append((what, str(path.relative_to(self.path.parent)), thing, why))

    def _read_pdf(self, path: Path, records: Sequence[Record]) -> tuple[str, list[NoteRow]]:
        """The work that a PDF is, or '', and the rows of its highlights."""
        source = read_source(path)
        fitting = _works_of(path.stem, source, records)
        if len(fitting) != 1:
            named = ", ".join(slug_of(one) for one in fitting)
            why = f"it matches several works ({named})" if named else "it matches no work"
            remedy = "give it the name of a work's citation key, or of its author and year"
            self._note("set apart", path, "", f"{why}: {remedy}")
            return "", []
        (work,) = fitting
        extent = next((one.one("bibo:pages") for one in records if one.iri == work), "")
        numbered = self.sources[work] = replace(source, work=work).numbered(extent)
        found = (note_row(one, {}, lambda *_: work) for one in pdf_annotations(path))
        rows = [row | {"work": slug_of(work)} for row in found]
        if numbered.pages != source.pages:
            before = int(numbered.pages[0]) - 1
            rows = [row | {"page": str(int(row["page"]) + before)} for row in rows]
        marks = f"{len(rows)} highlight{'' if len(rows) == 1 else 's'}"
        self._note("read", path, slug_of(work), marks)
        return work, rows

    def _from_notes(self, edit: Edit) -> Iterator[tuple[str, NoteRow, Path]]:
        """The annotations of exported notes, each with the work that it cites."""

        def find(name: str, kinds: Sequence[str]) -> str:
            return edit.find(name, *kinds)

        for path in self.notes:
            try:
                notes = read_notes(path, find)
            except BrokenFile as error:
                self._note("not imported", path, "", f"{error.what}. {error.remedy}")
                continue
            if notes.left_out:
                self._note("set apart", path, "", f"{notes.left_out} annotations cite no work")
            for row in notes.rows:
                try:
                    yield find(row["work"], ["work"]), row, path
                except SqGraphError:
                    why = "the bibliography has no such work, so the highlight on p. "
                    self._note("set apart", path, row["work"], f"{why}{row['page']} is left out")

    def _number_by_notes(self, highlights: Iterable[tuple[str, NoteRow, Path]]) -> None:
        """Gives pages that are merely counted the numbers that the reader's notes agree on."""
        offsets: dict[str, set[int]] = {}
        for work, row, path in highlights:
            source = self.sources.get(work)
            if not source or not source.is_counted or path in self.pdfs:
                continue
            if row["page"].isdigit() and (found := _found(row, source)):
                offsets.setdefault(work, set()).add(int(row["page"]) - int(found[1]))
        for work, by in offsets.items():
            if len(by) == 1:
                self.sources[work] = self.sources[work].shifted(by.pop())

    def _state(self, edit: Edit, work: str, row: NoteRow, path: Path, used: Iterable[str]) -> str:
        """States the passage of a highlight; returns what became of it."""
        where = f"{slug_of(work)}, p. {row['page']}"
        if not row["phrase"]:
            self._note("set apart", path, where, f"a comment without words: {row['note']}")
            return "set apart"
        source, page, phrase = self.sources.get(work), row["page"], row["phrase"]
        lines = (0, 0)
        if source:
            found = _found(row, source)
            if not found:
                why = f"“{phrase}” is not in the text of {source.name}"
                self._note("not imported", path, where, why)
                return "not imported"
            phrase, page, lines = found
            if row["page"] and path not in self.pdfs and row["page"] not in page.split("–"):
                self._note("unclear", path, where, f"{source.name} has it on p. {page}")
        else:
            self._note("unclear", path, where, "its PDF is missing, so this was not checked")
        if first := self.seen.get(key := (work, page, fold(phrase))):
            first["note"] = "; ".join(dict.fromkeys(filter(None, (first["note"], row["note"]))))
            return "there twice"
        digest, is_counted = (source.digest, source.is_counted) if source else ("", False)
        made = edit.passage(work, page, phrase, digest=digest, lines=lines, is_counted=is_counted)
        self.seen[key] = row | {"work": slug_of(work), "page": page, "phrase": phrase}
        if made in used:
            return "already there"
        self.rows.append(self.seen[key])
        return "to complete"


def _is_notes(path: Path) -> bool:
    """Whether a file holds annotations, rather than a bibliography in JSON."""
    is_json = path.suffix.lower() == ".json"
    return not is_json or bool(re.search('"annotation(Text|Comment)"', read_text(path)))


def _has_works(path: Path) -> bool:
    """Whether a file of annotations describes their works too."""
    return '"creators"' in read_text(path)


def _works_of(stem: str, source: Source, records: Sequence[Record]) -> list[str]:
    """The works that a PDF may be: by DOI or citation key in its name, by its own DOI, by author
    and year.
    """
    known = {one.one("bibo:doi").lower(): one.iri for one in records if one.one("bibo:doi")}
    keys = {name.lower(): one.iri for one in records for name in (*one.keys, slug_of(one.iri))}
    name = stem.lower()
    for given in (name.replace("_", "/", 1), name.replace("%2f", "/"), name):
        if found := known.get(given) or keys.get(given):
            return [found]
    first = source.lines[: source.pages.count(source.pages[0])]
    dois = {doi.rstrip(".,;)").lower() for line in first for doi in _DOI.findall(line)}
    if len(works := {known[doi] for doi in dois if doi in known}) == 1:
        return list(works)
    return _by_author_and_year(stem, records)


def _by_author_and_year(stem: str, records: Sequence[Record]) -> list[str]:
    """The works whose first author and year a file's name has; of several, those of which it has
    most title words.

    >>> from sq_graph.model.records import Name
    >>> chan = Record(authors=(Name("Chan", "Joseph"),), year=2006, iri="work:chan")
    >>> names = "Chan et al. - 2006 - Reconsidering", "Chan 2007"
    >>> tuple(_by_author_and_year(name, [chan]) for name in names)
    (['work:chan'], [])
    """
    words, years = set(make_slug(stem).split("-")), {int(year) for year in _YEAR.findall(stem)}
    fitting = {
        one.iri: len(words & set(make_slug(one.title).split("-")))
        for one in records
        if one.year in years
        and (people := one.authors or one.editors)
        and set(make_slug(people[0].family).split("-")) <= words
    }
    most = max(fitting.values(), default=0)
    return [iri for iri, shared in fitting.items() if shared == most]


def _found(row: NoteRow, source: Source) -> tuple[str, str, tuple[int, int]] | None:
    """The first words of a highlight that stand in a text, with their page and lines."""
    words = (row.get("quotation") or row["phrase"]).split()
    for start in range(0, max(len(words) - _WORDS // 2, 1), _WORDS // 2):
        phrase = " ".join(words[start : start + _WORDS]).strip(_SIGNS)
        if hits := source.find(phrase):
            pages = [_pages(source, hit) for hit in hits]
            best = pages.index(row["page"]) if row["page"] in pages else 0
            return phrase, pages[best], hits[best]
    return None


def _pages(source: Source, lines: tuple[int, int]) -> str:
    first, last = (source.pages[line - 1] for line in lines)
    return first if first == last else f"{first}–{last}"
