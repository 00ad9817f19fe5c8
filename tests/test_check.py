"""Findings: their locations, whose files are judged, and that validating a change finds all that a full check finds."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib.compare

from sq_graph.check import (
    Finding,
    check,
    check_graph,
    findings_sarif,
    findings_table,
    findings_text,
    findings_turtle,
    pyshacl_report,
    shapes_of,
    validate_change,
)
from sq_graph.graph import EmbeddedGraph, Triple
from sq_graph.graph.embedded import load_files
from sq_graph.graph.layout import Layout, packaged
from sq_graph.graph.loading import load_store
from sq_graph.graph.lookup import NodeTriple, to_nodes
from sq_graph.queries import Catalogue
from sq_graph.shacl.incremental import Affected
from sq_graph.shacl.shacl_compiler import Compiler
from sq_graph.shacl.shapes import Shapes
from sq_graph.shacl.shapes_graph import ShapesGraph
from sq_graph.vocab import PREFIXES
from tests.test_shapes import BACKGROUND, FAULTS, WITNESSES, Fault
from tests.workspaces import graph_of, small_map

CORE = packaged().ontology / "core.ttl"
HEADER = "".join(f"@prefix {name}: <{namespace}> .\n" for name, namespace in PREFIXES.items())
HEADER_LINES = HEADER.count("\n")
BASE = "https://example.org/mine/"


def write_map(folder: Path, files: dict[str, str]) -> Layout:
    """A map in a folder; the files of its ontology get all prefixes."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEADER + text if name.startswith("ontology") else text, encoding="utf-8")
    return Layout(folder, BASE)


def check_files(folder: Path, files: dict[str, str]) -> tuple[Finding, ...]:
    return check([write_map(folder, files)])


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    return small_map(tmp_path_factory.mktemp("small"))


def problems(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if finding.severity != "Info"]


def test_packaged_map_is_sound() -> None:
    assert problems(check([packaged()])) == []


def test_finding_names_file_line_thing_and_remedy(tmp_path: Path, small: Layout) -> None:
    text = 'agent:x-1 a sq:Person ;\n    rdfs:label "x" , "x"@en .\n'
    layout = write_map(tmp_path, {"ontology/data/agents.ttl": text})
    findings = problems(check([small, layout]))
    file = str(tmp_path / "ontology/data/agents.ttl")
    assert [(f.file, f.line, f.focus, f.rule) for f in findings] == [
        (file, HEADER_LINES + 1, "agent:x-1", "naming#NamedIndividual"),
        (file, HEADER_LINES + 2, "agent:x-1", "naming#TaggedLabel"),
    ]
    assert str(findings[0]) == (
        f"{file}:{HEADER_LINES + 1}: agent:x-1: This thing is not declared. Write owl:NamedIndividual among its types."
    )
    assert findings[1].message.endswith("(found: x)")


def test_two_files_that_give_one_work_two_years(tmp_path: Path, small: Layout) -> None:
    second_entry = "work:room-1999 sq:year 1998 ;\n  sq:bibliographicStatus sq:basis-read .\n"
    layout = write_map(tmp_path, {"ontology/data/works/room.ttl": second_entry})
    findings = problems(check([small, layout]))
    assert {(f.line, f.rule) for f in findings if f.line} == {
        (HEADER_LINES + 1, "work#Year"),
        (HEADER_LINES + 1, "work#Status"),
        (HEADER_LINES + 2, "work#Status"),
    }


def test_only_files_that_do_not_parse_are_reported(tmp_path: Path, small: Layout) -> None:
    layout = write_map(
        tmp_path,
        {
            "ontology/data/a.ttl": "agent:a a sq:Person .\nagent:b a sq:Person\n",
            "ontology/data/b.ttl": "agent:c a sq:Nothing",
        },
    )
    findings = check([small, layout])
    assert [(Path(f.file).name, f.rule) for f in findings] == [("a.ttl", "file"), ("b.ttl", "file")]
    assert all(f.line and f.remedy for f in findings)


def test_a_file_in_another_syntax_is_named_with_the_command_that_converts_it(
    tmp_path: Path, small: Layout
) -> None:
    layout = write_map(tmp_path, {"ontology/data/mine.ttl": ""})
    (tmp_path / "ontology/data/mine.ttl").write_text("Prefix(:=<x:>)\nOntology(<x:o>)")
    (tmp_path / "ontology/data/mine.owl").write_text("Ontology(<x:o>)")
    [problem] = problems(check([small, layout]))
    assert problem.message == "this is OWL functional syntax, not Turtle"
    assert "fmt --from functional" in problem.remedy
    (tmp_path / "ontology/data/mine.ttl").unlink()
    [notice] = problems(check([small, layout]))
    assert notice.file.endswith("mine.owl") and notice.message.startswith("this file is not read")
    (tmp_path / "shapes").mkdir()
    (tmp_path / "ontology/data/mine.owl").rename(tmp_path / "shapes/mine.owl")
    [notice] = problems(check([small, layout]))
    assert notice.remedy.endswith("out of the shapes folder")


