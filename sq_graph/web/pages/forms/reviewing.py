"""The page of second readings: each draft beside its passage, with a form to accept it."""

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

from sq_graph.errors import InputError
from sq_graph.importers.edit_fields import form_of
from sq_graph.importers.field_values import field_values
from sq_graph.model.drafts import Draft
from sq_graph.web.pages.forms.saving import PostedFields, add, digest_of
from sq_graph.web.pages.forms.texts import page_text
from sq_graph.web.pages.page import Page, Query, first, form_page, with_query
from sq_graph.web.pages.page_context import PageContext

_MAX_DRAFTS = 20
"""The number of drafts that one page shows."""


def review_page(
    context: PageContext,
    query: Query,
    error: str = "",
    status: int = 200,
    notes: Mapping[str, str] = MappingProxyType({}),
) -> Page:
    """The drafts of the workspace, or of one work that was read, each with the lines that it rests
    on, and with its note if that could not be saved.
    """
    work, reader = first(query, "work"), first(query, "by")
    drafts, graph = list(context.atlas.review()), context.graph
    works = Counter(iri for draft, _ in drafts for iri in _works(draft))
    chosen = context.atlas.find(work, "work") if work else ""
    pending = [pair for pair in drafts if not chosen or chosen in _works(pair[0])]
    content = {
        "pending": len(pending),
        "drafts": [
            (draft, lines or _page_lines(context, draft), digest_of(field_values(graph, draft.iri)))
            for draft, lines in pending[:_MAX_DRAFTS]
        ],
        "works": sorted(works.items(), key=lambda pair: context.label(pair[0])),
        "work": work,
        "by": reader,
        "done": first(query, "done"),
        "error": error,
        "notes": notes,
    }
    address = with_query("/edit/review", work=work, by=reader)
    return form_page("review.html", "Second readings", address, content, status)


def submit_review(context: PageContext, pairs: PostedFields, refusal: str) -> Page | str:
    """Records the second reading of a form, unless the statement changed meanwhile; returns the
    address of the next page, or the page again with an error.
    """
    fields = dict(pairs)
    thing, reader = fields.get("statement", ""), fields.get("by", "").strip()
    filters = {"work": fields.get("work", ""), "by": reader}

    def page_with(error: str, status: int) -> Page:
        query = {name: [value] for name, value in filters.items()}
        return review_page(context, query, error, status, {thing: fields.get("note", "")})

    if refusal:
        return page_with(refusal, 403)
    try:
        current = field_values(context.graph, context.atlas.find(thing))
        if fields.get("digest") != digest_of(current):
            return page_with(_CHANGED, 409)
        reading = {"statement": thing, "by": reader, "note": fields.get("note", "").strip()}
        values = {name: (value,) for name, value in reading.items() if value}
        add(context.atlas, form_of("second-reading"), values)
    except InputError as error:
        return page_with(str(error), 422)
    return with_query("/edit/review", done=thing, **filters)


_CHANGED = (
    "That statement changed after you opened this page, so nothing was saved. Read it again below."
)


def _works(draft: Draft) -> list[str]:
    return list(dict.fromkeys(passage.work.iri for passage in draft.passages))


def _page_lines(context: PageContext, draft: Draft) -> tuple[str, ...]:
    """The page of the first passage, for a draft whose phrase is not found in a text."""
    passages = draft.passages
    text = page_text(context, passages[0].work.iri, passages[0].page) if passages else None
    return text.lines if text else ()
