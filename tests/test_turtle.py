"""Turtle: nothing is lost, one graph has one text, faults are named with their line."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from sq_graph import turtle
from sq_graph.errors import BrokenFile
from sq_graph.graph.layout import packaged
from sq_graph.turtle.terms import TextTriple, is_blank, literal
from sq_graph.vocab import OWL, RDF, RDFS, SQ, XSD

BASE = "https://example.org/"
ONTOLOGY = packaged().ontology


def same_graph(first: Iterable[TextTriple], second: Iterable[TextTriple]) -> bool:
    """Whether two graphs differ at most in the names of their blank nodes, according to another library."""
    return canonical(first) == canonical(second)


def canonical(triples: Iterable[TextTriple]) -> set[str]:
    lines = "".join(f"{s} {p} {o} .\n" for s, p, o in triples)
    quads = pyoxigraph.parse(lines.encode(), format=pyoxigraph.RdfFormat.N_TRIPLES)
    dataset = pyoxigraph.Dataset(pyoxigraph.Quad(t.subject, t.predicate, t.object) for t in quads)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


# ---- random graphs: blank nodes shared, in cycles and in lists; odd literals; terms of OWL

texts = st.text(max_size=12) | st.sampled_from(
    ['"', '""""', "\\", 'a\n"', '"""\n"""', "\r\n", "\u2028", "\x00", "'''", "\\n"]
)
names = st.sampled_from(
    [
        "a",
        "b",
        "c.d",
        "e-1",
        "e-10",
        "e-9",
        "f%20",
        "g/h",
        "i",
        "j~k",
        "é",
        "ü/",
        "l:m",
        "-n",
        "1",
        "o.",
    ]
)
namespaces = st.sampled_from(
    [BASE, SQ, f"{BASE}id/work/", "urn:x:", "https://w3id.org/sq-graph/id/work/"]
)
iris = st.builds(lambda namespace, name: f"<{namespace}{name}>", namespaces, names)
blank_nodes = st.sampled_from([f"_:x{number}" for number in range(7)])
datatypes = st.sampled_from(
    [f"<{XSD}{name}>" for name in ("integer", "decimal", "double", "boolean", "string", "gYear")]
)
numbers = st.sampled_from(
    ["01", "1.50", "+5", "-0.0", "1e3", "1.", ".5", "true", "1", "TRUE", "x", "1.e5"]
)
literals = (
    st.builds(literal, texts)
    | st.builds(
        lambda text, tag: literal(text, language=tag),
        texts,
        st.sampled_from(["en", "en-US", "de-CH-1996"]),
    )
    | st.builds(literal, numbers | texts, datatypes | st.just(f"<{BASE}own>"))
)
plain_properties = st.sampled_from(
    [*(f"<{BASE}{name}>" for name in "pqr"), f"<{RDF}type>", f"<{RDF}first>"]
)
properties = plain_properties | st.sampled_from(
    [f"<{RDF}{name}>" for name in ("first", "rest", "type", "value")]
    + [
        f"<{OWL}{name}>"
        for name in ("unionOf", "members", "disjointWith", "annotatedSource", "annotatedTarget")
    ]
    + [f"<{RDFS}label>", f"<{OWL}annotatedProperty>"]
)
objects = st.sampled_from(
    [f"<{RDF}nil>", f"<{OWL}Axiom>", f"<{OWL}disjointWith>", f"<{OWL}Class>", f"<{OWL}Ontology>"]
)


@st.composite
def lists(draw: st.DrawFn, properties: st.SearchStrategy[str]) -> set[TextTriple]:
    """A list of up to five items, under a property of some node."""
    items = draw(st.lists(iris | blank_nodes | literals, min_size=1, max_size=5))
    number = draw(st.integers(0, 99))
    cells = [f"_:list{number}x{index}" for index in range(len(items))]
    rests = [*cells[1:], f"<{RDF}nil>"]
    triples = {(cell, f"<{RDF}first>", item) for cell, item in zip(cells, items, strict=True)}
    triples |= {(cell, f"<{RDF}rest>", rest) for cell, rest in zip(cells, rests, strict=True)}
    return triples | {(draw(iris | blank_nodes), draw(properties), cells[0])}


