"""What an edit costs: many definitions at once, and single ones in a growing file; `make
bench-writing`.

Bounds: 1,000 definitions in one edit take at most 3 s of this processor's time (shown beside what
rdflib needs to build and serialise the same graph), and 1,000 single edits cost at most 1.5 times
as much each at the end as at the beginning, whether each adds a definition to one work or a work of
its own. Exits 1 where a bound is passed.
"""

from __future__ import annotations

import platform
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import rdflib

import sq_graph
from sq_graph.atlas import Atlas
from sq_graph.importers.editing import Edit
from sq_graph.importers.workspace import make_workspace

NUMBER = 1_000
ENDS = 100
"""So many single edits are measured at the beginning, and at the end."""


def workspace(folder: Path) -> Atlas:
    """A new map with one work, opened, after an edit that has read what all edits need."""
    atlas = sq_graph.open(make_workspace(folder, "https://example.org/review/"))
    with atlas.edit() as edit:
        edit.work("reader-2001", title="A reader", authors=["Reader, Ann"], year=2001)
    return atlas


def definition(edit: Edit, number: int) -> None:
    """One definition of many, each on a page of its own."""
    summary = f"Trust is the expectation number {number} of one's neighbours."
    edit.definition(of="trust", in_="reader-2001", page=number + 1, summary=summary)


def seconds(action: Callable[[], object]) -> float:
    """The processor's time for an action, which waiting for a disk or for other programs does not
    lengthen.
    """
    begin = time.process_time()
    action()
    return time.process_time() - begin


def at_once(atlas: Atlas) -> None:
    """All definitions in one edit."""
    with atlas.edit() as edit:
        for number in range(NUMBER):
            definition(edit, number)


def work(edit: Edit, number: int) -> None:
    """One work of many, each by an author of its own and with a definition."""
    made = edit.work(
        f"work-{number}", title=f"Trust, {number}", authors=[f"Writer{number}, Ann"], year=2001
    )
    summary = f"Trust is the expectation number {number} of one's neighbours."
    edit.definition(of="trust", in_=made, page=1, summary=summary)


def growth(atlas: Atlas, make: Callable[[Edit, int], None], name: str) -> float:
    """How many times as long an edit takes at the end of many as at their beginning."""

    def each(numbers: range) -> float:
        def edits() -> None:
            for number in numbers:
                with atlas.edit() as edit:
                    make(edit, number)

        return seconds(edits) / len(numbers)

    each(range(5))
    first = each(range(5, ENDS + 5))
    each(range(ENDS + 5, NUMBER - ENDS))
    last = each(range(NUMBER - ENDS, NUMBER))
    print(f"one {name}, at first     {first * 1000:6.1f} ms")
    print(f"one {name}, beside {NUMBER:,} {last * 1000:6.1f} ms", end="  ")
    print(f"({last / first:.2f} times; at most 1.5)")
    return last / first


def rebuilt(text: str) -> rdflib.Graph:
    """What rdflib does for the same file: adds each triple to a new graph, and serialises that."""
    triples, graph = list(rdflib.Graph().parse(data=text, format="turtle")), rdflib.Graph()

    def build() -> None:
        for triple in triples:
            graph.add(triple)
        graph.serialize(format="turtle")

    print(f"the same in rdflib     {seconds(build):6.2f} s  ({len(triples):,} triples)")
    return graph


def main() -> int:
    """Prints the times of both ways of writing, and of rdflib."""
    print(f"{platform.machine()}, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as folder:
        atlas = workspace(Path(folder) / "one")
        whole = seconds(lambda: at_once(atlas))
        print(f"{NUMBER:,} in one edit     {whole:6.2f} s  (at most 3 s)")
        rebuilt((Path(folder) / "one/ontology/data/works/reader-2001.ttl").read_text())
        found = [
            growth(workspace(Path(folder) / name), make, name)
            for make, name in ((definition, "definition"), (work, "work"))
        ]
    return int(whole > 3 or max(found) > 1.5)


if __name__ == "__main__":
    sys.exit(main())
