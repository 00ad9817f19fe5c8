"""Works and files: their records, contributions and citations, and the anomalies of the works."""

from dataclasses import replace
from typing import NamedTuple

from sq_graph.model import KINDS_OF
from sq_graph.model.attribution import Attribution
from sq_graph.model.facts import code_of, grouped, in_words, text, texts
from sq_graph.model.works import read_works
from sq_graph.table import Table
from sq_graph.vocab import SQ, slug_of
from sq_graph.web.pages.page import Page, Query, credit_columns
from sq_graph.web.pages.page_context import PageContext, plural

_CONTRIBUTIONS = {kind: plural(in_words(kind)) for kind in KINDS_OF["contributions"]}
"""The kinds of contribution, each with its plural."""
_RECORD_STATES = {"verified": "verified elsewhere", "known": "not verified"}
"""The words for each state of a bibliographic record."""
_ANOMALIES = {"Erratum": "Errata"} | {k: plural(k) for k in ("Ambiguity", "Tension", "Shift")}
_HOLDERS = f"""SELECT ?s (COUNT(DISTINCT ?x) AS ?n) {{
  VALUES ?kind {{ {" ".join(f"sq:{kind}" for kind in _CONTRIBUTIONS)} }}
  ?x a ?kind ; sq:heldBy|sq:possiblyHeldBy ?s }} GROUP BY ?s"""
_CITED_BY = "cito:hasCitedEntity", "cito:hasCitingEntity"


class Contribution(NamedTuple):
    """A contribution: its label, its summary, and its attribution."""

    iri: str
    label: str
    summary: str
    credit: Attribution


def works(context: PageContext, _: Query) -> Page:
    """All works by year, and all holders of statements."""
    all_works = context.atlas.works()
    all_facts = context.facts(work.iri for work in all_works)
    read_iris = set(context.iris("SELECT DISTINCT ?s { ?p a sq:Passage ; sq:inWork ?s }"))

    def states(iri: str) -> tuple[str, str]:
        code = code_of(text(all_facts[iri], "sq:bibliographicStatus"))
        record = _RECORD_STATES.get(code, "as cited")
        return "read" if iri in read_iris else "not read", record

    rows = tuple((work.label, work.year, work.title, *states(work.iri)) for work in all_works)
    table = Table(("work", "year", "title", "reading", "record"), rows, "Works")
    description = f"{len(all_works)} works, {len(read_iris)} of them read."
    content = {"works": all_works, "holders": context.ranked(context.counts(_HOLDERS))}
    works = tuple(work.iri for work in all_works)
    return Page("works.html", "Works", "/works", description, content, table, works=works)


def work(context: PageContext, iri: str, _: Query) -> Page:
    """One work: its record, its contributions, the works it cites directly and second-hand, and the
    works that cite it.
    """
    work = read_works(context.graph, [iri])[0]
    statements = contributions(
        context, f"{{ ?s sq:statedIn <{iri}> }} UNION {{ ?s sq:via <{iri}> }}"
    )
    reported_in_it = f"?s sq:reportedIn ?p . ?p sq:inWork <{iri}>"
    others = contributions(
        context,
        f"{reported_in_it} FILTER NOT EXISTS {{ ?s sq:statedIn <{iri}> }} "
        "FILTER NOT EXISTS { ?s sq:via ?via }",
    )
    second_hand = context.iris(f"SELECT DISTINCT ?s {{ ?s sq:via ?v . {reported_in_it} }}")
    kinds = " ".join(f"sq:{kind}" for kind in _ANOMALIES)
    content = {
        "work": work,
        "statements": statements,
        "others": others,
        "second_hand": context.credits(second_hand),
        "cites": _citations(context, iri, *reversed(_CITED_BY)),
        "cited_by": _citations(context, iri, *_CITED_BY),
        "is_read": context.graph.ask(f"ASK {{ ?p a sq:Passage ; sq:inWork <{iri}> }}"),
        "anomalies": context.iris(
            f"SELECT DISTINCT ?s {{ VALUES ?kind {{ {kinds} }} ?s a ?kind . {reported_in_it} }}"
        ),
    }
    groups = statements | {f"{kind} read in it": items for kind, items in others.items()}
    description = work.title or f"A work cited as {work.label}."
    table = contributions_table(groups, "what it says", work.label)
    page = Page("work.html", work.label, context.address(iri), description, content, table, iri=iri)
    return replace(page, works=(iri,))


