"""Comparisons keep a union whole, and show denied, undrawn and read correspondences for what they are."""

from __future__ import annotations

import pytest

from sq_graph.atlas import Atlas
from sq_graph.model.answer import Answer, recheck
from sq_graph.model.comparison import NONE_STATED, ONLY_TOGETHER, read_links

COMPARED = ("wessels-miedema-exclusion", "steinert-exclusion", "room-exclusion")
MEMBERS = {"intermediate exclusion", "advanced exclusion"}


def rows_of(atlas: Atlas, **options: bool) -> dict[str, tuple[object, ...]]:
    return {str(row[0]).split("\n")[0]: row for row in atlas.compare(*COMPARED, **options).rows}


def test_categories_stay_in_order_from_mild_to_severe(atlas: Atlas) -> None:
    typology = atlas.typology("wessels-miedema-exclusion")
    assert [category.rank for category in typology.categories] == [1, 2, 3, 4, 5]
    assert [category.label.split()[0] for category in typology.categories] == [
        "alternative",
        "preliminary",
        "intermediate",
        "advanced",
        "severe",
    ]


def test_members_of_a_union_are_matched_only_together(atlas: Atlas) -> None:
    rows = rows_of(atlas)
    assert rows["3. intermediate exclusion"][1] == ONLY_TOGETHER
    assert rows["4. advanced exclusion [central type]"][1] == ONLY_TOGETHER
    union = next(row for head, row in rows.items() if "together" in head)
    assert "appear to be similar" in str(union[1])
    assert "hedged" in str(union[1])


def test_what_nobody_matches_says_so(atlas: Atlas) -> None:
    assert rows_of(atlas)["1. alternative exclusion"][1] == NONE_STATED


def test_curators_readings_come_only_when_asked_for(atlas: Atlas) -> None:
    plain = atlas.compare(*COMPARED).to_csv()
    with_readings = atlas.compare(*COMPARED, readings=True).to_csv()
    assert ",read\n" not in plain
    assert ",read\n" in with_readings
    assert len(with_readings) > len(plain)


def test_undrawn_ones_come_only_when_asked_for_and_are_named_so(atlas: Atlas) -> None:
    assert "undrawn" not in atlas.compare(*COMPARED).to_csv()
    assert "undrawn: " in atlas.compare(*COMPARED, undrawn=True).to_csv()


def test_no_union_is_ever_split(atlas: Atlas) -> None:
    collective = [
        link for link in read_links(atlas.graph, undrawn=False, readings=True) if link.collective
    ]
    assert collective
    singles = {
        (link.subjects, link.objects)
        for link in read_links(atlas.graph, readings=True)
        if not link.collective
    }
    for link in collective:
        for subject in link.subjects:
            for target in link.objects:
                assert ((subject,), (target,)) not in singles or len(link.subjects) == len(
                    link.objects
                ) == 1


def test_a_denied_alignment_is_never_shown_as_drawn(atlas: Atlas) -> None:
    denied = [link for link in read_links(atlas.graph) if link.kind == "sq:DeniedAlignment"]
    assert denied
    drawn = {
        (link.subjects, link.relation, link.objects)
        for link in read_links(atlas.graph)
        if link.kind == "sq:Alignment"
    }
    assert not [link for link in denied if (link.subjects, link.relation, link.objects) in drawn]


def test_definitions_are_compared_without_a_blank_cell(atlas: Atlas) -> None:
    table = atlas.compare("social-exclusion")
    assert len(table.columns) > 15
    assert all(cell not in ("", None) for row in table.rows for cell in row)
    assert {"They part", "All are silent"} & set(table.groups)
    assert "silent" in table.to_csv()


def test_the_strengthening_stays_apart_from_what_it_strengthens(atlas: Atlas) -> None:
    definitions = {one.iri.rsplit("/", 1)[1]: one for one in atlas.definitions()}
    room = definitions["room-1999-rupture"].attribution
    assert room.hedge == "hedged"
    assert room.distance == "reported"
    assert room.source == "Room 1999, as reported by Phillips 2008, p. 6"


def saved(**changes: object) -> Answer:
    row = {"thing": "https://example.org/a", "says": "one"}
    fields = {
        "question": "q",
        "title": "Q",
        "parameters": {},
        "columns": ("thing", "says"),
        "rows": (row,),
        "passages": (({"page": "1", "hedge": "hedged"},),),
        "version": "0",
        "graph_digest": "d",
    }
    return Answer(**(fields | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("today", "exists", "outcome"),
    [
        (saved(), True, "still true"),
        (saved(rows=({"thing": "https://example.org/a", "says": "two"},)), True, "changed"),
        (saved(passages=(({"page": "2", "hedge": "hedged"},),)), True, "changed"),
        (saved(passages=(({"page": "1", "hedge": "asserted"},),)), True, "changed"),
        (saved(rows=(), passages=()), False, "gone"),
    ],
)
def test_recheck_says_what_became_of_each_row(today: Answer, exists: bool, outcome: str) -> None:
    found = recheck(saved(), today, {"https://example.org/a": exists})
    assert [row.outcome for row in found.rows] == [outcome]
    assert found.holds == (outcome == "still true")


def test_recheck_finds_new_rows() -> None:
    more = (*saved().rows, {"thing": "https://example.org/b", "says": "new"})
    found = recheck(saved(), saved(rows=more, passages=saved().passages * 2), {})
    assert [row.outcome for row in found.rows] == ["still true", "new"]
