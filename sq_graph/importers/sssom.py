"""Importing SSSOM tables: mappings by others, with the mapping set as the work that has them."""

import csv
import io
import textwrap
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from sq_graph.errors import BrokenFile, InputError, SqGraphError, UnknownName
from sq_graph.importers.dates import read_date
from sq_graph.importers.editing import Edit, ImportRows
from sq_graph.importers.encodings import read_text
from sq_graph.importers.formats import FORMATS
from sq_graph.importers.sheets import CellFault, SheetFaults
from sq_graph.model.codes import Relation
from sq_graph.model.facts import code_of, plain_rows
from sq_graph.turtle.terms import iri_terms, literal_parts
from sq_graph.vocab import KINDS, PREFIXES, expand, shorten, slug_of

_REQUIRED = ("subject_id", "predicate_id", "object_id")
_TOOL = ("mapping_tool", "mapping_tool_version")
_EXTRA = "\0"
"""The field of a row for the cells beyond the header."""
_SSSOM = FORMATS["sssom"]
_ROW_FIELDS = {*_REQUIRED, *_TOOL, _EXTRA, *_SSSOM["row-fields"]}
_PREFIXES = PREFIXES | _SSSOM["prefixes"]
_KEPT = iri_terms("skos:note skos:inScheme skos:broader sq:senseOf")
"""The properties of which an existing concept keeps its own values."""
_NO_TERM = "sssom:NoTermFound"

MappingRow = Mapping[str, str]


def import_sssom(edit: Edit, path: Path, report: ImportRows) -> list[str]:
    """Adds the rows of an SSSOM table to an edit as alignments held by its authors; all or none.

    A row that this map has exported is recognised by its `record_id`. Reports what is not imported
    or unclear, and returns the outcomes of rows without an alignment. Raises BrokenFile for a file
    of another kind, SheetFaults with every row that is wrong.
    """
    settings, rows = _read_table(path)
    edit.kept_properties = frozenset(_KEPT)
    reader = _MappingReader(edit, path, settings, report)
    for _, row in rows:
        reader.look_up(row)
    faults: list[CellFault] = []
    for number, row in rows:
        try:
            reader.add(number, row)
        except SqGraphError as error:
            value = " ".join(row[name] for name in _REQUIRED)
            faults.append(CellFault(path.name, "mappings", number, "", value, str(error)))
    if faults:
        raise SheetFaults(faults)
    edit.kept_properties = frozenset()
    reader.report_settings()
    return reader.outcomes


