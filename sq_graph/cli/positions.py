"""The commands about positions: the matrix of what can be held together, and the clash of some of them."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from sq_graph.cli.output import Endpoint, Names, Store, Workspace, open_atlas, progress, show, write
from sq_graph.errors import InputError

PictureForm = Annotated[
    str, typer.Option("--form", "-f", help="How to write it: table, csv, json, md, tex, html, svg or png.")
]
TableForm = Annotated[str, typer.Option("--form", "-f", help="How to write it: table, csv, json, md, tex or html.")]
AssertedOnly = Annotated[bool, typer.Option("--asserted-only", help="Count asserted claims alone.")]
Senses = Annotated[
    str, typer.Option("--senses", help="source: senses that the source keeps apart; word: one word, one thing.")
]


def positions(
    asserted_only: AssertedOnly = False,
    senses: Senses = "source",
    questions: Annotated[bool, typer.Option("--questions", help="The paper's own questions instead.")] = False,
    form: PictureForm = "table",
    workspace: Workspace = None,
    store: Store = None,
    endpoint: Endpoint = None,
) -> None:
    """Show which positions can be held together: one verdict a pair.

    Python: atlas.positions(senses=…, asserted_only=…).
    """
    atlas = open_atlas(workspace, store, endpoint)
    with progress("Asking the reasoner") as step:
        matrix = atlas.positions(senses=senses, asserted_only=asserted_only, progress=step)
    if questions:
        show(matrix.questions(), form)
    elif form == "json":
        write(matrix.to_json())
    elif form in ("svg", "png"):
        from sq_graph.pictures.drawing import png
        from sq_graph.pictures.matrix import draw

        svg = draw(*matrix.drawn())
        if form == "png" and sys.stdout.isatty():
            raise InputError("a PNG is no text for a terminal", remedy="Send it to a file with > matrix.png")
        write(svg + "\n") if form == "svg" else sys.stdout.buffer.write(png(svg))
    else:
        show(matrix.matrix(), form)


def clash(
    names: Names,
    asserted_only: AssertedOnly = False,
    senses: Senses = "source",
    form: TableForm = "table",
    workspace: Workspace = None,
    store: Store = None,
    endpoint: Endpoint = None,
) -> None:
    """Show by which claims two or more positions contradict each other, on which pages, on whose reading.

    Python: atlas.clash(*names).
    """
    show(open_atlas(workspace, store, endpoint).clash(*names, senses=senses, asserted_only=asserted_only), form)


COMMANDS = {"positions": positions, "clash": clash}
