"""SSSOM tables: mappings drawn by others, with the mapping set as the work that draws them."""

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
from sq_graph.importers.sheets import CellFault, SheetFaults
from sq_graph.model.codes import Relation
from sq_graph.model.facts import code_of, plain_rows
from sq_graph.turtle.terms import iri_terms, literal_parts
from sq_graph.vocab import KINDS, PREFIXES, expand, shorten, slug_of

_NEEDED = ("subject_id", "predicate_id", "object_id")
_TOOL = ("mapping_tool", "mapping_tool_version")
_KEPT = {*_NEEDED, "subject_label", "object_label", "predicate_modifier", "predicate_label", *_TOOL}
_KEPT |= {"comment", "author_label", "record_id", "confidence", "mapping_justification"}
_KEPT |= {"mapping_date", "\0"}
_OF_SET = {"curie_map", "prefixes", "sssom_version", "mapping_set_id", "mapping_set_title", *_TOOL}
_OF_SET |= {"creator_label", "publication_date", "mapping_date"}
_PREFIXES = PREFIXES | {"sssom": "https://w3id.org/sssom/"}
_PREFIXES |= {"semapv": "https://w3id.org/semapv/vocab/"}
_PREFIXES |= {"oboInOwl": "http://www.geneontology.org/formats/oboInOwl#"}
_SAME_AS = {"owl:sameAs": "skos:exactMatch", "oboInOwl:hasDbXref": "skos:relatedMatch"}
_SAME_AS |= dict.fromkeys(("owl:equivalentClass", "owl:equivalentProperty"), "skos:exactMatch")
_SAME_AS |= dict.fromkeys(("rdfs:subClassOf", "rdfs:subPropertyOf"), "skos:broadMatch")
"""Predicates of ontologies, and the predicate for concepts as which they are read."""
_OWN = iri_terms("skos:note skos:inScheme skos:broader sq:senseOf")
"""What a concept that is there keeps of its own."""
_NO_TERM = "sssom:NoTermFound"

MappingRow = Mapping[str, str]


def import_sssom(edit: Edit, path: Path, report: ImportRows) -> list[str]:
    """Puts the rows of an SSSOM table into an edit as alignments held by its authors; all or none.

    A row that this map has exported, known by its `record_id`, is there already. Adds to the report
    what is not imported or unclear, and returns what became of rows without an alignment. Raises
    BrokenFile for a file of another kind, SheetFaults with every row that is wrong.
    """
    settings, rows = _read(path)
    edit.kept_properties = frozenset(_OWN)
    reader = _MappingReader(edit, path, settings, report)
    for _, row in rows:
        reader.claim(row)
    faults: list[CellFault] = []
    for number, row in rows:
        try:
            reader.add(number, row)
        except SqGraphError as error:
            shown = " ".join(row[name] for name in _NEEDED)
            faults.append(CellFault(path.name, "mappings", number, "", shown, str(error)))
    if faults:
        raise SheetFaults(faults)
    edit.kept_properties = frozenset()
    reader.report_settings()
    return reader.became


