"""Everything about one thing: each view of the map that holds something about it, with holder,
hedge and page.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    text,
    texts,
    values,
)
from sq_graph.resources import data_beside
from sq_graph.table import Table
from sq_graph.vocab import expand, kind_of, shorten

FAMILY = "skos:member?/sq:memberOf?/(sq:senseOf|skos:broader)*"
"""From a category, sense, narrower concept or union to the thing that it belongs to."""
RECORD_COLUMNS = ("view", "name", "kind", "statement", "role", "of", "says", "hedge", "source")
FEW = 3
"""Up to this many rows, an answer also names the views that hold more about what was asked."""
_SHORT, _LONG = 5, 10  # a view of more than _LONG statements is cut to the first _SHORT


class View(NamedTuple):
    """One way in which statements concern a thing: their kinds, and the properties that lead to it.

    `one` is its name for a single statement; `question` is the catalogue question that asks for the
    same, `parameter` the one that takes the thing.
    """

    name: str
    one: str
    kinds: Sequence[str]
    properties: Sequence[str]
    question: str = ""
    parameter: str = "thing"


VIEWS = tuple(View(**view) for view in data_beside(__file__, "views.json"))
"""What can be known about a thing, in the order in which it is shown; the last takes all that is
left.
"""
_ONE = {view.name: view.one for view in VIEWS}
_ROLES = WORDS["alignments"]
_UNSEEN = ("Passage", "Authorship", "SecondReading")
_SPOKEN_OF = ("Claim", "Definition", "Cell", "Case", "Stereotype", *_ROLES)
"""Statements whose anomalies and positions concern the thing they speak of."""


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
        """How firmly it is put forward, with the words that hedge."""
        return self.credit.firmness if self.credit else ""

    @property
    def source(self) -> str:
        """Whose it is, and on which page."""
        return self.credit.source if self.credit else ""


@dataclass(frozen=True)
class About:
    """Everything about one thing: by view, the statements that concern it."""

    iri: str
    label: str
    views: Mapping[str, tuple[Mention, ...]]

    def __len__(self) -> int:
        return len({one.iri for listed in self.views.values() for one in listed})

    @property
    def counts(self) -> dict[str, int]:
        """How many statements each view holds; empty views are left out."""
        return {name: len(listed) for name, listed in self.views.items()}

    @property
    def reporters(self) -> dict[str, int]:
        """The works in which the statements were read, each with their number."""
        credits = {one.iri: one.credit for listed in self.views.values() for one in listed}
        read = [{p.work.label for p in credit.passages} for credit in credits.values() if credit]
        return dict(Counter(work for works in read for work in works).most_common())

    def summary(self) -> str:
        """What there is in one phrase: `2 definitions, 1 claim with it as subject`."""
        return ", ".join(f"{count} {one_of(name, count)}" for name, count in self.counts.items())

    def table(self, short: bool = False) -> Table:
        """All statements under the heading of their view; `short` shows the first few of each."""
        rows, groups, records = [], [], []
        for name, listed in self.views.items():
            for place, one in enumerate(listed):
                beneath = f" ({one.of})" if one.of else ""
                cells = (one.label, one.role + beneath, _said(one), one.hedge, one.source)
                kept = (name, shorten(one.iri), one.kind, one.label, one.role, one.of)
                records.append((*kept, _said(one), one.hedge, one.source))
                if not short or place < _SHORT or len(listed) <= _LONG:
                    rows.append(cells)
                    groups.append(f"{name.capitalize()} ({len(listed)})")
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

    def _repr_html_(self) -> str:
        return self.table().to_html()


def about(graph: Graph, thing: str, beneath: bool = True) -> About:
    """Collect everything that concerns a thing.

    Parameters:
        graph: the map.
        thing: the IRI of a concept, work, person, typology, case or any other thing.
        beneath: whether what concerns its senses, categories and narrower concepts counts too.

    >>> import sq_graph
    >>> atlas = sq_graph.open()
    >>> about(atlas.graph, atlas.find("usa")).counts["cases and stereotypes"]
    3
    """
    family, found = _found(graph, thing, beneath)
    known = facts(graph, dict.fromkeys(iri for view in found.values() for iri in view), _READ)
    parties = read_parties(graph, {i: texts(one, "sq:party") for i, one in known.items()})
    credits = attributions(graph, known)
    kinds = {expand(f"sq:{link.kind}") for view in found.values() for link in view.values()}
    names = labels(graph, {*family, *known, *linked(known, *_NAMED), *kinds})

    def mention(iri: str, link: _Link) -> Mention:
        one = known[iri]
        role = _ROLES.get(link.kind) or ", ".join(in_words(name) for name in link.properties)
        if link.kind == "Alignment" and code(one, "sq:basis") == "read":
            role = "our interpretation"
        of = () if thing in link.ends else link.ends
        return Mention(
            iri,
            names.get(expand(f"sq:{link.kind}"), link.kind),
            names[iri],
            role,
            "; ".join(names[end] for end in of if end in names and kind_of(end)),
            _says(one, names),
            credits.get(iri),
            parties.get(iri, ()),
        )

    def place(one: Mention) -> tuple[bool, int, str, str]:
        """By what it is called, a category in its author's order."""
        rank = "0"
        if kind_of(thing) == "typology" and kind_of(one.iri) == "category":
            rank = text(known[one.iri], "sq:rank") or text(known[one.iri], "sq:listPosition") or "0"
        return one.of != "", int(rank), one.label.lower(), one.iri

    views = {}
    for view in (view.name for view in VIEWS if view.name in found):
        listed = (mention(iri, link) for iri, link in found[view].items() if iri in known)
        views[view] = tuple(sorted(listed, key=place))
    return About(thing, names[thing], views)


