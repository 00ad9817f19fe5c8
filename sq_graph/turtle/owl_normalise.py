"""One RDF form for one set of OWL axioms, so that a file saved by Protégé differs only where its
content does.

The same OWL axiom can be written in several ways in RDF: in the order of a union, in which of two
disjoint classes is the subject, in whether an annotated axiom repeats its expression or refers to
it. This module chooses one way for each. Graphs without such axioms stay as they are; no axiom is
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
"""The properties of such axioms: a graph without them is in normal form."""


def normal_form(triples: Iterable[TextTriple]) -> set[TextTriple]:
    """The triples with each axiom written in the chosen way.

    >>> a, disjoint, b = iri_terms("sq:A owl:disjointWith sq:B")
    >>> normal_form([(b, disjoint, a)]) == {(a, disjoint, b)}
    True
    """
    old = set(triples)
    if {p for _, p, _ in old}.isdisjoint(SETTLED):
        return old
    labelled = {s for s, p, _ in old if p == LABEL}
    oriented = {_orient(triple, labelled) for triple in _sort_sets(old)}
    return _merge_annotations(oriented, labelled)


def _sort_sets(triples: set[TextTriple]) -> set[TextTriple]:
    nodes, result = Nodes(triples), set(triples)
    for cells in nodes.lists().values():
        items = [item for _, item in cells]
        is_set = nodes.blank_references[cells[0][0]][0][1] in UNORDERED
        if is_set and all(not is_blank(item) or item in nodes.digests for item in items):
            items.sort(key=lambda item: (is_blank(item), nodes.digests.get(item, item)))
            result -= {(cell, FIRST, item) for cell, item in cells}
            result |= {(cell, FIRST, item) for (cell, _), item in zip(cells, items, strict=True)}
    return result


def _orient(triple: TextTriple, labelled: set[str]) -> TextTriple:
    """A symmetric statement with the labelled thing as subject, or the lesser IRI if both or
    neither are labelled.
    """
    s, p, o = triple
    if p not in _SYMMETRIC or not (is_iri(s) and is_iri(o)):
        return triple
    s, o = sorted((s, o), key=lambda end: (end not in labelled, end))
    return s, p, o


def _merge_annotations(triples: set[TextTriple], labelled: set[str]) -> set[TextTriple]:
    """Annotated axioms in the same form as the axioms themselves, each once.

    One that repeats a class expression refers to the asserted expression instead. (The OWL API
    repeats these, and writes a symmetric axiom in both directions.)
    """
    nodes, result = Nodes(triples), set(triples)
    uses, seen = Counter[tuple[str, ...]](), set[tuple[tuple[str, str], ...]]()
    blank = filter(is_blank, nodes.triples_by_subject)
    for node in sorted(blank, key=lambda node: nodes.digests.get(node, node)):
        pairs = nodes.triples_by_subject[node]
        ends = dict(sorted(pair for pair in pairs if pair[0] in ENDS))
        others = [pair for pair in pairs if pair[0] not in ENDS]
        if (TYPE, AXIOM) not in pairs or len(ends) != 3 or len(pairs) != len(others) + 3:
            continue
        p, s, o = ends.values()
        if is_blank(o) and node in nodes.digests and len(nodes.blank_references[o]) == 1:
            content = nodes.digests[o]
            values = (v for q, v in nodes.triples_by_subject.get(s, ()) if q == p)
            equal = [value for value in values if nodes.digests.get(value) == content]
            unshared = [value for value in equal if len(nodes.blank_references[value]) == 1]
            if candidates := unshared or (equal if len(equal) == 1 else []):
                result.difference_update(_triples_below(o, nodes))
                uses[s, p, content] += 1
                o = candidates[uses[s, p, content] % len(candidates)]
        s, p, o = _orient((s, p, o), labelled)
        result -= {(node, *pair) for pair in pairs}
        new_pairs = (*sorted(others), (PROPERTY, p), (SOURCE, s), (TARGET, o))
        if new_pairs not in seen or node in nodes.blank_references:
            result |= {(node, *pair) for pair in new_pairs}
        seen.add(new_pairs)
    return result


def _triples_below(node: str, nodes: Nodes) -> Iterator[TextTriple]:
    """The statements about a blank node and about those to which only it leads."""
    for p, o in nodes.triples_by_subject.get(node, ()):
        yield node, p, o
        if is_blank(o) and len(nodes.blank_references[o]) == 1:
            yield from _triples_below(o, nodes)
