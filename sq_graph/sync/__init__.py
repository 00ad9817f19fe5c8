"""Derives files from the files of a map, and reports those that are stale.

Whoever adds a file edits no list by hand: the imports of the root, the catalogs for Protégé, the
tables of the reference pages and the verdicts on positions follow from the files. A derivation is a
function from a layout to the texts of files.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sq_graph.errors import MissingDependency
from sq_graph.graph.layout import WORKSPACE_FILE, Layout, workspace
from sq_graph.resources import display_path
from sq_graph.sync.imports import catalogs, root
from sq_graph.sync.publication import citations, headers
from sq_graph.sync.readings import readings
from sq_graph.sync.reference import pages
from sq_graph.turtle import replace_file

_Derivation = Callable[[Layout], dict[Path, str]]
DERIVATIONS: tuple[_Derivation, ...] = (headers, root, catalogs, citations, pages)
"""Each returns the texts of its derived files; none for a layout that it does not concern."""


@dataclass(frozen=True)
class Stale:
    """A derived file that no longer agreed with its sources."""

    path: Path
    is_written: bool = False

    def __str__(self) -> str:
        state = "was rewritten" if self.is_written else "is stale; run sq-graph sync"
        return f"{display_path(self.path)}: {state}"


def sync(folder: Path, check: bool = False) -> list[Stale]:
    """Brings the derived files of a map or workspace up to date; returns those that were stale.

    With `check`, nothing is written and no reasoner is run. Raises BrokenFile with file and line,
    before anything is written, for a source that cannot be read, whose IRI does not match its path,
    or that imports an unknown file. The verdicts on positions come last: if their reasoner is not
    installed, MissingDependency is raised after everything else is derived.
    """
    has_core = (folder / "ontology" / "core.ttl").is_file()
    is_ours = has_core and not (folder / WORKSPACE_FILE).is_file()
    layout = Layout(folder) if is_ours else workspace(folder)
    stale = _update(readings(layout), check)  # first, since other files name these
    derived = (derive(layout).items() for derive in DERIVATIONS)
    stale += _update({path: text for texts in derived for path, text in texts}, check)
    return stale + _update(verdicts(layout, ask=not check), check)


def verdicts(layout: Layout, ask: bool = True) -> dict[Path, str]:
    """The file of verdicts on the positions of a map; none if the map has no positions, an empty
    text if the file is stale and the reasoner may not be run.

    Raises MissingDependency if the reasoner is needed and not installed.
    """
    from sq_graph import reason

    path = layout.ontology / reason.FILE
    if not any(path.parent.glob("*.ttl")):
        return {}
    try:
        return {path: reason.derive(layout, ask)}
    except MissingDependency as error:
        part = f"{path} is stale, and the reasoner that derives it"
        raise MissingDependency(part, remedy=error.remedy) from None


def _update(texts: Mapping[Path, str], check: bool) -> list[Stale]:
    """Writes the texts that differ from their files, unless with `check`; returns these files."""
    stale = []
    for path, text in sorted(texts.items()):
        if not path.is_file() or path.read_bytes() != text.encode():
            stale.append(Stale(path, is_written=not check))
            if not check:
                replace_file(path, text)
    return stale
