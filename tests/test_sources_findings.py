"""A second work that was read: what release 0.1 reported wrongly of it, entered by the workbook's columns."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import sq_graph
from sq_graph.atlas import Atlas
from sq_graph.errors import InputError
from sq_graph.evidence.records import found_passages
from sq_graph.importers.field_values import field_values
from sq_graph.importers.sheets import SheetFaults
from sq_graph.importers.workspace import make_workspace
from tests.workspaces import BASE, chan_workspace

pytestmark = pytest.mark.usefixtures("light_content")

BIBLIOGRAPHY = """@incollection{city2022, author={City, Ann}, title={The city}, year=2022, chapter=6, pages={1--20}}
@techreport{quoted2015, author={Quoted, Bo}, title={Terms}, year=2015, number={CASE/12}, type={CASEpaper}}
"""
SHEET = """work,page,concept,summary,form,phrase,stated in,hedge words
city2022,5,social-inclusion,A process of improving the terms of taking part.,quoted,improving the terms,quoted2015,might be
city2022,5,social-inclusion,A process in which everybody takes part.,,everybody takes part,,
"""


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    folder = tmp_path_factory.mktemp("findings")
    atlas = sq_graph.open(make_workspace(folder / "review", BASE))
    (folder / "library.bib").write_text(BIBLIOGRAPHY, encoding="utf-8")
    lines = SHEET.splitlines()
    for number, line in enumerate(lines[1:]):  # one row per file: two definitions on one page
        row = f"{lines[0]},name\n{line},row-{number}\n"
        (folder / f"{number}.csv").write_text(row, encoding="utf-8")
    atlas.import_(folder / "library.bib", folder / "0.csv", folder / "1.csv")
    return atlas


@pytest.mark.usefixtures("full_content")
def test_the_exported_review_names_the_work_that_was_read(atlas: Atlas, tmp_path: Path) -> None:
    whole_map = sq_graph.open(atlas.layouts[-1].root)
    whole_map.export("review", str(tmp_path / "out"), "social-inclusion")
    rows = csv.DictReader((tmp_path / "out/definitions.csv").open(encoding="utf-8"))
    locations = {(row["holder"], row["read in"], row["page"]) for row in rows}
    assert ("Quoted 2015", "City 2022", "5") in locations
    assert ("Walker and Wigfield 2003", "Phillips 2008", "9") in locations


def test_a_page_without_lines_has_its_statements(atlas: Atlas) -> None:
    rows = atlas.ask("statements-on-a-page", work="city2022", page="5").table().to_dicts()
    assert {str(row["statement"]) for row in rows} == {
        "Quoted 2015 on social inclusion",
        "City 2022 on social inclusion",
    }


def test_a_quoted_definition_has_the_holders_words(atlas: Atlas) -> None:
    """The basis follows from the form, and `check` does not ask for another."""
    assert atlas.definition("row-0").attribution.basis == "worded"
    violations = [str(finding) for finding in atlas.check() if finding.severity == "Violation"]
    assert violations == []


def test_an_unknown_holder_is_one_fault_for_each_row_that_names_it(
    atlas: Atlas, tmp_path: Path
) -> None:
    header = "work,page,concept,summary,holder\n"
    row = "city2022,{},social-cohesion,Something that holds together.,Nobodyknows\n"
    (tmp_path / "x.csv").write_text(header + row.format(6) + row.format(7), encoding="utf-8")
    with pytest.raises(SheetFaults) as raised:
        atlas.import_(tmp_path / "x.csv")
    faults = [(fault.row, fault.column) for fault in raised.value.faults]
    assert faults == [(2, "holder"), (3, "holder")]


def test_a_denied_claim_is_never_given_as_the_claim(atlas: Atlas, tmp_path: Path) -> None:
    """A sheet and an export keep it, and a question about the relation does not return it."""
    row = "city2022,7,Rights do not promote inclusion.,social-inclusion,promotes,trust,{},{}\n"
    header = "work,page,summary,subject,relation,object,denied,name\n"
    (tmp_path / "claims.csv").write_text(header + row.format("yes", "rights"), encoding="utf-8")
    atlas.import_(tmp_path / "claims.csv")
    claim = atlas.claim("rights")
    assert (claim.relation, claim.denied) == ("", "promotes")
    assert "denied: promotes" in claim.cells()
    by_relation = atlas.ask("claims-by-relation", relation="promotes")
    assert claim.iri not in {str(solution["claim"]) for solution in by_relation.rows}
    between = atlas.ask("claims-between", first="social-inclusion", second="trust")
    [solution] = [s for s in between.rows if str(s["claim"]) == claim.iri]
    assert (solution["relation"], between.shown(solution["denied"])) == (None, "promotes")
    about = atlas.ask("claims-about", thing="social-inclusion", relation="promotes").rows
    [solution] = [s for s in about if str(s["claim"]) == claim.iri]
    assert (solution["tie"], between.shown(solution["denied"])) == (None, "promotes")
    assert all(s["tie"] or s["denied"] for s in about)
    (tmp_path / "out.ttl").write_text(str(atlas.export("ttl")), encoding="utf-8")
    copy = sq_graph.open(make_workspace(tmp_path / "again", BASE))
    copy.import_(tmp_path / "out.ttl")
    assert copy.claim("rights").denied == "promotes"


def test_a_denial_is_taken_back_or_refused_without_its_terms(atlas: Atlas) -> None:
    with atlas.edit() as edit:
        iri = edit.claim(
            summary="Trust does not hinder inclusion.",
            in_="city2022",
            page=8,
            subject="trust",
            relation="hinders",
            object="social-inclusion",
            denied=True,
        )
        edit.update(iri, relation="promotes")
    assert (atlas.claim(iri).relation, atlas.claim(iri).denied) == ("", "promotes")
    assert field_values(atlas.graph, iri)["denied"] == ("yes",)
    with atlas.edit() as edit:
        edit.update(iri, denied=False)
    assert (atlas.claim(iri).relation, atlas.claim(iri).denied) == ("promotes", "")
    with pytest.raises(InputError, match="no subject, relation or object"), atlas.edit() as edit:
        edit.claim(summary="Not so.", in_="city2022", page=8, about="trust", denied=True)


def test_a_report_is_cited_once_with_its_number(atlas: Atlas) -> None:
    text = str(atlas.export("apa", "quoted2015"))
    assert text.count("CASE/12") == 1 and "Issue" not in text


def test_the_chapter_of_a_book_is_kept(atlas: Atlas) -> None:
    assert "  chapter = {6}," in str(atlas.export("bib", "city2022")).splitlines()
    (item,) = json.loads(str(atlas.export("csl-json", "city2022")))
    assert item["chapter-number"] == "6"


def test_the_only_work_read_or_the_name_of_the_file_says_which_text_it_is(tmp_path: Path) -> None:
    atlas = chan_workspace(tmp_path)
    text = tmp_path / "notes.txt"
    text.write_text("\f".join(["x\n"] * 289 + ["Cohesion is a state of affairs.\n"]), "utf-8")
    (source,) = atlas.verify(text, write=True).sources
    assert source.work == atlas.find("chan-2006")
    digest_rules = {"passage#DigestGiven", "passage#SectionGiven"}
    assert not digest_rules & {finding.rule for finding in atlas.check()}
    with atlas.edit() as edit:
        edit.work("town-2023", title="The town", authors="Town, Ann", year=2023)
        edit.claim(summary="Towns hold together.", in_="town-2023", page=1, about="trust")
    named_text = text.rename(tmp_path / "chan-2006.txt")
    assert atlas.verify(named_text).sources[0].work == atlas.find("chan-2006")
    settings = atlas.layouts[-1].root / "workspace.toml"
    settings.write_text(f'{settings.read_text()}texts = ["{named_text}"]\n')
    pages = ["A state of affairs.\n", *["x\n"] * 288, "Prices follow trade.\n"]
    named_text.write_text("\f".join(pages), "utf-8")
    findings = sq_graph.open(settings.parent).check()
    assert "guard/summary-unlike-lines" in {finding.rule for finding in findings}
    with pytest.raises(InputError, match="say with --work"):
        atlas.verify(named_text.rename(tmp_path / "other.txt"))
    (missing,) = (f for f in sq_graph.open(settings.parent).check() if f.rule == "text")
    assert missing.severity == "Warning" and "workspace.toml names this text" in missing.message


def test_a_concept_that_the_map_lacks_is_sent_to_its_sheet(atlas: Atlas, tmp_path: Path) -> None:
    row = "work,page,summary,subject,relation,object,about\ncity2022,9,M.,money,promotes,trust,\n"
    (tmp_path / "claims.csv").write_text(row, encoding="utf-8")
    with pytest.raises(SheetFaults, match="add a new concept as a row of the sheet concepts"):
        atlas.import_(tmp_path / "claims.csv")


@pytest.mark.parametrize("name", ["sections", "self-citations", "statements-on-a-page"])
def test_an_answer_by_default_names_the_work_that_it_is_about(atlas: Atlas, name: str) -> None:
    """Called without a work, a question says for which of several read works it answers."""
    assert "work: Phillips 2008" in atlas.ask(name).table().caption
    assert "work: City 2022" in atlas.ask(name, work="city2022").table().caption


def test_a_summary_hedges_with_the_words_of_its_passage(tmp_path: Path) -> None:
    """The words that count as a hedge in the text count in the summary too, and each fault of a
    label that repeats its summary is named once.
    """
    atlas = chan_workspace(tmp_path)
    words = "cohesion results from trust in most cases as everybody knows by now"
    with atlas.edit() as edit:
        for summary in (f"{words.capitalize()}.", "Cohesion results from trust."):
            edit.claim(
                summary=summary,
                about="trust",
                in_="chan-2006",
                page=1,
                phrase=words[:35],
                hedge_words="in most cases",
            )
    text = tmp_path / "notes.txt"
    text.write_text(f"[page 1]\n{words}.\n", "utf-8")
    doubts = [str(doubt) for doubt in atlas.verify(text, work="chan-2006").doubts]
    assert sum("copies more than 8 words" in doubt for doubt in doubts) == 1
    unhedged = "".join(doubt for doubt in doubts if "do not hedge" in doubt)
    assert "trust" in unhedged and "most-cases" not in unhedged


def test_a_phrase_is_found_in_its_section_and_in_no_other(tmp_path: Path) -> None:
    """Where a text has no pages; a passage that is moved to another section loses its record."""
    atlas = chan_workspace(tmp_path)
    text = tmp_path / "chan.md"
    text.write_text(
        "# Ties\n\nTrust binds.\n\n## Weak ties\n\nHope too.\n\n# End\n\nTrust binds.\n"
    )
    with atlas.edit() as edit:
        for number, (section, phrase) in enumerate(
            (("Ties", "trust binds"), ("Ties", "hope too"), ("End", "hope too")), 1
        ):
            location = {"page": f"{section}, para. 1", "phrase": phrase, "name": f"claim-{number}"}
            edit.claim(summary="Trust.", about="trust", in_="chan-2006", **location)  # type: ignore[arg-type]
    report = atlas.verify(text, work="chan-2006", write=True)
    (wrong,) = [finding for finding in report.wrong if finding.place.section]
    assert str(wrong) == (
        'Chan 2006, section “End”: "hope too": is not in this section, but on line 7'
    )
    atlas.refresh()
    passages = found_passages(atlas.graph, atlas.layouts)
    lines = {iri.rpartition("/")[2]: span for iri, span in passages.items()}
    assert lines["chan-2006-ties-1-trust-binds"] == (3, 3)
    assert "chan-2006-end-1-hope-too" not in lines
    with atlas.edit() as edit:
        edit.update("claim-1", page="End, para. 1")
    atlas.refresh()
    passages = found_passages(atlas.graph, atlas.layouts)
    assert not any(iri.endswith("chan-2006-end-1-trust-binds") for iri in passages)
    assert atlas.verify(text, work="chan-2006", write=True) and atlas.refresh() is not None
    passages = found_passages(atlas.graph, atlas.layouts)
    spans = [span for iri, span in passages.items() if iri.endswith("end-1-trust-binds")]
    assert spans == [(11, 11)]


def test_a_work_that_is_renamed_keeps_what_was_found_in_it_and_who_read_it(tmp_path: Path) -> None:
    atlas = chan_workspace(tmp_path)
    text = tmp_path / "chan.txt"
    text.write_text("[page 290]\nCohesion is a state of affairs.\n[page 291]\nMore.\n")
    atlas.verify(text, work="chan-2006", write=True)
    sheet = tmp_path / "definitions.csv"
    row = "chan2006,290–291,trust,A bond.,a state of affairs,doe-1999,Doe,14,bond\n"
    header = "work,page,concept,summary,phrase,stated in,holder,cited page,name\n"
    sheet.write_text(header + row.replace("chan2006", "chan-2006").replace("Doe", '"Doe, Jo"'))
    with atlas.edit() as edit:
        edit.work("doe-1999", title="Bonds", authors="Doe, Jo", year=1999)
    atlas.import_(sheet)
    with atlas.edit() as edit:
        edit.second_reading("chan-cohesion", by="Ada Okoro")
        edit.second_reading("bond", by="Ada Okoro")
    with atlas.edit() as edit:
        edit.rename("chan-2006", "chan-to-2006")
    sheet.write_text(sheet.read_text().replace("chan-2006", "chan-to-2006"))
    assert atlas.import_(sheet).notes[0] == "1 definition already there."
    reopened = sq_graph.open(atlas.layouts[-1].root)
    passages = found_passages(reopened.graph, reopened.layouts)
    assert any("state-of-affairs" in iri for iri in passages)
    folder = atlas.layouts[-1].ontology / "data/works"
    assert [path.name for path in sorted(folder.glob("*/*.*"))] == ["found.json", "readings.ttl"]
    assert {path.parent.name for path in folder.glob("*/*.*")} == {"chan-to-2006"}
    assert reopened.ask("held-by", holder="joseph-chan").rows  # a label with hyphens is a name
