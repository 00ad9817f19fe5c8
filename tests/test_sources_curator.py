"""Interpretations by the authors of a map are statements like others, attributed to these authors alone."""

from __future__ import annotations

import csv
import io
import tomllib
from pathlib import Path

import pytest

import sq_graph
from sq_graph.atlas import Atlas
from sq_graph.errors import InputError
from sq_graph.importers.workspace import make_workspace
from tests.conftest import attribution_of
from tests.workspaces import BASE

OURS = "our interpretation (Jana Novak)"


@pytest.fixture
def atlas(tmp_path: Path) -> Atlas:
    atlas = sq_graph.open(make_workspace(tmp_path / "review", BASE, "Jana  Novak"))
    with atlas.edit() as edit:
        edit.work("chan-2006", title="Reconsidering", authors="Chan, Joseph", year=2006)
        edit.typology(
            "Chan: levels of exclusion",
            divides="social-exclusion",
            in_="chan-2006",
            page=3,
            categories=["near", "far"],
            name="chan-levels",
        )
        edit.alignment(
            subject="chan-levels-far",
            relation="close",
            object="steinert-overall",
            basis="read",
            summary="Both leave nothing over.",
        )
        edit.alignment(
            subject="chan-levels",
            relation="overlaps",
            object="steinert-exclusion",
            basis="read",
            denied=True,
        )
        edit.claim(summary="Both count from one end.", about="social-exclusion", basis="read")
        edit.disagreement(
            "is exclusion near or far?",
            parties=["bernard-1999-containment", "ours-both-count-from-one-end"],
            about="social-exclusion",
            ground="scope",
        )
    return atlas


def test_a_workspace_names_its_curator_and_keeps_its_other_settings(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "mine", BASE)
    path = folder / "workspace.toml"
    path.write_text(path.read_text() + 'title = "Mine"\n', encoding="utf-8")
    make_workspace(folder, "", 'Jana "J" Novak')
    make_workspace(folder, "")
    settings = tomllib.loads(path.read_text(encoding="utf-8"))
    assert settings["curator"] == 'Jana "J" Novak'
    assert (settings["title"], settings["base"]) == ("Mine", BASE)


def test_an_alignment_of_the_curator_is_compared_and_attributed(atlas: Atlas) -> None:
    table = atlas.compare("chan-levels", "steinert-exclusion")
    row = next(row for row in table.rows if str(row[0]).startswith("far"))
    assert str(row[1]).splitlines()[-1] == OURS
    assert "Our interpretations are not those of the authors." in table.notes
    groups = zip(table.groups, table.rows, strict=True)
    wholes = next(row for group, row in groups if "wholes" in group)
    assert "denied: overlaps" in str(wholes[1])
    records = list(csv.DictReader(io.StringIO(table.to_csv())))
    assert {record["holder"] for record in records} == {OURS}
    assert {record["read in"] for record in records} == {""}


def test_it_is_never_attributed_to_the_work(atlas: Atlas) -> None:
    query = "SELECT ?s { ?s dcterms:creator 'Jana Novak' ; sq:heldBy|sq:statedIn ?who }"
    assert atlas.sparql(query).rows == ()
    claim = next(claim for claim in atlas.claims() if claim.iri.startswith(BASE))
    attribution = attribution_of(claim)
    assert (attribution.source, attribution.distance) == (OURS, "our interpretation")
    assert attribution.basis == "read"
    assert not any("Chan" in str(holder) for holder in attribution.holders)
    assert [f.message for f in atlas.check() if f.severity == "Violation"] == []


def test_it_is_exported_with_its_author(atlas: Atlas) -> None:
    text = str(atlas.export("sssom"))
    rows = csv.DictReader((line for line in text.splitlines() if line[0] != "#"), delimiter="\t")
    own_rows = [row for row in rows if row["record_id"].startswith("my-")]
    [drawn] = [row for row in own_rows if not row["predicate_modifier"]]
    assert drawn["author_label"] == "Jana Novak"
    assert (drawn["author_id"], drawn["mapping_source"], drawn["other"]) == ("", "", OURS)


def test_an_interpretation_of_one_page_names_the_work_as_its_matter(atlas: Atlas) -> None:
    with atlas.edit() as edit:
        claim = edit.claim(
            summary="Levels are distances.", in_="chan-2006", page=3, about="trust", basis="read"
        )
    assert attribution_of(atlas.claim(claim)).source == f"{OURS} of Chan 2006, p. 3"


def test_a_statement_of_an_author_needs_its_work(atlas: Atlas) -> None:
    with pytest.raises(InputError, match="the work in which this was read"), atlas.edit() as edit:
        edit.claim(summary="Trust comes first.", about="trust")
    with pytest.raises(InputError, match="the work in which this was read"), atlas.edit() as edit:
        edit.claim(summary="Trust comes first.", about="trust", basis="read", holder="Room")
