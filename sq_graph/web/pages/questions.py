"""The questions of the catalogue as forms with choices from the graph, their answers, and saved
answers.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from sq_graph.errors import BrokenFile, InputError, UnknownName, refuse_unknown
from sq_graph.queries import Question, short_default
from sq_graph.table import Table
from sq_graph.vocab import expand, kind_of, shorten
from sq_graph.web.pages.page import Page, Query, first, first_rows, with_query
from sq_graph.web.pages.page_context import PageContext

MAX_ROWS = 100
"""The number of rows of an answer that a page shows."""
MAX_CHOICES = 500
"""The number of things that a list offers; if there are more, one enters a name."""
MAX_SAVED = 10_000
"""The number of answers that one server saves; further ones are refused."""


def questions_of(context: PageContext) -> list[Question]:
    """The questions for readers; checks that must have no answer are left to `sq-graph check`."""
    return [q for q in context.atlas.catalogue.questions() if q.expect != "none"]


def questions(context: PageContext, _: Query) -> Page:
    """The catalogue by group."""
    groups: dict[str, list[Question]] = {}
    for question in questions_of(context):
        groups.setdefault(question.group, []).append(question)
    rows = tuple((q.group, q.title, q.question) for q in questions_of(context))
    table = Table(("group", "title", "question"), rows)
    description = "Questions that the map answers, each row with its passages."
    return Page("questions.html", "Questions", "/questions", description, {"groups": groups}, table)


def ask(context: PageContext, name: str, query: Query) -> Page:
    """One question: its form, and the answer with the passages it rests on.

    Raises InputError for a parameter that the question does not have.
    """
    question = context.atlas.catalogue[name]
    parameters = {parameter.name: parameter for parameter in question.parameters}
    refuse_unknown(f"the question {name}", query, list(parameters))
    arguments = {name: value for name in parameters if (value := first(query, name))}
    answer = context.atlas.ask(name, **arguments)
    chosen = {
        name: shorten(expand(answer.parameters.get(name, "")))
        if name in arguments
        else short_default(parameter)
        for name, parameter in parameters.items()
    }
    values = [iri for value in answer.parameters.values() for iri in value.split(" ")]
    content = {
        "question": question,
        "choices": {name: _choices(context, p.kind) for name, p in parameters.items()},
        "chosen": chosen,
        "table": first_rows(answer.table(), MAX_ROWS),
        "things": list(filter(kind_of, values)),
        "can_save": context.answers is not None and not context.is_static,
    }
    address = with_query(f"/ask/{name}", **arguments)
    return Page("ask.html", question.title, address, question.question, content, answer=answer)


def _choices(context: PageContext, kind: str) -> dict[str, str]:
    """The things that a list offers, by their short form; none if there are too many."""
    things = context.atlas.names.of_class(kind) if kind != "text" and not context.is_static else ()
    if len(things) > MAX_CHOICES:
        return {}
    return {
        shorten(iri): context.label(iri)
        for iri in sorted(things, key=lambda iri: context.label(iri).lower())
    }


def saved_answer(context: PageContext, digest: str, _: Query) -> Page:
    """A saved answer, and whether it still holds in the current graph, row by row.

    Raises:
        UnknownName: no answer with this digest was saved.
        BrokenFile: it was changed after it was saved.
    """
    path = _path_of(context, digest)
    if not path.is_file():
        remedy = "Ask the question again on the page Questions"
        raise UnknownName("saved answer", digest[:12], [], remedy=remedy)
    saved = context.atlas.saved(path)
    if saved.digest != digest:
        problem = "the answer was changed after it was saved"
        raise BrokenFile(problem, path.name, remedy="Ask the question again")
    check, reason = None, ""
    try:
        check = context.atlas.recheck(saved)
    except InputError as error:
        reason = str(error)
    arguments = {name: value for name, value in saved.parameters.items() if value != "UNDEF"}
    address = with_query(f"/ask/{saved.question}", **arguments)
    table = first_rows(saved.table(), MAX_ROWS)
    content = {"check": check, "reason": reason, "table": table, "question_address": address}
    description = f"An answer saved with the map {saved.graph_digest[:12]}."
    page = Page("answer.html", saved.title, f"/answers/{digest}", description, content)
    return replace(page, answer=saved, is_cacheable=False)


def save_answer(context: PageContext, fields: Mapping[str, str]) -> str:
    """Asks a question of the catalogue again and saves its answer; returns the address of the saved
    answer.

    Raises InputError where answers cannot be saved, or too many are.
    """
    arguments = {name: value for name, value in fields.items() if name != "question" and value}
    answer = context.atlas.ask(fields.get("question", ""), **arguments)
    path = _path_of(context, answer.digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        if sum(1 for _ in path.parent.glob("*.json")) >= MAX_SAVED:
            remedy = "Download the answer as JSON instead"
            raise InputError("this server cannot save more answers", remedy=remedy)
        partial = path.with_suffix(f".{os.getpid()}.partial")
        partial.write_text(answer.to_json(), encoding="utf-8")
        partial.replace(path)
    return f"/answers/{answer.digest}"


def _path_of(context: PageContext, digest: str) -> Path:
    if context.answers is None:
        remedy = "Download the answer as JSON; sq-graph recheck reads it"
        raise InputError("this server does not save answers", remedy=remedy)
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        remedy = "Its name is 64 digits and letters from a to f"
        raise UnknownName("saved answer", digest[:64], [], remedy=remedy)
    return context.answers / f"{digest}.json"
