"""Positions and models side by side, by their claims on the same matter."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain

from sq_graph.graph import Graph
from sq_graph.model.attribution import attributions
from sq_graph.model.facts import Facts, code, facts, grouped, labels, linked, text, texts, values
from sq_graph.table import Table

SILENT = "silent"
_ENDS = ("sq:subject", "sq:object", "sq:about")
_HOLDERS = ("one only", "several")
_COLUMNS = ("position", "claim", "subject", "relation", "object", "says", "hedge", "source", "iri")


def compare_positions(graph: Graph, positions: Sequence[str]) -> Table:
    """One row per matter, one column per position; a cell holds the claim with its hedge and
    source, or `silent`.

    A matter is the concepts that a claim relates; those addressed by several positions come first.
    """
    claims = {iri: texts(entry, "sq:comprises") for iri, entry in facts(graph, positions).items()}
    note = "What clashes, and on which reading: sq-graph clash."
    return _compare(graph, positions, claims, _matter, note)


def compare_models(graph: Graph, models: Sequence[str]) -> Table:
    """One row per topic, one column per model; a cell holds the claims about the model that
    concern the topic.

    >>> import sq_graph
    >>> atlas = sq_graph.open()
    >>> table = atlas.compare("model:ideological-pathway", "model:non-ideological-pathway")
    >>> table.groups[0]
    'Addressed by several'
    """
    query = f"""SELECT DISTINCT ?model ?claim {{ VALUES ?model {{ {values(models)} }}
      {{ ?claim a sq:Claim ; sq:about|sq:subject|sq:object ?model }}
      UNION {{ ?position sq:readingOf ?model ; sq:comprises ?claim }} }}"""
    return _compare(graph, models, grouped(graph, query), _topics, "")


Matters = Callable[[Facts, Mapping[str, str]], list[str]]
"""The rows in which a claim is shown, by its statements and the names of its ends."""


def _compare(
    graph: Graph,
    things: Sequence[str],
    claims_of: Mapping[str, Sequence[str]],
    matters_of: Matters,
    note: str,
) -> Table:
    claims = facts(graph, chain(*claims_of.values()))
    credits = attributions(graph, claims)
    names = labels(graph, {*linked(claims, *_ENDS), *things})
    topics = {iri: name for iri, name in names.items() if iri not in things}
    matters: dict[str, dict[str, list[str]]] = {}
    records = []
    pairs = [(thing, iri) for thing in things for iri in claims_of.get(thing, ())]
    for thing, iri in pairs:
        claim, credit = claims.get(iri, {}), credits.get(iri)
        label, summary = text(claim, "rdfs:label"), text(claim, "sq:summary")
        firmness, source = (credit.firmness, credit.source) if credit else ("", "")
        statement = f"{summary or label} [{firmness}]" if firmness else summary or label
        cell = f"{statement}\n{source}" if source else statement
        for matter in matters_of(claim, topics):
            matters.setdefault(matter, {}).setdefault(thing, []).append(cell)
        subject, target = (", ".join(names[i] for i in texts(claim, name)) for name in _ENDS[:2])
        denied = code(claim, "sq:deniedRelation")
        triple = (subject, f"denied: {denied}" if denied else code(claim, "sq:relation"), target)
        records.append((names[thing], label, *triple, summary, firmness, source, iri))
    ordered = sorted(matters.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return Table(
        columns=("about", *(names[thing] for thing in things)),
        rows=tuple(
            (matter, *("\n".join(cells.get(thing, ())) or SILENT for thing in things))
            for matter, cells in ordered
        ),
        caption=" · ".join(names[thing] for thing in things),
        notes=(note,) if note else (),
        groups=tuple(f"Addressed by {_HOLDERS[len(cells) > 1]}" for _, cells in ordered),
        records=Table(_COLUMNS, tuple(records)),
    )


def _matter(claim: Facts, names: Mapping[str, str]) -> list[str]:
    """The things that a claim relates, as one matter in either direction."""
    ends = [names[iri] for name in _ENDS[:2] for iri in texts(claim, name) if iri in names]
    return [" – ".join(sorted(ends)) if len(ends) > 1 else text(claim, "rdfs:label")]


def _topics(claim: Facts, names: Mapping[str, str]) -> list[str]:
    """Each thing that a claim is about."""
    ends = [names[iri] for name in _ENDS for iri in texts(claim, name) if iri in names]
    return list(dict.fromkeys(ends)) or [text(claim, "rdfs:label")]
