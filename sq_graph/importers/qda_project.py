"""What a project of QDA software (REFI-QDA .qdpx) holds: its codes, and the segments coded with
them.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from sq_graph.errors import BrokenFile, SqGraphError
from sq_graph.evidence import Source, read_source
from sq_graph.importers.encodings import decode, open_archive

_SPACE = "{urn:QDA-XML:project:1.0}"
_CUT = re.compile(r"\S*(?:\.\.\.|…)$")
"""The end of words that a program shortened for a name."""
_VERSION = re.compile(rb"urn:QDA-XML:project:[0-9.]+")
_BROKEN = (zipfile.BadZipFile, zlib.error, ElementTree.ParseError, StopIteration)
_BESIDE = ("Case", "Set", "Variable", "Link", "Graph")
"""What the map has no place for."""


@dataclass(frozen=True)
class Segment:
    """A stretch of a source with its codes; positions are signs of the text, or -1 in a PDF.

    `digest` and `lines` say where its first words stand, where the project holds the text; `lost`
    says why it has no words to be found by.
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
    lost: str = ""

    @property
    def phrase(self) -> str:
        """Its first words."""
        return " ".join(self.text.split()[:8])

    def holds(self, other: Segment) -> bool:
        """Whether another segment of the same coder lies within this one."""
        where = (self.source, self.coder) == (other.source, other.coder)
        if self.start < 0 or other.start < 0:
            return where and (self.page, self.text) == (other.page, other.text)
        return where and self.start <= other.start and other.end <= self.end


@dataclass(frozen=True)
class Project:
    """The codes with their descriptions, the coded segments in their order, and of how much else
    the map has no place for.
    """

    codes: Mapping[str, str]
    segments: Sequence[Segment]
    beside: Mapping[str, int]


def read_project(path: Path) -> Project:
    """Reads a project; raises BrokenFile for a file of another kind."""
    try:
        with open_archive(path, "project") as archive:
            inside = next(one for one in archive.namelist() if one.lower().endswith(".qde"))
            root = ElementTree.fromstring(_VERSION.sub(_SPACE[1:-1].encode(), archive.read(inside)))
            if root.tag != f"{_SPACE}Project":
                raise ValueError(root.tag)
            return _Reader(archive, root).project()
    except SqGraphError:
        raise
    except (*_BROKEN, ValueError, OSError, LookupError, RuntimeError):
        what = "this is not a REFI-QDA project, or it is damaged or encrypted"
        raise BrokenFile(what, str(path), remedy="Export the project as REFI-QDA") from None


