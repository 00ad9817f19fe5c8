"""Derived files follow from their sources, are reported where they are stale, and are correct."""

from __future__ import annotations

import json
import re
import shutil
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

import pytest

import sq_graph
from sq_graph import resources, turtle
from sq_graph.errors import BrokenFile, MissingDependency
from sq_graph.graph.embedded import EmbeddedGraph, load_files
from sq_graph.graph.layout import Layout, packaged
from sq_graph.queries import Catalogue, prologue
from sq_graph.reason import engine
from sq_graph.sync import reference, sync
from sq_graph.turtle import read_file
from sq_graph.turtle.terms import IMPORTS, ONTOLOGY, TYPE, iri_terms
from sq_graph.vocab import BASE, SQ, shorten

MINE = "https://example.org/my-review/"
(DEFINED_BY,) = iri_terms("rdfs:isDefinedBy")


def write_ontology(path: Path, iri: str, *imports: str) -> None:
    """Writes the header of the ontology `iri`, which imports others."""
    path.parent.mkdir(parents=True, exist_ok=True)
    statements = "".join(f"; {IMPORTS} <{imported}>\n" for imported in imports)
    path.write_text(f"<{iri}> a {ONTOLOGY} {statements} .\n")


def imports_of(path: Path) -> set[str]:
    return {o[1:-1] for _, p, o in turtle.read_file(path).triples if p == IMPORTS}


