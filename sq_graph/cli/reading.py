"""The commands that ask beside the catalogue: compare, about, search, show, sparql, positions,
clash.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sq_graph.cli.options import Form, Map, Names
from sq_graph.cli.output import progress, show, write, write_picture
from sq_graph.errors import InputError
from sq_graph.model import codes
from sq_graph.resources import file_text

if TYPE_CHECKING:
    from sq_graph.reason import Matrix

PictureForm = Annotated[
    str,
    typer.Option(
        "--form", "-f", help="How to write it: table, csv, json, md, tex, html, svg, png or pdf."
    ),
]
AssertedOnly = Annotated[bool, typer.Option("--asserted-only", help="Count asserted claims alone.")]
Senses = Annotated[
    codes.Senses,
    typer.Option(
        "--senses", help="source: senses that the source keeps apart; word: one word, one thing."
    ),
]
_TRIPLE_FORMS = ("turtle", "ntriples", "rdfxml", "jsonld", "xml", "tsv")


def compare(
    atlas: Map,
    names: Names,
    readings: Annotated[
        bool, typer.Option("--readings", help="Add what we read into a text.")
    ] = False,
    undrawn: Annotated[
        bool, typer.Option("--undrawn", help="Add matches that nobody proposes.")
    ] = False,
    aspect: Annotated[
        list[str] | None,
        typer.Option("--aspect", help="Compare by this aspect; may be given several times."),
    ] = None,
    differing: Annotated[
        bool, typer.Option("--differing", help="Leave out what does not differ.")
    ] = False,
    transposed: Annotated[
        bool, typer.Option("--transposed", help="One row per definition.")
    ] = False,
    all_of_it: Annotated[
        bool, typer.Option("--all", help="Show every definition by itself, however many.")
    ] = False,
    form: PictureForm = "table",
) -> None:
    """Set things side by side: typologies by category, definitions by aspect, positions by claim.

    Typologies can be drawn: -f svg, png or pdf. Python: atlas.compare(*names).
    """
    if form in ("svg", "png", "pdf"):
        from sq_graph.pictures.typologies import picture

        these = [atlas.typology(name) for name in names]
        write_picture(picture(atlas.graph, these, str, undrawn, readings), form)
        return
    table = atlas.compare(
        *names,
        readings=readings,
        undrawn=undrawn,
        aspects=aspect or (),
        differing=differing,
        transposed=transposed or all_of_it,
    )
    show(table, form)


def about(
    atlas: Map,
    names: Names,
    all_of_it: Annotated[bool, typer.Option("--all", help="Show every statement.")] = False,
    form: Form = "table",
) -> None:
    """Show everything about a thing: definitions, claims, alignments, cases, disagreements,
    anomalies and more.

    Of several things, what concerns them all. Python: atlas.about(*names).
    """
    show(atlas.about(*names).table(short=form == "table" and not all_of_it), form)


def search(
    atlas: Map,
    words: Annotated[list[str], typer.Argument(help="Words; quote those that stand together.")],
    kind: Annotated[str, typer.Option("--kind", help="Only one kind, such as claim.")] = "",
    work: Annotated[str, typer.Option("--work", help="Only what this work says.")] = "",
    most: Annotated[int, typer.Option("--most", help="How many hits to show.", min=1)] = 50,
    form: Form = "table",
) -> None:
    """Find things by words: whole words first, then beginnings of words, accents and capitals
    aside.

    Python: atlas.search(words).
    """
    quoted = [f'"{one}"' if " " in one else one for one in words]
    show(atlas.search(" ".join(quoted), kind, work, most).table(), form)


def show_thing(
    atlas: Map,
    name: Annotated[str, typer.Argument(help="Slug, label or IRI.")],
    form: Form = "table",
) -> None:
    """Show one thing with all that is known about it and where it comes from.

    Python: atlas.show(name).
    """
    show(atlas.show(name), form)


def sparql(
    atlas: Map,
    query: Annotated[str, typer.Argument(help="A SPARQL text, a file, or - for standard input.")],
    form: Form = "table",
) -> None:
    """Run any SPARQL query, read only; csv and json are the W3C's result formats.

    Python: atlas.sparql(query).
    """
    from sq_graph.atlas.asking import query_form

    text = _query_text(query)
    if (form in ("csv", "json") and query_form(text) in ("SELECT", "ASK")) or form in _TRIPLE_FORMS:
        write(atlas.results(text, form).decode())
    else:
        show(atlas.sparql(text), form)


def _query_text(query: str) -> str:
    """The query itself: from standard input, from a file if one is named, else the words given."""
    if query == "-":
        return sys.stdin.read()
    is_path = "{" not in query and "\n" not in query and len(query) < 4096
    if is_path and (Path(query).is_file() or query.endswith((".rq", ".sparql"))):
        return file_text(Path(query))
    if is_path and " " not in query:
        raise InputError(
            f"there is no file {query!r}, and it is no query", remedy="Name a file or write a query"
        )
    return query


def positions(
    atlas: Map,
    asserted_only: AssertedOnly = False,
    senses: Senses = "source",
    form: PictureForm = "table",
) -> None:
    """Show which positions can be held together: one verdict a pair.

    Python: atlas.positions(senses=…, asserted_only=…).
    """
    with progress("Asking the reasoner"):
        matrix = atlas.positions(senses=senses, asserted_only=asserted_only)
    if form == "json":
        write(matrix.to_json())
    elif form in ("svg", "png", "pdf"):
        write_picture(_drawn(matrix), form)
    else:
        show(matrix.matrix(), form)


def _drawn(matrix: Matrix) -> str:
    from sq_graph.pictures.matrix import draw

    return draw(*matrix.drawn())


def clash(
    atlas: Map,
    names: Names,
    asserted_only: AssertedOnly = False,
    senses: Senses = "source",
    form: Form = "table",
) -> None:
    """Show by which claims two or more positions contradict each other, on which pages, on whose
    reading.

    Python: atlas.clash(*names).
    """
    show(atlas.clash(*names, senses=senses, asserted_only=asserted_only), form)


COMMANDS = {
    "compare": compare,
    "about": about,
    "search": search,
    "show": show_thing,
    "sparql": sparql,
    "positions": positions,
    "clash": clash,
}
