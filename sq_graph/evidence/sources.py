"""Texts that somebody holds: read from .txt, .md or .pdf, with the page of each line where it can
be known.
"""

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
from sq_graph.resources import decoded, file_bytes, file_text

_PAGE_MARK = re.compile(r"\[(?:pages?|pp?\.) *([\w–-]+)\]", re.IGNORECASE)
_AROUND = 1  # lines shown before and after a phrase
_MOST = 12  # lines shown of a long passage
_READER_OF_PDF = Lock()  # which serves one thread at a time
_LinesAndPages = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Source:
    """A text at hand: its lines, the page of each (none if unknown), its digest, and the work it
    is, if named.

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
    def whole(self) -> FoldedText:
        """The text with everything that stands on its pages."""
        return FoldedText.of(enumerate(self.lines, 1))

    @cached_property
    def _body(self) -> FoldedText:
        apart = running_heads(self.lines, self.pages)
        return FoldedText.of((n, line) for n, line in enumerate(self.lines, 1) if n not in apart)

    def find(self, phrase: str, first: int = 1, last: int = 0) -> tuple[tuple[int, int], ...]:
        """Every place of a phrase, in the lines given or all, as its first and last line; footers
        count too.
        """
        places = (text.find(phrase, first, last) for text in (self._body, self.whole))
        return tuple(dict.fromkeys(chain(*places)))

    def span(self, page: str, last_page: str = "") -> tuple[int, int] | None:
        """The lines from the start of a page to the end of it, or of `last_page`; None for an
        unknown page.
        """
        if not page or page not in self.pages:
            return None
        last = last_page if last_page and last_page in self.pages else page
        return self.pages.index(page) + 1, len(self.pages) - self.pages[::-1].index(last)

    @cached_property
    def _titles(self) -> tuple[tuple[int, str, int], ...]:
        """The lines that are a heading of a section that the map knows, each with its depth, which
        is 0 if neither signs nor numbers show it.
        """
        known, apart = set(map(_title, self.headings)), running_heads(self.lines, self.pages)
        return tuple(
            (number, title, _depth(line))
            for number, line in enumerate(self.lines, 1)
            if number not in apart and (title := _title(line)) in known
        )

    def is_in_section(self, line: int, heading: str) -> bool:
        """Whether a line is in the section with a heading, or in a section of that one; True if
        the heading is on no line of its own.

        >>> text = Source("a.md", "", ("# Ties", "Trust", "## Weak", "Hope", "# End", "Fear"))
        >>> text = replace(text, headings=frozenset({"Ties", "Weak", "End"}))
        >>> [text.is_in_section(line, "Ties") for line in (2, 4, 6)]
        [True, True, False]
        """
        wanted = _title(heading)
        depth = max((depth for _, title, depth in self._titles if title == wanted), default=None)
        if depth is None:
            return True
        before = [one for one in self._titles[::-1] if one[0] <= line]
        nested = takewhile(lambda one: one[1] != wanted, before)
        return wanted in (one[1] for one in before) and all(one[2] > depth > 0 for one in nested)

    @property
    def is_counted(self) -> bool:
        """Whether its pages are merely counted from 1, and may be printed with other numbers."""
        found = list(dict.fromkeys(self.pages))
        return bool(found) and found == [str(number) for number in range(1, len(found) + 1)]

    def numbered(self, extent: str) -> Source:
        """The text with the printed numbers of its pages, where the pages of its record are as many
        as it has.

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

    def shifted(self, by: int) -> Source:
        """The text with so much added to the number of each page."""
        return replace(self, pages=tuple(str(int(page) + by) for page in self.pages))

    def label(self, first: int, last: int) -> str:
        """Where lines stand, in words: `p. 4`, `pp. 4–5`, or the line where the text has no
        pages.
        """
        begin, end = (self.pages[line - 1] if self.pages else "" for line in (first, last))
        if not begin:
            return f"line {first}"
        return f"p. {begin}" if begin == end else f"pp. {begin}–{end}"


def _depth(heading: str) -> int:
    """How deep a heading is by its signs or its number: `## Ties` and `1.2 Ties` are at 2."""
    number = re.match(r"\s*[0-9.]*", heading)
    signs = len(heading) - len(heading.lstrip("#"))
    return signs or len(re.findall("[0-9]+", number[0] if number else ""))


def _title(line: str) -> str:
    """A line as a heading: the first words, without the signs of Markdown around them."""
    return " ".join(fold(line.strip("#*_ \t")).split()[:8])


def read_source(
    path: Path, work: str = "", pages: Path | None = None, first_page: int | None = None
) -> Source:
    """Reads a text; `work` is the IRI of the work that it is, unless the map knows its digest.

    `first_page` is the printed number of the first page of a PDF, or of a text with form feeds.

    Pages come from the table `pages` (default: `pages.tsv` beside the text, where it fits), else
    from the PDF's own labels, from marks such as `[page 55]` on lines of their own, or from form
    feeds. Raises BrokenFile for a file that cannot be read, and MissingDependency if a PDF is
    given and pypdfium2 is absent.
    """
    content = file_bytes(path)
    kind = path.suffix.lower()
    if kind not in (".pdf", ".txt", ".md"):
        raise InputError(f"{path} is neither .txt, .md nor .pdf", remedy="Save it as one of these")
    lines, labels = _pdf(path) if kind == ".pdf" else _plain(content, str(path))
    beside = path.with_name("pages.tsv")
    if pages:
        labels = _read_pages(pages, len(lines))
    elif kind != ".pdf" and beside.is_file():
        with suppress(BrokenFile):  # else it lies there by chance and is another text's
            labels = _read_pages(beside, len(lines))
    if first_page is not None:
        labels = _counted_from(first_page, labels, path)
    return Source(path.name, f"sha256:{hashlib.sha256(content).hexdigest()}", lines, labels, work)


