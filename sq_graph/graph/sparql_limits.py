"""What a SPARQL text from a stranger may ask for: its length, depth and width, and nothing from the
web; and how much time and memory a server gives to a query.

The engine behind the graph fetches `SERVICE` and `LOAD` addresses without a switch to stop it,
plans wide joins for seconds and ends its process when a text is nested thousands deep. So a text is
read here first, token by token, and refused with a sentence that names the limit. The reader is
stricter than the grammar where the engine is looser: it takes `trueSERVICE<x>` for `true SERVICE
<x>`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urljoin

from sq_graph.errors import BadQuery

MEGABYTE = 2**20
TIMEOUT = 10.0
"""Seconds from a query, or the request of a page, to its answer or refusal."""
MEMORY = 512 * MEGABYTE
"""Bytes that one query, or one page, may add to its process."""
RESULT_BYTES = 64 * MEGABYTE
"""Bytes of one answer."""


@dataclass(frozen=True)
class Limits:
    """How long, deep and wide a SPARQL text may be.

    `length` counts characters, `depth` open brackets and negations, `width` the patterns of one
    group (data blocks and templates are free), `operators` those of the whole text.
    """

    length: int = 100_000
    depth: int = 150
    width: int = 64
    operators: int = 1_000


class Token(NamedTuple):
    """One word of a SPARQL text: its kind (a group name of `_TOKEN`), its characters and where they
    begin.
    """

    kind: str
    text: str
    start: int


_TOKEN = re.compile(
    r'''(?P<space>[ \t\r\n]+|\#[^\r\n]*)
    |(?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    |(?P<string>"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^'\\]|\\.|'(?!''))*\'\'\'
        |"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*')
    |(?P<variable>[?$]\w+)
    |(?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<blank>_:\w(?:[\w.-]*[\w-])?)
    |(?P<name>(?:[^\W\d_](?:[\w.-]*[\w-])?)?:
        (?:(?:[\w:]|%[0-9A-Fa-f]{2}|\\.)(?:(?:[\w:.-]|%[0-9A-Fa-f]{2}|\\.)*(?:[\w:-]|%[0-9A-Fa-f]{2}|\\.))?)?)
    |(?P<word>[^\W\d_]\w*)
    |(?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<mark>&&|\|\||\^\^|.)''',
    re.VERBOSE | re.DOTALL,
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z\d+.-]*:")
_OPERANDS = frozenset({"iri", "string", "variable", "tag", "blank", "name", "word", "number"})
_OPERATORS = frozenset({"&&", "||", "|", "^", "+", "-", "*", "/", "!", "=", "<", ">"})
_PATTERNS = frozenset({"FILTER", "BIND", "OPTIONAL", "MINUS", "UNION", "GRAPH", "VALUES"})
_FREE = frozenset({"DATA", "VALUES", "CONSTRUCT", "INSERT", "DELETE"})
_TWO_READINGS = re.compile(r"[#'()\[\]]")
_CLOSING = {")": "(", "}": "{", "]": "["}


def tokens(text: str) -> Iterator[Token]:
    """The words of a SPARQL text in their order, without blanks and comments.

    >>> [token.text for token in tokens("SELECT * { ?s a <x#y> } # all")]
    ['SELECT', '*', '{', '?s', 'a', '<x#y>', '}']
    """
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or "mark"
        if kind != "space":
            yield Token(kind, found[0], found.start())


def keywords(text: str) -> set[str]:
    """The bare words of a SPARQL text in capitals: never part of a variable, a string, an IRI or a
    comment.

    >>> "FROM" in keywords("SELECT ?from { ?from a <x:FROM> } # from")
    False
    >>> "FROM" in keywords("ASK FROM<x:g> { ?s ?p ?o }")
    True
    """
    return {token.text.upper() for token in tokens(text) if token.kind == "word"}


def star_of(text: str) -> int | None:
    """Where the `*` of an outermost `SELECT *` is in a text; None where there is none.

    >>> star_of("SELECT DISTINCT * { { SELECT * { ?s ?p ?o } } }")
    16
    """
    before = ""
    for token in tokens(text if "*" in text else ""):
        if token.text == "{":
            return None
        if token.text == "*" and before in ("SELECT", "DISTINCT", "REDUCED"):
            return token.start
        before = token.text.upper()
    return None


def in_order(text: str, names: Iterable[str]) -> list[str]:
    """The names of variables in the order in which a text first mentions them.

    >>> in_order("SELECT * { ?s ?p ?o }", ["o", "p", "s"])
    ['s', 'p', 'o']
    """
    mentioned = [token.text[1:] for token in tokens(text) if token.text[:1] in ("?", "$")]
    place = {name: number for number, name in reversed(list(enumerate(mentioned)))}
    return sorted(names, key=lambda name: (place.get(name, len(mentioned)), name))


@lru_cache(maxsize=128)
def check_limits(text: str, limits: Limits = Limits(), update: bool = False) -> None:
    """Returns if the text may be evaluated; raises BadQuery with the limit it passes, or what it
    reaches for.

    >>> check_limits("SELECT * { ?s ?p ?o }")
    >>> check_limits("ASK {{{{{ }}}}}", Limits(length=99, depth=4))
    Traceback (most recent call last):
    sq_graph.errors.BadQuery: the query nests deeper than 4 brackets and negations. ...
    """
    what = "update" if update else "query"
    if len(text) > limits.length:
        raise BadQuery(f"the {what} is longer than {limits.length} characters", remedy="Shorten it")
    upper = text.upper()
    if "SERVICE" in upper or (update and "LOAD" in upper) or "\\U" in upper:
        _refuse_reaching_out(text, what)
    if len(text) > limits.depth:
        _Measure(limits, what).read(text)


def _refuse_reaching_out(text: str, what: str) -> None:
    """Refuses a `SERVICE` or `LOAD` that is no part of an IRI, a string, a variable or a comment.

    A `<` after an operand in parentheses may compare or open an IRI. Where that decides what
    follows (a `#`, a `'` or a bracket before the next `>`), the text is refused: one of the two
    readings could hide a request to the web.
    """
    inside: list[str] = []
    before = fault = remedy = ""
    for kind, word, start in tokens(text):
        named = word.partition(":")[0].upper() if kind in ("word", "name") else ""
        if kind == "iri" and inside[-1:] == ["("] and before and _TWO_READINGS.search(word):
            place = f"the < before {word[1:30]!r}"
            fault = f"{place} can be read in two ways in a {what} that also says SERVICE or LOAD"
            remedy = "Write that IRI with a prefix, or put a space after the <"
        elif "SERVICE" in named or "LOAD" in named or (kind == "mark" and word == "\\"):
            verb, prefix = "LOAD" if "LOAD" in named else "SERVICE", word.partition(":")[0]
            fault = "is not allowed here, because this endpoint fetches nothing from the web"
            nor = f" (nor is a prefix named {prefix!r})" if kind == "name" else ""
            fault = f"{verb} {fault}{nor}"
            remedy = "Ask the other endpoint itself, or load its data first"
        if fault:
            raise BadQuery(fault, what, text.count("\n", 0, start) + 1, remedy)
        if kind == "mark" and word in "({[":
            inside.append(word)
        elif word in _CLOSING and inside:
            inside.pop()
        before = word if kind in _OPERANDS or word in _CLOSING else ""


class _Measure:
    """Measures depth, width and operators of a text, and stops at the first that passes its
    limit.
    """

    def __init__(self, limits: Limits, what: str) -> None:
        self.limits, self.what, self.open = limits, what, list[str]()
        self.groups = list[int | None]()  # patterns of each open group; None where they are free
        self.operators, self.negations = 0, 0
        self.free, self.before = False, ""

    def read(self, text: str) -> None:
        for kind, word, _ in tokens(text):
            if kind == "mark":
                self._mark(word)
            elif kind == "word":
                self._word(word.upper())
            self.negations = self.negations + 1 if word == "!" else 0
            if len(self.open) + self.negations > (most := self.limits.depth):
                said = f"the {self.what} nests deeper than {most} brackets and negations"
                raise BadQuery(said, remedy="Write it flatter")
            if kind in _OPERANDS and self.before in _OPERANDS and self.open[-1:] == ["("]:
                self._pattern()  # the items of a collection are patterns too
            self.before = kind

    def _mark(self, mark: str) -> None:
        if mark in "({[":
            self.open.append(mark)
            if mark == "{":
                inherited = bool(self.groups) and self.groups[-1] is None
                self.groups.append(None if self.free or inherited else 0)
                self.free = False
        elif mark in _CLOSING:
            if self.open and self.open.pop() == "{" and self.groups:
                self.groups.pop()
        elif mark in ".;/" or (mark == "," and self.open[-1:] != ["("]):
            self._pattern()
        if mark in _OPERATORS:
            self._operator()

    def _word(self, word: str) -> None:
        if word in _PATTERNS:
            self._pattern()
        if word in ("AS", "UNION"):
            self._operator()
        if word in _FREE:
            self.free = True
        elif word == "WHERE":
            self.free = False

    def _pattern(self) -> None:
        if self.groups and self.groups[-1] is not None:
            self.groups[-1] += 1
            self._require(self.groups[-1], self.limits.width, "one group of the", "patterns")

    def _operator(self) -> None:
        if not self.groups or self.groups[-1] is not None:
            self.operators += 1
            self._require(self.operators, self.limits.operators, "the", "operators")

    def _require(self, number: int, most: int, where: str, things: str) -> None:
        if number > most:
            said = f"{where} {self.what} holds more than {most} {things}"
            raise BadQuery(said, remedy="Ask in several steps")


def absolute(base: str, iri: str) -> str:
    """An IRI against a base; other than by `urljoin`, an empty query or fragment at its end stays.

    >>> absolute("https://example.org/", "ns#"), absolute("https://example.org/", "urn:x#")
    ('https://example.org/ns#', 'urn:x#')
    """
    if not base or _SCHEME.match(iri):
        return iri
    found, end = urljoin(base, iri), iri[len(iri.rstrip("?#")) :]
    return found if found.endswith(end) else found + end


def resolve(token: Token, prefixes: dict[str, str]) -> str | None:
    """The IRI that an `iri` or `name` token writes; None for other tokens and undeclared prefixes.

    >>> resolve(Token("name", "ex:a", 0), {"ex": "https://example.org/"})
    'https://example.org/a'
    """
    if token.kind == "iri":
        return token.text[1:-1]
    prefix, colon, local = token.text.partition(":")
    if token.kind != "name" or not colon or prefix not in prefixes:
        return None
    return prefixes[prefix] + re.sub(r"\\(.)", r"\1", local)
