"""Works and files: what they are, what they say, whom they cite, and the anomalies of the
source.
"""

from dataclasses import replace
from typing import NamedTuple

from sq_graph.model import KINDS_OF
from sq_graph.model.attribution import Attribution
from sq_graph.model.facts import code_of, grouped, in_words, linked, text, texts
from sq_graph.model.works import read_works
from sq_graph.table import Table
from sq_graph.vocab import SQ, slug_of
from sq_graph.web.pages.page import Page, Query, credit_columns
from sq_graph.web.pages.page_context import PageContext, plural

_SAID = {kind: plural(in_words(kind)) for kind in KINDS_OF["contributions"]}
"""The kinds of contribution, each with what several of them are called."""
_RECORDS = {"verified": "verified elsewhere", "known": "not verified"}
"""What is shown for the state of a bibliographic record."""
_ANOMALIES = {"Erratum": "Errata"} | {one: plural(one) for one in ("Ambiguity", "Tension", "Shift")}
_HOLDERS = f"""SELECT ?s (COUNT(DISTINCT ?x) AS ?n) {{
  VALUES ?kind {{ {" ".join(f"sq:{kind}" for kind in _SAID)} }}
  ?x a ?kind ; sq:heldBy|sq:possiblyHeldBy ?s }} GROUP BY ?s"""
_CITED_BY = "cito:hasCitedEntity", "cito:hasCitingEntity"


class ReportedStatement(NamedTuple):
    """A contribution: what it is called, what it says, and whose it is."""

    iri: str
    label: str
    summary: str
    credit: Attribution


def works(context: PageContext, _: Query) -> Page:
    """All works by year, and everybody who holds something."""
    every = context.atlas.works()
    known = context.facts(work.iri for work in every)
    read = set(context.of("SELECT DISTINCT ?s { ?p a sq:Passage ; sq:inWork ?s }"))

    def states(iri: str) -> tuple[str, str]:
        record = _RECORDS.get(code_of(text(known[iri], "sq:bibliographicStatus")), "as cited")
        return "read" if iri in read else "not read", record

    rows = tuple((work.label, work.year, work.title, *states(work.iri)) for work in every)
    table = Table(("work", "year", "title", "reading", "record"), rows, "Works")
    about = f"{len(every)} works, {len(read)} of them read."
    content = {"works": every, "holders": context.ranked(context.counted(_HOLDERS))}
    listed = tuple(work.iri for work in every)
    return Page("works.html", "Works", "/works", about, content, table, works=listed)


def work(context: PageContext, iri: str, _: Query) -> Page:
    """One work: its record, what it says, whom it cites directly and through whom, who cites it."""
    one = read_works(context.graph, [iri])[0]
    said = sayings(context, f"{{ ?s sq:statedIn <{iri}> }} UNION {{ ?s sq:via <{iri}> }}")
    read_in_it = f"?s sq:reportedIn ?p . ?p sq:inWork <{iri}>"
    others = sayings(
        context,
        f"{read_in_it} FILTER NOT EXISTS {{ ?s sq:statedIn <{iri}> }} "
        "FILTER NOT EXISTS { ?s sq:via ?via }",
    )
    relayed = context.of(f"SELECT DISTINCT ?s {{ ?s sq:via ?v . {read_in_it} }}")
    kinds = " ".join(f"sq:{kind}" for kind in _ANOMALIES)
    content = {
        "work": one,
        "said": said,
        "others": others,
        "through": context.credits(relayed),
        "cites": _citations(context, iri, *reversed(_CITED_BY)),
        "cited_by": _citations(context, iri, *_CITED_BY),
        "is_read": context.graph.ask(f"ASK {{ ?p a sq:Passage ; sq:inWork <{iri}> }}"),
        "anomalies": context.of(
            f"SELECT DISTINCT ?s {{ VALUES ?kind {{ {kinds} }} ?s a ?kind . {read_in_it} }}"
        ),
        "linked": {
            "@type": "ScholarlyArticle",
            "name": one.title or one.label,
            "datePublished": str(one.year or ""),
            "author": [{"@type": "Person", "name": str(name)} for name in one.authors],
        },
    }
    every = said | {f"{kind} read in it": them for kind, them in others.items()}
    about = one.title or f"A work cited as {one.label}."
    table = sayings_table(every, "what it says", one.label)
    page = Page("work.html", one.label, context.address(iri), about, content, table, iri=iri)
    return replace(page, works=(iri,))


