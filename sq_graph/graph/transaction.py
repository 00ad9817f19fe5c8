"""Changing several files at once: all of them or none, whatever stops the program in between.

A change is prepared beside the files, in the folder `.sq-graph` of the map: new texts first, then
one journal that lists every move. The moment the journal stands under its final name, the change is
made; before, nothing is. Then the moves are carried out. Whoever opens the folder next finishes
what a stopped program left: a journal is carried out to its end, texts without a journal are thrown
away.

One program at a time changes a folder; others wait for its lock. Where the system offers no file
locks (Windows), a sentence says so once and the rest works as everywhere.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import json
import os
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sq_graph.errors import BrokenFile, EngineError
from sq_graph.resources import write_durably

locks: Any = None  # the system's file locks, None on Windows
with contextlib.suppress(ImportError):
    locks = importlib.import_module("fcntl")

FOLDER = ".sq-graph"
PATIENCE = 10.0
"""Seconds to wait for another program's change."""


class Transaction:
    """Writes and deletes files below `root`, all or none; `path` is relative to `root` or lies
    below it.

    An exception inside the `with` leaves every file as it was. When the block ends without one, the
    change is on the disk for good. Raises EngineError when another program holds the folder for
    longer than `patience` seconds, and BrokenFile for a path outside it or a disk that refuses.

    >>> import tempfile
    >>> root = Path(tempfile.mkdtemp())
    >>> with Transaction(root) as change:
    ...     change.write("a/one.ttl", "1")
    ...     change.write("two.ttl", "2")
    >>> (root / "a" / "one.ttl").read_text()
    '1'
    """

    def __init__(self, root: Path, patience: float = PATIENCE) -> None:
        self.root, self.patience = root.resolve(), patience
        self._folder = self.root / FOLDER
        self._changes: dict[Path, bytes | None] = {}
        self._held = contextlib.ExitStack()

    def __enter__(self) -> Transaction:
        try:
            self._held.enter_context(_locked(self.root, self.patience))
            _finish(self.root)
        except OSError as error:
            self._held.close()
            raise _refused(self.root, error) from None
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with self._held:
            if kind is None:
                self._keep()

    def write(self, path: Path | str, text: str | bytes) -> None:
        """Puts a text at `path`, as a new file or instead of the old one."""
        self._changes[self._inside(path)] = text.encode() if isinstance(text, str) else text

    def delete(self, path: Path | str) -> None:
        """Takes the file at `path` away; a file that is not there is no fault."""
        self._changes[self._inside(path)] = None

    def _inside(self, path: Path | str) -> Path:
        target = (self.root / path).resolve()
        if self.root not in target.parents or self._folder in (target, *target.parents):
            what = f"the file is outside {self.root}"
            raise BrokenFile(what, str(path), remedy="Name a file inside that folder")
        return target

    def _keep(self) -> None:
        try:
            effective = {path: text for path, text in self._changes.items() if _read(path) != text}
            if not effective:
                return
            changes = enumerate(effective.items())
            moves = [self._prepare(number, path, text) for number, (path, text) in changes]
            write_durably(self._folder / "journal.part", json.dumps(moves).encode())
            _settle(self._folder)
            (self._folder / "journal.part").replace(_journal(self.root))
            _settle(self._folder)
            _finish(self.root)
        except OSError as error:
            raise _refused(self.root, error) from None

    def _prepare(self, number: int, path: Path, text: bytes | None) -> tuple[str | None, str]:
        """Lays a text ready; what could hinder its move later is found now, while all can still be
        left.
        """
        target = path.relative_to(self.root).as_posix()
        path.parent.mkdir(parents=True, exist_ok=True)
        if not os.access(path.parent, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path.parent))
        if text is None:
            return None, target
        write_durably(self._folder / f"{number}.new", text)
        return f"{number}.new", target


def recover(root: Path) -> None:
    """Finishes what a stopped program left in `root`; returns at once where nothing is left.

    Call it before reading a folder. Raises EngineError if a live program holds the folder for too
    long.
    """
    if not _journal(root).exists():
        return
    with _locked(root, PATIENCE):
        _finish(root)


def _finish(root: Path) -> None:
    """Carries out the journal if there is one, and clears what was prepared; the lock is held."""
    folder, journal = root / FOLDER, _journal(root)
    if journal.exists():
        touched = {folder}
        for prepared, place in json.loads(journal.read_bytes()):
            target = root / place
            if prepared is None:
                target.unlink(missing_ok=True)
            elif (folder / prepared).exists():  # else it was moved before the stop
                target.parent.mkdir(parents=True, exist_ok=True)
                (folder / prepared).replace(target)
            touched |= {one for one in target.parents if one.is_relative_to(root)}
        for changed in sorted(touched):
            _settle(changed)
        journal.unlink()
        _settle(folder)
    for left in folder.glob("*.new"):
        left.unlink(missing_ok=True)


@contextlib.contextmanager
def _locked(root: Path, patience: float) -> Iterator[None]:
    folder = root / FOLDER
    folder.mkdir(exist_ok=True)
    ignored = folder / ".gitignore"
    if not ignored.exists():
        ignored.write_text("*\n", encoding="utf-8")
    if locks is None:
        advice = "let only one program change this folder at a time"
        warnings.warn(f"This system has no file locks: {advice}.", stacklevel=4)
        yield
        return
    with (folder / "lock").open("w") as lock:
        end = time.monotonic() + patience
        while True:
            try:
                locks.flock(lock, locks.LOCK_EX | locks.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    said = "another program is changing this folder"
                    raise EngineError(said, str(root), remedy="Try again when it is done") from None
                time.sleep(0.01)
        yield


def _journal(root: Path) -> Path:
    return root / FOLDER / "journal.json"


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _settle(folder: Path) -> None:
    """Makes the names in a folder durable, where the system can open folders."""
    if locks is None or not folder.is_dir():
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refused(root: Path, error: OSError) -> BrokenFile:
    import shutil

    space = f" ({shutil.disk_usage(root).free // 2**20} MB free)" if root.is_dir() else ""
    said = f"the files cannot be changed: {error.strerror or error}{space}"
    place = str(error.filename or root)
    return BrokenFile(said, place, remedy="Check the folder's rights and space")
