"""SSSOM tables: mappings that others have drawn, with the mapping set as the work that draws them."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from sq_graph.errors import BrokenFile, InputError, SqGraphError
from sq_graph.importers.editing import Edit
from sq_graph.importers.sheets import CellFault, SheetFaults
from sq_graph.model.facts import coded
from sq_graph.resources import file_text
from sq_graph.vocab import PREFIXES, expand, shorten, slug_of

_NEEDED = ("subject_id", "predicate_id", "object_id")


def import_sssom(edit: Edit, path: Path) -> None:
    """Puts the rows of an SSSOM table into an edit as alignments held by its authors; all rows or none.

    A row that this map has exported, known by its `record_id`, is there already. Raises BrokenFile for a file that
    is no such table, SheetFaults with every row that is wrong.
    """
    settings, rows = _read(path)
    prefixes = PREFIXES | {str(name): str(iri) for name, iri in (settings.get("curie_map") or {}).items()}
    relations = _relations(edit)
    faults: list[CellFault] = []
    work = ""
    for number, row in rows:
        try:
            if row.get("record_id") and edit.names.exist([name := _full(row["record_id"], prefixes)])[name]:
                continue
            work = work or _mapping_set(edit, settings, path)
            predicate = row["predicate_id"]
            relation = relations.get(shorten(_full(predicate, prefixes)))
            if relation is None:
                remedy = f"Use one of {', '.join(sorted(relations))}"
                raise InputError(f"the predicate {predicate!r} has no relation here", remedy=remedy)
            edit.alignment(
                subject=[_thing(edit, part, row, "subject", prefixes) for part in row["subject_id"].split(" + ")],
                relation=relation, object=_thing(edit, row["object_id"], row, "object", prefixes), in_=work,
                page=f"row-{number}", denied=row.get("predicate_modifier", "").strip().lower() == "not",
                summary=row.get("comment", ""),
                holder=[edit.agent(one.strip()) for one in row.get("author_label", "").split("|") if one.strip()],
            )  # fmt: skip
        except SqGraphError as error:
            shown = " ".join(row.get(name, "") for name in _NEEDED)
            faults.append(CellFault(path.name, "mappings", number, "", shown, str(error)))
    if faults:
        raise SheetFaults(faults)


def _read(path: Path) -> tuple[dict[str, Any], list[tuple[int, dict[str, str]]]]:
    import yaml

    lines = file_text(path).splitlines()
    try:
        leading = [line[1:] for line in lines if line.startswith("#")]
        settings = yaml.safe_load("\n".join(leading)) or {}
        table = csv.reader(io.StringIO("\n".join(line for line in lines if not line.startswith("#"))), delimiter="\t")
        header, *rows = [[cell.strip() for cell in row] for row in table if any(cell.strip() for cell in row)] or [[]]
    except (yaml.YAMLError, csv.Error) as error:
        what = f"this is no SSSOM table ({error})"
        raise BrokenFile(what, str(path), remedy="Check it against the standard") from None
    if missing := [name for name in _NEEDED if name not in header]:
        raise BrokenFile(f"the table has no column {', '.join(missing)}", str(path), remedy="Add what is missing")
    first = len(leading) + 2
    return (settings if isinstance(settings, dict) else {},
            [(number, dict(zip(header, row, strict=False))) for number, row in enumerate(rows, first)])  # fmt: skip


def _mapping_set(edit: Edit, settings: dict[str, Any], path: Path) -> str:
    """The mapping set as a work, by its title, creators and date."""
    title = str(settings.get("mapping_set_title") or settings.get("mapping_set_id") or path.name)
    creators = settings.get("creator_label") or ["unnamed mappers"]
    names = [creators] if isinstance(creators, str) else [str(one) for one in creators]
    date = str(settings.get("publication_date") or settings.get("mapping_date") or "")
    url = str(settings.get("mapping_set_id") or "")
    return edit.work(title=title, authors=names, year=date[:4], **({"url": url} if "://" in url else {}))


def _relations(edit: Edit) -> dict[str, str]:
    query = "SELECT DISTINCT ?relation ?predicate { ?relation sq:sssomPredicate ?predicate } ORDER BY STR(?relation)"
    return {shorten(row["predicate"].value): coded(row["relation"].value) for row in edit.graph.select(query)}


def _thing(edit: Edit, written: str, row: dict[str, str], end: str, prefixes: dict[str, str]) -> str:
    """The thing of an identifier: of this map, or a concept of one's own with the label that the row gives."""
    iri = _full(written.strip(), prefixes)
    try:
        return edit.find(iri)
    except SqGraphError:
        label = row.get(f"{end}_label") or slug_of(iri)
        return edit.concept(label, note=f"Mapped as {iri}")


def _full(written: str, prefixes: dict[str, str]) -> str:
    prefix, colon, local = written.partition(":")
    return prefixes[prefix] + local if colon and prefix in prefixes and not local.startswith("//") else expand(written)
