"""The W3C suites of SHACL, core and SPARQL: each expected report, by the compiler or by pySHACL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from sq_graph.check import Shapes
from sq_graph.graph import EmbeddedGraph, Term
from sq_graph.graph.engine import to_term
from sq_graph.vocab import SH

SUITES = Path(__file__).parents[2] / "shared" / "data" / "w3c" / "shacl"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT = "http://www.w3.org/ns/shacl-test#"
NOT_SUPPORTED = "sparql/pre-binding/shapesGraph-001.ttl"
"""The only test that pySHACL does not pass either: the optional $shapesGraph is refused by name."""

Result = tuple[str, str, str, str, str]
needs_suites = pytest.mark.skipif(
    not SUITES.is_dir(), reason="the W3C suites of SHACL are not beside the repository"
)


def files() -> list[str]:
    return sorted(
        str(path.relative_to(SUITES))
        for path in SUITES.rglob("*.ttl")
        if path.name != "manifest.ttl" and "sht:Validate" in path.read_text(encoding="utf-8")
    )


def nameless(term: Term | None) -> str:
    return "" if term is None else "_:" if term.kind == "bnode" else term.n3()


def object_of(store: ox.Store, subject: Any, predicate: str) -> Any:
    quads = store.quads_for_pattern(subject, ox.NamedNode(predicate), None)
    return next((quad.object for quad in quads), None)


def expected_results(store: ox.Store, report: Any) -> Iterator[Result]:
    for quad in store.quads_for_pattern(report, ox.NamedNode(SH + "result"), None):
        terms = {
            name: to_term(term)
            for name in (
                "focusNode",
                "sourceShape",
                "sourceConstraintComponent",
                "value",
                "resultSeverity",
            )
            if (term := object_of(store, quad.object, SH + name)) is not None
        }
        yield (
            nameless(terms["focusNode"]),
            nameless(terms.get("sourceShape")),
            terms["sourceConstraintComponent"].value.removeprefix(SH),
            nameless(terms.get("value")),
            terms["resultSeverity"].value.removeprefix(SH),
        )


@needs_suites
@pytest.mark.parametrize("name", files())
def test_report_is_the_expected_one(name: str) -> None:
    path = SUITES / name
    store = ox.Store()
    store.load(path=str(path), format=ox.RdfFormat.TURTLE, base_iri=path.as_uri())
    [entry] = [
        quad.subject for quad in store.quads_for_pattern(None, None, ox.NamedNode(SHT + "Validate"))
    ]
    action = object_of(store, entry, MF + "action")
    paths = [
        Path(term.value.removeprefix("file://"))
        for name in ("dataGraph", "shapesGraph")
        if (term := object_of(store, action, SHT + name)) is not None
    ]
    data, shapes_graph = EmbeddedGraph(), EmbeddedGraph()
    for graph, file in zip((data, shapes_graph), paths, strict=True):
        graph.add(file.read_bytes(), file.as_uri())
    shapes = Shapes(shapes_graph, data)
    by_pyshacl, failures = shapes.by_pyshacl(data)
    faults = [notice for notice in (*shapes.notices(), *failures) if notice.kind == "fault"]
    result = object_of(store, entry, MF + "result")
    if result == ox.NamedNode(SHT + "Failure"):
        assert faults
        return
    if name == NOT_SUPPORTED:
        assert "$shapesGraph" in faults[0].text
        return
    assert faults == []
    results = {
        (
            nameless(violation.focus),
            nameless(violation.source),
            violation.component,
            nameless(violation.value),
            violation.severity,
        )
        for violation in (*shapes.violations(data), *by_pyshacl)
    }
    assert results == set(expected_results(store, result)), (
        "as sets: equal results are reported once"
    )
