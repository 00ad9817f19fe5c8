"""The positions of a map with everything a reasoner needs: their axioms, the neutral background and
the identities between words.
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
from sq_graph.reason.axioms import Axiom, FileAxioms, outside_owl, read_axioms
from sq_graph.turtle import read_file
from sq_graph.vocab import BASE, PH, slug_of

SENSES = ("source", "word")
LEVELS = {"asserted": 1, "hedged": 2, "distanced": 2, "conditional": 2, "presumed": 3}
"""Hedge → level of an axiom. Questions and disclaimed statements are no axioms."""

_LABELS = "SELECT ?module ?label { ?position sq:module ?module ; rdfs:label ?label }"
_COMPRISED = "SELECT ?module ?claim { ?position sq:module ?module ; sq:comprises ?claim }"
_HEDGES = "SELECT ?claim ?hedge { ?claim a sq:Claim ; sq:hedge ?hedge }"


@dataclass(frozen=True)
class Position:
    """One position: its module, the content of the module, and the claims that it comprises."""

    slug: str
    label: str
    module: str
    path: Path
    content: FileAxioms
    comprised: frozenset[str]


@dataclass(frozen=True)
class PositionSet:
    """All positions by slug, the neutral background and the names it declares, the identities
    between words, the hedges of claims, and labels.
    """

    positions: Mapping[str, Position]
    background: tuple[Axiom, ...]
    identities: tuple[Axiom, ...]
    hedges: Mapping[str, str]
    labels: Mapping[str, str]
    neutral: Mapping[str, frozenset[str]]

    def find(self, name: str) -> str:
        """The slug of a position by slug, IRI or label; raises UnknownName with the nearest."""
        for slug, position in self.positions.items():
            is_label = name.lower() == position.label.lower()
            if is_label or name in (slug, position.module) or slug_of(name) == slug:
                return slug
        raise UnknownName("position", name, self.positions)

    def level(self, axiom: Axiom) -> int:
        """1 asserted, 2 hedged, 3 presumed: as firm as the firmest of its claims; 3 without any."""
        return min((LEVELS.get(self.hedges.get(claim, ""), 3) for claim in axiom.claims), default=3)

    def axioms_of(self, slug: str) -> tuple[Axiom, ...]:
        """The axioms of a position, without those that it only asks about or disclaims."""
        return tuple(filter(self._is_held, self.positions[slug].content.axioms))

    def outside_owl(self, slug: str) -> list[tuple[int, str]]:
        """The parts of a position's module that cannot be reasoned about, as (line, problem)."""
        return [*outside_owl(self.positions[slug].content, self.neutral, self.background)]

    def _is_held(self, axiom: Axiom) -> bool:
        hedges = {self.hedges.get(claim) for claim in axiom.claims}
        return not hedges or bool(hedges - {"question", "disclaimed"})

    def identities_of(self, slugs: Iterable[str], senses: str) -> tuple[Axiom, ...]:
        """The identities under an assumption about word senses that concern no other positions."""
        others = set(self.positions) - set(slugs)
        internal = (axiom for axiom in self.identities if not self.owners[axiom] & others)
        return tuple(axiom for axiom in internal if senses in axiom.senses)

    def words(self, slug: str, senses: str) -> tuple[frozenset[str], frozenset[str]]:
        """The contested words that a position shares or may share: those it uses, and these
        together with their broader words.
        """
        owned = [(axiom, self.owners[axiom]) for axiom in self.identities if senses in axiom.senses]
        names = ((name, slugs) for axiom, slugs in owned if slug in slugs for name in axiom.names)
        used = {name for name, slugs in names if len(slugs) > 1 or not self.owner(name)}
        common = (axiom.expression for axiom, slugs in owned if not slugs)
        broader = {expression[2] for expression in common if expression[1] in used}
        return frozenset(used), frozenset(used | broader)

    def digest(self, slug: str = "") -> str:
        """The digest of everything that verdicts about a position depend on; without a slug, of the
        shared background.

        Additions of a workspace to the background concern only the positions that use its words.
        """
        identities = [axiom for axiom in self.identities if slug in (self.owners[axiom] or {""})]
        names = frozenset[str]().union(*(axiom.names for axiom in identities))
        shared = [
            axiom
            for axiom in self.background
            if axiom.source.startswith(BASE) or any(name.startswith(PH) for name in axiom.names)
        ]
        added = [axiom for axiom in self.background if axiom not in shared]
        is_affected = any(axiom.names & names for axiom in added)
        background = (added if is_affected else []) if slug else shared
        axioms = [*(self.positions[slug].content.axioms if slug else ()), *background, *identities]
        lines = [
            f"{a.text} {[(c, self.hedges.get(c)) for c in a.claims]} {a.reading} {a.senses}"
            for a in axioms
        ]
        return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:32]

    @cached_property
    def owners(self) -> dict[Axiom, frozenset[str]]:
        """The positions whose words each identity names."""
        return {axiom: frozenset(map(self.owner, axiom.names)) - {""} for axiom in self.identities}

    def owner(self, name: str) -> str:
        """The position to whose module a name belongs, or ''."""
        return self._modules.get(name.partition("#")[0], "")

    @cached_property
    def _modules(self) -> dict[str, str]:
        return {position.module: slug for slug, position in self.positions.items()}