def test_faults_of_shapes_and_questions_are_findings_too(tmp_path: Path, small: Layout) -> None:
    layout = write_map(tmp_path, {"shapes/broken.ttl": "no turtle"})
    assert [Path(f.file).name for f in check([small, layout])] == ["broken.ttl"]
    (tmp_path / "shapes/broken.ttl").unlink()
    files = {
        "queries/quality/broken.rq": "SELECT ?x { }",
        "queries/own/open.rq": "#+ title: ‹what it asks›\nSELECT ?x { }",
        "queries/quality/nobody.rq": QUESTION,
        "ontology/data/a.ttl": NOBODY,
    }
    findings = {(Path(f.file).name, f.rule): f for f in problems(check_files(tmp_path, files))}
    assert set(findings) == {
        ("broken.rq", "question"),
        ("open.rq", "question"),
        ("a.ttl", "quality/nobody"),
    }, "a broken question does not disable the others"
    assert findings["open.rq", "question"].line == 1
    assert "no header" in findings["broken.rq", "question"].message


def test_question_file_is_read_as_a_question(tmp_path: Path, small: Layout) -> None:
    question = QUESTION.replace("?agent WHERE", "?other WHERE")
    layout = write_map(tmp_path, {"queries/own/q.rq": question})
    [finding] = problems(check([small, layout], [tmp_path / "queries/own/q.rq"]))
    assert "the header names the columns agent" in finding.message


def test_question_in_the_catalogue_is_not_disabled_by_a_broken_one(tmp_path: Path) -> None:
    layout = write_map(tmp_path, {"queries/own/a.rq": "SELECT", "queries/own/nobody.rq": QUESTION})
    assert [question.name for question in Catalogue(layout.queries()).questions()] == ["nobody"]


def test_summary_that_is_too_short_is_called_too_short(tmp_path: Path) -> None:
    shape = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix x: <https://example.org/> .
x:S a sh:NodeShape ; sh:targetClass x:Thing ; sh:property [ sh:path x:p ; sh:minLength 3 ;
  sh:message "A summary is a text; correct it." ] ."""
    files = {
        "shapes/s.ttl": shape,
        "ontology/data/a.ttl": "<https://example.org/a> a <https://example.org/Thing> ;\n"
        ' <https://example.org/p> "ab" .',
    }
    [finding] = problems(check_files(tmp_path, files))
    assert finding.message == "A summary is a text (too short: ab)"


def test_blank_aspects_are_one_note(tmp_path: Path) -> None:
    text = """