def graphs(properties: st.SearchStrategy[str]) -> st.SearchStrategy[set[TextTriple]]:
    triples = st.tuples(iris | blank_nodes, properties, iris | blank_nodes | literals | objects)
    return st.builds(
        lambda loose, chains: loose.union(*chains),
        st.sets(triples, max_size=14),
        st.lists(lists(properties), max_size=2),
    )


def with_other_names(triples: set[TextTriple], seed: int) -> set[TextTriple]:
    """The same graph with other names for its blank nodes."""
    nodes = sorted({term for triple in triples for term in triple if is_blank(term)})
    names = [f"_:other{number}" for number in range(len(nodes))]
    random.Random(seed).shuffle(names)
    renamed = dict(zip(nodes, names, strict=True))
    return {(renamed.get(s, s), p, renamed.get(o, o)) for s, p, o in triples}


@settings(max_examples=300, deadline=None)
@given(graphs(plain_properties))
def test_no_triple_is_lost_or_added(triples: set[TextTriple]) -> None:
    text = turtle.serialise(triples, {"e": BASE})
    assert same_graph(turtle.parse(text).triples, triples)


@settings(max_examples=300, deadline=None)
@given(graphs(properties))
def test_terms_of_owl_lose_nothing_beyond_the_normal_form(triples: set[TextTriple]) -> None:
    assert same_graph(turtle.parse(turtle.serialise(triples)).triples, turtle.normal_form(triples))


@settings(max_examples=300, deadline=None)
@given(graphs(properties), st.integers(0, 9))
def test_one_graph_has_one_text(triples: set[TextTriple], seed: int) -> None:
    text = turtle.serialise(triples, {"e": BASE})
    assert turtle.serialise(with_other_names(triples, seed), {"e": BASE}) == text
    assert turtle.format_text(text) == text


@settings(max_examples=100, deadline=None)
@given(graphs(plain_properties))
def test_other_readers_understand_the_text_alike(triples: set[TextTriple]) -> None:
    text = turtle.serialise(triples, {"e": BASE})
    parsed = pyoxigraph.parse(text.encode(), format=pyoxigraph.RdfFormat.TURTLE)
    assert len({*map(str, parsed)}) == len(
        {(s, p, o.lower() if "@" in o else o) for s, p, o in triples}
    )


def cycles(*sizes: int) -> set[TextTriple]:
    """Cycles of blank nodes, each linked in both directions."""
    edges = [
        (f"_:c{n}x{i}", f"_:c{n}x{(i + 1) % size}")
        for n, size in enumerate(sizes)
        for i in range(size)
    ]
    return {(s, f"<{BASE}p>", o) for s, o in edges} | {(o, f"<{BASE}p>", s) for s, o in edges}


@pytest.mark.parametrize("sizes", [(1,), (2,), (3,), (8,), (3, 3), (4, 4, 4), (5, 5)])
def test_symmetric_cycles_have_one_text(sizes: tuple[int, ...]) -> None:
    texts = {turtle.serialise(with_other_names(cycles(*sizes), seed)) for seed in range(8)}
    assert len(texts) == 1
    assert same_graph(turtle.parse(texts.pop()).triples, cycles(*sizes))


def test_cycles_that_look_locally_the_same_stay_distinct() -> None:
    assert turtle.serialise(cycles(3, 3)) != turtle.serialise(cycles(6))


def test_many_similar_shared_nodes_are_labelled_without_trying_every_order() -> None:
    triples = {("_:top", f"<{BASE}{p}>", f"_:n{n}") for n in range(24) for p in "pq"}
    assert turtle.serialise(triples) == turtle.serialise(with_other_names(triples, 1))


def test_nodes_within_nodes_may_be_very_deep() -> None:
    chain = {(f"_:n{n}", f"<{BASE}p>", f"_:n{n + 1}") for n in range(90)}
    assert same_graph(turtle.parse(turtle.serialise(chain)).triples, chain)


# ---- the text