def excerpt(passage: Passage, sources: Sequence[Source]) -> tuple[str, ...]:
    """The lines of a passage, each with its number, from the text of its work; none where no text
    is at hand.

    >>> from sq_graph.vocab import Ref
    >>> text = Source("a.txt", "sha256:0", ("One.", "Trust comes first.", "Two."), (), "work:a")
    >>> where = Passage("p:1", Ref("work:a", "A"), "1", "", "printed", 0, 0, "trust comes first")
    >>> excerpt(where, [text])
    ('1  One.', '2  Trust comes first.', '3  Two.')
    """
    for source in (one for one in sources if one.work == passage.work.iri):
        inside = source.find(passage.phrase, passage.first_line, passage.last_line)
        if hits := inside or source.find(passage.phrase):
            first, last = hits[0][0] - _AROUND, hits[0][1] + _AROUND
            return _lines(source, min(first, passage.first_line or first), last)
        if passage.first_line:
            return _lines(source, passage.first_line, passage.last_line or passage.first_line)
    return ()


def _lines(source: Source, first: int, last: int) -> tuple[str, ...]:
    numbers = range(max(first, 1), min(last, len(source.lines)) + 1)
    lines = tuple(f"{n}  {source.lines[n - 1].rstrip()}" for n in numbers)
    return lines if len(lines) <= _MOST else (*lines[:_MOST], f"… to line {last}")


def _counted_from(first: int, labels: tuple[str, ...], path: Path) -> tuple[str, ...]:
    """The labels of pages counted from a printed number; raises InputError for a text without
    pages.
    """
    if not labels:
        what = f"{path} is not divided into pages, so they cannot be counted"
        remedy = "Leave out --first-page, or give a table of pages with --pages"
        raise InputError(what, remedy=remedy)
    order = {label: number for number, label in enumerate(dict.fromkeys(labels), first)}
    return tuple(str(order[label]) for label in labels)


def _read_pages(path: Path, line_count: int) -> tuple[str, ...]:
    """The page of each line, from a table with the columns page, first_line and last_line, divided
    by tabs.
    """
    labels = [""] * line_count
    for number, row in enumerate(csv.DictReader(file_text(path).splitlines(), delimiter="\t"), 2):
        try:
            first, last, label = int(row["first_line"]), int(row["last_line"]), row["page"].strip()
        except (KeyError, TypeError, ValueError, AttributeError):
            what = "a row needs page, first_line and last_line, divided by tabs"
            raise BrokenFile(what, str(path), number, "Correct that row") from None
        if not 1 <= first <= last <= line_count:
            what = f"page {label} is given as lines {first} to {last}"
            what += f", but the text has {line_count} lines"
            raise BrokenFile(what, str(path), number, "Give the pages of this text")
        labels[first - 1 : last] = [label] * (last - first + 1)
    return tuple(labels)


def _plain(content: bytes, where: str) -> _LinesAndPages:
    """The lines of a plain text, and the page of each where form feeds or marks divide them."""
    lines = decoded(content, where).replace("\r\n", "\n").split("\n")
    if marked := _marked(lines):
        return tuple(lines), marked
    pages, page = [], 1
    for line in lines:
        pages.append(str(page + len(line) - len(line.lstrip("\f"))))
        page += line.count("\f")
    return tuple(line.replace("\f", " ") for line in lines), tuple(pages) if page > 1 else ()


def _marked(lines: Sequence[str]) -> tuple[str, ...]:
    """The page of each line by marks such as `[page 55]` on lines of their own; none without any.

    >>> _marked(["Title", "[page 55]", "Trust binds.", "[p. 56]", "It breaks."])
    ('', '55', '55', '56', '56')
    """
    pages, page = [], ""
    for line in lines:
        found = _PAGE_MARK.fullmatch(line.strip())
        page = found[1] if found else page
        pages.append(page)
    return tuple(pages) if page else ()


def _pdf(path: Path) -> _LinesAndPages:
    """The lines of a PDF, page by page, each with the page's own label."""
    with optional("reading PDF files", "pdf"):
        from pypdfium2 import PdfDocument
    try:
        with _READER_OF_PDF, PdfDocument(path) as document:
            texts = [_printed(page.get_textpage().get_text_range()) for page in document]
            labels = [document.get_page_label(n) or str(n + 1) for n in range(len(document))]
    except Exception as error:  # a broken PDF can raise nearly anything
        why = str(error).rstrip(".")
        what, remedy = f"this PDF cannot be read ({why})", "Try its text instead"
        if "password" in why.lower():
            what, remedy = "this PDF asks for a password", "Save it without one"
        raise BrokenFile(what, str(path), remedy=remedy) from None
    lines = tuple(chain(*texts))
    if not any(map(str.strip, lines)):
        what = "this PDF holds pictures and no text"
        raise BrokenFile(what, str(path), remedy="Have its text recognised first")
    return lines, tuple(label for text, label in zip(texts, labels, strict=True) for _ in text)


def _printed(text: str) -> list[str]:
    """The lines of a page as it is printed: the reader of PDF joins what a hyphen divides."""
    return re.sub("[\x02\ufffe]", "-\n", text.replace("\r\n", "\n")).split("\n")
