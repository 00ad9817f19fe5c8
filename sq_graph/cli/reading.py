"""The commands that read a map without the catalogue: compare, about, search, show, sparql,
positions, clash.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sq_graph.cli.options import Map, NamedThings, OutputFormat, PictureFormat
from sq_graph.cli.output import progress, show, write, write_picture
from sq_graph.errors import InputError
from sq_graph.model.codes import Senses
from sq_graph.resources import file_text

_PICTURES = ("svg", "png", "pdf")
_TRIPLE_FORMS = ("turtle", "ntriples", "rdfxml", "jsonld", "xml", "tsv")


def compare(
    atlas: Map,
    names: NamedThings,
    *,
    readings: bool = False,
    undrawn: bool = False,
    aspect: list[str] | None = None,
    differing: bool = False,
    transposed: bool = False,
    all_: bool = False,
    form: PictureFormat = "table",
) -> None:
    """Set things side by side: typologies by category, definitions by aspect, positions by claim.

    Typologies can be drawn: -f svg, png or pdf. Python: atlas.compare(*names).

    Parameters:
        readings: Add matches that we read into the words of an author.
        undrawn: Add matches that nobody proposes.
        aspect: Compare by this aspect; may be given several times.
        differing: Show only what differs.
        transposed: One row per definition.
        all_: Show every definition by itself, however many.
    """
    if form in _PICTURES:
        from sq_graph.pictures.typologies import picture

        typologies = [atlas.typology(name) for name in names]
        write_picture(picture(atlas.graph, typologies, str, undrawn, readings), form)
        return
    table = atlas.compare(
        *names,
        readings=readings,
        undrawn=undrawn,
        aspects=aspect or (),
        differing=differing,
        transposed=transposed or all_,
    )
    show(table, form)


def about(
    atlas: Map, names: NamedThings, *, all_: bool = False, form: OutputFormat = "table"
) -> None:
    """Show everything about a thing: definitions, claims, alignments, cases, disagreements,
    anomalies and more.

    With several things, show what concerns all of them. Python: atlas.about(*names).

    Parameters:
        all_: Show every statement.
    """
    show(atlas.about(*names).table(short=form == "table" and not all_), form)


def search(
    atlas: Map,
    words: list[str],
    *,
    kind: str = "",
    work: str = "",
    most: Annotated[int, typer.Option(min=1)] = 50,
    form: OutputFormat = "table",
) -> None:
    """Find things by words: whole words first, then beginnings of words; accents and case are
    ignored.

    Python: atlas.search(words).

    Parameters:
        words: The words; put a phrase in quotation marks.
        kind: Only one kind, such as claim.
        work: Only what this work says.
        most: How many hits to show.
    """
    quoted = [f'"{phrase}"' if " " in phrase else phrase for phrase in words]
    show(atlas.search(" ".join(quoted), kind, work, most).table(), form)


def show_(atlas: Map, name: str, *, form: OutputFormat = "table") -> None:
    """Show one thing with its own statements and their sources.

    Python: atlas.show(name).

    Parameters:
        name: Slug, label or IRI.
    """
    show(atlas.show(name), form)


def sparql(
    atlas: Map, query: str, *, form: Annotated[str, typer.Option("--form", "-f")] = "table"
) -> None:
    """Run a SPARQL query, read-only; csv and json are the W3C result formats.

    Python: atlas.sparql(query).

    Parameters:
        query: A SPARQL query, a file, or - for standard input.
        form: Output format: table, csv, json, md, tex, html, xml or tsv; for the triples of
            CONSTRUCT also turtle, ntriples, rdfxml or jsonld.
    """
    from sq_graph.atlas.asking import query_form

    text = _query_text(query)
    if (form in ("csv", "json") and query_form(text) in ("SELECT", "ASK")) or form in _TRIPLE_FORMS:
        write(atlas.results(text, form).decode())
    else:
        show(atlas.sparql(text), form)


def _query_text(query: str) -> str:
    """The text of the query: from standard input, from a file if one is named, else as given."""
    if query == "-":
        return sys.stdin.read()
    is_path = "{" not in query and "\n" not in query and len(query) < 4096
    if is_path and (Path(query).is_file() or query.endswith((".rq", ".sparql"))):
        return file_text(Path(query))
    if is_path and " " not in query:
        problem = f"there is no file {query!r}, and this is not a query"
        raise InputError(problem, remedy="Name a file or write a query")
    return query


def positions(
    atlas: Map,
    *,
    asserted_only: bool = False,
    senses: Senses = "source",
    form: PictureFormat = "table",
) -> None:
    """Show which positions can be held together: one verdict per pair.

    Python: atlas.positions(senses=…, asserted_only=…).

    Parameters:
        asserted_only: Use only claims asserted without a hedge.
        senses: source: word senses as the source distinguishes them; word: treated as one.
    """
    with progress("Asking the reasoner"):
        matrix = atlas.positions(senses=senses, asserted_only=asserted_only)
    if form == "json":
        write(matrix.to_json())
    elif form in _PICTURES:
        from sq_graph.pictures.matrix import draw
        from sq_graph.reason import SIGNS

        picture = draw(matrix.caption, matrix.labels, matrix.verdicts, SIGNS, matrix.notes)
        write_picture(picture, form)
    else:
        show(matrix.matrix(), form)


def clash(
    atlas: Map,
    names: NamedThings,
    *,
    asserted_only: bool = False,
    senses: Senses = "source",
    form: OutputFormat = "table",
) -> None:
    """Show the claims by which two or more positions contradict each other, with their pages and
    whose inference they need.

    Python: atlas.clash(*names).

    Parameters:
        asserted_only: Use only claims asserted without a hedge.
        senses: source: word senses as the source distinguishes them; word: treated as one.
    """
    show(atlas.clash(*names, senses=senses, asserted_only=asserted_only), form)
