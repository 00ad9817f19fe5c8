"""What can be derived from the files of a map is derived here, and said to be stale where it no longer agrees.

Whoever adds a file edits no list by hand: the root's imports, the catalogs for Protégé and the tables of the reference
pages follow from the files. A derivation is a function from a layout to the texts of files.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sq_graph.graph.layout import WORKSPACE_FILE, Layout, workspace
from sq_graph.sync.imports import catalogs, root
from sq_graph.sync.reference import pages
from sq_graph.turtle import replace_file

DERIVATIONS: tuple[Callable[[Layout], dict[Path, str]], ...] = (root, catalogs, pages)
"""Each gives the texts that its files should have; none for a layout that it does not concern."""


@dataclass(frozen=True)
class Stale:
    """A derived file that did not say what its sources say."""

    path: Path
    mended: bool = False

    def __str__(self) -> str:
        return f"{self.path}: {'derived anew' if self.mended else 'is stale; run sq-graph sync'}"


def sync(folder: Path, check: bool = False) -> list[Stale]:
    """Brings the derived files of a map or workspace up to date; returns those that were stale.

    With `check` nothing is written. Raises BrokenFile with file and line, before anything is written, where a
    source cannot be read, is not what its place says, or imports what is nowhere.
    """
    has_core = (folder / "ontology" / "core.ttl").is_file() and not (folder / WORKSPACE_FILE).is_file()
    layout = Layout(folder) if has_core else workspace(folder)
    wanted = {path: text for derive in DERIVATIONS for path, text in derive(layout).items()}
    stale = [path for path, text in sorted(wanted.items()) if not path.is_file() or path.read_bytes() != text.encode()]
    for path in [] if check else stale:
        replace_file(path, wanted[path])
    return [Stale(path, mended=not check) for path in stale]
