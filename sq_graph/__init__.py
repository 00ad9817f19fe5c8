"""sq-graph: a map of a contested literature.

>>> import sq_graph as sq
>>> atlas = sq.open()
>>> atlas.concept("social-exclusion").label
'social exclusion'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sq_graph.resources import VERSION as __version__

if TYPE_CHECKING:
    from sq_graph.atlas import Atlas, open

__all__ = ["Atlas", "__version__", "open"]


def __getattr__(name: str) -> Any:
    """Loads the API at first use, so that importing the package stays cheap."""
    if name in ("Atlas", "open"):
        from sq_graph import atlas

        return getattr(atlas, name)
    raise AttributeError(f"module 'sq_graph' has no attribute {name!r}")
