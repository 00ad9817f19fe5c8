"""What an edit can add about a theoretical position: its claims, and each as an axiom of a common
pattern.

The module of the position has a class for each concept. It is identified with the phenomenon of
the same name, of the workspace where the packaged map has none, so that the position meets others.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple, Unpack, cast

from sq_graph.errors import InputError, UnknownName
from sq_graph.importers.attributing import AttributionArgs
from sq_graph.importers.graph_builder import GraphBuilder
from sq_graph.importers.tables import Tables
from sq_graph.model.codes import Hedge, Relation
from sq_graph.model.records import make_slug
from sq_graph.model.ref import Nameable
from sq_graph.turtle.terms import LABEL, TYPE, iri_terms, literal, ontology_header
from sq_graph.vocab import BASE, PH, slug_of

AxiomPattern = Literal[
    "part of", "kind of", "opposite of", "excludes", "promotes", "results from", "distinct from"
]
"""How one concept of a position is related to another."""
_RELATIONS = {"opposite of": "opposite", "excludes": "incompatible-with"}
_CLASS, _AXIOM, _RESTRICTION = iri_terms("owl:Class owl:Axiom owl:Restriction")
(_CASE,) = iri_terms("owl:NamedIndividual")
(_DEFINED,) = iri_terms("rdfs:isDefinedBy")
_SUB, _SAME = iri_terms("rdfs:subClassOf owl:equivalentClass")
_ON, _SOME, _NOT = iri_terms("owl:onProperty owl:someValuesFrom owl:complementOf")
_ENDS = iri_terms("owl:annotatedSource owl:annotatedProperty owl:annotatedTarget")
_CLAIM, _READING, _SENSES = iri_terms("sq:claim sq:reading sq:senses")
_YEARS = re.compile(r"\b[12][0-9]{3}\b")
"""The year of a reading, in the label of a position."""
_BOTH_SENSES = iri_terms("sq:senses-source sq:senses-word")
_Triple = tuple[str, str, str]


class AxiomRow(NamedTuple):
    """One thing that a position holds of two concepts, in your own words and by its pattern; where
    it was read, and how firmly it is stated, if not as the whole.
    """

    term: Nameable
    pattern: str
    other: Nameable
    summary: str
    page: str | int = ""
    phrase: str = ""
    hedge: Hedge | Literal[""] = ""
    hedge_words: str | Sequence[str] = ()


class Positions(Tables):
    """The theoretical positions of a work that was read."""

    def position(
        self,
        label: str,
        *,
        in_: Nameable,
        page: str | int,
        axioms: Sequence[AxiomRow | tuple[Nameable, str, Nameable, str]],
        model: Nameable = "",
        name: str = "",
        replace: bool = False,
        **attribution: Unpack[AttributionArgs],
    ) -> str:
        """A theoretical position: a claim and an axiom for each row, in a module of its own that
        can be tested against other positions.

        Parameters:
            label: its name, with the year of the reading, such as `Chan 2006`.
            axioms: rows of first concept, pattern (see `AxiomPattern`), second concept, and the
                claim in your own words.
            model: the theory of which it is a reading; by default, one with the label of the
                position.

        Raises InputError if there is no row, or a pattern is unknown.
        """
        rows = [AxiomRow(*one) for one in axioms]
        if not rows:
            raise InputError(f"{label} holds nothing", remedy="Give at least one claim of it")
        slug = make_slug(name or label)
        module = self.file(f"positions/{slug}")
        known = sorted({o[1:-1] for p, o in self.statements.pairs_in(module) if p == _CLAIM})
        axiom = partial(self._axiom, slug, module, known=known, in_=in_, page=page)
        claims = [axiom(one, replace=replace, attribution=attribution) for one in rows]
        summary = " ".join(dict.fromkeys(one.summary for one in rows))
        state = partial(self._contribute, attribution=attribution, replace=replace)
        theory = self.find(model, "model") if model else ""
        theory = theory or state("model", slug, label, in_, page, {"summary": summary})
        properties = {
            "sq:comprises": [("iri", claim) for claim in dict.fromkeys([*known, *claims])],
            "sq:readingOf": ("iri", theory),
            "sq:module": ("iri", f"{self.layout.base}positions/{slug}"),
            "sq:summary": ("en", summary),
            "sq:year": int(years[-1]) if (years := _YEARS.findall(label)) else "",
        }
        return state("position", slug, label, in_, page, properties)

    def _axiom(
        self,
        slug: str,
        module: Path,
        row: AxiomRow,
        *,
        known: Sequence[str],
        in_: Nameable,
        page: str | int,
        replace: bool,
        attribution: AttributionArgs,
    ) -> str:
        """States one claim and, where the module lacks it, its axiom; returns the claim."""
        if row.pattern not in (choices := AxiomPattern.__args__):  # type: ignore[attr-defined]
            raise UnknownName("pattern", row.pattern, choices, choices=choices)
        first, second = (self.find(one, "concept", "category") for one in (row.term, row.other))
        if row.page or row.phrase:
            page, attribution = row.page or page, {**attribution, "phrase": row.phrase}
        if row.hedge or row.hedge_words:
            attribution = {**attribution, "hedge_words": row.hedge_words}
            attribution.pop("hedge", None)
            if row.hedge:
                attribution["hedge"] = row.hedge
        relation = _RELATIONS.get(row.pattern, row.pattern.replace(" ", "-"))
        claim = self.claim(
            summary=row.summary,
            in_=in_,
            page=page,
            subject=first,
            relation=cast(Relation, relation),
            object=second,
            name=f"{slug}-{slug_of(first)}-{relation}-{slug_of(second)}",
            replace=replace,
            **attribution,
        )
        if claim in known:
            return claim
        if not self.statements.has_statements(module):
            ontology, imports = self.layout.iri_of(module), (f"{BASE}core", f"{BASE}phenomena")
            header = ontology_header(ontology, f"Position: {slug}", self.layout.licence, *imports)
            self.statements.add_triples(module, header)
        own, others = (self._class(module, slug, concept) for concept in (first, second))
        said = "reported" if attribution.get("stated_in") else "worded"
        reading = self.code("basis", attribution.get("basis") or said)[1]
        for number, axiom in enumerate(_axioms_of(row.pattern, own, others, claim)):
            note = f"_:n{_digest(claim)}{number}"
            self.statements.add_triples(module, axiom)
            ends = zip(_ENDS, axiom[0], strict=True)
            noted = [(_CLAIM, f"<{claim}>"), (_READING, f"<{reading}>"), (TYPE, _AXIOM), *ends]
            self.statements.add_triples(module, ((note, p, o) for p, o in noted))
        return claim

    def _class(self, module: Path, slug: str, concept: str) -> str:
        """The class of a concept in a module, identified with the phenomenon of that name."""
        label = self.label(concept)
        name = "".join(part.capitalize() for part in slug_of(concept).split("-"))
        position = f"{self.layout.base}positions/{slug}"
        own, called = f"<{position}#{name}>", literal(f"{label} ({slug})", language="en")
        said = [(TYPE, _CLASS), (LABEL, called), (_DEFINED, f"<{position}>")]
        self.statements.add_triples(module, ((own, p, o) for p, o in said))
        common = self._phenomenon(label) or self._own_phenomenon(name, label)
        identify(self.statements, self.file("same-meaning"), common, own)
        return own

    def _phenomenon(self, label: str) -> str:
        """The class of the background that has a concept's label, or ''."""
        text = literal(label.lower())
        chosen = f'FILTER(LCASE(STR(?label)) = {text} && STRSTARTS(STR(?it), "{PH}"))'
        rows = self.graph.select(f"SELECT ?it {{ ?it a owl:Class ; rdfs:label ?label {chosen} }}")
        return next((f"<{row['it'].value}>" for row in rows), "")

    def _own_phenomenon(self, name: str, label: str) -> str:
        """The class of a concept in the background of the workspace, with a case, so that its
        positions meet over a word that no other position uses.
        """
        file = self.file("phenomena")
        ontology = self.layout.iri_of(file)
        if not self.statements.has_statements(file):
            header = ontology_header(ontology, "Phenomena", self.layout.licence, f"{BASE}core")
            self.statements.add_triples(file, header)
        common, case = f"<{ontology}#{name}>", f"<{ontology}#some{name}>"
        said = [(common, TYPE, _CLASS), (case, TYPE, common), (case, TYPE, _CASE)]
        named_so = ((common, label), (case, f"some {label}"))
        said += [(one, LABEL, literal(words, language="en")) for one, words in named_so]
        self.statements.add_triples(file, said)
        return common


