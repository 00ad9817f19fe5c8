"""Searching the map by words: whole words before beginnings of words, ignoring accents and case."""

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sq_graph.errors import UnknownName
from sq_graph.graph import Graph
from sq_graph.model import KINDS_OF
from sq_graph.model.attribution import attributions, credit_text
from sq_graph.model.facts import Facts, facts, grouped, iris, labels, linked, text, texts
from sq_graph.model.records import ascii_slug
from sq_graph.table import Table, Tabular
from sq_graph.vocab import kind_of, slug_of

SEARCHED_KINDS: Sequence[str] = KINDS_OF["searched"]
"""The kinds of thing that a search finds, in the order in which equal hits are listed."""
MARKS = ("\x02", "\x03")
"""The marks around matched words in a snippet."""
_UNMARKED = str.maketrans("", "", "".join(MARKS))
_MARKS_IN_WORDS = str.maketrans("“”„«»「」\0", '"' * 7 + " ", "\u00ad")
"""Any quotation mark becomes a straight one; what the search engine cannot read is left out."""
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]"
)
"""Letters of scripts without spaces between words, which are found anywhere in a text."""
_NON_ASCII_WORD = re.compile(r"\w*[^\W\x00-\x7f]\w*|\w+['’]\w+")
"""Words that are found in plain letters too: Łódź as lodz, O'Neill as oneill."""
_MAX_CORRECTED = 20
"""The number of words for which other spellings are sought."""
_CONTEXT = 20
"""The number of characters that an excerpt shows before its first match."""
_NAMES = ("rdfs:label", "skos:altLabel", "skos:hiddenLabel", "dcterms:title", "sq:citationKey")
_ENDS = ("sq:subject", "sq:object", "sq:component", "sq:defines", "sq:item", "sq:about", "sq:place")
_TEXTS = ("sq:summary", "sq:wording", "skos:scopeNote", "sq:printed", "sq:readAs")
_SCHEMA = """CREATE VIRTUAL TABLE hits USING fts5(
  iri UNINDEXED, kind UNINDEXED, name, says, mentions,
  tokenize="unicode61 remove_diacritics 2", prefix='2 3')"""


