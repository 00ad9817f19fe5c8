"""The commands that ask: compare, show, sparql, positions, clash."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sq_graph.cli.output import Endpoint, Form, Names, Store, Workspace, open_atlas, show, write
from sq_graph.errors import InputError
from sq_graph.resources import file_text


def compare(
    things: Names,
    readings: Annotated[bool, typer.Option("--readings", help="Add what only a curator draws.")] = False,
    undrawn: Annotated[bool, typer.Option("--undrawn", help="Add tempting matches that nobody draws.")] = False,
    form: Form = "table",
    workspace: Workspace = None,
    store: Store = None,
    endpoint: Endpoint = None,
) -> None:
    """Set things side by side: typologies by category, definitions by aspect, positions by claim.

    Python: atlas.compare(*names).
    """
    show(open_atlas(workspace, store, endpoint).compare(*things, readings=readings, undrawn=undrawn), form)


def show_thing(
    thing: Annotated[str, typer.Argument(help="Slug, label or IRI.")],
    form: Form = "table",
    workspace: Workspace = None,
    store: Store = None,
    endpoint: Endpoint = None,
) -> None:
    """Show one thing with all that is known about it and where it comes from.

    Python: atlas.show(name).
    """
    show(open_atlas(workspace, store, endpoint).show(thing), form)


def sparql(
    query: Annotated[str, typer.Argument(help="A SPARQL text, a file, or - for standard input.")],
    form: Form = "table",
    workspace: Workspace = None,
    store: Store = None,
    endpoint: Endpoint = None,
) -> None:
    """Run any SPARQL query, read only; csv and json are the W3C's result formats.

    Python: atlas.sparql(query).
    """
    from sq_graph.atlas import query_form

    text = _query_text(query)
    atlas = open_atlas(workspace, store, endpoint)
    if (form in ("csv", "json") and query_form(text) in ("SELECT", "ASK")) or form in _TRIPLE_FORMS:
        write(atlas.results(text, form).decode())
    else:
        show(atlas.sparql(text), form)


_TRIPLE_FORMS = ("turtle", "ntriples", "rdfxml", "jsonld", "xml", "tsv")


def _query_text(query: str) -> str:
    """The query itself: from standard input, from a file if one is named, else the words given."""
    if query == "-":
        return sys.stdin.read()
    is_path = "{" not in query and "\n" not in query and len(query) < 4096
    if is_path and (Path(query).is_file() or query.endswith((".rq", ".sparql"))):
        return file_text(Path(query))
    if is_path and " " not in query:
        raise InputError(f"there is no file {query!r}, and it is no query", remedy="Name a file or write a query")
    return query


COMMANDS = {"compare": compare, "show": show_thing, "sparql": sparql}
