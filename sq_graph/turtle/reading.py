"""Reading Turtle with the engine's parser: every literal as it is written, every fault with line
and column.

The parser keeps `01`, `1.50` and `+5`, but converts language tags to lower case; their case is
restored from the text, because a file keeps what its author wrote.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from sq_graph.errors import BrokenFile, InputError
from sq_graph.rdf_syntax import FORMATS, OWL_SYNTAXES, not_turtle
from sq_graph.resources import decode_text
from sq_graph.turtle.terms import TextTriple, literal

_HAS_CAPITAL_TAG = re.compile(r"@[A-Za-z0-9-]*[A-Z]")
_LEXEME = re.compile(
    r'''(?P<text>"""(?:[^"\\]|\\.|"(?!""))*+"""|\'\'\'(?:[^'\\]|\\.|'(?!''))*+\'\'\'
        |"(?:[^"\\\r\n]|\\.)*+"|'(?:[^'\\\r\n]|\\.)*+')
    |(?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<space>[ \t\r\n]+|\#[^\r\n]*)
    |(?P<other><[^>\s]*>|\\.|[^"'@\#<\\ \t\r\n]+|.)''',
    re.VERBOSE | re.DOTALL,
)
_LOCATION = re.compile(r"^Parser error at line [^:]*: ")
_REMEDIES = {
    "has not been declared": "Declare it above with @prefix name: <https://…> .",
    "No scheme found": "Write the IRI in full, with https:// before it",
    " dot": "Finish the statement before it with a full stop",
    "Unexpected end": "Finish the statement, and close its brackets and quotation marks",
    "Invalid IRI code point": "Write a space in an IRI as %20, and other such characters likewise",
    "Line jumps": "Close the text on its line, or put it into three quotation marks",
}


@dataclass(frozen=True)
class Document:
    """The content of a Turtle text: each triple with the line on which its object begins, and the
    prefixes of the file.
    """

    triples: dict[TextTriple, int] = field(default_factory=dict)
    prefixes: dict[str, str] = field(default_factory=dict)


def parse(text: str | bytes, where: str = "", form: str = "turtle") -> Document:
    """The triples of a text, each with its line; raises BrokenFile with the line in the file
    `where`.

    `form` names the syntax, one of `FORMATS`; raises InputError for any other.

    >>> list(parse("@prefix x: <https://example.org/> . x:a x:b 01 .").triples)[0][2]
    '"01"^^<http://www.w3.org/2001/XMLSchema#integer>'
    >>> parse("<https://example.org/a> a <b> .", "notes.ttl")
    Traceback (most recent call last):
    sq_graph.errors.BrokenFile: notes.ttl:1: invalid Turtle at column 27: No scheme found ...
    """
    if form not in FORMATS:
        remedy = f"Choose among {', '.join((*FORMATS, *OWL_SYNTAXES))}"
        raise InputError(f"{form!r} is not a syntax that can be read", remedy=remedy)
    content = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    source = decode_text(content, where)
    document, lines = Document(), _LineReader(source)
    tags = iter(()) if form in ("rdfxml", "jsonld") else _language_tags(source)
    try:
        parser = ox.parse(lines, format=FORMATS[form])  # type: ignore[arg-type]
        for quad in parser:
            triple = str(quad.subject), str(quad.predicate), _object_term(quad.object, tags)
            document.triples.setdefault(triple, lines.line_of(quad.object))
    except SyntaxError as error:
        raise _broken(error, source if form == "turtle" else "", where) from None
    document.prefixes.update(parser.prefixes)
    return document


class _LineReader:
    """A text that the parser reads line by line, so that the line of each triple is known."""

    def __init__(self, source: str) -> None:
        self.lines = source.encode().splitlines(keepends=True)
        self.number, self._remaining = 0, b""

    def read(self, size: int) -> bytes:
        """The next line, or as much of it as fits; b'' at the end."""
        if not self._remaining and self.number < len(self.lines):
            self._remaining = self.lines[self.number]
            self.number += 1
        part, self._remaining = self._remaining[:size], self._remaining[size:]
        return part

    def line_of(self, value: object) -> int:
        """The line on which a value begins that the parser has just returned."""
        line_breaks = value.value.count("\n") if isinstance(value, ox.Literal) else 0
        start = max(self.number - line_breaks, 1)
        opening = self.lines[start - 1]
        return start if b'"""' in opening or b"'''" in opening else self.number


def _language_tags(source: str) -> Iterator[str]:
    """The language tags as they are written, in the order of the text; none where all are in lower
    case.
    """
    if not _HAS_CAPITAL_TAG.search(source):
        return
    previous_kind = ""
    for lexeme in _LEXEME.finditer(source):
        kind = lexeme.lastgroup or ""
        if kind == "tag" and previous_kind == "text":
            yield lexeme[0][1:]
        if kind != "space":
            previous_kind = kind


def _object_term(value: object, tags: Iterator[str]) -> str:
    if isinstance(value, ox.Triple):
        raise SyntaxError("statements about statements of RDF 1.2 are not supported")
    if not isinstance(value, ox.Literal):
        return str(value)
    if value.language:
        return literal(value.value, language=next(tags, value.language))
    return literal(value.value, str(value.datatype))


def _broken(error: SyntaxError, source: str, where: str) -> BrokenFile:
    """The parser's error in one sentence, or the actual syntax of the file."""
    if other := not_turtle(source.encode(), where):
        return other
    name = "Turtle" if source else "syntax"
    reason = " ".join(_LOCATION.sub("", error.msg).split()).rstrip(".")
    column = f" at column {error.offset}" if error.offset else ""
    remedy = next((text for words, text in _REMEDIES.items() if words in error.msg), "")
    message = f"invalid {name}{column}: {reason[:200]}"
    return BrokenFile(message, where, error.lineno, remedy or "Fix that line")
