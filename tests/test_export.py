"""What goes out: bibliographies that come back, tables for a paper, mappings and RDF; the tutorial's commands run."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pyoxigraph as ox
import pytest

import sq_graph
from sq_graph import vocab
from sq_graph.atlas import Atlas
from sq_graph.errors import InputError, MissingDependency
from sq_graph.export import FORMS, documents
from sq_graph.export.bibliography import format_references, to_bibtex
from sq_graph.importers.bibliography import read_bibliography
from sq_graph.importers.workspace import make_workspace
from sq_graph.model.records import Name, Record, read_records
from sq_graph.table import Table
from sq_graph.web.pages import PageContext, page_at
from tests.conftest import ROOT

DATA = Path(__file__).parent / "data"


def test_every_packaged_record_comes_back_from_both_formats(atlas: Atlas, tmp_path: Path) -> None:
    records = read_records(atlas.graph, atlas.names.of_class("sq:Work"))
    for form, name in (("bib", "all.bib"), ("csl-json", "all.json"), ("ris", "all.ris")):
        path = tmp_path / name
        path.write_text(str(atlas.export(form)), encoding="utf-8")
        copies, faults = read_bibliography(path)
        assert not faults and len(copies) == len(records)
        copies_by_key = {record.keys[0]: record for record in copies}
        for record in records:
            copy = copies_by_key[record.iri.rsplit("/", 1)[-1]]
            assert (copy.authors, copy.editors, copy.year, copy.et_al) == (
                record.authors,
                record.editors,
                record.year,
                record.et_al,
            )
            assert (copy.title, copy.one("bibo:doi"), copy.kind) == (
                record.title,
                record.one("bibo:doi"),
                record.kind,
            )


def test_what_goes_out_is_known_when_it_comes_back(tmp_path: Path) -> None:
    atlas = sq_graph.open(make_workspace(tmp_path / "review", "https://example.org/review/"))
    atlas.import_(DATA / "dirt.bib")
    old_files = {path: path.read_bytes() for path in (tmp_path / "review").rglob("*.ttl")}
    iris = [
        iri for iri in atlas.names.of_class("sq:Work") if iri.startswith("https://example.org/")
    ]
    path = tmp_path / "out.bib"
    path.write_text(str(atlas.export("bib", *iris)), encoding="utf-8")
    assert "already there" in atlas.import_(path).notes[0]
    assert {path: path.read_bytes() for path in (tmp_path / "review").rglob("*.ttl")} == old_files


def test_names_titles_and_keys_are_written_for_latex() -> None:
    record = Record(
        kind="AcademicArticle",
        authors=(Name("World Bank", organisation=True), Name("van den Berg", "A.")),
        et_al=True,
        year=2008,
        year_suffix="a",
        keys=("Lund, 2008", "k1", "k 2", "k2"),  # BibTeX can read two of these
        fields={"dcterms:title": ("50% of R&D_x",)},
    )
    text = to_bibtex(record)
    assert text.startswith("@article{k1,") and "ids = {k2}" in text
    assert "author = {{World Bank} and van den Berg, A. and others}" in text
    assert r"title = {50\% of R\&D\_x}" in text and "year = {2008a}" in text


def test_styles_write_letters_and_words_for_years() -> None:
    records = [
        Record(
            iri=f"https://example.org/{n}",
            kind="Book",
            authors=(Name("Chan", "Joseph"),),
            year=year,
            year_note=note,
            fields={"dcterms:title": (title,), "dcterms:publisher": ("Press",)},
        )
        for n, (year, note, title) in enumerate(
            [
                (2006, "", "Beta"),
                (2006, "", "Alpha <script>"),
                (None, "forthcoming", "Gamma"),
                (1999, "", "Delta 1999001"),
            ]
        )
    ]
    apa = format_references(records, "apa").strip().split("\n\n")
    assert [re.findall(r"\((.*?)\)", line)[0] for line in apa] == [
        "1999",
        "2006a",
        "2006b",
        "forthcoming",
    ]
    assert (
        "Alpha <script>" in apa[1]
        and "Delta 1999001" in apa[0]
        and apa[0].startswith("Chan, J. (1999)")
    )
    assert "Chan, Joseph. 1999. " in format_references(records, "chicago-author-date")
    others = [("Őry", "Zsófia"), ("Pál", "Ede"), ("Owen", "Ann"), ("Çelik", "Ece"), ("Cyr", "Lea")]
    people = [
        replace(records[0], iri=f"https://example.org/p{n}", authors=(Name(*name),))
        for n, name in enumerate(others)
    ]
    for style in ("apa", "chicago-author-date"):  # accented letters are among the plain ones
        names = re.findall(r"(?m)^\w+", format_references([*people, records[3]], style))
        assert names == ["Çelik", "Chan", "Cyr", "Őry", "Owen", "Pál"]


def test_styles_write_what_the_processor_does_not_know() -> None:
    def references(style: str, *records: Record) -> list[str]:
        numbered = [replace(work, iri=f"https://example.org/{n}") for n, work in enumerate(records)]
        return format_references(numbered, style).strip().split("\n\n")

    def record(title: str, year: int | None, *authors: Name, **fields: Any) -> Record:
        return Record("Book", authors, year=year, fields={"dcterms:title": (title,)}, **fields)

    lund, mara = Name("Lund", "Mara"), "Lund, M. (2001"
    assert references("apa", record("State", -380, Name("Plato"))) == ["Plato. (380 BCE). State."]
    assert references("apa", record("Why?", 5, lund, et_al=True)) == ["Lund, M., et al. (5). Why?"]
    nameless = references("chicago-author-date", record("Ties", 1999), record("Bonds", 1999))
    assert nameless == ["Bonds. 1999.", "Ties. 1999."]
    lettered = record("Ties", 2001, lund, year_suffix="c")
    assert references("apa", lettered) == [f"{mara}c). Ties."]
    issue = Record("Issue", editors=(lund,), year=2001, fields={"dcterms:title": ("Ties",)})
    assert references("apa", issue) == ["Lund, M. (Ed.). (2001). Ties."]
    undated = references("apa", record("Ties", None, lund), record("Bonds", None, lund))
    assert undated == ["Lund, M. (n.d.-a). Bonds.", "Lund, M. (n.d.-b). Ties."]
    # The letters are those of the labels by which tables cite the works, whatever the titles.
    by_label = [record("Ties", 2001, lund, label="Lund 2001")]
    by_label += [record("Bonds", 2001, lund, label="Lund 2001b")]
    assert references("apa", *by_label) == [f"{mara}a). Ties.", f"{mara}b). Bonds."]
    translated = replace(by_label[0], translators=(Name("Oko", "Ada"),))
    translated = replace(
        translated, fields={**translated.fields, "bibo:volume": ("1–3",), "bibo:edition": ("4",)}
    )
    (apa,), (chicago,) = (
        references("apa", translated),
        references("chicago-author-date", translated),
    )
    assert apa == f"{mara}). Ties (A. Oko, Trans.; 4th ed., Vols. 1–3)."
    assert chicago.startswith("Lund, Mara. 2001. Ties. ") and "Vols. 1–3" in chicago


@pytest.mark.parametrize("style", ["apa", "chicago-author-date"])
def test_styles_write_names_without_initials_whole_and_a_leading_title_once(style: str) -> None:
    def reference(kind: str, *authors: Name) -> str:
        record = Record(
            iri="https://example.org/one",
            kind=kind,
            authors=authors,
            year=2011,
            fields={"dcterms:title": ("Bonds",)},
        )
        return format_references([record], style).strip()

    year = "(2011)" if style == "apa" else "2011"
    assert reference("Book", Name("王", "小明")) == f"王小明. {year}. Bonds."
    assert reference("Book", Name("خالد", "أحمد")) == f"خالد, أحمد. {year}. Bonds."
    assert reference("Book", Name("ბერიძე", "ნინო")) == f"ბერიძე, ნინო. {year}. Bonds."
    assert reference("Book") == f"Bonds. {year}."
    for kind in ("AcademicArticle", "Article"):
        assert "Edition" not in reference(kind, Name("Chan", "Joseph"))


@pytest.mark.wide
def test_styles_name_the_editors_of_a_book_once_in_its_place(atlas: Atlas) -> None:
    apa, chicago = str(atlas.export("apa")), str(atlas.export("chicago")).split("\n\n")
    assert "\nBerger, P. L. (Ed.). (1998). The Limits of Social Cohesion" in apa
    assert "Steinert, H., & Pilgram, A. (Eds.). (2003). Welfare Policy from Below" in apa
    assert "In G. J. Room (Ed.), Beyond the Threshold" in apa and "(ed" not in apa
    starts = [line[:22] for line in chicago]
    assert "Berger, Peter L., ed. " in starts and "Vertovec, Steven, ed. " in starts
    steinert = "Steinert, Heinz, and Arno Pilgram, eds. 2003. Welfare Policy from Below: Struggles"
    assert any(line.startswith(steinert) and line.count("Pilgram") == 1 for line in chicago)
    assert starts.index("Berger, Peter L., ed. ") < starts.index(steinert[:22])
    assert not any("”." in line for line in chicago)


def exported(atlas: Atlas, form: str, *names: str, **options: Any) -> io.BytesIO:
    """An export opened again, as another program would."""
    content = atlas.export(form, *names, **options)
    assert isinstance(content, bytes)
    return io.BytesIO(content)


@pytest.mark.parametrize(("paper", "width", "height"), [("a4", 297, 210), ("letter", 279, 216)])
def test_a_word_document_has_one_row_per_definition_in_landscape(
    atlas: Atlas, paper: str, width: int, height: int
) -> None:
    document: Any = docx.Document(exported(atlas, "docx", "social-cohesion", paper=paper))
    section, table = document.sections[0], document.tables[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (width, height)
    heads = [cell.text for cell in table.rows[0].cells]
    assert heads[:2] == ["definition", "what it says"] and len(heads) == 6
    headings = [row for row in table.rows if row.cells[0].text.startswith("Not of this concept")]
    assert len(headings) == 2
    compared = atlas.compared_definitions("social-cohesion")
    assert len(table.rows) == 1 + len(headings) + len(compared)
    first, says = (cell.text for cell in table.rows[4].cells[:2])
    assert (
        first == "Berger 1998 on social cohesion\n(Berger 1998, as reported by Phillips 2008, p. 3)"
    )
    assert says.startswith("In Berger's wide and holistic view")
    assert all(column.width.mm > 12 for column in table.columns)
    assert sum(column.width.mm for column in table.columns) < width - 28
    assert "tblHeader" in table.rows[0]._tr.xml
    text = [paragraph.text for paragraph in document.paragraphs]
    references = text[text.index("References") + 1 :]
    assert any(line.startswith("Jenson, J. (1998).") for line in references)


def test_the_aspects_of_a_word_document_are_chosen(atlas: Atlas) -> None:
    aspects = ("effects", "bearer")
    document = docx.Document(exported(atlas, "docx", "social-cohesion", aspects=aspects))
    heads = [cell.text for cell in document.tables[0].rows[0].cells]
    assert heads == ["definition", "what it says", "effects", "bearer"]
    with pytest.raises(InputError, match="there is no aspect 'colour'"):
        atlas.export("docx", "social-cohesion", aspects=["colour"])
    with pytest.raises(InputError, match=r"there is no paper 'a3'\. Use a4 or letter"):
        atlas.export("docx", "social-cohesion", paper="a3")


def test_columns_that_do_not_fit_a_word_document_follow_in_another_table(atlas: Atlas) -> None:
    page = page_at(PageContext(atlas), "/concepts/social-cohesion?column=all")
    assert page.table
    document: Any = docx.Document(io.BytesIO(documents.docx(page.table)))
    heads = [[cell.text for cell in table.rows[0].cells] for table in document.tables]
    assert len(heads) > 1 and all(columns[0] == "definition" for columns in heads)
    columns = ["definition", *(column for part in heads for column in part[1:])]
    assert columns == list(page.table.columns)
    for table in document.tables:
        assert all(column.width.mm >= 11 for column in table.columns)  # room for a year
        assert len(table.rows) == 1 + len(page.table)


def test_a_sheet_has_the_headings_of_groups_as_a_column(atlas: Atlas) -> None:
    book = openpyxl.load_workbook(exported(atlas, "xlsx", "steinert-exclusion", "room-exclusion"))
    heads, *rows = book["Comparison"].iter_rows(values_only=True)
    groups = [row[-1] or "" for row in rows]
    assert heads[-1] == "group" and groups[0] == ""
    assert any(group.endswith("not matched with each other") for group in groups)


def test_control_characters_are_blanks_in_documents() -> None:
    table = Table(("a\x0cb",), (("c\x01d",),), "e\x0bf", ("g\x1fh",))
    sheet = openpyxl.load_workbook(io.BytesIO(documents.workbook({"Table": table}))).worksheets[0]
    assert [row[0] for row in sheet.iter_rows(values_only=True)] == ["a b", "c d"]
    document: Any = docx.Document(io.BytesIO(documents.docx(table)))
    assert [cell.text for row in document.tables[0].rows for cell in row.cells] == ["a b", "c d"]
    assert [p.text for p in document.paragraphs if p.text] == ["E f", "g h"]


def test_typologies_go_to_word_as_they_are_compared(atlas: Atlas) -> None:
    document = docx.Document(exported(atlas, "docx", "steinert-exclusion", "room-exclusion"))
    words = [cell.text for row in document.tables[0].rows for cell in row.cells]
    assert any(text.startswith("catastrophic rupture") for text in words)


def test_without_the_writer_of_word_documents_a_sentence_says_what_to_install(
    atlas: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(MissingDependency, match=r"pip install 'sq-graph\[word\]'"):
        atlas.export("docx", "social-cohesion")


def test_a_workbook_is_a_matrix_with_summary_and_page(atlas: Atlas) -> None:
    book = openpyxl.load_workbook(exported(atlas, "xlsx", "social-cohesion"))
    assert book.sheetnames == ["Comparison", "Values", "References", "Notes"]
    heads, *rows = book["Comparison"].iter_rows(values_only=True)
    matrix = [dict(zip(heads, row, strict=True)) for row in rows]
    assert len(matrix) == len(atlas.compared_definitions("social-cohesion"))
    berger = next(row for row in matrix if row["name"] == "definition:berger-1998-cohesion")
    assert berger["year"] == 1998 and berger["page"] == "p. 3"
    assert berger["what it says"].startswith("In Berger's wide and holistic view")
    assert berger["constituents"] == "institutions; norms; values"
    values = book["Values"].iter_rows(values_only=True)
    assert "aspect" in next(values)
    assert book["References"]["A2"].value


def test_csv_begins_with_a_mark_for_excel_when_asked(atlas: Atlas) -> None:
    plain = str(atlas.export("csv", "social-cohesion"))
    marked = str(atlas.export("csv", "social-cohesion", excel=True))
    assert marked == "\ufeff" + plain
    read = csv.reader(io.StringIO(marked.encode().decode("utf-8-sig")))
    assert next(read)[0] == "definition"


def test_a_comparison_in_every_table_form(atlas: Atlas) -> None:
    for form, text in (
        ("csv", "definition,concept,relation to the concept,holder"),
        ("md", "| definition | what it says |"),
        ("tex", r"\toprule"),
    ):
        assert text in str(atlas.export(form, "social-cohesion"))
    typologies = str(atlas.export("tex", "steinert-exclusion", "wessels-miedema-exclusion"))
    assert r"$\gets$ the other way" in typologies and "←" not in typologies
    rows = Table(("[a]",), (("[b]",), ("* c",), (vocab.Ref("x:d", "[d]"),))).to_tex()
    assert re.findall(r"(?m)^(.*) \\\\$", rows) == ["{}[a]", "{}[b]", "{}* c", r"\href{x:d}{{}[d]}"]
    with pytest.raises(InputError, match="nothing to compare"):
        atlas.export("csv")
    with pytest.raises(InputError, match="there is no form 'pdf'"):
        atlas.export("pdf")


def test_the_links_of_a_workbook_are_shown_whole() -> None:
    """LibreOffice does not wrap a link, and cuts a row at the height that is given."""
    long = vocab.Ref("https://example.org/id/definition/a", "=A long name of a definition " * 3)
    table = Table(("definition", "x"), ((long, "one\ntwo\nthree"),))
    sheet = openpyxl.load_workbook(io.BytesIO(documents.workbook({"a": table})))["a"]
    assert sheet.column_dimensions["A"].width > len(long.label)
    assert sheet["A2"].hyperlink and sheet["A2"].data_type == "s"
    assert sheet.row_dimensions[2].height == 45


def test_a_review_is_a_folder_for_a_paper(atlas: Atlas, tmp_path: Path) -> None:
    from sq_graph.export.review import write_review

    names = {path.name for path in write_review(atlas, tmp_path / "out", ["social-cohesion"])}
    assert (
        names >= {"definitions.csv", "definitions.xlsx", "references.bib"}
        and {"table.docx", "table.md"} & names
    )
    rows = list(csv.DictReader((tmp_path / "out/definitions.csv").open(encoding="utf-8")))
    assert {"definition", "holder", "page", "aspect", "value", "distance"} <= set(rows[0])
    assert not read_bibliography(tmp_path / "out/references.bib")[1]
    sheet = openpyxl.load_workbook(
        io.BytesIO(documents.workbook({"a": Table(("a",), (("=1+1",), (2,)))}))
    ).worksheets[0]
    assert (sheet["A2"].data_type, sheet["A2"].value, sheet["A3"].value) == ("s", "=1+1", 2)
    assert Table(("a",), (("=1+1",), ("@x",), ("+2",), ("-3",))).to_csv().splitlines()[1:] == [
        "'=1+1",
        "'@x",
        "'+2",
        "'-3",
    ]
    (tmp_path / "full").mkdir()
    (tmp_path / "full/thesis.tex").write_text("mine")
    with pytest.raises(InputError, match="contains other files"):
        write_review(atlas, tmp_path / "full")


def test_every_form_has_its_command(tmp_path: Path) -> None:
    process = run(tmp_path, "export", "nothing")
    assert process.returncode == 2 and all(form in process.stderr for form in FORMS)
    process = run(tmp_path, "export", "csl-json", "room-1999")
    assert json.loads(process.stdout)[0]["author"][0]["family"] == "Room"
    process = run(tmp_path, "export", "docx", "social-cohesion")
    assert process.returncode == 2 and ("--output" in process.stderr)


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from sq_graph.cli import main; main()", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def fill_in(path: Path) -> None:
    """Types below the example what the tutorial says, and the rest as in the example."""
    book = openpyxl.load_workbook(path)
    sheet = book["definitions"]
    for column, cell in enumerate(sheet[2], 1):
        sheet.cell(3, column).value = cell.value
    sheet.cell(3, 1).value = "Phillips 2008"
    book.save(path)


@pytest.mark.wide
def test_the_tutorial_runs_as_it_is_written(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    (tmp_path / "library.bib").write_text(
        "@article{chan2006, author={Chan, Joseph and To, Ho-Pong}, title={Reconsidering Social Cohesion},"
        " journal={Social Indicators Research}, year=2006, doi={10.1007/s11205-005-2118-1}}"
    )
    (tmp_path / "notes.md").write_text(
        (DATA / "notes.md").read_text(encoding="utf-8"), encoding="utf-8"
    )
    periods = sorted((ROOT / "docs" / "periods").iterdir())
    commands, folder = [], tmp_path
    for block in re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL):
        for line in block.strip().splitlines():
            words = line.split("#")[0].split()
            if words[0] == "cd":
                folder = (folder / words[1]).resolve()
            elif words[0] == "cp":
                for source in periods:
                    if source.suffix == ".ttl":
                        shutil.copy(source, folder / words[-1])
            elif "initial-data.ttl" in line:
                continue  # tested with the real file in test_importers.py
            else:
                assert words[0] == "sq-graph", line
                process = run(folder, *[word.strip('"') for word in words[1:]])
                assert process.returncode == 0 and (
                    words[1] != "check" or "warning" in process.stdout
                ), (
                    line,
                    process.stdout,
                    process.stderr,
                )
                assert "Traceback" not in process.stderr
                commands.append(words[1])
                if words[1:] == ["template", "definitions.xlsx"]:
                    fill_in(folder / words[2])
    assert {"init", "import", "template", "compare", "check", "export", "new"} <= set(commands)
    for code in re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL):
        script = subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path / "review",
            capture_output=True,
            text=True,
            check=False,
        )
        assert script.returncode == 0, script.stderr


def test_every_individual_of_the_owl_file_has_one_label(atlas: Atlas) -> None:
    store = ox.Store()
    store.load(str(atlas.export("owl")).encode(), format=ox.RdfFormat.RDF_XML)
    label = ox.NamedNode(f"{vocab.RDFS}label")
    individual = ox.NamedNode(f"{vocab.OWL}NamedIndividual")
    individuals = {quad.subject for quad in store.quads_for_pattern(None, None, individual)}
    labelled = {quad.subject for quad in store.quads_for_pattern(None, label, None)}
    assert len(individuals) > 1000
    assert individuals <= labelled
    coding = ox.NamedNode(f"{vocab.BASE}id/coding/beineke-2002-average-connectivity-agency")
    labels = {quad.object for quad in store.quads_for_pattern(coding, label, None)}
    assert labels == {ox.Literal("coding: beineke 2002 average connectivity agency", language="en")}
