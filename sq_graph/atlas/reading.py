"""Reading a map: its things as records, one by one and all of a kind, and side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cached_property
from typing import get_args

from sq_graph.atlas.asking import Asking, Questions
from sq_graph.errors import InputError, UnknownName
from sq_graph.model import entities, statements
from sq_graph.model.about import About, about, shared
from sq_graph.model.aspects import Aspects, compare_definitions, definition_rows, read_aspects
from sq_graph.model.attribution import Attribution, Distance
from sq_graph.model.codes import Hedge, Relation
from sq_graph.model.comparison import compare_typologies
from sq_graph.model.facts import code_of, iris
from sq_graph.model.positions import SILENT, compare_models, compare_positions
from sq_graph.model.ref import Nameable
from sq_graph.model.search import Found, Index
from sq_graph.model.show import show
from sq_graph.model.statements import Drawn
from sq_graph.model.works import Agents, Work, Works, read_agents, read_works
from sq_graph.table import Table
from sq_graph.vocab import SQ, kind_of

_COMPARED: dict[str, tuple[str, ...]] = {
    "typologies": ("typology",),
    "concepts": ("concept", "category"),
    **{f"{kind}s": (kind,) for kind in ("definition", "work", "position", "model")},
}
"""What can be compared with its like, and of which kinds its things are."""


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
        """A definition with its attribution."""
        return entities.read_definitions(self.graph, [self.find(name, "definition")])[0]

    def claim(self, name: Nameable) -> statements.Claim:
        """A claim with its attribution.

        >>> import sq_graph
        >>> sq_graph.open().claim("bernard-1999-containment").attribution.passages[0].page
        '14'
        """
        return statements.read_claims(self.graph, [self.find(name, "claim")])[0]

    def typology(self, name: Nameable) -> entities.Typology:
        """A typology with its categories in their order."""
        return entities.read_typology(self.graph, self.find(name, "typology"))

    def work(self, name: Nameable) -> Work:
        """A work with its authors."""
        return read_works(self.graph, [self.find(name, "work")])[0]

    # ---- all of a kind

    def concepts(self, *, scheme: Nameable = "", within: Nameable = "") -> entities.Concepts:
        """The concepts by label.

        Parameters:
            scheme: only concepts of this scheme, such as `constructs`.
            within: only senses of this concept and narrower concepts, at any depth.
        """
        found = set(self._of_kind("sq:Concept", "concept"))
        if scheme:
            found &= self._with("skos:inScheme", self.find(scheme, "scheme"))
        if within:
            top = self.find(within, "concept", "category")
            found &= self._with("(sq:senseOf|skos:broader)+", top)
        return entities.read_concepts(self.graph, sorted(found))

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
        >>> found = atlas.definitions("trust", holder="fukuyama")
        >>> [str(one.attribution.stated_in[0]) for one in found]
        ['Fukuyama 1995', 'Fukuyama 1999']
        """
        top = ""
        chosen: Sequence[str] = self._of_kind("sq:Definition")
        if concept:
            top = self.find(concept, "concept", "category")
            chosen = entities.definitions_beneath(self.graph, top)
        wanted = self._attributed(chosen, holder, work)
        found = entities.read_definitions(self.graph, wanted, top)
        return entities.Definitions(one for one in found if _fits(one.attribution, hedge, distance))

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
        """
        _require_known("relation", relation, get_args(Relation))
        chosen = set(self._of_kind("sq:Claim"))
        if about:
            chosen &= self._with("sq:about|sq:subject|sq:object", self.find(about))
        found = statements.read_claims(self.graph, self._attributed(sorted(chosen), holder, work))
        related = (one for one in found if relation in (None, one.relation))
        return statements.Claims(one for one in related if _fits(one.attribution, hedge, distance))

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
        """
        _require_known("relation", relation, get_args(Relation))
        _require_known("kind of alignment", drawn, get_args(Drawn))
        kinds = ("sq:Alignment", "sq:DeniedAlignment", "sq:UndrawnAlignment")
        chosen = {iri for kind in kinds for iri in self._of_kind(kind)}
        if of:
            chosen &= self._with("(sq:subject|sq:object)/skos:member?", self.find(of))
        wanted = self._attributed(sorted(chosen), holder, work)
        found = statements.read_alignments(self.graph, wanted)
        shown = (drawn,) if drawn else ("drawn", "denied")
        related = (one for one in found if one.drawn in shown and relation in (None, one.relation))
        return statements.Alignments(one for one in related if _fits(one.attribution, hedge, None))

    def typologies(
        self, *, divides: Nameable = "", holder: Nameable = "", work: Nameable = ""
    ) -> entities.Typologies:
        """The typologies by label: all, or those that divide a concept, have a holder, or belong to
        a work.
        """
        chosen = set(self._of_kind("sq:Typology"))
        if divides:
            chosen &= self._with("sq:divides", self.find(divides, "concept", "category"))
        wanted = self._attributed(sorted(chosen), holder, work)
        found = [entities.read_typology(self.graph, iri) for iri in wanted]
        return entities.Typologies(sorted(found, key=lambda typology: typology.label))

    def codings(self, concept: Nameable = "") -> Table:
        """What definitions say under each aspect: one coded value per row, with its attribution."""
        definitions = self.definitions(concept)
        compared = compare_definitions(self.graph, definitions, "Codings")
        return compared.records or compared

    def works(
        self, *, author: Nameable = "", year: int | None = None, read: bool | None = None
    ) -> Works:
        """The works by year: all, or those of an author, of a year, or those that were read (or
        not).
        """
        chosen = set(self._of_kind("sq:Work"))
        if author:
            chosen &= self._with("sq:authorship/sq:author", self.find(author, "agent"))
        found = read_works(self.graph, sorted(chosen))
        return Works(one for one in found if year in (None, one.year) and read in (None, one.read))

    def agents(self, *, kind: str = "") -> Agents:
        """The agents by name: all, or those of one kind, such as `person` or `organisation`."""
        found = read_agents(self.graph, self._of_kind("sq:Agent"))
        _require_known("kind of agent", kind, (one.kind for one in found))
        return Agents(one for one in found if kind in ("", one.kind))

    def aspects(self, of: Nameable = "", *, closed: bool | None = None) -> Aspects:
        """The aspects of comparison in their order: all, those that apply to a definition, or those
        with a closed list of values.
        """
        chosen = [self.find(of, "definition")] if of else []
        found = read_aspects(self.graph, chosen)
        return Aspects(one for one in found if closed in (None, one.is_closed))

    def questions(self, *, group: str = "") -> Questions:
        """The questions of the catalogue by group and name."""
        found = self.catalogue.questions()
        _require_known("group", group, (one.group for one in found))
        return Questions(one for one in found if group in ("", one.group))

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
        found = self.names.of_class(f"sq:{name[:1].upper()}{name[1:]}")
        if words := sorted(code_of(iri) for iri in found if iri.startswith(SQ)):
            return tuple(words)
        aspect = self.find(code, "aspect")
        allowed = {one.iri: one.allows for one in read_aspects(self.graph)}
        if aspect not in allowed:
            raise UnknownName("list of values", code, ["basis", "hedge", "review-status"])
        return allowed[aspect]

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
        """
        if not names:
            raise InputError("there is nothing to compare", remedy="Name things of one kind")
        chosen = self._alike(names)
        named = [self.label(iri) for iri in chosen]
        groups = {_group_of(kind_of(iri) or "concept") for iri in chosen}
        group = groups.pop()
        if groups or group not in _COMPARED:
            what = f"these are of different kinds ({', '.join(sorted({group, *groups}))})"
            raise InputError(f"{what}: {', '.join(named)}", remedy="Compare things of one kind")
        if group == "typologies":
            if len(chosen) < 2:
                raise InputError(
                    f"{named[0]} cannot be compared alone", remedy="Name at least two typologies"
                )
            typologies = [entities.read_typology(self.graph, iri) for iri in chosen]
            return compare_typologies(self.graph, typologies, undrawn, readings)
        if group in _BY_CLAIM:
            compared = _BY_CLAIM[group](self.graph, chosen)
            return compared.differing(SILENT) if differing else compared
        definitions = self.compared_definitions(*chosen)
        if not definitions:
            raise InputError(f"the map has no definition of {', '.join(named)}")
        compare = definition_rows if transposed else compare_definitions
        return compare(self.graph, definitions, " · ".join(named), aspects, differing)

    def compared_definitions(self, *names: Nameable) -> tuple[entities.Definition, ...]:
        """The definitions named, or those of the concepts or works named, in order of year.

        For a single concept, definitions that concern it without defining it come last: those of
        another sense of the word, and those that name it as a component.

        >>> import sq_graph
        >>> sq_graph.open().compared_definitions("social-cohesion")[-1].concerns
        'names it as a component'
        """
        chosen = [self.find(name) for name in names]
        found, concept = list[str](), ""
        for iri in chosen:
            match kind_of(iri):
                case "definition":
                    found.append(iri)
                case "work":
                    stated = self._with("sq:statedIn|sq:via", iri)
                    found += sorted(stated & set(self._of_kind("sq:Definition")))
                case _:
                    found += entities.definitions_beneath(self.graph, iri)
                    concept = iri if len(chosen) == 1 else ""
        own = entities.read_definitions(self.graph, dict.fromkeys(found), concept)
        if not (concept and own):
            return own
        elsewhere = entities.definitions_elsewhere(self.graph, concept)
        return entities.Definitions((*own, *sorted(elsewhere, key=lambda one: one.concerns)))

    def about(self, *names: Nameable) -> About:
        """Everything about a thing; with several things, what concerns all of them.

        >>> import sq_graph
        >>> sq_graph.open().about("usa").counts["cases and stereotypes"]
        3
        """
        if not names:
            raise InputError(
                "the name of a thing is missing", remedy="Name one, such as social-cohesion"
            )
        first, *others = [about(self.graph, self.find(name)) for name in names]
        return shared(first, *others) if others else first

    def search(self, words: str, kind: str = "", work: Nameable = "", most: int = 50) -> Found:
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
        """One thing: its own statements, their sources, and what directly concerns it."""
        return show(self.graph, self.find(name))

    def _of_kind(self, name: str, kind: str = "") -> tuple[str, ...]:
        """The things of a class; with `kind`, those whose IRI names it."""
        found = self.names.of_class(name)
        return tuple(iri for iri in found if not kind or kind_of(iri) == kind)

    def _with(self, path: str, target: str) -> set[str]:
        """The things from which a path of properties leads to a thing."""
        return set(iris(self.graph, f"SELECT DISTINCT ?s {{ ?s {path} <{target}> }}"))

    def _attributed(self, chosen: Sequence[str], holder: Nameable, work: Nameable) -> Sequence[str]:
        """Those of some statements that somebody holds, and that a work states, passes on, or was
        read for.
        """
        if holder:
            held = self._with("sq:heldBy|sq:possiblyHeldBy", self.find(holder, "agent"))
            chosen = [iri for iri in chosen if iri in held]
        if work:
            path = "sq:statedIn|sq:via|(sq:reportedIn/sq:inWork)"
            of_work = self._with(path, self.find(work, "work"))
            chosen = [iri for iri in chosen if iri in of_work]
        return chosen

    def _alike(self, names: Sequence[Nameable]) -> list[str]:
        """The things of these names, of one kind where every name has a thing of that kind."""
        for kinds in _COMPARED.values():
            with suppress(UnknownName):
                return list(dict.fromkeys(self.find(name, *kinds) for name in names))
        return list(dict.fromkeys(self.find(name, *sum(_COMPARED.values(), ())) for name in names))


def _group_of(kind: str) -> str:
    return next((group for group, kinds in _COMPARED.items() if kind in kinds), kind)


def _require_known(what: str, given: str | None, known: Iterable[str]) -> None:
    """Raises UnknownName with all choices for a word that is not among those known."""
    choices = set(known)
    if given and given not in choices:
        raise UnknownName(what, given, choices, choices=choices)


def _fits(credit: Attribution | None, hedge: str | None, distance: str | None) -> bool:
    """Whether an attribution is put so firmly, and so far from what was read."""
    _require_known("hedge", hedge, get_args(Hedge))
    _require_known("distance", distance, get_args(Distance))
    if credit is None:
        return hedge is None and distance is None
    return hedge in (None, credit.hedge) and distance in (None, credit.distance)
