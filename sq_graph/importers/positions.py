"""Methods of an edit for theoretical positions: claims, each with an axiom of a common pattern.

The module of a position has a class for each concept. It is identified with the phenomenon of the
same name, in the workspace if the packaged map has none, so that positions share their terms.
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
from sq_graph.importers.graph_builder import GraphBuilder, Properties
from sq_graph.importers.tables import Tables
from sq_graph.model.codes import Hedge, Relation
from sq_graph.model.records import make_slug
from sq_graph.model.ref import Nameable
from sq_graph.turtle.terms import IMPORTS, LABEL, TYPE, iri_terms, literal, ontology_header
from sq_graph.vocab import BASE, PH, slug_of

AxiomPattern = Literal[
    "part of", "kind of", "opposite of", "excludes", "promotes", "results from", "distinct from"
]
"""How one concept of a position is related to another."""
_RELATIONS = {"opposite of": "opposite", "excludes": "incompatible-with"}
_CLASS, _AXIOM, _RESTRICTION = iri_terms("owl:Class owl:Axiom owl:Restriction")
_INDIVIDUAL, _DEFINED_BY = iri_terms("owl:NamedIndividual rdfs:isDefinedBy")
_SUBCLASS_OF, _EQUIVALENT = iri_terms("rdfs:subClassOf owl:equivalentClass")
_ON_PROPERTY, _SOME_FROM, _NOT = iri_terms("owl:onProperty owl:someValuesFrom owl:complementOf")
_ANNOTATED = iri_terms("owl:annotatedSource owl:annotatedProperty owl:annotatedTarget")
_CLAIM, _READING, _SENSES = iri_terms("sq:claim sq:reading sq:senses")
_YEARS = re.compile(r"\b[12][0-9]{3}\b")
"""The year of a reading, in the label of a position."""
_SENSE_VALUES = iri_terms("sq:senses-source sq:senses-word")
_Triple = tuple[str, str, str]


class AxiomRow(NamedTuple):
    """A claim of a position about two concepts, in your own words and as a pattern; where it was
    read, and how firmly it is stated, where this differs from the position.
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

        An existing position gets the claims that it lacks; `replace` also replaces the rest of it.
        Raises InputError if there is no row, a pattern is unknown, or a claim is only asked or
        disclaimed.
        """
        rows = [AxiomRow(*row) for row in axioms]
        if not rows:
            raise InputError(f"{label} has no claims", remedy="Give at least one claim")
        slug = make_slug(name or label)
        module = self.file(f"positions/{slug}")
        old_claims = sorted({o[1:-1] for p, o in self.statements.pairs_in(module) if p == _CLAIM})
        add = partial(self._state_axiom, slug, module, old_claims=old_claims, in_=in_, page=page)
        new_claims = [add(row, replace=replace, attribution=attribution) for row in rows]
        claims = list(dict.fromkeys([*new_claims, *old_claims]))
        summary: Properties = {"sq:summary": ("en", " ".join(self._summaries(claims)))}
        content = {**summary, "sq:comprises": [("iri", claim) for claim in claims]}
        file, position = self.file_of(self.find(in_, "work")), self.mint("position", slug)
        if self.statements.about(file, position) and not replace and self.on_conflict == "refuse":
            draft = {"sq:reviewStatus": self.code("reviewStatus", "draft")}
            for thing, values in ((self.mint("model", slug), summary), (position, content)):
                if len(claims) > len(old_claims) and self.statements.about(file, thing):
                    self.statements.change(file, thing, {**values, **draft})
                    self.made.setdefault(thing, "changed")
            return position
        state = partial(self._contribute, attribution=attribution, replace=replace)
        theory = self.find(model, "model") if model else ""
        theory = theory or state("model", slug, label, in_, page, summary)
        properties = {
            **content,
            "sq:readingOf": ("iri", theory),
            "sq:module": ("iri", f"{self.layout.base}positions/{slug}"),
            "sq:year": int(years[-1]) if (years := _YEARS.findall(label)) else "",
        }
        return state("position", slug, label, in_, page, properties)

    def _state_axiom(
        self,
        slug: str,
        module: Path,
        row: AxiomRow,
        *,
        old_claims: Sequence[str],
        in_: Nameable,
        page: str | int,
        replace: bool,
        attribution: AttributionArgs,
    ) -> str:
        """States one claim and, where the module lacks it, its axiom; returns the claim."""
        if row.pattern not in (choices := AxiomPattern.__args__):  # type: ignore[attr-defined]
            raise UnknownName("pattern", row.pattern, choices, choices=choices)
        term, other = (self.find(each, "concept", "category") for each in (row.term, row.other))
        if row.page or row.phrase:
            page, attribution = row.page or page, {**attribution, "phrase": row.phrase}
        if row.hedge or row.hedge_words:
            hedge = cast(Hedge, row.hedge)  # a blank one follows from the words
            attribution = {**attribution, "hedge": hedge, "hedge_words": row.hedge_words}
        if attribution.get("hedge") in ("question", "disclaimed"):
            problem = f"“{row.summary}” is asked or disclaimed, so the position does not hold it"
            raise InputError(problem, remedy="Leave it out, and enter it as a claim")
        relation = _RELATIONS.get(row.pattern, row.pattern.replace(" ", "-"))
        claim = self.claim(
            summary=row.summary,
            in_=in_,
            page=page,
            subject=term,
            relation=cast(Relation, relation),
            object=other,
            name=f"{slug}-{slug_of(term)}-{relation}-{slug_of(other)}",
            replace=replace,
            **attribution,
        )
        if claim in old_claims:
            return claim
        imports = (f"{BASE}core", f"{BASE}phenomena")
        _add_imports(self.statements, module, f"Position: {slug}", *imports)
        first, second = (self._class(module, slug, concept) for concept in (term, other))
        default_basis = "reported" if attribution.get("stated_in") else "worded"
        basis = self.code("basis", attribution.get("basis") or default_basis)[1]
        for number, axiom in enumerate(_axioms_of(row.pattern, first, second, claim)):
            node = f"_:n{_digest(claim)}{number}"
            self.statements.add_triples(module, axiom)
            pairs = [(_CLAIM, f"<{claim}>"), (_READING, f"<{basis}>"), (TYPE, _AXIOM)]
            pairs += zip(_ANNOTATED, axiom[0], strict=True)
            self.statements.add_triples(module, ((node, p, o) for p, o in pairs))
        return claim

    def _class(self, module: Path, slug: str, concept: str) -> str:
        """The class of a concept in a module, identified with the phenomenon of that name."""
        label, position = self.label(concept), f"{self.layout.base}positions/{slug}"
        name = "".join(part.capitalize() for part in slug_of(concept).split("-"))
        pairs = [(TYPE, _CLASS), (LABEL, literal(f"{label} ({slug})", language="en"))]
        pairs.append((_DEFINED_BY, f"<{position}>"))
        owl_class = f"<{position}#{name}>"
        self.statements.add_triples(module, ((owl_class, p, o) for p, o in pairs))
        phenomenon = self._phenomenon(label) or self._own_phenomenon(name, label)
        identify(self.statements, self.file("same-meaning"), phenomenon, owl_class)
        return owl_class

    def _phenomenon(self, label: str) -> str:
        """The class of the background that has a concept's label, or ''."""
        test = f'LCASE(STR(?label)) = {literal(label.lower())} && STRSTARTS(STR(?it), "{PH}")'
        pattern = f"?it a owl:Class ; rdfs:label ?label FILTER({test})"
        rows = self.graph.select(f"SELECT ?it {{ {pattern} }}")
        return next((f"<{row['it'].value}>" for row in rows), "")

    def _own_phenomenon(self, name: str, label: str) -> str:
        """The class of a concept in the background of the workspace, with an individual, so that
        positions can meet over a term that the packaged map lacks.
        """
        file = self.file("phenomena")
        ontology = _add_imports(self.statements, file, "Phenomena", f"{BASE}core")
        phenomenon, example = f"<{ontology}#{name}>", f"<{ontology}#some{name}>"
        triples = [(phenomenon, TYPE, _CLASS), (phenomenon, LABEL, literal(label, language="en"))]
        triples += [(example, TYPE, phenomenon), (example, TYPE, _INDIVIDUAL)]
        triples.append((example, LABEL, literal(f"some {label}", language="en")))
        self.statements.add_triples(file, triples)
        return phenomenon


