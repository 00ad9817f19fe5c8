"""Reading files of other programs: texts in UTF-8, UTF-16, UTF-32 or Western, JSON, archives."""

import codecs
import csv
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from sq_graph.errors import BrokenFile, SqGraphError
from sq_graph.resources import file_bytes

_BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8-sig"}
_BYTE_ORDER_MARKS |= dict.fromkeys((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE), "utf-32")
_BYTE_ORDER_MARKS |= dict.fromkeys((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE), "utf-16")

_DECLARED = re.compile(rb"^%\s*Encoding:\s*([\w-]+)", re.MULTILINE | re.IGNORECASE)
"""The line in which JabRef names the encoding."""
INVISIBLE = dict.fromkeys([*map(ord, "\u200b\u2060\ufeff\u00ad"), *range(9), *range(14, 28)])
"""Invisible characters: zero-width spaces, soft hyphens, control characters."""
_ARCHIVE_ERRORS: tuple[type[Exception], ...] = (ValueError, OSError, LookupError, RuntimeError)
_ARCHIVE_ERRORS += (zipfile.BadZipFile, zlib.error, ElementTree.ParseError, EOFError)
"""What reading XML from a damaged or encrypted archive may raise."""
_MAX_UNPACKED = 300_000_000
"""The number of bytes that an archive may unpack to."""
GUESSED_ENCODING = (
    "it is not in UTF-8 and was read as Western text: check the accents, or save it as UTF-8"
)


def read_text(path: Path) -> str:
    """The text of a file; raises BrokenFile if it cannot be read."""
    try:
        text = decode(file_bytes(path))
    except UnicodeDecodeError:
        problem = "this is not a text in UTF-8, UTF-16 or the encoding of Windows"
        raise BrokenFile(problem, str(path), remedy="Save it again as UTF-8") from None
    if "\0" in text:
        raise BrokenFile("this is not a text file", str(path), remedy="Save or export it again")
    return text


def parse_json(content: str, file: str) -> Any:
    """The content of a JSON file; raises BrokenFile with the invalid line."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:  # ValueError for a huge number too
        problem = f"invalid JSON ({getattr(error, 'msg', 'nested too deep, or a number too long')})"
        line = getattr(error, "lineno", None)
        raise BrokenFile(problem, file, line, remedy="Export it again") from None


def open_archive(path: Path, noun: str) -> zipfile.ZipFile:
    """A zipped file to read from; raises BrokenFile if its content is too large."""
    archive = zipfile.ZipFile(path)
    if sum(entry.file_size for entry in archive.infolist()) > _MAX_UNPACKED:
        archive.close()
        raise BrokenFile(f"the {noun} is too large", str(path), remedy="Split it")
    return archive


@contextmanager
def reading_archive(path: Path, noun: str, remedy: str) -> Iterator[zipfile.ZipFile]:
    """A zipped file of XML while it is read; what goes wrong is raised as BrokenFile."""
    try:
        with open_archive(path, noun) as archive:
            yield archive
    except SqGraphError:
        raise
    except _ARCHIVE_ERRORS:
        problem = f"this is not a {noun}, or it is damaged or encrypted"
        raise BrokenFile(problem, str(path), remedy=remedy) from None


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    r"""Rows as the text of a CSV file.

    >>> csv_text([("a", "b, c")])
    'a,"b, c"\n'
    """
    output = io.StringIO()
    csv.writer(output, lineterminator="\n").writerows(rows)
    return output.getvalue()


def is_encoding_guessed(content: bytes) -> bool:
    r"""Whether the encoding of a text is not evident from its bytes.

    >>> [is_encoding_guessed(text) for text in ("é".encode(), b"caf\xe9", "é".encode("utf-16"))]
    [False, True, False]
    """
    try:
        decode(content, "strict")
    except UnicodeDecodeError:
        return True
    return False


def decode(content: bytes, errors: str = "windows") -> str:
    r"""A text by its byte order mark or look; bytes that are not UTF-8 are read as Windows text.

    >>> decode("é".encode("utf-16")), decode("@book".encode("utf-16-be"))
    ('é', '@book')
    >>> decode(b"caf\xe9 \x96 caf\xc3\xa9")
    'café – café'
    """
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            return content.decode(encoding, "replace").removeprefix("\ufeff")
    start = content[:400]
    if b"\0" in start and len(start) > 3:
        even, odd = start[::2].count(0), start[1::2].count(0)
        if max(even, odd) > len(start) // 4 and min(even, odd) <= max(even, odd) // 4:
            return content.decode("utf-16-be" if even > odd else "utf-16-le", "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        if declared := _DECLARED.search(content[:2000]):
            with suppress(LookupError):
                return content.decode(declared[1].decode().replace("_", "-"))
        return content.decode("utf-8", errors)


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """The bytes that are not UTF-8, decoded as Windows text."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252"), error.end


codecs.register_error("windows", _as_windows)