class _MappingReader:
    """Reads the rows of one mapping set into an edit."""

    def __init__(
        self, edit: Edit, path: Path, settings: dict[str, Any], report: ImportRows
    ) -> None:
        self.edit, self.path, self.settings, self.report = edit, path, settings, report
        self.outcomes: list[str] = []
        self._prefixes = _PREFIXES | _curie_map(settings)
        query = "SELECT ?to ?predicate { ?to sq:sssomPredicate ?predicate } ORDER BY STR(?to)"
        rows = plain_rows(edit.graph, query)
        self._relations = {predicate: code_of(relation) for relation, predicate in rows}
        self._things: dict[str, str] = {}
        """The thing of the map for each identifier of the set."""
        self._undeclared: set[str] = set()
        self._first_rows: dict[tuple[str, ...], int] = {}
        self._work = ""

    def look_up(self, row: MappingRow) -> None:
        """Finds the things of a row that the map has, before any label is used for another one."""
        for identifier in (*row["subject_id"].split(" + "), row["object_id"]):
            iri = self._expand(identifier)
            if iri not in self._things:
                with suppress(SqGraphError):
                    self._things[iri] = self.edit.find(iri)

    def add(self, number: int, row: MappingRow) -> None:
        """Adds the alignment of a row."""
        location = f"{self.path}:{number}"
        if extra := row[_EXTRA]:
            raise InputError(f"the row has more cells than the header ({extra!r})")
        if blank := next((name for name in _REQUIRED if not row[name]), ""):
            raise InputError(f"{blank} is blank", remedy="Fill in an identifier")
        if row["record_id"]:
            name = self._expand(row["record_id"])
            if self.edit.names.exist([name])[name]:
                self.outcomes.append("mapping already there")
                return
        if _NO_TERM in (row["subject_id"], row["object_id"]):
            self.outcomes.append("mapping not imported")
            reason = "no counterpart was found (sssom:NoTermFound), so nothing is aligned"
            self.report.append(("not imported", location, row["subject_id"], reason))
            return
        modifier = row["predicate_modifier"].lower()
        self._work = self._work or _mapping_set(self.edit, self.settings, self.path)
        subjects, label = row["subject_id"].split(" + "), row["subject_label"]
        things = [self._thing(part, label, location) for part in subjects]
        relation = self._relation(row["predicate_id"], location)
        target = self._thing(row["object_id"], row["object_label"], location)
        if modifier not in ("", "not"):
            problem = f"the predicate_modifier {row['predicate_modifier']!r} is not known"
            raise InputError(problem, remedy="Write Not, or leave the cell blank")
        if target in things:
            remedy = "Correct subject_id or object_id"
            raise InputError("the row maps a thing onto itself", remedy=remedy)
        first_row = self._first_rows.setdefault((*things, relation, target), number)
        if first_row != number:
            self.outcomes.append("mapping not imported")
            reason = f"it is the same mapping as in row {first_row}, which is kept"
            self.report.append(("not imported", location, row["subject_id"], reason))
            return
        justification = self._expand(row["mapping_justification"])
        names = filter(None, map(str.strip, row["author_label"].split("|")))
        self.edit.alignment(
            subject=things,
            relation=cast(Relation, relation),
            object=target,
            in_=self._work,
            page=f"row.{number}",
            denied=modifier == "not",
            summary=row["comment"],
            holder=list(map(self.edit.agent, names)),
            confidence=row["confidence"],
            justification=justification if "://" in justification else "",
            mapped_on=self._date(row, location),
            tool=" ".join(filter(None, (self._value(row, name) for name in _TOOL))),
        )
        kept_fields = _ROW_FIELDS | ({"author_id"} if row["author_label"] else set())
        kept_fields -= set() if "://" in justification else {"mapping_justification"}
        self._report_lost(location, row, kept_fields)

    def report_settings(self) -> None:
        """Reports the settings of the set that are not kept, if any of its rows was added."""
        if self._work:
            self._report_lost(str(self.path), self.settings, {*_TOOL, *_SSSOM["set-fields"]})

    def _report_lost(self, location: str, fields: Mapping[str, Any], kept: Collection[str]) -> None:
        for name, value in fields.items():
            if value and name not in kept:
                reason = f"the map has no field for it ({str(value)[:80]!r})"
                self.report.append(("field not imported", location, name, reason))

    def _value(self, row: MappingRow, name: str) -> str:
        """The value of a field in a row, else in the settings of the set."""
        return row[name] or str(self.settings.get(name) or "")

    def _date(self, row: MappingRow, location: str) -> str:
        """The day, month or year of a mapping; '' and a report for what is not a date."""
        text = self._value(row, "mapping_date")
        date = read_date(text)
        if text and (date.year is None or date.extra):
            reason = f"{text!r} is not a date"
            self.report.append(("field not imported", location, "mapping_date", reason))
            return ""
        return date.issued or str(date.year or "")

    def _expand(self, identifier: str) -> str:
        prefix, _, local = identifier.strip().partition(":")
        is_curie = prefix in self._prefixes and not local.startswith("//")
        return self._prefixes[prefix] + local if is_curie else expand(identifier.strip())

    def _thing(self, identifier: str, label: str, location: str) -> str:
        """A thing of the map, or a new concept with the label in the row."""
        iri = self._expand(identifier)
        prefix, colon, _ = identifier.strip().partition(":")
        if colon and "://" not in iri and prefix not in self._undeclared | set(KINDS):
            self._undeclared.add(prefix)
            reason = f"{prefix} is not in the curie_map"
            self.report.append(("unclear", location, identifier, reason))
        if iri not in self._things:
            name, note = label or slug_of(iri), f"Mapped as {iri}"
            if self._is_name_taken(name, note):
                name = f"{name} ({identifier.strip()})"
            self._things[iri] = self.edit.concept(name, note=note)
        return self._things[iri]

    def _is_name_taken(self, name: str, note: str) -> bool:
        """Whether another thing of this or an earlier mapping set has a name."""
        with suppress(UnknownName):
            concept = self.edit.find(name, "concept", "category")
            terms = self.edit.statements.values(concept, _KEPT[0])
            notes = {literal_parts(term)[0] for term in terms} - {note}
            is_mapped = any(other.startswith("Mapped as ") for other in notes)
            return is_mapped or concept in self._things.values()
        return False

    def _relation(self, identifier: str, location: str) -> str:
        predicate = self._expand(identifier)
        same = {self._expand(name): match for name, match in _SSSOM["same-as"].items()}.get(
            predicate
        )
        if same and predicate not in self._relations:
            self.report.append(("unclear", location, identifier, f"it is read as {same}"))
            predicate = self._expand(same)
        if predicate not in self._relations:
            problem = f"the map has no relation for the predicate {identifier!r}"
            remedy = f"Use one of {', '.join(sorted(map(shorten, self._relations)))}"
            raise InputError(problem, remedy=remedy)
        return self._relations[predicate]


