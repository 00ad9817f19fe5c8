"""Reading a project of QDA software (REFI-QDA .qdpx): its codes, and the segments coded by them."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from sq_graph.errors import SqGraphError
from sq_graph.evidence import Source, read_source
from sq_graph.importers.encodings import decode, reading_archive

_NS = "{urn:QDA-XML:project:1.0}"
_SHORTENED = re.compile(r"\S*(?:\.\.\.|…)$")
"""The last word of a name that a program shortened."""
_VERSION = re.compile(rb"urn:QDA-XML:project:[0-9.]+")
_UNSUPPORTED = ("Case", "Set", "Variable", "Link", "Graph")
"""Kinds of elements that the map does not take."""


@dataclass(frozen=True)
class Segment:
    """A segment of a source with its codes; positions count the characters of the text, or are -1
    in a PDF.

    `digest` and `lines` locate its first words, where the project has the text; `problem` says why
    it has no words by which it can be located.
    """

    source: str
    coder: str = ""
    codes: tuple[str, ...] = ()
    memo: str = ""
    start: int = -1
    end: int = -1
    page: str = ""
    text: str = ""
    digest: str = ""
    lines: tuple[int, int] = (0, 0)
    problem: str = ""

    @property
    def phrase(self) -> str:
        """Its first words."""
        return " ".join(self.text.split()[:8])

    def encloses(self, other: Segment) -> bool:
        """Whether another segment of the same coder lies within this one."""
        is_near = (self.source, self.coder) == (other.source, other.coder)
        if self.start < 0 or other.start < 0:
            return is_near and (self.page, self.text) == (other.page, other.text)
        return is_near and self.start <= other.start and other.end <= self.end


@dataclass(frozen=True)
class Project:
    """The codes with their descriptions, the names of the sources, the coded segments in their
    order, and the number of elements of each kind that the map does not take.
    """

    codes: Mapping[str, str]
    sources: Sequence[str]
    segments: Sequence[Segment]
    unsupported: Mapping[str, int]


def read_project(path: Path) -> Project:
    """Reads a project; raises BrokenFile for a file of another kind."""
    with reading_archive(path, "REFI-QDA project", "Export the project as REFI-QDA") as archive:
        names = (name for name in archive.namelist() if name.lower().endswith(".qde"))
        content = archive.read(next(names, ""))
        root = ElementTree.fromstring(_VERSION.sub(_NS[1:-1].encode(), content))
        if root.tag != f"{_NS}Project":
            raise ValueError(root.tag)
        return _Reader(archive, root).project()


class _Reader:
    """Reads an open project."""

    def __init__(self, archive: zipfile.ZipFile, root: Element) -> None:
        self._archive, self._root = archive, root
        self._files = {name.rpartition("/")[2].lower(): name for name in archive.namelist()}
        self._users = {_guid(user): user.get("name", "") for user in _elements(root, "User")}
        self._texts: dict[Element, tuple[str, str]] = {}
        self._pdfs: dict[Element, Source | None] = {}
        self._notes = {_guid(note): self._text(note)[0] for note in _elements(root, "Note")}
        paths = list(_code_paths(root))
        counts = Counter(path[-1] for _, path in paths)
        self._codes = {
            _guid(code): path[-1] if counts[path[-1]] == 1 else " > ".join(path)
            for code, path in paths
        }
        self._descriptions = {
            self._codes[_guid(code)]: _tidy(code.findtext(f"{_NS}Description"))
            for code, _ in paths
            if code.get("isCodable") != "false"
        }

    def project(self) -> Project:
        sources = self._root.findall(f"{_NS}Sources/*")
        segments = [segment for source in sources for segment in self._segments(source)]
        counts = {f"{tag.lower()}s": len(list(_elements(self._root, tag))) for tag in _UNSUPPORTED}
        references = self._root.findall(f".//*[{_NS}Coding]/{_NS}NoteRef")
        counts["memos"] = len(self._notes.keys() - set(map(_target_guid, references)))
        unsupported = {kind: count for kind, count in counts.items() if count}
        return Project(self._descriptions, list(map(_stem, sources)), segments, unsupported)

    def _segments(self, source: Element) -> Iterator[Segment]:
        selections = ((parent, child) for parent in source.iter() for child in parent)
        for holder, selection in ((source, source), *selections):
            codes_by_coder: dict[str, list[str]] = {}
            for coding in selection.iterfind(f"{_NS}Coding"):
                user = coding.get("creatingUser") or selection.get("creatingUser") or ""
                coder = self._users.get(_normalise(user), user)
                for guid in map(_target_guid, coding.iterfind(f"{_NS}CodeRef")):
                    code = self._codes.get(guid, "a code that the project lacks")
                    codes_by_coder.setdefault(coder, []).append(code)
            if not codes_by_coder:
                continue
            references = map(_target_guid, selection.iterfind(f"{_NS}NoteRef"))
            notes = (self._notes.get(guid, "") for guid in references)
            memo = _tidy(" ".join((selection.findtext(f"{_NS}Description") or "", *notes)))
            segment = self._fill(Segment(_stem(source), memo=memo), source, holder, selection)
            for coder, codes in codes_by_coder.items():
                yield replace(segment, coder=coder, codes=tuple(codes))

    def _fill(
        self, draft: Segment, source: Element, holder: Element, selection: Element
    ) -> Segment:
        """A segment with its words and their location."""
        kind, pdf = selection.tag.removeprefix(_NS), self._pdf(source)
        if kind == "PDFSelection":
            number = int(selection.get("page") or 0)
            labels = list(dict.fromkeys(pdf.pages)) if pdf else []
            page = labels[number] if number < len(labels) else str(number + 1)
            representation = selection.find(f"{_NS}Representation")
            text = _SHORTENED.sub("", selection.get("name", "")).strip()
            text = text or ("" if representation is None else self._text(representation)[0])
            return self._locate_in_pdf(replace(draft, page=page, text=text), pdf)
        if kind != "PlainTextSelection":
            kind = "a whole source" if selection is source else f"a {kind}"
            return replace(draft, problem=f"passages of texts are imported, but not {kind}")
        text, digest = self._text(holder)
        start, end = int(selection.get("startPosition", -1)), int(selection.get("endPosition", -1))
        words = text[max(start, 0) : end]
        if not words.strip():
            reason = f"the text has no words at {start} to {end}" if text else "its text is missing"
            return replace(draft, problem=f"{reason} in the project")
        first_line = text.count("\n", 0, start + len(words) - len(words.lstrip())) + 1
        lines = first_line, first_line + words.strip().count("\n")
        segment = replace(draft, start=start, end=end, text=words, page=f"l.{first_line}")
        return self._locate_in_pdf(replace(segment, digest=digest, lines=lines), pdf)

    def _locate_in_pdf(self, segment: Segment, pdf: Source | None) -> Segment:
        """A segment with the page and lines of its words in a PDF, preferably on its own page."""
        matches = pdf.find(segment.phrase) if pdf and segment.phrase else ()
        if not pdf or not matches:
            return segment
        on_page = (lines for lines in matches if pdf.pages[lines[0] - 1] == segment.page)
        lines = next(on_page, matches[0])
        return replace(segment, page=pdf.pages[lines[0] - 1], lines=lines, digest=pdf.digest)

    def _text(self, holder: Element) -> tuple[str, str]:
        """The text of a source, a representation or a note, and its digest."""
        if holder not in self._texts:
            inline = (holder.findtext(f"{_NS}PlainTextContent") or "").encode()
            content = inline or self._file(holder.get("plainTextPath"))
            digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
            text = decode(content)
            if "ATLAS" in self._root.get("origin", "").upper():  # whose positions count this as one
                text = text.replace("\r\n", "\n")
            self._texts[holder] = text, digest
        return self._texts[holder]

    def _pdf(self, source: Element) -> Source | None:
        """The PDF of a source, where the project holds one that can be read."""
        if source not in self._pdfs:
            content = self._file(source.get("path")) if source.tag == f"{_NS}PDFSource" else b""
            self._pdfs[source] = _read_pdf(content) if content else None
        return self._pdfs[source]

    def _file(self, address: str | None) -> bytes:
        name = self._files.get((address or "").rpartition("/")[2].lower())
        return self._archive.read(name) if name else b""


def _read_pdf(content: bytes) -> Source | None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "source.pdf")
        path.write_bytes(content)
        try:
            return read_source(path)
        except SqGraphError:  # a scan, or no reader for PDF: the segments have pages all the same
            return None


def _code_paths(root: Element) -> Iterator[tuple[Element, tuple[str, ...]]]:
    """Each code with the names of its parents and its own."""
    pending: list[tuple[Element, tuple[str, ...]]]
    pending = [(code, ()) for code in root.iterfind(f"{_NS}CodeBook/{_NS}Codes/{_NS}Code")]
    while pending:
        code, parents = pending.pop(0)
        path = (*parents, code.get("name", ""))
        yield code, path
        pending[:0] = [(child, path) for child in code.iterfind(f"{_NS}Code")]


def _stem(source: Element) -> str:
    """The name of a source without the ending of a file."""
    name = source.get("name", "")
    return name.rpartition(".")[0] if name[-5:].count(".") else name


def _elements(root: Element, tag: str) -> Iterator[Element]:
    return root.iter(f"{_NS}{tag}")


def _normalise(guid: str | None) -> str:
    """A GUID in the form used for comparison: without brackets and in lower case."""
    return (guid or "").strip("{} ").lower()


def _guid(element: Element) -> str:
    return _normalise(element.get("guid"))


def _target_guid(element: Element) -> str:
    return _normalise(element.get("targetGUID"))


def _tidy(text: str | None) -> str:
    return " ".join((text or "").split())