concept:c sq:aspectsOf concept:c .
aspect:a a sq:Aspect ; sq:appliesTo concept:c . aspect:b a sq:Aspect ; sq:appliesTo concept:c .
definition:d a sq:Definition . definition:e a sq:Definition .
coding:d sq:codes definition:d ; sq:aspect aspect:a . coding:e sq:codes definition:e ; sq:aspect aspect:b .
"""
    query = (packaged().root / "queries/quality/partly-coded.rq").read_text(encoding="utf-8")
    files = {"queries/quality/partly-coded.rq": query, "ontology/data/a.ttl": text}
    [finding] = (f for f in check_files(tmp_path, files) if f.rule == "quality/partly-coded")
    assert finding.severity == "Info"
    assert finding.message == (
        "Definitions not coded for every aspect of their field (2): definition:d, definition:e"
    )


def test_report_groups_by_statement_and_keeps_levels_apart() -> None:
    undated = Finding("a.ttl", 3, "work:x", "it has no year", "add sq:year", "work#Dated")
    ambiguous = Finding("a.ttl", 5, "work:x", "it has two titles", "", "work#Title")
    short = Finding("b.ttl", 1, "work:y", "it is short", "", "work#Short", "Warning")
    assert findings_text([undated, short, ambiguous]).splitlines() == [
        "2 errors",
        "a.ttl:3: work:x",
        "  It has no year. Add sq:year.",
        "  line 5: It has two titles.",
        "1 warning",
        "b.ttl:1: work:y",
        "  It is short.",
    ]
    results = json.loads(findings_sarif([undated, short]))["runs"][0]["results"]
    assert [result["level"] for result in results] == ["error", "warning"]
    location = results[0]["locations"][0]["physicalLocation"]
    assert (location["artifactLocation"]["uri"], location["region"]["startLine"]) == ("a.ttl", 3)


def test_named_files_alone_are_judged(tmp_path: Path, small: Layout) -> None:
    files = {
        "ontology/data/a.ttl": "agent:a a sq:Person .",
        "ontology/data/b.ttl": "agent:b a sq:Person .",
    }
    layout = write_map(tmp_path, files)
    loose = tmp_path / "loose.ttl"
    loose.write_text(HEADER + "agent:c a sq:Person .", encoding="utf-8")
    findings = problems(check([small, layout], [layout.ontology / "data" / "a.ttl", loose]))
    assert {f.focus for f in findings} == {"agent:a", "agent:c"}


def test_position_modules_are_not_judged_as_data(tmp_path: Path, small: Layout) -> None:
    layout = write_map(tmp_path, {"ontology/positions/p.ttl": "agent:a a sq:Person ."})
    assert {finding.rule for finding in problems(check([small, layout]))} == {"position"}


def test_thing_without_a_name_is_found(tmp_path: Path, small: Layout) -> None:
    text = '[] a owl:NamedIndividual , sq:Person ; rdfs:label "a"@en .'
    layout = write_map(tmp_path, {"ontology/data/a.ttl": text})
    assert {f.rule for f in problems(check([small, layout]))} == {"agent#Iri"}


NOBODY = 'agent:nobody a owl:NamedIndividual , sq:Person ; rdfs:label "nobody"@en .'
QUESTION = """#+ title: An agent who is called nobody
#+ question: Which agents are called nobody?
#+ columns:
#+   agent: Agent
#+ expect: none
#+ remedy: Give the agent a name
PREFIX sq: <https://w3id.org/sq-graph/core#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?agent WHERE { ?agent a sq:Person ; rdfs:label "nobody"@en } ORDER BY STR(?agent)
"""


def test_row_of_a_quality_question_is_a_finding(tmp_path: Path, small: Layout) -> None:
    files = {"queries/quality/nobody.rq": QUESTION, "ontology/data/a.ttl": NOBODY}
    [finding] = problems(check([small, write_map(tmp_path, files)]))
    assert (finding.rule, finding.focus, finding.line) == (
        "quality/nobody",
        "agent:nobody",
        HEADER_LINES + 1,
    )
    assert str(finding).endswith(
        "agent:nobody: An agent who is called nobody. Give the agent a name."
    )


CLOSED = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix x: <https://example.org/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
x:Closed a sh:NodeShape ; sh:targetClass x:Thing ; sh:closed true ; sh:ignoredProperties ( rdf:type ) ;
  sh:message "This thing says more than it may; take it away." ; sh:property [ sh:path x:said ] .
"""


def test_shape_beyond_the_compiler_is_left_to_the_reference_engine(tmp_path: Path) -> None:
    data = "<https://example.org/a> a <https://example.org/Thing> ;\n  <https://example.org/unsaid> 1 ."
    layout = write_map(tmp_path, {"shapes/closed.ttl": CLOSED, "ontology/data/a.ttl": data})
    notice, closed = (finding for finding in check([layout]) if finding.rule != "consistency")
    assert (notice.file, notice.line, notice.severity) == (
        str(tmp_path / "shapes/closed.ttl"),
        3,
        "Info",
    )
    assert "https://example.org/Closed is checked by pySHACL" in notice.message
    assert (closed.focus, closed.line, closed.remedy) == (
        "https://example.org/a",
        HEADER_LINES + 2,
        "take it away",
    )


def test_shape_without_a_message_names_its_constraint(tmp_path: Path) -> None:
    shape = (
        CLOSED.splitlines()[0] + "x:S a sh:NodeShape ; sh:targetClass x:Thing ; sh:class x:Other ."
    )
    closed = (
        CLOSED.partition("sh:message")[0].replace("x:Closed", "x:T")
        + "sh:property [ sh:path x:q ] ."
    )
    data = "<https://example.org/a> a <https://example.org/Thing> ; <https://example.org/p> 1 ."
    files = {"shapes/s.ttl": shape, "shapes/more/t.ttl": closed, "ontology/data/a.ttl": data}
    messages = {finding.message for finding in problems(check_files(tmp_path, files))}
    assert messages == {
        "This does not meet sh:class",
        "This does not meet sh:closed at https://example.org/p (found: 1)",
    }, "pySHACL makes a message of its own; and the shape is in a folder below"


