"""Rival definitions side by side by fixed, coded aspects, with silence shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sq_graph.graph import Graph
from sq_graph.model.facts import facts, iris, labels, number, text, texts, values, word
from sq_graph.model.things import Definition
from sq_graph.table import Table

NOT_CODED = "not coded"
RECORD_COLUMNS = (
    "definition",
    "concept",
    "holder",
    "year",
    "page",
    "aspect",
    "value",
    "distance",
    "hedge",
    "review",
    "iri",
)
_UNSAID = {"silent", "not applicable", NOT_CODED}
_GROUPS = ("They agree", "They part", "Only one speaks", "All are silent")


@dataclass(frozen=True)
class Aspect:
    """A dimension of comparison: its question and, if it is closed, the values that it allows."""

    iri: str
    label: str
    asks: str
    allows: tuple[str, ...]
    rank: int

    @property
    def is_closed(self) -> bool:
        """Whether it allows only listed values."""
        return bool(self.allows)


def read_aspects(graph: Graph, definitions: Iterable[str] = ()) -> tuple[Aspect, ...]:
    """The aspects that apply to the concepts of these definitions, or all aspects, in their order."""
    query = "SELECT DISTINCT ?aspect { ?aspect a sq:Aspect }"
    if chosen := values(definitions):
        query = f"""SELECT DISTINCT ?aspect {{ VALUES ?definition {{ {chosen} }}
          ?definition sq:defines ?concept . ?concept skos:inScheme|sq:memberOf ?scheme .
          {{ ?aspect sq:appliesTo ?scheme }} UNION {{ ?coding sq:codes ?definition ; sq:aspect ?aspect }} }}"""
    known = facts(graph, iris(graph, query))
    names = labels(graph, [value for one in known.values() for value in texts(one, "sq:allows")])
    found = []
    for iri, one in known.items():
        allows, rank = (
            tuple(names[value] for value in texts(one, "sq:allows")),
            number(one, "sq:rank"),
        )
        found.append(
            Aspect(
                iri,
                text(one, "rdfs:label"),
                text(one, "sq:asks"),
                allows,
                99 if rank is None else rank,
            )
        )
    return tuple(sorted(found, key=lambda aspect: (aspect.rank, aspect.label)))


def read_codings(
    graph: Graph, definitions: Iterable[str]
) -> dict[tuple[str, str], tuple[str, ...]]:
    """What each definition says under each aspect, by (definition, aspect): values or terms, or its coverage."""
    query = (
        f"SELECT DISTINCT ?coding {{ VALUES ?d {{ {values(definitions)} }} ?coding sq:codes ?d }}"
    )
    known = facts(graph, iris(graph, query)).values()
    names = labels(graph, [value for one in known for value in texts(one, "sq:codedValue")])
    found = {}
    for one in known:
        said = tuple(sorted(names[value] for value in texts(one, "sq:codedValue"))) or texts(
            one, "sq:codedTerm"
        )
        coverage = word(one, "sq:coverage").replace("-", " ") or NOT_CODED
        found[text(one, "sq:codes"), text(one, "sq:aspect")] = said or (coverage,)
    return found


def compare_definitions(
    graph: Graph, definitions: Sequence[Definition], caption: str = ""
) -> Table:
    """Rows are aspects, columns definitions, grouped by where the definitions agree and where they part.

    A cell is a value, `silent`, `not applicable` or `not coded`, never blank.
    """
    chosen = [definition.iri for definition in definitions]
    codings = read_codings(graph, chosen)
    rows = []
    for aspect in read_aspects(graph, chosen):
        cells = [codings.get((iri, aspect.iri), (NOT_CODED,)) for iri in chosen]
        rows.append((_group(cells), aspect, ["; ".join(cell) for cell in cells]))
    rows.sort(key=lambda row: _GROUPS.index(row[0]))
    heads = [_heading(definition) for definition in definitions]
    drafts = sum(definition.attribution.review == "draft" for definition in definitions)
    notes: tuple[str, ...] = (
        "silent: the passage says nothing of it; not coded: nobody has read it for that aspect yet.",
    )
    if drafts:
        notes = (*notes, f"{drafts} of {len(chosen)} definitions have not been read a second time.")
    summaries = ("what it says", *(definition.summary for definition in definitions))
    whose = [
        (aspect, value, head) for _, aspect, said in rows for value, head in _by_value(said, heads)
    ]
    asked = tuple(f"{aspect.label}: {aspect.asks}" for aspect, _, _ in whose)
    records = [
        (
            one.label,
            one.concept,
            one.attribution.asserter,
            one.year,
            one.attribution.pages.removeprefix("p. "),
            aspect.label,
            said[place],
            one.attribution.distance,
            one.attribution.firmness,
            one.attribution.review,
            one.iri,
        )
        for place, one in enumerate(definitions)
        for _, aspect, said in rows
    ]
    return Table(
        columns=("aspect", *heads),
        rows=(summaries, *((aspect.label, *said) for _, aspect, said in rows)),
        caption=caption,
        notes=notes,
        groups=("", *(group for group, _, _ in rows)),
        records=Table(RECORD_COLUMNS, tuple(records)),
        compact=Table(
            ("value", "definitions"), tuple(row[1:] for row in whose), caption, notes, asked
        ),
    )


def _heading(one: Definition) -> str:
    """Whose definition it is, of which sense, and where it was read, as the head of a column."""
    credit = one.attribution
    sense = f" on {one.sense}" if one.sense else ""
    hedged = "" if credit.firmness in ("", "asserted") else f"; {credit.firmness}"
    return f"{credit.asserter}{sense} ({credit.pages}; {credit.distance}{hedged})"


def _group(cells: Sequence[tuple[str, ...]]) -> str:
    said = [frozenset(cell) for cell in cells if not set(cell) <= _UNSAID]
    if len(said) < 2:
        return "Only one speaks" if said else "All are silent"
    return "They agree" if len(set(said)) == 1 else "They part"


def _by_value(said: Sequence[str], heads: Sequence[str]) -> list[tuple[str, str]]:
    """Each value of an aspect with those who give it, for a narrow screen; what is unsaid comes last."""
    found: dict[str, list[str]] = {}
    for value, head in zip(said, heads, strict=True):
        found.setdefault(value, []).append(head)
    return [
        (value, "\n".join(found[value]))
        for value in sorted(found, key=lambda value: (value in _UNSAID, value))
    ]
