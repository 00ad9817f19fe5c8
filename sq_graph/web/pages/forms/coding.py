"""The pages of two coders: each codes the definitions alone, in a table of their own; then both
stand side by side and are settled.
"""

import csv
import io
import re
from collections.abc import Collection, Iterable, Mapping
from itertools import combinations
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sq_graph.errors import InputError, SqGraphError, UnknownName
from sq_graph.evidence.agreement import Codings, read_coding_file
from sq_graph.graph.transaction import Transaction
from sq_graph.importers.attributing import locator_of
from sq_graph.importers.field_values import field_values
from sq_graph.model.aspects import Aspect, read_aspects
from sq_graph.model.records import make_slug
from sq_graph.vocab import slug_of
from sq_graph.web.pages.forms.saving import PostedFields, digest_of, posted_codes, recorded
from sq_graph.web.pages.forms.texts import page_text
from sq_graph.web.pages.page import Page, Query, first, form_page, with_query
from sq_graph.web.pages.page_context import PageContext

Codes = Mapping[str, Collection[str]]
_OLD = "These codes changed in another window, so nothing was saved."
_SETTLED = "This definition changed meanwhile, so nothing was saved. Look at it, and save again."
_UNSAID = ("silent", "n/a")
_NOT_CODERS = ("", "settle", "agreement")
_FOLDER = "codings"
"""The folder of a workspace that holds one table a coder."""


def start(context: PageContext, _: Query) -> Page:
    """The coders of the workspace, and a form to begin."""
    done = {coder: len(_codings(context, coder)) for coder in _coders(context)}
    content = {
        "coders": done,
        "total": len(_definitions(context)),
        "pairs": [(*pair, _agreement_address(*pair)) for pair in combinations(done, 2)],
    }
    return form_page("coding.html", "Code with a second coder", "/edit/coding", content)


def listing(context: PageContext, coder: str, _: Query) -> Page:
    """The definitions that a coder has coded, and has yet to code."""
    content = {
        "coder": coder,
        "definitions": list(_definitions(context).values()),
        "todo": _uncoded(context, coder),
    }
    return form_page("coder.html", f"Coding by {coder}", f"/edit/coding/{coder}", content)


def form(context: PageContext, coder: str, slug: str, _: Query) -> Page:
    """The form in which a coder codes a definition."""
    _table_of(context, coder)
    return _coding(context, coder, _definition(context, slug))


def settling(context: PageContext, slug: str, query: Query) -> Page:
    """The form in which two coders settle how a definition is coded."""
    return _settling(
        context, _definition(context, slug), (first(query, "first"), first(query, "second"))
    )


def agreement(context: PageContext, query: Query) -> Page:
    """How far two coders agree, and their codes side by side."""
    one, two = first(query, "first"), first(query, "second")
    fault, found = "", None
    try:
        found = context.atlas.agreement(_table_of(context, one), _table_of(context, two))
    except SqGraphError as error:
        if isinstance(error, InputError) and not {one, two} <= set(_coders(context)):
            raise
        fault = str(error)
    known, tables = _definitions(context), [_codings(context, coder) for coder in (one, two)]
    content = {
        "first": one,
        "second": two,
        "fault": fault,
        "found": found,
        "aspects": read_aspects(context.graph),
        "rows": {
            slug: [table[slug] for table in tables]
            for slug in known
            if all(slug in table for table in tables)
        },
        "known": known,
    }
    title = f"Agreement of {one} and {two}"
    return form_page("agreement.html", title, _agreement_address(one, two), content)


def submit_coding(context: PageContext, path: str, pairs: PostedFields, refusal: str) -> Page | str:
    """Saves what a coder says of a definition, or what both settle on; returns the address to go on
    to, or the form again with what is wrong.
    """
    fields = dict(pairs)
    if path == "/edit/coding":
        return f"/edit/coding/{coder_slug(fields.get('coder', ''))}"
    found = re.fullmatch(r"/edit/coding/([a-z0-9-]+)/([\w.-]+)", path)
    if not found:
        raise UnknownName("page", path, ())
    coder, definition = found[1], _definition(context, found[2])
    codes = posted_codes(pairs)
    errors = _faults(read_aspects(context.graph), codes) | ({"": refusal} if refusal else {})
    status = 403 if refusal else 422
    if coder == "settle":
        pair = fields.get("first", ""), fields.get("second", "")
        now = digest_of(field_values(context.graph, definition))
        if not errors and fields.get("digest") != now:
            errors, status = {"": _SETTLED}, 409
        if errors:
            return _settling(context, definition, pair, codes, errors=errors, status=status)
        with recorded(context.atlas, f"the settled codes of {context.label(definition)}") as edit:
            edit.update(definition, aspects=codes)  # what is left empty stays as it is there
        return _agreement_address(*pair)
    if not errors and fields.get("digest") != _digest(_codings(context, coder).get(found[2], {})):
        errors, status = {"": _OLD}, 409
    if errors:
        return _coding(context, coder, definition, codes, errors=errors, status=status)
    _save(context, coder, found[2], codes)
    following = next(iter(_uncoded(context, coder)), "")
    return f"/edit/coding/{coder}" + (f"/{slug_of(following)}" if following else "")


def _coders(context: PageContext) -> list[str]:
    """The coders of the workspace, sorted."""
    return sorted(path.stem for path in _folder(context).glob("*.csv"))


def _folder(context: PageContext) -> Path:
    return context.atlas.layouts[-1].root / _FOLDER


