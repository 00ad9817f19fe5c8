"""Each form of export is read by a tool of its own field."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
import rdflib

import sq_graph
from sq_graph.atlas import Atlas
from sq_graph.errors import InputError
from sq_graph.importers.contributions import AlignmentArgs
from tests.workspaces import BASE, chan_workspace

SQ = rdflib.Namespace("https://w3id.org/sq-graph/core#")
ID = "https://w3id.org/sq-graph/id/"


def _mappings(text: str) -> list[dict[str, str]]:
    table = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    return list(csv.DictReader(io.StringIO(table), delimiter="\t"))


def test_sssom_py_keeps_every_mapping(atlas: Atlas, tmp_path: Path) -> None:
    from sssom.parsers import parse_sssom_table
    from sssom.validators import validate

    path = tmp_path / "map.sssom.tsv"
    path.write_text(str(atlas.export("sssom")), encoding="utf-8")
    rows = _mappings(path.read_text(encoding="utf-8"))
    parsed = parse_sssom_table(str(path))
    validate(parsed)
    assert set(parsed.df["record_id"]) == {row["record_id"] for row in rows}
    assert len(parsed.df) == len(rows) > 40


def test_sssom_rows_name_author_source_and_members(atlas: Atlas) -> None:
    text = str(atlas.export("sssom"))
    rows = {row["record_id"]: row for row in _mappings(text)}
    for row in rows.values():
        is_ours = "our interpretation" in row["other"]
        assert row["author_id"].startswith("agent:") != is_ours
        assert is_ours == (row["author_label"] == "the editors of sq-graph")
        assert row["mapping_source"].startswith("work:")
        assert row["mapping_justification"] == "semapv:ManualMappingCuration"
    unions = [row for row in rows.values() if row["subject_id"].startswith("union:")]
    assert any(
        "intermediate exclusion" in row["comment"] and "advanced exclusion" in row["comment"]
        for row in unions
    )
    assert not any(
        row["subject_id"] == "category:wessels-miedema-advanced"
        and row["object_id"] == "category:steinert-normal"
        for row in rows.values()
    )
    query = (
        "SELECT ?a { { ?a a sq:Alignment } UNION { ?a a sq:DeniedAlignment } ?a sq:relation/%s }"
    )
    exported = {
        str(alignment["a"]) for alignment in atlas.graph.select(query % "sq:sssomPredicate ?p")
    }
    assert exported == set(rows)
    omitted = len(atlas.graph.select(query % "rdfs:label ?l FILTER(LANG(?l) = 'en')")) - len(rows)
    comment = next(line for line in text.splitlines() if line.startswith("#comment"))
    assert omitted == sum(int(word) for word in comment.split() if word.isdigit())


@pytest.mark.parametrize(
    ("form", "parser"),
    [("ttl", "turtle"), ("jsonld", "json-ld"), ("rdfxml", "xml"), ("owl", "xml")],
)
@pytest.mark.wide
def test_rdf_forms_hold_all_but_imports(atlas: Atlas, form: str, parser: str) -> None:
    graph = rdflib.Graph().parse(data=str(atlas.export(form)), format=parser)
    source = atlas.to_rdflib()
    headers = set(source.subjects(rdflib.RDF.type, rdflib.OWL.Ontology))
    headers.discard(rdflib.URIRef("https://w3id.org/sq-graph/sq-graph"))
    triples = [(s, p, o) for s, p, o in source if s not in headers and p != rdflib.OWL.imports]
    labelled = set(source.subjects(rdflib.RDFS.label))  # `owl` gives the others a label as well
    added = [s for s in graph.subjects(rdflib.RDFS.label) if s not in labelled]
    assert len(graph) - len(added) == len(triples)
    assert bool(added) == (form == "owl")
    assert len(list(graph.subjects(rdflib.RDF.type, rdflib.OWL.Ontology))) == 1


def test_json_ld_has_types_and_one_node_per_subject(atlas: Atlas) -> None:
    document = json.loads(str(atlas.export("jsonld")))
    nodes = {node["@id"]: node for node in document["@graph"]}
    assert len(nodes) == len(document["@graph"])
    assert "sq:Definition" in nodes["definition:room-1999-rupture"]["@type"]
    assert document["@context"]["sq"]["@id"] == str(SQ)
    assert not any("rdf:type" in node for node in nodes.values())


def test_owlready2_opens_the_owl_file_offline(atlas: Atlas, tmp_path: Path) -> None:
    owlready2 = pytest.importorskip("owlready2")
    path = tmp_path / "map.owl"
    path.write_text(str(atlas.export("owl")), encoding="utf-8")
    world = owlready2.World()
    world.get_ontology(path.as_uri()).load(only_local=True)
    assert str(world[f"{ID}work/room-1999"].label.first()) == "Room 1999"
    assert world[str(SQ.Definition)] is not None


def test_skosify_finds_nothing_to_repair(atlas: Atlas) -> None:
    graph = rdflib.Graph().parse(data=str(atlas.export("skos")), format="turtle")
    skos = rdflib.SKOS
    concept = rdflib.URIRef(f"{ID}concept/social-exclusion")
    assert rdflib.Literal("social exclusion", lang="en") in set(
        graph.objects(concept, skos.prefLabel)
    )
    assert any("Room" in str(words) for words in graph.objects(None, skos.definition))
    orphans = [
        member
        for member in set(graph.subjects(rdflib.RDF.type, skos.Concept))
        if not list(graph.objects(member, skos.broader))
        and not list(graph.objects(member, skos.topConceptOf))
    ]
    assert orphans == []
    assert list(graph.subjects(rdflib.RDF.type, skos.Collection))
    for subject in graph.subjects(skos.closeMatch, None):
        assert list(graph.objects(subject, skos.editorialNote))
    assert "the word alone" in str(graph.value(concept, skos.scopeNote))
    category = rdflib.URIRef(f"{ID}category/wessels-miedema-severe")
    for documented in (category, rdflib.URIRef(f"{ID}typology/wessels-miedema-exclusion")):
        assert "Wessels and Miedema" in str(graph.value(documented, skos.note))


def test_graphml_keeps_labels_years_and_links(atlas: Atlas) -> None:
    space = "{http://graphml.graphdrawing.org/xmlns}"
    root = ElementTree.fromstring(str(atlas.export("graphml")))
    nodes = {
        node.get("id"): {data.get("key"): data.text for data in node.iter(f"{space}data")}
        for node in root.iter(f"{space}node")
    }
    assert nodes["work:room-1999"]["label"] == "Room 1999"
    assert nodes["work:room-1999"]["year"] == "1999"
    assert nodes["definition:room-1999-rupture"]["source"] == (
        "Room 1999, as reported by Phillips 2008, p. 6; hedged (“in some considerable degree”)"
    )
    edges = {(tie.get("source"), tie.get("target")) for tie in root.iter(f"{space}edge")}
    assert ("definition:room-1999-rupture", "work:room-1999") in edges
    assert {end for edge in edges for end in edge} <= set(nodes)


def test_orkg_reads_each_definition_as_a_contribution_of_its_paper(atlas: Atlas) -> None:
    text = str(atlas.export("orkg", "social-exclusion", aspects=["degree"]))
    columns, *_ = csv.reader(io.StringIO(text))
    rows = {row["definition"]: row for row in csv.DictReader(io.StringIO(text))}
    assert len(columns) == len(set(columns))
    fields = [
        "title",
        "authors",
        "publication_month",
        "publication_year",
        "published_in",
        "doi",
        "url",
    ]
    assert [column for column in columns if ":" in column] == [
        *(f"paper:{field}" for field in fields),
        "contribution:research_problem",
    ]
    assert all(row["paper:title"] and row["contribution:research_problem"] for row in rows.values())
    table = atlas.compare("social-exclusion", transposed=True)
    assert set(rows) == {str(row[0]) for row in table.rows}
    room = next(row for row in rows.values() if row["name"].endswith("/room-1999-rupture"))
    assert room["paper:authors"].split("; ") == ["Graham J. Room"]
    assert room["paper:publication_year"] == "1999"
    assert room["read in"] == "Phillips 2008"
    assert room["how read"] == "reported by another"


def test_orkg_takes_the_work_that_was_read_where_none_states_it(atlas: Atlas) -> None:
    text = str(atlas.export("orkg", "social-cohesion", "social-exclusion", "social-inclusion"))
    rows = list(csv.DictReader(io.StringIO(text)))
    unstated = [row for row in rows if not row["stated in"]]
    titles = {row["read in"]: row["paper:title"] for row in unstated}
    assert titles["Phillips 2008"].startswith("Social inclusion, social exclusion")
    assert 0 < len(unstated) < len(rows)


def test_orkg_refuses_what_has_no_definition(atlas: Atlas) -> None:
    with pytest.raises(InputError, match="ORKG takes definitions"):
        atlas.export("orkg", "steinert-exclusion", "room-exclusion")


def test_void_counts_the_triples(atlas: Atlas) -> None:
    graph = rdflib.Graph().parse(data=str(atlas.export("void")), format="turtle")
    void = rdflib.Namespace("http://rdfs.org/ns/void#")
    dataset = rdflib.URIRef("https://w3id.org/sq-graph/")
    assert int(str(graph.value(dataset, void.triples))) == len(atlas.to_rdflib())
    assert list(graph.objects(dataset, rdflib.DCTERMS.creator))


@pytest.mark.wide
def test_merged_shapes_find_what_check_finds(atlas: Atlas) -> None:
    import pyshacl

    shapes = rdflib.Graph().parse(data=str(atlas.export("shapes")), format="turtle")
    assert not list(shapes.triples((None, rdflib.OWL.imports, None)))
    core = Path(sq_graph.__file__).parent.parent / "ontology" / "core.ttl"
    data = rdflib.Graph().parse(core, format="turtle")
    nameless = rdflib.URIRef(f"{ID}agent/nameless")
    data.add((nameless, rdflib.RDF.type, SQ.Person))
    conforms, report, _ = pyshacl.validate(data, shacl_graph=shapes, advanced=True)
    focus = rdflib.URIRef("http://www.w3.org/ns/shacl#focusNode")
    assert not conforms and nameless in set(report.objects(None, focus))


def test_the_catalogue_of_questions_runs_elsewhere(atlas: Atlas) -> None:
    graph = rdflib.Graph().parse(data=str(atlas.export("questions")), format="turtle")
    select = rdflib.URIRef("http://www.w3.org/ns/shacl#select")
    texts = {str(s): str(o) for s, o in graph.subject_objects(select)}
    assert len(texts) == len(atlas.catalogue.names())
    query = next(text for name, text in texts.items() if name.endswith("/rival-definitions"))
    assert len(atlas.graph.select(query)) == len(atlas.ask("rival-definitions").rows)


@pytest.mark.wide
def test_trig_keeps_every_graph(atlas: Atlas) -> None:
    dataset = rdflib.Dataset()
    dataset.parse(data=str(atlas.export("trig")), format="trig")
    assert {str(graph.identifier) for graph in dataset.graphs()} >= set(atlas.graph.graphs())


def test_a_removed_form_names_its_successor(atlas: Atlas) -> None:
    with pytest.raises(InputError, match=r"removed in 0\.2") as caught:
        sq_graph.open().export("nanopub")
    assert "trig" in str(caught.value)


def test_no_mapping_is_exported_as_the_authors_that_we_read_into_it_or_that_is_asked(
    tmp_path: Path,
) -> None:
    from sssom.parsers import parse_sssom_table
    from sssom.writers import to_rdf_graph

    atlas = chan_workspace(tmp_path)
    with atlas.edit() as edit:
        matches: list[tuple[str, AlignmentArgs]] = [
            ("read", {"basis": "read", "holder": "Chan, Joseph"}),
            ("asked", {"hedge": "question", "hedge_words": "is it"}),
            ("drawn", {}),
        ]
        for name, attribution in matches:
            edit.alignment(
                subject=edit.concept(f"bond that is {name}"),
                relation="close",
                object="trust",
                in_="chan-2006",
                page=290,
                summary=f"This match is {name}.",
                name=name,
                **attribution,
            )
    rows = _mappings(str(atlas.export("sssom")))
    own_rows = [row for row in rows if row["record_id"].startswith("my-alignment:")]
    authors = {row["record_id"].partition(":")[2]: row["author_id"] for row in own_rows}
    assert authors == {"read": "", "drawn": "my-agent:chan-joseph"}
    (tmp_path / "m.tsv").write_text(str(atlas.export("sssom")), encoding="utf-8")
    triples = to_rdf_graph(parse_sssom_table(str(tmp_path / "m.tsv")))  # needs compact IRIs
    assert set(triples.subjects(None, rdflib.URIRef(f"{BASE}id/concept/bond-that-is-drawn")))
    assert "1 put as question" in str(atlas.export("sssom"))
    graph = rdflib.Graph().parse(data=str(atlas.export("skos")), format="turtle")
    matched = [s for s in graph.subjects(rdflib.SKOS.closeMatch) if str(s).startswith(BASE)]
    assert matched == [rdflib.URIRef(f"{BASE}id/concept/bond-that-is-drawn")]
    assert {str(note) for note in graph.objects(matched[0], rdflib.SKOS.editorialNote)} == {
        "bond that is drawn ~ trust: This match is drawn. (read in Chan 2006)"
    }