@pytest.mark.parametrize(
    "shape",
    [
        "sh:targetClass x:T ; sh:sparql [ sh:select 'ASK { ?this ?p ?o }' ]",
        "sh:targetClass x:T ; sh:property [ sh:path x:p ; sh:property [ sh:path x:q ; sh:minCount 1 ] ]",
        "sh:targetClass x:T ; sh:property [ sh:minCount 1 ]",
        "sh:targetClass x:T ; sh:property [ sh:path x:p ; sh:equals x:q ]",
        "sh:targetClass x:T ; sh:property [ sh:path [ x:unknown x:p ] ; sh:minCount 1 ]",
        "sh:targetClass x:T ; sh:not [ sh:sparql [ sh:select 'SELECT $this WHERE { $this ?p ?o }' ] ]",
        "sh:targetClass x:T ; sh:property [ sh:path x:p, x:q ; sh:minCount 1 ]",
        "sh:targetClass x:T ; sh:property [ sh:path x:p ; sh:qualifiedMinCount 1 ]",
        "sh:targetClass x:T ; sh:or ()",
        "sh:targetClass x:T ; sh:xone 5",
        "sh:targetClass x:T ; sh:property [ sh:path x:p ; sh:languageIn () ]",
        "sh:targetClass x:T ; sh:property [ sh:path x:p ; sh:class 'x' ]",
        "sh:targetClass x:T ; sh:property [ sh:path x:p ; sh:lessThan 'x' ]",
        "sh:targetClass x:T ; sh:property [ sh:path x:p ; sh:hasValue [] ]",
        "sh:targetClass x:T ; sh:in ( x:a [] )",
        "sh:targetClass 'x' ; sh:class x:T",
        "sh:targetSubjectsOf 'x' ; sh:class x:T",
        "sh:targetNode [] ; sh:class x:T",
        "sh:targetClass x:T ; sh:sparql [ sh:select 'SELECT ($this AS ?value) WHERE { $this a ?x }' ]",
        "sh:targetClass x:T ; sh:sparql [ sh:select 'SELECT $this FROM <x:> WHERE { $this a ?x }' ]",
        "sh:targetClass x:T ; sh:sparql [ sh:select 'SELECT $this # all\\nWHERE { $this a ?x }' ]",
    ],
)
def test_compiler_says_what_it_cannot_compile(shape: str) -> None:
    graph = EmbeddedGraph()
    graph.add(
        f"@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix x: <https://example.org/> . x:S {shape} .",
        BASE,
    )
    rules, [uncompiled] = Compiler(ShapesGraph(graph), {}).compile()
    assert not rules and not uncompiled.broken and uncompiled.reason


def shape_findings(folder: Path, shape: str, more: str = "") -> list[Finding]:
    """The findings of a shape about one thing with a single property."""
    prefixes = CLOSED.splitlines()[0]
    data = f"@prefix x: <https://example.org/> . x:a a x:T ; x:p 1 . {more}"
    files = {"shapes/s.ttl": f"{prefixes} x:S {shape} .", "ontology/data/a.ttl": data}
    return problems(check_files(folder, files))


def test_constraint_that_selects_no_focus_is_named(tmp_path: Path) -> None:
    select = "sh:sparql [ sh:select 'SELECT ?x WHERE { ?x ?p ?o }' ]"
    [finding] = shape_findings(tmp_path, f"sh:targetClass x:T ; {select}")
    assert (finding.rule, finding.line) == ("shape", 1)
    assert finding.message.endswith("its SPARQL constraint does not select $this")


def test_constraint_that_selects_reduced_rows_is_compiled(tmp_path: Path) -> None:
    select = (
        "sh:message '{?value} is A; b.' ; sh:select 'SELECT REDUCED $this WHERE { $this a ?x }'"
    )
    [finding] = shape_findings(tmp_path, f"sh:targetClass x:T ; sh:sparql [ {select} ]")
    assert (finding.message, finding.remedy) == ("https://example.org/a is A", "b")


def test_limit_of_a_constraint_counts_for_each_thing(tmp_path: Path) -> None:
    select = "sh:sparql [ sh:select 'SELECT $this WHERE { $this ?p ?value } LIMIT 1' ]"
    findings = shape_findings(tmp_path, f"sh:targetNode x:a, x:b, 1 ; {select}", "x:b x:p 1 .")
    assert {finding.focus for finding in findings} == {f"https://example.org/{n}" for n in "ab"}


def test_name_that_is_misspelt_in_a_shape_is_named(tmp_path: Path) -> None:
    shape = "sh:targetClass x:T ; sh:severity sh:Warn ; sh:class x:T ; sh:node x:Nowhere"
    assert [f.message.partition(" checked: ")[2] for f in shape_findings(tmp_path, shape)] == [
        "sh:node names https://example.org/Nowhere, which no file of shapes describes",
        "sh:Warn is not a term of SHACL; perhaps sh:Warning is meant",
    ]


@pytest.mark.parametrize("constraint", ["", "; sh:equals x:q"])  # compiled, and by pySHACL
def test_message_in_english_is_preferred(tmp_path: Path, constraint: str) -> None:
    messages = "'Anders; b.'@de, 'Wrong; fix it.'@en, 'Zut; c.'@fr"
    shape = f"sh:targetClass x:T ; sh:property [ sh:path x:p ; sh:class x:T ; sh:message {messages} {constraint} ]"
    assert {finding.message for finding in shape_findings(tmp_path, shape)} == {"Wrong (found: 1)"}


