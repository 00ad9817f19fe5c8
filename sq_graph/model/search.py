"""Searching the map by words: whole words before beginnings of words, without regard to accents and
capitals.
"""

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sq_graph.errors import UnknownName
from sq_graph.graph import Graph
from sq_graph.model import KINDS_OF
from sq_graph.model.attribution import attributions
from sq_graph.model.facts import Facts, facts, grouped, iris, labels, linked, text, texts
from sq_graph.table import Table
from sq_graph.vocab import kind_of, shorten

SEARCHED_KINDS: Sequence[str] = KINDS_OF["searched"]
"""The kinds of thing that a search finds, in the order in which equal hits are listed."""
MARKS = ("\x02", "\x03")
"""What a snippet puts around the words that were found."""
_UNMARKED = str.maketrans("", "", "".join(MARKS))
_QUOTES = str.maketrans("“”„«»「」", '"' * 7)
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]"
)
"""Letters of scripts that set no blanks between words, which are found anywhere in a text."""
_AROUND = 20
"""Characters of a text that a snippet shows before words that are found inside it."""
_NAMES = ("rdfs:label", "skos:altLabel", "skos:hiddenLabel", "dcterms:title", "sq:citationKey")
_ENDS = ("sq:subject", "sq:object", "sq:component", "sq:defines", "sq:item", "sq:about", "sq:place")
_TEXTS = ("sq:summary", "sq:wording", "skos:scopeNote", "sq:printed", "sq:readAs")
_TABLE = """CREATE VIRTUAL TABLE hits USING fts5(
  iri UNINDEXED, kind UNINDEXED, name, says, mentions,
  tokenize="unicode61 remove_diacritics 2", prefix='2 3')"""


@dataclass(frozen=True)
class Hit:
    """One thing that was found: a snippet of what it says, whose it is and where."""

    iri: str
    kind: str
    label: str
    snippet: str
    source: str
    works: tuple[str, ...]


@dataclass(frozen=True)
class Results:
    """The hits of a search, how many there are in all, and other spellings of words that nothing
    has.
    """

    hits: tuple[Hit, ...]
    count: int
    kinds: Mapping[str, int]
    works: Mapping[str, int]
    suggestions: tuple[str, ...]

    def table(self) -> Table:
        """The hits as a table."""
        plain = [(hit, hit.snippet.translate(_UNMARKED)) for hit in self.hits]
        rows = tuple((hit.label, shorten(hit.iri), says, hit.source) for hit, says in plain)
        more = self.count - len(rows)
        notes = [f"{self.count} found{f', the first {len(rows)} shown' if more else ''}."]
        notes += [f"Did you mean {' or '.join(self.suggestions)}?"] if self.suggestions else []
        return Table(("thing", "name", "says", "source"), rows, "Search", tuple(notes))


