"""The works and agents of a map as an edit recognises them, brought up to date at the cost of what
changed.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from sq_graph.graph import EmbeddedGraph, Graph
from sq_graph.model.facts import Facts, facts, text, texts
from sq_graph.model.names import Names
from sq_graph.model.records import LINES, Name, Record, folded, read_records
from sq_graph.vocab import BASE, slug_of

UNDATED = {"nd", "undated", "nodate"}


class KnownWorks:
    """The records of the works, by what each is recognised by, and the agents by name."""

    def __init__(self) -> None:
        self.works: dict[str, Record] = {}
        self.agents: dict[str, Name] = {}
        self._with_sign: dict[str, dict[str, None]] = {}
        self._named: dict[Name, set[str]] = {}
        self._parts: dict[str, set[str]] = {}

    def with_sign(self, sign: str) -> list[str]:
        """The works with a sign, by year and label; labels and slugs, which no two works share, are
        signs too.
        """
        found = [self.works[iri] for iri in self._with_sign.get(sign, ())]
        return [one.iri for one in sorted(found, key=lambda one: (one.year or 9999, one.label))]

    def agent(self, name: Name) -> str:
        """The agent of a name, the packaged one first; '' where there is none."""
        named = self._named.get(name, ())
        return max(named, key=lambda iri: (iri.startswith(BASE), iri), default="")

    def read(self, graph: Graph, names: Names, changed: Collection[str] | None) -> None:
        """Reads the things that changed again; None reads all."""
        works, agents = names.members("sq:Work"), names.members("sq:Agent")
        changed = {*works, *agents} if changed is None else changed
        touched = {work for thing in changed for work in self._parts.get(thing, ())}
        touched |= {thing for thing in changed if thing in works or thing in self.works}
        for work in touched & self.works.keys():
            for sign in all_signs(self.works.pop(work)):
                self._with_sign[sign].pop(work, None)
        for agent in self.agents.keys() & changed:
            self._named[self.agents.pop(agent)].discard(agent)
        self._put_works(graph, touched & works)
        self._put_agents(graph, agents & set(changed))

    def _put_works(self, graph: Graph, works: Collection[str]) -> None:
        for record in read_records(graph, works):
            self.works[record.iri] = record
            for sign in all_signs(record):
                self._with_sign.setdefault(sign, {})[record.iri] = None
        for work, one in facts(graph, works, LINES).items():
            places = [iri for line in LINES for iri in texts(one, line)]
            for place, people in facts(graph, places, ("sq:author",)).items():
                for part in (place, *texts(people, "sq:author")):
                    self._parts.setdefault(part, set()).add(work)

    def _put_agents(self, graph: Graph, agents: Iterable[str]) -> None:
        for iri, name in _names_of(facts(graph, agents)):
            self.agents[iri] = name
            self._named.setdefault(name, set()).add(iri)


def known_works(graph: EmbeddedGraph, names: Names) -> KnownWorks:
    """What a map knows now; kept with the graph, where it is in memory."""
    kept, changed = graph.live_cache("works") or ({}, set[str]())
    is_new = "known" not in kept
    known: KnownWorks = kept.setdefault("known", KnownWorks())
    if is_new or changed:
        known.read(graph, names, None if is_new else changed)
    return known


def signs(record: Record) -> list[str]:
    """What a work may be recognised by."""
    found = [f"doi {record.one('bibo:doi').lower()}"] if record.one("bibo:doi") else []
    if title := record.title or untitled(record):
        people = "" if record.et_al else "+".join(map(folded, families(record)))
        # Phillips 2008a and 2008b are two works where no title distinguishes them.
        when = dated(record).removeprefix("nd") + ("" if record.title else record.year_suffix)
        found.append(f"work {people} {when} {folded(title)}")
    return [*found, *(f"key {key}" for key in record.keys)]


def all_signs(record: Record) -> list[str]:
    """What a work is recognised by, its slug and label among it."""
    return [*signs(record), f"slug {slug_of(record.iri)}", f"label {record.label}"]


def dated(record: Record) -> str:
    """The year, or what stands in its place: `nd` in whatever words a work is called undated."""
    note = folded(record.year_note)
    return str(record.year) if record.year is not None else "nd" if note in UNDATED else note


def untitled(record: Record) -> str:
    """A name for a record without a title: by where it was published, else by where it was read."""
    where = " ".join(map(record.one, ("sq:containerTitle", "bibo:volume", "bibo:pages")))
    shown = where.strip() or ("" if families(record) else record.place.rpartition("/")[2])
    return f"Untitled ({shown})" if shown or families(record) else ""


def families(record: Record) -> list[str]:
    """The family names in the author line, else in that of the editors."""
    return [name.family for name in record.authors or record.editors]


def _names_of(agents: Mapping[str, Facts]) -> Iterator[tuple[str, Name]]:
    for iri, one in agents.items():
        is_person = any(term.value.endswith("#Person") for term in one.get("rdf:type", ()))
        family, given = text(one, "foaf:familyName"), text(one, "foaf:givenName")
        whole = Name(text(one, "rdfs:label"), organisation=not is_person)
        # A packaged person is known by the whole name only.
        if given or not is_person or not iri.startswith(BASE):
            yield iri, Name(family, given) if is_person and family else whole
