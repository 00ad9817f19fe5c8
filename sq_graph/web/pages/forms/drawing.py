"""Drawing a correspondence from column to column: the categories of two typologies, and what is
drawn already.
"""

from dataclasses import replace

from sq_graph.importers.edit_fields import FormField, form_of
from sq_graph.model.entities import Typology
from sq_graph.model.statements import Alignment
from sq_graph.vocab import shorten
from sq_graph.web.pages.page import Page, Query, first, form_page, with_query
from sq_graph.web.pages.page_context import PageContext

_CORRESPOND = ("exact", "close", "broad", "narrow", "related", "opposite", "overlaps")
"""The relations that are offered first between categories."""
_DRAWN = ("subject", "object", "name")
"""The fields that are drawn, or need no name."""


def drawing_page(context: PageContext, query: Query) -> Page:
    """The page on which a correspondence between the categories of two typologies is drawn."""
    named = [name for name in (first(query, "first"), first(query, "second")) if name]
    columns = [context.atlas.typology(context.atlas.find(name, "typology")) for name in named]
    chosen = [shorten(one.iri) for one in columns]
    fields = [_shown(field) for field in form_of("alignment").fields if field.name not in _DRAWN]
    content = {
        "every": {one.label: shorten(one.iri) for one in context.atlas.typologies()},
        "ends": [*chosen, "", ""][:2],
        "columns": columns,
        "drawn": _drawn(context, *columns) if len(columns) == 2 else [],
        "main": [field for field in fields if not field.group],
        "credit": [field for field in fields if field.group],
    }
    address = with_query("/edit/draw", **dict(zip(("first", "second"), chosen, strict=False)))
    return form_page("draw.html", "Draw an alignment", address, content)


def _shown(field: FormField) -> FormField:
    """A field as it is; of the relations, those that fit categories best come first."""
    if field.name != "relation":
        return field
    known = [one for one in _CORRESPOND if one in field.choices]
    return replace(field, choices=tuple(dict.fromkeys((*known, *field.choices))))


def _drawn(context: PageContext, left: Typology, right: Typology) -> list[Alignment]:
    """The correspondences between the categories of both that are drawn already."""
    ends = {category.iri for category in right.categories}
    found = {
        one.iri: one
        for category in left.categories
        for one in context.atlas.alignments(of=category.iri)
        if ends.intersection(end.iri for end in (*one.subjects, *one.objects))
    }
    return sorted(found.values(), key=lambda one: one.label)
