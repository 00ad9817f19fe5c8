"""Everything about one thing, by view, with holder, hedge and page."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from sq_graph.graph import Graph
from sq_graph.model import WORDS
from sq_graph.model.attribution import Attribution, attributions
from sq_graph.model.disagreements import Party, read_parties
from sq_graph.model.facts import (
    Facts,
    code,
    facts,
    in_words,
    iris,
    labels,
    linked,
    position_of,
    text,
    texts,
    values,
)
from sq_graph.resources import data_beside
from sq_graph.table import Table, Tabular
from sq_graph.vocab import Labelled, expand, kind_of, shorten

FAMILY = "skos:member?/sq:memberOf?/(sq:senseOf|skos:broader)*"
"""From a category, sense, narrower concept or union to the thing that it belongs to."""
RECORD_COLUMNS = ("view", "name", "kind", "statement", "role", "of", "says", "hedge", "source")
FEW = 3
"""The number of rows up to which an answer also names the views that hold more about its things."""
_SHORT, _LONG = 5, 10  # a view of more than _LONG statements is cut to the first _SHORT


class View(NamedTuple):
    """One way in which statements concern a thing: their kinds, and the properties that lead to it.

    `singular` is its name for a single statement; `question` is the catalogue question that asks
    for the same, `parameter` the one that takes the thing.
    """

    name: str
    singular: str
    kinds: Sequence[str]
    properties: Sequence[str]
    question: str = ""
    parameter: str = "thing"


VIEWS = tuple(View(**view) for view in data_beside(__file__, "views.json"))
"""The views of a thing in the order in which they are shown; the last takes all that remain."""
_SINGULARS = {view.name: view.singular for view in VIEWS}
_ROLES = WORDS["alignments"]
_HIDDEN_KINDS = ("Passage", "Authorship", "SecondReading")
_STATEMENT_KINDS = ("Claim", "Definition", "Cell", "Case", "Stereotype", *_ROLES)
"""The kinds of statement whose anomalies and positions also concern the thing itself."""


@dataclass(frozen=True)
class Mention:
    """A statement that concerns the thing.

    `role` is how (`subject`, `drawn`, `denied` …); `of` names what it speaks of, where that is not
    the thing itself but a sense, category or narrower concept of it.
    """

    iri: str
    kind: str
    label: str
    role: str
    of: str
    says: str
    credit: Attribution | None
    parties: tuple[Party, ...] = ()

    @property
    def hedge(self) -> str:
        """How firmly it is put forward, with the hedge words."""
        return self.credit.firmness if self.credit else ""

    @property
    def source(self) -> str:
        """Who holds it, and on which page."""
        return self.credit.source if self.credit else ""


@dataclass(frozen=True, repr=False)
class About(Labelled, Tabular):
    """Everything about one thing: by view, the statements that concern it."""

    iri: str
    label: str
    views: Mapping[str, tuple[Mention, ...]]

    def __len__(self) -> int:
        return len({mention.iri for mention in chain(*self.views.values())})

    @property
    def counts(self) -> dict[str, int]:
        """How many statements each view holds; empty views are left out."""
        return {name: len(mentions) for name, mentions in self.views.items()}

    @property
    def reporters(self) -> dict[str, int]:
        """The works in which the statements were read, each with the number of statements."""
        credits = {mention.iri: mention.credit for mention in chain(*self.views.values())}
        works = [{p.work.label for p in credit.passages} for credit in credits.values() if credit]
        return dict(Counter(chain(*works)).most_common())

    def summary(self) -> str:
        """The counts in one phrase: `2 definitions, 1 claim with it as subject`."""
        return ", ".join(f"{n} {view_label(name, n)}" for name, n in self.counts.items())

    def table(self, short: bool = False) -> Table:
        """All statements under the heading of their view; `short` shows only the first of each."""
        rows, groups, records = [], [], []
        for name, mentions in self.views.items():
            for position, mention in enumerate(mentions):
                suffix = f" ({mention.of})" if mention.of else ""
                credit = (_full_text(mention), mention.hedge, mention.source)
                key = (shorten(mention.iri), mention.kind, mention.label, mention.role, mention.of)
                records.append((name, *key, *credit))
                if not short or position < _SHORT or len(mentions) <= _LONG:
                    rows.append((mention.label, mention.role + suffix, *credit))
                    groups.append(f"{name.capitalize()} ({len(mentions)})")
        notes = [f"Read in: {', '.join(f'{work} ({n})' for work, n in self.reporters.items())}."]
        if len(rows) < len(records):
            notes.append(f"{len(rows)} of {len(records)} shown. See all with --all.")
        return Table(
            ("statement", "how it concerns it", "says", "how firmly", "source"),
            tuple(rows),
            self.label,
            tuple(notes) if records else ("The map holds nothing about it.",),
            tuple(groups),
            Table(RECORD_COLUMNS, tuple(records)),
        )


def about(graph: Graph, thing: str, beneath: bool = True) -> About:
    """Collect everything that concerns a thing.

    Parameters:
        graph: the map.
        thing: the IRI of a concept, work, person, typology, case or any other thing.
        beneath: whether to include what concerns its senses, categories and narrower concepts.

    >>> import sq_graph
    >>> atlas = sq_graph.open()
    >>> about(atlas.graph, atlas.find("usa")).counts["cases and stereotypes"]
    3
    """
    family, links = _links_by_view(graph, thing, beneath)
    entries = facts(graph, chain(*links.values()), _PROPERTIES)
    parties = read_parties(graph, {i: texts(entry, "sq:party") for i, entry in entries.items()})
    credits = attributions(graph, entries)
    kinds = {expand(f"sq:{link.kind}") for view in links.values() for link in view.values()}
    names = labels(graph, {*family, *entries, *linked(entries, *_LABELLED), *kinds})

    def make_mention(iri: str, link: _Link) -> Mention:
        entry = entries[iri]
        role = _ROLES.get(link.kind) or ", ".join(in_words(name) for name in link.properties)
        if link.kind == "Alignment" and code(entry, "sq:basis") == "read":
            role = "our interpretation"
        ends = () if thing in link.ends else link.ends
        return Mention(
            iri,
            names.get(expand(f"sq:{link.kind}"), link.kind),
            names[iri],
            role,
            "; ".join(names[end] for end in ends if end in names and kind_of(end)),
            _says(entry, names),
            credits.get(iri),
            parties.get(iri, ()),
        )

    def sort_key(mention: Mention) -> tuple[bool, int, str, str]:
        """By label; the categories of a typology in its author's order."""
        is_part = kind_of(thing) == "typology" and kind_of(mention.iri) == "category"
        position = position_of(entries[mention.iri]) if is_part else 0
        return mention.of != "", position, mention.label.lower(), mention.iri

    views = {}
    for name in (view.name for view in VIEWS if view.name in links):
        mentions = (make_mention(iri, links[name][iri]) for iri in links[name] if iri in entries)
        views[name] = tuple(sorted(mentions, key=sort_key))
    return About(thing, names[thing], views)


