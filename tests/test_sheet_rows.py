"""Rows of sheets: each is counted, no cell is lost, and faults are reported in the words of the sheet."""

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
from sq_graph.table import Table
from tests.conftest import ROOT, attribution_of

BASE = "https://example.org/rows/"


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    atlas = sq_graph.open(make_workspace(tmp_path_factory.mktemp("rows") / "review", BASE))
    with atlas.edit() as edit:
        edit.work("lund-2004", title="Bonds in common", authors="Lund, Mara", year=2004)
        of, summary = "social-cohesion", "Cohesion is a matter of bonds."
        edit.definition(of=of, in_="lund-2004", page=1, summary=summary, name="lund-cohesion")
        edit.claim(
            summary="Bonds can loosen.", about="trust", in_="lund-2004", page=2, name="lund-loosen"
        )
    return atlas


def import_table(atlas: Atlas, sheet: str, *lines: str) -> Table:
    """The report of an import of these lines of a sheet."""
    path = atlas.layouts[-1].root.parent / f"{sheet}.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return atlas.import_(path)


def import_csv(atlas: Atlas, sheet: str, *lines: str) -> str:
    """The counts that an import of these lines of a sheet reports."""
    return import_table(atlas, sheet, *lines).notes[0]


@pytest.mark.parametrize(
    ("sheet", "lines", "count"),
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
    atlas: Atlas, sheet: str, lines: tuple[str, ...], count: str
) -> None:
    header, row = lines[0], "".join(lines[1:])
    for text, outcome in (("First.", "new"), ("Second.", "changed"), ("Second.", "already there")):
        note = import_csv(atlas, sheet, header, row.format(text))
        assert note.startswith(f"{count} {outcome}"), note
        assert note.count("1 ") == 1, "nothing else is counted"
        assert note.endswith(" (our interpretation).") == (sheet == "disagreements")


def test_what_is_not_read_of_a_workbook_is_named(atlas: Atlas, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "claims"
    sheet.append(["summary", "about", "work", "page"])
    sheet.append(["Bonds hold.", "trust", "lund-2004", 5])
    sheet.append(["Bonds hold for long.", "trust", "lund-2004", 6])
    sheet.append([0.25, "trust", "lund-2004", 6])
    sheet["A3"].hyperlink = "https://example.org/x"
    sheet["A3"].font = Font(strike=True)
    sheet["A4"].number_format = "0%"
    sheet["A2"].comment = Comment("Is this said\nanywhere?", "M. Lund")
    sheet.row_dimensions[3].hidden = sheet.column_dimensions["B"].hidden = True
    book.create_sheet("my remarks").append(["ask again"])
    book.create_sheet("empty")
    book.save(path)
    table = atlas.import_(path)
    assert table.notes[0] == "3 claims new."
    assert atlas.graph.ask('ASK { ?claim sq:summary "25%"@en }')
    assert [
        (status, str(location).partition(", ")[2], reason)
        for status, location, _, reason in table.rows
    ] == [
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
    ("text", "first", "last"),
    [
        ("5\u20117", "5", "7"),
        ("p.10", "10", ""),
        ("pp.8-9", "8", "9"),
        ("Seite 12", "12", ""),
        ("290-1", "290", "291"),
    ],
)
def test_pages_are_read_in_their_usual_forms(text: str, first: str, last: str) -> None:
    assert pages(text) == (first, last)


@pytest.mark.parametrize("text", ["5,7", "5;7", "'18", "11f.", "12ff", "9-5", "5 and 7", "110-"])
def test_what_is_not_one_page_or_range_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is not a page"):
        pages(text)


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
    atlas: Atlas, sheet: str, header: str, rows: tuple[str, ...], fault: str
) -> None:
    with pytest.raises(SheetFaults) as raised:
        import_csv(atlas, sheet, header, *rows)
    message = "\n".join(map(str, raised.value.faults))
    assert fault in message and "there is no work" not in message


TYPOLOGY = "typology,work,page,divides,category,summary,phrase,holder"
KINDS = "kinds of bonds,lund-2004,{},social-cohesion,{},{},{},{}"


