"""Bringing literature in: bibliographies, spreadsheets, mappings, any RDF, reading notes, whole
folders.

Each import is one edit: a bibliography keeps what can be read and reports the rest; of a
spreadsheet, a mapping set or an RDF file all rows come in or none.
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
from sq_graph.rdf_syntax import ENDINGS
from sq_graph.resources import file_bytes
from sq_graph.table import Table
from sq_graph.vocab import SQ, kind_of, slug_of

__all__ = ["import_files"]

_COLUMNS = ("what", "where", "thing", "why")
_UNCOUNTED = ATTACHED | {"category", "coding", "cell"}
"""Parts of what is counted: who changes one of them changes the whole."""
_MAPPED = {b"subject_id", b"predicate_id", b"object_id"}
"""The columns by which a table of mappings is known."""
_ANNOTATED = ("annotation", "attachment")
"""What a folder takes from a file besides its works."""
_RDF = tuple(ending for ending in ENDINGS if ending != ".json")  # that is CSL-JSON
_BASIS, _READ = f"<{SQ}basis>", f"<{SQ}basis-read>"
_NOTES = "Notes become rows to complete: sq-graph template definitions.xlsx --notes FILE"
_SAVED = "Save notes as .html, a table as .xlsx, a text that was read as .pdf or .txt"
_REMEDIES = dict.fromkeys((".ods", ".xls", ".xlsm", ".numbers"), "Save it as .xlsx")
_REMEDIES |= dict.fromkeys((".md", ".html", ".htm", ".txt"), _NOTES)
_REMEDIES |= dict.fromkeys((".docx", ".doc", ".odt", ".rtf"), _SAVED)
_REMEDIES[".pdf"] = "Import the folder that holds it and a bibliography"
_WORDS = {"new": "new", "unchanged": "already there", "merged": "completed", "changed": "changed"}
_WORDS |= {"differs": "there with differences", "apart": "set apart"}


def import_files(
    edit: Edit, files: Sequence[Path], mapping: Path | None, progress: Callable[..., None]
) -> Table:
    """Imports files and folders in one edit; a row for each thing to look at, the counts in the
    notes.

    `progress` is called with the number of entries of a file where that is known, then after each
    of them. Raises BrokenFile or InputError for a file that cannot be read, SheetFaults for cells
    that cannot, and FindingsError where the shapes find a fault; then nothing is written.
    """
    from sq_graph.importers.folder import Folder

    for path in files:
        if not path.exists():
            raise BrokenFile("there is no such file", str(path), remedy="Check the path")
    rows: ImportRows = []
    counts: Counter[str] = Counter()
    later = list[Callable[[], list[str]]]()
    folders = [Folder.of(path, rows) for path in files if path.is_dir()]
    single = [path for path in files if path.is_file()]
    with _no_garbage_collection(), edit:
        edit.on_conflict = "update"  # a row that was changed is the same row
        for path in single:
            counts.update(_import(edit, path, mapping, progress, rows, later))
        for path, noted in ((one, each.notes) for each in folders for one in each.bibliographies):
            try:
                elsewhere = _ANNOTATED if path in noted else ()
                counts.update(_import_works(edit, path, progress, rows, elsewhere))
            except BrokenFile as error:
                rows.append(("not imported", str(path), "", f"{error.what}. {error.remedy}"))
        for folder in folders:
            counts.update(folder.import_into(edit, progress))
    next_steps = [step for folder in folders for step in folder.finish(edit)]
    next_steps += [step for finish in later for step in finish()]
    said = [f"{count} {what if count == 1 else _many(what)}" for what, count in counts.items()]
    # What is still missing of what was kept, each kind of warning once.
    warnings = (one for one in edit.findings if one.severity == "Warning")
    warned = Counter((one.message.partition(" (found")[0], one.remedy) for one in warnings)
    to_do = [
        f"To do: {what[:1].lower()}{what[1:]} ({n}){remedy and ': '}{remedy}."
        for (what, remedy), n in warned.items()
    ]
    notes = (f"{', '.join(said) or 'nothing'}.", *next_steps, *to_do)
    return Table(_COLUMNS, tuple(rows), "Imported", notes)


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Pauses the search for cycles: an import makes millions of objects without any, and halves its
    time so.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _import(
    edit: Edit,
    path: Path,
    mapping: Path | None,
    step: Callable[..., None],
    rows: ImportRows,
    later: list[Callable[[], list[str]]],
) -> Iterable[str]:
    """Brings one file in, adds to the rows and to what is done once the edit is kept, and returns
    what became of each thing.
    """
    name, before, others = path.name.lower(), set(edit.outcomes), list[str]()
    removed = set(edit.removed)
    if name.endswith((".csv", ".tsv")) and is_encoding_guessed(file_bytes(path)):
        rows.append(("unclear", str(path), "", GUESSED_ENCODING))
    if mapping is not None or name.endswith(_RDF):
        from sq_graph.importers.rdf_map import import_rdf

        return import_rdf(edit, path, mapping)
    if name.endswith((".bib", ".ris", ".json")):
        return _import_works(edit, path, step, rows)
    if _is_of_mappings(path):
        from sq_graph.importers.sssom import import_sssom

        others = import_sssom(edit, path, rows)
    elif name.endswith(".qdpx"):
        from sq_graph.importers.qda import import_project, write_codings

        others, codings = import_project(edit, path, rows)
        later.append(partial(write_codings, path, codings))
    elif name.endswith((".xlsx", ".csv", ".tsv")):
        from sq_graph.importers.sheets import import_sheets

        import_sheets(edit, path, step, rows)
    else:
        kinds = ".bib, .ris, .json, .xlsx, .csv, .tsv, .sssom.tsv, .qdpx, .ttl, or RDF and --map"
        remedy = _REMEDIES.get(path.suffix.lower(), f"Give {kinds}")
        raise InputError(f"{path} has an ending that is not known", remedy=remedy)
    made = [one for one in edit.outcomes if one not in before]
    rows += changes_of(edit, str(path), made, edit.removed - removed)
    for thing in made:
        kind = "second reading" if kind_of(thing) == "reading" else kind_of(thing)
        if kind not in _UNCOUNTED:
            # a new thing may be stated again in the file
            is_new = thing in edit.new_things and edit.outcomes[thing] == "unchanged"
            became = "new" if is_new else _WORDS[edit.outcomes[thing]]
            others.append(f"{kind} {became}{_note(edit, thing)}")
    return others


def _is_of_mappings(path: Path) -> bool:
    """Whether a file is a table of mappings, by its name or by its columns."""
    name = path.name.lower()
    if not name.endswith((".tsv", ".csv")):
        return False
    head = {*file_bytes(path)[:20_000].replace(b",", b"\t").split()}
    return ".sssom." in name or head >= _MAPPED


def _note(edit: Edit, thing: str) -> str:
    """What nobody filled in: that we alone set the parties of a disagreement against each other."""
    is_ours = kind_of(thing) == "disagreement" and _READ in edit.statements.values(thing, _BASIS)
    return " (our interpretation)" if is_ours else ""


def _import_works(
    edit: Edit,
    path: Path,
    step: Callable[..., None],
    rows: ImportRows,
    elsewhere: Sequence[str] = (),
) -> Iterable[str]:
    from sq_graph.importers.bibliography import read_bibliography

    if is_encoding_guessed(file_bytes(path)):
        rows.append(("unclear", str(path), "", GUESSED_ENCODING))
    records, faults = read_bibliography(path)
    faults = [one for one in faults if one.kind not in elsewhere]
    step(len(records))
    counted = [f"{one.kind} not imported" for one in faults for _ in range(one.count)]
    rows += [("not imported", fault.location, "", fault.reason) for fault in faults]
    for record in records:
        outcome = edit.works_index.add(record)
        if outcome.year is not None:
            edit.update(outcome.iri, year=outcome.year)
        slug = slug_of(outcome.iri)
        thing = record.keys[0] if record.keys else slug
        counted.append(f"work {_WORDS[outcome.became]}")
        if outcome.similar:
            index, pair = edit.works_index, [outcome.similar, outcome.iri]
            pair.sort(key=lambda iri: index.record(iri).year is None)
            merge = f"sq-graph merge {' '.join(map(slug_of, pair))}"
            same = f"{outcome.reason}. If they are one work: {merge}"
            rows.append((_WORDS["apart"], record.place, thing, same))
        elif outcome.reason:
            rows.append((_WORDS[outcome.became], record.place, thing, outcome.reason))
        keys = edit.works_index.keys(outcome.iri)
        if outcome.became in ("new", "apart") and record.keys and thing not in keys:
            why = f"another work has this citation key, so this one has {keys[0]!r}"
            rows.append(("unclear", record.place, thing, why))
        rows += [("unclear", record.place, thing, doubt) for doubt in record.doubts]
        if outcome.became != "unchanged":
            lost = [(f"{thing}: {field}", why) for field, why in record.lost]
            rows += [("field not imported", record.place, field, why) for field, why in lost]
        step()
    return counted


def _many(what: str) -> str:
    noun, _, rest = what.partition(" ")
    return f"{noun[:-1]}ies {rest}" if noun.endswith("y") else f"{noun}s {rest}"
