"""What `verify` found, kept beside the statements: a phrase is "found on its page" only by a
record.

A record belongs to one work and one text. It names each phrase with its page and lines as they were
when it was found, so a passage that is edited loses it.
"""

import json
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from sq_graph.errors import BrokenFile
from sq_graph.evidence.sources import Source
from sq_graph.evidence.verify import PassageLocation, PhraseOutcome, VerifyReport, read_anchors
from sq_graph.graph import Graph
from sq_graph.graph.layout import Layout
from sq_graph.resources import file_text, write_durably
from sq_graph.vocab import slug_of

NAME = "found.json"
"""The file of records in the folder of a work that was read."""


class FoundPhrase(NamedTuple):
    """A phrase and the place at which it was found; `work` is a slug.

    A passage that names no text has neither digest nor lines; it is held to the text that was
    looked at last.
    """

    work: str
    digest: str
    phrase: str
    page: str
    last_page: str
    first_line: int
    last_line: int


def found_passages(graph: Graph, layouts: Iterable[Layout]) -> dict[str, tuple[int, int]]:
    """The passages whose phrase, page and lines are those of a record of an exact match, each with
    the first and last line at which it was found.

    Raises:
        BrokenFile: a record is not readable.

    >>> import sq_graph
    >>> atlas = sq_graph.open()
    >>> len(found_passages(atlas.graph, atlas.layouts)) > 300
    True
    """
    known = {record: lines for layout in layouts for record, lines in _read(layout)}
    return {
        anchor.thing: known[record]
        for anchor in read_anchors(graph)
        if not anchor.is_marker and (record := _wanted(anchor.phrase, anchor.places[0])) in known
    }


def write_records(report: VerifyReport, layout: Layout) -> list[Path]:
    """Keep what was found of the passages of each work whose text was given; return the files.

    Parameters:
        report: the findings of `verify`.
        layout: the map whose works are recorded; passages of other maps are left out.
    """
    files = []
    for source in report.sources:
        phrases: dict[str, list[dict[str, object]]] = {}
        for finding in report.findings:
            anchor, place = finding.anchor, finding.place
            own = anchor.thing.startswith(layout.base) and place.work == source.work
            if anchor.is_marker or not own:
                continue
            pages, span = [*place.pages], [place.first_line, place.last_line]
            found: dict[str, object] = {"outcome": finding.outcome.words}
            found |= {"pages": pages, "lines": span}
            if finding.outcome is PhraseOutcome.EXACT and not place.first_line:
                found["found in lines"] = _lines_on_page(anchor.phrase, place, source)
            phrases.setdefault(anchor.phrase, []).append(found)
        if not phrases:
            continue
        path = layout.ontology / "data" / "works" / slug_of(source.work) / NAME
        path.parent.mkdir(parents=True, exist_ok=True)
        written = partial(json.dumps, ensure_ascii=False)
        listed = ((phrase, sorted(every, key=json.dumps)) for phrase, every in phrases.items())
        lines = ",\n".join(f"  {written(phrase)}: {written(one)}" for phrase, one in sorted(listed))
        write_durably(path, f'{{"{source.digest}": {{\n{lines}\n}}}}\n'.encode())
        files.append(path)
    return files


def _lines_on_page(phrase: str, place: PassageLocation, source: Source) -> list[int]:
    """The first and last line of a phrase on the page of a place."""
    first, last = source.span(place.page, place.last_page) or (1, len(source.lines))
    hits = source.find(phrase)
    own = [hit for hit in hits if first <= hit[0] <= last]
    if place.section and not place.page:
        own = [hit for hit in own if source.is_in_section(hit[0], place.section)]
    return list(own[0] if own else hits[0])


def _read(layout: Layout) -> Iterable[tuple[FoundPhrase, tuple[int, int]]]:
    """The records of exact matches in a map, each with the lines of the match."""
    for path in sorted(layout.ontology.glob(f"data/works/*/{NAME}")):
        try:
            for digest, phrases in json.loads(file_text(path)).items():
                for phrase, places in phrases.items():
                    for place in places:
                        if place["outcome"] == PhraseOutcome.EXACT.words:
                            text = digest if any(place["lines"]) else ""
                            first, last = place.get("found in lines") or place["lines"]
                            where = (*place["pages"], *place["lines"])
                            yield FoundPhrase(path.parent.name, text, phrase, *where), (first, last)
        except (ValueError, KeyError, TypeError, AttributeError):
            what, remedy = "the record of what was found", "Run sq-graph verify TEXT --write again"
            raise BrokenFile(f"{what} cannot be read", str(path), remedy=remedy) from None


def _wanted(phrase: str, place: PassageLocation) -> FoundPhrase:
    """The record by which the phrase of a passage counts as found."""
    text, lines = place.digest if place.first_line else "", (place.first_line, place.last_line)
    return FoundPhrase(slug_of(place.work), text, phrase, *place.pages, *lines)
