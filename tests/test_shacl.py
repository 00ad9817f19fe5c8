"""Both evaluators of the shapes are equal: compiled to SPARQL over everything, and in Python where a change reaches."""

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
from sq_graph.vocab import BASE, PREFIXES, RDF, RDFS, SH
from tests.conftest import solutions
from tests.test_shapes import (
    BACKGROUND,
    SUBJECTS,
    WITNESSES,
    comparable,
    loaded,
    shapes_graph,
    worlds,
)

CORE = packaged().ontology / "core.ttl"
EXAMPLES = int(os.environ.get("SQ_GRAPH_EXAMPLES", "40"))
A = ox.NamedNode(RDF + "type")


def in_python(shapes: Shapes, graph: EmbeddedGraph) -> set[Violation]:
    """All violations, each thing of the graph judged in Python by every shape."""
    lookup, every = graph.lookup(), set(shapes.dependencies.groups)
    quads = list(graph.store.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    things = {quad.subject for quad in quads} | {quad.object for quad in quads}
    things |= {node for group in every for node in group.targets.nodes}
    found, asked = shapes.dependencies.violations_at(lookup, Affected(dict.fromkeys(things, every)))
    for group, nodes in asked.items():
        named = [node for node in nodes if node.kind == "uri"]
        found.update(one for rule in group.rules for one in rule.violations(graph, named))
    return found


def as_strings(found: set[Violation] | tuple[Violation, ...]) -> set[str]:
    """Violations with their messages."""
    return {f"{one}" for one in found}


def test_evaluators_agree_on_every_witness(tmp_path: Path) -> None:
    graph = loaded(worlds(tmp_path))
    shapes = Shapes(shapes_graph(), graph)
    found = in_python(shapes, graph)
    assert as_strings(found) == as_strings(shapes.violations(graph))
    assert len(found) > 300


@pytest.mark.wide
def test_evaluators_agree_on_the_whole_map() -> None:
    graph = loaded([file.path for file in packaged().files() if file.listed])
    shapes = Shapes(shapes_graph(), graph)
    assert as_strings(in_python(shapes, graph)) == as_strings(shapes.violations(graph))


# ---- changes


class Change:
    """Quads of the default graph that a change adds and removes."""

    def __init__(self, graph: EmbeddedGraph, new: list[ox.Quad], old: list[ox.Quad]) -> None:
        self.store = graph.store
        self.gone = [quad for quad in dict.fromkeys(old) if quad in self.store]
        self.come = [quad for quad in dict.fromkeys(new) if quad not in self.store]

    @property
    def removed(self) -> tuple[NodeTriple, ...]:
        return tuple((one.subject, one.predicate, one.object) for one in self.gone)

    @property
    def added(self) -> tuple[NodeTriple, ...]:
        return tuple((one.subject, one.predicate, one.object) for one in self.come)

    def apply(self) -> None:
        for quad in self.gone:
            self.store.remove(quad)
        self.store.extend(self.come)

    def revert(self) -> None:
        for quad in self.come:
            self.store.remove(quad)
        self.store.extend(self.gone)


@cache
def small_world() -> EmbeddedGraph:
    """The core vocabulary and all sound worlds of the witnesses."""
    return loaded([CORE, BACKGROUND, *(WITNESSES / one / "good.ttl" for one in SUBJECTS)])


def random_changes(graph: EmbeddedGraph, seed: int, number: int) -> Iterator[Change]:
    """Changes of a few statements: removed, copied to another thing, given another value, type or property."""
    dice = random.Random(seed)
    base = BASE + "id/"
    for _ in range(number):
        quads = sorted(graph.store.quads_for_pattern(None, None, None, ox.DefaultGraph()), key=str)
        own = [quad for quad in quads if isinstance(quad.subject, ox.NamedNode)]
        own = [quad for quad in own if quad.subject.value.startswith(base)]  # type: ignore[union-attr]
        things = sorted({quad.subject for quad in own}, key=str)
        old, new = list[ox.Quad](), list[ox.Quad]()
        for _ in range(dice.choice((1, 1, 1, 2, 3, 8))):
            one, other = dice.sample(own, 2)
            match dice.randrange(8):
                case 0:
                    old.append(one)
                case 1:
                    new.append(ox.Quad(dice.choice(things), one.predicate, one.object))
                case 2:
                    old.append(one)
                    new.append(ox.Quad(one.subject, one.predicate, other.object))
                case 3:
                    new.append(ox.Quad(one.subject, one.predicate, other.object))
                case 4:
                    old += [quad for quad in own if quad.subject == one.subject]
                case 5:
                    old += [q for q in own if q.subject == one.subject and q.predicate == A]
                    new += [
                        ox.Quad(one.subject, A, q.object)
                        for q in own
                        if q.subject == other.subject and q.predicate == A
                    ]
                case 6:
                    copy = ox.NamedNode(f"{str(one.subject)[1:-1]}-{dice.randrange(9)}")
                    new += [
                        ox.Quad(copy, q.predicate, q.object)
                        for q in own
                        if q.subject == one.subject
                    ]
                case _:
                    value = dice.choice(
                        (
                            ox.Literal(True),
                            ox.Literal(dice.randrange(4)),
                            ox.Literal("x", language="en"),
                            ox.Literal("<b> "),
                            ox.BlankNode(),
                        )
                    )
                    old.append(one)
                    new.append(ox.Quad(one.subject, one.predicate, value))
        yield Change(graph, new, old)


def nameless(found: set[Violation] | tuple[Violation, ...]) -> Counter[str]:
    return Counter(
        " ".join(
            "_:" if term is not None and term.kind == "bnode" else str(term)
            for term in (one.focus, one.value)
        )
        + f" {one.shape} {one.component} {one.severity}"
        for one in found
    )


def judge(graph: EmbeddedGraph, changes: Iterator[Change], keep: random.Random) -> int:
    """Compares what each change brings with the whole reports before and after it; how many found something."""
    shapes = Shapes(shapes_graph(), graph)
    before, fired = set(shapes.violations(graph)), 0
    for number, change in enumerate(changes):
        change.apply()
        after = set(shapes.violations(graph))
        change.revert()
        found = new_violations(graph, change, shapes)
        wanted = nameless(after) - nameless(before)
        assert nameless(found) == wanted, f"change {number}: {change.removed} {change.added}"
        fired += bool(found)
        if any(one.severity == "Violation" for one in found):
            assert set(change.gone) <= set(graph.store)
        else:
            assert set(change.come) <= set(graph.store)
            change.revert()
        if keep.random() < 0.2:  # an old fault must not be blamed on a later change
            change.apply()
            before = after
    return fired


@pytest.mark.fuzz
@pytest.mark.parametrize("seed", range(4))
def test_change_brings_what_the_whole_reports_differ_in(seed: int) -> None:
    graph = EmbeddedGraph()
    graph.store.extend(small_world().store)
    number = EXAMPLES // 4
    fired = judge(graph, random_changes(graph, seed, number), random.Random(seed))
    assert fired > number / 2


@pytest.mark.wide
def test_change_brings_what_pyshacl_reports() -> None:
    """The third judge."""
    graph, triples = EmbeddedGraph(), shapes_graph_triples()
    graph.store.extend(small_world().store)
    shapes = Shapes(shapes_graph(), graph)
    every = "CONSTRUCT WHERE { ?s ?p ?o }"
    before = comparable(pyshacl_report(graph.construct(every), triples))
    for change in random_changes(graph, 20080, 2):
        change.apply()
        after = comparable(pyshacl_report(graph.construct(every), triples))
        change.revert()
        found = new_violations(graph, change, shapes)
        assert comparable(found) == after - before
        if not any(one.severity == "Violation" for one in found):
            change.revert()


def shapes_graph_triples() -> list[Triple]:
    return Shapes(shapes_graph(), EmbeddedGraph()).shapes.triples


# ---- what a SPARQL constraint depends on


def links(body: str) -> dict[str, Dependency]:
    """The dependencies of a body by the last part of their predicate."""
    found = dependencies(body, PREFIXES)
    assert found is not None
    return {one.step.predicate.value.split("#")[-1]: one for one in found}


def reached(body: str, data: str, changed: str) -> list[str]:
    """The things that one triple leads to in some data, by the last part of their IRIs."""
    graph, triple = EmbeddedGraph(), EmbeddedGraph()
    prologue = "@prefix : <https://example.org/> . @prefix sq: <https://w3id.org/sq-graph/core#> . "
    graph.add(prologue + data, "https://example.org/g")
    triple.add(prologue + changed, "https://example.org/g")
    [quad] = triple.store
    step = links(body)[quad.predicate.value.split("#")[-1]]
    found = step.affected(graph.lookup(), quad.subject, quad.object)
    return sorted(str(one).rpartition("/")[2][:-1] for one in found)


def test_boolean_in_a_pattern_matches() -> None:
    body = "$this sq:ordered true . ?one sq:memberOf $this ; sq:rank 01"
    data = ":t sq:ordered true . :c sq:memberOf :t ; sq:rank 1 ."
    assert reached(body, data, ":t sq:ordered true .") == ["t"]
    assert reached(body, data, ":t sq:ordered false .") == []
    assert reached(body, data, ":c sq:rank 1 .") == ["t"]
    assert reached(body, data, ":c sq:rank 2 .") == []


def test_paths_are_followed_back_to_the_thing() -> None:
    data = ":x sq:a :y . :y sq:c :z . :z sq:c :w . :w sq:d 1 . :v sq:a :z ."
    body = "?this sq:a/sq:c+ ?end . ?end sq:d 1"
    assert reached(body, data, ":w sq:d 1 .") == ["v", "x"]
    assert reached(body, data, ":y sq:c :z .") == ["x"]
    assert reached(body, data, ":z sq:c :w .") == ["v", "x"]
    assert reached("?this sq:c+ ?this", ":x sq:c :y . :y sq:c :x .", ":y sq:c :x .") == ["x", "y"]
    assert reached("?this (^sq:a|sq:c) ?b . ?b sq:d 2", data, ":x sq:d 2 .") == ["y"]


def test_link_holds_the_patterns_of_outer_groups_only() -> None:
    tested = "FILTER (?b != 2 && NOT EXISTS { ?b sq:d ?e FILTER EXISTS { ?e a sq:F } })"
    found = links(f"$this sq:a ?b . OPTIONAL {{ ?b sq:g ?h }} {tested}")
    assert [one.object for one in found["type"].link or ()] == ["?b", "?e"]
    assert [one.object for one in found["g"].link or ()] == ["?b"]
    found = links("{ ?this sq:a ?b } UNION { ?this sq:c ?b . ?b sq:d 2 } MINUS { ?b sq:e 2 }")
    assert [one.object for one in found["d"].link or ()] == ["?b"]
    assert found["e"].link is None, "no pattern that must hold leads from it to the thing"


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
    graph = loaded([CORE, BACKGROUND, WITNESSES / "typology" / "good.ttl"])
    shapes = Shapes(shapes_graph(), graph)
    graph.store.update(
        """DELETE { ?t sq:ordered ?any . ?c sq:rank ?old }
        INSERT { ?c sq:rank ?new } WHERE { ?c sq:memberOf ?t ; sq:rank ?old OPTIONAL { ?t sq:ordered ?any }
        BIND (IF(?old = 3, 4, 1) AS ?new) }""",
        prefixes=PREFIXES,
    )
    [typology, *_] = graph.select(
        "SELECT ?t (COUNT(?c) AS ?n) { ?c sq:memberOf ?t ; sq:rank ?r } GROUP BY ?t ORDER BY DESC(?n)"
    )
    ordered = ox.Quad(
        ox.NamedNode(typology["t"].value), ox.NamedNode(f"{BASE}core#ordered"), ox.Literal(True)
    )
    found = new_violations(graph, Change(graph, [ordered], []), shapes)
    assert "typology#RanksOnce" in {one.shape.removeprefix(f"{BASE}shapes/") for one in found}
    assert ordered not in graph.store


def test_change_of_what_thousands_refer_to_is_a_full_check_of_its_rules_with_progress() -> None:
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
    gone = list(graph.store.quads_for_pattern(concept, A, None, ox.DefaultGraph()))
    before = set(shapes.violations(graph))
    change = Change(graph, [], gone)
    change.apply()
    wanted = set(shapes.violations(graph)) - before
    change.revert()
    found = new_violations(graph, change, shapes, lambda: ticks.append(1))
    assert set(found) == wanted and len(ticks) > 1


# ---- shapes of a user, under changes


@pytest.mark.parametrize(
    ("shape", "data", "change", "new"),
    [
        pytest.param(
            ":S sh:targetClass :A ; sh:property [ sh:path :p ; sh:minCount 1 ] .",
            ":a a :A . :B rdfs:subClassOf :C .",
            ":C rdfs:subClassOf :D . :b a :A .",
            ["b MinCount"],
            id="classes move, and an old fault at a shape without a name is not blamed on it",
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
            id="a thing that only a shape names is found by a path that repeats",
        ),
        pytest.param(
            ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:minCount 1 ] .",
            ":b :p :b .",
            ":a :q :c .",
            [],
            id="what a shape names was at fault before anything was known of it",
        ),
        pytest.param(
            ":S sh:targetClass :A ; sh:property [ sh:path :p ; sh:lessThanOrEquals :p ] .",
            ":a a :A .",
            ":a :p [] . :b a :A ; :p [] .",
            [],
            id="a blank node is as much as itself",
        ),
    ],
)
def test_change_under_shapes_of_a_user_brings_what_the_whole_reports_differ_in(
    shape: str, data: str, change: str, new: list[str]
) -> None:
    graph, own, added = EmbeddedGraph(), EmbeddedGraph(), EmbeddedGraph()
    spaces = {"": "http://e/", "sh": SH, "rdfs": RDFS}
    head = "".join(f"@prefix {prefix}: <{space}> . " for prefix, space in spaces.items())
    own.add(head + shape, "http://e/shapes")
    graph.add(head + data, "http://e/data")
    added.add(head + change, "http://e/more")
    shapes, made = Shapes(own, graph), Change(graph, list(added.store), [])
    before = shapes.violations(graph)
    found = new_violations(graph, made, shapes)
    assert sorted(f"{_last(one.focus)} {one.component[:-19]}" for one in found) == new
    assert (made.come[0] in graph.store) is (not new)
    if new:
        made.apply()
    after = shapes.for_data(graph).violations(graph)
    assert nameless(found) == nameless(after) - nameless(before)


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
    """A constraint given several times counts each time, and a path of no step ends even at what no statement names."""
    own, graph = EmbeddedGraph(), EmbeddedGraph()
    head = f"@prefix : <http://e/> . @prefix sh: <{SH}> . "
    own.add(head + shape, "http://e/shapes")
    graph.add(head + data, "http://e/data")
    shapes, triples = Shapes(own, graph), graph.construct("CONSTRUCT WHERE { ?s ?p ?o }")
    assert len(pyshacl_report(triples, own.construct("CONSTRUCT WHERE { ?s ?p ?o }"))) == count
    left, failed = shapes.by_pyshacl(graph)
    assert len(shapes.violations(graph)) + len(left) == count and not failed
    assert len(in_python(shapes, graph)) == len(shapes.violations(graph))


def _last(term: Term) -> str:
    return "_:" if term.kind == "bnode" else term.value.rpartition("/")[2]
