"""Reading Turtle strictly: every literal as it is written, every fault with its line and in one sentence.

rdflib's own reader turns `01` into `1` and lets spaces in IRIs pass; what rewrites people's master files may do
neither. The grammar is that of Turtle 1.1, https://www.w3.org/TR/turtle/.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urljoin

from sq_graph.errors import BrokenFile, InputError
from sq_graph.turtle.terms import FIRST, NIL, REST, SCHEME, TYPE, Triple, iri, literal, unescape
from sq_graph.vocab import XSD

_DEEPEST = 100
_TOKEN = re.compile(
    r"""
      (?P<space> (?: [ \t\r\n]++ | \#[^\n\r]*+ )++ )
    | (?P<long> \"\"\"(?: [^"\\]++ | \\. | "(?!"") )*+\"\"\" | \'\'\'(?: [^'\\]++ | \\. | '(?!'') )*+\'\'\' )
    | (?P<short> "(?!"")(?: [^"\\\n\r]++ | \\. )*+" | '(?!'')(?: [^'\\\n\r]++ | \\. )*+' )
    | (?P<iri> <[^<>"\s]*+> )
    | (?P<blank> _:\w(?: [\w·-]++ | \.++(?=[\w·-]) )*+ )
    | (?P<double> [+-]?(?: [0-9]++\.[0-9]*+ | \.[0-9]++ | [0-9]++ )[eE][+-]?[0-9]++ )
    | (?P<decimal> [+-]?[0-9]*+\.[0-9]++ )
    | (?P<name> (?: [^\W\d_](?: [\w·-]++ | \.++(?=[\w·-]) )*+ )?:
        (?: (?: [\w:] | %[0-9A-Fa-f]{2} | \\[_~.!$&'()*+,;=/?\#@%-] )
            (?: [\w:·-]++ | %[0-9A-Fa-f]{2} | \\[_~.!$&'()*+,;=/?\#@%-] | \.++(?=[\w:·%\\-]) )*+ )? )
    | (?P<integer> [+-]?[0-9]++ )
    | (?P<at> @[A-Za-z]++(?: -[A-Za-z0-9]++ )*+ )
    | (?P<word> [A-Za-z]++ )
    | (?P<mark> \^\^ | [.;,()\[\]] )
    """,
    re.VERBOSE | re.DOTALL,
)


_QUOTES = "the text that begins here has no closing quotation mark on its line, or a wrong escape before it"
_UNREADABLE = {'"': _QUOTES, "'": _QUOTES, "<": "the IRI that begins here has no end, or holds a space"}


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


@dataclass(frozen=True)
class Document:
    """What a Turtle text says.

    `triples` maps each triple to the line on which its object begins; `prefixes` are the file's own.
    """

    triples: dict[Triple, int] = field(default_factory=dict)
    prefixes: dict[str, str] = field(default_factory=dict)


def read(text: str | bytes, where: str = "") -> Document:
    """The triples of a Turtle text, each with its line; `where` names the file in errors.

    Raises BrokenFile with file and line.

    >>> list(read("@prefix x: <https://example.org/> . x:a x:b 01 .").triples)[0][2]
    '"01"^^<http://www.w3.org/2001/XMLSchema#integer>'
    >>> read("<https://example.org/a> a <b> .", "notes.ttl")
    Traceback (most recent call last):
    sq_graph.errors.BrokenFile: notes.ttl:1: the IRI <b> is not complete. Write it in full, with https:// before it.
    """
    return _Reader(_decoded(text, where), where).document()


def _decoded(text: str | bytes, where: str) -> str:
    if isinstance(text, str):
        return text.removeprefix("\ufeff")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise BrokenFile("the file is not written in UTF-8", where, line, remedy="Save it as UTF-8") from None


class _Reader:
    """One pass over the tokens of one text."""

    def __init__(self, text: str, where: str) -> None:
        self.where = where
        self.tokens = self._split(text)
        self.at = self.depth = self.unnamed = 0
        self.base = ""
        self.found = Document()
        self.names: dict[str, str] = {}

    def document(self) -> Document:
        while self.token.kind != "end":
            word = self.token.text.lower().lstrip("@")
            if self.token.kind in ("at", "word") and word in ("prefix", "base"):
                self._directive(word)
            else:
                self._statement()
        return self.found

    # ---- tokens

    def _split(self, text: str) -> list[_Token]:
        tokens, line, position = [], 1, 0
        while found := _TOKEN.match(text, position):
            kind, part, position = str(found.lastgroup), found[0], found.end()
            if kind != "space":
                tokens.append(_Token(kind, part, line))
            if kind in ("space", "long"):
                line += part.count("\n")
        if position < len(text):
            what = _UNREADABLE.get(text[position], f"the character {text[position]!r} cannot stand here")
            raise BrokenFile(what, self.where, line)
        return [*tokens, _Token("end", "", line)]

    @property
    def token(self) -> _Token:
        """The token that is to be read next."""
        return self.tokens[self.at]

    def _take(self) -> _Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def _mark(self, mark: str) -> bool:
        """Whether the mark stands here; steps over it if so."""
        found = self.token.kind == "mark" and self.token.text == mark
        self.at += found
        return found

    def _expect(self, mark: str, wanted: str, remedy: str = "") -> None:
        if not self._mark(mark):
            raise self._unexpected(wanted, remedy)

    def _fail(self, what: str, remedy: str = "", token: _Token | None = None) -> BrokenFile:
        return BrokenFile(what, self.where, (token or self.token).line, remedy=remedy)

    def _unexpected(self, wanted: str, remedy: str = "") -> BrokenFile:
        if self.token.kind == "end":
            return self._fail("the file ends in the middle of a statement", "Finish it with a full stop")
        text = " ".join(self.token.text[:40].split())
        return self._fail(f"'{text}' stands where {wanted} is expected", remedy)

    # ---- grammar

    def _directive(self, word: str) -> None:
        opening, name = self._take(), self.token
        if word == "prefix" and not (self._take().kind == "name" and name.text.endswith(":")):
            raise self._fail("a prefix is declared wrongly", "Write @prefix name: <https://…> .", name)
        if self.token.kind != "iri":
            raise self._unexpected("an IRI")
        address = self._iri(self._take())[1:-1]
        if word == "base":
            self.base = address.partition("#")[0]
        else:
            self.found.prefixes[name.text[:-1]] = address
            self.names.clear()
        if opening.kind == "at":
            self._expect(".", "a full stop")

    def _statement(self) -> None:
        bracket = self.token.text == "["
        if not bracket and self.token.kind not in ("iri", "name", "blank") and self.token.text != "(":
            raise self._unexpected("a subject")
        subject = self._term("a subject")
        if not bracket or not self._mark("."):
            self._predicates(subject)
            self._expect(".", "the end of the statement", "Look for a missing full stop, semicolon or comma before it")

    def _predicates(self, subject: str) -> None:
        while True:
            if self.token.text == "a":
                predicate, self.at = TYPE, self.at + 1
            elif self.token.kind in ("iri", "name"):
                predicate = self._term("a property")
            else:
                raise self._unexpected("a property")
            again = True
            while again:
                line = self.token.line
                self.found.triples.setdefault((subject, predicate, self._term("a value")), line)
                again = self._mark(",")
            if not self._mark(";"):
                return
            while self._mark(";"):
                pass
            if self.token.kind in ("mark", "end"):
                return

    def _term(self, wanted: str) -> str:
        token = self.token
        if token.kind == "mark" and token.text in "[(":
            return self._nested(self._brackets if token.text == "[" else self._list)
        if token.kind in ("mark", "at", "end") or (token.kind == "word" and token.text not in ("true", "false")):
            raise self._unexpected(wanted)
        self.at += 1
        if token.kind in ("short", "long"):
            return self._text(token)
        if token.kind == "iri":
            return self._iri(token)
        if token.kind == "name":
            return self._name(token)
        if token.kind == "blank":
            return f"_:n{token.text[2:]}"
        return literal(token.text, f"<{XSD}{'boolean' if token.kind == 'word' else token.kind}>")

    def _nested(self, read_inside: Callable[[], str]) -> str:
        self.at += 1
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self._fail(f"brackets stand in one another more than {_DEEPEST} deep", "Name the inner nodes")
        node = read_inside()
        self.depth -= 1
        return node

    def _brackets(self) -> str:
        node = self._unnamed()
        if not self._mark("]"):
            self._predicates(node)
            self._expect("]", "a closing bracket ]")
        return node

    def _list(self) -> str:
        items = []
        while not self._mark(")"):
            items.append((self.token.line, self._term("an item of the list or its end )")))
        cells = [self._unnamed() for _ in items]
        for (line, item), cell, rest in zip(items, cells, [*cells[1:], NIL], strict=False):
            self.found.triples[cell, FIRST, item] = line
            self.found.triples[cell, REST, rest] = line
        return cells[0] if cells else NIL

    def _unnamed(self) -> str:
        self.unnamed += 1
        return f"_:a{self.unnamed}"

    def _iri(self, token: _Token) -> str:
        try:
            address = unescape(token.text[1:-1])
            if self.base and not SCHEME.match(address):
                end = "#" * address.endswith("#")  # which urljoin drops
                address = urljoin(self.base, address).removesuffix(end) + end
            return iri(address)
        except ValueError:
            raise self._fail(f"{token.text} holds an escape that means nothing", token=token) from None
        except InputError as error:
            raise self._fail(error.what, error.remedy, token) from None

    def _name(self, token: _Token) -> str:
        if token.text not in self.names:
            prefix, _, local = token.text.partition(":")
            if prefix not in self.found.prefixes:
                remedy = f"Declare it above with @prefix {prefix}: <https://…> ."
                raise self._fail(f"the prefix {prefix}: is not declared", remedy, token)
            plain = re.sub(r"\\(.)", r"\1", local)
            self.names[token.text] = f"<{self.found.prefixes[prefix]}{plain}>"
        return self.names[token.text]

    def _text(self, token: _Token) -> str:
        quotes = 3 if token.kind == "long" else 1
        try:
            text = unescape(token.text[quotes:-quotes])
            text.encode("utf-8")
        except ValueError as error:
            what = f"the text that begins here holds {error.args[0]!s:.12}, which stands for no character"
            raise self._fail(what, "Write \\\\ for a backslash", token) from None
        if self.token.kind == "at":
            return literal(text, language=self._take().text[1:])
        if not self._mark("^^"):
            return literal(text)
        if self.token.kind not in ("iri", "name"):
            raise self._unexpected("a datatype")
        return literal(text, self._term("a datatype"))
