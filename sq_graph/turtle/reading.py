"""Reading Turtle strictly: every literal as it is written, every fault with its line and in one sentence.

rdflib's own reader turns `01` into `1` and lets spaces in IRIs pass; what rewrites people's master files may do
neither. The grammar is that of Turtle 1.1, https://www.w3.org/TR/turtle/.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urljoin

from sq_graph.errors import BrokenFile, InputError
from sq_graph.resources import decoded
from sq_graph.turtle.terms import FIRST, NIL, REST, SCHEME, TYPE, Triple, iri, literal, unescape
from sq_graph.vocab import XSD

_TOKEN = re.compile(
    r"""(?: [ \t\r\n]++ | \#[^\n\r]*+ )*+ (?:
      (?P<long> \"\"\"(?: [^"\\]++ | \\. | "(?!"") )*+\"\"\" | \'\'\'(?: [^'\\]++ | \\. | '(?!'') )*+\'\'\' )
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
    | (?P<boolean> (?: true | false )(?![A-Za-z]) )
    | (?P<word> [A-Za-z]++ )
    | (?P<mark> \^\^ | [.;,()\[\]] )
    | (?P<unreadable> . )
    | (?P<end> \Z ) )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)")
_QUOTES = "the text that begins here has no closing quotation mark on its line, or a wrong escape before it"
_UNREADABLE = {
    '"': _QUOTES,
    "'": _QUOTES,
    "<": "the IRI that begins here has no end, or holds a space",
}


@dataclass(frozen=True)
class Document:
    """What a Turtle text says: each triple with the line on which its object begins, and the prefixes of the file."""

    triples: dict[Triple, int] = field(default_factory=dict)
    prefixes: dict[str, str] = field(default_factory=dict)


def read(text: str | bytes, where: str = "") -> Document:
    """The triples of a Turtle text, each with its line; raises BrokenFile with the line in the file `where`.

    >>> list(read("@prefix x: <https://example.org/> . x:a x:b 01 .").triples)[0][2]
    '"01"^^<http://www.w3.org/2001/XMLSchema#integer>'
    >>> read("<https://example.org/a> a <b> .", "notes.ttl")
    Traceback (most recent call last):
    sq_graph.errors.BrokenFile: notes.ttl:1: the IRI <b> is not complete. Write it in full, with https:// before it.
    """
    reader = _Reader(
        decoded(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text, where)
    )
    try:
        reader.step()
        while reader.kind != "end":
            reader.statement()
    except InputError as error:
        raise BrokenFile(error.what, where, reader.line, error.remedy) from None
    except RecursionError:
        raise BrokenFile(
            "too many brackets stand in one another", where, reader.line, "Name the inner nodes"
        ) from None
    return reader.found


