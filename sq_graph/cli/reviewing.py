"""The command that reviews drafts: each statement beside its passage, to accept, skip or note."""

from __future__ import annotations

import sys
import textwrap
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from sq_graph.cli.options import LocalMap, OutputFormat
from sq_graph.cli.output import screen_width, show, write
from sq_graph.model.attribution import in_quotes

if TYPE_CHECKING:
    from sq_graph.model.drafts import Draft

_CHOICES = "[a]ccept, [s]kip, [n]ote, [q]uit? "


def review(
    atlas: LocalMap,
    sources: list[Path] | None = None,
    *,
    work: str = "",
    list_: bool = False,
    accept: list[str] | None = None,
    by: str = "",
    form: OutputFormat = "table",
) -> None:
    """Review drafts as a second reader: accept each statement beside its passage, skip it, or leave
    a note.

    Python: atlas.review(*sources).

    Parameters:
        sources: Texts (.txt, .md, .pdf) of the works that were read.
        work: Only what was read in this work.
        list_: Only list the drafts.
        accept: Accept this statement without asking.
        by: Your name, as the reader.
    """
    if by and by == atlas.layouts[-1].curator:
        advice = f"somebody else should check what {by} encoded"
        sys.stderr.write(f"{by} is the curator of this workspace: {advice}.\n")
    if accept:
        with atlas.edit() as edit:
            readings = [edit.second_reading(name, by=by) for name in accept]
        write(f"{len(readings)} accepted.\n")
        return
    if list_:
        show(atlas.drafts(work).table(), form)
        return
    accepted = 0
    drafts = list(atlas.review(*(sources or ()), work=work))
    for number, (draft, passage) in enumerate(drafts, 1):
        write(f"\n{number} of {len(drafts)}\n{side_by_side(draft, passage, screen_width())}\n")
        answer = _ask_choice()
        if answer == "q":
            break
        if answer == "n":
            notes = [text for field, text in draft.says if field == "note"]
            with atlas.edit() as edit:
                edit.update(draft.iri, note="; ".join([*notes, input("Note: ")]))
        if answer == "a":
            with atlas.edit() as edit:
                edit.second_reading(draft.iri, by=by)
            accepted += 1
    write(f"{accepted} accepted, {len(drafts) - accepted} left.\n")


def side_by_side(draft: Draft, passage: tuple[str, ...], width: int) -> str:
    """The passage on the left, the statement on the right; one below the other on a narrow
    screen.
    """
    attribution = draft.attribution
    phrases = [in_quotes(located.phrase) for located in draft.passages if located.phrase]
    left = [attribution.source if attribution else "no passage", *(passage or phrases)]
    right = [f"{draft.kind}: {draft.label}"]
    right += ["changed since a second reading"] if draft.changed else []
    right += draft.lines
    half = (width - 3) // 2
    if half < 30:
        return "\n".join([*left, "", *right])
    columns = (
        [line for text in texts for line in textwrap.wrap(text, half) or [""]]
        for texts in (left, right)
    )
    rows = zip_longest(*columns, fillvalue="")
    return "\n".join(f"{first:<{half}} │ {second}".rstrip() for first, second in rows)


def _ask_choice() -> str:
    """The first letter of an answer that is one of the choices; the end of the input quits."""
    while True:
        try:
            choice = input(_CHOICES).strip().lower()[:1]
        except EOFError:
            return "q"
        if choice in ("a", "s", "n", "q"):
            return choice
