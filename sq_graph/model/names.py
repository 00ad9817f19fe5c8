"""Finding a thing by what a person calls it: slug, short form, IRI or label; a work by citation key
or DOI too.
"""

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain

from sq_graph.errors import InputError, UnknownName
from sq_graph.graph import EmbeddedGraph, Graph, Term
from sq_graph.model import KINDS_OF
from sq_graph.model.facts import code_of, facts, iris, join_names, texts, values
from sq_graph.vocab import KINDS, expand, kind_of, shorten, slug_of

_NAMING = ("rdfs:label", "skos:altLabel", "sq:citationKey", "bibo:doi")
_ORDER = tuple(dict.fromkeys((*KINDS_OF["preferred"], *KINDS)))
"""Where one slug names things of several kinds, the first of these is meant; a prefix names the
others.
"""


class Names:
    """The names of a map's things, under one or more bases, the first of which is preferred.

    >>> import sq_graph
    >>> sq_graph.open().names.find("Room 1999", ("work",))
    'https://w3id.org/sq-graph/id/work/room-1999'
    """

    def __init__(self, graph: Graph, bases: Sequence[str]) -> None:
        self.graph, self.bases = graph, tuple(bases)

    def find(self, name: str, kinds: Sequence[str] = ()) -> str:
        """The IRI of a thing; raises UnknownName with the nearest, or InputError if several are
        meant.
        """
        prefix, _, rest = name.rpartition(":")
        of_prefix = kinds or ([prefix] if prefix in KINDS else [])  # `claim:trust` is not a work
        if found := (
            [iri for iri in self._exact(name, kinds) if self._is_of(iri, kinds)]
            or self._labelled(name, kinds)
            or self._labelled(rest.replace("-", " "), of_prefix)
        ):
            return _only(found, name)
        other = (self._exact(name, ()) or self._labelled(name, ())) if kinds else []
        if other and (kind := kind_of(other[0])):
            remedy = f"That is the name of {'an' if kind[0] in 'aeiou' else 'a'} {kind}"
            raise UnknownName(join_names(kinds, " or "), name, (), remedy)
        every = iris(self.graph, "SELECT DISTINCT ?thing { ?thing a owl:NamedIndividual }")
        known = [slug_of(iri) for iri in every if not kinds or kind_of(iri) in kinds]
        remedy = "Search for it by a word of its name"
        raise UnknownName(join_names(kinds, " or ") or "thing", name, known, remedy)

    def _is_of(self, iri: str, kinds: Sequence[str]) -> bool:
        """Whether a thing is of one of some kinds, by its IRI or, if that is foreign, its class."""
        if not kinds or kind_of(iri):
            return not kinds or kind_of(iri) in kinds
        return any(iri in self.members(f"sq:{kind.capitalize()}") for kind in kinds)

    def find_of_class(self, name: str, kind: str, label: str) -> str:
        """The IRI of a thing of a class (in short form) or its subclasses; `label` says what is
        looked for.

        >>> import sq_graph
        >>> sq_graph.open().names.find_of_class("results-from", "sq:Relation", "Relation")
        'https://w3id.org/sq-graph/core#relation-results-from'
        """
        known = self.of_class(kind)
        there = {kind_of(iri) for iri in known}
        kinds = [one for one in _ORDER if one in there]
        exact = self._exact(name, kinds) if kinds or "://" in expand(name) else []
        found = (
            [iri for iri in exact if iri in known]
            or [iri for iri in known if code_of(iri) == name and not kind_of(iri)]
            or [iri for iri in self._labelled(name, ()) if iri in known]
            or [iri for iri in self._labelled(name.replace("-", " "), ()) if iri in known]
        )
        if not found:
            raise UnknownName(label.lower(), name, map(code_of, known))
        return _only(found, name)

    def of_class(self, kind: str) -> tuple[str, ...]:
        """The things of a class (in short form) and its subclasses, sorted."""
        return tuple(sorted(self.members(kind)))

    def members(self, kind: str) -> AbstractSet[str]:
        """The things of a class (in short form) and its subclasses; not to be kept, since a change
        of the map changes the set.
        """
        cached = self.graph.live_cache("classes") if isinstance(self.graph, EmbeddedGraph) else None
        if cached is None:
            return self._members(self._classes(kind))
        known, changed = cached
        now = facts(self.graph, changed, ("rdf:type", "rdfs:subClassOf"))
        classes = {one for subclasses, _ in known.values() for one in subclasses}
        if changed & classes or any("rdfs:subClassOf" in one for one in now.values()):
            known.clear()
        for subclasses, members in known.values():
            members.difference_update(changed)
            members.update(
                one for one in now if not subclasses.isdisjoint(texts(now[one], "rdf:type"))
            )
        if kind not in known:
            subclasses = self._classes(kind)
            known[kind] = subclasses, self._members(subclasses)
        found: set[str] = known[kind][1]
        return found

    def _classes(self, kind: str) -> set[str]:
        query = f"SELECT DISTINCT ?class {{ ?class rdfs:subClassOf* {kind} FILTER(isIRI(?class)) }}"
        return set(iris(self.graph, query))

    def _members(self, classes: Iterable[str]) -> set[str]:
        members = f"VALUES ?class {{ {values(classes)} }} ?thing a ?class FILTER(isIRI(?thing))"
        return set(iris(self.graph, f"SELECT DISTINCT ?thing {{ {members} }}"))

    def exist(self, things: Iterable[str]) -> dict[str, bool]:
        """Of each IRI, whether the map says anything of it."""
        wanted = sorted(things)
        if isinstance(self.graph, EmbeddedGraph):
            return {thing: self.graph.is_stated(thing) for thing in wanted}
        query = f"SELECT DISTINCT ?s {{ VALUES ?s {{ {values(wanted)} }} ?s ?p ?o }}"
        there = set(iris(self.graph, query))
        return {thing: thing in there for thing in wanted}

    def _exact(self, name: str, kinds: Sequence[str]) -> list[str]:
        """Things with this IRI, short form or slug; of several, those of the first kind that has
        one.
        """
        prefix, colon, slug = name.rpartition(":")
        if "://" in (iri := expand(name)) and prefix not in KINDS:
            return [iri] if self.exist([iri])[iri] else []
        if not re.fullmatch(r"[\w.-]+", slug) or (colon and prefix not in KINDS):
            return []
        order = [kind for kind in kinds or _ORDER if not colon or kind == prefix]
        there = self.exist(f"{base}id/{kind}/{slug}" for base in self.bases for kind in order)
        found = [iri for iri, exists in there.items() if exists]
        first = min((order.index(kind_of(iri) or "") for iri in found), default=0)
        return [iri for iri in found if kind_of(iri) == order[first]]

    def _labelled(self, name: str, kinds: Sequence[str]) -> list[str]:
        """Things with this label, or works with this citation key or DOI, in any case."""
        found = self.having_label(name.lower())
        things = [iri for iri in found if kind_of(iri) and (not kinds or kind_of(iri) in kinds)]
        if things:  # rather than terms of the vocabulary and of positions
            first = min(map(_ORDER.index, map(kind_of, things)))
            return [iri for iri in things if kinds or kind_of(iri) == _ORDER[first]]
        concepts = self.members("sq:Concept") if found and "concept" in kinds else ()
        return [iri for iri in found if not kinds or iri in concepts]

    def having_label(self, label: str) -> list[str]:
        """The things with a label, citation key or DOI, given in lower case; sorted."""
        pattern = f"?thing {'|'.join(_NAMING)} ?label"
        cached = self.graph.live_cache("labels") if isinstance(self.graph, EmbeddedGraph) else None
        if cached is None:
            text = Term("literal", label).n3()
            chosen = f"FILTER(LCASE(STR(?label)) = {text} && isIRI(?thing))"
            return sorted(iris(self.graph, f"SELECT DISTINCT ?thing {{ {pattern} {chosen} }}"))
        known, changed = cached
        things, names = known.setdefault("things", {}), known.setdefault("names", {})
        if things:
            for thing in changed:
                for name in names.pop(thing, ()):
                    things[name].discard(thing)
            now = facts(self.graph, changed, _NAMING)
            found = ((n.value, thing) for thing, one in now.items() for n in chain(*one.values()))
        else:
            rows = self.graph.select(f"SELECT ?label ?thing {{ {pattern} FILTER(isIRI(?thing)) }}")
            found = ((row["label"].value, row["thing"].value) for row in rows)
        for name, thing in found:
            things.setdefault(name.lower(), set()).add(thing)
            names.setdefault(thing, set()).add(name.lower())
        return sorted(things.get(label, ()))


def meant(found: Sequence[str], name: str) -> str:
    """The one of some new things that a name means: the one with this slug rather than this label,
    and of several kinds the first.
    """
    named = [iri for iri in found if slug_of(iri) == name] or found
    order = [kind for kind in _ORDER if kind in map(kind_of, named)]
    return _only([iri for iri in named if kind_of(iri) in order[:1]], name)


def _only(found: Sequence[str], name: str) -> str:
    if len(found) > 1:
        short = [f"{kind_of(one)}:{slug_of(one)}" if kind_of(one) else one for one in found]
        listed = short if len({*short}) == len(found) else found
        remedy = f"Write one of {', '.join(map(shorten, listed))}"
        raise InputError(f"{name!r} names several things", remedy=remedy)
    return found[0]
