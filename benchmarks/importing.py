"""How long bibliographies and tables take to come in, and their memory: `make bench-importing`.

Bounds: 10,000 BibTeX entries with LaTeX letters and 100,000 rows of a table in under 60 s of
processor time each, since other programs may use the machine meanwhile,
and memory that grows no faster than the number of works: the second 5,000 need at most 1.3 times
what the first 5,000 did. Beside it, the same graph from the same 5,000 rows by the csv module and
rdflib; both must be equal. Exits 1 where a bound is passed.
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
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
used = time.process_time()
table = atlas.import_(sys.argv[2])
used = time.process_time() - used
added = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(table.notes[0], added // 1024, f"{used:.2f}", sep="|")
"""
BASE = "https://example.org/review/"
SHARED = """sq:defines concept:social-cohesion ;
sq:form sq:form-paraphrased ; sq:heldBy agent:phillips ; sq:statedIn work:phillips-2008 ;
sq:basis sq:basis-worded ; sq:hedge sq:hedge-asserted ; sq:reviewStatus sq:reviewStatus-draft ;
a sq:Definition, owl:NamedIndividual"""
PLACED = """a sq:Passage, owl:NamedIndividual ; sq:inWork work:phillips-2008 ;
sq:pageBasis sq:pageBasis-printed"""
"""What every definition, and every passage, of the table says."""

ENTRY = r"""@article{{key{n},
  author = {{Family{a}, Given and M{{\"u}}ller{b}, Anna}},
  title = {{Title number {n} of a {{L}}ong \& winding story}},
  journal = {{Journal {c}}}, year = {{{y}}}, volume = {{{v}}}, pages = {{{n}--{m}}},
  doi = {{10.1000/x{n}}}
}}
"""


def entry(n: int) -> str:
    """One made-up entry of many, with authors and journals that come again."""
    return ENTRY.format(n=n, m=n + 9, a=n % 7000, b=n % 900, c=n % 50, y=1950 + n % 70, v=n % 40)


def row(n: int) -> str:
    """One definition of many, each on a page of its own."""
    return f"phillips-2008,{n + 1},social-cohesion,Own words number {n}."


def by_rdflib(table: Path) -> Graph:
    """The graph that the rows of a table make, built and written as Turtle by rdflib."""
    from sq_graph.vocab import PREFIXES

    made = Graph()
    for prefix, namespace in PREFIXES.items():
        made.bind(prefix, namespace)

    def shared(turtle: str) -> list[tuple[Any, Any]]:
        head = "".join(f"@prefix {p}: <{n}> . " for p, n in PREFIXES.items())
        return [(p, o) for _, p, o in Graph().parse(data=f"{head}<x:it> {turtle} .")]

    of_definition, of_passage = shared(SHARED), shared(PLACED)
    sq, label = Namespace(PREFIXES["sq"]), RDFS.label
    with table.open(encoding="utf-8", newline="") as file:
        for number, line in enumerate(csv.DictReader(file)):
            page = line["page"]
            place = f", p. {page}" if number else ""  # the first of its concept needs none
            thing = URIRef(f"{BASE}id/definition/phillips-2008-social-cohesion-p{page}")
            passage = URIRef(f"{BASE}id/passage/phillips-2008-p{page}")
            for p, o in (
                *of_definition,
                (label, Literal(f"Phillips 2008 on social cohesion{place}", lang="en")),
                (sq.summary, Literal(line["summary"], lang="en")),
                (sq.reportedIn, passage),
            ):
                made.add((thing, p, o))
            for p, o in (
                *of_passage,
                (label, Literal(f"Phillips 2008, p. {page}", lang="en")),
                (sq.pageLabel, Literal(page)),
            ):
                made.add((passage, p, o))
    made.serialize(table.with_suffix(".ttl"), "turtle")
    return made


def compared(count: int) -> tuple[float, float]:
    """Processor seconds for some rows, ours and by rdflib; raises where the graphs differ."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "some.csv"
        path.write_text("\n".join(["work,page,concept,summary", *map(row, range(count))]))
        command = [sys.executable, "-c", IMPORT, f"{folder}/review", str(path)]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        begin = time.process_time()
        made = by_rdflib(path)
        theirs = time.process_time() - begin
        file = next(Path(folder, "review").rglob("phillips-2008.ttl"))
        ours = Graph().parse(file)
        header = URIRef(f"{BASE}data/works/phillips-2008")
        assert {one for one in ours if one[0] != header} == set(made), "the graphs differ"
    return float(said.rpartition("|")[2]), theirs


def measured(name: str, lines: list[str], expected: str) -> tuple[float, int]:
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
    (half, few), (whole, many) = (
        measured("many.bib", list(map(entry, range(count))), f"{count} works new.")
        for count in (5_000, 10_000)
    )
    table = ["work,page,concept,summary", *map(row, range(100_000))]
    long, much = measured("many.csv", table, "100000 definitions new.")
    print(f"{platform.machine()}, Python {platform.python_version()}")
    print(f" 5,000 works  {half:5.1f} s  {few:5} MB  ({few * 1024 / 5_000:.0f} kB a work)")
    each = f"{many * 1024 / 10_000:.0f} kB a work"
    print(f"10,000 works  {whole:5.1f} s  {many:5} MB  ({each})  (under 60 s)")
    print(f"100,000 rows  {long:5.1f} s  {much:5} MB  (under 60 s)")
    own, theirs = compared(5_000)
    print(
        f"5,000 rows by rdflib {theirs:.1f} s of processor time, validated import {own:.1f} s: "
        f"{own / theirs:.1f} times"
    )
    return 0 if max(whole, long) < 60 and many - few <= 1.3 * few else 1


if __name__ == "__main__":
    sys.exit(main())
