"""The fields of a statement as an edit takes them: what each is in the graph, and what it is
now.
"""

from __future__ import annotations

from collections.abc import Mapping

from sq_graph.graph import Graph
from sq_graph.importers.drafts import PUBLISHED
from sq_graph.model.facts import Facts, coded, facts, labels, text, texts
from sq_graph.model.things import read_typology
from sq_graph.vocab import kind_of, slug_of

TEXTS = {
    "label": "rdfs:label",
    "summary": "sq:summary",
    "note": "skos:note",
    "ordered_by": "sq:orderedBy",
}
CODES = {
    "hedge": "sq:hedge",
    "basis": "sq:basis",
    "form": "sq:form",
    "relation": "sq:relation",
    "ground": "sq:ground",
    "status": "sq:questionStatus",
    "evidence": "sq:restsOn",
}
LINKS: Mapping[str, tuple[str, ...]] = {
    "stated_in": ("sq:statedIn", "work"),
    "via": ("sq:via", "work"),
    "about": ("sq:about",),
    "subject": ("sq:subject",),
    "object": ("sq:object",),
    "parties": ("sq:party",),
    "place": ("sq:place", "concept"),
    "answered_by": ("sq:answeredBy",),
}
OF = {"definition": "sq:defines", "typology": "sq:divides", "example": "sq:exemplifies"}
WORK = {name: p for name, p in PUBLISHED.items() if name in ("journal", "publisher", "address")} | {
    "number": "bibo:issue",
    "doi": "bibo:doi",
    "url": "bibo:uri",
    **{name: f"bibo:{name}" for name in ("volume", "chapter", "pages", "edition", "isbn", "issn")},
}
"""The fields of a work by their BibTeX names, with their properties."""
_PLAIN = {"title": "dcterms:title", "year": "sq:year", "hedge_words": "sq:hedgeMarker"}
FIELD_OF = {
    p: name
    for name, p in [
        *((name, p) for table in (TEXTS, CODES, WORK) for name, p in table.items()),
        *((name, p) for name, (p, *_) in LINKS.items()),
        *((name, p) for name, p in zip(("of", "divides", "of"), OF.values(), strict=True)),
        *(("page", p) for p in ("sq:pageLabel", "sq:lastPageLabel", "sq:reportedIn")),
        ("phrase", "sq:phrase"),
        ("denied", "sq:deniedRelation"),
        ("sense_of", "sq:senseOf"),
        ("broader", "skos:broader"),
        ("scheme", "skos:inScheme"),
        ("cited_page", "sq:citedPage"),
        ("holder", "sq:heldBy"),
        ("hedge_words", "sq:hedgeMarker"),
        ("title", "dcterms:title"),
        ("year", "sq:year"),
    ]
}
"""Property → the field that fills it."""


def field_values(graph: Graph, thing: str) -> dict[str, tuple[str, ...]]:
    """The value of each field of a statement: texts, codes, and the IRIs of things.

    `aspect.SLUG` holds what a definition is coded as under an aspect; `in_`, `page` and `phrase`
    are those of the first passage.

    >>> import sq_graph
    >>> atlas = sq_graph.open()
    >>> found = field_values(atlas.graph, atlas.find("bernard-1999-containment"))
    >>> found["page"], found["hedge"]
    (('14',), ('asserted',))
    """
    one: Facts = facts(graph, [thing]).get(thing, {})
    kind = kind_of(thing) or ""
    found = {name: texts(one, p) for name, p in (TEXTS | _PLAIN).items()}
    found |= {name: tuple(map(coded, texts(one, p))) for name, p in CODES.items()}
    found |= {name: texts(one, p) for name, (p, *_) in LINKS.items()}
    found |= {"of": texts(one, OF.get(kind, "")), "holder": texts(one, "sq:heldBy")}
    found |= _passage(graph, one)
    mentions = facts(graph, texts(one, "sq:citation"))
    found["cited_page"] = tuple(filter(None, (text(o, "sq:citedPage") for o in mentions.values())))
    if denied := texts(one, "sq:deniedRelation"):
        found |= {"relation": tuple(map(coded, denied)), "denied": ("yes",)}
    if kind == "definition":
        found |= _codings(graph, thing)
    if kind == "typology":
        found["categories"] = _categories(graph, thing)
    if kind == "work":
        found |= {name: texts(one, p) for name, p in WORK.items()}
        found["authors"] = _authors(graph, texts(one, "sq:authorship"))
    return {name: values for name, values in found.items() if any(values)}


def _passage(graph: Graph, one: Facts) -> dict[str, tuple[str, ...]]:
    """The work, the pages and the phrase of the first passage that a statement rests on."""
    read = texts(one, "sq:reportedIn")
    where = facts(graph, read[:1]).get(read[0], {}) if read else {}
    first, last = text(where, "sq:pageLabel"), text(where, "sq:lastPageLabel")
    return {
        "in_": texts(where, "sq:inWork"),
        "page": (f"{first}–{last}" if last and last != first else first,),
        "phrase": texts(where, "sq:phrase"),
    }


def _codings(graph: Graph, definition: str) -> dict[str, tuple[str, ...]]:
    """What a definition is coded as: values, terms, `silent` or `n/a`, by `aspect.SLUG`."""
    known = facts(graph, _subjects(graph, "sq:codes", definition))
    names = labels(
        graph, [value for one in known.values() for value in texts(one, "sq:codedValue")]
    )
    found = {}
    for one in known.values():
        values = [names[value] for value in texts(one, "sq:codedValue")]
        values += texts(one, "sq:codedTerm")
        coverage = coded(text(one, "sq:coverage"))
        unsaid = {"silent": "silent", "not-applicable": "n/a"}.get(coverage, "")
        found[f"aspect.{slug_of(text(one, 'sq:aspect'))}"] = tuple(values or [unsaid])
    return found


def _categories(graph: Graph, typology: str) -> tuple[str, ...]:
    """The categories in order, each as `label: summary`."""
    return tuple(
        ": ".join(filter(None, (one.label, one.summary)))
        for one in read_typology(graph, typology).categories
    )


def _authors(graph: Graph, places: tuple[str, ...]) -> tuple[str, ...]:
    """The authors of a work in order, as `Family, Given`."""
    ranked = sorted(facts(graph, places).values(), key=lambda one: int(text(one, "sq:rank", "0")))
    people = [text(one, "sq:author") for one in ranked]
    known = facts(graph, people)
    return tuple(
        ", ".join(
            filter(None, (text(known[who], "foaf:familyName"), text(known[who], "foaf:givenName")))
        )
        or text(known[who], "rdfs:label")
        for who in people
        if who in known
    )


def _subjects(graph: Graph, name: str, thing: str) -> list[str]:
    query = f"SELECT DISTINCT ?s {{ ?s {name} <{thing}> }} ORDER BY STR(?s)"
    return [row["s"].value for row in graph.select(query)]
