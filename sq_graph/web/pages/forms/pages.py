"""The pages of the forms: the list of forms, a form, a deletion, and the result of a save."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sq_graph.errors import InputError, UnknownName, refuse_unknown
from sq_graph.importers.edit_fields import EditForm, FormField, form_of, forms
from sq_graph.importers.field_values import field_values
from sq_graph.importers.form_input import Values
from sq_graph.model.aspects import read_aspects
from sq_graph.resources import data_beside
from sq_graph.vocab import kind_of, shorten, slug_of
from sq_graph.web.pages.forms import coding, saving
from sq_graph.web.pages.forms.drawing import drawing_page
from sq_graph.web.pages.forms.reviewing import review_page, submit_review
from sq_graph.web.pages.forms.saving import PostedFields
from sq_graph.web.pages.forms.texts import page_text, phrase_problem
from sq_graph.web.pages.page import (
    Page,
    Query,
    Route,
    capital,
    first,
    form_page,
    routed_page,
    with_query,
)
from sq_graph.web.pages.page_context import PageContext, plural

_MAX_WORDS = 8
"""The number of words that a phrase may have."""
_FORMS = data_beside(__file__, "pages.json")
"""The forms that are listed first; the fields that cannot be changed, in all forms and by kind; and
the forms to which the page of a thing links, by kind, each with the field that the thing fills in;
and the messages of forms.
"""
_CHANGED, _DELETED = _FORMS["messages"]["changed"], _FORMS["messages"]["deleted"]


def form_at(context: PageContext, address: str) -> Page:
    """The page at an address below `/edit`; raises UnknownName where there is none."""
    parts = urlsplit(address)
    path, query = parts.path.rstrip("/"), parse_qs(parts.query)
    if page := routed_page(_ROUTES, _PATTERN_ROUTES, path, query, context):
        return page
    kind, thing, is_deletion = _parse_path(context, path)
    form = form_of(kind)
    parameters = [] if thing else sorted(field.name for field in form.fields)
    refuse_unknown(f"the page {path}", query, parameters)
    if is_deletion:
        return _deletion(context, thing)
    if thing:
        current = field_values(context.graph, thing)
        values = _readable(context, form, current)
        return _form(context, _change_form(form), values, thing, digest=saving.digest_of(current))
    pairs = [(name, value) for name, values in query.items() for value in values]
    defaults = {field.name: (field.default,) for field in form.fields if field.default}
    values = _readable(context, form, saving.parse_fields(form, pairs))
    return _form(context, form, {**defaults, **values})


def submit(
    context: PageContext, address: str, pairs: PostedFields, refusal: str = ""
) -> Page | str:
    """Saves the form at an address below `/edit`; returns the address of the next page, or the form
    again with its errors.

    With a `refusal` nothing is saved: the form shows it, and keeps the values.
    """
    path = urlsplit(address).path.rstrip("/")
    if path == "/edit/undo":
        return _undo(context, dict(pairs).get("save", ""), refusal)
    if path == "/edit/review":
        return submit_review(context, pairs, refusal)
    if path == "/edit/coding" or path.startswith("/edit/coding/"):
        return coding.submit_coding(context, path, pairs, refusal)
    try:
        kind, thing, is_deletion = _parse_path(context, path)
    except UnknownName as error:
        if error.kind not in forms() or not dict(pairs).get("digest"):
            raise
        form = form_of(error.kind)
        values = saving.parse_fields(form, pairs)
        return _form(context, form, values, status=409, errors={"": _DELETED})
    if is_deletion:
        return _deletion(context, thing, refusal) if refusal else _delete(context, thing, pairs)
    form = _change_form(form_of(kind)) if thing else form_of(kind)
    values, digest = saving.parse_fields(form, pairs), dict(pairs).get("digest", "")

    def form_with(status: int, errors: Mapping[str, str], **extra: Any) -> Page:
        return _form(context, form, values, thing, status, errors=errors, digest=digest, **extra)

    if refusal:
        return form_with(403, {"": refusal})
    kept = f"{first(values, 'page')} {first(values, 'phrase')}"
    warning = _phrase_warning(context, thing, values) if dict(pairs).get("kept") != kept else ""
    if warning:
        return form_with(422, {"phrase": warning}, kept=kept)
    try:
        if thing:
            saving.change(context.atlas, form, values, thing, digest)
        iri = thing or saving.add(context.atlas, form, values)
    except saving.ChangedMeanwhile as error:
        digest = saving.digest_of(error.values)
        return form_with(409, {"": _CHANGED}, current=_readable(context, form, error.values))
    except saving.RefusedForm as error:
        return form_with(422, error.errors)
    return _saved_address(context, thing=iri)


def _undo(context: PageContext, save: str, refusal: str) -> Page | str:
    try:
        if refusal:
            raise InputError(refusal.rstrip("."))
        return with_query("/edit/saved", undone=saving.undo(context.atlas, save))
    except InputError as error:
        return _index(context, {}, capital(str(error)), 409)


def _saved_address(context: PageContext, **query: str) -> str:
    """The address of the page about a save, where it can be undone."""
    return with_query("/edit/saved", **query, save=saving.last_save(context.atlas.layouts[-1].root))


def _phrase_warning(context: PageContext, thing: str, values: Values) -> str:
    """The result of `verify` for a new phrase or page, if the form shows the text and the phrase is
    not found in it.
    """
    current = field_values(context.graph, thing) if thing else {}
    if thing and all(values.get(name) == current.get(name) for name in ("page", "phrase")):
        return ""
    work, phrase = first(values, "in_") or first(current, "in_"), first(values, "phrase")
    if len(phrase.split()) > _MAX_WORDS:
        return ""  # refused by the shapes, together with other errors
    problem = phrase_problem(context, work, first(values, "page"), phrase)
    remedy = "Correct it or the page, or save again to keep both."
    return f"The phrase is not found there: {problem}. {remedy}" if problem else ""


def edit_address(context: PageContext, iri: str) -> str:
    """The address of the form that changes a thing of the workspace; empty for any other thing."""
    kind = kind_of(iri)
    return f"/edit/{kind}/{slug_of(iri)}" if context.is_own(iri) and kind in forms() else ""


def edit_links(context: PageContext, iri: str) -> list[tuple[str, str]]:
    """The links to the forms that concern a thing: words and address."""
    kind, name, address = kind_of(iri) or "", shorten(iri), edit_address(context, iri)
    links = []
    if address:
        links = [("Change this", address), ("Rename this", with_query("/edit/rename", thing=name))]
    links += [
        (f"Add {form_of(other).noun}", with_query(f"/edit/{other}", **{field: name}))
        for other, field in _FORMS["added"].get(kind, {}).items()
    ]
    if kind == "typology":
        links.append(("Draw an alignment", with_query("/edit/draw", first=name)))
    if kind == "definition" and address:
        links.append(("Code it with a second coder", "/edit/coding"))
    return links


def _parse_path(context: PageContext, path: str) -> tuple[str, str, bool]:
    """The kind, the thing ('' for a new one), and whether it is to be deleted."""
    match = re.fullmatch(r"/edit/([a-z-]+)(?:/([\w.-]+)(/delete)?)?", path)
    if not match or match[1] not in forms():
        raise UnknownName("page", path, ["/edit/coding", *(f"/edit/{kind}" for kind in forms())])
    kind, slug, deletion = match.groups()
    thing = f"{context.own_base}id/{kind}/{slug}" if slug else ""
    if thing and not context.atlas.names.exist([thing])[thing]:
        raise UnknownName(kind, slug, (), scope="in this workspace")
    return kind, thing, bool(deletion)


# ---- pages


def _index(context: PageContext, _: Query, error: str = "", status: int = 200) -> Page:
    layout = context.atlas.layouts[-1]
    kinds = list(dict.fromkeys([*_FORMS["first"], *forms()]))
    query = "SELECT ?s {{ ?s a owl:NamedIndividual FILTER(STRSTARTS(STR(?s), '{}id/{}/')) }}"
    things = {plural(kind): context.iris(query.format(layout.base, kind)) for kind in kinds}
    content = {
        "forms": [form_of(kind) for kind in kinds],
        "things": {name: iris for name, iris in things.items() if iris},
        "edit_address": edit_address,
        "last_save": saving.last_save(layout.root),
        "error": error,
    }
    return form_page("edit.html", "Add and change", "/edit", content, status)


def _sign_in(_: PageContext, query: Query) -> Page:
    content = {"next": first(query, "next"), "wrong": first(query, "wrong")}
    return form_page("signin.html", "Sign in", "/edit/sign-in", content)


def _saved(context: PageContext, query: Query) -> Page:
    thing, deleted, undone, save = (first(query, name) for name in _SAVED_PARAMETERS)
    iri = context.atlas.find(thing) if thing else ""
    values = field_values(context.graph, iri) if iri else {}
    source = {name: shorten(values[name][0]) for name in ("in_", "page") if name in values}
    content = {
        "thing": iri,
        "kind": kind_of(iri) or "",
        "deleted": deleted,
        "undone": undone,
        "edit_address": edit_address(context, iri) if iri else "",
        "next_form": with_query(f"/edit/{kind_of(iri)}", **source) if iri else "",
        "save": save if save == saving.last_save(context.atlas.layouts[-1].root) else "",
    }
    title = "Undone" if undone else "Deleted" if deleted else "Saved"
    address = with_query("/edit/saved", thing=thing, gone=deleted)
    return form_page("saved.html", title, address, content)


def _form(
    context: PageContext,
    form: EditForm,
    values: Values,
    thing: str = "",
    status: int = 200,
    **extra: Any,
) -> Page:
    """A form with its values; `extra` holds its errors and digest.

    `current` in `extra` are values that were changed meanwhile; `kept` are the page and phrase of a
    warning, which are accepted when they are sent again.
    """
    work = first(field_values(context.graph, thing) if thing else values, "in_")
    content = {
        "thing": thing,
        "values": values,
        "form": form,
        "aspects": read_aspects(context.graph),
        "text": page_text(context, work, first(values, "page")) if work else None,
        **{"errors": {}, "current": {}, "digest": "", "kept": "", **extra},
    }
    title = f"Change {context.label(thing)}" if thing else form.title
    address = f"/edit/{form.kind}" + (f"/{slug_of(thing)}" if thing else "")
    return form_page("form.html", title, address, content, status)


def _deletion(context: PageContext, thing: str, error: str = "", status: int = 200) -> Page:
    query = f"SELECT DISTINCT ?s {{ ?s ?p <{thing}> FILTER(isIRI(?s)) }}"
    content = {"thing": thing, "referrers": context.iris(query), "error": error}
    address = f"/edit/{kind_of(thing)}/{slug_of(thing)}/delete"
    return form_page("delete.html", f"Delete {context.label(thing)}", address, content, status)


def _delete(context: PageContext, thing: str, pairs: PostedFields) -> Page | str:
    label = context.label(thing)
    try:
        with saving.undoable(context.atlas, "deleting it") as edit:
            edit.delete(thing, cascade=dict(pairs).get("cascade") == "yes")
    except InputError as error:
        if "=True" not in error.remedy:
            return _deletion(context, thing, capital(str(error)), 422)
        problem = error.what.replace(slug_of(thing), label, 1)
        remedy = "Delete these first, or tick the box to delete them too."
        return _deletion(context, thing, f"{capital(problem)}. {remedy}", 422)
    return _saved_address(context, gone=label)


_SAVED_PARAMETERS = ("thing", "gone", "undone", "save")
_ROUTES = {
    "/edit": Route(_index),
    "/edit/draw": Route(drawing_page, ("first", "second")),
    "/edit/review": Route(review_page, ("work", "by", "done")),
    "/edit/sign-in": Route(_sign_in, ("next", "wrong")),
    "/edit/saved": Route(_saved, _SAVED_PARAMETERS),
    "/edit/coding": Route(coding.coders_page),
    "/edit/coding/agreement": Route(coding.agreement_page, ("first", "second")),
}
"""The pages below `/edit`, except the forms, whose parameters are their fields."""
_PATTERN_ROUTES = {
    r"/edit/coding/settle/([\w.-]+)": Route(coding.settling_page, ("first", "second")),
    r"/edit/coding/([a-z0-9-]+)": Route(coding.coder_page),
    r"/edit/coding/([a-z0-9-]+)/([\w.-]+)": Route(coding.coding_page),
}


# ---- fields


def _change_form(form: EditForm) -> EditForm:
    """The form for changing a thing."""
    fixed = {*_FORMS["fixed"][""], *_FORMS["fixed"].get(form.kind, ())}
    fields = tuple(field for field in form.fields if field.name not in fixed)
    return EditForm(form.kind, form.help, fields)


def _readable(context: PageContext, form: EditForm, values: Values) -> dict[str, tuple[str, ...]]:
    """The values of a statement as a person reads them: things by an unambiguous name."""
    fields = {field.name: field for field in form.fields if field.shape in ("thing", "things")}
    return {
        name: tuple(_name_of(context, v, fields[name]) if name in fields else v for v in texts)
        for name, texts in saving.by_field(form, values).items()
    }


def _name_of(context: PageContext, value: str, field: FormField) -> str:
    """The label of a thing if it identifies the thing, else its short form or IRI."""
    if "://" not in value:
        return value
    label = context.label(value)
    try:
        return label if context.atlas.find(label, *field.kinds) == value else shorten(value)
    except InputError:
        return shorten(value)