def count_views(graph: Graph, thing: str) -> dict[str, int]:
    """How many statements each view of a thing holds, without reading them.

    >>> import sq_graph
    >>> atlas = sq_graph.open()
    >>> count_views(atlas.graph, atlas.find("usa")) == atlas.about("usa").counts
    True
    """
    _, links = _links_by_view(graph, thing, beneath=True)
    return {view.name: len(links[view.name]) for view in VIEWS if view.name in links}


def shared(first: About, *others: About) -> About:
    """What concerns several things at once, by the views of the first.

    >>> import sq_graph
    >>> atlas = sq_graph.open()
    >>> slugs = "social-capital", "social-cohesion"
    >>> capital, cohesion = (about(atlas.graph, atlas.find(slug)) for slug in slugs)
    >>> "alignments" in shared(capital, cohesion).views
    True
    """
    groups = [{mention.iri for mention in chain(*other.views.values())} for other in others]
    views = {
        name: tuple(m for m in mentions if all(m.iri in group for group in groups))
        for name, mentions in first.views.items()
    }
    label = " and ".join([first.label, *(other.label for other in others)])
    return About(first.iri, label, {name: view for name, view in views.items() if view})


def view_label(name: str, count: int) -> str:
    """The label of a view after a count: in the singular after 1.

    >>> view_label("claims with it as subject", 1), view_label("senses", 2)
    ('claim with it as subject', 'senses')
    >>> view_label("typologies that divide it", 1)
    'typology that divides it'
    """
    return _SINGULARS[name] if count == 1 else name


_CITATION_ENDS = ("cito:hasCitingEntity", "cito:hasCitedEntity")
_LABELLED = ("sq:aspect", "sq:codedValue", *_CITATION_ENDS)
_STATED = ("rdf:type", "sq:summary", "sq:basis", "sq:party", "sq:rank", "sq:listPosition")
_MEASURED = ("sq:codedTerm", "sq:coverage", "sq:value", "sq:unit")
_PROPERTIES = (*_STATED, *_MEASURED, *_LABELLED)


@dataclass(frozen=True)
class _Link:
    """The properties by which a statement leads to things of the family."""

    kind: str
    properties: tuple[str, ...]
    ends: tuple[str, ...]


