"""Merging two records of one work, or two agents that are one: `sq-graph merge A B`."""

from __future__ import annotations

from pathlib import Path

from sq_graph.importers.deleting import PEOPLE_LINES, Deleting
from sq_graph.importers.field_values import FIELD_OF
from sq_graph.model.records import SEVERAL, make_slug
from sq_graph.turtle.terms import LABEL, TYPE, iri_terms, is_iri
from sq_graph.vocab import kind_of, shorten, slug_of

_CITATION_KEY, _PASSAGE = iri_terms("sq:citationKey sq:reportedIn")
_PARTS = {*iri_terms("sq:memberOf sq:cellOf")}
_SEVERAL = {*iri_terms(" ".join(SEVERAL)), *iri_terms("skos:altLabel rdfs:seeAlso")}


def merge_into(edit: Deleting, target: str, source: str) -> list[tuple[str, str]]:
    """Moves to `target` what it lacks of `source`, and every reference; returns the values that
    are not kept.
    """
    statements, slug, new_slug = edit.statements, slug_of(source), slug_of(target)
    target_pairs = [pair for pairs in statements.statements_of(target).values() for pair in pairs]
    rows = edit.graph.select(f"SELECT ?p {{ <{target}> ?p ?o }}")
    target_properties = {p for p, _ in target_pairs} | {f"<{row['p'].value}>" for row in rows}
    source_pairs = {pair for pairs in statements.statements_of(source).values() for pair in pairs}
    filled = target_properties - _SEVERAL | {TYPE, LABEL}
    moved = {pair for pair in source_pairs if pair[0] not in filled}
    dropped = sorted(source_pairs - moved)
    referring = {(file, s[1:-1]) for file, s, _ in statements.references(source) if is_iri(s)}
    passages = [thing for _, thing in referring if kind_of(thing) == "passage"]
    read = {s[1:-1] for iri in passages for _, s, _ in statements.references(iri) if is_iri(s)}
    derived = [iri for iri in sorted(read) if _has_derived_slug(edit, iri, slug)]
    derived += [s[1:-1] for iri in derived for _, s, p in statements.references(iri) if p in _PARTS]
    people = (o[1:-1] for p, o in moved if p in PEOPLE_LINES)
    derived += [iri for iri in people if slug_of(iri).startswith(f"{slug}-")]
    if kind_of(source) == "work":  # a sheet may still name it by the old slug
        moved.add((_CITATION_KEY, f'"{slug}"'))
    statements.remove(source)
    for _, o in (pair for pair in dropped if pair[0] in PEOPLE_LINES):
        statements.remove(o[1:-1])
    statements.rename(source, target)
    for file, thing in sorted(referring):
        if kind_of(thing) == "passage":
            _move_passage(edit, file, thing, slug, new_slug)
    files = list(statements.statements_of(target))
    files.append(edit.file_of(target) if kind_of(target) == "work" else edit.file("data/agents"))
    statements.add_triples(files[0], ((f"<{target}>", p, o) for p, o in moved))
    for thing in derived:
        derived_slug = new_slug + slug_of(thing).removeprefix(slug)
        if not edit.is_taken(edit.mint(kind_of(thing) or "", derived_slug)):
            edit.rename(thing, derived_slug)
    ignored = (TYPE, *PEOPLE_LINES)
    lost = [pair for pair in dropped if pair[0] not in ignored and pair not in target_pairs]
    lost = [(p, o) for p, o in lost if not edit.graph.ask(f"ASK {{ <{target}> {p} {o} }}")]
    return [(FIELD_OF.get(name := shorten(p[1:-1]), name), o) for p, o in lost]


def _has_derived_slug(edit: Deleting, statement: str, work: str) -> bool:
    """Whether the slug of a statement was made of its work, and of its label or its page."""
    before, _, ending = slug_of(statement).partition(f"{work}-")
    passages = (slug_of(o[1:-1]) for o in edit.statements.values(statement, _PASSAGE))
    pages = {slug.removeprefix(f"{work}-").partition("-")[0] for slug in passages}
    has_page = not pages.isdisjoint(ending.split("-"))
    return not before and ending != "" and (has_page or ending == make_slug(edit.label(statement)))


def _move_passage(edit: Deleting, file: Path, passage: str, old: str, new: str) -> None:
    """Gives a passage the IRI that it has in the target work, or merges it with that one."""
    if not slug_of(passage).startswith(f"{old}-"):
        return
    statements = edit.statements
    target = edit.mint("passage", new + slug_of(passage).removeprefix(old))
    existing = statements.statements_of(target)
    if existing and not any(
        statements.about(file, passage) <= pairs for pairs in existing.values()
    ):
        return  # it says more than the existing one
    if existing:
        statements.remove(passage)
    statements.rename(passage, target)
