"""The aspects of comparison and their values as a codebook for QDA software (REFI-QDA .qdc)."""

import uuid
from xml.etree import ElementTree

from sq_graph.graph import Graph
from sq_graph.model.aspects import read_aspects
from sq_graph.model.facts import facts, labels, linked, text, texts

_SPACE = "urn:QDA-XML:codebook:1.0"
_COLOURS = ("#1b6ca8", "#b5651d", "#2e7d32", "#7b1fa2", "#c62828", "#455a64")


def to_codebook(graph: Graph) -> str:
    """The codebook: a code for each aspect, with its rule of coding, and within it a code for each
    of its values, with its definition.

    >>> import sq_graph
    >>> to_codebook(sq_graph.open().graph).count("<Code ") > 20
    True
    """
    root = ElementTree.Element("CodeBook", {"xmlns": _SPACE, "origin": "sq-graph"})
    codes = ElementTree.SubElement(root, "Codes")
    aspects = read_aspects(graph)
    rules = facts(graph, (aspect.iri for aspect in aspects))
    defined = facts(graph, linked(rules, "sq:allows"), ("skos:definition",))
    names = labels(graph, linked(rules, "sq:allows"))
    for number, aspect in enumerate(aspects):
        colour, rule = _COLOURS[number % len(_COLOURS)], rules[aspect.iri]
        code = _code(codes, aspect.label, aspect.iri, colour, is_codable=not aspect.is_closed)
        said = (text(rule, name) for name in ("sq:asks", "sq:codingRule", "sq:borderlineCase"))
        _describe(code, "\n".join(filter(None, said)))
        meanings = {
            names[value]: text(defined.get(value, {}), "skos:definition")
            for value in texts(rule, "sq:allows")
        }
        for value in (*aspect.allows, "silent", "n/a") if aspect.is_closed else ():
            one = _code(code, f"{aspect.label}: {value}", f"{aspect.iri}#{value}", colour, True)
            _describe(one, meanings.get(value, ""))
    ElementTree.indent(root)
    written = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{written}\n'


def _describe(code: ElementTree.Element, words: str) -> None:
    if words:
        ElementTree.SubElement(code, "Description").text = words


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
