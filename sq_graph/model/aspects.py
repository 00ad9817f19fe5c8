"""Rival definitions side by side by fixed, coded aspects, with silence shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sq_graph.graph import Graph
from sq_graph.model.facts import Facts, coded, facts, labels, text, texts, values
from sq_graph.model.things import Definition
from sq_graph.table import Table

NOT_CODED = "not coded"
RECORD_COLUMNS = (
    "definition", "concept", "holder", "year", "page", "aspect", "value", "distance", "hedge", "review", "iri",
)  # fmt: skip
_UNSAID = {"silent", "not applicable", NOT_CODED}


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
    chosen = list(definitions)
    query = "SELECT DISTINCT ?aspect { ?aspect a sq:Aspect }"
    if chosen:
        query = f"""SELECT DISTINCT ?aspect {{ VALUES ?definition {{ {values(chosen)} }}
          ?definition sq:defines ?concept . ?concept skos:inScheme|sq:memberOf ?scheme .
          {{ ?aspect sq:appliesTo ?scheme }} UNION {{ ?coding sq:codes ?definition ; sq:aspect ?aspect }} }}"""
    known = facts(graph, [row["aspect"].value for row in graph.select(query)])
    names = labels(graph, [iri for one in known.values() for iri in texts(one, "sq:allows")])
    found = [
        Aspect(
            iri=iri,
            label=text(one, "rdfs:label"),
            asks=text(one, "sq:asks"),
            allows=tuple(names[value] for value in texts(one, "sq:allows")),
            rank=int(text(one, "sq:rank", "99")),
        )
        for iri, one in known.items()
    ]
    return tuple(sorted(found, key=lambda aspect: (aspect.rank, aspect.label)))


def read_codings(graph: Graph, definitions: Iterable[str]) -> dict[tuple[str, str], tuple[str, ...]]:
    """What each definition says under each aspect, by (definition, aspect): values or terms, or its coverage."""
    query = f"SELECT DISTINCT ?coding {{ VALUES ?d {{ {values(definitions)} }} ?coding sq:codes ?d }}"
    known = facts(graph, [row["coding"].value for row in graph.select(query)])
    names = labels(graph, [iri for one in known.values() for iri in texts(one, "sq:codedValue")])
    return {(text(one, "sq:codes"), text(one, "sq:aspect")): _coded(one, names) for one in known.values()}


def compare_definitions(graph: Graph, definitions: Sequence[Definition], caption: str = "") -> Table:
    """Rows are aspects, columns definitions, grouped by where the definitions agree and where they part.

    A cell is a value, `silent`, `not applicable` or `not coded`, never blank.
    """
    iris = [definition.iri for definition in definitions]
    aspects, codings = read_aspects(graph, iris), read_codings(graph, iris)
    cells = {a.iri: [codings.get((iri, a.iri), (NOT_CODED,)) for iri in iris] for a in aspects}
    ordered = sorted(aspects, key=lambda a: (_HEADINGS.index(_heading(cells[a.iri])), a.rank, a.label))
    what = ("what it says", *(definition.summary for definition in definitions))
    rows = tuple((aspect.label, *("; ".join(cell) for cell in cells[aspect.iri])) for aspect in ordered)
    return Table(
        columns=("aspect", *(heading(definition) for definition in definitions)),
        rows=(what, *rows),
        caption=caption,
        notes=_notes(definitions),
        groups=("", *(_heading(cells[aspect.iri]) for aspect in ordered)),
        records=_records(definitions, ordered, cells),
        compact=_compact(definitions, ordered, cells, caption),
    )


def heading(definition: Definition) -> str:
    """Whose definition it is, of which sense, and where it was read, as the head of a column."""
    sense = f" on {definition.sense}" if definition.sense else ""
    firmness = definition.attribution.firmness
    hedged = f"; {firmness}" if firmness and firmness != "asserted" else ""
    credit = definition.attribution
    return f"{credit.asserter}{sense} ({credit.pages}; {credit.distance}{hedged})"


_HEADINGS = ("They agree", "They part", "Only one speaks", "All are silent")


def _heading(cells: Sequence[tuple[str, ...]]) -> str:
    said = [frozenset(cell) for cell in cells if not set(cell) <= _UNSAID]
    if not said:
        return "All are silent"
    if len(said) == 1:
        return "Only one speaks"
    return "They agree" if len(set(said)) == 1 else "They part"


def _coded(one: Facts, names: Mapping[str, str]) -> tuple[str, ...]:
    said = tuple(sorted(names[iri] for iri in texts(one, "sq:codedValue"))) or texts(one, "sq:codedTerm")
    coverage = coded(text(one, "sq:coverage")).replace("-", " ")
    return said or (coverage or NOT_CODED,)


def _records(
    definitions: Sequence[Definition], aspects: Sequence[Aspect], cells: Mapping[str, Sequence[tuple[str, ...]]]
) -> Table:
    rows = [
        (
            definition.label,
            definition.concept,
            definition.attribution.asserter,
            definition.year,
            definition.attribution.pages.removeprefix("p. "),
            aspect.label,
            "; ".join(cells[aspect.iri][index]),
            definition.attribution.distance,
            definition.attribution.firmness,
            definition.attribution.review,
            definition.iri,
        )
        for index, definition in enumerate(definitions)
        for aspect in aspects
    ]
    return Table(RECORD_COLUMNS, tuple(rows))


def _compact(
    definitions: Sequence[Definition],
    aspects: Sequence[Aspect],
    cells: Mapping[str, Sequence[tuple[str, ...]]],
    caption: str,
) -> Table:
    """The same comparison for a narrow screen: each value of an aspect with those who give it."""
    rows, groups = [], []
    for aspect in aspects:
        said: dict[str, list[str]] = {}
        for definition, cell in zip(definitions, cells[aspect.iri], strict=True):
            said.setdefault("; ".join(cell), []).append(heading(definition))
        for value in sorted(said, key=lambda value: (value in _UNSAID, value)):
            rows.append((value, "\n".join(said[value])))
            groups.append(f"{aspect.label}: {aspect.asks}")
    return Table(("value", "definitions"), tuple(rows), caption, _notes(definitions), tuple(groups))


def _notes(definitions: Sequence[Definition]) -> tuple[str, ...]:
    drafts = sum(definition.attribution.review == "draft" for definition in definitions)
    notes = ["silent: the passage says nothing of it; not coded: nobody has read it for that aspect yet."]
    if drafts:
        notes.append(f"{drafts} of {len(definitions)} definitions have not been read a second time.")
    return tuple(notes)
