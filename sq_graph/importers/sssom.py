"""SSSOM tables: mappings that others have drawn, with the mapping set as the work that draws them."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
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
    prefixes = PREFIXES | {
        str(name): str(iri) for name, iri in (settings.get("curie_map") or {}).items()
    }
    drawn = edit.graph.select(
        "SELECT ?to ?predicate { ?to sq:sssomPredicate ?predicate } ORDER BY STR(?to)"
    )
    relations = {row["predicate"].value: coded(row["to"].value) for row in drawn}
    faults: list[CellFault] = []
    work = ""

    def full(written: str) -> str:
        prefix, _, local = written.strip().partition(":")
        known = prefix in prefixes and not local.startswith("//")
        return prefixes[prefix] + local if known else expand(written.strip())

    def thing(written: str, label: str) -> str:
        """A thing of the map, or a concept of one's own with the label that the row gives."""
        iri = full(written)
        with suppress(SqGraphError):
            return edit.find(iri)
        return edit.concept(label or slug_of(iri), note=f"Mapped as {iri}")

    for number, row in rows:
        try:
            if row["record_id"] and edit.names.exist([name := full(row["record_id"])])[name]:
                continue
            work = work or _mapping_set(edit, settings, path)
            relation = relations.get(full(row["predicate_id"]))
            if relation is None:
                remedy = f"Use one of {', '.join(sorted(map(shorten, relations)))}"
                raise InputError(
                    f"the predicate {row['predicate_id']!r} has no relation here", remedy=remedy
                )
            edit.alignment(
                subject=[
                    thing(part, row["subject_label"]) for part in row["subject_id"].split(" + ")
                ],
                relation=relation,
                object=thing(row["object_id"], row["object_label"]),
                in_=work,
                page=f"row-{number}",
                denied=row["predicate_modifier"].lower() == "not",
                summary=row["comment"],
                holder=[
                    edit.agent(one.strip()) for one in row["author_label"].split("|") if one.strip()
                ],
            )
        except SqGraphError as error:
            shown = " ".join(row[name] for name in _NEEDED)
            faults.append(CellFault(path.name, "mappings", number, "", shown, str(error)))
    if faults:
        raise SheetFaults(faults)


def _read(path: Path) -> tuple[dict[str, Any], list[tuple[int, Mapping[str, str]]]]:
    import yaml

    lines = file_text(path).splitlines()
    try:
        leading = [line[1:] for line in lines if line.startswith("#")]
        settings = yaml.safe_load("\n".join(leading)) or {}
        table = csv.reader(
            io.StringIO("\n".join(line for line in lines if not line.startswith("#"))),
            delimiter="\t",
        )
        header, *rows = [
            [cell.strip() for cell in row] for row in table if any(cell.strip() for cell in row)
        ] or [[]]
    except (yaml.YAMLError, csv.Error) as error:
        what = f"this is no SSSOM table ({error})"
        raise BrokenFile(what, str(path), remedy="Check it against the standard") from None
    if missing := [name for name in _NEEDED if name not in header]:
        raise BrokenFile(
            f"the table has no column {', '.join(missing)}", str(path), remedy="Add what is missing"
        )
    named = (defaultdict(str, zip(header, row, strict=False)) for row in rows)
    return settings if isinstance(settings, dict) else {}, list(enumerate(named, len(leading) + 2))


def _mapping_set(edit: Edit, settings: dict[str, Any], path: Path) -> str:
    """The mapping set as a work, by its title, creators and date."""
    title = str(settings.get("mapping_set_title") or settings.get("mapping_set_id") or path.name)
    creators = settings.get("creator_label") or ["unnamed mappers"]
    names = [creators] if isinstance(creators, str) else [str(one) for one in creators]
    date = str(settings.get("publication_date") or settings.get("mapping_date") or "")
    url = str(settings.get("mapping_set_id") or "")
    return edit.work(
        title=title, authors=names, year=date[:4], **({"url": url} if "://" in url else {})
    )
