"""The things of a map and the links between them as GraphML, for Gephi, yEd or Cytoscape."""

from xml.etree import ElementTree

from sq_graph.graph import Graph
from sq_graph.resources import text_beside
from sq_graph.vocab import shorten, slug_of

_ATTRIBUTES = ("label", "kind", "summary", "year")


def to_graphml(graph: Graph) -> str:
    """Labelled things as nodes (label, kind, summary, year), links between them as edges.

    >>> import sq_graph
    >>> to_graphml(sq_graph.open().graph).count("<node id=\\"work:room-1999\\"")
    1
    """
    root = ElementTree.Element("graphml", xmlns="http://graphml.graphdrawing.org/xmlns")
    for name in _ATTRIBUTES:
        _key(root, name, "node")
    _key(root, "property", "edge")
    network = ElementTree.SubElement(root, "graph", edgedefault="directed")
    known: set[str] = set()
    for row in graph.select(text_beside(__file__, "graphml-nodes.rq")):
        if row["s"].value in known:
            continue
        known.add(row["s"].value)
        node = ElementTree.SubElement(network, "node", id=shorten(row["s"].value))
        values = {name: term.value for name, term in row.items()} | {
            "kind": slug_of(row["kind"].value)
        }
        for name in _ATTRIBUTES:
            if name in values:
                ElementTree.SubElement(node, "data", key=name).text = values[name]
    for row in graph.select(text_beside(__file__, "graphml-edges.rq")):
        if {row["s"].value, row["o"].value} <= known:
            ends = {"source": shorten(row["s"].value), "target": shorten(row["o"].value)}
            edge = ElementTree.SubElement(network, "edge", ends)
            ElementTree.SubElement(edge, "data", key="property").text = shorten(row["p"].value)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _key(root: ElementTree.Element, name: str, domain: str) -> None:
    attributes = {"id": name, "for": domain, "attr.name": name, "attr.type": "string"}
    ElementTree.SubElement(root, "key", attributes)
