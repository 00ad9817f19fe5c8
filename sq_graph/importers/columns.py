"""The sheets of the template and their columns; definitions have one more per aspect."""

from __future__ import annotations

from typing import NamedTuple

EXPLANATIONS, LISTS = "explanations", "lists"


class Column(NamedTuple):
    """One column: what its cells are and hold, an example, and whether they must be filled."""

    name: str
    kind: str
    holds: str
    example: str
    needed: bool = False


_WORK = (
    Column(
        "work",
        "work",
        "The work that was read: slug, label, citation key or DOI",
        "room-1999",
        True,
    ),
    Column("page", "page", "The page where it stands, or a range", "290–291", True),
)
_CREDIT = (
    Column(
        "phrase",
        "phrase",
        "Up to eight words as they stand there, by which the place is found",
        "a state of affairs",
    ),
    Column(
        "holder", "holders", "Who holds it, where not the work's authors; several with ;", "Room"
    ),
    Column(
        "stated in",
        "work",
        "The holder's own work, where the work that was read only reports it",
        "room-1999",
    ),
    Column("hedge", "code:hedge", "How firmly it is put; asserted if blank", "hedged"),
    Column(
        "hedge words",
        "words",
        "The words that hedge, as they stand there; several with ;",
        "may be; largely",
    ),
    Column(
        "name",
        "slug",
        "A slug of one's own; made from work, concept and page if blank",
        "room-1999-exclusion",
    ),
)
SHEETS: dict[str, tuple[Column, ...]] = {
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
            "concept", "concept", "The concept defined: slug or label", "social-exclusion", True
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
            "Of a work that the map lacks: Family, Given; several with ;",
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
        *_WORK,
        Column(
            "subject",
            "things",
            "What is set beside something; several taken together with +",
            "normal + severe",
            True,
        ),
        Column("relation", "code:relation", "How they are said to stand", "close", True),
        Column("object", "thing", "What it is set beside", "room-rupture", True),
        Column("denied", "yes", "yes where the work says that it does not hold", "yes"),
        Column("summary", "text", "What is said, in your own words", "The two come to the same."),
        *_CREDIT,
    ),
    "claims": (
        *_WORK,
        Column(
            "summary",
            "text",
            "What is claimed, in your own words",
            "Trust is needed before anybody invests.",
            True,
        ),
        Column("about", "topics", "What it is about; several with ;", "trust"),
        Column("subject", "thing", "With relation and object: the first term", "trust"),
        Column("relation", "code:relation", "How the two are said to stand", "condition-of"),
        Column("object", "thing", "The second term", "social-capital"),
        *_CREDIT,
    ),
}
"""The sheets in the order in which they are read."""