def _links_by_view(
    graph: Graph, thing: str, beneath: bool
) -> tuple[list[str], dict[str, dict[str, _Link]]]:
    """A thing with everything beneath it, and the statements that concern these, by view."""
    query = f"SELECT DISTINCT ?s {{ ?s {FAMILY} <{thing}> }}"
    family = list(dict.fromkeys([thing, *(iris(graph, query) if beneath else ())]))
    views = _by_view(_links_to(graph, family))
    statements = {
        iri for v in views.values() for iri, link in v.items() if link.kind in _STATEMENT_KINDS
    }
    for name, view in _by_view(_links_to(graph, sorted(statements))).items():
        if name in ("anomalies", "positions"):
            for iri, link in view.items():
                views.setdefault(name, {}).setdefault(iri, link)
    if kind_of(thing) == "work" and (others := _read_in(graph, thing, views)):
        views["statements read in it"] = others
    return family, views


def _read_in(graph: Graph, work: str, views: Mapping[str, Mapping[str, _Link]]) -> dict[str, _Link]:
    """The statements read in a work that are in no other view of it: its reports of others, and
    interpretations of it.
    """
    passages = iris(graph, f"SELECT DISTINCT ?passage {{ ?passage sq:inWork <{work}> }}")
    seen = set(chain(*views.values()))
    return {
        iri: _Link(link.kind, ("reportedIn",), (work,))
        for iri, link in _links_to(graph, passages).items()
        if "reportedIn" in link.properties and iri not in seen and link.kind != "Concept"
    }


def _links_to(graph: Graph, things: Sequence[str]) -> dict[str, _Link]:
    """The statements with a property that leads to one of the things."""
    links: dict[str, tuple[set[str], dict[str, None], dict[str, None]]] = {}
    for start in range(0, len(things), 400):
        query = f"""SELECT DISTINCT ?s ?kind ?p ?end {{
          VALUES ?end {{ {values(things[start : start + 400])} }}
          ?s ?p ?end . ?s a ?kind FILTER(isIRI(?s) && ?p != rdf:type
            && ?kind != owl:NamedIndividual) }}"""
        for row in graph.select(query):
            kinds, properties, ends = links.setdefault(row["s"].value, (set(), {}, {}))
            kinds.add(shorten(row["kind"].value).removeprefix("sq:"))
            properties[shorten(row["p"].value).removeprefix("sq:")] = None
            ends[row["end"].value] = None
    kind_order = [kind for view in VIEWS for kind in view.kinds]
    return {
        iri: _Link(_kind(kinds, kind_order), tuple(properties), tuple(ends))
        for iri, (kinds, properties, ends) in sorted(links.items())
    }


def _kind(kinds: set[str], preferred: Sequence[str]) -> str:
    """The most informative of the classes of a thing."""
    matching = [kind for kind in preferred if kind in kinds]
    others = sorted(kinds - {"qb:Observation"})
    return (matching or others or [""])[0]


def _by_view(links: Mapping[str, _Link]) -> dict[str, dict[str, _Link]]:
    """Each statement under the first view that fits each of its properties."""
    views: dict[str, dict[str, _Link]] = {}
    for iri, link in links.items():
        if link.kind in _HIDDEN_KINDS:
            continue
        for name in dict.fromkeys(_view_of(link.kind, p) for p in link.properties):
            properties = tuple(p for p in link.properties if _view_of(link.kind, p) == name)
            views.setdefault(name, {})[iri] = _Link(link.kind, properties, link.ends)
    claims = [view.name for view in VIEWS if view.kinds == ["Claim"]]
    seen = set[str]()
    for view in [views.get(name, {}) for name in claims]:
        for iri in seen & set(view):  # a claim is listed once, under the closest of its roles
            del view[iri]
        seen |= set(view)
    return {name: view for name, view in views.items() if view}


def _view_of(kind: str, name: str) -> str:
    matches = (v.name for v in VIEWS if name in v.properties and kind in (v.kinds or [kind]))
    return next(matches, VIEWS[-1].name)


def _says(entry: Facts, names: Mapping[str, str]) -> str:
    if "sq:aspect" in entry:
        codes = [names[iri] for iri in texts(entry, "sq:codedValue")]
        content = "; ".join([*codes, *texts(entry, "sq:codedTerm")]) or code(entry, "sq:coverage")
        return f"{names[text(entry, 'sq:aspect')]}: {content.replace('-', ' ')}"
    citation_ends = [names[iri] for name in _CITATION_ENDS for iri in texts(entry, name)]
    figure = " ".join(part for part in (text(entry, "sq:value"), text(entry, "sq:unit")) if part)
    return text(entry, "sq:summary") or " cites ".join(citation_ends) or figure


def _full_text(mention: Mention) -> str:
    lines = [mention.says] + [
        f"{f'Side {party.side}: ' if party.side else '– '}{party.says or party.label}"
        f" ({party.credit.source if party.credit else 'no source'})"
        for party in mention.parties
    ]
    return "\n".join(line for line in lines if line)
