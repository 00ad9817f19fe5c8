"""Comparisons keep a union whole, and show denied, undrawn and read correspondences for what they are."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import sq_graph
from sq_graph.atlas import Atlas
from sq_graph.importers.attributing import Nameables
from sq_graph.importers.workspace import make_workspace
from sq_graph.model.answer import Answer, recheck
from sq_graph.model.codes import Relation
from sq_graph.model.comparison import NONE_STATED, ONLY_TOGETHER, read_links
from sq_graph.vocab import Ref

COMPARED = ("wessels-miedema-exclusion", "steinert-exclusion", "room-exclusion")
MEMBERS = {"intermediate exclusion", "advanced exclusion"}


def rows_of(atlas: Atlas, **options: Any) -> dict[str, tuple[object, ...]]:
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
    assert "read" not in {row["basis"] for row in csv.DictReader(io.StringIO(plain))}
    assert "read" in {row["basis"] for row in csv.DictReader(io.StringIO(with_readings))}
    assert len(with_readings) > len(plain)


def test_undrawn_ones_come_only_when_asked_for_and_are_named_so(atlas: Atlas) -> None:
    assert "undrawn" not in atlas.compare(*COMPARED).to_csv()
    assert "undrawn: " in atlas.compare(*COMPARED, undrawn=True).to_csv()


def test_a_comparison_says_how_many_it_does_not_show(atlas: Atlas) -> None:
    undrawn = "Not shown: 6 matches that nobody proposes (option undrawn)."
    readings = "Not shown: 2 interpretations of our own (option readings)."
    assert atlas.compare(*COMPARED).notes[-2:] == (undrawn, readings)
    assert atlas.compare(*COMPARED, undrawn=True).notes[-1] == readings
    assert atlas.compare(*COMPARED, readings=True).notes[-1] == undrawn
    both = atlas.compare(*COMPARED, undrawn=True, readings=True)
    assert not any("Not shown" in note for note in both.notes)
    hidden = {link.iri for link in read_links(atlas.graph, True, True)}
    hidden -= {link.iri for link in read_links(atlas.graph)}
    shown = set(both.records.to_csv().split(",")) if both.records else set()
    assert sum(any(iri in cell for cell in shown) for iri in hidden) == 6 + 2


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
    assert {"They differ", "Only one speaks"} <= set(table.groups)
    assert "silent" in table.to_csv()


def test_the_strengthening_stays_apart_from_what_it_strengthens(atlas: Atlas) -> None:
    definitions = {one.iri.rsplit("/", 1)[1]: one for one in atlas.definitions()}
    room = definitions["room-1999-rupture"].attribution
    assert room.hedge == "hedged"
    assert room.distance == "reported"
    assert room.source == "Room 1999, as reported by Phillips 2008, p. 6"


FORMS = ("md", "csv", "json", "html", "tex", "table")


@pytest.fixture(scope="module")
def two_read(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    """A map with a second work that was read, which reports a third."""
    folder = tmp_path_factory.mktemp("two") / "review"
    atlas = sq_graph.open(make_workspace(folder, "https://example.org/two/"))
    with atlas.edit() as edit:
        edit.work("city-2022", title="The city", authors=["City, Ann"], year=2022)
        edit.work("quoted-2015", title="Quoted", authors=["Quoted, Bo"], year=2015)
        edit.definition(
            of="social-inclusion",
            in_="city-2022",
            page="5",
            summary="A process of improving the terms on which people take part.",
            stated_in="quoted-2015",
            hedge_words="might be seen as",
            aspects={"process-or-outcome": "process", "degree": "continuum"},
        )
        edit.definition(
            of="social-inclusion",
            in_="city-2022",
            page="7",
            summary="A process in which everybody takes part.",
            aspects={"process-or-outcome": "process"},
        )
    return atlas


@pytest.mark.parametrize("form", FORMS)
def test_no_page_stands_without_the_work_that_was_read(two_read: Atlas, form: str) -> None:
    text = two_read.compare("social-inclusion").render(form, 4000)
    if form in ("csv", "json"):
        records = csv.DictReader(io.StringIO(two_read.compare("social-inclusion").to_csv()))
        assert {(row["holder"], row["read in"], row["page"]) for row in records} >= {
            ("Quoted 2015", "City 2022", "5"),
            ("City 2022", "City 2022", "7"),
            ("Walker and Wigfield 2003", "Phillips 2008", "13"),
        }
        assert "City 2022" in text
        return
    assert "Quoted 2015, as reported by City 2022 (p. 5)" in text
    assert "Walker and Wigfield 2003, as reported by Phillips 2008 (p. 9)" in text
    assert "City 2022 (p. 7)" in text


BY_WORK = {
    "Phillips 2008": "Walker and Wigfield 2003",
    "Torrents and Ferraro 2015": "Moody and White 2003",
    "Anttiroiko 2022": "Silver 2015",
}
"""For each work that was read, somebody whose definition it reports."""


@pytest.mark.parametrize("form", [*FORMS, "xlsx", "docx"])
def test_social_cohesion_is_compared_over_all_read_works(atlas: Atlas, form: str) -> None:
    if form in ("csv", "json"):
        table = atlas.compare("social-cohesion")
        rows = (
            json.loads(table.to_json())
            if form == "json"
            else [*csv.DictReader(io.StringIO(table.to_csv()))]
        )
        found = {(row["read in"], row["holder"]) for row in rows if row["page"]}
        assert found >= set(BY_WORK.items())
        relations = {row["concept"]: row["relation to the concept"] for row in rows}
        assert relations["structural cohesion"] == "another sense of cohesion"
        assert relations["social inclusion"] == "names it as a component"
        assert relations["social cohesion"] == "defines it"
        return
    if form in ("xlsx", "docx"):
        written = atlas.export(form, "social-cohesion")
        assert isinstance(written, bytes)
        with zipfile.ZipFile(io.BytesIO(written)) as archive:
            names = [name for name in archive.namelist() if name.endswith(".xml")]
            parts = [archive.read(name).decode() for name in names]
        text = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", " ".join(parts))).split())
        assert all(work in text and holder in text for work, holder in BY_WORK.items())
        assert "section “A Framework for Urban Inclusion”, para. 2" in text
    else:
        text = " ".join(atlas.compare("social-cohesion").render(form, 4000).split())
        for work, holder in BY_WORK.items():
            assert f"{holder}, as reported by {work}" in re.sub(r" on [a-z ]+,", ",", text)
    assert "another sense of cohesion" in text and "names it as a component" in text


def test_what_only_concerns_a_concept_is_not_counted_among_its_definitions(atlas: Atlas) -> None:
    table = atlas.compare("social-cohesion")
    own = len(atlas.definitions("social-cohesion"))
    assert table.compact is not None
    assert f"{own} definitions." in table.compact.notes[-1]
    silent = next(row for row in table.compact if row[0] == "reversibility")
    assert silent[1] == f"silent: {own}"


def test_each_row_of_a_comparison_has_one_value_and_names_its_hedge(two_read: Atlas) -> None:
    rows = list(csv.DictReader(io.StringIO(two_read.compare("social-inclusion").to_csv())))
    quoted = [row for row in rows if row["holder"] == "Quoted 2015"]
    assert {row["hedge words"] for row in quoted} == {"might be seen as"}
    assert {(row["year"], row["reported year"]) for row in quoted} == {("2015", "2022")}
    beck = [row["value"] for row in rows if row["iri"].endswith("/beck-1997-inclusion")]
    assert {"process", "state"} <= set(beck)


def test_a_year_is_the_holders_own(atlas: Atlas) -> None:
    definitions = {one.iri.rsplit("/", 1)[1]: one for one in atlas.definitions()}
    canadian = definitions["canadian-government-cohesion"]
    assert (canadian.year, canadian.reported_year) == (None, 1998)
    conservative = definitions["conservative-commentators-cohesion"]
    assert (conservative.year, conservative.reported_year) == (None, 2008)
    assert definitions["room-1999-rupture"].year == 1999
    own = [one for one in definitions.values() if one.attribution.distance == "read"]
    assert own
    assert {one.reported_year for one in own} == {None}


def test_not_coded_is_neither_silence_nor_agreement(two_read: Atlas) -> None:
    own = [one.iri for one in two_read.definitions() if one.iri.startswith("https://example.org")]
    table = two_read.compare(*own)
    groups = dict(zip([str(row[0]) for row in table.rows], table.groups, strict=True))
    assert groups["process or outcome"] == "They agree, but Quoted 2015 hedges: “might be seen as”"
    assert groups["degree"] == "Coded for only one"
    assert groups["agency"] == "Not coded"
    for row, group in zip(two_read.compare("social-inclusion").rows, table.groups, strict=False):
        assert not ("not coded" in row and group in ("They agree", "None speaks"))


def test_an_anomaly_and_the_coders_notes_stand_beside_the_definitions(atlas: Atlas) -> None:
    table = atlas.compare("room-1999-rupture", "phillips-2008-absolute-exclusion")
    noted = next(row for row in table.rows if row[0] == "noted in the map")
    assert all("irreversible rupture becomes" in str(cell) for cell in noted[1:])
    assert not [group for group in table.groups if group == "They agree"]
    kind = next(row for row in table.rows if row[0] == "kind of thing")
    number = str(kind[1]).removeprefix("silent ")
    assert any(note.startswith(f"{number} Room 1999 on") for note in table.notes)


def test_pages_stay_with_their_own_work(atlas: Atlas) -> None:
    room = next(one for one in atlas.definitions() if one.iri.endswith("/room-1999-rupture"))
    first = room.attribution.passages[0]
    both = (first, replace(first, work=Ref("urn:barry", "Barry 1998"), page="4"))
    credit = replace(room.attribution, passages=both)
    assert credit.source == "Room 1999, as reported by Phillips 2008, p. 6; Barry 1998, p. 4"
    assert credit.cited().endswith("as reported by Phillips 2008 (p. 6) and Barry 1998 (p. 4)")


def test_tables_answers_and_questions_are_iterable(atlas: Atlas) -> None:
    answer = atlas.ask("rival-definitions", concept="social-cohesion")
    assert list(answer) == list(answer.rows)
    assert answer[0] is answer.rows[0]
    table = answer.table()
    assert (list(table), table[-1]) == (list(table.rows), table.rows[-1])
    assert list(atlas.catalogue) == list(atlas.catalogue.names())
    assert "rival-definitions" in atlas.catalogue
    assert "rival" not in atlas.catalogue


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


def test_an_altered_answer_is_distinguished_from_a_changed_map() -> None:
    other = saved(rows=({"thing": "https://example.org/a", "says": "two"},))
    found = recheck(other, saved(), {"https://example.org/a": True})
    assert "the saved file was altered" in found.table().notes[0]
    assert recheck(saved(), saved(), {}).table().notes == ("The map is the same.",)


def test_every_column_of_two_concepts_names_its_concept(atlas: Atlas) -> None:
    table = atlas.compare("ideological social cohesion", "non-ideological social cohesion")
    assert [" on ideological" in table.columns[1], " on non-ideological" in table.columns[2]] == [
        True,
        True,
    ]
    assert atlas.find("homogeneous-social-cohesion", "concept")


@pytest.fixture(scope="module")
def three_divided(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    """Three typologies, with a match between the last two, one of a union of both outer ones, one
    of a whole, and one of a third concept.
    """
    folder = tmp_path_factory.mktemp("three") / "review"
    atlas = sq_graph.open(make_workspace(folder, "https://example.org/three/"))
    divided = {"sizes": ("small", "large"), "bonds": ("near", "far"), "типы": ("старый", "новый")}
    with atlas.edit() as edit:
        edit.work("chan-2006", title="Reconsidering", authors=["Chan, Joseph"], year=2006)
        for label, parts in divided.items():
            edit.typology(label, divides="trust", in_="chan-2006", page=3, categories=parts)
        matches: list[tuple[Relation, Nameables, str]] = [
            ("close", "small", "near"),
            ("overlaps", "near", "старый"),
            ("close", ["large", "новый"], "far"),
            ("related", edit.find("sizes", "typology"), "новый"),
            ("related", "trust", "large"),
            ("related", "новый", "trust"),
        ]
        for relation, subject, target in matches:
            edit.alignment(
                subject=subject,
                relation=relation,
                object=target,
                in_="chan-2006",
                page=4,
                summary=f"They are {relation}.",
                hedge_words="may",
            )
    return atlas


def test_every_match_between_typologies_is_in_the_table(three_divided: Atlas) -> None:
    table = three_divided.compare(
        *(three_divided.find(n, "typology") for n in ("sizes", "bonds", "типы"))
    )
    rows = [(group, *map(str, row)) for group, row in zip(table.groups, table.rows, strict=True)]
    shown = "\n".join(cell for row in rows for cell in row)
    assert shown.count("overlaps, hedged (“may”)") == 1
    assert "large + новый, together\n← close match" in shown
    later = [row for row in rows if row[0] == "Matched with later ones too: bonds"]
    assert {row[2].split("\n")[0] for row in later} == {"near", "far"}
    assert next(row for row in rows if row[1].startswith("large"))[2] == ONLY_TOGETHER
    wholes = [row for row in rows if row[0] == "The typologies as wholes"]
    assert [row[1] for row in wholes] == ["sizes"]
    beneath = next(row for row in rows if row[0].startswith("Brought together under “trust”"))
    assert "← related" in beneath[1]
    assert "→ related" in beneath[3]
    assert not [row for row in rows if row[0] == "Not matched above: bonds"]


def test_a_work_is_compared_by_its_definitions_alone(atlas: Atlas) -> None:
    records = atlas.compare("barry-1998", "jordan-1996").records
    assert records is not None
    assert {str(row["iri"]).split("/")[-2] for row in records.to_dicts()} == {"definition"}


def test_a_matter_is_one_whichever_end_a_claim_names_first(tmp_path: Path) -> None:
    atlas = sq_graph.open(make_workspace(tmp_path / "review", "https://example.org/two/"))
    with atlas.edit() as edit:
        edit.work("chan-2006", title="Reconsidering", authors=["Chan, Joseph"], year=2006)
        for name, ends in (("One", ("trust", "inequality")), ("Other", ("inequality", "trust"))):
            axioms = [(ends[0], "distinct from", ends[1], f"{name} keeps the two apart.")]
            edit.position(name, in_="chan-2006", page=3, axioms=axioms)
    table = atlas.compare(*(atlas.find(name, "position") for name in ("One", "Other")))
    assert [row[0] for row in table.rows] == ["inequality – trust"]
    assert "silent" not in table.rows[0]


def test_a_hedged_typology_is_hedged_where_it_is_compared(atlas: Atlas) -> None:
    hedged = "steinert-opposites"
    compared = atlas.compare(hedged, "room-exclusion")
    credit = atlas.typology(hedged).attribution
    assert credit and credit.markers
    line = f"{atlas.typology(hedged).label}: {credit.source}; {credit.firmness}."
    assert line in compared.notes
    assert not any("asserted" in note for note in compared.notes)
