"""A cached map answers as its files do, and never as they were before a change."""

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
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """A map of two files that were changed long ago, and a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "map" / "ontology").mkdir(parents=True)
    for name in ("one", "two"):
        file = tmp_path / "map" / "ontology" / f"{name}.ttl"
        file.write_text(f"<https://example.org/{name}> a [] .", encoding="utf-8")
        os.utime(file, (1, 1))
    return Layout(tmp_path / "map", "https://example.org/")


def cache_folders(tmp_path: Path) -> list[Path]:
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
        answer, expected = asking.ask(name), atlas.ask(name)
        assert (answer.digest, answer.to_json()) == (expected.digest, expected.to_json())


def test_a_changed_file_is_read_anew(layout: Layout, tmp_path: Path) -> None:
    assert cached_graph(layout) is None
    write_cache(layout)
    old_graph = cached_graph(layout)
    assert old_graph is not None
    assert old_graph.is_stated("https://example.org/one")
    file = layout.ontology / "one.ttl"
    old_stat = file.stat()
    file.write_text("<https://example.org/new> a [] .", encoding="utf-8")
    os.utime(file, ns=(old_stat.st_atime_ns + 1, old_stat.st_mtime_ns + 1))
    assert cached_graph(layout) is None
    write_cache(layout)
    new_graph = cached_graph(layout)
    assert new_graph is not None
    assert new_graph.is_stated("https://example.org/new")
    assert new_graph.digest() != old_graph.digest()
    (layout.ontology / "two.ttl").unlink()
    assert cached_graph(layout) is None
    assert len(cache_folders(tmp_path)) == 1, "the former state is still there"


def test_what_has_just_changed_is_not_cached(layout: Layout, tmp_path: Path) -> None:
    os.utime(layout.ontology / "one.ttl")
    write_cache(layout)
    assert cache_folders(tmp_path) == []


@pytest.mark.parametrize("file", ["derived.json", "store/CURRENT"])
def test_a_damaged_cache_is_not_used(layout: Layout, tmp_path: Path, file: str) -> None:
    write_cache(layout)
    (cache_folders(tmp_path)[0] / file).unlink()
    assert cached_graph(layout) is None


@pytest.mark.wide
def test_the_same_words_are_written_with_and_without_the_cache(tmp_path: Path) -> None:
    empty, cached, unusable = (tmp_path / name for name in ("empty", "cached", "none"))
    unusable.touch()  # in place of a folder, so that nothing can be cached
    write_cache_in(cached)
    assert list((cached / "sq-graph").iterdir())

    def run(cache: Path, *options: str) -> tuple[int, str, str]:
        result = subprocess.run(
            [*COMMAND, "rival-definitions", "--concept", "trust", *options],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"XDG_CACHE_HOME": str(cache)},
            cwd=root(),
        )
        return result.returncode, result.stdout, result.stderr

    for options in (("-f", "csv"), ("--form", "json"), ("--nothing", "x"), ("-f", "odd")):
        assert run(cached, *options) == run(unusable, *options)
    first_result = run(empty)
    assert first_result[0] == 0 and first_result == run(cached)
    assert (empty / "sq-graph").is_dir()


def write_cache_in(folder: Path) -> None:
    """Keeps the packaged map in a cache."""
    old_home = os.environ["XDG_CACHE_HOME"]
    os.environ["XDG_CACHE_HOME"] = str(folder)
    write_cache(packaged())
    os.environ["XDG_CACHE_HOME"] = old_home


def test_a_file_in_place_of_a_folder_is_no_part_of_a_map(tmp_path: Path) -> None:
    (tmp_path / "queries").write_text("", encoding="utf-8")
    shape = tmp_path / "shapes" / "mine.ttl"
    shape.parent.mkdir()
    shape.write_text("", encoding="utf-8")
    assert [*Layout(tmp_path).stamps("queries", "shapes")] == [str(shape)]
