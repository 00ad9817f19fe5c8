"""Workspaces and small maps for tests that write."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import sq_graph
from sq_graph import resources
from sq_graph.atlas import Atlas
from sq_graph.graph import EmbeddedGraph
from sq_graph.graph.embedded import load_files
from sq_graph.graph.layout import Layout, MapFile
from sq_graph.importers.workspace import make_workspace

CORE = ("core.ttl", "phenomena.ttl", "imports/*.ttl", "data/works/room-1999.ttl", "data/agents.ttl")
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


def graph_of(files: Iterable[MapFile]) -> EmbeddedGraph:
    """A graph of the files of a map."""
    graph = EmbeddedGraph()
    load_files(graph, ((file.path, file.iri, file.listed) for file in files))
    return graph


def turtle_texts(folder: Path) -> dict[str, str]:
    """The texts of the Turtle files below a folder, exact to the line ending, by relative path."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.ttl")}
    return {name: path.read_bytes().decode() for name, path in files.items()}


def light_root(folder: Path) -> Path:
    """A copy of the packaged content without what was read in Phillips 2008: two thirds of the
    statements, which most edits, imports and commands do not need.
    """
    packaged = resources.root()
    ignored = shutil.ignore_patterns("phillips-2008")
    shutil.copytree(packaged / "ontology", folder / "ontology", ignore=ignored)
    for name in ("shapes", "queries"):
        (folder / name).symlink_to(packaged / name)
    return folder


def small_map(folder: Path) -> Layout:
    """The packaged vocabulary, shapes and questions with one cited work: tests of rules need
    no more, and take a tenth of the time.
    """
    packaged = resources.root()
    for path in (path for pattern in CORE for path in (packaged / "ontology").glob(pattern)):
        copy = folder / path.relative_to(packaged)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    for name in ("shapes", "queries"):
        (folder / name).symlink_to(packaged / name)
    return Layout(folder)