@dataclass(frozen=True)
class Hit:
    """A thing that was found, with a snippet of its text, and its source with the hedge."""

    iri: str
    kind: str
    label: str
    snippet: str
    source: str
    works: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class Results(Tabular):
    """The hits of a search, their total number, and other spellings of words without a match."""

    hits: tuple[Hit, ...]
    count: int
    kinds: Mapping[str, int]
    works: Mapping[str, int]
    suggestions: tuple[str, ...]

    def table(self) -> Table:
        """The hits as a table."""
        pairs = [(hit, hit.snippet.translate(_UNMARKED)) for hit in self.hits]
        rows = tuple(
            (hit.label, f"{hit.kind}:{slug_of(hit.iri)}", says, hit.source) for hit, says in pairs
        )
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
        individuals = iris(graph, "SELECT DISTINCT ?s { ?s a owl:NamedIndividual }")
        searched = [iri for iri in individuals if kind_of(iri) in SEARCHED_KINDS]
        entries = facts(graph, searched, (*_NAMES, *_ENDS, *_TEXTS))
        self.labels = {iri: text(entry, "rdfs:label") for iri, entry in entries.items()}
        self._works = _works(graph)
        self._store = sqlite3.connect(":memory:", check_same_thread=False)
        self._store.execute(_SCHEMA)
        self._store.execute("CREATE VIRTUAL TABLE words USING fts5vocab(hits, row)")
        self._store.executemany("INSERT INTO hits VALUES (?, ?, ?, ?, ?)", _rows(graph, entries))

    def search(self, words: str, kind: str = "", work: str = "", most: int = 50) -> Results:
        """Find the things that have all words; a phrase is put in quotation marks.

        Parameters:
            words: the words to look for; '' finds everything of a kind or work.
            kind: one of `SEARCHED_KINDS`, or '' for all.
            work: the IRI of a work in which the statement was read or is stated, or ''.
            most: the greatest number of hits.

        Raises UnknownName for another kind.
        """
        if kind and kind not in SEARCHED_KINDS:
            kind_name = "kind of thing that is searched"
            raise UnknownName(kind_name, kind, SEARCHED_KINDS, choices=SEARCHED_KINDS)
        normalised = unicodedata.normalize("NFKC", words).translate(_MARKS_IN_WORDS)
        groups = re.findall(r'"([^"]+)"|([^\s"]+)', normalised)
        phrases = [phrase for phrase in map("".join, groups) if re.search(r"\w", phrase)]
        ranked = list(dict.fromkeys(self._ranked(phrases) if phrases else self._all(kind, work)))
        of_work = [iri for iri in ranked if not work or work in self._works.get(iri, ())]
        of_kind = [iri for iri in ranked if kind in ("", kind_of(iri))]
        matches = [iri for iri in of_work if kind in ("", kind_of(iri))]
        return Results(
            self._hits(matches[:most], phrases),
            len(matches),
            _counts((kind_of(iri) or "" for iri in of_work), SEARCHED_KINDS),
            _counts(work_iri for iri in of_kind for work_iri in self._works.get(iri, ())),
            () if ranked or len(phrases) > _MAX_CORRECTED else self._suggestions(phrases),
        )

    def completions(self, letters: str) -> tuple[str, ...]:
        """Up to eight labels that complete the letters typed so far."""
        words = re.findall(r"\w+", letters)
        condition = " AND ".join(f'"{word}" *' for word in words)
        matches = self._matching(f"name : ({condition})", normalised(letters)) if words else []
        return tuple(dict.fromkeys(self.labels[iri] for iri in matches))[:8]

    def entries(self) -> list[tuple[str, str, str, str]]:
        """Everything that can be found: IRI, kind, label and the searched text."""
        rows = self._store.execute("SELECT iri, kind, name || ' · ' || says FROM hits ORDER BY iri")
        return [(iri, kind, self.labels[iri], words) for iri, kind, words in rows]

    def _all(self, kind: str, work: str) -> list[str]:
        if not kind and not work:
            return []
        return sorted(self.labels, key=lambda iri: (self.labels[iri].lower(), iri))

    def _ranked(self, phrases: Sequence[str]) -> list[str]:
        """Things with the words in their name, then anywhere in them, then with words that begin
        with them, in the same order.
        """
        exact_words = " AND ".join(f'"{phrase}"' for phrase in dict.fromkeys(phrases))
        prefixes = " AND ".join(f'"{phrase}" *' for phrase in dict.fromkeys(phrases))
        conditions = (f"name : ({exact_words})", exact_words, f"name : ({prefixes})", prefixes)
        exact = normalised(" ".join(phrases))
        ranked = [iri for condition in conditions for iri in self._matching(condition, exact)]
        if any(map(_UNSPACED.search, phrases)):
            ranked += self._containing(phrases)
        return sorted(ranked, key=lambda iri: normalised(self.labels[iri]) != exact)

    def _containing(self, phrases: Sequence[str]) -> list[str]:
        """Things with the letters of all phrases anywhere, those with them in the name first."""
        conditions = " AND ".join(["instr(lower(name || says || mentions), ?)"] * len(phrases))
        query = f"SELECT iri FROM hits WHERE {conditions} ORDER BY instr(name, ?) = 0, iri"
        lowered = [phrase.lower() for phrase in phrases]
        return [iri for (iri,) in self._store.execute(query, [*lowered, phrases[0]])]

    def _matching(self, condition: str, prefix: str) -> list[str]:
        """Things that match, the best first; those whose label begins with `prefix` come before all
        others.
        """
        query = "SELECT iri FROM hits WHERE hits MATCH ? ORDER BY bm25(hits, 0, 0, 8, 3, 1), iri"
        matches = [iri for (iri,) in self._store.execute(query, (condition,))]
        return sorted(matches, key=lambda iri: not normalised(self.labels[iri]).startswith(prefix))

    def _hits(self, matches: Sequence[str], phrases: Sequence[str]) -> tuple[Hit, ...]:
        credits = attributions(self.graph, matches)
        snippets = self._snippets(matches, phrases)
        hits = []
        for iri in matches:
            kind, source = kind_of(iri) or "", credit_text(credits.get(iri))
            parts = snippets.get(iri, "").split(" · ")  # one text: not a wording after a summary
            snippet = next((part for part in parts if MARKS[0] in part), parts[0])
            works = self._works.get(iri, ())
            hits.append(Hit(iri, kind, self.labels[iri], snippet, source, works))
        return tuple(hits)

    def _snippets(self, matches: Sequence[str], phrases: Sequence[str]) -> dict[str, str]:
        """The text of each thing around the matched words, or else its beginning."""
        snippet = f"snippet(hits, 3, '{MARKS[0]}', '{MARKS[1]}', '…', 32)"
        among = f"iri IN ({', '.join('?' * len(matches))})"
        condition = " OR ".join(f'"{phrase}" *' for phrase in dict.fromkeys(phrases))
        text_query = f"SELECT iri, says FROM hits WHERE {among}"
        query = f"SELECT iri, {snippet} FROM hits WHERE hits MATCH ? AND {among}"
        if not condition:
            return dict(self._store.execute(text_query, matches))
        snippets = dict(self._store.execute(query, [condition, *matches]))
        remaining = self._store.execute(text_query, matches) if len(snippets) < len(matches) else ()
        return {iri: _excerpt(says, phrases) for iri, says in remaining} | snippets

    def _suggestions(self, phrases: Sequence[str]) -> tuple[str, ...]:
        """The words asked for, with those that the map does not have replaced by similar ones that
        it has.
        """
        vocabulary = [word for (word,) in self._store.execute("SELECT term FROM words")]
        words = [word.casefold() for phrase in phrases for word in phrase.split()]
        nearest = [
            [word] if word in vocabulary else difflib.get_close_matches(word, vocabulary, 3, 0.75)
            for word in words
        ]
        if not all(nearest):
            return ()
        best = " ".join(options[0] for options in nearest)
        others = nearest[0][1:] if len(nearest) == 1 else []
        return tuple(option for option in (best, *others) if option != " ".join(words))


