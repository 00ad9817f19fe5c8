"""SPARQL: a text area with examples and completion; the answer as a table, or an error message with
line and column.
"""

import json
import re
from dataclasses import replace

from sq_graph.table import Table
from sq_graph.vocab import PREFIXES, SQ, shorten
from sq_graph.web.pages.page import Page, Query, first, first_rows, with_query
from sq_graph.web.pages.page_context import PageContext
from sq_graph.web.pages.questions import questions_of

_MAX_ROWS = 500
"""The number of rows of an answer that the page shows."""
_EXAMPLE = (
    "SELECT ?work ?year WHERE {\n  ?work a sq:Work ; sq:year ?year .\n} ORDER BY ?year STR(?work)\n"
)


def query_page(context: PageContext, query: Query) -> Page:
    """The text area, with the answer to the query or the reason why there is none."""
    text, results, message = first(query, "query"), "", ""
    if text and context.run:
        results, message = context.run(text)
    table = read_results(results) if text and context.run and not message else None
    address = with_query("/query", query=text)
    content = {
        "query": text,
        "initial_query": text or _EXAMPLE,
        "table": first_rows(table, _MAX_ROWS) if table else None,
        "message": message,
        "examples": {
            question.name: re.sub(r"(?m)^#\+.*\n", "", question.text).strip() + "\n"
            for question in questions_of(context)
        },
    }
    description = "Query the map in SPARQL, read-only."
    page = Page("sparql.html", "SPARQL", address, description, content, table)
    return replace(page, is_cacheable=not text, status=400 if message else 200)


def read_results(text: str) -> Table:
    """An answer in SPARQL JSON, or in N-Triples, as a table.

    >>> read_results('{"head": {}, "boolean": true}').rows
    ((True,),)
    """
    if not text.lstrip().startswith("{"):
        return Table(("triple",), tuple((line,) for line in text.splitlines() if line.strip()))
    answer = json.loads(text)
    if "boolean" in answer:
        return Table(("answer",), ((bool(answer["boolean"]),),))
    columns, bindings = tuple(answer["head"]["vars"]), answer["results"]["bindings"]
    rows = tuple(tuple(row.get(name, {}).get("value") for name in columns) for row in bindings)
    return Table(columns, rows)


def terms(context: PageContext) -> str:
    """The completions of the text area as JSON: the terms of the vocabulary and the prefixes."""
    terms = [shorten(iri) for iri in context.labels if iri.startswith(SQ)]
    return json.dumps(sorted({*terms, *(f"{prefix}:" for prefix in PREFIXES)}))
