"""Questions of the catalogue as forms with choices from the graph, their answers, and answers that were kept."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from sq_graph.errors import BrokenFile, InputError, UnknownName
from sq_graph.model.answer import Answer, Recheck
from sq_graph.queries import Question, shown_default
from sq_graph.table import Table
from sq_graph.vocab import expand, shorten
from sq_graph.web.pages.desk import Desk
from sq_graph.web.pages.page import Page, Query, first, with_query

MOST_ROWS = 100
"""Rows of an answer that a page shows."""
MOST_CHOICES = 500
"""Things that a list offers; where there are more, one writes a name."""
KEPT_AT_MOST = 10_000
"""Answers that one server keeps; further ones are refused with a sentence."""


def questions(desk: Desk, _: Query) -> Page:
    """The catalogue by group; checks that must have no answer are left to `sq-graph check`."""
    groups: dict[str, list[Question]] = {}
    for one in desk.atlas.catalogue.questions():
        if one.expect != "none":
            groups.setdefault(one.group, []).append(one)
    return Page("questions.html", "Questions", "/questions", "Questions", "Questions that the map answers, each row "
                "with its passages.", {"groups": groups})  # fmt: skip


def ask(desk: Desk, name: str, query: Query) -> Page:
    """One question: its form, and the answer with the passages it rests on."""
    question = desk.atlas.catalogue[name]
    given = {p.name: value for p in question.parameters if (value := first(query, p.name))}
    answer = desk.atlas.ask(name, **given)
    known = {p.name: desk.atlas.choices(p) for p in question.parameters}
    choices = {
        name: {shorten(iri): label for iri, label in found.items()} if len(found) <= MOST_CHOICES else {}
        for name, found in known.items()
    }
    chosen = {p.name: shorten(expand(answer.parameters.get(p.name, ""))) if p.name in given else shown_default(p)
              for p in question.parameters}  # fmt: skip
    return Page(
        "ask.html", question.title, with_query(f"/ask/{name}", **given), "Questions", question.question,
        {"question": question, "answer": answer, "choices": choices, "chosen": chosen, "shown": _begin(answer.table()),
         "keeps": desk.answers is not None and not desk.is_static},
        answer=answer,
    )  # fmt: skip


def kept(desk: Desk, digest: str, _: Query) -> Page:
    """An answer that was kept, and whether it still holds in today's graph, row by row."""
    path = _place(desk, digest)
    if not path.is_file():
        raise UnknownName("kept answer", digest[:12], [], remedy="Ask its question anew on the page Questions")
    saved = desk.atlas.saved(path)
    if saved.digest != digest:
        raise BrokenFile("the kept answer was changed after it was kept", path.name, remedy="Ask its question anew")
    check: Recheck | None
    try:
        check, why = desk.atlas.recheck(saved), ""
    except InputError as error:
        check, why = None, str(error)
    return Page(
        "answer.html", saved.title, f"/answers/{digest}", "Questions",
        f"An answer kept with the map {saved.graph_digest[:12]}.",
        {"saved": saved, "check": check, "why": why, "shown": _begin(saved.table()),
         "again": with_query(f"/ask/{saved.question}", **{k: v for k, v in saved.parameters.items() if v != "UNDEF"})},
        answer=saved, lasting=False,
    )  # fmt: skip


def keep(desk: Desk, form: Mapping[str, str]) -> str:
    """Asks a question of the catalogue again and keeps its answer; returns the address where it is kept.

    Raises InputError where no answers are kept, or too many are.
    """
    values = {name: value for name, value in form.items() if name != "question" and value}
    answer = desk.atlas.ask(form.get("question", ""), **values)
    path = _place(desk, answer.digest)
    if not path.exists():
        _store(path, answer)
    return f"/answers/{answer.digest}"


def _begin(table: Table) -> Table:
    """As many rows as one page shows."""
    if len(table) <= MOST_ROWS:
        return table
    note = f"The first {MOST_ROWS} of {len(table)} rows; every download has them all."
    return replace(table, rows=table.rows[:MOST_ROWS], groups=table.groups[:MOST_ROWS], notes=(*table.notes, note))


def _place(desk: Desk, digest: str) -> Path:
    if desk.answers is None:
        raise InputError("this server keeps no answers", remedy="Save the answer as JSON; sq-graph recheck reads it")
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise UnknownName("kept answer", digest[:64], [], remedy="Its name is 64 digits and letters from a to f")
    return desk.answers / f"{digest}.json"


def _store(path: Path, answer: Answer) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if sum(1 for _ in path.parent.glob("*.json")) >= KEPT_AT_MOST:
        raise InputError("this server keeps no more answers", remedy="Save the answer as JSON instead")
    partial = path.with_suffix(f".{os.getpid()}.partial")
    partial.write_text(answer.to_json(), encoding="utf-8")
    partial.replace(path)
