"""What can be derived from the files of a map is derived here, and said to be stale where it no longer agrees.

Whoever adds a file edits no list by hand: the root's imports, the catalogs for Protégé and the reference pages
follow from the files. A derivation is a function from a layout to the texts of files; `DERIVATIONS` names them all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sq_graph import resources
from sq_graph.graph.layout import WORKSPACE_FILE, Layout, packaged, workspace
from sq_graph.sync.imports import catalogs, root
from sq_graph.sync.reference import ontology_page, questions_page, shapes_page
from sq_graph.turtle import replace_file

Derivation = Callable[[Layout], dict[Path, str]]

DERIVATIONS: tuple[Derivation, ...] = (root, catalogs, ontology_page, questions_page, shapes_page)
"""Each gives the texts that its files should have; none for a layout that it does not concern."""


@dataclass(frozen=True)
class Stale:
    """A derived file that did not say what its sources say.

    >>> print(Stale(Path("ontology/catalog-v001.xml")))
    ontology/catalog-v001.xml: is stale; run sq-graph sync
    """

    path: Path
    mended: bool = False

    def __str__(self) -> str:
        return f"{self.path}: {'derived anew' if self.mended else 'is stale; run sq-graph sync'}"


def sync(folder: Path, check: bool = False) -> list[Stale]:
    """Brings the derived files of a map or workspace up to date; returns those that were stale.

    With `check` nothing is written. Raises BrokenFile with file and line, before anything is written, where a
    source cannot be read, is not what its place says, or imports what is nowhere.
    """
    layout = _layout(folder)
    wanted = {path: text for derive in DERIVATIONS for path, text in derive(layout).items()}
    stale = {path: text for path, text in sorted(wanted.items()) if _current(path) != text.encode("utf-8")}
    for path, text in {} if check else stale.items():
        replace_file(path, text)
    return [Stale(path, mended=not check) for path in stale]


def _layout(folder: Path) -> Layout:
    is_package = folder.resolve() == resources.root().resolve()
    own_core = (folder / "ontology" / "core.ttl").is_file() and not (folder / WORKSPACE_FILE).is_file()
    return packaged() if is_package else Layout(folder) if own_core else workspace(folder)


def _current(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
