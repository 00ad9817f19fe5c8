"""Positions from the workbook: claims, axioms of common patterns, and identities that link them with others."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

import sq_graph
from sq_graph.atlas import Atlas
from sq_graph.errors import InputError
from sq_graph.graph.layout import packaged
from sq_graph.importers.workspace import make_workspace
from sq_graph.model.codes import Basis
from sq_graph.reason.matrix import Matrix
from sq_graph.reason.positions import read_positions
from sq_graph.reason.verdicts import read_stored, unchanged
from sq_graph.vocab import slug_of
from tests.workspaces import BASE, turtle_texts

AXES = ("wessels-miedema-exclusion", "steinert-exclusion")
HEADER = "position,work,page,concept,pattern,other concept,summary,phrase\n"
ROWS = """\
Lund 2004,lund-2004,11,social-exclusion,distinct from,social-cohesion,Exclusion is apart from cohesion.,doors are shut
Lund 2004,lund-2004,12,trust,promotes,social-cohesion,Trust builds cohesion.,trust comes first
Lund 2004,lund-2004,12,social-inclusion,excludes,social-exclusion,Nobody is both.,trust comes first
"""


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    folder = tmp_path_factory.mktemp("positions")
    atlas = sq_graph.open(make_workspace(folder / "review", BASE))
    with atlas.edit() as edit:
        edit.work("lund-2004", title="Bonds in common", authors="Lund, Mara", year=2004)
    (folder / "positions.csv").write_text(HEADER + ROWS, encoding="utf-8")
    atlas.import_(folder / "positions.csv")
    return atlas


def test_rows_of_a_position_become_its_axioms(atlas: Atlas) -> None:
    position = read_positions(atlas.layouts, atlas.graph).positions["lund-2004"]
    axioms = {
        axiom.text.replace(f"{BASE}positions/lund-2004#", "") for axiom in position.content.axioms
    }
    ph = "https://w3id.org/sq-graph/phenomena#"
    disjoint = (
        "SubClassOf(<{}> ObjectComplementOf(ObjectSomeValuesFrom(<" + ph + "constituentOf> <{}>)))"
    )
    assert axioms == {
        disjoint.format("SocialExclusion", "SocialCohesion"),
        disjoint.format("SocialCohesion", "SocialExclusion"),
        f"SubClassOf(<Trust> ObjectSomeValuesFrom(<{ph}promotes> <SocialCohesion>))",
        "SubClassOf(<SocialInclusion> ObjectComplementOf(<SocialExclusion>))",
    }
    claims = {claim for axiom in position.content.axioms for claim in axiom.claims}
    assert claims == position.comprised and len(claims) == 3


def test_a_position_shares_its_words_with_others(atlas: Atlas) -> None:
    """It contradicts an author who places exclusion within the meaning of cohesion."""
    world = read_positions(atlas.layouts, atlas.graph)
    words, _ = world.words("lund-2004", "source")
    shared = {"SocialExclusion", "SocialCohesion", "SocialInclusion", "Trust"}
    assert {name.rpartition("#")[2] for name in words} >= shared
    pytest.importorskip("jpype")
    matrix = atlas.positions()
    assert matrix.details(matrix.finding("lund-2004", "bernard-1999"))["formally"] == "contradict"


def test_check_finds_no_fault_in_a_position(atlas: Atlas) -> None:
    faults = [str(finding) for finding in atlas.check() if finding.severity == "Violation"]
    assert faults == []


def test_the_same_rows_again_change_nothing_and_a_new_row_is_added(
    atlas: Atlas, tmp_path: Path
) -> None:
    root = atlas.layouts[-1].root
    old_files = turtle_texts(root)
    (tmp_path / "again.csv").write_text(HEADER + ROWS, encoding="utf-8")
    atlas.import_(tmp_path / "again.csv")
    assert turtle_texts(root) == old_files


def test_an_edit_adds_a_claim_to_a_position_and_its_summary(tmp_path: Path) -> None:
    atlas = sq_graph.open(make_workspace(tmp_path / "review", BASE))
    rows = [
        ("trust", "promotes", "social-cohesion", "Trust builds cohesion."),
        ("trust", "part of", "social-capital", "Trust is part of capital."),
    ]
    with atlas.edit() as edit:
        edit.work("lund-2004", title="Bonds in common", authors="Lund, Mara", year=2004)
        edit.position("Lund 2004", in_="lund-2004", page=11, axioms=rows[:1])
    for _ in range(2):
        with atlas.edit() as edit:
            position = edit.position("Lund 2004", in_="lund-2004", page=12, axioms=rows[1:])
    content = read_positions(atlas.layouts, atlas.graph).positions["lund-2004"]
    assert len(content.comprised) == 2 == len(content.content.axioms)
    summaries = atlas.graph.select(
        f"SELECT ?s {{ <{position}> sq:readingOf? / sq:summary ?s ; sq:reportedIn/sq:pageLabel '11' }}"
    )
    texts = {row["s"].value for row in summaries}
    assert len(texts) == 1 and all(row[3] in texts.pop() for row in rows[1:])


def test_each_claim_of_a_position_keeps_its_own_hedge(tmp_path: Path) -> None:
    atlas = sq_graph.open(make_workspace(tmp_path / "review", BASE))
    with atlas.edit() as edit:
        edit.work("lund-2004", title="Bonds in common", authors="Lund, Mara", year=2004)
    rows = (
        "Lund 2004,lund-2004,11,trust,promotes,social-cohesion,Trust builds.,,asserted,",
        "Lund 2004,lund-2004,12,trust,part of,social-capital,A part perhaps.,,hedged,perhaps",
        "Lund 2004,lund-2004,12,trust,excludes,social-exclusion,Trust shuts out none.,,,",
    )
    header = HEADER.replace("\n", ",hedge,hedge words\n")
    (tmp_path / "positions.csv").write_text(header + "\n".join(rows), encoding="utf-8")
    atlas.import_(tmp_path / "positions.csv")
    added = "trust | results from | social inclusion | It may follow. | 13 | | hedged | may"
    atlas.add("position", label="Lund anew", in_="lund-2004", page="11", axioms=added)
    world = read_positions(atlas.layouts, atlas.graph)
    contents = (world.positions[slug].content.axioms for slug in ("lund-2004", "lund-anew"))
    claims = [claim for axioms in contents for axiom in axioms for claim in axiom.claims]
    hedges = {slug_of(claim): world.hedges[claim] for claim in claims}
    assert hedges == {
        "lund-2004-trust-promotes-social-cohesion": "asserted",
        "lund-2004-trust-part-of-social-capital": "hedged",
        "lund-2004-trust-incompatible-with-social-exclusion": "asserted",
        "lund-anew-trust-results-from-social-inclusion": "hedged",
    }
    (location,) = atlas.graph.select(
        f"""SELECT ?page ?words {{ <{BASE}id/claim/lund-anew-trust-results-from-social-inclusion>
        sq:reportedIn/sq:pageLabel ?page ; sq:hedgeMarker ?words }}"""
    )
    assert (location["page"].value, location["words"].value) == ("13", "may")


def test_an_unknown_pattern_or_a_claim_that_is_only_asked_is_refused(
    atlas: Atlas, tmp_path: Path
) -> None:
    row = ROWS.splitlines()[1].replace("promotes", "fosters")
    (tmp_path / "wrong.csv").write_text(HEADER + row, encoding="utf-8")
    with pytest.raises(
        InputError, match=r"row 2, column pattern: 'fosters' is not one of part of, kind"
    ):
        atlas.import_(tmp_path / "wrong.csv")
    with pytest.raises(InputError, match="Lund 2004 has no claims"), atlas.edit() as edit:
        edit.position("Lund 2004", in_="lund-2004", page=1, axioms=[])
    rows = ROWS.splitlines()[0] + ",question,"
    (tmp_path / "asked.csv").write_text(HEADER.replace("\n", ",hedge,hedge words\n") + rows)
    with pytest.raises(InputError, match=r"row 2: “Exclusion is apart .*” is asked or disclaimed"):
        atlas.import_(tmp_path / "asked.csv")


@pytest.fixture(scope="module")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    """Two positions over a concept that the packaged background lacks, one of them our interpretation."""
    atlas = sq_graph.open(make_workspace(tmp_path_factory.mktemp("contracts") / "review", BASE))
    with atlas.edit() as edit:
        edit.work("lund-2004", title="Bonds in common", authors="Lund, Mara", year=2004)
        edit.concept("contract")
        rows = (("Lund 2004", "part of", "worded"), ("Lund read anew", "distinct from", "read"))
        for label, pattern, basis in rows:
            edit.position(
                label,
                in_="lund-2004",
                page=11,
                holder="Lund, Mara",
                basis=cast(Basis, basis),
                hedge="hedged" if basis == "read" else "asserted",
                hedge_words="perhaps" if basis == "read" else (),
                axioms=[("contract", pattern, "social-cohesion", "Contracts bear on cohesion.")],
            )
    return atlas


@pytest.fixture(scope="module")
def matrix(contracts: Atlas) -> Matrix:
    """The matrix of both with all others, for which the reasoner is asked once."""
    pytest.importorskip("jpype")
    return contracts.positions()


def test_positions_meet_over_a_word_of_the_workspace(matrix: Matrix) -> None:
    finding = matrix.finding("lund-2004", "lund-read-anew")
    assert finding.verdict() == "contradict if hedged claims are meant"
    assert finding.shares
    stored = read_stored([packaged()])
    current = unchanged(matrix.world, stored)
    assert current == set(stored["digests"])  # the rest of the matrix stays as it is


def test_our_interpretation_is_not_presented_as_the_authors_view(matrix: Matrix) -> None:
    asserted = replace(matrix, asserted_only=True)
    assert asserted.warrant_of(["lund-2004"]) == "as stated in Lund 2004"
    assert asserted.warrant_of(["lund-read-anew"]) == "in our interpretation of Lund 2004"
    both = asserted.warrant_of(["lund-2004", "lund-read-anew"])
    assert both == "as stated in Lund 2004, and in our interpretation of Lund 2004"
    assert "Only claims that are asserted without a hedge count." in asserted.notes
    assert "asserted without a hedge" not in " ".join(matrix.notes)


def test_a_position_has_the_year_of_its_label(contracts: Atlas) -> None:
    years = {str(row["position"]): row.get("year") for row in contracts.ask("positions").rows}
    assert years[contracts.find("Lund 2004", "position")] == 2004
    assert not years[contracts.find("Lund read anew", "position")]


def test_who_opposes_two_positions_is_named_with_the_hedge(contracts: Atlas) -> None:
    with contracts.edit() as edit:
        edit.work("chan-2006", title="Reconsidering", authors="Chan, Joseph", year=2006)
        parties = ["lund-2004", "lund-read-anew"]  # the first is a work as well
        edit.disagreement(
            "Is a contract a bond?",
            parties=parties,
            about="contract",
            ground="definition",
            in_="chan-2006",
            page=80,
            holder="Chan, Joseph",
            hedge_words="seem to",
        )
        matrix = edit.matrix("Bonds", axes=AXES, in_="chan-2006", page=81)
        cell = edit.cell(
            matrix,
            crosses=["severe exclusion", "steinert-overall"],
            in_="chan-2006",
            page=81,
            summary="No bond is of both kinds.",
            coverage="not-applicable",
        )
    clash = contracts.clash(*parties).to_text()
    assert "Is a contract a bond?: Chan 2006, p. 80; hedged (“seem to”)" in " ".join(clash.split())
    rows = contracts.ask("disagreements", disagreement="is-a-contract-a-bond").rows
    assert {(row["set_up_by"], row["how_firmly"]) for row in rows} == {
        (contracts.find("chan-2006", "work"), "https://w3id.org/sq-graph/core#hedge-hedged")
    }
    cells = {row["cell"]: row["coverage"] for row in contracts.ask("cells", matrix=matrix).rows}
    assert str(cells[cell]).endswith("coverage-not-applicable")


def test_the_file_of_identities_imports_what_it_names_until_that_is_deleted(
    tmp_path: Path,
) -> None:
    """The OWL API cannot read a file of axioms about classes that it does not know."""
    atlas = sq_graph.open(make_workspace(tmp_path / "review", BASE))
    links = (("trust", "inequality"), ("belonging", "inequality"), ("equality", "inequality"))
    axioms = [(a, "kind of", b, f"{a} is {b}") for a, b in (*links, ("inequality", "solidarity"))]
    with atlas.edit() as edit:
        edit.work("lund-2004", title="Bonds in common", authors="Lund, Mara", year=2004)
        for label in ("Lund 2004", "Lund anew"):
            edit.position(label, in_="lund-2004", page=1, axioms=axioms)
    path = tmp_path / "review/ontology/same-meaning.ttl"
    imports = path.read_text(encoding="utf-8").partition("owl:imports")[2].partition(" .\n")[0]
    modules = [
        f"{BASE}{name}" for name in ("phenomena", "positions/lund-2004", "positions/lund-anew")
    ]
    packaged_modules = ["https://w3id.org/sq-graph/core", "https://w3id.org/sq-graph/phenomena"]
    assert re.findall("<(.*?)>", imports) == [*modules, *packaged_modules]
    assert not [f for f in atlas.check() if "other end" in f.message]  # the middle of a chain
    with atlas.edit() as edit:
        edit.delete("lund-anew", cascade=True)
    assert "lund-2004" in path.read_text(encoding="utf-8")
    assert "lund-anew" not in path.read_text(encoding="utf-8")