def coder_slug(name: str) -> str:
    """The name of a coder as that of a file; raises InputError for one of which nothing is left.

    >>> coder_slug("Ann Fox")
    'ann-fox'
    """
    slug = make_slug(name)[:60].strip("-")
    if slug in _NOT_CODERS:
        raise InputError("a coder has a name", remedy="Write one, such as Ann")
    return slug


def _table_of(context: PageContext, coder: str) -> Path:
    """The table of a coder; raises InputError for a name that is none."""
    if coder in _NOT_CODERS or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", coder):
        raise InputError(f"{coder!r} is not the name of a coder", remedy="Choose one from the list")
    return _folder(context) / f"{coder}.csv"


def _codings(context: PageContext, coder: str) -> Codings:
    """Everything that a coder has coded: definition → aspect → values, terms, `silent` or `n/a`."""
    path = _table_of(context, coder)
    return read_coding_file(path, read_aspects(context.graph)) if path.is_file() else {}


def _faults(aspects: Iterable[Aspect], codes: Codes) -> dict[str, str]:
    """What is wrong with the codes of a definition, by aspect."""
    known = {slug_of(aspect.iri): aspect for aspect in aspects}
    found = {}
    for name, values in codes.items():
        said = [one for one in values if one not in _UNSAID]
        allowed = known[name].allows if name in known else ()
        if name not in known:
            found[name] = f"There is no aspect {name!r}."
        elif len(values) > 1 and said != list(values):
            found[name] = (
                "The passage cannot be both coded and silent. Choose values, or silent, or n/a."
            )
        elif any(";" in one for one in said):
            found[name] = "A term cannot contain a semicolon. Write one term per line."
        elif allowed and (wrong := [one for one in said if one not in allowed]):
            found[name] = f"{wrong[0]!r} is not a value. Choose among {', '.join(allowed)}."
    return found


def _save(context: PageContext, coder: str, definition: str, codes: Codes) -> None:
    """Puts the codes of one definition in the table of a coder, in place of those that were
    there.
    """
    names = [slug_of(aspect.iri) for aspect in read_aspects(context.graph)]
    with Transaction(context.atlas.layouts[-1].root) as change:
        table = _codings(context, coder)
        table[definition] = {name: frozenset(values) for name, values in codes.items() if values}
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["definition", *names])
        for one, coded in sorted(table.items()):
            writer.writerow([one, *("; ".join(sorted(coded.get(name, ()))) for name in names)])
        change.write(_table_of(context, coder), text.getvalue())


def _definitions(context: PageContext) -> dict[str, str]:
    """The definitions of the workspace by slug, in the order of their labels."""
    own = f"{context.own_base}id/definition/"
    query = f"SELECT ?s {{ ?s a sq:Definition FILTER(STRSTARTS(STR(?s), '{own}')) }}"
    return {slug_of(iri): iri for iri in context.of(query)}


def _definition(context: PageContext, slug: str) -> str:
    every = _definitions(context)
    if slug not in every:
        raise UnknownName("definition", slug, every, scope="in this workspace")
    return every[slug]


def _uncoded(context: PageContext, coder: str) -> list[str]:
    done = _codings(context, coder)
    return [iri for slug, iri in _definitions(context).items() if slug not in done]


def _agreement_address(one: str, two: str) -> str:
    return with_query("/edit/coding/agreement", first=one, second=two)


def _digest(codes: Codes) -> str:
    return digest_of({name: tuple(sorted(values)) for name, values in codes.items()})


def _coding(
    context: PageContext, coder: str, definition: str, codes: Codes | None = None, **faults: Any
) -> Page:
    """The codes of one coder, blind to those of the others."""
    now = _codings(context, coder).get(slug_of(definition), {})
    title, more = f"coded by {coder}", {"digest": _digest(now), "beside": {}}
    return _codes(
        context, definition, coder, title, now if codes is None else codes, more, **faults
    )


def _settling(
    context: PageContext,
    definition: str,
    pair: tuple[str, str],
    codes: Codes | None = None,
    **faults: Any,
) -> Page:
    """Both codings beside one form, which begins with what they agree on."""
    one, two = (_codings(context, coder).get(slug_of(definition), {}) for coder in pair)
    beside = {
        name: [
            (coder, sorted(said.get(name, ())))
            for coder, said in zip(pair, (one, two), strict=True)
        ]
        for name in (slug_of(aspect.iri) for aspect in read_aspects(context.graph))
    }
    digest = digest_of(field_values(context.graph, definition))
    more = {"digest": digest, "beside": beside, "first": pair[0], "second": pair[1]}
    alike = {name: said for name, said in one.items() if two.get(name) == said}
    codes = alike if codes is None else codes
    return _codes(context, definition, "settle", "settled", codes, more, **faults)


def _codes(
    context: PageContext,
    definition: str,
    coder: str,
    title: str,
    codes: Codes,
    more: Mapping[str, Any],
    *,
    errors: Mapping[str, str] = MappingProxyType({}),
    status: int = 200,
) -> Page:
    now = field_values(context.graph, definition)
    said = {name: first(now, name) for name in ("of", "summary", "phrase", "page", "in_")}
    content = {
        "coder": coder,
        "said": said,
        "values": {f"aspect.{name}": sorted(values) for name, values in codes.items()},
        "errors": {f"aspect.{name}" if name else "": fault for name, fault in errors.items()},
        "aspects": read_aspects(context.graph),
        "text": page_text(context, said["in_"], said["page"]),
        "place": locator_of(said["page"]).label if said["page"] else "",
        **more,
    }
    address = f"/edit/coding/{coder}/{slug_of(definition)}"
    return form_page(
        "codes.html", f"{context.label(definition)}, {title}", address, content, status
    )