def count_views(graph: Graph, thing: str) -> dict[str, int]:
    """How many statements each view of a thing holds, without reading them.

    >>> import sq_graph
    >>> atlas = sq_graph.open()
    >>> count_views(atlas.graph, atlas.find("usa")) == atlas.about("usa").counts
    True
    """
    _, found = _found(graph, thing, beneath=True)
    return {view.name: len(found[view.name]) for view in VIEWS if view.name in found}


def shared(first: About, *others: About) -> About:
    """What concerns several things at once, by the views of the first.

    >>> import sq_graph
    >>> atlas = sq_graph.open()
    >>> wanted = "social-capital", "social-cohesion"
    >>> capital, cohesion = (about(atlas.graph, atlas.find(one)) for one in wanted)
    >>> "alignments" in shared(capital, cohesion).views
    True
    """
    theirs = [{one.iri for view in other.views.values() for one in view} for other in others]
    views = {
        name: tuple(one for one in view if all(one.iri in them for them in theirs))
        for name, view in first.views.items()
    }
    label = " and ".join([first.label, *(other.label for other in others)])
    return About(first.iri, label, {name: view for name, view in views.items() if view})


def one_of(name: str, count: int) -> str:
    """The name of a view for a count: in the singular for one.

    >>> one_of("claims with it as subject", 1), one_of("senses", 2)
    ('claim with it as subject', 'senses')
    >>> one_of("typologies that divide it", 1)
    'typology that divides it'
    """
    return _ONE[name] if count == 1 else name


_CITATION = ("cito:hasCitingEntity", "cito:hasCitedEntity")
_NAMED = ("sq:aspect", "sq:codedValue", *_CITATION)
_READ = (
    "rdf:type",
    "sq:summary",
    "sq:basis",
    "sq:party",
    "sq:rank",
    "sq:listPosition",
    "sq:codedTerm",
    "sq:coverage",
    "sq:value",
    "sq:unit",
    *_NAMED,
)


@dataclass(frozen=True)
class _Link:
    """How a statement leads to a thing of the family."""

    kind: str
    properties: tuple[str, ...]
    ends: tuple[str, ...]


