"""Works and files: what they are, what they say, whom they cite, and the
anomalies of the source.
"""

from __future__ import annotations

from typing import NamedTuple

from sq_graph.graph import Term
from sq_graph.model.attribution import Attribution
from sq_graph.model.facts import coded, text, texts
from sq_graph.model.show import own_statements
from sq_graph.model.works import read_works
from sq_graph.table import Table
from sq_graph.vocab import shorten, slug_of
from sq_graph.web.pages.desk import Desk
from sq_graph.web.pages.page import Page, Query, credit_columns

_SAID = {
    "Definition": "definitions",
    "Typology": "typologies",
    "Matrix": "matrices",
    "Alignment": "alignments",
    "DeniedAlignment": "denied alignments",
    "Claim": "claims",
    "Position": "positions",
    "Model": "models",
    "Question": "questions",
    "Case": "cases",
    "Stereotype": "stereotypes",
    "Disagreement": "disagreements",
}
_RECORDS = {"verified": "verified elsewhere", "known": "from memory"}
"""What is shown for the state of a bibliographic record."""
_ANOMALIES = {
    "sq:Erratum": "Errata",
    "sq:Ambiguity": "Ambiguities",
    "sq:Tension": "Tensions",
    "sq:Shift": "Shifts",
}
_HOLDERS = f"""SELECT ?s (COUNT(DISTINCT ?x) AS ?n) {{
  VALUES ?kind {{ {" ".join(f"sq:{kind}" for kind in _SAID)} }}
  ?x a ?kind ; sq:heldBy|sq:possiblyHeldBy ?s }} GROUP BY ?s"""


class Saying(NamedTuple):
    """A contribution: what it is called, what it says, and whose it is."""

    iri: str
    label: str
    summary: str
    credit: Attribution


def works(desk: Desk, _: Query) -> Page:
    """All works by year, and everybody who holds something."""
    every = desk.atlas.works()
    known = desk.facts(work.iri for work in every)
    read = set(desk.of("SELECT DISTINCT ?s { ?p a sq:Passage ; sq:inWork ?s }"))
    rows = tuple(
        (
            work.label,
            work.year,
            work.title,
            "read" if work.iri in read else "cited only",
            _RECORDS.get(coded(text(known[work.iri], "sq:bibliographicStatus")), "as cited"),
        )
        for work in every
    )
    holders = sorted(
        desk.counted(_HOLDERS).items(), key=lambda pair: (-pair[1], desk.label(pair[0]))
    )
    return Page(
        "works.html",
        "Works",
        "/works",
        "Works",
        f"{len(every)} works, {len(read)} of them read.",
        {"works": every, "holders": holders},
        table=Table(("work", "year", "title", "reading", "record"), rows, "Works"),
    )


def work(desk: Desk, iri: str, _: Query) -> Page:
    """One work: its record, what it says, whom it cites directly and through whom, who cites it."""
    one = read_works(desk.graph, [iri])[0]
    said = sayings(desk, f"{{ ?s sq:statedIn <{iri}> }} UNION {{ ?s sq:via <{iri}> }}")
    others = sayings(
        desk,
        f"?p sq:inWork <{iri}> . ?s sq:reportedIn ?p "
        f"FILTER NOT EXISTS {{ ?s sq:statedIn <{iri}> }} FILTER NOT EXISTS {{ ?s sq:via ?via }}",
    )
    relayed = desk.of(
        f"SELECT DISTINCT ?s {{ ?s sq:via ?v ; sq:reportedIn ?p . ?p sq:inWork <{iri}> }}"
    )
    found = f"""SELECT DISTINCT ?s {{
      VALUES ?kind {{ {" ".join(_ANOMALIES)} }}
      ?s a ?kind ; sq:reportedIn ?p . ?p sq:inWork <{iri}> }}"""
    return Page(
        "work.html",
        one.label,
        desk.address(iri),
        "Works",
        one.title or f"A work cited as {one.label}.",
        {
            "work": one,
            "record": statements_of(desk, iri),
            "said": said,
            "others": others,
            "through": desk.credits(relayed),
            "cites": _citations(desk, "cito:hasCitingEntity", iri, "cito:hasCitedEntity"),
            "cited_by": _citations(desk, "cito:hasCitedEntity", iri, "cito:hasCitingEntity"),
            "is_read": desk.graph.ask(f"ASK {{ ?p a sq:Passage ; sq:inWork <{iri}> }}"),
            "anomalies": desk.of(found),
        },
        table=sayings_table(
            said | {f"{kind} read in it": them for kind, them in others.items()},
            "what it says",
            one.label,
        ),
        iri=iri,
        linked={
            "@type": "ScholarlyArticle",
            "name": one.title or one.label,
            "datePublished": str(one.year or ""),
            "author": [{"@type": "Person", "name": str(name)} for name in one.authors],
        },
    )


