"""The files for Protégé: a root that imports every file, and catalogs that locate each import on
disk.
"""

import os
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from sq_graph.errors import BrokenFile
from sq_graph.graph.layout import CATALOG, Layout, packaged
from sq_graph.sync.publication import describe
from sq_graph.turtle import Document, read_file, serialise
from sq_graph.turtle.terms import IMPORTS, ONTOLOGY, TYPE, ontology_header
from sq_graph.vocab import BASE

_CATALOG = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<catalog prefer="public" xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">
{}</catalog>
"""


def root(layout: Layout) -> dict[Path, str]:
    """The root file: its header, and an import of every file in the default view.

    Ours is `ontology/sq-graph.ttl`; that of a workspace is `ontology/map.ttl`, which also imports
    ours.
    """
    path = _root_file(layout)
    header = read_file(path) if path.is_file() else Document()
    ontology, imports = layout.iri_of(path), _root_imports(layout)
    triples = {triple for triple in header.triples if triple[1] != IMPORTS}
    triples = triples or ontology_header(ontology, layout.root.resolve().name, layout.licence)
    triples |= {(f"<{ontology}>", IMPORTS, f"<{iri}>") for iri in imports}
    if layout.base == BASE:
        triples = describe(triples, ontology, {})
    return {path: serialise(triples, header.prefixes)}


def catalogs(layout: Layout) -> dict[Path, str]:
    """A catalog for every folder with Turtle files: the location of each ontology that they import,
    directly or not.
    """
    root_iri = layout.iri_of(_root_file(layout))
    own_paths = {file.iri: file.path for file in layout.files()} | {root_iri: _root_file(layout)}
    packaged_files = () if layout.base == BASE else packaged().files()
    paths = {file.iri: file.path for file in packaged_files} | own_paths
    imports = {iri: _imports(path, iri) for iri, path in paths.items() if iri != root_iri}
    imports[root_iri] = dict.fromkeys(_root_imports(layout), 1)
    texts = {}
    for folder in {path.parent for path in own_paths.values()}:
        pending = [iri for iri, path in own_paths.items() if path.parent == folder]
        reachable = set[str]()
        while pending:
            importer = pending.pop()
            for iri, line in imports[importer].items():
                if iri not in imports:
                    remedy = "Declare its terms in a file under imports/, since nothing is fetched"
                    problem = f"imports <{iri}>, which is not a file of this map"
                    raise BrokenFile(problem, str(paths[importer]), line, remedy)
            pending += imports[importer].keys() - reachable
            reachable |= imports[importer].keys()
        pairs = ((quoteattr(iri), _relative(paths[iri], folder)) for iri in sorted(reachable))
        entries = (f"    <uri name={iri} uri={quoteattr(uri)}/>\n" for iri, uri in pairs)
        texts[folder / CATALOG] = _CATALOG.format("".join(entries))
    return texts


def _root_file(layout: Layout) -> Path:
    return layout.ontology / ("sq-graph.ttl" if layout.base == BASE else "map.ttl")


def _root_imports(layout: Layout) -> list[str]:
    """The vocabulary and data of a map, without the files that other files import themselves."""
    excluded = {layout.ontology / "imports", _root_file(layout)}
    files = (file for file in layout.files() if file.listed)
    iris = [file.iri for file in files if not {file.path, *file.path.parents} & excluded]
    return sorted(iris if layout.base == BASE else [f"{BASE}sq-graph", *iris])


def _relative(path: Path, folder: Path) -> str:
    try:
        return quote(Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix())
    except ValueError:  # another drive
        return path.resolve().as_uri()


def _imports(path: Path, iri: str) -> dict[str, int]:
    """The imports of a file, each with its line; raises BrokenFile if the IRI of the ontology does
    not match the path.
    """
    triples = read_file(path).triples
    headers = {s: line for (s, p, o), line in triples.items() if p == TYPE and o == ONTOLOGY}
    if list(headers) != [f"<{iri}>"]:
        remedy = f"Declare <{iri}> a owl:Ontology in it, or move it to the path in its IRI"
        line = next(iter(headers.values()), 1)
        problem = "the file does not declare the one ontology that matches its path"
        raise BrokenFile(problem, str(path), line, remedy)
    return {o[1:-1]: line for (_, p, o), line in triples.items() if p == IMPORTS}