def test_the_canonical_text_reads_like_this() -> None:
    text = r"""
        @prefix core: <https://w3id.org/sq-graph/core#> . @prefix own: <https://example.org/my/id/work/> .
        PREFIX owl: <http://www.w3.org/2002/07/owl#>  PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .   # a comment
        [] a owl:AllDisjointClasses ; owl:members ( core:Work core:Agent ) .
        own:l270 core:year "01"^^xsd:integer, 1.50 ; core:basis core:basis-read ; a owl:NamedIndividual, core:Work ;
            rdfs:label "x"@en-GB ; core:about own:l43, [ core:p ( 1 [] ) ], <https://example.org/a/b> .
        own:l43 core:summary 'first\nsecond "quoted"' .
        core:Work a owl:Class ; rdfs:subClassOf _:r .
        core:Agent a owl:Class ; owl:disjointWith core:Work .
        _:r a owl:Restriction ; owl:someValuesFrom [ owl:unionOf ( core:B core:A ) ] ; owl:onProperty core:about .
        [] a owl:Axiom ; owl:annotatedTarget _:r ; owl:annotatedSource core:Work ; core:reading core:basis-read ;
           owl:annotatedProperty rdfs:subClassOf .
        <https://example.org/my/data> a owl:Ontology ; owl:imports <https://example.org/long/long/long/long/long/one> ,
           <https://example.org/long/long/long/long/long/two> ; rdfs:label "data" .
    """
    label = turtle.format_text(text).partition("rdfs:subClassOf ")[2].split()[0]
    assert (
        turtle.format_text(text)
        == rf"""@prefix my-work: <https://example.org/my/id/work/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sq: <https://w3id.org/sq-graph/core#> .

<https://example.org/my/data> a owl:Ontology ;
    rdfs:label "data" ;
    owl:imports
        <https://example.org/long/long/long/long/long/one>,
        <https://example.org/long/long/long/long/long/two> .

# Classes

sq:Agent a owl:Class ;
    owl:disjointWith sq:Work .

sq:Work a owl:Class ;
    rdfs:subClassOf {label} .

{label} a owl:Restriction ;
    owl:onProperty sq:about ;
    owl:someValuesFrom [ owl:unionOf ( sq:A sq:B ) ] .

# Individuals

my-work:l43 sq:summary {'"' * 3}first
second "quoted\"{'"' * 3} .

my-work:l270 a sq:Work, owl:NamedIndividual ;
    rdfs:label "x"@en-GB ;
    sq:about <https://example.org/a/b>, my-work:l43, [ sq:p ( 1 [] ) ] ;
    sq:year 1.50, 01 ;
    sq:basis sq:basis-read .

# Axioms

[] a owl:Axiom ;
    owl:annotatedSource sq:Work ;
    owl:annotatedProperty rdfs:subClassOf ;
    owl:annotatedTarget {label} ;
    sq:reading sq:basis-read .

[] a owl:AllDisjointClasses ;
    owl:members ( sq:Agent sq:Work ) .
"""
    )


@pytest.mark.parametrize("path", sorted(ONTOLOGY.rglob("*.ttl")), ids=lambda path: path.stem)
def test_every_file_of_the_map_survives_another_writer_too(path: Path) -> None:
    document = turtle.read_file(path)
    text = turtle.serialise(document.triples, document.prefixes)
    assert turtle.format_text(text) == text
    assert len(turtle.parse(text).triples) == len(turtle.normal_form(document.triples))
    text_of_rdflib = rdflib.Graph().parse(data=text, format="turtle").serialize(format="turtle")
    assert turtle.format_text(text_of_rdflib) == text


def test_our_prefixes_precede_those_of_the_file_and_never_collide() -> None:
    text = """@prefix w: <https://w3id.org/sq-graph/id/work/> . @prefix work: <https://example.org/id/work/> .
        @prefix : <https://example.org/> . @prefix spare: <https://spare.org/> . w:a :is work:b ."""
    assert turtle.format_text(text).splitlines() == [
        "@prefix : <https://example.org/> .",
        "@prefix work2: <https://example.org/id/work/> .",
        "@prefix work: <https://w3id.org/sq-graph/id/work/> .",
        "",
        "work:a :is work2:b .",
    ]


