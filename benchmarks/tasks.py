"""What is measured: each task has a process of its own, and gives its result and its seconds."""

from __future__ import annotations

import os
import random
import statistics
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import pyoxigraph as ox

import sq_graph
from benchmarks.measuring import Failed, timed, timed_in_turn
from benchmarks.replicated import write_copies
from sq_graph.check import shapes_of, validate_change
from sq_graph.check.store_writer import StoreWriter
from sq_graph.graph import EmbeddedGraph
from sq_graph.graph.layout import packaged
from sq_graph.graph.lookup import NodeTriple
from sq_graph.graph.remote import RemoteGraph
from sq_graph.shacl.pyshacl_engine import violations_of
from sq_graph.vocab import PREFIXES, RDF, SQ
from sq_graph.web import Settings
from tests.test_shapes import comparable

LABELS = """SELECT ?s ?label { ?s <http://www.w3.org/2004/02/skos/core#prefLabel> ?label
  FILTER(isIRI(?s)) }"""
NT = ox.RdfFormat.N_TRIPLES
Found = tuple[Any, float]


def copies(file: Path, number: int) -> Found:
    """The file of the map some times over; how many statements it has."""
    return timed(partial(write_copies, file, number))


def loaded(file: Path) -> EmbeddedGraph:
    """The statements of a file in memory."""
    graph = EmbeddedGraph()
    graph.store.bulk_load(path=str(file), format=NT)
    return graph


def bulk_load(file: Path, folder: Path) -> Found:
    """The engine's own bulk load into a named graph on disk."""

    def bare() -> int:
        store = ox.Store(str(folder))
        store.bulk_load(path=str(file), format=NT, to_graph=ox.NamedNode("https://example.org/g"))
        store.flush()
        return len(store)

    return timed(bare)


def bare_rows(store: ox.Store, text: str) -> list[tuple[Any, ...]]:
    """The rows of a SELECT on the bare engine, each value read, since its rows are lazy."""
    found = store.query(text, prefixes=PREFIXES)
    assert isinstance(found, ox.QuerySolutions)
    return [tuple(term and term.value for term in row) for row in found]


def questions(small: Path, large: Path) -> Found:
    """Every question at both sizes, ours and on the bare engine: name → rows and seconds."""
    graphs = loaded(small), loaded(large)
    found = {}
    for question in sq_graph.open(packaged_only=True).catalogue.questions():
        sizes = []
        for graph in graphs:
            text = question.text
            (ours, mine), (theirs, peer) = timed_in_turn(
                partial(graph.select, text), partial(bare_rows, graph.store, text)
            )
            rows = Counter(tuple(term and term.value for term in row) for row in ours.rows)
            if rows != Counter(theirs):
                raise Failed(f"{question.name}: the bare engine gives other rows")
            sizes.append((len(ours), mine, peer))
        found[question.name] = sizes
    return found, 0.0


def validated(file: Path) -> Found:
    """All shapes over a file, compiled; the results as other engines' can be compared."""

    def run() -> Any:
        graph = loaded(file)
        return shapes_of([packaged()], graph).violations(graph)

    found, seconds = timed(run)
    return comparable(tuple(found)), seconds


def validated_by_pyshacl(file: Path, shapes: Path) -> Found:
    """The same by pySHACL over rdflib."""
    import pyshacl
    import rdflib

    def run() -> Any:
        data, rules = rdflib.Graph().parse(file, format="nt"), rdflib.Graph().parse(shapes)
        return pyshacl.validate(data, shacl_graph=rules, advanced=True, inplace=True)[1]

    report, seconds = timed(run)
    return comparable(violations_of(report)), seconds


def validated_by_pyshifty(file: Path, shapes: Path) -> Found:
    """The same by pyshifty."""
    import shifty

    found, seconds = timed(lambda: shifty.validate(str(file), str(shapes), infer=False))
    return comparable(violations_of(found[1])), seconds


def written(small: Path, large: Path) -> Found:
    """Three new definitions, about 60 triples, validated and kept in memory, in turn at both sizes.

    Processor time, since a write is far shorter than the time for which other programs may
    interrupt it.
    """
    graphs = loaded(small), loaded(large)
    shapes = [shapes_of([packaged()], graph) for graph in graphs]
    dice, times = random.Random(1), (list[float](), list[float]())
    definitions = definitions_of(graphs[0].store)
    for number in range(-20, 200):
        things, found = dice.sample(definitions, 3), []
        for graph, rules, taken in zip(graphs, shapes, times, strict=True):
            change = Copies(graph.store, things, number)
            begin = time.process_time()
            found.append(validate_change(graph, change, rules))
            if number >= 0:  # those before compile the shapes
                taken.append(time.process_time() - begin)
            change.revert()
        if found[0] != found[1]:
            raise Failed(f"the findings of a write differ between the sizes: {found}")
    return [percentile(each) for each in times], percentile(times[1])