class Index:
    """The words of a map.

    >>> import sq_graph
    >>> index = Index(sq_graph.open().graph)
    >>> index.search("tonnies").hits[0].label
    'Tönnies'
    """

    def __init__(self, graph: Graph) -> None:
        import sqlite3  # not needed before the first search

        self.graph = graph
        every = iris(graph, "SELECT DISTINCT ?s { ?s a owl:NamedIndividual }")
        sought = [iri for iri in every if kind_of(iri) in SEARCHED_KINDS]
        known = facts(graph, sought, (*_NAMES, *_ENDS, *_TEXTS))
        self.labels = {iri: text(one, "rdfs:label") for iri, one in known.items()}
        self._works = _works(graph)
        self._store = sqlite3.connect(":memory:", check_same_thread=False)
        self._store.execute(_TABLE)
        self._store.execute("CREATE VIRTUAL TABLE words USING fts5vocab(hits, row)")
        self._store.executemany("INSERT INTO hits VALUES (?, ?, ?, ?, ?)", _rows(graph, known))

    def search(self, words: str, kind: str = "", work: str = "", most: int = 50) -> Results:
        """Find the things that have all words; words in quotation marks stand together.

        Parameters:
            words: what to look for; nothing finds everything of a kind or work.
            kind: one of `SEARCHED_KINDS`, or '' for all.
            work: the IRI of a work in which the statement was read or is stated, or ''.
            most: the greatest number of hits.

        Raises UnknownName for another kind.
        """
        if kind and kind not in SEARCHED_KINDS:
            raise UnknownName(
                "kind of thing that is searched", kind, SEARCHED_KINDS, choices=SEARCHED_KINDS
            )
        plain = unicodedata.normalize("NFKC", words.replace("\u00ad", "")).translate(_QUOTES)
        split = re.findall(r'"([^"]+)"|([^\s"]+)', plain)
        phrases = [one for one in map("".join, split) if re.search(r"\w", one)]
        ranked = list(dict.fromkeys(self._ranked(phrases) if phrases else self._all(kind, work)))
        of_work = [iri for iri in ranked if not work or work in self._works.get(iri, ())]
        of_kind = [iri for iri in ranked if kind in ("", kind_of(iri))]
        fitting = [iri for iri in of_work if kind in ("", kind_of(iri))]
        return Results(
            self._hits(fitting[:most], phrases),
            len(fitting),
            _counted((kind_of(iri) or "" for iri in of_work), SEARCHED_KINDS),
            _counted(one for iri in of_kind for one in self._works.get(iri, ())),
            () if ranked else self._suggestions(phrases),
        )

    def completions(self, letters: str) -> tuple[str, ...]:
        """Up to eight labels that continue what somebody has begun to type."""
        words = re.findall(r"\w+", letters)
        asked = " AND ".join(f'"{one}" *' for one in words)
        found = self._matching(f"name : ({asked})", _plain(letters)) if words else []
        return tuple(dict.fromkeys(self.labels[iri] for iri in found))[:8]

    def entries(self) -> list[tuple[str, str, str, str]]:
        """Everything that can be found: IRI, kind, label, and the text in which words are looked
        for.
        """
        rows = self._store.execute("SELECT iri, kind, name || ' · ' || says FROM hits ORDER BY iri")
        return [(iri, kind, self.labels[iri], words) for iri, kind, words in rows]

    def _all(self, kind: str, work: str) -> list[str]:
        if not kind and not work:
            return []
        return sorted(self.labels, key=lambda iri: (self.labels[iri].lower(), iri))

    def _ranked(self, phrases: Sequence[str]) -> list[str]:
        """Things with the words in their name, then with the words anywhere, then with words that
        begin so.
        """
        whole = " AND ".join(f'"{one}"' for one in phrases)
        begun = " AND ".join(f'"{one}" *' for one in phrases)
        asked = (f"name : ({whole})", whole, f"name : ({begun})", begun)
        exact = _plain(" ".join(phrases))
        ranked = [iri for one in asked for iri in self._matching(one, exact)]
        if any(map(_UNSPACED.search, phrases)):
            ranked += self._containing(phrases)
        return sorted(ranked, key=lambda iri: _plain(self.labels[iri]) != exact)

    def _containing(self, phrases: Sequence[str]) -> list[str]:
        """Things with the letters of all phrases anywhere, those with them in the name first."""
        every = " AND ".join(["instr(lower(name || says || mentions), ?)"] * len(phrases))
        query = f"SELECT iri FROM hits WHERE {every} ORDER BY instr(name, ?) = 0, iri"
        sought = [one.lower() for one in phrases]
        return [iri for (iri,) in self._store.execute(query, [*sought, phrases[0]])]

    def _matching(self, asked: str, begin: str) -> list[str]:
        """Things that match, the nearest first; those whose label begins so come before all
        others.
        """
        query = "SELECT iri FROM hits WHERE hits MATCH ? ORDER BY bm25(hits, 0, 0, 8, 3, 1), iri"
        found = [iri for (iri,) in self._store.execute(query, (asked,))]
        return sorted(found, key=lambda iri: not _plain(self.labels[iri]).startswith(begin))

    def _hits(self, chosen: Sequence[str], phrases: Sequence[str]) -> tuple[Hit, ...]:
        credits = attributions(self.graph, chosen)
        snippets = self._snippets(chosen, phrases)
        found = []
        for iri in chosen:
            kind, source = kind_of(iri) or "", credits[iri].source if iri in credits else ""
            parts = snippets.get(iri, "").split(" · ")  # one text: not a wording after a summary
            snippet = next((one for one in parts if MARKS[0] in one), parts[0])
            said = (self.labels[iri], snippet, source)
            found.append(Hit(iri, kind, *said, self._works.get(iri, ())))
        return tuple(found)

    def _snippets(self, chosen: Sequence[str], phrases: Sequence[str]) -> dict[str, str]:
        """What each thing says around the words that were found; its beginning, where they are
        elsewhere.
        """
        marked = f"snippet(hits, 3, '{MARKS[0]}', '{MARKS[1]}', '…', 32)"
        places = ", ".join("?" * len(chosen))
        begun = " OR ".join(f'"{one}" *' for one in phrases)
        plain = f"SELECT iri, says FROM hits WHERE iri IN ({places})"
        query = f"SELECT iri, {marked} FROM hits WHERE hits MATCH ? AND iri IN ({places})"
        if not begun:
            return dict(self._store.execute(plain, chosen))
        found = dict(self._store.execute(query, [begun, *chosen]))
        rest = self._store.execute(plain, chosen) if len(found) < len(chosen) else ()
        return {iri: _around(says, phrases) for iri, says in rest} | found

    def _suggestions(self, phrases: Sequence[str]) -> tuple[str, ...]:
        """The words asked for with those that the map does not have spelt as it spells the
        nearest.
        """
        known = [word for (word,) in self._store.execute("SELECT term FROM words")]
        words = [word.casefold() for phrase in phrases for word in phrase.split()]
        nearest = [
            [word] if word in known else difflib.get_close_matches(word, known, 3, 0.75)
            for word in words
        ]
        if not all(nearest):
            return ()
        best = " ".join(options[0] for options in nearest)
        others = nearest[0][1:] if len(nearest) == 1 else []
        return tuple(one for one in (best, *others) if one != " ".join(words))


