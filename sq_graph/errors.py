"""The errors of sq-graph: each is one sentence for a scholar, with its location and its remedy.

SqGraphError
├── InputError         an input could not be read or understood (a ValueError too)
│   ├── UnknownName      a name that the map does not hold (a LookupError too)
│   ├── BrokenFile       a file that cannot be read or parsed
│   └── BadQuery         a SPARQL text that is not valid, or not allowed
├── FindingsError      the map, or a change to it, breaks a rule
├── MissingDependency  an optional part of the installation is absent
└── EngineError        a reasoner or remote engine failed, or ran past its limit
"""

import errno
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

_MAX_LISTED = 40
"""The number of known names up to which all are listed where none is near."""


class SqGraphError(Exception):
    """Base class of the errors that sq-graph raises.

    Its text is one sentence that says what is wrong, where, and what to do.

    >>> str(BrokenFile("there is no such file", "notes.ttl", remedy="Check the path"))
    'notes.ttl: there is no such file. Check the path.'
    """

    def __init__(
        self, what: str, where: str = "", line: int | None = None, remedy: str = ""
    ) -> None:
        location = f"{where}: " if line is None else f"{where}:{line}: "
        advice = f" {remedy.rstrip('.')}{'' if remedy.endswith('?') else '.'}" if remedy else ""
        super().__init__(f"{location if where else ''}{what.rstrip('.')}.{advice}")
        self.what, self.where, self.line, self.remedy = what, where, line, remedy

    def __reduce__(self) -> tuple[object, ...]:
        """Lets an error be pickled with its text and attributes."""
        return _restore, (type(self), self.args, self.__dict__)


def _restore(kind: type[SqGraphError], args: tuple[str, ...], state: dict[str, object]) -> object:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class InputError(SqGraphError, ValueError):
    """An input could not be read or understood."""


class UnknownName(InputError, LookupError):
    """A name that the map does not hold; lists the nearest names that it does, or all if few.

    `scope` says where the name was looked up, if not in the whole map.

    >>> str(UnknownName("concept", "social-exclusoin", ["social-exclusion", "trust"]))
    "there is no concept 'social-exclusoin'. Did you mean 'social-exclusion'?"
    >>> str(UnknownName("form", "pdf", ["html", "csv"]))
    "there is no form 'pdf'. Choose among csv, html."
    >>> str(UnknownName("claim", "thin-trust", (), scope="in this workspace"))
    "there is no claim 'thin-trust' in this workspace."
    """

    def __init__(
        self,
        kind: str,
        name: str,
        known: Iterable[str],
        remedy: str = "",
        choices: Iterable[str] = (),
        scope: str = "",
    ) -> None:
        self.name, self.kind = name.removeprefix(f"{kind}:"), kind
        known = list(known)
        self.suggestions = suggest_names(self.name, known)
        if not self.suggestions and not remedy and len(known) <= _MAX_LISTED:
            choices = choices or known
        advice = [remedy]
        if self.suggestions:
            advice = [f"Did you mean {' or '.join(map(repr, self.suggestions))}?"]
        if options := ", ".join(sorted(choices)):
            advice.append(f"Choose among {options}")
        problem = f"there is no {kind} {self.name!r} {scope}".rstrip()
        super().__init__(problem, remedy=" ".join(filter(None, advice)))


class BrokenFile(InputError):
    """A file that cannot be read or parsed.

    >>> import sq_graph
    >>> sq_graph.open("no/such/folder")
    Traceback (most recent call last):
    sq_graph.errors.BrokenFile: no/such/folder: there is no such folder. ...
    """


class BadQuery(InputError):
    """A SPARQL text that is not valid, or not allowed.

    >>> import sq_graph
    >>> sq_graph.open().sparql("SELECT * {")
    Traceback (most recent call last):
    sq_graph.errors.BadQuery: query:1: ...
    """


class FindingsError(SqGraphError):
    """The map, or a change to it, breaks a rule; `findings` holds each finding."""

    def __init__(self, what: str, findings: Sequence[object] = ()) -> None:
        super().__init__(what)
        self.findings = tuple(findings)


class MissingDependency(SqGraphError):
    """An optional part of the installation is absent.

    >>> str(MissingDependency("the reasoner", "reasoner"))
    "the reasoner is not installed. Run pip install 'sq-graph[reasoner]'."
    """

    def __init__(self, part: str, extra: str = "", remedy: str = "") -> None:
        super().__init__(
            f"{part} is not installed", remedy=remedy or f"Run pip install 'sq-graph[{extra}]'"
        )


@contextmanager
def optional(part: str, extra: str) -> Iterator[None]:
    """Raises MissingDependency where an import in the block fails.

    >>> with optional("the reader for dreams", "dreams"):
    ...     import dreams
    Traceback (most recent call last):
    sq_graph.errors.MissingDependency: the reader for dreams is not installed. Run pip install ...
    """
    try:
        yield
    except ImportError:
        raise MissingDependency(part, extra) from None


class EngineError(SqGraphError):
    """A reasoner or a remote engine failed, or ran past its limit."""


def suggest_names(name: str, known: Sequence[str]) -> list[str]:
    """Up to three known names that contain all of `name` as words, or the most similar one.

    >>> suggest_names("integration", ["migration", "social-integration", "disintegration"])
    ['social-integration']
    """
    words = "-".join(name.lower().split())
    containing = [item for item in known if words and f"-{words}-" in f"-{item.lower()}-"]
    near = nearest(name, known)
    if near and near.lower() == words:
        return [near]
    if containing:
        return sorted(containing, key=lambda item: (len(item), item))[:3]
    return [near] if near else []


def nearest(name: str, known: Sequence[str]) -> str | None:
    """The known name most similar to `name`, or None if none is near.

    One that begins with another letter must be very near: short names share letters by chance.

    >>> nearest("steinert-exclusoin", ["room-exclusion", "steinert-exclusion"])
    'steinert-exclusion'
    >>> nearest("Weber", ["ebrd"])
    """
    import difflib

    lowered, key = {item.lower(): item for item in known}, name.lower()
    for match in difflib.get_close_matches(key, list(lowered), n=3, cutoff=0.6):
        if match[0] == key[0] or difflib.SequenceMatcher(None, key, match).ratio() >= 0.8:
            return lowered[match]
    return None


def refuse_unknown(target: str, names: Iterable[str], known: Sequence[str]) -> None:
    """Raise InputError for the first name that is not a known parameter of `target`.

    >>> refuse_unknown("the page /works", ["banana"], ["sort"])
    Traceback (most recent call last):
    sq_graph.errors.InputError: the page /works has no parameter 'banana'. It takes sort.
    """
    for unknown in [name for name in names if name not in known]:
        remedy = f"It takes {', '.join(known)}" if known else "It takes no parameter"
        raise InputError(f"{target} has no parameter {unknown[:40]!r}", remedy=remedy)


def is_disk_full(error: Exception) -> bool:
    """Whether an error says that a disk, or a user's quota on it, is full.

    >>> is_disk_full(OSError("IO error: While appending to file: 4.log: Disk quota exceeded"))
    True
    """
    codes = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    is_named = any(os.strerror(number) in str(error) for number in codes)
    return is_named or getattr(error, "errno", None) in codes