def catalog_of(path: Path) -> dict[str, Path]:
    """The files in the catalog beside a file, by their IRI."""
    entries = ElementTree.parse(path.with_name("catalog-v001.xml")).getroot()
    return {
        str(entry.get("name")): (path.parent / str(entry.get("uri"))).resolve() for entry in entries
    }


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "my review"
    write_ontology(
        folder / "ontology" / "data" / "works" / "chan-2006.ttl",
        f"{MINE}data/works/chan-2006",
        f"{BASE}core",
    )
    (folder / "workspace.toml").write_text(f'base = "{MINE}"\n')
    return folder


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small map of the same layout as the package."""
    core = (resources.root() / "ontology" / "core.ttl").read_text()
    (tmp_path / "ontology").mkdir()
    (tmp_path / "ontology" / "core.ttl").write_text(core)
    shutil.copytree(resources.root() / "ontology" / "imports", tmp_path / "ontology" / "imports")
    for name, *imports in (
        ("data/agents", "core"),
        ("positions/bernard-1999", "phenomena"),
        ("phenomena", "core"),
        ("same-meaning", "core"),
    ):
        write_ontology(
            tmp_path / "ontology" / f"{name}.ttl", BASE + name, *(BASE + other for other in imports)
        )
    write_ontology(tmp_path / "ontology" / "sq-graph.ttl", f"{BASE}sq-graph", f"{BASE}data/gone")
    return tmp_path


# ---- the packaged map


def test_the_committed_files_are_what_sync_derives() -> None:
    stale = sync(resources.root(), check=True)
    assert not stale, "\n".join(map(str, stale))


def test_every_import_of_every_file_is_found_through_the_catalog_beside_it() -> None:
    files = {file.path: file.iri for file in packaged().files()}
    imports = {path: imports_of(path) for path in files}
    for path in files:
        catalog = catalog_of(path)
        pending, visited = set(imports[path]), set[str]()
        while pending:
            iri = pending.pop()
            assert files[catalog[iri]] == iri
            visited.add(iri)
            pending |= imports[catalog[iri]] - visited


# ---- roots and catalogs


def test_the_root_imports_vocabulary_and_data_but_no_thesis(checkout: Path) -> None:
    stale = sync(checkout)
    assert imports_of(checkout / "ontology" / "sq-graph.ttl") == {
        f"{BASE}{name}" for name in ("core", "phenomena", "data/agents")
    }
    assert checkout / "ontology" / "positions" / "catalog-v001.xml" in {file.path for file in stale}
    catalog = (checkout / "ontology" / "positions" / "catalog-v001.xml").read_text()
    assert (
        f'<uri name="{BASE}phenomena" uri="../phenomena.ttl"/>' in catalog
        and "agents" not in catalog
    )
    assert sync(checkout) == []


def test_a_workspace_gets_a_root_over_ours_and_catalogs_that_find_both(workspace: Path) -> None:
    assert {file.path.name for file in sync(workspace)} == {"map.ttl", "catalog-v001.xml"}
    root = workspace / "ontology" / "map.ttl"
    assert imports_of(root) == {f"{BASE}sq-graph", f"{MINE}data/works/chan-2006"}
    catalog = catalog_of(root)
    assert catalog[f"{BASE}core"] == (resources.root() / "ontology" / "core.ttl").resolve()
    assert catalog[f"{MINE}data/works/chan-2006"].is_file() and set(catalog) >= imports_of(root)
    assert "licenses/by/4.0" in root.read_text(encoding="utf-8"), (
        "a file without a licence fails the check"
    )


def test_a_new_file_makes_dependent_files_stale_and_check_reports_them_without_writing(
    workspace: Path,
) -> None:
    sync(workspace)
    write_ontology(
        workspace / "ontology" / "data" / "works" / "dahl-2010.ttl",
        f"{MINE}data/works/dahl-2010",
        f"{BASE}core",
    )
    old_files = {path: path.read_bytes() for path in workspace.rglob("*") if path.is_file()}
    stale = sync(workspace, check=True)
    assert [file.path.name for file in stale] == ["catalog-v001.xml", "map.ttl"]
    assert all("run sq-graph sync" in str(file) for file in stale)
    new_files = {path: path.read_bytes() for path in workspace.rglob("*") if path.is_file()}
    assert new_files == old_files
    assert sync(workspace) and sync(workspace) == []


def test_what_a_person_wrote_in_the_root_is_kept(workspace: Path) -> None:
    sync(workspace)
    root = workspace / "ontology" / "map.ttl"
    root.write_text(root.read_text().replace("rdfs:label", 'rdfs:comment "Mine." ; rdfs:label'))
    sync(workspace)
    assert 'rdfs:comment "Mine."' in root.read_text() and len(imports_of(root)) == 2


@pytest.mark.parametrize(
    ("iri", "imported", "sentence"),
    [
        (
            f"{MINE}data/x",
            "https://example.org/nowhere",
            r"x\.ttl:2: imports <https://example.org/nowhere>",
        ),
        (
            f"{MINE}data/y",
            f"{BASE}core",
            r"x\.ttl:1: the file does not declare the one ontology that matches its path",
        ),
    ],
)
def test_a_file_with_an_unknown_import_or_a_wrong_iri_is_named(
    workspace: Path, iri: str, imported: str, sentence: str
) -> None:
    path = workspace / "ontology" / "data" / "x.ttl"
    write_ontology(path, iri)
    path.write_text(f"{path.read_text()}<{iri}> {IMPORTS} <{imported}> .")
    with pytest.raises(BrokenFile, match=sentence):
        sync(workspace)
    assert not (workspace / "ontology" / "map.ttl").exists()


# ---- verdicts on positions


@pytest.fixture
def positions(tmp_path: Path) -> Path:
    """The positions of a copy of the packaged map without its pages: three of them."""
    folder = tmp_path / "ontology" / "positions"
    shutil.copytree(resources.root() / "ontology", folder.parent)
    identities = folder.with_name("same-meaning.ttl")
    for module in folder.glob("*.ttl"):
        if module.stem not in ("bernard-1999", "social-quality-2001", "wessels-miedema-2002"):
            module.unlink()
            identities.write_text(
                identities.read_text().replace(f"<{BASE}positions/{module.stem}>,", "")
            )
    return folder


def change_one_basis(module: Path) -> None:
    module.write_text(module.read_text().replace("basis-reported", "basis-read", 1))


@pytest.mark.wide
def test_verdicts_go_stale_with_a_module_and_are_derived_anew(
    positions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, verdicts, module = (
        positions.parent.parent,
        positions / "verdicts.json",
        positions / "bernard-1999.ttl",
    )
    sync(folder)
    old_verdicts, old_module = verdicts.read_text(), module.read_text()
    with monkeypatch.context() as patch:
        patch.setattr(engine, "run", lambda *_: pytest.fail("the reasoner is asked"))
        assert sync(folder, check=True) == sync(folder) == []
        change_one_basis(module)
        assert [file.path for file in sync(folder, check=True)] == [verdicts]
    assert [*map(str, sync(folder))] == [f"{verdicts}: was rewritten"]
    assert verdicts.read_text() != old_verdicts and sync(folder, check=True) == []
    module.write_text(old_module)
    sync(folder)
    assert verdicts.read_text() == old_verdicts, "verdicts must not depend on earlier ones"


def test_without_java_stale_verdicts_are_named_and_the_rest_is_derived(
    positions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_one_basis(positions / "bernard-1999.ttl")
    monkeypatch.setattr(engine, "_java_homes", lambda: iter(()))
    stale = sync(positions.parent.parent, check=True)
    assert positions / "verdicts.json" in {file.path for file in stale}
    (positions / "catalog-v001.xml").unlink()
    with pytest.raises(
        MissingDependency,
        match=r"verdicts.json is stale, and the reasoner that derives it is not installed",
    ):
        sync(positions.parent.parent)
    assert (positions / "catalog-v001.xml").is_file()


# ---- reference pages


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """The pages as derived from the current files."""
    return {path.stem: text for path, text in reference.pages(packaged()).items()}


def reference_matches(pattern: str) -> list[str]:
    page = (resources.root() / "docs" / "reference" / "ontology.md").read_text()
    return re.findall(pattern, page, re.DOTALL)


QUERIES = reference_matches("```sparql\n(.*?)```") + reference_matches(
    "<!-- derived: every_row(.*?)-->"
)
THINGS = reference_matches("<!-- derived: turtle(.*?)-->")[0].split()


@pytest.fixture(scope="module")
def graph() -> EmbeddedGraph:
    graph = EmbeddedGraph()
    load_files(graph, ((file.path, file.iri, file.listed) for file in packaged().files()))
    return graph


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.strip().split("\n")[0][:40])
def test_every_worked_query_has_an_answer(query: str, graph: EmbeddedGraph) -> None:
    assert len(graph.select(prologue() + query)) > 1


@pytest.mark.parametrize("name", THINGS)
def test_every_thing_printed_in_the_reference_exists(name: str, graph: EmbeddedGraph) -> None:
    assert graph.ask(prologue() + f"ASK {{ {name} a ?kind }}")


def test_the_reference_names_every_term_with_its_definition(pages: dict[str, str]) -> None:
    page = pages["ontology"]
    core = turtle.read_file(resources.root() / "ontology" / "core.ttl").triples
    terms = {s for s, p, _ in core if s.startswith(f"<{SQ}")}
    assert {term for term in terms if f"{shorten(term[1:-1])}" not in page} == set()
    definitions = [
        o[1:].rpartition('"')[0]
        for s, p, o in core
        if s in terms and p.endswith("#definition>") and "\\" not in o
    ]
    assert [text for text in definitions if text.replace("|", "\\|") not in page] == []


def test_every_link_of_the_reference_leads_somewhere() -> None:
    for path, text in reference.pages(packaged()).items():
        headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
        anchors = {
            re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings
        }
        assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors
        for target in re.findall(r"\]\(([^#)][^)]*)\)", text):
            assert (path.parent / target).is_file(), target


def test_every_question_and_every_rule_is_in_the_reference(pages: dict[str, str]) -> None:
    for question in Catalogue(packaged().queries()).questions(quality=True):
        assert f"### {question.title}\n\n{question.question}" in pages["questions"]
    for path in packaged().shapes():
        for s, p, o in turtle.read_file(path).triples:
            if p.endswith("shacl#message>") and s.startswith("<") and "\\" not in o:
                assert o[1:].rpartition('"')[0].replace("|", "\\|") in pages["shapes"], s


def test_only_the_text_between_marks_is_derived(checkout: Path) -> None:
    page = checkout / "docs" / "terms.md"
    page.parent.mkdir()
    page.write_text("Before.\n<!-- derived: prefixes -->\nold\n<!-- end -->\nAfter.\n")
    (page.parent / "other.md").write_text("No mark.\n")
    (text,) = reference.pages(Layout(checkout)).values()
    assert re.match(
        r"Before\.\n<!-- derived: prefixes -->\n\n```\nPREFIX .*```\n\n<!-- end -->\nAfter\.\n$",
        text,
        re.DOTALL,
    )
    assert reference.pages(Layout(checkout, MINE)) == {}
    page.write_text(text)
    assert reference.pages(Layout(checkout)) == {page: text}


def test_a_file_without_an_ontology_header_is_refused(workspace: Path) -> None:
    (workspace / "ontology" / "data" / "bare.ttl").write_text("<x:a> <x:b> <x:c> .")
    with pytest.raises(BrokenFile, match=rf"bare\.ttl:1: .*<{MINE}data/bare> a owl:Ontology"):
        sync(workspace)


def test_every_ontology_is_citable_and_every_term_says_where_it_is_defined() -> None:
    version, contributors = resources.VERSION, '"The sq-graph contributors"'
    for file in packaged().files():
        header: dict[str, set[str]] = defaultdict(set)
        triples = read_file(file.path).triples
        for s, p, o in triples:
            if s == f"<{file.iri}>":
                header[shorten(p[1:-1])].add(o)
        path = file.iri.removeprefix(BASE)
        assert header["owl:versionIRI"] == {f"<{BASE}{version}/{path}>"}, path
        for role in ("dcterms:creator", "dcterms:contributor", "dcterms:publisher"):
            assert header[role] == {contributors}, path
        dates = ("dcterms:created", "dcterms:issued", "dcterms:modified")
        created, issued, modified = (max(header[date])[1:-1] for date in dates)
        assert "2026-11-22" <= created <= issued == modified == resources.RELEASED
        has_prior_version = created <= resources.PRIOR_RELEASED
        assert ("owl:priorVersion" in header) == has_prior_version, path
        assert header["dcterms:license"] and header["dcterms:title"]
        assert version in max(header["dcterms:bibliographicCitation"])
        terms = {s for s, p, _ in triples if p == TYPE and s.startswith(f"<{file.iri}#")}
        defined = {s for s, p, o in triples if p == DEFINED_BY and o == f"<{file.iri}>"}
        assert terms == defined
        assert ("vann:preferredNamespacePrefix" in header) == bool(terms)


def test_the_version_is_the_same_everywhere(checkout: Path) -> None:
    names = ("CITATION.cff", "codemeta.json", ".zenodo.json", "CHANGELOG.md")
    for name in names:
        shutil.copy(Path(__file__).parents[1] / name, checkout / name)
    cff, codemeta, zenodo, changelog = ((checkout / name).read_text() for name in names)
    assert f"version: {resources.VERSION}\ndate-released: {resources.RELEASED}" in cff
    for text in (codemeta, zenodo):
        assert json.loads(text)["version"] == resources.VERSION
    assert sq_graph.__version__ == resources.VERSION
    source = Path(resources.__file__).read_text()
    assert re.search(f'^VERSION = "{resources.VERSION}"$', source, re.M), "as hatchling reads it"
    assert f"## {resources.VERSION} ({resources.RELEASED})" in changelog
    (checkout / "CITATION.cff").write_text(cff.replace(resources.VERSION, "9.9.9"))
    assert checkout / "CITATION.cff" in {file.path for file in sync(checkout, check=True)}
