"""Everything by kind: the kinds of thing that the map holds, and all things of one kind."""

from __future__ import annotations

import re

from sq_graph.errors import UnknownName
from sq_graph.model.facts import text
from sq_graph.table import Table
from sq_graph.vocab import KINDS, kind_of
from sq_graph.web.pages.desk import Desk, folder_of
from sq_graph.web.pages.page import Page, Query, credit_columns

_MOST = 400
"""As many things as a page shows; a map may hold thousands of one kind."""
_OWN = {"concept": "/concepts", "typology": "/typologies", "work": "/works"}
"""The kinds that have an overview of their own, and where."""
_PLURALS = {"matrix": "matrices", "reading": "second readings"}


def kinds(desk: Desk, _: Query) -> Page:
    """The kinds of thing, with how many there are of each."""
    counted = {kind: len(listed) for kind, listed in _by_kind(desk).items()}
    rows = [(_plural(kind), count) for kind, count in counted.items()]
    return Page(
        "kinds.html",
        "Everything by kind",
        "/things",
        about="The kinds of thing that the map holds.",
        content={
            "kinds": [(_plural(kind), _address(kind), n) for kind, n in counted.items()],
            "listed": None,
        },
        table=Table(("kind", "things"), tuple(rows), "Everything by kind"),
    )


def things(desk: Desk, folder: str, _: Query) -> Page:
    """All things of a kind, by label; `folder` is that of their addresses.

    Raises:
        UnknownName: there is no such kind.
    """
    kind = next((kind for kind in KINDS if folder_of(kind) == folder), None)
    if kind is None or kind in _OWN:
        raise UnknownName("page", f"/{folder}", map(_address, KINDS))
    known = desk.facts(_by_kind(desk).get(kind, ()))
    credits = desk.credits(known)
    rows = sorted(
        (
            (desk.label(iri), text(one, "sq:summary"), credits.get(iri), iri)
            for iri, one in known.items()
        ),
        key=lambda row: (row[0].lower(), row[-1]),
    )
    title = _plural(kind).capitalize()
    written = [(label, says, *credit_columns(credit)) for label, says, credit, _ in rows]
    columns = (kind, "says", "source", "how firmly", "review")
    return Page(
        "kinds.html",
        title,
        f"/{folder}",
        about=f"All {_plural(kind)} of the map.",
        content={"listed": rows, "most": len(rows) if desk.is_static else _MOST, "kinds": ()},
        table=Table(columns, tuple(written), title),
    )


def _by_kind(desk: Desk) -> dict[str, list[str]]:
    """The things of each kind that the map holds."""
    found: dict[str, list[str]] = {}
    for iri in desk.of("SELECT DISTINCT ?s { ?s a ?kind FILTER(isIRI(?s)) }"):
        if kind := kind_of(iri):
            found.setdefault(kind, []).append(iri)
    return dict(sorted(found.items()))


def _address(kind: str) -> str:
    return _OWN.get(kind) or f"/{folder_of(kind)}"


def _plural(kind: str) -> str:
    """The name of a kind for several.

    >>> _plural("category"), _plural("matrix"), _plural("claim")
    ('categories', 'matrices', 'claims')
    """
    return _PLURALS.get(kind) or re.sub(r"y$", "ie", kind) + "s"
