"""One RDF form for one set of OWL axioms, so that a file saved by Protégé differs only where its content does.

OWL's meaning leaves a writer free where RDF does not: the order in a union, which of two disjoint classes is the
subject, whether an annotated axiom repeats its expression or points at it. Each freedom is settled here one way.
Graphs without such axioms come out as they went in; no axiom is ever added or lost.
"""

from __future__ import annotations

from collections.abc import Iterable

from sq_graph.turtle.nodes import UNORDERED, Statements, by_subject, by_value, lists, structures
from sq_graph.turtle.terms import FIRST, LABEL, TYPE, Triple, is_blank, is_iri
from sq_graph.vocab import OWL

AXIOM = f"<{OWL}Axiom>"
SOURCE, PROPERTY, TARGET = (f"<{OWL}annotated{part}>" for part in ("Source", "Property", "Target"))
_SYMMETRIC = frozenset(
    f"<{OWL}{name}>"
    for name in (
        "disjointWith", "propertyDisjointWith", "inverseOf", "sameAs", "differentFrom", "equivalentClass",
        "equivalentProperty",
    )
)  # fmt: skip


def normal_form(triples: Iterable[Triple]) -> set[Triple]:
    """The triples with every such freedom settled.

    >>> a, b = "<https://example.org/a>", "<https://example.org/b>"
    >>> disjoint = f"<{OWL}disjointWith>"
    >>> normal_form([(b, disjoint, a)]) == {(a, disjoint, b)}
    True
    """
    found = set(triples)
    properties = {p for _, p, _ in found}
    if properties & UNORDERED:
        found = _with_sorted_sets(found)
    if TARGET in properties:
        found = _with_shared_targets(found)
    if properties & _SYMMETRIC or TARGET in properties:
        found = _turned(found)
    return _without_repeats(found) if TARGET in properties else found


def _with_sorted_sets(triples: set[Triple]) -> set[Triple]:
    said, used = by_subject(triples), by_value(triples)
    digests, found = structures(said, used), set(triples)
    for cells in lists(said, used).values():
        if used[cells[0][0]][0][1] not in UNORDERED or any(is_blank(i) and i not in digests for _, i in cells):
            continue
        items = sorted((item for _, item in cells), key=lambda item: (is_blank(item), digests.get(item, item)))
        found -= {(cell, FIRST, item) for cell, item in cells}
        found |= {(cell, FIRST, item) for (cell, _), item in zip(cells, items, strict=True)}
    return found


def _with_shared_targets(triples: set[Triple]) -> set[Triple]:
    """An annotated axiom that repeats a class expression points at the one that is asserted instead."""
    said, used = by_subject(triples), by_value(triples)
    digests, found = structures(said, used), set(triples)
    given = dict[tuple[str, str, str], int]()
    for node in sorted((node for node in said if node in digests), key=lambda node: digests[node]):
        values = dict(said[node])
        if (TYPE, AXIOM) not in said[node] or not {SOURCE, PROPERTY, TARGET} <= set(values):
            continue
        source, asserted, target = values[SOURCE], values[PROPERTY], values[TARGET]
        if not is_blank(target) or len(used[target]) > 1 or (source, asserted, target) in triples:
            continue
        same = [o for p, o in said.get(source, ()) if p == asserted and digests.get(o) == digests[target]]
        same = [o for o in same if len(used[o]) == 1] or same[:1] * (len(same) == 1)
        if not same:
            continue
        turn = given[source, asserted, digests[target]] = given.get((source, asserted, digests[target]), -1) + 1
        found -= {(node, TARGET, target), *_tree(target, said, used)}
        found.add((node, TARGET, same[turn % len(same)]))
    return found


def _tree(node: str, said: Statements, used: Statements) -> set[Triple]:
    """What is said of a blank node and of those that only it leads to."""
    tree, waiting = set[Triple](), [node]
    while waiting:
        subject = waiting.pop()
        for p, o in said.get(subject, ()):
            tree.add((subject, p, o))
            if is_blank(o) and len(used[o]) == 1:
                waiting.append(o)
    return tree


def _turned(triples: set[Triple]) -> set[Triple]:
    """Symmetric statements with the labelled thing as subject, or the lesser IRI where that decides nothing."""
    labelled = {s for s, p, _ in triples if p == LABEL}
    found = set(triples)

    def wrong(one: str, other: str) -> bool:
        return is_iri(one) and is_iri(other) and (other not in labelled, other) < (one not in labelled, one)

    for s, p, o in triples:
        if p in _SYMMETRIC and wrong(s, o):
            found.discard((s, p, o))
            found.add((o, p, s))
    for node, values in by_subject(triples).items():
        ends = {p: o for p, o in values if p in (SOURCE, TARGET)}
        turns = any(p == PROPERTY and o in _SYMMETRIC for p, o in values)
        if turns and len(ends) == 2 and wrong(ends[SOURCE], ends[TARGET]):
            found -= {(node, p, o) for p, o in ends.items()}
            found |= {(node, SOURCE, ends[TARGET]), (node, TARGET, ends[SOURCE])}
    return found


def _without_repeats(triples: set[Triple]) -> set[Triple]:
    """Annotated axioms that say the same twice are kept once (the OWL API writes both ways of a symmetric one)."""
    said, used = by_subject(triples), by_value(triples)
    found, seen = set(triples), set[tuple[tuple[str, str], ...]]()
    for node in sorted(said):
        if (TYPE, AXIOM) not in said[node] or node in used or not is_blank(node):
            continue
        key = tuple(sorted(said[node]))
        if key in seen:
            found -= {(node, p, o) for p, o in key}
        seen.add(key)
    return found