def read_positions(layouts: Sequence[Layout], graph: Graph) -> PositionSet:
    """The positions of these layouts, over the claims of a graph; raises BrokenFile for a file that
    cannot be read.

    >>> import sq_graph
    >>> atlas = sq_graph.open()
    >>> read_positions(atlas.layouts, atlas.graph).find("Bernard 1999")
    'bernard-1999'
    """
    phenomena = [
        read_axioms(read_file(path), iri) for path, iri in _files(layouts, "phenomena.ttl")
    ]
    neutral: dict[str, frozenset[str]] = {}
    for file in phenomena:
        declared = file.declared.items()
        neutral |= {kind: names | neutral.get(kind, frozenset()) for kind, names in declared}
    position_labels, comprised = grouped(graph, _LABELS), grouped(graph, _COMPRISED)
    positions: dict[str, Position] = {}
    for path, iri in _files(layouts, "positions/*.ttl"):
        slug = iri if path.stem in positions else path.stem
        content = read_axioms(read_file(path), iri, neutral)
        label = position_labels.get(iri, [""])[-1] or content.labels.get(iri, path.stem)
        claims = frozenset(comprised.get(iri, ()))
        positions[slug] = Position(slug, label, iri, path, content, claims)
    labels: dict[str, str] = {}
    for file in (*phenomena, *(position.content for position in positions.values())):
        labels |= file.labels
    identities = tuple(
        axiom
        for path, iri in _files(layouts, "same-meaning.ttl")
        for axiom in read_axioms(read_file(path), iri, neutral).axioms
    )
    return PositionSet(
        positions,
        tuple(axiom for file in phenomena for axiom in file.axioms),
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
    """The identities that follow from labels if a word means one thing, for the classes that no
    file identifies.

    A label without the holder's name in brackets is compared with those of the background.
    """
    identified_names = {name for identity in identities for name in identity.names}
    neutral_classes = {labels.get(name, "").lower(): name for name in neutral.get("Class", ())}
    for position in positions:
        for name in sorted(position.content.declared["Class"] - identified_names):
            label = re.sub(r" \([^()]*\)$", "", labels.get(name, "")).lower()
            if label and label in neutral_classes and name.startswith(position.module):
                expression = ("EquivalentClasses", neutral_classes[label], name)
                yield Axiom(expression, position.module, senses=(SENSES[1],))


def _files(layouts: Sequence[Layout], pattern: str) -> Iterator[tuple[Path, str]]:
    for layout in layouts:
        yield from ((path, layout.iri_of(path)) for path in sorted(layout.ontology.glob(pattern)))
