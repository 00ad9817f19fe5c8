"""Merging two records of one work, or two agents who are one: `sq-graph merge A B`."""

from __future__ import annotations

from pathlib import Path

from sq_graph.errors import InputError
from sq_graph.importers.editing import Edit
from sq_graph.model.records import SEVERAL
from sq_graph.table import Table
from sq_graph.turtle import Triple, read_file, written
from sq_graph.turtle.terms import LABEL, ONTOLOGY, TYPE
from sq_graph.vocab import expand, kind_of, shorten, slug_of

_PLACES = {f"<{expand(name)}>" for name in ("sq:authorship", "sq:editorship", "sq:translatorship")}
_SEVERAL = {f"<{expand(name)}>" for name in (*SEVERAL, "skos:altLabel", "rdfs:seeAlso")}


def merge(edit: Edit, kept: str, merged: str) -> Table:
    """Makes one of two works or agents in one edit, and returns what of the second was not kept.

    The first keeps what it says; what only the second says is added to it, and all that named the
    second names the first. Raises InputError if the two are of different kinds, if they are one
    already, or if the second is not in the workspace.
    """
    with edit:
        keep, gone = (edit.find(name, "work", "agent") for name in (kept, merged))
        if keep == gone or kind_of(keep) != kind_of(gone):
            what = f"{kept} and {merged} are "
            what += "one already" if keep == gone else "of different kinds"
            raise InputError(what, remedy="Name two works or two agents")
        if not gone.startswith(edit.layout.base):
            remedy = f"Try sq-graph merge {merged} {kept}"
            raise InputError(f"{slug_of(gone)} is not in this workspace", remedy=remedy)
        rows = _replace(edit, f"<{keep}>", f"<{gone}>")
    note = f"{slug_of(gone)} is merged into {slug_of(keep)}. To undo it: git restore ."
    return Table(("property", "not kept"), tuple(rows), "Merged", (note,))


def _replace(edit: Edit, keep: str, gone: str) -> list[tuple[str, str]]:
    """Rewrites the files that name the second; returns the values that are not kept."""
    said = {f"<{row['p'].value}>" for row in edit.graph.select(f"SELECT ?p {{ {keep} ?p ?o }}")}
    files: dict[Path, tuple[set[Triple], dict[str, str]]] = {}
    for file in edit.layout.files():
        if file.path.suffix == ".ttl" and slug_of(gone[1:-1]).encode() in file.path.read_bytes():
            document = read_file(file.path)
            files[file.path] = set(document.triples), dict(document.prefixes)
    about = {triple for triples, _ in files.values() for triple in triples if triple[0] == gone}
    moved, dropped = set[Triple](), set[Triple]()
    for triple in about:
        is_new = triple[1] not in said or triple[1] in _SEVERAL
        (moved if is_new and triple[1] not in (TYPE, LABEL) else dropped).add((keep, *triple[1:]))
    orphans = {o for _, p, o in dropped if p in _PLACES}
    target = edit.file_of(keep[1:-1])
    if target.is_file() and target not in files:
        document = read_file(target)
        files[target] = set(document.triples), dict(document.prefixes)
    elif target not in files:
        edit.statements.triples(target, moved)
    for path, (triples, prefixes) in files.items():
        after = {
            (s, p, keep if o == gone else o)
            for s, p, o in triples
            if s != gone and s not in orphans
        }
        after |= moved if path == target else set()
        is_empty = _is_header(after)
        edit.statements.put(path, None if is_empty else written(after, prefixes).encode())
    values = [(shorten(p[1:-1]), o) for _, p, o in sorted(dropped) if p not in (TYPE, *_PLACES)]
    return [(name, value) for name, value in values if not _says(edit, keep, name, value)]


def _says(edit: Edit, thing: str, name: str, value: str) -> bool:
    return edit.graph.ask(f"ASK {{ {thing} <{expand(name)}> {value} }}")


def _is_header(triples: set[Triple]) -> bool:
    """Whether nothing but the header of the file is left."""
    headers = {s for s, p, o in triples if p == TYPE and o == ONTOLOGY}
    return all(s in headers for s, _, _ in triples)
