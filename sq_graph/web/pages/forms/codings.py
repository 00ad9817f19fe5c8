"""What each coder says of each definition: one table a coder, blind to the others, compared at the
end.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from sq_graph.errors import InputError
from sq_graph.evidence.agreement import Coding, read_codings
from sq_graph.graph.transaction import Transaction
from sq_graph.model.aspects import Aspect
from sq_graph.model.records import slugged
from sq_graph.vocab import slug_of

UNSAID = ("silent", "n/a")
_NOT_CODERS = ("", "settle", "agreement")
FOLDER = "codings"
"""The folder of a workspace that holds one table a coder."""


def coders(root: Path) -> list[str]:
    """The coders of a workspace, sorted."""
    return sorted(path.stem for path in (root / FOLDER).glob("*.csv"))


def coder_slug(name: str) -> str:
    """The name of a coder as that of a file; raises InputError for one of which nothing is left.

    >>> coder_slug("Ann Fox")
    'ann-fox'
    """
    slug = slugged(name)[:60].strip("-")
    if slug in _NOT_CODERS:
        raise InputError("a coder has a name", remedy="Write one, such as Ann")
    return slug


def path_of(root: Path, coder: str) -> Path:
    """The table of a coder; raises InputError for a name that is none."""
    if coder in _NOT_CODERS or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", coder):
        raise InputError(f"{coder!r} is not the name of a coder", remedy="Choose one of the list")
    return root / FOLDER / f"{coder}.csv"


def codings_of(root: Path, coder: str, aspects: Sequence[Aspect]) -> Coding:
    """Everything that a coder has coded: definition → aspect → values, terms, `silent` or `n/a`."""
    path = path_of(root, coder)
    return read_codings(path, aspects) if path.is_file() else {}


def faults(aspects: Iterable[Aspect], codes: Mapping[str, Collection[str]]) -> dict[str, str]:
    """What is wrong with the codes of a definition, by aspect."""
    known = {slug_of(aspect.iri): aspect for aspect in aspects}
    found = {}
    for name, values in codes.items():
        said = [one for one in values if one not in UNSAID]
        allowed = known[name].allows if name in known else ()
        if name not in known:
            found[name] = f"There is no aspect {name!r}."
        elif len(values) > 1 and said != list(values):
            found[name] = (
                "The passage cannot be both coded and silent. Choose values, or silent, or n/a."
            )
        elif any(";" in one for one in said):
            found[name] = "A term cannot contain a semicolon. Write one term a line."
        elif allowed and (wrong := [one for one in said if one not in allowed]):
            found[name] = f"{wrong[0]!r} is not a value. Choose among {', '.join(allowed)}."
    return found


def save_codes(
    root: Path,
    coder: str,
    definition: str,
    codes: Mapping[str, Collection[str]],
    aspects: Sequence[Aspect],
) -> None:
    """Puts the codes of one definition in the table of a coder, in place of those that were
    there.
    """
    names, path = [slug_of(aspect.iri) for aspect in aspects], path_of(root, coder)
    with Transaction(root) as change:
        table = codings_of(root, coder, aspects)
        table[definition] = {name: frozenset(values) for name, values in codes.items() if values}
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["definition", *names])
        for one, coded in sorted(table.items()):
            writer.writerow([one, *("; ".join(sorted(coded.get(name, ()))) for name in names)])
        change.write(path, text.getvalue())
