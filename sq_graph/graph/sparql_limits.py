"""Limits on untrusted SPARQL: length, depth and width of a text, no access to the web, and the time
and memory that a server gives to a query.

The engine fetches `SERVICE` and `LOAD` addresses and has no switch to stop it; it plans wide joins
for seconds, and ends its process when a text is nested thousands deep. So each text is first read
here, token by token, and refused with a sentence that names the limit. The tokens are stricter than
the grammar where the engine is looser: `trueSERVICE<x>` counts as `true SERVICE <x>`.
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
    """A token of a SPARQL text: its kind (a group name of `_TOKEN`), its characters and offset."""

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
_UNLIMITED = frozenset({"DATA", "VALUES", "CONSTRUCT", "INSERT", "DELETE"})
_AMBIGUOUS = re.compile(r"[#'()\[\]]")
_OPENING = {")": "(", "}": "{", "]": "["}


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a SPARQL text in their order, without spaces and comments.

    >>> [token.text for token in tokens("SELECT * { ?s a <x#y> } # all")]
    ['SELECT', '*', '{', '?s', 'a', '<x#y>', '}']
    """
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "mark"
        if kind != "space":
            yield Token(kind, match[0], match.start())


def keywords(text: str) -> set[str]:
    """The bare words of a SPARQL text, in capitals: no parts of variables, strings, IRIs or
    comments.

    >>> "FROM" in keywords("SELECT ?from { ?from a <x:FROM> } # from")
    False
    >>> "FROM" in keywords("ASK FROM<x:g> { ?s ?p ?o }")
    True
    """
    return {token.text.upper() for token in tokens(text) if token.kind == "word"}


def star_offset(text: str) -> int | None:
    """The offset of the `*` of an outermost `SELECT *`; None where there is none.

    >>> star_offset("SELECT DISTINCT * { { SELECT * { ?s ?p ?o } } }")
    16
    """
    previous = ""
    for token in tokens(text if "*" in text else ""):
        if token.text == "{":
            return None
        if token.text == "*" and previous in ("SELECT", "DISTINCT", "REDUCED"):
            return token.start
        previous = token.text.upper()
    return None


def by_first_mention(text: str, names: Iterable[str]) -> list[str]:
    """The names of variables in the order in which a text first mentions them.

    >>> by_first_mention("SELECT * { ?s ?p ?o }", ["o", "p", "s"])
    ['s', 'p', 'o']
    """
    mentioned = [token.text[1:] for token in tokens(text) if token.text[:1] in ("?", "$")]
    position = {name: index for index, name in reversed(list(enumerate(mentioned)))}
    return sorted(names, key=lambda name: (position.get(name, len(mentioned)), name))


@lru_cache(maxsize=128)
def check_limits(text: str, limits: Limits = Limits(), update: bool = False) -> None:
    """Returns if the text may be evaluated; raises BadQuery with the limit that it exceeds, or with
    its request to the web.

    >>> check_limits("SELECT * { ?s ?p ?o }")
    >>> check_limits("ASK {{{{{ }}}}}", Limits(length=99, depth=4))
    Traceback (most recent call last):
    sq_graph.errors.BadQuery: the query nests more than 4 brackets and negations. ...
    """
    kind = "update" if update else "query"
    if len(text) > limits.length:
        remedy = "Send it in parts, or load files with sq-graph load" if update else "Shorten it"
        raise BadQuery(f"the {kind} is longer than {limits.length} characters", remedy=remedy)
    upper = text.upper()
    if "SERVICE" in upper or (update and "LOAD" in upper) or "\\U" in upper:
        _refuse_web_access(text, kind)
    if len(text) > limits.depth:
        _Measure(limits, kind).read(text)


def _refuse_web_access(text: str, text_kind: str) -> None:
    """Refuses a `SERVICE` or `LOAD` outside IRIs, strings, variables and comments.

    A `<` after an operand in parentheses may compare or open an IRI. Where that decides what
    follows (a `#`, a `'` or a bracket before the next `>`), the text is refused: one of the two
    readings could hide a request to the web.
    """
    brackets, operand, message, remedy = list[str](), "", "", ""
    for kind, word, offset in tokens(text):
        prefix = word.partition(":")[0]
        name = prefix.upper() if kind in ("word", "name") else ""
        if kind == "iri" and brackets[-1:] == ["("] and operand and _AMBIGUOUS.search(word):
            message = f"the < before {word[1:30]!r} can be read in two ways"
            message += f" in a {text_kind} that also contains SERVICE or LOAD"
            remedy = "Write that IRI with a prefix, or put a space after the <"
        elif "SERVICE" in name or "LOAD" in name or (kind == "mark" and word == "\\"):
            verb = "LOAD" if "LOAD" in name else "SERVICE"
            reason = "because this endpoint fetches nothing from the web"
            reason += f" (nor is a prefix named {prefix!r})" if kind == "name" else ""
            message = f"{verb} is not allowed here, {reason}"
            remedy = "Ask the other endpoint itself, or load its data first"
        if message:
            raise BadQuery(message, text_kind, text.count("\n", 0, offset) + 1, remedy)
        if kind == "mark" and word in "({[":
            brackets.append(word)
        elif word in _OPENING and brackets:
            brackets.pop()
        operand = word if kind in _OPERANDS or word in _OPENING else ""


