"""The map as the pages read it: one Atlas, the address of every thing, and what is worked out once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from sq_graph.atlas import Atlas
from sq_graph.model.attribution import Attribution, attributions
from sq_graph.model.facts import Facts, facts, labels
from sq_graph.vocab import ID, kind_of, slug_of

_FOLDERS = {
    "concept": "concepts", "category": "categories", "typology": "typologies", "matrix": "matrices",
    "table": "tables", "work": "works", "agent": "agents",
}  # fmt: skip
KINDS = {folder: kind for kind, folder in _FOLDERS.items()}
"""Folder of an address → the kind of thing whose pages stand there."""


LASTS = 1.0
"""Seconds for which the files of the map are not looked at again."""


def address_of(iri: str) -> str:
    """The path of the page of a thing; a thing minted elsewhere is named by its whole IRI.

    >>> address_of("https://w3id.org/sq-graph/id/concept/social-exclusion")
    '/concepts/social-exclusion'
    >>> address_of("https://w3id.org/sq-graph/id/claim/room-1999-rupture")
    '/things/claim/room-1999-rupture'
    """
    kind = kind_of(iri)
    if kind is None or not iri.startswith(ID):
        return f"/thing?iri={quote(iri, safe='')}"
    slug = quote(slug_of(iri))
    return f"/{_FOLDERS[kind]}/{slug}" if kind in _FOLDERS else f"/things/{kind}/{slug}"


class Desk:
    """What all pages share while the map stays the same."""

    def __init__(
        self, atlas: Atlas, public_url: str = "", answers: Path | None = None, is_static: bool = False
    ) -> None:
        self.atlas, self.graph = atlas, atlas.graph
        self.public_url, self.answers, self.is_static = public_url.rstrip("/"), answers, is_static
        self.address: Callable[[str], str] = address_of

    @cached_property
    def version(self) -> str:
        """The version of sq-graph, looked up once."""
        return self.atlas.version

    def label(self, iri: str) -> str:
        """The label of a thing."""
        return self.labels.get(iri) or labels(self.graph, [iri])[iri]

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """The label of everything that has one."""
        query = "SELECT ?s ?label { ?s rdfs:label ?label }"
        found: dict[str, tuple[bool, str]] = {}
        for row in self.graph.select(query):
            offer = (not row["label"].language.startswith("en"), row["label"].value)
            found[row["s"].value] = min(offer, found.get(row["s"].value, offer))
        return {iri: label for iri, (_, label) in found.items()}

    @cached_property
    def located(self) -> frozenset[str]:
        """The passages whose phrase was looked up in a text, which their digest names."""
        query = "SELECT DISTINCT ?p { ?p sq:sourceDigest ?digest ; sq:phrase ?phrase }"
        return frozenset(row["p"].value for row in self.graph.select(query))

    def facts(self, things: Iterable[str]) -> Mapping[str, Facts]:
        """All statements of each thing."""
        return facts(self.graph, things)

    def credits(self, things: Iterable[str]) -> Mapping[str, Attribution]:
        """Whose each thing is, where it stands, and how firmly."""
        return attributions(self.graph, things)

    def is_located(self, credit: Attribution) -> bool:
        """Whether a machine has found the phrases of all passages that a thing rests on."""
        return bool(credit.passages) and all(passage.iri in self.located for passage in credit.passages)

    def of(self, query: str, name: str = "s") -> list[str]:
        """The IRIs in one column of a query, sorted by label."""
        found = {row[name].value for row in self.graph.select(query) if name in row}
        return sorted(found, key=lambda iri: (self.label(iri).lower(), iri))


class Room:
    """Hands out the desk, a new one when the files of the map have changed."""

    def __init__(self, source: Callable[[], Atlas], public_url: str = "", answers: Path | None = None) -> None:
        self.source, self.public_url, self.answers = source, public_url, answers
        self._desk: Desk | None = None
        self._stamp: tuple[int, int] = (0, 0)
        self._looked = 0.0

    def desk(self) -> Desk:
        """The desk of the map as it is now, or was a second ago."""
        now = time.monotonic()
        if self._desk is None or now - self._looked > LASTS:
            self._looked = now
            if self._desk is None or self._newest() != self._stamp:
                self._desk = Desk(self.source(), self.public_url, self.answers)
                self._stamp = self._newest()
        return self._desk

    def _newest(self) -> tuple[int, int]:
        """How many files the map has, and when the newest was written."""
        if self._desk is None:
            return (0, 0)
        times = [file.path.stat().st_mtime_ns for layout in self._desk.atlas.layouts for file in layout.files()]
        return len(times), max(times, default=0)
