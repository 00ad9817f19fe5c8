"""The text of a file in the encodings that programs write: UTF-8, UTF-16, UTF-32, Western."""

from __future__ import annotations

import codecs
from pathlib import Path

from sq_graph.resources import file_bytes

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def text_of(path: Path) -> str:
    """The text of a file; raises BrokenFile if it cannot be read."""
    return decoded(file_bytes(path))


def decoded(content: bytes) -> str:
    r"""A text by its byte order mark or look, else in the encoding of Windows.

    >>> decoded("é".encode("utf-16")), decoded("@book".encode("utf-16-be"))
    ('é', '@book')
    >>> decoded(b"caf\xe9 \x96")
    'café –'
    """
    for mark, encoding in _MARKS:
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
        return content.decode("cp1252", "replace")
