"""Reading a map: its things as records, singly, by kind and side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cached_property
from typing import get_args

from sq_graph.atlas.asking import Asking, Questions
from sq_graph.errors import InputError, UnknownName
from sq_graph.model import entities, facts, statements
from sq_graph.model.about import About, about, shared
from sq_graph.model.aspects import Aspects, compare_definitions, definition_rows, read_aspects
from sq_graph.model.attribution import Distance
from sq_graph.model.codes import Hedge, Relation
from sq_graph.model.comparison import compare_typologies
from sq_graph.model.positions import SILENT, compare_models, compare_positions
from sq_graph.model.ref import Nameable
from sq_graph.model.search import Index, Results
from sq_graph.model.show import show
from sq_graph.model.statements import Drawn
from sq_graph.model.works import Agents, Work, Works, read_agents, read_works
from sq_graph.table import Table
from sq_graph.vocab import SQ, kind_of

_GROUPS: dict[str, tuple[str, ...]] = {
    "typologies": ("typology",),
    "concepts": ("concept", "category"),
    **{f"{kind}s": (kind,) for kind in ("definition", "work", "position", "model")},
}
"""The groups of things that can be compared with each other, with the kinds in each."""


_Attributed = entities.Definition | statements.Claim | statements.Alignment
_BY_CLAIM = {"positions": compare_positions, "models": compare_models}


class Reading(Asking):
    """The records of a map."""

    # ---- one thing

    def concept(self, name: Nameable) -> entities.Concept:
        """A concept with all its definitions, also those of its senses and narrower concepts.

        >>> import sq_graph
        >>> atlas = sq_graph.open()
        >>> atlas.concept(atlas.concept("social-exclusion").definitions[0].concept).label
        'exclusion as a property of societies'
        """
        return entities.read_concepts(self.graph, [self.find(name, "concept", "category")])[0]

    def definition(self, name: Nameable) -> entities.Definition:
        """A definition with its attribution.

        >>> import sq_graph
        >>> atlas = sq_graph.open()
        >>> atlas.definition("room-1999-rupture").attribution
        <Attribution: Room 1999, as reported by Phillips 2008, p. 6>
        """
        return entities.read_definitions(self.graph, [self.find(name, "definition")])[0]

    def claim(self, name: Nameable) -> statements.Claim:
        """A claim with its attribution.

        >>> import sq_graph
        >>> sq_graph.open().claim("bernard-1999-containment").attribution.passages[0].page
        '14'
        """
        return statements.read_claims(self.graph, [self.find(name, "claim")])[0]

    def typology(self, name: Nameable) -> entities.Typology:
        """A typology with its categories in their order.

        >>> import sq_graph
        >>> atlas = sq_graph.open()
        >>> [str(category) for category in atlas.typology("room-exclusion").categories]
        ['poverty (Room)', 'catastrophic rupture (Room)']
        """
        return entities.read_typology(self.graph, self.find(name, "typology"))

    def work(self, name: Nameable) -> Work:
        """A work with its authors.

        >>> import sq_graph
        >>> atlas = sq_graph.open()
        >>> room = atlas.work("room-1999")
        >>> room.title, room.read
        ('Social exclusion, solidarity and the challenge of globalization', False)
        """
        return read_works(self.graph, [self.find(name, "work")])[0]

    # ---- all of a kind

    def concepts(self, *, scheme: Nameable = "", within: Nameable = "") -> entities.Concepts:
        """The concepts by label.

        Parameters:
            scheme: only concepts of this scheme, such as `constructs`.
            within: only senses of this concept and narrower concepts, at any depth.

        >>> import sq_graph
        >>> atlas = sq_graph.open()
        >>> [str(concept) for concept in atlas.concepts(within="trust")][:2]
        ['generalised trust (Hall)', 'trust (Fukuyama)']
        """
        iris = set(self._class_members("sq:Concept", "concept"))
        if scheme:
            iris &= self._having("skos:inScheme", self.find(scheme, "scheme"))
        if within:
            top = self.find(within, "concept", "category")
            iris &= self._having("(sq:senseOf|skos:broader)+", top)
        return entities.read_concepts(self.graph, sorted(iris))

    def definitions(
        self,
        concept: Nameable = "",
        *,
        holder: Nameable = "",
        work: Nameable = "",
        hedge: Hedge | None = None,
        distance: Distance | None = None,
    ) -> entities.Definitions:
        """The definitions in order of year.

        Parameters:
            concept: only definitions of this concept, its senses and narrower concepts.
            holder: only definitions that this agent holds, alone or with others.
            work: only definitions stated in this work, passed on by it, or read in it.
            hedge, distance: only definitions with this hedge, or read in this way.

        >>> import sq_graph
        >>> atlas = sq_graph.open()
        >>> definitions = atlas.definitions("trust", holder="fukuyama")
        >>> [str(definition.attribution.stated_in[0]) for definition in definitions]
        ['Fukuyama 1995', 'Fukuyama 1999']
        """
        top = ""
        iris: Sequence[str] = self._class_members("sq:Definition")
        if concept:
            top = self.find(concept, "concept", "category")
            iris = entities.definitions_beneath(self.graph, top)
        attributed = self._with_source(iris, holder, work)
        definitions = entities.read_definitions(self.graph, attributed, top)
        return entities.Definitions(item for item in definitions if _matches(item, hedge, distance))

    def claims(
        self,
        about: Nameable = "",
        *,
        relation: Relation | None = None,
        holder: Nameable = "",
        work: Nameable = "",
        hedge: Hedge | None = None,
        distance: Distance | None = None,
    ) -> statements.Claims:
        """The claims by label: all, or those about a thing (as topic, subject or object), or of one
        relation.

        `holder`, `work`, `hedge` and `distance` are as for `definitions`.

        >>> import sq_graph
        >>> atlas = sq_graph.open()
        >>> atlas.claims("social-exclusion", relation="failure-of", holder="bernard")
        (<Claim: exclusion is a failure in cohesion>,)
        >>> atlas.claims(relation="fails")
        Traceback (most recent call last):
        sq_graph.errors.UnknownName: there is no relation 'fails'. ...
        """
        _require_known("relation", relation, get_args(Relation))
        iris = set(self._class_members("sq:Claim"))
        if about:
            iris &= self._having("sq:about|sq:subject|sq:object", self.find(about))
        claims = statements.read_claims(self.graph, self._with_source(sorted(iris), holder, work))
        related = (claim for claim in claims if relation in (None, claim.relation))
        return statements.Claims(claim for claim in related if _matches(claim, hedge, distance))

    def alignments(
        self,
        of: Nameable = "",
        *,
        relation: Relation | None = None,
        drawn: Drawn | None = None,
        holder: Nameable = "",
        work: Nameable = "",
        hedge: Hedge | None = None,
    ) -> statements.Alignments:
        """The alignments by label, including those of a thing together with others.

        `relation` selects those of one relation; `drawn` those drawn, denied, or proposed by
        nobody. The last are warnings, and are included only on request. `holder`, `work` and
        `hedge` are as for `definitions`.

        >>> import sq_graph
        >>> atlas = sq_graph.open()
        >>> atlas.alignments("steinert-overall", relation="broad")
        (<Alignment: Steinert's overall exclusion can be seen as an absolute form of exclusion>,)
        """
        _require_known("relation", relation, get_args(Relation))
        _require_known("kind of alignment", drawn, get_args(Drawn))
        classes = ("sq:Alignment", "sq:DeniedAlignment", "sq:UndrawnAlignment")
        iris = {iri for name in classes for iri in self._class_members(name)}
        if of:
            iris &= self._having("(sq:subject|sq:object)/skos:member?", self.find(of))
        attributed = self._with_source(sorted(iris), holder, work)
        alignments = statements.read_alignments(self.graph, attributed)
        kinds = (drawn,) if drawn else ("drawn", "denied")
        shown = (item for item in alignments if item.drawn in kinds)
        related = (item for item in shown if relation in (None, item.relation))
        return statements.Alignments(item for item in related if _matches(item, hedge))

    def typologies(
        self, *, divides: Nameable = "", holder: Nameable = "", work: Nameable = ""
    ) -> entities.Typologies:
        """The typologies by label: all, or those that divide a concept, have a holder, or belong to
        a work.

        >>> import sq_graph
        >>> atlas = sq_graph.open()
        >>> atlas.typologies(divides="social-exclusion", holder="room")
        (<Typology: Room: exclusion set off against poverty>,)
        """
        iris = set(self._class_members("sq:Typology"))
        if divides:
            iris &= self._having("sq:divides", self.find(divides, "concept", "category"))
        attributed = self._with_source(sorted(iris), holder, work)
        typologies = [entities.read_typology(self.graph, iri) for iri in attributed]
        return entities.Typologies(sorted(typologies, key=lambda typology: typology.label))

    def codings(self, concept: Nameable = "") -> Table:
        """What definitions say under each aspect: one coded value per row, with its attribution.

        >>> import sq_graph
        >>> atlas = sq_graph.open()
        >>> frame = atlas.codings("trust").to_pandas()
        >>> sorted(set(frame[frame["aspect"] == "bearer"]["value"]))
        ['community', 'individual', 'silent']
        """
        definitions = self.definitions(concept)
        table = compare_definitions(self.graph, definitions, "Codings")
        return table.records or table

    def works(
        self, *, author: Nameable = "", year: int | None = None, read: bool | None = None
    ) -> Works:
        """The works by year: all, or those of an author, of a year, or those that were read (or
        not).

        >>> import sq_graph
        >>> atlas = sq_graph.open()
        >>> atlas.works(read=True)
        (<Work: Phillips 2008>, <Work: Torrents and Ferraro 2015>, <Work: Anttiroiko 2022>)
        """
        iris = set(self._class_members("sq:Work"))
        if author:
            iris &= self._having("sq:authorship/sq:author", self.find(author, "agent"))
        works = read_works(self.graph, sorted(iris))
        of_year = (work for work in works if year in (None, work.year))
        return Works(work for work in of_year if read in (None, work.read))

    def agents(self, *, kind: str = "") -> Agents:
        """The agents by name: all, or those of one kind, such as `person` or `organisation`.

        >>> import sq_graph
        >>> atlas = sq_graph.open()
        >>> [str(agent) for agent in atlas.agents(kind="organisation")][:2]
        ['Canadian government', 'Church of England']
        """
        agents = read_agents(self.graph, self._class_members("sq:Agent"))
        _require_known("kind of agent", kind, (agent.kind for agent in agents))
        return Agents(agent for agent in agents if kind in ("", agent.kind))

    def aspects(self, of: Nameable = "", *, closed: bool | None = None) -> Aspects:
        """The aspects of comparison in their order: all, those that apply to a definition, or those
        with a closed list of values.

        >>> import sq_graph
        >>> atlas = sq_graph.open()
        >>> [str(aspect) for aspect in atlas.aspects(closed=True)][:3]
        ['kind of thing', 'bearer', 'process or outcome']
        """
        iris = [self.find(of, "definition")] if of else []
        aspects = read_aspects(self.graph, iris)
        return Aspects(aspect for aspect in aspects if closed in (None, aspect.is_closed))

    def questions(self, *, group: str = "") -> Questions:
        """The questions of the catalogue by group and name.

        >>> import sq_graph
        >>> atlas = sq_graph.open()
        >>> [str(question) for question in atlas.questions(group="figures")]
        ['claims-with-figures', 'figures', 'figures-that-do-not-follow', 'timeline']
        """
        questions = self.catalogue.questions()
        _require_known("group", group, (question.group for question in questions))
        return Questions(question for question in questions if group in ("", question.group))

    def values(self, code: str) -> tuple[str, ...]:
        """The codes of a list, such as `hedge`, `relation` or `review status`, or those that an
        aspect allows.

        Raises UnknownName for any other name.

        >>> import sq_graph
        >>> sq_graph.open().values("basis")
        ('read', 'reported', 'worded')
        """
        first, *others = code.removeprefix("sq:").replace("-", " ").split() or [""]
        name = first + "".join(word.capitalize() for word in others)
        members = self.names.of_class(f"sq:{name[:1].upper()}{name[1:]}")
        if codes := sorted(facts.code_of(iri) for iri in members if iri.startswith(SQ)):
            return tuple(codes)
        iri = self.find(code, "aspect")
        values_by_aspect = {aspect.iri: aspect.allows for aspect in read_aspects(self.graph)}
        if iri not in values_by_aspect:
            raise UnknownName("list of values", code, ["basis", "hedge", "review-status"])
        return values_by_aspect[iri]

    # ---- side by side

    def compare(
        self,
        *names: Nameable,
        readings: bool = False,
        undrawn: bool = False,
        aspects: Sequence[str] = (),
        differing: bool = False,
        transposed: bool = False,
    ) -> Table:
        """Things side by side: typologies by category, definitions by aspect, positions by claim.

        Parameters:
            names: typologies, concepts, works, definitions or positions, all of one kind.
            readings: for typologies, add the matches that we read into the words of an author.
            undrawn: for typologies, add the matches that nobody proposes.
            aspects: for definitions, the aspects to compare by; by default all.
            differing: keep only the rows in which the things differ.
            transposed: for definitions, one row per definition and one column per aspect.

        Raises:
            InputError: things of different kinds, a single typology, or nothing to compare.
            UnknownName: a thing or an aspect that the map does not hold.

        >>> import sq_graph
        >>> atlas = sq_graph.open()
        >>> table = atlas.compare("room-1999-rupture", "fukuyama-1995-trust", aspects=["degree"])
        >>> table.columns[0], len(table)
        ('aspect', 3)
        """
        if not names:
            raise InputError("there is nothing to compare", remedy="Name things of one kind")
        things = self._find_alike(names)
        labels = [self.label(iri) for iri in things]
        groups = {_group_of(kind_of(iri) or "concept") for iri in things}
        group = groups.pop()
        if groups or group not in _GROUPS:
            problem = f"these are of different kinds ({', '.join(sorted({group, *groups}))})"
            raise InputError(f"{problem}: {', '.join(labels)}", remedy="Compare things of one kind")
        if group == "typologies":
            if len(things) < 2:
                remedy = "Name at least two typologies"
                raise InputError(f"{labels[0]} cannot be compared alone", remedy=remedy)
            typologies = [entities.read_typology(self.graph, iri) for iri in things]
            return compare_typologies(self.graph, typologies, undrawn, readings)
        if group in _BY_CLAIM:
            table = _BY_CLAIM[group](self.graph, things)
            return table.differing(SILENT) if differing else table
        definitions = self.compared_definitions(*things)
        if not definitions:
            raise InputError(f"the map has no definition of {', '.join(labels)}")
        compare = definition_rows if transposed else compare_definitions
        return compare(self.graph, definitions, " · ".join(labels), aspects, differing)

    def compared_definitions(self, *names: Nameable) -> tuple[entities.Definition, ...]:
        """The definitions named, or those of the concepts or works named, in order of year.

        For a single concept, definitions that concern it without defining it come last: those of
        another sense of the word, and those that name it as a component.

        >>> import sq_graph
        >>> sq_graph.open().compared_definitions("social-cohesion")[-1].concerns
        'names it as a component'
        """
        things = [self.find(name) for name in names]
        iris, concept = list[str](), ""
        for iri in things:
            match kind_of(iri):
                case "definition":
                    iris.append(iri)
                case "work":
                    of_work = self._having("sq:statedIn|sq:via", iri)
                    iris += sorted(of_work & set(self._class_members("sq:Definition")))
                case _:
                    iris += entities.definitions_beneath(self.graph, iri)
                    concept = iri if len(things) == 1 else ""
        definitions = entities.read_definitions(self.graph, dict.fromkeys(iris), concept)
        if not (concept and definitions):
            return definitions
        others = entities.definitions_elsewhere(self.graph, concept)
        others_sorted = sorted(others, key=lambda definition: definition.concerns)
        return entities.Definitions((*definitions, *others_sorted))

    def about(self, *names: Nameable) -> About:
        """Everything about a thing; with several things, what concerns all of them.

        >>> import sq_graph
        >>> sq_graph.open().about("usa").counts["cases and stereotypes"]
        3
        """
        if not names:
            remedy = "Name one, such as social-cohesion"
            raise InputError("the name of a thing is missing", remedy=remedy)
        first, *others = [about(self.graph, self.find(name)) for name in names]
        return shared(first, *others) if others else first

    def search(self, words: str, kind: str = "", work: Nameable = "", most: int = 50) -> Results:
        """Finds things by words: whole words first, then beginnings of words; accents and case are
        ignored.

        Parameters:
            words: the words; a phrase is put in quotation marks.
            kind: one kind of thing, such as `claim`; '' for all.
            work: a work in which the statement was read or is stated; '' for all.
            most: the greatest number of hits.

        >>> import sq_graph
        >>> sq_graph.open().search("tonnies").hits[0].label
        'Tönnies'
        """
        return self.words.search(words, kind, self.find(work, "work") if work else "", most)

    @cached_property
    def words(self) -> Index:
        """The words of the map, by which it is searched."""
        return Index(self.graph)

    def show(self, name: Nameable) -> Table:
        """One thing: its own statements, their sources, and what directly concerns it.

        >>> import sq_graph
        >>> atlas = sq_graph.open()
        >>> dict(atlas.show("room-1999").rows)["authors"]
        'Room'
        """
        return show(self.graph, self.find(name))

    def _class_members(self, name: str, kind: str = "") -> tuple[str, ...]:
        """The things of a class; with `kind`, those whose IRI names it."""
        members = self.names.of_class(name)
        return tuple(iri for iri in members if not kind or kind_of(iri) == kind)

    def _having(self, path: str, target: str) -> set[str]:
        """The things from which a path of properties leads to a thing."""
        return set(facts.iris(self.graph, f"SELECT DISTINCT ?s {{ ?s {path} <{target}> }}"))

    def _with_source(self, iris: Sequence[str], holder: Nameable, work: Nameable) -> Sequence[str]:
        """Those of some statements that an agent holds, if one is named, and that a work states,
        passes on, or was read for, if one is named.
        """
        if holder:
            of_holder = self._having("sq:heldBy|sq:possiblyHeldBy", self.find(holder, "agent"))
            iris = [iri for iri in iris if iri in of_holder]
        if work:
            path = "sq:statedIn|sq:via|(sq:reportedIn/sq:inWork)"
            of_work = self._having(path, self.find(work, "work"))
            iris = [iri for iri in iris if iri in of_work]
        return iris

    def _find_alike(self, names: Sequence[Nameable]) -> list[str]:
        """The things of these names, of one kind where every name has a thing of that kind."""
        for kinds in _GROUPS.values():
            with suppress(UnknownName):
                return list(dict.fromkeys(self.find(name, *kinds) for name in names))
        return list(dict.fromkeys(self.find(name, *sum(_GROUPS.values(), ())) for name in names))


def _group_of(kind: str) -> str:
    return next((group for group, kinds in _GROUPS.items() if kind in kinds), kind)


def _require_known(label: str, value: str | None, known: Iterable[str]) -> None:
    """Raises UnknownName with all choices if a value is given that is not among those known."""
    choices = set(known)
    if value and value not in choices:
        raise UnknownName(label, value, choices, choices=choices)


def _matches(statement: _Attributed, hedge: str | None, distance: str | None = None) -> bool:
    """Whether a statement's attribution has the hedge and the distance asked for, if any."""
    _require_known("hedge", hedge, get_args(Hedge))
    _require_known("distance", distance, get_args(Distance))
    if (attribution := statement.attribution) is None:
        return hedge is None and distance is None
    return hedge in (None, attribution.hedge) and distance in (None, attribution.distance)
