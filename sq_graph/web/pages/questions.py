"""The questions of the catalogue as forms with choices from the graph, and their answers."""

from sq_graph.errors import UnknownName, refuse_unknown
from sq_graph.queries import Question, short_default
from sq_graph.table import Table
from sq_graph.vocab import expand, kind_of, shorten
from sq_graph.web.pages.page import Page, Query, first, first_rows, with_query
from sq_graph.web.pages.page_context import PageContext

MAX_ROWS = 100
"""The number of rows of an answer that a page shows."""
MAX_CHOICES = 500
"""The number of things that a list offers; if there are more, one enters a name."""


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
    }
    address = with_query(f"/ask/{name}", **arguments)
    return Page("ask.html", question.title, address, question.question, content, answer=answer)


def _choices(context: PageContext, kind: str) -> dict[str, str]:
    """The things that a list offers, by their short form; none if there are too many."""
    things = context.atlas.names.of_class(kind) if kind != "text" and not context.is_static else ()
    if len(things) > MAX_CHOICES:
        return {}
    ranked = sorted(things, key=lambda iri: context.label(iri).lower())
    return {shorten(iri): context.label(iri) for iri in ranked}


def saved_answer(_: PageContext, digest: str, __: Query) -> Page:
    """The address of an answer that an earlier release saved; raises UnknownName with what to use
    instead.
    """
    remedy = "This server saves no answers; download one as JSON, and sq-graph recheck reads it"
    raise UnknownName("saved answer", digest[:12], [], remedy=remedy)