class _MappingReader:
    """Reads the rows of one mapping set into an edit."""

    def __init__(
        self, edit: Edit, path: Path, settings: dict[str, Any], report: ImportRows
    ) -> None:
        self.edit, self.path, self.settings, self.report = edit, path, settings, report
        self.became: list[str] = []
        self._prefixes = _PREFIXES | _curie_map(settings)
        drawn = "SELECT ?to ?predicate { ?to sq:sssomPredicate ?predicate } ORDER BY STR(?to)"
        rows = plain_rows(edit.graph, drawn)
        self._relations = {predicate: code_of(relation) for relation, predicate in rows}
        self._things: dict[str, str] = {}
        """The thing of the map for each identifier of the set."""
        self._undeclared: set[str] = set()
        self._drawn: dict[tuple[str, ...], int] = {}
        self._work = ""

    def claim(self, row: MappingRow) -> None:
        """Finds the things of a row that the map has, so that no label is taken for them."""
        for written in (*row["subject_id"].split(" + "), row["object_id"]):
            iri = self._full(written)
            if iri not in self._things:
                with suppress(SqGraphError):
                    self._things[iri] = self.edit.find(iri)

    def add(self, number: int, row: MappingRow) -> None:
        """Makes the alignment of a row."""
        place = f"{self.path}:{number}"
        if loose := row["\0"]:
            raise InputError(f"the row has more cells than the header ({loose!r})")
        if blank := next((name for name in _NEEDED if not row[name]), ""):
            raise InputError(f"{blank} is blank", remedy="Fill in an identifier")
        if row["record_id"]:
            name = self._full(row["record_id"])
            if self.edit.names.exist([name])[name]:
                self.became.append("mapping already there")
                return
        if _NO_TERM in (row["subject_id"], row["object_id"]):
            self.became.append("mapping not imported")
            why = "no counterpart was found (sssom:NoTermFound), so nothing is aligned"
            self.report.append(("not imported", place, row["subject_id"], why))
            return
        denied = row["predicate_modifier"].lower()
        self._work = self._work or _mapping_set(self.edit, self.settings, self.path)
        subjects, label = row["subject_id"].split(" + "), row["subject_label"]
        things = [self._thing(part, label, place) for part in subjects]
        relation = self._relation(row["predicate_id"], place)
        target = self._thing(row["object_id"], row["object_label"], place)
        if denied not in ("", "not"):
            what = f"the predicate_modifier {row['predicate_modifier']!r} is not known"
            raise InputError(what, remedy="Write Not, or leave the cell blank")
        if target in things:
            remedy = "Correct subject_id or object_id"
            raise InputError("the row maps a thing onto itself", remedy=remedy)
        first = self._drawn.setdefault((*things, relation, target), number)
        if first != number:
            self.became.append("mapping not imported")
            why = f"it is the same mapping as in row {first}, which is kept"
            self.report.append(("not imported", place, row["subject_id"], why))
            return
        justification = self._full(row["mapping_justification"])
        names = filter(None, map(str.strip, row["author_label"].split("|")))
        self.edit.alignment(
            subject=things,
            relation=cast(Relation, relation),
            object=target,
            in_=self._work,
            page=f"row.{number}",
            denied=denied == "not",
            summary=row["comment"],
            holder=list(map(self.edit.agent, names)),
            confidence=row["confidence"],
            justification=justification if "://" in justification else "",
            mapped_on=self._date(row, place),
            tool=" ".join(filter(None, (self._of_row_or_set(row, name) for name in _TOOL))),
        )
        kept = _KEPT | ({"author_id"} if row["author_label"] else set())
        kept -= set() if "://" in justification else {"mapping_justification"}
        self._report_lost(place, row, kept)

    def report_settings(self) -> None:
        """Reports what is said of the whole set and not kept, where the set is new here."""
        if self._work:
            self._report_lost(str(self.path), self.settings, _OF_SET)

    def _report_lost(self, place: str, said: Mapping[str, Any], kept: Collection[str]) -> None:
        for name, value in said.items():
            if value and name not in kept:
                why = f"the map has no field for it ({str(value)[:80]!r})"
                self.report.append(("field not imported", place, name, why))

    def _of_row_or_set(self, row: MappingRow, name: str) -> str:
        """What a row says, else what the whole set says of all its rows."""
        return row[name] or str(self.settings.get(name) or "")

    def _date(self, row: MappingRow, place: str) -> str:
        """The day, month or year of a mapping; what is not a date is reported."""
        written = self._of_row_or_set(row, "mapping_date")
        found = read_date(written)
        if written and (found.year is None or found.extra):
            why = f"{written!r} is not a date"
            self.report.append(("field not imported", place, "mapping_date", why))
            return ""
        return found.issued or str(found.year or "")

    def _full(self, written: str) -> str:
        prefix, _, local = written.strip().partition(":")
        known = prefix in self._prefixes and not local.startswith("//")
        return self._prefixes[prefix] + local if known else expand(written.strip())

    def _thing(self, written: str, label: str, place: str) -> str:
        """A thing of the map, or a concept of one's own with the label that the row gives."""
        iri = self._full(written)
        prefix, colon, _ = written.strip().partition(":")
        if colon and "://" not in iri and prefix not in self._undeclared | set(KINDS):
            self._undeclared.add(prefix)
            self.report.append(("unclear", place, written, f"{prefix} is not in the curie_map"))
        if iri not in self._things:
            name, note = label or slug_of(iri), f"Mapped as {iri}"
            if self._is_another(name, note):
                name = f"{name} ({written.strip()})"
            self._things[iri] = self.edit.concept(name, note=note)
        return self._things[iri]

    def _is_another(self, name: str, note: str) -> bool:
        """Whether a name is that of another thing of this set, or of one that was mapped before."""
        with suppress(UnknownName):
            concept = self.edit.find(name, "concept", "category")
            notes = (literal_parts(one)[0] for one in self.edit.statements.values(concept, _OWN[0]))
            mapped = {one for one in notes if one.startswith("Mapped as ")}
            return concept in self._things.values() or bool(mapped - {note})
        return False

    def _relation(self, written: str, place: str) -> str:
        predicate = self._full(written)
        same = {self._full(name): as_which for name, as_which in _SAME_AS.items()}.get(predicate)
        if same and predicate not in self._relations:
            self.report.append(("unclear", place, written, f"it is read as {same}"))
            predicate = self._full(same)
        if predicate not in self._relations:
            remedy = f"Use one of {', '.join(sorted(map(shorten, self._relations)))}"
            raise InputError(
                f"the map has no relation for the predicate {written!r}", remedy=remedy
            )
        return self._relations[predicate]


