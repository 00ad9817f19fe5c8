"""Works and agents: who wrote what, and which works were read."""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

from sq_graph.graph import Graph
from sq_graph.model import WORDS
from sq_graph.model.facts import Facts, facts, iris, linked, number, refs, text, texts
from sq_graph.model.listing import Listing
from sq_graph.model.records import ranked_authorships
from sq_graph.table import Cell, Table, Tabular
from sq_graph.vocab import Labelled, Ref, slug_of


@dataclass(frozen=True, repr=False)
class Work(Labelled, Tabular):
    """A publication: `label` as cited, `title` if known, `read` if the map has passages of it.

    >>> import sq_graph
    >>> atlas = sq_graph.open()
    >>> [author.label for author in atlas.work("wessels-miedema-2002").authors]
    ['Wessels', 'Miedema']
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

    def table(self) -> Table:
        """The table of this record alone."""
        return Works((self,)).table()


@dataclass(frozen=True, repr=False)
class Agent(Labelled, Tabular):
    """A person, an organisation, or another holder of statements; `kind` says which.

    >>> import sq_graph
    >>> atlas = sq_graph.open()
    >>> atlas.agents(kind="organisation")[0].label
    'Canadian government'
    """

    iri: str
    label: str
    kind: str

    def cells(self) -> tuple[Cell, ...]:
        """Its values under the columns of its listing."""
        return self.label, self.kind, self.iri

    def table(self) -> Table:
        """The table of this record alone."""
        return Agents((self,)).table()


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
    entries = facts(graph, works)
    authorships = facts(graph, linked(entries, "sq:authorship"))
    names = refs(graph, linked(authorships, "sq:author"))
    read = set(iris(graph, "SELECT DISTINCT ?work { ?passage sq:inWork ?work }"))

    records = []
    for iri, work in entries.items():
        ranked = ranked_authorships(work, "sq:authorship", authorships)
        agents = (text(authorship, "sq:author") for authorship in ranked)
        label, title = text(work, "rdfs:label"), text(work, "dcterms:title")
        authors = tuple(names[agent] for agent in agents if agent in names)
        records.append(Work(iri, label, title, number(work, "sq:year"), authors, iri in read))
    return Works(sorted(records, key=lambda record: (record.year or 9999, record.label)))


def read_agents(graph: Graph, agents: Iterable[str]) -> Agents:
    """The agents of these IRIs by label."""
    entries = facts(graph, agents).items()
    records = (Agent(iri, text(agent, "rdfs:label"), _kind(agent)) for iri, agent in entries)
    return Agents(sorted(records, key=attrgetter("label", "iri")))


def _kind(agent: Facts) -> str:
    names = {slug_of(name) for name in texts(agent, "rdf:type")} - {"Agent", "NamedIndividual"}
    kinds = WORDS["agents"]
    return next((kinds[name] for name in sorted(names) if name in kinds), "agent")
