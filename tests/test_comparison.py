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
from sq_graph.importers.contributions import AlignmentArgs
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
    first_words = " ".join(category.label.split()[0] for category in typology.categories)
    assert first_words == "alternative preliminary intermediate advanced severe"


def test_members_of_a_union_are_matched_only_together(atlas: Atlas) -> None:
    rows = rows_of(atlas)
    assert rows["3. intermediate exclusion"][1] == ONLY_TOGETHER
    assert rows["4. advanced exclusion [central type]"][1] == ONLY_TOGETHER
    union = next(row for label, row in rows.items() if "together" in label)
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
    unfiltered = atlas.compare(*COMPARED, undrawn=True, readings=True)
    assert not any("Not shown" in note for note in unfiltered.notes)
    hidden = {link.iri for link in read_links(atlas.graph, True, True)}
    hidden -= {link.iri for link in read_links(atlas.graph)}
    shown_cells = set(unfiltered.records.to_csv().split(",")) if unfiltered.records else set()
    assert sum(any(iri in cell for cell in shown_cells) for iri in hidden) == 6 + 2


def test_no_union_is_ever_split(atlas: Atlas) -> None:
    links = read_links(atlas.graph, readings=True)
    collective = [link for link in links if link.collective]
    assert collective
    singles = {(link.subjects, link.objects) for link in links if not link.collective}
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
    assert {"They differ", "Only one mentions it"} <= set(table.groups)
    assert "silent" in table.to_csv()


def test_the_strengthening_stays_apart_from_what_it_strengthens(atlas: Atlas) -> None:
    definitions = {d.iri.rsplit("/", 1)[1]: d for d in atlas.definitions()}
    attribution = definitions["room-1999-rupture"].attribution
    assert attribution.hedge == "hedged"
    assert attribution.distance == "reported"
    assert attribution.source == "Room 1999, as reported by Phillips 2008, p. 6"


FORMS = ("md", "csv", "json", "html", "tex", "table")