def _found(
    graph: Graph, thing: str, beneath: bool
) -> tuple[list[str], dict[str, dict[str, _Link]]]:
    """A thing with all beneath it, and the statements that concern them, by view."""
    query = f"SELECT DISTINCT ?s {{ ?s {FAMILY} <{thing}> }}"
    family = list(dict.fromkeys([thing, *(iris(graph, query) if beneath else ())]))
    found = _sorted_into_views(_pointing_at(graph, family))
    spoken_of = {
        iri for view in found.values() for iri, one in view.items() if one.kind in _SPOKEN_OF
    }
    for name, view in _sorted_into_views(_pointing_at(graph, sorted(spoken_of))).items():
        if name in ("anomalies", "positions"):
            for iri, link in view.items():
                found.setdefault(name, {}).setdefault(iri, link)
    if kind_of(thing) == "work" and (others := _read_in(graph, thing, found)):
        found["statements read in it"] = others
    return family, found


def _read_in(graph: Graph, work: str, found: Mapping[str, Mapping[str, _Link]]) -> dict[str, _Link]:
    """What rests on passages of a work and is in no other view of it: what it reports of others,
    and what is read into it.
    """
    placed = iris(graph, f"SELECT DISTINCT ?passage {{ ?passage sq:inWork <{work}> }}")
    seen = {iri for view in found.values() for iri in view}
    return {
        iri: _Link(link.kind, ("reportedIn",), (work,))
        for iri, link in _pointing_at(graph, placed).items()
        if "reportedIn" in link.properties and iri not in seen and link.kind != "Concept"
    }


def _pointing_at(graph: Graph, things: Sequence[str]) -> dict[str, _Link]:
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
    every = [kind for view in VIEWS for kind in view.kinds]
    return {
        iri: _Link(_kind(kinds, every), tuple(properties), tuple(ends))
        for iri, (kinds, properties, ends) in sorted(links.items())
    }


def _kind(kinds: set[str], preferred: Sequence[str]) -> str:
    """The most telling of the classes of a thing."""
    known = [kind for kind in preferred if kind in kinds]
    others = sorted(kinds - {"qb:Observation"})
    return (known or others or [""])[0]


def _sorted_into_views(links: Mapping[str, _Link]) -> dict[str, dict[str, _Link]]:
    """Each statement under the first view that fits each of its properties."""
    found: dict[str, dict[str, _Link]] = {}
    for iri, link in links.items():
        if link.kind in _UNSEEN:
            continue
        for name in dict.fromkeys(_view_of(link.kind, one) for one in link.properties):
            of_view = tuple(one for one in link.properties if _view_of(link.kind, one) == name)
            found.setdefault(name, {})[iri] = _Link(link.kind, of_view, link.ends)
    claims = [view.name for view in VIEWS if view.kinds == ["Claim"]]
    seen = set[str]()
    for view in [found.get(name, {}) for name in claims]:
        for iri in seen & set(view):  # a claim is listed once, under the closest of its roles
            del view[iri]
        seen |= set(view)
    return {name: view for name, view in found.items() if view}


def _view_of(kind: str, name: str) -> str:
    fitting = (v.name for v in VIEWS if name in v.properties and kind in (v.kinds or [kind]))
    return next(fitting, VIEWS[-1].name)


def _says(one: Facts, names: Mapping[str, str]) -> str:
    if "sq:aspect" in one:
        said = [names[iri] for iri in texts(one, "sq:codedValue")]
        given = "; ".join([*said, *texts(one, "sq:codedTerm")]) or code(one, "sq:coverage")
        return f"{names[text(one, 'sq:aspect')]}: {given.replace('-', ' ')}"
    cited = [names[iri] for name in _CITATION for iri in texts(one, name)]
    unit = " ".join(part for part in (text(one, "sq:value"), text(one, "sq:unit")) if part)
    return text(one, "sq:summary") or " cites ".join(cited) or unit


def _said(one: Mention) -> str:
    lines = [one.says] + [
        f"{f'Side {party.side}: ' if party.side else '– '}{party.says or party.label}"
        f" ({party.credit.source if party.credit else 'no source'})"
        for party in one.parties
    ]
    return "\n".join(line for line in lines if line)
