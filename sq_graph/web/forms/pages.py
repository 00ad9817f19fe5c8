"""The pages of the forms: what can be added, a form, a deletion, and what was saved."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from sq_graph.errors import InputError, UnknownName
from sq_graph.importers.edit_fields import Field, Form, form_of, forms
from sq_graph.importers.field_values import field_values
from sq_graph.importers.filled_in import Values
from sq_graph.model.aspects import Aspect, read_aspects
from sq_graph.vocab import kind_of, shorten, slug_of
from sq_graph.web.forms.coding import coding_page, coding_sent
from sq_graph.web.forms.drawing import drawing_page
from sq_graph.web.forms.reviewing import review_page, review_sent
from sq_graph.web.forms.saving import (
    Changed,
    Refused,
    add,
    can_undo,
    change,
    delete,
    digest_of,
    posted,
    undo,
)
from sq_graph.web.forms.sent import Pairs, Sent, form_page
from sq_graph.web.forms.suggestions import suggestions
from sq_graph.web.forms.texts import doubt_of_phrase, page_text
from sq_graph.web.negotiation import refuse_unknown
from sq_graph.web.pages.desk import Desk
from sq_graph.web.pages.page import Page, first, with_query

_LONGEST = 8
"""Words that a phrase may have."""
_ORDER = ("work", "definition", "claim", "typology", "alignment", "disagreement")
_PARAMETERS = {
    "/edit": (),
    "/edit/draw": ("first", "second"),
    "/edit/review": ("work", "by", "done"),
    "/edit/sign-in": ("next", "wrong"),
    "/edit/saved": ("thing", "gone", "undone"),
}
"""What the pages below `/edit` take, but for the forms, which take their fields."""


@dataclass(frozen=True)
class Shown:
    """A form with what it holds and what is wrong with it; `theirs` are values that changed
    meanwhile.
    """

    form: Form
    values: Values
    thing: str = ""
    digest: str = ""
    errors: Mapping[str, str] | None = None
    theirs: Values | None = None
    kept: str = ""
    """The page and phrase that were doubted, which are kept when they are sent again."""


def shown_page(desk: Desk, address: str) -> Page:
    """The page at an address below `/edit`; raises UnknownName where there is none."""
    parts = urlsplit(address)
    path, query = parts.path.rstrip("/"), parse_qs(parts.query)
    if path in _PARAMETERS:
        refuse_unknown(f"the page {path}", query, _PARAMETERS[path])
    if path == "/edit":
        return _index(desk)
    if path == "/edit/coding" or path.startswith("/edit/coding/"):
        return coding_page(desk, address)
    if path == "/edit/draw":
        return drawing_page(desk, address)
    if path == "/edit/review":
        return review_page(desk, address)
    if path == "/edit/sign-in":
        content = {"next": first(query, "next"), "wrong": first(query, "wrong")}
        return form_page("signin.html", "Sign in", "/edit/sign-in", content)
    if path == "/edit/saved":
        return _saved(desk, first(query, "thing"), first(query, "gone"), first(query, "undone"))
    kind, thing, is_deletion = _addressed(desk, path)
    form = form_of(kind)
    known = {field.name for field in form.fields}
    refuse_unknown(f"the page {path}", query, () if thing else sorted(known))
    if is_deletion:
        return _deletion(desk, thing)
    if thing:
        now = field_values(desk.graph, thing)
        return _form(desk, Shown(_changing(form), _named(desk, form, now), thing, digest_of(now)))
    pairs = [(name, value) for name, values in query.items() for value in values]
    given = {name: values for name, values in posted(form, pairs).items() if name in known}
    defaults = {field.name: (field.default,) for field in form.fields if field.default}
    return _form(desk, Shown(form, {**defaults, **_named(desk, form, given)}))


def sent(desk: Desk, address: str, pairs: Pairs, refusal: str = "") -> Sent:
    """Saves what a form at an address below `/edit` says, or shows it again with what is wrong.

    With a `refusal` nothing is saved: the form says why, and keeps the words.
    """
    path = urlsplit(address).path.rstrip("/")
    if path == "/edit/undo":
        if refusal:
            return Sent(_index(desk, refusal))
        return Sent(place=with_query("/edit/saved", undone=undo(desk.atlas)))
    if path == "/edit/review":
        return review_sent(desk, pairs, refusal)
    if path == "/edit/coding" or path.startswith("/edit/coding/"):
        return coding_sent(desk, address, pairs, refusal)
    kind, thing, is_deletion = _addressed(desk, path)
    if is_deletion:
        return Sent(_deletion(desk, thing, refusal)) if refusal else _delete(desk, thing, pairs)
    form = form_of(kind)
    form = _changing(form) if thing else form
    values, digest = posted(form, pairs), dict(pairs).get("digest", "")
    if refusal:
        return Sent(_form(desk, Shown(form, values, thing, digest, {"": refusal}), 403))
    kept = f"{_first(values, 'page')} {_first(values, 'phrase')}"
    doubt = _doubt(desk, thing, values) if dict(pairs).get("kept") != kept else ""
    if doubt:
        again = Shown(form, values, thing, digest, {"phrase": doubt}, kept=kept)
        return Sent(_form(desk, again, 422))
    try:
        iri = (
            change(desk.atlas, form, values, thing, digest)
            if thing
            else add(desk.atlas, form, values)
        )
    except Changed as error:
        theirs, errors = _named(desk, form, error.values), {"": _CHANGED}
        again = Shown(form, values, thing, digest_of(error.values), errors, theirs)
        return Sent(_form(desk, again, 409))
    except Refused as error:
        return Sent(_form(desk, Shown(form, values, thing, digest, error.errors), 422))
    return Sent(place=with_query("/edit/saved", thing=iri))


_CHANGED = (
    "This changed while you were writing, so nothing was saved. What it says now stands under "
    "each field"
    " that differs. Save again to put your version in its place."
)


def _doubt(desk: Desk, thing: str, values: Values) -> str:
    """What `verify` would say of a new phrase or page, where the form shows the text."""
    now = field_values(desk.graph, thing) if thing else {}
    if thing and all(values.get(name) == now.get(name) for name in ("page", "phrase")):
        return ""
    work, phrase = _first(values, "in_") or _first(now, "in_"), _first(values, "phrase")
    if len(phrase.split()) > _LONGEST:
        return ""  # the rules refuse it with what is wrong elsewhere
    doubt = doubt_of_phrase(desk, work, _first(values, "page"), phrase)
    return f"The phrase is not found there: {doubt}. {_KEEP}" if doubt else ""


_KEEP = "Correct it or the page, or save again to keep both."


def _first(values: Values, name: str) -> str:
    return next(iter(values.get(name, ())), "")


def edit_address(desk: Desk, iri: str) -> str:
    """Where a thing of the workspace is changed; empty for any other, and where nothing can be
    changed.
    """
    kind = kind_of(iri)
    is_own = bool(desk.own_base) and iri.startswith(desk.own_base)
    return f"/edit/{kind}/{slug_of(iri)}" if is_own and kind in forms() else ""


def edit_links(desk: Desk, iri: str) -> list[tuple[str, str]]:
    """What can be changed of a thing, and added to it: words and address."""
    kind, name = kind_of(iri), shorten(iri)
    found = [("Change this", address)] if (address := edit_address(desk, iri)) else []
    found += [("Rename this", with_query("/edit/rename", thing=name))] if address else []
    found += [
        (f"Add {form_of(one).noun}", with_query(f"/edit/{one}", **{field: name}))
        for one, field in _ADDED.get(kind or "", ())
    ]
    if kind == "typology":
        found.append(("Draw a correspondence", with_query("/edit/draw", first=name)))
    if kind == "definition" and edit_address(desk, iri):
        found.append(("Code it with a second coder", "/edit/coding"))
    return found


_STATEMENT = (
    ("second-reading", "statement"),
    ("report-of", "report"),
    ("disagreement", "parties"),
    ("argument", "statement"),
)
_ADDED = {
    "work": tuple((one, "in_") for one in ("definition", "claim", "typology", "alignment")),
    "concept": (("definition", "of"), ("claim", "about"), ("typology", "divides")),
    "category": (("definition", "of"), ("alignment", "subject")),
    "typology": (("second-reading", "statement"), ("claim", "about")),
    "definition": _STATEMENT,
    "claim": _STATEMENT,
    "alignment": _STATEMENT,
}
"""What is added from the page of a thing: the form, and the field that the thing fills in."""


def _addressed(desk: Desk, path: str) -> tuple[str, str, bool]:
    """The kind, the thing ('' for a new one), and whether it is to be deleted."""
    found = re.fullmatch(r"/edit/([a-z-]+)(?:/([\w.-]+))?(/delete)?", path)
    if not found or found[1] not in forms() or (found[3] and not found[2]):
        raise UnknownName("page", path, [f"/edit/{kind}" for kind in forms()])
    thing = f"{desk.own_base}id/{found[1]}/{found[2]}" if found[2] else ""
    if thing and not desk.atlas.names.exist([thing])[thing]:
        raise UnknownName(found[1], found[2], (), scope="in this workspace")
    return found[1], thing, bool(found[3])


# ---- pages


def _index(desk: Desk, error: str = "") -> Page:
    layout = desk.atlas.layouts[-1]
    ordered = [*_ORDER, *(kind for kind in forms() if kind not in _ORDER)]
    own = {
        kind: desk.of(
            "SELECT ?s { ?s a owl:NamedIndividual FILTER(STRSTARTS(STR(?s), "
            f"'{layout.base}id/{kind}/')) }}"
        )
        for kind in ordered
    }
    content = {
        "forms": [form_of(kind) for kind in ordered],
        "own": {kind: things for kind, things in own.items() if things},
        "edit_address": edit_address,
        "can_undo": can_undo(layout.root),
        "error": error,
    }
    return form_page("edit.html", "Add and change", "/edit", content)


def _saved(desk: Desk, thing: str, gone: str, undone: str) -> Page:
    iri = desk.atlas.find(thing) if thing else ""
    now = field_values(desk.graph, iri) if iri else {}
    same = {name: shorten(now[name][0]) for name in ("in_",) if name in now}
    same |= {name: now[name][0] for name in ("page",) if name in now}
    content = {
        "thing": iri,
        "kind": kind_of(iri) or "",
        "gone": gone,
        "undone": undone,
        "edit_address": edit_address(desk, iri) if iri else "",
        "again": with_query(f"/edit/{kind_of(iri)}", **same) if iri else "",
        "can_undo": can_undo(desk.atlas.layouts[-1].root),
    }
    title = "Undone" if undone else "Deleted" if gone else "Saved"
    return form_page(
        "saved.html", title, with_query("/edit/saved", thing=thing, gone=gone), content
    )


def _form(desk: Desk, shown: Shown, status: int = 200) -> Page:
    form, thing = shown.form, shown.thing
    title = f"Change {desk.label(thing)}" if thing else form.title
    names = {field.kinds for field in form.fields if field.kinds}
    now = field_values(desk.graph, thing) if thing else shown.values
    work, page = _first(now, "in_"), _first(shown.values, "page")
    content = {
        "shown": shown,
        "values": shown.values,
        "errors": shown.errors or {},
        "theirs": shown.theirs or {},
        "form": form,
        "aspects": _aspects(desk, shown),
        "suggestions": {kinds: suggestions(desk, kinds) for kinds in names},
        "text": page_text(desk, work, page) if work else None,
    }
    address = f"/edit/{form.kind}" + (f"/{slug_of(thing)}" if thing else "")
    return form_page("form.html", title, address, content, status)


def _deletion(desk: Desk, thing: str, error: str = "", status: int = 200) -> Page:
    query = f"SELECT DISTINCT ?s {{ ?s ?p <{thing}> FILTER(isIRI(?s)) }}"
    content = {"thing": thing, "referring": desk.of(query), "error": error}
    address = f"/edit/{kind_of(thing)}/{slug_of(thing)}/delete"
    return form_page("delete.html", f"Delete {desk.label(thing)}", address, content, status)


def _delete(desk: Desk, thing: str, pairs: Pairs) -> Sent:
    label = desk.label(thing)
    try:
        delete(desk.atlas, thing, dict(pairs).get("cascade") == "yes")
    except InputError as error:
        what = error.what[:1].upper() + error.what[1:]
        remedy = "Delete these first, or tick the box to delete them too."
        return Sent(_deletion(desk, thing, f"{what}. {remedy}", 422))
    return Sent(place=with_query("/edit/saved", gone=label))


# ---- fields


def _changing(form: Form) -> Form:
    """The form for changing a thing: without what makes up its name, and what can only be made
    anew.
    """
    fixed = {"name", "slug", "in_", "kind", "booktitle", "scheme"}
    fixed |= {"alignment": {"denied"}, "position": {"axioms", "model"}}.get(form.kind, set())
    fields = [field for field in form.fields if field.name not in fixed]
    if form.kind == "work":
        known = ("shorttitle", "series", "language", "keywords", "note")
        fields = [field for field in fields if field.name not in known]
    return Form(form.kind, form.help, tuple(fields))


def _named(desk: Desk, form: Form, now: Values) -> dict[str, tuple[str, ...]]:
    """The values of a statement as a person reads them: things by a name that is theirs alone."""
    found = {}
    for name, values in now.items():
        field_name = "divides" if name == "of" and form.kind == "typology" else name
        field = next((one for one in form.fields if one.name == field_name), None)
        is_thing = field and field.shape in ("thing", "things")
        found[field_name] = (
            tuple(_name(desk, value, field) for value in values)
            if is_thing and field
            else tuple(values)
        )
    return found


def _name(desk: Desk, value: str, field: Field) -> str:
    """The label of a thing where it finds that thing, else its short form or IRI."""
    if "://" not in value:
        return value
    label = desk.label(value)
    try:
        return label if desk.atlas.find(label, *field.kinds) == value else shorten(value)
    except InputError:
        return shorten(value)


def _aspects(desk: Desk, shown: Shown) -> tuple[Aspect, ...]:
    """The aspects under which the definition of a form can be coded."""
    if not any(field.shape == "aspects" for field in shown.form.fields):
        return ()
    return tuple(sorted(read_aspects(desk.graph), key=lambda one: (one.rank, one.label)))