def test_each_row_of_a_typology_keeps_its_page_and_phrase(atlas: Atlas) -> None:
    first = KINDS.format(4, "moral bonds", "Rules bind.", "rules that bind", "")
    second = KINDS.format(5, "instrumental bonds", "Use binds.", "{}", "")
    third = KINDS.format(5, "felt bonds", "Liking binds.", "", "")
    for phrase, outcome in (("of use to all", "new"), ("use for each", "changed")):
        rows = (first, second.format(phrase), third)
        assert import_csv(atlas, "typologies", TYPOLOGY, *rows) == f"1 typology {outcome}."
        passages = attribution_of(atlas.typology("kinds of bonds")).passages
        expected = {("4", "rules that bind"), ("5", phrase)}
        assert {(passage.page, passage.phrase) for passage in passages} == expected
        category = f"<{BASE}id/category/lund-2004-kinds-of-bonds-felt-bonds>"
        assert atlas.graph.ask(f"ASK {{ {category} sq:reportedIn/sq:phrase '{phrase}' }}")
    changed = second.format(phrase).replace("Use", "Usefulness")
    note = import_csv(atlas, "typologies", TYPOLOGY, first, changed, third)
    assert note == "1 typology changed."


def test_rows_of_one_thing_do_not_contradict_each_other(atlas: Atlas) -> None:
    first = KINDS.format(4, "moral bonds", "Rules bind.", "", "")
    other = KINDS.format(4, "felt bonds", "Liking binds.", "", "Silver")
    with pytest.raises(SheetFaults, match=r"row 3, column holder: .* a different holder in row 2"):
        import_csv(atlas, "typologies", TYPOLOGY, first, other)


def test_a_question_without_a_summary_is_found(atlas: Atlas) -> None:
    header, row = "question,work,page,about", "Who can loosen a bond?,lund-2004,3,trust"
    import_csv(atlas, "questions", header, row)
    texts = [row["says"] for row in atlas.ask("questions-put").rows]
    assert "Who can loosen a bond?" in texts