def fold(text: str) -> str:
    """A text in lower case, without accents.

    >>> fold("COHÉSION")
    'cohesion'
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def normalised(text: str) -> str:
    """The words of a text in lower case, without accents and punctuation."""
    return " ".join(re.findall(r"\w+", fold(text)))


def _excerpt(text: str, phrases: Sequence[str]) -> str:
    """A text around the first phrase that it contains, with the phrases marked."""
    start = max(0, min((text.find(p) for p in phrases if p in text), default=0) - _CONTEXT)
    excerpt = f"{'…' * bool(start)}{text[start : start + 100]}{'…' * (len(text) > start + 100)}"
    opening, closing = MARKS
    return re.sub("|".join(map(re.escape, phrases)), rf"{opening}\g<0>{closing}", excerpt)


def _rows(graph: Graph, entries: Mapping[str, Facts]) -> Iterable[tuple[str, str, str, str, str]]:
    """The row of each thing: its names, its text, and the names of the things it mentions."""
    query = "SELECT ?d ?term { ?coding sq:codes ?d ; sq:codedTerm ?term }"
    names, terms = labels(graph, linked(entries, *_ENDS)), grouped(graph, query)
    for iri, entry in entries.items():
        ends = [names[end] for name in _ENDS for end in texts(entry, name)]
        own_names = " · ".join(part for name in _NAMES for part in texts(entry, name))
        ascii_words = map(ascii_slug, _NON_ASCII_WORD.findall(own_names))
        yield (
            iri,
            kind_of(iri) or "",
            own_names,
            " · ".join(part for name in _TEXTS for part in texts(entry, name)),
            " · ".join([*ends, *terms.get(iri, ()), *ascii_words]),
        )


def _works(graph: Graph) -> dict[str, tuple[str, ...]]:
    """The works in which each statement was read or is stated."""
    query = """SELECT DISTINCT ?s ?work {
      { ?s sq:reportedIn/sq:inWork ?work } UNION { ?s sq:statedIn|sq:via ?work } }"""
    return {iri: tuple(sorted(set(works))) for iri, works in grouped(graph, query).items()}


def _counts(values: Iterable[str], order: Sequence[str] = ()) -> dict[str, int]:
    counts = Counter(values)
    ranked = sorted(counts, key=lambda v: (order.index(v) if order else -counts[v], v))
    return {v: counts[v] for v in ranked}
