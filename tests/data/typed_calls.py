"""Calls of the API as a program makes them; mypy and pyright accept all of them in their strict modes."""

from __future__ import annotations

from pathlib import Path

import sq_graph as sq
from sq_graph.model.codes import Hedge


def read(workspace: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    with sq.open(workspace=workspace) as atlas:
        for definition in atlas.definitions("social-exclusion", hedge="hedged"):
            of: sq.Ref = definition.concept
            year: int | None = definition.year
            credit = definition.attribution
            pages = [passage.page for passage in credit.passages]
            found.setdefault(atlas.concept(of).label, []).extend([str(year), credit.hedge, *pages])
        for claim in atlas.claims(relation="part-of", holder="room"):
            found[claim.iri] = [claim.summary]
    return found


def compare(atlas: sq.Atlas) -> list[str]:
    table: sq.Table = atlas.compare("steinert-exclusion", "room-exclusion", undrawn=True)
    answer: sq.Answer = atlas.ask("rival-definitions", concept=atlas.concept("trust"))
    cells = [str(cell) for row in table for cell in row]
    cells += [str(row["year"]) for row in answer]
    cells += [
        str(row[0]) for row in atlas.sparql("SELECT ?s { ?s sq:defines ?c }", c=answer.columns[0])
    ]
    return cells + list(atlas.clash("bernard-1999", "social-quality-2001", senses="word").columns)


def write(atlas: sq.Atlas, hedge: Hedge) -> str:
    with atlas.edit() as edit:
        work = edit.work(
            "chan-2006", title="A title", authors=["Chan, Joseph"], year=2006, doi="10.1/x"
        )
        made = edit.definition(
            of="trust",
            in_=work,
            page=12,
            summary="Trust is an expectation.",
            form="quoted",
            hedge=hedge,
            hedge_words="perhaps",
            aspects={"degree": ["ranked"]},
        )
        edit.update(made, hedge="asserted", hedge_words="")
        edit.rename(made, "chan-trust")
        return edit.merge("chan-2006", into="room-1999")[0][0]


def handle(atlas: sq.Atlas, name: str) -> str:
    try:
        return atlas.concept(name).label
    except sq.UnknownName as error:
        return ", ".join(error.suggestions) or error.remedy
