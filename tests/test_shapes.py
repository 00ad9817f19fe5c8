"""Every shape has a sound witness on which it is silent, and faults that fire it and nothing else.

The witnesses of a subject are in `tests/witnesses/shapes/<subject>/`: `good.ttl` is sound, and each section of
`faults.ru` is a SPARQL update that makes one fault in it. Its heading names the shape that fires, and further shapes
only where a fault necessarily breaks them too. All faulty worlds are put side by side in one graph over
`background.ttl`, each under its own number, so that one run of an engine checks them all.
"""

from __future__ import annotations

import re
import subprocess
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib

from sq_graph.check import Shapes, pyshacl_report
from sq_graph.export.shacl import to_shapes
from sq_graph.graph import EmbeddedGraph
from sq_graph.graph.layout import packaged
from sq_graph.shacl.pyshacl_engine import violations_of
from sq_graph.shacl.shacl_compiler import Rule
from sq_graph.shacl.shapes_graph import ShapesGraph
from sq_graph.shacl.violation import Violation
from sq_graph.vocab import BASE, SH, SQ, shorten
from tests.conftest import skip_or_fail

WITNESSES = Path(__file__).parent / "witnesses" / "shapes"
BACKGROUND = WITNESSES / "background.ttl"
SUBJECTS = sorted(path.name for path in WITNESSES.iterdir() if path.is_dir())
JENA_XML = "org/apache/jena/ext/xerces/"
LOGGERS = re.compile(r"slf4j-(?!api)|log4j-over|jcl-over|jul-to")
Constraint = tuple[str, str]
FAULT = re.compile(r"^#\+ ([^:\n]+): (.*)\n((?:(?!#\+ ).*\n?)*)", re.MULTILINE)


@dataclass(frozen=True)
class Fault:
    """One faulty world: the shapes that must fire, what is wrong in it, and the number in the IRIs of its things."""

    subject: str
    shapes: tuple[str, ...]
    title: str
    update: str
    number: int

    def __str__(self) -> str:
        return f"{self.shapes[0]}: {self.title}"


def read_faults() -> Iterator[Fault]:
    number = 0
    for subject in SUBJECTS:
        text = (WITNESSES / subject / "faults.ru").read_text(encoding="utf-8")
        prologue = text[: text.index("#+ ")]
        for names, title, update in FAULT.findall(text):
            shapes = tuple(name if "#" in name else f"{subject}#{name}" for name in names.split())
            number += 1
            yield Fault(subject, shapes, title, prologue + update, number)


FAULTS = list(read_faults())


def numbered(quad: ox.Quad, number: int, shared: set[str]) -> ox.Quad:
    """A statement with a number in the IRI of every thing of its own world; vocabulary and background stay."""

    def rename(term: Any) -> Any:
        if not isinstance(term, ox.NamedNode) or term.value in shared:
            return term
        if not term.value.startswith(BASE) or term.value.startswith(SQ):
            return term
        return ox.NamedNode(re.sub(r"([^/]+)$", rf"n{number}-\1", term.value))

    return ox.Quad(rename(quad.subject), quad.predicate, rename(quad.object))


def faulty_world(fault: Fault, shared: set[str]) -> Iterator[ox.Quad]:
    world = ox.Store()
    world.load(path=str(WITNESSES / fault.subject / "good.ttl"), format=ox.RdfFormat.TURTLE)
    sound_quads = set(world)
    world.update(fault.update)
    assert set(world) != sound_quads, f"{fault} changes nothing"
    return (numbered(quad, fault.number, shared) for quad in world)


