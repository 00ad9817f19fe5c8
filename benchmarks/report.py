"""Measures every figure of `docs/benchmarks.md`, each beside a peer in the same run: `make bench`.

`python -m benchmarks.report COPIES` chooses how often the map is replicated (21: about a million
triples); `quick` after it leaves out pySHACL and pyshifty, which take minutes. Results are compared
before any time is shown, and each task has a process of its own, for its memory and with a time
limit. Exits 1 where a bound is missed.
"""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pyoxigraph as ox

from benchmarks import endpoint, tasks
from benchmarks.measuring import (
    Bound,
    Failure,
    Measurement,
    MeasurementError,
    Row,
    measure_command,
    measure_commands,
    run_apart,
    run_within,
)
from sq_graph.export.shacl import to_shapes
from sq_graph.graph.layout import packaged
from tests.serving import (
    OXIGRAPH_PROGRAM,
    VIRTUOSO_STARTS,
    has_virtuoso,
    oxigraph_serving,
    serving,
    virtuoso_serving,
)

Serving = Callable[[Path], AbstractContextManager[str]]
COPIES = int(sys.argv[1]) if len(sys.argv) > 1 else 21
IS_QUICK = "quick" in sys.argv[2:]
COMMAND = str(Path(sys.executable).with_name("sq-graph"))
ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
SOURCES = Path(os.environ.get("SQ_GRAPH_SOURCES") or ROOT.parent / "shared")
PERIODO = SOURCES / "data/periodo/initial-data.ttl"
ASK = (COMMAND, "ask", "rival-definitions")
PEER_LIMIT = 360.0
"""Seconds after which another validator is stopped; pyshifty takes hours for a million triples."""


def require_equal(ours: Measurement, theirs: Measurement) -> None:
    """Raises MeasurementError where results differ."""
    if theirs.result != ours.result and not theirs.was_stopped:
        excerpts = " and ".join(str(result)[:300] for result in (ours.result, theirs.result))
        raise MeasurementError(f"results differ: {excerpts}")


