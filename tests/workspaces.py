"""A workspace to write into: one work of one author, with a definition."""

from __future__ import annotations

from pathlib import Path

import sq_graph
from sq_graph.atlas import Atlas
from sq_graph.importers.workspace import make_workspace

BASE = "https://example.org/review/"


def chan_workspace(
    folder: Path, name: str = "chan-cohesion", summary: str = "A state of affairs."
) -> Atlas:
    """A workspace `review` in a folder, in which Chan 2006 defines social cohesion."""
    atlas = sq_graph.open(make_workspace(folder / "review", BASE))
    with atlas.edit() as edit:
        edit.work("chan-2006", title="Reconsidering", authors="Chan, Joseph", year=2006)
        edit.definition(
            of="social-cohesion",
            in_="chan-2006",
            page="290–291",
            phrase="a state of affairs",
            summary=summary,
            name=name,
            aspects={"degree": "ranked"},
        )
    return atlas
