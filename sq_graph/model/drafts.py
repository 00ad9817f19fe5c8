"""Statements that await a second reader, with what they say and where they were read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sq_graph.graph import Graph
from sq_graph.model import KINDS_OF, WORDS, second_readings
from sq_graph.model.attribution import Attribution, Passage, attributions
from sq_graph.model.facts import Facts, facts, iris, labels, text, texts
from sq_graph.model.listing import Listing
from sq_graph.table import Cell
from sq_graph.vocab import expand, kind_of, slug_of

_SAID: Mapping[str, Sequence[str]] = KINDS_OF["said"]
"""The properties of which a statement of a kind is made, those of all other kinds under no name."""
_KINDS = frozenset(second_readings.STATEMENTS) - {"coding"}
"""The kinds of draft; a coding is checked with its definition."""
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
    def passages(self) -> tuple[Passage, ...]:
        """The passages on which it rests."""
        return self.attribution.passages if self.attribution else ()

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
    known = [one for one in iris(graph, query) if kind_of(one) in _KINDS]
    checked = second_readings.checked_statements(graph, known)
    changed = set(second_readings.changed_since_reading(graph, known))
    wanted = [one for one in known if one not in checked]
    credits, says = attributions(graph, wanted), _says(graph, wanted)
    names = labels(graph, wanted)
    found = [
        Draft(one, names[one], kind_of(one) or "", says[one], credits.get(one), one in changed)
        for one in wanted
    ]
    if work:
        found = [one for one in found if work in {each.work.iri for each in one.passages}]
    return Drafts(sorted(found, key=_place))


def _says(graph: Graph, statements: Iterable[str]) -> dict[str, tuple[tuple[str, str], ...]]:
    """What each statement says in words, with its codings and categories."""
    wanted = list(statements)
    parts = second_readings.source_of(graph).parts(wanted)
    known = facts(graph, [*wanted, *(part for found in parts.values() for part in found)])
    named = {term.value for one in known.values() for ts in one.values() for term in ts}
    names = labels(graph, [*(one for one in named if "://" in one), *map(expand, _SAID[""])])
    shown: dict[str, tuple[tuple[str, str], ...]] = {}

    def said(one: Facts, *properties: str) -> str:
        given = (value for name in properties for value in texts(one, name))
        return ", ".join(names.get(value, value) for value in given)

    for one in wanted:
        pairs = [
            (_NAMES.get(name, slug_of(expand(name))), said(known.get(one, {}), name))
            for name in _SAID.get(kind_of(one) or "", _SAID[""])
        ]
        for part in sorted(parts.get(one, ())):
            coding = known.get(part, {})
            name = names.get(text(coding, "sq:aspect")) or text(coding, "rdfs:label")
            value = said(coding, "sq:codedValue", "sq:codedTerm", "sq:coverage")
            pairs.append((name, value or text(coding, "sq:summary") or "–"))
        shown[one] = tuple(pair for pair in pairs if pair[1])
    return shown


def _place(draft: Draft) -> tuple[str, int, str, str]:
    """By work and page as far as pages are numbers."""
    work, page = "", ""
    for passage in draft.passages[:1]:
        work, page = passage.work.label, passage.page
    return work, int(page) if page.isdigit() else 0, draft.label, draft.iri