def test_no_query_requires_a_summary_that_may_be_missing() -> None:
    for path in (ROOT / "queries").rglob("*.rq"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if "sq:summary" in line and "OPTIONAL" not in line and path.parent.name != "quality":
                assert re.search(r"VALUES|\?(claim|definition) ", line), f"{path.name}: {line}"


CLAIM = "work,page,summary,subject,relation,object,holder"


def test_a_relation_may_have_its_preposition_or_not(atlas: Atlas) -> None:
    for number, (relation, code) in enumerate(
        (("opposite of", "opposite"), ("Opposite-of", "opposite"), ("condition", "condition-of"))
    ):
        row = f"lund-2004,6,Relation number {number}.,trust,{relation},social-capital,"
        assert import_csv(atlas, "claims", CLAIM, row) == "1 claim new."
        pattern = f"?c sq:summary 'Relation number {number}.'@en ; sq:relation sq:relation-{code}"
        assert atlas.graph.ask(f"ASK {{ {pattern} }}")


def test_a_claim_says_on_what_evidence_it_rests(atlas: Atlas) -> None:
    row = "lund-2004,7,Trust grows with use.,trust,empirical study,tried"
    header = "work,page,summary,about,evidence,name"
    assert import_csv(atlas, "claims", header, row) == "1 claim new."
    query = "ASK {{ ?c sq:summary 'Trust grows with use.'@en ; sq:restsOn sq:evidence-{} }}"
    assert atlas.graph.ask(query.format("empirical-study"))
    with atlas.edit() as edit:
        edit.update("tried", evidence="theory")
    assert atlas.graph.ask(query.format("theory"))
    assert field_values(atlas.graph, atlas.find("tried"))["evidence"] == ("theory",)


def test_faults_list_the_choices_once_and_say_how_a_name_is_added(atlas: Atlas) -> None:
    rows = (
        "lund-2004,6,One.,trust,turns-into,social-capital,",
        "lund-2004,6,Two.,trust,turns-upon,social-capital,Weber",
        "Weber 2011,6,Three.,trust,close,social-capital,",
    )
    with pytest.raises(SheetFaults) as caught:
        import_csv(atlas, "claims", CLAIM, *rows)
    first, second, holder, work = map(str, caught.value.faults)
    assert "Choose among" in first and "Choose among" not in second
    assert "'turns-upon'" in second and "row 3, column relation" in second
    assert "ebrd" not in holder + work and ";;" not in holder
    assert "write a new person as Family, Given" in holder
    assert "sq-graph import FILE.bib" in work


DEFINITION = "work,page,concept,summary,holder,name"


def test_a_reported_definition_has_its_holder_in_its_name(atlas: Atlas) -> None:
    first_hand = "lund-2004,8,trust,Trust is relying on others.,,"
    second_hand = "lund-2004,8,trust,Trust is a lubricant.,Silver,"
    count = import_csv(atlas, "definitions", DEFINITION, second_hand, first_hand)
    assert count == "2 definitions new."
    iris = {atlas.find(slug) for slug in ("lund-2004-trust-p8", "lund-2004-silver-trust-p8")}
    assert iris == {f"{BASE}id/definition/lund-2004-{slug}trust-p8" for slug in ("", "silver-")}
    recount = import_csv(atlas, "definitions", DEFINITION, first_hand, second_hand)
    assert recount == "2 definitions already there."
    with pytest.raises(SheetFaults, match=r"row 3, column name: two .* \(different in: summ"):
        other = first_hand.replace("relying on", "belief in")
        import_csv(atlas, "definitions", DEFINITION, first_hand, other)


def test_a_reported_definition_of_another_version_keeps_its_name(atlas: Atlas) -> None:
    row = "lund-2004,9,trust,Trust is a lubricant.,Silver,{}"
    count = import_csv(atlas, "definitions", DEFINITION, row.format("lund-2004-trust-p9"))
    recount = import_csv(atlas, "definitions", DEFINITION, row.format(""))
    assert (count, recount) == ("1 definition new.", "1 definition already there.")


def test_a_fault_has_no_second_fault_in_its_wake(atlas: Atlas) -> None:
    header = "work,page,summary,about,relation,name"
    rows = (
        "lund-2004,6,They are no opposites.,trust,turns-into,no-opposites",
        "lund-2004,6,So it seems.,claim:no-opposites,,",
        "lund-2004,6,So it is.,nobody-knows,,",
    )
    with pytest.raises(SheetFaults) as caught:
        import_csv(atlas, "claims", header, *rows)
    assert [(fault.row, fault.column) for fault in caught.value.faults] == [
        (2, "relation"),
        (4, "about"),
    ]


def test_the_page_that_a_report_cites_is_kept(atlas: Atlas) -> None:
    header = "work,page,concept,summary,holder,stated in,cited page,name"
    row = "lund-2004,10,trust,Trust is a lubricant.,{},{},p. 12,{}"
    rows = row.format("Silver", "", "of-silver"), row.format("", "room-1999", "of-room")
    for outcome in ("new", "already there"):
        assert import_csv(atlas, "definitions", header, *rows) == f"2 definitions {outcome}."
    for name, entity in (("of-silver", "agent/silver"), ("of-room", "work/room-1999")):
        definition = atlas.find(name)
        assert field_values(atlas.graph, definition)["cited_page"] == ("12",)
        mention = f"cito:hasCitedEntity <https://w3id.org/sq-graph/id/{entity}>"
        assert atlas.graph.ask(
            "PREFIX cito: <http://purl.org/spar/cito/>"
            f" ASK {{ <{definition}> sq:citation [ sq:citedPage '12' ; {mention} ] }}"
        )
    with pytest.raises(SheetFaults, match="requires a cited work"):
        import_csv(atlas, "definitions", header, row.format("", "", "of-lund"))


def test_drafts_are_listed_in_words_with_hedge_and_note(atlas: Atlas) -> None:
    with atlas.edit() as edit:
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
        edit.typology(
            "steps",
            divides="trust",
            categories=["upper step", "lower step"],
            in_="lund-2004",
            page=11,
            name="steps",
        )
    texts = {str(row[-1]).rpartition("/")[2]: str(row[2]) for row in atlas.drafts().table().rows}
    for part in ("denied relation: part of", "how firmly: hedged", "note: To be discussed."):
        assert part in texts["no-capital"]
    assert "how firmly" not in texts["why-trust"]
    assert "upper step: –; lower step: –" in texts["steps"]


def test_categories_are_shown_in_the_order_of_their_author(atlas: Atlas) -> None:
    with atlas.edit() as edit:
        edit.typology(
            "ways of bonding",
            divides="social-cohesion",
            in_="lund-2004",
            page=12,
            categories=["wide way", "narrow way", "between"],
        )
    categories = atlas.about("ways of bonding").views["categories"]
    assert [category.label for category in categories] == ["wide way", "narrow way", "between"]


def test_a_sense_of_a_sense_is_refused_with_what_to_do(atlas: Atlas) -> None:
    row = "sense of my own,cohesion as Bernard upholds it"
    with pytest.raises(FindingsError, match=r"row 2: .* Set sense of to the word") as caught:
        import_csv(atlas, "concepts", "label,sense of", row)
    assert "sq:" not in str(caught.value)


def test_a_label_that_is_too_long_is_named_by_its_own_column(atlas: Atlas) -> None:
    with pytest.raises(FindingsError, match=r"sheet concepts, row 2, column label: ") as caught:
        import_csv(atlas, "concepts", "label,note", f"{'long ' * 40},x")
    assert "question" not in str(caught.value) and "summary" not in str(caught.value)


def test_things_in_any_script_are_kept_apart(tmp_path: Path) -> None:
    atlas = sq_graph.open(make_workspace(tmp_path / "review", BASE))
    (tmp_path / "l.bib").write_text("@book{wang, author={王, 小明}, title={社会}, year={2011}}")
    atlas.import_(tmp_path / "l.bib")
    assert atlas.work("wang-2011").label == "王 2011"
    definitions = "definitions", "work,page,concept,summary,phrase"
    categories = [
        f"{typology},wang,3,凝聚力,{category}"
        for typology in ("维度", "类型")
        for category in ("经济", "政治")
    ]
    for sheet, header, rows in (
        ("concepts", "label", ["凝聚力", "排斥", "التماسك"]),
        (*definitions, ["wang,٥,凝聚力,信任。,社会凝聚力", "wang,٥,排斥,过程。,社会排斥"]),
        ("typologies", "typology,work,page,divides,category", categories),
        ("claims", "work,page,summary,about", ["wang,6,信任。,排斥", "wang,6,过程。,排斥"]),
        (
            "disagreements",
            "question,work,page,parties,about,ground",
            ["状态?,wang,7,王 2011 on 凝聚力; 王 2011 on 排斥,排斥,definition"],
        ),
    ):
        for outcome in ("new", "already there"):
            assert f" {outcome}" in import_csv(atlas, sheet, header, *rows)
    cohesion, exclusion = (atlas.concept(label).definitions[0] for label in ("凝聚力", "排斥"))
    assert [cohesion.summary, exclusion.summary] == ["信任。", "过程。"]
    assert cohesion.attribution.passages[0].phrase == "社会凝聚力"
    assert exclusion.attribution.passages[0].phrase == "社会排斥"
    assert len(atlas.compare("维度", "类型").rows) == 4
    note = atlas.compare("凝聚力").rows[1]
    assert note == ("noted in the map", "状态? (our interpretation of 王 2011, p. 7).")


def test_another_definition_of_the_same_page_takes_no_other_s_place(atlas: Atlas) -> None:
    """In one sheet or in two: another phrase and another summary are another statement."""
    header = "work,page,concept,summary,phrase"
    first = "lund-2004,31,trust,Trust is relying on others.,to rely on others"
    second = "lund-2004,31,trust,Trust is a lubricant.,that lubricant which is trust"
    third = "lund-2004,31,trust,Trust is a habit.,a habit of the heart"
    assert import_csv(atlas, "definitions", header, first, second) == "2 definitions new."
    assert import_csv(atlas, "definitions", header, third).startswith("1 definition new")
    recount = import_csv(atlas, "definitions", header, second, third, first)
    assert recount == "3 definitions already there."
    names = ("", "-that-lubricant-which-is", "-a-habit-of-the")
    tables = [atlas.show(f"lund-2004-trust-p31{name}") for name in names]
    assert [
        next(word for word in ("relying", "lubricant", "habit") if word in str(table))
        for table in tables
    ] == ["relying", "lubricant", "habit"]
    other_phrase = first.replace("to rely", "relying").replace("Trust", "Trust always")
    other_summary = first.replace("Trust is", "Trust always is")
    assert import_csv(atlas, "definitions", header, other_summary) == "1 definition changed."
    assert import_csv(atlas, "definitions", header, other_phrase) == "1 definition changed."


def changes(atlas: Atlas, sheet: str, *lines: str) -> list[tuple[str, ...]]:
    """Status, entity and reason of each row of the report of an import of these lines of a sheet."""
    rows = import_table(atlas, sheet, *lines).rows
    return [(str(status), str(entity), str(reason)) for status, _, entity, reason in rows]


def test_a_sheet_with_fewer_columns_leaves_what_they_held(atlas: Atlas) -> None:
    header = "work,page,concept,summary,form,phrase,hedge,hedge words,note,degree"
    row = "lund-2004,41,trust,{},quoted,a bond that may hold,hedged,may,mine,ranked"
    import_csv(atlas, "definitions", header, row.format("Trust may hold."))
    short_header, changed_row = "work,page,concept,summary", "lund-2004,41,trust,Trust might hold."
    definition = f"{BASE}id/definition/lund-2004-trust-p41"
    old_fields = field_values(atlas.graph, definition)
    rows = changes(atlas, "definitions", short_header, changed_row)
    assert rows == [("changed", "lund-2004-trust-p41", "summary was 'Trust may hold.'")]
    new_fields = field_values(atlas.graph, definition)
    assert new_fields == old_fields | {"summary": ("Trust might hold.",)}
    assert {"form", "phrase", "hedge", "hedge_words", "note", "aspect.degree"} <= new_fields.keys()
    assert not atlas.graph.ask(f"ASK {{ <{BASE}id/passage/lund-2004-p41> a sq:Passage }}")


def test_what_a_row_overwrites_is_reported(atlas: Atlas) -> None:
    header = "work,page,concept,summary,note,degree"
    import_csv(atlas, "definitions", header, "lund-2004,42,trust,First words.,a,ranked")
    rows = changes(atlas, "definitions", header, "lund-2004,42,trust,Other words.,,binary")
    assert rows == [
        ("changed", "lund-2004-trust-p42", "note was 'a'; summary was 'First words.'"),
        ("changed", "lund-2004-trust-p42-degree", "value was ranked"),
    ]
    blank_rows = changes(atlas, "definitions", header, "lund-2004,42,trust,Other words.,,")
    reason = "cells are blank (degree), but what was coded there is kept; to remove it: "
    reason += "sq-graph update lund-2004-trust-p42 aspect.degree="
    assert blank_rows == [("unclear", "lund-2004-trust-p42", reason)]
    with atlas.edit() as edit:
        update(edit, "lund-2004-trust-p42", {"aspect.degree": [""]})
    assert not changes(atlas, "definitions", header, "lund-2004,42,trust,Other words.,,")


def test_a_category_that_no_row_has_any_more_is_reported(atlas: Atlas) -> None:
    header = "typology,work,page,divides,category,ordered by"
    rows = [f"ranks of bonds,lund-2004,43,trust,{name},up" for name in ("low", "mid", "high")]
    import_csv(atlas, "typologies", header, *rows)
    low, high = "lund-2004-ranks-of-bonds-low", "lund-2004-ranks-of-bonds-high"
    assert changes(atlas, "typologies", header, rows[2], rows[0]) == [
        ("changed", high, "rank was 3"),
        ("changed", low, "rank was 1"),
        ("deleted", "lund-2004-ranks-of-bonds-mid", "no row has it any more"),
    ]


def test_what_stays_beside_a_row_with_another_summary_and_phrase_is_reported(atlas: Atlas) -> None:
    first = "lund-2004,44,Bonds are what holds a town up.,trust,one two three"
    other = "lund-2004,44,Bonds are what holds a town down.,trust,four five six"
    header, name = "work,page,summary,about,phrase", "lund-2004-p44-bonds-are-what-holds-a-town"
    assert import_csv(atlas, "claims", header, first) == "1 claim new."
    ((status, entity, reason),) = changes(atlas, "claims", header, other)
    assert (status, entity) == ("unclear", f"{name}-four-five-six")
    assert reason == (
        f"{name} is on the same page or has the same summary, and no row has it;"
        f" if this row replaces it: sq-graph delete {name}"
    )
    assert changes(atlas, "claims", header, other, first) == []


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
            "turned this into 0.05",
        ),
        (
            [["work", "page", "concept", "summary"], ["lund-2004", True, "trust", "Any."]],
            "turned this into TRUE",
        ),
        (
            [["work", "page", "concept", "summary"], ["lund-2004", 5, "trust", False]],
            "turned this into FALSE",
        ),
    ],
)
def test_a_title_above_the_header_and_values_of_a_spreadsheet_are_one_fault(
    atlas: Atlas, tmp_path: Path, rows: list[list[object]], fault: str
) -> None:
    book = openpyxl.Workbook()
    book.active.title = "definitions"
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(SheetFaults) as raised:
        atlas.import_(tmp_path / "a.xlsx")
    (message,) = map(str, raised.value.faults)
    assert fault in message


