"""The pages of two coders: each codes the definitions alone; then both stand side by side and are
settled.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from itertools import combinations
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sq_graph.errors import InputError, SqGraphError, UnknownName
from sq_graph.evidence.agreement import Coding
from sq_graph.importers.field_values import field_values
from sq_graph.model.aspects import read_aspects
from sq_graph.vocab import slug_of
from sq_graph.web.pages.desk import Desk
from sq_graph.web.pages.forms.codings import (
    coder_slug,
    coders,
    codings_of,
    faults,
    path_of,
    save_codes,
)
from sq_graph.web.pages.forms.saving import digest_of, posted_codes, recorded
from sq_graph.web.pages.forms.sent import Pairs, Sent, form_page
from sq_graph.web.pages.forms.texts import page_text
from sq_graph.web.pages.page import Page, Query, first, with_query

Codes = Mapping[str, Collection[str]]
_OLD = "These codes changed in another window, so nothing was saved."


def start(desk: Desk, _: Query) -> Page:
    """The coders of the workspace, and a form to begin."""
    done = {coder: len(_codings(desk, coder)) for coder in coders(_root(desk))}
    content = {
        "coders": done,
        "total": len(_definitions(desk)),
        "pairs": [(*pair, _agreement_address(*pair)) for pair in combinations(done, 2)],
    }
    return form_page("coding.html", "Code with a second coder", "/edit/coding", content)


def listing(desk: Desk, coder: str, _: Query) -> Page:
    """The definitions that a coder has coded, and has yet to code."""
    content = {
        "coder": coder,
        "definitions": list(_definitions(desk).values()),
        "todo": _uncoded(desk, coder),
    }
    return form_page("coder.html", f"Coding by {coder}", f"/edit/coding/{coder}", content)


def form(desk: Desk, coder: str, slug: str, _: Query) -> Page:
    """The form in which a coder codes a definition."""
    path_of(_root(desk), coder)
    return _coding(desk, coder, _definition(desk, slug))


def settling(desk: Desk, slug: str, query: Query) -> Page:
    """The form in which two coders settle how a definition is coded."""
    return _settling(desk, _definition(desk, slug), (first(query, "first"), first(query, "second")))


def agreement(desk: Desk, query: Query) -> Page:
    """How far two coders agree, and their codes side by side."""
    one, two = first(query, "first"), first(query, "second")
    root, fault, found = _root(desk), "", None
    try:
        found = desk.atlas.agreement(path_of(root, one), path_of(root, two))
    except SqGraphError as error:
        if isinstance(error, InputError) and not {one, two} <= set(coders(root)):
            raise
        fault = str(error)
    known, tables = _definitions(desk), [_codings(desk, coder) for coder in (one, two)]
    content = {
        "first": one,
        "second": two,
        "fault": fault,
        "found": found,
        "aspects": read_aspects(desk.graph),
        "rows": {
            slug: [table[slug] for table in tables]
            for slug in known
            if all(slug in table for table in tables)
        },
        "known": known,
    }
    title = f"Agreement of {one} and {two}"
    return form_page("agreement.html", title, _agreement_address(one, two), content)


def coding_sent(desk: Desk, path: str, pairs: Pairs, refusal: str) -> Sent:
    """Saves what a coder says of a definition, or what both settle on."""
    fields = dict(pairs)
    if path == "/edit/coding":
        return Sent(place=f"/edit/coding/{coder_slug(fields.get('coder', ''))}")
    found = re.fullmatch(r"/edit/coding/([a-z0-9-]+)/([\w.-]+)", path)
    if not found:
        raise UnknownName("page", path, ())
    coder, definition = found[1], _definition(desk, found[2])
    codes, aspects, root = posted_codes(pairs), read_aspects(desk.graph), _root(desk)
    errors = faults(aspects, codes) | ({"": refusal} if refusal else {})
    status = 403 if refusal else 422
    if coder == "settle":
        pair = fields.get("first", ""), fields.get("second", "")
        if errors:
            return Sent(_settling(desk, definition, pair, codes, errors=errors, status=status))
        with recorded(desk.atlas, f"the settled codes of {desk.label(definition)}") as edit:
            edit.update(definition, aspects=codes)  # what is left empty stays as it is there
        return Sent(place=_agreement_address(*pair))
    if not errors and fields.get("digest") != _digest(_codings(desk, coder).get(found[2], {})):
        errors, status = {"": _OLD}, 409
    if errors:
        return Sent(_coding(desk, coder, definition, codes, errors=errors, status=status))
    save_codes(root, coder, found[2], codes, aspects)
    following = next(iter(_uncoded(desk, coder)), "")
    return Sent(place=f"/edit/coding/{coder}" + (f"/{slug_of(following)}" if following else ""))


def _root(desk: Desk) -> Path:
    return desk.atlas.layouts[-1].root


def _codings(desk: Desk, coder: str) -> Coding:
    return codings_of(_root(desk), coder, read_aspects(desk.graph))


def _definitions(desk: Desk) -> dict[str, str]:
    """The definitions of the workspace by slug, in the order of their labels."""
    own = f"{desk.own_base}id/definition/"
    query = f"SELECT ?s {{ ?s a sq:Definition FILTER(STRSTARTS(STR(?s), '{own}')) }}"
    return {slug_of(iri): iri for iri in desk.of(query)}


def _definition(desk: Desk, slug: str) -> str:
    every = _definitions(desk)
    if slug not in every:
        raise UnknownName("definition", slug, every, scope="in this workspace")
    return every[slug]


def _uncoded(desk: Desk, coder: str) -> list[str]:
    done = _codings(desk, coder)
    return [iri for slug, iri in _definitions(desk).items() if slug not in done]


def _agreement_address(one: str, two: str) -> str:
    return with_query("/edit/coding/agreement", first=one, second=two)


def _digest(codes: Codes) -> str:
    return digest_of({name: tuple(sorted(values)) for name, values in codes.items()})


def _coding(
    desk: Desk, coder: str, definition: str, codes: Codes | None = None, **faults: Any
) -> Page:
    """The codes of one coder, blind to those of the others."""
    now = _codings(desk, coder).get(slug_of(definition), {})
    title, more = f"coded by {coder}", {"digest": _digest(now), "beside": {}}
    return _codes(desk, definition, coder, title, now if codes is None else codes, more, **faults)


def _settling(
    desk: Desk,
    definition: str,
    pair: tuple[str, str],
    codes: Codes | None = None,
    **faults: Any,
) -> Page:
    """Both codings beside one form, which begins with what they agree on."""
    one, two = (_codings(desk, coder).get(slug_of(definition), {}) for coder in pair)
    beside = {
        name: [
            (coder, sorted(said.get(name, ())))
            for coder, said in zip(pair, (one, two), strict=True)
        ]
        for name in (slug_of(aspect.iri) for aspect in read_aspects(desk.graph))
    }
    more = {"digest": "", "beside": beside, "first": pair[0], "second": pair[1]}
    alike = {name: said for name, said in one.items() if two.get(name) == said}
    codes = alike if codes is None else codes
    return _codes(desk, definition, "settle", "settled", codes, more, **faults)


def _codes(
    desk: Desk,
    definition: str,
    coder: str,
    title: str,
    codes: Codes,
    more: Mapping[str, Any],
    *,
    errors: Mapping[str, str] = MappingProxyType({}),
    status: int = 200,
) -> Page:
    now = field_values(desk.graph, definition)
    said = {name: now.get(name, ("",))[0] for name in ("of", "summary", "phrase", "page", "in_")}
    content = {
        "coder": coder,
        "said": said,
        "values": {f"aspect.{name}": sorted(values) for name, values in codes.items()},
        "errors": {f"aspect.{name}" if name else "": fault for name, fault in errors.items()},
        "aspects": read_aspects(desk.graph),
        "text": page_text(desk, said["in_"], said["page"]),
        **more,
    }
    address = f"/edit/coding/{coder}/{slug_of(definition)}"
    return form_page("codes.html", f"{desk.label(definition)}, {title}", address, content, status)
