"""Second readings are records bound to content, and what was changed since is a draft again."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

import sq_graph
from sq_graph.atlas import Atlas
from sq_graph.cli import app
from sq_graph.cli.reviewing import side_by_side
from sq_graph.errors import SqGraphError
from sq_graph.graph.layout import workspace
from sq_graph.model.second_readings import changed_since_reading, second_readings
from sq_graph.sync import sync
from tests.conftest import attribution_of
from tests.workspaces import BASE, chan_workspace

pytestmark = pytest.mark.usefixtures("light_content")

TRUST = f"{BASE}id/claim/trust-first"
CHAN = f"{BASE}id/definition/chan-cohesion"


@pytest.fixture
def atlas(tmp_path: Path) -> Atlas:
    atlas = chan_workspace(tmp_path)
    with atlas.edit() as edit:
        edit.claim(
            summary="Trust makes cohesion.",
            in_="chan-2006",
            page=1,
            about="trust",
            name="trust-first",
        )
    return atlas


def reviews(atlas: Atlas) -> dict[str, str]:
    claim, definition = atlas.claim("trust-first"), atlas.definition("chan-cohesion")
    statements = {"trust-first": claim, "chan-cohesion": definition}
    return {name: attribution_of(statement).review for name, statement in statements.items()}


def reading_findings(atlas: Atlas) -> list[str]:
    return [finding.message for finding in atlas.check() if finding.rule == "second-reading"]


def turtle_file(atlas: Atlas) -> Path:
    return atlas.layouts[-1].ontology / "data" / "works" / "chan-2006.ttl"


def test_a_second_reading_names_statement_reader_and_day(atlas: Atlas) -> None:
    with atlas.edit() as edit:
        edit.second_reading("trust-first", by="Jana  Novak", date="2026-11-01", note="Page right.")
    (record,) = second_readings(atlas.graph, [TRUST])
    assert (record.reader, record.date, record.note) == ("Jana Novak", "2026-11-01", "Page right.")
    assert reviews(atlas) == {"trust-first": "second-read", "chan-cohesion": "draft"}
    assert reading_findings(sq_graph.open(atlas.layouts[-1].root)) == []


def test_a_statement_can_be_read_in_the_edit_that_makes_it(atlas: Atlas) -> None:
    with atlas.edit() as edit:
        claim = edit.claim(
            summary="Hope helps.", in_="chan-2006", page=2, about="trust", name="hope"
        )
        edit.second_reading(claim)
    for opened in (atlas, sq_graph.open(atlas.layouts[-1].root)):
        assert attribution_of(opened.claim("hope")).review == "second-read"


def test_an_edit_makes_a_draft_again_and_check_names_it(atlas: Atlas) -> None:
    with atlas.edit() as edit:
        edit.second_reading("trust-first")
        edit.second_reading("chan-cohesion")
    with atlas.edit() as edit:
        edit.update("trust-first", summary="Trust alone makes cohesion.")
    assert reviews(atlas) == {"trust-first": "draft", "chan-cohesion": "second-read"}
    (message,) = reading_findings(atlas)
    assert message == f"1 statement changed since a second reading: {TRUST}"


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
    path = turtle_file(atlas)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    edited = sq_graph.open(atlas.layouts[-1].root)
    review = attribution_of(edited.claim("trust-first")).review
    assert review == ("draft" if is_changed else "second-read")
    assert changed_since_reading(edited.graph) == ((TRUST,) if is_changed else ())


def test_a_definition_is_read_with_its_codings(atlas: Atlas) -> None:
    with atlas.edit() as edit:
        edit.second_reading("chan-cohesion-degree")  # its coding
    assert reviews(atlas)["chan-cohesion"] == "second-read"
    with atlas.edit() as edit:
        edit.update("chan-cohesion", aspects={"degree": "silent"})
    assert reviews(atlas)["chan-cohesion"] == "draft"
    with atlas.edit() as edit:
        edit.second_reading("chan-cohesion", date="2026-11-02")
    assert [reading.date for reading in second_readings(atlas.graph, [CHAN])] == ["2026-11-02"]
    assert reviews(atlas)["chan-cohesion"] == "second-read"


def test_a_record_goes_with_its_statement(atlas: Atlas) -> None:
    with atlas.edit() as edit:
        edit.second_reading("trust-first")
    with atlas.edit() as edit:
        edit.delete("trust-first")
    assert second_readings(atlas.graph, [TRUST]) == ()


@pytest.mark.usefixtures("full_content")
def test_a_statement_marked_by_hand_is_bound_by_sync(atlas: Atlas) -> None:
    path, root = turtle_file(atlas), atlas.layouts[-1].root
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
    ("name", "fields", "message"),
    [
        ("chan-2006", {}, "there is no claim.* 'chan-2006'"),
        ("trust-first", {"date": "1.11.2026"}, "'1.11.2026' is not a date"),
        ("trust-first", {"date": "2026-02-30"}, "'2026-02-30' is not a date"),
    ],
)
def test_what_cannot_be_read(atlas: Atlas, name: str, fields: dict[str, str], message: str) -> None:
    with pytest.raises(SqGraphError, match=message), atlas.edit() as edit:
        edit.second_reading(name, **fields)


@pytest.mark.usefixtures("full_content")
def test_packaged_statements_have_their_records() -> None:
    atlas = sq_graph.open(packaged_only=True)
    assert atlas.definition("room-1999-rupture").attribution.review == "second-read"
    assert len(second_readings(atlas.graph)) > 800


def test_drafts_are_listed_with_what_they_say(atlas: Atlas) -> None:
    drafts = {draft.iri: draft for draft in atlas.drafts()}
    assert set(drafts) == {TRUST, CHAN}
    assert ("degree", "ranked") in drafts[CHAN].says
    assert attribution_of(drafts[CHAN]).source == "Chan 2006, pp. 290–291"
    with atlas.edit() as edit:
        edit.second_reading("trust-first")
    assert [draft.iri for draft in atlas.drafts("chan-2006")] == [CHAN]
    with atlas.edit() as edit:
        edit.update("trust-first", summary="Trust hinders cohesion.")
    assert {draft.iri: draft.changed for draft in atlas.drafts()} == {TRUST: True, CHAN: False}


def test_a_draft_is_shown_beside_the_lines_of_its_passage(atlas: Atlas, tmp_path: Path) -> None:
    text = tmp_path / "chan.txt"
    text.write_text("Before.\nCohesion is a state of affairs.\nAfter.\n", encoding="utf-8")
    passages = dict(atlas.review(text, work="chan-2006"))
    [(draft, lines)] = [item for item in passages.items() if item[0].iri == CHAN]
    assert lines == ("1  Before.", "2  Cohesion is a state of affairs.", "3  After.")
    named = dict(atlas.review(text.rename(tmp_path / "chan-2006.txt")))
    assert next(named[each] for each in named if each.iri == CHAN) == lines
    screen = side_by_side(draft, lines, 100)
    assert "2  Cohesion is a state of affairs." in screen
    assert "│ summary: A state of affairs." in screen


def test_the_command_lists_accepts_and_asks(atlas: Atlas) -> None:
    options = ["--workspace", str(atlas.layouts[-1].root)]
    run = CliRunner().invoke
    listing = run(app, ["review", "--list", "-f", "csv", *options])
    assert listing.stdout.count(BASE) == 2, listing.output
    session = run(app, ["review", "--by", "Jana Novak", *options], input="x\na\nn\nWhich page?\n")
    assert "1 accepted, 1 left." in session.output, session.output
    run(app, ["review", *options], input="n\nAnd who?\n")
    reopened = sq_graph.open(atlas.layouts[-1].root)
    (remaining,) = reopened.drafts()
    assert ("note", "Which page?; And who?") in remaining.says
    accepted = run(app, ["review", "--accept", remaining.iri, *options])
    assert accepted.output == "1 accepted.\n"
    reopened = sq_graph.open(atlas.layouts[-1].root)
    assert not reopened.drafts()
    readings = second_readings(reopened.graph, [TRUST, CHAN])
    assert sorted(reading.reader for reading in readings) == ["", "Jana Novak"]
