"""Time and memory of importing bibliographies and tables: `make bench-importing`.

Bounds: 10,000 BibTeX entries with LaTeX letters and 100,000 rows of a table take under 60 s each,
in processor time because other programs may use the machine meanwhile; and memory grows no faster
than the number of works: the second 5,000 need at most 1.3 times as much as the first 5,000. Beside
it, the csv module and rdflib build the same graph from 5,000 rows; both must be equal. Exits 1
where a bound is exceeded.
"""

from __future__ import annotations

import csv
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from rdflib import RDFS, Graph, Literal, Namespace, URIRef

IMPORT = """
import resource, sys, time
from pathlib import Path
import sq_graph
from sq_graph.importers.workspace import make_workspace
atlas = sq_graph.open(make_workspace(Path(sys.argv[1]), "https://example.org/review/"))
old_memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.process_time()
table = atlas.import_(sys.argv[2])
seconds = time.process_time() - start
added = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - old_memory
print(table.notes[0], added // 1024, f"{seconds:.2f}", sep="|")
"""
BASE = "https://example.org/review/"
DEFINITION = """sq:defines concept:social-cohesion ;
sq:form sq:form-paraphrased ; sq:heldBy agent:phillips ; sq:statedIn work:phillips-2008 ;
sq:basis sq:basis-worded ; sq:hedge sq:hedge-asserted ; sq:reviewStatus sq:reviewStatus-draft ;
a sq:Definition, owl:NamedIndividual"""
PASSAGE = """a sq:Passage, owl:NamedIndividual ; sq:inWork work:phillips-2008 ;
sq:pageBasis sq:pageBasis-printed"""
"""The statements that all definitions, and all passages, of the table share."""

ENTRY = r"""@article{{key{n},
  author = {{Family{a}, Given and M{{\"u}}ller{b}, Anna}},
  title = {{Title number {n} of a {{L}}ong \& winding story}},
  journal = {{Journal {c}}}, year = {{{y}}}, volume = {{{v}}}, pages = {{{n}--{m}}},
  doi = {{10.1000/x{n}}}
}}
"""


def entry(n: int) -> str:
    """One of many invented entries, with recurring authors and journals."""
    return ENTRY.format(n=n, m=n + 9, a=n % 7000, b=n % 900, c=n % 50, y=1950 + n % 70, v=n % 40)


def row(n: int) -> str:
    """One of many definitions, each on a page of its own."""
    return f"phillips-2008,{n + 1},social-cohesion,Own words number {n}."


def import_by_rdflib(table: Path) -> Graph:
    """The graph of the rows of a table, built and written as Turtle by rdflib."""
    from sq_graph.vocab import PREFIXES

    graph = Graph()
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)

    def pairs(turtle: str) -> list[tuple[Any, Any]]:
        prefixes = "".join(f"@prefix {p}: <{n}> . " for p, n in PREFIXES.items())
        return [(p, o) for _, p, o in Graph().parse(data=f"{prefixes}<x:it> {turtle} .")]

    definition_pairs, passage_pairs = pairs(DEFINITION), pairs(PASSAGE)
    sq, label = Namespace(PREFIXES["sq"]), RDFS.label
    with table.open(encoding="utf-8", newline="") as file:
        for number, cells in enumerate(csv.DictReader(file)):
            page = cells["page"]
            suffix = f", p. {page}" if number else ""  # the first of its concept needs none
            definition = URIRef(f"{BASE}id/definition/phillips-2008-social-cohesion-p{page}")
            passage = URIRef(f"{BASE}id/passage/phillips-2008-p{page}")
            for p, o in (
                *definition_pairs,
                (label, Literal(f"Phillips 2008 on social cohesion{suffix}", lang="en")),
                (sq.summary, Literal(cells["summary"], lang="en")),
                (sq.reportedIn, passage),
            ):
                graph.add((definition, p, o))
            for p, o in (
                *passage_pairs,
                (label, Literal(f"Phillips 2008, p. {page}", lang="en")),
                (sq.pageLabel, Literal(page)),
            ):
                graph.add((passage, p, o))
    graph.serialize(table.with_suffix(".ttl"), "turtle")
    return graph


def compare_imports(count: int) -> tuple[float, float]:
    """Processor seconds for some rows, ours and by rdflib; raises where the graphs differ."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "some.csv"
        path.write_text("\n".join(["work,page,concept,summary", *map(row, range(count))]))
        command = [sys.executable, "-c", IMPORT, f"{folder}/review", str(path)]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        start = time.process_time()
        their_graph = import_by_rdflib(path)
        theirs = time.process_time() - start
        our_graph = Graph().parse(next(Path(folder, "review").rglob("phillips-2008.ttl")))
        our_graph.remove((URIRef(f"{BASE}data/works/phillips-2008"), None, None))
        assert set(our_graph) == set(their_graph), "the graphs differ"
    return float(output.rpartition("|")[2]), theirs


def measure_import(name: str, lines: list[str], expected: str) -> tuple[float, int]:
    """Processor seconds of the import, and megabytes that it added."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text("\n".join(lines), encoding="utf-8")
        command = [sys.executable, "-c", IMPORT, f"{folder}/review", str(path)]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    report, megabytes, seconds = output.split("|")
    assert report == expected, report
    return float(seconds), int(megabytes)


def main() -> int:
    """Prints time and memory for 5,000 and 10,000 works, and for 100,000 rows."""
    (few_seconds, few_mb), (many_seconds, many_mb) = (
        measure_import("many.bib", list(map(entry, range(count))), f"{count} works new.")
        for count in (5_000, 10_000)
    )
    table = ["work,page,concept,summary", *map(row, range(100_000))]
    table_seconds, table_mb = measure_import("many.csv", table, "100000 definitions new.")
    print(f"{platform.machine()}, Python {platform.python_version()}")
    size = f"{few_mb * 1024 / 5_000:.0f} kB a work"
    print(f" 5,000 works  {few_seconds:5.1f} s  {few_mb:5} MB  ({size})")
    size = f"{many_mb * 1024 / 10_000:.0f} kB a work"
    print(f"10,000 works  {many_seconds:5.1f} s  {many_mb:5} MB  ({size})  (under 60 s)")
    print(f"100,000 rows  {table_seconds:5.1f} s  {table_mb:5} MB  (under 60 s)")
    ours, theirs = compare_imports(5_000)
    print(
        f"5,000 rows by rdflib {theirs:.1f} s of processor time, validated import {ours:.1f} s: "
        f"{ours / theirs:.1f} times"
    )
    return 0 if max(many_seconds, table_seconds) < 60 and many_mb - few_mb <= 1.3 * few_mb else 1


if __name__ == "__main__":
    sys.exit(main())
