"""Which RDF syntax a file is written in: by its ending, and by its first characters where they tell."""

from __future__ import annotations

import re
from pathlib import Path

from sq_graph.errors import BrokenFile

ENDINGS = {
    ".ttl": "turtle",
    ".n3": "turtle",
    ".nt": "ntriples",
    ".nq": "nquads",
    ".trig": "trig",
    ".rdf": "rdfxml",
    ".owl": "rdfxml",
    ".xml": "rdfxml",
    ".rdfxml": "rdfxml",
    ".jsonld": "jsonld",
    ".json": "jsonld",
}
"""The endings of RDF files, each with the syntax that it stands for."""
_OTHERS = {
    "OWL/XML": re.compile(
        rb"(<\?xml[^>]*>\s*)?(<!--.*?-->\s*|<!DOCTYPE.*?\]?>\s*)*<Ontology\b", re.S
    ),
    "functional syntax": re.compile(rb"(Prefix|Ontology)\s*\("),
    "Manchester syntax": re.compile(rb"(Prefix|Ontology|Class|Individual)\s*:\s"),
}
_XML = re.compile(rb"<\?xml|<rdf:RDF|<!DOCTYPE")
_HEAD = 4096


def rdf_syntax(path: Path, head: bytes) -> str:
    """The syntax of an RDF file, as `engine.TRIPLES` names it.

    Parameters:
        path: the file, for its ending.
        head: its first bytes, some thousand of them.

    Raises:
        BrokenFile: the ending is unknown, or the content is in a syntax that cannot be read.

    >>> rdf_syntax(Path("a.owl"), b"@prefix a: <a:> .")
    'turtle'
    >>> rdf_syntax(Path("a.ttl"), b'<?xml version="1.0"?><rdf:RDF/>')
    'rdfxml'
    """
    ending, begin = path.suffix.lower(), head[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    for name, pattern in _OTHERS.items():
        if pattern.match(begin):
            remedy = "Save it as Turtle, as Protégé offers"
            raise BrokenFile(f"this is {name}, which cannot be read", str(path), remedy=remedy)
    if _XML.match(begin):
        return "rdfxml"
    if ending not in ENDINGS:
        what = f"{ending or 'a name without an ending'} is not the ending of an RDF file"
        raise BrokenFile(what, str(path), remedy=f"Name it with one of {', '.join(ENDINGS)}")
    if ENDINGS[ending] == "rdfxml":
        return "jsonld" if begin.startswith((b"{", b"[")) else "turtle"
    return ENDINGS[ending]


def head_of(path: Path) -> bytes:
    """The first bytes of a file; raises BrokenFile if it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(_HEAD)
    except OSError as error:
        raise BrokenFile(f"the file cannot be read ({error.strerror})", str(path)) from None
