"""Tables and notes of other programs: every cell and annotation is imported or reported."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

import sq_graph
from sq_graph.atlas import Atlas
from sq_graph.errors import BrokenFile, InputError
from sq_graph.importers.annotations import json_annotations
from sq_graph.importers.quotations import parse_annotations
from sq_graph.importers.reading_notes import read_notes
from sq_graph.importers.sheets import SheetFaults
from sq_graph.importers.workspace import make_workspace

pytestmark = pytest.mark.usefixtures("light_content")

DATA = Path(__file__).parent / "data"
HEADER = "work,page,concept,summary"
ROW = "phillips-2008,11,social-cohesion,Own words."


@pytest.fixture
def atlas(tmp_path: Path) -> Atlas:
    return sq_graph.open(make_workspace(tmp_path / "review", "https://example.org/r/"))


def write(tmp_path: Path, name: str, content: str | bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def data_text(tmp_path: Path) -> str:
    """The Turtle of all that was written to the workspace."""
    data = tmp_path / "review/ontology/data"
    return "".join(path.read_text() for path in data.rglob("*.ttl"))


def is_unchanged(tmp_path: Path) -> bool:
    return not list((tmp_path / "review/ontology/data").rglob("*.ttl"))


# ---- CSV


@pytest.mark.parametrize(
    "content",
    [
        f"sep=,\n{HEADER}\n{ROW}\n",
        f"sep=;\n{HEADER}\n{ROW}\n".replace(",", ";"),
        f'"sep=\\t"\r\n{HEADER}\r\n{ROW}\r\n'.replace(",", "\t"),
        f"{HEADER}\n{ROW}\n".replace(",", ";"),
        f"\ufeff{HEADER}\n{ROW}\n".replace(",", "|"),
        f"{HEADER},,\n{ROW},,\n",
        f"\n{HEADER}\n\n{ROW},\n",
        f"{HEADER}\n{ROW}\n".encode("utf-16"),
    ],
)
def test_forms_of_csv_are_read(content: str | bytes, atlas: Atlas, tmp_path: Path) -> None:
    assert atlas.import_(write(tmp_path, "s.csv", content)).notes[0] == "1 definition new."


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (f"{HEADER}\nphillips-2008,11,trust,Own, words", "row 2 has more cells than the header"),
        (f"{HEADER},\n{ROW},a remark", "column 5 has no name"),
        (f'{HEADER}\n{ROW}\nphillips-2008,2,trust,"Open text.\n', "row 3: a quotation mark is not"),
        (f'{HEADER}\nphillips-2008,2,trust,"Own" text\n', "row 2: a quotation mark is not closed"),
        (f"{HEADER}\nphillips-2008,3,work,Paid labour.", "no concept or category 'work'"),
    ],
)
def test_no_cell_is_lost(content: str, message: str, atlas: Atlas, tmp_path: Path) -> None:
    with pytest.raises((BrokenFile, SheetFaults), match=message):
        atlas.import_(write(tmp_path, "s.csv", content))
    assert is_unchanged(tmp_path)


@pytest.mark.parametrize("label", ["social cohesion", "Social Cohesion", "Trust"])
def test_a_concept_is_found_by_its_label(label: str, atlas: Atlas) -> None:
    assert atlas.find(label, "concept").partition("/concept/")[2] == label.lower().replace(" ", "-")
    assert "/concept/" in atlas.names.find(label)


# ---- notes


@pytest.mark.parametrize(
    ("text", "quotation", "page", "comment"),
    [
        (
            "„Zusammenhalt ist da“ ([Lund, 2004, S. 13](zotero://s)) ([pdf](zotero://o))",
            "Zusammenhalt ist da",
            "13",
            "",
        ),
        ("„Ties ‚so‘ here” (Lund, 2004, p. 13)", "Ties ‚so‘ here", "13", ""),
        ("«liens “forts”» (Lund, 2004, p. 13) oui", "liens “forts”", "13", "oui"),
        ("»Bindung« (Lund, 2004, S. 13)", "Bindung", "13", ""),
        ("‘ties’ (Lund, 2004, p. 13)", "ties", "13", ""),
        ("‚Bindung‘ (Lund, 2004, p. 13)", "Bindung", "13", ""),
        ("「絆」 (Lund, 2004, p. 13)", "絆", "13", ""),
        ("“the “bond” of all” (Lund, 2004, p. 13)", "the “bond” of all", "13", ""),
        ('"the "bond" of all" (Lund, 2004, pp. 13–14)', 'the "bond" of all', "13–14", ""),
        (
            "- “bonds” ([Lund, 2004, p. 13](zotero://s)) I doubt this “bond” talk",
            "bonds",
            "13",
            "I doubt this “bond” talk",
        ),
        ("A bare comment ([Lund, 2004, p. 13](zotero://s))", "", "13", "A bare comment"),
        ("“no year” ([Lund, p. 15](zotero://s))", "no year", "15", ""),
        ("”band” (Lund, 2004, s. 13)", "band", "13", ""),
        ("„więzi” (Lund, 2004, str. 13)", "więzi", "13", ""),
        ("“связь” (Lund, 2004, с. 13)", "связь", "13", ""),
        ("“絆” (Lund, 2004, 13页)", "絆", "13", ""),
        ("“a” (Lund 2004: 13)", "a", "13", ""),
        ("“a” Lund (2004, p. 13) so", "a", "13", "so"),
        ("“a” (see Lund, 1998/2004, 13ff., emphasis mine)", "a", "13", ""),
        ("“a” [Lund 2004, p. 13]", "a", "13", ""),
        ("“a”(Lund,2004,p.13)", "a", "13", ""),
        ("„a“ (vgl. Lund 2004, S. 13 f.) ja", "a", "13", "ja"),
        ("“絆” （Lund，2004，第13页）", "絆", "13", ""),
        ("“a” (Lund [1998] 2004, p. 13)", "a", "13", ""),
        ("“a” (Lund 2004 [1998], p. 13, fn. 4)", "a", "13", ""),
        ("“a” (Lund, 2004, Ties, para. 2)", "a", "Ties, para. 2", ""),
        ("“a” (Lund 2004, § 4)", "a", "§ 4", ""),
        ("As Lund (2004: 13) has it, “a”.", "a", "13", "has it,"),
        ("“a” (Weber 1920, cited in Lund 2004, p. 13)", "a", "13", "cited for Weber 1920"),
        ("![](a.png) (Lund, 2004, p. 13)", "", "13", ""),
    ],
)
def test_annotations_in_any_marks(text: str, quotation: str, page: str, comment: str) -> None:
    (annotation,), left_out = parse_annotations(text)
    assert (annotation.who, annotation.quotation, annotation.page, annotation.comment) == (
        "Lund",
        quotation,
        page,
        comment,
    )
    assert not left_out


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“a” (Phillips, 2008)", [("Phillips", "2008", "", "a")]),
        ("“a” (Elias 1939/2004)", [("Elias", "2004", "", "a")]),
        ("“a” [@lund2004, 12]", [("lund2004", "", "12", "a")]),
        (
            "Lund (2004, p. 1) says “a”. Pell (2015, p. 2) says “b”.",
            [("Lund", "2004", "1", "a"), ("Pell", "2015", "2", "b")],
        ),
        (
            "As Lund (2004) has it, “a” (p. 3).\n\n“b” (ibid.) and “c” (ibid., p. 4)",
            [("Lund", "2004", "3", "a"), ("Lund", "2004", "3", "b"), ("Lund", "2004", "4", "c")],
        ),
        ("“a” (p. 3) “b” (in 2004) “c”", []),
        (
            "“a” (Pell 2015, p. 1)\n\nLund (2004) is wrong.\n\n“b” (ibid., p. 2)",
            [("Pell", "2015", "1", "a"), ("Lund", "2004", "2", "b")],
        ),
    ],
)
def test_each_quotation_has_the_work_that_is_cited_for_it(
    text: str, expected: list[tuple[str, str, str, str]]
) -> None:
    annotations, _ = parse_annotations(text, with_comments=False)
    assert [(each.who, each.year, each.page, each.quotation) for each in annotations] == expected


def test_several_works_and_annotations_in_a_note(atlas: Atlas, tmp_path: Path) -> None:
    text = (
        "“bonds” ([Lund, 2004, p. 12](zotero://s); [Okoro and Zeta, 2005, p. 4](zotero://s)) first\n\n"
        "“a” (Lund, 2004, p. 1) on a “so” “b” (Lund, 2004, p. 2) on b\n\n“without citation”\n\n"
        "* “c” (Lund, 2004, p. 3)\n* “d” (Lund, 2004, p. 4) on d\n"
    )
    notes = read_notes(write(tmp_path, "n.md", text), atlas.names.find)
    assert [(row["work"], row["phrase"], row["note"]) for row in notes.rows] == [
        ("lund-2004", "bonds", "first"),
        ("okoro-2005", "bonds", "first"),
        ("lund-2004", "a", "on a “so”"),
        ("lund-2004", "b", "on b"),
        ("lund-2004", "c", ""),
        ("lund-2004", "d", "on d"),
    ]
    assert notes.left_out == ["“without citation”"]
    table = atlas.template(tmp_path / "t.csv", tmp_path / "n.md")
    assert "6 annotations (1 more cite no work" in table.notes[0]
    assert table.notes[1] == "Left out: “without citation”"
    assert len(list(csv.DictReader((tmp_path / "t.csv").open(encoding="utf-8")))) == 6


def test_annotations_of_zotero_in_json(atlas: Atlas, tmp_path: Path) -> None:
    work = {
        "key": "W",
        "itemType": "book",
        "title": "Ties",
        "date": "2004-05",
        "creators": [{"lastName": "Lund", "firstName": "Mara", "creatorType": "author"}],
    }
    annotation = {
        "itemType": "annotation",
        "annotationText": "bonds of trust",
        "annotationComment": "Why?",
        "annotationPageLabel": "xi",
        "tags": [{"tag": "core"}],
    }
    nested = {"items": [work | {"attachments": [{"annotations": [annotation]}]}]}
    flat = [
        {"key": "W", "data": work},
        {"key": "P", "data": {"key": "P", "parentItem": "W"}},
        {"data": annotation | {"parentItem": "P"}},
    ]
    for content in (nested, flat):
        (row,) = read_notes(write(tmp_path, "z.json", json.dumps(content)), atlas.names.find).rows
        assert (row["work"], row["page"], row["phrase"], row["note"]) == (
            "lund-2004",
            "xi",
            "bonds of trust",
            "Why?; core",
        )
        assert (row["authors"], row["title"]) == ("Lund, Mara", "Ties")


def test_annotations_that_are_parents_of_each_other_have_no_work() -> None:
    items = [{"key": a, "parentItem": b, "annotationText": a} for a, b in ("AB", "BA", "CC")]
    annotations = json_annotations(json.dumps(items), "z.json")
    assert [(a.quotation, a.title) for a in annotations] == [("A", ""), ("B", ""), ("C", "")]


# ---- RDF


def test_a_foreign_thesaurus_is_refused(atlas: Atlas, tmp_path: Path) -> None:
    text = '@prefix skos: <http://www.w3.org/2004/02/skos/core#> . <https://e.org/a> a skos:Concept ; skos:prefLabel "A" .'
    for name in ("t.ttl", "t.trig"):
        with pytest.raises(InputError, match="--map"):
            atlas.import_(write(tmp_path, name, text))
    assert is_unchanged(tmp_path)


# ---- SSSOM


@pytest.mark.parametrize(
    "name", ["sq:Work", "ph:SocialCohesion", "https://w3id.org/sq-graph/id/agent/room"]
)
def test_an_iri_of_another_kind_is_not_a_concept(name: str, atlas: Atlas, tmp_path: Path) -> None:
    path = write(tmp_path, "d.csv", f"{HEADER}\nphillips-2008,11,{name},Own words.\n")
    with pytest.raises(SheetFaults, match=f"column concept: there is no concept .*{name}"):
        atlas.import_(path)
    assert is_unchanged(tmp_path)


def test_a_row_that_occurs_twice_is_counted_once(atlas: Atlas, tmp_path: Path) -> None:
    table = atlas.import_(write(tmp_path, "d.csv", f"{HEADER}\n{ROW}\n{ROW}\n"))
    assert table.notes[0] == "1 definition new."


def test_errors_of_a_spreadsheet_are_not_text(atlas: Atlas, tmp_path: Path) -> None:
    path = write(tmp_path, "d.csv", f"\u200b{HEADER}\nphillips-2008,11,social-cohesion,#REF!\n")
    with pytest.raises(SheetFaults, match=r"column summary: .* left an error here"):
        atlas.import_(path)


def merged_workbook(tmp_path: Path, cells: str) -> Path:
    openpyxl = pytest.importorskip("openpyxl")
    workbook = openpyxl.Workbook()
    workbook.active.title = "definitions"
    for row in (
        [*HEADER.split(","), "holder"],
        [*ROW.split(","), "Room"],
        ["", 12, *ROW.split(",")[2:]],
    ):
        workbook.active.append(row)
    workbook.active.merge_cells(cells)
    workbook.save(tmp_path / "d.xlsx")
    return tmp_path / "d.xlsx"


def test_merged_cells_of_a_column_each_have_their_value(atlas: Atlas, tmp_path: Path) -> None:
    assert atlas.import_(merged_workbook(tmp_path, "A2:A3")).notes[0] == "2 definitions new."


def test_merged_cells_of_a_row_are_refused(atlas: Atlas, tmp_path: Path) -> None:
    with pytest.raises(SheetFaults, match=r"row 2, column summary: .* merged with one of another"):
        atlas.import_(merged_workbook(tmp_path, "D2:E2"))


MAPPING_SET = """#mapping_set_id: https://example.org/ms
#curie_map:
#  A: "https://a.example.org/"
#  B: "https://b.example.org/"
subject_id\tsubject_label\tpredicate_id\tobject_id\tobject_label\tmapping_justification\tconfidence
"""
MAPPING = "A:1\tbond\tskos:exactMatch\tB:1\tbond\tsemapv:LexicalMatching\t0.2\n"


def test_equal_labels_make_two_concepts(atlas: Atlas, tmp_path: Path) -> None:
    path = write(tmp_path, "s.sssom.tsv", MAPPING_SET + MAPPING)
    table = atlas.import_(path)
    assert "2 concepts new" in table.notes[0] and "1 alignment new" in table.notes[0]
    assert not [row for row in table.rows if row[0] == "field not imported"]
    old_files = {file: file.read_bytes() for file in (tmp_path / "review").rglob("*.ttl")}
    atlas.import_(path)
    assert old_files == {file: file.read_bytes() for file in (tmp_path / "review").rglob("*.ttl")}


def test_the_fields_of_a_mapping_are_exported_again(atlas: Atlas, tmp_path: Path) -> None:
    added = {
        "mapping_date": "2023-05-01",
        "mapping_tool": "LogMap",
        "author_label": "Doe, Jane",
        "object_source": "B:",
    }
    header, _, row = (MAPPING_SET + MAPPING).rstrip("\n").rpartition("\n")
    text = "\t".join([header, *added]) + "\n" + "\t".join([row, *added.values()]) + "\n"
    table = atlas.import_(write(tmp_path, "s.sssom.tsv", text))
    assert [(row[0], row[2]) for row in table.rows] == [("field not imported", "object_source")]
    lines = [line for line in str(atlas.export("sssom")).splitlines() if not line.startswith("#")]
    rows = list(csv.DictReader(lines, delimiter="\t"))
    [mapping] = [row for row in rows if row["confidence"]]
    expected = {"confidence": "0.2", "mapping_justification": "semapv:LexicalMatching"}
    expected |= {"mapping_date": "2023-05-01", "mapping_tool": "LogMap"}
    assert mapping.items() >= expected.items()
    assert "Jane" in mapping["author_label"]


def test_undeclared_prefixes_and_missing_counterparts_are_reported(
    atlas: Atlas, tmp_path: Path
) -> None:
    mappings = MAPPING.replace("B:1\tbond", "ZZ:1\tknot") + MAPPING.replace(
        "B:1\tbond", "sssom:NoTermFound\t"
    )
    table = atlas.import_(write(tmp_path, "s.sssom.tsv", MAPPING_SET + mappings))
    assert [row[3] for row in table.rows if row[0] == "unclear"] == ["ZZ is not in the curie_map"]
    [row] = [row for row in table.rows if row[0] == "not imported"]
    assert "NoTermFound" in str(row[3])
    assert "1 mapping not imported" in table.notes[0]


@pytest.mark.parametrize(
    "form",
    [
        "#curie_map:\n#- prefix_name: A\n#  prefix_url: https://a.example.org/\n",
        "#curie_map:\n#- A: https://a.example.org/\n",
        "#curie_map:\n#  A:\n#    prefix_reference: https://a.example.org/\n",
        "# curie_map:\n#   A: https://a.example.org/\n",
    ],
)
def test_forms_of_the_prefix_map(form: str, atlas: Atlas, tmp_path: Path) -> None:
    header = "subject_id\tpredicate_id\tobject_id\n"
    path = write(tmp_path, "s.sssom.tsv", f"{form}{header}A:x\towl:equivalentClass\tA:y\n")
    table = atlas.import_(path)
    assert not [row for row in table.rows if "curie_map" in str(row[3])]
    assert [row[3] for row in table.rows] == ["it is read as skos:exactMatch"]


@pytest.mark.parametrize(
    ("faulty", "message"),
    [
        (MAPPING.replace("0.2", "0.2\textra"), "more cells than the header"),
        (MAPPING.replace("exactMatch", "nearlyMatch"), "nearlyMatch"),
        (MAPPING.replace("B:1", "A:1"), "row 7: the row maps a thing onto itself"),
        (MAPPING.replace("0.2", "1.2").replace("B:1", "B:2"), "1.2.*is not a number from 0 to 1"),
    ],
)
def test_a_faulty_mapping_writes_nothing(
    faulty: str, message: str, atlas: Atlas, tmp_path: Path
) -> None:
    with pytest.raises(SheetFaults, match=message):
        atlas.import_(write(tmp_path, "s.sssom.tsv", MAPPING_SET + MAPPING + faulty))
    assert is_unchanged(tmp_path)


def test_a_mapping_justified_twice_is_kept_once(atlas: Atlas, tmp_path: Path) -> None:
    second = MAPPING.replace("LexicalMatching", "ManualMappingCuration")
    path = write(tmp_path, "s.sssom.tsv", "#license: CC0\n" + MAPPING_SET + MAPPING + second)
    table = atlas.import_(path)
    assert "1 mapping not imported" in table.notes[0] and "1 alignment new" in table.notes[0]
    assert [(row[0], row[2], str(row[3])) for row in table.rows] == [
        ("not imported", "A:1", "it is the same mapping as in row 7, which is kept"),
        ("field not imported", "license", "the map has no field for it ('CC0')"),
    ]


def test_a_large_import_is_validated_as_a_whole(atlas: Atlas, tmp_path: Path) -> None:
    rows = "".join(f"phillips-2008,{page},social-cohesion,Own words.\n" for page in range(1, 900))
    table = atlas.import_(write(tmp_path, "s.csv", f"{HEADER}\n{rows}"))
    assert table.notes[0] == "899 definitions new."


def test_the_row_of_a_mapping_set_is_a_single_location(atlas: Atlas, tmp_path: Path) -> None:
    """Release 0.1 took `row-5` for the pages from row to 5."""
    atlas.import_(write(tmp_path, "s.sssom.tsv", MAPPING_SET + MAPPING))
    text = data_text(tmp_path)
    assert re.findall(r'sq:pageLabel "(row\.[0-9]+)"', text) and "sq:lastPageLabel" not in text


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.xlsx", "no zip", "this is not a workbook, or it is damaged. Save it again"),
        (
            "x.jsonld",
            '{"@context": "https://schema.org", "@id": "x:a", "name": "b"}',
            "a web address",
        ),
        ("x.owl", "<html><body>404</body></html>", "invalid"),
        ("x.rdf", "<?xml version='1.0'?><rdf:RDF", "invalid RDF"),
        ("x.bib", b"\x89PNG\r\n\x1a\n\0\0", "not a text file"),
        ("x.csv", f"{HEADER}\n{ROW}\0\n", "not a text file"),
        ("x.bib", "just some words", "not BibTeX"),
        ("x.ris", "FN Clarivate\nPT J\nTI Title\nER\n", "not RIS"),
        ("x.docx", b"PK", "Notes become rows to complete"),
        ("x.odt", b"PK", "Save notes as .docx or .html, a table as .xlsx"),
        ("x.md", "“a” (Lund, 2004, p. 1)", "sq-graph template definitions.xlsx --notes FILE"),
        ("x.pdf", b"%PDF-1.7", "Import the folder that holds it"),
        ("x.json", '{"a": 1', "invalid JSON"),
        ("x.json", f"[{'1' * 5000}]", "invalid JSON"),
        ("x.tsv", f"{HEADER}\n{ROW}\textra\n".replace(",", "\t"), "more cells than the header"),
    ],
)
def test_a_file_of_another_kind_is_refused_in_plain_words(
    name: str, content: str | bytes, message: str, atlas: Atlas, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=message) as error:
        atlas.import_(write(tmp_path, name, content))
    assert is_unchanged(tmp_path)
    assert not re.search(r"Error\b|Exception|Callback|BadZip", str(error.value))


# ---- QDA software

PROJECT = """<?xml version="1.0" encoding="utf-8"?>
<Project xmlns="urn:QDA-XML:project:1.0" name="p"><Users><User guid="u1" name="Ann"/><User guid="u2" name="Bob"/></Users>
<CodeBook><Codes><Code guid="c1" name="Cohesion" isCodable="true"><Code guid="c2" name="a process" isCodable="true"/></Code>
<Code guid="c3" name="unused" isCodable="true"/></Codes></CodeBook>
<Sources><TextSource guid="s1" name="phillips-2008.txt" plainTextPath="internal://t1.txt">
{}</TextSource></Sources></Project>"""
SELECTION = """<PlainTextSelection guid="{0}" startPosition="{1}" endPosition="{2}" creatingUser="{3}"><Coding guid="k{0}" creatingUser="{3}"><CodeRef targetGUID="{4}"/></Coding></PlainTextSelection>"""


def project(tmp_path: Path, *selections: tuple[str, int, int, str, str]) -> Path:
    path = tmp_path / "study.qdpx"
    with zipfile.ZipFile(path, "w") as archive:
        codings = "".join(SELECTION.format(*selection) for selection in selections)
        archive.writestr("project.qde", PROJECT.format(codings))
        archive.writestr("sources/t1.txt", "First line.\nCohesion is a process of joining in.\n")
    return path


def test_a_coded_project_becomes_draft_definitions(atlas: Atlas, tmp_path: Path) -> None:
    path = project(
        tmp_path, ("1", 12, 48, "u1", "c1"), ("2", 24, 33, "u1", "c2"), ("3", 14, 45, "u2", "c1")
    )
    with pytest.raises(InputError, match="Fill in a concept"):
        atlas.import_(path)
    assert is_unchanged(tmp_path)
    sheet = tmp_path / "study.codes.csv"
    assert (
        sheet.read_text()
        == "code,concept,aspect,value,description\nCohesion,cohesion,,,\na process,,,,\nunused,,,,\n"
    )
    sheet.write_text(
        "code,concept,aspect,value\nCohesion,social-cohesion,,\na process,,process or outcome,process\n"
    )
    table = atlas.import_(path)
    assert table.notes[0].startswith("3 segments imported")
    ann, bob = tmp_path / "study.1-ann.csv", tmp_path / "study.2-bob.csv"
    assert f"Compare coders: sq-graph agreement {ann} {bob}." in table.notes
    iris = atlas.names.of_class("sq:Definition")
    [definition] = [iri for iri in iris if iri.startswith("https://example.org/r/")]
    assert definition.endswith("phillips-2008-social-cohesion-pl-2")
    turtle = data_text(tmp_path)
    assert "Cohesion is a process of joining in" in turtle and "Coded Cohesion by Ann" in turtle
    with pytest.raises(BrokenFile, match="REFI-QDA"):
        atlas.import_(write(tmp_path, "x.qdpx", "no zip"))


def test_a_project_of_another_program_is_imported(atlas: Atlas, tmp_path: Path) -> None:
    """Exegete 0.15.1a1, which writes the projects of QualCoder, exported it."""
    path = write(tmp_path, "study.qdpx", (DATA / "exegete.qdpx").read_bytes())
    with pytest.raises(InputError, match="Fill in a concept"):
        atlas.import_(path)
    sheet = tmp_path / "study.codes.csv"
    header = "code,concept,aspect,value,description"
    assert sheet.read_text() == f"{header}\ntrust,trust,,,Between neighbours\na process,,,,\n"
    sheet.write_text("code,concept,aspect,value\ntrust,trust,,\na process,social-cohesion,,\n")
    assert atlas.import_(path).notes[0].startswith("2 segments imported")
    turtle = data_text(tmp_path)
    for literal in (
        'sq:summary "Trust grows by sharing."@en',
        'sq:phrase "trust grows where neighbours share tools"',
        'skos:note "Coded a process by Reader"@en',
    ):
        assert literal in turtle
    assert "new" not in atlas.import_(path).notes[0]


def test_two_coders_of_a_project_are_compared(atlas: Atlas, tmp_path: Path) -> None:
    """Bob codes fewer words than Ann, and another value: a single definition, two codings."""
    path = project(
        tmp_path,
        *(("1", 12, 48, "u1", "c1"), ("2", 24, 33, "u1", "c2")),
        *(("3", 14, 45, "u2", "c1"), ("4", 24, 33, "u2", "c3")),
    )
    (tmp_path / "study.codes.csv").write_text(
        "code,concept,aspect,value\nCohesion,social-cohesion,,\n"
        "a process,,process or outcome,process\nunused,,process or outcome,outcome\n"
    )
    assert atlas.import_(path).notes[0].startswith("4 segments imported")
    agreement = atlas.agreement(tmp_path / "study.1-ann.csv", tmp_path / "study.2-bob.csv")
    [definition] = {str(row[0]) for row in agreement.differences.rows}
    assert definition == "phillips-2008-social-cohesion-pl-2"
    assert agreement.differences.rows[0][1:] == ("process-or-outcome", "process", "outcome")
    note = atlas.import_(path).notes[0]
    assert note == "4 segments already there."


def test_the_codebook_has_a_code_for_each_value(atlas: Atlas) -> None:
    root = ElementTree.fromstring(str(atlas.export("codebook")).encode())
    codes = list(root.iter("{urn:QDA-XML:codebook:1.0}Code"))
    names = [code.get("name") for code in codes]
    assert "process or outcome" in names and "process or outcome: both" in names
    assert len({code.get("guid") for code in codes}) == len(codes)
    elements = root.iter("{urn:QDA-XML:codebook:1.0}Description")
    descriptions = {str(element.text) for element in elements}
    assert "A rupture is a decisive, discontinuous break." in descriptions
    assert any("Groups, families and networks count as community." in text for text in descriptions)
    taguette = ElementTree.parse(DATA / "taguette.qdc").getroot()
    assert root.tag == taguette.tag and root[0].tag == taguette[0].tag
    assert set(taguette[0][0].attrib) <= set(root[0][0].attrib)


def test_notes_of_a_word_processor_keep_its_comments(atlas: Atlas, tmp_path: Path) -> None:
    page = "<html><!--[if gte mso 9]>x<![endif]--><p>“a bond” (Room, 1999, p. 5)<!-- Key one --></p></html>"
    (row,) = read_notes(write(tmp_path, "n.html", page), atlas.names.find).rows
    assert (row["work"], row["phrase"], row["note"]) == ("room-1999", "a bond", "Key one")
    page = (
        "<style>p { font: 'A', \"B\" }</style><blockquote>\n<p>Bonds <del>of</del> that\ntie</p></blockquote>"
        "<p>(Room 1999, p. 6)</p><p>“the <s>old</s> bond<!-- Whose? --> of all” (Room, 1999, p. 7)</p>"
        "<p>Mine<!-- unlike theirs --></p><blockquote>Ties (Room 1999, p. 8)</blockquote>"
    )
    notes = read_notes(write(tmp_path, "n.html", page), atlas.names.find)
    assert [(row["page"], row["quotation"], row["note"]) for row in notes.rows] == [
        ("7", "the bond of all", "Whose?"),
        ("8", "Ties", ""),
    ]
    assert notes.left_out == ["“Bonds that tie”", "Mine unlike theirs"]


def word_document(path: Path, body: str, **parts: str) -> Path:
    """A document with its paragraphs, and footnotes and comments by their numbers."""
    namespace = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {"document": f"<w:body>{body}</w:body>", **parts}.items():
            text = f"<w:{name} {namespace}>{content}</w:{name}>"
            archive.writestr(
                f"word/{name}.xml", re.sub(r"\{(.*?)\}", r"<w:r><w:t>\1</w:t></w:r>", text)
            )
    return path


def test_a_word_document_is_read_with_its_comments_and_notes(atlas: Atlas, tmp_path: Path) -> None:
    def comment(number: int, words: str) -> str:
        start, end = (
            f'<w:{tag} w:id="{number}"/>' for tag in ("commentRangeStart", "commentReference")
        )
        return f"{start}{words}{end}"

    body = (
        '<w:p>{“a bond &amp; a tie”}<w:footnoteReference w:id="1"/>{ is new}</w:p>'
        f"<w:p>{{“the }}{comment(1, '{thick}')}{{ bond” (Room 1999, p. 6)}}</w:p>"
        f"<w:p>{comment(2, comment(3, '{Doors close}'))}</w:p><w:p>{comment(4, '{Mine}')}</w:p>"
        '<w:p>{“is }<w:del w:id="7"><w:r><w:delText>felt</w:delText></w:r></w:del>'
        "<w:ins>{made}</w:ins>{” (Room 1999, p. 8)}</w:p>"
        "<w:moveFrom>{gone}</w:moveFrom>"
    )
    remarks = [("1", "Ada", "a metaphor -- surely"), ("2", "Ada", "(Room 1999, p. 7) core")]
    remarks += [("3", "Mara", "No"), ("4", "Ada", "Whose?")]
    comments = (
        f'<w:comment w:id="{n}" w:author="{who}">{{{text}}}</w:comment>' for n, who, text in remarks
    )
    footnotes = '<w:footnote w:id="1">{ Room 1999, p. 5.}</w:footnote>'
    path = word_document(tmp_path / "n.docx", body, comments="".join(comments), footnotes=footnotes)
    notes = read_notes(path, atlas.names.find)
    assert [(row["page"], row["quotation"], row["note"]) for row in notes.rows] == [
        ("5", "a bond & a tie", "is new"),
        ("6", "the thick bond", "a metaphor – surely – Ada"),
        ("7", "Doors close", "core – Ada No – Mara"),
        ("8", "is made", ""),
    ]
    assert notes.left_out == ["Mine Whose? – Ada"]
    for name, problem in (("x.docx", "not a Word document"), ("x.odt", "Save them as .docx")):
        with pytest.raises(BrokenFile, match=problem):
            read_notes(write(tmp_path, name, b"PK\x03"), atlas.names.find)


def test_highlights_of_a_pdf_become_rows(atlas: Atlas, tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf")
    from pypdf.annotations import Highlight
    from pypdf.generic import (
        ArrayObject,
        DecodedStreamObject,
        DictionaryObject,
        FloatObject,
        NameObject,
        TextStringObject,
    )

    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(300, 200)
    stream = DecodedStreamObject()
    stream.set_data(b"BT /F1 12 Tf 20 150 Td (bonds of trust) Tj 0 -50 Td (another line) Tj ET")
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    page[NameObject("/Contents")] = writer._add_object(stream)
    # from the middle of the line on
    quad = ArrayObject(map(FloatObject, (55, 162, 120, 162, 55, 148, 120, 148)))
    highlight = Highlight(rect=(55, 148, 120, 162), quad_points=quad)
    highlight[NameObject("/Contents")] = TextStringObject("Why bonds?")
    writer.add_annotation(0, highlight)
    writer.write(tmp_path / "phillips-2008.pdf")
    (row,) = read_notes(tmp_path / "phillips-2008.pdf", atlas.names.find).rows
    assert (row["work"], row["page"], row["phrase"], row["note"]) == (
        "phillips-2008",
        "1",
        "of trust",
        "Why bonds?",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“first part\n\nsecond part” (Lund, 2004, p. 1)", [("first part second part", "1", "")]),
        ("**“bold”** (Lund, 2004, p. 1) mine", [("bold", "1", "mine")]),
        ('<span style="background">„bunt“</span> (Lund, 2004, S. 1)', [("bunt", "1", "")]),
        ("“a” and “b” (Lund, 2004, p. 1)", [("b", "1", "“a” and")]),
        ("“x” ([Lund, [2004], p. 6](zotero://select/items/A))", [("x", "6", "")]),
        (
            "“open (Lund, 2004, p. 1)\n\n“x” (Lund, 2004, p. 2)",
            [("", "1", "“open"), ("x", "2", "")],
        ),
    ],
)
def test_quotations_in_markup_and_over_paragraphs(
    text: str, expected: list[tuple[str, str, str]]
) -> None:
    annotations, left_out = parse_annotations(text)
    assert [(a.quotation, a.page, a.comment) for a in annotations] == expected
    assert {(a.who, a.year) for a in annotations} == {("Lund", "2004")} and not left_out


@pytest.mark.parametrize("suffix", [".xml", ".rdfxml", ".n3", ".owl"])
def test_rdf_of_any_suffix_is_recognised(suffix: str, atlas: Atlas, tmp_path: Path) -> None:
    path = write(tmp_path, f"a{suffix}", "<https://a.org/s> a <https://a.org/B> .")
    with pytest.raises(InputError, match="does not use the vocabulary of this map"):
        atlas.import_(path)