def test_a_files_own_things_have_the_same_names_whatever_it_declares() -> None:
    """By the base of its own IRI; things of others keep the name that the file has for them."""
    content = f"<{BASE}r/data/x> a <{OWL}Ontology> ; <{BASE}p> <{BASE}r/id/work/a>, <{BASE}s/id/work/b>, <{BASE}id/work/c> ."
    prefix = "@prefix my-work: <https://example.org/r/id/work/> ."
    for declaration in (
        "",
        f"@prefix work: <{BASE}r/id/work/> .",
        f"@prefix w: <{BASE}r/id/work/> .",
        prefix,
    ):
        text = turtle.format_text(f"{declaration} {content}")
        assert prefix in text and f"<{BASE}id/work/c>, <{BASE}s/id/work/b>, my-work:a ." in text
    text = turtle.format_text(f"@prefix my-work: <{BASE}s/id/work/> . {content}")
    assert prefix in text and "my-work2:b" in text and turtle.format_text(text) == text


def test_the_namespace_of_a_file_needs_no_declared_prefix() -> None:
    undeclared = f"<{BASE}m> a <{OWL}Ontology> . <{BASE}m#A> a <{OWL}Class> ."
    assert f"@prefix : <{BASE}m#> .\n" in turtle.format_text(undeclared)
    text = turtle.format_text(f"@prefix m: <{BASE}m#> . {undeclared}")
    assert text == turtle.format_text(f"@prefix : <{BASE}m#> . {text}") and "m:A a" in text


# ---- equivalent forms of OWL axioms

HEADER = f"@prefix owl: <{OWL}> . @prefix rdfs: <{RDFS}> . @prefix : <{BASE}> . "
SHARED = ":C rdfs:subClassOf _:r . _:r owl:onProperty :p ; owl:someValuesFrom [ owl:unionOf ( :A :B ) ] . "
COPY = "[ owl:onProperty :p ; owl:someValuesFrom [ owl:unionOf ( :B :A ) ] ]"
NOTE = (
    "[] a owl:Axiom ; owl:annotatedSource :C ; owl:annotatedProperty rdfs:subClassOf ; :note 1 ; "
)
DISJOINT = "[] a owl:Axiom ; owl:annotatedProperty owl:disjointWith ; :note 1 ; "


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            ":A owl:equivalentClass [ owl:unionOf ( :B :C ) ] .",
            ":A owl:equivalentClass [ owl:unionOf ( :C :B ) ] .",
        ),
        (
            ":A owl:equivalentClass [ owl:unionOf ( :B [ owl:oneOf ( :d :c ) ] ) ] .",
            ":A owl:equivalentClass [ owl:unionOf ( [ owl:oneOf ( :c :d ) ] :B ) ] .",
        ),
        (":A owl:disjointWith :B .", ":B owl:disjointWith :A ."),
        (
            f"{SHARED}{NOTE} owl:annotatedTarget _:r .",
            f"{SHARED}{NOTE} owl:annotatedTarget {COPY} .",
        ),
        (
            f":A owl:disjointWith :B . {DISJOINT} owl:annotatedSource :A ; owl:annotatedTarget :B .",
            f":B owl:disjointWith :A . {DISJOINT} owl:annotatedSource :B ; owl:annotatedTarget :A . "
            f"{DISJOINT} owl:annotatedSource :A ; owl:annotatedTarget :B .",
        ),
    ],
)
def test_texts_of_the_same_axioms_are_formatted_alike(first: str, second: str) -> None:
    assert turtle.format_text(HEADER + first) == turtle.format_text(HEADER + second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (":p owl:propertyChainAxiom ( :q :r ) .", ":p owl:propertyChainAxiom ( :r :q ) ."),
        (":A rdfs:subClassOf :B .", ":B rdfs:subClassOf :A ."),
        (":A owl:sameAs :B . :A :q 1 .", ":A owl:sameAs :B . :B :q 1 ."),
        (
            f"{SHARED}{NOTE} owl:annotatedTarget _:r .",
            f"{SHARED}{NOTE} owl:annotatedTarget [ owl:onProperty :p ] .",
        ),
    ],
)
def test_different_axioms_have_different_texts(first: str, second: str) -> None:
    assert turtle.format_text(HEADER + first) != turtle.format_text(HEADER + second)