class _Reader:
    """One pass over a text: `kind` and `token` are what is to be read next, and `line` is where it begins."""

    def __init__(self, source: str) -> None:
        self.source, self.base, self.kind, self.token = source, "", "", ""
        self.line, self.start, self.stop = 1, 0, 0
        self.unnamed = (f"_:a{number}" for number in count(1))
        self.found = Document()

    def step(self, value: str = "") -> str:
        """Steps to the next token; gives back the value of the one before."""
        found = _TOKEN.match(self.source, self.stop)
        assert found and found.lastgroup  # some group matches everywhere
        self.kind, self.token = found.lastgroup, found[found.lastgroup]
        self.line += self.source.count("\n", self.start, found.start(self.kind))
        self.start, self.stop = found.span(self.kind)
        if self.kind == "unreadable":
            raise InputError(
                _UNREADABLE.get(self.token, f"the character {self.token!r} cannot stand here")
            )
        return value

    def _mark(self, mark: str) -> bool:
        """Whether the mark stands here; steps over it if so."""
        found = self.kind == "mark" and self.token == mark
        if found:
            self.step()
        return found

    def _expect(self, fits: bool, wanted: str, remedy: str = "") -> None:
        if fits:
            return
        if self.kind == "end":
            raise InputError(
                "the file ends in the middle of a statement", remedy="Finish it with a full stop"
            )
        raise InputError(
            f"'{' '.join(self.token[:40].split())}' stands where {wanted} is expected",
            remedy=remedy,
        )

    def statement(self) -> None:
        """Reads a statement or directive."""
        word, is_bracket = self.token.lower().lstrip("@"), self.token == "["
        if self.kind in ("at", "word") and word in ("prefix", "base"):
            return self._directive(word, self.kind == "at")
        self._expect(
            is_bracket or self.token == "(" or self.kind in ("iri", "name", "blank"), "a subject"
        )
        subject = self._term("a subject")
        if not is_bracket or not self._mark("."):
            self._predicates(subject)
            remedy = "Look for a missing full stop, semicolon or comma before it"
            self._expect(self._mark("."), "the end of the statement", remedy)
        return None

    def _directive(self, word: str, ends_in_full_stop: bool) -> None:
        self.step()
        if word == "prefix":
            fits = self.kind == "name" and self.token.endswith(":")
            self._expect(fits, "a prefix with its colon", "Write @prefix name: <https://…> .")
        prefix = self.step(self.token) if word == "prefix" else ""
        self._expect(self.kind == "iri", "an IRI")
        address = self.step(self._iri())[1:-1]
        if prefix:
            self.found.prefixes[prefix[:-1]] = address
        else:
            self.base = address.partition("#")[0]
        self._expect(not ends_in_full_stop or self._mark("."), "a full stop")

    def _predicates(self, subject: str) -> None:
        again = True
        while again:
            self._expect(self.token == "a" or self.kind in ("iri", "name"), "a property")
            predicate = self.step(TYPE) if self.token == "a" else self._term("a property")
            another = True
            while another:
                line = self.line
                self.found.triples.setdefault((subject, predicate, self._term("a value")), line)
                another = self._mark(",")
            again = False
            while self._mark(";"):
                again = self.kind not in ("mark", "end")

    def _term(self, wanted: str) -> str:
        if self.kind == "mark" and self.token in "[(":
            return self._nested()
        self._expect(self.kind not in ("mark", "at", "word", "end"), wanted)
        if self.kind in ("short", "long"):
            return self._text()
        if self.kind == "blank":
            return self.step(f"_:n{self.token[2:]}")
        if self.kind in ("iri", "name"):
            return self.step(self._iri() if self.kind == "iri" else self._name())
        return self.step(literal(self.token, f"<{XSD}{self.kind}>"))

    def _nested(self) -> str:
        """A list in parentheses, or a node in brackets."""
        opening, items, cells = self.step(self.token), [], [next(self.unnamed)]
        if opening == "(":
            while not self._mark(")"):
                items.append((self.line, self._term("an item of the list or its end )")))
            cells = [*(next(self.unnamed) for _ in items), NIL]
        elif not self._mark("]"):
            self._predicates(cells[0])
            self._expect(self._mark("]"), "a closing bracket ]")
        for (line, item), cell, rest in zip(items, cells, cells[1:], strict=False):
            self.found.triples.update({(cell, FIRST, item): line, (cell, REST, rest): line})
        return cells[0]

    def _iri(self) -> str:
        address = unescape(self.token[1:-1])
        if self.base and not SCHEME.match(address):
            end = "#" * address.endswith("#")  # which urljoin drops
            address = urljoin(self.base, address).removesuffix(end) + end
        return iri(address)

    def _name(self) -> str:
        prefix, _, local = self.token.partition(":")
        if prefix not in self.found.prefixes:
            remedy = f"Declare it above with @prefix {prefix}: <https://…> ."
            raise InputError(f"the prefix {prefix}: is not declared", remedy=remedy)
        return f"<{self.found.prefixes[prefix]}{_ESCAPED.sub(lambda found: found[1], local)}>"

    def _text(self) -> str:
        quotes = 3 if self.kind == "long" else 1
        text = self.step(unescape(self.token[quotes:-quotes]))
        if self.kind == "at":
            return self.step(literal(text, language=self.token[1:]))
        if not self._mark("^^"):
            return literal(text)
        self._expect(self.kind in ("iri", "name"), "a datatype")
        return literal(text, self._term("a datatype"))
