"""Finding a thing by its slug, short form, IRI or label; a work by its citation key or DOI too."""

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain

from sq_graph.errors import InputError, UnknownName
from sq_graph.graph import EmbeddedGraph, Graph, Term
from sq_graph.model import KINDS_OF
from sq_graph.model.facts import code_of, facts, iris, join_names, texts, values
from sq_graph.vocab import KINDS, expand, kind_of, shorten, slug_of

_NAME_PROPERTIES = ["rdfs:label", "skos:altLabel", "skos:hiddenLabel", "sq:citationKey", "bibo:doi"]
_KIND_ORDER = tuple(dict.fromkeys((*KINDS_OF["preferred"], *KINDS)))
"""A slug that names things of several kinds means the one of the first of these; a prefix selects
another.
"""


class Names:
    """The names of a map's things, under one or more bases, the first of which is preferred.

    >>> import sq_graph
    >>> sq_graph.open().names.find("Room 1999", ("work",))
    'https://w3id.org/sq-graph/id/work/room-1999'
    >>> sq_graph.open().names.find("Schleien 2003 levels")
    'https://w3id.org/sq-graph/id/typology/schleien-2003-levels'
    """

    def __init__(self, graph: Graph, bases: Sequence[str]) -> None:
        self.graph, self.bases = graph, tuple(bases)

    def find(self, name: str, kinds: Sequence[str] = ()) -> str:
        """The IRI of a thing; raises UnknownName with the nearest names, or InputError if the name
        is ambiguous.
        """
        prefix, _, local_name = name.rpartition(":")
        prefix_kinds = kinds or ([prefix] if prefix in KINDS else [])  # `claim:trust` is not a work
        if matches := (
            self._exact(name, kinds)
            or self._labelled(name, kinds)
            or self._labelled(local_name.replace("-", " "), prefix_kinds)
            or self._exact("-".join(name.lower().split()), kinds)  # `Chan 2006` for `chan-2006`
        ):
            return _only(matches, name)
        other_matches = (self._exact(name, ()) or self._labelled(name, ())) if kinds else []
        if other_matches and (kind := kind_of(other_matches[0])):
            remedy = f"That is the name of {'an' if kind[0] in 'aeiou' else 'a'} {kind}"
            raise UnknownName(join_names(kinds, " or "), name, (), remedy)
        individuals = iris(self.graph, "SELECT DISTINCT ?thing { ?thing a owl:NamedIndividual }")
        slugs = [slug_of(iri) for iri in individuals if not kinds or kind_of(iri) in kinds]
        remedy = "Search for it by a word of its name"
        raise UnknownName(join_names(kinds, " or ") or "thing", name, slugs, remedy)

    def _is_of(self, iri: str, kinds: Sequence[str]) -> bool:
        """Whether a thing has one of these kinds, by its IRI or, if that is foreign, its class."""
        if not kinds or kind_of(iri):
            return not kinds or kind_of(iri) in kinds
        return any(iri in self.members(f"sq:{kind.capitalize()}") for kind in kinds)

    def find_of_class(self, name: str, class_name: str, label: str) -> str:
        """The IRI of a thing of a class (in short form) or its subclasses; `label` names the class
        in errors.

        >>> import sq_graph
        >>> sq_graph.open().names.find_of_class("results-from", "sq:Relation", "Relation")
        'https://w3id.org/sq-graph/core#relation-results-from'
        """
        members = self.of_class(class_name)
        member_kinds = {kind_of(iri) for iri in members}
        kinds = [kind for kind in _KIND_ORDER if kind in member_kinds]
        exact = self._exact(name, kinds) if kinds or "://" in expand(name) else []
        matches = (
            [iri for iri in exact if iri in members]
            or [iri for iri in members if code_of(iri) == name and not kind_of(iri)]
            or [iri for iri in self._labelled(name, ()) if iri in members]
            or [iri for iri in self._labelled(name.replace("-", " "), ()) if iri in members]
        )
        if not matches:
            raise UnknownName(label.lower(), name, map(code_of, members))
        return _only(matches, name)

    def of_class(self, class_name: str) -> tuple[str, ...]:
        """The things of a class (in short form) and its subclasses, sorted."""
        return tuple(sorted(self.members(class_name)))

    def members(self, class_name: str) -> AbstractSet[str]:
        """The things of a class (in short form) and its subclasses, as a set that changes with the
        map.
        """
        cache = self.graph.live_cache("classes") if isinstance(self.graph, EmbeddedGraph) else None
        if cache is None:
            return self._members(self._classes(class_name))
        cached, changed = cache
        current = facts(self.graph, changed, ("rdf:type", "rdfs:subClassOf"))
        classes = {name for subclasses, _ in cached.values() for name in subclasses}
        if changed & classes or any("rdfs:subClassOf" in entry for entry in current.values()):
            cached.clear()
        for subclasses, members in cached.values():
            members.difference_update(changed)
            members.update(
                iri for iri in current if not subclasses.isdisjoint(texts(current[iri], "rdf:type"))
            )
        if class_name not in cached:
            subclasses = self._classes(class_name)
            cached[class_name] = subclasses, self._members(subclasses)
        members_of_class: set[str] = cached[class_name][1]
        return members_of_class

    def _classes(self, class_name: str) -> set[str]:
        pattern = f"?class rdfs:subClassOf* {class_name} FILTER(isIRI(?class))"
        return set(iris(self.graph, f"SELECT DISTINCT ?class {{ {pattern} }}"))

    def _members(self, classes: Iterable[str]) -> set[str]:
        pattern = f"VALUES ?class {{ {values(classes)} }} ?thing a ?class FILTER(isIRI(?thing))"
        return set(iris(self.graph, f"SELECT DISTINCT ?thing {{ {pattern} }}"))

    def exist(self, things: Iterable[str]) -> dict[str, bool]:
        """For each IRI, whether the map has any statement about it."""
        candidates = sorted(things)
        if isinstance(self.graph, EmbeddedGraph):
            return {thing: self.graph.is_stated(thing) for thing in candidates}
        query = f"SELECT DISTINCT ?s {{ VALUES ?s {{ {values(candidates)} }} ?s ?p ?o }}"
        existing = set(iris(self.graph, query))
        return {thing: thing in existing for thing in candidates}

    def _exact(self, name: str, kinds: Sequence[str]) -> list[str]:
        """Things with this IRI, short form or slug, of the first kind that has any."""
        prefix, colon, slug = name.rpartition(":")
        if "://" in (iri := expand(name)) and prefix not in KINDS:
            return [iri] if self.exist([iri])[iri] and self._is_of(iri, kinds) else []
        if not re.fullmatch(r"[\w.-]+", slug) or (colon and prefix not in KINDS):
            return []
        order = [kind for kind in kinds or _KIND_ORDER if not colon or kind == prefix]
        existing = self.exist(f"{base}id/{kind}/{slug}" for base in self.bases for kind in order)
        matches = [iri for iri, exists in existing.items() if exists]
        first = min((order.index(kind_of(iri) or "") for iri in matches), default=0)
        return [iri for iri in matches if kind_of(iri) == order[first]]

    def _labelled(self, name: str, kinds: Sequence[str]) -> list[str]:
        """Things with this label, or works with this citation key or DOI, in any case."""
        matches = self.having_label(name.lower())
        things = [iri for iri in matches if kind_of(iri) and (not kinds or kind_of(iri) in kinds)]
        if things:  # rather than terms of the vocabulary and of positions
            first = min(map(_KIND_ORDER.index, map(kind_of, things)))
            return [iri for iri in things if kinds or kind_of(iri) == _KIND_ORDER[first]]
        concepts = self.members("sq:Concept") if matches and "concept" in kinds else ()
        return [iri for iri in matches if not kinds or iri in concepts]

    def having_label(self, label: str) -> list[str]:
        """The things with a label, citation key or DOI, given in lower case; sorted."""
        pattern = f"?thing {'|'.join(_NAME_PROPERTIES)} ?label"
        cache = self.graph.live_cache("labels") if isinstance(self.graph, EmbeddedGraph) else None
        if cache is None:
            literal = Term("literal", label).n3()
            condition = f"FILTER(LCASE(STR(?label)) = {literal} && isIRI(?thing))"
            return sorted(iris(self.graph, f"SELECT DISTINCT ?thing {{ {pattern} {condition} }}"))
        cached, changed = cache
        things_by_name = cached.setdefault("things", {})
        names_by_thing = cached.setdefault("names", {})
        if things_by_name:
            for thing in changed:
                for name in names_by_thing.pop(thing, ()):
                    things_by_name[name].discard(thing)
            current = facts(self.graph, changed, _NAME_PROPERTIES)
            pairs = ((t.value, iri) for iri in current for t in chain(*current[iri].values()))
        else:
            rows = self.graph.select(f"SELECT ?label ?thing {{ {pattern} FILTER(isIRI(?thing)) }}")
            pairs = ((row["label"].value, row["thing"].value) for row in rows)
        for name, thing in pairs:
            things_by_name.setdefault(name.lower(), set()).add(thing)
            names_by_thing.setdefault(thing, set()).add(name.lower())
        return sorted(things_by_name.get(label, ()))


def pick_match(candidates: Sequence[str], name: str) -> str:
    """The one of several new things that a name means: a match of the slug is preferred to one of
    the label, then the first kind.
    """
    matches = [iri for iri in candidates if slug_of(iri) == name] or candidates
    kinds = [kind for kind in _KIND_ORDER if kind in map(kind_of, matches)]
    return _only([iri for iri in matches if kind_of(iri) in kinds[:1]], name)


def _only(matches: Sequence[str], name: str) -> str:
    if len(matches) > 1:
        short_names = [f"{kind_of(iri)}:{slug_of(iri)}" if kind_of(iri) else iri for iri in matches]
        options = short_names if len({*short_names}) == len(matches) else matches
        remedy = f"Write one of {', '.join(map(shorten, options))}"
        raise InputError(f"{name!r} names several things", remedy=remedy)
    return matches[0]
