"""Every figure of `docs/benchmarks.md`, each beside a peer in the same run: `make bench`.

`python -m benchmarks.report COPIES` chooses how often the map is replicated (21: about a million
triples); with `quick` after it, pySHACL and pyshifty are left out, which take minutes. Results are
compared before any time is shown, and each piece of work has a process of its own, for its memory
and with a time limit. Exits 1 where a bound is missed.
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
from typing import Any

import pyoxigraph as ox

from benchmarks import endpoint, tasks
from benchmarks.measuring import (
    Bound,
    Failed,
    Failure,
    Measured,
    Row,
    apart,
    in_turn,
    process,
    within,
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


def same(ours: Measured, theirs: Measured) -> None:
    """Raises Failed where results differ."""
    if theirs.result != ours.result and not theirs.was_stopped:
        said = [str(one.result)[:300] for one in (ours, theirs)]
        raise Failed(f"results differ: {said[0]} and {said[1]}")


class Report:
    """The pieces of work over one small and one large file, and a store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.small, self.large = folder / "small.ttl", folder / "large.ttl"
        self.size_small = apart(tasks.copies, self.small, 1).result
        self.size = apart(tasks.copies, self.large, COPIES).result

    def rows(self) -> Iterator[Row | Failure]:
        """Every line of the page; a part that fails is a line too, and others follow."""
        parts = (self.starting, self.disk, self.questions, self.shapes, self.files, self.servers)
        for part in parts:
            begin = time.monotonic()
            try:
                yield from part()
            except Exception as error:  # the other parts are still to be measured
                yield Failure(part.__name__, f"{type(error).__name__}: {error}")
            print(f"{part.__name__}: {time.monotonic() - begin:.0f} s", file=sys.stderr, flush=True)

    def starting(self) -> Iterator[Row]:
        """A question as a whole process; its map is in the cache after the first one."""
        ours, rdflib = in_turn([ASK, (sys.executable, "-c", "import rdflib")])
        what = "`sq-graph ask`, whole process"
        yield Row(what, ours, "import of rdflib", rdflib, Bound(ratio=1.1))

    def disk(self) -> Iterator[Row]:
        """Loading into a store, asking it, and writing to it."""
        store = self.folder / "store"
        bare = apart(tasks.bulk_load, self.large, self.folder / "bare")
        load = process((COMMAND, "load", "--store", str(store), str(self.large)), runs=1)
        size = f"{self.size:,} triples"
        what, peer = f"`sq-graph load`, {size}", "bulk load of pyoxigraph"
        yield Row(what, load, peer, bare, Bound(ratio=1.5))
        asked, packaged_only = in_turn([(*ASK, "--store", str(store)), ASK])
        what = f"`sq-graph ask --store`, whole process, {size}"
        yield Row(what, asked, "`ask` on the packaged map", packaged_only, Bound(ratio=3))
        bare = apart(tasks.committed_bare, self.folder / "bare")
        ours = apart(tasks.committed, store)
        what = f"validated write of 60 triples on disk, committed, 95th percentile, {size}"
        yield Row(what, ours, "bare pyoxigraph, not validated", bare, Bound(seconds=0.04))
        shutil.rmtree(store)
        shutil.rmtree(self.folder / "bare")
        ours = apart(tasks.written, self.small, self.large)
        slower = Measured(None, ours.result[0], 0)
        what = f"validated write of 60 triples in memory, 95th percentile, {size}"
        peer = f"the same, {self.size_small:,} triples"
        yield Row(what, ours, peer, slower, Bound(seconds=0.01, ratio=1.5))

    def questions(self) -> Iterator[Row]:
        """All questions at both sizes: the slowest, the worst beside the bare engine, and the one
        that grows most.
        """
        growth = self.size / self.size_small
        found = apart(tasks.questions, self.small, self.large)
        asked = list(found.result.items())

        def grown(one: tuple[str, Any]) -> float:
            (few, small, _), (many, large, _) = one[1]
            return float(large / max(small, 0.001) / max(growth, many / max(few, 1)))

        def beside(one: tuple[str, Any]) -> float:
            return float(one[1][1][1] / one[1][1][2])

        def row(what: str, one: tuple[str, Any], bound: Bound) -> Row:
            ours, theirs = (Measured(None, time, found.gigabytes) for time in one[1][1][1:])
            return Row(f"{what}: `{one[0]}`", ours, "bare pyoxigraph", theirs, bound)

        whole = f"of {len(asked)} questions, {self.size:,} triples, "
        slowest = max(asked, key=lambda one: one[1][1][1])
        yield row(f"{whole}the slowest", slowest, Bound(seconds=1))
        long = [one for one in asked if one[1][1][1] > 0.02]
        what = f"{whole}the worst beside its peer of {len(long)} above 20 ms"
        yield row(what, max(long, key=beside), Bound(ratio=1.2))
        steepest = max(long, key=grown)
        large = steepest[1][1][1]
        what = f"{whole}the one that grows most: `{steepest[0]}`"
        peer = f"{growth:.0f} times its time at {self.size_small:,} triples (or as its rows grow)"
        expected = large / grown(steepest)
        ours = Measured(None, large, found.gigabytes)
        yield Row(what, ours, peer, Measured(None, expected, 0), Bound(ratio=1.5))

    def shapes(self) -> Iterator[Row]:
        """All shapes over a file, with planted faults so that there is something to compare."""
        rules = self.folder / "shapes.ttl"
        rules.write_text(to_shapes(), encoding="utf-8")
        pyshacl, pyshifty = tasks.validated_by_pyshacl, tasks.validated_by_pyshifty
        peers = (
            (self.small, self.size_small, "pySHACL", pyshacl, 60),
            (self.small, self.size_small, "pyshifty", pyshifty, 3),
            (self.large, self.size, "pyshifty", pyshifty, 3),
        )
        for file, size, name, peer, times in peers:
            faulty = file.with_name(f"faulty-{file.name}")
            lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
            del lines[:: len(lines) // 100]
            faulty.write_text("".join(lines), encoding="utf-8")
            ours = apart(tasks.validated, faulty)
            limit = Bound(ratio=1 / times, gigabytes=0.8)
            what = f"a file read and all shapes checked, {size:,} triples"
            if IS_QUICK:
                yield Row(what, ours, f"{name}: not run", None, limit)
                continue
            theirs = within(PEER_LIMIT, peer, faulty, rules)
            same(ours, theirs)
            yield Row(f"{what}, {len(ours.result)} results", ours, name, theirs, limit)

    def files(self) -> Iterator[Row]:
        """Reading and asking beside rdflib: the packaged map, and a gazetteer of periods."""
        paths = [file.path for file in packaged().files()]
        ours, theirs = apart(tasks.opened), apart(tasks.parsed_by_rdflib, paths)
        yield Row(f"{len(paths)} Turtle files of the map opened", ours, "rdflib", theirs)
        if not PERIODO.is_file():
            return
        ours = apart(tasks.read, PERIODO, tasks.LABELS)
        theirs = apart(tasks.read_by_rdflib, PERIODO, tasks.LABELS)
        same(ours, theirs)
        what = f"PeriodO read, {ours.result.total():,} periods with their names"
        yield Row(what, ours, "rdflib", theirs)

    def servers(self) -> Iterator[Row]:
        """Small queries over HTTP, and the whole catalogue at other engines."""
        place = self.folder / "servers"
        place.mkdir()
        queries = endpoint.questions()
        with endpoint.engines(place) as compared:
            answers = [[endpoint.asked(one, query) for query in queries] for one in compared]
            if any(one != answers[0] for one in answers):
                raise Failed("the endpoints give different answers to small queries")
            rates = {
                one.name: statistics.median(endpoint.load(one, queries, 3, True)[0] for _ in "abc")
                for one in compared
            }
        ours, *others = (Measured(None, 1 / rate, 0) for rate in rates.values())
        for name, theirs in zip(list(rates)[1:], others, strict=True):
            yield Row("a small query over HTTP, 8 connections", ours, name, theirs)
        with serving(place / "log", timeout=60) as server:
            ours = apart(tasks.catalogue_at, f"{server.url}/sparql")
        if ours.result:
            raise Failed(f"sq-graph serve has other rows for {', '.join(ours.result)}")
        what = "the whole catalogue over HTTP"
        engines: tuple[tuple[str, object, Serving], ...] = (
            ("`oxigraph serve`", OXIGRAPH_PROGRAM, oxigraph_serving),
            ("Virtuoso 7", has_virtuoso(), virtuoso_serving),
        )
        for name, is_there, start in engines:
            if not is_there:
                yield Row(what, ours, f"{name}: not installed")
                continue
            for number in range(1, VIRTUOSO_STARTS + 1):
                with start(place / f"{name.strip('`')} {number}") as address:
                    theirs = apart(tasks.catalogue_at, address)
                if not theirs.result:
                    break
            differing = ", ".join(f"`{one}`" for one in theirs.result)
            at = f" at start {number}" if number > 1 else ""
            found = f"**other rows** for {differing}" if differing else f"equal rows{at}"
            peer = f"{name} ({found})"
            yield Row(what, ours, peer, theirs)


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
    return int(not all(row.is_kept for row in rows))


if __name__ == "__main__":
    sys.exit(main())