def file(context: PageContext, iri: str, _: Query) -> Page:
    """A file of the map: the statements about itself, and the terms that it declares."""
    label, properties = context.label(iri), ("rdfs:comment", "skos:definition", "skos:scopeNote")
    iris = context.iris(
        f"SELECT DISTINCT ?s {{ ?s rdfs:label ?label FILTER(STRSTARTS(STR(?s), '{iri}#')) }}"
    )
    terms = [
        (term, slug_of(term), [note for name in properties for note in texts(facts, name)])
        for term, facts in context.facts(iris).items()
    ]
    description = f"{label}: a file of the map."
    return Page("file.html", label, context.address(iri), description, {"terms": terms}, iri=iri)


def anomalies(context: PageContext, _: Query) -> Page:
    """The errata, ambiguities, tensions and shifts in the works read, as printed and as read."""
    groups = {
        heading: context.facts(context.iris(f"SELECT ?s {{ ?s a sq:{kind} }}"))
        for kind, heading in _ANOMALIES.items()
    }
    credits = context.credits(iri for group in groups.values() for iri in group)
    properties = ("sq:printed", "sq:readAs", "sq:summary")
    rows = tuple(
        (
            *(heading, context.label(iri), *(text(facts, name) for name in properties)),
            credit_columns(credits.get(iri))[0],
        )
        for heading, group in groups.items()
        for iri, facts in group.items()
    )
    table = Table(("kind", "what", "as printed", "read as", "why", "source"), rows, "Anomalies")
    description = "Errata, ambiguities, tensions and shifts found in the works that were read."
    content = {"groups": groups, "credits": credits}
    return Page("anomalies.html", "Anomalies", "/anomalies", description, content, table)


Contributions = dict[str, list[Contribution]]
"""Contributions by the plural of their kind."""


def contributions(context: PageContext, pattern: str) -> Contributions:
    """Contributions that match a pattern for `?s`, by kind."""
    matches = grouped(context.graph, f"SELECT DISTINCT ?kind ?s {{ {pattern} ?s a ?kind }}")
    groups = {h: matches[SQ + k] for k, h in _CONTRIBUTIONS.items() if SQ + k in matches}
    all_iris = [iri for iris in groups.values() for iri in iris]
    all_facts, credits = context.facts(all_iris), context.credits(all_iris)

    def sorted_contributions(iris: list[str]) -> list[Contribution]:
        items = (
            Contribution(iri, context.label(iri), text(all_facts[iri], "sq:summary"), credits[iri])
            for iri in iris
            if iri in credits
        )
        return sorted(items, key=lambda contribution: contribution.label.lower())

    return {heading: sorted_contributions(iris) for heading, iris in groups.items()}


def contributions_table(groups: Contributions, column: str, label: str) -> Table | None:
    """Contributions as a table, their labels in `column`; None where there are none."""
    rows = tuple(
        (heading, contribution.label, *credit_columns(contribution.credit), contribution.summary)
        for heading, group in groups.items()
        for contribution in group
    )
    columns = ("kind", column, "source", "how firmly", "review", "summary")
    return Table(columns, rows, label) if rows else None


def _citations(context: PageContext, iri: str, end: str, other: str) -> list[tuple[str, list[str]]]:
    """The works at the other end of the citations of a work, each with the pages and functions of
    its citations.
    """
    citations = context.facts(context.iris(f"SELECT ?s {{ ?s {end} <{iri}> }}"))
    credits = context.credits(citations)
    works: dict[str, list[str]] = {}
    for citation, facts in citations.items():
        pages = credits[citation].pages if citation in credits else "no page"
        function = code_of(text(facts, "sq:citationFunction", "cites")).replace("-", " ")
        its_page = f", its p. {text(facts, 'sq:citedPage')}" if facts.get("sq:citedPage") else ""
        works.setdefault(text(facts, other), []).append(f"{pages} ({function}{its_page})")
    return sorted(works.items(), key=lambda pair: context.label(pair[0]).lower())
