"""Blank nodes: which can be written in brackets, which need a label, and labels made from content.

A label depends only on the statements about the node, never on its former name or on the order of
the triples, so one RDF graph has one text.
"""

import contextlib
import hashlib
from collections import defaultdict
from collections.abc import Container, Iterable
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

from sq_graph.turtle.terms import FIRST, NIL, ONTOLOGY, REST, TYPE, TextTriple, iri_terms, is_blank

_MAX_DEPTH = 40
UNORDERED = iri_terms(
    "owl:unionOf owl:intersectionOf owl:oneOf owl:disjointUnionOf owl:members "
    "owl:distinctMembers owl:hasKey"
)
"""Properties whose lists mean sets: the order of the items is irrelevant."""

PairsBySubject = dict[str, list[tuple[str, str]]]


class Nodes:
    """A graph by its nodes: property and value of the statements about each node; subject and
    property of the statements that refer to each blank node.
    """

    def __init__(self, triples: Iterable[TextTriple]) -> None:
        self.triples_by_subject: PairsBySubject = defaultdict(list)
        self.blank_references: PairsBySubject = defaultdict(list)
        for s, p, o in triples:
            self.triples_by_subject[s].append((p, o))
            if is_blank(o):
                self.blank_references[o].append((s, p))

    def lists(self, labelled: Container[str] = ()) -> PairsBySubject:
        """The lists that can be written in parentheses: by first cell, each cell and its item.

        Such a list ends in `rdf:nil`; each cell has one item, one successor and no label, and is
        used once.
        """
        lists, references = {}, self.blank_references
        for last in [s for s, values in self.triples_by_subject.items() if (REST, NIL) in values]:
            cells: list[tuple[str, str]] = []
            cell, p = last, REST
            while p == REST and len(references.get(cell, ())) == 1 and cell not in labelled:
                values = sorted(self.triples_by_subject.get(cell, ()))
                if [q for q, _ in values] != [FIRST, REST]:
                    break
                cells.append((cell, values[0][1]))
                cell, p = references[cell][0]
            if cells:
                lists[cells[-1][0]] = cells[::-1]
        return lists

    @property
    def header(self) -> str:
        """The ontology in the graph; the first of several, '' if there is none."""
        subjects = self.triples_by_subject.items()
        return min((s for s, pairs in subjects if (TYPE, ONTOLOGY) in pairs), default="")

    @cached_property
    def digests(self) -> dict[str, str]:
        """For each blank node that leads into no cycle, a digest of its content: equal for equal
        content.
        """
        lists, digests = self.lists(), dict[str, str]()
        nodes = {*self.blank_references, *filter(is_blank, self.triples_by_subject)}
        sorter = TopologicalSorter[str]()
        for node in nodes:
            sorter.add(node, *(o for _, o in self.triples_by_subject.get(node, ()) if is_blank(o)))
        with contextlib.suppress(CycleError):
            sorter.prepare()
        while ready := sorter.get_ready():
            for node in ready:
                values = []
                for p, o in self.triples_by_subject.get(node, ()):
                    cells = lists.get(o, ()) if p in UNORDERED else ()
                    items = [digests.get(item, item) for _, item in cells]
                    values.append(f"{p} {sorted(items) or digests.get(o, o)}")
                digests[node] = _digest(sorted(values))
            sorter.done(*ready)
        return digests

    def labels(self) -> dict[str, str]:
        """A label for each blank node that cannot be written in brackets: one that is shared, in a
        cycle, or very deep.
        """
        labels, heights = {}, dict[str, int]()
        for node in self.digests:
            values = self.triples_by_subject.get(node, ())
            heights[node] = max((heights.get(o, -1) + (p != REST) for p, o in values), default=0)
        for node, references in self.blank_references.items():
            is_deep = references[0][1] != REST and (heights.get(node, 0) + 1) % _MAX_DEPTH == 0
            if len(references) > 1 or node not in heights or is_deep:
                context = sorted(f"{s} {p}" for s, p in references if not is_blank(s))
                labels[node] = f"_:b{_digest([self.digests.get(node, ''), *context])[:8]}"
        return labels


def label_blank_nodes(triples: Iterable[TextTriple]) -> tuple[Nodes, dict[str, str]]:
    """The nodes of a graph, and a label for each blank node that needs one.

    Where two of these have equal content, the whole graph decides on their names; that is slow if
    there are many.
    """
    nodes = Nodes(triples)
    labels = nodes.labels()
    if len({*labels.values()}) == len(labels):
        return nodes, labels
    from rdflib import BNode, Graph, URIRef
    from rdflib.compare import to_canonical_graph
    from rdflib.term import Node

    def code(term: str) -> Node:
        return BNode(term[2:]) if is_blank(term) else URIRef(f"x:{_digest([term])}")

    named_terms = (term for triple in triples for term in triple if not is_blank(term))
    graph, terms = Graph(), {code(term): term for term in named_terms}
    for s, p, o in triples:
        graph.add((code(s), code(p), code(o)))
    canonical = to_canonical_graph(graph)
    renamed = ((terms.get(node, f"_:b{node}") for node in triple) for triple in canonical)
    nodes = Nodes((s, p, o) for s, p, o in renamed)
    return nodes, {node: node for node in nodes.labels()}


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
