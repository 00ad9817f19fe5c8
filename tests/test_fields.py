"""Another field brings its own aspects as files: rival definitions of a period, from entries of PeriodO, compare."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

import sq_graph
from sq_graph.atlas import Atlas
from sq_graph.check import check
from sq_graph.graph.layout import Layout, workspace

PERIODS = Path(__file__).parent / "fields" / "periods"


@pytest.fixture(scope="module")
def periods() -> Atlas:
    return sq_graph.open(PERIODS)


def comparison_records(atlas: Atlas, concept: str) -> Sequence[Mapping[str, object]]:
    table = atlas.compare(concept)
    return (table.records or table).to_dicts()


def cells_by_aspect(atlas: Atlas) -> dict[str, dict[str, object]]:
    """Aspect → holder → the value of the definition, several values joined."""
    cells: dict[str, dict[str, object]] = {}
    for record in comparison_records(atlas, "iron-age"):
        row = cells.setdefault(str(record["aspect"]), {})
        holder, value = str(record["holder"]), record["value"]
        row[holder] = f"{row[holder]}; {value}" if holder in row else value
    return cells


def test_periods_compare_by_their_own_aspects_alone(periods: Atlas) -> None:
    assert cells_by_aspect(periods) == {
        "begins": {
            "Mazar 1992": "1200 BC",
            "Hodos 2006": "twelfth century BC",
            "Portable Antiquities Scheme 2003": "800 BC",
            "Pleiades": "800 BC",
            "Scullard 1979": "not coded",
        },
        "ends": {
            "Mazar 1992": "586 BC",
            "Hodos 2006": "sixth century BC",
            "Portable Antiquities Scheme 2003": "AD 42",
            "Pleiades": "AD 100",
            "Scullard 1979": "not coded",
        },
        "place": {
            "Mazar 1992": "Palestine",
            "Hodos 2006": "Greece; Near East",
            "Portable Antiquities Scheme 2003": "silent",
            "Pleiades": "Britain",
            "Scullard 1979": "not coded",
        },
    }


def test_questions_of_the_catalogue_answer_for_periods(periods: Atlas) -> None:
    answer = periods.ask("definitions-by-aspect", aspect="begins", concept="iron-age")
    assert sorted({str(row["found"]) for row in answer.rows}) == [
        "1200 BC",
        "800 BC",
        "not coded",
        "twelfth century BC",
    ]
    assert {passage["distance"] for passages in answer.passages for passage in passages} == {
        "reported"
    }
    hedges = {
        str(row["definition"]).rsplit("/", 1)[-1]: passages[0]["markers"]
        for row, passages in zip(answer.rows, answer.passages, strict=True)
    }
    assert hedges["pleiades"] == "ca." and hedges["mazar-1992"] == ""


def test_constructs_are_not_compared_by_the_aspects_of_periods(periods: Atlas) -> None:
    aspects = {record["aspect"] for record in comparison_records(periods, "altruism")}
    assert aspects and not aspects & {"begins", "ends", "place"}


def test_one_more_aspect_is_one_more_file(tmp_path: Path) -> None:
    shutil.copytree(PERIODS, tmp_path / "periods")
    aspects = tmp_path / "periods" / "ontology" / "data" / "aspects"
    text = (aspects / "place.ttl").read_text(encoding="utf-8").replace("place", "people")
    (aspects / "people.ttl").write_text(text.replace("sq:rank 3", "sq:rank 4"), encoding="utf-8")
    cells = cells_by_aspect(sq_graph.open(tmp_path / "periods"))
    assert list(cells) == ["begins", "ends", "place", "people"]
    assert set(cells["people"].values()) == {"not coded"}


def test_periods_pass_every_shape_and_check(light_folder: Path) -> None:
    findings = check([Layout(light_folder), workspace(PERIODS)])
    assert [str(finding) for finding in findings if finding.severity != "Info"] == []
