"""Blank nodes: which can be written inside brackets, which need a label, and labels that follow from content.

A label depends on what is said with the node alone, never on the name it had before or on the order of the
triples, so one RDF graph has one text. Nodes that look alike are told apart by refining colours and, where that
is not enough, by trying each of the like nodes and keeping the least result.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sq_graph.turtle.terms import FIRST, NIL, REST, Triple, is_blank
from sq_graph.vocab import OWL

_DEEPEST = 40
UNORDERED = frozenset(
    f"<{OWL}{name}>"
    for name in ("unionOf", "intersectionOf", "oneOf", "disjointUnionOf", "members", "distinctMembers", "hasKey")
)
"""Properties whose lists mean sets: the order of the items says nothing."""

Statements = dict[str, list[tuple[str, str]]]
"""By subject, each property and value; by value, each subject and property."""


def by_subject(triples: Iterable[Triple]) -> Statements:
    """What is said of each subject."""
    said: Statements = defaultdict(list)
    for s, p, o in triples:
        said[s].append((p, o))
    return said


def by_value(triples: Iterable[Triple]) -> Statements:
    """Where each blank node stands as a value."""
    used: Statements = defaultdict(list)
    for s, p, o in triples:
        if is_blank(o):
            used[o].append((s, p))
    return used


def lists(said: Statements, used: Statements) -> dict[str, list[tuple[str, str]]]:
    """The lists that can be written in parentheses: by first cell, each cell and its item.

    Such a list ends in `rdf:nil`; each cell has one item, one successor, and is used once.
    """
    rest_of = {o: s for s, values in said.items() for p, o in values if p == REST and o != NIL}
    ends = [s for s, values in said.items() if (REST, NIL) in values]
    found = {}
    for end in ends:
        cells: list[tuple[str, str]] = []
        cell: str | None = end
        while cell is not None and is_blank(cell) and len(used.get(cell, ())) == 1:
            values = dict(said[cell])
            if len(said[cell]) != 2 or set(values) != {FIRST, REST}:
                break
            cells.append((cell, values[FIRST]))
            cell = rest_of.get(cell)
        if cells:
            found[cells[-1][0]] = cells[::-1]
    return found


def structures(said: Statements, used: Statements) -> dict[str, str]:
    """For each blank node that leads into no circle, a digest of all that it leads to.

    Equal digests mean equal content; the order in lists that mean sets does not count.
    """
    chains = lists(said, used)
    waiting = {node: sum(is_blank(o) for _, o in said.get(node, ())) for node in {*used, *filter(is_blank, said)}}
    ready = [node for node, count in waiting.items() if not count]
    digests: dict[str, str] = {}
    while ready:
        node = ready.pop()
        values = []
        for p, o in said.get(node, ()):
            if p in UNORDERED and o in chains:
                values.append(f"{p} {sorted(digests.get(item, item) for _, item in chains[o])}")
            else:
                values.append(f"{p} {digests.get(o, o)}")
        digests[node] = _digest(sorted(values))
        for parent, _ in used.get(node, ()):
            if parent in waiting:
                waiting[parent] -= 1
                if not waiting[parent]:
                    ready.append(parent)
    return digests


def labels(triples: Iterable[Triple]) -> dict[str, str]:
    """A label for each blank node that cannot be written in brackets: shared, in a circle, or very deep.

    >>> x = "<https://example.org/x>"
    >>> sorted(labels([(x, x, "_:1"), (x, x, "_:2"), ("_:2", x, "_:1")]))
    ['_:1']
    """
    triples = list(triples)
    said, used = by_subject(triples), by_value(triples)
    wanted = _to_label(said, used)
    if not wanted:
        return {}
    digests = structures(said, used)
    named: dict[str, list[tuple[list[str], int, int, str]]] = defaultdict(list)
    for place, group in enumerate(_groups(wanted, said, used)):
        certificate, order = _canonical(group, said, used, digests)
        for node in group & wanted:
            content = [digests[node]] if node in digests else certificate
            places = sorted(f"{s} {p}" for s, p in used.get(node, ()) if not is_blank(s))
            named[_digest([*content, *places])[:8]].append((certificate, place, order[node], node))
    return {
        node: f"_:b{digest}-{number}" if len(alike) > 1 else f"_:b{digest}"
        for digest, alike in named.items()
        for number, (*_, node) in enumerate(sorted(alike), start=1)
    }


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _to_label(said: Statements, used: Statements) -> set[str]:
    wanted = {node for node, places in used.items() if len(places) > 1}
    seen = set(wanted)
    for node in used:
        path: dict[str, int] = {}
        while node in used and node not in seen and node not in path:
            path[node] = len(path)
            node = used[node][0][0]
        seen |= set(path)
        if node in path:
            wanted |= {other for other, step in path.items() if step >= path[node]}
    depths = [(node, 0) for node in {*said} - {*used} | wanted]
    while depths:
        node, depth = depths.pop()
        for p, o in said.get(node, ()):
            if is_blank(o) and o not in wanted:
                deeper = depth + (p != REST)
                if deeper > _DEEPEST:
                    wanted.add(o)
                depths.append((o, 0 if deeper > _DEEPEST else deeper))
    return wanted


def _groups(wanted: set[str], said: Statements, used: Statements) -> list[set[str]]:
    """The blank nodes that hang together with a node to be labelled, each such cluster a group."""
    groups, seen = [], set[str]()
    for start in wanted:
        group: set[str] = set()
        waiting = [start]
        while waiting:
            node = waiting.pop()
            if is_blank(node) and node not in seen:
                seen.add(node)
                group.add(node)
                waiting += [o for _, o in said.get(node, ())] + [s for s, _ in used.get(node, ())]
        if group:
            groups.append(group)
    return groups


def _canonical(
    group: set[str], said: Statements, used: Statements, digests: Mapping[str, str]
) -> tuple[list[str], Mapping[str, int]]:
    """The statements about a group with its nodes numbered, the least such text, and the numbers."""
    around = {
        node: [("to", p, o) for p, o in said.get(node, ())] + [("from", p, s) for s, p in used.get(node, ())]
        for node in group
    }

    def seen(node: str, colours: Mapping[str, int]) -> list[str]:
        return sorted(f"{way} {p} {colours.get(other, other)}" for way, p, other in around[node])

    def refined(colours: Mapping[str, int]) -> Mapping[str, int]:
        while True:
            finer = _ranks({node: (colours[node], seen(node, colours)) for node in group})
            if len(set(finer.values())) == len(set(colours.values())):
                return finer
            colours = finer

    def alike(colours: Mapping[str, int]) -> list[str]:
        cells = defaultdict(list)
        for node, colour in colours.items():
            cells[colour].append(node)
        return next((cells[colour] for colour in sorted(cells) if len(cells[colour]) > 1), [])

    def singled_out(colours: Mapping[str, int], one: str) -> Mapping[str, int]:
        return refined(_ranks({node: (colours[node], node != one) for node in group}))

    def certificate(colours: Mapping[str, int]) -> list[str]:
        return sorted(f"{colours[node]} {line}" for node in group for line in seen(node, colours))

    def first_leaf(colours: Mapping[str, int]) -> list[str]:
        while twins := alike(colours):
            colours = singled_out(colours, twins[0])
        return certificate(colours)

    def least(colours: Mapping[str, int]) -> tuple[list[str], Mapping[str, int]]:
        twins = alike(colours)
        if not twins:
            return certificate(colours), colours
        first = singled_out(colours, twins[0])
        leaf, best = first_leaf(first), least(first)
        for other in (singled_out(colours, twin) for twin in twins[1:]):
            if first_leaf(other) != leaf:  # else the two can be exchanged without any difference
                best = min(best, least(other), key=lambda found: found[0])
        return best

    return least(refined(_ranks({node: digests.get(node, "") for node in group})))


def _ranks(values: Mapping[str, Any]) -> dict[str, int]:
    """For each node the place of its value among all values."""
    places = {repr(value): place for place, value in enumerate(sorted(values.values()))}
    return {node: places[repr(value)] for node, value in values.items()}
