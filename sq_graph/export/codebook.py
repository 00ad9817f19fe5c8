"""The aspects of comparison and their values as a codebook for QDA software (REFI-QDA .qdc)."""

import uuid
from xml.etree import ElementTree

from sq_graph.graph import Graph
from sq_graph.model.aspects import read_aspects

_SPACE = "urn:QDA-XML:codebook:1.0"
_COLOURS = ("#1b6ca8", "#b5651d", "#2e7d32", "#7b1fa2", "#c62828", "#455a64")


def to_codebook(graph: Graph) -> str:
    """The codebook: a code for each aspect, with a code for each of its values within.

    >>> import sq_graph
    >>> to_codebook(sq_graph.open().graph).count("<Code ") > 20
    True
    """
    root = ElementTree.Element("CodeBook", {"xmlns": _SPACE, "origin": "sq-graph"})
    codes = ElementTree.SubElement(root, "Codes")
    for number, aspect in enumerate(read_aspects(graph)):
        colour = _COLOURS[number % len(_COLOURS)]
        code = _code(codes, aspect.label, aspect.iri, colour, is_codable=not aspect.is_closed)
        ElementTree.SubElement(code, "Description").text = aspect.asks
        for value in (*aspect.allows, "silent", "n/a") if aspect.is_closed else ():
            _code(code, f"{aspect.label}: {value}", f"{aspect.iri}#{value}", colour, True)
    ElementTree.indent(root)
    written = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{written}\n'


def _code(
    parent: ElementTree.Element, name: str, iri: str, colour: str, is_codable: bool
) -> ElementTree.Element:
    """A code with an identifier that stays the same from export to export."""
    return ElementTree.SubElement(
        parent,
        "Code",
        {
            "guid": str(uuid.uuid5(uuid.NAMESPACE_URL, iri)),
            "name": name,
            "isCodable": str(is_codable).lower(),
            "color": colour,
        },
    )
