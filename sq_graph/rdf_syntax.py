"""Which syntax a file is written in: by its ending, and by its first characters where they show
it.
"""

import re
from pathlib import Path

import pyoxigraph as ox

from sq_graph.errors import BrokenFile

_FORMATS = ("TURTLE", "N_TRIPLES", "N_QUADS", "TRIG", "RDF_XML", "JSON_LD")
FORMATS = {name.replace("_", "").lower(): getattr(ox.RdfFormat, name) for name in _FORMATS}
"""The syntaxes that the engine reads and writes, each with its own name of it."""
ENDINGS = {
    **dict.fromkeys((".ttl", ".n3"), "turtle"),
    **{".nt": "ntriples", ".nq": "nquads", ".trig": "trig"},
    **dict.fromkeys((".rdf", ".owl", ".xml", ".rdfxml"), "rdfxml"),
    **dict.fromkeys((".jsonld", ".json"), "jsonld"),
}
"""The endings of RDF files, each with the syntax that it stands for."""
OWL_SYNTAXES = {
    "functional": "OWL functional syntax",
    "manchester": "Manchester syntax",
    "owlxml": "OWL/XML",
}
"""The syntaxes of ontologies that only the OWL API reads, by the names that `fmt --from` takes."""
OTHER_ENDINGS = (
    ".owl",
    ".rdf",
    ".rdfxml",
    ".xml",
    ".jsonld",
    ".nt",
    ".ofn",
    ".omn",
    ".owx",
    ".obo",
)
"""The endings of files that an ontology editor may leave beside a Turtle file."""
_NAMES = {"rdfxml": "RDF/XML", "jsonld": "JSON-LD", **OWL_SYNTAXES}
_HEAD = 4096
_PROLOGUE = r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*|<!DOCTYPE.*?\]?>\s*)*"
_SIGNS = {
    "owlxml": re.compile(rf"{_PROLOGUE}<Ontology\b".encode(), re.S),
    "rdfxml": re.compile(rb"\s*(?:<\?xml\b|<!DOCTYPE|<rdf:RDF\b)", re.I),
    "jsonld": re.compile(rb'\s*[{\[]\s*[{"]'),
    "functional": re.compile(rb"\s*(?:Prefix|Ontology)\s*\("),
    "manchester": re.compile(rb"\s*(?:Prefix|Ontology|Class|Individual)\s*:\s"),
}


def recognise_syntax(content: bytes) -> str:
    """The syntax that the first characters show, other than Turtle and its kin; '' where they show
    none.

    >>> recognise_syntax(b"Prefix(:=<https://example.org/>) Ontology()")
    'functional'
    """
    head = content[:_HEAD].removeprefix(b"\xef\xbb\xbf")
    return next((name for name, sign in _SIGNS.items() if sign.match(head)), "")


def not_turtle(content: bytes, where: str) -> BrokenFile | None:
    """The error for a Turtle file that holds another syntax; None where the content shows no other.

    >>> print(not_turtle(b"<?xml version='1.0'?><rdf:RDF/>", "core.ttl"))
    core.ttl: this is RDF/XML, not Turtle. Run sq-graph fmt --from rdfxml core.ttl.
    """
    if not (syntax := recognise_syntax(content)):
        return None
    remedy = f"Run sq-graph fmt --from {syntax} {where}".rstrip()
    return BrokenFile(f"this is {_NAMES[syntax]}, not Turtle", where, remedy=remedy)


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
    ending, found = path.suffix.lower(), recognise_syntax(head)
    if found in OWL_SYNTAXES:
        remedy = "Save it as Turtle, as Protégé offers"
        raise BrokenFile(f"this is {_NAMES[found]}, which cannot be read", str(path), remedy=remedy)
    if found == "rdfxml":
        return found
    if ending not in ENDINGS:
        what = f"{ending or 'a name without an ending'} is not the ending of an RDF file"
        raise BrokenFile(what, str(path), remedy=f"Name it with one of {', '.join(ENDINGS)}")
    return (found or "turtle") if ENDINGS[ending] == "rdfxml" else ENDINGS[ending]


def head_of(path: Path) -> bytes:
    """The first bytes of a file; raises BrokenFile if it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(_HEAD)
    except OSError as error:
        raise BrokenFile(f"the file cannot be read ({error.strerror})", str(path)) from None
