"""Positions: which can be held together, and the claims by which two clash."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sq_graph.errors import SqGraphError, UnknownName
from sq_graph.model.codes import Senses
from sq_graph.model.facts import join_names, text
from sq_graph.model.positions import compare_positions
from sq_graph.pictures import matrix as pictured
from sq_graph.vocab import slug_of
from sq_graph.web.pages.page import Page, Query, first, with_query
from sq_graph.web.pages.page_context import PageContext

if TYPE_CHECKING:
    from sq_graph.reason import Matrix

_EVERY = "SELECT ?s { ?s a sq:Position }"
NOT_COMPUTED = "Not computed: run sq-graph sync, with the reasoner installed."


def positions(context: PageContext, query: Query) -> Page:
    """The matrix of verdicts, or in plain words that they are not computed, and the list of
    positions.
    """
    matrix, how = _computed(context, "/positions", query)
    known = context.facts(context.of(_EVERY))
    content: dict[str, Any] = {"known": known, "credits": context.credits(known), **how}
    about = "Which positions can be held together, and which contradict each other by which claims."
    table, picture = None, ""
    if matrix:
        from sq_graph.reason import SIGNS

        verdicts, title = matrix.verdicts, matrix.caption
        used = [verdict for verdict in SIGNS if verdict in verdicts.values()]
        content |= {"signs": SIGNS, "used": used}
        table = matrix.matrix()
        picture = pictured.draw(title, matrix.labels, verdicts, SIGNS, matrix.notes)
    return Page("positions.html", "Positions", how["address"], about, content, table, picture)


def clash(context: PageContext, a: str, b: str, query: Query) -> Page:
    """Two positions, by slug: the verdict, the clashing claims with pages and hedges, and both side
    by side by matter.

    Raises UnknownName for a position that the map does not hold.
    """
    matrix, how = _computed(context, f"/clash/{a}/{b}", query)
    known = context.facts(context.of(_EVERY))
    slugs = {slug_of(text(one, "sq:module")): iri for iri, one in known.items()}
    for slug in (a, b):
        if slug not in slugs:
            raise UnknownName("position", slug, slugs, remedy="See the page Positions")
    both = [slugs[a], slugs[b]]
    title, side_by_side = (
        " and ".join(map(context.label, both)),
        compare_positions(context.graph, both),
    )
    found = matrix.clash(a, b) if matrix else None
    content = how | {"pair": (a, b), "both": both, "found": found, "side_by_side": side_by_side}
    content["plainly"] = in_plain_words(matrix, a, b) if matrix else ""
    about = f"Can {title} be held together?"
    return Page("clash.html", title, how["address"], about, content, found or side_by_side)


def in_plain_words(matrix: Matrix, a: str, b: str) -> str:
    """What each of two positions says, and on what condition the two cannot both hold; '' without a
    conflict.
    """
    conflicts = matrix.details(matrix.finding(a, b))["conflicts"]
    if not conflicts:
        return ""
    said: dict[str, str] = {}
    for axiom in conflicts[0]["axioms"]:
        says = axiom["says"].partition("\n")[0] or axiom["axiom"]
        said.setdefault(axiom["position"], says.rstrip("."))
    condition = join_names(conflicts[0]["neutral"], " and ")
    both = " ".join(f"{position}: {says}." for position, says in said.items())
    return f"{both} Both cannot hold" + (f" if {condition}." if condition else ".")


def _computed(
    context: PageContext, path: str, query: Query
) -> tuple[Matrix | None, dict[str, Any]]:
    """What was found earlier of the positions as they are now, if it was, and how it is looked at.

    Nothing is computed here. `switches` are the other ways to look at it: address, words, whether
    it is this one.
    """
    senses: Senses = "word" if first(query, "senses") == "word" else "source"
    now = {
        "senses": "word" if senses == "word" else "",
        "asserted": "1" if first(query, "asserted") else "",
    }
    try:
        matrix, why = _kept(context, senses, bool(now["asserted"])), NOT_COMPUTED
    except SqGraphError as error:
        matrix, why = None, str(error)

    def switch(words: str, **changed: str) -> tuple[str, str, bool]:
        return with_query(path, **{**now, **changed}), words, {**now, **changed} == now

    claims = "Claims: all" if now["asserted"] else "Claims: only those asserted without a hedge"
    switches = [
        switch("Word senses: as the source distinguishes", senses=""),
        switch("Word senses: treat as one", senses="word"),
        switch(claims, asserted="" if now["asserted"] else "1"),
    ]
    address = with_query(path, **now)
    return matrix, {"matrix": matrix, "why": why, "switches": switches, "address": address}


@lru_cache(maxsize=8)
def _kept(context: PageContext, senses: Senses, asserted: bool) -> Matrix | None:
    """What was found earlier, if the positions have not changed since."""
    from sq_graph.reason.positions import read_positions
    from sq_graph.reason.verdicts import read_stored, unchanged

    world = read_positions(context.atlas.layouts, context.graph)
    found = unchanged(world, read_stored(context.atlas.layouts))
    if not world.positions or found != set(world.positions):
        return None
    return context.atlas.positions(senses, asserted)
