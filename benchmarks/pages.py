"""The processor time that the server needs for a page, at first and again.

Run: python benchmarks/pages.py [PAGES]
"""

from __future__ import annotations

import gc
import gzip
import statistics
import sys
import time

import sq_graph
from sq_graph.web.pages import PageContext, render, warm_up
from sq_graph.web.pages.page_context import about_address, address_of

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
LIMIT, EVERYTHING_LIMIT = 0.050, 0.150
EVERYTHING = "/about/social-exclusion"


def main(max_pages: int | None) -> int:
    """Prints the table; 1 where the p95 of pages or the page of everything about a thing is over
    its limit, or a page is too large.
    """
    atlas = sq_graph.open()
    context = PageContext(atlas)
    things = [iri for kind in KINDS for iri in atlas.names.of_class(kind)]
    pages = [page for iri in things for page in (address_of(iri), about_address(iri))]
    addresses = [EVERYTHING, *SECTIONS, *pages][:max_pages]
    warm_up(context)
    gc.collect()
    gc.freeze()  # as in a worker of the server
    sizes = []
    times: dict[str, list[float]] = {"first": [], "again": []}
    for seconds in times.values():
        for address in addresses:
            start = time.process_time()
            body = gzip.compress(render(context, address).body, 4)
            seconds.append(time.process_time() - start)
            sizes.append(len(body))
            assert gzip.decompress(body).startswith(b"<!doctype html>")
    print(f"{len(addresses)} pages, at most {max(sizes) / 1000:.1f} kB gzipped")
    for name, seconds in times.items():
        median, p95 = statistics.median(seconds), statistics.quantiles(seconds, n=20)[-1]
        print(f"{name:>6}: median {median * 1000:6.1f} ms, p95 {p95 * 1000:6.1f} ms")
    everything = max(seconds[0] for seconds in times.values())
    print(f"{EVERYTHING}: {everything * 1000:.1f} ms")
    return int(
        statistics.quantiles(times["first"] + times["again"], n=20)[-1] > LIMIT
        or everything > EVERYTHING_LIMIT
        or max(sizes) > 60_000
    )


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else None))
