"""How much processor time the server needs for a page, first and again; a page's cost beside that
of an empty answer.

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
LIMIT, LIMIT_OF_EVERYTHING = 0.050, 0.150
EVERYTHING = "/about/social-exclusion"


def main(most: int | None) -> int:
    """Prints the table; 1 where the p95 of pages or the page of everything about a thing is over
    its limit, or a page is too large.
    """
    atlas = sq_graph.open()
    site = PageContext(atlas)
    things = [iri for kind in KINDS for iri in atlas.names.of_class(kind)]
    pages = [page for iri in things for page in (address_of(iri), about_address(iri))]
    addresses = [EVERYTHING, *SECTIONS, *pages][:most]
    warm_up(site)
    gc.collect()
    gc.freeze()  # as in a worker of the server
    sizes = []
    times: dict[str, list[float]] = {"first": [], "again": []}
    for taken in times.values():
        for address in addresses:
            begun = time.process_time()
            body = gzip.compress(render(site, address).body, 4)
            taken.append(time.process_time() - begun)
            sizes.append(len(body))
            assert gzip.decompress(body).startswith(b"<!doctype html>")
    print(f"{len(addresses)} pages, at most {max(sizes) / 1000:.1f} kB gzipped")
    for name, found in times.items():
        p95 = statistics.quantiles(found, n=20)[-1]
        print(
            f"{name:>6}: median {statistics.median(found) * 1000:6.1f} ms, p95 {p95 * 1000:6.1f} ms"
        )
    everything = max(found[0] for found in times.values())
    print(f"{EVERYTHING}: {everything * 1000:.1f} ms")
    return int(
        statistics.quantiles(times["first"] + times["again"], n=20)[-1] > LIMIT
        or everything > LIMIT_OF_EVERYTHING
        or max(sizes) > 60_000
    )


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else None))