def _curie_map(settings: Mapping[str, Any]) -> dict[str, str]:
    """The prefixes of a set, given as a mapping, as several, or with the prefix in a field."""
    curie_map = settings.get("curie_map") or settings.get("prefixes") or {}
    pairs: Iterable[tuple[Any, Any]] = curie_map.items() if isinstance(curie_map, dict) else ()
    prefixes = {}
    for item in curie_map if isinstance(curie_map, list) else ():
        if isinstance(item, dict):
            prefix = item.get("prefix_name") or item.get("prefix")
            pairs = [*pairs, (prefix, item) if prefix else next(iter(item.items()), ("", ""))]
    for name, value in pairs:
        details = value if isinstance(value, dict) else {"url": value}
        iri = details.get("prefix_url") or details.get("prefix_reference") or details.get("url")
        if name and iri:
            prefixes[str(name).rstrip(":")] = str(iri).strip("<>")
    return prefixes


def _read_table(path: Path) -> tuple[dict[str, Any], list[tuple[int, MappingRow]]]:
    import yaml

    lines = read_text(path).splitlines()
    start = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    separator = "\t" if "\t" in "".join(lines[start : start + 1]) else ","
    try:
        leading = textwrap.dedent("\n".join(line[1:].rstrip() for line in lines[:start]))
        settings = yaml.safe_load(leading.expandtabs(2)) or {}
        stripped = ([cell.strip() for cell in row] for row in _csv_cells(lines[start:], separator))
        numbered = [pair for pair in enumerate(stripped, start + 1) if any(pair[1])]
    except (yaml.YAMLError, csv.Error, ValueError) as error:
        problem = f"invalid SSSOM table ({' '.join(str(error).split())})"
        raise BrokenFile(problem, str(path), remedy="Check it against the standard") from None
    header = numbered[0][1] if numbered else []
    if missing := [name for name in _REQUIRED if name not in header]:
        problem = f"the table has no column {', '.join(missing)}"
        raise BrokenFile(problem, str(path), remedy="Add what is missing")
    rows: list[tuple[int, MappingRow]] = []
    for number, cells in numbered[1:]:
        extra = " ".join(filter(None, cells[len(header) :]))
        row = dict(zip(header, cells, strict=False)) | {_EXTRA: extra}
        rows.append((number, defaultdict(str, row)))
    return _with_sidecar(settings, path), rows


def _csv_cells(lines: Sequence[str], separator: str) -> list[list[str]]:
    """The cells of each row; a quotation mark that is not closed is an ordinary character."""
    text = "\n".join(lines)
    with suppress(csv.Error):
        return list(csv.reader(io.StringIO(text), delimiter=separator, strict=True))
    return list(csv.reader(io.StringIO(text), delimiter=separator, quoting=csv.QUOTE_NONE))


def _with_sidecar(settings: object, path: Path) -> dict[str, Any]:
    """The settings of a table, with those of a file of the same name that ends in .sssom.yml."""
    import yaml

    internal = settings if isinstance(settings, dict) else {}
    for ending in (".yml", ".yaml"):
        file = path.with_suffix(ending)
        if file.is_file():
            try:
                external = yaml.safe_load(read_text(file))
            except (yaml.YAMLError, ValueError) as error:
                problem = f"invalid YAML ({' '.join(str(error).split())})"
                raise BrokenFile(problem, str(file), remedy="Correct it, or remove it") from None
            return (external if isinstance(external, dict) else {}) | internal
    return internal


def _mapping_set(edit: Edit, settings: dict[str, Any], path: Path) -> str:
    """The mapping set as a work, by its title, creators and date."""
    get = settings.get
    title = str(get("mapping_set_title") or get("mapping_set_id") or path.name)
    creators = get("creator_label") or ["unnamed mappers"]
    names = [creators] if isinstance(creators, str) else [str(creator) for creator in creators]
    date = str(get("publication_date") or get("mapping_date") or "")
    url = str(get("mapping_set_id") or "")
    url = url if "://" in url else ""
    return edit.work(title=title, authors=names, year=read_date(date).year, url=url)
