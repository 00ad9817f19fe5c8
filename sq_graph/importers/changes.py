"""The changes that an import made to existing things: replaced values, deleted parts, and things
that may be duplicates of new ones.
"""

import re
from collections.abc import Iterable, Iterator

from sq_graph.importers.columns import SHEETS
from sq_graph.importers.editing import Edit, ImportRows
from sq_graph.importers.field_values import FIELD_OF
from sq_graph.model.facts import code_of, truncate
from sq_graph.turtle.terms import literal_parts
from sq_graph.vocab import KINDS, kind_of, shorten, slug_of

_FIELDS = FIELD_OF | {"rdf:type": "kind", "sq:reportedIn": "passage", "sq:rank": "rank"}
_FIELDS |= dict.fromkeys(("sq:codedValue", "sq:codedTerm", "sq:coverage"), "value")

_ROW_KINDS = [sheet.method for sheet in SHEETS.values() if sheet.method in KINDS]
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
            old = slug_of(namesake)
            reason = f"{old} is on the same page or has the same summary, and no row has it"
            remedy = f"if this row replaces it: sq-graph delete {old}"
            rows.append(("unclear", location, slug, f"{reason}; {remedy}"))
    deleted_parts = sorted(part for part in deleted if kind_of(part) in ("category", "claim"))
    reason = "no row has it any more"
    rows += [("deleted", file, slug_of(part), reason) for part in deleted_parts]
    return rows + list(_without_row(edit, file))


def _without_row(edit: Edit, file: str) -> Iterator[tuple[str, str, str, str]]:
    """A row of the report for each kind of which a file has most of the workspace's things, with
    the others: their rows were perhaps deleted.
    """
    for kind in _ROW_KINDS:
        members = edit.names.members(f"sq:{kind.capitalize()}") - edit.removed
        own = {iri for iri in members if iri.startswith(edit.layout.base)}
        others = sorted(map(slug_of, own.difference(edit.made)))
        if others and len(others) < len(own) / 2:
            reason = "no row has it, and the map keeps it; to delete it: sq-graph delete NAME"
            yield "kept", file, f"{kind} {', '.join(others)}", reason


def _old_values(edit: Edit, thing: str) -> Iterator[str]:
    """The fields of a thing that changed, with their old values."""
    values_by_field: dict[str, list[str]] = {}
    for p, o in sorted(edit.statements.replaced_pairs.get(thing, ())):
        field = _FIELDS.get(shorten(p[1:-1]), "")
        is_generated = field == "label" and kind_of(thing) != "category"
        if field and not is_generated and not _ROW_PASSAGE.search(o):
            values_by_field.setdefault(field.replace("_", " "), []).append(_readable(edit, o))
    return (f"{field} was {', '.join(values)}" for field, values in values_by_field.items())


def _readable(edit: Edit, term: str) -> str:
    if not term.startswith("<"):
        text, datatype, _ = literal_parts(term)
        return text if datatype else repr(truncate(text, 200))
    thing = term[1:-1]
    return edit.label(thing) if kind_of(thing) else code_of(thing)
