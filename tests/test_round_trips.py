"""Imports are exported and imported again unchanged, whatever their content and form."""

from __future__ import annotations

import csv
import os
import zipfile
from contextlib import suppress
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sq_graph
from sq_graph.atlas import Atlas
from sq_graph.errors import InputError, UnknownName
from sq_graph.importers.bibliography import read_bibliography
from sq_graph.importers.quotations import parse_annotations
from sq_graph.importers.workspace import make_workspace
from tests.workspaces import turtle_texts

pytestmark = pytest.mark.usefixtures("light_content")

BASE = "https://example.org/review/"
QUICK = settings(
    max_examples=max(12, int(os.environ.get("SQ_GRAPH_EXAMPLES", "0")) // 100),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
HOSTILE = st.text(
    st.sampled_from("abÉßж\u2028 \u00a0\u200d'\"“”‹›{}[]()<>&;,|#%$\\=+-@/:\t~^*_`éa")
    | st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]),
    min_size=3,
    max_size=40,
).filter(lambda text: len(" ".join(text.split())) >= 3 and any(map(str.isalnum, text)))
FORMS = {
    "bib": "all.bib",
    "csl-json": "all.json",
    "ris": "all.ris",
    "sssom": "all.sssom.tsv",
    "ttl": "all.ttl",
    "trig": "all.trig",
    "rdfxml": "all.rdf",
    "jsonld": "all.jsonld",
}
"""Each form that can be exported and imported, with the name of a file in it."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a work, a definition and an alignment of its own."""
    folder = make_workspace(tmp_path_factory.mktemp("trips") / "review", BASE)
    with sq_graph.open(folder).edit() as edit:
        work = edit.work(
            "lund-2004", title="Bonds & Ties", authors=["Lund, Mara"], year=2004, doi="10.1000/x_1"
        )
        bond = edit.concept("bond")
        edit.definition(of=bond, in_=work, page=5, summary="What binds “people”.", phrase="a bond")
        edit.alignment(
            subject=bond, relation="close", object="trust", in_=work, page=6, confidence="0.8"
        )
    return folder


@pytest.fixture(scope="module")
def atlas(folder: Path) -> Atlas:
    return sq_graph.open(folder)


def squeeze(text: str) -> str:
    """The text with single spaces."""
    return " ".join(text.split())


@pytest.mark.parametrize("form", FORMS)
def test_importing_ones_own_export_changes_nothing(
    form: str, atlas: Atlas, folder: Path, tmp_path: Path
) -> None:
    old_files = turtle_texts(folder)
    path = tmp_path / FORMS[form]
    exported = atlas.export(form)
    path.write_bytes(exported if isinstance(exported, bytes) else exported.encode())
    note = atlas.import_(path).notes[0]
    assert turtle_texts(folder) == old_files and " new" not in note


@QUICK
@given(titles=st.lists(HOSTILE, min_size=1, max_size=6), keyword=HOSTILE)
def test_ris_keeps_every_title_keyword_and_address(
    titles: list[str], keyword: str, tmp_path: Path
) -> None:
    path = tmp_path / "r.ris"
    entries = [
        f"TY  - JOUR\nTI  - {title}\nKW  - {keyword}\nUR  - https://example.org/~a--b\nPY  - 2004\nER  - "
        for title in map(squeeze, titles)
    ]
    path.write_text("\n".join(entries), encoding="utf-8")
    records, faults = read_bibliography(path)
    assert not faults and len(records) == len(titles)
    for record, title in zip(records, titles, strict=True):
        assert record.title == squeeze(title)
        keywords = list(map(squeeze, keyword.split(";")))  # several in one line
        assert record.fields["dcterms:subject"] == tuple(dict.fromkeys(filter(None, keywords)))
        assert record.one("bibo:uri") == "https://example.org/~a--b"


def write_sheet(path: Path, rows: list[tuple[str, ...]]) -> None:
    """Writes definitions as a sheet of the form that the ending names."""
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        book.active.title = "definitions"
        for row_number, row in enumerate(rows, 1):
            for column, text in enumerate(row, 1):
                cell = book.active.cell(row_number, column, text)
                cell.data_type = "s"  # text, even where it begins with =
        book.save(path)
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([*map(sq_graph.table.harmless, row)] for row in rows)