MORE_SHACL = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix x: <https://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
x:Off a sh:NodeShape ; sh:targetClass x:T ; sh:deactivated true ; sh:class x:Never .
x:Values a sh:NodeShape ; sh:targetObjectsOf x:knows ; sh:nodeKind sh:IRI ; sh:in ( x:a x:b x:c ) ; sh:hasValue x:b .
x:Node a sh:NodeShape ; sh:targetNode x:a , x:d ; sh:and ( [ sh:class x:T ] [ sh:node x:Old ] ) .
x:Old a sh:NodeShape ; sh:property x:Age .
x:Age sh:path x:age ; sh:minExclusive 10 ; sh:maxExclusive 99 ; sh:datatype xsd:integer .
x:Props a sh:NodeShape ; sh:targetClass x:T ; sh:property x:Mixed , x:Few , x:Ways , x:Less , x:Deep .
x:Mixed sh:path x:said ; sh:pattern "^a" ; sh:flags "i" ; sh:nodeKind sh:Literal ; sh:languageIn ( "en" ) .
x:Few sh:path x:knows ; sh:qualifiedValueShape [ sh:class x:T ] ; sh:qualifiedMaxCount 1 .
x:Ways sh:path [ sh:zeroOrMorePath x:knows ] ; sh:maxCount 2 .
x:Less sh:path x:born ; sh:lessThan x:died .
x:Deep sh:path ( x:knows [ sh:zeroOrOnePath x:knows ] [ sh:oneOrMorePath x:knows ] [ sh:inversePath x:knows ] ) ;
  sh:minCount 2 .
"""
MORE_DATA = """@prefix x: <https://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
x:Sub rdfs:subClassOf x:T . x:SubSub rdfs:subClassOf x:Sub .
x:a a x:T ; x:knows x:b , x:c , x:d ; x:said "Always"@en , "never"@en , "auch"@de , x:b ; x:age 10 ;
  x:born 3 ; x:died 2 .
x:b a x:Sub ; x:knows x:a , "b" ; x:age "old"^^xsd:integer ; x:born 1 ; x:died 1 , 2 .
x:c a x:SubSub ; x:said "ah" , 7 ; x:age 50 . x:d x:knows x:d ; x:age 99.5 . _:e a x:T ; x:knows _:e , x:f .
"""


def test_rest_of_shacl_core_agrees_with_pyshacl(tmp_path: Path) -> None:
    layout = write_map(tmp_path, {"shapes/more.ttl": MORE_SHACL, "data.ttl": MORE_DATA})
    graph = EmbeddedGraph()
    graph.add(MORE_DATA, BASE)
    violations = shapes_of([layout], graph).violations(graph)
    shapes_graph = EmbeddedGraph()
    load_files(shapes_graph, [(path, path.as_uri(), True) for path in layout.shapes()])
    expected = pyshacl_report(
        graph.construct("CONSTRUCT WHERE { ?s ?p ?o }"), ShapesGraph(shapes_graph).triples
    )
    ours, theirs = (
        {(f.focus, f.shape, f.component, f.value) for f in results if f.focus.kind == "uri"}
        for results in (violations, expected)
    )
    assert ours == theirs
    assert len({component for _, _, component, _ in ours}) >= 10


def test_progress_is_reported(tmp_path: Path) -> None:
    steps: list[int] = []
    check([write_map(tmp_path, {"ontology/data/a.ttl": ""})], progress=lambda: steps.append(1))
    assert steps


def test_table_keeps_what_is_only_to_be_known_in_its_notes() -> None:
    table = findings_table(
        [Finding("", None, "", "nothing was checked", "Do so", "consistency", "Info")]
    )
    assert len(table) == 0 and table.notes == ("nothing was checked. Do so.",)


# ---- validated changes


def witness_graph(subject: str) -> EmbeddedGraph:
    graph = EmbeddedGraph()
    for path in (CORE, BACKGROUND, WITNESSES / subject / "good.ttl"):
        graph.add(path.read_bytes(), BASE)
    return graph


class FaultChange:
    """A fault of a witness as a change of the sound graph; reversed, its correction."""

    def __init__(self, graph: EmbeddedGraph, fault: Fault) -> None:
        store = ox.Store()
        store.load(path=str(WITNESSES / fault.subject / "good.ttl"), format=ox.RdfFormat.TURTLE)
        old = {quad.triple for quad in store}
        store.update(fault.update)
        new = {quad.triple for quad in store}
        self.graph, self.old, self.new = graph, old - new, new - old

    @property
    def removed(self) -> list[NodeTriple]:
        return to_nodes(terms(self.old))

    @property
    def added(self) -> list[NodeTriple]:
        return to_nodes(terms(self.new))

    def apply(self) -> None:
        self._put(self.old, self.new)

    def revert(self) -> None:
        self._put(self.new, self.old)

    def _put(self, old: set[ox.Triple], new: set[ox.Triple]) -> None:
        for triple in old:
            self.graph.store.remove(ox.Quad(*triple))
        self.graph.store.extend(ox.Quad(*triple) for triple in new)


def terms(triples: set[ox.Triple]) -> tuple[Triple, ...]:
    graph = EmbeddedGraph()
    graph.store.extend(ox.Quad(*triple) for triple in triples)
    return graph.construct("CONSTRUCT WHERE { ?s ?p ?o }")


@cache
def shapes() -> Shapes:
    graph = EmbeddedGraph()
    graph.add(CORE.read_bytes(), BASE)
    return shapes_of([packaged()], graph)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_change_that_spoils_is_seen_and_one_that_mends_is_not_blamed(fault: Fault) -> None:
    graph = witness_graph(fault.subject)
    change = FaultChange(graph, fault)
    findings = validate_change(graph, change, shapes())
    assert {finding.rule for finding in findings} == set(fault.shapes)
    if any(finding.severity == "Violation" for finding in findings):
        change.apply()
    change.old, change.new = change.new, change.old
    assert validate_change(graph, change, shapes()) == ()


class Edit:
    """A change of some statements about one thing, given in SPARQL's notation, in the default view."""

    def __init__(self, graph: EmbeddedGraph, subject: str, old: str = "", new: str = "") -> None:
        self.graph = graph
        self.old, self.new = (f"{subject} {part}" if part else "" for part in (old, new))
        self.removed, self.added = (
            to_nodes(graph.construct(f"CONSTRUCT {{ {triples} }} {{ }}"))
            for triples in (self.old, self.new)
        )

    def apply(self) -> None:
        self._put(self.old, self.new)

    def revert(self) -> None:
        self._put(self.new, self.old)

    def _put(self, old: str, new: str) -> None:
        self.graph.store.update(
            f"DELETE DATA {{ {old} }} ; INSERT DATA {{ {new} }}", prefixes=PREFIXES
        )


