"""Ontologies in the syntaxes of OWL that no RDF parser reads, by the OWL API that comes with the
reasoner.
"""

import re

from sq_graph.errors import BrokenFile, EngineError, MissingDependency
from sq_graph.rdf_syntax import OWL_SYNTAXES, recognised
from sq_graph.reason.engine import NEEDED, route, run
from sq_graph.resources import decoded

_IMPORT = re.compile(r"\bImport(?:\(\s*<|:\s*<|>)\s*([^<>()\s]+)")
_LEXEME = re.compile(r"(\"(?:[^\"\\]|\\.)*\"|<[^<>]*>)|#[^\n]*", re.DOTALL)


def to_rdfxml(syntax: str, content: bytes, where: str) -> bytes:
    """Convert an ontology to RDF/XML.

    Parameters:
        syntax: one of `OWL_SYNTAXES`.
        content: the ontology.
        where: its file, for errors.

    Raises:
        BrokenFile: the content is not in that syntax.
        MissingDependency: the reasoner with its OWL API is not installed.
    """
    text, called = decoded(content, where), OWL_SYNTAXES[syntax]
    if recognised(content) != syntax:
        raise BrokenFile(f"this is not {called}", where, remedy="Name the syntax with --from")
    if (how := route())["route"] != "jpype":
        raise MissingDependency("the OWL API, which reads this syntax,", remedy=NEEDED)
    if syntax == "functional":  # the parser knows no comments
        text = _LEXEME.sub(lambda found: found[1] or "", text)
    asked = {"axioms": [], "ontology": text, "imported": sorted({*_IMPORT.findall(text)})}
    try:
        (converted,) = run({**how, **asked})
    except EngineError:
        remedy = "Save it as Turtle, as Protégé offers"
        raise BrokenFile(f"invalid {called}", where, remedy=remedy) from None
    return str(converted).encode()