def test_the_labelled_thing_is_the_subject_of_a_symmetric_statement() -> None:
    text = turtle.format_text(
        f'{HEADER} <http://a.org/1> owl:sameAs :mine . :mine rdfs:label "mine" .'
    )
    assert ":mine rdfs:label" in text and "owl:sameAs <http://a.org/1>" in text


# ---- faults

FAULTS = [
    ("<x:a> <x:b>\n <x:c>", 2, "Unexpected end. Finish the statement"),
    ("\n<x:a> <x:b> <x:c>\n<x:d> <x:e> <x:f> .", 3, "A dot is expected at the end of statements."),
    ("<x:a> <x:b> 'c\n' .", 1, "Line jumps are not allowed in string literals"),
    ('<x:a> <x:b> """c\n\n" .', 1, "Unexpected end of file. Finish the statement"),
    ("<x:a> <x:b> '''c\n\n''', foo:bar .", 3, "The prefix foo: has not been declared. Declare it"),
    ("<x:a> <x:b> '\\q' .", 1, "Unexpected escape character '\\q'. Fix that line."),
    ("<x:a> <x:b> '\\uD800' .", 1, "The escape sequence '\\uD800' is encoding D800"),
    ("<x:a> <x:b> <c> .", 1, "No scheme found in an absolute IRI. Write the IRI in full"),
    ("<x:a> <x:b> <x:c d> .", 1, "Invalid IRI code point ' '. Write a space in an IRI as %20"),
    ("<x:a> <x:b> <x:%zz> .", 1, "Invalid IRI percent encoding '%zz'."),
    ("<x:a> 'b' <x:c> .", 1, "'b' is not a valid predicate."),
    ("'a' <x:b> <x:c> .", 1, "'a' is not a valid subject"),
    ("<x:a> <x:b> ( 1 . ", 1, ". is not a valid RDF object."),
    ("<x:a> <x:b> 'c'^^'d' . ", 1, "Expecting a datatype IRI after ^^, found 'd'."),
    ("{ <x:a> <x:b> <x:c> }", 1, "{ is not a valid subject"),
    ("title,year\nRoom,1999", 1, "title is not a valid subject"),
]


@pytest.mark.parametrize(("text", "line", "sentence"), FAULTS)
def test_a_fault_is_named_with_its_line(text: str, line: int, sentence: str) -> None:
    with pytest.raises(BrokenFile) as error:
        turtle.parse(text, "notes.ttl")
    message = str(error.value)
    assert message.startswith(f"notes.ttl:{line}: invalid Turtle at column ")
    assert sentence in message and "\n" not in message


@pytest.mark.parametrize(
    ("text", "syntax", "remedy"),
    [
        ('<?xml version="1.0"?>\n<rdf:RDF/>', "RDF/XML", "Run sq-graph fmt --from rdfxml core.ttl"),
        ('{"@id": "x:a"}', "JSON-LD", "Run sq-graph fmt --from jsonld core.ttl"),
        (
            "Prefix(:=<x:>)\nOntology(<x:o>)",
            "OWL functional syntax",
            "Run sq-graph fmt --from functional",
        ),
        (
            "Prefix: : <x:>\nOntology: <x:o>",
            "Manchester syntax",
            "Run sq-graph fmt --from manchester",
        ),
    ],
)
def test_another_syntax_is_named(text: str, syntax: str, remedy: str) -> None:
    with pytest.raises(BrokenFile) as error:
        turtle.parse(text, "core.ttl")
    assert str(error.value).startswith(f"core.ttl: this is {syntax}, not Turtle. {remedy}")


def test_another_syntax_is_converted(tmp_path: Path) -> None:
    path = tmp_path / "core.ttl"
    path.write_text(
        f'<rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about="x:a"><b xmlns="x:">c</b>'
        "</rdf:Description></rdf:RDF>"
    )
    assert turtle.format_files([path], form="rdfxml") == [path]
    assert path.read_text() == '<x:a> <x:b> "c" .\n'


