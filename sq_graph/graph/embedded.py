"""The graph in this process, in memory or on disk."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from sq_graph.errors import BadQuery
from sq_graph.graph import engine
from sq_graph.graph.digest import content_hash, content_of_store, kept_content
from sq_graph.graph.loading import default_is_union
from sq_graph.graph.lookup import Lookup
from sq_graph.graph.sparql_limits import keywords
from sq_graph.graph.terms import Progress, ResultSet, Term, Triple
from sq_graph.resources import file_bytes
from sq_graph.vocab import PREFIXES

FORMS = (*engine.ROWS, *engine.TRIPLES)
"""Forms of a serialised answer: the first four for rows, the others for triples."""
Texts = Mapping[str, tuple[bytes | None, bool]]
"""The graphs of some files: each one's text, None where there is none, and whether the default view
holds it.
"""


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
        self._texts, self._waiting = dict[str, tuple[bytes, bool]](), dict[str, str]()
        self._unlisted, self._joined = set[str](), False
        self._derived = dict[str, dict[str, Any]]()
        self._followed = dict[str, tuple[dict[str, Any], set[str]]]()

    def cache(self, name: str) -> dict[str, Any] | None:
        """What was worked out of the graph as it is now, under a name; emptied by each change.

        None for a store on disk: others may change it unseen.

        >>> graph = EmbeddedGraph()
        >>> graph.cache("lengths")["hello"] = 5
        >>> graph.cache("lengths")
        {'hello': 5}
        >>> graph.add("", "https://example.org/file")
        >>> graph.cache("lengths")
        {}
        """
        return self._derived.setdefault(name, {}) if self._in_memory else None

    def live_cache(self, name: str) -> tuple[dict[str, Any], set[str]] | None:
        """What was worked out of the graph, as `cache`, and the things that changed since it was
        last asked for: whoever asks brings it up to date for these, at the cost of the change.

        >>> graph = EmbeddedGraph()
        >>> graph.live_cache("lengths")
        ({}, set())
        """
        if not self._in_memory:
            return None
        known, changed = self._followed.get(name, ({}, set()))
        self._followed[name] = known, set()
        return known, changed

    def note_changed(self, things: Iterable[str]) -> None:
        """Notes that the graph says something else of some things."""
        self._derived.clear()
        every = set(things)
        for _, changed in self._followed.values():
            changed.update(every)

    def add(self, turtle: str | bytes, iri: str, listed: bool = True, where: str = "") -> None:
        """Adds a Turtle text as the named graph `iri`, and to the default graph if it is `listed`.

        In memory, a text enters its named graph only when a query names graphs, which halves the
        time to open a map. Raises BrokenFile with the line if the text is no Turtle.
        """
        self._forget()
        content = turtle.encode() if isinstance(turtle, str) else turtle
        if listed:
            self._load(content, iri, ox.DefaultGraph(), where)
        if not self._in_memory:
            self._load(content, iri, ox.NamedNode(iri), where)
            return
        if before := self.text(iri):  # two folders with one base: one graph holds both
            content = before + b"\n" + content
        self._texts[iri], self._waiting[iri], self._joined = (content, listed), where, False
        (self._unlisted.discard if listed else self._unlisted.add)(iri)

    def add_serialised(self, content: bytes, form: str, iri: str, where: str = "") -> None:
        """Adds triples in any of the forms for triples to the default graph; named graphs are read
        as one.
        """
        self._forget()
        quads = engine.parse(content, form, iri, where)
        self.store.extend(ox.Quad(*quad.triple) for quad in quads)

    def text(self, iri: str) -> bytes | None:
        """The text from which a named graph in memory was read; None if there is no such graph."""
        return self._texts[iri][0] if iri in self._texts else None

    def in_default_view(self, iri: str, new: bool = True) -> bool:
        """Whether the default graph holds a named graph in memory; `new` where there is none."""
        return self._texts[iri][1] if iri in self._texts else new

    def is_waiting(self, iri: str, new: bool = False) -> bool:
        """Whether a named graph in memory enters the store only when a query names it; `new` where
        there is none.
        """
        return iri in self._waiting if iri in self._texts else new

    def texts(self, base: str = "") -> dict[str, tuple[bytes, bool]]:
        """The graphs in memory whose IRIs begin with a base: text, and whether the default graph
        holds it.
        """
        return {iri: kept for iri, kept in self._texts.items() if iri.startswith(base)}

    def set_texts(self, texts: Texts, late: Collection[str] = ()) -> None:
        """Notes other texts of named graphs; the graphs themselves follow by `GraphDiff`, those
        that are `late` when a query names graphs.
        """
        for iri, (content, listed) in texts.items():
            self._texts.pop(iri, None)
            self._waiting.pop(iri, None)
            self._unlisted.discard(iri)
            if content is not None:
                self._texts[iri] = content, listed
                self._unlisted.update(() if listed else (iri,))
                self._waiting.update({iri: ""} if iri in late else {})

    def materialise_union(self) -> None:
        """Fills the default graph from the named graphs of the listed files, so that both share
        their blank nodes.
        """
        self._name_graphs()
        if self._joined:
            return
        self._forget()  # the blank nodes get other names
        self.store.clear_graph(ox.DefaultGraph())
        for iri, (_, listed) in self._texts.items():
            if listed:
                self.store.update(f"ADD SILENT <{iri}> TO DEFAULT")
        self._joined = True

    def graphs(self) -> tuple[str, ...]:
        """The IRIs of the named graphs, sorted."""
        self._name_graphs()
        return tuple(sorted(name.value for name in self.store.named_graphs()))

    def digest(self) -> str:
        """The digest of the statements of all files or graphs; a store on disk keeps it."""
        if self._folder:
            return kept_content(self._folder, lambda: content_of_store(self.store)).digest
        dumped = self.store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()) or b""
        unlisted = [(text, iri) for iri, (text, listed) in self._texts.items() if not listed]
        return content_hash(dumped, unlisted).digest

    def lookup(self) -> Lookup:
        """The default graph as it is now, looked up by thing and property."""
        return Lookup(self.store, None if self.is_union else ox.DefaultGraph())

    def statements_of(
        self, things: Iterable[str], properties: Collection[str] = ()
    ) -> Iterator[tuple[str, str, Term]]:
        """The statements of things as thing, property and value: several times faster than a query
        for them.

        `properties` restricts them to these, by IRI.
        """
        lookup = self.lookup()
        for thing in things:
            with suppress(ValueError):  # no IRI, so nothing is stated of it
                for predicate, objects in lookup.properties(ox.NamedNode(thing)).items():
                    name = predicate.value
                    for value in objects if not properties or name in properties else ():
                        yield thing, name, engine.to_term(value)

    def is_stated(self, thing: str) -> bool:
        """Whether the default graph says anything of a thing.

        >>> graph = EmbeddedGraph()
        >>> graph.add("<https://example.org/a> <https://example.org/says> 'hello' .", "https://example.org/file")
        >>> graph.is_stated("https://example.org/a"), graph.is_stated("https://example.org/b")
        (True, False)
        """
        with suppress(ValueError):  # no IRI, so nothing is stated of it
            return self.lookup().is_subject(ox.NamedNode(thing))
        return False

    def graphs_of(self, thing: str) -> tuple[str, ...]:
        """The named graphs that say something of a thing, sorted."""
        return self._graphs_with((thing, None))

    def graphs_naming(self, thing: str) -> tuple[str, ...]:
        """The named graphs that say something of a thing, or that say something else with it,
        sorted.
        """
        return self._graphs_with((thing, None), (None, thing))

    def _graphs_with(self, *ends: tuple[str | None, str | None]) -> tuple[str, ...]:
        nodes = [[ox.NamedNode(end) if end else None for end in pair] for pair in ends]
        find, shown = self.store.quads_for_pattern, ox.DefaultGraph()
        is_shown = any(True for s, o in nodes for _ in find(s, None, o, shown))
        self._name_graphs(None if is_shown else self._unlisted)
        names = {getattr(q.graph_name, "value", "") for s, o in nodes for q in find(s, None, o)}
        return tuple(sorted(names - {""}))

    def select(self, query: str) -> ResultSet:
        """The rows of a SELECT query; raises BadQuery for another form or a fault in it."""
        return engine.rows(self._run(query))

    def ask(self, query: str) -> bool:
        """The answer of an ASK query; raises BadQuery for another form or a fault in it."""
        return engine.truth(self._run(query))

    def construct(self, query: str) -> tuple[Triple, ...]:
        """The triples of a CONSTRUCT or DESCRIBE query; raises BadQuery for another form or a fault
        in it.
        """
        found = self._run(query)
        if not isinstance(found, ox.QueryTriples):
            raise engine.no_triples()
        return tuple(map(engine.to_triple, found))

    def results(self, query: str, form: str) -> bytes:
        """The answer of any query, serialised in one of `FORMS`; raises BadQuery if the form does
        not fit.
        """
        found = self._run(query)
        fitting = engine.TRIPLES if isinstance(found, ox.QueryTriples) else engine.ROWS
        if form not in fitting:
            said = f"the answer of this query cannot be written as {form}"
            raise BadQuery(said, remedy=f"Ask for {', '.join(fitting)}")
        if isinstance(found, ox.QueryTriples):
            triples = list(found)
            return engine.serialise(triples, form, engine.used_by(triples))
        return found.serialize(format=engine.ROWS[form]) or b""

    def _load(self, content: bytes, base: str, graph: engine.GraphName, where: str) -> None:
        with engine.file_faults(where or base, content=content):
            self.store.load(content, format=ox.RdfFormat.TURTLE, base_iri=base, to_graph=graph)

    def _forget(self) -> None:
        self._derived.clear()
        self._followed.clear()

    def _name_graphs(self, wanted: Collection[str] | None = None) -> None:
        """Loads the named graphs of the texts that have waited: all, or only those wanted."""
        for iri in list(self._waiting) if wanted is None else self._waiting.keys() & wanted:
            where = self._waiting.pop(iri)
            self._load(self._texts[iri][0], iri, ox.NamedNode(iri), where)

    def _run(self, query: str) -> Any:
        if self._waiting and not keywords(query).isdisjoint({"GRAPH", "FROM"}):
            self._name_graphs()
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
