"""Questions of the catalogue as forms with choices from the graph, their answers, and answers that
were kept.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from sq_graph.errors import BrokenFile, InputError, UnknownName, refuse_unknown
from sq_graph.queries import Question, shown_default
from sq_graph.table import Table
from sq_graph.vocab import expand, kind_of, shorten
from sq_graph.web.pages.page import Page, Query, begin, first, with_query
from sq_graph.web.pages.page_context import PageContext

MOST_ROWS = 100
"""Rows of an answer that a page shows."""
MOST_CHOICES = 500
"""Things that a list offers; where there are more, one writes a name."""
KEPT_AT_MOST = 10_000
"""Answers that one server keeps; further ones are refused with a sentence."""


def questions_of(context: PageContext) -> list[Question]:
    """The questions for readers; checks that must have no answer are left to `sq-graph check`."""
    return [one for one in context.atlas.catalogue.questions() if one.expect != "none"]


def questions(context: PageContext, _: Query) -> Page:
    """The catalogue by group."""
    groups: dict[str, list[Question]] = {}
    for one in questions_of(context):
        groups.setdefault(one.group, []).append(one)
    rows = tuple((one.group, one.title, one.question) for one in questions_of(context))
    table = Table(("group", "title", "question"), rows)
    about = "Questions that the map answers, each row with its passages."
    return Page("questions.html", "Questions", "/questions", about, {"groups": groups}, table)


def ask(context: PageContext, name: str, query: Query) -> Page:
    """One question: its form, and the answer with the passages it rests on.

    Raises InputError for a parameter that the question does not have.
    """
    question = context.atlas.catalogue[name]
    refuse_unknown(f"the question {name}", query, [one.name for one in question.parameters])
    given = {one.name: value for one in question.parameters if (value := first(query, one.name))}
    answer = context.atlas.ask(name, **given)
    chosen = {
        one.name: shorten(expand(answer.parameters.get(one.name, "")))
        if one.name in given
        else shown_default(one)
        for one in question.parameters
    }
    asked = [iri for value in answer.parameters.values() for iri in value.split(" ")]
    content = {
        "question": question,
        "choices": {one.name: _choices(context, one.kind) for one in question.parameters},
        "chosen": chosen,
        "shown": begin(answer.table(), MOST_ROWS),
        "asked_for": list(filter(kind_of, asked)),
        "keeps": context.answers is not None and not context.is_static,
    }
    address = with_query(f"/ask/{name}", **given)
    return Page("ask.html", question.title, address, question.question, content, answer=answer)


def _choices(context: PageContext, kind: str) -> dict[str, str]:
    """The things that a list offers, by their short form; none where there are too many."""
    found = context.atlas.names.of_class(kind) if kind != "text" and not context.is_static else ()
    if len(found) > MOST_CHOICES:
        return {}
    return {
        shorten(iri): context.label(iri)
        for iri in sorted(found, key=lambda iri: context.label(iri).lower())
    }


def kept(context: PageContext, digest: str, _: Query) -> Page:
    """A saved answer, and whether it still holds in today's graph, row by row.

    Raises:
        UnknownName: no answer of this digest was saved.
        BrokenFile: it was changed after it was saved.
    """
    path = _place(context, digest)
    if not path.is_file():
        remedy = "Ask the question again on the page Questions"
        raise UnknownName("saved answer", digest[:12], [], remedy=remedy)
    saved = context.atlas.saved(path)
    if saved.digest != digest:
        why = "the answer was changed after it was saved"
        raise BrokenFile(why, path.name, remedy="Ask the question again")
    check, why = None, ""
    try:
        check = context.atlas.recheck(saved)
    except InputError as error:
        why = str(error)
    given = {name: value for name, value in saved.parameters.items() if value != "UNDEF"}
    again = with_query(f"/ask/{saved.question}", **given)
    shown = begin(saved.table(), MOST_ROWS)
    content = {"check": check, "why": why, "shown": shown, "again": again}
    about = f"An answer saved with the map {saved.graph_digest[:12]}."
    page = Page("answer.html", saved.title, f"/answers/{digest}", about, content)
    return replace(page, answer=saved, lasting=False)


def keep(context: PageContext, form: Mapping[str, str]) -> str:
    """Asks a question of the catalogue again and keeps its answer; returns the address where it is
    kept.

    Raises InputError where no answers are kept, or too many are.
    """
    values = {name: value for name, value in form.items() if name != "question" and value}
    answer = context.atlas.ask(form.get("question", ""), **values)
    path = _place(context, answer.digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        if sum(1 for _ in path.parent.glob("*.json")) >= KEPT_AT_MOST:
            remedy = "Download the answer as JSON instead"
            raise InputError("this server cannot save more answers", remedy=remedy)
        partial = path.with_suffix(f".{os.getpid()}.partial")
        partial.write_text(answer.to_json(), encoding="utf-8")
        partial.replace(path)
    return f"/answers/{answer.digest}"


def _place(context: PageContext, digest: str) -> Path:
    if context.answers is None:
        remedy = "Download the answer as JSON; sq-graph recheck reads it"
        raise InputError("this server does not save answers", remedy=remedy)
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        remedy = "Its name is 64 digits and letters from a to f"
        raise UnknownName("saved answer", digest[:64], [], remedy=remedy)
    return context.answers / f"{digest}.json"
