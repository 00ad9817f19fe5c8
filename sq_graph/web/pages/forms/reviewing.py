"""The page of second readings: each draft beside its passage, with a form to accept it."""

from collections import Counter

from sq_graph.errors import InputError
from sq_graph.importers.edit_fields import form_of
from sq_graph.importers.field_values import field_values
from sq_graph.model.drafts import Draft
from sq_graph.web.pages.desk import Desk
from sq_graph.web.pages.forms.saving import add, digest_of
from sq_graph.web.pages.forms.sent import Pairs, Sent, form_page
from sq_graph.web.pages.forms.texts import page_text
from sq_graph.web.pages.page import Page, Query, first, with_query

_MOST = 20
"""Drafts that one page shows."""


def review_page(desk: Desk, query: Query, error: str = "", status: int = 200) -> Page:
    """The drafts of the workspace, or of one work that was read, each with the lines that it rests
    on.
    """
    work, reader = first(query, "work"), first(query, "by")
    drafts = list(desk.atlas.review())
    works = Counter(one for draft, _ in drafts for one in _works(draft))
    iri = desk.atlas.find(work, "work") if work else ""
    waiting = [pair for pair in drafts if not iri or iri in _works(pair[0])]
    content = {
        "waiting": len(waiting),
        "shown": [
            (draft, lines or _page(desk, draft), digest_of(field_values(desk.graph, draft.iri)))
            for draft, lines in waiting[:_MOST]
        ],
        "works": sorted(works.items(), key=lambda pair: desk.label(pair[0])),
        "work": work,
        "by": reader,
        "done": first(query, "done"),
        "error": error,
    }
    address = with_query("/edit/review", work=work, by=reader)
    return form_page("review.html", "Second readings", address, content, status)


def review_sent(desk: Desk, pairs: Pairs, refusal: str) -> Sent:
    """Records the second reading that the form sends, unless the statement changed meanwhile."""
    fields = dict(pairs)
    thing, reader = fields.get("statement", ""), fields.get("by", "").strip()
    place = {"work": fields.get("work", ""), "by": reader}

    def again(error: str, status: int) -> Sent:
        query = {name: [value] for name, value in place.items()}
        return Sent(review_page(desk, query, error, status))

    if refusal:
        return again(refusal, 403)
    try:
        if fields.get("digest") != digest_of(field_values(desk.graph, desk.atlas.find(thing))):
            return again(_CHANGED, 409)
        said = {"statement": thing, "by": reader, "note": fields.get("note", "").strip()}
        values = {name: (value,) for name, value in said.items() if value}
        add(desk.atlas, form_of("second-reading"), values)
    except InputError as error:
        return again(str(error), 422)
    return Sent(place=with_query("/edit/review", done=thing, **place))


_CHANGED = (
    "That statement changed after you opened this page, so nothing was saved. Read it again below."
)


def _works(draft: Draft) -> list[str]:
    return list(dict.fromkeys(passage.work.iri for passage in draft.passages))


def _page(desk: Desk, draft: Draft) -> tuple[str, ...]:
    """The page of the first passage, where its phrase is not found in a text at hand."""
    passages = draft.passages
    found = page_text(desk, passages[0].work.iri, passages[0].page) if passages else None
    return found.lines if found else ()
