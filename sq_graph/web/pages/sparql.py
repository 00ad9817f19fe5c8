"""SPARQL: a text area with examples and completion; the answer as a table, faults at line and
column in a sentence.
"""

import json
import re
from dataclasses import replace

from sq_graph.table import Table
from sq_graph.vocab import PREFIXES, SQ, shorten
from sq_graph.web.pages.page import Page, Query, begin, first, with_query
from sq_graph.web.pages.page_context import PageContext
from sq_graph.web.pages.questions import questions_of

MOST_ROWS = 500
"""Rows of an answer that the page shows."""
_EXAMPLE = (
    "SELECT ?work ?year WHERE {\n  ?work a sq:Work ; sq:year ?year .\n} ORDER BY ?year STR(?work)\n"
)


def form(context: PageContext, query: Query) -> Page:
    """The text area; with the answer to the query given, or the sentence why there is none."""
    text, found, sentence = first(query, "query"), "", ""
    if text and context.run:
        found, sentence = context.run(text)
    table = read_results(found) if text and context.run and not sentence else None
    address = with_query("/query", query=text)
    content = {
        "query": text,
        "start": text or _EXAMPLE,
        "shown": begin(table, MOST_ROWS) if table else None,
        "sentence": sentence,
        "plain": {
            one.name: re.sub(r"(?m)^#\+.*\n", "", one.text).strip() + "\n"
            for one in questions_of(context)
        },
    }
    about = "Query the map in SPARQL, read-only."
    page = Page("sparql.html", "SPARQL", address, about, content, table)
    return replace(page, lasting=not text, status=400 if sentence else 200)


def read_results(found: str) -> Table:
    """An answer in SPARQL JSON, or in N-Triples, as a table.

    >>> read_results('{"head": {}, "boolean": true}').rows
    ((True,),)
    """
    if not found.lstrip().startswith("{"):
        return Table(("triple",), tuple((line,) for line in found.splitlines() if line.strip()))
    answer = json.loads(found)
    if "boolean" in answer:
        return Table(("answer",), ((bool(answer["boolean"]),),))
    columns, listed = tuple(answer["head"]["vars"]), answer["results"]["bindings"]
    rows = tuple(tuple(row.get(name, {}).get("value") for name in columns) for row in listed)
    return Table(columns, rows)


def terms(context: PageContext) -> str:
    """What the text area completes: our vocabulary and the prefixes, as JSON."""
    known = [shorten(iri) for iri in context.labels if iri.startswith(SQ)]
    return json.dumps(sorted({*known, *(f"{prefix}:" for prefix in PREFIXES)}))