def test_declarations_of_things_described_elsewhere_are_dropped(tmp_path: Path) -> None:
    own_file, other_file = tmp_path / "own.ttl", tmp_path / "other.ttl"
    other_file.write_text(f'{HEADER} :barry a :Agent ; rdfs:label "Barry" . :empty a owl:Class .')
    own_file.write_text(
        f"{HEADER} :barry a owl:NamedIndividual . :claim :heldBy :barry ; a owl:NamedIndividual ."
        " :own a owl:NamedIndividual . :empty a owl:Class . rdfs:label a owl:AnnotationProperty ."
        " :Agent a owl:Class ; rdfs:subClassOf :Thing . :heldBy a owl:ObjectProperty ."
    )
    other_file.write_text(
        f'{other_file.read_text()} :Agent a owl:Class ; rdfs:label "agent" .'
        ' :heldBy a owl:AnnotationProperty ; rdfs:label "held by" .'
    )
    assert turtle.format_files([own_file], among=[own_file, other_file]) == [own_file]
    subjects = {s for s, _, _ in turtle.read_file(own_file).triples}
    assert subjects == {f"<{BASE}{name}>" for name in ("claim", "own", "empty", "Agent", "heldBy")}
    assert "Agent> a" not in own_file.read_text() and "subClassOf" in own_file.read_text()


@pytest.mark.parametrize("accented", ["café", "cafe\u0301", "ह\u093f"])
def test_accents_and_combining_marks_are_letters(accented: str) -> None:
    document = turtle.parse(f"@prefix x: <x:> . x:a x:{accented} '{accented}' .")
    assert set(document.triples) == {("<x:a>", f"<x:{accented}>", f'"{accented}"')}
    assert set(turtle.parse(turtle.serialise(document.triples)).triples) == set(document.triples)


def test_a_language_tag_keeps_its_letters_whatever_surrounds_it() -> None:
    text = """@prefix x: <x:@EN> . # 'a'@EN
        x:a x:b "@DE"@en-US, 'b' @en-us, "c", [ x:b ( '''"d"@FR'''@fr-CA "e"@de ) ] ."""
    values = [value for _, _, value in turtle.parse(text).triples if value.startswith('"')]
    assert values == ['"@DE"@en-US', '"b"@en-us', '"c"', '"\\"d\\"@FR"@fr-CA', '"e"@de']


def test_each_triple_has_the_line_of_its_value() -> None:
    text = 'PREFIX x: <x:>\nx:a\n x:b 1 ;\n x:c """d\n\ne""" ,\n x:f .\n'
    assert list(turtle.parse(text).triples.values()) == [3, 4, 7]


W3C = Path(__file__).parents[2] / "shared" / "data" / "w3c" / "turtle"
W3C_BASE = "https://w3c.github.io/rdf-tests/rdf/rdf11/rdf-turtle/"


def w3c_files(kind: str) -> list[tuple[Path, Path]]:
    """The Turtle files of one kind of W3C test, each with the file of its result where it has one."""
    if not (W3C / "manifest.ttl").is_file():
        pytest.skip("The W3C Turtle tests are not beside this checkout.")
    manifest = rdflib.Graph().parse(W3C / "manifest.ttl", publicID=W3C_BASE)
    test_class = rdflib.URIRef(f"http://www.w3.org/ns/rdftest#TestTurtle{kind}")
    mf = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
    return sorted(
        (_w3c_path(manifest.value(test, mf.action)), _w3c_path(manifest.value(test, mf.result)))
        for test in manifest.subjects(rdflib.RDF.type, test_class)
    )


def _w3c_path(iri: object) -> Path:
    return W3C / str(iri).rpartition("/")[2]


def w3c_document(path: Path) -> turtle.Document:
    return turtle.parse(f"@base <{W3C_BASE}{path.name}> . ".encode() + path.read_bytes(), path.name)


@pytest.mark.parametrize("kind", ["Eval", "PositiveSyntax"])
def test_w3c_files_are_read_and_formatted_without_loss(kind: str) -> None:
    paths = w3c_files(kind)
    assert len(paths) > 70
    for path, result in paths:
        document = w3c_document(path)
        text = turtle.serialise(document.triples, document.prefixes)
        assert same_graph(turtle.parse(text).triples, turtle.normal_form(document.triples)), path
        if kind == "Eval":
            expected = turtle.parse(result.read_bytes())
            assert same_graph(document.triples, expected.triples), path


