"""The packaged map kept as a store on disk, so that a question reads no more of it than it needs.

It is in the user's folder for caches, in a folder whose name is made of when each file of the map
changed last. A map with other files has another name, so what is found is never out of date.
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
from sq_graph.queries import Headers, checked_header, header_key
from sq_graph.resources import VERSION, file_text

_UNSURE = 2_000_000_000
"""Nanoseconds after a change in which another change might get the same time."""
_CODE = ("atlas/map_cache.py", "graph/digest.py", "model/second_readings.py", "queries.py")
"""The modules on which the content of the cache depends."""
_CHECKED = "checked statements"


class CachedGraph(EmbeddedGraph):
    """The graph of the packaged map on disk, with its digest and what was worked out of it.

    Raises OSError, ValueError or EngineError where it cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        kept = json.loads((folder / "derived.json").read_bytes())
        super().__init__(folder / "store", read_only=True)
        self._digest = str(kept["digest"])
        self._kept: dict[str, dict[str, Any]] = {_CHECKED: kept["checked"]}

    def cache(self, name: str) -> dict[str, Any]:
        """What was worked out of the graph, which does not change."""
        return self._kept.setdefault(name, {})

    def digest(self) -> str:
        """The digest of the files."""
        return self._digest


def cached_graph(layout: Layout) -> CachedGraph | None:
    """The cached graph of a map as its files are now; None where it is not in the cache."""
    with suppress(OSError, ValueError, KeyError, EngineError):
        return CachedGraph(_place(layout))
    return None


def cached_headers(layout: Layout) -> Headers:
    """The headers of the questions of a cached map, by what `header_key` gives for their texts."""
    with suppress(OSError, ValueError):
        found: Headers = json.loads((_place(layout) / "questions.json").read_bytes())
        return found
    return {}


def write_cache(layout: Layout) -> None:
    """Keeps a map in the cache, unless it is there, and removes its former states.

    Nothing is kept where the folder cannot be written, or a file has just been changed.
    """
    import shutil

    place = _place(layout)
    newest = max((changed for changed, *_ in layout.stamps().values()), default=0)
    if place.exists() or abs(time.time_ns() - newest) < _UNSURE:
        return
    draft = place.with_name(f"{place.name}.{os.getpid()}")
    with suppress(OSError, SqGraphError):
        draft.mkdir(parents=True)
        _fill(draft, layout)
        former = list(_former(place))
        if _place(layout) == place:  # no file was changed meanwhile
            draft.rename(place)
            for folder in former:
                shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(draft, ignore_errors=True)


def _fill(folder: Path, layout: Layout) -> None:
    graph = EmbeddedGraph()
    load_files(graph, ((file.path, file.iri, file.listed) for file in layout.files()))
    checked_statements(graph)
    kept = {"digest": graph.digest(), "checked": graph.cache(_CHECKED)}
    graph.materialise_union()
    store = ox.Store(str(folder / "store"))
    store.bulk_extend(iter(graph.store))
    store.flush()
    texts = ((file_text(path), path) for path in layout.queries())
    headers = {header_key(text): checked_header(text, path) for text, path in texts}
    (folder / "derived.json").write_text(json.dumps(kept), encoding="utf-8")
    (folder / "questions.json").write_text(json.dumps(headers), encoding="utf-8")


def _place(layout: Layout) -> Path:
    """Where a map is kept: the folder is named after its root, and after the state of its files."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    package = Path(__file__).parent.parent
    code = [(package / name).stat().st_mtime_ns for name in _CODE]
    state = [VERSION, ox.__version__, code, sorted(layout.stamps().items())]
    return home / "sq-graph" / f"map-{_short(str(layout.root))}-{_short(json.dumps(state))}"


def _former(place: Path) -> Iterator[Path]:
    """The folders in which former states of a map are kept."""
    beginning = place.name.rpartition("-")[0]
    return (one for one in place.parent.glob(f"{beginning}-*") if "." not in one.name)


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
