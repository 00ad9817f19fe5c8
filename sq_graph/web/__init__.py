"""The endpoint and the pages: `sq-graph serve`."""

from __future__ import annotations

from sq_graph.web.settings import Settings

__all__ = ["Settings", "serve"]


def serve(settings: Settings) -> None:
    """Serves until it is stopped, and prints where; raises InputError if the address is taken.

    Python: sq_graph.web.serve(Settings(port=8890)).
    """
    from sq_graph.web.server import run

    run(settings)
