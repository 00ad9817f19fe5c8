"""The sheets of the workbook: the method of an edit that each calls, and its columns.

Definitions have one more column per aspect. A further sheet is one more entry here.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from sq_graph.check import Finding
from sq_graph.importers.field_values import FIELD_OF
from sq_graph.vocab import shorten

EXPLANATIONS, LISTS = "explanations", "lists"


class Column(NamedTuple):
    """One column: what its cells are and hold, an example, and whether they must be filled."""

    name: str
    kind: str
    holds: str
    example: str
    needed: bool = False
    argument: str = ""

    @property
    def called(self) -> str:
        """The argument of the method that takes the cell."""
        return self.argument or self.name.replace(" ", "_")


class Sheet(NamedTuple):
    """One sheet: the method of an edit that makes a row's thing, and the columns."""

    method: str
    columns: tuple[Column, ...]


PLAIN_WORDS = {"their words": "worded", "reported": "reported", "our interpretation": "read"}
"""What stands in a cell for the codes of the basis."""
EXAMPLE_MARK = "example: "
"""What the first cell of an example row begins with; such a row is not imported."""

_WORK = (
    Column(
        "work",
        "work",
        "The work that was read: slug, label, citation key or DOI",
        "room-1999",
        True,
        "in_",
    ),
    Column(
        "page",
        "page",
        "The page, a range, or the section and paragraph: Introduction, para. 2",
        "290–291",
        True,
    ),
)
_WORK_OR_OURS = tuple(
    column._replace(needed=False, holds=f"{column.holds}; blank for our interpretation alone")
    for column in _WORK
)
_BASIS = "Whose words: their words, reported, or our interpretation"
_CREDIT = (
    Column(
        "phrase",
        "phrase",
        "Up to eight words as they stand there, by which the place is found",
        "a state of affairs",
    ),
    Column(
        "holder",
        "holders",
        "Who holds it, where not the work's authors; several separated by semicolons",
        "Room",
    ),
    Column(
        "stated in",
        "work",
        "The holder's own work, where the work that was read only reports it",
        "room-1999",
    ),
    Column(
        "cited page",
        "page",
        "The page of the reported work, as the work that was read cites it: 12",
        "",
    ),
    Column("reported via", "work", "A work between the holder and the one read", "", False, "via"),
    Column(
        "basis",
        "code:basis",
        f"{_BASIS}; made from the rest if blank",
        "reported",
    ),
    Column("hedge", "code:hedge", "How firmly it is put; asserted if blank", "hedged"),
    Column(
        "hedge words",
        "words",
        "The words that hedge, as they stand there; several separated by semicolons",
        "may be; largely",
    ),
    Column(
        "name",
        "slug",
        "A slug of one's own; made from work, concept and page if blank",
        "room-1999-exclusion",
    ),
)
_COLUMNS: dict[str, tuple[Column, ...]] = {
    "concepts": (
        Column("label", "text", "The concept in one sense", "community resilience", True),
        Column("scheme", "scheme", "The field it belongs to; constructs if blank", "constructs"),
        Column("broader", "concept", "A concept under which you arrange it", "social-cohesion"),
        Column(
            "sense of", "concept", "The word of which it is one author's sense", "social-exclusion"
        ),
        Column("note", "text", "Anything else", "Used in two fields"),
    ),
    "definitions": (
        *_WORK,
        Column(
            "concept",
            "concept",
            "The concept defined: slug or label",
            "social-exclusion",
            True,
            "of",
        ),
        Column(
            "summary",
            "text",
            "What it is said to be, in your own words",
            "A process that keeps people apart.",
            True,
        ),
        Column("form", "code:form", "How the definition is given; paraphrased if blank", "quoted"),
        *_CREDIT,
        Column("note", "text", "Anything else", "Repeated in the conclusion"),
        Column(
            "authors",
            "text",
            "Of a work that the map lacks: Family, Given; several separated by semicolons",
            "Chan, Joseph",
        ),
        Column("year", "text", "Of a work that the map lacks", "2006"),
        Column("title", "text", "Of a work that the map lacks", "Reconsidering social cohesion"),
    ),
    "typologies": (
        Column(
            "typology",
            "text",
            "What the division is called; one row a category",
            "forms of exclusion",
            True,
            "label",
        ),
        *_WORK,
        Column("divides", "concept", "The concept divided", "social-exclusion", True),
        Column("category", "text", "One member, in the author's word", "partial exclusion", True),
        Column("summary", "text", "What the member is, in your own words", "Some ties are cut."),
        Column(
            "ordered by",
            "text",
            "From what to what the order runs; blank if the author orders nothing",
            "mild to severe",
        ),
        *_CREDIT,
    ),
    "alignments": (
        *_WORK_OR_OURS,
        Column(
            "subject",
            "things",
            "What is set beside something; several taken together with +",
            "normal + severe",
            True,
        ),
        Column("relation", "code:relation", "How the two are said to be related", "close", True),
        Column("object", "thing", "What it is set beside", "room-rupture", True),
        Column("denied", "yes", "yes where the work says that it does not hold", "yes"),
        Column("summary", "text", "What is said, in your own words", "The two come to the same."),
        *_CREDIT,
    ),
    "claims": (
        *_WORK_OR_OURS,
        Column(
            "summary",
            "text",
            "What is claimed, in your own words",
            "Trust is needed before anybody invests.",
            True,
        ),
        Column("about", "topics", "What it is about; several separated by semicolons", "trust"),
        Column("subject", "thing", "With relation and object: the first term", "trust"),
        Column("relation", "code:relation", "How the two are said to be related", "condition-of"),
        Column("object", "thing", "The second term", "social-capital"),
        Column("denied", "yes", "yes where the work says that the relation does not hold", "yes"),
        Column(
            "evidence",
            "code:evidence",
            "The kind of evidence that the text gives for it; blank if none",
            "empirical-study",
        ),
        *_CREDIT,
    ),
    "models": (
        *_WORK,
        Column("label", "text", "The name that the literature gives it", "rights model", True),
        Column("summary", "text", "What it says, in your own words", "Rights come first.", True),
        *_CREDIT,
    ),
    "positions": (
        Column(
            "position",
            "text",
            "What the position is called, with its year; one row a claim",
            "Room 1999",
            True,
            "label",
        ),
        *_WORK,
        Column("concept", "concept", "The concept of which it says something", "trust", True),
        Column(
            "pattern",
            "choice:part of|kind of|opposite of|excludes|promotes|results from|distinct from",
            "How the first concept is related to the second",
            "promotes",
            True,
        ),
        Column("other concept", "concept", "The second concept", "social-capital", True),
        Column("summary", "text", "The claim, in your own words", "Trust builds capital.", True),
        Column("model", "thing", "The theory of which it is a reading; its own if blank", ""),
        *_CREDIT,
    ),
    "examples": (
        *_WORK,
        Column("label", "text", "What is offered as an example", "single mothers", True),
        Column(
            "example of",
            "topics",
            "What it illustrates; several separated by semicolons",
            "trust",
            True,
            "of",
        ),
        Column("kind", "choice:case|stereotype", "A real case if blank", "case"),
        Column("place", "concept", "Where", ""),
        Column("summary", "text", "What is said of it, in your own words", ""),
        *_CREDIT,
    ),
    "questions": (
        *_WORK,
        Column("question", "text", "What an author asks", "Who is excluded?", True, "label"),
        Column(
            "about",
            "topics",
            "What it is about; several separated by semicolons",
            "social-exclusion",
        ),
        Column("status", "code:questionStatus", "Open if blank", "open"),
        Column(
            "answered by",
            "topics",
            "Statements that answer it; several separated by semicolons",
            "",
        ),
        *_CREDIT,
    ),
    "disagreements": (
        *_WORK_OR_OURS,
        Column("question", "text", "What is in dispute", "Is it gradual?", True, "label"),
        Column(
            "parties",
            "topics",
            "The statements that differ, two or more, separated by semicolons",
            "room-exclusion; steinert-exclusion",
            True,
        ),
        Column(
            "about",
            "topics",
            "What they differ about; several separated by semicolons",
            "trust",
            True,
        ),
        Column("ground", "code:ground", "What kind of dispute it is", "definition", True),
        Column("summary", "text", "In your own words", ""),
        *(
            one._replace(holds=f"{_BASIS}; our interpretation if this and the holder are blank")
            if one.name == "basis"
            else one
            for one in _CREDIT
        ),
    ),
    "support": (
        Column("statement", "thing", "A statement of this map", "room-exclusion", True),
        Column("bears", "choice:supports|opposes", "supports or opposes", "supports", True),
        Column(
            "on",
            "topics",
            "Statements on which it bears; several separated by semicolons",
            "trust",
            True,
        ),
        Column("ours", "yes", "yes where no text says so, only we", "yes"),
    ),
    "reports": (
        Column("report", "thing", "A statement as another work reports it", "room-report", True),
        Column("original", "thing", "The same in the holder's own work", "room-exclusion", True),
        Column("fidelity", "code:fidelity", "How faithful the report is", "faithful", True),
        Column("note", "text", "What differs", "The hedge is gone."),
    ),
    "second readings": (
        Column("statement", "thing", "What was checked against its page", "room-exclusion", True),
        Column("read by", "text", "Who read it a second time", "Mara Lund", False, "by"),
        Column("date", "text", "The day; today if blank", "2026-11-28"),
        Column("note", "text", "Anything else", ""),
    ),
}
_METHODS = {"typologies": "typology", "support": "argument", "reports": "report_of"}
_METHODS |= {"second readings": "second_reading"}
SHEETS = {
    name: Sheet(_METHODS.get(name, name.rstrip("s")), columns) for name, columns in _COLUMNS.items()
}
"""The sheets in the order in which they are read."""
_NAMES = {column.called: column.name for sheet in SHEETS.values() for column in sheet.columns}


