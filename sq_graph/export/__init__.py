"""Exports of the map: bibliographies, comparison tables, RDF, mappings and shapes."""

from collections.abc import Sequence
from importlib import import_module
from typing import Protocol

from sq_graph.errors import InputError
from sq_graph.graph import Graph
from sq_graph.table import Table

BIBLIOGRAPHIES = ("bib", "csl-json", "ris", "apa", "chicago")
TABLES = ("csv", "md", "tex", "docx", "xlsx", "orkg")
_MODULES = ("sssom", "codebook", "void", "graphml")
"""Forms of the whole map, each written by the module of its name."""
_RDF = ("ttl", "trig", "jsonld", "rdfxml", "owl", "skos")
FORMS = (*BIBLIOGRAPHIES, *TABLES, *_RDF, *_MODULES, "shapes", "questions")
"""The forms of export; bibliographies take works, tables take things to compare."""
REMOVED = {"nanopub": "Export trig, which keeps each file's statements in a graph of its own"}
"""Forms of version 0.1 that were removed, with the alternative."""


class Map(Protocol):
    """The parts of an atlas that an export needs."""

    @property
    def graph(self) -> Graph:
        """The graph of the map."""

    def compare(self, *names: str, aspects: Sequence[str] = (), transposed: bool = False) -> Table:
        """A comparison of things."""

    def find(self, name: str, *kinds: str) -> str:
        """The IRI of a thing."""


def export(
    atlas: Map,
    form: str,
    names: Sequence[str] = (),
    aspects: Sequence[str] = (),
    paper: str = "a4",
    excel: bool = False,
) -> str | bytes:
    """Writes a map in one of `FORMS`.

    Parameters:
        atlas: the map.
        form: one of `FORMS`.
        names: the works of a bibliography (by default all), or the things to compare.
        aspects: the aspects under which definitions are compared; by default all.
        paper: the paper of a Word document, `a4` or `letter`.
        excel: whether CSV starts with a byte order mark, by which Excel recognises UTF-8.

    Raises:
        InputError: an unknown form, or a table without things to compare.
        MissingDependency: an optional part that the form needs is not installed.

    >>> import sq_graph
    >>> print(export(sq_graph.open(), "bib", ["room-1999"])[:21])
    @article{room-1999,
    """
    if form in REMOVED:
        raise InputError(f"the form {form!r} was removed in 0.2", remedy=REMOVED[form])
    if form not in FORMS:
        raise InputError(f"there is no form {form!r}", remedy=f"Ask for one of {', '.join(FORMS)}")
    if form in BIBLIOGRAPHIES:
        from sq_graph.export.bibliography import bibliography

        return bibliography(atlas.graph, form, [atlas.find(name, "work") for name in names])
    if form in TABLES:
        if not names:
            remedy = f"Name what to compare: sq-graph export {form} social-exclusion"
            raise InputError("there is nothing to compare", remedy=remedy)
        return _table(atlas, form, names, aspects, paper, excel)
    return _map(atlas.graph, form)


def _table(
    atlas: Map, form: str, names: Sequence[str], aspects: Sequence[str], paper: str, excel: bool
) -> str | bytes:
    """A comparison in one of the forms of a table."""
    if form == "csv":
        return atlas.compare(*names, aspects=aspects).to_csv(excel)
    from sq_graph.export import documents, orkg

    table = atlas.compare(*names, aspects=aspects, transposed=True)
    if form == "orkg":
        return orkg.to_orkg(atlas.graph, table).to_csv(excel)
    if form == "docx":
        return documents.to_docx(atlas.graph, table, bool(aspects), paper)
    if form == "xlsx":
        return documents.to_xlsx(atlas.graph, table, atlas.compare(*names, aspects=aspects))
    return documents.fit_paper(table, bool(aspects)).render(form)


def _map(graph: Graph, form: str) -> str:
    """The whole map in one of the forms that take no names."""
    if form in ("shapes", "questions"):
        from sq_graph.export import shacl

        return shacl.to_shapes() if form == "shapes" else shacl.to_questions()
    if form in _MODULES:
        return str(getattr(import_module(f"sq_graph.export.{form}"), f"to_{form}")(graph))
    from sq_graph.export.rdf import to_rdf

    return to_rdf(graph, form)
