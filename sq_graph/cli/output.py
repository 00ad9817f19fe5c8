"""Writing to the screen: tables, pictures, progress and error messages."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sq_graph.errors import InputError
from sq_graph.table import Table

if TYPE_CHECKING:
    from sq_graph.model.answer import Answer


def show(table: Table, form: str) -> None:
    """Writes a table to standard output in the form asked for; raises InputError for an unknown
    form.
    """
    write(table.render(form, screen_width(), sys.stdout.isatty() and "NO_COLOR" not in os.environ))


def show_answer(answer: Answer, form: str) -> None:
    """Writes an answer to standard output in the form asked for; JSON holds all its fields."""
    write(answer.to_json()) if form == "json" else show(answer.table(), form)


def write(text: str) -> None:
    """Writes a text to standard output as UTF-8, whatever the locale."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()


def write_lines(lines: Iterable[str]) -> None:
    """Writes lines to standard output."""
    write("".join(f"{line}\n" for line in lines))


def write_picture(svg: str, form: str) -> None:
    """Writes a picture to standard output as svg, png or pdf; raises InputError for bytes on a
    terminal.
    """
    if form == "svg":
        write(svg + "\n")
        return
    if sys.stdout.isatty():
        remedy = f"Send it to a file with > picture.{form}"
        raise InputError(f"{form.upper()} cannot be shown in a terminal", remedy=remedy)
    from sq_graph.pictures import conversion

    sys.stdout.buffer.write(conversion.png(svg) if form == "png" else conversion.pdf(svg))


def screen_width() -> int:
    """The columns of the terminal; 120 if the output goes elsewhere."""
    if not (sys.stdout.isatty() or "COLUMNS" in os.environ):
        return 120
    import shutil

    return shutil.get_terminal_size((120, 40)).columns


@contextmanager
def progress(title: str, total: int | None = None) -> Iterator[Callable[..., None]]:
    """A progress bar on standard error, for a terminal only; yields the function that advances it.

    Called with a number, that function adds as many steps to the total.
    """
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)

        def advance(more_steps: int | None = None) -> None:
            if more_steps is not None:
                bar.update(task, total=(bar.tasks[task].total or 0) + more_steps)
            else:
                bar.advance(task)

        yield advance


def fail(message: str) -> int:
    """Writes one sentence to standard error; returns the exit code for bad input."""
    sys.stderr.write(" ".join(message.split()) + "\n")
    return 2