def at_row(finding: Finding, row: str) -> Finding:
    """A finding about what a row of a sheet says, in the words of its columns.

    >>> found = Finding("", None, "x:a", "No words are given", "Add sq:hedgeMarker", "shape")
    >>> print(at_row(found, "a.csv, sheet claims, row 2"))
    a.csv, sheet claims, row 2: No words are given. Add hedge words.
    """

    violation = finding.violation
    path = violation.path.value if violation and violation.path else ""
    column, remedy = _in_columns(path, finding.remedy)
    place = f"{row}, column {column}" if column else row
    # not by `replace`, which takes far longer, and a large sheet has three findings a row
    kept = finding.rule, finding.severity, finding.violation
    return Finding(place, None, "", finding.message, remedy, *kept)


@lru_cache(maxsize=1_000)
def _in_columns(path: str, remedy: str) -> tuple[str, str]:
    """The column that holds a property, and a remedy in the words of columns, or ''."""

    def named(term: str) -> str:
        return _NAMES.get(FIELD_OF.get(term, ""), "")

    remedy = _TERM.sub(lambda term: named(term[0]) or term[0], remedy)
    return named(shorten(path)), "" if _TERM.search(remedy) else remedy


def of_field(finding: Finding) -> Finding:
    """A finding about what an edit states, in the names of its fields.

    >>> found = Finding("", None, "x:a", "No words are given", "Add sq:hedgeMarker", "shape")
    >>> print(of_field(found))
    x:a: No words are given. Add hedge_words.
    """
    remedy = _TERM.sub(lambda term: FIELD_OF.get(term[0], term[0]), finding.remedy)
    return replace(finding, remedy=remedy)


_TERM = re.compile(r"\b[a-z]+:\w+")
