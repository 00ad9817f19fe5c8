"""sq-graph: a map of a contested literature.

>>> import sq_graph as sq
>>> atlas = sq.open()
>>> atlas.concept("social-exclusion").label
'social exclusion'

`docs/api.md` lists the public names and the guarantees of the API.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sq_graph.errors import (
    BadQuery,
    BrokenFile,
    EngineError,
    FindingsError,
    InputError,
    MissingDependency,
    SqGraphError,
    UnknownName,
)
from sq_graph.resources import VERSION as __version__
from sq_graph.vocab import Ref

if TYPE_CHECKING:
    from sq_graph.atlas import Atlas
    from sq_graph.atlas import open as open
    from sq_graph.importers.editing import Edit
    from sq_graph.importers.workspace import make_workspace as init
    from sq_graph.model.answer import Answer
    from sq_graph.model.entities import Category, Concept, Definition, Typology
    from sq_graph.model.statements import Alignment, Claim
    from sq_graph.model.works import Agent, Work
    from sq_graph.table import Table
    from sq_graph.turtle import diff
    from sq_graph.web import serve
    from sq_graph.web.pages.static_site import export_site

_MODULES = {
    "atlas": "Atlas open",
    "importers.editing": "Edit",
    "importers.workspace": "init",
    "model.answer": "Answer",
    "model.entities": "Category Concept Definition Typology",
    "model.statements": "Alignment Claim",
    "model.works": "Agent Work",
    "table": "Table",
    "turtle": "diff",
    "web": "serve",
    "web.pages.static_site": "export_site",
}
_LAZY = {name: module for module, names in _MODULES.items() for name in names.split()}
"""The names that are imported at first use, so that importing the package stays cheap."""

__all__ = ["Answer", "Atlas", "Edit", "Ref", "Table", "__version__"]
__all__ += ["Agent", "Alignment", "Category", "Claim", "Concept", "Definition", "Typology", "Work"]
__all__ += ["BadQuery", "BrokenFile", "EngineError", "FindingsError", "InputError"]
__all__ += ["MissingDependency", "SqGraphError", "UnknownName"]
__all__ += ["diff", "export_site", "init", "serve"]
# not `open`, which would hide Python's own after `from sq_graph import *`


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'sq_graph' has no attribute {name!r}")
    module = import_module(f"sq_graph.{_LAZY[name]}")
    return getattr(module, "make_workspace" if name == "init" else name)


def __dir__() -> list[str]:
    return sorted({*__all__, "open"})
