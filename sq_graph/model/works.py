"""Works and agents: who wrote what, and which works were read."""

from collections.abc import Iterable
from dataclasses import dataclass

from sq_graph.graph import Graph
from sq_graph.model import WORDS
from sq_graph.model.facts import Facts, facts, iris, linked, number, refs, text, texts
from sq_graph.model.listing import Listing
from sq_graph.model.records import in_rank
from sq_graph.table import Cell
from sq_graph.vocab import Ref, slug_of


@dataclass(frozen=True)
class Work:
    """A publication: `label` as cited, `title` if its record is known, `read` if the map has
    passages of it.
    """

    iri: str
    label: str
    title: str
    year: int | None
    authors: tuple[Ref, ...]
    read: bool

    def cells(self) -> tuple[Cell, ...]:
        """Its values under the columns of its listing."""
        authors = "; ".join(map(str, self.authors))
        return self.label, authors, self.year, self.title, self.read, self.iri

    def _repr_html_(self) -> str:
        return Works((self,)).table().to_html()


@dataclass(frozen=True)
class Agent:
    """A person, an organisation, or another holder of statements; `kind` says which."""

    iri: str
    label: str
    kind: str

    def cells(self) -> tuple[Cell, ...]:
        """Its values under the columns of its listing."""
        return self.label, self.kind, self.iri

    def _repr_html_(self) -> str:
        return Agents((self,)).table().to_html()


class Works(Listing[Work]):
    """Works in order of year."""

    title = "Works"
    columns = ("work", "authors", "year", "title", "read", "iri")


class Agents(Listing[Agent]):
    """Agents in order of name."""

    title = "Agents"
    columns = ("agent", "kind", "iri")


def read_works(graph: Graph, works: Iterable[str]) -> Works:
    """The works of these IRIs, by year and label; one without a year comes last."""
    known = facts(graph, works)
    places = facts(graph, linked(known, "sq:authorship"))
    names = refs(graph, linked(places, "sq:author"))
    read = set(iris(graph, "SELECT DISTINCT ?work { ?passage sq:inWork ?work }"))

    found = []
    for iri, one in known.items():
        signed = [text(place, "sq:author") for place in in_rank(one, "sq:authorship", places)]
        label, title = text(one, "rdfs:label"), text(one, "dcterms:title")
        authors = tuple(names[agent] for agent in signed if agent in names)
        found.append(Work(iri, label, title, number(one, "sq:year"), authors, iri in read))
    return Works(sorted(found, key=lambda work: (work.year or 9999, work.label)))


def read_agents(graph: Graph, agents: Iterable[str]) -> Agents:
    """The agents of these IRIs by label."""
    found = [
        Agent(iri, text(one, "rdfs:label"), _kind(one)) for iri, one in facts(graph, agents).items()
    ]
    return Agents(sorted(found, key=lambda agent: (agent.label, agent.iri)))


def _kind(one: Facts) -> str:
    names = {slug_of(name) for name in texts(one, "rdf:type")} - {"Agent", "NamedIndividual"}
    kinds = WORDS["agents"]
    return next((kinds[name] for name in sorted(names) if name in kinds), "agent")
