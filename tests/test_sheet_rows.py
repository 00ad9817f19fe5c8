"""Rows of sheets: each is counted, none loses a cell, and what is wrong with one is said in its words."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font

import sq_graph
from sq_graph.atlas import Atlas
from sq_graph.errors import FindingsError, InputError
from sq_graph.importers.attributing import pages
from sq_graph.importers.field_values import field_values
from sq_graph.importers.form_input import update
from sq_graph.importers.sheets import SheetFaults
from sq_graph.importers.workspace import make_workspace
from tests.conftest import ROOT, attribution_of

BASE = "https://example.org/rows/"


@pytest.fixture(scope="module")
def mine(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    atlas = sq_graph.open(make_workspace(tmp_path_factory.mktemp("rows") / "review", BASE))
    with atlas.edit() as edit:
        edit.work("lund-2004", title="Bonds in common", authors="Lund, Mara", year=2004)
        of, summary = "social-cohesion", "Cohesion is a matter of bonds."
        edit.definition(of=of, in_="lund-2004", page=1, summary=summary, name="lund-cohesion")
        edit.claim(
            summary="Bonds can loosen.", about="trust", in_="lund-2004", page=2, name="lund-loosen"
        )
    return atlas


def imported(mine: Atlas, folder: Path, sheet: str, *lines: str) -> str:
    """The counts that an import of these lines of a sheet reports."""
    path = folder / f"{sheet}.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return mine.import_(path).notes[0]


@pytest.mark.parametrize(
    ("sheet", "lines", "counted"),
    [
        (
            "disagreements",
            (
                "question,parties,about,ground,summary",
                "Can it go?,lund-cohesion; lund-loosen,trust,definition,{}",
            ),
            "1 disagreement",
        ),
        (
            "questions",
            ("question,work,page,name,about,status", "{} asked?,lund-2004,3,lund-asks,trust,open"),
            "1 question",
        ),
        ("models", ("label,work,page,summary", "bonds model,lund-2004,3,{}"), "1 model"),
        (
            "examples",
            ("label,example of,work,page,summary", "a town,trust,lund-2004,3,{}"),
            "1 example",
        ),
        ("concepts", ("label,note", "loosened bonds,{}"), "1 concept"),
    ],
)
def test_the_rows_of_every_sheet_are_counted(
    mine: Atlas, tmp_path: Path, sheet: str, lines: tuple[str, ...], counted: str
) -> None:
    head, row = lines[0], "".join(lines[1:])
    for text, became in (("First.", "new"), ("Second.", "changed"), ("Second.", "already there")):
        said = imported(mine, tmp_path, sheet, head, row.format(text))
        assert said.startswith(f"{counted} {became}"), said
        assert said.count("1 ") == 1, "nothing else is counted"
        assert said.endswith(" (our interpretation).") == (sheet == "disagreements")


def test_what_is_not_read_of_a_workbook_is_named(mine: Atlas, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    page = book.active
    page.title = "claims"
    page.append(["summary", "about", "work", "page"])
    page.append(["Bonds hold.", "trust", "lund-2004", 5])
    page.append(["Bonds hold for long.", "trust", "lund-2004", 6])
    page.append([0.25, "trust", "lund-2004", 6])
    page["A3"].hyperlink = "https://example.org/x"
    page["A3"].font = Font(strike=True)
    page["A4"].number_format = "0%"
    page["A2"].comment = Comment("Is this said\nanywhere?", "M. Lund")
    page.row_dimensions[3].hidden = page.column_dimensions["B"].hidden = True
    book.create_sheet("my remarks").append(["ask again"])
    book.create_sheet("empty")
    book.save(path)
    table = mine.import_(path)
    assert table.notes[0] == "3 claims new."
    assert mine.graph.ask('ASK { ?claim sq:summary "25%"@en }')
    assert [(what, str(where).partition(", ")[2], why) for what, where, _, why in table.rows] == [
        (
            "not imported",
            "sheet claims, cell A2",
            "the comment 'Is this said anywhere?': write it into a cell to keep it",
        ),
        (
            "not imported",
            "sheet claims, cell A3",
            "the link 'https://example.org/x': write it into a cell to keep it",
        ),
        ("unclear", "sheet claims", "hidden rows and columns are imported too (3, B)"),
        ("unclear", "sheet claims", "struck-through cells are imported too (A3)"),
        (
            "not imported",
            "sheet my remarks",
            "the template has no sheet with this name; 1 filled row was not read",
        ),
    ]


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("5\u20117", "5", "7"),
        ("p.10", "10", ""),
        ("pp.8-9", "8", "9"),
        ("Seite 12", "12", ""),
        ("290-1", "290", "291"),
    ],
)
def test_pages_are_read_in_their_usual_forms(written: str, first: str, last: str) -> None:
    assert pages(written) == (first, last)


@pytest.mark.parametrize("written", ["5,7", "5;7", "'18", "11f.", "12ff", "9-5", "5 and 7"])
def test_what_is_not_one_page_or_range_is_refused(written: str) -> None:
    with pytest.raises(InputError, match="is not a page"):
        pages(written)


@pytest.mark.parametrize(
    ("sheet", "header", "rows", "fault"),
    [
        ("concepts", "label,note", ("thin bond,a", "Thin  Bond,b"), "row 3, column note: "),
        (
            "definitions",
            "work,page,concept,summary,title,authors",
            ('new-1,5,trust,It is hope.,T,"Lund, M. and Okoro, B."',),
            "'Lund, M. and Okoro, B.' is not one name",
        ),
        (
            "definitions",
            "work,page,concept,summary,title,authors",
            ('new-1,5,trust,It is hope.,T,"Mara Lund, Ben Okoro"',),
            "column authors: 'Mara Lund, Ben Okoro' is not one name",
        ),
    ],
)
def test_rows_that_would_lose_a_cell_or_a_name_are_refused(
    mine: Atlas, tmp_path: Path, sheet: str, header: str, rows: tuple[str, ...], fault: str
) -> None:
    with pytest.raises(SheetFaults) as raised:
        imported(mine, tmp_path, sheet, header, *rows)
    assert fault in "\n".join(map(str, raised.value.faults))


TYPOLOGY = "typology,work,page,divides,category,summary,phrase,holder"
KINDS = "kinds of bonds,lund-2004,{},social-cohesion,{},{},{},{}"


def test_each_row_of_a_typology_keeps_its_page_and_phrase(mine: Atlas, tmp_path: Path) -> None:
    first = KINDS.format(4, "moral bonds", "Rules bind.", "rules that bind", "")
    second = KINDS.format(5, "instrumental bonds", "Use binds.", "{}", "")
    third = KINDS.format(5, "felt bonds", "Liking binds.", "", "")
    for phrase, became in (("of use to all", "new"), ("use for each", "changed")):
        rows = (first, second.format(phrase), third)
        assert imported(mine, tmp_path, "typologies", TYPOLOGY, *rows) == f"1 typology {became}."
        passages = attribution_of(mine.typology("kinds of bonds")).passages
        places = {("4", "rules that bind"), ("5", phrase)}
        assert {(one.page, one.phrase) for one in passages} == places
        felt = f"<{BASE}id/category/lund-2004-kinds-of-bonds-felt-bonds>"
        assert mine.graph.ask(f"ASK {{ {felt} sq:reportedIn/sq:phrase '{phrase}' }}")
    changed = second.format(phrase).replace("Use", "Usefulness")
    said = imported(mine, tmp_path, "typologies", TYPOLOGY, first, changed, third)
    assert said == "1 typology changed."


def test_rows_of_one_thing_do_not_contradict_each_other(mine: Atlas, tmp_path: Path) -> None:
    first = KINDS.format(4, "moral bonds", "Rules bind.", "", "")
    other = KINDS.format(4, "felt bonds", "Liking binds.", "", "Silver")
    with pytest.raises(SheetFaults, match=r"row 3, column holder: .* another holder in row 2"):
        imported(mine, tmp_path, "typologies", TYPOLOGY, first, other)


def test_a_question_without_a_summary_is_found(mine: Atlas, tmp_path: Path) -> None:
    head, row = "question,work,page,about", "Who can loosen a bond?,lund-2004,3,trust"
    imported(mine, tmp_path, "questions", head, row)
    says = [row["says"] for row in mine.ask("questions-put").rows]
    assert "Who can loosen a bond?" in says


def test_no_query_requires_a_summary_that_may_be_missing() -> None:
    for path in (ROOT / "queries").rglob("*.rq"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if "sq:summary" in line and "OPTIONAL" not in line and path.parent.name != "quality":
                assert re.search(r"VALUES|\?(claim|definition) ", line), f"{path.name}: {line}"


CLAIM = "work,page,summary,subject,relation,object,holder"


def test_a_relation_may_have_its_preposition_or_not(mine: Atlas, tmp_path: Path) -> None:
    for number, (written, code) in enumerate(
        (("opposite of", "opposite"), ("Opposite-of", "opposite"), ("condition", "condition-of"))
    ):
        row = f"lund-2004,6,Relation number {number}.,trust,{written},social-capital,"
        assert imported(mine, tmp_path, "claims", CLAIM, row) == "1 claim new."
        found = f"?c sq:summary 'Relation number {number}.'@en ; sq:relation sq:relation-{code}"
        assert mine.graph.ask(f"ASK {{ {found} }}")


def test_a_claim_says_on_what_evidence_it_rests(mine: Atlas, tmp_path: Path) -> None:
    row = "lund-2004,7,Trust grows with use.,trust,empirical study,tried"
    head = "work,page,summary,about,evidence,name"
    assert imported(mine, tmp_path, "claims", head, row) == "1 claim new."
    rests = "ASK {{ ?c sq:summary 'Trust grows with use.'@en ; sq:restsOn sq:evidence-{} }}"
    assert mine.graph.ask(rests.format("empirical-study"))
    with mine.edit() as edit:
        edit.update("tried", evidence="theory")
    assert mine.graph.ask(rests.format("theory"))
    assert field_values(mine.graph, mine.find("tried"))["evidence"] == ("theory",)


def test_faults_list_the_choices_once_and_say_how_a_name_is_added(
    mine: Atlas, tmp_path: Path
) -> None:
    rows = (
        "lund-2004,6,One.,trust,turns-into,social-capital,",
        "lund-2004,6,Two.,trust,turns-upon,social-capital,Weber",
        "Weber 2011,6,Three.,trust,close,social-capital,",
    )
    with pytest.raises(SheetFaults) as caught:
        imported(mine, tmp_path, "claims", CLAIM, *rows)
    first, second, holder, work = map(str, caught.value.faults)
    assert "Choose among" in first and "Choose among" not in second
    assert "'turns-upon'" in second and "row 3, column relation" in second
    assert "ebrd" not in holder + work and ";;" not in holder
    assert "write a new person as Family, Given" in holder
    assert "sq-graph import FILE.bib" in work


DEFINITION = "work,page,concept,summary,holder,name"


def test_a_reported_definition_has_its_holder_in_its_name(mine: Atlas, tmp_path: Path) -> None:
    own = "lund-2004,8,trust,Trust is relying on others.,,"
    reported = "lund-2004,8,trust,Trust is a lubricant.,Silver,"
    said = imported(mine, tmp_path, "definitions", DEFINITION, reported, own)
    assert said == "2 definitions new."
    found = {mine.find(one) for one in ("lund-2004-trust-p8", "lund-2004-silver-trust-p8")}
    assert found == {f"{BASE}id/definition/lund-2004-{one}trust-p8" for one in ("", "silver-")}
    again = imported(mine, tmp_path, "definitions", DEFINITION, own, reported)
    assert again == "2 definitions already there."
    with pytest.raises(SheetFaults, match=r"row 3, column name: two things are called"):
        other = own.replace("relying on", "belief in")
        imported(mine, tmp_path, "definitions", DEFINITION, own, other)


def test_a_reported_definition_of_another_version_keeps_its_name(
    mine: Atlas, tmp_path: Path
) -> None:
    row = "lund-2004,9,trust,Trust is a lubricant.,Silver,{}"
    first = imported(mine, tmp_path, "definitions", DEFINITION, row.format("lund-2004-trust-p9"))
    again = imported(mine, tmp_path, "definitions", DEFINITION, row.format(""))
    assert (first, again) == ("1 definition new.", "1 definition already there.")


def test_a_fault_has_no_second_fault_in_its_wake(mine: Atlas, tmp_path: Path) -> None:
    claims = "work,page,summary,about,relation,name"
    rows = (
        "lund-2004,6,They are no opposites.,trust,turns-into,no-opposites",
        "lund-2004,6,So it seems.,claim:no-opposites,,",
        "lund-2004,6,So it is.,nobody-knows,,",
    )
    with pytest.raises(SheetFaults) as caught:
        imported(mine, tmp_path, "claims", claims, *rows)
    assert [(one.row, one.column) for one in caught.value.faults] == [(2, "relation"), (4, "about")]


def test_the_page_that_a_report_cites_is_kept(mine: Atlas, tmp_path: Path) -> None:
    head = "work,page,concept,summary,holder,stated in,cited page,name"
    row = "lund-2004,10,trust,Trust is a lubricant.,{},{},p. 12,{}"
    rows = row.format("Silver", "", "of-silver"), row.format("", "room-1999", "of-room")
    counted = "2 definitions new."
    for _ in range(2):
        assert imported(mine, tmp_path, "definitions", head, *rows) == counted
        counted = "2 definitions already there."
    for name, cited in (("of-silver", "agent/silver"), ("of-room", "work/room-1999")):
        thing = mine.find(name)
        assert field_values(mine.graph, thing)["cited_page"] == ("12",)
        mention = f"cito:hasCitedEntity <https://w3id.org/sq-graph/id/{cited}>"
        assert mine.graph.ask(
            "PREFIX cito: <http://purl.org/spar/cito/>"
            f" ASK {{ <{thing}> sq:citation [ sq:citedPage '12' ; {mention} ] }}"
        )
    with pytest.raises(SheetFaults, match="needs a work that is cited"):
        imported(mine, tmp_path, "definitions", head, row.format("", "", "of-lund"))


def test_drafts_are_listed_in_words_with_hedge_and_note(mine: Atlas) -> None:
    with mine.edit() as edit:
        edit.claim(
            summary="Trust is no capital.",
            in_="lund-2004",
            page=11,
            subject="trust",
            relation="part-of",
            object="social-capital",
            denied=True,
            hedge="hedged",
            hedge_words="hardly",
            name="no-capital",
        )
        edit.question("Why trust?", in_="lund-2004", page=11, about="trust", name="why-trust")
        edit.update("no-capital", note="To be discussed.")
    says = {str(row[-1]).rpartition("/")[2]: str(row[2]) for row in mine.drafts().table().rows}
    for part in ("denied relation: part of", "how firmly: hedged", "note: To be discussed."):
        assert part in says["no-capital"]
    assert "how firmly" not in says["why-trust"]


def test_categories_are_shown_in_the_order_of_their_author(mine: Atlas) -> None:
    with mine.edit() as edit:
        edit.typology(
            "ways of bonding",
            divides="social-cohesion",
            in_="lund-2004",
            page=12,
            categories=["wide way", "narrow way", "between"],
        )
    listed = mine.about("ways of bonding").views["categories"]
    assert [one.label for one in listed] == ["wide way", "narrow way", "between"]


def test_a_sense_of_a_sense_is_refused_with_what_to_do(mine: Atlas, tmp_path: Path) -> None:
    row = "sense of my own,cohesion as Bernard upholds it"
    with pytest.raises(FindingsError, match=r"row 2: .* Set sense of to the word") as caught:
        imported(mine, tmp_path, "concepts", "label,sense of", row)
    assert "sq:" not in str(caught.value)


def test_a_label_that_is_too_long_is_named_by_its_own_column(mine: Atlas, tmp_path: Path) -> None:
    with pytest.raises(FindingsError, match=r"sheet concepts, row 2, column label: ") as caught:
        imported(mine, tmp_path, "concepts", "label,note", f"{'long ' * 40},x")
    assert "question" not in str(caught.value) and "summary" not in str(caught.value)


def test_things_in_any_script_are_kept_apart(tmp_path: Path) -> None:
    atlas = sq_graph.open(make_workspace(tmp_path / "review", BASE))
    (tmp_path / "l.bib").write_text("@book{wang, author={王, 小明}, title={社会}, year={2011}}")
    atlas.import_(tmp_path / "l.bib")
    assert atlas.work("wang-2011").label == "王 2011"
    said = "definitions", "work,page,concept,summary,phrase"
    ways = [f"{way},wang,3,凝聚力,{kind}" for way in ("维度", "类型") for kind in ("经济", "政治")]
    for sheet, head, rows in (
        ("concepts", "label", ["凝聚力", "排斥", "التماسك"]),
        (*said, ["wang,٥,凝聚力,信任。,社会凝聚力", "wang,٥,排斥,过程。,社会排斥"]),
        ("typologies", "typology,work,page,divides,category", ways),
        ("claims", "work,page,summary,about", ["wang,6,信任。,排斥", "wang,6,过程。,排斥"]),
        (
            "disagreements",
            "question,work,page,parties,about,ground",
            ["状态?,wang,7,王 2011 on 凝聚力; 王 2011 on 排斥,排斥,definition"],
        ),
    ):
        for became in ("new", "already there"):
            assert f" {became}" in imported(atlas, tmp_path, sheet, head, *rows)
    one, other = (atlas.concept(label).definitions[0] for label in ("凝聚力", "排斥"))
    assert [one.summary, other.summary] == ["信任。", "过程。"]
    assert one.attribution.passages[0].phrase == "社会凝聚力"
    assert other.attribution.passages[0].phrase == "社会排斥"
    assert len(atlas.compare("维度", "类型").rows) == 4
    noted = atlas.compare("凝聚力").rows[1]
    assert noted == ("noted in the map", "状态? (our interpretation of 王 2011, p. 7).")


def test_another_definition_of_the_same_page_takes_no_other_s_place(
    mine: Atlas, tmp_path: Path
) -> None:
    """In one sheet or in two: another phrase and another summary are another statement."""
    head = "work,page,concept,summary,phrase"
    first = "lund-2004,31,trust,Trust is relying on others.,to rely on others"
    second = "lund-2004,31,trust,Trust is a lubricant.,that lubricant which is trust"
    third = "lund-2004,31,trust,Trust is a habit.,a habit of the heart"
    assert imported(mine, tmp_path, "definitions", head, first, second) == "2 definitions new."
    assert imported(mine, tmp_path, "definitions", head, third).startswith("1 definition new")
    again = imported(mine, tmp_path, "definitions", head, second, third, first)
    assert again == "3 definitions already there."
    names = ("", "-that-lubricant-which-is", "-a-habit-of-the")
    said = [mine.show(f"lund-2004-trust-p31{name}") for name in names]
    assert [
        next(one for one in ("relying", "lubricant", "habit") if one in str(table))
        for table in said
    ] == ["relying", "lubricant", "habit"]
    mended = first.replace("to rely", "relying").replace("Trust", "Trust always")
    kept = first.replace("Trust is", "Trust always is")
    assert imported(mine, tmp_path, "definitions", head, kept) == "1 definition changed."
    assert imported(mine, tmp_path, "definitions", head, mended) == "1 definition changed."


def reported(mine: Atlas, folder: Path, sheet: str, *lines: str) -> list[tuple[str, ...]]:
    """What an import of these lines of a sheet reports of things: what, which, why."""
    path = folder / f"{sheet}.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return [(str(what), str(thing), str(why)) for what, _, thing, why in mine.import_(path).rows]


def test_a_sheet_with_fewer_columns_leaves_what_they_held(mine: Atlas, tmp_path: Path) -> None:
    head = "work,page,concept,summary,form,phrase,hedge,hedge words,note,degree"
    row = "lund-2004,41,trust,{},quoted,a bond that may hold,hedged,may,mine,ranked"
    imported(mine, tmp_path, "definitions", head, row.format("Trust may hold."))
    few, changed = "work,page,concept,summary", "lund-2004,41,trust,Trust might hold."
    thing = f"{BASE}id/definition/lund-2004-trust-p41"
    before = field_values(mine.graph, thing)
    rows = reported(mine, tmp_path, "definitions", few, changed)
    assert rows == [("changed", "lund-2004-trust-p41", "summary was 'Trust may hold.'")]
    after = field_values(mine.graph, thing)
    assert after == before | {"summary": ("Trust might hold.",)}
    assert {"form", "phrase", "hedge", "hedge_words", "note", "aspect.degree"} <= after.keys()
    assert not mine.graph.ask(f"ASK {{ <{BASE}id/passage/lund-2004-p41> a sq:Passage }}")


def test_what_a_row_overwrites_is_reported(mine: Atlas, tmp_path: Path) -> None:
    head = "work,page,concept,summary,note,degree"
    imported(mine, tmp_path, "definitions", head, "lund-2004,42,trust,First words.,a,ranked")
    rows = reported(mine, tmp_path, "definitions", head, "lund-2004,42,trust,Other words.,,binary")
    assert rows == [
        ("changed", "lund-2004-trust-p42", "note was 'a'; summary was 'First words.'"),
        ("changed", "lund-2004-trust-p42-degree", "value was ranked"),
    ]
    blank = reported(mine, tmp_path, "definitions", head, "lund-2004,42,trust,Other words.,,")
    why = "cells are blank (degree), but what was coded there is kept; to take it away: "
    why += "sq-graph update lund-2004-trust-p42 aspect.degree="
    assert blank == [("unclear", "lund-2004-trust-p42", why)]
    with mine.edit() as edit:
        update(edit, "lund-2004-trust-p42", {"aspect.degree": [""]})
    assert not reported(mine, tmp_path, "definitions", head, "lund-2004,42,trust,Other words.,,")


def test_a_category_that_no_row_has_any_more_is_reported(mine: Atlas, tmp_path: Path) -> None:
    head = "typology,work,page,divides,category,ordered by"
    rows = [f"ranks of bonds,lund-2004,43,trust,{name},up" for name in ("low", "mid", "high")]
    imported(mine, tmp_path, "typologies", head, *rows)
    low, high = "lund-2004-ranks-of-bonds-low", "lund-2004-ranks-of-bonds-high"
    assert reported(mine, tmp_path, "typologies", head, rows[2], rows[0]) == [
        ("changed", high, "rank was 3"),
        ("changed", low, "rank was 1"),
        ("deleted", "lund-2004-ranks-of-bonds-mid", "no row has it any more"),
    ]


def test_what_stays_beside_a_row_with_another_summary_and_phrase_is_reported(
    mine: Atlas, tmp_path: Path
) -> None:
    first = "lund-2004,44,Bonds are what holds a town up.,trust,one two three"
    other = "lund-2004,44,Bonds are what holds a town down.,trust,four five six"
    head, name = "work,page,summary,about,phrase", "lund-2004-p44-bonds-are-what-holds-a-town"
    assert imported(mine, tmp_path, "claims", head, first) == "1 claim new."
    ((what, thing, why),) = reported(mine, tmp_path, "claims", head, other)
    assert (what, thing) == ("unclear", f"{name}-four-five-six")
    assert why == (
        f"{name} is of the same page, but has another summary and phrase;"
        f" if this row replaces it: sq-graph delete {name}"
    )
    assert reported(mine, tmp_path, "claims", head, other, first) == []


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        (
            [["My reading"], [], ["work", "page", "concept", "summary"]],
            "1: the header is in row 3: ",
        ),
        ([["Title", None], ["work", "page", "concept", "summary"]], "1: the header is in row 2: "),
        ([[], ["chan-2006", 5, "trust", "S."]], "2: no cell of this row names a column"),
        (
            [["work", "page", "concept", "summary"], ["lund-2004", 0.05, "trust", "Any."]],
            "made 0.05 ",
        ),
        (
            [["work", "page", "concept", "summary"], ["lund-2004", True, "trust", "Any."]],
            "made TRUE ",
        ),
        ([["work", "page", "concept", "summary"], ["lund-2004", 5, "trust", False]], "made FALSE "),
    ],
)
def test_a_title_above_the_header_and_values_of_a_spreadsheet_are_one_fault(
    mine: Atlas, tmp_path: Path, rows: list[list[object]], fault: str
) -> None:
    book = openpyxl.Workbook()
    book.active.title = "definitions"
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(SheetFaults) as raised:
        mine.import_(tmp_path / "a.xlsx")
    (said,) = map(str, raised.value.faults)
    assert fault in said


def test_a_name_is_looked_up_among_what_fits_the_column(mine: Atlas, tmp_path: Path) -> None:
    """A claim that has the name of a concept of the same workbook or of the map, again and again."""
    book, place = openpyxl.Workbook(), ["lund-2004", 45]
    sheets: dict[str, list[list[object]]] = {
        "concepts": [["label"], ["solid tie"], ["Lund 2004"]],
        "claims": [
            ["work", "page", "summary", "about", "name"],
            [*place, "This tie is a claim.", "trust", "solid-tie"],
            [*place, "This trust is a claim.", "trust", "trust"],
        ],
        "alignments": [
            ["work", "page", "subject", "relation", "object"],
            [*place, "Lund 2004", "close", "Solid\u200b tie"],
        ],
        "support": [["statement", "bears", "on"], ["solid-tie", "supports", "trust"]],
    }
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "b.xlsx")
    assert mine.import_(tmp_path / "b.xlsx").notes[0].startswith("2 concepts new, 1 align")
    mine.import_(tmp_path / "b.xlsx")
    own = f"<{BASE}id/{{}}/{{}}>".format
    claims = own("claim", "solid-tie"), own("claim", "trust")
    assert mine.graph.ask(f"ASK {{ {claims[0]} sq:supports {claims[1]} }}")
    ends = own("concept", "lund-2004"), own("concept", "solid-tie")
    assert mine.graph.ask(f"ASK {{ ?it sq:subject {ends[0]} ; sq:object {ends[1]} }}")


def test_what_is_missing_is_said_with_a_remedy(mine: Atlas, tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_text("work,page,summary,about\nlund-2004,46,Bonds wear out.,trust\n")
    notes = mine.import_(path).notes
    why = "To do: this passage has no phrase by which to find it (1): add phrase with at most "
    assert f"{why}eight words of the text." in notes


def test_a_concept_may_stand_above_the_row_of_its_broader_one(mine: Atlas, tmp_path: Path) -> None:
    rows = ("loose knot,tight knot,", "tight knot,,any knot", "any knot,,")
    said = imported(mine, tmp_path, "concepts", "label,broader,sense of", *rows)
    assert said == "3 concepts new."
    loose, tight = f"<{BASE}id/concept/loose-knot>", f"<{BASE}id/concept/tight-knot>"
    assert mine.graph.ask(f"ASK {{ {loose} skos:broader {tight} . {tight} sq:senseOf ?any }}")
    with pytest.raises(SheetFaults, match="row 2, column broader"):
        imported(mine, tmp_path, "concepts", "label,broader", "knot a,knot b", "knot b,knot a")


def test_a_denied_alignment_stays_denied_in_a_sheet_without_that_column(
    mine: Atlas, tmp_path: Path
) -> None:
    head, row = "work,page,subject,relation,object", "lund-2004,47,trust,close,social-solidarity"
    imported(mine, tmp_path, "alignments", f"{head},denied", f"{row},yes")
    assert imported(mine, tmp_path, "alignments", head, row) == "1 alignment already there."
    assert mine.graph.ask(
        "ASK { ?it a sq:DeniedAlignment ; rdfs:label ?label ; sq:reportedIn/sq:pageLabel '47'"
        " FILTER(STRENDS(?label, '(denied)')) }"
    )
