"""The things of a map and their links as GraphML, for Gephi, yEd or Cytoscape."""

from xml.etree import ElementTree

from sq_graph.graph import Graph
from sq_graph.model.attribution import attributions, credit_text
from sq_graph.resources import text_beside
from sq_graph.vocab import shorten, slug_of

_ATTRIBUTES = ("label", "kind", "summary", "year", "source")


def to_graphml(graph: Graph) -> str:
    """Labelled things as nodes (label, kind, summary, year, source), their links as edges.

    >>> import sq_graph
    >>> to_graphml(sq_graph.open().graph).count("<node id=\\"work:room-1999\\"")
    1
    """
    root = ElementTree.Element("graphml", xmlns="http://graphml.graphdrawing.org/xmlns")
    for name in (*_ATTRIBUTES, "property"):
        domain = "edge" if name == "property" else "node"
        attributes = {"id": name, "for": domain, "attr.name": name, "attr.type": "string"}
        ElementTree.SubElement(root, "key", attributes)
    network = ElementTree.SubElement(root, "graph", edgedefault="directed")
    nodes: set[str] = set()
    rows = graph.select(text_beside(__file__, "graphml-nodes.rq"))
    credits = attributions(graph, (row["s"].value for row in rows))
    for row in rows:
        iri = row["s"].value
        if iri in nodes:
            continue
        nodes.add(iri)
        node = ElementTree.SubElement(network, "node", id=shorten(iri))
        values = {name: term.value for name, term in row.items()}
        values |= {"kind": slug_of(values["kind"]), "source": credit_text(credits.get(iri))}
        for name in filter(values.get, _ATTRIBUTES):
            ElementTree.SubElement(node, "data", key=name).text = values[name]
    for row in graph.select(text_beside(__file__, "graphml-edges.rq")):
        source, target = row["s"].value, row["o"].value
        if {source, target} <= nodes:
            ends = {"source": shorten(source), "target": shorten(target)}
            edge = ElementTree.SubElement(network, "edge", ends)
            ElementTree.SubElement(edge, "data", key="property").text = shorten(row["p"].value)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"
