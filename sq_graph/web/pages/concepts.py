"""Concepts: the tree, and a concept's rival definitions side by side by the aspects of its field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sq_graph.model.aspects import NOT_CODED, compare_definitions, read_aspects, read_codings
from sq_graph.model.facts import coded, text, texts
from sq_graph.model.things import Definition, definitions_beneath, read_definitions
from sq_graph.web.pages.desk import Desk
from sq_graph.web.pages.page import Page, Query, first, with_query

_BENEATH = "SELECT DISTINCT ?s ?o { ?s skos:broader|sq:senseOf ?o }"
_FIXED = {"holder": "Who", "year": "Year", "sense": "Of", "distance": "Distance", "hedge": "How firmly"}


@dataclass(frozen=True)
class Branch:
    """A concept in the tree, with how many definitions it has with all beneath it."""

    iri: str
    label: str
    count: int
    beneath: tuple[Branch, ...]


@dataclass(frozen=True)
class Row:
    """One definition in the comparison: its cells by column, each a text that is never blank."""

    definition: Definition
    cells: Mapping[str, str]


def tree(desk: Desk, _: Query) -> Page:
    """All concepts under the schemes of the map, with those that are defined first."""
    schemes = desk.of("SELECT DISTINCT ?s { ?c skos:inScheme ?s . ?s a skos:ConceptScheme }")
    parents: dict[str, list[str]] = {}
    for row in desk.graph.select(_BENEATH):
        parents.setdefault(row["s"].value, []).append(row["o"].value)
    children: dict[str, list[str]] = {}
    for child, above in parents.items():
        for parent in above:
            children.setdefault(parent, []).append(child)
    counts = {row["c"].value: int(row["n"].value) for row in desk.graph.select(
        "SELECT ?c (COUNT(DISTINCT ?d) AS ?n) { ?d sq:defines ?c } GROUP BY ?c")}  # fmt: skip

    def branch(iri: str, above: tuple[str, ...] = ()) -> Branch:
        beneath = [branch(one, (*above, iri)) for one in children.get(iri, ()) if one not in (*above, iri)]
        beneath.sort(key=lambda one: (-one.count, one.label.lower()))
        return Branch(iri, desk.label(iri), counts.get(iri, 0) + sum(one.count for one in beneath), tuple(beneath))

    groups = []
    for scheme in schemes:
        members = desk.of(f"SELECT DISTINCT ?s {{ ?s skos:inScheme <{scheme}> }}")
        tops = [branch(iri) for iri in members if not set(parents.get(iri, ())) - {iri}]
        note = text(desk.facts([scheme]).get(scheme, {}), "skos:scopeNote")
        groups.append((desk.label(scheme), note, sorted(tops, key=lambda one: (-one.count, one.label.lower()))))
    groups.sort(key=lambda group: -sum(one.count for one in group[2]))
    return Page("concepts.html", "Concepts", "/concepts", "Concepts", "Every concept of the map, with the number of "
                "its definitions.", {"groups": groups})  # fmt: skip


def concept(desk: Desk, iri: str, query: Query) -> Page:
    """One concept: who defines it and how, what it is opposed to, what is quarrelled over."""
    one = desk.facts([iri]).get(iri, {})
    definitions = read_definitions(desk.graph, definitions_beneath(desk.graph, iri), iri)
    chosen, columns, rows = _comparison(desk, definitions, query)
    label = desk.label(iri)
    address = desk.address(iri)
    above = {name: texts(one, name) for name in ("sq:senseOf", "skos:broader", "sq:memberOf")}
    return Page(
        "concept.html",
        label,
        with_query(address, **{name: first(query, name) for name in ("sort", "filter", "aspect")}),
        "Concepts",
        f"{len(definitions)} definitions of {label}, side by side, each with its page.",
        {
            "iri": iri, "one": one, "above": above, "rows": rows, "columns": columns, "base": address,
            "sort": first(query, "sort"), "filter": first(query, "filter"), "aspects": chosen,
            "senses": desk.of(f"SELECT ?s {{ ?s sq:senseOf <{iri}> }}"),
            "narrower": desk.of(f"SELECT ?s {{ ?s skos:broader <{iri}> }}"),
            "divided": desk.of(f"SELECT ?s {{ ?s sq:divides <{iri}> }}"),
            "quarrels": quarrels(desk, f"?s sq:about <{iri}>"),
            "claims": _claims(desk, iri),
        },
        table=compare_definitions(desk.graph, definitions, label) if definitions else None,
        linked={"@type": "DefinedTerm", "name": label, "identifier": iri,
                "description": "; ".join(definition.summary for definition in definitions[:3])},
    )  # fmt: skip


def _claims(desk: Desk, iri: str) -> int:
    """How many claims speak of a concept, where the catalogue has the question that lists them."""
    if "claims-about" not in desk.atlas.catalogue.names():
        return 0
    return len(desk.of(f"SELECT DISTINCT ?s {{ ?s a sq:Claim ; sq:about|sq:subject|sq:object <{iri}> }}"))


def quarrels(desk: Desk, pattern: str) -> list[dict[str, object]]:
    """Disagreements that fit a pattern for `?s`, each with its parties and whose they are."""
    found = desk.of(f"SELECT DISTINCT ?s {{ ?s a sq:Disagreement . {pattern} }}")
    known = desk.facts(found)
    parties = {party for one in known.values() for party in texts(one, "sq:party")}
    said, credits = desk.facts(parties), desk.credits({*parties, *found})
    return [
        {
            "iri": iri,
            "summary": text(known[iri], "sq:summary"),
            "grounds": [coded(ground) for ground in texts(known[iri], "sq:ground")],
            "credit": credits.get(iri),
            "parties": [
                (party, text(said.get(party, {}), "sq:summary") or desk.label(party), credits.get(party))
                for party in texts(known[iri], "sq:party")
            ],
        }
        for iri in found
    ]


def _comparison(
    desk: Desk, definitions: Sequence[Definition], query: Query
) -> tuple[list[str], dict[str, str], list[Row]]:
    """The aspects chosen, the columns (key → head), and the rows, filtered and sorted as asked."""
    iris = [definition.iri for definition in definitions]
    aspects, codings = (read_aspects(desk.graph, iris), read_codings(desk.graph, iris)) if iris else ((), {})
    columns = dict(_FIXED) | {aspect.iri.rsplit("/", 1)[-1]: aspect.label for aspect in aspects}
    rows = []
    for each in definitions:
        credit = each.attribution
        cells = {"holder": credit.asserter, "year": str(each.year or "no year"), "sense": each.sense or each.concept,
                 "distance": credit.distance, "hedge": credit.firmness or "not said"}  # fmt: skip
        for aspect in aspects:
            cells[aspect.iri.rsplit("/", 1)[-1]] = "; ".join(codings.get((each.iri, aspect.iri), (NOT_CODED,)))
        rows.append(Row(each, cells))
    words = first(query, "filter").lower().split()
    rows = [row for row in rows if all(word in _searched(row) for word in words)]
    sort = first(query, "sort")
    if sort in columns:
        rows.sort(key=lambda row: row.cells[sort].lower())
    return [aspect.asks for aspect in aspects], columns, rows


def _searched(row: Row) -> str:
    return " ".join([row.definition.summary, *row.cells.values()]).lower()
