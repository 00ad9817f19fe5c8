"""Coding by two coders: each codes the definitions alone, in a table of their own; then the two
tables are compared and settled.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from itertools import combinations
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sq_graph.errors import InputError, SqGraphError, UnknownName
from sq_graph.evidence.agreement import Codings, code_fault, read_coding_file
from sq_graph.graph.transaction import Transaction
from sq_graph.importers.attributing import locator_of
from sq_graph.importers.encodings import csv_text
from sq_graph.importers.field_values import field_values
from sq_graph.model.aspects import Aspect, read_aspects
from sq_graph.model.records import make_slug
from sq_graph.vocab import slug_of
from sq_graph.web.pages.forms.saving import PostedFields, digest_of, parse_codes, undoable
from sq_graph.web.pages.forms.texts import page_text
from sq_graph.web.pages.page import Page, Query, capital, first, form_page, with_query
from sq_graph.web.pages.page_context import PageContext

Codes = Mapping[str, Collection[str]]
Pair = tuple[str, str]
"""Two coders."""
_CHANGED_CODES = "These codes changed in another window, so nothing was saved."
_CHANGED = "This definition changed meanwhile, so nothing was saved. Look at it, and save again."
_RESERVED = ("", "settle", "agreement")
_FOLDER = "codings"
"""The folder of a workspace with one table per coder."""


def coders_page(context: PageContext, _: Query) -> Page:
    """The coders of the workspace, and a form to start coding."""
    counts = {coder: len(_codings(context, coder)) for coder in _coders(context)}
    pairs = [(*pair, _agreement_address(*pair)) for pair in combinations(counts, 2)]
    content = {"coders": counts, "total": len(_definitions(context)), "pairs": pairs}
    return form_page("coding.html", "Code with a second coder", "/edit/coding", content)


def coder_page(context: PageContext, coder: str, _: Query) -> Page:
    """The definitions, those that a coder has coded and those still to be coded."""
    definitions = list(_definitions(context).values())
    content = {"coder": coder, "definitions": definitions, "uncoded": _uncoded(context, coder)}
    return form_page("coder.html", f"Coding by {coder}", f"/edit/coding/{coder}", content)


def coding_page(context: PageContext, coder: str, slug: str, _: Query) -> Page:
    """The form in which a coder codes a definition."""
    _table_path(context, coder)
    return _coding_form(context, coder, _definition(context, slug))


def settling_page(context: PageContext, slug: str, query: Query) -> Page:
    """The form in which two coders agree on the codes of a definition."""
    pair = first(query, "first"), first(query, "second")
    return _settling_form(context, _definition(context, slug), pair)


def agreement_page(context: PageContext, query: Query) -> Page:
    """The measures of agreement of two coders, and their codes side by side."""
    pair = first(query, "first"), first(query, "second")
    problem, agreement = "", None
    try:
        agreement = context.atlas.agreement(*(_table_path(context, coder) for coder in pair))
    except SqGraphError as error:
        if isinstance(error, InputError) and not set(pair) <= set(_coders(context)):
            raise
        problem = str(error)
    definitions, tables = _definitions(context), [_codings(context, coder) for coder in pair]
    both = tables[0].keys() & tables[1].keys()
    content = {
        "first": pair[0],
        "second": pair[1],
        "problem": problem,
        "agreement": agreement,
        "aspects": read_aspects(context.graph),
        "rows": {slug: [table[slug] for table in tables] for slug in definitions if slug in both},
        "definitions": definitions,
    }
    title = f"Agreement of {pair[0]} and {pair[1]}"
    return form_page("agreement.html", title, _agreement_address(*pair), content)


def submit_coding(context: PageContext, path: str, pairs: PostedFields, refusal: str) -> Page | str:
    """Saves the codes of a definition, by one coder or as both settle them; returns the address of
    the next page, or the form again with its errors.
    """
    fields = dict(pairs)
    if path == "/edit/coding":
        return f"/edit/coding/{coder_slug(fields.get('coder', ''))}"
    match = re.fullmatch(r"/edit/coding/([a-z0-9-]+)/([\w.-]+)", path)
    if not match:
        raise UnknownName("page", path, ())
    coder, slug = match.groups()
    definition, codes = _definition(context, slug), parse_codes(pairs)
    errors = _code_errors(read_aspects(context.graph), codes) | ({"": refusal} if refusal else {})
    status = 403 if refusal else 422
    if coder == "settle":
        pair = fields.get("first", ""), fields.get("second", "")
        digest = digest_of(field_values(context.graph, definition))
        if not errors and fields.get("digest") != digest:
            errors, status = {"": _CHANGED}, 409
        if errors:
            return _settling_form(context, definition, pair, codes, errors=errors, status=status)
        with undoable(context.atlas, f"the settled codes of {context.label(definition)}") as edit:
            edit.update(definition, aspects=codes)  # empty aspects keep their values
        return _agreement_address(*pair)
    if not errors and fields.get("digest") != _digest(_codings(context, coder).get(slug, {})):
        errors, status = {"": _CHANGED_CODES}, 409
    if errors:
        return _coding_form(context, coder, definition, codes, errors=errors, status=status)
    _save(context, coder, slug, codes)
    next_definition = next(iter(_uncoded(context, coder)), "")
    return f"/edit/coding/{coder}" + (f"/{slug_of(next_definition)}" if next_definition else "")


def _coders(context: PageContext) -> list[str]:
    """The coders of the workspace, sorted."""
    return sorted(path.stem for path in _folder(context).glob("*.csv"))


def _folder(context: PageContext) -> Path:
    return context.atlas.layouts[-1].root / _FOLDER


def coder_slug(name: str) -> str:
    """The name of a coder as the name of a file; raises InputError if nothing is left of it.

    >>> coder_slug("Ann Fox")
    'ann-fox'
    """
    slug = make_slug(name)[:60].strip("-")
    if slug in _RESERVED:
        raise InputError("the coder's name is missing", remedy="Give one, such as Ann")
    return slug


def _table_path(context: PageContext, coder: str) -> Path:
    """The path of the table of a coder; raises InputError for an invalid name."""
    if coder in _RESERVED or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", coder):
        raise InputError(f"{coder!r} is not the name of a coder", remedy="Choose one from the list")
    return _folder(context) / f"{coder}.csv"


def _codings(context: PageContext, coder: str) -> Codings:
    """The codes of a coder: definition → aspect → values, terms, `silent` or `n/a`."""
    path = _table_path(context, coder)
    return read_coding_file(path, read_aspects(context.graph)) if path.is_file() else {}


def _code_errors(aspects: Iterable[Aspect], codes: Codes) -> dict[str, str]:
    """The errors in the codes of a definition, by aspect."""
    by_name = {slug_of(aspect.iri): aspect for aspect in aspects}
    faults = ((name, code_fault(name, frozenset(codes[name]), by_name)) for name in codes)
    return {name: capital(str(InputError(f[0], remedy=f[1]))) for name, f in faults if f}


def _save(context: PageContext, coder: str, definition: str, codes: Codes) -> None:
    """Replaces the codes of one definition in the table of a coder."""
    names = [slug_of(aspect.iri) for aspect in read_aspects(context.graph)]
    with Transaction(context.atlas.layouts[-1].root) as change:
        table = _codings(context, coder)
        table[definition] = {name: frozenset(values) for name, values in codes.items() if values}
        rows = [["definition", *names]]
        for slug, row in sorted(table.items()):
            rows.append([slug, *("; ".join(sorted(row.get(name, ()))) for name in names)])
        change.write(_table_path(context, coder), csv_text(rows))


def _definitions(context: PageContext) -> dict[str, str]:
    """The definitions of the workspace by slug, in the order of their labels."""
    prefix = f"{context.own_base}id/definition/"
    query = f"SELECT ?s {{ ?s a sq:Definition FILTER(STRSTARTS(STR(?s), '{prefix}')) }}"
    return {slug_of(iri): iri for iri in context.iris(query)}


def _definition(context: PageContext, slug: str) -> str:
    definitions = _definitions(context)
    if slug not in definitions:
        raise UnknownName("definition", slug, definitions, scope="in this workspace")
    return definitions[slug]


def _uncoded(context: PageContext, coder: str) -> list[str]:
    codings = _codings(context, coder)
    return [iri for slug, iri in _definitions(context).items() if slug not in codings]


def _agreement_address(coder: str, other: str) -> str:
    return with_query("/edit/coding/agreement", first=coder, second=other)


def _digest(codes: Codes) -> str:
    return digest_of({name: tuple(sorted(values)) for name, values in codes.items()})


def _coding_form(
    context: PageContext, coder: str, definition: str, codes: Codes | None = None, **refusal: Any
) -> Page:
    """The form for the codes of one coder, blind to those of the others."""
    current = _codings(context, coder).get(slug_of(definition), {})
    codes = current if codes is None else codes
    title, extra = f"coded by {coder}", {"digest": _digest(current), "codings": {}}
    return _codes_page(context, definition, coder, title, codes, extra, **refusal)


def _settling_form(
    context: PageContext, definition: str, pair: Pair, codes: Codes | None = None, **refusal: Any
) -> Page:
    """The codes of both coders beside one form, filled in with the codes on which they agree."""
    both = [(coder, _codings(context, coder).get(slug_of(definition), {})) for coder in pair]
    codings = {
        name: [(coder, sorted(codes.get(name, ()))) for coder, codes in both]
        for name in (slug_of(aspect.iri) for aspect in read_aspects(context.graph))
    }
    digest = digest_of(field_values(context.graph, definition))
    extra = {"digest": digest, "codings": codings, "first": pair[0], "second": pair[1]}
    if codes is None:
        (_, first_codes), (_, second_codes) = both
        codes = {name: v for name, v in first_codes.items() if second_codes.get(name) == v}
    return _codes_page(context, definition, "settle", "settled", codes, extra, **refusal)


def _codes_page(
    context: PageContext,
    definition: str,
    coder: str,
    title: str,
    codes: Codes,
    extra: Mapping[str, Any],
    *,
    errors: Mapping[str, str] = MappingProxyType({}),
    status: int = 200,
) -> Page:
    fields = field_values(context.graph, definition)
    values = {name: first(fields, name) for name in ("of", "summary", "phrase", "page", "in_")}
    content = {
        "coder": coder,
        "definition": values,
        "values": {f"aspect.{name}": sorted(values) for name, values in codes.items()},
        "errors": {f"aspect.{name}" if name else "": text for name, text in errors.items()},
        "aspects": read_aspects(context.graph),
        "text": page_text(context, values["in_"], values["page"]),
        "locator": locator_of(values["page"]).label if values["page"] else "",
        **extra,
    }
    title = f"{context.label(definition)}, {title}"
    address = f"/edit/coding/{coder}/{slug_of(definition)}"
    return form_page("codes.html", title, address, content, status)