class Report:
    """The measurements over one small and one large file, and a store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.small, self.large = folder / "small.ttl", folder / "large.ttl"
        self.size_small = run_apart(tasks.copy_map, self.small, 1).result
        self.size = run_apart(tasks.copy_map, self.large, COPIES).result

    def rows(self) -> Iterator[Row | Failure]:
        """Every line of the page; a part that fails is a line too, and the others follow."""
        parts = (self.startup, self.disk, self.questions, self.shapes, self.files, self.servers)
        for part in parts:
            start = time.monotonic()
            try:
                yield from part()
            except Exception as error:  # the other parts can still be measured
                yield Failure(part.__name__, f"{type(error).__name__}: {error}")
            print(f"{part.__name__}: {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)

    def startup(self) -> Iterator[Row]:
        """A question as a whole process; its map is in the cache after the first one."""
        ours, rdflib = measure_commands([ASK, (sys.executable, "-c", "import rdflib")])
        work = "`sq-graph ask`, whole process"
        yield Row(work, ours, "import of rdflib", rdflib, Bound(ratio=1.1))

    def disk(self) -> Iterator[Row]:
        """Loading into a store, asking it, and writing to it."""
        store = self.folder / "store"
        bare = run_apart(tasks.bulk_load, self.large, self.folder / "bare")
        ours = measure_command((COMMAND, "load", "--store", str(store), str(self.large)), runs=1)
        size = f"{self.size:,} triples"
        work, peer = f"`sq-graph load`, {size}", "bulk load of pyoxigraph"
        yield Row(work, ours, peer, bare, Bound(ratio=1.5))
        ours, packaged_only = measure_commands([(*ASK, "--store", str(store)), ASK])
        work = f"`sq-graph ask --store`, whole process, {size}"
        yield Row(work, ours, "`ask` on the packaged map", packaged_only, Bound(ratio=3))
        bare = run_apart(tasks.commit_bare, self.folder / "bare")
        ours = run_apart(tasks.commit, store)
        work = f"validated write of 60 triples on disk, committed, 95th percentile, {size}"
        yield Row(work, ours, "bare pyoxigraph, not validated", bare, Bound(seconds=0.04))
        shutil.rmtree(store)
        shutil.rmtree(self.folder / "bare")
        ours = run_apart(tasks.write_in_memory, self.small, self.large)
        small = Measurement(None, ours.result[0], 0)
        work = f"validated write of 60 triples in memory, 95th percentile, {size}"
        peer = f"the same, {self.size_small:,} triples"
        yield Row(work, ours, peer, small, Bound(seconds=0.01, ratio=1.5))

    def questions(self) -> Iterator[Row]:
        """All questions at both sizes: the slowest, the worst compared to the bare engine, and the
        one that grows most.
        """
        size_ratio = self.size / self.size_small
        measurement = run_apart(tasks.ask_questions, self.small, self.large)
        small, large = measurement.result

        def growth(name: str) -> float:
            row_ratio = large[name].rows / max(small[name].rows, 1)
            return float(
                large[name].ours / max(small[name].ours, 0.001) / max(size_ratio, row_ratio)
            )

        def row(work: str, name: str, bound: Bound) -> Row:
            times = large[name].ours, large[name].theirs
            ours, theirs = (Measurement(None, time, measurement.gigabytes) for time in times)
            return Row(f"{work}: `{name}`", ours, "bare pyoxigraph", theirs, bound)

        scope = f"of {len(large)} questions, {self.size:,} triples, "
        slowest = max(large, key=lambda name: large[name].ours)
        yield row(f"{scope}the slowest", slowest, Bound(seconds=1))
        slow = [name for name, time in large.items() if time.ours > 0.02]
        work = f"{scope}the worst beside its peer of {len(slow)} above 20 ms"
        worst = max(slow, key=lambda name: large[name].ours / large[name].theirs)
        yield row(work, worst, Bound(ratio=1.2))
        steepest = max(slow, key=growth)
        seconds = large[steepest].ours
        work = f"{scope}the one that grows most: `{steepest}`"
        peer = (
            f"{size_ratio:.0f} times its time at {self.size_small:,} triples (or as its rows grow)"
        )
        ours = Measurement(None, seconds, measurement.gigabytes)
        theirs = Measurement(None, seconds / growth(steepest), 0)
        yield Row(work, ours, peer, theirs, Bound(ratio=1.5))

    def shapes(self) -> Iterator[Row]:
        """All shapes over a file, with planted faults so that there are results to compare."""
        shapes_file = self.folder / "shapes.ttl"
        shapes_file.write_text(to_shapes(), encoding="utf-8")
        pyshacl, pyshifty = tasks.validate_by_pyshacl, tasks.validate_by_pyshifty
        peers = (
            (self.small, self.size_small, "pySHACL", pyshacl, 60),
            (self.small, self.size_small, "pyshifty", pyshifty, 3),
            (self.large, self.size, "pyshifty", pyshifty, 3),
        )
        for file, size, name, task, speedup in peers:
            faulty = file.with_name(f"faulty-{file.name}")
            lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
            del lines[:: len(lines) // 100]
            faulty.write_text("".join(lines), encoding="utf-8")
            ours = run_apart(tasks.validate, faulty)
            bound = Bound(ratio=1 / speedup, gigabytes=0.8)
            work = f"a file read and all shapes checked, {size:,} triples"
            if IS_QUICK:
                yield Row(work, ours, f"{name}: not run", None, bound)
                continue
            theirs = run_within(PEER_LIMIT, task, faulty, shapes_file)
            require_equal(ours, theirs)
            yield Row(f"{work}, {len(ours.result)} results", ours, name, theirs, bound)

    def files(self) -> Iterator[Row]:
        """Reading and querying beside rdflib: the packaged map, and a gazetteer of periods."""
        paths = [file.path for file in packaged().files()]
        ours, theirs = run_apart(tasks.open_map), run_apart(tasks.parse_by_rdflib, paths)
        yield Row(f"{len(paths)} Turtle files of the map opened", ours, "rdflib", theirs)
        if not PERIODO.is_file():
            return
        ours = run_apart(tasks.read, PERIODO, tasks.LABELS)
        theirs = run_apart(tasks.read_by_rdflib, PERIODO, tasks.LABELS)
        require_equal(ours, theirs)
        work = f"PeriodO read, {ours.result.total():,} periods with their names"
        yield Row(work, ours, "rdflib", theirs)

    def servers(self) -> Iterator[Row]:
        """Small queries over HTTP, and the whole catalogue at other engines."""
        folder = self.folder / "servers"
        folder.mkdir()
        queries = endpoint.small_queries()
        with endpoint.serving_engines(folder) as engines:
            answers = [[endpoint.ask(engine, query) for query in queries] for engine in engines]
            if any(rows != answers[0] for rows in answers):
                raise MeasurementError("the endpoints give different answers to small queries")
            rates = {}
            for engine in engines:
                turns = (endpoint.load(engine, queries, 3, True)[0] for _ in range(3))
                rates[engine.name] = statistics.median(turns)
        ours, *others = (Measurement(None, 1 / rate, 0) for rate in rates.values())
        for name, theirs in zip(list(rates)[1:], others, strict=True):
            yield Row("a small query over HTTP, 8 connections", ours, name, theirs)
        with serving(folder / "log", timeout=60) as server:
            ours = run_apart(tasks.ask_endpoint, f"{server.url}/sparql")
        if ours.result:
            raise MeasurementError(f"sq-graph serve has other rows for {', '.join(ours.result)}")
        work = "the whole catalogue over HTTP"
        peers: tuple[tuple[str, object, Serving], ...] = (
            ("`oxigraph serve`", OXIGRAPH_PROGRAM, oxigraph_serving),
            ("Virtuoso 7", has_virtuoso(), virtuoso_serving),
        )
        for name, is_installed, serve in peers:
            if not is_installed:
                yield Row(work, ours, f"{name}: not installed")
                continue
            for number in range(1, VIRTUOSO_STARTS + 1):
                with serve(folder / f"{name.strip('`')} {number}") as address:
                    theirs = run_apart(tasks.ask_endpoint, address)
                if not theirs.result:
                    break
            differing = ", ".join(f"`{question}`" for question in theirs.result)
            start = f" at start {number}" if number > 1 else ""
            outcome = f"**other rows** for {differing}" if differing else f"equal rows{start}"
            yield Row(work, ours, f"{name} ({outcome})", theirs)


def main() -> int:
    """Measures, writes the page, and prints it."""
    with tempfile.TemporaryDirectory() as scratch:
        report = Report(Path(scratch))
        rows = list[Row | Failure]()
        for row in report.rows():
            print(row, end="", file=sys.stderr, flush=True)
            rows.append(row)
    head = (
        "# Benchmarks\n\n`make bench` writes this page. Each figure is beside a peer in the same "
        "run, after equal\nresults were checked; trust the ratios. The memory is the highest of "
        "the process that did the work.\n\n"
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"pyoxigraph {ox.__version__}; the packaged map {COPIES} times over\n"
        f"({report.size:,} triples); load average {os.getloadavg()[0]:.0f} on "
        f"{os.cpu_count()} cores."
        f"{' A quick run: pySHACL and pyshifty were left out.' if IS_QUICK else ''}\n"
        "upshacl was not run: it needs a Virtuoso in a Docker container.\n\n"
        "| work | sq-graph | peer | ratio | bound |\n| --- | --- | --- | --- | --- |\n"
    )
    page = head + "".join(map(str, rows))
    PAGE.write_text(page, encoding="utf-8")
    print(page)
    return int(not all(row.is_within_bound for row in rows))


if __name__ == "__main__":
    sys.exit(main())