@cache
def world_files(folder: Path, every: int = 1) -> list[Path]:
    """Core, background, the sound worlds and all faulty ones, the last in one file of Turtle."""
    background = ox.Store()
    background.load(path=str(BACKGROUND), format=ox.RdfFormat.TURTLE)
    shared = {quad.subject.value for quad in background if isinstance(quad.subject, ox.NamedNode)}
    quads = [quad.triple for fault in FAULTS[::every] for quad in faulty_world(fault, shared)]
    faulty_worlds = folder / "faulty.ttl"
    ox.serialize(quads, str(faulty_worlds), format=ox.RdfFormat.TURTLE)
    return [packaged().ontology / "core.ttl", BACKGROUND, faulty_worlds]


def load_graph(paths: list[Path]) -> EmbeddedGraph:
    graph = EmbeddedGraph()
    for path in paths:
        graph.add(path.read_bytes(), path.as_uri(), where=str(path))
    return graph


@cache
def shapes_graph() -> EmbeddedGraph:
    return load_graph(list(packaged().shapes()))


@cache
def core_rules() -> tuple[Rule, ...]:
    return Shapes(shapes_graph(), load_graph([packaged().ontology / "core.ttl"])).rules


def compiled_report(paths: list[Path]) -> tuple[Violation, ...]:
    graph = load_graph(paths)
    return Shapes(shapes_graph(), graph).violations(graph)


def reference_report(paths: list[Path]) -> tuple[Violation, ...]:
    triples = load_graph(paths).construct("CONSTRUCT WHERE { ?s ?p ?o }")
    return pyshacl_report(triples, ShapesGraph(shapes_graph()).triples)


def comparable(violations: tuple[Violation, ...]) -> set[tuple[str, str, str, str]]:
    """Violations without what the standard leaves open: which of two labels in one language is at fault, how a message
    writes an IRI, and the name of a rule in SPARQL, which is replaced by its message.
    """
    return {
        (
            violation.focus.value,
            re.sub(r"<?(http[^\s<>;,”]+)>?", lambda iri: shorten(iri[1]), violation.message)
            if "SPARQL" in violation.component
            else violation.shape,
            violation.component,
            "" if "UniqueLang" in violation.component else str(violation.value),
        )
        for violation in violations
    }


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return world_files(tmp_path_factory.mktemp("worlds"))


def constraint_of(source: Rule | Violation) -> Constraint:
    return source.shape.removeprefix(BASE + "shapes/"), source.component


@pytest.fixture(scope="module")
def constraints_by_fault(paths: list[Path]) -> dict[int, set[Constraint]]:
    """Number of each fault → the shapes and constraints that fire in its world; 0 is the background."""
    constraints: dict[int, set[Constraint]] = defaultdict(set)
    for violation in compiled_report(paths):
        number = re.search(r"/n(\d+)-[^/]*$", violation.focus.value)
        constraints[int(number[1]) if number else 0].add(constraint_of(violation))
    return constraints


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_fault_fires_its_shape_alone(
    fault: Fault, constraints_by_fault: dict[int, set[Constraint]]
) -> None:
    assert {shape for shape, _ in constraints_by_fault[fault.number]} == set(fault.shapes)


def test_every_constraint_of_every_shape_has_a_fault(
    constraints_by_fault: dict[int, set[Constraint]],
) -> None:
    fired = {
        (shape, component)
        for fault in FAULTS
        for shape, component in constraints_by_fault[fault.number]
        if shape == fault.shapes[0]
    }
    assert {constraint_of(rule) for rule in core_rules()} - fired == set()


@pytest.mark.parametrize("subject", SUBJECTS)
def test_sound_world_is_silent(subject: str) -> None:
    paths = [packaged().ontology / "core.ttl", BACKGROUND, WITNESSES / subject / "good.ttl"]
    assert compiled_report(paths) == ()