def _curie_map(settings: Mapping[str, Any]) -> dict[str, str]:
    """The prefixes of a set, as a mapping, a list of mappings, or with the prefix in a field."""
    written = settings.get("curie_map") or settings.get("prefixes") or {}
    pairs: Iterable[tuple[Any, Any]] = written.items() if isinstance(written, dict) else ()
    found = {}
    for one in written if isinstance(written, list) else ():
        if isinstance(one, dict):
            named = one.get("prefix_name") or one.get("prefix")
            pairs = [*pairs, (named, one) if named else next(iter(one.items()), ("", ""))]
    for name, value in pairs:
        held = value if isinstance(value, dict) else {"url": value}
        iri = held.get("prefix_url") or held.get("prefix_reference") or held.get("url")
        if name and iri:
            found[str(name).rstrip(":")] = str(iri).strip("<>")
    return found


def _read(path: Path) -> tuple[dict[str, Any], list[tuple[int, MappingRow]]]:
    import yaml

    lines = read_text(path).splitlines()
    begin = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    sign = "\t" if "\t" in "".join(lines[begin : begin + 1]) else ","
    try:
        leading = textwrap.dedent("\n".join(line[1:].rstrip() for line in lines[:begin]))
        settings = yaml.safe_load(leading.expandtabs(2)) or {}
        stripped = ([cell.strip() for cell in row] for row in _cells(lines[begin:], sign))
        numbered = [pair for pair in enumerate(stripped, begin + 1) if any(pair[1])]
    except (yaml.YAMLError, csv.Error, ValueError) as error:
        what = f"invalid SSSOM table ({' '.join(str(error).split())})"
        raise BrokenFile(what, str(path), remedy="Check it against the standard") from None
    header = numbered[0][1] if numbered else []
    if missing := [name for name in _NEEDED if name not in header]:
        what = f"the table has no column {', '.join(missing)}"
        raise BrokenFile(what, str(path), remedy="Add what is missing")
    rows: list[tuple[int, MappingRow]] = []
    for number, cells in numbered[1:]:
        loose = " ".join(filter(None, cells[len(header) :]))
        row = dict(zip(header, cells, strict=False)) | {"\0": loose}
        rows.append((number, defaultdict(str, row)))
    return _with_sidecar(settings, path), rows


def _cells(lines: Sequence[str], sign: str) -> list[list[str]]:
    """The cells of each row; a quotation mark that nothing closes is a sign like others."""
    text = "\n".join(lines)
    with suppress(csv.Error):
        return list(csv.reader(io.StringIO(text), delimiter=sign, strict=True))
    return list(csv.reader(io.StringIO(text), delimiter=sign, quoting=csv.QUOTE_NONE))


def _with_sidecar(settings: object, path: Path) -> dict[str, Any]:
    """The settings of a table, with those in a file beside it that ends in .sssom.yml."""
    import yaml

    own = settings if isinstance(settings, dict) else {}
    for ending in (".yml", ".yaml"):
        beside = path.with_suffix(ending)
        if beside.is_file():
            try:
                more = yaml.safe_load(read_text(beside))
            except (yaml.YAMLError, ValueError) as error:
                what = f"invalid YAML ({' '.join(str(error).split())})"
                raise BrokenFile(what, str(beside), remedy="Correct it, or take it away") from None
            return (more if isinstance(more, dict) else {}) | own
    return own


def _mapping_set(edit: Edit, settings: dict[str, Any], path: Path) -> str:
    """The mapping set as a work, by its title, creators and date."""
    of = settings.get
    title = str(of("mapping_set_title") or of("mapping_set_id") or path.name)
    creators = of("creator_label") or ["unnamed mappers"]
    names = [creators] if isinstance(creators, str) else [str(one) for one in creators]
    date = str(of("publication_date") or of("mapping_date") or "")
    url = str(of("mapping_set_id") or "")
    url = url if "://" in url else ""
    return edit.work(title=title, authors=names, year=read_date(date).year, url=url)
