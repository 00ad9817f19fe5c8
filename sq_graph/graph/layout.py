"""The files of a map, their IRIs, and which of them are in the default view."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sq_graph import resources
from sq_graph.errors import BrokenFile
from sq_graph.graph.default_view import in_default_view
from sq_graph.vocab import BASE

WORKSPACE_FILE = "workspace.toml"
CATALOG = "catalog-v001.xml"
"""The file by which Protégé finds imports on this disk."""
Stamp = tuple[int, int, int]
"""The time of a file's last change in nanoseconds, its size, and its inode number."""


class MapFile(NamedTuple):
    """One Turtle file of a map: its path, its IRI as ontology and named graph, and whether it is
    listed.

    A listed file belongs to the default view; position modules, alignments with other vocabularies
    and `same-meaning.ttl` enter only when asked for.
    """

    path: Path
    iri: str
    listed: bool


@dataclass(frozen=True)
class Layout:
    """A folder with `ontology/`, `shapes/` and `queries/`, and the base IRI under which its things
    are minted.

    `root` is made absolute here, so that every path below it means the same wherever it is used.
    `release` is the release of sq-graph that made the folder, if its settings name it; `licence` is
    that of its files; `title` and `author` are shown on its pages and its site; `curator` is
    responsible for the interpretations in the map (by default its author); `texts` are the works
    that were read, for `check`.

    >>> packaged().iri_of(packaged().root / "ontology" / "core.ttl")
    'https://w3id.org/sq-graph/core'
    """

    root: Path
    base: str = BASE
    release: str = ""
    licence: str = "https://creativecommons.org/licenses/by/4.0/"
    title: str = ""
    author: str = ""
    curator: str = ""
    texts: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", self.root.resolve())
        object.__setattr__(self, "curator", self.curator or self.author)

    @property
    def ontology(self) -> Path:
        """The folder of the Turtle files."""
        return self.root / "ontology"

    def files(self) -> Iterator[MapFile]:
        """Every Turtle file below `ontology/`, sorted by path."""
        return map(self.file_at, sorted(self.ontology.rglob("*.ttl")))

    def file_at(self, path: Path) -> MapFile:
        """The file at a path below `ontology/`."""
        return MapFile(path, self.iri_of(path), self.in_default_view(path))

    def stamps(self, *parts: str) -> dict[str, Stamp]:
        """The stamp of each file, by path: a file with the same stamp need not be read again.

        Parameters:
            parts: the folders of the map to look at; only `ontology` if none is named.
        """
        stamps = dict[str, Stamp]()
        folders = [str(self.root / part) for part in parts or ("ontology",)]
        while folders:
            with suppress(OSError), os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    elif entry.name.endswith((".ttl", ".rq")):
                        stat = entry.stat()
                        stamps[entry.path] = stat.st_mtime_ns, stat.st_size, stat.st_ino
        return stamps

    def iri_of(self, path: Path) -> str:
        """The IRI of a file: the base and its path without `ontology/` and `.ttl`."""
        return self.base + path.relative_to(self.ontology).with_suffix("").as_posix()

    def path_of(self, iri: str) -> Path | None:
        """The file for the IRI of a named graph, existing or not; None if the IRI cannot belong to
        this map.

        >>> packaged().path_of("https://w3id.org/sq-graph/../../etc/passwd") is None
        True
        """
        if not iri.startswith(self.base):
            return None
        parts = iri[len(self.base) :].split("/")
        if not all(part.replace("-", "").replace("_", "").isalnum() for part in parts):
            return None
        return self.ontology.joinpath(*parts).with_suffix(".ttl")

    def in_default_view(self, path: Path) -> bool:
        """Whether the default view holds the file."""
        return in_default_view(self.iri_of(path).removeprefix(self.base))

    def queries(self) -> Iterator[Path]:
        """Every question file, sorted by path."""
        return iter(sorted((self.root / "queries").rglob("*.rq")))

    def misplaced(self) -> Iterator[tuple[Path, Path]]:
        """Each file that release 0.1 wrote into a wrong folder, with its right path, sorted.

        Release 0.1 appended the relative path of a workspace to itself: `--workspace a/mine` wrote
        to `a/mine/a/mine/…`.
        """
        for length in range(1, len(self.root.parts)):
            nested = self.root.joinpath(*self.root.parts[-length:])
            for folder in ("ontology", "queries", "shapes"):
                for path in sorted((nested / folder).rglob("*.*")):
                    if path.is_file():
                        yield path, self.root / path.relative_to(nested)

    def shapes(self) -> Iterator[Path]:
        """Every shapes file, sorted by path."""
        return iter(sorted((self.root / "shapes").rglob("*.ttl")))


def packaged() -> Layout:
    """The map that ships with sq-graph."""
    return Layout(resources.root())


def workspace(folder: Path) -> Layout:
    """The layout of a user's own folder, with the base IRI of its `workspace.toml`.

    A folder without that file gets a base made from its name, so that any folder of the same layout
    can be tried. Raises BrokenFile if there is no such folder, or the file is broken.
    """
    if not folder.is_dir():
        remedy = "Check the path, or make a workspace there with sq-graph init"
        raise BrokenFile("there is no such folder", str(folder), remedy=remedy)
    import tomllib

    file = folder / WORKSPACE_FILE
    if not file.is_file():
        return Layout(folder, f"https://example.org/{folder.resolve().name}/")
    try:
        settings = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        message = f"the settings cannot be read ({error})"
        raise BrokenFile(message, str(file), remedy="Correct the file") from None
    base = settings.get("base")
    if not isinstance(base, str) or "://" not in base or base[-1] not in "/#":
        remedy = 'Write base = "https://example.org/my-review/"'
        raise BrokenFile("base must be an IRI that ends in / or #", str(file), remedy=remedy)
    names = ("release", "licence", "title", "author", "curator")
    texts = settings.get("texts", [])
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        remedy = 'Write texts = ["texts/chan-2006.txt"]'
        raise BrokenFile("texts must be a list of file names", str(file), remedy=remedy)
    fields = {name: str(settings[name]) for name in names if name in settings}
    return Layout(folder, base, texts=tuple(folder / text for text in texts), **fields)


def current_workspace() -> Path | None:
    """The current folder if it is a workspace (it holds `workspace.toml`), else None."""
    folder = Path.cwd()
    return folder if (folder / WORKSPACE_FILE).is_file() else None
