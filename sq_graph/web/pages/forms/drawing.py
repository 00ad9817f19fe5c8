"""Drawing an alignment from column to column: the categories of two typologies, and the alignments
that exist already.
"""

from dataclasses import replace

from sq_graph.importers.edit_fields import FormField, form_of
from sq_graph.model.entities import Typology
from sq_graph.model.statements import Alignment
from sq_graph.vocab import shorten
from sq_graph.web.pages.page import Page, Query, first, form_page, with_query
from sq_graph.web.pages.page_context import PageContext

_FIRST_RELATIONS = ("exact", "close", "broad", "narrow", "related", "opposite", "overlaps")
"""The relations between categories that are listed first."""
_OMITTED = ("subject", "object", "name")
"""The fields without an input: the two ends, which are drawn, and the name, which is generated."""


def drawing_page(context: PageContext, query: Query) -> Page:
    """The page on which an alignment of the categories of two typologies is drawn."""
    names = [name for name in (first(query, "first"), first(query, "second")) if name]
    columns = [context.atlas.typology(context.atlas.find(name, "typology")) for name in names]
    chosen = [shorten(column.iri) for column in columns]
    fields = [_reordered(f) for f in form_of("alignment").fields if f.name not in _OMITTED]
    content = {
        "typologies": {t.label: shorten(t.iri) for t in context.atlas.typologies()},
        "ends": [*chosen, "", ""][:2],
        "columns": columns,
        "alignments": _alignments(context, *columns) if len(columns) == 2 else [],
        "main": [field for field in fields if not field.group],
        "credit": [field for field in fields if field.group],
    }
    address = with_query("/edit/draw", **dict(zip(("first", "second"), chosen, strict=False)))
    return form_page("draw.html", "Draw an alignment", address, content)


def _reordered(field: FormField) -> FormField:
    """A field; for the relation, the choices that suit categories come first."""
    if field.name != "relation":
        return field
    relations = [relation for relation in _FIRST_RELATIONS if relation in field.choices]
    return replace(field, choices=tuple(dict.fromkeys((*relations, *field.choices))))


def _alignments(context: PageContext, left: Typology, right: Typology) -> list[Alignment]:
    """The alignments between the categories of two typologies."""
    ends = {category.iri for category in right.categories}
    alignments = {
        alignment.iri: alignment
        for category in left.categories
        for alignment in context.atlas.alignments(of=category.iri)
        if ends.intersection(end.iri for end in (*alignment.subjects, *alignment.objects))
    }
    return sorted(alignments.values(), key=lambda alignment: alignment.label)