@pytest.fixture(scope="module")
def two_works(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
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
def test_no_page_is_given_without_the_work_that_was_read(two_works: Atlas, form: str) -> None:
    text = two_works.compare("social-inclusion").render(form, 4000)
    if form in ("csv", "json"):
        records = csv.DictReader(io.StringIO(two_works.compare("social-inclusion").to_csv()))
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
"""For each work that was read, the holder of a definition that it reports."""


@pytest.mark.parametrize("form", [*FORMS, "xlsx", "docx"])
def test_social_cohesion_is_compared_over_all_read_works(atlas: Atlas, form: str) -> None:
    if form in ("csv", "json"):
        table = atlas.compare("social-cohesion")
        records = [*csv.DictReader(io.StringIO(table.to_csv()))]
        rows = json.loads(table.to_json()) if form == "json" else records
        holders = {(row["read in"], row["holder"]) for row in rows if row["page"]}
        assert holders >= set(BY_WORK.items())
        relations = {row["concept"]: row["relation to the concept"] for row in rows}
        assert relations["structural cohesion"] == "another sense of cohesion"
        assert relations["social inclusion"] == "names it as a component"
        assert relations["social cohesion"] == "defines it"
        return
    if form in ("xlsx", "docx"):
        content = atlas.export(form, "social-cohesion")
        assert isinstance(content, bytes)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
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
    count = len(atlas.definitions("social-cohesion"))
    assert table.compact is not None
    assert f"{count} definitions." in table.compact.notes[-1]
    reversibility = next(row for row in table.compact if row[0] == "reversibility")
    assert reversibility[1] == f"silent: {count}"


def test_each_row_of_a_comparison_has_one_value_and_names_its_hedge(two_works: Atlas) -> None:
    rows = list(csv.DictReader(io.StringIO(two_works.compare("social-inclusion").to_csv())))
    quoted = [row for row in rows if row["holder"] == "Quoted 2015"]
    assert {row["hedge words"] for row in quoted} == {"might be seen as"}
    assert {(row["year"], row["reported year"]) for row in quoted} == {("2015", "2022")}
    beck = [row["value"] for row in rows if row["iri"].endswith("/beck-1997-inclusion")]
    assert {"process", "state"} <= set(beck)


def test_a_year_is_the_holders_own(atlas: Atlas) -> None:
    definitions = {d.iri.rsplit("/", 1)[1]: d for d in atlas.definitions()}
    canadian = definitions["canadian-government-cohesion"]
    assert (canadian.year, canadian.reported_year) == (None, 1998)
    conservative = definitions["conservative-commentators-cohesion"]
    assert (conservative.year, conservative.reported_year) == (None, 2008)
    assert definitions["room-1999-rupture"].year == 1999
    first_hand = [d for d in definitions.values() if d.attribution.distance == "read"]
    assert first_hand
    assert {d.reported_year for d in first_hand} == {None}


def test_not_coded_is_neither_silence_nor_agreement(two_works: Atlas) -> None:
    own_iris = [d.iri for d in two_works.definitions() if d.iri.startswith("https://example.org")]
    table = two_works.compare(*own_iris)
    groups = dict(zip([str(row[0]) for row in table.rows], table.groups, strict=True))
    assert groups["process or outcome"] == "They agree, but Quoted 2015 hedges: “might be seen as”"
    assert groups["degree"] == "Coded for only one"
    assert groups["agency"] == "Not coded"
    for row, group in zip(two_works.compare("social-inclusion").rows, table.groups, strict=False):
        assert not ("not coded" in row and group in ("They agree", "None mentions it"))


def test_an_anomaly_and_the_notes_of_coders_are_shown_beside_the_definitions(atlas: Atlas) -> None:
    table = atlas.compare("room-1999-rupture", "phillips-2008-absolute-exclusion")
    anomalies = next(row for row in table.rows if row[0] == "noted in the map")
    assert all("irreversible rupture becomes" in str(cell) for cell in anomalies[1:])
    assert not [group for group in table.groups if group == "They agree"]
    kind = next(row for row in table.rows if row[0] == "kind of thing")
    number = str(kind[1]).removeprefix("silent ")
    assert any(note.startswith(f"{number} Room 1999 on") for note in table.notes)


def test_pages_stay_with_their_own_work(atlas: Atlas) -> None:
    room = next(d for d in atlas.definitions() if d.iri.endswith("/room-1999-rupture"))
    first = room.attribution.passages[0]
    both_passages = (first, replace(first, work=Ref("urn:barry", "Barry 1998"), page="4"))
    combined = replace(room.attribution, passages=both_passages)
    assert combined.source == "Room 1999, as reported by Phillips 2008, p. 6; Barry 1998, p. 4"
    assert combined.cited().endswith("as reported by Phillips 2008 (p. 6) and Barry 1998 (p. 4)")


def test_tables_answers_and_questions_are_iterable(atlas: Atlas) -> None:
    answer = atlas.ask("rival-definitions", concept="social-cohesion")
    assert list(answer) == list(answer.rows)
    assert answer[0] is answer.rows[0]
    table = answer.table()
    assert (list(table), table[-1]) == (list(table.rows), table.rows[-1])
    assert list(atlas.catalogue) == list(atlas.catalogue.names())
    assert "rival-definitions" in atlas.catalogue
    assert "rival" not in atlas.catalogue


def saved_answer(**changes: object) -> Answer:
    row = {"thing": "https://example.org/a", "says": "one"}
    attributes = {
        "question": "q",
        "title": "Q",
        "parameters": {},
        "columns": ("thing", "says"),
        "rows": (row,),
        "passages": (({"page": "1", "hedge": "hedged"},),),
        "version": "0",
        "graph_digest": "d",
    }
    return Answer(**(attributes | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("today", "exists", "outcome"),
    [
        (saved_answer(), True, "still true"),
        (saved_answer(rows=({"thing": "https://example.org/a", "says": "two"},)), True, "changed"),
        (saved_answer(passages=(({"page": "2", "hedge": "hedged"},),)), True, "changed"),
        (saved_answer(passages=(({"page": "1", "hedge": "asserted"},),)), True, "changed"),
        (saved_answer(rows=(), passages=()), False, "gone"),
    ],
)
def test_recheck_says_what_became_of_each_row(today: Answer, exists: bool, outcome: str) -> None:
    report = recheck(saved_answer(), today, {"https://example.org/a": exists})
    assert [row.outcome for row in report.rows] == [outcome]
    assert report.holds == (outcome == "still true")


def test_recheck_finds_new_rows() -> None:
    more_rows = (*saved_answer().rows, {"thing": "https://example.org/b", "says": "new"})
    current = saved_answer(rows=more_rows, passages=saved_answer().passages * 2)
    report = recheck(saved_answer(), current, {})
    assert [row.outcome for row in report.rows] == ["still true", "new"]


def test_an_altered_answer_is_distinguished_from_a_changed_map() -> None:
    altered = saved_answer(rows=({"thing": "https://example.org/a", "says": "two"},))
    report = recheck(altered, saved_answer(), {"https://example.org/a": True})
    assert "the saved file was altered" in report.table().notes[0]
    assert recheck(saved_answer(), saved_answer(), {}).table().notes == ("The map is the same.",)


def test_every_column_of_two_concepts_names_its_concept(atlas: Atlas) -> None:
    table = atlas.compare("ideological social cohesion", "non-ideological social cohesion")
    assert " on ideological" in table.columns[1] and " on non-ideological" in table.columns[2]
    assert atlas.find("homogeneous-social-cohesion", "concept")


@pytest.fixture(scope="module")
def three_typologies(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    """Three typologies, with a match between the last two, one of a union of the outer two, one of
    a whole typology, and one of a third concept.
    """
    folder = tmp_path_factory.mktemp("three") / "review"
    atlas = sq_graph.open(make_workspace(folder, "https://example.org/three/"))
    typologies = {
        "sizes": ("small", "large"),
        "bonds": ("near", "far"),
        "типы": ("старый", "новый"),
    }
    with atlas.edit() as edit:
        edit.work("chan-2006", title="Reconsidering", authors=["Chan, Joseph"], year=2006)
        for label, categories in typologies.items():
            edit.typology(label, divides="trust", in_="chan-2006", page=3, categories=categories)
        matches: list[tuple[Relation, Nameables, str]] = [
            ("close", "small", "near"),
            ("overlaps", "near", "старый"),
            ("close", ["large", "новый"], "far"),
            ("related", edit.find("sizes", "typology"), "новый"),
            ("related", "trust", "large"),
            ("related", "новый", "trust"),
            ("related", "small", "inequality"),
        ]
        ours: AlignmentArgs = {"basis": "read", "holder": "Chan, Joseph"}
        edit.alignment(
            subject="near", relation="related", object="inequality", in_="chan-2006", page=5, **ours
        )
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


def test_every_match_between_typologies_is_in_the_table(three_typologies: Atlas) -> None:
    labels = ("sizes", "bonds", "типы")
    table = three_typologies.compare(*(three_typologies.find(n, "typology") for n in labels))
    rows = [(group, *map(str, row)) for group, row in zip(table.groups, table.rows, strict=True)]
    text = "\n".join(cell for row in rows for cell in row)
    assert text.count("overlaps, hedged (“may”)") == 1
    assert "large + новый, together\n← close match" in text
    later = [row for row in rows if row[0] == "Also matched with later ones: bonds"]
    assert {row[2].split("\n")[0] for row in later} == {"near", "far"}
    assert next(row for row in rows if row[1].startswith("large"))[2] == ONLY_TOGETHER
    wholes = [row for row in rows if row[0] == "The typologies as wholes"]
    assert [row[1] for row in wholes] == ["sizes"]
    related = next(row for row in rows if row[0].startswith("Brought together under “trust”"))
    assert "← related" in related[1]
    assert "→ related" in related[3]
    assert not [row for row in rows if row[0] == "Not matched above: bonds"]


def test_a_reading_that_leads_to_a_third_concept_is_counted_if_it_is_hidden(
    three_typologies: Atlas,
) -> None:
    table = three_typologies.compare("sizes", "bonds")
    assert table.notes[-1] == "Not shown: 1 interpretation of our own (option readings)."
    groups = three_typologies.compare("sizes", "bonds", readings=True).groups
    assert "Brought together under “inequality”" in groups  # the two are matched with each other


def test_a_work_is_compared_by_its_definitions_alone(atlas: Atlas) -> None:
    records = atlas.compare("barry-1998", "jordan-1996").records
    assert records is not None
    assert {str(row["iri"]).split("/")[-2] for row in records.to_dicts()} == {"definition"}


def test_a_matter_is_the_same_whichever_end_a_claim_names_first(tmp_path: Path) -> None:
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
    hedged_typology = "steinert-opposites"
    comparison = atlas.compare(hedged_typology, "room-exclusion")
    attribution = atlas.typology(hedged_typology).attribution
    assert attribution and attribution.markers
    line = f"{atlas.typology(hedged_typology).label}: {attribution.source}; {attribution.firmness}."
    assert line in comparison.notes
    assert not any("asserted" in note for note in comparison.notes)
