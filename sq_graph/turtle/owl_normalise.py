"""One RDF form for one set of OWL axioms, so that a file saved by Protégé differs only where its
content does.

OWL's meaning leaves a writer free where RDF does not: the order in a union, which of two disjoint
classes is the subject, whether an annotated axiom repeats its expression or points at it. Each
freedom is settled here one way. Graphs without such axioms come out as they went in; no axiom is
ever added or lost.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from sq_graph.turtle.nodes import UNORDERED, Nodes
from sq_graph.turtle.terms import FIRST, LABEL, TYPE, TextTriple, iri_terms, is_blank, is_iri

AXIOM, *ENDS = iri_terms("owl:Axiom owl:annotatedProperty owl:annotatedSource owl:annotatedTarget")
PROPERTY, SOURCE, TARGET = ENDS
_SYMMETRIC = iri_terms(
    "owl:disjointWith owl:propertyDisjointWith owl:inverseOf owl:sameAs owl:differentFrom "
    "owl:equivalentClass owl:equivalentProperty"
)
SETTLED = frozenset({TARGET, *UNORDERED, *_SYMMETRIC})
"""The properties of such axioms: a graph without any of them is in normal form."""


def normal_form(triples: Iterable[TextTriple]) -> set[TextTriple]:
    """The triples with every such freedom settled.

    >>> a, disjoint, b = iri_terms("sq:A owl:disjointWith sq:B")
    >>> normal_form([(b, disjoint, a)]) == {(a, disjoint, b)}
    True
    """
    found = set(triples)
    if {p for _, p, _ in found}.isdisjoint(SETTLED):
        return found
    labelled = {s for s, p, _ in found if p == LABEL}
    turned = {_turned(triple, labelled) for triple in _with_sorted_sets(found)}
    return _with_one_note_each(turned, labelled)


def _with_sorted_sets(triples: set[TextTriple]) -> set[TextTriple]:
    nodes, found = Nodes(triples), set(triples)
    for cells in nodes.lists().values():
        items = [item for _, item in cells]
        is_set = nodes.blank_references[cells[0][0]][0][1] in UNORDERED
        if is_set and all(not is_blank(item) or item in nodes.digests for item in items):
            items.sort(key=lambda item: (is_blank(item), nodes.digests.get(item, item)))
            found -= {(cell, FIRST, item) for cell, item in cells}
            found |= {(cell, FIRST, item) for (cell, _), item in zip(cells, items, strict=True)}
    return found


def _turned(triple: TextTriple, labelled: set[str]) -> TextTriple:
    """A symmetric statement with the labelled thing as subject, or the lesser IRI where that
    decides nothing.
    """
    s, p, o = triple
    if p not in _SYMMETRIC or not (is_iri(s) and is_iri(o)):
        return triple
    s, o = sorted((s, o), key=lambda end: (end not in labelled, end))
    return s, p, o


def _with_one_note_each(triples: set[TextTriple], labelled: set[str]) -> set[TextTriple]:
    """Annotated axioms in the same form as the axioms themselves, each once.

    One that repeats a class expression points at the expression that is asserted instead. (The OWL
    API repeats these, and writes both ways of a symmetric axiom.)
    """
    nodes, found = Nodes(triples), set(triples)
    given, seen = Counter[tuple[str, ...]](), set[tuple[tuple[str, str], ...]]()
    blank = filter(is_blank, nodes.triples_by_subject)
    for node in sorted(blank, key=lambda node: nodes.digests.get(node, node)):
        said = nodes.triples_by_subject[node]
        ends = dict(sorted(pair for pair in said if pair[0] in ENDS))
        others = [pair for pair in said if pair[0] not in ENDS]
        if (TYPE, AXIOM) not in said or len(ends) != 3 or len(said) != len(others) + 3:
            continue
        p, s, o = ends.values()
        if is_blank(o) and node in nodes.digests and len(nodes.blank_references[o]) == 1:
            content = nodes.digests[o]
            stated = (x for q, x in nodes.triples_by_subject.get(s, ()) if q == p)
            same = [x for x in stated if nodes.digests.get(x) == content]
            same = [x for x in same if len(nodes.blank_references[x]) == 1] or same[
                : len(same) == 1
            ]
            if same:
                found.difference_update(_below(o, nodes))
                given[s, p, content] += 1
                o = same[given[s, p, content] % len(same)]
        s, p, o = _turned((s, p, o), labelled)
        found -= {(node, *pair) for pair in said}
        now = (*sorted(others), (PROPERTY, p), (SOURCE, s), (TARGET, o))
        if now not in seen or node in nodes.blank_references:
            found |= {(node, *pair) for pair in now}
        seen.add(now)
    return found


def _below(node: str, nodes: Nodes) -> Iterator[TextTriple]:
    """What is said of a blank node and of those that only it leads to."""
    for p, o in nodes.triples_by_subject.get(node, ()):
        yield node, p, o
        if is_blank(o) and len(nodes.blank_references[o]) == 1:
            yield from _below(o, nodes)