@pytest.fixture
def parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parses each query of a rule once; pySHACL parses it anew for each thing, with the same result."""
    from rdflib.plugins.sparql import processor
    from rdflib.plugins.sparql.algebra import translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    translate = cache(lambda text: translateQuery(parseQuery(text)))
    monkeypatch.setattr(processor, "parseQuery", lambda text: text)
    monkeypatch.setattr(processor, "translateQuery", lambda text, base, prefixes: translate(text))


@pytest.mark.usefixtures("parsed_once")
@pytest.mark.wide
def test_report_on_all_witnesses_equals_that_of_pyshacl(paths: list[Path]) -> None:
    expected = comparable(reference_report(paths))
    assert comparable(compiled_report(paths)) == expected
    assert len(expected) >= len(FAULTS)


def jena_report(data: Path, shapes: Path, resources: Path) -> str:
    """The report of Apache Jena, as Debian packages it, in Turtle.

    Debian renames the package of Jena's XML classes but not that of their messages, which are copied to where the
    classes look for them.
    """
    jars = [path for path in Path("/usr/share/java").glob("*.jar") if not LOGGERS.search(path.name)]
    core = next((path for path in jars if path.name == "jena-core.jar"), None)
    if core is None:
        skip_or_fail("Apache Jena (libapache-jena-java)")
    with zipfile.ZipFile(core) as jar:
        for name in jar.namelist():
            if name.startswith(JENA_XML) and name.endswith(".properties"):
                copy = resources / "xerces" / name.removeprefix(JENA_XML)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(jar.read(name))
    classes = ":".join(map(str, (resources, *sorted(jars))))
    arguments = ["shacl.shacl", "validate", "--shapes", str(shapes), "--data", str(data)]
    command = ["java", "-cp", classes, *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    return run.stdout


@pytest.mark.wide
@pytest.mark.parametrize(("engine", "every"), [("Jena", 1), ("pyshifty", 10)])  # pyshifty is slow
def test_other_engines_report_the_same_from_the_merged_shapes(
    engine: str, every: int, tmp_path: Path
) -> None:
    paths = world_files(tmp_path, every)
    data, shapes = tmp_path / "data.ttl", tmp_path / "shapes.ttl"
    world = ox.Store()
    for path in paths:
        world.load(path=str(path), format=ox.RdfFormat.TURTLE)
    ox.serialize((quad.triple for quad in world), str(data), ox.RdfFormat.TURTLE)
    shapes.write_text(to_shapes(), encoding="utf-8")
    if engine == "Jena":
        report = rdflib.Graph().parse(data=jena_report(data, shapes, tmp_path), format="turtle")
    else:
        import shifty

        _, report, _ = shifty.validate(str(data), str(shapes), infer=False)
    expected = comparable(compiled_report(paths))
    assert comparable(violations_of(report)) == expected
    assert len(expected) >= len(FAULTS) // every


@pytest.mark.usefixtures("parsed_once")
@pytest.mark.wide
def test_report_on_the_map_equals_that_of_pyshacl() -> None:
    paths = [file.path for file in packaged().files() if file.listed]
    assert comparable(compiled_report(paths)) == comparable(reference_report(paths))


def test_shapes_speak_plainly() -> None:
    """Each rule says what is wrong and, after a semicolon, what to do; each shape has a name and a label."""
    for rule in core_rules():
        assert re.fullmatch(r"[A-Z“{][^;]+; [a-z][^;]+\.", rule.message), (
            f"{rule.shape}: {rule.message}"
        )
        assert len(rule.message) <= 200, rule.shape
        assert rule.shape.startswith(BASE + "shapes/"), rule.shape
        label = f"ASK {{ <{rule.shape}> <http://www.w3.org/2000/01/rdf-schema#label> ?label }}"
        assert shapes_graph().ask(label), rule.shape


def test_every_shape_is_used() -> None:
    """A property shape or SPARQL rule that no targeted shape refers to would never be evaluated."""
    kinds = f"VALUES ?kind {{ <{SH}PropertyShape> <{SH}SPARQLConstraint> }}"
    rows = shapes_graph().select(f"SELECT ?s {{ {kinds} ?s a ?kind }}")
    assert {row["s"].value for row in rows} - {rule.shape for rule in core_rules()} == set()
