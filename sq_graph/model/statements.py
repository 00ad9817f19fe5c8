"""Claims about things, and alignments between things of different authors."""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal, cast

from sq_graph.graph import Graph
from sq_graph.model import WORDS
from sq_graph.model.attribution import Attribution, attributions
from sq_graph.model.comparison import read_links
from sq_graph.model.facts import code, facts, join_names, linked, refs, text, texts
from sq_graph.model.listing import CREDIT_COLUMNS, Listing, credit_cells
from sq_graph.table import Cell, Table, Tabular
from sq_graph.vocab import Labelled, Ref

Drawn = Literal["drawn", "denied", "proposed by nobody"]


@dataclass(frozen=True, repr=False)
class Claim(Labelled, Tabular):
    """A statement in an argument; if it relates two things, with subject, relation and object.

    `denied` is the relation that the claim denies, instead of `relation`.

    >>> import sq_graph
    >>> atlas = sq_graph.open()
    >>> claim = atlas.claim("bernard-1999-containment")
    >>> claim.subject.label, claim.relation, claim.object.label
    ('social exclusion', 'within-meaning-of', 'social cohesion')
    """

    iri: str
    label: str
    summary: str
    about: tuple[Ref, ...]
    subject: Ref | None
    relation: str
    object: Ref | None
    attribution: Attribution | None
    denied: str = ""

    def cells(self) -> tuple[Cell, ...]:
        """Its values under the columns of its listing."""
        ends = [str(end) if end else "" for end in (self.subject, self.object)]
        relation = f"denied: {self.denied}" if self.denied else self.relation
        about = join_names(self.about, "; ")
        content = (self.label, about, ends[0], relation, ends[1], self.summary)
        return *content, *credit_cells(self.attribution), self.iri

    def table(self) -> Table:
        """The table of this record alone."""
        return Claims((self,)).table()


@dataclass(frozen=True, repr=False)
class Alignment(Labelled, Tabular):
    """An alignment; several subjects or objects are matched only together, never one by one.

    >>> import sq_graph
    >>> atlas = sq_graph.open()
    >>> alignment = atlas.alignments("steinert-normal")[0]
    >>> [str(subject) for subject in alignment.subjects], alignment.relation
    (['advanced exclusion', 'intermediate exclusion'], 'close')
    """

    iri: str
    label: str
    subjects: tuple[Ref, ...]
    relation: str
    objects: tuple[Ref, ...]
    drawn: Drawn
    summary: str
    attribution: Attribution | None

    def cells(self) -> tuple[Cell, ...]:
        """Its values under the columns of its listing."""
        ends = [join_names(end, " + ") for end in (self.subjects, self.objects)]
        content = (ends[0], self.relation, ends[1], self.drawn, self.summary)
        return *content, *credit_cells(self.attribution), self.iri

    def table(self) -> Table:
        """The table of this record alone."""
        return Alignments((self,)).table()


class Claims(Listing[Claim]):
    """Claims by label."""

    title = "Claims"
    columns = ("claim", "about", "subject", "relation", "object", "summary", *CREDIT_COLUMNS, "iri")


class Alignments(Listing[Alignment]):
    """Alignments by label."""

    title = "Alignments"
    columns = ("subjects", "relation", "objects", "drawn", "summary", *CREDIT_COLUMNS, "iri")


def read_claims(graph: Graph, claims: Iterable[str]) -> Claims:
    """The claims of these IRIs by label."""
    entries = facts(graph, claims)
    credits = attributions(graph, entries)
    names = refs(graph, linked(entries, "sq:about", "sq:subject", "sq:object"))
    records = [
        Claim(
            iri,
            text(claim, "rdfs:label"),
            text(claim, "sq:summary"),
            tuple(sorted(names[thing] for thing in texts(claim, "sq:about"))),
            names.get(text(claim, "sq:subject")),
            code(claim, "sq:relation"),
            names.get(text(claim, "sq:object")),
            credits.get(iri),
            code(claim, "sq:deniedRelation"),
        )
        for iri, claim in entries.items()
    ]
    return Claims(sorted(records, key=attrgetter("label", "iri")))


def read_alignments(graph: Graph, alignments: Iterable[str]) -> Alignments:
    """The alignments of these IRIs by label."""
    entries = facts(graph, alignments)
    links = [link for link in read_links(graph, True, True) if link.iri in entries]
    names = refs(graph, {iri for link in links for iri in link.ends})
    records = [
        Alignment(
            link.iri,
            label=text(entries[link.iri], "rdfs:label"),
            subjects=tuple(names[iri] for iri in link.subjects),
            relation=link.relation,
            objects=tuple(names[iri] for iri in link.objects),
            drawn=cast(Drawn, WORDS["alignments"][link.kind.removeprefix("sq:")]),
            summary=text(entries[link.iri], "sq:summary"),
            attribution=link.attribution,
        )
        for link in links
    ]
    return Alignments(sorted(records, key=attrgetter("label", "iri")))
