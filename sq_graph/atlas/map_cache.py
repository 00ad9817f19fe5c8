"""A cache of the packaged map as a store on disk, so that a question reads only what it needs.

Each state of the map has a folder in the user's cache folder, named after the time at which each of
its files changed last. A changed map has another name, so the cache is never out of date.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from sq_graph.errors import EngineError, SqGraphError
from sq_graph.graph import EmbeddedGraph
from sq_graph.graph.embedded import load_files
from sq_graph.graph.layout import Layout
from sq_graph.model.second_readings import checked_statements
from sq_graph.queries import Headers, header_key, read_header
from sq_graph.resources import VERSION, file_text

_CLOCK_STEP = 2_000_000_000
"""Nanoseconds after a change in which another change might get the same time."""
_MODULES = ("atlas/map_cache.py", "graph/digest.py", "model/second_readings.py", "queries.py")
"""The modules on which the content of the cache depends."""
_CHECKED = "checked statements"


class CachedGraph(EmbeddedGraph):
    """The graph of the packaged map on disk, with its digest and values derived from it.

    Raises OSError, ValueError or EngineError where it cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        content = json.loads((folder / "derived.json").read_bytes())
        super().__init__(folder / "store", read_only=True)
        self._digest = str(content["digest"])
        self._values: dict[str, dict[str, Any]] = {_CHECKED: content["checked"]}

    def cache(self, name: str) -> dict[str, Any]:
        """The values derived from the graph, which does not change."""
        return self._values.setdefault(name, {})

    def digest(self) -> str:
        """The digest of the files."""
        return self._digest


def cached_graph(layout: Layout) -> CachedGraph | None:
    """The cached graph of the present state of a map; None if it is not in the cache."""
    with suppress(OSError, ValueError, KeyError, EngineError):
        return CachedGraph(_cache_folder(layout))
    return None


def cached_headers(layout: Layout) -> Headers:
    """The headers of the questions of a cached map, by the `header_key` of their texts."""
    with suppress(OSError, ValueError):
        headers: Headers = json.loads((_cache_folder(layout) / "questions.json").read_bytes())
        return headers
    return {}


def write_cache(layout: Layout) -> None:
    """Writes a map to the cache, unless it is there, and removes its old states.

    Writes nothing if the folder cannot be written, or if a file has just been changed.
    """
    import shutil

    folder = _cache_folder(layout)
    last_change = max((changed for changed, *_ in layout.stamps().values()), default=0)
    if folder.exists() or abs(time.time_ns() - last_change) < _CLOCK_STEP:
        return
    temporary = folder.with_name(f"{folder.name}.{os.getpid()}")
    with suppress(OSError, SqGraphError):
        temporary.mkdir(parents=True)
        _write_store(temporary, layout)
        old_folders = list(_old_folders(folder))
        if _cache_folder(layout) == folder:  # no file was changed meanwhile
            temporary.rename(folder)
            for old_folder in old_folders:
                shutil.rmtree(old_folder, ignore_errors=True)
    shutil.rmtree(temporary, ignore_errors=True)


def _write_store(folder: Path, layout: Layout) -> None:
    graph = EmbeddedGraph()
    load_files(graph, ((file.path, file.iri, file.listed) for file in layout.files()))
    checked_statements(graph)
    content = {"digest": graph.digest(), "checked": graph.cache(_CHECKED)}
    graph.materialise_union()
    store = ox.Store(str(folder / "store"))
    store.bulk_extend(iter(graph.store))
    store.flush()
    texts = ((file_text(path), path) for path in layout.queries())
    headers = {header_key(text): read_header(text, path) for text, path in texts}
    (folder / "derived.json").write_text(json.dumps(content), encoding="utf-8")
    (folder / "questions.json").write_text(json.dumps(headers), encoding="utf-8")


def _cache_folder(layout: Layout) -> Path:
    """The cache folder of a map, named after its root folder and the state of its files."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    package = Path(__file__).parent.parent
    code = [(package / name).stat().st_mtime_ns for name in _MODULES]
    state = [VERSION, ox.__version__, code, sorted(layout.stamps().items())]
    return home / "sq-graph" / f"map-{_hash(str(layout.root))}-{_hash(json.dumps(state))}"


def _old_folders(folder: Path) -> Iterator[Path]:
    """The cache folders of the old states of a map, whose present state is not in the cache."""
    prefix = folder.name.rpartition("-")[0]
    return (path for path in folder.parent.glob(f"{prefix}-*") if "." not in path.name)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