def test_a_name_is_looked_up_among_what_fits_the_column(atlas: Atlas, tmp_path: Path) -> None:
    """A claim that has the name of a concept of the same workbook or of the map, again and again."""
    book, locator = openpyxl.Workbook(), ["lund-2004", 45]
    sheets: dict[str, list[list[object]]] = {
        "concepts": [["label"], ["solid tie"], ["Lund 2004"]],
        "claims": [
            ["work", "page", "summary", "about", "name"],
            [*locator, "This tie is a claim.", "trust", "solid-tie"],
            [*locator, "This trust is a claim.", "trust", "trust"],
        ],
        "alignments": [
            ["work", "page", "subject", "relation", "object"],
            [*locator, "Lund 2004", "close", "Solid\u200b tie"],
        ],
        "support": [["statement", "bears", "on"], ["solid-tie", "supports", "trust"]],
    }
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "b.xlsx")
    assert atlas.import_(tmp_path / "b.xlsx").notes[0].startswith("2 concepts new, 1 align")
    atlas.import_(tmp_path / "b.xlsx")
    iri = f"<{BASE}id/{{}}/{{}}>".format
    claims = iri("claim", "solid-tie"), iri("claim", "trust")
    assert atlas.graph.ask(f"ASK {{ {claims[0]} sq:supports {claims[1]} }}")
    ends = iri("concept", "lund-2004"), iri("concept", "solid-tie")
    assert atlas.graph.ask(f"ASK {{ ?it sq:subject {ends[0]} ; sq:object {ends[1]} }}")