def _add_imports(statements: GraphBuilder, file: Path, title: str, *imports: str) -> str:
    """Adds imports to the header of a file, which gets a title if it is new; returns its IRI."""
    ontology = statements.layout.iri_of(file)
    if not statements.has_statements(file):
        header = ontology_header(ontology, title, statements.layout.licence)
        statements.add_triples(file, header)
    statements.add_triples(file, ((f"<{ontology}>", IMPORTS, f"<{iri}>") for iri in imports))
    return ontology


def identify(statements: GraphBuilder, identities: Path, phenomenon: str, owl_class: str) -> None:
    """States in the file of identities that a position's class is equivalent to a phenomenon.

    The file imports both: the OWL API cannot read an axiom about classes that are not declared.
    """
    modules = (name[1:-1].partition("#")[0] for name in (phenomenon, owl_class))
    _add_imports(statements, identities, "Words that mean the same", f"{BASE}core", *modules)
    if (_EQUIVALENT, owl_class) in statements.about(identities, phenomenon[1:-1]):
        return
    axiom, node = (phenomenon, _EQUIVALENT, owl_class), f"_:i{_digest(owl_class)}"
    pairs = [(TYPE, _AXIOM), *zip(_ANNOTATED, axiom, strict=True)]
    pairs += [(_SENSES, sense) for sense in _SENSE_VALUES]
    statements.add_triples(identities, [axiom, *((node, p, o) for p, o in pairs)])


