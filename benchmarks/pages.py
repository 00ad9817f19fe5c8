"""How long the server needs for a page, first and again; a page's cost beside that of an empty
answer.

Run: python benchmarks/pages.py [PAGES]
"""

from __future__ import annotations

import gzip
import statistics
import sys
import time

import sq_graph
from sq_graph.web.pages import Desk, render, warm_up
from sq_graph.web.pages.desk import address_of

SECTIONS = [
    "/",
    "/concepts",
    "/typologies",
    "/positions",
    "/works",
    "/map",
    "/questions",
    "/query",
    "/disagreements",
    "/anomalies",
]
KINDS = ("sq:Concept", "sq:Typology", "sq:Matrix", "sq:Work", "sq:Agent", "sq:Definition")
LIMIT = 0.050


def main(most: int) -> int:
    """Prints the table; 1 where the p95 of pages again is over the limit, or a page is too
    large.
    """
    atlas = sq_graph.open()
    desk = Desk(atlas)
    things = [address_of(iri) for kind in KINDS for iri in atlas.names.of_class(kind)]
    addresses = [*SECTIONS, *things][:most]
    warm_up(desk)
    sizes = []
    times: dict[str, list[float]] = {"first": [], "again": []}
    for name in times:
        for address in addresses:
            begun = time.perf_counter()
            body = gzip.compress(render(desk, address).body, 4)
            times[name].append(time.perf_counter() - begun)
            sizes.append(len(body))
            assert gzip.decompress(body).startswith(b"<!doctype html>")
    print(f"{len(addresses)} pages, at most {max(sizes) / 1000:.1f} kB gzipped")
    for name, found in times.items():
        p95 = statistics.quantiles(found, n=20)[-1]
        print(
            f"{name:>6}: median {statistics.median(found) * 1000:6.1f} ms, p95 {p95 * 1000:6.1f} ms"
        )
    return int(
        statistics.quantiles(times["first"] + times["again"], n=20)[-1] > LIMIT
        or max(sizes) > 60_000
    )


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 290))