def _plain(text: str) -> str:
    """The words of a text without capitals and signs."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _around(text: str, phrases: Sequence[str]) -> str:
    """A text around the first phrase that it contains, with the phrases marked."""
    start = max(0, min((text.find(one) for one in phrases if one in text), default=0) - _AROUND)
    shown = f"{'…' * bool(start)}{text[start : start + 100]}{'…' * (len(text) > start + 100)}"
    begin, end = MARKS
    return re.sub("|".join(map(re.escape, phrases)), lambda found: begin + found[0] + end, shown)


def _rows(graph: Graph, known: Mapping[str, Facts]) -> Iterable[tuple[str, str, str, str, str]]:
    """What each thing is called, what it says, and the names of what it speaks of."""
    query = "SELECT ?d ?term { ?coding sq:codes ?d ; sq:codedTerm ?term }"
    names, terms = labels(graph, linked(known, *_ENDS)), grouped(graph, query)
    for iri, one in known.items():
        mentioned = [names[end] for name in _ENDS for end in texts(one, name)]
        yield (
            iri,
            kind_of(iri) or "",
            " · ".join(part for name in _NAMES for part in texts(one, name)),
            " · ".join(part for name in _TEXTS for part in texts(one, name)),
            " · ".join([*mentioned, *terms.get(iri, ())]),
        )


def _works(graph: Graph) -> dict[str, tuple[str, ...]]:
    """The works in which each statement was read or is stated."""
    query = """SELECT DISTINCT ?s ?work {
      { ?s sq:reportedIn/sq:inWork ?work } UNION { ?s sq:statedIn|sq:via ?work } }"""
    return {iri: tuple(sorted(set(works))) for iri, works in grouped(graph, query).items()}


def _counted(values: Iterable[str], order: Sequence[str] = ()) -> dict[str, int]:
    counts = Counter(values)
    ranked = sorted(counts, key=lambda one: (order.index(one) if order else -counts[one], one))
    return {one: counts[one] for one in ranked}