class _Measure:
    """Measures depth, width and operators of a text, up to the first that exceeds its limit."""

    def __init__(self, limits: Limits, text_kind: str) -> None:
        self.limits, self.text_kind, self.brackets = limits, text_kind, list[str]()
        self.group_widths = list[int | None]()  # of each open group; None where patterns are free
        self.operators, self.negations = 0, 0
        self.is_next_free, self.previous = False, ""

    def read(self, text: str) -> None:
        for kind, word, _ in tokens(text):
            if kind == "mark":
                self._read_mark(word)
            elif kind == "word":
                self._read_word(word.upper())
            self.negations = self.negations + 1 if word == "!" else 0
            if len(self.brackets) + self.negations > (limit := self.limits.depth):
                message = f"the {self.text_kind} nests more than {limit} brackets and negations"
                raise BadQuery(message, remedy="Reduce the nesting")
            if kind in _OPERANDS and self.previous in _OPERANDS and self.brackets[-1:] == ["("]:
                self._count_pattern()  # the items of a collection are patterns too
            self.previous = kind

    def _read_mark(self, mark: str) -> None:
        if mark in "({[":
            self.brackets.append(mark)
            if mark == "{":
                is_outer_free = bool(self.group_widths) and self.group_widths[-1] is None
                self.group_widths.append(None if self.is_next_free or is_outer_free else 0)
                self.is_next_free = False
        elif mark in _OPENING:
            if self.brackets and self.brackets.pop() == "{" and self.group_widths:
                self.group_widths.pop()
        elif mark in ".;/" or (mark == "," and self.brackets[-1:] != ["("]):
            self._count_pattern()
        if mark in _OPERATORS:
            self._count_operator()

    def _read_word(self, word: str) -> None:
        if word in _PATTERNS:
            self._count_pattern()
        if word in ("AS", "UNION"):
            self._count_operator()
        if word in _UNLIMITED:
            self.is_next_free = True
        elif word == "WHERE":
            self.is_next_free = False

    def _count_pattern(self) -> None:
        if self.group_widths and self.group_widths[-1] is not None:
            self.group_widths[-1] += 1
            self._require(self.group_widths[-1], self.limits.width, "one group of the", "patterns")

    def _count_operator(self) -> None:
        if not self.group_widths or self.group_widths[-1] is not None:
            self.operators += 1
            self._require(self.operators, self.limits.operators, "the", "operators")

    def _require(self, count: int, limit: int, scope: str, items: str) -> None:
        if count > limit:
            message = f"{scope} {self.text_kind} contains more than {limit} {items}"
            raise BadQuery(message, remedy="Ask in several steps")


def absolute(base: str, iri: str) -> str:
    """An IRI resolved against a base; unlike `urljoin`, it keeps an empty query or fragment.

    >>> absolute("https://example.org/", "ns#"), absolute("https://example.org/", "urn:x#")
    ('https://example.org/ns#', 'urn:x#')
    """
    if not base or _SCHEME.match(iri):
        return iri
    joined, ending = urljoin(base, iri), iri[len(iri.rstrip("?#")) :]
    return joined if joined.endswith(ending) else joined + ending


def resolve(token: Token, prefixes: dict[str, str]) -> str | None:
    """The IRI that an `iri` or `name` token writes; None for others and undeclared prefixes.

    >>> resolve(Token("name", "ex:a", 0), {"ex": "https://example.org/"})
    'https://example.org/a'
    """
    if token.kind == "iri":
        return token.text[1:-1]
    prefix, colon, local = token.text.partition(":")
    if token.kind != "name" or not colon or prefix not in prefixes:
        return None
    return prefixes[prefix] + re.sub(r"\\(.)", r"\1", local)
