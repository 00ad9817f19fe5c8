"""The texts of works: read from .txt, .md or .pdf, with the page of each line where it is known."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, takewhile
from pathlib import Path
from threading import Lock

from sq_graph.errors import BrokenFile, InputError, optional
from sq_graph.evidence.text_matching import FoldedText, fold, running_heads
from sq_graph.model.attribution import Passage
from sq_graph.resources import decode_text, file_bytes, file_text

_PAGE_MARK = re.compile(r"\[(?:pages?|pp?\.) *([\w–-]+)\]", re.IGNORECASE)
_CONTEXT_LINES = 1  # lines shown before and after a phrase
_MAX_LINES = 12  # lines shown of a long passage
_PDF_LOCK = Lock()  # pypdfium2 serves one thread at a time
_LinesAndPages = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Source:
    """A text: its lines, the page of each (none if unknown), its digest, and its work, if known.

    >>> Source("a.txt", "sha256:0", ("Trust and", "hope"), ("4", "5")).label(1, 2)
    'pp. 4–5'
    """

    name: str
    digest: str
    lines: tuple[str, ...]
    pages: tuple[str, ...] = ()
    work: str = ""
    headings: frozenset[str] = frozenset()

    @cached_property
    def full_text(self) -> FoldedText:
        """The whole text, with running heads and footers."""
        return FoldedText.of(enumerate(self.lines, 1))

    @cached_property
    def body(self) -> FoldedText:
        """The text without running heads and footers."""
        excluded = running_heads(self.lines, self.pages)
        return FoldedText.of((n, line) for n, line in enumerate(self.lines, 1) if n not in excluded)

    def find(self, phrase: str, first: int = 1, last: int = 0) -> tuple[tuple[int, int], ...]:
        """The first and last line of every occurrence of a phrase, in the given lines or all; even
        in footers.
        """
        matches = (text.find(phrase, first, last) for text in (self.body, self.full_text))
        return tuple(dict.fromkeys(chain(*matches)))

    def span(self, page: str, last_page: str = "") -> tuple[int, int] | None:
        """The first and last line of a page, or of the pages up to `last_page`; None for an unknown
        page.
        """
        if not page or page not in self.pages:
            return None
        last = last_page if last_page and last_page in self.pages else page
        return self.pages.index(page) + 1, len(self.pages) - self.pages[::-1].index(last)

    @cached_property
    def _titles(self) -> tuple[tuple[int, str, int], ...]:
        """The lines that are headings of known sections, each with its depth, which is 0 if neither
        Markdown nor a number shows it.
        """
        titles, excluded = set(map(_title_of, self.headings)), running_heads(self.lines, self.pages)
        return tuple(
            (number, title, _depth_of(line))
            for number, line in enumerate(self.lines, 1)
            if number not in excluded and (title := _title_of(line)) in titles
        )

    def is_in_section(self, line: int, heading: str) -> bool:
        """Whether a line is in the section with a heading, or in one of its subsections; True if
        the heading is not on a line of its own.

        >>> text = Source("a.md", "", ("# Ties", "Trust", "## Weak", "Hope", "# End", "Fear"))
        >>> text = replace(text, headings=frozenset({"Ties", "Weak", "End"}))
        >>> [text.is_in_section(line, "Ties") for line in (2, 4, 6)]
        [True, True, False]
        """
        section = _title_of(heading)
        depth = max((depth for _, title, depth in self._titles if title == section), default=None)
        if depth is None:
            return True
        preceding = [(title, level) for n, title, level in self._titles[::-1] if n <= line]
        nested = [*takewhile(lambda item: item[0] != section, preceding)]
        return len(nested) < len(preceding) and all(level > depth > 0 for _, level in nested)

    @property
    def is_counted(self) -> bool:
        """Whether its pages are merely counted from 1, and may be printed with other numbers."""
        labels = list(dict.fromkeys(self.pages))
        return bool(labels) and labels == [str(number) for number in range(1, len(labels) + 1)]

    def numbered(self, extent: str) -> Source:
        """The text with the printed numbers of its pages, if its record gives as many pages as it
        has.

        >>> text = Source("a.pdf", "sha256:0", ("Trust", "hope"), ("1", "2"))
        >>> text.numbered("11–12").pages, text.numbered("11–49").pages, text.numbered("7").pages
        (('11', '12'), ('1', '2'), ('1', '2'))
        """
        first, _, last = extent.replace("--", "-").replace("–", "-").partition("-")
        last = last or first
        count = len(dict.fromkeys(self.pages))
        if not (self.is_counted and first.strip().isdigit() and last.strip().isdigit()):
            return self
        return self.shifted(int(first) - 1) if int(last) - int(first) + 1 == count else self

    def shifted(self, offset: int) -> Source:
        """The text with an offset added to the number of each page."""
        return replace(self, pages=tuple(str(int(page) + offset) for page in self.pages))

    def label(self, first: int, last: int) -> str:
        """The location of lines in words: `p. 4`, `pp. 4–5`, or the line if the text has no
        pages.
        """
        start, end = (self.pages[line - 1] if self.pages else "" for line in (first, last))
        if not start:
            return f"line {first}"
        return f"p. {start}" if start == end else f"pp. {start}–{end}"


def _depth_of(heading: str) -> int:
    """The depth of a heading by its marks or its number: 2 for `## Ties` and `1.2 Ties`."""
    number = re.match(r"\s*[0-9.]*", heading)
    marks = len(heading) - len(heading.lstrip("#"))
    return marks or len(re.findall("[0-9]+", number[0] if number else ""))


def _title_of(line: str) -> str:
    """A line as a heading: its first words, without Markdown."""
    return " ".join(fold(line.strip("#*_ \t")).split()[:8])


def read_source(
    path: Path, work: str = "", pages: Path | None = None, first_page: int | None = None
) -> Source:
    """Reads a text; `work` is the IRI of its work, unless the map knows its digest.

    `first_page` is the printed number of the first page of a PDF, or of a text with form feeds.

    Pages come from the table `pages` (default: `pages.tsv` beside the text, if it fits), else from
    the PDF's own labels, from marks such as `[page 55]` on lines of their own, or from form feeds.
    Raises BrokenFile for a file that cannot be read, and MissingDependency for a PDF if pypdfium2
    is not installed.
    """
    content = file_bytes(path)
    suffix = path.suffix.lower()
    if suffix not in (".pdf", ".txt", ".md"):
        raise InputError(f"{path} is neither .txt, .md nor .pdf", remedy="Save it as one of these")
    lines, labels = _read_pdf(path) if suffix == ".pdf" else _read_plain(content, str(path))
    default_table = path.with_name("pages.tsv")
    if pages:
        labels = _read_pages(pages, len(lines))
    elif suffix != ".pdf" and default_table.is_file():
        with suppress(BrokenFile):  # then it belongs to another text
            labels = _read_pages(default_table, len(lines))
    if first_page is not None:
        labels = _counted_from(first_page, labels, path)
    return Source(path.name, f"sha256:{hashlib.sha256(content).hexdigest()}", lines, labels, work)


def excerpt(passage: Passage, sources: Sequence[Source]) -> tuple[str, ...]:
    """The lines of a passage, each with its number, from the text of its work; none if there is no
    such text.

    >>> from sq_graph.vocab import Ref
    >>> text = Source("a.txt", "sha256:0", ("One.", "Trust comes first.", "Two."), (), "work:a")
    >>> passage = Passage("p:1", Ref("work:a", "A"), "1", "", "printed", 0, 0, "trust comes first")
    >>> excerpt(passage, [text])
    ('1  One.', '2  Trust comes first.', '3  Two.')
    """
    for source in (text for text in sources if text.work == passage.work.iri):
        first, last = passage.first_line, passage.last_line
        if hits := source.find(passage.phrase, first, last) or source.find(passage.phrase):
            start, end = hits[0][0] - _CONTEXT_LINES, hits[0][1] + _CONTEXT_LINES
            return _numbered_lines(source, min(start, first or start), end)
        if first:
            return _numbered_lines(source, first, last or first)
    return ()


def _numbered_lines(source: Source, first: int, last: int) -> tuple[str, ...]:
    numbers = range(max(first, 1), min(last, len(source.lines)) + 1)
    lines = tuple(f"{n}  {source.lines[n - 1].rstrip()}" for n in numbers)
    return lines if len(lines) <= _MAX_LINES else (*lines[:_MAX_LINES], f"… to line {last}")


def _counted_from(first: int, labels: tuple[str, ...], path: Path) -> tuple[str, ...]:
    """Page labels counted from a printed number; raises InputError for a text without pages."""
    if not labels:
        problem = f"{path} is not divided into pages, so its pages cannot be numbered"
        remedy = "Leave out --first-page, or give a table of pages with --pages"
        raise InputError(problem, remedy=remedy)
    numbers = {label: number for number, label in enumerate(dict.fromkeys(labels), first)}
    return tuple(str(numbers[label]) for label in labels)


def _read_pages(path: Path, line_count: int) -> tuple[str, ...]:
    """The page of each line, from a tab-separated table with the columns page, first_line and
    last_line.
    """
    labels = [""] * line_count
    for number, row in enumerate(csv.DictReader(file_text(path).splitlines(), delimiter="\t"), 2):
        try:
            first, last, label = int(row["first_line"]), int(row["last_line"]), row["page"].strip()
        except (KeyError, TypeError, ValueError, AttributeError):
            problem = "a row needs page, first_line and last_line, separated by tabs"
            raise BrokenFile(problem, str(path), number, "Correct that row") from None
        if not 1 <= first <= last <= line_count:
            problem = f"page {label} is given as lines {first} to {last}"
            problem += f", but the text has {line_count} lines"
            raise BrokenFile(problem, str(path), number, "Give the pages of this text")
        labels[first - 1 : last] = [label] * (last - first + 1)
    return tuple(labels)


def _read_plain(content: bytes, name: str) -> _LinesAndPages:
    """The lines of a plain text, and the page of each if form feeds or marks divide it."""
    lines = decode_text(content, name).replace("\r\n", "\n").split("\n")
    if marked_pages := _marked_pages(lines):
        return tuple(lines), marked_pages
    pages, page = [], 1
    for line in lines:
        pages.append(str(page + len(line) - len(line.lstrip("\f"))))
        page += line.count("\f")
    return tuple(line.replace("\f", " ") for line in lines), tuple(pages) if page > 1 else ()


def _marked_pages(lines: Sequence[str]) -> tuple[str, ...]:
    """The page of each line by marks such as `[page 55]` on lines of their own; none without any.

    >>> _marked_pages(["Title", "[page 55]", "Trust binds.", "[p. 56]", "It breaks."])
    ('', '55', '55', '56', '56')
    """
    pages, page = [], ""
    for line in lines:
        match = _PAGE_MARK.fullmatch(line.strip())
        page = match[1] if match else page
        pages.append(page)
    return tuple(pages) if page else ()


def _read_pdf(path: Path) -> _LinesAndPages:
    """The lines of a PDF, page by page, each with the page's own label."""
    with optional("reading PDF files", "pdf"):
        from pypdfium2 import PdfDocument
    try:
        with _PDF_LOCK, PdfDocument(path) as document:
            texts = [printed_lines(page.get_textpage().get_text_range()) for page in document]
            labels = [document.get_page_label(n) or str(n + 1) for n in range(len(document))]
    except Exception as error:  # a broken PDF can raise nearly anything
        reason = str(error).rstrip(".")
        problem, remedy = f"this PDF cannot be read ({reason})", "Give it as a text instead"
        if "password" in reason.lower():
            problem, remedy = "this PDF is protected by a password", "Save it without one"
        raise BrokenFile(problem, str(path), remedy=remedy) from None
    lines = tuple(chain(*texts))
    if not any(map(str.strip, lines)):
        problem = "this PDF contains images but no text"
        raise BrokenFile(problem, str(path), remedy="Run text recognition (OCR) on it first")
    return lines, tuple(label for text, label in zip(texts, labels, strict=True) for _ in text)


def printed_lines(text: str) -> list[str]:
    """The lines of a page as printed: pypdfium2 joins words that are hyphenated at a line end."""
    return re.sub("[\x02\ufffe]", "-\n", text.replace("\r\n", "\n")).split("\n")
