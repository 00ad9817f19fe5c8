"""The positions of a map with all that a reasoner needs: their axioms, the neutral background, the
identities.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sq_graph.errors import UnknownName
from sq_graph.graph import Graph
from sq_graph.graph.layout import Layout
from sq_graph.model.facts import code_of, grouped, plain_rows
from sq_graph.reason.axioms import Axiom, FileAxioms, read_axioms
from sq_graph.turtle import read_file
from sq_graph.vocab import BASE, PH, slug_of

SENSES = ("source", "word")
LEVELS = {"asserted": 1, "hedged": 2, "distanced": 2, "conditional": 2, "presumed": 3}
"""Hedge → level of an axiom. Questions and disclaimed statements are no axioms."""

_OF_MODULES = "SELECT ?module ?label { ?position sq:module ?module ; rdfs:label ?label }"
_COMPRISED = "SELECT ?module ?claim { ?position sq:module ?module ; sq:comprises ?claim }"
_HEDGES = "SELECT ?claim ?hedge { ?claim a sq:Claim ; sq:hedge ?hedge }"


@dataclass(frozen=True)
class Position:
    """One position: its module, what that says, and the claims that the position comprises."""

    slug: str
    label: str
    module: str
    path: Path
    reading: FileAxioms
    comprised: frozenset[str]


@dataclass(frozen=True)
class PositionSet:
    """All positions by slug, the neutral background, the identities between words, hedges of
    claims, labels.
    """

    positions: Mapping[str, Position]
    background: tuple[Axiom, ...]
    identities: tuple[Axiom, ...]
    hedges: Mapping[str, str]
    labels: Mapping[str, str]
    neutral: Mapping[str, frozenset[str]]

    def find(self, name: str) -> str:
        """The slug of a position by slug, IRI or label; raises UnknownName with the nearest."""
        for slug, one in self.positions.items():
            is_label = name.lower() == one.label.lower()
            if is_label or name in (slug, one.module) or slug_of(name) == slug:
                return slug
        raise UnknownName("position", name, self.positions)

    def level(self, axiom: Axiom) -> int:
        """1 asserted, 2 hedged, 3 presumed: as firm as the firmest of its claims; 3 without any."""
        return min((LEVELS.get(self.hedges.get(claim, ""), 3) for claim in axiom.claims), default=3)

    def axioms_of(self, slug: str) -> tuple[Axiom, ...]:
        """The axioms of a position, without what it only asks or disclaims."""
        axioms = self.positions[slug].reading.axioms
        hedges = ({self.hedges.get(claim) for claim in one.claims} for one in axioms)
        kept = zip(axioms, hedges, strict=True)
        return tuple(axiom for axiom, said in kept if not said or said - {"question", "disclaimed"})

    def identities_of(self, slugs: Iterable[str], senses: str) -> tuple[Axiom, ...]:
        """The identities under a supposition about words that concern no position but these."""
        others = set(self.positions) - set(slugs)
        free = (one for one in self.identities if not self.owners[one] & others)
        return tuple(one for one in free if senses in one.senses)

    def words(self, slug: str, senses: str) -> tuple[frozenset[str], frozenset[str]]:
        """The contested words that a position shares or may share: those it uses, and those that
        cover them too.
        """
        meant = [(one, self.owners[one]) for one in self.identities if senses in one.senses]
        named = ((name, of) for one, of in meant if slug in of for name in one.names)
        own = {name for name, of in named if len(of) > 1 or not self.owner(name)}
        above = {one.says[2] for one, of in meant if not of and one.says[1] in own}
        return frozenset(own), frozenset(own | above)

    def digest(self, slug: str = "") -> str:
        """The digest of all that verdicts about a position rest on; without a slug, of the common
        ground. What a workspace adds to that concerns the positions that use its words alone.
        """
        own = ((one, self.owners[one] or {""}) for one in self.identities)
        ties = [one for one, owners in own if slug in owners]
        tied = frozenset[str]().union(*(one.names for one in ties))
        common = [
            one
            for one in self.background
            if one.source.startswith(BASE) or any(name.startswith(PH) for name in one.names)
        ]
        added = [one for one in self.background if one not in common]
        ground = common if not slug else added if any(one.names & tied for one in added) else []
        axioms = [*(self.positions[slug].reading.axioms if slug else ()), *ground, *ties]
        lines = [
            f"{a.text} {[(c, self.hedges.get(c)) for c in a.claims]} {a.reading} {a.senses}"
            for a in axioms
        ]
        return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:32]

    @cached_property
    def owners(self) -> dict[Axiom, frozenset[str]]:
        """The positions whose own words each identity ties."""
        return {one: frozenset(filter(None, map(self.owner, one.names))) for one in self.identities}

    def owner(self, name: str) -> str:
        """The position to whose module a name belongs, or ''."""
        return self._modules.get(name.partition("#")[0], "")

    @cached_property
    def _modules(self) -> dict[str, str]:
        return {one.module: slug for slug, one in self.positions.items()}


def read_positions(layouts: Sequence[Layout], graph: Graph) -> PositionSet:
    """The positions of these layouts, over the claims of a graph; raises BrokenFile for a file that
    cannot be read.

    >>> import sq_graph
    >>> atlas = sq_graph.open()
    >>> read_positions(atlas.layouts, atlas.graph).find("Bernard 1999")
    'bernard-1999'
    """
    grounds = [read_axioms(read_file(path), iri) for path, iri in _files(layouts, "phenomena.ttl")]
    neutral: dict[str, frozenset[str]] = {}
    for ground in grounds:
        declared = ground.declared.items()
        neutral |= {kind: names | neutral.get(kind, frozenset()) for kind, names in declared}
    named, comprised = grouped(graph, _OF_MODULES), grouped(graph, _COMPRISED)
    positions: dict[str, Position] = {}
    for path, iri in _files(layouts, "positions/*.ttl"):
        slug = iri if path.stem in positions else path.stem
        reading = read_axioms(read_file(path), iri, neutral)
        label = named.get(iri, [""])[-1] or reading.labels.get(iri, path.stem)
        claims = frozenset(comprised.get(iri, ()))
        positions[slug] = Position(slug, label, iri, path, reading, claims)
    labels: dict[str, str] = {}
    for one in (*grounds, *(position.reading for position in positions.values())):
        labels |= one.labels
    identities = tuple(
        axiom
        for path, iri in _files(layouts, "same-meaning.ttl")
        for axiom in read_axioms(read_file(path), iri, neutral).axioms
    )
    return PositionSet(
        positions,
        tuple(axiom for ground in grounds for axiom in ground.axioms),
        (*identities, *_by_label(positions.values(), identities, neutral, labels)),
        {claim: code_of(hedge) for claim, hedge in plain_rows(graph, _HEDGES)},
        labels,
        neutral,
    )


def _by_label(
    positions: Iterable[Position],
    identities: Iterable[Axiom],
    neutral: Mapping[str, frozenset[str]],
    labels: Mapping[str, str],
) -> Iterator[Axiom]:
    """The identities that labels give where a word means one thing: of classes that no file
    identifies.

    A label without the holder in brackets is compared with those of the background.
    """
    identified = {name for one in identities for name in one.names}
    common = {labels.get(name, "").lower(): name for name in neutral.get("Class", ())}
    for position in positions:
        for name in sorted(position.reading.declared["Class"] - identified):
            word = re.sub(r" \([^()]*\)$", "", labels.get(name, "")).lower()
            if word and word in common and name.startswith(position.module):
                says = ("EquivalentClasses", common[word], name)
                yield Axiom(says, position.module, senses=(SENSES[1],))


def _files(layouts: Sequence[Layout], pattern: str) -> Iterator[tuple[Path, str]]:
    for layout in layouts:
        yield from ((path, layout.iri_of(path)) for path in sorted(layout.ontology.glob(pattern)))
