"""The graph in this process, in memory or on disk."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from sq_graph.errors import BadQuery
from sq_graph.graph import engine
from sq_graph.graph.digest import cached_content, content_hash, content_of_store
from sq_graph.graph.loading import default_is_union
from sq_graph.graph.lookup import Lookup
from sq_graph.graph.sparql_limits import keywords
from sq_graph.graph.terms import Progress, ResultSet, Term, Triple
from sq_graph.graph.updates import dataset_iris
from sq_graph.resources import file_bytes
from sq_graph.vocab import PREFIXES

FORMS = (*engine.ROWS, *engine.TRIPLES)
"""Forms of a serialised answer: the first four for rows, the others for triples."""
Texts = Mapping[str, tuple[bytes | None, bool]]
"""By graph: its text, None where there is none, and whether the default view holds it."""


class EmbeddedGraph:
    """Named graphs in one store; the default graph is the union of those added with `listed=True`.

    >>> graph = EmbeddedGraph()
    >>> graph.add("<https://example.org/a> <https://example.org/says> 'hello' .", "https://example.org/file")
    >>> [str(row["o"]) for row in graph.select("SELECT ?o { ?s ?p ?o }")]
    ['hello']
    """

    def __init__(self, folder: Path | None = None, read_only: bool = False) -> None:
        self.store = engine.open_store(folder, read_only) if folder else ox.Store()
        self._folder, self._in_memory = folder, folder is None
        self.is_union = default_is_union(folder) if folder else False
        self._texts, self._pending = dict[str, tuple[bytes, bool]](), dict[str, str]()
        self._unlisted, self._shares_blank_nodes = set[str](), False
        self._caches = dict[str, dict[str, Any]]()
        self._live_caches = dict[str, tuple[dict[str, Any], set[str]]]()

    def cache(self, name: str) -> dict[str, Any] | None:
        """A named cache for results derived from the graph; each change empties it.

        None for a store on disk, which others may change unnoticed.

        >>> graph = EmbeddedGraph()
        >>> graph.cache("lengths")["hello"] = 5
        >>> graph.cache("lengths")
        {'hello': 5}
        >>> graph.add("", "https://example.org/file")
        >>> graph.cache("lengths")
        {}
        """
        return self._caches.setdefault(name, {}) if self._in_memory else None

    def live_cache(self, name: str) -> tuple[dict[str, Any], set[str]] | None:
        """A cache that changes do not empty, and the things that changed since it was last asked
        for: the caller updates the cache for these.

        >>> graph = EmbeddedGraph()
        >>> graph.live_cache("lengths")
        ({}, set())
        """
        if not self._in_memory:
            return None
        cache, changed = self._live_caches.get(name, ({}, set()))
        self._live_caches[name] = cache, set()
        return cache, changed

    def note_changed(self, things: Iterable[str]) -> None:
        """Records that the statements about some things have changed."""
        self._caches.clear()
        new_changes = set(things)
        for _, changed in self._live_caches.values():
            changed.update(new_changes)

    def add(self, turtle: str | bytes, iri: str, listed: bool = True, where: str = "") -> None:
        """Adds a Turtle text as the named graph `iri`, and to the default graph if it is `listed`.

        In memory, a text enters its named graph only when a query names graphs, which halves the
        time to open a map. Raises BrokenFile with the line if the text is not valid Turtle.
        """
        self._clear_caches()
        content = turtle.encode() if isinstance(turtle, str) else turtle
        if listed:
            self._load(content, iri, ox.DefaultGraph(), where)
        if not self._in_memory:
            self._load(content, iri, ox.NamedNode(iri), where)
            return
        if existing := self.text(iri):  # two folders with one base: one graph holds both
            content = existing + b"\n" + content
        self._texts[iri], self._pending[iri] = (content, listed), where
        self._shares_blank_nodes = False
        (self._unlisted.discard if listed else self._unlisted.add)(iri)

    def add_serialised(self, content: bytes, form: str, iri: str, where: str = "") -> int:
        """Adds triples in any of the forms for triples to the default graph; the named graphs of
        the text are merged, and their number is returned.
        """
        self._clear_caches()
        quads = engine.parse(content, form, iri, where)
        self.store.extend(ox.Quad(*quad.triple) for quad in quads)
        return len({quad.graph_name for quad in quads} - {ox.DefaultGraph()})

    def text(self, iri: str) -> bytes | None:
        """The text from which a named graph in memory was read; None if there is no such graph."""
        return self._texts[iri][0] if iri in self._texts else None

    def in_default_view(self, iri: str, default: bool = True) -> bool:
        """Whether the default graph holds a named graph in memory; `default` where there is no such
        graph.
        """
        return self._texts[iri][1] if iri in self._texts else default

    def is_pending(self, iri: str, default: bool = False) -> bool:
        """Whether a named graph in memory enters the store only when a query names it; `default`
        where there is no such graph.
        """
        return iri in self._pending if iri in self._texts else default

    def texts(self, base: str = "") -> dict[str, tuple[bytes, bool]]:
        """The graphs in memory whose IRIs begin with a base: text, and whether the default graph
        holds it.
        """
        return {iri: entry for iri, entry in self._texts.items() if iri.startswith(base)}

    def set_texts(self, texts: Texts, pending: Collection[str] = ()) -> None:
        """Replaces the texts of named graphs. `GraphDiff` changes the graphs themselves, except the
        `pending` ones, which are loaded when a query names graphs.
        """
        for iri, (content, listed) in texts.items():
            self._texts.pop(iri, None)
            self._pending.pop(iri, None)
            self._unlisted.discard(iri)
            if content is not None:
                self._texts[iri] = content, listed
                self._unlisted.update(() if listed else (iri,))
                self._pending.update({iri: ""} if iri in pending else {})

    def materialise_union(self) -> None:
        """Refills the default graph from the named graphs of the listed files, so that both share
        their blank nodes.
        """
        self._load_pending()
        if self._shares_blank_nodes:
            return
        self._clear_caches()  # the blank nodes get other names
        self.store.clear_graph(ox.DefaultGraph())
        for iri, (_, listed) in self._texts.items():
            if listed:
                self.store.update(f"ADD SILENT <{iri}> TO DEFAULT")
        self._shares_blank_nodes = True

    def graphs(self) -> tuple[str, ...]:
        """The IRIs of the named graphs, sorted."""
        self._load_pending()
        return tuple(sorted(name.value for name in self.store.named_graphs()))

    def digest(self) -> str:
        """The digest of the statements of all files or graphs; a store on disk keeps it."""
        if self._folder:
            return cached_content(self._folder, lambda: content_of_store(self.store)).digest
        dump = self.store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()) or b""
        unlisted = [(text, iri) for iri, (text, listed) in self._texts.items() if not listed]
        return content_hash(dump, unlisted).digest

    def lookup(self) -> Lookup:
        """The current default graph, for looking up by thing and property."""
        return Lookup(self.store, None if self.is_union else ox.DefaultGraph())

    def statements_of(
        self, things: Iterable[str], properties: Collection[str] = ()
    ) -> Iterator[tuple[str, str, Term]]:
        """The statements about things as thing, property and value, several times faster than by a
        query; with `properties`, only these, by IRI.
        """
        lookup = self.lookup()
        for thing in things:
            with suppress(ValueError):  # not an IRI, so nothing is stated of it
                for predicate, objects in lookup.properties(ox.NamedNode(thing)).items():
                    name = predicate.value
                    for value in objects if not properties or name in properties else ():
                        yield thing, name, engine.to_term(value)

    def is_stated(self, thing: str) -> bool:
        """Whether the default graph states anything of a thing.

        >>> graph = EmbeddedGraph()
        >>> graph.add("<https://example.org/a> <https://example.org/says> 'hello' .", "https://example.org/file")
        >>> graph.is_stated("https://example.org/a"), graph.is_stated("https://example.org/b")
        (True, False)
        """
        with suppress(ValueError):  # not an IRI, so nothing is stated of it
            return self.lookup().is_subject(ox.NamedNode(thing))
        return False

    def graphs_of(self, thing: str) -> tuple[str, ...]:
        """The named graphs with statements about a thing, sorted."""
        return self._graphs_with((thing, None))

    def graphs_naming(self, thing: str) -> tuple[str, ...]:
        """The named graphs in which a thing is the subject or object of a statement, sorted."""
        return self._graphs_with((thing, None), (None, thing))

    def _graphs_with(self, *patterns: tuple[str | None, str | None]) -> tuple[str, ...]:
        pairs = [[ox.NamedNode(iri) if iri else None for iri in pattern] for pattern in patterns]
        find, default = self.store.quads_for_pattern, ox.DefaultGraph()
        in_default = any(True for s, o in pairs for _ in find(s, None, o, default))
        self._load_pending(None if in_default else self._unlisted)
        names = {getattr(q.graph_name, "value", "") for s, o in pairs for q in find(s, None, o)}
        return tuple(sorted(names - {""}))

    def select(self, query: str) -> ResultSet:
        """The rows of a SELECT query; raises BadQuery for another form or a fault in it."""
        return engine.rows(self._run(query))

    def ask(self, query: str) -> bool:
        """The answer of an ASK query; raises BadQuery for another form or a fault in it."""
        return engine.boolean(self._run(query))

    def construct(self, query: str) -> tuple[Triple, ...]:
        """The triples of a CONSTRUCT or DESCRIBE query; raises BadQuery for another form or a fault
        in it.
        """
        answer = self._run(query)
        if not isinstance(answer, ox.QueryTriples):
            raise engine.no_triples()
        return tuple(map(engine.to_triple, answer))

    def results(self, query: str, form: str) -> bytes:
        """The answer of any query, serialised in one of `FORMS`; raises BadQuery if the form does
        not fit.
        """
        answer = self._run(query)
        forms = engine.TRIPLES if isinstance(answer, ox.QueryTriples) else engine.ROWS
        if form not in forms:
            message = f"the answer of this query cannot be written as {form}"
            raise BadQuery(message, remedy=f"Ask for {', '.join(forms)}")
        if isinstance(answer, ox.QueryTriples):
            triples = list(answer)
            return engine.serialise(triples, form, engine.prefixes_for(triples))
        return answer.serialize(format=engine.ROWS[form]) or b""

    def _load(self, content: bytes, base: str, graph: engine.GraphName, where: str) -> None:
        with engine.file_faults(where or base, content=content):
            self.store.load(content, format=ox.RdfFormat.TURTLE, base_iri=base, to_graph=graph)

    def _clear_caches(self) -> None:
        self._caches.clear()
        self._live_caches.clear()

    def _load_pending(self, graphs: Collection[str] | None = None) -> None:
        """Loads the named graphs of the pending texts: all, or only some `graphs`."""
        for iri in list(self._pending) if graphs is None else self._pending.keys() & graphs:
            where = self._pending.pop(iri)
            self._load(self._texts[iri][0], iri, ox.NamedNode(iri), where)

    def _run(self, query: str) -> Any:
        if self._pending and not keywords(query).isdisjoint({"GRAPH", "FROM"}):
            self._load_pending()
        engine.refuse_unknown(self.store, dataset_iris(query))
        with engine.query_faults(query):
            return engine.run_query(query, self._query)

    def _query(self, query: str) -> Any:
        return self.store.query(query, prefixes=PREFIXES, use_default_graph_as_union=self.is_union)


def load_files(
    graph: EmbeddedGraph, files: Iterable[tuple[Path, str, bool]], progress: Progress | None = None
) -> None:
    """Adds files to a graph, each as (path, graph IRI, listed); raises BrokenFile for one that
    cannot be read.
    """
    for path, iri, listed in files:
        graph.add(file_bytes(path), iri, listed, where=str(path))
        if progress:
            progress()
