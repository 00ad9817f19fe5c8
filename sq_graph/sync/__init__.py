"""What can be derived from the files of a map is derived here, and said to be stale where it no
longer agrees.

Whoever adds a file edits no list by hand: the root's imports, the catalogs for Protégé, the tables
of the reference pages and the verdicts on positions follow from the files. A derivation is a
function from a layout to texts of files.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sq_graph.errors import MissingDependency
from sq_graph.graph.layout import WORKSPACE_FILE, Layout, workspace
from sq_graph.sync.imports import catalogs, root
from sq_graph.sync.publication import citations, headers
from sq_graph.sync.readings import readings
from sq_graph.sync.reference import pages
from sq_graph.turtle import replace_file

_Derivation = Callable[[Layout], dict[Path, str]]
DERIVATIONS: tuple[_Derivation, ...] = (headers, root, catalogs, citations, pages)
"""Each gives the texts that its files should have; none for a layout that it does not concern."""


@dataclass(frozen=True)
class Stale:
    """A derived file that did not say what its sources say."""

    path: Path
    is_written: bool = False

    def __str__(self) -> str:
        what = "was rewritten" if self.is_written else "is stale; run sq-graph sync"
        return f"{self.path}: {what}"


def sync(folder: Path, check: bool = False) -> list[Stale]:
    """Brings the derived files of a map or workspace up to date; returns those that were stale.

    With `check` nothing is written and no reasoner asked. Raises BrokenFile with file and line,
    before anything is written, where a source cannot be read, is not what its place says, or
    imports what is nowhere. The verdicts on positions come last: MissingDependency says that the
    reasoner for them is absent, and the rest is derived.
    """
    has_core = (folder / "ontology" / "core.ttl").is_file()
    is_ours = has_core and not (folder / WORKSPACE_FILE).is_file()
    layout = Layout(folder) if is_ours else workspace(folder)
    stale = _mended(readings(layout), check)  # first, since other files name these
    derived = (derive(layout).items() for derive in DERIVATIONS)
    stale += _mended({path: text for texts in derived for path, text in texts}, check)
    return stale + _mended(verdicts(layout, ask=not check), check)


def verdicts(layout: Layout, ask: bool = True) -> dict[Path, str]:
    """What a reasoner finds of the positions of a map; nothing where it has none, empty if it is
    stale and not asked.

    Raises MissingDependency where the reasoner is needed and absent.
    """
    from sq_graph import reason

    path = layout.ontology / reason.FILE
    if not any(path.parent.glob("*.ttl")):
        return {}
    try:
        return {path: reason.derive(layout, ask)}
    except MissingDependency as error:
        what = f"{path} is stale, and the reasoner that derives it"
        raise MissingDependency(what, remedy=error.remedy) from None


def _mended(texts: Mapping[Path, str], check: bool) -> list[Stale]:
    stale = []
    for path, text in sorted(texts.items()):
        if not path.is_file() or path.read_bytes() != text.encode():
            stale.append(Stale(path, is_written=not check))
            if not check:
                replace_file(path, text)
    return stale
