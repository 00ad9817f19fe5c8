"""Merging two records of one work, or two agents who are one: `sq-graph merge A B`."""

from __future__ import annotations

import re
from pathlib import Path

from sq_graph.importers.deleting import Deleting
from sq_graph.importers.field_values import FIELD_OF
from sq_graph.model.records import SEVERAL, make_slug
from sq_graph.turtle.terms import LABEL, TYPE, iri_terms, is_iri, literal_parts
from sq_graph.vocab import kind_of, shorten, slug_of

_PLACES = {*iri_terms("sq:authorship sq:editorship sq:translatorship")}
_KEY, _PASSAGE = iri_terms("sq:citationKey sq:reportedIn")
_OF = {*iri_terms("sq:memberOf sq:cellOf")}
_NAMED_AFTER_WORKS = ("passage", "definition", "citation")
"""Things that an edit labels by the work: `Lund 2004, p. 3`."""
_SEVERAL = {*iri_terms(" ".join(SEVERAL)), *iri_terms("skos:altLabel rdfs:seeAlso")}


def merge_into(edit: Deleting, keep: str, gone: str) -> list[tuple[str, str]]:
    """Moves what only `gone` says to `keep`, with every mention; returns the values that are not
    kept.
    """
    statements = edit.statements
    of_keep = [pair for _, _, pairs in statements.statements_of(keep) for pair in pairs]
    in_map = edit.graph.select(f"SELECT ?p {{ <{keep}> ?p ?o }}")
    known = {p for p, _ in of_keep} | {f"<{row['p'].value}>" for row in in_map}
    of_gone = {pair for _, _, pairs in statements.statements_of(gone) for pair in pairs}
    single = known - _SEVERAL | {TYPE, LABEL}
    moved = {pair for pair in of_gone if pair[0] not in single}
    dropped = sorted(of_gone - moved)
    naming = {(file, one[1:-1]) for file, one, _ in statements.references(gone) if is_iri(one)}
    passages = [thing for _, thing in naming if kind_of(thing) == "passage"]
    read = {s[1:-1] for one in passages for _, s, _ in statements.references(one) if is_iri(s)}
    unnamed = [one for one in sorted(read) if _is_unnamed(edit, one, slug_of(gone))]
    unnamed += [s[1:-1] for one in unnamed for _, s, p in statements.references(one) if p in _OF]
    titles = edit.label(gone), edit.label(keep)
    if kind_of(gone) == "work":  # a sheet may go on to call it so
        moved.add((_KEY, f'"{slug_of(gone)}"'))
    statements.remove(gone)
    for _, o in (pair for pair in dropped if pair[0] in _PLACES):
        statements.remove(o[1:-1])
    statements.rename(gone, keep)
    for file, thing in sorted(naming):
        if kind_of(thing) in _NAMED_AFTER_WORKS:
            _relabel(edit, file, thing, titles)
        if kind_of(thing) == "passage":
            _move_place(edit, file, thing, slug_of(gone), slug_of(keep))
    for thing in unnamed:
        slug = slug_of(keep) + slug_of(thing).removeprefix(slug_of(gone))
        if not edit.is_taken(edit.mint(kind_of(thing) or "", slug)):
            edit.rename(thing, slug)
    own = [file for file, _, _ in statements.statements_of(keep)]
    common = edit.file_of(keep) if kind_of(keep) == "work" else edit.file("data/agents")
    statements.add_triples(next(iter(own), common), ((f"<{keep}>", p, o) for p, o in moved))
    lost = [pair for pair in dropped if pair[0] not in (TYPE, *_PLACES) and pair not in of_keep]
    asks = edit.graph.ask
    lost = [(p, o) for p, o in lost if not asks(f"ASK {{ <{keep}> {p} {o} }}")]
    return [(FIELD_OF.get(name := shorten(p[1:-1]), name), o) for p, o in lost]


def _is_unnamed(edit: Deleting, statement: str, work: str) -> bool:
    """Whether an edit named a statement after its work, and its label or its page."""
    start, _, rest = slug_of(statement).partition(f"{work}-")
    page = [
        slug_of(o[1:-1]).removeprefix(f"{work}-").partition("-")[0]
        for o in edit.statements.values(statement, _PASSAGE)
    ]
    is_placed = not {*page}.isdisjoint(rest.split("-"))
    return not start and bool(rest) and (is_placed or rest == make_slug(edit.label(statement)))


def _relabel(edit: Deleting, file: Path, thing: str, titles: tuple[str, str]) -> None:
    """Puts the label of the work that is kept in place of the other in the label of a thing."""
    old, new = re.compile(rf"(?<!\w){re.escape(titles[0])}(?!\w)"), titles[1]
    labels = [literal_parts(o) for p, o in edit.statements.about(file, thing) if p == LABEL]
    if any(old.search(text) for text, _, _ in labels):
        called = [(language, old.sub(lambda _: new, text)) for text, _, language in labels]
        edit.statements.change(file, thing, {"rdfs:label": called})


def _move_place(edit: Deleting, file: Path, passage: str, old: str, new: str) -> None:
    """Gives a passage the IRI that it would have if it had been read in the work that is kept, and
    unites it with one that is there.
    """
    if not slug_of(passage).startswith(f"{old}-"):
        return
    statements = edit.statements
    place = edit.mint("passage", new + slug_of(passage).removeprefix(old))
    there = statements.statements_of(place)
    if there and not any(statements.about(file, passage) <= pairs for _, _, pairs in there):
        return  # it says more of its place
    if there:
        statements.remove(passage)
    statements.rename(passage, place)