def test_w3c_files_with_faults_are_refused() -> None:
    paths = w3c_files("NegativeSyntax") + w3c_files("NegativeEval")
    assert len(paths) > 90
    for path, _ in paths:
        with pytest.raises(BrokenFile):
            w3c_document(path)


def test_a_file_in_another_encoding_is_named_with_its_line() -> None:
    with pytest.raises(BrokenFile, match=r"notes.ttl:2: the file is not written in UTF-8"):
        turtle.parse("\n<x:a> <x:b> 'é' .".encode("latin-1"), "notes.ttl")
    assert turtle.parse("\ufeff<x:a> <x:b> 'é' .".encode()).triples


@pytest.mark.parametrize(
    "text",
    [
        "@base <http://e.org/a/b#c> . <> <#d> <../e>, <//f.org/>, <?q> . @prefix : <#> . :a :b : .",
        "PREFIX a.b-c: <x:> a.b-c:d.e a.b-c:%41 a.b-c:\\~\\#, a.b-c:1, a.b-c:f:g, a.b-c:. ",
        "<x:a>a<x:b>;<x:c>1,.5,-1.e-3,true;;.[<x:d>()].[] <x:e> _:a.b , _:0 .(1) <x:f> ( ( ) ) .",
        '<x:a> <x:b> """a"b""c\\"""", "", \'\' , "f\\u00e9\\U0001F600\\t"@de-CH-1996 . # end',
        "<x:a> <x:b> '''d''e\n\\'''', 'f\"' .",
        '\r\n<x:a>\r\n<x:b> """c\r\nd""" .\r\n',
    ],
)
def test_the_whole_grammar_is_read_as_another_library_reads_it(text: str) -> None:
    triples = pyoxigraph.parse(text.encode(), format=pyoxigraph.RdfFormat.TURTLE)
    lines = "".join(f"{triple} .\n" for triple in triples).replace("@de-ch", "@de-CH")
    assert same_graph(turtle.parse(text).triples, turtle.parse(lines).triples)


def test_a_double_slash_in_a_base_is_kept() -> None:
    """As RFC 3986 requires (IRI-resolution-08 of the W3C's tests)."""
    triples = turtle.parse("@base <http://example.org/x//y/> . <../z> a <w> .").triples
    assert [s for s, _, _ in triples] == ["<http://example.org/x//z>"]


# ---- files


def test_fmt_rewrites_files_and_reports_which(tmp_path: Path) -> None:
    messy, tidy = tmp_path / "a" / "messy.ttl", tmp_path / "tidy.ttl"
    messy.parent.mkdir()
    messy.write_text("<x:b> <x:c> 1 . <x:a> <x:c> 2 .")
    messy.chmod(0o640)
    tidy.write_text("<x:a> <x:b> 1 .\n")
    assert turtle.format_files([tmp_path], check=True) == [messy]
    assert messy.read_text().startswith("<x:b>")
    assert turtle.format_files([tmp_path]) == [messy]
    assert messy.read_bytes() == b"<x:a> <x:c> 2 .\n\n<x:b> <x:c> 1 .\n"
    assert messy.stat().st_mode & 0o777 == 0o640
    assert turtle.format_files([tmp_path]) == [] and len(list(tmp_path.rglob("*"))) == 3


def test_one_broken_file_leaves_all_files_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("<x:a>   <x:b> 1 .")
    (tmp_path / "b.ttl").write_text("<x:a>")
    with pytest.raises(BrokenFile, match=r"b\.ttl:1: "):
        turtle.format_files([tmp_path])
    assert (tmp_path / "a.ttl").read_text() == "<x:a>   <x:b> 1 ."


def test_a_path_that_cannot_be_read_or_written_is_reported(tmp_path: Path) -> None:
    with pytest.raises(BrokenFile, match=r"none\.ttl: the file cannot be read"):
        turtle.format_files([tmp_path / "none.ttl"])
    with pytest.raises(BrokenFile, match="cannot be read"):
        turtle.read_file(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(BrokenFile, match="cannot be written"):
        turtle.replace_file(tmp_path / "file" / "below.ttl", "")
    (tmp_path / "folder").mkdir()
    with pytest.raises(BrokenFile, match="cannot be written"):
        turtle.replace_file(tmp_path / "folder", "")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "folder"]


