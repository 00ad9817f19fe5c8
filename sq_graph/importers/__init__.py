"""Importing literature: bibliographies, spreadsheets, mappings, RDF, reading notes, whole folders.

Each import is one edit. Of a bibliography, the readable entries are imported and the others
reported; of a spreadsheet, a mapping set or an RDF file, all rows are imported or none.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sq_graph.errors import BrokenFile, InputError
from sq_graph.importers.changes import changes_of
from sq_graph.importers.deleting import ATTACHED
from sq_graph.importers.editing import Edit, ImportRows
from sq_graph.importers.encodings import GUESSED_ENCODING, is_encoding_guessed
from sq_graph.importers.formats import FORMATS
from sq_graph.rdf_syntax import ENDINGS
from sq_graph.resources import file_bytes
from sq_graph.table import Table
from sq_graph.vocab import SQ, kind_of, slug_of

__all__ = ["import_files"]

_COLUMNS = ("what", "where", "thing", "why")
_UNCOUNTED = ATTACHED | {"category", "coding", "cell"}
"""Kinds of things that are not counted, because they are parts of others."""
_MAPPING_COLUMNS = {b"subject_id", b"predicate_id", b"object_id"}
"""The columns by which a table of mappings is recognised."""
_ANNOTATED = ("annotation", "attachment")
"""The parts of a bibliography that a folder imports itself."""
_RDF_ENDINGS = tuple(ending for ending in ENDINGS if ending != ".json")  # that is CSL-JSON
_BASIS, _READ = f"<{SQ}basis>", f"<{SQ}basis-read>"
_REMEDIES = {end: remedy for remedy, ends in FORMATS["not-imported"].items() for end in ends}
_WORDS = {"new": "new", "unchanged": "already there", "merged": "completed", "changed": "changed"}
_WORDS |= {"differs": "already there with differences", "apart": "set apart"}


def import_files(
    edit: Edit, files: Sequence[Path], mapping: Path | None, progress: Callable[..., None]
) -> Table:
    """Imports files and folders in one edit; returns a row for each thing that needs attention,
    with the counts in the notes.

    `progress` is called with the number of entries of a file where that is known, then after each
    of them. Raises BrokenFile or InputError for a file that cannot be read, SheetFaults for cells
    that cannot be read, and FindingsError for violations of shapes; then nothing is written.
    """
    from sq_graph.importers.folder import Folder

    for path in files:
        if not path.exists():
            raise BrokenFile("there is no such file", str(path), remedy="Check the path")
    report: ImportRows = []
    counts: Counter[str] = Counter()
    final_steps = list[Callable[[], list[str]]]()
    folders = [Folder.of(path, report) for path in files if path.is_dir()]
    with _no_garbage_collection(), edit:
        edit.on_conflict = "update"  # a row that was changed is the same row
        for path in filter(Path.is_file, files):
            counts.update(_import(edit, path, mapping, progress, report, final_steps))
        for folder, path in ((each, path) for each in folders for path in each.bibliographies):
            try:
                ignored = _ANNOTATED if path in folder.notes else ()
                counts.update(_import_works(edit, path, progress, report, ignored))
            except BrokenFile as error:
                report.append(("not imported", str(path), "", f"{error.what}. {error.remedy}"))
        for folder in folders:
            counts.update(folder.import_into(edit, progress))
    next_steps = [step for folder in folders for step in folder.finish(edit)]
    next_steps += [step for finish in final_steps for step in finish()]
    totals = [f"{n} {outcome if n == 1 else _plural(outcome)}" for outcome, n in counts.items()]
    # Each kind of warning once.
    warnings = (finding for finding in edit.findings if finding.severity == "Warning")
    kinds = Counter((each.message.partition(" (found")[0], each.remedy) for each in warnings)
    to_do = [
        f"To do: {message[:1].lower()}{message[1:]} ({n}){remedy and ': '}{remedy}."
        for (message, remedy), n in kinds.items()
    ]
    notes = (f"{', '.join(totals) or 'Nothing was imported'}.", *next_steps, *to_do)
    return Table(_COLUMNS, tuple(report), "Imported", notes)


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Pauses the search for cycles: an import makes millions of objects without any, and takes half
    the time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _import(
    edit: Edit,
    path: Path,
    mapping: Path | None,
    progress: Callable[..., None],
    report: ImportRows,
    final_steps: list[Callable[[], list[str]]],
) -> Iterable[str]:
    """Imports one file; adds to the report and to the steps after the edit, and returns the outcome
    for each thing.
    """
    name, outcomes = path.name.lower(), list[str]()
    old_things, old_removed = set(edit.made), set(edit.removed)
    if name.endswith((".csv", ".tsv")) and is_encoding_guessed(file_bytes(path)):
        report.append(("unclear", str(path), "", GUESSED_ENCODING))
    if mapping is not None or name.endswith(_RDF_ENDINGS):
        from sq_graph.importers.rdf_map import import_rdf

        return import_rdf(edit, path, mapping, report)
    if name.endswith((".bib", ".ris", ".json")):
        return _import_works(edit, path, progress, report)
    if _is_mapping_table(path):
        from sq_graph.importers.sssom import import_sssom

        outcomes = import_sssom(edit, path, report)
    elif name.endswith(".qdpx"):
        from sq_graph.importers.qda import import_project, write_codings

        outcomes, codings = import_project(edit, path, report)
        final_steps.append(partial(write_codings, path, codings))
    elif name.endswith((".xlsx", ".csv", ".tsv")):
        from sq_graph.importers.sheets import import_sheets

        import_sheets(edit, path, progress, report)
    else:
        kinds = ".bib, .ris, .json, .xlsx, .csv, .tsv, .sssom.tsv, .qdpx, .ttl, or RDF and --map"
        remedy = _REMEDIES.get(path.suffix.lower(), f"Give {kinds}")
        raise InputError(f"{path} has an unknown ending", remedy=remedy)
    things = [thing for thing in edit.made if thing not in old_things]
    report += changes_of(edit, str(path), things, edit.removed - old_removed)
    for thing in things:
        kind = "second reading" if kind_of(thing) == "reading" else kind_of(thing)
        if kind not in _UNCOUNTED:
            # a new thing may be stated again in the file
            is_new = thing in edit.new_things and edit.made[thing] == "unchanged"
            outcome = "new" if is_new else _WORDS[edit.made[thing]]
            outcomes.append(f"{kind} {outcome}{_addition(edit, thing)}")
    return outcomes


def _is_mapping_table(path: Path) -> bool:
    """Whether a file is a table of mappings, by its name or by its columns."""
    name = path.name.lower()
    if not name.endswith((".tsv", ".csv")):
        return False
    words = {*file_bytes(path)[:20_000].replace(b",", b"\t").split()}
    return ".sssom." in name or words >= _MAPPING_COLUMNS


def _addition(edit: Edit, thing: str) -> str:
    """A remark on a disagreement that is our own interpretation, which no cell of a sheet says."""
    is_ours = kind_of(thing) == "disagreement" and _READ in edit.statements.values(thing, _BASIS)
    return " (our interpretation)" if is_ours else ""


def _import_works(
    edit: Edit,
    path: Path,
    progress: Callable[..., None],
    report: ImportRows,
    ignored: Sequence[str] = (),
) -> Iterable[str]:
    from sq_graph.importers.bibliography import read_bibliography

    if is_encoding_guessed(file_bytes(path)):
        report.append(("unclear", str(path), "", GUESSED_ENCODING))
    records, faults = read_bibliography(path)
    faults = [fault for fault in faults if fault.kind not in ignored]
    progress(len(records))
    outcomes = [f"{fault.kind} not imported" for fault in faults for _ in range(fault.count)]
    report += [("not imported", fault.location, "", fault.reason) for fault in faults]
    for record in records:
        outcome = edit.works_index.add(record)
        if outcome.year is not None:
            edit.update(outcome.iri, year=outcome.year)
        place, status, reason = record.place, _WORDS[outcome.became], outcome.reason
        key = record.keys[0] if record.keys else slug_of(outcome.iri)
        outcomes.append(f"work {status}")
        if outcome.similar:
            index, pair = edit.works_index, [outcome.similar, outcome.iri]
            pair.sort(key=lambda iri: index.record(iri).year is None)
            merge = f"sq-graph merge {' '.join(map(slug_of, pair))}"
            reason = f"{reason}. If they are the same work: {merge}"
        if reason:
            report.append((status, place, key, reason))
        keys = edit.works_index.keys(outcome.iri)
        if outcome.became in ("new", "apart") and record.keys and key not in keys:
            reason = f"another work has this citation key, so this one has {keys[0]!r}"
            report.append(("unclear", place, key, reason))
        report += [("unclear", place, key, doubt) for doubt in record.doubts]
        if outcome.became != "unchanged":
            lost = [(f"{key}: {field}", reason) for field, reason in record.lost]
            report += [("field not imported", place, field, reason) for field, reason in lost]
        progress()
    return outcomes


def _plural(outcome: str) -> str:
    noun, _, rest = outcome.partition(" ")
    return f"{noun[:-1]}ies {rest}" if noun.endswith("y") else f"{noun}s {rest}"