def test_what_is_missing_is_reported_with_a_remedy(atlas: Atlas, tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_text("work,page,summary,about\nlund-2004,46,Bonds wear out.,trust\n")
    notes = atlas.import_(path).notes
    message = "To do: this passage has no phrase by which to find it (1): add phrase with at most "
    assert f"{message}eight words of the text." in notes


def test_a_concept_may_stand_above_the_row_of_its_broader_one(atlas: Atlas) -> None:
    rows = ("loose knot,tight knot,", "tight knot,,any knot", "any knot,,")
    count = import_csv(atlas, "concepts", "label,broader,sense of", *rows)
    assert count == "3 concepts new."
    loose, tight = f"<{BASE}id/concept/loose-knot>", f"<{BASE}id/concept/tight-knot>"
    assert atlas.graph.ask(f"ASK {{ {loose} skos:broader {tight} . {tight} sq:senseOf ?any }}")
    with pytest.raises(SheetFaults, match="row 2, column broader"):
        import_csv(atlas, "concepts", "label,broader", "knot a,knot b", "knot b,knot a")


def test_a_denied_alignment_stays_denied_in_a_sheet_without_that_column(atlas: Atlas) -> None:
    header, row = "work,page,subject,relation,object", "lund-2004,47,trust,close,social-solidarity"
    import_csv(atlas, "alignments", f"{header},denied", f"{row},yes")
    for shown in (row, row.replace("close", "close match")):  # as tables show the relation
        assert import_csv(atlas, "alignments", header, shown) == "1 alignment already there."
    assert atlas.graph.ask(
        "ASK { ?it a sq:DeniedAlignment ; rdfs:label ?label ; sq:reportedIn/sq:pageLabel '47'"
        " FILTER(STRENDS(?label, '(denied)')) }"
    )


TRUST_ROWS = {
    "concepts": ["label,broader", "system trust,trust", "risk taking,trust"],
    "definitions": [
        "summary,work,page,concept,holder,phrase",
        "Trust in media.,own-1979,24,system trust,,",
        "Trust in money.,own-1979,30,trust,,to have trust in money",
        "Trust in coin.,own-1979,30,trust,,to have trust in coin",
        "Confidence.,own-1979,31,system trust,Silver,",
        "Reliance.,own-1979,32,trust,,",
    ],
    "typologies": [
        "typology,work,page,divides,category,summary",
        "stages,own-1979,40,trust,calculated,Kept by reward.",
        "stages,own-1979,40,trust,known,Kept by habit.",
    ],
    "alignments": [
        "work,page,subject,relation,object,basis",
        "own-1979,41,calculated,close,system trust,",
        "own-1979,41,known,close,system trust,",
        ",,calculated + known,close,system trust,our interpretation",
    ],
    "claims": ["work,page,summary,about", "own-1979,50,Trust saves time.,trust"],
}


def import_rounds(atlas: Atlas, sheets: dict[str, list[str]]) -> Table:
    """The report of an import of some sheets as one workbook, with the marked rows of a template."""
    book = openpyxl.Workbook()
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line.split(","))
    path = atlas.layouts[-1].root.parent / "rounds.xlsx"
    book.save(path)
    return atlas.import_(path)


