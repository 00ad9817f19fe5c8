"""Positions: which can be held together, and the claims by which two clash."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sq_graph.errors import SqGraphError, UnknownName
from sq_graph.model.claims import compare_positions
from sq_graph.model.facts import text
from sq_graph.pictures import matrix as pictured
from sq_graph.web.pages.desk import Desk
from sq_graph.web.pages.page import Page, Query, first, with_query

if TYPE_CHECKING:
    from sq_graph.reason import Matrix

NOT_COMPUTED = "Not computed: run sq-graph positions, with the reasoner installed, and keep what it finds."


def positions(desk: Desk, query: Query) -> Page:
    """The matrix of verdicts, or in plain words that they are not computed, and the list of positions."""
    senses, asserted = _asked(query)
    matrix, why = _computed(desk, senses, asserted)
    every = desk.of("SELECT ?s { ?s a sq:Position }")
    known = desk.facts(every)
    content: dict[str, Any] = {
        "matrix": matrix, "why": why, "every": every, "known": known, "credits": desk.credits(every),
        "switches": _switches("/positions", senses, asserted), "rows": [], "key": [],
    }  # fmt: skip
    table, picture = None, ""
    if matrix:
        from sq_graph.reason import SIGNS

        table = matrix.matrix()
        title, labels, verdicts, signs, notes = matrix.drawn()
        picture = pictured.draw(title, labels, verdicts, signs, notes)
        used = set(verdicts.values())
        content["rows"] = [
            (one, [(other, matrix.verdict(one, other)) for other in matrix.slugs[:place]])
            for place, one in enumerate(matrix.slugs)
        ]
        content |= {"key": [(sign, verdict) for verdict, sign in SIGNS.items() if verdict in used], "signs": SIGNS}
    return Page("positions.html", "Positions", with_query("/positions", senses=senses if senses != "source" else "",
                asserted="1" if asserted else ""), "Positions", "Which positions can be held together, and which "
                "contradict each other by which claims.", content, table=table, picture=picture)  # fmt: skip


def clash(desk: Desk, a: str, b: str, query: Query) -> Page:
    """Two positions: the verdict, the clashing claims with pages and hedges, and both side by side by matter."""
    senses, asserted = _asked(query)
    matrix, why = _computed(desk, senses, asserted)
    slugs = {text(one, "sq:module").rsplit("/", 1)[-1]: iri
             for iri, one in desk.facts(desk.of("SELECT ?s { ?s a sq:Position }")).items()}  # fmt: skip
    for slug in (a, b):
        if slug not in slugs:
            raise UnknownName("position", slug, [*slugs], remedy="See the page Positions")
    found = matrix.clash(a, b) if matrix else None
    base = f"/clash/{a}/{b}"
    title = f"{desk.label(slugs[a])} and {desk.label(slugs[b])}"
    side_by_side = compare_positions(desk.graph, [slugs[a], slugs[b]])
    address = with_query(base, senses=senses if senses != "source" else "", asserted="1" if asserted else "")
    return Page(
        "clash.html", title, address,
        "Positions", f"Can {title} be held together?",
        {"found": found, "why": why, "verdict": matrix.verdict(a, b) if matrix else "", "both": [slugs[a], slugs[b]],
         "warrant": matrix.warrant if matrix else "", "switches": _switches(base, senses, asserted),
         "side_by_side": side_by_side},
        table=found or side_by_side,
    )  # fmt: skip


def _computed(desk: Desk, senses: str, asserted: bool) -> tuple[Matrix | None, str]:
    """What was found earlier of the positions as they are now; else None, and why. Nothing is computed here."""
    try:
        return (desk.atlas.positions(senses, asserted), "") if _is_kept(desk) else (None, NOT_COMPUTED)
    except SqGraphError as error:
        return None, str(error)


@lru_cache(maxsize=4)
def _is_kept(desk: Desk) -> bool:
    from sq_graph.reason.positions import read_world
    from sq_graph.reason.verdicts import read_stored

    world, stored = read_world(desk.atlas.layouts, desk.graph), read_stored(desk.atlas.layouts)
    digests = stored.get("digests", {})
    return stored.get("ground") == world.digest() and all(
        digests.get(slug) == world.digest(slug) for slug in world.positions
    )


def _asked(query: Query) -> tuple[str, bool]:
    return ("word" if first(query, "senses") == "word" else "source"), bool(first(query, "asserted"))


def _switches(base: str, senses: str, asserted: bool) -> list[tuple[str, str, bool]]:
    """The ways to look at it: address, words, whether it is this one."""
    on = "1" if asserted else ""
    other = "word" if senses == "word" else ""
    return [
        (with_query(base, asserted=on), "Senses that the source keeps apart stay apart", senses == "source"),
        (with_query(base, senses="word", asserted=on), "The same word means the same", senses == "word"),
        (with_query(base, senses=other, asserted="" if asserted else "1"),
         "All claims again" if asserted else "On asserted claims alone", False),
    ]  # fmt: skip
