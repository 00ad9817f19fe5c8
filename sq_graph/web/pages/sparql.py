"""SPARQL: a text area with examples and completion; the answer as a table, faults at line and column in a sentence."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from sq_graph.queries import prologue
from sq_graph.table import Table
from sq_graph.vocab import PREFIXES, SQ, shorten
from sq_graph.web.pages.desk import Desk
from sq_graph.web.pages.page import Page, Query, first, with_query

Run = Callable[[str], Awaitable[tuple[str, str]]]
"""Runs a query in the endpoint's workers: the answer as SPARQL JSON or N-Triples, or else a sentence."""

MOST_ROWS = 500
_EXAMPLE = "SELECT ?work ?year WHERE {\n  ?work a sq:Work ; sq:year ?year .\n} ORDER BY ?year STR(?work)\n"


def form(desk: Desk, query: Query) -> Page:
    """The text area, with a query given or an example."""
    return _page(desk, first(query, "query"), None, "")


async def asked(desk: Desk, query: Query, run: Run) -> Page:
    """The page with the answer to a query, or with the sentence that says why there is none."""
    text = first(query, "query")
    declared = "".join(line + "\n" for line in prologue().splitlines() if _needed(line, text))
    found, sentence = await run(declared.replace("\n", " ") + text if declared else text)
    return _page(desk, text, None if sentence else read_results(found), sentence)


def read_results(found: str) -> Table:
    """An answer in SPARQL JSON, or in N-Triples, as a table.

    >>> read_results('{"head": {}, "boolean": true}').rows
    ((True,),)
    """
    if not found.lstrip().startswith("{"):
        rows = tuple((line,) for line in found.splitlines() if line.strip())
        return Table(("triple",), rows[:MOST_ROWS], notes=_cut(len(rows)))
    answer = json.loads(found)
    if "boolean" in answer:
        return Table(("answer",), ((bool(answer["boolean"]),),))
    columns = tuple(answer["head"]["vars"])
    listed = answer["results"]["bindings"]
    bound = tuple(tuple(row[name]["value"] if name in row else None for name in columns) for row in listed)
    return Table(columns, bound[:MOST_ROWS], notes=_cut(len(bound)))


def terms(desk: Desk) -> str:
    """What the text area completes: our vocabulary and the prefixes, as JSON."""
    known = [shorten(iri) for iri in desk.labels if iri.startswith(SQ)]
    return json.dumps(sorted({*known, *(f"{prefix}:" for prefix in PREFIXES)}))


def _page(desk: Desk, text: str, table: Table | None, sentence: str) -> Page:
    examples = [one for one in desk.atlas.catalogue.questions() if one.expect != "none"]
    plain = {one.name: "\n".join(line for line in one.text.splitlines() if not line.startswith("#+")).strip() + "\n"
             for one in examples}  # fmt: skip
    return Page(
        "sparql.html", "SPARQL", with_query("/query", query=text), "SPARQL",
        "Any SPARQL query over the map, read only.",
        {"text": text, "start": text or _EXAMPLE, "found": table, "sentence": sentence, "examples": examples,
         "plain": plain, "prefixes": PREFIXES},
        table=table, lasting=not text, status=400 if sentence else 200,
    )  # fmt: skip


def _needed(line: str, text: str) -> bool:
    """Whether a query uses one of our prefixes without declaring it."""
    name = line.split()[1]
    return f" {name}" in f" {text}".replace("\n", " ").replace("(", " ").replace("^", " ").replace("/", " ").replace(
        "|", " ") and f"PREFIX {name}".lower() not in text.lower()  # fmt: skip


def _cut(count: int) -> tuple[str, ...]:
    return (f"The first {MOST_ROWS} of {count} rows; the download has them all.",) if count > MOST_ROWS else ()
