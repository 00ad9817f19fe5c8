"""Every figure of `docs/benchmarks.md`, each beside a peer in the same run: `make bench`.

`python -m benchmarks.report COPIES` chooses how often the map is replicated (21: about a million
triples); with `quick` after it, pySHACL is left out, which takes minutes. Results are compared
before any time is shown. Times are medians; trust the ratios.
"""

from __future__ import annotations

import gc
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pyoxigraph as ox

import sq_graph
from benchmarks.replicated import write_copies
from sq_graph.check import shapes_of, validate_change
from sq_graph.graph import EmbeddedGraph
from sq_graph.graph.lookup import NodeTriple
from sq_graph.vocab import PREFIXES

COPIES = int(sys.argv[1]) if len(sys.argv) > 1 else 21
IS_QUICK = "quick" in sys.argv[2:]
BIN = Path(sys.executable).parent
PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
Row = tuple[str, str, str, str, str]


def timed(work: Callable[[], object], runs: int = 3) -> float:
    """The median seconds of some runs of a piece of work."""
    times = []
    for _ in range(runs):
        gc.collect()
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def process(*command: str, runs: int = 5) -> float:
    """The median seconds of a command as a whole process, after a run that does not count."""
    call = [str(BIN / command[0]) if command[0] == "sq-graph" else command[0], *command[1:]]
    subprocess.run(call, check=True, capture_output=True)
    return timed(lambda: subprocess.run(call, check=True, capture_output=True), runs)


def row(what: str, ours: float, peer: str, theirs: float, bound: str) -> Row:
    """One line of the table: both times and their ratio."""
    return (what, seconds(ours), f"{peer}: {seconds(theirs)}", f"{ours / theirs:.2f}", bound)


def seconds(time_taken: float) -> str:
    """A time as the page shows it."""
    return f"{time_taken:.3f} s" if time_taken >= 0.1 else f"{time_taken * 1000:.1f} ms"


def start_up() -> list[Row]:
    """A question as a whole process beside the import of rdflib."""
    rdflib = process(sys.executable, "-c", "import rdflib")
    ask = process("sq-graph", "ask", "rival-definitions", "-f", "json")
    return [row("`sq-graph ask`, whole process", ask, "import of rdflib", rdflib, "≤ 1.1")]


def loading(file: Path, folder: Path) -> list[Row]:
    """`sq-graph load` beside the engine's own bulk load."""

    def bare() -> None:
        store = ox.Store(str(folder / "bare"))
        graph = ox.NamedNode("https://example.org/graph")
        store.bulk_load(path=str(file), format=ox.RdfFormat.N_TRIPLES, to_graph=graph)
        store.flush()

    theirs = timed(bare, 1)
    load = [str(BIN / "sq-graph"), "load", "--store", str(folder / "store"), str(file)]
    ours = timed(lambda: subprocess.run(load, check=True, capture_output=True), 1)
    return [row("`sq-graph load`", ours, "bulk load of pyoxigraph into a graph", theirs, "≤ 1.5")]


def solutions(store: ox.Store, text: str) -> list[ox.QuerySolution]:
    """The rows of a SELECT on the bare engine."""
    found = store.query(text, prefixes=PREFIXES)
    assert isinstance(found, ox.QuerySolutions)
    return list(found)


def questions(graph: EmbeddedGraph, size: str) -> list[Row]:
    """Every question beside the same text on the bare engine; the three slowest are shown."""
    bare = graph.store
    found = []
    for question in sq_graph.open().catalogue.questions():
        ours = graph.select(question.text)
        theirs = solutions(bare, question.text)
        if len(ours) != len(theirs):
            sys.exit(f"{question.name}: {len(ours)} rows, the bare engine gives {len(theirs)}")
        mine = timed(partial(graph.select, question.text), 1)
        peer = timed(partial(solutions, bare, question.text), 1)
        found.append((mine, peer, question.name))
    found.sort(reverse=True)
    return [
        row(f"question `{name}`, {size}", mine, "bare pyoxigraph", peer, "≤ 1.2, ≤ 1 s")
        for mine, peer, name in found[:3]
    ]


