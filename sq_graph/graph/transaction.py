"""Changing several files at once: all of them or none, even if the program is stopped in between.

A change is prepared beside the files, in the folder `.sq-graph` of the map: first the new texts,
then a journal that lists every move. The change takes effect at the moment when the journal gets
its final name. Then the moves are carried out. The next program that opens the folder completes
what a stopped one left: it carries out a journal to its end, and deletes texts without a journal.

One program at a time changes a folder; others wait for its lock. A system without file locks
(Windows) causes one warning, and everything else works as usual.
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
LOCK_TIMEOUT = 10.0
"""Seconds to wait for another program's change."""


class Transaction:
    """Writes and deletes files below `root`, all or none; each `path` is relative to `root` or
    absolute.

    An exception inside the `with` leaves every file as it was. When the block ends without one, the
    change is durably on the disk. Raises EngineError when another program locks the folder for
    longer than `timeout` seconds, and BrokenFile for a path outside it or an error of the disk.

    >>> import tempfile
    >>> root = Path(tempfile.mkdtemp())
    >>> with Transaction(root) as change:
    ...     change.write("a/one.ttl", "1")
    ...     change.write("two.ttl", "2")
    >>> (root / "a" / "one.ttl").read_text()
    '1'
    """

    def __init__(self, root: Path, timeout: float = LOCK_TIMEOUT) -> None:
        self.root, self.timeout = root.resolve(), timeout
        self._folder = self.root / FOLDER
        self._changes: dict[Path, bytes | None] = {}
        self._lock = contextlib.ExitStack()

    def __enter__(self) -> Transaction:
        try:
            self._lock.enter_context(_locked(self.root, self.timeout))
            _finish(self.root)
        except OSError as error:
            self._lock.close()
            raise _broken_file(self.root, error) from None
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with self._lock:
            if kind is None:
                self._commit()

    def write(self, path: Path | str, text: str | bytes) -> None:
        """Writes a text to `path`, as a new file or in place of the old one."""
        self._changes[self._inside(path)] = text.encode() if isinstance(text, str) else text

    def delete(self, path: Path | str) -> None:
        """Deletes the file at `path`; a missing file is no fault."""
        self._changes[self._inside(path)] = None

    def _inside(self, path: Path | str) -> Path:
        target = (self.root / path).resolve()
        if self.root not in target.parents or self._folder in (target, *target.parents):
            message = f"the file is outside {self.root}"
            raise BrokenFile(message, str(path), remedy="Name a file inside that folder")
        return target

    def _commit(self) -> None:
        try:
            effective = {path: text for path, text in self._changes.items() if _read(path) != text}
            if not effective:
                return
            changes = enumerate(effective.items())
            moves = [self._prepare(number, path, text) for number, (path, text) in changes]
            write_durably(self._folder / "journal.part", json.dumps(moves).encode())
            _sync_folder(self._folder)
            (self._folder / "journal.part").replace(_journal(self.root))
            _sync_folder(self._folder)
            _finish(self.root)
        except OSError as error:
            raise _broken_file(self.root, error) from None

    def _prepare(self, number: int, path: Path, text: bytes | None) -> tuple[str | None, str]:
        """Prepares one change, as the move of a new text to its target. Anything that could prevent
        the move is found now, while nothing has changed.
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
    """Completes the change that a stopped program left in `root`, if there is one.

    Call it before reading a folder. Raises EngineError if a running program locks the folder for
    too long.
    """
    if not _journal(root).exists():
        return
    with _locked(root, LOCK_TIMEOUT):
        _finish(root)


def _finish(root: Path) -> None:
    """Carries out the journal if there is one, and deletes prepared texts; needs the lock."""
    folder, journal = root / FOLDER, _journal(root)
    if journal.exists():
        changed_folders = {folder}
        for name, path in json.loads(journal.read_bytes()):
            target = root / path
            if name is None:
                target.unlink(missing_ok=True)
            elif (folder / name).exists():  # else it was moved before the program stopped
                target.parent.mkdir(parents=True, exist_ok=True)
                (folder / name).replace(target)
            changed_folders |= {p for p in target.parents if p.is_relative_to(root)}
        for changed_folder in sorted(changed_folders):
            _sync_folder(changed_folder)
        journal.unlink()
        _sync_folder(folder)
    for unused in folder.glob("*.new"):
        unused.unlink(missing_ok=True)


@contextlib.contextmanager
def _locked(root: Path, timeout: float) -> Iterator[None]:
    folder = root / FOLDER
    folder.mkdir(exist_ok=True)
    gitignore = folder / ".gitignore"
    if not gitignore.exists():
        gitignore.write_text("*\n", encoding="utf-8")
    if locks is None:
        advice = "let only one program change this folder at a time"
        warnings.warn(f"This system has no file locks: {advice}.", stacklevel=4)
        yield
        return
    with (folder / "lock").open("w") as lock:
        deadline = time.monotonic() + timeout
        while True:
            try:
                locks.flock(lock, locks.LOCK_EX | locks.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    message = "another program is changing this folder"
                    remedy = "Try again when it is done"
                    raise EngineError(message, str(root), remedy=remedy) from None
                time.sleep(0.01)
        yield


def _journal(root: Path) -> Path:
    return root / FOLDER / "journal.json"


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable, where the system can open folders."""
    if locks is None or not folder.is_dir():
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _broken_file(root: Path, error: OSError) -> BrokenFile:
    import shutil

    space = f" ({shutil.disk_usage(root).free // 2**20} MB free)" if root.is_dir() else ""
    message = f"the files cannot be changed: {error.strerror or error}{space}"
    path = str(error.filename or root)
    return BrokenFile(message, path, remedy="Check the folder's permissions and free space")
