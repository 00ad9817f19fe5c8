"""The tiny world: every answer is known, every phrase is in its source, and it opens like any map of a user."""

from __future__ import annotations

from pathlib import Path

import pytest

import sq_graph
from sq_graph.atlas import Atlas
from sq_graph.check import check
from sq_graph.errors import UnknownName
from sq_graph.evidence import PhraseOutcome, read_anchors, read_source, verify
from sq_graph.graph.layout import packaged, workspace
from tests.test_queries import mini

pytestmark = pytest.mark.usefixtures("light_content")

MINI = Path(__file__).parent / "mini"
KINDS = (
    "Agent",
    "Work",
    "Passage",
    "Section",
    "Citation",
    "Concept",
    "Definition",
    "Ingredient",
    "Coding",
    "Aspect",
    "Typology",
    "Category",
    "Matrix",
    "Cell",
    "Union",
    "Alignment",
    "DeniedAlignment",
    "UndrawnAlignment",
    "Claim",
    "Disagreement",
    "Question",
    "Model",
    "Position",
    "Case",
    "Stereotype",
    "Erratum",
    "Ambiguity",
    "Tension",
    "Shift",
    "Observation",
)


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    """The tiny world over the packaged map, as a user opens it."""
    return sq_graph.open(MINI)


def test_holds_every_kind_of_thing() -> None:
    assert [kind for kind in KINDS if not mini().names.of_class(f"sq:{kind}")] == []


def test_passes_every_shape_and_check() -> None:
    findings = check([packaged(), workspace(MINI)])
    assert [str(finding) for finding in findings if finding.severity != "Info"] == []


def test_every_phrase_and_hedge_is_in_the_source() -> None:
    source = read_source(
        MINI / "source" / "b-2005.txt", work="B 2005", pages=MINI / "source" / "b-2005.tsv"
    )
    report = verify(read_anchors(mini().graph), [source])
    assert report.findings and {finding.outcome for finding in report.findings} == {
        PhraseOutcome.EXACT
    }


def test_own_things_are_found_before_packaged_ones_and_beside_them(atlas: Atlas) -> None:
    assert atlas.find("author-a") == "https://example.org/mini/id/agent/author-a"
    assert atlas.find("typology:a-sizes") == "https://example.org/mini/id/typology/a-sizes"
    assert atlas.find("room-1999", "work") == "https://w3id.org/sq-graph/id/work/room-1999"
    with pytest.raises(UnknownName, match="a-sizes"):
        atlas.find("a-size", "typology")


def test_a_union_is_shown_as_one_and_an_interpretation_only_on_request(atlas: Atlas) -> None:
    def match_rows(readings: bool) -> list[tuple[object, ...]]:
        table = atlas.compare("a-sizes", "d-kinds", readings=readings)
        return [tuple(row.values())[:3] for row in (table.records or table).to_dicts()]

    rows = match_rows(readings=False)
    assert any(
        "tent" in str(row[0]) and "hut" in str(row[0]) and "lean-to" in str(row[2]) for row in rows
    )
    assert not any(str(row[0]) == "tent (A)" and "lean-to" in str(row[2]) for row in rows)


def test_rivals_compare_with_silence_shown(atlas: Atlas) -> None:
    records = atlas.compare("shelter").records
    assert records
    values: dict[tuple[object, object], list[object]] = {}
    for row in records.to_dicts():
        values.setdefault((row["holder"], row["aspect"]), []).append(row["value"])
    assert sorted(map(str, values["A 2001", "made of"])) == ["neighbours", "roof", "silent"]
    assert values["D 2003", "tenure"] == ["silent"]
    assert values["Author B or Author D", "tenure"] == ["not coded"]


def test_packaged_questions_answer_over_both_worlds(atlas: Atlas) -> None:
    answer = atlas.ask("works-by-distance")
    works = {answer.shown(row["work"]) for row in answer.rows}
    assert {"B 2005", "Phillips 2008"} <= works
    assert (
        len(atlas.ask("composite-definitions"))
        == len(sq_graph.open().ask("composite-definitions")) + 2
    )
