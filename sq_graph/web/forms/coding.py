"""The pages of two coders: each codes the definitions alone; then both stand side by side and are
settled.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from itertools import combinations
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sq_graph.errors import InputError, SqGraphError, UnknownName
from sq_graph.importers.field_values import field_values
from sq_graph.model.aspects import Aspect, read_aspects
from sq_graph.vocab import slug_of
from sq_graph.web.forms.codings import (
    UNSAID,
    coder_slug,
    coders,
    codings_of,
    faults,
    path_of,
    save_codes,
)
from sq_graph.web.forms.saving import digest_of, posted_codes, recorded
from sq_graph.web.forms.sent import Pairs, Sent, form_page
from sq_graph.web.forms.texts import page_text
from sq_graph.web.negotiation import refuse_unknown
from sq_graph.web.pages.desk import Desk
from sq_graph.web.pages.page import Page, first, with_query

Codes = Mapping[str, Collection[str]]


def coding_page(desk: Desk, address: str) -> Page:
    """The page at an address below `/edit/coding`."""
    parts = urlsplit(address)
    path, query = parts.path.rstrip("/"), parse_qs(parts.query)
    takes_pair = path.startswith(("/edit/coding/agreement", "/edit/coding/settle/"))
    refuse_unknown(f"the page {path}", query, ("first", "second") if takes_pair else ())
    if path == "/edit/coding":
        return _start(desk)
    pair = first(query, "first"), first(query, "second")
    if path == "/edit/coding/agreement":
        return _agreement(desk, *pair)
    coder, definition = _addressed(desk, path)
    if coder == "settle":
        return _settle(desk, definition, pair)
    return _form(desk, coder, definition) if definition else _list(desk, coder)


def coding_sent(desk: Desk, address: str, pairs: Pairs, refusal: str) -> Sent:
    """Saves what a coder says of a definition, or what both settle on."""
    path, fields = urlsplit(address).path.rstrip("/"), dict(pairs)
    if path == "/edit/coding":
        return Sent(place=f"/edit/coding/{coder_slug(fields.get('coder', ''))}")
    coder, definition = _addressed(desk, path)
    if not definition:
        raise UnknownName("page", path, ())
    codes = posted_codes(pairs)
    errors = faults(_aspects(desk), codes) | ({"": refusal} if refusal else {})
    status = 403 if refusal else 422
    if coder == "settle":
        pair = fields.get("first", ""), fields.get("second", "")
        if errors:
            return Sent(_settle(desk, definition, pair, codes, errors, status))
        _save_settled(desk, definition, codes)
        return Sent(place=with_query("/edit/coding/agreement", first=pair[0], second=pair[1]))
    root, aspects = desk.atlas.layouts[-1].root, _aspects(desk)
    now = codings_of(root, coder, aspects).get(slug_of(definition), {})
    if not errors and fields.get("digest") != _digest(now):
        errors, status = {"": "These codes changed in another window, so nothing was saved."}, 409
    if errors:
        return Sent(_form(desk, coder, definition, codes, errors, status))
    save_codes(root, coder, slug_of(definition), codes, aspects)
    todo = _uncoded(desk, coder)
    following = f"/{slug_of(todo[0])}" if todo else ""
    return Sent(place=f"/edit/coding/{coder}{following}")


def _addressed(desk: Desk, path: str) -> tuple[str, str]:
    """The coder (or `settle`), and the definition that is coded, if one is."""
    found = re.fullmatch(r"/edit/coding/([a-z0-9-]+)(?:/([\w.-]+))?", path)
    if not found:
        raise UnknownName("page", path, ["/edit/coding"])
    path_of(desk.atlas.layouts[-1].root, found[1])
    every = {slug_of(iri): iri for iri in _definitions(desk)}
    if found[2] and found[2] not in every:
        raise UnknownName("definition", found[2], every, scope="in this workspace")
    return found[1], every[found[2]] if found[2] else ""


def _definitions(desk: Desk) -> list[str]:
    """The definitions of the workspace, by work and label."""
    own = f"{desk.own_base}id/definition/"
    return desk.of(f"SELECT ?s {{ ?s a sq:Definition FILTER(STRSTARTS(STR(?s), '{own}')) }}")


def _aspects(desk: Desk) -> tuple[Aspect, ...]:
    return tuple(sorted(read_aspects(desk.graph), key=lambda one: (one.rank, one.label)))


def _uncoded(desk: Desk, coder: str) -> list[str]:
    done = codings_of(desk.atlas.layouts[-1].root, coder, _aspects(desk))
    return [iri for iri in _definitions(desk) if slug_of(iri) not in done]


def _digest(codes: Mapping[str, Any]) -> str:
    return digest_of({name: tuple(sorted(values)) for name, values in codes.items()})


# ---- pages


def _start(desk: Desk) -> Page:
    root, aspects = desk.atlas.layouts[-1].root, _aspects(desk)
    done = {coder: len(codings_of(root, coder, aspects)) for coder in coders(root)}
    content = {
        "coders": done,
        "total": len(_definitions(desk)),
        "pairs": [
            (one, two, with_query("/edit/coding/agreement", first=one, second=two))
            for one, two in combinations(done, 2)
        ],
    }
    return form_page("coding.html", "Code with a second coder", "/edit/coding", content)


def _list(desk: Desk, coder: str) -> Page:
    todo, every = set(_uncoded(desk, coder)), _definitions(desk)
    content = {"coder": coder, "definitions": every, "todo": todo}
    return form_page("coder.html", f"Coding by {coder}", f"/edit/coding/{coder}", content)


def _form(
    desk: Desk,
    coder: str,
    definition: str,
    codes: Codes | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> Page:
    now = codings_of(desk.atlas.layouts[-1].root, coder, _aspects(desk)).get(
        slug_of(definition), {}
    )
    content = _shown(desk, definition, now if codes is None else codes, errors or {})
    content |= {"coder": coder, "digest": _digest(now), "beside": {}}
    address = f"/edit/coding/{coder}/{slug_of(definition)}"
    title = f"{desk.label(definition)}, coded by {coder}"
    return form_page("codes.html", title, address, content, status)


def _settle(
    desk: Desk,
    definition: str,
    pair: tuple[str, str],
    codes: Codes | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> Page:
    """Both codings beside one form, which begins with what they agree on."""
    root, aspects = desk.atlas.layouts[-1].root, _aspects(desk)
    both = [codings_of(root, coder, aspects).get(slug_of(definition), {}) for coder in pair]
    beside = {
        name: [
            (coder, sorted(codes.get(name, ()))) for coder, codes in zip(pair, both, strict=True)
        ]
        for name in (slug_of(one.iri) for one in aspects)
    }
    alike = {name: sorted(said) for name, said in both[0].items() if both[1].get(name) == said}
    content = _shown(desk, definition, alike if codes is None else codes, errors or {})
    content |= {
        "coder": "settle",
        "digest": "",
        "beside": beside,
        "first": pair[0],
        "second": pair[1],
    }
    title = f"{desk.label(definition)}, settled"
    return form_page(
        "codes.html", title, f"/edit/coding/settle/{slug_of(definition)}", content, status
    )


def _shown(desk: Desk, definition: str, codes: Codes, errors: Mapping[str, str]) -> dict[str, Any]:
    now = field_values(desk.graph, definition)
    return {
        "definition": definition,
        "concept": now.get("of", ("",))[0],
        "summary": now.get("summary", ("",))[0],
        "phrase": now.get("phrase", ("",))[0],
        "page_label": now.get("page", ("",))[0],
        "values": {f"aspect.{name}": sorted(values) for name, values in codes.items()},
        "errors": {f"aspect.{name}" if name else "": fault for name, fault in errors.items()},
        "aspects": _aspects(desk),
        "unsaid": UNSAID,
        "text": page_text(desk, now.get("in_", ("",))[0], now.get("page", ("",))[0]),
    }


def _agreement(desk: Desk, one: str, two: str) -> Page:
    root, aspects = desk.atlas.layouts[-1].root, _aspects(desk)
    fault, found = "", None
    try:
        found = desk.atlas.agreement(path_of(root, one), path_of(root, two))
    except SqGraphError as error:
        if isinstance(error, InputError) and not (one in coders(root) and two in coders(root)):
            raise
        fault = str(error)
    known = {slug_of(iri): iri for iri in _definitions(desk)}
    tables = [codings_of(root, coder, aspects) for coder in (one, two)]
    both = [slug for slug in known if all(slug in table for table in tables)]
    content = {
        "first": one,
        "second": two,
        "fault": fault,
        "found": found,
        "aspects": aspects,
        "rows": {slug: [table[slug] for table in tables] for slug in both},
        "known": known,
        "settle": lambda slug: with_query(f"/edit/coding/settle/{slug}", first=one, second=two),
    }
    title = f"Agreement of {one} and {two}"
    address = with_query("/edit/coding/agreement", first=one, second=two)
    return form_page("agreement.html", title, address, content)


def _save_settled(desk: Desk, definition: str, codes: Codes) -> None:
    """Puts the settled codes in the map; an aspect that is left empty stays as it is there."""
    with recorded(desk.atlas, f"the settled codes of {desk.label(definition)}") as edit:
        edit.update(definition, aspects={name: list(values) for name, values in codes.items()})