# ---- difference


def test_the_difference_of_two_maps_is_given_in_words(tmp_path: Path) -> None:
    prefixes = f"@prefix sq: <{SQ}> . @prefix w: <https://w3id.org/sq-graph/id/work/> . {HEADER}"
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        (folder / "data").mkdir(parents=True)
    (old / "core.ttl").write_text(
        f"""{prefixes} sq:Work a owl:Class ; rdfs:label "work" ; rdfs:subClassOf sq:Thing , _:r .
        _:r owl:onProperty sq:inWork ; owl:allValuesFrom [ owl:unionOf ( sq:Agent sq:Work ) ] .
        [] a owl:AllDisjointClasses ; owl:members ( sq:Agent sq:Work ) . sq:year rdfs:label "year" ."""
    )
    (old / "data" / "room.ttl").write_text(
        f'{prefixes} w:room-1999 rdfs:label "Room 1999" ; sq:year 1999 . w:x a sq:Work .'
    )
    (new / "core.ttl").write_text(
        f"""{prefixes} sq:Work a owl:Class ; rdfs:label "work" ; rdfs:subClassOf _:r .
        [] a owl:Axiom ; owl:annotatedSource sq:Work ; owl:annotatedProperty rdfs:subClassOf ;
          owl:annotatedTarget _:r ; sq:reading sq:basis-read .
        _:r owl:onProperty sq:inWork ; owl:allValuesFrom [ owl:unionOf ( sq:Work sq:Agent ) ] .
        [] a owl:AllDisjointClasses ; owl:members ( sq:Agent sq:Passage sq:Work ) . sq:year rdfs:label "year" ."""
    )
    (new / "data" / "moved.ttl").write_text(
        f'{prefixes} w:room-1999 rdfs:label "Room 1999" ; sq:year 2000 ; sq:statedIn w:y . w:y a sq:Work .'
    )
    text = """Axioms: 2 added, 2 removed; other statements: 3 added, 2 removed.

changed: axioms about several things
  - axiom: none is another of (Agent work)
  + axiom: none is another of (Agent Passage work)

changed: work (sq:Work)
  + axiom: note: work is a kind of 'in work' only any of (Agent work) reading basis-read
  - axiom: is a kind of: Thing

changed: Room 1999 (work:room-1999)
  + stated in: work:y
  - year: 1999
  + year: 2000

removed: work:x
  - is a: work

added: work:y
  + is a: work"""
    assert turtle.diff(old, new) == text
    assert turtle.diff(old, old) == "" and turtle.diff(new, old).startswith("Axioms: 2 added")


def test_another_text_of_the_same_axioms_is_no_difference(tmp_path: Path) -> None:
    old, new = tmp_path / "old.ttl", tmp_path / "new.ttl"
    old.write_text(f"{HEADER}{SHARED}{NOTE} owl:annotatedTarget _:r .")
    new.write_text(f"{HEADER}{NOTE} owl:annotatedTarget {COPY} . {SHARED}")
    assert turtle.diff(old, new) == ""


def test_blocks_give_the_text_of_the_whole_file_after_each_change() -> None:
    """An edit writes only the blocks that change; the file must be the same as if written in full."""
    plain_files = 0
    for path in sorted((ONTOLOGY / "data").rglob("*.ttl"))[::6]:
        document = turtle.read_file(path)
        pairs_by_subject: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for s, p, o in document.triples:
            pairs_by_subject[s].add((p, o))
        blocks = turtle.Blocks(document.prefixes)
        for step in (2, 3, len(pairs_by_subject) + 1):
            part = {
                s: frozenset(pairs)
                for number, (s, pairs) in enumerate(pairs_by_subject.items(), 1)
                if number % step
            }
            triples = [(s, p, o) for s, pairs in part.items() for p, o in pairs]
            assert blocks.text(part) == turtle.serialise(triples, document.prefixes), path
        plain_files += blocks.is_plain
    assert plain_files > 10
