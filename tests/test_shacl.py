"""Both evaluators of the shapes agree: compiled to SPARQL over everything, and in Python over what a change affects."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from sq_graph.check import Shapes, pyshacl_report
from sq_graph.graph import EmbeddedGraph, Term, Triple
from sq_graph.graph.layout import packaged
from sq_graph.graph.lookup import NodeTriple
from sq_graph.shacl.dependencies import Dependency, dependencies
from sq_graph.shacl.incremental import Affected
from sq_graph.shacl.shapes import new_violations
from sq_graph.shacl.violation import Violation
from sq_graph.vocab import BASE, PREFIXES, RDF, RDFS, SH, SQ
from tests.conftest import solutions
from tests.test_shapes import (
    BACKGROUND,
    SUBJECTS,
    WITNESSES,
    comparable,
    load_graph,
    shapes_graph,
    world_files,
)

CORE = packaged().ontology / "core.ttl"
EXAMPLES = int(os.environ.get("SQ_GRAPH_EXAMPLES", "40"))
A = ox.NamedNode(RDF + "type")
ALL = "CONSTRUCT WHERE { ?s ?p ?o }"


def python_violations(shapes: Shapes, graph: EmbeddedGraph) -> set[Violation]:
    """All violations: every shape is evaluated in Python on each thing of the graph."""
    lookup, groups = graph.lookup(), set(shapes.dependencies.groups)
    quads = list(graph.store.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    things = {quad.subject for quad in quads} | {quad.object for quad in quads}
    things |= {node for group in groups for node in group.targets.nodes}
    affected = Affected(dict.fromkeys(things, groups))
    violations, queries = shapes.dependencies.violations_at(lookup, affected)
    for group, nodes in queries.items():
        named_nodes = [node for node in nodes if node.kind == "uri"]
        for rule in group.rules:
            violations.update(rule.violations(graph, named_nodes))
    return violations


def as_strings(violations: set[Violation] | tuple[Violation, ...]) -> set[str]:
    """Violations with their messages."""
    return {*map(str, violations)}


def test_evaluators_agree_on_every_witness(tmp_path: Path) -> None:
    graph = load_graph(world_files(tmp_path))
    shapes = Shapes(shapes_graph(), graph)
    violations = python_violations(shapes, graph)
    assert as_strings(violations) == as_strings(shapes.violations(graph))
    assert len(violations) > 300


@pytest.mark.wide
def test_evaluators_agree_on_the_whole_map() -> None:
    graph = load_graph([file.path for file in packaged().files() if file.listed])
    shapes = Shapes(shapes_graph(), graph)
    assert as_strings(python_violations(shapes, graph)) == as_strings(shapes.violations(graph))


# ---- changes


class Change:
    """Quads of the default graph that a change adds and removes."""

    def __init__(self, graph: EmbeddedGraph, new: list[ox.Quad], old: list[ox.Quad]) -> None:
        self.store = graph.store
        self.old = [quad for quad in dict.fromkeys(old) if quad in self.store]
        self.new = [quad for quad in dict.fromkeys(new) if quad not in self.store]

    @property
    def removed(self) -> tuple[NodeTriple, ...]:
        return tuple((quad.subject, quad.predicate, quad.object) for quad in self.old)

    @property
    def added(self) -> tuple[NodeTriple, ...]:
        return tuple((quad.subject, quad.predicate, quad.object) for quad in self.new)

    def apply(self) -> None:
        for quad in self.old:
            self.store.remove(quad)
        self.store.extend(self.new)

    def revert(self) -> None:
        for quad in self.new:
            self.store.remove(quad)
        self.store.extend(self.old)


@cache
def small_world() -> EmbeddedGraph:
    """The core vocabulary and all sound worlds of the witnesses."""
    return load_graph(
        [CORE, BACKGROUND, *(WITNESSES / subject / "good.ttl" for subject in SUBJECTS)]
    )


def random_changes(graph: EmbeddedGraph, seed: int, number: int) -> Iterator[Change]:
    """Changes of a few statements: removed, copied to another thing, given another value, type or property."""
    rng = random.Random(seed)
    for _ in range(number):
        all_quads = graph.store.quads_for_pattern(None, None, None, ox.DefaultGraph())
        quads = [q for q in sorted(all_quads, key=str) if str(q.subject).startswith(f"<{BASE}id/")]
        subjects = sorted({q.subject for q in quads}, key=str)
        old, new = list[ox.Quad](), list[ox.Quad]()
        for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
            quad, other = rng.sample(quads, 2)
            match rng.randrange(8):
                case 0:
                    old.append(quad)
                case 1:
                    new.append(ox.Quad(rng.choice(subjects), quad.predicate, quad.object))
                case 2:
                    old.append(quad)
                    new.append(ox.Quad(quad.subject, quad.predicate, other.object))
                case 3:
                    new.append(ox.Quad(quad.subject, quad.predicate, other.object))
                case 4:
                    old += [q for q in quads if q.subject == quad.subject]
                case 5:
                    old += [q for q in quads if q.subject == quad.subject and q.predicate == A]
                    new += [
                        ox.Quad(quad.subject, A, q.object)
                        for q in quads
                        if q.subject == other.subject and q.predicate == A
                    ]
                case 6:
                    copy = ox.NamedNode(f"{str(quad.subject)[1:-1]}-{rng.randrange(9)}")
                    new += [
                        ox.Quad(copy, q.predicate, q.object)
                        for q in quads
                        if q.subject == quad.subject
                    ]
                case _:
                    value = rng.choice(
                        (
                            ox.Literal(True),
                            ox.Literal(rng.randrange(4)),
                            ox.Literal("x", language="en"),
                            ox.Literal("<b> "),
                            ox.BlankNode(),
                        )
                    )
                    old.append(quad)
                    new.append(ox.Quad(quad.subject, quad.predicate, value))
        yield Change(graph, new, old)


def nameless(violations: set[Violation] | tuple[Violation, ...]) -> Counter[str]:
    """Violations without the names of blank nodes."""
    return Counter(
        " ".join(
            "_:" if term is not None and term.kind == "bnode" else str(term)
            for term in (violation.focus, violation.value)
        )
        + f" {violation.shape} {violation.component} {violation.severity}"
        for violation in violations
    )


def compare_reports(graph: EmbeddedGraph, changes: Iterator[Change], rng: random.Random) -> int:
    """Compares the new violations of each change with the difference of the full reports before and after it;
    returns the number of changes that have some.
    """
    shapes = Shapes(shapes_graph(), graph)
    old_report, faulty_changes = set(shapes.violations(graph)), 0
    for number, change in enumerate(changes):
        change.apply()
        new_report = set(shapes.violations(graph))
        change.revert()
        violations = new_violations(graph, change, shapes)
        expected = nameless(new_report) - nameless(old_report)
        assert nameless(violations) == expected, f"change {number}: {change.removed} {change.added}"
        faulty_changes += bool(violations)
        if any(violation.severity == "Violation" for violation in violations):
            assert set(change.old) <= set(graph.store)
        else:
            assert set(change.new) <= set(graph.store)
            change.revert()
        if rng.random() < 0.2:  # an old fault must not be blamed on a later change
            change.apply()
            old_report = new_report
    return faulty_changes


@pytest.mark.fuzz
@pytest.mark.parametrize("seed", range(4))
def test_change_brings_the_difference_of_the_full_reports(seed: int) -> None:
    graph = EmbeddedGraph()
    graph.store.extend(small_world().store)
    number = EXAMPLES // 4
    changes = random_changes(graph, seed, number)
    assert compare_reports(graph, changes, random.Random(seed)) > number / 2


@pytest.mark.wide
def test_change_brings_what_pyshacl_reports() -> None:
    graph, triples = EmbeddedGraph(), shapes_graph_triples()
    graph.store.extend(small_world().store)
    shapes = Shapes(shapes_graph(), graph)
    old_report = comparable(pyshacl_report(graph.construct(ALL), triples))
    for change in random_changes(graph, 20080, 2):
        change.apply()
        new_report = comparable(pyshacl_report(graph.construct(ALL), triples))
        change.revert()
        violations = new_violations(graph, change, shapes)
        assert comparable(violations) == new_report - old_report
        if not any(violation.severity == "Violation" for violation in violations):
            change.revert()


def shapes_graph_triples() -> list[Triple]:
    return Shapes(shapes_graph(), EmbeddedGraph()).shapes.triples


# ---- what a SPARQL constraint depends on


def parse(text: str) -> EmbeddedGraph:
    """The graph of some Turtle, whose prefixes are left out."""
    graph, prefixes = EmbeddedGraph(), {"": "http://e/", "sh": SH, "rdfs": RDFS, "sq": SQ}
    header = "".join(f"@prefix {prefix}: <{iri}> . " for prefix, iri in prefixes.items())
    graph.add(header + text, "http://e/file")
    return graph


def dependencies_of(body: str) -> dict[str, Dependency]:
    """The dependencies of a body by the local name of their predicate."""
    all_dependencies = dependencies(body, PREFIXES)
    assert all_dependencies is not None
    return {
        dependency.step.predicate.value.split("#")[-1]: dependency
        for dependency in all_dependencies
    }


def affected(body: str, data: str, triple: str) -> list[str]:
    """The local names of the things that one triple affects in some data."""
    [quad] = parse(triple).store
    dependency = dependencies_of(body)[quad.predicate.value.split("#")[-1]]
    things = dependency.affected(parse(data).lookup(), quad.subject, quad.object)
    return sorted(str(thing).rpartition("/")[2][:-1] for thing in things)


def test_boolean_in_a_pattern_matches() -> None:
    body = "$this sq:ordered true . ?one sq:memberOf $this ; sq:rank 01"
    data = ":t sq:ordered true . :c sq:memberOf :t ; sq:rank 1 ."
    assert affected(body, data, ":t sq:ordered true .") == ["t"]
    assert affected(body, data, ":t sq:ordered false .") == []
    assert affected(body, data, ":c sq:rank 1 .") == ["t"]
    assert affected(body, data, ":c sq:rank 2 .") == []


def test_paths_are_followed_back_to_the_thing() -> None:
    data = ":x sq:a :y . :y sq:c :z . :z sq:c :w . :w sq:d 1 . :v sq:a :z ."
    body = "?this sq:a/sq:c+ ?end . ?end sq:d 1"
    assert affected(body, data, ":w sq:d 1 .") == ["v", "x"]
    assert affected(body, data, ":y sq:c :z .") == ["x"]
    assert affected(body, data, ":z sq:c :w .") == ["v", "x"]
    assert affected("?this sq:c+ ?this", ":x sq:c :y . :y sq:c :x .", ":y sq:c :x .") == ["x", "y"]
    assert affected("?this (^sq:a|sq:c) ?b . ?b sq:d 2", data, ":x sq:d 2 .") == ["y"]


def test_link_holds_the_patterns_of_outer_groups_only() -> None:
    tests = "FILTER (?b != 2 && NOT EXISTS { ?b sq:d ?e FILTER EXISTS { ?e a sq:F } })"
    by_predicate = dependencies_of(f"$this sq:a ?b . OPTIONAL {{ ?b sq:g ?h }} {tests}")
    assert [link.object for link in by_predicate["type"].link or ()] == ["?b", "?e"]
    assert [link.object for link in by_predicate["g"].link or ()] == ["?b"]
    by_predicate = dependencies_of(
        "{ ?this sq:a ?b } UNION { ?this sq:c ?b . ?b sq:d 2 } MINUS { ?b sq:e 2 }"
    )
    assert [link.object for link in by_predicate["d"].link or ()] == ["?b"]
    assert by_predicate["e"].link is None, "no required pattern leads from it to the thing"


@pytest.mark.parametrize(
    "body",
    [
        "?this ?any ?b",
        "?this sq:a [ sq:b ?c ]",
        "?this !sq:a ?b",
        "{ SELECT ?this { } }",
        "VALUES ?this { sq:a }",
        "?this sq:a -1",
    ],
)
def test_body_of_another_kind_depends_on_any_triple(body: str) -> None:
    assert dependencies(body, PREFIXES) is None


def test_ranks_1_1_4_are_noticed_when_the_typology_becomes_ordered() -> None:
    graph = load_graph([CORE, BACKGROUND, WITNESSES / "typology" / "good.ttl"])
    shapes = Shapes(shapes_graph(), graph)
    graph.store.update(
        """DELETE { ?t sq:ordered ?any . ?c sq:rank ?old }
        INSERT { ?c sq:rank ?new } WHERE { ?c sq:memberOf ?t ; sq:rank ?old OPTIONAL { ?t sq:ordered ?any }
        BIND (IF(?old = 3, 4, 1) AS ?new) }""",
        prefixes=PREFIXES,
    )
    [row, *_] = graph.select(
        "SELECT ?t (COUNT(?c) AS ?n) { ?c sq:memberOf ?t ; sq:rank ?r } GROUP BY ?t ORDER BY DESC(?n)"
    )
    ordered = ox.Quad(
        ox.NamedNode(row["t"].value), ox.NamedNode(f"{BASE}core#ordered"), ox.Literal(True)
    )
    violations = new_violations(graph, Change(graph, [ordered], []), shapes)
    assert f"{BASE}shapes/typology#RanksOnce" in {violation.shape for violation in violations}
    assert ordered not in graph.store


def test_change_of_a_thing_with_thousands_of_references_checks_its_rules_in_full_and_shows_progress() -> (
    None
):
    graph = EmbeddedGraph()
    graph.store.extend(small_world().store)
    shapes, ticks = Shapes(shapes_graph(), graph), list[int]()
    query = "SELECT ?c { ?c a sq:Concept } LIMIT 1"
    [(concept, *_)] = solutions(graph.store, query, prefixes=PREFIXES)
    graph.store.extend(
        ox.Quad(ox.NamedNode(f"{BASE}id/claim/c{n}"), predicate, concept)
        for n in range(2_500)
        for predicate in {
            quad.predicate for quad in graph.store.quads_for_pattern(None, None, concept)
        }
    )
    types = list(graph.store.quads_for_pattern(concept, A, None, ox.DefaultGraph()))
    old_report = set(shapes.violations(graph))
    change = Change(graph, [], types)
    change.apply()
    expected = set(shapes.violations(graph)) - old_report
    change.revert()
    violations = new_violations(graph, change, shapes, lambda: ticks.append(1))
    assert set(violations) == expected and len(ticks) > 1


# ---- shapes of a user, under changes


@pytest.mark.parametrize(
    ("shape", "data", "addition", "new"),
    [
        pytest.param(
            ":S sh:targetClass :A ; sh:property [ sh:path :p ; sh:minCount 1 ] .",
            ":a a :A . :B rdfs:subClassOf :C .",
            ":C rdfs:subClassOf :D . :b a :A .",
            ["b MinCount"],
            id="a class moves, and an old fault of an unnamed shape is not blamed on it",
        ),
        pytest.param(
            ':S sh:targetClass :A ; sh:sparql [ sh:select "SELECT $this WHERE { $this <http://e/p> 1 }" ] .',
            ":a a :A ; :p 1 .",
            ":b a :A ; :p 1 . [] a :A ; :p 1 . [] a :A ; :p 2 .",
            ["_: SPARQL", "b SPARQL"],
            id="blank nodes have no name in the query of a constraint",
        ),
        pytest.param(
            ":S sh:targetNode :a ; sh:property [ sh:path [ sh:oneOrMorePath :p ] ; sh:maxCount 0 ] .",
            ":b :p :b .",
            ":a :p :c .",
            ["a MaxCount"],
            id="a thing that only a shape names is found by a repeating path",
        ),
        pytest.param(
            ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:minCount 1 ] .",
            ":b :p :b .",
            ":a :q :c .",
            [],
            id="a thing that a shape names was at fault before any statement named it",
        ),
        pytest.param(
            ":S sh:targetClass :A ; sh:property [ sh:path :p ; sh:lessThanOrEquals :p ] .",
            ":a a :A .",
            ":a :p [] . :b a :A ; :p [] .",
            [],
            id="a blank node equals itself",
        ),
    ],
)
def test_change_under_shapes_of_a_user_brings_the_difference_of_the_full_reports(
    shape: str, data: str, addition: str, new: list[str]
) -> None:
    graph = parse(data)
    shapes, change = Shapes(parse(shape), graph), Change(graph, list(parse(addition).store), [])
    old_report = shapes.violations(graph)
    violations = new_violations(graph, change, shapes)
    assert sorted(f"{_local_name(v.focus)} {v.component[:-19]}" for v in violations) == new
    assert (change.new[0] in graph.store) is (not new)
    if new:
        change.apply()
    new_report = shapes.for_data(graph).violations(graph)
    assert nameless(violations) == nameless(new_report) - nameless(old_report)


@pytest.mark.parametrize(
    ("shape", "data", "count"),
    [
        (
            ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:hasValue :x , :y , :z ] .",
            ":a :p :z .",
            2,
        ),
        (":S sh:targetNode :a ; sh:hasValue :a , :x , :y .", ":a :p :z .", 2),
        (
            ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:class :C , :D , :E ] .",
            ":a :p [ a :D ] .",
            2,
        ),
        (
            ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:disjoint :q , :r ] .",
            ":a :p 1 ; :q 1 ; :r 1 .",
            2,
        ),
        (
            ":S sh:targetNode :a ; sh:property [ sh:path [ sh:zeroOrMorePath :p ] ; sh:class :C ] .",
            ":b :p :c .",
            1,
        ),
        (
            ":S sh:targetNode :a ; sh:property [ sh:path [ sh:zeroOrOnePath :p ] ; sh:minCount 1 ] .",
            ":b :p :c .",
            0,
        ),
        (
            ":S sh:targetNode 'a' ; sh:node [ sh:property [ sh:path [ sh:zeroOrMorePath :p ] ; sh:maxCount 0 ] ] .",
            ":b :p :c .",
            1,
        ),
        (
            ":S sh:targetNode :a ; sh:property [ sh:path ( [ sh:zeroOrMorePath :p ] :q ) ; sh:minCount 1 ] .",
            ":b :p :c .",
            1,
        ),
    ],
)
def test_results_are_as_many_as_those_of_pyshacl(shape: str, data: str, count: int) -> None:
    """A repeated constraint counts each time, and a path without steps ends even at a term that is in no statement."""
    user_shapes, graph = parse(shape), parse(data)
    shapes = Shapes(user_shapes, graph)
    assert len(pyshacl_report(graph.construct(ALL), user_shapes.construct(ALL))) == count
    uncompiled, failures = shapes.by_pyshacl(graph)
    assert len(shapes.violations(graph)) + len(uncompiled) == count and not failures
    assert len(python_violations(shapes, graph)) == len(shapes.violations(graph))


def _local_name(term: Term) -> str:
    return "_:" if term.kind == "bnode" else term.value.rpartition("/")[2]
