"""Finding a thing by what a person calls it: slug, short form, IRI or label."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sq_graph.errors import InputError, UnknownName
from sq_graph.graph import Graph
from sq_graph.model.facts import coded, values
from sq_graph.vocab import KINDS, expand, kind_of, shorten, slug_of

_PREFERRED = ("concept", "category", "typology", "work", "definition", "claim", "position", "model", "matrix")
"""Where one slug names things of several kinds, the first of these is meant; a prefix names the others."""


class Names:
    """The names of a map's things, under one or more bases, the first of which is preferred.

    >>> import sq_graph
    >>> sq_graph.open().names.find("Room 1999", ("work",))
    'https://w3id.org/sq-graph/id/work/room-1999'
    """

    def __init__(self, graph: Graph, bases: Sequence[str]) -> None:
        self.graph, self.bases = graph, tuple(bases)

    def find(self, name: str, kinds: Sequence[str] = ()) -> str:
        """The IRI of a thing; raises UnknownName with the nearest, or InputError if several are meant."""
        found = self._exact(name, kinds) or self._labelled(name, kinds)
        if not found:
            raise UnknownName(_alternatives(kinds), name, self._known(kinds), remedy="Run sq-graph ask to look around")
        if len(found) > 1:
            raise InputError(f"{name!r} names several things", remedy=f"Write one of {', '.join(map(shorten, found))}")
        return found[0]

    def find_of_class(self, name: str, kind: str, label: str) -> str:
        """The IRI of a thing of a class (in short form) or its subclasses; `label` says what is looked for.

        >>> import sq_graph
        >>> sq_graph.open().names.find_of_class("results-from", "sq:Relation", "Relation")
        'https://w3id.org/sq-graph/core#relation-results-from'
        """
        known = self.of_class(kind)
        present = {kind_of(iri) for iri in known}
        kinds = [one for one in dict.fromkeys((*_PREFERRED, *KINDS)) if one in present]
        found = self._exact(name, kinds) if kinds or "://" in expand(name) else []
        candidates = (
            [iri for iri in found if iri in known]
            or [iri for iri in known if coded(iri) == name and not kind_of(iri)]
            or [iri for iri in self._labelled(name, ()) if iri in known]
        )
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            raise InputError(
                f"{name!r} names several things", remedy=f"Write one of {', '.join(map(shorten, candidates))}"
            )
        raise UnknownName(label.lower(), name, [coded(iri) for iri in known])

    def of_class(self, kind: str) -> tuple[str, ...]:
        """The things of a class (in short form) and its subclasses, sorted."""
        below = self.graph.select(f"SELECT DISTINCT ?class {{ ?class rdfs:subClassOf* {kind} FILTER(isIRI(?class)) }}")
        classes = values(row["class"].value for row in below)
        query = f"SELECT DISTINCT ?thing {{ VALUES ?class {{ {classes} }} ?thing a ?class FILTER(isIRI(?thing)) }}"
        return tuple(sorted(row["thing"].value for row in self.graph.select(query)))

    def exist(self, things: Iterable[str]) -> dict[str, bool]:
        """Of each IRI, whether the map says anything of it."""
        wanted = sorted(things)
        query = f"SELECT DISTINCT ?s {{ VALUES ?s {{ {values(wanted)} }} ?s ?p ?o }}"
        there = {row["s"].value for row in self.graph.select(query)}
        return {thing: thing in there for thing in wanted}

    def _exact(self, name: str, kinds: Sequence[str]) -> list[str]:
        """Things with this IRI, short form or slug; of several, those of the first kind that has one."""
        prefix, colon, slug = name.rpartition(":")
        if "://" in (iri := expand(name)) and prefix not in KINDS:
            return [iri] if not set(iri) & set('<>"{}|^`\\ \n') and self.exist([iri])[iri] else []
        if not slug or not all(sign.isalnum() or sign in "-_." for sign in slug) or (colon and prefix not in KINDS):
            return []
        order = list(kinds or dict.fromkeys((*_PREFERRED, *KINDS)))
        wanted = [kind for kind in order if not colon or kind == prefix]
        there = self.exist(f"{base}id/{kind}/{slug}" for base in self.bases for kind in wanted)
        found = [iri for iri, exists in there.items() if exists]
        first = min((order.index(kind_of(iri) or "") for iri in found), default=0)
        return [iri for iri in found if kind_of(iri) == order[first]]

    def _labelled(self, name: str, kinds: Sequence[str]) -> list[str]:
        """Things with this label, in any case."""
        text = name.lower().replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
        query = f"""SELECT DISTINCT ?thing {{
          ?thing rdfs:label|skos:altLabel ?label FILTER(LCASE(STR(?label)) = "{text}" && isIRI(?thing)) }}"""
        found = sorted(row["thing"].value for row in self.graph.select(query))
        return [iri for iri in found if not kinds or (kind_of(iri) or "concept") in kinds]

    def _known(self, kinds: Sequence[str]) -> list[str]:
        query = "SELECT DISTINCT ?thing { ?thing a owl:NamedIndividual }"
        found = [row["thing"].value for row in self.graph.select(query)]
        return [slug_of(iri) for iri in found if not kinds or kind_of(iri) in kinds]


def _alternatives(kinds: Sequence[str]) -> str:
    if not kinds:
        return "thing"
    return " or ".join([", ".join(kinds[:-1]), kinds[-1]] if len(kinds) > 1 else kinds)
