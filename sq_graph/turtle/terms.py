"""Terms as plain strings in N-Triples notation: fast to hash and to sort, and never rewritten.

`<https://…>` is an IRI, `_:x` a blank node, `"text"`, `"text"@en-GB` and `"01"^^<…#integer>` are
literals. Two terms are the same if their strings are: a literal keeps its form in the file, which
rdflib and the store would rewrite.
"""

import re

from sq_graph.errors import InputError
from sq_graph.vocab import expand

TextTriple = tuple[str, str, str]

_CHARS = dict(zip("tbnrf\"'\\", "\t\b\n\r\f\"'\\", strict=True))
_ESCAPES = {char: f"\\{letter}" for letter, char in _CHARS.items()}
_SPECIAL = re.compile(r'[\x00-\x1f"\\\x7f]')
_ESCAPED = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.?))", re.DOTALL)
_NOT_IN_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]|%(?![0-9A-Fa-f]{2})|#[^#]*#')
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def iri_terms(names: str) -> list[str]:
    """The terms of IRIs in short form.

    >>> iri_terms("rdf:type sq:Work")
    ['<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>', '<https://w3id.org/sq-graph/core#Work>']
    """
    return [f"<{expand(name)}>" for name in names.split()]


TYPE, FIRST, REST, NIL, LABEL = iri_terms("rdf:type rdf:first rdf:rest rdf:nil rdfs:label")
ONTOLOGY, IMPORTS, STRING = iri_terms("owl:Ontology owl:imports xsd:string")


def ontology_header(ontology: str, title: str, licence: str, *imports: str) -> set[TextTriple]:
    """The header of an ontology: its title, its licence, and the ontologies that it imports.

    >>> sorted(o for _, _, o in ontology_header("e:a", "A", "e:cc0"))
    ['"A"@en', '<e:cc0>', '<http://www.w3.org/2002/07/owl#Ontology>']
    """
    label, (license_term,) = literal(title, language="en"), iri_terms("dcterms:license")
    pairs = [(TYPE, ONTOLOGY), (LABEL, label), (license_term, iri(licence))]
    pairs += [(IMPORTS, f"<{imported}>") for imported in imports]
    return {(f"<{ontology}>", *pair) for pair in pairs}


def is_blank(term: str) -> bool:
    """Whether the term is a blank node."""
    return term[0] == "_"


def is_iri(term: str) -> bool:
    """Whether the term is an IRI."""
    return term[0] == "<"


def iri(address: str) -> str:
    """The term of an IRI; raises InputError for one that is not absolute or not valid."""
    if not SCHEME.match(address):
        remedy = "Write it in full, with https:// before it"
        raise InputError(f"the IRI <{address}> is not complete", remedy=remedy)
    if _NOT_IN_IRI.search(address):
        message = f"the IRI {address!r} holds a character that no IRI may hold"
        raise InputError(message, remedy="Write a space as %20, and other such characters likewise")
    return f"<{address}>"


def literal(text: str, datatype: str = "", language: str = "") -> str:
    """The term of a literal; `datatype` is a term too, by default `xsd:string`.

    >>> literal("trust", STRING), literal("colour", language="en-GB")
    ('"trust"', '"colour"@en-GB')
    """
    escaped = _SPECIAL.sub(lambda match: _ESCAPES.get(match[0]) or f"\\u{ord(match[0]):04X}", text)
    suffix = f"@{language}" if language else f"^^{datatype}" if datatype not in ("", STRING) else ""
    return f'"{escaped}"{suffix}'


def literal_parts(term: str) -> tuple[str, str, str]:
    r"""The text, the datatype (a term) and the language of a literal.

    >>> literal_parts('"two\\nlines"@en')
    ('two\nlines', '', 'en')
    """
    end = term.rindex('"')
    text, suffix = unescape(term[1:end]), term[end + 1 :]
    return text, suffix[2:] if suffix[:1] == "^" else "", suffix[1:] if suffix[:1] == "@" else ""


def unescape(text: str) -> str:
    """The text without escapes; raises InputError for an invalid escape."""
    return _ESCAPED.sub(_unescape, text) if "\\" in text else text


def _unescape(match: re.Match[str]) -> str:
    digits = match[1] or match[2]
    code = int(digits, 16) if digits else ord(_CHARS.get(match[3], "\ud800"))
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        message = f"the escape {match[0]} is not a character"
        raise InputError(message, remedy="Write \\\\ for a backslash")
    return chr(code)
