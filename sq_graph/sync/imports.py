"""What one opens in Protégé: a root that imports every file, and catalogs that find each import on this disk."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from sq_graph.errors import BrokenFile
from sq_graph.graph.layout import Layout, packaged
from sq_graph.turtle import Document, Triple, read_file, written
from sq_graph.turtle.terms import IMPORTS, LABEL, ONTOLOGY, TYPE, literal
from sq_graph.vocab import BASE

_CATALOG = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<catalog prefer="public" xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">
{entries}</catalog>
"""


def root(layout: Layout) -> dict[Path, str]:
    """The root file: its own header, and an import of every file that the default view holds.

    Ours is `ontology/sq-graph.ttl`; that of a workspace is `ontology/map.ttl`, which imports ours as well.
    """
    path = root_file(layout)
    header = read_file(path) if path.is_file() else Document()
    subject = f"<{layout.iri_of(path)}>"
    triples: set[Triple] = {triple for triple in header.triples if triple[1] != IMPORTS}
    if not triples:
        triples = {(subject, TYPE, ONTOLOGY), (subject, LABEL, literal(layout.root.resolve().name, language="en"))}
    triples |= {(subject, IMPORTS, f"<{iri}>") for iri in root_imports(layout)}
    return {path: written(triples, header.prefixes)}


def root_file(layout: Layout) -> Path:
    """The file that one opens to see the whole map."""
    return layout.ontology / ("sq-graph.ttl" if layout.base == BASE else "map.ttl")


def root_imports(layout: Layout) -> list[str]:
    """The IRIs that the root imports: the vocabulary and data of a map, not what other files import themselves."""
    found = [] if layout.base == BASE else [f"{BASE}sq-graph"]
    for file in layout.files():
        first, *_ = file.path.relative_to(layout.ontology).parts
        if file.listed and first != "imports" and file.path != root_file(layout):
            found.append(file.iri)
    return sorted(found)


def catalogs(layout: Layout) -> dict[Path, str]:
    """A catalog for every folder with Turtle files: where Protégé finds each ontology that these lead to."""
    files = {file.path: file.iri for file in layout.files()} | {root_file(layout): layout.iri_of(root_file(layout))}
    paths = {iri: path for path, iri in files.items()}
    imports = {iri: _imports(path, iri) for path, iri in files.items() if path != root_file(layout)}
    imports[files[root_file(layout)]] = dict.fromkeys(root_imports(layout), 1)
    if layout.base != BASE:
        theirs = {file.iri: file.path for file in packaged().files()}
        paths, imports = theirs | paths, {iri: _imports(path, iri) for iri, path in theirs.items()} | imports
    folders: dict[Path, list[str]] = {}
    for path, iri in files.items():
        folders.setdefault(path.parent, []).append(iri)
    return {
        folder / "catalog-v001.xml": _catalog(folder, _reached(iris, imports, paths), paths)
        for folder, iris in folders.items()
    }


def _reached(iris: Iterable[str], imports: Mapping[str, Mapping[str, int]], paths: Mapping[str, Path]) -> set[str]:
    """Everything that the ontologies import, directly or not."""
    reached: set[str] = set()
    waiting = list(iris)
    while waiting:
        importer = waiting.pop()
        for iri, line in imports[importer].items():
            if iri not in imports:
                remedy = "Declare its terms in a file under imports/, since nothing is fetched"
                raise BrokenFile(f"imports <{iri}>, which is no file of this map", str(paths[importer]), line, remedy)
            if iri not in reached:
                reached.add(iri)
                waiting.append(iri)
    return reached


def _catalog(folder: Path, iris: set[str], paths: Mapping[str, Path]) -> str:
    entries = "".join(
        f"    <uri name={quoteattr(iri)} uri={quoteattr(_relative(paths[iri], folder))}/>\n" for iri in sorted(iris)
    )
    return _CATALOG.format(entries=entries)


def _relative(path: Path, folder: Path) -> str:
    try:
        return quote(Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix())
    except ValueError:  # another drive
        return path.resolve().as_uri()


def _imports(path: Path, iri: str) -> dict[str, int]:
    """What a file imports, each with its line; raises BrokenFile if the file is not the ontology its place says."""
    found = read_file(path).triples
    headers = {s: line for (s, p, o), line in found.items() if p == TYPE and o == ONTOLOGY}
    if list(headers) != [f"<{iri}>"]:
        remedy = f"Let its header be <{iri}> a owl:Ontology, or put it where its IRI says"
        line = next(iter(headers.values()), 1)
        raise BrokenFile("the file is not the one ontology that its place makes it", str(path), line, remedy)
    return {o[1:-1]: line for (_, p, o), line in found.items() if p == IMPORTS}
