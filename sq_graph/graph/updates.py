"""What a SPARQL update is about to change, read from its text; and its dataset, where the request names one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from sq_graph.errors import BadQuery
from sq_graph.graph.guard import Token, resolve, tokens
from sq_graph.vocab import PREFIXES

_MANAGING = frozenset({"CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD"})


@dataclass(frozen=True)
class Targets:
    """Where an update writes: named graphs, the default graph, or (`anywhere`) graphs only its run will tell.

    `subjects` holds the IRIs that a text of nothing but `INSERT DATA` and `DELETE DATA` names; else None.
    """

    graphs: frozenset[str] = frozenset()
    default: bool = False
    anywhere: bool = False
    subjects: frozenset[str] | None = None


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
        return None if found is None else urljoin(self.base, found)

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

    >>> [operation.verb for operation in operations("PREFIX a: <b> CLEAR ALL ; INSERT DATA { a:b a a:c }")]
    ['CLEAR', 'INSERT']
    """
    prefixes = dict(PREFIXES)
    words: list[Token] = []
    depth = 0
    for token in [*tokens(text), Token("mark", ";", len(text))]:
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if token.text != ";" or depth > 0:
            words.append(token)
            continue
        while words and words[0].text.upper() in ("PREFIX", "BASE", "VERSION"):
            size = 3 if words[0].text.upper() == "PREFIX" else 2
            if size == 3 and len(words) > 2:
                prefixes[words[1].text.rstrip(":")] = urljoin(base, words[2].text[1:-1])
            elif words[0].text.upper() == "BASE" and len(words) > 1:
                base = urljoin(base, words[1].text[1:-1])
            words = words[size:]
        if words:
            yield Operation(tuple(words), dict(prefixes), base)
        words = []


def targets(text: str, base: str = "") -> Targets:
    """Where an update writes; only as good as its text, so the engine has to accept that too.

    >>> found = targets("INSERT DATA { GRAPH <https://example.org/g> { <https://example.org/a> a 1 } }")
    >>> sorted(found.graphs), found.default, found.anywhere
    (['https://example.org/g'], False, False)
    """
    graphs: set[str] = set()
    subjects: set[str] = set()
    default = anywhere = False
    only_data = True
    for operation in operations(text, base):
        found = _managed(operation) if operation.verb in _MANAGING else _written(operation)
        graphs |= found.graphs
        default, anywhere = default or found.default, anywhere or found.anywhere
        only_data = only_data and operation.word(1) == "DATA"
        subjects |= {iri for place in range(len(operation.words)) if (iri := operation.iri(place))}
    return Targets(frozenset(graphs), default, anywhere, frozenset(subjects) if only_data else None)


def _managed(operation: Operation) -> Targets:
    """CLEAR, DROP, CREATE, COPY, MOVE and ADD."""
    words = [place for place in range(1, len(operation.words)) if operation.word(place) != "SILENT"]
    copied = "TO" in (operation.word(place) for place in words)
    graphs: set[str] = set()
    default = anywhere = False
    into = operation.verb == "MOVE" or not copied
    for place in words:
        word = operation.word(place)
        if word == "TO":
            into = True
        elif into and word in ("DEFAULT", "ALL"):
            default, anywhere = True, anywhere or word == "ALL"
        elif into and word == "NAMED":
            anywhere = True
        elif into and (iri := operation.iri(place)):
            graphs.add(iri)
    return Targets(frozenset(graphs), default, anywhere)


def _written(operation: Operation) -> Targets:
    """INSERT, DELETE and WITH: what their blocks and templates say."""
    graphs: set[str] = set()
    default = anywhere = False
    with_graph = operation.iri(1) if operation.verb == "WITH" else None
    place = 0
    while place < len(operation.words) and operation.word(place) != "USING":
        if operation.words[place].text != "{":
            place += 1
            continue
        end, at = operation.closing(place), place + 1
        while at < end:
            if operation.word(at) == "GRAPH":
                iri = operation.iri(at + 1)
                anywhere = anywhere or iri is None
                graphs |= {iri} if iri else set()
                at = operation.closing(at + 2)
            elif operation.words[at].text != ".":
                default = default or with_graph is None
                graphs |= {with_graph} if with_graph else set()
            at += 1
        place = end + 1
        if operation.word(place) == "WHERE":
            break
    return Targets(frozenset(graphs), default, anywhere)


def with_dataset(text: str, default: Sequence[str], named: Sequence[str]) -> str:
    """The update with the dataset that its request names, as `USING` clauses.

    Raises BadQuery if the text has `USING` or `WITH` of its own.

    >>> with_dataset("DELETE WHERE { ?s a ?o }", ["https://example.org/g"], [])
    'DELETE { ?s a ?o } USING <https://example.org/g> WHERE { ?s a ?o }'
    """
    for iri in (*default, *named):
        if not iri or any(sign in iri for sign in '<>"{}|\\^` \n\r\t'):
            raise BadQuery(f"{iri[:100]!r} is no IRI", remedy="Name the graph by its whole IRI")
    clauses = "".join(f"USING <{iri}> " for iri in default) + "".join(f"USING NAMED <{iri}> " for iri in named)
    inserted: list[tuple[int, str]] = []
    for operation in operations(text):
        depth = 0
        for place, token in enumerate(operation.words):
            depth += {"{": 1, "}": -1}.get(token.text, 0)
            word = token.text.upper() if depth == 0 and token.kind == "word" else ""
            if word in ("USING", "WITH"):
                raise BadQuery(
                    f"both the request and the update name a dataset ({word})",
                    "update",
                    remedy="Name it in one of them",
                )
            if word == "WHERE":
                group = ""
                if operation.word(place - 1) == "DELETE":
                    last = operation.words[operation.closing(place + 1)]
                    group = text[operation.words[place + 1].start : last.start + 1] + " "
                inserted.append((token.start, group + clauses))
    return _with(text, inserted)


def forgiving(text: str) -> str:
    """The update in which clearing a graph that does not exist is no failure: nothing tells it from an empty one.

    >>> forgiving("CLEAR GRAPH <https://example.org/g> ; DROP ALL")
    'CLEAR SILENT GRAPH <https://example.org/g> ; DROP ALL'
    """
    clearing = [one for one in operations(text) if one.verb == "CLEAR" and one.word(1) == "GRAPH"]
    return _with(text, [(one.words[1].start, "SILENT ") for one in clearing])


def _with(text: str, inserted: Sequence[tuple[int, str]]) -> str:
    for start, words in reversed(inserted):
        text = text[:start] + words + text[start:]
    return text
