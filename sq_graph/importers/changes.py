"""What an import changed of what was there: the values that went, and what remains beside a new
thing.
"""

import re
from collections.abc import Iterable, Iterator

from sq_graph.importers.editing import Edit, ImportRows
from sq_graph.importers.field_values import FIELD_OF
from sq_graph.model.facts import code_of, truncate
from sq_graph.turtle.terms import literal_parts
from sq_graph.vocab import kind_of, shorten, slug_of

_FIELDS = FIELD_OF | {
    "rdfs:label": "",
    "sq:reportedIn": "passage",
    "sq:rank": "rank",
    "rdf:type": "kind",
}
_FIELDS |= dict.fromkeys(("sq:codedValue", "sq:codedTerm", "sq:coverage"), "value")

_ROW = re.compile(r"/passage/.*-row-[0-9]+>$")
"""The place of a mapping in its table, which changes with every row above it."""


def changes_of(edit: Edit, where: str, things: Iterable[str], gone: Iterable[str]) -> ImportRows:
    """The rows of a report on the things that a file changed, and on those that it took away."""
    rows: ImportRows = []
    for thing in things:
        place, slug = edit.origins.get(thing) or where, slug_of(thing)
        if before := "; ".join(_before(edit, thing)):
            rows.append(("changed", place, slug, before))
        other = edit.namesakes.get(thing, thing)
        if thing in edit.new_things and other not in edit.outcomes:
            why = f"{slug_of(other)} is of the same page, but has another summary and phrase"
            remedy = f"if this row replaces it: sq-graph delete {slug_of(other)}"
            rows.append(("unclear", place, slug, f"{why}; {remedy}"))
    parts_gone = (one for one in gone if kind_of(one) in ("category", "claim"))
    why = "no row has it any more"
    return rows + [("deleted", where, slug_of(one), why) for one in sorted(parts_gone)]


def _before(edit: Edit, thing: str) -> Iterator[str]:
    """The fields of a thing that had other values before, with these."""
    before: dict[str, list[str]] = {}
    for p, o in sorted(edit.statements.replaced_pairs.get(thing, ())):
        field = _FIELDS.get(shorten(p[1:-1]), "")
        if field and not _ROW.search(o):
            before.setdefault(field.replace("_", " "), []).append(_shown(edit, o))
    return (f"{field} was {', '.join(values)}" for field, values in before.items())


def _shown(edit: Edit, term: str) -> str:
    if not term.startswith("<"):
        said, datatype, _ = literal_parts(term)
        return said if datatype else repr(truncate(said, 200))
    thing = term[1:-1]
    return edit.label(thing) if kind_of(thing) else code_of(thing)
