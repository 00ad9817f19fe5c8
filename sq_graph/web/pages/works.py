"""Works, agents and all other things: what they are, what they say, whom they cite, and the slips of the source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sq_graph.graph import Term
from sq_graph.model.facts import coded, text, texts
from sq_graph.model.things import Work, read_works
from sq_graph.table import Table
from sq_graph.vocab import expand, shorten
from sq_graph.web.pages.desk import Desk
from sq_graph.web.pages.page import Page, Query

_UNSHOWN = {"rdf:type", "rdfs:label", "sq:authorship"}
_SAID = ("Definition", "Typology", "Matrix", "Alignment", "DeniedAlignment", "Claim", "Position", "Model", "Question",
         "Case", "Stereotype")  # fmt: skip
_SLIPS = {"sq:Erratum": "Slips", "sq:Ambiguity": "Ambiguities", "sq:Tension": "Tensions", "sq:Shift": "Shifts"}


def works(desk: Desk, _: Query) -> Page:
    """All works by year, and everybody who holds something."""
    every = desk.atlas.works()
    known = desk.facts([work.iri for work in every])
    read = set(desk.of("SELECT DISTINCT ?s { ?p a sq:Passage ; sq:inWork ?s }"))
    status = {iri: coded(text(one, "sq:bibliographicStatus", "unknown")) for iri, one in known.items()}
    query = """SELECT ?s (COUNT(DISTINCT ?x) AS ?n) {
      ?x sq:heldBy ?s . ?x a ?kind . ?kind rdfs:subClassOf* sq:Contribution } GROUP BY ?s"""
    holders = sorted(((row["s"].value, int(row["n"].value)) for row in desk.graph.select(query) if "s" in row),
                     key=lambda pair: (-pair[1], desk.label(pair[0])))  # fmt: skip
    rows = tuple(
        (work.label, work.year, work.title, "read" if work.iri in read else "cited only", status.get(work.iri, ""))
        for work in every
    )  # fmt: skip
    return Page(
        "works.html", "Works", "/works", "Works", f"{len(every)} works, {len(read)} of them read.",
        {"works": every, "read": read, "status": status, "holders": holders},
        table=Table(("work", "year", "title", "reading", "record"), rows, "Works"),
    )  # fmt: skip


def work(desk: Desk, iri: str, _: Query) -> Page:
    """One work: its record, what it says, whom it cites directly and through whom, who cites it."""
    one = read_works(desk.graph, [iri])[0]
    said = _said(desk, f"{{ ?s sq:statedIn <{iri}> }} UNION {{ ?s sq:via <{iri}> }}")
    cites = _citations(desk, "cito:hasCitingEntity", iri, "cito:hasCitedEntity")
    cited = _citations(desk, "cito:hasCitedEntity", iri, "cito:hasCitingEntity")
    through = desk.credits(desk.of(f"SELECT DISTINCT ?s {{ ?s sq:via ?v ; sq:reportedIn ?p . ?p sq:inWork <{iri}> }}"))
    is_read = desk.graph.ask(f"ASK {{ ?p a sq:Passage ; sq:inWork <{iri}> }}")
    rows = tuple((group, label, credit.source, credit.firmness, credit.review)
                 for group, listed in said for _, label, _, credit in listed)  # fmt: skip
    return Page(
        "work.html", one.label, desk.address(iri), "Works", one.title or f"A work cited as {one.label}.",
        {"iri": iri, "work": one, "record": _statements(desk, iri), "said": said, "cites": cites, "cited_by": cited,
         "through": through, "is_read": is_read, "slips": desk.of(_slips_in(iri))},
        table=Table(("kind", "what it says", "source", "how firmly", "review"), rows, one.label) if rows else None,
        linked={"@type": "ScholarlyArticle", "name": one.title or one.label, "datePublished": str(one.year or ""),
                "author": [{"@type": "Person", "name": name} for name in one.authors]},
    )  # fmt: skip


def agent(desk: Desk, iri: str, _: Query) -> Page:
    """Somebody who holds something: their works, and what they are reported to hold."""
    said = _said(desk, f"{{ ?s sq:heldBy <{iri}> }} UNION {{ ?s sq:possiblyHeldBy <{iri}> }}")
    label = desk.label(iri)
    written: Sequence[Work] = read_works(
        desk.graph, desk.of(f"SELECT DISTINCT ?s {{ ?s sq:authorship/sq:author <{iri}> }}")
    )
    rows = tuple((group, what, credit.source, credit.firmness, credit.review)
                 for group, listed in said for _, what, _, credit in listed)  # fmt: skip
    return Page(
        "agent.html", label, desk.address(iri), "Works", f"What {label} is reported to hold, with pages and hedges.",
        {"iri": iri, "said": said, "written": written, "record": _statements(desk, iri)},
        table=Table(("kind", "what is held", "source", "how firmly", "review"), rows, label) if rows else None,
        linked={"@type": "Person", "name": label, "identifier": iri},
    )  # fmt: skip


def thing(desk: Desk, iri: str, _: Query) -> Page:
    """Anything else: all that is said of it, and all that speaks of it."""
    credit = desk.credits([iri]).get(iri)
    query = f"SELECT DISTINCT ?s ?p {{ ?s ?p <{iri}> FILTER(isIRI(?s)) }}"
    spoken: dict[str, list[str]] = {}
    for row in desk.graph.select(query):
        spoken.setdefault(row["p"].value, []).append(row["s"].value)
    incoming = sorted((desk.label(name), sorted(set(them), key=desk.label)) for name, them in spoken.items())
    one = desk.facts([iri]).get(iri, {})
    kinds = [desk.label(each) for each in texts(one, "rdf:type") if not each.endswith("#NamedIndividual")]
    return Page(
        "thing.html", desk.label(iri), desk.address(iri), "", f"{desk.label(iri)} ({', '.join(kinds)}).",
        {"iri": iri, "kinds": kinds, "credit": credit, "record": _statements(desk, iri), "incoming": incoming,
         "summary": text(one, "sq:summary")},
        table=None if desk.is_static else desk.atlas.show(iri),
        linked={"@type": "Thing", "name": desk.label(iri), "identifier": iri},
    )  # fmt: skip


def file(desk: Desk, iri: str, _: Query) -> Page:
    """A file of the map: what it says of itself, and the terms that it declares or the things it speaks of."""
    query = f"SELECT DISTINCT ?s {{ ?s rdfs:label ?label FILTER(STRSTARTS(STR(?s), '{iri}#')) }}"
    terms = desk.of(query)
    known = desk.facts(terms)
    notes = ("rdfs:comment", "skos:definition", "skos:scopeNote")
    listed = [(term, term.partition("#")[2], [note for name in notes for note in texts(known[term], name)])
              for term in terms]  # fmt: skip
    return Page(
        "file.html", desk.label(iri), desk.address(iri), "", f"{desk.label(iri)}: a file of the map.",
        {"iri": iri, "record": _statements(desk, iri), "terms": listed},
    )  # fmt: skip


def errata(desk: Desk, _: Query) -> Page:
    """What is wrong, unclear or at odds with itself in the works read, as printed and as it is read."""
    groups = []
    rows: list[tuple[str, ...]] = []
    for kind, head in _SLIPS.items():
        iris = desk.of(f"SELECT ?s {{ ?s a {kind} }}")
        known, credits = desk.facts(iris), desk.credits(iris)
        groups.append((head, [(iri, known[iri], credits.get(iri)) for iri in iris]))
        for iri in iris:
            told = (text(known[iri], name) for name in ("sq:printed", "sq:readAs", "sq:summary"))
            rows.append((head, desk.label(iri), *told, credits[iri].source if iri in credits else ""))
    return Page(
        "errata.html", "Errata", "/errata", "Works",
        "Slips, ambiguities, tensions and shifts found in the works that were read.", {"groups": groups},
        table=Table(("kind", "what", "as printed", "read as", "why", "source"), tuple(rows), "Errata"),
    )  # fmt: skip


def _statements(desk: Desk, iri: str) -> list[tuple[str, list[Term]]]:
    """The statements of a thing in words, what it is called left out."""
    one = desk.facts([iri]).get(iri, {})
    named = [(desk.label(expand(name)), list(terms)) for name, terms in one.items() if name not in _UNSHOWN]
    return sorted(named, key=lambda pair: pair[0].lower())


def _said(desk: Desk, pattern: str) -> list[tuple[str, list[tuple[str, str, str, Any]]]]:
    """Contributions that fit a pattern for `?s`, by kind: IRI, label, summary and attribution."""
    query = f"SELECT DISTINCT ?s ?kind {{ {pattern} ?s a ?kind }}"
    kinds: dict[str, list[str]] = {}
    for row in desk.graph.select(query):
        kinds.setdefault(shorten(row["kind"].value).removeprefix("sq:"), []).append(row["s"].value)
    everything = [iri for kind in _SAID for iri in kinds.get(kind, [])]
    known, credits = desk.facts(everything), desk.credits(everything)
    return [
        (desk.label(expand(f"sq:{kind}")),
         sorted(((iri, desk.label(iri), text(known[iri], "sq:summary"), credits[iri])
                 for iri in kinds[kind] if iri in credits), key=lambda one: one[1].lower()))
        for kind in _SAID if kind in kinds
    ]  # fmt: skip


def _citations(desk: Desk, own: str, iri: str, other: str) -> list[tuple[str, list[str]]]:
    """The works at the other end of the citations of a work, each with where and how it is cited."""
    cited = desk.facts(desk.of(f"SELECT ?s {{ ?s {own} <{iri}> }}"))
    passages = desk.facts([place for one in cited.values() for place in texts(one, "sq:reportedIn")])
    found: dict[str, list[str]] = {}
    for one in cited.values():
        pages = ", ".join(
            f"p. {text(passages[p], 'sq:pageLabel')}" for p in texts(one, "sq:reportedIn") if p in passages
        )
        function = coded(text(one, "sq:citationFunction", "cites")).replace("-", " ")
        its_page = f", its p. {text(one, 'sq:citedPage')}" if one.get("sq:citedPage") else ""
        found.setdefault(text(one, other), []).append(f"{pages} ({function}{its_page})")
    return sorted(found.items(), key=lambda pair: desk.label(pair[0]).lower())


def _slips_in(iri: str) -> str:
    kinds = " ".join(_SLIPS)
    return f"SELECT DISTINCT ?s {{ VALUES ?kind {{ {kinds} }} ?s a ?kind ; sq:reportedIn ?p . ?p sq:inWork <{iri}> }}"
