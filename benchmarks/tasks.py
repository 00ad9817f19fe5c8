"""The measured tasks; each runs in a process of its own and returns its result and its seconds."""

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
from typing import Any, NamedTuple

import pyoxigraph as ox

import sq_graph
from benchmarks.measuring import MeasurementError, time_call, time_calls
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
Timed = tuple[Any, float]


def copy_map(file: Path, number: int) -> Timed:
    """Writes some copies of the map to a file; how many statements it has."""
    return time_call(partial(write_copies, file, number))


def load(file: Path) -> EmbeddedGraph:
    """The statements of a file in memory."""
    graph = EmbeddedGraph()
    graph.store.bulk_load(path=str(file), format=NT)
    return graph


def bulk_load(file: Path, folder: Path) -> Timed:
    """The engine's own bulk load into a named graph on disk."""

    def run() -> int:
        store = ox.Store(str(folder))
        store.bulk_load(path=str(file), format=NT, to_graph=ox.NamedNode("https://example.org/g"))
        store.flush()
        return len(store)

    return time_call(run)


def bare_rows(store: ox.Store, text: str) -> list[tuple[Any, ...]]:
    """The rows of a SELECT on the bare engine, with every value read, since its rows are lazy."""
    solutions = store.query(text, prefixes=PREFIXES)
    assert isinstance(solutions, ox.QuerySolutions)
    return [tuple(term and term.value for term in row) for row in solutions]


class QuestionTime(NamedTuple):
    """How many rows a question has, and its seconds, ours and on the bare engine."""

    rows: int
    ours: float
    theirs: float


def ask_questions(small: Path, large: Path) -> Timed:
    """Every question, ours and on the bare engine: its time by name, at each of both sizes."""
    graphs = load(small), load(large)
    times = dict[str, QuestionTime](), dict[str, QuestionTime]()
    for question in sq_graph.open(packaged_only=True).catalogue.questions():
        text = question.text
        for graph, time_by_name in zip(graphs, times, strict=True):
            (results, ours), (bare, theirs) = time_calls(
                partial(graph.select, text), partial(bare_rows, graph.store, text)
            )
            rows = Counter(tuple(term and term.value for term in row) for row in results.rows)
            if rows != Counter(bare):
                raise MeasurementError(f"{question.name}: the bare engine gives other rows")
            time_by_name[question.name] = QuestionTime(len(results), ours, theirs)
    return times, 0.0


def validate(file: Path) -> Timed:
    """All shapes over a file, compiled; the results in a form that other engines share."""

    def run() -> Any:
        graph = load(file)
        return shapes_of([packaged()], graph).violations(graph)

    violations, seconds = time_call(run)
    return comparable(tuple(violations)), seconds


def validate_by_pyshacl(file: Path, shapes: Path) -> Timed:
    """The same by pySHACL over rdflib."""
    import pyshacl
    import rdflib

    def run() -> Any:
        data, shapes_graph = rdflib.Graph().parse(file, format="nt"), rdflib.Graph().parse(shapes)
        return pyshacl.validate(data, shacl_graph=shapes_graph, advanced=True, inplace=True)[1]

    report, seconds = time_call(run)
    return comparable(violations_of(report)), seconds


def validate_by_pyshifty(file: Path, shapes: Path) -> Timed:
    """The same by pyshifty."""
    import shifty

    (_, report, *_), seconds = time_call(
        lambda: shifty.validate(str(file), str(shapes), infer=False)
    )
    return comparable(violations_of(report)), seconds


def write_in_memory(small: Path, large: Path) -> Timed:
    """Three new definitions, about 60 triples, validated and kept in memory, in turn at both sizes.

    Measured in processor time, since other programs may interrupt a write for longer than it takes.
    """
    graphs = load(small), load(large)
    shapes = [shapes_of([packaged()], graph) for graph in graphs]
    dice, times = random.Random(1), (list[float](), list[float]())
    definitions = copyable_definitions(graphs[0].store)
    for number in range(-20, 200):
        sample, findings = dice.sample(definitions, 3), []
        for graph, graph_shapes, seconds in zip(graphs, shapes, times, strict=True):
            change = Copies(graph.store, sample, number)
            start = time.process_time()
            findings.append(validate_change(graph, change, graph_shapes))
            if number >= 0:  # earlier rounds compile the shapes
                seconds.append(time.process_time() - start)
            change.revert()
        if findings[0] != findings[1]:
            raise MeasurementError(f"the findings of a write differ between the sizes: {findings}")
    return [percentile_95(seconds) for seconds in times], percentile_95(times[1])


