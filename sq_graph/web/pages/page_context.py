"""The map as the pages read it: one Atlas, the address of every thing, and cached results."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Sized
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote, urlencode

from sq_graph.atlas import Atlas
from sq_graph.evidence import found_passages
from sq_graph.graph import Term
from sq_graph.model.about import FEW, count_views, view_label
from sq_graph.model.attribution import Attribution, Passage, attributions
from sq_graph.model.facts import Facts, code_of, facts, grouped, iris, preferred_labels
from sq_graph.model.show import own_statements
from sq_graph.vocab import ID, kind_of, slug_of

_MAX_NAMES = 3_000
"""The number of names that a field of a form suggests."""
_PLURALS = {"matrix": "matrices", "reading": "second readings"}


def plural(name: str) -> str:
    """The plural of the name of a kind.

    >>> plural("category"), plural("matrix"), plural("claim"), plural("reading")
    ('categories', 'matrices', 'claims', 'second readings')
    """
    return _PLURALS.get(name) or re.sub(r"y$", "ie", name) + "s"


_FOLDERS = {
    kind: plural(kind)
    for kind in ("concept", "category", "typology", "matrix", "table", "work", "agent")
}
KIND_OF_FOLDER = {folder: kind for kind, folder in _FOLDERS.items()}
"""Folder of an address → the kind of thing whose pages it holds."""


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
    """The address of the page with everything about a thing.

    >>> about_address("https://w3id.org/sq-graph/id/work/room-1999")
    '/about/work/room-1999'
    """
    kind = kind_of(iri)
    if kind is None or not iri.startswith(ID):
        return f"/about?{urlencode({'thing': iri})}"
    return f"/about/{slug_of(iri)}" if kind == "concept" else f"/about/{kind}/{slug_of(iri)}"


def hyphenated(name: str) -> str:
    """The name of a view or a column in an address.

    >>> hyphenated("cases and stereotypes")
    'cases-and-stereotypes'
    """
    return name.replace(" ", "-")


Links = list[tuple[str, str]]
"""Links as addresses and words."""
Run = Callable[[str], tuple[str, str]]
"""Runs an untrusted query; returns its answer as SPARQL JSON or N-Triples, and an error message."""


@dataclass(eq=False)
class PageContext:
    """What all pages share while the map stays the same.

    `notice` says what is wrong with the files, if the map is shown in an earlier state.
    `edit_links` gives the forms that concern a thing, as words and address; None where nothing can
    be changed. `session` is the token in every form, so that no other site can send one.
    """

    atlas: Atlas
    public_url: str = ""
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
        rows = self.graph.select("SELECT ?s ?label { ?s rdfs:label ?label FILTER(isIRI(?s)) }")
        return preferred_labels((row["s"].value, row["label"]) for row in rows)

    def names_of(self, kinds: Sequence[str]) -> list[str]:
        """The labels of all things of some kinds, in alphabetical order."""
        names = {label for iri, label in self.labels.items() if kind_of(iri) in kinds}
        return sorted(names, key=str.lower)[:_MAX_NAMES]

    @cached_property
    def located_passages(self) -> Mapping[str, tuple[int, int]]:
        """The passages whose phrase was found on its page, by a record that is still valid, each
        with the first and last line of the phrase.
        """
        return found_passages(self.graph, self.atlas.layouts)

    @property
    def own_base(self) -> str:
        """The base IRI of the workspace that is shown; '' for the packaged map alone."""
        return self.atlas.layouts[-1].base if len(self.atlas.layouts) > 1 else ""

    def is_own(self, iri: str) -> bool:
        """Whether a thing belongs to the workspace that is shown."""
        return bool(self.own_base) and iri.startswith(self.own_base)

    @property
    def title(self) -> str:
        """The title of the workspace, else the name of its folder, else the title of the packaged
        map.
        """
        if not self.own_base:
            return "A contested literature, side by side"
        layout = self.atlas.layouts[-1]
        return layout.title or layout.root.name

    def family(self, concept: str) -> str:
        """The topmost concept above a concept, by its senses and broader concepts."""
        seen = {concept}
        while (parent := self._parents.get(concept, concept)) not in seen:
            seen.add(parent)
            concept = parent
        return concept

    @cached_property
    def _parents(self) -> Mapping[str, str]:
        query = "SELECT ?s (MIN(?up) AS ?o) { ?s sq:senseOf|skos:broader ?up } GROUP BY ?s"
        return {concept: parent for concept, (parent,) in grouped(self.graph, query).items()}

    def facts(self, things: Iterable[str]) -> Mapping[str, Facts]:
        """All statements of each thing, in the order of the things."""
        return facts(self.graph, things)

    def facts_of(self, iri: str) -> Facts:
        """All statements of one thing."""
        return facts(self.graph, [iri]).get(iri, {})

    def statements(self, iri: str) -> list[tuple[str, list[Term]]]:
        """The statements of a thing itself, by the name of the property."""
        return own_statements(self.facts_of(iri), self.label)

    def credits(self, things: Iterable[str]) -> Mapping[str, Attribution]:
        """The attribution of each thing: its holder, its passages, and how firmly it is held."""
        return attributions(self.graph, things)

    def credit(self, iri: str) -> Attribution | None:
        """The attribution of one thing; None where it has none."""
        return self.credits([iri]).get(iri)

    def is_located(self, credit: Attribution) -> bool:
        """Whether `verify` has found the phrases of all passages that a thing rests on."""
        return bool(credit.passages) and all(
            p.iri in self.located_passages for p in credit.passages
        )

    def lines_of(self, passage: Passage) -> str:
        """The lines of a passage in words, from the passage itself or from a record of `verify`; ''
        where they are not known.
        """
        first, last = passage.first_line, passage.last_line or passage.first_line
        if not first:
            first, last = self.located_passages.get(passage.iri, (0, 0))
        if not first:
            return ""
        return f"line {first}" if first == last else f"lines {first}–{last}"

    def iris(self, query: str) -> list[str]:
        """The IRIs in the first column of a query, sorted by label."""
        return sorted(set(iris(self.graph, query)), key=lambda iri: (self.label(iri).lower(), iri))

    def counts(self, query: str) -> dict[str, int]:
        """The things in the first column of a query, each with the number in the second."""
        rows = self.graph.select(query).rows
        return {row[0].value: int(row[1].value) for row in rows if row[0] and row[1]}

    def ranked(self, counts: Mapping[str, int]) -> list[tuple[str, int]]:
        """Things with their numbers, the highest first, equal ones by label."""
        return sorted(counts.items(), key=lambda pair: (-pair[1], self.label(pair[0])))

    def view_links(self, iri: str) -> Links:
        """The address of each view of a thing, with its content in words: `12 alignments`."""
        base = about_address(iri)
        return [
            (f"{base}#{hyphenated(view)}", f"{count} {view_label(view, count)}")
            for view, count in count_views(self.graph, iri).items()
        ]

    def further_views(self, rows: Sized, things: Iterable[str]) -> list[tuple[str, Links]]:
        """The things with the links to their views, to offer beside few rows; a thing without views
        is among them only where there are no rows.
        """
        links = [(iri, self.view_links(iri)) for iri in things if iri and len(rows) <= FEW]
        return [(iri, views) for iri, views in links if views or not len(rows)]