@pytest.mark.parametrize("name", ["d.csv", "d.xlsx"])
@QUICK
@given(summaries=st.lists(HOSTILE, min_size=1, max_size=5, unique=True))
def test_a_sheet_keeps_every_summary(
    name: str, summaries: list[str], atlas: Atlas, tmp_path: Path
) -> None:
    rows = [(f"{n + 10}", squeeze(summary)) for n, summary in enumerate(summaries)]
    path = tmp_path / name
    header = ("work", "page", "concept", "summary")
    write_sheet(path, [header, *(("lund-2004", page, "bond", text) for page, text in rows)])
    atlas.import_(path)
    for page, text in rows:
        definition = f"<{BASE}id/definition/lund-2004-bond-p{page}>"
        [row] = atlas.graph.select(f"SELECT ?text {{ {definition} sq:summary ?text }}")
        assert row["text"].value == text
    assert "already there" in atlas.import_(path).notes[0]


@QUICK
@given(label=HOSTILE, comment=HOSTILE)
def test_a_mapping_keeps_label_and_comment(
    label: str, comment: str, atlas: Atlas, tmp_path: Path
) -> None:
    label, comment = squeeze(label), squeeze(comment)
    header = ("subject_id", "subject_label", "predicate_id", "object_id", "comment", "confidence")
    mapping = (
        "https://example.org/terms/one",
        label,
        "skos:closeMatch",
        "concept:trust",
        comment,
        "0.35",
    )
    path = tmp_path / "m.sssom.tsv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter="\t").writerows([header, mapping])
    atlas.import_(path)
    lines = [line for line in str(atlas.export("sssom")).splitlines() if not line.startswith("#")]
    rows = list(csv.DictReader(lines, delimiter="\t"))
    assert comment in [row["comment"] for row in rows if row["confidence"] == "0.35"]


@QUICK
@given(words=HOSTILE, marks=st.sampled_from(["„“", "“”", "«»", "»«", "「」", '""', "‘’"]))
def test_no_annotation_of_reading_notes_vanishes(words: str, marks: str) -> None:
    words = squeeze(words)
    annotations, left_out = parse_annotations(f"{marks[0]}{words}{marks[1]} (Lund, 2004, p. 13)")
    assert annotations or left_out
    if not set(words) & set("\"'“”„‘’‹›«»()[]"):
        assert [
            (annotation.who, annotation.page, annotation.quotation) for annotation in annotations
        ] == [("Lund", "13", words)]


@QUICK
@given(code=HOSTILE, memo=HOSTILE, words=HOSTILE)
def test_a_coded_project_keeps_code_memo_and_words(
    code: str, memo: str, words: str, atlas: Atlas, tmp_path: Path
) -> None:
    code, memo, words = map(squeeze, (code, memo, words))
    project = f"""<Project xmlns="urn:QDA-XML:project:1.0"><CodeBook><Codes>
<Code guid="c" name={quoteattr(code)}/></Codes></CodeBook><Sources><TextSource name="lund-2004">
<PlainTextContent>{escape(words)}</PlainTextContent>
<PlainTextSelection startPosition="0" endPosition="{len(words)}"><Description>{escape(memo)}</Description>
<Coding><CodeRef targetGUID="c"/></Coding></PlainTextSelection></TextSource></Sources></Project>"""
    path, codes = tmp_path / "p.qdpx", tmp_path / "p.codes.csv"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.qde", project)
    codes.unlink(missing_ok=True)
    with suppress(InputError):  # the first import writes the sheet of codes
        atlas.import_(path)
    with codes.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    with codes.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *((row[0], "bond", "", "") for row in rows)])
    with suppress(UnknownName), atlas.edit() as edit:
        edit.delete("definition:lund-2004-bond-pl-1", cascade=True)
    assert "1 segment imported" in atlas.import_(path).notes[0]
    definition = f"<{BASE}id/definition/lund-2004-bond-pl-1>"
    [binding] = atlas.graph.select(
        f"SELECT ?memo ?note ?phrase {{ {definition} sq:summary ?memo ; skos:note ?note ; "
        "sq:reportedIn/sq:phrase ?phrase }"
    )
    assert binding["memo"].value == memo and binding["phrase"].value == " ".join(words.split()[:8])
    assert binding["note"].value == f"Coded {code} by an unnamed coder"
