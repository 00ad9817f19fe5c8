"""Where the packaged content lies: ontology, shapes and queries, in a wheel or in a checkout."""

from __future__ import annotations

from pathlib import Path


def root() -> Path:
    """The folder that holds `ontology/`, `shapes/` and `queries/` of the packaged map.

    >>> (root() / "ontology" / "core.ttl").is_file()
    True
    """
    packaged = Path(__file__).parent / "_data"
    return packaged if packaged.is_dir() else Path(__file__).parent.parent


def version() -> str:
    """The version of this release of sq-graph.

    >>> version().count(".")
    2
    """
    from importlib.metadata import version as installed

    return installed("sq-graph")
