"""The aspects of comparison and their values as a codebook for QDA software (REFI-QDA .qdc)."""

import uuid
from xml.etree import ElementTree

from sq_graph.graph import Graph
from sq_graph.model.aspects import read_aspects
from sq_graph.model.facts import facts, labels, linked, text, texts

_NAMESPACE = "urn:QDA-XML:codebook:1.0"
_COLOURS = ("#1b6ca8", "#b5651d", "#2e7d32", "#7b1fa2", "#c62828", "#455a64")


def to_codebook(graph: Graph) -> str:
    """The codebook: a code for each aspect, with its coding rule, and under it a code for each of
    its values, with its definition.

    >>> import sq_graph
    >>> to_codebook(sq_graph.open().graph).count("<Code ") > 20
    True
    """
    root = ElementTree.Element("CodeBook", {"xmlns": _NAMESPACE, "origin": "sq-graph"})
    codes = ElementTree.SubElement(root, "Codes")
    aspects = read_aspects(graph)
    records = facts(graph, (aspect.iri for aspect in aspects))
    definitions = facts(graph, linked(records, "sq:allows"), ("skos:definition",))
    names = labels(graph, linked(records, "sq:allows"))
    for number, aspect in enumerate(aspects):
        colour, record = _COLOURS[number % len(_COLOURS)], records[aspect.iri]
        code = _add_code(codes, aspect.label, aspect.iri, colour, not aspect.is_closed)
        rules = (text(record, name) for name in ("sq:asks", "sq:codingRule", "sq:borderlineCase"))
        _add_description(code, "\n".join(filter(None, rules)))
        meanings = {
            names[value]: text(definitions.get(value, {}), "skos:definition")
            for value in texts(record, "sq:allows")
        }
        for value in (*aspect.allows, "silent", "n/a") if aspect.is_closed else ():
            label, iri = f"{aspect.label}: {value}", f"{aspect.iri}#{value}"
            _add_description(_add_code(code, label, iri, colour, True), meanings.get(value, ""))
    ElementTree.indent(root)
    xml = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{xml}\n'


def _add_description(code: ElementTree.Element, description: str) -> None:
    if description:
        ElementTree.SubElement(code, "Description").text = description


def _add_code(
    parent: ElementTree.Element, name: str, iri: str, colour: str, is_codable: bool
) -> ElementTree.Element:
    """Adds a code, with an identifier that is the same in every export."""
    guid, codable = str(uuid.uuid5(uuid.NAMESPACE_URL, iri)), str(is_codable).lower()
    attributes = {"guid": guid, "name": name, "isCodable": codable, "color": colour}
    return ElementTree.SubElement(parent, "Code", attributes)
