"""Terms as plain strings, in the notation of N-Triples: fast to hash and to sort, and never rewritten.

`<https://…>` is an IRI, `_:x` a blank node, `"text"`, `"text"@en-GB` and `"01"^^<…#integer>` are literals. Two
terms are the same if their strings are: a literal keeps the form in which its file has it, which rdflib and the
store would rewrite.
"""

from __future__ import annotations

import re

from sq_graph.errors import InputError
from sq_graph.vocab import OWL, RDF, RDFS, XSD

Triple = tuple[str, str, str]

TYPE, FIRST, REST, NIL = (f"<{RDF}{name}>" for name in ("type", "first", "rest", "nil"))
LABEL = f"<{RDFS}label>"
ONTOLOGY, IMPORTS = f"<{OWL}Ontology>", f"<{OWL}imports>"
STRING = f"<{XSD}string>"

_ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_LETTERS = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_SPECIAL = re.compile(r'[\x00-\x1f"\\\x7f]')
_ESCAPED = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.?))", re.DOTALL)
_NOT_IN_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]|%(?![0-9A-Fa-f]{2})|#[^#]*#')
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def is_blank(term: str) -> bool:
    """Whether the term is a blank node."""
    return term[0] == "_"


def is_iri(term: str) -> bool:
    """Whether the term is an IRI."""
    return term[0] == "<"


def iri(address: str) -> str:
    """The term of an IRI; raises InputError if it is not absolute or holds a character that no IRI may hold.

    >>> iri("https://w3id.org/sq-graph/core")
    '<https://w3id.org/sq-graph/core>'
    """
    if not SCHEME.match(address):
        raise InputError(f"the IRI <{address}> is not complete", remedy="Write it in full, with https:// before it")
    if _NOT_IN_IRI.search(address):
        remedy = "Write a space as %20, and other such characters likewise"
        raise InputError(f"the IRI {address!r} holds a character that no IRI may hold", remedy=remedy)
    return f"<{address}>"


def literal(text: str, datatype: str = "", language: str = "") -> str:
    """The term of a literal; `datatype` is a term too. A text without datatype and an `xsd:string` are the same.

    >>> literal("01", f"<{XSD}integer>"), literal("trust", STRING), literal("colour", language="en-GB")
    ('"01"^^<http://www.w3.org/2001/XMLSchema#integer>', '"trust"', '"colour"@en-GB')
    """
    quoted = f'"{_SPECIAL.sub(_escape, text)}"'
    if language:
        return f"{quoted}@{language}"
    return f"{quoted}^^{datatype}" if datatype and datatype != STRING else quoted


def parts(term: str) -> tuple[str, str, str]:
    r"""The text, the datatype (a term) and the language of a literal.

    >>> parts('"two\\nlines"@en')
    ('two\nlines', '', 'en')
    """
    end = term.rindex('"')
    text, tail = unescape(term[1:end]), term[end + 1 :]
    return text, tail[2:] if tail.startswith("^") else "", tail[1:] if tail.startswith("@") else ""


def unescape(text: str) -> str:
    r"""The text that escapes stand for; raises ValueError with an escape that stands for nothing.

    >>> unescape(r"caf\u00e9")
    'café'
    """
    return _ESCAPED.sub(_unescape, text) if "\\" in text else text


def _escape(found: re.Match[str]) -> str:
    return _ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04X}"


def _unescape(found: re.Match[str]) -> str:
    short, long, letter = found.groups()
    if letter is not None:
        if letter not in _LETTERS:
            raise ValueError(found[0])
        return _LETTERS[letter]
    number = int(short or long, 16)
    if number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
        raise ValueError(found[0])
    return chr(number)
