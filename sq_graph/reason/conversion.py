"""Converts ontologies in the OWL syntaxes that no RDF parser reads, by the OWL API of the
reasoner.
"""

import re

from sq_graph.errors import BrokenFile, EngineError, MissingDependency
from sq_graph.rdf_syntax import OWL_SYNTAXES, recognise_syntax
from sq_graph.reason.engine import NEEDED, route, run
from sq_graph.resources import decode_text

_IMPORT = re.compile(r"\bImport(?:\(\s*<|:\s*<|>)\s*([^<>()\s]+)")
_LEXEME = re.compile(r"(\"(?:[^\"\\]|\\.)*\"|<[^<>]*>)|#[^\n]*", re.DOTALL)


def to_rdfxml(syntax: str, content: bytes, where: str) -> bytes:
    """Convert an ontology to RDF/XML.

    Parameters:
        syntax: one of `OWL_SYNTAXES`.
        content: the ontology.
        where: its file, for error messages.

    Raises:
        BrokenFile: the content is not in that syntax.
        MissingDependency: the reasoner with its OWL API is not installed.
    """
    text, name = decode_text(content, where), OWL_SYNTAXES[syntax]
    if recognise_syntax(content) != syntax:
        raise BrokenFile(f"this is not {name}", where, remedy="Name the syntax with --from")
    if (setup := route())["route"] != "jpype":
        raise MissingDependency("the OWL API, which reads this syntax,", remedy=NEEDED)
    if syntax == "functional":  # the parser does not know comments
        text = _LEXEME.sub(lambda match: match[1] or "", text)
    request = {"axioms": [], "ontology": text, "imported": sorted({*_IMPORT.findall(text)})}
    try:
        (converted,) = run({**setup, **request})
    except EngineError:
        remedy = "Save it as Turtle, as Protégé offers"
        raise BrokenFile(f"invalid {name}", where, remedy=remedy) from None
    return str(converted).encode()