def identify(statements: GraphBuilder, identities: Path, common: str, own: str) -> None:
    """States in the file of identities that a position's class means what a class of the background
    means.
    """
    if (_SAME, own) in statements.about(identities, common[1:-1]):
        return
    ends = zip(_ENDS, (common, _SAME, own), strict=True)
    noted = [(TYPE, _AXIOM), *ends, *((_SENSES, one) for one in _BOTH_SENSES)]
    statements.add_triples(identities, [(common, _SAME, own)])
    statements.add_triples(identities, ((f"_:i{_digest(own)}", p, o) for p, o in noted))


def _axioms_of(pattern: str, first: str, second: str, key: str) -> list[list[_Triple]]:
    """The triples of each axiom of a pattern, the link that it makes before those of its
    expression.

    >>> _axioms_of("kind of", "<e:A>", "<e:B>", "")
    [[('<e:A>', '<http://www.w3.org/2000/01/rdf-schema#subClassOf>', '<e:B>')]]
    """
    if pattern == "kind of":
        return [[(first, _SUB, second)]]
    if pattern == "excludes":
        node = f"_:c{_digest(key)}"
        return [[(first, _SUB, node), (node, TYPE, _CLASS), (node, _NOT, second)]]
    if pattern == "distinct from":
        found = list[list[_Triple]]()
        for one, other in ((first, second), (second, first)):
            outer, inner = (f"_:{kind}{_digest(key + one)}" for kind in "cd")
            denied = [(one, _SUB, outer), (outer, TYPE, _CLASS), (outer, _NOT, inner)]
            found.append([*denied, *_some(inner, f"<{PH}constituentOf>", other)])
        return found
    word, _, rest = pattern.partition(" ")
    role = f"<{PH}{word}{rest.capitalize()}>"  # `part of` is `partOf` in the background
    node = f"_:s{_digest(key)}"
    return [[(first, _SUB, node), *_some(node, role, second)]]


def _some(node: str, role: str, filler: str) -> list[_Triple]:
    """What stands in a relation to some case of a class."""
    return [(node, TYPE, _RESTRICTION), (node, _ON, role), (node, _SOME, filler)]


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:12]
