"""The cost of an edit: many definitions at once, and single ones in a growing file; `make
bench-writing`.

Bounds: 1,000 definitions in one edit take at most 3 s of processor time (shown beside the time that
rdflib needs to build and serialise the same graph), and 1,000 single edits cost at most 1.5 times
as much each at the end as at the beginning, whether each adds a definition to one work or a work of
its own. Exits 1 where a bound is exceeded.
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
"""How many single edits are measured at the beginning, and at the end."""


def workspace(folder: Path) -> Atlas:
    """A new map with one work, opened, after an edit that has read the data that all edits need."""
    atlas = sq_graph.open(make_workspace(folder, "https://example.org/review/"))
    with atlas.edit() as edit:
        edit.work("reader-2001", title="A reader", authors=["Reader, Ann"], year=2001)
    return atlas


def add_definition(edit: Edit, number: int) -> None:
    """Adds one of many definitions, each on a page of its own."""
    summary = f"Trust is the expectation number {number} of one's neighbours."
    edit.definition(of="trust", in_="reader-2001", page=number + 1, summary=summary)


def processor_seconds(action: Callable[[], object]) -> float:
    """The processor time of an action, which excludes waiting for a disk or for other programs."""
    start = time.process_time()
    action()
    return time.process_time() - start


def add_definitions(atlas: Atlas) -> None:
    """Adds all definitions in one edit."""
    with atlas.edit() as edit:
        for number in range(NUMBER):
            add_definition(edit, number)


def add_work(edit: Edit, number: int) -> None:
    """Adds one of many works, each by an author of its own and with a definition."""
    slug, authors = f"work-{number}", [f"Writer{number}, Ann"]
    work = edit.work(slug, title=f"Trust, {number}", authors=authors, year=2001)
    summary = f"Trust is the expectation number {number} of one's neighbours."
    edit.definition(of="trust", in_=work, page=1, summary=summary)


def growth(atlas: Atlas, add: Callable[[Edit, int], None], name: str) -> float:
    """How many times as long an edit takes at the end of many as at their beginning."""

    def mean_seconds(numbers: range) -> float:
        def edit_each() -> None:
            for number in numbers:
                with atlas.edit() as edit:
                    add(edit, number)

        return processor_seconds(edit_each) / len(numbers)

    mean_seconds(range(5))
    first = mean_seconds(range(5, ENDS + 5))
    mean_seconds(range(ENDS + 5, NUMBER - ENDS))
    last = mean_seconds(range(NUMBER - ENDS, NUMBER))
    print(f"one {name}, at first     {first * 1000:6.1f} ms")
    print(f"one {name}, beside {NUMBER:,} {last * 1000:6.1f} ms", end="  ")
    print(f"({last / first:.2f} times; at most 1.5)")
    return last / first


def rebuild(text: str) -> rdflib.Graph:
    """Does the same in rdflib: adds each triple of the file to a new graph, and serialises that."""
    triples, graph = list(rdflib.Graph().parse(data=text, format="turtle")), rdflib.Graph()

    def build() -> None:
        for triple in triples:
            graph.add(triple)
        graph.serialize(format="turtle")

    print(f"the same in rdflib     {processor_seconds(build):6.2f} s  ({len(triples):,} triples)")
    return graph


def main() -> int:
    """Prints the times of both ways of writing, and of rdflib."""
    print(f"{platform.machine()}, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as folder:
        atlas = workspace(Path(folder) / "one")
        seconds = processor_seconds(lambda: add_definitions(atlas))
        print(f"{NUMBER:,} in one edit     {seconds:6.2f} s  (at most 3 s)")
        rebuild((Path(folder) / "one/ontology/data/works/reader-2001.ttl").read_text())
        ratios = [
            growth(workspace(Path(folder) / name), add, name)
            for add, name in ((add_definition, "definition"), (add_work, "work"))
        ]
    return int(seconds > 3 or max(ratios) > 1.5)


if __name__ == "__main__":
    sys.exit(main())
