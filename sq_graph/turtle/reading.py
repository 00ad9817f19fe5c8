"""Reading Turtle strictly: every literal as it is written, every fault with its line and in one sentence.

rdflib's own reader turns `01` into `1` and lets spaces in IRIs pass; what rewrites people's master files may do
neither. The grammar is that of Turtle 1.1, https://www.w3.org/TR/turtle/.
"""

from __future__ import annotations

import re
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

    def line_of(self, subject: str) -> int | None:
        """The first line that says something of a subject (a term), or None."""
        return min((line for triple, line in self.triples.items() if triple[0] == subject), default=None)


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
        self.at = 0
        self.base = ""
        self.depth = 0
        self.unnamed = 0
        self.found = Document()
        self.names: dict[str, str] = {}

    def document(self) -> Document:
        while self._kind() != "end":
            if not self._directive():
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
            raise BrokenFile(*_unreadable(text, position), where=self.where, line=line)
        return [*tokens, _Token("end", "", line)]

    def _kind(self) -> str:
        return self.tokens[self.at].kind

    def _take(self) -> _Token:
        token = self.tokens[self.at]
        self.at += token.kind != "end"
        return token

    def _mark(self, mark: str) -> bool:
        """Whether the mark stands here; steps over it if so."""
        token = self.tokens[self.at]
        if token.kind != "mark" or token.text != mark:
            return False
        self.at += 1
        return True

    def _fail(self, what: str, remedy: str = "", token: _Token | None = None) -> BrokenFile:
        return BrokenFile(what, self.where, (token or self.tokens[self.at]).line, remedy=remedy)

    def _unexpected(self, wanted: str, remedy: str = "") -> BrokenFile:
        token = self.tokens[self.at]
        if token.kind == "end":
            return self._fail("the file ends in the middle of a statement", "Finish it with a full stop")
        return self._fail(f"{_shown(token.text)} stands where {wanted} is expected", remedy)

    def _dot(self) -> None:
        if not self._mark("."):
            remedy = "Look for a missing full stop, semicolon or comma before it"
            raise self._unexpected("the end of the statement", remedy)

    # ---- grammar

    def _directive(self) -> bool:
        token = self.tokens[self.at]
        word = token.text.lower().lstrip("@")
        if word not in ("prefix", "base") or token.kind not in ("at", "word"):
            return False
        self.at += 1
        if word == "prefix":
            name = self._take()
            if name.kind != "name" or not name.text.endswith(":") or self._kind() != "iri":
                raise self._fail("a prefix is declared wrongly", "Write @prefix name: <https://…> .", name)
            self.found.prefixes[name.text[:-1]] = self._iri(self._take())[1:-1]
            self.names.clear()
        elif self._kind() != "iri":
            raise self._unexpected("the IRI of @base")
        else:
            self.base = self._iri(self._take())[1:-1].partition("#")[0]
        if token.kind == "at":
            self._dot()
        return True

    def _statement(self) -> None:
        opening = self.tokens[self.at]
        if opening.kind in ("iri", "name", "blank") or opening.text == "(":
            subject = self._term("a subject")
        elif opening.text == "[":
            subject = self._brackets()
            if self._mark("."):
                return
        else:
            raise self._unexpected("a subject")
        self._predicates(subject)
        self._dot()

    def _predicates(self, subject: str) -> None:
        while True:
            token = self.tokens[self.at]
            if token.kind == "word" and token.text == "a":
                self.at += 1
                predicate = TYPE
            elif token.kind in ("iri", "name"):
                predicate = self._term("a property")
            else:
                raise self._unexpected("a property")
            while True:
                line = self.tokens[self.at].line
                self.found.triples.setdefault((subject, predicate, self._term("a value")), line)
                if not self._mark(","):
                    break
            if not self._mark(";"):
                return
            while self._mark(";"):
                pass
            if self._kind() in ("mark", "end"):
                return

    def _term(self, wanted: str) -> str:
        token = self.tokens[self.at]
        if token.text == "[" and token.kind == "mark":
            return self._brackets()
        if self._mark("("):
            return self._list()
        if token.kind in ("short", "long"):
            return self._text()
        if token.kind == "word" and token.text in ("true", "false"):
            self.at += 1
            return literal(token.text, f"<{XSD}boolean>")
        if token.kind in ("mark", "word", "at", "end"):
            raise self._unexpected(wanted)
        self.at += 1
        if token.kind == "iri":
            return self._iri(token)
        if token.kind == "name":
            return self._name(token)
        if token.kind == "blank":
            return f"_:n{token.text[2:]}"
        return literal(token.text, f"<{XSD}{token.kind}>")

    def _brackets(self) -> str:
        self._deeper()
        self.at += 1
        node = self._unnamed()
        if not self._mark("]"):
            self._predicates(node)
            if not self._mark("]"):
                raise self._unexpected("a closing bracket ]")
        self.depth -= 1
        return node

    def _list(self) -> str:
        self._deeper()
        items = []
        while not self._mark(")"):
            items.append((self.tokens[self.at].line, self._term("an item of the list or its end )")))
        self.depth -= 1
        cells = [self._unnamed() for _ in items]
        for (line, item), cell, rest in zip(items, cells, [*cells[1:], NIL], strict=False):
            self.found.triples[cell, FIRST, item] = line
            self.found.triples[cell, REST, rest] = line
        return cells[0] if cells else NIL

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self._fail(f"brackets stand in one another more than {_DEEPEST} deep", "Name the inner nodes")

    def _unnamed(self) -> str:
        self.unnamed += 1
        return f"_:a{self.unnamed}"

    def _iri(self, token: _Token) -> str:
        try:
            return iri(self._resolved(unescape(token.text[1:-1])))
        except ValueError:
            raise self._fail(f"{token.text} holds an escape that means nothing", token=token) from None
        except InputError as error:
            raise self._fail(error.what, error.remedy, token) from None

    def _resolved(self, address: str) -> str:
        if not self.base or SCHEME.match(address):
            return address
        whole = urljoin(self.base, address)
        return f"{whole}#" if address.endswith("#") and not whole.endswith("#") else whole

    def _name(self, token: _Token) -> str:
        if token.text in self.names:
            return self.names[token.text]
        prefix, _, local = token.text.partition(":")
        if prefix not in self.found.prefixes:
            remedy = f"Declare it above with @prefix {prefix}: <https://…> ."
            raise self._fail(f"the prefix {prefix}: is not declared", remedy, token)
        plain = re.sub(r"\\(.)", r"\1", local)
        return self.names.setdefault(token.text, f"<{self.found.prefixes[prefix]}{plain}>")

    def _text(self) -> str:
        token = self._take()
        quotes = 3 if token.kind == "long" else 1
        try:
            text = unescape(token.text[quotes:-quotes])
            text.encode("utf-8")
        except ValueError as error:
            what = f"the text that begins here holds {error.args[0]!s:.12}, which stands for no character"
            raise self._fail(what, "Write \\\\ for a backslash", token) from None
        if self._mark("^^"):
            if self._kind() not in ("iri", "name"):
                raise self._unexpected("a datatype")
            return literal(text, self._term("a datatype"))
        if self._kind() == "at":
            return literal(text, language=self._take().text[1:])
        return literal(text)


def _shown(text: str) -> str:
    short = text if len(text) <= 40 else text[:37] + "…"
    return f"'{short}'".replace("\n", " ")


def _unreadable(text: str, position: int) -> tuple[str]:
    character = text[position]
    if character in "\"'":
        return ("the text that begins here has no closing quotation mark on its line (or holds a wrong escape)",)
    if character == "<":
        return ("the IRI that begins here has no end, or holds a space",)
    return (f"the character {character!r} cannot stand here",)
