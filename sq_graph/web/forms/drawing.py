"""Drawing a correspondence from column to column: the categories of two typologies, and what is
drawn already.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from sq_graph.importers.edit_fields import Field, form_of
from sq_graph.model.statements import Alignment
from sq_graph.vocab import shorten
from sq_graph.web.forms.sent import form_page
from sq_graph.web.forms.suggestions import suggestions
from sq_graph.web.pages.desk import Desk
from sq_graph.web.pages.page import Page, first, with_query

_CORRESPOND = ("exact", "close", "broad", "narrow", "related", "opposite", "overlaps")
"""The relations that are offered first between categories."""
_DRAWN = ("subject", "object", "name")
"""The fields that are drawn, or need no name."""


def drawing_page(desk: Desk, address: str) -> Page:
    """The page on which a correspondence between the categories of two typologies is drawn."""
    query = parse_qs(urlsplit(address).query)
    chosen = [desk.atlas.find(name, "typology") for name in _asked(query)]
    columns = [desk.atlas.typology(one) for one in chosen]
    form = form_of("alignment")
    every = {one.label: shorten(one.iri) for one in desk.atlas.typologies()}
    content = {
        "every": every,
        "ends": [*map(shorten, chosen), "", ""][:2],
        "columns": columns,
        "drawn": _drawn(desk, chosen) if len(chosen) == 2 else [],
        "form": form,
        "main": [
            _shown(field) for field in form.fields if not field.part and field.name not in _DRAWN
        ],
        "credit": [field for field in form.fields if field.part],
        "suggestions": {kinds: suggestions(desk, kinds) for kinds in (("work",), ("agent",))},
    }
    names = dict(zip(("first", "second"), map(shorten, chosen), strict=False))
    return form_page(
        "draw.html", "Draw a correspondence", with_query("/edit/draw", **names), content
    )


def _asked(query: dict[str, list[str]]) -> list[str]:
    return [name for name in (first(query, "first"), first(query, "second")) if name]


def _shown(field: Field) -> Field:
    """A field as it is; of the relations, those that fit categories best come first."""
    if field.name != "relation":
        return field
    known = [one for one in _CORRESPOND if one in field.choices]
    others = [one for one in field.choices if one not in known]
    return replace(field, choices=(*known, *others))


def _drawn(desk: Desk, typologies: list[str]) -> list[Alignment]:
    """The correspondences between the categories of both that are drawn already."""
    columns = [
        {category.iri for category in desk.atlas.typology(one).categories} for one in typologies
    ]
    found = [one for iri in columns[0] for one in desk.atlas.alignments(of=iri)]
    ends = {one.iri: {end.iri for end in (*one.subjects, *one.objects)} for one in found}
    return sorted(
        {one.iri: one for one in found if ends[one.iri] & columns[1]}.values(),
        key=lambda one: one.label,
    )