def test_refused_change_leaves_the_graph_as_it_was_and_a_good_one_stays() -> None:
    graph = graph_of(packaged().files())
    rules = shapes_of([packaged()], graph)
    year = "ASK { work:room-1999 sq:year %d }"
    bad = Edit(graph, "work:room-1999", "sq:year 1999", 'sq:year "soon"')
    assert {finding.rule for finding in validate_change(graph, bad, rules)} == {"work#Year"}
    assert graph.ask(year % 1999)
    good = Edit(graph, "work:room-1999", "sq:year 1999", "sq:year 1998")
    assert validate_change(graph, good, rules) == ()
    assert graph.ask(year % 1998)


def test_old_fault_does_not_refuse_a_new_change() -> None:
    graph = graph_of(packaged().files())
    rules = shapes_of([packaged()], graph)
    Edit(graph, "work:room-1999", "sq:year 1999", 'sq:year "soon"').apply()
    assert validate_change(graph, Edit(graph, "work:room-1999", new="sq:etAl false"), rules) == ()


def test_warning_alone_does_not_refuse() -> None:
    graph = witness_graph("passage")
    change = Edit(graph, "passage:essay-1990-p5", old='sq:phrase "a clear broth"')
    assert [finding.severity for finding in validate_change(graph, change, shapes())] == ["Warning"]
    assert not graph.ask("ASK { passage:essay-1990-p5 sq:phrase ?phrase }")


def test_change_that_cannot_be_judged_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = witness_graph("passage")
    change = Edit(graph, "passage:essay-1990-p5", old='sq:phrase "a clear broth"')
    monkeypatch.setattr(
        "sq_graph.shacl.incremental.DependencyIndex.violations_at", lambda *_: 1 / 0
    )
    with pytest.raises(ZeroDivisionError):
        validate_change(graph, change, shapes())
    assert graph.ask("ASK { passage:essay-1990-p5 sq:phrase ?phrase }")


def test_small_change_reaches_few_things() -> None:
    """The cost of validating a change does not grow with the map."""
    graph = graph_of(packaged().files())
    change = Edit(
        graph,
        "definition:room-1999-rupture",
        "sq:stance sq:stance-reports",
        "sq:stance sq:stance-uses",
    )
    affected = Affected()
    shapes_of([packaged()], graph).dependencies.trace(graph.lookup(), change.removed, affected)
    assert 1 <= len(affected.at) <= 3 and not affected.everywhere


# ---- a user's own shapes