def file(context: PageContext, iri: str, _: Query) -> Page:
    """A file of the map: what it says of itself, and the terms that it declares or the things it
    speaks of.
    """
    label, notes = context.label(iri), ("rdfs:comment", "skos:definition", "skos:scopeNote")
    terms = context.of(
        f"SELECT DISTINCT ?s {{ ?s rdfs:label ?label FILTER(STRSTARTS(STR(?s), '{iri}#')) }}"
    )
    listed = [
        (term, slug_of(term), [note for name in notes for note in texts(one, name)])
        for term, one in context.facts(terms).items()
    ]
    about = f"{label}: a file of the map."
    return Page("file.html", label, context.address(iri), about, {"terms": listed}, iri=iri)


def anomalies(context: PageContext, _: Query) -> Page:
    """What is wrong, unclear or at odds with itself in the works read, as printed and as it is
    read.
    """
    groups = {
        head: context.facts(context.of(f"SELECT ?s {{ ?s a sq:{kind} }}"))
        for kind, head in _ANOMALIES.items()
    }
    credits = context.credits(iri for known in groups.values() for iri in known)
    says = ("sq:printed", "sq:readAs", "sq:summary")
    rows = tuple(
        (
            *(head, context.label(iri), *(text(one, name) for name in says)),
            credit_columns(credits.get(iri))[0],
        )
        for head, known in groups.items()
        for iri, one in known.items()
    )
    table = Table(("kind", "what", "as printed", "read as", "why", "source"), rows, "Anomalies")
    about = "Errata, ambiguities, tensions and shifts found in the works that were read."
    content = {"groups": groups, "credits": credits}
    return Page("anomalies.html", "Anomalies", "/anomalies", about, content, table)


def sayings(context: PageContext, pattern: str) -> dict[str, list[ReportedStatement]]:
    """Contributions that fit a pattern for `?s`, by kind."""
    found = grouped(context.graph, f"SELECT DISTINCT ?kind ?s {{ {pattern} ?s a ?kind }}")
    kinds = {many: found[SQ + kind] for kind, many in _SAID.items() if SQ + kind in found}
    everything = [iri for iris in kinds.values() for iri in iris]
    known, credits = context.facts(everything), context.credits(everything)

    def listed(iris: list[str]) -> list[ReportedStatement]:
        said = [
            ReportedStatement(iri, context.label(iri), text(known[iri], "sq:summary"), credits[iri])
            for iri in iris
            if iri in credits
        ]
        return sorted(said, key=lambda one: one.label.lower())

    return {many: listed(iris) for many, iris in kinds.items()}


def sayings_table(said: dict[str, list[ReportedStatement]], head: str, label: str) -> Table | None:
    """What is said as a table, grouped under `head`; None where nothing is said."""
    rows = tuple(
        (group, one.label, *credit_columns(one.credit))
        for group, listed in said.items()
        for one in listed
    )
    return Table(("kind", head, "source", "how firmly", "review"), rows, label) if rows else None


def _citations(context: PageContext, iri: str, own: str, other: str) -> list[tuple[str, list[str]]]:
    """The works at the other end of the citations of a work, each with where and how it is
    cited.
    """
    cited = context.facts(context.of(f"SELECT ?s {{ ?s {own} <{iri}> }}"))
    passages = context.facts(linked(cited, "sq:reportedIn"))
    found: dict[str, list[str]] = {}
    for one in cited.values():
        places = [passages[place] for place in texts(one, "sq:reportedIn") if place in passages]
        pages = ", ".join(f"p. {text(place, 'sq:pageLabel')}" for place in places)
        function = code_of(text(one, "sq:citationFunction", "cites")).replace("-", " ")
        its_page = f", its p. {text(one, 'sq:citedPage')}" if one.get("sq:citedPage") else ""
        found.setdefault(text(one, other), []).append(f"{pages} ({function}{its_page})")
    return sorted(found.items(), key=lambda pair: context.label(pair[0]).lower())
