"""What a SPARQL text is about to do, read from its words: the graphs that it reads from, or writes
to.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sq_graph.errors import BadQuery
from sq_graph.graph.sparql_limits import Token, absolute, keywords, resolve, tokens
from sq_graph.vocab import PREFIXES

_ANYWHERE = "*"
_LOOKING = frozenset({"WHERE", "DELETE"})
_ELSEWHERE = frozenset({"GRAPH", "VALUES", "BIND"})
"""What is in a pattern that finds things elsewhere than in the default graph."""
_MANAGING = frozenset({"CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD"})


class UpdateTargets(NamedTuple):
    """Where an update writes: the graphs, None among them for the default graph; None instead of
    them where only its run will tell.

    `subjects` holds the IRIs that a text of nothing but `INSERT DATA` and `DELETE DATA` names; else
    None.
    """

    graphs: frozenset[str | None] | None
    subjects: frozenset[str] | None


@dataclass(frozen=True)
class Operation:
    """One operation of an update: its words without prologue, and the prefixes that hold for it."""

    words: Sequence[Token]
    prefixes: dict[str, str]
    base: str

    @property
    def verb(self) -> str:
        """Its first word, in capitals."""
        return self.words[0].text.upper()

    def word(self, place: int) -> str:
        """The word at a place in capitals; empty after the end."""
        return self.words[place].text.upper() if place < len(self.words) else ""

    def iri(self, place: int) -> str | None:
        """The IRI at a place; None where there is something else."""
        found = resolve(self.words[place], self.prefixes) if place < len(self.words) else None
        return None if found is None else absolute(self.base, found)

    def closing(self, place: int) -> int:
        """The place of the bracket that closes the one at `place`."""
        depth = 0
        for at in range(place, len(self.words)):
            depth += {"{": 1, "}": -1}.get(self.words[at].text, 0)
            if depth == 0:
                return at
        raise BadQuery("a bracket of the update is not closed", "update", remedy="Close it")


def operations(text: str, base: str = "") -> Iterator[Operation]:
    """The operations of an update, in their order.

    >>> text = "PREFIX a: <b> CLEAR ALL ; INSERT DATA { a:b a a:c }"
    >>> [operation.verb for operation in operations(text)]
    ['CLEAR', 'INSERT']
    """
    prefixes, words, depth = dict(PREFIXES), list[Token](), 0
    for token in [*tokens(text), Token("mark", ";", len(text))]:
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if token.text != ";" or depth > 0:
            words.append(token)
            continue
        while words and (head := words[0].text.upper()) in ("PREFIX", "BASE", "VERSION"):
            if head == "PREFIX" and len(words) > 2:
                prefixes[words[1].text.rstrip(":")] = absolute(base, words[2].text[1:-1])
            elif head == "BASE" and len(words) > 1:
                base = absolute(base, words[1].text[1:-1])
            words = words[3 if head == "PREFIX" else 2 :]
        if words:
            yield Operation(tuple(words), dict(prefixes), base)
        words = []


def datasets(query: str) -> tuple[str, ...]:
    """The IRIs that a query names in `FROM` and `FROM NAMED`, in their order.

    >>> datasets("PREFIX ex: <https://example.org/> SELECT * FROM ex:a FROM NAMED <b> { ?s ?p ?o }")
    ('https://example.org/a', 'b')
    """
    if "FROM" not in query.upper():
        return ()
    found = (
        operation.iri(place + 1 + (operation.word(place + 1) == "NAMED"))
        for operation in operations(query)
        for place, token in enumerate(operation.words)
        if token.kind == "word" and operation.word(place) == "FROM"
    )
    return tuple(iri for iri in found if iri is not None)


def targets(text: str, base: str = "") -> UpdateTargets:
    """Where an update writes; only as good as its text, so the engine has to accept that too.

    >>> targets("DELETE { ?s ?p ?o } WHERE { GRAPH <https://example.org/g> { ?s ?p ?o } }").graphs
    frozenset({None})
    >>> targets("INSERT DATA { GRAPH <x:g> { <x:a> a 1 } }").graphs
    frozenset({'x:g'})
    """
    found, subjects, only_data = set[str | None](), set[str](), True
    for operation in operations(text, base):
        found.update(_managed(operation) if operation.verb in _MANAGING else _written(operation))
        only_data = only_data and operation.word(1) == "DATA"
        subjects.update(filter(None, map(operation.iri, range(len(operation.words)))))
    graphs = None if _ANYWHERE in found else frozenset(found)
    return UpdateTargets(graphs, frozenset(subjects) if only_data else None)


def _managed(operation: Operation) -> Iterator[str | None]:
    """The graphs to which CLEAR, DROP, CREATE, COPY, MOVE and ADD write: what they copy from only
    if it is moved.
    """
    words = [operation.word(place) for place in range(len(operation.words))]
    begin = words.index("TO") if "TO" in words and operation.verb != "MOVE" else 0
    for place in range(begin + 1, len(words)):
        if words[place] in ("DEFAULT", "ALL"):
            yield None
        if words[place] in ("NAMED", "ALL"):
            yield _ANYWHERE
        if iri := operation.iri(place):
            yield iri


def _written(operation: Operation) -> Iterator[str | None]:
    """The graphs to which INSERT, DELETE and WITH write, by their blocks and templates."""
    home = operation.iri(1) if operation.verb == "WITH" else None
    place = 0
    while place < len(operation.words) and operation.word(place) != "USING":
        if operation.word(place) == "WHERE" and operation.word(place - 1) != "DELETE":
            break
        if operation.words[place].text == "{":
            at, place = place + 1, operation.closing(place)
            while at < place:
                if operation.word(at) == "GRAPH":
                    yield operation.iri(at + 1) or _ANYWHERE
                    at = operation.closing(at + 2)
                elif operation.words[at].text != ".":
                    yield home
                at += 1
        place += 1


def looks_in_default(text: str) -> bool:
    """Whether some operation of an update looks for statements in the default graph alone, or
    deletes them there.

    >>> looks_in_default("DELETE WHERE { ?s a ?o }"), looks_in_default("DELETE DATA { <a> a <b> }")
    (True, True)
    >>> looks_in_default("WITH <g> DELETE { ?s a ?o } WHERE { ?s a ?o } ; INSERT {} WHERE {}")
    False
    >>> looks_in_default("INSERT DATA { <a> a <b> } ; DELETE WHERE { ?s a <b> }")
    False
    """
    if _LOOKING.isdisjoint(keywords(text)):
        return False
    for operation in operations(text):
        words = list(map(operation.word, range(len(operation.words))))
        begin = words.index("WHERE") if "WHERE" in words else len(words)
        pattern = words if words[:2] == ["DELETE", "DATA"] else words[begin + 1 :]
        is_chosen = words[0] == "WITH" or "USING" in words[:begin]
        if len(pattern) > 2 and not is_chosen and _ELSEWHERE.isdisjoint(pattern):
            return True
        if None in _written(operation):  # so that what follows may well look there
            return False
    return False


def takes_default_whole(text: str) -> bool:
    """Whether some operation of an update empties, replaces or copies the default graph as a whole.

    >>> takes_default_whole("DROP SILENT DEFAULT"), takes_default_whole("ADD DEFAULT TO <x:g>")
    (True, True)
    >>> takes_default_whole("DROP ALL ; CLEAR GRAPH <x:DEFAULT> ; ADD <x:g> TO DEFAULT")
    False
    """
    for operation in operations(text) if "DEFAULT" in text.upper() else ():
        words = list(map(operation.word, range(len(operation.words))))
        last = words.index("TO") if operation.verb == "ADD" and "TO" in words else len(words)
        if operation.verb in _MANAGING and "DEFAULT" in words[:last]:
            return True
    return False


def copied_from(text: str, base: str = "") -> str | None:
    """The graph that an update copies, moves or adds to another before it does anything else; None
    if it does not, or where nothing is wrong if there is no such graph (SILENT).

    >>> copied_from("COPY <x:g> TO <x:h>"), copied_from("MOVE SILENT GRAPH <x:g> TO <x:h>")
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
        if not iri or any(sign in iri for sign in '<>"{}|\\^` \n\r\t'):
            raise BadQuery(f"{iri[:100]!r} is not an IRI", remedy="Name the graph by its whole IRI")
    clauses = "".join(f"USING <{iri}> " for iri in default)
    clauses += "".join(f"USING NAMED <{iri}> " for iri in named)
    inserted = list[tuple[int, str]]()
    for operation in operations(text):
        depth = 0
        for place, token in enumerate(operation.words):
            depth += {"{": 1, "}": -1}.get(token.text, 0)
            word = token.text.upper() if depth == 0 and token.kind == "word" else ""
            if word in ("USING", "WITH"):
                said = f"both the request and the update name a dataset ({word})"
                raise BadQuery(said, "update", remedy="Name it in one of them")
            if word == "WHERE":
                group = ""
                if operation.word(place - 1) == "DELETE":
                    last = operation.words[operation.closing(place + 1)]
                    group = text[operation.words[place + 1].start : last.start + 1] + " "
                inserted.append((token.start, group + clauses))
    return _with(text, inserted)


def forgiving(text: str) -> str:
    """The update in which clearing a graph that does not exist is no failure: nothing tells it from
    an empty one.

    >>> forgiving("CLEAR GRAPH <https://example.org/g> ; DROP ALL")
    'CLEAR SILENT GRAPH <https://example.org/g> ; DROP ALL'
    """
    said = operations(text) if "CLEAR" in text.upper() else ()
    clearing = [one for one in said if one.verb == "CLEAR" and one.word(1) == "GRAPH"]
    return _with(text, [(one.words[1].start, "SILENT ") for one in clearing])


def _with(text: str, inserted: Sequence[tuple[int, str]]) -> str:
    for start, words in reversed(inserted):
        text = text[:start] + words + text[start:]
    return text
