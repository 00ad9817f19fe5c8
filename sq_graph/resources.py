"""The location of the packaged content (ontology, shapes and queries, in a wheel or a checkout),
and reading files.
"""

import json
import os
from pathlib import Path
from typing import Any

from sq_graph.errors import BrokenFile

VERSION = "0.2.0"
"""The version of this release; `sync` writes it wherever else it is needed."""
RELEASED = "2026-11-28"
"""Its date."""
PRIOR_VERSION = "0.1.0"
"""The previous release."""
PRIOR_RELEASED = "2026-11-22"
"""The date of the previous release."""


def root() -> Path:
    """The folder that holds `ontology/`, `shapes/` and `queries/` of the packaged map.

    >>> (root() / "ontology" / "core.ttl").is_file()
    True
    """
    packaged = Path(__file__).parent / "_data"
    return packaged if packaged.is_dir() else Path(__file__).parent.parent


def text_beside(module: str, name: str) -> str:
    """The text of a resource file in the folder of a module, given by its `__file__`.

    >>> "PREFIX" in text_beside(__file__, "export/skos.rq")
    True
    """
    return (Path(module).parent / name).read_text(encoding="utf-8")


def data_beside(module: str, name: str) -> Any:
    """The content of a JSON file in the folder of a module.

    >>> len(data_beside(__file__, "vocab.json")["kinds"]) > 20
    True
    """
    return json.loads(text_beside(module, name))


def file_bytes(path: Path) -> bytes:
    """The content of a file; raises BrokenFile if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        problem = f"the file cannot be read ({error.strerror or error})"
        raise BrokenFile(problem, str(path), remedy="Check its path and permissions") from None


def display_path(path: str | Path) -> str:
    """A path relative to the current folder, if it is inside it.

    >>> display_path(Path.cwd() / "mine" / "library.bib")
    'mine/library.bib'
    """
    current = Path.cwd()
    return str(Path(path).relative_to(current)) if Path(path).is_relative_to(current) else str(path)


def decode_text(content: bytes, where: str) -> str:
    r"""The text of UTF-8 content, without byte order mark; raises BrokenFile with the line in the
    file `where`.

    >>> decode_text(b"caf\xe9", "notes.txt")
    Traceback (most recent call last):
    sq_graph.errors.BrokenFile: notes.txt:1: the file is not written in UTF-8. Save it as UTF-8.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BrokenFile(
            "the file is not written in UTF-8", where, line, "Save it as UTF-8"
        ) from None


def file_text(path: Path) -> str:
    """The text of a file in UTF-8; raises BrokenFile if it cannot be read or decoded."""
    return decode_text(file_bytes(path), str(path))


def write_durably(path: Path, content: bytes) -> None:
    """Writes a file and flushes it to disk; an interruption may leave it incomplete."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
