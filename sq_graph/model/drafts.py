"""Statements that await a second reader, with what they say and where they were read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sq_graph.graph import Graph
from sq_graph.model import WORDS
from sq_graph.model.attribution import Attribution, attributions
from sq_graph.model.facts import Facts, facts, iris, labels, text, texts
from sq_graph.model.listing import Listing
from sq_graph.model.second_readings import (
    STATEMENTS,
    changed_since_reading,
    checked_statements,
    source_of,
)
from sq_graph.table import Cell
from sq_graph.vocab import Ref, expand, kind_of, slug_of

_SAID = {
    "definition": ("sq:defines", "sq:form", "sq:summary", "skos:note"),
    "typology": ("sq:divides", "sq:orderedBy", "sq:summary", "skos:note"),
    "disagreement": ("sq:about", "sq:ground", "sq:party", "sq:summary", "skos:note"),
    "report": ("sq:report", "sq:original", "sq:fidelity", "sq:summary"),
}
_SAID_BY_ALL = (
    "sq:about",
    "sq:subject",
    "sq:relation",
    "sq:deniedRelation",
    "sq:object",
    "sq:summary",
    "sq:restsOn",
    "skos:note",
)
_NAMES = WORDS["properties"]
"""What a property is called, where its own name is not a word."""


@dataclass(frozen=True)
class Draft:
    """A statement that nobody has checked as it is now; `changed` if it was checked and changed
    since.
    """

    iri: str
    label: str
    kind: str
    says: tuple[tuple[str, str], ...]
    attribution: Attribution | None
    changed: bool

    @property
    def lines(self) -> tuple[str, ...]:
        """What it says, one `name: value` each, and how firmly; nobody asserts a question."""
        firmly = self.attribution.firmness if self.attribution else ""
        pairs = [*self.says, ("how firmly", "" if self.kind == "question" else firmly)]
        return tuple(f"{name}: {value}" for name, value in pairs if value)

    def cells(self) -> tuple[Cell, ...]:
        """Its values under the columns of its listing."""
        credit, why = self.attribution, "changed since it was read" if self.changed else "new"
        said = "; ".join(self.lines)
        return self.kind, self.label, said, credit.source if credit else "", why, self.iri


class Drafts(Listing[Draft]):
    """Drafts by work, page and label."""

    title = "Statements that await a second reader"
    columns = ("kind", "statement", "says", "source", "why", "iri")


def read_drafts(graph: Graph, base: str, work: str = "") -> Drafts:
    """The statements under a base IRI that no second reader has checked as they are now.

    Parameters:
        graph: the map. base: the base IRI of the workspace, or of the packaged map.
        work: only those that were read in this work; '' for all.
    """
    query = f"""SELECT DISTINCT ?s {{ ?s sq:reviewStatus ?status
      FILTER(?status IN (sq:reviewStatus-draft, sq:reviewStatus-second-read))
      FILTER(STRSTARTS(STR(?s), "{base}"))
      }} ORDER BY STR(?s)"""
    known = [one for one in iris(graph, query) if kind_of(one) in STATEMENTS[:-1]]
    checked, changed = checked_statements(graph, known), set(changed_since_reading(graph, known))
    wanted = [one for one in known if one not in checked]
    credits, says = attributions(graph, wanted), _says(graph, wanted)
    names = labels(graph, wanted)
    found = [
        Draft(one, names[one], kind_of(one) or "", says[one], credits.get(one), one in changed)
        for one in wanted
    ]
    if work:
        found = [one for one in found if work in {each.iri for each in _read_in(one)}]
    return Drafts(sorted(found, key=_place))


def _says(graph: Graph, statements: Iterable[str]) -> dict[str, tuple[tuple[str, str], ...]]:
    """What each statement says in words, with its codings and categories."""
    wanted = list(statements)
    parts = source_of(graph).parts(wanted)
    known = facts(graph, [*wanted, *(part for found in parts.values() for part in found)])
    named = {term.value for one in known.values() for ts in one.values() for term in ts}
    names = labels(graph, [*(one for one in named if "://" in one), *map(expand, _SAID_BY_ALL)])
    shown: dict[str, tuple[tuple[str, str], ...]] = {}

    def said(one: Facts, *properties: str) -> str:
        given = (value for name in properties for value in texts(one, name))
        return ", ".join(names.get(value, value) for value in given)

    for one in wanted:
        pairs = [
            (_NAMES.get(name, slug_of(expand(name))), said(known.get(one, {}), name))
            for name in _SAID.get(kind_of(one) or "", _SAID_BY_ALL)
        ]
        for part in sorted(parts.get(one, ())):
            coding = known.get(part, {})
            name = names.get(text(coding, "sq:aspect")) or text(coding, "rdfs:label")
            value = said(coding, "sq:codedValue", "sq:codedTerm", "sq:coverage")
            pairs.append((name, value or text(coding, "sq:summary") or "–"))
        shown[one] = tuple(pair for pair in pairs if pair[1])
    return shown


def _read_in(draft: Draft) -> tuple[Ref, ...]:
    return draft.attribution.read_in if draft.attribution else ()


def _place(draft: Draft) -> tuple[str, int, str, str]:
    """By work and page as far as pages are numbers."""
    passages = draft.attribution.passages if draft.attribution else ()
    page = passages[0].page if passages else ""
    work = passages[0].work.label if passages else ""
    return work, int(page) if page.isdigit() else 0, draft.label, draft.iri
