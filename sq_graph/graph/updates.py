"""The graphs that a SPARQL text reads or writes, found from its tokens before it is run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sq_graph.errors import BadQuery
from sq_graph.graph.sparql_limits import Token, absolute, keywords, resolve, tokens
from sq_graph.vocab import PREFIXES

_ANY_GRAPH = "*"
_MATCHING = frozenset({"WHERE", "DELETE"})
_BEYOND_DEFAULT = frozenset({"GRAPH", "VALUES", "BIND"})
"""Words of a pattern whose matches need not come from the default graph."""
MANAGEMENT = frozenset({"CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD"})
"""The operations on whole graphs, but for `LOAD`."""


class UpdateTargets(NamedTuple):
    """Where an update writes.

    `graphs` holds None for the default graph; it is None where only running the update shows them.
    `subjects` holds the IRIs named in an update that consists of `INSERT DATA` and `DELETE DATA`;
    for any other it is None.
    """

    graphs: frozenset[str | None] | None
    subjects: frozenset[str] | None


@dataclass(frozen=True)
class Operation:
    """One operation of an update: its tokens without the prologue, and the prefixes in force."""

    tokens: Sequence[Token]
    prefixes: dict[str, str]
    base: str

    @property
    def verb(self) -> str:
        """Its first word, in capitals."""
        return self.tokens[0].text.upper()

    @property
    def words(self) -> list[str]:
        """The text of each token, in capitals."""
        return [token.text.upper() for token in self.tokens]

    def word(self, index: int) -> str:
        """The text of a token, in capitals; empty after the end."""
        return self.tokens[index].text.upper() if index < len(self.tokens) else ""

    def iri(self, index: int) -> str | None:
        """The IRI that a token writes; None where it is something else."""
        iri = resolve(self.tokens[index], self.prefixes) if index < len(self.tokens) else None
        return None if iri is None else absolute(self.base, iri)

    def closing(self, start: int) -> int:
        """The index of the bracket that closes the one at `start`."""
        depth = 0
        for index in range(start, len(self.tokens)):
            depth += {"{": 1, "}": -1}.get(self.tokens[index].text, 0)
            if depth == 0:
                return index
        raise BadQuery("a bracket of the update is not closed", "update", remedy="Close it")


def operations(text: str, base: str = "") -> Iterator[Operation]:
    """The operations of an update, in their order.

    >>> text = "PREFIX a: <b> CLEAR ALL ; INSERT DATA { a:b a a:c }"
    >>> [operation.verb for operation in operations(text)]
    ['CLEAR', 'INSERT']
    """
    prefixes, pending, depth = dict(PREFIXES), list[Token](), 0
    for token in [*tokens(text), Token("mark", ";", len(text))]:
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if token.text != ";" or depth > 0:
            pending.append(token)
            continue
        while pending and (head := pending[0].text.upper()) in ("PREFIX", "BASE", "VERSION"):
            if head == "PREFIX" and len(pending) > 2:
                prefixes[pending[1].text.rstrip(":")] = absolute(base, pending[2].text[1:-1])
            elif head == "BASE" and len(pending) > 1:
                base = absolute(base, pending[1].text[1:-1])
            pending = pending[3 if head == "PREFIX" else 2 :]
        if pending:
            yield Operation(tuple(pending), dict(prefixes), base)
        pending = []


def dataset_iris(query: str) -> tuple[str, ...]:
    """The IRIs that a query names in `FROM` and `FROM NAMED`, in their order.

    >>> query = "PREFIX ex: <https://example.org/> SELECT * FROM ex:a FROM NAMED <b> { ?s ?p ?o }"
    >>> dataset_iris(query)
    ('https://example.org/a', 'b')
    """
    if "FROM" not in query.upper():
        return ()
    iris = (
        operation.iri(index + 1 + (operation.word(index + 1) == "NAMED"))
        for operation in operations(query)
        for index, token in enumerate(operation.tokens)
        if token.kind == "word" and operation.word(index) == "FROM"
    )
    return tuple(iri for iri in iris if iri is not None)


def update_targets(text: str, base: str = "") -> UpdateTargets:
    """Where an update writes; reliable only for a text that the engine accepts as well.

    >>> text = "DELETE { ?s ?p ?o } WHERE { GRAPH <https://example.org/g> { ?s ?p ?o } }"
    >>> update_targets(text).graphs
    frozenset({None})
    >>> update_targets("INSERT DATA { GRAPH <x:g> { <x:a> a 1 } }").graphs
    frozenset({'x:g'})
    """
    graphs, subjects, is_data = set[str | None](), set[str](), True
    for operation in operations(text, base):
        targets = _managed if operation.verb in MANAGEMENT else _written
        graphs.update(targets(operation))
        is_data = is_data and operation.word(1) == "DATA"
        subjects.update(filter(None, map(operation.iri, range(len(operation.tokens)))))
    known_graphs = None if _ANY_GRAPH in graphs else frozenset(graphs)
    return UpdateTargets(known_graphs, frozenset(subjects) if is_data else None)


def _managed(operation: Operation) -> Iterator[str | None]:
    """The graphs to which CLEAR, DROP, CREATE, COPY, MOVE and ADD write; the source of a copy only
    if it is moved.
    """
    words = operation.words
    start = words.index("TO") if "TO" in words and operation.verb != "MOVE" else 0
    for index, word in enumerate(words[start + 1 :], start + 1):
        if word in ("DEFAULT", "ALL"):
            yield None
        if word in ("NAMED", "ALL"):
            yield _ANY_GRAPH
        if iri := operation.iri(index):
            yield iri


def _written(operation: Operation) -> Iterator[str | None]:
    """The graphs to which INSERT, DELETE and WITH write, by their blocks and templates."""
    default = operation.iri(1) if operation.verb == "WITH" else None
    index = 0
    while index < len(operation.tokens) and operation.word(index) != "USING":
        if operation.word(index) == "WHERE" and operation.word(index - 1) != "DELETE":
            break
        if operation.tokens[index].text == "{":
            inner, index = index + 1, operation.closing(index)
            while inner < index:
                if operation.word(inner) == "GRAPH":
                    yield operation.iri(inner + 1) or _ANY_GRAPH
                    inner = operation.closing(inner + 2)
                elif operation.tokens[inner].text != ".":
                    yield default
                inner += 1
        index += 1


def matches_default_graph(text: str) -> bool:
    """Whether some operation of an update looks for statements in the default graph alone, or
    deletes them there.

    >>> matches_default_graph("DELETE WHERE { ?s a ?o }")
    True
    >>> matches_default_graph("DELETE DATA { <a> a <b> }")
    True
    >>> text = "WITH <g> DELETE { ?s a ?o } WHERE { ?s a ?o } ; INSERT {} WHERE {}"
    >>> matches_default_graph(text)
    False
    >>> matches_default_graph("INSERT DATA { <a> a <b> } ; DELETE WHERE { ?s a <b> }")
    False
    """
    if _MATCHING.isdisjoint(keywords(text)):
        return False
    for operation in operations(text):
        words = operation.words
        start = words.index("WHERE") if "WHERE" in words else len(words)
        pattern = words if words[:2] == ["DELETE", "DATA"] else words[start + 1 :]
        names_graph = words[0] == "WITH" or "USING" in words[:start]
        if len(pattern) > 2 and not names_graph and _BEYOND_DEFAULT.isdisjoint(pattern):
            return True
        if None in _written(operation):  # so the operations after it may well match there
            return False
    return False


def manages_default_graph(text: str) -> bool:
    """Whether some operation of an update empties, replaces or copies the default graph as a whole.

    >>> manages_default_graph("DROP SILENT DEFAULT"), manages_default_graph("ADD DEFAULT TO <x:g>")
    (True, True)
    >>> manages_default_graph("DROP ALL ; CLEAR GRAPH <x:DEFAULT> ; ADD <x:g> TO DEFAULT")
    False
    """
    for operation in operations(text) if "DEFAULT" in text.upper() else ():
        words = operation.words
        end = words.index("TO") if operation.verb == "ADD" and "TO" in words else len(words)
        if operation.verb in MANAGEMENT and "DEFAULT" in words[:end]:
            return True
    return False


def copy_source(text: str, base: str = "") -> str | None:
    """The graph that an update begins by copying, moving or adding to another; None if it does not,
    or where a missing graph is no fault (SILENT).

    >>> copy_source("COPY <x:g> TO <x:h>"), copy_source("MOVE SILENT GRAPH <x:g> TO <x:h>")
    ('x:g', None)
    """
    first = next(operations(text, base), None)
    if first is None or first.verb not in ("COPY", "MOVE", "ADD"):
        return None
    return first.iri(1 + (first.word(1) == "GRAPH"))


def with_dataset(text: str, default: Sequence[str], named: Sequence[str]) -> str:
    """The update with the dataset that its request names, as `USING` clauses.

    Raises BadQuery if the text has `USING` or `WITH` of its own.

    >>> with_dataset("DELETE WHERE { ?s a ?o }", ["https://example.org/g"], [])
    'DELETE { ?s a ?o } USING <https://example.org/g> WHERE { ?s a ?o }'
    """
    for iri in (*default, *named):
        if not iri or any(char in iri for char in '<>"{}|\\^` \n\r\t'):
            raise BadQuery(f"{iri[:100]!r} is not an IRI", remedy="Name the graph by its full IRI")
    clauses = "".join(f"USING <{iri}> " for iri in default)
    clauses += "".join(f"USING NAMED <{iri}> " for iri in named)
    insertions = list[tuple[int, str]]()
    for operation in operations(text):
        depth = 0
        for index, token in enumerate(operation.tokens):
            depth += {"{": 1, "}": -1}.get(token.text, 0)
            word = token.text.upper() if depth == 0 and token.kind == "word" else ""
            if word in ("USING", "WITH"):
                message = f"both the request and the update name a dataset ({word})"
                raise BadQuery(message, "update", remedy="Name it in one of them")
            if word == "WHERE":
                template = ""
                if operation.word(index - 1) == "DELETE":
                    end = operation.tokens[operation.closing(index + 1)].start + 1
                    template = text[operation.tokens[index + 1].start : end] + " "
                insertions.append((token.start, template + clauses))
    return _insert(text, insertions)


def with_silent_clear(text: str) -> str:
    """The update in which clearing a graph that does not exist is no fault: such a graph cannot be
    distinguished from an empty one.

    >>> with_silent_clear("CLEAR GRAPH <https://example.org/g> ; DROP ALL")
    'CLEAR SILENT GRAPH <https://example.org/g> ; DROP ALL'
    """
    parsed = operations(text) if "CLEAR" in text.upper() else ()
    clears = [operation for operation in parsed if operation.words[:2] == ["CLEAR", "GRAPH"]]
    return _insert(text, [(clear.tokens[1].start, "SILENT ") for clear in clears])


def _insert(text: str, insertions: Sequence[tuple[int, str]]) -> str:
    for offset, words in reversed(insertions):
        text = text[:offset] + words + text[offset:]
    return text
