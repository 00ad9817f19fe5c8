"""Statements that await a second reader, with what they say and where they were read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from sq_graph.graph import Graph
from sq_graph.model import KINDS_OF, WORDS, second_readings
from sq_graph.model.attribution import Attribution, Passage, attributions
from sq_graph.model.facts import Facts, facts, iris, labels, position_of, text, texts
from sq_graph.model.listing import Listing
from sq_graph.table import Cell
from sq_graph.vocab import Labelled, expand, kind_of, slug_of

_CONTENT: Mapping[str, Sequence[str]] = KINDS_OF["content"]
"""The properties that make up a statement of each kind; those of all other kinds are under ''."""
_KINDS = frozenset(second_readings.STATEMENTS) - {"coding"}
"""The kinds of draft; a coding is checked with its definition."""
_PROPERTY_NAMES = WORDS["properties"]
"""The names of the properties whose own name is not a word."""


@dataclass(frozen=True, repr=False)
class Draft(Labelled):
    """A statement whose current content nobody has checked; `changed` if an earlier one was."""

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
        credit, reason = self.attribution, "changed since it was read" if self.changed else "new"
        content = "; ".join(self.lines)
        return self.kind, self.label, content, credit.source if credit else "", reason, self.iri


class Drafts(Listing[Draft]):
    """Drafts by work, page and label."""

    title = "Statements that await a second reader"
    columns = ("kind", "statement", "says", "source", "why", "iri")


def read_drafts(graph: Graph, base: str, work: str = "") -> Drafts:
    """The statements under a base IRI that no second reader has checked as they are now.

    Parameters:
        graph: the map.
        base: the base IRI of the workspace, or of the packaged map.
        work: only those that were read in this work; '' for all.
    """
    query = f"""SELECT DISTINCT ?s {{ ?s sq:reviewStatus ?status
      FILTER(?status IN (sq:reviewStatus-draft, sq:reviewStatus-second-read))
      FILTER(STRSTARTS(STR(?s), "{base}"))
      }} ORDER BY STR(?s)"""
    statements = [iri for iri in iris(graph, query) if kind_of(iri) in _KINDS]
    checked = second_readings.checked_statements(graph, statements)
    changed = set(second_readings.changed_since_reading(graph, statements))
    unchecked = [iri for iri in statements if iri not in checked]
    credits, says = attributions(graph, unchecked), _says(graph, unchecked)
    names = labels(graph, unchecked)
    drafts = [
        Draft(iri, names[iri], kind_of(iri) or "", says[iri], credits.get(iri), iri in changed)
        for iri in unchecked
    ]
    if work:
        drafts = [draft for draft in drafts if work in {p.work.iri for p in draft.passages}]
    return Drafts(sorted(drafts, key=_sort_key))


def _says(graph: Graph, statements: Sequence[str]) -> dict[str, tuple[tuple[str, str], ...]]:
    """The content of each statement in words, with its codings and categories."""
    parts = second_readings.source_of(graph).parts(statements)
    entries = facts(graph, chain(statements, *parts.values()))
    values = {term.value for entry in entries.values() for term in chain(*entry.values())}
    names = labels(graph, [*(iri for iri in values if "://" in iri), *map(expand, _CONTENT[""])])
    content: dict[str, tuple[tuple[str, str], ...]] = {}

    def value_text(entry: Facts, *properties: str) -> str:
        values = (value for name in properties for value in texts(entry, name))
        return ", ".join(names.get(value, value) for value in values)

    for iri in statements:
        entry = entries.get(iri, {})
        pairs = [
            (_PROPERTY_NAMES.get(name, slug_of(expand(name))), value_text(entry, name))
            for name in _CONTENT.get(kind_of(iri) or "", _CONTENT[""])
        ]
        codings = ((part, entries.get(part, {})) for part in parts.get(iri, ()))
        for _, coding in sorted(codings, key=lambda pair: (position_of(pair[1]), pair[0])):
            name = names.get(text(coding, "sq:aspect")) or text(coding, "rdfs:label")
            value = value_text(coding, "sq:codedValue", "sq:codedTerm", "sq:coverage")
            pairs.append((name, value or text(coding, "sq:summary") or "–"))
        content[iri] = tuple(pair for pair in pairs if pair[1])
    return content


def _sort_key(draft: Draft) -> tuple[str, int, str, str]:
    """By work, and by page where pages are numbers."""
    work, page = "", ""
    for passage in draft.passages[:1]:
        work, page = passage.work.label, passage.page
    return work, int(page) if page.isdigit() else 0, draft.label, draft.iri