PREFIX_LINES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix x: <https://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
"""
THING = "<https://example.org/a> a <https://example.org/Thing> ; <https://example.org/p> 7 ."


@pytest.mark.parametrize(
    "shape",
    [
        "x:Thing a rdfs:Class, sh:NodeShape ; sh:property [ sh:path x:q ; sh:minCount 1 ]",
        "x:Thing a owl:Class, sh:NodeShape ; sh:closed true",
        "x:S a sh:PropertyShape ; sh:targetClass x:Thing ; sh:path x:q ; sh:minCount 1",
        """x:C a sh:ConstraintComponent ; sh:parameter [ sh:path x:even ] ;
  sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER ($value / 2 = FLOOR($value / 2)) }" ] .
x:S a sh:NodeShape ; sh:targetClass x:Thing ; sh:property [ sh:path x:p ; x:even true ]""",
        """x:S a sh:NodeShape ; sh:targetClass x:Thing ;
  sh:sparql [ sh:select "SELECT $this WHERE { { FILTER (BOUND($this)) } }" ]""",
        """x:S a sh:NodeShape ; sh:targetClass x:Thing ; sh:property [ sh:path x:p ;
  sh:sparql [ sh:select "SELECT $this ?value WHERE { $this $PATH ?value }" ] ]""",
        "x:S a sh:NodeShape ; sh:targetClass x:Thing ; sh:disjoint x:p ; sh:closed true",
    ],
)
def test_shape_of_a_user_is_never_skipped(tmp_path: Path, shape: str) -> None:
    files = {"shapes/s.ttl": f"{PREFIX_LINES}{shape} .", "ontology/data/a.ttl": THING}
    findings = problems(check_files(tmp_path, files))
    assert [finding.focus for finding in findings if finding.focus == "https://example.org/a"]


@pytest.mark.parametrize(
    "shape",
    [
        "sh:property [ sh:path x:q ; sh:minCount 1 ; sh:deactivated true ]",
        "sh:node [ sh:property [ sh:path x:q ; sh:minCount 1 ; sh:deactivated true ] ]",
        'sh:sparql [ sh:select "SELECT $this WHERE { }" ; sh:deactivated true ]',
        "sh:deactivated true ; sh:property [ sh:path x:q ; sh:minCount 1 ]",
    ],
)
def test_deactivated_shape_is_silent(tmp_path: Path, shape: str) -> None:
    text = f"{PREFIX_LINES}x:S a sh:NodeShape ; sh:targetClass x:Thing ; {shape} ."
    files = {"shapes/s.ttl": text, "ontology/data/a.ttl": THING}
    assert problems(check_files(tmp_path, files)) == []


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        ('sh:sparql [ sh:select "SELECT $this WHERE { $this foo:p ?x }" ]', "the prefix foo:"),
        ('sh:sparql [ sh:select "SELECT $this WHERE { $this }" ]', "is not valid"),
        ("sh:property [ sh:path x:p ; sh:node x:S ]", "refers to itself"),
        ("sh:property [ sh:minCount 1 ]", "was not checked in full"),
        ("sh:property [ sh:path x:p ; sh:minCuont 1 ]", "perhaps sh:minCount is meant"),
        ('sh:js [ sh:jsFunctionName "f" ]', "sh:js is not run"),
        ("sh:rule [ sh:subject sh:this ; sh:predicate x:p ; sh:object x:o ]", "sh:rule is not run"),
    ],
)
def test_shape_at_fault_is_named_and_the_rest_goes_on(
    tmp_path: Path, shape: str, reason: str
) -> None:
    text = f"""{PREFIX_LINES}
x:S a sh:NodeShape ; sh:targetClass x:Thing ; {shape} .
x:T a sh:NodeShape ; sh:targetClass x:Thing ; sh:property [ sh:path x:q ; sh:minCount 1 ] ."""
    files = {"shapes/s.ttl": text, "ontology/data/a.ttl": THING}
    findings = [f for f in check_files(tmp_path, files) if f.rule != "consistency"]
    notices = [f for f in findings if f.rule == "shape"]
    assert any(reason in f.message and "https://example.org/S" in f.message for f in notices)
    assert {(f.file, f.line) for f in notices} == {(str(tmp_path / "shapes/s.ttl"), 4)}
    assert [f.focus for f in findings if f.rule != "shape"] == ["https://example.org/a"]


def test_a_severity_of_a_user_is_an_error(tmp_path: Path) -> None:
    shape = "sh:targetClass x:T ; sh:severity x:Fatal ; sh:nodeKind sh:Literal ; sh:message 'x:a is bad.'"
    [finding] = shape_findings(tmp_path, shape)
    assert findings_text([finding]).splitlines()[0::2] == ["1 error", "  x:a is bad."]
    assert "sh:resultSeverity <https://example.org/Fatal>" in findings_turtle([finding])


def test_a_shape_that_checks_nothing_is_named(tmp_path: Path) -> None:
    text = f"""{PREFIX_LINES}
