"""Second readings are records bound to content, and what was changed since is a draft again."""

from __future__ import annotations

from pathlib import Path

import pytest

import sq_graph
from sq_graph.atlas import Atlas
from sq_graph.errors import SqGraphError
from sq_graph.graph.layout import workspace
from sq_graph.importers.workspace import make_workspace
from sq_graph.model.second_readings import changed_since_reading, second_readings
from sq_graph.sync import sync

BASE = "https://example.org/review/"
TRUST = f"{BASE}id/claim/trust-first"
CHAN = f"{BASE}id/definition/chan-cohesion"


@pytest.fixture
def atlas(tmp_path: Path) -> Atlas:
    atlas = sq_graph.open(make_workspace(tmp_path / "review", BASE))
    with atlas.edit() as edit:
        edit.work("chan-2006", title="Reconsidering", authors="Chan, Joseph", year=2006)
        edit.claim(
            summary="Trust makes cohesion.",
            in_="chan-2006",
            page=1,
            about="trust",
            name="trust-first",
        )
        edit.definition(
            of="social-cohesion",
            in_="chan-2006",
            page="290–291",
            phrase="a state of affairs",
            summary="A state of affairs.",
            name="chan-cohesion",
            aspects={"degree": "ranked"},
        )
    return atlas


def reviews(atlas: Atlas) -> dict[str, str]:
    claim, definition = atlas.claim("trust-first"), atlas.definition("chan-cohesion")
    return {one.iri.rpartition("/")[2]: one.attribution.review for one in (claim, definition)}


def findings(atlas: Atlas) -> list[str]:
    return [one.message for one in atlas.check() if one.rule == "second-reading"]


def file_of(atlas: Atlas) -> Path:
    return atlas.layouts[-1].ontology / "data" / "works" / "chan-2006.ttl"


def test_a_second_reading_names_statement_reader_and_day(atlas: Atlas) -> None:
    with atlas.edit() as edit:
        edit.second_reading("trust-first", by="Jana  Novak", date="2026-11-01", note="Page right.")
    (record,) = second_readings(atlas.graph, [TRUST])
    assert (record.reader, record.date, record.note) == ("Jana Novak", "2026-11-01", "Page right.")
    assert reviews(atlas) == {"trust-first": "second-read", "chan-cohesion": "draft"}
    assert findings(sq_graph.open(atlas.layouts[-1].root)) == []


def test_a_statement_can_be_read_in_the_edit_that_makes_it(atlas: Atlas) -> None:
    with atlas.edit() as edit:
        made = edit.claim(
            summary="Hope helps.", in_="chan-2006", page=2, about="trust", name="hope"
        )
        edit.second_reading(made)
    assert atlas.claim("hope").attribution.review == "second-read"
    assert sq_graph.open(atlas.layouts[-1].root).claim("hope").attribution.review == "second-read"


def test_an_edit_makes_a_draft_again_and_check_names_it(atlas: Atlas) -> None:
    with atlas.edit() as edit:
        edit.second_reading("trust-first")
        edit.second_reading("chan-cohesion")
    with atlas.edit() as edit:
        edit.update("trust-first", summary="Trust alone makes cohesion.")
    assert reviews(atlas) == {"trust-first": "draft", "chan-cohesion": "second-read"}
    (found,) = findings(atlas)
    assert found == f"1 statement changed since a second reading: {TRUST}"


@pytest.mark.parametrize(
    ("old", "new", "is_changed"),
    [
        ("Trust makes cohesion.", "Trust hinders cohesion.", True),
        ("sq:hedge-asserted", "sq:hedge-presumed", True),
        ('sq:pageLabel "1"', 'sq:pageLabel "11"', True),
        (
            "sq:pageBasis-printed",
            "sq:pageBasis-printed ;\n    sq:firstLine 3 ;\n    sq:lastLine 4",
            False,
        ),
    ],
)
def test_what_is_changed_by_hand_is_a_draft(
    atlas: Atlas, old: str, new: str, is_changed: bool
) -> None:
    with atlas.edit() as edit:
        edit.second_reading("trust-first")
    path = file_of(atlas)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    again = sq_graph.open(atlas.layouts[-1].root)
    assert again.claim("trust-first").attribution.review == (
        "draft" if is_changed else "second-read"
    )
    assert changed_since_reading(again.graph) == ((TRUST,) if is_changed else ())


def test_a_definition_is_read_with_its_codings(atlas: Atlas) -> None:
    with atlas.edit() as edit:
        edit.second_reading("chan-cohesion-degree")  # its coding
    assert reviews(atlas)["chan-cohesion"] == "second-read"
    with atlas.edit() as edit:
        edit.update("chan-cohesion", aspects={"degree": "silent"})
    assert reviews(atlas)["chan-cohesion"] == "draft"
    with atlas.edit() as edit:
        edit.second_reading("chan-cohesion", date="2026-11-02")
    assert [one.date for one in second_readings(atlas.graph, [CHAN])] == ["2026-11-02"]
    assert reviews(atlas)["chan-cohesion"] == "second-read"


def test_a_record_goes_with_its_statement(atlas: Atlas) -> None:
    with atlas.edit() as edit:
        edit.second_reading("trust-first")
    with atlas.edit() as edit:
        edit.delete("trust-first")
    assert second_readings(atlas.graph, [TRUST]) == ()


def test_a_statement_marked_by_hand_is_bound_by_sync(atlas: Atlas) -> None:
    path, root = file_of(atlas), atlas.layouts[-1].root
    text = path.read_text(encoding="utf-8").replace("Status-draft", "Status-second-read")
    path.write_text(text, encoding="utf-8")
    assert reviews(sq_graph.open(root)) == {"trust-first": "draft", "chan-cohesion": "draft"}
    sync(root)
    assert reviews(sq_graph.open(root)) == {
        "trust-first": "second-read",
        "chan-cohesion": "second-read",
    }
    path.write_text(text.replace("Trust makes", "Trust breaks"), encoding="utf-8")
    sync(workspace(root).root)
    assert reviews(sq_graph.open(root))["trust-first"] == "draft"


@pytest.mark.parametrize(
    ("thing", "given", "message"),
    [
        ("chan-2006", {}, "there is no claim.* 'chan-2006'"),
        ("trust-first", {"date": "1.11.2026"}, "'1.11.2026' is not a date"),
        ("trust-first", {"date": "2026-02-30"}, "'2026-02-30' is not a date"),
    ],
)
def test_what_cannot_be_read(atlas: Atlas, thing: str, given: dict[str, str], message: str) -> None:
    with pytest.raises(SqGraphError, match=message), atlas.edit() as edit:
        edit.second_reading(thing, **given)


def test_packaged_statements_have_their_records() -> None:
    atlas = sq_graph.open(packaged_only=True)
    assert atlas.definition("room-1999-rupture").attribution.review == "second-read"
    assert len(second_readings(atlas.graph)) > 800