def file(desk: Desk, iri: str, _: Query) -> Page:
    """A file of the map: what it says of itself, and the terms that it declares or the things it
    speaks of.
    """
    terms = desk.of(
        f"SELECT DISTINCT ?s {{ ?s rdfs:label ?label FILTER(STRSTARTS(STR(?s), '{iri}#')) }}"
    )
    notes = ("rdfs:comment", "skos:definition", "skos:scopeNote")
    listed = [
        (term, slug_of(term), [note for name in notes for note in texts(one, name)])
        for term, one in desk.facts(terms).items()
    ]
    return Page(
        "file.html",
        desk.label(iri),
        desk.address(iri),
        "",
        f"{desk.label(iri)}: a file of the map.",
        {"record": statements_of(desk, iri), "terms": listed},
        iri=iri,
    )


def anomalies(desk: Desk, _: Query) -> Page:
    """What is wrong, unclear or at odds with itself in the works read, as printed and as it is
    read.
    """
    groups = {
        head: desk.facts(desk.of(f"SELECT ?s {{ ?s a {kind} }}"))
        for kind, head in _ANOMALIES.items()
    }
    credits = desk.credits(iri for known in groups.values() for iri in known)
    rows = tuple(
        (
            head,
            desk.label(iri),
            *(text(one, name) for name in ("sq:printed", "sq:readAs", "sq:summary")),
            credit_columns(credits.get(iri))[0],
        )
        for head, known in groups.items()
        for iri, one in known.items()
    )
    return Page(
        "anomalies.html",
        "Anomalies",
        "/anomalies",
        "Works",
        "Errata, ambiguities, tensions and shifts found in the works that were read.",
        {"groups": groups, "credits": credits},
        table=Table(("kind", "what", "as printed", "read as", "why", "source"), rows, "Anomalies"),
    )


def statements_of(desk: Desk, iri: str) -> list[tuple[str, list[Term]]]:
    """The own statements of a thing by the name of the property."""
    return own_statements(desk.one(iri), desk.label)


def sayings(desk: Desk, pattern: str) -> dict[str, list[Saying]]:
    """Contributions that fit a pattern for `?s`, by kind."""
    kinds: dict[str, list[str]] = {}
    for row in desk.graph.select(f"SELECT DISTINCT ?s ?kind {{ {pattern} ?s a ?kind }}"):
        kinds.setdefault(shorten(row["kind"].value).removeprefix("sq:"), []).append(row["s"].value)
    everything = [iri for kind in _SAID for iri in kinds.get(kind, [])]
    known, credits = desk.facts(everything), desk.credits(everything)

    def listed(iris: list[str]) -> list[Saying]:
        said = [
            Saying(iri, desk.label(iri), text(known[iri], "sq:summary"), credits[iri])
            for iri in iris
            if iri in credits
        ]
        return sorted(said, key=lambda one: one.label.lower())

    return {plural: listed(kinds[kind]) for kind, plural in _SAID.items() if kind in kinds}


def sayings_table(said: dict[str, list[Saying]], head: str, label: str) -> Table | None:
    """What is said as a table, grouped under `head`; None where nothing is said."""
    rows = tuple(
        (group, one.label, *credit_columns(one.credit))
        for group, listed in said.items()
        for one in listed
    )
    return Table(("kind", head, "source", "how firmly", "review"), rows, label) if rows else None


def _citations(desk: Desk, own: str, iri: str, other: str) -> list[tuple[str, list[str]]]:
    """The works at the other end of the citations of a work, each with where and how it is
    cited.
    """
    cited = desk.facts(desk.of(f"SELECT ?s {{ ?s {own} <{iri}> }}"))
    passages = desk.facts(place for one in cited.values() for place in texts(one, "sq:reportedIn"))
    found: dict[str, list[str]] = {}
    for one in cited.values():
        places = [passages[place] for place in texts(one, "sq:reportedIn") if place in passages]
        pages = ", ".join(f"p. {text(place, 'sq:pageLabel')}" for place in places)
        function = coded(text(one, "sq:citationFunction", "cites")).replace("-", " ")
        its_page = f", its p. {text(one, 'sq:citedPage')}" if one.get("sq:citedPage") else ""
        found.setdefault(text(one, other), []).append(f"{pages} ({function}{its_page})")
    return sorted(found.items(), key=lambda pair: desk.label(pair[0]).lower())
