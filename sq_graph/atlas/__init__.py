"""The Python API of a map, imported on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sq_graph.atlas.atlas import Atlas as Atlas
    from sq_graph.atlas.atlas import open as open


def __getattr__(name: str) -> Any:
    if name not in ("Atlas", "open"):
        raise AttributeError(f"module 'sq_graph.atlas' has no attribute {name!r}")
    from sq_graph.atlas import atlas

    return getattr(atlas, name)
