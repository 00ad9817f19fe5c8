"""Records of what `verify` found, kept beside the statements: a phrase is "found on its page" only
by such a record.

A record belongs to one work and one text. It names each phrase with its page and lines at the time
it was found, so an edited passage loses it.
"""

import json
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from sq_graph.errors import BrokenFile
from sq_graph.evidence.verify import PassageLocation, PhraseOutcome, VerifyReport, read_anchors
from sq_graph.graph import Graph
from sq_graph.graph.layout import Layout
from sq_graph.resources import file_text, write_durably
from sq_graph.vocab import slug_of

NAME = "found.json"
"""The file of records in the folder of a work that was read."""


_Found = tuple[str | int, ...]
"""The slug of a work, the digest of a text, a phrase, its first and last page, and its first and
last line.

A passage that names no text has neither digest nor lines; it is compared with the text that was
checked last.
"""


def found_passages(graph: Graph, layouts: Iterable[Layout]) -> dict[str, tuple[int, int]]:
    """The passages with a record of an exact match for their phrase, page and lines, each with the
    first and last line at which it was found.

    Raises:
        BrokenFile: a record cannot be read.

    >>> import sq_graph
    >>> atlas = sq_graph.open()
    >>> len(found_passages(atlas.graph, atlas.layouts)) > 300
    True
    """
    records = {record: lines for layout in layouts for record, lines in _read_records(layout)}
    passages = (anchor for anchor in read_anchors(graph) if not anchor.is_marker)
    return {
        passage.thing: records[record]
        for passage in passages
        if (record := _record_of(passage.phrase, passage.places[0])) in records
    }


def write_records(report: VerifyReport, layout: Layout) -> list[Path]:
    """Writes the findings on the passages of each work whose text was given; returns the files.

    Parameters:
        report: the findings of `verify`.
        layout: the map whose works are recorded; passages of other maps are left out.
    """
    files = []
    for source in report.sources:
        phrases: dict[str, list[dict[str, object]]] = {}
        for finding in report.findings:
            anchor, location = finding.anchor, finding.place
            is_own = anchor.thing.startswith(layout.base) and location.work == source.work
            if anchor.is_marker or not is_own:
                continue
            entry: dict[str, object] = {"outcome": finding.outcome.words}
            lines = [location.first_line, location.last_line]
            entry |= {"pages": [*location.pages], "lines": lines}
            if finding.outcome is PhraseOutcome.EXACT and not location.first_line:
                entry["found in lines"] = finding.lines
            phrases.setdefault(anchor.phrase, []).append(entry)
        if not phrases:
            continue
        path = layout.ontology / "data" / "works" / slug_of(source.work) / NAME
        path.parent.mkdir(parents=True, exist_ok=True)
        dumps = partial(json.dumps, ensure_ascii=False)
        items = ((phrase, sorted(phrases[phrase], key=json.dumps)) for phrase in sorted(phrases))
        body = ",\n".join(f"  {dumps(phrase)}: {dumps(entries)}" for phrase, entries in items)
        write_durably(path, f'{{"{source.digest}": {{\n{body}\n}}}}\n'.encode())
        files.append(path)
    return files


def _read_records(layout: Layout) -> Iterable[tuple[_Found, tuple[int, int]]]:
    """The records of exact matches in a map, each with the lines of the match."""
    for path in sorted(layout.ontology.glob(f"data/works/*/{NAME}")):
        try:
            for digest, phrases in json.loads(file_text(path)).items():
                items = ((phrase, entry) for phrase in phrases for entry in phrases[phrase])
                for phrase, entry in items:
                    if entry["outcome"] == PhraseOutcome.EXACT.words:
                        text = digest if any(entry["lines"]) else ""
                        first, last = entry.get("found in lines") or entry["lines"]
                        location = (*entry["pages"], *entry["lines"])
                        yield (path.parent.name, text, phrase, *location), (first, last)
        except (ValueError, KeyError, TypeError, AttributeError):
            problem = "the record of earlier results cannot be read"
            remedy = "Run sq-graph verify TEXT --write again"
            raise BrokenFile(problem, str(path), remedy=remedy) from None


def _record_of(phrase: str, location: PassageLocation) -> _Found:
    """The record by which the phrase of a passage counts as found."""
    digest, lines = location.digest, (location.first_line, location.last_line)
    digest = digest if location.first_line else ""
    return (slug_of(location.work), digest, phrase, *location.pages, *lines)