def test_sheets_are_corrected_and_imported_over_several_rounds(tmp_path: Path) -> None:
    atlas = sq_graph.open(make_workspace(tmp_path / "review", BASE))
    with atlas.edit() as edit:
        edit.work("own-1979", title="Power", authors="Own, Ada", year=1979)
    sheets = {name: [*lines] for name, lines in TRUST_ROWS.items()}
    sheets["definitions"].insert(1, "Any.,example: phillips-2008,1,trust,,")
    import_rounds(atlas, sheets)
    with atlas.edit() as edit:
        edit.rename("work:own-1979", "power-1979")
        edit.update("own-1979-p50-trust-saves-time", label="Trust saves much time.")
    report = import_rounds(atlas, sheets)
    assert not re.search("new|changed", report.notes[0]) and not report.rows, report.to_text(200)
    assert [str(claim) for claim in atlas.claims()].count("Trust saves much time.") == 1
    assert atlas.find("own-1979", "work").endswith("power-1979")
    sheets["definitions"][2] = sheets["definitions"][2].replace("24", "24-26")  # a row moves
    del sheets["definitions"][-1]
    sheets["typologies"][1] = sheets["typologies"][1].replace("calculated", "deterred")
    sheets["alignments"] = [line.replace("calculated", "deterred") for line in sheets["alignments"]]
    table = import_rounds(atlas, sheets).rows
    rows = {(what, entity): str(why) for what, _, entity, why in table}
    new, old = "power-1979-system-trust-p24-26", "own-1979-system-trust-p24"
    assert f"{old} is on the same page or has the same summary" in rows.pop(("unclear", new))
    lacking = f"definition {old}, own-1979-trust-p32"
    assert "no row has it, and the map keeps it" in rows.pop(("kept", lacking))
    assert rows == {("changed", "own-1979-stages-calculated"): "label was 'calculated'"}
    union = atlas.graph.select(
        "SELECT ?l { ?u skos:member/rdfs:label 'deterred'@en ; rdfs:label ?l }"
    )
    assert [row["l"].value for row in union] == ["deterred and known, taken together"]
    with pytest.raises(SheetFaults, match=r"refer to it\. Nothing was imported"):
        import_rounds(atlas, {"typologies": [*sheets["typologies"][:1], *TWO_OTHERS]})


TWO_OTHERS = ("stages,own-1979,40,trust,shared,By wish.", "stages,own-1979,40,trust,known,By use.")
