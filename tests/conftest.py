"""What several tests share: the packaged map opened once, the sources at hand, and parts that may be missing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import sq_graph
from sq_graph.atlas import Atlas

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def atlas() -> Atlas:
    """The packaged map."""
    return sq_graph.open()


@pytest.fixture(scope="session")
def paper() -> Path:
    """The text of the paper that was read; the test skips where it is not at hand."""
    sources = Path(os.environ.get("SQ_GRAPH_SOURCES", ROOT.parent / "shared"))
    path = sources / "source" / "phillips-2008.txt"
    if not path.is_file():
        missing(
            "the source text is not at hand: set SQ_GRAPH_SOURCES to the folder that holds source/phillips-2008.txt"
        )
    return path


def missing(sentence: str) -> None:
    """Skips the test with what is missing, or fails it where everything is required."""
    if os.environ.get("SQ_GRAPH_REQUIRE_ALL") == "1":
        pytest.fail(sentence)
    pytest.skip(sentence)
