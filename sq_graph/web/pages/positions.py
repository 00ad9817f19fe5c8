"""Positions: which can be held together, and the claims by which two clash."""

from __future__ import annotations

from sq_graph.web.pages.desk import Desk
from sq_graph.web.pages.page import Page, Query


def positions(desk: Desk, query: Query) -> Page:
    """The matrix of verdicts, or in plain words that they are not computed, and the list of positions."""
    return Page("positions.html", "Positions", "/positions", "Positions", "Which positions can be held together.", {})


def clash(desk: Desk, a: str, b: str, query: Query) -> Page:
    """One cell."""
    return Page("positions.html", f"{a} {b}", f"/clash/{a}/{b}", "Positions", "", {})
