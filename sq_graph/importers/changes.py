"""The changes that an import made to existing things: replaced values, deleted parts, and things
that may be duplicates of new ones.
"""

import re
from collections.abc import Iterable, Iterator

from sq_graph.importers.editing import Edit, ImportRows
from sq_graph.importers.field_values import FIELD_OF
from sq_graph.model.facts import code_of, truncate
from sq_graph.turtle.terms import literal_parts
from sq_graph.vocab import kind_of, shorten, slug_of

_FIELDS = FIELD_OF | {"rdfs:label": "", "rdf:type": "kind"}
_FIELDS |= {"sq:reportedIn": "passage", "sq:rank": "rank"}
_FIELDS |= dict.fromkeys(("sq:codedValue", "sq:codedTerm", "sq:coverage"), "value")

_ROW_PASSAGE = re.compile(r"/passage/.*-row-[0-9]+>$")
"""The passage of a mapping in its table, which changes with every row above it."""


def changes_of(edit: Edit, file: str, things: Iterable[str], deleted: Iterable[str]) -> ImportRows:
    """The rows of a report on the things that a file changed or deleted."""
    rows: ImportRows = []
    for thing in things:
        location, slug = edit.origins.get(thing) or file, slug_of(thing)
        if old_values := "; ".join(_old_values(edit, thing)):
            rows.append(("changed", location, slug, old_values))
        namesake = edit.namesakes.get(thing, thing)
        if thing in edit.new_things and namesake not in edit.made:
            reason = f"{slug_of(namesake)} is on the same page, but has another summary and phrase"
            remedy = f"if this row replaces it: sq-graph delete {slug_of(namesake)}"
            rows.append(("unclear", location, slug, f"{reason}; {remedy}"))
    deleted_parts = sorted(part for part in deleted if kind_of(part) in ("category", "claim"))
    reason = "no row has it any more"
    return rows + [("deleted", file, slug_of(part), reason) for part in deleted_parts]


def _old_values(edit: Edit, thing: str) -> Iterator[str]:
    """The fields of a thing that changed, with their old values."""
    values_by_field: dict[str, list[str]] = {}
    for p, o in sorted(edit.statements.replaced_pairs.get(thing, ())):
        field = _FIELDS.get(shorten(p[1:-1]), "")
        if field and not _ROW_PASSAGE.search(o):
            values_by_field.setdefault(field.replace("_", " "), []).append(_readable(edit, o))
    return (f"{field} was {', '.join(values)}" for field, values in values_by_field.items())


def _readable(edit: Edit, term: str) -> str:
    if not term.startswith("<"):
        text, datatype, _ = literal_parts(term)
        return text if datatype else repr(truncate(text, 200))
    thing = term[1:-1]
    return edit.label(thing) if kind_of(thing) else code_of(thing)
