"""A work that was only cited becomes read: reports beside their originals, and how faithful they are."""

from __future__ import annotations

from pathlib import Path

import pytest

import sq_graph
from sq_graph.atlas import Atlas
from sq_graph.errors import FindingsError, InputError, UnknownName
from sq_graph.importers.workspace import make_workspace
from tests.workspaces import BASE


@pytest.fixture
def atlas(tmp_path: Path) -> Atlas:
    """A workspace in which Barry 1998 was read; what it says there is invented."""
    atlas = sq_graph.open(make_workspace(tmp_path / "review", BASE, "Jana Novak"))
    report = next(d for d in atlas.definitions() if "Barry 1998" in d.label)
    with atlas.edit() as edit:
        first_hand = edit.definition(
            of=report.concept,
            in_="barry-1998",
            page=1,
            summary="Whoever cannot take part in the invented town is excluded.",
            name="barry-1998-itself",
        )
        edit.claim(
            summary="The invented town may split.",
            in_="barry-1998",
            page=2,
            about="social-exclusion",
            hedge_words="may",
        )
        edit.report_of(
            report, first_hand, ["narrowed", "hedge-dropped"], note="The town is left out."
        )
    return atlas


def answer_rows(atlas: Atlas, question: str, **parameters: str) -> list[dict[str, object]]:
    answer = atlas.ask(question, **parameters)
    return [{name: answer.shown(row[name]) for name in answer.columns} for row in answer.rows]


def test_reported_and_first_hand_stand_side_by_side(atlas: Atlas) -> None:
    rows = answer_rows(atlas, "reported-and-first-hand", work="barry-1998")
    linked = [row for row in rows if row["fidelity"]]
    assert {row["fidelity"] for row in linked} == {"narrowed", "hedge dropped"}
    assert {row["reporter"] for row in linked} == {"Phillips 2008"}
    assert {row["note"] for row in linked} == {"The town is left out."}
    assert "invented town is excluded" in str(linked[0]["said"]) and linked[0]["reported"]
    unlinked = [row for row in rows if not row["report"]]
    assert [row["said"] for row in unlinked] == ["The invented town may split."]


def test_each_side_has_its_own_work_and_page(atlas: Atlas) -> None:
    answer = atlas.ask("reported-and-first-hand", work="barry-1998")
    rows = zip(answer.rows, answer.passages, strict=True)
    compared = [passages for row, passages in rows if row["fidelity"]]
    sources = {passage["source"] for passages in compared for passage in passages}
    assert "Barry 1998, p. 1" in sources
    report = "Barry 1998, as reported by Phillips 2008"
    assert any(str(source).startswith(report) for source in sources)


def test_the_question_of_fidelity_answers(atlas: Atlas) -> None:
    counts = {
        row["fidelity"]: row["statements"]
        for row in answer_rows(atlas, "reports-and-fidelity")
        if row["reported"] == "Barry 1998"
    }
    assert (counts["narrowed"], counts["hedge dropped"]) == (1, 1)
    assert counts["not compared"] == 7
    by_work = {row["work"]: row["kind"] for row in answer_rows(atlas, "statements-by-read-work")}
    assert {"Barry 1998", "Phillips 2008"} <= set(by_work)
    assert "Barry 1998" not in {row["work"] for row in answer_rows(atlas, "works-to-read-next")}
    first_row = answer_rows(atlas, "concepts-by-read-works")[0]
    assert int(str(first_row["works"])) >= 2


def test_check_says_what_can_now_be_checked_at_the_source(atlas: Atlas) -> None:
    messages = {f.rule: f.message for f in atlas.check() if f.severity == "Info"}
    not_compared = messages["quality/read-but-not-compared"]
    assert "compared with reports of their work" in not_compared and BASE in not_compared
    to_check = messages["quality/position-to-check-at-the-source"]
    assert "First-hand statements that can check a position" in to_check


def test_the_link_is_the_curators(atlas: Atlas) -> None:
    query = "SELECT ?by { ?link a sq:ReportLink ; dcterms:creator ?by }"
    assert [str(row[0]) for row in atlas.sparql(query).rows] == ["Jana Novak"]
    assert [f.message for f in atlas.check() if f.severity == "Violation"] == []


def test_a_link_goes_with_its_statement(atlas: Atlas) -> None:
    with atlas.edit() as edit:
        edit.delete("barry-1998-itself")
    assert atlas.sparql("SELECT ?link { ?link a sq:ReportLink }").rows == ()


def test_a_link_between_other_kinds_of_statements_is_refused(atlas: Atlas) -> None:
    report = next(d for d in atlas.definitions() if "Barry 1998" in d.label)
    with pytest.raises(FindingsError, match="was not read in the work"), atlas.edit() as edit:
        edit.report_of("barry-1998-itself", "room-1999-rupture", "faithful")
    with pytest.raises(InputError, match="fidelity of the report"), atlas.edit() as edit:
        edit.report_of(report, "barry-1998-itself", [])
    with pytest.raises(UnknownName, match="hedge-dropped"), atlas.edit() as edit:
        edit.report_of(report, "barry-1998-itself", "hedge-droped")  # type: ignore[arg-type]
    with (
        pytest.raises(FindingsError, match="faithful and also with differences"),
        atlas.edit() as edit,
    ):
        edit.report_of(report, "barry-1998-itself", ["faithful", "narrowed"], replace=True)
