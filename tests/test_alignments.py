"""Alignments with other vocabularies: each mapping justified, none by default, all consistent with the whole map."""

from __future__ import annotations

from pathlib import Path

import pytest

import sq_graph
from sq_graph.graph.layout import packaged
from sq_graph.turtle import read_file
from sq_graph.turtle.terms import TYPE, iri_terms
from sq_graph.vocab import OWL, RDFS, SQ
from tests.test_ontology import CORE, IMPORTS, root_files, unsatisfiable

FILES = sorted((packaged().ontology / "alignments").glob("*.ttl"))
MAPPINGS = iri_terms("rdfs:subClassOf rdfs:subPropertyOf rdfs:seeAlso")
AXIOM, SOURCE, PROPERTY, TARGET, COMMENT, ANNOTATION = iri_terms(
    "owl:Axiom owl:annotatedSource owl:annotatedProperty owl:annotatedTarget rdfs:comment"
    " owl:AnnotationProperty"
)


def test_the_vocabularies_of_the_neighbours_are_covered() -> None:
    names = {"argument", "prov", "skos-xkos", "spar", "sssom", "web-annotation"}
    assert {file.stem for file in FILES} == names


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_mapping_of_a_term_is_justified(file: Path) -> None:
    triples = set(read_file(file).triples)
    mappings = {t for t in triples if t[0].startswith(f"<{SQ}") and t[1] in MAPPINGS}
    justified = set()
    for node in {s for s, p, o in triples if (p, o) == (TYPE, AXIOM)}:
        annotations = {p: o for s, p, o in triples if s == node}
        assert len(annotations[COMMENT].split()) > 6, annotations
        justified.add((annotations[SOURCE], annotations[PROPERTY], annotations[TARGET]))
    assert len(mappings) >= 4 and mappings == justified


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_term_is_of_two_kinds(file: Path) -> None:
    """A term that imports/ declares as an annotation property is never given a place in a hierarchy."""
    annotations = {
        s for path in IMPORTS for s, p, o in read_file(path).triples if (p, o) == (TYPE, ANNOTATION)
    }
    used = {
        end
        for s, p, o in read_file(file).triples
        if p in MAPPINGS[:2] or (p == TYPE and o != f"<{OWL}Axiom>")
        for end in (s, o)
    }
    assert not used & annotations


@pytest.mark.wide
def test_the_whole_map_is_consistent_with_all_alignments() -> None:
    assert unsatisfiable([*root_files(), *FILES]) == []


def test_a_wrong_alignment_is_found(tmp_path: Path) -> None:
    """A work as both what FaBiO calls a work and what it calls an expression leaves no work at all."""
    path = tmp_path / "wrong.ttl"
    path.write_text(
        f"<{SQ}Work> <{RDFS}subClassOf> <http://purl.org/spar/fabio/Work> ."
        f"<http://purl.org/spar/fabio/Work> a <{OWL}Class> ."
    )
    spar = next(file for file in FILES if file.stem == "spar")
    assert "core.Work" in unsatisfiable([CORE, *IMPORTS, spar, path])


def test_alignments_are_not_in_the_default_view() -> None:
    graph = sq_graph.open().graph
    expression = "<http://purl.org/spar/fabio/Expression>"
    assert not graph.ask(f"ASK {{ ?term ?p {expression} }}")
    assert graph.ask(f"ASK {{ GRAPH ?g {{ ?term ?p {expression} }} }}")
