"""Files of every RDF suffix and syntax are loaded, even if the two differ; unreadable files are named."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from sq_graph.errors import BadQuery, BrokenFile
from sq_graph.graph import EmbeddedGraph, load_store

TURTLE = "<http://a.example/s> <http://a.example/p> 'tiny' ."
NQUADS = '<http://a.example/s> <http://a.example/p> "tiny" <http://a.example/g> .'
XML = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:a="http://a.example/">
<rdf:Description rdf:about="http://a.example/s"><a:p>tiny</a:p></rdf:Description></rdf:RDF>"""
JSON = '{"@id": "http://a.example/s", "http://a.example/p": "tiny"}'


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tiny.owl", XML),
        ("tiny.owl", TURTLE),
        ("tiny.OWL", f"\ufeff{XML}"),
        ("tiny.rdf", XML),
        ("tiny.xml", XML),
        ("tiny.ttl", TURTLE),
        ("tiny.ttl", f"\ufeff{TURTLE}"),
        ("tiny.ttl", XML),
        ("tiny.n3", TURTLE),
        ("tiny.nt", TURTLE.replace("'", '"')),
        ("tiny.nq", NQUADS),
        ("tiny.trig", f"<http://a.example/g> {{ {TURTLE} }}"),
        ("tiny.jsonld", JSON),
        ("tiny.json", JSON),
        ("tiny.jsonld", f'{{"@id": "http://a.example/g", "@graph": [{JSON}]}}'),
    ],
)
def test_a_file_with_any_suffix_is_loaded(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert load_store(tmp_path / "store", [(path, "http://a.example/file")]) == 1
    graph = EmbeddedGraph(tmp_path / "store", read_only=True)
    for pattern in ("GRAPH <http://a.example/file> { ?s ?p ?o }", "?s ?p ?o"):
        rows = graph.select(f"SELECT ?o {{ {pattern} }}")
        assert [str(row["o"]) for row in rows] == ["tiny"]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.owl", "Ontology(<http://a.example/>)", "this is OWL functional syntax"),
        ("a.owl", "Prefix: a: <http://a.example/>\n", "this is Manchester syntax"),
        (
            "a.owl",
            '<?xml version="1.0"?>\n<Ontology xmlns="http://a.example/"/>',
            "this is OWL/XML",
        ),
        ("a.docx", "PK", ".docx is not the ending of an RDF file"),
    ],
)
def test_a_file_that_cannot_be_loaded_is_named_and_no_store_is_made(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BrokenFile, match=message):
        load_store(tmp_path / "store", [(path, "http://a.example/file")])
    with pytest.raises(BrokenFile, match="Check its path"):
        load_store(tmp_path / "store", [(tmp_path / "missing.ttl", "http://a.example/file")])
    assert not (tmp_path / "store").exists()


def test_rdfxml_can_be_read_whatever_a_text_holds() -> None:
    graph, query = EmbeddedGraph(), "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"
    graph.add('<x:a> <x:p> "a\\u0001\\tb" .', "x:")
    root = ElementTree.fromstring(graph.results(query, "rdfxml"))
    assert "".join(root.itertext()).strip() == "a \tb"
    assert "\\u0001" in graph.results(query, "ntriples").decode()


def test_an_unknown_graph_in_from_is_not_an_empty_one() -> None:
    with pytest.raises(BadQuery, match="typo> is not a graph of this map"):
        EmbeddedGraph().select("SELECT * FROM <http://a.example/typo> { ?s ?p ?o }")


@pytest.mark.parametrize("form", ["csv", "tsv", "json", "xml"])
def test_columns_come_in_the_order_asked_for(form: str) -> None:
    graph = EmbeddedGraph()
    graph.add(TURTLE, "http://a.example/file")
    for query in ("SELECT * { ?s ?p ?o }", "SELECT DISTINCT * WHERE { ?s ?p ?o # ?a\n }"):
        text = graph.results(query, form).decode()
        positions = [text.index(_column(form, name)) for name in ("s", "p", "o")]
        assert positions == sorted(positions)
        assert graph.select(query).columns == ("s", "p", "o")
    subquery = "SELECT ?o ?s { { SELECT * { ?s ?p ?o } } }"
    assert graph.select(subquery).columns == ("o", "s")


def _column(form: str, name: str) -> str:
    return {"csv": name, "tsv": f"?{name}", "json": f'"{name}"', "xml": f'name="{name}"'}[form]