class _Reader:
    """Reads what an open project holds."""

    def __init__(self, archive: zipfile.ZipFile, root: Element) -> None:
        self._archive, self._root = archive, root
        self._files = {one.rpartition("/")[2].lower(): one for one in archive.namelist()}
        self._users = {_id(one): one.get("name", "") for one in _all(root, "User")}
        self._texts: dict[Element, tuple[str, str]] = {}
        self._pdfs: dict[Element, Source | None] = {}
        self._notes = {_id(one): self._text(one)[0] for one in _all(root, "Note")}
        paths = list(_paths(root))
        often = Counter(path[-1] for _, path in paths)
        self._codes = {
            _id(code): path[-1] if often[path[-1]] == 1 else " > ".join(path)
            for code, path in paths
        }
        self._described = {
            self._codes[_id(code)]: _words(code.findtext(f"{_SPACE}Description"))
            for code, _ in paths
            if code.get("isCodable") != "false"
        }

    def project(self) -> Project:
        sources = self._root.iterfind(f"{_SPACE}Sources/*")
        segments = [one for source in sources for one in self._segments(source)]
        beside = {f"{tag.lower()}s": len(list(_all(self._root, tag))) for tag in _BESIDE}
        cited = {
            one.get("targetGUID")
            for one in self._root.findall(f".//*[{_SPACE}Coding]/{_SPACE}NoteRef")
        }
        beside["memos"] = len(self._notes.keys() - set(map(_plain, cited)))
        return Project(self._described, segments, {what: n for what, n in beside.items() if n})

    def _segments(self, source: Element) -> Iterator[Segment]:
        name = source.get("name", "")
        stem = name.rpartition(".")[0] if name[-5:].count(".") else name
        inner = ((holder, one) for holder in source.iter() for one in holder)
        for holder, one in ((source, source), *inner):
            by_coder: dict[str, list[str]] = {}
            for coding in one.iterfind(f"{_SPACE}Coding"):
                coder = coding.get("creatingUser") or one.get("creatingUser") or ""
                for code in map(_target, coding.iterfind(f"{_SPACE}CodeRef")):
                    named = self._codes.get(code, "a code that the project lacks")
                    by_coder.setdefault(self._users.get(_plain(coder), coder), []).append(named)
            if not by_coder:
                continue
            notes = (self._notes.get(_target(ref), "") for ref in one.iterfind(f"{_SPACE}NoteRef"))
            memo = _words(" ".join((one.findtext(f"{_SPACE}Description") or "", *notes)))
            found = self._place(Segment(stem), source, holder, one)
            for coder, codes in by_coder.items():
                yield replace(found, coder=coder, codes=tuple(codes), memo=memo)

    def _place(self, found: Segment, source: Element, holder: Element, one: Element) -> Segment:
        """A segment with its words and where they are."""
        kind, pdf = one.tag.removeprefix(_SPACE), self._pdf(source)
        if kind == "PDFSelection":
            number = int(one.get("page") or 0)
            labels = list(dict.fromkeys(pdf.pages)) if pdf else []
            page = labels[number] if number < len(labels) else str(number + 1)
            inside = one.find(f"{_SPACE}Representation")
            text = _CUT.sub("", one.get("name", "")).strip()
            text = text or ("" if inside is None else self._text(inside)[0])
            return self._in_pdf(replace(found, page=page, text=text), pdf)
        if kind != "PlainTextSelection":
            what = "a whole source" if one is source else f"a {kind}"
            return replace(found, lost=f"words of a text or a PDF are imported, but not {what}")
        text, digest = self._text(holder)
        start, end = int(one.get("startPosition", -1)), int(one.get("endPosition", -1))
        words = text[max(start, 0) : end]
        if not words.strip():
            why = f"the text has no words at {start} to {end}" if text else "its text is missing"
            return replace(found, lost=f"{why} in the project")
        first = text.count("\n", 0, start + len(words) - len(words.lstrip())) + 1
        lines = first, first + words.strip().count("\n")
        found = replace(found, start=start, end=end, text=words, page=f"l.{first}")
        return self._in_pdf(replace(found, digest=digest, lines=lines), pdf)

    def _in_pdf(self, found: Segment, pdf: Source | None) -> Segment:
        """A segment with the page and lines of a PDF that has its words, on its page if it can."""
        hits = pdf.find(found.phrase) if pdf and found.phrase else ()
        if not pdf or not hits:
            return found
        lines = next((one for one in hits if pdf.pages[one[0] - 1] == found.page), hits[0])
        return replace(found, page=pdf.pages[lines[0] - 1], lines=lines, digest=pdf.digest)

    def _text(self, holder: Element) -> tuple[str, str]:
        """The text of a source, a representation or a note, and its digest."""
        if holder not in self._texts:
            inline = (holder.findtext(f"{_SPACE}PlainTextContent") or "").encode()
            content = inline or self._file(holder.get("plainTextPath"))
            digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
            text = decode(content)
            if "ATLAS" in self._root.get("origin", "").upper():  # which counts such an end as one
                text = text.replace("\r\n", "\n")
            self._texts[holder] = text, digest
        return self._texts[holder]

    def _pdf(self, source: Element) -> Source | None:
        """The PDF of a source, where the project holds one that can be read."""
        if source not in self._pdfs:
            content = self._file(source.get("path")) if source.tag == f"{_SPACE}PDFSource" else b""
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


def _paths(root: Element) -> Iterator[tuple[Element, tuple[str, ...]]]:
    """Each code with its name and those above it."""
    waiting: list[tuple[Element, tuple[str, ...]]]
    waiting = [(one, ()) for one in root.iterfind(f"{_SPACE}CodeBook/{_SPACE}Codes/{_SPACE}Code")]
    while waiting:
        code, above = waiting.pop(0)
        path = (*above, code.get("name", ""))
        yield code, path
        waiting[:0] = [(one, path) for one in code.iterfind(f"{_SPACE}Code")]


def _all(root: Element, tag: str) -> Iterator[Element]:
    return root.iter(f"{_SPACE}{tag}")


def _plain(guid: str | None) -> str:
    """A GUID as programs agree on it, without brackets and in small letters."""
    return (guid or "").strip("{} ").lower()


def _id(one: Element) -> str:
    return _plain(one.get("guid"))


def _target(one: Element) -> str:
    return _plain(one.get("targetGUID"))


def _words(text: str | None) -> str:
    return " ".join((text or "").split())
