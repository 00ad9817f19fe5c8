"""The syntax of a file, by its ending and its first characters."""

import re
from pathlib import Path

import pyoxigraph as ox

from sq_graph.errors import BrokenFile

_FORMATS = ("TURTLE", "N_TRIPLES", "N_QUADS", "TRIG", "RDF_XML", "JSON_LD")
FORMATS = {name.replace("_", "").lower(): getattr(ox.RdfFormat, name) for name in _FORMATS}
"""The syntaxes that the engine reads and writes, each with the engine's format."""
ENDINGS = {
    **dict.fromkeys((".ttl", ".n3"), "turtle"),
    **{".nt": "ntriples", ".nq": "nquads", ".trig": "trig"},
    **dict.fromkeys((".rdf", ".owl", ".xml", ".rdfxml"), "rdfxml"),
    **dict.fromkeys((".jsonld", ".json"), "jsonld"),
}
"""The endings of RDF files, each with its syntax."""
OWL_SYNTAXES = {
    "functional": "OWL functional syntax",
    "manchester": "Manchester syntax",
    "owlxml": "OWL/XML",
}
"""The ontology syntaxes that only the OWL API reads, by their names in `fmt --from`."""
OWL_ENDINGS = (".owl", ".rdf", ".rdfxml", ".xml", ".jsonld", ".nt", ".ofn", ".omn", ".owx", ".obo")
"""The endings of files that an ontology editor may leave beside a Turtle file."""
_NAMES = {"rdfxml": "RDF/XML", "jsonld": "JSON-LD", **OWL_SYNTAXES}
_HEAD_LENGTH = 4096
_PROLOGUE = r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*|<!DOCTYPE.*?\]?>\s*)*"
_PATTERNS = {
    "owlxml": re.compile(rf"{_PROLOGUE}<Ontology\b".encode(), re.S),
    "rdfxml": re.compile(rb"\s*(?:<\?xml\b|<!DOCTYPE|<rdf:RDF\b)", re.I),
    "jsonld": re.compile(rb'\s*[{\[]\s*[{"]'),
    "functional": re.compile(rb"\s*(?:Prefix|Ontology)\s*\("),
    "manchester": re.compile(rb"\s*(?:Prefix|Ontology|Class|Individual)\s*:\s"),
}


def recognise_syntax(content: bytes) -> str:
    """The syntax by the first characters, if it is not Turtle or one of its relatives, else ''.

    >>> recognise_syntax(b"Prefix(:=<https://example.org/>) Ontology()")
    'functional'
    """
    head = content[:_HEAD_LENGTH].removeprefix(b"\xef\xbb\xbf")
    return next((name for name, pattern in _PATTERNS.items() if pattern.match(head)), "")


def not_turtle(content: bytes, where: str) -> BrokenFile | None:
    """The error for a Turtle file in another syntax; None if its content shows no other.

    >>> print(not_turtle(b"<?xml version='1.0'?><rdf:RDF/>", "core.ttl"))
    core.ttl: this is RDF/XML, not Turtle. Run sq-graph fmt --from rdfxml core.ttl.
    """
    if not (syntax := recognise_syntax(content)):
        return None
    remedy = f"Run sq-graph fmt --from {syntax} {where}".rstrip()
    return BrokenFile(f"this is {_NAMES[syntax]}, not Turtle", where, remedy=remedy)


def rdf_syntax(path: Path, head: bytes) -> str:
    """The syntax of an RDF file, by its name in `engine.TRIPLES`.

    Parameters:
        path: the file, for its ending.
        head: its first few thousand bytes.

    Raises:
        BrokenFile: the ending is unknown, or the content is in a syntax that cannot be read.

    >>> rdf_syntax(Path("a.owl"), b"@prefix a: <a:> .")
    'turtle'
    >>> rdf_syntax(Path("a.ttl"), b'<?xml version="1.0"?><rdf:RDF/>')
    'rdfxml'
    """
    ending, syntax = path.suffix.lower(), recognise_syntax(head)
    if syntax in OWL_SYNTAXES:
        problem = f"this is {_NAMES[syntax]}, which cannot be read"
        raise BrokenFile(problem, str(path), remedy="Save it as Turtle, as Protégé offers")
    if syntax == "rdfxml":
        return syntax
    if ending not in ENDINGS:
        problem = f"{ending or 'a name without an ending'} is not the ending of an RDF file"
        raise BrokenFile(problem, str(path), remedy=f"Name it with one of {', '.join(ENDINGS)}")
    return (syntax or "turtle") if ENDINGS[ending] == "rdfxml" else ENDINGS[ending]


def head_of(path: Path) -> bytes:
    """The first bytes of a file; raises BrokenFile if it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(_HEAD_LENGTH)
    except OSError as error:
        problem = f"the file cannot be read ({error.strerror})"
        raise BrokenFile(problem, str(path), remedy="Check its path and permissions") from None