x:Idle a sh:NodeShape ; sh:property [ sh:path x:q ; sh:minCount 1 ] .
x:Part a sh:NodeShape ; sh:property [ sh:path x:q ; sh:maxCount 1 ] .
x:Whole a sh:NodeShape ; sh:targetClass x:Thing ; sh:node x:Part ."""
    files = {"shapes/s.ttl": text, "ontology/data/a.ttl": THING}
    findings = [f for f in check_files(tmp_path, files) if f.rule == "shape"]
    assert [(finding.severity, finding.line) for finding in findings] == [("Warning", 4)]
    assert "https://example.org/Idle checks nothing: it has no target" in findings[0].message


def test_an_expression_of_a_shape_is_evaluated(tmp_path: Path) -> None:
    text = f"{PREFIX_LINES}x:S a sh:NodeShape ; sh:targetClass x:Thing ; sh:expression [ sh:path x:good ] ."
    files = {"shapes/s.ttl": text, "ontology/data/a.ttl": THING}
    findings = [f for f in check_files(tmp_path, files) if f.rule != "consistency"]
    assert "https://example.org/a" in [finding.focus for finding in findings]


def test_edit_beside_a_shape_that_is_not_compiled_is_validated(tmp_path: Path) -> None:
    layout = write_map(tmp_path, {"shapes/closed.ttl": CLOSED})
    graph = EmbeddedGraph()
    rules = shapes_of([layout], graph)
    kind = "<https://example.org/Thing>"
    good = Edit(graph, "<https://example.org/a>", new=f"a {kind} ; <https://example.org/said> 1")
    assert validate_change(graph, good, rules) == ()
    bad = Edit(graph, "<https://example.org/a>", new="<https://example.org/unsaid> 1")
    assert [finding.remedy for finding in validate_change(graph, bad, rules)] == ["take it away"]
    assert not graph.ask("ASK { ?s <https://example.org/unsaid> ?o }")


def test_typology_that_becomes_ordered_has_its_ranks_looked_at() -> None:
    graph = graph_of(packaged().files())
    ranked = """typology:t a sq:Typology ; sq:ordered false . x:a sq:memberOf typology:t ; sq:rank 1 .
x:b sq:memberOf typology:t ; sq:rank 1 . x:c sq:memberOf typology:t ; sq:rank 4 ."""
    graph.store.update(
        f"INSERT DATA {{ {ranked} }}", prefixes={**PREFIXES, "x": "https://example.org/"}
    )
    change = Edit(graph, "typology:t", "sq:ordered false", "sq:ordered true")
    findings = validate_change(graph, change, shapes_of([packaged()], graph))
    rules = {finding.rule for finding in findings}
    assert {"typology#RanksGapless", "typology#RanksOnce"} <= rules


# ---- stores and reports


def test_store_is_checked_where_it_is(tmp_path: Path) -> None:
    files = {"shapes/closed.ttl": CLOSED, "queries/quality/nobody.rq": QUESTION}
    data = f"{NOBODY} <https://example.org/a> a <https://example.org/Thing> ; <https://example.org/unsaid> 1 ."
    layout = write_map(tmp_path, {**files, "ontology/data/a.ttl": data})
    load_store(tmp_path / "store", [(tmp_path / "ontology/data/a.ttl", BASE)])
    findings = check_graph([layout], EmbeddedGraph(tmp_path / "store", read_only=True))
    assert {(finding.rule, finding.focus) for finding in findings} == {
        ("https://example.org/Closed", "https://example.org/a"),
        ("quality/nobody", "agent:nobody"),
        ("shape", ""),
    }, "the last is the notice that pySHACL takes longer, which matters most here"


def test_validation_report_is_that_of_pyshacl(tmp_path: Path) -> None:
    shape = f"""{PREFIX_LINES}
x:S a sh:NodeShape ; sh:targetClass x:Thing ; sh:property x:P, x:Q .
x:P sh:path x:p ; sh:maxInclusive 3 ; sh:message "It is too large." .
x:Q sh:path x:q ; sh:minCount 1 ; sh:severity sh:Warning ; sh:message "It has no q." ."""
    layout = write_map(tmp_path, {"shapes/s.ttl": shape, "ontology/data/a.ttl": THING})
    report = rdflib.Graph().parse(data=findings_turtle(check([layout])), format="turtle")
    _, expected, _ = pyshacl.validate(
        rdflib.Graph().parse(data=HEADER + THING, format="turtle"),
        shacl_graph=rdflib.Graph().parse(data=shape, format="turtle"),
    )
    assert rdflib.compare.isomorphic(report, expected)