def validation(graph: EmbeddedGraph, size: str, reference: bool) -> list[Row]:
    """All shapes over the whole graph, compiled; beside pySHACL where that ends in minutes."""
    shapes = shapes_of(sq_graph.open().layouts, graph)
    ours = timed(lambda: shapes.violations(graph), 1)
    if not reference or IS_QUICK:
        peer = "pySHACL: not run" if reference else "–"
        return [(f"all shapes, {size}", seconds(ours), peer, "–", "< 0.8 GB")]
    import pyshacl
    import rdflib

    data = sq_graph.open().to_rdflib()
    rules = rdflib.Graph().parse(data=str(sq_graph.open().export("shapes")), format="turtle")
    reports: list[bool] = []

    def run() -> None:
        reports.append(pyshacl.validate(data, shacl_graph=rules, advanced=True)[0])

    theirs = timed(run, 1)
    if reports[0] != (not shapes.violations(graph)):
        sys.exit("the compiled shapes and pySHACL do not agree")
    return [row(f"all shapes, {size}", ours, "pySHACL", theirs, "≤ 0.017")]


class Copies:
    """A change that adds copies of some things under new names."""

    def __init__(self, store: ox.Store, things: list[str], number: int) -> None:
        self.store = store
        self.removed: tuple[NodeTriple, ...] = ()
        self.quads = [
            ox.Quad(ox.NamedNode(f"{thing}-new{number}"), quad.predicate, quad.object)
            for thing in things
            for quad in store.quads_for_pattern(ox.NamedNode(thing), None, None)
        ]
        self.added: tuple[NodeTriple, ...] = tuple(
            (quad.subject, quad.predicate, quad.object) for quad in self.quads
        )

    def apply(self) -> None:
        """Adds the copies."""
        self.store.extend(self.quads)

    def undo(self) -> None:
        """Removes them."""
        for quad in self.quads:
            self.store.remove(quad)


def writes(small: EmbeddedGraph, large: EmbeddedGraph, sizes: tuple[str, str]) -> list[Row]:
    """Three new definitions, about 60 triples, validated and kept: in turn at both sizes.

    Processor time, since a write is far shorter than the time for which other programs may
    interrupt it.
    """
    dice = random.Random(1)
    definitions = sorted(row["d"].value for row in small.select("SELECT ?d { ?d a sq:Definition }"))
    shapes = {graph: shapes_of(sq_graph.open().layouts, graph) for graph in (small, large)}
    times: dict[EmbeddedGraph, list[float]] = {small: [], large: []}
    gc.collect()
    for number in range(-20, 200):
        things = dice.sample(definitions, 3)
        found = []
        for graph, taken in times.items():
            change = Copies(graph.store, things, number)
            begin = time.process_time()
            found.append(validate_change(graph, change, shapes[graph]))
            if number >= 0:  # those before compile the shapes
                taken.append(time.process_time() - begin)
            change.undo()
        if found[0] != found[1]:
            sys.exit(f"the findings of a write differ between the sizes: {found}")
    ours, theirs = (statistics.quantiles(times[graph], n=20)[18] for graph in (large, small))
    what = f"validated write of 60 triples, 95th percentile, {sizes[1]}"
    return [row(what, ours, f"the same write, {sizes[0]}", theirs, "≤ 1.5, ≤ 10 ms")]


def main() -> int:
    """Measure, write the page, and print it."""
    rows = start_up()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        file = folder / "many.nt"
        triples = write_copies(file, COPIES)
        small, large = EmbeddedGraph(), EmbeddedGraph()
        write_copies(folder / "one.nt", 1)
        small.store.bulk_load(path=str(folder / "one.nt"), format=ox.RdfFormat.N_TRIPLES)
        large.store.bulk_load(path=str(file), format=ox.RdfFormat.N_TRIPLES)
        sizes = f"{len(small.store):,} triples", f"{len(large.store):,} triples"
        rows += questions(large, sizes[1])
        rows += validation(small, sizes[0], reference=True)
        rows += validation(large, sizes[1], reference=False)
        rows += writes(small, large, sizes)
        rows += loading(file, folder)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
    head = (
        "# Benchmarks\n\n`make bench` writes this page. Each figure is beside a peer in the "
        "same run,"
        " after equal\nresults were checked; trust the ratios.\n\n"
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()},"
        f" pyoxigraph {ox.__version__}; the packaged map\n{COPIES} times over"
        f" ({triples:,} lines); highest memory of this process {memory:.2f} GB;\n"
        f"load average {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores."
        f"{' A quick run: pySHACL was left out.' if IS_QUICK else ''}\n\n"
        "| work | sq-graph | peer | ratio | bound |\n| --- | --- | --- | --- | --- |\n"
    )
    page = head + "".join(f"| {' | '.join(cells)} |\n" for cells in rows)
    PAGE.write_text(page, encoding="utf-8")
    print(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
