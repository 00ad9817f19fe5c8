"""The works and agents of a map as an edit recognises them; an update reads only what changed."""

from collections.abc import Collection, Iterable

from sq_graph.graph import EmbeddedGraph, Graph
from sq_graph.model.facts import facts, text, texts
from sq_graph.model.names import Names
from sq_graph.model.records import PEOPLE_PROPERTIES, Name, Record, fold_text, read_records
from sq_graph.vocab import BASE, slug_of

UNDATED = {"nd", "undated", "nodate"}


class KnownWorks:
    """The records of the works by their match keys, and the agents by name."""

    def __init__(self) -> None:
        self.works: dict[str, Record] = {}
        self.agents: dict[str, Name] = {}
        self._by_match_key: dict[str, dict[str, None]] = {}
        self._by_name: dict[Name, set[str]] = {}
        self._works_of_part: dict[str, set[str]] = {}

    def matches(self, match_key: str) -> list[str]:
        """The works with a match key, by year and label."""
        records = [self.works[iri] for iri in self._by_match_key.get(match_key, ())]
        records.sort(key=lambda record: (record.year or 9999, record.label))
        return [record.iri for record in records]

    def agent(self, name: Name) -> str:
        """The agent of a name, the packaged one first; '' where there is none."""
        iris = self._by_name.get(name, ())
        return max(iris, key=lambda iri: (iri.startswith(BASE), iri), default="")

    def read(self, graph: Graph, names: Names, changed: Collection[str] | None) -> None:
        """Reads again the things that changed; None reads all."""
        works, agents = names.members("sq:Work"), names.members("sq:Agent")
        changed = {*works, *agents} if changed is None else changed
        outdated = {work for thing in changed for work in self._works_of_part.get(thing, ())}
        outdated |= {thing for thing in changed if thing in works or thing in self.works}
        for work in outdated & self.works.keys():
            for match_key in match_keys(self.works.pop(work), is_stored=True):
                self._by_match_key[match_key].pop(work, None)
        for agent in self.agents.keys() & changed:
            self._by_name[self.agents.pop(agent)].discard(agent)
        self._add_works(graph, outdated & works)
        self._add_agents(graph, agents & set(changed))

    def _add_works(self, graph: Graph, works: Collection[str]) -> None:
        for record in read_records(graph, works):
            self.works[record.iri] = record
            for match_key in match_keys(record, is_stored=True):
                self._by_match_key.setdefault(match_key, {})[record.iri] = None
        for work, lines in facts(graph, works, PEOPLE_PROPERTIES).items():
            authorships = [iri for line in PEOPLE_PROPERTIES for iri in texts(lines, line)]
            for authorship, values in facts(graph, authorships, ("sq:author",)).items():
                for part in (authorship, *texts(values, "sq:author")):
                    self._works_of_part.setdefault(part, set()).add(work)

    def _add_agents(self, graph: Graph, agents: Iterable[str]) -> None:
        for iri, agent in facts(graph, agents).items():
            is_person = any(term.value.endswith("#Person") for term in agent.get("rdf:type", ()))
            family, given = text(agent, "foaf:familyName"), text(agent, "foaf:givenName")
            if is_person and not given and iri.startswith(BASE):
                continue  # a packaged person is known by the full name only
            full_name = Name(text(agent, "rdfs:label"), organisation=not is_person)
            name = Name(family, given) if is_person and family else full_name
            self.agents[iri] = name
            self._by_name.setdefault(name, set()).add(iri)


def known_works(graph: EmbeddedGraph, names: Names) -> KnownWorks:
    """The works and agents of a map at present, cached with a graph that is in memory."""
    cache, changed = graph.live_cache("works") or ({}, set[str]())
    is_new = "known" not in cache
    works: KnownWorks = cache.setdefault("known", KnownWorks())
    if is_new or changed:
        works.read(graph, names, None if is_new else changed)
    return works


def match_keys(record: Record, is_stored: bool = False) -> list[str]:
    """Texts of which two records of one work share at least one; with `is_stored`, also those that
    do not make two records one work.
    """
    keys = [f"doi {record.one('bibo:doi').lower()}"] if record.one("bibo:doi") else []
    if title := title_of(record):
        people = "" if record.et_al else "+".join(map(fold_text, families(record)))
        # Phillips 2008a and 2008b are two works where no title distinguishes them.
        when = year_key(record).removeprefix("nd") + ("" if record.title else record.year_suffix)
        keys.append(f"work {people} {when} {fold_text(title)}")
    keys += [f"key {key}" for key in record.keys]
    if is_stored:
        keys += [title_key(record), f"slug {slug_of(record.iri)}", f"label {record.label}"]
    return keys


def title_key(record: Record) -> str:
    """People and title, which a work shares with what it was before its year was known."""
    return f"title {'+'.join(map(fold_text, families(record)))} {fold_text(record.title)}"


def year_key(record: Record) -> str:
    """The year in the form used for comparison: a work that is undated in any words has `nd`."""
    note = fold_text(record.year_note)
    return str(record.year) if record.year is not None else "nd" if note in UNDATED else note


def title_of(record: Record) -> str:
    """The title of a record, else a name by where it was published, or by where it was read."""
    publication = " ".join(map(record.one, ("sq:containerTitle", "bibo:volume", "bibo:pages")))
    source = publication.strip() or ("" if families(record) else record.place.rpartition("/")[2])
    return record.title or (f"Untitled ({source})" if source or families(record) else "")


def families(record: Record) -> list[str]:
    """The family names in the author line, else in that of the editors."""
    return [name.family for name in record.authors or record.editors]
