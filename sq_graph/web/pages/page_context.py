"""The map as the pages read it: one Atlas, the address of every thing, and what is worked out
once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Sized
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote, urlencode

from sq_graph.atlas import Atlas
from sq_graph.evidence import found_passages
from sq_graph.graph import Term
from sq_graph.model.about import FEW, count_views, view_label
from sq_graph.model.attribution import Attribution, Passage, attributions
from sq_graph.model.facts import Facts, code_of, facts, grouped, iris, labels
from sq_graph.model.show import own_statements
from sq_graph.vocab import ID, kind_of, slug_of

_MOST_NAMES = 3_000
"""Names that a field of a form offers."""
_PLURALS = {"matrix": "matrices", "reading": "second readings"}


def plural(name: str) -> str:
    """A name for several things.

    >>> plural("category"), plural("matrix"), plural("claim"), plural("reading")
    ('categories', 'matrices', 'claims', 'second readings')
    """
    return _PLURALS.get(name) or re.sub(r"y$", "ie", name) + "s"


_FOLDERS = {
    kind: plural(kind)
    for kind in ("concept", "category", "typology", "matrix", "table", "work", "agent")
}
KIND_OF_FOLDER = {folder: kind for kind, folder in _FOLDERS.items()}
"""Folder of an address → the kind of thing whose pages stand there."""


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
    return f"/{folder_of(kind)}/{quote(slug_of(iri))}"


def folder_of(kind: str) -> str:
    """The folder of the addresses of a kind.

    >>> folder_of("matrix"), folder_of("claim")
    ('matrices', 'things/claim')
    """
    return _FOLDERS.get(kind, f"things/{kind}")


def about_address(iri: str) -> str:
    """The address of everything about a thing.

    >>> about_address("https://w3id.org/sq-graph/id/work/room-1999")
    '/about/work/room-1999'
    """
    kind = kind_of(iri)
    if kind is None or not iri.startswith(ID):
        return f"/about?{urlencode({'thing': iri})}"
    return f"/about/{slug_of(iri)}" if kind == "concept" else f"/about/{kind}/{slug_of(iri)}"


def anchor(view: str) -> str:
    """The place of a view on its page.

    >>> anchor("cases and stereotypes")
    'cases-and-stereotypes'
    """
    return view.replace(" ", "-")


Run = Callable[[str], tuple[str, str]]
"""Runs an untrusted query: its answer as SPARQL JSON or N-Triples, or else the sentence why not."""


@dataclass(eq=False)
class PageContext:
    """What all pages share while the map stays the same.

    `notice` says what is wrong with the files at present, if the map is shown as it was before.
    `edit_links` gives the forms that concern a thing, as words and address; None where nothing can
    be changed. `session` is what a form carries, so that no other site can send it.
    """

    atlas: Atlas
    public_url: str = ""
    answers: Path | None = None
    is_static: bool = False
    address: Callable[[str], str] = address_of
    notice: str = ""
    run: Run | None = None
    edit_links: Callable[[PageContext, str], Sequence[tuple[str, str]]] | None = None
    session: str = ""

    def __post_init__(self) -> None:
        self.graph, self.public_url = self.atlas.graph, self.public_url.rstrip("/")

    def label(self, iri: str) -> str:
        """The label of a thing."""
        return self.labels.get(iri) or code_of(iri)

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """The label of everything that has one."""
        query = "SELECT DISTINCT ?s { ?s rdfs:label ?label FILTER(isIRI(?s)) }"
        return labels(self.graph, iris(self.graph, query))

    def names_of(self, kinds: Sequence[str]) -> list[str]:
        """The labels of all things of some kinds, in the order of the alphabet."""
        found = {label for iri, label in self.labels.items() if kind_of(iri) in kinds}
        return sorted(found, key=str.lower)[:_MOST_NAMES]

    @cached_property
    def located(self) -> Mapping[str, tuple[int, int]]:
        """The passages whose phrase was found on its page, by a record that fits them as they
        are, each with the lines at which it was found.
        """
        return found_passages(self.graph, self.atlas.layouts)

    @property
    def own_base(self) -> str:
        """The base IRI of the workspace that is shown; '' for the packaged map alone."""
        return self.atlas.layouts[-1].base if len(self.atlas.layouts) > 1 else ""

    @property
    def title(self) -> str:
        """What the map is called: the title of the workspace, else its name, else that of the
        packaged map.
        """
        if not self.own_base:
            return "A contested literature, side by side"
        own = self.atlas.layouts[-1]
        return own.title or own.root.name

    def family(self, concept: str) -> str:
        """The topmost concept above one: what it is a sense of, or narrower than."""
        seen = {concept}
        while (above := self._above.get(concept, concept)) not in seen:
            seen.add(above)
            concept = above
        return concept

    @cached_property
    def _above(self) -> Mapping[str, str]:
        query = "SELECT ?s (MIN(?up) AS ?o) { ?s sq:senseOf|skos:broader ?up } GROUP BY ?s"
        return {below: above for below, (above,) in grouped(self.graph, query).items()}

    def facts(self, things: Iterable[str]) -> Mapping[str, Facts]:
        """All statements of each thing, in the order of the things."""
        return facts(self.graph, things)

    def one(self, iri: str) -> Facts:
        """All statements of one thing."""
        return facts(self.graph, [iri]).get(iri, {})

    def statements(self, iri: str) -> list[tuple[str, list[Term]]]:
        """The own statements of a thing by the name of the property."""
        return own_statements(self.one(iri), self.label)

    def credits(self, things: Iterable[str]) -> Mapping[str, Attribution]:
        """Whose each thing is, where it stands, and how firmly."""
        return attributions(self.graph, things)

    def credit(self, iri: str) -> Attribution | None:
        """Whose one thing is; None where nothing is said of it."""
        return self.credits([iri]).get(iri)

    def is_located(self, credit: Attribution) -> bool:
        """Whether a machine has found the phrases of all passages that a thing rests on."""
        places = [passage.iri in self.located for passage in credit.passages]
        return bool(places) and all(places)

    def lines_of(self, passage: Passage) -> str:
        """The lines of a passage in words, as it names them or a record of `verify` does; '' where
        none are known.
        """
        own = (passage.first_line, passage.last_line or passage.first_line)
        first, last = own if passage.first_line else self.located.get(passage.iri, (0, 0))
        if not first:
            return ""
        return f"line {first}" if first == last else f"lines {first}–{last}"

    def of(self, query: str) -> list[str]:
        """The IRIs in the first column of a query, sorted by label."""
        return sorted(set(iris(self.graph, query)), key=lambda iri: (self.label(iri).lower(), iri))

    def counted(self, query: str) -> dict[str, int]:
        """The things in the first column of a query, each with the number in the second."""
        rows = self.graph.select(query).rows
        return {row[0].value: int(row[1].value) for row in rows if row[0] and row[1]}

    def ranked(self, counts: Mapping[str, int]) -> list[tuple[str, int]]:
        """Things with their numbers, the highest first, equal ones by label."""
        return sorted(counts.items(), key=lambda pair: (-pair[1], self.label(pair[0])))

    def views(self, iri: str) -> list[tuple[str, str]]:
        """A link to each view of a thing, with what it holds: `12 alignments`."""
        base = about_address(iri)
        return [
            (f"{base}#{anchor(view)}", f"{count} {view_label(view, count)}")
            for view, count in count_views(self.graph, iri).items()
        ]

    def held(self, rows: Sized, things: Iterable[str]) -> list[tuple[str, list[tuple[str, str]]]]:
        """Where there are few rows about things: each thing with the links to the views that hold
        something; a thing without any only where there are no rows.
        """
        found = [(iri, self.views(iri)) for iri in things if iri and len(rows) <= FEW]
        return [(iri, views) for iri, views in found if views or not len(rows)]