def commit(folder: Path) -> Timed:
    """The same in a store on disk, by an update, until it is durable."""
    defaults = Settings()
    settings = {"limits": asdict(defaults.limits), "update_length": defaults.update_length}
    writer, times = StoreWriter(folder, settings, [packaged()]), []
    definitions, dice = copyable_definitions(writer.store.store), random.Random(1)
    os.sync()  # so that earlier data is not written meanwhile
    for number in range(-5, 200):
        change = Copies(writer.store.store, dice.sample(definitions, 3), number)
        lines = " . ".join(f"{quad.triple}".strip(" .") for quad in change.quads)
        text = f"INSERT DATA {{ GRAPH <https://example.org/new> {{ {lines} }} }}"
        task = {"do": "update", "base": None, "using": (), "using_named": (), "in_use": ()}
        start = time.perf_counter()
        writer.do(task, text.encode())
        if number >= 0:
            times.append(time.perf_counter() - start)
    return len(times), percentile_95(times)


def commit_bare(folder: Path) -> Timed:
    """The same update by the bare engine, flushed: not validated, and no copy for readers."""
    store, times, dice = ox.Store(str(folder)), [], random.Random(1)
    definitions = copyable_definitions(store)
    os.sync()
    for number in range(200):
        change = Copies(store, dice.sample(definitions, 3), number)
        start = time.perf_counter()
        change.apply()
        store.flush()
        times.append(time.perf_counter() - start)
    return len(times), percentile_95(times)


def open_map() -> Timed:
    """The packaged map read from its files into memory."""
    graph, seconds = time_call(lambda: sq_graph.open(packaged_only=True).graph, 3)
    return len(graph.lookup().store), seconds


def parse_by_rdflib(files: Iterable[Path], form: str = "turtle") -> Timed:
    """Files read by rdflib."""
    import rdflib

    def run() -> int:
        graph = rdflib.Graph()
        for file in files:
            graph.parse(file, format=form)
        return len(graph)

    return time_call(run)


def read(file: Path, query: str) -> Timed:
    """A Turtle file read into memory and queried."""

    def run() -> Any:
        graph = EmbeddedGraph()
        graph.add(file.read_bytes(), "https://example.org/g")
        rows = graph.select(query).rows
        return Counter(tuple(term and term.value for term in row) for row in rows)

    return time_call(run)


def read_by_rdflib(file: Path, query: str) -> Timed:
    """The same by rdflib."""
    import rdflib

    def run() -> Any:
        rows: Any = rdflib.Graph().parse(file).query(query, initNs=PREFIXES)
        return Counter(tuple(None if term is None else str(term) for term in row) for row in rows)

    return time_call(run)


def ask_endpoint(endpoint: str) -> Timed:
    """Every question asked of another engine; the names of those that have other rows than ours."""
    atlas, graph = sq_graph.open(packaged_only=True), RemoteGraph(endpoint)
    texts = {question.name: question.text for question in atlas.catalogue.questions()}
    rows, seconds = time_call(lambda: {name: graph.select(text) for name, text in texts.items()})
    return [name for name, text in texts.items() if rows[name] != atlas.graph.select(text)], seconds


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


def copyable_definitions(store: ox.Store) -> list[ox.NamedNode]:
    """The definitions in a store whose copies break no rule (an ingredient has one definition)."""
    composed_of = ox.NamedNode(f"{SQ}composedOf")
    composed = {quad.subject for quad in store.quads_for_pattern(None, composed_of, None)}
    is_definition = ox.NamedNode(f"{RDF}type"), ox.NamedNode(f"{SQ}Definition")
    definitions = {quad.subject for quad in store.quads_for_pattern(None, *is_definition)}
    return sorted((d for d in definitions - composed if isinstance(d, ox.NamedNode)), key=str)


def percentile_95(times: list[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(times, n=20)[18]
