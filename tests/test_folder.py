"""A folder of a literature is imported: PDFs find their works, highlights become passages and rows to complete."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import sq_graph
from sq_graph.atlas import Atlas
from sq_graph.errors import BrokenFile, InputError
from sq_graph.evidence import found_passages, read_source
from sq_graph.importers.annotations import pdf_annotations
from sq_graph.importers.workspace import make_workspace
from sq_graph.table import Table
from tests.literature import make_literature, pdf
from tests.workspaces import BASE

pytestmark = pytest.mark.filterwarnings("ignore:Dimensions for page format")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_literature(tmp_path_factory.mktemp("literature") / "pdfs")


@pytest.fixture(scope="module")
def atlas(folder: Path) -> Atlas:
    return sq_graph.open(make_workspace(folder.parent / "review", BASE))


@pytest.fixture(scope="module")
def report(folder: Path, atlas: Atlas) -> Table:
    return atlas.import_(folder)


def read_rows(path: Path) -> list[dict[str, str]]:
    header, *lines = openpyxl.load_workbook(path)["definitions"].iter_rows(values_only=True)
    return [
        {str(name): str(cell) for name, cell in zip(header, line, strict=True) if cell}
        for line in lines
    ]


def test_each_file_is_reported(report: Table) -> None:
    files = {(row[0], str(row[1])): row[2:] for row in report}
    assert files["read", "pdfs/files/download.pdf"] == ("lund-2004", "2 highlights")  # by its DOI
    assert files["read", "pdfs/iversen2015.pdf"][0] == "iversen-2015"  # by citation key
    path = "pdfs/files/Okoro and Pell - 2010 - Who is left out.pdf"
    assert files["read", path][0] == "okoro-pell-2010"
    assert "author and year" in str(files["not matched", "pdfs/scan0001.pdf"][1])
    assert "this PDF cannot be read" in str(files["not imported", "pdfs/torn.pdf"][1])
    assert files["not matched", "pdfs/notes.md"][0] == "nobody-1999"
    reason = str(files["not imported", "pdfs/notes.md"][1])
    assert "“words that nobody wrote there” is not in the text of download.pdf" in reason
    assert report.notes[0].startswith("4 works new, 3 PDFs read, 1 PDF not matched, 1 PDF not")
    assert "5 highlights wait in to-complete.xlsx" in report.notes[1]


@pytest.mark.usefixtures("report")
def test_each_highlight_is_a_row_with_work_page_and_phrase(folder: Path) -> None:
    rows = read_rows(folder.parent / "review/to-complete.xlsx")
    assert {(row["work"], row["page"], row["phrase"]) for row in rows} == {
        ("lund-2004", "11", "Social cohesion is a state of affairs in"),
        ("lund-2004", "12", "Trust comes first and institutions follow from it"),
        ("lund-2004", "12", "the surveys suggest"),
        ("okoro-pell-2010", "202", "Social exclusion is the slow process by which"),
        ("iversen-2015", "1", "Cohesion is largely the density of ties that"),
    }
    assert next(row["note"] for row in rows if row["phrase"] == "the surveys suggest") == (
        "weak evidence"
    )


@pytest.mark.usefixtures("report")
def test_each_passage_is_found_on_its_page(atlas: Atlas) -> None:
    passages = {iri for iri in found_passages(atlas.graph, atlas.layouts) if iri.startswith(BASE)}
    assert len(passages) == 5
    rows = atlas.graph.select(
        f"SELECT ?basis {{ <{atlas.find('iversen-2015')}> ^sq:inWork/sq:pageBasis ?basis }}"
    )
    assert [row["basis"].value.rpartition("-")[2] for row in rows] == ["inferred"]


@pytest.mark.usefixtures("report")
def test_a_completed_row_rests_on_its_passage_and_does_not_come_again(
    folder: Path, atlas: Atlas
) -> None:
    path = folder.parent / "review/to-complete.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["definitions"]
    columns = {str(cell.value): cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        if sheet.cell(row, columns["phrase"]).value.startswith("Cohesion is largely"):
            sheet.cell(row, columns["concept"]).value = "social cohesion"
            summary = "Cohesion is the number of ties between classes."
            sheet.cell(row, columns["summary"]).value = summary
        else:
            sheet.cell(row, columns["work"]).value = f"example: {row}"
    book.save(folder.parent / "one.xlsx")
    atlas.import_(folder.parent / "one.xlsx")
    (passage,) = atlas.definition("iversen-2015-social-cohesion-p1").attribution.passages
    assert passage.iri in found_passages(atlas.graph, atlas.layouts) and passage.first_line == 1
    note = atlas.import_(folder).notes[0]
    assert "4 highlights to complete" in note and "1 highlight already" in note
    assert "4 works already there" in note
    works = {row["work"] for row in read_rows(folder.parent / "review/to-complete-2.xlsx")}
    assert works == {"lund-2004", "okoro-pell-2010"}
    verification = atlas.verify(folder / "files/download.pdf", work="lund-2004")
    assert verification.exit_status == 0  # its record numbers the pages


def test_a_folder_without_a_literature_is_refused(atlas: Atlas, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"empty has no file that can be imported\. Put a bib"):
        atlas.import_(tmp_path / "empty")


def mark_letters(path: Path, start: str, end: str, colour: tuple[float, ...]) -> None:
    """Marks words of the first page letter by letter, as some readers do."""
    import pypdf
    from pypdf.annotations import Highlight
    from pypdf.generic import ArrayObject, FloatObject, NameObject
    from pypdfium2 import PdfDocument

    with PdfDocument(path) as document:
        text = document[0].get_textpage()
        content = text.get_text_range()
        first = content.index(start)
        last = content.index(end, first) + len(end)
        boxes = [text.get_charbox(index) for index in range(first, last)]
    quads = [n for a, b, c, d in boxes if c - a > 0.5 for n in (a, d, c, d, a, b, c, b)]
    writer = pypdf.PdfWriter(clone_from=path)
    highlight = Highlight(rect=(0, 0, 9, 9), quad_points=ArrayObject(map(FloatObject, quads)))
    highlight[NameObject("/C")] = ArrayObject(map(FloatObject, colour))
    writer.add_annotation(0, highlight)
    writer.write(path)


def test_words_marked_letter_by_letter_over_line_ends_are_whole_and_keep_their_colour(
    tmp_path: Path,
) -> None:
    path = tmp_path / "pdfs" / "lund2004.pdf"
    path.parent.mkdir()
    lines = "Trust is the characteristic-\nally shared bond of short- and\nlong-term neighbours. The end."
    lines += "\nThe Anglo-\nSaxon self-\nesteem of land-\nand townsfolk."
    pdf(path, [lines])
    mark_letters(path, "Trust", "bond", (1, 0.83, 0))
    mark_letters(path, "short", "term", (1, 0.4, 0.4))
    mark_letters(path, "Anglo", "folk", (1, 0.83, 0))
    first, second, third = pdf_annotations(path)
    assert third.quotation == "Anglo-Saxon self-esteem of land- and townsfolk"
    assert first.quotation == "Trust is the characteristically shared bond"
    assert second.quotation == "short- and long-term"
    assert (first.comment, second.comment) == ("yellow", "red")
    record = "@article{lund2004, author={Lund, Mara}, title={Bonds}, year=2004, pages={7}}"
    (path.parent / "library.bib").write_text(record)
    (path.parent / "odd.json").write_text('{"a": 1}')
    (path.parent / "draft.odt").write_text("Word")
    with sq_graph.open(make_workspace(tmp_path / "review", BASE)) as atlas:
        table = atlas.import_(path.parent)
    files = {str(row[1]).rpartition("/")[2]: (row[0], *map(str, row[2:4])) for row in table}
    status, _, reason = files["odd.json"]
    assert status == "not imported" and "no list of works" in str(reason)
    assert files["pdfs"][:2] == ("not read", "1 × .odt")
    rows = read_rows(tmp_path / "review/to-complete.xlsx")
    assert [(row["page"], row["phrase"], row["note"]) for row in rows] == [
        ("7", "Trust is the characteristically shared bond", "yellow"),  # of its one page
        ("7", "short- and long-term", "red"),
        ("7", third.quotation, "yellow"),
    ]


def test_replies_belong_to_their_highlight_and_no_comment_is_lost(tmp_path: Path) -> None:
    import pypdf
    from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject
    from pypdf.generic import TextStringObject as Words

    path = tmp_path / "lund2004.pdf"
    pdf(path, ["Trust is a bond."])
    mark_letters(path, "Trust", "bond", (1, 0.83, 0))
    writer = pypdf.PdfWriter(clone_from=path)
    marks: Any = writer.pages[0]["/Annots"]
    (highlight,) = marks
    highlight.get_object().update({NameObject("/Contents"): Words("core")})
    box = ArrayObject(map(FloatObject, (9, 9, 20, 20)))

    def add(kind: str, words: str, **fields: object) -> object:
        mark = DictionaryObject({NameObject("/Subtype"): NameObject(f"/{kind}")})
        mark[NameObject("/Rect")] = box
        pairs = {"Contents": Words(words), **fields}
        mark.update({NameObject(f"/{name}"): value for name, value in pairs.items()})
        marks.append(writer._add_object(mark))
        return marks[-1]

    reply = add("Text", "No, a state", IRT=highlight, T=Words("Mara"))
    add("Text", "Both", IRT=reply, T=Words("Ada"))
    add("Text", "Accepted by Ada", IRT=reply, T=Words("Ada"), State=Words("Accepted"))
    add("Square", "see the figure", T=Words("Ada"))
    add("Popup", "core")
    add("Stamp", "")
    writer.write(path)
    assert [(each.quotation, each.comment) for each in pdf_annotations(path)] == [
        ("Trust is a bond", "core; Mara: No, a state; Ada: Both"),
        ("", "Ada: see the figure"),
    ]


def test_a_pdf_with_a_password_is_named_as_such(tmp_path: Path) -> None:
    import pypdf

    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("secret")
    writer.write(tmp_path / "shut.pdf")
    with pytest.raises(BrokenFile, match=r"is protected by a password\. Save it without one"):
        read_source(tmp_path / "shut.pdf")


def test_a_file_of_works_and_annotations_is_read_as_both(tmp_path: Path) -> None:
    """As Zotero and its plug-ins write them: each annotation below its attachment, or within it."""
    annotation = {"annotationText": "a state of affairs", "annotationPageLabel": "290"}
    work: dict[str, object] = {"key": "A", "itemType": "book", "title": "Bonds", "date": "2004"}
    work |= {"creators": [{"creatorType": "author", "lastName": "Lund", "firstName": "Mara"}]}
    separate = [
        work,
        {"key": "B", "itemType": "attachment", "parentItem": "A"},
        {"key": "C", "itemType": "annotation", "parentItem": "B", **annotation},
    ]
    nested = {"items": [{**work, "attachments": [{"annotations": [annotation]}]}]}
    for name, content in (("separate", separate), ("nested", nested)):
        atlas = sq_graph.open(make_workspace(tmp_path / name, "https://example.org/r/"))
        (tmp_path / name / "in").mkdir()
        (tmp_path / name / "in/zotero.json").write_text(json.dumps(content))
        table = atlas.import_(tmp_path / name / "in")
        assert table.notes[0] == "1 work new, 1 highlight to complete."
        assert [row[0] for row in table.rows] == ["unclear"]
        sheet = openpyxl.load_workbook(tmp_path / name / "to-complete.xlsx")["definitions"]
        assert [cell.value for cell in sheet[2]][:2] == ["lund-2004", "290"]
