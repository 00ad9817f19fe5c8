"""A map kept on disk answers as its files do, and never as they were."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sq_graph.atlas import Atlas
from sq_graph.atlas.asking import Asking
from sq_graph.atlas.map_cache import cached_graph, cached_headers, write_cache
from sq_graph.graph.layout import Layout, packaged
from sq_graph.queries import Catalogue
from sq_graph.resources import root

COMMAND = [sys.executable, "-c", "from sq_graph.cli import main; main()", "ask"]


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """A map of two files that were changed long ago, and a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "map" / "ontology").mkdir(parents=True)
    for name in ("one", "two"):
        file = tmp_path / "map" / "ontology" / f"{name}.ttl"
        file.write_text(f"<https://example.org/{name}> a [] .", encoding="utf-8")
        os.utime(file, (1, 1))
    return Layout(tmp_path / "map", "https://example.org/")


def kept(tmp_path: Path) -> list[Path]:
    """The folders in the cache."""
    return list((tmp_path / "cache" / "sq-graph").glob("*"))


def test_every_question_is_answered_as_from_the_files(atlas: Atlas) -> None:
    write_cache(packaged())
    graph = cached_graph(packaged())
    assert graph is not None
    asking = Asking(graph, [packaged()])
    asking.catalogue = Catalogue(packaged().queries(), cached_headers(packaged()))
    for name in atlas.catalogue:
        assert asking.catalogue[name] == atlas.catalogue[name]
        ours, theirs = asking.ask(name), atlas.ask(name)
        assert (ours.digest, ours.to_json()) == (theirs.digest, theirs.to_json())


def test_a_changed_file_is_read_anew(own: Layout, tmp_path: Path) -> None:
    assert cached_graph(own) is None
    write_cache(own)
    first = cached_graph(own)
    assert first is not None
    assert first.is_stated("https://example.org/one")
    file = own.ontology / "one.ttl"
    before = file.stat()
    file.write_text("<https://example.org/new> a [] .", encoding="utf-8")
    os.utime(file, ns=(before.st_atime_ns + 1, before.st_mtime_ns + 1))
    assert cached_graph(own) is None
    write_cache(own)
    second = cached_graph(own)
    assert second is not None
    assert second.is_stated("https://example.org/new")
    assert second.digest() != first.digest()
    (own.ontology / "two.ttl").unlink()
    assert cached_graph(own) is None
    assert len(kept(tmp_path)) == 1, "the former state is still there"


def test_what_has_just_changed_is_not_kept(own: Layout, tmp_path: Path) -> None:
    os.utime(own.ontology / "one.ttl")
    write_cache(own)
    assert kept(tmp_path) == []


@pytest.mark.parametrize("lost", ["derived.json", "store/CURRENT"])
def test_a_damaged_cache_is_not_used(own: Layout, tmp_path: Path, lost: str) -> None:
    write_cache(own)
    (kept(tmp_path)[0] / lost).unlink()
    assert cached_graph(own) is None


@pytest.mark.wide
def test_the_same_words_are_written_with_and_without_the_cache(tmp_path: Path) -> None:
    empty, cached, none = (tmp_path / name for name in ("empty", "cached", "none"))
    none.touch()  # where a file stands, nothing can be kept
    write_cache_in(cached)
    assert list((cached / "sq-graph").iterdir())

    def written(cache: Path, *more: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [*COMMAND, "rival-definitions", "--concept", "trust", *more],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"XDG_CACHE_HOME": str(cache)},
            cwd=root(),
        )
        return done.returncode, done.stdout, done.stderr

    for more in (("-f", "csv"), ("--form", "json"), ("--nothing", "x"), ("-f", "odd")):
        assert written(cached, *more) == written(none, *more)
    first = written(empty)
    assert first[0] == 0 and first == written(cached)
    assert (empty / "sq-graph").is_dir()


def write_cache_in(folder: Path) -> None:
    """Keeps the packaged map in a cache."""
    before = os.environ["XDG_CACHE_HOME"]
    os.environ["XDG_CACHE_HOME"] = str(folder)
    write_cache(packaged())
    os.environ["XDG_CACHE_HOME"] = before


def test_a_file_in_place_of_a_folder_is_no_part_of_a_map(tmp_path: Path) -> None:
    (tmp_path / "queries").write_text("", encoding="utf-8")
    shape = tmp_path / "shapes" / "mine.ttl"
    shape.parent.mkdir()
    shape.write_text("", encoding="utf-8")
    assert [*Layout(tmp_path).stamps("queries", "shapes")] == [str(shape)]
