"""The pages of the forms: what can be added, a form, a deletion, and what was saved."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sq_graph.errors import InputError, UnknownName, refuse_unknown
from sq_graph.importers.edit_fields import EditForm, FormField, form_of, forms
from sq_graph.importers.field_values import field_values
from sq_graph.importers.filled_in import Values
from sq_graph.model.aspects import read_aspects
from sq_graph.resources import data_beside
from sq_graph.vocab import kind_of, shorten, slug_of
from sq_graph.web.pages.forms import coding, saving
from sq_graph.web.pages.forms.drawing import drawing_page
from sq_graph.web.pages.forms.reviewing import review_page, submit_review
from sq_graph.web.pages.forms.saving import PostedFields
from sq_graph.web.pages.forms.texts import doubt_of_phrase, page_text
from sq_graph.web.pages.page import (
    Page,
    Query,
    Route,
    capital,
    first,
    form_page,
    shown_at,
    with_query,
)
from sq_graph.web.pages.page_context import PageContext, plural

_LONGEST = 8
"""Words that a phrase may have."""
_FORMS = data_beside(__file__, "pages.json")
"""Which forms are listed first; the fields of all forms, and of some, that cannot be changed: what
makes up the name of a thing, and what can only be made anew; and what is added from the page of a
thing: the form, and the field that the thing fills in.
"""
_CHANGED = (
    "This changed while you were writing, so nothing was saved. The present content is shown under "
    "each field that differs. Save again to replace it with your version."
)

_GONE = (
    "This was deleted or renamed while you were writing, so nothing was saved. Your words are "
    "still here: fill in what is missing, and save to add it again."
)


def shown_page(context: PageContext, address: str) -> Page:
    """The page at an address below `/edit`; raises UnknownName where there is none."""
    parts = urlsplit(address)
    path, query = parts.path.rstrip("/"), parse_qs(parts.query)
    if page := shown_at(_PLAIN, _NAMED, path, query, context):
        return page
    kind, thing, is_deletion = _addressed(context, path)
    form = form_of(kind)
    known = [] if thing else sorted(field.name for field in form.fields)
    refuse_unknown(f"the page {path}", query, known)
    if is_deletion:
        return _deletion(context, thing)
    if thing:
        now = field_values(context.graph, thing)
        values = _named(context, form, now)
        return _form(context, _changing(form), values, thing, digest=saving.digest_of(now))
    pairs = [(name, value) for name, values in query.items() for value in values]
    defaults = {field.name: (field.default,) for field in form.fields if field.default}
    return _form(context, form, {**defaults, **_named(context, form, saving.posted(form, pairs))})


def submit(
    context: PageContext, address: str, pairs: PostedFields, refusal: str = ""
) -> Page | str:
    """Saves what a form at an address below `/edit` says; returns the address to go on to, or the
    form again with what is wrong.

    With a `refusal` nothing is saved: the form says why, and keeps the words.
    """
    path = urlsplit(address).path.rstrip("/")
    if path == "/edit/undo":
        return _undo(context, dict(pairs).get("save", ""), refusal)
    if path == "/edit/review":
        return submit_review(context, pairs, refusal)
    if path == "/edit/coding" or path.startswith("/edit/coding/"):
        return coding.submit_coding(context, path, pairs, refusal)
    try:
        kind, thing, is_deletion = _addressed(context, path)
    except UnknownName as error:
        if error.kind not in forms() or not dict(pairs).get("digest"):
            raise
        form = form_of(error.kind)
        return _form(context, form, saving.posted(form, pairs), status=409, errors={"": _GONE})
    if is_deletion:
        return _deletion(context, thing, refusal) if refusal else _delete(context, thing, pairs)
    form = _changing(form_of(kind)) if thing else form_of(kind)
    values, digest = saving.posted(form, pairs), dict(pairs).get("digest", "")

    def again(status: int, errors: Mapping[str, str], **more: Any) -> Page:
        return _form(context, form, values, thing, status, errors=errors, digest=digest, **more)

    if refusal:
        return again(403, {"": refusal})
    kept = f"{first(values, 'page')} {first(values, 'phrase')}"
    doubt = _doubt(context, thing, values) if dict(pairs).get("kept") != kept else ""
    if doubt:
        return again(422, {"phrase": doubt}, kept=kept)
    try:
        if thing:
            saving.change(context.atlas, form, values, thing, digest)
        iri = thing or saving.add(context.atlas, form, values)
    except saving.Changed as error:
        digest = saving.digest_of(error.values)
        return again(409, {"": _CHANGED}, theirs=_named(context, form, error.values))
    except saving.RefusedForm as error:
        return again(422, error.errors)
    return _shown_as_saved(context, thing=iri)


def _undo(context: PageContext, save: str, refusal: str) -> Page | str:
    try:
        if refusal:
            raise InputError(refusal.rstrip("."))
        return with_query("/edit/saved", undone=saving.undo(context.atlas, save))
    except InputError as error:
        return _index(context, {}, capital(str(error)), 409)


def _shown_as_saved(context: PageContext, **what: str) -> str:
    """The address of the page that says what was saved, from where this save can be undone."""
    return with_query("/edit/saved", **what, save=saving.last_save(context.atlas.layouts[-1].root))


def _doubt(context: PageContext, thing: str, values: Values) -> str:
    """What `verify` would say of a new phrase or page, where the form shows the text."""
    now = field_values(context.graph, thing) if thing else {}
    if thing and all(values.get(name) == now.get(name) for name in ("page", "phrase")):
        return ""
    work, phrase = first(values, "in_") or first(now, "in_"), first(values, "phrase")
    if len(phrase.split()) > _LONGEST:
        return ""  # the rules refuse it with what is wrong elsewhere
    doubt = doubt_of_phrase(context, work, first(values, "page"), phrase)
    remedy = "Correct it or the page, or save again to keep both."
    return f"The phrase is not found there: {doubt}. {remedy}" if doubt else ""


def edit_address(context: PageContext, iri: str) -> str:
    """Where a thing of the workspace is changed; empty for any other, and where nothing can be
    changed.
    """
    kind = kind_of(iri)
    is_own = bool(context.own_base) and iri.startswith(context.own_base)
    return f"/edit/{kind}/{slug_of(iri)}" if is_own and kind in forms() else ""


def edit_links(context: PageContext, iri: str) -> list[tuple[str, str]]:
    """What can be changed of a thing, and added to it: words and address."""
    kind, name, address = kind_of(iri) or "", shorten(iri), edit_address(context, iri)
    found = []
    if address:
        rename = with_query("/edit/rename", thing=name)
        found += [("Change this", address), ("Rename this", rename)]
    found += [
        (f"Add {form_of(one).noun}", with_query(f"/edit/{one}", **{field: name}))
        for one, field in _FORMS["added"].get(kind, {}).items()
    ]
    if kind == "typology":
        found.append(("Draw an alignment", with_query("/edit/draw", first=name)))
    if kind == "definition" and address:
        found.append(("Code it with a second coder", "/edit/coding"))
    return found


def _addressed(context: PageContext, path: str) -> tuple[str, str, bool]:
    """The kind, the thing ('' for a new one), and whether it is to be deleted."""
    found = re.fullmatch(r"/edit/([a-z-]+)(?:/([\w.-]+)(/delete)?)?", path)
    if not found or found[1] not in forms():
        raise UnknownName("page", path, ["/edit/coding", *(f"/edit/{kind}" for kind in forms())])
    thing = f"{context.own_base}id/{found[1]}/{found[2]}" if found[2] else ""
    if thing and not context.atlas.names.exist([thing])[thing]:
        raise UnknownName(found[1], found[2], (), scope="in this workspace")
    return found[1], thing, bool(found[3])


# ---- pages


def _index(context: PageContext, _: Query, error: str = "", status: int = 200) -> Page:
    layout = context.atlas.layouts[-1]
    ordered = list(dict.fromkeys([*_FORMS["first"], *forms()]))
    mine = "SELECT ?s {{ ?s a owl:NamedIndividual FILTER(STRSTARTS(STR(?s), '{}id/{}/')) }}"
    own = {kind: context.of(mine.format(layout.base, kind)) for kind in ordered}
    content = {
        "forms": [form_of(kind) for kind in ordered],
        "own": {plural(kind): things for kind, things in own.items() if things},
        "edit_address": edit_address,
        "last_save": saving.last_save(layout.root),
        "error": error,
    }
    return form_page("edit.html", "Add and change", "/edit", content, status)


def _sign_in(_: PageContext, query: Query) -> Page:
    content = {"next": first(query, "next"), "wrong": first(query, "wrong")}
    return form_page("signin.html", "Sign in", "/edit/sign-in", content)


def _saved(context: PageContext, query: Query) -> Page:
    thing, gone, undone, save = (first(query, name) for name in _SAVED)
    iri = context.atlas.find(thing) if thing else ""
    now = field_values(context.graph, iri) if iri else {}
    same = {name: shorten(now[name][0]) for name in ("in_", "page") if name in now}
    content = {
        "thing": iri,
        "kind": kind_of(iri) or "",
        "gone": gone,
        "undone": undone,
        "edit_address": edit_address(context, iri) if iri else "",
        "again": with_query(f"/edit/{kind_of(iri)}", **same) if iri else "",
        "save": save if save == saving.last_save(context.atlas.layouts[-1].root) else "",
    }
    title = "Undone" if undone else "Deleted" if gone else "Saved"
    address = with_query("/edit/saved", thing=thing, gone=gone)
    return form_page("saved.html", title, address, content)


def _form(
    context: PageContext,
    form: EditForm,
    values: Values,
    thing: str = "",
    status: int = 200,
    **more: Any,
) -> Page:
    """A form with what it holds, and in `more` what is wrong with it.

    `theirs` are values that changed meanwhile; `kept` are the page and phrase that were doubted,
    which are kept when they are sent again.
    """
    now = field_values(context.graph, thing) if thing else values
    work = first(now, "in_")
    content = {
        "thing": thing,
        "values": values,
        "form": form,
        "aspects": read_aspects(context.graph),
        "text": page_text(context, work, first(values, "page")) if work else None,
        **{"errors": {}, "theirs": {}, "digest": "", "kept": "", **more},
    }
    title = f"Change {context.label(thing)}" if thing else form.title
    address = f"/edit/{form.kind}" + (f"/{slug_of(thing)}" if thing else "")
    return form_page("form.html", title, address, content, status)


def _deletion(context: PageContext, thing: str, error: str = "", status: int = 200) -> Page:
    query = f"SELECT DISTINCT ?s {{ ?s ?p <{thing}> FILTER(isIRI(?s)) }}"
    content = {"thing": thing, "referring": context.of(query), "error": error}
    address = f"/edit/{kind_of(thing)}/{slug_of(thing)}/delete"
    return form_page("delete.html", f"Delete {context.label(thing)}", address, content, status)


def _delete(context: PageContext, thing: str, pairs: PostedFields) -> Page | str:
    label = context.label(thing)
    try:
        with saving.recorded(context.atlas, "deleting it") as edit:
            edit.delete(thing, cascade=dict(pairs).get("cascade") == "yes")
    except InputError as error:
        if "=True" not in error.remedy:
            return _deletion(context, thing, capital(str(error)), 422)
        why = error.what.replace(slug_of(thing), label, 1)
        remedy = "Delete these first, or tick the box to delete them too."
        return _deletion(context, thing, f"{capital(why)}. {remedy}", 422)
    return _shown_as_saved(context, gone=label)


_SAVED = ("thing", "gone", "undone", "save")
_PLAIN = {
    "/edit": Route(_index),
    "/edit/draw": Route(drawing_page, ("first", "second")),
    "/edit/review": Route(review_page, ("work", "by", "done")),
    "/edit/sign-in": Route(_sign_in, ("next", "wrong")),
    "/edit/saved": Route(_saved, _SAVED),
    "/edit/coding": Route(coding.start),
    "/edit/coding/agreement": Route(coding.agreement, ("first", "second")),
}
"""The pages below `/edit`, but for the forms, which take their fields."""
_NAMED = {
    r"/edit/coding/settle/([\w.-]+)": Route(coding.settling, ("first", "second")),
    r"/edit/coding/([a-z0-9-]+)": Route(coding.listing),
    r"/edit/coding/([a-z0-9-]+)/([\w.-]+)": Route(coding.form),
}


# ---- fields


def _changing(form: EditForm) -> EditForm:
    """The form for changing a thing."""
    fixed = {*_FORMS["fixed"][""], *_FORMS["fixed"].get(form.kind, ())}
    return EditForm(
        form.kind, form.help, tuple(one for one in form.fields if one.name not in fixed)
    )


def _named(context: PageContext, form: EditForm, now: Values) -> dict[str, tuple[str, ...]]:
    """The values of a statement as a person reads them: things by a name that is theirs alone."""
    things = {one.name: one for one in form.fields if one.shape in ("thing", "things")}
    return {
        name: tuple(
            _name(context, value, things[name]) if name in things else value for value in said
        )
        for name, said in saving.named_as(form, now).items()
    }


def _name(context: PageContext, value: str, field: FormField) -> str:
    """The label of a thing where it finds that thing, else its short form or IRI."""
    if "://" not in value:
        return value
    label = context.label(value)
    try:
        return label if context.atlas.find(label, *field.kinds) == value else shorten(value)
    except InputError:
        return shorten(value)
