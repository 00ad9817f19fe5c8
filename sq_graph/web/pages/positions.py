"""Positions: which can be held together, and the claims by which two contradict each other."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sq_graph.errors import SqGraphError, UnknownName
from sq_graph.model.codes import Senses
from sq_graph.model.facts import join_names, text
from sq_graph.model.positions import compare_positions
from sq_graph.pictures import matrix as pictures
from sq_graph.vocab import slug_of
from sq_graph.web.pages.page import Page, Query, first, with_query
from sq_graph.web.pages.page_context import PageContext

if TYPE_CHECKING:
    from sq_graph.reason import Matrix

_ALL_POSITIONS = "SELECT ?s { ?s a sq:Position }"
NOT_COMPUTED = "Not computed: run sq-graph sync, with the reasoner installed."


def positions(context: PageContext, query: Query) -> Page:
    """The matrix of verdicts, or the reason why there is none, and the list of positions."""
    matrix, options = _computed(context, "/positions", query)
    all_facts = context.facts(context.iris(_ALL_POSITIONS))
    content: dict[str, Any] = {"positions": all_facts, **options}
    content["credits"] = context.credits(all_facts)
    description = "Which positions can be held together, and by which claims others conflict."
    table, svg = None, ""
    if matrix:
        from sq_graph.reason import SIGNS

        verdicts, title = matrix.verdicts, matrix.caption
        used = [verdict for verdict in SIGNS if verdict in verdicts.values()]
        content |= {"signs": SIGNS, "used": used}
        table = matrix.matrix()
        svg = pictures.draw(title, matrix.labels, verdicts, SIGNS, matrix.notes)
    return Page("positions.html", "Positions", options["address"], description, content, table, svg)


def clash(context: PageContext, a: str, b: str, query: Query) -> Page:
    """Two positions, by slug: the verdict, the claims behind it with pages and hedges, and the two
    side by side by topic.

    Raises UnknownName for a position that the map does not hold.
    """
    matrix, options = _computed(context, f"/clash/{a}/{b}", query)
    all_facts = context.facts(context.iris(_ALL_POSITIONS))
    iris = {slug_of(text(facts, "sq:module")): iri for iri, facts in all_facts.items()}
    for slug in (a, b):
        if slug not in iris:
            raise UnknownName("position", slug, iris, remedy="See the page Positions")
    pair = [iris[a], iris[b]]
    title = " and ".join(map(context.label, pair))
    comparison = compare_positions(context.graph, pair)
    table = matrix.clash(a, b) if matrix else None
    content = options | {"slugs": (a, b), "pair": pair, "table": table, "comparison": comparison}
    content["plain_words"] = in_plain_words(matrix, a, b) if matrix else ""
    description = f"Can {title} be held together?"
    return Page("clash.html", title, options["address"], description, content, table or comparison)


def in_plain_words(matrix: Matrix, a: str, b: str) -> str:
    """The conflict of two positions in plain words: what each says, and when both cannot hold.

    '' if there is no conflict.
    """
    conflicts = matrix.details(matrix.finding(a, b))["conflicts"]
    if not conflicts:
        return ""
    claims: dict[str, str] = {}
    for axiom in conflicts[0]["axioms"]:
        claim = axiom["says"].partition("\n")[0] or axiom["axiom"]
        claims.setdefault(axiom["position"], claim.rstrip("."))
    condition = join_names(conflicts[0]["neutral"], " and ")
    sentences = " ".join(f"{position}: {claim}." for position, claim in claims.items())
    return f"{sentences} Both cannot hold" + (f" if {condition}." if condition else ".")


def _computed(
    context: PageContext, path: str, query: Query
) -> tuple[Matrix | None, dict[str, Any]]:
    """The stored matrix, if the positions have not changed since, and its options for the template.

    Nothing is computed here. `switches` are the options: address, words, whether it is chosen.
    """
    senses: Senses = "word" if first(query, "senses") == "word" else "source"
    current = {
        "senses": "word" if senses == "word" else "",
        "asserted": "1" if first(query, "asserted") else "",
    }
    try:
        matrix, reason = _stored(context, senses, bool(current["asserted"])), NOT_COMPUTED
    except SqGraphError as error:
        matrix, reason = None, str(error)

    def switch(words: str, **changed: str) -> tuple[str, str, bool]:
        parameters = {**current, **changed}
        return with_query(path, **parameters), words, parameters == current

    claims = "Claims: all" if current["asserted"] else "Claims: only those asserted without a hedge"
    switches = [
        switch("Word senses: as the source distinguishes", senses=""),
        switch("Word senses: treat as one", senses="word"),
        switch(claims, asserted="" if current["asserted"] else "1"),
    ]
    address = with_query(path, **current)
    return matrix, {"matrix": matrix, "reason": reason, "switches": switches, "address": address}


@lru_cache(maxsize=8)
def _stored(context: PageContext, senses: Senses, asserted: bool) -> Matrix | None:
    """The stored matrix, if the positions have not changed since."""
    from sq_graph.reason.positions import read_positions
    from sq_graph.reason.verdicts import read_stored, unchanged

    position_set = read_positions(context.atlas.layouts, context.graph)
    current = unchanged(position_set, read_stored(context.atlas.layouts))
    if not position_set.positions or current != set(position_set.positions):
        return None
    return context.atlas.positions(senses, asserted)