def committed(folder: Path) -> Found:
    """The same in a store on disk, by an update, until it is there for good."""
    limits = Settings()
    settings = {"limits": asdict(limits.limits), "update_length": limits.update_length}
    writer, taken = StoreWriter(folder, settings), []
    definitions, dice = definitions_of(writer.store.store), random.Random(1)
    os.sync()  # what was loaded before is not to be written meanwhile
    for number in range(-5, 200):
        change = Copies(writer.store.store, dice.sample(definitions, 3), number)
        lines = " . ".join(f"{quad.triple}".strip(" .") for quad in change.quads)
        text = f"INSERT DATA {{ GRAPH <https://example.org/new> {{ {lines} }} }}"
        task = {"do": "update", "base": None, "using": (), "using_named": (), "in_use": ()}
        begin = time.perf_counter()
        writer.do(task, text.encode())
        if number >= 0:
            taken.append(time.perf_counter() - begin)
    return len(taken), percentile(taken)


def committed_bare(folder: Path) -> Found:
    """The same update by the bare engine, flushed: not validated, and no copy for readers."""
    store, taken, dice = ox.Store(str(folder)), [], random.Random(1)
    definitions = definitions_of(store)
    os.sync()
    for number in range(200):
        change = Copies(store, dice.sample(definitions, 3), number)
        begin = time.perf_counter()
        change.apply()
        store.flush()
        taken.append(time.perf_counter() - begin)
    return len(taken), percentile(taken)


def opened() -> Found:
    """The packaged map read from its files into memory."""
    graph, seconds = timed(lambda: sq_graph.open(packaged_only=True).graph, 3)
    return len(graph.lookup().store), seconds


def parsed_by_rdflib(files: Iterable[Path], form: str = "turtle") -> Found:
    """Files read by rdflib."""
    import rdflib

    def run() -> int:
        graph = rdflib.Graph()
        for file in files:
            graph.parse(file, format=form)
        return len(graph)

    return timed(run)


def read(file: Path, query: str) -> Found:
    """A Turtle file read into memory and asked."""

    def run() -> Any:
        graph = EmbeddedGraph()
        graph.add(file.read_bytes(), "https://example.org/g")
        rows = graph.select(query).rows
        return Counter(tuple(term and term.value for term in row) for row in rows)

    return timed(run)


def read_by_rdflib(file: Path, query: str) -> Found:
    """The same by rdflib."""
    import rdflib

    def run() -> Any:
        rows: Any = rdflib.Graph().parse(file).query(query, initNs=PREFIXES)
        return Counter(tuple(None if term is None else str(term) for term in row) for row in rows)

    return timed(run)


def catalogue_at(endpoint: str) -> Found:
    """Every question asked of another engine; the names of those that have other rows than ours."""
    atlas, graph = sq_graph.open(packaged_only=True), RemoteGraph(endpoint)
    texts = {question.name: question.text for question in atlas.catalogue.questions()}
    found, seconds = timed(lambda: {name: graph.select(text) for name, text in texts.items()})
    return [
        name for name, text in texts.items() if found[name] != atlas.graph.select(text)
    ], seconds


class Copies:
    """A change that adds copies of some things under new names."""

    def __init__(self, store: ox.Store, things: list[ox.NamedNode], number: int) -> None:
        self.store = store
        self.removed: tuple[NodeTriple, ...] = ()
        self.quads = [
            ox.Quad(ox.NamedNode(f"{thing.value}-new{number}"), quad.predicate, quad.object)
            for thing in things
            for quad in store.quads_for_pattern(thing, None, None)
        ]
        self.added: tuple[NodeTriple, ...] = tuple(
            (quad.subject, quad.predicate, quad.object) for quad in self.quads
        )

    def apply(self) -> None:
        """Adds the copies."""
        self.store.extend(self.quads)

    def revert(self) -> None:
        """Removes them."""
        for quad in self.quads:
            self.store.remove(quad)


def definitions_of(store: ox.Store) -> list[ox.NamedNode]:
    """The definitions in a store whose copies break no rule (an ingredient has one definition)."""
    composed = ox.NamedNode(f"{SQ}composedOf")
    whole = {quad.subject for quad in store.quads_for_pattern(None, composed, None)}
    kind = ox.NamedNode(f"{RDF}type"), ox.NamedNode(f"{SQ}Definition")
    found = {quad.subject for quad in store.quads_for_pattern(None, *kind)}
    return sorted((one for one in found - whole if isinstance(one, ox.NamedNode)), key=str)


def percentile(times: list[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(times, n=20)[18]