def _axioms_of(pattern: str, first: str, second: str, key: str) -> list[list[_Triple]]:
    """The triples of each axiom of a pattern: its link, then those of the class expression.

    >>> _axioms_of("kind of", "<e:A>", "<e:B>", "")
    [[('<e:A>', '<http://www.w3.org/2000/01/rdf-schema#subClassOf>', '<e:B>')]]
    """
    if pattern == "kind of":
        return [[(first, _SUBCLASS_OF, second)]]
    if pattern == "excludes":
        node = f"_:c{_digest(key)}"
        return [[(first, _SUBCLASS_OF, node), (node, TYPE, _CLASS), (node, _NOT, second)]]
    if pattern == "distinct from":
        axioms = list[list[_Triple]]()
        for part, whole in ((first, second), (second, first)):
            outer, inner = (f"_:{prefix}{_digest(key + part)}" for prefix in "cd")
            negation = [(part, _SUBCLASS_OF, outer), (outer, TYPE, _CLASS), (outer, _NOT, inner)]
            axioms.append([*negation, *_restriction(inner, f"<{PH}constituentOf>", whole)])
        return axioms
    word, _, preposition = pattern.partition(" ")
    link = f"<{PH}{word}{preposition.capitalize()}>"  # `part of` is `partOf` in the background
    node = f"_:s{_digest(key)}"
    return [[(first, _SUBCLASS_OF, node), *_restriction(node, link, second)]]


def _restriction(node: str, link: str, filler: str) -> list[_Triple]:
    """The class of things with a relation to some instance of a class."""
    return [(node, TYPE, _RESTRICTION), (node, _ON_PROPERTY, link), (node, _SOME_FROM, filler)]


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:12]
